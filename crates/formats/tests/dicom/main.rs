//! What the DICOM reader promises, judged by what another reader found in the same files, and by files made to break it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first thing that is not as it should be, and says what it skipped or counted"
)]

mod corpora;
mod made;
