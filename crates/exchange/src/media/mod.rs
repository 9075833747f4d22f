//! Portable media (DICOM PS3.10, IHE PDI): names of files, their headers, and a fresh DICOMDIR.
//!
//! A DICOMDIR that came with a disc is never copied: it may be broken or list what is not sent. Files are not read or
//! written here but for a disc image of a finished folder (`disc`); the caller hands over bytes and writes what it gets.

mod describe;
mod dicomdir;
mod disc;
mod element;
mod file_id;
mod meta;
mod record;
#[cfg(test)]
mod tests;
mod walk;
mod wordless;

pub use describe::{Attributes, Code, ReferencedSeries, describe};
pub use dicomdir::{Dicomdir, LeftOut, WhyLeftOut, dicomdir};
pub use disc::disc_image;
pub use file_id::{FileId, file_id};
pub use meta::with_meta;
pub use wordless::without_words;

/// One DICOM file on the medium: where it stands and what its header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaInstance {
    /// Where the file stands, from the medium's root.
    pub file_id: FileId,
    /// What its header says, from [`describe`].
    pub attributes: Attributes,
}

/// Why something cannot go on a DICOM medium.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// A name outside what PS3.10 8.5 allows.
    #[error(
        "a file on a DICOM medium is named with 1 to 8 parts of 1 to 8 letters A-Z, digits or underscores; rename it"
    )]
    FileName,
    /// More files than the naming scheme numbers.
    #[error("a medium holds at most 999,999 studies, series or images of one kind; send fewer at a time")]
    TooMany,
    /// The DICOMDIR would be larger than its offsets can say.
    #[error("the directory of the medium would be larger than 4 GB; send fewer images at a time")]
    TooLarge,
    /// The disc image could not be written.
    #[error("the disc image could not be written ({0}); make a folder or a ZIP instead")]
    Disc(String),
    /// The bytes are no DICOM data set.
    #[error("the file is not a DICOM file; send it as a document instead")]
    NotDicom,
    /// There is a data set, but nothing says how its images are coded.
    #[error("the file states no transfer syntax and its images are compressed; ask for a new copy of the study")]
    UnknownSyntax,
    /// The header ends early or contradicts itself.
    #[error("the header of the DICOM file cannot be read; ask for a new copy of the study")]
    Header,
    /// The header lacks what a directory must list.
    #[error("the DICOM file does not say which study, series or image it is; ask for a new copy of the study")]
    Unidentified,
}
