//! What one text says, and which of several statements is its main answer.

use std::collections::BTreeMap;

use consilium_casefile::facts::{Basis, Concept, Context, Fact, Polarity, Section};
use serde::{Deserialize, Serialize};

/// The facts of one text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reading {
    /// In the order of the text.
    pub facts: Vec<Fact>,
}

impl Reading {
    /// Marks the main answer to every concept that has one and is not marked yet.
    pub(crate) fn new(mut facts: Vec<Fact>) -> Self {
        let mut by_concept: BTreeMap<Concept, Vec<usize>> = BTreeMap::new();
        for (place, fact) in facts.iter().enumerate() {
            by_concept.entry(fact.concept.clone()).or_default().push(place);
        }
        for (concept, places) in by_concept {
            if [Concept::TOPOGRAPHY, Concept::MORPHOLOGY, Concept::LATERALITY].contains(&concept)
                || places.iter().any(|place| facts.get(*place).is_some_and(|fact| fact.main))
            {
                continue;
            }
            if let Some(main) = choose(&facts, &places)
                && let Some(fact) = facts.get_mut(main)
            {
                fact.main = true;
            }
        }
        Self { facts }
    }

    /// The one main answer to a concept, if the text has one.
    ///
    /// Site, histology and side are chosen where they are read, by the parts of the report that name them together. Of
    /// every other concept, statements about the present finding are ranked: stated before derived, a stated answer
    /// before "not tested", an addendum before the final diagnosis and its list of elements, those before comments, and
    /// those before gross and intra-operative notes. When the best rank holds two different values, there is no main
    /// answer: nothing is chosen silently.
    #[must_use]
    pub fn principal(&self, concept: &Concept) -> Option<&Fact> {
        self.facts.iter().find(|fact| fact.main && fact.concept == *concept)
    }
}

fn choose(facts: &[Fact], places: &[usize]) -> Option<usize> {
    let ranked = || {
        places
            .iter()
            .filter_map(|place| Some((*place, facts.get(*place)?)))
            .filter(|(_, fact)| fact.context == Context::Current)
            .map(|(place, fact)| (rank(fact), place, fact))
    };
    let best = ranked().map(|(rank, _, _)| rank).min()?;
    let mut of_rank = ranked().filter(|(rank, _, _)| *rank == best);
    let (_, place, first) = of_rank.next()?;
    of_rank.all(|(_, _, other)| same(first, other)).then_some(place)
}

/// Whether two facts give the same answer: "T2" and "T2" do, and so do "T2" and "T2a" for want of detail in one.
fn same(one: &Fact, other: &Fact) -> bool {
    one.value == other.value
}

fn rank(fact: &Fact) -> (bool, bool, bool, u8) {
    let section = match fact.section {
        Section::Addendum => 0,
        Section::Diagnosis | Section::Synoptic | Section::Ancillary => 1,
        Section::Body | Section::Comment => 2,
        Section::Microscopic => 3,
        Section::Specimen | Section::Gross => 4,
        Section::Frozen | Section::Clinical | Section::Previous | Section::Boilerplate => 5,
    };
    let clinical = matches!(fact.qualifiers.prefix.as_deref(), Some("c" | "yc"));
    (clinical, fact.basis == Basis::Derived, matches!(fact.polarity, Polarity::Uncertain | Polarity::NotTested | Polarity::Insufficient), section)
}
