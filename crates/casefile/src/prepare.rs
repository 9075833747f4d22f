//! Prepare: ready for the visit. So far: the questions that matter, in the person's order, with "how long is it safe
//! to wait?" first until a named doctor has answered it.

mod timing;

use serde::{Deserialize, Serialize};

pub use timing::{ProposedDate, TimingFrom, TimingMeaning, TimingStatement, accept_date};

use crate::case::Case;
use crate::next::{Stage, StageNext, StageState, Step};
use crate::shared::ids::{DocumentId, QuestionId};
use crate::shared::message::{Message, Refusal};
use crate::shared::time::{Instant, PartialDate};

// ---- things ----

/// A question a person wants answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Id.
    pub id: QuestionId,
    /// In the person's words.
    pub text: String,
    /// Documents whose difference drafted it, where a difference did: what it says of them is theirs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rests_on: Vec<DocumentId>,
}

// ---- changes ----

/// Changes of prepare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum PrepareChange {
    /// A question is asked, last in order.
    QuestionAdded {
        /// The question.
        question: Question,
    },
    /// A question is taken back.
    QuestionRemoved {
        /// Which.
        id: QuestionId,
    },
    /// A question moves to a place, counted from 0.
    QuestionMoved {
        /// Which.
        id: QuestionId,
        /// Where to.
        place: usize,
    },
}

/// The fold of [`PrepareChange`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prepare {
    /// In the person's order.
    pub questions: Vec<Question>,
}

impl Prepare {
    pub(crate) fn apply(&mut self, change: PrepareChange) {
        match change {
            PrepareChange::QuestionAdded { question } => self.questions.push(question),
            PrepareChange::QuestionRemoved { id } => self.questions.retain(|q| q.id != id),
            PrepareChange::QuestionMoved { id, place } => {
                if let Some(at) = self.questions.iter().position(|q| q.id == id) {
                    let question = self.questions.remove(at);
                    self.questions.insert(place.min(self.questions.len()), question);
                }
            }
        }
    }
}

// ---- rules ----

/// Asks a question; `rests_on` are the documents of the difference that drafted it, word for word.
///
/// # Errors
/// When it is empty, or longer than 500 characters.
pub fn ask(id: QuestionId, text: &str, rests_on: Vec<DocumentId>) -> Result<PrepareChange, Refusal> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.chars().count() {
        0 => Err(Refusal::new("refusal-question-empty")),
        1..=500 => Ok(PrepareChange::QuestionAdded { question: Question { id, text, rests_on } }),
        _ => Err(Refusal::new("refusal-too-long").with("most", 500)),
    }
}

/// A planned treatment start within this many days makes the safe wait urgent enough to block.
const SOON_DAYS: i32 = 21;

// ---- next ----

/// The dates first: when treatment should start, and how long a doctor said it is safe to wait; then the questions.
#[must_use]
pub fn next(case: &Case, now: Instant) -> StageNext {
    let mut steps = Vec::new();
    let start = case.about.treatment_start.as_ref().map(|s| s.date);
    if case.about.safe_wait.is_none() {
        let step = Step::new(Message::new("next-prepare-safe-wait"), "prepare#dates");
        let soon = start
            .and_then(PartialDate::day)
            .is_some_and(|day| now.date().until(day).is_ok_and(|span| span.get_days() <= SOON_DAYS));
        steps.push(if soon { step.blocking() } else { step });
    }
    if start.is_none() {
        steps.push(Step::new(Message::new("next-prepare-treatment-start"), "prepare#dates"));
    }
    if case.prepare.questions.is_empty() {
        steps.push(Step::new(Message::new("next-prepare-questions"), "prepare#questions"));
    }
    for step in &mut steps {
        step.due = start;
    }
    let state = match (steps.is_empty(), case.prepare.questions.is_empty() && start.is_none()) {
        (true, _) => StageState::Ready,
        (false, true) => StageState::NothingYet,
        (false, false) => StageState::UnderWay,
    };
    StageNext { stage: Stage::Prepare, state, steps }
}
