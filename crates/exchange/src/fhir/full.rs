//! The full export: everything of the mCODE bundle, everything else that was read, and every document with its bytes. An
//! imported FHIR file is there twice: its exact bytes as a Binary, and its resources unchanged as an entry, for programs
//! that do not unpack files.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::bundle::{Entries, Guide, bundle, uuid};
use super::mcode::{checked, gather};
use super::write::{OWN_DOCUMENTS, concept, confirmed, line, reference, set_text};
use super::{Export, ExportDocument, Problem, illness, imaging, medicine, observation};

/// The case as a collection bundle with every document, its bytes, and everything read from it.
///
/// # Errors
/// The problems that [`super::check()`] finds; no bundle is given then.
pub fn full(export: &Export) -> Result<Value, Vec<Problem>> {
    let mut entries = Entries::new(export, Guide::Mcode);
    entries.carries = true;
    for document in &export.documents {
        let url = entries.url(&format!("document {}", document.source.id));
        entries.document_at(&document.source.id, &url);
    }
    gather(&mut entries);
    illness::add_allergies(&mut entries);
    illness::add_illnesses(&mut entries, false);
    illness::add_illnesses(&mut entries, true);
    illness::add_relatives(&mut entries);
    medicine::add_statements(&mut entries);
    observation::add_others(&mut entries);
    imaging::add(&mut entries);
    for document in &export.documents {
        add_document(&mut entries, document);
    }
    let id = uuid(&export.handle, "full");
    checked(bundle(None, "collection", id, export.now, entries.finish()))
}

fn add_document(entries: &mut Entries<'_>, document: &ExportDocument) {
    let source = &document.source;
    let media_type = media_type(&document.media_type);
    let mut attachment = json!({ "contentType": media_type });
    set_text(&mut attachment, "title", line(&source.title).as_deref());
    super::write::set_date(&mut attachment, "creation", source.date);
    if !document.bytes.is_empty() {
        let binary = json!({
            "resourceType": "Binary", "contentType": media_type, "data": STANDARD.encode(&document.bytes)
        });
        let url = entries.add(&format!("binary {}", source.id), None, binary);
        attachment["url"] = Value::from(url);
        attachment["size"] = Value::from(u32::try_from(document.bytes.len()).unwrap_or(u32::MAX).min(i32::MAX as u32));
    }
    let codes: Vec<_> = document.type_code.iter().cloned().collect();
    let mut resource = json!({
        "resourceType": "DocumentReference",
        "identifier": [{
            "system": OWN_DOCUMENTS, "value": line(&source.id).unwrap_or_else(|| "unknown".to_owned())
        }],
        "status": "current",
        "type": concept(confirmed(&codes), &source.kind),
        "subject": entries.patient(),
        "content": [{ "attachment": attachment }],
    });
    set_text(&mut resource, "description", line(&source.title).as_deref());
    if let Some(author) = source.author.as_deref().and_then(line) {
        resource["author"] = json!([{ "display": author }]);
    }
    if let Some(facility) = source.facility.as_deref().and_then(line) {
        resource["custodian"] = json!({ "display": facility });
    }
    if let Some(day) = source.date.and_then(super::write::date) {
        resource["context"] = json!({ "period": { "start": day } });
    }
    if source.names_no_one {
        super::bundle::mark_unnamed(&mut resource);
    }
    let url = entries.add(&format!("document {}", source.id), None, resource);
    if let Some(original) = original(document) {
        let name = format!("original {}", source.id);
        entries.add_verbatim(&name, original);
        let related = reference(&entries.url(&name));
        entries.relate_document(&url, related);
    }
}

/// The resource of an imported FHIR file in JSON, as it is. What is not a Bundle is wrapped in one, so that its own
/// references are never taken for ours.
fn original(document: &ExportDocument) -> Option<Value> {
    let is_fhir = document.media_type.contains("fhir") && document.media_type.contains("json");
    let value: Value = is_fhir.then(|| serde_json::from_slice(&document.bytes).ok()).flatten()?;
    match value.get("resourceType").and_then(Value::as_str)? {
        "Bundle" => Some(value),
        _ => Some(json!({ "resourceType": "Bundle", "type": "collection", "entry": [{ "resource": value }] })),
    }
}

fn media_type(stated: &str) -> String {
    let fit = |t: &str| {
        let (kind, sub) = t.split_once('/').unwrap_or_default();
        let token = |w: &str| !w.is_empty() && w.chars().all(|c| c.is_ascii_alphanumeric() || "-+._".contains(c));
        token(kind) && token(sub)
    };
    let stated = stated.split(';').next().unwrap_or_default().trim().to_lowercase();
    if fit(&stated) { stated } else { "application/octet-stream".to_owned() }
}
