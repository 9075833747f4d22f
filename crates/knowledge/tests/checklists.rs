//! Every line of the built-in checklist, held against cases: one in which it is satisfied, one in which it is partly so,
//! and one in which nothing of it is there. Whoever edits a line sees here what the edit does.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::collections::BTreeSet;

use consilium_casefile::about::{AboutChange, Cancer, Person};
use consilium_casefile::facts::{
    Basis, Concept, Context, Fact, Polarity, Qualifiers, Section, Treatment, TreatmentKind, TreatmentStatus,
};
use consilium_casefile::find::FindChange;
use consilium_casefile::gather::checklist::{Aged, Checklist, Fill, Item, ItemState, Owner};
use consilium_casefile::gather::requests::{Request, Requests};
use consilium_casefile::gather::tissue::{Custody, Material, Step, Tissue};
use consilium_casefile::gather::{GatherChange, RequestChange, StudyFound, TissueChange};
use consilium_casefile::imaging::{NumberRanges, Series, SeriesFacts, Study, StudyFacts};
use consilium_casefile::knowledge::{Department, Knowledge, Need, Picture, Requirement};
use consilium_casefile::ledger::{Body, Entry, Header, Payload};
use consilium_casefile::prepare::{PrepareChange, Question};
use consilium_casefile::reading::{AgreedMedicine, DocumentReading, ReadingChange};
use consilium_casefile::records::{
    Confirmation, Document, DocumentKind, FileFormat, IdentityMatch, Proposal, Proposals,
};
use consilium_casefile::{
    ActorId, Audience, Case, CaseId, Change, DocumentId, ImportId, Instant, Message, ObjectId, PartialDate,
    PatientIdentity, PersonName, QuestionId, TissueId,
};
use consilium_knowledge::load;
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 6, 10);
const DAY: &str = "2026-06-01";

fn fold(changes: Vec<Change>) -> Case {
    let mut case = Case::new(CaseId::from("case-1"));
    for change in changes {
        let written = change.write().unwrap();
        let payload = Payload { salt: [0; 32], bytes: written.bytes };
        let header = Header {
            seq: case.head.seq + 1,
            at: Instant { micros: 1_780_000_000_000_000, offset_minutes: 0 },
            by: ActorId::from("owner"),
            kind: written.kind,
            payload_commitment: payload.commitment(),
            prev: case.head.hash,
        };
        case.apply(&Entry { header, body: Body::Here(payload) });
    }
    assert_eq!(case.unread, Vec::<String>::new());
    case
}

fn document(id: &str, kind: &str, title: &str, format: FileFormat, day: &str) -> Change {
    let because = Message::new("because");
    let proposed = Proposals {
        kind: Some(Proposal { value: DocumentKind::from(kind), because: because.clone() }),
        date: day.parse().ok().map(|value| Proposal { value, because: because.clone() }),
        facility: Some(Proposal { value: "Springfield Example Hospital".to_owned(), because }),
        ..Proposals::default()
    };
    let document = Document {
        id: DocumentId::from(id),
        import: ImportId::from("i"),
        path: format!("{id}.pdf"),
        object: ObjectId(format!("{id}-object")),
        bytes: 1,
        format,
        attached_to: None,
        locked_original: None,
        altered: false,
        text: Some(ObjectId(format!("{id}-text"))),
        pages: None,
        title: Some(title.to_owned()),
        patient: PatientIdentity::default(),
        also_names: Vec::new(),
        proposed,
        complaints: Vec::new(),
    };
    GatherChange::DocumentAdded { document, identity: IdentityMatch::Same }.into()
}

fn reading(id: &str, facts: Vec<Fact>, treatments: Vec<Treatment>) -> Change {
    read(DocumentReading { facts, treatments, ..nothing_in(id) })
}

fn read(reading: DocumentReading) -> Change {
    ReadingChange::Read { reading: Box::new(reading) }.into()
}

fn nothing_in(id: &str) -> DocumentReading {
    DocumentReading {
        document: DocumentId::from(id),
        text: ObjectId(format!("{id}-text")),
        reader: "1".to_owned(),
        knowledge: "k".to_owned(),
        recognised: Vec::new(),
        blank_pages: None,
        sparse_pages: Vec::new(),
        facts: Vec::new(),
        medications: Vec::new(),
        treatments: Vec::new(),
        timing: Vec::new(),
        plans: Vec::new(),
        sent: Vec::new(),
        names: Vec::new(),
        sketch: consilium_casefile::Sketch::default(),
        own_export: false,
        cut_short: false,
    }
}

fn fact(concept: &Concept, polarity: Polarity, day: &str) -> Fact {
    Fact {
        concept: concept.clone(),
        value: "1".to_owned(),
        unit: None,
        basis: Basis::Stated,
        polarity,
        context: Context::Current,
        section: Section::Diagnosis,
        qualifiers: Qualifiers::default(),
        specimen: None,
        tumour: None,
        date: Some(day.parse().unwrap()),
        main: true,
        start: 0,
        end: 1,
        quote: "1".to_owned(),
    }
}

fn treatment(kind: TreatmentKind, what: &str, day: &str) -> Treatment {
    Treatment {
        kind,
        what: what.to_owned(),
        code: None,
        drugs: Vec::new(),
        laterality: None,
        date: Some(day.parse().unwrap()),
        until: None,
        cycles: None,
        dose: None,
        intent: None,
        change: None,
        status: TreatmentStatus::Done,
        start: 0,
        end: 1,
        quote: "1".to_owned(),
    }
}

/// Images of the kind, ten of ten or nine of ten.
fn study(picture: &Picture, knowledge: &Knowledge, whole: bool, day: &str) -> Change {
    let region = picture.region.as_ref().and_then(|id| knowledge.gathering.imaging_words.iter().find(|w| w.id == *id));
    let facts = SeriesFacts {
        uid: format!("1.2.{}.{day}.1", picture.modality),
        modality: Some(picture.modality.clone()),
        body_part: region.map(|w| w.words[0].to_uppercase()),
        stated_instances: Some(10),
        ..SeriesFacts::default()
    };
    let found = if whole { 10 } else { 9 };
    let series =
        Series { found, numbers: NumberRanges(vec![(1, i32::try_from(found).unwrap())]), facts, ..Series::default() };
    let study = Study {
        facts: StudyFacts {
            uid: format!("1.2.{}.{day}", picture.modality),
            date: Some(day.parse().unwrap()),
            ..StudyFacts::default()
        },
        series: std::iter::once((series.facts.uid.clone(), series)).collect(),
    };
    let found =
        StudyFound { study, manifest: ObjectId::from("m"), patient: PatientIdentity::default(), path: String::new() };
    GatherChange::StudyAdded { found, identity: IdentityMatch::Same }.into()
}

fn report(picture: &Picture, knowledge: &Knowledge, day: &str, id: &str) -> Change {
    let words = |id: &str| knowledge.gathering.imaging_words.iter().find(|w| w.id == id).map(|w| w.words[0].clone());
    let region = picture.region.as_deref().and_then(words).unwrap_or_default();
    let modality = words(&picture.modality).unwrap_or_default();
    document(&format!("r-{id}"), "radiology-report", &format!("{modality} {region}"), FileFormat::Text, day)
}

fn slides(material: Material, step: Option<Step>) -> Vec<Change> {
    let id = TissueId::from(material.name());
    let tissue = Tissue {
        id: id.clone(),
        accession: "S-10421".to_owned(),
        part: "A".to_owned(),
        block: "A1".to_owned(),
        material,
        stain: String::new(),
        count: 2,
        uncounted: false,
        recut: false,
        collected: None,
        laboratory: None,
        report: None,
        small: false,
        remaining: String::new(),
    };
    let custody = |step| Custody { carrier: "Example Courier".to_owned(), ..Custody::of(step, TODAY) };
    let mut changes = vec![TissueChange::Registered { tissue }.into()];
    changes.extend(step.map(|step| Change::from(TissueChange::Custody { ids: vec![id], custody: custody(step) })));
    changes
}

fn person(born: Option<&str>) -> Change {
    let name = PersonName::from_display("Rosa Example").unwrap();
    let birth_date = born.map(|b| b.parse::<PartialDate>().unwrap());
    AboutChange::PersonStated { person: Person { name, birth_date } }.into()
}

fn medicine(id: &str, name: &str, dose: &str) -> Change {
    let medication = consilium_casefile::facts::Medication {
        name: name.to_owned(),
        ingredient: Some(name.to_owned()),
        code: None,
        dose: Some(dose.to_owned()),
        route: None,
        frequency: None,
        status: consilium_casefile::facts::MedicationStatus::Active,
        since: None,
        until: None,
        reason: None,
        start: 0,
        end: 1,
        quote: "l".to_owned(),
    };
    read(DocumentReading { medications: vec![medication], ..nothing_in(id) })
}

/// Entries of one word of `data/checklists.csv`; `n` keeps their ids apart.
fn given(word: &str, knowledge: &Knowledge, n: usize) -> Vec<Change> {
    let text = FileFormat::Text;
    let (word, is_part) = word.strip_suffix('!').map_or((word, false), |word| (word, true));
    let (word, day) = word.split_once('@').unwrap_or((word, DAY));
    let (word, untested) = word.strip_suffix('?').map_or((word, false), |word| (word, true));
    let (word, names) = match word.split_once('[') {
        Some((word, names)) => (word, names.strip_suffix(']').unwrap().split(',').map(str::to_owned).collect()),
        None => (word, Vec::new()),
    };
    let id = format!("{n}");
    // `=margin` among the names: a finding of it.
    let (facts, names): (Vec<String>, Vec<String>) = names.into_iter().partition(|name: &String| name.starts_with('='));
    let facts: Vec<Fact> = facts.iter().map(|name| fact(&Concept::named(&name[1..]), Polarity::Present, day)).collect();
    let named = |id: &str| read(DocumentReading { names: names.clone(), facts: facts.clone(), ..nothing_in(id) });
    let picture = |of: &str| {
        let (modality, region) = of.split_once(':').map_or((of, None), |(modality, region)| (modality, Some(region)));
        Picture { modality: modality.to_owned(), region: region.map(str::to_owned) }
    };
    let reported = |of: &str| {
        let report = report(&picture(of), knowledge, day, &id);
        vec![report, named(&format!("r-{id}"))]
    };
    match word.split_once(':').unwrap_or((word, "")) {
        ("d", kind) => {
            assert!(knowledge.document_kinds.iter().any(|k| k.id.0 == kind), "{kind}");
            let format = if is_part { FileFormat::Pdf } else { text };
            vec![document(&id, kind, "A record", format, day), named(&id)]
        }
        ("f", concept) => {
            let (concept, gene) = concept.split_once('/').map_or((concept, None), |(c, g)| (c, Some(g.to_owned())));
            let concept = Concept::named(concept);
            assert!(Concept::KNOWN.contains(&concept), "{concept}");
            let polarity = if untested { Polarity::NotTested } else { Polarity::Present };
            let mut fact = fact(&concept, polarity, day);
            fact.qualifiers.gene = gene;
            vec![document(&id, "other", "A record", text, day), reading(&id, vec![fact], vec![])]
        }
        ("i", of) => vec![study(&picture(of), knowledge, !is_part, day)],
        ("r", of) => reported(of),
        ("ir", of) => [vec![study(&picture(of), knowledge, !is_part, day)], reported(of)].concat(),
        ("op" | "sample", "") => {
            let what = if word == "op" { "lumpectomy" } else { "core needle biopsy" };
            let mut operation = treatment(TreatmentKind::Operation, what, day);
            operation.date = word_has_day(day).then_some(operation.date).flatten();
            vec![document(&id, "other", "A note", text, "2020-01-01"), reading(&id, vec![], vec![operation])]
        }
        ("slides", "") => slides(Material::Slide, Some(Step::Shipped)),
        ("cytology", "") => slides(Material::Cytology, (!is_part).then_some(Step::Shipped)),
        ("block", "") => slides(Material::Block, (!is_part).then_some(Step::Shipped)),
        ("unstained", "") => slides(Material::Unstained, (!is_part).then_some(Step::Shipped)),
        ("person", "") => vec![person((!is_part).then_some("1971-03-14"))],
        ("question", "") => {
            let question =
                Question { id: QuestionId::from("q"), text: "Is it safe to wait?".to_owned(), rests_on: Vec::new() };
            vec![PrepareChange::QuestionAdded { question }.into()]
        }
        ("medicines", "") if is_part => vec![
            document("m1", "other", "A list", text, DAY),
            medicine("m1", "letrozole", "2.5 mg"),
            document("m2", "other", "A list", text, DAY),
            medicine("m2", "letrozole", "5 mg"),
        ],
        ("medicines", "") => {
            let line = "2.5 mg".to_owned();
            let agreed = AgreedMedicine { ingredient: "letrozole".to_owned(), line, taken: true, said: None };
            vec![
                document("m", "medication-list", "A list", text, day),
                medicine("m", "letrozole", "2.5 mg"),
                ReadingChange::MedicineAgreed { agreed }.into(),
            ]
        }
        _ => panic!("{word} is no word of the table"),
    }
}

/// An operation without a day of its own was done, and nobody knows when.
fn word_has_day(day: &str) -> bool {
    day != DAY
}

fn about(requirement: &Requirement, site: &str) -> Vec<Change> {
    let cancer = Cancer { site: Some(site.to_owned()), words: String::new() };
    let center = FindChange::CenterChosen { center: Some("Some Example Center".to_owned()) };
    let mut changes: Vec<Change> = vec![AboutChange::CancerStated { cancer }.into(), center.into()];
    if let Some(situation) = &requirement.when {
        let stated = RequestChange::SituationStated { situation: situation.clone(), happened: Some(true) };
        changes.push(stated.into());
    }
    changes
}

fn list(changes: Vec<Change>, knowledge: &Knowledge) -> Checklist {
    fold(changes).seen_by(Audience::Owner).checklist(None, knowledge, TODAY).unwrap()
}

fn item(requirement: &Requirement, more: Vec<Change>, knowledge: &Knowledge) -> Item {
    let site = requirement.sites.first().map_or("breast", String::as_str);
    let list = list([about(requirement, site), more].concat(), knowledge);
    list.items.into_iter().find(|item| item.requirement == requirement.id).unwrap()
}

/// A line of `data/checklists.csv`: written by hand from what centers ask for, and not from the table it is held against.
struct Written {
    requirement: String,
    need: String,
    sites: BTreeSet<String>,
    situation: Option<String>,
    /// Satisfied, partly, missing: each with the cases it is so in.
    cases: [Vec<String>; 3],
}

fn written(knowledge: &Knowledge) -> Vec<Written> {
    let all: BTreeSet<String> = knowledge.cancer_sites.iter().map(|site| site.id.clone()).collect();
    let list = |text: &str| text.split(';').map(str::to_owned).collect::<BTreeSet<String>>();
    let mut reader = csv::Reader::from_reader(include_str!("data/checklists.csv").as_bytes());
    let line = |cells: csv::StringRecord| {
        let sites = match cells[2].strip_prefix("all but ") {
            Some(but) => &all - &list(but),
            None if &cells[2] == "all" => all.clone(),
            None => list(&cells[2]),
        };
        assert!(sites.is_subset(&all), "{}: {sites:?}", &cells[0]);
        let cases = |text: &str| text.split(" // ").map(str::to_owned).collect::<Vec<_>>();
        Written {
            requirement: cells[0].to_owned(),
            need: cells[1].to_owned(),
            sites,
            situation: Some(cells[3].to_owned()).filter(|s| !s.is_empty()),
            cases: [cases(&cells[4]), cases(&cells[5]), cases(&cells[6])],
        }
    };
    reader.records().map(|cells| line(cells.unwrap())).collect()
}

/// The line of a case of this cancer that holds what `words` name.
fn item_of(written: &Written, site: &str, happened: Option<bool>, words: &str, knowledge: &Knowledge) -> Option<Item> {
    let cancer = Cancer { site: Some(site.to_owned()), words: String::new() };
    let center = FindChange::CenterChosen { center: Some("Some Example Center".to_owned()) };
    let mut changes: Vec<Change> = vec![AboutChange::CancerStated { cancer }.into(), center.into()];
    changes.extend(written.situation.iter().zip(happened).map(|(situation, happened)| {
        RequestChange::SituationStated { situation: situation.clone(), happened: Some(happened) }.into()
    }));
    let given = words.split_whitespace().enumerate().flat_map(|(n, word)| given(word, knowledge, n));
    changes.extend(given);
    list(changes, knowledge).items.into_iter().find(|item| item.requirement == written.requirement)
}

#[test]
fn the_table_written_by_hand_has_every_line_and_every_cancer() {
    let knowledge = load(None).knowledge;
    let written = written(&knowledge);
    let by_hand: Vec<&str> = written.iter().map(|line| line.requirement.as_str()).collect();
    let in_use: Vec<&str> = knowledge.gathering.requirements.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(by_hand.iter().collect::<BTreeSet<_>>(), in_use.iter().collect::<BTreeSet<_>>());
    assert_eq!(by_hand.len(), in_use.len(), "each once");
    for line in &written {
        let [satisfied, partly, missing] = &line.cases;
        assert!(
            missing.iter().all(|case| !case.is_empty()),
            "{} has no case that only looks like it",
            line.requirement
        );
        assert!(satisfied.iter().all(|case| !case.is_empty()), "{} is never satisfied", line.requirement);
        // A question is asked or not: there is no half of one.
        let has_parts = partly.iter().all(|case| !case.is_empty());
        assert!(has_parts || line.requirement == "questions", "{} is never partly here", line.requirement);
    }
    for site in &knowledge.cancer_sites {
        let own = written.iter().filter(|line| line.sites.contains(&site.id) && line.sites.len() < 20).count();
        assert!(own > 0, "{} has no line of its own", site.id);
    }
}

#[test]
fn every_line_is_asked_for_at_the_cancers_and_with_the_weight_that_centers_give_it() {
    let knowledge = load(None).knowledge;
    for line in written(&knowledge) {
        for site in &knowledge.cancer_sites {
            let item = item_of(&line, &site.id, None, "", &knowledge);
            let id = &line.requirement;
            assert_eq!(item.is_some(), line.sites.contains(&site.id), "{id} at {}", site.id);
            if let Some(item) = item {
                assert_eq!(format!("{:?}", item.need).to_lowercase(), line.need, "{id}");
                assert_eq!(item.situation, line.situation, "{id}");
            }
        }
    }
}

#[test]
fn every_line_is_satisfied_partly_and_not_at_all() {
    let knowledge = load(None).knowledge;
    let mut wrong = Vec::new();
    for line in written(&knowledge) {
        // Lines that every cancer has are held against two of them, the others against each of theirs.
        let sites: Vec<&String> = line.sites.iter().take(if line.sites.len() > 20 { 2 } else { 20 }).collect();
        let fills = [Fill::Here, Fill::Partial, Fill::Missing];
        for (site, (expect, cases)) in
            sites.into_iter().flat_map(|site| fills.iter().zip(&line.cases).map(move |c| (site, c)))
        {
            let nothing = (*expect == Fill::Missing).then(String::new);
            let words = cases.iter().filter(|words| !words.is_empty()).cloned().chain(nothing);
            for words in words {
                let item = item_of(&line, site, Some(true), &words, &knowledge).unwrap();
                let says = match expect {
                    Fill::Here => !item.evidence.is_empty() && item.lacks.is_empty() && item.missing.is_empty(),
                    Fill::Partial => !item.lacks.is_empty() && !item.evidence.is_empty(),
                    Fill::Missing => {
                        item.state == ItemState::Needed && item.evidence.is_empty() && !item.missing.is_empty()
                    }
                };
                if item.fill != *expect || item.is_here() != (*expect == Fill::Here) || !says {
                    wrong.push(format!("{} at {site} by \"{words}\" is not {expect:?}: {item:?}", line.requirement));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_line_that_depends_on_what_happened_is_a_question_before_it_is_a_gap() {
    let knowledge = load(None).knowledge;
    for line in written(&knowledge).iter().filter(|line| line.situation.is_some()) {
        let site = line.sites.first().unwrap();
        let of = |happened| item_of(line, site, happened, "", &knowledge).unwrap();
        // Nearly everybody had a biopsy: nobody has to say so before its report is asked for.
        let unsaid = if line.requirement == "pathology-report" { ItemState::Needed } else { ItemState::AskFirst };
        assert_eq!(of(None).state, unsaid, "{}", line.requirement);
        assert_eq!(of(Some(false)).state, ItemState::NotApplicable, "{}", line.requirement);
        assert_eq!(of(Some(true)).state, ItemState::Needed, "{}", line.requirement);
    }
}

#[test]
fn what_of_a_whole_is_missing_is_named() {
    let knowledge = load(None).knowledge;
    let check = |id: &str, words: &str, missing: &[&str], lacks: &[(&str, &str)]| {
        let written = written(&knowledge);
        let line = written.iter().find(|line| line.requirement == id).unwrap();
        let item = item_of(line, line.sites.first().unwrap(), Some(true), words, &knowledge).unwrap();
        assert_eq!(item.missing, missing, "{id}");
        let said: Vec<(&str, &str)> =
            item.lacks.iter().map(|l| (l.key.as_str(), l.args.first().map_or("", |(_, what)| what.as_str()))).collect();
        assert_eq!(said, lacks, "{id}");
    };
    check("melanoma-depth", "f:breslow_mm", &["fact:ulceration"], &[("lack-part", "Ulceration")]);
    check(
        "breast-receptors",
        "f:er f:er_percent f:pr f:pr_percent",
        &["fact:her2_ihc or fact:her2_ish or fact:her2_status"],
        &[("lack-part", "HER2 by immunohistochemistry / HER2 by in situ hybridization / HER2 status")],
    );
    check("cll-markers", "d:flow-cytometry-report d:genomic-report[fish,tp53]", &[], &[("lack-look-whether", "IGHV")]);
    check(
        "brain-mri-around-operation",
        "op@2026-05-20 ir:MR:brain@2026-05-10",
        &["after-operation:images-with-report:MR:brain"],
        &[("lack-part-after-operation", "MR brain")],
    );
    check("pancreas-ca199", "f:ca_19_9", &["document:laboratory-result:bilirubin"], &[("lack-part", "Bilirubin")]);
    check("thyroid-marker", "d:laboratory-result", &[], &[("lack-look-whether", "Thyroglobulin")]);
}

#[test]
fn every_site_has_lines_of_its_own_and_images_where_a_reviewer_reads_them() {
    let knowledge = load(None).knowledge;
    let written = written(&knowledge);
    let asked = |site: &str| {
        let cancer = Cancer { site: Some(site.to_owned()), words: String::new() };
        list(vec![AboutChange::CancerStated { cancer }.into()], &knowledge).items
    };
    let lists: Vec<(&str, Vec<Item>)> = knowledge.cancer_sites.iter().map(|s| (s.id.as_str(), asked(&s.id))).collect();
    let is_core = |id: &str| lists.iter().all(|(_, items)| items.iter().any(|item| item.requirement == id));
    for (site, items) in &lists {
        let own: BTreeSet<&str> = items.iter().map(|i| i.requirement.as_str()).filter(|id| !is_core(id)).collect();
        let by_hand = written.iter().filter(|line| line.sites.contains(*site)).map(|line| line.requirement.as_str());
        assert_eq!(own, by_hand.filter(|id| !is_core(id)).collect(), "{site}");
        let few = |id: &&str| written.iter().any(|line| line.requirement == **id && line.sites.len() < 20);
        let required = items.iter().filter(|i| i.need == Need::Required).map(|i| i.requirement.as_str());
        let has_none = !required.clone().any(|id| few(&id));
        assert_eq!(has_none, *site == "skin-nonmelanoma", "required lines of {site} of its own: {own:?}");
        let asks_for_images = |id: &str| {
            let line = knowledge.gathering.requirement(id).unwrap();
            id != "radiation-plan" && line.satisfied_by.evidence().any(|evidence| evidence.picture().is_some())
        };
        // Cancers of the blood and of the skin's surface are not staged by pictures.
        let without = ["aml", "all", "cml", "mds-mpn", "cll", "skin-nonmelanoma"].contains(site);
        assert_ne!(own.iter().any(|id| few(id) && asks_for_images(id)), without, "{site}: {own:?}");
    }
}

#[test]
fn slides_are_not_asked_for_where_the_diagnosis_needs_none() {
    let knowledge = load(None).knowledge;
    let of = |site: &str| {
        let cancer = Cancer { site: Some(site.to_owned()), words: String::new() };
        list(vec![AboutChange::CancerStated { cancer }.into()], &knowledge)
    };
    let asks = |site: &str| of(site).items.iter().filter(|i| i.blocks()).any(|i| i.requirement.starts_with("slides"));
    assert!(!asks("cll"), "chronic lymphocytic leukemia is diagnosed from blood");
    let unsure = of("liver-hcc").items.into_iter().find(|i| i.requirement == "slides-if-biopsied").unwrap();
    assert_eq!(unsure.state, ItemState::AskFirst, "whether tissue was taken is asked, not assumed");
    let breast = [vec![], given("d:pathology-report", &knowledge, 0)].concat();
    let breast = [about(&knowledge.gathering.requirements[0], "breast"), breast].concat();
    assert_eq!(
        list(breast, &knowledge).items.iter().find(|i| i.requirement == "slides").unwrap().state,
        ItemState::Needed,
        "a report on tissue tells that there are slides"
    );
}

#[test]
fn what_never_happened_is_not_asked_for_and_what_nobody_said_is_a_question() {
    let knowledge = load(None).knowledge;
    let radiation = knowledge.gathering.requirement("radiation-summary").unwrap();
    let of = |happened: Option<bool>| {
        let said = happened.map(|happened| {
            Change::from(RequestChange::SituationStated { situation: "radiation".to_owned(), happened: Some(happened) })
        });
        let mut changes = about(&knowledge.gathering.requirements[0], "breast");
        changes.extend(said);
        list(changes, &knowledge).items.into_iter().find(|i| i.requirement == radiation.id).unwrap()
    };
    assert_eq!(of(None).state, ItemState::AskFirst);
    assert!(of(None).blocks(), "unknown is never yes");
    assert_eq!((of(Some(false)).state, of(Some(false)).is_here()), (ItemState::NotApplicable, true));
    assert_eq!(of(Some(true)).state, ItemState::Needed);
}

#[test]
fn age_counts_from_the_day_the_pictures_were_made() {
    let knowledge = load(None).knowledge;
    let ct = knowledge.gathering.requirement("lung-ct").unwrap();
    let picture = Picture { modality: "CT".to_owned(), region: Some("chest".to_owned()) };
    let aged = |made: &str, written: &str| {
        let changes = vec![study(&picture, &knowledge, true, made), report(&picture, &knowledge, written, "1")];
        item(ct, changes, &knowledge)
    };
    let standing = |item: &Item| item.age.as_ref().unwrap().standing;
    assert_eq!(standing(&aged("2026-05-13", "2026-05-14")), Aged::Current, "28 days");
    assert_eq!(standing(&aged("2026-05-12", "2026-05-13")), Aged::Aging, "29 days, though the report is of 28");
    assert_eq!(standing(&aged("2026-04-15", "2026-04-15")), Aged::Aging, "56 days");
    let old = aged("2026-04-14", "2026-04-14");
    assert_eq!((standing(&old), old.is_here(), old.fill), (Aged::Outdated, false, Fill::Here));
    assert!(!old.age.unwrap().confirmed, "no source states the limit, and the line says so");
}

#[test]
fn a_center_departs_from_the_usual_list_by_name() {
    let knowledge = load(None).knowledge;
    let of = |center: &str| {
        let mut changes = about(&knowledge.gathering.requirements[0], "breast");
        changes.push(FindChange::CenterChosen { center: Some(center.to_owned()) }.into());
        list(changes, &knowledge)
    };
    let need = |list: &Checklist| list.items.iter().find(|i| i.requirement == "breast-mri").unwrap().clone();
    let (usual, own) = (of("Somewhere Example"), of("riverbend example cancer center"));
    assert_eq!((usual.program.as_deref(), own.program.as_deref()), (None, Some("example-riverbend")));
    assert!(!need(&usual).blocks() && need(&own).blocks());
    assert!(need(&own).center_note.is_some());
}

#[test]
fn a_center_that_takes_reports_first_asks_for_images_later() {
    let knowledge = load(None).knowledge;
    let of = |center: &str, words: &str| {
        let mut changes = about(&knowledge.gathering.requirements[0], "breast");
        changes.push(FindChange::CenterChosen { center: Some(center.to_owned()) }.into());
        changes.extend(words.split_whitespace().enumerate().flat_map(|(n, word)| given(word, &knowledge, n)));
        list(changes, &knowledge)
    };
    let line = |list: &Checklist, id: &str| list.items.iter().find(|i| i.requirement == id).unwrap().clone();
    let international = "City of Hope International Medicine";
    let report = line(&of(international, "r:MG"), "breast-mammogram");
    assert_eq!((report.fill, report.is_here(), report.reports_first), (Fill::Here, true, true), "{report:?}");
    assert!(!report.confirmed && report.source.contains("row 9"), "{report:?}");
    assert!(report.center_note.as_deref().unwrap_or_default().contains("reports"), "{report:?}");
    assert_eq!(line(&of("Somewhere Example", "r:MG"), "breast-mammogram").fill, Fill::Partial, "others ask for images");
    let images = line(&of(international, "i:MG"), "breast-mammogram");
    assert_eq!((images.fill, images.is_here()), (Fill::Missing, false), "it is the report that it asks for");
    let other = line(&of(international, ""), "insurance-card");
    assert!(!other.reports_first && other.center_note.is_none(), "a line without images is as usual");
    let plan = line(&of(international, "i:RTPLAN"), "radiation-plan");
    assert!(plan.lacks.iter().any(|lack| lack.key == "lack-part"), "nobody reports on a plan of radiation: {plan:?}");
}

#[test]
fn what_is_not_needed_for_one_center_is_needed_for_another() {
    let knowledge = load(None).knowledge;
    let settle = |center: Option<&str>| {
        let nothing = Requests::default();
        let why = "They have it already";
        consilium_casefile::gather::requests::settle(&nothing, &knowledge, "consultation", why, center).unwrap()
    };
    let state = |said: Option<&str>, center: &str| {
        let mut changes = about(&knowledge.gathering.requirements[0], "breast");
        changes.push(settle(said).into());
        let case = fold(changes);
        let list = case.seen_by(Audience::Owner).checklist(Some(center), &knowledge, TODAY).unwrap();
        list.items.into_iter().find(|item| item.requirement == "consultation").unwrap().state
    };
    let (riverbend, other) = ("Riverbend Example Cancer Center", "Some Example Center");
    assert_eq!(state(Some(riverbend), riverbend), ItemState::Waived);
    assert_eq!(state(Some("example-riverbend"), riverbend), ItemState::Waived, "by whichever name");
    assert_eq!(state(Some(riverbend), "example-riverbend"), ItemState::Waived);
    assert_eq!(state(Some(riverbend), other), ItemState::Needed);
    assert_eq!((state(None, riverbend), state(None, other)), (ItemState::Waived, ItemState::Waived));
}

/// The line of slides for Riverbend where slides took these steps: what, days ago, to whom.
fn slides_after(steps: &[(Step, i64, &str)], with: Vec<Change>) -> Item {
    let knowledge = load(None).knowledge;
    let cancer = Cancer { site: Some("breast".to_owned()), words: String::new() };
    let mut changes: Vec<Change> = vec![AboutChange::CancerStated { cancer }.into()];
    changes.extend(slides(Material::Slide, None));
    for (step, ago, to) in steps {
        let Some(Change::Tissue(change)) = slides(Material::Slide, Some(*step)).pop() else { unreachable!("a step") };
        let TissueChange::Custody { ids, custody } = *change else { unreachable!("a step") };
        let on = TODAY.saturating_sub(jiff::Span::new().days(*ago));
        let custody = Custody { on, to: (*to).to_owned(), ..custody };
        changes.push(TissueChange::Custody { ids, custody }.into());
    }
    changes.extend(with);
    let case = fold(changes);
    let center = Some("Riverbend Example Cancer Center");
    let list = case.seen_by(Audience::Owner).checklist(center, &knowledge, TODAY).unwrap();
    list.items.into_iter().find(|item| item.requirement == "slides").unwrap()
}

#[test]
fn the_line_of_slides_says_where_the_register_has_them() {
    let riverbend = "example-riverbend";
    let stands = |steps: &[(Step, i64, &str)]| {
        let item = slides_after(steps, Vec::new());
        (item.state, item.fill, item.tissue, item.lacks.first().map(|lack| lack.key.clone()))
    };
    let lack = |key: &str| Some(key.to_owned());
    let (missing, here) = (Fill::Missing, Fill::Here);
    let asked = (Step::Requested, 9, "");
    assert_eq!(stands(&[]), (ItemState::Needed, missing, None, None), "the register tells that there are slides");
    assert_eq!(
        stands(&[asked]),
        (ItemState::Requested, missing, Some(Step::Requested), lack("lack-slides-requested")),
        "nobody asks whether there was a biopsy"
    );
    let released = [asked, (Step::Released, 8, "")];
    assert_eq!(stands(&released), (ItemState::Requested, missing, Some(Step::Released), lack("lack-slides-released")));
    let shipped = |ago, to| [asked, (Step::Released, 8, ""), (Step::Shipped, ago, to)];
    assert_eq!(stands(&shipped(2, riverbend)), (ItemState::Sent, here, Some(Step::Shipped), None));
    assert_eq!(
        stands(&shipped(7, riverbend)),
        (ItemState::Requested, missing, Some(Step::Shipped), lack("lack-slides-on-the-way"))
    );
    let received = |to, then: &[(Step, i64, &'static str)]| {
        let way = [shipped(7, to).as_slice(), &[(Step::Received, 5, "")], then].concat();
        stands(&way)
    };
    assert_eq!(received(riverbend, &[]), (ItemState::Confirmed, here, Some(Step::Received), None));
    assert_eq!(received("Dr. Sample, pathology desk", &[]).0, ItemState::Confirmed, "a name that is nobody else's");
    let read = [(Step::Reviewed, 4, "")];
    let back = [(Step::Reviewed, 4, ""), (Step::Returned, 1, "")];
    assert_eq!(received(riverbend, &read).0, ItemState::Confirmed);
    assert_eq!(received(riverbend, &back).0, ItemState::Confirmed, "who read them needs them no more");
    assert_eq!(received("Somebody", &back).0, ItemState::Needed, "read by others, and at the laboratory again");
    assert_eq!(received(riverbend, &[(Step::Returned, 1, "")]).0, ItemState::Needed, "nobody read them");
    assert_eq!(received(riverbend, &[(Step::Lost, 1, "")]).0, ItemState::Needed);
}

#[test]
fn slides_with_somebody_else_are_not_with_the_center() {
    use consilium_casefile::shared::contact::Holder;
    let holder: Holder = serde_json::from_value(serde_json::json!({
        "id": "lab", "name": "Example Gene Laboratory"
    }))
    .unwrap();
    let known: Vec<Change> = vec![RequestChange::HolderStated { holder }.into()];
    let steps = [(Step::Shipped, 5, "example gene laboratory"), (Step::Received, 3, "")];
    assert_eq!(slides_after(&steps, known).state, ItemState::Needed);
    assert_eq!(slides_after(&steps, Vec::new()).state, ItemState::Confirmed, "a name nobody knows may be a desk there");
    let own: Vec<Change> = vec![FindChange::CenterChosen { center: Some("Another Example Center".to_owned()) }.into()];
    assert_eq!(slides_after(&steps, own).state, ItemState::Needed, "and is none of a center that is only looked at");
}

#[test]
fn a_person_settles_a_line_only_with_a_reason() {
    let knowledge = load(None).knowledge;
    let consultation = knowledge.gathering.requirement("consultation").unwrap();
    let settle = |reason: &str| -> Vec<Change> {
        vec![
            consilium_casefile::gather::requests::settle(
                &Requests::default(),
                &knowledge,
                "consultation",
                reason,
                None,
            )
            .unwrap()
            .into(),
        ]
    };
    let waived = item(consultation, settle("The center said that it does not need it"), &knowledge);
    assert_eq!((waived.state, waived.is_here()), (ItemState::Waived, true));
    assert_eq!(item(consultation, settle("  "), &knowledge).state, ItemState::Needed);
    assert!(
        consilium_casefile::gather::requests::settle(&Requests::default(), &knowledge, "no-such-line", "why", None)
            .is_err()
    );
}

fn looked_at(id: &str) -> Change {
    GatherChange::DocumentConfirmed { id: DocumentId::from(id), confirmation: Confirmation::default() }.into()
}

#[test]
fn a_line_is_ready_when_a_person_looked_at_what_shows_it() {
    let knowledge = load(None).knowledge;
    let consultation = knowledge.gathering.requirement("consultation").unwrap();
    let of = |changes: Vec<Vec<Change>>| item(consultation, changes.concat(), &knowledge);
    let record = |n| given("d:oncology-consultation", &knowledge, n);
    let new = of(vec![record(0)]);
    assert_eq!(
        (new.state, new.is_here(), new.is_to_look_at(), new.is_ready()),
        (ItemState::Received, true, true, false)
    );
    assert!(new.blocks() && !new.is_to_get(), "nobody is asked for it again, and the packet waits for a look");
    let looked = of(vec![record(0), vec![looked_at("0")]]);
    assert_eq!((looked.state, looked.is_ready()), (ItemState::Checked, true));
    let one_of_two = of(vec![record(0), record(1), vec![looked_at("1")]]);
    assert_eq!(one_of_two.state, ItemState::Checked, "what was looked at shows it alone");

    let both = knowledge.gathering.requirement("laboratory-required").unwrap();
    let records = || {
        let of = |words: &str, n| given(&format!("d:laboratory-result[{words}]"), &knowledge, n);
        [of("blood-count", 0), of("chemistry", 1)].concat()
    };
    let half = item(both, [records(), vec![looked_at("0")]].concat(), &knowledge);
    assert_eq!(half.state, ItemState::Received, "the other half was not looked at");
    let whole = item(both, [records(), vec![looked_at("0"), looked_at("1")]].concat(), &knowledge);
    assert_eq!(whole.state, ItemState::Checked);
}

#[test]
fn who_looked_says_whether_a_document_holds_what_a_line_asks_for() {
    let knowledge = load(None).knowledge;
    let judged = |line: &str, holds| -> Vec<Change> {
        let (requirement, document) = (line.to_owned(), DocumentId::from("0"));
        vec![RequestChange::DocumentJudged { requirement, document, holds }.into()]
    };
    let consultation = knowledge.gathering.requirement("consultation").unwrap();
    let of = |changes: Vec<Vec<Change>>| item(consultation, changes.concat(), &knowledge);
    let record = |n| given("d:oncology-consultation", &knowledge, n);
    let said = |holds| judged("consultation", holds);
    let not_it = of(vec![record(0), said(Some(false))]);
    assert_eq!((not_it.state, not_it.fill, not_it.evidence.len()), (ItemState::Needed, Fill::Missing, 0));
    assert!(of(vec![record(0), record(1), said(Some(false))]).is_here(), "the other one is it");
    assert_eq!(of(vec![record(0), said(Some(true))]).state, ItemState::Checked);
    assert_eq!(of(vec![record(0), said(Some(false)), said(None)]).state, ItemState::Received);
    assert_eq!(of(vec![record(0), judged("genomic-report", Some(false))]).state, ItemState::Received);
    let taken_out = GatherChange::Removed { documents: vec!["0".into()], studies: Vec::new() };
    assert_eq!(of(vec![record(0), said(Some(true)), vec![taken_out.into()]]).state, ItemState::Needed);

    let clip = knowledge.gathering.requirement("breast-clip").unwrap();
    let report = || given("d:pathology-report", &knowledge, 0);
    assert!(item(clip, report(), &knowledge).unsure);
    let told = item(clip, [report(), judged("breast-clip", Some(true))].concat(), &knowledge);
    assert_eq!((told.fill, told.state, told.unsure), (Fill::Here, ItemState::Checked, false));
}

#[test]
fn what_a_person_said_of_a_record_holds_for_its_day_and_not_for_a_later_record() {
    let knowledge = load(None).knowledge;
    let line = knowledge.gathering.requirement("laboratory-required").unwrap();
    let results = |day: &str, n| given(&format!("d:laboratory-result[blood-count,chemistry]@{day}"), &knowledge, n);
    let judged = |id: &str, holds| -> Vec<Change> {
        let (requirement, document) = ("laboratory-required".to_owned(), DocumentId::from(id));
        vec![RequestChange::DocumentJudged { requirement, document, holds: Some(holds) }.into()]
    };
    let of = |changes: Vec<Vec<Change>>| {
        let made = item(line, changes.concat(), &knowledge);
        (made.state, made.is_outdated(), made.is_ready())
    };
    let (old, new) = (|| results("2024-01-15", 0), || results("2026-06-01", 1));
    let both_seen = || vec![old(), new(), vec![looked_at("0"), looked_at("1")]];
    assert_eq!(of(both_seen()), (ItemState::Checked, false, true));
    let out = of([both_seen(), vec![judged("1", false)]].concat());
    assert_eq!(out, (ItemState::Needed, true, false), "what is not it makes nothing new");
    assert_eq!(of(vec![old(), judged("0", true)]), (ItemState::Needed, true, false));
    assert_eq!(
        of(vec![old(), judged("0", true), new()]),
        (ItemState::Received, false, false),
        "nobody looked at the new"
    );
    assert_eq!(of(vec![old(), judged("0", true), new(), vec![looked_at("1")]]), (ItemState::Checked, false, true));
    let removed = GatherChange::Removed { documents: vec!["1".into()], studies: Vec::new() };
    let gone = of(vec![old(), new(), judged("1", true), vec![removed.into()]]);
    assert_eq!(gone, (ItemState::Needed, true, false), "what was taken out holds nothing");
}

#[test]
fn no_document_is_images_or_slides_and_only_what_is_in_the_case_is_judged() {
    use consilium_casefile::gather::requests::judge;
    let knowledge = load(None).knowledge;
    let case = fold(given("d:oncology-consultation", &knowledge, 0));
    let key = |line: &str, document: &str, holds| {
        judge(&case, &knowledge, line, &DocumentId::from(document), holds).map_err(|refusal| refusal.0.key)
    };
    assert!(key("consultation", "0", Some(true)).is_ok());
    assert_eq!(key("no-such-line", "0", Some(true)).unwrap_err(), "refusal-requirement-unknown");
    assert_eq!(key("consultation", "../0", Some(false)).unwrap_err(), "refusal-no-such-document");
    assert_eq!(key("slides", "0", Some(true)).unwrap_err(), "refusal-judge-not-documents");
    assert_eq!(key("person", "0", Some(true)).unwrap_err(), "refusal-judge-not-documents");
    assert_eq!(key("consultation", "0", None).unwrap_err(), "refusal-nothing-judged");
}

#[test]
fn every_line_says_whose_turn_it_is() {
    let knowledge = load(None).knowledge;
    let consultation = knowledge.gathering.requirement("consultation").unwrap();
    let asked = |sent: &str| -> Vec<Change> {
        let request = Request {
            id: "r".into(),
            holder: "h".into(),
            department: Department::Records,
            requirements: vec!["consultation".to_owned()],
            items: Vec::new(),
            route: "access-letter".to_owned(),
            clock: "access".to_owned(),
            days: 30,
            extension_days: 30,
            reminder_days: Vec::new(),
            knowledge: String::new(),
            needed_by: None,
        };
        let sent = RequestChange::Sent { id: "r".into(), on: sent.parse().unwrap(), how: "fax".to_owned() };
        vec![RequestChange::Drafted { request }.into(), sent.into()]
    };
    let turn = |changes| item(consultation, changes, &knowledge).owner();
    assert_eq!(turn(Vec::new()), Some(Owner::You), "nobody was asked");
    assert_eq!(turn(asked("2026-06-01")), Some(Owner::Holder));
    assert_eq!(turn(asked("2026-05-11")), Some(Owner::Holder), "the last day");
    assert_eq!(turn(asked("2026-05-10")), Some(Owner::You), "their time is over: the next letter has to go");
    assert_eq!(turn(given("d:oncology-consultation", &knowledge, 0)), Some(Owner::You), "here, not sent");
    let waived = consilium_casefile::gather::requests::settle(
        &Requests::default(),
        &knowledge,
        "consultation",
        "not wanted",
        None,
    )
    .unwrap();
    assert_eq!(turn(vec![waived.into()]), None);
}

#[test]
fn what_may_hold_a_record_is_no_sign_that_there_was_a_treatment() {
    let knowledge = load(None).knowledge;
    let line = |id: &str, words: &str| {
        let written = written(&knowledge);
        let line = written.iter().find(|line| line.requirement == id).unwrap();
        item_of(line, line.sites.first().unwrap(), None, words, &knowledge).unwrap()
    };
    let asked = line("systemic-summary", "d:oncology-consultation");
    assert_eq!((asked.state, asked.unsure), (ItemState::AskFirst, true), "a visit to an oncologist is no treatment");
    let told = line("systemic-summary", "d:treatment-summary");
    assert_eq!((told.state, told.unsure), (ItemState::Received, false));
    assert_eq!(line("breast-clip", "d:pathology-report").state, ItemState::Needed, "there was a biopsy");
}

#[test]
fn an_operation_of_long_ago_asks_for_no_report_and_a_report_that_names_no_tumor_is_looked_at() {
    let knowledge = load(None).knowledge;
    let line = |words: &str, happened| {
        let written = written(&knowledge);
        let line = written.iter().find(|line| line.requirement == "pathology-resection").unwrap();
        item_of(line, "breast", happened, words, &knowledge).unwrap()
    };
    assert_eq!(line("op@2021-05-20", None).state, ItemState::AskFirst, "whether there was one of this cancer");
    assert_eq!(line("op@2025-05-20", None).state, ItemState::Needed);
    let shave = line("op@2026-05-10 d:pathology-report@2026-05-20", None);
    assert_eq!((shave.fill, shave.unsure), (Fill::Partial, true));
    assert_eq!(shave.lacks.first().map(|lack| lack.key.as_str()), Some("lack-of-the-operation"));
}

#[test]
fn of_several_records_that_each_have_to_be_new_the_oldest_counts_and_one_without_a_day_is_asked_about() {
    let knowledge = load(None).knowledge;
    let line = |words: &str| {
        let written = written(&knowledge);
        let line = written.iter().find(|line| line.requirement == "laboratory-required").unwrap();
        item_of(line, "nhl", None, words, &knowledge).unwrap()
    };
    let both = |count: &str, chemistry: &str| {
        line(&format!("d:laboratory-result[blood-count]@{count} d:laboratory-result[chemistry]@{chemistry}"))
    };
    assert!(!both("2026-06-01", "2026-05-30").is_outdated());
    assert!(both("2026-06-01", "2024-01-15").is_outdated(), "a new count makes no old chemistry new");
    assert!(both("2024-01-15", "2026-06-01").is_outdated());
    for undated in [both("2026-06-01", "never"), both("never", "never")] {
        let lacks: Vec<&str> = undated.lacks.iter().map(|lack| lack.key.as_str()).collect();
        assert_eq!((undated.fill, undated.is_here(), lacks), (Fill::Partial, false, vec!["lack-day"]));
    }
}

/// The line of a case of this cancer that holds what `words` name, with what a person said of its situation.
fn line_of(id: &str, words: &str, happened: Option<bool>) -> Item {
    let knowledge = load(None).knowledge;
    let written = written(&knowledge);
    let line = written.iter().find(|line| line.requirement == id).unwrap();
    item_of(line, line.sites.first().unwrap(), happened, words, &knowledge).unwrap()
}

fn lacks(item: &Item) -> Vec<&str> {
    item.lacks.iter().map(|lack| lack.key.as_str()).collect()
}

#[test]
fn what_a_person_says_of_an_operation_wins_and_records_against_it_are_told() {
    let of = |words, happened| line_of("pathology-resection", words, happened);
    let no = of("d:operative-note", Some(false));
    assert_eq!((no.state, lacks(&no)), (ItemState::NotApplicable, vec!["lack-said-otherwise"]));
    assert_eq!(of("op@2026-05-20", Some(false)).state, ItemState::NotApplicable);
    let none = of("d:radiology-report", Some(false));
    assert_eq!((none.state, none.lacks.len()), (ItemState::NotApplicable, 0), "nothing speaks against it");
    assert_eq!(of("", Some(true)).state, ItemState::Needed);
    assert_eq!(of("d:operative-note", None).state, ItemState::Needed, "records tell of it");
}

#[test]
fn an_operation_of_another_kind_is_none_on_the_tumor() {
    for words in [
        "d:operative-note[other-operation]",
        "d:operative-note[other-operation]@2019-04-02",
        "d:operative-note@2019-04-02",
    ] {
        assert_eq!(line_of("pathology-resection", words, None).state, ItemState::AskFirst, "{words}");
    }
    let note = line_of("operative-note", "d:operative-note[other-operation]", Some(true));
    assert_eq!((note.fill, lacks(&note)), (Fill::Partial, vec!["lack-of-another-operation"]));
    let both = line_of("operative-note", "d:operative-note[other-operation] d:operative-note", Some(true));
    assert_eq!(both.fill, Fill::Here);
}

#[test]
fn a_scan_of_before_a_treatment_grows_no_older_once_it_was_given() {
    let aged = |item: &Item| item.age.as_ref().map(|age| age.standing);
    let old = "ir:MR@2025-12-01";
    assert_eq!(aged(&line_of("sarcoma-mri", old, None)), Some(Aged::Outdated), "nothing was cut yet");
    let operated = line_of("sarcoma-mri", &format!("op@2026-01-10 {old}"), None);
    assert_eq!((aged(&operated), operated.is_here()), (None, true));
    assert_eq!(aged(&line_of("lymphoma-pet", "ir:PT@2025-12-01", None)), Some(Aged::Outdated));
    let treated = line_of("lymphoma-pet", "ir:PT@2025-12-01 d:treatment-summary", None);
    assert_eq!((aged(&treated), treated.is_here()), (None, true));
    assert_eq!(aged(&line_of("lung-ct", "ir:CT:chest@2025-12-01 d:treatment-summary", None)), Some(Aged::Outdated));
}

#[test]
fn a_recurrence_is_asked_for_and_known_from_records_that_name_it() {
    let of = |words| line_of("recurrence-imaging", words, None).state;
    assert_eq!(of(""), ItemState::AskFirst);
    assert_eq!(of("d:oncology-consultation"), ItemState::AskFirst, "a note that does not name it tells nothing");
    // A scan is a scan of whatever it was made for: it does not tell a person that their cancer came back.
    for scans in ["ir:CT", "ir:CT@2025-01-01", "ir:PT i:MR"] {
        assert_eq!(of(scans), ItemState::AskFirst, "{scans}");
    }
    assert_eq!(of("d:oncology-consultation[recurrence]"), ItemState::Needed);
    assert_eq!(
        line_of("recurrence-imaging", "d:oncology-consultation[recurrence]", Some(false)).state,
        ItemState::NotApplicable
    );
    let old = line_of("recurrence-imaging", "ir:CT@2025-01-01 ir:PT", Some(true));
    assert!(old.is_here(), "the newest of them counts: {old:?}");
}

#[test]
fn pictures_of_long_after_an_operation_do_not_show_what_it_left() {
    let late = line_of(
        "brain-mri-around-operation",
        "op@2026-05-20 ir:MR:brain@2026-05-10 ir:MR:brain@2026-05-30",
        Some(true),
    );
    assert_eq!((late.fill, lacks(&late)), (Fill::Partial, vec!["lack-soon-after-operation"]));
    let same_day = line_of("brain-mri-around-operation", "op@2026-05-20 ir:MR:brain@2026-05-20", Some(true));
    assert_eq!(same_day.fill, Fill::Partial, "one scan is not before and after");
}

#[test]
fn a_pet_report_asks_for_no_ct_that_nobody_made() {
    let pet = line_of("head-neck-imaging", "r:PT", None);
    assert_eq!((pet.fill, pet.evidence.len()), (Fill::Missing, 0), "{pet:?}");
    assert_eq!(line_of("staging-ct", "r:PT", None).fill, Fill::Missing);
    assert_eq!(line_of("head-neck-imaging", "r:CT:neck", None).fill, Fill::Partial);
}

#[test]
fn the_line_that_says_what_was_examined_is_of_what_the_report_is() {
    let told = line_of("lung-ct", "d:radiology-report[exam:CT,exam:chest,exam:abdomen]", None);
    assert_eq!(lacks(&told), ["lack-images"], "the part of the body is known");
    assert_eq!(line_of("lung-ct", "d:radiology-report[exam:CT,exam:neck]", None).fill, Fill::Missing);
    assert_eq!(line_of("lung-ct", "d:radiology-report", None).fill, Fill::Missing, "nobody knows of what it is");
}

#[test]
fn a_record_that_says_that_it_is_none_is_looked_at_with_its_reason() {
    for (line, words, doubt) in [
        ("pathology-report", "d:pathology-report[doubt:not-final]", "preliminary"),
        ("pathology-report", "d:pathology-addendum[doubt:addition-alone]", "addition"),
        ("pathology-report", "d:pathology-report[doubt:cover-sheet]", "cover sheet"),
        ("pathology-resection", "op@2026-05-20 d:pathology-report[=margin,doubt:not-final]@2026-05-24", "preliminary"),
        ("operative-note", "d:operative-note[doubt:not-done]", "not done"),
        ("radiation-summary", "d:radiation-summary[doubt:no-such-record]", "no such record"),
        ("genomic-report", "d:genomic-report[doubt:to-follow]", "later"),
        ("germline-report", "d:germline-report[doubt:cancelled]", "cancelled"),
        ("lung-nodes", "d:procedure-report[ebus,doubt:not-done]", "not done"),
        ("lung-ct", "i:CT:chest r:CT:chest[doubt:not-final]", "preliminary"),
    ] {
        let item = line_of(line, words, Some(true));
        let why: Vec<&str> = item.lacks.iter().flat_map(|lack| &lack.args).map(|(_, why)| why.as_str()).collect();
        assert_eq!((item.fill, item.is_here()), (Fill::Partial, false), "{line} by {words}: {item:?}");
        assert!(lacks(&item).contains(&"lack-doubted"), "{words}: {item:?}");
        assert!(why.iter().any(|why| why.contains(doubt)), "{words}: {why:?}");
    }
    for (line, words) in [
        ("pathology-report", "d:pathology-report[doubt:not-final] d:pathology-report"),
        ("pathology-report", "d:pathology-addendum[doubt:addition-alone] d:pathology-report"),
        // A doubt of another kind of record is none.
        ("pathology-report", "d:pathology-report[doubt:not-done]"),
        // A value that was measured is here.
        ("kidney-function", "d:laboratory-result[kidney-values,doubt:cancelled]"),
    ] {
        let item = line_of(line, words, Some(true));
        assert_eq!((item.fill, lacks(&item)), (Fill::Here, vec![]), "{line} by {words}: {item:?}");
    }
    let told = line_of("operative-note", "d:operative-note[doubt:not-done]", None);
    assert_eq!(told.state, ItemState::AskFirst, "an operation that was called off is none");
}

/// The line of a case of this cancer that holds more.
fn line_at(id: &str, site: &str, more: Vec<Change>, knowledge: &Knowledge) -> Item {
    let requirement = knowledge.gathering.requirement(id).unwrap();
    let list = list([about(requirement, site), more].concat(), knowledge);
    list.items.into_iter().find(|item| item.requirement == id).unwrap()
}

/// A study, or a report, with this description.
fn described(what: &str, modality: &str, description: &str, id: &str) -> Change {
    let knowledge = load(None).knowledge;
    let picture = Picture { modality: modality.to_owned(), region: None };
    match what {
        "report" => document(id, "radiology-report", description, FileFormat::Text, DAY),
        _ => {
            let mut change = study(&picture, &knowledge, true, DAY);
            if let Change::Gather(gathered) = &mut change
                && let GatherChange::StudyAdded { found, .. } = gathered.as_mut()
            {
                found.study.facts.description = Some(description.to_owned());
                let whole: Vec<Series> = found.study.series.values().cloned().collect();
                found.study.series.clear();
                for (series, modality) in whole.iter().flat_map(|s| modality.split('+').map(move |m| (s, m))) {
                    let mut series = series.clone();
                    series.facts.uid = format!("{}.{modality}", series.facts.uid);
                    series.facts.modality = Some(modality.to_owned());
                    found.study.series.insert(series.facts.uid.clone(), series);
                }
            }
            change
        }
    }
}

/// A document of the kind that tells a cancer, or a sample, of this side.
fn of_side(kind: &str, side: &str, id: &str) -> Vec<Change> {
    let side = Fact { value: side.to_owned(), ..fact(&Concept::LATERALITY, Polarity::Present, DAY) };
    vec![document(id, kind, "A record", FileFormat::Text, DAY), reading(id, vec![side], vec![])]
}

#[test]
fn pictures_and_reports_of_the_other_side_are_looked_at() {
    let knowledge = load(None).knowledge;
    let line = |id: &str, site: &str, more: Vec<Change>| line_at(id, site, more, &knowledge);
    let scan = |title: &str| vec![described("study", "MG", title, ""), described("report", "MG", title, "r")];
    let left = of_side("oncology-consultation", "left", "c");
    let other = line("breast-mammogram", "breast", [left.clone(), scan("Mammogram right")].concat());
    assert_eq!((other.fill, lacks(&other)), (Fill::Partial, vec!["lack-other-side"]), "{other:?}");
    for title in ["Mammogram left", "Mammogram bilateral", "Mammogram left and right", "Mammogram"] {
        let item = line("breast-mammogram", "breast", [left.clone(), scan(title)].concat());
        assert_eq!(item.fill, Fill::Here, "{title}: {item:?}");
    }
    let unknown = line("breast-mammogram", "breast", scan("Mammogram right"));
    assert_eq!(unknown.fill, Fill::Here, "no record tells on which side the cancer is");
    let both = [left.clone(), of_side("surgical-consultation", "right", "d"), scan("Mammogram right")].concat();
    assert_eq!(line("breast-mammogram", "breast", both).fill, Fill::Here, "records tell of both sides");
    let unpaired = [
        left.clone(),
        vec![described("study", "CT", "CT abdomen right", ""), described("report", "CT", "CT abdomen right", "r")],
    ];
    assert_eq!(line("bowel-ct", "colon", unpaired.concat()).fill, Fill::Here, "a person has one colon");
    let kidney = [
        left.clone(),
        vec![described("study", "CT", "CT right kidney", ""), described("report", "CT", "CT right kidney", "r")],
    ];
    assert_eq!(line("kidney-imaging", "kidney", kidney.concat()).fill, Fill::Partial);
    let biopsy = |side: &str| [left.clone(), of_side("pathology-report", side, "p")].concat();
    let other = line("pathology-report", "breast", biopsy("right"));
    assert_eq!((other.fill, lacks(&other)), (Fill::Partial, vec!["lack-other-side"]), "{other:?}");
    assert_eq!(line("pathology-report", "breast", biopsy("left")).fill, Fill::Here);
    assert_eq!(line("pathology-report", "breast", of_side("pathology-report", "right", "p")).fill, Fill::Here);
    let better = [biopsy("right"), of_side("pathology-report", "left", "q")].concat();
    assert_eq!(line("pathology-report", "breast", better).fill, Fill::Here, "the one of the left is here as well");
}

#[test]
fn a_ct_of_a_pet_is_looked_at_and_a_ct_of_its_own_is_not() {
    let knowledge = load(None).knowledge;
    let line = |id: &str, site: &str, more: Vec<Change>| line_at(id, site, more, &knowledge);
    let title = "PET/CT chest abdomen pelvis";
    let pet = vec![described("study", "PT+CT", title, ""), described("report", "PT", title, "r")];
    let item = line("lung-ct", "lung-nsclc", pet.clone());
    assert_eq!((item.fill, lacks(&item)), (Fill::Partial, vec!["lack-ct-of-pet"]), "{item:?}");
    assert_eq!(line("staging-ct", "breast", pet.clone()).fill, Fill::Partial);
    assert_eq!(line("lung-pet", "lung-nsclc", pet.clone()).fill, Fill::Here, "the PET is whole");
    let named = "PET/CT skull to thigh and CT chest with contrast";
    let own = vec![described("study", "PT+CT", named, ""), described("report", "PT", named, "r")];
    assert_eq!(line("lung-ct", "lung-nsclc", own).fill, Fill::Here, "a CT of its own was made in one visit");
    let both = [pet, given("ir:CT:chest@2026-05-30", &knowledge, 7)].concat();
    assert_eq!(line("lung-ct", "lung-nsclc", both).fill, Fill::Here);
}

#[test]
fn a_medicine_that_is_held_is_no_list() {
    use consilium_casefile::facts::MedicationStatus::{Active, Planned, Stopped, Unknown};
    let knowledge = load(None).knowledge;
    let of = |kind: &str, status| {
        let change = medicine("m", "apixaban", "5 mg");
        let Change::Reading(read_change) = change else { panic!("a reading") };
        let ReadingChange::Read { mut reading } = *read_change else { panic!("a reading") };
        for medication in &mut reading.medications {
            medication.status = status;
        }
        let changes = vec![document("m", kind, "A note", FileFormat::Text, DAY), read(*reading)];
        item(knowledge.gathering.requirement("medicines").unwrap(), changes, &knowledge)
    };
    for status in [Unknown, Stopped, Planned] {
        let held = of("progress-note", status);
        assert_eq!((held.fill, lacks(&held)), (Fill::Partial, vec!["lack-medicines-list"]), "{held:?}");
    }
    assert_eq!(of("progress-note", Active).fill, Fill::Here);
    assert_eq!(of("medication-list", Unknown).fill, Fill::Here);
}
