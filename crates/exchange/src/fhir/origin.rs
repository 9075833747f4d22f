//! Where a file of ours comes from: each export bears a mark that names the newest entry of the ledger it was made of, and
//! a seal over its entries, keyed with the salt of that entry, which leaves a home with nothing. Where the ledger of a case
//! holds that entry, and the seal is whole, the file says nothing that this case does not say itself: its words are the
//! case's own, come back. Where an entry was taken out or put in, or the seal was made by anybody else, the file is read
//! as anybody's. The mark is a digest and tells nobody whose case it was.

use serde_json::{Value, json};

/// System of the tag with the ledger entry an export was made at, hexadecimal.
const ENTRY: &str = "urn:consilium:entry";
/// System of the tag with the keyed digest of the export's entries, hexadecimal.
const SEAL: &str = "urn:consilium:seal";

/// Where a file says it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The ledger entry it was made at, hexadecimal.
    pub entry: String,
    seal: String,
    digest: [u8; 32],
}

impl Origin {
    /// Whether the seal was made with the salt of that entry, over what the file holds now.
    #[must_use]
    pub fn is_whole(&self, salt: &[u8; 32]) -> bool {
        keyed(salt, &self.digest) == self.seal
    }
}

/// Marks a bundle with the newest entry of the ledger it was made of (its hash, hexadecimal), and seals it with the salt of
/// that entry.
pub fn mark(bundle: &mut Value, entry: &str, salt: &[u8; 32]) {
    let Some(digest) = digest(bundle) else { return };
    if !bundle.get("meta").is_some_and(Value::is_object) {
        bundle["meta"] = json!({});
    }
    let seal = keyed(salt, &digest);
    for (system, code) in [(ENTRY, entry), (SEAL, seal.as_str())] {
        super::write::push(&mut bundle["meta"], "tag", json!({ "system": system, "code": code }));
    }
}

/// Where a file says it comes from; `None` of every file that says nothing of it.
#[must_use]
pub fn origin(bytes: &[u8]) -> Option<Origin> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.contains(SEAL))?;
    let bundle: Value = serde_json::from_str(text).ok()?;
    let tags = bundle.get("meta")?.get("tag")?.as_array()?;
    let code = |system: &str| {
        let own = tags.iter().find(|tag| tag.get("system").and_then(Value::as_str) == Some(system))?;
        own.get("code")?.as_str().map(str::to_owned)
    };
    Some(Origin { entry: code(ENTRY)?, seal: code(SEAL)?, digest: digest(&bundle)? })
}

fn keyed(salt: &[u8; 32], digest: &[u8; 32]) -> String {
    let key = blake3::derive_key("consilium fhir export seal key 2", salt);
    blake3::keyed_hash(&key, digest).to_hex().to_string()
}

/// A digest of the type and entries of a bundle, however they are set out in lines. Each entry is written and read once
/// more before, so that a number counts as whoever opens the file reads it.
fn digest(bundle: &Value) -> Option<[u8; 32]> {
    let mut hasher = blake3::Hasher::new_derive_key("consilium fhir export seal 1");
    hasher.update(bundle.get("type")?.as_str()?.as_bytes());
    for entry in bundle.get("entry")?.as_array()? {
        let read: Value = serde_json::from_slice(&serde_json::to_vec(entry).ok()?).ok()?;
        let bytes = serde_json::to_vec(&read).ok()?;
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(&bytes);
    }
    Some(*hasher.finalize().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: [u8; 32] = [7; 32];

    /// The entry of a file whose seal is whole.
    fn own(bytes: &[u8]) -> Option<String> {
        origin(bytes).filter(|origin| origin.is_whole(&SALT)).map(|origin| origin.entry)
    }

    fn marked() -> Value {
        let entry = json!({ "fullUrl": "urn:uuid:1", "resource": { "resourceType": "Observation", "valueQuantity": { "value": 0.1 } } });
        let mut bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": [entry] });
        mark(&mut bundle, "ab12", &SALT);
        bundle
    }

    #[test]
    fn a_file_tells_the_entry_it_was_made_at_however_its_lines_are_set() {
        let bundle = marked();
        for bytes in [serde_json::to_vec(&bundle).ok(), serde_json::to_vec_pretty(&bundle).ok()] {
            assert_eq!(own(&bytes.unwrap_or_default()).as_deref(), Some("ab12"));
        }
    }

    #[test]
    fn nobody_without_the_salt_of_the_entry_can_seal_a_file() {
        let mut forged = marked();
        forged["entry"][0]["resource"]["valueQuantity"]["value"] = json!(0.2);
        forged["meta"] = json!({});
        mark(&mut forged, "ab12", &[8; 32]);
        let read = origin(forged.to_string().as_bytes());
        assert!(read.is_some_and(|origin| origin.entry == "ab12" && !origin.is_whole(&SALT)));
    }

    #[test]
    fn a_file_in_which_anything_was_changed_is_no_file_of_ours() {
        let changed = |change: &dyn Fn(&mut Value)| {
            let mut bundle = marked();
            change(&mut bundle);
            own(bundle.to_string().as_bytes())
        };
        assert_eq!(changed(&|b| b["entry"][0]["resource"]["valueQuantity"]["value"] = json!(0.2)), None);
        assert_eq!(changed(&|b| super::super::write::push(b, "entry", json!({ "resource": {} }))), None);
        assert_eq!(changed(&|b| b["entry"] = json!([])), None);
        assert_eq!(changed(&|b| b["meta"]["tag"] = json!([])), None);
        assert_eq!(changed(&|b| b["meta"]["tag"][1] = json!(3)), None);
        assert_eq!(own(b"urn:consilium:seal"), None);
        assert_eq!(own(&[0xff, 0xfe]), None);
        assert_eq!(own(b""), None);
    }
}
