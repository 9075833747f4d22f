//! Any bytes are read as an instance, and every frame lies inside the file.
#![no_main]

use consilium_formats::{Content, Substance, dicom};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let understood = dicom::understand_instance(&Content::Memory(bytes.to_vec()));
    if let Substance::Image(header) = understood.substance {
        assert!(header.frame_ranges.iter().all(|(at, length)| at + length <= bytes.len() as u64));
    }
    let _ = dicom::unwrap_items(bytes);
});
