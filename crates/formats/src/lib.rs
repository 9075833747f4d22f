//! What a patient is handed, and what is in it.
//!
//! Sniffs by content, opens archives under limits, and reads each format into a value **and** complaints: a bad tag
//! costs that tag, a bad file costs that file. Parsing never panics and never fails as a whole unless nothing can be
//! said. What must not live here: storage, decisions about a case, wording for people beyond one clear sentence a
//! complaint.

pub mod apple_health;
pub mod archive;
pub mod ccda;
mod code_systems;
pub mod coded;
pub mod content;
pub mod dicom;
pub mod docx;
pub mod email;
pub mod fhir;
pub mod hl7v2;
pub mod html;
pub mod limits;
pub mod ocr;
pub mod pages;
pub mod pdf;
pub mod picture;
mod program;
pub mod readable;
pub mod rtf;
pub mod sniff;
pub mod text;
mod tiff;
pub mod understand;
pub mod understood;
pub mod unseen;
pub mod xdm;
pub mod xml;

pub use content::Content;
pub use limits::Limits;
pub use sniff::sniff;
pub use understand::understand;
pub use understood::*;
