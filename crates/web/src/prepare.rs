//! Prepare: the dates the case counts back from, and the questions for the visit.

use askama::Template;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::AppError;
use consilium_casefile::next::Stage;
use consilium_casefile::{CaseId, CaseView, DocumentId, QuestionId};

use crate::errors::{Failure, html_refused};
use crate::forms::{Values, no_date, value};
use crate::overview::{ProposedView, StartView, WaitView, proposed_views, start_view, wait_view};
use crate::parts::{Context, Field, Typed};
use crate::shell::Shell;
use crate::web::Visitor;

struct QuestionRow {
    id: QuestionId,
    text: String,
    up: Option<usize>,
    down: Option<usize>,
    /// That a record it was drafted from is no longer in the case.
    withdrawn: bool,
}

#[derive(Template)]
#[template(path = "prepare.html")]
pub(crate) struct PreparePage {
    shell: Shell,
    id: CaseId,
    start: Option<StartView>,
    wait: Option<WaitView>,
    proposed: Vec<ProposedView>,
    may_change: bool,
    sees_records: bool,
    open_start: bool,
    open_wait: bool,
    start_date: Field,
    start_what: Field,
    doctor: Field,
    words: Field,
    until: Field,
    said_on: Field,
    questions: Vec<QuestionRow>,
    question: Field,
}

impl PreparePage {
    pub(crate) fn new(context: &Context<'_>, view: &CaseView<'_>, typed: &Typed) -> Self {
        let start = view.treatment_start();
        let start = start.as_ref();
        let wait = view.safe_wait();
        let wait = wait.as_ref();
        let date = |date: Option<consilium_casefile::PartialDate>| date.map(|d| d.to_string()).unwrap_or_default();
        let start_date = typed.field("start_date", "Date", &date(start.map(|s| s.date)));
        let doctor = typed.field("doctor", "Which doctor said it", wait.map_or("", |w| &w.doctor));
        let words = typed.field("words", "What they said, in their words", wait.map_or("", |w| &w.words));
        let until = typed.field("until", "The date it comes to, if they named one", &date(wait.and_then(|w| w.until)));
        let said_on = typed.field("said_on", "When they said it", &date(wait.and_then(|w| w.said_on)));
        let last = view.questions().len().saturating_sub(1);
        let question = |(place, q): (usize, &consilium_casefile::prepare::Question)| QuestionRow {
            id: q.id.clone(),
            text: q.text.clone(),
            up: place.checked_sub(1),
            down: (place < last).then_some(place + 1),
            withdrawn: view.rests_on_nothing(q),
        };
        Self {
            shell: Shell::of_case(context, view, "Prepare", Some(Stage::Prepare)).refused(typed.is_refused()),
            id: view.id().clone(),
            start: start_view(context, view),
            wait: wait_view(context, view),
            proposed: proposed_views(context, view),
            may_change: view.audience().may_change(),
            sees_records: view.audience().sees_records(),
            open_start: start_date.refusal.is_some(),
            open_wait: [&doctor, &words, &until, &said_on].iter().any(|f| f.refusal.is_some()),
            start_date: start_date.date().hint("Such as 14 March 2026. Leave it empty to take the date back."),
            start_what: typed.field("start_what", "What starts, such as chemotherapy", start.map_or("", |s| &s.what)),
            doctor,
            words: words.hint("Leave this empty to take the statement back."),
            until: until.date(),
            said_on: said_on.date(),
            questions: view.questions().into_iter().enumerate().map(question).collect(),
            question: typed.field("question", "A question", ""),
        }
    }
}

async fn show(visitor: &Visitor, id: &CaseId, typed: Typed) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    html_refused(&visitor.look(|context| PreparePage::new(context, &view, &typed)), typed.is_refused())
}

async fn after<T>(
    visitor: &Visitor,
    id: &CaseId,
    done: Result<T, AppError>,
    values: Values,
    place: &str,
    field_of: impl Fn(&str) -> &'static str,
) -> Result<Response, Failure> {
    match done {
        Ok(_) => Ok(Redirect::to(&format!("/cases/{id}/prepare#{place}")).into_response()),
        Err(error) => show(visitor, id, visitor.refused(error, values, field_of)?).await,
    }
}

/// `/cases/{case}/prepare`
pub(crate) async fn page(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    show(&visitor, &id, Typed::default()).await
}

/// States the treatment start.
pub(crate) async fn start(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let (date, what) = (value(&values, "start_date"), value(&values, "start_what"));
    let done = visitor.app.plan_treatment_start(&visitor.session, &id, date, what).await;
    after(&visitor, &id, done, values, "dates", |_| "start_date").await
}

/// States what a doctor said about waiting.
pub(crate) async fn wait(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    if let Some((field, refusal)) = no_date(&values, &["until", "said_on"]) {
        let refused = AppError::Refusal(refusal);
        return after::<()>(&visitor, &id, Err(refused), values, "dates", |_| field).await;
    }
    let of = |name| value(&values, name);
    let done =
        visitor.app.state_safe_wait(&visitor.session, &id, of("doctor"), of("words"), of("until"), of("said_on")).await;
    after(&visitor, &id, done, values, "dates", |_| "doctor").await
}

/// Accepts a date that a record proposes.
pub(crate) async fn accept(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let document = DocumentId::from(value(&values, "document"));
    let at = value(&values, "at").parse().unwrap_or(usize::MAX);
    let wait = value(&values, "as") == "wait";
    let done = visitor.app.accept_date(&visitor.session, &id, &document, at, wait).await;
    done.map_err(|error| visitor.failure(error))?;
    Ok(Redirect::to(&format!("/cases/{id}/prepare#dates")).into_response())
}

/// Asks a question.
pub(crate) async fn ask(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let done =
        visitor.app.ask_about(&visitor.session, &id, value(&values, "question"), value(&values, "difference")).await;
    after(&visitor, &id, done, values, "questions", |_| "question").await
}

/// Moves a question, or takes it out.
pub(crate) async fn change_question(
    visitor: Visitor,
    Path((id, question)): Path<(CaseId, QuestionId)>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let done = match value(&values, "place").parse() {
        Ok(place) => visitor.app.move_question(&visitor.session, &id, &question, place).await,
        Err(_) => visitor.app.remove_question(&visitor.session, &id, &question).await,
    };
    after(&visitor, &id, done, values, "questions", |_| "question").await
}
