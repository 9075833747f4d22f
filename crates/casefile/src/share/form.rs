//! The form that files between two sides have in common: JSON that begins with what it is and of which version.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::shared::message::Refusal;

/// What a file calls itself, and the keys of what is said of one that cannot be read.
pub(super) struct Form {
    /// What it calls its own form.
    pub(super) name: &'static str,
    /// The newest version that is read; the first is 1.
    pub(super) newest: u32,
    /// It is no JSON, or does not begin as every version does.
    pub(super) no_json: &'static str,
    /// It is something else.
    pub(super) other: &'static str,
    /// A newer program wrote it.
    pub(super) newer: &'static str,
    /// It is such a file, and damaged.
    pub(super) damaged: &'static str,
}

/// What every version begins with.
#[derive(Deserialize)]
struct Head {
    format: Option<String>,
    version: Option<u64>,
}

impl Form {
    /// Reads a file of this form. What is in it is not looked at any further.
    ///
    /// # Errors
    /// A refusal that says which of these it is.
    pub(super) fn read<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, Refusal> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let head: Head = serde_json::from_slice(bytes).map_err(|_| Refusal::new(self.no_json))?;
        if head.format.as_deref() != Some(self.name) {
            return Err(Refusal::new(self.other));
        }
        match head.version {
            Some(version) if version > u64::from(self.newest) => Err(Refusal::new(self.newer)),
            Some(1..) => serde_json::from_slice(bytes).map_err(|_| Refusal::new(self.damaged)),
            _ => Err(Refusal::new(self.damaged)),
        }
    }
}
