//! Several receptors named in a row with their answers in a row behind them, or one answer for all: "ER/PR/HER2: +/-/-",
//! "ER, PR and HER2 are positive, negative and negative respectively". The first answer is of the first name. Where the
//! numbers of names and answers differ, nothing is read from the row.

use std::ops::Range;

use consilium_casefile::facts::{Basis, Concept, Polarity};
use consilium_casefile::knowledge::WordGroup;

use super::{her2, is_of_a_control, polarity_of};
use crate::lexicon::Meaning;
use crate::numbers::{decimal, percent_at};
use crate::reader::{Finding, Notes};
use crate::scan::{Gap, Mark, Scan};

/// Longer rows are none of receptors.
const MOST: usize = 4;

/// Words from the last name within which the first answer stands.
const BETWEEN: usize = 4;

/// An answer of a row.
#[derive(Debug, Clone, PartialEq)]
enum Answer {
    Result(&'static str),
    Score(&'static str),
    Percent { text: String, value: f64 },
}

/// Reads the row that begins at a label. How many labels were read with it; `None` where no row with its answers begins:
/// a part of a row would take the answers of its other part.
pub(super) fn read(notes: &mut Notes<'_, '_, '_>, all: &[(Concept, Mark)], at: usize) -> Option<usize> {
    let scan = notes.scan;
    let labels = all.get(at..).unwrap_or_default();
    let before = at.checked_sub(1).and_then(|before| all.get(before));
    if before.zip(labels.first()).is_some_and(|((_, one), (_, other))| follows(scan, one.last, other.first)) {
        return None;
    }
    let row = labels.get(..length(scan, labels)).filter(|row| row.len() > 1)?;
    let (first, last) = (&row.first()?.1, &row.last()?.1);
    let (answers, told) = answers_before(scan, first).or_else(|| answers_behind(scan, last, row.len()))?;
    // One answer is that of every name; otherwise each has its own.
    if answers.len() != row.len() && answers.len() != 1 {
        return None;
    }
    let fits = |place: usize, answer: &Answer| {
        let her2 = row.get(place).is_some_and(|(label, _)| *label == Concept::HER2_IHC);
        match answer {
            Answer::Result(_) => true,
            Answer::Score(_) => her2,
            Answer::Percent { .. } => !her2,
        }
    };
    // A share or a score is of one alone.
    let shared = answers.len() == 1 && !matches!(answers.first(), Some(Answer::Result(_)));
    if shared || !answers.iter().enumerate().all(|(place, answer)| fits(place, answer)) {
        return None;
    }
    let scope = notes.cues.of(scan, first.first, first.first);
    // "ER/PR: pos/neg" may be the answers in their order, or a line on which nobody chose.
    let either = [Answer::Result("positive"), Answer::Result("negative")];
    let open = row.len() == 2 && answers == either && scan.text.slice(told.clone()).contains(&b'/');
    for (place, (label, _)) in row.iter().enumerate() {
        let Some(answer) = answers.get(place).or_else(|| answers.first().filter(|_| answers.len() == 1)) else {
            continue;
        };
        for finding in findings(label, answer) {
            let names = scan.span(first.first, last.last);
            let (value, polarity) = match open {
                true => (scan.text.quote(&told).split_whitespace().collect::<Vec<_>>().join(" "), Polarity::Uncertain),
                false => (finding.value, finding.polarity),
            };
            notes.add(Finding {
                value,
                polarity,
                context: Some(scope.context),
                in_a_row: answers.len() > 1,
                range: names.start.min(told.start)..names.end.max(told.end),
                ..finding
            });
        }
    }
    Some(row.len())
}

/// What an answer says of a receptor.
fn findings(label: &Concept, answer: &Answer) -> Vec<Finding> {
    let told = |value: &'static str, basis: Basis| Finding {
        basis,
        polarity: polarity_of(value),
        ..Finding::new(label.clone(), value, 0..0)
    };
    match answer {
        Answer::Result(value) => vec![told(value, Basis::Stated)],
        Answer::Score(score) => {
            let weight = if *score == "2+" { 1000 } else { 100 };
            let result = Finding { weight, ..told(her2::result_of(score), Basis::Stated) };
            vec![Finding::new(Concept::HER2_IHC_SCORE, *score, 0..0), result]
        }
        Answer::Percent { text, value } => {
            let concept = if *label == Concept::ER { Concept::ER_PERCENT } else { Concept::PR_PERCENT };
            let share = Finding { unit: Some("%"), ..Finding::new(concept, text.clone(), 0..0) };
            let bound = text.starts_with('<');
            let below = if bound { *value <= 1.0 } else { *value < 1.0 };
            match (below, bound) {
                (false, true) => vec![share],
                (true, _) => vec![share, told("negative", Basis::Derived)],
                (false, false) => vec![share, told("positive", Basis::Derived)],
            }
        }
    }
}

/// How many labels stand in a row: parted by a slash, a comma or "and", each receptor once.
fn length(scan: &Scan<'_, '_>, labels: &[(Concept, Mark)]) -> usize {
    let is_receptor = |label: &Concept| [Concept::ER, Concept::PR, Concept::HER2_IHC].contains(label);
    if labels.first().is_none_or(|(label, _)| !is_receptor(label)) {
        return 0;
    }
    let mut length = 1;
    while length < MOST {
        let (Some((_, before)), Some((label, mark))) = (labels.get(length - 1), labels.get(length)) else { break };
        let known = labels.get(..length).unwrap_or_default().iter().any(|(other, _)| other == label);
        if known || !is_receptor(label) || !follows(scan, before.last, mark.first) {
            break;
        }
        length += 1;
    }
    length
}

/// Whether nothing but a slash, a comma, a blank or "and" parts a word from the next.
fn follows(scan: &Scan<'_, '_>, last: usize, next: usize) -> bool {
    let joint = next == last + 2 && ["and", "or"].iter().any(|word| scan.is(last + 1, word));
    let parted = (last + 1..=next).any(|at| {
        scan.gap(at).has(Gap::HARD | Gap::COLON | Gap::OPEN | Gap::LINE)
            || scan.between(at).iter().any(|byte| matches!(byte, b'+' | b'-'))
    });
    (next == last + 1 || joint) && !parted
}

/// "Negative for ER and PR": one answer that stands before the row, and where it stands.
fn answers_before(scan: &Scan<'_, '_>, first: &Mark) -> Option<(Vec<Answer>, Range<usize>)> {
    let article = usize::from(first.first > 0 && scan.is(first.first - 1, "both"));
    let at = first.first.checked_sub(1 + article)?;
    let marks = scan.marks_from(at.saturating_sub(2)).iter().take_while(|mark| mark.first <= at);
    let bound = |mark: &&Mark| mark.last == at && scan.is(at, "for") || mark.last + 1 == at && scan.is(at, "for");
    let (result, words) = marks.filter(bound).find_map(|mark| match scan.meaning(mark) {
        Some(Meaning::Result(result)) if result == "positive" => Some(("positive", scan.span(mark.first, mark.last))),
        Some(Meaning::Result(result)) if result == "negative" || result == "absent" => {
            Some(("negative", scan.span(mark.first, mark.last)))
        }
        _ => None,
    })?;
    let denied = super::is_taken_back(scan, at.saturating_sub(5), at);
    (!denied).then(|| (vec![Answer::Result(result)], words))
}

/// The answers behind a row of so many names, and where they stand.
fn answers_behind(scan: &Scan<'_, '_>, last: &Mark, names: usize) -> Option<(Vec<Answer>, Range<usize>)> {
    let text = &scan.text;
    let mut at = scan.token(last.last)?.end();
    let mut answers: Vec<Answer> = Vec::new();
    let mut begins = at;
    let mut end = at;
    let mut words = 0;
    let limit = at + 160;
    // " - " may be an answer, and is no end.
    let ends =
        |place: usize| scan.gap(place).has(Gap::HARD) && scan.gap(place).has(Gap::PERIOD | Gap::LINE | Gap::SEMICOLON);
    while at < limit && answers.len() <= MOST {
        match text.at(at) {
            0 => break,
            b'+' | b'-' => {
                let Some(value) = sign(scan, at) else {
                    // A dash between the names and their answers.
                    if text.at(at) == b'-' && answers.is_empty() {
                        at += 1;
                        continue;
                    }
                    break;
                };
                begins = if answers.is_empty() { at } else { begins };
                answers.push(Answer::Result(value));
                at += 1;
                end = at;
            }
            byte if byte.is_ascii_alphanumeric() => {
                let place = scan.token_at(at);
                if place > last.last + 1 && ends(place) && !answers.is_empty() {
                    break;
                }
                if let Some((answer, until)) = answer_at(scan, place) {
                    if is_of_a_control(scan, last.last + 1, place) {
                        return None;
                    }
                    begins = if answers.is_empty() { at } else { begins };
                    answers.push(answer);
                    at = until;
                    end = until;
                    words = 0;
                    continue;
                }
                let link = ["and", "both", "all", "is", "are", "was", "were"].iter().any(|word| scan.is(place, word));
                let lead = answers.is_empty()
                    && [
                        "status",
                        "receptor",
                        "receptors",
                        "by",
                        "ihc",
                        "expression",
                        "results",
                        "result",
                        "stains",
                        "being",
                        "immunostains",
                    ]
                    .iter()
                    .any(|word| scan.is(place, word));
                words += 1;
                if !(link || lead) || words > BETWEEN || ends(place) {
                    break;
                }
                at = scan.token(place)?.end();
            }
            b';' | b'.' => break,
            b',' | b'\n' if answers.len() == names => break,
            b')' if !answers.is_empty() && answers.len() == names => break,
            _ => at += 1,
        }
    }
    let next = scan.token_at(end);
    // "ER and PR positive for ...", "ER, PR positive / negative": not the answers of the row.
    let near = !scan.gap(next).has(Gap::HARD | Gap::COMMA | Gap::OPEN);
    let method = scan.is_of(next, WordGroup::Control) || ["if", "when"].iter().any(|word| scan.is(next, word));
    let goes_on = scan.is(next, "for") || near && method || answers.len() == 1 && scan.gap(next).has(Gap::SLASH);
    // What belongs to another name that follows at once: "ER and PR, HER2 positive".
    (!answers.is_empty() && !goes_on).then_some((answers, begins..end))
}

/// "+" or "-" that is an answer: what parts it from the next, or nothing, stands behind it.
fn sign(scan: &Scan<'_, '_>, at: usize) -> Option<&'static str> {
    let text = &scan.text;
    let value = if text.at(at) == b'+' { "positive" } else { "negative" };
    let mut next = at + 1;
    while text.at(next) == b' ' {
        next += 1;
    }
    let closed = matches!(text.at(next), 0 | b'/' | b',' | b';' | b')' | b'.' | b'\n' | b'\r' | b'+' | b'-');
    let doubled = next == at + 1 && matches!(text.at(next), b'+' | b'-');
    let spaced_word = next > at + 1 && text.at(next).is_ascii_alphabetic() && text.slice(next..next + 4) == b"and ";
    ((closed && !doubled) || spaced_word).then_some(value)
}

/// A result, a percentage or a score of HER2 at a word, and where it ends.
fn answer_at(scan: &Scan<'_, '_>, place: usize) -> Option<(Answer, usize)> {
    if let Some(number) = decimal(scan, place)
        && let Some(end) = percent_at(scan, number.range.end)
    {
        return (number.value <= 100.0).then_some((Answer::Percent { text: number.text, value: number.value }, end));
    }
    let token = scan.token(place)?;
    let plus = scan.text.at(token.end()) == b'+';
    let score = match scan.spelled(place) {
        b"0" if !matches!(scan.text.at(token.end()), b'.' | b'%') => Some("0"),
        b"1" if plus => Some("1+"),
        b"2" if plus => Some("2+"),
        b"3" if plus => Some("3+"),
        _ => None,
    };
    if let Some(score) = score {
        return Some((Answer::Score(score), token.end() + usize::from(plus)));
    }
    scan.marks_from(place).iter().take_while(|mark| mark.first == place).find_map(|mark| {
        let Some(Meaning::Result(result)) = scan.meaning(mark) else { return None };
        let value = match result.as_str() {
            "positive" => "positive",
            "negative" => "negative",
            "low positive" => "low positive",
            "equivocal" => "equivocal",
            _ => return None,
        };
        Some((Answer::Result(value), scan.token(mark.last)?.end()))
    })
}
