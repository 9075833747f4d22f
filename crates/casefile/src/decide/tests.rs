//! The sheet, the voices, the decision and the hand-over: what is kept, and what is refused with a reason.

use jiff::civil::{Date, date};

use super::{
    Certainty, Decide, DecideChange, Decision, Feature, HandOver, HandOverAnswer, HandOverKind, HandOverState, Keeps,
    Met, Moment, Must, Number, Points, Sheet, SheetOption, Tell, Telling, TimedStep, Told, Values, Voice, answer,
    decide, hand_over, open_numbers, record_sheet, remove_decision, remove_hand_over, standard, state_certainty, told,
    value,
};
use crate::compare::CitationKind;
use crate::knowledge::{CertaintyQuestion, Criterion, Deciding, Knowledge, SameThing};
use crate::shared::ids::{DecisionId, HandOverId};
use crate::shared::message::Refusal;
use crate::shared::time::Instant;

const TODAY: Date = date(2026, 10, 15);

fn at(seconds: i64) -> Instant {
    Instant { micros: seconds * 1_000_000, offset_minutes: 0 }
}

pub(super) fn number(option: &str, feature: &str, value: u32, denominator: Option<u32>, horizon: &str) -> Number {
    Number {
        option: option.to_owned(),
        feature: feature.to_owned(),
        value,
        denominator,
        horizon: horizon.to_owned(),
        source: "Dr. Ada Example".to_owned(),
        ..Number::default()
    }
}

pub(super) fn option(id: &str, label: &str) -> SheetOption {
    SheetOption { id: id.to_owned(), label: label.to_owned(), ..SheetOption::default() }
}

pub(super) fn feature(id: &str, label: &str, good: bool, unit: &str) -> Feature {
    Feature { id: id.to_owned(), label: label.to_owned(), good, unit: unit.to_owned() }
}

/// Chemotherapy or not: free of recurrence, numbness, weeks of treatment.
pub(super) fn sheet() -> Sheet {
    Sheet {
        question: "Chemotherapy after the operation?".to_owned(),
        options: vec![option("o1", "Chemotherapy"), option("o2", "Endocrine therapy alone")],
        features: vec![
            feature("f1", "Free of distant recurrence", true, ""),
            feature("f2", "Lasting numbness", false, ""),
            feature("f3", "Time of treatment", false, "weeks"),
        ],
        numbers: vec![
            number("o1", "f1", 92, Some(100), "5 years"),
            number("o2", "f1", 90, Some(100), "5 years"),
            number("o1", "f2", 12, Some(100), "5 years"),
            number("o2", "f2", 1, Some(100), "5 years"),
            number("o1", "f3", 20, None, ""),
            number("o2", "f3", 0, None, ""),
        ],
        ..Sheet::default()
    }
}

fn held(sheet: Sheet) -> Decide {
    let mut decide = Decide::default();
    decide.apply(record_sheet(sheet).unwrap(), at(1));
    decide
}

fn why<T: std::fmt::Debug>(result: Result<T, Refusal>) -> String {
    result.unwrap_err().0.key
}

fn values(points: &[(&str, Option<u32>)]) -> Values {
    let points =
        points.iter().map(|(id, points)| Points { feature: (*id).to_owned(), points: *points, of: String::new() });
    Values {
        voice: Voice::Patient,
        words: String::new(),
        goals: Vec::new(),
        points: points.collect(),
        musts: Vec::new(),
    }
}

#[test]
fn a_sheet_is_kept_as_it_was_stated_and_the_newest_holds() {
    let mut decide = held(sheet());
    decide.apply(record_sheet(Sheet { question: "  And   now? ".to_owned(), ..sheet() }).unwrap(), at(2));
    let (kept, since) = decide.sheet.as_ref().unwrap();
    assert_eq!((kept.question.as_str(), *since), ("And now?", at(2)));
    assert_eq!(kept.numbers, sheet().numbers);
}

#[test]
fn a_number_without_its_source_its_people_or_its_time_is_refused() {
    let with = |change: fn(&mut Number)| {
        let mut sheet = sheet();
        change(&mut sheet.numbers[0]);
        why(record_sheet(sheet))
    };
    assert_eq!(with(|n| n.source = " ".to_owned()), "refusal-sheet-source");
    assert_eq!(with(|n| n.denominator = None), "refusal-sheet-denominator");
    assert_eq!(with(|n| n.denominator = Some(0)), "refusal-sheet-denominator");
    assert_eq!(with(|n| n.horizon = String::new()), "refusal-sheet-horizon");
    assert_eq!(with(|n| n.value = 101), "refusal-sheet-number");
    assert_eq!(with(|n| n.low = Some(93)), "refusal-sheet-number");
    assert_eq!(with(|n| n.high = Some(91)), "refusal-sheet-number");
    assert_eq!(with(|n| n.feature = "f9".to_owned()), "refusal-sheet-no-feature");
    assert_eq!(with(|n| n.option = "o9".to_owned()), "refusal-sheet-no-option");
    assert_eq!(with(|n| n.words = "12\u{202e}%".to_owned()), "refusal-line-hidden");
    let mut amount = sheet();
    amount.numbers[4].denominator = Some(100);
    assert_eq!(why(record_sheet(amount)), "refusal-sheet-amount");
}

#[test]
fn a_line_that_can_not_be_kept_is_named_by_its_place_and_its_beginning() {
    let with = |change: fn(&mut Sheet)| {
        let mut sheet = sheet();
        sheet.steps = vec![TimedStep { option: "o1".to_owned(), what: "scan".to_owned(), starts: None, weeks: None }];
        change(&mut sheet);
        let refusal = record_sheet(sheet).unwrap_err().0;
        (refusal.key, refusal.args.into_iter().find(|(name, _)| name == "line").map(|(_, line)| line).unwrap())
    };
    let of = |key: &str, line: &str| (key.to_owned(), line.to_owned());
    assert_eq!(
        with(|s| s.options[1].label = "Chemo\u{200b}therapy".to_owned()),
        of("refusal-line-hidden", "option 2 (“Chemotherapy”)"),
        "two options that look alike"
    );
    let long = with(|s| s.features[0].label = "x".repeat(501));
    assert_eq!(long, of("refusal-line-too-long", &format!("what can happen 1 (“{}…”)", "x".repeat(40))));
    assert_eq!(with(|s| s.options[0].label = " ".to_owned()), of("refusal-line-empty", "option 1"));
    let number = with(|s| s.numbers[2].source = "y".repeat(501));
    assert_eq!(number, of("refusal-line-too-long", "number 3 (“Lasting numbness”)"));
    let day = with(|s| s.steps[0].starts = Some(date(1026, 3, 1)));
    assert_eq!(day, of("refusal-line-day", "step 1 (“scan”)"));
}

#[test]
fn an_end_that_nobody_named_is_open_as_far_as_it_can_go_and_none_is_made_up() {
    let with = |low, high| {
        let mut sheet = sheet();
        (sheet.numbers[0].low, sheet.numbers[0].high) = (low, high);
        let span = sheet.span(&sheet.features[0]).unwrap();
        let open = [span.worst, span.best].map(|end| sheet.is_open_end(&sheet.features[0], end));
        (sheet.numbers[0].range(), sheet.numbers[0].states_uncertainty(), (span.worst, span.best), open)
    };
    assert_eq!(with(None, None), ((92, 92), false, (90, 92), [false, false]));
    assert_eq!(with(Some(91), Some(94)), ((91, 94), true, (90, 94), [false, false]));
    assert_eq!(with(Some(90), None), ((90, 100), false, (90, 100), [false, true]));
    assert_eq!(with(None, Some(94)), ((0, 94), false, (0, 94), [true, false]));
    let mut open = sheet();
    open.numbers[0].low = Some(90);
    let must = Must { feature: "f1".to_owned(), limit: 95, of: String::new() };
    assert_eq!(open.keeps("o1", &must), Keeps::NotKnown, "it may be more than 95");
    open.numbers[4].high = Some(24);
    assert_eq!(why(record_sheet(open.clone())), "refusal-sheet-open", "an amount ends nowhere");
    assert_eq!(open.numbers[4].range(), (20, 24), "one of an old sheet");
    (open.numbers[4].low, open.numbers[4].high) = (Some(18), Some(24));
    assert!(record_sheet(open).is_ok());
}

#[test]
fn a_sheet_without_an_option_or_with_one_twice_is_refused() {
    assert_eq!(why(record_sheet(Sheet::default())), "refusal-sheet-empty");
    let mut twice = sheet();
    twice.options[1].label = " chemotherapy".to_owned();
    assert_eq!(why(record_sheet(twice)), "refusal-sheet-twice");
    let mut twice = sheet();
    twice.features[1].id = "f1".to_owned();
    assert_eq!(why(record_sheet(twice)), "refusal-sheet-twice");
    let step = TimedStep { option: "o3".to_owned(), what: "scan".to_owned(), starts: None, weeks: None };
    assert_eq!(why(record_sheet(Sheet { steps: vec![step.clone()], ..sheet() })), "refusal-sheet-no-option");
    let long = TimedStep { option: "o1".to_owned(), weeks: Some(1_041), ..step };
    assert_eq!(why(record_sheet(Sheet { steps: vec![long], ..sheet() })), "refusal-sheet-weeks");
    let many = (0..61).map(|n| option(&format!("o{n}"), &format!("Option {n}"))).collect();
    assert_eq!(why(record_sheet(Sheet { options: many, ..Sheet::default() })), "refusal-sheet-too-much");
}

#[test]
fn numbers_of_other_people_or_other_times_are_not_laid_side_by_side() {
    let of = |change: fn(&mut Sheet)| {
        let mut sheet = sheet();
        change(&mut sheet);
        let feature = sheet.features[0].clone();
        (sheet.span(&feature).map_err(|why| why.key), sheet.drawable(&feature).map_err(|why| why.key))
    };
    assert_eq!(of(|_| ()).1, Ok(100));
    let refused = |why: &str| (Err(why.to_owned()), Err(why.to_owned()));
    assert_eq!(of(|s| s.numbers[1].denominator = Some(1_000)), refused("sheet-other-denominator"));
    assert_eq!(of(|s| s.numbers[1].horizon = "10 years".to_owned()), refused("sheet-other-horizon"));
    assert_eq!(of(|s| s.numbers.drain(..2).for_each(drop)), refused("sheet-no-number"));
    // One option alone can be drawn; the other is "not stated".
    assert_eq!(of(|s| drop(s.numbers.remove(1))), (Err("sheet-one-number".to_owned()), Ok(100)));
    let many = of(|s| s.numbers.iter_mut().take(2).for_each(|n| n.denominator = Some(100_000)));
    assert_eq!(many.1, Err("sheet-too-many-icons".to_owned()));
    let weeks = sheet();
    assert_eq!(weeks.drawable(&weeks.features[2]).unwrap_err().key, "sheet-no-icons-for-amounts");
}

#[test]
fn one_number_of_another_time_stands_aside_and_does_not_drop_its_line_from_the_picture() {
    let mut sheet = sheet();
    sheet.numbers.push(number("o1", "f1", 85, Some(100), "10 years"));
    let feature = sheet.features[0].clone();
    let span = sheet.span(&feature).unwrap();
    assert_eq!((span.worst, span.best, span.horizon.as_str()), (90, 92, "5 years"));
    assert_eq!(sheet.range_of("o1", &feature), Some((92, 92)), "85 of 100 is of ten years");
    let keys: Vec<String> = sheet.cautions(&feature).into_iter().map(|caution| caution.key).collect();
    assert_eq!(keys, ["sheet-numbers-aside"]);
    assert!(!sheet.is_compared(&feature, sheet.numbers.last().unwrap()));
    assert_eq!(sheet.only_number("o1", &feature).map(|number| number.value), Some(92));
    // Two times with as many options each are two lines of the sheet: nobody chooses one of them here.
    sheet.numbers.push(number("o2", "f1", 80, Some(100), "10 years"));
    assert_eq!(sheet.span(&feature).unwrap_err().key, "sheet-other-horizon");
    // A third option makes one of them the plainer.
    sheet.options.push(option("o3", "To wait"));
    sheet.numbers.push(number("o3", "f1", 70, Some(100), "10 years"));
    assert_eq!(sheet.span(&feature).unwrap().horizon, "10 years");
}

#[test]
fn after_the_numbers_were_shown_nobody_says_how_sure_they_were_before() {
    let said = |moment| Certainty {
        voice: Voice::Patient,
        moment,
        answers: [("sure".to_owned(), true)].into_iter().collect(),
        asked: std::collections::BTreeMap::new(),
    };
    let mut decide = held(sheet());
    let before = state_certainty(&decide, &questions(), said(Moment::Before)).unwrap();
    decide.apply(open_numbers(&decide).unwrap(), at(2));
    assert_eq!(why(state_certainty(&decide, &questions(), said(Moment::Before))), "refusal-certainty-late");
    assert!(state_certainty(&decide, &questions(), said(Moment::After)).is_ok());
    // The very same words once more are no new answer, and nothing to refuse.
    decide.apply(before, at(3));
    assert!(state_certainty(&decide, &questions(), said(Moment::Before)).is_ok());
}

#[test]
fn a_limit_is_kept_broken_or_not_known_and_never_guessed() {
    let mut sheet = sheet();
    let must = |limit| Must { feature: "f2".to_owned(), limit, of: String::new() };
    assert_eq!(sheet.keeps("o1", &must(10)), Keeps::No);
    assert_eq!(sheet.keeps("o2", &must(10)), Keeps::Yes);
    sheet.numbers[2].low = Some(8);
    assert_eq!(sheet.keeps("o1", &must(10)), Keeps::NotKnown, "8 to 12");
    let good = Must { feature: "f1".to_owned(), limit: 91, of: String::new() };
    assert_eq!((sheet.keeps("o1", &good), sheet.keeps("o2", &good)), (Keeps::Yes, Keeps::No));
    sheet.numbers.remove(0);
    assert_eq!(sheet.keeps("o1", &good), Keeps::NotKnown, "nobody stated it");
    assert_eq!(sheet.keeps("o1", &Must { feature: "f9".to_owned(), limit: 1, of: String::new() }), Keeps::NotKnown);
}

#[test]
fn numbers_are_shown_once_somebody_said_what_matters_or_asked_for_them() {
    let mut decide = held(sheet());
    assert!(!decide.shows_numbers());
    let mut asked = decide.clone();
    asked.apply(open_numbers(&asked).unwrap(), at(2));
    assert!(asked.shows_numbers() && asked.opened == Some(at(2)));
    assert_eq!(why(open_numbers(&asked)), "refusal-numbers-shown");
    let partner = Values { voice: Voice::Partner, ..values(&[("f1", Some(10))]) };
    decide.apply(value(&decide, partner).unwrap(), at(2));
    assert!(!decide.shows_numbers(), "the partner's word is not the patient's");
    decide.apply(value(&decide, Values { words: "The piano".to_owned(), ..values(&[]) }).unwrap(), at(3));
    assert!(!decide.shows_numbers(), "how much the differences matter was not said");
    decide.apply(value(&decide, values(&[("f1", Some(10)), ("f2", None)])).unwrap(), at(3));
    assert!(!decide.shows_numbers(), "one line was not asked yet");
    decide.apply(value(&decide, values(&[("f1", Some(10)), ("f2", None), ("f3", None)])).unwrap(), at(3));
    assert!(decide.shows_numbers());
    assert_eq!(why(open_numbers(&Decide::default())), "refusal-no-sheet");
}

#[test]
fn values_that_say_nothing_or_are_of_no_feature_or_another_range_are_refused() {
    let decide = held(sheet());
    assert_eq!(why(value(&decide, values(&[]))), "refusal-values-empty");
    assert_eq!(why(value(&decide, values(&[("f9", Some(1))]))), "refusal-values-feature");
    assert_eq!(why(value(&decide, values(&[("f1", Some(101))]))), "refusal-values-points");
    assert_eq!(why(value(&decide, values(&[("f1", Some(1)), ("f1", None)]))), "refusal-values-twice");
    let mut other = values(&[("f1", Some(1))]);
    other.points[0].of = "1>2/100/5 years/".to_owned();
    assert_eq!(why(value(&decide, other)), "refusal-values-range");
    let mut one = sheet();
    one.numbers.truncate(1);
    assert_eq!(
        why(value(&held(one), values(&[("f1", Some(1))]))),
        "refusal-values-no-range",
        "nothing to hold it against"
    );
    let must = Must { feature: "f9".to_owned(), limit: 1, of: String::new() };
    assert_eq!(why(value(&decide, Values { musts: vec![must], ..values(&[]) })), "refusal-values-feature");
}

fn questions() -> Knowledge {
    let mut knowledge = Knowledge::default();
    let question = |id: &str| CertaintyQuestion { id: id.to_owned(), question: String::new(), help: String::new() };
    knowledge.deciding.certainty = ["sure", "informed"].map(question).to_vec();
    knowledge
}

#[test]
fn certainty_is_kept_before_and_after_and_only_for_questions_that_were_asked() {
    let mut decide = Decide::default();
    let said = |moment, answers: &[(&str, bool)]| Certainty {
        voice: Voice::Patient,
        moment,
        answers: answers.iter().map(|(id, yes)| ((*id).to_owned(), *yes)).collect(),
        asked: [].into(),
    };
    let knowledge = questions();
    decide.apply(
        state_certainty(&Decide::default(), &knowledge, said(Moment::Before, &[("sure", false)])).unwrap(),
        at(1),
    );
    decide.apply(
        state_certainty(&Decide::default(), &knowledge, said(Moment::After, &[("sure", true), ("informed", true)]))
            .unwrap(),
        at(2),
    );
    assert_eq!(decide.certainty_of(Voice::Patient, Moment::Before).unwrap().0.yes(), 0);
    assert_eq!(decide.certainty_of(Voice::Patient, Moment::After).unwrap().0.yes(), 2);
    assert_eq!(decide.certainty_of(Voice::Partner, Moment::After), None);
    assert_eq!(
        why(state_certainty(&Decide::default(), &knowledge, said(Moment::After, &[("happy", true)]))),
        "refusal-certainty-unknown"
    );
    assert_eq!(why(state_certainty(&Decide::default(), &knowledge, said(Moment::After, &[]))), "refusal-values-empty");
    let twice = said(Moment::After, &[("sure", true), ("sure", false)]);
    assert_eq!(why(state_certainty(&Decide::default(), &knowledge, twice)), "refusal-values-twice");
}

fn decision() -> Decision {
    let telling = |to: &str, what| Telling { to: to.to_owned(), opinion: None, what, goes_on: false, leaves: false };
    Decision {
        on: date(2026, 10, 12),
        choice: "Endocrine therapy alone".to_owned(),
        option: Some("o2".to_owned()),
        label: "Endocrine therapy alone".to_owned(),
        reasons: "I play the piano".to_owned(),
        present: "Ines".to_owned(),
        revisit: Some(date(2027, 1, 12)),
        questions: String::new(),
        tell: vec![telling("Dr. Ada Example", Tell::Reasons), telling("Example Mutual", Tell::Nothing)],
    }
}

#[test]
fn decisions_are_added_and_the_newest_holds_and_one_that_was_told_is_not_taken_back() {
    let mut kept = held(sheet());
    let (first, second) = (DecisionId::from("d1"), DecisionId::from("d2"));
    kept.apply(decide(&kept, first.clone(), decision(), TODAY).unwrap(), at(2));
    let later = Decision { choice: "To wait for the scan".to_owned(), option: None, ..decision() };
    kept.apply(decide(&kept, second.clone(), later, TODAY).unwrap(), at(3));
    assert_eq!(kept.decision().unwrap().id, second);
    assert_eq!(kept.standing().count(), 2, "what was decided before stays");
    kept.apply(remove_decision(&kept, &second).unwrap(), at(4));
    assert_eq!(kept.decision().unwrap().id, first);
    let letter = |to: &str, on| Told {
        decision: first.clone(),
        to: to.to_owned(),
        on,
        way: "fax".to_owned(),
        letter: "Dear Dr. Example".to_owned(),
    };
    kept.apply(told(&kept, letter("Dr. Ada Example", TODAY), TODAY).unwrap(), at(5));
    assert_eq!(why(remove_decision(&kept, &first)), "refusal-decision-told");
    assert_eq!(why(told(&kept, letter("Dr. Ada Example", TODAY), TODAY)), "refusal-told-twice");
    assert_eq!(why(told(&kept, letter("Example Mutual", TODAY), TODAY)), "refusal-decision-untold", "told nothing");
    assert_eq!(why(told(&kept, letter("Nobody", TODAY), TODAY)), "refusal-decision-untold");
    assert_eq!(why(told(&kept, letter("Dr. Ada Example", date(2026, 10, 16)), TODAY)), "refusal-told-day");
    assert_eq!(why(told(&kept, letter("Dr. Ada Example", date(2026, 10, 11)), TODAY)), "refusal-told-day");
    assert_eq!(why(remove_decision(&kept, &second)), "refusal-decision-unknown");
}

#[test]
fn a_decision_of_nothing_of_tomorrow_or_twice_is_refused() {
    let mut kept = held(sheet());
    let id = || DecisionId::from("d1");
    let with = |change: fn(&mut Decision)| {
        let mut decision = decision();
        change(&mut decision);
        why(decide(&kept, id(), decision, TODAY))
    };
    assert_eq!(with(|d| d.choice = " ".to_owned()), "refusal-empty-field");
    assert_eq!(with(|d| d.on = date(2026, 10, 16)), "refusal-decision-to-come");
    assert_eq!(with(|d| d.revisit = Some(date(2026, 10, 11))), "refusal-decision-revisit");
    assert_eq!(with(|d| d.option = Some("o9".to_owned())), "refusal-decision-option");
    assert_eq!(with(|d| d.tell[1].to = "dr. ada example ".to_owned()), "refusal-decision-told-twice");
    kept.apply(decide(&kept, id(), decision(), TODAY).unwrap(), at(2));
    assert_eq!(why(decide(&kept, DecisionId::from("d2"), decision(), TODAY)), "refusal-decision-twice");
}

#[test]
fn what_is_handed_over_needs_somebody_until_they_say_yes() {
    let mut kept = Decide::default();
    let item = |what: &str| HandOver {
        kind: HandOverKind::Task,
        what: what.to_owned(),
        owner: "Dr. Ada Example".to_owned(),
        due: Some(date(2026, 10, 20)),
        of: None,
    };
    let id = HandOverId::from("h1");
    kept.apply(hand_over(&kept, id.clone(), item("Start endocrine therapy")).unwrap(), at(1));
    assert!(kept.items().all(super::HeldHandOver::lacks_a_yes));
    let changed = HandOver { owner: "Dr. Sam Example".to_owned(), ..item("Start chemotherapy") };
    let said = |state| HandOverAnswer { state, by: "Nurse Example".to_owned(), on: TODAY, way: String::new() };
    kept.apply(answer(&kept, &id, said(HandOverState::Confirmed), TODAY).unwrap(), at(2));
    assert!(!kept.items().any(super::HeldHandOver::lacks_a_yes));
    let mut other = kept.clone();
    other.apply(hand_over(&other, id.clone(), changed).unwrap(), at(3));
    assert!(other.items().all(super::HeldHandOver::lacks_a_yes), "the yes was to other words");
    kept.apply(answer(&kept, &id, said(HandOverState::Declined), TODAY).unwrap(), at(3));
    assert!(kept.items().all(super::HeldHandOver::lacks_a_yes), "no is not yes");
    assert_eq!(why(answer(&kept, &id, said(HandOverState::Declined), TODAY)), "refusal-told-twice");
    let nobody = HandOverAnswer { by: String::new(), ..said(HandOverState::Done) };
    assert_eq!(why(answer(&kept, &id, nobody, TODAY)), "refusal-empty-field");
    let tomorrow = HandOverAnswer { on: date(2026, 10, 16), ..said(HandOverState::Done) };
    assert_eq!(why(answer(&kept, &id, tomorrow, TODAY)), "refusal-handover-day");
    assert_eq!(
        why(hand_over(&kept, HandOverId::from("h2"), item("Start endocrine therapy"))),
        "refusal-handover-twice"
    );
    assert_eq!(why(hand_over(&kept, HandOverId::from("h2"), item(" "))), "refusal-empty-field");
    kept.apply(remove_hand_over(&kept, &id).unwrap(), at(4));
    assert_eq!(kept.items().count(), 0);
    assert_eq!(why(remove_hand_over(&kept, &id)), "refusal-handover-unknown");
}

#[test]
fn each_failing_criterion_is_named_and_what_is_not_of_this_kind_is_not_counted() {
    let mut knowledge = Knowledge::default();
    let criterion = |check: &str| Criterion {
        id: check.to_owned(),
        level: "qualifying".to_owned(),
        label: String::new(),
        help: String::new(),
        check: check.to_owned(),
    };
    knowledge.deciding.criteria = super::CHECKS.map(criterion).to_vec();
    let met = |decide: &Decide, met: Met| -> Vec<String> {
        standard(decide, &knowledge).into_iter().filter(|(_, is)| *is == met).map(|(c, _)| c.id.clone()).collect()
    };
    assert_eq!(met(&Decide::default(), Met::Yes), Vec::<String>::new());
    let kept = held(sheet());
    assert_eq!(
        met(&kept, Met::Yes),
        ["question", "options", "benefits", "harms", "equal-detail", "dated", "comparable", "both-frames"]
    );
    assert_eq!(met(&kept, Met::NotApplicable), ["not-applicable"]);
    let mut all = sheet();
    "breast cancer".clone_into(&mut all.condition);
    "not stated by anybody".clone_into(&mut all.funding);
    for option in &mut all.options {
        "Dr. Example, 12 October 2026".clone_into(&mut option.source);
        "Tired for a while".clone_into(&mut option.living);
    }
    for number in &mut all.numbers {
        (number.low, number.high) = (Some(number.value), Some(number.value));
    }
    let mut kept = held(all);
    kept.apply(value(&kept, values(&[("f1", Some(10))])).unwrap(), at(2));
    kept.apply(decide(&kept, DecisionId::from("d1"), decision(), TODAY).unwrap(), at(3));
    assert_eq!(met(&kept, Met::No), Vec::<String>::new());
}

#[test]
fn points_and_limits_are_of_what_they_were_given_for_and_of_nothing_else() {
    let mut kept = held(sheet());
    let must = Must { feature: "f2".to_owned(), limit: 10, of: String::new() };
    kept.apply(value(&kept, Values { musts: vec![must], ..values(&[("f1", Some(50))]) }).unwrap(), at(2));
    let stale = |kept: &Decide| -> Vec<String> {
        kept.sheet().unwrap().stale(kept.values_of(Voice::Patient).unwrap()).iter().map(|f| f.id.clone()).collect()
    };
    let with = |change: fn(&mut Sheet)| {
        let (mut kept, mut sheet) = (kept.clone(), sheet());
        change(&mut sheet);
        kept.apply(record_sheet(sheet).unwrap(), at(3));
        kept
    };
    assert_eq!(stale(&with(|_| ())), Vec::<String>::new());
    assert_eq!(
        stale(&with(|s| s.features[0].label = "Heart failure".to_owned())),
        ["f1"],
        "another thing under the same id"
    );
    assert_eq!(stale(&with(|s| s.features[0].good = false)), ["f1"], "hoped for is feared now");
    let thousand =
        with(|s| s.numbers.iter_mut().filter(|n| n.feature == "f2").for_each(|n| n.denominator = Some(1_000)));
    assert_eq!(stale(&thousand), ["f2"], "10 of 100 is not 10 of 1,000");
    let musts = &thousand.values_of(Voice::Patient).unwrap().musts;
    assert_eq!(thousand.sheet().unwrap().keeps("o1", &musts[0]), Keeps::NotKnown);
}

#[test]
fn a_change_of_the_sheet_makes_the_points_of_another_range_stale_and_no_others() {
    let mut kept = held(sheet());
    kept.apply(value(&kept, values(&[("f1", Some(50)), ("f2", Some(30)), ("f3", None)])).unwrap(), at(2));
    let of = |kept: &Decide| -> Vec<String> {
        let values = kept.values_of(Voice::Patient).unwrap();
        kept.sheet().unwrap().stale(values).iter().map(|f| f.id.clone()).collect()
    };
    assert_eq!(of(&kept), Vec::<String>::new());
    let mut wider = sheet();
    wider.numbers[2].value = 20;
    kept.apply(record_sheet(wider).unwrap(), at(3));
    assert_eq!(of(&kept), ["f2"]);
    assert!(matches!(kept.hand_over.as_slice(), []));
    assert!(!kept.shows_numbers() && open_numbers(&kept).is_ok(), "asked again first");
    _ = DecideChange::NumbersOpened {};
}

#[test]
fn numbers_of_other_people_or_less_well_founded_ones_are_told_and_not_refused() {
    let with = |change: fn(&mut Sheet)| {
        let mut sheet = sheet();
        change(&mut sheet);
        let said = |f: &Feature| sheet.cautions(f).into_iter().map(|message| message.key).collect::<Vec<_>>();
        (said(&sheet.features[0]), sheet.span(&sheet.features[0]).is_ok())
    };
    assert_eq!(with(|_| {}), (Vec::new(), true), "nobody said of whom they are");
    let same = with(|sheet| sheet.numbers[..2].iter_mut().for_each(|n| n.people = "Women over 50".to_owned()));
    assert_eq!(same, (Vec::new(), true));
    let people = with(|sheet| {
        sheet.numbers[0].people = "women over 50".to_owned();
        sheet.numbers[1].people = "all women".to_owned();
    });
    assert_eq!(people, (vec!["sheet-other-people".to_owned()], true));
    let kinds = with(|sheet| {
        sheet.numbers[0].kind = Some(CitationKind::Study);
        sheet.numbers[1].kind = Some(CitationKind::Experience);
    });
    assert_eq!(kinds, (vec!["sheet-other-sources".to_owned()], true));
    let published = with(|sheet| {
        sheet.numbers[0].kind = Some(CitationKind::Study);
        sheet.numbers[1].kind = Some(CitationKind::Guideline);
    });
    assert_eq!(published, (Vec::new(), true));
}

#[test]
fn two_lines_that_may_count_one_thing_are_named_and_words_within_words_are_none() {
    let same = SameThing { id: "course".to_owned(), words: vec!["alive".to_owned(), "free of recurrence".to_owned()] };
    let deciding = Deciding { same: vec![same], ..Deciding::default() };
    let knowledge = Knowledge { deciding, ..Knowledge::default() };
    let named = |labels: [&str; 2]| {
        let mut sheet = sheet();
        for (feature, label) in sheet.features.iter_mut().zip(labels) {
            feature.label = label.to_owned();
        }
        let found = sheet.counted_twice(&knowledge);
        found.into_iter().map(|features| features.len()).collect::<Vec<_>>()
    };
    assert_eq!(named(["Alive, after five years", "Free of recurrence"]), [2]);
    assert_eq!(named(["Alive", "Lasting numbness"]), Vec::<usize>::new());
    assert_eq!(named(["Keeps skin alively", "Free of recurrences elsewhere"]), Vec::<usize>::new());
}

#[test]
fn a_yes_to_an_earlier_decision_is_asked_about_again_and_what_should_be_done_by_now_as_well() {
    let mut decide = Decide::default();
    let first = Decision { option: None, ..decision() };
    let item = |what: &str, due| HandOver {
        kind: HandOverKind::Appointment,
        what: what.to_owned(),
        owner: "Dr. Ada Example".to_owned(),
        due,
        of: None,
    };
    let yes = |state| HandOverAnswer { state, by: "Nurse Example".to_owned(), on: TODAY, way: String::new() };
    decide.apply(super::decide(&decide, DecisionId::from("d1"), first, TODAY).unwrap(), at(1));
    for (id, what) in [("h1", "Begin chemotherapy"), ("h2", "Scan")] {
        decide.apply(hand_over(&decide, HandOverId::from(id), item(what, None)).unwrap(), at(2));
    }
    decide.apply(answer(&decide, &HandOverId::from("h1"), yes(HandOverState::Confirmed), TODAY).unwrap(), at(3));
    decide.apply(answer(&decide, &HandOverId::from("h2"), yes(HandOverState::Done), TODAY).unwrap(), at(3));
    let needs = |decide: &Decide| decide.items().map(|held| decide.needs_somebody(held)).collect::<Vec<_>>();
    assert_eq!(needs(&decide), [false, false]);
    let other = Decision { choice: "No chemotherapy".to_owned(), option: None, ..decision() };
    decide.apply(super::decide(&decide, DecisionId::from("d2"), other, TODAY).unwrap(), at(4));
    assert_eq!(needs(&decide), [true, false], "what is done is done");
    decide.apply(answer(&decide, &HandOverId::from("h1"), yes(HandOverState::Confirmed), TODAY).unwrap(), at(5));
    assert_eq!(needs(&decide), [false, false], "said again, it holds");
}
