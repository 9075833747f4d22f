//! A report's text in the form the grammars read: one ASCII byte for each Unicode code point, so that a place in it is
//! a place in the original. Accents, typographic quotes and full-width letters lose what sets them apart; what has no
//! ASCII likeness becomes a mark that is no letter, digit or punctuation.

use std::ops::Range;

use crate::code_labels::{self, CodeSystems};

/// Stands for a code point without an ASCII likeness.
const OTHER: u8 = 0x1a;

/// Stands for a box that is not ticked.
pub(crate) const EMPTY_BOX: u8 = 0x02;

/// Stands for a box that is ticked.
pub(crate) const TICKED: u8 = 0x03;

/// Stands for each character of a code and the name of its system: it lies between words, and is nothing.
pub(crate) const LEFT_OUT: u8 = 0x04;

/// Code points between two remembered byte offsets.
const STRIDE: usize = 256;

/// A text and its ASCII likeness.
pub(crate) struct Text<'t> {
    raw: &'t str,
    /// One byte for each code point of the original.
    pub(crate) ascii: Vec<u8>,
    /// Byte offset of every `STRIDE`th code point; empty when the original is ASCII.
    strides: Vec<usize>,
}

impl<'t> Text<'t> {
    pub(crate) fn new(raw: &'t str, systems: &CodeSystems) -> Self {
        if raw.is_ascii() {
            return Self { raw, ascii: without_codes(raw.as_bytes().to_vec(), systems), strides: Vec::new() };
        }
        let mut ascii = Vec::with_capacity(raw.len());
        let mut strides = Vec::with_capacity(raw.len() / STRIDE + 1);
        for (count, (offset, character)) in raw.char_indices().enumerate() {
            if count % STRIDE == 0 {
                strides.push(offset);
            }
            ascii.push(likeness(character));
        }
        // "○ pT1 ● pT2": circles are boxes only where a line has both kinds; else they are bullets.
        if raw.lines().any(|line| line.contains('○') && line.contains('●')) {
            for (byte, character) in ascii.iter_mut().zip(raw.chars()) {
                *byte = match character {
                    '○' => EMPTY_BOX,
                    '●' => TICKED,
                    _ => *byte,
                };
            }
        }
        Self { raw, ascii: without_codes(ascii, systems), strides }
    }

    fn byte(&self, place: usize) -> usize {
        if self.strides.is_empty() {
            return place.min(self.raw.len());
        }
        let Some(&near) = self.strides.get(place / STRIDE) else { return self.raw.len() };
        let rest = self.raw.get(near..).unwrap_or_default();
        rest.char_indices().nth(place % STRIDE).map_or(self.raw.len(), |(offset, _)| near + offset)
    }

    /// The characters of a range of code points, as they stand.
    pub(crate) fn quote(&self, range: &Range<usize>) -> &'t str {
        self.raw.get(self.byte(range.start)..self.byte(range.end)).unwrap_or_default()
    }

    /// The byte at a place; 0 past the end.
    pub(crate) fn at(&self, place: usize) -> u8 {
        self.ascii.get(place).copied().unwrap_or(0)
    }

    /// The likeness of a range, as far as there is text.
    pub(crate) fn slice(&self, range: Range<usize>) -> &[u8] {
        self.ascii.get(range.start..range.end.min(self.ascii.len())).unwrap_or_default()
    }
}

/// Codes that stand beside their words are no values.
fn without_codes(mut ascii: Vec<u8>, systems: &CodeSystems) -> Vec<u8> {
    for place in code_labels::places(&ascii, systems) {
        if let Some(label) = ascii.get_mut(place) {
            label.fill(LEFT_OUT);
        }
    }
    ascii
}

fn likeness(character: char) -> u8 {
    if character.is_ascii() {
        return character as u8;
    }
    match character {
        '\u{00a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{00ad}' => b' ',
        '\u{2028}' | '\u{2029}' | '\u{0085}' => b'\n',
        '‘' | '’' | '‚' | '‛' | '′' | '`' | '´' => b'\'',
        '“' | '”' | '„' | '″' | '«' | '»' => b'"',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => b'-',
        '•' | '●' | '◦' | '▪' | '■' | '·' | '‣' => b'*',
        '×' => b'x',
        '÷' | '⁄' | '∕' => b'/',
        '≤' => b'<',
        '≥' => b'>',
        '☒' | '☑' | '✓' | '✔' | '✗' | '✘' => TICKED,
        '☐' | '□' | '❏' | '❑' => EMPTY_BOX,
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ā' | 'ą' => b'a',
        'é' | 'è' | 'ê' | 'ë' | 'ē' | 'ę' => b'e',
        'í' | 'ì' | 'î' | 'ï' | 'ī' => b'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' | 'ō' => b'o',
        'ú' | 'ù' | 'û' | 'ü' | 'ū' => b'u',
        'ç' | 'ć' | 'č' => b'c',
        'ñ' | 'ń' => b'n',
        'ł' => b'l',
        'ś' | 'š' => b's',
        'ż' | 'ź' | 'ž' => b'z',
        'ý' | 'ÿ' => b'y',
        'Á' | 'À' | 'Â' | 'Ä' | 'Ã' | 'Å' => b'A',
        'É' | 'È' | 'Ê' | 'Ë' => b'E',
        'Í' | 'Ì' | 'Î' | 'Ï' => b'I',
        'Ó' | 'Ò' | 'Ô' | 'Ö' | 'Õ' | 'Ø' => b'O',
        'Ú' | 'Ù' | 'Û' | 'Ü' => b'U',
        'Ç' => b'C',
        'Ñ' => b'N',
        'Ⅰ' => b'I',
        'Ⅴ' => b'V',
        'Ⅹ' => b'X',
        '\u{ff01}'..='\u{ff5e}' => u8::try_from(u32::from(character) - 0xff01 + 0x21).unwrap_or(OTHER),
        _ => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_likeness_is_a_place_in_the_original() {
        let raw = format!("{}Œsophagus: 2 × 3 cm – „pT2“", "é".repeat(1000));
        let text = Text::new(&raw, &CodeSystems::default());
        assert_eq!(text.ascii.len(), raw.chars().count());
        let at = text.ascii.windows(3).position(|w| w == b"pT2").unwrap();
        assert_eq!(text.quote(&(at..at + 3)), "pT2");
        assert_eq!(text.quote(&(999..1001)), "éŒ");
    }

    #[test]
    fn a_code_beside_its_words_is_left_out_and_quoted_all_the_same() {
        for raw in ["HER2 (LOINC 72383-3)  1+", "HER2 é (LOINC 72383-3)  1+"] {
            let text = Text::new(raw, &CodeSystems::new(&["LOINC".to_owned()]));
            assert!(!text.ascii.contains(&b'3'), "{raw}");
            assert_eq!(text.ascii.len(), raw.chars().count());
            assert_eq!(text.quote(&(0..text.ascii.len())), raw);
        }
    }

    #[test]
    fn a_place_past_the_end_is_the_end() {
        let text = Text::new("añb", &CodeSystems::default());
        assert_eq!(text.quote(&(2..99)), "b");
        assert_eq!(text.at(99), 0);
    }
}
