//! Any bytes have a name.
#![no_main]

use consilium_formats::{Content, sniff};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = sniff(&Content::Memory(bytes.to_vec()));
});
