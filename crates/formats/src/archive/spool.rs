//! Takes a file out of an archive: into memory while it is small, into an unlinked temporary file when it is not,
//! and never more than the limits allow.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::Refusal;
use crate::{Content, Limits};

/// Files up to this size stay in memory, bytes.
pub(super) const IN_MEMORY: u64 = 8 << 20;
/// Up to here no ratio is held against an archive, bytes.
const RATIO_FROM: u64 = 64 << 20;

/// What may still be unpacked. One for each input a person named; the ratio counts from the outermost archive.
#[derive(Debug)]
pub(super) struct Budget {
    limits: Limits,
    /// Unpacked from the whole input.
    total: u64,
    /// Unpacked from the outermost archive we are in.
    unpacked: u64,
    /// Length of the outermost archive.
    packed: u64,
}

impl Budget {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { limits: *limits, total: 0, unpacked: 0, packed: 0 }
    }

    /// Begins an outermost archive of this length, bytes.
    pub(super) fn begin(&mut self, packed: u64) {
        self.unpacked = 0;
        self.packed = packed;
    }

    /// The lowest bound that is left, and what to say when it is met.
    fn left(&self) -> (u64, Refusal) {
        let limits = &self.limits;
        let far = self.packed.saturating_mul(limits.ratio).max(RATIO_FROM).saturating_sub(self.unpacked);
        let all = limits.total_bytes.saturating_sub(self.total);
        [
            (far, Refusal::UnpacksTooFar { limit: limits.ratio }),
            (all, Refusal::TooLargeInAll { limit: limits.total_bytes }),
        ]
        .into_iter()
        .fold((limits.entry_bytes, Refusal::EntryTooLarge { limit: limits.entry_bytes }), |low, next| {
            if next.0 < low.0 { next } else { low }
        })
    }

    fn spend(&mut self, bytes: u64) {
        self.total = self.total.saturating_add(bytes);
        self.unpacked = self.unpacked.saturating_add(bytes);
    }
}

/// Why a file could not be taken out.
#[derive(Debug)]
pub(super) enum Fault {
    /// A bound was met, or there is no room.
    Refused(Refusal),
    /// The archive could not be read.
    Source,
}

impl Refusal {
    /// Whether the archive as a whole has met its bound, so that reading on is of no use.
    pub(super) fn ends_archive(&self) -> bool {
        matches!(self, Self::UnpacksTooFar { .. } | Self::TooLargeInAll { .. } | Self::NoRoom(_))
    }
}

/// Reads all of `source`.
pub(super) fn take(source: &mut dyn Read, scratch: &Path, budget: &mut Budget) -> Result<Content, Fault> {
    let (left, refusal) = budget.left();
    let mut memory = Vec::new();
    let mut file: Option<std::fs::File> = None;
    let mut length: u64 = 0;
    let mut block = vec![0; 64 << 10];
    loop {
        let n = match source.read(&mut block) {
            Ok(0) => break,
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => {
                budget.spend(length);
                return Err(Fault::Source);
            }
        };
        length += n as u64;
        if length > left {
            budget.spend(length);
            return Err(Fault::Refused(refusal));
        }
        let read = block.get(..n).unwrap_or_default();
        let wrote = match file.as_mut() {
            Some(file) => file.write_all(read),
            None => {
                memory.extend_from_slice(read);
                if memory.len() as u64 <= IN_MEMORY {
                    continue;
                }
                tempfile::tempfile_in(scratch).and_then(|mut new| {
                    new.write_all(&memory)?;
                    memory = Vec::new();
                    file = Some(new);
                    Ok(())
                })
            }
        };
        if let Err(e) = wrote {
            budget.spend(length);
            return Err(Fault::Refused(Refusal::NoRoom(e.kind())));
        }
    }
    budget.spend(length);
    match file {
        None => Ok(Content::Memory(memory)),
        Some(mut file) => match file.seek(SeekFrom::Start(0)) {
            Ok(_) => Ok(Content::File { file, length }),
            Err(e) => Err(Fault::Refused(Refusal::NoRoom(e.kind()))),
        },
    }
}
