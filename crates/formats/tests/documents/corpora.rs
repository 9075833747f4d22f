//! Public and synthetic corpora, where `CONSILIUM_CORPORA` names their folder.

use std::io::Read;
use std::path::PathBuf;

use consilium_casefile::PatientIdentity;
use consilium_casefile::records::FileFormat;
use consilium_formats::readable::{Block, Readable, readable};
use consilium_formats::text::labelled;
use consilium_formats::{Content, Substance, sniff};

use crate::support::{document, read};

/// The files of an archive of a corpus; empty, with a word why, where it is absent.
fn files(archive: &str) -> Vec<(String, Vec<u8>)> {
    let Some(folder) = std::env::var_os("CONSILIUM_CORPORA").map(PathBuf::from) else {
        println!("skipped: CONSILIUM_CORPORA names no folder");
        return Vec::new();
    };
    let Ok(file) = std::fs::File::open(folder.join(archive)) else {
        println!("skipped: {archive} is absent");
        return Vec::new();
    };
    let mut files = Vec::new();
    for entry in tar::Archive::new(flate2::read::GzDecoder::new(file)).entries().unwrap() {
        let mut entry = entry.unwrap();
        if entry.header().entry_type().is_file() {
            let path = entry.path().unwrap().to_string_lossy().into_owned();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            files.push((path, bytes));
        }
    }
    files
}

/// Every table is as wide as its head, and nothing is blank that has a title.
fn check_shape(path: &str, readable: &Readable) {
    for section in &readable.sections {
        assert!(!section.blocks.is_empty(), "{path}: section {} is empty", section.title);
        for block in &section.blocks {
            if let Block::Table { columns, rows } = block {
                assert!(rows.iter().all(|row| row.len() == columns.len()), "{path}: {}", section.title);
            }
        }
    }
}

#[test]
fn every_entry_of_synthetic_cancer_patients_is_shown_with_its_counts_and_cancers() {
    let files = files("fhir-synthea-cancer/synthea-cancer-dev.tar.gz");
    if files.is_empty() {
        return;
    }
    let folder = PathBuf::from(std::env::var_os("CONSILIUM_CORPORA").unwrap());
    let expected = std::fs::read(folder.join("fhir-synthea-cancer/expected-dev.json")).unwrap();
    let expected: Vec<serde_json::Value> = serde_json::from_slice(&expected).unwrap();
    assert_eq!(files.len(), expected.len());
    for expect in &expected {
        let name = expect["file"].as_str().unwrap();
        let (path, bytes) = files.iter().find(|(path, _)| path.ends_with(name)).unwrap();
        let understood = read(bytes, FileFormat::FhirJson);
        assert_eq!(document(&understood).patients.len(), 1, "{path}");
        let readable = readable(FileFormat::FhirJson, bytes).unwrap();
        check_shape(path, &readable);
        let table = |title: &str| {
            let section = readable.sections.iter().find(|s| s.title == title).unwrap();
            section.blocks.iter().find_map(|b| match b {
                Block::Table { rows, .. } => Some(rows.clone()),
                _ => None,
            })
        };
        let counts = table("In this record").unwrap();
        for (kind, number) in expect["resource_counts"].as_object().unwrap() {
            assert!(counts.contains(&vec![kind.clone(), number.to_string()]), "{path}: {kind} {number}");
        }
        let problems = table("Problems").unwrap();
        for cancer in expect["cancer_conditions"].as_array().unwrap() {
            let (words, code) = (cancer["text"].as_str().unwrap(), cancer["code"].as_str().unwrap());
            let shown = format!("{words} (SNOMED CT {code})");
            let row = problems.iter().find(|row| row[0] == shown);
            let row = row.unwrap_or_else(|| panic!("{path}: {shown} is not shown"));
            assert!(row.iter().any(|cell| *cell == cancer["onset"].as_str().unwrap()[..10]), "{path}: {row:?}");
        }
    }
    println!("{} bundles read", files.len());
}

/// Titles of all sections of a document, by looking for the tags only: a judge that shares no code with the reader.
fn sections_in(bytes: &[u8]) -> usize {
    let text = String::from_utf8_lossy(bytes);
    let mut outside_comments = String::new();
    let mut rest = text.as_ref();
    while let Some(start) = rest.find("<!--") {
        outside_comments.push_str(&rest[..start]);
        rest = rest[start..].find("-->").map_or("", |end| &rest[start + end + 3..]);
    }
    outside_comments.push_str(rest);
    ["<section>", "<section ", "<section\n", "<section\r", "<n1:section>", "<n1:section "]
        .iter()
        .map(|tag| outside_comments.matches(tag).count())
        .sum()
}

#[test]
fn every_section_of_every_vendors_document_is_shown_with_its_patient() {
    let mut shown = 0;
    let mut read_whole = 0;
    for archive in [
        "ccda-vendor/ccda-vendor-dev.tar.gz",
        "ccda-hl7-examples/ccda-hl7-examples.tar.gz",
        "hl7v2-and-ccda-with-expected-fhir/hl7v2-ccda.tar.gz",
    ] {
        for (path, bytes) in files(archive) {
            let is_cda = [".xml", ".XML", ".ccda"].iter().any(|e| path.ends_with(e));
            let is_whole = String::from_utf8_lossy(&bytes).contains("ClinicalDocument");
            if !is_cda {
                continue;
            }
            let understood = read(&bytes, FileFormat::Cda);
            let Some(readable) = readable(FileFormat::Cda, &bytes) else {
                println!("not read: {path}: {:?}", understood.complaints);
                assert!(!is_whole, "{path} is a document and was not read: {:?}", understood.complaints);
                continue;
            };
            check_shape(&path, &readable);
            let sections = sections_in(&bytes);
            assert!(readable.sections.len() >= sections, "{path}: {} of {sections}", readable.sections.len());
            shown += sections;
            if is_whole && String::from_utf8_lossy(&bytes).contains("recordTarget") {
                read_whole += 1;
                let content = document(&understood);
                assert!(!content.stated.codes.is_empty(), "{path}");
                println!(
                    "{path}: {} patient(s), {} sections, {} attachments, date {:?}",
                    content.patients.len(),
                    sections,
                    understood.attachments.len(),
                    content.stated.date
                );
            }
        }
    }
    println!("{shown} sections of {read_whole} whole documents and all fragments shown");
}

/// Whether somebody is named who is clearly another than who is named first.
fn names_two(people: &[PatientIdentity]) -> bool {
    people.first().is_some_and(|first| people.iter().any(|other| other.is_clearly_another_than(first)))
}

#[test]
fn no_record_of_one_person_is_taken_for_one_of_two() {
    let (mut all, mut as_file, mut as_text) = (0, Vec::new(), Vec::new());
    for archive in [
        "ccda-vendor/ccda-vendor-dev.tar.gz",
        "ccda-hl7-examples/ccda-hl7-examples.tar.gz",
        "hl7v2-and-ccda-with-expected-fhir/hl7v2-ccda.tar.gz",
        "fhir-synthea-cancer/synthea-cancer-dev.tar.gz",
        "mcode-fixtures/mcode-fixtures.tar.gz",
    ] {
        for (path, bytes) in files(archive) {
            let format = sniff(&Content::Memory(bytes.clone())).unwrap();
            let Substance::Document(content) = read(&bytes, format).substance else { continue };
            all += 1;
            if names_two(&content.patients) {
                as_file.push(path.clone());
            }
            // The same record as somebody prints it.
            let printed = readable(format, &bytes).map(|readable| readable.text()).unwrap_or_default();
            if names_two(&labelled(&[printed]).patients) {
                as_text.push(path);
            }
        }
    }
    for text in reports("tcga-path/reports-dev.jsonl.gz") {
        all += 1;
        if names_two(&labelled(&[text]).patients) {
            as_text.push("a report".to_owned());
        }
    }
    println!(
        "of {all} records, {} name two people in their fields and {} in their words",
        as_file.len(),
        as_text.len()
    );
    assert!(as_file.len() <= all / 100 && as_text.len() <= all / 100, "{as_file:?} {as_text:?}");
}

/// The texts of a corpus that has one a line; empty, with a word why, where it is absent.
fn reports(file: &str) -> Vec<String> {
    let folder = std::env::var_os("CONSILIUM_CORPORA").map(PathBuf::from);
    let Some(Ok(file)) = folder.map(|folder| std::fs::File::open(folder.join(file))) else {
        println!("skipped: {file} is absent");
        return Vec::new();
    };
    let mut lines = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut lines).unwrap();
    let text =
        |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["text"].as_str().unwrap().to_owned();
    lines.lines().map(text).collect()
}

#[test]
fn every_message_is_shown_segment_by_segment_with_its_patient() {
    let mut read_all = 0;
    let mut without_patient = 0;
    for (path, bytes) in files("hl7v2-and-ccda-with-expected-fhir/hl7v2-ccda.tar.gz") {
        if !path.ends_with(".hl7") {
            continue;
        }
        let understood = read(&bytes, FileFormat::Hl7v2);
        let content = document(&understood);
        let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n").replace('\r', "\n");
        let readable = readable(FileFormat::Hl7v2, &bytes).unwrap();
        check_shape(&path, &readable);
        read_all += 1;
        let has_name = text.lines().any(|l| l.starts_with("PID|") && l.split('|').nth(5).is_some_and(|n| n.len() > 1));
        assert!(!has_name || !content.patients.is_empty(), "{path}");
        without_patient += usize::from(content.patients.is_empty());
        // Values of results are on the page.
        let shown = serde_json::to_string(&readable).unwrap();
        for line in text.lines().filter(|l| l.starts_with("OBX|") && l.split('|').nth(2) == Some("NM")) {
            let value = line.split('|').nth(5).unwrap_or("");
            assert!(value.split('~').all(|value| shown.contains(value)), "{path}: {value}");
        }
    }
    println!("{read_all} messages shown, {without_patient} of them about nobody");
}
