//! What the register of slides and blocks promises.

use jiff::civil::date;

use super::*;

fn slide(count: u32) -> Tissue {
    Tissue {
        id: TissueId::from("t1"),
        accession: "S-10421".to_owned(),
        part: "A".to_owned(),
        block: "A1".to_owned(),
        material: Material::Slide,
        stain: "H&E".to_owned(),
        count,
        uncounted: false,
        recut: false,
        collected: Some(date(2026, 1, 10)),
        laboratory: None,
        report: None,
        small: true,
        remaining: String::new(),
    }
}

fn step(step: Step, on: Date) -> Custody {
    Custody { carrier: "Example Courier".to_owned(), ..Custody::of(step, on) }
}

fn with(steps: Vec<Custody>) -> TissueRegister {
    let mut register = TissueRegister::default();
    register.apply(super::register(slide(4), date(2026, 6, 1)).unwrap());
    for custody in steps {
        let custody = Custody { gap_known: true, ..custody };
        let change = super::custody(&register, &[TissueId::from("t1")], custody, date(2026, 12, 1)).unwrap();
        register.apply(change.unwrap());
    }
    register
}

fn alarms(steps: Vec<Custody>, today: Date) -> Vec<Alarm> {
    let register = with(steps);
    register.lines.values().next().unwrap().alarms(&Knowledge::default(), today)
}

#[test]
fn what_is_out_and_past_its_day_of_return_is_an_alarm_until_it_is_back() {
    let due = Custody { return_due: Some(date(2026, 8, 1)), ..step(Step::Released, date(2026, 7, 1)) };
    let received = step(Step::Received, date(2026, 7, 3));
    assert_eq!(alarms(vec![due.clone(), received.clone()], date(2026, 7, 10)), vec![]);
    assert_eq!(alarms(vec![due.clone(), received.clone()], date(2026, 7, 25)), vec![Alarm::ReturnSoon]);
    assert_eq!(alarms(vec![due.clone(), received.clone()], date(2026, 8, 2)), vec![Alarm::ReturnOverdue]);
    let back = step(Step::Returned, date(2026, 8, 2));
    assert_eq!(alarms(vec![due, received, back], date(2026, 9, 2)), vec![]);
}

#[test]
fn a_parcel_nobody_saw_arrive_and_pieces_that_did_not_come_are_alarms() {
    assert_eq!(alarms(vec![step(Step::Shipped, date(2026, 7, 1))], date(2026, 7, 4)), vec![]);
    assert_eq!(alarms(vec![step(Step::Shipped, date(2026, 7, 1))], date(2026, 7, 5)), vec![Alarm::NotArrived]);
    let three = Custody { count: Some(3), ..step(Step::Received, date(2026, 7, 3)) };
    assert_eq!(
        alarms(vec![step(Step::Shipped, date(2026, 7, 1)), three], date(2026, 7, 5)),
        vec![Alarm::PiecesMissing]
    );
    assert_eq!(alarms(vec![step(Step::Lost, date(2026, 7, 9))], date(2026, 7, 10)), vec![Alarm::LostOrDamaged]);
}

#[test]
fn steps_written_late_stand_at_their_day() {
    let register = with(vec![step(Step::Received, date(2026, 7, 3)), step(Step::Requested, date(2026, 6, 1))]);
    assert_eq!(register.lines.values().next().unwrap().now().unwrap().step, Step::Received);
}

#[test]
fn a_scanned_label_finds_its_line_however_it_is_printed() {
    let register = with(vec![]);
    for scanned in ["S-10421", "s10421", "S-10421 A1", "S-10421-A1-3", "S 10421 a1"] {
        assert_eq!(register.find(scanned).len(), 1, "{scanned}");
    }
    for other in ["", "  ", "S-10422", "S-10421 B1", "A1", "%", "\u{202e}"] {
        assert!(register.find(other).is_empty(), "{other}");
    }
}

#[test]
fn what_can_not_be_is_refused() {
    let today = date(2026, 7, 1);
    let why = |refused: Result<TissueChange, Refusal>| refused.unwrap_err().0.key;
    assert_eq!(why(register(slide(0), today)), "refusal-tissue-count");
    assert_eq!(why(register(Tissue { accession: " ".to_owned(), ..slide(1) }, today)), "refusal-empty-field");
    let later = Tissue { collected: Some(date(2027, 1, 1)), ..slide(1) };
    assert_eq!(why(register(later, today)), "refusal-day-in-future");
    let (kept, id) = (with(vec![]), [TissueId::from("t1")]);
    let step_why = |refused: Result<Option<TissueChange>, Refusal>| refused.unwrap_err().0.key;
    let of = |what| step_why(custody(&kept, &id, what, today));
    assert_eq!(of(Custody { count: Some(0), ..step(Step::Lost, today) }), "refusal-tissue-count");
    assert_eq!(of(Custody { count: Some(5), ..step(Step::Received, today) }), "refusal-tissue-more");
    assert_eq!(of(Custody { carrier: String::new(), ..step(Step::Shipped, today) }), "refusal-empty-field");
    assert_eq!(
        of(Custody { return_due: Some(date(2026, 6, 1)), ..step(Step::Released, today) }),
        "refusal-return-before"
    );
    assert_eq!(of(step(Step::Received, date(2026, 7, 2))), "refusal-day-in-future");
    let unknown = [TissueId::from("other")];
    assert_eq!(step_why(custody(&kept, &unknown, step(Step::Lost, today), today)), "refusal-tissue-unknown");
    assert_eq!(step_why(custody(&kept, &[], step(Step::Lost, today), today)), "refusal-tissue-none");
}

#[test]
fn a_number_that_goes_on_is_another_one_and_a_range_holds_its_members() {
    let mut register = TissueRegister::default();
    for (id, accession, block) in
        [("1", "S24-123", ""), ("2", "S-10421", "A1"), ("3", "S-10421", "A10"), ("4", "S-11877", "B1-B6")]
    {
        let line = Tissue {
            id: TissueId::from(id),
            accession: accession.to_owned(),
            block: block.to_owned(),
            part: String::new(),
            ..slide(1)
        };
        register.apply(super::register(line, date(2026, 6, 1)).unwrap());
    }
    let found = |scanned: &str| {
        register.find(scanned).iter().map(|line| line.tissue.id.as_str().to_owned()).collect::<Vec<_>>().join(" ")
    };
    for (scanned, ids) in [
        ("S24-123", "1"),
        ("S24-1234", ""),
        ("S24-123-2", "1"),
        ("S-10421 A1", "2"),
        ("S-10421 A10", "3"),
        ("S-10421 A21", ""),
        ("S-10421 A1 2", "2"),
        ("S-10421", "2 3"),
        ("S-11877 B3", "4"),
        ("S-11877 B6", "4"),
        ("S-11877 B7", ""),
        ("S-11877 C3", ""),
        ("S-11877 B", "4"),
    ] {
        assert_eq!(found(scanned), ids, "{scanned}");
    }
}

#[test]
fn pieces_are_counted_over_every_parcel_there_and_back() {
    let of = |what, day: i8, count| Custody { count, ..step(what, date(2026, 7, day)) };
    let missing = |steps: Vec<Custody>| with(steps).lines.values().next().unwrap().pieces().missing();
    assert_eq!(missing(vec![of(Step::Shipped, 1, None), of(Step::Received, 3, Some(3))]), 1);
    let two_parcels = vec![of(Step::Shipped, 1, None), of(Step::Received, 3, Some(3)), of(Step::Received, 4, Some(1))];
    assert_eq!(missing(two_parcels), 0, "they came in two parcels");
    let back = vec![of(Step::Shipped, 1, Some(4)), of(Step::Received, 2, None), of(Step::Returned, 9, Some(2))];
    assert_eq!(missing(back), 2, "two did not come back");
    assert_eq!(missing(vec![of(Step::Shipped, 1, None), of(Step::Received, 2, None), of(Step::Returned, 9, None)]), 0);
    assert_eq!(missing(vec![of(Step::Shipped, 1, Some(2))]), 0, "nobody has said yet what arrived");
}

#[test]
fn what_went_back_or_is_too_long_on_its_way_is_not_at_the_center() {
    let line = |steps| with(steps).lines.into_values().next().unwrap();
    let today = date(2026, 7, 10);
    let shipped = |day| step(Step::Shipped, date(2026, 7, day));
    assert!(line(vec![shipped(8)]).reaches(&|_| true, &Knowledge::default(), today));
    assert!(!line(vec![shipped(6)]).reaches(&|_| true, &Knowledge::default(), today), "nobody said that it arrived");
    let there = line(vec![shipped(1), step(Step::Received, date(2026, 7, 2))]);
    assert!(there.reaches(&|_| true, &Knowledge::default(), today) && there.arrived(&|_| true));
    let back = line(vec![shipped(1), step(Step::Received, date(2026, 7, 2)), step(Step::Returned, date(2026, 7, 9))]);
    assert!(
        !back.reaches(&|_| true, &Knowledge::default(), today) && !back.arrived(&|_| true),
        "another center does not have it"
    );
}

#[test]
fn a_way_begins_anew_when_it_is_back_and_who_read_it_needs_it_no_more() {
    let line = |steps| with(steps).lines.into_values().next().unwrap();
    let to = |what, day: i8, whom: &str| Custody { to: whom.to_owned(), ..step(what, date(2026, 7, day)) };
    let there = vec![to(Step::Shipped, 1, "One Center"), to(Step::Received, 3, ""), to(Step::Reviewed, 5, "A. Sample")];
    let back = [there.clone(), vec![to(Step::Returned, 9, "the laboratory")]].concat();
    assert_eq!((line(there.clone()).goes_to(), line(there).was_read_by(&|_| true)), (Some("One Center"), true));
    assert_eq!((line(back.clone()).goes_to(), line(back.clone()).was_read_by(&|_| true)), (Some("One Center"), true));
    let anew = line([back, vec![to(Step::Shipped, 12, "Other Center")]].concat());
    assert_eq!((anew.goes_to(), anew.was_read_by(&|_| true)), (Some("Other Center"), false));
    let part = Custody { count: Some(3), ..to(Step::Received, 3, "") };
    assert!(!line(vec![part, to(Step::Reviewed, 5, "")]).was_read_by(&|_| true), "one of four never came");
}

#[test]
fn a_step_left_out_and_pieces_nobody_counted_are_asked_about_and_refused_nothing() {
    // As a person writes it down, who knows of no gap.
    let asks = |steps: Vec<Custody>, count: u32| {
        let mut register = TissueRegister::default();
        register.apply(super::register(slide(count), date(2026, 6, 1)).unwrap());
        for custody in steps {
            let change = super::custody(&register, &[TissueId::from("t1")], custody, date(2026, 12, 1));
            register.apply(change.unwrap().unwrap());
        }
        register.lines.values().next().unwrap().asks()
    };
    let of = |what, day: i8, count| Custody { count, ..step(what, date(2026, 7, day)) };
    let not_written = |step| Ask::NotWritten { step };
    let shipped = of(Step::Shipped, 2, None);
    assert_eq!(asks(vec![shipped.clone()], 4), [not_written(Step::Released)]);
    assert_eq!(asks(vec![of(Step::Released, 1, None), shipped.clone()], 4), []);
    assert_eq!(asks(vec![Custody { gap_known: true, ..shipped.clone() }], 4), [], "they know");
    let released = of(Step::Released, 1, None);
    let came = |count| vec![released.clone(), shipped.clone(), of(Step::Received, 3, count)];
    assert_eq!(asks(came(None), 4), [Ask::NotCounted { on: date(2026, 7, 3) }]);
    assert_eq!((asks(came(Some(4)), 4), asks(came(None), 1)), (vec![], vec![]), "one piece is counted");
    let back = [came(Some(4)), vec![of(Step::ReturnShipped, 8, None), of(Step::Returned, 9, Some(4))]].concat();
    assert_eq!(asks(back.clone(), 4), [not_written(Step::Reviewed)], "asked once");
    assert_eq!(asks([back, vec![of(Step::Released, 12, None)]].concat(), 4), [], "a new way begins");
}

#[test]
fn a_warning_before_tissue_may_be_discarded_ends_when_nothing_can_be_done() {
    use crate::knowledge::Retention;
    let mut knowledge = Knowledge::default();
    let rule = |material: &str, law_years, cap_years| Retention {
        material: material.to_owned(),
        label: String::new(),
        law_years,
        cap_years,
        source: String::new(),
        confirmed: true,
    };
    knowledge.gathering.retention = vec![rule("slide", 5, 10)];
    let warns = |steps: Vec<Custody>, today: Date| {
        with(steps).lines.values().next().unwrap().alarms(&knowledge, today).contains(&Alarm::MayBeDiscarded)
    };
    assert!(!warns(vec![], date(2030, 9, 1)));
    assert!(warns(vec![], date(2030, 12, 1)) && warns(vec![], date(2035, 12, 1)));
    assert!(!warns(vec![], date(2031, 6, 1)) && !warns(vec![], date(2040, 1, 1)), "it would stand there for ever");
}

#[test]
fn a_step_that_did_not_happen_is_taken_back_once_and_the_others_keep_their_numbers() {
    let (first, second) = (step(Step::Released, date(2026, 7, 1)), step(Step::Lost, date(2026, 7, 2)));
    let mut register = with(vec![first, second, step(Step::Shipped, date(2026, 7, 1))]);
    let id = TissueId::from("t1");
    let change = take_back(&register, &id, 2).unwrap();
    register.apply(change);
    let line = register.lines.values().next().unwrap();
    assert_eq!(line.now().unwrap().step, Step::Shipped);
    assert_eq!(line.steps().map(|(number, _)| number).collect::<Vec<_>>(), vec![1, 3]);
    assert_eq!(line.taken_back.len(), 1, "the record of it stays");
    for none in [0, 2, 4] {
        assert_eq!(take_back(&register, &id, none).unwrap_err().0.key, "refusal-tissue-no-step", "{none}");
    }
    assert_eq!(take_back(&register, &"t9".into(), 1).unwrap_err().0.key, "refusal-tissue-unknown");
    let later =
        custody(&register, std::slice::from_ref(&id), step(Step::Received, date(2026, 7, 3)), date(2026, 12, 1))
            .unwrap();
    register.apply(later.unwrap());
    assert_eq!(register.lines.values().next().unwrap().steps().last().unwrap().0, 4, "no number is given twice");
}

#[test]
fn two_materials_of_one_block_do_not_share_a_label() {
    let mut register = TissueRegister::default();
    let mut add = |id: &str, material: Material, stain: &str| {
        let tissue = Tissue { id: id.into(), material, stain: stain.to_owned(), ..slide(1) };
        let change = super::register(tissue, date(2026, 6, 1)).unwrap();
        register.apply(change);
    };
    add("t1", Material::Slide, "H&E");
    add("t2", Material::Slide, "ER");
    add("t3", Material::Block, "");
    add("t4", Material::Unstained, "");
    add("t5", Material::Unstained, "");
    let labels: Vec<String> = register.lines().map(|line| register.label(line)).collect();
    assert_eq!(labels, ["S-10421 A1", "S-10421 A1 SLD", "S-10421 A1 BLK", "S-10421 A1 UNS", "S-10421 A1 UNS 2"]);
    for (label, id) in labels.iter().zip(["t1", "t2", "t3", "t4", "t5"]).skip(1) {
        let found = register.find(label);
        assert_eq!(found.iter().map(|line| line.tissue.id.as_str()).collect::<Vec<_>>(), vec![id], "{label}");
    }
    assert_eq!(register.find("S-10421 A1").len(), 5, "the number on the glass itself finds all of the block");

    // What was printed once names the same piece for ever, whatever comes and goes.
    register.apply(TissueChange::SetRemoved { id: "t2".into(), removed: true });
    let tissue = Tissue { id: "t6".into(), material: Material::Slide, stain: "PR".to_owned(), ..slide(1) };
    register.apply(super::register(tissue, date(2026, 6, 1)).unwrap());
    let after: Vec<String> = register.lines().map(|line| register.label(line)).collect();
    assert_eq!(after, ["S-10421 A1", "S-10421 A1 BLK", "S-10421 A1 UNS", "S-10421 A1 UNS 2", "S-10421 A1 SLD PR"]);
    let alone = with(Vec::new());
    assert_eq!(alone.label(alone.lines.values().next().unwrap()), "S-10421 A1");
}

#[test]
fn a_step_dated_before_one_that_comes_first_is_doubted_and_one_written_late_is_not() {
    let register = with(vec![step(Step::Requested, date(2026, 6, 5)), step(Step::Received, date(2026, 6, 1))]);
    let line = &register.lines[&TissueId::from("t1")];
    assert_eq!(line.dated_before(2).map(|c| (c.step, c.on)), Some((Step::Requested, date(2026, 6, 5))));
    assert!(line.dated_before(1).is_none() && line.dated_before(3).is_none() && line.dated_before(0).is_none());
    let late = with(vec![step(Step::Received, date(2026, 6, 5)), step(Step::Requested, date(2026, 6, 1))]);
    let line = &late.lines[&TissueId::from("t1")];
    assert!(line.dated_before(2).is_none(), "days in the order of the way are right, whenever they are written");
    let same = with(vec![step(Step::Shipped, date(2026, 6, 5)), step(Step::Received, date(2026, 6, 5))]);
    assert!(same.lines[&TissueId::from("t1")].dated_before(2).is_none());
    let lost = with(vec![step(Step::Shipped, date(2026, 6, 5)), step(Step::Lost, date(2026, 6, 1))]);
    assert!(lost.lines[&TissueId::from("t1")].dated_before(2).is_none(), "what is lost has no place on the way");
}

#[test]
fn a_piece_that_the_center_received_is_not_at_the_laboratory_that_keeps_it() {
    let at_home = |steps: Vec<Custody>| with(steps).lines[&TissueId::from("t1")].is_at_home();
    assert!(at_home(vec![]) && at_home(vec![step(Step::Requested, date(2026, 6, 1))]));
    let there = vec![step(Step::Shipped, date(2026, 6, 1)), step(Step::Received, date(2026, 6, 2))];
    assert!(!at_home(there.clone()));
    assert!(at_home([there, vec![step(Step::Returned, date(2026, 6, 9))]].concat()));
    assert!(!at_home(vec![step(Step::Lost, date(2026, 6, 1))]));
}

#[test]
fn a_step_before_its_cause_or_of_an_earlier_day_waits_for_a_person_who_knows() {
    let said = |steps: Vec<Custody>, next: Custody| {
        let kept = with(steps);
        let refused = custody(&kept, &[TissueId::from("t1")], next.clone(), date(2026, 12, 1));
        let known = custody(&kept, &[TissueId::from("t1")], Custody { gap_known: true, ..next }, date(2026, 12, 1));
        assert!(known.unwrap().is_some(), "what happened is written down by somebody who knows of the gap");
        refused.map(|change| change.is_some()).map_err(|refusal| refusal.0.key)
    };
    let no_cause = || Err("refusal-tissue-no-cause".to_owned());
    let on = |what, day: i8| step(what, date(2026, 7, day));
    assert_eq!(said(vec![], on(Step::Received, 3)), no_cause());
    assert_eq!(said(vec![on(Step::Shipped, 1)], on(Step::Returned, 3)), no_cause());
    assert_eq!(said(vec![on(Step::Shipped, 1)], on(Step::Reviewed, 3)), no_cause());
    assert_eq!(said(vec![on(Step::Shipped, 1)], on(Step::ReturnShipped, 3)), no_cause());
    assert_eq!(said(vec![on(Step::Shipped, 5)], on(Step::Received, 3)), Err("refusal-tissue-backwards".to_owned()));
    // What is right, or has no cause on the way, goes as it is.
    assert_eq!(said(vec![on(Step::Shipped, 1)], on(Step::Received, 1)), Ok(true));
    assert_eq!(said(vec![on(Step::Released, 1)], on(Step::Received, 3)), Ok(true), "somebody carried it there");
    assert_eq!(said(vec![], on(Step::Shipped, 1)), Ok(true));
    assert_eq!(said(vec![], on(Step::Lost, 1)), Ok(true));
    assert_eq!(said(vec![on(Step::Received, 5)], on(Step::Requested, 1)), Ok(true), "written late");
    // A second way begins where the first ended.
    let first = vec![on(Step::Shipped, 1), on(Step::Received, 2), on(Step::Returned, 9)];
    assert_eq!(said(first.clone(), on(Step::Shipped, 20)), Ok(true));
    assert_eq!(said(first.clone(), on(Step::Received, 21)), no_cause(), "nobody said that it went out again");
    assert_eq!(said([first, vec![on(Step::Shipped, 20)]].concat(), on(Step::Received, 21)), Ok(true));
}

#[test]
fn what_is_sent_twice_is_written_down_once() {
    let kept = with(vec![step(Step::Shipped, date(2026, 7, 1))]);
    let ids = [TissueId::from("t1")];
    let say = |next: Custody| custody(&kept, &ids, next, date(2026, 12, 1)).map(|change| change.is_some());
    assert_eq!(say(step(Step::Shipped, date(2026, 7, 1))), Ok(false), "the very same");
    let other = Custody { tracking: "EX2".to_owned(), ..step(Step::Shipped, date(2026, 7, 1)) };
    assert_eq!(say(other.clone()).unwrap_err().0.key, "refusal-tissue-twice");
    assert_eq!(say(Custody { count: Some(1), ..other }), Ok(true), "a second parcel of that day");
    let again = |tissue: Tissue| kept.known(&tissue).is_some();
    assert!(again(Tissue { id: "t2".into(), accession: " S-10421 ".to_owned(), ..slide(4) }));
    assert!(!again(slide(4)), "a line that is told anew is no other one");
    assert!(!again(Tissue { id: "t2".into(), ..slide(5) }));
    assert!(!again(Tissue { id: "t2".into(), stain: "ER".to_owned(), ..slide(4) }));
}

#[test]
fn what_is_used_up_is_not_sent_whatever_a_person_says_they_know_until_that_is_corrected() {
    let (one, today) = (TissueId::from("t1"), date(2026, 12, 1));
    let send = |register: &TissueRegister, next: Step, day| {
        let custody = Custody { gap_known: true, ..step(next, day) };
        super::custody(register, std::slice::from_ref(&one), custody, today)
            .map(|_| ())
            .map_err(|refusal| refusal.0.key)
    };
    let register = with(vec![step(Step::UsedUp, date(2026, 7, 1))]);
    for next in [Step::Released, Step::Shipped, Step::Received, Step::ReturnShipped, Step::Returned] {
        assert_eq!(send(&register, next, date(2026, 7, 2)).unwrap_err(), "refusal-tissue-used-up", "{next:?}");
    }
    assert_eq!(send(&register, Step::Shipped, date(2026, 6, 30)), Ok(()), "it was sent before that");
    assert_eq!(send(&register, Step::Reviewed, date(2026, 7, 2)), Ok(()), "it may have been read");
    let mut corrected = register.clone();
    corrected.apply(take_back(&register, &one, 1).unwrap());
    assert_eq!(send(&corrected, Step::Shipped, date(2026, 7, 2)), Ok(()));
    let part = with(vec![Custody { count: Some(3), ..step(Step::UsedUp, date(2026, 7, 1)) }]);
    assert_eq!(send(&part, Step::Shipped, date(2026, 7, 2)), Ok(()), "one of four is left");
    let rest = Custody { count: Some(1), ..step(Step::UsedUp, date(2026, 7, 3)) };
    let none = with(vec![Custody { count: Some(3), ..step(Step::UsedUp, date(2026, 7, 1)) }, rest]);
    assert_eq!(send(&none, Step::Shipped, date(2026, 7, 4)).unwrap_err(), "refusal-tissue-used-up");
}

#[test]
fn a_step_about_one_piece_hides_none_of_the_others() {
    let today = date(2026, 7, 20);
    let of = |what, day: i8, count| Custody { count, ..step(what, date(2026, 7, day)) };
    let line = |steps| with(steps).lines.into_values().next().unwrap();
    let due = |custody: Custody, day: i8| Custody { return_due: Some(date(2026, 7, day)), ..custody };
    let there = vec![due(of(Step::Shipped, 1, None), 10), of(Step::Received, 2, Some(4))];
    for mishap in [Step::UsedUp, Step::Damaged, Step::Lost] {
        let line = line([there.clone(), vec![of(mishap, 5, Some(1))]].concat());
        assert_eq!(line.return_due(), Some(date(2026, 7, 10)), "{mishap:?}: three are still out");
        assert!(line.alarms(&Knowledge::default(), today).contains(&Alarm::ReturnOverdue), "{mishap:?}");
        assert!(!line.is_at_home());
        assert_eq!(line.pieces().good_with(&|_| true), 3);
        assert_eq!(line.stands().map(|c| c.step), Some(Step::Received));
        assert_eq!(line.arrived(&|_| true), mishap == Step::UsedUp, "{mishap:?}: what was used up is not waited for");
    }
    // Some of it is not all of it: half was sent, or half of what was sent came.
    let half = line(vec![of(Step::Shipped, 1, Some(2)), of(Step::Received, 2, Some(2))]);
    assert_eq!((half.arrived(&|_| true), half.pieces().missing(), half.pieces().home), (false, 0, 2));
    assert!(!line(vec![of(Step::Shipped, 19, Some(2))]).reaches(&|_| true, &Knowledge::default(), today));
    // What did not come back stays out with its day, and a way counts for itself.
    let most_back = [there.clone(), vec![of(Step::ReturnShipped, 8, Some(3)), of(Step::Returned, 9, Some(3))]].concat();
    let most_back = line(most_back);
    assert_eq!((most_back.return_due(), most_back.is_at_home()), (Some(date(2026, 7, 10)), false));
    let back = [there, vec![of(Step::ReturnShipped, 8, None), of(Step::Returned, 9, Some(4))]].concat();
    let again = line([back, vec![of(Step::Shipped, 18, None), of(Step::Received, 19, Some(1))]].concat());
    assert_eq!(
        (again.pieces().missing(), again.arrived(&|_| true)),
        (3, false),
        "four came the first time, and one the second"
    );
    assert_eq!(again.return_due(), None, "the second way has no day of its own");
}

#[test]
fn an_earlier_parcel_is_opened_before_a_later_one_and_what_is_found_again_is_lost_no_more() {
    let of = |what, day: i8, count| Custody { count, ..step(what, date(2026, 7, day)) };
    let pieces = |steps| with(steps).lines.values().next().unwrap().pieces();
    let two = vec![of(Step::Shipped, 1, Some(2)), of(Step::Shipped, 3, Some(2)), of(Step::Received, 4, Some(2))];
    let of_two = pieces(two.clone());
    assert_eq!(
        (of_two.missing(), of_two.there(), of_two.coming_to(&|_| true, &Knowledge::default(), date(2026, 7, 5))),
        (0, 2, 2)
    );
    let late = pieces([two, vec![of(Step::Received, 9, Some(1))]].concat());
    assert_eq!((late.missing(), late.there()), (1, 3));
    let lost = vec![of(Step::Shipped, 1, None), of(Step::Lost, 8, None)];
    assert_eq!((pieces(lost.clone()).lost, pieces(lost.clone()).away()), (4, 0));
    let found = pieces([lost, vec![of(Step::Received, 12, Some(4))]].concat());
    assert_eq!((found.lost, found.there()), (0, 4));
}

#[test]
fn what_is_sent_on_is_with_nobody_until_it_arrives_and_each_has_their_own() {
    let today = date(2026, 7, 20);
    let of = |what, day: i8, count, to: &str| Custody { count, to: to.to_owned(), ..step(what, date(2026, 7, day)) };
    let line = |steps| with(steps).lines.into_values().next().unwrap();
    let (one, two) = (|to: &str| to == "One Center", |to: &str| to == "Two Center");
    let there = vec![of(Step::Shipped, 1, None, "One Center"), of(Step::Received, 3, Some(4), "")];
    let on = line([there.clone(), vec![of(Step::Shipped, 10, None, "Two Center")]].concat());
    assert!(!on.arrived(&one) && !on.arrived(&two) && on.is_astray(&Knowledge::default(), today));
    assert!(
        !on.reaches(&two, &Knowledge::default(), today) && on.reaches(&two, &Knowledge::default(), date(2026, 7, 11))
    );
    let some = line(
        [there.clone(), vec![of(Step::Shipped, 10, Some(1), "Two Center"), of(Step::Received, 12, Some(1), "")]]
            .concat(),
    );
    assert_eq!((some.pieces().good_with(&one), some.pieces().good_with(&two)), (3, 1));
    // Two parcels to two: whoever got theirs did not get the other's.
    let both = vec![of(Step::Shipped, 1, Some(2), "One Center"), of(Step::Shipped, 2, Some(2), "Two Center")];
    let got = line([both, vec![of(Step::Received, 4, Some(2), "Two Center")]].concat());
    assert_eq!((got.pieces().good_with(&one), got.pieces().good_with(&two)), (0, 2));
    // Who read it read it, and the next did not.
    let read =
        [there, vec![of(Step::Reviewed, 5, None, "A. Sample"), of(Step::Shipped, 10, None, "Two Center")]].concat();
    assert!(line(read.clone()).was_read_by(&one) && !line(read).was_read_by(&two));
}

proptest::proptest! {
    /// Whatever is written down, in whatever order: no piece comes into being and none vanishes.
    #[test]
    fn no_piece_comes_into_being_and_none_vanishes(
        steps in proptest::collection::vec((0usize..10, 1i8..28, proptest::option::of(1u32..=4)), 0..12),
    ) {
        let steps = steps.into_iter().map(|(what, day, count)| Custody { count, ..step(Step::ALL[what], date(2026, 7, day)) });
        let mut register = TissueRegister::default();
        register.apply(super::register(slide(4), date(2026, 6, 1)).unwrap());
        for custody in steps {
            register.apply(TissueChange::Custody { ids: vec![TissueId::from("t1")], custody });
        }
        let pieces = register.lines.values().next().unwrap().pieces();
        proptest::prop_assert_eq!(pieces.home + pieces.away() + pieces.lost + pieces.used_up, 4);
        proptest::prop_assert!(pieces.missing() <= pieces.away());
    }
}

#[test]
fn no_more_pieces_arrive_than_are_out_unless_a_person_knows_that() {
    let some = |what, count: u32, day: i8| Custody { count: Some(count), ..step(what, date(2026, 7, day)) };
    let register = with(vec![some(Step::Shipped, 2, 1)]);
    let said = |register: &TissueRegister, next: Custody| {
        let done = custody(register, &[TissueId::from("t1")], next, date(2026, 12, 1));
        done.map(|change| change.is_some()).map_err(|refusal| refusal.0.key)
    };
    assert_eq!(said(&register, some(Step::Received, 3, 3)), Err("refusal-tissue-more-than-sent".to_owned()));
    assert_eq!(said(&register, some(Step::Received, 2, 3)), Ok(true));
    assert_eq!(said(&register, Custody { gap_known: true, ..some(Step::Received, 3, 3) }), Ok(true));
    // A second parcel counts, and so does what was given out; what nobody said to be out says nothing.
    assert_eq!(
        said(&with(vec![some(Step::Shipped, 2, 1), some(Step::Shipped, 1, 2)]), some(Step::Received, 3, 3)),
        Ok(true)
    );
    assert_eq!(
        said(&with(vec![some(Step::Received, 1, 1)]), some(Step::Received, 2, 3)),
        Err("refusal-tissue-no-cause".to_owned())
    );
}
