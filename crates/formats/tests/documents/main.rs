//! What is read from documents of every format: patients, dates, text, attachments, complaints; and that bad input
//! costs that input only. Corpora outside the repository are used where `CONSILIUM_CORPORA` names them.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests fail and report as tests do"
)]

mod coded;
mod corpora;
mod damage;
mod fhir;
mod formats;
mod ocr;
mod pages;
mod pdf;
mod scans;
mod structured;
mod support;
