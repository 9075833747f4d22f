//! Trials: clinical trials, criterion by criterion. Has no changes of its own yet.

use crate::case::Case;
use crate::next::{Stage, StageNext, StageState};

// ---- next ----

/// Nothing is kept here yet, so nothing is asked.
#[must_use]
pub fn next(_case: &Case) -> StageNext {
    StageNext { stage: Stage::Trials, state: StageState::NothingYet, steps: Vec::new() }
}
