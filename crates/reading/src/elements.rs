//! The smaller elements of a report on an operation: residual tumour, necrosis, response to
//! treatment, mitoses. A number counts only where its unit or its label says what it is.

use consilium_casefile::facts::{Concept, Polarity, Qualifiers};

use crate::invasion::result_after;
use crate::lexicon::Meaning;
use crate::numbers::{count, decimal, percent_at, roman};
use crate::reader::{Finding, Notes};
use crate::scan::{Gap, Mark, Scan};

/// Residual tumour, necrosis, response, mitoses.
pub(crate) fn read(notes: &mut Notes<'_, '_, '_>) {
    let scan = notes.scan;
    for mark in &scan.marks {
        let Some(Meaning::Label(label)) = scan.meaning(mark) else { continue };
        if *label == Concept::NECROSIS {
            necrosis(notes, mark);
        } else if *label == Concept::TREATMENT_EFFECT {
            response(notes, mark);
        } else if *label == Concept::MITOTIC_RATE {
            mitoses(notes, mark);
        }
    }
    residual(notes);
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
        let operated =
            scan.marks_from(place.saturating_sub(5)).iter().take_while(|mark| mark.first < place).any(|mark| {
                matches!(scan.meaning(mark), Some(Meaning::Procedure(_)))
                    && !(mark.last + 1..=place).any(|at| scan.gap(at).has(Gap::HARD))
            });
        let beside =
            operated && scan.gap(place).has(Gap::COMMA) || (place > 0 && category(place - 1)) || category(place + 1);
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
