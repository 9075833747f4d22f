//! What a person types, before it is kept: no character in it may be one that cannot be seen and changes what is read.

use crate::shared::message::Refusal;

/// Whether a text holds control characters, or marks that turn the direction of writing: with them a text can show
/// something else than it says.
#[must_use]
pub fn has_hidden_characters(text: &str) -> bool {
    let turns = |c: char| matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    text.chars().any(|c| c.is_control() || turns(c))
}

/// One line as it is kept: blanks run together, none at its ends.
///
/// # Errors
/// When it is longer than `most` characters, or holds characters that cannot be seen.
pub fn line(text: &str, most: usize) -> Result<String, Refusal> {
    checked(text.split_whitespace().collect::<Vec<_>>().join(" "), most)
}

/// Whether two lines say the same, whatever capitals and blanks at their ends.
#[must_use]
pub fn same_line(one: &str, other: &str) -> bool {
    one.trim().eq_ignore_ascii_case(other.trim())
}

/// One line that must not be empty; `field` names it in the refusal.
///
/// # Errors
/// As [`line`], and when it is empty.
pub fn needed_line(text: &str, most: usize, field: &str) -> Result<String, Refusal> {
    let kept = line(text, most)?;
    if kept.is_empty() { Err(Refusal::new("refusal-empty-field").with("field", field)) } else { Ok(kept) }
}

/// Several lines as they are kept: none blank, each trimmed.
///
/// # Errors
/// As [`line`], for all of them together.
pub fn lines(text: &str, most: usize) -> Result<String, Refusal> {
    let each = text.lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|l| !l.is_empty());
    let all: Vec<String> = each.collect();
    if all.iter().any(|line| has_hidden_characters(line)) {
        return Err(Refusal::new("refusal-hidden-characters"));
    }
    let joined = all.join("\n");
    if joined.chars().count() > most { Err(Refusal::new("refusal-too-long").with("most", most)) } else { Ok(joined) }
}

fn checked(text: String, most: usize) -> Result<String, Refusal> {
    if has_hidden_characters(&text) {
        return Err(Refusal::new("refusal-hidden-characters"));
    }
    if text.chars().count() > most { Err(Refusal::new("refusal-too-long").with("most", most)) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::{has_hidden_characters, line, lines, needed_line};

    #[test]
    fn lines_are_kept_without_stray_blanks_and_refused_when_too_long_or_hidden() {
        assert_eq!(line("  a \t b ", 10).unwrap(), "a b");
        assert_eq!(lines(" a \r\n\n  b c \n", 10).unwrap(), "a\nb c");
        let why = |refused: Result<String, crate::Refusal>| refused.unwrap_err().0.key;
        assert_eq!(why(line("abcdef", 5)), "refusal-too-long");
        assert_eq!(why(lines("a\n\u{202e}b", 50)), "refusal-hidden-characters");
        assert_eq!(why(needed_line(" \n ", 50, "name")), "refusal-empty-field");
    }

    #[test]
    fn what_cannot_be_seen_is_found_and_other_scripts_are_fine() {
        for hidden in ["pT2\u{0}", "\u{202e}2Tp", "N0\u{2066}", "a\u{1b}[2J", "\u{feff}G2", "\u{7f}"] {
            assert!(has_hidden_characters(hidden), "{hidden:?}");
        }
        for plain in ["", "pT2 N0", "2,5 mg täglich", "שלום", "乳癌", "≥ 5 %", "👩‍⚕️"] {
            assert!(!has_hidden_characters(plain), "{plain:?}");
        }
    }
}
