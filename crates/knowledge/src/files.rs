//! Which files there are, which of two is used, and what is said about a bad one. What the columns of a table mean
//! is in `tables`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use consilium_casefile::knowledge::Knowledge;
use fluent_bundle::FluentResource;
use include_dir::{Dir, DirEntry, include_dir};

use crate::{letters, tables};

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../knowledge");

/// A file larger than this is no table of ours: 4 MiB.
const LARGEST_FILE: u64 = 4 * 1024 * 1024;

/// What was loaded, and what was wrong with the edits.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Everything a rule may look up.
    pub knowledge: Knowledge,
    /// Edits that are not used, each with its place.
    pub complaints: Vec<Complaint>,
}

/// A bad edit: the file, the place, and one clear sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Path inside the folder `knowledge/`, with `/`.
    pub file: String,
    /// Line, counted from 1; 0 when it is about the file as a whole.
    pub line: u64,
    /// Column, counted from 1: of the table for a CSV file, of the line for a sentence file; 0 when unknown.
    pub column: u64,
    /// What is wrong and what to do.
    pub what: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "knowledge/{}", self.file)?;
        if self.line > 0 {
            write!(f, ", line {}", self.line)?;
        }
        if self.column > 0 {
            write!(f, ", column {}", self.column)?;
        }
        write!(f, ": {}", self.what)
    }
}

/// What is wrong with one file; the caller knows which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) line: u64,
    pub(crate) column: u64,
    pub(crate) what: String,
}

impl Problem {
    pub(crate) fn of_the_file(what: impl Into<String>) -> Self {
        Self { line: 0, column: 0, what: what.into() }
    }

    pub(crate) fn at(line: u64, column: u64, what: impl Into<String>) -> Self {
        Self { line, column, what: what.into() }
    }

    fn in_file(self, file: &str) -> Complaint {
        Complaint { file: file.to_owned(), line: self.line, column: self.column, what: self.what }
    }
}

/// Loads the built-in folder, with the files of `overlay` (a home's `knowledge` folder) laid over it one by one.
///
/// A table in the overlay replaces the built-in table of the same name. A sentence file replaces single sentences: what
/// it does not say stays as built in. A file that can not be read is a complaint and the built-in one is used.
#[must_use]
pub fn load(overlay: Option<&Path>) -> Loaded {
    let mut knowledge = Knowledge::default();
    let mut complaints = Vec::new();
    let mut used = BTreeMap::new();

    let mut embedded = BTreeMap::new();
    collect_embedded(&EMBEDDED, &mut embedded);
    for (name, text) in &embedded {
        match take(&mut knowledge, name, text) {
            Ok(true) => _ = used.insert(name.clone(), text.clone()),
            Ok(false) => {}
            Err(problem) => complaints.push(problem.in_file(name)),
        }
    }

    if let Some(folder) = overlay {
        let mut edited = BTreeMap::new();
        collect_overlay(folder, "", 0, &mut edited, &mut complaints);
        for (name, text) in &edited {
            match take(&mut knowledge, name, text) {
                Ok(true) if name.ends_with(".ftl") => _ = used.insert(format!("{name} (edited)"), text.clone()),
                Ok(true) => _ = used.insert(name.clone(), text.clone()),
                Ok(false) => complaints.push(
                    Problem::of_the_file(
                        "no file of this name is used; check the spelling against knowledge/README.md",
                    )
                    .in_file(name),
                ),
                Err(problem) => complaints.push(problem.in_file(name)),
            }
        }
    }

    let texts = tables::Texts(&used);
    complaints.extend(tables::cross_check(&knowledge, &texts).into_iter().map(|(file, problem)| problem.in_file(file)));
    knowledge.hash = hash(&used);
    Loaded { knowledge, complaints }
}

/// Reads one file into its place. `Ok(false)`: not a file that is used.
fn take(knowledge: &mut Knowledge, name: &str, text: &str) -> Result<bool, Problem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(path) = name.strip_prefix("wording/") {
        let Some((language, file)) = path.split_once('/') else { return Ok(false) };
        if !file.ends_with(".ftl") || file.contains('/') {
            return Ok(false);
        }
        if language.parse::<unic_langid::LanguageIdentifier>().is_err() {
            return Err(Problem::of_the_file(format!(
                "the folder \"{language}\" is no language tag; name it like \"en\" or \"es\""
            )));
        }
        check_sentences(text)?;
        knowledge.wording.push((language.to_owned(), file.to_owned(), text.to_owned()));
        return Ok(true);
    }
    if let Some(path) = name.strip_prefix("letters/") {
        let Some((language, id)) = path.split_once('/').and_then(|(l, f)| Some((l, f.strip_suffix(".letter")?))) else {
            return Ok(false);
        };
        let letter = letters::read(language, id, text)?;
        // An edited letter replaces the one of the same name and language.
        knowledge.letters.retain(|known| known.language != letter.language || known.id != letter.id);
        knowledge.letters.push(letter);
        return Ok(true);
    }
    tables::take(knowledge, name, text)
}

fn check_sentences(text: &str) -> Result<(), Problem> {
    let Err((_, errors)) = FluentResource::try_new(text.to_owned()) else { return Ok(()) };
    let offset = errors.first().map_or(0, |e| e.pos.start);
    let before = text.get(..offset).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let what = "this is no sentence in Fluent form; write it as: name-of-the-sentence = The words";
    Err(Problem::at(line as u64, column as u64, what))
}

fn collect_embedded(dir: &Dir<'static>, into: &mut BTreeMap<String, String>) {
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(inner) => collect_embedded(inner, into),
            DirEntry::File(file) => {
                if let (Some(path), Some(text)) = (file.path().to_str(), file.contents_utf8()) {
                    into.insert(path.replace('\\', "/"), text.to_owned());
                }
            }
        }
    }
}

/// Files a person or a computer leaves lying about that are no edits.
fn is_ignored(name: &str) -> bool {
    name.starts_with('.')
        || name.starts_with('~')
        || name.ends_with('~')
        || ["md", "txt", "bak"].iter().any(|e| name.rsplit_once('.').is_some_and(|(_, x)| x.eq_ignore_ascii_case(e)))
        || ["Thumbs.db", "desktop.ini"].contains(&name)
}

fn collect_overlay(
    folder: &Path,
    prefix: &str,
    depth: u8,
    into: &mut BTreeMap<String, String>,
    complaints: &mut Vec<Complaint>,
) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        if folder.exists() {
            let name = if prefix.is_empty() { "" } else { prefix };
            complaints.push(
                Problem::of_the_file("this folder could not be opened; check that you may read it").in_file(name),
            );
        }
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_ignored(&name) {
            continue;
        }
        let full = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        let path = entry.path();
        if path.is_dir() {
            if depth < 4 {
                collect_overlay(&path, &full, depth + 1, into, complaints);
            }
            continue;
        }
        match read_text(&path) {
            Ok(text) => _ = into.insert(full, text),
            Err(what) => complaints.push(Problem::of_the_file(what).in_file(&full)),
        }
    }
}

fn read_text(path: &Path) -> Result<String, &'static str> {
    let length = std::fs::metadata(path).map_err(|_| "the file could not be read; check that you may read it")?.len();
    if length > LARGEST_FILE {
        return Err("the file is larger than 4 MiB and is not used; a table here is small");
    }
    let bytes = std::fs::read(path).map_err(|_| "the file could not be read; check that you may read it")?;
    String::from_utf8(bytes).map_err(|_| "the file is not UTF-8 text; save it again as \"CSV UTF-8\"")
}

/// BLAKE3 over names and contents, each preceded by its length so that no two sets of files look alike.
fn hash(used: &BTreeMap<String, String>) -> String {
    let mut hasher = blake3::Hasher::new();
    for (name, text) in used {
        for part in [name, text] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
    }
    hex::encode(hasher.finalize().as_bytes())
}
