//! The specimens of one report: which of them hold cancer. What is said of a specimen without cancer ("A. left breast:
//! fibroadenoma") describes no tumour, whatever the report says of the others. What must not live here: comparing
//! specimens of different reports, whose labels mean nothing to each other.

use std::collections::{BTreeMap, BTreeSet};

use super::view::CaseFact;
use crate::facts::{Concept, Polarity};
use crate::knowledge::Knowledge;
use crate::shared::ids::DocumentId;

/// What only a specimen with cancer says of it.
const NAMES_CANCER: [Concept; 4] = [Concept::T, Concept::GRADE, Concept::GLEASON_SCORE, Concept::EXTRANODAL_EXTENSION];

/// What describes the specimen it is said of. Nodes, margins and the like are told of specimens without cancer, and are
/// about the tumour all the same.
const OF_A_SPECIMEN: [Concept; 5] =
    [Concept::TOPOGRAPHY, Concept::LATERALITY, Concept::MORPHOLOGY, Concept::GRADE, Concept::TUMOR_SIZE_MM];

/// The label of the specimen a fact stands under, where it may be taken for what the report says now.
fn specimen<'f>(fact: &'f CaseFact<'_>) -> Option<&'f str> {
    let stands = fact.standing.counts() && fact.fact.context.is_current();
    fact.fact.specimen.as_deref().filter(|_| stands)
}

/// Whether it says that there is cancer in its specimen, or may be.
fn finds_cancer(fact: &CaseFact<'_>) -> bool {
    let found = matches!(fact.fact.polarity, Polarity::Present | Polarity::Uncertain);
    let is_nothing = ["0", "T0", "TX"].contains(&fact.fact.value.as_str());
    match &fact.fact.concept {
        c if *c == Concept::MORPHOLOGY => found && !fact.fact.value.ends_with("/0"),
        c if *c == Concept::NODES_POSITIVE => found && !is_nothing,
        c => found && !is_nothing && NAMES_CANCER.contains(c),
    }
}

/// Whether it says that its specimen holds something benign, or no cancer.
fn finds_none(fact: &CaseFact<'_>) -> bool {
    let benign = fact.fact.polarity == Polarity::Present && fact.fact.value.ends_with("/0");
    fact.fact.concept == Concept::MORPHOLOGY && (benign || fact.fact.polarity == Polarity::Absent)
}

/// Whether it gives an answer on the estrogen receptor: "negative" is said of a cancer too. A stain of a specimen in which
/// something benign is named, and nothing else, finds none.
fn is_stained(fact: &CaseFact<'_>) -> bool {
    fact.fact.concept == Concept::ER && matches!(fact.fact.polarity, Polarity::Present | Polarity::Absent)
}

/// Marks the facts of one document that describe a specimen without cancer, and lets what is left speak where only the
/// other specimens kept it from being one answer. Where each side of a paired organ has a specimen with cancer, each
/// specimen gives its own.
pub(super) fn settle(facts: &mut [CaseFact<'_>], knowledge: &Knowledge) {
    let of = |says: fn(&CaseFact<'_>) -> bool| -> BTreeSet<String> {
        let found = facts.iter().filter(|fact| says(fact)).filter_map(specimen);
        found.map(str::to_owned).collect()
    };
    let (mut cancer, benign) = (of(finds_cancer), of(finds_none));
    cancer.extend(of(is_stained).difference(&benign).cloned());
    if cancer.is_empty() {
        return;
    }
    let stated: BTreeSet<Concept> = facts
        .iter()
        .filter(|fact| specimen(fact).is_some_and(|of| cancer.contains(of)) && fact.fact.polarity == Polarity::Present)
        .map(|fact| fact.fact.concept.clone())
        .collect();
    for fact in facts.iter_mut() {
        let without = specimen(fact)
            .is_some_and(|of| !cancer.contains(of) && (benign.contains(of) || stated.contains(&fact.fact.concept)));
        fact.without_cancer = without && OF_A_SPECIMEN.contains(&fact.fact.concept);
    }
    for concept in [Concept::TOPOGRAPHY, Concept::LATERALITY, Concept::MORPHOLOGY] {
        if facts.iter().any(|fact| fact.fact.concept == concept && fact.without_cancer) {
            let_the_rest_speak(facts, &concept, None);
        }
    }
    let found = sides(facts);
    let has = |side: &str| found.values().any(|found| *found == side);
    let of_pair = |fact: &CaseFact<'_>| {
        fact.fact.concept == Concept::TOPOGRAPHY
            && fact.fact.value.get(..3).is_some_and(|site| knowledge.is_paired(site))
    };
    if has("left") && has("right") && facts.iter().any(of_pair) {
        let labels: BTreeSet<String> = found.keys().map(|(_, label)| (*label).to_owned()).collect();
        for concept in &OF_A_SPECIMEN {
            labels.iter().for_each(|label| let_the_rest_speak(facts, concept, Some(label)));
        }
    }
}

/// The one answer that the specimens with cancer give, or this one of them, where the text had none, or one of a specimen
/// without.
fn let_the_rest_speak(facts: &mut [CaseFact<'_>], concept: &Concept, label: Option<&String>) {
    let named = |says: fn(&CaseFact<'_>) -> bool| -> BTreeSet<String> {
        let of = facts.iter().filter(|f| f.fact.concept == Concept::MORPHOLOGY && finds_cancer(f) && says(f));
        of.filter_map(specimen).map(str::to_owned).collect()
    };
    // Where a metastasis was found, no tumour began.
    let began = named(|fact| !fact.fact.value.ends_with("/6"));
    let metastases = named(|fact| fact.fact.value.ends_with("/6"));
    let elsewhere = |fact: &CaseFact<'_>| {
        *concept == Concept::TOPOGRAPHY
            && specimen(fact).is_some_and(|of| metastases.contains(of) && !began.contains(of))
    };
    let counts = |fact: &CaseFact<'_>| {
        let is_now = fact.standing.counts() && fact.fact.context.is_current();
        let of_it = label.is_none() || fact.fact.specimen.as_ref() == label;
        let says = fact.fact.concept == *concept && fact.fact.polarity == Polarity::Present;
        is_now && of_it && says && !fact.without_cancer && !elsewhere(fact)
    };
    let left: Vec<&CaseFact<'_>> = facts.iter().filter(|fact| counts(fact)).collect();
    let values: BTreeSet<&str> = left.iter().map(|fact| fact.fact.value.as_str()).collect();
    if values.len() != 1 || left.iter().any(|fact| fact.fact.main) {
        return;
    }
    if let Some(first) = facts.iter_mut().find(|fact| counts(fact)) {
        first.fact.main = true;
    }
}

/// The side of each specimen with cancer, where it has one.
pub(super) fn sides<'f>(facts: &'f [CaseFact<'_>]) -> BTreeMap<(&'f DocumentId, &'f str), &'f str> {
    let of = |fact: &'f CaseFact<'_>| specimen(fact).map(|specimen| (&fact.key.document, specimen));
    let that = |says: fn(&CaseFact<'_>) -> bool| -> BTreeSet<(&'f DocumentId, &'f str)> {
        facts.iter().filter(|fact| says(fact)).filter_map(of).collect()
    };
    let (mut cancer, benign) = (that(finds_cancer), that(finds_none));
    cancer.extend(that(is_stained).difference(&benign));
    let mut sides: BTreeMap<(&DocumentId, &str), BTreeSet<&str>> = BTreeMap::new();
    let named = |fact: &&CaseFact<'_>| {
        fact.fact.concept == Concept::LATERALITY && fact.fact.polarity == Polarity::Present && !fact.without_cancer
    };
    for fact in facts.iter().filter(named) {
        if let Some(specimen) = of(fact).filter(|specimen| cancer.contains(specimen)) {
            sides.entry(specimen).or_default().insert(&fact.fact.value);
        }
    }
    let one = |(specimen, of): ((&'f DocumentId, &'f str), BTreeSet<&'f str>)| {
        if of.len() == 1 { of.first().map(|side| (specimen, *side)) } else { None }
    };
    sides.into_iter().filter_map(one).collect()
}
