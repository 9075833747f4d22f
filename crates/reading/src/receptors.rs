//! Oestrogen and progesterone receptors and HER2: result, percent, score, ratio. A label with an empty line after it, a
//! control, or an explanation of the method is no result.

mod her2;
mod row;

use consilium_casefile::facts::{Basis, Concept, Polarity, Qualifiers};
use consilium_casefile::knowledge::WordGroup;

use crate::lexicon::Meaning;
use crate::numbers::{decimal, percent_at};
use crate::reader::{Finding, Notes};
use crate::scan::{Gap, Mark, Scan};

/// Words from a label within which its result stands.
const REACH: usize = 16;

/// A result and where it stands.
struct Result {
    value: &'static str,
    first: usize,
    last: usize,
}

/// Receptors and HER2.
pub(crate) fn read(notes: &mut Notes<'_, '_, '_>) {
    let scan = notes.scan;
    let labels: Vec<(Concept, Mark)> = scan
        .marks
        .iter()
        .filter_map(|mark| match scan.meaning(mark) {
            Some(Meaning::Label(label)) if is_receptor(label) && !is_other_word(scan, mark) => {
                Some((label.clone(), *mark))
            }
            _ => None,
        })
        .collect();
    triple_negative(notes);
    let mut read_until = 0;
    for (at, (label, mark)) in labels.iter().enumerate() {
        if at < read_until {
            continue;
        }
        if let Some(read) = row::read(notes, &labels, at) {
            read_until = at + read;
            continue;
        }
        let ends = labels.get(at + 1).map(|(_, next)| next);
        read_label(notes, label, mark, ends, labels.get(at + 1), labels.get(at + 2));
    }
}

/// "Triple negative": both hormone receptors. Of HER2 it does not say by which test, so that is not read.
fn triple_negative(notes: &mut Notes<'_, '_, '_>) {
    let scan = notes.scan;
    for place in 0..scan.tokens.len() {
        if !scan.is(place, "triple") || !scan.is(place + 1, "negative") || scan.gap(place + 1).has(Gap::HARD) {
            continue;
        }
        let scope = notes.cues.of(scan, place, place + 1);
        if scope.polarity != Polarity::Present {
            continue;
        }
        for receptor in [Concept::ER, Concept::PR] {
            notes.add(Finding {
                polarity: Polarity::Absent,
                context: Some(scope.context),
                ..Finding::new(receptor, "negative", scan.span(place, place + 1))
            });
        }
    }
}

fn is_receptor(label: &Concept) -> bool {
    [Concept::ER, Concept::PR, Concept::HER2_IHC, Concept::HER2_ISH, Concept::HER2_RATIO, Concept::HER2_COPIES]
        .contains(label)
}

/// "er" and "pr" in small letters are something else, and so is the ER somebody was seen in.
fn is_other_word(scan: &Scan<'_, '_>, mark: &Mark) -> bool {
    let first = scan.spelled(mark.first);
    if first == b"ER" && mark.first == mark.last && is_a_room(scan, mark.first) {
        return true;
    }
    // "PR interval 180 ms", "partial response (PR)"
    if first == b"PR" && (scan.is(mark.last + 1, "interval") || mark.first > 0 && scan.is(mark.first - 1, "response")) {
        return true;
    }
    // "External control tissue ER positive", "Control: ER positive"
    let control = |place: usize| scan.is_of(place, WordGroup::Control);
    let of_a_control = (mark.first.saturating_sub(3)..mark.first).any(|place| {
        control(place) && !(place + 1..=mark.first).any(|p| scan.gap(p).has(Gap::HARD | Gap::COMMA | Gap::CLOSE))
    });
    if of_a_control || is_of_normal_tissue(scan, mark.first) {
        return true;
    }
    mark.first == mark.last
        && first.len() <= 3
        && first.iter().any(u8::is_ascii_lowercase)
        && first != b"PgR"
        && first != b"PrgR"
}

/// "Adjacent benign ducts show strong ER positivity": whose receptor it is stands before it in the statement.
fn is_of_normal_tissue(scan: &Scan<'_, '_>, first: usize) -> bool {
    let near = (first.saturating_sub(7)..first).rev();
    let near = near.take_while(|at| !scan.gap(at + 1).has(Gap::HARD | Gap::COMMA | Gap::COLON | Gap::CLOSE));
    let part = near
        .take_while(|at| !scan.lexicon.morphology.is_head(scan.word(*at)))
        .find(|at| ["duct", "ducts", "lobules", "epithelium", "glands", "acini"].iter().any(|word| scan.is(*at, word)));
    part.is_some_and(|at| {
        (at.saturating_sub(3)..at).any(|before| {
            let healthy = ["normal", "benign", "nonneoplastic"].iter().any(|word| scan.is(before, word));
            healthy || scan.is(before, "neoplastic") && before > 0 && scan.is(before - 1, "non")
        })
    })
}

/// "Seen in the ER", "ER visit", "sent to the ER with".
fn is_a_room(scan: &Scan<'_, '_>, place: usize) -> bool {
    let near = |at: usize, words: &[&str]| words.iter().any(|word| scan.is(at, word));
    if scan.is_of(place + 1, WordGroup::EmergencyRoom) {
        return true;
    }
    let Some(before) = place.checked_sub(1).filter(|_| !scan.gap(place).has(Gap::HARD | Gap::COLON)) else {
        return false;
    };
    let article = usize::from(near(before, &["the", "our", "local", "an"]));
    let goes =
        before.checked_sub(article).is_some_and(|at| near(at, &["in", "to", "from", "via", "through", "at", "by"]));
    let result = scan
        .marks_from(place + 1)
        .iter()
        .take_while(|m| m.first == place + 1)
        .any(|m| matches!(scan.meaning(m), Some(Meaning::Result(_))));
    let told = result && !scan.gap(place + 1).has(Gap::HARD | Gap::COLON | Gap::COMMA);
    goes && !told
}

fn read_label(
    notes: &mut Notes<'_, '_, '_>,
    label: &Concept,
    mark: &Mark,
    ends: Option<&Mark>,
    next: Option<&(Concept, Mark)>,
    after_next: Option<&(Concept, Mark)>,
) {
    let scan = notes.scan;
    if [Concept::HER2_RATIO, Concept::HER2_COPIES].contains(label) {
        her2::figure(notes, label, mark);
        return;
    }
    let limit = ends.map_or(usize::MAX, |mark| mark.first).min(mark.last + REACH);
    let label = if *label == Concept::HER2_IHC && her2::is_ish(scan, mark, limit) { &Concept::HER2_ISH } else { label };
    // "ER and PR: positive": the result after the second label is that of both.
    let shared = next.filter(|(_, other)| {
        // Labels may overlap: "FISH for HER2/neu amplification".
        other.first.checked_sub(mark.last).is_some_and(|apart| apart <= 2)
            // "ER 70% / PR 5%": what stands between is of the first.
            && !(mark.last + 1..other.first).any(|at| !["and", "or", "with"].iter().any(|word| scan.is(at, word)))
            && (scan.gap(other.first).has(Gap::SLASH)
                || scan.is(mark.last + 1, "and")
                || (other.first == mark.last + 1 && !scan.gap(other.first).has(Gap::HARD | Gap::COLON | Gap::COMMA)))
    });
    let (from, limit) = match shared {
        Some((_, other)) => {
            let ends = after_next.map_or(usize::MAX, |(_, mark)| mark.first);
            (other.last + 1, ends.min(other.last + REACH))
        }
        None => (mark.last + 1, limit),
    };
    let (from, limit) = elsewhere(scan, from).map_or((from, limit), |from| (from, from + REACH));
    if *label == Concept::HER2_IHC && her2::is_key(scan, from, limit) {
        return;
    }
    // "ER+ PR+", "ER/PR+"
    let signed = sign(scan, mark.last).or_else(|| shared.and_then(|(_, other)| sign(scan, other.last)));
    if let Some((value, end)) = signed {
        let start = scan.token(mark.first).map_or(0, |token| token.start());
        let scope = notes.cues.of(scan, mark.first, mark.first);
        percent(notes, label, mark, from, limit);
        notes.add(Finding {
            polarity: polarity_of(value),
            context: Some(scope.context),
            ..Finding::new(label.clone(), value, start..end)
        });
        return;
    }
    let below = (shared.is_none() || *label == Concept::ER) && percent(notes, label, mark, from, limit);
    if *label == Concept::HER2_IHC && her2::ticked_score(notes, mark) {
        return;
    }
    let score = if *label == Concept::HER2_IHC { her2::her2_score(scan, from, limit) } else { None };
    if let Some((score, range)) = &score {
        let scope = notes.cues.of(scan, mark.first, mark.last);
        notes.add(Finding {
            context: Some(scope.context),
            ..Finding::new(Concept::HER2_IHC_SCORE, *score, scan.span(mark.first, scan.token_before(range.end)))
        });
    }
    if *label == Concept::HER2_ISH {
        her2::figures_of_ish(notes, from, limit);
    }
    // "IHC 2+, FISH negative": from the word for the other test on, the result is of that.
    let other_test = (from..limit).find(|place| *label == Concept::HER2_IHC && her2::is_word_of_ish(scan, *place));
    if let Some(place) = other_test {
        her2::told_of_ish(notes, mark, place, limit);
    }
    let result = after(scan, from, other_test.unwrap_or(limit), label)
        .or_else(|| before(scan, mark))
        .or_else(|| ticked(notes, mark, label));
    let by_score = score.as_ref().map(|(score, _)| her2::result_of(score));
    // "Positive in 0 % of cells" says two things.
    if below && result.as_ref().is_some_and(|r| r.value == "positive") {
        return;
    }
    // What the report calls the result comes before what the score is called today; opposites give none.
    let (value, first, last) = match (by_score, result) {
        (Some("positive"), Some(Result { value: "negative", .. }))
        | (Some("negative"), Some(Result { value: "positive", .. })) => return,
        (_, Some(result)) => (result.value, result.first.min(mark.first), result.last.max(mark.last)),
        (Some(value), None) => {
            let end = score.as_ref().map_or(0, |(_, range)| range.end);
            (value, mark.first, scan.token_before(end))
        }
        (None, None) => return,
    };
    if notes.cues.is_denied_at_once(scan, mark.first) && first == mark.first {
        return;
    }
    let basis = Basis::Stated;
    let polarity = polarity_of(value);
    let scope = notes.cues.of(scan, mark.first, mark.first);
    let weight = if value == "equivocal" { 1000 } else { 100 };
    notes.add(Finding {
        basis,
        polarity,
        context: Some(scope.context),
        qualifiers: Qualifiers {
            method: (*label == Concept::HER2_ISH).then(|| "ish".to_owned()),
            ..Qualifiers::default()
        },
        weight,
        ..Finding::new(label.clone(), value, scan.span(first, last))
    });
}

/// "ER+", "HER2 (-)", "ER: +": the sign at once behind a label, and where it ends. "ER-positive" and "2+" are words.
pub(crate) fn sign(scan: &Scan<'_, '_>, last: usize) -> Option<(&'static str, usize)> {
    let end = scan.token(last)?.end();
    let text = &scan.text;
    let mut at = end;
    while at < end + 3 && matches!(text.at(at), b' ' | b':' | b'(') {
        at += 1;
    }
    let value = match text.at(at) {
        b'+' => "positive",
        b'-' => "negative",
        _ => return None,
    };
    let closed = matches!(text.at(at + 1), b'\0' | b' ' | b',' | b';' | b'/' | b')' | b'.' | b'\n' | b'\r');
    // "ER - not performed", "HER2 - 3+": a dash between words.
    let dash = value == "negative" && at > end && text.at(at - 1) == b' ' && text.at(at + 1) == b' ';
    // "+/-" is both, or one of them.
    let opposite = |sign: u8| matches!((text.at(at), sign), (b'+', b'-') | (b'-', b'+'));
    let mut beyond = at + 1;
    while beyond < at + 4 && matches!(text.at(beyond), b' ' | b'/') {
        beyond += 1;
    }
    if text.slice(at..beyond).contains(&b'/') && opposite(text.at(beyond)) {
        return None;
    }
    let bracketed = text.at(at - 1) != b'(' || text.at(at + 1) == b')';
    (closed && !dash && bracketed && scan.text.at(at + 1) != b'+').then_some((value, at + 1))
}

/// "Performed on another specimen. Specimen (number): " stands before a result that is given all the same.
fn elsewhere(scan: &Scan<'_, '_>, from: usize) -> Option<usize> {
    let begins = scan.is(from, "performed")
        && scan.is(from + 1, "on")
        && (scan.is(from + 2, "another") || scan.is(from + 2, "previous"));
    if !begins {
        return None;
    }
    (from + 3..from + 12).find(|place| scan.gap(*place).has(Gap::COLON))
}

/// How a result counts.
fn polarity_of(value: &str) -> Polarity {
    match value {
        "positive" | "low positive" => Polarity::Present,
        "negative" => Polarity::Absent,
        "not tested" => Polarity::NotTested,
        "insufficient" => Polarity::Insufficient,
        _ => Polarity::Uncertain,
    }
}

/// The first result after a label.
fn after(scan: &Scan<'_, '_>, from: usize, limit: usize, label: &Concept) -> Option<Result> {
    let marks = scan.marks_from(from);
    for mark in marks.iter().take_while(|mark| mark.first < limit) {
        if (from..=mark.first).any(|place| breaks(scan, place, from)) {
            return None;
        }
        let Some(Meaning::Result(result)) = scan.meaning(mark) else { continue };
        // "Not positive" is neither positive nor negative.
        if result == "unclear" {
            return None;
        }
        let Some(value) = value_of(result, label, scan.gap(from).has(Gap::COLON)) else { continue };
        if is_template(scan, mark) || is_method(scan, mark) || is_of_a_control(scan, from, mark.first) {
            return None;
        }
        // "Cannot be called positive" is neither positive nor negative.
        if is_taken_back(scan, from, mark.first) {
            return None;
        }
        return Some(Result { value, first: mark.first, last: mark.last });
    }
    None
}

/// "HER2 status: [ ] positive [x] negative": the one result of the line that is ticked.
fn ticked(notes: &Notes<'_, '_, '_>, mark: &Mark, label: &Concept) -> Option<Result> {
    let scan = notes.scan;
    let chosen = notes.cues.chosen(scan, mark.last);
    let mut found = chosen.iter().filter_map(|place| {
        let mut here = scan.marks_from(*place).iter().take_while(|other| other.first == *place);
        here.find_map(|other| match scan.meaning(other) {
            Some(Meaning::Result(result)) => {
                let value = value_of(result, label, true)?;
                Some(Result { value, first: other.first, last: other.last })
            }
            _ => None,
        })
    });
    let first = found.next()?;
    found.all(|other| other.value == first.value).then_some(first)
}

fn breaks(scan: &Scan<'_, '_>, place: usize, from: usize) -> bool {
    let gap = scan.gap(place);
    if gap.has(Gap::BLANK) {
        return true;
    }
    // The end of a scanned line right after the label is no end, nor is one before "Positive reaction".
    let reaction = scan.is_of(place + 1, WordGroup::Staining);
    gap.has(Gap::HARD) && place > from + 1 && !reaction
}

fn value_of(result: &str, label: &Concept, colon: bool) -> Option<&'static str> {
    let ish = *label == Concept::HER2_ISH;
    Some(match result {
        "positive" => "positive",
        "negative" => "negative",
        "low positive" => "low positive",
        "equivocal" => "equivocal",
        "amplified" if ish => "positive",
        "not_amplified" if ish => "negative",
        "not_tested" if colon => "not tested",
        "insufficient" => "insufficient",
        "present" if colon && !ish => "positive",
        "absent" if colon => "negative",
        "uncertain" if colon => "equivocal",
        _ => return None,
    })
}

/// Whether a denial stands between a label and its result, in the same clause.
pub(crate) fn is_taken_back(scan: &Scan<'_, '_>, from: usize, result: usize) -> bool {
    (from..result).any(|place| {
        scan.is_of(place, WordGroup::Denial)
            && !(place + 1..=result).any(|p| scan.gap(p).has(Gap::HARD | Gap::COMMA | Gap::CLOSE | Gap::COLON))
            && !["but", "although", "however", "now"].iter().any(|word| (place..result).any(|p| scan.is(p, word)))
    })
}

/// "positive / negative" is a line to tick.
fn is_template(scan: &Scan<'_, '_>, mark: &Mark) -> bool {
    let next = mark.last + 1;
    scan.gap(next).has(Gap::SLASH)
        && scan.marks_from(next).iter().take_while(|other| other.first == next).any(
            |other| matches!(scan.meaning(other), Some(Meaning::Result(result)) if result == "positive" || result == "negative"),
        )
}

/// "positive control", "positive if", "positive (>= 1 %)" in an explanation.
fn is_method(scan: &Scan<'_, '_>, mark: &Mark) -> bool {
    let explains = scan.is_of(mark.last + 1, WordGroup::Control)
        || ["if", "when", "is", "are", "result", "results", "cases"].iter().any(|word| scan.is(mark.last + 1, word));
    // "Negative (internal control positive)": what a parenthesis adds is of the control.
    let apart = (mark.last + 1..=mark.last + 3).any(|place| scan.gap(place).has(Gap::OPEN | Gap::CLOSE | Gap::HARD));
    explains && !scan.gap(mark.last + 1).has(Gap::HARD | Gap::COMMA) && !scan.is(mark.first.saturating_sub(1), "is")
        || !apart && (scan.is_of(mark.last + 2, WordGroup::Control) || scan.is(mark.last + 3, "controls"))
}

/// "ER external control: positive": what was tested is the control, unless it stands in a parenthesis of its own.
fn is_of_a_control(scan: &Scan<'_, '_>, from: usize, result: usize) -> bool {
    (from..result).any(|place| {
        scan.is_of(place, WordGroup::Control) && !(place + 1..=result).any(|p| scan.gap(p).has(Gap::CLOSE | Gap::HARD))
    })
}

/// "positive for oestrogen receptor".
fn before(scan: &Scan<'_, '_>, label: &Mark) -> Option<Result> {
    let mut found = None;
    for mark in scan.marks_from(label.first.saturating_sub(8)).iter().take_while(|mark| mark.first < label.first) {
        let Some(Meaning::Result(result)) = scan.meaning(mark) else { continue };
        let value = match result.as_str() {
            "positive" => "positive",
            "negative" => "negative",
            _ => {
                if result == "absent" && scan.is(mark.last, "for") {
                    "negative"
                } else {
                    continue;
                }
            }
        };
        let bound = scan.is(mark.last + 1, "for") || scan.is(mark.last, "for");
        let broken =
            (mark.last + 1..=label.first).any(|place| scan.gap(place).has(Gap::HARD | Gap::COLON | Gap::BLANK));
        // "Cannot be called positive for"
        let denied = is_taken_back(scan, mark.first.saturating_sub(5), mark.first);
        if bound && !broken && !denied {
            found = Some(Result { value, first: mark.first, last: mark.last });
        }
    }
    found
}

/// Notes the share of cells, and the result it makes. Whether it is below the threshold of 1 %.
fn percent(notes: &mut Notes<'_, '_, '_>, label: &Concept, mark: &Mark, from: usize, limit: usize) -> bool {
    let scan = notes.scan;
    let (concept, result) = if *label == Concept::ER {
        (Concept::ER_PERCENT, Concept::ER)
    } else if *label == Concept::PR {
        (Concept::PR_PERCENT, Concept::PR)
    } else {
        return false;
    };
    for place in from..limit {
        if breaks(scan, place, from) {
            return false;
        }
        let Some(number) = decimal(scan, place) else { continue };
        let Some(end) = percent_at(scan, number.range.end) else { continue };
        // "1 = <1% of cells" explains a score, and the control is no tumor.
        let of_a_score = scan.gap(place).has(Gap::COLON)
            && place > from
            && matches!(scan.spelled(place - 1), [b'0'..=b'5'])
            && !scan.gap(place).has(Gap::LINE);
        if of_a_score || is_of_a_control(scan, from, place) {
            continue;
        }
        if number.value > 100.0 {
            return false;
        }
        // ">= 1 % is the cut-off" is the rule; "less than 1 %" is an answer.
        let rule = (number.last + 1..number.last + 5)
            .take_while(|place| !scan.gap(*place).has(Gap::HARD))
            .any(|place| ["cut", "cutoff", "threshold", "considered"].iter().any(|word| scan.is(place, word)));
        if rule {
            continue;
        }
        let less = place > 1 && scan.is(place - 1, "than") && scan.is(place - 2, "less");
        let span = scan.token(mark.first).map_or(number.range.start, |token| token.start())..end;
        let scope = notes.cues.of(scan, mark.first, mark.first);
        notes.add(Finding {
            unit: Some("%"),
            context: Some(scope.context),
            ..Finding::new(concept, number.text.clone(), span.clone())
        });
        // The threshold is 1 %: at or above it positive, below it negative. A bound that spans it decides nothing.
        let bound = less || number.text.starts_with('<');
        let below = if bound { number.value <= 1.0 } else { number.value < 1.0 };
        let decided = match (below, bound) {
            (true, _) => Some("negative"),
            (false, true) => None,
            (false, false) => Some("positive"),
        };
        if let Some(value) = decided {
            notes.add(Finding {
                basis: Basis::Derived,
                polarity: polarity_of(value),
                context: Some(scope.context),
                ..Finding::new(result, value, span)
            });
        }
        return below;
    }
    false
}
