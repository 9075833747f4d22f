use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use consilium_casefile::records::FileFormat;
use consilium_formats::Substance;
use serde_json::json;

use crate::support::{document, patients, read};

fn rosa() -> serde_json::Value {
    json!({"resourceType": "Patient", "id": "rosa", "birthDate": "1971-03-14",
        "name": [{"use": "official", "family": "Example", "given": ["Rosa", "M"]}],
        "identifier": [{"type": {"coding": [{"code": "MR"}]}, "value": "12345"}]})
}

fn bundle(resources: &[serde_json::Value]) -> String {
    let entries: Vec<_> = resources.iter().map(|r| json!({"resource": r})).collect();
    json!({"resourceType": "Bundle", "type": "collection", "entry": entries}).to_string()
}

#[test]
fn a_bundle_names_its_patient_and_unpacks_its_files() {
    let report = json!({"resourceType": "DocumentReference", "id": "d1", "status": "current",
        "type": {"coding": [{"system": "http://loinc.org", "code": "11526-1", "display": "Pathology study"}]},
        "subject": {"reference": "Patient/rosa"}, "date": "2026-04-01", "author": [{"display": "Ann Pathologist"}],
        "context": {"period": {"start": "2026-03-20"}},
        "content": [{"attachment": {"contentType": "application/pdf", "url": "Binary/b1", "title": "Path report"}},
                    {"attachment": {"contentType": "text/plain", "data": STANDARD.encode("no tumour")}},
                    {"attachment": {"contentType": "application/pdf", "url": "Binary/absent"}}]});
    let binary = json!({"resourceType": "Binary", "id": "b1", "contentType": "application/pdf", "data": STANDARD.encode("%PDF-")});
    let understood = read(bundle(&[rosa(), report, binary]), FileFormat::FhirJson);
    let content = document(&understood);
    assert_eq!(patients(content), ["Rosa M Example|1971-03-14"]);
    assert_eq!(content.stated.codes[0].code, "11526-1");
    assert_eq!(content.stated.date.map(|d| d.to_string()).as_deref(), Some("2026-03-20"));
    let names: Vec<&str> = understood.attachments.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["Path report.pdf", "DocumentReference-d1.txt"]);
    assert_eq!(understood.attachments[0].bytes, b"%PDF-");
    assert_eq!(understood.attachments[0].stated.author.as_deref(), Some("Ann Pathologist"));
    assert_eq!(understood.complaints.len(), 1, "{:?}", understood.complaints);
}

#[test]
fn lines_of_resources_are_read_and_a_bad_line_costs_that_line() {
    let other = json!({"resourceType": "Patient", "id": "roland", "name": [{"text": "Roland Exempel"}]});
    let lines = format!("{}\n{{broken\n\n{}\n", rosa(), other);
    let understood = read(lines, FileFormat::FhirNdjson);
    assert_eq!(patients(document(&understood)), ["Rosa M Example|1971-03-14", "Roland Exempel|"]);
    assert_eq!(understood.complaints.len(), 1);
}

#[test]
fn the_xml_form_is_read_like_the_json_form() {
    let xml = r#"<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/><entry><resource><Patient>
        <id value="rosa"/><name><family value="Example"/><given value="Rosa"/><given value="M"/></name>
        <birthDate value="1971-03-14"/></Patient></resource></entry></Bundle>"#;
    assert_eq!(patients(document(&read(xml, FileFormat::FhirXml))), ["Rosa M Example|1971-03-14"]);
}

#[test]
fn bad_input_costs_that_input_only() {
    let deep = format!("{{\"resourceType\":\"Patient\",\"extension\":{}", "[".repeat(200_000));
    for bad in [deep.as_str(), "", "{", "{\"resourceType\":\"Patient\"", "[1,2,3]", "null", "\u{feff}"] {
        let understood = read(bad, FileFormat::FhirJson);
        assert_eq!(understood.substance, Substance::Opaque);
        assert_eq!(understood.complaints.len(), 1);
    }
    let wrong = json!({"resourceType": "Binary", "id": "b", "contentType": "application/pdf", "data": "%%%not base64"});
    let understood = read(wrong.to_string(), FileFormat::FhirJson);
    assert_eq!((understood.attachments.len(), understood.complaints.len()), (0, 1));
    let mut latin = br#"{"resourceType":"Patient","name":[{"family":"M"#.to_vec();
    latin.extend_from_slice(b"\xfcller\"}]}");
    let understood = read(latin, FileFormat::FhirJson);
    assert_eq!(patients(document(&understood)), ["M\u{fc}ller|"]);
    assert_eq!(understood.complaints.len(), 1);
}
