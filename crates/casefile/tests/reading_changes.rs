//! The entries of reading, and those of gather that came later, as they stand in ledgers: read for ever, and written the
//! same way. A line is never rewritten; a new form adds its own.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where its ground is missing")]

use consilium_casefile::Change;

const WRITTEN: &str = include_str!("golden/reading-0.1.0.jsonl");
const GATHERED: &str = include_str!("golden/gather-0.1.0.jsonl");

/// Each line is read, belongs to this stage, and is written as it was.
fn check(lines: &str, stage: &str) {
    for line in lines.lines() {
        let change: Change = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let written = change.write().unwrap();
        assert!(written.kind.starts_with(stage), "{}", written.kind);
        let again = String::from_utf8(written.bytes).expect("JSON is text");
        assert_eq!(again, line, "a change is serialised otherwise now: add a variant or a field instead");
    }
}

#[test]
fn every_entry_of_reading_is_read_and_written_as_it_was() {
    assert_eq!(WRITTEN.lines().count(), 25);
    check(WRITTEN, "reading.");
}

#[test]
fn every_later_entry_of_gather_is_read_and_written_as_it_was() {
    assert_eq!(GATHERED.lines().count(), 1);
    check(GATHERED, "gather.");
}

#[test]
fn dates_taken_from_a_record_and_questions_drafted_from_some_are_read_and_written_as_they_were() {
    check(include_str!("golden/prepare-0.1.0.jsonl"), "prepare.");
    check(include_str!("golden/about-0.1.0.jsonl"), "about.");
}

#[test]
fn an_entry_of_another_form_is_not_mistaken_for_one_of_these() {
    for line in [
        r#"{"stage":"reading","change":"dreamt"}"#,
        r#"{"stage":"reading","change":"fact_judged","key":{"document":"d","concept":"n","quote":"q"}}"#,
        r#"{"stage":"reading","change":"read","reading":{"document":"d"}}"#,
        r#"{"stage":"reading"}"#,
    ] {
        assert!(serde_json::from_str::<Change>(line).is_err(), "{line}");
    }
}
