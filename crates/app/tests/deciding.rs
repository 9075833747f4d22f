//! The decision, from two opinions to the letters: what each who is told reads, and what they do not; and the arithmetic of a
//! person's points, judged by a program of others.

#![expect(clippy::unwrap_used, reason = "a test stops where its ground is missing, and says what it skips")]

#[expect(dead_code, reason = "a decision needs no files")]
mod common;
#[path = "deciding/comparing.rs"]
mod comparing;

use std::process::Command;

use common::Ground;
use consilium_app::AppError;
use consilium_app::casefile::Case;
use consilium_app::casefile::compare::Opinion;
use consilium_app::casefile::decide::{
    Certainty, Decision, Feature, Goal, HandOver, HandOverAnswer, HandOverKind, HandOverState, Moment, Must, Number,
    Points, Sheet, SheetOption, Tell, Telling, TimedStep, Told, Values, Voice,
};
use consilium_app::casefile::gather::tissue::{Custody, Tissue};
use consilium_app::decide::{Over, answers_stamp, stamp, words_stamp};
use serde_json::{Value, json};

fn opinion(json: Value) -> Opinion {
    serde_json::from_value(json).unwrap()
}

/// Two opinions that differ in grade and plan.
fn two() -> [Opinion; 2] {
    [
        opinion(json!({
            "clinician": { "name": "Dr. Ada Example", "role": "medical oncologist" }, "date": "2026-01-10",
            "diagnosis": "Invasive carcinoma of the left breast",
            "findings": [{ "concept": "grade", "value": "3", "from": "pathology_report" }],
            "plan": [{ "kind": "systemic", "what": "TC chemotherapy", "duration": "12 weeks" }],
            "outcomes": [{ "option": "plan", "event": "lasting numbness", "good": false, "events": 12, "denominator": 100, "horizon": "5 years" }]
        })),
        opinion(json!({
            "clinician": { "name": "Dr. Sam Example", "role": "medical oncologist" }, "date": "2026-02-10",
            "diagnosis": "Invasive carcinoma of the left breast",
            "findings": [{ "concept": "grade", "value": "2", "from": "slides" }],
            "plan": [{ "kind": "systemic", "what": "letrozole" }, { "kind": "test", "what": "bone density" }],
            "advised_against": [{ "kind": "systemic", "what": "chemotherapy", "why": "little to gain" }],
            "outcomes": [{ "option": "plan", "event": "lasting numbness", "good": false, "events": 1, "denominator": 100, "horizon": "5 years" }]
        })),
    ]
}

fn key(error: AppError) -> String {
    match error {
        AppError::Refusal(refusal) => refusal.0.key,
        other => other.to_string(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_two_opinions_to_the_letters_each_is_told_what_was_chosen_for_them_and_no_more() {
    let ground = Ground::new().await;
    let (app, session, id) = (&ground.app, &ground.session, &ground.case);
    for opinion in two() {
        app.record_opinion(session, id, None, &opinion).await.unwrap();
    }
    let case = app.case(session, id).await.unwrap();
    let view = case.seen_by(session.audience);

    // The questions to each doctor name what the other said.
    assert!(
        app.follow_up(&app.comparison(&view), 0)
            .iter()
            .any(|q| q.contains("Grade") && q.contains('3') && q.contains('2'))
    );
    let letter = app.questions_letter(session, id, &view.opinions()[0].id).await.unwrap();
    assert!(letter.text.contains("Dear Dr. Ada Example") && letter.text.contains("chemotherapy"), "{}", letter.text);
    assert!(app.agenda(session, id).await.unwrap().text.contains("Dr. Sam Example"));

    // The sheet is what the opinions say, and nobody else.
    let sheet = view.proposed_sheet();
    let labels: Vec<&str> = sheet.options.iter().map(|o| o.label.as_str()).collect();
    assert_eq!(labels, ["TC chemotherapy", "letrozole; bone density"]);
    assert_eq!((sheet.features.len(), sheet.numbers.len(), sheet.steps[0].weeks), (1, 2, Some(12)));
    app.record_sheet(session, id, &sheet, None).await.unwrap();

    // Numbers are kept back until the patient has said what matters.
    let case = app.case(session, id).await.unwrap();
    let choices = app.choices(&case.seen_by(session.audience), false).unwrap();
    assert!(!choices.shows_numbers && choices.features[0].numbers.is_empty() && choices.features[0].range.is_some());
    assert_eq!(key(app.picture(&case.seen_by(session.audience), Voice::Patient).unwrap_err()), "refusal-numbers-first");
    let points = vec![Points { feature: "f1".to_owned(), points: Some(100), of: String::new() }];
    let said = Values { voice: Voice::Patient, words: String::new(), goals: Vec::new(), points, musts: Vec::new() };
    app.say_values(session, id, &said, None).await.unwrap();
    let case = app.case(session, id).await.unwrap();
    let choices = app.choices(&case.seen_by(session.audience), false).unwrap();
    assert_eq!(choices.features[0].numbers[0][0].words, "12 of 100 within 5 years");
    assert_eq!(choices.features[0].numbers[0][0].other_side.as_deref(), Some("88 of 100 not"));
    assert_eq!(key(app.open_numbers(session, id).await.unwrap_err()), "refusal-numbers-shown");
    let answers = vec![("sure".to_owned(), true)];
    let sure = Certainty { voice: Voice::Patient, moment: Moment::After, answers, asked: [].into() };
    app.state_certainty(session, id, &sure).await.unwrap();

    let telling =
        |to: &str, what, goes_on| Telling { to: to.to_owned(), opinion: None, what, goes_on, leaves: !goes_on };
    let opinions: Vec<_> = case.seen_by(session.audience).opinions().iter().map(|held| held.id.clone()).collect();
    let second = Telling { opinion: Some(opinions[1].clone()), ..telling("Dr. Sam Example", Tell::Everything, true) };
    let decision = Decision {
        on: app.now().date(),
        choice: "Letrozole".to_owned(),
        option: Some("o2".to_owned()),
        label: String::new(),
        reasons: "My hands matter to me".to_owned(),
        present: "Ines".to_owned(),
        revisit: None,
        questions: "When is the first visit?".to_owned(),
        tell: vec![
            telling("Dr. Ada Example", Tell::Choice, false),
            second,
            telling("Example Mutual", Tell::Nothing, false),
        ],
    };
    let decided = app.record_decision(session, id, &decision, None).await.unwrap();
    let item = HandOver {
        kind: HandOverKind::Tissue,
        what: "Return the slides S-11877".to_owned(),
        owner: "Riverbend".to_owned(),
        due: None,
        of: None,
    };
    app.record_hand_over(session, id, None, &item).await.unwrap();

    let brief = app.decision_letter(session, id, &decided, "Dr. Ada Example", None).await.unwrap().text;
    assert!(brief.contains("I decided: Letrozole") && brief.contains("another team"), "{brief}");
    for kept_back in ["My hands", "Dr. Sam", "S-11877", "Ines", "first visit"] {
        assert!(!brief.contains(kept_back), "{kept_back} was not to be told: {brief}");
    }
    let full = app.decision_letter(session, id, &decided, "Dr. Sam Example", None).await.unwrap().text;
    for told in
        ["My hands matter to me", "Dr. Ada Example: Invasive", "TC chemotherapy", "Return the slides", "first visit"]
    {
        assert!(full.contains(told), "{told}: {full}");
    }
    assert!(full.contains("go on with my treatment with you"));
    let nothing = app.decision_letter(session, id, &decided, "Example Mutual", None).await.unwrap_err();
    assert_eq!(key(nothing), "refusal-decision-untold");

    // What was sent is kept word for word, also when the letter would read otherwise today.
    let on = app.now().date();
    let told = Told {
        decision: decided.clone(),
        to: "Dr. Ada Example".to_owned(),
        on,
        way: "fax".to_owned(),
        letter: String::new(),
    };
    app.decision_told(session, id, &told).await.unwrap();
    let case = app.case(session, id).await.unwrap();
    assert_eq!(case.deciding().decision().unwrap().told[0].letter.lines().next(), Some("To: Dr. Ada Example"));
    assert_eq!(key(app.remove_decision(session, id, &decided).await.unwrap_err()), "refusal-decision-told");

    let proposed = app.proposed_hand_over(&case.seen_by(session.audience)).unwrap();
    let what: Vec<&str> = proposed.iter().map(|item| item.what.as_str()).collect();
    assert!(what.iter().any(|w| w.contains("bone density")) && what.iter().any(|w| w.contains("insurer")), "{what:?}");
    assert!(what.contains(&"Send the written opinion of Dr. Ada Example to Dr. Sam Example"), "{what:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_opinion_is_told_to_no_other_doctor_and_a_letter_says_no_more_than_its_reader_was_chosen_for() {
    let ground = Ground::new().await;
    let (app, session, id) = (&ground.app, &ground.session, &ground.case);
    let [first, second] = two();
    let first = app.record_opinion(session, id, None, &first).await.unwrap();
    let second = app.record_opinion(session, id, None, &second).await.unwrap();
    let telling =
        |to: &str, what, goes_on| Telling { to: to.to_owned(), opinion: None, what, goes_on, leaves: !goes_on };
    let decision = Decision {
        on: app.now().date(),
        choice: "To wait for the scan".to_owned(),
        option: None,
        label: String::new(),
        reasons: "I want to know first".to_owned(),
        present: String::new(),
        revisit: None,
        questions: "Who reads the scan?".to_owned(),
        tell: vec![
            telling("Dr. Ada Example", Tell::Choice, false),
            telling("dr. sam example", Tell::Everything, false),
            telling("Nurse Example", Tell::Reasons, false),
        ],
    };
    let decided = app.record_decision(session, id, &decision, None).await.unwrap();
    for (owner, what) in [("Nurse Example", "Book the scan"), ("Dr. Ada Example", "Send the slides")] {
        let item =
            HandOver { kind: HandOverKind::Task, what: what.to_owned(), owner: owner.to_owned(), due: None, of: None };
        app.record_hand_over(session, id, None, &item).await.unwrap();
    }
    let text = async |to: &str| app.decision_letter(session, id, &decided, to, None).await.map(|letter| letter.text);
    // Nobody was named who goes on: no letter says that another team does, and a nurse is no doctor who advised.
    for to in ["Dr. Ada Example", "dr. sam example", "Nurse Example"] {
        assert!(!text(to).await.unwrap().contains("another team"), "{to}");
    }
    let nurse = text("Nurse Example").await.unwrap();
    for told in ["Book the scan", "know first", "Who reads"] {
        assert!(nurse.contains(told), "{told}: {nurse}");
    }
    for kept_back in ["Send the slides", "Your advice", "Dr. Ada"] {
        assert!(!nurse.contains(kept_back), "{kept_back}: {nurse}");
    }
    let sam = text("dr. sam example").await.unwrap();
    assert!(
        sam.contains("Dr. Ada Example: Invasive") && !sam.contains("Dr. Sam Example: Invasive"),
        "not their own: {sam}"
    );

    app.seal_opinion(session, id, &first, true).await.unwrap();
    assert_eq!(key(text("dr. sam example").await.unwrap_err()), "refusal-opinion-kept-back");
    assert_eq!(key(app.questions_letter(session, id, &second).await.unwrap_err()), "refusal-opinion-kept-back");
    assert_eq!(key(app.agenda(session, id).await.unwrap_err()), "refusal-opinion-kept-back");
    assert!(app.questions_letter(session, id, &first).await.is_ok(), "the sealed doctor may be asked");
    assert_eq!(key(app.remove_opinion(session, id, &first).await.unwrap_err()), "refusal-opinion-sealed-removed");
    app.seal_opinion(session, id, &first, false).await.unwrap();
    assert!(text("dr. sam example").await.is_ok());

    let stranger = Decision {
        choice: "To wait longer".to_owned(),
        tell: vec![Telling { opinion: Some("none".into()), ..telling("Dr. Ada Example", Tell::Choice, false) }],
        ..decision
    };
    assert_eq!(key(app.record_decision(session, id, &stranger, None).await.unwrap_err()), "refusal-telling-opinion");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_stands_under_the_treatment_its_doctor_gave_it_for_or_under_none() {
    let ground = Ground::new().await;
    let (app, session, id) = (&ground.app, &ground.session, &ground.case);
    let number = |option: &str| json!({ "option": option, "event": "alive", "good": true, "events": 94, "denominator": 100, "horizon": "5 years" });
    let without = json!({
        "clinician": { "name": "Dr. Bo Example" }, "diagnosis": "cancer",
        "plan": [{ "kind": "systemic", "what": "endocrine therapy without chemotherapy" }]
    });
    let with = json!({
        "clinician": { "name": "Dr. Al Example" }, "diagnosis": "cancer",
        "plan": [{ "kind": "systemic", "what": "chemotherapy" }], "outcomes": [number("chemotherapy")]
    });
    let same = json!({
        "clinician": { "name": "Dr. Cy Example" }, "diagnosis": "cancer",
        "plan": [{ "kind": "systemic", "what": "chemotherapy" }],
        "alternatives": [{ "kind": "observation", "what": "to wait and watch" }],
        "outcomes": [number("plan"), number("the operation")]
    });
    for json in [without, with, same] {
        app.record_opinion(session, id, None, &opinion(json)).await.unwrap();
    }
    let case = app.case(session, id).await.unwrap();
    let sheet = case.seen_by(session.audience).proposed_sheet();
    let label = |id: &str| sheet.option(id).map(|option| option.label.clone());
    let placed: Vec<_> = sheet.numbers.iter().map(|number| label(&number.option)).collect();
    let chemotherapy = Some("chemotherapy".to_owned());
    assert_eq!(placed, [chemotherapy.clone(), chemotherapy, None]);
    assert_eq!(sheet.numbers[2].words, "for “the operation”", "what its doctor called it");
    assert_eq!(key(app.record_sheet(session, id, &sheet, None).await.unwrap_err()), "refusal-sheet-no-option");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_option_under_two_names_is_asked_about_and_two_options_are_not() {
    let ground = Ground::new().await;
    let (app, session, id) = (&ground.app, &ground.session, &ground.case);
    for (name, what) in [
        ("Dr. Al Example", "docetaxel and cyclophosphamide"),
        ("Dr. Bo Example", "TC chemotherapy"),
        ("Dr. Cy Example", "AC-T"),
    ] {
        let json = json!({
            "clinician": { "name": name }, "diagnosis": "cancer", "plan": [{ "kind": "systemic", "what": what }],
        });
        app.record_opinion(session, id, None, &opinion(json)).await.unwrap();
    }
    let case = app.case(session, id).await.unwrap();
    let view = case.seen_by(session.audience);
    let sheet = view.proposed_sheet();
    assert_eq!(sheet.options.len(), 3);
    let said = app.options_that_may_be_one(&view, &sheet);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("docetaxel and cyclophosphamide") && said[0].contains("TC chemotherapy"), "{said:?}");
    // An option that a person named anew is theirs to tell.
    let mut own = sheet;
    own.options[0].label = "The short one".to_owned();
    assert!(app.options_that_may_be_one(&view, &own).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_owner_sees_or_changes_a_decision() {
    let ground = Ground::new().await;
    let (app, session, id) = (&ground.app, &ground.session, &ground.case);
    let sheet = Sheet {
        options: vec![SheetOption { id: "o1".to_owned(), label: "To wait".to_owned(), ..SheetOption::default() }],
        ..Sheet::default()
    };
    app.record_sheet(session, id, &sheet, None).await.unwrap();
    let case = app.case(session, id).await.unwrap();
    for audience in [
        consilium_app::casefile::Audience::Helper,
        consilium_app::casefile::Audience::Specialist,
        consilium_app::casefile::Audience::BlindReader,
    ] {
        let view = case.seen_by(audience);
        assert!(view.deciding().is_none() && matches!(app.choices(&view, true), Err(AppError::NotFound)));
    }
    let unknown = Sheet {
        options: vec![SheetOption { opinion: Some("none".into()), ..sheet.options[0].clone() }],
        ..Sheet::default()
    };
    assert_eq!(key(app.record_sheet(session, id, &unknown, None).await.unwrap_err()), "refusal-opinion-unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opinion_that_came_after_the_sheet_is_put_beside_what_stands_and_nothing_of_it_changes() {
    let ground = Ground::new().await;
    let (app, session, id) = (&ground.app, &ground.session, &ground.case);
    for opinion in two() {
        app.record_opinion(session, id, None, &opinion).await.unwrap();
    }
    let view = |case: &std::sync::Arc<Case>| case.seen_by(session.audience).proposed_sheet();
    let mut sheet = view(&app.case(session, id).await.unwrap());
    // What a person changed stays, and an id of something taken out is given to nothing else that stands.
    sheet.options[0].label = "The strong one".to_owned();
    app.record_sheet(session, id, &sheet, None).await.unwrap();
    let third = json!({
        "clinician": { "name": "Dr. Kim Example" }, "diagnosis": "cancer",
        "plan": [{ "kind": "observation", "what": "to wait and watch" }],
        "outcomes": [{ "option": "plan", "event": "lasting numbness", "good": false, "events": 0, "denominator": 100, "horizon": "5 years" }]
    });
    let third = app.record_opinion(session, id, None, &opinion(third)).await.unwrap();
    let case = app.case(session, id).await.unwrap();
    let view = case.seen_by(session.audience);
    let off: Vec<_> = view.opinions_off_the_sheet().into_iter().map(|held| held.id.clone()).collect();
    assert_eq!(off, std::slice::from_ref(&third));
    let with = view.sheet_with(&third).unwrap();
    assert_eq!((&with.options[..2], with.options.len()), (&sheet.options[..], 3));
    assert_eq!((&with.numbers[..2], with.numbers.len(), with.features.len()), (&sheet.numbers[..], 3, 1));
    assert_eq!(view.sheet_with(&"none".into()).unwrap_err().0.key, "refusal-opinion-unknown");
    app.record_sheet(session, id, &with, None).await.unwrap();
    let case = app.case(session, id).await.unwrap();
    assert!(case.seen_by(session.audience).opinions_off_the_sheet().is_empty());
    assert!(case.seen_by(consilium_app::casefile::Audience::Helper).opinions_off_the_sheet().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_wrote_meanwhile_is_not_overwritten_unseen_and_an_answer_keeps_its_question() {
    let ground = Ground::new().await;
    let (app, session, id) = (&ground.app, &ground.session, &ground.case);
    let option = |label: &str| Sheet {
        options: vec![SheetOption { id: "o1".to_owned(), label: label.to_owned(), ..SheetOption::default() }],
        ..Sheet::default()
    };
    app.record_sheet(session, id, &option("To wait"), Some("")).await.unwrap();
    assert_eq!(key(app.record_sheet(session, id, &option("Now"), Some("")).await.unwrap_err()), "refusal-form-old");
    let case = app.case(session, id).await.unwrap();
    let now = stamp(case.deciding().sheet.as_ref().map(|(_, at)| *at));
    // Of two that begin at the same, one is kept, and the other is told.
    let (one, other) = (option("One"), option("Other"));
    let (a, b) = tokio::join!(
        app.record_sheet(session, id, &one, Some(&now)),
        app.record_sheet(session, id, &other, Some(&now))
    );
    let refused: Vec<String> = [a, b].into_iter().filter_map(Result::err).map(key).collect();
    assert_eq!(refused, ["refusal-form-old"]);

    let answers = vec![("sure".to_owned(), true)];
    let certainty = Certainty { voice: Voice::Patient, moment: Moment::Before, answers, asked: [].into() };
    app.state_certainty(session, id, &certainty).await.unwrap();
    let head = app.state_certainty(session, id, &certainty).await.unwrap().head.seq;
    let case = app.case(session, id).await.unwrap();
    assert_eq!((case.deciding().certainty.len(), case.head.seq), (1, head), "said twice is one entry");
    let (kept, _) = case.deciding().certainty_of(Voice::Patient, Moment::Before).unwrap();
    assert_eq!(kept.asked.get("sure"), app.knowledge().deciding.certainty.first().map(|q| &q.question));
}

fn decision(choice: &str, on: jiff::civil::Date) -> Decision {
    serde_json::from_value(json!({ "on": on, "choice": choice })).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_answers_to_other_words_of_a_hand_over_than_they_saw() {
    let ground = Ground::new().await;
    let (app, session, id) = (&ground.app, &ground.session, &ground.case);
    let item = |what: &str, owner: &str| HandOver {
        kind: HandOverKind::Task,
        what: what.to_owned(),
        owner: owner.to_owned(),
        due: None,
        of: None,
    };
    let first = item("Book the scan", "Nurse Example");
    let line = app.record_hand_over(session, id, None, &first).await.unwrap();
    let seen = words_stamp(&first);
    let over = |as_of| Some(Over { id: &line, as_of: Some(as_of) });
    let yes = HandOverAnswer {
        state: HandOverState::Confirmed,
        by: "Nurse Example".to_owned(),
        on: app.now().date(),
        way: String::new(),
    };
    // The very same words are no entry, whatever the form was opened over.
    let before = app.case(session, id).await.unwrap().head.seq;
    app.record_hand_over(session, id, over("older"), &first).await.unwrap();
    assert_eq!(app.case(session, id).await.unwrap().head.seq, before);
    let other = item("Cancel the operation", "Dr. Sam Example");
    app.record_hand_over(session, id, over(&seen), &other).await.unwrap();
    let renamed = app.record_hand_over(session, id, over(&seen), &item("Book the scan", "Ines")).await;
    assert_eq!(key(renamed.unwrap_err()), "refusal-form-old");
    for old in [seen.as_str(), ""] {
        let answered = app.answer_hand_over(session, id, &line, &yes, Some(old)).await;
        assert_eq!(key(answered.unwrap_err()), "refusal-form-old");
        assert_eq!(key(app.remove_hand_over(session, id, &line, Some(old)).await.unwrap_err()), "refusal-form-old");
    }
    let case = app.case(session, id).await.unwrap();
    assert!(case.deciding().items().all(|held| held.lacks_a_yes() && held.item == other), "nobody said yes to it");
    // Of an answer and other words that come at the same time, the answer is never to words that were not seen.
    let (now, last) = (words_stamp(&other), item("Cancel everything", ""));
    let held = |case: &Case| answers_stamp(case.deciding().items().find(|held| held.id == line).unwrap());
    let looked = held(&case);
    let (answered, written) = tokio::join!(
        app.answer_hand_over(session, id, &line, &yes, Some(&looked)),
        app.record_hand_over(session, id, over(&now), &last)
    );
    written.unwrap();
    assert!(answered.is_ok() || answered.is_err_and(|error| key(error) == "refusal-form-old"));
    let case = app.case(session, id).await.unwrap();
    assert!(case.deciding().items().all(|held| held.item == last && held.answers.is_empty()));
    let looked = held(&case);
    app.answer_hand_over(session, id, &line, &yes, Some(&looked)).await.unwrap();
    // Whoever did not see that answer writes none over it.
    let no = HandOverAnswer { state: HandOverState::Declined, ..yes };
    let refused = app.answer_hand_over(session, id, &line, &no, Some(&looked)).await.unwrap_err();
    assert_eq!(key(refused), "refusal-form-old");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opinion_of_two_windows_is_not_overwritten_unseen_and_the_very_same_is_no_entry() {
    let ground = Ground::new().await;
    let (app, session, id) = (&ground.app, &ground.session, &ground.case);
    let [first, _] = two();
    let kept = app.record_opinion(session, id, None, &first).await.unwrap();
    let seen = words_stamp(&first);
    let over = |as_of| Some(Over { id: &kept, as_of });
    let before = app.case(session, id).await.unwrap().head.seq;
    app.record_opinion(session, id, over(Some(&seen)), &first).await.unwrap();
    assert_eq!(app.case(session, id).await.unwrap().head.seq, before, "saved unchanged, nothing is written");
    let with = |words: &str| Opinion { diagnosis: words.to_owned(), ..first.clone() };
    app.record_opinion(session, id, over(Some(&seen)), &with("Window A")).await.unwrap();
    for old in [seen.as_str(), ""] {
        let refused = app.record_opinion(session, id, over(Some(old)), &with("Window B")).await.unwrap_err();
        assert_eq!(key(refused), "refusal-form-old");
    }
    let case = app.case(session, id).await.unwrap();
    assert_eq!(case.opinions().opinion(&kept).unwrap().opinion.diagnosis, "Window A");
    app.record_opinion(session, id, over(None), &with("A file")).await.unwrap();
    let none = Over { id: &"none".into(), as_of: Some("") };
    assert_eq!(key(app.record_opinion(session, id, Some(none), &first).await.unwrap_err()), "refusal-opinion-unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_form_of_a_decision_makes_no_old_choice_hold_again_and_a_fresh_one_may() {
    let ground = Ground::new().await;
    let (app, session, id) = (&ground.app, &ground.session, &ground.case);
    let of = |choice: &str| decision(choice, app.now().date());
    let first = app.record_decision(session, id, &of("To wait"), Some("")).await.unwrap();
    // Sent twice, it stands there once, and that is what is said.
    let twice = app.record_decision(session, id, &of("To wait"), Some("")).await;
    assert_eq!(key(twice.unwrap_err()), "refusal-decision-twice");
    let second = app.record_decision(session, id, &of("The operation"), Some(first.as_str())).await.unwrap();
    for old in ["", first.as_str()] {
        let again = app.record_decision(session, id, &of("To wait"), Some(old)).await;
        assert_eq!(key(again.unwrap_err()), "refusal-form-old");
    }
    let case = app.case(session, id).await.unwrap();
    assert_eq!(case.deciding().decision().unwrap().decision.choice, "The operation");
    app.record_decision(session, id, &of("To wait"), Some(second.as_str())).await.unwrap();
    let case = app.case(session, id).await.unwrap();
    assert_eq!(case.deciding().decision().unwrap().decision.choice, "To wait", "people may come back to it");
}

#[tokio::test(flavor = "multi_thread")]
async fn days_and_limits_of_the_patient_wait_as_their_words_do() {
    let ground = Ground::new().await;
    let (app, session, id) = (&ground.app, &ground.session, &ground.case);
    for opinion in two() {
        app.record_opinion(session, id, None, &opinion).await.unwrap();
    }
    let case = app.case(session, id).await.unwrap();
    app.record_sheet(session, id, &case.seen_by(session.audience).proposed_sheet(), None).await.unwrap();
    // `of` may be left out: points are of the range that is on the table.
    let mut said: Values = serde_json::from_value(json!({
        "voice": "patient", "points": [{ "feature": "f1", "points": 80 }]
    }))
    .unwrap();
    said.goals = vec![Goal { what: "The wedding".to_owned(), on: "2026-05-16".parse().ok() }];
    said.musts = vec![Must { feature: "f1".to_owned(), limit: 10, of: String::new() }];
    app.say_values(session, id, &said, None).await.unwrap();
    let shown = async |days| {
        let case = app.case(session, id).await.unwrap();
        let choices = app.choices(&case.seen_by(session.audience), days).unwrap();
        let option = choices.options[0].clone();
        (option.goals.len(), option.limits.len(), choices.days_wait, serde_json::to_string(&choices).unwrap())
    };
    let (goals, limits, wait, printed) = shown(false).await;
    assert_eq!((goals, limits, wait), (0, 0, true));
    assert!(!printed.contains("wedding") && !printed.contains("2026-05-16"), "{printed}");
    let (goals, limits, wait, _) = shown(true).await;
    assert_eq!((goals, limits, wait), (1, 1, false), "the patient may look");
    app.say_values(session, id, &Values { voice: Voice::Partner, ..said.clone() }, None).await.unwrap();
    let (goals, limits, wait, _) = shown(false).await;
    assert_eq!((goals, limits, wait), (1, 1, false), "both have spoken");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sheet_of_the_longest_opinion_can_be_kept_as_it_is_proposed() {
    let ground = Ground::new().await;
    let (app, session, id) = (&ground.app, &ground.session, &ground.case);
    let long = |letter: &str| letter.repeat(500);
    let longest = opinion(json!({
        "clinician": { "name": "x".repeat(200) }, "diagnosis": "cancer",
        "plan": [{ "kind": "systemic", "what": long("a"), "strength": "considered", "condition": long("b") }],
        "outcomes": [{ "option": "plan", "event": long("c"), "good": false, "events": 1, "denominator": 100,
            "horizon": "y".repeat(60), "people": long("d"), "source": long("e"), "words": long("f") }]
    }));
    let kept = app.record_opinion(session, id, None, &longest).await.unwrap();
    let case = app.case(session, id).await.unwrap();
    let sheet = case.seen_by(session.audience).proposed_sheet();
    app.record_sheet(session, id, &sheet, None).await.unwrap();
    // Where it is not told to which option a number belongs, its words grow by the name of it.
    let mut other = longest.clone();
    other.outcomes[0].option = long("g");
    let over = Over { id: &kept, as_of: Some(&words_stamp(&longest)) };
    app.record_opinion(session, id, Some(over), &other).await.unwrap();
    let case = app.case(session, id).await.unwrap();
    let mut sheet = case.seen_by(session.audience).proposed_sheet();
    sheet.numbers[0].option = "o1".to_owned();
    app.record_sheet(session, id, &sheet, None).await.unwrap();
    // A step of the choice can go on the list of the hand-over.
    let chosen = Decision { option: Some("o1".to_owned()), ..decision("It", app.now().date()) };
    app.record_decision(session, id, &chosen, None).await.unwrap();
    let case = app.case(session, id).await.unwrap();
    for item in app.proposed_hand_over(&case.seen_by(session.audience)).unwrap() {
        app.record_hand_over(session, id, None, &item).await.unwrap();
    }
}

/// The same numbers for ever, without a random source: a linear congruential generator.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_independent_program_gives_every_option_the_same_total() {
    let python = std::env::var("CONSILIUM_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let there = Command::new(&python).args(["-c", "import pymcdm"]).output().is_ok_and(|of| of.status.success());
    if !there {
        assert!(std::env::var_os("CONSILIUM_REQUIRE_PEERS").is_none(), "{python} has no pymcdm");
        println!("skipped: totals checked by another program, {python} has no pymcdm");
        return;
    }
    let mut numbers = Numbers(20_261_127);
    let (mut tables, mut ours) = (Vec::new(), Vec::new());
    while tables.len() < 300 {
        let (options, features) = (2 + numbers.below(4), 1 + numbers.below(6));
        let mut sheet = Sheet::default();
        let mut values = Values {
            voice: Voice::Patient,
            words: String::new(),
            goals: Vec::new(),
            points: Vec::new(),
            musts: Vec::new(),
        };
        let (mut matrix, mut types, mut weights) = (vec![Vec::new(); options as usize], Vec::new(), Vec::new());
        for option in 0..options {
            sheet.options.push(SheetOption {
                id: format!("o{option}"),
                label: format!("Option {option}"),
                ..SheetOption::default()
            });
        }
        for feature in 0..features {
            let (id, good) = (format!("f{feature}"), numbers.below(2) == 0);
            sheet.features.push(Feature {
                id: id.clone(),
                label: format!("Feature {feature}"),
                good,
                unit: "visits".to_owned(),
            });
            for (option, row) in matrix.iter_mut().enumerate() {
                let value = u32::try_from(numbers.below(1_000)).unwrap();
                row.push(value);
                sheet.numbers.push(Number {
                    option: format!("o{option}"),
                    feature: id.clone(),
                    value,
                    source: "invented".to_owned(),
                    ..Number::default()
                });
            }
            let points = u32::try_from(1 + numbers.below(100)).unwrap();
            let of = sheet.span(&sheet.features[usize::try_from(feature).unwrap()]).unwrap().fingerprint();
            values.points.push(Points { feature: id, points: Some(points), of });
            types.push(if good { 1 } else { -1 });
            weights.push(points);
        }
        let flat = (0..matrix[0].len()).any(|column| matrix.iter().all(|row| row[column] == matrix[0][column]));
        if flat {
            continue;
        }
        let picture = sheet.picture(&values).unwrap();
        let total = |(part, whole): (String, String)| part.parse::<f64>().unwrap() / whole.parse::<f64>().unwrap();
        ours.push(picture.options.iter().map(|(_, (low, _))| total(low.fraction())).collect::<Vec<f64>>());
        tables.push(json!({ "matrix": matrix, "types": types, "weights": weights }));
    }
    const SCRIPT: &str = r"
import json, sys
import numpy as np
from pymcdm.methods import WSM
from pymcdm.normalizations import minmax_normalization
weighted = WSM(normalization_function=minmax_normalization)
for table in json.load(open(sys.argv[1])):
    weights = np.array(table['weights'], dtype=float)
    totals = weighted(np.array(table['matrix'], dtype=float), weights / weights.sum(), np.array(table['types']))
    print(json.dumps([float(total) for total in totals]))
";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tables.json");
    std::fs::write(&file, serde_json::to_vec(&tables).unwrap()).unwrap();
    let output = Command::new(&python).args(["-c", SCRIPT]).arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs = String::from_utf8(output.stdout).unwrap();
    let theirs: Vec<Vec<f64>> = theirs.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(theirs.len(), ours.len());
    for (own, other) in ours.iter().zip(&theirs) {
        // Theirs are rounded to a few places by the library; ours are exact.
        assert!(
            own.len() == other.len() && own.iter().zip(other).all(|(a, b)| (a - b).abs() < 1e-6),
            "{own:?} {other:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hand_over_names_every_step_and_what_the_records_plan_and_the_choice_does_not_hold() {
    let ground = Ground::new().await;
    let (app, session, id) = (&ground.app, &ground.session, &ground.case);
    for opinion in two() {
        app.record_opinion(session, id, None, &opinion).await.unwrap();
    }
    app.plan_treatment_start(session, id, "2026-03-02", "chemotherapy").await.unwrap();
    let step = |what: &str| TimedStep { option: "o1".to_owned(), what: what.to_owned(), starts: None, weeks: None };
    let label = "Endocrine therapy, without chemotherapy";
    let sheet = Sheet {
        options: vec![SheetOption { id: "o1".to_owned(), label: label.to_owned(), ..SheetOption::default() }],
        steps: vec![step("whole breast radiation"), step("letrozole")],
        ..Sheet::default()
    };
    app.record_sheet(session, id, &sheet, None).await.unwrap();
    let telling =
        |to: &str, what, goes_on| Telling { to: to.to_owned(), opinion: None, what, goes_on, leaves: !goes_on };
    let decision = Decision {
        on: app.now().date(),
        choice: label.to_owned(),
        option: Some("o1".to_owned()),
        label: String::new(),
        reasons: "I trust it.".to_owned(),
        present: String::new(),
        revisit: None,
        questions: "Who orders the bone density?".to_owned(),
        tell: vec![
            telling("Dr. Sam Example", Tell::Reasons, true),
            telling("Example Insurance", Tell::Everything, false),
            telling("Dr. Lou Example", Tell::Choice, true),
        ],
    };
    let decision = app.record_decision(session, id, &decision, None).await.unwrap();
    let case = app.case(session, id).await.unwrap();
    let view = case.seen_by(session.audience);
    let proposed = app.proposed_hand_over(&view).unwrap();
    let whats: Vec<&str> = proposed.iter().map(|item| item.what.as_str()).collect();
    for needed in [
        "Begin: whole breast radiation",
        "Then: letrozole",
        "Ask which day treatment starts now, and write it down",
        "Send the written opinion of Dr. Ada Example to Dr. Sam Example",
    ] {
        assert!(whats.contains(&needed), "{needed}: {whats:?}");
    }
    assert!(
        !whats.iter().any(|what| what.contains("Example Insurance")),
        "an insurer gets no opinion unasked: {whats:?}"
    );
    let asks = |case: &Case| {
        let stage = consilium_app::casefile::decide::next(case, app.now().date());
        stage.steps.iter().any(|step| step.what.key == "next-decide-start")
    };
    assert!(asks(&case), "the day was written before the choice");
    // Who is told why is told what is open; who gave no opinion is not thanked for one.
    let letter = async |to: &str| app.decision_letter(session, id, &decision, to, None).await.unwrap().text;
    assert!(letter("Dr. Sam Example").await.contains("Who orders the bone density?"));
    let new_team = letter("Dr. Lou Example").await;
    assert!(!new_team.contains("advice") && !new_team.contains("bone density"), "{new_team}");
    app.plan_treatment_start(session, id, "2026-04-02", "radiation").await.unwrap();
    let case = app.case(session, id).await.unwrap();
    assert!(!asks(&case), "said anew, it is asked no more");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_three_opinions_each_doctor_is_asked_by_what_stands_between_them_and_another() {
    let ground = Ground::new().await;
    let (app, session, id) = (&ground.app, &ground.session, &ground.case);
    let [ada, mut sam] = two();
    sam.seen = serde_json::from_value(json!([{ "material": "pathology_report", "seen": true }])).unwrap();
    let kim = opinion(json!({
        "clinician": { "name": "Dr. Kim Example" }, "date": "2026-02-20", "diagnosis": "Invasive carcinoma of the left breast",
        "seen": [{ "material": "pathology_report", "seen": false }, { "material": "slides", "seen": false }, { "material": "blocks", "seen": false }],
        "findings": [{ "concept": "grade", "value": "1" }]
    }));
    for opinion in [&ada, &sam, &kim] {
        app.record_opinion(session, id, None, opinion).await.unwrap();
    }
    let case = app.case(session, id).await.unwrap();
    let comparison = app.comparison(&case.seen_by(session.audience));
    let asked = |place| app.follow_up(&comparison, place).into_iter().find(|q| q.starts_with("Grade")).unwrap();
    assert!(asked(0).contains("of the same material"), "{}", asked(0));
    assert!(asked(1).contains("of the same material"), "{}", asked(1));
    assert!(asked(2).contains("knew something the other did not"), "{}", asked(2));
    let agenda = app.agenda_points(&comparison);
    assert!(agenda.iter().any(|point| point.contains("nobody confirmed that")), "{agenda:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_about_slides_says_when_the_register_has_them_back_and_stays_open_until_somebody_says_so() {
    let ground = Ground::new().await;
    let (app, session, id) = (&ground.app, &ground.session, &ground.case);
    let slides: Tissue = serde_json::from_value(json!({
        "id": "", "accession": "S-11877", "material": "slide", "count": 3
    }))
    .unwrap();
    let (_, slides) = app.register_tissue(session, id, slides).await.unwrap();
    let step = |step, day: &str| -> Custody {
        serde_json::from_value(
            json!({ "step": step, "on": day, "to": "Example Reference Laboratory", "carrier": "Example Courier", "tracking": "1", "packaging": "box", "gap_known": true }),
        )
        .unwrap()
    };
    app.tissue_custody(session, id, std::slice::from_ref(&slides), step("shipped", "2026-01-10")).await.unwrap();
    let case = app.case(session, id).await.unwrap();
    let view = case.seen_by(session.audience);
    let proposed = app.proposed_hand_over(&view).unwrap();
    let item = proposed.iter().find(|item| item.kind == HandOverKind::Tissue).unwrap();
    let line = app.record_hand_over(session, id, None, item).await.unwrap();
    let anew = HandOver { owner: "Courier Example".to_owned(), of: None, ..item.clone() };
    app.record_hand_over(session, id, Some(Over { id: &line, as_of: None }), &anew).await.unwrap();
    let settled = async || {
        let case = app.case(session, id).await.unwrap();
        let view = case.seen_by(session.audience);
        let held = view.deciding().unwrap().items().next().unwrap();
        assert!(held.lacks_a_yes(), "the register answers for nobody");
        view.settled(&held.item).map(|said| said.key)
    };
    assert_eq!(settled().await, None);
    app.tissue_custody(session, id, std::slice::from_ref(&slides), step("returned", "2026-02-10")).await.unwrap();
    assert_eq!(settled().await.as_deref(), Some("handover-tissue-home"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_lists_what_is_still_to_be_done_and_nothing_of_a_sealed_plan() {
    let ground = Ground::new().await;
    let (app, session, id) = (&ground.app, &ground.session, &ground.case);
    let mut opinions = Vec::new();
    for opinion in two() {
        opinions.push(app.record_opinion(session, id, None, &opinion).await.unwrap());
    }
    let telling =
        |to: &str| Telling { to: to.to_owned(), opinion: None, what: Tell::Reasons, goes_on: false, leaves: false };
    let decided = Decision {
        on: app.now().date(),
        choice: "To wait".to_owned(),
        option: None,
        label: String::new(),
        reasons: "I want to think.".to_owned(),
        present: String::new(),
        revisit: None,
        questions: String::new(),
        tell: vec![telling("Dr. Ada Example"), telling("Dr. Sam Example")],
    };
    let decision = app.record_decision(session, id, &decided, None).await.unwrap();
    let mut lines = Vec::new();
    for what in ["Book the scan", "Order the wig", "Port placement"] {
        let owner = "Dr. Sam Example".to_owned();
        let item = HandOver { kind: HandOverKind::Task, what: what.to_owned(), owner, due: None, of: None };
        lines.push(app.record_hand_over(session, id, None, &item).await.unwrap());
    }
    for (line, state) in [(1, HandOverState::Declined), (2, HandOverState::Done)] {
        let answer = HandOverAnswer { state, by: "Nurse Example".to_owned(), on: app.now().date(), way: String::new() };
        app.answer_hand_over(session, id, &lines[line], &answer, None).await.unwrap();
    }
    let text = async || app.decision_letter(session, id, &decision, "Dr. Sam Example", None).await.map(|l| l.text);
    let letter = text().await.unwrap();
    assert!(letter.contains("Dr. Sam Example: Book the scan") && letter.contains("- Order the wig"), "{letter}");
    assert!(!letter.contains("Port placement"), "it is done: {letter}");
    assert!(!letter.contains("another team"), "nobody said that they do not go on: {letter}");
    let proposed = async || {
        let case = app.case(session, id).await.unwrap();
        app.proposed_hand_over(&case.seen_by(session.audience)).unwrap()
    };
    assert!(proposed().await.iter().any(|item| item.what.contains("bone density")));
    app.seal_opinion(session, id, &opinions[1], true).await.unwrap();
    assert!(
        !proposed().await.iter().any(|item| item.what.contains("bone density")),
        "a sealed plan is proposed to nobody"
    );
    assert!(text().await.is_ok(), "it is their own");
    app.seal_opinion(session, id, &opinions[0], true).await.unwrap();
    assert_eq!(key(text().await.unwrap_err()), "refusal-opinion-kept-back", "typed words may repeat it");
}
