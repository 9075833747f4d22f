//! Pack files: the record format, writing at reserved offsets, and finding records again without the index. What must
//! not live here: rows, keys, batches.
//!
//! ```text
//! file    "CONSILIUM PACK 1", then records
//! record  header (168 bytes), then the stored bytes
//! header  magic 8 · flags 4 · case id 36 · object id 32 · plain length 8 · stored length 8 · wrapped key 60 · check 12
//! ```
//! Numbers are little endian; ids shorter than their field are followed by zero bytes; flag bit 0 means sealed, bit 1
//! void (never committed, purged, or room left so that the next record begins on a block: the stored bytes mean
//! nothing). The check is the start of the BLAKE3 hash of the header before it. A pack has one writer, which holds its
//! lock.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use consilium_casefile::{CaseId, ObjectId};

use crate::direct::Direct;
use crate::error::Fault;
use crate::home::{private_file, sync_folder};
use crate::seal::WRAPPED;

pub(crate) const FILE_MAGIC: &[u8; 16] = b"CONSILIUM PACK 1";
pub(crate) const RECORD_MAGIC: &[u8; 8] = b"\xc0record\x01";
pub(crate) const HEADER: usize = 168;
/// Longest case id the format holds, bytes: a UUID as text.
pub(crate) const CASE_ID: usize = 36;

const CHECK: usize = 12;
const SEALED: u32 = 1;
const VOID: u32 = 2;

/// The header of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordHeader {
    pub(crate) case: CaseId,
    pub(crate) object: ObjectId,
    /// Length of the object, bytes.
    pub(crate) length: u64,
    /// Length of what follows the header, bytes.
    pub(crate) stored: u64,
    /// The wrapped object key; `None` in a plain vault.
    pub(crate) key: Option<[u8; WRAPPED]>,
    pub(crate) void: bool,
}

impl RecordHeader {
    /// A record that holds nothing and takes `room` bytes in all.
    pub(crate) fn filler(room: u64) -> Self {
        let stored = room.saturating_sub(HEADER as u64);
        let (case, object) = (CaseId::from(""), ObjectId("0".repeat(64)));
        Self { case, object, length: stored, stored, key: None, void: true }
    }

    pub(crate) fn encode(&self) -> Result<[u8; HEADER], Fault> {
        let unusable = |what: &str| Fault::Unusable(format!("the {what} cannot be stored in a pack"));
        let case = self.case.as_str().as_bytes();
        if case.len() > CASE_ID || case.contains(&0) {
            return Err(unusable("case id"));
        }
        let mut object = [0; 32];
        hex::decode_to_slice(self.object.as_str(), &mut object).map_err(|_| unusable("object id"))?;
        let flags = if self.key.is_some() { SEALED } else { 0 } | if self.void { VOID } else { 0 };
        let mut bytes = Vec::with_capacity(HEADER);
        bytes.extend_from_slice(RECORD_MAGIC);
        bytes.extend_from_slice(&flags.to_le_bytes());
        bytes.extend_from_slice(case);
        bytes.resize(8 + 4 + CASE_ID, 0);
        bytes.extend_from_slice(&object);
        bytes.extend_from_slice(&self.length.to_le_bytes());
        bytes.extend_from_slice(&self.stored.to_le_bytes());
        bytes.extend_from_slice(self.key.as_ref().unwrap_or(&[0; WRAPPED]));
        let hash = blake3::hash(&bytes);
        bytes.extend_from_slice(hash.as_bytes().get(..CHECK).unwrap_or_default());
        bytes.try_into().map_err(|_| unusable("record"))
    }

    /// `None` when the bytes are no intact header.
    pub(crate) fn decode(bytes: &[u8; HEADER]) -> Option<Self> {
        let (body, check) = bytes.split_last_chunk::<CHECK>()?;
        if !blake3::hash(body).as_bytes().starts_with(check) {
            return None;
        }
        let (magic, rest) = body.split_first_chunk::<8>()?;
        let (flags, rest) = rest.split_first_chunk::<4>()?;
        let (case, rest) = rest.split_first_chunk::<CASE_ID>()?;
        let (object, rest) = rest.split_first_chunk::<32>()?;
        let (length, rest) = rest.split_first_chunk::<8>()?;
        let (stored, rest) = rest.split_first_chunk::<8>()?;
        let key: [u8; WRAPPED] = rest.try_into().ok()?;
        let flags = u32::from_le_bytes(*flags);
        let case = std::str::from_utf8(case.split(|b| *b == 0).next()?).ok()?;
        (magic == RECORD_MAGIC).then(|| Self {
            case: CaseId::from(case),
            object: ObjectId(hex::encode(object)),
            length: u64::from_le_bytes(*length),
            stored: u64::from_le_bytes(*stored),
            key: (flags & SEALED != 0).then_some(key),
            void: flags & VOID != 0,
        })
    }
}

/// A pack's file name.
pub(crate) fn file_name(pack: &str) -> String {
    format!("{pack}.pack")
}

/// A pack this process writes: nobody else does while its lock is held. The lock is a file of its own, because some
/// systems let nobody read a locked file.
#[derive(Debug)]
pub(crate) struct Pack {
    pub(crate) id: String,
    pub(crate) path: PathBuf,
    file: File,
    direct: Option<Direct>,
    _lock: File,
}

impl Pack {
    /// A new pack, durable in name, locked before it appears.
    pub(crate) fn create(folder: &Path) -> Result<Self, Fault> {
        let id = uuid::Uuid::new_v4().to_string();
        let path = folder.join(file_name(&id));
        let make = || -> io::Result<(File, File)> {
            let lock = private_file().create_new(true).open(path.with_extension("lock"))?;
            lock.try_lock()?;
            let file = private_file().read(true).create_new(true).open(&path)?;
            write_all_at(&file, FILE_MAGIC, 0)?;
            Ok((file, lock))
        };
        let (file, lock) = make().map_err(Fault::file(&path))?;
        sync_folder(folder)?;
        let direct = Direct::open(&path);
        Ok(Self { id, path, file, direct, _lock: lock })
    }

    /// Whether large records had better be written in whole blocks past the system's cache.
    pub(crate) fn is_direct(&self) -> bool {
        self.direct.as_ref().is_some_and(Direct::works)
    }

    /// Writes whole blocks: `bytes`, `offset` and their length must be aligned. What the system does not take this way
    /// is written the ordinary way.
    pub(crate) fn write_blocks(&self, bytes: &[u8], offset: u64) -> Result<(), Fault> {
        if let Some(direct) = &self.direct
            && direct.write(bytes, offset)
        {
            return Ok(());
        }
        self.write_at(bytes, offset)
    }

    /// Takes over a pack of a process that ended; `None` when one still writes it or it is gone.
    pub(crate) fn adopt(path: &Path) -> Result<Option<Self>, Fault> {
        let Some(id) = path.file_stem().and_then(|s| s.to_str()).map(str::to_owned) else { return Ok(None) };
        let lock_path = path.with_extension("lock");
        let lock = private_file().create(true).truncate(false).open(&lock_path).map_err(Fault::file(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Ok(None),
            Err(std::fs::TryLockError::Error(error)) => return Err(Fault::file(lock_path)(error)),
        }
        match private_file().read(true).open(path) {
            Ok(file) => Ok(Some(Self { id, path: path.to_owned(), file, direct: Direct::open(path), _lock: lock })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let _ = std::fs::remove_file(&lock_path);
                Ok(None)
            }
            Err(error) => Err(Fault::file(path)(error)),
        }
    }

    pub(crate) fn write_at(&self, bytes: &[u8], offset: u64) -> Result<(), Fault> {
        write_all_at(&self.file, bytes, offset).map_err(Fault::file(&self.path))?;
        start_writeback(&self.file, offset, bytes.len());
        Ok(())
    }

    pub(crate) fn length(&self) -> Result<u64, Fault> {
        self.file.metadata().map(|m| m.len()).map_err(Fault::file(&self.path))
    }

    pub(crate) fn cut(&self, length: u64) -> Result<(), Fault> {
        self.file.set_len(length).and_then(|()| self.file.sync_all()).map_err(Fault::file(&self.path))
    }

    pub(crate) fn sync(&self) -> Result<(), Fault> {
        self.file.sync_data().map_err(Fault::file(&self.path))
    }

    pub(crate) fn delete(&self) -> Result<(), Fault> {
        std::fs::remove_file(&self.path).map_err(Fault::file(&self.path))?;
        // Only after the pack: a lock file without a pack is tidied away by whoever meets it.
        let _ = std::fs::remove_file(self.path.with_extension("lock"));
        Ok(())
    }
}

/// Asks the system to begin writing to disk now, so that the sync at the end of the batch finds little to do. Measured
/// as a fifth of the import's time; only a hint, so its failure means nothing.
fn start_writeback(file: &File, offset: u64, length: usize) {
    #[cfg(target_os = "linux")]
    {
        let length = u64::try_from(length).ok().and_then(std::num::NonZeroU64::new);
        let _ = rustix::fs::fadvise(file, offset, length, rustix::fs::Advice::DontNeed);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (file, offset, length);
}

/// Writes all bytes at an offset, leaving the file's position to others.
pub(crate) fn write_all_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::write_all_at(file, bytes, offset);
    #[cfg(windows)]
    {
        let (mut bytes, mut offset) = (bytes, offset);
        while !bytes.is_empty() {
            let written = std::os::windows::fs::FileExt::seek_write(file, bytes, offset)?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            bytes = bytes.get(written..).unwrap_or_default();
            offset += written as u64;
        }
        Ok(())
    }
}

/// Reads exactly `out.len()` bytes at an offset.
pub(crate) fn read_exact_at(file: &File, out: &mut [u8], offset: u64) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::read_exact_at(file, out, offset);
    #[cfg(windows)]
    {
        let (mut out, mut offset) = (out, offset);
        while !out.is_empty() {
            let read = std::os::windows::fs::FileExt::seek_read(file, out, offset)?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            out = out.get_mut(read..).unwrap_or_default();
            offset += read as u64;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> RecordHeader {
        RecordHeader {
            case: CaseId::from("0190b2f0-0000-7000-8000-000000000001"),
            object: ObjectId("ab".repeat(32)),
            length: 70_000,
            stored: 70_032,
            key: Some([9; WRAPPED]),
            void: false,
        }
    }

    #[test]
    fn the_record_format_is_what_released_versions_wrote() {
        let bytes = header().encode().unwrap();
        let expect = concat!(
            "c07265636f726401",
            "01000000",
            "30313930623266302d303030302d373030302d383030302d303030303030303030303031",
            "abababababababababababababababababababababababababababababababab",
            "7011010000000000",
            "9011010000000000",
            "090909090909090909090909090909090909090909090909090909090909",
            "090909090909090909090909090909090909090909090909090909090909",
        );
        assert_eq!(hex::encode(&bytes[..HEADER - CHECK]), expect);
        assert_eq!(hex::encode(&bytes[HEADER - CHECK..]), GOLDEN_CHECK);
        assert_eq!(FILE_MAGIC, b"CONSILIUM PACK 1");
    }

    const GOLDEN_CHECK: &str = "6041bc886cb39252a40c9a77";

    #[test]
    fn a_header_reads_back_and_an_altered_one_does_not() {
        for header in [
            header(),
            RecordHeader { key: None, ..header() },
            RecordHeader { void: true, case: CaseId::from("short"), ..header() },
        ] {
            let bytes = header.encode().unwrap();
            assert_eq!(RecordHeader::decode(&bytes), Some(header));
            for at in 0..HEADER {
                let mut other = bytes;
                other[at] ^= 0x10;
                assert_eq!(RecordHeader::decode(&other), None, "byte {at}");
            }
        }
        assert_eq!(RecordHeader::decode(&[0; HEADER]), None);
    }

    #[test]
    fn an_id_that_does_not_fit_is_refused() {
        let long = RecordHeader { case: CaseId("x".repeat(37)), ..header() };
        assert!(long.encode().is_err());
        let odd = RecordHeader { object: ObjectId::from("nothex"), ..header() };
        assert!(odd.encode().is_err());
    }

    #[test]
    fn a_pack_in_use_is_not_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let pack = Pack::create(folder.path()).unwrap();
        assert!(Pack::adopt(&pack.path).unwrap().is_none());
        let path = pack.path.clone();
        drop(pack);
        assert!(Pack::adopt(&path).unwrap().is_some());
        assert!(Pack::adopt(&folder.path().join("absent.pack")).unwrap().is_none());
    }
}
