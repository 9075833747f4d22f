//! Where the tumour began: the organ most parts of a text speak for, and the place in it.

use consilium_casefile::facts::{Basis, Concept, Polarity, Section};

use super::votes::Votes;
use super::{Place, Tumour, group_of};
use crate::reader::{Finding, Notes};
use crate::scan::Scan;

/// The main organ outweighs every other at least so much, in percent.
const CLEARLY_MORE: u32 = 112;

pub(super) fn main_organ(scan: &Scan<'_, '_>, places: &[Place<'_>], tumours: &[Tumour]) -> Option<String> {
    if let Some(organ) = told_by_name(scan, tumours) {
        return Some(organ);
    }
    let mut votes = Votes::default();
    for place in places.iter().filter(|place| !place.secondary) {
        votes.add(group_of(&place.rule.code), scan.section(place.first), place.weight);
    }
    for tumour in tumours {
        let Some(rule) = tumour.run.best(scan.lexicon, None, false) else { continue };
        if let Some(implied) = rule.implies.as_deref() {
            votes.add(group_of(implied), scan.section(tumour.run.first), tumour.weight * 4);
        } else if let Some(hinted) = rule.hints.as_deref() {
            votes.add(group_of(hinted), scan.section(tumour.run.first), tumour.weight * 3 / 2);
        }
    }
    // Two organs of almost like weight: the report has to be read by a person.
    let (organ, sum) = votes.best()?;
    let second = votes.sum.iter().filter(|(other, _)| **other != organ).map(|(_, sum)| *sum).max().unwrap_or(0);
    (sum * 100 >= second * CLEARLY_MORE).then(|| organ.to_owned())
}

/// The organ the main tumour tells by its name, as hepatocellular carcinoma does, where it outweighs all others.
fn told_by_name(scan: &Scan<'_, '_>, tumours: &[Tumour]) -> Option<String> {
    let mut votes = Votes::default();
    for tumour in tumours.iter().filter(|tumour| !tumour.metastatic) {
        let Some(rule) = tumour.run.best(scan.lexicon, None, false).filter(|rule| rule.code.ends_with("/3")) else {
            continue;
        };
        let weight = tumour.weight * scan.lexicon.exactness(&rule.code) / 100;
        votes.add(rule.implies.as_deref().map_or("", group_of), scan.section(tumour.run.first), weight);
    }
    let total: u32 = votes.sum.values().sum();
    votes.best().filter(|(organ, sum)| !organ.is_empty() && sum * 100 > total * 60).map(|(organ, _)| organ.to_owned())
}

pub(super) fn main_site(places: &[Place<'_>], tumours: &[Tumour], scan: &Scan<'_, '_>, organ: &str) -> Option<String> {
    let mut exact = Votes::default();
    let mut any: Option<&str> = None;
    for place in places.iter().filter(|p| !p.secondary && group_of(&p.rule.code) == organ) {
        any = any.or(Some(&place.rule.code));
        if !place.rule.code.ends_with(".9") {
            exact.add(&place.rule.code, scan.section(place.first), place.weight);
        }
    }
    if let Some((code, _)) = exact.best() {
        return Some(code.to_owned());
    }
    any.map(str::to_owned).or_else(|| {
        let rules = tumours.iter().filter_map(|t| t.run.best(scan.lexicon, None, false));
        rules.filter_map(|rule| rule.implies.clone()).find(|implied| group_of(implied) == organ)
    })
}

pub(super) fn note_sites(
    notes: &mut Notes<'_, '_, '_>,
    places: &[Place<'_>],
    organ: Option<&str>,
    site: Option<&str>,
) -> bool {
    let mut best: Option<(u32, usize)> = None;
    let mut seen = std::collections::BTreeSet::new();
    let mut noted: Vec<(&Place<'_>, bool)> = Vec::new();
    for place in places {
        let confined = &place.rule.only_at;
        if !confined.is_empty()
            && !confined.iter().any(|only| organ.is_some_and(|organ| organ.starts_with(only.as_str())))
        {
            continue;
        }
        let section = notes.scan.section(place.first);
        if matches!(section, Section::Gross | Section::Microscopic | Section::Frozen | Section::Ancillary)
            && site != Some(&place.rule.code)
        {
            continue;
        }
        let key = (place.rule.code.as_str(), section, notes.scan.specimen(place.first));
        if !seen.insert(key) && site != Some(&place.rule.code) {
            continue;
        }
        if site == Some(&place.rule.code) && !place.secondary && best.is_none_or(|(weight, _)| place.weight > weight) {
            best = Some((place.weight, noted.len()));
        }
        noted.push((place, false));
    }
    if let Some((_, at)) = best
        && let Some(slot) = noted.get_mut(at)
    {
        slot.1 = true;
    }
    for (place, main) in noted {
        notes.add(Finding {
            polarity: place.scope.polarity,
            context: Some(place.scope.context),
            main,
            ..Finding::new(Concept::TOPOGRAPHY, place.rule.code.clone(), notes.scan.span(place.first, place.last))
        });
    }
    best.is_some()
}

/// Where no place is named, the name of the tumour may tell it: derived, because nobody wrote it.
pub(super) fn note_implied_site(notes: &mut Notes<'_, '_, '_>, tumours: &[Tumour], organ: Option<&str>) {
    let scan = notes.scan;
    for tumour in tumours.iter().filter(|tumour| tumour.scope.polarity == Polarity::Present) {
        let Some(rule) = tumour.run.best(scan.lexicon, None, false) else { continue };
        let Some(site) = rule.implies.as_ref().or(rule.hints.as_ref()) else { continue };
        if organ == Some(group_of(site)) {
            notes.add(Finding {
                basis: Basis::Derived,
                context: Some(tumour.scope.context),
                main: true,
                ..Finding::new(Concept::TOPOGRAPHY, site.clone(), scan.span(tumour.run.first, tumour.run.last))
            });
            return;
        }
    }
}
