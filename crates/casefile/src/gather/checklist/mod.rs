//! The checklist: what the centre needs for this cancer, what of it is here, partly here, outdated or missing, who holds
//! it, and where it stands on its way from needed to confirmed. Everything is computed from the case; a tick alone
//! satisfies nothing, and a person's "not needed" carries its reason.

mod came;
mod evidence;
mod items;
mod things;

pub use came::{all_came, came, is_all_of};
pub use evidence::Holdings;
pub use items::{checklist, needed_by, needs, withheld_from_blind};
pub use things::*;
