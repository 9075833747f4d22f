//! (being written)

use consilium_casefile::records::FileFormat;

use crate::{Content, Limits, Understood};

pub(crate) fn understand(content: &Content, _limits: &Limits) -> Understood {
    let _ = content;
    crate::understand::opaque(FileFormat::AppleHealth, "Not read yet.")
}

/// Lays the record out.
#[must_use]
pub fn readable(_bytes: &[u8]) -> Option<crate::readable::Readable> {
    None
}
