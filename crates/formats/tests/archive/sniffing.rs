//! Files are named by what is in them.

use consilium_casefile::records::FileFormat::{self, *};
use consilium_formats::{Content, sniff};

fn check(bytes: impl AsRef<[u8]>, expect: FileFormat) {
    let bytes = bytes.as_ref();
    let shown = String::from_utf8_lossy(bytes.get(..60.min(bytes.len())).unwrap()).into_owned();
    assert_eq!(sniff(&Content::Memory(bytes.to_vec())).unwrap(), expect, "{shown:?}");
}

fn utf16(text: &str) -> Vec<u8> {
    [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

#[test]
fn records_are_known_by_their_content() {
    check(b"", Empty);
    check(b"%PDF-1.7\n", Pdf);
    check(b"\r\n%PDF-1.7\n", Pdf);
    check(b"\x01\0\x02junk\n%PDF-1.4\n%\xE2\xE3", Pdf);
    check(b"{\\rtf1\\ansi", Rtf);
    check(b"\xFF\xD8\xFF\xE0\0\x10JFIF", Jpeg);
    check(b"\x89PNG\r\n\x1A\n\0", Png);
    check(b"II*\0\x08\0\0\0", Tiff);
    check(b"MM\0*\0\0\0\x08", Tiff);
    check(b"\0\0\0\x18ftypheic\0\0\0\0", Heic);
    check(b"\0\0\0\x18ftypmif1\0\0\0\0", Heic);
    check(b"\0\0\0\x18ftypmp42\0\0\0\0", Unknown);
}

#[test]
fn structured_records_are_told_apart() {
    check(br#"{"resourceType":"Patient"}"#, FhirJson);
    check("\u{FEFF} {\n \"id\": \"1\", \"resourceType\" : \"Bundle\"}", FhirJson);
    check(format!(r#"{{"entry":[{}],"resourceType":"Bundle"}}"#, "{\"a\":\"x\"},".repeat(20_000) + "1"), FhirJson);
    check(br#"{"entry":{"resourceType":"Patient"}}"#, Json);
    check(br#"{"a":"resourceType","b":1}"#, Json);
    check(b"{\"resourceType\":\"Patient\"}\n{\"resourceType\":\"Patient\"}\n", FhirNdjson);
    check(b"[{\"a\":1}]", Json);
    check(b"{\"resourceType\":\"Patient\", \"na", FhirJson);
    check(b"[Patient] says [hello]", Text);
    check(b"{note} not JSON", Text);
    check(b"<ClinicalDocument xmlns=\"urn:hl7-org:v3\">", Cda);
    check(
        "\u{FEFF}<?xml version=\"1.0\"?>\n<?xml-stylesheet href=\"CDA.xsl\"?><!-- <x> --><n1:ClinicalDocument\n xmlns:n1=\"urn:hl7-org:v3\"/>",
        Cda,
    );
    check(utf16("<?xml version=\"1.0\" encoding=\"UTF-16\"?><ClinicalDocument>"), Cda);
    check(b"<lcm:SubmitObjectsRequest xmlns:lcm=\"urn:x\">", XdmMetadata);
    check(
        b"<?xml version=\"1.0\"?><!DOCTYPE HealthData [\n<!ELEMENT HealthData (a>b)>\n]>\n<HealthData locale=\"en\">",
        AppleHealth,
    );
    check(b"<Bundle xmlns=\"http://hl7.org/fhir\"><id/></Bundle>", FhirXml);
    check(b"<?xml version=\"1.0\"?><anything/>", Xml);
    check(b"MSH|^~\\&|LAB|X", Hl7v2);
    check(b"\x0BMSH|^~\\&|LAB\rPID|1\x1C\r", Hl7v2);
    check("\u{FEFF}\r\nMSH|^~\\&|LAB", Hl7v2);
    check(b"FHS|^~\\&|\rBHS|^~\\&|\rMSH|^~\\&|", Hl7v2);
    check(b"MSH is a city hospital", Text);
}

#[test]
fn text_mail_and_pages_are_told_apart() {
    check(b"Return-Path: <a@b>\r\nSubject: x\r\n\r\nbody", Email);
    check(b"From: A <a@b.example>\nTo: c@d\nSubject: Report\n\nbody", Email);
    check(b"From: Dr. X\nTo: Dr. Y\nDate: 1 May\n\nDear colleague", Text);
    check(b"Diagnosis: cancer\nStage: II\n", Text);
    check(b"<!DOCTYPE html><html>", Html);
    check(b"<html><body>x", Html);
    check(b"<!-- saved --><HTML>", Html);
    check(b"<5 mm and smooth", Text);
    check("Größe 3 cm".as_bytes(), Text);
    check(b"Gr\xF6\xDFe 3 cm", Text);
    check(utf16("Größe 3 cm"), Text);
    check(b"\n \n", Text);
    check([0x80, 0x81, 0x90, 0xFF, 0xFE, 0x00, 0x01], Unknown);
}

#[test]
fn programs_are_programs_and_scripts_are_text() {
    let mut windows = b"MZ".to_vec();
    windows.resize(0x40, 0);
    windows.extend(b"PE\0\0");
    check(&windows, Program);
    check(b"\x7FELF\x02\x01\x01\0", Program);
    check(b"\xCF\xFA\xED\xFE\x07\0\0\x01", Program);
    check(b"#!/bin/sh\nrm -rf /\n", Text);
    check(b"MZ is a patient", Text);
}

#[test]
fn dicom_is_known_with_and_without_its_preamble() {
    let mut with = vec![0; 128];
    with.extend(b"DICM\x02\0\x10\0UI\x14\x001.2.840.10008.1.2.1\0");
    check(&with, Dicom);
    check(b"\x08\0\x05\0CS\x0a\0ISO_IR 100\x08\0\x16\0UI\x04\x001.2\0\x08\0\x18\0UI\x04\x001.3\0", Dicom);
    check(b"\x08\0\x05\0\x0a\0\0\0ISO_IR 100\x08\0\x16\0\x04\0\0\x001.2\0\x08\0\x18\0\x04\0\0\x001.3\0", Dicom);
    check(b"\0\x08\0\x05CS\0\x0aISO_IR 100\0\x08\0\x16UI\0\x041.2\0\0\x08\0\x18UI\0\x041.3\0", Dicom);
    check(b"\x08\0\0\0\x08\0\0\0random bytes that are none", Unknown);
    let mut directory = vec![0; 128];
    directory.extend(b"DICM\x02\0\x02\0UI\x14\x001.2.840.10008.1.3.10");
    check(&directory, Dicomdir);
    let mut disguised = b"MZ".to_vec();
    disguised.resize(128, 0);
    disguised.extend(b"DICM\x02\0\x10\0UI\x14\x001.2.840.10008.1.2.1\0");
    check(&disguised, Dicom);
}
