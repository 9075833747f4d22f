//! Finding phrases in a text whatever its spacing, case and typography. Knows nothing of kinds and dates.

use std::ops::Range;

/// The text in lower case, with plain quotation marks and hyphens. A run of white space is one character: a line feed
/// when it held one, a tab when it was a gap of two or more, else a space.
pub(super) fn plain(text: &str, most: usize) -> String {
    let mut out = String::with_capacity(text.len().min(most * 2));
    let mut gap = 0_usize;
    let mut line = false;
    for character in text.chars().take(most) {
        if character.is_whitespace() || character == '\u{200b}' {
            line |= matches!(character, '\n' | '\r' | '\u{c}');
            gap += if character == '\t' { 2 } else { 1 };
            continue;
        }
        if gap > 0 && !out.is_empty() {
            out.push(if line {
                '\n'
            } else if gap > 1 {
                '\t'
            } else {
                ' '
            });
        }
        (gap, line) = (0, false);
        match character {
            '\u{ad}' => {}
            '‘' | '’' | 'ʼ' => out.push('\''),
            '“' | '”' => out.push('"'),
            '‐' | '‑' | '‒' | '–' | '—' | '−' => out.push('-'),
            other => out.extend(other.to_lowercase()),
        }
    }
    out
}

/// The same text with every gap a single space, for phrases that may run over a line end. Byte offsets are the same.
pub(super) fn one_line(plain: &str) -> String {
    plain.replace(['\n', '\t'], " ")
}

/// How often one phrase is looked for; a word on every line of a long text tells nothing new.
const MOST_PLACES: usize = 16;

/// Where a phrase stands as whole words.
fn places<'t>(text: &'t str, phrase: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
    let first_is_word = phrase.chars().next().is_some_and(char::is_alphanumeric);
    let last_is_word = phrase.chars().next_back().is_some_and(char::is_alphanumeric);
    text.match_indices(phrase)
        .filter(move |(start, found)| {
            let before = text.get(..*start).and_then(|t| t.chars().next_back());
            let after = text.get(start + found.len()..).and_then(|t| t.chars().next());
            !(first_is_word && before.is_some_and(char::is_alphanumeric)
                || last_is_word && after.is_some_and(char::is_alphanumeric))
        })
        .map(|(start, found)| start..start + found.len())
        .take(MOST_PLACES)
}

/// The phrases found, each with its places in order. A place inside that of a longer phrase does not count:
/// "oncology consultation" is not found in "radiation oncology consultation" when both are looked for.
pub(super) fn find<'p, T: Copy>(text: &str, phrases: impl Iterator<Item = (T, &'p str)>) -> Vec<(T, Range<usize>)> {
    let mut found: Vec<(T, Range<usize>)> = Vec::new();
    for (key, phrase) in phrases.filter(|(_, phrase)| !phrase.is_empty()) {
        found.extend(places(text, phrase).map(|place| (key, place)));
    }
    found.sort_by_key(|(_, place)| (place.start, std::cmp::Reverse(place.end)));
    let mut kept: Vec<(T, Range<usize>)> = Vec::new();
    for (key, place) in found {
        // Sorted by start, longest first: whatever holds this place was met before, and the one that reaches furthest
        // is enough to ask.
        let inside =
            kept.iter().rev().take(32).any(|(_, k)| k.start <= place.start && k.end >= place.end && *k != place);
        if !inside {
            kept.push((key, place));
        }
    }
    kept
}

/// Whether the word before this place shows that the text goes on here: "the pathology report is due" has no heading.
/// Line breaks are no help, because a text read from a picture may have none.
pub(super) fn is_in_a_sentence(text: &str, start: usize) -> bool {
    const BEFORE: [&str; 35] = [
        "a", "an", "and", "any", "as", "at", "by", "each", "for", "from", "her", "his", "in", "is", "last", "latest",
        "my", "no", "of", "on", "or", "our", "outside", "per", "previous", "prior", "recent", "see", "that", "the",
        "their", "this", "to", "with", "your",
    ];
    let before = text.get(..start).unwrap_or_default().trim_end_matches(' ');
    let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    BEFORE.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_compared_without_regard_to_case_spacing_and_typography() {
        assert_eq!(plain("  FINAL\u{a0}Diagnosis –\r\n  x\t\ty  ", 100), "final diagnosis -\nx\ty");
        assert_eq!(plain("Patient’s “lesion”", 100), "patient's \"lesion\"");
        assert_eq!(plain("", 100), "");
        assert_eq!(plain("abcdef", 3), "abc");
    }

    #[test]
    fn a_phrase_in_a_sentence_is_no_heading() {
        let check = |before: &str, expect: bool| {
            assert_eq!(is_in_a_sentence(&format!("{before}pathology report"), before.len()), expect, "{before}");
        };
        check("", false);
        check("testville hospital ", false);
        check("to: ", false);
        check("we have the ", true);
        check("please bring your ", true);
    }

    #[test]
    fn phrases_are_found_as_whole_words_and_the_longer_one_counts() {
        let check = |text: &str, phrases: &[&'static str], expect: &[&str]| {
            let found = find(text, phrases.iter().map(|p| (*p, *p)));
            assert_eq!(found.iter().map(|(p, _)| *p).collect::<Vec<_>>(), expect, "{text}");
        };
        check("a pet scan", &["pet"], &["pet"]);
        check("a petition", &["pet"], &[]);
        check("impression:none", &["impression:"], &["impression:"]);
        check(
            "radiation oncology consultation",
            &["oncology consultation", "radiation oncology consultation"],
            &["radiation oncology consultation"],
        );
        check("émigré gross", &["gross", "igr"], &["gross"]);
        check("", &["x"], &[]);
        check("x", &[""], &[]);
    }
}
