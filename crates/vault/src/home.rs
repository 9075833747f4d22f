//! The folder of a vault and its `vault.json`: format version, where rows and objects lie, and the vault key as wrapped
//! by passphrase and recovery key. Nothing here touches the database or the packs.
//!
//! ```text
//! vault.json         this description, mode 0600
//! vault.sqlite       rows (local storage)
//! packs/*.pack       objects (local storage), or the spool of packs on their way up (server storage)
//! maintenance.lock   held shared by a backup, exclusively by purge and compaction
//! claims/*.lock      each held by whoever does a longer piece of work alone
//! ```

use std::io::Write;
use std::path::{Path, PathBuf};

use aws_lc_rs::constant_time;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::{Fault, MakeError, OpenError};
use crate::recovery::RecoveryKey;
use crate::seal::{self, Keys, Secret};
use crate::{Opening, Protection, Storage};

/// The newest format this version reads and writes.
pub(crate) const FORMAT: u32 = 1;

const BY_PASSPHRASE: &[u8] = b"consilium vault key by passphrase v1";
const BY_RECOVERY_KEY: &[u8] = b"consilium vault key by recovery key v1";

/// More would let an altered `vault.json` exhaust the machine. KiB.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 64;

/// What a folder holds, as far as can be said without opening it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HomeState {
    /// No vault.
    Absent,
    /// A sealed vault: a passphrase or recovery key opens it.
    Locked,
    /// A vault kept without sealing.
    Plain,
    /// A vault of a newer version, which this one leaves alone.
    Newer {
        /// Its format.
        found: u32,
    },
}

/// `vault.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Description {
    pub(crate) format: u32,
    pub(crate) vault_id: String,
    pub(crate) storage: Storage,
    pub(crate) protection: Wrapping,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Wrapping {
    /// The key only keys hashes; nothing is sealed.
    Plain { key: String },
    Sealed {
        kdf: KeyDerivation,
        /// Hexadecimal: nonce, sealed vault key, tag.
        by_passphrase: String,
        by_recovery_key: String,
    },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct KeyDerivation {
    algorithm: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
}

/// Read first, alone: a newer format may have any other shape.
#[derive(Deserialize)]
struct FormatOnly {
    format: u32,
}

impl KeyDerivation {
    fn fresh() -> Result<Self, Fault> {
        let salt = seal::random::<16>()?;
        Ok(Self {
            algorithm: "argon2id".to_owned(),
            memory_kib: 64 * 1024,
            passes: 3,
            lanes: 1,
            salt: hex::encode(salt),
        })
    }

    fn derive(&self, passphrase: &str) -> Result<Secret, Fault> {
        let damaged = || Fault::Damaged("vault.json".to_owned());
        if self.algorithm != "argon2id" || self.memory_kib > MOST_MEMORY_KIB || self.passes > MOST_PASSES {
            return Err(damaged());
        }
        let parameters =
            argon2::Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).map_err(|_| damaged())?;
        let salt = hex::decode(&self.salt).map_err(|_| damaged())?;
        let mut key = Zeroizing::new([0; 32]);
        argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, parameters)
            .hash_password_into(passphrase.as_bytes(), &salt, key.as_mut_slice())
            .map_err(|_| damaged())?;
        Ok(key)
    }
}

fn recovery_wrapping_key(key: &RecoveryKey) -> Secret {
    Zeroizing::new(blake3::derive_key("consilium recovery key v1", key.bytes()))
}

fn open_wrapped(wrapping: &Secret, context: &[u8], wrapped: &str) -> Result<Option<Secret>, Fault> {
    let wrapped = hex::decode(wrapped).map_err(|_| Fault::Damaged("vault.json".to_owned()))?;
    let opened = seal::open_value(wrapping, context, &wrapped);
    Ok(opened.and_then(|plain| <[u8; 32]>::try_from(plain.as_slice()).ok()).map(Zeroizing::new))
}

pub(crate) fn description_path(home: &Path) -> PathBuf {
    home.join("vault.json")
}

impl Description {
    /// A description with fresh keys. Slow by intent (the passphrase is stretched): not on an async thread.
    pub(crate) fn fresh(
        storage: Storage,
        protection: &Protection,
    ) -> Result<(Self, Keys, Option<RecoveryKey>), MakeError> {
        let vault_key: Secret = Zeroizing::new(seal::random()?);
        let (wrapping, recovery) = match protection {
            Protection::Plain => (Wrapping::Plain { key: hex::encode(vault_key.as_slice()) }, None),
            Protection::Sealed { passphrase } if passphrase.is_empty() => return Err(MakeError::EmptyPassphrase),
            Protection::Sealed { passphrase } => {
                let kdf = KeyDerivation::fresh()?;
                let recovery = RecoveryKey::from_bytes(seal::random()?);
                let by_passphrase = seal::seal_value(&*kdf.derive(passphrase)?, BY_PASSPHRASE, vault_key.as_slice())?;
                let by_recovery_key =
                    seal::seal_value(&recovery_wrapping_key(&recovery), BY_RECOVERY_KEY, vault_key.as_slice())?;
                let wrapping = Wrapping::Sealed {
                    kdf,
                    by_passphrase: hex::encode(by_passphrase),
                    by_recovery_key: hex::encode(by_recovery_key),
                };
                (wrapping, Some(recovery))
            }
        };
        let sealed = recovery.is_some();
        let description =
            Self { format: FORMAT, vault_id: uuid::Uuid::new_v4().to_string(), storage, protection: wrapping };
        Ok((description, Keys::new(vault_key, sealed), recovery))
    }

    /// Reads `vault.json`. `None` when there is none.
    pub(crate) fn read(home: &Path) -> Result<Option<Self>, OpenError> {
        let path = description_path(home);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Fault::file(path)(error).into()),
        };
        Self::parse(&text).map(Some)
    }

    pub(crate) fn parse(text: &[u8]) -> Result<Self, OpenError> {
        let damaged = |_| OpenError::Fault(Fault::Damaged("vault.json".to_owned()));
        let FormatOnly { format } = serde_json::from_slice(text).map_err(damaged)?;
        if format > FORMAT {
            return Err(OpenError::Newer { found: format, known: FORMAT });
        }
        serde_json::from_slice(text).map_err(damaged)
    }

    /// Writes `vault.json` whole or not at all.
    pub(crate) fn write(&self, home: &Path) -> Result<(), Fault> {
        let text = serde_json::to_vec_pretty(self).map_err(|e| Fault::Unusable(e.to_string()))?;
        write_durably(&description_path(home), &text)
    }

    /// Opens the vault key. Slow by intent: not on an async thread.
    pub(crate) fn open(&self, opening: &Opening) -> Result<Keys, OpenError> {
        let damaged = || Fault::Damaged("vault.json".to_owned());
        match (&self.protection, opening) {
            (Wrapping::Plain { key }, _) => {
                let mut bytes = Zeroizing::new([0; 32]);
                hex::decode_to_slice(key, bytes.as_mut_slice()).map_err(|_| damaged())?;
                Ok(Keys::new(bytes, false))
            }
            (Wrapping::Sealed { .. }, Opening::None) => Err(OpenError::Locked),
            (Wrapping::Sealed { kdf, by_passphrase, .. }, Opening::Passphrase(passphrase)) => {
                open_wrapped(&kdf.derive(passphrase)?, BY_PASSPHRASE, by_passphrase)?
                    .map(|key| Keys::new(key, true))
                    .ok_or(OpenError::WrongPassphrase)
            }
            (Wrapping::Sealed { by_recovery_key, .. }, Opening::RecoveryKey(typed)) => {
                let key: RecoveryKey = typed.parse()?;
                open_wrapped(&recovery_wrapping_key(&key), BY_RECOVERY_KEY, by_recovery_key)?
                    .map(|key| Keys::new(key, true))
                    .ok_or(OpenError::WrongRecoveryKey)
            }
        }
    }

    /// The same vault key under a new passphrase; the recovery key stays as it is.
    pub(crate) fn with_passphrase(&self, keys: &Keys, passphrase: &str) -> Result<Self, MakeError> {
        if passphrase.is_empty() {
            return Err(MakeError::EmptyPassphrase);
        }
        let Wrapping::Sealed { by_recovery_key, .. } = &self.protection else {
            let why =
                "this vault is kept without sealing and has no passphrase; make a sealed vault and restore into it";
            return Err(Fault::Unusable(why.to_owned()).into());
        };
        let kdf = KeyDerivation::fresh()?;
        let by_passphrase = seal::seal_value(&*kdf.derive(passphrase)?, BY_PASSPHRASE, keys.vault.as_slice())?;
        let protection = Wrapping::Sealed {
            kdf,
            by_passphrase: hex::encode(by_passphrase),
            by_recovery_key: by_recovery_key.clone(),
        };
        Ok(Self { protection, ..self.clone() })
    }

    /// Whether `keys` are those of this description, in constant time.
    pub(crate) fn same_vault_key(keys: &Keys, other: &Keys) -> bool {
        constant_time::verify_slices_are_equal(keys.vault.as_slice(), other.vault.as_slice()).is_ok()
    }
}

/// What `home` holds, without opening it.
pub(crate) fn state(home: &Path) -> Result<HomeState, Fault> {
    match Description::read(home) {
        Ok(None) => Ok(HomeState::Absent),
        Ok(Some(Description { protection: Wrapping::Plain { .. }, .. })) => Ok(HomeState::Plain),
        Ok(Some(Description { protection: Wrapping::Sealed { .. }, .. })) => Ok(HomeState::Locked),
        Err(OpenError::Newer { found, .. }) => Ok(HomeState::Newer { found }),
        Err(OpenError::Fault(fault)) => Err(fault),
        Err(_) => Err(Fault::Damaged("vault.json".to_owned())),
    }
}

/// Makes the folder, readable by its owner only.
pub(crate) fn make_folder(path: &Path) -> Result<(), Fault> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(Fault::file(path))
}

/// Options for files only their owner may read.
pub(crate) fn private_file() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Writes a file beside its place, syncs it, and moves it there.
pub(crate) fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", uuid::Uuid::new_v4().simple()));
    let beside = path.with_file_name(name);
    let write = || -> std::io::Result<()> {
        let mut file = private_file().create_new(true).open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)
    };
    write().map_err(Fault::file(path))?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// Makes new names in a folder durable. Folders cannot be synced where the system has no such thing.
pub(crate) fn sync_folder(path: &Path) -> Result<(), Fault> {
    if cfg!(unix) {
        std::fs::File::open(path).and_then(|folder| folder.sync_all()).map_err(Fault::file(path))?;
    }
    Ok(())
}
