//! A case's overview: one next step, what comes after it, and how long it is safe to wait.

use askama::Template;
use axum::extract::{Form, Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_casefile::about::RecordSource;
use consilium_casefile::next::sorted_steps;
use consilium_casefile::{CaseId, CaseView, DocumentId, Message};

use crate::errors::{Failure, html_refused};
use crate::fact_rows::SourceView;
use crate::forms::{self, Values, asked, value};
use crate::parts::{Choice, Context, Field, StepView, Typed, When, counted};
use crate::shell::Shell;
use crate::web::Visitor;

/// What a doctor said about waiting.
pub(crate) struct WaitView {
    pub(crate) doctor: String,
    pub(crate) words: String,
    /// Whether anything but the date is shown: who sees no records gets none of their words, and what was deleted has none.
    pub(crate) stands: bool,
    pub(crate) until: Option<When>,
    pub(crate) said_on: Option<When>,
    pub(crate) from: Option<FromView>,
}

/// The record that a stated date was taken from.
pub(crate) struct FromView {
    /// Where its words stand, and its title; `None` when it is no longer in the case.
    pub(crate) source: Option<SourceView>,
}

fn from_view(context: &Context<'_>, view: &CaseView<'_>, source: Option<&RecordSource>) -> Option<FromView> {
    let source = source?;
    let held = view.document(&source.document, context.knowledge).filter(|held| !held.removed);
    let place = (source.start, source.end);
    let at = |held| SourceView::at_place(view, context.knowledge, held, place, String::new());
    Some(FromView { source: held.map(at) })
}

/// A date that a record proposes.
pub(crate) struct ProposedView {
    pub(crate) source: SourceView,
    pub(crate) date: Option<When>,
    /// What it is worth knowing about how the date was found.
    pub(crate) notes: Vec<String>,
    pub(crate) document: DocumentId,
    pub(crate) at: usize,
    /// Whether it can be taken for the treatment start, and is not already.
    pub(crate) as_start: bool,
    /// Whether it can be taken for how long it is safe to wait, and is not already.
    pub(crate) as_wait: bool,
    /// Whether what the case states is taken from it, or agrees with it.
    pub(crate) agrees: bool,
}

/// What the records propose as dates, for whoever may accept one.
pub(crate) fn proposed_views(context: &Context<'_>, view: &CaseView<'_>) -> Vec<ProposedView> {
    let (start, wait) = (view.treatment_start(), view.safe_wait());
    let say = |message: Message| (context.say)(&message);
    let proposed = view.proposed_dates(context.knowledge).into_iter();
    proposed
        .map(|p| {
            let is_start = p.date.is_some() && start.as_ref().map(|s| s.date) == p.date;
            let is_wait = wait.as_ref().is_some_and(|w| w.words == p.words() || p.date.is_some() && w.until == p.date);
            let counted = p.counted_from.map(|day| Message::new("proposed-counted").with("day", day.human()));
            let notes = [
                counted,
                p.said.month_first.then(|| Message::new("proposed-month-first")),
                p.on_scan.then(|| Message::new("proposed-on-scan")),
                p.held.names_no_one().then(|| Message::new("proposed-names-no-one")),
            ];
            ProposedView {
                source: SourceView::at_place(view, context.knowledge, p.held, (p.said.start, p.said.end), p.words()),
                date: p.date.map(When::from),
                notes: notes.into_iter().flatten().map(say).collect(),
                document: p.held.document.id.clone(),
                at: p.said.start,
                as_start: p.states_a_start() && !is_start,
                as_wait: p.states_a_wait() && !is_wait,
                agrees: is_start || is_wait,
            }
        })
        .collect()
}

/// When treatment should start.
pub(crate) struct StartView {
    pub(crate) date: When,
    pub(crate) what: String,
    pub(crate) from: Option<FromView>,
}

pub(crate) fn wait_view(context: &Context<'_>, view: &CaseView<'_>) -> Option<WaitView> {
    view.safe_wait().map(|wait| WaitView {
        from: from_view(context, view, wait.source.as_ref()),
        stands: !wait.doctor.is_empty(),
        doctor: wait.doctor.clone(),
        words: wait.words.clone(),
        until: wait.until.map(When::from),
        said_on: wait.said_on.map(When::from),
    })
}

pub(crate) fn start_view(context: &Context<'_>, view: &CaseView<'_>) -> Option<StartView> {
    view.treatment_start().map(|start| StartView {
        date: start.date.into(),
        from: from_view(context, view, start.source.as_ref()),
        what: start.what,
    })
}

struct PersonView {
    name: String,
    born: Option<When>,
}

#[derive(Template)]
#[template(path = "overview.html")]
pub(crate) struct OverviewPage {
    shell: Shell,
    id: CaseId,
    called: String,
    first: Option<StepView>,
    further: Vec<StepView>,
    wait: Option<WaitView>,
    person: Option<PersonView>,
    cancer: String,
    start: Option<StartView>,
    /// What records propose where nothing is stated yet.
    proposed: Vec<ProposedView>,
    center: Option<String>,
    records: Option<String>,
    may_change: bool,
    open_form: bool,
    name: Field,
    birth_date: Field,
    site: Field,
    sites: Vec<Choice>,
    words: Field,
    unread: String,
    head_seq: String,
    head_hash: String,
}

impl OverviewPage {
    pub(crate) fn new(context: &Context<'_>, view: &CaseView<'_>, typed: &Typed, open_form: bool) -> Self {
        let mut steps = sorted_steps(&context.stages(view))
            .into_iter()
            .map(|(stage, step)| StepView::new(context, view.id(), stage, &step));
        let first = steps.next();
        let about = view.about();
        let person = about.and_then(|a| a.person.as_ref());
        let cancer = about.and_then(|a| a.cancer.clone()).unwrap_or_default();
        let site = typed.field("site", "Which cancer?", cancer.site.as_deref().unwrap_or(""));
        let born = person.and_then(|p| p.birth_date).map(|d| d.to_string()).unwrap_or_default();
        let mut shell = Shell::of_case(context, view, "Overview", None).refused(typed.is_refused());
        if let Some(frame) = &mut shell.case {
            frame.on_overview = true;
        }
        Self {
            shell,
            id: view.id().clone(),
            called: view.called().to_owned(),
            first,
            further: steps.collect(),
            wait: wait_view(context, view),
            person: person.map(|p| PersonView { name: p.name.display(), born: p.birth_date.map(When::from) }),
            cancer: view.cancer_words(context.knowledge),
            start: start_view(context, view),
            proposed: proposed_views(context, view)
                .into_iter()
                .filter(|p| p.as_start && view.treatment_start().is_none() || p.as_wait && view.safe_wait().is_none())
                .collect(),
            center: view.center().map(str::to_owned),
            records: records(context, view),
            may_change: view.audience().may_change(),
            open_form: open_form || typed.is_refused(),
            name: typed.field("name", "Name", &person.map(|p| p.name.display()).unwrap_or_default()),
            birth_date: typed.field("birth_date", "Birth date", &born).date(),
            sites: forms::sites(context.knowledge, &site.value),
            site,
            words: typed.field("words", "In your own words, if you like", &cancer.words),
            unread: view.unread_kinds().join(", "),
            head_seq: view.head().seq.to_string(),
            head_hash: view.head().hash.short(),
        }
    }
}

/// `12 documents, 3 imaging studies`, for those who see records.
pub(crate) fn records(context: &Context<'_>, view: &CaseView<'_>) -> Option<String> {
    view.audience().sees_records().then(|| {
        let documents = view.documents(context.knowledge).iter().filter(|d| !d.removed).count();
        let studies = view.studies().iter().filter(|s| !s.removed).count();
        let documents = counted(documents as u64, "document", "documents");
        format!("{documents}, {}", counted(studies as u64, "imaging study", "imaging studies"))
    })
}

async fn show(visitor: &Visitor, id: &CaseId, typed: Typed, open_form: bool) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    let refused = typed.is_refused();
    html_refused(&visitor.look(|context| OverviewPage::new(context, &view, &typed, open_form)), refused)
}

/// `/cases/{case}`
pub(crate) async fn page(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Query(query): Query<Values>,
) -> Result<Response, Failure> {
    show(&visitor, &id, Typed::default(), asked(&query, "edit").is_some()).await
}

/// States whose case it is.
pub(crate) async fn state_person(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let (name, born) = (value(&values, "name"), value(&values, "birth_date"));
    match visitor.app.state_person(&visitor.session, &id, name, born).await {
        Ok(_) => Ok(Redirect::to(&format!("/cases/{id}")).into_response()),
        Err(error) => {
            let typed = visitor.refused(error, values, crate::cases::field_of)?;
            show(&visitor, &id, typed, true).await
        }
    }
}

/// Accepts who the files name.
pub(crate) async fn accept_person(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    let accepted = visitor.app.accept_person(&visitor.session, &id).await;
    accepted.map_err(|error| visitor.failure(error))?;
    Ok(Redirect::to(&format!("/cases/{id}/gather")).into_response())
}

/// States which cancer.
pub(crate) async fn state_cancer(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let site = asked(&values, "site");
    match visitor.app.state_cancer(&visitor.session, &id, site, value(&values, "words")).await {
        Ok(_) => Ok(Redirect::to(&format!("/cases/{id}")).into_response()),
        Err(error) => {
            let typed = visitor.refused(error, values, |_| "site")?;
            show(&visitor, &id, typed, true).await
        }
    }
}
