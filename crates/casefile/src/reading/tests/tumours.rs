//! Which tumours the records speak of: what makes two of one, and what is a contradiction.

use super::*;

#[test]
fn in_a_report_of_two_cancers_a_statement_is_about_the_organ_of_its_specimen() {
    let of = |specimen: &str, fact: Fact| Fact { specimen: Some(specimen.to_owned()), ..fact };
    let changes = vec![
        document("both", "pathology-report", "2026-01-01"),
        document("colon", "pathology-report", "2026-02-01"),
        read(
            "both",
            vec![
                of("A", fact(Concept::TOPOGRAPHY, "C18.7")),
                of("A", p(Concept::T, "T2")),
                of("B", fact(Concept::TOPOGRAPHY, "C53.9")),
                of("B", p(Concept::T, "T1b")),
            ],
        ),
        read("colon", vec![fact(Concept::TOPOGRAPHY, "C18.7"), p(Concept::T, "T2")]),
    ];
    let case = fold(changes);
    let view = case.seen_by(Audience::Owner);
    let knowledge = kinds();
    let summary = summary(&view, &knowledge);
    assert_eq!(summary.tumours.len(), 2);
    assert_eq!(found(&case), []);
}

#[test]
fn one_line_that_names_the_other_side_is_a_conflict_and_not_a_second_tumour() {
    let mut changes = rosa();
    changes.push(document("operation", "operative-note", "2026-01-28"));
    let stray = Fact { main: false, quote: "right breast".to_owned(), ..side("right") };
    changes.push(read("operation", vec![topography(), side("left"), stray]));
    let case = fold(changes);
    let knowledge = kinds();
    let summary = summary(&case.seen_by(Audience::Owner), &knowledge);
    assert_eq!(summary.tumours.len(), 1);
    assert!(found(&case).contains(&("laterality".to_owned(), Relation::Conflict)));
}

#[test]
fn two_sides_each_stated_twice_are_two_tumours_and_are_not_compared() {
    let mut changes: Vec<Change> =
        ["a", "b", "c", "d"].iter().map(|id| document(id, "pathology-report", "2026-01-01")).collect();
    for (id, of) in [("a", "left"), ("b", "left"), ("c", "right"), ("d", "right")] {
        let grade = if of == "left" { "G1" } else { "G3" };
        changes.push(read(id, vec![topography(), side(of), p(Concept::T, "T1"), fact(Concept::GRADE, grade)]));
    }
    let case = fold(changes);
    let knowledge = kinds();
    assert_eq!(summary(&case.seen_by(Audience::Owner), &knowledge).tumours.len(), 2);
    assert!(found(&case).is_empty());
}

/// How many tumours two reports of this organ make, and whether their sides are a conflict.
fn of_two_reports(one: (&str, Vec<Fact>), other: (&str, Vec<Fact>), site: &str) -> (usize, bool) {
    let mut changes = Vec::new();
    for (id, (day, facts)) in [("a", one), ("b", other)] {
        changes.push(document(id, "pathology-report", day));
        changes.push(read(id, [vec![fact(Concept::TOPOGRAPHY, site)], facts].concat()));
    }
    let case = fold(changes);
    let knowledge = kinds();
    let tumours = summary(&case.seen_by(Audience::Owner), &knowledge).tumours.len();
    (tumours, found(&case).contains(&("laterality".to_owned(), Relation::Conflict)))
}

fn resected(of: &str, histology: &str, t: &str, size: &str) -> Vec<Fact> {
    let (histology, size) = (fact(Concept::MORPHOLOGY, histology), fact(Concept::TUMOR_SIZE_MM, size));
    vec![side(of), histology, p(Concept::T, t), size]
}

fn sampled(of: &str, histology: &str) -> Vec<Fact> {
    vec![side(of), fact(Concept::MORPHOLOGY, histology), fact(Concept::PROCEDURE, "core_biopsy")]
}

#[test]
fn each_side_with_a_report_of_its_own_specimen_is_a_tumour_of_its_own() {
    let two = (2, false);
    let left = || resected("left", "8500/3", "T2", "23");
    assert_eq!(
        of_two_reports(("2026-02-01", left()), ("2026-03-01", resected("right", "8520/3", "T1b", "8")), "C50.9"),
        two
    );
    let alike = resected("right", "8500/3", "T2", "35");
    assert_eq!(
        of_two_reports(("2026-02-01", left()), ("2026-03-01", alike), "C50.4"),
        two,
        "another size on another day"
    );
    let same_day = resected("right", "8500/3", "T1b", "8");
    assert_eq!(
        of_two_reports(("2026-02-01", left()), ("2026-02-01", same_day), "C50.4"),
        two,
        "two differences on one day"
    );
    let samples = (("2026-01-01", sampled("left", "8500/3")), ("2026-01-09", sampled("right", "8520/3")));
    assert_eq!(of_two_reports(samples.0, samples.1, "C50.9"), two, "two samples of two histologies");
}

#[test]
fn the_other_side_of_what_one_specimen_showed_is_a_conflict_of_one_tumour() {
    let conflict = (1, true);
    let (left, right) = (|| resected("left", "8500/3", "T2", "23"), || resected("right", "8500/3", "T2", "23"));
    assert_eq!(
        of_two_reports(("2026-02-01", left()), ("2026-03-20", right()), "C50.9"),
        conflict,
        "read again elsewhere"
    );
    let graded = [right(), vec![fact(Concept::GRADE, "G1"), fact(Concept::ER, "negative")]].concat();
    assert_eq!(
        of_two_reports(("2026-02-01", left()), ("2026-03-20", graded), "C50.9"),
        conflict,
        "and graded otherwise"
    );
    let slip = resected("right", "8500/3", "T2", "32");
    assert_eq!(of_two_reports(("2026-02-01", left()), ("2026-02-01", slip), "C50.9"), conflict, "one slip on one day");
    let sample = sampled("left", "8500/3");
    assert_eq!(
        of_two_reports(("2026-01-01", sample), ("2026-02-01", right()), "C50.9"),
        conflict,
        "a sample, then the whole"
    );
    let vague = resected("right", "8010/3", "T2", "23");
    assert_eq!(
        of_two_reports(("2026-02-01", left()), ("2026-03-01", vague), "C50.9"),
        conflict,
        "a cancer and no more"
    );
    let amends = |f: Fact| Fact { section: Section::Addendum, ..f };
    let amended: Vec<Fact> = resected("right", "8500/3", "T1b", "8").into_iter().map(amends).collect();
    assert_eq!(of_two_reports(("2026-02-01", left()), ("2026-02-09", amended), "C50.9").0, 1, "an amended report");
    let colon = (("2026-02-01", left()), ("2026-03-01", resected("right", "8480/3", "T3", "50")));
    assert_eq!(of_two_reports(colon.0, colon.1, "C18.9"), conflict, "there is one colon");
}

#[test]
fn a_note_that_names_the_other_side_makes_no_second_tumour() {
    let mut changes = rosa();
    changes.push(read(
        "consult",
        vec![
            topography(),
            side("right"),
            fact(Concept::MORPHOLOGY, "8520/3"),
            p(Concept::T, "T1"),
            p(Concept::N, "N0"),
        ],
    ));
    let case = fold(changes);
    let knowledge = kinds();
    assert_eq!(summary(&case.seen_by(Audience::Owner), &knowledge).tumours.len(), 1);
    assert!(found(&case).contains(&("laterality".to_owned(), Relation::Conflict)));
}

#[test]
fn the_side_of_another_organ_is_no_side_of_the_tumor() {
    let changes = vec![
        document("colon", "pathology-report", "2026-01-01"),
        document("scan", "radiology-report", "2026-01-20"),
        read(
            "colon",
            vec![fact(Concept::TOPOGRAPHY, "C18.7"), fact(Concept::MORPHOLOGY, "8140/3"), p(Concept::T, "T3")],
        ),
        read("scan", vec![fact(Concept::TOPOGRAPHY, "C34.3"), side("right")]),
    ];
    let case = fold(changes);
    let knowledge = kinds();
    let told = summary(&case.seen_by(Audience::Owner), &knowledge);
    let sided = |t: &summary::TumourSummary| {
        t.tumour.facts.iter().any(|at| told.facts[*at].fact.concept == Concept::LATERALITY)
    };
    assert_eq!((told.tumours.len(), told.tumours.iter().any(sided)), (1, false));
}

#[test]
fn what_is_said_not_to_be_is_put_so() {
    let knowledge = kinds();
    let words = |concept: Concept, value: &str| {
        value_words(&Fact { polarity: Polarity::Absent, ..fact(concept, value) }, &knowledge)
    };
    for (concept, value, expect) in [
        (Concept::VARIANT, "TP53 wild type", "TP53: no mutation found"),
        (Concept::VARIANT, "KRAS G12C", "KRAS G12C: not found"),
        (Concept::AMPLIFICATION, "MYCN", "MYCN: not amplified"),
        (Concept::ALLERGY, "none known", "no known allergies"),
        (Concept::ALLERGY, "latex", "no latex"),
        (Concept::GERMLINE, "none found", "none found"),
        (Concept::MSI, "MSS", "MSS"),
        (Concept::LYMPHOVASCULAR_INVASION, "", "no"),
    ] {
        assert_eq!(words(concept, value), expect);
    }
}
