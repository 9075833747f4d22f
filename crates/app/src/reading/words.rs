//! Facts as rows for pages and programs: the fact, its words, and where it stands.

use consilium_casefile::facts::{Basis, Polarity};
use consilium_casefile::gather::HeldDocument;
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::reading::{CaseFact, FactKey, Region, Standing, concept_words, value_words};
use consilium_casefile::{CaseView, PartialDate};
use serde::Serialize;

/// One fact, ready to be shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FactWords {
    /// Id of the concept.
    pub concept: String,
    /// What a clinician calls it.
    pub label: String,
    /// The value as `knowledge/concepts.csv` forms it.
    pub value: String,
    /// Unit, in UCUM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The value in words.
    pub words: String,
    /// Whether somebody wrote it.
    pub basis: Basis,
    /// Whether it is said to be so.
    pub polarity: Polarity,
    /// `machine_read`, `recognised`, `confirmed`, `corrected`, `typed` or `rejected`.
    pub standing: &'static str,
    /// What the program had read, where a person corrected it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// Whether it is the text's main answer, about this person and now.
    pub speaks: bool,
    /// Document.
    pub document: String,
    /// What the document is called.
    pub title: String,
    /// Its date of service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<PartialDate>,
    /// Whether the document names no patient, and nobody said whose it is.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub names_no_one: bool,
    /// The specimen it was said of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub specimen: Option<String>,
    /// First character in the document's text, in code points; 0 for typed facts.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// The characters.
    pub quote: String,
    /// Page of a typed fact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Id of a typed fact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub typed: Option<String>,
    /// Where on its page a typed fact stands.
    #[serde(skip)]
    pub region: Option<Region>,
    /// What a person's word about it attaches to.
    #[serde(skip)]
    pub key: FactKey,
}

/// The words of a standing.
fn standing(standing: &Standing) -> &'static str {
    match standing {
        Standing::MachineRead => "machine_read",
        Standing::Recognised => "recognised",
        Standing::Confirmed { .. } => "confirmed",
        Standing::Corrected { .. } => "corrected",
        Standing::Typed { .. } => "typed",
        Standing::Rejected { .. } => "rejected",
    }
}

/// A fact of a view in words.
#[must_use]
pub fn fact_words(view: &CaseView<'_>, fact: &CaseFact<'_>, knowledge: &Knowledge) -> FactWords {
    let (page, region, typed) = match &fact.standing {
        Standing::Typed { page, region, id, .. } => (Some(*page), *region, Some(id.to_string())),
        _ => (None, None, None),
    };
    let was = match &fact.standing {
        Standing::Corrected { was, .. } => Some(was.clone()),
        _ => None,
    };
    FactWords {
        concept: fact.fact.concept.to_string(),
        label: concept_words(&fact.fact, knowledge),
        value: fact.fact.value.clone(),
        unit: fact.fact.unit.clone(),
        words: value_words(&fact.fact, knowledge),
        basis: fact.fact.basis,
        polarity: fact.fact.polarity,
        standing: standing(&fact.standing),
        was,
        speaks: fact.speaks(),
        document: fact.held.document.id.to_string(),
        title: document_words(view, fact.held, knowledge),
        date: fact.held.date(),
        names_no_one: fact.held.names_no_one(),
        specimen: fact.fact.specimen.clone(),
        start: fact.fact.start,
        end: fact.fact.end,
        quote: fact.fact.quote.clone(),
        page,
        typed,
        region,
        key: fact.key.clone(),
    }
}

/// What a source is called beside its date: the kind of document, which says more than a title of its own.
pub(super) fn document_words(view: &CaseView<'_>, held: &HeldDocument, knowledge: &Knowledge) -> String {
    match held.kind() {
        Some(kind) if kind.0 != "other" => knowledge.kind_label(kind).to_owned(),
        _ => view.title_of(held, knowledge).to_owned(),
    }
}
