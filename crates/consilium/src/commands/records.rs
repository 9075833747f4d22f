//! `record`: whose a record is, out of the case and back.

use std::process::ExitCode;

use anyhow::Result;
use consilium_app::casefile::Session;
use serde_json::json;

use super::{answer, open};
use crate::arguments::{Arguments, OneRecord, Record};

pub(super) async fn record(arguments: &Arguments, session: &Session, command: Record) -> Result<ExitCode> {
    let app = open(arguments).await?;
    let (Record::Mine(OneRecord { record, case })
    | Record::Remove(OneRecord { record, case })
    | Record::Restore(OneRecord { record, case })) = &command;
    let id = app.case_named(session, case).await?;
    let (documents, studies) = app.record_named(session, &id, record).await?;
    match command {
        Record::Mine(_) => app.confirm_identity(session, &id, documents, studies).await?,
        Record::Remove(_) => app.set_removed(session, &id, documents, studies, true).await?,
        Record::Restore(_) => app.set_removed(session, &id, documents, studies, false).await?,
    };
    answer(arguments, &json!({ "case": case, "record": record }), || crate::say!("Noted."))
}
