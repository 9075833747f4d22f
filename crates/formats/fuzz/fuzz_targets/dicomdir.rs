//! Any bytes are read as a DICOMDIR.
#![no_main]

use consilium_formats::{Content, dicom};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = dicom::understand_dicomdir(&Content::Memory(bytes.to_vec()));
});
