//! Gather: adding files, deciding about what was set aside or is unsure, and everything that is here.

use askama::Template;
use axum::extract::{Form, Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_casefile::gather::{
    CaseStudy, Decision, HeldDocument, ImportRecord, SetAside, SetAsideReason, identity_message, set_aside_message,
};
use consilium_casefile::imaging::Completeness;
use consilium_casefile::next::Stage;
use consilium_casefile::records::IdentityMatch;
use consilium_casefile::{CaseId, CaseView, ImportId, Message, PartialDate, PatientIdentity, SetAsideId};

use crate::errors::{Failure, html_refused};
use crate::forms::{self, Values, asked, value};
use crate::imports::{Running, completeness, sources};
use crate::overview::records;
use crate::paging::{self, Pages};
use crate::parts::{Choice, Context, Field, StepView, Typed, When, Word, count, counted, encoded};
use crate::shell::Shell;
use crate::web::Visitor;

/// Documents of a page.
const ROWS: usize = 100;
/// Paths shown of a group set aside.
const PATHS: usize = 50;

struct Proposed {
    name: String,
    born: Option<When>,
    named: String,
    of: String,
}

struct Group {
    id: SetAsideId,
    why: String,
    files: String,
    who: Option<String>,
    paths: Vec<String>,
    more: Option<String>,
    locked: bool,
    decided: Option<&'static str>,
    may_reopen: bool,
    refusal: Option<String>,
}

/// Records with one doubt in common.
struct Unsure {
    why: String,
    rows: Vec<UnsureRow>,
}

struct UnsureRow {
    address: String,
    title: String,
    who: Option<String>,
}

struct DocumentRow {
    address: String,
    date: Option<When>,
    title: String,
    kind: String,
    author: Option<String>,
    facility: Option<String>,
    state: Word,
    removed: bool,
}

struct StudyRow {
    address: String,
    date: Option<When>,
    title: String,
    detail: String,
    found: String,
    state: Word,
    gaps: Vec<String>,
    removed: bool,
}

struct ImportRow {
    id: ImportId,
    sources: String,
    at: Option<When>,
    totals: String,
}

#[derive(Template)]
#[template(path = "gather.html")]
pub(crate) struct GatherPage {
    shell: Shell,
    id: CaseId,
    called: String,
    here: String,
    sees_records: bool,
    has_records: bool,
    may_change: bool,
    local: bool,
    running: Option<Running>,
    step: Option<StepView>,
    proposed: Option<Proposed>,
    folder: Field,
    open_folder: bool,
    set_aside: Vec<Group>,
    unsure: Vec<Unsure>,
    kind_filter: Field,
    kinds: Vec<Choice>,
    state_filter: Field,
    states: Vec<Choice>,
    sort_by: Field,
    sorts: Vec<Choice>,
    shown: String,
    documents: Vec<DocumentRow>,
    pages: Pages,
    studies: Vec<StudyRow>,
    imports: Vec<ImportRow>,
}

/// What the page needs besides the case.
#[derive(Default)]
pub(crate) struct Around {
    /// An import that runs now.
    pub(crate) running: Option<Running>,
    /// Whether a folder of this machine may be named.
    pub(crate) local: bool,
    /// A group whose password was refused, and why.
    pub(crate) group: Option<(SetAsideId, String)>,
}

/// `Rosa Example, born 14 March 1971`, as far as it is stated.
pub(crate) fn who(patient: &PatientIdentity) -> Option<String> {
    let name = patient.name.as_ref().map(consilium_casefile::PersonName::display);
    let born = patient.birth_date.map(|date| format!("born {}", date.human()));
    match (name, born) {
        (Some(name), Some(born)) => Some(format!("{name}, {born}")),
        (name, born) => name.or(born),
    }
}

/// The same, for files that state a name.
pub(crate) fn named(patient: &PatientIdentity) -> Option<String> {
    patient.name.as_ref().and_then(|_| who(patient))
}

/// How a file's patient fits, in words.
pub(crate) fn fit(context: &Context<'_>, identity: IdentityMatch, patient: &PatientIdentity) -> String {
    match (identity, &patient.name) {
        (IdentityMatch::OtherName, None) => (context.say)(&Message::new("identity-no-name")),
        _ => (context.say)(&identity_message(identity)),
    }
}

/// Kind in words, and where it stands between proposed and confirmed.
pub(crate) fn document_state(held: &HeldDocument) -> Word {
    match (held.removed, held.checked) {
        (true, _) => Word::new("taken out", "cross"),
        (false, true) => Word::new("confirmed", "done"),
        (false, false) => Word::new("to confirm", "ask"),
    }
}

/// How the kind reads: the clinician's word, or that nobody knows.
pub(crate) fn kind_words(context: &Context<'_>, held: &HeldDocument) -> String {
    held.kind().map_or_else(|| "Kind not stated".to_owned(), |kind| context.knowledge.kind_label(kind).to_owned())
}

fn group(context: &Context<'_>, group: &SetAside, around: &Around) -> Group {
    let documents = group.documents.iter().map(|d| d.path.clone());
    let studies = group.studies.iter().map(|s| {
        let images = counted(u64::from(s.study.instances()), "image", "images");
        let name = s.study.facts.description.as_deref().unwrap_or("study without a name");
        format!("{}: {name}, {images}", if s.path.is_empty() { "images" } else { &s.path })
    });
    let all: Vec<String> = documents.chain(studies).chain(group.locked.iter().map(|l| l.path.clone())).collect();
    let more = all.len().checked_sub(PATHS).filter(|n| *n > 0).map(|n| format!("and {} more", count(n as u64)));
    Group {
        id: group.id.clone(),
        why: (context.say)(&set_aside_message(&group.reason)),
        files: counted(group.files(), "file", "files"),
        who: match &group.reason {
            SetAsideReason::Stranger { patient } => who(patient),
            _ => None,
        },
        more,
        paths: all.into_iter().take(PATHS).collect(),
        locked: group.reason == SetAsideReason::Locked,
        decided: group.decision.map(|decision| match decision {
            Decision::Accepted => "You said these belong to this case",
            Decision::NotMine => "Left out",
            Decision::Unlocked => "Opened",
        }),
        may_reopen: matches!(group.decision, Some(Decision::Accepted | Decision::NotMine)),
        refusal: around.group.as_ref().filter(|(id, _)| *id == group.id).map(|(_, sentence)| sentence.clone()),
    }
}

fn is_open_question(identity: IdentityMatch, confirmed: bool, removed: bool) -> bool {
    identity.is_unsure() && !confirmed && !removed
}

fn unsure(context: &Context<'_>, view: &CaseView<'_>) -> Vec<Unsure> {
    let case = view.id();
    let mut groups: Vec<Unsure> = Vec::new();
    let mut add = |identity: IdentityMatch, patient: &PatientIdentity, address: String, title: String| {
        let why = fit(context, identity, patient);
        let row = UnsureRow { address, title, who: named(patient) };
        match groups.iter_mut().find(|group| group.why == why) {
            Some(group) => group.rows.push(row),
            None => groups.push(Unsure { why, rows: vec![row] }),
        }
    };
    for held in view.documents(context.knowledge) {
        if is_open_question(held.identity, held.identity_confirmed, held.removed) {
            let address = format!("/cases/{case}/documents/{}", held.document.id);
            add(held.identity, &held.document.patient, address, view.title_of(held, context.knowledge).to_owned());
        }
    }
    for held in view.studies() {
        if is_open_question(held.identity, held.identity_confirmed, held.removed) {
            let address = format!("/cases/{case}/studies/{}", encoded(&held.study.facts.uid));
            add(held.identity, &held.patient, address, study_title(view, held));
        }
    }
    groups
}

/// `MR: Breast MRI`.
pub(crate) fn study_title(view: &CaseView<'_>, held: &CaseStudy) -> String {
    let modalities = held.study.modalities().join(", ");
    let name = view.study_words(held).unwrap_or("Study without a name");
    if modalities.is_empty() { name.to_owned() } else { format!("{modalities}: {name}") }
}

fn study_row(view: &CaseView<'_>, held: &CaseStudy) -> StudyRow {
    let series = view.series_of(held).into_iter();
    let incomplete = series.clone().filter(|s| matches!(s.completeness(), Completeness::Incomplete { .. }));
    let gaps: Vec<String> = incomplete
        .filter_map(|s| {
            let name = view.series_words(s).unwrap_or("Series without a name");
            completeness(&s.completeness(), s.found).2.map(|missing| format!("{name}: {missing}"))
        })
        .collect();
    let stated = series.clone().any(|s| s.completeness() == Completeness::Complete);
    let state = match (held.removed, gaps.is_empty()) {
        (true, _) => Word::new("taken out", "cross"),
        (false, false) => Word::new("incomplete", "gap"),
        (false, true) if stated => Word::new("complete", "done"),
        (false, true) => Word::new("no gap seen", "empty"),
    };
    let parts = counted(held.study.series.len() as u64, "series", "series");
    StudyRow {
        address: format!("/cases/{}/studies/{}", view.id(), encoded(&held.study.facts.uid)),
        date: held.study.facts.date.map(When::from),
        title: study_title(view, held),
        detail: held.study.facts.institution.as_ref().map_or_else(|| parts.clone(), |i| format!("{parts}, {i}")),
        found: count(u64::from(held.study.instances())),
        state,
        gaps,
        removed: held.removed,
    }
}

fn import_row(import: &ImportRecord) -> ImportRow {
    let t = &import.totals;
    let part = |n: u64, word: &str| (n > 0).then(|| format!("{} {word}", count(n)));
    let parts = [
        Some(counted(t.files, "file", "files")),
        part(t.kept, "kept"),
        part(t.duplicate, "duplicate"),
        part(t.set_aside, "set aside"),
        part(t.refused, "refused"),
    ];
    ImportRow {
        id: import.id.clone(),
        sources: sources(&import.sources),
        at: import.at.map(When::from),
        totals: parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
    }
}

const STATES: [(&str, &str); 4] = [
    ("", "All but those taken out"),
    ("to-confirm", "To confirm"),
    ("confirmed", "Confirmed"),
    ("taken-out", "Taken out"),
];
const SORTS: [(&str, &str); 5] = [
    ("date", "Oldest first"),
    ("-date", "Newest first"),
    ("kind", "By kind"),
    ("title", "By title"),
    ("facility", "By place"),
];

/// The documents asked for in the address, in the order asked for.
fn asked_documents<'a>(context: &Context<'_>, view: &CaseView<'a>, query: &Values) -> Vec<&'a HeldDocument> {
    let kind = asked(query, "kind");
    let state = asked(query, "state").unwrap_or("");
    let fits = |held: &&HeldDocument| {
        let of_kind = kind.is_none_or(|k| held.kind().is_some_and(|own| own.0 == k));
        let of_state = match state {
            "to-confirm" => !held.removed && !held.checked,
            "confirmed" => !held.removed && held.checked,
            "taken-out" => held.removed,
            _ => !held.removed,
        };
        of_kind && of_state
    };
    let mut all: Vec<&HeldDocument> = view.documents(context.knowledge).into_iter().filter(fits).collect();
    let dated = |held: &HeldDocument| held.date().map(PartialDate::earliest);
    match asked(query, "sort") {
        Some("-date") => all.sort_by_key(|d| std::cmp::Reverse(dated(d))),
        Some("kind") => all.sort_by_key(|d| d.kind().map(|k| context.knowledge.kind_label(k).to_lowercase())),
        Some("title") => all.sort_by_key(|d| d.title().to_lowercase()),
        Some("facility") => all.sort_by_key(|d| (d.facility().is_none(), d.facility().map(str::to_lowercase))),
        // The view is sorted by date, undated first; undated go last here.
        _ => all.sort_by_key(|d| d.date().is_none()),
    }
    all
}

fn document_row(context: &Context<'_>, case: &CaseId, held: &HeldDocument) -> DocumentRow {
    DocumentRow {
        address: format!("/cases/{case}/documents/{}", held.document.id),
        date: held.date().map(When::from),
        title: held.title().to_owned(),
        kind: kind_words(context, held),
        author: held.author().map(str::to_owned),
        facility: held.facility().map(str::to_owned),
        state: document_state(held),
        removed: held.removed,
    }
}

impl GatherPage {
    pub(crate) fn new(
        context: &Context<'_>,
        view: &CaseView<'_>,
        around: Around,
        typed: &Typed,
        query: &Values,
    ) -> Self {
        let case = view.id();
        let may_change = view.audience().may_change();
        let stages = context.stages(view);
        let steps = stages.iter().find(|s| s.stage == Stage::Gather).map(|s| s.steps.as_slice()).unwrap_or_default();
        let fitting = asked_documents(context, view, query);
        let path = format!("/cases/{case}/gather");
        let (rows, pages) = paging::page(&fitting, ROWS, &path, "#documents", query);
        let all = view.documents(context.knowledge).len();
        let proposed = view.about().and_then(|about| about.proposed.as_ref()).map(|(patient, named, of)| Proposed {
            name: patient.name.as_ref().map(consilium_casefile::PersonName::display).unwrap_or_default(),
            born: patient.birth_date.map(When::from),
            named: count(u64::from(*named)),
            of: count(u64::from(*of)),
        });
        let folder = typed.field("folder", "Its place on this computer", "");
        let known = Typed::default();
        let mut shell = Shell::of_case(context, view, "Gather", Some(Stage::Gather)).refused(typed.is_refused());
        shell.live = around.running.is_some();
        Self {
            shell,
            id: case.clone(),
            called: view.called().to_owned(),
            here: match records(context, view) {
                Some(records) if all > 0 || !view.studies().is_empty() => format!("{records} so far."),
                _ => "Nothing is here yet. Add what you have; nothing leaves this machine.".to_owned(),
            },
            sees_records: view.audience().sees_records(),
            has_records: all > 0 || !view.studies().is_empty(),
            may_change,
            local: around.local,
            // The first files are added right below: a card that points there would only be in the way.
            step: steps
                .first()
                .filter(|s| s.place != "gather#add")
                .map(|s| StepView::new(context, case, Stage::Gather, s)),
            proposed: proposed.filter(|p| may_change && !p.name.is_empty()),
            open_folder: folder.refusal.is_some(),
            folder: folder.hint("Such as /media/cdrom or D:\\. Nothing is sent through the browser; this is fastest."),
            set_aside: view.set_aside().into_iter().map(|g| group(context, g, &around)).collect(),
            unsure: unsure(context, view),
            kind_filter: known.field("kind", "Kind", ""),
            kinds: forms::kinds(context.knowledge, asked(query, "kind").unwrap_or(""), "All kinds"),
            state_filter: known.field("state", "State", ""),
            states: forms::choices(&STATES, asked(query, "state").unwrap_or("")),
            sort_by: known.field("sort", "Order", ""),
            sorts: forms::choices(&SORTS, asked(query, "sort").unwrap_or("date")),
            shown: format!(
                "{} of {} shown.",
                count(fitting.len() as u64),
                counted(all as u64, "document", "documents")
            ),
            documents: rows.iter().map(|held| document_row(context, case, held)).collect(),
            pages,
            studies: view.studies().into_iter().map(|held| study_row(view, held)).collect(),
            imports: view.imports().into_iter().map(import_row).collect(),
            running: around.running,
        }
    }
}

async fn show(
    visitor: &Visitor,
    id: &CaseId,
    typed: Typed,
    query: &Values,
    group: Option<(SetAsideId, String)>,
) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    let running = visitor
        .app
        .running_import(id)
        .filter(|_| visitor.session.audience.may_change())
        .and_then(|import| Some(Running::new(id, &import, &visitor.app.import_progress(id, &import)?)));
    let refused = typed.is_refused() || group.is_some();
    let around = Around { running, local: visitor.web.is_local(), group };
    html_refused(&visitor.look(|context| GatherPage::new(context, &view, around, &typed, query)), refused)
}

/// The page again, because something typed on it was refused.
pub(crate) async fn refused(visitor: &Visitor, id: &CaseId, typed: Typed) -> Result<Response, Failure> {
    show(visitor, id, typed, &Values::new(), None).await
}

/// `/cases/{case}/gather`
pub(crate) async fn page(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Query(query): Query<Values>,
) -> Result<Response, Failure> {
    show(&visitor, &id, Typed::default(), &query, None).await
}

/// Confirms that everything unsure is this person's.
pub(crate) async fn confirm_unsure(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    let confirmed = visitor.app.confirm_all_unsure(&visitor.session, &id).await;
    confirmed.map_err(|error| visitor.failure(error))?;
    Ok(Redirect::to(&format!("/cases/{id}/gather#documents")).into_response())
}

/// Decides about a group set aside.
pub(crate) async fn decide(
    visitor: Visitor,
    Path((id, group)): Path<(CaseId, SetAsideId)>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let (app, session) = (&visitor.app, &visitor.session);
    let done = match value(&values, "decision") {
        "mine" => app.decide_set_aside(session, &id, &group, true).await.map(|_| ()),
        "not-mine" => app.decide_set_aside(session, &id, &group, false).await.map(|_| ()),
        "reopen" => app.reopen_set_aside(session, &id, &group).await.map(|_| ()),
        "unlock" => match app.unlock(session, &id, &group, value(&values, "password")).await {
            Ok(report) => {
                return Ok(Redirect::to(&format!("/cases/{id}/imports/{}", report.import.id)).into_response());
            }
            Err(error) => Err(error),
        },
        _ => return Err(Failure::Refused("Choose one of the answers on the page.".to_owned())),
    };
    match done.map_err(|error| visitor.failure(error)) {
        Ok(()) => Ok(Redirect::to(&format!("/cases/{id}/gather#set-aside")).into_response()),
        Err(Failure::Refused(sentence)) => {
            show(&visitor, &id, Typed::default(), &Values::new(), Some((group, sentence))).await
        }
        Err(other) => Err(other),
    }
}
