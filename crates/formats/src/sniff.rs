//! Tells what bytes are by looking at them.

use consilium_casefile::records::FileFormat;

use crate::Content;

/// What the bytes are. Looks at content only; the name plays no part.
///
/// # Errors
/// When the file cannot be read.
pub fn sniff(content: &Content) -> std::io::Result<FileFormat> {
    Ok(if content.length() == 0 { FileFormat::Empty } else { FileFormat::Unknown })
}
