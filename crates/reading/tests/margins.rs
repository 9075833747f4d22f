//! How far the tumour is from a margin, and what is only its size.

mod common;

use common::{check_main, check_not, read};
use consilium_casefile::facts::Concept;

/// Each distance of a text with its margin.
fn distances(text: &str) -> Vec<(String, String)> {
    let found = read(text).facts.into_iter().filter(|fact| fact.concept == Concept::MARGIN_DISTANCE_MM);
    found.map(|fact| (fact.value, fact.qualifiers.site.unwrap_or_default())).collect()
}

#[test]
fn a_distance_is_the_length_that_leads_to_its_margin() {
    for (text, expect) in [
        ("Invasive carcinoma 3 mm from the posterior margin, 2.2 cm in greatest dimension.", vec![("3", "posterior")]),
        ("Tumor is 1 mm from the deep margin, and 2.0 cm in size", vec![("1", "deep")]),
        ("2 mm from anterior margin, 1.5 cm from posterior margin", vec![("2", "anterior"), ("15", "posterior")]),
        ("Closest margin: deep, 1 mm", vec![("1", "deep")]),
        ("Margins negative, closest 2 mm, anterior", vec![("2", "anterior")]),
        ("Deep margin 4 mm, lateral margin 12 mm", vec![("4", "deep"), ("12", "lateral")]),
        ("Deep margin: 2 mm from tumor", vec![("2", "deep")]),
        ("Distance from closest margin: 5 mm", vec![("5", "")]),
        ("The tumor is 3 mm from the inked margin; the nipple is 2 cm from the tumor.", vec![("3", "")]),
    ] {
        let expect: Vec<(String, String)> = expect.into_iter().map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
        assert_eq!(distances(text), expect, "{text}");
    }
}

#[test]
fn the_size_of_a_tumour_is_no_distance() {
    for text in [
        "Tumor present at the deep margin, 2.0 cm in size",
        "Deep margin, 2.2 cm in greatest dimension",
        "Margins negative, 2.5 cm in maximum diameter",
    ] {
        check_not(text, &["margin_distance_mm"]);
    }
}

#[test]
fn a_margin_of_a_first_excision_is_of_before() {
    for text in [
        "Positive margins were seen at first excision, cleared on re-excision",
        "Positive margins were seen in the first excision, cleared on re-excision",
        "Margins were positive on initial excision",
    ] {
        assert!(common::facts_of(text, "margin").contains(&"margin=involved@history".to_owned()), "{text}");
    }
    check_main("Margins were positive on initial excision; re-excision margins are free.", &["margin=!free"]);
    check_main("Margins are positive in this excision.", &["margin=involved"]);
    check_main("Margins positive, as in first excision.", &["margin=involved"]);
    check_main("Positive margin at first sight, deep.", &["margin=involved"]);
    check_main("Margins are positive in first core.", &["margin=involved"]);
}
