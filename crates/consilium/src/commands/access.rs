//! `access`: who may look at a case besides its owner.

use std::process::ExitCode;

use anyhow::Result;
use consilium_app::casefile::{ActorId, Session};
use serde_json::json;

use super::{answer, open, serve};
use crate::arguments::{Access, Arguments, Link};

pub(super) async fn access(arguments: &Arguments, session: &Session, command: Access) -> Result<ExitCode> {
    let (name, case) = match command {
        Access::Grant { label, audience, case } => {
            let link = Link { case: Some(case), audience: Some(audience), label };
            return serve::link(arguments, session, &link).await;
        }
        Access::List { case } => {
            let app = open(arguments).await?;
            let id = app.case_named(session, &case).await?;
            (case, app.case(session, &id).await?)
        }
        Access::Withdraw { access, case } => {
            let app = open(arguments).await?;
            let id = app.case_named(session, &case).await?;
            (case, app.withdraw_access(session, &id, &ActorId::from(access)).await?)
        }
    };
    let view = case.seen_by(session.audience);
    let granted = view.about().map(|about| about.access.as_slice()).unwrap_or_default();
    answer(arguments, &json!({ "case": name, "access": granted }), || {
        for access in granted {
            crate::say!("{}  {}  {}", access.id, access.audience.name(), access.label);
        }
        if granted.is_empty() {
            crate::say!("Nobody else may look at this case.");
        }
    })
}
