//! The FHIR export seen from outside: what a case becomes, that nothing is lost on the way back, and that no input
//! makes it hand over a bad bundle.

#![expect(clippy::expect_used, reason = "a test stops where its ground is missing")]

mod codes;
mod properties;
mod round_trip;
mod samples;
mod statements;
