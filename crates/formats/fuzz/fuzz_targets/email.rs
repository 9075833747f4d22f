//! Any bytes are read as an e-mail.
#![no_main]

use consilium_casefile::records::FileFormat;
use consilium_formats::{Content, Limits, understand};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { document_bytes: 1 << 20, ..Limits::default() };
    let content = Content::Memory(bytes.to_vec());
    let _ = understand(&content, FileFormat::Email, &limits, &[]);
});
