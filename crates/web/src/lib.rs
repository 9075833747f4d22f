//! The pages: askama templates, htmx, and nothing that is not embedded in the program. Stage modules hold a page's data
//! and what its forms do; every case's data comes from a `CaseView`, every change is a use-case of `consilium-app`. What
//! is deliberately absent: rules, storage, wording of steps and refusals (those are in `knowledge/`), any request to
//! anywhere else.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use consilium_app::{App, Reader, Storage, make_folder, private_file};
use consilium_casefile::Session;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

mod access;
mod assets;
mod cases;
mod checklist;
mod compare;
#[cfg(test)]
mod compare_tests;
mod decide;
#[cfg(test)]
mod decide_tests;
mod deliveries;
mod errors;
mod export;
mod fact_rows;
mod facts;
mod find;
mod first_run;
mod follow_up;
mod forms;
mod gather;
mod highlight;
mod imports;
mod lined;
mod listen;
mod medicines;
mod opinions;
mod overview;
mod paging;
mod parts;
mod prepare;
mod public;
mod receive;
mod received;
mod record;
mod registration;
mod requests;
mod routes;
mod search;
mod security;
mod session;
mod share;
mod shell;
mod sign_in;
mod stage;
mod studies;
mod summary;
mod timeline;
mod tissue;
mod treatments;
mod upload;
mod web;

pub use routes::{RouteLine, routes, routes_with_examples};

/// How to serve.
#[derive(Clone)]
pub struct ServeConfig {
    /// Where to listen. Port 0 takes a free one.
    pub bind: SocketAddr,
    /// The home's folder; may be absent, then the first-run page creates it.
    pub home: PathBuf,
    /// The home, where it is open already; a locked one is opened on a page.
    pub app: Option<App>,
    /// How files of fragile formats are read.
    pub reader: Reader,
}

/// A server that answers.
#[derive(Debug)]
pub struct Serving {
    address: SocketAddr,
    login_url: String,
    home: PathBuf,
    task: JoinHandle<io::Result<()>>,
}

impl Serving {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The link that signs the owner in, once.
    #[must_use]
    pub fn login_url(&self) -> &str {
        &self.login_url
    }

    /// A page on this machine that only its owner may read and that leads to [`Self::login_url`]: to be opened in the
    /// browser, because everybody on the machine can read what a program is started with. It is removed once the link was
    /// used, and when the server ends.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn door(&self) -> io::Result<PathBuf> {
        make_folder(&self.home).map_err(io::Error::other)?;
        let path = door_path(&self.home, self.address);
        let page = format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Consilium</title>\
             <meta http-equiv=\"refresh\" content=\"0;url={0}\"><p><a href=\"{0}\">Open Consilium</a></p></html>",
            self.login_url
        );
        write_privately(&path, page.as_bytes())?;
        Ok(path)
    }

    /// Waits until the server has ended: after Ctrl-C or SIGTERM, once running answers are complete.
    ///
    /// # Errors
    /// When the server failed.
    pub async fn wait(self) -> io::Result<()> {
        let ended = self.task.await.map_err(io::Error::other)?;
        take_back(&self.home, self.address);
        close_door(&self.home, self.address);
        ended
    }
}

/// Starts to serve.
///
/// # Errors
/// When the address is taken, or the machine yields no random numbers.
pub async fn serve(config: ServeConfig) -> io::Result<Serving> {
    let listener = TcpListener::bind(config.bind).await?;
    let address = listener.local_addr()?;
    let web = make(config, address)?;
    let token = web.sessions().token(Session::owner());
    let login_url = format!("{}/login?token={token}", base(address));
    announce(&web);
    let home = web.home_folder().to_owned();
    upload::clear_leftovers(&home);
    let router = routes::router(&web);
    let task = tokio::spawn(async move { listen::serve(listener, router, asked_to_end()).await });
    Ok(Serving { address, login_url, home, task })
}

fn make(config: ServeConfig, address: SocketAddr) -> io::Result<web::Web> {
    let key = session::random_key().ok_or_else(|| io::Error::other("this machine yields no random numbers"))?;
    let settings = web::Settings {
        home: config.home,
        storage: Storage::Local,
        reader: config.reader,
        app: config.app,
        names: security::Names::new(address, &[]),
        address,
        key,
    };
    web::Web::new(settings).map_err(io::Error::other)
}

fn base(address: SocketAddr) -> String {
    let host = if address.ip().is_unspecified() { "127.0.0.1".to_owned() } else { address.ip().to_string() };
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    format!("http://{host}:{}", address.port())
}

async fn asked_to_end() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => _ = signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}

/// What another process of the same person must know to make a link; only they can read it.
#[derive(Serialize, Deserialize)]
struct Note {
    address: String,
    key: String,
}

fn note_path(home: &Path) -> PathBuf {
    home.join("serving.json")
}

/// Where the page that leads to a server's login link lies.
fn door_path(home: &Path, address: SocketAddr) -> PathBuf {
    home.join(format!("open-{}.html", address.port()))
}

/// Removes that page. It is not there when no browser was to be opened, or when this was done before.
pub(crate) fn close_door(home: &Path, address: SocketAddr) {
    let _ = std::fs::remove_file(door_path(home, address));
}

/// Leaves the note in the home, once there is one. Without it only `link` does not work.
pub(crate) fn announce(web: &web::Web) {
    let home = web.home_folder();
    if !home.is_dir() {
        return;
    }
    let note = Note { address: base(web.address()), key: hex::encode(web.sessions().key()) };
    let written = serde_json::to_vec(&note).map_err(io::Error::from);
    if let Err(error) = written.and_then(|note| write_privately(&note_path(home), &note)) {
        tracing::warn!(kind = %error.kind(), "the note for `link` could not be written");
    }
}

/// Removes the note of the server at this address. Another server of the same home may have left its own since; that
/// stays.
fn take_back(home: &Path, address: SocketAddr) {
    let path = note_path(home);
    // Gone already when the home was never created.
    let note = std::fs::read(&path).ok().and_then(|bytes| serde_json::from_slice::<Note>(&bytes).ok());
    if note.is_some_and(|note| note.address == base(address)) {
        let _ = std::fs::remove_file(path);
    }
}

fn write_privately(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A new file each time: an old one might be readable by others.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    private_file().create_new(true).open(path)?.write_all(bytes)
}

/// A new link for a session, good once within ten minutes, from the home a server of this machine serves.
///
/// # Errors
/// When no server serves this home.
pub fn one_time_link(home: &Path, session: &Session) -> io::Result<String> {
    let note = std::fs::read(note_path(home)).map_err(|error| {
        io::Error::new(error.kind(), "no server serves this home now; start one with `consilium serve`")
    })?;
    let note: Note = serde_json::from_slice(&note)?;
    let mut key = [0_u8; 32];
    hex::decode_to_slice(&note.key, &mut key).map_err(io::Error::other)?;
    let token = session::signed_link(&key, consilium_app::clock::now(), session);
    Ok(format!("{}/login?token={token}", note.address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_ends_takes_back_its_own_note_and_no_other() {
        let home = tempfile::tempdir().expect("a folder");
        let [first, second] = [7001, 7002].map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
        let note = Note { address: base(first), key: hex::encode([7; 32]) };
        let note = serde_json::to_vec(&note).expect("a note");
        write_privately(&note_path(home.path()), &note).expect("a note");
        take_back(home.path(), second);
        assert!(one_time_link(home.path(), &Session::owner()).is_ok(), "the first server can still be linked to");
        take_back(home.path(), first);
        assert!(one_time_link(home.path(), &Session::owner()).is_err());
    }

    #[tokio::test]
    async fn the_page_that_leads_in_is_for_its_owner_only_and_goes_once_it_was_used() {
        let ground = ground::no_home();
        let task = tokio::spawn(async { Ok(()) });
        let token = ground.web.sessions().token(Session::owner());
        let (home, address) = (ground.web.home_folder().to_owned(), ground.web.address());
        let login_url = format!("{}/login?token={token}", base(address));
        let serving = Serving { address, login_url: login_url.clone(), home, task };
        let page = serving.door().expect("a page");
        assert!(std::fs::read_to_string(&page).expect("its text").contains(&format!("url={login_url}\"")));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&page).expect("a file").permissions().mode() & 0o777, 0o600);
        }
        assert!(!ground.get("", &format!("/login?token={token}0")).await.header("set-cookie").contains("consilium"));
        assert!(page.exists(), "nobody came in by it yet");
        assert!(ground.get("", &format!("/login?token={token}")).await.header("set-cookie").contains("consilium"));
        assert!(!page.exists());
        let page = serving.door().expect("a page");
        serving.wait().await.expect("an end");
        assert!(!page.exists(), "what nobody used goes with the server");
    }
}

#[cfg(test)]
mod door_tests;
#[cfg(test)]
mod gathering_tests;
#[cfg(test)]
mod ground;
#[cfg(test)]
mod page_tests;
#[cfg(test)]
mod reading_tests;
#[cfg(test)]
mod received_tests;
