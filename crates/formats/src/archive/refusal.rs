//! Why a file met on the way is not read: one variant, and one sentence for a person, each.

/// Why something was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing is there.
    #[error("there is no file or folder of this name; check the spelling and that the disc or drive is connected")]
    NotFound,
    /// The operating system refuses.
    #[error("the computer does not let this be read ({0}); check its permissions, or copy it elsewhere first")]
    Unreadable(std::io::ErrorKind),
    /// A symbolic link.
    #[error("this is a link to another place and was not followed; add what it points to by itself")]
    Link,
    /// A pipe, socket or device.
    #[error("this is not a file but a pipe, socket or device, and holds no record")]
    SpecialFile,
    /// `.DS_Store`, `Thumbs.db`, `__MACOSX/` and the like.
    #[error("this is a system file and holds no record")]
    SystemFile,
    /// `../`, `/…`, `C:\…`.
    #[error("its name points outside the archive, which no honest archive does; ask the sender for a new one")]
    PathEscapes,
    /// Name longer than allowed.
    #[error("its name is longer than {limit} bytes; unpack the archive and shorten the name")]
    PathTooLong {
        /// [`crate::Limits::path_bytes`].
        limit: usize,
    },
    /// Too many files.
    #[error("it holds more than {limit} files, and the rest was not read; add its parts one by one")]
    TooManyEntries {
        /// [`crate::Limits::entries`].
        limit: u64,
    },
    /// One file is too large.
    #[error("unpacked, this file is larger than {limit} bytes; unpack the archive yourself and add the file")]
    EntryTooLarge {
        /// [`crate::Limits::entry_bytes`].
        limit: u64,
    },
    /// All files together are too large.
    #[error("unpacked, it is larger than {limit} bytes in all, and the rest was not read; add its parts one by one")]
    TooLargeInAll {
        /// [`crate::Limits::total_bytes`].
        limit: u64,
    },
    /// Unpacks to far more than it holds.
    #[error("it unpacks to more than {limit} times its size, as archives made to do harm do; the rest was not read")]
    UnpacksTooFar {
        /// [`crate::Limits::ratio`].
        limit: u64,
    },
    /// Archives in archives in archives.
    #[error("it lies in more than {limit} archives inside each other; unpack the outer ones and add it by itself")]
    TooDeep {
        /// [`crate::Limits::depth`].
        limit: u32,
    },
    /// Files share bytes.
    #[error("files in it share the same bytes, as in archives made to do harm; ask the sender for a new one")]
    Overlapping,
    /// The bytes are broken.
    #[error("this file is damaged inside the archive and could not be read; ask the sender for it again")]
    Damaged,
    /// A packing method we cannot read.
    #[error("it is packed in a way that cannot be read here; unpack the archive yourself and add the files")]
    UnknownPacking,
    /// No room for temporary files.
    #[error("there is no room to unpack it ({0}); make room on the disk and add it again")]
    NoRoom(std::io::ErrorKind),
}
