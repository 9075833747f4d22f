//! The structure of a TIFF file: directories and the numbers in them, also those of Exif data. Every read is bounded.
//! What must not live here: pixels.

use std::collections::HashSet;

/// Directories that are walked: pages of a TIFF.
const MOST_DIRECTORIES: usize = 10_000;
/// Numbers of one entry that are read: strips of a page.
const MOST_NUMBERS: u32 = 200_000;

/// Numbers of a TIFF structure in its byte order.
pub(crate) struct Tiff<'a> {
    bytes: &'a [u8],
    little: bool,
}

impl<'a> Tiff<'a> {
    /// `None` when this is no TIFF (TIFF 6.0, section 2).
    pub(crate) fn new(bytes: &'a [u8]) -> Option<Self> {
        let little = match bytes.get(..4)? {
            [b'I', b'I', 42, 0] => true,
            [b'M', b'M', 0, 42] => false,
            _ => return None,
        };
        Some(Self { bytes, little })
    }

    pub(crate) fn u16(&self, at: usize) -> Option<u16> {
        let bytes: [u8; 2] = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    }

    pub(crate) fn u32(&self, at: usize) -> Option<u32> {
        let bytes: [u8; 4] = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    /// Where an entry of the directory at `directory` begins, by its tag.
    pub(crate) fn entry(&self, directory: usize, tag: u16) -> Option<usize> {
        let entries = usize::from(self.u16(directory)?);
        (0..entries).map(|i| directory + 2 + 12 * i).find(|at| self.u16(*at) == Some(tag))
    }

    fn next_directory(&self, directory: usize) -> Option<usize> {
        let entries = usize::from(self.u16(directory)?);
        self.u32(directory.checked_add(2 + 12 * entries)?).map(|at| at as usize).filter(|at| *at != 0)
    }

    /// Where the directories begin, one a page. A chain that comes back to itself ends.
    pub(crate) fn directories(&self) -> Vec<usize> {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        let mut next = self.u32(4).map(|at| at as usize);
        while let Some(at) = next {
            if self.u16(at).is_none() || !seen.insert(at) || found.len() >= MOST_DIRECTORIES {
                break;
            }
            found.push(at);
            next = self.next_directory(at);
        }
        found
    }

    /// The first number of an entry, BYTE, SHORT or LONG.
    pub(crate) fn number(&self, directory: usize, tag: u16) -> Option<u32> {
        self.numbers(directory, tag)?.first().copied()
    }

    /// All numbers of an entry, BYTE, SHORT or LONG.
    pub(crate) fn numbers(&self, directory: usize, tag: u16) -> Option<Vec<u32>> {
        let entry = self.entry(directory, tag)?;
        let count = self.u32(entry.checked_add(4)?)?;
        let size = match self.u16(entry.checked_add(2)?)? {
            1 | 7 => 1,
            3 => 2,
            4 => 4,
            _ => return None,
        };
        if count > MOST_NUMBERS {
            return None;
        }
        // Up to four bytes stand in the entry itself, more behind an offset.
        let value = entry.checked_add(8)?;
        let start = if count as usize * size <= 4 { value } else { self.u32(value)? as usize };
        (0..count as usize)
            .map(|i| {
                let at = start.checked_add(i * size)?;
                match size {
                    1 => self.bytes.get(at).copied().map(u32::from),
                    2 => self.u16(at).map(u32::from),
                    _ => self.u32(at),
                }
            })
            .collect()
    }

    /// A RATIONAL entry; `None` when its denominator is zero.
    pub(crate) fn rational(&self, directory: usize, tag: u16) -> Option<f64> {
        let entry = self.entry(directory, tag)?;
        let at = self.u32(entry.checked_add(8)?)? as usize;
        let (over, under) = (self.u32(at)?, self.u32(at.checked_add(4)?)?);
        (self.u16(entry.checked_add(2)?)? == 5 && under != 0).then(|| f64::from(over) / f64::from(under))
    }

    /// The whole file.
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The file with the directory at `directory` as its first, so that a reader of one picture reads that page.
    pub(crate) fn beginning_with(&self, directory: usize) -> Option<Vec<u8>> {
        let offset = u32::try_from(directory).ok()?;
        let mut bytes = self.bytes.to_vec();
        let written = if self.little { offset.to_le_bytes() } else { offset.to_be_bytes() };
        bytes.get_mut(4..8)?.copy_from_slice(&written);
        Some(bytes)
    }
}
