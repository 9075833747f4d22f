//! `decide`: what waits for a person.

use std::process::ExitCode;

use anyhow::{Result, bail};
use consilium_app::AppError;
use consilium_app::casefile::gather::SetAsideReason;
use consilium_app::casefile::records::{Confirmation, DocumentKind};
use consilium_app::casefile::{DocumentId, Session, SetAsideId};
use consilium_app::dates::typed_date;
use serde_json::json;

use super::{answer, open};
use crate::arguments::{Arguments, Decide};
use crate::unlock;

pub(super) async fn decide(arguments: &Arguments, session: &Session, command: Decide) -> Result<ExitCode> {
    let app = open(arguments).await?;
    let done = |case: &str| answer(arguments, &json!({ "case": case }), || crate::say!("Noted."));
    match command {
        Decide::List { case } => list(arguments, session, &app, &case).await,
        Decide::Mine { group, case } => {
            let id = app.case_named(session, &case).await?;
            app.decide_set_aside(session, &id, &SetAsideId(group), true).await?;
            done(&case)
        }
        Decide::NotMine { group, case } => {
            let id = app.case_named(session, &case).await?;
            app.decide_set_aside(session, &id, &SetAsideId(group), false).await?;
            done(&case)
        }
        Decide::Reopen { group, case } => {
            let id = app.case_named(session, &case).await?;
            app.reopen_set_aside(session, &id, &SetAsideId(group)).await?;
            done(&case)
        }
        Decide::Unlock { group, case, password, password_file } => {
            let id = app.case_named(session, &case).await?;
            let password = match (password, password_file) {
                (Some(password), _) => password,
                (None, Some(file)) => unlock::first_line(&file)?,
                (None, None) => match unlock::asked("Password of the file: ")? {
                    Some(password) => password,
                    None => bail!("no password was given; use --password-file"),
                },
            };
            let report = app.unlock(session, &id, &SetAsideId(group), &password).await?;
            answer(arguments, &report, || crate::say!("Opened: {} files inside.", report.files.len()))
        }
        Decide::Unsure { case } => {
            let id = app.case_named(session, &case).await?;
            app.confirm_all_unsure(session, &id).await?;
            done(&case)
        }
        Decide::Document { document, case, kind, date, author, facility } => {
            let id = app.case_named(session, &case).await?;
            let date = typed_date(date.as_deref().unwrap_or_default()).map_err(AppError::from)?;
            let said = Confirmation { kind: kind.map(DocumentKind), date, author, facility };
            app.confirm_document(session, &id, &DocumentId(document), said).await?;
            done(&case)
        }
    }
}

async fn list(arguments: &Arguments, session: &Session, app: &consilium_app::App, name: &str) -> Result<ExitCode> {
    let id = app.case_named(session, name).await?;
    let case = app.case(session, &id).await?;
    let view = case.seen_by(session.audience);
    let waiting: Vec<_> = view.set_aside().into_iter().filter(|g| g.decision.is_none()).collect();
    let value = json!({ "case": name, "groups": waiting });
    answer(arguments, &value, || {
        for group in &waiting {
            let why = match &group.reason {
                SetAsideReason::Stranger { patient } => {
                    let who = patient.name.as_ref().map(|n| n.display()).unwrap_or_default();
                    let born = patient.birth_date.map(|d| format!(", born {}", d.human())).unwrap_or_default();
                    format!("{} files name {who}{born}", group.files())
                }
                SetAsideReason::Mixed => "one file names several people".to_owned(),
                SetAsideReason::Locked => "one file asks for a password".to_owned(),
                SetAsideReason::Altered => "a record of a packet is not the one that its sender listed".to_owned(),
            };
            crate::say!("{}  {why}", group.id);
            let paths = group.documents.iter().map(|d| &d.path).chain(group.studies.iter().map(|s| &s.path));
            for path in paths.chain(group.locked.iter().map(|l| &l.path)).take(8) {
                crate::say!("    {path}");
            }
        }
        if waiting.is_empty() {
            crate::say!("Nothing waits for a decision.");
        }
    })
}
