//! What stands on every page of a report: "Page 1 of 2". Its numbers count pages and nothing else, and a sentence goes on
//! behind it: the grammars do not see it.

use std::ops::Range;

use crate::text::LEFT_OUT;

/// Characters between the word and its number.
const WIDEST_GAP: usize = 3;

/// Figures of a number of pages.
const MOST_FIGURES: usize = 4;

/// Leaves out the running heads of a text whose pages are called so; a line that is nothing else with the end of the line
/// before it.
pub(crate) fn leave_out(ascii: &mut [u8], words: &[Vec<u8>]) {
    for place in places(ascii, words) {
        if let Some(head) = ascii.get_mut(place) {
            head.fill(LEFT_OUT);
        }
    }
}

fn places(text: &[u8], words: &[Vec<u8>]) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let starts = at.checked_sub(1).and_then(|before| text.get(before)).is_none_or(|b| !b.is_ascii_alphanumeric());
        let found = starts.then(|| head_at(text, at, words)).flatten();
        let Some((end, counted)) = found else {
            at += 1;
            continue;
        };
        match alone(text, at, end) {
            Some(line) => places.push(line),
            // "Page 3" in a sentence may be of anything.
            None if counted => places.push(at..end),
            None => {}
        }
        at = end;
    }
    places
}

/// Where the running head that starts here ends, and whether it says of how many.
fn head_at(text: &[u8], at: usize, words: &[Vec<u8>]) -> Option<(usize, bool)> {
    let rest = text.get(at..)?;
    let is_word = |word: &&Vec<u8>| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let after = at + words.iter().filter(is_word).map(Vec::len).max()?;
    let number = gap(text, after, b" :.#");
    let end = figures(text, number).filter(|_| number > after)?;
    let slash = gap(text, end, b" ");
    let second = match text.get(slash) {
        Some(b'/') => gap(text, slash + 1, b" "),
        _ if text.get(slash..slash + 3).is_some_and(|of| of.eq_ignore_ascii_case(b"of ")) => gap(text, slash + 3, b" "),
        _ => return Some((end, false)),
    };
    Some(figures(text, second).map_or((end, false), |end| (end, true)))
}

fn gap(text: &[u8], from: usize, of: &[u8]) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.iter().take(WIDEST_GAP).take_while(|byte| of.contains(byte)).count()
}

/// The end of a number here.
fn figures(text: &[u8], from: usize) -> Option<usize> {
    let length = text.get(from..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let ends = text.get(from + length).is_none_or(|byte| !byte.is_ascii_alphabetic());
    ((1..=MOST_FIGURES).contains(&length) && ends).then_some(from + length)
}

/// A line that is nothing but the running head, with the end of the line before it.
fn alone(text: &[u8], from: usize, end: usize) -> Option<Range<usize>> {
    let bare = |byte: &u8| matches!(byte, b' ' | b'\t' | b'-' | b'*' | b'|' | b'\r' | 0x0c);
    let start = from - text.get(..from)?.iter().rev().take_while(|byte| bare(byte)).count();
    let end = end + text.get(end..)?.iter().take_while(|byte| bare(byte)).count();
    let opens = start == 0 || text.get(start - 1) == Some(&b'\n');
    let closes = text.get(end).is_none_or(|byte| *byte == b'\n');
    (opens && closes).then_some(start.saturating_sub(1)..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(text: &str) -> String {
        let words = ["page", "pg"].map(|word| word.as_bytes().to_vec());
        let places = places(text.as_bytes(), &words);
        text.char_indices().filter(|(at, _)| !places.iter().any(|place| place.contains(at))).map(|(_, c)| c).collect()
    }

    #[test]
    fn the_number_of_a_page_is_left_out_and_its_line_closes() {
        assert_eq!(left("2 of\nPage 1 of 2\n14 nodes"), "2 of\n14 nodes");
        assert_eq!(left("2 of\r\n - Page 3 -\r\n14 nodes"), "2 of\r\n14 nodes");
        assert_eq!(left("Page 1 of 2   Vogel, Anna"), "   Vogel, Anna");
        assert_eq!(left("Report. PAGE: 1/12"), "Report. ");
        assert_eq!(left("Pg. 2 of 3"), "");
        assert_eq!(left("Page 7"), "");
    }

    #[test]
    fn what_is_no_number_of_a_page_stays() {
        for text in ["See page 3 for nodes", "Page one of 2", "Pages 1 of 2", "homepage 1 of 2", "Page", "2 of 14", ""]
        {
            assert_eq!(left(text), text);
        }
    }
}
