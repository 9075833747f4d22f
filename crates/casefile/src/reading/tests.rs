//! What the rules of reading promise, on made-up records of Rosa Example.

use super::*;
use crate::audience::Audience;
use crate::case::Case;
use crate::facts::{
    Basis, Concept, Context, Fact, Medication, MedicationStatus, Polarity, Qualifiers, Section, Treatment,
    TreatmentKind, TreatmentStatus,
};
use crate::gather::GatherChange;
use crate::knowledge::{DocumentKindFacts, Knowledge, SummaryLineFacts};
use crate::ledger::{Body, Entry, Header, Payload};
use crate::records::{Document, DocumentKind, FileFormat, IdentityMatch, Proposal, Proposals};
use crate::shared::ids::{ActorId, CaseId, DocumentId, FactId, ImportId, ObjectId};
use crate::shared::message::Message;
use crate::shared::time::Instant;
use crate::{Change, PatientIdentity};

fn fold(changes: Vec<Change>) -> Case {
    let id = CaseId::from("case-1");
    let mut case = Case::new(id);
    for change in changes {
        let written = change.write().unwrap();
        let payload = Payload { salt: [0; 32], bytes: written.bytes };
        let header = Header {
            seq: case.head.seq + 1,
            at: Instant { micros: 1, offset_minutes: 0 },
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

fn document(id: &str, kind: &str, date: &str) -> Change {
    let because = Message::new("because");
    let proposed = Proposals {
        kind: Some(Proposal { value: DocumentKind::from(kind), because: because.clone() }),
        date: Some(Proposal { value: date.parse().unwrap(), because }),
        ..Proposals::default()
    };
    let document = Document {
        id: DocumentId::from(id),
        import: ImportId::from("i"),
        path: format!("{id}.txt"),
        object: ObjectId(format!("{id}-object")),
        bytes: 1,
        format: FileFormat::Text,
        locked_original: None,
        attached_to: None,
        text: Some(ObjectId(format!("{id}-text"))),
        pages: None,
        title: None,
        patient: PatientIdentity::default(),
        also_names: Vec::new(),
        proposed,
        complaints: Vec::new(),
    };
    GatherChange::DocumentAdded { document, identity: IdentityMatch::Same }.into()
}

fn fact(concept: Concept, value: &str) -> Fact {
    Fact {
        concept,
        value: value.to_owned(),
        unit: None,
        basis: Basis::Stated,
        polarity: Polarity::Present,
        context: Context::Current,
        section: Section::Diagnosis,
        qualifiers: Qualifiers::default(),
        specimen: None,
        tumour: None,
        date: None,
        main: true,
        start: 0,
        end: value.len(),
        quote: value.to_owned(),
    }
}

fn p(concept: Concept, value: &str) -> Fact {
    let qualifiers = Qualifiers { prefix: Some("p".to_owned()), ..Qualifiers::default() };
    Fact { qualifiers, ..fact(concept, value) }
}

fn reading(document: &str, facts: Vec<Fact>) -> DocumentReading {
    DocumentReading {
        document: DocumentId::from(document),
        text: ObjectId(format!("{document}-text")),
        reader: "1".to_owned(),
        knowledge: "k".to_owned(),
        recognised: Vec::new(),
        blank_pages: None,
        facts,
        medications: Vec::new(),
        treatments: Vec::new(),
    }
}

fn read(document: &str, facts: Vec<Fact>) -> Change {
    ReadingChange::Read { reading: Box::new(reading(document, facts)) }.into()
}

fn kinds() -> Knowledge {
    let kind = |id: &str, plan: bool| DocumentKindFacts {
        id: DocumentKind::from(id),
        label: id.replace('-', " "),
        plain: String::new(),
        packet_order: 1,
        states_a_plan: plan,
        refines: None,
    };
    let line = |part, concept, sites: &[&str]| SummaryLineFacts {
        part,
        concept,
        sites: sites.iter().map(|s| (*s).to_owned()).collect(),
    };
    Knowledge {
        document_kinds: vec![
            kind("pathology-report", false),
            kind("operative-note", false),
            kind("oncology-consultation", true),
            kind("other", true),
        ],
        summary_lines: vec![
            line(SummaryPart::Diagnosis, Concept::TOPOGRAPHY, &[]),
            line(SummaryPart::Stage, Concept::N, &[]),
            line(SummaryPart::Markers, Concept::ER, &["C50"]),
            line(SummaryPart::Markers, Concept::IDH, &["C71"]),
            line(SummaryPart::Person, Concept::ECOG, &[]),
        ],
        ..Knowledge::default()
    }
}

fn topography() -> Fact {
    fact(Concept::TOPOGRAPHY, "C50.9")
}

fn side(value: &str) -> Fact {
    fact(Concept::LATERALITY, value)
}

/// Rosa's three reports: biopsy, resection, and a consultation that tells N0.
fn rosa() -> Vec<Change> {
    vec![
        document("biopsy", "pathology-report", "2026-01-01"),
        document("resection", "pathology-report", "2026-02-01"),
        document("consult", "oncology-consultation", "2026-02-08"),
        read(
            "biopsy",
            vec![topography(), side("left"), fact(Concept::GRADE, "G2"), fact(Concept::PROCEDURE, "core_biopsy")],
        ),
        read(
            "resection",
            vec![
                topography(),
                side("left"),
                fact(Concept::GRADE, "G3"),
                p(Concept::T, "T2"),
                p(Concept::N, "N1a"),
                fact(Concept::PROCEDURE, "lumpectomy"),
            ],
        ),
        read("consult", vec![topography(), p(Concept::T, "T2"), p(Concept::N, "N0")]),
    ]
}

fn found(case: &Case) -> Vec<(String, Relation)> {
    let knowledge = kinds();
    let summary = summary(&case.seen_by(Audience::Owner), &knowledge);
    let all = summary.tumours.iter().flat_map(|t| &t.differences);
    all.map(|d| (d.concept.to_string(), d.relation)).collect()
}

#[test]
fn a_consultation_that_contradicts_the_report_is_a_conflict_and_a_biopsys_grade_is_not() {
    assert_eq!(
        found(&fold(rosa())),
        [("n".to_owned(), Relation::Conflict), ("grade".to_owned(), Relation::Expected(Why::BiopsyAgainstResection)),]
    );
}

#[test]
fn a_value_that_only_says_more_is_no_difference() {
    let agree = |concept: Concept, one: &str, other: &str| {
        let mut changes = rosa().into_iter().take(2).collect::<Vec<_>>();
        changes.push(read("biopsy", vec![topography(), fact(Concept::GRADE, "G2"), p(concept.clone(), one)]));
        changes.push(read("resection", vec![topography(), fact(Concept::GRADE, "G2"), p(concept, other)]));
        found(&fold(changes)).is_empty()
    };
    assert!(agree(Concept::N, "N1", "N1a"));
    assert!(agree(Concept::STAGE_GROUP, "III", "IIIA"));
    assert!(agree(Concept::TUMOR_SIZE_MM, "23", "23.4"));
    assert!(agree(Concept::MORPHOLOGY, "8010/3", "8500/3"));
    assert!(!agree(Concept::STAGE_GROUP, "II", "III"));
    assert!(!agree(Concept::STAGE_GROUP, "I", "IV"));
    assert!(!agree(Concept::N, "N0", "N1"));
    assert!(!agree(Concept::TUMOR_SIZE_MM, "23", "32"));
    assert!(!agree(Concept::NODES_POSITIVE, "1", "10"));
    assert!(!agree(Concept::MORPHOLOGY, "8500/2", "8500/3"));
}

#[test]
fn grades_of_one_scale_are_compared_however_the_scale_is_named() {
    let system = |value: &str, system: &str| {
        let system = Some(system.to_owned()).filter(|s| !s.is_empty());
        Fact { qualifiers: Qualifiers { system, ..Qualifiers::default() }, ..fact(Concept::GRADE, value) }
    };
    let differ = |one: Fact, other: Fact| {
        let mut changes = rosa().into_iter().take(2).collect::<Vec<_>>();
        changes.push(read("biopsy", vec![topography(), one]));
        changes.push(read("resection", vec![topography(), other]));
        !found(&fold(changes)).is_empty()
    };
    assert!(differ(system("G2", ""), system("G3", "nottingham")));
    assert!(differ(system("G1", "differentiation"), system("G3", "nottingham")));
    assert!(differ(system("G2", ""), system("G3", "fuhrman")));
    assert!(differ(system("low grade", ""), system("G3", "")));
    assert!(!differ(system("high grade", ""), system("G3", "")));
    assert!(!differ(system("G2", "nuclear"), system("G3", "nottingham")));
}

#[test]
fn in_a_report_of_two_cancers_a_statement_is_about_the_organ_of_its_specimen() {
    let of = |specimen: &str, fact: Fact| Fact { specimen: Some(specimen.to_owned()), ..fact };
    let changes = vec![
        document("both", "pathology-report", "2026-01-01"),
        document("colon", "pathology-report", "2026-02-01"),
        read(
            "both",
            vec![
                of("A", fact(Concept::TOPOGRAPHY, "C18.7")),
                of("A", p(Concept::T, "T2")),
                of("B", fact(Concept::TOPOGRAPHY, "C53.9")),
                of("B", p(Concept::T, "T1b")),
            ],
        ),
        read("colon", vec![fact(Concept::TOPOGRAPHY, "C18.7"), p(Concept::T, "T2")]),
    ];
    let case = fold(changes);
    let view = case.seen_by(Audience::Owner);
    let knowledge = kinds();
    let summary = summary(&view, &knowledge);
    assert_eq!(summary.tumours.len(), 2);
    assert_eq!(found(&case), []);
}

#[test]
fn absent_against_present_is_a_conflict_and_not_tested_is_no_answer() {
    let check = |polarity, expect: usize| {
        let lvi = |polarity| Fact { polarity, ..fact(Concept::LYMPHOVASCULAR_INVASION, "") };
        let mut changes = rosa();
        changes.push(read("biopsy", vec![topography(), p(Concept::T, "T2"), lvi(Polarity::Present)]));
        changes.push(read("resection", vec![topography(), p(Concept::T, "T2"), lvi(polarity)]));
        changes.push(read("consult", Vec::new()));
        assert_eq!(found(&fold(changes)).len(), expect, "{polarity:?}");
    };
    check(Polarity::Absent, 1);
    check(Polarity::Present, 0);
    check(Polarity::NotTested, 0);
    check(Polarity::Insufficient, 0);
}

#[test]
fn one_line_that_names_the_other_side_is_a_conflict_and_not_a_second_tumour() {
    let mut changes = rosa();
    changes.push(document("operation", "operative-note", "2026-01-28"));
    let stray = Fact { main: false, quote: "right breast".to_owned(), ..side("right") };
    changes.push(read("operation", vec![topography(), side("left"), stray]));
    let case = fold(changes);
    let knowledge = kinds();
    let summary = summary(&case.seen_by(Audience::Owner), &knowledge);
    assert_eq!(summary.tumours.len(), 1);
    assert!(found(&case).contains(&("laterality".to_owned(), Relation::Conflict)));
}

#[test]
fn two_sides_each_stated_twice_are_two_tumours_and_are_not_compared() {
    let mut changes: Vec<Change> =
        ["a", "b", "c", "d"].iter().map(|id| document(id, "pathology-report", "2026-01-01")).collect();
    for (id, of) in [("a", "left"), ("b", "left"), ("c", "right"), ("d", "right")] {
        let grade = if of == "left" { "G1" } else { "G3" };
        changes.push(read(id, vec![topography(), side(of), p(Concept::T, "T1"), fact(Concept::GRADE, grade)]));
    }
    let case = fold(changes);
    let knowledge = kinds();
    assert_eq!(summary(&case.seen_by(Audience::Owner), &knowledge).tumours.len(), 2);
    assert!(found(&case).is_empty());
}

#[test]
fn what_was_recognised_in_a_picture_says_nothing_before_a_person_confirms_it() {
    let mut changes = rosa();
    let recognised =
        DocumentReading { recognised: vec![(0, 99)], ..reading("consult", vec![topography(), p(Concept::N, "N0")]) };
    changes.push(ReadingChange::Read { reading: Box::new(recognised) }.into());
    let conflict = ("n".to_owned(), Relation::Conflict);
    assert!(!found(&fold(changes.clone())).contains(&conflict));
    let key = FactKey::of(&DocumentId::from("consult"), &p(Concept::N, "N0"));
    changes.push(ReadingChange::FactJudged { key, judgement: Judgement::Confirmed { value: None }, of: None }.into());
    assert!(found(&fold(changes)).contains(&conflict));
}

#[test]
fn a_persons_word_outlives_a_newer_reading_and_can_be_taken_back() {
    let key = FactKey::of(&DocumentId::from("consult"), &p(Concept::N, "N0"));
    let mut changes = rosa();
    changes.push(ReadingChange::FactJudged { key: key.clone(), judgement: Judgement::Rejected, of: None }.into());
    let again =
        DocumentReading { reader: "2".to_owned(), ..reading("consult", vec![topography(), p(Concept::N, "N0")]) };
    changes.push(ReadingChange::Read { reading: Box::new(again) }.into());
    assert!(!found(&fold(changes.clone())).contains(&("n".to_owned(), Relation::Conflict)));
    changes.push(take_back(&fold(changes.clone()), &key, None).unwrap().into());
    let case = fold(changes);
    assert!(found(&case).contains(&("n".to_owned(), Relation::Conflict)));
    assert!(take_back(&case, &key, None).is_err(), "there is nothing left to take back");
}

#[test]
fn a_correction_changes_what_is_laid_beside_others_and_shows_what_was_read() {
    let key = FactKey::of(&DocumentId::from("consult"), &p(Concept::N, "N0"));
    let corrected = Judgement::Corrected { value: "N1a".to_owned(), polarity: Polarity::Present, prefix: None };
    let mut changes = rosa();
    changes.push(ReadingChange::FactJudged { key, judgement: corrected, of: None }.into());
    let case = fold(changes);
    assert!(!found(&case).iter().any(|(concept, _)| concept == "n"));
    let facts = case.seen_by(Audience::Owner).facts(&kinds());
    assert!(facts.iter().any(|f| matches!(&f.standing, Standing::Corrected { was, .. } if was == "N0")));
}

#[test]
fn nobody_but_the_owner_changes_and_a_fact_that_is_not_there_cannot_be_judged() {
    let case = fold(rosa());
    let (view, knowledge) = (case.seen_by(Audience::Owner), kinds());
    let known = FactKey::of(&DocumentId::from("biopsy"), &fact(Concept::GRADE, "G2"));
    assert!(judge(&view, &knowledge, &known, None, Judgement::Confirmed { value: None }).is_ok());
    let refused = |key: &FactKey, judgement| judge(&view, &knowledge, key, None, judgement).unwrap_err().0.key;
    let other = FactKey { quote: "something else".to_owned(), ..known.clone() };
    assert_eq!(refused(&other, Judgement::Confirmed { value: None }), "refusal-no-such-fact");
    let elsewhere = FactKey { document: DocumentId::from("nowhere"), ..known.clone() };
    assert_eq!(refused(&elsewhere, Judgement::Rejected), "refusal-no-such-fact");
    let empty = Judgement::Corrected { value: "  ".to_owned(), polarity: Polarity::Present, prefix: None };
    assert_eq!(refused(&known, empty), "refusal-fact-empty");
    let long = Judgement::Corrected { value: "x".repeat(201), polarity: Polarity::Present, prefix: None };
    assert_eq!(refused(&known, long), "refusal-too-long");
    let hidden = Judgement::Corrected { value: "G\u{202e}2".to_owned(), polarity: Polarity::Present, prefix: None };
    assert_eq!(refused(&known, hidden), "refusal-hidden-characters");
}

#[test]
fn a_blind_reader_sees_no_fact_of_a_document_with_a_plan_and_a_helper_sees_none() {
    let (case, knowledge) = (fold(rosa()), kinds());
    let seen = |audience| {
        let facts = case.seen_by(audience).facts(&knowledge);
        facts.iter().map(|f| f.key.document.to_string()).collect::<std::collections::BTreeSet<_>>()
    };
    assert!(seen(Audience::Specialist).contains("consult"));
    assert!(!seen(Audience::BlindReader).contains("consult") && seen(Audience::BlindReader).contains("biopsy"));
    assert!(seen(Audience::Helper).is_empty());
}

#[test]
fn the_summary_says_not_stated_where_a_site_expects_an_answer_and_leaves_out_what_it_does_not() {
    let (case, knowledge) = (fold(rosa()), kinds());
    let summary = summary(&case.seen_by(Audience::Owner), &knowledge);
    let lines = &summary.tumours.first().unwrap().lines;
    let line = |concept: &Concept| lines.iter().find(|l| l.concept == *concept);
    assert_eq!(line(&Concept::ER).unwrap().values, []);
    assert!(line(&Concept::IDH).is_none());
    let nodes = line(&Concept::N).unwrap();
    assert_eq!(nodes.values.iter().map(|v| v.words.as_str()).collect::<Vec<_>>(), ["pN1a", "pN0"]);
    assert_eq!(nodes.relation, Some(Relation::Conflict));
    assert_eq!(summary.person.first().unwrap().values, []);
}

#[test]
fn a_fact_is_typed_from_a_page_that_is_there_about_a_concept_that_is_known() {
    let case = fold(rosa());
    let mut knowledge = kinds();
    knowledge.concepts.push(crate::knowledge::ConceptFacts {
        id: Concept::KI67,
        label: "Ki-67".to_owned(),
        value_form: "number".to_owned(),
        polarity_use: String::new(),
        unit: Some("%".to_owned()),
        code_system: None,
        code: None,
        confirmed: false,
        values: Vec::new(),
    });
    let view = case.seen_by(Audience::Owner);
    let typed = |page, concept: &str, value: &str| {
        let document = DocumentId::from("biopsy");
        let id = FactId::from("f");
        type_fact(&view, &knowledge, id, &document, page, None, concept, value, Polarity::Present).map_err(|r| r.0.key)
    };
    assert!(typed(1, "ki67", " 20 ").is_ok());
    assert_eq!(typed(2, "ki67", "20").unwrap_err(), "refusal-no-such-page");
    assert_eq!(typed(0, "ki67", "20").unwrap_err(), "refusal-no-such-page");
    assert_eq!(typed(1, "shoe size", "20").unwrap_err(), "refusal-no-such-concept");
    assert_eq!(typed(1, "ki67", " ").unwrap_err(), "refusal-fact-empty");
    assert_eq!(typed(1, "ki67", "banana").unwrap_err(), "refusal-fact-form");
    assert!(typed(1, "ki67", "20 %").is_ok() && typed(1, "ki67", "<5").is_ok() && typed(1, "ki67", "30-35").is_ok());
    let mut changes = rosa();
    changes.push(typed(1, "ki67", "20").unwrap().into());
    let case = fold(changes);
    let facts = case.seen_by(Audience::Owner).facts(&knowledge);
    assert!(facts.iter().any(|f| f.speaks() && matches!(f.standing, Standing::Typed { page: 1, .. })));
}

fn medication(dose: &str, status: MedicationStatus) -> Medication {
    Medication {
        name: "Letrozole".to_owned(),
        ingredient: Some("letrozole".to_owned()),
        code: None,
        dose: Some(dose.to_owned()),
        route: None,
        frequency: Some("once daily".to_owned()),
        status,
        since: None,
        until: None,
        reason: None,
        start: 0,
        end: 0,
        quote: String::new(),
    }
}

#[test]
fn medicines_are_one_list_and_differing_doses_ask_a_person() {
    let with = |document: &str, medication: Medication| {
        let reading = DocumentReading { medications: vec![medication], ..reading(document, Vec::new()) };
        Change::from(ReadingChange::Read { reading: Box::new(reading) })
    };
    let rows = |changes: Vec<Change>| {
        let (case, knowledge) = (fold(changes), kinds());
        let view = case.seen_by(Audience::Owner);
        let rows = medicines(&view, &knowledge);
        rows.iter().map(|r| (r.ingredient.clone(), r.agreement, r.asks(), r.is_taken())).collect::<Vec<_>>()
    };
    let active = MedicationStatus::Active;
    let mut changes = rosa();
    changes.push(with("biopsy", medication("2.5 mg", active)));
    changes.push(with("consult", medication("2.5mg", active)));
    assert_eq!(rows(changes.clone()), [("letrozole".to_owned(), Agreement::Same, false, true)]);
    changes.push(with("resection", medication("5 mg", active)));
    assert_eq!(rows(changes.clone()), [("letrozole".to_owned(), Agreement::DoseDiffers, true, true)]);
    let case = fold(changes.clone());
    let agreed = agree_medicine(&case.seen_by(Audience::Owner), &kinds(), "letrozole", "2.5 mg daily", true).unwrap();
    changes.push(agreed.into());
    assert_eq!(rows(changes), [("letrozole".to_owned(), Agreement::DoseDiffers, false, true)]);
    let unknown = agree_medicine(&case.seen_by(Audience::Owner), &kinds(), "aspirin", "", false);
    assert_eq!(unknown.unwrap_err().0.key, "refusal-no-such-medicine");
    for hidden in ["2.5 mg\u{0}", "\u{202e}gm 5.2", "2.5 mg\u{1b}[2J"] {
        let refused = agree_medicine(&case.seen_by(Audience::Owner), &kinds(), "letrozole", hidden, true);
        assert_eq!(refused.unwrap_err().0.key, "refusal-hidden-characters");
    }
}

#[test]
fn a_medicine_that_only_a_scan_names_is_shown_apart_and_settles_nothing() {
    let active = MedicationStatus::Active;
    let with = |document: &str, recognised: Vec<(usize, usize)>, dose: &str| {
        let medications = vec![medication(dose, active)];
        let reading = DocumentReading { medications, recognised, ..reading(document, Vec::new()) };
        Change::from(ReadingChange::Read { reading: Box::new(reading) })
    };
    let rows = |changes: Vec<Change>| {
        let (case, knowledge) = (fold(changes), kinds());
        let rows = medicines(&case.seen_by(Audience::Owner), &knowledge);
        let row = rows.first().unwrap();
        (row.agreement, row.asks(), row.is_taken(), row.sources.len(), row.on_scans.len())
    };
    let mut changes = rosa();
    changes.push(with("consult", vec![(0, 99)], "5 mg"));
    assert_eq!(rows(changes.clone()), (Agreement::OnScanOnly, false, false, 0, 1));
    changes.push(with("biopsy", Vec::new(), "2.5 mg"));
    assert_eq!(rows(changes), (Agreement::OneSource, false, true, 1, 1), "a scan makes no doses differ");
}

#[test]
fn a_treatment_that_only_a_scan_tells_is_on_no_list_of_what_was_given() {
    let treatment = Treatment {
        kind: TreatmentKind::Operation,
        what: "mastectomy".to_owned(),
        code: None,
        drugs: Vec::new(),
        status: TreatmentStatus::Done,
        date: None,
        until: None,
        cycles: None,
        dose: None,
        intent: None,
        laterality: None,
        change: None,
        start: 3,
        end: 9,
        quote: String::new(),
    };
    let mut changes = rosa();
    let recognised =
        DocumentReading { recognised: vec![(0, 99)], treatments: vec![treatment], ..reading("consult", Vec::new()) };
    changes.push(ReadingChange::Read { reading: Box::new(recognised) }.into());
    let (case, knowledge) = (fold(changes), kinds());
    let view = case.seen_by(Audience::Owner);
    assert!(treatments(&view, &knowledge).is_empty());
    let on_scans = treatments_on_scans(&view, &knowledge);
    assert!(matches!(on_scans.as_slice(), [row] if row.on_scan && row.treatment.what == "mastectomy"));
}

fn groups_of(case: &Case) -> Vec<FactGroup> {
    let knowledge = kinds();
    let summary = summary(&case.seen_by(Audience::Owner), &knowledge);
    let tumour = summary.tumours.first().unwrap();
    groups(&summary.facts, &tumour.tumour.facts, &tumour.differences, &knowledge)
}

#[test]
fn each_concept_is_one_group_with_what_the_records_state_and_every_mention_behind_it() {
    let mut changes = rosa();
    let again = Fact { main: false, start: 50, end: 52, ..fact(Concept::GRADE, "G2") };
    let earlier = Fact { main: false, ..fact(Concept::FOCALITY, "unifocal") };
    let facts = vec![topography(), side("left"), fact(Concept::GRADE, "G2"), again, earlier];
    changes.push(read("biopsy", [facts, vec![fact(Concept::PROCEDURE, "core_biopsy")]].concat()));
    let groups = groups_of(&fold(changes));
    let names: Vec<&str> = groups.iter().map(|g| g.concept.as_str()).collect();
    assert_eq!(names.first(), Some(&"topography"), "in the order of page one");
    assert_eq!(names.iter().filter(|name| **name == "grade").count(), 1);
    let of = |concept: Concept| groups.iter().find(|g| g.concept == concept).unwrap();
    let words = |group: &FactGroup| group.values.iter().map(|v| v.words.clone()).collect::<Vec<_>>();
    let grade = of(Concept::GRADE);
    assert_eq!(
        (words(grade), grade.facts.len(), grade.mentions.len(), grade.sources),
        (vec!["G2".to_owned(), "G3".to_owned()], 2, 1, 2)
    );
    assert_eq!(grade.relation, Some(Relation::Expected(Why::BiopsyAgainstResection)));
    assert_eq!(grade.newest.map(|d| d.to_string()).as_deref(), Some("2026-02-01"));
    assert_eq!(of(Concept::N).relation, Some(Relation::Conflict));
    let focality = of(Concept::FOCALITY);
    assert!(focality.values.is_empty() && focality.facts.is_empty() && focality.mentions.len() == 1);
}

#[test]
fn what_a_scan_suggests_is_in_its_group_and_states_nothing_before_it_is_confirmed() {
    let mut changes = rosa();
    let er = fact(Concept::ER, "positive");
    let recognised =
        DocumentReading { recognised: vec![(0, 99)], ..reading("consult", vec![topography(), er.clone()]) };
    changes.push(ReadingChange::Read { reading: Box::new(recognised) }.into());
    let er_group = |case: &Case| groups_of(case).into_iter().find(|g| g.concept == Concept::ER).unwrap();
    let group = er_group(&fold(changes.clone()));
    assert!(group.values.is_empty() && group.sources == 0 && group.unconfirmed == 1 && group.facts.len() == 1);
    let key = FactKey::of(&DocumentId::from("consult"), &er);
    changes.push(ReadingChange::FactJudged { key, judgement: Judgement::Confirmed { value: None }, of: None }.into());
    let group = er_group(&fold(changes));
    assert!(group.values.len() == 1 && group.sources == 1 && group.unconfirmed == 0);
}

#[test]
fn what_waits_is_counted_from_the_case_alone() {
    let knowledge = kinds();
    let waiting = |changes: &[Change]| fold(changes.to_vec()).seen_by(Audience::Owner).waiting(&knowledge);
    let mut changes = rosa();
    assert_eq!(waiting(&changes), Waiting { conflicts: 1, unread_pages: 0, unconfirmed: 0 });
    // A photo of two pages, and a PDF of three whose second page is a picture.
    let paged = |id: &str, format, pages, text: Option<&str>| {
        let Change::Gather(change) = document(id, "other", "2026-03-01") else { unreachable!() };
        let GatherChange::DocumentAdded { mut document, identity } = *change else { unreachable!() };
        document.format = format;
        document.pages = Some(pages);
        document.text = text.map(ObjectId::from);
        Change::from(GatherChange::DocumentAdded { document, identity })
    };
    changes.push(paged("photo", FileFormat::Tiff, 2, None));
    changes.push(paged("pdf", FileFormat::Pdf, 3, Some("pdf-text")));
    assert_eq!(waiting(&changes).unread_pages, 2, "what was not read yet is not counted");
    let read_pdf = DocumentReading { blank_pages: Some(vec![2]), ..reading("pdf", Vec::new()) };
    changes.push(ReadingChange::Read { reading: Box::new(read_pdf) }.into());
    assert_eq!(waiting(&changes).unread_pages, 3);
    let recognised = RecognisedText {
        document: DocumentId::from("photo"),
        text: ObjectId::from("photo-text"),
        places: ObjectId::from("places"),
        engine: "tesseract 5".to_owned(),
        pages: vec![1, 2],
        confidence: 60,
        proposed: Proposals::default(),
        people: Vec::new(),
    };
    changes.push(ReadingChange::TextRecognised { recognised: Box::new(recognised) }.into());
    let er = DocumentReading {
        recognised: vec![(0, 99)],
        ..reading("photo", vec![topography(), fact(Concept::ER, "positive")])
    };
    assert_eq!(waiting(&changes).unread_pages, 1, "until its text is read, nobody knows which pages stayed blank");
    changes.push(
        ReadingChange::Read { reading: Box::new(DocumentReading { blank_pages: Some(Vec::new()), ..er }) }.into(),
    );
    assert_eq!(waiting(&changes), Waiting { conflicts: 1, unread_pages: 1, unconfirmed: 2 });
}

#[test]
fn whoever_looks_is_told_who_confirmed_as_far_as_they_may_know_it() {
    let mut changes = rosa();
    let access = crate::about::Access {
        id: ActorId::from("nurse"),
        label: "Nina from the ward".to_owned(),
        audience: Audience::Helper,
    };
    changes.push(crate::about::AboutChange::AccessGranted { access }.into());
    let case = fold(changes);
    let who = |audience, actor: &str| case.seen_by(audience).who(&ActorId::from(actor)).key;
    assert_eq!(who(Audience::Owner, "owner"), "who-you");
    let on_paper = case.seen_by(Audience::Owner).who_on_paper(&ActorId::from("owner"));
    assert_eq!(on_paper.key, "who-owner", "paper is read by others");
    assert_eq!(who(Audience::Owner, "nurse"), "who-named");
    assert_eq!(who(Audience::Owner, "nobody"), "who-other");
    assert_eq!(who(Audience::Specialist, "owner"), "who-owner");
    assert_eq!(who(Audience::BlindReader, "nurse"), "who-other", "who else has access is the owner’s to know");
}

fn scan_of(proposed: Proposals, names: &[(&str, &str)]) -> Change {
    let person = |(name, born): &(&str, &str)| PatientIdentity {
        name: crate::PersonName::new(name.split(", ").next().unwrap(), name.split(", ").nth(1).unwrap()),
        birth_date: born.parse().ok(),
        identifier: None,
    };
    let recognised = RecognisedText {
        document: DocumentId::from("scan"),
        text: ObjectId("scan-text".to_owned()),
        places: ObjectId("scan-places".to_owned()),
        engine: "e".to_owned(),
        pages: vec![1],
        confidence: 90,
        proposed,
        people: names.iter().map(person).collect(),
    };
    ReadingChange::TextRecognised { recognised: Box::new(recognised) }.into()
}

fn scan() -> Change {
    let Change::Gather(change) = document("scan", "other", "2026-01-01") else { unreachable!() };
    let GatherChange::DocumentAdded { document, .. } = *change else { unreachable!() };
    let document = Document { proposed: Proposals::default(), ..document };
    GatherChange::DocumentAdded { document, identity: IdentityMatch::NamesNobody }.into()
}

#[test]
fn what_a_scan_is_becomes_known_once_its_text_is_recognised() {
    let because = || Message::new("because");
    let proposed = Proposals {
        kind: Some(Proposal { value: DocumentKind::from("pathology-report"), because: because() }),
        date: Some(Proposal { value: "2026-01-20".parse().unwrap(), because: because() }),
        ..Proposals::default()
    };
    let case = fold(vec![scan(), scan_of(proposed.clone(), &[])]);
    let held = case.gather.documents.values().next().unwrap();
    assert_eq!(held.kind().map(|k| k.0.as_str()), Some("pathology-report"));
    assert_eq!(held.date().map(|d| d.to_string()).as_deref(), Some("2026-01-20"));
    assert_eq!(held.identity, IdentityMatch::NamesNobody);

    // What the file itself told stands.
    let case = fold(vec![document("scan", "operative-note", "2026-03-03"), scan_of(proposed, &[])]);
    let held = case.gather.documents.values().next().unwrap();
    assert_eq!(held.kind().map(|k| k.0.as_str()), Some("operative-note"));
}

#[test]
fn a_scan_that_names_somebody_else_waits_for_a_person() {
    let rosa = || crate::about::AboutChange::PersonStated {
        person: crate::about::Person {
            name: crate::PersonName::new("Example", "Rosa").unwrap(),
            birth_date: "1971-03-14".parse().ok(),
        },
    };
    let matched = |names: &[(&str, &str)]| {
        let case = fold(vec![rosa().into(), scan(), scan_of(Proposals::default(), names)]);
        case.gather.documents.values().next().unwrap().identity
    };
    assert_eq!(matched(&[("EXAMPLE, ROSA", "1971-03-14")]), IdentityMatch::Same);
    assert_eq!(matched(&[("EXEMPEL, ROLAND", "1948-05-02")]), IdentityMatch::Stranger);
    assert!(matched(&[("EXAMPLE, ROSA", "1971-03-14"), ("EXEMPEL, ROLAND", "1948-05-02")]).needs_a_word());
    assert_eq!(matched(&[]), IdentityMatch::NamesNobody);
}

/// Two facts of the same words: what stands before the second says that it is not so.
fn twice() -> Vec<Fact> {
    let skin = Fact { polarity: Polarity::Absent, start: 60, end: 69, ..fact(Concept::MORPHOLOGY, "8010/3") };
    let breast = Fact { start: 10, end: 19, ..fact(Concept::MORPHOLOGY, "8010/3") };
    vec![topography(), breast, Fact { main: false, ..skin }]
}

/// The polarity and standing of every histology of the consultation.
fn histologies(changes: &[Change]) -> Vec<(Polarity, &'static str)> {
    let case = fold(changes.to_vec());
    let facts = case.seen_by(Audience::Owner).facts_of(&DocumentId::from("consult"), &kinds());
    let of = facts.iter().filter(|f| f.key.concept == Concept::MORPHOLOGY);
    let standing = |standing: &Standing| match standing {
        Standing::Confirmed { .. } => "confirmed",
        Standing::Rejected { .. } => "rejected",
        Standing::Corrected { .. } => "corrected",
        _ => "read",
    };
    of.map(|f| (f.fact.polarity, standing(&f.standing))).collect()
}

/// A person's word about the histology at this place.
fn say(changes: &mut Vec<Change>, start: usize, judgement: Judgement) {
    let key = FactKey::of(&DocumentId::from("consult"), &fact(Concept::MORPHOLOGY, "8010/3"));
    let case = fold(changes.clone());
    changes.push(judge(&case.seen_by(Audience::Owner), &kinds(), &key, Some(start), judgement).unwrap().into());
}

#[test]
fn a_word_about_a_fact_is_about_no_other_of_the_same_words() {
    use Polarity::{Absent, Present};
    let key = FactKey::of(&DocumentId::from("consult"), &fact(Concept::MORPHOLOGY, "8010/3"));
    let mut changes = rosa();
    changes.push(read("consult", twice()));
    let case = fold(changes.clone());
    let (owner, yes) = (case.seen_by(Audience::Owner), Judgement::Confirmed { value: None });
    assert!(judge(&owner, &kinds(), &key, None, yes.clone()).is_err(), "which of the two is meant was not said");
    assert!(judge(&owner, &kinds(), &key, Some(11), yes.clone()).is_err(), "nothing stands there");
    say(&mut changes, 10, yes);
    assert_eq!(histologies(&changes), [(Present, "confirmed"), (Absent, "read")]);
    say(&mut changes, 60, Judgement::Rejected);
    assert_eq!(histologies(&changes), [(Present, "confirmed"), (Absent, "rejected")]);
    say(&mut changes, 10, Judgement::Rejected);
    assert_eq!(histologies(&changes), [(Present, "rejected"), (Absent, "rejected")]);
    changes.push(take_back(&fold(changes.clone()), &key, Some(10)).unwrap().into());
    assert_eq!(histologies(&changes), [(Present, "read"), (Absent, "rejected")]);
    assert!(take_back(&fold(changes.clone()), &key, Some(10)).is_err(), "nothing is left to take back");
}

#[test]
fn a_newer_reading_that_moves_the_words_keeps_each_word_with_its_fact() {
    use Polarity::{Absent, Present};
    let mut changes = rosa();
    changes.push(read("consult", twice()));
    say(&mut changes, 10, Judgement::Confirmed { value: None });
    say(&mut changes, 60, Judgement::Rejected);
    let moved = |by: usize| twice().into_iter().map(move |f| Fact { start: f.start + by, end: f.end + by, ..f });
    changes.push(read("consult", moved(7).collect()));
    assert_eq!(histologies(&changes), [(Present, "confirmed"), (Absent, "rejected")]);
    let key = FactKey::of(&DocumentId::from("consult"), &fact(Concept::MORPHOLOGY, "8010/3"));
    say(&mut changes, 17, Judgement::Rejected);
    changes.push(take_back(&fold(changes.clone()), &key, Some(17)).unwrap().into());
    assert_eq!(histologies(&changes), [(Present, "read"), (Absent, "rejected")], "no older word comes back");
}

#[test]
fn what_was_confirmed_is_asked_again_when_it_is_read_to_be_not_so_or_with_another_prefix() {
    use Polarity::{Absent, Present};
    let one = |polarity, prefix: Option<&str>, start| {
        let qualifiers = Qualifiers { prefix: prefix.map(str::to_owned), ..Qualifiers::default() };
        read("consult", vec![topography(), Fact { polarity, qualifiers, start, ..fact(Concept::MORPHOLOGY, "8010/3") }])
    };
    let mut changes = rosa();
    changes.push(one(Present, None, 10));
    say(&mut changes, 10, Judgement::Confirmed { value: None });
    for (polarity, prefix, start, expect) in [
        (Present, None, 10, "confirmed"),
        (Present, None, 99, "confirmed"),
        (Absent, None, 10, "read"),
        (Absent, None, 99, "read"),
        (Present, Some("c"), 10, "read"),
    ] {
        let mut again = changes.clone();
        again.push(one(polarity, prefix, start));
        assert_eq!(histologies(&again), [(polarity, expect)], "{prefix:?} {start}");
    }
}

#[test]
fn an_older_word_that_does_not_say_which_fact_it_is_about_confirms_neither_of_two_that_differ() {
    use Polarity::{Absent, Present};
    let key = FactKey::of(&DocumentId::from("consult"), &fact(Concept::MORPHOLOGY, "8010/3"));
    let older = |judgement| ReadingChange::FactJudged { key: key.clone(), judgement, of: None };
    let mut changes = rosa();
    changes.push(read("consult", twice()));
    let with = |judgement| [changes.clone(), vec![older(judgement).into()]].concat();
    let value = Some("8010/3".to_owned());
    assert_eq!(histologies(&with(Judgement::Confirmed { value })), [(Present, "read"), (Absent, "read")]);
    assert_eq!(histologies(&with(Judgement::Rejected)), [(Present, "rejected"), (Absent, "rejected")]);
}

/// A list of T categories beside what [`kinds`] knows.
fn with_categories() -> Knowledge {
    let mut knowledge = kinds();
    knowledge.concepts.push(crate::knowledge::ConceptFacts {
        id: Concept::T,
        label: "Primary tumor (T)".to_owned(),
        value_form: "category".to_owned(),
        polarity_use: String::new(),
        unit: None,
        code_system: None,
        code: None,
        confirmed: false,
        values: ["T0", "T1*", "T2*", "T3*"].map(str::to_owned).to_vec(),
    });
    knowledge
}

#[test]
fn a_category_is_corrected_with_the_prefix_that_was_written_and_keeps_its_own_without_one() {
    let clinical = Qualifiers { prefix: Some("c".to_owned()), ..Qualifiers::default() };
    let t = Fact { qualifiers: clinical, ..fact(Concept::T, "T2") };
    let key = FactKey::of(&DocumentId::from("consult"), &t);
    let mut changes = rosa();
    changes.push(read("consult", vec![topography(), t]));
    let knowledge = with_categories();
    for (typed, words, was) in [("pT3", "pT3", "cT2"), ("T3", "cT3", "T2"), ("ypT0", "ypT0", "cT2")] {
        let (case, value) = (fold(changes.clone()), typed.to_owned());
        let corrected = Judgement::Corrected { value, polarity: Polarity::Present, prefix: None };
        let change = judge(&case.seen_by(Audience::Owner), &knowledge, &key, None, corrected).unwrap();
        let case = fold([changes.clone(), vec![change.into()]].concat());
        let facts = case.seen_by(Audience::Owner).facts_of(&DocumentId::from("consult"), &knowledge);
        let t = facts.iter().find(|f| f.key.concept == Concept::T).unwrap();
        assert_eq!(value_words(&t.fact, &knowledge), words);
        assert!(matches!(&t.standing, Standing::Corrected { was: old, .. } if old == was), "{:?}", t.standing);
    }
}

#[test]
fn a_category_typed_with_the_prefix_of_after_treatment_contradicts_none_from_before() {
    let (knowledge, document) = (with_categories(), DocumentId::from("resection"));
    let mut changes = rosa();
    changes.push(read("biopsy", vec![topography(), p(Concept::T, "T2")]));
    let typed = |value: &str| {
        let case = fold(changes.clone());
        let (view, id) = (case.seen_by(Audience::Owner), FactId::from("f"));
        let change = type_fact(&view, &knowledge, id, &document, 1, None, "t", value, Polarity::Present);
        found(&fold([changes.clone(), vec![change.unwrap().into()]].concat()))
    };
    assert!(typed("pT3").contains(&("t".to_owned(), Relation::Conflict)));
    let before = Relation::Expected(Why::BeforeAgainstAfterTreatment);
    assert!(typed("ypT0").contains(&("t".to_owned(), before)));
}

#[test]
fn what_a_record_tells_of_others_speaks_once_a_person_confirmed_it_and_history_and_relatives_never() {
    for (context, speaks) in
        [(Context::Clinical, true), (Context::Outside, true), (Context::History, false), (Context::Family, false)]
    {
        let told = Fact { context, main: false, start: 40, ..p(Concept::N, "N0") };
        let key = FactKey::of(&DocumentId::from("consult"), &told);
        let mut changes = rosa();
        changes.push(read("consult", vec![topography(), told]));
        let conflict = ("n".to_owned(), Relation::Conflict);
        assert!(!found(&fold(changes.clone())).contains(&conflict), "{context:?} before anybody confirmed it");
        let case = fold(changes.clone());
        let (view, yes) = (case.seen_by(Audience::Owner), Judgement::Confirmed { value: None });
        changes.push(judge(&view, &kinds(), &key, Some(40), yes).unwrap().into());
        assert_eq!(found(&fold(changes)).contains(&conflict), speaks, "{context:?}");
    }
}
