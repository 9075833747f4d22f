//! The International Patient Summary.

use serde_json::Value;

use super::{Export, Problem};

/// The case as an IPS document bundle.
///
/// # Errors
/// The problems that [`super::check`] finds; no bundle is given then.
pub fn ips(_export: &Export) -> Result<Value, Vec<Problem>> {
    Err(vec![Problem::new("Bundle", "Bundle.entry", "is not written yet")])
}
