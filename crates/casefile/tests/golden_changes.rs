//! Every kind of entry that a ledger can hold has a line in `golden`: read for ever, and written the same way. The kinds
//! are not listed here: serde names them, so a new variant without a line fails.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where its ground is missing")]

use std::collections::BTreeSet;
use std::path::Path;

use consilium_casefile::gather::GatherChange;
use consilium_casefile::ledger::{Draft, Head, Payload, chain};
use consilium_casefile::{ActorId, Case, CaseId, Change, DocumentId, Instant, SetAsideId};
use serde_json::{Value, json};

const DECIDED: &str = include_str!("golden/decided-0.1.0.jsonl");

/// Every change of every golden file, as it was written: a line is a change, or an entry that holds one.
fn golden() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let lines = files.iter().flat_map(|file| {
        let text = std::fs::read_to_string(file).unwrap();
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    });
    let change = |line: String| match serde_json::from_str::<Value>(&line).expect("a line of JSON").get("payload") {
        Some(payload) => payload.as_str().expect("a payload is text").to_owned(),
        None => line,
    };
    lines.map(change).collect()
}

/// The names serde would take in place of one it does not know.
fn known(value: &Value) -> Vec<String> {
    let Err(error) = serde_json::from_value::<Change>(value.clone()) else { panic!("{value} is no unknown change") };
    let message = error.to_string();
    let (_, expected) = message.split_once("expected ").unwrap_or_else(|| panic!("{message}"));
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// `gather.document_added` and so on: all there are.
fn kinds() -> Vec<String> {
    let stages = known(&json!({ "stage": "?" }));
    let of = |stage: &String| {
        let names = known(&json!({ "stage": stage, "change": "?" }));
        assert!(!names.is_empty(), "{stage} has no changes");
        names.into_iter().map(|change| format!("{stage}.{change}")).collect::<Vec<_>>()
    };
    stages.iter().flat_map(of).collect()
}

#[test]
fn every_kind_of_entry_has_a_golden_line() {
    let written = golden().into_iter().map(|line| {
        let change: Change = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        change.write().unwrap().kind
    });
    let written: BTreeSet<String> = written.collect();
    let kinds = kinds();
    assert!(kinds.len() > 30 && kinds.iter().any(|kind| kind == "gather.purged"), "{kinds:?}");
    let missing: Vec<&String> = kinds.iter().filter(|kind| !written.contains(*kind)).collect();
    assert!(missing.is_empty(), "add a line to a file of tests/golden for {missing:?}");
}

#[test]
fn every_golden_line_is_written_as_it_was() {
    for line in golden() {
        let change: Change = serde_json::from_str(&line).unwrap();
        let again = String::from_utf8(change.write().unwrap().bytes).expect("JSON is text");
        assert_eq!(again, line, "a change is serialised otherwise now: add a variant or a field instead");
    }
}

#[test]
fn an_entry_of_a_version_before_a_field_is_read_without_it() {
    // Fields that have defaults, left out as the first versions did.
    for (line, expect) in [
        (
            r#"{"stage":"gather","change":"removed","documents":["d"]}"#,
            GatherChange::Removed { documents: vec![DocumentId::from("d")], studies: Vec::new() },
        ),
        (
            r#"{"stage":"gather","change":"purged","objects":[]}"#,
            GatherChange::Purged { objects: Vec::new(), documents: Vec::new() },
        ),
        (
            r#"{"stage":"gather","change":"set_aside_reopened","id":"g","of_a_later_version":1}"#,
            GatherChange::SetAsideReopened { id: SetAsideId::from("g") },
        ),
    ] {
        assert_eq!(serde_json::from_str::<Change>(line).unwrap(), expect.into(), "{line}");
    }
}

#[test]
fn a_line_that_was_cut_or_misnamed_is_no_change() {
    for line in DECIDED.lines() {
        for length in [0, 1, line.len() / 2, line.len() - 1] {
            assert!(serde_json::from_str::<Change>(&line[..length]).is_err(), "{line}");
        }
        let misnamed = line.replace("\"change\":\"", "\"change\":\"un");
        assert!(serde_json::from_str::<Change>(&misnamed).is_err(), "{misnamed}");
    }
}

#[test]
fn a_ledger_of_these_entries_folds_and_may_go_on() {
    let draft = |line: &str| {
        let kind = serde_json::from_str::<Change>(line).unwrap().write().unwrap().kind;
        let payload = Payload { salt: [1; 32], bytes: line.as_bytes().to_vec() };
        Draft { at: Instant { micros: 1, offset_minutes: 0 }, by: ActorId::from("owner"), kind, payload }
    };
    let id = CaseId::from("case-1");
    // What they name is not in the case: an entry that finds nothing to change changes nothing.
    let (entries, head) = chain(Head::start(&id), golden().iter().map(|line| draft(line)).collect());
    let case = Case::fold(id, &entries).unwrap();
    assert_eq!((case.head, case.unread.len()), (head, 0));
    assert!(case.may_append().is_ok());
}
