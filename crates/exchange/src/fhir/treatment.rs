//! Treatments: operations and other procedures, radiation courses, and lines of systemic therapy drug by drug. A plan
//! stays a plan, and what was declined is written as not done.

use consilium_casefile::facts::{TreatmentKind, TreatmentStatus};
use serde_json::{Value, json};

use super::bundle::{Entries, Guide};
use super::write::{
    absent, concept, confirmed, extension, line, note, of_table, period, push, reference, set_required_date, text,
};
use super::{ExportTreatment, condition, tables};

const MCODE: &str = "http://hl7.org/fhir/us/mcode/StructureDefinition/";

/// What was added for a treatment.
#[derive(Debug, Clone)]
pub(super) struct Added {
    /// Position in the export.
    pub(super) treatment: usize,
    /// Full URLs.
    pub(super) urls: Vec<String>,
}

/// Adds all treatments.
pub(super) fn add(entries: &mut Entries<'_>) -> Vec<Added> {
    let export = entries.export;
    let mut added = Vec::new();
    for (index, treatment) in export.treatments.iter().enumerate() {
        let urls = match treatment.treatment.kind {
            TreatmentKind::Systemic => systemic(entries, index, treatment),
            _ => vec![procedure(entries, index, treatment)],
        };
        added.push(Added { treatment: index, urls });
    }
    added
}

/// Reference to the cancer a treatment is for.
fn reason(entries: &Entries<'_>, treatment: &ExportTreatment) -> Option<Value> {
    let tumour = treatment.tumour.filter(|t| *t < entries.export.tumours.len())?;
    Some(reference(&condition::url(entries, tumour)))
}

fn codings(treatment: &ExportTreatment) -> Vec<Value> {
    let mut codings = confirmed(&treatment.codes);
    if let Some(coding) = treatment.treatment.code.as_ref().and_then(super::write::coding)
        && !codings.iter().any(|c| c["system"] == coding["system"] && c["code"] == coding["code"])
    {
        codings.push(coding);
    }
    codings
}

fn intent(resource: &mut Value, treatment: &ExportTreatment) {
    let Some(words) = treatment.treatment.intent.as_deref().and_then(line) else { return };
    match tables::value("intent", &words) {
        Some(coding) => push(
            resource,
            "extension",
            extension(&format!("{MCODE}mcode-procedure-intent"), of_table(Some(coding), &words)),
        ),
        None => note(resource, &format!("Intent: {words}")),
    }
}

fn procedure<'e>(entries: &mut Entries<'e>, index: usize, export: &'e ExportTreatment) -> String {
    let treatment = &export.treatment;
    let status = match treatment.status {
        TreatmentStatus::Done => "completed",
        TreatmentStatus::Ongoing => "in-progress",
        TreatmentStatus::Stopped => "stopped",
        TreatmentStatus::Planned => "preparation",
        TreatmentStatus::Declined => "not-done",
        TreatmentStatus::Mentioned => "unknown",
    };
    let radiation = treatment.kind == TreatmentKind::Radiation;
    let mut code = codings(export);
    if radiation {
        let course = tables::value("treatment", "radiation");
        code.retain(|c| course.as_ref().is_none_or(|course| c["code"] != course.code.as_str()));
        code.splice(0..0, course.map(|c| c.json()));
    }
    let mut procedure = json!({
        "resourceType": "Procedure",
        "status": status,
        "code": concept(code, &treatment.what),
        "subject": entries.patient(),
    });
    if treatment.status == TreatmentStatus::Declined {
        procedure["statusReason"] = json!({ "text": "Offered and refused, or decided against" });
    }
    match period(treatment.date, treatment.until).filter(|_| treatment.until.is_some()) {
        Some(period) => procedure["performedPeriod"] = period,
        // A plan has not been performed; the day it is planned for is a note.
        None if treatment.status == TreatmentStatus::Planned => {
            if let Some(day) = treatment.date.and_then(super::write::human) {
                note(&mut procedure, &format!("Planned for {day}"));
            }
            if entries.guide == Guide::Ips {
                procedure["_performedDateTime"] = absent("not-applicable");
            }
        }
        None => set_required_date(&mut procedure, "performedDateTime", treatment.date),
    }
    intent(&mut procedure, export);
    if let Some(reason) = reason(entries, export) {
        procedure["reasonReference"] = json!([reason]);
    }
    if let Some(side) = treatment.laterality.as_deref().and_then(line) {
        match tables::value("side", &side) {
            Some(coding) => {
                let mut site = json!({ "text": side });
                let side = of_table(Some(coding), &side);
                push(&mut site, "extension", extension(&format!("{MCODE}mcode-laterality-qualifier"), side));
                procedure["bodySite"] = json!([site]);
            }
            None => note(&mut procedure, &format!("Side: {side}")),
        }
    }
    if let Some(dose) = treatment.dose.as_deref().and_then(text) {
        note(&mut procedure, &format!("Dose as written: {dose}"));
        let given = matches!(treatment.status, TreatmentStatus::Done | TreatmentStatus::Stopped);
        if radiation
            && given
            && let Some(sessions) = fractions(&dose)
        {
            push(
                &mut procedure,
                "extension",
                json!({ "url": format!("{MCODE}mcode-radiotherapy-sessions"), "valueUnsignedInt": sessions }),
            );
        }
    }
    common_notes(&mut procedure, export);
    performer(&mut procedure, export);
    if export.is_own_word() {
        procedure["recorder"] = entries.speaker();
        procedure["asserter"] = entries.speaker();
    }
    super::word::tell(&mut procedure, export.word.as_ref(), export.confirmed);
    super::whole::carry_treatment(entries, &mut procedure, index, export);
    let of_cancer = procedure.get("reasonReference").is_some();
    let kind = match treatment.kind {
        // A biopsy or an operation whose cancer nobody tells is not said to be for one.
        TreatmentKind::Operation if of_cancer || entries.guide == Guide::Ips => "operation",
        TreatmentKind::Radiation => "radiation",
        _ => "procedure",
    };
    entries.add_stated(&format!("treatment {index}"), Some(kind), procedure, &export.source, export.vouched())
}

/// `25` of `50 Gy in 25 fractions`.
fn fractions(dose: &str) -> Option<u32> {
    let words: Vec<&str> = dose.split_whitespace().collect();
    words.windows(2).find_map(|pair| match pair {
        [number, what] if what.starts_with("fraction") => number.parse().ok().filter(|n| *n > 0 && *n < 200),
        _ => None,
    })
}

fn performer(resource: &mut Value, export: &ExportTreatment) {
    let names = [export.source.author.as_deref(), export.source.facility.as_deref()];
    // The author of the record, who need not have done it, is in the Provenance; the place is as good as known.
    if let Some(place) = names.get(1).copied().flatten().and_then(line) {
        resource["performer"] = json!([{ "actor": { "display": place } }]);
    }
}

fn common_notes(resource: &mut Value, export: &ExportTreatment) {
    let treatment = &export.treatment;
    if let Some(cycles) = treatment.cycles {
        note(resource, &format!("Cycles or doses: {cycles}"));
    }
    if let Some(change) = &treatment.change {
        let words = [Some(format!("{:?}", change.kind).to_lowercase()), change.how.clone(), change.why.clone()];
        note(resource, &format!("Changed: {}", words.into_iter().flatten().collect::<Vec<_>>().join(", ")));
    }
}

/// A resource for each drug; where no drug is named, one for the regimen.
fn systemic<'e>(entries: &mut Entries<'e>, index: usize, export: &'e ExportTreatment) -> Vec<String> {
    let treatment = &export.treatment;
    let named: Vec<&str> = treatment.drugs.iter().map(String::as_str).filter(|d| line(d).is_some()).collect();
    let drugs = if named.is_empty() { vec![treatment.what.as_str()] } else { named };
    let single = drugs.len() == 1;
    drugs.iter().enumerate().map(|(number, drug)| one_drug(entries, (index, number), export, drug, single)).collect()
}

fn one_drug<'e>(
    entries: &mut Entries<'e>,
    (index, number): (usize, usize),
    export: &'e ExportTreatment,
    drug: &str,
    single: bool,
) -> String {
    let treatment = &export.treatment;
    // A code of the regimen must not stand for one of its drugs.
    let codes = if single { codings(export) } else { Vec::new() };
    let mut resource = json!({ "medicationCodeableConcept": concept(codes, drug), "subject": entries.patient() });
    let name = format!("treatment {index} {number}");
    let planned = treatment.status == TreatmentStatus::Planned;
    let kind = if planned {
        resource["resourceType"] = Value::from("MedicationRequest");
        resource["status"] = Value::from("unknown");
        resource["intent"] = Value::from("plan");
        super::medicine::reported(entries, &mut resource, export.word.as_ref());
        super::write::set_date(&mut resource, "authoredOn", export.source.date);
        "MedicationRequest"
    } else if entries.guide == Guide::Ips || export.is_own_word() {
        // An administration has no place for who says so: what a person states is a statement in every guide.
        resource["resourceType"] = Value::from("MedicationStatement");
        resource["status"] = Value::from(match treatment.status {
            TreatmentStatus::Done => "completed",
            TreatmentStatus::Ongoing => "active",
            TreatmentStatus::Stopped => "stopped",
            TreatmentStatus::Mentioned => "unknown",
            TreatmentStatus::Planned | TreatmentStatus::Declined => "not-taken",
        });
        if export.is_own_word() {
            resource["informationSource"] = entries.speaker();
            super::write::set_date(&mut resource, "dateAsserted", export.word.as_ref().and_then(|word| word.on));
        }
        "MedicationStatement"
    } else {
        resource["resourceType"] = Value::from("MedicationAdministration");
        resource["status"] = Value::from(match treatment.status {
            TreatmentStatus::Done => "completed",
            TreatmentStatus::Ongoing => "in-progress",
            TreatmentStatus::Stopped => "stopped",
            TreatmentStatus::Mentioned => "unknown",
            TreatmentStatus::Planned | TreatmentStatus::Declined => "not-done",
        });
        if treatment.status == TreatmentStatus::Declined {
            resource["statusReason"] = json!([{ "text": "Offered and refused, or decided against" }]);
        }
        "MedicationAdministration"
    };
    if !planned {
        match period(treatment.date, treatment.until).filter(|_| treatment.until.is_some()) {
            Some(period) => resource["effectivePeriod"] = period,
            None => set_required_date(&mut resource, "effectiveDateTime", treatment.date),
        }
    }
    intent(&mut resource, export);
    // So that who reads the file tells a course of treatment from a medicine on a list.
    super::bundle::tag(&mut resource, super::bundle::COURSE);
    if let Some(reason) = reason(entries, export) {
        resource["reasonReference"] = json!([reason]);
    }
    if line(&treatment.what).as_deref() != line(drug).as_deref() {
        note(&mut resource, &format!("Part of: {}", treatment.what));
    }
    if let Some(dose) = treatment.dose.as_deref().and_then(text) {
        note(&mut resource, &format!("Dose as written: {dose}"));
    }
    common_notes(&mut resource, export);
    super::word::tell(&mut resource, export.word.as_ref(), export.confirmed);
    if number == 0 {
        super::whole::carry_treatment(entries, &mut resource, index, export);
    } else {
        super::whole::carry_part(entries, &mut resource, &name);
    }
    entries.add_stated(&name, Some(kind), resource, &export.source, export.vouched())
}
