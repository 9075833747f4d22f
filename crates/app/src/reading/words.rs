//! Facts as rows for pages and programs: the fact, its words, and where it stands.

use consilium_casefile::facts::{Basis, Polarity};
use consilium_casefile::gather::HeldDocument;
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::reading::{
    CaseFact, FactKey, HowSaid, PersonWord, Region, Standing, concept_words, value_words,
};
use consilium_casefile::{CaseView, Instant, Message, PartialDate};
use serde::Serialize;

/// Says a message in words.
pub type Say<'a> = &'a dyn Fn(&Message) -> String;

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
    /// Who confirmed, corrected, typed or rejected it, as whoever looks may know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said_at: Option<Instant>,
    /// What a person said of it in the case that its document is an export of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<String>,
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
    /// Whether it is not clear that it speaks of the tumour it is shown with.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub tumor_unclear: bool,
    /// Whether it describes a specimen without cancer, beside others of its report that have it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub without_cancer: bool,
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

impl FactWords {
    /// Whether a person stands for it.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        ["confirmed", "corrected", "typed"].contains(&self.standing)
    }
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

/// What a person said in the case that an imported export was made of.
pub(super) fn sent_message(word: &PersonWord) -> Message {
    let of_record = |key: &str| Message::new(key).with("record", word.record.clone());
    match (word.how, word.page) {
        (HowSaid::Typed, Some(page)) => of_record("sent-typed").with("page", page),
        (HowSaid::Confirmed, _) => of_record("sent-confirmed"),
        (HowSaid::Corrected, _) => of_record("sent-corrected"),
        (HowSaid::Agreed, _) => Message::new("sent-agreed"),
        (HowSaid::Typed | HowSaid::Stated, _) => Message::new("sent-stated"),
    }
}

/// A fact of a view in words.
#[must_use]
pub fn fact_words(view: &CaseView<'_>, fact: &CaseFact<'_>, knowledge: &Knowledge, say: Say<'_>) -> FactWords {
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
        by: fact.standing.said().map(|(by, _)| say(&view.who(by))),
        said_at: fact.standing.said().map(|(_, at)| at),
        sent: fact.sent.map(|word| say(&sent_message(word))),
        speaks: fact.speaks(),
        document: fact.held.document.id.to_string(),
        title: document_words(view, fact.held, knowledge),
        date: fact.held.date(),
        names_no_one: fact.held.names_no_one(),
        tumor_unclear: false,
        without_cancer: fact.without_cancer,
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
#[must_use]
pub fn document_words(view: &CaseView<'_>, held: &HeldDocument, knowledge: &Knowledge) -> String {
    match held.kind() {
        Some(kind) if kind.0 != "other" => knowledge.kind_label(kind).to_owned(),
        _ => view.title_of(held, knowledge).to_owned(),
    }
}

/// With a capital first letter, as a sentence or a line begins.
#[must_use]
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|c| c.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// First words of labels that are names and keep their capital within a sentence.
const NAMES: [&str; 11] =
    ["Ann", "Rai", "Binet", "Dukes", "Clark", "Gleason", "Nottingham", "Breslow", "Karnofsky", "Ki-67", "Lugano"];

/// A label within a sentence: `Regional nodes (N)` is `regional nodes (N)`, `HER2` and `Gleason score` stay.
#[must_use]
pub(super) fn within_sentence(label: &str) -> String {
    let first = label.split_whitespace().next().unwrap_or_default();
    let is_word = first.chars().skip(1).all(|c| c.is_lowercase() || c == '-');
    let mut letters = label.chars();
    match letters.next() {
        Some(letter) if is_word && first.chars().count() > 1 && !NAMES.contains(&first) => {
            letter.to_lowercase().chain(letters).collect()
        }
        _ => label.to_owned(),
    }
}

/// Numbers as one hand would write them: `20.0 mg` is `20 mg`.
#[must_use]
pub(super) fn plain_numbers(text: &str) -> String {
    let plain = |word: &str| match word.split_once('.') {
        Some((whole, part)) if whole.parse::<u64>().is_ok() && !part.is_empty() && part.bytes().all(|b| b == b'0') => {
            whole.to_owned()
        }
        _ => word.to_owned(),
    };
    text.split(' ').map(plain).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_keeps_the_capitals_that_are_its_own() {
        for (label, within) in [
            ("Regional nodes (N)", "regional nodes (N)"),
            ("HER2 by immunohistochemistry", "HER2 by immunohistochemistry"),
            ("Gleason score", "Gleason score"),
            ("Ki-67", "Ki-67"),
            ("PD-L1", "PD-L1"),
            ("Side", "side"),
            ("", ""),
        ] {
            assert_eq!(within_sentence(label), within);
        }
    }

    #[test]
    fn zeros_behind_the_point_say_nothing_and_are_left_out() {
        assert_eq!(plain_numbers("20.0 mg, oral"), "20 mg, oral");
        assert_eq!(plain_numbers("2.50 mg 1.0.0 ."), "2.50 mg 1.0.0 .");
    }
}
