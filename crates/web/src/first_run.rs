//! The first run: whose records, which cancer, locked or plain; the recovery sheet, shown once; then the files.

use askama::Template;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::{App, AppError, Protection};
use consilium_casefile::Session;
use consilium_casefile::knowledge::Knowledge;

use crate::cases::{WhoFields, field_of, new_case};
use crate::errors::{Failure, html, html_refused};
use crate::forms::{Values, value};
use crate::parts::{Choice, Field, Typed};
use crate::shell::Shell;
use crate::web::{Visitor, Web};

/// Shorter ones are guessed.
const SHORTEST_PASSPHRASE: usize = 8;

#[derive(Template)]
#[template(path = "first_run.html")]
pub(crate) struct FirstRunPage {
    shell: Shell,
    name: Field,
    birth_date: Field,
    site: Field,
    sites: Vec<Choice>,
    words: Field,
    passphrase: Field,
    again: Field,
    plain: bool,
    protect_refusal: Option<String>,
}

impl FirstRunPage {
    pub(crate) fn new(knowledge: &Knowledge, typed: &Typed, plain: bool) -> Self {
        let WhoFields { name, birth_date, site, sites, words } = WhoFields::new(knowledge, typed);
        let passphrase = typed.field("passphrase", "Passphrase", "").password("new-password");
        let again = typed.field("again", "The same passphrase again", "").password("new-password");
        Self {
            shell: Shell::new("Whose records are these?", false).refused(typed.is_refused()),
            name,
            birth_date,
            site,
            sites,
            words,
            protect_refusal: passphrase.refusal.clone().or_else(|| again.refusal.clone()),
            passphrase: passphrase.hint("Eight characters or more. A short sentence is good."),
            again,
            plain,
        }
    }
}

fn built_in() -> Knowledge {
    consilium_knowledge::load(None).knowledge
}

/// `/first-run`
pub(crate) async fn page() -> Result<Response, Failure> {
    html(&FirstRunPage::new(&built_in(), &Typed::default(), false))
}

fn refuse(mut values: Values, field: &'static str, sentence: String) -> Result<Response, Failure> {
    let plain = value(&values, "protect") == "plain";
    values.remove("passphrase");
    values.remove("again");
    html_refused(&FirstRunPage::new(&built_in(), &Typed::refused(values, field, sentence), plain), true)
}

/// Creates the home and its first case.
pub(crate) async fn begin(State(web): State<Web>, Form(values): Form<Values>) -> Result<Response, Failure> {
    // Everything a person can put right is asked before anything is written.
    if let Some(problem) = refused_person(&values) {
        return refuse(values, problem.0, problem.1);
    }
    // The vault sets it without the blanks at its ends: they must not make it look long enough either.
    let passphrase = value(&values, "passphrase").trim().to_owned();
    let protection = match value(&values, "protect") {
        "plain" => Protection::Plain,
        _ if passphrase.chars().count() < SHORTEST_PASSPHRASE => {
            let sentence = format!("Use {SHORTEST_PASSPHRASE} characters or more, or choose plain files below.");
            return refuse(values, "passphrase", sentence);
        }
        _ if passphrase != value(&values, "again").trim() => {
            return refuse(values, "again", "The two passphrases differ. Type the same one twice.".to_owned());
        }
        _ => Protection::Sealed { passphrase },
    };
    let _alone = web.beginning().await;
    if web.app().is_some() {
        // The same form was sent twice: there is one home, one case and one sheet.
        let next = if web.recovery().is_some() { "/recovery-sheet" } else { "/" };
        return Ok(Redirect::to(next).into_response());
    }
    let (app, recovery) = match App::create(web.home_folder(), web.storage(), protection, web.reader()).await {
        Ok(made) => made,
        // Another program made it: what it holds is not ours to open with what was typed here.
        Err(AppError::HomeExists) => {
            web.found_locked();
            return Ok(Redirect::to("/unlock").into_response());
        }
        Err(other) => return Err(other.into()),
    };
    let sealed = recovery.is_some();
    web.keep_recovery(recovery.map(|key| key.written().to_string()));
    web.opened(app.clone());
    crate::announce(&web);
    let case = match app.new_case(&Session::owner(), &new_case(&values)).await {
        Ok(case) => case,
        // The home is there; the worklist offers the case again.
        Err(AppError::Refusal(_)) => return Ok(Redirect::to("/cases/new").into_response()),
        Err(other) => return Err(other.into()),
    };
    let next = if sealed { "/recovery-sheet".to_owned() } else { format!("/cases/{case}/gather") };
    Ok(Redirect::to(&next).into_response())
}

/// What the rules would refuse later, and where.
fn refused_person(values: &Values) -> Option<(&'static str, String)> {
    let knowledge = built_in();
    let wording = consilium_knowledge::Wording::new(&knowledge, "en");
    let name = value(values, "name");
    let refusal = if name.trim().is_empty() {
        consilium_casefile::Refusal::new("refusal-name-empty")
    } else {
        let born = value(values, "birth_date");
        let stated = consilium_app::dates::typed_date(born)
            .and_then(|born| consilium_casefile::about::state_person(name, born, consilium_app::clock::now()));
        stated.err()?
    };
    Some((field_of(&refusal.0.key), wording.say(&refusal.0)))
}

#[derive(Template)]
#[template(path = "recovery_sheet.html")]
pub(crate) struct RecoverySheet {
    shell: Shell,
    words: String,
}

impl RecoverySheet {
    pub(crate) fn new(words: String) -> Self {
        Self { shell: Shell::new("Your recovery sheet", true), words }
    }
}

/// `/recovery-sheet`: until the person says that they have it.
pub(crate) async fn sheet(visitor: Visitor) -> Result<Response, Failure> {
    match visitor.web.recovery() {
        Some(words) => html(&RecoverySheet::new(words)),
        None => Err(Failure::NotFound),
    }
}

/// The person has it on paper: it is forgotten here.
pub(crate) async fn sheet_kept(visitor: Visitor) -> Result<Response, Failure> {
    visitor.web.keep_recovery(None);
    let cards = visitor.app.cases(&visitor.session).await?;
    let next = match cards.as_slice() {
        [only] => format!("/cases/{}/gather", only.id),
        _ => "/".to_owned(),
    };
    Ok(Redirect::to(&next).into_response())
}
