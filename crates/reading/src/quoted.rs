//! The words of a sentence that say something, without what a page has before and after them: the heads of letters end in
//! no full stop, and hold a name, a birth date, a number.

use std::ops::Range;

use crate::scan::Scan;

/// Longest words that are kept of one statement, characters.
pub(crate) const LONGEST_QUOTE: usize = 300;

/// The characters of a sentence that are quoted for what stands at `says`. They begin in the line and clause of the first
/// word that counts, at that word itself where a figure or a name stands before it, and end with the line of the last, or
/// with the year below it.
pub(crate) fn words_of(scan: &Scan<'_, '_>, words: &Range<usize>, says: Range<usize>) -> Range<usize> {
    let sentence = scan.span(words.start, words.end.saturating_sub(1));
    // With the mark the sentence ends with.
    let stops = matches!(scan.text.at(sentence.end), b'.' | b'!' | b';');
    let end = sentence.end + usize::from(stops);
    let at = |place: usize| if place < end { scan.text.at(place) } else { 0 };
    let breaks = |place: usize| match at(place) {
        b'\n' | b'\r' | b'\t' | 0x0c => true,
        b' ' => at(place + 1) == b' ' || place > sentence.start && matches!(at(place - 1), b',' | b':' | b';' | b'|'),
        _ => false,
    };
    let clause = (sentence.start..says.start).rev().find(|place| breaks(*place)).map_or(sentence.start, |at| at + 1);
    let is_head = |place: usize| {
        let begins = place > clause && !at(place - 1).is_ascii_alphanumeric();
        at(place).is_ascii_digit() || at(place).is_ascii_uppercase() && begins
    };
    let starts = if (clause..says.start).any(is_head) { says.start } else { clause };
    let line_end = |from: usize| (from..end).find(|place| at(*place) == b'\n').unwrap_or(end);
    let ends = line_end(says.end).min(starts + LONGEST_QUOTE).max(starts);
    let blank = |place: &usize| at(*place).is_ascii_whitespace();
    let first = (starts..ends).find(|place| !blank(place)).unwrap_or(starts);
    let last = (first..ends).rev().find(|place| !blank(place)).map_or(ends, |place| place + 1);
    first..last
}
