//! A case as standard FHIR R4 data: an mCODE 4 patient bundle, an International Patient Summary, and a full export with
//! every document. Pure: an [`Export`] in, JSON out; no clock, no network, no knowledge files. Nothing is written that
//! the records did not state, and what fails [`check`] is refused rather than handed over.

mod bundle;
mod check;
mod condition;
mod full;
mod illness;
mod imaging;
mod input;
mod ips;
mod mcode;
mod medicine;
mod narrative;
mod observation;
mod origin;
mod patient;
mod problem;
mod tables;
mod treatment;
mod value;
mod whole;
mod word;
mod write;

pub use check::check;
pub use condition::differing_parts;
pub use full::full;
pub use input::{
    AgreedMedicine, Export, ExportCode, ExportDocument, ExportFact, ExportMedication, ExportSeries, ExportStudy,
    ExportTreatment, ExportTumour, Sex, SourceDocument, concept_codes,
};
pub use ips::ips;
pub use mcode::mcode;
pub use origin::{Origin, mark, origin};
pub use problem::Problem;
pub use whole::{Carried, Carrier, Placed, Standing, What, records_in};
