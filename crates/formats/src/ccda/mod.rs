//! (being written)

use consilium_casefile::records::FileFormat;

use crate::{Limits, Understood};

pub(crate) fn understand(bytes: &[u8], _limits: &Limits) -> Understood {
    crate::text::understand(bytes, FileFormat::Cda)
}
