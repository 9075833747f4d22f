//! References resolve inside the bundle and lead to the type of resource that the element asks for.

use std::collections::HashMap;

use serde_json::Value;

use crate::fhir::Problem;

/// Types by full address and by `Type/id`.
pub(super) fn known(bundle: &Value) -> HashMap<String, String> {
    let mut known = HashMap::new();
    for entry in super::entries(bundle) {
        let Some(resource) = entry.get("resource") else { continue };
        let Some(kind) = resource.get("resourceType").and_then(Value::as_str) else { continue };
        if let Some(url) = entry.get("fullUrl").and_then(Value::as_str) {
            known.insert(url.to_owned(), kind.to_owned());
        }
        if let Some(id) = resource.get("id").and_then(Value::as_str)
            && kind != "Bundle"
        {
            known.insert(format!("{kind}/{id}"), kind.to_owned());
        }
    }
    known
}

/// The type an element must lead to, where it is one.
fn wanted(element: &str) -> Option<&'static str> {
    match element {
        "subject" | "patient" => Some("Patient"),
        "specimen" => Some("Specimen"),
        "reasonReference" => Some("Condition"),
        "hasMember" | "assessment" => Some("Observation"),
        _ => None,
    }
}

pub(super) fn check(
    value: &Value,
    name: &str,
    path: &str,
    known: &HashMap<String, String>,
    problems: &mut Vec<Problem>,
) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| check(item, name, path, known, problems)),
        Value::Object(fields) => {
            for (key, field) in fields {
                let inner = format!("{path}.{key}");
                let is_binary = key == "url" && path.ends_with(".attachment");
                match field.as_str() {
                    Some(reference) if key == "reference" || is_binary => {
                        let element = path.rsplit('.').next().unwrap_or_default();
                        match known.get(reference) {
                            None => problems.push(Problem::new(name, &inner, "must lead to an entry of this bundle")),
                            Some(kind) => {
                                let wanted = if is_binary { Some("Binary") } else { wanted(element) };
                                if wanted.is_some_and(|wanted| wanted != kind) {
                                    problems.push(Problem::new(name, &inner, "leads to a resource of the wrong type"));
                                }
                            }
                        }
                    }
                    _ => check(field, name, &inner, known, problems),
                }
            }
        }
        _ => {}
    }
}
