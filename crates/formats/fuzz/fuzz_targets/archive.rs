//! Any ZIP archive ends, within its limits, and something is met.
#![no_main]

use std::ops::ControlFlow;

use consilium_formats::{Content, Limits, archive::walk_content};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { total_bytes: 1 << 20, entry_bytes: 1 << 18, entries: 1000, ..Limits::default() };
    let content = Content::Memory([b"PK\x03\x04", bytes].concat());
    let mut met = 0;
    let _ = walk_content("in", content, &limits, &["x".to_owned()], &std::env::temp_dir(), &mut |_| {
        met += 1;
        ControlFlow::Continue(())
    });
    assert!(met > 0);
});
