//! What a document seems to be, when the care in it happened, and who wrote it where. Proposals only, each with its
//! reason: a person accepts or corrects them. A wrong proposal is worse than none, so this abstains easily.
//!
//! The signs and labels are tables of `knowledge/`; a reason quotes a sign of ours, never the text of the record.

mod date;
mod kind;
mod phrases;

pub use date::{read_date, read_day_of_year};

use crate::knowledge::Knowledge;
use crate::records::{FileFormat, Proposal, Proposals};
use crate::shared::message::Message;
use crate::shared::time::PartialDate;

/// A code a file states about itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StatedCode<'a> {
    /// FHIR system URI, `urn:oid:…`, or empty.
    pub system: &'a str,
    /// The code; a CDA template id is `urn:oid:…` here.
    pub code: &'a str,
    /// The display text in the file, or empty.
    pub display: &'a str,
}

/// What is known of a file when its document is proposed. Every field but `format` may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence<'a> {
    /// What the bytes are.
    pub format: FileFormat,
    /// Where it was met, as `outer.zip!/inner/name`; only the last part is looked at.
    pub path: &'a str,
    /// The title the file states.
    pub title: Option<&'a str>,
    /// Type and category codes the file or its carrier states.
    pub codes: Vec<StatedCode<'a>>,
    /// DICOM modality, such as `SR`.
    pub modality: Option<&'a str>,
    /// The date of service a field of the file or of its carrier states.
    pub stated_date: Option<PartialDate>,
    /// The author a field states.
    pub stated_author: Option<&'a str>,
    /// The facility a field states.
    pub stated_facility: Option<&'a str>,
    /// The accession number a field states.
    pub stated_accession: Option<&'a str>,
    /// The patient's birth date where the file states one: never taken for another date.
    pub birth_date: Option<PartialDate>,
    /// The text of the first pages, with its line breaks; what is beyond the first 20,000 characters is not looked at.
    pub text_head: &'a str,
}

impl<'a> Evidence<'a> {
    /// A file of which nothing is known but what its bytes are and where it was met.
    #[must_use]
    pub fn of(format: FileFormat, path: &'a str) -> Self {
        Self {
            format,
            path,
            title: None,
            codes: Vec::new(),
            modality: None,
            stated_date: None,
            stated_author: None,
            stated_facility: None,
            stated_accession: None,
            birth_date: None,
            text_head: "",
        }
    }

    /// The last part of the path, without its extension.
    fn file_name(&self) -> &str {
        let name = self.path.rsplit(['/', '\\']).next().unwrap_or(self.path);
        match name.rsplit_once('.') {
            Some((stem, extension)) if (1..=6).contains(&extension.len()) => stem,
            _ => name,
        }
    }
}

/// What the file seems to be. `None` in a field: nobody stated it plainly enough.
#[must_use]
pub fn propose(knowledge: &Knowledge, evidence: &Evidence<'_>) -> Proposals {
    let kind = kind::propose(knowledge, evidence);
    let date = date::propose(knowledge, evidence, kind.as_ref().map(|proposal| &proposal.value));
    let stated = |text: Option<&str>, because: Message| {
        let value = text.map(str::trim).filter(|t| !t.is_empty())?.to_owned();
        Some(Proposal { value, because })
    };
    Proposals {
        kind,
        date,
        author: stated(evidence.stated_author, Message::new("proposal-author-stated")),
        facility: stated(evidence.stated_facility, Message::new("proposal-facility-stated")),
        accession: stated(evidence.stated_accession, Message::new("proposal-accession-stated")),
    }
}
