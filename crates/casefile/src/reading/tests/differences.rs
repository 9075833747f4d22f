//! Where records differ, and what the one-page summary makes of it.

use super::*;

#[test]
fn a_consultation_that_contradicts_the_report_is_a_conflict_and_a_biopsys_grade_is_not() {
    assert_eq!(
        found(&fold(rosa())),
        [("n".to_owned(), Relation::Conflict), ("grade".to_owned(), Relation::Expected(Why::BiopsyAgainstResection)),]
    );
}

#[test]
fn a_value_that_only_says_more_is_no_difference() {
    let agree = |concept: Concept, one: &str, other: &str| {
        let mut changes = rosa().into_iter().take(2).collect::<Vec<_>>();
        changes.push(read("biopsy", vec![topography(), fact(Concept::GRADE, "G2"), p(concept.clone(), one)]));
        changes.push(read("resection", vec![topography(), fact(Concept::GRADE, "G2"), p(concept, other)]));
        found(&fold(changes)).is_empty()
    };
    assert!(agree(Concept::N, "N1", "N1a"));
    assert!(agree(Concept::STAGE_GROUP, "III", "IIIA"));
    assert!(agree(Concept::TUMOR_SIZE_MM, "23", "23.4"));
    assert!(agree(Concept::MORPHOLOGY, "8010/3", "8500/3"));
    assert!(!agree(Concept::STAGE_GROUP, "II", "III"));
    assert!(!agree(Concept::STAGE_GROUP, "I", "IV"));
    assert!(!agree(Concept::N, "N0", "N1"));
    assert!(!agree(Concept::TUMOR_SIZE_MM, "23", "32"));
    assert!(!agree(Concept::TUMOR_SIZE_MM, "23", "24"));
    assert!(!agree(Concept::TUMOR_SIZE_MM, "60", "58"));
    assert!(!agree(Concept::TUMOR_SIZE_MM, "23", "nonsense"));
    assert!(!agree(Concept::NODES_POSITIVE, "1", "10"));
    assert!(!agree(Concept::MORPHOLOGY, "8500/2", "8500/3"));
}

#[test]
fn grades_of_one_scale_are_compared_however_the_scale_is_named() {
    let system = |value: &str, system: &str| {
        let system = Some(system.to_owned()).filter(|s| !s.is_empty());
        Fact { qualifiers: Qualifiers { system, ..Qualifiers::default() }, ..fact(Concept::GRADE, value) }
    };
    let differ = |one: Fact, other: Fact| {
        let mut changes = rosa().into_iter().take(2).collect::<Vec<_>>();
        changes.push(read("biopsy", vec![topography(), one]));
        changes.push(read("resection", vec![topography(), other]));
        !found(&fold(changes)).is_empty()
    };
    assert!(differ(system("G2", ""), system("G3", "nottingham")));
    assert!(differ(system("G1", "differentiation"), system("G3", "nottingham")));
    assert!(differ(system("G2", ""), system("G3", "fuhrman")));
    assert!(differ(system("low grade", ""), system("G3", "")));
    assert!(!differ(system("high grade", ""), system("G3", "")));
    assert!(!differ(system("G2", "nuclear"), system("G3", "nottingham")));
}

#[test]
fn absent_against_present_is_a_conflict_and_not_tested_is_no_answer() {
    let check = |polarity, expect: usize| {
        let lvi = |polarity| Fact { polarity, ..fact(Concept::LYMPHOVASCULAR_INVASION, "") };
        let mut changes = rosa();
        changes.push(read("biopsy", vec![topography(), p(Concept::T, "T2"), lvi(Polarity::Present)]));
        changes.push(read("resection", vec![topography(), p(Concept::T, "T2"), lvi(polarity)]));
        changes.push(read("consult", Vec::new()));
        assert_eq!(found(&fold(changes)).len(), expect, "{polarity:?}");
    };
    check(Polarity::Absent, 1);
    check(Polarity::Present, 0);
    check(Polarity::NotTested, 0);
    check(Polarity::Insufficient, 0);
}

#[test]
fn the_summary_says_not_stated_where_a_site_expects_an_answer_and_leaves_out_what_it_does_not() {
    let (case, knowledge) = (fold(rosa()), kinds());
    let summary = summary(&case.seen_by(Audience::Owner), &knowledge);
    let lines = &summary.tumours.first().unwrap().lines;
    let line = |concept: &Concept| lines.iter().find(|l| l.concept == *concept);
    assert_eq!(line(&Concept::ER).unwrap().values, []);
    assert!(line(&Concept::IDH).is_none());
    let nodes = line(&Concept::N).unwrap();
    assert_eq!(nodes.values.iter().map(|v| v.words.as_str()).collect::<Vec<_>>(), ["pN1a", "pN0"]);
    assert_eq!(nodes.relation, Some(Relation::Conflict));
    assert_eq!(summary.person.first().unwrap().values, []);
}

#[test]
fn two_counts_of_ki67_that_are_near_agree_and_others_of_one_specimen_do_not() {
    let differ = |one: &str, other: &str| {
        let mut changes = rosa().into_iter().take(3).collect::<Vec<_>>();
        changes.push(read("biopsy", vec![topography(), fact(Concept::KI67, one)]));
        changes.push(read("resection", vec![topography()]));
        changes.push(read("consult", vec![topography(), fact(Concept::KI67, other)]));
        !found(&fold(changes)).is_empty()
    };
    for (one, other) in [("20", "22"), ("15-20", "20"), ("<5", "3"), (">=30", "45"), ("20", "25")] {
        assert!(!differ(one, other), "{one} {other}");
    }
    for (one, other) in [("10", "40"), ("<5", "20"), ("15-20", "60")] {
        assert!(differ(one, other), "{one} {other}");
    }
}

#[test]
fn two_sizes_of_one_specimen_are_a_conflict_and_of_a_sample_or_of_pictures_they_are_expected() {
    let size = |millimetres: &str| Fact { unit: Some("mm".to_owned()), ..fact(Concept::TUMOR_SIZE_MM, millimetres) };
    let told = |id: &str, kind: &str, date: &str, millimetres: &str| {
        let facts = vec![topography(), fact(Concept::MORPHOLOGY, "8500/3"), size(millimetres)];
        vec![document(id, kind, date), read(id, facts)]
    };
    let tissue = |id: &str, procedure: &str, date: &str, millimetres: &str| {
        let procedure = fact(Concept::PROCEDURE, procedure);
        let facts = vec![topography(), fact(Concept::MORPHOLOGY, "8500/3"), procedure, size(millimetres)];
        vec![document(id, "pathology-report", date), read(id, facts)]
    };
    let removed = || tissue("resection", "lumpectomy", "2026-09-23", "23");
    let between = |other: Vec<Change>| {
        let found = found(&fold([removed(), other].concat()));
        found.into_iter().find(|(concept, _)| concept == "tumor_size_mm").map(|(_, relation)| relation)
    };
    let note = "oncology-consultation";
    assert_eq!(between(told("note", note, "2026-10-04", "24")), Some(Relation::Conflict), "told of the operation");
    assert_eq!(between(told("note", note, "2026-10-04", "23")), None);
    assert_eq!(between(told("note", note, "2026-10-04", "23.4")), None, "rounded");
    assert_eq!(between(tissue("again", "lumpectomy", "2026-09-23", "24")), Some(Relation::Conflict));
    let biopsy = tissue("biopsy", "core_biopsy", "2026-08-28", "13");
    let sample = Some(Relation::Expected(Why::BiopsyAgainstResection));
    assert_eq!(between(biopsy.clone()), sample);
    let both = [biopsy, told("note", note, "2026-10-04", "24")].concat();
    assert_eq!(between(both), Some(Relation::Conflict), "the sample does not excuse the note");
    let pictures = Some(Relation::Expected(Why::ClinicalAgainstPathologic));
    assert_eq!(between(told("mammogram", "radiology-report", "2026-08-14", "24")), pictures);
    assert_eq!(between(told("note", note, "2026-09-01", "24")), pictures, "before the operation");
    assert_eq!(between(told("note", note, "2026-09", "24")), Some(Relation::Conflict), "a month that may be after it");
}
