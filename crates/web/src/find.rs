//! Find: whose opinion is asked.

use askama::Template;
use axum::extract::{Form, Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_casefile::knowledge::Center;
use consilium_casefile::next::Stage;
use consilium_casefile::{CaseId, CaseView};

use crate::errors::{Failure, html_refused};
use crate::forms::{Values, asked, value};
use crate::parts::{Context, Field, Typed, counted};
use crate::shell::Shell;
use crate::web::Visitor;

struct Row {
    name: String,
    place: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "find.html")]
pub(crate) struct FindPage {
    shell: Shell,
    id: CaseId,
    center: Option<String>,
    unknown: Option<String>,
    may_change: bool,
    search: Field,
    found: String,
    centers: Vec<Row>,
    name: Field,
}

impl FindPage {
    pub(crate) fn new(context: &Context<'_>, view: &CaseView<'_>, typed: &Typed, search: Option<&str>) -> Self {
        let listed = &context.knowledge.centers;
        let mut fitting: Vec<&Center> = search.map_or_else(Vec::new, |words| find(listed, words));
        fitting.sort_by(|a, b| (&a.state, &a.name).cmp(&(&b.state, &b.name)));
        let found = match search {
            None => format!(
                "{} on the list. Search by name, city or state.",
                counted(listed.len() as u64, "center", "centers")
            ),
            Some(_) => format!("{} found.", counted(fitting.len() as u64, "center", "centers")),
        };
        let row = |center: &&Center| Row {
            name: center.name.clone(),
            place: format!("{}, {}", center.city, center.state),
            chosen: view.center() == Some(center.name.as_str()),
        };
        Self {
            shell: Shell::of_case(context, view, "Find", Some(Stage::Find)).refused(typed.is_refused()),
            id: view.id().clone(),
            center: view.center().map(str::to_owned),
            unknown: view
                .center()
                .and_then(|center| context.knowledge.unknown_center(center))
                .map(|message| (context.say)(&message)),
            may_change: view.audience().may_change(),
            search: Typed::default().field("search", "Name, city or state", search.unwrap_or("")),
            found,
            centers: fitting.iter().map(row).collect(),
            name: typed
                .field("center", "Name of the center or doctor", "")
                .hint("Leave it empty to take the choice back."),
        }
    }
}

/// Centers in which every word occurs; two letters are a state.
fn find<'a>(centers: &'a [Center], words: &str) -> Vec<&'a Center> {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let fits = |center: &&Center| {
        let text = format!("{} {}", center.name, center.city).to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()) || center.state.eq_ignore_ascii_case(word))
    };
    centers.iter().filter(fits).collect()
}

/// `/cases/{case}/find`
pub(crate) async fn page(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Query(query): Query<Values>,
) -> Result<Response, Failure> {
    show(&visitor, &id, Typed::default(), asked(&query, "search")).await
}

async fn show(visitor: &Visitor, id: &CaseId, typed: Typed, search: Option<&str>) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    html_refused(&visitor.look(|context| FindPage::new(context, &view, &typed, search)), typed.is_refused())
}

/// Chooses the center.
pub(crate) async fn choose(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    match visitor.app.choose_center(&visitor.session, &id, value(&values, "center")).await {
        Ok(_) => Ok(Redirect::to(&format!("/cases/{id}/find")).into_response()),
        Err(error) => {
            let typed = visitor.refused(error, values, |_| "center")?;
            show(&visitor, &id, typed, None).await
        }
    }
}
