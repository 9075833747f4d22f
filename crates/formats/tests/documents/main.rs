//! What is read from documents of every format: patients, dates, text, attachments, complaints; and that bad input
//! costs that input only. Corpora outside the repository are used where `CONSILIUM_CORPORA` names them.

mod corpora;
mod fhir;
mod pdf;
mod support;
