//! How much of a stranger's input we are willing to unpack and read. A value, so that tests can make it small.

/// Bounds for archives and documents. Every refusal names the bound that was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Entries in one archive, and files below one folder.
    pub entries: u64,
    /// Bytes unpacked from one top-level input, all levels together.
    pub total_bytes: u64,
    /// Bytes of a single file inside an archive.
    pub entry_bytes: u64,
    /// Unpacked bytes for each packed byte, once more than 64 MiB have been unpacked.
    pub ratio: u64,
    /// Archives inside archives.
    pub depth: u32,
    /// Bytes of a path inside an archive.
    pub path_bytes: usize,
    /// Bytes of a document that is read as a whole (PDF, XML, JSON, e-mail). Larger ones are kept and not read.
    pub document_bytes: u64,
    /// Nesting of JSON and XML.
    pub nesting: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 1_000_000,
            total_bytes: 64 << 30,
            entry_bytes: 16 << 30,
            ratio: 200,
            depth: 6,
            path_bytes: 4096,
            document_bytes: 256 << 20,
            nesting: 128,
        }
    }
}
