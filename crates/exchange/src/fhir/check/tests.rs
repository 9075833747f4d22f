use serde_json::{Value, json};

use super::check;

/// A small right bundle, and what a change of it makes wrong.
fn refused(change: impl FnOnce(&mut Value), expected: &str) {
    let mut bundle = json!({
        "resourceType": "Bundle", "id": "b", "type": "collection", "timestamp": "2026-03-14T10:00:00+00:00",
        "entry": [
            { "fullUrl": "urn:uuid:p", "resource": { "resourceType": "Patient", "id": "p", "birthDate": "1971-03-14" } },
            { "fullUrl": "urn:uuid:o", "resource": {
                "resourceType": "Observation", "id": "o", "status": "final", "code": { "text": "Size" },
                "subject": { "reference": "urn:uuid:p" }, "effectiveDateTime": "2026-03", "valueString": "large"
            } },
        ],
    });
    assert_eq!(check(&bundle), Vec::new());
    change(&mut bundle);
    let problems: Vec<String> = check(&bundle).iter().map(ToString::to_string).collect();
    assert!(problems.iter().any(|p| p == expected), "{problems:#?}");
}

#[test]
fn each_fault_is_one_sentence_that_names_resource_and_element() {
    let o = |b: &mut Value, key: &str, value: Value| b["entry"][1]["resource"][key] = value;
    refused(|b| o(b, "status", Value::Null), "Observation/o: Observation.status must not be null.");
    refused(|b| o(b, "status", json!("done")), "Observation/o: Observation.status must be a code of its closed list.");
    refused(|b| o(b, "note", json!([])), "Observation/o: Observation.note must not be an empty list.");
    refused(|b| o(b, "code", json!({})), "Observation/o: Observation.code must not be empty.");
    refused(|b| o(b, "valueString", json!("  ")), "Observation/o: Observation.valueString must not be empty.");
    for hidden in ["\u{0}", "large\u{0}", "\u{1b}[2J", "a\u{7f}", "\u{85}\u{0}"] {
        let expect = "Observation/o: Observation.valueString must not hold control characters.";
        refused(|b| o(b, "valueString", json!(hidden)), expect);
    }
    refused(
        |b| b["entry"][1]["resource"]["code"]["text"] = json!("Si\u{0}ze"),
        "Observation/o: Observation.code.text must not hold control characters.",
    );
    refused(|b| b["id"] = json!("b\u{0}"), "Bundle: Bundle.id must not hold control characters.");
    refused(
        |b| o(b, "valueInteger", json!(1)),
        "Observation/o: Observation.value[x] must not be there more than 1 times.",
    );
    refused(
        |b| o(b, "effectiveDateTime", json!("2026-02-30")),
        "Observation/o: Observation.effectiveDateTime must be a date.",
    );
    refused(
        |b| o(b, "effectiveDateTime", json!("14.3.2026")),
        "Observation/o: Observation.effectiveDateTime must be a date.",
    );
    refused(
        |b| o(b, "subject", json!({ "reference": "urn:uuid:x" })),
        "Observation/o: Observation.subject.reference must lead to an entry of this bundle.",
    );
    refused(
        |b| o(b, "subject", json!({ "reference": "urn:uuid:o" })),
        "Observation/o: Observation.subject.reference leads to a resource of the wrong type.",
    );
    refused(
        |b| o(b, "dataAbsentReason", json!({ "text": "x" })),
        "Observation/o: Observation.dataAbsentReason must not be there beside a value (obs-6).",
    );
    refused(
        |b| {
            o(
                b,
                "meta",
                json!({ "profile": ["http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-tnm-stage-group"] }),
            )
        },
        "Observation/o: Observation.focus is required and missing.",
    );
    refused(
        |b| o(b, "extension", json!([{ "url": "http://a" }])),
        "Observation/o: Observation.extension must have one value, or extensions and no value.",
    );
    refused(
        |b| o(b, "id", json!("o o")),
        "Observation in entry 2: Observation.id must be 1 to 64 letters, digits, hyphens and points.",
    );
}

#[test]
fn the_rules_of_bundles_are_kept() {
    refused(|b| b["type"] = json!("searchset"), "Bundle: Bundle.type must be a code of its closed list.");
    refused(|b| b["type"] = json!("document"), "Bundle: Bundle.entry must begin with a Composition in a document.");
    refused(
        |b| b["entry"][1]["fullUrl"] = json!("urn:uuid:p"),
        "Bundle: Bundle.entry.fullUrl must be unique in the bundle.",
    );
    refused(
        |b| b["timestamp"] = json!("2026-03-14"),
        "Bundle: Bundle.timestamp must be a moment with its offset from UTC.",
    );
    refused(|b| b["total"] = json!(2), "Bundle: Bundle.total is only for search results and history.");
    refused(
        |b| b["entry"][0]["search"] = json!({ "mode": "match" }),
        "Bundle: Bundle.entry must have no request, response or search in this kind of bundle.",
    );
}

#[test]
fn what_is_no_bundle_is_refused() {
    for value in [json!(null), json!([]), json!({}), json!({ "resourceType": "Patient" }), json!("Bundle")] {
        assert_eq!(check(&value).len(), 1);
    }
}

#[test]
fn narrative_is_xhtml_with_text() {
    for (div, right) in [
        ("<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>a</p></div>", true),
        ("<div xmlns=\"http://www.w3.org/1999/xhtml\"><p> </p></div>", false),
        ("<div><p>a</p></div>", false),
        ("<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>a</div>", false),
        ("<div xmlns=\"http://www.w3.org/1999/xhtml\"><script>a</script></div>", false),
    ] {
        let bundle = json!({
            "resourceType": "Bundle", "type": "collection",
            "entry": [{ "fullUrl": "urn:uuid:p", "resource": { "resourceType": "Patient", "id": "p", "text": { "status": "generated", "div": div } } }],
        });
        assert_eq!(check(&bundle).is_empty(), right, "{div}");
    }
}
