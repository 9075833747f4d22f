//! One concept has one code, and our reader knows it, and the other codes that records use for it.

use consilium_casefile::facts::{Code, CodedConcept, CodedStatement, CodedValue, Concept};
use consilium_exchange::fhir::concept_codes;
use consilium_knowledge::load;
use consilium_reading::Reader;

const LOINC: &str = "http://loinc.org";
const SNOMED_CT: &str = "http://snomed.info/sct";

/// The concepts that a record's observation of this code and value is read as.
fn concepts_of(reader: &Reader, code: &Code, value: CodedValue, words: &str) -> Vec<Concept> {
    let concept = CodedConcept { codes: vec![code.clone()], words: words.to_owned() };
    let statement = CodedStatement { concept, value: Some(value), ..CodedStatement::default() };
    reader.read_coded("", &[statement]).facts.into_iter().map(|fact| fact.concept).collect()
}

fn code(system: &str, code: &str) -> Code {
    Code { system: system.to_owned(), code: code.to_owned(), display: String::new() }
}

fn words(text: &str) -> CodedValue {
    CodedValue::Concept(CodedConcept::words(text))
}

fn number(value: &str, unit: &str) -> CodedValue {
    CodedValue::Quantity { value: value.to_owned(), comparator: String::new(), unit: unit.to_owned() }
}

#[test]
fn a_code_in_the_table_is_one_code_of_a_known_system() {
    let knowledge = load(None).knowledge;
    let codes = concept_codes(&knowledge);
    assert!(codes.len() > 30);
    for concept in &knowledge.concepts {
        let Some(code) = &concept.code else { continue };
        assert!(code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'), "{}: {code} is not one code", concept.id);
        assert!(
            !concept.confirmed || codes.contains_key(concept.id.as_str()),
            "{}: its system has no address here",
            concept.id
        );
    }
    // Where nobody has looked a code up, none is given.
    assert!(!codes.contains_key("ki67") && !codes.contains_key("lymphovascular_invasion"));
}

#[test]
fn a_code_that_records_are_read_by_is_not_another_concept_s_code_here() {
    let knowledge = load(None).knowledge;
    // A change of a gene is a variant, a fusion or an amplification under one code.
    let of_genes = ["variant", "fusion", "amplification"];
    for (name, code) in concept_codes(&knowledge).iter().filter(|(name, _)| !of_genes.contains(&name.as_str())) {
        let rows = knowledge.vocabulary.codes.iter().filter(|row| row.value == "?");
        let read_as: Vec<&str> = rows
            .filter(|row| row.system == code.system && row.code == code.code)
            .map(|row| row.concept.as_str())
            .collect();
        assert_eq!(read_as, [name.as_str()], "{} {}", code.system, code.code);
    }
}

#[test]
fn both_codes_that_the_tables_once_had_are_read() {
    let reader = Reader::new(&load(None).knowledge);
    for (concept, system, codes, value, shown) in [
        (Concept::HER2_ISH, LOINC, ["31150-6", "96893-3"], words("negative"), "HER2 by FISH"),
        (Concept::HER2_IHC, LOINC, ["48676-1", "18474-7"], words("negative"), "HER2 in tissue"),
        (Concept::PDL1, LOINC, ["83053-9", "85147-7"], number("60", "%"), "PD-L1"),
        (Concept::BRESLOW_MM, LOINC, ["85349-9", "85349-9"], number("1.2", "mm"), "Breslow depth"),
        (Concept::BRESLOW_MM, SNOMED_CT, ["106243009", "106243009"], number("1.2", "mm"), "Depth"),
        (Concept::LDH, LOINC, ["2532-0", "2532-0"], number("210", "U/L"), "LDH"),
    ] {
        for of in codes {
            assert_eq!(
                concepts_of(&reader, &code(system, of), value.clone(), shown),
                std::slice::from_ref(&concept),
                "{of}"
            );
        }
    }
}
