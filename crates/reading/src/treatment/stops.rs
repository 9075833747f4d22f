//! A treatment or a medicine that one statement begins and a later one stops is one that was stopped.

use std::collections::HashMap;

use consilium_casefile::facts::{Medication, MedicationStatus, Treatment, TreatmentKind, TreatmentStatus};

use crate::course::Course;

/// Code points from the beginning to the stop that a quote still spans.
const QUOTED: usize = 600;

/// Joins what is ongoing to the later statement that stops it; where they stand too far from each other for one quote,
/// the earlier is no longer said to go on.
pub(super) fn end_what_was_stopped(course: &Course<'_, '_, '_>, found: &mut Vec<Treatment>) {
    let mut stops: HashMap<Vec<String>, usize> = HashMap::new();
    let mut joined = vec![false; found.len()];
    for place in (0..found.len()).rev() {
        let Some(begun) = found.get(place).filter(|t| t.kind == TreatmentKind::Systemic && !t.drugs.is_empty()) else {
            continue;
        };
        if begun.status == TreatmentStatus::Stopped {
            stops.insert(begun.drugs.clone(), place);
        }
        let Some(stop) = stops.get(&begun.drugs).filter(|_| begun.status == TreatmentStatus::Ongoing) else { continue };
        let mut begun = begun.clone();
        if let Some(later) = found.get_mut(*stop).filter(|later| later.end.saturating_sub(begun.start) <= QUOTED) {
            later.date = later.date.or(begun.date);
            later.cycles = later.cycles.or(begun.cycles);
            later.dose = later.dose.take().or(begun.dose);
            later.intent = later.intent.take().or(begun.intent);
            later.laterality = later.laterality.take().or(begun.laterality);
            later.start = begun.start;
            later.quote = course.scan.text.quote(&(later.start..later.end)).to_owned();
            joined.iter_mut().skip(place).take(1).for_each(|is| *is = true);
        } else if let Some(slot) = found.get_mut(place) {
            begun.status = TreatmentStatus::Stopped;
            *slot = begun;
        }
    }
    let mut joined = joined.into_iter();
    found.retain(|_| !joined.next().unwrap_or(false));
    found.sort_by_key(|treatment| (treatment.start, treatment.end));
}

/// The same for medicines at home; two doses of one medicine are two.
pub(crate) fn end_medicines(course: &Course<'_, '_, '_>, found: &mut Vec<Medication>) {
    let mut stops: HashMap<Option<String>, usize> = HashMap::new();
    let mut joined = vec![false; found.len()];
    for place in (0..found.len()).rev() {
        let Some(begun) = found.get(place) else { continue };
        if begun.status == MedicationStatus::Stopped {
            stops.insert(begun.ingredient.clone(), place);
        }
        let Some(stop) = stops.get(&begun.ingredient).filter(|_| begun.status == MedicationStatus::Active) else {
            continue;
        };
        let mut begun = begun.clone();
        let Some(later) = found.get_mut(*stop) else { continue };
        if later.dose != begun.dose && later.dose.is_some() && begun.dose.is_some() {
            continue;
        }
        if later.end.saturating_sub(begun.start) <= QUOTED {
            later.since = later.since.or(begun.since);
            later.dose = later.dose.take().or(begun.dose);
            later.route = later.route.take().or(begun.route);
            later.frequency = later.frequency.take().or(begun.frequency);
            later.start = begun.start;
            later.quote = course.scan.text.quote(&(later.start..later.end)).to_owned();
            joined.iter_mut().skip(place).take(1).for_each(|is| *is = true);
        } else if let Some(slot) = found.get_mut(place) {
            begun.status = MedicationStatus::Stopped;
            *slot = begun;
        }
    }
    let mut joined = joined.into_iter();
    found.retain(|_| !joined.next().unwrap_or(false));
    found.sort_by_key(|medication| (medication.start, medication.end));
}
