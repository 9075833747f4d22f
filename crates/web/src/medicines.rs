//! Medicines: one list out of all records, the line a person agreed on, and what only scans say. Printed, it is the list
//! one hands over.

use askama::Template;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::reading::{FactsAnswer, MedicineAnswer};
use consilium_casefile::next::Stage;
use consilium_casefile::{CaseId, CaseView, PartialDate};

use crate::errors::{Failure, html_refused};
use crate::fact_rows::SourceView;
use crate::forms::{Values, value};
use crate::parts::{Context, Field, Typed, When, Word};
use crate::shell::Shell;
use crate::web::Visitor;

struct MedicineView {
    ingredient: String,
    word: Word,
    asks: bool,
    agreed: Option<String>,
    taken: bool,
    line: Field,
    sources: Vec<SourceView>,
    on_scans: Vec<SourceView>,
    agreed_by: Option<String>,
    agreed_by_on_paper: Option<String>,
    agreed_on: Option<When>,
    since: Vec<SourceView>,
}

#[derive(Template)]
#[template(path = "medicines.html")]
pub(crate) struct MedicinesPage {
    shell: Shell,
    id: CaseId,
    may_change: bool,
    asking: usize,
    medicines: Vec<MedicineView>,
    patient: String,
    born: Option<When>,
    today: When,
    added: Field,
    dose: Field,
    add_open: bool,
}

impl MedicinesPage {
    pub(crate) fn new(context: &Context<'_>, view: &CaseView<'_>, answer: &FactsAnswer, typed: &Typed) -> Self {
        let (case, person) = (view.id(), view.person());
        Self {
            shell: Shell::of_case(context, view, "Medicines", Some(Stage::Gather)).refused(typed.is_refused()),
            added: typed.field("added", "Name of the medicine", ""),
            dose: typed
                .field("dose", "Dose, how and how often", "")
                .hint("As on the box or the prescription. If you do not know it, write “dose not known”."),
            add_open: typed.is_refused() || answer.medicines.is_empty(),
            id: case.clone(),
            may_change: view.audience().may_change(),
            patient: person
                .as_ref()
                .and_then(|p| p.name.as_ref())
                .map(consilium_casefile::PersonName::display)
                .unwrap_or_default(),
            born: person.and_then(|p| p.birth_date).map(When::from),
            today: When::from(PartialDate::Day(context.now.date())),
            asking: answer.medicines.iter().filter(|m| m.asks).count(),
            medicines: answer.medicines.iter().map(|m| medicine(case, m)).collect(),
        }
    }
}

fn medicine(case: &CaseId, row: &MedicineAnswer) -> MedicineView {
    let word = match (&row.agreed, row.agreement) {
        (Some(_), _) if !row.since.is_empty() => Word::new("a record says otherwise since", "gap"),
        (Some(_), _) => Word::new("agreed", "done"),
        (None, "dose_differs") => Word::new("doses differ", "gap"),
        (None, "status_differs") => Word::new("taken or stopped?", "gap"),
        (None, "on_scan_only") => Word::new("from a scan, not confirmed", "ask"),
        (None, "stated") => Word::new("said by a person", "done"),
        (None, "same") => Word::new("sources agree", "done"),
        (None, _) => Word::new("one source", "half"),
    };
    // Where sources differ nothing stands in the field: a press of the button must not choose for anybody.
    let newest = || row.sources.first().filter(|_| !row.asks).map(|s| s.says.clone());
    let known = row.agreed.clone().or_else(newest).unwrap_or_default();
    let mut line = Typed::default().field("line", "Dose, how and how often", &known);
    line.label = "Dose, how and how often";
    MedicineView {
        ingredient: row.ingredient.clone(),
        word,
        asks: row.asks,
        agreed: row.agreed.clone(),
        taken: row.taken,
        line,
        sources: row.sources.iter().map(|s| SourceView::words(case, s)).collect(),
        on_scans: row.on_scans.iter().map(|s| SourceView::words(case, s)).collect(),
        agreed_by: row.agreed_by.clone(),
        agreed_by_on_paper: row.agreed_by_on_paper.clone(),
        agreed_on: row.agreed_on.map(When::from),
        since: row.since.iter().map(|s| SourceView::words(case, s)).collect(),
    }
}

/// `/cases/{case}/medicines`
pub(crate) async fn page(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    show(&visitor, &id, &Typed::default()).await
}

async fn show(visitor: &Visitor, id: &CaseId, typed: &Typed) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    let reading = visitor.app.reading_of(&case, visitor.session.audience).await;
    let page = visitor.look(|context| MedicinesPage::new(context, &view, &reading.facts, typed));
    html_refused(&page, typed.is_refused())
}

/// Agrees on the line of a medicine, or adds one that no record names.
pub(crate) async fn agree(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let of = |name| value(&values, name);
    if values.contains_key("added") {
        let added = visitor.app.add_medicine(&visitor.session, &id, of("added"), of("dose")).await;
        if let Err(error) = added {
            let field = |key: &str| if key == "refusal-medicine-line" { "dose" } else { "added" };
            return show(&visitor, &id, &visitor.refused(error, values, field)?).await;
        }
        return Ok(Redirect::to(&format!("/cases/{id}/medicines")).into_response());
    }
    let taken = of("taken") != "no";
    let line = if of("taken") == "reopen" { "" } else { of("line") };
    let done = visitor.app.agree_medicine(&visitor.session, &id, of("ingredient"), line, taken).await;
    done.map_err(|error| visitor.failure(error))?;
    Ok(Redirect::to(&format!("/cases/{id}/medicines")).into_response())
}
