//! Medicines. For mCODE, those that treat the cancer as requests reported by the record; for the summary and the full
//! export, all of them as statements. The list a person agreed to stands in place of what single records say.

use consilium_casefile::facts::MedicationStatus;
use consilium_casefile::reading::PersonWord;
use serde_json::{Value, json};

use super::bundle::{Entries, Guide, Vouched};
use super::write::{
    absent, coding, concept, confirmed, line, note, number, period, quantity, reference, set_date, set_required_date,
};
use super::{AgreedMedicine, ExportMedication, condition};

fn named(export: &ExportMedication) -> Value {
    let mut codings = confirmed(&export.codes);
    if let Some(own) = export.medication.code.as_ref().and_then(coding)
        && !codings.iter().any(|c| c["system"] == own["system"] && c["code"] == own["code"])
    {
        codings.push(own);
    }
    concept(codings, &export.medication.name)
}

/// How it is taken: the words, and the dose as a quantity where it is one number with a unit.
fn dosage(export: &ExportMedication) -> Option<Value> {
    let medication = &export.medication;
    let parts = [&medication.dose, &medication.route, &medication.frequency];
    let words: Vec<String> = parts.into_iter().flatten().filter_map(|w| line(w)).collect();
    if words.is_empty() {
        return None;
    }
    let mut dosage = json!({ "text": words.join(", ") });
    if let Some(route) = medication.route.as_deref().and_then(line) {
        dosage["route"] = json!({ "text": route });
    }
    let dose = medication.dose.as_deref().and_then(line);
    if let Some((amount, unit)) = dose.as_deref().and_then(|d| d.split_once(' '))
        && let Some(("", amount)) = number(amount)
    {
        // Only units that are UCUM as they stand are coded; "tablet" stays a word.
        let is_ucum = matches!(unit, "mg" | "g" | "ug" | "mL" | "mg/m2" | "mg/kg" | "ug/kg" | "mmol" | "L");
        let mut dose = quantity("", amount, Some(unit));
        if !is_ucum && let Some(fields) = dose.as_object_mut() {
            fields.remove("system");
            fields.remove("code");
        }
        dosage["doseAndRate"] = json!([{ "doseQuantity": dose }]);
    }
    Some(dosage)
}

/// Adds the medicines that treat the cancer, for mCODE.
pub(super) fn add_requests(entries: &mut Entries<'_>) {
    add_agreed_requests(entries);
    let export = entries.export;
    for (index, medication) in export.medications.iter().enumerate().filter(|(_, m)| m.for_cancer) {
        let (status, intent) = match medication.medication.status {
            MedicationStatus::Active => ("active", "order"),
            MedicationStatus::Stopped => ("stopped", "order"),
            MedicationStatus::Planned => ("unknown", "plan"),
            MedicationStatus::Unknown => ("unknown", "order"),
        };
        let is_own = medication.word.as_ref().is_some_and(PersonWord::is_own);
        let mut request = json!({
            "resourceType": "MedicationRequest",
            "status": status,
            "intent": if is_own { "plan" } else { intent },
            "medicationCodeableConcept": named(medication),
            "subject": entries.patient(),
        });
        reported(entries, &mut request, medication.word.as_ref());
        set_date(&mut request, "authoredOn", medication.medication.since);
        if let Some(name) = medication.source.author.as_deref().and_then(line).filter(|_| !is_own) {
            request["requester"] = json!({ "display": name });
        }
        if let [_] = export.tumours.as_slice() {
            request["reasonReference"] = json!([reference(&condition::url(entries, 0))]);
        }
        if let Some(dosage) = dosage(medication) {
            request["dosageInstruction"] = json!([dosage]);
        }
        reason_and_end(&mut request, medication);
        super::word::tell(&mut request, medication.word.as_ref(), medication.confirmed);
        super::whole::carry_medication(entries, &mut request, index, medication);
        entries.add_stated(
            &format!("medication request {index}"),
            Some("MedicationRequest"),
            request,
            &medication.source,
            Vouched::by(medication.confirmed),
        );
    }
}

/// Adds what a person agreed on or added of the medicines that treat the cancer, for mCODE: reported from the patient's
/// side, and no prescription that anybody has seen.
fn add_agreed_requests(entries: &mut Entries<'_>) {
    let export = entries.export;
    for (index, medicine) in export.agreed.iter().enumerate().filter(|(_, m)| m.for_cancer && !m.stopped) {
        let mut request = json!({
            "resourceType": "MedicationRequest",
            "status": "active",
            // Whoever ordered it is not known; US Core asks for them of an order (us-core-21).
            "intent": "plan",
            "reportedReference": entries.speaker(),
            "medicationCodeableConcept": concept(confirmed(&medicine.codes), &medicine.name),
            "subject": entries.patient(),
        });
        set_date(&mut request, "authoredOn", medicine.since);
        if let [_] = export.tumours.as_slice() {
            request["reasonReference"] = json!([reference(&condition::url(entries, 0))]);
        }
        if let Some(words) = line(&medicine.dosage) {
            request["dosageInstruction"] = json!([{ "text": words }]);
        }
        super::word::tell(&mut request, medicine.word.as_ref(), true);
        super::whole::carry_agreed(entries, &mut request, index, medicine);
        entries.add_stated(
            &format!("agreed request {index}"),
            Some("MedicationRequest"),
            request,
            entries.no_record(),
            Vouched::Stated,
        );
    }
}

/// Says who reports a request: the person where it is their own word, else a record.
pub(super) fn reported(entries: &Entries<'_>, request: &mut Value, word: Option<&PersonWord>) {
    match word.is_some_and(PersonWord::is_own) {
        true => request["reportedReference"] = entries.speaker(),
        false => request["reportedBoolean"] = Value::from(true),
    }
}

fn reason_and_end(resource: &mut Value, medication: &ExportMedication) {
    if let Some(reason) = medication.medication.reason.as_deref().and_then(line) {
        note(resource, &format!("Reason as written: {reason}"));
    }
    if resource["resourceType"] == "MedicationRequest"
        && let Some(until) = medication.medication.until.and_then(super::write::human)
    {
        note(resource, &format!("Until {until}"));
    }
}

/// Adds all medicines as statements: what was agreed on, and every record's own of what was not. Gives (words, how
/// taken, full URL).
pub(super) fn add_statements(entries: &mut Entries<'_>) -> Vec<(String, String, String)> {
    let export = entries.export;
    let mut added = Vec::new();
    // What is not taken any more is on no list of what is taken; only the full export tells it.
    let told = |medicine: &AgreedMedicine| !medicine.stopped || entries.guide == Guide::Mcode;
    let lines: Vec<_> = export.agreed.iter().enumerate().filter(|(_, medicine)| told(medicine)).collect();
    for (index, medicine) in lines {
        added.push(agreed(entries, index, medicine));
    }
    for (index, medication) in export.medications.iter().enumerate() {
        added.push(statement(entries, index, medication));
    }
    added
}

fn agreed<'e>(entries: &mut Entries<'e>, index: usize, medicine: &'e AgreedMedicine) -> (String, String, String) {
    let mut statement = json!({
        "resourceType": "MedicationStatement",
        "status": if medicine.stopped { "not-taken" } else { "active" },
        "medicationCodeableConcept": concept(confirmed(&medicine.codes), &medicine.name),
        "subject": entries.patient(),
        "informationSource": entries.speaker(),
    });
    set_date(&mut statement, "dateAsserted", medicine.word.as_ref().and_then(|word| word.on));
    set_required_date(&mut statement, "effectiveDateTime", medicine.since);
    let words = line(&medicine.dosage).unwrap_or_default();
    if !words.is_empty() {
        statement["dosage"] = json!([{ "text": words }]);
    }
    super::word::tell(&mut statement, medicine.word.as_ref(), true);
    super::whole::carry_agreed(entries, &mut statement, index, medicine);
    // A person agreed to the line; that is what the list is.
    let (name, kind) = (format!("agreed {index}"), Some("MedicationStatement"));
    let url = entries.add_stated(&name, kind, statement, entries.no_record(), Vouched::Stated);
    for source in &medicine.sources {
        entries.source_of(&url, source, Vouched::Confirmed);
    }
    (line(&medicine.name).unwrap_or_else(|| "Unnamed medicine".to_owned()), words, url)
}

fn statement<'e>(
    entries: &mut Entries<'e>,
    index: usize,
    medication: &'e ExportMedication,
) -> (String, String, String) {
    let status = match medication.medication.status {
        MedicationStatus::Active => "active",
        MedicationStatus::Stopped => "stopped",
        MedicationStatus::Planned => "intended",
        MedicationStatus::Unknown => "unknown",
    };
    let mut statement = json!({
        "resourceType": "MedicationStatement",
        "status": status,
        "medicationCodeableConcept": named(medication),
        "subject": entries.patient(),
    });
    match period(medication.medication.since, medication.medication.until) {
        Some(period) => statement["effectivePeriod"] = period,
        None => statement["_effectiveDateTime"] = absent("unknown"),
    }
    let dosage = dosage(medication);
    let words = dosage.as_ref().and_then(|d| d["text"].as_str()).unwrap_or_default().to_owned();
    if let Some(dosage) = dosage {
        statement["dosage"] = json!([dosage]);
    }
    reason_and_end(&mut statement, medication);
    if medication.word.as_ref().is_some_and(PersonWord::is_own) {
        statement["informationSource"] = entries.speaker();
    }
    super::word::tell(&mut statement, medication.word.as_ref(), medication.confirmed);
    super::whole::carry_medication(entries, &mut statement, index, medication);
    let name = line(&medication.medication.name).unwrap_or_else(|| "Unnamed medicine".to_owned());
    let words = [words.as_str(), status].iter().filter(|w| !w.is_empty()).copied().collect::<Vec<_>>().join("; ");
    let url = entries.add_stated(
        &format!("medication {index}"),
        Some("MedicationStatement"),
        statement,
        &medication.source,
        Vouched::by(medication.confirmed),
    );
    (name, words, url)
}
