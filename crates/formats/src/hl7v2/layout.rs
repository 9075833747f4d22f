//! HL7 v2 messages laid out as a clinician reads them.

use std::collections::HashSet;

use consilium_casefile::{PartialDate, PersonName};

use super::message::{Message, Segment};
use super::{clinician, codings, patient};
use crate::code_systems;
use crate::readable::{Readable, Section};

/// A segment that is one row of a table: section, and for each column its heading and the field it is read from.
type Rows = (&'static str, &'static str, &'static [(&'static str, usize)]);

const ROWS: [Rows; 14] = [
    ("AL1", "Allergies", &[("Substance", 3), ("Kind", 2), ("Severity", 4), ("Reaction", 5), ("Since", 6)]),
    ("IAM", "Allergies", &[("Substance", 3), ("Kind", 2), ("Severity", 4), ("Reaction", 5), ("Since", 11)]),
    ("DG1", "Diagnoses", &[("Diagnosis", 3), ("Words", 4), ("Date", 5), ("Kind", 6)]),
    ("PRB", "Diagnoses", &[("Problem", 3), ("Action", 1), ("Since", 7), ("Status", 14)]),
    ("PR1", "Procedures", &[("Procedure", 3), ("Words", 4), ("Date", 5), ("Kind", 6)]),
    (
        "RXA",
        "Medications and vaccines given",
        &[("Given", 5), ("Amount", 6), ("Unit", 7), ("Date", 3), ("Lot", 15), ("Status", 20)],
    ),
    ("RXE", "Medications", &[("Medication", 2), ("Amount", 3), ("Unit", 5), ("Form", 6), ("Instructions", 7)]),
    ("RXO", "Medications", &[("Medication", 1), ("Amount", 2), ("Unit", 4), ("Form", 5), ("Instructions", 7)]),
    ("RXD", "Medications", &[("Medication", 2), ("Amount", 4), ("Unit", 5), ("Date", 3)]),
    ("RXR", "Medications", &[("Route", 1), ("Site", 2)]),
    (
        "SPM",
        "Specimens",
        &[("Specimen", 4), ("Number", 2), ("Site", 8), ("Method", 7), ("Collected", 17), ("Received", 18)],
    ),
    (
        "IN1",
        "Insurance",
        &[("Plan", 2), ("Insurer", 4), ("Group", 8), ("Member number", 36), ("From", 12), ("Until", 13)],
    ),
    ("NK1", "Family and contacts", &[("Name", 2), ("Relation", 3), ("Address", 4), ("Telephone", 5)]),
    ("GT1", "Insurance", &[("Guarantor", 3), ("Address", 5), ("Telephone", 6)]),
];

/// Date fields of those tables are written as days.
const DATES: [&str; 6] = ["Date", "Since", "Collected", "Received", "From", "Until"];

/// What kind of message it is, in words.
pub(super) fn kind(msh: &Segment) -> String {
    let (kind, event) = (msh.component(9, 1), msh.component(9, 2));
    let words = match kind.as_str() {
        "ORU" => "Result message",
        "MDM" => "Document message",
        "ADT" => "Patient and visit message",
        "OML" | "ORM" | "OMG" => "Order message",
        "VXU" => "Vaccination message",
        "SIU" => "Appointment message",
        "RDE" | "RDS" | "RAS" | "OMP" => "Medication message",
        "DFT" => "Charge message",
        "REF" => "Referral message",
        "PPR" => "Problem message",
        _ => "HL7 message",
    };
    format!("{words} {kind} {event}").trim().to_owned()
}

/// Lays out all messages of a file.
pub(super) fn lay_out(messages: &[Message]) -> Readable {
    let mut readable = Readable::default();
    let single = messages.len() == 1;
    readable.title = match messages {
        [only] => super::stated(only).title.unwrap_or_else(|| "HL7 message".to_owned()),
        _ => format!("{} HL7 messages", messages.len()),
    };
    if let Some(first) = messages.first() {
        header(first, &mut readable);
    }
    for (number, message) in messages.iter().enumerate() {
        let mut sections = sections(message, !single);
        if !single {
            let kind = message.first("MSH").map(kind).unwrap_or_default();
            for section in &mut sections {
                section.title = format!("{}. {kind}: {}", number + 1, section.title);
            }
        }
        sections.into_iter().for_each(|s| readable.push(s));
    }
    readable
}

fn header(message: &Message, readable: &mut Readable) {
    if let Some(pid) = message.first("PID") {
        let patient = patient(pid);
        readable.head("Patient", patient.name.as_ref().map(PersonName::display).unwrap_or_default());
        readable.head("Born", patient.birth_date.map(|d| d.to_string()).unwrap_or_default());
        readable.head("Sex", sex(&pid.component(8, 1)));
        let numbers: Vec<String> =
            pid.repetitions(3).map(|r| pid.component_of(r, 1)).filter(|n| !n.is_empty()).collect();
        readable.head("Numbers", numbers.join("; "));
        readable.head("Address", pid.words(11));
        readable.head("Contact", pid.words(13));
    }
    let stated = super::stated(message);
    readable.head("Date of service", stated.date.map(|d| d.to_string()).unwrap_or_default());
    readable.head("Author", stated.author.unwrap_or_default());
    readable.head("Facility", stated.facility.unwrap_or_default());
    if let Some(msh) = message.first("MSH") {
        readable.head("Message", kind(msh));
        readable.head("Sent", day(&msh.component(7, 1)));
    }
}

fn sex(code: &str) -> String {
    match code {
        "F" => "female".to_owned(),
        "M" => "male".to_owned(),
        "O" => "other".to_owned(),
        "U" => "unknown".to_owned(),
        other => other.to_owned(),
    }
}

fn day(compact: &str) -> String {
    PartialDate::from_compact(compact).map_or_else(|| compact.to_owned(), |d| d.to_string())
}

fn sections(message: &Message, with_patient: bool) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut known: HashSet<usize> = HashSet::new();
    if with_patient && let Some(pid) = message.first("PID") {
        let patient = patient(pid);
        let mut section = Section::new("Patient");
        let name = patient.name.as_ref().map(PersonName::display).unwrap_or_default();
        let born = patient.birth_date.map(|d| d.to_string()).unwrap_or_default();
        section.table(&["Patient", "Born", "Number"], vec![vec![name, born, patient.identifier.unwrap_or_default()]]);
        sections.push(section);
    }
    for (i, segment) in message.segments.iter().enumerate() {
        if matches!(segment.name.as_str(), "MSH" | "PID") {
            known.insert(i);
        }
    }
    reports(message, &mut known, &mut sections);
    for (name, title, columns) in ROWS {
        let rows: Vec<Vec<String>> = message
            .segments
            .iter()
            .enumerate()
            .filter(|(_, s)| s.name == name)
            .map(|(i, segment)| {
                known.insert(i);
                columns.iter().map(|(heading, field)| cell(segment, heading, *field)).collect()
            })
            .collect();
        if rows.is_empty() {
            continue;
        }
        let headings: Vec<&str> = columns.iter().map(|(heading, _)| *heading).collect();
        match sections.iter_mut().find(|s| s.title == title) {
            Some(section) => section.table(&headings, rows),
            None => {
                let mut section = Section::new(title);
                section.table(&headings, rows);
                sections.push(section);
            }
        }
    }
    visit(message, &mut known, &mut sections);
    let mut other = Section::new("Other segments");
    for (_, segment) in message.segments.iter().enumerate().filter(|(i, _)| !known.contains(i)) {
        let fields: Vec<String> = (1..=segment.last())
            .filter(|f| !segment.raw(*f).is_empty())
            .map(|f| format!("{}-{f}: {}", segment.name, segment.raw(f)))
            .collect();
        other.raw(segment.name.clone(), fields.join("\n"));
    }
    // Segments of the message header stand as they are: nothing is hidden.
    for segment in message.all("MSH").chain(message.all("PID")) {
        let fields: Vec<String> = (1..=segment.last())
            .filter(|f| !segment.raw(*f).is_empty())
            .map(|f| format!("{}-{f}: {}", segment.name, segment.raw(f)))
            .collect();
        other.raw(segment.name.clone(), fields.join("\n"));
    }
    sections.push(other);
    sections.retain(|s| !s.blocks.is_empty());
    sections
}

fn cell(segment: &Segment, heading: &str, field: usize) -> String {
    if DATES.contains(&heading) {
        return day(&segment.component(field, 1));
    }
    match codings(segment, field).first() {
        Some(c) if !c.display.is_empty() => code_systems::quietly(&c.display, &c.system, &c.code),
        _ => segment.words(field),
    }
}

const RESULTS: [&str; 7] = ["Name", "Value", "Unit", "Reference range", "Flag", "Date", "Status"];

/// Orders and reports: each OBR with its results, texts and notes, in the order of the message.
fn reports(message: &Message, known: &mut HashSet<usize>, sections: &mut Vec<Section>) {
    let title = if message.first("TXA").is_some() { "Document" } else { "Reports and results" };
    let mut section = Section::new(title);
    let mut results: Vec<Vec<String>> = Vec::new();
    let mut words: Vec<String> = Vec::new();
    let mut text_of = String::new();
    let flush = |section: &mut Section, results: &mut Vec<Vec<String>>, words: &mut Vec<String>| {
        section.table(&RESULTS, std::mem::take(results));
        section.paragraph(std::mem::take(words).join("\n"));
    };
    for (i, segment) in message.segments.iter().enumerate() {
        match segment.name.as_str() {
            "OBR" => {
                flush(&mut section, &mut results, &mut words);
                text_of.clear();
                let parts =
                    [cell(segment, "Report", 4), day(&segment.component(7, 1)), status(&segment.component(25, 1))];
                let parts: Vec<String> = parts.into_iter().filter(|p| !p.is_empty()).collect();
                section.heading(if parts.is_empty() { "Report".to_owned() } else { parts.join(", ") });
                let mut lines = Vec::new();
                for (label, value) in [
                    ("Number", segment.words(3)),
                    ("Ordered by", clinician(segment, 16).unwrap_or_default()),
                    ("Read by", clinician(segment, 32).unwrap_or_default()),
                    ("Reason", segment.words(31)),
                    ("Clinical information", segment.text(13)),
                    ("Specimen", segment.words(15)),
                ] {
                    if !value.is_empty() {
                        lines.push(format!("{label}: {value}"));
                    }
                }
                section.paragraph(lines.join("\n"));
                known.insert(i);
            }
            "TXA" => {
                let parts = [cell(segment, "Document", 2), day(&segment.component(4, 1)), segment.words(17)];
                let parts: Vec<String> = parts.into_iter().filter(|p| !p.is_empty()).collect();
                section.heading(parts.join(", "));
                let author = clinician(segment, 9).unwrap_or_default();
                section.paragraph(if author.is_empty() { author } else { format!("Author: {author}") });
                known.insert(i);
            }
            "OBX" => {
                known.insert(i);
                let kind = segment.component(2, 1);
                if matches!(kind.as_str(), "TX" | "FT" | "ST" | "") && is_text(segment, &kind) {
                    if !results.is_empty() {
                        section.table(&RESULTS, std::mem::take(&mut results));
                    }
                    let name = cell(segment, "Name", 3);
                    if name != text_of && !name.is_empty() {
                        section.paragraph(std::mem::take(&mut words).join("\n"));
                        section.heading(name.clone());
                        text_of = name;
                    }
                    words.push(segment.text(5));
                } else {
                    if !words.is_empty() {
                        section.paragraph(std::mem::take(&mut words).join("\n"));
                        text_of.clear();
                    }
                    results.push(result(segment, &kind));
                }
            }
            "NTE" => {
                known.insert(i);
                let note = segment.text(3);
                if !note.is_empty() {
                    if results.is_empty() {
                        words.push(note);
                    } else {
                        results.push(vec!["– note".to_owned(), note]);
                    }
                }
            }
            _ => {}
        }
    }
    flush(&mut section, &mut results, &mut words);
    if !section.blocks.is_empty() {
        sections.push(section);
    }
}

/// Text that reads on over several segments rather than a value for a cell.
fn is_text(segment: &Segment, kind: &str) -> bool {
    let text = segment.text(5);
    match kind {
        "TX" | "FT" => segment.raw(6).is_empty() && segment.raw(7).is_empty(),
        _ => text.contains('\n') || text.chars().count() > 120,
    }
}

fn result(segment: &Segment, kind: &str) -> Vec<String> {
    let value = match kind {
        "ED" => "(attached file)".to_owned(),
        "RP" => format!("(a file elsewhere: {})", segment.component(5, 1)),
        "CE" | "CWE" | "CF" | "CNE" => {
            let coded: Vec<String> = codings(segment, 5)
                .iter()
                .take(1)
                .map(|c| {
                    let words = if c.display.is_empty() { &c.code } else { &c.display };
                    code_systems::quietly(words, &c.system, &c.code)
                })
                .collect();
            if coded.is_empty() { segment.words(5) } else { coded.join("; ") }
        }
        "SN" => segment.words(5).replace(' ', ""),
        "DT" | "TS" | "DTM" => day(&segment.component(5, 1)),
        _ => segment.words(5),
    };
    let state = status(&segment.component(11, 1));
    vec![
        cell(segment, "Name", 3),
        value,
        segment.component(6, 1),
        segment.text(7),
        flag(&segment.words(8)),
        day(&segment.component(14, 1)),
        if state == "final" { String::new() } else { state },
    ]
}

/// HL7 table 0078.
fn flag(code: &str) -> String {
    match code {
        "H" => "high",
        "L" => "low",
        "HH" => "critically high",
        "LL" => "critically low",
        "A" => "abnormal",
        "AA" => "critically abnormal",
        "N" => "normal",
        "R" => "resistant",
        "S" => "susceptible",
        "I" => "intermediate",
        "POS" => "positive",
        "NEG" => "negative",
        other => other,
    }
    .to_owned()
}

/// HL7 tables 0085 and 0123.
fn status(code: &str) -> String {
    match code {
        "F" => "final",
        "P" => "preliminary",
        "C" => "corrected",
        "X" => "cannot be obtained",
        "D" => "deleted",
        "I" => "in process",
        "A" => "partial",
        "R" => "not verified",
        "S" => "partial",
        "W" => "wrong, withdrawn",
        "O" => "ordered",
        other => other,
    }
    .to_owned()
}

fn visit(message: &Message, known: &mut HashSet<usize>, sections: &mut Vec<Section>) {
    let mut section = Section::new("Visit");
    for (i, segment) in message.segments.iter().enumerate() {
        if segment.name == "PV1" {
            let row = vec![
                match segment.component(2, 1).as_str() {
                    "I" => "inpatient".to_owned(),
                    "O" => "outpatient".to_owned(),
                    "E" => "emergency".to_owned(),
                    other => other.to_owned(),
                },
                segment.words(3),
                clinician(segment, 7).unwrap_or_default(),
                clinician(segment, 8).unwrap_or_default(),
                segment.words(19),
                day(&segment.component(44, 1)),
                day(&segment.component(45, 1)),
            ];
            section.table(&["Visit", "Place", "Attending", "Referred by", "Number", "From", "Until"], vec![row]);
            known.insert(i);
        }
    }
    if !section.blocks.is_empty() {
        sections.push(section);
    }
}
