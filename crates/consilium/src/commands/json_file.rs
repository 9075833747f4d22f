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
    let why = |error: serde_json::Error| {
        refused(Refusal::new("refusal-form-file").with("form", form).with("why", without_words_of_the_file(&error)))
    };
    let thing: T = serde_json::from_str(&text).map_err(why)?;
    // A misspelt field would be lost without a word.
    let (typed, kept) = (serde_json::from_str(&text).map_err(why)?, serde_json::to_value(&thing).map_err(why)?);
    match not_kept(&typed, &kept) {
        Some(field) => Err(refused(Refusal::new("refusal-form-field").with("form", form).with("field", field))),
        None => Ok(thing),
    }
}

/// What is wrong and where. What a parser says of well-formed JSON repeats what stands in the file, unless a field is
/// missing: of that, only what it expected is passed on.
fn without_words_of_the_file(error: &serde_json::Error) -> String {
    let said = error.to_string();
    if said.len() <= LONGEST_REASON && (!error.is_data() || said.starts_with("missing field")) {
        return said;
    }
    let at = format!("line {}, column {} holds what does not belong there", error.line(), error.column());
    let expected = said.rsplit_once(", expected ");
    let place = |expected: &str| expected.rsplit_once(" at line ").map_or(expected.len(), |(words, _)| words.len());
    match expected.and_then(|(_, expected)| expected.get(..place(expected))) {
        // The names a parser knows are ours; what it says of a value it names by its kind, the words of the file before it.
        Some(expected) if expected.len() <= LONGEST_REASON => format!("{at}: expected {expected}"),
        _ => at,
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

    use super::{not_kept, without_words_of_the_file};

    #[test]
    fn what_is_wrong_is_said_without_a_word_of_the_file() {
        #[derive(serde::Deserialize, Debug)]
        #[serde(rename_all = "snake_case")]
        enum Way {
            Mail,
            Fax,
        }
        #[derive(serde::Deserialize, Debug)]
        #[serde(deny_unknown_fields)]
        struct Form {
            #[serde(rename = "way")]
            _way: Way,
            #[serde(rename = "pages")]
            _pages: u32,
        }
        let said = |json: &str| without_words_of_the_file(&serde_json::from_str::<Form>(json).unwrap_err());
        for (json, expect) in [
            (r#"{"way": "Rosa, expected `x`", "pages": 1}"#, Some("expected `mail` or `fax`")),
            (r#"{"way": "mail", "pages": "Rosa"}"#, Some("expected u32")),
            (r#"{"way": "mail", "pages": 1, "Rosa": 2}"#, Some("expected `way` or `pages`")),
            (r#"{"way": {"Rosa": 1}, "pages": 1}"#, Some("expected `mail` or `fax`")),
            (r#"{"pages": 1}"#, None),
            (r#"{"way": "Rosa"#, None),
        ] {
            let said = said(json);
            assert!(!said.contains("Rosa") && said.contains("line 1"), "{json}: {said}");
            assert!(expect.is_none_or(|expect| said.contains(expect)), "{json}: {said}");
        }
    }

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
