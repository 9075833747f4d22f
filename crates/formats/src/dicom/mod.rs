//! DICOM instances and DICOMDIRs, read up to the pixel data by a walker of our own: it skips what it does not need,
//! goes on where a strict reader stops, and never reads pixels. What must not live here: decoding of images, and
//! what a study means.

mod charset;
mod dicomdir;
mod element;
mod frames;
mod header;

pub use dicomdir::understand_dicomdir;
pub use frames::{is_encapsulated, unwrap_items};
pub use header::understand_instance;

pub(crate) use header::{is_dicom, is_dicomdir};
