//! Invasion of vessels and nerves, extension beyond nodes, ulceration, focality: present, absent, or not to be told.

use consilium_casefile::facts::{Concept, Polarity};

use crate::lexicon::{Cue, Meaning};
use crate::reader::{Finding, Notes};
use crate::scan::{Gap, Mark, Scan};

/// Invasion, extension, ulceration, focality.
pub(crate) fn read(notes: &mut Notes<'_, '_, '_>) {
    let scan = notes.scan;
    for mark in &scan.marks {
        let Some(Meaning::Label(label)) = scan.meaning(mark) else { continue };
        if [
            Concept::LYMPHOVASCULAR_INVASION,
            Concept::LYMPHATIC_INVASION,
            Concept::VENOUS_INVASION,
            Concept::PERINEURAL_INVASION,
            Concept::EXTRANODAL_EXTENSION,
            Concept::ULCERATION,
        ]
        .contains(label)
        {
            finding(notes, label, mark);
        } else if *label == Concept::FOCALITY {
            focality(notes, mark);
        }
    }
    for place in 0..scan.tokens.len() {
        category(notes, place);
    }
}

/// "L0, V0, Pn1": the invasion of nerves beside the categories of TNM. Behind a T it may be a slip for pN.
fn category(notes: &mut Notes<'_, '_, '_>, place: usize) {
    let scan = notes.scan;
    let (value, polarity) = match scan.spelled(place) {
        b"Pn0" => ("absent", Polarity::Absent),
        b"Pn1" => ("present", Polarity::Present),
        _ => return,
    };
    let before = place.checked_sub(1).map_or(&[][..], |before| scan.spelled(before));
    let follows_t = matches!(before, [b'T', b'0'..=b'4' | b'X' | b'i', ..] | [_, b'T', b'0'..=b'4' | b'X' | b'i', ..]);
    let scope = notes.cues.of(scan, place, place);
    if follows_t && !scan.gap(place).has(Gap::HARD) || scope.polarity != Polarity::Present {
        return;
    }
    notes.add(Finding {
        polarity,
        context: Some(scope.context),
        weight: 160,
        ..Finding::new(Concept::PERINEURAL_INVASION, value, scan.span(place, place))
    });
}

fn finding(notes: &mut Notes<'_, '_, '_>, label: &Concept, mark: &Mark) {
    let scan = notes.scan;
    let scope = notes.cues.of(scan, mark.first, mark.last);
    let colon = scan.gap(mark.last + 1).has(Gap::COLON | Gap::CLOSE);
    let signed = crate::receptors::sign(scan, mark.last).map(|(value, _)| value == "positive");
    let (polarity, last, weight) = match result_after(scan, mark, colon) {
        // "LVI: +", "PNI-"
        // "LVI 0", as in "L0 V0".
        None if scan.spelled(mark.last + 1) == b"0" && scan.between(mark.last + 1) == b" " => {
            (Polarity::Absent, mark.last + 1, 100)
        }
        None if signed.is_some() => {
            (if signed == Some(true) { Polarity::Present } else { Polarity::Absent }, mark.last, 160)
        }
        Some((polarity, last)) => (polarity, last, if colon { 160 } else { 100 }),
        // A label with nothing behind it says nothing.
        None if colon => return,
        None => (scope.polarity, mark.last, 100),
    };
    let polarity = match (scope.polarity, polarity) {
        // What is denied between commas is of something else.
        (_, polarity) if behind_insertion(scan, mark.last + 1).is_some() => polarity,
        (Polarity::Absent, Polarity::Present) if !colon => Polarity::Absent,
        (Polarity::Uncertain, Polarity::Present) if !colon => Polarity::Uncertain,
        (_, polarity) => polarity,
    };
    let value = match polarity {
        Polarity::Present => "present",
        Polarity::Absent => "absent",
        Polarity::Uncertain => "uncertain",
        Polarity::NotTested => "not tested",
        Polarity::Insufficient => "insufficient",
    };
    // "Ulcerated" may be said of a mucosa; only a labelled answer counts.
    let told = last > mark.last && polarity != Polarity::Uncertain;
    if *label == Concept::ULCERATION && !colon && !told && !scan.is(mark.first, "ulcerated") {
        return;
    }
    notes.add(Finding {
        polarity,
        context: Some(scope.context),
        weight,
        ..Finding::new(label.clone(), value, scan.span(mark.first, last))
    });
}

/// What is said behind a label, and its last word.
pub(crate) fn result_after(scan: &Scan<'_, '_>, label: &Mark, colon: bool) -> Option<(Polarity, usize)> {
    let reach = if colon { 6 } else { 5 };
    // "Lymphovascular invasion, absent in the biopsy, is present": what stands between the commas is of something else.
    let from = behind_insertion(scan, label.last + 1).unwrap_or(label.last + 1);
    let limit = from + reach;
    for place in from..limit {
        let gap = scan.gap(place);
        if gap.has(Gap::BLANK) || (gap.has(Gap::HARD) && (place > label.last + 1 || !colon)) {
            return None;
        }
        for mark in scan.marks_from(place).iter().take_while(|mark| mark.first == place) {
            match scan.meaning(mark) {
                Some(Meaning::Result(result)) => {
                    let polarity = match result.as_str() {
                        "present" | "positive" | "involved" => Polarity::Present,
                        "absent" | "negative" | "free" => Polarity::Absent,
                        "uncertain" | "equivocal" => Polarity::Uncertain,
                        "not_tested" => Polarity::NotTested,
                        "insufficient" => Polarity::Insufficient,
                        _ => continue,
                    };
                    // "Present / absent" says neither.
                    if scan.gap(mark.last + 1).has(Gap::SLASH) {
                        return (!colon).then_some((Polarity::Uncertain, mark.last));
                    }
                    // "Cannot be called present": not said to be so.
                    let denied = crate::receptors::is_taken_back(scan, label.last + 1, place);
                    let polarity = if denied && polarity == Polarity::Present { Polarity::Uncertain } else { polarity };
                    return Some((polarity, mark.last));
                }
                Some(Meaning::Label(_)) if place > label.last + 1 || gap.has(Gap::COMMA) => return None,
                _ => {}
            }
        }
        // "No", where it is not the beginning of a longer result such as "not assessed".
        let negates =
            |mark: &&Mark| mark.first == place && matches!(scan.meaning(mark), Some(Meaning::Cue(Cue::NegatesAfter)));
        if colon && scan.marks_from(place).iter().take_while(|mark| mark.first == place).any(|mark| negates(&mark)) {
            return Some((Polarity::Absent, place));
        }
    }
    None
}

/// The verb behind words that commas set apart at once behind a label.
fn behind_insertion(scan: &Scan<'_, '_>, from: usize) -> Option<usize> {
    if !scan.gap(from).has(Gap::COMMA) {
        return None;
    }
    let near = (from + 1..from + 10).take_while(|at| !scan.gap(*at).has(Gap::HARD));
    let verb = |at: &usize| ["is", "are", "was", "were"].iter().any(|word| scan.is(*at, word));
    near.into_iter().filter(|at| scan.gap(*at).has(Gap::COMMA)).find(verb)
}

fn focality(notes: &mut Notes<'_, '_, '_>, mark: &Mark) {
    let scan = notes.scan;
    let value = |place: usize| {
        if ["unifocal", "single", "solitary", "one"].iter().any(|word| scan.is(place, word)) {
            Some("unifocal")
        } else if ["multifocal", "multiple", "multicentric", "multifocality", "two", "three"]
            .iter()
            .any(|word| scan.is(place, word))
        {
            Some("multifocal")
        } else {
            None
        }
    };
    let own = value(mark.first);
    let labelled = scan.gap(mark.last + 1).has(Gap::COLON);
    let (value, last) = match own {
        Some(value) if !labelled => (value, mark.last),
        _ if labelled => match (mark.last + 1..=mark.last + 2).find_map(|place| Some((value(place)?, place))) {
            Some(found) => found,
            None => return,
        },
        _ => return,
    };
    let scope = notes.cues.of(scan, mark.first, mark.last);
    if scope.polarity == Polarity::Present {
        notes.add(Finding {
            weight: if labelled { 160 } else { 100 },
            context: Some(scope.context),
            ..Finding::new(Concept::FOCALITY, value, scan.span(mark.first, last))
        });
    }
}
