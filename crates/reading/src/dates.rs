//! Dates beside a treatment, as people write them. Of `3/4/2026` the month comes first, as in the United States, unless
//! the first number can be no month. Nothing is counted back from words such as "last year".

use consilium_casefile::PartialDate;

use crate::scan::{Gap, Scan};

const MONTHS: [&[u8]; 12] =
    [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];

const FULL: [&[u8]; 12] = [
    b"january",
    b"february",
    b"march",
    b"april",
    b"may",
    b"june",
    b"july",
    b"august",
    b"september",
    b"october",
    b"november",
    b"december",
];

/// The date that begins at a word, and its last word.
pub(crate) fn date_at(scan: &Scan<'_, '_>, place: usize) -> Option<(PartialDate, usize)> {
    let spelled = scan.spelled(place);
    if let Some(month) = month(spelled) {
        // "March 3, 2026" or "March 2026".
        if let Some((day, 1..=2)) = number(scan, place + 1)
            && let Some((year, 4)) = number(scan, place + 2)
        {
            return made(year, month, Some(day)).map(|date| (date, place + 2));
        }
        let next = place + 1 + usize::from(scan.is(place + 1, "of"));
        let (year, 4) = number(scan, next)? else { return None };
        return made(year, month, None).map(|date| (date, next));
    }
    let (first, digits) = number(scan, place)?;
    if digits <= 2
        && let Some(month) = month(scan.spelled(place + 1))
        && let Some((year, 4)) = number(scan, place + 2)
    {
        return made(year, month, Some(first)).map(|date| (date, place + 2));
    }
    let joint = |place: usize| {
        let gap = scan.gap(place);
        let token = scan.token(place)?;
        let before = scan.token(place.checked_sub(1)?)?;
        (token.start() == before.end() + 1 && gap.has(Gap::SLASH | Gap::HYPHEN)).then_some(gap.has(Gap::SLASH))
    };
    let second = joint(place + 1).and_then(|slash| Some((slash, number(scan, place + 1)?)));
    if let Some((slash, (second, second_digits))) = second {
        let third = joint(place + 2).and_then(|_| number(scan, place + 2));
        match (digits, slash, second_digits, third) {
            (4, false, 1..=2, Some((day, 1..=2))) => {
                return made(first, second, Some(day)).map(|date| (date, place + 2));
            }
            (4, false, 1..=2, None) => return made(first, second, None).map(|date| (date, place + 1)),
            (1..=2, _, 1..=2, Some((year, year_digits @ (2 | 4)))) => {
                let year = if year_digits == 2 { century(year) } else { year };
                let (month, day) = if first > 12 { (second, first) } else { (first, second) };
                return made(year, month, Some(day)).map(|date| (date, place + 2));
            }
            (1..=2, true, 4, None) => return made(second, first, None).map(|date| (date, place + 1)),
            _ => return None,
        }
    }
    (digits == 4 && (1950..=2099).contains(&first) && !joined_before(scan, place) && !counts_something(scan, place))
        .then(|| format!("{first}").parse().ok().map(|date| (date, place)))
        .flatten()
}

/// "2019" in "2019-03" or "S-2019" is no year by itself.
fn joined_before(scan: &Scan<'_, '_>, place: usize) -> bool {
    let gap = scan.gap(place);
    gap.has(Gap::SLASH | Gap::HYPHEN)
        && !scan
            .text
            .slice(
                scan.token(place).map_or(0, |t| t.start().saturating_sub(1))
                    ..scan.token(place).map_or(0, |t| t.start()),
            )
            .starts_with(b" ")
}

/// "2000 mg" is an amount.
fn counts_something(scan: &Scan<'_, '_>, place: usize) -> bool {
    ["mg", "mcg", "g", "ml", "units", "iu", "cgy", "gy", "cc", "cells", "mm", "cm", "unit", "kcal"]
        .iter()
        .any(|unit| scan.is(place + 1, unit))
}

fn month(word: &[u8]) -> Option<i64> {
    let lower = word.get(..word.len().min(9))?.to_ascii_lowercase();
    let full = FULL.iter().position(|m| *m == lower.as_slice());
    let short = || MONTHS.iter().position(|m| *m == lower.as_slice() || (lower == b"sept" && *m == b"sep"));
    i64::try_from(full.or_else(short)? + 1).ok()
}

/// A word of digits only: its value and how many digits it has.
fn number(scan: &Scan<'_, '_>, place: usize) -> Option<(i64, usize)> {
    let spelled = scan.spelled(place);
    if spelled.is_empty() || spelled.len() > 4 || !spelled.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some((std::str::from_utf8(spelled).ok()?.parse().ok()?, spelled.len()))
}

/// Years of two digits are of the last fifty years or the next fifty.
fn century(year: i64) -> i64 {
    if year >= 70 { 1900 + year } else { 2000 + year }
}

fn made(year: i64, month: i64, day: Option<i64>) -> Option<PartialDate> {
    if !(1900..=2199).contains(&year) {
        return None;
    }
    match day {
        Some(day) => format!("{year:04}-{month:02}-{day:02}").parse().ok(),
        None => format!("{year:04}-{month:02}").parse().ok(),
    }
}
