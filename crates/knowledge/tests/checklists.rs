//! Every line of the built-in checklist, held against cases: one in which it is satisfied, one in which it is partly so,
//! and one in which nothing of it is there. Whoever edits a line sees here what the edit does.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeSet;

use consilium_casefile::about::{AboutChange, Cancer, Person};
use consilium_casefile::facts::{
    Basis, Concept, Context, Fact, Polarity, Qualifiers, Section, Treatment, TreatmentKind, TreatmentStatus,
};
use consilium_casefile::find::FindChange;
use consilium_casefile::gather::checklist::{Aged, Checklist, Fill, Item, ItemState, Owner};
use consilium_casefile::gather::requests::Request;
use consilium_casefile::gather::tissue::{Custody, Material, Step, Tissue};
use consilium_casefile::gather::{GatherChange, RequestChange, StudyFound, TissueChange};
use consilium_casefile::imaging::{NumberRanges, Series, SeriesFacts, Study, StudyFacts};
use consilium_casefile::knowledge::{Department, Evidence, Knowledge, Picture, Requirement};
use consilium_casefile::ledger::{Body, Entry, Header, Payload};
use consilium_casefile::prepare::{PrepareChange, Question};
use consilium_casefile::reading::{AgreedMedicine, DocumentReading, ReadingChange};
use consilium_casefile::records::{Document, DocumentKind, FileFormat, IdentityMatch, Proposal, Proposals};
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
        date: Some(Proposal { value: day.parse().unwrap(), because: because.clone() }),
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
        facts: Vec::new(),
        medications: Vec::new(),
        treatments: Vec::new(),
        timing: Vec::new(),
        plans: Vec::new(),
        sent: Vec::new(),
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
        uid: format!("1.2.{}.1", picture.modality.len()),
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
            uid: format!("1.2.{}", picture.modality),
            date: Some(day.parse().unwrap()),
            ..StudyFacts::default()
        },
        series: std::iter::once((series.facts.uid.clone(), series)).collect(),
    };
    let found =
        StudyFound { study, manifest: ObjectId::from("m"), patient: PatientIdentity::default(), path: String::new() };
    GatherChange::StudyAdded { found, identity: IdentityMatch::Same }.into()
}

fn report(picture: &Picture, knowledge: &Knowledge, day: &str) -> Change {
    let words = |id: &str| knowledge.gathering.imaging_words.iter().find(|w| w.id == id).map(|w| w.words[0].clone());
    let region = picture.region.as_deref().and_then(words).unwrap_or_default();
    let modality = words(&picture.modality).unwrap_or_default();
    document(
        &format!("r-{}", picture.modality),
        "radiology-report",
        &format!("{modality} {region}"),
        FileFormat::Text,
        day,
    )
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
        recut: false,
        collected: None,
        laboratory: None,
        report: None,
        small: false,
        remaining: String::new(),
    };
    let custody = |step| Custody {
        step,
        on: TODAY,
        count: None,
        from: String::new(),
        to: String::new(),
        carrier: "Example Courier".to_owned(),
        tracking: String::new(),
        packaging: String::new(),
        condition: String::new(),
        return_due: None,
        note: String::new(),
    };
    let mut changes = vec![TissueChange::Registered { tissue }.into()];
    changes.extend(step.map(|step| Change::from(TissueChange::Custody { ids: vec![id], custody: custody(step) })));
    changes
}

/// Entries that satisfy one evidence.
fn here(evidence: &Evidence, knowledge: &Knowledge, n: usize, day: &str) -> Vec<Change> {
    let text = FileFormat::Text;
    match evidence {
        Evidence::Document(kind) => vec![document(&format!("d{n}"), &kind.0, "A record", text, day)],
        Evidence::Fact(concept) => {
            let id = format!("f{n}");
            vec![
                document(&id, "other", "A record", text, day),
                reading(&id, vec![fact(concept, Polarity::Present, day)], vec![]),
            ]
        }
        Evidence::Series(concept) => {
            let id = format!("s{n}");
            let facts = vec![fact(concept, Polarity::Present, "2026-01-01"), fact(concept, Polarity::Present, day)];
            vec![document(&id, "other", "A record", text, day), reading(&id, facts, vec![])]
        }
        Evidence::Images(picture) => vec![study(picture, knowledge, true, day)],
        Evidence::Report(picture) => vec![report(picture, knowledge, day)],
        Evidence::ImagesWithReport(picture) => {
            vec![study(picture, knowledge, true, day), report(picture, knowledge, day)]
        }
        Evidence::Treatment(_) => Vec::new(),
        Evidence::PathologyAfterOperation => vec![
            document("op", "operative-note", "A note", text, "2026-05-20"),
            reading("op", vec![], vec![treatment(TreatmentKind::Operation, "lumpectomy", "2026-05-20")]),
            document("path", "pathology-report", "A report", text, "2026-05-24"),
        ],
        Evidence::Slides => slides(Material::Slide, Some(Step::Shipped)),
        Evidence::Tissue => slides(Material::Block, Some(Step::Shipped)),
        Evidence::Medicines => {
            let agreed = AgreedMedicine {
                ingredient: "letrozole".to_owned(),
                line: "2.5 mg".to_owned(),
                taken: true,
                said: None,
            };
            vec![
                document("m", "medication-list", "A list", text, day),
                medicine("m", "letrozole", "2.5 mg"),
                ReadingChange::MedicineAgreed { agreed }.into(),
            ]
        }
        Evidence::Person => vec![person(Some("1971-03-14"))],
        Evidence::Questions => {
            let question =
                Question { id: QuestionId::from("q"), text: "Is it safe to wait?".to_owned(), rests_on: Vec::new() };
            vec![PrepareChange::QuestionAdded { question }.into()]
        }
    }
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

/// Entries that bring only a part of one evidence; `None` where it has no parts.
fn part(evidence: &Evidence, knowledge: &Knowledge) -> Option<Vec<Change>> {
    Some(match evidence {
        Evidence::Document(kind) => vec![document("d", &kind.0, "A damaged record", FileFormat::Pdf, DAY)],
        Evidence::Fact(concept) => vec![
            document("f", "other", "A record", FileFormat::Text, DAY),
            reading("f", vec![fact(concept, Polarity::NotTested, DAY)], vec![]),
        ],
        Evidence::Series(concept) => vec![
            document("s", "other", "A record", FileFormat::Text, DAY),
            reading("s", vec![fact(concept, Polarity::Present, DAY)], vec![]),
        ],
        Evidence::Images(picture) => vec![study(picture, knowledge, false, DAY)],
        Evidence::ImagesWithReport(picture) => vec![study(picture, knowledge, true, DAY)],
        Evidence::PathologyAfterOperation => {
            let mut changes = here(evidence, knowledge, 0, DAY);
            changes.push(document("op2", "operative-note", "A note", FileFormat::Text, "2026-01-10"));
            changes.push(reading(
                "op2",
                vec![],
                vec![treatment(TreatmentKind::Operation, "re-excision", "2026-01-10")],
            ));
            changes
        }
        Evidence::Slides => [slides(Material::Slide, Some(Step::Shipped)), slides(Material::Cytology, None)].concat(),
        Evidence::Tissue => [slides(Material::Block, Some(Step::Shipped)), slides(Material::Unstained, None)].concat(),
        Evidence::Medicines => vec![
            document("m1", "medication-list", "A list", FileFormat::Text, DAY),
            medicine("m1", "letrozole", "2.5 mg"),
            document("m2", "medication-list", "A list", FileFormat::Text, DAY),
            medicine("m2", "letrozole", "5 mg"),
        ],
        Evidence::Person => vec![person(None)],
        Evidence::Report(_) | Evidence::Treatment(_) | Evidence::Questions => return None,
    })
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

#[test]
fn every_line_is_satisfied_partly_and_not_at_all() {
    let knowledge = load(None).knowledge;
    for requirement in &knowledge.gathering.requirements {
        let id = &requirement.id;
        for (n, alternative) in requirement.satisfied_by[0].iter().enumerate() {
            let first = here(alternative, &knowledge, n, DAY);
            let rest = requirement.satisfied_by.iter().enumerate().skip(1);
            let rest = rest.flat_map(|(n, each)| here(&each[0], &knowledge, 100 + n, DAY)).collect();
            let satisfied = item(requirement, [first, rest].concat(), &knowledge);
            assert_eq!(
                (satisfied.fill, satisfied.is_ready()),
                (Fill::Here, true),
                "{id} by {alternative:?}: {satisfied:?}"
            );
            assert!(!satisfied.evidence.is_empty(), "{id} shows what satisfies it");
        }
        let of_own = requirement.satisfied_by[0].first().and_then(|e| part(e, &knowledge));
        let parts = of_own
            .into_iter()
            .chain(requirement.partly_by.iter().enumerate().map(|(n, e)| here(e, &knowledge, n, DAY)));
        let mut partly = 0;
        for changes in parts {
            let partial = item(requirement, changes, &knowledge);
            assert_eq!((partial.fill, partial.is_ready()), (Fill::Partial, false), "{id}: {partial:?}");
            assert!(!partial.lacks.is_empty(), "{id} says what is lacking");
            partly += 1;
        }
        assert!(partly > 0 || *id == "questions", "{id} has no partial case");
        let missing = item(requirement, vec![], &knowledge);
        assert_eq!((missing.fill, missing.state), (Fill::Missing, ItemState::Needed), "{id}");
        assert!(missing.evidence.is_empty() && !missing.is_ready(), "{id}");
    }
}

#[test]
fn every_site_has_lines_of_its_own_and_images_where_a_reviewer_reads_them() {
    let knowledge = load(None).knowledge;
    for site in &knowledge.cancer_sites {
        let own: BTreeSet<&str> = knowledge
            .gathering
            .requirements
            .iter()
            .filter(|r| r.sites.contains(&site.id))
            .map(|r| r.id.as_str())
            .collect();
        assert!(!own.is_empty(), "{} has no line of its own", site.id);
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
    let breast = [vec![], here(&Evidence::read("document:pathology-report").unwrap(), &knowledge, 0, DAY)].concat();
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
    assert_eq!((of(Some(false)).state, of(Some(false)).is_ready()), (ItemState::NotApplicable, true));
    assert_eq!(of(Some(true)).state, ItemState::Needed);
}

#[test]
fn age_counts_from_the_day_the_pictures_were_made() {
    let knowledge = load(None).knowledge;
    let ct = knowledge.gathering.requirement("lung-ct").unwrap();
    let picture = Picture { modality: "CT".to_owned(), region: Some("chest".to_owned()) };
    let aged = |made: &str, written: &str| {
        let changes = vec![study(&picture, &knowledge, true, made), report(&picture, &knowledge, written)];
        item(ct, changes, &knowledge)
    };
    let standing = |item: &Item| item.age.as_ref().unwrap().standing;
    assert_eq!(standing(&aged("2026-05-13", "2026-05-14")), Aged::Current, "28 days");
    assert_eq!(standing(&aged("2026-05-12", "2026-05-13")), Aged::Aging, "29 days, though the report is of 28");
    assert_eq!(standing(&aged("2026-04-15", "2026-04-15")), Aged::Aging, "56 days");
    let old = aged("2026-04-14", "2026-04-14");
    assert_eq!((standing(&old), old.is_ready(), old.fill), (Aged::Outdated, false, Fill::Here));
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
fn a_person_settles_a_line_only_with_a_reason() {
    let knowledge = load(None).knowledge;
    let consultation = knowledge.gathering.requirement("consultation").unwrap();
    let settle = |reason: &str| -> Vec<Change> {
        vec![consilium_casefile::gather::requests::settle(&knowledge, "consultation", reason).unwrap().into()]
    };
    let waived = item(consultation, settle("The center said that it does not need it"), &knowledge);
    assert_eq!((waived.state, waived.is_ready()), (ItemState::Waived, true));
    assert_eq!(item(consultation, settle("  "), &knowledge).state, ItemState::Needed);
    assert!(consilium_casefile::gather::requests::settle(&knowledge, "no-such-line", "why").is_err());
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
    assert_eq!(turn(here(&consultation.satisfied_by[0][0], &knowledge, 0, DAY)), Some(Owner::You), "here, not sent");
    let waived = consilium_casefile::gather::requests::settle(&knowledge, "consultation", "not wanted").unwrap();
    assert_eq!(turn(vec![waived.into()]), None);
}
