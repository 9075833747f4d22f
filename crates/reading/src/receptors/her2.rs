//! HER2: which test a label is about, its score, the figures of in situ hybridization.

use std::ops::Range;

use consilium_casefile::facts::{Concept, Qualifiers};
use consilium_casefile::knowledge::WordGroup;

use super::{REACH, Result, after, breaks, polarity_of};
use crate::lexicon::Meaning;
use crate::numbers::decimal;
use crate::reader::{Finding, Notes};
use crate::scan::{Gap, Mark, Scan};

pub(super) fn is_ish(scan: &Scan<'_, '_>, mark: &Mark, limit: usize) -> bool {
    let ish = |place: usize| is_word_of_ish(scan, place) || scan.is_of(place, WordGroup::IshFinding);
    // "HER2 IHC negative, FISH negative"
    if (mark.first..=mark.last).any(|place| is_word_of_ihc(scan, place)) {
        return false;
    }
    for place in mark.last + 1..limit.min(mark.last + 9) {
        if scan.gap(place).has(Gap::HARD) {
            break;
        }
        // "2+, FISH pending" is a result by immunohistochemistry.
        if scan.text.at(scan.token(place).map_or(0, |t| t.end())) == b'+' || is_word_of_ihc(scan, place) {
            return false;
        }
        if ish(place) {
            return !is_beside_a_result(scan, mark, place);
        }
    }
    (mark.first.saturating_sub(3)..mark.first)
        .any(|place| ish(place) && !(place + 1..=mark.first).any(|p| scan.gap(p).has(Gap::HARD)))
}

/// "HER2: equivocal, FISH pending": the first result is of the other test where FISH has one of its own.
fn is_beside_a_result(scan: &Scan<'_, '_>, label: &Mark, place: usize) -> bool {
    let result = |from: usize, to: usize, words: &[&str]| {
        scan.marks_from(from).iter().take_while(|mark| mark.first < to).any(|mark| match scan.meaning(mark) {
            Some(Meaning::Result(result)) => words.contains(&result.as_str()),
            _ => false,
        })
    };
    let own = ["positive", "negative", "equivocal", "amplified", "not_amplified", "not_tested", "insufficient"];
    is_word_of_ish(scan, place)
        && scan.gap(place).has(Gap::COMMA)
        && result(label.last + 1, place, &["positive", "negative", "equivocal"])
        && !scan.gap(place + 1).has(Gap::HARD)
        && result(place + 1, place + 4, &own)
}

/// "3+ is positive, 2+ equivocal, 0 and 1+ negative": what the scores of the test mean, and no score of a tumor.
pub(super) fn is_key(scan: &Scan<'_, '_>, from: usize, limit: usize) -> bool {
    let score = |at: usize| {
        let plus = scan.token(at).is_some_and(|token| scan.text.at(token.end()) == b'+');
        match scan.spelled(at) {
            [figure @ b'1'..=b'3'] if plus => Some(*figure),
            _ => None,
        }
    };
    let until = (from..limit).find(|at| *at > from && breaks(scan, *at, from)).unwrap_or(limit);
    let named: Vec<(usize, u8)> = (from..until).filter_map(|at| score(at).map(|figure| (at, figure))).collect();
    let figures: std::collections::BTreeSet<u8> = named.iter().map(|(_, figure)| *figure).collect();
    // Each with its meaning behind it.
    let meant = |at: usize| {
        scan.marks_from(at + 1).iter().take_while(|mark| mark.first <= at + 2).any(|mark| {
            matches!(scan.meaning(mark), Some(Meaning::Result(result)) if ["positive", "negative", "equivocal"].contains(&result.as_str()))
        })
    };
    figures.len() >= 3 && named.iter().filter(|(at, _)| meant(*at)).count() >= 2
}

pub(super) fn is_word_of_ish(scan: &Scan<'_, '_>, place: usize) -> bool {
    scan.is_of(place, WordGroup::Ish)
}

/// "HER2 2+ by IHC, FISH not amplified": what follows the word for in situ hybridization, in the same sentence.
pub(super) fn told_of_ish(notes: &mut Notes<'_, '_, '_>, label: &Mark, place: usize, limit: usize) {
    let scan = notes.scan;
    let ended = |at: usize| scan.gap(at).has(Gap::HARD) && !scan.gap(at).has(Gap::SEMICOLON);
    let until = if is_labelled(scan, place) { place } else { place + 1 };
    if (label.last + 2..until).any(ended) || until > label.last + 1 && until > place && ended(label.last + 1) {
        return;
    }
    let Some(result) = after(scan, place + 1, limit.min(place + 6), &Concept::HER2_ISH) else { return };
    if is_labelled(scan, place) && !is_whole_answer(scan, place, &result) {
        return;
    }
    let polarity = polarity_of(result.value);
    let scope = notes.cues.of(scan, label.first, label.first);
    notes.add(Finding {
        polarity,
        context: Some(scope.context),
        qualifiers: Qualifiers { method: Some("ish".to_owned()), ..Qualifiers::default() },
        ..Finding::new(Concept::HER2_ISH, result.value, scan.span(place, result.last))
    });
    figures_of_ish(notes, place + 1, limit);
}

/// "HER2 IHC: 2+. FISH: amplified", "ISH result: not amplified": the other test has a label of its own in the next
/// statement.
fn is_labelled(scan: &Scan<'_, '_>, place: usize) -> bool {
    let named = usize::from(["result", "results", "status"].iter().any(|word| scan.is(place + 1, word)));
    scan.gap(place).has(Gap::HARD | Gap::LINE)
        && scan.gap(place + 1 + named).has(Gap::COLON)
        && !scan.gap(place + 1).has(Gap::LINE | Gap::PERIOD)
}

/// Whether the answer stands at once behind the colon of such a label, and is not of another gene: "FISH: negative for MYC".
fn is_whole_answer(scan: &Scan<'_, '_>, place: usize, result: &Result) -> bool {
    let ends = (result.last + 1..result.last + 8).find(|at| *at >= scan.tokens.len() || scan.gap(*at).has(Gap::HARD));
    let until = ends.unwrap_or(result.last + 8);
    let mut genes = scan.marks_from(place).iter().take_while(|mark| mark.first < until);
    let other = genes.any(|mark| matches!(scan.meaning(mark), Some(Meaning::Gene(gene)) if gene != "ERBB2"));
    scan.gap(result.first).has(Gap::COLON) && !scan.is(result.last + 1, "for") && !other
}

fn is_word_of_ihc(scan: &Scan<'_, '_>, place: usize) -> bool {
    scan.is_of(place, WordGroup::Ihc)
}

pub(super) fn result_of(score: &str) -> &'static str {
    match score {
        "3+" => "positive",
        "2+" => "equivocal",
        _ => "negative",
    }
}

/// "HER2 0 [ ] 1+ [ ] 2+ [ ] 3+ [x]": the score that is ticked, and what it makes. Whether one is.
pub(super) fn ticked_score(notes: &mut Notes<'_, '_, '_>, mark: &Mark) -> bool {
    let scan = notes.scan;
    let scores = notes.cues.chosen(scan, mark.last).into_iter().filter_map(|place| {
        let score = match scan.spelled(place) {
            b"0" => "0",
            b"1" => "1+",
            b"2" => "2+",
            b"3" => "3+",
            _ => return None,
        };
        let plus = scan.text.at(scan.token(place)?.end()) == b'+';
        (plus || score == "0").then_some((score, place))
    });
    let scores: Vec<(&str, usize)> = scores.collect();
    let [(score, place)] = scores.as_slice() else { return false };
    let value = result_of(score);
    let polarity = polarity_of(value);
    let span = scan.span(*place, *place);
    notes.add(Finding::new(Concept::HER2_IHC_SCORE, *score, span.clone()));
    notes.add(Finding {
        polarity,
        weight: if value == "equivocal" { 1000 } else { 100 },
        ..Finding::new(Concept::HER2_IHC, value, span)
    });
    true
}

/// "3+", "score 2", "score = 1+".
pub(super) fn her2_score(scan: &Scan<'_, '_>, from: usize, limit: usize) -> Option<(&'static str, Range<usize>)> {
    for place in from..limit.min(from + REACH) {
        if breaks(scan, place, from) {
            return None;
        }
        if ["fish", "ish"].iter().any(|word| scan.is(place, word)) {
            return None;
        }
        let token = scan.token(place)?;
        let score = match scan.spelled(place) {
            b"0" | b"O" => "0",
            b"1" | b"l" | b"I" => "1+",
            b"2" => "2+",
            b"3" => "3+",
            _ => continue,
        };
        let mut end = token.end();
        if scan.text.at(end) == b' ' && scan.text.at(end + 1) == b'+' {
            end += 1;
        }
        let plus = scan.text.at(end) == b'+';
        let after_plus = scan.text.at(end + 1);
        // "0-1+", "1+ to 2+", "2+/3+" and "of 3+" are scales.
        let scale = plus && (after_plus == b'/' && scan.text.at(end + 2).is_ascii_digit() || after_plus == b'-')
            || scan.text.at(token.end()) == b'-'
            || scan.gap(place).has(Gap::SLASH)
            || is_listed(scan, place)
            || scan.is(place.saturating_sub(1), "neither")
            || scan.is(place.saturating_sub(1), "of") && !scan.is(place.saturating_sub(2), "score");
        if scale {
            return None;
        }
        let said = (place.saturating_sub(3)..place).any(|p| p >= from && scan.is(p, "score") || scan.is(p, "scored"))
            || (score == "0"
                && scan.gap(place).has(Gap::COLON | Gap::OPEN)
                && !matches!(scan.text.at(token.end()), b'.' | b'%'));
        let bare_zero = score == "0" && place == from && !matches!(scan.text.at(token.end()), b'.' | b'%' | b'/');
        // "HER2 control 3+": the score is that of the control.
        if (plus || said) && super::is_of_a_control(scan, from, place) {
            return None;
        }
        if plus || said || bare_zero {
            if !plus && scan.text.at(token.end()) == b'.' && scan.text.at(token.end() + 1).is_ascii_digit() {
                return None;
            }
            return Some((score, token.start()..if plus { end + 1 } else { token.end() }));
        }
    }
    None
}

/// "0 1+ 2+ 3+", "0 = negative, 1+ = negative, 2+ ...": the score is one of several that are listed.
fn is_listed(scan: &Scan<'_, '_>, place: usize) -> bool {
    let Some(next) = (place + 1..place + 4).find(|at| matches!(scan.spelled(*at), [b'0'..=b'3'])) else { return false };
    let apart = (place + 1..=next).any(|at| scan.gap(at).has(Gap::HARD));
    let plus = scan.token(next).is_some_and(|token| scan.text.at(token.end()) == b'+');
    let again = (next + 1..next + 4).any(|at| {
        matches!(scan.spelled(at), [b'0'..=b'3']) && scan.token(at).is_some_and(|t| scan.text.at(t.end()) == b'+')
    });
    !apart && plus && again
}

/// "HER2 FISH amplified (ratio 5.1, copy number 12)": figures whose names say HER2 by standing behind it.
pub(super) fn figures_of_ish(notes: &mut Notes<'_, '_, '_>, from: usize, limit: usize) {
    let scan = notes.scan;
    for place in from..limit {
        if breaks(scan, place, from) {
            return;
        }
        let (concept, unit, at) = if scan.is(place, "ratio") {
            (Concept::HER2_RATIO, "{ratio}", place + 1)
        } else if scan.is(place, "copy") && scan.is(place + 1, "number") {
            (Concept::HER2_COPIES, "{count}", place + 2)
        } else {
            continue;
        };
        let at = at + usize::from(["of", "is", "was"].iter().any(|word| scan.is(at, word)));
        if let Some(number) = decimal(scan, at).filter(|number| !number.text.contains('-')) {
            let start = scan.token(place).map_or(number.range.start, |token| token.start());
            notes.add(Finding { unit: Some(unit), ..Finding::new(concept, number.text, start..number.range.end) });
        }
    }
}

pub(super) fn figure(notes: &mut Notes<'_, '_, '_>, label: &Concept, mark: &Mark) {
    let scan = notes.scan;
    for place in mark.last + 1..=mark.last + 5 {
        if scan.gap(place).has(Gap::BLANK) || (scan.gap(place).has(Gap::HARD) && place > mark.last + 1) {
            return;
        }
        let Some(number) = decimal(scan, place) else { continue };
        let start = scan.token(mark.first).map_or(number.range.start, |token| token.start());
        let unit = if *label == Concept::HER2_RATIO { "{ratio}" } else { "{count}" };
        notes.add(Finding { unit: Some(unit), ..Finding::new(label.clone(), number.text, start..number.range.end) });
        return;
    }
}
