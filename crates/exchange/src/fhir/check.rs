//! What every bundle must pass before it is handed over.

use serde_json::Value;

use super::Problem;

/// What is wrong with a bundle; empty when nothing is.
#[must_use]
pub fn check(_bundle: &Value) -> Vec<Problem> {
    Vec::new()
}
