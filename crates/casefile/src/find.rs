//! Find: the right specialist for this cancer. So far: which centre's opinion is asked, as the person names it.

use serde::{Deserialize, Serialize};

use crate::case::Case;
use crate::next::{Stage, StageNext, StageState, Step};
use crate::shared::message::{Message, Refusal};

// ---- changes ----

/// Changes of find.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum FindChange {
    /// Whose opinion is asked; `None` takes it back.
    CenterChosen {
        /// The centre's name.
        center: Option<String>,
    },
}

/// The fold of [`FindChange`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Find {
    /// The centre whose opinion is asked.
    pub center: Option<String>,
}

impl Find {
    pub(crate) fn apply(&mut self, change: FindChange) {
        match change {
            FindChange::CenterChosen { center } => self.center = center,
        }
    }
}

// ---- rules ----

/// Names the centre; an empty name takes it back.
///
/// # Errors
/// When the name is longer than 200 characters.
pub fn choose_center(name: &str) -> Result<FindChange, Refusal> {
    let name = name.trim();
    if name.chars().count() > 200 {
        return Err(Refusal::new("refusal-too-long").with("most", 200));
    }
    Ok(FindChange::CenterChosen { center: (!name.is_empty()).then(|| name.to_owned()) })
}

// ---- next ----

/// Ready when a centre is named.
#[must_use]
pub fn next(case: &Case) -> StageNext {
    // Whoever was sent a packet is the centre.
    let (state, steps) = if case.find.center.is_some() || !case.share.received.is_empty() {
        (StageState::Ready, Vec::new())
    } else {
        (StageState::NothingYet, vec![Step::new(Message::new("next-find-center"), "find#choose")])
    };
    StageNext { stage: Stage::Find, state, steps }
}
