//! Other systems: portable media, DICOMweb, DIMSE, FHIR out.
//!
//! Values in, bytes out; what is sent and to whom is decided elsewhere, and nothing here opens a file or a connection
//! by itself.

pub mod fhir;
pub mod media;
