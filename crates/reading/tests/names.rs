//! What a text names for which there is no concept: tests that were made and values that were measured. Whoever adds a
//! line to `record-words.csv` adds a sentence here.

mod common;

use std::collections::BTreeMap;

const SENTENCES: &str = include_str!("sentences/names.tsv");

fn names(text: &str) -> Vec<String> {
    common::reader().read_names(text)
}

#[test]
fn every_line_of_the_table_is_found_in_a_sentence_of_a_report() {
    let knowledge = consilium_knowledge::load(None).knowledge;
    let mut said: BTreeMap<&str, usize> = BTreeMap::new();
    for line in SENTENCES.lines().filter(|line| !line.is_empty()) {
        let (id, sentence) = line.split_once('\t').expect("an id and a sentence");
        assert!(names(sentence).iter().any(|name| name == id), "{id}: {sentence}: {:?}", names(sentence));
        *said.entry(id).or_default() += 1;
    }
    for words in &knowledge.gathering.record_words {
        assert!(said.contains_key(words.id.as_str()), "{} has no sentence", words.id);
    }
}

#[test]
fn what_was_not_done_is_not_named() {
    for text in [
        "FISH was not performed.",
        "FISH: pending",
        "FISH studies to follow",
        "FISH panel has been ordered",
        "We recommend FISH for MYC.",
        "Flow cytometry not performed due to insufficient cells.",
        "No flow cytometry was sent.",
        "Karyotype: not done",
        "Would consider next generation sequencing at progression.",
        "EUS was discussed and is planned for next week.",
        "Plan: colonoscopy in three months",
        "IGHV: not tested",
        "HIV: not tested",
    ] {
        assert_eq!(names(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_value_needs_a_number_behind_its_name() {
    for text in [
        "Hemoglobin:",
        "Blood was taken for creatinine and bilirubin.",
        "CA 19-9: pending",
        "Thyroglobulin not performed 6/1",
        "Calcitonin\nDr. Example\nPage 3 of 4",
        "LDH within the usual range",
    ] {
        assert_eq!(names(text), Vec::<String>::new(), "{text}");
    }
    assert_eq!(
        names("Creatinine 0.9 Na 140"),
        ["chemistry", "kidney-values"],
        "what stands behind is of something else"
    );
    assert_eq!(names("Bilirubin, total\n0.6 mg/dL"), ["bilirubin"], "a table that breaks between name and value");
    assert_eq!(names("Plan: repeat labs.\n\nHemoglobin 11.2 g/dL"), ["blood-count"], "a plan ends with its paragraph");
}

#[test]
fn words_that_only_look_like_a_name_are_none() {
    for text in ["She likes fish and rice.", "Rai stage II", "upper pole of the left kidney", "TG 140 mg/dL", "fees 20"]
    {
        let found = names(text);
        assert!(found.iter().all(|name| name == "fish"), "{text}: {found:?}");
    }
    assert_eq!(names(""), Vec::<String>::new());
    assert_eq!(names(&"\u{0}|;.\t\n".repeat(500)), Vec::<String>::new());
    names(&"hemoglobin ".repeat(20_000));
}
