//! Where a file of ours comes from: each export bears a mark that names the newest entry of the ledger it was made of, and
//! a seal over its entries. Where the ledger of a case holds that entry, and the seal is whole, the file says nothing that
//! this case does not say itself: its words are the case's own, come back. Where another program took an entry out or put
//! one in, the seal is broken and the file is read as anybody's. The mark is a digest and tells nobody whose case it was.

use serde_json::{Value, json};

/// System of the tag with the ledger entry an export was made at, hexadecimal.
const ENTRY: &str = "urn:consilium:entry";
/// System of the tag with the digest of the export's entries, hexadecimal.
const SEAL: &str = "urn:consilium:seal";

/// Marks a bundle with the newest entry of the ledger it was made of (its hash, hexadecimal), and seals it.
pub fn mark(bundle: &mut Value, entry: &str) {
    let Some(seal) = seal(bundle) else { return };
    if !bundle.get("meta").is_some_and(Value::is_object) {
        bundle["meta"] = json!({});
    }
    for (system, code) in [(ENTRY, entry), (SEAL, seal.as_str())] {
        super::write::push(&mut bundle["meta"], "tag", json!({ "system": system, "code": code }));
    }
}

/// The ledger entry that a file of ours was made at, where its seal is whole; `None` of every other file.
#[must_use]
pub fn origin(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.contains(SEAL))?;
    let bundle: Value = serde_json::from_str(text).ok()?;
    let tags = bundle.get("meta")?.get("tag")?.as_array()?;
    let code = |system: &str| {
        let own = tags.iter().find(|tag| tag.get("system").and_then(Value::as_str) == Some(system))?;
        own.get("code")?.as_str()
    };
    (seal(&bundle)? == code(SEAL)?).then(|| code(ENTRY).map(str::to_owned)).flatten()
}

/// A digest of the type and entries of a bundle, however they are set out in lines. Each entry is written and read once
/// more before, so that a number counts as whoever opens the file reads it.
fn seal(bundle: &Value) -> Option<String> {
    let mut hasher = blake3::Hasher::new_derive_key("consilium fhir export seal 1");
    hasher.update(bundle.get("type")?.as_str()?.as_bytes());
    for entry in bundle.get("entry")?.as_array()? {
        let read: Value = serde_json::from_slice(&serde_json::to_vec(entry).ok()?).ok()?;
        let bytes = serde_json::to_vec(&read).ok()?;
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(&bytes);
    }
    Some(hasher.finalize().to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked() -> Value {
        let entry = json!({ "fullUrl": "urn:uuid:1", "resource": { "resourceType": "Observation", "valueQuantity": { "value": 0.1 } } });
        let mut bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": [entry] });
        mark(&mut bundle, "ab12");
        bundle
    }

    #[test]
    fn a_file_tells_the_entry_it_was_made_at_however_its_lines_are_set() {
        let bundle = marked();
        for bytes in [serde_json::to_vec(&bundle).ok(), serde_json::to_vec_pretty(&bundle).ok()] {
            assert_eq!(origin(&bytes.unwrap_or_default()).as_deref(), Some("ab12"));
        }
    }

    #[test]
    fn a_file_in_which_anything_was_changed_is_no_file_of_ours() {
        let changed = |change: &dyn Fn(&mut Value)| {
            let mut bundle = marked();
            change(&mut bundle);
            origin(bundle.to_string().as_bytes())
        };
        assert_eq!(changed(&|b| b["entry"][0]["resource"]["valueQuantity"]["value"] = json!(0.2)), None);
        assert_eq!(changed(&|b| super::super::write::push(b, "entry", json!({ "resource": {} }))), None);
        assert_eq!(changed(&|b| b["entry"] = json!([])), None);
        assert_eq!(changed(&|b| b["meta"]["tag"] = json!([])), None);
        assert_eq!(changed(&|b| b["meta"]["tag"][1] = json!(3)), None);
        assert_eq!(origin(b"urn:consilium:seal"), None);
        assert_eq!(origin(&[0xff, 0xfe]), None);
        assert_eq!(origin(b""), None);
    }
}
