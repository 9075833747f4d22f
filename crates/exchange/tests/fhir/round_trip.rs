//! A full export read by our own reader: every document's bytes again, and every finding in the text we lay out.

use consilium_casefile::PartialDate;
use consilium_casefile::facts::{CodedStatement, Fact, Polarity, Section};
use consilium_casefile::reading::{HowSaid, PersonWord, Region};
use consilium_casefile::records::FileFormat;
use consilium_exchange::fhir::{Carrier, ExportFact, Placed, Standing, What, full, ips, mcode};
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

/// A fact without its place in a text, on the day that its record is of.
fn bare(fact: &Fact, on: Option<PartialDate>) -> Fact {
    let fact = fact.clone();
    let date = fact.date.or(on);
    Fact { date, main: false, section: Section::Body, start: 0, end: 0, quote: String::new(), ..fact }
}

#[test]
fn every_fact_medicine_and_treatment_comes_back_whole_with_who_stood_for_it() {
    for (name, export) in samples::all() {
        let bytes = serde_json::to_vec(&full(&export).expect("a bundle")).expect("JSON");
        let carrier = Carrier::of(&bytes).unwrap_or_default();
        let (mut facts, mut medications, mut treatments, mut agreed) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for carried in &carrier.carried {
            match &carried.what {
                What::Fact(fact) => facts.push((bare(fact, carried.on), carried.standing)),
                What::Medication(_) if carried.key.starts_with("agreed") => agreed += 1,
                What::Medication(medication) => medications.push(medication.clone()),
                What::Treatment(treatment) => treatments.push((treatment.clone(), carried.standing)),
                What::Part => {}
            }
        }
        let standing = |confirmed| if confirmed { Standing::Confirmed } else { Standing::MachineRead };
        let of_fact = |fact: &ExportFact| {
            if fact.coded && !fact.confirmed { Standing::Recorded } else { standing(fact.confirmed) }
        };
        let mut lost = Vec::new();
        for export in &export.facts {
            let same = (bare(&export.fact, export.source.date), of_fact(export));
            match facts.iter().position(|f| *f == same) {
                Some(place) => drop(facts.swap_remove(place)),
                // What a hostile record says without a value and without words says nothing.
                None if name == "hostile" => {}
                None => lost.push(same),
            }
        }
        assert_eq!(lost, [], "{name}");
        assert_eq!(facts, [], "{name}: nothing that was not there");
        assert_eq!(medications, export.medications.iter().map(|m| m.medication.clone()).collect::<Vec<_>>(), "{name}");
        let of_export = export.treatments.iter().map(|t| (t.treatment.clone(), standing(t.confirmed)));
        assert_eq!(treatments, of_export.collect::<Vec<_>>(), "{name}");
        assert_eq!(agreed, export.agreed.len(), "{name}");
    }
}

#[test]
fn what_a_person_stated_comes_back_with_their_word() {
    let export = samples::stated();
    let bundle = full(&export).expect("a bundle");
    let carrier = Carrier::of(&serde_json::to_vec(&bundle).expect("JSON")).expect("a file of ours");
    let Placed { facts, medications, treatments } = carrier.placed("");
    for one in &export.facts {
        let same = bare(&one.fact, one.source.date);
        let (_, word) = facts.iter().find(|(fact, _)| *fact == same).expect("every fact");
        assert_eq!(*word, one.word, "{}", one.fact.concept);
    }
    let given: Vec<_> = export.treatments.iter().map(|t| (t.treatment.clone(), t.word.clone())).collect();
    assert_eq!(treatments, given);
    let words: Vec<_> = medications.iter().map(|(m, word)| (m.name.as_str(), word.clone())).collect();
    let agreed = export.agreed.iter().map(|a| (a.name.as_str(), a.word.clone()));
    let others = export.medications.iter().map(|m| (m.medication.name.as_str(), m.word.clone()));
    let mut expect: Vec<_> = agreed.chain(others).collect();
    let mut words = words;
    expect.sort_by_key(|(name, _)| name.to_owned());
    words.sort_by_key(|(name, _)| name.to_owned());
    assert_eq!(words, expect);
}

#[test]
fn a_word_that_a_file_makes_up_is_cut_to_what_can_be_shown() {
    let mut export = samples::stated();
    let region = Some(Region { x0: -4.0, y0: 0.0, x1: 9.0, y1: 1.0 });
    let long = format!("{}\u{0}\n{}", "r".repeat(300), "é".repeat(300));
    let made_up =
        PersonWord { how: HowSaid::Typed, by_owner: false, on: None, record: long, page: Some(u32::MAX), region };
    export.facts.truncate(1);
    export.facts.iter_mut().for_each(|fact| fact.word = Some(made_up.clone()));
    let bundle = full(&export).expect("a bundle");
    let carrier = Carrier::of(&serde_json::to_vec(&bundle).expect("JSON")).expect("a file of ours");
    let placed = carrier.placed("");
    let told = placed.facts.first().and_then(|(_, word)| word.clone()).expect("a word");
    assert_eq!((told.record.chars().count(), told.region), (200, None));
}

#[test]
fn a_file_of_an_older_version_tells_no_word_and_is_read_all_the_same() {
    let mut bundle = full(&samples::stated()).expect("a bundle");
    for entry in bundle["entry"].as_array_mut().expect("entries") {
        for extension in entry["resource"]["extension"].as_array_mut().into_iter().flatten() {
            let Some(text) = extension["valueString"].as_str() else { continue };
            let mut carried: Value = serde_json::from_str(text).expect("JSON");
            carried.as_object_mut().expect("an object").remove("word");
            extension["valueString"] = Value::from(carried.to_string());
        }
    }
    let placed = Carrier::of(&serde_json::to_vec(&bundle).expect("JSON")).expect("a file of ours").placed("");
    assert_eq!((placed.facts.len(), placed.treatments.len(), placed.medications.len()), (9, 6, 4));
    assert!(placed.facts.iter().all(|(_, word)| word.is_none()));
}

#[test]
fn what_comes_back_is_placed_in_the_line_that_shows_it() {
    let export = samples::breast();
    let bundle = full(&export).expect("a bundle");
    let Substance::Document(content) = read(&bundle).substance else { panic!("no document") };
    let text = content.text.join("\n");
    let characters: Vec<char> = text.chars().collect();
    let carrier = Carrier::of(&serde_json::to_vec(&bundle).expect("JSON")).expect("a file of ours");
    let Placed { facts, medications, treatments } = carrier.placed(&text);
    assert_eq!((medications.len(), treatments.len()), (3, 3));
    let placed = facts.iter().map(|(fact, _)| fact).filter(|f| !f.quote.is_empty());
    for fact in placed.clone() {
        let there: String = characters.get(fact.start..fact.end).expect("a place in the text").iter().collect();
        assert_eq!(there, fact.quote);
    }
    assert!(placed.count() * 10 >= facts.len() * 9, "nearly all are shown");
}

#[test]
fn nothing_of_a_file_of_ours_is_read_a_second_time_by_its_codes() {
    for export in [samples::breast(), samples::prostate(), samples::lung()] {
        let bytes = serde_json::to_vec(&full(&export).expect("a bundle")).expect("JSON");
        let rest = Carrier::of(&bytes).expect("a file of ours").rest;
        assert_eq!(consilium_formats::coded::coded(FileFormat::FhirJson, &rest), []);
    }
}

#[test]
fn what_a_hospital_adds_to_a_file_of_ours_is_still_read() {
    let mut bundle = full(&samples::prostate()).expect("a bundle");
    let added = serde_json::json!({ "resource": { "resourceType": "Observation", "status": "final",
        "code": { "coding": [{ "system": "http://loinc.org", "code": "16112-5" }] }, "valueString": "positive" } });
    bundle["entry"].as_array_mut().expect("entries").push(added);
    let rest = Carrier::of(&serde_json::to_vec(&bundle).expect("JSON")).expect("a file of ours").rest;
    assert_eq!(consilium_formats::coded::coded(FileFormat::FhirJson, &rest).len(), 1);
}

#[test]
fn an_imaging_study_is_shown_with_what_it_holds() {
    let bundle = full(&samples::breast()).expect("a bundle");
    let Substance::Document(content) = read(&bundle).substance else { panic!("no document") };
    let text = content.text.join("\n");
    for words in ["1.2.276.0.99999.7", "MRI of the breasts", "MR", "2025-12-20", "168"] {
        assert!(text.contains(words), "{words} is missing in\n{text}");
    }
}

#[test]
fn codes_alone_never_turn_what_was_not_found_into_a_finding() {
    // As a reader that knows nothing of our extension sees it.
    let reader = consilium_reading::Reader::new(&consilium_knowledge::load(None).knowledge);
    for export in [samples::breast(), samples::prostate(), samples::lung()] {
        let bundle = full(&export).expect("a bundle");
        let bytes = serde_json::to_vec(&bundle).expect("JSON");
        let Substance::Document(content) = read(&bundle).substance else { panic!("no document") };
        let statements = consilium_formats::coded::coded(FileFormat::FhirJson, &bytes);
        let record = reader.read_coded(&content.text.join("\n"), &statements);
        let denied = export.facts.iter().filter(|f| f.fact.polarity == Polarity::Absent);
        for ExportFact { fact, .. } in denied {
            let reversed =
                |f: &&Fact| f.concept == fact.concept && f.value == fact.value && f.polarity == Polarity::Present;
            let stated = export.facts.iter().any(|e| reversed(&&e.fact));
            assert!(stated || record.facts.iter().find(reversed).is_none(), "{}={}", fact.concept, fact.value);
        }
    }
}
