//! (being written)

use consilium_casefile::records::FileFormat;

use crate::{Limits, Understood};

pub(crate) fn understand(bytes: &[u8], _limits: &Limits) -> Understood {
    crate::text::understand(bytes, FileFormat::Cda)
}

/// Lays the record out.
#[must_use]
pub fn readable(_bytes: &[u8]) -> Option<crate::readable::Readable> {
    None
}
