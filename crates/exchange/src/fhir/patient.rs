//! The person: identifier, name, sex and birth date as records state them, and in FHIR's own way that they are unknown
//! where a profile asks for what nobody stated.

use serde_json::{Value, json};

use super::bundle::{Entries, Guide};
use super::write::{absent, line, set_date};
use super::{Sex, write};

/// Adds the patient.
pub(super) fn add(entries: &mut Entries<'_>) {
    let export = entries.export;
    let (system, identifier) = match export.patient.identifier.as_deref().and_then(line) {
        Some(number) => ("urn:consilium:record-number", number),
        None => ("urn:consilium:case", line(&export.handle).unwrap_or_else(|| "case".to_owned())),
    };
    let mut name = json!({});
    if let Some(stated) = &export.patient.name {
        if let Some(family) = line(&stated.family) {
            name["family"] = Value::from(family);
        }
        let given: Vec<&str> = stated.given.split_whitespace().collect();
        let given: Vec<String> = given.into_iter().filter_map(line).collect();
        if !given.is_empty() {
            name["given"] = Value::from(given);
        }
    }
    if name == json!({}) {
        name = absent("unknown");
        if entries.guide == Guide::Ips {
            // The summary's rule ips-pat-1 knows no other way to say it than in words.
            name["text"] = Value::from("Name not stated");
        }
    }
    let gender = match export.sex {
        Some(Sex::Female) => "female",
        Some(Sex::Male) => "male",
        Some(Sex::Other) => "other",
        None => "unknown",
    };
    let mut patient = json!({
        "resourceType": "Patient",
        "identifier": [{ "system": system, "value": identifier }],
        "name": [name],
        "gender": gender,
    });
    match export.patient.birth_date.and_then(write::date) {
        Some(_) => set_date(&mut patient, "birthDate", export.patient.birth_date),
        None => patient["_birthDate"] = absent("unknown"),
    }
    entries.add("patient", Some("Patient"), patient);
}
