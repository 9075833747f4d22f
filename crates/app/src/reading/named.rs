//! A fact or a treatment named by where it stands, as scripts name it: the document, the first character, and what it is
//! about. What must not live here: what is said of it (`judge`).

use consilium_casefile::reading::{FactKey, TreatmentStatement};
use consilium_casefile::{CaseId, DocumentId, Refusal, Session};

use crate::App;
use crate::error::AppError;

/// The only one of these, or why there is none.
fn only<T: PartialEq>(mut of: Vec<T>, none: &str, several: &str) -> Result<T, AppError> {
    of.dedup();
    match (of.pop(), of.is_empty()) {
        (None, _) => Err(Refusal::new(none).into()),
        (Some(one), true) => Ok(one),
        (Some(_), false) => Err(Refusal::new(several).into()),
    }
}

impl App {
    /// The key of the fact that begins at a character of a document; `value` tells two that begin there apart.
    ///
    /// # Errors
    /// A refusal when none is there, or several of the same concept.
    pub async fn fact_at(
        &self,
        session: &Session,
        id: &CaseId,
        document: &DocumentId,
        concept: &str,
        start: usize,
        value: Option<&str>,
    ) -> Result<FactKey, AppError> {
        let case = self.case(session, id).await?;
        let facts = case.seen_by(session.audience).facts_of(document, self.knowledge());
        let there = facts.into_iter().filter(|f| {
            let meant = value.is_none_or(|value| f.fact.value == value);
            f.fact.start == start && f.fact.concept.as_str() == concept && meant
        });
        only(there.map(|fact| fact.key).collect(), "refusal-no-such-fact", "refusal-several-facts")
    }

    /// The statement of a treatment that begins at a character of a document; `what` tells two that begin there apart.
    ///
    /// # Errors
    /// A refusal when none is there, or several.
    pub async fn treatment_at(
        &self,
        session: &Session,
        id: &CaseId,
        document: &DocumentId,
        start: usize,
        what: Option<&str>,
    ) -> Result<TreatmentStatement, AppError> {
        let case = self.case(session, id).await?;
        let reading = self.reading_of(&case, session.audience).await;
        let rows = reading.facts.treatments.iter();
        let stated = rows.flat_map(|row| row.sources.iter().map(|source| (row.treatment.what.as_str(), source)));
        let rejected = reading.facts.rejected_treatments.iter().map(|row| (row.what.as_str(), &row.source));
        let there = stated.chain(rejected).filter(|(named, source)| {
            source.document == document.as_str() && source.start == start && what.is_none_or(|what| what == *named)
        });
        let statements = there.filter_map(|(_, source)| source.treatment.clone()).collect();
        only(statements, "refusal-no-such-treatment", "refusal-several-treatments")
    }
}
