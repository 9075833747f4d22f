//! The header of a CDA document: patient, codes, dates, author, custodian.

use consilium_casefile::{PartialDate, PatientIdentity, PersonName};
use roxmltree::{Document, Node};

use super::{name_text, statement, time};
use crate::xml::{all_text, attribute, child, children, path};
use crate::{Coded, Stated, text};

/// What the header says.
#[derive(Debug, Clone, Default)]
pub(super) struct Header {
    pub(super) stated: Stated,
    pub(super) patients: Vec<PatientIdentity>,
    /// Label and value for the reader.
    pub(super) lines: Vec<(String, String)>,
}

pub(super) fn read(tree: &Document<'_>) -> Header {
    let root = tree.root_element();
    let mut header = Header::default();
    for role in children(root, "recordTarget").filter_map(|target| child(target, "patientRole")) {
        patient(role, &mut header);
    }
    header.patients = text::distinct(std::mem::take(&mut header.patients));
    let births: Vec<PartialDate> = header.patients.iter().filter_map(|p| p.birth_date).collect();
    header.stated = stated(root, &births);
    let stated = header.stated.clone();
    let mut line = |label: &str, value: Option<String>| {
        if let Some(value) = value {
            header.lines.push((label.to_owned(), value));
        }
    };
    let written = child(root, "effectiveTime").and_then(time).and_then(PartialDate::from_compact);
    line("Document", child(root, "code").map(statement::coded));
    line("Date of service", stated.date.map(|d| d.to_string()));
    line("Written", written.map(|d| d.to_string()));
    for author in children(root, "author").filter_map(author_name) {
        line("Author", Some(author));
    }
    line("Facility", stated.facility);
    for (label, name) in [("Signed by", "legalAuthenticator"), ("Informant", "informant")] {
        for person in children(root, name) {
            line(label, person.descendants().find(|n| n.tag_name().name() == "name").and_then(name_text));
        }
    }
    for performer in root
        .children()
        .filter(|n| n.tag_name().name() == "documentationOf")
        .flat_map(|d| d.descendants().filter(|n| n.tag_name().name() == "assignedPerson").collect::<Vec<_>>())
    {
        line("Care by", child(performer, "name").and_then(name_text));
    }
    header
}

fn patient(role: Node<'_, '_>, header: &mut Header) {
    let person = child(role, "patient").or_else(|| child(role, "patientPatient"));
    let name = person.and_then(best_name);
    let birth = person.and_then(|p| child(p, "birthTime")).and_then(time).and_then(PartialDate::from_compact);
    let identifier = children(role, "id").find_map(|id| attribute(id, "extension")).map(text::tidy);
    let identity = PatientIdentity { name, birth_date: birth, identifier };
    let mut line = |label: &str, value: Option<String>| {
        if let Some(value) = value.filter(|v| !v.is_empty()) {
            header.lines.push((label.to_owned(), value));
        }
    };
    line("Patient", identity.name.as_ref().map(PersonName::display));
    line("Born", identity.birth_date.map(|d| d.to_string()));
    let coded = |name: &str| person.and_then(|p| child(p, name)).map(statement::coded_words);
    line("Sex", coded("administrativeGenderCode"));
    line("Marital status", coded("maritalStatusCode"));
    line("Race", coded("raceCode"));
    line("Ethnicity", coded("ethnicGroupCode"));
    let numbers: Vec<&str> = children(role, "id").filter_map(|id| attribute(id, "extension")).collect();
    line("Numbers", Some(numbers.join("; ")));
    line("Address", child(role, "addr").map(all_text));
    let contact: Vec<&str> = children(role, "telecom").filter_map(|t| attribute(t, "value")).collect();
    line("Contact", Some(contact.join("; ")));
    if identity.is_stated() || identity.identifier.is_some() {
        header.patients.push(identity);
    }
}

/// The legal name (`use` L), else the first that has words.
fn best_name(person: Node<'_, '_>) -> Option<PersonName> {
    let mut names: Vec<Node<'_, '_>> = children(person, "name").collect();
    names.sort_by_key(|n| attribute(*n, "use").is_none_or(|u| !u.split(' ').any(|u| u == "L")));
    names.into_iter().find_map(|name| {
        let part = |wanted: &'static str| {
            children(name, wanted)
                .filter(|p| attribute(*p, "qualifier").is_none_or(|q| !matches!(q, "BR" | "CL")))
                .map(all_text)
                .collect::<Vec<_>>()
                .join(" ")
        };
        PersonName::new(&part("family"), &part("given")).or_else(|| PersonName::from_display(&all_text(name)))
    })
}

fn author_name(author: Node<'_, '_>) -> Option<String> {
    let assigned = child(author, "assignedAuthor")?;
    path(assigned, &["assignedPerson", "name"]).and_then(name_text)
}

fn stated(root: Node<'_, '_>, births: &[PartialDate]) -> Stated {
    let code = child(root, "code");
    let mut codes: Vec<Coded> = Vec::new();
    if let Some(code) = code {
        codes.extend(std::iter::once(code).chain(children(code, "translation")).filter_map(statement::coding));
    }
    for root in children(root, "templateId").filter_map(|t| attribute(t, "root")) {
        let coded =
            Coded { system: "urn:ietf:rfc:3986".to_owned(), code: format!("urn:oid:{root}"), display: String::new() };
        if !codes.contains(&coded) {
            codes.push(coded);
        }
    }
    let title = child(root, "title")
        .map(all_text)
        .filter(|t| !t.is_empty())
        .or_else(|| code.and_then(|c| attribute(c, "displayName")).map(text::tidy));
    let organization = |node: Node<'_, '_>, steps: &[&str]| path(node, steps).and_then(name_text);
    let encounter = path(root, &["componentOf", "encompassingEncounter"]);
    let facility = encounter
        .and_then(|e| {
            organization(e, &["location", "healthCareFacility", "location", "name"])
                .or_else(|| organization(e, &["location", "healthCareFacility", "serviceProviderOrganization", "name"]))
        })
        .or_else(|| organization(root, &["custodian", "assignedCustodian", "representedCustodianOrganization", "name"]))
        .or_else(|| organization(root, &["author", "assignedAuthor", "representedOrganization", "name"]));
    Stated {
        title,
        codes,
        date: date_of_service(root, encounter, births),
        author: children(root, "author").find_map(author_name),
        facility,
        accession: None,
    }
}

/// The visit's day; else the day of the documented service, unless that is a span of years as in a summary of care
/// (often from birth on); else the day the document was written.
fn date_of_service(root: Node<'_, '_>, encounter: Option<Node<'_, '_>>, births: &[PartialDate]) -> Option<PartialDate> {
    let day = |node: Node<'_, '_>, end: &str| {
        child(node, end).and_then(|e| attribute(e, "value")).and_then(PartialDate::from_compact)
    };
    let of = |node: Node<'_, '_>| {
        let time = child(node, "effectiveTime")?;
        if let Some(day) = attribute(time, "value").and_then(PartialDate::from_compact) {
            return Some(day);
        }
        let low = day(time, "low")?;
        let long = day(time, "high")
            .is_none_or(|high| high.earliest().since(low.earliest()).map_or(true, |span| span.get_days() > 92));
        Some((low, long)).filter(|(low, long)| !long && !births.contains(low)).map(|(low, _)| low)
    };
    let visit = encounter.and_then(|e| {
        let time = child(e, "effectiveTime")?;
        attribute(time, "value")
            .and_then(PartialDate::from_compact)
            .or_else(|| day(time, "low"))
            .filter(|d| !births.contains(d))
    });
    visit
        .or_else(|| children(root, "documentationOf").filter_map(|d| child(d, "serviceEvent")).find_map(of))
        .or_else(|| child(root, "effectiveTime").and_then(time).and_then(PartialDate::from_compact))
}
