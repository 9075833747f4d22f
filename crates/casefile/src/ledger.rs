//! The ledger: an append-only chain of headers, each committing to a payload.
//!
//! The chain covers headers only, so a payload can be sealed, withheld or purged and the chain still verifies. The
//! commitment is a salted hash of the payload's bytes exactly as first written; they are never re-serialised. A chain
//! alone does not stop its owner from rewriting it: letters and packets print [`Head`], and a printed head does.

use serde::{Deserialize, Serialize};

use crate::shared::ids::{ActorId, CaseId};
use crate::shared::time::Instant;

/// A BLAKE3 hash, written as lower-case hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// 64 hexadecimal digits.
    #[must_use]
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }

    /// The first 16 hexadecimal digits in groups of four, for print: `1f3a 99c0 …`.
    #[must_use]
    pub fn short(self) -> String {
        let hex = self.to_hex();
        hex.as_bytes().chunks(4).take(4).filter_map(|c| std::str::from_utf8(c).ok()).collect::<Vec<_>>().join(" ")
    }
}

impl Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(&text, &mut bytes).map_err(serde::de::Error::custom)?;
        Ok(Self(bytes))
    }
}

/// The part of an entry the chain covers. Stays in the clear: it holds no name and no record text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Position in the case's ledger, from 1.
    pub seq: u64,
    /// When.
    pub at: Instant,
    /// Who: `owner`, or the id of a granted access. Never a name.
    pub by: ActorId,
    /// What sort of change: `gather.document_added`.
    pub kind: String,
    /// Salted hash of the payload's bytes.
    pub payload_commitment: Hash,
    /// Hash of the header before; for the first, that of [`Head::start`].
    pub prev: Hash,
}

impl Header {
    /// Hash of this header: BLAKE3 over its fields, each preceded by its length, under a fixed context.
    #[must_use]
    pub fn hash(&self) -> Hash {
        let mut hasher = blake3::Hasher::new_derive_key("consilium ledger header v1");
        let mut field = |bytes: &[u8]| {
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        };
        field(&self.seq.to_le_bytes());
        field(&self.at.micros.to_le_bytes());
        field(&self.at.offset_minutes.to_le_bytes());
        field(self.by.as_str().as_bytes());
        field(self.kind.as_bytes());
        field(&self.payload_commitment.0);
        field(&self.prev.0);
        Hash(*hasher.finalize().as_bytes())
    }
}

/// What an entry says, as bytes, with the salt of its commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// 32 random bytes. Purged together with the bytes, so that a commitment cannot be tested against guesses.
    pub salt: [u8; 32],
    /// JSON of a [`crate::Change`], exactly as first written.
    pub bytes: Vec<u8>,
}

impl Payload {
    /// The salted hash that stands in the header.
    #[must_use]
    pub fn commitment(&self) -> Hash {
        let mut hasher = blake3::Hasher::new_derive_key("consilium ledger payload v1");
        hasher.update(&self.salt);
        hasher.update(&self.bytes);
        Hash(*hasher.finalize().as_bytes())
    }
}

/// A header with what became of its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The chained part.
    pub header: Header,
    /// What it says.
    pub body: Body,
}

/// What became of a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Here.
    Here(Payload),
    /// Deleted on purpose; a tombstone stands in its place.
    Purged,
    /// Held back from this reader (an exported ledger).
    Withheld,
}

/// The newest entry's position and hash: what the next append expects, and what print carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Number of entries.
    pub seq: u64,
    /// Hash of the last header; a hash of the case's id when there is none.
    pub hash: Hash,
}

impl Head {
    /// Before the first entry. Binds the chain to its case, so that a ledger cannot pass as another case's.
    #[must_use]
    pub fn start(case: &CaseId) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("consilium ledger start v1");
        hasher.update(case.as_str().as_bytes());
        Self { seq: 0, hash: Hash(*hasher.finalize().as_bytes()) }
    }
}

/// A change ready to be chained: what the vault is given to append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// When.
    pub at: Instant,
    /// Who.
    pub by: ActorId,
    /// What sort of change.
    pub kind: String,
    /// What it says.
    pub payload: Payload,
}

/// Chains drafts behind a head. Returns the entries and the new head.
#[must_use]
pub fn chain(head: Head, drafts: Vec<Draft>) -> (Vec<Entry>, Head) {
    let mut head = head;
    let entries = drafts
        .into_iter()
        .map(|draft| {
            let header = Header {
                seq: head.seq + 1,
                at: draft.at,
                by: draft.by,
                kind: draft.kind,
                payload_commitment: draft.payload.commitment(),
                prev: head.hash,
            };
            head = Head { seq: header.seq, hash: header.hash() };
            Entry { header, body: Body::Here(draft.payload) }
        })
        .collect();
    (entries, head)
}

/// Where a ledger does not hold together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A number is missing or repeated.
    #[error("entry {found} stands where entry {expected} should: an entry was removed, added or moved")]
    OutOfOrder {
        /// What should stand here.
        expected: u64,
        /// What stands here.
        found: u64,
    },
    /// A header does not follow from the one before it.
    #[error("entry {seq} does not follow from the entry before it: one of the two was altered")]
    NotChained {
        /// The entry.
        seq: u64,
    },
    /// A payload is not the one that was written.
    #[error("the content of entry {seq} is not what was first written")]
    Altered {
        /// The entry.
        seq: u64,
    },
    /// The ledger is shorter or other than a head printed earlier.
    #[error("the ledger does not contain the printed head: it was cut or rewritten")]
    HeadNotFound,
}

/// Walks the chain of a case: numbers, links and commitments. A stranger can run this on an exported ledger.
///
/// # Errors
/// The first place that does not hold.
pub fn verify(case: &CaseId, entries: &[Entry]) -> Result<Head, Broken> {
    let mut head = Head::start(case);
    for entry in entries {
        let header = &entry.header;
        if header.seq != head.seq + 1 {
            return Err(Broken::OutOfOrder { expected: head.seq + 1, found: header.seq });
        }
        if header.prev != head.hash {
            return Err(Broken::NotChained { seq: header.seq });
        }
        if let Body::Here(payload) = &entry.body
            && payload.commitment() != header.payload_commitment
        {
            return Err(Broken::Altered { seq: header.seq });
        }
        head = Head { seq: header.seq, hash: header.hash() };
    }
    Ok(head)
}

/// Verifies, and that a head printed earlier (on a letter, a packet) is still part of the chain.
///
/// # Errors
/// As [`verify`], or [`Broken::HeadNotFound`].
pub fn verify_with_printed_head(case: &CaseId, entries: &[Entry], printed: Head) -> Result<Head, Broken> {
    let head = verify(case, entries)?;
    let found = printed == Head::start(case)
        || entries.iter().any(|e| e.header.seq == printed.seq && e.header.hash() == printed.hash);
    if found { Ok(head) } else { Err(Broken::HeadNotFound) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(text: &str) -> Draft {
        Draft {
            at: Instant { micros: 1_790_000_000_000_000, offset_minutes: -300 },
            by: ActorId::from("owner"),
            kind: "about.opened".to_owned(),
            payload: Payload { salt: [7; 32], bytes: text.as_bytes().to_vec() },
        }
    }

    fn case() -> CaseId {
        CaseId::from("case-1")
    }

    fn ledger() -> Vec<Entry> {
        chain(Head::start(&case()), vec![draft("one"), draft("two"), draft("three")]).0
    }

    #[test]
    fn an_untouched_ledger_verifies_and_so_does_one_with_purged_or_withheld_payloads() {
        let mut entries = ledger();
        let head = verify(&case(), &entries).unwrap();
        entries[0].body = Body::Purged;
        entries[1].body = Body::Withheld;
        assert_eq!(verify(&case(), &entries), Ok(head));
        assert_eq!(verify_with_printed_head(&case(), &entries, head), Ok(head));
    }

    #[test]
    fn an_altered_payload_is_found() {
        let mut entries = ledger();
        if let Body::Here(payload) = &mut entries[1].body {
            payload.bytes = b"TWO".to_vec();
        }
        assert_eq!(verify(&case(), &entries), Err(Broken::Altered { seq: 2 }));
    }

    #[test]
    fn a_removed_moved_or_redated_entry_is_found() {
        let mut cut = ledger();
        cut.remove(1);
        assert_eq!(verify(&case(), &cut), Err(Broken::OutOfOrder { expected: 2, found: 3 }));
        let mut redated = ledger();
        redated[1].header.at.micros += 1;
        assert_eq!(verify(&case(), &redated), Err(Broken::NotChained { seq: 3 }));
    }

    #[test]
    fn a_ledger_cut_at_its_end_betrays_itself_to_a_printed_head() {
        let mut entries = ledger();
        let printed = verify(&case(), &entries).unwrap();
        entries.pop();
        assert!(verify(&case(), &entries).is_ok());
        assert_eq!(verify_with_printed_head(&case(), &entries, printed), Err(Broken::HeadNotFound));
    }

    #[test]
    fn a_ledger_does_not_pass_as_another_cases() {
        assert_eq!(verify(&CaseId::from("case-2"), &ledger()), Err(Broken::NotChained { seq: 1 }));
    }
}
