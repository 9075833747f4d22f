//! The application: an opened home with its vault, knowledge and wording, and the cases folded so far.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::ledger::{Draft, Entry, Payload};
use consilium_casefile::shared::time::PartialDate;
use consilium_casefile::{Case, CaseId, Change, Instant, Message, Refusal, Session};
use consilium_knowledge::Wording;
use consilium_vault::{
    Along, AppendError, HomeState, IndexUpdate, MakeError, OpenError, Opening, RecoveryKey, Storage, Vault,
};
use tokio::sync::RwLock;

use crate::error::{AppError, Doing};
use crate::gather::Imports;
use crate::objects::named_by;
use crate::reading::{KeptReadings, LazyReader, Recognitions};
use crate::search::KeptTexts;

pub use consilium_vault::Protection;

/// How files of fragile formats are read.
#[derive(Debug, Clone)]
pub enum Reader {
    /// In a time- and memory-limited child process: this program, called with a [`crate::gather::Task`] and a format.
    Child(PathBuf),
    /// In this process: for tests.
    InProcess,
}

/// A new recovery key, shown once.
pub struct RecoverySheet {
    /// The key as it is typed.
    pub words: String,
    /// The sheet to print, as PDF.
    pub pdf: Vec<u8>,
}

/// An opened home. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) home: PathBuf,
    pub(crate) vault: Vault,
    pub(crate) knowledge: Arc<Knowledge>,
    pub(crate) wording: Wording,
    pub(crate) complaints: Vec<String>,
    pub(crate) reader: Reader,
    pub(crate) imports: Imports,
    pub(crate) text_reader: LazyReader,
    pub(crate) recognitions: Recognitions,
    pub(crate) readings: KeptReadings,
    pub(crate) texts: KeptTexts,
    pub(crate) words_version: std::sync::OnceLock<String>,
    pub(crate) namer: std::sync::OnceLock<consilium_casefile::compare::Namer>,
    clock: fn() -> Instant,
    /// Microseconds by which a story is told earlier than it is; 0 but in the demo.
    told_earlier: std::sync::atomic::AtomicI64,
    folded: RwLock<HashMap<CaseId, Arc<Case>>>,
}

/// Does something that a home is opened for, with what a person typed: its passphrase, or else the recovery key.
async fn by_either<T, F>(typed: &str, doing: impl Fn(Opening) -> F) -> Result<T, OpenError>
where
    F: Future<Output = Result<T, OpenError>>,
{
    match doing(Opening::Passphrase(typed.to_owned())).await {
        Err(OpenError::WrongPassphrase) => doing(Opening::RecoveryKey(typed.to_owned())).await,
        other => other,
    }
}

/// The error of a home that was not opened while doing this.
fn not_opened(what: &'static str) -> impl Fn(OpenError) -> AppError {
    move |error| match error {
        OpenError::WrongPassphrase | OpenError::WrongRecoveryKey | OpenError::Mistyped(_) => AppError::WrongPassphrase,
        OpenError::Locked => AppError::Locked,
        OpenError::Newer { .. } => AppError::NewerHome,
        OpenError::Absent(_) => AppError::NoHome,
        other => AppError::Fault { what, source: other.into() },
    }
}

impl App {
    /// What is in a home, without opening it.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn state(home: &Path) -> Result<HomeState, AppError> {
        Vault::state(home).doing("looking at the home")
    }

    /// Creates a home and opens it. With a passphrase, the recovery key is returned once and never again.
    ///
    /// # Errors
    /// [`AppError::HomeExists`], or it cannot be written.
    pub async fn create(
        home: &Path,
        storage: Storage,
        protection: Protection,
        reader: Reader,
    ) -> Result<(Self, Option<RecoveryKey>), AppError> {
        let (vault, key) = Vault::create(home, storage, protection).await.map_err(|error| match error {
            MakeError::Exists(_) => AppError::HomeExists,
            other => AppError::Fault { what: "creating the home", source: other.into() },
        })?;
        Ok((Self::with(home, vault, reader), key))
    }

    /// Opens a home.
    ///
    /// # Errors
    /// [`AppError::WrongPassphrase`], [`AppError::Locked`], [`AppError::NewerHome`], [`AppError::NoHome`], or a fault.
    pub async fn open(home: &Path, opening: Opening, reader: Reader) -> Result<Self, AppError> {
        let vault = Vault::open(home, opening).await.map_err(not_opened("opening the home"))?;
        Ok(Self::with(home, vault, reader))
    }

    /// Opens a sealed home with what a person typed: its passphrase, or else the recovery key.
    ///
    /// # Errors
    /// As [`Self::open`]. A mistyped recovery key and a wrong passphrase are told apart nowhere: nobody learns which one
    /// was close.
    pub async fn open_typed(home: &Path, typed: &str, reader: Reader) -> Result<Self, AppError> {
        let opened = by_either(typed, |opening| Vault::open(home, opening)).await;
        Ok(Self::with(home, opened.map_err(not_opened("opening the home"))?, reader))
    }

    /// Replaces the passphrase, for somebody who gives the one of today or the recovery key once more.
    ///
    /// # Errors
    /// [`AppError::WrongPassphrase`]; a fault when the home has no passphrase.
    pub async fn change_passphrase(&self, typed: &str, new: &str) -> Result<(), AppError> {
        let changed = by_either(typed, |opening| self.vault().change_passphrase(opening, new.to_owned())).await;
        changed.map_err(not_opened("changing the passphrase"))
    }

    /// Makes a new recovery key and its sheet; the sheet before opens the home no more.
    ///
    /// # Errors
    /// [`AppError::WrongPassphrase`]; a fault when the home has no passphrase. The sheet before stays good then.
    pub async fn new_recovery_sheet(&self, typed: &str) -> Result<RecoverySheet, AppError> {
        // Set once before there is a new key: a sheet that cannot be set must not cost the old one.
        self.set_sheet("")?;
        let made = by_either(typed, |opening| self.vault().new_recovery_key(opening)).await;
        let words = made.map_err(not_opened("making a recovery key"))?.written().to_string();
        Ok(RecoverySheet { pdf: self.set_sheet(&words)?, words })
    }

    fn set_sheet(&self, words: &str) -> Result<Vec<u8>, AppError> {
        let home = self.home().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let groups: Vec<&str> = words.split('-').collect();
        let today = PartialDate::Day(self.now().date());
        consilium_press::page::recovery_sheet(&home, &groups, today).doing("setting the recovery sheet")
    }

    fn with(home: &Path, vault: Vault, reader: Reader) -> Self {
        // What a program that was killed left beside a packet's place holds records in clear.
        crate::share::sweep(home);
        let loaded = consilium_knowledge::load(Some(&home.join("knowledge")));
        let wording = Wording::new(&loaded.knowledge, "en");
        Self(Arc::new(Inner {
            home: home.to_owned(),
            vault,
            knowledge: Arc::new(loaded.knowledge),
            wording,
            complaints: loaded.complaints.iter().map(ToString::to_string).collect(),
            reader,
            imports: Imports::default(),
            text_reader: LazyReader::new(),
            recognitions: Recognitions::default(),
            readings: KeptReadings::default(),
            texts: KeptTexts::default(),
            words_version: std::sync::OnceLock::new(),
            namer: std::sync::OnceLock::new(),
            clock: crate::clock::now,
            told_earlier: std::sync::atomic::AtomicI64::new(0),
            folded: RwLock::default(),
        }))
    }

    /// The home's folder.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.0.home
    }

    /// What clinicians may edit.
    #[must_use]
    pub fn knowledge(&self) -> &Knowledge {
        &self.0.knowledge
    }

    /// What was wrong with edited knowledge files; the built-in ones are used instead.
    #[must_use]
    pub fn knowledge_complaints(&self) -> &[String] {
        &self.0.complaints
    }

    /// The sentence of a message.
    #[must_use]
    pub fn say(&self, message: &Message) -> String {
        self.0.wording.say(message)
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Instant {
        let now = (self.0.clock)();
        let earlier = self.0.told_earlier.load(std::sync::atomic::Ordering::Relaxed);
        Instant { micros: now.micros.saturating_sub(earlier), ..now }
    }

    /// Tells the story of the demo: what follows is written down as of so many days ago, until 0 is said. Nothing but
    /// the demo's generator may call this; a real case is written down when it happens.
    pub fn tell_as_of(&self, days_ago: i64) {
        const DAY: i64 = 86_400_000_000;
        self.0.told_earlier.store(days_ago.saturating_mul(DAY), std::sync::atomic::Ordering::Relaxed);
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.0.vault
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }

    /// A case this session may open, folded up to its newest entry.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is none or the session may not open it; a fault when the ledger is broken.
    pub async fn case(&self, session: &Session, id: &CaseId) -> Result<Arc<Case>, AppError> {
        if !session.may_open(id) {
            return Err(AppError::NotFound);
        }
        let case = self.fold(id).await?;
        self.still_granted(session, &case)?;
        Ok(case)
    }

    /// A case as it was at an entry of its ledger; as it is, when that is not yet written.
    ///
    /// # Errors
    /// As [`App::case`].
    pub(crate) async fn case_as_of(&self, session: &Session, id: &CaseId, seq: u64) -> Result<Arc<Case>, AppError> {
        let case = self.case(session, id).await?;
        if seq >= case.head.seq {
            return Ok(case);
        }
        folded_to(id, self.vault().ledger(id).await.doing("reading the ledger")?, seq)
    }

    /// A granted access ends the moment it is withdrawn, whatever its cookie says.
    fn still_granted(&self, session: &Session, case: &Case) -> Result<(), AppError> {
        let granted = session.only_case.is_none()
            || case.about.access.iter().any(|a| a.id == session.actor && a.audience == session.audience);
        if granted { Ok(()) } else { Err(AppError::NotFound) }
    }

    async fn fold(&self, id: &CaseId) -> Result<Arc<Case>, AppError> {
        let known = self.0.folded.read().await.get(id).cloned();
        let case = match known {
            Some(known) => {
                let newer = self.vault().ledger_after(id, known.head.seq).await.doing("reading the ledger")?;
                match newer.first() {
                    None => return Ok(known),
                    // A chain that no longer continues what was folded is folded again from its start, which says why.
                    Some(first) if first.header.prev != known.head.hash => self.fold_all(id).await?,
                    Some(_) => {
                        let mut case = Case::clone(&known);
                        newer.iter().for_each(|entry| case.apply(entry));
                        case
                    }
                }
            }
            None => self.fold_all(id).await?,
        };
        let case = Arc::new(case);
        self.0.folded.write().await.insert(id.clone(), case.clone());
        Ok(case)
    }

    /// Drops the fold of a case: payloads it was folded from are gone.
    pub(crate) async fn forget(&self, id: &CaseId) {
        self.0.folded.write().await.remove(id);
        self.0.readings.forget(id);
        self.0.texts.forget(id);
    }

    async fn fold_all(&self, id: &CaseId) -> Result<Case, AppError> {
        let entries = self.vault().ledger(id).await.doing("reading the ledger")?;
        if entries.is_empty() {
            return Err(AppError::NotFound);
        }
        Case::fold(id.clone(), &entries).doing("checking the ledger")
    }

    /// Runs a rule on the newest case and appends what it says; on a race, folds again and runs the rule again, so no
    /// entry is lost. Returns the case afterwards.
    ///
    /// # Errors
    /// The rule's refusal; [`AppError::NotAllowed`] when the session may not change the case.
    pub(crate) async fn change<C: Into<Change>>(
        &self,
        session: &Session,
        id: &CaseId,
        rule: impl Fn(&Case) -> Result<Vec<C>, Refusal>,
    ) -> Result<Arc<Case>, AppError> {
        loop {
            let case = self.changeable(session, id).await?;
            let changes: Vec<Change> = rule(&case)?.into_iter().map(Into::into).collect();
            if self.append(session, &case, &changes, IndexUpdate::default()).await? {
                return self.case(session, id).await;
            }
        }
    }

    /// The case, if this session may change it and this version may append to it.
    pub(crate) async fn changeable(&self, session: &Session, id: &CaseId) -> Result<Arc<Case>, AppError> {
        let case = self.case(session, id).await?;
        if !session.audience.may_change() {
            return Err(AppError::NotAllowed);
        }
        case.may_append()?;
        Ok(case)
    }

    /// The same; or, where an import opens it, a case with nothing in it yet.
    pub(crate) async fn fillable(&self, session: &Session, id: &CaseId, opens: bool) -> Result<Arc<Case>, AppError> {
        match self.changeable(session, id).await {
            Err(AppError::NotFound) if opens && session.may_open_cases() => Ok(Arc::new(Case::new(id.clone()))),
            Err(AppError::NotFound) if opens => Err(AppError::NotAllowed),
            known => known,
        }
    }

    /// Appends changes behind the case as folded. `false`: somebody else was faster; fold again and decide again.
    ///
    /// # Errors
    /// What the changes name is not kept any more (see [`AppError::was_stored_in_vain`]), or a fault.
    pub(crate) async fn append(
        &self,
        session: &Session,
        case: &Case,
        changes: &[Change],
        along: impl Into<Along>,
    ) -> Result<bool, AppError> {
        let drafts = self.drafts(session, changes)?;
        let mut along = along.into();
        along.relies_on.extend(changes.iter().flat_map(named_by).cloned());
        match self.vault().append(&case.id, case.head, drafts, along).await {
            Ok(_) => Ok(true),
            Err(AppendError::Raced { .. }) => Ok(false),
            Err(other) => Err(AppError::Fault { what: "writing to the ledger", source: other.into() }),
        }
    }

    /// Changes written down, with a fresh salt each.
    pub(crate) fn drafts(&self, session: &Session, changes: &[Change]) -> Result<Vec<Draft>, AppError> {
        let at = self.now();
        changes
            .iter()
            .map(|change| {
                let written = change.write().doing("writing down a change")?;
                let mut salt = [0; 32];
                getrandom::fill(&mut salt).doing("asking the machine for randomness")?;
                let payload = Payload { salt, bytes: written.bytes };
                Ok(Draft { at, by: session.actor.clone(), kind: written.kind, payload })
            })
            .collect()
    }
}

/// A case as it was at an entry of its ledger.
///
/// # Errors
/// [`AppError::NotFound`] when the ledger has no entry up to there; a fault when its chain does not hold.
pub(crate) fn folded_to(id: &CaseId, mut entries: Vec<Entry>, seq: u64) -> Result<Arc<Case>, AppError> {
    entries.retain(|entry| entry.header.seq <= seq);
    if entries.is_empty() {
        return Err(AppError::NotFound);
    }
    Ok(Arc::new(Case::fold(id.clone(), &entries).doing("checking the ledger")?))
}
