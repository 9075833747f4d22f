//! The frame around every page: title, the case and its eight stages, who is signed in. What stands inside the frame is
//! each stage's own.

use consilium_casefile::next::{Stage, StageNext};
use consilium_casefile::{Audience, CaseId, CaseView};

use crate::assets;
use crate::parts::{Context, When, Word, stage_title};

/// What the frame shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shell {
    /// Of the page; unique within a case.
    pub(crate) title: String,
    /// The case, on the pages of a case.
    pub(crate) case: Option<CaseFrame>,
    /// Whether somebody is signed in and the home is open.
    pub(crate) open: bool,
    /// Without scripts, load the page again after so many seconds.
    pub(crate) reload: Option<u32>,
    /// Whether a part of the page changes while it is looked at.
    pub(crate) live: bool,
}

/// The case as the rail shows it.
#[derive(Debug, Clone)]
pub(crate) struct CaseFrame {
    pub(crate) id: CaseId,
    pub(crate) called: String,
    pub(crate) cancer: String,
    pub(crate) start: Option<When>,
    pub(crate) stages: Vec<RailItem>,
    pub(crate) on_overview: bool,
    /// Whether the frame has a field to search the records.
    pub(crate) may_search: bool,
    /// Who looks, where it is not the owner.
    pub(crate) seen_as: Option<&'static str>,
}

/// One stage in the rail.
#[derive(Debug, Clone)]
pub(crate) struct RailItem {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) state: Word,
    pub(crate) here: bool,
}

impl Shell {
    /// A page outside of any case.
    pub(crate) fn new(title: &str, open: bool) -> Self {
        Self { title: title.to_owned(), open, ..Self::default() }
    }

    /// A page of a case; `here` is the stage it belongs to, `None` for the overview and the timeline.
    pub(crate) fn of_case(context: &Context<'_>, view: &CaseView<'_>, title: &str, here: Option<Stage>) -> Self {
        let stages = context.stages(view);
        let case = CaseFrame {
            id: view.id().clone(),
            called: view.called().to_owned(),
            cancer: view.cancer_words(context.knowledge),
            start: view.treatment_start().map(|s| s.date.into()),
            stages: stages.iter().map(|s| rail_item(s, here)).collect(),
            on_overview: false,
            may_search: view.audience().sees_records(),
            seen_as: seen_as(view.audience()),
        };
        Self { title: format!("{title} · {}", view.called()), case: Some(case), open: true, ..Self::default() }
    }

    /// The title of a page that comes back with a refusal says so first.
    pub(crate) fn refused(mut self, refused: bool) -> Self {
        if refused {
            self.title = format!("Please check: {}", self.title);
        }
        self
    }

    pub(crate) fn css(&self) -> String {
        assets::address("app.css")
    }

    pub(crate) fn script(&self) -> String {
        assets::address("consilium.js")
    }

    pub(crate) fn htmx(&self) -> String {
        assets::address("htmx.min.js")
    }

    pub(crate) fn icon(&self) -> String {
        assets::address("icon.svg")
    }
}

fn rail_item(stage: &StageNext, here: Option<Stage>) -> RailItem {
    RailItem {
        name: stage.stage.name(),
        title: stage_title(stage.stage),
        state: stage.state.into(),
        here: here == Some(stage.stage),
    }
}

fn seen_as(audience: Audience) -> Option<&'static str> {
    match audience {
        Audience::Owner => None,
        Audience::Specialist => {
            Some("You look as a reviewing specialist. You can read the records and change nothing.")
        }
        Audience::BlindReader => {
            Some("You look as a blind reader. Documents that state another clinician’s plan are not shown.")
        }
        Audience::Helper => Some("You look as a helper. You see where things stand, not the records themselves."),
    }
}
