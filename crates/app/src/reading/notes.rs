//! Why a line of page one has several values, and which record says which: one sentence or two, by source number.

use std::collections::{BTreeMap, BTreeSet};

use consilium_casefile::Message;
use consilium_casefile::facts::{Concept, Polarity};
use consilium_casefile::reading::{CaseFact, Relation, SaidWords, Setting, Summary, SummaryLine, Why, holds_many};

use super::page_one::{ValueSaid, ValueWords};
use super::words::{Say, capital};

/// Numbers named at most for one value in one setting: all of them stand beside the value.
const MOST_NUMBERS: usize = 3;

/// What there is to explain about a line, before its sources have numbers: a page and a packet count them each in its own
/// way.
#[derive(Debug, Clone)]
pub struct Note {
    why: Option<String>,
    each: Vec<SaidIn>,
}

/// What some records say, and in which of them, by the setting they look at.
#[derive(Debug, Clone)]
struct SaidIn {
    value: String,
    places: BTreeMap<Setting, BTreeSet<String>>,
}

impl Note {
    /// The note in words. `number` is the number of a document; one without a number is not counted.
    pub(crate) fn words<N: Ord + ToString>(&self, number: impl Fn(&str) -> Option<N>, say: Say<'_>) -> Option<String> {
        let each: Vec<String> = self.each.iter().map(|said| said.words(&number, say)).collect();
        let each = (!each.is_empty()).then(|| say(&Message::new("note-each").with("said", capital(&each.join("; ")))));
        let parts: Vec<String> = self.why.clone().into_iter().chain(each).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

impl SaidIn {
    /// `on the biopsy (2), told in a note (6): equivocal`
    fn words<N: Ord + ToString>(&self, number: &impl Fn(&str) -> Option<N>, say: Say<'_>) -> String {
        let place = |(setting, of): (&Setting, &BTreeSet<String>)| {
            let setting = say(&Message::new(setting_key(*setting)));
            let of: BTreeSet<N> = of.iter().filter_map(|document| number(document)).collect();
            let more = of.len().saturating_sub(MOST_NUMBERS);
            let listed: Vec<String> = of.iter().take(MOST_NUMBERS).map(ToString::to_string).collect();
            let listed = listed.join(", ");
            let numbers = match more {
                _ if of.is_empty() => return setting,
                0 => listed,
                more => say(&Message::new("list-and-more").with("shown", listed).with("count", more)),
            };
            say(&Message::new("note-place").with("setting", setting).with("numbers", numbers))
        };
        let places: Vec<String> = self.places.iter().map(place).collect();
        say(&Message::new("note-said").with("places", places.join(", ")).with("value", &self.value))
    }
}

/// The note of a line with several values; `None` where there is nothing to explain.
pub(super) fn note(summary: &Summary<'_>, line: &SummaryLine, values: &[ValueWords], say: Say<'_>) -> Option<Note> {
    if values.len() < 2 || holds_many(&line.concept) {
        return None;
    }
    let why = reason(summary, line).map(|key| say(&Message::new(key)));
    // Which part of an organ is spoken of differs from record to record for no reason worth a line.
    if line.concept == Concept::TOPOGRAPHY {
        return why.map(|why| Note { why: Some(why), each: Vec::new() });
    }
    let said = line.values.iter().zip(values).flat_map(|(value, words)| value.each.iter().zip(&words.each));
    let mut each: Vec<SaidIn> = said.filter_map(|(said, words)| which(summary, said, words)).collect();
    each.sort_by_key(|said| said.places.keys().next().copied());
    (why.is_some() || !each.is_empty()).then_some(Note { why, each })
}

/// The key of the sentence that says why, where there is a reason.
fn reason(summary: &Summary<'_>, line: &SummaryLine) -> Option<&'static str> {
    let facts = || line.values.iter().flat_map(|v| &v.facts).filter_map(|p| summary.facts.get(*p));
    match line.relation {
        Some(_) if line.unclear => Some("note-tumor-unclear"),
        Some(Relation::Conflict) => None,
        Some(Relation::Expected(why)) => Some(match why {
            Why::BiopsyAgainstResection => "note-biopsy-resection",
            Why::ClinicalAgainstPathologic => "note-clinical-pathologic",
            Why::AnotherOperation => "note-another-operation",
            Why::BeforeAgainstAfterTreatment => "note-before-after",
            Why::Amended => "note-amended",
            Why::AnotherDay => "note-another-day",
        }),
        None if facts().any(|f| f.fact.polarity == Polarity::Uncertain) => Some("note-open"),
        None if line.values.len() > 1 && apart(&facts().collect::<Vec<_>>()) => None,
        None => Some("note-more"),
    }
}

/// Whether values stand beside each other because they are of several things (two margins, two scores), or of counts and
/// measures that no rule holds against each other: none of them says more exactly what another says.
fn apart(facts: &[&CaseFact<'_>]) -> bool {
    let narrows = |fact: &CaseFact<'_>| {
        let of = &fact.fact.qualifiers;
        (of.site.clone(), of.system.clone(), of.gene.clone(), of.method.clone())
    };
    let first = facts.first().map(|fact| narrows(fact));
    let answers: BTreeSet<_> = facts.iter().map(|fact| fact.fact.polarity as u8).collect();
    let number = |fact: &&CaseFact<'_>| fact.fact.value.starts_with(|c: char| c.is_ascii_digit() || "<>".contains(c));
    answers.len() > 1 || facts.iter().any(|fact| Some(narrows(fact)) != first) || facts.iter().all(number)
}

/// The records that say this, by their settings; `None` where no record does.
fn which(summary: &Summary<'_>, said: &SaidWords, words: &ValueSaid) -> Option<SaidIn> {
    let mut places: BTreeMap<Setting, BTreeSet<String>> = BTreeMap::new();
    for fact in said.facts.iter().filter_map(|p| summary.facts.get(*p)) {
        places.entry(fact.setting).or_default().insert(fact.key.document.to_string());
    }
    (!places.is_empty()).then(|| SaidIn { value: words.words.clone(), places })
}

fn setting_key(setting: Setting) -> &'static str {
    match setting {
        Setting::Biopsy => "setting-biopsy",
        Setting::Resection => "setting-resection",
        Setting::ReExcision => "setting-re-excision",
        Setting::AfterTreatment => "setting-after-treatment",
        Setting::Clinical => "setting-clinical",
        Setting::Told => "setting-told",
    }
}
