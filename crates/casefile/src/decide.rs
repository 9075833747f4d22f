//! Decide: the decision and the hand-over of care. Has no changes of its own yet.

use crate::case::Case;
use crate::next::{Stage, StageNext, StageState};

// ---- next ----

/// Nothing is kept here yet, so nothing is asked.
#[must_use]
pub fn next(_case: &Case) -> StageNext {
    StageNext { stage: Stage::Decide, state: StageState::NothingYet, steps: Vec::new() }
}
