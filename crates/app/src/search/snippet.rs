//! The words around what was found: the places of a record that hold most of what is looked for. What must not live
//! here: which records are looked at.

use consilium_casefile::shared::text::has_hidden_characters;
use serde::Serialize;

use super::folded::{Place, fold, places};
use super::query::Wanted;

/// Places shown of one record at most.
pub(super) const MOST_PLACES: usize = 3;
/// Times that one word is looked at in a record.
const MOST_SPANS: usize = 500;
/// Bytes of folded text that are shown together.
const WINDOW: usize = 150;
/// Bytes between the beginnings of two places, at least: what is shown of one is not shown again.
const APART: usize = 250;
/// Characters before what was found, and from its beginning on.
const BEFORE: usize = 60;
const AFTER: usize = 180;

/// Words with what was looked for marked in them: spans of code points, which do not overlap.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Marked {
    /// In one line, without characters that cannot be seen.
    pub text: String,
    /// First code point, and one past the last.
    pub marks: Vec<(usize, usize)>,
}

impl Marked {
    /// Marks what is looked for in a line.
    pub(super) fn new(line: &str, wanted: &Wanted) -> Self {
        let text = in_one_line(line);
        let spans = wanted.spans(&fold(&text), MOST_SPANS);
        let spans: Vec<(usize, usize)> = spans.into_iter().map(|(start, end, _)| (start, end)).collect();
        let mut marks: Vec<(usize, usize)> = Vec::new();
        for Place { start, end, .. } in places(&text, &spans) {
            match marks.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                _ => marks.push((start, end)),
            }
        }
        Self { text, marks }
    }
}

/// Words in one line, without what cannot be seen.
fn in_one_line(words: &str) -> String {
    let words: Vec<String> = words
        .split(|c: char| c.is_whitespace() || c.is_control())
        .map(|word| word.chars().filter(|c| !has_hidden_characters(c.encode_utf8(&mut [0; 4]))).collect())
        .filter(|word: &String| !word.is_empty())
        .collect();
    words.join(" ")
}

/// The places of a text that hold most of what is looked for, in the order of the text.
pub(super) fn passages(text: &str, wanted: &Wanted) -> Vec<(Place, Marked)> {
    let mut spans = wanted.spans(&fold(text), MOST_SPANS);
    let mut chosen = Vec::new();
    let mut shown = 0_u32;
    while chosen.len() < MOST_PLACES && !spans.is_empty() {
        let Some((at, held)) = best(&spans, shown) else { break };
        let Some(&(start, end, _)) = spans.get(at) else { break };
        chosen.push((start, end));
        shown |= held;
        spans.retain(|(other, _, _)| *other >= start + APART || other + APART <= start);
    }
    chosen.sort_unstable();
    places(text, &chosen).into_iter().map(|place| (place, around(text, place, wanted))).collect()
}

/// The span from which on most terms stand together, those first that were not shown yet; with these terms.
fn best(spans: &[(usize, usize, usize)], shown: u32) -> Option<(usize, u32)> {
    let held = |at: usize| {
        let rest = spans.get(at..).unwrap_or_default();
        let first = rest.first().map_or(0, |(start, _, _)| *start);
        rest.iter().take_while(|(_, end, _)| *end <= first + WINDOW).fold(0, |bits, (_, _, term)| bits | 1_u32 << term)
    };
    let rated = (0..spans.len()).map(|at| (at, held(at)));
    // Of equals the first: max_by_key gives the last, so the place counts backwards.
    rated.max_by_key(|(at, bits)| ((bits & !shown).count_ones(), bits.count_ones(), std::cmp::Reverse(*at)))
}

/// The words around a place.
fn around(text: &str, place: Place, wanted: &Wanted) -> Marked {
    let byte = |of: usize| text.char_indices().nth(of).map_or(text.len(), |(byte, _)| byte);
    let start = byte(place.start);
    let (head, tail) = (text.get(..start).unwrap_or_default(), text.get(start..).unwrap_or_default());
    // Blanks are read over: a page may end between two words of a phrase.
    let before: String = head.chars().rev().take(BEFORE * 4).collect::<Vec<_>>().into_iter().rev().collect();
    let before = in_one_line(&before);
    let length = before.chars().count();
    let cut_before = length > BEFORE || head.chars().count() > BEFORE * 4;
    let kept: String = before.chars().skip(length.saturating_sub(BEFORE)).collect();
    // What is cut off is a part of a word.
    let kept = if length > BEFORE { kept.split_once(' ').map_or("", |(_, rest)| rest) } else { &kept };
    let joined = head.chars().next_back().is_some_and(|c| !c.is_whitespace() && !c.is_control());
    let after: String = tail.chars().take(AFTER * 8).collect();
    let after = in_one_line(&after);
    let cut_after = after.chars().count() > AFTER;
    let mut shown: String = after.chars().take(AFTER).collect();
    if cut_after && let Some((whole, _)) = shown.rsplit_once(' ') {
        shown = whole.to_owned();
    }
    let (open, gap) = (if cut_before { "… " } else { "" }, if joined || kept.is_empty() { "" } else { " " });
    Marked::new(&format!("{open}{kept}{gap}{shown}{}", if cut_after { " …" } else { "" }), wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(of: &Marked) -> Vec<String> {
        of.marks.iter().map(|(s, e)| of.text.chars().skip(*s).take(e - s).collect()).collect()
    }

    #[test]
    fn the_words_around_are_in_one_line_with_what_was_found_marked() {
        let text = "FINAL DIAGNOSIS\nLeft breast:\n  Invasive\nductal carcinoma,\u{202e} grade 2.";
        let found = passages(text, &Wanted::typed("\"invasive ductal\" grade").unwrap());
        assert_eq!(found.len(), 1);
        let (place, words) = &found[0];
        assert_eq!((place.start, place.page), (31, 1));
        assert_eq!(words.text, "FINAL DIAGNOSIS Left breast: Invasive ductal carcinoma, grade 2.");
        assert_eq!(marked(words), ["Invasive ductal", "grade"]);
    }

    #[test]
    fn of_many_places_those_that_hold_most_are_shown_in_their_order() {
        let filler = "filler words here. ".repeat(30);
        let text =
            format!("grade alone. {filler}\u{c}carcinoma of grade 2. {filler}\u{c}carcinoma again. {filler} grade");
        let found = passages(&text, &Wanted::typed("grade carcinoma").unwrap());
        assert_eq!(found.len(), MOST_PLACES);
        let pages: Vec<u32> = found.iter().map(|(place, _)| place.page).collect();
        assert!(pages.contains(&2) && pages.is_sorted(), "{pages:?}");
        assert!(found.iter().all(|(_, words)| !words.marks.is_empty() && words.text.chars().count() < 260));
    }

    #[test]
    fn a_long_word_a_wide_gap_and_a_word_inside_another_do_no_harm() {
        let gap = format!("invasive{}ductal", "\n".repeat(5_000));
        let found = passages(&gap, &Wanted::typed("\"invasive ductal\"").unwrap());
        assert_eq!((found.len(), found[0].0.end), (1, 5_014));
        assert_eq!(found[0].1.text, "invasive");
        let endless = "x".repeat(100_000);
        let found = passages(&endless, &Wanted::typed("xxx").unwrap());
        assert_eq!(found.len(), 1);
        assert!(found[0].1.text.chars().count() <= AFTER + 4);
        assert_eq!(passages("nothing of it", &Wanted::typed("carcinoma").unwrap()), []);
        let joined = passages("(HER2/neu)", &Wanted::typed("neu").unwrap());
        assert_eq!(joined[0].1.text, "(HER2/neu)");
    }
}
