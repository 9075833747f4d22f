//! The demo's shoebox through the real binary: every file is told as the story says.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops where its ground is missing, and says what it skips"
)]

mod common;

use common::{Home, outcomes};
use consilium_demo::{Expectation, write_shoebox};
use jiff::civil::date;

fn expected(expect: Expectation) -> &'static [&'static str] {
    match expect {
        Expectation::Kept | Expectation::KeptDamaged | Expectation::Opened => &["kept"],
        Expectation::Duplicate => &["duplicate"],
        Expectation::SetAside => &["set_aside"],
        Expectation::Refused => &["refused"],
        Expectation::NotARecord => &["kept", "refused", "set_aside", "duplicate"],
    }
}

#[test]
fn every_file_of_the_shoebox_has_the_outcome_the_story_tells() {
    let home = Home::new();
    let folder = home.folder.path().join("shoebox");
    let shoebox = write_shoebox(&folder, date(2026, 11, 21)).expect("the shoebox is written");
    let answer = home.import(&[&folder]);
    let told = outcomes(&answer);
    let mut wrong = Vec::new();
    for file in &shoebox.files {
        let path = format!("shoebox/{}", file.path);
        match told.iter().find(|(met, ..)| *met == path) {
            None => wrong.push(format!("{path}: not accounted for")),
            Some((_, outcome, reason)) if !expected(file.expect).contains(&outcome.as_str()) => {
                wrong.push(format!("{path}: {outcome} ({reason}), the story says {:?}", file.expect));
            }
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(told.len() >= shoebox.files.len());
}

#[test]
fn the_files_propose_rosa_and_her_documents_are_sorted_and_dated() {
    let home = Home::new();
    let folder = home.folder.path().join("shoebox");
    let shoebox = write_shoebox(&folder, date(2026, 11, 21)).expect("the shoebox is written");
    home.import(&[&folder]);
    let case = home.json(&["case", "show", "test"]);
    let accept = case["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .any(|s| s["blocks"] == true && s["what"].as_str().is_some_and(|what| what.contains("Rosa Example")));
    assert!(accept, "the first files propose whose case it is: {}", case["steps"]);
    home.json(&["case", "person", "test"]);
    assert_eq!(home.json(&["case", "show", "test"])["called"], "Rosa");

    let documents = case["documents"].as_array().expect("documents");
    // What a portal says of its own package is kept and is no record.
    let of_the_package = |d: &serde_json::Value| {
        d["path"]
            .as_str()
            .is_some_and(|p| p.contains(".zip!/") && (p.ends_with("INDEX.HTM") || p.ends_with("README.TXT")))
    };
    assert!(!documents.iter().any(of_the_package), "{documents:#?}");
    let (mut kinds, mut dates, mut wrong) = ((0, 0), (0, 0), Vec::new());
    for file in shoebox.files.iter().filter(|f| f.expect == Expectation::Kept) {
        let path = format!("shoebox/{}", file.path);
        let Some(document) = documents.iter().find(|d| d["path"] == path.as_str()) else { continue };
        if let Some(kind) = &file.kind {
            kinds.1 += 1;
            match document["kind"].as_str() {
                Some(proposed) if proposed == kind.0 => kinds.0 += 1,
                proposed => wrong.push(format!("{path}: kind {proposed:?}, is {}", kind.0)),
            }
        }
        if let Some(day) = file.date {
            dates.1 += 1;
            match document["date"].as_str() {
                Some(proposed) if proposed == day.to_string() => dates.0 += 1,
                proposed => wrong.push(format!("{path}: date {proposed:?}, is {day}")),
            }
        }
    }
    println!("kinds right: {} of {}; dates right: {} of {}; others: {wrong:#?}", kinds.0, kinds.1, dates.0, dates.1);
    assert!(kinds.0 * 10 >= kinds.1 * 7, "most kinds are proposed right: {wrong:#?}");
    assert!(dates.0 * 10 >= dates.1 * 7, "most dates are proposed right: {wrong:#?}");
}

#[test]
fn missing_slices_are_named_and_the_strangers_disc_is_one_decision() {
    let home = Home::new();
    let folder = home.folder.path().join("shoebox");
    let shoebox = write_shoebox(&folder, date(2026, 11, 21)).expect("the shoebox is written");
    let answer = home.import(&[&folder]);
    for study in shoebox.studies.iter().filter(|s| !s.of_a_stranger) {
        let Some((series, missing)) = &study.missing else { continue };
        let row = answer["series"].as_array().expect("series").iter().find(|r| r["series"] == series.as_str());
        let told = &row.expect("the incomplete series")["completeness"];
        assert_eq!(told["state"], "incomplete");
        let ranges = told["missing"].as_array().expect("ranges");
        let numbers: Vec<i64> =
            ranges.iter().flat_map(|r| r[0].as_i64().expect("from")..=r[1].as_i64().expect("to")).collect();
        assert_eq!(numbers, missing.iter().map(|n| i64::from(*n)).collect::<Vec<_>>());
    }
    let groups = home.json(&["decide", "list", "--case", "test"]);
    let strangers: Vec<_> =
        groups["groups"].as_array().expect("groups").iter().filter(|g| g["reason"]["why"] == "stranger").collect();
    assert_eq!(strangers.len(), 1, "one person, one decision");
    let id = strangers[0]["id"].as_str().expect("an id");
    home.json(&["decide", "not-mine", id, "--case", "test"]);
    let again = home.import(&[&folder]);
    assert_eq!(again["totals"]["refused"], answer["totals"]["refused"]);
    assert!(
        outcomes(&again)
            .iter()
            .filter(|(path, ..)| path.contains("same envelope"))
            .all(|(_, outcome, _)| outcome != "kept")
    );
    home.verify();
}

#[test]
fn a_request_for_images_names_the_study_its_day_and_the_numbers_that_are_missing() {
    let home = Home::new();
    let folder = home.folder.path().join("shoebox");
    write_shoebox(&folder, date(2026, 11, 21)).expect("the shoebox is written");
    home.import(&[&folder]);
    home.json(&["case", "cancer", "test", "--site", "breast"]);
    let check = home.command().args(["--json", "check", "--case", "test"]).output().expect("the binary runs");
    let check: serde_json::Value = serde_json::from_slice(&check.stdout).expect("JSON");
    let lacks = |item: &&serde_json::Value| item["lacks"].to_string().contains("Some images of a series are missing");
    let items = check["items"].as_array().expect("items");
    let line = items.iter().find(lacks).expect("a line of which images are missing");
    let requirement = line["requirement"].as_str().expect("an id");
    home.json(&["holder", "set", "Sample Street Imaging", "--case", "test"]);
    let new = ["--holder", "Sample Street Imaging", "--department", "radiology", "--route", "pick-up"];
    let request = ["--requirement", requirement, "--item", "All series as DICOM", "--case", "test"];
    home.json(&[&["request", "new"], &new[..], &request[..]].concat());
    let list = home.json(&["request", "list", "--case", "test"]);
    let items = list["requests"][0]["request"]["items"].to_string();
    assert!(
        items.contains("All series as DICOM") && items.contains("images number") && items.contains("20"),
        "{items}"
    );
    let id = list["requests"][0]["request"]["id"].as_str().expect("an id").to_owned();
    home.json(&["request", "route", &id, "--route", "access-letter", "--case", "test"]);
    let list = home.json(&["request", "list", "--case", "test"]);
    assert_eq!(list["requests"][0]["request"]["clock"], "access", "its clock is that of the new way");
}
