//! What to ask after two opinions: questions to each doctor, one a difference that may change something, each as a short letter;
//! and the points for a joint talk.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::AppError;
use consilium_app::compare::letter;
use consilium_casefile::next::Stage;
use consilium_casefile::{CaseId, OpinionId};

use crate::errors::{Failure, html};
use crate::requests::pdf;
use crate::shell::Shell;
use crate::web::Visitor;

struct AskedView {
    letter: char,
    who: String,
    opinion: OpinionId,
    questions: Vec<String>,
}

#[derive(Template)]
#[template(path = "follow_up.html")]
pub(crate) struct FollowUpPage {
    shell: Shell,
    id: CaseId,
    asked: Vec<AskedView>,
    agenda: Vec<String>,
    /// Who gave an opinion that is kept from the others for now.
    sealed: Vec<String>,
}

/// `/cases/{case}/compare/questions`
pub(crate) async fn page(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    let case = visitor.case(&id).await?;
    let view = case.seen_by(visitor.session.audience);
    let opinions = view.opinions();
    let comparison = visitor.app.comparison(&view);
    let asked = opinions.iter().enumerate().map(|(place, held)| AskedView {
        letter: letter(place),
        who: held.opinion.clinician.name.clone(),
        opinion: held.id.clone(),
        questions: visitor.app.follow_up(&comparison, place),
    });
    let asked: Vec<AskedView> = asked.collect();
    let agenda = visitor.app.agenda_points(&comparison);
    html(&visitor.look(|context| FollowUpPage {
        shell: Shell::of_case(context, &view, "Questions to both", Some(Stage::Compare)),
        id: id.clone(),
        asked,
        agenda,
        sealed: view.sealed_by(),
    }))
}

/// `/cases/{case}/compare/questions/{opinion}/page`: the letter to one doctor, to print.
pub(crate) async fn letter_to(
    visitor: Visitor,
    Path((id, opinion)): Path<(CaseId, OpinionId)>,
) -> Result<Response, Failure> {
    let letter = visitor.app.questions_letter(&visitor.session, &id, &opinion).await;
    printed(&visitor, letter, "questions.pdf").await
}

/// `/cases/{case}/compare/agenda/page`: the points for a joint talk, to print.
pub(crate) async fn agenda(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    let letter = visitor.app.agenda(&visitor.session, &id).await;
    // Nothing to talk over: the page says so.
    if matches!(&letter, Err(AppError::Refusal(refusal)) if refusal.0.key == "refusal-nothing-to-ask") {
        return Ok(Redirect::to(&format!("/cases/{id}/compare/questions")).into_response());
    }
    printed(&visitor, letter, "joint-talk.pdf").await
}

async fn printed(
    visitor: &Visitor,
    letter: Result<consilium_app::decide::DecisionLetter, AppError>,
    name: &str,
) -> Result<Response, Failure> {
    let letter = letter.map_err(|error| visitor.failure(error))?;
    Ok(pdf(visitor.app.decision_pdf(letter).await?, name))
}
