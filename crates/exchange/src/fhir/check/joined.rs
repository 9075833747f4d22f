//! Rules that join elements of one resource: FHIR's invariants for what we write, and those of IPS sections.

use serde_json::Value;

use crate::fhir::Problem;

pub(super) fn check(resource: &Value, name: &str, problems: &mut Vec<Problem>) {
    let mut say = |element: &str, what: &str| problems.push(Problem::new(name, element, what));
    let has = |field: &str| resource.get(field).is_some();
    let has_value = resource.as_object().is_some_and(|f| f.keys().any(|k| k.starts_with("value")));
    match resource.get("resourceType").and_then(Value::as_str).unwrap_or_default() {
        "Observation" => {
            if super::tables::profiles(resource).contains(&"mcode-tumor-size") && has("focus") == has("specimen") {
                say("Observation.focus", "or Observation.specimen must be there, and not both (mCODE tumor size)");
            }
            let day = resource.get("effectiveDateTime").and_then(Value::as_str);
            let is_mcode = super::tables::profiles(resource).iter().any(|p| p.starts_with("mcode-"));
            if is_mcode && day.is_some_and(|d| d.len() < 8) {
                say("Observation.effectiveDateTime", "must be at least a day (us-core-1)");
            }
            if has_value && has("dataAbsentReason") {
                say("Observation.dataAbsentReason", "must not be there beside a value (obs-6)");
            }
            if !has_value
                && !has("dataAbsentReason")
                && !has("component")
                && !has("hasMember")
                && !has("interpretation")
                && !has("note")
            {
                say("Observation.value[x]", "or a reason why it is missing must be there");
            }
        }
        "Patient" => {
            let is_ips = super::tables::profiles(resource).contains(&"Patient-uv-ips");
            for human in resource.get("name").and_then(Value::as_array).into_iter().flatten() {
                let stated = human.get("family").is_some() || human.get("given").is_some();
                if is_ips && !stated && human.get("text").is_none() {
                    say("Patient.name", "must have words in a summary (ips-pat-1)");
                }
                if !is_ips && stated == human.get("extension").is_some() {
                    say("Patient.name", "must have a family or given name, or else say why not (us-core-6)");
                }
            }
        }
        "Condition" => {
            let status = code(resource, "clinicalStatus");
            if code(resource, "verificationStatus") == Some("entered-in-error") && status.is_some() {
                say("Condition.clinicalStatus", "must not be there for what was entered in error (con-5)");
            }
            let abated = resource.as_object().is_some_and(|f| f.keys().any(|k| k.starts_with("abatement")));
            if abated && !matches!(status, Some("inactive" | "resolved" | "remission")) {
                say("Condition.clinicalStatus", "must say that it is over when it ended (con-4)");
            }
        }
        "AllergyIntolerance" => {
            let in_error = code(resource, "verificationStatus") == Some("entered-in-error");
            if in_error == has("clinicalStatus") {
                say("AllergyIntolerance.clinicalStatus", "must be there unless it was entered in error (ait-1, ait-2)");
            }
        }
        "Procedure" => {
            let status = resource.get("status").and_then(Value::as_str).unwrap_or_default();
            let performed = resource
                .as_object()
                .is_some_and(|f| f.keys().any(|k| k.contains("performedDate") || k == "performedPeriod"));
            if matches!(status, "completed" | "in-progress") && !performed {
                say("Procedure.performed[x]", "must be there for what was done (us-core-7)");
            }
        }
        "Composition" => composition(resource, &mut say),
        _ => {}
    }
}

fn code<'v>(resource: &'v Value, field: &str) -> Option<&'v str> {
    resource.get(field)?.get("coding")?.as_array()?.first()?.get("code")?.as_str()
}

fn composition(resource: &Value, say: &mut impl FnMut(&str, &str)) {
    let sections = resource.get("section").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is_ips = super::tables::profiles(resource).contains(&"Composition-uv-ips");
    let mut codes: Vec<&str> = Vec::new();
    for section in sections {
        let section_code = code(section, "code").unwrap_or_default();
        codes.push(section_code);
        let has_entries = section.get("entry").is_some();
        if has_entries && section.get("emptyReason").is_some() {
            say("Composition.section.emptyReason", "must not be there beside entries (cmp-2)");
        }
        if is_ips && !has_entries && section.get("emptyReason").is_none() {
            say("Composition.section", "must have entries or say why there are none (ips-comp-1)");
        }
    }
    if is_ips {
        for row in crate::fhir::tables::SECTIONS.iter() {
            let found = codes.iter().filter(|c| **c == row.code).count();
            if found > 1 || row.required && found == 0 {
                say("Composition.section", &format!("must hold the section {} once", row.title));
            }
        }
    }
}
