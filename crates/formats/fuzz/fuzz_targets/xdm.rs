//! Any bytes are read as XDM metadata.
#![no_main]

use consilium_formats::xdm;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for entry in xdm::read(bytes).0 {
        let _ = entry.path_beside("a/METADATA.XML");
    }
});
