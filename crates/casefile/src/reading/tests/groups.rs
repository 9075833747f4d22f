//! One row a concept.

use super::*;

fn groups_of(case: &Case) -> Vec<FactGroup> {
    let knowledge = kinds();
    let summary = summary(&case.seen_by(Audience::Owner), &knowledge);
    let tumour = summary.tumours.first().unwrap();
    groups(&summary.facts, &tumour.tumour.facts, &tumour.differences, &tumour.tumour.unclear, &knowledge)
}

#[test]
fn each_concept_is_one_group_with_what_the_records_state_and_every_mention_behind_it() {
    let mut changes = rosa();
    let again = Fact { main: false, start: 50, end: 52, ..fact(Concept::GRADE, "G2") };
    let earlier = Fact { main: false, ..fact(Concept::FOCALITY, "unifocal") };
    let facts = vec![topography(), side("left"), fact(Concept::GRADE, "G2"), again, earlier];
    changes.push(read("biopsy", [facts, vec![fact(Concept::PROCEDURE, "core_biopsy")]].concat()));
    let groups = groups_of(&fold(changes));
    let names: Vec<&str> = groups.iter().map(|g| g.concept.as_str()).collect();
    assert_eq!(names.first(), Some(&"topography"), "in the order of page one");
    assert_eq!(names.iter().filter(|name| **name == "grade").count(), 1);
    let of = |concept: Concept| groups.iter().find(|g| g.concept == concept).unwrap();
    let words = |group: &FactGroup| group.values.iter().map(|v| v.words.clone()).collect::<Vec<_>>();
    let grade = of(Concept::GRADE);
    assert_eq!(
        (words(grade), grade.facts.len(), grade.mentions.len(), grade.sources),
        (vec!["G2".to_owned(), "G3".to_owned()], 2, 1, 2)
    );
    assert_eq!(grade.relation, Some(Relation::Expected(Why::BiopsyAgainstResection)));
    assert_eq!(grade.newest.map(|d| d.to_string()).as_deref(), Some("2026-02-01"));
    assert_eq!(of(Concept::N).relation, Some(Relation::Conflict));
    let focality = of(Concept::FOCALITY);
    assert!(focality.values.is_empty() && focality.facts.is_empty() && focality.mentions.len() == 1);
}

#[test]
fn what_a_scan_suggests_is_in_its_group_and_states_nothing_before_it_is_confirmed() {
    let mut changes = rosa();
    let er = fact(Concept::ER, "positive");
    let recognised =
        DocumentReading { recognised: vec![(0, 99)], ..reading("consult", vec![topography(), er.clone()]) };
    changes.push(ReadingChange::Read { reading: Box::new(recognised) }.into());
    let er_group = |case: &Case| groups_of(case).into_iter().find(|g| g.concept == Concept::ER).unwrap();
    let group = er_group(&fold(changes.clone()));
    assert!(group.values.is_empty() && group.sources == 0 && group.unconfirmed == 1 && group.facts.len() == 1);
    let key = FactKey::of(&DocumentId::from("consult"), &er);
    changes.push(
        ReadingChange::FactJudged { key, judgement: Judgement::Confirmed { value: None }, of: None, replaces: None }
            .into(),
    );
    let group = er_group(&fold(changes));
    assert!(group.values.len() == 1 && group.sources == 1 && group.unconfirmed == 0);
}
