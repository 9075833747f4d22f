//! The person beside the tumour: procedures done, menopause, relatives with cancer.

use consilium_casefile::facts::{Concept, Context, Polarity, Section};

use crate::lexicon::Meaning;
use crate::reader::{Finding, Notes};
use crate::scan::{Gap, Mark, Scan};

/// Procedures, menopausal status, family history.
pub(crate) fn read(notes: &mut Notes<'_, '_, '_>) {
    procedures(notes);
    menopause(notes);
    relatives(notes);
}

fn procedures(notes: &mut Notes<'_, '_, '_>) {
    let scan = notes.scan;
    let mut seen = std::collections::BTreeSet::new();
    for mark in &scan.marks {
        let Some(Meaning::Procedure(procedure)) = scan.meaning(mark) else { continue };
        let section = scan.section(mark.first);
        if is_month(scan, mark) {
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

/// A tumour said of a relative.
fn relatives(notes: &mut Notes<'_, '_, '_>) {
    let found: Vec<_> = notes
        .noted()
        .filter(|fact| fact.concept == Concept::MORPHOLOGY && fact.context == Context::Family)
        .map(|fact| (fact.value.clone(), fact.start..fact.end, fact.polarity))
        .collect();
    for (value, range, polarity) in found {
        notes.add(Finding {
            polarity,
            context: Some(Context::Family),
            ..Finding::new(Concept::FAMILY_HISTORY, value, range)
        });
    }
}
