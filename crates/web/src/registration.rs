//! The registration sheet: what an intake desk asks for first.

use askama::Template;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::decide::words_stamp;
use consilium_casefile::next::Stage;
use consilium_casefile::registration::Registration;
use consilium_casefile::{CaseId, CaseView};

use crate::errors::{Failure, html_refused};
use crate::forms::{AS_OF, Values, still_stands, value};
use crate::parts::{Context, Field, Typed};
use crate::shell::Shell;
use crate::web::Visitor;

#[derive(Template)]
#[template(path = "registration.html")]
pub(crate) struct RegistrationPage {
    shell: Shell,
    id: CaseId,
    as_of: String,
    address: Field,
    person: Vec<Field>,
    plan: Vec<Field>,
    others: Vec<Field>,
}

impl RegistrationPage {
    pub(crate) fn new(context: &Context<'_>, view: &CaseView<'_>, typed: &Typed) -> Self {
        let known = view.about().map(|about| about.registration.clone()).unwrap_or_default();
        Self {
            shell: Shell::of_case(context, view, "Registration", Some(Stage::Share)).refused(typed.is_refused()),
            id: view.id().clone(),
            as_of: typed.field(AS_OF, "", &words_stamp(&known)).value,
            address: typed.field("address", "Address", &known.address),
            person: vec![
                typed.field("phone", "Telephone", &known.phone),
                typed.field("email", "E-mail", &known.email),
                typed.field("language", "Language, and whether an interpreter is wanted", &known.language),
                typed.field("emergency_contact", "Whom to call, with telephone", &known.emergency_contact),
            ],
            plan: vec![
                typed.field("plan", "Health plan", &known.plan),
                typed.field("member", "Member number on the card", &known.member),
                typed.field("group", "Group number on the card", &known.group),
                typed.field("plan_phone", "Telephone on the back of the card", &known.plan_phone),
            ],
            others: vec![
                typed.field(
                    "referring_doctor",
                    "Doctor who sends you, with telephone and fax",
                    &known.referring_doctor,
                ),
                typed.field("signer", "Who signs, where it is not the patient", &known.signer),
                typed
                    .field("authority", "By what authority", &known.authority)
                    .hint("Such as health care proxy, court-appointed guardian, or parent of a minor."),
            ],
        }
    }
}

async fn show(visitor: &Visitor, id: &CaseId, typed: Typed) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    html_refused(&visitor.look(|context| RegistrationPage::new(context, &view, &typed)), typed.is_refused())
}

/// `/cases/{case}/registration`
pub(crate) async fn page(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    show(&visitor, &id, Typed::default()).await
}

/// States it.
pub(crate) async fn state(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let of = |name: &str| value(&values, name).to_owned();
    let registration = Registration {
        address: of("address"),
        phone: of("phone"),
        email: of("email"),
        language: of("language"),
        plan: of("plan"),
        member: of("member"),
        group: of("group"),
        plan_phone: of("plan_phone"),
        referring_doctor: of("referring_doctor"),
        emergency_contact: of("emergency_contact"),
        signer: of("signer"),
        authority: of("authority"),
    };
    let case = visitor.case(&id).await?;
    let known = case.seen_by(visitor.session.audience).about().map(|about| about.registration.clone());
    let done = match still_stands(&values, &known.unwrap_or_default()) {
        Ok(()) => visitor.app.state_registration(&visitor.session, &id, registration).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(Redirect::to(&format!("/cases/{id}/share#registration")).into_response()),
        Err(error) => {
            let field = |key: &str| if key == "refusal-authority-missing" { "authority" } else { "address" };
            let typed = visitor.refused(error, values, field)?;
            show(&visitor, &id, typed).await
        }
    }
}
