//! What one text says, and which of several statements is its main answer.

use std::collections::BTreeMap;

use consilium_casefile::facts::{Concept, Fact};
use serde::{Deserialize, Serialize};

use crate::reader::Weighed;

/// The facts of one text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reading {
    /// In the order of the text.
    pub facts: Vec<Fact>,
    /// The text had more facts than any report has, and the rest is not here.
    #[serde(default)]
    pub cut_short: bool,
}

impl Reading {
    /// Marks the main answer to every concept that has one and is not marked yet.
    pub(crate) fn new(mut weighed: Vec<Weighed>, cut_short: bool) -> Self {
        let mut by_concept: BTreeMap<(Concept, Option<String>), Vec<usize>> = BTreeMap::new();
        for (place, Weighed { fact, .. }) in weighed.iter().enumerate() {
            let gene = fact.qualifiers.gene.clone().filter(|_| OF_A_GENE.contains(&fact.concept));
            by_concept.entry((fact.concept.clone(), gene)).or_default().push(place);
        }
        for ((concept, gene), places) in by_concept {
            let chosen_where_read = [Concept::TOPOGRAPHY, Concept::MORPHOLOGY, Concept::LATERALITY].contains(&concept);
            if chosen_where_read || places.iter().any(|place| weighed.get(*place).is_some_and(|one| one.fact.main)) {
                continue;
            }
            let chosen = if gene.is_some() {
                of_gene(&weighed, &places)
            } else {
                choose(&weighed, &places).into_iter().collect()
            };
            for main in chosen {
                if let Some(one) = weighed.get_mut(main) {
                    one.fact.main = true;
                }
            }
        }
        let mut facts: Vec<Fact> = weighed.into_iter().map(|one| one.fact).collect();
        let number =
            |concept: &Concept| facts.iter().find(|f| f.main && f.concept == *concept)?.value.parse::<u32>().ok();
        let [examined, positive] = [Concept::NODES_EXAMINED, Concept::NODES_POSITIVE].map(|concept| number(&concept));
        // More positive nodes than were examined: one of the two is not of the whole, and nobody can tell which.
        if positive.zip(examined).is_some_and(|(positive, examined)| positive > examined) {
            for fact in &mut facts {
                fact.main &= ![Concept::NODES_EXAMINED, Concept::NODES_POSITIVE].contains(&fact.concept);
            }
        }
        Self { facts, cut_short }
    }

    /// The one main answer to a concept, if the text has one.
    ///
    /// Site, histology and side are chosen where they are read, by the parts of the report that name them together. Of
    /// every other concept, statements about the present finding are ranked: stated before derived, an answer before
    /// "not tested", the final diagnosis and the list of elements before addenda, those before comments, and those before
    /// gross and intra-operative notes; within a section, a labelled element before a word in passing. When the best
    /// rank holds two different values, there is no main answer: nothing is chosen silently. Of genes each has an answer of
    /// its own, and may have several changes; here is the first.
    #[must_use]
    pub fn principal(&self, concept: &Concept) -> Option<&Fact> {
        self.facts.iter().find(|fact| fact.main && fact.concept == *concept)
    }
}

/// What a report tells of each gene for itself.
const OF_A_GENE: [Concept; 4] = [Concept::VARIANT, Concept::FUSION, Concept::AMPLIFICATION, Concept::MMR_PROTEIN];

/// The statements of the best rank about one gene, each value once; none where one value is both found and not found.
fn of_gene(weighed: &[Weighed], places: &[usize]) -> Vec<usize> {
    let candidates = || places.iter().filter_map(|place| Some((*place, weighed.get(*place)?)));
    let best = candidates().map(|(_, one)| one.weight).max().filter(|weight| *weight > 0);
    let mut of_value: BTreeMap<&str, Vec<(usize, &Fact)>> = BTreeMap::new();
    for (place, one) in candidates().filter(|(_, one)| Some(one.weight) == best) {
        of_value.entry(one.fact.value.as_str()).or_default().push((place, &one.fact));
    }
    let agreed = of_value.into_values().filter_map(|said| {
        let (first, fact) = said.first()?;
        said.iter().all(|(_, other)| other.polarity == fact.polarity).then_some(*first)
    });
    agreed.collect()
}

fn choose(weighed: &[Weighed], places: &[usize]) -> Option<usize> {
    let candidates = || places.iter().filter_map(|place| Some((*place, weighed.get(*place)?)));
    let best = candidates().map(|(_, one)| one.weight).max().filter(|weight| *weight > 0)?;
    let of_rank: Vec<(usize, &Fact)> =
        candidates().filter(|(_, one)| one.weight == best).map(|(place, one)| (place, &one.fact)).collect();
    let (first, fact) = of_rank.first()?;
    if of_rank.iter().all(|(_, other)| other.value == fact.value) {
        return Some(*first);
    }
    if [Concept::T, Concept::N, Concept::M].contains(&fact.concept) {
        return category(&of_rank);
    }
    None
}

/// One category among several of like rank: "T2" and "T2a" are one answer, the exact one; an in-situ tumour beside an
/// invasive one does not count; and a category said at least twice as often as every other is the main one.
fn category(of_rank: &[(usize, &Fact)]) -> Option<usize> {
    let invasive: Vec<&(usize, &Fact)> = of_rank.iter().filter(|(_, fact)| fact.value != "Tis").collect();
    let longest = invasive.iter().max_by_key(|(place, fact)| (fact.value.len(), std::cmp::Reverse(*place)))?;
    if invasive.iter().all(|(_, fact)| longest.1.value.starts_with(fact.value.as_str())) {
        return Some(longest.0);
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, fact) in &invasive {
        *counts.entry(fact.value.as_str()).or_default() += 1;
    }
    let (most, count) = counts.iter().max_by_key(|(_, count)| **count)?;
    let clear = counts.iter().all(|(value, other)| value == most || other * 2 <= *count);
    clear.then(|| invasive.iter().find(|(_, fact)| fact.value == **most).map(|(place, _)| *place)).flatten()
}
