//! What the tests stand on: a home in a temporary folder with one case, served without a network.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use consilium_app::cases::NewCase;
use consilium_app::gather::ImportRequest;
use consilium_app::{App, Protection, Reader, Storage};
use consilium_casefile::{Audience, CaseId, Role, Session};
use tower::ServiceExt;

use crate::web::Web;
use crate::{ServeConfig, make, routes};

pub(crate) const HOST: &str = "127.0.0.1:7700";

/// Words that must not show before somebody may see the record.
pub(crate) const SECRET: &str = "invented finding";

pub(crate) const REPORT: &str = "SPRINGFIELD EXAMPLE HOSPITAL\nSURGICAL PATHOLOGY REPORT\nPatient: EXAMPLE, ROSA\n\
    DOB: 03/14/1971\nCollected: 08/13/2026\nFINAL DIAGNOSIS\nAn invented finding <script>alert(1)</script>.\n";
const STRANGER: &str =
    "SURGICAL PATHOLOGY REPORT\nPatient: EXEMPEL, ROLAND\nDOB: 05/02/1948\nFINAL DIAGNOSIS\nInvented.\n";

pub(crate) struct Ground {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) web: Web,
    pub(crate) router: Router,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) length: usize,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// A server over a folder without a home.
pub(crate) fn no_home() -> Ground {
    let folder = tempfile::tempdir().unwrap();
    ground(folder, None)
}

fn ground(folder: tempfile::TempDir, app: Option<App>) -> Ground {
    let home = folder.path().join("home");
    let config = ServeConfig { bind: HOST.parse().unwrap(), home, app, reader: Reader::InProcess };
    let web = make(config, HOST.parse().unwrap()).unwrap();
    let router = routes::router(&web);
    Ground { folder, web, router }
}

/// A server over a plain home without a case.
pub(crate) async fn empty_home() -> Ground {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let (app, _) = App::create(&home, Storage::Local, Protection::Plain, Reader::InProcess).await.unwrap();
    ground(folder, Some(app))
}

/// A server over a home with Rosa's case: a report of hers, one of somebody else's, a page and a program.
pub(crate) async fn rosa() -> (Ground, CaseId) {
    let ground = empty_home().await;
    let app = ground.web.app().unwrap();
    let owner = Session::owner();
    let new = NewCase {
        name: "Rosa Example".to_owned(),
        birth_date: "1971-03-14".to_owned(),
        site: Some("breast".to_owned()),
        ..NewCase::default()
    };
    let case = app.new_case(&owner, &new).await.unwrap();
    let shoebox = ground.folder.path().join("shoebox");
    std::fs::create_dir(&shoebox).unwrap();
    let write = |name: &str, text: &str| std::fs::write(shoebox.join(name), text).unwrap();
    write("report.txt", REPORT);
    write("again.txt", REPORT);
    write("stranger.txt", STRANGER);
    write(
        "page.html",
        "<!doctype html><html><body><p onclick=\"x()\">Portal page</p><script>x()</script></body></html>",
    );
    write("empty.txt", "");
    let request = ImportRequest { sources: vec![shoebox], ..ImportRequest::default() };
    app.import(&owner, &case, request, |_| {}).await.unwrap();
    (ground, case)
}

impl Ground {
    /// The cookie of a new session.
    pub(crate) fn cookie(&self, session: Session) -> String {
        let token = self.web.sessions().token(session);
        let value = self.web.sessions().sign_in(&token, consilium_app::clock::now()).unwrap();
        format!("consilium-7700={value}")
    }

    pub(crate) fn owner(&self) -> String {
        self.cookie(Session::owner())
    }

    /// The cookie of somebody whom the owner gave a view.
    pub(crate) async fn viewer(&self, case: &CaseId, audience: Audience) -> (String, Session) {
        let app = self.web.app().unwrap();
        let access = app.grant_access(&Session::owner(), case, "a friend", audience).await.unwrap();
        let session = Session { actor: access.id, role: Role::Caregiver, audience, only_case: Some(case.clone()) };
        (self.cookie(session.clone()), session)
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let (length, body) = (body.len(), String::from_utf8_lossy(&body).into_owned());
        Answer { status: parts.status, headers: parts.headers, length, body }
    }

    pub(crate) async fn get(&self, cookie: &str, address: &str) -> Answer {
        let request = Request::get(address).header("host", HOST).header("cookie", cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, cookie: &str, address: &str, form: &str) -> Answer {
        let request = Request::post(address)
            .header("host", HOST)
            .header("origin", format!("http://{HOST}"))
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", cookie);
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }
}

/// What a person reads on a page: headings marked, lists of choices left out, blanks tidied.
pub(crate) fn read(page: &str) -> String {
    let (_, main) = page.split_once("<main").unwrap();
    let mut text = String::new();
    let mut rest = main;
    let mut skipping: Option<&str> = None;
    while let Some((before, tail)) = rest.split_once('<') {
        if skipping.is_none() {
            text.push_str(before.split_once('>').map_or(before, |(_, t)| t));
        }
        let Some((tag, after)) = tail.split_once('>') else { break };
        let name = tag.split_whitespace().next().unwrap_or("");
        match name {
            "select" | "svg" | "textarea" => skipping = Some(name),
            "/select" | "/svg" | "/textarea" => skipping = None,
            "h1" => text.push_str("\n\n# "),
            "h2" => text.push_str("\n\n## "),
            "h3" => text.push_str("\n\n### "),
            "p" | "li" | "dt" | "tr" | "div" | "form" | "section" | "label" | "button" | "summary" | "br" => {
                text.push('\n')
            }
            "dd" | "td" | "th" => text.push_str(" | "),
            "footer" if !tag.contains("class") => text.push('\n'),
            "/main" => break,
            _ => {}
        }
        rest = after;
    }
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let mut tidy: Vec<String> = Vec::new();
    for line in lines {
        if !line.is_empty() {
            if line.starts_with('#') {
                tidy.push(String::new());
            }
            tidy.push(line);
        }
    }
    tidy.join("\n").trim().to_owned()
}

/// The same home, served by another process.
pub(crate) fn serve_again(ground: &Ground) -> Ground {
    let home = ground.folder.path().join("home");
    let config = ServeConfig { bind: HOST.parse().unwrap(), home, app: None, reader: Reader::InProcess };
    let web = make(config, HOST.parse().unwrap()).unwrap();
    let router = routes::router(&web);
    Ground { folder: tempfile::tempdir().unwrap(), web, router }
}
