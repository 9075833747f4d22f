//! The overview: eight stages, and all steps in the order a person should take them.

use consilium_casefile::next::{Stage, StageNext, Step, sorted_steps};
use consilium_casefile::{Case, Session};
use serde::Serialize;

use crate::App;

/// Where a case stands.
#[derive(Debug, Clone, Serialize)]
pub struct Overview {
    /// The rail.
    pub stages: Vec<StageNext>,
    /// All steps, the one to do now first.
    pub steps: Vec<(Stage, Step)>,
}

impl App {
    /// Where a case stands, for this session.
    #[must_use]
    pub fn overview(&self, session: &Session, case: &Case) -> Overview {
        let view = case.seen_by(session.audience);
        let stages = view.stages(&self.waiting(&view), self.now());
        let steps = sorted_steps(&stages);
        Overview { stages, steps }
    }
}
