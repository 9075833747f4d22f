//! Decide: the sheet of options, what matters to whom, the picture of their points on request, the decision and its letters,
//! the hand-over. What the page and the command show is laid out here, in the order of the sheet and in no other.

mod hand_over;
mod letters;
mod picture;
mod shown;

use std::sync::Arc;

use consilium_casefile::decide::{
    self, Certainty, DecideChange, Decision, HandOver, HandOverAnswer, Sheet, Told, Values, Voice,
};
use consilium_casefile::shared::text;
use consilium_casefile::{Case, CaseId, CaseView, DecisionId, HandOverId, Instant, Refusal, Session};
use serde::Serialize;

use crate::error::AppError;
use crate::{App, ids};

pub use letters::DecisionLetter;
pub use picture::{PairShown, PictureShown};
pub(crate) use shown::how_sure;
pub use shown::{
    Block, Choices, FeatureShown, GoalShown, NumberShown, OptionShown, PointsShown, Standard, StepShown, Together,
};

/// Names the moment at which something was written last, for a form that is opened over it; empty: it was not written yet.
#[must_use]
pub fn stamp(at: Option<Instant>) -> String {
    at.map(|at| at.micros.to_string()).unwrap_or_default()
}

/// Names the words of something, for a form that is opened over them.
#[must_use]
pub fn words_stamp(of: &impl Serialize) -> String {
    let words = serde_json::to_vec(of).unwrap_or_default();
    hex::encode(<sha2::Sha256 as sha2::Digest>::digest(words)).chars().take(16).collect()
}

/// Something that is written anew.
#[derive(Debug)]
pub struct Over<'a, Id> {
    /// Which.
    pub id: &'a Id,
    /// The [`words_stamp`] of what was looked at; none: whatever stands there now.
    pub as_of: Option<&'a str>,
}

/// Whether what was looked at still stands there: what somebody wrote meanwhile is not overwritten unseen.
///
/// # Errors
/// A refusal where it does not.
pub fn unchanged(now: &str, as_of: Option<&str>) -> Result<(), Refusal> {
    if as_of.is_none_or(|as_of| as_of == now) { Ok(()) } else { Err(Refusal::new("refusal-form-old")) }
}

/// What a decision is made on: the one that held before it, and the sheet with its options.
#[must_use]
pub fn ground_of(decide: &decide::Decide) -> String {
    let before = decide.decision().map_or("", |held| held.id.as_str());
    format!("{before} {}", stamp(decide.sheet.as_ref().map(|(_, at)| *at))).trim().to_owned()
}

/// Names a line of the hand-over with what was answered to it so far, for a form that answers it.
#[must_use]
pub fn answers_stamp(held: &decide::HeldHandOver) -> String {
    words_stamp(&(&held.item, &held.answers))
}

/// The words of a line of the hand-over.
fn line<'a>(case: &'a Case, id: &HandOverId) -> Result<&'a HandOver, Refusal> {
    let held = case.deciding().items().find(|held| held.id == *id);
    held.map(|held| &held.item).ok_or_else(|| Refusal::new("refusal-handover-unknown"))
}

impl App {
    /// Writes the sheet down, or anew. `as_of`: the [`stamp`] of the one that was looked at; none: whatever stands there now.
    ///
    /// # Errors
    /// As [`decide::record_sheet`]; when an option names an opinion that is not in the case; when it was written since.
    pub async fn record_sheet(
        &self,
        session: &Session,
        id: &CaseId,
        sheet: &Sheet,
        as_of: Option<&str>,
    ) -> Result<Arc<Case>, AppError> {
        let rule = |case: &Case| {
            unchanged(&stamp(case.deciding().sheet.as_ref().map(|(_, at)| *at)), as_of)?;
            let known = |option: &decide::SheetOption| {
                option.opinion.as_ref().is_none_or(|id| case.opinions().current().any(|held| held.id == *id))
            };
            if let Some(option) = sheet.options.iter().find(|option| !known(option)) {
                return Err(Refusal::new("refusal-opinion-unknown").with("id", &option.label));
            }
            let change = decide::record_sheet(sheet.clone())?;
            // What is written twice in the very same words is one entry.
            let same =
                matches!(&change, DecideChange::SheetRecorded { sheet } if case.deciding().sheet() == Some(sheet));
            Ok(if same { Vec::new() } else { vec![change] })
        };
        self.change(session, id, rule).await
    }

    /// Keeps what matters to a voice. `as_of`: as in [`Self::record_sheet`].
    ///
    /// # Errors
    /// As [`decide::value`]; when it was written since.
    pub async fn say_values(
        &self,
        session: &Session,
        id: &CaseId,
        values: &Values,
        as_of: Option<&str>,
    ) -> Result<Arc<Case>, AppError> {
        let rule = |case: &Case| {
            unchanged(&stamp(case.deciding().values.get(&values.voice).map(|(_, at)| *at)), as_of)?;
            let change = decide::value(case.deciding(), values.clone())?;
            // What is said twice in the very same words is one entry.
            let same = matches!(&change, DecideChange::ValuesRecorded { values }
                if case.deciding().values_of(values.voice) == Some(values));
            Ok(if same { Vec::new() } else { vec![change] })
        };
        self.change(session, id, rule).await
    }

    /// Asks to see the numbers before saying what matters.
    ///
    /// # Errors
    /// As [`decide::open_numbers`].
    pub async fn open_numbers(&self, session: &Session, id: &CaseId) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |case| Ok(vec![decide::open_numbers(case.deciding())?])).await
    }

    /// Keeps how certain somebody is.
    ///
    /// # Errors
    /// As [`decide::state_certainty`].
    pub async fn state_certainty(
        &self,
        session: &Session,
        id: &CaseId,
        certainty: &Certainty,
    ) -> Result<Arc<Case>, AppError> {
        let rule = |case: &Case| {
            let change = decide::state_certainty(case.deciding(), self.knowledge(), certainty.clone())?;
            let last = case.deciding().certainty_of(certainty.voice, certainty.moment).map(|(said, _)| said);
            let same = matches!(&change, DecideChange::CertaintyStated { certainty } if last == Some(certainty));
            Ok(if same { Vec::new() } else { vec![change] })
        };
        self.change(session, id, rule).await
    }

    /// Writes a decision down. `as_of`: the [`ground_of`] a decision when the form was opened; none: whatever holds now.
    ///
    /// # Errors
    /// As [`decide::decide`]; when another was written since.
    pub async fn record_decision(
        &self,
        session: &Session,
        id: &CaseId,
        decision: &Decision,
        as_of: Option<&str>,
    ) -> Result<DecisionId, AppError> {
        let (new, today) = (ids::new::<DecisionId>(), self.now().date());
        let rule = |case: &Case| {
            let mut decision = decision.clone();
            let opinions: Vec<_> = case.opinions().current().collect();
            for telling in &mut decision.tell {
                // A doctor of the case is the one of their opinion, by its number or by their name.
                let of_name = |name: &str| {
                    let (name, to) = (name.trim().to_lowercase(), telling.to.to_lowercase());
                    !name.is_empty() && to.contains(&name)
                };
                let by_id = telling.opinion.as_ref().map(|id| opinions.iter().find(|held| held.id == *id));
                if matches!(by_id, Some(None)) {
                    return Err(Refusal::new("refusal-telling-opinion").with("to", &telling.to));
                }
                // Another name written over a doctor's is another reader: what is that doctor's own is not theirs.
                let own = by_id.flatten().filter(|held| of_name(&held.opinion.clinician.name));
                let known = own.or_else(|| {
                    opinions.iter().find(|held| text::same_line(&held.opinion.clinician.name, &telling.to))
                });
                telling.opinion = known.map(|held| held.id.clone());
            }
            let change = decide::decide(case.deciding(), new.clone(), decision, today)?;
            // An old form that is sent once more does not make an old choice hold again, and names no option of a new sheet.
            unchanged(&ground_of(case.deciding()), as_of)?;
            Ok(vec![change])
        };
        self.change(session, id, rule).await?;
        Ok(new)
    }

    /// Takes a decision back that was written by mistake.
    ///
    /// # Errors
    /// As [`decide::remove_decision`].
    pub async fn remove_decision(
        &self,
        session: &Session,
        id: &CaseId,
        decision: &DecisionId,
    ) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |case| Ok(vec![decide::remove_decision(case.deciding(), decision)?])).await
    }

    /// Keeps that a letter about a decision was sent, with its words. `letter` is what was sent; empty: as the program
    /// writes it now.
    ///
    /// # Errors
    /// As [`decide::told`].
    pub async fn decision_told(&self, session: &Session, id: &CaseId, told: &Told) -> Result<Arc<Case>, AppError> {
        let today = self.now().date();
        let mut told = told.clone();
        // No words: as the program writes it now. Empty words are no letter.
        if told.letter.is_empty() {
            told.letter = self.decision_letter(session, id, &told.decision, &told.to, Some(told.on)).await?.text;
        }
        self.change(session, id, |case| Ok(vec![decide::told(case.deciding(), told.clone(), today)?])).await
    }

    /// Writes something down that has to be handed over; with an id, that line anew.
    ///
    /// # Errors
    /// As [`decide::hand_over`]; when there is no line of that id, or it was written anew since.
    pub async fn record_hand_over(
        &self,
        session: &Session,
        id: &CaseId,
        over: Option<Over<'_, HandOverId>>,
        item: &HandOver,
    ) -> Result<HandOverId, AppError> {
        let new = over.as_ref().map_or_else(ids::new, |over| over.id.clone());
        let rule = |case: &Case| {
            let before = over.as_ref().map(|over| Ok((line(case, over.id)?, over.as_of))).transpose()?;
            // What it is about stays, whoever writes it anew.
            let of = item.of.clone().or_else(|| before.and_then(|(held, _)| held.of.clone()));
            let change = decide::hand_over(case.deciding(), new.clone(), HandOver { of, ..item.clone() });
            if let Some((held, as_of)) = before {
                // What is written twice in the very same words is one entry.
                if matches!(&change, Ok(DecideChange::HandOverRecorded { item, .. }) if item == held) {
                    return Ok(Vec::new());
                }
                unchanged(&words_stamp(held), as_of)?;
            }
            Ok(vec![change?])
        };
        self.change(session, id, rule).await?;
        Ok(new)
    }

    /// Takes a line of the hand-over back. `as_of`: as in [`Over`].
    ///
    /// # Errors
    /// As [`decide::remove_hand_over`]; when it was written anew since.
    pub async fn remove_hand_over(
        &self,
        session: &Session,
        id: &CaseId,
        item: &HandOverId,
        as_of: Option<&str>,
    ) -> Result<Arc<Case>, AppError> {
        let rule = |case: &Case| {
            unchanged(&words_stamp(line(case, item)?), as_of)?;
            Ok(vec![decide::remove_hand_over(case.deciding(), item)?])
        };
        self.change(session, id, rule).await
    }

    /// Keeps what somebody answered to a line of the hand-over. `as_of`: the [`answers_stamp`] of what was looked at; nobody
    /// answered to other words, nor over an answer they did not see.
    ///
    /// # Errors
    /// As [`decide::answer`]; when the line was written anew or answered since.
    pub async fn answer_hand_over(
        &self,
        session: &Session,
        id: &CaseId,
        item: &HandOverId,
        answer: &HandOverAnswer,
        as_of: Option<&str>,
    ) -> Result<Arc<Case>, AppError> {
        let today = self.now().date();
        let rule = |case: &Case| {
            let held = case.deciding().items().find(|held| held.id == *item);
            let held = held.ok_or_else(|| Refusal::new("refusal-handover-unknown"))?;
            unchanged(&answers_stamp(held), as_of)?;
            Ok(vec![decide::answer(case.deciding(), item, answer.clone(), today)?])
        };
        self.change(session, id, rule).await
    }

    /// Everything of the decision, in words. `days`: the patient's days and limits were asked for, also before both have spoken.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for those who may not see it.
    pub fn choices(&self, view: &CaseView<'_>, days: bool) -> Result<Choices, AppError> {
        let decide = view.deciding().ok_or(AppError::NotFound)?;
        Ok(Choices::of(view, decide, self.knowledge(), days, &|message| self.say(message)))
    }

    /// The picture that the points of one voice give, on request.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for those who may not see it; a refusal when there is no sheet, no points, or points of ranges
    /// that are not on the table any more.
    pub fn picture(&self, view: &CaseView<'_>, voice: Voice) -> Result<PictureShown, AppError> {
        let decide = view.deciding().ok_or(AppError::NotFound)?;
        let sheet = decide.sheet().ok_or_else(|| Refusal::new("refusal-no-sheet"))?;
        // Totals come after what the patient says, whoever's points they are of.
        if !decide.shows_numbers() {
            return Err(Refusal::new("refusal-numbers-first").into());
        }
        let values = decide.values_of(voice).ok_or_else(|| Refusal::new("refusal-weights-none"))?;
        let picture = sheet.picture(values)?;
        Ok(PictureShown::of(sheet, values, &picture, self.knowledge(), &|message| self.say(message)))
    }
}
