//! Any bytes are read as a CDA document, and every section is shown.
#![no_main]

use consilium_casefile::records::FileFormat;
use consilium_formats::{Content, Limits, readable::readable, understand};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { document_bytes: 1 << 20, ..Limits::default() };
    let content = Content::Memory(bytes.to_vec());
    let _ = understand(&content, FileFormat::Cda, &limits, &[]);
    let _ = readable(FileFormat::Cda, bytes);
});
