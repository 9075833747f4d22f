//! Reading without a store: the facts of a file or of one text, for scripts.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use consilium_casefile::facts::{Fact, Medication, Treatment};
use consilium_casefile::knowledge::Knowledge;
use consilium_formats::{Content, DocumentContent, Limits, Substance, sniff};
use serde::Serialize;

use crate::Reader as FileReader;
use crate::error::{AppError, Doing};
use crate::gather::read_content;

/// Reads texts without a store.
pub struct TextReader(consilium_reading::Reader);

impl std::fmt::Debug for TextReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TextReader")
    }
}

/// What a text says: `facts` and, where there are any, medicines and treatments.
#[derive(Debug, Clone, Serialize)]
pub struct TextAnswer {
    /// The input's name.
    pub id: String,
    /// Facts in the order of the text.
    pub facts: Vec<Fact>,
    /// Medicines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub medications: Vec<Medication>,
    /// Treatments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub treatments: Vec<Treatment>,
    /// Whether the text holds more facts than are noted of one text, so that some are not here.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cut_short: bool,
}

impl TextReader {
    /// A reader with this knowledge.
    #[must_use]
    pub fn new(knowledge: &Knowledge) -> Self {
        Self(consilium_reading::Reader::new(knowledge))
    }

    /// The facts of a text, without medicines and treatments: what an archive is read for.
    #[must_use]
    pub fn facts(&self, id: &str, text: &str) -> TextAnswer {
        let consilium_reading::Reading { facts, cut_short } = self.0.read(text);
        TextAnswer { id: id.to_owned(), facts, medications: Vec::new(), treatments: Vec::new(), cut_short }
    }

    /// Everything a file says; pages are separated by U+000C, which spans count.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn file(&self, path: &Path, reader: &FileReader) -> Result<TextAnswer, AppError> {
        let bytes = std::fs::read(path).doing("reading the file")?;
        let content = Content::Memory(bytes);
        let format = sniff(&content).doing("reading the file")?;
        let understood = read_content(reader, &content, format, &Limits::default(), &[], &AtomicBool::new(false));
        let text = match understood.substance {
            Substance::Document(document) => {
                let DocumentContent { text, .. } = *document;
                text.join("\u{c}")
            }
            _ => String::new(),
        };
        let history = self.0.read_history(&text);
        Ok(TextAnswer {
            medications: history.medications,
            treatments: history.treatments,
            ..self.facts(&path.display().to_string(), &text)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_too_many_findings_says_that_some_are_not_given() {
        let reader = TextReader::new(&consilium_knowledge::load(None).knowledge);
        let json = |text: &str| serde_json::to_value(reader.facts("x", text)).unwrap();
        assert_eq!(json(&"pT2 pN0 ".repeat(20_000))["cut_short"], true);
        assert!(json("pT2 pN0").get("cut_short").is_none());
    }
}
