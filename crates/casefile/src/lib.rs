//! The case: its vocabulary, its ledger, and the rules of each stage.
//!
//! Ground floor of the house: knows no other crate of ours, does no I/O, is not async. `now`, new ids and
//! salts are arguments. A case is the fold of an append-only ledger; everything a
//! person did is a change. What is deliberately absent: storage, file formats, wording (sentences live
//! in `knowledge/`), and any clock.

pub mod imaging;
pub mod knowledge;
pub mod ledger;
pub mod records;
pub mod shared;

pub use shared::{ids::*, message::Message, message::Refusal, person::*, time::*};
