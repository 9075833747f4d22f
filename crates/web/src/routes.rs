//! One table of every address: the router, the list for the crawler and who may see what all come from it. A page is
//! added by adding a row.

use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodRouter, get, post};
use axum::{Router, middleware};
use consilium_app::{App, AppError};
use consilium_casefile::Audience::{self, BlindReader, Helper, Owner, Specialist};
use consilium_casefile::Session;
use consilium_casefile::knowledge::Requirement;
use consilium_casefile::share::receipt_file::LARGEST_RECEIPT;
use serde::Serialize;

use crate::web::{Web, door};
use crate::{
    access, assets, cases, checklist, compare, decide, deliveries, errors, export, facts, find, first_run, follow_up,
    gather, imports, medicines, opinions, overview, prepare, public, receive, received, record, registration, requests,
    search, share, sign_in, stage, studies, summary, timeline, tissue, treatments, upload,
};

/// What must be so before a page is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing: not even a session.
    Anyone,
    /// A session, and no home yet.
    NoHome,
    /// A session, and a home that asks for its passphrase.
    LockedHome,
    /// A session of one of these audiences, and an open home.
    Audience(&'static [Audience]),
}

/// One address.
pub(crate) struct Row {
    pub(crate) pattern: &'static str,
    pub(crate) methods: &'static [&'static str],
    pub(crate) need: Need,
    pub(crate) handler: MethodRouter<Web>,
}

const EVERYBODY: Need = Need::Audience(&[Owner, Specialist, BlindReader, Helper]);
const READERS: Need = Need::Audience(&[Owner, Specialist, BlindReader]);
const HELPERS: Need = Need::Audience(&[Owner, Helper]);
const OWNER: Need = Need::Audience(&[Owner]);

const GET: &[&str] = &["GET"];
const POST: &[&str] = &["POST"];
const BOTH: &[&str] = &["GET", "POST"];

/// A form holds a few lines; only files are larger, and those are streamed.
const FORM_LIMIT: usize = 256 << 10;

fn row(pattern: &'static str, methods: &'static [&'static str], need: Need, handler: MethodRouter<Web>) -> Row {
    Row { pattern, methods, need, handler }
}

/// Every address.
pub(crate) fn table() -> Vec<Row> {
    vec![
        row("/", GET, EVERYBODY, get(cases::list)),
        row("/login", GET, Need::Anyone, get(sign_in::page)),
        row("/sign-out", POST, EVERYBODY, post(sign_in::out)),
        row("/first-run", BOTH, Need::NoHome, get(first_run::page).post(first_run::begin)),
        row("/recovery-sheet", BOTH, OWNER, get(first_run::sheet).post(first_run::sheet_kept)),
        row("/unlock", BOTH, Need::LockedHome, get(sign_in::unlock_page).post(sign_in::unlock)),
        row("/when-not-to-wait", GET, Need::Anyone, get(public::when_not_to_wait)),
        row("/about", GET, Need::Anyone, get(public::about)),
        row("/assets/{file}", GET, Need::Anyone, get(assets::serve)),
        row("/receive", BOTH, OWNER, get(receive::page).post(receive::upload).layer(DefaultBodyLimit::disable())),
        row("/receive/folder", POST, OWNER, post(receive::folder)),
        row("/receive/{upload}", BOTH, OWNER, get(receive::look).post(receive::open)),
        row("/cases/new", BOTH, OWNER, get(cases::new).post(cases::create)),
        row("/cases/{case}", GET, EVERYBODY, get(overview::page)),
        row("/cases/{case}/person", POST, OWNER, post(overview::state_person)),
        row("/cases/{case}/person/accept", POST, OWNER, post(overview::accept_person)),
        row("/cases/{case}/cancer", POST, OWNER, post(overview::state_cancer)),
        row("/cases/{case}/access", BOTH, OWNER, get(access::page).post(access::grant)),
        row("/cases/{case}/access/{access}/withdraw", POST, OWNER, post(access::withdraw)),
        row("/cases/{case}/timeline", GET, READERS, get(timeline::page)),
        row("/cases/{case}/search", GET, READERS, get(search::page)),
        row("/cases/{case}/find", BOTH, EVERYBODY, get(find::page).post(find::choose)),
        row("/cases/{case}/gather", GET, EVERYBODY, get(gather::page)),
        row("/cases/{case}/gather/files", POST, OWNER, post(upload::files).layer(DefaultBodyLimit::disable())),
        row("/cases/{case}/gather/folder", POST, OWNER, post(upload::folder)),
        row("/cases/{case}/gather/unsure", POST, OWNER, post(gather::confirm_unsure)),
        row("/cases/{case}/checklist", BOTH, HELPERS, get(checklist::page).post(checklist::answer)),
        row("/cases/{case}/checklist/{line}", BOTH, HELPERS, get(checklist::requirement).post(checklist::say)),
        row("/cases/{case}/requests", GET, OWNER, get(requests::page)),
        row("/cases/{case}/requests/book", POST, OWNER, post(requests::state_holder)),
        row("/cases/{case}/requests/new", BOTH, OWNER, get(requests::new).post(requests::write)),
        row("/cases/{case}/requests/{request}", BOTH, OWNER, get(requests::request).post(requests::say)),
        row("/cases/{case}/requests/{request}/letters/{letter}", GET, OWNER, get(requests::letter)),
        row("/cases/{case}/requests/{request}/sent/{sent}", GET, OWNER, get(requests::sent_letter)),
        row("/cases/{case}/calendar.ics", GET, OWNER, get(requests::calendar)),
        row("/cases/{case}/tissue", BOTH, OWNER, get(tissue::page).post(tissue::register)),
        row("/cases/{case}/tissue/step", POST, OWNER, post(tissue::step)),
        row("/cases/{case}/tissue/sheet", GET, OWNER, get(tissue::sheet)),
        row("/cases/{case}/tissue/{piece}/remove", POST, OWNER, post(tissue::remove)),
        row("/cases/{case}/registration", BOTH, OWNER, get(registration::page).post(registration::state)),
        row("/cases/{case}/packets/{packet}/deliveries", POST, OWNER, post(deliveries::deliver)),
        row("/cases/{case}/deliveries/{delivery}", BOTH, OWNER, get(deliveries::page).post(deliveries::say)),
        row("/cases/{case}/received", GET, OWNER, get(received::list)),
        row("/cases/{case}/received/{packet}", BOTH, OWNER, get(received::page).post(received::confirm)),
        row("/cases/{case}/received/{packet}/receipts/{receipt}", GET, OWNER, get(received::receipt)),
        row("/cases/{case}/received/{packet}/look/{page}", GET, OWNER, get(received::look)),
        row(
            "/cases/{case}/receipts",
            POST,
            OWNER,
            post(receive::receipt_upload).layer(DefaultBodyLimit::max(2 * LARGEST_RECEIPT)),
        ),
        row("/cases/{case}/receipts/{upload}", BOTH, OWNER, get(receive::receipt).post(receive::take_receipt)),
        row("/cases/{case}/set-aside/{group}", POST, OWNER, post(gather::decide)),
        row("/cases/{case}/imports/{import}", GET, OWNER, get(imports::report)),
        row("/cases/{case}/imports/{import}/progress", GET, OWNER, get(imports::progress)),
        row("/cases/{case}/imports/{import}/stop", POST, OWNER, post(imports::stop)),
        row("/cases/{case}/documents/{document}", BOTH, READERS, get(record::page).post(record::confirm)),
        row("/cases/{case}/documents/{document}/identity", POST, OWNER, post(record::identity)),
        row("/cases/{case}/documents/{document}/remove", POST, OWNER, post(record::remove)),
        row("/cases/{case}/documents/{document}/original", GET, READERS, get(record::original)),
        row("/cases/{case}/documents/{document}/pages/{page}", GET, READERS, get(record::page_picture)),
        row("/cases/{case}/studies/{study}", GET, READERS, get(studies::page)),
        row("/cases/{case}/studies/{study}/identity", POST, OWNER, post(studies::identity)),
        row("/cases/{case}/studies/{study}/remove", POST, OWNER, post(studies::remove)),
        row("/cases/{case}/documents/{document}/facts", POST, OWNER, post(facts::type_fact)),
        row("/cases/{case}/facts", BOTH, READERS, get(facts::page).post(facts::judge)),
        row("/cases/{case}/medicines", BOTH, READERS, get(medicines::page).post(medicines::agree)),
        row("/cases/{case}/summary", GET, READERS, get(summary::page)),
        row("/cases/{case}/treatments", POST, OWNER, post(treatments::judge)),
        row("/cases/{case}/recognise", POST, OWNER, post(facts::recognise)),
        row("/cases/{case}/cover", GET, EVERYBODY, get(stage::cover)),
        row("/cases/{case}/prepare", GET, EVERYBODY, get(prepare::page)),
        row("/cases/{case}/prepare/start", POST, OWNER, post(prepare::start)),
        row("/cases/{case}/prepare/wait", POST, OWNER, post(prepare::wait)),
        row("/cases/{case}/prepare/proposed", POST, OWNER, post(prepare::accept)),
        row("/cases/{case}/prepare/questions", POST, OWNER, post(prepare::ask)),
        row("/cases/{case}/prepare/questions/{question}", POST, OWNER, post(prepare::change_question)),
        row("/cases/{case}/compare", GET, EVERYBODY, get(compare::page)),
        row("/cases/{case}/compare/differences", POST, OWNER, post(compare::judge)),
        row("/cases/{case}/compare/opinions/new", BOTH, OWNER, get(opinions::new).post(opinions::write)),
        row("/cases/{case}/compare/opinions/{opinion}", BOTH, OWNER, get(opinions::page).post(opinions::say)),
        row("/cases/{case}/compare/questions", GET, OWNER, get(follow_up::page)),
        row("/cases/{case}/compare/questions/{opinion}/page", GET, OWNER, get(follow_up::letter_to)),
        row("/cases/{case}/compare/agenda/page", GET, OWNER, get(follow_up::agenda)),
        row("/cases/{case}/decide", GET, EVERYBODY, get(decide::page)),
        row("/cases/{case}/decide/numbers", POST, OWNER, post(decide::numbers)),
        row("/cases/{case}/decide/certainty", POST, OWNER, post(decide::certain)),
        row("/cases/{case}/decide/picture", GET, OWNER, get(decide::picture)),
        row("/cases/{case}/decide/sheet", BOTH, OWNER, get(decide::sheet::page).post(decide::sheet::write)),
        row("/cases/{case}/decide/values/{voice}", BOTH, OWNER, get(decide::values::page).post(decide::values::say)),
        row(
            "/cases/{case}/decide/decisions/new",
            BOTH,
            OWNER,
            get(decide::decision::page).post(decide::decision::write),
        ),
        row("/cases/{case}/decide/decisions/{decision}", POST, OWNER, post(decide::decision::remove)),
        row(
            "/cases/{case}/decide/decisions/{decision}/letters/{place}",
            BOTH,
            OWNER,
            get(decide::decision::letter).post(decide::decision::sent),
        ),
        row(
            "/cases/{case}/decide/decisions/{decision}/letters/{place}/page",
            GET,
            OWNER,
            get(decide::decision::printed),
        ),
        row("/cases/{case}/decide/hand-over", BOTH, OWNER, get(decide::hand_over::page).post(decide::hand_over::write)),
        row("/cases/{case}/decide/hand-over/{item}", POST, OWNER, post(decide::hand_over::say)),
        row("/cases/{case}/trials", GET, EVERYBODY, get(stage::trials)),
        row("/cases/{case}/share", BOTH, EVERYBODY, get(share::page).post(share::make)),
        row("/cases/{case}/export", GET, OWNER, get(export::page)),
        row("/cases/{case}/export/mcode", GET, OWNER, get(export::mcode)),
        row("/cases/{case}/export/ips", GET, OWNER, get(export::ips)),
        row("/cases/{case}/export/fhir", GET, OWNER, get(export::fhir)),
        row("/cases/{case}/packets/{packet}", GET, OWNER, get(share::packet)),
        row("/cases/{case}/packets/{packet}/file", GET, OWNER, get(share::file)),
        row("/cases/{case}/packets/{packet}/disc", GET, OWNER, get(share::disc)),
        row("/cases/{case}/packets/{packet}/look/{*path}", GET, OWNER, get(share::look)),
    ]
}

/// What the page of a pattern needs. A POST to a page a reader may look at is refused by the use-case itself.
pub(crate) fn need(pattern: &str) -> Option<Need> {
    // The table is small and built of constants; looking through it costs less than keeping a second copy true.
    NEEDS.get(pattern).copied()
}

static NEEDS: std::sync::LazyLock<std::collections::HashMap<&'static str, Need>> =
    std::sync::LazyLock::new(|| table().into_iter().map(|row| (row.pattern, row.need)).collect());

/// The router with everything that stands before it.
pub(crate) fn router(web: &Web) -> Router {
    let router = table().into_iter().fold(Router::new(), |router, row| router.route(row.pattern, row.handler));
    router
        .fallback(async || errors::Failure::NotFound)
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(middleware::from_fn_with_state(web.clone(), door))
        .with_state(web.clone())
}

/// One address as scripts and the crawler see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RouteLine {
    /// Pattern with `{names}`.
    pub pattern: &'static str,
    /// Methods.
    pub methods: &'static [&'static str],
    /// Who may see it: names of audiences; empty when anybody may, even before signing in.
    pub audiences: Vec<&'static str>,
    /// When it can be reached: `always`, `no-home`, `locked-home` or `open-home`.
    pub when: &'static str,
    /// Addresses to try it with, from the cases of an open home; the pattern itself when it has no names.
    pub examples: Vec<String>,
}

/// Every address, without examples of those that name something.
#[must_use]
pub fn routes() -> Vec<RouteLine> {
    table().iter().map(|row| line(row, &[])).collect()
}

/// Every address, with examples from the cases of a home.
///
/// # Errors
/// When the cases can not be read.
pub async fn routes_with_examples(app: &App) -> Result<Vec<RouteLine>, AppError> {
    let session = Session::owner();
    let mut known: Vec<Vec<(&'static str, String)>> = Vec::new();
    for card in app.cases(&session).await? {
        let case = app.case(&session, &card.id).await?;
        let view = case.seen_by(Owner);
        let mut add = |name: &'static str, value: &str| {
            known.push(vec![("{case}", card.id.to_string()), (name, crate::parts::encoded(value))]);
        };
        let documents = view.documents(app.knowledge());
        for document in &documents {
            add("{document}", document.document.id.as_str());
        }
        view.studies().iter().for_each(|study| add("{study}", &study.study.facts.uid));
        view.imports().iter().for_each(|import| add("{import}", import.id.as_str()));
        view.packets().iter().for_each(|packet| add("{packet}", packet.id.as_str()));
        view.requests().iter().flat_map(|r| &r.requests).for_each(|r| add("{request}", r.request.id.as_str()));
        view.deliveries().iter().for_each(|d| add("{delivery}", d.delivery.id.as_str()));
        view.opinions().iter().for_each(|opinion| add("{opinion}", opinion.id.as_str()));
        // Lines that every case has, whatever its cancer.
        let everywhere = |line: &&Requirement| line.sites.is_empty() && line.except_sites.is_empty();
        let lines = app.knowledge().gathering.requirements.iter().filter(everywhere);
        lines.take(3).for_each(|line| add("{line}", &line.id));
        known.push(vec![("{case}", card.id.to_string())]);
        for packet in view.packets().iter().filter(|packet| packet.object.is_some()) {
            let (case, id) = (card.id.to_string(), packet.id.to_string());
            known.push(vec![("{case}", case), ("{packet}", id), ("{*path}", "INDEX.HTM".to_owned())]);
        }
        for request in view.requests().iter().flat_map(|r| &r.requests) {
            let (case, id) = (card.id.to_string(), request.request.id.to_string());
            for letter in &request.letters {
                let (case, id) = (case.clone(), id.clone());
                known.push(vec![("{case}", case), ("{request}", id), ("{sent}", letter.id.to_string())]);
            }
            known.push(vec![("{case}", case), ("{request}", id), ("{letter}", "authorization".to_owned())]);
        }
        for document in documents.iter().filter(|d| d.document.pages.is_some()) {
            let id = document.document.id.to_string();
            known.push(vec![("{case}", card.id.to_string()), ("{document}", id), ("{page}", "1.png".to_owned())]);
        }
    }
    Ok(table().iter().map(|row| line(row, &known)).collect())
}

fn line(row: &Row, known: &[Vec<(&'static str, String)>]) -> RouteLine {
    let (audiences, when) = match row.need {
        Need::Anyone => (Vec::new(), "always"),
        Need::NoHome => (vec![Owner.name()], "no-home"),
        Need::LockedHome => (vec![Owner.name()], "locked-home"),
        Need::Audience(all) => (all.iter().map(|a| a.name()).collect(), "open-home"),
    };
    let mut examples: Vec<String> = if row.pattern == "/assets/{file}" {
        vec![assets::address("app.css")]
    } else {
        known.iter().filter_map(|values| fill(row.pattern, values)).collect()
    };
    if !row.pattern.contains('{') {
        examples = vec![row.pattern.to_owned()];
    }
    if row.pattern == "/cases/{case}/search" {
        let asked = |words| examples.iter().map(move |address| format!("{address}?q={words}")).collect::<Vec<_>>();
        // Words that records hold, and words that none holds.
        examples = [asked(""), asked("report"), asked("%22no%20such%20words%22")].concat();
    }
    examples.sort();
    examples.dedup();
    RouteLine { pattern: row.pattern, methods: row.methods, audiences, when, examples }
}

/// The pattern with its names filled in, if the values fill exactly these.
fn fill(pattern: &str, values: &[(&'static str, String)]) -> Option<String> {
    if pattern.matches('{').count() != values.len() || !values.iter().all(|(name, _)| pattern.contains(name)) {
        return None;
    }
    Some(values.iter().fold(pattern.to_owned(), |address, (name, value)| address.replace(name, value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_is_there_twice_and_each_says_who_may_see_it() {
        let rows = routes();
        let mut patterns: Vec<_> = rows.iter().map(|r| r.pattern).collect();
        patterns.sort_unstable();
        patterns.dedup();
        assert_eq!(patterns.len(), rows.len());
        assert!(rows.iter().all(|r| r.when == "always" || !r.audiences.is_empty()));
    }

    #[test]
    fn the_narrowest_audience_reaches_no_record_and_nothing_is_changed_by_it() {
        for row in routes().iter().filter(|r| r.audiences.contains(&"helper")) {
            for word in ["documents", "studies", "imports", "timeline", "packets", "export", "access", "set-aside"] {
                assert!(!row.pattern.contains(word), "{}", row.pattern);
            }
        }
    }

    #[test]
    fn everybody_reaches_the_page_on_when_not_to_wait_even_before_signing_in() {
        let row = routes().into_iter().find(|r| r.pattern == "/when-not-to-wait").unwrap();
        assert_eq!((row.when, row.examples.len()), ("always", 1));
    }
}
