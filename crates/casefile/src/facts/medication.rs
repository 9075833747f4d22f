//! A medicine in a record: what was written about it, and what it is made of. Types only. Whether two sources mean the
//! same medicine, and which of two doses holds, is the business of the stages.

use serde::{Deserialize, Serialize};

use super::Code;
use crate::shared::time::PartialDate;

/// One statement that a person takes, took, or is to take a medicine.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Medication {
    /// The medicine as written: `Zofran`, `lisinopril 10 MG Oral Tablet`.
    pub name: String,
    /// Generic name of the active ingredient, lower case; several joined by ` / ` in alphabetical order. `None` when the
    /// name is not in `knowledge/reading/drugs.csv`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ingredient: Option<String>,
    /// Its code: RxNorm where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// What is taken at a time, number and UCUM-like unit: `1 mg`, `175 mg/m2`, `1-2 tablet`. The strength of a product
    /// (`10 mg` in `lisinopril 10 MG Oral Tablet`, one tablet at a time) counts as the dose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dose: Option<String>,
    /// `oral`, `intravenous`, `subcutaneous`, `intramuscular`, `topical`, `inhaled` …; as written where it is none of the
    /// usual ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// In plain words: `once daily`, `twice daily`, `every 6 hours`, `every 3 weeks`, with `as needed` after a comma.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency: Option<String>,
    /// Whether it is taken.
    pub status: MedicationStatus,
    /// First day, where stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<PartialDate>,
    /// Last day, where stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<PartialDate>,
    /// What it is for, or why it was stopped, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// First character of the quote, in Unicode code points from the start of the document's text.
    pub start: usize,
    /// One past the last character of the quote.
    pub end: usize,
    /// The characters from `start` to `end`. Empty, with `start` and `end` 0, when a structured record says it by code
    /// only and its text does not show it.
    pub quote: String,
}

/// Whether a medicine is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MedicationStatus {
    /// It is being taken.
    Active,
    /// It was taken and no longer is.
    Stopped,
    /// It is to be taken: ordered, recommended, about to start. Not yet a treatment given.
    Planned,
    /// The record does not say.
    Unknown,
}
