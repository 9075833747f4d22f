//! Opens what a patient is handed, folder, ZIP or disc image, down to its files, under a [`Limits`] value. Every
//! file met is reported exactly once and in sorted order; nothing is written anywhere but to unlinked temporary
//! files. What must not live here: reading a document, and any decision about what is kept.

mod disc;
mod name;
mod refusal;
mod spool;
mod walk;
mod zip;

use std::ops::ControlFlow;
use std::path::Path;

use consilium_casefile::records::FileFormat;

use crate::{Complaint, Content, Limits};

pub use refusal::Refusal;

/// One file or archive met on the way.
#[derive(Debug)]
pub struct Met {
    /// Where, as `folder/inner` or `outer.zip!/inner/name`, relative to what the person named.
    pub path: String,
    /// What was met there.
    pub what: What,
}

/// What was met.
#[derive(Debug)]
pub enum What {
    /// A file with its bytes. Also, right after its [`What::Opened`], an archive that could not be read wholly, so that
    /// its original can be kept.
    File {
        /// Its bytes.
        content: Content,
        /// What they are.
        format: FileFormat,
    },
    /// An archive, after all its files were reported. It is not handed on as a [`What::File`] unless there are
    /// complaints: then it follows at once under the same path, so that nothing is lost. An archive nothing could be
    /// read from is opened with 0 files and a complaint.
    Opened {
        /// Zip, Iso or Udf.
        format: FileFormat,
        /// Files in it that were handed on or refused, archives inside it counted as one.
        files: u64,
        /// What was wrong with it. If there is any, the archive itself follows as a [`What::File`].
        complaints: Vec<Complaint>,
    },
    /// An archive that needs a password, and none of those given opens it. Files in it without a password were
    /// reported.
    Locked {
        /// The whole archive, to be set aside.
        content: Content,
    },
    /// Not read, for the reason given.
    Refused {
        /// Why, and what to do.
        reason: Refusal,
    },
}

/// Walks what a person named: a file, a folder, an archive. `scratch` is the folder for unlinked temporary files.
/// `each` is called for every file met, in sorted order; it ends the walk by breaking. Never fails as a whole: what
/// cannot be read is [`What::Refused`].
pub fn walk(
    input: &Path,
    limits: &Limits,
    passwords: &[String],
    scratch: &Path,
    each: &mut dyn FnMut(Met) -> ControlFlow<()>,
) -> ControlFlow<()> {
    walk::Walker::new(limits, passwords, scratch, each).input(input)
}

/// The same for bytes already in hand (an upload, an e-mail attachment): `path` is what to call them.
pub fn walk_content(
    path: &str,
    content: Content,
    limits: &Limits,
    passwords: &[String],
    scratch: &Path,
    each: &mut dyn FnMut(Met) -> ControlFlow<()>,
) -> ControlFlow<()> {
    walk::Walker::new(limits, passwords, scratch, each).top(path.to_owned(), content)
}
