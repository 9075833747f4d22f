//! The use-cases, one module a stage: they join the rooms. The command line and the pages both call these, and only
//! these. What must not live here: rules about a case (those are pure, in `casefile`), file formats, SQL, HTML.

pub mod about;
pub mod cases;
pub mod clock;
pub mod compare;
pub mod dates;
pub mod decide;
pub mod error;
pub mod exported;
pub mod find;
pub mod gather;
pub mod keep;
pub mod overview;
pub mod prepare;
pub mod reading;
pub mod search;
pub mod share;
pub mod timeline;

mod app;
#[cfg(test)]
mod ground;
mod ids;
mod objects;
mod traces;

pub use app::{App, Protection, Reader, RecoverySheet};
pub use error::AppError;

pub use consilium_casefile as casefile;
pub use consilium_formats::readable;
pub use consilium_knowledge as knowledge;
pub use consilium_vault::{HomeState, Opening, RecoveryKey, Storage, make_folder, private_file};
