//! A full export read by our own reader: every document's bytes again, and every finding in the text we lay out.

use consilium_casefile::facts::{CodedStatement, Fact, Polarity};
use consilium_casefile::records::FileFormat;
use consilium_exchange::fhir::{ExportFact, full, ips, mcode};
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

#[test]
fn every_finding_comes_back_as_a_coded_entry() {
    for export in [samples::breast(), samples::prostate(), samples::lung()] {
        let bytes = serde_json::to_vec(&full(&export).expect("a bundle")).expect("JSON");
        let statements = consilium_formats::coded::coded(FileFormat::FhirJson, &bytes);
        let own = |s: &&CodedStatement, name: &str| {
            s.concept.codes.iter().any(|c| c.system == "urn:consilium:concept" && c.code == name)
        };
        let is_own = |f: &&ExportFact| {
            let of_person = ["comorbidity", "family_history"].contains(&f.fact.concept.as_str());
            f.fact.concept.as_str() != "allergy" && !(of_person && f.fact.polarity == Polarity::Present)
        };
        for fact in &export.facts {
            let name = fact.fact.concept.as_str();
            if is_own(&fact) {
                let found = statements.iter().filter(|s| own(s, name)).count();
                let all = export.facts.iter().filter(is_own).filter(|f| f.fact.concept == fact.fact.concept).count();
                assert_eq!(found, all, "{name}");
            } else {
                let present = fact.fact.polarity == Polarity::Present;
                let words = if present { fact.fact.value.as_str() } else { "No known allergy" };
                assert!(statements.iter().any(|s| s.concept.words.contains(words)), "{name} {words}");
            }
        }
    }
}

#[test]
fn the_reader_makes_the_same_facts_of_it_again() {
    let reader = consilium_reading::Reader::new(&consilium_knowledge::load(None).knowledge);
    let mut lost = Vec::new();
    for export in [samples::breast(), samples::prostate(), samples::lung()] {
        let bundle = full(&export).expect("a bundle");
        let bytes = serde_json::to_vec(&bundle).expect("JSON");
        let Substance::Document(content) = read(&bundle).substance else { panic!("no document") };
        let statements = consilium_formats::coded::coded(FileFormat::FhirJson, &bytes);
        let record = reader.read_coded(&content.text.join("\n"), &statements);
        for ExportFact { fact, .. } in &export.facts {
            let same = |f: &Fact| {
                f.concept == fact.concept
                    && f.polarity == fact.polarity
                    && (f.value.eq_ignore_ascii_case(&fact.value) || f.polarity == Polarity::NotTested)
            };
            if !record.facts.iter().any(same) {
                lost.push(format!("{}={} {:?}", fact.concept, fact.value, fact.polarity));
            }
        }
        // Lost is bad, reversed is worse: what was not found never comes back as found.
        let denied = export.facts.iter().filter(|f| f.fact.polarity == Polarity::Absent);
        for ExportFact { fact, .. } in denied {
            let reversed =
                |f: &&Fact| f.concept == fact.concept && f.value == fact.value && f.polarity == Polarity::Present;
            let stated = export.facts.iter().any(|e| reversed(&&e.fact));
            assert!(stated || record.facts.iter().find(reversed).is_none(), "{}={}", fact.concept, fact.value);
        }
    }
    // Entries are there for these too (the test above); what our reader does not yet make of them stands here by name.
    let known_losses = [
        "mmr= Insufficient",
        "comorbidity=diabetes Absent",
        "allergy=none known Absent",
        "variant=L858R Present",
        "variant=V600E Absent",
        "fusion=ALK NotTested",
        "variant=R273H Uncertain",
    ];
    assert_eq!(lost, known_losses);
}
