//! Any bytes are read as a picture of each kind.
#![no_main]

use consilium_casefile::records::FileFormat;
use consilium_formats::{Content, Limits, understand};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { document_bytes: 1 << 20, ..Limits::default() };
    let content = Content::Memory(bytes.to_vec());
    for format in [FileFormat::Jpeg, FileFormat::Png, FileFormat::Tiff, FileFormat::Heic] {
        let _ = understand(&content, format, &limits, &[]);
    }
});
