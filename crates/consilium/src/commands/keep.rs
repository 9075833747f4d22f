//! `init`, `passphrase`, `recovery-sheet`, `verify`, `backup`, `restore`, `purge`, `compact`.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use consilium_app::casefile::Session;
use consilium_app::{App, AppError, HomeState, Storage, private_file};
use serde_json::json;

use super::{answer, open};
use crate::arguments::{Arguments, Init, Passphrase, Purge, RecoverySheet};
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

/// Opens a home under a passphrase, and gives what opened it.
async fn open_again(arguments: &Arguments) -> Result<(App, String)> {
    let home = unlock::home(arguments)?;
    match App::state(&home)? {
        HomeState::Absent => return Err(AppError::NoHome.into()),
        HomeState::Plain => bail!("this home has no passphrase; nothing was changed"),
        _ => {}
    }
    let question = "The passphrase of today, or the recovery key: ";
    let typed = unlock::passphrase(arguments, question)?.ok_or(AppError::Locked)?;
    Ok((App::open_typed(&home, &typed, unlock::reader()).await?, typed))
}

pub(super) async fn passphrase(arguments: &Arguments, options: &Passphrase) -> Result<ExitCode> {
    let (app, typed) = open_again(arguments).await?;
    let new = match &options.new_passphrase_file {
        Some(file) => unlock::first_line(file)?,
        None => {
            let Some(new) = unlock::asked("The new passphrase: ")? else {
                bail!("no new passphrase was given; use --new-passphrase-file");
            };
            if unlock::asked("The same one again: ")?.as_deref() != Some(&new) {
                bail!("the two differ; nothing was changed");
            }
            new
        }
    };
    if new.trim().is_empty() {
        bail!("an empty passphrase protects nothing; nothing was changed");
    }
    app.change_passphrase(&typed, &new).await?;
    answer(arguments, &json!({ "changed": true }), || {
        crate::say!("The new passphrase opens this home; the one before does not. The recovery sheet stays good.");
    })
}

pub(super) async fn recovery_sheet(arguments: &Arguments, options: &RecoverySheet) -> Result<ExitCode> {
    let (app, typed) = open_again(arguments).await?;
    let Some(place) = &options.output else {
        let sheet = app.new_recovery_sheet(&typed).await?;
        return answer(arguments, &json!({ "recovery_key": sheet.words }), || {
            crate::say!("Recovery key. Write it down or print it; it is shown only now, opens this home without the");
            crate::say!("passphrase, and takes the place of the one before:");
            crate::say!("{}", sheet.words);
        });
    };
    // The place first: once there is a new key, the sheet before is worth nothing.
    let open = private_file().create_new(true).open(place);
    let mut file = open.with_context(|| format!("{} could not be written; nothing was changed", place.display()))?;
    let written = match app.new_recovery_sheet(&typed).await {
        Ok(sheet) => {
            file.write_all(&sheet.pdf).and_then(|()| file.sync_all()).context("the sheet could not be written")
        }
        Err(error) => Err(error.into()),
    };
    if let Err(error) = written {
        let _ = std::fs::remove_file(place);
        return Err(error);
    }
    answer(arguments, &json!({ "file": place }), || {
        crate::say!("Written. Print it, then delete the file; the sheet before opens this home no more.");
    })
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
    let cleared = app.compact(session).await?;
    let value = json!({ "freed_bytes": cleared.freed, "unnamed": cleared.unnamed, "busy_cases": cleared.busy });
    answer(arguments, &value, || {
        crate::say!("Deleted bytes are gone from the disk.");
        if cleared.unnamed > 0 {
            crate::say!("{} stored files that no case names are gone with them.", cleared.unnamed);
        }
        if cleared.busy > 0 {
            crate::say!("{} cases were left alone, because something is being imported.", cleared.busy);
        }
    })
}
