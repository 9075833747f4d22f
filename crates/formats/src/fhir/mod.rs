//! FHIR R4: bundles, single resources, one resource a line, and the XML form turned into the JSON form.
//!
//! Resources stay `serde_json::Value`: what we have no words for is kept and shown as it stands. What must not live
//! here: clinical conclusions.

pub(crate) mod attachments;
mod coded;
mod from_xml;
mod others;
mod readable;
mod say;
mod tables;
mod value;

use std::collections::HashMap;

use consilium_casefile::facts::CodedStatement;
use consilium_casefile::records::FileFormat;
use serde_json::Value;

use crate::readable::Readable;
use crate::understand::{document, opaque};
use crate::{Coded, Complaint, DocumentContent, Limits, Stated, Understood, text};
use value::{best_name, codings, date, identity, kind, list, one, text_at};

/// The resources of a file, in its order, and what was wrong.
#[derive(Debug, Default)]
pub(crate) struct Resources {
    pub(crate) all: Vec<Value>,
    /// `document`, `collection`, `searchset` …; empty when the file is no Bundle.
    pub(crate) bundle: String,
    pub(crate) complaints: Vec<Complaint>,
    /// Position in `all` by full URL and by `Kind/id`.
    index: HashMap<String, usize>,
}

impl Resources {
    pub(crate) fn of_kind<'r>(&'r self, wanted: &'r str) -> impl Iterator<Item = &'r Value> {
        self.all.iter().filter(move |r| kind(r) == wanted)
    }

    /// The resource a Reference means, looked for in `from`'s contained resources and in the file.
    pub(crate) fn resolve<'r>(&'r self, reference: &Value, from: &'r Value) -> Option<&'r Value> {
        self.find(&text_at(reference, &["reference"])?, from)
    }

    pub(crate) fn find<'r>(&'r self, reference: &str, from: &'r Value) -> Option<&'r Value> {
        if let Some(id) = reference.strip_prefix('#') {
            return list(from, "contained").iter().find(|c| c.get("id").and_then(Value::as_str) == Some(id));
        }
        let reference = reference.split("/_history/").next().unwrap_or(reference);
        let by_kind_and_id = || {
            let mut parts = reference.rsplit('/');
            let (id, of_kind) = (parts.next()?, parts.next()?);
            self.index.get(&format!("{of_kind}/{id}"))
        };
        let position = self.index.get(reference).or_else(by_kind_and_id)?;
        self.all.get(*position)
    }

    fn add(&mut self, full_url: &str, resource: Value) {
        let position = self.all.len();
        if let Some(id) = resource.get("id").and_then(Value::as_str) {
            self.index.entry(format!("{}/{id}", kind(&resource))).or_insert(position);
        }
        if !full_url.is_empty() {
            self.index.entry(full_url.to_owned()).or_insert(position);
        }
        self.all.push(resource);
    }
}

/// Reads JSON, NDJSON or XML into resources. `None` when nothing in it is FHIR; the complaint says why.
pub(crate) fn resources(bytes: &[u8], format: FileFormat, limits: &Limits) -> Result<Resources, Complaint> {
    let mut resources = Resources::default();
    match format {
        FileFormat::FhirXml => {
            let (value, complaints) = from_xml::convert(bytes, limits)?;
            resources.complaints = complaints;
            resources.take(value, String::new());
        }
        FileFormat::FhirNdjson => {
            let (text, complaint) = text::decode(bytes);
            resources.complaints.extend(complaint);
            let mut offset = 0_u64;
            for (number, line) in text.split('\n').enumerate() {
                if !line.trim().is_empty() {
                    match serde_json::from_str::<Value>(line.trim()) {
                        Ok(value) => resources.take(value, String::new()),
                        Err(_) => resources.complaints.push(Complaint::at(
                            offset,
                            format!("Line {} is not a FHIR resource and was passed over.", number + 1),
                        )),
                    }
                }
                offset += line.len() as u64 + 1;
            }
        }
        _ => {
            let (text, complaint) = text::decode(bytes);
            resources.complaints.extend(complaint);
            let value = serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')).map_err(|error| {
                let offset = text.split('\n').take(error.line().saturating_sub(1)).map(|l| l.len() as u64 + 1).sum();
                let what = if error.is_eof() {
                    "This FHIR file ends in the middle; ask the sender for it again."
                } else {
                    "This FHIR file is damaged or nested too deeply and could not be read; ask the sender for it again."
                };
                Complaint::at(offset, what)
            })?;
            resources.take(value, String::new());
        }
    }
    if resources.all.is_empty() && resources.bundle.is_empty() {
        return Err(Complaint::new("No FHIR resource was found in this file; it is kept as it is."));
    }
    others::leave_out(&mut resources);
    Ok(resources)
}

impl Resources {
    /// Leaves resources out, by their places.
    fn without(&mut self, out: &[bool]) {
        let mut kept = 0;
        // Where each stands afterwards.
        let places: Vec<Option<usize>> = out
            .iter()
            .map(|out| {
                kept += usize::from(!out);
                (!out).then(|| kept - 1)
            })
            .collect();
        let place_of = |place: usize| places.get(place).copied().flatten();
        self.index.retain(|_, place| place_of(*place).is_some());
        for place in self.index.values_mut() {
            *place = place_of(*place).unwrap_or_default();
        }
        let mut all = out.iter();
        self.all.retain(|_| all.next().is_none_or(|out| !out));
    }

    /// Takes a resource, or what a Bundle (also one inside another) holds. Nesting is bounded by the parser's 128.
    fn take(&mut self, mut value: Value, full_url: String) {
        match kind(&value) {
            "" => {
                if let Value::Array(items) = value {
                    for item in items {
                        self.take(item, String::new());
                    }
                }
            }
            "Bundle" => {
                if self.bundle.is_empty() {
                    self.bundle = value.get("type").and_then(Value::as_str).unwrap_or("bundle").to_owned();
                }
                let entries = match value.get_mut("entry").map(Value::take) {
                    Some(Value::Array(entries)) => entries,
                    Some(entry @ Value::Object(_)) => vec![entry],
                    _ => Vec::new(),
                };
                for mut entry in entries {
                    let full_url = entry.get("fullUrl").and_then(Value::as_str).unwrap_or("").to_owned();
                    match entry.get_mut("resource").map(Value::take) {
                        Some(resource) if !kind(&resource).is_empty() => self.take(resource, full_url),
                        Some(_) => {
                            self.complaints.push(Complaint::new("An entry of this bundle is no FHIR resource."));
                        }
                        None => {}
                    }
                }
            }
            _ => self.add(&full_url, value),
        }
    }
}

/// Reads a FHIR file.
pub(crate) fn understand(bytes: &[u8], format: FileFormat, limits: &Limits) -> Understood {
    let mut resources = match resources(bytes, format, limits) {
        Ok(resources) => resources,
        Err(complaint) => {
            let mut understood = opaque(format, "");
            understood.complaints = vec![complaint];
            return understood;
        }
    };
    let mut complaints = std::mem::take(&mut resources.complaints);
    let attachments = attachments::collect(&resources, &mut complaints);
    let content = DocumentContent {
        stated: stated(&resources),
        patients: patients(&resources),
        text: vec![readable::lay_out(&resources).text()],
        ..DocumentContent::default()
    };
    document(format, content, attachments, complaints)
}

/// Everybody the resources are about. Where no Patient is given, the name a reference to it shows.
fn patients(resources: &Resources) -> Vec<consilium_casefile::PatientIdentity> {
    let stated = resources.of_kind("Patient").map(identity).filter(|p| p.is_stated() || p.identifier.is_some());
    let patients = text::distinct(stated);
    if !patients.is_empty() {
        return patients;
    }
    let shown = resources.all.iter().filter_map(|resource| {
        let subject = ["subject", "patient", "beneficiary"].iter().find_map(|n| one(resource, n))?;
        if let Some(patient) = resources.resolve(subject, resource) {
            return (kind(patient) == "Patient").then(|| identity(patient));
        }
        let name = consilium_casefile::PersonName::from_display(&value::text(subject, "display")?)?;
        let about_a_person = text_at(subject, &["reference"]).is_none_or(|r| !r.contains("Group/"));
        about_a_person.then(|| consilium_casefile::PatientIdentity { name: Some(name), ..Default::default() })
    });
    text::distinct(shown.filter(consilium_casefile::PatientIdentity::is_stated))
}

/// What the file says about itself: the composition of a document, or the one resource it is.
fn stated(resources: &Resources) -> Stated {
    let composition = resources.of_kind("Composition").next();
    let clinical = |r: &&Value| !matches!(kind(r), "Patient" | "Practitioner" | "Organization" | "PractitionerRole");
    let mut others = resources.all.iter().filter(clinical);
    let only = match (others.next(), others.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    };
    let reports = || {
        let mut reports = resources.all.iter().filter(|r| matches!(kind(r), "DiagnosticReport" | "DocumentReference"));
        match (reports.next(), reports.next()) {
            (Some(report), None) => Some(report),
            _ => None,
        }
    };
    let mut stated = composition.or(only).or_else(reports).map(|r| stated_by(r, resources)).unwrap_or_default();
    if stated.facility.is_none() {
        let mut organizations = resources.of_kind("Organization");
        if let (Some(only), None) = (organizations.next(), organizations.next()) {
            stated.facility = value::text(only, "name");
        }
    }
    stated
}

/// What one resource says about itself (or about the file it carries).
pub(crate) fn stated_by(resource: &Value, resources: &Resources) -> Stated {
    let concept = |names: &[&str]| names.iter().find_map(|name| one(resource, name));
    let mut codes: Vec<Coded> = Vec::new();
    for name in ["type", "code", "category"] {
        for concept in list(resource, name) {
            codes.extend(codings(concept).into_iter().filter(|c| !codes.contains(c)).collect::<Vec<_>>());
        }
    }
    let title = value::text(resource, "title")
        .or_else(|| concept(&["type", "code"]).and_then(words_of))
        .or_else(|| value::text(resource, "description"))
        .or_else(|| text_at(resource, &["content", "attachment", "title"]));
    let days: [&[&str]; 16] = [
        &["context", "period", "start"],
        &["effectiveDateTime"],
        &["effectivePeriod", "start"],
        &["performedDateTime"],
        &["performedPeriod", "start"],
        &["event", "period", "start"],
        &["period", "start"],
        &["occurrenceDateTime"],
        &["onsetDateTime"],
        &["started"],
        &["authoredOn"],
        &["dateAsserted"],
        &["date"],
        &["created"],
        &["recordedDate"],
        &["issued"],
    ];
    let author_names =
        ["author", "resultsInterpreter", "performer", "recorder", "asserter", "requester", "authenticator"];
    let author = author_names.iter().find_map(|name| {
        list(resource, name).iter().find_map(|reference| {
            let reference = one(reference, "actor").unwrap_or(reference);
            let target = resources.resolve(reference, resource);
            if target.is_some_and(|t| matches!(kind(t), "Organization" | "Device" | "Patient")) {
                return None;
            }
            shown(reference, resource, resources)
        })
    });
    let facility =
        ["custodian", "performer", "serviceProvider", "managingOrganization", "author"].iter().find_map(|name| {
            list(resource, name).iter().find_map(|reference| {
                let reference = one(reference, "actor").unwrap_or(reference);
                let target = resources.resolve(reference, resource);
                let organization = target.is_some_and(|t| kind(t) == "Organization")
                    || text_at(reference, &["reference"]).is_some_and(|r| r.contains("Organization/"))
                    || matches!(*name, "custodian" | "serviceProvider" | "managingOrganization");
                organization.then(|| shown(reference, resource, resources)).flatten()
            })
        });
    // HL7 table 0203: ACSN is an accession number.
    let is_accession =
        |identifier: &&Value| list(identifier, "type").iter().flat_map(codings).any(|coding| coding.code == "ACSN");
    let accession = list(resource, "identifier").iter().find(is_accession).and_then(|of| value::text(of, "value"));
    Stated { title, codes, date: days.iter().find_map(|path| date(resource, path)), author, facility, accession }
}

/// The words for what a Reference means: its own display, else the name of what it points to.
pub(crate) fn shown(reference: &Value, from: &Value, resources: &Resources) -> Option<String> {
    if let Some(display) = value::text(reference, "display") {
        return Some(display);
    }
    let target = resources.resolve(reference, from)?;
    match kind(target) {
        "PractitionerRole" => shown(one(target, "practitioner")?, target, resources),
        "Practitioner" | "Patient" | "RelatedPerson" => best_name(target).map(|n| n.display()),
        _ => value::text(target, "name").or_else(|| words_of(one(target, "code")?)),
    }
}

/// The words of a CodeableConcept: its text, else a display, else a code.
pub(crate) fn words_of(concept: &Value) -> Option<String> {
    if concept.is_string() {
        return value::primitive(concept);
    }
    let codings = codings(concept);
    value::text(concept, "text")
        .or_else(|| codings.iter().find(|c| !c.display.is_empty()).map(|c| c.display.clone()))
        .or_else(|| codings.first().map(|c| c.code.clone()))
}

/// Lays out a FHIR file: JSON, one resource a line, or XML. `None` when there is no FHIR in it.
#[must_use]
pub fn readable(bytes: &[u8]) -> Option<Readable> {
    Some(readable::lay_out(&of_any_form(bytes)?))
}

/// The coded entries of a FHIR file of any of its three forms.
pub(crate) fn coded(bytes: &[u8]) -> Vec<CodedStatement> {
    of_any_form(bytes).map(|resources| coded::coded(&resources)).unwrap_or_default()
}

/// The resources of a file whose form is told by its first character.
fn of_any_form(bytes: &[u8]) -> Option<Resources> {
    let start: String = text::decode(bytes.get(..bytes.len().min(4096))?).0;
    let start = start.trim_start();
    let limits = Limits::default();
    let read = |format| resources(bytes, format, &limits).ok();
    if start.starts_with('<') {
        read(FileFormat::FhirXml)
    } else {
        read(FileFormat::FhirJson).or_else(|| read(FileFormat::FhirNdjson).filter(|r| !r.all.is_empty()))
    }
}
