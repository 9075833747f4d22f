//! Requests: the contact book and what was asked of whom. A new request is written in `new`; one request with its clock,
//! letters and notes is in `one`.

mod new;
mod one;

use askama::Template;
use axum::extract::{Form, Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::AppError;
use consilium_app::dates::typed_day;
use consilium_app::decide::words_stamp;
use consilium_casefile::gather::requests::{Ending, HeldRequest};
use consilium_casefile::knowledge::{ClockRule, Department};
use consilium_casefile::next::Stage;
use consilium_casefile::shared::clock::Standing;
use consilium_casefile::shared::contact::{Holder, Reach, Source};
use consilium_casefile::{CaseId, CaseView, HolderId, PartialDate};

use crate::errors::{Failure, html_refused};
use crate::forms::{AS_OF, Values, asked, still_stands, value};
use crate::parts::{Choice, Context, Field, Typed, When, Word, encoded};
use crate::shell::Shell;
use crate::web::Visitor;

pub(crate) use new::{new, write};
pub(crate) use one::{letter, request, say, sent_letter};

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
        since: When::from(clock.since),
        until: When::from(clock.until),
        left,
        rule: rule.map_or_else(String::new, |rule| match (rule.rule.is_empty(), rule.confirmed) {
            (false, true) => format!("{} days by {}. {}", held.request.days, rule.rule, rule.note),
            (false, false) => format!("{} days by {} (unconfirmed). {}", held.request.days, rule.rule, rule.note),
            (true, _) => rule.note.clone(),
        }),
        reminder: clock.reminder_due(today).map(When::from),
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
    departments: Vec<(String, String, Vec<String>)>,
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
    /// The stamp of the holder that is told anew; empty for a new one.
    as_of: String,
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
        label: (context.say)(&d.words()),
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

/// Who said what of a department: one sentence for each who said something, with what they said where it is not all.
fn said_of(reach: &Reach) -> Vec<String> {
    let told: Vec<(&str, Source)> = reach
        .parts()
        .into_iter()
        .filter(|(_, words)| !words.is_empty())
        .map(|(part, _)| (part, reach.source(part)))
        .collect();
    let mut sources: Vec<&Source> = Vec::new();
    for (_, source) in &told {
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    let alone = sources.len() == 1;
    let sentence = |source: &&Source| {
        let parts = told.iter().filter(|(_, said)| said == *source).map(|(part, _)| match *part {
            "phone" => "telephone",
            "email" => "e-mail",
            other => other,
        });
        let what = if alone { String::new() } else { format!("{}: ", parts.collect::<Vec<_>>().join(", ")) };
        let on = source.on.map(|on| format!(", {}", PartialDate::Day(on).human())).unwrap_or_default();
        let by = match source.by.as_str() {
            "" => "it is not noted who said so".to_owned(),
            by => format!("told by {by}"),
        };
        format!("{what}{by}{on}")
    };
    let unknown = alone && sources.first().is_some_and(|source| **source == Source::default());
    if unknown { Vec::new() } else { sources.iter().map(sentence).collect() }
}

fn holder_row(context: &Context<'_>, holder: &Holder) -> HolderRow {
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
        ((context.say)(&department.words()), parts.collect::<Vec<_>>().join(" · "), said_of(reach))
    };
    HolderRow {
        id: holder.id.to_string(),
        name: holder.name.clone(),
        departments: holder.departments.iter().map(reach).collect(),
    }
}

impl RequestsPage {
    pub(crate) fn new(context: &Context<'_>, view: &CaseView<'_>, typed: &Typed, edit: Option<&HolderId>) -> Self {
        let requests = view.requests().cloned().unwrap_or_default();
        let row = |held: &HeldRequest| Row {
            address: format!("/cases/{}/requests/{}", view.id(), held.request.id),
            holder: requests.holders.get(&held.request.holder).map(|h| h.name.clone()).unwrap_or_default(),
            department: (context.say)(&held.request.department.words()),
            items: held.asked_for(context.knowledge).join("; "),
            state: stands(context, held),
            until: held.running().map(|clock| When::from(clock.until)),
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
            as_of: typed.field(AS_OF, "", &edited.map(words_stamp).unwrap_or_default()).value,
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
                ..Reach::default()
            };
            let department = department.filter(|_| !reach.is_empty() || !reach.hours.is_empty()).map(|d| (d, reach));
            let (session, name) = (&visitor.session, value(&values, "name"));
            let view = case.seen_by(session.audience);
            let holder = known.as_ref().and_then(|id| view.requests()?.holders.get(id));
            match holder.map_or(Ok(()), |holder| still_stands(&values, holder)) {
                Ok(()) => visitor.app.state_holder(session, &id, known.as_ref(), name, department).await,
                Err(error) => Err(error),
            }
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
