//! The command line of Consilium.
fn main() {}
