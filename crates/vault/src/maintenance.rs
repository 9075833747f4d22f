//! Work that must not meet itself: the lock between backup, purge and compaction, and claims of longer work.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use crate::database::{Database, from_row};
use crate::error::Fault;
use crate::home::{make_folder, private_file};
use crate::object_rows::Place;
use crate::pack::{self, HEADER, RecordHeader};
use crate::vault::{Inner, Vault};

impl Inner {
    /// Waits for the maintenance lock: shared for a backup, exclusive for what deletes. Released when dropped.
    pub(crate) async fn maintenance(&self, exclusive: bool) -> Result<File, Fault> {
        let path = self.home.join("maintenance.lock");
        tokio::task::spawn_blocking(move || {
            let lock = || -> std::io::Result<File> {
                let file = private_file().read(true).create(true).truncate(false).open(&path)?;
                if exclusive {
                    file.lock()?
                } else {
                    file.lock_shared()?
                }
                Ok(file)
            };
            lock().map_err(Fault::file(&path))
        })
        .await
        .map_err(|_| Fault::Stopped)?
    }
}

/// A piece of work somebody does alone, until this is dropped. The system takes it back from a process that dies.
#[derive(Debug)]
pub struct Claim {
    _file: File,
}

impl Vault {
    /// Claims a piece of work by its name, so that no other program on this machine, and no other part of this one, does
    /// it at the same time. `None`: somebody has it.
    ///
    /// # Errors
    /// The machine.
    pub async fn claim_alone(&self, work: &str) -> Result<Option<Claim>, Fault> {
        self.claiming(work, |file| match file.try_lock() {
            Ok(()) => Ok(true),
            Err(std::fs::TryLockError::WouldBlock) => Ok(false),
            Err(std::fs::TryLockError::Error(error)) => Err(error),
        })
        .await
    }

    /// Takes part in a piece of work that many may do at the same time, and that nobody can claim alone meanwhile. Waits
    /// while somebody has it alone.
    ///
    /// # Errors
    /// The machine.
    pub async fn claim_together(&self, work: &str) -> Result<Claim, Fault> {
        self.claiming(work, |file| file.lock_shared().map(|()| true)).await?.ok_or(Fault::Stopped)
    }

    async fn claiming(
        &self,
        work: &str,
        lock: impl FnOnce(&File) -> std::io::Result<bool> + Send + 'static,
    ) -> Result<Option<Claim>, Fault> {
        // A hash: a name may hold what a file name may not.
        let name =
            format!("{}.lock", hex::encode(blake3::hash(work.as_bytes()).as_bytes().get(..16).unwrap_or_default()));
        let path = self.0.home.join("claims").join(name);
        let claim = move || -> Result<Option<Claim>, Fault> {
            make_folder(path.parent().unwrap_or(&path))?;
            let open = || private_file().read(true).create(true).truncate(false).open(&path);
            let file = open().map_err(Fault::file(&path))?;
            let mine = lock(&file).map_err(Fault::file(&path))?;
            Ok(mine.then_some(Claim { _file: file }))
        };
        tokio::task::spawn_blocking(claim).await.map_err(|_| Fault::Stopped)?
    }
}

/// Zeros written at a time.
const PIECE: u64 = 1024 * 1024;

impl Inner {
    /// Overwrites records with void ones: keys and bytes are gone, lengths stay so that the pack can be walked.
    pub(crate) async fn erase(&self, places: Vec<Place>) -> Result<(), Fault> {
        let mut packs: BTreeMap<String, Vec<(u64, u64)>> = BTreeMap::new();
        for (pack, position, stored) in places {
            let number = |n| from_row(n, "the index of objects");
            packs.entry(pack).or_default().push((number(position)?, number(stored)?));
        }
        for (pack, records) in packs {
            if !self.is_local() {
                // Uploaded packs cannot be overwritten: the rest is copied to a new one, and the old one deleted.
                self.rewrite_uploaded(&pack).await?;
                continue;
            }
            let path = self.pack_folder().join(pack::file_name(&pack));
            tokio::task::spawn_blocking(move || overwrite(&path, &records)).await.map_err(|_| Fault::Stopped)??;
        }
        Ok(())
    }
}

/// Overwrites records, given by position and stored length, of a pack file.
fn overwrite(path: &Path, records: &[(u64, u64)]) -> Result<(), Fault> {
    // Another process may be appending to this pack; it never touches a committed record.
    let file = private_file().read(true).open(path).map_err(Fault::file(path))?;
    let write = |bytes: &[u8], at| pack::write_all_at(&file, bytes, at).map_err(Fault::file(path));
    let zeros = vec![0; PIECE as usize];
    for (position, stored) in records {
        write(&RecordHeader::filler(HEADER as u64 + stored).encode()?, *position)?;
        let mut at = position + HEADER as u64;
        let end = at + stored;
        while at < end {
            let length = PIECE.min(end - at);
            write(zeros.get(..length as usize).unwrap_or_default(), at)?;
            at += length;
        }
    }
    file.sync_data().map_err(Fault::file(path))
}

impl Database {
    /// Leaves nothing of deleted rows behind in the database's own log.
    pub(crate) async fn forget_deleted(&self) -> Result<(), Fault> {
        if let Self::Sqlite { write, .. } = self {
            sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(write).await?;
        }
        Ok(())
    }
}
