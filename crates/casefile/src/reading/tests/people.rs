//! What people say about facts, and who may: judgements, corrections, typed facts.

use super::*;

#[test]
fn a_persons_word_outlives_a_newer_reading_and_can_be_taken_back() {
    let key = FactKey::of(&DocumentId::from("consult"), &p(Concept::N, "N0"));
    let mut changes = rosa();
    changes.push(
        ReadingChange::FactJudged { key: key.clone(), judgement: Judgement::Rejected, of: None, replaces: None }.into(),
    );
    let again =
        DocumentReading { reader: "2".to_owned(), ..reading("consult", vec![topography(), p(Concept::N, "N0")]) };
    changes.push(ReadingChange::Read { reading: Box::new(again) }.into());
    assert!(!found(&fold(changes.clone())).contains(&("n".to_owned(), Relation::Conflict)));
    changes.push(take_back(&fold(changes.clone()), &key, None).unwrap().into());
    let case = fold(changes);
    assert!(found(&case).contains(&("n".to_owned(), Relation::Conflict)));
    assert!(take_back(&case, &key, None).is_err(), "there is nothing left to take back");
}

#[test]
fn a_correction_changes_what_is_laid_beside_others_and_shows_what_was_read() {
    let key = FactKey::of(&DocumentId::from("consult"), &p(Concept::N, "N0"));
    let corrected = Judgement::Corrected { value: "N1a".to_owned(), polarity: Polarity::Present, prefix: None };
    let mut changes = rosa();
    changes.push(ReadingChange::FactJudged { key, judgement: corrected, of: None, replaces: None }.into());
    let case = fold(changes);
    assert!(!found(&case).iter().any(|(concept, _)| concept == "n"));
    let facts = case.seen_by(Audience::Owner).facts(&kinds());
    assert!(facts.iter().any(|f| matches!(&f.standing, Standing::Corrected { was, .. } if was == "N0")));
}

#[test]
fn nobody_but_the_owner_changes_and_a_fact_that_is_not_there_cannot_be_judged() {
    let case = fold(rosa());
    let (view, knowledge) = (case.seen_by(Audience::Owner), kinds());
    let known = FactKey::of(&DocumentId::from("biopsy"), &fact(Concept::GRADE, "G2"));
    assert!(judge(&view, &knowledge, &known, None, Judgement::Confirmed { value: None }).is_ok());
    let refused = |key: &FactKey, judgement| judge(&view, &knowledge, key, None, judgement).unwrap_err().0.key;
    let other = FactKey { quote: "something else".to_owned(), ..known.clone() };
    assert_eq!(refused(&other, Judgement::Confirmed { value: None }), "refusal-no-such-fact");
    let elsewhere = FactKey { document: DocumentId::from("nowhere"), ..known.clone() };
    assert_eq!(refused(&elsewhere, Judgement::Rejected), "refusal-no-such-fact");
    let empty = Judgement::Corrected { value: "  ".to_owned(), polarity: Polarity::Present, prefix: None };
    assert_eq!(refused(&known, empty), "refusal-fact-empty");
    let long = Judgement::Corrected { value: "x".repeat(201), polarity: Polarity::Present, prefix: None };
    assert_eq!(refused(&known, long), "refusal-too-long");
    let hidden = Judgement::Corrected { value: "G\u{202e}2".to_owned(), polarity: Polarity::Present, prefix: None };
    assert_eq!(refused(&known, hidden), "refusal-hidden-characters");
}

#[test]
fn a_blind_reader_is_told_no_finding_of_the_tumor_from_a_letter_with_a_plan_and_a_helper_none() {
    let (case, knowledge) = (fold(rosa()), kinds());
    let seen = |audience| {
        let facts = case.seen_by(audience).facts(&knowledge);
        facts.iter().map(|f| f.key.document.to_string()).collect::<std::collections::BTreeSet<_>>()
    };
    assert!(seen(Audience::Specialist).contains("consult"));
    assert!(!seen(Audience::BlindReader).contains("consult") && seen(Audience::BlindReader).contains("biopsy"));
    assert!(case.seen_by(Audience::BlindReader).document(&"consult".into(), &knowledge).is_none());
    assert!(seen(Audience::Helper).is_empty());
}

#[test]
fn a_fact_is_typed_from_a_page_that_is_there_about_a_concept_that_is_known() {
    let case = fold(rosa());
    let mut knowledge = kinds();
    knowledge.concepts.push(crate::knowledge::ConceptFacts {
        id: Concept::KI67,
        label: "Ki-67".to_owned(),
        value_form: "number".to_owned(),
        polarity_use: String::new(),
        unit: Some("%".to_owned()),
        code_system: None,
        code: None,
        confirmed: false,
        values: Vec::new(),
    });
    let view = case.seen_by(Audience::Owner);
    let placed = |page, region: Option<Region>, concept: &str, value: &str| {
        let (document, id) = (DocumentId::from("biopsy"), FactId::from("f"));
        let typed = type_fact(&view, &knowledge, id, &document, page, region, concept, value, Polarity::Present);
        typed.map_err(|r| r.0.key)
    };
    let typed = |page, concept: &str, value: &str| placed(page, None, concept, value);
    let at = |x0, y0, x1, y1| placed(1, Some(Region { x0, y0, x1, y1 }), "ki67", "20");
    assert!(at(0.0, 0.25, 1.0, 0.5).is_ok());
    for [x0, y0, x1, y1] in [
        [f32::NAN, 0.0, 1.0, 1.0],
        [0.0, 0.0, f32::INFINITY, 1.0],
        [f32::NEG_INFINITY, 0.0, 1.0, 1.0],
        [0.0, 0.0, 1.5, 1.0],
        [0.5, 0.0, 0.5, 1.0],
        [0.0, 0.9, 1.0, 0.1],
    ] {
        assert_eq!(at(x0, y0, x1, y1).unwrap_err(), "refusal-region");
    }
    assert!(typed(1, "ki67", " 20 ").is_ok());
    assert_eq!(typed(2, "ki67", "20").unwrap_err(), "refusal-no-such-page");
    assert_eq!(typed(0, "ki67", "20").unwrap_err(), "refusal-no-such-page");
    assert_eq!(typed(1, "shoe size", "20").unwrap_err(), "refusal-no-such-concept");
    assert_eq!(typed(1, "ki67", " ").unwrap_err(), "refusal-fact-empty");
    assert_eq!(typed(1, "ki67", "banana").unwrap_err(), "refusal-fact-form");
    assert!(typed(1, "ki67", "20 %").is_ok() && typed(1, "ki67", "<5").is_ok() && typed(1, "ki67", "30-35").is_ok());
    let mut changes = rosa();
    changes.push(typed(1, "ki67", "20").unwrap().into());
    let case = fold(changes);
    let facts = case.seen_by(Audience::Owner).facts(&knowledge);
    assert!(facts.iter().any(|f| f.speaks() && matches!(f.standing, Standing::Typed { page: 1, .. })));
}

#[test]
fn whoever_looks_is_told_who_confirmed_as_far_as_they_may_know_it() {
    let mut changes = rosa();
    let access = crate::about::Access {
        id: ActorId::from("nurse"),
        label: "Nina from the ward".to_owned(),
        audience: Audience::Helper,
    };
    changes.push(crate::about::AboutChange::AccessGranted { access }.into());
    let case = fold(changes);
    let who = |audience, actor: &str| case.seen_by(audience).who(&ActorId::from(actor)).key;
    assert_eq!(who(Audience::Owner, "owner"), "who-you");
    let on_paper = case.seen_by(Audience::Owner).who_on_paper(&ActorId::from("owner"));
    assert_eq!(on_paper.key, "who-owner", "paper is read by others");
    assert_eq!(who(Audience::Owner, "nurse"), "who-named");
    assert_eq!(who(Audience::Owner, "nobody"), "who-other");
    assert_eq!(who(Audience::Specialist, "owner"), "who-owner");
    assert_eq!(who(Audience::BlindReader, "nurse"), "who-other", "who else has access is the owner’s to know");
}

/// Two facts of the same words: what stands before the second says that it is not so.
fn twice() -> Vec<Fact> {
    let skin = Fact { polarity: Polarity::Absent, start: 60, end: 69, ..fact(Concept::MORPHOLOGY, "8010/3") };
    let breast = Fact { start: 10, end: 19, ..fact(Concept::MORPHOLOGY, "8010/3") };
    vec![topography(), breast, Fact { main: false, ..skin }]
}

/// The polarity and standing of every histology of the consultation.
fn histologies(changes: &[Change]) -> Vec<(Polarity, &'static str)> {
    let case = fold(changes.to_vec());
    let facts = case.seen_by(Audience::Owner).facts_of(&DocumentId::from("consult"), &kinds());
    let of = facts.iter().filter(|f| f.key.concept == Concept::MORPHOLOGY);
    let standing = |standing: &Standing| match standing {
        Standing::Confirmed { .. } => "confirmed",
        Standing::Rejected { .. } => "rejected",
        Standing::Corrected { .. } => "corrected",
        _ => "read",
    };
    of.map(|f| (f.fact.polarity, standing(&f.standing))).collect()
}

/// A person's word about the histology at this place.
fn say(changes: &mut Vec<Change>, start: usize, judgement: Judgement) {
    let key = FactKey::of(&DocumentId::from("consult"), &fact(Concept::MORPHOLOGY, "8010/3"));
    let case = fold(changes.clone());
    changes.push(judge(&case.seen_by(Audience::Owner), &kinds(), &key, Some(start), judgement).unwrap().into());
}

#[test]
fn a_word_about_a_fact_is_about_no_other_of_the_same_words() {
    use Polarity::{Absent, Present};
    let key = FactKey::of(&DocumentId::from("consult"), &fact(Concept::MORPHOLOGY, "8010/3"));
    let mut changes = rosa();
    changes.push(read("consult", twice()));
    let case = fold(changes.clone());
    let (owner, yes) = (case.seen_by(Audience::Owner), Judgement::Confirmed { value: None });
    assert!(judge(&owner, &kinds(), &key, None, yes.clone()).is_err(), "which of the two is meant was not said");
    assert!(judge(&owner, &kinds(), &key, Some(11), yes.clone()).is_err(), "nothing stands there");
    say(&mut changes, 10, yes);
    assert_eq!(histologies(&changes), [(Present, "confirmed"), (Absent, "read")]);
    say(&mut changes, 60, Judgement::Rejected);
    assert_eq!(histologies(&changes), [(Present, "confirmed"), (Absent, "rejected")]);
    say(&mut changes, 10, Judgement::Rejected);
    assert_eq!(histologies(&changes), [(Present, "rejected"), (Absent, "rejected")]);
    changes.push(take_back(&fold(changes.clone()), &key, Some(10)).unwrap().into());
    assert_eq!(histologies(&changes), [(Present, "read"), (Absent, "rejected")]);
    assert!(take_back(&fold(changes.clone()), &key, Some(10)).is_err(), "nothing is left to take back");
}

#[test]
fn a_newer_reading_that_moves_the_words_keeps_each_word_with_its_fact() {
    use Polarity::{Absent, Present};
    let mut changes = rosa();
    changes.push(read("consult", twice()));
    say(&mut changes, 10, Judgement::Confirmed { value: None });
    say(&mut changes, 60, Judgement::Rejected);
    let moved = |by: usize| twice().into_iter().map(move |f| Fact { start: f.start + by, end: f.end + by, ..f });
    changes.push(read("consult", moved(7).collect()));
    assert_eq!(histologies(&changes), [(Present, "confirmed"), (Absent, "rejected")]);
    let key = FactKey::of(&DocumentId::from("consult"), &fact(Concept::MORPHOLOGY, "8010/3"));
    say(&mut changes, 17, Judgement::Rejected);
    changes.push(take_back(&fold(changes.clone()), &key, Some(17)).unwrap().into());
    assert_eq!(histologies(&changes), [(Present, "read"), (Absent, "rejected")], "no older word comes back");
}

#[test]
fn what_was_confirmed_is_asked_again_when_it_is_read_to_be_not_so_or_with_another_prefix() {
    use Polarity::{Absent, Present};
    let one = |polarity, prefix: Option<&str>, start| {
        let qualifiers = Qualifiers { prefix: prefix.map(str::to_owned), ..Qualifiers::default() };
        read("consult", vec![topography(), Fact { polarity, qualifiers, start, ..fact(Concept::MORPHOLOGY, "8010/3") }])
    };
    let mut changes = rosa();
    changes.push(one(Present, None, 10));
    say(&mut changes, 10, Judgement::Confirmed { value: None });
    for (polarity, prefix, start, expect) in [
        (Present, None, 10, "confirmed"),
        (Present, None, 99, "confirmed"),
        (Absent, None, 10, "read"),
        (Absent, None, 99, "read"),
        (Present, Some("c"), 10, "read"),
    ] {
        let mut again = changes.clone();
        again.push(one(polarity, prefix, start));
        assert_eq!(histologies(&again), [(polarity, expect)], "{prefix:?} {start}");
    }
}

#[test]
fn an_older_word_that_does_not_say_which_fact_it_is_about_confirms_neither_of_two_that_differ() {
    use Polarity::{Absent, Present};
    let key = FactKey::of(&DocumentId::from("consult"), &fact(Concept::MORPHOLOGY, "8010/3"));
    let older = |judgement| ReadingChange::FactJudged { key: key.clone(), judgement, of: None, replaces: None };
    let mut changes = rosa();
    changes.push(read("consult", twice()));
    let with = |judgement| [changes.clone(), vec![older(judgement).into()]].concat();
    let value = Some("8010/3".to_owned());
    assert_eq!(histologies(&with(Judgement::Confirmed { value })), [(Present, "read"), (Absent, "read")]);
    assert_eq!(histologies(&with(Judgement::Rejected)), [(Present, "rejected"), (Absent, "rejected")]);
}

/// A list of T categories beside what [`kinds`] knows.
fn with_categories() -> Knowledge {
    let mut knowledge = kinds();
    knowledge.concepts.push(crate::knowledge::ConceptFacts {
        id: Concept::T,
        label: "Primary tumor (T)".to_owned(),
        value_form: "category".to_owned(),
        polarity_use: String::new(),
        unit: None,
        code_system: None,
        code: None,
        confirmed: false,
        values: ["T0", "T1*", "T2*", "T3*"].map(str::to_owned).to_vec(),
    });
    knowledge
}

#[test]
fn a_category_is_corrected_with_the_prefix_that_was_written_and_keeps_its_own_without_one() {
    let clinical = Qualifiers { prefix: Some("c".to_owned()), ..Qualifiers::default() };
    let t = Fact { qualifiers: clinical, ..fact(Concept::T, "T2") };
    let key = FactKey::of(&DocumentId::from("consult"), &t);
    let mut changes = rosa();
    changes.push(read("consult", vec![topography(), t]));
    let knowledge = with_categories();
    for (typed, words, was) in [("pT3", "pT3", "cT2"), ("T3", "cT3", "T2"), ("ypT0", "ypT0", "cT2")] {
        let (case, value) = (fold(changes.clone()), typed.to_owned());
        let corrected = Judgement::Corrected { value, polarity: Polarity::Present, prefix: None };
        let change = judge(&case.seen_by(Audience::Owner), &knowledge, &key, None, corrected).unwrap();
        let case = fold([changes.clone(), vec![change.into()]].concat());
        let facts = case.seen_by(Audience::Owner).facts_of(&DocumentId::from("consult"), &knowledge);
        let t = facts.iter().find(|f| f.key.concept == Concept::T).unwrap();
        assert_eq!(value_words(&t.fact, &knowledge), words);
        assert!(matches!(&t.standing, Standing::Corrected { was: old, .. } if old == was), "{:?}", t.standing);
    }
}

#[test]
fn a_category_typed_with_the_prefix_of_after_treatment_contradicts_none_from_before() {
    let (knowledge, document) = (with_categories(), DocumentId::from("resection"));
    let mut changes = rosa();
    changes.push(read("biopsy", vec![topography(), p(Concept::T, "T2")]));
    let typed = |value: &str| {
        let case = fold(changes.clone());
        let (view, id) = (case.seen_by(Audience::Owner), FactId::from("f"));
        let change = type_fact(&view, &knowledge, id, &document, 1, None, "t", value, Polarity::Present);
        found(&fold([changes.clone(), vec![change.unwrap().into()]].concat()))
    };
    assert!(typed("pT3").contains(&("t".to_owned(), Relation::Conflict)));
    let before = Relation::Expected(Why::BeforeAgainstAfterTreatment);
    assert!(typed("ypT0").contains(&("t".to_owned(), before)));
}

#[test]
fn what_a_record_tells_of_others_speaks_once_a_person_confirmed_it_and_history_and_relatives_never() {
    for (context, speaks) in
        [(Context::Clinical, true), (Context::Outside, true), (Context::History, false), (Context::Family, false)]
    {
        let told = Fact { context, main: false, start: 40, ..p(Concept::N, "N0") };
        let key = FactKey::of(&DocumentId::from("consult"), &told);
        let mut changes = rosa();
        changes.push(read("consult", vec![topography(), told]));
        let conflict = ("n".to_owned(), Relation::Conflict);
        assert!(!found(&fold(changes.clone())).contains(&conflict), "{context:?} before anybody confirmed it");
        let case = fold(changes.clone());
        let (view, yes) = (case.seen_by(Audience::Owner), Judgement::Confirmed { value: None });
        changes.push(judge(&view, &kinds(), &key, Some(40), yes).unwrap().into());
        assert_eq!(found(&fold(changes)).contains(&conflict), speaks, "{context:?}");
    }
}

/// What two answers are held as in the list of concepts.
fn with_answers() -> Knowledge {
    let answer = |id: Concept, polarity_use: &str| crate::knowledge::ConceptFacts {
        id,
        label: "An answer".to_owned(),
        value_form: "category".to_owned(),
        polarity_use: polarity_use.to_owned(),
        unit: None,
        code_system: None,
        code: None,
        confirmed: false,
        values: ["positive", "negative", "equivocal"].map(str::to_owned).to_vec(),
    };
    let of = [
        answer(Concept::ER, "present: positive; absent: negative"),
        answer(Concept::HER2_ISH, "present: amplified; absent: not amplified"),
    ];
    Knowledge { concepts: of.to_vec(), ..kinds() }
}

#[test]
fn words_that_say_it_win_over_a_choice_nobody_made_and_one_that_was_made_must_not_contradict_them() {
    use Polarity::{Absent, Present};
    let correct = |read_as, typed: &str, chosen| {
        let read_fact = Fact { polarity: read_as, ..fact(Concept::ER, "negative") };
        let case = fold([rosa(), vec![read("biopsy", vec![topography(), read_fact.clone()])]].concat());
        let key = FactKey::of(&DocumentId::from("biopsy"), &read_fact);
        let corrected = Judgement::Corrected { value: typed.to_owned(), polarity: chosen, prefix: None };
        match judge(&case.seen_by(Audience::Owner), &with_answers(), &key, None, corrected) {
            Ok(ReadingChange::FactJudged { judgement: Judgement::Corrected { polarity, .. }, .. }) => Ok(polarity),
            Ok(_) => unreachable!(),
            Err(refusal) => Err(refusal.0.key),
        }
    };
    assert_eq!(correct(Absent, "positive", Absent), Ok(Present), "the page had chosen what the machine read");
    assert_eq!(correct(Present, "negative", Present), Ok(Absent));
    assert_eq!(correct(Absent, "positive", Present), Ok(Present));
    assert_eq!(correct(Absent, "equivocal", Present), Ok(Present), "words that do not say it leave the choice");
    let two_things = Err("refusal-fact-says-two-things".to_owned());
    assert_eq!(correct(Present, "positive", Absent), two_things);
    assert_eq!(correct(Absent, "negative", Present), two_things);
    let case = fold(rosa());
    let (view, document) = (case.seen_by(Audience::Owner), DocumentId::from("biopsy"));
    let typed = |value: &str, chosen| {
        let id = FactId::from("f");
        type_fact(&view, &with_answers(), id, &document, 1, None, "er", value, chosen).map_err(|refusal| refusal.0.key)
    };
    assert_eq!(typed("positive", Absent).unwrap_err(), "refusal-fact-says-two-things");
    assert!(typed("negative", Absent).is_ok() && typed("negative", Present).is_ok());
}

#[test]
fn not_amplified_typed_and_not_amplified_read_are_one_answer() {
    let read_fact = Fact { polarity: Polarity::Absent, ..fact(Concept::HER2_ISH, "") };
    for value in ["", "negative"] {
        let read_fact = Fact { value: value.to_owned(), ..read_fact.clone() };
        let mut changes = rosa();
        changes.push(read("biopsy", vec![topography(), read_fact]));
        let case = fold(changes.clone());
        let (view, document) = (case.seen_by(Audience::Owner), DocumentId::from("biopsy"));
        let id = FactId::from("f");
        let change =
            type_fact(&view, &with_answers(), id, &document, 1, None, "her2_ish", "negative", Polarity::Present)
                .unwrap();
        let ReadingChange::FactTyped { typed } = &change else { unreachable!() };
        assert_eq!(typed.fact.polarity, Polarity::Absent);
        changes.push(change.into());
        assert!(!found(&fold(changes)).iter().any(|(concept, _)| concept.starts_with("her2")), "{value:?}");
    }
    // An entry of an older version holds "negative" as what is so.
    let old = |value: &str, polarity| Fact { polarity, ..fact(Concept::HER2_ISH, value) };
    let differ = |one: Fact, other: Fact| {
        let mut changes = rosa();
        changes.push(read("biopsy", vec![topography(), one]));
        changes.push(read("resection", vec![topography(), other]));
        found(&fold(changes)).iter().any(|(concept, _)| concept == "her2_ish")
    };
    assert!(!differ(old("negative", Polarity::Present), old("negative", Polarity::Absent)));
    assert!(differ(old("positive", Polarity::Present), old("negative", Polarity::Absent)));
}
