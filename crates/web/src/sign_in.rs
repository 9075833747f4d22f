//! Signing in by a one-time link, signing out, and unlocking a home with its passphrase or recovery key.

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use consilium_app::{App, AppError};

use crate::errors::{Failure, html_refused};
use crate::forms::{Values, asked, value};
use crate::parts::{Field, Typed};
use crate::shell::Shell;
use crate::web::Web;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    shell: Shell,
    heading: &'static str,
    sentence: &'static str,
    signed_in: bool,
}

/// `/login`: with a good token, a cookie and a page that goes on by itself. It is a page and not a redirect, because a
/// browser sends a strict cookie only when it comes from one of our own pages.
pub(crate) async fn page(State(web): State<Web>, Query(query): Query<Values>) -> Result<Response, Failure> {
    let cookie = asked(&query, "token").and_then(|token| web.sessions().sign_in(token, consilium_app::clock::now()));
    let Some(cookie) = cookie else {
        let (status, sentence) = match asked(&query, "token") {
            Some(_) => (StatusCode::UNAUTHORIZED, "This link was used already, or is too old. Each link works once."),
            None => (StatusCode::OK, "These records are private."),
        };
        let page =
            SignInPage { shell: Shell::new("Sign in", false), heading: "Please sign in", sentence, signed_in: false };
        return Ok((status, Html(page.render()?)).into_response());
    };
    // The page that led here did its work; its link works no more.
    crate::close_door(web.home_folder(), web.address());
    let page = SignInPage {
        shell: Shell::new("Signed in", false),
        heading: "You are signed in",
        sentence: "If this page does not go on by itself:",
        signed_in: true,
    };
    let headers = [(header::SET_COOKIE, web.cookie(&cookie)), (header::REFRESH, "0;url=/".to_owned())];
    Ok((headers, Html(page.render()?)).into_response())
}

/// `/sign-out`
pub(crate) async fn out(State(web): State<Web>, headers: HeaderMap) -> Response {
    if let Some(cookie) = web.cookie_of(&headers) {
        web.sessions().sign_out(&cookie);
    }
    ([(header::SET_COOKIE, web.cookie_ended())], Redirect::to("/login")).into_response()
}

#[derive(Template)]
#[template(path = "unlock.html")]
struct UnlockPage {
    shell: Shell,
    passphrase: Field,
}

fn unlock_form(typed: &Typed) -> Result<Response, Failure> {
    let page = UnlockPage {
        shell: Shell::new("Unlock the records", false).refused(typed.is_refused()),
        passphrase: typed
            .field("passphrase", "Passphrase, or the recovery key from the sheet", "")
            .password("current-password"),
    };
    html_refused(&page, typed.is_refused())
}

/// `/unlock`
pub(crate) async fn unlock_page() -> Result<Response, Failure> {
    unlock_form(&Typed::default())
}

/// Opens the home. What was typed is tried as passphrase, then as recovery key.
pub(crate) async fn unlock(State(web): State<Web>, Form(values): Form<Values>) -> Result<Response, Failure> {
    match App::open_typed(web.home_folder(), value(&values, "passphrase"), web.reader()).await {
        Ok(app) => {
            let reading = app.clone();
            tokio::spawn(async move {
                if let Err(error) = reading.read_all_records(&consilium_casefile::Session::owner()).await {
                    tracing::warn!(%error, "texts were not read again");
                }
            });
            web.opened(app);
            Ok(Redirect::to("/").into_response())
        }
        Err(AppError::WrongPassphrase) => {
            let sentence =
                "That passphrase does not open these records. Check capitals and keyboard layout, or use the \
                            recovery sheet."
                    .to_owned();
            unlock_form(&Typed::refused(Values::new(), "passphrase", sentence))
        }
        Err(other) => Err(other.into()),
    }
}
