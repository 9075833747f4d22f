//! Records vocabulary: a document, what kind it is and who says so, and how it fits the person of the case.

use serde::{Deserialize, Serialize};

use crate::shared::ids::{DocumentId, ImportId, ObjectId};
use crate::shared::message::Message;
use crate::shared::person::PatientIdentity;
use crate::shared::time::PartialDate;

/// The kind of a document: an id of `knowledge/document-kinds.csv`, such as `pathology-report`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DocumentKind(pub String);

impl DocumentKind {
    /// What we call a document nothing is known of.
    #[must_use]
    pub fn other() -> Self {
        Self("other".to_owned())
    }

    /// Whether it is a report on tissue or cells.
    #[must_use]
    pub fn is_of_tissue(&self) -> bool {
        self.0.starts_with("pathology") || self.0.starts_with("cytology")
    }
}

impl From<&str> for DocumentKind {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// What the bytes are, found by looking at them, never by the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    /// DICOM instance (PS3.10), with or without preamble.
    Dicom,
    /// DICOMDIR: the directory of a DICOM medium.
    Dicomdir,
    /// PDF.
    Pdf,
    /// FHIR R4 JSON: a resource or Bundle.
    FhirJson,
    /// FHIR R4, one JSON resource a line.
    FhirNdjson,
    /// FHIR R4 XML.
    FhirXml,
    /// C-CDA or other HL7 CDA R2 document.
    Cda,
    /// HL7 v2 message(s), pipe-delimited.
    Hl7v2,
    /// IHE XDM/XDS submission metadata (ebRS).
    XdmMetadata,
    /// Apple Health `export.xml`.
    AppleHealth,
    /// Other JSON.
    Json,
    /// Other XML.
    Xml,
    /// Rich Text Format.
    Rtf,
    /// Word document (OOXML).
    Docx,
    /// E-mail message (RFC 5322).
    Email,
    /// HTML page.
    Html,
    /// Plain text.
    Text,
    /// JPEG picture.
    Jpeg,
    /// PNG picture.
    Png,
    /// TIFF picture.
    Tiff,
    /// HEIC/HEIF picture.
    Heic,
    /// ZIP archive.
    Zip,
    /// ISO 9660 disc image.
    Iso,
    /// UDF disc image.
    Udf,
    /// A program (Windows, macOS, Linux): never run, never kept.
    Program,
    /// Nothing in it.
    Empty,
    /// Bytes of no kind we know: kept and shown as such.
    Unknown,
}

impl FileFormat {
    /// The IANA media type to serve the original with.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Dicom | Self::Dicomdir => "application/dicom",
            Self::Pdf => "application/pdf",
            Self::FhirJson => "application/fhir+json",
            Self::FhirNdjson => "application/fhir+ndjson",
            Self::FhirXml => "application/fhir+xml",
            Self::Cda | Self::XdmMetadata | Self::AppleHealth | Self::Xml => "application/xml",
            Self::Json => "application/json",
            Self::Hl7v2 | Self::Text => "text/plain",
            Self::Rtf => "application/rtf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Email => "message/rfc822",
            Self::Html => "text/html",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Tiff => "image/tiff",
            Self::Heic => "image/heic",
            Self::Zip => "application/zip",
            Self::Iso | Self::Udf | Self::Program | Self::Empty | Self::Unknown => "application/octet-stream",
        }
    }

    /// Usual file name extension, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Dicom | Self::Dicomdir => "dcm",
            Self::Pdf => "pdf",
            Self::FhirJson | Self::Json => "json",
            Self::FhirNdjson => "ndjson",
            Self::FhirXml | Self::Cda | Self::XdmMetadata | Self::AppleHealth | Self::Xml => "xml",
            Self::Hl7v2 => "hl7",
            Self::Text => "txt",
            Self::Rtf => "rtf",
            Self::Docx => "docx",
            Self::Email => "eml",
            Self::Html => "html",
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Tiff => "tif",
            Self::Heic => "heic",
            Self::Zip => "zip",
            Self::Iso | Self::Udf => "iso",
            Self::Program | Self::Empty | Self::Unknown => "bin",
        }
    }
}

/// A value nobody has confirmed, and why it is proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal<T> {
    /// What is proposed.
    pub value: T,
    /// Why, as a sentence in the making.
    pub because: Message,
}

/// What a document says it is, before anybody confirmed it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Proposals {
    /// Kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Proposal<DocumentKind>>,
    /// Date of service: when the care happened, not when it was printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Proposal<PartialDate>>,
    /// Author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Proposal<String>>,
    /// Facility.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facility: Option<Proposal<String>>,
    /// Accession number of the specimen or examination.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accession: Option<Proposal<String>>,
}

impl Proposals {
    /// Whether nothing is proposed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let (kind, date) = (self.kind.is_none(), self.date.is_none());
        kind && date && self.author.is_none() && self.facility.is_none() && self.accession.is_none()
    }
}

/// What a person said a document is. A field left `None` stands as proposed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Confirmation {
    /// Kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<DocumentKind>,
    /// Date of service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<PartialDate>,
    /// Author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Facility.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facility: Option<String>,
}

/// How a file's patient fits the person of the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityMatch {
    /// Name and birth date agree.
    Same,
    /// The file names nobody.
    NamesNobody,
    /// The name agrees; the file or the case states no birth date.
    NoBirthDate,
    /// The birth date agrees; the family or given name is another (maiden, married, nickname).
    OtherName,
    /// The file names this person, and somebody else whom a rule does not know to be a stranger.
    SeveralPeople,
    /// Somebody else.
    Stranger,
}

impl IdentityMatch {
    /// Whether a person should look before this is relied on.
    #[must_use]
    pub fn is_unsure(self) -> bool {
        matches!(self, Self::NoBirthDate) || self.needs_a_word()
    }

    /// Whether nothing of it may be relied on, or leave the case, before a person said whose it is.
    #[must_use]
    pub fn needs_a_word(self) -> bool {
        matches!(self, Self::OtherName | Self::SeveralPeople | Self::Stranger)
    }
}

/// A document of the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Id.
    pub id: DocumentId,
    /// The import that brought it.
    pub import: ImportId,
    /// Where it was met, as `outer.zip!/inner/name`.
    pub path: String,
    /// The original bytes.
    pub object: ObjectId,
    /// The file as it came, where that asks for a password and `object` is a copy without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked_original: Option<ObjectId>,
    /// It came in a packet whose list names other bytes in its place: nobody knows who changed it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub altered: bool,
    /// Length of the original, bytes.
    pub bytes: u64,
    /// What the bytes are.
    pub format: FileFormat,
    /// The document this one was attached to (an e-mail, a FHIR bundle), by object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attached_to: Option<ObjectId>,
    /// Its text, pages separated by U+000C, as an object; `None` where no text was found (a scan, a photo).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<ObjectId>,
    /// Pages, where the format has pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<u32>,
    /// What it says it is called (title in the file), if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who it says it is about.
    #[serde(default)]
    pub patient: PatientIdentity,
    /// Anybody else it names as its patient: a mixed file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_names: Vec<PatientIdentity>,
    /// What we propose it is.
    #[serde(default)]
    pub proposed: Proposals,
    /// What was wrong in it, though it was kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub complaints: Vec<String>,
}

impl Document {
    /// The last part of the path.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.path.rsplit(['/', '\\']).next().unwrap_or(&self.path)
    }

    /// Every object that holds it or its own text.
    pub fn objects(&self) -> impl Iterator<Item = &ObjectId> {
        std::iter::once(&self.object).chain(&self.locked_original).chain(&self.text)
    }
}
