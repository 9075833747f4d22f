//! What people say about facts: each a ledger entry.

use std::sync::Arc;

use consilium_casefile::facts::Polarity;
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::reading::{
    self, FactKey, Judgement, ReadingChange, Region, TreatmentStatement, TreatmentWords,
};
use consilium_casefile::{Case, CaseId, CaseView, DocumentId, FactId, Refusal, Session, TreatmentId};

use crate::error::AppError;
use crate::{App, ids};

/// A fact as a person types it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Typing {
    /// The document it was read in.
    pub document: String,
    /// Page, counted from 1.
    pub page: u32,
    /// Where on the page.
    pub region: Option<Region>,
    /// Id of the concept.
    pub concept: String,
    /// The value.
    pub value: String,
    /// Whether it is said to be not so.
    pub absent: bool,
}

impl App {
    /// Says something about a fact that was read; `start` is where its words stand.
    ///
    /// # Errors
    /// A refusal when the case holds no such fact, or a correction says nothing.
    pub async fn judge_fact(
        &self,
        session: &Session,
        id: &CaseId,
        key: &FactKey,
        start: Option<usize>,
        judgement: Judgement,
    ) -> Result<Arc<Case>, AppError> {
        let rule = |case: &Case| {
            let view = case.seen_by(session.audience);
            Ok(vec![reading::judge(&view, self.knowledge(), key, start, judgement.clone())?])
        };
        self.change(session, id, rule).await
    }

    /// Takes back what was said about a fact.
    ///
    /// # Errors
    /// A refusal when nothing was said about it.
    pub async fn take_back_judgement(
        &self,
        session: &Session,
        id: &CaseId,
        key: &FactKey,
        start: Option<usize>,
    ) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |case| Ok(vec![reading::take_back(case, key, start)?])).await
    }

    /// Types a fact read on a page, and gives its id.
    ///
    /// # Errors
    /// A refusal that names what is missing.
    pub async fn type_fact(&self, session: &Session, id: &CaseId, typing: &Typing) -> Result<FactId, AppError> {
        let fact: FactId = ids::new();
        let polarity = if typing.absent { Polarity::Absent } else { Polarity::Present };
        let document = DocumentId::from(typing.document.as_str());
        let rule = |case: &Case| {
            let view = case.seen_by(session.audience);
            let (concept, value) = (typing.concept.as_str(), typing.value.as_str());
            let change = reading::type_fact(
                &view,
                self.knowledge(),
                fact.clone(),
                &document,
                typing.page,
                typing.region,
                concept,
                value,
                polarity,
            )?;
            Ok(vec![change])
        };
        self.change(session, id, rule).await?;
        Ok(fact)
    }

    /// Takes a typed fact back.
    ///
    /// # Errors
    /// A refusal when there is none.
    pub async fn withdraw_fact(&self, session: &Session, id: &CaseId, fact: &FactId) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |case| Ok(vec![reading::withdraw_typed(case, fact)?])).await
    }

    /// Says that a record does not say this about a treatment.
    ///
    /// # Errors
    /// A refusal when the case holds no such statement.
    pub async fn reject_treatment(
        &self,
        session: &Session,
        id: &CaseId,
        statement: &TreatmentStatement,
    ) -> Result<Arc<Case>, AppError> {
        self.about_treatment(session, id, statement, reading::reject_treatment).await
    }

    /// Takes back that a record does not say this about a treatment.
    ///
    /// # Errors
    /// A refusal when nobody said so.
    pub async fn take_back_rejection(
        &self,
        session: &Session,
        id: &CaseId,
        statement: &TreatmentStatement,
    ) -> Result<Arc<Case>, AppError> {
        self.about_treatment(session, id, statement, reading::take_back_rejection).await
    }

    async fn about_treatment(
        &self,
        session: &Session,
        id: &CaseId,
        statement: &TreatmentStatement,
        rule: impl Fn(&CaseView<'_>, &Knowledge, &TreatmentStatement) -> Result<ReadingChange, Refusal>,
    ) -> Result<Arc<Case>, AppError> {
        let changes = |case: &Case| Ok(vec![rule(&case.seen_by(session.audience), self.knowledge(), statement)?]);
        self.change(session, id, changes).await
    }

    /// States a treatment that no record tells, in a person's own words. Returns its id.
    ///
    /// # Errors
    /// A refusal that names what does not fit.
    pub async fn state_treatment(
        &self,
        session: &Session,
        id: &CaseId,
        words: &TreatmentWords,
    ) -> Result<TreatmentId, AppError> {
        let (treatment, today): (TreatmentId, _) = (ids::new(), self.now().date());
        let rule = |case: &Case| {
            let stated = reading::state_treatment(case, self.knowledge(), treatment.clone(), words, today)?;
            Ok(stated.into_iter().collect::<Vec<_>>())
        };
        let case = self.change(session, id, rule).await?;
        let known = reading::state_treatment_as(&case, self.knowledge(), words, today)?;
        Ok(known.unwrap_or(treatment))
    }

    /// Takes a stated treatment back.
    ///
    /// # Errors
    /// A refusal when there is none.
    pub async fn withdraw_treatment(
        &self,
        session: &Session,
        id: &CaseId,
        treatment: &TreatmentId,
    ) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |case| Ok(vec![reading::withdraw_treatment(case, treatment)?])).await
    }

    /// Adds a medicine that no record names, in a person's own words.
    ///
    /// # Errors
    /// A refusal when it has no name, or nothing is said of how it is taken.
    pub async fn add_medicine(
        &self,
        session: &Session,
        id: &CaseId,
        name: &str,
        line: &str,
    ) -> Result<Arc<Case>, AppError> {
        let rule = |case: &Case| {
            Ok(vec![reading::add_medicine(&case.seen_by(session.audience), self.knowledge(), name, line)?])
        };
        self.change(session, id, rule).await
    }

    /// Agrees on the line of one medicine, or that it is not taken.
    ///
    /// # Errors
    /// A refusal when no record names it.
    pub async fn agree_medicine(
        &self,
        session: &Session,
        id: &CaseId,
        ingredient: &str,
        line: &str,
        taken: bool,
    ) -> Result<Arc<Case>, AppError> {
        let rule = |case: &Case| {
            let view = case.seen_by(session.audience);
            Ok(vec![reading::agree_medicine(&view, self.knowledge(), ingredient, line, taken)?])
        };
        self.change(session, id, rule).await
    }
}
