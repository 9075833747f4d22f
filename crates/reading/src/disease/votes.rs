//! Votes for an answer, by the parts of a report that speak for it.

use std::collections::BTreeMap;

use consilium_casefile::facts::Section;

/// Mentions of one code in one section beyond this number say nothing new.
const COUNTED: usize = 3;

/// Adds votes up, each section counting a few mentions only.
#[derive(Default)]
pub(super) struct Votes<'k> {
    pub(super) sum: BTreeMap<&'k str, u32>,
    counted: BTreeMap<(&'k str, Section), usize>,
}

impl<'k> Votes<'k> {
    /// Adds a vote.
    pub(super) fn add(&mut self, key: &'k str, section: Section, weight: u32) {
        let counted = self.counted.entry((key, section)).or_default();
        *counted += 1;
        if *counted <= COUNTED {
            *self.sum.entry(key).or_default() += weight;
        }
    }

    /// The key with the most votes.
    pub(super) fn best(&self) -> Option<(&'k str, u32)> {
        self.sum
            .iter()
            .max_by_key(|(key, sum)| (**sum, std::cmp::Reverse(**key)))
            .map(|(key, sum)| (*key, *sum))
            .filter(|(_, sum)| *sum > 0)
    }
}
