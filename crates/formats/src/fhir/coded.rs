//! Resources as coded entries: observations with their components, conditions with stage and extensions, procedures,
//! medicines in their four resources, allergies, relatives, reports. A field that is missing or of another type is passed
//! over.

use consilium_casefile::PartialDate;
use consilium_casefile::facts::{
    Code, CodedComponent, CodedConcept, CodedStatement, CodedValue, Context, Dosage, StatementKind, StatementStatus,
};
use serde_json::Value;

use super::say::{quantity, say, timing};
use super::value::{at, codings, date, kind, list, one, text, text_at};
use super::{Resources, words_of};
use crate::coded::{MOST_STATEMENTS, concept as concept_of, number_or_text};

/// Extensions inside extensions deeper than this say nothing clinical.
const DEEPEST_EXTENSION: u32 = 4;

/// The system of the marks on what this program wrote itself (`exchange`, `OWN_TAGS`).
const OWN_MARKS: &str = "urn:consilium:reading";

/// The system of the marks with the setting a finding's record speaks in.
const OWN_SETTINGS: &str = "urn:consilium:setting";

/// The system of labels of specimens in our own files.
const OWN_SPECIMENS: &str = "urn:consilium:specimen-label";

/// The setting by our own mark.
fn own_setting(resource: &Value) -> Option<String> {
    let tags = list(one(resource, "meta")?, "tag");
    let tag = tags.iter().find(|tag| text(tag, "system").as_deref() == Some(OWN_SETTINGS))?;
    text(tag, "code")
}

/// A specimen as our own files label it: the same label of another record has a number behind it.
fn own_specimen(reference: &Value, from: &Value, resources: &Resources) -> Option<String> {
    let label = |specimen: &Value| {
        let own = list(specimen, "identifier").iter().find(|i| text(i, "system").as_deref() == Some(OWN_SPECIMENS))?;
        text(own, "value")
    };
    let specimen = resources.resolve(reference, from)?;
    let own = label(specimen)?;
    let alike = resources.of_kind("Specimen").filter(|other| label(other).as_ref() == Some(&own));
    let place = alike.take_while(|other| !std::ptr::eq(*other, specimen)).count();
    Some(if place == 0 { own } else { format!("{own} ({})", place + 1) })
}

/// Our own mark on a resource, if any of these is there.
fn own_mark<'m>(resource: &Value, marks: &[&'m str]) -> Option<&'m str> {
    let tags = list(one(resource, "meta")?, "tag");
    let own = |mark: &&&str| {
        tags.iter().any(|tag| {
            text(tag, "system").as_deref() == Some(OWN_MARKS) && text(tag, "code").as_deref() == Some(**mark)
        })
    };
    marks.iter().find(own).copied()
}

/// Whether this program wrote it. Then "preliminary" and "unconfirmed" mean that no person has confirmed what was read in a
/// record, and not that the record doubted it.
fn is_own(resource: &Value) -> bool {
    own_mark(resource, &["machine-read", "recorded", "confirmed"]).is_some()
}

/// Whose it is and when it was so, by our own mark.
fn own_context(resource: &Value) -> Option<Context> {
    Some(match own_mark(resource, &["history", "family", "clinical", "outside"])? {
        "history" => Context::History,
        "family" => Context::Family,
        "clinical" => Context::Clinical,
        _ => Context::Outside,
    })
}

/// The coded entries of all resources.
pub(super) fn coded(resources: &Resources) -> Vec<CodedStatement> {
    let mut found = Vec::new();
    for resource in &resources.all {
        if found.len() >= MOST_STATEMENTS {
            break;
        }
        let before = found.len();
        match kind(resource) {
            "Observation" => found.push(observation(resource, resources)),
            "Condition" => found.push(condition(resource, resources)),
            "Procedure" => found.push(procedure(resource, resources)),
            "MedicationRequest" | "MedicationStatement" | "MedicationAdministration" | "MedicationDispense" => {
                found.push(medication(resource, resources));
            }
            "AllergyIntolerance" => found.push(allergy(resource)),
            "FamilyMemberHistory" => relatives(resource, &mut found),
            "DiagnosticReport" => found.push(report(resource)),
            _ => {}
        }
        let machine_read = own_mark(resource, &["machine-read"]).is_some();
        found.iter_mut().skip(before).for_each(|statement| statement.machine_read = machine_read);
    }
    found.retain(|s| !s.concept.is_empty() || s.value.is_some() || !s.components.is_empty());
    found
}

fn concept(value: &Value) -> CodedConcept {
    concept_of(codings(value), words_of(value).unwrap_or_default())
}

fn concept_at(resource: &Value, name: &str) -> CodedConcept {
    one(resource, name).map(concept).unwrap_or_default()
}

fn concepts(resource: &Value, name: &str) -> Vec<CodedConcept> {
    list(resource, name).iter().map(concept).filter(|c| !c.is_empty()).collect()
}

/// The `value[x]` of a holder.
fn value(holder: &Value) -> Option<CodedValue> {
    let fields = holder.as_object()?;
    let (name, value) = fields.iter().find(|(name, _)| name.starts_with("value"))?;
    let owned = |name: &str| text(value, name).unwrap_or_default();
    match name.as_str() {
        "valueQuantity" | "valueAge" | "valueDuration" | "valueCount" | "valueDistance" => Some(CodedValue::Quantity {
            value: text(value, "value")?,
            comparator: owned("comparator"),
            unit: unit(value),
        }),
        "valueRange" => {
            let end = |name: &str| at(value, &[name]).and_then(|q| text(q, "value")).unwrap_or_default();
            let unit = ["low", "high"].iter().find_map(|n| one(value, n)).map(unit).unwrap_or_default();
            Some(CodedValue::Range { low: end("low"), high: end("high"), unit })
        }
        "valueRatio" => Some(CodedValue::Text {
            text: format!(
                "{}/{}",
                text_at(value, &["numerator", "value"])?,
                text_at(value, &["denominator", "value"])?
            ),
        }),
        "valueCodeableConcept" | "valueCoding" => {
            Some(CodedValue::Concept(concept(value))).filter(|_| !concept(value).is_empty())
        }
        "valueBoolean" => match super::value::primitive(value)?.as_str() {
            "true" => Some(CodedValue::Flag { yes: true }),
            "false" => Some(CodedValue::Flag { yes: false }),
            _ => None,
        },
        "valueInteger" | "valueDecimal" | "valueUnsignedInt" | "valuePositiveInt" => {
            number_or_text(&super::value::primitive(value)?, "")
        }
        "valueDateTime" | "valueDate" | "valueInstant" => {
            super::value::primitive(value)?.parse().ok().map(|date| CodedValue::Date { date })
        }
        _ => number_or_text(&super::value::primitive(value)?, ""),
    }
}

fn unit(quantity: &Value) -> String {
    text(quantity, "unit").or_else(|| text(quantity, "code")).filter(|u| u != "1" && u != "{score}").unwrap_or_default()
}

fn interpretation(holder: &Value) -> Vec<Code> {
    list(holder, "interpretation").iter().flat_map(codings).map(Code::from).collect()
}

fn absent(holder: &Value) -> Option<String> {
    let reason = one(holder, "dataAbsentReason")?;
    codings(reason).into_iter().next().map(|c| c.code).or_else(|| words_of(reason))
}

fn component(holder: &Value) -> CodedComponent {
    CodedComponent {
        concept: concept_at(holder, "code"),
        value: value(holder),
        absent: absent(holder),
        interpretation: interpretation(holder),
    }
}

/// The first date of several fields, and the end of the last of them that is a period.
fn dates(resource: &Value, stem: &str, others: &[&str]) -> (Option<PartialDate>, Option<PartialDate>) {
    let (day, period, instant) = (format!("{stem}DateTime"), format!("{stem}Period"), format!("{stem}Instant"));
    let begin = date(resource, &[&day])
        .or_else(|| date(resource, &[&period, "start"]))
        .or_else(|| date(resource, &[&instant]))
        .or_else(|| others.iter().find_map(|name| date(resource, &[name])));
    (begin, date(resource, &[&period, "end"]))
}

fn observation(resource: &Value, resources: &Resources) -> CodedStatement {
    let mut components: Vec<CodedComponent> = list(resource, "component").iter().map(component).collect();
    // Members that are entries of the file stand there by themselves; contained ones stand nowhere else.
    for member in list(resource, "hasMember") {
        if text(member, "reference").is_some_and(|r| r.starts_with('#'))
            && let Some(inner) = resources.resolve(member, resource)
        {
            components.push(component(inner));
        }
    }
    let (date, until) = dates(resource, "effective", &["issued"]);
    let named = |s: &Value| own_specimen(s, resource, resources).unwrap_or_else(|| say(s, resource, resources));
    let specimen = one(resource, "specimen").map(named).filter(|s| !s.is_empty());
    CodedStatement {
        kind: StatementKind::Observation,
        concept: concept_at(resource, "code"),
        value: value(resource),
        components,
        status: match text(resource, "status").as_deref() {
            Some("entered-in-error" | "cancelled") => StatementStatus::Void,
            Some("preliminary" | "registered") if !is_own(resource) => StatementStatus::Uncertain,
            // What our own file calls uncertain, the record called so.
            _ if is_own(resource) && interpretation(resource).iter().any(|i| i.code == "IND") => {
                StatementStatus::Uncertain
            }
            _ => StatementStatus::Stands,
        },
        context: own_context(resource),
        main: own_mark(resource, &["main"]).is_some(),
        setting: own_setting(resource),
        absent: absent(resource),
        date,
        until,
        sites: sites(resource),
        specimen,
        method: one(resource, "method").map(concept).filter(|m| !m.is_empty()),
        interpretation: interpretation(resource),
        ..CodedStatement::default()
    }
}

/// Body sites, each followed by what its extensions say of it (side, direction).
fn sites(resource: &Value) -> Vec<CodedConcept> {
    let mut found = Vec::new();
    for site in list(resource, "bodySite") {
        found.push(concept(site));
        found.extend(list(site, "extension").iter().filter_map(|e| one(e, "valueCodeableConcept")).map(concept));
    }
    // STU1 of mCODE had the side beside the site.
    let side = list(resource, "extension").iter().filter(|e| text(e, "url").is_some_and(|u| u.ends_with("laterality")));
    found.extend(side.filter_map(|e| one(e, "valueCodeableConcept")).map(concept));
    found.retain(|c| !c.is_empty());
    found
}

/// Extensions as components: the concept is the last part of the URL, in the system of what stands before it.
fn extensions(holder: &Value, depth: u32, into: &mut Vec<CodedComponent>) {
    if depth >= DEEPEST_EXTENSION {
        return;
    }
    for extension in list(holder, "extension") {
        let Some(url) = text(extension, "url") else { continue };
        let (system, code) = url.rsplit_once('/').unwrap_or(("", &url));
        if let Some(value) = value(extension) {
            let code = Code { system: system.to_owned(), code: code.to_owned(), display: String::new() };
            let concept = CodedConcept { codes: vec![code], words: String::new() };
            into.push(CodedComponent { concept, value: Some(value), ..CodedComponent::default() });
        }
        extensions(extension, depth + 1, into);
    }
}

/// The code of a status, which is a code in some resources and a concept in others.
fn state(resource: &Value, name: &str) -> String {
    let Some(status) = one(resource, name) else { return String::new() };
    super::value::primitive(status)
        .or_else(|| codings(status).into_iter().next().map(|c| c.code))
        .or_else(|| words_of(status))
        .unwrap_or_default()
        .to_lowercase()
}

fn condition(resource: &Value, _resources: &Resources) -> CodedStatement {
    let mut components = Vec::new();
    extensions(resource, 0, &mut components);
    for stage in list(resource, "stage") {
        if let Some(summary) = one(stage, "summary") {
            let concept = match one(stage, "type") {
                Some(of_kind) => concept(of_kind),
                None => CodedConcept {
                    // LOINC 21908-9 and its kin are said of observations; a bare stage has no code of its own.
                    codes: vec![Code {
                        system: String::new(),
                        code: "Condition.stage".to_owned(),
                        display: String::new(),
                    }],
                    words: String::new(),
                },
            };
            let value = Some(CodedValue::Concept(self::concept(summary)));
            components.push(CodedComponent { concept, value, ..CodedComponent::default() });
        }
    }
    let (date, _) = dates(resource, "onset", &["assertedDate", "recordedDate"]);
    let (until, _) = dates(resource, "abatement", &[]);
    let certainty = state(resource, "verificationStatus");
    let status = match (certainty.as_str(), state(resource, "clinicalStatus").as_str()) {
        ("entered-in-error", _) => StatementStatus::Void,
        ("refuted", _) => StatementStatus::NotSo,
        ("unconfirmed", "active") if is_own(resource) => StatementStatus::Active,
        ("provisional" | "differential" | "unconfirmed", _) => StatementStatus::Uncertain,
        (_, "resolved" | "inactive" | "remission") => StatementStatus::Completed,
        (_, "active" | "recurrence" | "relapse") => StatementStatus::Active,
        _ => StatementStatus::Stands,
    };
    CodedStatement {
        kind: StatementKind::Condition,
        concept: concept_at(resource, "code"),
        components,
        negated: certainty == "refuted",
        status,
        date,
        until,
        sites: sites(resource),
        ..CodedStatement::default()
    }
}

fn procedure(resource: &Value, resources: &Resources) -> CodedStatement {
    let mut components = Vec::new();
    extensions(resource, 0, &mut components);
    let (date, until) = dates(resource, "performed", &[]);
    let status = match text(resource, "status").as_deref() {
        Some("entered-in-error") => StatementStatus::Void,
        Some("not-done") => StatementStatus::NotSo,
        Some("preparation" | "suspended") => StatementStatus::Planned,
        Some("in-progress" | "on-hold") => StatementStatus::Active,
        Some("aborted" | "stopped") => StatementStatus::Stopped,
        Some("completed") => StatementStatus::Completed,
        _ => StatementStatus::Stands,
    };
    CodedStatement {
        kind: StatementKind::Procedure,
        concept: concept_at(resource, "code"),
        value: one(resource, "outcome").map(|o| CodedValue::Concept(concept(o))),
        components,
        negated: status == StatementStatus::NotSo,
        status,
        date,
        until,
        sites: sites(resource),
        reasons: reasons(resource, resources),
        ..CodedStatement::default()
    }
}

/// Why it ended comes first, then what it was for.
fn reasons(resource: &Value, resources: &Resources) -> Vec<CodedConcept> {
    let mut found = concepts(resource, "statusReason");
    found.extend(concepts(resource, "reasonCode"));
    for reference in list(resource, "reasonReference") {
        match resources.resolve(reference, resource).and_then(|r| one(r, "code")) {
            Some(code) => found.push(concept(code)),
            None => found.extend(super::shown(reference, resource, resources).map(CodedConcept::words)),
        }
    }
    found
}

fn medication(resource: &Value, resources: &Resources) -> CodedStatement {
    let concept = one(resource, "medicationCodeableConcept")
        .map(concept)
        .or_else(|| {
            let reference = one(resource, "medicationReference").or_else(|| one(resource, "medication"))?;
            let code = resources.resolve(reference, resource).and_then(|m| one(m, "code")).map(concept);
            code.or_else(|| super::shown(reference, resource, resources).map(CodedConcept::words))
        })
        .unwrap_or_default();
    let (effective, until) =
        dates(resource, "effective", &["authoredOn", "whenHandedOver", "whenPrepared", "dateWritten"]);
    let dosage = one(resource, "dosageInstruction").or_else(|| one(resource, "dosage"));
    let bound = |end: &str| dosage.and_then(|d| date(d, &["timing", "repeat", "boundsPeriod", end]));
    let intent = text(resource, "intent").unwrap_or_default();
    let state = state(resource, "status");
    let refuses = text(resource, "doNotPerform").as_deref() == Some("true");
    let status = match (kind(resource), state.as_str()) {
        (_, "entered-in-error" | "draft") => StatementStatus::Void,
        (_, "not-taken" | "not-done" | "declined") => StatementStatus::NotSo,
        _ if refuses => StatementStatus::NotSo,
        (_, "stopped" | "cancelled") => StatementStatus::Stopped,
        (_, "intended" | "preparation") => StatementStatus::Planned,
        (_, "completed") => StatementStatus::Completed,
        _ if matches!(intent.as_str(), "proposal" | "plan" | "option") => StatementStatus::Planned,
        (_, "active" | "in-progress") => StatementStatus::Active,
        _ => StatementStatus::Stands,
    };
    // A medicine of a course of treatment, in a file of ours, is on no list of what is taken; of one that is planned, the
    // day of the request is that of its record.
    let is_course = own_mark(resource, &["course"]).is_some();
    let effective = effective.filter(|_| !(is_course && status == StatementStatus::Planned));
    CodedStatement {
        kind: if is_course { StatementKind::Procedure } else { StatementKind::Medication },
        concept,
        negated: status == StatementStatus::NotSo,
        status,
        date: bound("start").or(effective),
        until: until.or_else(|| bound("end")),
        reasons: reasons(resource, resources),
        dosage: dosage.map(|d| dosage_of(d, resource, resources)),
        ..CodedStatement::default()
    }
}

fn dosage_of(dosage: &Value, from: &Value, resources: &Resources) -> Dosage {
    // R4 puts the amount into doseAndRate; administrations and older files have it directly.
    let holder = one(dosage, "doseAndRate").unwrap_or(dosage);
    let amount = ["doseQuantity", "dose", "doseRange"].iter().find_map(|name| {
        let dose = one(holder, name).or_else(|| one(dosage, name))?;
        Some(if *name == "doseRange" { say(dose, from, resources) } else { quantity(dose) })
    });
    let mut frequency = one(dosage, "timing").map(timing).unwrap_or_default();
    let as_needed =
        text(dosage, "asNeededBoolean").as_deref() == Some("true") || one(dosage, "asNeededCodeableConcept").is_some();
    if as_needed && !frequency.to_lowercase().contains("needed") {
        frequency = format!("{frequency} as needed").trim().to_owned();
    }
    Dosage {
        text: text(dosage, "text").unwrap_or_default(),
        dose: amount.unwrap_or_default(),
        route: one(dosage, "route").and_then(words_of).unwrap_or_default(),
        frequency,
    }
}

fn allergy(resource: &Value) -> CodedStatement {
    let certainty = state(resource, "verificationStatus");
    let status = match certainty.as_str() {
        "entered-in-error" => StatementStatus::Void,
        "refuted" => StatementStatus::NotSo,
        _ => match state(resource, "clinicalStatus").as_str() {
            "inactive" | "resolved" => StatementStatus::Completed,
            _ => StatementStatus::Active,
        },
    };
    let substance = || at(resource, &["reaction", "substance"]).map(concept).unwrap_or_default();
    let own = concept_at(resource, "code");
    CodedStatement {
        kind: StatementKind::Allergy,
        concept: if own.is_empty() { substance() } else { own },
        value: at(resource, &["reaction", "manifestation"]).map(|m| CodedValue::Concept(concept(m))),
        negated: status == StatementStatus::NotSo,
        status,
        date: dates(resource, "onset", &["recordedDate", "assertedDate"]).0,
        ..CodedStatement::default()
    }
}

fn relatives(resource: &Value, into: &mut Vec<CodedStatement>) {
    let void = text(resource, "status").as_deref() == Some("entered-in-error");
    for condition in list(resource, "condition") {
        into.push(CodedStatement {
            kind: StatementKind::FamilyHistory,
            concept: concept_at(condition, "code"),
            value: one(condition, "onsetAge").and_then(|age| {
                let value = text(age, "value")?;
                Some(CodedValue::Quantity { value, comparator: String::new(), unit: unit(age) })
            }),
            status: if void { StatementStatus::Void } else { StatementStatus::Stands },
            date: date(resource, &["date"]),
            relative: one(resource, "relationship").map(concept),
            ..CodedStatement::default()
        });
    }
}

fn report(resource: &Value) -> CodedStatement {
    let (date, until) = dates(resource, "effective", &["issued"]);
    let conclusion = concepts(resource, "conclusionCode").into_iter().next().map(CodedValue::Concept);
    CodedStatement {
        kind: StatementKind::Report,
        concept: concept_at(resource, "code"),
        value: conclusion.or_else(|| text(resource, "conclusion").map(|text| CodedValue::Text { text })),
        status: match text(resource, "status").as_deref() {
            Some("entered-in-error" | "cancelled") => StatementStatus::Void,
            Some("preliminary" | "registered") => StatementStatus::Uncertain,
            _ => StatementStatus::Stands,
        },
        date,
        until,
        ..CodedStatement::default()
    }
}

#[cfg(test)]
mod tests {
    use consilium_casefile::records::FileFormat;
    use serde_json::json;

    use super::*;

    fn read(resources: &[Value]) -> Vec<CodedStatement> {
        let entries: Vec<Value> = resources.iter().map(|resource| json!({ "resource": resource })).collect();
        let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": entries });
        crate::coded::coded(FileFormat::FhirJson, bundle.to_string().as_bytes())
    }

    fn observation(tags: &[&str], more: Value) -> Value {
        let tags: Vec<Value> = tags.iter().map(|tag| json!({ "system": OWN_MARKS, "code": tag })).collect();
        let mut observation = json!({
            "resourceType": "Observation", "status": "preliminary", "meta": { "tag": tags },
            "code": { "text": "Grade" }, "valueString": "G2"
        });
        if let (Some(own), Value::Object(more)) = (observation.as_object_mut(), more) {
            own.extend(more);
        }
        observation
    }

    #[test]
    fn what_our_own_file_calls_preliminary_is_no_doubt_of_the_records_and_another_s_is_one() {
        let uncertain = json!({ "interpretation": [{ "coding": [{ "code": "IND" }] }] });
        let condition = |tags: Value| {
            json!({ "resourceType": "Condition", "meta": { "tag": tags }, "code": { "text": "Cancer" },
                "clinicalStatus": { "coding": [{ "code": "active" }] },
                "verificationStatus": { "coding": [{ "code": "unconfirmed" }] } })
        };
        let found = read(&[
            observation(&["machine-read", "main"], json!({})),
            observation(&[], json!({})),
            observation(&["machine-read"], uncertain),
            observation(&["machine-read", "family"], json!({})),
            condition(json!([{ "system": OWN_MARKS, "code": "machine-read" }])),
            condition(json!([{ "system": "http://example.org", "code": "machine-read" }])),
            condition(json!("machine-read")),
        ]);
        let in_short: Vec<_> = found.iter().map(|s| (s.status, s.main, s.context)).collect();
        use StatementStatus::{Active, Stands, Uncertain};
        assert_eq!(
            in_short,
            [
                (Stands, true, None),
                (Uncertain, false, None),
                (Uncertain, false, None),
                (Stands, false, Some(Context::Family)),
                (Active, false, None),
                (Uncertain, false, None),
                (Uncertain, false, None),
            ]
        );
    }

    #[test]
    fn a_course_of_treatment_and_a_specimen_of_our_own_files_are_known() {
        let request = |tag: &str| {
            json!({ "resourceType": "MedicationRequest", "status": "unknown", "intent": "plan", "authoredOn": "2026-10-04",
                "meta": { "tag": [{ "system": OWN_MARKS, "code": tag }] },
                "medicationCodeableConcept": { "text": "paclitaxel" } })
        };
        let specimen = |id: &str| {
            json!({ "resourceType": "Specimen", "id": id,
                "identifier": [{ "system": OWN_SPECIMENS, "value": "A" }] })
        };
        let of = |id: &str| json!({ "specimen": { "reference": format!("Specimen/{id}") } });
        let found = read(&[
            request("course"),
            request("machine-read"),
            specimen("one"),
            specimen("two"),
            observation(&["machine-read"], of("one")),
            observation(&["machine-read"], of("two")),
        ]);
        assert_eq!((found[0].kind, found[0].date), (StatementKind::Procedure, None));
        assert_eq!(found[1].kind, StatementKind::Medication);
        assert!(found[1].date.is_some());
        assert_eq!(found[2].specimen.as_deref(), Some("A"));
        assert_eq!(found[3].specimen.as_deref(), Some("A (2)"), "another record's A");
    }
}
