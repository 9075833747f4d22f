//! The timeline: documents and studies by the day the care happened.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use consilium_app::timeline::{Event, EventSource, timeline};
use consilium_casefile::{CaseId, CaseView};

use crate::errors::{Failure, html};
use crate::parts::{Context, When, encoded};
use crate::shell::Shell;
use crate::web::Visitor;

struct EventView {
    date: Option<When>,
    what: String,
    place: Option<String>,
    address: Option<String>,
    planned: bool,
}

struct Year {
    name: String,
    events: Vec<EventView>,
}

#[derive(Template)]
#[template(path = "timeline.html")]
pub(crate) struct TimelinePage {
    shell: Shell,
    years: Vec<Year>,
}

impl TimelinePage {
    pub(crate) fn new(context: &Context<'_>, view: &CaseView<'_>) -> Self {
        let mut years: Vec<Year> = Vec::new();
        for event in timeline(view, context.knowledge) {
            let name = event.date.map_or_else(|| "Date not stated".to_owned(), |d| d.earliest().year().to_string());
            if years.last().is_none_or(|year| year.name != name) {
                years.push(Year { name, events: Vec::new() });
            }
            if let Some(year) = years.last_mut() {
                year.events.push(event_view(view.id(), event));
            }
        }
        Self { shell: Shell::of_case(context, view, "Timeline", None), years }
    }
}

fn event_view(case: &CaseId, event: Event) -> EventView {
    let (address, planned) = match &event.source {
        EventSource::Document(id) => (Some(format!("/cases/{case}/documents/{id}")), false),
        EventSource::Study(uid) => (Some(format!("/cases/{case}/studies/{}", encoded(uid))), false),
        EventSource::TreatmentStart => (Some(format!("/cases/{case}/prepare#dates")), true),
    };
    EventView { date: event.date.map(When::from), what: event.what, place: event.facility, address, planned }
}

/// `/cases/{case}/timeline`
pub(crate) async fn page(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    let case = visitor.case(&id).await?;
    let view = case.seen_by(visitor.session.audience);
    html(&visitor.look(|context| TimelinePage::new(context, &view)))
}
