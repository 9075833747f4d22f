//! Prepare: the questions for the visit.

use std::collections::BTreeSet;
use std::sync::Arc;

use consilium_casefile::prepare::{self, PrepareChange};
use consilium_casefile::{Case, CaseId, DocumentId, QuestionId, Refusal, Session};

use crate::error::AppError;
use crate::reading::DifferenceWords;
use crate::{App, ids};

impl App {
    /// Asks a question, last in order.
    ///
    /// # Errors
    /// A refusal when it is empty or too long.
    pub async fn ask(&self, session: &Session, id: &CaseId, text: &str) -> Result<Arc<Case>, AppError> {
        self.ask_about(session, id, text, "").await
    }

    /// Asks a question that this difference between records drafted (`DifferenceWords::id`), in whatever words: it rests on
    /// their records. Without a difference it rests on those of the one that drafted it word for word, if one did.
    ///
    /// # Errors
    /// A refusal when it is empty or too long.
    pub async fn ask_about(
        &self,
        session: &Session,
        id: &CaseId,
        text: &str,
        difference: &str,
    ) -> Result<Arc<Case>, AppError> {
        let question: QuestionId = ids::new();
        let text = text.trim();
        let case = self.case(session, id).await?;
        let reading = self.reading_of(&case, session.audience).await;
        let differences = reading.facts.differences();
        let is_it = |d: &&DifferenceWords| if difference.is_empty() { d.question == text } else { d.id == difference };
        let drafted = differences.filter(is_it).flat_map(|d| &d.sides);
        let documents: BTreeSet<&str> = drafted.flat_map(|side| &side.sources).map(|s| s.document.as_str()).collect();
        let rests_on: Vec<DocumentId> = documents.into_iter().map(DocumentId::from).collect();
        self.change(session, id, |_| Ok(vec![prepare::ask(question.clone(), text, rests_on.clone())?])).await
    }

    /// Takes a question back.
    ///
    /// # Errors
    /// A refusal when it is not on the list.
    pub async fn remove_question(
        &self,
        session: &Session,
        id: &CaseId,
        question: &QuestionId,
    ) -> Result<Arc<Case>, AppError> {
        let rule = |case: &Case| {
            is_asked(case, session, question)?;
            Ok(vec![PrepareChange::QuestionRemoved { id: question.clone() }])
        };
        self.change(session, id, rule).await
    }

    /// Moves a question to a place, counted from 0.
    ///
    /// # Errors
    /// A refusal when it is not on the list.
    pub async fn move_question(
        &self,
        session: &Session,
        id: &CaseId,
        question: &QuestionId,
        place: usize,
    ) -> Result<Arc<Case>, AppError> {
        let rule = |case: &Case| {
            is_asked(case, session, question)?;
            Ok(vec![PrepareChange::QuestionMoved { id: question.clone(), place }])
        };
        self.change(session, id, rule).await
    }
}

/// Refuses a question that is not on the list, or not any more.
fn is_asked(case: &Case, session: &Session, question: &QuestionId) -> Result<(), Refusal> {
    let view = case.seen_by(session.audience);
    let asked = view.questions().iter().any(|asked| asked.id == *question);
    if asked { Ok(()) } else { Err(Refusal::new("refusal-no-such-question")) }
}
