//! What every bundle must pass before it is handed over: FHIR's rules about elements, ids, dates and narrative; the
//! cardinalities and closed lists of the profiles we claim; rules that join elements; references that resolve; and the
//! rules of bundles. Another's bundle carried inside ours is passed on as it is and is not judged here.

mod elements;
mod joined;
mod references;
mod tables;

use std::collections::HashSet;

use serde_json::Value;

use super::Problem;

/// Most problems that are told; a bundle with more is no better known by the rest.
const MOST: usize = 200;

/// What is wrong with a bundle; empty when nothing is.
#[must_use]
pub fn check(bundle: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    if bundle.get("resourceType").and_then(Value::as_str) != Some("Bundle") {
        return vec![Problem::new("Bundle", "Bundle.resourceType", "must be Bundle")];
    }
    check_bundle(bundle, &mut problems);
    tables::check(bundle, "Bundle", &mut problems);
    let own: serde_json::Map<String, Value> = bundle
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(k, _)| *k != "entry")
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    elements::check(&Value::Object(own), "Bundle", "Bundle", &mut problems);
    let known = references::known(bundle);
    for (index, entry) in entries(bundle).iter().enumerate() {
        let Some(resource) = entry.get("resource") else { continue };
        let name = name_of(resource, index);
        let Some(kind) = resource.get("resourceType").and_then(Value::as_str).filter(|k| is_type_name(k)) else {
            problems.push(Problem::new(name, "resourceType", "is required and missing"));
            continue;
        };
        if kind == "Bundle" {
            continue;
        }
        elements::check(resource, &name, kind, &mut problems);
        tables::check(resource, &name, &mut problems);
        joined::check(resource, &name, &mut problems);
        references::check(resource, &name, kind, &known, &mut problems);
        if problems.len() >= MOST {
            break;
        }
    }
    problems.truncate(MOST);
    problems
}

fn entries(bundle: &Value) -> &[Value] {
    bundle.get("entry").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn is_type_name(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.chars().all(|c| c.is_ascii_alphanumeric())
}

/// How a resource is named in a problem: type and id, or its place.
fn name_of(resource: &Value, index: usize) -> String {
    let field = |name: &str| resource.get(name).and_then(Value::as_str).filter(|t| t.len() <= 64);
    let plain = |t: &&str| t.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.');
    let kind = field("resourceType").filter(plain).unwrap_or("Resource");
    match field("id").filter(plain) {
        Some(id) => format!("{kind}/{id}"),
        None => format!("{kind} in entry {}", index + 1),
    }
}

/// bdl-1 to bdl-11, as far as they concern bundles of the kinds we write.
fn check_bundle(bundle: &Value, problems: &mut Vec<Problem>) {
    let mut say = |element: &str, what: &str| problems.push(Problem::new("Bundle", element, what));
    let kind = bundle.get("type").and_then(Value::as_str).unwrap_or_default();
    if bundle.get("total").is_some() {
        say("Bundle.total", "is only for search results and history");
    }
    let mut urls = HashSet::new();
    for entry in entries(bundle) {
        if entry.get("resource").is_none() {
            say("Bundle.entry.resource", "is required and missing");
        }
        if ["request", "response", "search"].iter().any(|n| entry.get(n).is_some()) {
            say("Bundle.entry", "must have no request, response or search in this kind of bundle");
        }
        let url = entry.get("fullUrl").and_then(Value::as_str);
        match url {
            Some(url) if url.contains("/_history/") => say("Bundle.entry.fullUrl", "must not name a version"),
            Some(url) if !urls.insert(url) => say("Bundle.entry.fullUrl", "must be unique in the bundle"),
            Some(url) if !url.starts_with("urn:uuid:") && !url.starts_with("http") => {
                say("Bundle.entry.fullUrl", "must be an absolute address");
            }
            Some(_) => {}
            None => say("Bundle.entry.fullUrl", "is required and missing"),
        }
        let id = entry.get("resource").and_then(|r| r.get("id")).and_then(Value::as_str);
        let is_ours =
            entry.get("resource").and_then(|r| r.get("resourceType")).and_then(Value::as_str) != Some("Bundle");
        if let (Some(uuid), Some(id), true) = (url.and_then(|u| u.strip_prefix("urn:uuid:")), id, is_ours)
            && uuid != id
        {
            say("Bundle.entry.fullUrl", "must end in the id of its resource");
        }
    }
    if kind == "document" {
        let identifier = bundle.get("identifier");
        for part in ["system", "value"] {
            if identifier.and_then(|i| i.get(part)).and_then(Value::as_str).is_none() {
                say(&format!("Bundle.identifier.{part}"), "is required in a document and missing");
            }
        }
        if bundle.get("timestamp").is_none() {
            say("Bundle.timestamp", "is required in a document and missing");
        }
        let first = entries(bundle).first().and_then(|e| e.get("resource")).and_then(|r| r.get("resourceType"));
        if first.and_then(Value::as_str) != Some("Composition") {
            say("Bundle.entry", "must begin with a Composition in a document");
        }
    }
    let profile = tables::profiles(bundle).join(" ");
    let count =
        |kind: &str| entries(bundle).iter().filter(|e| e["resource"]["resourceType"].as_str() == Some(kind)).count();
    if (profile.contains("mcode-patient-bundle") || profile.contains("Bundle-uv-ips")) && count("Patient") != 1 {
        say("Bundle.entry", "must hold exactly one Patient");
    }
    if profile.contains("mcode-patient-bundle") && kind != "collection" {
        say("Bundle.type", "must be collection in an mCODE patient bundle");
    }
    if profile.contains("Bundle-uv-ips") && kind != "document" {
        say("Bundle.type", "must be document in an International Patient Summary");
    }
}

#[cfg(test)]
mod tests;
