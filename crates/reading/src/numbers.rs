//! Numbers as reports write them: figures, words, Roman numerals, decimals with a point or a comma, ranges, bounds.

use std::ops::Range;

use crate::scan::{Gap, Scan};

/// A number in the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Number {
    pub(crate) value: f64,
    /// As a decimal number with a point; a bound keeps its sign, a range both ends.
    pub(crate) text: String,
    pub(crate) range: Range<usize>,
    /// Last word of it.
    pub(crate) last: usize,
}

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];

const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// A whole number at a word, in figures or words, and its last word.
pub(crate) fn count(scan: &Scan<'_, '_>, place: usize) -> Option<(u32, usize)> {
    let spelled = scan.spelled(place);
    if !spelled.is_empty() && spelled.len() <= 3 && spelled.iter().all(u8::is_ascii_digit) {
        let token = scan.token(place)?;
        // Part of a decimal number, or of a word such as "3a".
        let decimal = scan.text.at(token.end()) == b'.' && scan.text.at(token.end() + 1).is_ascii_digit();
        let tail = token.start() > 1
            && scan.text.at(token.start() - 1) == b'.'
            && scan.text.at(token.start() - 2).is_ascii_digit();
        if decimal || tail {
            return None;
        }
        return Some((std::str::from_utf8(spelled).ok()?.parse().ok()?, place));
    }
    // What a scanner makes of a single 0.
    if matches!(spelled, b"O" | b"o") {
        return Some((0, place));
    }
    let word = spelled.to_ascii_lowercase();
    let of = |list: &[&str], word: &[u8]| {
        list.iter().position(|w| w.as_bytes() == word).and_then(|at| u32::try_from(at).ok())
    };
    if let Some(ones) = of(&ONES, &word) {
        return Some((ones, place));
    }
    let tens = (of(&TENS, &word)? + 2) * 10;
    let next = scan.spelled(place + 1).to_ascii_lowercase();
    match of(&ONES, &next) {
        Some(ones @ 1..=9) if !scan.gap(place + 1).has(Gap::HARD | Gap::COMMA) => Some((tens + ones, place + 1)),
        _ => Some((tens, place)),
    }
}

/// A Roman numeral up to 99, upper case only.
pub(crate) fn roman(spelled: &[u8]) -> Option<u32> {
    if spelled.is_empty() || spelled.len() > 8 {
        return None;
    }
    let digit = |byte: u8| match byte {
        b'I' => Some(1),
        b'V' => Some(5),
        b'X' => Some(10),
        b'L' => Some(50),
        _ => None,
    };
    let mut sum = 0;
    let mut previous = 0;
    for byte in spelled.iter().rev() {
        let value = digit(*byte)?;
        if value < previous {
            sum -= value;
        } else {
            sum += value;
            previous = value;
        }
    }
    u32::try_from(sum).ok().filter(|sum| (1..100).contains(sum))
}

/// A number with or without decimals at a word that begins with a figure; ranges and bounds are kept.
pub(crate) fn decimal(scan: &Scan<'_, '_>, place: usize) -> Option<Number> {
    decimal_with(scan, place, Threes::Thousands)
}

/// ": -5": a minus at once before a figure, and no dash between words.
fn is_below_zero(scan: &Scan<'_, '_>, place: usize) -> bool {
    let between = scan.between(place);
    matches!(between, [b':' | b'=', rest @ .., b'-'] if rest.iter().all(|byte| *byte == b' '))
}

/// The same, with the rule for figures in threes.
pub(crate) fn decimal_with(scan: &Scan<'_, '_>, place: usize, threes: Threes) -> Option<Number> {
    let text = &scan.text;
    let token = scan.token(place)?;
    let start = token.start();
    let (low, mut end) = plain(scan, start, threes)?;
    // "1e308" is written as no report writes a number, and "Ki-67: -5 %" is none of a part.
    if matches!(text.at(end), b'e' | b'E') && text.at(end + 1).is_ascii_digit() || is_below_zero(scan, place) {
        return None;
    }
    // The decimals of another number are no number.
    if start > 1 && text.at(start - 1) == b'.' && text.at(start - 2).is_ascii_digit() {
        return None;
    }
    let mut value = low;
    let mut written = shown(low);
    let mut at = end;
    while text.at(at) == b' ' && at < end + 2 {
        at += 1;
    }
    let percent_between = text.at(at) == b'%';
    if percent_between {
        at += 1;
    }
    let to = if text.at(at) == b'-' {
        1
    } else if text.slice(at..at + 3) == b"to " {
        3
    } else {
        0
    };
    if to > 0 {
        let mut next = at + to;
        while text.at(next) == b' ' && next < at + to + 2 {
            next += 1;
        }
        if let Some((high, after)) = plain(scan, next, threes)
            && high > low
        {
            value = high;
            written = format!("{written}-{}", shown(high));
            end = after;
        }
    }
    let mut from = start - usize::from(is_bare_fraction(scan, start));
    let mut back = from;
    while back > 0 && text.at(back - 1) == b' ' && from - back < 2 {
        back -= 1;
    }
    if back > 0 && matches!(text.at(back - 1), b'<' | b'>') {
        written.insert(0, char::from(text.at(back - 1)));
        from = back - 1;
    }
    let last = scan.token_at(end.saturating_sub(1));
    Some(Number { value, text: written, range: from..end, last })
}

/// What three figures behind a comma or a blank are, where the text leaves it open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Threes {
    /// "1,200" is a thousand and two hundred, and a blank parts two numbers.
    Thousands,
    /// "1 200" is one number as well: of what is counted in thousands, as blood markers are.
    SpacedThousands,
}

/// Figures with their decimals, as they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Figures {
    /// With a point, and without what parts thousands.
    pub(crate) text: String,
    /// One past the last character.
    pub(crate) end: usize,
}

/// Figures have no more places before the point, or behind it.
const LONGEST: usize = 7;

/// The number that begins at a place of the text: "1,200" is a thousand, "1,5" is one and a half, and so is "0,125".
pub(crate) fn figures(scan: &Scan<'_, '_>, start: usize, threes: Threes) -> Option<Figures> {
    let text = &scan.text;
    let run = |from: usize, most: usize| (from..from + most + 1).take_while(|at| text.at(*at).is_ascii_digit()).count();
    let length = run(start, LONGEST);
    if length == 0 || length > LONGEST {
        return None;
    }
    let mut end = start + length;
    let mut written = String::from_utf8_lossy(text.slice(start..end)).into_owned();
    let thousand = |end: usize, mark: u8| text.at(end) == mark && run(end + 1, 3) == 3;
    let mut in_threes = false;
    if length <= 3 && text.at(start) != b'0' {
        let blank = threes == Threes::SpacedThousands && thousand(end, b' ') && !is_figure_before(scan, start);
        let mark = if blank { b' ' } else { b',' };
        while thousand(end, mark) && written.len() < LONGEST {
            written.push_str(&String::from_utf8_lossy(text.slice(end + 1..end + 4)));
            end += 4;
            in_threes = true;
        }
    }
    let point = text.at(end);
    let places = run(end + 1, LONGEST);
    if (point == b'.' && (1..=LONGEST).contains(&places)) || (point == b',' && !in_threes && (1..=3).contains(&places))
    {
        written.push('.');
        written.push_str(&String::from_utf8_lossy(text.slice(end + 1..end + 1 + places)));
        end += 1 + places;
    }
    Some(Figures { text: written, end })
}

/// Whether another number stands one blank before a place: "12 345 678" is a list and no thousand.
fn is_figure_before(scan: &Scan<'_, '_>, start: usize) -> bool {
    start > 1 && scan.text.at(start - 1) == b' ' && scan.text.at(start - 2).is_ascii_digit()
}

/// Whether a number at a place has lost its point to the gap before it: the decimals of "2.5" are no number.
pub(crate) fn is_decimals(scan: &Scan<'_, '_>, start: usize) -> bool {
    start > 1 && matches!(scan.text.at(start - 1), b'.' | b',') && scan.text.at(start - 2).is_ascii_digit()
}

/// ".5" is a half: a point that nothing stands before.
pub(crate) fn is_bare_fraction(scan: &Scan<'_, '_>, start: usize) -> bool {
    let before = |back: usize| start.checked_sub(back).map_or(b' ', |at| scan.text.at(at));
    before(1) == b'.' && matches!(before(2), b' ' | b'\n' | b'<' | b'>' | b'(' | b':' | b'=')
}

fn plain(scan: &Scan<'_, '_>, start: usize, threes: Threes) -> Option<(f64, usize)> {
    let found = figures(scan, start, threes)?;
    let text = if is_bare_fraction(scan, start) { format!("0.{}", found.text) } else { found.text };
    Some((text.parse().ok()?, found.end))
}

/// A number without needless decimals.
pub(crate) fn shown(value: f64) -> String {
    format!("{}", (value * 1000.0).round() / 1000.0)
}

/// Whether a percent sign follows a place.
pub(crate) fn percent_at(scan: &Scan<'_, '_>, end: usize) -> Option<usize> {
    let at = if scan.text.at(end) == b' ' { end + 1 } else { end };
    if scan.text.at(at) == b'%' {
        return Some(at + 1);
    }
    let token = scan.token_at(at);
    (scan.is(token, "percent") && scan.token(token).is_some_and(|t| t.start() <= at + 1))
        .then(|| scan.token(token).map(|t| t.end()))
        .flatten()
}
