//! Embeds the folder `knowledge/`, lays a home's own files over it, and yields one
//! [`Knowledge`](consilium_casefile::knowledge::Knowledge) value.
//!
//! A bad edit costs that file only: it becomes a [`Complaint`] that names file, line and column, and the built-in
//! file is used. No rule lives here, and no sentence: rules are in `casefile`, sentences in `knowledge/wording`.

mod files;
mod letters;
mod tables;
mod wording;

pub use files::{Complaint, Loaded, load};
pub use letters::PLACEHOLDERS;
pub use wording::Wording;
