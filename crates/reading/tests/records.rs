//! Structured records of public and synthetic corpora, where `CONSILIUM_CORPORA` names their folder: what their codes say,
//! with every quote at its place, and figures of how much of it was found in the text.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests fail and report as tests do")]

mod common;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

use common::reader;
use consilium_casefile::facts::{Concept, Context, Polarity, StatementKind};
use consilium_casefile::records::FileFormat;
use consilium_formats::coded::coded;
use consilium_formats::readable::readable;
use consilium_reading::{Record, merge};

/// The files of an archive of a corpus; empty, with a word why, where it is absent.
fn files(archive: &str) -> Vec<(String, Vec<u8>)> {
    let Some(folder) = std::env::var_os("CONSILIUM_CORPORA").map(PathBuf::from) else {
        println!("skipped: CONSILIUM_CORPORA names no folder");
        return Vec::new();
    };
    let Ok(file) = std::fs::File::open(folder.join(archive)) else {
        println!("skipped: {archive} is absent");
        return Vec::new();
    };
    let mut files = Vec::new();
    for entry in tar::Archive::new(flate2::read::GzDecoder::new(file)).entries().unwrap() {
        let mut entry = entry.unwrap();
        if entry.header().entry_type().is_file() {
            let path = entry.path().unwrap().to_string_lossy().into_owned();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            files.push((path, bytes));
        }
    }
    files.sort();
    files
}

#[derive(Default)]
struct Figures {
    files: usize,
    statements: BTreeMap<StatementKind, usize>,
    facts: BTreeMap<String, usize>,
    medications: usize,
    ingredients: usize,
    doses: usize,
    treatments: usize,
    spans: usize,
    all: usize,
    dropped_by_merge: usize,
}

impl Figures {
    /// Reads one file, holds its quotes to their places, and counts.
    fn take(&mut self, path: &str, format: FileFormat, bytes: &[u8]) -> (String, Record) {
        let text = readable(format, bytes).map(|r| r.text()).unwrap_or_default();
        let statements = coded(format, bytes);
        let record = reader().read_coded(&text, &statements);
        self.files += 1;
        for statement in &statements {
            *self.statements.entry(statement.kind).or_default() += 1;
        }
        let characters: Vec<char> = text.chars().collect();
        let mut hold = |start: usize, end: usize, quote: &str| {
            let at: String = characters[start..end].iter().collect();
            assert_eq!(at, quote, "{path}");
            self.all += 1;
            self.spans += usize::from(!quote.is_empty());
        };
        for fact in &record.facts {
            hold(fact.start, fact.end, &fact.quote);
            *self.facts.entry(fact.concept.to_string()).or_default() += 1;
        }
        for m in &record.medications {
            hold(m.start, m.end, &m.quote);
            self.medications += 1;
            self.ingredients += usize::from(m.ingredient.is_some());
            self.doses += usize::from(m.dose.is_some());
        }
        for t in &record.treatments {
            hold(t.start, t.end, &t.quote);
            self.treatments += 1;
        }
        let from_text = reader().read(&text).facts;
        let before = from_text.len() + record.facts.len();
        let merged = merge(&text, from_text, &record);
        self.dropped_by_merge += before - merged.len();
        (text, record)
    }

    fn print(&self, name: &str) {
        println!("{name}: {} files, statements {:?}", self.files, self.statements);
        println!("  facts {:?}", self.facts);
        println!(
            "  {} medicines ({} with ingredient, {} with dose), {} treatments, {} of {} found in the text, {} text facts gave way",
            self.medications,
            self.ingredients,
            self.doses,
            self.treatments,
            self.spans,
            self.all,
            self.dropped_by_merge
        );
    }
}

#[test]
fn the_cancers_of_synthetic_patients_are_facts_at_their_lines() {
    let files = files("fhir-synthea-cancer/synthea-cancer-dev.tar.gz");
    if files.is_empty() {
        return;
    }
    let folder = PathBuf::from(std::env::var_os("CONSILIUM_CORPORA").unwrap());
    let expected = std::fs::read(folder.join("fhir-synthea-cancer/expected-dev.json")).unwrap();
    let expected: Vec<serde_json::Value> = serde_json::from_slice(&expected).unwrap();
    let mut figures = Figures::default();
    for (path, bytes) in &files {
        let (_, record) = figures.take(path, FileFormat::FhirJson, bytes);
        let name = expected.iter().find(|e| path.ends_with(e["file"].as_str().unwrap())).unwrap();
        for cancer in name["cancer_conditions"].as_array().unwrap() {
            let words = cancer["text"].as_str().unwrap();
            let found = record.facts.iter().any(|f| f.concept == Concept::TOPOGRAPHY && f.quote.contains(words));
            // Where a spread is, is not where the tumour began.
            let is_spread = words.starts_with("Secondary") || words.starts_with("Metastasis");
            assert_eq!(found, !is_spread, "{path}: {words}");
            let onset: consilium_casefile::PartialDate = cancer["onset"].as_str().unwrap()[..10].parse().unwrap();
            let morphology = record.facts.iter().filter(|f| f.concept == Concept::MORPHOLOGY && f.date == Some(onset));
            let behaviour = if is_spread {
                "/6"
            } else if words.starts_with("Neoplasm") {
                "/1"
            } else if words.contains("in situ") {
                "/2"
            } else {
                "/3"
            };
            let said = morphology.clone().find(|f| f.value.ends_with(behaviour));
            let polarity = if behaviour == "/1" { Polarity::Uncertain } else { Polarity::Present };
            assert_eq!(said.map(|f| f.polarity), Some(polarity), "{path}: {words}");
        }
    }
    figures.print("Synthea");
}

#[test]
fn staging_of_mcode_fixtures_has_its_prefix_and_category() {
    let mut figures = Figures::default();
    let mut stages = Vec::new();
    for (path, bytes) in files("mcode-fixtures/mcode-fixtures.tar.gz") {
        if !path.ends_with(".json") {
            continue;
        }
        let (_, record) = figures.take(&path, FileFormat::FhirJson, &bytes);
        for fact in record.facts {
            if [Concept::T, Concept::N, Concept::M, Concept::STAGE_GROUP].contains(&fact.concept) {
                let prefix = fact.qualifiers.prefix.unwrap_or_default();
                stages.push(format!("{}={prefix}{}", fact.concept, fact.value));
            }
        }
    }
    if figures.files == 0 {
        return;
    }
    figures.print("mCODE fixtures");
    stages.sort();
    stages.dedup();
    println!("  {stages:?}");
    for expected in ["t=cT3", "n=cN3", "m=cM0", "t=pT3", "n=pN3", "stage_group=cIIIC", "stage_group=pIIIC"] {
        assert!(stages.iter().any(|s| s == expected), "{expected} is missing of {stages:?}");
    }
}

#[test]
fn documents_of_vendors_have_medicines_allergies_and_problems() {
    let mut figures = Figures::default();
    for archive in ["ccda-vendor/ccda-vendor-dev.tar.gz", "ccda-hl7-examples/ccda-hl7-examples.tar.gz"] {
        for (path, bytes) in files(archive) {
            if [".xml", ".XML", ".ccda"].iter().any(|e| path.ends_with(e)) {
                let (_, record) = figures.take(&path, FileFormat::Cda, &bytes);
                for fact in &record.facts {
                    assert!(fact.concept != Concept::FAMILY_HISTORY || fact.context == Context::Family, "{path}");
                    let value = fact.value.to_lowercase();
                    let no_allergen = ["substance", "active", "completed", "drug"].contains(&value.as_str());
                    assert!(fact.concept != Concept::ALLERGY || !no_allergen, "{path}: {fact:?}");
                    let denies = value.starts_with("no known");
                    assert!(!denies || fact.polarity == Polarity::Absent, "{path}: {fact:?}");
                }
            }
        }
    }
    if figures.files > 0 {
        figures.print("C-CDA");
        assert!(figures.medications > 0 && figures.facts.contains_key("allergy"));
    }
}

#[test]
fn messages_have_their_diagnoses_and_medicines() {
    let mut figures = Figures::default();
    for (path, bytes) in files("hl7v2-and-ccda-with-expected-fhir/hl7v2-ccda.tar.gz") {
        if path.ends_with(".hl7") {
            figures.take(&path, FileFormat::Hl7v2, &bytes);
        }
    }
    if figures.files > 0 {
        figures.print("HL7 v2");
        assert!(figures.statements.contains_key(&StatementKind::Condition));
    }
}

/// What the words of a FHIR bundle say, as the reader reads the text that is laid out of it.
fn said_in_words(resources: &str) -> Vec<String> {
    let bundle = format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{resources}]}}"#);
    let text = readable(FileFormat::FhirJson, bundle.as_bytes()).unwrap().text();
    common::read(&text).facts.iter().map(common::line).collect()
}

#[test]
fn a_code_and_the_name_of_its_system_are_read_as_no_value() {
    let score = |value: &str| {
        format!(
            r#"{{"resource":{{"resourceType":"Observation","status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"72383-3"}}],"text":"HER2 score"}},"valueCodeableConcept":{{"text":"{value}"}}}}}}"#
        )
    };
    assert_eq!(said_in_words(&score("1+")), ["her2_ihc=!negative", "her2_ihc_score=1+"]);
    // A score that is no score stays none, whatever digits its code has.
    assert_eq!(said_in_words(&score("see comment")), [""; 0]);
    let condition = r#"{"resource":{"resourceType":"Condition","code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"C50.912"}],"text":"Breast tumor, greatest dimension"}}}"#;
    let found = said_in_words(condition);
    assert!(!found.iter().any(|fact| fact.starts_with("tumor_size")), "{found:?}");
}
