//! A structured record laid out as a clinician reads it: headings, tables, lists; independent of the format it came
//! from and of the page it goes to. FHIR, C-CDA, HL7 v2 and Apple Health are turned into this.

use serde::{Deserialize, Serialize};

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
