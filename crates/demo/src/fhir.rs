//! The FHIR R4 bundle the second portal gave, with one attached PDF and a dose that differs from the C-CDA.

use base64::Engine as _;
use serde_json::{Value, json};

use crate::DemoError;
use crate::papers::wrong;
use crate::portal::LABORATORY;
use crate::story::{HOSPITAL, ONCOLOGIST, ONCOLOGY, ROSA, Story};

fn coded(system: &str, code: &str, display: &str) -> Value {
    json!({ "coding": [{ "system": system, "code": code, "display": display }], "text": display })
}

const SNOMED: &str = "http://snomed.info/sct";
const LOINC: &str = "http://loinc.org";
const RXNORM: &str = "http://www.nlm.nih.gov/research/umls/rxnorm";

fn medication(story: &Story, id: &str, code: &str, name: &str, dose: (f64, &str), text: &str, day: i32) -> Value {
    json!({
        "resourceType": "MedicationRequest", "id": id, "status": "active", "intent": "order",
        "medicationCodeableConcept": coded(RXNORM, code, name),
        "subject": { "reference": "Patient/rosa" }, "authoredOn": story.day(day).to_string(),
        "requester": { "reference": "Practitioner/sample", "display": "Paula Sample, MD" },
        "dosageInstruction": [{
            "text": text,
            "timing": { "repeat": { "frequency": 1, "period": 1, "periodUnit": "d" } },
            "doseAndRate": [{ "doseQuantity": { "value": dose.0, "unit": dose.1, "system": "http://unitsofmeasure.org", "code": dose.1 } }]
        }]
    })
}

/// The bundle, one resource a line of the story; `pdf` is attached to its DocumentReference.
pub(crate) fn bundle(story: &Story, pdf: &[u8]) -> Result<Vec<u8>, DemoError> {
    let day = |offset: i32| story.day(offset).to_string();
    let patient = json!({ "reference": "Patient/rosa", "display": ROSA.display() });
    let icd = "http://hl7.org/fhir/sid/icd-10-cm";
    let mut resources = vec![
        json!({
            "resourceType": "Patient", "id": "rosa",
            "meta": { "profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient"] },
            "identifier": [{ "type": coded("http://terminology.hl7.org/CodeSystem/v2-0203", "MR", "Medical record number"), "system": "urn:oid:".to_owned() + &story.uid("hospital"), "value": ROSA.record_number }],
            "name": [{ "use": "official", "family": ROSA.family, "given": [ROSA.given] }],
            "gender": "female", "birthDate": ROSA.born.to_string(),
            "address": [{ "line": ["3 Piano Street"], "city": "Springfield", "state": "XX", "postalCode": "00000" }]
        }),
        json!({ "resourceType": "Organization", "id": "oncology", "active": true, "name": ONCOLOGY }),
        json!({ "resourceType": "Organization", "id": "hospital", "active": true, "name": HOSPITAL }),
        json!({ "resourceType": "Practitioner", "id": "oncologist", "name": [{ "text": ONCOLOGIST, "family": "Sample-Example", "given": ["Anna"], "prefix": ["Dr."] }] }),
        json!({ "resourceType": "Practitioner", "id": "sample", "name": [{ "text": "Paula Sample, MD", "family": "Sample", "given": ["Paula"] }] }),
        json!({
            "resourceType": "Condition", "id": "breast-cancer",
            "clinicalStatus": coded("http://terminology.hl7.org/CodeSystem/condition-clinical", "active", "Active"),
            "verificationStatus": coded("http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed", "Confirmed"),
            "category": [coded("http://terminology.hl7.org/CodeSystem/condition-category", "problem-list-item", "Problem List Item")],
            "code": { "coding": [
                { "system": SNOMED, "code": "254837009", "display": "Malignant neoplasm of breast" },
                { "system": icd, "code": "C50.412", "display": "Malignant neoplasm of upper-outer quadrant of left female breast" }
            ], "text": "Carcinoma of the left breast" },
            "subject": patient, "recordedDate": day(-86)
        }),
        json!({
            "resourceType": "AllergyIntolerance", "id": "penicillin",
            "clinicalStatus": coded("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active", "Active"),
            "code": coded(RXNORM, "7980", "Penicillin G"), "patient": patient,
            "reaction": [{ "manifestation": [coded(SNOMED, "271807003", "Rash")] }]
        }),
        medication(
            story,
            "lisinopril",
            "314077",
            "lisinopril 20 MG Oral Tablet",
            (20.0, "mg"),
            "Take 1 tablet (20 mg) by mouth every morning",
            -47,
        ),
        medication(
            story,
            "atorvastatin",
            "617310",
            "atorvastatin 20 MG Oral Tablet",
            (20.0, "mg"),
            "Take 1 tablet (20 mg) by mouth every evening",
            -700,
        ),
        json!({
            "resourceType": "Procedure", "id": "lumpectomy", "status": "completed",
            "code": coded(SNOMED, "392021009", "Lumpectomy of breast"), "subject": patient, "performedDateTime": day(-60),
            "bodySite": [coded(SNOMED, "80248007", "Left breast structure")]
        }),
    ];
    let results: Vec<Value> =
        LABORATORY.iter().map(|(code, ..)| json!({ "reference": format!("Observation/lab-{code}") })).collect();
    for (code, name, value, unit, _) in LABORATORY {
        let value: f64 = value.parse().map_err(wrong)?;
        resources.push(json!({
            "resourceType": "Observation", "id": format!("lab-{code}"), "status": "final",
            "category": [coded("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory", "Laboratory")],
            "code": coded(LOINC, code, name), "subject": patient, "effectiveDateTime": day(-52),
            "valueQuantity": { "value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit }
        }));
    }
    resources.push(json!({
        "resourceType": "DiagnosticReport", "id": "lab", "status": "final",
        "category": [coded("http://terminology.hl7.org/CodeSystem/v2-0074", "LAB", "Laboratory")],
        "code": coded(LOINC, "11502-2", "Laboratory report"), "subject": patient, "effectiveDateTime": day(-52), "result": results
    }));
    resources.push(json!({
        "resourceType": "DocumentReference", "id": "referral", "status": "current",
        "type": coded(LOINC, "57133-1", "Referral note"), "subject": patient,
        "date": format!("{}T10:00:00-05:00", story.day(-41)),
        "author": [{ "reference": "Practitioner/oncologist", "display": ONCOLOGIST }],
        "custodian": { "reference": "Organization/oncology", "display": ONCOLOGY },
        "description": "Referral letter: genetic counseling",
        "content": [{ "attachment": {
            "contentType": "application/pdf", "title": "Referral letter.pdf",
            "data": base64::engine::general_purpose::STANDARD.encode(pdf)
        } }],
        "context": { "period": { "start": day(-41) } }
    }));
    let entries: Vec<Value> = resources
        .into_iter()
        .map(|resource| {
            let part = |key: &str| resource.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
            let url = format!("https://fhir.springfield.example/r4/{}/{}", part("resourceType"), part("id"));
            json!({ "fullUrl": url, "resource": resource, "search": { "mode": "match" } })
        })
        .collect();
    let bundle = json!({
        "resourceType": "Bundle", "id": "portal-export", "type": "searchset",
        "timestamp": format!("{}T18:20:00-05:00", story.day(-40)), "total": entries.len(), "entry": entries
    });
    serde_json::to_vec_pretty(&bundle).map_err(wrong)
}
