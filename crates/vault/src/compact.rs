//! Compaction: packs with dead bytes (interrupted imports, purged objects) are copied without them, and small uploaded
//! packs are joined. Rows move in one transaction after the copy is durable; only then the old packs go.

use consilium_casefile::Instant;

use crate::database::{from_row, read_rows, to_row, transact};
use crate::error::Fault;
use crate::pack::{self, FILE_MAGIC, HEADER, Pack, RecordHeader};
use crate::vault::{Inner, Vault};

/// A local pack is rewritten when at least this part of it is dead, or when dead bytes of it can still be read.
const DEAD_PART: u64 = 8;
/// Uploaded packs below this size are joined, bytes.
const SMALL: u64 = 16 * 1024 * 1024;
/// A group of packs rewritten together holds about this much, bytes.
const GROUP: u64 = 128 * 1024 * 1024;
/// Bytes copied at a time.
const PIECE: u64 = 1024 * 1024;

/// What compaction did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CompactReport {
    /// Packs copied without their dead bytes.
    pub rewritten: u64,
    /// Packs deleted that held nothing.
    pub deleted: u64,
    /// Bytes given back.
    pub freed: u64,
}

/// A pack to rewrite; local ones with their lock.
struct Source {
    id: String,
    bytes: u64,
    lock: Option<Pack>,
}

impl Vault {
    /// Gives back the room of dead bytes. Packs in use are left for the next time.
    ///
    /// # Errors
    /// The machine; nothing kept is lost, and running it again completes it.
    pub async fn compact(&self, now: Instant) -> Result<CompactReport, Fault> {
        self.run(|inner| async move { inner.compact(now).await }).await
    }
}

impl Inner {
    async fn compact(&self, now: Instant) -> Result<CompactReport, Fault> {
        let _lock = self.maintenance(true).await?;
        self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
        let mut report = CompactReport::default();
        let stored = self.packs.list().await?;
        let small = stored.iter().filter(|p| p.bytes < SMALL).count();
        let (mut group, mut group_bytes) = (Vec::new(), 0);
        for found in stored {
            let lock = if self.is_local() {
                let path = self.pack_folder().join(pack::file_name(&found.id));
                match Pack::adopt(&path)? {
                    Some(pack) => Some(pack),
                    None => continue,
                }
            } else {
                None
            };
            // Counted under the lock: nobody adds rows for this pack any more.
            let (objects, live) = self.live_bytes(&found.id).await?;
            let dead = found.bytes.saturating_sub(live + FILE_MAGIC.len() as u64);
            if objects == 0 {
                if found.is_at_rest(now) {
                    self.delete_pack(Source { id: found.id, bytes: found.bytes, lock }).await?;
                    report.deleted += 1;
                    report.freed += found.bytes;
                }
                continue;
            }
            let worth = if self.is_local() {
                dead > 0 && (dead >= found.bytes / DEAD_PART || !self.is_blank_between(&found.id, found.bytes).await?)
            } else {
                dead > 0 || (found.bytes < SMALL && small > 1)
            };
            if worth {
                report.rewritten += 1;
                report.freed += dead;
                group_bytes += live;
                group.push(Source { id: found.id, bytes: found.bytes, lock });
            }
            if group_bytes >= GROUP {
                self.rewrite(std::mem::take(&mut group)).await?;
                group_bytes = 0;
            }
        }
        self.rewrite(group).await?;
        Ok(report)
    }

    async fn live_bytes(&self, pack: &str) -> Result<(u64, u64), Fault> {
        let sql =
            "SELECT COUNT(*), CAST(COALESCE(SUM(stored), 0) AS BIGINT) FROM objects WHERE pack = $1 AND purged = 0";
        let (objects, bytes): (i64, i64) =
            read_rows!(&self.database, |pool| sqlx::query_as(sql).bind(pack).fetch_one(pool).await?);
        let objects = from_row(objects, "the index of objects")?;
        Ok((objects, from_row(bytes, "the index of objects")? + objects * HEADER as u64))
    }

    /// Whether nothing lies between the records that rows name but void records over zeros. What an interrupted write
    /// or an interrupted deletion left does.
    async fn is_blank_between(&self, pack: &str, bytes: u64) -> Result<bool, Fault> {
        let sql = "SELECT position, stored FROM objects WHERE pack = $1 AND purged = 0 ORDER BY position";
        let rows: Vec<(i64, i64)> =
            read_rows!(&self.database, |pool| sqlx::query_as(sql).bind(pack).fetch_all(pool).await?);
        let mut at = FILE_MAGIC.len() as u64;
        for (position, stored) in rows {
            let position = from_row(position, "the index of objects")?;
            if !self.is_blank(pack, at, position).await? {
                return Ok(false);
            }
            at = position + HEADER as u64 + from_row(stored, "the index of objects")?;
        }
        self.is_blank(pack, at, bytes).await
    }

    async fn is_blank(&self, pack: &str, mut from: u64, to: u64) -> Result<bool, Fault> {
        while from < to {
            let header = self.packs.read(pack, from, (HEADER as u64).min(to - from)).await?;
            let void = <[u8; HEADER]>::try_from(header).ok().and_then(|header| RecordHeader::decode(&header));
            let Some(void) = void.filter(|record| record.void) else { return Ok(false) };
            from += HEADER as u64;
            let end = from.saturating_add(void.stored).min(to);
            while from < end {
                let piece = self.packs.read(pack, from, PIECE.min(end - from)).await?;
                if piece.iter().any(|byte| *byte != 0) {
                    return Ok(false);
                }
                from += piece.len() as u64;
            }
        }
        Ok(true)
    }

    /// Copies an uploaded pack without its purged objects. The caller holds the maintenance lock.
    pub(crate) async fn rewrite_uploaded(&self, pack: &str) -> Result<(), Fault> {
        self.rewrite(vec![Source { id: pack.to_owned(), bytes: 0, lock: None }]).await
    }

    async fn rewrite(&self, sources: Vec<Source>) -> Result<(), Fault> {
        if sources.is_empty() {
            return Ok(());
        }
        let target = Pack::create(&self.pack_folder())?;
        let mut end = FILE_MAGIC.len() as u64;
        let mut moves = Vec::new();
        for source in &sources {
            let sql = "SELECT case_id, object, position, stored FROM objects WHERE pack = $1 AND purged = 0 \
                       ORDER BY position";
            let rows: Vec<(String, String, i64, i64)> = read_rows!(&self.database, |pool| {
                sqlx::query_as(sql).bind(source.id.as_str()).fetch_all(pool).await?
            });
            for (case, object, position, stored) in rows {
                let from = from_row(position, "the index of objects")?;
                let length = from_row(stored, "the index of objects")? + HEADER as u64;
                let mut copied = 0;
                while copied < length {
                    let size = PIECE.min(length - copied);
                    let piece = self.packs.read(&source.id, from + copied, size).await?;
                    target.write_at(&piece, end + copied)?;
                    copied += size;
                }
                moves.push((case, object, source.id.clone(), position, end));
                end += length;
            }
        }
        target.sync()?;
        if !moves.is_empty() {
            self.packs.upload(&target.id, &target.path).await?;
        }
        transact!(&self.database, |transaction| {
            for (case, object, from_pack, from, to) in &moves {
                sqlx::query(
                    "UPDATE objects SET pack = $1, position = $2 \
                     WHERE case_id = $3 AND object = $4 AND pack = $5 AND position = $6 AND purged = 0",
                )
                .bind(target.id.as_str())
                .bind(to_row(*to))
                .bind(case.as_str())
                .bind(object.as_str())
                .bind(from_pack.as_str())
                .bind(*from)
                .execute(&mut *transaction)
                .await?;
            }
            for source in &sources {
                // Tombstones stay, naming no pack.
                sqlx::query("UPDATE objects SET pack = '', position = 0 WHERE pack = $1 AND purged = 1")
                    .bind(source.id.as_str())
                    .execute(&mut *transaction)
                    .await?;
            }
        });
        for source in sources {
            self.delete_pack(source).await?;
        }
        if !self.is_local() || moves.is_empty() {
            target.delete()?;
        }
        Ok(())
    }

    async fn delete_pack(&self, source: Source) -> Result<(), Fault> {
        tracing::info!(pack = %source.id, bytes = source.bytes, "deleted a pack nothing lies in any more");
        self.packs.forget(&source.id);
        match source.lock {
            Some(pack) => pack.delete(),
            None => self.packs.delete_uploaded(&source.id).await,
        }
    }
}
