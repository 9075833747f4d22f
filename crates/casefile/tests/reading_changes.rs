//! The entries of reading as they stand in ledgers: read for ever, and written the same way. A line is never rewritten;
//! a new form adds its own.

use consilium_casefile::Change;

const WRITTEN: &str = include_str!("golden/reading-0.1.0.jsonl");

#[test]
fn every_entry_of_reading_is_read_and_written_as_it_was() {
    assert_eq!(WRITTEN.lines().count(), 18);
    for line in WRITTEN.lines() {
        let change: Change = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let written = change.write().unwrap();
        assert!(written.kind.starts_with("reading."), "{}", written.kind);
        let again = String::from_utf8(written.bytes).expect("JSON is text");
        assert_eq!(again, line, "a change is serialised otherwise now: add a variant or a field instead");
    }
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
