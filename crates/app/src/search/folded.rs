//! A text without what a search passes over: capitals, accents, typographic quotes and dashes, ligatures, marks that
//! cannot be seen, and how many blanks stand between words. What must not live here: what is looked for.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// Hands each character of the folded text to `sink`, with the number of the code point it comes from. Blanks and
/// control characters become one blank; none stands at the beginning.
pub(super) fn fold_into(text: &str, mut sink: impl FnMut(char, usize)) {
    let (mut begun, mut blank) = (false, None);
    for (place, letter) in text.chars().enumerate() {
        if letter.is_whitespace() || letter.is_control() {
            blank = blank.or(begun.then_some(place));
            continue;
        }
        let mut give = |letter: char| {
            if let Some(place) = blank.take() {
                sink(' ', place);
            }
            begun = true;
            sink(letter, place);
        };
        if letter.is_ascii() {
            give(letter.to_ascii_lowercase());
        } else if !is_passed_over(letter) {
            decompose_compatible(letter, |part| {
                if !is_combining_mark(part) && !part.is_whitespace() {
                    part.to_lowercase().filter(|c| !is_combining_mark(*c)).for_each(|c| likeness(c, &mut give));
                }
            });
        }
    }
}

/// The folded text.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, |letter, _| folded.push(letter));
    folded
}

/// Soft hyphens, joiners, and marks that turn the direction of writing.
fn is_passed_over(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// What a letter without a decomposition is typed as.
fn likeness(letter: char, give: &mut impl FnMut(char)) {
    match letter {
        'ß' => "ss".chars().for_each(give),
        'æ' => "ae".chars().for_each(give),
        'œ' => "oe".chars().for_each(give),
        'þ' => "th".chars().for_each(give),
        'ø' => give('o'),
        'ł' => give('l'),
        'đ' | 'ð' => give('d'),
        'ħ' => give('h'),
        'ı' => give('i'),
        'ς' => give('σ'),
        '‘' | '’' | '‚' | '‛' | '′' => give('\''),
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => give('"'),
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => give('-'),
        '⁄' | '∕' => give('/'),
        other => give(other),
    }
}

/// Where something stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// First code point, and one past the last.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Page, counted from 1: pages are separated by U+000C.
    pub(super) page: u32,
}

/// Where spans of bytes of the folded text stand in the original. `spans` are in order of their beginnings.
pub(super) fn places(text: &str, spans: &[(usize, usize)]) -> Vec<Place> {
    let mut found: Vec<Place> = Vec::with_capacity(spans.len());
    // Spans that have begun and not ended: few, since they overlap.
    let mut open: Vec<usize> = Vec::new();
    let (mut next, mut byte) = (0, 0);
    let mut pages = Pages::of(text);
    fold_into(text, |letter, place| {
        while spans.get(next).is_some_and(|(start, _)| *start <= byte) {
            found.push(Place { start: place, end: place + 1, page: pages.at(place) });
            open.push(next);
            next += 1;
        }
        byte += letter.len_utf8();
        open.retain(|span| {
            if let Some(found) = found.get_mut(*span) {
                found.end = place + 1;
            }
            spans.get(*span).is_some_and(|(_, end)| *end > byte)
        });
    });
    found
}

/// Counts pages along a text.
struct Pages<'t> {
    letters: std::str::Chars<'t>,
    passed: usize,
    page: u32,
}

impl<'t> Pages<'t> {
    fn of(text: &'t str) -> Self {
        Self { letters: text.chars(), passed: 0, page: 1 }
    }

    /// The page of a code point; each asked for stands behind the one before.
    fn at(&mut self, place: usize) -> u32 {
        while self.passed < place
            && let Some(letter) = self.letters.next()
        {
            self.passed += 1;
            self.page += u32::from(letter == '\u{c}');
        }
        self.page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_accents_ligatures_and_blanks_do_not_tell_texts_apart() {
        let check = |text: &str, folded: &str| assert_eq!(fold(text), folded, "{text:?}");
        check("  Invasive\r\n\tDUCTAL\u{c}Carcinoma ", "invasive ductal carcinoma");
        check("Größe, täglich, Ærø, ﬁbrosis", "grosse, taglich, aero, fibrosis");
        check("cafe\u{301} CAFÉ caf\u{e9}", "cafe cafe cafe");
        check("ΜΑΣΤΌΣ μαστός", "μαστοσ μαστοσ");
        check("carci\u{ad}noma \u{202e}amon\u{202c} a\u{200b}b", "carcinoma amon ab");
        check("“Ki‑67” – ’x’ Ⅱ ½", "\"ki-67\" - 'x' ii 1/2");
        check("乳癌 Рак", "乳癌 рак");
        check("\u{0}\u{1b}[2J\u{feff}", "[2j");
        check("", "");
    }

    #[test]
    fn a_span_of_the_folded_text_is_a_place_in_the_original() {
        let check = |text: &str, words: &str, expect: (usize, usize, u32)| {
            let folded = fold(text);
            let start = folded.find(words).unwrap();
            let found = places(text, &[(start, start + words.len())]);
            assert_eq!(found.iter().map(|p| (p.start, p.end, p.page)).collect::<Vec<_>>(), [expect], "{text:?}");
        };
        check("é  ER positive", "er", (3, 5, 1));
        check("Größe G2", "g2", (6, 8, 1));
        check("Größe", "grosse", (0, 5, 1));
        check("one\u{c}two\u{c}\u{c}fo\u{301}ur", "four", (9, 14, 4));
        check("invasive\n\nductal", "invasive ductal", (0, 16, 1));
    }

    #[test]
    fn spans_that_overlap_or_are_none_are_each_answered() {
        let found = places("a bc def", &[(0, 4), (2, 4), (5, 8)]);
        let found: Vec<_> = found.iter().map(|p| (p.start, p.end)).collect();
        assert_eq!(found, [(0, 4), (2, 4), (5, 8)]);
        assert_eq!(places("", &[(0, 3)]), []);
        assert_eq!(places("ab", &[]), []);
    }
}
