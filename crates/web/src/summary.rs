//! The one-page summary: what a reviewing specialist looks for first, each line with its source number, "not stated"
//! where nobody stated it. Printed, it is one page.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use consilium_app::reading::SummaryAnswer;
use consilium_casefile::next::Stage;
use consilium_casefile::{CaseId, CaseView};

use crate::errors::{Failure, html};
use crate::parts::{Context, When};
use crate::shell::Shell;
use crate::web::Visitor;

/// The page.
#[derive(Template)]
#[template(path = "summary.html")]
pub(crate) struct SummaryPage {
    shell: Shell,
    id: CaseId,
    answer: SummaryAnswer,
    today: When,
}

impl SummaryPage {
    pub(crate) fn new(context: &Context<'_>, view: &CaseView<'_>, answer: SummaryAnswer) -> Self {
        Self {
            shell: Shell::of_case(context, view, "Summary", Some(Stage::Prepare)),
            id: view.id().clone(),
            answer,
            today: When::from(consilium_casefile::PartialDate::Day(context.now.date())),
        }
    }
}

/// `/cases/{case}/summary`
pub(crate) async fn page(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    let case = visitor.case(&id).await?;
    let view = case.seen_by(visitor.session.audience);
    let answer = visitor.app.reading_of(&case, visitor.session.audience).await.summary.clone();
    html(&visitor.look(|context| SummaryPage::new(context, &view, answer)))
}
