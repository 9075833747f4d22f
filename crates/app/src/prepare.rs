//! Prepare: the questions for the visit.

use std::collections::BTreeSet;
use std::sync::Arc;

use consilium_casefile::prepare::{self, PrepareChange};
use consilium_casefile::{Case, CaseId, DocumentId, QuestionId, Session};

use crate::error::AppError;
use crate::{App, ids};

impl App {
    /// Asks a question, last in order. One that a difference between records drafted, word for word, rests on these
    /// records.
    ///
    /// # Errors
    /// A refusal when it is empty or too long.
    pub async fn ask(&self, session: &Session, id: &CaseId, text: &str) -> Result<Arc<Case>, AppError> {
        let question: QuestionId = ids::new();
        let text = text.trim();
        let case = self.case(session, id).await?;
        let reading = self.reading_of(&case, session.audience).await;
        let differences = reading.facts.tumours.iter().flat_map(|tumour| &tumour.differences);
        let drafted = differences.filter(|difference| difference.question == text).flat_map(|d| &d.sides);
        let documents: BTreeSet<&str> = drafted.flat_map(|side| &side.sources).map(|s| s.document.as_str()).collect();
        let rests_on: Vec<DocumentId> = documents.into_iter().map(DocumentId::from).collect();
        self.change(session, id, |_| Ok(vec![prepare::ask(question.clone(), text, rests_on.clone())?])).await
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
