//! Of which specimen a finding is, where the words at once beside it say so.

mod common;

use common::read;
use consilium_casefile::facts::Concept;

/// Each size of a text with its specimen.
fn sizes(text: &str) -> Vec<(String, Option<String>)> {
    let sizes = read(text).facts.into_iter().filter(|fact| fact.concept == Concept::TUMOR_SIZE_MM);
    sizes.map(|fact| (fact.value, fact.qualifiers.setting)).collect()
}

#[test]
fn a_size_is_of_the_specimen_that_is_named_with_it() {
    for (text, specimen) in [
        ("Tumor size: 13 mm (biopsy).", Some("biopsy")),
        ("Tumor size: 13 mm (core biopsy)", Some("biopsy")),
        ("The tumor measured 13 mm on core biopsy.", Some("biopsy")),
        ("The tumor measured 13 mm in the initial biopsy.", Some("biopsy")),
        ("The tumor measured 13 mm on the excision.", Some("resection")),
        ("Tumor size: 13 mm (lumpectomy)", Some("resection")),
        ("Tumor size: 13 mm (re-excision)", Some("re_excision")),
        ("Tumor size: 13 mm (excisional biopsy)", None),
        ("Tumor size: 13 mm. Biopsy was done in May.", None),
        ("Tumor size: 13 mm, excision recommended", None),
        ("Tumor size: 13 mm", None),
        ("Tumor size: 13 mm (greatest dimension)", None),
    ] {
        assert_eq!(sizes(text), [("13".to_owned(), specimen.map(str::to_owned))], "{text}");
    }
    let both = sizes("Tumor size: 13 mm (biopsy) vs 23 mm (excision)");
    let of = |value: &str, specimen: &str| (value.to_owned(), Some(specimen.to_owned()));
    assert_eq!(both, [of("13", "biopsy"), of("23", "resection")]);
}

/// The specimen of each fact of a concept.
fn specimens(text: &str, concept: &Concept) -> Vec<Option<String>> {
    read(text).facts.into_iter().filter(|fact| fact.concept == *concept).map(|fact| fact.specimen).collect()
}

#[test]
fn what_stands_behind_the_list_of_specimens_is_of_none_of_them() {
    let list = "A. LEFT BREAST, LUMPECTOMY: INVASIVE DUCTAL CARCINOMA, GRADE 2.\n\
                B. RIGHT BREAST, BIOPSY: FIBROADENOMA. NEGATIVE FOR MALIGNANCY.\n";
    for heading in ["", "FINAL DIAGNOSIS:\n"] {
        for behind in [
            "\nPATHOLOGIC STAGE: pT1c pN0\nESTROGEN RECEPTOR: POSITIVE",
            "PATHOLOGIC STAGE: pT1c pN0\nESTROGEN RECEPTOR: POSITIVE",
            "\nBIOMARKERS\npT1c pN0, ER positive",
            "\nSYNOPTIC\npT1c pN0, ER positive",
            "\nBreast cancer staging: pT1c pN0\nER positive",
        ] {
            let text = format!("{heading}{list}{behind}");
            for concept in [Concept::T, Concept::N, Concept::ER] {
                assert_eq!(specimens(&text, &concept), [None], "{text}");
            }
            assert_eq!(specimens(&text, &Concept::GRADE), [Some("A".to_owned())], "{text}");
        }
    }
}

#[test]
fn what_stands_in_the_list_is_of_its_specimen() {
    let of = |labels: &[&str]| labels.iter().map(|label| Some((*label).to_owned())).collect::<Vec<_>>();
    for (text, expect) in [
        (
            "A. LEFT BREAST: DUCTAL CARCINOMA.\n\nER: positive\n\nB. RIGHT BREAST: LOBULAR CARCINOMA.\n\nER: negative",
            vec!["A", "B"],
        ),
        (
            "A. LEFT BREAST: DUCTAL CARCINOMA.\nER: positive\nB. RIGHT BREAST: LOBULAR CARCINOMA.\nER: negative",
            vec!["A", "B"],
        ),
        ("A. Left breast: ductal carcinoma.\n\nER: positive", vec!["A"]),
        ("A. Left breast: fibroadenoma.\nB. Right breast: ductal carcinoma,\n\nwhich is ER positive", vec!["B"]),
    ] {
        assert_eq!(specimens(text, &Concept::ER), of(&expect), "{text}");
    }
    let text = "A. LEFT BREAST: DUCTAL CARCINOMA.\nPATHOLOGIC STAGE: pT1c\n\
                B. RIGHT BREAST: LOBULAR CARCINOMA.\nPATHOLOGIC STAGE: pT2";
    assert_eq!(specimens(text, &Concept::T), of(&["A", "B"]));
}

#[test]
fn the_same_is_said_once() {
    for text in [
        "2 of 14 lymph nodes positive (2/14).",
        "Lymph nodes: 0/3",
        "Breast, left: invasive ductal carcinoma, 12 mm, ER positive, pT1c pN0.",
    ] {
        let facts = read(text).facts;
        for (at, one) in facts.iter().enumerate() {
            let again = facts
                .iter()
                .skip(at + 1)
                .any(|other| consilium_casefile::facts::Fact { main: one.main, ..other.clone() } == *one);
            assert!(!again, "{text}: {one:?}");
        }
    }
}
