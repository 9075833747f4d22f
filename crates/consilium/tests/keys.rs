//! What opens a home, and what is deleted from it for good, as typed on the command line.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops where its ground is missing, and says what it skips"
)]

mod common;

use std::path::{Path, PathBuf};

use common::{Home, answer, outcomes};
use serde_json::Value;

fn file(home: &Home, name: &str, text: &str) -> PathBuf {
    let path = home.folder.path().join(name);
    std::fs::write(&path, text).expect("a file");
    path
}

fn with_passphrase(home: &Home, passphrase: &Path, arguments: &[&str]) -> std::process::Output {
    let mut command = home.command();
    command.arg("--json").arg("--passphrase-file").arg(passphrase).args(arguments);
    command.output().expect("the binary runs")
}

#[test]
fn the_passphrase_and_the_recovery_sheet_can_be_replaced() {
    let home = Home::new();
    let old = file(&home, "old", "correct horse \nsecond line\n");
    let new = file(&home, "new", "  another horse\r\n");
    assert!(with_passphrase(&home, &old, &["init"]).status.success());
    assert!(with_passphrase(&home, &old, &["case", "new", "test"]).status.success());
    let new_file = new.to_str().expect("a name");
    assert!(!with_passphrase(&home, &new, &["passphrase", "--new-passphrase-file", new_file]).status.success());
    assert!(with_passphrase(&home, &old, &["passphrase", "--new-passphrase-file", new_file]).status.success());
    assert!(!with_passphrase(&home, &old, &["case", "list"]).status.success(), "the one before opens nothing");
    assert!(with_passphrase(&home, &new, &["case", "list"]).status.success());
    assert!(with_passphrase(&home, &file(&home, "trimmed", "another horse"), &["case", "list"]).status.success());

    let first = answer(&with_passphrase(&home, &new, &["recovery-sheet"]));
    let first = file(&home, "first key", first["recovery_key"].as_str().expect("a key"));
    assert!(with_passphrase(&home, &first, &["case", "list"]).status.success(), "the key opens it like a passphrase");
    let sheet = home.folder.path().join("sheet.pdf");
    let place = sheet.to_str().expect("a name");
    answer(&with_passphrase(&home, &first, &["recovery-sheet", "-o", place]));
    assert!(std::fs::read(&sheet).expect("a sheet").starts_with(b"%PDF"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&sheet).expect("a sheet").permissions().mode() & 0o777, 0o600);
    }
    assert!(!with_passphrase(&home, &first, &["case", "list"]).status.success(), "the sheet before opens nothing");
    let taken = with_passphrase(&home, &new, &["recovery-sheet", "-o", place]);
    assert!(!taken.status.success(), "a file that is there is not written over");
}

#[test]
fn a_study_is_deleted_for_good_by_its_uid_and_compaction_touches_nothing_else() {
    let home = Home::new();
    let disc = home.folder.path().join("disc");
    let mut bench = home.command();
    assert!(bench.args(["bench-disc", "--slices", "12"]).arg(&disc).status().expect("the binary runs").success());
    let report = file(&home, "report.txt", "CT CHEST\nFINDINGS: none.\nIMPRESSION: invented.\n");
    let first = home.import(&[&disc, &report]);
    let counted = |home: &Home| home.json(&["verify"])["objects"].as_u64().expect("a number");
    let before = counted(&home);
    assert_eq!(home.json(&["compact"])["unnamed"], 0, "the disc's own table of contents stays too");
    assert_eq!(counted(&home), before);

    let shown = home.json(&["case", "show", "test"]);
    let study = shown["series"][0]["study"].as_str().expect("a study").to_owned();
    let unknown = home.command().args(["purge", "1.2.3", "--case", "test", "--yes"]).output().expect("the binary runs");
    assert!(!unknown.status.success());
    let purged = home.json(&["purge", &study, "--case", "test", "--yes"]);
    assert_eq!(purged["purged"], 13, "twelve images and the list of them");
    home.json(&["compact"]);
    home.verify();
    assert!(home.json(&["case", "show", "test"])["series"].as_array().expect("series").is_empty());
    let images = |answer: &Value| outcomes(answer).iter().filter(|(_, outcome, _)| outcome == "kept").count();
    let again = home.import(&[&disc, &report]);
    assert_eq!(images(&again), images(&first) - 1, "all but the report comes again");
    home.verify();
}

#[test]
fn a_locked_file_is_opened_by_a_password_that_nobody_else_can_see_and_goes_with_what_was_in_it() {
    use std::io::Write;
    let home = Home::new();
    let place = home.folder.path().join("portal.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&place).expect("a file"));
    let locked = zip::write::SimpleFileOptions::default().with_aes_encryption(zip::AesMode::Aes256, "sesame");
    zip.start_file("report.txt", locked).expect("an entry");
    zip.write_all(b"CT CHEST\nFINDINGS: none.\nIMPRESSION: invented.\n").expect("its text");
    zip.finish().expect("an archive");
    home.import(&[&place]);
    let waiting = home.json(&["decide", "list", "--case", "test"]);
    let group = waiting["groups"][0]["id"].as_str().expect("a group").to_owned();
    let unlock = |name: &str, text: &str| {
        let password = file(&home, name, text);
        let mut command = home.command();
        command.args(["--json", "decide", "unlock", &group, "--case", "test", "--password-file"]).arg(password);
        command.output().expect("the binary runs")
    };
    assert!(!unlock("wrong", "open\n").status.success());
    assert!(unlock("right", "sesame\n").status.success());
    let shown = home.json(&["case", "show", "test"]);
    let document = shown["documents"][0]["id"].as_str().expect("a document");
    home.json(&["purge", document, "--case", "test", "--yes"]);
    home.verify();
    // What is left is the reports of the two imports.
    home.json(&["compact"]);
    assert_eq!(home.json(&["verify"])["objects"], 2);
}
