//! Who sees what: the narrowest audience gets no record, the blind reader no plan.

#![expect(clippy::unwrap_used, reason = "a test stops where its ground is missing")]

use consilium_casefile::knowledge::{DocumentKindFacts, Knowledge};
use consilium_casefile::ledger::{Body, Entry, Payload};
use consilium_casefile::{Audience, Case, CaseId, Instant};

const GOLDEN: &str = include_str!("golden/ledger-0.1.0.jsonl");

fn case() -> Case {
    let entries: Vec<Entry> = GOLDEN
        .lines()
        .map(|line| {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            let salt = hex::decode(value["salt"].as_str().unwrap()).unwrap().try_into().unwrap();
            let bytes = value["payload"].as_str().unwrap().as_bytes().to_vec();
            let header = serde_json::from_value(value["header"].clone()).unwrap();
            Entry { header, body: Body::Here(Payload { salt, bytes }) }
        })
        .collect();
    Case::fold(CaseId::from("case-1"), &entries).unwrap()
}

fn knowledge(states_a_plan: bool) -> Knowledge {
    let kind = DocumentKindFacts {
        id: "pathology-report".into(),
        label: "Pathology report".to_owned(),
        plain: "what the laboratory saw".to_owned(),
        packet_order: 1,
        states_a_plan,
        refines: None,
    };
    Knowledge { document_kinds: vec![kind], ..Knowledge::default() }
}

#[test]
fn a_helper_sees_where_things_stand_and_no_record() {
    let case = case();
    let view = case.seen_by(Audience::Helper);
    let knowledge = knowledge(false);
    assert_eq!(view.called(), "Rosa");
    assert!(view.about().is_none());
    assert!(view.documents(&knowledge).is_empty() && view.studies().is_empty());
    assert!(view.imports().is_empty() && view.set_aside().is_empty() && view.packets().is_empty());
    assert_eq!(
        view.stages(&view.waiting(&knowledge, jiff::civil::date(2026, 6, 1)), Instant { micros: 0, offset_minutes: 0 })
            .len(),
        8
    );
}

#[test]
fn a_blind_reader_gets_no_document_that_states_a_plan_and_none_of_unknown_kind() {
    let case = case();
    let view = case.seen_by(Audience::BlindReader);
    assert_eq!(view.documents(&knowledge(false)).len(), 1);
    assert!(view.documents(&knowledge(true)).is_empty());
    assert!(view.documents(&Knowledge::default()).is_empty(), "unknown is never yes");
    assert_eq!(case.seen_by(Audience::Specialist).documents(&knowledge(true)).len(), 1);
}

#[test]
fn how_many_documents_a_blind_reader_does_not_get_is_no_secret() {
    let case = case();
    let counts = |audience, knowledge: &Knowledge| {
        let left_out = case.seen_by(audience).left_out_of_blind(knowledge);
        (left_out.of_a_plan, left_out.unsorted)
    };
    assert_eq!(counts(Audience::BlindReader, &knowledge(true)), (1, 0));
    assert_eq!(counts(Audience::BlindReader, &knowledge(false)), (0, 0));
    assert_eq!(counts(Audience::Helper, &knowledge(true)), (0, 0), "a helper hears of no document");
}

#[test]
fn only_the_owner_may_change_a_case() {
    let may: Vec<Audience> = Audience::ALL.into_iter().filter(|a| a.may_change()).collect();
    assert_eq!(may, vec![Audience::Owner]);
}
