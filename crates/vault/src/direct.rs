//! Writing past the system's page cache. Bytes of an import are not read again soon: copying them into the cache costs
//! an import half of its time, and pushes out what other programs need. Only whole, aligned blocks can be written this
//! way, and some file systems do not take them at all: then the ordinary way is used.

use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::pack::{HEADER, write_all_at};

/// Offset, length and place in memory must be multiples of this. Larger than any disk's sector.
pub(crate) const BLOCK: u64 = 4096;

/// Records from this size on are written in blocks; the room lost to alignment is below a thirtieth of them.
pub(crate) const WORTH: u64 = 128 * 1024;

/// A second handle of a pack, for whole blocks.
#[derive(Debug)]
pub(crate) struct Direct {
    file: File,
    works: AtomicBool,
}

impl Direct {
    /// `None` where the system or the file system has no such thing. Only where pages of memory are known to be no larger
    /// than a block: else a small record could share a cached page with a large one written past the cache.
    pub(crate) fn open(path: &Path) -> Option<Self> {
        #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
        {
            use std::os::unix::fs::OpenOptionsExt;
            let flag = i32::try_from(rustix::fs::OFlags::DIRECT.bits()).ok()?;
            let file = std::fs::OpenOptions::new().write(true).custom_flags(flag).open(path).ok()?;
            Some(Self { file, works: AtomicBool::new(true) })
        }
        #[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
        {
            let _ = path;
            None
        }
    }

    pub(crate) fn works(&self) -> bool {
        self.works.load(Ordering::Relaxed)
    }

    /// `false`: nothing can be relied on; write the ordinary way. After a refusal it is not tried again.
    pub(crate) fn write(&self, bytes: &[u8], offset: u64) -> bool {
        let done = self.works() && write_all_at(&self.file, bytes, offset).is_ok();
        if !done {
            self.works.store(false, Ordering::Relaxed);
        }
        done
    }
}

/// The next place at or behind `position` where a block begins, and from which a void record can reach back to
/// `position` when it is not the same place.
pub(crate) fn next_block(position: u64) -> u64 {
    let next = position.next_multiple_of(BLOCK);
    if next != position && next - position < HEADER as u64 { next + BLOCK } else { next }
}

/// A buffer whose content begins on a block in memory, as long as it is not outgrown.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    bytes: Vec<u8>,
    start: usize,
}

impl Blocks {
    /// Empties the buffer and makes room for `capacity` bytes of content.
    pub(crate) fn begin(&mut self, capacity: usize) -> &mut Vec<u8> {
        let block = usize::try_from(BLOCK).unwrap_or(4096);
        self.bytes.clear();
        // The start of the content, and a void record behind it that reaches the block after next.
        self.bytes.reserve(capacity + 3 * block);
        self.start = self.bytes.as_ptr().align_offset(block).min(block);
        self.bytes.resize(self.start, 0);
        &mut self.bytes
    }

    /// The content.
    pub(crate) fn content(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    /// The whole buffer, to write more into.
    pub(crate) fn bytes_mut(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_before_a_block_is_none_or_fits_a_void_record() {
        for position in 0..3 * BLOCK {
            let next = next_block(position);
            assert!(next.is_multiple_of(BLOCK) && next >= position && next - position < 2 * BLOCK);
            assert!(next == position || next - position >= HEADER as u64, "{position}");
        }
    }

    #[test]
    fn content_begins_on_a_block_in_memory_each_time_the_buffer_is_used() {
        let mut blocks = Blocks::default();
        for capacity in [1, 5_000, 200_000, 10] {
            blocks.begin(capacity).extend(std::iter::repeat_n(7, capacity));
            assert_eq!(blocks.content().len(), capacity);
            assert_eq!(blocks.content().as_ptr().align_offset(4096), 0, "{capacity}");
        }
    }

    #[test]
    fn what_cannot_be_written_in_blocks_says_so_and_is_not_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pack");
        std::fs::write(&path, b"").unwrap();
        let Some(direct) = Direct::open(&path) else {
            println!("skipped: this file system writes nothing past its cache");
            return;
        };
        assert!(!direct.write(b"no block", 3));
        assert!(!direct.works() && !direct.write(&[0; 8192], 0));
    }
}
