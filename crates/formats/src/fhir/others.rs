//! Entries of a file about one patient that say themselves that they are about somebody else: a reference to a patient who
//! is not in the file, to a group or a relative, or a name that shares no word with the patient's. Of several patients in
//! one file the person is asked instead (`patients`).

use consilium_casefile::PersonName;
use serde_json::Value;

use super::Resources;
use super::value::{best_name, kind, list, one, text, text_at};
use crate::Complaint;

/// Fields that name whom a resource is about.
const ABOUT: [&str; 3] = ["subject", "patient", "beneficiary"];

/// Leaves out what is about somebody else, and says so.
pub(super) fn leave_out(resources: &mut Resources) {
    let out = of_others(resources);
    let count = out.iter().filter(|out| **out).count();
    if count == 0 {
        return;
    }
    resources.without(&out);
    let what =
        if count == 1 { "1 entry of this file is".to_owned() } else { format!("{count} entries of this file are") };
    resources.complaints.push(Complaint::new(format!(
        "{what} about somebody else than its patient, or about a group, and counted for nothing here; look into the file, \
         or ask the sender whose it is."
    )));
}

/// Of each resource whether it is about somebody else than the one patient of the file.
fn of_others(resources: &Resources) -> Vec<bool> {
    let mut patients = resources.of_kind("Patient");
    let (Some(patient), None) = (patients.next(), patients.next()) else { return Vec::new() };
    resources.all.iter().map(|resource| is_of_another(resource, patient, resources)).collect()
}

fn is_of_another(resource: &Value, patient: &Value, resources: &Resources) -> bool {
    // A resource of this kind is about the person it names, as the relative of the patient.
    if matches!(kind(resource), "Patient" | "RelatedPerson" | "FamilyMemberHistory") {
        return false;
    }
    let about = ABOUT.iter().filter_map(|name| one(resource, name));
    let mut focus = list(resource, "focus").iter();
    about.into_iter().any(|reference| names_another(reference, resource, patient, resources))
        || focus.any(|reference| {
            let to = text_at(reference, &["reference"]).unwrap_or_default();
            let of_kind = resources.resolve(reference, resource).map(kind);
            of_kind == Some("RelatedPerson")
                || segment(&to, "RelatedPerson").is_some()
                || segment(&to, "Group").is_some()
        })
}

/// The id behind the name of a kind in a reference: of `https://a.example/fhir/Patient/p2` the `p2`.
fn segment<'r>(reference: &'r str, of_kind: &str) -> Option<&'r str> {
    let reference = reference.split("/_history/").next().unwrap_or(reference);
    let (rest, id) = reference.rsplit_once('/')?;
    (rest == of_kind || rest.strip_suffix(of_kind).is_some_and(|before| before.ends_with('/'))).then_some(id)
}

fn names_another(reference: &Value, from: &Value, patient: &Value, resources: &Resources) -> bool {
    if let Some(target) = resources.resolve(reference, from) {
        // One that it carries within itself is told by name.
        return match kind(target) {
            "Patient" => {
                !std::ptr::eq(target, patient) && best_name(target).is_some_and(|name| is_other(&name, patient))
            }
            of_kind => of_kind == "Group" || of_kind == "RelatedPerson",
        };
    }
    let to = text_at(reference, &["reference"]).unwrap_or_default();
    if segment(&to, "Group").is_some() || segment(&to, "RelatedPerson").is_some() {
        return true;
    }
    if let Some(id) = segment(&to, "Patient") {
        return text(patient, "id").is_some_and(|own| own != id);
    }
    let shown = text(reference, "display").and_then(|display| PersonName::from_display(&display));
    to.is_empty() && shown.is_some_and(|name| is_other(&name, patient))
}

/// Whether two names share no word.
fn is_other(name: &PersonName, patient: &Value) -> bool {
    let words = |name: &PersonName| -> Vec<String> {
        let shown = name.display().to_lowercase();
        shown.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 1).map(str::to_owned).collect()
    };
    let Some(own) = best_name(patient).map(|own| words(&own)).filter(|own| !own.is_empty()) else { return false };
    let said = words(name);
    !said.is_empty() && !said.iter().any(|word| own.contains(word))
}

#[cfg(test)]
mod tests {
    use consilium_casefile::records::FileFormat;
    use serde_json::json;

    use super::super::resources;
    use super::*;
    use crate::Limits;

    /// Whether an observation with these fields counts beside the patient Anna Example, id `p1`; and complaints.
    fn counts(fields: &Value) -> (bool, usize) {
        let patient =
            json!({ "resourceType": "Patient", "id": "p1", "name": [{ "family": "Example", "given": ["Anna"] }] });
        let mut observation = json!({ "resourceType": "Observation", "id": "o1" });
        for (name, value) in fields.as_object().into_iter().flatten() {
            observation[name] = value.clone();
        }
        let last = json!({ "resourceType": "Condition", "id": "c1", "subject": { "reference": "Patient/p1" } });
        let entries = [patient, observation, last].map(|resource| json!({ "resource": resource }));
        let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": entries });
        let read = resources(bundle.to_string().as_bytes(), FileFormat::FhirJson, &Limits::default());
        let read = read.unwrap_or_default();
        assert!(read.find("Condition/c1", &Value::Null).is_some_and(|found| kind(found) == "Condition"));
        (read.of_kind("Observation").next().is_some(), read.complaints.len())
    }

    #[test]
    fn what_says_itself_that_it_is_about_somebody_else_counts_for_nothing_and_is_named() {
        for other in [
            json!({ "subject": { "reference": "Patient/p2" } }),
            json!({ "subject": { "reference": "https://a.example/fhir/Patient/p2/_history/3" } }),
            json!({ "subject": { "reference": "Group/g" } }),
            json!({ "subject": { "display": "Berta Sample" } }),
            json!({ "patient": { "reference": "RelatedPerson/sister" } }),
            json!({ "subject": { "reference": "Patient/p1" }, "focus": [{ "reference": "RelatedPerson/sister" }] }),
            json!({ "subject": { "reference": "#in" }, "contained": [
                { "resourceType": "Patient", "id": "in", "name": [{ "text": "Berta Sample" }] }] }),
        ] {
            assert_eq!(counts(&other), (false, 1), "{other}");
        }
    }

    #[test]
    fn what_is_about_the_patient_or_names_nobody_counts() {
        for own in [
            json!({}),
            json!({ "subject": { "reference": "Patient/p1" } }),
            json!({ "subject": { "reference": "https://a.example/fhir/Patient/p1" } }),
            json!({ "subject": { "reference": "urn:uuid:0190-unknown" } }),
            json!({ "subject": { "display": "EXAMPLE, A." } }),
            json!({ "subject": { "reference": "Patient/p1" }, "focus": [{ "reference": "Condition/c1" }] }),
            json!({ "subject": { "identifier": { "value": "7" } } }),
            json!({ "subject": "damaged" }),
        ] {
            assert_eq!(counts(&own), (true, 0), "{own}");
        }
    }
}
