//! The tables of gathering: what a centre needs, when it can exist, how old it may be, how it is got, which clock runs, how
//! long tissue is kept, and how single centres differ. What a cell may hold is checked here, so that a slip is named by line.

use consilium_casefile::facts::Concept;
use consilium_casefile::knowledge::{
    Carried, CenterProgram, CenterRequirement, ClockRule, Department, Evidence, Freshness, Gathering, ImagingMeaning,
    ImagingWords, Knowledge, Need, Proof, RecordDoubt, RecordWords, Requirement, Retention, Route, Setting, Situation,
    TermClass, Unread,
};
use consilium_casefile::records::DocumentKind;

use super::{Problem, Row, distinct, parts, rows, unique};

const REQUIREMENTS: &str = "record-requirements.csv";
const SITUATIONS: &str = "record-situations.csv";
const CENTER_REQUIREMENTS: &str = "center-requirements.csv";
const PROGRAMS: &str = "center-programs.csv";
const ROUTES: &str = "record-routes.csv";
const CLOCKS_TABLE: &str = "record-clocks.csv";
const DOUBTS: &str = "record-doubts.csv";
const SETTINGS: &str = "record-settings.csv";
/// Clocks that requests name: which one runs follows from the way a request goes.
const CLOCKS: [&str; 3] = ["access", "tissue", "courtesy"];

/// Reads the table `name` into its place. `Ok(false)`: there is no such table here.
pub(super) fn take(gathering: &mut Gathering, name: &str, text: &str) -> Result<bool, Problem> {
    match name {
        REQUIREMENTS => gathering.requirements = unique(rows(text, requirement)?, |r| r.id.as_str())?,
        SITUATIONS => {
            let situations = rows(text, |row| {
                Ok(Situation {
                    id: row.id("id")?,
                    question: row.needed("question")?,
                    plain: row.needed("plain")?,
                    known_from: alternatives(row, "known_from")?,
                    confirmed: row.confirmed("confidence")?,
                    line: row.line,
                })
            })?;
            gathering.situations = unique(situations, |s| s.id.as_str())?;
        }
        "record-freshness.csv" => {
            let freshness = rows(text, |row| {
                let current_days = row.number("current_days", 1, 36_500)?;
                Ok(Freshness {
                    id: row.id("id")?,
                    label: row.needed("label")?,
                    current_days,
                    aging_days: row.number("aging_days", current_days, 36_500)?,
                    reason: row.needed("reason")?,
                    ends_with: if row.has("ends_with") { row.optional("ends_with")? } else { None },
                    source: row.needed("source")?,
                    confirmed: row.confirmed("confidence")?,
                })
            })?;
            gathering.freshness = unique(freshness, |f| f.id.as_str())?;
        }
        "imaging-words.csv" => {
            let words = rows(text, |row| {
                let means = match row.needed("means")?.as_str() {
                    "modality" => ImagingMeaning::Modality,
                    "region" => ImagingMeaning::Region,
                    "side" => ImagingMeaning::Side,
                    _ => return Err(row.problem("means", "write modality, region or side")),
                };
                let words = row.needed("words")?.to_lowercase();
                Ok(ImagingWords { id: row.needed("id")?, means, words: parts(&words, ';') })
            })?;
            gathering.imaging_words = unique(words, |w| w.id.as_str())?;
        }
        ROUTES => {
            gathering.routes = unique(rows(text, route)?, |r| r.id.as_str())?;
            gathering.routes.sort_by_key(|route| route.order);
        }
        CLOCKS_TABLE => {
            let clocks = unique(rows(text, clock)?, |c| c.id.as_str())?;
            all_of(&CLOCKS, |id| clocks.iter().any(|clock| clock.id == id))?;
            gathering.clocks = clocks;
        }
        SETTINGS => {
            let settings = unique(rows(text, setting)?, |(setting, _)| setting.name())?;
            let needed: Vec<&str> =
                Setting::ALL.into_iter().filter(|s| s.usual().is_none()).map(Setting::name).collect();
            all_of(&needed, |id| settings.iter().any(|(known, _)| known.name() == id))?;
            gathering.settings = settings;
        }
        DOUBTS => gathering.record_doubts = unique(rows(text, record_doubt)?, |d| d.id.as_str())?,
        "record-words.csv" => gathering.record_words = unique(rows(text, record_words)?, |w| w.id.as_str())?,
        "tissue-retention.csv" => {
            let retention = rows(text, |row| {
                let law_years = row.number("law_years", 1, 200)?;
                let cap_years = row.number("cap_years", 1, 200)?;
                if cap_years < law_years {
                    let what =
                        "an accredited laboratory keeps it as long as the law says at least: write law_years or more";
                    return Err(row.problem("cap_years", what));
                }
                Ok(Retention {
                    material: row.id("material")?,
                    label: row.needed("label")?,
                    law_years,
                    cap_years,
                    source: row.needed("source")?,
                    confirmed: row.confirmed("confidence")?,
                })
            })?;
            gathering.retention = unique(retention, |r| r.material.as_str())?;
        }
        PROGRAMS => gathering.programs = unique(rows(text, program)?, |p| p.id.as_str())?,
        CENTER_REQUIREMENTS => {
            let key = |line: &CenterRequirement| format!("{} {}", line.program, line.requirement);
            gathering.center_requirements = distinct(rows(text, center_requirement)?, key)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn list(row: &Row<'_>, column: &str) -> Result<Vec<String>, Problem> {
    Ok(row.optional(column)?.map(|text| parts(&text, ';')).unwrap_or_default())
}

/// Lines that the program names have to be there under their ids.
fn all_of(ids: &[&str], is_there: impl Fn(&str) -> bool) -> Result<(), Problem> {
    let missing: Vec<&str> = ids.iter().copied().filter(|id| !is_there(id)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let what = format!("the line \"{}\" is missing; restore it, the program works with it", missing.join("\", \""));
    Err(Problem::of_the_file(what))
}

/// One of the ids that the program names.
fn known_id(row: &Row<'_>, column: &str, known: &[&str]) -> Result<String, Problem> {
    let id = row.id(column)?;
    if known.contains(&id.as_str()) {
        return Ok(id);
    }
    Err(row.problem(column, &format!("write one of: {}; the program names them", known.join(", "))))
}

/// Evidences of which one is enough: `fact:er|fact:pr`, or with the word "or".
fn alternatives(row: &Row<'_>, column: &str) -> Result<Vec<Evidence>, Problem> {
    let Some(text) = row.optional(column)? else { return Ok(Vec::new()) };
    let read = proof(row, column, &text)?;
    let is_flat = match &read {
        Proof::One(_) => true,
        Proof::Any(parts) => parts.iter().all(|part| matches!(part, Proof::One(_))),
        Proof::All(_) => false,
    };
    if is_flat {
        return Ok(read.evidence().cloned().collect());
    }
    Err(row.problem(column, "any of these is enough here; write \"or\" between them, and no \"and\" or brackets"))
}

/// What a cell says has to be there.
fn proof(row: &Row<'_>, column: &str, text: &str) -> Result<Proof, Problem> {
    let read = Proof::read(text).map_err(|unread| {
        let what = match unread {
            Unread::Word(word) => format!(
                "\"{word}\" is not understood; write for example document:pathology-report, fact:er, series:psa, gene:TP53, \
                 images:CT, report:CT, images-with-report:MR:breast, treatment:operation, slides, tissue, medicines, person \
                 or questions, with \"and\" or \"or\" between them"
            ),
            Unread::Mixed => "\"and\" stands beside \"or\"; put brackets around what belongs together, as in fact:er and \
                              (fact:her2_ihc or fact:her2_ish)"
                .to_owned(),
            Unread::Bracket => "a bracket is not closed or not opened, or there are too many; write ( and ) in pairs".to_owned(),
            Unread::Nothing => "nothing stands before or behind one of the words \"and\" and \"or\"; fill it or take the word \
                                out"
                .to_owned(),
        };
        row.problem(column, &what)
    })?;
    let unknown = read.evidence().filter_map(Evidence::concept).find(|concept| !Concept::KNOWN.contains(concept));
    if let Some(concept) = unknown {
        return Err(row.problem(column, &format!("\"{concept}\" is no line of concepts.csv")));
    }
    Ok(read)
}

fn setting(row: &Row<'_>) -> Result<(Setting, u32), Problem> {
    let names = Setting::ALL.map(Setting::name);
    let id = known_id(row, "id", &names)?;
    row.needed("label")?;
    row.needed("source")?;
    row.confirmed("confidence")?;
    let days = row.number("days", 0, 36_500)?;
    let setting = Setting::ALL.into_iter().find(|setting| setting.name() == id);
    setting.map(|setting| (setting, days)).ok_or_else(|| row.problem("id", "write an id that is in use"))
}

/// Words in a cell, lower case; none where the table has no such column.
fn words_in(row: &Row<'_>, column: &str) -> Result<Vec<String>, Problem> {
    let cell = if row.has(column) { row.cell(column)? } else { "" };
    let words = parts(&cell.to_lowercase(), ';');
    match words.iter().all(|word| word.chars().any(char::is_alphanumeric)) {
        true => Ok(words),
        false => Err(row.problem(column, "write words with letters or figures, separated by semicolons")),
    }
}

fn record_doubt(row: &Row<'_>) -> Result<RecordDoubt, Problem> {
    row.needed("words")?;
    row.needed("source")?;
    row.needed("kinds")?;
    Ok(RecordDoubt {
        id: row.id("id")?,
        kinds: list(row, "kinds")?.iter().map(|kind| DocumentKind::from(kind.as_str())).collect(),
        words: words_in(row, "words")?,
        not_beside: words_in(row, "not_beside")?,
        not_with: words_in(row, "not_with")?,
        says: row.needed("says")?,
        confirmed: row.confirmed("confidence")?,
        line: row.line,
    })
}

fn record_words(row: &Row<'_>) -> Result<RecordWords, Problem> {
    row.needed("words")?;
    row.needed("source")?;
    let words = |column: &str| words_in(row, column);
    Ok(RecordWords {
        id: row.id("id")?,
        label: row.needed("label")?,
        words: words("words")?,
        with_value: row.yes_or_no("with_value")?,
        not_beside: words("not_beside")?,
        only_with: words("only_with")?,
        confirmed: row.confirmed("confidence")?,
    })
}

fn need(row: &Row<'_>) -> Result<Need, Problem> {
    match row.needed("need")?.as_str() {
        "required" => Ok(Need::Required),
        "recommended" => Ok(Need::Recommended),
        "not_needed" => Ok(Need::NotNeeded),
        _ => Err(row.problem("need", "write required, recommended or not_needed")),
    }
}

fn department(row: &Row<'_>, column: &str, text: &str) -> Result<Department, Problem> {
    Department::named(text).ok_or_else(|| {
        let names: Vec<&str> = Department::ALL.into_iter().map(Department::name).collect();
        row.problem(column, &format!("write one of: {}", names.join(", ")))
    })
}

/// Behind a situation: the record exists in it, and where nobody has said.
const OR_UNSAID: &str = " or unsaid";

/// Behind a situation: the record exists in it, where somebody said that it happened or a record tells it.
const IF_SAID: &str = " if said";

fn requirement(row: &Row<'_>) -> Result<Requirement, Problem> {
    let when = row.optional("when")?;
    let exists_unsaid = when.as_ref().is_none_or(|when| when.ends_with(OR_UNSAID));
    let only_said = when.as_ref().is_some_and(|when| when.ends_with(IF_SAID));
    let bare = |when: String| {
        let bare = when.strip_suffix(OR_UNSAID).or_else(|| when.strip_suffix(IF_SAID)).unwrap_or(&when);
        bare.trim().to_owned()
    };
    let satisfied_by = proof(row, "satisfied_by", &row.needed("satisfied_by")?)?;
    Ok(Requirement {
        id: row.id("id")?,
        label: row.needed("label")?,
        plain: row.needed("plain")?,
        why: row.needed("why")?,
        need: need(row)?,
        sites: list(row, "sites")?,
        except_sites: list(row, "except_sites")?,
        when: when.map(bare),
        exists_unsaid,
        only_said,
        satisfied_by,
        partly_by: alternatives(row, "partly_by")?,
        freshness: row.optional("fresh")?,
        department: department(row, "department", &row.needed("department")?)?,
        source: row.needed("source")?,
        confirmed: row.confirmed("confidence")?,
        line: row.line,
    })
}

fn route(row: &Row<'_>) -> Result<Route, Problem> {
    let named = list(row, "department")?;
    let departments = named.iter().map(|name| department(row, "department", name)).collect::<Result<Vec<_>, _>>()?;
    if departments.is_empty() {
        return Err(row.problem("department", "the cell is empty; fill it or delete the line"));
    }
    let letter = row.optional("letter")?;
    // A table that somebody edited before there was this column stays good.
    let clock = if row.has("clock") { row.id("clock")? } else { Route::usual_clock(letter.as_deref()).to_owned() };
    Ok(Route {
        id: row.id("id")?,
        departments,
        order: row.number("order", 0, 10_000)?,
        label: row.needed("label")?,
        how: row.needed("how")?,
        days: row.number("days", 0, 3_650)?,
        needs: row.optional("needs")?.unwrap_or_default(),
        letter,
        clock,
        carries: if row.has("carries") { carried(row)? } else { Vec::new() },
        source: row.needed("source")?,
        confirmed: row.confirmed("confidence")?,
        line: row.line,
    })
}

fn carried(row: &Row<'_>) -> Result<Vec<Carried>, Problem> {
    let named = |name: &String| {
        let names = Carried::ALL.map(Carried::name).join(", ");
        Carried::named(name).ok_or_else(|| row.problem("carries", &format!("write one or more of: {names}")))
    };
    list(row, "carries")?.iter().map(named).collect()
}

fn clock(row: &Row<'_>) -> Result<ClockRule, Problem> {
    let days: u32 = row.number("days", 1, 3_650)?;
    let reminders = list(row, "reminder_days")?;
    let reminder = |text: &String| text.parse::<u32>().ok().filter(|day| (1..=days).contains(day));
    let reminder_days: Option<Vec<u32>> = reminders.iter().map(reminder).collect();
    let reminder_days = reminder_days.ok_or_else(|| {
        row.problem("reminder_days", &format!("write days from 1 to {days} with semicolons between them, as in 10;20"))
    })?;
    Ok(ClockRule {
        id: known_id(row, "id", &CLOCKS)?,
        label: row.needed("label")?,
        days,
        extension_days: row.optional("extension_days")?.map_or(Ok(0), |_| row.number("extension_days", 0, 3_650))?,
        reminder_days,
        // A table that somebody edited before there was this column stays good.
        mailing_days: if row.has("mailing_days") { perhaps(row, "mailing_days", 60)?.unwrap_or(0) } else { 0 },
        starts: row.needed("starts")?,
        rule: row.optional("rule")?.unwrap_or_default(),
        note: row.optional("note")?.unwrap_or_default(),
        source: row.needed("source")?,
        confirmed: row.confirmed("confidence")?,
    })
}

/// A whole number, or nothing where nobody states one.
fn perhaps(row: &Row<'_>, column: &str, most: u32) -> Result<Option<u32>, Problem> {
    row.optional(column)?.map(|_| row.number(column, 1, most)).transpose()
}

fn program(row: &Row<'_>) -> Result<CenterProgram, Problem> {
    let ways = list(row, "ways")?;
    let known = ["upload", "disc", "fax", "tissue", "mail"];
    if ways.iter().any(|way| !known.contains(&way.as_str())) {
        return Err(row.problem("ways", &format!("write one or more of: {}", known.join(", "))));
    }
    Ok(CenterProgram {
        id: row.id("id")?,
        center: row.optional("center")?,
        name: row.needed("name")?,
        lead_days: perhaps(row, "lead_days", 365)?,
        packet_limit_mb: perhaps(row, "packet_limit_mb", 10_000_000)?,
        fax_page_limit: perhaps(row, "fax_page_limit", 100_000)?,
        ways,
        // A table that somebody edited before there was this column stays good.
        file_kinds: if row.has("file_kinds") { file_kinds(row)? } else { Vec::new() },
        order: list(row, "order")?.into_iter().map(DocumentKind).collect(),
        note: row.optional("note")?.unwrap_or_default(),
        seen: row.optional("seen")?.unwrap_or_default(),
        source: row.needed("source")?,
        confirmed: row.confirmed("confidence")?,
        line: row.line,
    })
}

/// Endings of names of files, lower case.
fn file_kinds(row: &Row<'_>) -> Result<Vec<String>, Problem> {
    let kinds: Vec<String> = list(row, "file_kinds")?.into_iter().map(|kind| kind.to_lowercase()).collect();
    if kinds.iter().any(|kind| kind.is_empty() || kind.len() > 8 || !kind.chars().all(|c| c.is_ascii_alphanumeric())) {
        return Err(row.problem("file_kinds", "write endings of names of files, without a dot: pdf;jpg;dcm"));
    }
    Ok(kinds)
}

fn center_requirement(row: &Row<'_>) -> Result<CenterRequirement, Problem> {
    let days = match (perhaps(row, "current_days", 36_500)?, perhaps(row, "aging_days", 36_500)?) {
        (Some(current), Some(aging)) if aging >= current => Some((current, aging)),
        (Some(_), Some(_)) => return Err(row.problem("aging_days", "write no fewer days than in current_days")),
        (Some(current), None) => Some((current, current)),
        (None, Some(_)) => return Err(row.problem("current_days", "the cell is empty; fill both or neither")),
        (None, None) => None,
    };
    // A table edited earlier need not have this column.
    let images = if row.has("images") { row.optional("images")? } else { None };
    let reports_first = match images.as_deref() {
        None => false,
        Some("reports_first") => true,
        Some(_) => {
            return Err(row.problem("images", "write reports_first, or nothing where images are needed as usual"));
        }
    };
    let need = row.optional("need")?.map(|_| need(row)).transpose()?;
    if need.is_none() && !reports_first && days.is_none() {
        return Err(row.problem("need", "the cell is empty, and nothing else departs from the usual list; fill it"));
    }
    Ok(CenterRequirement {
        program: row.id("program")?,
        requirement: row.id("requirement")?,
        need,
        reports_first,
        days,
        note: row.optional("note")?.unwrap_or_default(),
        source: row.needed("source")?,
        confirmed: row.confirmed("confidence")?,
        line: row.line,
    })
}

/// What only shows when the tables are seen together: names in one that are missing in another.
pub(super) fn cross_check(knowledge: &Knowledge) -> Vec<(&'static str, Problem)> {
    let gathering = &knowledge.gathering;
    let mut found = Vec::new();
    let mut say = |file: &'static str, line: u64, name: &str, table: &str| {
        let what = format!("\"{name}\" is not in {table}; correct it or add it there");
        found.push((file, Problem::at(line, 0, what)));
    };
    let kind_known = |kind: &DocumentKind| knowledge.document_kinds.iter().any(|k| k.id == *kind);
    for r in &gathering.requirements {
        for site in r.sites.iter().chain(&r.except_sites).filter(|site| knowledge.site(site).is_none()) {
            say(REQUIREMENTS, r.line, site, "cancer-sites.csv");
        }
        if let Some(when) = r.when.as_ref().filter(|id| !gathering.situations.iter().any(|s| s.id == **id)) {
            say(REQUIREMENTS, r.line, when, SITUATIONS);
        }
        if let Some(fresh) = r.freshness.as_ref().filter(|id| !gathering.freshness.iter().any(|f| f.id == **id)) {
            say(REQUIREMENTS, r.line, fresh, "record-freshness.csv");
        }
        for evidence in r.satisfied_by.evidence().chain(&r.partly_by) {
            for (name, table) in unknown(knowledge, evidence) {
                say(REQUIREMENTS, r.line, name, table);
            }
        }
    }
    let unknown_end = |id: &&String| !gathering.situations.iter().any(|s| s.id == **id);
    for id in gathering.freshness.iter().filter_map(|f| f.ends_with.as_ref()).filter(unknown_end) {
        say("record-freshness.csv", 0, id, SITUATIONS);
    }
    for situation in &gathering.situations {
        for (name, table) in situation.known_from.iter().flat_map(|evidence| unknown(knowledge, evidence)) {
            say(SITUATIONS, situation.line, name, table);
        }
    }
    for doubt in &gathering.record_doubts {
        for kind in doubt.kinds.iter().filter(|kind| !kind_known(kind)) {
            say(DOUBTS, doubt.line, &kind.0, "document-kinds.csv");
        }
    }
    for program in &gathering.programs {
        if let Some(center) = program.center.as_ref().filter(|id| !knowledge.centers.iter().any(|c| c.id == **id)) {
            say(PROGRAMS, program.line, center, "centers.csv");
        }
        for kind in program.order.iter().filter(|kind| !kind_known(kind)) {
            say(PROGRAMS, program.line, &kind.0, "document-kinds.csv");
        }
    }
    for r in &gathering.center_requirements {
        if !gathering.programs.iter().any(|p| p.id == r.program) {
            say(CENTER_REQUIREMENTS, r.line, &r.program, PROGRAMS);
        }
        if gathering.requirement(&r.requirement).is_none() && r.requirement != CenterRequirement::ALL_IMAGES {
            say(CENTER_REQUIREMENTS, r.line, &r.requirement, REQUIREMENTS);
        }
    }
    for route in &gathering.routes {
        for letter in route.letter.iter().filter(|letter| !knowledge.letters.iter().any(|l| l.id == **letter)) {
            say(ROUTES, route.line, letter, "letters");
        }
        if gathering.clock(&route.clock).is_none() {
            say(ROUTES, route.line, &route.clock, CLOCKS_TABLE);
        }
    }
    found
}

/// Names an evidence uses that no table has, each with the table it should be in.
fn unknown<'e>(knowledge: &Knowledge, evidence: &'e Evidence) -> Vec<(&'e str, &'static str)> {
    let gathering = &knowledge.gathering;
    let mut names = Vec::new();
    if let Some(kind) = evidence.document().filter(|kind| !knowledge.document_kinds.iter().any(|k| k.id == **kind)) {
        names.push((kind.0.as_str(), "document-kinds.csv"));
    }
    if let Some(words) = evidence.named().filter(|id| gathering.words(id).is_none()) {
        names.push((words, "record-words.csv"));
    }
    if let Evidence::Gene(symbol) = evidence.bare() {
        let genes = || knowledge.vocabulary.terms.iter().filter(|term| term.class == TermClass::Gene);
        if !genes().any(|gene| gene.means == *symbol) {
            names.push((symbol.as_str(), "reading/genes.csv"));
        }
    }
    if let Some(picture) = evidence.picture() {
        let is_known =
            |id: &str, means: ImagingMeaning| gathering.imaging_words.iter().any(|w| w.means == means && w.id == id);
        if !is_known(&picture.modality, ImagingMeaning::Modality) {
            names.push((picture.modality.as_str(), "imaging-words.csv"));
        }
        if let Some(region) = picture.region.as_deref().filter(|region| !is_known(region, ImagingMeaning::Region)) {
            names.push((region, "imaging-words.csv"));
        }
    }
    names
}
