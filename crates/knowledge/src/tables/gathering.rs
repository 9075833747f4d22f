//! The tables of gathering: what a centre needs, when it can exist, how old it may be, how it is got, which clock runs, how
//! long tissue is kept, and how single centres differ. What a cell may hold is checked here, so that a slip is named by line.

use consilium_casefile::facts::Concept;
use consilium_casefile::knowledge::{
    CenterProgram, CenterRequirement, ClockRule, Department, Evidence, Freshness, Gathering, ImagingWords, Knowledge,
    Need, Requirement, Retention, Route, Situation,
};
use consilium_casefile::records::DocumentKind;

use super::{Problem, Row, all, rows, unique};

const REQUIREMENTS: &str = "record-requirements.csv";
const SITUATIONS: &str = "record-situations.csv";
const CENTER_REQUIREMENTS: &str = "center-requirements.csv";
const PROGRAMS: &str = "center-programs.csv";

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
                    source: row.needed("source")?,
                    confirmed: row.confirmed("confidence")?,
                })
            })?;
            gathering.freshness = unique(freshness, |f| f.id.as_str())?;
        }
        "imaging-words.csv" => {
            let words = rows(text, |row| {
                let is_region = match row.needed("means")?.as_str() {
                    "modality" => false,
                    "region" => true,
                    _ => return Err(row.problem("means", "write modality or region")),
                };
                let words = row.needed("words")?.to_lowercase();
                Ok(ImagingWords { id: row.needed("id")?, is_region, words: parts(&words, ';') })
            })?;
            gathering.imaging_words = unique(words, |w| w.id.as_str())?;
        }
        "record-routes.csv" => {
            gathering.routes = unique(rows(text, route)?, |r| r.id.as_str())?;
            gathering.routes.sort_by_key(|route| route.order);
        }
        "record-clocks.csv" => gathering.clocks = unique(rows(text, clock)?, |c| c.id.as_str())?,
        "tissue-retention.csv" => {
            let retention = rows(text, |row| {
                Ok(Retention {
                    material: row.id("material")?,
                    label: row.needed("label")?,
                    law_years: row.number("law_years", 0, 200)?,
                    cap_years: row.number("cap_years", 0, 200)?,
                    source: row.needed("source")?,
                    confirmed: row.confirmed("confidence")?,
                })
            })?;
            gathering.retention = unique(retention, |r| r.material.as_str())?;
        }
        PROGRAMS => gathering.programs = unique(rows(text, program)?, |p| p.id.as_str())?,
        CENTER_REQUIREMENTS => gathering.center_requirements = all(rows(text, center_requirement)?),
        _ => return Ok(false),
    }
    Ok(true)
}

fn parts(text: &str, by: char) -> Vec<String> {
    text.split(by).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn list(row: &Row<'_>, column: &str) -> Result<Vec<String>, Problem> {
    Ok(row.optional(column)?.map(|text| parts(&text, ';')).unwrap_or_default())
}

/// `fact:er|fact:pr`: one of them.
fn alternatives(row: &Row<'_>, column: &str) -> Result<Vec<Evidence>, Problem> {
    let text = row.optional(column)?.unwrap_or_default();
    parts(&text, '|').iter().map(|one| evidence(row, column, one)).collect()
}

fn evidence(row: &Row<'_>, column: &str, text: &str) -> Result<Evidence, Problem> {
    let read = Evidence::read(text).map_err(|word| {
        let what = format!(
            "\"{word}\" is not understood; write for example document:pathology-report, fact:er, series:psa, \
             images:CT, report:CT, images-with-report:MR:breast, slides, tissue, medicines, person or questions"
        );
        row.problem(column, &what)
    })?;
    match read.concept().filter(|concept| !Concept::KNOWN.contains(concept)) {
        Some(concept) => Err(row.problem(column, &format!("\"{concept}\" is no line of concepts.csv"))),
        None => Ok(read),
    }
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

fn requirement(row: &Row<'_>) -> Result<Requirement, Problem> {
    let satisfied = row.needed("satisfied_by")?;
    let satisfied_by = parts(&satisfied, ';')
        .iter()
        .map(|each| parts(each, '|').iter().map(|one| evidence(row, "satisfied_by", one)).collect())
        .collect::<Result<Vec<Vec<Evidence>>, Problem>>()?;
    Ok(Requirement {
        id: row.id("id")?,
        label: row.needed("label")?,
        plain: row.needed("plain")?,
        why: row.needed("why")?,
        need: need(row)?,
        sites: list(row, "sites")?,
        except_sites: list(row, "except_sites")?,
        when: row.optional("when")?,
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
    Ok(Route {
        id: row.id("id")?,
        departments,
        order: row.number("order", 0, 10_000)?,
        label: row.needed("label")?,
        how: row.needed("how")?,
        days: row.number("days", 0, 3_650)?,
        needs: row.optional("needs")?.unwrap_or_default(),
        letter: row.optional("letter")?,
        source: row.needed("source")?,
        confirmed: row.confirmed("confidence")?,
    })
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
        id: row.id("id")?,
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
        order: list(row, "order")?.into_iter().map(DocumentKind).collect(),
        note: row.optional("note")?.unwrap_or_default(),
        seen: row.optional("seen")?.unwrap_or_default(),
        source: row.needed("source")?,
        confirmed: row.confirmed("confidence")?,
        line: row.line,
    })
}

fn center_requirement(row: &Row<'_>) -> Result<CenterRequirement, Problem> {
    let days = match (perhaps(row, "current_days", 36_500)?, perhaps(row, "aging_days", 36_500)?) {
        (Some(current), Some(aging)) if aging >= current => Some((current, aging)),
        (Some(_), Some(_)) => return Err(row.problem("aging_days", "write no fewer days than in current_days")),
        (Some(current), None) => Some((current, current)),
        (None, Some(_)) => return Err(row.problem("current_days", "the cell is empty; fill both or neither")),
        (None, None) => None,
    };
    Ok(CenterRequirement {
        program: row.id("program")?,
        requirement: row.id("requirement")?,
        need: need(row)?,
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
    let region_known = |region: &String| gathering.imaging_words.iter().any(|w| w.is_region && w.id == *region);
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
        let all = || r.satisfied_by.iter().flatten().chain(&r.partly_by);
        for kind in all().filter_map(Evidence::document).filter(|kind| !kind_known(kind)) {
            say(REQUIREMENTS, r.line, &kind.0, "document-kinds.csv");
        }
        for region in all().filter_map(|e| e.picture()?.region.as_ref()).filter(|region| !region_known(region)) {
            say(REQUIREMENTS, r.line, region, "imaging-words.csv");
        }
    }
    for kind in gathering.situations.iter().flat_map(|s| &s.known_from).filter_map(Evidence::document) {
        if !kind_known(kind) {
            say(SITUATIONS, 0, &kind.0, "document-kinds.csv");
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
        if gathering.requirement(&r.requirement).is_none() {
            say(CENTER_REQUIREMENTS, r.line, &r.requirement, REQUIREMENTS);
        }
    }
    for letter in gathering.routes.iter().filter_map(|r| r.letter.as_ref()) {
        if !knowledge.letters.iter().any(|l| l.id == *letter) {
            say("record-routes.csv", 0, letter, "letters");
        }
    }
    found
}
