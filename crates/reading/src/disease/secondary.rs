//! Organs in which a metastasis was found: "Liver, core biopsy: metastatic adenocarcinoma" says where a specimen is from and
//! not where the tumour began.

use std::collections::BTreeSet;

use consilium_casefile::facts::{Concept, Polarity};
use consilium_casefile::knowledge::WordGroup;

use super::{Place, Tumour, group_of, labelled};
use crate::lexicon::Meaning;
use crate::scan::{Gap, Scan};

/// Words from the place to the end of the line that names its specimen.
const HEADING: usize = 16;

/// Words from there to the diagnosis: "involved by", "positive for".
const DIAGNOSIS: usize = 6;

/// Words behind a diagnosis that say where it was found.
const FOUND_IN: usize = 10;

/// Marks the places of organs that head a metastasis and no other tumour.
pub(super) fn mark(scan: &Scan<'_, '_>, places: &mut [Place<'_>], tumours: &[Tumour]) {
    let organ = |place: &Place<'_>| group_of(&place.rule.code).to_owned();
    let mut of_metastasis = BTreeSet::new();
    let mut of_tumour = BTreeSet::new();
    for place in places.iter() {
        let named = name_around(place, tumours);
        let Some(tumour) = named.or_else(|| headed(scan, place, tumours)) else { continue };
        if tumour.scope.polarity != Polarity::Present {
            continue;
        }
        if !tumour.metastatic {
            of_tumour.insert(organ(place));
        } else if named.is_none() && !is_of_nodes(place, places, tumour) && !names(tumour, places, &organ(place)) {
            of_metastasis.insert(organ(place));
        }
    }
    for place in places.iter_mut() {
        let organ = organ(place);
        place.secondary = of_metastasis.contains(&organ)
            && !of_tumour.contains(&organ)
            && name_around(place, tumours).is_none()
            && !is_origin(scan, place);
    }
}

/// The tumour in whose name the place stands: "metastatic colon cancer".
fn name_around<'t>(place: &Place<'_>, tumours: &'t [Tumour]) -> Option<&'t Tumour> {
    tumours.iter().find(|tumour| tumour.run.first <= place.first && place.last <= tumour.run.last)
}

/// The diagnosis of the specimen that the place heads.
fn headed<'t>(scan: &Scan<'_, '_>, place: &Place<'_>, tumours: &'t [Tumour]) -> Option<&'t Tumour> {
    if labelled(scan, place.first, &Concept::TOPOGRAPHY) {
        return None;
    }
    let tumour = tumours.iter().find(|tumour| tumour.run.first > place.last)?;
    let shows = ["showed", "shows", "showing", "revealed", "reveals", "demonstrated", "demonstrates", "confirmed"];
    let ends = |at: usize| scan.gap(at).has(Gap::COLON | Gap::BULLET) || shows.iter().any(|word| scan.is(at - 1, word));
    let end = (place.last + 1..=place.last + HEADING).find(|at| ends(*at) || scan.gap(*at).has(Gap::HARD))?;
    let is_label = scan
        .marks_from(place.last + 1)
        .iter()
        .take_while(|mark| mark.first < end)
        .any(|mark| matches!(scan.meaning(mark), Some(Meaning::Label(_))));
    let whole = |from: usize| !(from..=tumour.run.first).any(|at| scan.gap(at).has(Gap::HARD | Gap::COLON));
    let near = end <= tumour.run.first && tumour.run.first - end <= DIAGNOSIS && whole(end + 1);
    (ends(end) && !is_label && near).then_some(tumour)
}

/// "Metastatic carcinoma in 2 of 19 lymph nodes": what a report of the organ where it began says too.
fn is_of_nodes(place: &Place<'_>, places: &[Place<'_>], tumour: &Tumour) -> bool {
    let nodes = |place: &Place<'_>| place.rule.code.starts_with("C77");
    let behind = tumour.run.first..=tumour.run.last + FOUND_IN;
    !nodes(place) && places.iter().any(|other| nodes(other) && behind.contains(&other.first))
}

/// Whether the tumour's own name tells this organ.
fn names(tumour: &Tumour, places: &[Place<'_>], organ: &str) -> bool {
    let within = tumour.run.first..=tumour.run.last;
    places.iter().any(|place| within.contains(&place.first) && group_of(&place.rule.code) == organ)
}

/// "Lung primary", "primary: lung", "tumor site: lung".
fn is_origin(scan: &Scan<'_, '_>, place: &Place<'_>) -> bool {
    let after = scan.is_of(place.last + 1, WordGroup::Origin) && !scan.gap(place.last + 1).has(Gap::HARD);
    let before = (place.first.saturating_sub(3)..place.first).any(|at| scan.is(at, "primary") || scan.is(at, "origin"));
    after || before || labelled(scan, place.first, &Concept::TOPOGRAPHY)
}
