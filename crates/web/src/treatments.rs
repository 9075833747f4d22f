//! What people say about treatments on the page of facts: that a record does not say this, and that taken back.

use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::AppError;
use consilium_app::dates::typed_date;
use consilium_app::reading::{RejectedAnswer, SourceWords};
use consilium_casefile::reading::{TreatmentStatement, TreatmentWords};
use consilium_casefile::{CaseId, Refusal, TreatmentId};

use crate::errors::Failure;
use crate::fact_rows::SourceView;
use crate::facts::show_treatment;
use crate::forms::{Values, asked, choices, value};
use crate::parts::{Choice, Field, Typed, When};
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

/// The form in which a person states a treatment that no record tells.
pub(crate) struct AddTreatment {
    /// Stands open where it was refused.
    pub(crate) open: bool,
    pub(crate) kind: Field,
    pub(crate) kinds: Vec<Choice>,
    pub(crate) what: Field,
    pub(crate) status: Field,
    pub(crate) statuses: Vec<Choice>,
    pub(crate) from: Field,
    pub(crate) until: Field,
    pub(crate) dose: Field,
}

const KINDS: [(&str, &str); 4] = [
    ("operation", "An operation"),
    ("systemic", "Medicine against the cancer"),
    ("radiation", "Radiation"),
    ("other", "Something else"),
];

const STATUSES: [(&str, &str); 5] = [
    ("done", "It was given to its end"),
    ("ongoing", "It is going on"),
    ("stopped", "It was stopped early"),
    ("planned", "It is planned"),
    ("declined", "I declined it"),
];

impl AddTreatment {
    pub(crate) fn new(typed: &Typed) -> Self {
        let (kind, status) = (typed.field("kind", "What kind", ""), typed.field("status", "How it stands", ""));
        Self {
            open: typed.is_refused(),
            kinds: choices(&KINDS, &kind.value),
            kind,
            what: typed.field("what", "What was done", "").hint("Such as: lumpectomy, left breast; or the medicines."),
            statuses: choices(&STATUSES, &status.value),
            status,
            from: typed.field("from", "When, or when it began", "").hint("A year or a month is enough."),
            until: typed.field("until", "When it ended", ""),
            dose: typed.field("dose", "Dose or cycles, if you know", ""),
        }
    }
}

async fn add(visitor: &Visitor, id: &CaseId, values: Values) -> Result<Response, Failure> {
    let of = |name: &str| value(&values, name);
    let stated = async {
        let named = |name: &str| serde_json::Value::String(of(name).to_owned());
        let refused = || AppError::from(Refusal::new("refusal-no-such-treatment"));
        let words = TreatmentWords {
            kind: serde_json::from_value(named("kind")).map_err(|_| refused())?,
            status: serde_json::from_value(named("status")).map_err(|_| refused())?,
            what: of("what").to_owned(),
            date: typed_date(of("from"))?,
            until: typed_date(of("until"))?,
            dose: of("dose").to_owned(),
        };
        visitor.app.state_treatment(&visitor.session, id, &words).await
    };
    match stated.await {
        Ok(_) => Ok(Redirect::to(&format!("/cases/{id}/facts#treatment")).into_response()),
        Err(error) => {
            let of_until = typed_date(of("from")).is_ok() && typed_date(of("until")).is_err();
            let field = |key: &str| match key {
                "refusal-treatment-ends-first" => "until",
                "refusal-date" | "refusal-date-not-there" | "refusal-date-two-ways" if of_until => "until",
                "refusal-date" | "refusal-date-not-there" | "refusal-date-two-ways" | "refusal-day-in-future" => "from",
                _ => "what",
            };
            let typed = visitor.refused(error, values.clone(), field)?;
            show_treatment(visitor, id, &typed).await
        }
    }
}

/// Says that a record does not say this about a treatment, or takes that back; states one that no record tells, or takes
/// that back.
pub(crate) async fn judge(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let (app, session) = (&visitor.app, &visitor.session);
    if value(&values, "say") == "add" {
        return add(&visitor, &id, values).await;
    }
    if let Some(stated) = asked(&values, "stated") {
        let done = app.withdraw_treatment(session, &id, &TreatmentId(stated.to_owned())).await;
        done.map_err(|error| visitor.failure(error))?;
        return Ok(Redirect::to(&format!("/cases/{id}/facts#treatment")).into_response());
    }
    let statement = serde_json::from_str::<TreatmentStatement>(value(&values, "statement"));
    let done = match (statement, value(&values, "say")) {
        (Err(_), _) => Err(AppError::from(Refusal::new("refusal-no-such-treatment"))),
        (Ok(statement), "reject") => app.reject_treatment(session, &id, &statement).await,
        (Ok(statement), _) => app.take_back_rejection(session, &id, &statement).await,
    };
    done.map_err(|error| visitor.failure(error))?;
    Ok(Redirect::to(&format!("/cases/{id}/facts#treatment")).into_response())
}
