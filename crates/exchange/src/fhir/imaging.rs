//! Imaging studies as ImagingStudy resources: which images there are, by their DICOM identifiers. The images themselves
//! travel on a disc or in a packet and not in here.

use serde_json::{Value, json};

use super::bundle::{Entries, mark_unnamed};
use super::write::{absent, line, set_date, set_text};
use super::{ExportSeries, ExportStudy};

/// Longest DICOM UID.
const LONGEST_UID: usize = 64;

/// Adds every study that has an identifier.
pub(super) fn add(entries: &mut Entries<'_>) {
    let export = entries.export;
    for study in &export.studies {
        if let Some(uid) = uid(&study.uid) {
            add_one(entries, study, uid);
        }
    }
}

/// A UID as FHIR takes it: digits and points.
fn uid(text: &str) -> Option<&str> {
    let text = text.trim_end_matches('\0').trim();
    let fits = !text.is_empty() && text.len() <= LONGEST_UID && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    fits.then_some(text)
}

fn add_one(entries: &mut Entries<'_>, study: &ExportStudy, uid_of_study: &str) {
    let mut identifiers = vec![json!({ "system": "urn:dicom:uid", "value": format!("urn:oid:{uid_of_study}") })];
    if let Some(accession) = study.accession.as_deref().and_then(line) {
        identifiers.push(json!({
            "type": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "ACSN" }] },
            "value": accession,
        }));
    }
    let series: Vec<Value> = study.series.iter().filter_map(series).collect();
    let instances: u32 = study.series.iter().map(|s| s.instances).fold(0, u32::saturating_add);
    let mut resource = json!({
        "resourceType": "ImagingStudy",
        "identifier": identifiers,
        "status": "available",
        "subject": entries.patient(),
        "numberOfSeries": series.len(),
        "numberOfInstances": instances,
    });
    set_date(&mut resource, "started", study.date);
    set_text(&mut resource, "description", study.description.as_deref().and_then(line).as_deref());
    if !series.is_empty() {
        resource["series"] = Value::Array(series);
    }
    if study.names_no_one {
        mark_unnamed(&mut resource);
    }
    entries.add(&format!("study {uid_of_study}"), None, resource);
}

fn series(series: &ExportSeries) -> Option<Value> {
    let mut resource = json!({ "uid": uid(&series.uid)?, "numberOfInstances": series.instances });
    if let Some(number) = series.number {
        resource["number"] = number.into();
    }
    let is_code = |m: &&str| !m.is_empty() && m.len() <= 16 && m.chars().all(|c| c.is_ascii_alphanumeric());
    resource["modality"] = match series.modality.as_deref().map(str::trim).filter(is_code) {
        Some(code) => json!({ "system": "http://dicom.nema.org/resources/ontology/DCM", "code": code }),
        None => absent("unknown"),
    };
    set_text(&mut resource, "description", series.description.as_deref().and_then(line).as_deref());
    if let Some(part) = series.body_part.as_deref().and_then(line) {
        resource["bodySite"] = json!({ "display": part });
    }
    Some(resource)
}
