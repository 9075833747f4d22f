//! The mCODE 4 (STU4) patient bundle: the person, each cancer, what was found, what was done and given. Only what the
//! records state, each with its Provenance.

use serde_json::Value;

use super::bundle::{Entries, Guide, bundle, uuid};
use super::{Export, Problem, check, condition, medicine, observation, patient, tables, treatment};

/// The case as an mCODE 4 patient bundle (`Bundle.type` collection).
///
/// # Errors
/// The problems that [`super::check()`] finds; no bundle is given then.
pub fn mcode(export: &Export) -> Result<Value, Vec<Problem>> {
    let mut entries = Entries::new(export, Guide::Mcode);
    gather(&mut entries);
    let id = uuid(&export.handle, "mcode");
    let bundle = bundle(tables::mcode_profile("Bundle"), "collection", id, export.now, entries.finish());
    checked(bundle)
}

/// The entries of the mCODE bundle, which the full export begins with.
pub(super) fn gather(entries: &mut Entries<'_>) {
    patient::add(entries);
    condition::add(entries);
    observation::add(entries);
    treatment::add(entries);
    medicine::add_requests(entries);
}

/// The bundle, unless something is wrong with it.
pub(super) fn checked(bundle: Value) -> Result<Value, Vec<Problem>> {
    let problems = check(&bundle);
    if problems.is_empty() { Ok(bundle) } else { Err(problems) }
}
