//! Requests: the contact book, what was asked of whom, one request with its clock, letters and notes.

use askama::Template;
use axum::extract::{Form, Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::AppError;
use consilium_app::dates::typed_date;
use consilium_app::gather::{NewContact, NewRequest};
use consilium_casefile::gather::requests::{Ending, HeldRequest, LetterKind, corrected_by};
use consilium_casefile::knowledge::{ClockRule, Department};
use consilium_casefile::next::Stage;
use consilium_casefile::shared::clock::{Standing, days_after};
use consilium_casefile::shared::contact::Reach;
use consilium_casefile::{CaseId, CaseView, ContactId, HolderId, Message, PartialDate, Refusal, RequestId};
use jiff::civil::Date;

use crate::errors::{Failure, html_refused};
use crate::forms::{Values, asked, value};
use crate::parts::{Choice, Context, Field, Typed, When, Word, encoded};
use crate::shell::Shell;
use crate::web::Visitor;

/// A full day from a form; empty is none.
pub(crate) fn typed_day(text: &str) -> Result<Option<Date>, Refusal> {
    match typed_date(text)?.map(PartialDate::day) {
        None => Ok(None),
        Some(Some(day)) => Ok(Some(day)),
        Some(None) => Err(Refusal::new("refusal-date-day")),
    }
}

pub(crate) fn date(day: Date) -> When {
    When::from(PartialDate::Day(day))
}

/// The clock of a request in words: what runs, since when, until when, by which rule.
struct ClockView {
    word: Word,
    since: When,
    until: When,
    left: String,
    rule: String,
    reminder: Option<When>,
}

fn clock(context: &Context<'_>, held: &HeldRequest) -> Option<ClockView> {
    let (clock, today) = (held.running()?, context.now.date());
    let rule: Option<&ClockRule> = context.knowledge.gathering.clock(&held.request.clock);
    let left = match clock.days_left(today) {
        0 => "It ends today.".to_owned(),
        1 => "1 day is left.".to_owned(),
        left if left > 1 => format!("{left} days are left."),
        -1 => "It ended yesterday.".to_owned(),
        late => format!("It ended {} days ago.", -late),
    };
    Some(ClockView {
        word: match clock.standing(today) {
            Standing::Running => Word::new("waiting", "wait"),
            Standing::EndsSoon => Word::new("ends soon", "wait"),
            Standing::Overdue => Word::new("overdue", "gap"),
        },
        since: date(clock.since),
        until: date(clock.until),
        left,
        rule: rule.map_or_else(String::new, |rule| match (rule.rule.is_empty(), rule.confirmed) {
            (false, true) => format!("{} days by {}. {}", held.request.days, rule.rule, rule.note),
            (false, false) => format!("{} days by {} (unconfirmed). {}", held.request.days, rule.rule, rule.note),
            (true, _) => rule.note.clone(),
        }),
        reminder: clock.reminder_due(today).map(date),
    })
}

fn stands(context: &Context<'_>, held: &HeldRequest) -> Word {
    match (clock(context, held), &held.ended, &held.sent) {
        (Some(clock), ..) => clock.word,
        (None, Some((_, Ending::Fulfilled, _)), _) => Word::new("fulfilled", "done"),
        (None, Some((_, Ending::Denied, _)), _) => Word::new("denied", "cross"),
        (None, Some((_, Ending::Withdrawn, _)), _) => Word::new("taken back", "cross"),
        (None, None, Some(_)) => Word::new("sent", "wait"),
        (None, None, None) => Word::new("not sent yet", "ask"),
    }
}

fn department_words(context: &Context<'_>, department: Department) -> String {
    (context.say)(&Message::new(&format!("department-{}", department.name())))
}

fn items(context: &Context<'_>, held: &HeldRequest) -> Vec<String> {
    let label = |id: &String| context.knowledge.gathering.requirement(id).map(|r| r.label.clone());
    held.request.requirements.iter().filter_map(label).chain(held.request.items.iter().cloned()).collect()
}

struct Row {
    address: String,
    holder: String,
    department: String,
    items: String,
    state: Word,
    until: Option<When>,
}

struct HolderRow {
    id: String,
    name: String,
    departments: Vec<(String, String)>,
    said: Vec<String>,
}

#[derive(Template)]
#[template(path = "requests.html")]
pub(crate) struct RequestsPage {
    shell: Shell,
    id: CaseId,
    open: Vec<Row>,
    ended: Vec<Row>,
    holders: Vec<HolderRow>,
    proposed: Vec<String>,
    open_form: bool,
    name: Field,
    department: Field,
    departments: Vec<Choice>,
    phone: Field,
    fax: Field,
    email: Field,
    portal: Field,
    address: Field,
    hours: Field,
    said_by: Field,
    said_on: Field,
}

fn departments(context: &Context<'_>, chosen: &str, with_person: bool) -> Vec<Choice> {
    let of = |d: &Department| with_person || *d != Department::Patient;
    let choice = |d: Department| Choice {
        value: d.name().to_owned(),
        label: department_words(context, d),
        chosen: d.name() == chosen,
    };
    Department::ALL.into_iter().filter(of).map(choice).collect()
}

/// Facilities that records name and that the contact book does not hold.
fn proposed(context: &Context<'_>, view: &CaseView<'_>) -> Vec<String> {
    let Some(requests) = view.requests() else { return Vec::new() };
    let of_documents =
        view.documents(context.knowledge).into_iter().filter(|d| !d.removed).filter_map(|d| d.facility());
    let of_studies =
        view.studies().into_iter().filter(|s| !s.removed).filter_map(|s| s.study.facts.institution.as_deref());
    let mut names: Vec<String> = of_documents.chain(of_studies).map(str::to_owned).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| !requests.holders.values().any(|h| h.name.eq_ignore_ascii_case(name)));
    names
}

fn holder_row(context: &Context<'_>, holder: &consilium_casefile::shared::contact::Holder) -> HolderRow {
    let reach = |(department, reach): &(Department, Reach)| {
        let address = reach.address.replace('\n', ", ");
        let labelled = [
            ("telephone ", &reach.phone),
            ("fax ", &reach.fax),
            ("", &reach.email),
            ("", &reach.portal),
            ("", &address),
            ("", &reach.hours),
        ];
        let parts = labelled.iter().filter(|(_, part)| !part.is_empty()).map(|(label, part)| format!("{label}{part}"));
        (department_words(context, *department), parts.collect::<Vec<_>>().join(" · "))
    };
    let said = holder.departments.iter().filter(|(_, reach)| !reach.said_by.is_empty()).map(|(_, reach)| {
        let on = reach.said_on.map(|on| format!(", {}", PartialDate::Day(on).human())).unwrap_or_default();
        format!("{}{on}", reach.said_by)
    });
    HolderRow {
        id: holder.id.to_string(),
        name: holder.name.clone(),
        departments: holder.departments.iter().map(reach).collect(),
        said: said.collect(),
    }
}

impl RequestsPage {
    pub(crate) fn new(context: &Context<'_>, view: &CaseView<'_>, typed: &Typed, edit: Option<&HolderId>) -> Self {
        let requests = view.requests().cloned().unwrap_or_default();
        let row = |held: &HeldRequest| Row {
            address: format!("/cases/{}/requests/{}", view.id(), held.request.id),
            holder: requests.holders.get(&held.request.holder).map(|h| h.name.clone()).unwrap_or_default(),
            department: department_words(context, held.request.department),
            items: items(context, held).join("; "),
            state: stands(context, held),
            until: held.running().map(|clock| date(clock.until)),
        };
        let rows = |open: bool| requests.requests.iter().rev().filter(|r| r.is_open() == open).map(row).collect();
        let edited = edit.and_then(|id| requests.holders.get(id));
        let known = |part: fn(&Reach) -> &str| {
            edited.and_then(|h| h.departments.first()).map(|(_, reach)| part(reach)).unwrap_or_default()
        };
        let department = edited.and_then(|h| h.departments.first()).map_or("records", |(d, _)| d.name());
        let department = typed.field("department", "Department", department);
        Self {
            shell: Shell::of_case(context, view, "Requests", Some(Stage::Gather)).refused(typed.is_refused()),
            id: view.id().clone(),
            open: rows(true),
            ended: rows(false),
            holders: requests.holders.values().map(|h| holder_row(context, h)).collect(),
            proposed: proposed(context, view),
            open_form: typed.is_refused() || edit.is_some(),
            name: typed.field("name", "Name of the hospital, laboratory or center", edited.map_or("", |h| &h.name)),
            departments: departments(context, &department.value, false),
            department,
            phone: typed.field("phone", "Telephone", known(|r| &r.phone)),
            fax: typed.field("fax", "Fax", known(|r| &r.fax)),
            email: typed.field("email", "E-mail", known(|r| &r.email)),
            portal: typed.field("portal", "Portal or web page", known(|r| &r.portal)),
            address: typed.field("address", "Postal address", known(|r| &r.address)),
            hours: typed.field("hours", "Hours", known(|r| &r.hours)),
            said_by: typed.field("said_by", "Who told you this", known(|r| &r.said_by)),
            said_on: typed.field("said_on", "When", "").hint("Such as 14 March 2026. Details go stale."),
        }
    }
}

async fn show_all(visitor: &Visitor, id: &CaseId, typed: Typed, edit: Option<&HolderId>) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    html_refused(&visitor.look(|context| RequestsPage::new(context, &view, &typed, edit)), typed.is_refused())
}

/// `/cases/{case}/requests`
pub(crate) async fn page(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Query(query): Query<Values>,
) -> Result<Response, Failure> {
    let edit = asked(&query, "edit").map(HolderId::from);
    show_all(&visitor, &id, Typed::default(), edit.as_ref()).await
}

/// Puts a holder into the contact book, or tells one anew.
pub(crate) async fn state_holder(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let of = |name: &str| value(&values, name).to_owned();
    let case = visitor.case(&id).await?;
    let said = typed_day(value(&values, "said_on"));
    let known = visitor.app.holder_named(&case, value(&values, "name")).ok();
    let done = match (said, Department::named(value(&values, "department"))) {
        (Err(refusal), _) => Err(AppError::from(refusal)),
        (Ok(said_on), department) => {
            let reach = Reach {
                phone: of("phone"),
                fax: of("fax"),
                email: of("email"),
                portal: of("portal"),
                address: of("address"),
                hours: of("hours"),
                said_by: of("said_by"),
                said_on,
            };
            let department = department.filter(|_| !reach.is_empty() || !reach.hours.is_empty()).map(|d| (d, reach));
            let (session, name) = (&visitor.session, value(&values, "name"));
            visitor.app.state_holder(session, &id, known.as_ref(), name, department).await
        }
    };
    match done {
        Ok(_) => Ok(Redirect::to(&format!("/cases/{id}/requests#book")).into_response()),
        Err(error) => {
            let field = |key: &str| if key.starts_with("refusal-date") { "said_on" } else { "name" };
            let typed = visitor.refused(error, values, field)?;
            show_all(&visitor, &id, typed, None).await
        }
    }
}

struct RouteChoice {
    id: String,
    label: String,
    how: String,
    time: String,
    chosen: bool,
}

struct LineChoice {
    id: String,
    label: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "new_request.html")]
pub(crate) struct NewRequestPage {
    shell: Shell,
    id: CaseId,
    department: &'static str,
    department_words: String,
    others: Vec<(String, String)>,
    holder: Field,
    holders: Vec<Choice>,
    new_holder: Field,
    lines: Vec<LineChoice>,
    items: Field,
    routes: Vec<RouteChoice>,
    route_refusal: Option<String>,
    needed_by: Field,
    days_left: Option<i32>,
}

impl NewRequestPage {
    pub(crate) fn new(
        context: &Context<'_>,
        view: &CaseView<'_>,
        list: &consilium_casefile::gather::checklist::Checklist,
        department: Department,
        values: &Values,
        typed: &Typed,
    ) -> Self {
        let (id, today) = (view.id(), context.now.date());
        let needed_by = list.needed_by;
        let days_left = needed_by.map(|day| consilium_casefile::shared::clock::days_between(today, day));
        let is_line = |id: &str| value(values, "line") == id || value(values, &format!("line-{id}")) == "yes";
        let open =
            |item: &&consilium_casefile::gather::checklist::Item| item.department == department && !item.is_ready();
        let lines = list.items.iter().filter(open).map(|item| LineChoice {
            id: item.requirement.clone(),
            label: item.label.clone(),
            chosen: is_line(&item.requirement),
        });
        let chosen_route = value(values, "route");
        let of_department: Vec<_> =
            context.knowledge.gathering.routes.iter().filter(|r| r.departments.contains(&department)).collect();
        let routes = of_department.into_iter().map(|route| {
            let late = needed_by.is_some_and(|day| days_after(today, route.days) > day);
            let late = if late { ": too late for the day it is needed by" } else { "" };
            RouteChoice {
                id: route.id.clone(),
                label: route.label.clone(),
                how: route.how.clone(),
                time: match route.days {
                    0 | 1 => format!("about a day{late}"),
                    days => format!("about {days} days{late}"),
                },
                chosen: route.id == chosen_route,
            }
        });
        let mut routes: Vec<RouteChoice> = routes.collect();
        if !routes.iter().any(|r| r.chosen)
            && let Some(first) = routes.first_mut()
        {
            first.chosen = true;
        }
        let holder = typed.field("holder", "Who holds the records", value(values, "holder"));
        let none = Choice {
            value: String::new(),
            label: "Somebody new, named below".to_owned(),
            chosen: holder.value.is_empty(),
        };
        let listed = view.requests().into_iter().flat_map(|r| r.holders.values()).map(|h| Choice {
            value: h.id.to_string(),
            label: h.name.clone(),
            chosen: h.id.as_str() == holder.value,
        });
        let probable = list.items.iter().find(|i| is_line(&i.requirement)).and_then(|i| i.holder.as_ref());
        let probable = probable.filter(|h| h.id.is_none()).map_or("", |h| &h.name);
        let others = Department::ALL.into_iter().filter(|d| *d != department && *d != Department::Patient);
        Self {
            shell: Shell::of_case(context, view, "Ask for records", Some(Stage::Gather)).refused(typed.is_refused()),
            id: id.clone(),
            department: department.name(),
            department_words: department_words(context, department),
            others: others
                .map(|d| (format!("/cases/{id}/requests/new?department={}", d.name()), department_words(context, d)))
                .collect(),
            holders: std::iter::once(none).chain(listed).collect(),
            holder,
            new_holder: typed
                .field("new_holder", "Name of somebody new", probable)
                .hint("The hospital, laboratory or practice. Goes into the contact book."),
            lines: lines.collect(),
            items: typed.field("items", "What else to ask for, one line each", "").hint(
                "Such as: CT of the chest, 3 May 2026, all series as DICOM. Precise requests are answered sooner.",
            ),
            routes,
            route_refusal: typed.field("route", "", "").refusal,
            needed_by: typed
                .field("needed_by", "Needed by", &needed_by.map(|d| d.to_string()).unwrap_or_default())
                .hint("Counted back from the planned start of treatment. You may change it."),
            days_left,
        }
    }
}

async fn show_new(visitor: &Visitor, id: &CaseId, values: &Values, typed: Typed) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let list = visitor.app.checklist_of(&visitor.session, &case, None).await?;
    let department = Department::named(value(values, "department")).unwrap_or(Department::Records);
    let view = case.seen_by(visitor.session.audience);
    let page = visitor.look(|context| NewRequestPage::new(context, &view, &list, department, values, &typed));
    html_refused(&page, typed.is_refused())
}

/// `/cases/{case}/requests/new`
pub(crate) async fn new(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Query(query): Query<Values>,
) -> Result<Response, Failure> {
    show_new(&visitor, &id, &query, Typed::default()).await
}

/// Writes the request.
pub(crate) async fn write(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    match written(&visitor, &id, &values).await {
        Ok(request) => Ok(Redirect::to(&format!("/cases/{id}/requests/{request}")).into_response()),
        Err(error) => {
            let field = |key: &str| match key {
                "refusal-holder-unknown" | "refusal-holder-known" | "refusal-empty-field" => "new_holder",
                "refusal-route-unknown" | "refusal-route-other-department" => "route",
                "refusal-date" | "refusal-date-day" | "refusal-date-two-ways" => "needed_by",
                _ => "items",
            };
            let typed = visitor.refused(error, values.clone(), field)?;
            show_new(&visitor, &id, &values, typed).await
        }
    }
}

async fn written(visitor: &Visitor, id: &CaseId, values: &Values) -> Result<RequestId, AppError> {
    let (app, session) = (&visitor.app, &visitor.session);
    let needed_by = typed_day(value(values, "needed_by"))?;
    let department = Department::named(value(values, "department")).unwrap_or(Department::Records);
    let mut requirements: Vec<String> = values
        .iter()
        .filter(|(_, said)| *said == "yes")
        .filter_map(|(name, _)| name.strip_prefix("line-").map(str::to_owned))
        .collect();
    requirements.sort_unstable();
    let new = NewRequest {
        requirements,
        items: value(values, "items").to_owned(),
        route: value(values, "route").to_owned(),
        needed_by,
    };
    let holder = match value(values, "holder") {
        "" => {
            let case = app.case(session, id).await?;
            match app.holder_named(&case, value(values, "new_holder")) {
                Ok(known) => known,
                Err(_) => app.state_holder(session, id, None, value(values, "new_holder"), None).await?.1,
            }
        }
        known => HolderId::from(known),
    };
    Ok(app.draft_request(session, id, &holder, department, &new).await?.1)
}

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
            label: (context.say)(&Message::new(&format!("letter-{}", kind.name()))),
        });
        let contact = |c: &consilium_casefile::shared::contact::Contact| ContactRow {
            on: date(c.on),
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
            department: department_words(context, request.department),
            reach: holder.map(|h| holder_row(context, h)).filter(|h| !h.departments.is_empty()),
            items: items(context, held),
            state: stands(context, held),
            needed_by: request.needed_by.map(date),
            route: route.map(|r| r.label.clone()).unwrap_or_default(),
            how: route.map(|r| r.how.clone()).unwrap_or_default(),
            sent: held.sent.as_ref().map(|(on, how)| (date(*on), how.clone())),
            clock: clock(context, held),
            extended: held.extended.as_ref().map(|(until, why)| (date(*until), why.clone())),
            may_extend: may_extend.map(|clock| date(days_after(clock.until, request.extension_days))),
            letters: letters.collect(),
            contacts: held.contacts.iter().map(contact).collect(),
            ended: held.ended.as_ref().map(|(on, _, note)| (date(*on), note.clone())),
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
            endings: crate::forms::choices(
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

/// A PDF to look at or save.
pub(crate) fn pdf(bytes: Vec<u8>, name: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{}\"", encoded(name))),
    ];
    (headers, bytes).into_response()
}

/// `/cases/{case}/calendar.ics`
pub(crate) async fn calendar(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    let calendar = visitor.app.gather_calendar(&visitor.session, &id).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"consilium.ics\""),
    ];
    Ok((headers, calendar).into_response())
}
