//! Single documents set from plain values: a typed hospital report, a recovery sheet.
//!
//! What goes into a packet is not decided here.

use consilium_casefile::shared::time::PartialDate;
use serde::{Deserialize, Serialize};

use crate::{PressError, set};

/// A typed hospital document: letterhead, patient line, body, signature.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TypedDocument {
    /// Name of the facility, as the letterhead prints it.
    pub facility: String,
    /// Department, address, telephone: one line each.
    pub facility_lines: Vec<String>,
    /// What the document is, such as `Surgical pathology report`.
    pub title: String,
    /// Label and value pairs printed in the box at the top: name, birth date, dates, numbers.
    pub patient_line: Vec<(String, String)>,
    /// The body.
    pub paragraphs: Vec<Paragraph>,
    /// Who signed and when; printed above a rule. A line break makes a second line.
    pub signed: Option<String>,
    /// Printed at the foot of every page, left of the page number.
    pub footer: String,
}

/// One part of a typed document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Paragraph {
    /// Heading above it.
    pub heading: Option<String>,
    /// The words; a line break is kept, an empty line begins a new paragraph.
    pub text: String,
    /// A table below the words; the first row is the head.
    pub table: Option<Vec<Vec<String>>>,
}

/// Sets a typed hospital document as PDF (US letter).
///
/// # Errors
/// [`PressError::Template`] if the typesetter refuses the page.
pub fn typed_document(doc: &TypedDocument) -> Result<Vec<u8>, PressError> {
    Ok(set("typed-document", doc)?.bytes)
}

/// Sets the sheet a person prints and locks away: the words that open the vault when the passphrase is lost.
/// `home` is the home's id; the words are numbered in the order given.
///
/// # Errors
/// [`PressError::Template`] if the typesetter refuses the page.
pub fn recovery_sheet(home: &str, words: &[&str], date: PartialDate) -> Result<Vec<u8>, PressError> {
    let data = serde_json::json!({ "home": home, "words": words, "date": date.human() });
    Ok(set("recovery-sheet", &data)?.bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(text: &str) -> TypedDocument {
        TypedDocument {
            facility: "Springfield Example Hospital".to_owned(),
            facility_lines: vec!["Department of Pathology".to_owned()],
            title: "Surgical pathology report".to_owned(),
            patient_line: vec![("Patient".to_owned(), "Rosa Example".to_owned())],
            paragraphs: vec![
                Paragraph { heading: Some("Diagnosis".to_owned()), text: text.to_owned(), table: None },
                Paragraph {
                    heading: None,
                    text: String::new(),
                    table: Some(vec![
                        vec!["Element".to_owned(), "Value".to_owned()],
                        vec!["Size".to_owned()],
                        vec![],
                        vec!["a".to_owned(), "b".to_owned(), "one cell too many".to_owned()],
                    ]),
                },
            ],
            signed: Some("Pat Example, MD".to_owned()),
            footer: "S-11877".to_owned(),
        }
    }

    #[test]
    fn a_typed_report_is_a_pdf_of_as_many_pages_as_its_words_need() {
        let short = set("typed-document", &report("Invasive carcinoma")).unwrap();
        let long = set("typed-document", &report(&"Invasive carcinoma.\n\n".repeat(200))).unwrap();
        assert!(short.bytes.starts_with(b"%PDF-"));
        assert_eq!(short.pages, 1);
        assert!(long.pages > 3);
    }

    #[test]
    fn words_of_a_record_are_never_taken_for_instructions() {
        for text in ["#panic()", "$ x", "`", "*bold", "\\", "#[", "\u{0}", "", "]]", "\u{202e}abc", "// no comment"] {
            assert!(typed_document(&report(text)).is_ok(), "{text:?}");
        }
    }

    #[test]
    fn a_recovery_sheet_is_one_page_for_as_many_words_as_a_key_has() {
        let words = ["anchor", "basin", "cedar", "dune", "ember", "fjord"].repeat(4);
        let day: PartialDate = "2026-11-07".parse().unwrap();
        let sheet = recovery_sheet("home-7k2", &words, day).unwrap();
        if let Ok(path) = std::env::var("CONSILIUM_LOOK") {
            std::fs::write(format!("{path}/recovery.pdf"), &sheet).unwrap();
        }
        assert_eq!(lopdf::Document::load_mem(&sheet).unwrap().get_pages().len(), 1);
        assert!(recovery_sheet("", &[], day).is_ok());
    }
}
