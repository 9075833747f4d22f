//! What the running server holds, and who is at the door: the home (absent, locked or open), the sessions, the names we
//! answer to. A handler gets a [`Visitor`]: an opened home and a session that may see this page.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::{App, AppError, HomeState, Reader, Storage};
use consilium_casefile::{Case, CaseId, PacketId, Session};

use crate::errors::Failure;
use crate::parts::{Context, Typed};
use crate::receive::Waiting;
use crate::routes::{self, Need};
use crate::security::{self, Names};
use crate::session::Sessions;
use crate::share::Making;

/// The running server. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Web(Arc<Inner>);

struct Inner {
    home: PathBuf,
    storage: Storage,
    reader: Reader,
    state: RwLock<Home>,
    sessions: Sessions,
    names: Names,
    cookie: String,
    address: SocketAddr,
    /// Recovery words not yet shown and acknowledged.
    recovery: Mutex<Option<String>>,
    /// Held by whoever begins: of two clicks the second finds what the first made.
    beginning: tokio::sync::Mutex<()>,
    packets: Mutex<HashMap<PacketId, Making>>,
    waiting: Waiting,
}

/// The home, as the pages see it.
#[derive(Clone)]
pub(crate) enum Home {
    Absent,
    Locked,
    Newer,
    Open(App),
}

pub(crate) struct Settings {
    pub(crate) home: PathBuf,
    pub(crate) storage: Storage,
    pub(crate) reader: Reader,
    pub(crate) app: Option<App>,
    pub(crate) names: Names,
    pub(crate) address: SocketAddr,
    pub(crate) key: [u8; 32],
}

impl Web {
    pub(crate) fn new(settings: Settings) -> Result<Self, AppError> {
        let state = match settings.app {
            Some(app) => Home::Open(app),
            None => match App::state(&settings.home)? {
                HomeState::Absent => Home::Absent,
                HomeState::Newer { .. } => Home::Newer,
                _ => Home::Locked,
            },
        };
        Ok(Self(Arc::new(Inner {
            home: settings.home,
            storage: settings.storage,
            reader: settings.reader,
            state: RwLock::new(state),
            sessions: Sessions::new(settings.key),
            names: settings.names,
            // Cookies do not tell ports apart: two homes served side by side must not sign each other out.
            cookie: format!("consilium-{}", settings.address.port()),
            address: settings.address,
            recovery: Mutex::default(),
            beginning: tokio::sync::Mutex::default(),
            packets: Mutex::default(),
            waiting: Waiting::default(),
        })))
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    pub(crate) fn home_folder(&self) -> &std::path::Path {
        &self.0.home
    }

    pub(crate) fn storage(&self) -> Storage {
        self.0.storage.clone()
    }

    pub(crate) fn reader(&self) -> Reader {
        self.0.reader.clone()
    }

    /// Whether only this machine can reach us; then a page may name a folder of this machine.
    pub(crate) fn is_local(&self) -> bool {
        self.0.address.ip().is_loopback()
    }

    /// Where we listen.
    pub(crate) fn address(&self) -> SocketAddr {
        self.0.address
    }

    pub(crate) fn home(&self) -> Home {
        self.0.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn app(&self) -> Option<App> {
        match self.home() {
            Home::Open(app) => Some(app),
            _ => None,
        }
    }

    pub(crate) fn opened(&self, app: App) {
        *self.0.state.write().unwrap_or_else(PoisonError::into_inner) = Home::Open(app);
    }

    /// Another program made the home that was absent here.
    pub(crate) fn found_locked(&self) {
        let mut state = self.0.state.write().unwrap_or_else(PoisonError::into_inner);
        if matches!(*state, Home::Absent) {
            *state = Home::Locked;
        }
    }

    pub(crate) fn keep_recovery(&self, words: Option<String>) {
        *self.0.recovery.lock().unwrap_or_else(PoisonError::into_inner) = words;
    }

    pub(crate) fn recovery(&self) -> Option<String> {
        self.0.recovery.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until nobody else in this process begins.
    pub(crate) async fn beginning(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.0.beginning.lock().await
    }

    pub(crate) fn packets(&self) -> std::sync::MutexGuard<'_, HashMap<PacketId, Making>> {
        self.0.packets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Packets and receipts that were uploaded and not opened yet.
    pub(crate) fn waiting(&self) -> &Waiting {
        &self.0.waiting
    }

    /// The cookie line that signs somebody in.
    pub(crate) fn cookie(&self, value: &str) -> String {
        format!("{}={value}; Path=/; HttpOnly; SameSite=Strict", self.0.cookie)
    }

    /// The cookie line that signs somebody out.
    pub(crate) fn cookie_ended(&self) -> String {
        format!("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0", self.0.cookie)
    }

    /// The value of our cookie in a request.
    pub(crate) fn cookie_of(&self, headers: &HeaderMap) -> Option<String> {
        let all = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
        all.flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == self.0.cookie)
            .map(|(_, value)| value.to_owned())
    }

    pub(crate) fn session(&self, headers: &HeaderMap) -> Option<Session> {
        self.sessions().of_cookie(&self.cookie_of(headers)?)
    }
}

/// Somebody who may see this page of an opened home.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) web: Web,
    pub(crate) app: App,
    pub(crate) session: Session,
}

impl Visitor {
    /// Renders with words, knowledge and the moment.
    pub(crate) fn look<T>(&self, page: impl FnOnce(&Context<'_>) -> T) -> T {
        let say = |message: &consilium_casefile::Message| self.app.say(message);
        let waiting = |view: &consilium_casefile::CaseView<'_>| self.app.waiting(view);
        let (knowledge, now, session) = (self.app.knowledge(), self.app.now(), &self.session);
        page(&Context { knowledge, say: &say, waiting: &waiting, now, session })
    }

    /// A case this visitor may open.
    pub(crate) async fn case(&self, id: &CaseId) -> Result<Arc<Case>, Failure> {
        Ok(self.app.case(&self.session, id).await?)
    }

    /// A failure in words.
    pub(crate) fn failure(&self, error: AppError) -> Failure {
        match error {
            AppError::Refusal(refusal) => Failure::Refused(self.app.say(&refusal.0)),
            other => other.into(),
        }
    }

    /// What was done, or the sentence of why it was refused, for the page it was asked on; a failure that is no refusal is
    /// passed on.
    pub(crate) fn told<T>(&self, done: Result<T, AppError>) -> Result<Result<T, String>, Failure> {
        match done {
            Ok(done) => Ok(Ok(done)),
            Err(AppError::Refusal(refusal)) => Ok(Err(self.app.say(&refusal.0))),
            Err(other) => Err(other.into()),
        }
    }

    /// What was typed and refused, with the field the refusal belongs to; or the failure, if it was none.
    pub(crate) fn refused(
        &self,
        error: AppError,
        values: HashMap<String, String>,
        field_of: impl Fn(&str) -> &'static str,
    ) -> Result<Typed, Failure> {
        match error {
            AppError::Refusal(refusal) => {
                Ok(Typed::refused(values, field_of(&refusal.0.key), self.app.say(&refusal.0)))
            }
            other => Err(other.into()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().cloned().ok_or(Failure::SignIn)
    }
}

/// The one door: Host, Origin, session, audience, and what every answer carries. What a route needs is in its row of
/// [`routes::table`].
pub(crate) async fn door(State(web): State<Web>, request: Request, next: Next) -> Response {
    let started = std::time::Instant::now();
    let method = request.method().clone();
    let pattern = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let mut response = enter(web, request, next).await.unwrap_or_else(Failure::into_response);
    security::harden(response.headers_mut());
    // The pattern, never the address: an address can hold what a person typed.
    tracing::debug!(
        method = %method,
        route = pattern.as_deref().unwrap_or("unknown"),
        status = response.status().as_u16(),
        millis = started.elapsed().as_millis(),
        "answered"
    );
    response
}

async fn enter(web: Web, mut request: Request, next: Next) -> Result<Response, Failure> {
    if !web.0.names.answers_to(request.headers(), request.uri().authority().map(|a| a.as_str())) {
        return Err(Failure::NotOurs("This address does not belong to this program. Open the link it printed."));
    }
    if !web.0.names.may_change(request.method(), request.headers()) {
        return Err(Failure::NotOurs(
            "Changes are accepted only from the program’s own pages. Open the page and try again.",
        ));
    }
    let pattern = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let Some(need) = pattern.as_deref().and_then(routes::need) else { return Err(Failure::NotFound) };
    let session = web.session(request.headers());
    let get = matches!(*request.method(), Method::GET | Method::HEAD);
    match (need, session) {
        (Need::Anyone, _) => {}
        (_, None) if get => return Ok(Redirect::to("/login").into_response()),
        (_, None) => return Err(Failure::SignIn),
        (need, Some(session)) => match (need, web.home()) {
            (Need::NoHome, Home::Absent) | (Need::LockedHome, Home::Locked) => {}
            (_, Home::Newer) => return Err(AppError::NewerHome.into()),
            (_, Home::Absent) => return Ok(Redirect::to("/first-run").into_response()),
            (_, Home::Locked) => return Ok(Redirect::to("/unlock").into_response()),
            (Need::NoHome | Need::LockedHome, Home::Open(_)) => return Ok(Redirect::to("/").into_response()),
            (Need::Audience(audiences), Home::Open(app)) => {
                if !audiences.contains(&session.audience) {
                    return Err(Failure::NotFound);
                }
                request.extensions_mut().insert(Visitor { web, app, session });
            }
            (Need::Anyone, _) => {}
        },
    }
    Ok(next.run(request).await)
}
