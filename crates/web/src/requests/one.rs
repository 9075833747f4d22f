//! One request: its clock, its letters, what was said about it, and how it ended.

use askama::Template;
use axum::extract::{Form, Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::AppError;
use consilium_app::dates::typed_day;
use consilium_app::gather::{LetterMoment, NewContact, NewSentLetter};
use consilium_casefile::gather::checklist::{all_came, checklist};
use consilium_casefile::gather::requests::{Ending, HeldRequest, LetterKind, corrected_by};
use consilium_casefile::knowledge::ClockRule;
use consilium_casefile::next::Stage;
use consilium_casefile::shared::clock::days_after;
use consilium_casefile::shared::contact::Contact;
use consilium_casefile::{CaseId, CaseView, ContactId, LetterId, Message, PartialDate, Refusal, RequestId};

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

/// A letter that was sent.
struct SentRow {
    id: String,
    address: String,
    title: String,
    on: When,
    how: String,
    to: String,
    received: Option<When>,
    mail: Option<(u32, When)>,
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
    /// Whether that day has passed.
    needed_passed: bool,
    needed_on: Field,
    open_needed: bool,
    /// The day since which its time runs, as the page shows it.
    since: String,
    /// Other ways, while nothing was sent.
    ways: Vec<Choice>,
    way: Field,
    route: String,
    how: String,
    sent: Option<(When, String)>,
    clock: Option<ClockView>,
    extended: Option<(When, String)>,
    noticed_on: Option<When>,
    /// Their extension does not hold: their notice came too late, or it reaches too far.
    extension_fails: bool,
    /// Everything it asks for is here, and nobody said that it ended.
    came: bool,
    may_extend: Option<When>,
    letters: Vec<LetterRow>,
    sent_letters: Vec<SentRow>,
    /// Of when the letters of this page are: the entry and the day.
    head: String,
    day: String,
    unprintable: Option<String>,
    /// Whether the person's address or telephone is not stated, for which the letters have a place.
    unreachable: bool,
    /// Whether no centre is named, so that there can be no authorization yet.
    no_center: bool,
    letter_kinds: Vec<Choice>,
    letter_kind: Field,
    letter_on: Field,
    letter_how: Field,
    letter_to: Field,
    letter_received: Field,
    noticed: Field,
    open_letter: bool,
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
    pub(crate) fn new(
        context: &Context<'_>,
        view: &CaseView<'_>,
        held: &HeldRequest,
        typed: &Typed,
        unprintable: Option<String>,
    ) -> Self {
        let (id, request, today) = (view.id(), &held.request, context.now.date());
        let requests = view.requests().cloned().unwrap_or_default();
        let holder = requests.holders.get(&request.holder);
        let route = context.knowledge.gathering.route(&request.route);
        let this_day = today.to_string();
        let gathering = &context.knowledge.gathering;
        let asked = gathering.asked(&request.requirements);
        let way = typed.field("route", "Which way it goes", &request.route);
        let not_sent = held.is_open() && held.sent.is_none() && held.sent_letters().next().is_none();
        let ways = gathering.ways(request.department, &asked).into_iter().filter(|_| not_sent).map(|way| Choice {
            value: way.id.clone(),
            label: way.label.clone(),
            chosen: way.id == request.route,
        });
        let ways: Vec<Choice> = ways.collect();
        // The page that is looked at is the one that is kept when it was sent.
        let (head, day) = (view.head().seq, today);
        let label = |kind: LetterKind| match kind {
            // Only the access rule can be held against anybody.
            LetterKind::Escalation if request.clock != ClockRule::ACCESS => {
                (context.say)(&Message::new("letter-escalation-courtesy"))
            }
            kind => (context.say)(&kind.words()),
        };
        let mut kinds = held.letters(context.knowledge, today);
        let no_center = view.center().is_none();
        kinds.retain(|kind| *kind != LetterKind::Authorization || !no_center);
        let registration = view.registration();
        let came = held.running().is_some() && {
            let list = checklist(view, None, context.knowledge, today);
            all_came(view, &list, context.knowledge, held, today)
        };
        // No letter says that what is here did not come.
        let is_true = |kind: &&LetterKind| !came || !matches!(kind, LetterKind::Reminder | LetterKind::Escalation);
        let letters = kinds.iter().filter(is_true).map(|kind| LetterRow {
            address: format!("/cases/{id}/requests/{}/letters/{}?head={head}&day={day}", request.id, kind.name()),
            label: label(*kind),
        });
        let sent_letters = held.sent_letters().map(|letter| SentRow {
            id: letter.id.to_string(),
            address: format!("/cases/{id}/requests/{}/sent/{}", request.id, letter.id),
            title: letter.title.clone(),
            on: When::from(letter.on),
            how: letter.how.clone(),
            to: letter.to.clone(),
            received: letter.received.map(When::from),
            mail: (letter.mailing_days > 0).then(|| (letter.mailing_days, When::from(letter.counts_from()))),
        });
        let letter_kind = typed.field("letter", "Which letter", kinds.first().map_or("", |kind| kind.name()));
        let addressee = holder.map(|h| h.name.as_str()).unwrap_or_default();
        let addressee = format!("{addressee}, {}", (context.say)(&request.department.words()));
        let letter_on = typed.field("letter_on", "The day you sent it", &this_day);
        let letter_how = typed.field("letter_how", "How", "fax");
        let letter_to = typed.field("letter_to", "To whom", &addressee);
        let letter_received = typed.field("letter_received", "The day they received it, if you know it", "");
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
        let may_extend = held.running().filter(|_| held.standing_extension().is_none() && request.extension_days > 0);
        let sent_on = typed.field("sent_on", "The day they received it", &this_day);
        let needed_by = view.needed_by(held, context.knowledge);
        let needed_on =
            typed.field("needed_on", "Needed by", &request.needed_by.map(|day| day.to_string()).unwrap_or_default());
        let since = held.sent.as_ref().map(|(on, _)| on.to_string()).unwrap_or_default();
        let said = typed.field("said", "What was said, word for word where it matters", "");
        let until = typed.field("until", "Until when", "");
        let noticed = typed.field("noticed", "The day of their notice", "");
        let ending_note = typed.field("ending_note", "In words", "");
        let ending = typed.field("ending", "How it ended", "fulfilled");
        let of = |fields: &[&Field]| fields.iter().any(|f| f.refusal.is_some());
        let (on, reason, ended_on) = (
            typed.field("on", "Day", &this_day),
            typed.field("reason", "The reason they gave", ""),
            typed.field("ended_on", "Day", &this_day),
        );
        let open_needed = of(&[&needed_on]);
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
            needed_by: needed_by.map(When::from),
            needed_passed: held.is_open() && needed_by.is_some_and(|day| day < today),
            needed_on: needed_on.hint("Empty: by when everything has to be at the center."),
            ways,
            way,
            route: route.map(|r| r.label.clone()).unwrap_or_default(),
            how: route.map(|r| r.how.clone()).unwrap_or_default(),
            sent: held.sent.as_ref().map(|(on, how)| (When::from(*on), how.clone())),
            clock: clock(context, held),
            extended: held.extended.as_ref().map(|(until, why)| (When::from(*until), why.clone())),
            noticed_on: held.noticed.map(When::from),
            extension_fails: held.extended.is_some() && held.sent.is_some() && held.standing_extension().is_none(),
            came,
            may_extend: may_extend.map(|clock| When::from(days_after(clock.until, request.extension_days))),
            open_extend: of(&[&until, &reason, &noticed]),
            letter_kinds: kinds
                .iter()
                .map(|kind| Choice {
                    value: kind.name().to_owned(),
                    label: label(*kind),
                    chosen: kind.name() == letter_kind.value,
                })
                .collect(),
            open_letter: of(&[&letter_kind, &letter_on, &letter_how, &letter_to, &letter_received]),
            letter_kind,
            letter_on,
            letter_how: letter_how.hint("Such as fax, mail, portal, in person or e-mail."),
            letter_to,
            letter_received: letter_received
                .hint("Leave it empty where you do not know. Days for the mail are then counted."),
            noticed: noticed.hint("It counts when it came in time, whenever you type it."),
            // After a refusal it is still the page that was looked at before.
            head: typed.field("head", "", &head.to_string()).value,
            day: typed.field("day", "", &this_day).value,
            unprintable,
            unreachable: registration.address.is_empty() || registration.phone.is_empty(),
            no_center,
            sent_letters: sent_letters.collect(),
            letters: letters.collect(),
            contacts: held.contacts.iter().map(contact).collect(),
            ended: held.ended.as_ref().map(|(on, _, note)| (When::from(*on), note.clone())),
            is_open: held.is_open(),
            open_sent: of(&[&sent_on]),
            since: typed.field("since", "", &since).value,
            open_needed,
            open_note: of(&[&said, &on]),
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
    let patient = view.person().and_then(|p| p.name).map(|name| name.display()).unwrap_or_default();
    let registration = view.registration();
    let words = [&patient, &registration.signer, &registration.address, &visitor.app.addressee(&case, held)]
        .map(String::as_str)
        .join(" ");
    let unprintable = visitor.app.unprintable_in(&words);
    let page = visitor.look(|context| RequestPage::new(context, &view, held, &typed, unprintable));
    html_refused(&page, typed.is_refused())
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
                let instead_of = value(values, "since").parse().ok();
                let done = app.request_sent(session, id, request, on, value(values, "sent_how"), instead_of).await;
                (done.map(|_| ()), "sent_on")
            }
            Err(error) => (Err(error), "sent_on"),
        },
        "needed" => match day("needed_on") {
            Ok(day) => (app.request_needed_by(session, id, request, day).await.map(|_| ()), "needed_on"),
            Err(error) => (Err(error), "needed_on"),
        },
        "route" => (app.request_route(session, id, request, value(values, "route")).await.map(|_| ()), "route"),
        "letter" => letter_said(visitor, id, request, values).await,
        "letter-back" => {
            let letter = LetterId::from(value(values, "sent"));
            (app.take_letter_back(session, id, request, &letter).await.map(|_| ()), "letter")
        }
        "extend" => match (day("until"), day("noticed")) {
            (_, Err(error)) => (Err(error), "noticed"),
            (Ok(Some(until)), Ok(noticed)) => {
                let reason = value(values, "reason");
                let done = app.request_extended(session, id, request, until, reason, noticed).await;
                (done.map(|_| ()), "until")
            }
            (Ok(None), _) => (Err(Refusal::new("refusal-empty-field").with("field", "until when").into()), "until"),
            (Err(error), _) => (Err(error), "until"),
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

/// Which letter was sent, as the page that was looked at.
async fn letter_said(
    visitor: &Visitor,
    id: &CaseId,
    request: &RequestId,
    values: &Values,
) -> (Result<(), AppError>, &'static str) {
    let Some(kind) = LetterKind::named(value(values, "letter")) else {
        return (Err(Refusal::new("refusal-empty-field").with("field", "which letter").into()), "letter");
    };
    let day = |name: &str| typed_day(value(values, name)).map_err(AppError::from);
    let (on, received) = match (day("letter_on"), day("letter_received")) {
        (Err(error), _) => return (Err(error), "letter_on"),
        (_, Err(error)) => return (Err(error), "letter_received"),
        (Ok(on), Ok(received)) => (on, received),
    };
    let of = |name: &str| value(values, name).to_owned();
    let (how, to, moment) = (of("letter_how"), of("letter_to"), moment(values));
    let new = NewSentLetter { kind, on, how, to, received, moment, file: None };
    let done = visitor.app.letter_sent(&visitor.session, id, request, new).await;
    (done.map(|_| ()), "letter_on")
}

/// Of when the letter is that was looked at.
fn moment(values: &Values) -> Option<LetterMoment> {
    let (head, day) = (value(values, "head").parse().ok()?, value(values, "day").parse().ok()?);
    Some(LetterMoment { head, day })
}

/// `/cases/{case}/requests/{request}/letters/{letter}`
pub(crate) async fn letter(
    visitor: Visitor,
    Path((id, request, letter)): Path<(CaseId, RequestId, String)>,
    Query(query): Query<Values>,
) -> Result<Response, Failure> {
    let kind = LetterKind::named(&letter).ok_or(Failure::NotFound)?;
    let set = visitor.app.letter(&visitor.session, &id, &request, kind, moment(&query)).await;
    let set = set.map_err(|error| visitor.failure(error))?;
    Ok(pdf(set.pdf, &format!("{letter}.pdf")))
}

/// `/cases/{case}/requests/{request}/sent/{sent}`
pub(crate) async fn sent_letter(
    visitor: Visitor,
    Path((id, request, sent)): Path<(CaseId, RequestId, LetterId)>,
) -> Result<Response, Failure> {
    let page = visitor.app.sent_letter(&visitor.session, &id, &request, &sent).await;
    Ok(pdf(page.map_err(|error| visitor.failure(error))?, "letter-as-sent.pdf"))
}
