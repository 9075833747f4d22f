//! The folder of a vault and its `vault.json`: format version, where rows and objects lie, and the vault key as wrapped
//! by passphrase and recovery key. Nothing here touches the database or the packs.
//!
//! ```text
//! vault.json         this description, mode 0600
//! vault.sqlite       rows (local storage)
//! packs/*.pack       objects (local storage), or the spool of packs on their way up (server storage)
//! making.lock        held by whoever makes the home, until `vault.json` is there
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
            Protection::Sealed { passphrase } if passphrase.trim().is_empty() => {
                return Err(MakeError::EmptyPassphrase);
            }
            Protection::Sealed { passphrase } => {
                let passphrase = passphrase.trim();
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

    /// Writes the first `vault.json` of a home whole or not at all, and never over another.
    pub(crate) fn write_first(&self, home: &Path) -> Result<(), MakeError> {
        let text = serde_json::to_vec_pretty(self).map_err(|e| Fault::Unusable(e.to_string()))?;
        let path = description_path(home);
        let mut file = match private_file().create_new(true).open(path.with_extension("json.first")) {
            Ok(file) => file,
            // Left by a creation that was cut short; the caller holds the lock.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                private_file().truncate(true).open(path.with_extension("json.first")).map_err(Fault::file(&path))?
            }
            Err(error) => return Err(Fault::file(&path)(error).into()),
        };
        file.write_all(&text).and_then(|()| file.sync_all()).map_err(Fault::file(&path))?;
        drop(file);
        let beside = path.with_extension("json.first");
        // A link is refused where there is a file of that name; a rename would replace it.
        match std::fs::hard_link(&beside, &path) {
            Ok(()) => std::fs::remove_file(&beside).map_err(Fault::file(&beside))?,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(MakeError::Exists(home.to_owned()));
            }
            // A file system without links: the lock alone has to do.
            Err(_) => std::fs::rename(&beside, &path).map_err(Fault::file(&path))?,
        }
        Ok(sync_folder(home)?)
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
                // As typed first: an earlier version set passphrases with blanks at their ends.
                let mut tries = vec![passphrase.as_str(), passphrase.trim()];
                tries.dedup();
                for passphrase in tries {
                    if let Some(key) = open_wrapped(&kdf.derive(passphrase)?, BY_PASSPHRASE, by_passphrase)? {
                        return Ok(Keys::new(key, true));
                    }
                }
                Err(OpenError::WrongPassphrase)
            }
            (Wrapping::Sealed { by_recovery_key, .. }, Opening::RecoveryKey(typed)) => {
                let key: RecoveryKey = typed.parse()?;
                open_wrapped(&recovery_wrapping_key(&key), BY_RECOVERY_KEY, by_recovery_key)?
                    .map(|key| Keys::new(key, true))
                    .ok_or(OpenError::WrongRecoveryKey)
            }
        }
    }

    /// The same vault key under a new passphrase (without blanks at its ends); the recovery key stays as it is.
    pub(crate) fn with_passphrase(&self, keys: &Keys, passphrase: &str) -> Result<Self, MakeError> {
        let passphrase = passphrase.trim();
        if passphrase.is_empty() {
            return Err(MakeError::EmptyPassphrase);
        }
        let Wrapping::Sealed { by_recovery_key, .. } = &self.protection else { return Err(no_keys().into()) };
        let kdf = KeyDerivation::fresh()?;
        let by_passphrase = seal::seal_value(&*kdf.derive(passphrase)?, BY_PASSPHRASE, keys.vault.as_slice())?;
        let protection = Wrapping::Sealed {
            kdf,
            by_passphrase: hex::encode(by_passphrase),
            by_recovery_key: by_recovery_key.clone(),
        };
        Ok(Self { protection, ..self.clone() })
    }

    /// The same vault key under a new recovery key; the one before opens it no more, the passphrase stays as it is.
    pub(crate) fn with_new_recovery_key(&self, keys: &Keys) -> Result<(Self, RecoveryKey), Fault> {
        let Wrapping::Sealed { kdf, by_passphrase, .. } = &self.protection else { return Err(no_keys()) };
        let recovery = RecoveryKey::from_bytes(seal::random()?);
        let by_recovery_key =
            seal::seal_value(&recovery_wrapping_key(&recovery), BY_RECOVERY_KEY, keys.vault.as_slice())?;
        let protection = Wrapping::Sealed {
            kdf: kdf.clone(),
            by_passphrase: by_passphrase.clone(),
            by_recovery_key: hex::encode(by_recovery_key),
        };
        Ok((Self { protection, ..self.clone() }, recovery))
    }

    /// Whether `keys` are those of this description, in constant time.
    pub(crate) fn same_vault_key(keys: &Keys, other: &Keys) -> bool {
        constant_time::verify_slices_are_equal(keys.vault.as_slice(), other.vault.as_slice()).is_ok()
    }
}

fn no_keys() -> Fault {
    let why = "this vault is kept without sealing and has neither passphrase nor recovery key; make a sealed vault and \
               import into it";
    Fault::Unusable(why.to_owned())
}

/// Held by whoever makes a home.
pub(crate) struct Making {
    home: PathBuf,
    _file: std::fs::File,
}

impl Making {
    /// Waits until nobody else makes a home in this folder, which is created where it is absent. Blocks.
    ///
    /// # Errors
    /// [`MakeError::Exists`] when there is a home by then.
    pub(crate) fn begin(home: &Path) -> Result<Self, MakeError> {
        if description_path(home).exists() {
            return Err(MakeError::Exists(home.to_owned()));
        }
        make_folder(home)?;
        let path = home.join("making.lock");
        let open = || private_file().read(true).create(true).truncate(false).open(&path);
        let file = open().and_then(|file| file.lock().map(|()| file)).map_err(Fault::file(&path))?;
        // Somebody else may have made it while we waited.
        if description_path(home).exists() {
            return Err(MakeError::Exists(home.to_owned()));
        }
        Ok(Self { home: home.to_owned(), _file: file })
    }

    /// Last: a folder without `vault.json` is no vault, so a kill until here leaves nothing to repair.
    pub(crate) fn finish(self, description: &Description) -> Result<(), MakeError> {
        description.write_first(&self.home)?;
        // From now on `vault.json` keeps others out, whichever lock they hold.
        let _ = std::fs::remove_file(self.home.join("making.lock"));
        Ok(())
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

/// Makes the folder, and those it lies in, readable by their owner only. One that is there stays as it is.
///
/// # Errors
/// The machine.
pub fn make_folder(path: &Path) -> Result<(), Fault> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(Fault::file(path))
}

/// Options for writing files only their owner may read.
#[must_use]
pub fn private_file() -> std::fs::OpenOptions {
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
///
/// # Errors
/// The machine.
pub fn sync_folder(path: &Path) -> Result<(), Fault> {
    if cfg!(unix) {
        std::fs::File::open(path).and_then(|folder| folder.sync_all()).map_err(Fault::file(path))?;
    }
    Ok(())
}
