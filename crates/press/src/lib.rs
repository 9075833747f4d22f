//! What people print: packet pages, letters, index.
//!
//! Values go in, PDF or HTML bytes come out. Nothing here reads a clock or a network; dates are arguments and the fonts are
//! embedded, so the same values give the same pages on every machine. Only letters of scripts that these fonts do not have
//! are looked for among the fonts of the computer (`fonts`).

pub mod binder;
mod error;
pub mod fax;
mod fonts;
pub mod letter;
pub mod packet;
pub mod page;
mod typeset;

pub use error::PressError;
pub use typeset::{Pdf, missing_glyphs, set};
