//! A treatment in a record: an operation, a line of systemic therapy, a course of radiation. Types only. A plan is kept
//! apart from what was done, and what was declined is neither.

use serde::{Deserialize, Serialize};

use super::Code;
use crate::shared::time::PartialDate;

/// One statement about a treatment.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Treatment {
    /// What kind of treatment.
    pub kind: TreatmentKind,
    /// The treatment in a few words: the operation, the regimen (`AC-T`), `radiation to the left breast`.
    pub what: String,
    /// Its code, where a structured record gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// Generic names of the drugs of a systemic treatment, lower case, in the order of the regimen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drugs: Vec<String>,
    /// Side, where stated: `left`, `right`, `bilateral`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub laterality: Option<String>,
    /// Day, or first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<PartialDate>,
    /// Last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<PartialDate>,
    /// Cycles or doses given (or planned, when [`Self::status`] says so).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cycles: Option<u32>,
    /// Dose of a radiation course or of a single drug, as written: `50 Gy in 25 fractions`, `80 mg/m2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dose: Option<String>,
    /// `neoadjuvant`, `adjuvant`, `palliative`, `curative`, `maintenance`, `prophylactic`, where stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// What was changed and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<TreatmentChange>,
    /// Whether it was given.
    pub status: TreatmentStatus,
    /// First character of the quote, in Unicode code points from the start of the document's text.
    pub start: usize,
    /// One past the last character of the quote.
    pub end: usize,
    /// The characters from `start` to `end`. Empty, with `start` and `end` 0, when a structured record says it by code
    /// only and its text does not show it.
    pub quote: String,
}

/// Kinds of treatment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TreatmentKind {
    /// Surgery, biopsies included.
    Operation,
    /// Chemotherapy, endocrine, targeted or immune therapy.
    Systemic,
    /// Radiation of any kind.
    Radiation,
    /// Anything else: transplant, ablation, embolisation.
    Other,
}

/// Whether a treatment was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TreatmentStatus {
    /// Given, wholly or as far as stated.
    Done,
    /// Begun and going on.
    Ongoing,
    /// Begun and ended before its plan.
    Stopped,
    /// Recommended, scheduled or ordered; not a treatment given.
    Planned,
    /// Offered and refused, or decided against.
    Declined,
    /// Named with its cycles or its dose, and no word or day that says that it was given or is planned: "TC x4".
    Mentioned,
}

impl TreatmentStatus {
    /// Whether it says that the treatment was begun: given, going on, or stopped.
    #[must_use]
    pub fn is_given(self) -> bool {
        matches!(self, Self::Done | Self::Ongoing | Self::Stopped)
    }
}

/// What was changed in a treatment, and why.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TreatmentChange {
    /// What was done.
    pub kind: ChangeKind,
    /// How much, as written: `20 %`, `to 60 mg/m2`, `after 8 weeks`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    /// Why, as written: `neutropenia`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// Kinds of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// The dose was made smaller.
    Reduced,
    /// A dose or cycle was put off, or treatment paused.
    Delayed,
    /// It was ended early.
    Stopped,
    /// Another drug was given instead.
    Switched,
}

impl Treatment {
    /// Whether it is a plan and not a treatment given.
    #[must_use]
    pub fn is_planned(&self) -> bool {
        self.status == TreatmentStatus::Planned
    }
}
