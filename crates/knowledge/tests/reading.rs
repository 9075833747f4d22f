//! The vocabulary of reading: whole as built in, and a slip in a table is named by its place.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use consilium_casefile::facts::Concept;
use consilium_casefile::knowledge::{TermClass, WordGroup};
use consilium_knowledge::load;

fn check(file: &str, content: &str, expect: &str) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, content).unwrap();
    let loaded = load(Some(home.path()));
    let complaints: Vec<String> = loaded.complaints.iter().map(ToString::to_string).collect();
    assert_eq!(complaints, [expect]);
    assert_eq!(loaded.knowledge.vocabulary, load(None).knowledge.vocabulary, "the built-in table is used");
}

#[test]
fn every_table_of_words_is_there() {
    let vocabulary = load(None).knowledge.vocabulary;
    assert!(vocabulary.topography.len() > 400);
    assert!(vocabulary.morphology.len() > 500);
    for (class, file) in TermClass::FILES {
        assert!(vocabulary.terms.iter().any(|term| term.class == *class), "{file}");
    }
}

#[test]
fn every_concept_is_described() {
    let knowledge = load(None).knowledge;
    for concept in Concept::KNOWN {
        assert!(knowledge.concept(concept).is_some(), "{concept}");
    }
    assert!(knowledge.concepts.iter().any(|c| !c.confirmed), "what nobody confirmed is marked");
}

#[test]
fn a_code_that_is_none_is_named_by_its_line() {
    check(
        "reading/morphology.csv",
        "phrase,code,only_at,implies,hints\nductal carcinoma,8500,,,\n",
        "knowledge/reading/morphology.csv, line 2, column 2: in the column \"code\": write an ICD-O-3 code, as in C50.4 or 8500/3",
    );
    check(
        "reading/topography.csv",
        "phrase,code,only_at,implies,hints\nbreast,C50,,,\n",
        "knowledge/reading/topography.csv, line 2, column 2: in the column \"code\": write an ICD-O-3 code, as in C50.4 or 8500/3",
    );
}

#[test]
fn a_phrase_that_stands_twice_is_named_by_its_line() {
    check(
        "reading/morphology.csv",
        "phrase,code,only_at,implies,hints\nsarcoma,8800/3,,,\nsarcoma,8801/3,,,\n",
        "knowledge/reading/morphology.csv, line 3, column 1: \"sarcoma\" stands already in line 2; keep one of the two",
    );
}

#[test]
fn a_word_with_an_accent_or_a_cue_of_no_kind_is_refused() {
    check(
        "reading/labels.csv",
        "phrase,means\ntumör size,tumor_size_mm\n",
        "knowledge/reading/labels.csv, line 2, column 1: in the column \"phrase\": write letters without accents, digits and spaces; accents in a report make no difference",
    );
    check(
        "reading/cues.csv",
        "phrase,means\nperhaps,maybe\n",
        "knowledge/reading/cues.csv, line 2, column 2: in the column \"means\": write one of: negates_after, negates_before, not_negation, uncertain_after, uncertain_before, history, family, outside, metastasis, in_situ, supposes_after, no_substance, normal, supposes_first, general, might_after, other_illness, former, treated, now, new, new_cancer, at_first, changed_from, instead_after, reads_instead",
    );
}

#[test]
fn a_word_of_no_group_or_twice_in_one_is_named_by_its_line() {
    let names: Vec<&str> = WordGroup::NAMES.iter().map(|(name, _)| *name).collect();
    let expect = format!(
        "knowledge/reading/word-groups.csv, line 2, column 2: in the column \"means\": write one of: {}",
        names.join(", ")
    );
    check("reading/word-groups.csv", "phrase,means\ntablet,shape\n", &expect);
    check(
        "reading/word-groups.csv",
        "phrase,means\nnasal spray,dosage_form\n",
        "knowledge/reading/word-groups.csv, line 2, column 1: in the column \"phrase\": write one word, of letters and digits only",
    );
    check(
        "reading/word-groups.csv",
        "phrase,means\ntablet,dosage_form\ntablet,planning\ntablet,dosage_form\n",
        "knowledge/reading/word-groups.csv, line 4, column 1: \"tablet\" stands already in line 2; keep one of the two",
    );
}

#[test]
fn every_group_of_words_has_some() {
    let vocabulary = load(None).knowledge.vocabulary;
    for (name, _) in WordGroup::NAMES {
        let has = vocabulary.terms.iter().any(|term| term.class == TermClass::Group && term.means == *name);
        assert!(has, "{name}");
    }
}

#[test]
fn a_label_without_a_concept_is_named() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join("reading")).unwrap();
    std::fs::write(home.path().join("reading/labels.csv"), "phrase,means\nshoe size,shoe_size\n").unwrap();
    let complaints: Vec<String> = load(Some(home.path())).complaints.iter().map(ToString::to_string).collect();
    assert_eq!(
        complaints,
        [
            "knowledge/reading/labels.csv, line 2, column 2: \"shoe size\" stands for \"shoe_size\", which is not in concepts.csv; correct it or add it there"
        ]
    );
}
