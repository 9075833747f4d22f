//! Where packs end up: a folder, or object storage. Knows bytes and ranges, neither keys nor rows.

use std::collections::VecDeque;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use consilium_casefile::Instant;
use futures::TryStreamExt;
use object_store::aws::AmazonS3Builder;
use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart};

use crate::error::Fault;
use crate::pack;

/// Open pack files kept for reading.
const OPEN_FILES: usize = 32;
/// Parts of an upload, bytes (the services ask for at least 5 MiB).
const PART: usize = 8 * 1024 * 1024;

/// What the vault knows of a stored pack.
#[derive(Debug, Clone)]
pub(crate) struct StoredPack {
    pub(crate) id: String,
    pub(crate) bytes: u64,
    /// When it was stored, microseconds since the Unix epoch; only where several machines store packs.
    pub(crate) stored_micros: Option<i64>,
}

/// A pack uploaded less than this long ago may belong to work under way elsewhere. Microseconds.
const UNDER_WAY: i64 = 24 * 3600 * 1_000_000;

impl StoredPack {
    /// Whether nobody is about to name what lies in it. In a folder locks tell that, not times.
    pub(crate) fn is_at_rest(&self, now: Instant) -> bool {
        self.stored_micros.is_none_or(|at| now.micros.saturating_sub(at) > UNDER_WAY)
    }
}

/// Stored packs, for reading, listing and deleting.
#[derive(Debug)]
pub(crate) enum PackStore {
    Folder { folder: PathBuf, open: Mutex<VecDeque<(String, Arc<File>)>> },
    Objects { store: Arc<dyn ObjectStore>, prefix: String },
}

impl PackStore {
    pub(crate) fn folder(folder: &Path) -> Self {
        Self::Folder { folder: folder.to_owned(), open: Mutex::default() }
    }

    /// `s3://bucket/prefix?endpoint=http://host:port&region=us-east-1`; credentials come from the options
    /// `access_key_id` and `secret_access_key`, else from the environment (`AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY`, instance roles). Values stand as they are, without escapes.
    pub(crate) fn objects(url: &str) -> Result<Self, Fault> {
        let bad = || {
            Fault::Unusable("the address of the object storage should look like s3://bucket/prefix?region=…".to_owned())
        };
        let rest = url.strip_prefix("s3://").ok_or_else(bad)?;
        let (place, options) = rest.split_once('?').unwrap_or((rest, ""));
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        if bucket.is_empty() {
            return Err(bad());
        }
        let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
        for option in options.split('&').filter(|o| !o.is_empty()) {
            builder = match option.split_once('=').ok_or_else(bad)? {
                ("endpoint", endpoint) => {
                    builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http:"))
                }
                ("region", region) => builder.with_region(region),
                ("access_key_id", id) => builder.with_access_key_id(id),
                ("secret_access_key", secret) => builder.with_secret_access_key(secret),
                _ => return Err(bad()),
            };
        }
        Ok(Self::Objects { store: Arc::new(builder.build()?), prefix: prefix.trim_matches('/').to_owned() })
    }

    /// Bytes free for new packs; `None` where nobody can tell.
    pub(crate) fn room(&self) -> Option<u64> {
        match self {
            Self::Folder { folder, .. } => {
                let disk = rustix::fs::statvfs(folder).ok()?;
                Some(disk.f_bavail.saturating_mul(disk.f_frsize))
            }
            Self::Objects { .. } => None,
        }
    }

    fn object_path(prefix: &str, pack: &str) -> ObjectPath {
        let name = pack::file_name(pack);
        if prefix.is_empty() {
            ObjectPath::from(format!("packs/{name}"))
        } else {
            ObjectPath::from(format!("{prefix}/packs/{name}"))
        }
    }

    fn open_file(folder: &Path, open: &Mutex<VecDeque<(String, Arc<File>)>>, pack: &str) -> std::io::Result<Arc<File>> {
        let mut files = open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, file)) = files.iter().find(|(id, _)| id == pack) {
            return Ok(Arc::clone(file));
        }
        let file = Arc::new(File::open(folder.join(pack::file_name(pack)))?);
        if files.len() >= OPEN_FILES {
            files.pop_front();
        }
        files.push_back((pack.to_owned(), Arc::clone(&file)));
        Ok(file)
    }

    /// Reads bytes of a pack. A pack shorter than that is damaged.
    pub(crate) async fn read(&self, pack: &str, offset: u64, length: u64) -> Result<Vec<u8>, Fault> {
        let damaged = || Fault::Damaged(format!("the pack {pack}"));
        match self {
            Self::Folder { folder, open } => {
                let path = folder.join(pack::file_name(pack));
                let file = Self::open_file(folder, open, pack).map_err(Fault::file(&path))?;
                let size = usize::try_from(length).map_err(|_| damaged())?;
                let read = move || -> std::io::Result<Vec<u8>> {
                    // A row that claims more than the file holds must not make us reserve that much memory.
                    let end = offset.checked_add(length).ok_or(std::io::ErrorKind::UnexpectedEof)?;
                    if file.metadata()?.len() < end {
                        return Err(std::io::ErrorKind::UnexpectedEof.into());
                    }
                    let mut bytes = vec![0; size];
                    pack::read_exact_at(&file, &mut bytes, offset)?;
                    Ok(bytes)
                };
                let outcome = tokio::task::spawn_blocking(read).await.map_err(|_| Fault::Stopped)?;
                outcome.map_err(|error| match error.kind() {
                    std::io::ErrorKind::UnexpectedEof => damaged(),
                    _ => Fault::file(path)(error),
                })
            }
            Self::Objects { store, prefix } => {
                if length == 0 {
                    return Ok(Vec::new());
                }
                let end = offset.checked_add(length).ok_or_else(damaged)?;
                let bytes = store.get_range(&Self::object_path(prefix, pack), offset..end).await?;
                if u64::try_from(bytes.len()).is_ok_and(|found| found == length) {
                    Ok(bytes.into())
                } else {
                    Err(damaged())
                }
            }
        }
    }

    /// Uploads a whole pack file. Does nothing for a folder: the file is already there.
    pub(crate) async fn upload(&self, pack: &str, path: &Path) -> Result<(), Fault> {
        let Self::Objects { store, prefix } = self else { return Ok(()) };
        let target = Self::object_path(prefix, pack);
        let mut file = tokio::fs::File::open(path).await.map_err(Fault::file(path))?;
        let size = file.metadata().await.map_err(Fault::file(path))?.len();
        let mut part = Vec::new();
        let next = async |file: &mut tokio::fs::File, part: &mut Vec<u8>| {
            part.clear();
            let mut limited = tokio::io::AsyncReadExt::take(file, PART as u64);
            tokio::io::AsyncReadExt::read_to_end(&mut limited, part).await.map_err(Fault::file(path))
        };
        next(&mut file, &mut part).await?;
        if part.len() as u64 == size {
            store.put(&target, part.into()).await?;
            return Ok(());
        }
        let mut upload = WriteMultipart::new_with_chunk_size(store.put_multipart(&target).await?, PART);
        while !part.is_empty() {
            upload.wait_for_capacity(2).await?;
            upload.write(&part);
            next(&mut file, &mut part).await?;
        }
        upload.finish().await?;
        Ok(())
    }

    /// All stored packs, also those no row names.
    pub(crate) async fn list(&self) -> Result<Vec<StoredPack>, Fault> {
        match self {
            Self::Folder { folder, .. } => {
                let mut packs = Vec::new();
                for path in pack_files(folder)? {
                    let Some(id) = path.file_stem().and_then(|s| s.to_str()) else { continue };
                    match std::fs::metadata(&path) {
                        Ok(found) => {
                            packs.push(StoredPack { id: id.to_owned(), bytes: found.len(), stored_micros: None })
                        }
                        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                        Err(error) => return Err(Fault::file(path)(error)),
                    }
                }
                Ok(packs)
            }
            Self::Objects { store, prefix } => {
                let folder = if prefix.is_empty() { "packs".to_owned() } else { format!("{prefix}/packs") };
                let found: Vec<_> = store.list(Some(&ObjectPath::from(folder))).try_collect().await?;
                let named = |m: object_store::ObjectMeta| {
                    let id = m.location.filename()?.strip_suffix(".pack")?.to_owned();
                    let stored_micros = Some(m.last_modified.timestamp_micros());
                    Some(StoredPack { id, bytes: m.size, stored_micros })
                };
                Ok(found.into_iter().filter_map(named).collect())
            }
        }
    }

    /// Deletes an uploaded pack. Packs of a folder are deleted by whoever holds their lock.
    pub(crate) async fn delete_uploaded(&self, pack: &str) -> Result<(), Fault> {
        if let Self::Objects { store, prefix } = self {
            store.delete(&Self::object_path(prefix, pack)).await?;
        }
        Ok(())
    }

    /// Closes a pack file kept open for reading, so that its room on disk is freed.
    pub(crate) fn forget(&self, pack: &str) {
        if let Self::Folder { open, .. } = self {
            open.lock().unwrap_or_else(PoisonError::into_inner).retain(|(id, _)| id != pack);
        }
    }
}

/// The pack files of a folder.
pub(crate) fn pack_files(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(Fault::file(folder))? {
        let path = entry.map_err(Fault::file(folder))?.path();
        if path.extension().is_some_and(|e| e == "pack") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
