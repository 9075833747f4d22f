//! Reading text in pictures, with a program of the tests in the place of tesseract: what it answers, that two readings
//! of one case do not do the work twice, and that a reading that was killed is taken up again.

#![cfg(unix)]
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops where its ground is missing, and what it shares says what it skips"
)]

mod common;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use common::Home;
use serde_json::Value;

const HEAD: &str =
    "level\\tpage_num\\tblock_num\\tpar_num\\tline_num\\tword_num\\tleft\\ttop\\twidth\\theight\\tconf\\ttext\\n";

/// An uncompressed grey TIFF (TIFF 6.0, section 4) of a white page with dark lines.
fn picture(lines: u32) -> Vec<u8> {
    let (width, height) = (400_u32, 500_u32);
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    let data = 8 + 2 + 9 * 12 + 4;
    let entries: [(u16, u16, u32); 9] = [
        (256, 4, width),
        (257, 4, height),
        (258, 3, 8),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, data),
        (277, 3, 1),
        (278, 4, height),
        (279, 4, width * height),
    ];
    bytes.extend(9_u16.to_le_bytes());
    for (tag, kind, value) in entries {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend(0_u32.to_le_bytes());
    let dark = |x: u32, y: u32| y % 40 < 8 && y / 40 < lines && x % 7 < 4 && (40..360).contains(&x);
    bytes.extend((0..height).flat_map(|y| (0..width).map(move |x| if dark(x, y) { 0 } else { 255 })));
    bytes
}

/// A home with a scan in its case, and a program called tesseract that does this with a picture.
struct Ground {
    home: Home,
}

impl Ground {
    fn new(script: &str) -> Self {
        let home = Home::new();
        let folder = home.folder.path().join("box");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("scan.tif"), picture(9)).expect("a scan");
        let ground = Self { home };
        ground.answers(script);
        ground.home.import(&[&folder]);
        ground
    }

    fn programs(&self) -> PathBuf {
        self.home.folder.path().join("programs")
    }

    fn answers(&self, script: &str) {
        use std::os::unix::fs::PermissionsExt;
        std::fs::create_dir_all(self.programs()).expect("a folder");
        let file = self.programs().join("tesseract");
        let text =
            format!("#!/bin/sh\nif [ \"$1\" = --version ]; then echo tesseract 5.0 of a test; exit; fi\n{script}\n");
        std::fs::write(&file, text).expect("a program");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).expect("it may run");
    }

    fn recognise(&self) -> Command {
        let mut command = self.home.command();
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{path}", self.programs().display()));
        command.args(["--json", "recognise", "--case", "test"]);
        command
    }

    /// The answer and the complaint.
    fn read(&self) -> (Value, String) {
        let output = self.recognise().output().expect("the binary runs");
        let answer = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (answer, String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

fn counts(answer: &Value) -> [u64; 4] {
    ["due", "done", "empty", "failed"].map(|name| answer[name].as_u64().unwrap_or(99))
}

/// Waits for a file to be there.
fn wait_for(path: &Path, child: &mut Child) {
    let (_sender, never) = mpsc::channel::<()>();
    for _ in 0..600 {
        if path.exists() {
            return;
        }
        assert!(child.try_wait().expect("a child").is_none(), "it ended before its work began");
        let _ = never.recv_timeout(Duration::from_millis(50));
    }
    panic!("nothing happened for half a minute");
}

#[test]
fn words_are_read_once_and_an_answer_that_is_no_table_is_a_failed_page_with_a_sentence() {
    let ground = Ground::new("echo pT2 pN0 M0");
    for _ in 0..2 {
        let (answer, complaint) = ground.read();
        assert_eq!(counts(&answer), [1, 0, 0, 1], "{complaint}");
        let problems = answer["problems"].to_string();
        assert!(problems.contains("no words that can be used"), "{problems}");
    }
    ground.answers("exit 1");
    assert_eq!(counts(&ground.read().0), [1, 0, 0, 1]);
    let word = "5\\t1\\t1\\t1\\t1\\t1\\t40\\t40\\t90\\t20\\t96\\tInvented\\n";
    ground.answers(&format!("cat > /dev/null; printf '{HEAD}{word}'"));
    assert_eq!(counts(&ground.read().0), [1, 1, 0, 0]);
    assert_eq!(counts(&ground.read().0), [0, 0, 0, 0], "what was read is not read again");
}

#[test]
fn a_page_without_words_is_not_counted_as_read() {
    let ground = Ground::new(&format!("cat > /dev/null; printf '{HEAD}'"));
    assert_eq!(counts(&ground.read().0), [1, 0, 1, 0]);
    assert_eq!(counts(&ground.read().0), [0, 0, 0, 0], "there is nothing more to be found on it");
}

#[test]
fn two_readings_of_one_case_do_not_do_the_work_twice_and_one_that_was_killed_is_taken_up_again() {
    let ground = Ground::new("mkdir \"$0.begun\" 2>/dev/null; exec tail -f /dev/null");
    let begun = ground.programs().join("tesseract.begun");
    let mut first = ground.recognise().stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary runs");
    wait_for(&begun, &mut first);
    let refused = ground.read().0["error"].to_string();
    assert!(refused.contains("being read already"), "{refused}");
    first.kill().expect("killed");
    first.wait().expect("ended");
    ground.answers(&format!("cat > /dev/null; printf '{HEAD}'"));
    assert_eq!(counts(&ground.read().0), [1, 0, 1, 0], "a claim ends with who held it");
}
