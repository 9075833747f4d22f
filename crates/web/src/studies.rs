//! An imaging study: its series, what was expected and what was found.

use askama::Template;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_casefile::gather::CaseStudy;
use consilium_casefile::imaging::Completeness;
use consilium_casefile::next::Stage;
use consilium_casefile::{CaseId, CaseView, Message};

use crate::errors::{Failure, html};
use crate::forms::{Values, value};
use crate::gather::{study_title, who};
use crate::imports::completeness;
use crate::parts::{Context, Word, count, counted, encoded};
use crate::record::{Doubt, doubt, identity_words};
use crate::shell::Shell;
use crate::web::Visitor;

struct Row {
    series: String,
    frames: String,
    found: String,
    expected: Option<String>,
    state: Word,
    missing: Option<String>,
}

#[derive(Template)]
#[template(path = "study.html")]
pub(crate) struct StudyPage {
    shell: Shell,
    id: CaseId,
    uid: String,
    called: String,
    title: String,
    summary: String,
    removed: bool,
    may_change: bool,
    identity: Option<Doubt>,
    /// That it names somebody else, and was accepted.
    accepted: Option<String>,
    series: Vec<Row>,
    incomplete: bool,
    path: Option<String>,
    institution: Option<String>,
    accession: Option<String>,
    names: Option<String>,
    identity_words: String,
}

impl StudyPage {
    pub(crate) fn new(context: &Context<'_>, view: &CaseView<'_>, held: &CaseStudy) -> Self {
        let facts = &held.study.facts;
        let mut series: Vec<&consilium_casefile::imaging::Series> = view.series_of(held);
        series.sort_by_key(|s| (s.facts.number.is_none(), s.facts.number));
        let row = |s: &&consilium_casefile::imaging::Series| {
            let state = s.completeness();
            let (word, expected, mut missing) = completeness(&state, s.found);
            if !s.listed_but_absent.is_empty() {
                let listed = counted(s.listed_but_absent.len() as u64, "file is", "files are");
                let also = format!("{listed} on the disc’s list but not on the disc.");
                missing = Some(missing.map_or(also.clone(), |m| format!("{m}. {also}")));
            }
            let modality = s.facts.modality.as_deref().map(|m| format!("{m} ")).unwrap_or_default();
            let name = view.series_words(s).unwrap_or("series without a name");
            Row {
                series: format!("{modality}{name}"),
                frames: counted(s.frames, "frame", "frames"),
                found: count(u64::from(s.found)),
                expected,
                state: word,
                missing,
            }
        };
        let date = facts.date.map_or_else(|| "Date not stated".to_owned(), consilium_casefile::PartialDate::human);
        let images = counted(u64::from(held.study.instances()), "image", "images");
        Self {
            shell: Shell::of_case(context, view, &study_title(view, held), Some(Stage::Gather)),
            id: view.id().clone(),
            uid: facts.uid.clone(),
            called: view.called().to_owned(),
            title: study_title(view, held),
            summary: format!("{date} · {images} in {}", counted(series.len() as u64, "series", "series")),
            removed: held.removed,
            may_change: view.audience().may_change(),
            identity: doubt(context, held.identity, held.identity_confirmed, &held.patient).filter(|_| !held.removed),
            accepted: accepted(context, view, held),
            incomplete: series.iter().any(|s| matches!(s.completeness(), Completeness::Incomplete { .. })),
            series: series.iter().map(row).collect(),
            path: view.study_path(held).map(|path| path.replace("!/", " › ")),
            institution: facts.institution.clone(),
            accession: facts.accession.clone(),
            names: who(&held.patient),
            identity_words: identity_words(context, held.identity, held.identity_confirmed, &held.patient),
        }
    }
}

/// That a study names somebody else and a person said all the same whose it is.
fn accepted(context: &Context<'_>, view: &CaseView<'_>, held: &CaseStudy) -> Option<String> {
    let message = match who(&held.patient) {
        Some(name) if held.patient.name.is_some() => Message::new("study-names-another").with("name", name),
        _ => Message::new("study-names-another-date"),
    };
    held.is_accepted_under_another_name().then(|| (context.say)(&message.with("called", view.called())))
}

/// `/cases/{case}/studies/{study}`
pub(crate) async fn page(visitor: Visitor, Path((id, uid)): Path<(CaseId, String)>) -> Result<Response, Failure> {
    let case = visitor.case(&id).await?;
    let view = case.seen_by(visitor.session.audience);
    let held = view.study(&uid).ok_or(Failure::NotFound)?;
    html(&visitor.look(|context| StudyPage::new(context, &view, held)))
}

/// Says that it is this person's.
pub(crate) async fn identity(visitor: Visitor, Path((id, uid)): Path<(CaseId, String)>) -> Result<Response, Failure> {
    let confirmed = visitor.app.confirm_identity(&visitor.session, &id, Vec::new(), vec![uid.clone()]).await;
    confirmed.map_err(|error| visitor.failure(error))?;
    Ok(Redirect::to(&format!("/cases/{id}/studies/{}", encoded(&uid))).into_response())
}

/// Takes it out of the case, or puts it back.
pub(crate) async fn remove(
    visitor: Visitor,
    Path((id, uid)): Path<(CaseId, String)>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let removed = value(&values, "removed") == "yes";
    let done = visitor.app.set_removed(&visitor.session, &id, Vec::new(), vec![uid.clone()], removed).await;
    done.map_err(|error| visitor.failure(error))?;
    Ok(Redirect::to(&format!("/cases/{id}/studies/{}", encoded(&uid))).into_response())
}
