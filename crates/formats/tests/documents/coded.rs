//! Coded entries in neutral words: what FHIR, C-CDA and HL7 v2 say alike comes out alike, and what says "not" or "in
//! error" never comes out as said.

use consilium_casefile::facts::{CodedStatement, CodedValue, StatementKind, StatementStatus};
use consilium_casefile::records::FileFormat;
use consilium_formats::coded::coded;
use serde_json::json;

fn fhir(resource: &serde_json::Value) -> Vec<CodedStatement> {
    coded(FileFormat::FhirJson, resource.to_string().as_bytes())
}

fn cda(entries: &str) -> Vec<CodedStatement> {
    let document = format!(
        "<ClinicalDocument xmlns=\"urn:hl7-org:v3\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><component><structuredBody><component>\
         <section><text><content ID=\"how\">Take 2 tablets by mouth at bedtime</content></text>{entries}</section></component></structuredBody></component></ClinicalDocument>"
    );
    coded(FileFormat::Cda, document.as_bytes())
}

fn hl7(segments: &str) -> Vec<CodedStatement> {
    let message = format!("MSH|^~\\&|LAB|HOSP|||20260405||ORU^R01|1|P|2.5.1\r{segments}");
    coded(FileFormat::Hl7v2, message.as_bytes())
}

fn quantity(value: &str, unit: &str) -> Option<CodedValue> {
    Some(CodedValue::Quantity { value: value.into(), comparator: String::new(), unit: unit.into() })
}

fn code(statement: &CodedStatement) -> (&str, &str) {
    statement.concept.codes.first().map_or(("", ""), |c| (c.system.as_str(), c.code.as_str()))
}

#[test]
fn one_result_is_the_same_entry_in_every_format() {
    let in_fhir = fhir(&json!({
        "resourceType": "Observation", "status": "final", "effectiveDateTime": "2026-04-02T08:00:00Z",
        "code": { "coding": [{ "system": "http://loinc.org", "code": "2857-1", "display": "PSA" }] },
        "valueQuantity": { "value": 4.1, "unit": "ng/mL" }
    }));
    let in_cda = cda(
        "<entry><organizer><component><observation classCode=\"OBS\" moodCode=\"EVN\"><code code=\"2857-1\" codeSystem=\"2.16.840.1.113883.6.1\" displayName=\"PSA\"/>\
         <statusCode code=\"completed\"/><effectiveTime value=\"20260402\"/><value xsi:type=\"PQ\" value=\"4.1\" unit=\"ng/mL\"/></observation></component></organizer></entry>",
    );
    let in_hl7 = hl7("OBR|1|||1^PSA|||20260402\rOBX|1|NM|2857-1^PSA^LN||4.1|ng/mL|0-4|H|||F");
    for statements in [&in_fhir, &in_cda, &in_hl7] {
        let [statement] = statements.as_slice() else { panic!("{statements:#?}") };
        assert_eq!(statement.kind, StatementKind::Observation);
        assert_eq!(code(statement), ("http://loinc.org", "2857-1"));
        assert_eq!(statement.concept.words, "PSA");
        assert_eq!(statement.value, quantity("4.1", "ng/mL"));
        assert_eq!(statement.date.map(|d| d.to_string()).as_deref(), Some("2026-04-02"));
        assert!(!statement.negated);
    }
}

#[test]
fn a_condition_carries_its_stage_its_histology_and_its_side() {
    let statements = fhir(&json!({
        "resourceType": "Condition",
        "clinicalStatus": { "coding": [{ "code": "active" }] },
        "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "254837009" }], "text": "Breast cancer" },
        "bodySite": [{ "coding": [{ "system": "http://snomed.info/sct", "code": "76752008", "display": "Breast" }],
            "extension": [{ "url": "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-laterality-qualifier",
                "valueCodeableConcept": { "coding": [{ "system": "http://snomed.info/sct", "code": "7771000", "display": "Left" }] } }] }],
        "extension": [{ "url": "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior",
            "valueCodeableConcept": { "coding": [{ "system": "http://snomed.info/sct", "code": "82711006", "display": "Infiltrating duct carcinoma" }] } }],
        "stage": [{ "summary": { "text": "Stage IIA" } }]
    }));
    let [condition] = statements.as_slice() else { panic!("{statements:#?}") };
    assert_eq!(condition.status, StatementStatus::Active);
    let sites: Vec<&str> = condition.sites.iter().map(|s| s.words.as_str()).collect();
    assert_eq!(sites, ["Breast", "Left"]);
    let components: Vec<&str> = condition.components.iter().map(|c| c.concept.codes[0].code.as_str()).collect();
    assert_eq!(components, ["mcode-histology-morphology-behavior", "Condition.stage"]);
}

#[test]
fn components_and_contained_members_belong_to_their_observation() {
    let statements = fhir(&json!({
        "resourceType": "Observation", "status": "final", "code": { "text": "Gleason" },
        "contained": [{ "resourceType": "Observation", "id": "m", "code": { "text": "Member" }, "valueInteger": 7 }],
        "hasMember": [{ "reference": "#m" }, { "reference": "Observation/elsewhere" }],
        "component": [{ "code": { "text": "Primary" }, "valueCodeableConcept": { "text": "4" } },
            { "code": { "text": "Secondary" }, "dataAbsentReason": { "coding": [{ "code": "not-performed" }] } }]
    }));
    let parts = &statements[0].components;
    assert_eq!(parts.len(), 3);
    assert_eq!(parts[1].absent.as_deref(), Some("not-performed"));
    assert_eq!(parts[1].value, None);
    assert_eq!(parts[2].value, quantity("7", ""));
}

#[test]
fn what_is_refuted_in_error_not_taken_or_only_proposed_is_never_said() {
    let status = |resource: serde_json::Value| fhir(&resource).first().map(|s| (s.status, s.negated));
    let state = |code: &str| json!({ "coding": [{ "code": code }] });
    let condition = |certainty: &str| json!({ "resourceType": "Condition", "code": { "text": "Lung cancer" }, "verificationStatus": state(certainty) });
    assert_eq!(status(condition("refuted")), Some((StatementStatus::NotSo, true)));
    assert_eq!(status(condition("entered-in-error")), Some((StatementStatus::Void, false)));
    assert_eq!(status(condition("differential")), Some((StatementStatus::Uncertain, false)));
    let medicine = |kind: &str, status: &str, intent: &str| json!({ "resourceType": kind, "status": status, "intent": intent, "medicationCodeableConcept": { "text": "Tamoxifen" } });
    let cases = [
        ("MedicationStatement", "not-taken", "", StatementStatus::NotSo),
        ("MedicationRequest", "active", "proposal", StatementStatus::Planned),
        ("MedicationRequest", "active", "order", StatementStatus::Active),
        ("MedicationRequest", "stopped", "order", StatementStatus::Stopped),
        ("MedicationAdministration", "completed", "", StatementStatus::Completed),
        ("MedicationRequest", "draft", "order", StatementStatus::Void),
    ];
    for (kind, state, intent, expected) in cases {
        assert_eq!(status(medicine(kind, state, intent)).map(|s| s.0), Some(expected), "{kind} {state} {intent}");
    }
    let asked_not_to = json!({ "resourceType": "MedicationRequest", "status": "active", "doNotPerform": true,
        "medicationCodeableConcept": { "text": "Estradiol" } });
    assert_eq!(status(asked_not_to).map(|s| s.0), Some(StatementStatus::NotSo));
}

#[test]
fn a_medicine_of_a_c_cda_has_dose_route_period_and_its_instruction() {
    let statements = cda(
        "<entry><substanceAdministration classCode=\"SBADM\" moodCode=\"INT\"><text><reference value=\"#how\"/></text><statusCode code=\"active\"/>\
         <effectiveTime xsi:type=\"IVL_TS\"><low value=\"20240101\"/><high value=\"20250301\"/></effectiveTime><effectiveTime xsi:type=\"PIVL_TS\"><period value=\"12\" unit=\"h\"/></effectiveTime>\
         <routeCode code=\"C38288\" displayName=\"Oral\"/><doseQuantity value=\"2\" unit=\"tablet\"/><consumable><manufacturedProduct><manufacturedMaterial>\
         <code code=\"10324\" codeSystem=\"2.16.840.1.113883.6.88\" displayName=\"Tamoxifen\"/></manufacturedMaterial></manufacturedProduct></consumable>\
         <entryRelationship typeCode=\"RSON\"><observation><value xsi:type=\"CD\" code=\"254837009\" displayName=\"Breast cancer\"/></observation></entryRelationship>\
         <entryRelationship><supply><product><manufacturedProduct><manufacturedMaterial><code code=\"1\" displayName=\"again\"/></manufacturedMaterial></manufacturedProduct></product></supply></entryRelationship>\
         </substanceAdministration></entry>",
    );
    let [medicine] = statements.as_slice() else { panic!("{statements:#?}") };
    let dosage = medicine.dosage.as_ref().unwrap();
    assert_eq!(
        (dosage.dose.as_str(), dosage.route.as_str(), dosage.frequency.as_str()),
        ("2 tablet", "Oral", "every 12 h")
    );
    assert_eq!(dosage.text, "Take 2 tablets by mouth at bedtime");
    assert_eq!(medicine.status, StatementStatus::Active);
    assert_eq!(medicine.until.map(|d| d.to_string()).as_deref(), Some("2025-03-01"));
    assert_eq!(medicine.reasons[0].words, "Breast cancer");
}

#[test]
fn a_problem_an_allergy_and_a_relatives_illness_are_told_apart_in_a_c_cda() {
    let statements = cda(
        "<entry><act><templateId root=\"2.16.840.1.113883.10.20.22.4.3\"/><code code=\"CONC\"/><statusCode code=\"completed\"/><entryRelationship><observation negationInd=\"true\">\
         <templateId root=\"2.16.840.1.113883.10.20.22.4.4\"/><code code=\"55607006\" displayName=\"Problem\"/><value xsi:type=\"CD\" code=\"73211009\" codeSystem=\"2.16.840.1.113883.6.96\" displayName=\"Diabetes\"/>\
         </observation></entryRelationship></act></entry>\
         <entry><act><statusCode code=\"active\"/><entryRelationship><observation><templateId root=\"2.16.840.1.113883.10.20.22.4.7\"/><value xsi:type=\"CD\" code=\"416098002\" displayName=\"Allergy to drug\"/>\
         <participant typeCode=\"CSM\"><participantRole><playingEntity><code code=\"7980\" displayName=\"Penicillin G\"/></playingEntity></participantRole></participant>\
         <entryRelationship><observation><templateId root=\"2.16.840.1.113883.10.20.22.4.9\"/><value xsi:type=\"CD\" code=\"247472004\" displayName=\"Hives\"/></observation></entryRelationship>\
         </observation></entryRelationship></act></entry>\
         <entry><organizer><templateId root=\"2.16.840.1.113883.10.20.22.4.45\"/><subject><relatedSubject><code code=\"MTH\" displayName=\"Mother\"/></relatedSubject></subject>\
         <component><observation><templateId root=\"2.16.840.1.113883.10.20.22.4.46\"/><value xsi:type=\"CD\" code=\"254837009\" displayName=\"Breast cancer\"/></observation></component></organizer></entry>",
    );
    let kinds: Vec<StatementKind> = statements.iter().map(|s| s.kind).collect();
    assert_eq!(
        kinds,
        [StatementKind::Condition, StatementKind::Allergy, StatementKind::FamilyHistory],
        "{statements:#?}"
    );
    assert!(statements[0].negated);
    assert_eq!(statements[0].status, StatementStatus::Completed);
    assert_eq!(statements[0].concept.words, "Diabetes");
    assert_eq!(statements[1].concept.words, "Penicillin G");
    assert!(matches!(&statements[1].value, Some(CodedValue::Concept(c)) if c.words == "Hives"));
    assert_eq!(statements[2].relative.as_ref().map(|r| r.words.as_str()), Some("Mother"));
}

#[test]
fn a_value_left_out_says_why_and_a_plan_stays_a_plan() {
    let statements = cda("<code code=\"18776-5\" codeSystem=\"2.16.840.1.113883.6.1\"/>\
         <entry><observation><code code=\"16112-5\" codeSystem=\"2.16.840.1.113883.6.1\" displayName=\"ER\"/><value xsi:type=\"CD\" nullFlavor=\"NASK\"/></observation></entry>\
         <entry><procedure moodCode=\"RQO\"><code code=\"172043006\" codeSystem=\"2.16.840.1.113883.6.96\" displayName=\"Mastectomy\"/></procedure></entry>\
         <entry><substanceAdministration moodCode=\"INT\"><consumable><manufacturedProduct><manufacturedMaterial><code code=\"1\" displayName=\"Paclitaxel\"/></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration></entry>");
    assert_eq!(statements[0].absent.as_deref(), Some("NASK"));
    assert_eq!(statements[0].value, None);
    assert_eq!(statements[1].status, StatementStatus::Planned);
    assert_eq!(statements[2].status, StatementStatus::Planned);
}

#[test]
fn segments_become_diagnoses_allergies_medicines_and_results() {
    let statements = hl7("DG1|1||C50.412^Malignant neoplasm of breast^I10||20260301|W\rAL1|1|DA|^Penicillin||Rash\r\
         RXE|^BID|314076^lisinopril 10 MG^RXNORM|10||mg\rRXR|PO^Oral\r\
         OBX|1|SN|29593-1^Ki-67^LN||^20^-^30|%|||||F\rOBX|2|CWE|16112-5^ER^LN||10828004^Positive^SCT||||||W\rPR1|1||^Lumpectomy||20260201");
    let kinds: Vec<(StatementKind, StatementStatus)> = statements.iter().map(|s| (s.kind, s.status)).collect();
    assert_eq!(
        kinds,
        [
            (StatementKind::Condition, StatementStatus::Uncertain),
            (StatementKind::Allergy, StatementStatus::Active),
            (StatementKind::Medication, StatementStatus::Active),
            (StatementKind::Observation, StatementStatus::Stands),
            (StatementKind::Observation, StatementStatus::Void),
            (StatementKind::Procedure, StatementStatus::Completed),
        ]
    );
    assert_eq!(statements[1].concept.words, "Penicillin");
    let dosage = statements[2].dosage.as_ref().unwrap();
    assert_eq!((dosage.dose.as_str(), dosage.route.as_str(), dosage.frequency.as_str()), ("10 mg", "Oral", "BID"));
    let range = CodedValue::Range { low: "20".into(), high: "30".into(), unit: "%".into() };
    assert_eq!(statements[3].value, Some(range));
}

#[test]
fn bad_bytes_have_no_entries_and_other_formats_none_either() {
    for format in
        [FileFormat::FhirJson, FileFormat::FhirNdjson, FileFormat::FhirXml, FileFormat::Cda, FileFormat::Hl7v2]
    {
        for bytes in
            [&b""[..], b"{", b"<a", b"MSH|", b"\xff\xfe\x00", b"{\"resourceType\":\"Observation\"}", b"[1,2,{}]"]
        {
            assert_eq!(coded(format, bytes), [], "{format:?} {bytes:?}");
        }
    }
    assert_eq!(coded(FileFormat::Pdf, b"%PDF-1.4"), []);
    let wrong_types = json!({ "resourceType": "Observation", "code": 7, "component": "x", "valueQuantity": [], "hasMember": [null, 1],
        "extension": [{ "url": 3 }], "bodySite": [[[]]], "status": {} });
    let _ = fhir(&wrong_types);
}
