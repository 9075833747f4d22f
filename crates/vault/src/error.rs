//! The errors of the vault. Each says what happened and what a person can do; none carries a name or record text.

use std::path::PathBuf;

use consilium_casefile::{CaseId, ObjectId};

use crate::recovery::RecoveryKeyError;

/// Ours or the machine's: nothing a person typed is at fault.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The database refused or went away.
    #[error("the database of the vault could not be used: {0}")]
    Database(#[from] sqlx::Error),
    /// A file of the home.
    #[error("the file {path} could not be used: {source}; check that the disk is there, has room and may be written")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The object storage of a server.
    #[error("the object storage could not be used: {0}")]
    ObjectStorage(#[from] object_store::Error),
    /// Stored bytes are not what was written.
    #[error("{0} is damaged; run `consilium verify`, and restore a backup if it confirms this")]
    Damaged(String),
    /// A value that cannot be stored.
    #[error("{0}")]
    Unusable(String),
    /// A background task ended before its work was done.
    #[error("the vault stopped before this was done; open it again and repeat")]
    Stopped,
    /// A backup file cannot be written or read.
    #[error("the backup file could not be used: {0}")]
    Backup(String),
}

impl Fault {
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}

/// Why a vault was not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MakeError {
    /// There is one already.
    #[error("there is already a vault in {0}; open it, or choose another folder")]
    Exists(PathBuf),
    /// Sealing asks for a passphrase.
    #[error("the passphrase is empty; choose one, or say that the vault is to be kept without sealing")]
    EmptyPassphrase,
    /// The machine.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why a vault was not opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Nothing there.
    #[error("there is no vault in {0}")]
    Absent(PathBuf),
    /// Sealed, and neither passphrase nor recovery key was given.
    #[error("the vault is sealed: give its passphrase or its recovery key")]
    Locked,
    /// The passphrase does not fit.
    #[error("this is not the passphrase of the vault; try again, or use the recovery key")]
    WrongPassphrase,
    /// A well-formed recovery key of something else.
    #[error("this recovery key belongs to another vault; look for the sheet printed for this one")]
    WrongRecoveryKey,
    /// A mistyped recovery key.
    #[error(transparent)]
    Mistyped(#[from] RecoveryKeyError),
    /// Written by a newer version.
    #[error(
        "the vault was written by a newer version (format {found}, this version knows {known}); nothing was changed: use the newer version"
    )]
    Newer {
        /// What the home or its database says.
        found: u32,
        /// The newest this version knows.
        known: u32,
    },
    /// The machine.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why a case was not created.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateError {
    /// Another case has this handle.
    #[error("there is already a case with this handle; choose another")]
    HandleTaken,
    /// This id is in use.
    #[error("there is already a case with this id")]
    IdTaken,
    /// The machine.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<sqlx::Error> for CreateError {
    fn from(error: sqlx::Error) -> Self {
        Self::Fault(error.into())
    }
}

/// Why entries were not appended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// Somebody else appended first: fold again from here, and retry.
    #[error("the case was changed meanwhile; nothing was written, and trying again is safe")]
    Raced {
        /// The head as it is now.
        head: consilium_casefile::ledger::Head,
    },
    /// Something was deleted from the case after it was stored or found there: store it again, and retry.
    #[error("something was deleted from this case meanwhile; nothing was written, and trying again is safe")]
    NotKept,
    /// Nothing there.
    #[error("there is no such case")]
    NoSuchCase,
    /// Another case has the handle that this one is to be opened by.
    #[error("another case has this handle; nothing was written")]
    HandleTaken,
    /// The machine.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<sqlx::Error> for AppendError {
    fn from(error: sqlx::Error) -> Self {
        Self::Fault(error.into())
    }
}

/// Why an object was not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The case has no such object.
    #[error("the case {case} holds no object {object}")]
    NotFound {
        /// The case asked.
        case: CaseId,
        /// The object asked for.
        object: ObjectId,
    },
    /// Deleted on purpose.
    #[error("the object {object} was deleted on purpose")]
    Purged {
        /// The object asked for.
        object: ObjectId,
    },
    /// A range beyond the end.
    #[error("bytes {offset} to {end} were asked of an object of {length} bytes")]
    OutOfRange {
        /// First byte asked.
        offset: u64,
        /// One past the last byte asked.
        end: u64,
        /// Length of the object, bytes.
        length: u64,
    },
    /// The machine, or damaged bytes.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<sqlx::Error> for ReadError {
    fn from(error: sqlx::Error) -> Self {
        Self::Fault(error.into())
    }
}

/// Why bytes were not kept. After the first error a writer keeps nothing more; what an earlier `finish` or `flush`
/// confirmed stays.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// Nothing there.
    #[error("there is no such case")]
    NoSuchCase,
    /// The source gave other than the length it was announced with.
    #[error("the file changed while it was read: {found} bytes where {expected} were announced; import it again")]
    LengthChanged {
        /// Announced, bytes.
        expected: u64,
        /// Read, bytes; one more than announced when the source went on.
        found: u64,
    },
    /// The source could not be read; only this object is missing.
    #[error("the file could not be read: {0}")]
    Source(std::io::Error),
    /// Writing it would fill the disk.
    #[error("it needs {needed} bytes of room and {free} are free on the disk; make room and import it again")]
    NoRoom {
        /// Length of the file, bytes.
        needed: u64,
        /// Free for the vault, bytes.
        free: u64,
    },
    /// Something was purged from the case while this writer relied on what the case held.
    #[error("something was deleted from this case during the import; run the import again to complete it")]
    PurgedMeanwhile,
    /// An earlier error of this writer.
    #[error("an earlier object of this import could not be kept ({0}); run the import again to complete it")]
    Earlier(String),
    /// The machine.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<sqlx::Error> for WriteError {
    fn from(error: sqlx::Error) -> Self {
        Self::Fault(error.into())
    }
}
