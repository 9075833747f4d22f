//! The facts of a tumour, or about the person, one group a concept: what the records state, how the statements stand to
//! each other, and every mention behind it. What is stated is never chosen here, only put together.

use std::collections::{BTreeMap, BTreeSet};

use super::differences::{Difference, Relation};
use super::summary::{SummaryValue, of_person, values};
use super::tumours::OF_THE_PERSON;
use super::view::CaseFact;
use super::words::concept_words;
use crate::facts::Concept;
use crate::knowledge::Knowledge;
use crate::shared::time::PartialDate;

/// The facts about one concept. Places count in the list of facts they were taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactGroup {
    /// What they are about.
    pub concept: Concept,
    /// In words, with what narrows it: `Margin (deep)`.
    pub label: String,
    /// What the records state; empty where nothing speaks: only scans that nobody confirmed, or mentions in passing.
    pub values: Vec<SummaryValue>,
    /// How the values stand to each other, where they differ.
    pub relation: Option<Relation>,
    /// Facts that speak, that were read from a picture, or of which a person said something.
    pub facts: Vec<usize>,
    /// Mentions that repeat, are of earlier times or of relatives, or stand in passing.
    pub mentions: Vec<usize>,
    /// Documents whose facts speak.
    pub sources: usize,
    /// The newest date of service of those documents.
    pub newest: Option<PartialDate>,
    /// Findings from pictures that nobody has confirmed.
    pub unconfirmed: usize,
}

/// Where a concept stands: first the lines of page one, then the list of concepts.
type Order = (usize, usize, Concept);

fn order(concept: &Concept, knowledge: &Knowledge) -> Order {
    let line = knowledge.summary_lines.iter().position(|line| line.concept == *concept).unwrap_or(usize::MAX);
    let listed = knowledge.concepts.iter().position(|known| known.id == *concept).unwrap_or(usize::MAX);
    (line, listed, concept.clone())
}

/// Whether it is about the person whatever tumour is spoken of.
#[must_use]
pub fn is_of_the_person(concept: &Concept) -> bool {
    OF_THE_PERSON.contains(concept)
}

fn speaks(fact: &CaseFact<'_>) -> bool {
    fact.speaks() || (is_of_the_person(&fact.fact.concept) && of_person(fact))
}

/// The facts at these places, one group a concept and what narrows it, in the order of page one. `unclear` are those of
/// which it is not clear that they speak of the tumour.
#[must_use]
pub fn groups(
    facts: &[CaseFact<'_>],
    places: &[usize],
    differences: &[Difference],
    unclear: &BTreeSet<usize>,
    knowledge: &Knowledge,
) -> Vec<FactGroup> {
    let mut by: BTreeMap<(Order, String), Vec<usize>> = BTreeMap::new();
    for place in places {
        if let Some(fact) = facts.get(*place) {
            let key = (order(&fact.fact.concept, knowledge), concept_words(&fact.fact, knowledge));
            by.entry(key).or_default().push(*place);
        }
    }
    let group = |(((_, _, concept), label), places): ((Order, String), Vec<usize>)| {
        let of = |place: &usize| facts.get(*place);
        let speaking: Vec<usize> = places.iter().copied().filter(|p| of(p).is_some_and(speaks)).collect();
        let of_row: BTreeSet<usize> = places.iter().copied().collect();
        let on_sides = |d: &Difference| d.sides.iter().flat_map(|side| &side.facts).copied().collect::<BTreeSet<_>>();
        let differs = |d: &&Difference| !on_sides(d).is_disjoint(&of_row);
        let difference = differences.iter().find(|d| d.concept == concept && differs(d));
        // Answers of two methods contradict each other beside what each row says by itself.
        let other = differences.iter().filter(|d| d.concept == Concept::HER2_STATUS).find(differs);
        let differing = difference.map(on_sides).unwrap_or_default();
        let in_difference = |p: &usize| differing.contains(p);
        let shown = |fact: &CaseFact<'_>| speaks(fact) || fact.suggests() || fact.standing.said().is_some();
        let (shown, mentions) = places.iter().partition(|p| in_difference(p) || of(p).is_some_and(shown));
        let documents: BTreeSet<_> = speaking.iter().filter_map(of).map(|f| &f.key.document).collect();
        let dates = speaking.iter().filter_map(of).filter_map(|f| f.held.date());
        FactGroup {
            values: values(facts, &speaking, &concept, difference, unclear, knowledge),
            relation: difference.into_iter().chain(other).map(|d| d.relation).min(),
            sources: documents.len(),
            newest: dates.max_by_key(|date| date.earliest()),
            unconfirmed: places.iter().filter_map(of).filter(|f| f.suggests()).count(),
            facts: shown,
            mentions,
            concept,
            label,
        }
    };
    by.into_iter().map(group).collect()
}
