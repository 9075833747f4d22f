//! `case export-ledger`, `verify --ledger`: a ledger that a stranger checks.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use consilium_app::casefile::Session;
use consilium_app::exported::check_ledger;
use serde_json::json;

use super::{answer, open};
use crate::arguments::Arguments;
use crate::output::new_file;

pub(super) async fn export(
    arguments: &Arguments,
    session: &Session,
    name: &str,
    output: &Path,
    with_contents: bool,
) -> Result<ExitCode> {
    let app = open(arguments).await?;
    let id = app.case_named(session, name).await?;
    let ledger = app.export_ledger(session, &id, with_contents).await?;
    let checked =
        check_ledger(&ledger, None).context("the ledger of this case does not hold; run “consilium verify”")?;
    new_file(output, &ledger)?;
    let value = json!({
        "case": name, "file": output, "entries": checked.entries, "head": checked.head, "contents": with_contents,
    });
    answer(arguments, &value, || {
        crate::say!("{} entries written. Head: {}", checked.entries, checked.head.hash.short());
        match with_contents {
            true => {
                crate::say!("The file holds what the case says of the person. Give it only to whom you give the case.")
            }
            false => crate::say!("The file holds dates, kinds of entries and hashes, and nothing of what they say."),
        }
    })
}

/// Needs no home: anybody may check.
pub(super) fn verify(arguments: &Arguments, file: &Path, head: Option<&str>) -> Result<ExitCode> {
    let ledger = std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    match check_ledger(&ledger, head) {
        Ok(checked) => answer(arguments, &checked, || {
            crate::say!(
                "{} entries, each chained to the one before. Head: {}",
                checked.entries,
                checked.head.hash.short()
            );
            if let Some(entry) = checked.printed {
                crate::say!("The printed head is that of entry {entry}.");
            }
            crate::say!("The contents of {} of them are in the file, as they were first written.", checked.contents);
            if head.is_none() {
                crate::say!("Whoever wrote it could have written it anew: compare the head with one that was printed.");
            }
        }),
        Err(problem) => {
            if arguments.json {
                crate::output::json(&json!({ "error": problem.to_string(), "entry": problem.entry() }))?;
            }
            crate::complain!("{problem}");
            Ok(ExitCode::from(1))
        }
    }
}
