//! What people type for a value is understood with the words of `typed-words.csv`, and nothing else is.

use consilium_casefile::facts::{Concept, Polarity};
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::reading::understood;
use consilium_knowledge::load;

fn check(knowledge: &Knowledge, concept: &str, typed: &str, site: Option<&str>, expect: Option<&str>) {
    let concept = Concept::named(concept);
    let found = understood(&concept, typed, site, knowledge).ok();
    let said = found.map(|(of, value, polarity)| {
        let other = if of == concept { String::new() } else { format!("{of}: ") };
        let not = if polarity == Polarity::Absent { " (not so)" } else { "" };
        format!("{other}{value}{not}")
    });
    assert_eq!(said.as_deref(), expect, "{concept}: {typed:?} at {site:?}");
}

#[test]
fn what_people_type_is_understood() {
    let knowledge = load(None).knowledge;
    for (concept, typed, expect) in [
        ("laterality", "Left breast", "left"),
        ("laterality", "left", "left"),
        ("laterality", "Left-sided", "left"),
        ("topography", "Left breast", "C50.9"),
        ("margin", "Clear", "free (not so)"),
        ("margin", "negative.", "free (not so)"),
        ("er", "75%", "er_percent: 75"),
        ("er", "75 %", "er_percent: 75"),
        ("er", "positive", "positive"),
        ("er", "ER negative", "negative (not so)"),
        ("er_percent", "75 %", "75"),
        ("her2_ihc", "3+", "her2_ihc_score: 3+"),
        ("gleason_score", "Gleason 3+4", "7"),
        ("gleason_score", "gleason score 4 + 5 = 9", "9"),
        ("t", "pT2", "pT2"),
        ("tumor_size_mm", "2.3 cm", "23"),
        ("stage_group", "Stage IIA", "IIA"),
        ("lymphovascular_invasion", "not identified", "absent (not so)"),
        ("grade", "Grade G3", "G3"),
    ] {
        check(&knowledge, concept, typed, None, Some(expect));
    }
}

#[test]
fn a_bare_figure_is_a_grade_only_where_the_site_says_of_which_system() {
    let knowledge = load(None).knowledge;
    check(&knowledge, "grade", "3", Some("C50"), Some("G3"));
    check(&knowledge, "grade", "grade 2", Some("C50"), Some("G2"));
    for (typed, site) in [("3", None), ("3", Some("C61")), ("3", Some("C71")), ("4", Some("C50")), ("0", Some("C50"))] {
        check(&knowledge, "grade", typed, site, None);
    }
}

#[test]
fn what_nobody_means_by_these_words_is_refused_with_the_forms_there_are() {
    let knowledge = load(None).knowledge;
    for (concept, typed) in [
        ("laterality", "left and right"),
        ("laterality", "left banana"),
        ("laterality", "leftbreast"),
        ("topography", "left"),
        ("margin", "unclear"),
        ("er", "175%"),
        ("er", "%"),
        ("er", "75"),
        ("er", "er"),
        ("gleason_score", "3+4=8"),
        ("gleason_score", "9+9"),
        ("t", "xT2"),
        ("tumor_size_mm", "2.3"),
        ("stage_group", "stage"),
        ("stage_group", "stage {value}"),
        ("grade", "{value}"),
    ] {
        check(&knowledge, concept, typed, None, None);
    }
    let refused = understood(&Concept::MARGIN, "unclear", None, &knowledge).unwrap_err();
    assert_eq!(refused.0.key, "refusal-fact-form");
    assert!(refused.0.args.iter().any(|(_, form)| form.contains("involved") && form.contains("free")), "{refused:?}");
}

#[test]
fn a_line_that_stands_for_no_value_is_named() {
    let complaints = |text: &str| {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("typed-words.csv"), text).unwrap();
        load(Some(home.path())).complaints.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let head = "concept,typed,value,sites\n";
    assert_eq!(complaints(&format!("{head}margin,sauber,free,\n")), Vec::<String>::new());
    for (line, part) in [
        ("margin,sauber,banana,\n", "\"sauber\" stands for \"banana\", which is no value of margin"),
        ("nothing,sauber,free,\n", "write the id of a line of concepts.csv"),
        ("margin,sauber,{value},\n", "what stands in braces here"),
        ("margin,,free,\n", "the cell is empty"),
    ] {
        let found = complaints(&format!("{head}{line}"));
        assert!(found.iter().any(|complaint| complaint.contains(part)), "{line}: {found:?}");
    }
}
