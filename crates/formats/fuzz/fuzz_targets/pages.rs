//! Any bytes are drawn as a page of a picture or a fax.
#![no_main]

use consilium_casefile::records::FileFormat;
use consilium_formats::pages::page_gray;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for (format, page) in [(FileFormat::Jpeg, 1), (FileFormat::Png, 1), (FileFormat::Tiff, 1), (FileFormat::Tiff, 2)] {
        if let Ok(page) = page_gray(bytes, format, page) {
            assert_eq!(page.pixels.len() as u64, u64::from(page.width) * u64::from(page.height));
        }
    }
});
