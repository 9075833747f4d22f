//! The mCODE 4 (STU4) patient bundle.

use serde_json::Value;

use super::{Export, Problem};

/// The case as an mCODE 4 patient bundle (`Bundle.type` collection).
///
/// # Errors
/// The problems that [`super::check`] finds; no bundle is given then.
pub fn mcode(_export: &Export) -> Result<Value, Vec<Problem>> {
    Err(vec![Problem::new("Bundle", "Bundle.entry", "is not written yet")])
}
