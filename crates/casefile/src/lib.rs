//! The case: its vocabulary, its ledger, and the rules of each stage.
//!
//! Ground floor of the house: knows no other crate of ours, does no I/O, is not async. `now`, new ids and
//! salts are arguments. A case is the fold of an append-only ledger ([`ledger`], [`case::Case`]); everything a
//! person did is a [`case::Change`]. What is deliberately absent: storage, file formats, wording (sentences live
//! in `knowledge/`), and any clock.

pub mod about;
pub mod audience;
pub mod case;
pub mod compare;
pub mod cover;
pub mod decide;
pub mod facts;
pub mod find;
pub mod gather;
pub mod imaging;
pub mod knowledge;
pub mod ledger;
pub mod next;
pub mod prepare;
pub mod reading;
pub mod records;
pub mod registration;
pub mod share;
pub mod shared;
pub mod trials;
pub mod worklist;

pub use audience::{Audience, CaseView, LeftOut, NotTold, OnlyWithheld, Role, Session};
pub use case::{Case, Change};
pub use shared::{ids::*, message::Message, message::Refusal, person::*, sketch::Sketch, time::*};
