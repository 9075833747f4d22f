//! The three families of errors at the boundary: a refusal (the person can do something else), something that is not
//! there for this session, and a fault of ours or the machine's.

use consilium_casefile::Refusal;
use consilium_vault::{AppendError, WriteError};

/// Why a use-case did not happen.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The person can do something else; the sentence is in the wording files.
    #[error("{0}")]
    Refusal(#[from] Refusal),
    /// No such thing, or not for this session: the two are not told apart.
    #[error("there is nothing here by that name")]
    NotFound,
    /// The session may look but not change.
    #[error("this view cannot change the case; ask its owner")]
    NotAllowed,
    /// The passphrase or recovery key does not open this home.
    #[error("that passphrase does not open this home; check capitals and keyboard layout, or use the recovery sheet")]
    WrongPassphrase,
    /// The home needs a passphrase.
    #[error("this home is locked: give its passphrase")]
    Locked,
    /// A newer version wrote this home.
    #[error(
        "this home was written by a newer version of Consilium; install that version to open it. Nothing was changed"
    )]
    NewerHome,
    /// There is a home already.
    #[error("there is a home here already; nothing was changed")]
    HomeExists,
    /// There is no home yet.
    #[error("there is no home here yet: create one first")]
    NoHome,
    /// Ours or the machine's.
    #[error("{what}: {source}")]
    Fault {
        /// What was being done.
        what: &'static str,
        /// What went wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl AppError {
    /// Whether another case has the handle that one was to be opened by.
    pub(crate) fn is_handle_taken(&self) -> bool {
        let Self::Fault { source, .. } = self else { return false };
        matches!(source.downcast_ref(), Some(AppendError::HandleTaken))
    }

    /// Whether something was deleted from the case between storing what a change names and the change: storing it again
    /// and deciding again completes it.
    pub(crate) fn was_stored_in_vain(&self) -> bool {
        let Self::Fault { source, .. } = self else { return false };
        matches!(source.downcast_ref(), Some(AppendError::NotKept))
            || matches!(source.downcast_ref(), Some(WriteError::PurgedMeanwhile))
    }
}

/// Turns any error into a [`AppError::Fault`] that says what was being done.
pub(crate) trait Doing<T> {
    /// `what` completes "while …": `writing the import to the vault`.
    fn doing(self, what: &'static str) -> Result<T, AppError>;
}

impl<T, E: Into<Box<dyn std::error::Error + Send + Sync>>> Doing<T> for Result<T, E> {
    fn doing(self, what: &'static str) -> Result<T, AppError> {
        self.map_err(|e| AppError::Fault { what, source: e.into() })
    }
}
