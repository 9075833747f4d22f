//! What a person writes in a file for a command: read as JSON, and a misspelt field is named instead of lost.

use std::path::Path;

use anyhow::{Context, Result};
use consilium_app::casefile::Refusal;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::compare::refused;

/// Longest reason of a parser that is passed on, bytes.
const LONGEST_REASON: usize = 300;
/// Largest file that is read.
const LARGEST: u64 = 1 << 20;

/// A thing of the case from a file, or from standard input (`-`); `form` is the document that describes its form.
///
/// # Errors
/// When the file can not be read, is no such thing, or has a field that would be lost.
pub(super) fn read<T: DeserializeOwned + Serialize>(file: &Path, form: &str) -> Result<T> {
    use std::io::Read as _;
    let mut text = String::new();
    let source: Box<dyn std::io::Read> = if file.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        let opened = std::fs::File::open(file).with_context(|| format!("{} can not be opened", file.display()))?;
        Box::new(opened)
    };
    let name = file.display();
    source.take(LARGEST + 1).read_to_string(&mut text).with_context(|| format!("{name} can not be read as text"))?;
    if text.len() as u64 > LARGEST {
        return Err(refused(
            Refusal::new("refusal-form-file").with("form", form).with("why", "it is larger than 1 MB"),
        ));
    }
    // What a parser says of a file names places and expected words, and of the contents at most a word in quotes.
    // What a parser says may repeat what stands in the file: then its place is enough.
    let why = |error: serde_json::Error| {
        let (line, column, said) = (error.line(), error.column(), error.to_string());
        let at = format!("line {line}, column {column} holds what does not belong there");
        let why = if error.is_data() && said.contains("invalid") || said.len() > LONGEST_REASON { at } else { said };
        refused(Refusal::new("refusal-form-file").with("form", form).with("why", why))
    };
    let thing: T = serde_json::from_str(&text).map_err(why)?;
    // A misspelt field would be lost without a word.
    let (typed, kept) = (serde_json::from_str(&text).map_err(why)?, serde_json::to_value(&thing).map_err(why)?);
    match not_kept(&typed, &kept) {
        Some(field) => Err(refused(Refusal::new("refusal-form-field").with("form", form).with("field", field))),
        None => Ok(thing),
    }
}

/// The first field of a file that has no place there.
fn not_kept(typed: &serde_json::Value, kept: &serde_json::Value) -> Option<String> {
    use serde_json::Value;
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(all) => all.is_empty(),
        Value::Object(all) => all.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    };
    match (typed, kept) {
        (Value::Object(typed), Value::Object(kept)) => typed.iter().find_map(|(name, value)| match kept.get(name) {
            Some(kept) => not_kept(value, kept),
            None => (!is_empty(value)).then(|| name.clone()),
        }),
        (Value::Array(typed), Value::Array(kept)) => typed.iter().zip(kept).find_map(|(t, k)| not_kept(t, k)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use consilium_app::casefile::compare::Opinion;

    use super::not_kept;

    #[test]
    fn a_misspelt_field_is_named_and_an_empty_one_is_not() {
        let lost = |json: &str| {
            let typed = serde_json::from_str(json).unwrap();
            let opinion: Opinion = serde_json::from_str(json).unwrap();
            not_kept(&typed, &serde_json::to_value(&opinion).unwrap())
        };
        assert_eq!(lost(r#"{"clinician": {"name": "x", "rolle": "y"}}"#).as_deref(), Some("rolle"));
        assert_eq!(
            lost(r#"{"clinician": {"name": "x"}, "alternativs": [{"kind": "surgery"}]}"#).as_deref(),
            Some("alternativs")
        );
        assert_eq!(lost(r#"{"clinician": {"name": "x", "role": ""}, "plan": [], "goal": "", "basis": null}"#), None);
    }
}
