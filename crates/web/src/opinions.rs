//! The form of one opinion: the same for whoever gave it. It is shown from typed values alone, so that what was refused, or
//! waits for more lines, stands as it was typed. How opinions compare is not known here.

use askama::Template;
use axum::extract::{Form, Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::AppError;
use consilium_app::decide::{Over, words_stamp};
use consilium_casefile::compare::ProposedOpinion;
use consilium_casefile::next::Stage;
use consilium_casefile::{CaseId, CaseView, DocumentId, OpinionId, Refusal};

use crate::errors::{Failure, html_refused};
use crate::forms::{Values, asked, value};
use crate::lined::{Kind, Section, asks_for_more};
use crate::parts::Context;
use crate::shell::Shell;
use crate::web::Visitor;

mod fields;
pub(crate) mod typed;

use fields::{head, sections};

#[derive(Template)]
#[template(path = "opinion.html")]
pub(crate) struct OpinionPage {
    shell: Shell,
    id: CaseId,
    /// Of an opinion that is written anew.
    opinion: Option<OpinionId>,
    /// The record it is proposed from.
    from: Option<String>,
    /// What was read in that record as well and is not in the form.
    left: Vec<String>,
    /// The words that stood there when the form was opened.
    as_of: String,
    head: Section,
    sections: Vec<Section>,
    refusal: Option<String>,
}

impl OpinionPage {
    pub(crate) fn new(
        context: &Context<'_>,
        view: &CaseView<'_>,
        opinion: Option<&OpinionId>,
        values: &Values,
        refusal: Option<String>,
    ) -> Self {
        let document = DocumentId::from(value(values, "document"));
        let held = view.document(&document, context.knowledge);
        Self {
            shell: Shell::of_case(context, view, "An opinion", Some(Stage::Compare)).refused(refusal.is_some()),
            id: view.id().clone(),
            opinion: opinion.cloned(),
            from: held.map(|held| view.title_of(held, context.knowledge).to_owned()),
            left: value(values, "left").lines().map(str::to_owned).collect(),
            as_of: value(values, "as_of").to_owned(),
            head: head(context, view, values),
            sections: sections(context, view, values),
            refusal,
        }
    }
}

async fn show(
    visitor: &Visitor,
    id: &CaseId,
    opinion: Option<&OpinionId>,
    values: &Values,
    refusal: Option<String>,
) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    let refused = refusal.is_some();
    html_refused(&visitor.look(|context| OpinionPage::new(context, &view, opinion, values, refusal)), refused)
}

/// `/cases/{case}/compare/opinions/new`: empty, or as a record says it (`?from=`).
pub(crate) async fn new(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Query(query): Query<Values>,
) -> Result<Response, Failure> {
    let proposed = match asked(&query, "from") {
        Some(document) => visitor.app.proposed_opinion(&visitor.session, &id, &DocumentId::from(document)).await?,
        None => ProposedOpinion::default(),
    };
    let mut values = typed::values_of(&proposed.opinion);
    values.insert("left".to_owned(), proposed.left.join("\n"));
    show(&visitor, &id, None, &values, None).await
}

/// `/cases/{case}/compare/opinions/{opinion}`
pub(crate) async fn page(
    visitor: Visitor,
    Path((id, opinion)): Path<(CaseId, OpinionId)>,
) -> Result<Response, Failure> {
    let case = visitor.case(&id).await?;
    let view = case.seen_by(visitor.session.audience);
    let held = view.opinions().into_iter().find(|held| held.id == opinion);
    let held = held.ok_or_else(|| AppError::from(Refusal::new("refusal-opinion-unknown").with("id", &opinion)))?;
    let mut values = typed::values_of(&held.opinion);
    values.insert("as_of".to_owned(), words_stamp(&held.opinion));
    show(&visitor, &id, Some(&opinion), &values, None).await
}

/// Writes a new opinion down.
pub(crate) async fn write(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    keep(&visitor, &id, None, values).await
}

/// Writes an opinion anew, seals it, opens it or takes it back.
pub(crate) async fn say(
    visitor: Visitor,
    Path((id, opinion)): Path<(CaseId, OpinionId)>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let (app, session) = (&visitor.app, &visitor.session);
    let done = match value(&values, "act") {
        "remove" => app.remove_opinion(session, &id, &opinion).await,
        "seal" => app.seal_opinion(session, &id, &opinion, true).await,
        "open" => app.seal_opinion(session, &id, &opinion, false).await,
        _ => return keep(&visitor, &id, Some(&opinion), values).await,
    };
    done?;
    Ok(Redirect::to(&format!("/cases/{id}/compare#opinions")).into_response())
}

async fn keep(
    visitor: &Visitor,
    id: &CaseId,
    over: Option<&OpinionId>,
    mut values: Values,
) -> Result<Response, Failure> {
    if asks_for_more(&mut values) {
        return show(visitor, id, over, &values, None).await;
    }
    let kept = match typed::opinion(&values) {
        Ok(opinion) => {
            let over = over.map(|id| Over { id, as_of: Some(value(&values, "as_of")) });
            visitor.app.record_opinion(&visitor.session, id, over, &opinion).await
        }
        Err(refusal) => Err(refusal.into()),
    };
    match visitor.told(kept)? {
        Ok(_) => Ok(Redirect::to(&format!("/cases/{id}/compare")).into_response()),
        Err(sentence) => show(visitor, id, over, &values, Some(sentence)).await,
    }
}
