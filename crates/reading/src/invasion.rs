//! Invasion of vessels and nerves, extension beyond nodes, ulceration, and margins: present, absent, or not to be told.

use consilium_casefile::facts::{Concept, Polarity, Qualifiers};

use crate::elements::margin_name;
use crate::lexicon::{Cue, Meaning};
use crate::reader::{Finding, Notes};
use crate::scan::{Gap, Mark, Scan};

/// Longer lists of margins are cut.
const MOST_MARGINS: usize = 16;

/// Invasion, extension, ulceration and margins.
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
        } else if *label == Concept::MARGIN {
            margin(notes, mark);
        } else if *label == Concept::FOCALITY {
            focality(notes, mark);
        }
    }
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
    let limit = label.last + 1 + reach;
    for place in label.last + 1..limit {
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
                    // "present / absent" is a line to tick.
                    if scan.gap(mark.last + 1).has(Gap::SLASH) {
                        return None;
                    }
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

/// "Margins free", "deep margin involved by carcinoma", "Margins: negative".
fn margin(notes: &mut Notes<'_, '_, '_>, mark: &Mark) {
    let scan = notes.scan;
    if margins_by_name(notes, mark) {
        return;
    }
    let limit = mark.last + 10;
    let mut found = None;
    'words: for place in mark.last + 1..=limit {
        let gap = scan.gap(place);
        if gap.has(Gap::BLANK) || (gap.has(Gap::HARD) && place > mark.last + 1) {
            break;
        }
        // "The margins could not be said to be positive": neither.
        let denied = scan.marks_from(place).iter().take_while(|other| other.first == place).any(|other| {
            matches!(scan.meaning(other), Some(Meaning::Cue(Cue::NegatesAfter))) && scan.is(other.last, "not")
        });
        for other in scan.marks_from(place).iter().take_while(|other| other.first == place) {
            match scan.meaning(other) {
                // "Margins: involved ___ free ___": a line to fill in.
                Some(Meaning::Result(_)) if scan.gap(other.last + 1).has(Gap::BLANK) => break 'words,
                Some(Meaning::Result(result)) => {
                    found = match result.as_str() {
                        "free" | "negative" | "absent" => Some(("free", Polarity::Absent, other.last)),
                        "involved" | "positive" => Some(("involved", Polarity::Present, other.last)),
                        "close" => Some(("close", Polarity::Present, other.last)),
                        "insufficient" => Some(("not assessable", Polarity::Insufficient, other.last)),
                        "not_tested" if scan.gap(mark.last + 1).has(Gap::COLON) => {
                            Some(("not tested", Polarity::NotTested, other.last))
                        }
                        _ => None,
                    };
                    if found.is_some() {
                        break 'words;
                    }
                }
                Some(Meaning::Label(label)) if *label != Concept::MARGIN => break 'words,
                _ => {}
            }
        }
        if denied {
            return;
        }
    }
    let found =
        found.map(|(value, polarity, last)| (value, polarity, mark.first, last)).or_else(|| margin_before(scan, mark));
    let Some((value, polarity, first, last)) = found else { return };
    let scope = notes.cues.of(scan, first, first);
    // "not free", "no longer free": what is denied is not read.
    if scope.polarity == Polarity::Absent && value == "free" && scan.is(first.saturating_sub(1), "not") {
        return;
    }
    // The margins as a whole outweigh a named one; among like statements no choice is made.
    let first_word = scan.spelled(mark.first).to_ascii_lowercase();
    let general = scan.spelled(mark.last).to_ascii_lowercase().ends_with(b"s")
        && (mark.last > mark.first || matches!(first_word.as_slice(), b"margins"));
    let weight = if general { 120 } else { 100 };
    notes.add(Finding {
        polarity,
        context: Some(scope.context),
        weight,
        qualifiers: Qualifiers { site: margin_name(scan, mark), ..Qualifiers::default() },
        ..Finding::new(Concept::MARGIN, value, scan.span(first, last))
    });
}

/// "Margins: posterior negative, deep positive": each margin of a list with its own answer. Whether there was one.
fn margins_by_name(notes: &mut Notes<'_, '_, '_>, mark: &Mark) -> bool {
    let scan = notes.scan;
    if !scan.gap(mark.last + 1).has(Gap::COLON) {
        return false;
    }
    let named = |place: usize| scan.lexicon.names_margin(scan.word(place));
    let answer = |place: usize| {
        scan.marks_from(place).iter().take_while(|other| other.first == place).find_map(|other| {
            let (value, polarity) = match scan.meaning(other) {
                Some(Meaning::Result(result)) => match result.as_str() {
                    "free" | "negative" | "absent" => ("free", Polarity::Absent),
                    "involved" | "positive" | "present" => ("involved", Polarity::Present),
                    "close" => ("close", Polarity::Present),
                    _ => return None,
                },
                _ => return None,
            };
            Some((value, polarity, other.last))
        })
    };
    let mut place = mark.last + 1;
    let mut found = Vec::new();
    while found.len() < MOST_MARGINS && named(place) {
        // "Superior lateral" is one margin, "superior and lateral" and "superior, lateral" are two with one answer.
        let mut names = Vec::new();
        while named(place) {
            let first = place;
            while named(place + 1) && !scan.gap(place + 1).has(Gap::COMMA | Gap::SLASH | Gap::HARD) {
                place += 1;
            }
            names.push((first, place));
            place += 1;
            place += usize::from(scan.is(place, "and") && named(place + 1));
        }
        place += usize::from(["is", "are", "margin", "margins"].iter().any(|word| scan.is(place, word)));
        let Some((value, polarity, last)) = answer(place) else { break };
        found.extend(names.into_iter().map(|(first, end)| (first, end, value, polarity, last)));
        place = last + 1;
        place += usize::from(scan.is(place, "and") || scan.is(place, "but"));
    }
    for (first, end, value, polarity, last) in &found {
        let words: Vec<String> =
            (*first..=*end).map(|place| String::from_utf8_lossy(scan.spelled(place)).to_lowercase()).collect();
        notes.add(Finding {
            polarity: *polarity,
            context: Some(notes.cues.of(scan, *first, *first).context),
            qualifiers: Qualifiers { site: Some(words.join(" ")), ..Qualifiers::default() },
            ..Finding::new(Concept::MARGIN, *value, scan.span(*first, *last))
        });
    }
    !found.is_empty()
}

/// "Negative margins", "no tumor at the inked margin", "carcinoma present at deep margin".
fn margin_before(scan: &Scan<'_, '_>, mark: &Mark) -> Option<(&'static str, Polarity, usize, usize)> {
    let mut found = None;
    for other in scan.marks_from(mark.first.saturating_sub(5)).iter().take_while(|other| other.first < mark.first) {
        if other.last >= mark.first
            || (other.last + 1..=mark.first).any(|place| scan.gap(place).has(Gap::HARD | Gap::COLON | Gap::COMMA))
        {
            continue;
        }
        if let Some(Meaning::Result(result)) = scan.meaning(other) {
            found = match result.as_str() {
                "free" => Some(("free", Polarity::Absent, other.first, mark.last)),
                "negative" if mark.first == other.last + 1 => Some(("free", Polarity::Absent, other.first, mark.last)),
                "involved" => Some(("involved", Polarity::Present, other.first, mark.last)),
                "positive" if mark.first == other.last + 1 => {
                    Some(("involved", Polarity::Present, other.first, mark.last))
                }
                _ => found,
            };
        }
    }
    found
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
