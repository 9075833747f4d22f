//! In which setting a document speaks: on a biopsy, on what an operation removed, after treatment, from pictures, or
//! telling what others found. Two statements are held against each other within a setting; across settings a
//! difference is to be expected, and said to be one.

use serde::{Deserialize, Serialize};

use crate::facts::{Concept, Fact};
use crate::records::DocumentKind;

/// In which setting a statement was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// On a sample.
    Biopsy,
    /// On what an operation removed.
    Resection,
    /// On what a further operation removed where an earlier one had left some: another specimen of the same tumour.
    ReExcision,
    /// On what an operation removed after treatment of the tumour (`yp`).
    AfterTreatment,
    /// From pictures or examination, before any operation.
    Clinical,
    /// A note that tells what was found elsewhere.
    Told,
}

/// Procedures (`means` of `knowledge/reading/procedures.csv`) that take a sample.
const SAMPLES: [&str; 3] = ["biopsy", "core_biopsy", "fine_needle_aspiration"];
/// Procedures that may go with either.
const EITHER: [&str; 2] = ["sentinel_node_biopsy", "excisional_biopsy"];

/// The procedure that takes more from where an earlier operation has been.
const AGAIN: &str = "re_excision";

/// Whether a category is of an examination or of pictures (`cT2`): it may stand in the report of a biopsy.
fn is_clinical(fact: &Fact) -> bool {
    fact.qualifiers.prefix.as_deref().is_some_and(|prefix| prefix.contains('c'))
}

/// Kinds whose author looked at tissue.
fn looks_at_tissue(kind: &DocumentKind) -> bool {
    kind.is_of_tissue() || kind.0.starts_with("flow-cytometry")
}

impl Setting {
    const ALL: [Self; 6] =
        [Self::Biopsy, Self::Resection, Self::ReExcision, Self::AfterTreatment, Self::Clinical, Self::Told];

    /// Its name, as an export writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Biopsy => "biopsy",
            Self::Resection => "resection",
            Self::ReExcision => "re_excision",
            Self::AfterTreatment => "after_treatment",
            Self::Clinical => "clinical",
            Self::Told => "told",
        }
    }

    /// The setting of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|setting| setting.name() == name)
    }

    /// The setting of a document of this kind in which these facts stand.
    #[must_use]
    pub fn of<'f>(kind: Option<&DocumentKind>, facts: impl Iterator<Item = &'f Fact> + Clone) -> Self {
        if kind.is_some_and(|kind| kind.0.starts_with("radiology")) {
            return Self::Clinical;
        }
        if !kind.is_some_and(looks_at_tissue) {
            return Self::Told;
        }
        let current = || facts.clone().filter(|f| f.context.is_current());
        if current().any(|f| f.qualifiers.prefix.as_deref().is_some_and(|p| p.starts_with("yp"))) {
            return Self::AfterTreatment;
        }
        let procedures = || current().filter(|f| f.concept == Concept::PROCEDURE).map(|f| f.value.as_str());
        let sampled = procedures().any(|p| SAMPLES.contains(&p));
        let removed = procedures().any(|p| !SAMPLES.contains(&p) && !EITHER.contains(&p))
            || current().any(|f| f.concept == Concept::NODES_EXAMINED || f.concept == Concept::T && !is_clinical(f));
        if procedures().any(|p| p == AGAIN) {
            return Self::ReExcision;
        }
        match (sampled, removed) {
            (_, true) => Self::Resection,
            (true, false) => Self::Biopsy,
            (false, false) => Self::Told,
        }
    }
}
