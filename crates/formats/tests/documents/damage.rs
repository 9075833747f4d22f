//! Damage of every sort in files of every format: no panic reaches the reader's guard, and nothing runs away.

use std::panic;

use consilium_casefile::records::FileFormat;
use consilium_formats::readable::readable;

use crate::support::{line, pdf_of, read};

/// Numbers that are the same on every run (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % limit.max(1) as u64).unwrap()
    }
}

/// A copy with one to eight bytes changed, a piece cut out, repeated or put elsewhere.
fn damaged(whole: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for _ in 0..=numbers.below(8) {
        let at = numbers.below(bytes.len());
        let end = (at + numbers.below(40)).min(bytes.len());
        match numbers.below(5) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let piece = bytes[at..end].to_vec();
                let to = numbers.below(bytes.len());
                bytes.splice(to..to, piece);
            }
            _ if at < bytes.len() => bytes[at] = u8::try_from(numbers.below(256)).unwrap(),
            _ => {}
        }
    }
    bytes
}

/// Reads many damaged copies; a panic is a failure even though `understand` would catch it.
fn check(whole: &[u8], format: FileFormat, copies: usize) {
    let mut numbers = Numbers(7);
    for copy in 0..copies {
        let bytes = damaged(whole, &mut numbers);
        let understood = read(&bytes, format);
        let failed = understood.complaints.iter().any(|c| c.what.contains("made its reader fail"));
        assert!(!failed, "{format:?}: copy {copy} makes the reader panic");
        let laid_out = panic::catch_unwind(|| readable(format, &bytes));
        assert!(laid_out.is_ok());
    }
}

#[test]
fn damaged_copies_of_every_format_are_read_without_a_panic() {
    check(crate::structured::ORU.as_bytes(), FileFormat::Hl7v2, 2_000);
    check(crate::structured::whole_cda().as_bytes(), FileFormat::Cda, 1_000);
    check(crate::formats::EXPORT.as_bytes(), FileFormat::AppleHealth, 1_000);
    check(&pdf_of(&[&line(72.0, 700.0, "Rosa Example")], 90, "/Title (x)"), FileFormat::Pdf, 500);
    check(br"{\rtf1\ansi{\fonttbl{\f0\fcharset0 A;}}\f0 M\'fcller \u946?{\*\x y}\par}", FileFormat::Rtf, 2_000);
    check(b"<html><table><tr><td>a<td>b</table><ul><li>c</ul><p>&amp;", FileFormat::Html, 1_000);
    check(
        b"Patient: EXAMPLE, ROSA  DOB: 03/14/1971 MRN 1\nCollected: 3/2/2026\nSigned by: A B",
        FileFormat::Text,
        2_000,
    );
    let json = br#"{"resourceType":"Bundle","entry":[{"fullUrl":"x","resource":{"resourceType":"Observation","valueQuantity":{"value":1},"subject":{"reference":"Patient/1"}}}]}"#;
    check(json, FileFormat::FhirJson, 2_000);
    check(
        b"<Patient xmlns='x'><name><family value='E'/></name><text><div>t</div></text></Patient>",
        FileFormat::FhirXml,
        1_000,
    );
    check(b"From: a@b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nA: b\r\n\r\nc\r\n--b--", FileFormat::Email, 2_000);
}
