//! The person beside the tumour: procedures done, menopause.

use consilium_casefile::facts::{Concept, Context, Polarity, Section};
use consilium_casefile::knowledge::WordGroup;

use crate::course::Course;
use crate::lexicon::Meaning;
use crate::phrases::Phrases;
use crate::reader::{Finding, Notes};
use crate::scan::{Gap, Mark, Scan};
use crate::treatment;

/// Procedures and menopausal status.
pub(crate) fn read(notes: &mut Notes<'_, '_, '_>, phrases: &Phrases) {
    procedures(notes, phrases);
    menopause(notes);
}

/// Words from an operation within which a word of planning is looked for.
const NEAR: usize = 20;

fn procedures(notes: &mut Notes<'_, '_, '_>, phrases: &Phrases) {
    let scan = notes.scan;
    let mut seen = std::collections::BTreeSet::new();
    let marks: Vec<(&Mark, &String)> = scan
        .marks
        .iter()
        .filter_map(|mark| match scan.meaning(mark) {
            Some(Meaning::Procedure(procedure)) if !is_month(scan, mark) => Some((mark, procedure)),
            _ => None,
        })
        .collect();
    // What is planned is asked of the grammar of treatments, and only where a word may say so: most reports have none.
    let planning = |place: usize| scan.is_of(place, WordGroup::Planning);
    let headed = (0..scan.tokens.len()).any(|place| planning(place) && (place == 0 || scan.gap(place).has(Gap::LINE)));
    let doubtful = |mark: &Mark| headed || (mark.first.saturating_sub(NEAR)..mark.last + NEAR).any(planning);
    let course = marks.iter().any(|(mark, _)| doubtful(mark)).then(|| Course::new(scan, notes.cues, phrases));
    for (place, &(mark, procedure)) in marks.iter().enumerate() {
        let section = scan.section(mark.first);
        let previous = place.checked_sub(1).and_then(|at| marks.get(at)).map_or(0, |(mark, _)| mark.last + 1);
        let next = marks.get(place + 1).map_or(usize::MAX, |(mark, _)| mark.first);
        let received = matches!(section, Section::Specimen | Section::Synoptic);
        if let Some(course) = course.as_ref().filter(|_| !received && doubtful(mark))
            && treatment::is_not_done(course, mark.first, mark.last, previous..next)
        {
            continue;
        }
        if !matches!(
            section,
            Section::Diagnosis | Section::Synoptic | Section::Specimen | Section::Body | Section::Clinical
        ) {
            continue;
        }
        let scope = notes.cues.of(scan, mark.first, mark.last);
        if scope.polarity != Polarity::Present || !seen.insert((procedure.as_str(), section, scan.specimen(mark.first)))
        {
            continue;
        }
        notes.add(Finding {
            context: Some(scope.context),
            ..Finding::new(Concept::PROCEDURE, procedure.clone(), scan.span(mark.first, mark.last))
        });
    }
}

/// "12 APR 2026" is a date, "Apr" in any other case no operation.
pub(crate) fn is_month(scan: &Scan<'_, '_>, mark: &Mark) -> bool {
    let figure = |place: Option<usize>| place.is_some_and(|p| scan.spelled(p).first().is_some_and(u8::is_ascii_digit));
    scan.is(mark.first, "apr")
        && (scan.spelled(mark.first) != b"APR" || figure(mark.first.checked_sub(1)) || figure(Some(mark.last + 1)))
}

fn menopause(notes: &mut Notes<'_, '_, '_>) {
    let scan = notes.scan;
    for place in 0..scan.tokens.len() {
        let spelled = scan.spelled(place);
        if spelled.len() < 13 && !scan.is(place + 1, "menopausal") {
            continue;
        }
        let joined: Vec<u8> = if scan.is(place + 1, "menopausal") && !scan.gap(place + 1).has(Gap::HARD) {
            [spelled, b"menopausal"].concat().to_ascii_lowercase()
        } else {
            spelled.to_ascii_lowercase()
        };
        let value = match joined.as_slice() {
            b"premenopausal" => "premenopausal",
            b"perimenopausal" => "perimenopausal",
            b"postmenopausal" => "postmenopausal",
            _ => continue,
        };
        let last = if spelled.len() < 12 { place + 1 } else { place };
        let scope = notes.cues.of(scan, place, last);
        let context = if scope.context == Context::Family { Context::Family } else { Context::Current };
        notes.add(Finding {
            polarity: scope.polarity,
            context: Some(context),
            ..Finding::new(Concept::MENOPAUSAL_STATUS, value, scan.span(place, last))
        });
    }
}
