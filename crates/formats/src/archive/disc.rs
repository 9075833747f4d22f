//! Disc images: ISO 9660 and UDF.

use std::ops::ControlFlow;

use consilium_casefile::records::FileFormat;

use super::walk::{Ending, Walker};
use crate::Content;

impl Walker<'_> {
    pub(super) fn disc(
        &mut self,
        _path: &str,
        _content: &Content,
        _format: FileFormat,
        _depth: u32,
        ending: &mut Ending,
    ) -> ControlFlow<()> {
        ending.closed = true;
        ControlFlow::Continue(())
    }
}
