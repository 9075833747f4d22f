//! What one text says, and which of several statements is its main answer.

use consilium_casefile::facts::{Basis, Concept, Context, Fact, Polarity, Section};
use serde::{Deserialize, Serialize};

/// The facts of one text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reading {
    /// In the order of the text.
    pub facts: Vec<Fact>,
}

impl Reading {
    /// The one main answer to a concept, if the text has one.
    ///
    /// Statements about the present finding are ranked: stated before derived, the final diagnosis and its list of elements
    /// before comments, those before gross and intra-operative notes. When the best rank holds two different values,
    /// there is no main answer.
    #[must_use]
    pub fn principal(&self, concept: &Concept) -> Option<&Fact> {
        let candidates = || self.facts.iter().filter(|f| f.concept == *concept && f.context == Context::Current);
        let best = candidates().map(rank).min()?;
        let mut of_rank = candidates().filter(|f| rank(f) == best);
        let first = of_rank.next()?;
        of_rank.all(|other| other.value == first.value).then_some(first)
    }
}

fn rank(fact: &Fact) -> (bool, bool, u8) {
    let section = match fact.section {
        Section::Addendum => 0,
        Section::Diagnosis | Section::Synoptic => 1,
        Section::Body | Section::Comment | Section::Ancillary => 2,
        Section::Microscopic => 3,
        Section::Specimen | Section::Gross => 4,
        Section::Frozen | Section::Clinical | Section::Previous | Section::Boilerplate => 5,
    };
    (fact.basis == Basis::Derived, matches!(fact.polarity, Polarity::Uncertain | Polarity::NotTested), section)
}
