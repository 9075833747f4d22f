//! The side of the main organ, where it has one.

use consilium_casefile::facts::{Concept, Polarity, Section};

use super::votes::Votes;
use super::{Place, group_of};
use crate::lexicon::Meaning;
use crate::reader::{Finding, Notes};
use crate::scan::{Gap, Scan};
use crate::scope::Scope;

pub(super) fn main_side(notes: &Notes<'_, '_, '_>, places: &[Place<'_>], organ: Option<&str>) -> Option<&'static str> {
    let mut votes = Votes::default();
    for place in places.iter().filter(|p| organ == Some(group_of(&p.rule.code))) {
        // "Suture marks right" in the gross description does not say where the tumour is.
        let section = notes.scan.section(place.first);
        let told = notes.scan.lexicon.is_paired(&place.rule.code) && section != Section::Gross && !place.open_side;
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
