//! One request: its clock, its letters, what was said about it, and how it ended.

use askama::Template;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::AppError;
use consilium_app::dates::typed_day;
use consilium_app::gather::NewContact;
use consilium_casefile::gather::requests::{Ending, HeldRequest, LetterKind, corrected_by};
use consilium_casefile::next::Stage;
use consilium_casefile::shared::clock::days_after;
use consilium_casefile::shared::contact::Contact;
use consilium_casefile::{CaseId, CaseView, ContactId, Message, PartialDate, Refusal, RequestId};

use super::{ClockView, HolderRow, clock, holder_row, pdf, stands};
use crate::errors::{Failure, html_refused};
use crate::forms::{Values, choices, value};
use crate::parts::{Choice, Context, Field, Typed, When, Word};
use crate::shell::Shell;
use crate::web::Visitor;

struct ContactRow {
    on: When,
    how: String,
    with: String,
    said: String,
    promised: String,
    reference: String,
    corrected: bool,
    corrects: bool,
}

struct LetterRow {
    address: String,
    label: String,
}

#[derive(Template)]
#[template(path = "request.html")]
pub(crate) struct RequestPage {
    shell: Shell,
    id: CaseId,
    request: RequestId,
    holder: String,
    department: String,
    reach: Option<HolderRow>,
    items: Vec<String>,
    state: Word,
    needed_by: Option<When>,
    route: String,
    how: String,
    sent: Option<(When, String)>,
    clock: Option<ClockView>,
    extended: Option<(When, String)>,
    may_extend: Option<When>,
    letters: Vec<LetterRow>,
    contacts: Vec<ContactRow>,
    ended: Option<(When, String)>,
    is_open: bool,
    open_sent: bool,
    open_note: bool,
    open_extend: bool,
    open_end: bool,
    sent_on: Field,
    sent_how: Field,
    on: Field,
    at: Field,
    how_said: Field,
    with: Field,
    said: Field,
    promised: Field,
    reference: Field,
    corrects: Field,
    contact_choices: Vec<Choice>,
    until: Field,
    reason: Field,
    ending: Field,
    endings: Vec<Choice>,
    ended_on: Field,
    ending_note: Field,
}

impl RequestPage {
    pub(crate) fn new(context: &Context<'_>, view: &CaseView<'_>, held: &HeldRequest, typed: &Typed) -> Self {
        let (id, request, today) = (view.id(), &held.request, context.now.date());
        let requests = view.requests().cloned().unwrap_or_default();
        let holder = requests.holders.get(&request.holder);
        let route = context.knowledge.gathering.route(&request.route);
        let this_day = today.to_string();
        let letters = held.letters(context.knowledge, today).into_iter().map(|kind| LetterRow {
            address: format!("/cases/{id}/requests/{}/letters/{}", request.id, kind.name()),
            label: match kind {
                // Only the access rule can be held against anybody.
                LetterKind::Escalation if request.clock != "access" => {
                    (context.say)(&Message::new("letter-escalation-courtesy"))
                }
                kind => (context.say)(&kind.words()),
            },
        });
        let contact = |c: &Contact| ContactRow {
            on: When::from(c.on),
            how: if c.at.is_empty() { c.how.clone() } else { format!("{}, {}", c.how, c.at) },
            with: c.with.clone(),
            said: c.said.clone(),
            promised: c.promised.clone(),
            reference: c.reference.clone(),
            corrected: corrected_by(&held.contacts, &c.id).is_some(),
            corrects: c.corrects.is_some(),
        };
        let may_extend = held.running().filter(|_| held.extended.is_none() && request.extension_days > 0);
        let sent_on = typed.field("sent_on", "The day they received it", &this_day);
        let said = typed.field("said", "What was said, word for word where it matters", "");
        let until = typed.field("until", "Until when", "");
        let ending_note = typed.field("ending_note", "In words", "");
        let ending = typed.field("ending", "How it ended", "fulfilled");
        let of = |fields: &[&Field]| fields.iter().any(|f| f.refusal.is_some());
        let (on, reason, ended_on) = (
            typed.field("on", "Day", &this_day),
            typed.field("reason", "The reason they gave", ""),
            typed.field("ended_on", "Day", &this_day),
        );
        let none = Choice { value: String::new(), label: "None: this is a new note".to_owned(), chosen: true };
        let earlier = held.contacts.iter().map(|c| Choice {
            value: c.id.to_string(),
            label: format!(
                "{}, {}: {}",
                PartialDate::Day(c.on).human(),
                c.how,
                c.said.chars().take(40).collect::<String>()
            ),
            chosen: false,
        });
        Self {
            shell: Shell::of_case(context, view, "Request", Some(Stage::Gather)).refused(typed.is_refused()),
            id: id.clone(),
            request: request.id.clone(),
            holder: holder.map(|h| h.name.clone()).unwrap_or_default(),
            department: (context.say)(&request.department.words()),
            reach: holder.map(|h| holder_row(context, h)).filter(|h| !h.departments.is_empty()),
            items: held.asked_for(context.knowledge),
            state: stands(context, held),
            needed_by: request.needed_by.map(When::from),
            route: route.map(|r| r.label.clone()).unwrap_or_default(),
            how: route.map(|r| r.how.clone()).unwrap_or_default(),
            sent: held.sent.as_ref().map(|(on, how)| (When::from(*on), how.clone())),
            clock: clock(context, held),
            extended: held.extended.as_ref().map(|(until, why)| (When::from(*until), why.clone())),
            may_extend: may_extend.map(|clock| When::from(days_after(clock.until, request.extension_days))),
            letters: letters.collect(),
            contacts: held.contacts.iter().map(contact).collect(),
            ended: held.ended.as_ref().map(|(on, _, note)| (When::from(*on), note.clone())),
            is_open: held.is_open(),
            open_sent: of(&[&sent_on]),
            open_note: of(&[&said, &on]),
            open_extend: of(&[&until, &reason]),
            open_end: of(&[&ending_note, &ended_on]),
            sent_on: sent_on.hint("The time counts from this day. Where you do not know it, give the day you sent it."),
            sent_how: typed.field("sent_how", "How", "fax").hint("Such as fax, mail, portal or in person."),
            on,
            at: typed.field("at", "Time, with the time zone", ""),
            how_said: typed.field("how", "How", "call").hint("Such as call, letter, fax, portal, visit or e-mail."),
            with: typed.field("with", "With whom", ""),
            said,
            promised: typed.field("promised", "What they promised, and by when", ""),
            reference: typed.field("reference", "Reference number", ""),
            corrects: typed.field("corrects", "Does this correct an earlier note?", ""),
            contact_choices: std::iter::once(none).chain(earlier).collect(),
            until,
            reason,
            endings: choices(
                &[("fulfilled", "Everything came"), ("denied", "They said no"), ("withdrawn", "I took it back")],
                &ending.value,
            ),
            ending,
            ended_on,
            ending_note: ending_note.hint("Of a denial, write the reason they gave."),
        }
    }
}

async fn show(visitor: &Visitor, id: &CaseId, request: &RequestId, typed: Typed) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    let held = view.requests().and_then(|r| r.request(request)).ok_or(Failure::NotFound)?;
    html_refused(&visitor.look(|context| RequestPage::new(context, &view, held, &typed)), typed.is_refused())
}

/// `/cases/{case}/requests/{request}`
pub(crate) async fn request(
    visitor: Visitor,
    Path((id, request)): Path<(CaseId, RequestId)>,
) -> Result<Response, Failure> {
    show(&visitor, &id, &request, Typed::default()).await
}

/// Says what happened to a request.
pub(crate) async fn say(
    visitor: Visitor,
    Path((id, request)): Path<(CaseId, RequestId)>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let (done, field) = said(&visitor, &id, &request, &values).await;
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/cases/{id}/requests/{request}")).into_response()),
        Err(error) => {
            let typed = visitor.refused(error, values, |_| field)?;
            show(&visitor, &id, &request, typed).await
        }
    }
}

async fn said(
    visitor: &Visitor,
    id: &CaseId,
    request: &RequestId,
    values: &Values,
) -> (Result<(), AppError>, &'static str) {
    let (app, session) = (&visitor.app, &visitor.session);
    let of = |name: &str| value(values, name).to_owned();
    let day = |name: &str| typed_day(value(values, name)).map_err(AppError::from);
    match value(values, "say") {
        "sent" => match day("sent_on") {
            Ok(on) => {
                let done = app.request_sent(session, id, request, on, value(values, "sent_how")).await;
                (done.map(|_| ()), "sent_on")
            }
            Err(error) => (Err(error), "sent_on"),
        },
        "extend" => match day("until") {
            Ok(Some(until)) => {
                let done = app.request_extended(session, id, request, until, value(values, "reason")).await;
                (done.map(|_| ()), "until")
            }
            Ok(None) => (Err(Refusal::new("refusal-empty-field").with("field", "until when").into()), "until"),
            Err(error) => (Err(error), "until"),
        },
        "end" => {
            let Some(ending) = Ending::named(value(values, "ending")) else {
                return (Err(Refusal::new("refusal-empty-field").with("field", "how it ended").into()), "ending_note");
            };
            match day("ended_on") {
                Ok(on) => {
                    let note = value(values, "ending_note");
                    (app.end_request(session, id, request, on, ending, note).await.map(|_| ()), "ending_note")
                }
                Err(error) => (Err(error), "ended_on"),
            }
        }
        "reopen" => (app.reopen_request(session, id, request).await.map(|_| ()), "ending_note"),
        _ => match day("on") {
            Ok(on) => {
                let corrects = Some(of("corrects")).filter(|c| !c.is_empty()).map(ContactId);
                let new = NewContact {
                    on,
                    at: of("at"),
                    how: of("how"),
                    with: of("with"),
                    said: of("said"),
                    promised: of("promised"),
                    reference: of("reference"),
                    corrects,
                };
                (app.request_contacted(session, id, request, new).await.map(|_| ()), "said")
            }
            Err(error) => (Err(error), "on"),
        },
    }
}

/// `/cases/{case}/requests/{request}/letters/{letter}`
pub(crate) async fn letter(
    visitor: Visitor,
    Path((id, request, letter)): Path<(CaseId, RequestId, String)>,
) -> Result<Response, Failure> {
    let kind = LetterKind::named(&letter).ok_or(Failure::NotFound)?;
    let set = visitor.app.letter(&visitor.session, &id, &request, kind).await;
    let set = set.map_err(|error| visitor.failure(error))?;
    Ok(pdf(set.pdf, &format!("{letter}.pdf")))
}
