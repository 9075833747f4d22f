//! A structured record laid out as a clinician reads it: headings, tables, lists; independent of the format it came
//! from and of the page it goes to. FHIR, C-CDA, HL7 v2 and Apple Health are turned into this.

use consilium_casefile::records::FileFormat;
use serde::{Deserialize, Serialize};

use crate::{apple_health, ccda, fhir, hl7v2};

/// Lays out a structured record of any format that has a layout. `None` for other formats, and where the bytes cannot
/// be read.
#[must_use]
pub fn readable(format: FileFormat, bytes: &[u8]) -> Option<Readable> {
    let lay_out = || match format {
        FileFormat::FhirJson | FileFormat::FhirNdjson | FileFormat::FhirXml => fhir::readable(bytes),
        FileFormat::Cda => ccda::readable(bytes),
        FileFormat::Hl7v2 => hl7v2::readable(bytes),
        FileFormat::AppleHealth => apple_health::readable(bytes),
        _ => None,
    };
    // As in `understand`: a foreign parser that panics costs this file only.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(lay_out)).unwrap_or_default()
}

/// A record to show.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Readable {
    /// What it is.
    pub title: String,
    /// Header lines: label and value (patient, author, date, facility).
    pub header: Vec<(String, String)>,
    /// Sections in the order a clinician expects.
    pub sections: Vec<Section>,
}

/// One section.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Section {
    /// Heading.
    pub title: String,
    /// Content in order.
    pub blocks: Vec<Block>,
}

/// A piece of a section. All strings are plain text: the page escapes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Block {
    /// A paragraph; line breaks inside are kept.
    Paragraph {
        /// The text.
        text: String,
    },
    /// A heading inside the section.
    Heading {
        /// The text.
        text: String,
    },
    /// A list.
    List {
        /// The items.
        items: Vec<String>,
    },
    /// A table. Every row has as many cells as `columns`.
    Table {
        /// Column headings.
        columns: Vec<String>,
        /// Cells as text.
        rows: Vec<Vec<String>>,
    },
    /// Something we have no layout for: named, and shown as it stands so that nothing is hidden.
    Raw {
        /// What it is (a FHIR resource type, a segment name).
        what: String,
        /// Indented JSON, XML or text.
        source: String,
    },
}

impl Readable {
    /// The record as plain text: what is searched and read for facts. Cells of a row are parted by two blanks.
    #[must_use]
    pub fn text(&self) -> String {
        let mut lines: Vec<String> = vec![self.title.clone()];
        lines.extend(self.header.iter().map(|(label, value)| format!("{label}: {value}")));
        for section in &self.sections {
            lines.push(String::new());
            lines.push(section.title.clone());
            for block in &section.blocks {
                block.push_lines(&mut lines);
            }
        }
        lines.join("\n").trim().to_owned()
    }

    /// A header line, unless the value is blank.
    pub(crate) fn head(&mut self, label: &str, value: impl Into<String>) {
        let value = value.into();
        if !value.trim().is_empty() {
            self.header.push((label.to_owned(), value));
        }
    }

    /// A section, unless it has no content.
    pub(crate) fn push(&mut self, section: Section) {
        if !section.blocks.is_empty() {
            self.sections.push(section);
        }
    }
}

impl Section {
    /// A section without content.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), blocks: Vec::new() }
    }

    pub(crate) fn paragraph(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !text.trim().is_empty() {
            self.blocks.push(Block::Paragraph { text });
        }
    }

    pub(crate) fn heading(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !text.trim().is_empty() {
            self.blocks.push(Block::Heading { text });
        }
    }

    pub(crate) fn raw(&mut self, what: impl Into<String>, source: impl Into<String>) {
        self.blocks.push(Block::Raw { what: what.into(), source: source.into() });
    }

    /// A table; columns without a single value are left out, short rows are filled up, and nothing of a long row is
    /// lost.
    pub(crate) fn table(&mut self, columns: &[&str], rows: Vec<Vec<String>>) {
        let columns = columns.iter().map(|c| (*c).to_owned()).collect();
        if let Some(table) = table(columns, rows) {
            self.blocks.push(table);
        }
    }
}

/// A table whose rows are as wide as its head; `None` when it has no rows.
pub(crate) fn table(mut columns: Vec<String>, mut rows: Vec<Vec<String>>) -> Option<Block> {
    rows.retain(|row| row.iter().any(|cell| !cell.trim().is_empty()));
    let width = rows.iter().map(Vec::len).max()?.max(columns.len());
    columns.resize(width, String::new());
    rows.iter_mut().for_each(|row| row.resize(width, String::new()));
    let used: Vec<bool> =
        (0..width).map(|i| rows.iter().any(|row| row.get(i).is_some_and(|cell| !cell.trim().is_empty()))).collect();
    let keep = |cells: Vec<String>| -> Vec<String> {
        cells.into_iter().zip(&used).filter(|(_, used)| **used).map(|(cell, _)| cell).collect()
    };
    Some(Block::Table { columns: keep(columns), rows: rows.into_iter().map(keep).collect() })
}

impl Block {
    fn push_lines(&self, lines: &mut Vec<String>) {
        match self {
            Self::Paragraph { text } | Self::Heading { text } => lines.push(text.clone()),
            Self::List { items } => lines.extend(items.iter().map(|item| format!("- {item}"))),
            Self::Table { columns, rows } => {
                let row = |cells: &[String]| {
                    let cells: Vec<&str> = cells.iter().map(|c| c.trim()).filter(|c| !c.is_empty()).collect();
                    cells.join("  ")
                };
                lines.push(row(columns));
                lines.extend(rows.iter().map(|cells| row(cells)));
            }
            // The source of what has no layout is for looking, not for reading.
            Self::Raw { what, .. } => lines.push(what.clone()),
        }
    }
}
