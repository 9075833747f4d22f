//! Sealing: the keys of a vault, small sealed values (ledger payloads, handles), and objects sealed in chunks so that a
//! range can be opened without the rest. What must not live here: files, databases, passphrases.
//!
//! Objects: AES-256-GCM over chunks of 64 KiB, a fresh key per object; the nonce is the chunk's number and whether it
//! is the last, so that chunks cannot be reordered, dropped or cut without notice. Chunk `i` begins at
//! `i × (65536 + 16)`. Plain vaults store the same bytes unsealed.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use consilium_casefile::{CaseId, ObjectId};
use zeroize::Zeroizing;

use crate::error::Fault;

/// Bytes of plain content in a chunk.
pub(crate) const CHUNK: u64 = 64 * 1024;
/// Bytes the seal adds to each chunk.
pub(crate) const TAG: u64 = 16;
/// A sealed chunk.
pub(crate) const SEALED_CHUNK: u64 = CHUNK + TAG;
/// An object key wrapped by the vault key: nonce, key, tag.
pub(crate) const WRAPPED: usize = 12 + 32 + 16;

const NONCE: usize = 12;

/// 32 secret bytes, erased from memory when dropped.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

pub(crate) fn random<const N: usize>() -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| Fault::Unusable("the system gave no random numbers; nothing was written".to_owned()))?;
    Ok(bytes)
}

fn cipher(key: &[u8; 32]) -> Result<LessSafeKey, Fault> {
    UnboundKey::new(&AES_256_GCM, key).map(LessSafeKey::new).map_err(|_| sealing_failed())
}

fn sealing_failed() -> Fault {
    Fault::Unusable("sealing failed; nothing was written".to_owned())
}

/// Seals a small value: random nonce, sealed bytes, tag. `context` must be the same to open it.
pub(crate) fn seal_value(key: &[u8; 32], context: &[u8], plain: &[u8]) -> Result<Vec<u8>, Fault> {
    let nonce = random::<NONCE>()?;
    let mut sealed = Vec::with_capacity(NONCE + plain.len() + 16);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    let body = sealed.get_mut(NONCE..).ok_or_else(sealing_failed)?;
    let tag = cipher(key)?
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), body)
        .map_err(|_| sealing_failed())?;
    sealed.extend_from_slice(tag.as_ref());
    Ok(sealed)
}

/// Opens a small value; `None` when key, context or bytes are not those it was sealed with.
pub(crate) fn open_value(key: &[u8; 32], context: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, body) = sealed.split_at_checked(NONCE)?;
    let mut body = Zeroizing::new(body.to_vec());
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let length = cipher(key).ok()?.open_in_place(nonce, Aad::from(context), &mut body).ok()?.len();
    body.truncate(length);
    Some(body)
}

/// The keys of an open vault, all derived from the one vault key.
pub(crate) struct Keys {
    /// The root of all others.
    pub(crate) vault: Secret,
    sealed: bool,
    values: Secret,
    wrapping: Secret,
    handles: Secret,
}

impl Keys {
    pub(crate) fn new(vault: Secret, sealed: bool) -> Self {
        let derive = |context: &str| Zeroizing::new(blake3::derive_key(context, vault.as_slice()));
        Self {
            sealed,
            values: derive("consilium vault values v1"),
            wrapping: derive("consilium vault object keys v1"),
            handles: derive("consilium vault handles v1"),
            vault,
        }
    }

    pub(crate) fn sealed(&self) -> bool {
        self.sealed
    }

    /// The key of the ids of a case's objects: the same bytes in two cases have unrelated ids.
    pub(crate) fn object_ids(&self, case: &CaseId) -> Secret {
        let mut hasher = blake3::Hasher::new_derive_key("consilium case object ids v1");
        hasher.update(self.vault.as_slice());
        hasher.update(case.as_str().as_bytes());
        Zeroizing::new(*hasher.finalize().as_bytes())
    }

    /// What stands for a handle in the clear; the same for the same handle, whatever its capitals.
    pub(crate) fn handle_hash(&self, handle: &str) -> String {
        let normal = handle.trim().to_lowercase();
        blake3::keyed_hash(&self.handles, normal.as_bytes()).to_hex().to_string()
    }

    /// A value as it is stored in a row.
    pub(crate) fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, Fault> {
        if self.sealed { seal_value(&self.values, context.as_bytes(), plain) } else { Ok(plain.to_vec()) }
    }

    /// A value as it was before it was stored. `what` names it in the error.
    pub(crate) fn open(&self, context: &str, stored: Vec<u8>, what: &str) -> Result<Vec<u8>, Fault> {
        if !self.sealed {
            return Ok(stored);
        }
        open_value(&self.values, context.as_bytes(), &stored)
            .map(|mut plain| std::mem::take(&mut *plain))
            .ok_or_else(|| Fault::Damaged(what.to_owned()))
    }

    /// A fresh key for one object; `None` in a plain vault.
    pub(crate) fn new_object_key(&self) -> Result<Option<Secret>, Fault> {
        if self.sealed { random().map(|key| Some(Zeroizing::new(key))) } else { Ok(None) }
    }

    /// The object key as it is stored beside the object.
    pub(crate) fn wrap(&self, key: &Secret, case: &CaseId, object: &ObjectId) -> Result<[u8; WRAPPED], Fault> {
        let wrapped = seal_value(&self.wrapping, wrap_context(case, object).as_bytes(), key.as_slice())?;
        wrapped.try_into().map_err(|_| sealing_failed())
    }

    pub(crate) fn unwrap(&self, wrapped: &[u8], case: &CaseId, object: &ObjectId) -> Option<Secret> {
        let plain = open_value(&self.wrapping, wrap_context(case, object).as_bytes(), wrapped)?;
        let key: [u8; 32] = plain.as_slice().try_into().ok()?;
        Some(Zeroizing::new(key))
    }
}

fn wrap_context(case: &CaseId, object: &ObjectId) -> String {
    format!("{case}/{object}")
}

/// Seals or passes through the chunks of one object, in order.
pub(crate) struct ChunkCipher(Option<LessSafeKey>);

impl ChunkCipher {
    pub(crate) fn new(key: Option<&Secret>) -> Result<Self, Fault> {
        key.map(|key| cipher(key)).transpose().map(Self)
    }

    fn nonce(index: u64, last: bool) -> Nonce {
        let mut nonce = [0; NONCE];
        let (_, tail) = nonce.split_at_mut(3);
        let (number, flag) = tail.split_at_mut(8);
        number.copy_from_slice(&index.to_be_bytes());
        flag.fill(u8::from(last));
        Nonce::assume_unique_for_key(nonce)
    }

    /// Appends chunk `index` as stored to `out`.
    pub(crate) fn seal(&self, index: u64, last: bool, plain: &[u8], out: &mut Vec<u8>) -> Result<(), Fault> {
        let start = out.len();
        out.extend_from_slice(plain);
        if let Some(cipher) = &self.0 {
            let body = out.get_mut(start..).ok_or_else(sealing_failed)?;
            let tag = cipher
                .seal_in_place_separate_tag(Self::nonce(index, last), Aad::empty(), body)
                .map_err(|_| sealing_failed())?;
            out.extend_from_slice(tag.as_ref());
        }
        Ok(())
    }

    /// Opens chunk `index` in place; the plain bytes of it, or `None` when it was altered.
    pub(crate) fn open<'a>(&self, index: u64, last: bool, stored: &'a mut [u8]) -> Option<&'a [u8]> {
        match &self.0 {
            None => Some(stored),
            Some(cipher) => {
                cipher.open_in_place(Self::nonce(index, last), Aad::empty(), stored).ok().map(|plain| &*plain)
            }
        }
    }
}

/// Number of chunks of an object; an empty one has one empty chunk.
pub(crate) fn chunks(length: u64) -> u64 {
    length.div_ceil(CHUNK).max(1)
}

/// Bytes an object takes in a pack.
pub(crate) fn stored_length(length: u64, sealed: bool) -> u64 {
    if sealed { length + chunks(length) * TAG } else { length }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(sealed: bool) -> Keys {
        Keys::new(Zeroizing::new([5; 32]), sealed)
    }

    #[test]
    fn a_sealed_value_opens_only_in_its_own_place() {
        let keys = keys(true);
        let sealed = keys.seal("a", b"text").unwrap();
        assert!(!sealed.windows(4).any(|w| w == b"text"));
        assert_eq!(keys.open("a", sealed.clone(), "it").unwrap(), b"text");
        assert!(keys.open("b", sealed.clone(), "it").is_err());
        for at in 0..sealed.len() {
            let mut other = sealed.clone();
            other[at] ^= 1;
            assert!(keys.open("a", other, "it").is_err(), "byte {at}");
        }
        assert!(keys.open("a", Vec::new(), "it").is_err());
    }

    #[test]
    fn an_object_key_is_useless_for_another_object_or_case() {
        let keys = keys(true);
        let key = keys.new_object_key().unwrap().unwrap();
        let (case, object) = (CaseId::from("c"), ObjectId::from("o"));
        let wrapped = keys.wrap(&key, &case, &object).unwrap();
        assert_eq!(keys.unwrap(&wrapped, &case, &object).unwrap(), key);
        assert!(keys.unwrap(&wrapped, &case, &ObjectId::from("p")).is_none());
        assert!(keys.unwrap(&wrapped, &CaseId::from("d"), &object).is_none());
    }

    #[test]
    fn chunks_cannot_be_moved_or_made_the_last() {
        let cipher = ChunkCipher::new(Some(&Zeroizing::new([1; 32]))).unwrap();
        let mut out = Vec::new();
        cipher.seal(3, false, b"chunk", &mut out).unwrap();
        assert_eq!(cipher.open(3, false, &mut out.clone()), Some(b"chunk".as_slice()));
        assert_eq!(cipher.open(2, false, &mut out.clone()), None);
        assert_eq!(cipher.open(3, true, &mut out), None);
    }

    #[test]
    fn the_same_bytes_in_two_cases_have_unrelated_ids() {
        let keys = keys(true);
        assert_ne!(keys.object_ids(&CaseId::from("a")), keys.object_ids(&CaseId::from("b")));
        assert_eq!(keys.handle_hash(" Ana "), keys.handle_hash("ana"));
        assert_ne!(keys.handle_hash("ana"), keys.handle_hash("anna"));
    }
}
