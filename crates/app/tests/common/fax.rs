//! The fax edition as a machine prints it (one bit a dot, 200 dots an inch) and tesseract reads it, held against the words of
//! the bound packet.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::process::Command;

/// What of the words of a packet tesseract reads on its fax.
pub struct ReadBack {
    /// Words of the bound packet, each as often as it stands.
    pub written: usize,
    /// Those among them that were read on the fax.
    pub found: usize,
    /// The words of the bound packet, each once.
    pub words: BTreeSet<String>,
    /// Words that were not read each time: how often they stand, and how often they were read.
    pub missed: Vec<(String, usize, usize)>,
}

/// Every word as often as it stands, figures and codes as well: pN0 is not pNO. Of two editions the pages are counted
/// differently, so "page 3 of 9" and checksums, which no fax prints, are left out.
fn words(text: &str) -> HashMap<String, usize> {
    let mut counted = HashMap::new();
    let mut all = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).peekable();
    while let Some(word) = all.next() {
        if word.eq_ignore_ascii_case("page") && all.next_if(|next| next.bytes().all(|b| b.is_ascii_digit())).is_some() {
            all.nth(1);
        }
        let checksum = word.len() == 64 || word == "SHA" && all.next_if_eq(&"256").is_some();
        if !checksum {
            *counted.entry(word.to_owned()).or_default() += 1;
        }
    }
    counted
}

/// Reads the fax of a folder back; `None`, with a word on it, where the tools are not installed.
pub fn read_back(folder: &Path, bound: &str, fax: &str) -> Option<ReadBack> {
    let tools = ["tesseract", "pdftoppm", "pdftotext"];
    if let Some(absent) = tools.iter().find(|tool| Command::new(tool).arg("--version").output().is_err()) {
        assert!(std::env::var_os("CONSILIUM_REQUIRE_PEERS").is_none(), "{absent} is not installed");
        println!("skipped: the fax edition read back, {absent} is not installed");
        return None;
    }
    let run = |tool: &str, arguments: &[&str]| {
        let output =
            Command::new(tool).args(arguments).env("OMP_THREAD_LIMIT", "1").current_dir(folder).output().unwrap();
        assert!(output.status.success(), "{tool}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let written = words(&run("pdftotext", &[bound, "-"]));
    run("pdftoppm", &["-mono", "-r", "200", fax, "page"]);
    let mut pages: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    pages.retain(|p| p.extension().is_some_and(|e| e == "pbm"));
    pages.sort();
    // Two readers side by side, each of them with one thread.
    let read_all = |pages: &[std::path::PathBuf]| -> String {
        pages.iter().map(|page| run("tesseract", &[page.to_str().unwrap(), "-", "--dpi", "200"])).collect()
    };
    let (first, second) = pages.split_at(pages.len() / 2);
    let read = std::thread::scope(|scope| {
        let beside = scope.spawn(|| read_all(first));
        read_all(second) + &beside.join().unwrap()
    });
    let read = words(&read);
    let seen = |word: &String| read.get(word).copied().unwrap_or(0);
    let missed =
        written.iter().map(|(word, n)| (word.clone(), *n, seen(word))).filter(|(_, n, seen)| seen < n).collect();
    Some(ReadBack {
        written: written.values().sum(),
        found: written.iter().map(|(word, n)| (*n).min(seen(word))).sum(),
        words: written.into_keys().collect(),
        missed,
    })
}
