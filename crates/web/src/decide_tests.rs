//! What people read where they decide, and what no page of a decision ever shows unasked: a total, an order, a colour.

use consilium_app::decide::{Choices, PictureShown};
use consilium_casefile::decide::{
    DecideChange, Decision, Feature, Goal, HandOver, HandOverKind, Must, Number, Points, Sheet, SheetOption, Tell,
    Telling, TimedStep, Values as Said, Voice,
};
use consilium_casefile::{Audience, Case, Change};

use crate::decide::decision::{DecisionPage, decision_of};
use crate::decide::hand_over::HandOverPage;
use crate::decide::sheet::{SheetPage, sheet_of, values_of as sheet_values};
use crate::decide::values::{ValuesPage, said_of, values_of};
use crate::decide::{DecidePage, PicturePage};
use crate::forms::Values;
use crate::ground::{Ground, read, rosa};
use crate::page_tests::{page, told};

fn number(option: &str, feature: &str, value: u32, low: Option<u32>, high: Option<u32>) -> Number {
    Number {
        option: option.to_owned(),
        feature: feature.to_owned(),
        value,
        denominator: (feature != "f3").then_some(100),
        horizon: if feature == "f3" { String::new() } else { "5 years".to_owned() },
        low,
        high,
        source: "invented".to_owned(),
        words: if value == 12 { "12.4 %".to_owned() } else { String::new() },
        ..Number::default()
    }
}

fn sheet() -> Sheet {
    let option = |id: &str, label: &str| SheetOption {
        id: id.to_owned(),
        label: label.to_owned(),
        source: "Dr. Ada Example, 1 March 2026".to_owned(),
        ..SheetOption::default()
    };
    let feature = |id: &str, label: &str, good, unit: &str| Feature {
        id: id.to_owned(),
        label: label.to_owned(),
        good,
        unit: unit.to_owned(),
    };
    let step = |option: &str, what: &str, day: &str, weeks| TimedStep {
        option: option.to_owned(),
        what: what.to_owned(),
        starts: day.parse().ok(),
        weeks: Some(weeks),
    };
    Sheet {
        question: "Chemotherapy after the operation?".to_owned(),
        options: vec![option("o1", "Chemotherapy"), option("o2", "No chemotherapy")],
        features: vec![
            feature("f1", "Free of recurrence", true, ""),
            feature("f2", "Lasting numbness", false, ""),
            feature("f3", "Time of treatment", false, "weeks"),
        ],
        numbers: vec![
            number("o1", "f1", 92, Some(90), Some(94)),
            number("o2", "f1", 90, None, None),
            number("o1", "f2", 12, Some(8), Some(15)),
            number("o2", "f2", 1, None, None),
            number("o1", "f3", 20, None, None),
        ],
        steps: vec![step("o1", "Infusions", "2026-11-02", 12), step("o2", "Radiation", "2026-11-02", 4)],
        ..Sheet::default()
    }
}

fn said(points: &[(&str, Option<u32>, &str)]) -> Said {
    let points =
        points.iter().map(|(id, points, of)| Points { feature: (*id).into(), points: *points, of: (*of).into() });
    Said {
        voice: Voice::Patient,
        words: "The piano".to_owned(),
        goals: vec![Goal { what: "The wedding".to_owned(), on: "2027-01-02".parse().ok() }],
        points: points.collect(),
        musts: vec![Must { feature: "f2".to_owned(), limit: 10, of: "-lasting numbness: 100/5 years/".to_owned() }],
    }
}

fn sheet_change() -> Change {
    DecideChange::SheetRecorded { sheet: Box::new(sheet()) }.into()
}

fn values_change(values: Said) -> Change {
    DecideChange::ValuesRecorded { values: Box::new(values) }.into()
}

const OF: [&str; 2] = ["+free of recurrence: 90>94/100/5 years/", "-lasting numbness: 15>1/100/5 years/"];

fn decided() -> Vec<Change> {
    let telling = |to: &str, what, goes_on| Telling { to: to.to_owned(), opinion: None, what, goes_on, leaves: false };
    let decision = Decision {
        on: "2026-10-12".parse().unwrap(),
        choice: "No chemotherapy".to_owned(),
        option: Some("o2".to_owned()),
        label: "No chemotherapy".to_owned(),
        reasons: "I play the piano".to_owned(),
        present: "Ines".to_owned(),
        revisit: "2027-01-12".parse().ok(),
        questions: "Which tablets?".to_owned(),
        tell: vec![telling("Dr. Ada Example", Tell::Reasons, true), telling("Example Mutual", Tell::Nothing, false)],
    };
    let item = HandOver {
        kind: HandOverKind::Tissue,
        what: "Return the slides <S-11877>".to_owned(),
        owner: String::new(),
        due: "2026-10-01".parse().ok(),
        of: None,
    };
    vec![
        sheet_change(),
        values_change(said(&[("f1", Some(60), OF[0]), ("f2", None, OF[1])])),
        values_change(Said { voice: Voice::Partner, ..said(&[("f1", Some(100), OF[0]), ("f2", Some(10), OF[1])]) }),
        DecideChange::DecisionRecorded { id: "d1".into(), decision: Box::new(decision) }.into(),
        DecideChange::HandOverRecorded { id: "h1".into(), item }.into(),
    ]
}

fn choices_of(context: &crate::parts::Context<'_>, view: &consilium_casefile::CaseView<'_>) -> Option<Choices> {
    let decide = view.deciding()?;
    Some(Choices::of(view, decide, context.knowledge, false, &|message| (context.say)(message)))
}

fn shown(audience: Audience, case: &Case) -> String {
    page(audience, case, |context, view| DecidePage::new(context, view, choices_of(context, view), None))
}

#[test]
fn before_anything_was_said_the_page_says_what_will_stand_there() {
    insta::assert_snapshot!(read(&shown(Audience::Owner, &told(&[]))));
}

#[test]
fn numbers_are_kept_back_until_the_patient_has_spoken() {
    let html = shown(Audience::Owner, &told(&[sheet_change()]));
    assert!(html.contains("kept back until you have said what matters"));
    for number in ["92 of 100", "12 of 100", "20 weeks", "class=\"icons\""] {
        assert!(!html.contains(number), "{number} is shown too early");
    }
    let opened = told(&[sheet_change(), DecideChange::NumbersOpened {}.into()]);
    assert!(shown(Audience::Owner, &opened).contains("92 of 100"));
}

#[test]
fn a_decision_with_its_numbers_days_and_hand_over_reads_well() {
    insta::assert_snapshot!(read(&shown(Audience::Owner, &told(&decided()))));
}

#[test]
fn a_difference_is_of_what_was_stated_and_numbers_of_other_people_are_named() {
    let mut changed = sheet();
    changed.numbers[2].people = "women over 50".to_owned();
    changed.numbers[3].people = "everybody".to_owned();
    let change = || DecideChange::SheetRecorded { sheet: Box::new(changed.clone()) }.into();
    let values = said(&[("f1", Some(60), OF[0]), ("f2", Some(40), OF[1])]);
    let alone = read(&shown(Audience::Owner, &told(&[change(), values_change(values.clone())])));
    assert!(!alone.contains("The piano") && !alone.contains("The wedding"), "the partner has not spoken yet");
    assert!(!alone.contains("your limit") && alone.contains("stand here once both have spoken"), "{alone}");
    let partner = Said { voice: Voice::Partner, ..values.clone() };
    let html = read(&shown(Audience::Owner, &told(&[change(), values_change(values), values_change(partner)])));
    assert!(html.contains("As stated, the two options are 11 of 100 apart."), "{html}");
    assert!(html.contains("are 2 of 100 apart; the ranges that were named overlap."), "{html}");
    assert!(!html.contains("20 weeks apart"), "one has no number of it");
    assert!(html.contains("may be of other people: women over 50; everybody"), "{html}");
    assert!(html.contains("“The piano”") && html.contains("The wedding"), "what the person said stands there");
}

#[test]
fn icons_count_exactly_what_was_stated() {
    let html = shown(Audience::Owner, &told(&decided()));
    let arrays: Vec<&str> =
        html.split("class=\"icons\"").skip(1).map(|rest| rest.split("</div>").next().unwrap()).collect();
    let count = |array: &str, what: &str| array.matches(what).count();
    let counted: Vec<(usize, usize, usize)> = arrays
        .iter()
        .map(|array| (count(array, "<i class=\"f\">"), count(array, "<i class=\"p\">"), count(array, "<i>")))
        .collect();
    assert_eq!(counted, [(90, 4, 6), (90, 0, 10), (8, 7, 85), (1, 0, 99)]);
}

#[test]
fn an_end_that_nobody_named_is_said_to_be_so_and_its_dots_go_as_far_as_they_can() {
    let with = |low, high| {
        let mut changed = sheet();
        (changed.numbers[0].low, changed.numbers[0].high) = (low, high);
        let change = DecideChange::SheetRecorded { sheet: Box::new(changed) }.into();
        let html = shown(Audience::Owner, &told(&[change, DecideChange::NumbersOpened {}.into()]));
        let first = html.split("class=\"icons\"").nth(1).unwrap().split("</div>").next().unwrap();
        let dots = ["<i class=\"f\">", "<i class=\"p\">", "<i>"].map(|dot| first.matches(dot).count());
        (read(&html), dots)
    };
    let (text, dots) = with(Some(90), None);
    assert!(text.contains("at least 90 of 100; highest: not stated") && !text.contains("90 and 92"), "{text}");
    assert!(text.contains("It says how sure the numbers are: not yet"), "{text}");
    assert_eq!(dots, [90, 10, 0]);
    let (text, dots) = with(None, Some(94));
    assert!(text.contains("at most 94 of 100; lowest: not stated") && !text.contains("92 and 94"), "{text}");
    assert_eq!(dots, [0, 94, 6]);
    assert!(text.contains("2 of 100 apart; how far one of them may go was not stated"), "{text}");
    let (text, _) = with(Some(91), None);
    assert!(text.contains("are 2 of 100 apart."), "more than 91 does not reach 90: {text}");
    // Whoever is asked how much it matters reads that this end is nobody's number.
    let mut open = sheet();
    open.numbers[0].high = None;
    let case = told(&[DecideChange::SheetRecorded { sheet: Box::new(open) }.into()]);
    let asked = page(Audience::Owner, &case, |context, view| {
        ValuesPage::new(context, view, Voice::Patient, &choices_of(context, view).unwrap(), &Values::new(), None)
    });
    assert!(asked.contains("to 100 of 100 within 5 years (as far as it can go: nobody named this end)"), "{asked}");
}

#[test]
fn no_page_of_a_decision_shows_a_total_an_order_or_a_colour_of_options_unasked() {
    let case = told(&decided());
    let html = shown(Audience::Owner, &case);
    let start = html.find("id=\"options\"").unwrap();
    let end = html.find("id=\"certainty\"").unwrap();
    let options = &html[start..end];
    // Marks that carry colour or merit stand at no option.
    for mark in
        ["mark-done", "mark-cross", "mark-gap", "class=\"now\"", "best", "better", "winner", "recommend", "score"]
    {
        assert!(!options.contains(mark), "{mark}");
    }
    assert!(!html.contains("of 100 of all weight") && !html.contains("reach"), "a total nobody asked for");
    // The order is that of the sheet, also when the points favour the other.
    let place = |label: &str| options.find(&format!("<h3>{label}</h3>")).unwrap();
    assert!(place("Chemotherapy") < place("No chemotherapy"));
    let mut turned = sheet();
    turned.options.reverse();
    let turned: Change = DecideChange::SheetRecorded { sheet: Box::new(turned) }.into();
    let html = shown(Audience::Owner, &told(&[turned, DecideChange::NumbersOpened {}.into()]));
    let place = |label: &str| html.find(&format!("<h3>{label}</h3>")).unwrap();
    assert!(place("No chemotherapy") < place("Chemotherapy"));
}

#[test]
fn what_a_helper_or_another_doctor_sees_of_a_decision_is_nothing() {
    for audience in [Audience::Helper, Audience::Specialist, Audience::BlindReader] {
        let html = shown(audience, &told(&decided()));
        for private in ["No chemotherapy", "I play the piano", "Free of recurrence", "The wedding", "S-11877"] {
            assert!(!html.contains(private), "{audience:?} reads {private}");
        }
    }
}

#[test]
fn the_picture_is_in_the_order_of_the_sheet_and_names_no_winner() {
    let case = told(&decided());
    let html = page(Audience::Owner, &case, |context, view| {
        let decide = view.deciding().unwrap();
        let (sheet, values) = (decide.sheet().unwrap(), decide.values_of(Voice::Partner).unwrap());
        let picture = sheet.picture(values).unwrap();
        let picture = PictureShown::of(sheet, values, &picture, context.knowledge, &|message| (context.say)(message));
        PicturePage::new(context, view, Voice::Partner, Ok(picture))
    });
    let text = read(&html);
    for word in ["winner", "best option", "we recommend", "you should"] {
        assert!(!text.to_lowercase().contains(word), "{word}");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn points_for_another_range_hide_every_total_and_are_asked_again() {
    let case =
        told(&[sheet_change(), values_change(said(&[("f1", Some(60), "+free of recurrence: 91>94/100/5 years/")]))]);
    let html = shown(Audience::Owner, &case);
    assert!(html.contains("To be asked again") && html.contains("Free of recurrence"));
    let values = page(Audience::Owner, &case, |context, view| {
        let choices = choices_of(context, view).unwrap();
        let said = view.deciding().unwrap().values_of(Voice::Patient).unwrap();
        ValuesPage::new(context, view, Voice::Patient, &choices, &values_of(said, &choices), None)
    });
    assert!(values.contains("name=\"points-f1\" type=\"text\" inputmode=\"numeric\" value=\"\""), "asked again, empty");
}

#[test]
fn what_matters_is_asked_over_ranges_without_saying_which_option_has_which() {
    let html = page(Audience::Owner, &told(&decided()), |context, view| {
        ValuesPage::new(context, view, Voice::Partner, &choices_of(context, view).unwrap(), &Values::new(), None)
    });
    for option in ["Chemotherapy", "No chemotherapy", "The piano"] {
        assert!(!html.contains(option), "{option} is named where the partner answers alone");
    }
    insta::assert_snapshot!(read(&html));
}

#[test]
fn forms_read_back_what_they_show_and_refuse_what_can_not_be_read() {
    assert_eq!(sheet_of(&sheet_values(&sheet())).unwrap(), sheet());
    let mut values = sheet_values(&sheet());
    values.insert("option-2-label".to_owned(), "To wait".to_owned());
    assert_eq!(sheet_of(&values).unwrap().options[2].id, "o3", "a new line gets an id of its own");
    // What is cleared goes with its numbers and steps, and its id goes to nobody else.
    values.remove("option-0-label");
    values.insert("feature-3-label".to_owned(), "Dead".to_owned());
    values.insert("feature-3-good".to_owned(), "no".to_owned());
    values.remove("feature-0-label");
    let cleared = sheet_of(&values).unwrap();
    assert_eq!(cleared.options.iter().map(|o| o.id.as_str()).collect::<Vec<_>>(), ["o2", "o3"]);
    assert_eq!(cleared.features.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["f2", "f3", "f4"]);
    assert!(cleared.numbers.iter().all(|n| n.option == "o2" && n.feature == "f2"), "{:?}", cleared.numbers);
    assert!(cleared.steps.iter().all(|step| step.option == "o2"));
    let why = |name: &str, text: &str| {
        let mut values = sheet_values(&sheet());
        values.insert(name.to_owned(), text.to_owned());
        sheet_of(&values).unwrap_err().0.key
    };
    assert_eq!(why("number-0-value", "twelve"), "refusal-not-a-number");
    assert_eq!(why("number-0-value", ""), "refusal-sheet-whole");
    assert_eq!(why("feature-0-good", ""), "refusal-sheet-good");
    assert_eq!(why("step-0-starts", "soon"), "refusal-date-day");

    let case = told(&[sheet_change()]);
    _ = page(Audience::Owner, &case, |context, view| {
        let choices = choices_of(context, view).unwrap();
        let of = |pairs: &[(&str, &str)]| {
            let values: Values = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
            said_of(Voice::Patient, &choices, &values)
        };
        assert_eq!(of(&[("points-f1", "60"), ("of-f1", OF[0])]).unwrap().points[0].of, OF[0]);
        assert_eq!(of(&[("unsure-f2", "yes")]).unwrap().points[0].points, None);
        assert_eq!(of(&[("points-f1", "a lot")]).unwrap_err().0.key, "refusal-sheet-whole");
        assert_eq!(of(&[("points-f1", "6"), ("unsure-f1", "yes")]).unwrap_err().0.key, "refusal-values-both");
        let form = |pairs: &[(&str, &str)]| {
            let values: Values = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
            decision_of(view, &values)
        };
        assert_eq!(form(&[("on", "2026-10-01"), ("option", "o2")]).unwrap().choice, "No chemotherapy");
        assert_eq!(form(&[("option", "o2")]).unwrap_err().0.key, "refusal-decision-day");
        let nobody = form(&[("on", "2026-10-01"), ("option", "o2"), ("tell-0-to", "Dr. Ada Example")]);
        assert_eq!(nobody.unwrap_err().0.key, "refusal-decision-tell", "what they are told is never assumed");
        SheetPage::new(context, view, &sheet_values(&sheet()), false, Vec::new(), None)
    });
}

#[test]
fn the_hand_over_says_what_nobody_confirmed_and_shows_record_words_as_text() {
    let html = page(Audience::Owner, &told(&decided()), |context, view| {
        HandOverPage::new(context, view, Vec::new(), Values::new(), None)
    });
    assert!(html.contains("Return the slides &#60;S-11877&#62;") && html.contains("that day has passed"));
    insta::assert_snapshot!(read(&html));
    let form = page(Audience::Owner, &told(&decided()), |context, view| {
        DecisionPage::new(context, view, &Values::new(), Some("Write the day.".to_owned()))
    });
    assert!(form.contains("Please check") && form.contains("Write the day."));
}

/// The values of the hidden field `as_of` on a page, in their order.
fn opened_over(html: &str) -> Vec<String> {
    let parts = html.split("name=\"as_of\" value=\"").skip(1);
    parts.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// What was answered so far when the first form of a page was opened.
fn answered_over(page: &str) -> String {
    page.split("name=\"answered\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned()
}

const OLD: &str = "Somebody wrote this anew since you opened the form";

#[tokio::test]
async fn a_form_of_another_window_confirms_no_other_words_and_keeps_what_was_typed() {
    let (ground, case): (Ground, _) = rosa().await;
    let owner = ground.owner();
    let list = format!("/cases/{case}/decide/hand-over");
    assert_eq!(ground.post(&owner, &list, "kind=task&what=Book+the+scan&owner=Ines").await.status, 303);
    let page = ground.get(&owner, &list).await.body;
    let as_of = opened_over(&page).first().unwrap().clone();
    let line = page.split("id=\"item-").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let address = format!("{list}/{line}");
    let named = ground.post(&owner, &address, &format!("act=name&owner=Dr.+Sam&as_of={as_of}")).await;
    assert_eq!(named.status, 303, "{}", named.body);
    let yes = |answered: &str| format!("state=confirmed&by=Nurse+Example&on=2026-01-10&way=fax&answered={answered}");
    for old in [answered_over(&page), String::new()] {
        let refused = ground.post(&owner, &address, &yes(&old)).await.body;
        assert!(refused.contains(OLD) && refused.contains("value=\"Nurse Example\""), "{refused}");
        assert_eq!(answered_over(&refused), old, "it is still the form that was opened then");
    }
    let page = ground.get(&owner, &list).await.body;
    assert!(page.contains("1 of 1 confirmed by nobody") && page.contains("Dr. Sam"), "{page}");
    let fresh = answered_over(&page);
    assert_eq!(ground.post(&owner, &address, &yes(&fresh)).await.status, 303);
    assert!(ground.get(&owner, &list).await.body.contains("Everything has somebody who said yes"));
    // A second window that did not see that answer writes none over it.
    let no = yes(&fresh).replace("confirmed", "declined");
    assert!(ground.post(&owner, &address, &no).await.body.contains(OLD));
}

#[tokio::test]
async fn the_forms_of_a_decision_and_of_an_opinion_know_what_they_were_opened_over() {
    let (ground, case): (Ground, _) = rosa().await;
    let owner = ground.owner();
    let form = format!("/cases/{case}/decide/decisions/new");
    let first = opened_over(&ground.get(&owner, &form).await.body);
    assert_eq!(first, [""], "nothing was decided");
    assert_eq!(ground.post(&owner, &form, "on=2026-01-10&choice=To+wait&as_of=").await.status, 303);
    let second = opened_over(&ground.get(&owner, &form).await.body).remove(0);
    let decide = |choice: &str, as_of: &str| format!("on=2026-01-10&choice={choice}&as_of={as_of}");
    assert_eq!(ground.post(&owner, &form, &decide("Surgery", &second)).await.status, 303);
    let again = ground.post(&owner, &form, &decide("To+wait", "")).await.body;
    assert!(again.contains(OLD) && again.contains("value=\"To wait\""), "{again}");
    let fresh = opened_over(&ground.get(&owner, &form).await.body).remove(0);
    assert_eq!(ground.post(&owner, &form, &decide("To+wait", &fresh)).await.status, 303);

    let opinions = format!("/cases/{case}/compare/opinions");
    assert_eq!(ground.post(&owner, &format!("{opinions}/new"), "clinician=Dr.+Ada&diagnosis=cancer").await.status, 303);
    let compared = ground.get(&owner, &format!("/cases/{case}/compare")).await.body;
    let mut numbers = compared.split("/compare/opinions/").skip(1).map(|rest| rest.split('"').next().unwrap());
    let address = format!("{opinions}/{}", numbers.find(|number| *number != "new").unwrap());
    let as_of = opened_over(&ground.get(&owner, &address).await.body).remove(0);
    let said = |diagnosis: &str| format!("clinician=Dr.+Ada&diagnosis={diagnosis}&as_of={as_of}");
    assert_eq!(ground.post(&owner, &address, &said("window+A")).await.status, 303);
    let refused = ground.post(&owner, &address, &said("window+B")).await.body;
    assert!(refused.contains(OLD) && refused.contains("window B"), "{refused}");
    assert!(ground.get(&owner, &address).await.body.contains("window A"));
}
