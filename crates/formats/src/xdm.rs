//! IHE XDM: what `METADATA.XML` (ebRS) says about the documents beside it. The documents themselves are met by the
//! walk; this attaches to them what only the metadata states, and checks that they are the ones meant.

use std::io::{self, Read};

use consilium_casefile::{PartialDate, PatientIdentity, PersonName};
use roxmltree::Node;
use sha1::{Digest, Sha1};

use crate::xml::{attribute, child, children, path, prepare};
use crate::{Coded, Complaint, Content, Limits, Stated};

/// XDSDocumentEntry.author (ITI TF-3, 4.2.5.2).
const AUTHOR: &str = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d";
/// XDSDocumentEntry.typeCode, the most telling, then classCode.
const KINDS: [&str; 2] =
    ["urn:uuid:f0306f51-975f-434e-a61c-c59651d33983", "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a"];
/// XDSDocumentEntry.uniqueId.
const UNIQUE_ID: &str = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab";

/// What the metadata states about one document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct XdmEntry {
    /// Where the document lies, relative to the folder of the metadata file.
    pub uri: String,
    /// SHA-1 of its bytes, lower-case hexadecimal.
    pub hash: Option<String>,
    /// Its length in bytes.
    pub size: Option<u64>,
    /// Its media type.
    pub media_type: Option<String>,
    /// Its unique id.
    pub unique_id: Option<String>,
    /// Title, type and class codes, date of service, author, facility.
    pub stated: Stated,
    /// Who it is about.
    pub patient: PatientIdentity,
}

impl XdmEntry {
    /// The path of the document, given the path of the metadata file (`disc.zip!/IHE_XDM/SUBSET01/METADATA.XML`);
    /// `None` when the URI points outside the folder.
    #[must_use]
    pub fn path_beside(&self, metadata: &str) -> Option<String> {
        let uri = self.uri.replace('\\', "/");
        let parts: Vec<&str> = uri.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        if parts.is_empty() || parts.contains(&"..") || uri.starts_with('/') || uri.contains(':') {
            return None;
        }
        let folder = metadata.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        Some(format!("{folder}{}", parts.join("/")))
    }

    /// Whether these are the bytes that were meant, as far as size and hash are stated; the complaint otherwise.
    ///
    /// # Errors
    /// When the document cannot be read.
    pub fn check(&self, document: &Content) -> io::Result<Option<Complaint>> {
        if let Some(size) = self.size
            && size != document.length()
        {
            return Ok(Some(Complaint::new(format!(
                "The sender's list says this document has {size} bytes, but it has {}; ask for it again.",
                document.length()
            ))));
        }
        let Some(stated) = &self.hash else { return Ok(None) };
        let mut sum = Sha1::new();
        let mut reader = document.reader()?;
        let mut block = vec![0; 64 << 10];
        loop {
            let n = reader.read(&mut block)?;
            if n == 0 {
                break;
            }
            sum.update(block.get(..n).unwrap_or_default());
        }
        let found: String = sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok((found != *stated).then(|| {
            Complaint::new("This document is not the one on the sender's list: its checksum differs. Ask for it again.")
        }))
    }
}

/// Reads the metadata. Entries that name no document are left out with a complaint.
#[must_use]
pub fn read(bytes: &[u8]) -> (Vec<XdmEntry>, Vec<Complaint>) {
    let limits = Limits::default();
    let prepared = match prepare(bytes, &limits) {
        Ok(prepared) => prepared,
        Err(e) => return (Vec::new(), vec![Complaint::new(format!("The list of documents could not be used: {e}."))]),
    };
    let mut complaints = prepared.complaints.clone();
    let tree = match prepared.tree() {
        Ok(tree) => tree,
        Err(e) => return (Vec::new(), vec![Complaint::new(format!("The list of documents could not be used: {e}."))]),
    };
    let named = |name: &'static str| tree.descendants().filter(move |n| n.is_element() && n.tag_name().name() == name);
    // Older writers put classifications beside the document instead of inside.
    let classifications: Vec<Node<'_, '_>> = named("Classification").collect();
    let mut entries = Vec::new();
    for object in named("ExtrinsicObject") {
        let id = attribute(object, "id");
        let own = classifications
            .iter()
            .copied()
            .filter(|c| c.parent() == Some(object) || (id.is_some() && attribute(*c, "classifiedObject") == id));
        let entry = entry(object, own);
        if entry.uri.is_empty() {
            complaints.push(Complaint::at(
                object.range().start as u64,
                "The list names a document without saying where it lies; it is read without its entry.",
            ));
        } else {
            entries.push(entry);
        }
    }
    (entries, complaints)
}

fn entry<'a, 'i: 'a>(object: Node<'a, 'i>, classifications: impl Iterator<Item = Node<'a, 'i>>) -> XdmEntry {
    let mut entry = XdmEntry {
        uri: uri(object),
        hash: slot(object, "hash").map(|h| h.to_ascii_lowercase()),
        size: slot(object, "size").and_then(|s| s.parse().ok()),
        media_type: attribute(object, "mimeType").map(str::to_owned),
        ..XdmEntry::default()
    };
    entry.stated.title = localized(object, "Name");
    entry.stated.date = ["serviceStartTime", "serviceStopTime", "creationTime"]
        .into_iter()
        .find_map(|name| slot(object, name).and_then(|time| PartialDate::from_compact(&time)));
    entry.unique_id = children(object, "ExternalIdentifier")
        .find(|id| attribute(*id, "identificationScheme") == Some(UNIQUE_ID))
        .and_then(|id| attribute(id, "value"))
        .map(str::to_owned);
    let mut codes: Vec<(usize, Coded)> = Vec::new();
    for classification in classifications {
        let scheme = attribute(classification, "classificationScheme").unwrap_or_default();
        if scheme == AUTHOR {
            entry.stated.author = entry.stated.author.or_else(|| slot(classification, "authorPerson").and_then(person));
            entry.stated.facility = entry.stated.facility.or_else(|| {
                let institution = slot(classification, "authorInstitution")?;
                institution.split('^').next().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
            });
        } else if let Some(rank) = KINDS.iter().position(|kind| *kind == scheme)
            && let Some(code) = attribute(classification, "nodeRepresentation")
        {
            let system = system(&slot(classification, "codingScheme").unwrap_or_default());
            let display = localized(classification, "Name").unwrap_or_default();
            codes.push((rank, Coded { system, code: code.to_owned(), display }));
        }
    }
    codes.sort_by_key(|(rank, _)| *rank);
    entry.stated.codes = codes.into_iter().map(|(_, code)| code).collect();
    entry.patient = patient(object);
    entry
}

/// The values of a slot in order.
fn slot_values<'a, 'i: 'a>(node: Node<'a, 'i>, name: &str) -> Vec<String> {
    let slot = node
        .children()
        .find(|c| c.is_element() && c.tag_name().name() == "Slot" && attribute(*c, "name") == Some(name));
    let values = slot.and_then(|slot| child(slot, "ValueList"));
    values
        .map(|list| children(list, "Value").filter_map(|v| v.text()).map(|t| t.trim().to_owned()).collect())
        .unwrap_or_default()
}

fn slot(node: Node<'_, '_>, name: &str) -> Option<String> {
    slot_values(node, name).into_iter().find(|value| !value.is_empty())
}

/// A long URI is cut into numbered parts: `1|…`, `2|…`.
fn uri(object: Node<'_, '_>) -> String {
    let mut parts: Vec<(u32, String)> = slot_values(object, "URI")
        .into_iter()
        .map(|value| match value.split_once('|').and_then(|(n, part)| Some((n.parse().ok()?, part.to_owned()))) {
            Some(numbered) => numbered,
            None => (0, value),
        })
        .collect();
    parts.sort_by_key(|(number, _)| *number);
    parts.into_iter().map(|(_, part)| part).collect()
}

fn localized(node: Node<'_, '_>, name: &str) -> Option<String> {
    path(node, &[name, "LocalizedString"]).and_then(|n| attribute(n, "value")).map(|v| v.trim().to_owned())
}

/// HL7 v2 XCN: `id^family^given^…`; or a name as written.
fn person(text: String) -> Option<String> {
    if !text.contains('^') {
        return Some(text);
    }
    let parts: Vec<&str> = text.split('^').collect();
    let part = |i: usize| parts.get(i).copied().unwrap_or_default();
    PersonName::new(part(1), part(2)).map(|name| name.display())
}

fn system(scheme: &str) -> String {
    match scheme {
        "2.16.840.1.113883.6.1" | "LOINC" | "urn:oid:2.16.840.1.113883.6.1" => "http://loinc.org".to_owned(),
        "2.16.840.1.113883.6.96" | "SNOMED-CT" => "http://snomed.info/sct".to_owned(),
        oid if !oid.is_empty() && oid.bytes().all(|b| b.is_ascii_digit() || b == b'.') => format!("urn:oid:{oid}"),
        uri if uri.contains(':') => uri.to_owned(),
        _ => String::new(),
    }
}

/// `sourcePatientInfo`: `PID-5|family^given`, `PID-7|YYYYMMDD`, `PID-3|id^^^&oid&ISO`.
fn patient(object: Node<'_, '_>) -> PatientIdentity {
    let mut patient = PatientIdentity::default();
    for value in slot_values(object, "sourcePatientInfo") {
        match value.split_once('|') {
            Some(("PID-3", id)) => {
                patient.identifier = id.split('^').next().filter(|id| !id.is_empty()).map(str::to_owned);
            }
            Some(("PID-5", name)) => patient.name = PersonName::from_carets(name),
            Some(("PID-7", date)) => patient.birth_date = PartialDate::from_compact(date),
            _ => {}
        }
    }
    patient
}

#[cfg(test)]
mod tests {
    use super::*;

    const METADATA: &str = r#"<?xml version="1.0"?>
<lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0" xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0">
 <rim:RegistryObjectList>
  <rim:ExtrinsicObject id="Document01" mimeType="text/xml">
   <rim:Slot name="URI"><rim:ValueList><rim:Value>DOC0001.XML</rim:Value></rim:ValueList></rim:Slot>
   <rim:Slot name="hash"><rim:ValueList><rim:Value>A9993E364706816ABA3E25717850C26C9CD0D89D</rim:Value></rim:ValueList></rim:Slot>
   <rim:Slot name="size"><rim:ValueList><rim:Value>3</rim:Value></rim:ValueList></rim:Slot>
   <rim:Slot name="serviceStartTime"><rim:ValueList><rim:Value>20260314</rim:Value></rim:ValueList></rim:Slot>
   <rim:Slot name="sourcePatientInfo"><rim:ValueList>
     <rim:Value>PID-3|4711^^^&amp;1.2.3&amp;ISO</rim:Value><rim:Value>PID-5|Example^Rosa^^^</rim:Value><rim:Value>PID-7|19630502</rim:Value>
   </rim:ValueList></rim:Slot>
   <rim:Name><rim:LocalizedString value="Pathology"/></rim:Name>
   <rim:Classification classificationScheme="urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d" classifiedObject="Document01" nodeRepresentation="">
    <rim:Slot name="authorPerson"><rim:ValueList><rim:Value>^Muster^Ada^^^Dr</rim:Value></rim:ValueList></rim:Slot>
    <rim:Slot name="authorInstitution"><rim:ValueList><rim:Value>Town Hospital^^^^^^^^^1.2</rim:Value></rim:ValueList></rim:Slot>
   </rim:Classification>
   <rim:Classification classificationScheme="urn:uuid:f0306f51-975f-434e-a61c-c59651d33983" classifiedObject="Document01" nodeRepresentation="11526-1">
    <rim:Slot name="codingScheme"><rim:ValueList><rim:Value>2.16.840.1.113883.6.1</rim:Value></rim:ValueList></rim:Slot>
    <rim:Name><rim:LocalizedString value="Pathology study"/></rim:Name>
   </rim:Classification>
   <rim:ExternalIdentifier identificationScheme="urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab" value="1.2.3.4"/>
  </rim:ExtrinsicObject>
  <rim:ExtrinsicObject id="Document02"><rim:Name/></rim:ExtrinsicObject>
 </rim:RegistryObjectList>
</lcm:SubmitObjectsRequest>"#;

    #[test]
    fn the_list_says_what_the_documents_are() {
        let (entries, complaints) = read(METADATA.as_bytes());
        let [entry] = entries.as_slice() else { panic!("{} entries", entries.len()) };
        assert_eq!(complaints.len(), 1, "the second document is nowhere");
        assert_eq!(
            entry.path_beside("a.zip!/IHE_XDM/SUBSET01/METADATA.XML").unwrap(),
            "a.zip!/IHE_XDM/SUBSET01/DOC0001.XML"
        );
        assert_eq!(entry.stated.title.as_deref(), Some("Pathology"));
        assert_eq!(entry.stated.author.as_deref(), Some("Ada Muster"));
        assert_eq!(entry.stated.facility.as_deref(), Some("Town Hospital"));
        assert_eq!(entry.stated.date, PartialDate::from_compact("20260314"));
        let code = entry.stated.codes.first().unwrap();
        assert_eq!((code.system.as_str(), code.code.as_str()), ("http://loinc.org", "11526-1"));
        assert_eq!(entry.patient.name, PersonName::new("Example", "Rosa"));
        assert_eq!(entry.patient.identifier.as_deref(), Some("4711"));
        assert_eq!(entry.unique_id.as_deref(), Some("1.2.3.4"));
    }

    #[test]
    fn another_document_than_the_one_listed_is_found_out() {
        let entry = read(METADATA.as_bytes()).0.remove(0);
        let check = |bytes: &[u8]| entry.check(&Content::Memory(bytes.to_vec())).unwrap().map(|c| c.what);
        assert_eq!(check(b"abc"), None);
        assert!(check(b"abd").unwrap().contains("checksum"));
        assert!(check(b"abcd").unwrap().contains("3 bytes"));
    }

    #[test]
    fn a_place_outside_the_folder_is_no_place() {
        for uri in ["../x", "/etc/passwd", "C:\\x", "http://x/y", ""] {
            assert_eq!(XdmEntry { uri: uri.to_owned(), ..XdmEntry::default() }.path_beside("a/METADATA.XML"), None);
        }
    }

    #[test]
    fn a_broken_list_is_a_complaint() {
        for cut in (0..METADATA.len()).step_by(7) {
            let (_, complaints) = read(METADATA.as_bytes().get(..cut).unwrap());
            assert!(!complaints.is_empty(), "cut at {cut}");
        }
        assert!(read(b"\xFF\xFE<").0.is_empty());
    }
}
