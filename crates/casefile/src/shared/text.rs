//! What a person types, before it is kept: no character in it may be one that cannot be seen and changes what is read.

/// Whether a text holds control characters, or marks that turn the direction of writing: with them a text can show
/// something else than it says.
#[must_use]
pub fn has_hidden_characters(text: &str) -> bool {
    let turns = |c: char| matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    text.chars().any(|c| c.is_control() || turns(c))
}

#[cfg(test)]
mod tests {
    use super::has_hidden_characters;

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
