//! What a person sees when something did not happen: one page, one sentence, one thing to do. Details of a fault go to
//! the log, never a name, a birth date or record text.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use consilium_app::AppError;

use crate::shell::Shell;

/// Why a page is not the page that was asked for.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Not there, or not for this session: the two are not told apart.
    NotFound,
    /// A record that a blind reader is told of and may not open.
    Withheld,
    /// This session may look but not change.
    NotAllowed,
    /// The person can do something else: the sentence, and where to go back to.
    Refused(String),
    /// The request itself is not one of ours.
    NotOurs(&'static str),
    /// Nobody is signed in.
    SignIn,
    /// Ours or the machine's.
    Fault(String),
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NotFound => Self::NotFound,
            AppError::NotAllowed => Self::NotAllowed,
            AppError::Fault { .. } => Self::Fault(error.to_string()),
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Self {
        Self::Fault(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Fault(error.kind().to_string())
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    shell: Shell,
    heading: &'static str,
    sentence: String,
}

impl Failure {
    fn parts(&self) -> (StatusCode, &'static str, String) {
        match self {
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "There is nothing here",
                "The address may be mistyped, or what it named is not part of this view.".to_owned(),
            ),
            Self::Withheld => (
                StatusCode::OK,
                "This record is withheld",
                "It states the plan of another doctor. What it says of findings and of treatment given is told where you came from."
                    .to_owned(),
            ),
            Self::NotAllowed => (
                StatusCode::FORBIDDEN,
                "This view cannot change the case",
                "Ask the owner of the case to make this change.".to_owned(),
            ),
            Self::Refused(sentence) => (StatusCode::UNPROCESSABLE_ENTITY, "That could not be done", sentence.clone()),
            Self::NotOurs(sentence) => (StatusCode::FORBIDDEN, "This request was not answered", (*sentence).to_owned()),
            Self::SignIn => (StatusCode::UNAUTHORIZED, "Please sign in", String::new()),
            Self::Fault(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong on our side",
                "Nothing was changed. Try again; if it happens again, look into the program’s log.".to_owned(),
            ),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if let Self::Fault(what) = &self {
            tracing::error!(%what, "fault");
        }
        if matches!(self, Self::SignIn) {
            return Redirect::to("/login").into_response();
        }
        let (status, heading, sentence) = self.parts();
        let page = ErrorPage { shell: Shell::new(heading, false), heading, sentence };
        match page.render() {
            Ok(text) => (status, Html(text)).into_response(),
            Err(_) => (status, [(header::CONTENT_TYPE, "text/plain")], heading).into_response(),
        }
    }
}

/// A page, rendered.
pub(crate) fn html(page: &impl Template) -> Result<Response, Failure> {
    Ok(Html(page.render()?).into_response())
}

/// A page that comes back because something in it was refused: what was typed is in it.
pub(crate) fn html_refused(page: &impl Template, refused: bool) -> Result<Response, Failure> {
    let status = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, Html(page.render()?)).into_response())
}
