//! What people say about treatments on the page of facts: that a record does not say this, and that taken back.

use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::AppError;
use consilium_app::reading::{RejectedAnswer, SourceWords};
use consilium_casefile::reading::TreatmentStatement;
use consilium_casefile::{CaseId, Refusal};

use crate::errors::Failure;
use crate::fact_rows::SourceView;
use crate::forms::{Values, value};
use crate::parts::When;
use crate::web::Visitor;

/// One record's statement of a treatment, and the field that names it in a form.
pub(crate) struct StatementView {
    pub(crate) source: SourceView,
    pub(crate) statement: String,
}

impl StatementView {
    pub(crate) fn of(case: &CaseId, source: &SourceWords) -> Self {
        let statement = source.treatment.as_ref().and_then(|statement| serde_json::to_string(statement).ok());
        Self { source: SourceView::words(case, source), statement: statement.unwrap_or_default() }
    }
}

/// A treatment that somebody rejected.
pub(crate) struct RejectedView {
    pub(crate) what: String,
    pub(crate) by: String,
    pub(crate) on: When,
    pub(crate) said: StatementView,
}

impl RejectedView {
    pub(crate) fn of(case: &CaseId, row: &RejectedAnswer) -> Self {
        let (what, by) = (row.what.clone(), row.by.clone());
        Self { what, by, on: When::from(row.on), said: StatementView::of(case, &row.source) }
    }
}

/// Says that a record does not say this about a treatment, or takes that back.
pub(crate) async fn judge(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let (app, session) = (&visitor.app, &visitor.session);
    let statement = serde_json::from_str::<TreatmentStatement>(value(&values, "statement"));
    let done = match (statement, value(&values, "say")) {
        (Err(_), _) => Err(AppError::from(Refusal::new("refusal-no-such-treatment"))),
        (Ok(statement), "reject") => app.reject_treatment(session, &id, &statement).await,
        (Ok(statement), _) => app.take_back_rejection(session, &id, &statement).await,
    };
    done.map_err(|error| visitor.failure(error))?;
    Ok(Redirect::to(&format!("/cases/{id}/facts#treatment")).into_response())
}
