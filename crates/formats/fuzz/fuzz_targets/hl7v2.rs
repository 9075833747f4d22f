//! Any bytes are read as HL7 v2 messages.
#![no_main]

use consilium_casefile::records::FileFormat;
use consilium_formats::{Content, Limits, readable::readable, understand};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { document_bytes: 1 << 20, ..Limits::default() };
    let content = Content::Memory(bytes.to_vec());
    let _ = understand(&content, FileFormat::Hl7v2, &limits, &[]);
    let _ = readable(FileFormat::Hl7v2, bytes);
});
