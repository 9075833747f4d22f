//! The coded entries of a structured record in neutral words, the same for FHIR, C-CDA and HL7 v2. The readers that show
//! a record to a person are used here too, so that the words of an entry are those its laid-out text shows. What must
//! not live here: what a code means.

use consilium_casefile::facts::{Code, CodedConcept, CodedStatement, CodedValue};
use consilium_casefile::records::FileFormat;

use crate::{Coded, ccda, code_systems, fhir, hl7v2};

/// No record is this large; what comes after is left out, so that a made-up file can not fill the memory.
pub(crate) const MOST_STATEMENTS: usize = 200_000;

/// The coded entries of a record, in its order. Empty for formats without coded entries, and where the bytes cannot be
/// read. Never panics.
#[must_use]
pub fn coded(format: FileFormat, bytes: &[u8]) -> Vec<CodedStatement> {
    let read = || match format {
        FileFormat::FhirJson | FileFormat::FhirNdjson | FileFormat::FhirXml => fhir::coded(bytes),
        FileFormat::Cda => ccda::coded(bytes),
        FileFormat::Hl7v2 => hl7v2::coded(bytes),
        _ => Vec::new(),
    };
    // As in `understand`: a foreign parser that panics costs this file only.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)).unwrap_or_default()
}

impl From<Coded> for Code {
    fn from(coded: Coded) -> Self {
        Self { system: coded.system, code: coded.code, display: coded.display }
    }
}

/// A concept of the codes and the words as they are shown.
pub(crate) fn concept(codes: Vec<Coded>, words: String) -> CodedConcept {
    let mut codes: Vec<Code> = codes.into_iter().map(Code::from).collect();
    for code in &mut codes {
        // FHIR files name a system by its OID now and then.
        if let Some(oid) = code.system.strip_prefix("urn:oid:") {
            code.system = code_systems::from_oid(oid);
        }
    }
    CodedConcept { codes, words }
}

/// A number as a quantity; other text as words, and blank text as nothing.
pub(crate) fn number_or_text(text: &str, unit: &str) -> Option<CodedValue> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let (comparator, number) = comparator(text);
    if is_number(number) {
        let owned = |t: &str| t.to_owned();
        return Some(CodedValue::Quantity { value: owned(number), comparator: owned(comparator), unit: owned(unit) });
    }
    Some(CodedValue::Text { text: text.to_owned() })
}

/// A leading `<`, `<=`, `>` or `>=`, and the rest.
fn comparator(text: &str) -> (&str, &str) {
    for sign in ["<=", ">=", "<", ">"] {
        if let Some(rest) = text.strip_prefix(sign) {
            return (sign, rest.trim_start());
        }
    }
    ("", text)
}

/// Decimal digits with at most one point and a sign.
pub(crate) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty()
        && digits.len() <= 32
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.bytes().filter(|b| *b == b'.').count() <= 1
        && digits.bytes().any(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_sign_and_words_stay_words() {
        let quantity = |value: &str, comparator: &str| {
            Some(CodedValue::Quantity { value: value.into(), comparator: comparator.into(), unit: "%".into() })
        };
        assert_eq!(number_or_text(" 95 ", "%"), quantity("95", ""));
        assert_eq!(number_or_text("<= 1.5", "%"), quantity("1.5", "<="));
        for words in ["1.2.3", "positive", "<", "..", "12-15", "1e400"] {
            assert_eq!(number_or_text(words, "%"), Some(CodedValue::Text { text: words.into() }));
        }
        assert_eq!(number_or_text("  ", "%"), None);
    }
}
