//! Gather: every record in. What was imported and what became of each file; documents and studies of the case; what
//! was set aside until a person decides. Bytes live in the vault and are named by object here.

mod changes;
pub mod checklist;
mod next;
pub mod pairing;
pub mod proposals;
pub mod requests;
pub mod rules;
mod things;
pub mod tissue;
mod view;

pub use changes::{Gather, GatherChange};
pub use next::{identity_message, next};
pub use requests::{RequestChange, Requests};
pub use things::*;
pub use tissue::{TissueChange, TissueRegister};
