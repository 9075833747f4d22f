//! What opening folders, archives and discs promises: every file met is accounted for, in order, and an archive made
//! to do harm costs itself only.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops at the first thing that is not as it should be, and says what it skipped or counted"
)]

mod discs;
mod folders;
mod hostile;
mod made_zip;
mod sniffing;
mod support;
mod zips;
