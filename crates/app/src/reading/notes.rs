//! Why a line of page one has several values, and which record says which: one sentence or two, by source number.

use std::collections::{BTreeMap, BTreeSet};

use consilium_casefile::Message;
use consilium_casefile::facts::{Concept, Polarity};
use consilium_casefile::reading::{CaseFact, Relation, SaidWords, Setting, Summary, SummaryLine, Why, holds_many};

use super::page_one::{ValueSaid, ValueWords};
use super::words::{Say, capital};

/// Numbers named at most for one value in one setting: all of them stand beside the value.
const MOST_NUMBERS: usize = 3;

/// The note of a line with several values; `None` where there is nothing to explain.
pub(super) fn note(summary: &Summary<'_>, line: &SummaryLine, values: &[ValueWords], say: Say<'_>) -> Option<String> {
    if values.len() < 2 || holds_many(&line.concept) {
        return None;
    }
    let why = reason(summary, line).map(|key| say(&Message::new(key)));
    // Which part of an organ is spoken of differs from record to record for no reason worth a line.
    if line.concept == Concept::TOPOGRAPHY {
        return why;
    }
    let said = line.values.iter().zip(values).flat_map(|(value, words)| value.each.iter().zip(&words.each));
    let mut each: Vec<(Setting, String)> = said.filter_map(|(said, words)| which(summary, said, words, say)).collect();
    each.sort_by_key(|(setting, _)| *setting);
    let each: Vec<String> = each.into_iter().map(|(_, words)| words).collect();
    let each = (!each.is_empty()).then(|| say(&Message::new("note-each").with("said", capital(&each.join("; ")))));
    let parts: Vec<String> = why.into_iter().chain(each).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
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

/// `on the biopsy (2), told in a note (6): equivocal`, with the first of the settings.
fn which(summary: &Summary<'_>, said: &SaidWords, words: &ValueSaid, say: Say<'_>) -> Option<(Setting, String)> {
    let mut numbers: BTreeMap<Setting, BTreeSet<usize>> = BTreeMap::new();
    for fact in said.facts.iter().filter_map(|p| summary.facts.get(*p)) {
        let mark = words.marks.iter().find(|mark| mark.document == fact.key.document.as_str());
        numbers.entry(fact.setting).or_default().extend(mark.map(|mark| mark.number));
    }
    let first = *numbers.keys().next()?;
    let place = |(setting, of): (Setting, BTreeSet<usize>)| {
        let more = of.len().saturating_sub(MOST_NUMBERS);
        let listed: Vec<String> = of.iter().take(MOST_NUMBERS).map(ToString::to_string).collect();
        let listed = listed.join(", ");
        let numbers = match more {
            0 => listed,
            more => say(&Message::new("list-and-more").with("shown", listed).with("count", more)),
        };
        let setting = say(&Message::new(setting_key(setting)));
        say(&Message::new("note-place").with("setting", setting).with("numbers", numbers))
    };
    let places: Vec<String> = numbers.into_iter().map(place).collect();
    let told = Message::new("note-said").with("places", places.join(", ")).with("value", &words.words);
    Some((first, say(&told)))
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
