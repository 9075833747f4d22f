//! What the tests of the binary share: a home of their own, commands, corpora.

#![allow(dead_code, clippy::allow_attributes, reason = "each test file uses its own part of this")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A home in a temporary folder.
pub struct Home {
    pub folder: tempfile::TempDir,
}

impl Home {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The binary with this home.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_consilium"));
        command.env("CONSILIUM_HOME", self.path()).env_remove("CONSILIUM_PASSPHRASE");
        command
    }

    /// Runs a command and reads its JSON answer; the exit code must be 0.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let output = self.command().arg("--json").args(arguments).output().expect("the binary runs");
        answer(&output)
    }

    /// Imports paths into the case `test`.
    pub fn import(&self, paths: &[&Path]) -> Value {
        let mut command = self.command();
        command.args(["--json", "import", "--case", "test"]).args(paths);
        answer(&command.output().expect("the binary runs"))
    }

    /// Panics unless `verify` finds everything as it was written.
    pub fn verify(&self) {
        let output = self.command().arg("verify").output().expect("the binary runs");
        assert!(output.status.success(), "verify: {}", String::from_utf8_lossy(&output.stdout));
    }
}

pub fn answer(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("a JSON answer")
}

/// (path, outcome, reason) of every file of an import's answer.
pub fn outcomes(answer: &Value) -> Vec<(String, String, String)> {
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let files = answer["files"].as_array().expect("files");
    files.iter().map(|f| (text(&f["path"]), text(&f["outcome"]), text(&f["reason"]))).collect()
}

/// The outcome and reason of the one file whose path ends so.
pub fn outcome_of(answer: &Value, ending: &str) -> (String, String) {
    let found: Vec<_> = outcomes(answer).into_iter().filter(|(path, ..)| path.ends_with(ending)).collect();
    match found.as_slice() {
        [(_, outcome, reason)] => (outcome.clone(), reason.clone()),
        other => panic!("{} files end in {ending}", other.len()),
    }
}

/// A corpus outside the repository, or `None` with a visible word that the test skips.
pub fn corpus(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("CONSILIUM_CORPORA").map(|root| Path::new(&root).join(name));
    match folder {
        Some(folder) if folder.is_dir() => Some(folder),
        _ => {
            println!("skipped: the corpus {name} is not on this machine (CONSILIUM_CORPORA)");
            None
        }
    }
}

/// Unpacks every tar.gz of a corpus into `into`.
pub fn unpack(corpus: &Path, into: &Path) {
    for file in std::fs::read_dir(corpus).expect("a corpus folder").flatten() {
        if file.path().extension().is_some_and(|e| e == "gz") && file.file_name().to_string_lossy().contains(".tar") {
            let packed = std::fs::File::open(file.path()).expect("an archive");
            tar::Archive::new(flate2::read::GzDecoder::new(packed)).unpack(into).expect("a whole archive");
        }
    }
}

/// Every file below a folder, relative, with `/`.
pub fn files_below(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder").flatten() {
            if entry.file_type().expect("a type").is_dir() {
                folders.push(entry.path());
            } else {
                let path = entry.path();
                let relative = path.strip_prefix(folder).expect("below the folder");
                all.push(relative.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    all.sort();
    all
}
