//! Any bytes are read as the table of words tesseract prints.
#![no_main]

use consilium_formats::ocr::tsv::words;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for word in words(bytes).unwrap_or_default() {
        assert!(!word.text.is_empty() && (0.0..=100.0).contains(&word.confidence));
        assert!(word.left.checked_add(word.width).is_some() && word.top.checked_add(word.height).is_some());
    }
});
