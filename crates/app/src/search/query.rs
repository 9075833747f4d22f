//! What is looked for: words of which each beginning counts, and phrases in quotation marks that stand as they are. What
//! must not live here: where it is looked for.

use consilium_casefile::Refusal;

use super::folded::fold;

/// Most characters of a query.
pub const MOST_TYPED: usize = 300;
/// Most words and phrases of a query: each is looked for in every text.
pub const MOST_TERMS: usize = 12;

/// One word or phrase, folded.
#[derive(Clone, PartialEq, Eq)]
struct Term {
    words: String,
    /// Ends where a word ends.
    exact: bool,
}

/// What is looked for. Prints nothing of what a person typed.
#[derive(Clone, PartialEq, Eq, Default)]
pub(super) struct Wanted(Vec<Term>);

impl std::fmt::Debug for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Wanted({} terms)", self.0.len())
    }
}

impl Wanted {
    /// Understands what was typed. A quotation mark without its partner counts to the end.
    ///
    /// # Errors
    /// When it is longer than [`MOST_TYPED`], or has more words than [`MOST_TERMS`].
    pub(super) fn typed(typed: &str) -> Result<Self, Refusal> {
        if typed.chars().count() > MOST_TYPED {
            return Err(Refusal::new("refusal-search-too-long").with("most", MOST_TYPED));
        }
        let mut terms: Vec<Term> = Vec::new();
        let mut add = |words: &str, exact: bool| {
            let term = Term { words: words.to_owned(), exact };
            if words.chars().any(char::is_alphanumeric) && !terms.contains(&term) {
                terms.push(term);
            }
        };
        for (part, words) in fold(typed).split('"').enumerate() {
            if part % 2 == 1 {
                add(words.trim(), true);
            } else {
                let punctuation = |c: char| matches!(c, ',' | '.' | ';' | ':' | '!' | '?' | '(' | ')' | '[' | ']');
                words.split(' ').for_each(|word| add(word.trim_matches(punctuation), false));
            }
        }
        if terms.len() > MOST_TERMS {
            return Err(Refusal::new("refusal-search-too-many-words").with("most", MOST_TERMS));
        }
        Ok(Self(terms))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Which of the terms stand in a folded text: one bit each.
    pub(super) fn found_in(&self, folded: &str) -> u32 {
        let bits = self.0.iter().enumerate();
        bits.filter(|(_, term)| term.spans(folded).next().is_some()).fold(0, |found, (bit, _)| found | 1 << bit)
    }

    /// Whether these bits are all.
    pub(super) fn is_all(&self, found: u32) -> bool {
        found.count_ones() as usize == self.0.len()
    }

    /// Where terms stand in a folded text, in bytes and in order, with the number of the term; at most `most` a term.
    pub(super) fn spans(&self, folded: &str, most: usize) -> Vec<(usize, usize, usize)> {
        let of = |(number, term): (usize, &Term)| {
            let spans: Vec<_> = term.spans(folded).take(most).map(|(start, end)| (start, end, number)).collect();
            spans
        };
        let mut all: Vec<_> = self.0.iter().enumerate().flat_map(of).collect();
        all.sort_unstable();
        all
    }
}

impl Term {
    fn spans<'t>(&'t self, folded: &'t str) -> impl Iterator<Item = (usize, usize)> + 't {
        let mut from = 0;
        std::iter::from_fn(move || {
            loop {
                let start = from + folded.get(from..)?.find(&self.words)?;
                let end = start + self.words.len();
                let first = self.words.chars().next()?;
                if !self.stands(folded, start, first) {
                    // No other beginning inside the same word is one either.
                    let rest = folded.get(start..)?;
                    let over = |(_, c): &(usize, char)| !c.is_alphanumeric() || is_written_without_blanks(*c);
                    let next = rest.char_indices().skip(1).find(over);
                    from = start + next.map_or(rest.len(), |(at, _)| at);
                    continue;
                }
                if self.exact && !ends(folded, start, end) {
                    from = start + first.len_utf8();
                    continue;
                }
                from = end;
                return Some((start, end));
            }
        })
    }

    /// Whether a word begins at a place: where nothing tells words apart in writing, everywhere, and behind such a letter.
    fn stands(&self, folded: &str, start: usize, first: char) -> bool {
        let before = folded.get(..start).and_then(|text| text.chars().next_back());
        !first.is_alphanumeric()
            || is_written_without_blanks(first)
            || !before.is_some_and(|c| c.is_alphanumeric() && !is_written_without_blanks(c))
    }
}

/// Whether a word ends at a place.
fn ends(folded: &str, start: usize, end: usize) -> bool {
    let last = folded.get(start..end).and_then(|text| text.chars().next_back());
    let after = folded.get(end..).and_then(|text| text.chars().next());
    let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_written_without_blanks(c));
    !(inside(last) && inside(after))
}

/// Chinese, Japanese, Thai, Lao, Khmer and Burmese set no blanks between words.
fn is_written_without_blanks(letter: char) -> bool {
    matches!(letter, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, text: &str, found: bool) {
        let wanted = Wanted::typed(typed).unwrap();
        let bits = wanted.found_in(&fold(text));
        assert_eq!(!wanted.is_empty() && wanted.is_all(bits), found, "{typed:?} in {text:?}");
    }

    #[test]
    fn every_word_must_stand_somewhere_and_its_beginning_is_enough() {
        let text = "Invasive ductal carcinoma, ER-positive, HER2/neu 2+.";
        for typed in ["carcinoma", "CARCIN duct", "positive er", "her2/neu", "neu", "2+", "ductal, carcinoma."] {
            check(typed, text, true);
        }
        for typed in ["arcinoma", "lobular", "ductal lobular", "uctal", "osit"] {
            check(typed, text, false);
        }
    }

    #[test]
    fn a_phrase_stands_as_it_is_across_lines_and_ends_with_a_word() {
        let text = "invasive\n ductal carcinomas; no LVI";
        for typed in ["\"invasive ductal\"", "“Invasive   Ductal”", "\"no lvi\"", "\"ductal carcinomas", "«no LVI»"]
        {
            check(typed, text, true);
        }
        for typed in
            ["\"ductal invasive\"", "\"ductal carcinoma\"", "\"vasive ductal\"", "\"ductal carcinoma", "\"lvi no\""]
        {
            check(typed, text, false);
        }
    }

    #[test]
    fn accents_and_scripts_are_found_as_people_type_them() {
        check("taglich", "2,5 mg täglich", true);
        check("täglich", "2,5 mg taglich", true);
        check("癌", "左乳癌手術", true);
        check("\"乳癌\"", "左乳癌手術", true);
        check("her2", "乳癌HER2陽性", true);
        check("er2", "乳癌HER2陽性", false);
        check("HER2陽性", "乳癌HER2陽性", true);
        check("\"pT2\"", "分類pT2です", true);
        check("рак", "Рак молочной железы", true);
        check("\u{202e}carcinoma\u{202c}", "carcinoma", true);
    }

    #[test]
    fn what_holds_no_word_looks_for_nothing() {
        for nothing in ["", "   ", "\"\"", "\" \"", "+ - /", "\u{202e}\u{200b}", "…", "\u{0}\u{7}", "🙂"] {
            assert!(Wanted::typed(nothing).unwrap().is_empty(), "{nothing:?}");
        }
    }

    #[test]
    fn what_is_too_long_is_refused_and_a_word_typed_often_counts_once() {
        assert_eq!(Wanted::typed(&"a".repeat(MOST_TYPED + 1)).unwrap_err().0.key, "refusal-search-too-long");
        let words: Vec<String> = (0..=MOST_TERMS).map(|n| format!("w{n}")).collect();
        assert_eq!(Wanted::typed(&words.join(" ")).unwrap_err().0.key, "refusal-search-too-many-words");
        assert!(Wanted::typed(&"er ".repeat(90)).is_ok());
        assert_eq!(format!("{:?}", Wanted::typed("secret words").unwrap()), "Wanted(2 terms)");
    }

    #[test]
    fn a_word_that_almost_repeats_is_found_where_it_begins() {
        check("a-a", "ba-a-a", true);
        check("ana", "xana ana", true);
        let wanted = Wanted::typed("a").unwrap();
        assert_eq!(wanted.found_in(&format!("x{}", "a".repeat(200_000))), 0);
        assert_eq!(wanted.spans("a ab a", 2), [(0, 1, 0), (2, 3, 0)]);
    }
}
