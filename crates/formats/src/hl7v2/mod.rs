//! HL7 v2: results (ORU), documents (MDM), admissions (ADT), orders, vaccinations and others, one or many in a file.
//!
//! Segments we have a layout for become tables and text; all others are shown as they stand.

mod coded;
mod layout;
mod message;

use consilium_casefile::facts::CodedStatement;
use consilium_casefile::records::FileFormat;
use consilium_casefile::{PartialDate, PatientIdentity, PersonName};

use crate::fhir::attachments::{decode_base64, file_name};
use crate::readable::Readable;
use crate::understand::{document, opaque};
use crate::{Attachment, Coded, Complaint, DocumentContent, Stated, Understood, code_systems, text};
use message::{Message, Segment, split};

/// Reads a file of HL7 v2 messages.
pub(crate) fn understand(bytes: &[u8]) -> Understood {
    let format = FileFormat::Hl7v2;
    let (messages, complaint) = messages(bytes);
    if messages.is_empty() {
        return opaque(format, "No HL7 message header was found in this file; it is kept as it is.");
    }
    let mut complaints: Vec<Complaint> = complaint.into_iter().collect();
    let attachments = messages.iter().flat_map(|m| attachments(m, &mut complaints)).collect();
    let patients = messages.iter().flat_map(|m| m.all("PID")).map(patient);
    let patients = text::distinct(patients.filter(|p| p.is_stated() || p.identifier.is_some()));
    let content = DocumentContent {
        stated: messages.first().map(stated).unwrap_or_default(),
        patients,
        text: vec![layout::lay_out(&messages).text()],
        ..DocumentContent::default()
    };
    document(format, content, attachments, complaints)
}

/// Lays out HL7 v2 messages. `None` when there is none.
#[must_use]
pub fn readable(bytes: &[u8]) -> Option<Readable> {
    let (messages, _) = messages(bytes);
    (!messages.is_empty()).then(|| layout::lay_out(&messages))
}

/// The coded entries of a file of HL7 v2 messages.
pub(crate) fn coded(bytes: &[u8]) -> Vec<CodedStatement> {
    coded::coded(&messages(bytes).0)
}

/// MSH-18 names the character set; many senders leave it out and write Windows-1252.
fn messages(bytes: &[u8]) -> (Vec<Message>, Option<Complaint>) {
    let (first_reading, complaint) = text::decode(bytes);
    let declared = split(first_reading.lines().next().unwrap_or("").split('\r').next().unwrap_or(""))
        .first()
        .and_then(|m| m.first("MSH"))
        .map(|msh| msh.component(18, 1).to_uppercase());
    let label = match declared.as_deref() {
        Some("8859/1" | "8859/15") => "windows-1252",
        Some("8859/2") => "iso-8859-2",
        Some("8859/5") => "iso-8859-5",
        Some("8859/9") => "iso-8859-9",
        _ => return (split(&first_reading), complaint),
    };
    if complaint.is_none() && !bytes.is_ascii() {
        // Declared as one byte a character, but it is valid UTF-8: accented Latin-1 text never is by chance.
        return (split(&first_reading), None);
    }
    let (decoded, complaint) = text::decode_as(bytes, label);
    (split(&decoded), complaint)
}

fn patient(pid: &Segment) -> PatientIdentity {
    let name = |repetition: &str| {
        let given = [pid.component_of(repetition, 2), pid.component_of(repetition, 3)].join(" ");
        PersonName::new(&pid.component_of(repetition, 1), &given)
    };
    // The legal name (type L) where there are several.
    let legal = pid.repetitions(5).find(|r| pid.component_of(r, 7) == "L").and_then(name);
    let number = |field: usize| pid.repetitions(field).map(|r| pid.component_of(r, 1)).find(|n| !n.is_empty());
    let record = pid.repetitions(3).find(|r| pid.component_of(r, 5) == "MR").map(|r| pid.component_of(r, 1));
    PatientIdentity {
        name: legal.or_else(|| pid.repetitions(5).find_map(name)),
        birth_date: PartialDate::from_compact(&pid.component(7, 1)),
        identifier: record.filter(|r| !r.is_empty()).or_else(|| number(3)).or_else(|| number(2)).or_else(|| number(4)),
    }
}

/// A coded element (CE, CWE): code, text, system, and the alternate triplet.
fn codings(segment: &Segment, field: usize) -> Vec<Coded> {
    [(1, 2, 3), (4, 5, 6)]
        .into_iter()
        .filter_map(|(code, display, system)| {
            let code = segment.component(field, code);
            let system = code_systems::from_hl7_v2(&segment.component(field, system)).to_owned();
            (!code.is_empty()).then(|| Coded { system, code, display: segment.component(field, display) })
        })
        .collect()
}

fn stated(message: &Message) -> Stated {
    let msh = message.first("MSH");
    let observation = message.first("OBR");
    let document = message.first("TXA");
    let date = |segment: &str, fields: &[usize]| {
        let segment = message.first(segment)?;
        fields.iter().find_map(|f| PartialDate::from_compact(&segment.component(*f, 1)))
    };
    let mut codes = Vec::new();
    if let Some(txa) = document {
        codes.extend(codings(txa, 2));
    }
    if let Some(obr) = observation {
        codes.extend(codings(obr, 4));
    }
    let kind = msh.map(|m| format!("{}^{}", m.component(9, 1), m.component(9, 2)).trim_matches('^').to_owned());
    if let Some(code) = kind.clone().filter(|k| !k.is_empty()) {
        let system = "http://terminology.hl7.org/CodeSystem/v2-0003".to_owned();
        codes.push(Coded { system, code, display: String::new() });
    }
    let named = |c: &Coded| text::stated(&c.display);
    let person = |segment: Option<&Segment>, field: usize| segment.and_then(|s| clinician(s, field));
    Stated {
        title: codes.iter().find_map(named).or_else(|| msh.map(layout::kind)),
        date: date("OBR", &[7, 14])
            .or_else(|| date("TXA", &[4, 6]))
            .or_else(|| date("PV1", &[44]))
            .or_else(|| date("RXA", &[3]))
            .or_else(|| date("EVN", &[6, 2]))
            .or_else(|| date("MSH", &[7])),
        author: person(document, 9)
            .or_else(|| person(document, 5))
            .or_else(|| person(observation, 32))
            .or_else(|| person(message.first("PV1"), 7))
            .or_else(|| person(observation, 16)),
        facility: message
            .all("OBX")
            .find_map(|obx| text::stated(&obx.component(23, 1)))
            .or_else(|| msh.and_then(|m| text::stated(&m.component(4, 1)))),
        // The filler's number, which laboratories and radiology count by.
        accession: observation.and_then(|obr| text::stated(&obr.component(3, 1))),
        codes,
    }
}

/// A clinician (XCN, or CNN in OBR-32, whose first component holds number and name as subcomponents).
fn clinician(segment: &Segment, field: usize) -> Option<String> {
    let person = segment.repetitions(field).next()?;
    if person.contains('&') {
        let parts: Vec<&str> = person.split(['&', '^']).collect();
        let part = |i: usize| parts.get(i).copied().unwrap_or("");
        return PersonName::new(part(1), part(2)).map(|n| n.display());
    }
    let given = [segment.component_of(person, 3), segment.component_of(person, 4)].join(" ");
    PersonName::new(&segment.component_of(person, 2), &given).map(|n| n.display())
}

/// Files in OBX-5: encapsulated data (ED), and pointers (RP) to what was not sent.
fn attachments(message: &Message, complaints: &mut Vec<Complaint>) -> Vec<Attachment> {
    let mut attachments = Vec::new();
    let mut about: Option<&Segment> = None;
    for segment in &message.segments {
        match segment.name.as_str() {
            "OBR" => about = Some(segment),
            "OBX" if segment.component(2, 1) == "ED" => {
                let encoding = segment.component(5, 4).to_lowercase();
                let data = segment.raw_component(5, 5);
                let bytes = match encoding.as_str() {
                    "base64" => decode_base64(data),
                    "hex" => hex(data),
                    _ => decode_base64(data).or_else(|| (!data.is_empty()).then(|| data.as_bytes().to_vec())),
                };
                let Some(bytes) = bytes else {
                    complaints.push(Complaint::new(
                        "A file inside this message is damaged and could not be unpacked; ask the sender for it.",
                    ));
                    continue;
                };
                let mut own = stated(message);
                if let Some(obr) = about {
                    own.title = text::stated(&obr.component(4, 2)).or(own.title);
                }
                own.title = text::stated(&segment.component(3, 2)).or(own.title);
                let media_type = media_type(&segment.component(5, 2), &segment.component(5, 3));
                let name = file_name(own.title.as_deref(), &format!("OBX-{}", attachments.len() + 1), &media_type);
                attachments.push(Attachment { name, bytes, stated: own });
            }
            "OBX" if segment.component(2, 1) == "RP" => complaints
                .push(Complaint::new("This message points to a file that was not sent along; ask the sender for it.")),
            _ => {}
        }
    }
    attachments
}

/// Type and subtype of an ED value (HL7 tables 0191 and 0291).
fn media_type(kind: &str, subtype: &str) -> String {
    match (kind.to_lowercase().as_str(), subtype.to_lowercase().as_str()) {
        (_, "pdf") => "application/pdf".to_owned(),
        (_, "rtf") => "application/rtf".to_owned(),
        (_, "jpeg" | "jpg") => "image/jpeg".to_owned(),
        (_, "png") => "image/png".to_owned(),
        (_, "tiff") => "image/tiff".to_owned(),
        (_, "html") => "text/html".to_owned(),
        (_, "xml" | "x-hl7-cda-level-one") => "text/xml".to_owned(),
        ("text", _) => "text/plain".to_owned(),
        (kind, subtype) => format!("{kind}/{subtype}"),
    }
}

fn hex(data: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = data.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
