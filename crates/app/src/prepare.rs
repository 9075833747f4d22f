//! Prepare: the questions for the visit.

use std::sync::Arc;

use consilium_casefile::prepare::{self, PrepareChange};
use consilium_casefile::{Case, CaseId, QuestionId, Session};

use crate::error::AppError;
use crate::{App, ids};

impl App {
    /// Asks a question, last in order.
    ///
    /// # Errors
    /// A refusal when it is empty or too long.
    pub async fn ask(&self, session: &Session, id: &CaseId, text: &str) -> Result<Arc<Case>, AppError> {
        let question: QuestionId = ids::new();
        self.change(session, id, |_| Ok(vec![prepare::ask(question.clone(), text)?])).await
    }

    /// Takes a question back.
    ///
    /// # Errors
    /// A fault of the vault.
    pub async fn remove_question(
        &self,
        session: &Session,
        id: &CaseId,
        question: &QuestionId,
    ) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |_| Ok(vec![PrepareChange::QuestionRemoved { id: question.clone() }])).await
    }

    /// Moves a question to a place, counted from 0.
    ///
    /// # Errors
    /// A fault of the vault.
    pub async fn move_question(
        &self,
        session: &Session,
        id: &CaseId,
        question: &QuestionId,
        place: usize,
    ) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |_| Ok(vec![PrepareChange::QuestionMoved { id: question.clone(), place }])).await
    }
}
