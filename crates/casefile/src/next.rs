//! What the person should do now, and what blocks it: one answer a stage, gathered for the overview.

use serde::{Deserialize, Serialize};

use crate::case::Case;
use crate::reading::Waiting;
use crate::shared::message::Message;
use crate::shared::time::{Instant, PartialDate};

/// The six stages and two companions, in the order of the left rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The right specialist.
    Find,
    /// Every record in.
    Gather,
    /// Getting it paid for.
    Cover,
    /// Ready for the visit.
    Prepare,
    /// Two opinions side by side.
    Compare,
    /// The decision.
    Decide,
    /// Clinical trials.
    Trials,
    /// The packet.
    Share,
}

impl Stage {
    /// All, in order.
    pub const ALL: [Self; 8] =
        [Self::Find, Self::Gather, Self::Cover, Self::Prepare, Self::Compare, Self::Decide, Self::Trials, Self::Share];

    /// The word used in pages, addresses, commands and modules.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Find => "find",
            Self::Gather => "gather",
            Self::Cover => "cover",
            Self::Prepare => "prepare",
            Self::Compare => "compare",
            Self::Decide => "decide",
            Self::Trials => "trials",
            Self::Share => "share",
        }
    }
}

/// One small word a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageState {
    /// Nothing yet.
    NothingYet,
    /// Under way.
    UnderWay,
    /// Waiting on somebody.
    Waiting,
    /// Ready.
    Ready,
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What, as a sentence in the making.
    pub what: Message,
    /// Whether later work waits for it.
    pub blocks: bool,
    /// By when, if anything says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<PartialDate>,
    /// The page where it is done, below the case's address: `gather#set-aside`.
    pub place: String,
}

/// A stage with its state and what to do next, most urgent first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageNext {
    /// The stage.
    pub stage: Stage,
    /// Its one word.
    pub state: StageState,
    /// What to do.
    pub steps: Vec<Step>,
}

impl Step {
    /// A step that blocks nothing and has no date.
    #[must_use]
    pub fn new(what: Message, place: &str) -> Self {
        Self { what, blocks: false, due: None, place: place.to_owned() }
    }

    /// The same step, blocking.
    #[must_use]
    pub fn blocking(self) -> Self {
        Self { blocks: true, ..self }
    }
}

/// The eight answers, in the order of the rail. `reading` is [`crate::CaseView::waiting`] of the same case, which whoever
/// asks often keeps.
#[must_use]
pub fn stages(case: &Case, reading: &Waiting, now: Instant) -> Vec<StageNext> {
    vec![
        crate::find::next(case),
        crate::gather::next(case, reading),
        crate::cover::next(case),
        crate::prepare::next(case, now),
        crate::compare::next(case),
        crate::decide::next(case, now.date()),
        crate::trials::next(case),
        crate::share::next(case, reading),
    ]
}

/// All steps of all stages, what blocks first, then by date, then by stage.
#[must_use]
pub fn sorted_steps(stages: &[StageNext]) -> Vec<(Stage, Step)> {
    let mut all: Vec<(Stage, Step)> =
        stages.iter().flat_map(|s| s.steps.iter().map(|step| (s.stage, step.clone()))).collect();
    all.sort_by_key(|(stage, step)| (!step.blocks, step.due.map_or((1, None), |d| (0, Some(d.earliest()))), *stage));
    all
}
