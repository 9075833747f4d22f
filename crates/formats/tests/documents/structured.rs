//! C-CDA, HL7 v2 and FHIR made up in code: what a clinician sees of them, and that bad ones cost only themselves.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use consilium_casefile::records::FileFormat;
use consilium_formats::Substance;
use consilium_formats::readable::{Block, readable};
use serde_json::json;

use crate::support::{document, patients, read};

const BORN: &str = "Rosa Example|1971-03-14";

fn cda(body: &str) -> String {
    format!(
        r##"<?xml version="1.0" encoding="UTF-8"?><?xml-stylesheet type="text/xsl" href="CDA.xsl"?>
<ClinicalDocument xmlns="urn:hl7-org:v3">
<templateId root="2.16.840.1.113883.10.20.22.1.7" extension="2015-08-01"/>
<code code="11504-8" codeSystem="2.16.840.1.113883.6.1" displayName="Surgical operation note"/>
<title>Operative Note</title><effectiveTime value="20260401"/>
<recordTarget><patientRole><id root="1.2.3" extension="12345"/><patient><name><given>Rosa</given><family>Example</family></name>
<administrativeGenderCode code="F" displayName="Female"/><birthTime value="19710314"/><sdtc:deceasedInd value="false"/></patient></patientRole></recordTarget>
<author><assignedAuthor><assignedPerson><name><given>Ann</given><family>Surgeon</family></name></assignedPerson></assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization><name>Mercy Example Hospital</name></representedCustodianOrganization></assignedCustodian></custodian>
<documentationOf><serviceEvent><effectiveTime><low value="202603201000"/><high value="202603201200"/></effectiveTime></serviceEvent></documentationOf>
<component>{body}</component></ClinicalDocument>"##
    )
}

const BODY: &str = r##"<structuredBody>
<component><section><code code="48765-2" codeSystem="2.16.840.1.113883.6.1"/><title>Allergies</title><text>No known allergies</text>
<entry><act classCode="ACT" moodCode="EVN"><code code="CONC"/><statusCode code="active"/><entryRelationship><observation negationInd="true">
<templateId root="2.16.840.1.113883.10.20.22.4.7"/><code code="ASSERTION"/><value xsi:type="CD" code="419199007" codeSystem="2.16.840.1.113883.6.96" displayName="Allergy to substance"/>
</observation></entryRelationship></act></entry></section></component>
<component><section nullFlavor="NI"><title>Medications</title><text/></section></component>
<component><section><title>Results</title><text><table><thead><tr><th>Marker</th><th>Result</th></tr></thead>
<tbody><tr><td ID="er">Estrogen receptor</td><td>95 %<br/>strong</td></tr><tr><td colspan="2">Ki-67 not done</td></tr></tbody></table>
<list><item>first</item><item>second<list><item>inner</item></list></item></list></text>
<entry><organizer><code code="1" displayName="Receptors"/><component><observation><code code="16112-5" codeSystem="2.16.840.1.113883.6.1"><originalText><reference value="#er"/></originalText></code>
<effectiveTime value="20260320"/><value xsi:type="PQ" value="95" unit="%"/><interpretationCode code="A" displayName="Abnormal"/>
<referenceRange><observationRange><value><high value="1" unit="%"/></value></observationRange></referenceRange></observation></component></organizer></entry>
<entry><substanceAdministration negationInd="true"><statusCode code="completed"/><doseQuantity value="20" unit="mg"/><consumable><manufacturedProduct><manufacturedMaterial>
<code code="10324" codeSystem="2.16.840.1.113883.6.88" displayName="Tamoxifen"/></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration></entry>
<component><section><title>Inner section</title><text>of results</text></section></component></section></component>
</structuredBody>"##;

/// A whole document, for others to damage.
pub fn whole_cda() -> String {
    cda(BODY)
}

#[test]
fn a_c_cda_document_shows_narrative_and_codes_and_says_what_is_denied() {
    let understood = read(cda(BODY), FileFormat::Cda);
    let content = document(&understood);
    assert_eq!(patients(content), [BORN]);
    assert_eq!(content.stated.codes[0].system, "http://loinc.org");
    assert_eq!(content.stated.codes[1].code, "urn:oid:2.16.840.1.113883.10.20.22.1.7");
    assert_eq!(content.stated.date.map(|d| d.to_string()).as_deref(), Some("2026-03-20"), "not when it was written");
    assert_eq!(content.stated.author.as_deref(), Some("Ann Surgeon"));
    assert_eq!(content.stated.facility.as_deref(), Some("Mercy Example Hospital"));
    assert_eq!(understood.complaints, []);
    insta::assert_json_snapshot!(readable(FileFormat::Cda, cda(BODY).as_bytes()).unwrap());
}

#[test]
fn a_body_that_is_another_file_is_unpacked_or_asked_for() {
    let body = |inner: &str| cda(&format!("<nonXMLBody>{inner}</nonXMLBody>"));
    let embedded = body(&format!(
        "<text mediaType=\"application/pdf\" representation=\"B64\">{}\n</text>",
        STANDARD.encode("%PDF-1.4")
    ));
    let understood = read(embedded, FileFormat::Cda);
    assert_eq!(understood.attachments[0].bytes, b"%PDF-1.4");
    assert_eq!(understood.attachments[0].name, "Operative Note.pdf");
    assert_eq!(understood.attachments[0].stated.date.map(|d| d.to_string()).as_deref(), Some("2026-03-20"));
    let elsewhere =
        read(body("<text mediaType=\"application/pdf\"><reference value=\"note.pdf\"/></text>"), FileFormat::Cda);
    assert_eq!((elsewhere.attachments.len(), elsewhere.complaints.len()), (0, 1));
    let wrong = read(body("<text mediaType=\"application/pdf\" representation=\"B64\">%%%</text>"), FileFormat::Cda);
    assert_eq!((wrong.attachments.len(), wrong.complaints.len()), (0, 1));
}

#[test]
fn a_document_in_another_character_set_or_without_namespace_is_read() {
    let text = cda(BODY).replace(" xmlns=\"urn:hl7-org:v3\"", "").replace("Rosa", "Zoë");
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [latin, wide, format!("\u{feff}{text}").into_bytes()] {
        assert_eq!(patients(document(&read(bytes, FileFormat::Cda))), ["Zoë Example|1971-03-14"]);
    }
}

#[test]
fn a_truncated_document_shows_what_came_before_the_end() {
    let whole = cda(BODY);
    for length in (0..whole.len()).step_by(17) {
        let _ = read(&whole.as_bytes()[..length], FileFormat::Cda);
    }
    let cut = read(&whole[..whole.find("second").unwrap()], FileFormat::Cda);
    assert_eq!(patients(document(&cut)), [BORN]);
    assert_eq!(cut.complaints.len(), 1);
    assert!(document(&cut).text[0].contains("Estrogen receptor"));
}

#[test]
fn xml_made_to_break_readers_is_kept_and_not_read() {
    let deep = cda(&"<section>".repeat(100_000));
    let laughs = format!("<!DOCTYPE x [<!ENTITY a \"{}\"><!ENTITY b \"&a;&a;\">]>{}", "ha".repeat(100), cda("&b;"));
    for bad in [deep.as_str(), laughs.as_str(), "", "<", "<ClinicalDocument", "no xml"] {
        let understood = read(bad, FileFormat::Cda);
        assert_eq!((understood.substance, understood.complaints.len()), (Substance::Opaque, 1));
        assert_eq!(readable(FileFormat::Cda, bad.as_bytes()), None);
    }
}

pub const ORU: &str = "MSH|^~\\&|LAB|Mercy Example Hospital|||20260321||ORU^R01|1|P|2.5\r\
PID|1||12345^^^MEH^MR||Example^Rosa^^^^^L||19710314|F\r\
OBR|1||S26-1|11526-1^Pathology study^LN|||20260320|||||||||777^Doctor^Dana|||||||||F|||||||&Pathologist&Ann\r\
OBX|1|NM|16112-5^Estrogen receptor^LN||95|%|<1|A|||F|||20260320\r\
NTE|1||checked \\T\\ signed\r\
OBX|2|FT|22637-3^Diagnosis^LN||Invasive carcinoma\\.br\\Grade 2 \\H\\of 3\\N\\||||||F\r\
OBX|3|ED|PDF^Report||^application^pdf^Base64^JVBERi0xLjQ=||||||F\r\
ZZZ|1|local\r";

#[test]
fn results_and_texts_of_a_message_are_shown_and_its_file_unpacked() {
    let understood = read(ORU, FileFormat::Hl7v2);
    let content = document(&understood);
    assert_eq!(patients(content), [BORN]);
    assert_eq!(content.stated.codes[0].code, "11526-1");
    assert_eq!(content.stated.author.as_deref(), Some("Ann Pathologist"));
    assert_eq!(content.stated.date.map(|d| d.to_string()).as_deref(), Some("2026-03-20"));
    assert_eq!(understood.attachments[0].bytes, b"%PDF-1.4");
    assert_eq!(understood.attachments[0].name, "Report.pdf");
    insta::assert_json_snapshot!(readable(FileFormat::Hl7v2, ORU.as_bytes()).unwrap());
}

#[test]
fn messages_are_read_with_any_line_end_framing_and_character_set() {
    let latin: Vec<u8> = ORU.replace("Rosa", "Zo\u{eb}").chars().map(|c| c as u8).collect();
    assert_eq!(patients(document(&read(&latin, FileFormat::Hl7v2))), ["Zoë Example|1971-03-14"]);
    let second = ORU.replace("Rosa", "Roland").replace("Example^", "Exempel^");
    for (one, other) in [("\r", "\n"), ("\r", "\r\n"), ("\r", "\r")] {
        let batch = format!("FHS|^~\\&\r\u{b}{ORU}\u{1c}\r\u{b}{second}\u{1c}\rFTS|2").replace(one, other);
        let content = document(&read(&batch, FileFormat::Hl7v2)).clone();
        assert_eq!(patients(&content), [BORN, "Roland Exempel|1971-03-14"]);
    }
    // A text field broken over lines goes on; nothing of it is lost.
    let broken = ORU.replace("\\.br\\", "\n").replace('\r', "\n");
    assert!(document(&read(broken, FileFormat::Hl7v2)).text[0].contains("Invasive carcinoma\nGrade 2 of 3"));
}

#[test]
fn a_message_that_is_damaged_costs_only_what_is_damaged() {
    for length in 0..ORU.len() {
        let _ = read(&ORU.as_bytes()[..length], FileFormat::Hl7v2);
    }
    let wrong = read(ORU.replace("JVBERi0xLjQ=", "%%%"), FileFormat::Hl7v2);
    assert_eq!((wrong.attachments.len(), wrong.complaints.len()), (0, 1));
    let elsewhere = read(ORU.replace("|ED|", "|RP|"), FileFormat::Hl7v2);
    assert_eq!((elsewhere.attachments.len(), elsewhere.complaints.len()), (0, 1));
    assert_eq!(read("PID|1||no header", FileFormat::Hl7v2).substance, Substance::Opaque);
    let _ = read("MSH", FileFormat::Hl7v2);
    let _ = read("MSH|", FileFormat::Hl7v2);
}

#[test]
fn a_fhir_record_reads_in_clinical_order_and_hides_nothing() {
    let loinc = |code: &str, display: &str| json!({"coding": [{"system": "http://loinc.org", "code": code, "display": display}]});
    let bundle = json!({"resourceType": "Bundle", "type": "collection", "entry": [
        {"resource": {"resourceType": "Patient", "id": "rosa", "gender": "female", "birthDate": "1971-03-14", "name": [{"family": "Example", "given": ["Rosa"]}]}},
        {"resource": {"resourceType": "Basic", "id": "unknown", "code": {"text": "something new"}}},
        {"resource": {"resourceType": "Observation", "id": "er", "status": "final", "code": loinc("16112-5", "Estrogen receptor"),
            "category": [{"coding": [{"code": "laboratory"}]}], "effectiveDateTime": "2026-03-20T10:00:00Z", "valueQuantity": {"value": 95, "unit": "%"},
            "referenceRange": [{"high": {"value": 1, "unit": "%"}}], "interpretation": [{"text": "abnormal"}]}},
        {"resource": {"resourceType": "Observation", "id": "ki", "status": "final", "code": loinc("29593-1", "Ki-67"),
            "category": [{"coding": [{"code": "laboratory"}]}], "dataAbsentReason": {"text": "not performed"}}},
        {"resource": {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "code": loinc("11526-1", "Pathology study"),
            "effectiveDateTime": "2026-03-20", "conclusion": "Invasive carcinoma", "result": [{"reference": "Observation/er"}]}},
        {"resource": {"resourceType": "MedicationStatement", "status": "not-taken", "medicationCodeableConcept": {"text": "Tamoxifen"}, "dosage": [{"text": "20 mg daily"}]}},
        {"resource": {"resourceType": "Condition", "code": {"text": "Breast cancer"}, "verificationStatus": {"coding": [{"code": "refuted"}]}, "onsetDateTime": "2026"}},
        {"resource": {"resourceType": "AllergyIntolerance", "code": {"text": "No known allergies"}}}
    ]});
    let shown = readable(FileFormat::FhirJson, bundle.to_string().as_bytes()).unwrap();
    let hidden =
        shown.sections.iter().flat_map(|s| &s.blocks).any(|b| matches!(b, Block::Raw { what, .. } if what == "Basic"));
    assert!(hidden, "what has no layout is shown as it stands");
    insta::assert_json_snapshot!(shown);
}

#[test]
fn each_line_of_a_void_fhir_report_is_marked() {
    let report = |status: &str| {
        let bundle = json!({"resourceType": "Bundle", "type": "collection", "entry": [
            {"resource": {"resourceType": "DiagnosticReport", "id": "r", "status": status, "code": {"text": "Pathology"},
                "conclusion": "Invasive ductal carcinoma.\n\nGrade 3."}}
        ]});
        readable(FileFormat::FhirJson, bundle.to_string().as_bytes()).unwrap().text()
    };
    for (status, mark) in [("entered-in-error", "Entered in error: "), ("cancelled", "Cancelled: ")] {
        let text = report(status);
        for words in ["Invasive ductal carcinoma.", "Grade 3."] {
            assert!(text.contains(&format!("{mark}{words}")), "{text}");
        }
        assert!(!text.contains(&format!("{mark}\n")), "{text}");
    }
    for status in ["final", "amended", "preliminary"] {
        let text = report(status);
        assert!(!text.contains("Entered in error: ") && !text.contains("Cancelled: "), "{text}");
    }
}
