//! Making, opening and closing a vault, and the runtime its work runs on. What is kept in it lives in the sibling
//! modules.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::{Builder, Handle, Runtime};

use crate::database::Database;
use crate::error::{Fault, MakeError, OpenError};
use crate::home::{self, Description, HomeState, Making, make_folder};
use crate::pack::{self, Pack};
use crate::recovery::RecoveryKey;
use crate::seal::Keys;
use crate::storage::{PackStore, pack_files};
use crate::{Opening, Protection, Storage};

/// An open vault. Cloning is cheap; all clones are the same vault. Every call may be made from any runtime: the work
/// itself runs on threads of the vault's own, and finishes even when the caller stops waiting.
#[derive(Clone)]
pub struct Vault(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) home: PathBuf,
    pub(crate) keys: Keys,
    pub(crate) database: Database,
    pub(crate) packs: PackStore,
    pub(crate) description: Mutex<Description>,
    /// Packs of this process that no writer uses now, with their length in bytes.
    pub(crate) idle: Mutex<Vec<(Arc<Pack>, u64)>>,
    handle: Handle,
    _threads: Threads,
}

/// The runtime of a vault. Dropped anywhere, also on one of its own threads.
pub(crate) struct Threads(Option<Runtime>);

impl Drop for Threads {
    fn drop(&mut self) {
        // An ordinary drop waits for the threads, which is forbidden on an async thread.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("home", &self.0.home).finish_non_exhaustive()
    }
}

pub(crate) fn threads() -> Result<(Threads, Handle), Fault> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("vault")
        .enable_all()
        .build()
        .map_err(|e| Fault::Unusable(format!("the system gave the vault no threads: {e}")))?;
    let handle = runtime.handle().clone();
    Ok((Threads(Some(runtime)), handle))
}

/// Runs work on a vault's runtime and hands its outcome back.
async fn on<T, E>(handle: &Handle, work: impl Future<Output = Result<T, E>> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Fault> + Send + 'static,
{
    handle.spawn(work).await.map_err(|_| Fault::Stopped)?
}

pub(crate) async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Fault> + Send + 'static,
{
    tokio::task::spawn_blocking(work).await.map_err(|_| Fault::Stopped)?
}

impl Vault {
    /// What a folder holds, without opening it.
    ///
    /// # Errors
    /// `vault.json` cannot be read or is damaged.
    pub fn state(home: &Path) -> Result<HomeState, Fault> {
        home::state(home)
    }

    /// Makes a vault in a folder, which is created where it is absent, and opens it. The recovery key of a sealed
    /// vault is returned here and never again: print it.
    ///
    /// # Errors
    /// There is a vault already, the passphrase is empty, or the machine.
    pub async fn create(
        home: &Path,
        storage: Storage,
        protection: Protection,
    ) -> Result<(Self, Option<RecoveryKey>), MakeError> {
        let home = home.to_owned();
        let (threads, handle) = threads()?;
        on(&handle.clone(), async move {
            let folder = home.clone();
            let making = blocking(move || Making::begin(&folder)).await?;
            let (description, keys, recovery) = blocking(move || Description::fresh(storage, &protection)).await?;
            let vault = Self::assemble(home, description.clone(), keys, (threads, handle), true).await.map_err(made)?;
            blocking(move || making.finish(&description)).await?;
            Ok((vault, recovery))
        })
        .await
    }

    /// Opens the vault of a folder. A plain vault opens with any `opening`.
    ///
    /// # Errors
    /// See [`OpenError`]; a wrong passphrase is [`OpenError::WrongPassphrase`].
    pub async fn open(home: &Path, opening: Opening) -> Result<Self, OpenError> {
        let home = home.to_owned();
        let (threads, handle) = threads()?;
        on(&handle.clone(), async move {
            let absent = home.clone();
            let description = Description::read(&home)?.ok_or(OpenError::Absent(absent))?;
            let to_open = description.clone();
            let keys = blocking(move || to_open.open(&opening)).await?;
            let vault = Self::assemble(home, description, keys, (threads, handle), false).await?;
            vault.0.tidy().await?;
            Ok(vault)
        })
        .await
    }

    async fn assemble(
        home: PathBuf,
        description: Description,
        keys: Keys,
        (threads, handle): (Threads, Handle),
        create: bool,
    ) -> Result<Self, OpenError> {
        let folder = home.join("packs");
        make_folder(&folder)?;
        let (database, packs) = match &description.storage {
            Storage::Local => {
                let path = home.join("vault.sqlite");
                if create {
                    refuse_stored_records(&folder)?;
                    // Left by a creation that was cut short before `vault.json` was written.
                    for name in ["vault.sqlite", "vault.sqlite-wal", "vault.sqlite-shm"] {
                        let _ = std::fs::remove_file(home.join(name));
                    }
                }
                (Database::open_sqlite(&path, create).await?, PackStore::folder(&folder))
            }
            Storage::Server { database_url, objects_url } => {
                (Database::open_postgres(database_url).await?, PackStore::objects(objects_url)?)
            }
        };
        if !create && matches!(description.storage, Storage::Local) && !database.holds_a_vault().await? {
            let why =
                "the database of this home (vault.sqlite) is empty; put it back, or restore a backup into a new home";
            return Err(Fault::Unusable(format!("{why}. Nothing was changed.")).into());
        }
        database.migrate(&description.vault_id).await?;
        Ok(Self(Arc::new(Inner {
            home,
            keys,
            database,
            packs,
            description: Mutex::new(description),
            idle: Mutex::default(),
            handle,
            _threads: threads,
        })))
    }

    /// Replaces the passphrase; what opens the vault today must be given once more. The recovery key stays as it is;
    /// nothing kept is rewritten.
    ///
    /// # Errors
    /// What was given does not open this vault, the new passphrase is empty, or the vault is a plain one.
    pub async fn change_passphrase(&self, by: Opening, new: String) -> Result<(), OpenError> {
        self.rewrap(by, move |current, keys| {
            let changed = current.with_passphrase(keys, &new).map_err(|error| match error {
                MakeError::Fault(fault) => fault,
                other => Fault::Unusable(other.to_string()),
            })?;
            Ok((changed, ()))
        })
        .await
    }

    /// Makes a new recovery key, which is returned here and never again; the one before opens the vault no more. The
    /// passphrase stays as it is; nothing kept is rewritten.
    ///
    /// # Errors
    /// What was given does not open this vault, or the vault is a plain one.
    pub async fn new_recovery_key(&self, by: Opening) -> Result<RecoveryKey, OpenError> {
        self.rewrap(by, |current, keys| Ok(current.with_new_recovery_key(keys)?)).await
    }

    /// Changes how the vault key is wrapped, for somebody who can open the vault.
    async fn rewrap<T: Send + 'static>(
        &self,
        by: Opening,
        change: impl FnOnce(&Description, &Keys) -> Result<(Description, T), OpenError> + Send + 'static,
    ) -> Result<T, OpenError> {
        self.run(|inner| async move {
            // Another process may be doing the same: one of the two would be lost.
            let _lock = inner.maintenance(true).await?;
            blocking(move || {
                let mut held = inner.description.lock().unwrap_or_else(PoisonError::into_inner);
                // From disk: another process may have changed it since.
                let current = Description::read(&inner.home)?.ok_or_else(|| OpenError::Absent(inner.home.clone()))?;
                let keys = current.open(&by)?;
                if !Description::same_vault_key(&keys, &inner.keys) {
                    return Err(Fault::Damaged("vault.json".to_owned()).into());
                }
                let (changed, made) = change(&current, &inner.keys)?;
                changed.write(&inner.home)?;
                *held = changed;
                Ok(made)
            })
            .await
        })
        .await
    }

    /// Whether what is kept is sealed.
    #[must_use]
    pub fn sealed(&self) -> bool {
        self.0.keys.sealed()
    }

    /// The folder of the vault.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.0.home
    }

    /// Closes database connections and packs. Without it they close when the last clone is dropped, shortly after.
    pub async fn close(self) {
        let closed: Result<(), Fault> = self
            .run(|inner| async move {
                inner.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
                inner.database.close().await;
                Ok(())
            })
            .await;
        drop(closed);
    }

    /// Runs work on the vault's own runtime. It goes on when the caller stops waiting, so that a closed browser page
    /// never leaves a write halfway.
    pub(crate) async fn run<T, E, F>(&self, work: impl FnOnce(Arc<Inner>) -> F) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        on(&self.0.handle, work(Arc::clone(&self.0))).await
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.0.handle
    }
}

fn made(error: OpenError) -> MakeError {
    match error {
        OpenError::Fault(fault) => fault.into(),
        other => Fault::Unusable(other.to_string()).into(),
    }
}

impl Inner {
    pub(crate) fn pack_folder(&self) -> PathBuf {
        self.home.join("packs")
    }

    pub(crate) fn is_local(&self) -> bool {
        matches!(self.packs, PackStore::Folder { .. })
    }

    /// Cuts packs of processes that ended after their last committed record, and takes over one with room left.
    async fn tidy(&self) -> Result<(), Fault> {
        for path in pack_files(&self.pack_folder())? {
            let Some(pack) = Pack::adopt(&path)? else { continue };
            if !self.is_local() {
                // Never uploaded whole, so no row names it.
                pack.delete()?;
                continue;
            }
            let Some(end) = self.committed_end(&pack.id).await? else { continue };
            let found = pack.length()?;
            if found > end {
                tracing::info!(pack = %pack.id, bytes = found - end, "cut what an interrupted import left uncommitted");
                pack.cut(end)?;
            }
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.is_empty() && found >= end && end < crate::writer::PACK_BYTES / 2 {
                idle.push((Arc::new(pack), end));
            }
        }
        Ok(())
    }

    /// Where the last committed record of a pack ends; `None` when no row names the pack.
    pub(crate) async fn committed_end(&self, pack: &str) -> Result<Option<u64>, Fault> {
        let sql = "SELECT position, stored FROM objects WHERE pack = $1 ORDER BY position DESC LIMIT 1";
        let row: Option<(i64, i64)> = crate::database::read_rows!(&self.database, |pool| sqlx::query_as(sql)
            .bind(pack)
            .fetch_optional(pool)
            .await?);
        let Some((position, stored)) = row else { return Ok(None) };
        let number = |n| crate::database::from_row(n, "the index of objects");
        Ok(Some(number(position)? + pack::HEADER as u64 + number(stored)?))
    }
}

/// A folder with stored records and without `vault.json` is a home that lost a file, and no place for a new one.
fn refuse_stored_records(packs: &Path) -> Result<(), Fault> {
    if !pack_files(packs)?.is_empty() {
        let why =
            "this folder holds stored records, but its file vault.json is missing; put it back, or choose another home";
        return Err(Fault::Unusable(format!("{why}. Nothing was changed.")));
    }
    Ok(())
}
