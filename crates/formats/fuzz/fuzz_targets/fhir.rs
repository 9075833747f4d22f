//! Any bytes are read as FHIR in its three forms, and what is read can be laid out.
#![no_main]

use consilium_casefile::records::FileFormat;
use consilium_formats::{Content, Limits, readable::readable, understand};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { document_bytes: 1 << 20, ..Limits::default() };
    let content = Content::Memory(bytes.to_vec());
    for format in [FileFormat::FhirJson, FileFormat::FhirNdjson, FileFormat::FhirXml] {
        let _ = understand(&content, format, &limits, &[]);
        let _ = readable(format, bytes);
    }
});
