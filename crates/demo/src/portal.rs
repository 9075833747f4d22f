//! What the portal gave: an IHE XDM package with two CDA documents, and a laboratory result as HL7 v2.
//!
//! The list of medicines here says lisinopril 10 mg; the FHIR export (`fhir`) says 20 mg. That is planted.

use std::fmt::Write as _;

use base64::Engine as _;
use sha1::{Digest, Sha1};

use crate::DemoError;
use crate::papers::{xml_text, zipped};
use crate::story::{HOSPITAL, ONCOLOGIST, ROSA, Story, compact};

/// Names inside the package, as the reader of the archive will meet them.
pub(crate) const CCD: &str = "IHE_XDM/SUBSET01/CCD.XML";
/// The CDA whose body is a PDF.
pub(crate) const NOTE: &str = "IHE_XDM/SUBSET01/NOTE.XML";
/// The submission's metadata.
pub(crate) const METADATA: &str = "IHE_XDM/SUBSET01/METADATA.XML";

/// A laboratory value: LOINC code, name, value, unit (UCUM), reference range.
pub(crate) const LABORATORY: [(&str, &str, &str, &str, &str); 6] = [
    ("6690-2", "Leukocytes", "6.2", "10*3/uL", "4.0-10.5"),
    ("718-7", "Hemoglobin", "13.1", "g/dL", "12.0-15.5"),
    ("777-3", "Platelets", "248", "10*3/uL", "150-400"),
    ("2160-0", "Creatinine", "0.8", "mg/dL", "0.5-1.1"),
    ("1742-6", "Alanine aminotransferase (ALT)", "21", "U/L", "7-35"),
    ("6768-6", "Alkaline phosphatase", "74", "U/L", "35-105"),
];

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

fn cda_header(
    story: &Story,
    name: &str,
    templates: &[&str],
    code: (&str, &str),
    title: &str,
    day: i32,
    author: &str,
) -> String {
    let roots: String =
        templates.iter().fold(String::new(), |out, root| out + &format!("  <templateId root=\"{root}\"/>\n"));
    let (given, family) = author.strip_prefix("Dr. ").unwrap_or(author).split_once(' ').unwrap_or(("", author));
    let time = story.compact(day);
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:sdtc="urn:hl7-org:sdtc">
  <realmCode code="US"/>
  <typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
{roots}  <id root="{id}"/>
  <code code="{code}" codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC" displayName="{display}"/>
  <title>{title}</title>
  <effectiveTime value="{time}093000-0500"/>
  <confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/>
  <languageCode code="en-US"/>
  <recordTarget><patientRole>
    <id root="{mrn_root}" extension="{mrn}"/>
    <addr use="HP"><streetAddressLine>3 Piano Street</streetAddressLine><city>Springfield</city><state>XX</state><postalCode>00000</postalCode><country>US</country></addr>
    <telecom use="HP" value="tel:+1-555-010-0171"/>
    <patient>
      <name use="L"><given>Rosa</given><family>Example</family></name>
      <administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1" displayName="Female"/>
      <birthTime value="{born}"/>
    </patient>
  </patientRole></recordTarget>
  <author>
    <time value="{time}093000-0500"/>
    <assignedAuthor>
      <id nullFlavor="UNK"/>
      <assignedPerson><name><prefix>Dr.</prefix><given>{given}</given><family>{family}</family></name></assignedPerson>
      <representedOrganization><name>{HOSPITAL}</name></representedOrganization>
    </assignedAuthor>
  </author>
  <custodian><assignedCustodian><representedCustodianOrganization>
    <id root="{mrn_root}"/>
    <name>{HOSPITAL}</name>
  </representedCustodianOrganization></assignedCustodian></custodian>
"#,
        id = story.uid(&format!("cda {name}")),
        code = code.0,
        display = code.1,
        mrn_root = story.uid("hospital"),
        mrn = ROSA.record_number,
        born = compact(ROSA.born),
    )
}

fn section(templates: &[&str], code: &str, title: &str, text: &str, entries: &str) -> String {
    let roots: String =
        templates.iter().fold(String::new(), |out, root| out + &format!("<templateId root=\"{root}\"/>"));
    format!(
        "    <component><section>{roots}<code code=\"{code}\" codeSystem=\"2.16.840.1.113883.6.1\"/><title>{title}</title>\n      <text>{text}</text>\n{entries}    </section></component>\n"
    )
}

fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let cells = |tag: &str, cells: &[&str]| {
        cells.iter().fold(String::new(), |out, c| out + &format!("<{tag}>{}</{tag}>", xml_text(c)))
    };
    let body = rows.iter().fold(String::new(), |out, row| {
        let row: Vec<&str> = row.iter().map(String::as_str).collect();
        out + &format!("<tr>{}</tr>", cells("td", &row))
    });
    format!("<table><thead><tr>{}</tr></thead><tbody>{body}</tbody></table>", cells("th", head))
}

/// The continuity of care document: problems, medicines, allergies, results, procedures.
fn ccd(story: &Story) -> String {
    let mut out = cda_header(
        story,
        "ccd",
        &["2.16.840.1.113883.10.20.22.1.1", "2.16.840.1.113883.10.20.22.1.2"],
        ("34133-9", "Summarization of Episode Note"),
        "Continuity of Care Document",
        -40,
        ONCOLOGIST,
    );
    out.push_str("  <component><structuredBody>\n");
    let problem = |n: u32, code: &str, name: &str, icd: &str, day: i32| {
        format!(
            r#"      <entry><act classCode="ACT" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.3"/><id root="{}"/><code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><statusCode code="active"/><effectiveTime><low value="{date}"/></effectiveTime><entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.4"/><id root="{}"/><code code="55607006" codeSystem="2.16.840.1.113883.6.96" displayName="Problem"/><statusCode code="completed"/><effectiveTime><low value="{date}"/></effectiveTime><value xsi:type="CD" code="{code}" codeSystem="2.16.840.1.113883.6.96" displayName="{name}"><translation code="{icd}" codeSystem="2.16.840.1.113883.6.90"/></value></observation></entryRelationship></act></entry>
"#,
            story.uid(&format!("problem {n}")),
            story.uid(&format!("problem observation {n}")),
            date = story.compact(day),
        )
    };
    let problems = [
        problem(1, "254837009", "Malignant neoplasm of breast", "C50.412", -86),
        problem(2, "59621000", "Essential hypertension", "I10", -2400),
    ];
    out.push_str(&section(
        &["2.16.840.1.113883.10.20.22.2.5.1"],
        "11450-4",
        "Problems",
        &table(
            &["Problem", "Since"],
            &[
                vec!["Malignant neoplasm of upper-outer quadrant of left female breast".into(), story.us(-86)],
                vec!["Essential hypertension".into(), story.us(-2400)],
            ],
        ),
        &problems.concat(),
    ));
    let medicine = |n: u32, code: &str, name: &str, hours: u32, since: i32| {
        format!(
            r#"      <entry><substanceAdministration classCode="SBADM" moodCode="INT"><templateId root="2.16.840.1.113883.10.20.22.4.16"/><id root="{}"/><statusCode code="active"/><effectiveTime xsi:type="IVL_TS"><low value="{}"/></effectiveTime><effectiveTime xsi:type="PIVL_TS" operator="A"><period value="{hours}" unit="h"/></effectiveTime><routeCode code="C38288" codeSystem="2.16.840.1.113883.3.26.1.1" displayName="Oral"/><doseQuantity value="1" unit="{{tbl}}"/><consumable><manufacturedProduct classCode="MANU"><templateId root="2.16.840.1.113883.10.20.22.4.23"/><manufacturedMaterial><code code="{code}" codeSystem="2.16.840.1.113883.6.88" displayName="{name}"/></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration></entry>
"#,
            story.uid(&format!("medicine {n}")),
            story.compact(since),
        )
    };
    let medicines = [
        medicine(1, "314076", "lisinopril 10 MG Oral Tablet", 24, -900),
        medicine(2, "617310", "atorvastatin 20 MG Oral Tablet", 24, -700),
        medicine(3, "198440", "acetaminophen 500 MG Oral Tablet", 6, -60),
    ];
    out.push_str(&section(
        &["2.16.840.1.113883.10.20.22.2.1.1"],
        "10160-0",
        "Medications",
        &table(
            &["Medication", "Dose", "How often"],
            &[
                vec!["Lisinopril".into(), "10 mg".into(), "once a day".into()],
                vec!["Atorvastatin".into(), "20 mg".into(), "once a day".into()],
                vec!["Acetaminophen".into(), "500 mg".into(), "every 6 hours as needed".into()],
            ],
        ),
        &medicines.concat(),
    ));
    let allergy = format!(
        r#"      <entry><act classCode="ACT" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.30"/><id root="{}"/><code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><statusCode code="active"/><effectiveTime><low nullFlavor="UNK"/></effectiveTime><entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.7"/><id root="{}"/><code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/><statusCode code="completed"/><effectiveTime><low nullFlavor="UNK"/></effectiveTime><value xsi:type="CD" code="416098002" codeSystem="2.16.840.1.113883.6.96" displayName="Allergy to drug"/><participant typeCode="CSM"><participantRole classCode="MANU"><playingEntity classCode="MMAT"><code code="7980" codeSystem="2.16.840.1.113883.6.88" displayName="Penicillin G"/></playingEntity></participantRole></participant></observation></entryRelationship></act></entry>
"#,
        story.uid("allergy"),
        story.uid("allergy observation")
    );
    out.push_str(&section(
        &["2.16.840.1.113883.10.20.22.2.6.1"],
        "48765-2",
        "Allergies",
        &table(&["Allergy", "Reaction"], &[vec!["Penicillin".into(), "Rash".into()]]),
        &allergy,
    ));
    let results = LABORATORY.iter().fold(String::new(), |out, (code, name, value, unit, _)| {
        out + &format!(
            r#"<component><observation classCode="OBS" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.2"/><id root="{}"/><code code="{code}" codeSystem="2.16.840.1.113883.6.1" displayName="{name}"/><statusCode code="completed"/><effectiveTime value="{date}"/><value xsi:type="PQ" value="{value}" unit="{unit}"/></observation></component>"#,
            story.uid(&format!("result {code}")),
            date = story.compact(-52),
        )
    });
    out.push_str(&section(
        &["2.16.840.1.113883.10.20.22.2.3.1"],
        "30954-2",
        "Results",
        &table(
            &["Test", "Value", "Unit", "Collected"],
            &LABORATORY.map(|(_, name, value, unit, _)| vec![name.into(), value.into(), unit.into(), story.us(-52)]),
        ),
        &format!("      <entry><organizer classCode=\"BATTERY\" moodCode=\"EVN\"><templateId root=\"2.16.840.1.113883.10.20.22.4.1\"/><id root=\"{}\"/><code code=\"11502-2\" codeSystem=\"2.16.840.1.113883.6.1\"/><statusCode code=\"completed\"/>{results}</organizer></entry>\n", story.uid("results")),
    ));
    out.push_str(&section(
        &["2.16.840.1.113883.10.20.22.2.7.1"],
        "47519-4",
        "Procedures",
        &table(
            &["Procedure", "Date"],
            &[vec!["Lumpectomy of left breast with sentinel lymph node biopsy".into(), story.us(-60)]],
        ),
        "",
    ));
    out.push_str("  </structuredBody></component>\n</ClinicalDocument>\n");
    out
}

/// A CDA document whose body is a PDF.
fn note(story: &Story, pdf: &[u8]) -> String {
    let head = cda_header(
        story,
        "note",
        &["2.16.840.1.113883.10.20.22.1.1", "2.16.840.1.113883.10.20.22.1.10"],
        ("11506-3", "Progress note"),
        "Surgical clinic progress note",
        -50,
        "Simon Example",
    );
    let body = base64::engine::general_purpose::STANDARD.encode(pdf);
    format!(
        "{head}  <component><nonXMLBody><text mediaType=\"application/pdf\" representation=\"B64\">{body}</text></nonXMLBody></component>\n</ClinicalDocument>\n"
    )
}

fn metadata(story: &Story, documents: &[(&str, &str, i32, &[u8])]) -> String {
    let slot = |name: &str, value: &str| {
        format!(
            "<rim:Slot name=\"{name}\"><rim:ValueList><rim:Value>{}</rim:Value></rim:ValueList></rim:Slot>",
            xml_text(value)
        )
    };
    let patient = format!("{}^^^&{}&ISO", ROSA.record_number, story.uid("hospital"));
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<lcm:SubmitObjectsRequest xmlns:lcm=\"urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0\" xmlns:rim=\"urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0\"><rim:RegistryObjectList>\n",
    );
    for (uri, title, day, bytes) in documents {
        let id = format!("urn:uuid:{}", story.uuid(uri));
        let person = format!("PID-5|{}", ROSA.carets());
        let born = format!("PID-7|{}", compact(ROSA.born));
        let _ = writeln!(
            out,
            "<rim:ExtrinsicObject id=\"{id}\" mimeType=\"text/xml\" objectType=\"urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1\" status=\"urn:oasis:names:tc:ebxml-regrep:StatusType:Approved\">{}{}{}{}{}{}<rim:Slot name=\"sourcePatientInfo\"><rim:ValueList><rim:Value>{}</rim:Value><rim:Value>{born}</rim:Value><rim:Value>PID-8|F</rim:Value></rim:ValueList></rim:Slot><rim:Name><rim:LocalizedString value=\"{}\"/></rim:Name><rim:ExternalIdentifier id=\"{id}-patient\" registryObject=\"{id}\" identificationScheme=\"urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427\" value=\"{}\"><rim:Name><rim:LocalizedString value=\"XDSDocumentEntry.patientId\"/></rim:Name></rim:ExternalIdentifier></rim:ExtrinsicObject>",
            slot("creationTime", &story.compact(*day)),
            slot("languageCode", "en-US"),
            slot("hash", &hex(&Sha1::digest(bytes))),
            slot("size", &bytes.len().to_string()),
            slot("URI", uri.rsplit('/').next().unwrap_or(uri)),
            slot("sourcePatientId", &patient),
            xml_text(&person),
            xml_text(title),
            xml_text(&patient),
        );
    }
    let set = format!("urn:uuid:{}", story.uuid("submission set"));
    let _ = writeln!(
        out,
        "<rim:RegistryPackage id=\"{set}\">{}<rim:Name><rim:LocalizedString value=\"Portal download\"/></rim:Name></rim:RegistryPackage>",
        slot("submissionTime", &story.compact(-40))
    );
    for (uri, ..) in documents {
        let _ = writeln!(
            out,
            "<rim:Association id=\"urn:uuid:{}\" associationType=\"urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember\" sourceObject=\"{set}\" targetObject=\"urn:uuid:{}\"/>",
            story.uuid(&format!("member {uri}")),
            story.uuid(uri)
        );
    }
    out.push_str("</rim:RegistryObjectList></lcm:SubmitObjectsRequest>\n");
    out
}

/// The XDM package; `pdf` is what the second document carries.
pub(crate) fn package(story: &Story, pdf: &[u8]) -> Result<Vec<u8>, DemoError> {
    let (ccd, note) = (ccd(story), note(story, pdf));
    let metadata = metadata(
        story,
        &[
            (CCD, "Continuity of Care Document", -40, ccd.as_bytes()),
            (NOTE, "Surgical clinic progress note", -50, note.as_bytes()),
        ],
    );
    let index = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Portal download</title></head><body><h1>{HOSPITAL}</h1><p>This package holds documents of the patient portal.</p><ul><li><a href=\"{CCD}\">Continuity of Care Document</a></li><li><a href=\"{NOTE}\">Progress note</a></li></ul></body></html>\n"
    );
    let readme = format!("{HOSPITAL}\r\nPatient portal download (IHE XDM).\r\nOpen INDEX.HTM to see the contents.\r\n");
    zipped(&[
        ("INDEX.HTM", index.as_bytes()),
        ("README.TXT", readme.as_bytes()),
        (METADATA, metadata.as_bytes()),
        (CCD, ccd.as_bytes()),
        (NOTE, note.as_bytes()),
    ])
}

/// D-52: blood count and chemistry as HL7 v2.5.1 ORU^R01, in ISO 8859-1 as old interfaces send it.
pub(crate) fn laboratory(story: &Story) -> Vec<u8> {
    let (collected, sent) = (format!("{}0815", story.compact(-52)), format!("{}1340", story.compact(-52)));
    let mut segments = vec![
        format!(
            "MSH|^~\\&|EXLAB|SPRINGFIELD EXAMPLE HOSPITAL|PORTAL|EXAMPLE|{sent}00-0500||ORU^R01^ORU_R01|EXLAB0001|P|2.5.1||||||8859/1"
        ),
        format!("PID|1||{}^^^EXHOSP^MR||Example^Rosa||{}|F", ROSA.record_number, compact(ROSA.born)),
        "ORC|RE|ORD-52001|LAB-52001".to_owned(),
        format!(
            "OBR|1|ORD-52001|LAB-52001|11502-2^Laboratory report^LN|||{collected}|||||||||^Sample^Paula^^^Dr||||||{sent}||LAB|F"
        ),
    ];
    for (n, (code, name, value, unit, range)) in LABORATORY.iter().enumerate() {
        let shown = unit.replace("10*3/uL", "10\u{b3}/\u{b5}L");
        segments.push(format!("OBX|{}|NM|{code}^{name}^LN||{value}|{shown}|{range}|N|||F|||{collected}", n + 1));
    }
    segments
        .push("NTE|1|L|Fictitious result made for a demonstration. Units of cell counts: 10\u{b3}/\u{b5}L.".to_owned());
    // ISO 8859-1: every character here is below U+0100.
    (segments.join("\r") + "\r").chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}
