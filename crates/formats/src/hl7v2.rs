//! (being written)

use consilium_casefile::records::FileFormat;

use crate::Understood;

pub(crate) fn understand(bytes: &[u8]) -> Understood {
    crate::text::understand(bytes, FileFormat::Hl7v2)
}

/// Lays the record out.
#[must_use]
pub fn readable(_bytes: &[u8]) -> Option<crate::readable::Readable> {
    None
}
