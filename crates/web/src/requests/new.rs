//! A new request: of whom, for which lines of the checklist, by which way.

use askama::Template;
use axum::extract::{Form, Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::dates::typed_day;
use consilium_app::gather::NewRequest;
use consilium_app::{App, AppError};
use consilium_casefile::gather::checklist::{Checklist, Item};
use consilium_casefile::knowledge::{Carried, Department, Requirement};
use consilium_casefile::next::Stage;
use consilium_casefile::shared::clock::{days_after, days_between};
use consilium_casefile::{CaseId, CaseView, HolderId, RequestId};

use crate::errors::{Failure, html_refused};
use crate::forms::{Values, value};
use crate::parts::{Choice, Context, Field, Typed};
use crate::shell::Shell;
use crate::web::Visitor;

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
    running: Field,
    running_known: bool,
}

/// Lines that are chosen already: the one the address names, or of what a button asks for those that the packet waits for and
/// that the first one's holder has.
fn preselected(context: &Context<'_>, list: &Checklist, values: &Values, open: &dyn Fn(&&Item) -> bool) -> Vec<String> {
    let Some(asks) = Carried::named(value(values, "asks")) else { return vec![value(values, "line").to_owned()] };
    let what = |item: &&Item| {
        context.knowledge.gathering.requirement(&item.requirement).map(Requirement::asks_for) == Some(asks)
    };
    let mut lines = list.items.iter().filter(open).filter(|item| item.is_to_get()).filter(what).peekable();
    let holder = lines.peek().and_then(|item| item.holder.as_ref()).map(|holder| holder.name.clone());
    let same = |item: &&Item| item.holder.as_ref().map(|h| &h.name) == holder.as_ref();
    lines.filter(same).map(|item| item.requirement.clone()).collect()
}

impl NewRequestPage {
    pub(crate) fn new(
        context: &Context<'_>,
        app: &App,
        view: &CaseView<'_>,
        list: &Checklist,
        department: Department,
        values: &Values,
        typed: &Typed,
    ) -> Self {
        let (id, today) = (view.id(), context.now.date());
        let needed_by = list.needed_by;
        let days_left = needed_by.map(|day| days_between(today, day));
        let gathering = &context.knowledge.gathering;
        let open = |item: &&Item| item.department == department && !item.is_here();
        let preselected = preselected(context, list, values, &open);
        let is_line =
            |id: &str| preselected.iter().any(|line| line == id) || value(values, &format!("line-{id}")) == "yes";
        let lines = list.items.iter().filter(open).map(|item| LineChoice {
            id: item.requirement.clone(),
            label: item.label.clone(),
            chosen: is_line(&item.requirement),
        });
        let chosen_route = value(values, "route");
        let lines_of = gathering.requirements.iter().filter(|r| r.department == department && is_line(&r.id));
        let mut asked = gathering.asked(lines_of.map(|r| &r.id));
        if asked.is_empty() {
            // Nothing is chosen yet: what the button said, or what the department is asked for.
            let wants_material = list
                .items
                .iter()
                .filter(open)
                .any(|item| gathering.requirement(&item.requirement).is_some_and(|r| r.is_material()));
            let usual = match department {
                Department::Radiology => Some(Carried::Images),
                Department::Pathology => wants_material.then_some(Carried::Material),
                _ => None,
            };
            asked.extend(Carried::named(value(values, "asks")).or(usual));
        }
        let routes = gathering.ways(department, &asked).into_iter().map(|route| {
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
        let first = list.items.iter().find(|i| is_line(&i.requirement));
        let known = first.and_then(|i| i.holder.as_ref());
        let known_id = known.and_then(|h| h.id.as_ref()).map(HolderId::as_str).unwrap_or_default();
        let named = value(values, "holder");
        let holder = typed.field("holder", "Who holds the records", if named.is_empty() { known_id } else { named });
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
        let probable = known.filter(|h| h.id.is_none()).map_or("", |h| &h.name);
        let chosen = list.items.iter().filter(|i| is_line(&i.requirement));
        let studies: Vec<String> = chosen.flat_map(|item| app.studies_to_ask_for(view, item)).collect();
        let others = Department::ALL.into_iter().filter(|d| *d != department && *d != Department::Patient);
        Self {
            shell: Shell::of_case(context, view, "Ask for records", Some(Stage::Gather)).refused(typed.is_refused()),
            id: id.clone(),
            department: department.name(),
            department_words: (context.say)(&department.words()),
            others: others
                .map(|d| (format!("/cases/{id}/requests/new?department={}", d.name()), (context.say)(&d.words())))
                .collect(),
            holders: std::iter::once(none).chain(listed).collect(),
            holder,
            new_holder: typed
                .field("new_holder", "Name of somebody new", probable)
                .hint("The hospital, laboratory or practice. Goes into the contact book."),
            lines: lines.collect(),
            items: typed.field("items", "What else to ask for, one line each", &studies.join("\n")).hint(
                "Such as: CT of the chest, 3 May 2026, all series as DICOM. Precise requests are answered sooner.",
            ),
            routes,
            route_refusal: typed.field("route", "", "").refusal,
            needed_by: typed
                .field("needed_by", "Needed by", &needed_by.map(|d| d.to_string()).unwrap_or_default())
                .hint("Counted back from the planned start of treatment. You may change it."),
            days_left,
            running: typed.field("running_known", "I know, and ask again", ""),
            running_known: typed.ticked("running_known"),
        }
    }
}

async fn show_new(visitor: &Visitor, id: &CaseId, values: &Values, typed: Typed) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let list = visitor.app.checklist_of(&visitor.session, &case, None).await?;
    let department = Department::named(value(values, "department")).unwrap_or(Department::Records);
    let view = case.seen_by(visitor.session.audience);
    let page =
        visitor.look(|context| NewRequestPage::new(context, &visitor.app, &view, &list, department, values, &typed));
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
                "refusal-route-unknown" | "refusal-route-other-department" | "refusal-route-not-for-tissue" => "route",
                "refusal-date-not-there" | "refusal-date-day" | "refusal-date-two-ways" => "needed_by",
                "refusal-request-running" => "running_known",
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
        running_known: value(values, "running_known") == "yes",
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
