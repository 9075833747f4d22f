//! What the front pages of a packet say, as plain values. Nothing here decides what belongs in a packet.

use consilium_casefile::shared::time::PartialDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Everything the cover sheet, the index and the timeline print.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Contents {
    /// The person of the case, as printed: `Rosa Example`.
    pub patient_name: String,
    /// Birth date, where stated.
    pub birth_date: Option<PartialDate>,
    /// The cancer in plain words.
    pub cancer: String,
    /// The centre this is for; `None` prints "not addressed".
    pub prepared_for: Option<String>,
    /// Day the packet was made.
    pub prepared_on: Option<PartialDate>,
    /// For a fax: larger type, and everything black.
    pub fax: bool,
    /// The registration sheet: label and words.
    pub contact: Vec<(String, String)>,
    /// What is new or changed since the packet this one follows; empty for a whole packet.
    pub changes: Vec<String>,
    /// The case's handle.
    pub case_handle: String,
    /// Hash of the ledger's last entry, printed so that a later rewriting shows.
    pub chain_head: String,
    /// Which edition this is, where it is not the whole one: `Blind-read edition: the first team's plan is withheld`.
    pub edition: Option<String>,
    /// When treatment is planned to start.
    pub planned_treatment_start: Option<PartialDate>,
    /// What a named doctor said about waiting; `None` prints "not stated".
    pub safe_waiting: Option<SafeWaiting>,
    /// What the person asks, most important first.
    pub questions: Vec<String>,
    /// Whether questions are withheld from this edition, whether there are any or not.
    pub questions_withheld: bool,
    /// The one-page summary; `None` where nothing was read.
    pub page_one: Option<PageOne>,
    /// Documents in packet order.
    pub documents: Vec<Document>,
    /// Imaging studies in packet order.
    pub studies: Vec<Study>,
    /// What is missing or incomplete.
    pub missing: Vec<Missing>,
    /// What happened when, oldest first.
    pub timeline: Vec<Event>,
    /// Files found with the records and left out because they name another person.
    pub set_aside: u32,
    /// The merged PDF's path in the packet, for the HTML index.
    pub merged_pdf: Option<String>,
}

/// The one-page summary: what records say, each line with the numbers of the documents it stands in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PageOne {
    /// What records do not agree on.
    pub conflicts: Vec<String>,
    /// Findings read from pictures that nobody has confirmed; they are on no line.
    pub unconfirmed: usize,
    /// Lines under headings.
    pub groups: Vec<PageOneGroup>,
    /// Of a blind edition: kinds of fact of which records that are withheld tell more than stands here.
    pub lacks: Vec<String>,
}

/// A heading with its lines.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PageOneGroup {
    /// The heading.
    pub heading: String,
    /// Its lines.
    pub lines: Vec<PageOneLine>,
    /// What stands in the place of lines where there are none; none prints "not stated".
    pub blank: Option<String>,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PageOneLine {
    /// What it is about; empty for a line of a list.
    pub label: String,
    /// What records say; none prints `blank`.
    pub values: Vec<PageOneValue>,
    /// What stands in the place of values where there are none; none prints "not stated".
    pub blank: Option<String>,
    /// Whether the values contradict each other.
    pub conflict: bool,
    /// Where there are several values: why, and which record says which.
    pub note: Option<String>,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PageOneValue {
    /// What each record says of it in its own words, the fullest first.
    pub said: Vec<PageOneSaid>,
    /// Whether a person confirmed it in every source.
    pub confirmed: bool,
    /// Who, as a reader of the packet may know it.
    pub by: Option<String>,
    /// How many of its sources a person confirmed, where not all are: `1 of 2 sources confirmed`.
    pub partly: Option<String>,
}

/// One wording of a value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PageOneSaid {
    /// In words.
    pub words: String,
    /// Numbers of the documents: `2, 5`.
    pub sources: String,
    /// What is not clear about it: `which tumor is not clear`.
    pub doubt: Option<String>,
}

/// What a doctor said about how long waiting is safe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SafeWaiting {
    /// Who said it.
    pub by: String,
    /// The words.
    pub said: String,
    /// When.
    #[serde(default)]
    pub on: Option<PartialDate>,
}

/// Pages of the merged PDF, both counted from 1 and included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRange {
    /// First page.
    pub from: usize,
    /// Last page.
    pub to: usize,
}

impl PageRange {
    /// `7` or `7–9`.
    #[must_use]
    pub fn human(self) -> String {
        if self.from == self.to { self.from.to_string() } else { format!("{}–{}", self.from, self.to) }
    }
}

/// One numbered document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Document {
    /// Its number in the index, such as `1`.
    pub number: String,
    /// Title.
    pub title: String,
    /// Kind in words, such as `Pathology report`.
    pub kind: String,
    /// Date of service.
    pub date: Option<PartialDate>,
    /// Author.
    pub author: Option<String>,
    /// Facility.
    pub facility: Option<String>,
    /// Where it stands in the merged PDF; filled in by [`set`](super::set).
    pub pages: Option<PageRange>,
    /// Path of the untouched original in the packet, such as `DOCS/001.PDF`.
    pub original: Option<String>,
    /// SHA-256 of the original, hexadecimal.
    pub sha256: Option<String>,
    /// What a reader must know: `scan: not searchable`, `names the patient without a birth date`.
    pub notes: Vec<String>,
}

/// One imaging study.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Study {
    /// Its number in the index, such as `I1`.
    pub number: String,
    /// Study date.
    pub date: Option<PartialDate>,
    /// Description.
    pub description: String,
    /// Modalities, such as `MR`.
    pub modalities: Vec<String>,
    /// Where it was made.
    pub facility: Option<String>,
    /// Its series.
    pub series: Vec<Series>,
    /// Folder in the packet, such as `DICOM/ST000001`.
    pub folder: Option<String>,
    /// What a reader must know: that it names somebody else.
    pub notes: Vec<String>,
}

/// One series of a study.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Series {
    /// Description.
    pub description: String,
    /// Modality.
    pub modality: String,
    /// Images found.
    pub found: u32,
    /// Images there should be, where anything says so.
    pub expected: Option<u32>,
    /// Numbers of absent images, such as `87–90`; empty when not known.
    pub gaps: String,
}

impl Series {
    /// `complete`, `incomplete: 4 of 120 images missing (87–90)`, or that nothing states how many there should be.
    #[must_use]
    pub fn state(&self) -> String {
        match self.expected {
            Some(expected) if expected > self.found => {
                let gaps = if self.gaps.is_empty() { String::new() } else { format!(" (no. {})", self.gaps) };
                format!("INCOMPLETE: {} of {expected} missing{gaps}", expected - self.found)
            }
            Some(_) => "complete".to_owned(),
            None => "total not stated".to_owned(),
        }
    }
}

/// Something the packet lacks.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Missing {
    /// What is missing or incomplete.
    pub what: String,
    /// Why, and what was done: `requested 3 October 2026, no answer`.
    pub why: String,
    /// Who holds it, where known.
    pub holder: Option<String>,
}

/// One line of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Event {
    /// When, as far as stated.
    pub date: Option<PartialDate>,
    /// What happened.
    pub what: String,
    /// The number of the document or study that says so.
    pub source: Option<String>,
}

fn human(date: Option<PartialDate>) -> Option<String> {
    date.map(PartialDate::human)
}

impl Contents {
    /// The values the template prints, with dates and ranges in words.
    pub(super) fn printed(&self) -> Value {
        json!({
            "patient_name": self.patient_name,
            "birth_date": human(self.birth_date),
            "cancer": self.cancer,
            "prepared_for": self.prepared_for,
            "prepared_on": human(self.prepared_on),
            "fax": self.fax,
            "contact": self.contact,
            "changes": self.changes,
            "case_handle": self.case_handle,
            "chain_head": self.chain_head,
            "edition": self.edition,
            "treatment": human(self.planned_treatment_start),
            "waiting": self.safe_waiting.as_ref().map(|w| json!({"by": w.by, "said": w.said, "on": human(w.on)})),
            "questions": self.questions,
            "questions_withheld": self.questions_withheld,
            "page_one": self.page_one,
            "documents": self.documents.iter().map(|d| json!({
                "number": d.number,
                "title": d.title,
                "kind": d.kind,
                "date": human(d.date),
                "author": d.author,
                "facility": d.facility,
                "pages": d.pages.map(PageRange::human),
                "original": d.original,
                "sha256": d.sha256,
                "notes": d.notes,
            })).collect::<Vec<_>>(),
            "studies": self.studies.iter().map(|s| json!({
                "number": s.number,
                "date": human(s.date),
                "description": s.description,
                "modalities": s.modalities.join(", "),
                "facility": s.facility,
                "folder": s.folder,
                "notes": s.notes,
                "series": s.series.iter().map(|series| json!({
                    "description": series.description,
                    "modality": series.modality,
                    "found": series.found,
                    "state": series.state(),
                })).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "missing": self.missing,
            "timeline": self.timeline.iter().map(|e| json!({
                "date": human(e.date),
                "what": e.what,
                "source": e.source,
            })).collect::<Vec<_>>(),
            "set_aside": self.set_aside,
        })
    }
}
