//! Blood markers, scores and the like: the number behind a name, the value of now beside the one before, bounds in words.

use consilium_casefile::facts::{Concept, Context};
use consilium_casefile::knowledge::WordGroup;

use crate::dates::date_at;
use crate::lexicon::Meaning;
use crate::numbers::{Threes, decimal_with, figures, percent_at, shown};
use crate::reader::{Finding, Notes};
use crate::scan::{Gap, Mark, Scan};

/// The unit the number has in the table of concepts.
pub(super) fn unit_of(label: &Concept) -> Option<&'static str> {
    [
        (Concept::PSA, "ng/mL"),
        (Concept::CEA, "ng/mL"),
        (Concept::AFP, "ng/mL"),
        (Concept::CA_125, "U/mL"),
        (Concept::CA_19_9, "U/mL"),
        (Concept::CA_15_3, "U/mL"),
        (Concept::LDH, "U/L"),
        (Concept::TMB, "{mutations}/Mb"),
        (Concept::BRESLOW_MM, "mm"),
        (Concept::ECOG, "{score}"),
        (Concept::KARNOFSKY, "{score}"),
        (Concept::RECURRENCE_SCORE, "{score}"),
    ]
    .into_iter()
    .find(|(concept, _)| concept == label)
    .map(|(_, unit)| unit)
}

/// Words that may stand between a name and its number.
pub(super) fn is_between(scan: &Scan<'_, '_>, place: usize) -> bool {
    [
        "of",
        "is",
        "was",
        "level",
        "index",
        "approximately",
        "approx",
        "about",
        "at",
        "least",
        "score",
        "the",
        "labeling",
        "labelling",
        "proliferation",
        "to",
        "estimated",
        "rate",
        "value",
        "thickness",
        "depth",
        "status",
        "stage",
        "group",
        "in",
        "high",
        "low",
        "positive",
        "shows",
        "up",
        "a",
        "tumor",
        "cells",
        "nuclei",
        "staining",
        "performance",
        "tps",
        "cps",
        "ic",
        "22c3",
        "sp142",
        "sp263",
        "sp",
        "expression",
        "immunostain",
        "overall",
        "around",
    ]
    .iter()
    .any(|word| scan.is(place, word))
}

/// The number behind a label.
pub(super) fn number(notes: &mut Notes<'_, '_, '_>, label: &Concept, mark: &Mark, unit: &'static str) {
    let scan = notes.scan;
    // "Target PSA < 0.2"
    if mark.first > 0 && ["target", "goal", "normal"].iter().any(|word| scan.is(mark.first - 1, word)) {
        return;
    }
    let mut from = mark.last + 1;
    // "Improved from 3 to 1": what it was, and what it is.
    if let Some((was, is)) = from_to(scan, label, from) {
        note_number(notes, label, mark, unit, &was, Some(Context::History));
        note_number(notes, label, mark, unit, &is, None);
        return;
    }
    // "Less than 0.1"
    let mut bound = None;
    while from <= mark.last + 5 {
        let gap = scan.gap(from);
        if gap.has(Gap::BLANK) || (gap.has(Gap::HARD) && from > mark.last + 1) {
            return;
        }
        let Some(mut value) = Value::at(scan, label, from) else {
            bound = bound_at(scan, from).or(bound);
            if bound.is_none() && !is_between(scan, from) && !scan.is_of(from, WordGroup::Now) {
                return;
            }
            from += 1;
            continue;
        };
        let first_of_all = value.text.starts_with(|c: char| c.is_ascii_digit());
        if let Some(sign) = bound.filter(|_| first_of_all) {
            value.text.insert(0, sign);
        }
        // "ECOG was 1, is now 3": the newer of the two is the present one.
        let newer = newer(scan, label, value.last);
        let then = newer.is_none() && follower(scan, label, value.last).is_some_and(|(_, then)| then);
        let earlier = newer.is_some() || then;
        note_number(notes, label, mark, unit, &value, earlier.then_some(Context::History));
        match newer {
            Some(Newer::Here(newer)) => note_number(notes, label, mark, unit, &newer, None),
            Some(Newer::Labelled) => {}
            None => series(notes, label, mark, unit, value),
        }
        return;
    }
}

/// A number that may be the value of a label.
struct Value {
    text: String,
    /// Of a range the higher end.
    value: f64,
    end: usize,
    last: usize,
}

impl Value {
    fn at(scan: &Scan<'_, '_>, label: &Concept, place: usize) -> Option<Self> {
        // What is counted in thousands may be written with a blank between them.
        let threes = if most_of(label).is_some() { Threes::Thousands } else { Threes::SpacedThousands };
        let number = decimal_with(scan, place, threes)?;
        Some(Self { text: number.text, value: number.value, end: number.range.end, last: number.last })
    }
}

/// The highest value of a score; other markers have none.
fn most_of(label: &Concept) -> Option<f64> {
    if *label == Concept::ECOG {
        Some(5.0)
    } else {
        [Concept::KARNOFSKY, Concept::RECURRENCE_SCORE].contains(label).then_some(100.0)
    }
}

/// The sign of "less than", "below", "more than" that ends at a word.
fn bound_at(scan: &Scan<'_, '_>, place: usize) -> Option<char> {
    let is = |word: &str| scan.is(place, word);
    if is("less") || is("below") || is("under") || is("undetectable") {
        Some('<')
    } else if is("more") || is("greater") || is("above") {
        Some('>')
    } else {
        None
    }
}

/// "from 3 to 1" in the words behind a label.
fn from_to(scan: &Scan<'_, '_>, label: &Concept, from: usize) -> Option<(Value, Value)> {
    let near = (from..from + 5).take_while(|place| *place == from || !scan.gap(*place).has(Gap::HARD));
    let at = near.into_iter().find(|place| scan.is(*place, "from"))?;
    let single = |place: usize| {
        let start = scan.token(place)?.start();
        let found = figures(scan, start, Threes::Thousands)?;
        let last = scan.token_before(found.end);
        let value: f64 = found.text.parse().ok()?;
        let fits = most_of(label).is_none_or(|most| value <= most && value.fract() == 0.0);
        fits.then_some(Value { text: shown(value), value, end: found.end, last })
    };
    let was = single(at + 1)?;
    let to = (was.last + 1..was.last + 4).find(|place| scan.is(*place, "to"))?;
    let is = single(to + 1)?;
    (!(at..=to + 1).any(|place| scan.gap(place).has(Gap::HARD))).then_some((was, is))
}

enum Newer {
    /// It stands here, without a label of its own.
    Here(Value),
    /// It has its own label.
    Labelled,
}

/// The value of now that a statement sets against the one before it: "was 1, is now 3", "1 at diagnosis, currently 2".
fn newer(scan: &Scan<'_, '_>, label: &Concept, last: usize) -> Option<Newer> {
    let near = last + 1..last + 10;
    // "ECOG was 1. Now 3."
    let inside = |place: &usize| {
        let gap = scan.gap(*place);
        !gap.has(Gap::HARD) || gap.has(Gap::SEMICOLON) || scan.is_of(*place, WordGroup::Now) && !gap.has(Gap::LINE)
    };
    let now = near.take_while(inside).find(|place| scan.is_of(*place, WordGroup::Now))?;
    for place in now + 1..now + 6 {
        if scan.gap(place).has(Gap::HARD) {
            return None;
        }
        let labelled = |mark: &&Mark| matches!(scan.meaning(mark), Some(Meaning::Label(other)) if other == label);
        if scan.marks_from(place).iter().take_while(|mark| mark.first == place).any(|mark| labelled(&mark)) {
            return Some(Newer::Labelled);
        }
        if let Some(value) = Value::at(scan, label, place) {
            // "Now 3 months after" is a time.
            let next = value.last + 1;
            let closed = scan.gap(next).has(Gap::HARD | Gap::COMMA | Gap::CLOSE | Gap::PERIOD | Gap::LINE)
                || ["ng", "u", "and", "with", "due", "because", "since", "on", "in", "after"]
                    .iter()
                    .any(|word| scan.is(next, word));
            return (closed && is_possible(scan, label, &value)).then_some(Newer::Here(value));
        }
        if !is_between(scan, place) {
            return None;
        }
    }
    None
}

/// Longer rows of values are cut.
const MOST_VALUES: usize = 12;

/// "11.2 on 05/01, 4.1 on 06/01", "12.4 then 5.1": the values behind the first. With their days all are told alike; of
/// those in order the last is the present one.
fn series(notes: &mut Notes<'_, '_, '_>, label: &Concept, mark: &Mark, unit: &'static str, mut value: Value) {
    let scan = notes.scan;
    for _ in 0..MOST_VALUES {
        let Some((next, _)) = follower(scan, label, value.last) else { return };
        let earlier = follower(scan, label, next.last).is_some_and(|(_, then)| then);
        note_number(notes, label, mark, unit, &next, earlier.then_some(Context::History));
        value = next;
    }
}

/// The value that follows another in a row, and whether it is said to be the later one.
fn follower(scan: &Scan<'_, '_>, label: &Concept, last: usize) -> Option<(Value, bool)> {
    let mut place = last + 1;
    let dated = day_at(scan, place);
    if let Some(day) = dated {
        place = day + 1;
    }
    let is = |at: usize, words: &[&str]| words.iter().any(|word| scan.is(at, word));
    for _ in 0..3 {
        place += usize::from(is(place, &["ng", "ml", "u", "l", "iu", "dl"]));
    }
    let dated = dated.or_else(|| day_at(scan, place).inspect(|day| place = day + 1));
    if scan.gap(place).has(Gap::HARD) && !scan.gap(place).has(Gap::SEMICOLON) {
        return None;
    }
    let then = is(place, &["then"]) || is(place, &["followed"]) && is(place + 1, &["by"]);
    if then {
        place += 1 + usize::from(is(place, &["followed"]));
    } else if is(place, &["and"]) {
        place += 1;
    } else if !scan.gap(place).has(Gap::COMMA | Gap::SEMICOLON) {
        return None;
    }
    let value = Value::at(scan, label, place).filter(|value| is_possible(scan, label, value))?;
    let mut next = value.last + 1;
    for _ in 0..3 {
        next += usize::from(is(next, &["ng", "ml", "u", "l", "iu", "dl"]) && !scan.gap(next).has(Gap::HARD));
    }
    let closed = scan.gap(next).has(Gap::HARD | Gap::COMMA | Gap::CLOSE | Gap::PERIOD | Gap::LINE)
        || is(next, &["then", "and", "on", "in", "followed"]);
    let with_day = dated.is_some() && day_at(scan, next).is_some();
    ((then && closed) || with_day).then_some((value, then))
}

/// "on 05/01", "(March 2026)", "in May 2025": the last word of a day behind a value; the year may be left out.
fn day_at(scan: &Scan<'_, '_>, place: usize) -> Option<usize> {
    if scan.gap(place).has(Gap::HARD | Gap::COMMA) {
        return None;
    }
    let led = ["on", "in", "at"].iter().any(|word| scan.is(place, word));
    let from = place + usize::from(led);
    if let Some((_, last)) = date_at(scan, from).filter(|_| led || scan.gap(place).has(Gap::OPEN)) {
        return Some(last);
    }
    let figure = |at: usize| {
        let spelled = scan.spelled(at);
        (1..=2).contains(&spelled.len()) && spelled.iter().all(u8::is_ascii_digit)
    };
    let short = figure(from) && figure(from + 1) && scan.gap(from + 1).has(Gap::SLASH);
    (short && (led || scan.gap(place).has(Gap::OPEN))).then_some(from + 1)
}

/// A percent, a date, a clock time, a dose or one of a row of figures is no value; nor is what the scale does not have.
fn is_possible(scan: &Scan<'_, '_>, label: &Concept, value: &Value) -> bool {
    let after = scan.text.at(value.end);
    let next = value.last + 1;
    // "ECOG: 0 1 2 3 4"
    let listed = [next, next + 1].iter().all(|at| matches!(scan.spelled(*at), [b'0'..=b'9']))
        && !scan.gap(next).has(Gap::HARD | Gap::COMMA);
    let other = percent_at(scan, value.end).is_some()
        || (after == b'/' && *label != Concept::TMB)
        || (after == b':' && scan.text.at(value.end + 1).is_ascii_digit());
    let fits = most_of(label).is_none_or(|most| value.value.fract() == 0.0 && value.value <= most);
    !listed && !other && !scan.is(next, "mg") && fits
}

fn note_number(
    notes: &mut Notes<'_, '_, '_>,
    label: &Concept,
    mark: &Mark,
    unit: &'static str,
    value: &Value,
    context: Option<Context>,
) {
    let scan = notes.scan;
    if !is_possible(scan, label, value) {
        return;
    }
    let mut text = value.text.clone();
    if *label == Concept::BRESLOW_MM {
        let next = scan.word(value.last + 1);
        if next == scan.lexicon.common.cm {
            text = shown(value.value * 10.0);
        } else if next != scan.lexicon.common.mm {
            return;
        }
    }
    let scope = notes.cues.of(scan, mark.first, mark.last);
    let start = scan.token(mark.first).map_or(value.end, |token| token.start());
    // A marker is told in the history and is the newest value all the same; the date says when. How somebody fares is of
    // the day of the visit, also below the heading of the history.
    let of_the_visit = [Concept::ECOG, Concept::KARNOFSKY].contains(label) && scope.context == Context::Clinical;
    let now = if of_the_visit { Context::Current } else { scope.context };
    notes.add(Finding {
        unit: Some(unit),
        context: Some(context.filter(|_| now == Context::Current).unwrap_or(now)),
        ..Finding::new(label.clone(), text, start..value.end)
    });
}
