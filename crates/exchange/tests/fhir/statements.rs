//! Statements about the bundles of the sample cases.

use consilium_casefile::facts::Polarity;
use consilium_exchange::fhir::{Export, full, ips, mcode};
use serde_json::Value;

use crate::samples::{self, fact, source};

fn resources<'b>(bundle: &'b Value, kind: &str) -> Vec<&'b Value> {
    let entries = bundle["entry"].as_array().expect("entries");
    entries.iter().map(|e| &e["resource"]).filter(|r| r["resourceType"] == kind).collect()
}

fn observation<'b>(bundle: &'b Value, concept: &str) -> &'b Value {
    let named = |o: &&Value| o["code"]["coding"].as_array().is_some_and(|c| c.iter().any(|c| c["code"] == concept));
    resources(bundle, "Observation").into_iter().find(named).expect(concept)
}

fn profile(resource: &Value) -> &str {
    resource["meta"]["profile"][0].as_str().and_then(|p| p.rsplit('/').next()).expect("a profile")
}

#[test]
fn every_sample_is_written_in_all_three_forms() {
    for (name, export) in samples::all() {
        for (form, bundle) in [("mcode", mcode(&export)), ("ips", ips(&export)), ("full", full(&export))] {
            let bundle = bundle.unwrap_or_else(|problems| {
                panic!("{name} {form}: {}", problems.iter().map(|p| format!("\n{p}")).collect::<String>())
            });
            if name != "hostile" {
                insta::assert_json_snapshot!(format!("{name}_{form}"), bundle);
            }
        }
    }
}

#[test]
fn absent_not_tested_and_insufficient_are_three_things() {
    let bundle = mcode(&samples::breast()).expect("a bundle");
    let ish = observation(&bundle, "her2_ish");
    assert_eq!(ish["valueCodeableConcept"]["text"], "not amplified");
    assert_eq!(ish["interpretation"][0]["coding"][0]["code"], "NEG");
    assert_eq!(profile(ish), "mcode-tumor-marker-test");
    let ki67 = observation(&bundle, "ki67");
    assert_eq!(ki67["dataAbsentReason"]["coding"][0]["code"], "not-performed");
    let mmr = observation(&bundle, "mmr");
    assert_eq!(mmr["dataAbsentReason"]["coding"][0]["code"], "unknown");
    for untold in [ki67, mmr] {
        assert_eq!(profile(untold), "Observation", "mCODE's profile demands a value");
        assert!(untold.get("valueCodeableConcept").is_none());
    }
    let ihc = observation(&bundle, "her2_ihc");
    assert_eq!(ihc["interpretation"][0]["coding"][0]["code"], "E");
}

#[test]
fn an_unconfirmed_code_is_not_written() {
    for bundle in [mcode(&samples::breast()), ips(&samples::breast()), full(&samples::breast())] {
        let text = bundle.expect("a bundle").to_string();
        assert!(!text.contains("C50.412") && !text.contains("33739-4"));
    }
    assert!(mcode(&samples::prostate()).expect("a bundle").to_string().contains("\"C61\""));
}

#[test]
fn a_stage_group_has_its_focus_method_and_members() {
    let bundle = mcode(&samples::breast()).expect("a bundle");
    let stages: Vec<&Value> =
        resources(&bundle, "Observation").into_iter().filter(|o| profile(o) == "mcode-tnm-stage-group").collect();
    assert_eq!(stages.len(), 2);
    let pathologic = stages.iter().find(|s| s["code"]["coding"][0]["code"] == "399588009").expect("pathologic");
    assert_eq!(pathologic["method"]["coding"][0]["code"], "897275008");
    assert_eq!(pathologic["hasMember"].as_array().map(Vec::len), Some(2));
    let other = stages.iter().find(|s| s["code"]["coding"][0]["code"] == "399390009").expect("unspecified");
    assert!(other["method"].get("coding").is_none(), "nobody stated the edition");
}

#[test]
fn where_records_differ_the_condition_does_not_choose() {
    let bundle = mcode(&samples::lung()).expect("a bundle");
    let conditions = resources(&bundle, "Condition");
    let primary = conditions.iter().find(|c| profile(c) == "mcode-primary-cancer-condition").expect("a primary");
    assert!(primary["bodySite"][0].get("extension").is_none());
    assert!(primary["note"][0]["text"].as_str().expect("a note").contains("differ"));
    let secondary = conditions.iter().find(|c| profile(c) == "mcode-secondary-cancer-condition").expect("a secondary");
    assert_eq!(secondary["extension"][0]["url"], "http://hl7.org/fhir/StructureDefinition/condition-related");
}

#[test]
fn a_plan_is_a_plan_and_what_was_declined_was_not_done() {
    let bundle = mcode(&samples::breast()).expect("a bundle");
    let requests = resources(&bundle, "MedicationRequest");
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|r| r["intent"] == "plan"));
    assert!(resources(&bundle, "MedicationAdministration").is_empty());
    let radiation = resources(&bundle, "Procedure");
    let radiation = radiation.iter().find(|p| profile(p) == "mcode-radiotherapy-course-summary").expect("radiation");
    assert_eq!(radiation["status"], "preparation");
    assert!(!radiation.to_string().contains("mcode-radiotherapy-sessions"), "no session was given");
}

/// Whether it names the patient's side as who says so.
fn is_of_the_patient(bundle: &Value, said_by: &Value) -> bool {
    let patient = bundle["entry"].as_array().expect("entries").iter();
    let patient = patient.clone().find(|e| e["resource"]["resourceType"] == "Patient").expect("a patient");
    said_by["reference"] == patient["fullUrl"]
        && said_by["display"].as_str().is_some_and(|d| d.contains("keeps the records"))
}

#[test]
fn a_treatment_that_a_person_states_names_them_in_every_form_and_one_not_given_is_not_done() {
    for bundle in [mcode(&samples::stated()), ips(&samples::stated()), full(&samples::stated())] {
        let bundle = bundle.expect("a bundle");
        let procedures = resources(&bundle, "Procedure");
        let statuses: Vec<&Value> = procedures.iter().map(|p| &p["status"]).collect();
        assert_eq!(statuses, ["completed", "not-done"]);
        for procedure in procedures {
            for by in ["recorder", "asserter"] {
                assert!(is_of_the_patient(&bundle, &procedure[by]), "{procedure:#}");
            }
            assert!(procedure["note"].to_string().contains("no record of the case says it"));
        }
        assert_eq!(resources(&bundle, "MedicationAdministration").len(), 0, "nobody has seen it given");
        let statements = resources(&bundle, "MedicationStatement");
        let of = |name: &str| {
            let found = statements.iter().find(|s| s["medicationCodeableConcept"]["text"] == name);
            found.copied().unwrap_or_else(|| panic!("{name} is missing"))
        };
        for (name, status) in [
            ("doxorubicin", "completed"),
            ("cyclophosphamide", "completed"),
            ("Pembrolizumab", "not-taken"),
            ("Trastuzumab", "active"),
        ] {
            assert_eq!(of(name)["status"], status, "{name}");
            assert!(is_of_the_patient(&bundle, &of(name)["informationSource"]), "{name}");
        }
        assert!(of("Trastuzumab")["note"].to_string().contains("In the case that the record is an export of"));
        let plan = resources(&bundle, "MedicationRequest");
        let plan = plan.iter().find(|r| r["medicationCodeableConcept"]["text"] == "Tamoxifen").expect("the plan");
        assert!(plan.get("reportedBoolean").is_none() && is_of_the_patient(&bundle, &plan["reportedReference"]));
    }
}

#[test]
fn a_medicine_that_a_person_put_on_the_list_is_reported_by_them() {
    let export = samples::stated();
    let named = |bundle: &Value, kind: &str, name: &str| -> Vec<Value> {
        let of = resources(bundle, kind).into_iter().filter(|r| r["medicationCodeableConcept"]["text"] == name);
        of.cloned().collect()
    };
    let (mcode, ips, full) = (mcode(&export).expect("mCODE"), ips(&export).expect("IPS"), full(&export).expect("full"));
    for bundle in [&mcode, &full] {
        let requests = named(bundle, "MedicationRequest", "tamoxifen");
        let [request] = requests.as_slice() else { panic!("{requests:#?}") };
        assert!(is_of_the_patient(bundle, &request["reportedReference"]));
        assert_eq!(named(bundle, "MedicationRequest", "lisinopril"), Vec::<Value>::new(), "against no cancer");
    }
    for bundle in [&ips, &full] {
        for (name, says) in [("tamoxifen", "no record of the case says it"), ("lisinopril", "agreed on this line")] {
            let statements = named(bundle, "MedicationStatement", name);
            let [statement] = statements.as_slice() else { panic!("{name}: {statements:#?}") };
            assert!(is_of_the_patient(bundle, &statement["informationSource"]));
            assert_eq!((&statement["status"], &statement["dateAsserted"]), (&"active".into(), &"2026-03-01".into()));
            assert!(statement["note"].to_string().contains(says));
        }
    }
    assert_eq!(named(&full, "MedicationStatement", "ibuprofen")[0]["status"], "not-taken");
    assert!(!ips.to_string().contains("ibuprofen"), "what is not taken is on no list of what is taken");
}

#[test]
fn a_typed_finding_is_final_and_says_that_no_program_read_it() {
    for bundle in [mcode(&samples::stated()), ips(&samples::stated()), full(&samples::stated())] {
        let bundle = bundle.expect("a bundle");
        let typed = observation(&bundle, "er");
        assert_eq!(typed["status"], "final");
        let notes = typed["note"].to_string();
        assert!(notes.contains("read this on page 2 of “Scanned report” and typed it on"), "{notes}");
        let entries = bundle["entry"].as_array().expect("entries");
        let url = &entries.iter().find(|e| e["resource"] == *typed).expect("its entry")["fullUrl"];
        let about = |p: &&&Value| p["target"].as_array().expect("targets").iter().any(|t| t["reference"] == *url);
        let provenance = resources(&bundle, "Provenance");
        let [provenance] = provenance.iter().filter(about).collect::<Vec<_>>()[..] else { panic!("one Provenance") };
        let agents = provenance["agent"].to_string();
        assert!(agents.contains("enterer") && !agents.contains("read by program"), "{agents}");
        assert!(provenance["entity"].is_array(), "it stands in a record");
    }
}

#[test]
fn every_resource_that_a_record_states_has_its_provenance() {
    for (_, export) in samples::all() {
        for bundle in [mcode(&export), ips(&export), full(&export)] {
            let bundle = bundle.expect("a bundle");
            let targets: Vec<&str> = resources(&bundle, "Provenance")
                .iter()
                .flat_map(|p| p["target"].as_array().expect("targets"))
                .filter_map(|t| t["reference"].as_str())
                .collect();
            for entry in bundle["entry"].as_array().expect("entries") {
                let kind = entry["resource"]["resourceType"].as_str().expect("a type");
                // An imaging study is told by the headers of its own images.
                let of_export =
                    ["Patient", "Provenance", "Composition", "Binary", "DocumentReference", "Bundle", "ImagingStudy"];
                if !of_export.contains(&kind) && entry["resource"]["meta"]["tag"].is_array() {
                    let url = entry["fullUrl"].as_str().expect("an address");
                    let has_facts = !export.facts.is_empty() || kind != "Condition";
                    assert!(!has_facts || targets.contains(&url), "{kind} has no Provenance");
                }
            }
        }
    }
}

#[test]
fn a_summary_of_nothing_says_unavailable_and_never_none_known() {
    let bundle = ips(&samples::nothing()).expect("a bundle");
    let sections = bundle["entry"][0]["resource"]["section"].as_array().expect("sections");
    assert_eq!(sections.len(), 3);
    for section in sections {
        assert_eq!(section["emptyReason"]["coding"][0]["code"], "unavailable");
        assert!(section["text"]["div"].as_str().expect("narrative").contains("No information"));
    }
    assert!(!bundle.to_string().contains("716186003"));
}

#[test]
fn none_known_is_written_where_a_record_says_it() {
    let bundle = ips(&samples::prostate()).expect("a bundle");
    assert_eq!(resources(&bundle, "AllergyIntolerance")[0]["code"]["coding"][0]["code"], "716186003");
}

#[test]
fn what_was_agreed_on_stands_before_what_nobody_settled() {
    let bundle = ips(&samples::breast()).expect("a bundle");
    let statements = resources(&bundle, "MedicationStatement");
    assert_eq!(statements.len(), 3, "settling one medicine hides no other");
    assert_eq!(statements[0]["dosage"][0]["text"], "10 mg once daily");
}

#[test]
fn the_same_case_is_written_the_same_each_time() {
    assert_eq!(mcode(&samples::breast()), mcode(&samples::breast()));
}

#[test]
fn what_cannot_be_written_rightly_is_refused_in_sentences() {
    let twice = source("same", "Report", "Report", "2026");
    let document = |bytes: &[u8]| consilium_exchange::fhir::ExportDocument {
        source: twice.clone(),
        type_code: None,
        media_type: "text/plain".to_owned(),
        bytes: bytes.to_vec(),
    };
    let export = Export { documents: vec![document(b"a"), document(b"b")], ..samples::nothing() };
    let problems = full(&export).expect_err("two documents of one id");
    assert!(problems.iter().any(|p| p.to_string() == "Bundle: Bundle.entry.fullUrl must be unique in the bundle."));
    let mut export = samples::nothing();
    export.now.offset_minutes = 2000;
    assert!(mcode(&export).is_err() && ips(&export).is_err());
}

#[test]
fn a_suspicion_of_the_sender_is_no_finding() {
    let report = source("d", "Report", "Report", "2026-01");
    let mut suspected = fact("morphology", "8500/3", Polarity::Present, &report);
    suspected.fact.context = consilium_casefile::facts::Context::Clinical;
    let export = Export { facts: vec![suspected], ..samples::nothing() };
    assert!(resources(&mcode(&export).expect("a bundle"), "Observation").is_empty());
    assert_eq!(resources(&full(&export).expect("a bundle"), "Observation").len(), 1);
}

fn status_of(export: &Export) -> String {
    let bundle = mcode(export).expect("a bundle");
    let conditions = resources(&bundle, "Condition");
    let primary = conditions.iter().find(|c| c.get("bodySite").is_some()).expect("a condition with a site");
    primary["verificationStatus"]["coding"][0]["code"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_diagnosis_is_confirmed_by_a_person_or_a_records_own_entry_and_not_by_a_side() {
    let mut export = samples::breast();
    for fact in &mut export.facts {
        fact.confirmed = fact.fact.concept.as_str() == "laterality";
    }
    assert_eq!(status_of(&export), "unconfirmed");
    let morphology = export.facts.iter().position(|f| f.fact.concept.as_str() == "morphology").expect("a morphology");
    export.facts[morphology].coded = true;
    assert_eq!(status_of(&export), "confirmed");
    export.facts[morphology].coded = false;
    export.facts[morphology].confirmed = true;
    assert_eq!(status_of(&export), "confirmed");
}

#[test]
fn an_organ_mentioned_in_passing_is_no_site_of_the_tumour() {
    let mut export = samples::prostate();
    let mut liver = fact("topography", "C22.0", Polarity::Present, &export.facts[0].source.clone());
    liver.fact.main = false;
    export.facts.push(liver);
    let bundle = mcode(&export).expect("a bundle");
    let sites: Vec<&Value> = resources(&bundle, "Condition").into_iter().filter_map(|c| c.get("bodySite")).collect();
    assert_eq!(sites.len(), 1);
    assert_eq!(sites[0][0]["coding"][0]["code"], "C61.9");
}

#[test]
fn no_known_allergy_is_not_written_beside_an_allergy() {
    let mut export = samples::prostate();
    let source = export.facts[0].source.clone();
    export.facts.push(fact("allergy", "penicillin", Polarity::Present, &source));
    for bundle in [ips(&export), full(&export)] {
        let bundle = bundle.expect("a bundle");
        let allergies = resources(&bundle, "AllergyIntolerance");
        assert!(allergies.iter().any(|a| a["code"]["text"] == "penicillin"));
        assert!(!bundle.to_string().contains("No known allerg"));
    }
}

#[test]
fn what_only_a_program_read_is_preliminary() {
    for bundle in [mcode(&samples::breast()), ips(&samples::breast()), full(&samples::breast())] {
        for observation in resources(&bundle.expect("a bundle"), "Observation") {
            let confirmed = observation["meta"]["tag"].to_string().contains("\"confirmed\"");
            assert_eq!(observation["status"], if confirmed { "final" } else { "preliminary" });
        }
    }
    let mut of_a_record = samples::breast();
    of_a_record.facts.iter_mut().for_each(|f| f.coded = true);
    let bundle = mcode(&of_a_record).expect("a bundle");
    assert!(resources(&bundle, "Observation").iter().all(|o| o["status"] == "final"));
}

#[test]
fn what_names_no_one_is_marked_in_the_full_export() {
    let mut export = samples::breast();
    for fact in export.facts.iter_mut().filter(|f| f.source.id == "doc-1") {
        fact.source.names_no_one = true;
    }
    export.documents.iter_mut().filter(|d| d.source.id == "doc-1").for_each(|d| d.source.names_no_one = true);
    let bundle = full(&export).expect("a bundle");
    let er = observation(&bundle, "er");
    assert!(er["meta"]["tag"].to_string().contains("names-no-one"));
    assert!(er["note"].to_string().contains("names no patient"));
    let marked = resources(&bundle, "DocumentReference");
    let marked: Vec<&&Value> =
        marked.iter().filter(|d| d["meta"]["tag"].to_string().contains("names-no-one")).collect();
    assert_eq!(marked.len(), 1);
}

#[test]
fn an_organ_of_no_tumour_is_not_joined_to_the_only_one() {
    let mut export = samples::prostate();
    let report = source("p-3", "Chest radiograph", "Radiology report", "2025-06-20");
    export.facts.push(fact("topography", "C34.9", Polarity::Present, &report));
    export.facts.push(fact("morphology", "8010/3", Polarity::Uncertain, &report));
    let bundle = mcode(&export).expect("a bundle");
    let condition = resources(&bundle, "Condition");
    assert_eq!(condition[0]["bodySite"][0]["coding"][0]["code"], "C61.9");
    assert!(!condition[0].to_string().contains("differ"));
    let lung = resources(&bundle, "Observation").into_iter().find(|o| o.to_string().contains("8010/3"));
    assert!(lung.expect("the suspicion").get("extension").is_none(), "it is not said to be about the prostate cancer");
}

#[test]
fn a_histology_without_a_type_does_not_contradict_one_with_it() {
    let mut export = samples::prostate();
    let letter = source("p-4", "Letter", "Letter", "2025-12-01");
    export.facts.push(fact("morphology", "8000/3", Polarity::Present, &letter));
    export.tumours[0].facts.push(export.facts.len() - 1);
    let bundle = mcode(&export).expect("a bundle");
    assert!(resources(&bundle, "Condition")[0]["extension"].to_string().contains("8140/3"));
}
