//! Public and synthetic corpora, where `CONSILIUM_CORPORA` names their folder.

use std::io::Read;
use std::path::PathBuf;

use consilium_casefile::records::FileFormat;
use consilium_formats::readable::{Block, Readable, readable};

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
