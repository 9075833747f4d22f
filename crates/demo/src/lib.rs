//! The generator of the demo case: real files in real formats.
//!
//! Everything here is invented and made by code, always the same for the same day. Nothing is imported or judged
//! here; [`write_shoebox`] says what it wrote, so that tests can hold an import against it.

mod bulk;
mod dicom_files;
mod discs;
mod documents;
mod fhir;
mod medium;
mod medium_directory;
mod opinions;
mod papers;
mod phantoms;
mod portal;
mod shoebox;
mod story;

pub use bulk::{BulkDisc, write_disc};
pub use opinions::{first_opinion, second_opinion, sheet_of, what_matters};
pub use shoebox::{Expectation, Shoebox, ShoeboxFile, ShoeboxStudy, write_shoebox};
pub use story::{DemoCase, Story, demo_case, patient};

/// The laboratory report that came three days before the visit, after the first packet had gone: a typed PDF.
///
/// # Errors
/// When it cannot be set.
pub fn late_record(story: &Story) -> Result<Vec<u8>, DemoError> {
    papers::pdf(&documents::late_laboratory(story))
}

/// Why the demo files could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A file or folder could not be written.
    #[error("the demo file {path} could not be written ({source}); choose a folder with room that you may write to")]
    Write {
        /// Where, below the folder asked for.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file could not be put together.
    #[error("a demo file could not be made ({0}); the program itself is at fault, please report it")]
    Make(String),
}
