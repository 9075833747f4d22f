//! Keeps the case: ledger, objects, image index, jobs; sealed.
//!
//! One [`Vault`] over two engines: SQLite and pack files in a folder, or PostgreSQL and object storage. What is kept is
//! sealed with keys only the passphrase or the recovery key opens; ids, sizes, times and kinds stay in the clear.
//! "Kept" means durable: [`ObjectWriter::finish`] and every other call that writes return only when a power cut no
//! longer matters. What is deliberately absent: what entries and objects mean, any clock, and any wording of a page.
//!
//! The invariants: ledger entries are never changed, only their payload purged; an object's row is committed only
//! after its bytes are durable; a pack has one writer; everything in the image index can be dropped and rebuilt.

mod backup;
mod cases;
mod compact;
mod database;
mod direct;
mod error;
mod home;
mod index;
mod jobs;
mod maintenance;
mod object_rows;
mod objects;
mod pack;
mod recovery;
mod seal;
mod storage;
mod vault;
mod verify;
mod writer;

pub use backup::BackupReport;
pub use cases::{Along, CaseRow};
pub use compact::CompactReport;
pub use error::{AppendError, CreateError, Fault, MakeError, OpenError, ReadError, WriteError};
pub use home::{HomeState, make_folder, private_file, sync_folder};
pub use index::IndexUpdate;
pub use jobs::{Job, JobCount};
pub use maintenance::Claim;
pub use objects::{ObjectStream, Piece};
pub use recovery::{RecoveryKey, RecoveryKeyError};
pub use vault::Vault;
pub use verify::{CaseReport, Problem, VerifyReport};
pub use writer::{ObjectWriter, Stored};

use serde::{Deserialize, Serialize};

/// Where rows and objects lie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Storage {
    /// Everything in the home: SQLite and pack files.
    Local,
    /// PostgreSQL and object storage; the home holds `vault.json` and packs on their way up.
    Server {
        /// `postgres://user:password@host/database`.
        database_url: String,
        /// `s3://bucket/prefix?region=…&endpoint=…`, both options where needed. Credentials come from the
        /// environment, as the object storage's own tools read them, or from the options `access_key_id` and
        /// `secret_access_key`; those and the password above then stand in `vault.json`, which only its owner may read.
        objects_url: String,
    },
}

/// Whether what is kept is sealed. Chosen when the vault is made.
#[derive(Clone)]
pub enum Protection {
    /// Sealed; the passphrase or the recovery key opens it.
    Sealed {
        /// At least one character.
        passphrase: String,
    },
    /// Kept as it is: whoever has the disk can read it.
    Plain,
}

/// What opens a vault.
#[derive(Clone)]
pub enum Opening {
    /// The owner's passphrase.
    Passphrase(String),
    /// The recovery key, as typed from the sheet.
    RecoveryKey(String),
    /// Nothing: enough for a plain vault.
    None,
}
