//! How far the tumour is from a margin.

use std::collections::BTreeSet;
use std::ops::Range;

use consilium_casefile::facts::{Basis, Concept, Qualifiers};
use consilium_casefile::knowledge::WordGroup;

use crate::numbers::{Number, decimal, shown};
use crate::reader::{Finding, Notes};
use crate::scan::{Gap, Mark, Scan};

/// Words from a margin within which its distance stands.
const REACH: usize = 9;

/// Places of numbers that were read as a distance.
pub(super) type Taken = BTreeSet<usize>;

/// A length: a number and how many millimetres its unit is.
pub(super) struct Length {
    number: Number,
    factor: f64,
    place: usize,
    pub(super) last: usize,
}

/// A length at a word. "2.3 x 1.1 cm" measures something else.
pub(super) fn length(scan: &Scan<'_, '_>, place: usize) -> Option<Length> {
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
    let last = number.last + 1;
    (near && !dimension).then_some(Length { number, factor, place, last })
}

/// "1 mm from the deep margin", "closest margin: deep, 1 mm", "margins free (closest 4 mm, anterior)".
pub(super) fn distance(notes: &mut Notes<'_, '_, '_>, mark: &Mark, taken: &mut Taken) {
    let scan = notes.scan;
    let between = |place: usize| scan.lexicon.names_margin(scan.word(place)) || is_between(scan, place);
    // "3 mm from the margin, 2.2 cm in size": what leads to the margin is its distance, whatever comes behind it.
    let led = led_by(scan, mark, between);
    let first = led.as_ref().map_or(mark.first, |length| length.place);
    let found = led.or_else(|| behind(scan, mark, between));
    let Some(length) = found.filter(|length| taken.insert(length.place)) else { return };
    let range = scan.span(first.min(length.place), length.last.max(mark.last));
    let site = super::margin_name(scan, mark).or_else(|| margin_behind(scan, length.last));
    note_distance(notes, &length, mark.first, site, range);
}

/// The length behind a margin: "margin: 2 mm", "closest margin: deep, 1 mm".
fn behind(scan: &Scan<'_, '_>, mark: &Mark, between: impl Fn(usize) -> bool) -> Option<Length> {
    for place in mark.last + 1..=mark.last + REACH {
        let gap = scan.gap(place);
        if gap.has(Gap::BLANK) || (gap.has(Gap::HARD) && place > mark.last + 1) {
            return None;
        }
        // "Margin 2 mm from the tumor" is one; "margin; 2 mm from" begins the next.
        if let Some(length) = length(scan, place) {
            return Some(length).filter(|length| !is_of_the_tumour(scan, length.last));
        }
        if !between(place) {
            return None;
        }
    }
    None
}

/// The length before a margin that words lead to it: "3 mm from the posterior margin".
fn led_by(scan: &Scan<'_, '_>, mark: &Mark, between: impl Fn(usize) -> bool) -> Option<Length> {
    for place in (mark.first.saturating_sub(REACH)..mark.first).rev() {
        if scan.gap(place + 1).has(Gap::HARD | Gap::COLON) {
            return None;
        }
        let Some(length) = length(scan, place) else { continue };
        let mut joint = length.last + 1..mark.first;
        let says_from = joint.clone().any(|p| ["from", "to", "of"].iter().any(|w| scan.is(p, w)));
        return (says_from && joint.all(between)).then_some(length);
    }
    None
}

/// "2.2 cm in greatest dimension": a size and no distance.
fn is_of_the_tumour(scan: &Scan<'_, '_>, last: usize) -> bool {
    let led = ["in", "across", "long"].iter().any(|word| scan.is(last + 1, word)) && !scan.gap(last + 1).has(Gap::HARD);
    let of_size = |place: usize| scan.is_of(place, WordGroup::SizeWord) || scan.is(place, "across");
    led && (last + 1..last + 4).take_while(|place| !scan.gap(*place).has(Gap::HARD)).any(of_size)
}

/// Notes a length in millimetres as the distance of a margin.
pub(super) fn note_distance(
    notes: &mut Notes<'_, '_, '_>,
    length: &Length,
    named: usize,
    site: Option<String>,
    range: Range<usize>,
) {
    let scan = notes.scan;
    let Length { number, factor, place, .. } = length;
    let less = number.text.starts_with('<')
        || ["within", "than"].iter().any(|word| *place > 0 && scan.is(place - 1, word)) && !is_more(scan, *place);
    let scope = notes.cues.of(scan, named, named);
    notes.add(Finding {
        unit: Some("mm"),
        context: Some(scope.context),
        // A number that was changed from centimetres is still what is written, in another unit.
        basis: Basis::Stated,
        qualifiers: Qualifiers { site, ..Qualifiers::default() },
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
