//! A difference between records in words: its sides with their sources, why it is to be expected, and the question to ask
//! about it.

use std::collections::BTreeSet;

use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::reading::{
    Difference, Relation, SaidWords, Side, Summary, concept_label, concept_words, wordings,
};
use consilium_casefile::{Message, PartialDate};

use super::facts::{DifferenceWords, SideWords, relation_word};
use super::words::{FactWords, Say, capital, within_sentence};

/// A difference in words.
pub(super) fn difference_words(
    difference: &Difference,
    summary: &Summary<'_>,
    unclear: &BTreeSet<usize>,
    rows: &[FactWords],
    knowledge: &Knowledge,
    say: Say<'_>,
) -> DifferenceWords {
    let said = |side: &Side| wordings(&summary.facts, &side.facts, &difference.concept, unclear, knowledge);
    let side = |side: &Side| {
        let mut words: Vec<String> = said(side).into_iter().map(|said| said.words).collect();
        words.dedup();
        SideWords {
            words: words.join(", "),
            sources: side.facts.iter().filter_map(|p| rows.get(*p).cloned()).collect(),
        }
    };
    let of_concept = |p: &usize| summary.facts.get(*p).filter(|f| f.fact.concept == difference.concept);
    let first = difference.sides.iter().flat_map(|s| &s.facts).find_map(of_concept);
    let label =
        first.map_or_else(|| concept_label(&difference.concept, knowledge), |f| concept_words(&f.fact, knowledge));
    let listed = |side: &Side| {
        let wording = |said: SaidWords| {
            let sources = sources_words(said.facts.iter().filter_map(|p| rows.get(*p)), say);
            format!("{} ({sources})", said.words)
        };
        said(side).into_iter().map(wording).collect::<Vec<_>>().join(", ")
    };
    let listed: Vec<String> = difference.sides.iter().map(listed).collect();
    let ask = |sides: &[String]| {
        let message = difference.question().with("concept", within_sentence(&label)).with("sides", sides.join("; "));
        capital(&say(&message))
    };
    let question = bounded(&listed, ask);
    let why = match difference.relation {
        _ if difference.unclear => Some(say(&Message::new("why-tumor-unclear"))),
        Relation::Conflict => None,
        Relation::Expected(reason) => Some(say(&Message::new(reason.key()))),
    };
    let relation = relation_word(difference.relation);
    let sides: Vec<SideWords> = difference.sides.iter().map(side).collect();
    let id = difference_id(difference, &sides);
    DifferenceWords { id, concept: difference.concept.to_string(), label, relation, why, sides, question }
}

/// What tells this difference from others: what it is about, and the places of the statements that differ.
fn difference_id(difference: &Difference, sides: &[SideWords]) -> String {
    use sha2::Digest;
    let places = sides.iter().flat_map(|side| &side.sources).map(|s| format!("{} {} {}", s.document, s.start, s.value));
    let mut parts: Vec<String> = places.collect();
    parts.sort_unstable();
    parts.push(format!("{} {}", difference.concept, difference.about));
    let hash = sha2::Sha256::digest(parts.join("\n"));
    hex::encode(hash.get(..12).unwrap_or_default())
}

/// Longest question that is drafted, characters: below the most that may be asked.
const LONGEST_DRAFT: usize = 480;

/// The question with as much of each side as it may hold.
fn bounded(sides: &[String], ask: impl Fn(&[String]) -> String) -> String {
    let fits = |question: &String| question.chars().count() <= LONGEST_DRAFT;
    let cut = |most: usize| -> Vec<String> {
        let short = |side: &String| {
            let cut: String = side.chars().take(most).collect();
            if cut.len() < side.len() { format!("{}…", cut.trim_end()) } else { cut }
        };
        let mut shown: Vec<String> = sides.iter().take(6).map(short).collect();
        shown.extend((sides.len() > 6).then(|| "…".to_owned()));
        shown
    };
    let whole = ask(sides);
    if fits(&whole) {
        return whole;
    }
    let drafts = [160, 100, 60, 30].into_iter().map(|most| ask(&cut(most)));
    drafts.into_iter().find(fits).unwrap_or_else(|| whole.chars().take(LONGEST_DRAFT).collect())
}

/// Names of sources, or dates of one source, that are listed at most in one line.
const MOST_LISTED: usize = 3;

/// `Pathology report, 14 March 2026 and 2 April 2026; Consultation`: each kind of source once, with its dates.
pub(super) fn sources_words<'f>(sources: impl Iterator<Item = &'f FactWords>, say: Say<'_>) -> String {
    let mut by_title: Vec<(&str, Vec<Option<PartialDate>>)> = Vec::new();
    for source in sources {
        match by_title.iter_mut().find(|(title, _)| *title == source.title) {
            Some((_, dates)) if dates.contains(&source.date) => {}
            Some((_, dates)) => dates.push(source.date),
            None => by_title.push((&source.title, vec![source.date])),
        }
    }
    let named = |(title, dates): (&str, Vec<Option<PartialDate>>)| {
        let dates: Vec<String> = dates.into_iter().flatten().map(PartialDate::human).collect();
        match dates.is_empty() {
            true => title.to_owned(),
            false => say(&Message::new("source-of-dates").with("title", title).with("days", and_list(&dates, say))),
        }
    };
    let more = by_title.len().saturating_sub(MOST_LISTED);
    let mut named: Vec<String> = by_title.into_iter().take(MOST_LISTED).map(named).collect();
    if more > 0 {
        named.push(say(&Message::new("list-more").with("count", more)));
    }
    named.join("; ")
}

/// `a, b and c`; of many the first few.
pub(super) fn and_list(parts: &[String], say: Say<'_>) -> String {
    let more = parts.len().saturating_sub(MOST_LISTED);
    if more > 0 {
        let shown = parts.iter().take(MOST_LISTED).map(String::as_str).collect::<Vec<_>>().join(", ");
        return say(&Message::new("list-and-more").with("shown", shown).with("count", more));
    }
    match parts.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, first)) => say(&Message::new("list-and").with("first", first.join(", ")).with("last", last)),
    }
}
