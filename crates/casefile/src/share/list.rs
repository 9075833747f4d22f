//! A packet's list of contents as a program reads it (`PACKET.JSON`): written by whoever makes a packet, read by whoever
//! gets one. It says what the cover sheet and the index say, and nothing more. Nothing in it is trusted: what is read here
//! has sound forms and lengths, and whether the files are what it says is found out elsewhere. The format is described
//! in `docs/packet.md`.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::form::Form;
use crate::about::Cancer;
use crate::shared::ids::PacketId;
use crate::shared::message::Refusal;
use crate::shared::person::{PatientIdentity, PersonName};
use crate::shared::text;
use crate::shared::time::PartialDate;

// ---- things ----

/// Name of the list in a packet.
pub const PACKET_LIST: &str = "PACKET.JSON";
/// Pages that a packet has of its own beside its items and the list: no records.
pub const OWN_PAGES: [&str; 5] = ["PACKET.PDF", "INDEX.HTM", "README.TXT", "SHA256.TXT", "FAX.PDF"];
/// What the list calls its own form.
pub const LIST_FORMAT: &str = "consilium-packet";
/// Version that is written, and the newest that is read.
pub const LIST_VERSION: u32 = 1;
/// Largest list that is read, bytes.
pub const LARGEST_LIST: usize = 32 << 20;
const MOST_ITEMS: usize = 20_000;
const MOST_FILES: usize = 400_000;
const MOST_MISSING: usize = 1_000;
const MOST_SERIES: usize = 2_000;
/// Longest words taken over, characters; what is longer is cut.
const LONGEST_WORDS: usize = 300;

/// `PACKET.JSON`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PacketList {
    /// [`LIST_FORMAT`].
    pub format: String,
    /// [`LIST_VERSION`].
    pub version: u32,
    /// The packet's id.
    pub packet: PacketId,
    /// The sender's short name of the case.
    pub case: String,
    /// The head of the sender's ledger, as the cover prints it.
    pub chain_head: String,
    /// The day it was made.
    #[serde(default)]
    pub made_on: Option<PartialDate>,
    /// For which centre.
    #[serde(default)]
    pub prepared_for: Option<String>,
    /// Whole, or for blind reading.
    pub edition: Edition,
    /// What the cover says of the edition, where it is not the whole one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub edition_words: String,
    /// The packet it follows, where it holds only what is new or changed since.
    #[serde(default)]
    pub since: Option<PacketId>,
    /// Whether a fax edition is in it.
    #[serde(default)]
    pub fax: bool,
    /// Whose records, as the cover says it.
    #[serde(default)]
    pub person: ListedPerson,
    /// Which cancer, as the cover says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancer: Option<Cancer>,
    /// What is in it, in the order of the index.
    pub items: Vec<ListedItem>,
    /// What changed since the packet it follows, as the cover says it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ListedChange>,
    /// What the sender says is missing, incomplete or withheld.
    #[serde(default)]
    pub missing: Vec<ListedMissing>,
}

/// Which edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edition {
    /// Everything the sender gives.
    Full,
    /// Without what would give the first team's plan away.
    Blind,
}

/// Whose records.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ListedPerson {
    /// Name as printed.
    #[serde(default)]
    pub name: String,
    /// Birth date.
    #[serde(default)]
    pub birth_date: Option<PartialDate>,
}

/// A document or an imaging study.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// A document.
    Document,
    /// An imaging study.
    Study,
}

/// One item of a packet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedItem {
    /// Number in the index: `1`, or `ST1` for a study.
    pub number: String,
    /// Document or study.
    pub kind: ItemKind,
    /// Title in the index.
    #[serde(default)]
    pub title: String,
    /// What kind of document, in words; empty for a study.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub document_kind: String,
    /// The same as an id of `document-kinds.csv`, where the sender's software knows one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_kind_id: Option<String>,
    /// Date of service.
    #[serde(default)]
    pub date: Option<PartialDate>,
    /// Study Instance UID; a blind edition does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub study_instance_uid: Option<String>,
    /// Series of a study.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<ListedSeries>,
    /// SHA-256 of the document, or of the study's lines in `SHA256.TXT`, hexadecimal.
    pub sha256: String,
    /// Its files: one of a document, every image of a study.
    pub files: Vec<ListedFile>,
}

/// A series of a study.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedSeries {
    /// What it is called.
    #[serde(default)]
    pub description: String,
    /// DICOM modality.
    #[serde(default)]
    pub modality: String,
    /// Images the sender has.
    #[serde(default)]
    pub found: u32,
    /// Images there should be, where anything says so.
    #[serde(default)]
    pub expected: Option<u32>,
}

/// A file of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedFile {
    /// Place in the packet, with `/`.
    pub path: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Length.
    pub bytes: u64,
}

/// What changed since the packet that this one follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedChange {
    /// In words, as the cover says it.
    pub what: String,
    /// The record that the sender took back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recalls: Option<RecalledItem>,
}

/// A record of an earlier packet that its sender asks not to rely on any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecalledItem {
    /// The packet it was in.
    pub packet: PacketId,
    /// Its number there.
    pub number: String,
    /// Its checksum there, hexadecimal.
    pub sha256: String,
}

/// Something the sender says is missing or withheld.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedMissing {
    /// What.
    pub what: String,
    /// Why.
    #[serde(default)]
    pub why: String,
    /// Who holds it.
    #[serde(default)]
    pub holder: Option<String>,
}

impl PacketList {
    /// Whose records it says they are, to be held against files.
    #[must_use]
    pub fn identity(&self) -> PatientIdentity {
        let name = PersonName::from_display(&self.person.name);
        PatientIdentity { name, birth_date: self.person.birth_date, identifier: None }
    }

    /// An item by number.
    #[must_use]
    pub fn item(&self, number: &str) -> Option<&ListedItem> {
        self.items.iter().find(|item| item.number == number)
    }
}

impl ListedItem {
    /// The lines of its files as `SHA256.TXT` has them: what the item's own checksum is of, for a study.
    #[must_use]
    pub fn manifest_lines(&self) -> String {
        self.files.iter().map(|file| format!("{}  {}\n", file.sha256, file.path)).collect()
    }
}

// ---- rules ----

const FORM: Form = Form {
    name: LIST_FORMAT,
    newest: LIST_VERSION,
    no_json: "refusal-list-damaged",
    other: "refusal-list-unknown",
    newer: "refusal-list-newer",
    damaged: "refusal-list-damaged",
};

/// Reads a list. What a person will see of it is freed of characters that cannot be seen, and cut where it is long.
///
/// # Errors
/// A refusal that says in one sentence what is wrong: it is too large, no such list, of a newer version, damaged, has a
/// number or a path twice, or a path that leads out of the packet.
pub fn read(bytes: &[u8]) -> Result<PacketList, Refusal> {
    if bytes.len() > LARGEST_LIST {
        return Err(Refusal::new("refusal-list-too-large"));
    }
    let damaged = || Refusal::new("refusal-list-damaged");
    let mut list: PacketList = FORM.read(bytes)?;
    if !is_id(list.packet.as_str()) || list.since.as_ref().is_some_and(|since| !is_id(since.as_str())) {
        return Err(damaged());
    }
    let files = list.items.iter().map(|item| item.files.len()).sum::<usize>();
    let series = list.items.iter().map(|item| item.series.len()).sum::<usize>();
    let too_many = list.items.len() > MOST_ITEMS || files > MOST_FILES || list.changes.len() > MOST_ITEMS;
    if too_many || series > MOST_SERIES.max(files) || list.missing.len() > MOST_MISSING {
        return Err(Refusal::new("refusal-list-too-large"));
    }
    // One that follows another may bring nothing but what is not so any more.
    if list.items.is_empty() && (list.since.is_none() || list.changes.is_empty()) {
        return Err(damaged());
    }
    let recalls = |item: &RecalledItem| {
        let kind = if study_of(&item.number).is_some() { ItemKind::Study } else { ItemKind::Document };
        is_id(item.packet.as_str()) && is_number(&item.number, kind) && is_sha256(&item.sha256)
    };
    if !list.changes.iter().filter_map(|change| change.recalls.as_ref()).all(recalls) {
        return Err(damaged());
    }
    check_items(&list)?;
    tidy(&mut list);
    Ok(list)
}

/// No number and no path twice, and nothing that is no path of a packet.
fn check_items(list: &PacketList) -> Result<(), Refusal> {
    let damaged = || Refusal::new("refusal-list-damaged");
    let (mut numbers, mut paths) = (HashSet::new(), HashSet::new());
    for item in &list.items {
        if !is_number(&item.number, item.kind) {
            return Err(damaged());
        }
        if !numbers.insert(&item.number) {
            return Err(Refusal::new("refusal-list-twice").with("what", &item.number));
        }
        let one_file = item.kind == ItemKind::Document;
        if item.files.is_empty() || (one_file && item.files.len() != 1) || !is_sha256(&item.sha256) {
            return Err(damaged());
        }
        if item.study_instance_uid.as_deref().is_some_and(|uid| !is_uid(uid)) {
            return Err(damaged());
        }
        for file in &item.files {
            if !is_sha256(&file.sha256) {
                return Err(damaged());
            }
            if !is_path(&file.path) {
                return Err(Refusal::new("refusal-list-path"));
            }
            if !paths.insert(file.path.to_ascii_uppercase()) {
                return Err(Refusal::new("refusal-list-twice").with("what", &file.path));
            }
        }
    }
    Ok(())
}

/// An id of a packet or receipt: it stands in addresses.
pub(super) fn is_id(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (8..=64).contains(&text.len()) && text.chars().all(plain)
}

/// The number of a study in an index, counted from 1: `ST1`. Two letters, because a fax shows `I1` as 11, which is a document.
#[must_use]
pub fn study_number(place: usize) -> String {
    format!("ST{place}")
}

/// Which study a number names, counted from 1: `ST3`, or `I3` in packets of before.
#[must_use]
pub fn study_of(number: &str) -> Option<usize> {
    place_of(number.strip_prefix("ST").or_else(|| number.strip_prefix('I'))?)
}

/// `12` of a document, `ST3` of a study.
fn is_number(text: &str, kind: ItemKind) -> bool {
    match kind {
        ItemKind::Document => place_of(text).is_some(),
        ItemKind::Study => study_of(text).is_some(),
    }
}

fn place_of(digits: &str) -> Option<usize> {
    let plain =
        (1..=6).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit()) && !digits.starts_with('0');
    digits.parse().ok().filter(|_| plain)
}

/// 64 hexadecimal digits, small letters.
pub(super) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
}

fn is_uid(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// A plain relative path that stays inside the packet and is none of its own pages.
fn is_path(path: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    let own = |name: &&str| path.eq_ignore_ascii_case(name);
    path.len() <= 200
        && path.chars().all(plain)
        && path.split('/').all(|step| !step.is_empty() && step != "." && step != "..")
        && !OWN_PAGES.iter().any(own)
        && !own(&PACKET_LIST)
}

/// Words of others as they may be shown.
pub(super) fn shown(words: &str, most: usize) -> String {
    let seen: String = words
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !text::has_hidden_characters(c.encode_utf8(&mut [0; 4])))
        .collect();
    let one_line = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    if one_line.chars().count() <= most {
        return one_line;
    }
    let cut: String = one_line.chars().take(most.saturating_sub(1)).collect();
    format!("{cut}…")
}

fn tidy(list: &mut PacketList) {
    let words = |words: &mut String| *words = shown(words, LONGEST_WORDS);
    words(&mut list.case);
    words(&mut list.chain_head);
    words(&mut list.edition_words);
    words(&mut list.person.name);
    if let Some(cancer) = &mut list.cancer {
        words(&mut cancer.words);
        cancer.site.iter_mut().for_each(words);
    }
    list.prepared_for.iter_mut().for_each(words);
    for item in &mut list.items {
        words(&mut item.title);
        words(&mut item.document_kind);
        for series in &mut item.series {
            words(&mut series.description);
            words(&mut series.modality);
        }
    }
    for change in &mut list.changes {
        words(&mut change.what);
    }
    for missing in &mut list.missing {
        words(&mut missing.what);
        words(&mut missing.why);
        missing.holder.iter_mut().for_each(words);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn sound() -> Value {
        let sha = "a".repeat(64);
        json!({
            "format": "consilium-packet", "version": 1, "packet": "0190aaaa-0000-7000-8000-000000000001",
            "case": "rosa", "chain_head": "7 · abc", "made_on": "2026-10-05", "edition": "full",
            "person": { "name": "Rosa Example", "birth_date": "1971-03-14" },
            "items": [
                { "number": "1", "kind": "document", "title": "Pathology", "sha256": sha,
                  "files": [{ "path": "DOCS/D00001.PDF", "sha256": sha, "bytes": 5 }] },
                { "number": "I1", "kind": "study", "title": "CT", "sha256": sha, "study_instance_uid": "1.2.3",
                  "files": [{ "path": "DICOM/ST000001/SE000001/IM000001", "sha256": sha, "bytes": 5 }] }
            ],
            "missing": [{ "what": "The slides", "why": "Asked for." }], "changes": [],
            "of_a_later_version": { "is": "passed over" }
        })
    }

    fn why(value: &Value) -> String {
        read(value.to_string().as_bytes()).expect_err("it must be refused").0.key
    }

    #[test]
    fn a_sound_list_is_read_and_what_it_does_not_know_is_passed_over() {
        let list = read(sound().to_string().as_bytes()).unwrap();
        assert_eq!(list.items.len(), 2);
        assert_eq!(list.identity().name.unwrap().display(), "Rosa Example");
        assert_eq!(read(&serde_json::to_vec(&list).unwrap()).unwrap(), list, "written and read again it is the same");
    }

    #[test]
    fn a_list_that_is_damaged_hostile_or_of_the_future_is_refused_with_its_reason() {
        let with = |pointer: &str, value: Value| {
            let mut list = sound();
            *list.pointer_mut(pointer).unwrap() = value;
            why(&list)
        };
        let damaged = "refusal-list-damaged";
        for (pointer, value, expect) in [
            ("/format", json!("zip"), "refusal-list-unknown"),
            ("/format", json!(7), damaged),
            ("/version", json!(2), "refusal-list-newer"),
            ("/version", json!(u64::MAX), "refusal-list-newer"),
            ("/version", json!(0), damaged),
            ("/version", json!("1"), damaged),
            ("/packet", json!("../../etc"), damaged),
            ("/packet", json!(""), damaged),
            ("/packet", json!(null), damaged),
            ("/edition", json!("secret"), damaged),
            ("/made_on", json!("yesterday"), damaged),
            ("/person", json!("Rosa"), damaged),
            ("/items", json!({}), damaged),
            ("/items", json!([]), damaged),
            ("/items/0/number", json!("0"), damaged),
            ("/items/0/number", json!("ST1"), damaged),
            ("/items/0/number", json!("1\u{202e}"), damaged),
            ("/items/0/number", json!(1), damaged),
            ("/items/1/number", json!("1"), damaged),
            ("/items/0/kind", json!("program"), damaged),
            ("/changes", json!("none"), damaged),
            (
                "/changes",
                json!([{ "what": "gone", "recalls": { "packet": "x", "number": "1", "sha256": "a" } }]),
                damaged,
            ),
            ("/items/0/sha256", json!("A".repeat(64)), damaged),
            ("/items/0/sha256", json!("a"), damaged),
            ("/items/0/files", json!([]), damaged),
            ("/items/1/files", json!([]), damaged),
            ("/items/0/files/0/bytes", json!(-1), damaged),
            ("/items/0/files/0/sha256", json!(""), damaged),
            ("/items/1/study_instance_uid", json!("1.2/../3"), damaged),
            ("/items/0/files/0/path", json!("../D00001.PDF"), "refusal-list-path"),
            ("/items/0/files/0/path", json!("/etc/passwd"), "refusal-list-path"),
            ("/items/0/files/0/path", json!("DOCS/../../x"), "refusal-list-path"),
            ("/items/0/files/0/path", json!("C:\\x"), "refusal-list-path"),
            ("/items/0/files/0/path", json!("DOCS//x"), "refusal-list-path"),
            ("/items/0/files/0/path", json!("DOCS/a\u{0}b"), "refusal-list-path"),
            ("/items/0/files/0/path", json!("x".repeat(201)), "refusal-list-path"),
            ("/items/0/files/0/path", json!(""), "refusal-list-path"),
            ("/items/0/files/0/path", json!("packet.pdf"), "refusal-list-path"),
            ("/items/0/files/0/path", json!("PACKET.JSON"), "refusal-list-path"),
            ("/items/0/files/0/path", json!("dicom/st000001/SE000001/IM000001"), "refusal-list-twice"),
        ] {
            assert_eq!(with(pointer, value.clone()), expect, "{pointer} = {value}");
        }
        let mut nothing = sound();
        nothing["items"] = json!([]);
        nothing["changes"] = json!([{ "what": "A telephone number" }]);
        assert_eq!(why(&nothing), damaged, "nothing is changed of no packet");
        nothing["since"] = json!("0190aaaa-0000-7000-8000-000000000000");
        assert_eq!(read(nothing.to_string().as_bytes()).unwrap().changes[0].what, "A telephone number");
        let mut twice = sound();
        let again = twice["items"][0].clone();
        twice["items"].as_array_mut().unwrap().push(again);
        assert_eq!(why(&twice), "refusal-list-twice");
    }

    #[test]
    fn a_list_cut_anywhere_or_nested_without_end_is_refused_and_never_panics() {
        let whole = sound().to_string();
        for end in 0..whole.len() {
            assert!(read(&whole.as_bytes()[..end]).is_err(), "cut at {end}");
        }
        for place in 0..whole.len() {
            for bit in [1_u8, 0x20, 0x80] {
                let mut turned = whole.clone().into_bytes();
                turned[place] ^= bit;
                let _ = read(&turned);
            }
        }
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(read(deep.as_bytes()).is_err());
        assert!(read(&vec![b' '; LARGEST_LIST + 1]).is_err());
        let mut many = sound();
        let file = json!({ "path": "X", "sha256": "a".repeat(64), "bytes": 1 });
        many["items"][1]["files"] = Value::Array((0..=MOST_FILES).map(|_| file.clone()).collect());
        assert!(read(many.to_string().as_bytes()).is_err());
    }

    #[test]
    fn words_of_a_sender_are_shown_without_what_cannot_be_seen_and_cut() {
        let mut list = sound();
        list["items"][0]["title"] = json!(format!("safe\u{202e}gpj.exe\n{}", "x".repeat(5_000)));
        list["person"]["name"] = json!("Rosa\u{0} Example");
        let list = read(list.to_string().as_bytes()).unwrap();
        assert!(list.items[0].title.starts_with("safegpj.exe xx") && list.items[0].title.chars().count() <= 300);
        assert_eq!(list.person.name, "Rosa Example");
    }

    #[test]
    fn a_study_is_numbered_with_two_letters_and_a_packet_of_before_with_one() {
        assert_eq!((study_number(3), study_of("ST3"), study_of("I3")), ("ST3".to_owned(), Some(3), Some(3)));
        for none in ["3", "ST", "ST0", "ST03", "S3", "st3", "ST-1", "I+1", "ST1234567", "ST１"] {
            assert_eq!(study_of(none), None, "{none}");
        }
        assert!(is_number("3", ItemKind::Document) && !is_number("ST3", ItemKind::Document));
        assert!(is_number("I3", ItemKind::Study) && !is_number("3", ItemKind::Study));
    }
}
