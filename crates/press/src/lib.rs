//! What people print: packet pages, letters, index.
//!
//! Values go in, PDF or HTML bytes come out. Nothing here reads a file, a clock or a network; dates are arguments and
//! the fonts are embedded, so the same values give the same pages on every machine.

pub mod binder;
mod error;
pub mod fax;
pub mod letter;
pub mod packet;
pub mod page;
mod typeset;

pub use error::PressError;
pub use typeset::{Pdf, set};
