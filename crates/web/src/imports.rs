//! An import while it runs, and what became of every file when it has ended.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::gather::{ImportReport, Phase, Progress, SeriesRow};
use consilium_casefile::gather::{FileOutcome, Outcome};
use consilium_casefile::imaging::Completeness;
use consilium_casefile::next::Stage;
use consilium_casefile::{Case, CaseId, CaseView, ImportId, PacketId};

use crate::errors::{Failure, html};
use crate::forms::{Values, asked};
use crate::paging::{self, Pages};
use crate::parts::{Context, When, Word, count, counted, encoded, size};
use crate::shell::Shell;
use crate::web::Visitor;

/// Rows of a page: 10⁵ files make a long list, not a long page.
const ROWS: usize = 200;

/// An import that runs, or just ended.
pub(crate) struct Running {
    pub(crate) case: CaseId,
    pub(crate) id: ImportId,
    pub(crate) doing: &'static str,
    pub(crate) counts: String,
    /// Files read, and files known to be there, for a bar; `None` while they are not counted.
    pub(crate) bar: Option<(u64, u64)>,
    pub(crate) ended: Option<String>,
    pub(crate) report: bool,
    /// The packet whose items it accounts for.
    pub(crate) packet: Option<PacketId>,
    /// Where to try again when nothing came of it.
    pub(crate) back: String,
}

impl Running {
    pub(crate) fn new(case: &CaseId, id: &ImportId, progress: &Progress) -> Self {
        let (doing, ended) = match progress.phase {
            Phase::Reading => ("Reading files", None),
            Phase::Settling => ("Bringing them into the case", None),
            Phase::Done => ("Everything is read", Some(String::new())),
            Phase::Stopped => ("Stopped", Some("Nothing came into the case. Add the files again to go on.".to_owned())),
            Phase::Failed => ("This did not work", Some(progress.failure.clone().unwrap_or_default())),
        };
        Self {
            case: case.clone(),
            id: id.clone(),
            doing,
            counts: match progress.expected {
                0 => format!("{} read, {} stored.", counted(progress.files, "file", "files"), size(progress.bytes)),
                all => {
                    let all = counted(all, "file", "files");
                    format!("{} of {all} read, {} stored.", count(progress.files), size(progress.bytes))
                }
            },
            bar: (progress.expected > 0 && ended.is_none()).then_some((progress.files, progress.expected)),
            ended,
            report: progress.phase == Phase::Done,
            packet: None,
            back: format!("/cases/{case}/gather#add"),
        }
    }
}

#[derive(Template)]
#[template(path = "progress.html")]
pub(crate) struct ProgressPage {
    shell: Shell,
    running: Running,
}

impl ProgressPage {
    pub(crate) fn new(context: &Context<'_>, view: &CaseView<'_>, running: Running) -> Self {
        Self::within(Shell::of_case(context, view, "Adding files", Some(Stage::Gather)), running)
    }

    fn within(mut shell: Shell, running: Running) -> Self {
        shell.live = true;
        shell.reload = running.ended.is_none().then_some(2);
        Self { shell, running }
    }
}

/// The case; `None` while an import that runs here opens it and has kept nothing yet.
async fn case_of(visitor: &Visitor, id: &CaseId, import: &ImportId) -> Result<Option<Arc<Case>>, Failure> {
    match visitor.case(id).await {
        Err(Failure::NotFound)
            if visitor.session.may_open_cases() && visitor.app.import_progress(id, import).is_some() =>
        {
            Ok(None)
        }
        known => known.map(Some),
    }
}

/// The packet that an import opened.
fn packet_of(view: &CaseView<'_>, import: &ImportId) -> Option<PacketId> {
    let received = view.received();
    received.into_iter().find(|held| held.packet.import == *import).map(|held| held.packet.packet.clone())
}

/// `/cases/{case}/imports/{import}/progress`
pub(crate) async fn progress(
    visitor: Visitor,
    Path((id, import)): Path<(CaseId, ImportId)>,
) -> Result<Response, Failure> {
    let Some(case) = case_of(&visitor, &id, &import).await? else {
        let progress = visitor.app.import_progress(&id, &import).ok_or(Failure::NotFound)?;
        let running = Running { back: "/receive".to_owned(), ..Running::new(&id, &import, &progress) };
        return html(&ProgressPage::within(Shell::new("Adding files", true), running));
    };
    let view = case.seen_by(visitor.session.audience);
    match visitor.app.import_progress(&id, &import) {
        Some(progress) => {
            let running = Running { packet: packet_of(&view, &import), ..Running::new(&id, &import, &progress) };
            html(&visitor.look(|context| ProgressPage::new(context, &view, running)))
        }
        // An import of an earlier run of the program: its report is there, or nothing is.
        None => Ok(Redirect::to(&format!("/cases/{id}/imports/{import}")).into_response()),
    }
}

/// Asks an import to stop.
pub(crate) async fn stop(visitor: Visitor, Path((id, import)): Path<(CaseId, ImportId)>) -> Result<Response, Failure> {
    case_of(&visitor, &id, &import).await?;
    if !visitor.session.audience.may_change() {
        return Err(Failure::NotAllowed);
    }
    visitor.app.stop_import(&id, &import);
    Ok(Redirect::to(&format!("/cases/{id}/imports/{import}/progress")).into_response())
}

struct Total {
    address: String,
    count: String,
    word: Option<Word>,
    chosen: bool,
}

struct FileRow {
    inside: Vec<String>,
    name: String,
    /// Where the files are listed one by one, when the row stands for several.
    each: Option<String>,
    outcome: Word,
    reason: Option<String>,
    complaints: Vec<String>,
}

/// One series: expected against found.
pub(crate) struct SeriesLine {
    pub(crate) address: String,
    pub(crate) study: String,
    pub(crate) date: Option<When>,
    pub(crate) series: String,
    pub(crate) found: String,
    pub(crate) expected: Option<String>,
    pub(crate) state: Word,
    pub(crate) missing: Option<String>,
}

/// The word for how whole a series is, what was expected, and what is missing.
pub(crate) fn completeness(state: &Completeness, found: u32) -> (Word, Option<String>, Option<String>) {
    match state {
        Completeness::Complete => (Word::new("complete", "done"), Some(count(u64::from(found))), None),
        Completeness::NotStated => (Word::new("no gap seen", "empty"), None, None),
        Completeness::Incomplete { expected, found, missing } => {
            let lacking = counted(u64::from(expected.saturating_sub(*found)), "picture missing", "pictures missing");
            let numbers = missing.human();
            let missing = if numbers.is_empty() { lacking } else { format!("{lacking}: number {numbers}") };
            (Word::new("incomplete", "gap"), Some(count(u64::from(*expected))), Some(missing))
        }
    }
}

impl SeriesLine {
    pub(crate) fn new(case: &CaseId, row: &SeriesRow) -> Self {
        let (state, expected, missing) = completeness(&row.completeness, row.found);
        let or = |text: &str, otherwise: &str| if text.is_empty() { otherwise.to_owned() } else { text.to_owned() };
        let modality = if row.modality.is_empty() { String::new() } else { format!("{} ", row.modality) };
        Self {
            address: format!("/cases/{case}/studies/{}", encoded(&row.study)),
            study: or(&row.study_description, "Study without a name"),
            date: row.date.map(When::from),
            series: format!("{modality}{}", or(&row.description, "series without a name")),
            found: count(u64::from(row.found)),
            expected,
            state,
            missing,
        }
    }
}

#[derive(Template)]
#[template(path = "import.html")]
pub(crate) struct ImportPage {
    shell: Shell,
    id: CaseId,
    packet: Option<PacketId>,
    sources: String,
    at: Option<When>,
    summary: String,
    totals: Vec<Total>,
    /// The one folder whose files are listed, and the way back to all.
    within: Option<(String, String)>,
    files: Vec<FileRow>,
    pages: Pages,
    series: Vec<SeriesLine>,
}

fn outcome_named(name: &str) -> Option<Outcome> {
    match name {
        "kept" => Some(Outcome::Kept),
        "duplicate" => Some(Outcome::Duplicate),
        "set-aside" => Some(Outcome::SetAside),
        "refused" => Some(Outcome::Refused),
        _ => None,
    }
}

/// `outer.zip!/inner/name` as a trail and a name.
fn file_row(file: &FileOutcome) -> FileRow {
    let mut inside: Vec<String> = file.path.split("!/").map(str::to_owned).collect();
    let name = inside.pop().unwrap_or_default();
    FileRow {
        inside,
        name,
        each: None,
        outcome: file.outcome.into(),
        reason: file.reason.clone(),
        complaints: file.complaints.clone(),
    }
}

/// Files of one folder from which on they share a line.
const FOLDED: usize = 4;

/// The folder part of a path, with its last `/`.
fn folder_of(path: &str) -> &str {
    path.rfind('/').map_or("", |at| path.get(..=at).unwrap_or_default())
}

/// Neighbours of one folder that ended alike and without complaint: a disc of a thousand images is one line.
fn folded<'a>(files: &[&'a FileOutcome]) -> Vec<Vec<&'a FileOutcome>> {
    let key = |f: &&'a FileOutcome| (folder_of(&f.path), f.outcome, f.reason.as_deref(), f.complaints.is_empty());
    let alike = |a: &&'a FileOutcome, b: &&'a FileOutcome| key(a) == key(b) && a.complaints.is_empty();
    let mut rows = Vec::new();
    for group in files.chunk_by(alike) {
        if group.len() < FOLDED || group.first().is_some_and(|f| folder_of(&f.path).is_empty()) {
            rows.extend(group.iter().map(|file| vec![*file]));
        } else {
            rows.push(group.to_vec());
        }
    }
    rows
}

/// One line for a group of files.
fn group_row(group: &[&FileOutcome], path: &str, outcome: &str) -> Option<FileRow> {
    let (first, last) = (group.first()?, group.last()?);
    let mut row = file_row(first);
    if group.len() > 1 {
        let name = last.path.rsplit(['/', '!']).next().unwrap_or_default();
        row.name = format!("{} to {name}: {}", row.name, counted(group.len() as u64, "file", "files"));
        let asked = [("outcome", outcome), ("within", folder_of(&first.path))];
        row.each = Some(paging::address(path, "#files", &Values::new(), &asked));
    }
    Some(row)
}

impl ImportPage {
    pub(crate) fn new(context: &Context<'_>, view: &CaseView<'_>, report: &ImportReport, query: &Values) -> Self {
        let (case, import) = (view.id(), &report.import);
        let path = format!("/cases/{case}/imports/{}", import.id);
        let chosen = asked(query, "outcome").and_then(outcome_named);
        let all = &import.totals;
        let total = |number: u64, name: &str, outcome: Option<Outcome>| Total {
            address: paging::address(&path, "#files", &Values::new(), &[("outcome", name)]),
            count: count(number),
            word: outcome.map(Word::from),
            chosen: chosen == outcome,
        };
        let within = asked(query, "within");
        let fits = |f: &&FileOutcome| {
            chosen.is_none_or(|outcome| f.outcome == outcome) && within.is_none_or(|w| folder_of(&f.path) == w)
        };
        let fitting: Vec<&FileOutcome> = report.files.iter().filter(fits).collect();
        let rows = match within {
            Some(_) => fitting.iter().map(|file| vec![*file]).collect(),
            None => folded(&fitting),
        };
        let (shown, pages) = paging::page(&rows, ROWS, &path, "#files", query);
        let outcome = asked(query, "outcome").unwrap_or_default();
        Self {
            shell: Shell::of_case(context, view, "Import report", Some(Stage::Gather)),
            id: case.clone(),
            packet: packet_of(view, &report.import.id),
            sources: sources(&import.sources),
            at: import.at.map(When::from),
            summary: format!("{}, {}. Every one is listed.", counted(all.files, "file", "files"), size(all.bytes)),
            totals: vec![
                total(all.files, "", None),
                total(all.kept, "kept", Some(Outcome::Kept)),
                total(all.duplicate, "duplicate", Some(Outcome::Duplicate)),
                total(all.set_aside, "set-aside", Some(Outcome::SetAside)),
                total(all.refused, "refused", Some(Outcome::Refused)),
            ],
            within: within
                .map(|w| (w.to_owned(), paging::address(&path, "#files", &Values::new(), &[("outcome", outcome)]))),
            files: shown.iter().filter_map(|group| group_row(group, &path, outcome)).collect(),
            pages,
            series: report.series.iter().map(|row| SeriesLine::new(case, row)).collect(),
        }
    }
}

/// The first few names, and how many more.
pub(crate) fn sources(all: &[String]) -> String {
    let named: Vec<&str> = all.iter().take(3).map(String::as_str).collect();
    match all.len().saturating_sub(named.len()) {
        0 => named.join(", "),
        more => format!("{} and {} more", named.join(", "), count(more as u64)),
    }
}

/// `/cases/{case}/imports/{import}`
pub(crate) async fn report(
    visitor: Visitor,
    Path((id, import)): Path<(CaseId, ImportId)>,
    Query(query): Query<Values>,
) -> Result<Response, Failure> {
    let case = visitor.case(&id).await?;
    let view = case.seen_by(visitor.session.audience);
    let report = visitor.app.import_report(&visitor.session, &id, &import).await?;
    html(&visitor.look(|context| ImportPage::new(context, &view, &report, &query)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, outcome: Outcome) -> FileOutcome {
        FileOutcome { path: path.to_owned(), outcome, reason: None, object: None, complaints: Vec::new() }
    }

    #[test]
    fn a_disc_of_many_images_is_one_line_and_what_differs_stands_out() {
        let mut files: Vec<FileOutcome> = (0..100).map(|n| file(&format!("CD/IM{n}"), Outcome::Kept)).collect();
        files[50].complaints.push("It is cut short.".to_owned());
        files.push(file("CD/IM100", Outcome::Refused));
        files.extend((0..3).map(|n| file(&format!("letters/{n}.pdf"), Outcome::Kept)));
        files.extend((0..9).map(|n| file(&format!("{n}.pdf"), Outcome::Kept)));
        let all: Vec<&FileOutcome> = files.iter().collect();
        let lengths: Vec<usize> = folded(&all).iter().map(Vec::len).collect();
        assert_eq!(lengths, [[50, 1, 49, 1, 1, 1, 1].as_slice(), &[1; 9]].concat());
        assert_eq!(lengths.iter().sum::<usize>(), files.len(), "every file is accounted for");
        let row = group_row(&folded(&all)[0], "/x", "kept").unwrap();
        assert_eq!(row.name, "CD/IM0 to IM49: 50 files");
        assert_eq!(row.each.as_deref(), Some("/x?outcome=kept&within=CD%2F#files"));
    }
}
