//! What reading a file yields: its substance, what was attached to it, and what was wrong with it.

use consilium_casefile::imaging::{SeriesFacts, StudyFacts};
use consilium_casefile::records::FileFormat;
use consilium_casefile::{PartialDate, PatientIdentity};
use serde::{Deserialize, Serialize};

/// Something wrong that did not stop the rest: one clear sentence, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complaint {
    /// What is wrong, in one sentence for a person. Never holds a name, a birth date or the text of the record.
    pub what: String,
    /// Byte offset, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
}

impl Complaint {
    /// A complaint about the file as a whole.
    #[must_use]
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), offset: None }
    }

    /// A complaint about a place in the file.
    #[must_use]
    pub fn at(offset: u64, what: impl Into<String>) -> Self {
        Self { what: what.into(), offset: Some(offset) }
    }
}

/// A coded value as a file states it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Coded {
    /// FHIR system URI where known (`http://loinc.org`), else the OID as `urn:oid:…`, else empty.
    pub system: String,
    /// The code.
    pub code: String,
    /// The display text in the file, if any.
    pub display: String,
}

/// What a file is and what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Understood {
    /// What the bytes are.
    pub format: FileFormat,
    /// What is in them.
    pub substance: Substance,
    /// Files carried inside (e-mail attachments, FHIR attachments, a PDF in a C-CDA body), decoded.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// What was wrong, though something could be read.
    #[serde(default)]
    pub complaints: Vec<Complaint>,
}

/// A file carried inside another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its name, or a made-up one (`DocumentReference-12.pdf`). Never a path.
    pub name: String,
    /// Its bytes.
    #[serde(with = "base64_bytes")]
    pub bytes: Vec<u8>,
    /// What the carrier says about it (type codes, date, author), used where the attachment itself says nothing.
    #[serde(default)]
    pub stated: Stated,
}

/// What a file is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Substance {
    /// A DICOM instance that belongs to a study.
    Image(Box<ImageHeader>),
    /// A DICOMDIR.
    MediumDirectory(MediumDirectory),
    /// A document a person can read.
    Document(Box<DocumentContent>),
    /// Needs a password.
    Locked,
    /// Not a record, for the reason given: an empty file, a program.
    NotARecord {
        /// One clear sentence: what it is and what to do.
        reason: String,
    },
    /// Kept as it is; nothing could be read from it.
    Opaque,
}

/// What a file states about itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stated {
    /// Title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Type and category codes, most telling first (LOINC document codes, CDA template ids as `urn:oid:…`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<Coded>,
    /// Date of service, where a field states one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<PartialDate>,
    /// Author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Facility (custodian, managing organisation, institution).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facility: Option<String>,
    /// Accession number of the specimen or examination, as the laboratory or radiology counts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accession: Option<String>,
}

/// A document, as far as it can be read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DocumentContent {
    /// What fields of the file state.
    #[serde(default)]
    pub stated: Stated,
    /// Everybody the file says it is about: usually one; several in a mixed file.
    #[serde(default)]
    pub patients: Vec<PatientIdentity>,
    /// Text, one string a page (one page for formats without pages). Empty when there is none, as in a scan.
    #[serde(default)]
    pub text: Vec<String>,
    /// Pages, where the format has pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<u32>,
    /// Pages that are pictures without text: they need OCR to be searchable. Counted from 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages_without_text: Vec<u32>,
}

/// The header of a DICOM instance; offsets count from the first byte of the file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ImageHeader {
    /// Patient.
    pub patient: PatientIdentity,
    /// Study.
    pub study: StudyFacts,
    /// Series.
    pub series: SeriesFacts,
    /// SOP Instance UID.
    pub sop_instance_uid: String,
    /// SOP Class UID.
    pub sop_class_uid: String,
    /// Transfer Syntax UID.
    pub transfer_syntax_uid: String,
    /// Instance Number.
    pub number: Option<i32>,
    /// Number of Frames; 1 when absent.
    pub frames: u32,
    /// Rows.
    pub rows: Option<u32>,
    /// Columns.
    pub columns: Option<u32>,
    /// Where the data set begins.
    pub data_set_offset: u64,
    /// (offset, length) of each frame; empty when there is no pixel data or it could not be determined.
    pub frame_ranges: Vec<(u64, u64)>,
}

/// What a DICOMDIR lists.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MediumDirectory {
    /// Instances listed, in order.
    pub listed: Vec<ListedInstance>,
}

/// One instance a DICOMDIR lists.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ListedInstance {
    /// Study Instance UID; empty when the record has none.
    pub study_instance_uid: String,
    /// Series Instance UID; empty when the record has none.
    pub series_instance_uid: String,
    /// Referenced SOP Instance UID in File (0004,1511).
    pub sop_instance_uid: String,
    /// Referenced File ID, components joined by `/`.
    pub file: String,
}

mod base64_bytes {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
