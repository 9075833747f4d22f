//! `init`, `verify`, `backup`, `restore`, `purge`, `compact`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};
use consilium_app::casefile::Session;
use consilium_app::{App, HomeState, Storage};
use serde_json::json;

use super::{answer, open};
use crate::arguments::{Arguments, Init, Purge};
use crate::unlock;

pub(super) async fn init(arguments: &Arguments, init: &Init) -> Result<ExitCode> {
    let home = unlock::home(arguments)?;
    if App::state(&home)? != HomeState::Absent {
        bail!("there is a home here already; nothing was changed");
    }
    let passphrase = if init.plain {
        None
    } else {
        let Some(passphrase) = unlock::passphrase(arguments, "Choose a passphrase: ")? else {
            bail!("no passphrase was given; give one, or “--plain” to store without encryption");
        };
        Some(passphrase)
    };
    let storage = match (&init.database, &init.objects) {
        (Some(database), Some(objects)) => {
            Storage::Server { database_url: database.clone(), objects_url: objects.clone() }
        }
        _ => Storage::Local,
    };
    unlock::create(&home, storage, passphrase).await?;
    answer(arguments, &json!({ "home": home }), || crate::say!("The home is ready."))
}

pub(super) async fn verify(arguments: &Arguments) -> Result<ExitCode> {
    let app = open(arguments).await?;
    let report = app.verify().await?;
    let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    let cases: Vec<_> = report
        .cases
        .iter()
        .map(|c| json!({ "case": c.case, "head": c.head, "entries": c.entries, "purged": c.purged }))
        .collect();
    let value = json!({
        "cases": cases, "objects": report.objects, "bytes": report.bytes, "purged_objects": report.purged_objects,
        "unreferenced_bytes": report.unreferenced_bytes, "problems": problems,
    });
    answer(arguments, &value, || {
        crate::say!(
            "{} cases, {} entries, {} stored files ({} bytes) checked.",
            report.cases.len(),
            report.cases.iter().map(|c| c.entries).sum::<u64>(),
            report.objects,
            report.bytes
        );
        for problem in &report.problems {
            crate::say!("PROBLEM  {problem}");
        }
        if report.problems.is_empty() {
            crate::say!("Everything is as it was written.");
        }
    })?;
    Ok(if report.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

pub(super) async fn backup(arguments: &Arguments, file: &Path) -> Result<ExitCode> {
    let app = open(arguments).await?;
    let report = app.backup(file).await?;
    answer(arguments, &json!({ "file": file, "cases": report.cases, "objects": report.objects }), || {
        crate::say!("Written. It opens with the same passphrase.")
    })
}

pub(super) async fn restore(arguments: &Arguments, file: &Path) -> Result<ExitCode> {
    let home = unlock::home(arguments)?;
    let report = App::restore(file, &home).await?;
    answer(arguments, &json!({ "home": home, "cases": report.cases, "objects": report.objects }), || {
        crate::say!("Restored. “consilium verify” checks every file of it.")
    })
}

pub(super) async fn purge(arguments: &Arguments, session: &Session, purge: &Purge) -> Result<ExitCode> {
    if !purge.yes {
        bail!("this deletes the bytes for good and cannot be undone; add --yes to do it");
    }
    let app = open(arguments).await?;
    let id = app.case_named(session, &purge.case).await?;
    let purged = app.purge(session, &id, &purge.id).await?;
    answer(arguments, &json!({ "purged": purged.objects, "quoted_in": purged.quoted_in }), || {
        crate::say!("Deleted. “consilium compact” also clears the space on the disk.");
        for question in &purged.quoted_in {
            crate::say!("This question of yours still quotes it: “{}”", question.text);
            crate::say!("  To delete it as well: consilium purge {} --case {} --yes", question.id, purge.case);
        }
    })
}

pub(super) async fn reindex(arguments: &Arguments, session: &Session) -> Result<ExitCode> {
    let app = open(arguments).await?;
    let mut images = 0;
    for case in app.cases(session).await? {
        images += app.rebuild_index(session, &case.id).await?;
    }
    answer(arguments, &json!({ "images": images }), || crate::say!("{images} images are in the index."))
}

pub(super) async fn compact(arguments: &Arguments, session: &Session) -> Result<ExitCode> {
    let app = open(arguments).await?;
    let report = app.compact(session).await?;
    answer(arguments, &json!({ "freed_bytes": report.freed }), || crate::say!("Deleted bytes are gone from the disk."))
}
