//! Where records differ about the person: allergies, how well somebody is, the menopause.

use super::*;

/// What two records say, each on its day, and how that stands: the biopsy report is of June, the consultation of July.
fn check(one: Fact, other: Fact) -> Vec<(String, Relation)> {
    let mut changes = rosa().into_iter().take(3).collect::<Vec<_>>();
    changes.push(read("biopsy", vec![topography(), one]));
    changes.push(read("resection", vec![topography()]));
    changes.push(read("consult", vec![topography(), other]));
    let (case, knowledge) = (fold(changes), kinds());
    let summary = summary(&case.seen_by(Audience::Owner), &knowledge);
    summary.person_differences.iter().map(|d| (d.concept.to_string(), d.relation)).collect()
}

fn allergy(value: &str, polarity: Polarity) -> Fact {
    Fact { polarity, ..fact(Concept::ALLERGY, value) }
}

fn on(date: &str, fact: Fact) -> Fact {
    Fact { date: Some(date.parse().unwrap()), ..fact }
}

#[test]
fn an_allergy_that_one_record_names_and_another_denies_is_a_contradiction() {
    let conflict = [("allergy".to_owned(), Relation::Conflict)];
    let none = || allergy("none known", Polarity::Absent);
    assert_eq!(check(allergy("penicillin", Polarity::Present), none()), conflict);
    assert_eq!(check(allergy("Latex", Polarity::Absent), allergy("latex", Polarity::Present)), conflict);
    assert_eq!(check(allergy("penicillin", Polarity::Present), allergy("latex", Polarity::Present)), []);
    assert_eq!(check(none(), none()), []);
    assert_eq!(check(allergy("latex", Polarity::Absent), allergy("penicillin", Polarity::Present)), []);
    let of_the_mother = Fact { context: Context::Family, ..allergy("penicillin", Polarity::Present) };
    assert_eq!(check(of_the_mother, none()), []);
    assert_eq!(check(allergy("penicillin", Polarity::Uncertain), none()), []);
}

#[test]
fn how_well_somebody_is_changes_from_day_to_day_and_differs_on_one_day() {
    let ecog = |value: &str| fact(Concept::ECOG, value);
    let another_day = [("ecog".to_owned(), Relation::Expected(Why::AnotherDay))];
    assert_eq!(check(on("2026-06-01", ecog("0")), on("2026-07-01", ecog("2"))), another_day);
    let conflict = [("ecog".to_owned(), Relation::Conflict)];
    assert_eq!(check(on("2026-07-01", ecog("0")), on("2026-07-01", ecog("2"))), conflict);
    assert_eq!(check(on("2026-07-01", ecog("0-1")), on("2026-07-01", ecog("1"))), []);
    assert_eq!(check(on("2026-07-01", ecog("1-0")), on("2026-07-01", ecog("1"))), conflict);
}

#[test]
fn nobody_is_before_the_menopause_after_it() {
    let status = |value: &str| fact(Concept::MENOPAUSAL_STATUS, value);
    let conflict = [("menopausal_status".to_owned(), Relation::Conflict)];
    let (before, after) = (|| status("premenopausal"), || status("postmenopausal"));
    assert_eq!(check(on("2020-01-01", after()), on("2026-07-01", before())), conflict);
    assert_eq!(check(on("2026-06-01", before()), on("2026-07-01", after())), conflict);
    let apart = [("menopausal_status".to_owned(), Relation::Expected(Why::AnotherDay))];
    assert_eq!(check(on("2020-01-01", before()), on("2026-07-01", after())), apart);
    assert_eq!(check(on("2020-01-01", after()), on("2026-07-01", after())), []);
}
