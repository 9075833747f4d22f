//! Opinions as they are written down, sealed, opened and taken back; what is refused.

use super::{
    Compare, CompareChange, Difference, Judged, Kind, Opinion, Outcome, Relation, Said, Weight, open, record, remove,
    seal,
};
use crate::shared::ids::OpinionId;
use crate::shared::time::Instant;

fn opinion() -> Opinion {
    let json = r#"{"clinician": {"name": "Dr. Ada Example"}, "diagnosis": "invasive carcinoma of the left breast"}"#;
    serde_json::from_str(json).unwrap()
}

fn at(seconds: i64) -> Instant {
    Instant { micros: seconds * 1_000_000, offset_minutes: 0 }
}

fn outcome(events: u32, denominator: u32) -> Outcome {
    let json = format!(
        r#"{{"option": "surgery", "event": "alive", "good": true, "events": {events}, "denominator": {denominator},
        "horizon": "5 years"}}"#
    );
    serde_json::from_str(&json).unwrap()
}

#[test]
fn an_opinion_is_kept_as_it_was_said_and_can_be_written_anew_and_taken_back() {
    let mut compare = Compare::default();
    let id = OpinionId::from("one");
    compare.apply(record(id.clone(), opinion()).unwrap(), at(1));
    let again = Opinion { diagnosis: "  lobular carcinoma ".to_owned(), ..opinion() };
    compare.apply(record(id.clone(), again).unwrap(), at(2));
    let held = compare.opinion(&id).unwrap();
    assert_eq!((held.opinion.diagnosis.as_str(), held.at), ("lobular carcinoma", at(1)));
    compare.apply(remove(&compare, &id).unwrap(), at(3));
    assert_eq!(compare.current().count(), 0);
    assert_eq!(remove(&compare, &id).unwrap_err().0.key, "refusal-opinion-unknown");
}

#[test]
fn a_sealed_opinion_is_opened_by_an_act_and_both_are_dated() {
    let mut compare = Compare::default();
    let id = OpinionId::from("one");
    assert_eq!(seal(&compare, &id).unwrap_err().0.key, "refusal-opinion-unknown");
    compare.apply(record(id.clone(), opinion()).unwrap(), at(1));
    assert_eq!(open(&compare, &id).unwrap_err().0.key, "refusal-opinion-not-sealed");
    compare.apply(seal(&compare, &id).unwrap(), at(2));
    assert_eq!(seal(&compare, &id).unwrap_err().0.key, "refusal-opinion-sealed");
    compare.apply(open(&compare, &id).unwrap(), at(3));
    let held = compare.opinion(&id).unwrap();
    assert_eq!((held.sealed, held.opened), (Some(at(2)), Some(at(3))));
    assert_eq!(open(&compare, &id).unwrap_err().0.key, "refusal-opinion-not-sealed");
    assert_eq!(seal(&compare, &id).unwrap_err().0.key, "refusal-opinion-opened", "it may have been read");
}

#[test]
fn an_opinion_of_nobody_that_says_nothing_or_says_it_unseen_is_refused() {
    let why = |opinion: Opinion| record(OpinionId::from("one"), opinion).unwrap_err().0.key;
    let mut nobody = opinion();
    nobody.clinician.name = "  ".to_owned();
    assert_eq!(why(nobody), "refusal-empty-field");
    assert_eq!(why(Opinion { diagnosis: String::new(), ..opinion() }), "refusal-opinion-says-nothing");
    assert_eq!(why(Opinion { diagnosis: "benign\u{202e}".to_owned(), ..opinion() }), "refusal-hidden-characters");
    assert_eq!(why(Opinion { diagnosis: "x".repeat(4_001), ..opinion() }), "refusal-too-long");
}

#[test]
fn numbers_that_cannot_be_true_are_refused() {
    let with = |outcome: Outcome| record(OpinionId::from("one"), Opinion { outcomes: vec![outcome], ..opinion() });
    assert!(matches!(with(outcome(92, 100)), Ok(CompareChange::OpinionRecorded { .. })));
    let ranged = |low, high| Outcome { low, high, ..outcome(92, 100) };
    assert!(with(ranged(Some(90), Some(94))).is_ok());
    for wrong in
        [outcome(101, 100), outcome(0, 0), ranged(Some(93), None), ranged(None, Some(91)), ranged(None, Some(101))]
    {
        assert_eq!(with(wrong).unwrap_err().0.key, "refusal-outcome-number");
    }
    let no_time = Outcome { horizon: String::new(), ..outcome(1, 2) };
    assert_eq!(with(no_time).unwrap_err().0.key, "refusal-empty-field");
}

/// A line of the comparison of opinions that say these values; an empty value is silence.
fn line(values: &[&str]) -> Difference {
    let side = |value: &&str| {
        let said = Said { text: (*value).to_owned(), ..Said::default() };
        if value.is_empty() { Vec::new() } else { vec![said] }
    };
    Difference {
        dimension: "grade".to_owned(),
        item: String::new(),
        relation: Relation::Conflict,
        weight: Some(Weight::Major),
        kind: Some(Kind::Unclear),
        evidence: Vec::new(),
        sides: values.iter().map(side).collect(),
        between: [0, 1],
        pairs: Vec::new(),
    }
}

fn ids(names: &str) -> Vec<OpinionId> {
    names.chars().map(|name| OpinionId::from(name.to_string().as_str())).collect()
}

fn said_of(line: &Difference, between: &[OpinionId]) -> Judged {
    Judged {
        dimension: line.dimension.clone(),
        item: String::new(),
        between: between.to_vec(),
        about: line.fingerprint(),
        relation: None,
        kind: Some(Kind::Reading),
        weight: None,
        note: "they looked at the same slides".to_owned(),
    }
}

#[test]
fn what_a_person_said_of_a_difference_holds_as_long_as_the_opinions_say_the_same_and_is_never_dropped_unseen() {
    let mut compare = Compare::default();
    let (two, three) = (ids("ab"), ids("abc"));
    let first = line(&["3", "2"]);
    compare.apply(CompareChange::DifferenceJudged { judged: said_of(&first, &two) }, at(1));
    let of = |compare: &Compare, values: &[&str], opinions: &[OpinionId]| compare.judged.of(line(values), opinions);

    let held = of(&compare, &["3", "2"], &two);
    assert_eq!((held.kind(), held.earlier), (Some(Kind::Reading), None));
    // A third that does not speak of it changes nothing.
    assert_eq!(of(&compare, &["3", "2", ""], &three).kind(), Some(Kind::Reading));
    // A third that does, or other words, ask for the person again; what they said is still there.
    for (values, opinions) in [(vec!["3", "2", "1"], &three), (vec!["3", "1"], &two), (vec!["3", ""], &two)] {
        let held = of(&compare, &values, opinions);
        assert_eq!((held.kind(), held.judged), (Some(Kind::Unclear), None), "{values:?}");
        assert_eq!(held.earlier.unwrap().0.note, "they looked at the same slides", "{values:?}");
    }
    // Said again of three, it holds of three, and of two where the third is taken back and was silent.
    let silent = line(&["3", "1", ""]);
    compare.apply(CompareChange::DifferenceJudged { judged: said_of(&silent, &three) }, at(2));
    assert_eq!(of(&compare, &["3", "1"], &two).judged.unwrap().1, at(2));
    assert_eq!(of(&compare, &["3", "2"], &two).judged.unwrap().1, at(1), "what was said of those words stands too");

    let nothing = Judged { kind: None, note: String::new(), ..said_of(&silent, &three) };
    compare.apply(CompareChange::DifferenceJudged { judged: nothing }, at(3));
    let held = of(&compare, &["3", "2"], &two);
    assert_eq!((held.judged, held.earlier), (None, None), "taken back is taken back");
}
