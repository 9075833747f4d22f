//! `serve`, `demo`, `link`, `routes`: the pages.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use consilium_app::casefile::{Audience, Role, Session};
use consilium_app::{App, HomeState};
use serde_json::json;

use super::{answer, open};
use crate::arguments::{Arguments, Demo, Link, Serve};
use crate::unlock;

pub(super) async fn serve(arguments: &Arguments, options: Serve) -> Result<ExitCode> {
    let home = unlock::home(arguments)?;
    // A sealed home is opened here when its passphrase is at hand, and on the page otherwise.
    let app = match App::state(&home)? {
        HomeState::Absent => None,
        HomeState::Locked if std::env::var("CONSILIUM_PASSPHRASE").is_err() && arguments.passphrase_file.is_none() => {
            None
        }
        _ => Some(open(arguments).await?),
    };
    run(&home, app, options.bind, !options.no_open).await
}

async fn run(home: &Path, app: Option<App>, bind: SocketAddr, open_browser: bool) -> Result<ExitCode> {
    let reading = app.clone();
    let serving =
        consilium_web::serve(consilium_web::ServeConfig { bind, home: home.to_owned(), app, reader: unlock::reader() })
            .await
            .with_context(|| format!("cannot serve on {bind}; is another Consilium running? Give another --bind"))?;
    if let Some(app) = reading {
        // What an earlier version read is read again beside the pages; nobody waits for it.
        tokio::spawn(async move {
            if let Err(error) = app.read_all_records(&Session::owner()).await {
                tracing::warn!(%error, "texts were not read again");
            }
        });
    }
    crate::say!("open {}", serving.login_url());
    crate::say!("Ctrl-C stops.");
    let opened = || serving.door().is_ok_and(|page| opener::open_browser(page).is_ok());
    if open_browser && !opened() {
        crate::say!("No browser could be opened; open the address above yourself.");
    }
    serving.wait().await?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn demo(arguments: &Arguments, demo: Demo) -> Result<ExitCode> {
    let home = match &arguments.home {
        Some(home) => home.clone(),
        None => std::env::temp_dir().join(format!("consilium-demo-{}", std::process::id())),
    };
    let app = if App::state(&home)? == HomeState::Absent {
        super::demo::make_demo(&home, &demo).await?
    } else {
        crate::say!("The demo case is here already: {}", home.display());
        open(&Arguments { home: Some(home.clone()), ..Arguments::quiet() }).await?
    };
    if demo.no_serve {
        return Ok(ExitCode::SUCCESS);
    }
    run(&home, Some(app), demo.bind, !demo.no_open).await
}

pub(super) async fn link(arguments: &Arguments, session: &Session, link: &Link) -> Result<ExitCode> {
    let home = unlock::home(arguments)?;
    let default = if link.case.is_some() { Audience::Helper } else { Audience::Owner };
    let Some(audience) = link.audience.as_deref().map_or(Some(default), Audience::named) else {
        bail!("choose owner, helper, specialist or blind-reader");
    };
    if audience == Audience::Owner && link.case.is_some() {
        bail!(
            "the owner’s link opens every case of this home: leave out --case, or choose helper, specialist or blind-reader"
        );
    }
    let (session, label) = if audience == Audience::Owner {
        (session.clone(), "the owner".to_owned())
    } else {
        let app = open(arguments).await?;
        let name = link.case.as_deref().context("say which case the link is for: --case NAME")?;
        let case = app.case_named(session, name).await?;
        // Where nobody serves the pages there is no link, and an access without one would be of no use.
        consilium_web::one_time_link(&home, session)?;
        let access = app.grant_access(session, &case, &link.label, audience).await?;
        let role = if audience == Audience::Helper { Role::Caregiver } else { Role::Specialist };
        (Session { actor: access.id, role, audience, only_case: Some(case) }, access.label)
    };
    let url = consilium_web::one_time_link(&home, &session)?;
    answer(arguments, &json!({ "url": url, "audience": audience.name() }), || {
        crate::say!("open {url}");
        crate::say!("One use, for {label}. It works while “consilium serve” runs on this machine.");
    })
}

pub(super) fn routes(arguments: &Arguments) -> Result<ExitCode> {
    let routes = consilium_web::routes();
    answer(arguments, &routes, || {
        for route in &routes {
            crate::say!("{}", serde_json::to_string(route).unwrap_or_default());
        }
    })
}

pub(super) fn shoebox(folder: &Path) -> Result<ExitCode> {
    std::fs::create_dir_all(folder)?;
    consilium_demo::write_shoebox(folder, consilium_app::clock::now().date())?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn bench_disc(folder: &Path, slices: u32) -> Result<ExitCode> {
    consilium_demo::write_disc(folder, slices, consilium_app::clock::now().date())?;
    Ok(ExitCode::SUCCESS)
}
