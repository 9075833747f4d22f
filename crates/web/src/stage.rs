//! Stages this version does not have yet: an honest page that says what will stand there. No function is pretended.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use consilium_casefile::next::Stage;
use consilium_casefile::{CaseId, CaseView};

use crate::errors::{Failure, html};
use crate::parts::Context;
use crate::shell::Shell;
use crate::web::Visitor;

#[derive(Template)]
#[template(path = "stage_empty.html")]
pub(crate) struct StagePage {
    shell: Shell,
    heading: &'static str,
    will: &'static [&'static str],
    meanwhile: &'static str,
}

struct Words {
    title: &'static str,
    heading: &'static str,
    will: &'static [&'static str],
    meanwhile: &'static str,
}

fn words(stage: Stage) -> Words {
    match stage {
        Stage::Trials => Words {
            title: "Trials",
            heading: "Clinical trials",
            will: &[
                "Trials for this cancer from a dated list, without sending anything",
                "Each criterion: met, not met or unknown, with the line of the record that says so",
            ],
            meanwhile: "Until then, ask both teams whether a trial fits. It is a good question for the visit.",
        },
        _ => Words {
            title: "Cover",
            heading: "Get it paid for",
            will: &[
                "The plan, and which rules and deadlines it brings",
                "A log of every call: who, when, what was said, which reference number",
                "Pre-authorizations, and what happens when one ends too early",
            ],
            meanwhile: "Until then, write down the name, the date and a reference number at every call with the insurer.",
        },
    }
}

impl StagePage {
    pub(crate) fn new(context: &Context<'_>, view: &CaseView<'_>, stage: Stage) -> Self {
        let Words { title, heading, will, meanwhile } = words(stage);
        Self { shell: Shell::of_case(context, view, title, Some(stage)), heading, will, meanwhile }
    }
}

async fn show(visitor: Visitor, id: CaseId, stage: Stage) -> Result<Response, Failure> {
    let case = visitor.case(&id).await?;
    let view = case.seen_by(visitor.session.audience);
    html(&visitor.look(|context| StagePage::new(context, &view, stage)))
}

/// `/cases/{case}/cover`
pub(crate) async fn cover(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    show(visitor, id, Stage::Cover).await
}

/// `/cases/{case}/trials`
pub(crate) async fn trials(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    show(visitor, id, Stage::Trials).await
}
