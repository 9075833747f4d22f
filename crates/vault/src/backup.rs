//! Backup: one zip file with every row as it is stored (sealed where the vault is) and every pack, the same from both
//! engines, so that a laptop's vault can be restored onto a server and back. Consistent while the vault is in use: rows
//! come from one snapshot, and what they name is durable already.
//!
//! ```text
//! vault.json         keys as wrapped; the storage is chosen when restoring
//! rows/TABLE.jsonl   one JSON array a row; bytes in base64
//! packs/ID.pack      up to the last record of the snapshot
//! beside/FOLDER/…    folders of the home that are not the vault's own, as they are
//! manifest.json      last: how many rows of each table, so that a cut file is noticed
//! ```

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::TryStreamExt;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Row};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::Storage;
use crate::database::{Database, from_row, transact};
use crate::error::{Fault, MakeError, OpenError};
use crate::home::{self, Description, Making, make_folder, private_file, sync_folder};
use crate::pack::{self, HEADER};
use crate::storage::PackStore;
use crate::vault::{Inner, Vault, blocking, threads};

/// Bytes of a pack copied at a time.
const PIECE: u64 = 1024 * 1024;
/// Rows handed on at a time.
const PAGE: usize = 200;

/// What a backup holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupReport {
    /// Cases.
    pub cases: u64,
    /// Ledger entries.
    pub entries: u64,
    /// Objects, tombstones included.
    pub objects: u64,
    /// Packs.
    pub packs: u64,
    /// Length of all packs, bytes.
    pub pack_bytes: u64,
}

#[derive(Serialize, Deserialize)]
struct Manifest {
    format: u32,
    rows: BTreeMap<String, u64>,
    packs: BTreeMap<String, u64>,
    /// Length of each file of the folders beside the vault, by its path in the home.
    #[serde(default)]
    beside: BTreeMap<String, u64>,
}

/// Folders of a home that a person edits and that are not the vault's own.
const BESIDE: &[&str] = &["knowledge"];

#[derive(Clone, Copy)]
enum Column {
    Text(&'static str),
    Number(&'static str),
    Bytes(&'static str),
}

use Column::{Bytes, Number, Text};

impl Column {
    fn name(self) -> &'static str {
        match self {
            Text(name) | Number(name) | Bytes(name) => name,
        }
    }
}

/// Every table, those others refer to first.
const TABLES: &[(&str, &[Column])] = &[
    (
        "cases",
        &[
            Text("id"),
            Text("handle_hash"),
            Bytes("handle"),
            Number("created_micros"),
            Number("head_seq"),
            Text("head_hash"),
            Number("purges"),
        ],
    ),
    (
        "entries",
        &[
            Text("case_id"),
            Number("seq"),
            Number("at_micros"),
            Number("at_offset"),
            Text("by_actor"),
            Text("kind"),
            Text("commitment"),
            Text("prev"),
            Bytes("body"),
        ],
    ),
    (
        "objects",
        &[
            Text("case_id"),
            Text("object"),
            Text("pack"),
            Number("position"),
            Number("length"),
            Number("stored"),
            Bytes("wrapped_key"),
            Number("purged"),
        ],
    ),
    (
        "instances",
        &[Text("case_id"), Text("sop_uid"), Text("object"), Text("study_uid"), Text("series_uid"), Text("instance")],
    ),
    (
        "jobs",
        &[
            Text("id"),
            Text("kind"),
            Bytes("payload"),
            Text("state"),
            Number("enqueued_micros"),
            Number("not_before_micros"),
            Number("attempts"),
            Text("worker"),
            Number("leased_until_micros"),
            Text("failure"),
        ],
    ),
];

fn column_names(columns: &[Column]) -> String {
    columns.iter().map(|c| c.name()).collect::<Vec<_>>().join(", ")
}

fn zip_fault(error: impl std::fmt::Display) -> Fault {
    Fault::Backup(error.to_string())
}

fn bad_row() -> Fault {
    Fault::Backup("a row in it is not as this version writes it; use the version that made the backup".to_owned())
}

impl Vault {
    /// Writes everything into one file, while the vault stays in use. The file appears under its name only when it is
    /// whole and durable. It stays sealed: the passphrase or recovery key of today opens the restored vault.
    ///
    /// # Errors
    /// The machine.
    pub async fn backup(&self, to: &Path) -> Result<BackupReport, Fault> {
        let to = to.to_owned();
        self.run(|inner| async move { inner.backup(&to).await }).await
    }

    /// Makes a vault from a backup, in a folder without one, on either storage; open it afterwards. A restore that was
    /// cut short leaves no vault and can be repeated.
    ///
    /// # Errors
    /// There is a vault already, the backup is damaged or of a newer version, or the machine.
    pub async fn restore(file: &Path, home: &Path, storage: Storage) -> Result<BackupReport, MakeError> {
        let (file, home) = (file.to_owned(), home.to_owned());
        let (_threads, handle) = threads()?;
        handle.spawn(async move { restore(&file, &home, storage).await }).await.map_err(|_| Fault::Stopped)?
    }
}

impl Inner {
    async fn backup(&self, to: &Path) -> Result<BackupReport, Fault> {
        let _lock = self.maintenance(false).await?;
        let mut name = to.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.partial", uuid::Uuid::new_v4().simple()));
        let partial = to.with_file_name(name);
        let written = self.write_backup(&partial).await;
        let report = match written {
            Ok(report) => report,
            Err(fault) => {
                let _ = std::fs::remove_file(&partial);
                return Err(fault);
            }
        };
        std::fs::rename(&partial, to).map_err(Fault::file(to))?;
        sync_folder(to.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")))?;
        Ok(report)
    }

    async fn write_backup(&self, path: &Path) -> Result<BackupReport, Fault> {
        let file = private_file().read(true).create_new(true).open(path).map_err(Fault::file(path))?;
        let mut zip = ZipWriter::new(file);
        let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(true);
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
        zip.start_file("vault.json", packed).map_err(zip_fault)?;
        // From disk: another process may have changed the passphrase. Without the server's address and password.
        let current = Description::read(&self.home).map_err(|_| Fault::Damaged("vault.json".to_owned()))?;
        let current = current.ok_or_else(|| Fault::Damaged("vault.json".to_owned()))?;
        let description = Description { storage: Storage::Local, ..current };
        serde_json::to_writer_pretty(&mut zip, &description).map_err(zip_fault)?;

        let (rows, packs) = match &self.database {
            Database::Sqlite { read, .. } => dump(read.begin_with("BEGIN").await?, &mut zip, packed).await?,
            Database::Postgres(pool) => {
                let snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                dump(pool.begin_with(snapshot).await?, &mut zip, packed).await?
            }
        };
        for (id, end) in &packs {
            zip.start_file(format!("packs/{}", pack::file_name(id)), stored).map_err(zip_fault)?;
            let mut at = 0;
            while at < *end {
                let size = PIECE.min(end - at);
                zip.write_all(&self.packs.read(id, at, size).await?).map_err(zip_fault)?;
                at += size;
            }
        }
        let mut beside = BTreeMap::new();
        for (name, path) in files_beside(&self.home)? {
            let bytes = std::fs::read(&path).map_err(Fault::file(&path))?;
            zip.start_file(format!("beside/{name}"), packed).map_err(zip_fault)?;
            zip.write_all(&bytes).map_err(zip_fault)?;
            beside.insert(name, bytes.len() as u64);
        }
        let manifest = Manifest { format: home::FORMAT, rows, packs, beside };
        zip.start_file("manifest.json", packed).map_err(zip_fault)?;
        serde_json::to_writer(&mut zip, &manifest).map_err(zip_fault)?;
        zip.finish().map_err(zip_fault)?.sync_all().map_err(Fault::file(path))?;
        Ok(manifest.report())
    }
}

impl Manifest {
    fn report(&self) -> BackupReport {
        let rows = |table: &str| self.rows.get(table).copied().unwrap_or(0);
        BackupReport {
            cases: rows("cases"),
            entries: rows("entries"),
            objects: rows("objects"),
            packs: self.packs.len() as u64,
            pack_bytes: self.packs.values().sum(),
        }
    }
}

type Counts = BTreeMap<String, u64>;

/// Writes every table from one snapshot; returns the number of rows, and every pack with the end of its last record.
async fn dump<D>(
    mut snapshot: sqlx::Transaction<'static, D>,
    zip: &mut ZipWriter<File>,
    options: SimpleFileOptions,
) -> Result<(Counts, Counts), Fault>
where
    D: sqlx::Database,
    for<'c> &'c mut D::Connection: sqlx::Executor<'c, Database = D>,
    for<'q> D::Arguments: sqlx::IntoArguments<D>,
    usize: sqlx::ColumnIndex<D::Row>,
    for<'r> Option<String>: sqlx::Decode<'r, D> + sqlx::Type<D>,
    for<'r> Option<i64>: sqlx::Decode<'r, D> + sqlx::Type<D>,
    for<'r> Option<Vec<u8>>: sqlx::Decode<'r, D> + sqlx::Type<D>,
{
    let mut counts = BTreeMap::new();
    let mut ends: Counts = BTreeMap::new();
    for (table, columns) in TABLES {
        zip.start_file(format!("rows/{table}.jsonl"), options).map_err(zip_fault)?;
        let sql = format!("SELECT {} FROM {table}", column_names(columns));
        let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(&mut *snapshot);
        let mut count = 0;
        while let Some(row) = rows.try_next().await? {
            let mut values = Vec::with_capacity(columns.len());
            for (index, column) in columns.iter().enumerate() {
                values.push(match column {
                    Text(_) => row.try_get::<Option<String>, _>(index)?.map_or(Value::Null, Value::from),
                    Number(_) => row.try_get::<Option<i64>, _>(index)?.map_or(Value::Null, Value::from),
                    Bytes(_) => {
                        row.try_get::<Option<Vec<u8>>, _>(index)?.map_or(Value::Null, |b| STANDARD.encode(b).into())
                    }
                });
            }
            if *table == "objects"
                && let (Some(pack), Some(position), Some(stored), Some(0)) = (
                    row.try_get::<Option<String>, _>(2)?,
                    row.try_get::<Option<i64>, _>(3)?,
                    row.try_get::<Option<i64>, _>(5)?,
                    row.try_get::<Option<i64>, _>(7)?,
                )
            {
                let number = |n| from_row(n, "the index of objects");
                let end = number(position)? + HEADER as u64 + number(stored)?;
                ends.entry(pack).and_modify(|e| *e = end.max(*e)).or_insert(end);
            }
            serde_json::to_writer(&mut *zip, &values).map_err(zip_fault)?;
            zip.write_all(b"\n").map_err(zip_fault)?;
            count += 1;
        }
        counts.insert((*table).to_owned(), count);
    }
    Ok((counts, ends))
}

async fn restore(file: &Path, home: &Path, storage: Storage) -> Result<BackupReport, MakeError> {
    let (manifest, mut description) = blocking({
        let file = file.to_owned();
        move || read_beginning(&file)
    })
    .await?;
    let making = blocking({
        let home = home.to_owned();
        move || Making::begin(&home)
    })
    .await?;
    description.storage = storage;
    let folder = home.join("packs");
    make_folder(&folder)?;
    blocking({
        let (file, home, beside) = (file.to_owned(), home.to_owned(), manifest.beside.clone());
        move || extract_beside(&file, &home, &beside)
    })
    .await?;
    let (database, packs) = match &description.storage {
        Storage::Local => {
            for name in ["vault.sqlite", "vault.sqlite-wal", "vault.sqlite-shm"] {
                let _ = std::fs::remove_file(home.join(name));
            }
            (Database::open_sqlite(&home.join("vault.sqlite"), true).await?, PackStore::folder(&folder))
        }
        Storage::Server { database_url, objects_url } => {
            (Database::open_postgres(database_url).await?, PackStore::objects(objects_url)?)
        }
    };
    database.migrate(&description.vault_id).await.map_err(|error| match error {
        OpenError::Fault(fault) => fault,
        other => Fault::Unusable(other.to_string()),
    })?;
    for (id, bytes) in &manifest.packs {
        let (file, folder, id, bytes) = (file.to_owned(), folder.clone(), id.clone(), *bytes);
        let named = id.clone();
        let path = blocking(move || extract_pack(&file, &folder, &id, bytes)).await?;
        if matches!(packs, PackStore::Objects { .. }) {
            packs.upload(&named, &path).await?;
            std::fs::remove_file(&path).map_err(Fault::file(path))?;
        }
    }
    sync_folder(&folder)?;
    insert_rows(&database, file.to_owned(), &manifest).await?;
    database.close().await;
    making.finish(&description)?;
    Ok(manifest.report())
}

/// The files of the folders beside the vault: path in the home with `/`, and where it is.
fn files_beside(home: &Path) -> Result<Vec<(String, PathBuf)>, Fault> {
    let mut found = Vec::new();
    let mut folders: Vec<(String, PathBuf)> = BESIDE.iter().map(|f| ((*f).to_owned(), home.join(f))).collect();
    while let Some((name, folder)) = folders.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(Fault::file(folder)(error)),
        };
        for entry in entries {
            let entry = entry.map_err(Fault::file(&folder))?;
            // What a link points to is not part of the home.
            let kind = entry.file_type().map_err(Fault::file(entry.path()))?;
            let Some(own) = entry.file_name().to_str().map(str::to_owned) else { continue };
            let list = if kind.is_dir() { &mut folders } else { &mut found };
            if kind.is_dir() || kind.is_file() {
                list.push((format!("{name}/{own}"), entry.path()));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn extract_beside(file: &Path, home: &Path, beside: &BTreeMap<String, u64>) -> Result<(), Fault> {
    let mut zip = open_zip(file)?;
    for (name, bytes) in beside {
        let plain = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        if !plain || !BESIDE.iter().any(|folder| name.starts_with(&format!("{folder}/"))) {
            return Err(Fault::Backup("it names a file no home has; use another one".to_owned()));
        }
        let path = home.join(name);
        make_folder(path.parent().unwrap_or(home))?;
        let mut entry = zip.by_name(&format!("beside/{name}")).map_err(zip_fault)?;
        let mut out = private_file().create(true).truncate(true).open(&path).map_err(Fault::file(&path))?;
        if std::io::copy(&mut entry, &mut out).map_err(zip_fault)? != *bytes {
            return Err(Fault::Backup("a file in it is cut short; use another one".to_owned()));
        }
        out.sync_all().map_err(Fault::file(&path))?;
    }
    Ok(())
}

fn open_zip(file: &Path) -> Result<ZipArchive<BufReader<File>>, Fault> {
    let opened = File::open(file).map_err(Fault::file(file))?;
    ZipArchive::new(BufReader::new(opened))
        .map_err(|_| Fault::Backup("it is cut short or is no backup; use another one".to_owned()))
}

fn read_beginning(file: &Path) -> Result<(Manifest, Description), Fault> {
    let mut zip = open_zip(file)?;
    let mut text = |name: &str| -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        let entry = zip.by_name(name).map_err(zip_fault)?;
        std::io::Read::read_to_end(&mut std::io::Read::take(entry, 256 * 1024 * 1024), &mut bytes)
            .map_err(zip_fault)?;
        Ok(bytes)
    };
    let description = Description::parse(&text("vault.json")?).map_err(|e| Fault::Backup(e.to_string()))?;
    let manifest: Manifest = serde_json::from_slice(&text("manifest.json")?).map_err(zip_fault)?;
    if manifest.packs.keys().all(|id| uuid::Uuid::try_parse(id).is_ok()) {
        Ok((manifest, description))
    } else {
        Err(Fault::Backup("it names a pack no vault has; use another one".to_owned()))
    }
}

fn extract_pack(file: &Path, folder: &Path, id: &str, bytes: u64) -> Result<PathBuf, Fault> {
    let path = folder.join(pack::file_name(id));
    let mut zip = open_zip(file)?;
    let mut entry = zip.by_name(&format!("packs/{}", pack::file_name(id))).map_err(zip_fault)?;
    let mut out = private_file().create(true).truncate(true).open(&path).map_err(Fault::file(&path))?;
    let copied = std::io::copy(&mut entry, &mut out).map_err(zip_fault)?;
    if copied != bytes {
        return Err(Fault::Backup("a pack in it is cut short; use another one".to_owned()));
    }
    out.sync_all().map_err(Fault::file(&path))?;
    Ok(path)
}

/// One page of rows of a table, by its position in [`TABLES`].
type Page = (usize, Vec<Vec<Value>>);

fn read_rows_of(file: &Path, pages: &tokio::sync::mpsc::Sender<Page>) -> Result<(), Fault> {
    let mut zip = open_zip(file)?;
    for (number, (table, columns)) in TABLES.iter().enumerate() {
        let entry = zip.by_name(&format!("rows/{table}.jsonl")).map_err(zip_fault)?;
        let mut page = Vec::with_capacity(PAGE);
        for line in BufReader::new(entry).lines() {
            let row: Vec<Value> = serde_json::from_str(&line.map_err(zip_fault)?).map_err(|_| bad_row())?;
            if row.len() != columns.len() {
                return Err(bad_row());
            }
            page.push(row);
            if page.len() == PAGE {
                pages.blocking_send((number, std::mem::take(&mut page))).map_err(|_| Fault::Stopped)?;
            }
        }
        pages.blocking_send((number, page)).map_err(|_| Fault::Stopped)?;
    }
    Ok(())
}

/// Inserts every row in one transaction.
async fn insert_rows(database: &Database, file: PathBuf, manifest: &Manifest) -> Result<(), Fault> {
    let (sender, mut pages) = tokio::sync::mpsc::channel::<Page>(4);
    let reading = tokio::task::spawn_blocking(move || read_rows_of(&file, &sender));
    transact!(database, |transaction| {
        let present: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM cases").fetch_one(&mut *transaction).await?;
        if present > 0 {
            let why = "the database holds cases already; restore into an empty one".to_owned();
            return Err(Fault::Unusable(why));
        }
        let mut counts: Counts = BTreeMap::new();
        while let Some((number, rows)) = pages.recv().await {
            let Some((table, columns)) = TABLES.get(number) else { continue };
            *counts.entry((*table).to_owned()).or_default() += rows.len() as u64;
            let places = (1..=columns.len()).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ");
            let sql = format!("INSERT INTO {table} ({}) VALUES ({places})", column_names(columns));
            for row in rows {
                let mut query = sqlx::query(AssertSqlSafe(sql.clone()));
                for (column, value) in columns.iter().zip(row) {
                    query = match (column, value) {
                        (Text(_), Value::String(text)) => query.bind(Some(text)),
                        (Text(_), Value::Null) => query.bind(None::<String>),
                        (Number(_), Value::Number(number)) => query.bind(Some(number.as_i64().ok_or_else(bad_row)?)),
                        (Number(_), Value::Null) => query.bind(None::<i64>),
                        (Bytes(_), Value::String(text)) => {
                            query.bind(Some(STANDARD.decode(text).map_err(|_| bad_row())?))
                        }
                        (Bytes(_), Value::Null) => query.bind(None::<Vec<u8>>),
                        _ => return Err(bad_row()),
                    };
                }
                query.execute(&mut *transaction).await?;
            }
        }
        reading.await.map_err(|_| Fault::Stopped)??;
        if counts != manifest.rows {
            return Err(Fault::Backup("rows are missing from it; use another one".to_owned()));
        }
    });
    Ok(())
}
