//! Dates that records propose, questions that records drafted, and words that say what they take the place of.

use super::*;
use crate::about::AboutChange;
use crate::prepare::{TimingFrom, TimingMeaning, TimingStatement, accept_date, ask};

fn by(days: Option<u16>, from: Option<TimingFrom>) -> TimingStatement {
    TimingStatement {
        means: TimingMeaning::Deadline,
        waits: false,
        date: None,
        day_of_year: None,
        month_first: false,
        days,
        from,
        what: "chemotherapy".to_owned(),
        start: 30,
        end: 60,
        quote: "Chemotherapy should start\nwithin 12 weeks of surgery.".to_owned(),
    }
}

fn told(document: &str, timing: Vec<TimingStatement>) -> Change {
    ReadingChange::Read { reading: Box::new(DocumentReading { timing, ..reading(document, Vec::new()) }) }.into()
}

fn operated(on: &str) -> Change {
    let operation = Treatment { date: on.parse().ok(), ..operation("lumpectomy", 0) };
    let read = DocumentReading { treatments: vec![operation], ..reading("resection", vec![topography()]) };
    ReadingChange::Read { reading: Box::new(read) }.into()
}

/// What the consultation of 8 February 2026 proposes beside an operation.
fn proposed(statement: TimingStatement, audience: Audience) -> Vec<(Option<String>, Option<String>)> {
    let case = fold([rosa(), vec![operated("2026-01-31"), told("consult", vec![statement])]].concat());
    let knowledge = kinds();
    let dates = case.seen_by(audience).proposed_dates(&knowledge);
    let words = |date: Option<crate::PartialDate>| date.map(|date| date.to_string());
    dates.iter().map(|p| (words(p.date), words(p.counted_from))).collect()
}

#[test]
fn a_span_is_counted_from_what_the_record_counts_it_from_and_else_is_no_date() {
    let date = |day: &str| Some(day.to_owned());
    let owner = |days, from| proposed(by(days, from), Audience::Owner);
    assert_eq!(owner(Some(84), Some(TimingFrom::Operation)), [(date("2026-04-25"), date("2026-01-31"))]);
    assert_eq!(owner(Some(42), Some(TimingFrom::Record)), [(date("2026-03-22"), date("2026-02-08"))]);
    assert_eq!(owner(Some(42), None), [(None, None)]);
    assert_eq!(owner(None, Some(TimingFrom::Operation)), [(None, None)]);
    let day = TimingStatement { day_of_year: Some((1, 21)), ..by(None, None) };
    assert_eq!(proposed(day, Audience::Owner), [(date("2027-01-21"), None)], "the next one after the record");
    for audience in [Audience::Helper, Audience::Specialist, Audience::BlindReader] {
        assert_eq!(proposed(by(Some(84), Some(TimingFrom::Operation)), audience), []);
    }
}

#[test]
fn a_person_accepts_a_date_with_its_source_and_what_no_record_says_is_refused() {
    let statement = by(Some(84), Some(TimingFrom::Operation));
    let mut changes = [rosa(), vec![operated("2026-01-31"), told("consult", vec![statement])]].concat();
    let (case, knowledge) = (fold(changes.clone()), kinds());
    let view = case.seen_by(Audience::Owner);
    let accept = |document: &str, start, wait| {
        accept_date(&view, &knowledge, &DocumentId::from(document), start, wait, "Oncology consultation")
    };
    for (document, start) in [("consult", 31), ("biopsy", 30), ("", usize::MAX)] {
        assert_eq!(accept(document, start, true).unwrap_err().0.key, "refusal-no-such-date", "{document} {start}");
    }
    let AboutChange::SafeWaitStated { wait: Some(wait) } = accept("consult", 30, true).unwrap() else { unreachable!() };
    assert_eq!(wait.words, "Chemotherapy should start within 12 weeks of surgery.");
    assert_eq!(
        (wait.doctor.as_str(), wait.until.unwrap().to_string()),
        ("Oncology consultation", "2026-04-25".to_owned())
    );
    assert_eq!(wait.source.as_ref().map(|source| source.start), Some(30));
    changes.push(AboutChange::SafeWaitStated { wait: Some(wait) }.into());
    changes.push(accept("consult", 30, false).unwrap().into());
    let case = fold(changes);
    let start = case.seen_by(Audience::Owner).treatment_start().unwrap();
    assert_eq!((start.what.as_str(), start.source.is_some()), ("chemotherapy", true));
    for audience in [Audience::Helper, Audience::BlindReader] {
        let view = case.seen_by(audience);
        let (start, wait) = (view.treatment_start().unwrap(), view.safe_wait().unwrap());
        assert!(start.source.is_none() && wait.source.is_none());
        assert!(start.what.is_empty() && wait.words == "withheld", "{audience:?}: the date, and no word of the record");
        assert_eq!(wait.until.unwrap().to_string(), "2026-04-25");
    }
    assert_eq!(case.seen_by(Audience::Helper).safe_wait().unwrap().doctor, "", "its author is the record's too");
}

#[test]
fn what_says_how_long_it_is_safe_to_wait_is_taken_for_no_start() {
    let statement = TimingStatement { waits: true, date: "2026-12-01".parse().ok(), ..by(None, None) };
    let case = fold([rosa(), vec![told("consult", vec![statement])]].concat());
    let view = case.seen_by(Audience::Owner);
    let accept = |wait| accept_date(&view, &kinds(), &DocumentId::from("consult"), 30, wait, "A doctor");
    assert_eq!(accept(false).unwrap_err().0.key, "refusal-no-such-date");
    assert!(accept(true).is_ok());
}

#[test]
fn a_date_before_the_record_itself_is_offered_to_nobody() {
    let day = |date: &str| TimingStatement { date: date.parse().ok(), ..by(None, None) };
    let dates = |date: &str| proposed(day(date), Audience::Owner).len();
    assert_eq!((dates("2026-02-07"), dates("2026-01"), dates("2019-05-04")), (0, 0, 0));
    assert_eq!((dates("2026-02-08"), dates("2026-02"), dates("2026-03-01")), (1, 1, 1));
    let of_an_operation_long_ago = by(Some(7), Some(TimingFrom::Operation));
    assert_eq!(proposed(of_an_operation_long_ago, Audience::Owner), [(None, None)], "a week after 31 January is over");
}

#[test]
fn a_question_drafted_from_a_record_that_was_taken_out_goes_to_no_doctor_until_it_is_back() {
    let (documents, studies) = (vec![DocumentId::from("consult")], Vec::new());
    let removed = GatherChange::Removed { documents: documents.clone(), studies: studies.clone() };
    let restored = GatherChange::Restored { documents, studies };
    let mut changes = rosa();
    let drafted = vec![DocumentId::from("resection"), DocumentId::from("consult")];
    changes.push(ask("q-1".into(), "Which is right?", drafted).unwrap().into());
    changes.push(ask("q-2".into(), "My own question", Vec::new()).unwrap().into());
    changes.push(ask("q-3".into(), "Of nothing", vec![DocumentId::from("never")]).unwrap().into());
    let open = |changes: &[Change]| {
        let case = fold(changes.to_vec());
        let view = case.seen_by(Audience::Owner);
        (view.open_questions().map(|q| q.text.clone()).collect::<Vec<_>>(), view.questions().len())
    };
    assert_eq!(open(&changes), (vec!["Which is right?".to_owned(), "My own question".to_owned()], 3));
    changes.push(removed.into());
    assert_eq!(open(&changes), (vec!["My own question".to_owned()], 3), "the person still sees it");
    let case = fold(changes.clone());
    let of_a_specialist: Vec<&str> =
        case.seen_by(Audience::Specialist).questions().iter().map(|question| question.text.as_str()).collect();
    assert_eq!(of_a_specialist, ["My own question"], "what it says of the record is gone with the record");
    changes.push(restored.into());
    assert_eq!(open(&changes).0.len(), 2);
}

#[test]
fn a_word_names_what_it_takes_the_place_of_and_takes_no_other() {
    let fact_at = |start| Fact { start, end: start + 2, quote: "G3".to_owned(), ..fact(Concept::GRADE, "G3") };
    let mut changes = rosa();
    changes.push(read("resection", vec![topography(), fact_at(10), fact_at(90)]));
    let key = FactKey::of(&DocumentId::from("resection"), &fact_at(10));
    let say = |changes: &[Change], start, judgement| {
        let case = fold(changes.to_vec());
        judge(&case.seen_by(Audience::Owner), &kinds(), &key, Some(start), judgement).unwrap()
    };
    for start in [10, 90] {
        changes.push(say(&changes, start, Judgement::Rejected).into());
    }
    let confirmed = say(&changes, 90, Judgement::Confirmed { value: None });
    let ReadingChange::FactJudged { replaces: Some(replaced), .. } = &confirmed else { unreachable!() };
    assert_eq!(replaced.as_slice(), [Some(AsRead::of(&fact_at(90)))]);
    changes.push(confirmed.into());
    // An entry that names a word nobody said takes nothing back.
    let of = Some(AsRead::of(&fact_at(90)));
    let stray = ReadingChange::JudgementTakenBack { key: key.clone(), of, replaces: Some(vec![None]) };
    changes.push(stray.into());
    let case = fold(changes);
    let standing = |start| {
        let facts = case.seen_by(Audience::Owner).facts(&kinds());
        facts.into_iter().find(|f| f.fact.start == start && f.key == key).map(|f| f.standing).unwrap()
    };
    assert!(matches!(standing(10), Standing::Rejected { .. }) && standing(90).is_confirmed());
}

#[test]
fn nothing_another_doctor_sees_tells_that_there_is_a_sealed_plan() {
    use crate::compare::CompareChange;
    let statement = TimingStatement { waits: true, ..by(Some(84), Some(TimingFrom::Operation)) };
    let start = TimingStatement { start: 70, end: 90, date: "2026-04-01".parse().ok(), ..by(None, None) };
    let mut changes = [rosa(), vec![operated("2026-01-31"), told("consult", vec![statement, start])]].concat();
    let (case, knowledge) = (fold(changes.clone()), kinds());
    let view = case.seen_by(Audience::Owner);
    let accept = |start, wait| accept_date(&view, &knowledge, &DocumentId::from("consult"), start, wait, "Dr. A");
    changes.extend([accept(30, true).unwrap().into(), accept(70, false).unwrap().into()]);
    changes.push(ask("q-1".into(), "Why chemotherapy?", vec![DocumentId::from("consult")]).unwrap().into());
    let opinion = |name: &str, document: Option<&str>| {
        let json = serde_json::json!({ "clinician": { "name": name }, "diagnosis": "cancer", "document": document });
        Box::new(serde_json::from_value(json).unwrap())
    };
    changes
        .push(CompareChange::OpinionRecorded { id: "o-1".into(), opinion: opinion("Dr. A", Some("consult")) }.into());
    let seen = |changes: &[Change], audience| {
        let case = fold(changes.to_vec());
        let view = case.seen_by(audience);
        let told = (view.treatment_start().is_some(), view.safe_wait().is_some(), view.questions().len());
        (told, view.left_out_of_blind(&kinds()))
    };
    let before = seen(&changes, Audience::BlindReader);
    assert_eq!(seen(&changes, Audience::Specialist).0, (true, true, 1));
    changes.push(CompareChange::OpinionSealed { id: "o-1".into() }.into());
    assert_eq!(seen(&changes, Audience::Specialist).0, (false, false, 0));
    let blind = seen(&changes, Audience::BlindReader);
    assert_eq!(blind.0, (false, false, 0));
    assert_eq!(blind.1.of_a_plan + 1, before.1.of_a_plan, "it is not even counted");
    assert_eq!(seen(&changes, Audience::Owner).0, (true, true, 1));
    assert!(seen(&changes, Audience::Helper).0.0, "who helps needs the day, and is no doctor");
    changes.push(CompareChange::OpinionOpened { id: "o-1".into() }.into());
    assert_eq!(seen(&changes, Audience::Specialist).0, (true, true, 1));
    // What a person typed has no record, and its doctor is the one whose opinion is sealed.
    let typed = crate::about::SafeWait {
        doctor: "dr. b ".to_owned(),
        words: "Six weeks.".to_owned(),
        until: None,
        said_on: None,
        source: None,
    };
    changes.push(AboutChange::SafeWaitStated { wait: Some(typed) }.into());
    changes.push(CompareChange::OpinionRecorded { id: "o-2".into(), opinion: opinion("Dr. B", None) }.into());
    assert!(seen(&changes, Audience::Specialist).0.1);
    changes.push(CompareChange::OpinionSealed { id: "o-2".into() }.into());
    assert_eq!(seen(&changes, Audience::Specialist).0, (true, false, 1));
}
