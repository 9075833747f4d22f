//! One coded entry of a structured record in neutral words, the same for FHIR, C-CDA and HL7 v2: what the entry is,
//! which codes it carries, what value, and how certain. Types only. `consilium-formats` fills them, the crate
//! `consilium-reading` turns them into facts, medications and treatments.

use serde::{Deserialize, Serialize};

use super::Context;
use crate::shared::time::PartialDate;

/// A code of a code system.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Code {
    /// FHIR system URI where known (`http://loinc.org`), else the OID as `urn:oid:…`, else empty.
    pub system: String,
    /// The code.
    pub code: String,
    /// The display text in the record, if any.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub display: String,
}

/// A concept as a record states it: codes that mean the same, and words.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct CodedConcept {
    /// Its codes, in the order of the record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<Code>,
    /// The words for it as the record's text shows them; empty when there are none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementKind {
    /// A finding, a result, a score.
    #[default]
    Observation,
    /// A diagnosis or problem. Its concept is [`CodedStatement::concept`], also in C-CDA where it is the value.
    Condition,
    /// An operation or other procedure, radiation included.
    Procedure,
    /// A medicine ordered, taken, given or dispensed.
    Medication,
    /// An allergy or intolerance. Its concept is the substance.
    Allergy,
    /// A report with its type codes.
    Report,
    /// An illness of a relative; [`CodedStatement::relative`] says whose.
    FamilyHistory,
}

/// How far an entry can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementStatus {
    /// Final, active or completed, or no status is given.
    #[default]
    Stands,
    /// Of something that goes on: active, in progress.
    Active,
    /// Over: inactive, resolved, completed.
    Completed,
    /// Ended before its plan: stopped.
    Stopped,
    /// An order, a plan, a proposal: not yet so.
    Planned,
    /// Provisional or differential: it may be so.
    Uncertain,
    /// Not done, not taken, refuted.
    NotSo,
    /// Entered in error, deleted, withdrawn: it says nothing.
    Void,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum CodedValue {
    /// A number with its unit.
    Quantity {
        /// Decimal number with a point, as the record writes it.
        value: String,
        /// `<`, `<=`, `>` or `>=`; empty when it is exact.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        comparator: String,
        /// UCUM code or printed unit; empty when there is none.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        unit: String,
    },
    /// A range of numbers with their unit; an open end is empty.
    Range {
        /// Lower end.
        low: String,
        /// Upper end.
        high: String,
        /// UCUM code or printed unit.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        unit: String,
    },
    /// A coded concept.
    Concept(CodedConcept),
    /// Words.
    Text {
        /// The words.
        text: String,
    },
    /// A date.
    Date {
        /// The date.
        date: PartialDate,
    },
    /// Yes or no.
    Flag {
        /// Which.
        yes: bool,
    },
}

/// How a medicine is taken.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Dosage {
    /// The sentence of the record, where it has one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Amount at a time, `1 mg`, `1 tablet`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub dose: String,
    /// Route in the record's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub route: String,
    /// How often in plain words: `twice daily`, `every 6 hours`, `as needed`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub frequency: String,
}

/// One coded entry.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct CodedStatement {
    /// What it is.
    pub kind: StatementKind,
    /// What it is about.
    pub concept: CodedConcept,
    /// What is found; of a Procedure the outcome, of a Condition nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<CodedValue>,
    /// Values inside it, each about a concept of its own: components, members of a panel, stages of a condition,
    /// extensions that say something clinical.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<CodedComponent>,
    /// How far it can be relied on.
    #[serde(default)]
    pub status: StatementStatus,
    /// The record says that it is not so (`negationInd`, refuted, "no known allergy").
    #[serde(default)]
    pub negated: bool,
    /// Whose it is and when it was so, where the entry says it by a mark of its own, as ours do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
    /// Whether our own program read it in another record, and no person confirmed it: it stands, and is no final entry.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub machine_read: bool,
    /// Whether it is the main answer of the record it was taken from, where the file is an export of ours that repeats other
    /// records.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub main: bool,
    /// The setting in which that record speaks (`reading::Setting`, by name).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setting: Option<String>,
    /// Why there is no value: FHIR data-absent-reason or a null flavour, as its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent: Option<String>,
    /// When it was so, or began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<PartialDate>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<PartialDate>,
    /// Body sites, with qualifiers such as the side as further concepts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<CodedConcept>,
    /// The specimen, as the record shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specimen: Option<String>,
    /// Method of a test, or staging system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<CodedConcept>,
    /// Interpretation: high, low, positive, negative.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interpretation: Vec<Code>,
    /// Reasons: why a medicine is given, a procedure done, or something ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<CodedConcept>,
    /// Of a medicine: how it is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dosage: Option<Dosage>,
    /// Of a family history: whose illness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relative: Option<CodedConcept>,
}

/// A value inside an entry.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct CodedComponent {
    /// What it is about.
    pub concept: CodedConcept,
    /// What is found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<CodedValue>,
    /// Why there is no value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent: Option<String>,
    /// Interpretation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interpretation: Vec<Code>,
}

impl CodedConcept {
    /// A concept of words alone.
    #[must_use]
    pub fn words(words: impl Into<String>) -> Self {
        Self { codes: Vec::new(), words: words.into() }
    }

    /// Whether it has neither code nor words.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty() && self.words.is_empty()
    }
}
