//! `import`: files into a case, with a progress bar, and the honest account of every file.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use consilium_app::casefile::gather::{FileOutcome, Outcome, Totals};
use consilium_app::casefile::imaging::Completeness;
use consilium_app::casefile::{Refusal, Session};
use consilium_app::gather::{ImportReport, ImportRequest, SeriesRow};
use consilium_app::{App, AppError};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::arguments::{Arguments, Import};
use crate::{output, unlock};

/// What `import --json` prints; `docs/json.md` describes it.
#[derive(Serialize)]
struct Answer<'a> {
    case: &'a str,
    import: &'a str,
    files: &'a [FileOutcome],
    totals: Totals,
    series: &'a [SeriesRow],
}

pub(super) async fn import(arguments: &Arguments, session: &Session, import: Import) -> Result<ExitCode> {
    if !import.paths.iter().any(|path| path.exists()) {
        return Err(AppError::from(Refusal::new("refusal-nothing-to-import")).into());
    }
    let app = unlock::open_or_create(arguments).await?;
    let case = app.case_named_or_new(session, &import.case).await?;
    let bar = progress_bar(arguments.json);
    let mut passwords = import.passwords;
    if let Some(file) = &import.password_file {
        let text = std::fs::read_to_string(file).context("the password file cannot be read")?;
        passwords.extend(text.lines().filter(|line| !line.is_empty()).map(str::to_owned));
    }
    let request = ImportRequest { sources: import.paths, passwords, ..ImportRequest::default() };
    let report = app
        .import(session, &case, request, |progress| {
            bar.set_length(progress.expected.max(progress.files));
            bar.set_position(progress.files);
            bar.set_message(output::bytes(progress.bytes));
        })
        .await?;
    bar.finish_and_clear();
    if arguments.json {
        output::json(&Answer {
            case: &report.case,
            import: report.import.id.as_str(),
            files: &report.files,
            totals: report.import.totals,
            series: &report.series,
        })?;
    } else {
        print(&app, &report);
        super::read::hint(&app, session, &case, &import.case).await;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn progress_bar(quiet: bool) -> ProgressBar {
    let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let style = ProgressStyle::with_template(
        "{spinner} {pos} of {len} files read, {msg}, {elapsed} (Ctrl-C stops; run again to go on)",
    );
    let bar = ProgressBar::with_draw_target(None, target)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn print(app: &App, report: &ImportReport) {
    let totals = report.import.totals;
    crate::say!(
        "Case “{}”: {} files met. {} kept, {} duplicates, {} set aside, {} refused.",
        report.case,
        totals.files,
        totals.kept,
        totals.duplicate,
        totals.set_aside,
        totals.refused
    );
    for (outcome, heading) in [
        (Outcome::SetAside, "Set aside until you decide (see “consilium decide list”):"),
        (Outcome::Refused, "Refused:"),
        (Outcome::Duplicate, "Here already:"),
    ] {
        print_folders(heading, report.files.iter().filter(|f| f.outcome == outcome));
    }
    let troubled: Vec<&FileOutcome> = report.files.iter().filter(|f| !f.complaints.is_empty()).collect();
    if !troubled.is_empty() {
        crate::say!("\nKept, with something wrong in it:");
        for file in troubled.iter().take(40) {
            crate::say!("  {}  {}", file.path, file.complaints.join(" "));
        }
    }
    let incomplete = report.series.iter().filter_map(|row| match &row.completeness {
        Completeness::Incomplete { expected, found, missing } => Some((row, expected, found, missing)),
        _ => None,
    });
    for (row, expected, found, missing) in incomplete {
        let numbers = if missing.0.is_empty() { String::new() } else { format!(", missing {}", missing.human()) };
        crate::say!(
            "\nIncomplete: {} {} ({}): {found} of {expected} images{numbers}.",
            row.modality,
            row.description,
            row.study_description
        );
    }
    let next = app.say(&consilium_app::casefile::Message::new("import-what-next"));
    crate::say!("\n{next}");
}

/// One line for files of a folder that share a reason: a disc of a thousand images is one line, a lone file its own.
fn print_folders<'a>(heading: &str, files: impl Iterator<Item = &'a FileOutcome>) {
    let mut lines: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for file in files {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        lines.entry((folder, file.reason.as_deref().unwrap_or_default())).or_default().push(&file.path);
    }
    if !lines.is_empty() {
        crate::say!("\n{heading}");
    }
    for ((folder, reason), paths) in &lines {
        match paths.as_slice() {
            [path] => crate::say!("  {path}  {reason}"),
            many => crate::say!("  {folder}: {} files  {reason}", many.len()),
        }
    }
}
