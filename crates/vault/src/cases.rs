//! Cases and their ledgers: rows of headers in the clear with sealed payloads. What entries mean is not known here.

use std::collections::BTreeSet;

use consilium_casefile::ledger::{Body, Draft, Entry, Hash, Head, Header, Payload, chain};
use consilium_casefile::{ActorId, CaseId, Instant, ObjectId};
use sqlx::AssertSqlSafe;

use crate::database::{from_row, read_rows, to_row, transact};
use crate::error::{AppendError, CreateError, Fault};
use crate::index::{IndexUpdate, apply_index};
use crate::object_rows::{Place, object_list, tombstones};
use crate::seal::Keys;
use crate::vault::{Inner, Vault};

/// A case, as listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRow {
    /// Its id.
    pub id: CaseId,
    /// What people call it.
    pub handle: String,
    /// When its first entry was written.
    pub created: Instant,
    /// The newest entry.
    pub head: Head,
}

/// What goes along with entries, in their transaction.
#[derive(Debug, Clone, Default)]
pub struct Along {
    /// Changes of the image index. The objects of instances that are added must be kept.
    pub index: IndexUpdate,
    /// Objects that the entries name: the case must keep them.
    pub relies_on: Vec<ObjectId>,
    /// Objects to delete for good, as [`Vault::purge_object`] does.
    pub purge: Vec<ObjectId>,
    /// What people call the case from its first entry on, where it has only a place yet ([`Vault::make_place`]).
    pub opened_as: Option<String>,
}

impl From<IndexUpdate> for Along {
    fn from(index: IndexUpdate) -> Self {
        Self { index, ..Self::default() }
    }
}

type EntryColumns = (i64, i64, i64, String, String, String, String, Option<Vec<u8>>);

const INSERT_ENTRY: &str = "INSERT INTO entries \
    (case_id, seq, at_micros, at_offset, by_actor, kind, commitment, prev, body) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

fn handle_context(case: &CaseId) -> String {
    format!("handle/{case}")
}

fn entry_context(case: &CaseId, seq: u64) -> String {
    format!("entry/{case}/{seq}")
}

fn hash(text: &str) -> Result<Hash, Fault> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).map_err(|_| Fault::Damaged("the ledger".to_owned()))?;
    Ok(Hash(bytes))
}

fn seal_body(keys: &Keys, case: &CaseId, entry: &Entry) -> Result<Option<Vec<u8>>, Fault> {
    let Body::Here(payload) = &entry.body else { return Ok(None) };
    let mut plain = zeroize::Zeroizing::new(payload.salt.to_vec());
    plain.extend_from_slice(&payload.bytes);
    keys.seal(&entry_context(case, entry.header.seq), &plain).map(Some)
}

fn open_entry(keys: &Keys, case: &CaseId, columns: EntryColumns) -> Result<Entry, Fault> {
    let (seq, micros, offset, by, kind, commitment, prev, body) = columns;
    let seq = from_row(seq, "the ledger")?;
    let damaged = || Fault::Damaged(format!("entry {seq} of the ledger"));
    let body = match body {
        None => Body::Purged,
        Some(stored) => {
            let plain = keys.open(&entry_context(case, seq), stored, &format!("entry {seq} of the ledger"))?;
            let (salt, bytes) = plain.split_first_chunk::<32>().ok_or_else(damaged)?;
            Body::Here(Payload { salt: *salt, bytes: bytes.to_vec() })
        }
    };
    let header = Header {
        seq,
        at: Instant { micros, offset_minutes: i16::try_from(offset).map_err(|_| damaged())? },
        by: ActorId(by),
        kind,
        payload_commitment: hash(&commitment)?,
        prev: hash(&prev)?,
    };
    Ok(Entry { header, body })
}

/// Writes chained entries inside a transaction.
macro_rules! insert_entries {
    ($transaction:ident, $keys:expr, $case:expr, $entries:expr) => {
        for entry in $entries {
            let header = &entry.header;
            sqlx::query(INSERT_ENTRY)
                .bind($case.as_str())
                .bind(to_row(header.seq))
                .bind(header.at.micros)
                .bind(i64::from(header.at.offset_minutes))
                .bind(header.by.as_str())
                .bind(header.kind.as_str())
                .bind(header.payload_commitment.to_hex())
                .bind(header.prev.to_hex())
                .bind(seal_body($keys, $case, entry)?)
                .execute(&mut *$transaction)
                .await?;
        }
    };
}

impl Vault {
    /// Makes a case with its first entries, all or nothing. Handles are unique whatever their capitals.
    ///
    /// # Errors
    /// The handle or the id is taken, or the machine.
    pub async fn create_case(&self, case: &CaseId, handle: &str, drafts: Vec<Draft>) -> Result<Head, CreateError> {
        let (case, handle) = (case.clone(), handle.to_owned());
        self.run(|inner| async move { inner.create_case(&case, &handle, drafts).await }).await
    }

    /// Makes a place to store in for a case that is opened only when there is something in it: a row without entries, which
    /// is nobody's case, and goes by its id until an entry names it ([`Along::opened_as`]).
    ///
    /// # Errors
    /// The id is taken, or the machine.
    pub async fn make_place(&self, case: &CaseId) -> Result<(), CreateError> {
        self.create_case(case, case.as_str(), Vec::new()).await.map(|_| ())
    }

    /// Takes away a place that never became a case, with what was stored in it; compaction frees the bytes. False where
    /// there is none, or it has entries.
    ///
    /// # Errors
    /// The machine.
    pub async fn drop_place(&self, case: &CaseId) -> Result<bool, Fault> {
        let case = case.clone();
        self.run(|inner| async move {
            let _lock = inner.maintenance(true).await?;
            let dropped = transact!(&inner.database, |transaction| {
                // The row's lock comes first, as when entries are written.
                let place = sqlx::query("UPDATE cases SET head_seq = 0 WHERE id = $1 AND head_seq = 0")
                    .bind(case.as_str())
                    .execute(&mut *transaction)
                    .await?
                    .rows_affected();
                if place > 0 {
                    for sql in ["DELETE FROM objects WHERE case_id = $1", "DELETE FROM cases WHERE id = $1"] {
                        sqlx::query(sql).bind(case.as_str()).execute(&mut *transaction).await?;
                    }
                }
                place > 0
            });
            inner.database.forget_deleted().await?;
            Ok(dropped)
        })
        .await
    }

    /// Every case, oldest first.
    ///
    /// # Errors
    /// The machine, or a damaged row.
    pub async fn cases(&self) -> Result<Vec<CaseRow>, Fault> {
        self.run(|inner| async move {
            let sql = "SELECT id, handle, created_micros, head_seq, head_hash FROM cases ORDER BY created_micros, id";
            let rows: Vec<(String, Vec<u8>, i64, i64, String)> =
                read_rows!(&inner.database, |pool| sqlx::query_as(sql).fetch_all(pool).await?);
            rows.into_iter()
                .map(|(id, handle, micros, seq, head)| {
                    let id = CaseId(id);
                    let handle = inner.keys.open(&handle_context(&id), handle, "the handle of a case")?;
                    let handle =
                        String::from_utf8(handle).map_err(|_| Fault::Damaged("the handle of a case".to_owned()))?;
                    let head = Head { seq: from_row(seq, "the ledger")?, hash: hash(&head)? };
                    Ok(CaseRow { id, handle, created: Instant { micros, offset_minutes: 0 }, head })
                })
                .collect()
        })
        .await
    }

    /// The case people call so, whatever its capitals.
    ///
    /// # Errors
    /// The machine.
    pub async fn case_by_handle(&self, handle: &str) -> Result<Option<CaseId>, Fault> {
        let hash = self.0.keys.handle_hash(handle);
        self.run(|inner| async move {
            let sql = "SELECT id FROM cases WHERE handle_hash = $1";
            let id: Option<String> =
                read_rows!(&inner.database, |pool| sqlx::query_scalar(sql).bind(hash).fetch_optional(pool).await?);
            Ok(id.map(CaseId))
        })
        .await
    }

    /// Where a case's ledger stands; `None` when there is no such case.
    ///
    /// # Errors
    /// The machine.
    pub async fn head(&self, case: &CaseId) -> Result<Option<Head>, Fault> {
        let case = case.clone();
        self.run(|inner| async move {
            let sql = "SELECT head_seq, head_hash FROM cases WHERE id = $1";
            let row: Option<(i64, String)> = read_rows!(&inner.database, |pool| {
                sqlx::query_as(sql).bind(case.as_str()).fetch_optional(pool).await?
            });
            row.map(|(seq, head)| Ok(Head { seq: from_row(seq, "the ledger")?, hash: hash(&head)? })).transpose()
        })
        .await
    }

    /// Every entry of a case in order, payloads opened; empty when there is no such case.
    ///
    /// # Errors
    /// The machine, or a damaged row.
    pub async fn ledger(&self, case: &CaseId) -> Result<Vec<Entry>, Fault> {
        self.ledger_after(case, 0).await
    }

    /// The entries behind position `seq`.
    ///
    /// # Errors
    /// The machine, or a damaged row.
    pub async fn ledger_after(&self, case: &CaseId, seq: u64) -> Result<Vec<Entry>, Fault> {
        let case = case.clone();
        self.run(|inner| async move { inner.entries_after(&case, seq).await }).await
    }

    /// Chains drafts behind `expected` and does what goes along with them, in one transaction. Without drafts the case
    /// stays where it is, and what goes along happens only if it is at `expected`.
    ///
    /// # Errors
    /// [`AppendError::Raced`] when the case is no longer at `expected`, [`AppendError::NotKept`] when it no longer keeps
    /// what the entries rely on: nothing was written. After a fault while bytes are overwritten, the entries stand, the
    /// objects are no longer readable, and compaction completes their deletion.
    pub async fn append(
        &self,
        case: &CaseId,
        expected: Head,
        drafts: Vec<Draft>,
        along: impl Into<Along>,
    ) -> Result<Head, AppendError> {
        let (case, along) = (case.clone(), along.into());
        self.run(|inner| async move { inner.append(&case, expected, drafts, &along).await }).await
    }

    /// Deletes what an entry says; its header stays, so the chain still verifies. False when there is no such entry,
    /// or its payload was purged before.
    ///
    /// # Errors
    /// The machine.
    pub async fn purge_payload(&self, case: &CaseId, seq: u64) -> Result<bool, Fault> {
        let case = case.clone();
        self.run(|inner| async move {
            let _lock = inner.maintenance(true).await?;
            let purged = transact!(&inner.database, |transaction| {
                sqlx::query("UPDATE entries SET body = NULL WHERE case_id = $1 AND seq = $2 AND body IS NOT NULL")
                    .bind(case.as_str())
                    .bind(to_row(seq))
                    .execute(&mut *transaction)
                    .await?
                    .rows_affected()
            });
            inner.database.forget_deleted().await?;
            Ok(purged > 0)
        })
        .await
    }
}

impl Inner {
    async fn create_case(&self, case: &CaseId, handle: &str, drafts: Vec<Draft>) -> Result<Head, CreateError> {
        let handle_hash = self.keys.handle_hash(handle);
        let sealed = self.keys.seal(&handle_context(case), handle.trim().as_bytes())?;
        let created = drafts.first().map_or(0, |draft| draft.at.micros);
        let (entries, head) = chain(Head::start(case), drafts);
        let written: Result<(), CreateError> = async {
            transact!(&self.database, |transaction| {
                let found: Vec<(String,)> = sqlx::query_as("SELECT id FROM cases WHERE id = $1 OR handle_hash = $2")
                    .bind(case.as_str())
                    .bind(handle_hash.as_str())
                    .fetch_all(&mut *transaction)
                    .await?;
                if !found.is_empty() {
                    let same_id = found.iter().any(|(id,)| id == case.as_str());
                    return Err(if same_id { CreateError::IdTaken } else { CreateError::HandleTaken });
                }
                sqlx::query(
                    "INSERT INTO cases (id, handle_hash, handle, created_micros, head_seq, head_hash) \
                     VALUES ($1, $2, $3, $4, $5, $6)",
                )
                .bind(case.as_str())
                .bind(handle_hash.as_str())
                .bind(sealed.as_slice())
                .bind(created)
                .bind(to_row(head.seq))
                .bind(head.hash.to_hex())
                .execute(&mut *transaction)
                .await?;
                insert_entries!(transaction, &self.keys, case, &entries);
            });
            Ok(())
        }
        .await;
        match written {
            // Two processes asked at the same moment; the look-up saw neither.
            Err(CreateError::Fault(Fault::Database(error)))
                if error.as_database_error().is_some_and(|e| e.is_unique_violation()) =>
            {
                Err(CreateError::HandleTaken)
            }
            other => other.map(|()| head),
        }
    }

    async fn append(
        &self,
        case: &CaseId,
        expected: Head,
        drafts: Vec<Draft>,
        along: &Along,
    ) -> Result<Head, AppendError> {
        let added = along.index.add.iter().map(|instance| &instance.object);
        let named: BTreeSet<&ObjectId> = along.relies_on.iter().chain(added).collect();
        let (relies_on, purge) = (object_list(named.iter().copied()), object_list(&along.purge));
        let deletes = !along.purge.is_empty();
        // Before the transaction, as purge and compaction do.
        let _lock = if deletes { Some(self.maintenance(true).await?) } else { None };
        let opened = drafts.first().map_or(0, |draft| draft.at.micros);
        let named_anew = match &along.opened_as {
            Some(handle) => {
                let sealed = self.keys.seal(&handle_context(case), handle.trim().as_bytes())?;
                Some((self.keys.handle_hash(handle), sealed))
            }
            None => None,
        };
        let (entries, head) = chain(expected, drafts);
        let erase: Vec<Place> = transact!(&self.database, |transaction| {
            // Also when nothing changes: the row's lock puts everything in a case in one order.
            let moved = sqlx::query(
                "UPDATE cases SET head_seq = $1, head_hash = $2 WHERE id = $3 AND head_seq = $4 AND head_hash = $5",
            )
            .bind(to_row(head.seq))
            .bind(head.hash.to_hex())
            .bind(case.as_str())
            .bind(to_row(expected.seq))
            .bind(expected.hash.to_hex())
            .execute(&mut *transaction)
            .await?
            .rows_affected();
            if moved == 0 {
                let row: Option<(i64, String)> = sqlx::query_as("SELECT head_seq, head_hash FROM cases WHERE id = $1")
                    .bind(case.as_str())
                    .fetch_optional(&mut *transaction)
                    .await?;
                let (seq, now) = row.ok_or(AppendError::NoSuchCase)?;
                let head = Head { seq: from_row(seq, "the ledger")?, hash: hash(&now)? };
                return Err(AppendError::Raced { head });
            }
            if !named.is_empty() {
                // Under the same lock as purges and commits: what is kept now is kept when the entries are.
                let kept: i64 = sqlx::query_scalar(AssertSqlSafe(
                    self.database
                        .of_list("SELECT COUNT(*) FROM objects WHERE case_id = $1 AND purged = 0 AND object IN", 2),
                ))
                .bind(case.as_str())
                .bind(relies_on.as_str())
                .fetch_one(&mut *transaction)
                .await?;
                if from_row(kept, "the index of objects")? != named.len() as u64 {
                    return Err(AppendError::NotKept);
                }
            }
            if let Some((handle_hash, sealed)) = &named_anew {
                let taken: Option<String> = sqlx::query_scalar("SELECT id FROM cases WHERE handle_hash = $1")
                    .bind(handle_hash.as_str())
                    .fetch_optional(&mut *transaction)
                    .await?;
                if taken.is_some() {
                    return Err(AppendError::HandleTaken);
                }
                let named = sqlx::query(
                    "UPDATE cases SET handle_hash = $1, handle = $2, created_micros = $3 WHERE id = $4 AND $5 = 0",
                )
                .bind(handle_hash.as_str())
                .bind(sealed.as_slice())
                .bind(opened)
                .bind(case.as_str())
                .bind(to_row(expected.seq));
                match named.execute(&mut *transaction).await {
                    // Two programs asked at the same moment; the look-up saw neither.
                    Err(error) if error.as_database_error().is_some_and(|e| e.is_unique_violation()) => {
                        return Err(AppendError::HandleTaken);
                    }
                    other => other?,
                };
            }
            insert_entries!(transaction, &self.keys, case, &entries);
            apply_index!(transaction, case, &along.index);
            if deletes { tombstones!(self, transaction, case, purge) } else { Vec::new() }
        });
        if deletes {
            self.database.forget_deleted().await?;
            self.erase(erase).await?;
        }
        Ok(head)
    }

    pub(crate) async fn entries_after(&self, case: &CaseId, seq: u64) -> Result<Vec<Entry>, Fault> {
        let sql = "SELECT seq, at_micros, at_offset, by_actor, kind, commitment, prev, body FROM entries \
                   WHERE case_id = $1 AND seq > $2 ORDER BY seq";
        let rows: Vec<EntryColumns> = read_rows!(&self.database, |pool| {
            sqlx::query_as(sql).bind(case.as_str()).bind(to_row(seq)).fetch_all(pool).await?
        });
        rows.into_iter().map(|columns| open_entry(&self.keys, case, columns)).collect()
    }
}
