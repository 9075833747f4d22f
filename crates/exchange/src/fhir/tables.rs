//! The tables of `crates/exchange/data/fhir`, embedded and read once: shapes, and the codes that a profile fixes. A code
//! leaves this module only when its row is marked confirmed; what is not confirmed reads as if it were not there. Codes
//! of concepts do not live here but in `knowledge/concepts.csv`; they come with the export (`fhir::concept_codes`).

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::{Value, json};

/// A code with its system and display text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Coding {
    pub(super) system: String,
    pub(super) code: String,
    pub(super) display: String,
}

impl Coding {
    pub(super) fn json(&self) -> Value {
        let mut coding = json!({ "system": self.system, "code": self.code });
        if !self.display.is_empty() {
            coding["display"] = Value::from(self.display.as_str());
        }
        coding
    }
}

/// What a concept of a fact becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ConceptRow {
    /// Kind of resource or observation: `marker`, `tnm_t`, `finding`, `allergy` …
    pub(super) shape: String,
    /// Code of `observation-category`.
    pub(super) category: String,
}

/// A section of the International Patient Summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SectionRow {
    pub(super) name: String,
    pub(super) code: String,
    pub(super) title: String,
    pub(super) required: bool,
    pub(super) nothing: String,
}

/// A cardinality: of a resource type or the last part of a profile's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RequiredRow {
    pub(super) of: String,
    pub(super) path: Vec<String>,
    pub(super) min: usize,
    pub(super) max: usize,
}

/// A closed list of codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AllowedRow {
    pub(super) of: String,
    pub(super) path: Vec<String>,
    pub(super) codes: Vec<String>,
}

fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    reader.records().flatten().map(|record| record.iter().map(|field| field.trim().to_owned()).collect()).collect()
}

fn cell(row: &[String], index: usize) -> String {
    row.get(index).cloned().unwrap_or_default()
}

fn coding(row: &[String], at: usize) -> Option<Coding> {
    let coding = Coding { system: cell(row, at), code: cell(row, at + 1), display: cell(row, at + 2) };
    let confirmed = cell(row, at + 3) == "confirmed";
    (confirmed && !coding.system.is_empty() && !coding.code.is_empty()).then_some(coding)
}

fn path(text: &str) -> Vec<String> {
    text.split('.').map(str::to_owned).collect()
}

static CONCEPTS: LazyLock<HashMap<String, ConceptRow>> = LazyLock::new(|| {
    rows(include_str!("../../data/fhir/concepts.csv"))
        .iter()
        .map(|row| (cell(row, 0), ConceptRow { shape: cell(row, 1), category: cell(row, 2) }))
        .collect()
});

type Keyed = HashMap<(String, String), Coding>;

fn keyed(text: &str) -> Keyed {
    rows(text).iter().filter_map(|row| Some(((cell(row, 0), cell(row, 1)), coding(row, 2)?))).collect()
}

static STAGING: LazyLock<Keyed> = LazyLock::new(|| keyed(include_str!("../../data/fhir/staging.csv")));
static VALUES: LazyLock<Keyed> = LazyLock::new(|| keyed(include_str!("../../data/fhir/values.csv")));

static PROFILES: LazyLock<HashMap<String, (String, String)>> = LazyLock::new(|| {
    rows(include_str!("../../data/fhir/profiles.csv"))
        .iter()
        .map(|row| (cell(row, 0), (cell(row, 1), cell(row, 2))))
        .collect()
});

/// Sections in the order of the document.
pub(super) static SECTIONS: LazyLock<Vec<SectionRow>> = LazyLock::new(|| {
    rows(include_str!("../../data/fhir/sections.csv"))
        .iter()
        .map(|row| SectionRow {
            name: cell(row, 0),
            code: cell(row, 1),
            title: cell(row, 2),
            required: cell(row, 3) == "yes",
            nothing: cell(row, 4),
        })
        .collect()
});

/// Cardinalities.
pub(super) static REQUIRED: LazyLock<Vec<RequiredRow>> = LazyLock::new(|| {
    rows(include_str!("../../data/fhir/required.csv"))
        .iter()
        .map(|row| RequiredRow {
            of: cell(row, 0),
            path: path(&cell(row, 1)),
            min: cell(row, 2).parse().unwrap_or(0),
            max: cell(row, 3).parse().unwrap_or(usize::MAX),
        })
        .collect()
});

/// Closed lists of codes.
pub(super) static ALLOWED: LazyLock<Vec<AllowedRow>> = LazyLock::new(|| {
    rows(include_str!("../../data/fhir/allowed.csv"))
        .iter()
        .map(|row| AllowedRow {
            of: cell(row, 0),
            path: path(&cell(row, 1)),
            codes: cell(row, 2).split(' ').map(str::to_owned).collect(),
        })
        .collect()
});

/// What a concept becomes; a concept the table does not know is a finding without a code.
pub(super) fn concept(name: &str) -> ConceptRow {
    CONCEPTS
        .get(name)
        .cloned()
        .unwrap_or_else(|| ConceptRow { shape: "finding".to_owned(), category: "laboratory".to_owned() })
}

/// The code of a staging observation or method.
pub(super) fn staging(shape: &str, kind: &str) -> Option<Coding> {
    STAGING.get(&(shape.to_owned(), kind.to_owned())).cloned()
}

/// The code of a value.
pub(super) fn value(what: &str, value: &str) -> Option<Coding> {
    VALUES.get(&(what.to_owned(), value.to_owned())).cloned()
}

/// The profile of a kind of resource in mCODE.
pub(super) fn mcode_profile(kind: &str) -> Option<String> {
    PROFILES.get(kind).map(|p| p.0.clone()).filter(|p| !p.is_empty())
}

/// The profile of a kind of resource in the International Patient Summary.
pub(super) fn ips_profile(kind: &str) -> Option<String> {
    PROFILES.get(kind).map(|p| p.1.clone()).filter(|p| !p.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_concept_of_the_vocabulary_has_a_row() {
        for known in consilium_casefile::facts::Concept::KNOWN {
            assert!(CONCEPTS.contains_key(known.as_str()), "{known} is not in concepts.csv");
        }
    }

    #[test]
    fn a_concept_of_a_newer_version_is_a_finding_in_words() {
        assert_eq!(concept("thing_of_tomorrow").shape, "finding");
    }

    #[test]
    fn no_row_is_lost_to_a_misplaced_comma() {
        for (text, columns) in [
            (include_str!("../../data/fhir/concepts.csv"), 3),
            (include_str!("../../data/fhir/staging.csv"), 7),
            (include_str!("../../data/fhir/values.csv"), 7),
            (include_str!("../../data/fhir/sections.csv"), 5),
            (include_str!("../../data/fhir/profiles.csv"), 3),
            (include_str!("../../data/fhir/required.csv"), 4),
            (include_str!("../../data/fhir/allowed.csv"), 3),
        ] {
            let read = rows(text);
            assert_eq!(read.len(), text.lines().count() - 1);
            for row in read {
                assert_eq!(row.len(), columns, "{row:?}");
            }
        }
    }
}
