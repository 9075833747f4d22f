//! Killed at any moment and run again, an import ends where an undisturbed one ends.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops where its ground is missing, and says what it skips"
)]

mod common;

use std::path::Path;
use std::process::{Command, Stdio};

use common::Home;
use serde_json::{Value, json};

const SLICES: &str = "120";

fn disc(folder: &Path) {
    let status = Command::new(env!("CARGO_BIN_EXE_consilium"))
        .args(["bench-disc", "--slices", SLICES])
        .arg(folder)
        .status()
        .expect("the binary runs");
    assert!(status.success());
    std::fs::write(folder.join("report.txt"), "CT CHEST\nFINDINGS: none.\nIMPRESSION: invented.\n").expect("a report");
}

/// The case without ids and times: what must be the same.
fn settled(home: &Home) -> Value {
    let case = home.json(&["case", "show", "test"]);
    let documents: Vec<Value> = case["documents"]
        .as_array()
        .expect("documents")
        .iter()
        .map(|d| json!([d["path"], d["kind"], d["date"], d["identity"], d["format"]]))
        .collect();
    json!({ "documents": documents, "series": case["series"], "set_aside": case["set_aside"] })
}

/// Bytes below a folder; 0 where it is not there yet.
fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|e| match e.file_type() {
            Ok(kind) if kind.is_dir() => size(&e.path()),
            _ => e.metadata().map_or(0, |m| m.len()),
        })
        .sum()
}

#[test]
fn an_import_killed_at_any_moment_and_run_again_ends_like_an_undisturbed_one() {
    let undisturbed = Home::new();
    let folder = undisturbed.folder.path().join("disc");
    disc(&folder);
    undisturbed.import(&[&folder]);
    let expected = settled(&undisturbed);
    let whole = size(&undisturbed.path());

    for part in [0_u64, 3, 17, 38, 61, 84, 97, 100] {
        let home = Home::new();
        let mut import = home.command();
        import.args(["--json", "import", "--case", "test"]).arg(&folder).stdout(Stdio::null()).stderr(Stdio::null());
        let mut import = import.spawn().expect("the binary runs");
        let threshold = whole * part / 100;
        let mut ended = false;
        while size(&home.path()) < threshold && !ended {
            ended = import.try_wait().expect("a child").is_some();
        }
        // SIGKILL: no handler runs.
        let _ = import.kill();
        let _ = import.wait();
        if part == 61 && home.json(&["case", "show", "test"])["series"].as_array().is_some_and(Vec::is_empty) {
            home.json(&["compact"]);
            assert_eq!(home.json(&["verify"])["objects"], 0, "nothing names what it stored, and nothing keeps it");
            assert!(size(&home.path().join("packs")) < whole / 20, "the bytes are gone from the disk");
        }
        home.import(&[&folder]);
        assert_eq!(settled(&home), expected, "killed at {part} %");
        home.verify();
    }
}

#[test]
fn a_packet_whose_opening_is_killed_leaves_no_case_and_opened_again_is_one() {
    let sender = Home::new();
    let folder = sender.folder.path().join("disc");
    disc(&folder);
    sender.import(&[&folder]);
    let packet = sender.folder.path().join("packet.zip");
    sender.json(&["packet", "--case", "test", "-o", packet.to_str().expect("a path")]);
    let whole = size(&sender.path());
    let cases = |home: &Home| home.json(&["case", "list"])["cases"].as_array().expect("cases").clone();
    for part in [3_u64, 40, 80, 97] {
        let desk = Home::new();
        let mut receive = desk.command();
        receive.arg("receive").arg(&packet).stdout(Stdio::null()).stderr(Stdio::null());
        let mut receive = receive.spawn().expect("the binary runs");
        let mut ended = false;
        while size(&desk.path()) < whole * part / 200 && !ended {
            ended = receive.try_wait().expect("a child").is_some();
        }
        let _ = receive.kill();
        let _ = receive.wait();
        if cases(&desk).is_empty() {
            desk.verify();
            desk.json(&["receive", packet.to_str().expect("a path")]);
            desk.json(&["compact"]);
        }
        let opened = cases(&desk);
        let [case] = opened.as_slice() else { panic!("killed at {part} %: {opened:?}") };
        let account = desk.json(&["receive", "--list", "--case", case["handle"].as_str().expect("a handle")]);
        let counts = &account["packets"][0]["counts"];
        assert_eq!(counts["whole"], counts["items"], "killed at {part} %: {counts}");
        desk.verify();
    }
}

#[test]
fn two_imports_into_one_case_at_once_both_complete() {
    let home = Home::new();
    let (first, second) = (home.folder.path().join("disc-a"), home.folder.path().join("disc-b"));
    disc(&first);
    std::fs::create_dir_all(&second).expect("a folder");
    std::fs::copy(first.join("report.txt"), second.join("same report.txt")).expect("a copy");
    std::fs::write(second.join("other.txt"), "OPERATIVE NOTE\nPREOPERATIVE DIAGNOSIS: invented.\n").expect("a note");
    // The home and the case come first, so that the two race for entries and not for the passphrase prompt.
    home.json(&["case", "new", "test"]);
    let children: Vec<_> = [&first, &second]
        .map(|folder| {
            let mut import = home.command();
            import
                .args(["--json", "import", "--case", "test"])
                .arg(folder)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
            import.spawn().expect("the binary runs")
        })
        .into_iter()
        .collect();
    for child in children {
        common::answer(&child.wait_with_output().expect("a child"));
    }
    let case = home.json(&["case", "show", "test"]);
    assert_eq!(case["documents"].as_array().map(Vec::len), Some(2), "the report both brought is there once");
    assert_eq!(case["series"][0]["found"], SLICES.parse::<u64>().expect("a number"));
    home.verify();
}
