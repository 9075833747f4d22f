//! Running an import: in the foreground for the command line, in the background for the pages, with progress.

use std::collections::HashMap;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use consilium_casefile::about::AboutChange;
use consilium_casefile::gather::{FileOutcome, GatherChange, ImportRecord, Outcome};
use consilium_casefile::{CaseId, Change, ImportId, Refusal, Session};
use consilium_formats::Limits;
use consilium_vault::{Along, IndexUpdate, make_folder};
use serde::Serialize;
use tokio::sync::watch;

use super::collect::{Collected, Collection, Counters, Source, collect};
use super::{ImportReport, settle};
use crate::error::{AppError, Doing};
use crate::{App, ids};

/// What to import.
#[derive(Debug, Clone, Default)]
pub struct ImportRequest {
    /// Files and folders.
    pub sources: Vec<PathBuf>,
    /// Passwords to try on locked files.
    pub passwords: Vec<String>,
    /// Whether it is a packet that somebody sent: then its list of contents is looked for, and its items are accounted for.
    pub packet: bool,
    /// The handle of the case that is opened with what it brings: until something is kept there is none, and nothing is
    /// left of it where nothing is, or the program is killed.
    pub opens: Option<String>,
}

/// How often an import stores its files again because something was deleted from the case meanwhile.
const MOST_AGAIN: u32 = 5;

/// What is brought into a case.
pub(super) struct Bringing<'a> {
    pub(super) import: &'a ImportId,
    /// What the person named.
    pub(super) labels: Vec<String>,
    pub(super) sources: &'a (dyn Fn() -> Vec<Source> + Send + Sync),
    pub(super) passwords: Vec<String>,
    /// Changes that go with it.
    pub(super) also: &'a [GatherChange],
    /// The handle of the case it opens, as [`ImportRequest::opens`].
    pub(super) opens: Option<&'a str>,
}

/// A look at what was stored, before it comes into the case: an error keeps it out.
pub(super) type Look<'a> = dyn Fn(Vec<Collected>) -> Looked + Send + Sync + 'a;
/// Its outcome: what comes into the case, and changes that follow from it.
pub(super) type Looked = Pin<Box<dyn Future<Output = Result<(Vec<Collected>, Vec<Change>), AppError>> + Send>>;

/// What an import is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Reading and storing files.
    Reading,
    /// Bringing them into the case.
    Settling,
    /// Done: the report is there.
    Done,
    /// Stopped by the person: nothing came into the case.
    Stopped,
    /// A fault: nothing came into the case; run it again.
    Failed,
}

/// Progress of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// What it is doing.
    pub phase: Phase,
    /// Files met so far.
    pub files: u64,
    /// Files known to be there: those of the sources, or those met where archives held more. 0 while not counted.
    pub expected: u64,
    /// Bytes stored so far.
    pub bytes: u64,
    /// One sentence when it failed.
    pub failure: Option<String>,
}

/// An import that runs, or ran, in the background.
#[derive(Clone)]
struct Running {
    case: CaseId,
    counters: Arc<Counters>,
    state: watch::Receiver<Progress>,
}

/// Imports of this process.
#[derive(Default)]
pub struct Imports(Mutex<HashMap<ImportId, Running>>);

impl Progress {
    /// Of an import that runs.
    fn running(counters: &Counters) -> Self {
        let settling = counters.settling.load(Ordering::Relaxed);
        Self::of(if settling { Phase::Settling } else { Phase::Reading }, counters)
    }

    fn of(phase: Phase, counters: &Counters) -> Self {
        let files = counters.files.load(Ordering::Relaxed);
        let expected = counters.expected.load(Ordering::Relaxed);
        Self {
            phase,
            files,
            expected: if expected == 0 { 0 } else { expected.max(files) },
            bytes: counters.bytes.load(Ordering::Relaxed),
            failure: None,
        }
    }
}

impl App {
    /// Imports files and waits for the report. `each` is called now and then with the progress.
    ///
    /// # Errors
    /// A refusal or fault; nothing came into the case then, and running it again completes it.
    pub async fn import(
        &self,
        session: &Session,
        case: &CaseId,
        request: ImportRequest,
        mut each: impl FnMut(&Progress),
    ) -> Result<ImportReport, AppError> {
        self.fillable(session, case, request.opens.is_some()).await?;
        let id: ImportId = ids::new();
        let counters = Arc::new(Counters::default());
        let run = self.run(session, case, &id, request, counters.clone());
        tokio::pin!(run);
        let mut tick = tokio::time::interval(std::time::Duration::from_millis(100));
        loop {
            tokio::select! {
                result = &mut run => {
                    result?;
                    break;
                }
                _ = tick.tick() => each(&Progress::running(&counters)),
            }
        }
        self.import_report(session, case, &id).await
    }

    /// Starts an import in the background.
    ///
    /// # Errors
    /// When the session may not change the case.
    pub async fn start_import(
        &self,
        session: &Session,
        case: &CaseId,
        request: ImportRequest,
    ) -> Result<ImportId, AppError> {
        self.fillable(session, case, request.opens.is_some()).await?;
        let id: ImportId = ids::new();
        let counters = Arc::new(Counters::default());
        let (sender, state) = watch::channel(Progress::of(Phase::Reading, &counters));
        let running = Running { case: case.clone(), counters: counters.clone(), state };
        self.running().insert(id.clone(), running);
        let (app, session, case, import) = (self.clone(), session.clone(), case.clone(), id.clone());
        tokio::spawn(async move {
            let result = app.run(&session, &case, &import, request, counters.clone()).await;
            let mut progress = Progress::of(Phase::Done, &counters);
            if let Err(error) = result {
                let stopped = counters.cancelled.load(Ordering::Relaxed) && matches!(error, AppError::Refusal(_));
                progress.phase = if stopped { Phase::Stopped } else { Phase::Failed };
                progress.failure = Some(match &error {
                    AppError::Refusal(refusal) => app.say(&refusal.0),
                    other => other.to_string(),
                });
            }
            // Nobody may be watching any more; the outcome is in the case all the same.
            let _ = sender.send(progress);
        });
        Ok(id)
    }

    /// Progress of a background import of this process; `None` when it is not known here (see its report instead).
    #[must_use]
    pub fn import_progress(&self, case: &CaseId, import: &ImportId) -> Option<Progress> {
        let running = self.running().get(import).filter(|r| r.case == *case).cloned()?;
        let state = running.state.borrow().clone();
        Some(match state.phase {
            Phase::Reading => Progress::running(&running.counters),
            _ => state,
        })
    }

    /// Waits until a background import has ended.
    pub async fn import_ended(&self, case: &CaseId, import: &ImportId) -> Option<Progress> {
        let mut running = self.running().get(import).filter(|r| r.case == *case).cloned()?;
        let ended = |p: &Progress| matches!(p.phase, Phase::Done | Phase::Failed | Phase::Stopped);
        running.state.wait_for(ended).await.ok().map(|p| p.clone())
    }

    /// Asks a background import to stop. What was stored stays stored; nothing comes into the case.
    pub fn stop_import(&self, case: &CaseId, import: &ImportId) {
        if let Some(running) = self.running().get(import).filter(|r| r.case == *case) {
            running.counters.cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// The newest import of the case that still runs in this process.
    #[must_use]
    pub fn running_import(&self, case: &CaseId) -> Option<ImportId> {
        let running = self.running();
        let mut ids: Vec<&ImportId> = running
            .iter()
            .filter(|(_, r)| r.case == *case && r.state.borrow().phase == Phase::Reading)
            .map(|(id, _)| id)
            .collect();
        ids.sort_unstable();
        ids.last().map(|id| (*id).clone())
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<ImportId, Running>> {
        self.inner().imports.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn run(
        &self,
        session: &Session,
        case: &CaseId,
        import: &ImportId,
        request: ImportRequest,
        counters: Arc<Counters>,
    ) -> Result<(), AppError> {
        let labels = request.sources.iter().map(|p| label(p)).collect();
        let bringing = Bringing {
            import,
            labels,
            sources: &|| request.sources.iter().cloned().map(Source::Path).collect(),
            passwords: request.passwords.clone(),
            also: &[],
            opens: request.opens.as_deref(),
        };
        let look = |collected: Vec<Collected>| -> Looked {
            let (app, case, import) = (self.clone(), case.clone(), import.clone());
            let packet = request.packet;
            Box::pin(async move {
                let mut collected = collected;
                if packet {
                    return app.packet_among(&case, &import, collected).await;
                }
                app.own_pages_without_list(&case, &mut collected).await?;
                Ok((collected, Vec::new()))
            })
        };
        self.bring(session, case, bringing, counters, &look).await?;
        self.read_after_import(session, case).await;
        Ok(())
    }

    /// Stores files and brings them into the case. When something was deleted from the case between the two, what it
    /// shares with these files is stored again. `stored` looks at what was stored, before it comes into the case.
    pub(super) async fn bring(
        &self,
        session: &Session,
        case: &CaseId,
        bringing: Bringing<'_>,
        counters: Arc<Counters>,
        stored: &Look<'_>,
    ) -> Result<(), AppError> {
        let opens = bringing.opens;
        let storing = self.storing(case).await?;
        if opens.is_some() {
            self.vault().make_place(case).await.doing("opening the store")?;
        }
        let brought = self.brought(session, case, bringing, counters, stored).await;
        drop(storing);
        if opens.is_some() && brought.is_err() {
            // Of a case that was not opened nothing stays.
            self.vault().drop_place(case).await.doing("clearing the store")?;
        }
        brought
    }

    async fn brought(
        &self,
        session: &Session,
        case: &CaseId,
        bringing: Bringing<'_>,
        counters: Arc<Counters>,
        stored: &Look<'_>,
    ) -> Result<(), AppError> {
        let Bringing { import, labels, sources, passwords, also, opens } = bringing;
        for again in (0..MOST_AGAIN).rev() {
            let brought = async {
                let collected = self.collect(case, import, sources(), passwords.clone(), counters.clone()).await?;
                let (collected, follows) = stored(collected).await?;
                counters.settling.store(true, Ordering::Relaxed);
                let also: Vec<Change> = also.iter().cloned().map(Change::from).chain(follows).collect();
                self.bring_in(session, case, import, (labels.clone(), opens), &collected, &also).await
            };
            match brought.await {
                Err(error) if again > 0 && error.was_stored_in_vain() => counters.restart(),
                ended => return ended,
            }
        }
        Ok(())
    }

    /// Reads what an import brought. The import is complete without it: what is not read now is read at the next one,
    /// or when the pages start.
    pub(super) async fn read_after_import(&self, session: &Session, case: &CaseId) {
        if let Err(error) = self.read_records(session, case).await {
            tracing::warn!(%error, "the texts of an import were not read");
        }
    }

    /// Runs the first step on threads of its own.
    pub(super) async fn collect(
        &self,
        case: &CaseId,
        import: &ImportId,
        sources: Vec<Source>,
        passwords: Vec<String>,
        counters: Arc<Counters>,
    ) -> Result<Vec<Collected>, AppError> {
        let (app, import) = (self.clone(), import.clone());
        let writer = self.vault().object_writer(case).await.doing("opening the store")?;
        let scratch = self.home().join("scratch");
        make_folder(&scratch).doing("making room for large files")?;
        let collecting = tokio::task::spawn_blocking(move || {
            let collection = Collection {
                import: &import,
                knowledge: app.knowledge(),
                reader: &app.inner().reader,
                limits: Limits::default(),
                passwords: &passwords,
                scratch: &scratch,
                writer,
                counters: &counters,
            };
            collect(collection, sources)
        });
        collecting.await.doing("reading the files")?
    }

    /// Decides against the newest case and appends; again when somebody was faster. Every object it names is kept then,
    /// or nothing is appended and the error says that it was stored in vain. `also` are changes that go with
    /// the import (a locked group that is now unlocked).
    pub(super) async fn bring_in(
        &self,
        session: &Session,
        id: &CaseId,
        import: &ImportId,
        (sources, opens): (Vec<String>, Option<&str>),
        collected: &[Collected],
        also: &[Change],
    ) -> Result<(), AppError> {
        let mut handle = opens.map(str::to_owned);
        loop {
            let case = self.fillable(session, id, opens.is_some()).await?;
            let known = self.vault().known_instances(id).await.doing("reading the image index")?;
            let sorted = settle::sort_out(&case, &known, collected);
            let mut manifests = Vec::new();
            for bytes in sorted.3.manifests().doing("listing the images")? {
                manifests.push(self.vault().put(id, bytes).await.doing("storing the list of images")?);
            }
            let settled = settle::settle(&case, import, collected, sorted, manifests, &|m| self.say(m));
            let unopened = handle.as_ref().filter(|_| case.head.seq == 0);
            if unopened.is_some() && settled.changes.is_empty() {
                return Err(nothing_kept(&settled.outcomes).into());
            }
            let lines = settle::json_lines(&settled.outcomes).doing("writing the import report")?;
            let manifest = self.vault().put(id, lines).await.doing("storing the import report")?;
            let record = ImportRecord {
                id: import.clone(),
                sources: sources.clone(),
                manifest,
                totals: settled.totals,
                at: None,
            };
            let mut changes: Vec<Change> = Vec::new();
            changes.extend(unopened.map(|handle| AboutChange::Opened { handle: handle.clone() }.into()));
            changes.extend(settled.changes);
            changes.extend(also.iter().cloned());
            changes.push(GatherChange::ImportFinished { import: record }.into());
            let index = IndexUpdate { add: settled.instances, remove_objects: Vec::new() };
            let along = Along { index, opened_as: unopened.cloned(), ..Along::default() };
            match self.append(session, &case, &changes, along).await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                // Another case got the handle meanwhile.
                Err(error) if error.is_handle_taken() => {
                    handle = Some(self.free_handle(handle.as_deref().unwrap_or_default()).await?);
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// Why no case was opened: what became of the files, and the first reason.
fn nothing_kept(outcomes: &[FileOutcome]) -> Refusal {
    let why = outcomes.iter().find(|o| o.outcome == Outcome::Refused).and_then(|outcome| outcome.reason.clone());
    Refusal::new("refusal-nothing-kept").with("files", outcomes.len()).with("why", why.unwrap_or_default())
}

/// The last part of a path: where a person's folders lie is nobody's business later.
fn label(path: &std::path::Path) -> String {
    path.file_name().map_or_else(|| "folder".to_owned(), |name| name.to_string_lossy().into_owned())
}
