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
