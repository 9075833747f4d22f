//! The side of the main organ, where it has one.

use consilium_casefile::facts::{Concept, Polarity, Section};
use consilium_casefile::knowledge::WordGroup;

use super::votes::Votes;
use super::{Place, group_of};
use crate::lexicon::Meaning;
use crate::reader::{Finding, Notes};
use crate::scan::{Gap, Scan};
use crate::scope::Scope;

/// "A contralateral left lower lobe nodule": the side on which the tumour is not.
fn is_of_the_other_side(scan: &Scan<'_, '_>, first: usize) -> bool {
    (first.saturating_sub(2)..=first).any(|at| scan.is(at, "contralateral"))
}

/// Words from the word for a side within which it is said to have been wrong, and what it is.
const CORRECTION: usize = 14;

/// Weight of a side that corrects the others.
const CORRECTS: u32 = 1000;

pub(super) fn main_side(notes: &Notes<'_, '_, '_>, places: &[Place<'_>], organ: Option<&str>) -> Option<&'static str> {
    if let Some(corrected) = corrected(notes.scan) {
        return corrected.map(|(side, _)| side);
    }
    let mut votes = Votes::default();
    for place in places.iter().filter(|p| organ == Some(group_of(&p.rule.code))) {
        // "Suture marks right" in the gross description does not say where the tumour is.
        let section = notes.scan.section(place.first);
        let told = notes.scan.lexicon.is_paired(&place.rule.code) && section != Section::Gross && !place.open_side;
        let told = told && !is_of_the_other_side(notes.scan, place.first);
        if let Some(side) = place.side.filter(|_| told) {
            votes.add(side, section, place.weight);
        }
    }
    let labelled = labelled_sides(notes.scan);
    for (side, section, _) in labelled.into_iter().filter(|(.., at)| !notes.cues.alternatives.is_open_side(*at)) {
        votes.add(side, section, 160);
    }
    let (side, sum) = votes.best()?;
    let total: u32 = votes.sum.values().sum();
    (sum * 100 >= total * 75).then_some(side)
}

/// "The specimen is the left breast; the laterality in the diagnosis is incorrect": the side that such a statement gives,
/// and its word; none where it can not be told.
fn corrected(scan: &Scan<'_, '_>) -> Option<Option<(&'static str, usize)>> {
    let common = &scan.lexicon.common;
    let said = |at: usize| {
        scan.is_of(at, WordGroup::InError)
            && !(at.saturating_sub(2)..at).any(|before| scan.is(before, "no") || scan.is(before, "not"))
    };
    let word = (0..scan.tokens.len()).find(|at| {
        let near = at.saturating_sub(CORRECTION)..at + CORRECTION;
        scan.is(*at, "laterality") && near.into_iter().any(|other| together(scan, *at, other) && said(other))
    })?;
    let mut sides = Vec::new();
    for at in (word.saturating_sub(CORRECTION)..word + CORRECTION).filter(|at| together(scan, word, *at)) {
        let side = match scan.word(at) {
            side if side == common.left => "left",
            side if side == common.right => "right",
            side if side == common.bilateral => "bilateral",
            _ => continue,
        };
        // "Not right", "given as right"
        let before = |words: &[&str]| at > 0 && words.iter().any(|word| scan.is(at - 1, word));
        if !before(&["not", "as", "from"]) {
            sides.push((side, at));
        }
    }
    let first = sides.first().copied();
    Some(first.filter(|(side, _)| sides.iter().all(|(other, _)| other == side)))
}

/// Whether no blank line and no other section lies between two words.
fn together(scan: &Scan<'_, '_>, one: usize, other: usize) -> bool {
    let (first, last) = (one.min(other), one.max(other));
    let blank = |at: usize| scan.between(at).iter().filter(|byte| **byte == b'\n').count() > 1;
    last < scan.tokens.len() && scan.section(first) == scan.section(last) && !(first + 1..=last).any(blank)
}

/// "Laterality: left".
fn labelled_sides(scan: &Scan<'_, '_>) -> Vec<(&'static str, Section, usize)> {
    let common = &scan.lexicon.common;
    let mut found = Vec::new();
    for mark in &scan.marks {
        let labelled = match scan.meaning(mark) {
            Some(Meaning::Label(label)) if *label == Concept::LATERALITY => true,
            // "Tumor site: right lobe", when the other side is not named as well.
            Some(Meaning::Label(label)) if *label == Concept::TOPOGRAPHY && mark.last > mark.first => {
                let near = |side| (mark.last + 1..mark.last + 14).any(|place| scan.word(place) == side);
                !(near(common.left) && near(common.right))
            }
            _ => false,
        };
        if !labelled || !scan.gap(mark.last + 1).has(Gap::COLON) {
            continue;
        }
        for place in mark.last + 1..=mark.last + 2 {
            let word = scan.word(place);
            let both = (place..=place + 2).any(|p| scan.word(p) == common.left)
                && (place..=place + 2).any(|p| scan.word(p) == common.right);
            let side = if both && scan.is(place + 1, "and") {
                "bilateral"
            } else if word == common.left {
                "left"
            } else if word == common.right {
                "right"
            } else if word == common.bilateral {
                "bilateral"
            } else {
                continue;
            };
            found.push((side, scan.section(place), place));
            break;
        }
    }
    found
}

pub(super) fn note_sides(
    notes: &mut Notes<'_, '_, '_>,
    places: &[Place<'_>],
    organ: Option<&str>,
    main: Option<&'static str>,
) {
    let scan = notes.scan;
    let mut noted: Vec<(&'static str, Scope, usize, usize, u32)> = Vec::new();
    for place in places.iter().filter(|p| organ == Some(group_of(&p.rule.code))) {
        if let Some(side) = place.side.filter(|_| scan.lexicon.is_paired(&place.rule.code)) {
            noted.push((side, place.scope, place.first, place.last, place.weight));
        }
    }
    for (side, _, at) in labelled_sides(scan) {
        noted.push((side, notes.cues.of(scan, at, at), at, at, 160));
    }
    // What corrects the others is surer than any of them.
    if let Some(Some((side, at))) = corrected(scan) {
        match noted.iter_mut().find(|(of, _, first, last, _)| *of == side && (*first..=*last).contains(&at)) {
            Some(named) => named.4 = CORRECTS,
            None => noted.push((side, notes.cues.of(scan, at, at), at, at, CORRECTS)),
        }
    }
    let best = noted
        .iter()
        .enumerate()
        .filter(|(_, n)| Some(n.0) == main)
        .max_by_key(|(at, n)| (n.4, std::cmp::Reverse(*at)))
        .map(|(at, _)| at);
    let mut seen = std::collections::BTreeSet::new();
    for (at, (side, scope, first, last, _)) in noted.into_iter().enumerate() {
        let is_main = Some(at) == best;
        // "No right breast mass" names a side on which nothing is.
        if !is_main && scope.polarity == Polarity::Absent {
            continue;
        }
        if !is_main && !seen.insert((side, scan.section(first), scan.specimen(first))) {
            continue;
        }
        notes.add(Finding {
            context: Some(scope.context),
            main: is_main,
            ..Finding::new(Concept::LATERALITY, side, scan.span(first, last))
        });
    }
}
