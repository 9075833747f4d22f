//! Reading objects: whole, by range, or as a stream of pieces; and deleting them. Ids count inside their case only.

use std::collections::HashSet;
use std::ops::Range;
use std::pin::Pin;

use consilium_casefile::{CaseId, Instant, ObjectId};
use futures::{Stream, StreamExt};

use crate::database::{from_row, read_rows, transact};
use crate::error::{Fault, ReadError};
use crate::object_rows::{Place, object_list, tombstones};
use crate::pack::HEADER;
use crate::seal::{CHUNK, ChunkCipher, SEALED_CHUNK, Secret, TAG, chunks};
use crate::vault::{Inner, Vault};

/// Chunks in a piece of a stream.
const PIECE: u64 = 16;

/// A piece of a streamed object.
pub type Piece = Result<Vec<u8>, ReadError>;

/// An object on its way out, in pieces of at most 1 MiB.
pub struct ObjectStream {
    /// Length of the whole object, bytes.
    pub length: u64,
    /// The bytes that come; the whole object when no range was asked.
    pub range: Range<u64>,
    /// The pieces, in order.
    pub pieces: Pin<Box<dyn Stream<Item = Piece> + Send>>,
}

/// Where an object lies, and its key.
#[derive(Clone)]
pub(crate) struct Location {
    pub(crate) pack: String,
    pub(crate) position: u64,
    pub(crate) length: u64,
    pub(crate) stored: u64,
    pub(crate) key: Option<Secret>,
}

type LocationColumns = (String, i64, i64, i64, Option<Vec<u8>>, i64);

impl Vault {
    /// A whole object, checked against its id.
    ///
    /// # Errors
    /// Not there, purged, or damaged.
    pub async fn read(&self, case: &CaseId, object: &ObjectId) -> Result<Vec<u8>, ReadError> {
        let (case, object) = (case.clone(), object.clone());
        self.run(|inner| async move {
            let bytes = inner.read_range(&case, &object, None).await?;
            let id = blake3::keyed_hash(&inner.keys.object_ids(&case), &bytes);
            if id.to_hex().as_str() == object.as_str() {
                Ok(bytes)
            } else {
                Err(Fault::Damaged(format!("the object {object}")).into())
            }
        })
        .await
    }

    /// `length` bytes from `offset`, read without the rest of the object.
    ///
    /// # Errors
    /// Not there, purged, damaged, or beyond the end.
    pub async fn read_range(
        &self,
        case: &CaseId,
        object: &ObjectId,
        offset: u64,
        length: u64,
    ) -> Result<Vec<u8>, ReadError> {
        let (case, object) = (case.clone(), object.clone());
        let range = offset..offset.saturating_add(length);
        self.run(|inner| async move { inner.read_range(&case, &object, Some(range)).await }).await
    }

    /// Length of an object, bytes.
    ///
    /// # Errors
    /// Not there, or purged.
    pub async fn object_length(&self, case: &CaseId, object: &ObjectId) -> Result<u64, ReadError> {
        let (case, object) = (case.clone(), object.clone());
        self.run(|inner| async move { inner.locate(&case, &object).await.map(|location| location.length) }).await
    }

    /// Whether the case holds the object.
    ///
    /// # Errors
    /// The machine.
    pub async fn has(&self, case: &CaseId, object: &ObjectId) -> Result<bool, Fault> {
        match self.object_length(case, object).await {
            Ok(_) => Ok(true),
            Err(ReadError::Fault(fault)) => Err(fault),
            Err(_) => Ok(false),
        }
    }

    /// Objects that the case keeps and that nobody is about to name: all of them; on a server, those that were uploaded
    /// long enough ago, because nobody here knows what other machines are doing.
    ///
    /// # Errors
    /// The machine.
    pub async fn objects_at_rest(&self, case: &CaseId, now: Instant) -> Result<Vec<ObjectId>, Fault> {
        let case = case.clone();
        self.run(|inner| async move {
            let recent: HashSet<String> = if inner.is_local() {
                HashSet::new()
            } else {
                let packs = inner.packs.list().await?.into_iter();
                packs.filter(|pack| !pack.is_at_rest(now)).map(|pack| pack.id).collect()
            };
            Ok(inner
                .kept(&case)
                .await?
                .into_iter()
                .filter(|(_, pack)| !recent.contains(pack))
                .map(|(id, _)| id)
                .collect())
        })
        .await
    }

    /// Every object that the case keeps.
    ///
    /// # Errors
    /// The machine.
    pub async fn kept_objects(&self, case: &CaseId) -> Result<HashSet<ObjectId>, Fault> {
        let case = case.clone();
        self.run(|inner| async move { Ok(inner.kept(&case).await?.into_iter().map(|(id, _)| id).collect()) }).await
    }

    /// An object, or a range of it, in pieces: for serving large originals in little memory.
    ///
    /// # Errors
    /// Not there, purged, or a range beyond the end; a damaged piece is an error in the stream.
    pub async fn object_stream(
        &self,
        case: &CaseId,
        object: &ObjectId,
        range: Option<Range<u64>>,
    ) -> Result<ObjectStream, ReadError> {
        let length = self.object_length(case, object).await?;
        let range = checked(range, length)?;
        let (vault, case, object) = (self.clone(), case.clone(), object.clone());
        let end = range.end;
        let pieces = futures::stream::unfold(Some(range.start), move |offset| {
            let (vault, case, object) = (vault.clone(), case.clone(), object.clone());
            async move {
                let offset = offset.filter(|offset| *offset < end)?;
                // Pieces end at chunk borders, so that no chunk is opened twice.
                let next = (offset / (PIECE * CHUNK) + 1).saturating_mul(PIECE * CHUNK).min(end);
                let piece = vault.read_range(&case, &object, offset, next - offset).await;
                let rest = piece.is_ok().then_some(next);
                Some((piece, rest))
            }
        });
        Ok(ObjectStream { length, range, pieces: pieces.boxed() })
    }
}

impl Vault {
    /// Deletes an object: its bytes and key are overwritten, its instances leave the index, a tombstone stays. False
    /// when the case holds no such object, or it was purged before.
    ///
    /// # Errors
    /// The machine; the object is then no longer readable, and compaction completes the deletion.
    pub async fn purge_object(&self, case: &CaseId, object: &ObjectId) -> Result<bool, Fault> {
        let (case, object) = (case.clone(), object.clone());
        self.run(|inner| async move { inner.purge_object(&case, &object).await }).await
    }
}

fn checked(range: Option<Range<u64>>, length: u64) -> Result<Range<u64>, ReadError> {
    match range {
        None => Ok(0..length),
        Some(range) if range.start <= range.end && range.end <= length => Ok(range),
        Some(range) => Err(ReadError::OutOfRange { offset: range.start, end: range.end, length }),
    }
}

impl Inner {
    /// What a case keeps, and in which packs.
    async fn kept(&self, case: &CaseId) -> Result<Vec<(ObjectId, String)>, Fault> {
        let sql = "SELECT object, pack FROM objects WHERE case_id = $1 AND purged = 0";
        let rows: Vec<(String, String)> =
            read_rows!(&self.database, |pool| sqlx::query_as(sql).bind(case.as_str()).fetch_all(pool).await?);
        Ok(rows.into_iter().map(|(object, pack)| (ObjectId(object), pack)).collect())
    }

    pub(crate) async fn locate(&self, case: &CaseId, object: &ObjectId) -> Result<Location, ReadError> {
        let sql = "SELECT pack, position, length, stored, wrapped_key, purged FROM objects \
                   WHERE case_id = $1 AND object = $2";
        let row: Option<LocationColumns> = read_rows!(&self.database, |pool| {
            sqlx::query_as(sql).bind(case.as_str()).bind(object.as_str()).fetch_optional(pool).await?
        });
        let Some((pack, position, length, stored, wrapped, purged)) = row else {
            return Err(ReadError::NotFound { case: case.clone(), object: object.clone() });
        };
        if purged != 0 {
            return Err(ReadError::Purged { object: object.clone() });
        }
        let number = |n| from_row(n, "the index of objects");
        Ok(Location {
            pack,
            position: number(position)?,
            length: number(length)?,
            stored: number(stored)?,
            key: self.object_key(case, object, wrapped.as_deref())?,
        })
    }

    /// The key of an object; `None` in a plain vault.
    pub(crate) fn object_key(
        &self,
        case: &CaseId,
        object: &ObjectId,
        wrapped: Option<&[u8]>,
    ) -> Result<Option<Secret>, Fault> {
        if !self.keys.sealed() {
            return Ok(None);
        }
        let opened = wrapped.and_then(|wrapped| self.keys.unwrap(wrapped, case, object));
        opened.map(Some).ok_or_else(|| Fault::Damaged(format!("the key of the object {object}")))
    }

    async fn read_range(
        &self,
        case: &CaseId,
        object: &ObjectId,
        range: Option<Range<u64>>,
    ) -> Result<Vec<u8>, ReadError> {
        let location = self.locate(case, object).await?;
        let range = checked(range, location.length)?;
        match self.read_located(&location, object, range.clone()).await {
            Ok(bytes) => Ok(bytes),
            Err(fault) => {
                // Compaction may have moved the object between the two steps.
                let again = self.locate(case, object).await?;
                if (&again.pack, again.position) == (&location.pack, location.position) {
                    return Err(fault.into());
                }
                Ok(self.read_located(&again, object, range).await?)
            }
        }
    }

    async fn purge_object(&self, case: &CaseId, object: &ObjectId) -> Result<bool, Fault> {
        let _lock = self.maintenance(true).await?;
        let list = object_list([object]);
        let erase: Vec<Place> = transact!(&self.database, |transaction| { tombstones!(self, transaction, case, list) });
        self.database.forget_deleted().await?;
        let purged = !erase.is_empty();
        self.erase(erase).await?;
        Ok(purged)
    }

    /// Opens the chunks that hold `range`, and cuts it out.
    pub(crate) async fn read_located(
        &self,
        location: &Location,
        object: &ObjectId,
        range: Range<u64>,
    ) -> Result<Vec<u8>, Fault> {
        let damaged = || Fault::Damaged(format!("the object {object}"));
        let data = location.position + HEADER as u64;
        let Some(key) = &location.key else {
            if location.stored != location.length {
                return Err(damaged());
            }
            return self.packs.read(&location.pack, data + range.start, range.end - range.start).await;
        };
        let last = chunks(location.length) - 1;
        if location.stored != location.length.saturating_add(chunks(location.length).saturating_mul(TAG)) {
            return Err(damaged());
        }
        let first_chunk = (range.start / CHUNK).min(last);
        let last_chunk = if range.end == 0 { 0 } else { ((range.end - 1) / CHUNK).clamp(first_chunk, last) };
        let start = first_chunk * SEALED_CHUNK;
        let end = ((last_chunk + 1) * SEALED_CHUNK).min(location.stored);
        let mut sealed = self.packs.read(&location.pack, data + start, end - start).await?;
        let cipher = ChunkCipher::new(Some(key))?;
        let size = usize::try_from(range.end - range.start).map_err(|_| damaged())?;
        let mut out = Vec::with_capacity(size);
        for (index, chunk) in (first_chunk..=last_chunk).zip(sealed.chunks_mut(SEALED_CHUNK as usize)) {
            let plain = cipher.open(index, index == last, chunk).ok_or_else(damaged)?;
            let at = index * CHUNK;
            let within = |n: u64| usize::try_from(n.saturating_sub(at)).unwrap_or(usize::MAX).min(plain.len());
            out.extend_from_slice(plain.get(within(range.start)..within(range.end)).unwrap_or_default());
        }
        if out.len() == size { Ok(out) } else { Err(damaged()) }
    }
}
