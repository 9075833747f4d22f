//! One file's bytes: small ones in memory, large ones behind a file handle, so that memory stays bounded.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

/// Reads and seeks; what parsers take.
pub trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// The bytes of one file.
#[derive(Debug)]
pub enum Content {
    /// In memory.
    Memory(Vec<u8>),
    /// Behind a handle: a file of the person's, or an unlinked temporary one. Read from position 0.
    File {
        /// Open for reading.
        file: File,
        /// Its length in bytes when it was opened.
        length: u64,
    },
}

impl Content {
    /// Length in bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File { length, .. } => *length,
        }
    }

    /// A reader at the beginning. Each call has its own position only for memory; for a file, use one reader at a time.
    ///
    /// # Errors
    /// When the file cannot be rewound.
    pub fn reader(&self) -> io::Result<Box<dyn ReadSeek + '_>> {
        match self {
            Self::Memory(bytes) => Ok(Box::new(Cursor::new(bytes.as_slice()))),
            Self::File { file, .. } => {
                let mut file = file;
                file.seek(SeekFrom::Start(0))?;
                Ok(Box::new(Buffered::new(file)))
            }
        }
    }

    /// The first `n` bytes, or fewer if the file is shorter.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn head(&self, n: usize) -> io::Result<Cow<'_, [u8]>> {
        match self {
            Self::Memory(bytes) => Ok(Cow::Borrowed(bytes.get(..n.min(bytes.len())).unwrap_or_default())),
            Self::File { .. } => {
                let mut head = Vec::new();
                self.reader()?.take(n as u64).read_to_end(&mut head)?;
                Ok(Cow::Owned(head))
            }
        }
    }

    /// All bytes, if there are at most `limit`; `None` otherwise.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn bytes(&self, limit: u64) -> io::Result<Option<Cow<'_, [u8]>>> {
        if self.length() > limit {
            return Ok(None);
        }
        match self {
            Self::Memory(bytes) => Ok(Some(Cow::Borrowed(bytes))),
            Self::File { .. } => {
                let mut all = Vec::new();
                self.reader()?.take(limit + 1).read_to_end(&mut all)?;
                Ok((all.len() as u64 <= limit).then_some(Cow::Owned(all)))
            }
        }
    }
}

/// A buffered reader that keeps its buffer over a seek that stays inside it. Archives seek before every entry;
/// `std::io::BufReader` would read the same block again for each of a hundred thousand small files.
struct Buffered<'a> {
    file: &'a File,
    buffer: Vec<u8>,
    /// Position in the file of the first byte of `buffer`.
    start: u64,
    /// Position the next read begins at.
    position: u64,
    length: u64,
}

const BUFFER: usize = 64 << 10;

impl<'a> Buffered<'a> {
    fn new(file: &'a File) -> Self {
        let length = file.metadata().map_or(0, |m| m.len());
        Self { file, buffer: Vec::new(), start: 0, position: 0, length }
    }

    /// The bytes at the position that are already in the buffer.
    fn ready(&self) -> &[u8] {
        let at = self.position.checked_sub(self.start).and_then(|n| usize::try_from(n).ok());
        at.and_then(|at| self.buffer.get(at..)).unwrap_or_default()
    }
}

impl Read for Buffered<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.ready().is_empty() {
            let mut file = self.file;
            file.seek(SeekFrom::Start(self.position))?;
            if into.len() >= BUFFER {
                let n = file.read(into)?;
                self.position += n as u64;
                return Ok(n);
            }
            self.start = self.position;
            self.buffer.resize(BUFFER, 0);
            let n = file.read(&mut self.buffer);
            self.buffer.truncate(*n.as_ref().unwrap_or(&0));
            n?;
        }
        let mut ready = self.ready();
        let n = ready.read(into)?;
        self.position += n as u64;
        Ok(n)
    }
}

impl Seek for Buffered<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Memory(bytes)
    }
}
