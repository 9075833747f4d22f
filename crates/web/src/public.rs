//! Pages anybody may see, also before signing in: when not to wait, and what this program is.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use consilium_casefile::knowledge::{EmergencySign, Knowledge};

use crate::assets;
use crate::errors::{Failure, html};
use crate::shell::Shell;
use crate::web::Web;

struct SignGroup {
    id: &'static str,
    heading: &'static str,
    signs: Vec<EmergencySign>,
}

#[derive(Template)]
#[template(path = "when_not_to_wait.html")]
pub(crate) struct WhenNotToWaitPage {
    shell: Shell,
    groups: Vec<SignGroup>,
}

impl WhenNotToWaitPage {
    pub(crate) fn new(knowledge: &Knowledge, open: bool) -> Self {
        let of = |emergency: bool| -> Vec<EmergencySign> {
            let fits = |sign: &&EmergencySign| (sign.urgency == "emergency") == emergency;
            knowledge.emergency_signs.iter().filter(fits).cloned().collect()
        };
        let groups = vec![
            SignGroup { id: "now", heading: "Call the emergency number now", signs: of(true) },
            SignGroup { id: "today", heading: "Call your care team today", signs: of(false) },
        ];
        let groups = groups.into_iter().filter(|g| !g.signs.is_empty()).collect();
        Self { shell: Shell::new("When not to wait", open), groups }
    }
}

#[derive(Template)]
#[template(path = "about.html")]
pub(crate) struct AboutPage {
    shell: Shell,
    version: &'static str,
    htmx_licence: String,
    font_licence: String,
}

impl AboutPage {
    pub(crate) fn new(open: bool) -> Self {
        Self {
            shell: Shell::new("About", open),
            version: env!("CARGO_PKG_VERSION"),
            htmx_licence: assets::address("htmx.LICENSE.txt"),
            font_licence: assets::address("source-sans-3.LICENSE.txt"),
        }
    }
}

fn is_open(web: &Web, headers: &HeaderMap) -> bool {
    web.app().is_some() && web.session(headers).is_some()
}

/// `/when-not-to-wait`
pub(crate) async fn when_not_to_wait(State(web): State<Web>, headers: HeaderMap) -> Result<Response, Failure> {
    let open = is_open(&web, &headers);
    match web.app() {
        Some(app) => html(&WhenNotToWaitPage::new(app.knowledge(), open)),
        // No home yet, or a locked one: the built-in signs.
        None => html(&WhenNotToWaitPage::new(&consilium_knowledge::load(None).knowledge, open)),
    }
}

/// `/about`
pub(crate) async fn about(State(web): State<Web>, headers: HeaderMap) -> Result<Response, Failure> {
    html(&AboutPage::new(is_open(&web, &headers)))
}
