//! What FHIR has no place for, carried whole: each resource of a full export has an extension that holds the fact, the
//! medicine or the treatment it was made of, as it was, and who stood for it. Our own reader takes that first and reads
//! no code or words of such a resource; others pass it over. What a file says of a person's confirmation is told and
//! never taken for one: only a person of the case confirms anything in it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use consilium_casefile::PartialDate;
use consilium_casefile::facts::{Fact, Medication, MedicationStatus, Section, Treatment};
use consilium_casefile::reading::{PersonWord, Region};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::bundle::Entries;
use super::write::{OWN_DOCUMENTS, line, push};
use super::{AgreedMedicine, ExportFact, ExportMedication, ExportTreatment};

/// Address of the extension.
const WHOLE: &str = "urn:consilium:whole";
/// Most that is taken of one file; no record is this large.
const MOST: usize = 200_000;
/// Work spent on finding lines: entries times lines.
const PLACING_BUDGET: usize = 40_000_000;

/// Who stood for something where it was exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// A program read it.
    MachineRead,
    /// A structured record had it as an entry of its own.
    Recorded,
    /// A person confirmed, corrected, typed or agreed on it.
    Confirmed,
}

impl Standing {
    fn of(confirmed: bool, coded: bool) -> Self {
        match (confirmed, coded) {
            (true, _) => Self::Confirmed,
            (false, true) => Self::Recorded,
            (false, false) => Self::MachineRead,
        }
    }
}

/// What a resource was made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A fact.
    Fact(Fact),
    /// A medicine.
    Medication(Medication),
    /// A treatment.
    Treatment(Treatment),
    /// Nothing of its own: other resources say it all.
    Part,
}

/// One thing carried whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// Which thing of the export it is; two resources of one thing have the same.
    pub key: String,
    /// Who stood for it.
    pub standing: Standing,
    /// Date of service of the record that says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<PartialDate>,
    /// The words it is shown under.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// What a person said of it, there or in a case before. Files of older versions do not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word: Option<PersonWord>,
    /// The identifier of the record that says it, as the file names its documents; empty where a person does.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub record: String,
    /// The thing.
    pub what: What,
}

fn carry(entries: &Entries<'_>, resource: &mut Value, carried: &Carried) {
    if !entries.carries {
        return;
    }
    if let Ok(text) = serde_json::to_string(carried) {
        push(resource, "extension", json!({ "url": WHOLE, "valueString": ascii(&text) }));
    }
}

/// JSON with every character beyond ASCII escaped: FHIR forbids some of them in a string.
fn ascii(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if matches!(c, ' '..='~') {
            escaped.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    escaped
}

pub(super) fn carry_fact(entries: &Entries<'_>, resource: &mut Value, index: usize, fact: &ExportFact) {
    let carried = Carried {
        key: format!("fact {index}"),
        standing: Standing::of(fact.confirmed, fact.coded),
        on: fact.source.date,
        label: line(&fact.label).unwrap_or_default(),
        word: fact.word.clone(),
        record: fact.source.id.clone(),
        what: What::Fact(fact.fact.clone()),
    };
    carry(entries, resource, &carried);
}

pub(super) fn carry_medication(entries: &Entries<'_>, resource: &mut Value, index: usize, of: &ExportMedication) {
    let carried = Carried {
        key: format!("medication {index}"),
        standing: Standing::of(of.confirmed, false),
        on: of.source.date,
        label: line(&of.medication.name).unwrap_or_default(),
        word: of.word.clone(),
        record: of.source.id.clone(),
        what: What::Medication(of.medication.clone()),
    };
    carry(entries, resource, &carried);
}

pub(super) fn carry_agreed(entries: &Entries<'_>, resource: &mut Value, index: usize, of: &AgreedMedicine) {
    let name = line(&of.name).unwrap_or_default();
    let medication = Medication {
        name: name.clone(),
        ingredient: Some(name.to_lowercase()).filter(|n| !n.is_empty()),
        code: None,
        dose: line(&of.dosage),
        route: None,
        frequency: None,
        status: if of.stopped { MedicationStatus::Stopped } else { MedicationStatus::Active },
        since: of.since,
        until: None,
        reason: None,
        start: 0,
        end: 0,
        quote: String::new(),
    };
    let carried = Carried {
        key: format!("agreed {index}"),
        standing: Standing::Confirmed,
        on: None,
        label: name,
        word: of.word.clone(),
        record: String::new(),
        what: What::Medication(medication),
    };
    carry(entries, resource, &carried);
}

pub(super) fn carry_treatment(entries: &Entries<'_>, resource: &mut Value, index: usize, of: &ExportTreatment) {
    let carried = Carried {
        key: format!("treatment {index}"),
        standing: Standing::of(of.confirmed, false),
        on: of.source.date,
        label: line(&of.treatment.what).unwrap_or_default(),
        word: of.word.clone(),
        record: of.source.id.clone(),
        what: What::Treatment(of.treatment.clone()),
    };
    carry(entries, resource, &carried);
}

/// Marks a resource that says nothing but what others say whole.
pub(super) fn carry_part(entries: &Entries<'_>, resource: &mut Value, key: &str) {
    let what = What::Part;
    let (key, label) = (key.to_owned(), String::new());
    let record = String::new();
    let carried = Carried { key, standing: Standing::MachineRead, on: None, label, word: None, record, what };
    carry(entries, resource, &carried);
}

/// A file of ours, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Carrier {
    /// What its resources carry whole, in the order of the file, each thing once.
    pub carried: Vec<Carried>,
    /// The file without those resources and without the files it holds unchanged, as JSON: to be read by codes.
    pub rest: Vec<u8>,
}

impl Carrier {
    /// Takes a bundle of ours apart; `None` where nothing is carried whole: it is another's file.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let marked = std::str::from_utf8(bytes).is_ok_and(|text| text.contains(WHOLE));
        let mut bundle: Value = marked.then(|| serde_json::from_slice(bytes).ok()).flatten()?;
        let entries = bundle.get_mut("entry").and_then(Value::as_array_mut)?;
        let mut keys = HashSet::new();
        let mut carried = Vec::new();
        entries.retain(|entry| {
            let Some(resource) = entry.get("resource") else { return true };
            // Files that are in here unchanged are documents of their own beside this one.
            if resource.get("resourceType").and_then(Value::as_str) == Some("Bundle") {
                return false;
            }
            let Some(whole) = whole(resource).filter(|_| carried.len() < MOST) else { return true };
            if keys.insert(whole.key.clone()) && whole.what != What::Part {
                carried.push(whole);
            }
            false
        });
        if keys.is_empty() {
            return None;
        }
        Some(Self { carried, rest: serde_json::to_vec(&bundle).ok()? })
    }

    /// Leaves out what records say that stand beside the file and speak for themselves, named by their identifiers. What a
    /// person said of something stays: no record tells it.
    #[must_use]
    pub fn without_records(mut self, beside: &HashSet<String>) -> Self {
        self.carried.retain(|carried| carried.word.is_some() || !beside.contains(&carried.record));
        self
    }

    /// The things at their places in the file's laid-out text: in lines that show the words and the value of each. What
    /// the text does not show has the place 0..0 and no quote. Facts are no main answer yet and stand in the body.
    #[must_use]
    pub fn placed(mut self, text: &str) -> Placed {
        let mut lines = Lines::of(text);
        lines.is_small = self.carried.len().saturating_mul(lines.rows.len()) <= PLACING_BUDGET;
        let (mut facts, mut medications, mut treatments) = (Vec::new(), Vec::new(), Vec::new());
        for Carried { on, label, what, word, .. } in self.carried.drain(..) {
            let word = word.map(told);
            match what {
                What::Fact(mut fact) => {
                    let prefix = fact.qualifiers.prefix.as_deref().unwrap_or_default();
                    let (span, quote) = lines.find(&label, &[&format!("{prefix}{}", fact.value), &fact.value]);
                    (fact.start, fact.end, fact.quote) = (span.start, span.end, quote);
                    (fact.main, fact.section) = (false, Section::Body);
                    fact.date = fact.date.or(on);
                    facts.push((fact, word));
                }
                What::Medication(mut medication) => {
                    let (span, quote) = lines.find(&label, &[]);
                    (medication.start, medication.end, medication.quote) = (span.start, span.end, quote);
                    medications.push((medication, word));
                }
                What::Treatment(mut treatment) => {
                    let (span, quote) = lines.find(&label, &[]);
                    (treatment.start, treatment.end, treatment.quote) = (span.start, span.end, quote);
                    treatments.push((treatment, word));
                }
                What::Part => {}
            }
        }
        Placed { facts, medications, treatments }
    }
}

/// The documents in a file of ours: the identifier of each, and its bytes. None of another's file.
#[must_use]
pub fn records_in(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let marked = std::str::from_utf8(bytes).is_ok_and(|text| text.contains(WHOLE));
    let bundle: Option<Value> = marked.then(|| serde_json::from_slice(bytes).ok()).flatten();
    let Some(entries) = bundle.as_ref().and_then(|bundle| bundle["entry"].as_array()) else { return Vec::new() };
    let binaries: HashMap<&str, &str> =
        entries.iter().filter_map(|e| Some((e["fullUrl"].as_str()?, e["resource"]["data"].as_str()?))).collect();
    let documents = entries.iter().map(|entry| &entry["resource"]).filter(|r| r["resourceType"] == "DocumentReference");
    let record = |document: &Value| {
        let own = document["identifier"].as_array()?.iter().find(|id| id["system"] == OWN_DOCUMENTS)?;
        let attachment = &document["content"][0]["attachment"];
        let bytes = STANDARD.decode(binaries.get(attachment["url"].as_str()?)?).ok()?;
        // Of another length than was written down: it was changed on the way, and is not what the file speaks of.
        let same = attachment["size"].as_u64() == Some(bytes.len() as u64);
        same.then(|| Some((own["value"].as_str()?.to_owned(), bytes)))?
    };
    documents.filter_map(record).collect()
}

/// What a file carries whole, at its places, each with what a person of its case said of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Placed {
    /// Facts.
    pub facts: Vec<(Fact, Option<PersonWord>)>,
    /// Medicines.
    pub medications: Vec<(Medication, Option<PersonWord>)>,
    /// Treatments.
    pub treatments: Vec<(Treatment, Option<PersonWord>)>,
}

/// Longest name of a record that is kept of a word, characters.
const LONGEST_NAME: usize = 200;

/// A word as it may be shown, whatever a file says: a region that is none on a page is left out.
fn told(word: PersonWord) -> PersonWord {
    let record = line(&word.record).unwrap_or_default().chars().take(LONGEST_NAME).collect();
    let on_page = |r: &Region| [r.x0, r.y0, r.x1, r.y1].iter().all(|side| (0.0..=1.0).contains(side));
    PersonWord { record, region: word.region.filter(on_page), ..word }
}

fn whole(resource: &Value) -> Option<Carried> {
    let extensions = resource.get("extension").and_then(Value::as_array)?;
    let own = extensions.iter().find(|e| e.get("url").and_then(Value::as_str) == Some(WHOLE))?;
    serde_json::from_str(own.get("valueString").and_then(Value::as_str)?).ok()
}

/// Lines of a text, each with its first character in code points; those with like words are taken one after the other.
struct Lines<'t> {
    rows: Vec<(usize, &'t str)>,
    taken: BTreeMap<(String, String), usize>,
    is_small: bool,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        let mut start = 0;
        let rows = text.split('\n').map(|row| {
            let at = start;
            start += row.chars().count() + 1;
            (at, row)
        });
        Self { rows: rows.collect(), taken: BTreeMap::new(), is_small: true }
    }

    fn find(&mut self, label: &str, values: &[&str]) -> (Range<usize>, String) {
        let nowhere = (0..0, String::new());
        if !self.is_small || label.is_empty() {
            return nowhere;
        }
        let values = values.iter().copied().filter(|v| !v.is_empty()).chain([""]);
        for value in values {
            let fits = |(_, row): &&(usize, &str)| row.contains(label) && row.contains(value);
            let fitting: Vec<&(usize, &str)> = self.rows.iter().filter(fits).collect();
            let taken = self.taken.entry((label.to_owned(), value.to_owned())).or_default();
            let Some((start, row)) = fitting.get(*taken).or_else(|| fitting.last()).copied() else { continue };
            *taken += 1;
            let words = row.trim();
            let begin = start + row.chars().take_while(|c| c.is_whitespace()).count();
            return (begin..begin + words.chars().count(), words.to_owned());
        }
        nowhere
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_in_ascii_is_the_same_json() {
        let odd = json!({ "a": "é\u{1f600}\u{fffe}\u{0}\"\\" });
        let text = ascii(&odd.to_string());
        assert!(text.chars().all(|c| matches!(c, ' '..='~')));
        assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(odd));
    }

    #[test]
    fn another_s_file_is_left_alone() {
        assert_eq!(Carrier::of(br#"{"resourceType":"Bundle","entry":[]}"#), None);
        assert_eq!(Carrier::of(br#"{"resourceType":"Bundle","entry":[{"resource":{"extension":[{"url":"urn:consilium:whole","valueString":"{"}]}}]}"#), None);
        assert_eq!(Carrier::of(b"urn:consilium:whole"), None);
    }

    #[test]
    fn like_lines_are_taken_one_after_the_other_and_counted_in_characters() {
        let mut lines = Lines::of("é\n  Grade  G2\n  Grade  G2");
        assert_eq!(lines.find("Grade", &["G2"]), (4..13, "Grade  G2".to_owned()));
        assert_eq!(lines.find("Grade", &["G2"]).0, 16..25);
        assert_eq!(lines.find("Stage", &["G2"]).0, 0..0);
    }
}
