//! Which fact a person's word is about, when the same words stand several times in a record or were read anew.
//!
//! A word is about one fact: the one that stands where it stood. After a newer reading moved it, it is the one nearest
//! to that place which says the same to be so. What must not live here: what the word does to the fact (`view`).

use super::changes::Said;
use super::things::{AsRead, Judgement};
use crate::facts::Fact;

/// What a person said, and of which fact as it was read then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) judgement: Judgement,
    /// Not told by entries of older versions.
    pub(crate) of: Option<AsRead>,
}

/// For each of the facts that share a key: the place of the word about it.
pub(super) fn word_about(facts: &[&Fact], words: &[Said<Word>]) -> Vec<Option<usize>> {
    let mut about: Vec<Option<usize>> = vec![None; facts.len()];
    for (place, word) in words.iter().enumerate() {
        let Some(of) = &word.what.of else { continue };
        for (fact, about) in facts.iter().zip(&mut about).filter(|(fact, _)| fact.start == of.start) {
            // Two facts of the very same characters are told apart by what they say.
            let told_apart = facts.iter().any(|other| other.start == of.start && of.says_the_same(other));
            if of.says_the_same(fact) || !told_apart {
                *about = Some(place);
            }
        }
    }
    let alone = facts.len() == 1 && words.len() == 1;
    for (place, word) in words.iter().enumerate() {
        let Some(of) = word.what.of.as_ref().filter(|of| facts.iter().all(|fact| fact.start != of.start)) else {
            continue;
        };
        let free =
            facts.iter().zip(&mut about).filter(|(fact, about)| about.is_none() && (alone || of.says_the_same(fact)));
        if let Some((_, about)) = free.min_by_key(|(fact, _)| fact.start.abs_diff(of.start)) {
            *about = Some(place);
        }
    }
    let differ = facts.iter().any(|fact| facts.first().is_some_and(|first| !AsRead::of(first).says_the_same(fact)));
    for (place, word) in words.iter().enumerate().filter(|(_, word)| word.what.of.is_none()) {
        let confirms = matches!(word.what.judgement, Judgement::Confirmed { .. });
        // Nobody knows which of several that differ was confirmed: the person is asked again.
        if !(confirms && differ) {
            about.iter_mut().filter(|about| about.is_none()).for_each(|about| *about = Some(place));
        }
    }
    about
}
