//! Specific Character Set (0008,0005): what text in a header is written in (PS3.3 C.12.1.1.2, PS3.5 6.1), with the
//! ISO 2022 escapes Japanese, Korean and Chinese names use.

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, ISO_2022_JP, ISO_8859_2, ISO_8859_3, ISO_8859_4, ISO_8859_5,
    ISO_8859_6, ISO_8859_7, ISO_8859_8, ISO_8859_15, SHIFT_JIS, UTF_8, WINDOWS_874, WINDOWS_1252, WINDOWS_1254,
};

/// The character sets of one data set.
#[derive(Debug, Default)]
pub(super) struct Charset {
    /// What text is written in until an escape says otherwise; `None` where nothing is stated.
    initial: Option<&'static Encoding>,
    /// A stated term that is not known; empty when all are.
    pub(super) unknown: String,
}

impl Charset {
    /// From the value of (0008,0005).
    pub(super) fn from_terms(terms: &str) -> Self {
        let first = terms.split('\\').next().unwrap_or_default().trim();
        let digits: String = first.chars().filter(char::is_ascii_digit).collect();
        let code = if first.starts_with("ISO 2022 IR") || first.starts_with("ISO2022IR") {
            digits.strip_prefix("2022").unwrap_or(&digits)
        } else {
            &digits
        };
        let initial = match (first, code) {
            ("", _) | (_, "6") => None,
            ("GB18030", _) => Some(GB18030),
            ("GBK", _) => Some(GBK),
            (_, "100") => Some(WINDOWS_1252),
            (_, "101") => Some(ISO_8859_2),
            (_, "109") => Some(ISO_8859_3),
            (_, "110") => Some(ISO_8859_4),
            (_, "144") => Some(ISO_8859_5),
            (_, "127") => Some(ISO_8859_6),
            (_, "126") => Some(ISO_8859_7),
            (_, "138") => Some(ISO_8859_8),
            (_, "148") => Some(WINDOWS_1254),
            (_, "203") => Some(ISO_8859_15),
            (_, "166") => Some(WINDOWS_874),
            (_, "13" | "87" | "159") => Some(SHIFT_JIS),
            (_, "149") => Some(EUC_KR),
            (_, "58") => Some(GBK),
            (_, "192") => Some(UTF_8),
            ("BIG5" | "Big5", _) => Some(BIG5),
            _ => return Self { initial: None, unknown: first.to_owned() },
        };
        Self { initial, unknown: String::new() }
    }

    /// A person name, with `^` and `=` as written.
    pub(super) fn name(&self, value: &[u8]) -> String {
        self.decode(value).trim_matches(['\0', ' ']).to_owned()
    }

    /// The first value of a text element, trimmed; `None` when it is blank.
    pub(super) fn text(&self, value: &[u8]) -> Option<String> {
        let text = self.decode(value);
        let tidy = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
        (!tidy.is_empty()).then(|| tidy.to_owned())
    }

    fn decode(&self, value: &[u8]) -> String {
        if !value.contains(&0x1B) {
            return self.plain(value);
        }
        let mut text = String::new();
        let mut segments = value.split(|b| *b == 0x1B);
        text.push_str(&self.plain(segments.next().unwrap_or_default()));
        for segment in segments {
            text.push_str(&self.escaped(segment));
        }
        text
    }

    /// Text in the initial character set.
    fn plain(&self, value: &[u8]) -> String {
        if value.is_ascii() {
            return String::from_utf8_lossy(value).into_owned();
        }
        match self.initial {
            Some(encoding) => encoding.decode_without_bom_handling(value).0.into_owned(),
            // Nothing is stated but it is not ASCII: most writers then mean UTF-8 or Latin-1.
            None => match std::str::from_utf8(value) {
                Ok(text) => text.to_owned(),
                Err(_) => WINDOWS_1252.decode_without_bom_handling(value).0.into_owned(),
            },
        }
    }

    /// What follows an escape character up to the next one.
    fn escaped(&self, segment: &[u8]) -> String {
        let single = |encoding: &'static Encoding, rest: &[u8]| self.until_delimiter(encoding, rest);
        match segment {
            [b'$', b'B', rest @ ..] => two_byte(ISO_2022_JP, b"\x1b$B", rest),
            [b'$', b'(', b'D', rest @ ..] => jis_x_0212(rest),
            [b'$', b')', b'C', rest @ ..] => single(EUC_KR, rest),
            [b'$', b')', b'A', rest @ ..] => single(GBK, rest),
            [b')', b'I', rest @ ..] => single(SHIFT_JIS, rest),
            [b'(', b'J', rest @ ..] => single(SHIFT_JIS, rest),
            [b'(', b'B', rest @ ..] => self.plain(rest),
            [b'-', b'A', rest @ ..] => single(WINDOWS_1252, rest),
            [b'-', b'B', rest @ ..] => single(ISO_8859_2, rest),
            [b'-', b'C', rest @ ..] => single(ISO_8859_3, rest),
            [b'-', b'D', rest @ ..] => single(ISO_8859_4, rest),
            [b'-', b'L', rest @ ..] => single(ISO_8859_5, rest),
            [b'-', b'G', rest @ ..] => single(ISO_8859_6, rest),
            [b'-', b'F', rest @ ..] => single(ISO_8859_7, rest),
            [b'-', b'H', rest @ ..] => single(ISO_8859_8, rest),
            [b'-', b'M', rest @ ..] => single(WINDOWS_1254, rest),
            [b'-', b'T', rest @ ..] => single(WINDOWS_874, rest),
            [b'-', b'b', rest @ ..] => single(ISO_8859_15, rest),
            other => self.plain(other),
        }
    }

    /// An escape holds up to the next name delimiter; after it the initial character set is in force again.
    fn until_delimiter(&self, encoding: &'static Encoding, bytes: &[u8]) -> String {
        let end = bytes.iter().position(|b| matches!(b, b'^' | b'=' | b'\r' | b'\n')).unwrap_or(bytes.len());
        let (escaped, rest) = bytes.split_at_checked(end).unwrap_or((bytes, &[]));
        let mut text = encoding.decode_without_bom_handling(escaped).0.into_owned();
        text.push_str(&self.plain(rest));
        text
    }
}

fn two_byte(encoding: &'static Encoding, escape: &[u8], bytes: &[u8]) -> String {
    let whole: Vec<u8> = escape.iter().chain(bytes).copied().collect();
    encoding.decode_without_bom_handling(&whole).0.into_owned()
}

/// JIS X 0212 is part of EUC-JP, each character led by 0x8F and with the high bits set.
fn jis_x_0212(bytes: &[u8]) -> String {
    let whole: Vec<u8> =
        bytes.chunks(2).flat_map(|pair| std::iter::once(0x8F).chain(pair.iter().map(|b| b | 0x80))).collect();
    EUC_JP.decode_without_bom_handling(&whole).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(terms: &str, bytes: &[u8], expect: &str) {
        assert_eq!(Charset::from_terms(terms).name(bytes), expect, "{terms}");
    }

    #[test]
    fn names_are_read_in_the_character_set_the_file_states() {
        check("ISO_IR 100", b"Buc^J\xe9r\xf4me ", "Buc^Jérôme");
        check("ISO_IR 192", "Wang^小东".as_bytes(), "Wang^小东");
        check("\\ISO 2022 IR 87", b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B", "Yamada^Tarou=山田^太郎");
        check("\\ISO 2022 IR 149", b"Hong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7", "Hong=洪^吉洞");
        check("ISO 2022 IR 100\\ISO 2022 IR 144", b"\xe9\x1b-L\xbb^\xe9", "éЛ^é");
    }

    #[test]
    fn a_name_is_read_even_when_no_or_a_wrong_character_set_is_stated() {
        check("", b"M\xfcller^Anna", "Müller^Anna");
        check("", "Müller^Anna".as_bytes(), "Müller^Anna");
        check("KLINGON", b"M\xfcller", "Müller");
        check("ISO_IR 192", b"\xff\xfe", "\u{FFFD}\u{FFFD}");
        assert_eq!(Charset::from_terms("KLINGON").unknown, "KLINGON");
    }
}
