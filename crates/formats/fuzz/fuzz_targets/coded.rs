//! Any bytes are read as coded entries of every format that has them.
#![no_main]

use consilium_casefile::records::FileFormat;
use consilium_formats::coded::coded;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for format in
        [FileFormat::FhirJson, FileFormat::FhirNdjson, FileFormat::FhirXml, FileFormat::Cda, FileFormat::Hl7v2]
    {
        let _ = coded(format, bytes);
    }
});
