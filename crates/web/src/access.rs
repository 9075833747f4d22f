//! Who else may look: a view of one case for one audience, ended at any time.

use askama::Template;
use axum::extract::{Form, Path};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use consilium_casefile::{ActorId, Audience, CaseId, CaseView, Role, Session};

use crate::errors::{Failure, html_refused};
use crate::forms::{self, Values, value};
use crate::parts::{Choice, Context, Field, Typed};
use crate::shell::Shell;
use crate::web::Visitor;

const AUDIENCES: [(&str, &str); 3] = [
    ("helper", "Helper: where things stand, not the records"),
    ("specialist", "Specialist: the records, to read"),
    ("blind-reader", "Blind reader: the records without another clinician’s plan"),
];

struct Granted {
    id: ActorId,
    label: String,
    sees: &'static str,
}

struct Link {
    label: String,
    address: String,
}

#[derive(Template)]
#[template(path = "access.html")]
pub(crate) struct AccessPage {
    shell: Shell,
    id: CaseId,
    link: Option<Link>,
    granted: Vec<Granted>,
    label: Field,
    audience: Field,
    audiences: Vec<Choice>,
}

impl AccessPage {
    fn new(context: &Context<'_>, view: &CaseView<'_>, typed: &Typed, link: Option<Link>) -> Self {
        let access = view.about().map(|about| about.access.as_slice()).unwrap_or_default();
        let audience = typed.field("audience", "What they may see", "helper");
        Self {
            shell: Shell::of_case(context, view, "Who else may look", None).refused(typed.is_refused()),
            id: view.id().clone(),
            link,
            granted: access
                .iter()
                .map(|a| Granted { id: a.id.clone(), label: a.label.clone(), sees: sees(a.audience) })
                .collect(),
            label: typed.field("label", "Who is it for?", "").hint("What you call them, such as “my daughter”."),
            audiences: forms::choices(&AUDIENCES, &audience.value),
            audience,
        }
    }
}

fn sees(audience: Audience) -> &'static str {
    AUDIENCES.iter().find(|(name, _)| *name == audience.name()).map_or("everything", |(_, label)| label)
}

async fn show(visitor: &Visitor, id: &CaseId, typed: Typed, link: Option<Link>) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    let refused = typed.is_refused();
    html_refused(&visitor.look(|context| AccessPage::new(context, &view, &typed, link)), refused)
}

/// `/cases/{case}/access`
pub(crate) async fn page(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    show(&visitor, &id, Typed::default(), None).await
}

/// Gives a view, and shows its link once.
pub(crate) async fn grant(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    headers: HeaderMap,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let audience = Audience::named(value(&values, "audience")).unwrap_or(Audience::Owner);
    match visitor.app.grant_access(&visitor.session, &id, value(&values, "label"), audience).await {
        Ok(access) => {
            let session = Session {
                actor: access.id,
                role: match access.audience {
                    Audience::Helper => Role::Caregiver,
                    _ => Role::Specialist,
                },
                audience: access.audience,
                only_case: Some(id.clone()),
            };
            let token = visitor.web.sessions().token(session);
            // The door has checked that this is one of our own names.
            let host = headers.get("host").and_then(|h| h.to_str().ok()).unwrap_or("127.0.0.1");
            let address = format!("http://{host}/login?token={token}");
            show(&visitor, &id, Typed::default(), Some(Link { label: access.label, address })).await
        }
        Err(error) => {
            let typed = visitor.refused(error, values, |_| "label")?;
            show(&visitor, &id, typed, None).await
        }
    }
}

/// Ends a view at once.
pub(crate) async fn withdraw(
    visitor: Visitor,
    Path((id, access)): Path<(CaseId, ActorId)>,
) -> Result<Response, Failure> {
    let withdrawn = visitor.app.withdraw_access(&visitor.session, &id, &access).await;
    withdrawn.map_err(|error| visitor.failure(error))?;
    visitor.web.sessions().end_all_of(&access);
    Ok(Redirect::to(&format!("/cases/{id}/access")).into_response())
}
