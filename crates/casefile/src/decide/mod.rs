//! Decide: one person's choice. The sheet of options and stated numbers (`sheet`, `numbers`), what matters to whom (`values`),
//! the picture that their own points give (`weigh`, on request), what a decision aid must hold (`standard`), the decision and
//! the hand-over (`decision`). Nothing here prefers an option, and a number nobody stated is never made up.

mod checks;
mod decision;
mod numbers;
mod proposal;
mod sheet;
mod standard;
#[cfg(test)]
mod tests;
mod values;
mod weigh;
#[cfg(test)]
mod weigh_tests;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::audience::{Audience, CaseView};
use crate::case::Case;
use crate::next::{Stage, StageNext, StageState, Step};
use crate::shared::ids::{DecisionId, HandOverId};
use crate::shared::message::{Message, Refusal};
use crate::shared::time::{Instant, PartialDate};

pub use checks::{MOST_POINTS, answer, decide, hand_over, record_sheet, state_certainty, tell, told, value};
pub use decision::{
    Decision, HandOver, HandOverAnswer, HandOverKind, HandOverOf, HandOverState, HeldDecision, HeldHandOver, Tell,
    Telling, Told,
};
pub use numbers::{Keeps, MOST_ICONS, Span};
pub use sheet::{Feature, Number, Sheet, SheetOption, TimedStep};
pub use standard::{CHECKS, Met, standard};
pub use values::{Certainty, Goal, Moment, Must, Points, Values, Voice};
pub use weigh::{Interval, Pair, Picture, Share};

// ---- changes ----

/// Changes of decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum DecideChange {
    /// The sheet is written down, or anew.
    SheetRecorded {
        /// The whole sheet.
        sheet: Box<Sheet>,
    },
    /// A voice says what matters to it, or says it anew.
    ValuesRecorded {
        /// What.
        values: Box<Values>,
    },
    /// The person asked to see the numbers of each option before they said what matters.
    NumbersOpened {},
    /// How certain somebody is.
    CertaintyStated {
        /// What they answered.
        certainty: Certainty,
    },
    /// A decision is written down.
    DecisionRecorded {
        /// Id.
        id: DecisionId,
        /// What.
        decision: Box<Decision>,
    },
    /// A decision was written by mistake.
    DecisionRemoved {
        /// Which.
        id: DecisionId,
    },
    /// A letter about a decision was sent.
    DecisionTold {
        /// To whom, how, and its words.
        told: Box<Told>,
    },
    /// Something has to be handed over; under an id that is there already: written anew.
    HandOverRecorded {
        /// Id.
        id: HandOverId,
        /// What.
        item: HandOver,
    },
    /// It was written by mistake.
    HandOverRemoved {
        /// Which.
        id: HandOverId,
    },
    /// Somebody answered to it.
    HandOverAnswered {
        /// Which.
        id: HandOverId,
        /// What they answered.
        answer: HandOverAnswer,
    },
}

/// The fold of [`DecideChange`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decide {
    /// The sheet as it is now, and since when.
    pub sheet: Option<(Sheet, Instant)>,
    /// What matters to each voice, and when they said so last.
    pub values: BTreeMap<Voice, (Values, Instant)>,
    /// When the numbers were opened before anybody had said what matters.
    pub opened: Option<Instant>,
    /// How certain people said they are, oldest first.
    pub certainty: Vec<(Certainty, Instant)>,
    /// Decisions, oldest first.
    pub decisions: Vec<HeldDecision>,
    /// What has to be handed over, in the order it was written down.
    pub hand_over: Vec<HeldHandOver>,
}

impl Decide {
    pub(crate) fn apply(&mut self, change: DecideChange, at: Instant) {
        match change {
            DecideChange::SheetRecorded { sheet } => self.sheet = Some((*sheet, at)),
            DecideChange::ValuesRecorded { values } => {
                self.values.insert(values.voice, (*values, at));
            }
            DecideChange::NumbersOpened {} => self.opened = self.opened.or(Some(at)),
            DecideChange::CertaintyStated { certainty } => self.certainty.push((certainty, at)),
            DecideChange::DecisionRecorded { id, decision } => {
                let decision = *decision;
                self.decisions.push(HeldDecision { id, decision, at, removed: false, told: Vec::new() });
            }
            DecideChange::DecisionRemoved { id } => {
                if let Some(held) = self.decisions.iter_mut().find(|held| held.id == id) {
                    held.removed = true;
                }
            }
            DecideChange::DecisionTold { told } => {
                if let Some(held) = self.decisions.iter_mut().find(|held| held.id == told.decision) {
                    held.told.push(*told);
                }
            }
            DecideChange::HandOverRecorded { id, item } => match self.item_mut(&id) {
                Some(held) => {
                    // Whoever said yes said it to other words.
                    if held.item != item {
                        held.answers.clear();
                    }
                    held.item = item;
                    held.removed = false;
                    held.at = at;
                }
                None => self.hand_over.push(HeldHandOver { id, item, answers: Vec::new(), at, removed: false }),
            },
            DecideChange::HandOverRemoved { id } => {
                if let Some(held) = self.item_mut(&id) {
                    held.removed = true;
                }
            }
            DecideChange::HandOverAnswered { id, answer } => {
                if let Some(held) = self.item_mut(&id) {
                    held.answers.push(answer);
                    held.at = at;
                }
            }
        }
    }

    fn item_mut(&mut self, id: &HandOverId) -> Option<&mut HeldHandOver> {
        self.hand_over.iter_mut().find(|held| held.id == *id)
    }

    /// The sheet as it is now.
    #[must_use]
    pub fn sheet(&self) -> Option<&Sheet> {
        self.sheet.as_ref().map(|(sheet, _)| sheet)
    }

    /// What matters to a voice.
    #[must_use]
    pub fn values_of(&self, voice: Voice) -> Option<&Values> {
        self.values.get(&voice).map(|(values, _)| values)
    }

    /// Whether it may be shown which option has which number: the person said of everything that can be asked now how much it
    /// matters, or that they are not sure, or asked to see the numbers first.
    #[must_use]
    pub fn shows_numbers(&self) -> bool {
        let spoke = |said: &Values| {
            self.sheet().is_some_and(|sheet| sheet.unasked(said).is_empty() && sheet.stale(said).is_empty())
        };
        self.opened.is_some() || self.values_of(Voice::Patient).is_some_and(spoke)
    }

    /// Decisions that were not taken back, oldest first.
    pub fn standing(&self) -> impl DoubleEndedIterator<Item = &HeldDecision> {
        self.decisions.iter().filter(|held| !held.removed)
    }

    /// The decision that holds now.
    #[must_use]
    pub fn decision(&self) -> Option<&HeldDecision> {
        self.standing().next_back()
    }

    /// Whether a line is of before the decision that holds, when there was an earlier one: who said yes said it to another plan.
    /// What is done is done.
    #[must_use]
    pub fn is_of_an_earlier_decision(&self, held: &HeldHandOver) -> bool {
        let mut standing = self.standing().rev();
        let newest = standing.next().filter(|_| standing.next().is_some());
        newest.is_some_and(|newest| held.at < newest.at) && held.state() != HandOverState::Done
    }

    /// Whether a line needs a person: nobody confirmed it, they said no, or it is of an earlier decision.
    #[must_use]
    pub fn needs_somebody(&self, held: &HeldHandOver) -> bool {
        held.lacks_a_yes() || self.is_of_an_earlier_decision(held)
    }

    /// Things of the hand-over that were not taken back.
    pub fn items(&self) -> impl Iterator<Item = &HeldHandOver> {
        self.hand_over.iter().filter(|held| !held.removed)
    }

    /// What one said last, before or after.
    #[must_use]
    pub fn certainty_of(&self, voice: Voice, moment: Moment) -> Option<&(Certainty, Instant)> {
        self.certainty.iter().rev().find(|(said, _)| said.voice == voice && said.moment == moment)
    }
}

// ---- rules ----

/// Asks to see which option has which number before saying what matters.
///
/// # Errors
/// When there is no sheet, or they are shown already.
pub fn open_numbers(decide: &Decide) -> Result<DecideChange, Refusal> {
    if decide.sheet.is_none() {
        return Err(Refusal::new("refusal-no-sheet"));
    }
    if decide.shows_numbers() {
        return Err(Refusal::new("refusal-numbers-shown"));
    }
    Ok(DecideChange::NumbersOpened {})
}

/// Takes a decision back that was written by mistake; it stays in the ledger.
///
/// # Errors
/// When there is none, or it was told to somebody.
pub fn remove_decision(decide: &Decide, id: &DecisionId) -> Result<DecideChange, Refusal> {
    let held = decide.standing().find(|held| held.id == *id);
    let held = held.ok_or_else(|| Refusal::new("refusal-decision-unknown"))?;
    if held.told.is_empty() {
        Ok(DecideChange::DecisionRemoved { id: id.clone() })
    } else {
        Err(Refusal::new("refusal-decision-told"))
    }
}

/// Takes a thing of the hand-over back.
///
/// # Errors
/// When there is none.
pub fn remove_hand_over(decide: &Decide, id: &HandOverId) -> Result<DecideChange, Refusal> {
    let held = decide.items().find(|held| held.id == *id);
    held.map(|_| DecideChange::HandOverRemoved { id: id.clone() })
        .ok_or_else(|| Refusal::new("refusal-handover-unknown"))
}

impl Case {
    /// The decision, for the rules that change it; whoever looks asks [`CaseView::deciding`].
    #[must_use]
    pub fn deciding(&self) -> &Decide {
        &self.decide
    }
}

impl<'a> CaseView<'a> {
    /// The decision: the owner's only. What a person decides reaches others by their letters.
    #[must_use]
    pub fn deciding(&self) -> Option<&'a Decide> {
        (self.audience() == Audience::Owner).then_some(&self.case().decide)
    }

    /// What the case itself says of a line of the hand-over: that the tissue is back, or that the records are not waited for any
    /// more. It answers for nobody: the line stays as people said it is.
    #[must_use]
    pub fn settled(&self, item: &HandOver) -> Option<Message> {
        let done = match item.of.as_ref()? {
            HandOverOf::Tissue(id) => self.tissue()?.lines.get(id)?.is_at_home().then_some("handover-tissue-home"),
            HandOverOf::Request(id) => {
                let request = self.requests()?.requests.iter().find(|held| held.request.id == *id)?;
                (!request.is_open()).then_some("handover-request-ended")
            }
        };
        done.map(Message::new)
    }
}

// ---- next ----

/// With two opinions the person says what matters, looks, decides, tells both teams, and sees that care goes on.
#[must_use]
pub fn next(case: &Case, today: Date) -> StageNext {
    let decide = &case.decide;
    let step = |key: &str, place: &str| Step::new(Message::new(key), place);
    let (mut steps, mut state) = (Vec::new(), StageState::UnderWay);
    match (&decide.sheet, decide.decision()) {
        (None, None) if case.compare.current().count() < 2 => state = StageState::NothingYet,
        (None, None) => steps.push(step("next-decide-sheet", "decide/sheet")),
        (Some(_), None) if !decide.shows_numbers() => {
            // Once the numbers were seen nobody can say any more how certain they were before.
            if decide.certainty_of(Voice::Patient, Moment::Before).is_none() {
                steps.push(step("next-decide-certainty", "decide#certainty"));
            }
            steps.push(step("next-decide-values", "decide/values/patient"));
        }
        (Some(_), None) => steps.push(step("next-decide-decide", "decide/decisions/new")),
        (_, Some(held)) => {
            let untold = held.decision.tell.iter().filter(|telling| telling.what != Tell::Nothing);
            let untold = untold.filter(|telling| !held.told.iter().any(|told| told.to == telling.to)).count();
            if untold > 0 {
                let what = Message::new("next-decide-tell").with("count", untold);
                steps.push(Step::new(what, "decide#decision"));
            }
            let open: Vec<&HeldHandOver> = decide.items().filter(|held| decide.needs_somebody(held)).collect();
            if open.is_empty() && untold == 0 && decide.items().next().is_some() {
                state = StageState::Ready;
            } else if untold == 0 {
                state = StageState::Waiting;
            }
            // What was planned before the choice may be planned no more.
            let planned = case.about.treatment_start.as_ref().and(case.about.treatment_start_at);
            if planned.is_some_and(|planned| planned < held.at) {
                steps.push(step("next-decide-start", "prepare#dates"));
            }
            // What somebody said yes to and should have done by now.
            let due = |held: &&HeldHandOver| held.item.due.is_some_and(|due| due < today);
            let late = decide.items().filter(|held| held.state() == HandOverState::Confirmed).filter(due).count();
            if late > 0 {
                let what = Message::new("next-decide-late").with("count", late);
                steps.push(Step::new(what, "decide/hand-over").blocking());
            }
            if decide.items().next().is_none() {
                steps.push(step("next-decide-hand-over", "decide/hand-over"));
            }
            let first = open.iter().filter_map(|held| held.item.due).min();
            if !open.is_empty() {
                let what = Message::new("next-decide-confirm").with("count", open.len());
                let late = first.is_some_and(|due| due < today);
                let step = Step { due: first.map(PartialDate::Day), ..Step::new(what, "decide/hand-over") };
                steps.push(if late { step.blocking() } else { step });
            }
            if held.decision.revisit.is_some_and(|day| day <= today) {
                steps.push(step("next-decide-revisit", "decide#decision"));
            }
        }
    }
    StageNext { stage: Stage::Decide, state, steps }
}
