//! Facts about a cancer: what a record says, where it says it, and how sure it is. Types only, without rules: text is
//! read in the crate `consilium-reading`, structured records in `formats`, and what two facts mean to each other is
//! the business of the stages. Every fact can be shown beside the characters it came from.

mod coded;
mod concept;
mod medication;
mod treatment;

use serde::{Deserialize, Serialize};

pub use coded::{
    Code, CodedComponent, CodedConcept, CodedStatement, CodedValue, Dosage, StatementKind, StatementStatus,
};
pub use concept::Concept;
pub use medication::{Medication, MedicationStatus};
pub use treatment::{ChangeKind, Treatment, TreatmentChange, TreatmentKind, TreatmentStatus};

use crate::shared::time::PartialDate;

/// One thing a record says about the cancer or the person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fact {
    /// What the fact is about.
    pub concept: Concept,
    /// The value in the form `knowledge/concepts.csv` gives for the concept: a code, a category, or a decimal number
    /// with a point. A range keeps both ends, as in `30-35`; a bound keeps its sign, as in `<1`.
    pub value: String,
    /// Unit of a number, in UCUM: `mm`, `%`, `ng/mL`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Whether somebody wrote it, or it follows by arithmetic from what somebody wrote.
    pub basis: Basis,
    /// Whether it is said to be so, not so, or not known.
    pub polarity: Polarity,
    /// Whose and when: the present finding, history, a relative.
    #[serde(default, skip_serializing_if = "Context::is_current")]
    pub context: Context,
    /// The part of the report it stands in.
    #[serde(default, skip_serializing_if = "Section::is_body")]
    pub section: Section,
    /// What narrows the value: prefix of a TNM category, grading system, kind of score.
    #[serde(flatten)]
    pub qualifiers: Qualifiers,
    /// The specimen it was said of, by the report's own label: `A`, `2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specimen: Option<String>,
    /// The tumour it was said of, where the report numbers them: `1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tumour: Option<String>,
    /// When it was so, where the text says it of this fact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<PartialDate>,
    /// The reader's one main answer of this text to this concept; no other fact of the concept and text is marked.
    #[serde(default, skip_serializing_if = "is_false")]
    pub main: bool,
    /// First character of the quote, counted in Unicode code points from the start of the text.
    pub start: usize,
    /// One past the last character of the quote, in Unicode code points.
    pub end: usize,
    /// The characters from `start` to `end`, as they stand.
    pub quote: String,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// Whether somebody wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The record says it.
    Stated,
    /// Arithmetic on what the record says: a sum, or a published threshold. Never shown over a stated value.
    Derived,
}

/// Whether it is said to be so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Polarity {
    /// It is so.
    Present,
    /// It was looked for and is not so.
    Absent,
    /// Nobody looked; this is not absence.
    NotTested,
    /// Somebody looked and the specimen did not allow an answer.
    Insufficient,
    /// It may be so: suspected, favoured, not excluded, equivocal.
    Uncertain,
}

/// Whose fact it is and when it was so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Context {
    /// This person, the finding reported here.
    #[default]
    Current,
    /// This person, earlier: "history of", "status post", "previously".
    History,
    /// A relative.
    Family,
    /// What the sender thought before: clinical information, pre-operative diagnosis.
    Clinical,
    /// Another institution's words, quoted.
    Outside,
}

impl Context {
    /// Whether it is the finding reported here.
    #[must_use]
    pub fn is_current(&self) -> bool {
        *self == Self::Current
    }
}

/// The part of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Before the first heading, or in a text without headings.
    #[default]
    Body,
    /// The final diagnosis.
    Diagnosis,
    /// The list of elements, free or by a published template.
    Synoptic,
    /// Comment, note, interpretation.
    Comment,
    /// What was seen with the naked eye.
    Gross,
    /// What was seen under the microscope.
    Microscopic,
    /// Intra-operative consultation, frozen section: provisional.
    Frozen,
    /// Special stains, receptors, molecular studies.
    Ancillary,
    /// Clinical history and pre-operative diagnosis.
    Clinical,
    /// The specimens as they were submitted.
    Specimen,
    /// Added or amended after the report was signed.
    Addendum,
    /// Earlier or outside reports.
    Previous,
    /// Signatures, method statements, copyright, definitions: nothing is read here.
    Boilerplate,
}

impl Section {
    /// Whether it is the body of a text without headings.
    #[must_use]
    pub fn is_body(&self) -> bool {
        *self == Self::Body
    }
}

/// What narrows a value. Absent fields were not said.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Qualifiers {
    /// Of a TNM category: `c`, `p`, `yc`, `yp`, `r`, `rp`, `a`; also of a group or FIGO stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// Of a TNM category: `(m)`, `(sn)`, `(i-)`, `(f)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// Edition of the staging system as written: `7`, `8`, `2018`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// System of a grade, stage or score: `nottingham`, `figo`, `fuhrman`, `who_isup`, `who_cns`, `fnclcc`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Kind of score or test, and clone: `tps`, `cps`, `ihc`, `fish`, `22c3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Gene or protein by its HGNC symbol.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gene: Option<String>,
    /// What part it is about: a named margin, a nodal station, a relative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Where its document is an export that repeats other records, the setting in which its own record speaks; and where
    /// the words beside it say of which specimen it is ("13 mm (biopsy)"), that one (`reading::Setting`, by name).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setting: Option<String>,
}

impl Fact {
    /// Whether it says that something is so, here and now.
    #[must_use]
    pub fn is_current_finding(&self) -> bool {
        self.context.is_current() && self.polarity == Polarity::Present
    }
}
