//! (being written)

use consilium_casefile::records::FileFormat;

use crate::Understood;

pub(crate) fn understand(bytes: &[u8], format: FileFormat) -> Understood {
    let _ = bytes;
    crate::understand::opaque(format, "Not read yet.")
}
