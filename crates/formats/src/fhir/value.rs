//! Ways to look into a FHIR resource that forgive: one value or a list of them, numbers or strings, missing parts.

use consilium_casefile::{PartialDate, PatientIdentity, PersonName};
use serde_json::Value;

use crate::Coded;
use crate::text;

/// All values under a name: the items of a list, or the one value that should have been a list.
pub(super) fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    match value.get(name) {
        Some(Value::Array(items)) => items,
        Some(Value::Null) | None => &[],
        Some(one) => std::slice::from_ref(one),
    }
}

/// The first value under a name.
pub(super) fn one<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    list(value, name).first()
}

/// Down a path, first value at each step.
pub(super) fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, name| one(value, name))
}

/// A primitive as text, tidied; `None` when it is missing or blank.
pub(super) fn text(value: &Value, name: &str) -> Option<String> {
    primitive(one(value, name)?)
}

/// A primitive at the end of a path.
pub(super) fn text_at(value: &Value, path: &[&str]) -> Option<String> {
    primitive(at(value, path)?)
}

pub(super) fn primitive(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text::stated(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}

pub(super) fn date(value: &Value, path: &[&str]) -> Option<PartialDate> {
    text_at(value, path)?.parse().ok()
}

pub(super) fn kind(resource: &Value) -> &str {
    resource.get("resourceType").and_then(Value::as_str).unwrap_or("")
}

/// The codings of a CodeableConcept, or a bare Coding.
pub(super) fn codings(concept: &Value) -> Vec<Coded> {
    let own = std::slice::from_ref(concept);
    let codings = if concept.get("coding").is_some() { list(concept, "coding") } else { own };
    codings
        .iter()
        .filter_map(|coding| {
            let code = text(coding, "code")?;
            let display = text(coding, "display").unwrap_or_default();
            Some(Coded { system: text(coding, "system").unwrap_or_default(), code, display })
        })
        .collect()
}

/// What a HumanName says. `text` alone is read as a person would read it.
pub(super) fn name(human: &Value) -> Option<PersonName> {
    let given = list(human, "given").iter().filter_map(primitive).collect::<Vec<_>>().join(" ");
    let family = list(human, "family").iter().filter_map(primitive).collect::<Vec<_>>().join(" ");
    PersonName::new(&family, &given).or_else(|| PersonName::from_display(&text(human, "text")?))
}

/// The name to use of those a Patient or Practitioner has: the official one, the usual one, else the first.
pub(super) fn best_name(person: &Value) -> Option<PersonName> {
    let names = list(person, "name");
    let with_use = |wanted: &str| names.iter().find(|n| n.get("use").and_then(Value::as_str) == Some(wanted));
    let best = with_use("official").or_else(|| with_use("usual")).or(names.first())?;
    name(best).or_else(|| names.iter().find_map(name))
}

/// Who a Patient resource is.
pub(super) fn identity(patient: &Value) -> PatientIdentity {
    let identifiers = list(patient, "identifier");
    let is_record_number =
        |identifier: &&Value| identifier.get("type").is_some_and(|t| codings(t).iter().any(|c| c.code == "MR"));
    let identifier = identifiers.iter().find(is_record_number).or(identifiers.first());
    PatientIdentity {
        name: best_name(patient),
        birth_date: date(patient, &["birthDate"]),
        identifier: identifier.and_then(|i| text(i, "value")),
    }
}
