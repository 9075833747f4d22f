//! Treatment so far, and what a person says that a record does not say.

use super::*;

fn mastectomy(start: usize) -> Treatment {
    operation("mastectomy", start)
}

fn treated(document: &str, treatments: Vec<Treatment>) -> Change {
    ReadingChange::Read { reading: Box::new(DocumentReading { treatments, ..reading(document, Vec::new()) }) }.into()
}

fn statement(document: &str, treatment: &Treatment) -> TreatmentStatement {
    TreatmentStatement::of(&DocumentId::from(document), treatment)
}

/// Documents and places of what stands as treatment, and of what was rejected.
fn standing_and_rejected(changes: &[Change]) -> (Vec<String>, Vec<String>) {
    let (case, knowledge) = (fold(changes.to_vec()), kinds());
    let view = case.seen_by(Audience::Owner);
    let at = |held: &HeldDocument, t: &Treatment| format!("{} {}", held.document.id, t.start);
    let standing = treatments(&view, &knowledge).into_iter().flat_map(|row| row.sources);
    let standing = standing.map(|(held, t)| at(held, t)).collect();
    (standing, view.rejected_treatments(&knowledge).iter().map(|r| at(r.held, r.treatment)).collect())
}

#[test]
fn a_treatment_that_a_record_does_not_say_is_on_no_list_until_the_word_is_taken_back() {
    let (case, knowledge) = (fold([rosa(), vec![treated("consult", vec![mastectomy(3)])]].concat()), kinds());
    let view = case.seen_by(Audience::Owner);
    let mut changes = [rosa(), vec![treated("consult", vec![mastectomy(3)])]].concat();
    changes.push(treated(
        "resection",
        vec![mastectomy(40), Treatment { status: TreatmentStatus::Planned, ..mastectomy(60) }],
    ));
    let rejected = reject_treatment(&view, &knowledge, &statement("consult", &mastectomy(3))).unwrap();
    changes.push(rejected.clone().into());
    let both = vec!["resection 40".to_owned(), "resection 60".to_owned()];
    assert_eq!(
        standing_and_rejected(&changes),
        (both.clone(), vec!["consult 3".to_owned()]),
        "other records still say so"
    );
    changes.push(treated("consult", vec![mastectomy(17)]));
    assert_eq!(standing_and_rejected(&changes).1, ["consult 17"], "a newer reading that moved the words");
    changes.push(treated("consult", vec![Treatment { status: TreatmentStatus::Planned, ..mastectomy(17) }]));
    assert_eq!(standing_and_rejected(&changes).1, Vec::<String>::new(), "what is read as a plan now is asked again");
    changes.push(treated("consult", vec![mastectomy(17)]));
    let moved = fold(changes.clone());
    let back = take_back_rejection(&moved.seen_by(Audience::Owner), &knowledge, &statement("consult", &mastectomy(17)));
    changes.push(back.unwrap().into());
    assert_eq!(standing_and_rejected(&changes).1, Vec::<String>::new());
    assert_eq!(standing_and_rejected(&changes).0.len(), 3);
}

#[test]
fn of_the_same_words_twice_only_the_one_that_was_meant_is_rejected() {
    let mut changes = [rosa(), vec![treated("consult", vec![mastectomy(3), mastectomy(90)])]].concat();
    let case = fold(changes.clone());
    let said =
        reject_treatment(&case.seen_by(Audience::Owner), &kinds(), &statement("consult", &mastectomy(90))).unwrap();
    changes.push(said.into());
    assert_eq!(standing_and_rejected(&changes), (vec!["consult 3".to_owned()], vec!["consult 90".to_owned()]));
}

#[test]
fn a_treatment_that_is_not_there_is_neither_rejected_nor_taken_back_and_a_helper_finds_none() {
    let changes = [rosa(), vec![treated("resection", vec![mastectomy(3)])]].concat();
    let (case, knowledge) = (fold(changes), kinds());
    let view = case.seen_by(Audience::Owner);
    let other = Treatment { what: "biopsy".to_owned(), ..mastectomy(3) };
    for wrong in
        [statement("resection", &other), statement("resection", &mastectomy(4)), statement("x", &mastectomy(3))]
    {
        assert_eq!(reject_treatment(&view, &knowledge, &wrong).unwrap_err().0.key, "refusal-no-such-treatment");
        assert_eq!(take_back_rejection(&view, &knowledge, &wrong).unwrap_err().0.key, "refusal-no-such-treatment");
    }
    let right = statement("resection", &mastectomy(3));
    assert!(take_back_rejection(&view, &knowledge, &right).is_err(), "nobody said anything");
    assert!(reject_treatment(&case.seen_by(Audience::Helper), &knowledge, &right).is_err());
}

#[test]
fn a_blind_reader_is_not_told_of_a_plan_that_was_rejected() {
    let planned = Treatment { status: TreatmentStatus::Planned, ..mastectomy(3) };
    let mut changes = [rosa(), vec![treated("resection", vec![planned.clone(), mastectomy(50)])]].concat();
    for t in [&planned, &mastectomy(50)] {
        let TreatmentStatement { key, of } = statement("resection", t);
        changes.push(ReadingChange::TreatmentRejected { key, of }.into());
    }
    let (case, knowledge) = (fold(changes), kinds());
    let seen = |audience| case.seen_by(audience).rejected_treatments(&knowledge).len();
    assert_eq!((seen(Audience::Owner), seen(Audience::BlindReader), seen(Audience::Helper)), (2, 1, 0));
    // The report itself goes, and what was read of its plan stands on no list.
    let mut changes = rosa();
    changes.push(treated("resection", vec![planned, mastectomy(50)]));
    let case = fold(changes);
    let listed = |audience| {
        let rows = treatments(&case.seen_by(audience), &knowledge);
        rows.iter().map(|row| row.treatment.status).collect::<Vec<_>>()
    };
    assert_eq!(listed(Audience::BlindReader), [TreatmentStatus::Done]);
    assert_eq!(listed(Audience::Specialist).len(), 2);
}

#[test]
fn a_treatment_that_only_a_scan_tells_is_on_no_list_of_what_was_given() {
    let mut changes = rosa();
    let treatments_read = vec![mastectomy(3)];
    let recognised =
        DocumentReading { recognised: vec![(0, 99)], treatments: treatments_read, ..reading("consult", Vec::new()) };
    changes.push(ReadingChange::Read { reading: Box::new(recognised) }.into());
    let (case, knowledge) = (fold(changes), kinds());
    let view = case.seen_by(Audience::Owner);
    assert!(treatments(&view, &knowledge).is_empty());
    let on_scans = treatments_on_scans(&view, &knowledge);
    assert!(matches!(on_scans.as_slice(), [row] if row.on_scan && row.treatment.what == "mastectomy"));
}

#[test]
fn a_treatment_that_no_record_tells_is_a_persons_own_word_and_can_be_taken_back() {
    let (knowledge, today) = (kinds(), jiff::civil::date(2026, 3, 1));
    let words = |what: &str, date: &str, until: &str| TreatmentWords {
        kind: TreatmentKind::Operation,
        status: TreatmentStatus::Done,
        what: what.to_owned(),
        date: date.parse().ok(),
        until: until.parse().ok(),
        dose: String::new(),
    };
    let nothing = fold(rosa());
    let state = |words: &TreatmentWords| {
        state_treatment(&nothing, &knowledge, "t".into(), words, today).map(|stated| stated.expect("it is new"))
    };
    let mut changes = rosa();
    changes.push(state(&words("Lumpectomy,  left breast", "2019-05", "")).unwrap().into());
    let case = fold(changes.clone());
    let twice = words("Lumpectomy, left breast ", "2019-05", "");
    assert_eq!(state_treatment(&case, &knowledge, "t2".into(), &twice, today), Ok(None), "it is stated once");
    assert_eq!(state_treatment_as(&case, &knowledge, &twice, today), Ok(Some("t".into())));
    let other = words("Lumpectomy, left breast", "2020-05", "");
    assert!(state_treatment(&case, &knowledge, "t2".into(), &other, today).unwrap().is_some(), "of another year");
    let seen = |case: &Case, audience| {
        let rows = treatments(&case.seen_by(audience), &knowledge);
        rows.iter().filter_map(|row| row.stated.map(|_| row.treatment.clone().into_owned())).collect::<Vec<_>>()
    };
    let own = seen(&case, Audience::BlindReader);
    let [own] = own.as_slice() else { unreachable!("{own:?}") };
    assert_eq!((own.what.as_str(), own.laterality.as_deref()), ("Lumpectomy, left breast", Some("left")));
    assert_eq!(seen(&case, Audience::Helper), []);
    let planned = TreatmentWords { status: TreatmentStatus::Planned, ..words("mastectomy", "2026-04-01", "") };
    let with_plan = [changes.clone(), vec![state(&planned).unwrap().into()]].concat();
    assert_eq!(
        seen(&fold(with_plan), Audience::BlindReader),
        [],
        "the same id: the plan takes its place, and is withheld"
    );
    for (words, key) in [
        (words(" ", "2019", ""), "refusal-fact-empty"),
        (words("lump\u{202e}ectomy", "2019", ""), "refusal-hidden-characters"),
        (words(&"x".repeat(201), "2019", ""), "refusal-too-long"),
        (words("lumpectomy", "2026-03-02", ""), "refusal-day-in-future"),
        (words("tamoxifen", "2019-05", "2019-04"), "refusal-treatment-ends-first"),
    ] {
        assert_eq!(state(&words).unwrap_err().0.key, key);
    }
    assert!(state(&words("tamoxifen", "2019-05", "2019")).is_ok(), "within the same year it can be");
    changes.push(withdraw_treatment(&case, &"t".into()).unwrap().into());
    let case = fold(changes);
    assert_eq!(seen(&case, Audience::Owner), []);
    assert_eq!(withdraw_treatment(&case, &"t".into()).unwrap_err().0.key, "refusal-no-such-treatment");
}

#[test]
fn an_operation_told_later_without_its_day_is_dated_by_its_own_report_where_there_is_one() {
    let told = Treatment { date: None, until: None, ..operation("core biopsy", 3) };
    let mut changes = [rosa(), vec![treated("consult", vec![told])]].concat();
    let dated = |changes: &[Change]| {
        let case = fold(changes.to_vec());
        let view = case.seen_by(Audience::Owner);
        let row = treatments(&view, &kinds()).remove(0);
        (row.date.map(crate::PartialDate::human), row.dated_by.map(|(held, _)| held.document.id.to_string()))
    };
    let own = (Some("1 January 2026".to_owned()), Some("biopsy".to_owned()));
    assert_eq!(dated(&changes), own);
    // Of two biopsies it is not known which is meant; and of none, the record that tells it has the only day.
    changes.push(document("another", "pathology-report", "2026-01-03"));
    changes.push(read("another", vec![topography(), fact(Concept::PROCEDURE, "core_biopsy")]));
    assert_eq!(dated(&changes), (Some("8 February 2026".to_owned()), None));
}

fn tc(status: TreatmentStatus, cycles: Option<u32>) -> Treatment {
    let drugs = vec!["docetaxel".to_owned(), "cyclophosphamide".to_owned()];
    let start = usize::from(cycles.is_some());
    Treatment { kind: TreatmentKind::Systemic, what: "TC".to_owned(), drugs, cycles, status, ..operation("TC", start) }
}

/// Each row: what it is said to be, its date, and how many statements it has.
fn rows_of(said: &[(&str, Treatment)]) -> Vec<(TreatmentStatus, bool, usize)> {
    let readings = said.iter().map(|(document, treatment)| treated(document, vec![treatment.clone()]));
    let case = fold(rosa().into_iter().chain(readings).collect());
    let rows = treatments(&case.seen_by(Audience::Owner), &kinds());
    rows.iter().map(|row| (row.treatment.status, row.date.is_some(), row.sources.len())).collect()
}

#[test]
fn a_treatment_that_is_only_named_is_given_or_planned_where_another_record_says_so() {
    use TreatmentStatus::{Done, Mentioned, Planned};
    let named = || tc(Mentioned, Some(4));
    assert_eq!(rows_of(&[("consult", named())]), [(Mentioned, false, 1)], "the day of the record is none of its own");
    assert_eq!(rows_of(&[("resection", named()), ("consult", tc(Done, None))]), [(Done, true, 2)]);
    assert_eq!(rows_of(&[("resection", tc(Planned, None)), ("consult", named())]), [(Planned, false, 2)]);
    assert_eq!(rows_of(&[("resection", tc(Planned, None)), ("consult", tc(Done, None))]).len(), 2);
    let case = fold([rosa(), vec![treated("consult", vec![named()])]].concat());
    let blind = treatments(&case.seen_by(Audience::BlindReader), &kinds());
    assert!(blind.is_empty(), "it may be the plan");
    let whole = case.seen_by(Audience::Owner);
    assert!(whole.plan_mentions(&DocumentId::from("consult"), &kinds()).is_empty(), "the words of the text tell of it");
}

#[test]
fn an_export_of_the_case_itself_states_nothing_and_shows_what_it_holds() {
    let of_export = |own_export: bool| {
        let facts = vec![topography(), p(Concept::N, "N2")];
        let read = DocumentReading { own_export, treatments: vec![mastectomy(3)], ..reading("export", facts) };
        let read = ReadingChange::Read { reading: Box::new(read) }.into();
        fold([rosa(), vec![document("export", "progress-note", "2026-10-09"), read]].concat())
    };
    let (own, anothers, without) = (of_export(true), of_export(false), fold(rosa()));
    let says = |case: &Case| {
        let (view, knowledge) = (case.seen_by(Audience::Owner), kinds());
        (view.facts(&knowledge).len(), treatments(&view, &knowledge).len(), found(case))
    };
    assert_eq!(says(&own), says(&without));
    assert_ne!(says(&anothers), says(&without));
    assert_eq!(own.seen_by(Audience::Owner).facts_of(&DocumentId::from("export"), &kinds()).len(), 2);
    // A word of a person of this case stands wherever they said it.
    let n = p(Concept::N, "N2");
    let key = FactKey::of(&DocumentId::from("export"), &n);
    let judgement = Judgement::Confirmed { value: Some("N2".to_owned()) };
    let word = ReadingChange::FactJudged { key, judgement, of: Some(AsRead::of(&n)), replaces: None };
    let facts = vec![topography(), n];
    let read = DocumentReading { own_export: true, ..reading("export", facts) };
    let read = ReadingChange::Read { reading: Box::new(read) }.into();
    let judged = fold([rosa(), vec![document("export", "progress-note", "2026-10-09"), read, word.into()]].concat());
    assert_eq!(says(&judged).0, says(&without).0 + 1);
}

#[test]
fn what_an_export_repeats_of_a_sample_is_not_held_against_the_operation() {
    let grade = |value: &str, setting: Option<&str>| {
        let mut grade = fact(Concept::GRADE, value);
        grade.qualifiers.setting = setting.map(str::to_owned);
        Fact { start: value.len() + setting.map_or(0, str::len), ..grade }
    };
    let relation = |one: Option<&str>, other: Option<&str>| {
        let facts = vec![topography(), fact(Concept::MORPHOLOGY, "8500/3"), grade("G2", one), grade("G3", other)];
        let case = fold(vec![document("export", "progress-note", "2026-10-09"), read("export", facts)]);
        found(&case).into_iter().find(|(concept, _)| concept == "grade").map(|(_, relation)| relation)
    };
    let expected = Some(Relation::Expected(Why::BiopsyAgainstResection));
    assert_eq!(relation(Some("biopsy"), Some("resection")), expected);
    assert_eq!(relation(Some("resection"), Some("resection")), Some(Relation::Conflict));
    assert_eq!(relation(None, None), Some(Relation::Conflict));
    assert_eq!(relation(Some("nonsense"), Some("")), Some(Relation::Conflict));
}

#[test]
fn what_is_dated_after_today_is_planned_and_was_not_given() {
    let knowledge = kinds();
    let dated = |day: &str| Treatment { date: day.parse().ok(), ..mastectomy(3) };
    let procedure = || Fact { start: 3, end: 13, ..fact(Concept::PROCEDURE, "mastectomy") };
    // The record is of 8 February 2026.
    let told = |day: &str, today: &str| {
        let read =
            DocumentReading { treatments: vec![dated(day)], ..reading("consult", vec![topography(), procedure()]) };
        let case = fold([rosa(), vec![ReadingChange::Read { reading: Box::new(read) }.into()]].concat());
        let views = [Audience::Owner, Audience::Specialist, Audience::BlindReader];
        let told = views.map(|audience| {
            let view = case.seen_by(audience).on(today.parse().unwrap());
            let named = view.facts(&knowledge).iter().any(|f| f.fact.value == "mastectomy");
            (treatments(&view, &knowledge).into_iter().map(|row| row.treatment.status).collect::<Vec<_>>(), named)
        });
        told.map(|(statuses, named)| (statuses.first().copied(), named))
    };
    let (done, planned) = (Some(TreatmentStatus::Done), Some(TreatmentStatus::Planned));
    // A day after that of the record: it may be of an admission, and an addendum tells of what was done since.
    for given in ["2026-02-08", "2026-02-07", "2026-02", "2026", "2019-05", "2026-02-09", "2026-11-28"] {
        let told = told(given, "2026-11-28");
        assert_eq!((told[0], told[1]), ((done, true), (done, true)), "{given}");
        // A letter with a plan that gives a day after its own may speak of the plan: a blind reader is told nothing of it.
        let after = ["2026-02-09", "2026-11-28"].contains(&given);
        assert_eq!(told[2].0, done.filter(|_| !after), "{given}");
    }
    for to_come in ["2026-11-29", "2026-12-20", "2026-12", "2027"] {
        assert_eq!(told(to_come, "2026-11-28"), [(planned, false), (planned, false), (None, false)], "{to_come}");
    }
    assert_eq!(told("2026-02-07", "2026-02-01")[0], (planned, false), "after today, whatever day the record bears");
}

#[test]
fn a_summary_of_treatment_tells_of_days_after_its_own_and_not_of_days_to_come() {
    let mut knowledge = kinds();
    let kind = knowledge.document_kinds.first().unwrap().clone();
    knowledge.document_kinds.push(DocumentKindFacts { id: "radiation-summary".into(), states_a_plan: false, ..kind });
    let course = |day: &str| Treatment { date: day.parse().ok(), ..mastectomy(3) };
    let told = |day: &str| {
        let mut changes = rosa();
        changes.push(document("summary", "radiation-summary", "2026-02-08"));
        changes.push(treated("summary", vec![course(day)]));
        let case = fold(changes);
        let view = case.seen_by(Audience::Owner).on("2026-11-28".parse().unwrap());
        treatments(&view, &knowledge).into_iter().map(|row| row.treatment.status).collect::<Vec<_>>()
    };
    assert_eq!(told("2026-03-01"), [TreatmentStatus::Done]);
    assert_eq!(told("2026-12-01"), [TreatmentStatus::Planned]);
}
