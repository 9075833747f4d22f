//! A full export read by our own reader: every document's bytes again, and every finding in the text we lay out.

use consilium_casefile::records::FileFormat;
use consilium_exchange::fhir::{full, ips, mcode};
use consilium_formats::{Content, Limits, Substance, Understood, sniff, understand};
use serde_json::Value;

use crate::samples;

fn read(bundle: &Value) -> Understood {
    let content = Content::from(serde_json::to_vec(bundle).expect("JSON"));
    let format = sniff(&content).expect("a file");
    assert_eq!(format, FileFormat::FhirJson);
    understand(&content, format, &Limits::default(), &[])
}

#[test]
fn every_document_comes_back_byte_for_byte() {
    for (name, export) in samples::all() {
        let understood = read(&full(&export).expect("a bundle"));
        for document in export.documents.iter().filter(|d| !d.bytes.is_empty()) {
            let same = understood.attachments.iter().filter(|a| a.bytes == document.bytes).count();
            assert_eq!(same, 1, "{name}: {}", document.source.id);
        }
    }
}

#[test]
fn what_a_document_is_comes_back_with_it() {
    let export = samples::breast();
    let understood = read(&full(&export).expect("a bundle"));
    let biopsy = understood.attachments.iter().find(|a| a.bytes.starts_with(b"%PDF")).expect("the biopsy");
    assert_eq!(biopsy.stated.title.as_deref(), Some("Core biopsy S-10421"));
    assert_eq!(biopsy.stated.date, samples::day("2025-12-18"));
    assert_eq!(biopsy.stated.author.as_deref(), Some("Dr. Pat Example"));
}

#[test]
fn the_person_comes_back() {
    for bundle in [mcode(&samples::breast()), ips(&samples::breast()), full(&samples::breast())] {
        let Substance::Document(content) = read(&bundle.expect("a bundle")).substance else { panic!("no document") };
        assert_eq!(content.patients, [samples::breast().patient]);
    }
}

#[test]
fn every_finding_stands_in_the_text_that_we_lay_out() {
    let export = samples::breast();
    let Substance::Document(content) = read(&full(&export).expect("a bundle")).substance else { panic!("no document") };
    let text = content.text.join("\n");
    for words in
        ["pT2", "pN1a(sn)", "IIB", "C50.4", "8500/3", "not amplified", "equivocal (2+)", "penicillin", "hypertension"]
    {
        assert!(text.contains(words), "{words} is missing");
    }
}
