//! The International Patient Summary: a document bundle, its Composition first. A section that must be there and for
//! which the records say nothing gives the reason `unavailable`, never "none known"; that is written only where a record
//! says it.

use consilium_casefile::facts::TreatmentStatus;
use serde_json::{Value, json};

use super::bundle::{Entries, Guide, Vouched, bundle, uuid};
use super::mcode::checked;
use super::tables::{SECTIONS, SectionRow};
use super::write::{human, line, reference};
use super::{
    Export, ExportFact, Problem, condition, illness, medicine, narrative, observation, patient, tables, treatment,
};

/// Stands in place of a record where a person states something and no record does.
const BY_THE_PERSON: &str = "Stated by the patient, or for the patient";

/// What a section holds: rows of its narrative, and its entries.
#[derive(Debug, Default)]
struct Content {
    rows: Vec<Vec<String>>,
    entries: Vec<String>,
}

impl Content {
    fn line(&mut self, words: &str, detail: &str, source: &str, url: Option<&str>) {
        self.rows.push(vec![words.to_owned(), detail.to_owned(), source.to_owned()]);
        if let Some(url) = url
            && !self.entries.iter().any(|u| u == url)
        {
            self.entries.push(url.to_owned());
        }
    }

    fn lines(&mut self, lines: Vec<illness::Line>) {
        for (words, detail, url) in lines {
            self.line(&words, &detail, "", Some(&url));
        }
    }
}

/// The case as an IPS document bundle.
///
/// # Errors
/// The problems that [`super::check()`] finds; no bundle is given then.
pub fn ips(export: &Export) -> Result<Value, Vec<Problem>> {
    let mut entries = Entries::new(export, Guide::Ips);
    patient::add(&mut entries);
    condition::add(&mut entries);
    let mut problems = Content::default();
    for (index, tumour) in export.tumours.iter().enumerate() {
        let words = line(&tumour.name).unwrap_or_else(|| "Cancer".to_owned());
        let detail = tumour.diagnosed.and_then(human).unwrap_or_default();
        problems.line(&words, &detail, "", Some(&condition::url(&entries, index)));
    }
    problems.lines(illness::add_illnesses(&mut entries, false));
    let mut past = Content::default();
    past.lines(illness::add_illnesses(&mut entries, true));
    let mut allergies = Content::default();
    allergies.lines(illness::add_allergies(&mut entries));
    let (mut results, mut functional) = (Content::default(), Content::default());
    for index in observation::add(&mut entries) {
        let Some(fact) = export.facts.get(index) else { continue };
        let url = observation::url(&entries, index);
        let section =
            if tables::concept(fact.fact.concept.as_str()).shape == "score" { &mut functional } else { &mut results };
        let label = line(&fact.label).unwrap_or_else(|| fact.fact.concept.as_str().to_owned());
        section.line(&label, &words_of(fact), &fact.source.title, Some(&url));
    }
    let (mut procedures, mut plan, mut medications) = (Content::default(), Content::default(), Content::default());
    for added in treatment::add(&mut entries) {
        let Some(export) = export.treatments.get(added.treatment) else { continue };
        let treatment = &export.treatment;
        let is_drug = treatment.kind == consilium_casefile::facts::TreatmentKind::Systemic;
        let section = match treatment.status {
            TreatmentStatus::Planned | TreatmentStatus::Mentioned => &mut plan,
            _ if is_drug => &mut medications,
            _ => &mut procedures,
        };
        let words = line(&treatment.what).unwrap_or_else(|| "Treatment".to_owned());
        let when = treatment.date.and_then(human).unwrap_or_default();
        let status = status_words(treatment.status);
        let detail = [status, when.as_str()].iter().filter(|w| !w.is_empty()).copied().collect::<Vec<_>>().join(", ");
        let said_by = if export.vouched() == Vouched::Stated { BY_THE_PERSON } else { &export.source.title };
        section.line(&words, &detail, said_by, None);
        section.entries.extend(added.urls);
    }
    for (name, how, url) in medicine::add_statements(&mut entries) {
        medications.line(&name, &how, "", Some(&url));
    }
    let sections: Vec<Value> = SECTIONS
        .iter()
        .filter_map(|row| {
            let content = match row.name.as_str() {
                "problems" => &problems,
                "allergies" => &allergies,
                "medications" => &medications,
                "results" => &results,
                "procedures" => &procedures,
                "past" => &past,
                "functional" => &functional,
                _ => &plan,
            };
            section(row, content)
        })
        .collect();
    let mut all = vec![composition(export, &entries, sections)];
    all.extend(entries.finish());
    let id = uuid(&export.handle, "ips");
    let mut bundle = bundle(tables::ips_profile("Bundle"), "document", id.clone(), export.now, all);
    bundle["identifier"] = json!({ "system": "urn:ietf:rfc:3986", "value": format!("urn:uuid:{id}") });
    checked(bundle)
}

fn words_of(fact: &ExportFact) -> String {
    let words = line(&fact.words).or_else(|| line(&fact.fact.value)).unwrap_or_default();
    let who = if fact.confirmed { "confirmed" } else { "machine-read" };
    let when = fact.fact.date.or(fact.source.date).and_then(human).unwrap_or_default();
    [words.as_str(), when.as_str(), who].iter().filter(|w| !w.is_empty()).copied().collect::<Vec<_>>().join(", ")
}

fn status_words(status: TreatmentStatus) -> &'static str {
    match status {
        TreatmentStatus::Done => "done",
        TreatmentStatus::Ongoing => "going on",
        TreatmentStatus::Stopped => "stopped early",
        TreatmentStatus::Planned => "planned, not given",
        TreatmentStatus::Declined => "declined, not given",
        TreatmentStatus::Mentioned => "named, not said whether given",
    }
}

fn section(row: &SectionRow, content: &Content) -> Option<Value> {
    if content.entries.is_empty() && !row.required {
        return None;
    }
    let text = if content.rows.is_empty() {
        narrative::sentence(&row.nothing)
    } else {
        narrative::table(&["What", "Detail", "Record"], &content.rows)
    };
    let mut section = json!({
        "title": row.title,
        "code": { "coding": [{ "system": "http://loinc.org", "code": row.code }] },
        "text": { "status": "generated", "div": text },
    });
    if content.entries.is_empty() {
        section["emptyReason"] = json!({
            "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/list-empty-reason", "code": "unavailable" }],
            "text": row.nothing,
        });
    } else {
        section["entry"] = content.entries.iter().map(|url| reference(url)).collect();
    }
    Some(section)
}

fn composition(export: &Export, entries: &Entries<'_>, sections: Vec<Value>) -> Value {
    let profile = tables::ips_profile("Composition").unwrap_or_default();
    let name = export.patient.name.as_ref().and_then(|n| line(&n.display()));
    let who = name.unwrap_or_else(|| "a person whose name is not stated".to_owned());
    json!({ "fullUrl": entries.url("composition"), "resource": {
        "resourceType": "Composition",
        "id": uuid(&export.handle, "composition"),
        "meta": { "profile": [profile] },
        "language": "en",
        "text": { "status": "generated", "div": narrative::sentence(&format!("Patient summary of {who}.")) },
        "status": "final",
        "type": { "coding": [{ "system": "http://loinc.org", "code": "60591-5" }] },
        "subject": entries.patient(),
        "date": export.now.iso(),
        "author": [{ "display": "Consilium, from the records of the case" }],
        "title": format!("Patient summary of {who}"),
        "section": sections,
    } })
}
