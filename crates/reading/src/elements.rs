//! The smaller elements of a report on an operation: distance to a margin, residual tumour, necrosis, response to
//! treatment, mitoses. A number counts only where its unit or its label says what it is.

use std::ops::Range;

use consilium_casefile::facts::{Basis, Concept, Polarity, Qualifiers};

use crate::invasion::result_after;
use crate::lexicon::Meaning;
use crate::numbers::{Number, count, decimal, percent_at, roman, shown};
use crate::reader::{Finding, Notes};
use crate::scan::{Gap, Mark, Scan};

/// Words from a margin within which its distance stands.
const REACH: usize = 9;

/// Distances, residual tumour, necrosis, response, mitoses.
pub(crate) fn read(notes: &mut Notes<'_, '_, '_>) {
    let scan = notes.scan;
    let mut distances: Vec<Range<usize>> = Vec::new();
    for mark in &scan.marks {
        let Some(Meaning::Label(label)) = scan.meaning(mark) else { continue };
        if *label == Concept::MARGIN {
            distance(notes, mark, &mut distances);
        } else if *label == Concept::NECROSIS {
            necrosis(notes, mark);
        } else if *label == Concept::TREATMENT_EFFECT {
            response(notes, mark);
        } else if *label == Concept::MITOTIC_RATE {
            mitoses(notes, mark);
        }
    }
    residual(notes);
}

/// The margin a statement names, in its own words: `deep`, `bile duct`.
pub(crate) fn margin_name(scan: &Scan<'_, '_>, mark: &Mark) -> Option<String> {
    let named = |place: usize| scan.lexicon.names_margin(scan.word(place));
    let inside: Vec<usize> = (mark.first..=mark.last).filter(|place| named(*place)).collect();
    let mut places = inside;
    // "Deep inked margin", "posterior and deep margin": what stands at once before it.
    if places.is_empty() {
        let before = (mark.first.saturating_sub(2)..mark.first).filter(|place| {
            named(*place) && !(*place + 1..=mark.first).any(|p| scan.gap(p).has(Gap::HARD | Gap::COLON))
        });
        places = before.collect();
    }
    // "Closest margin: deep"
    if places.is_empty() && scan.gap(mark.last + 1).has(Gap::COLON | Gap::OPEN) && named(mark.last + 1) {
        places.push(mark.last + 1);
    }
    let words: Vec<String> =
        places.iter().map(|place| String::from_utf8_lossy(scan.spelled(*place)).to_lowercase()).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// A length in millimetres at a word, and its last word. "2.3 x 1.1 cm" measures something else.
fn length(scan: &Scan<'_, '_>, place: usize) -> Option<(Number, f64, usize)> {
    let number = decimal(scan, place)?;
    let unit = scan.word(number.last + 1);
    let factor = if unit == scan.lexicon.common.mm {
        1.0
    } else if unit == scan.lexicon.common.cm {
        10.0
    } else {
        return None;
    };
    let dimension = scan.is(number.last + 2, "x") || (place > 0 && scan.is(place - 1, "x"));
    let near = !scan.gap(number.last + 1).has(Gap::HARD | Gap::COMMA) && number.value * factor < 300.0;
    (near && !dimension).then(|| (number.clone(), factor, number.last + 1))
}

/// "1 mm from the deep margin", "closest margin: deep, 1 mm", "margins free (closest 4 mm, anterior)".
fn distance(notes: &mut Notes<'_, '_, '_>, mark: &Mark, taken: &mut Vec<Range<usize>>) {
    let scan = notes.scan;
    let between = |place: usize| scan.lexicon.names_margin(scan.word(place)) || is_between(scan, place);
    let mut found = None;
    let mut first = mark.first;
    for place in mark.last + 1..=mark.last + REACH {
        let gap = scan.gap(place);
        if gap.has(Gap::BLANK) || (gap.has(Gap::HARD) && place > mark.last + 1) {
            break;
        }
        if let Some((number, factor, last)) = length(scan, place) {
            // "Margin 2 mm from the tumor" is one; "margin; 2 mm from" begins the next.
            found = Some((number, factor, place, last));
            break;
        }
        if !between(place) {
            break;
        }
    }
    if found.is_none() {
        for place in (mark.first.saturating_sub(REACH)..mark.first).rev() {
            if scan.gap(place + 1).has(Gap::HARD | Gap::COLON) {
                break;
            }
            if let Some((number, factor, last)) = length(scan, place) {
                let says_from = (last + 1..mark.first).any(|p| ["from", "to", "of"].iter().any(|w| scan.is(p, w)));
                if says_from && (last + 1..mark.first).all(between) {
                    first = place;
                    found = Some((number, factor, place, last));
                }
                break;
            }
        }
    }
    let Some((number, factor, place, last)) = found else { return };
    let range = scan.span(first.min(place), last.max(mark.last));
    if taken.contains(&(place..last)) {
        return;
    }
    taken.push(place..last);
    let less = number.text.starts_with('<')
        || ["within", "than"].iter().any(|word| place > 0 && scan.is(place - 1, word)) && !is_more(scan, place);
    let scope = notes.cues.of(scan, mark.first, mark.first);
    notes.add(Finding {
        unit: Some("mm"),
        context: Some(scope.context),
        // A number that was changed from centimetres is still what is written, in another unit.
        basis: Basis::Stated,
        qualifiers: Qualifiers {
            site: margin_name(scan, mark).or_else(|| margin_behind(scan, last)),
            ..Qualifiers::default()
        },
        ..Finding::new(
            Concept::MARGIN_DISTANCE_MM,
            format!("{}{}", if less { "<" } else { "" }, shown(number.value * factor)),
            range,
        )
    });
}

fn is_more(scan: &Scan<'_, '_>, place: usize) -> bool {
    place > 1 && (scan.is(place - 2, "more") || scan.is(place - 2, "greater"))
}

/// "Closest 4 mm, anterior"
fn margin_behind(scan: &Scan<'_, '_>, last: usize) -> Option<String> {
    let named = scan.lexicon.names_margin(scan.word(last + 1)) && !scan.gap(last + 1).has(Gap::HARD);
    named.then(|| String::from_utf8_lossy(scan.spelled(last + 1)).to_lowercase())
}

fn is_between(scan: &Scan<'_, '_>, place: usize) -> bool {
    [
        "is",
        "are",
        "at",
        "by",
        "of",
        "to",
        "from",
        "the",
        "distance",
        "closest",
        "nearest",
        "negative",
        "free",
        "clear",
        "uninvolved",
        "inked",
        "within",
        "less",
        "than",
        "more",
        "greater",
        "approximately",
        "tumor",
        "carcinoma",
        "invasive",
        "away",
        "measures",
        "and",
        "surgical",
        "resection",
        "for",
        "a",
        "clearance",
    ]
    .iter()
    .any(|word| scan.is(place, word))
}

/// "R0", in a parenthesis, beside a category, or where the words before speak of the resection.
fn residual(notes: &mut Notes<'_, '_, '_>) {
    let scan = notes.scan;
    for place in 0..scan.tokens.len() {
        let spelled = scan.spelled(place);
        let [b'R', figure] = spelled else { continue };
        let (value, guessed) = match figure {
            b'0' => ("R0", false),
            b'1' => ("R1", false),
            b'2' => ("R2", false),
            b'x' | b'X' => ("RX", false),
            b'O' => ("R0", true),
            _ => continue,
        };
        let scale = scan.gap(place + 1).has(Gap::SLASH | Gap::HYPHEN) || scan.gap(place).has(Gap::SLASH);
        let category = |at: usize| {
            matches!(scan.spelled(at), [b'M' | b'N' | b'L' | b'V', figure, ..] if figure.is_ascii_digit() || matches!(figure, b'X' | b'x'))
                || matches!(scan.spelled(at), [b'p', b'T' | b'N' | b'M', ..])
        };
        let speaks = (place.saturating_sub(5)..place).any(|at| {
            ["residual", "resection", "resected", "margin", "margins"].iter().any(|word| scan.is(at, word))
                && !(at + 1..=place).any(|p| scan.gap(p).has(Gap::HARD))
        });
        let beside = (place > 0 && category(place - 1)) || category(place + 1);
        if scale || !(speaks || beside) {
            continue;
        }
        let polarity = match (guessed, value) {
            (true, _) => Polarity::Uncertain,
            (false, "RX") => Polarity::Insufficient,
            _ => Polarity::Present,
        };
        let scope = notes.cues.of(scan, place, place);
        notes.add(Finding {
            polarity,
            context: Some(scope.context),
            ..Finding::new(Concept::RESIDUAL_TUMOR, value, scan.span(place, place))
        });
    }
}

/// "Necrosis: 30%", "necrosis 92 %", "no necrosis", "necrosis: present".
fn necrosis(notes: &mut Notes<'_, '_, '_>, mark: &Mark) {
    let scan = notes.scan;
    let scope = notes.cues.of(scan, mark.first, mark.last);
    let colon = scan.gap(mark.last + 1).has(Gap::COLON);
    for place in mark.last + 1..=mark.last + 5 {
        if scan.gap(place).has(Gap::BLANK) || (scan.gap(place).has(Gap::HARD) && place > mark.last + 1) {
            break;
        }
        let Some(number) = decimal(scan, place) else { continue };
        if let Some(end) = percent_at(scan, number.range.end).filter(|_| number.value <= 100.0) {
            let start = scan.token(mark.first).map_or(number.range.start, |token| token.start());
            notes.add(Finding {
                unit: Some("%"),
                context: Some(scope.context),
                weight: 160,
                ..Finding::new(Concept::NECROSIS, number.text, start..end)
            });
            return;
        }
        break;
    }
    let (polarity, last) = match result_after(scan, mark, colon) {
        Some(found) => found,
        None if colon => return,
        None => (scope.polarity, mark.last),
    };
    let value = match polarity {
        Polarity::Present => "present",
        Polarity::Absent => "absent",
        Polarity::Uncertain => "uncertain",
        Polarity::NotTested => "not tested",
        Polarity::Insufficient => "insufficient",
    };
    notes.add(Finding {
        polarity,
        context: Some(scope.context),
        ..Finding::new(Concept::NECROSIS, value, scan.span(mark.first, last))
    });
}

/// "RCB-II", "tumor regression score 1", "treatment effect: no known presurgical therapy".
fn response(notes: &mut Notes<'_, '_, '_>, mark: &Mark) {
    let scan = notes.scan;
    let burden = scan.is(mark.first, "rcb") || scan.is(mark.first, "residual");
    let scope = notes.cues.of(scan, mark.first, mark.first);
    let mut add = |value: String, polarity: Polarity, method: Option<&str>, last: usize| {
        notes.add(Finding {
            polarity,
            context: Some(scope.context),
            qualifiers: Qualifiers { method: method.map(str::to_owned), ..Qualifiers::default() },
            ..Finding::new(Concept::TREATMENT_EFFECT, value, scan.span(mark.first, last))
        });
    };
    for place in mark.last + 1..=mark.last + 4 {
        let gap = scan.gap(place);
        if gap.has(Gap::BLANK) || (gap.has(Gap::HARD) && place > mark.last + 1) {
            return;
        }
        let figure = count(scan, place).filter(|(value, last)| *value <= 5 && *last == place).map(|(value, _)| value);
        let scale = scan.gap(place + 1).has(Gap::SLASH | Gap::HYPHEN);
        if burden
            && let Some(class) = roman(scan.spelled(place)).filter(|class| *class <= 3).or(figure.filter(|f| *f == 0))
        {
            if !scale {
                let name = ["0", "I", "II", "III"].get(usize::try_from(class).unwrap_or(0)).copied().unwrap_or("0");
                add(format!("RCB-{name}"), Polarity::Present, Some("rcb"), place);
            }
            return;
        }
        let scored = (mark.first..place).any(|at| ["score", "grade", "regression"].iter().any(|w| scan.is(at, w)));
        if !burden
            && scored
            && let Some(value) = figure
        {
            let decimal = scan.text.at(scan.token(place).map_or(0, |token| token.end())) == b'.'
                && scan.text.at(scan.token(place).map_or(0, |token| token.end()) + 1).is_ascii_digit();
            if !scale && !decimal {
                add(value.to_string(), Polarity::Present, Some("regression score"), place);
            }
            return;
        }
    }
    let untreated = (mark.last + 1..=mark.last + 4).find(|place| scan.is(*place, "known") || scan.is(*place, "prior"));
    let colon = scan.gap(mark.last + 1).has(Gap::COLON);
    if let Some(place) = untreated.filter(|_| colon && scan.is(mark.last + 1, "no")) {
        add("not treated".to_owned(), Polarity::NotTested, None, place);
    } else if colon && let Some((polarity, last)) = result_after(scan, mark, true) {
        let value = match polarity {
            Polarity::Present => "present",
            Polarity::Absent => "absent",
            Polarity::NotTested => "not tested",
            _ => return,
        };
        add(value.to_owned(), polarity, None, last);
    }
}

/// "Mitotic rate: 15/10 HPF", "3 mitoses/mm2", "mitotic count 4 per 10 high power fields".
fn mitoses(notes: &mut Notes<'_, '_, '_>, mark: &Mark) {
    let scan = notes.scan;
    let before = mark
        .first
        .checked_sub(1)
        .filter(|place| !scan.gap(mark.first).has(Gap::HARD | Gap::COMMA) && decimal(scan, *place).is_some());
    let after = (mark.last + 1..=mark.last + 3)
        .take_while(|place| *place == mark.last + 1 || !scan.gap(*place).has(Gap::HARD))
        .find(|place| decimal(scan, *place).is_some());
    for (place, from) in [(before, mark.last + 1), (after, after.map_or(0, |place| place + 1))]
        .into_iter()
        .filter_map(|(place, from)| Some((place?, from)))
    {
        let Some(number) = decimal(scan, place) else { continue };
        let from = from.max(number.last + 1);
        let Some((unit, last)) = fields(scan, from) else { continue };
        let scope = notes.cues.of(scan, mark.first, mark.first);
        let first = place.min(mark.first);
        notes.add(Finding {
            unit: Some(unit),
            context: Some(scope.context),
            ..Finding::new(Concept::MITOTIC_RATE, number.text, scan.span(first, last.max(mark.last)))
        });
        return;
    }
}

/// The area mitoses were counted in, and its last word.
fn fields(scan: &Scan<'_, '_>, from: usize) -> Option<(&'static str, usize)> {
    for place in from..from + 4 {
        if scan.gap(place).has(Gap::HARD) {
            return None;
        }
        if scan.is(place, "mm2") || (scan.word(place) == scan.lexicon.common.mm && scan.is(place + 1, "2")) {
            let two = place > from && scan.is(place - 1, "2");
            return Some((if two { "/(2.mm2)" } else { "/mm2" }, place));
        }
        if scan.word(place) == scan.lexicon.common.mm {
            return Some(("/mm2", place)).filter(|_| scan.is(place.saturating_sub(1), "square"));
        }
        let fields =
            scan.is(place, "hpf") || scan.is(place, "hpfs") || (scan.is(place, "high") && scan.is(place + 1, "power"));
        if fields {
            let ten = (from..place).any(|at| scan.is(at, "10") || scan.is(at, "ten"));
            return Some((if ten { "/(10.{HPF})" } else { "/{HPF}" }, place));
        }
    }
    None
}
