//! "Number of lymph nodes with macrometastases: 1", "with micrometastases: 2": the positive nodes, where a list of elements
//! counts them by the size of what is in them. Isolated tumour cells make no node positive.

use consilium_casefile::facts::{Basis, Concept};

use super::{Labelled, MOST};
use crate::numbers::count;
use crate::scan::{Gap, Scan};

/// Words between the two numbers.
const NEAR: usize = 30;

/// Words of a size in parentheses between a label and its colon: "(> 0.2 mm to 2 mm and / or > 200 cells):".
const SIZE: usize = 16;

/// Words of a label before its last.
const LABEL: usize = 6;

/// The nodes with large and with small deposits together, where both numbers are given, once.
pub(super) fn added_up(scan: &Scan<'_, '_>) -> Option<Labelled> {
    let of = |words: [&'static str; 2]| {
        move |place: usize| words.iter().any(|word| scan.is(place, word)).then(|| labelled(scan, place)).flatten()
    };
    let large: Vec<_> = (0..scan.tokens.len()).filter_map(of(["macrometastases", "macrometastasis"])).collect();
    let small: Vec<_> = (0..scan.tokens.len()).filter_map(of(["micrometastases", "micrometastasis"])).collect();
    let ([(first, number, one)], [(begins, last, other)]) = (large.as_slice(), small.as_slice()) else { return None };
    let led = (first.saturating_sub(LABEL)..*first).find(|at| scan.is(*at, "number") || scan.is(*at, "nodes"))?;
    let together = number < begins && begins - number <= NEAR;
    let same = scan.specimen_number(*first) == scan.specimen_number(*last);
    (together && same && one + other <= MOST).then(|| Labelled {
        concept: Concept::NODES_POSITIVE,
        value: one + other,
        first: led,
        last: *last,
        total: false,
        basis: Basis::Derived,
    })
}

/// The number behind the colon of a label whose last word this is: the word, the number's place and the number.
fn labelled(scan: &Scan<'_, '_>, place: usize) -> Option<(usize, usize, u32)> {
    let closed = |at: usize| at == place + 1 || scan.gap(at).has(Gap::CLOSE);
    let colon = (place + 1..place + SIZE)
        .take_while(|at| !scan.gap(*at).has(Gap::LINE))
        .find(|at| scan.gap(*at).has(Gap::COLON) && closed(*at))?;
    let (value, last) = count(scan, colon)?;
    let bare = colon == place + 1 || scan.gap(place + 1).has(Gap::OPEN);
    let ends = last + 1 >= scan.tokens.len()
        || scan.gap(last + 1).has(Gap::HARD | Gap::LINE | Gap::PERIOD | Gap::COMMA | Gap::SLASH | Gap::CLOSE);
    (bare && ends).then_some((place, last, value))
}
