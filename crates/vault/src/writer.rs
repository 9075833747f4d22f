//! Keeping objects: several threads write records into one pack while a background committer makes whole batches
//! durable and then commits their rows. Only a committed row means "kept".

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use consilium_casefile::{CaseId, ObjectId};

use crate::direct::{Blocks, WORTH, next_block};
use crate::error::{Fault, WriteError};
use crate::object_rows::Row;
use crate::pack::{FILE_MAGIC, HEADER, Pack, RecordHeader};
use crate::seal::{CHUNK, ChunkCipher, SEALED_CHUNK, Secret, chunks, stored_length};
use crate::vault::Vault;

/// A pack grows to about this size, bytes.
pub(crate) const PACK_BYTES: u64 = 256 * 1024 * 1024;
/// A batch holds at most this many objects or bytes.
const BATCH_OBJECTS: usize = 250;
const BATCH_BYTES: u64 = 64 * 1024 * 1024;
/// Objects up to this size are sealed whole in memory; larger ones pass through it in pieces.
const BUFFER: u64 = 1024 * 1024;
/// Left free on the disk, bytes, for the database and for whatever else the machine does.
const RESERVE: u64 = 256 * 1024 * 1024;

/// What became of an object given to the vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its id inside the case.
    pub object: ObjectId,
    /// Its length, bytes.
    pub bytes: u64,
    /// False when the case held it before, or this writer was given it before.
    pub new: bool,
}

/// Keeps objects of one case. Clones share the same batches, so that several threads can put at once; the calls block
/// and belong on ordinary threads or `spawn_blocking`. Nothing is kept for certain before [`ObjectWriter::finish`] or
/// [`ObjectWriter::flush`] returned `Ok`; dropping without either leaves the last batch unkept.
#[derive(Clone)]
pub struct ObjectWriter(Arc<Core>);

struct Core {
    vault: Vault,
    case: CaseId,
    id_key: Secret,
    shared: Arc<Shared>,
    committer: SyncSender<Batch>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Ids the case holds, or this writer was given.
    known: HashSet<[u8; 32]>,
    /// Some `put` was answered from `known` since the last flush.
    relied_on_known: bool,
    pack: Option<Arc<Pack>>,
    /// Length of `pack`, reservations included.
    position: u64,
    next_number: u64,
    /// The batch that takes new objects.
    current: Option<u64>,
    /// Batches not yet handed to the committer: the current one, and closed ones somebody still writes into.
    open: BTreeMap<u64, Batch>,
    /// Batches the committer has.
    committing: BTreeSet<u64>,
    failure: Option<Failure>,
    buffers: Vec<Blocks>,
}

struct Batch {
    number: u64,
    pack: Option<Arc<Pack>>,
    in_flight: usize,
    bytes: u64,
    rows: Vec<Row>,
    /// Commit even without rows: the writer relied on what the case held.
    check: bool,
}

#[derive(Clone)]
enum Failure {
    NoSuchCase,
    PurgedMeanwhile,
    Other(String),
}

impl Failure {
    fn error(&self) -> WriteError {
        match self {
            Self::NoSuchCase => WriteError::NoSuchCase,
            Self::PurgedMeanwhile => WriteError::PurgedMeanwhile,
            Self::Other(why) => WriteError::Earlier(why.clone()),
        }
    }
}

impl From<&WriteError> for Failure {
    fn from(error: &WriteError) -> Self {
        match error {
            WriteError::NoSuchCase => Self::NoSuchCase,
            WriteError::PurgedMeanwhile => Self::PurgedMeanwhile,
            WriteError::Earlier(why) => Self::Other(why.clone()),
            other => Self::Other(other.to_string()),
        }
    }
}

struct Reservation {
    batch: u64,
    pack: Arc<Pack>,
    position: u64,
    /// Room from here to `position` is to be filled.
    before: u64,
    /// Room from the record's end to here is to be filled.
    end: u64,
    /// Whether the record is written in whole blocks.
    blocks: bool,
}

impl Vault {
    /// A writer of objects for a case. What the case holds already is not stored again.
    ///
    /// # Errors
    /// There is no such case, or the machine.
    pub async fn object_writer(&self, case: &CaseId) -> Result<ObjectWriter, WriteError> {
        let asked = case.clone();
        let (known, purges) = self.run(|inner| async move { inner.known_objects(&asked).await }).await?;
        ObjectWriter::start(self.clone(), case.clone(), known, purges).map_err(WriteError::Fault)
    }

    /// Keeps one object: durable when this returns.
    ///
    /// # Errors
    /// There is no such case, or the machine.
    pub async fn put(&self, case: &CaseId, bytes: impl Into<Vec<u8>>) -> Result<ObjectId, WriteError> {
        let (bytes, case, vault) = (bytes.into(), case.clone(), self.clone());
        self.run(|inner| async move {
            let object = object_id(&blake3::keyed_hash(&inner.keys.object_ids(&case), &bytes));
            let (held, purges) = inner.holds(&case, &object).await?;
            if held {
                return Ok(object);
            }
            let keep = move || {
                let writer = ObjectWriter::start(vault, case, HashSet::new(), purges)?;
                writer.put(&bytes)?;
                writer.finish()
            };
            tokio::task::spawn_blocking(keep).await.map_err(|_| Fault::Stopped)??;
            Ok(object)
        })
        .await
    }
}

fn object_id(hash: &blake3::Hash) -> ObjectId {
    ObjectId(hash.to_hex().to_string())
}

/// The committer: one batch after the other, bytes first, rows after.
fn commit_batches(vault: &Vault, case: &CaseId, purges: i64, batches: &Receiver<Batch>, shared: &Shared) {
    for batch in batches {
        let failed = shared.lock().failure.is_some();
        let outcome = if failed { Ok(()) } else { commit_batch(vault, case, purges, &batch) };
        let mut state = shared.lock();
        state.committing.remove(&batch.number);
        if let Err(error) = outcome {
            state.failure.get_or_insert_with(|| Failure::from(&error));
        }
        drop(state);
        shared.changed.notify_all();
    }
}

fn commit_batch(vault: &Vault, case: &CaseId, purges: i64, batch: &Batch) -> Result<(), WriteError> {
    let inner = &vault.0;
    let pack = batch.pack.as_deref();
    if let Some(pack) = pack {
        if inner.is_local() {
            pack.sync()?;
        } else {
            vault.handle().block_on(inner.packs.upload(&pack.id, &pack.path))?;
        }
    }
    vault.handle().block_on(inner.commit(case, purges, pack, &batch.rows))?;
    if let Some(pack) = pack
        && !inner.is_local()
    {
        pack.delete()?;
    }
    Ok(())
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ObjectWriter {
    fn start(vault: Vault, case: CaseId, known: HashSet<[u8; 32]>, purges: i64) -> Result<Self, Fault> {
        let state = State { known, ..State::default() };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let (committer, batches) = sync_channel(1);
        let id_key = vault.0.keys.object_ids(&case);
        let theirs = (vault.clone(), case.clone(), Arc::clone(&shared));
        std::thread::Builder::new()
            .name("vault-committer".to_owned())
            .spawn(move || {
                let (vault, case, shared) = theirs;
                commit_batches(&vault, &case, purges, &batches, &shared);
            })
            .map_err(|e| Fault::Unusable(format!("the system gave the vault no thread: {e}")))?;
        Ok(Self(Arc::new(Core { vault, case, id_key, shared, committer })))
    }

    /// Gives the vault an object. Durable only after [`Self::finish`] or [`Self::flush`].
    ///
    /// # Errors
    /// The machine; after an error the writer keeps nothing more.
    pub fn put(&self, bytes: &[u8]) -> Result<Stored, WriteError> {
        let core = &*self.0;
        let hash = blake3::keyed_hash(&core.id_key, bytes);
        let length = bytes.len() as u64;
        let stored = Stored { object: object_id(&hash), bytes: length, new: false };
        if !core.claim(&hash)? {
            return Ok(stored);
        }
        if length > BUFFER {
            // Claimed above; the second look must not find our own claim.
            core.write_stream(&mut &*bytes, length, true)?;
        } else {
            core.write_whole(&stored.object, bytes).inspect_err(|error| core.fail(error))?;
        }
        Ok(Stored { new: true, ..stored })
    }

    /// Gives the vault a large object, read once and never held in memory; `length` bytes must come. When the case
    /// holds it already that is noticed only at the end, and its room in the pack is lost until compaction; prefer
    /// [`Self::put_file`] for files.
    ///
    /// # Errors
    /// [`WriteError::Source`] and [`WriteError::LengthChanged`] cost this object only; others end the writer.
    pub fn put_reader(&self, source: &mut dyn Read, length: u64) -> Result<Stored, WriteError> {
        self.0.write_stream(source, length, false)
    }

    /// Gives the vault a file from its first byte. Read twice: nothing is written when the case holds it already.
    ///
    /// # Errors
    /// As [`Self::put_reader`].
    pub fn put_file(&self, file: &mut File) -> Result<Stored, WriteError> {
        let length = file.seek(SeekFrom::End(0)).map_err(WriteError::Source)?;
        // Before the file is read: one that claims terabytes would be read for hours and then fill the disk.
        self.0.has_room(length)?;
        file.rewind().map_err(WriteError::Source)?;
        if length <= BUFFER {
            let mut bytes = Vec::new();
            (&mut *file).take(BUFFER + 1).read_to_end(&mut bytes).map_err(WriteError::Source)?;
            return if bytes.len() as u64 == length {
                self.put(&bytes)
            } else {
                Err(WriteError::LengthChanged { expected: length, found: bytes.len() as u64 })
            };
        }
        let mut hasher = blake3::Hasher::new_keyed(&self.0.id_key);
        hasher.update_reader(&mut *file).map_err(WriteError::Source)?;
        let hash = hasher.finalize();
        if self.0.is_known(&hash)? {
            return Ok(Stored { object: object_id(&hash), bytes: length, new: false });
        }
        file.rewind().map_err(WriteError::Source)?;
        self.put_reader(file, length)
    }

    /// When this returns `Ok`, everything put before is durable. The writer can go on.
    ///
    /// # Errors
    /// Something put before may not be kept; importing again completes it.
    pub fn flush(&self) -> Result<(), WriteError> {
        let core = &*self.0;
        let mut state = core.shared.lock();
        if let Some(failure) = &state.failure {
            return Err(failure.error());
        }
        if state.relied_on_known {
            state.relied_on_known = false;
            core.open_batch(&mut state).check = true;
        }
        let ready = core.close_batch(&mut state);
        let last = state.next_number;
        drop(state);
        core.send(ready)?;
        let mut state = core.shared.lock();
        loop {
            if let Some(failure) = &state.failure {
                return Err(failure.error());
            }
            let first_open = state.open.keys().next().copied();
            let first_committing = state.committing.first().copied();
            if first_open.into_iter().chain(first_committing).all(|number| number >= last) {
                return Ok(());
            }
            state = core.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// When this returns `Ok`, everything put before is durable: the end of an import.
    ///
    /// # Errors
    /// As [`Self::flush`].
    pub fn finish(&self) -> Result<(), WriteError> {
        self.flush()
    }
}

impl Reservation {
    /// Writes a whole record of `record` bytes, and void records into the room before and behind it.
    fn write(&self, buffer: &mut Blocks, record: u64) -> Result<(), Fault> {
        let void = |room: u64| RecordHeader::filler(room).encode();
        if self.before < self.position {
            self.pack.write_at(&void(self.position - self.before)?, self.before)?;
        }
        if !self.blocks {
            return self.pack.write_at(buffer.content(), self.position);
        }
        let room = self.end - self.position - record;
        if room > 0 {
            let bytes = buffer.bytes_mut();
            bytes.extend_from_slice(&void(room)?);
            let blank = usize::try_from(room).unwrap_or_default().saturating_sub(HEADER);
            bytes.resize(bytes.len() + blank, 0);
        }
        self.pack.write_blocks(buffer.content(), self.position)
    }
}

impl Core {
    fn fail(&self, error: &WriteError) {
        self.shared.lock().failure.get_or_insert_with(|| Failure::from(error));
        self.shared.changed.notify_all();
    }

    /// True when the caller is the one to write this object.
    fn claim(&self, hash: &blake3::Hash) -> Result<bool, WriteError> {
        let mut state = self.shared.lock();
        if let Some(failure) = &state.failure {
            return Err(failure.error());
        }
        let fresh = state.known.insert(*hash.as_bytes());
        state.relied_on_known |= !fresh;
        Ok(fresh)
    }

    fn is_known(&self, hash: &blake3::Hash) -> Result<bool, WriteError> {
        let mut state = self.shared.lock();
        if let Some(failure) = &state.failure {
            return Err(failure.error());
        }
        let known = state.known.contains(hash.as_bytes());
        state.relied_on_known |= known;
        Ok(known)
    }

    fn open_batch<'a>(&self, state: &'a mut State) -> &'a mut Batch {
        let number = *state.current.get_or_insert_with(|| {
            state.next_number += 1;
            state.next_number - 1
        });
        state.open.entry(number).or_insert_with(|| Batch {
            number,
            pack: None,
            in_flight: 0,
            bytes: 0,
            rows: Vec::new(),
            check: false,
        })
    }

    /// Room for a record in the current batch's pack. `blocks`: whole blocks of it, where the pack is written so.
    fn reserve(&self, bytes: u64, blocks: bool) -> Result<Reservation, WriteError> {
        let mut state = self.shared.lock();
        if let Some(failure) = &state.failure {
            return Err(failure.error());
        }
        let pack = match &state.pack {
            Some(pack) => Arc::clone(pack),
            None => {
                let inner = &self.vault.0;
                let idle = inner.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let (pack, position) = match idle {
                    Some(idle) => idle,
                    None => (Arc::new(Pack::create(&inner.pack_folder())?), FILE_MAGIC.len() as u64),
                };
                state.pack = Some(Arc::clone(&pack));
                state.position = position;
                pack
            }
        };
        let blocks = blocks && pack.is_direct();
        let before = state.position;
        let position = if blocks { next_block(before) } else { before };
        let end = if blocks { next_block(position + bytes) } else { position + bytes };
        state.position = end;
        let batch = self.open_batch(&mut state);
        batch.pack = Some(Arc::clone(&pack));
        batch.in_flight += 1;
        Ok(Reservation { batch: batch.number, pack, position, before, end, blocks })
    }

    /// The record is written (or void); the batch goes to the committer when it is full and nobody writes into it.
    fn complete(&self, reservation: &Reservation, row: Option<Row>) -> Result<(), WriteError> {
        let mut state = self.shared.lock();
        let Some(batch) = state.open.get_mut(&reservation.batch) else { return Err(Fault::Stopped.into()) };
        batch.in_flight -= 1;
        batch.bytes += row.as_ref().map_or(0, |row| row.stored);
        batch.rows.extend(row);
        let full = batch.rows.len() >= BATCH_OBJECTS || batch.bytes >= BATCH_BYTES;
        let ready = if state.current == Some(reservation.batch) {
            if full { self.close_batch(&mut state) } else { None }
        } else {
            self.take_if_idle(&mut state, reservation.batch)
        };
        drop(state);
        self.send(ready)
    }

    /// Closes the current batch to new objects. Returns it when it can be committed now.
    fn close_batch(&self, state: &mut State) -> Option<Batch> {
        let number = state.current.take()?;
        if state.position >= PACK_BYTES || !self.vault.0.is_local() {
            state.pack = None;
        }
        self.take_if_idle(state, number)
    }

    fn take_if_idle(&self, state: &mut State, number: u64) -> Option<Batch> {
        if state.open.get(&number)?.in_flight > 0 {
            return None;
        }
        let batch = state.open.remove(&number)?;
        if batch.rows.is_empty() && !batch.check {
            self.shared.changed.notify_all();
            return None;
        }
        state.committing.insert(number);
        Some(batch)
    }

    fn send(&self, batch: Option<Batch>) -> Result<(), WriteError> {
        let Some(batch) = batch else { return Ok(()) };
        self.committer.send(batch).map_err(|_| WriteError::Fault(Fault::Stopped))
    }

    fn write_whole(&self, object: &ObjectId, bytes: &[u8]) -> Result<(), WriteError> {
        let keys = &self.vault.0.keys;
        let length = bytes.len() as u64;
        let stored = stored_length(length, keys.sealed());
        let secret = keys.new_object_key()?;
        let key = secret.as_ref().map(|secret| keys.wrap(secret, &self.case, object)).transpose()?;
        let header = RecordHeader { case: self.case.clone(), object: object.clone(), length, stored, key, void: false };
        let mut pooled = self.shared.lock().buffers.pop().unwrap_or_default();
        let record = HEADER as u64 + stored;
        let buffer = pooled.begin(usize::try_from(record).unwrap_or_default());
        buffer.extend_from_slice(&header.encode()?);
        let cipher = ChunkCipher::new(secret.as_ref())?;
        let last = chunks(length) - 1;
        if bytes.is_empty() {
            cipher.seal(0, true, bytes, buffer)?;
        }
        for (index, chunk) in (0_u64..).zip(bytes.chunks(CHUNK as usize)) {
            cipher.seal(index, index == last, chunk, buffer)?;
        }
        let blocks = record >= WORTH && self.vault.0.is_local();
        let reservation = self.reserve(record, blocks)?;
        let written = reservation.write(&mut pooled, record);
        self.shared.lock().buffers.push(pooled);
        written?;
        let row = Row { object: object.clone(), position: reservation.position, length, stored, key };
        self.complete(&reservation, Some(row))
    }

    /// Refuses what would leave less than [`RESERVE`] free.
    fn has_room(&self, length: u64) -> Result<(), WriteError> {
        if length <= BUFFER {
            return Ok(());
        }
        match self.vault.0.packs.room() {
            Some(free) if length.saturating_add(RESERVE) > free => Err(WriteError::NoRoom { needed: length, free }),
            _ => Ok(()),
        }
    }

    fn write_stream(&self, source: &mut dyn Read, length: u64, claimed: bool) -> Result<Stored, WriteError> {
        let keys = &self.vault.0.keys;
        let stored = stored_length(length, keys.sealed());
        let secret = keys.new_object_key()?;
        let reservation = self.reserve(HEADER as u64 + stored, false)?;
        let mut header = RecordHeader {
            case: self.case.clone(),
            object: ObjectId("0".repeat(64)),
            length,
            stored,
            key: None,
            void: true,
        };
        let read = self.write_chunks(source, length, secret.as_ref(), &reservation);
        let keep = match &read {
            Ok(hash) => claimed || self.claim(hash)?,
            Err(_) => false,
        };
        let mut finish = || -> Result<Option<Row>, WriteError> {
            let mut row = None;
            if let (Ok(hash), true) = (&read, keep) {
                header.void = false;
                header.object = object_id(hash);
                header.key = secret.as_ref().map(|s| keys.wrap(s, &self.case, &header.object)).transpose()?;
                let (object, key) = (header.object.clone(), header.key);
                row = Some(Row { object, position: reservation.position, length, stored, key });
            }
            reservation.pack.write_at(&header.encode()?, reservation.position)?;
            Ok(row)
        };
        finish().and_then(|row| self.complete(&reservation, row)).inspect_err(|error| self.fail(error))?;
        match read {
            Ok(hash) => Ok(Stored { object: object_id(&hash), bytes: length, new: keep }),
            Err(error) => {
                if !matches!(error, WriteError::Source(_) | WriteError::LengthChanged { .. }) {
                    self.fail(&error);
                }
                Err(error)
            }
        }
    }

    /// Writes the chunks behind the header's place, and returns the id.
    fn write_chunks(
        &self,
        source: &mut dyn Read,
        length: u64,
        secret: Option<&Secret>,
        reservation: &Reservation,
    ) -> Result<blake3::Hash, WriteError> {
        let cipher = ChunkCipher::new(secret)?;
        let mut hasher = blake3::Hasher::new_keyed(&self.id_key);
        let mut position = reservation.position + HEADER as u64;
        let mut out = Vec::with_capacity((BUFFER + SEALED_CHUNK) as usize);
        let mut chunk = zeroize::Zeroizing::new(Vec::with_capacity(CHUNK as usize));
        let (count, mut found) = (chunks(length), 0);
        for index in 0..count {
            chunk.clear();
            let want = CHUNK.min(length - found);
            found += (&mut *source).take(want).read_to_end(&mut chunk).map_err(WriteError::Source)? as u64;
            if chunk.len() as u64 != want {
                return Err(WriteError::LengthChanged { expected: length, found });
            }
            hasher.update(&chunk);
            cipher.seal(index, index + 1 == count, &chunk, &mut out)?;
            if out.len() as u64 >= BUFFER || index + 1 == count {
                reservation.pack.write_at(&out, position)?;
                position += out.len() as u64;
                out.clear();
            }
        }
        if (&mut *source).take(1).read_to_end(&mut chunk).map_err(WriteError::Source)? > 0 {
            return Err(WriteError::LengthChanged { expected: length, found: found + 1 });
        }
        Ok(hasher.finalize())
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        let clean = state.failure.is_none() && state.open.is_empty() && state.committing.is_empty();
        // A pack with uncommitted records is closed instead, and cut when the vault is next opened.
        if let Some(pack) = state.pack.take()
            && clean
        {
            self.vault.0.idle.lock().unwrap_or_else(PoisonError::into_inner).push((pack, state.position));
        }
    }
}
