//! What may be asked, and what a clock allows.

use jiff::civil::date;

use super::*;
use crate::knowledge::{Carried, ClockRule, Evidence, Knowledge, Need, Proof, Requirement, Route, Term, TermClass};
use crate::shared::contact::Reach;

fn knowledge() -> Knowledge {
    let mut knowledge = Knowledge::default();
    let way = |(word, means): (&str, &str)| Term {
        phrase: word.to_owned(),
        class: TermClass::Group,
        means: means.to_owned(),
    };
    let ways = [("mail", "by_mail"), ("post", "by_mail"), ("fedex", "by_mail")];
    let at_once = ["fax", "email", "portal", "person", "call"].map(|word| (word, "at_once"));
    knowledge.vocabulary.terms.extend(ways.into_iter().chain(at_once).map(way));
    let requirement = |id: &str, evidence: Evidence| Requirement {
        exists_unsaid: true,
        only_said: false,
        id: id.to_owned(),
        label: id.to_owned(),
        plain: String::new(),
        why: String::new(),
        need: Need::Required,
        sites: Vec::new(),
        except_sites: Vec::new(),
        when: None,
        line: 0,
        satisfied_by: Proof::One(evidence),
        partly_by: Vec::new(),
        freshness: None,
        department: Department::Pathology,
        source: String::new(),
        confirmed: true,
    };
    let route = |id: &str, letter: Option<&str>| Route {
        id: id.to_owned(),
        departments: vec![Department::Pathology],
        order: 1,
        label: id.to_owned(),
        how: String::new(),
        days: 30,
        needs: String::new(),
        letter: letter.map(str::to_owned),
        clock: Route::usual_clock(letter).to_owned(),
        carries: Vec::new(),
        source: String::new(),
        confirmed: true,
        line: 0,
    };
    let clock = |id: &str, extension_days| ClockRule {
        id: id.to_owned(),
        label: id.to_owned(),
        days: 30,
        extension_days,
        reminder_days: vec![15],
        mailing_days: 5,
        starts: String::new(),
        rule: String::new(),
        note: String::new(),
        source: String::new(),
        confirmed: true,
    };
    let report = Evidence::Document("pathology-report".into());
    knowledge.gathering.requirements = vec![requirement("report", report), requirement("slides", Evidence::Slides)];
    knowledge.gathering.routes = vec![
        route("access-letter", Some("access-request")),
        route("laboratory", Some("tissue-release")),
        route("provider", None),
        route("portal", None),
    ];
    knowledge.gathering.clocks = vec![clock("access", 30), clock("tissue", 0), clock("courtesy", 0)];
    knowledge
}

fn asking(id: &str, line: &str, route: &str) -> Asking {
    Asking {
        id: id.into(),
        holder: "h".into(),
        department: Department::Pathology,
        requirements: vec![line.to_owned()],
        items: String::new(),
        route: route.to_owned(),
        needed_by: None,
        running_known: true,
    }
}

fn book() -> Requests {
    let mut requests = Requests::default();
    requests.apply(state_holder(&requests, "h".into(), "Springfield Example", None).unwrap());
    requests
}

fn written(requests: &mut Requests, id: &str, route: &str, sent_on: Option<Date>) {
    let change = draft(requests, &knowledge(), asking(id, "report", route)).unwrap();
    requests.apply(change);
    if let Some(on) = sent_on {
        let change = sent(requests, &knowledge(), &id.into(), on, "fax", None, date(2026, 12, 31)).unwrap();
        requests.apply(change);
    }
}

#[test]
fn slides_are_asked_of_a_laboratory_and_never_by_the_right_to_a_copy() {
    let requests = book();
    let of = |line: &str, route: &str| draft(&requests, &knowledge(), asking("r", line, route));
    assert!(of("slides", "laboratory").is_ok() && of("slides", "provider").is_ok());
    for route in ["access-letter", "portal"] {
        assert_eq!(of("slides", route).unwrap_err().0.key, "refusal-route-not-for-tissue", "{route}");
        assert!(of("report", route).is_ok(), "{route}");
    }
    assert_eq!(of("slides", "pigeon").unwrap_err().0.key, "refusal-route-unknown");
    assert_eq!(of("poem", "provider").unwrap_err().0.key, "refusal-requirement-unknown");
}

#[test]
fn whoever_asks_a_laboratory_for_copies_gets_the_letter_of_access_with_its_clock_and_whoever_asks_for_glass_does_not() {
    let knowledge = knowledge();
    let mut requests = book();
    let mut asked = |id: &str, lines: &[&str], items: &str| {
        let asking = Asking {
            requirements: lines.iter().map(|line| (*line).to_owned()).collect(),
            items: items.to_owned(),
            ..asking(id, "report", "laboratory")
        };
        requests.apply(draft(&requests, &knowledge, asking).unwrap());
        let held = requests.request(&id.into()).unwrap();
        (held.wording(LetterKind::Request, &knowledge), held.request.clock.clone())
    };
    let (access, tissue) = (("access-request", "access"), ("tissue-release", "tissue"));
    let of = |(letter, clock): (&str, &str)| (letter.to_owned(), clock.to_owned());
    assert_eq!(asked("a", &["report"], ""), of(access));
    assert_eq!(asked("b", &["report"], "Block A1 of S-10421"), of(access));
    assert_eq!(asked("c", &["slides"], ""), of(tissue));
    assert_eq!(asked("d", &["report", "slides"], ""), of(tissue));
    assert_eq!(asked("e", &[], "Block A1 of S-10421"), of(tissue), "on the way of slides, in a person's own words");
    // The table says which clock a way has, whatever its letter is called.
    let mut edited = knowledge.clone();
    edited.gathering.routes[0].letter = Some("access-request-radiology".to_owned());
    let change = draft(&book(), &edited, asking("f", "report", "access-letter")).unwrap();
    let RequestChange::Drafted { request } = change else { unreachable!("a draft") };
    assert_eq!((request.clock.as_str(), request.days), ("access", 30));
}

#[test]
fn days_on_the_way_are_counted_unless_the_way_is_known_to_have_none() {
    let knowledge = knowledge();
    for slow in ["mail", "FedEx, signature required", "by a neighbor", "Post"] {
        assert!(letters::by_mail(slow, &knowledge), "{slow}");
    }
    for at_once in ["fax", "E-mail", "portal message", "in person", "Fax 555-0100"] {
        assert!(!letters::by_mail(at_once, &knowledge), "{at_once}");
    }
}

#[test]
fn a_request_that_was_only_written_hides_none_that_runs() {
    let mut requests = book();
    written(&mut requests, "first", "access-letter", Some(date(2026, 6, 1)));
    written(&mut requests, "second", "access-letter", None);
    let of = |requests: &Requests| requests.for_requirement("report").map(|r| r.request.id.to_string());
    assert_eq!(of(&requests).as_deref(), Some("first"));
    let ended =
        end(&requests, &knowledge(), &"first".into(), date(2026, 7, 1), Ending::Fulfilled, "", date(2026, 7, 2))
            .unwrap();
    requests.apply(ended);
    assert_eq!(of(&requests).as_deref(), Some("second"));
}

#[test]
fn an_extension_counts_only_when_it_was_told_before_the_first_time_ended() {
    let mut requests = book();
    written(&mut requests, "r", "access-letter", Some(date(2026, 6, 1)));
    let id = "r".into();
    let try_on = |requests: &Requests, today: Date, until: Date, reason: &str| {
        extend(requests, &id, until, reason, None, today).map_err(|refusal| refusal.0.key)
    };
    let late = try_on(&requests, date(2026, 7, 2), date(2026, 7, 20), "backlog");
    assert_eq!(late.unwrap_err(), "refusal-extension-late");
    let last_day = date(2026, 7, 1);
    assert!(try_on(&requests, last_day, date(2026, 7, 31), "backlog").is_ok());
    assert!(try_on(&requests, last_day, date(2026, 8, 1), "backlog").is_err(), "further than the rule allows");
    assert!(try_on(&requests, last_day, last_day, "backlog").is_err(), "no longer than before");
    assert!(try_on(&requests, last_day, date(2026, 7, 20), " ").is_err(), "without a reason");
    let change = extend(&requests, &id, date(2026, 7, 31), "backlog", None, last_day).unwrap();
    requests.apply(change);
    assert_eq!(try_on(&requests, last_day, date(2026, 8, 10), "more").unwrap_err(), "refusal-no-extension");
    assert!(!requests.requests[0].is_overdue(date(2026, 7, 31)) && requests.requests[0].is_overdue(date(2026, 8, 1)));
}

#[test]
fn a_detail_that_is_told_anew_loses_no_other_and_nothing_told_takes_the_department_out() {
    let mut requests = book();
    let mut tell = |reach: Reach| {
        let told = Some((Department::Records, reach));
        let change = state_holder(&requests, "h".into(), "Springfield Example", told).unwrap();
        requests.apply(change);
        requests.holders.values().next().unwrap().reach(Department::Records).cloned()
    };
    tell(Reach { fax: "555-0100".to_owned(), said_by: "the web page".to_owned(), ..Reach::default() });
    let both = tell(Reach { phone: "555-0101".to_owned(), ..Reach::default() }).unwrap();
    assert_eq!((both.phone.as_str(), both.fax.as_str()), ("555-0101", "555-0100"));
    assert_eq!(tell(Reach::default()), None);
}

#[test]
fn what_is_not_needed_holds_for_every_center_or_for_one_and_can_be_taken_back() {
    let mut requests = book();
    let say = |requests: &mut Requests, reason: &str, center: Option<&str>| {
        let change = settle(requests, &knowledge(), "report", reason, center).map_err(|refusal| refusal.0.key)?;
        requests.apply(change);
        Ok::<_, String>(())
    };
    let why = |requests: &Requests, center: Option<&str>| requests.waiver("report", center).map(|w| w.reason);
    say(&mut requests, "They have it", Some("Riverbend")).unwrap();
    assert_eq!(why(&requests, Some("river bend")), None);
    assert_eq!(why(&requests, Some("  RIVERBEND ")).as_deref(), Some("They have it"));
    assert_eq!((why(&requests, Some("Hilltop")), why(&requests, None)), (None, None), "no other center is meant");

    say(&mut requests, "It does not exist", None).unwrap();
    assert_eq!(why(&requests, Some("Hilltop")).as_deref(), Some("It does not exist"));
    assert_eq!(why(&requests, Some("Riverbend")).as_deref(), Some("They have it"), "what was said of it goes first");
    assert_eq!(say(&mut requests, "", Some("Hilltop")).unwrap_err(), "refusal-waived-everywhere");
    say(&mut requests, "", Some("riverbend")).unwrap();
    assert_eq!(why(&requests, Some("Riverbend")).as_deref(), Some("It does not exist"));
    say(&mut requests, "", None).unwrap();
    assert_eq!((why(&requests, Some("Riverbend")), why(&requests, None)), (None, None));
    say(&mut requests, "", Some("Riverbend")).unwrap();
    assert!(say(&mut requests, &"long ".repeat(200), None).is_err());
}

#[test]
fn an_entry_of_before_centers_were_named_holds_for_every_center() {
    let mut requests = book();
    for (written, expect) in
        [(r#"{"is":"waived","reason":"Not wanted"}"#, Some("Not wanted")), (r#"{"is":"open"}"#, None)]
    {
        let settled = serde_json::from_str(written).unwrap();
        requests.apply(RequestChange::RequirementSettled { requirement: "report".to_owned(), settled });
        assert_eq!(requests.waiver("report", Some("Riverbend")).map(|w| w.reason).as_deref(), expect);
    }
}

fn sending(id: &str, kind: LetterKind, how: &str, on: Date) -> SendingLetter {
    SendingLetter {
        id: id.into(),
        kind,
        title: "Request for a copy of my records".to_owned(),
        pdf: "page".into(),
        on,
        how: how.to_owned(),
        to: "Springfield Example, records".to_owned(),
        received: None,
    }
}

/// Writes a letter down as sent; what was refused, or whether anything was new.
fn send(requests: &mut Requests, letter: &SendingLetter, today: Date) -> Result<bool, String> {
    let change = letter_sent(requests, &knowledge(), &"r".into(), letter, today).map_err(|refusal| refusal.0.key)?;
    let is_new = change.is_some();
    change.into_iter().for_each(|change| requests.apply(change));
    Ok(is_new)
}

#[test]
fn a_letter_that_was_sent_is_kept_once_and_starts_the_clock() {
    let mut requests = book();
    written(&mut requests, "r", "access-letter", None);
    let (day, today) = (date(2026, 1, 31), date(2026, 6, 1));
    let request = sending("l1", LetterKind::Request, "fax", day);
    assert_eq!(send(&mut requests, &request, today), Ok(true));
    assert_eq!(send(&mut requests, &SendingLetter { id: "l2".into(), ..request.clone() }, today), Ok(false));
    let held = requests.requests[0].clone();
    assert_eq!((held.letters.len(), held.letters[0].pdf.as_str()), (1, "page"));
    assert_eq!((held.asked_on(), held.clock().map(|c| c.until)), (Some(day), Some(date(2026, 3, 2))));
    // Other letters, and the same one sent again later, move no clock.
    assert_eq!(send(&mut requests, &sending("l3", LetterKind::Reminder, "fax", date(2026, 2, 20)), today), Ok(true));
    assert_eq!(send(&mut requests, &sending("l4", LetterKind::Request, "fax", date(2026, 2, 21)), today), Ok(true));
    assert_eq!(requests.requests[0].clock(), held.clock());
    // Taken back, the clock counts from the request that stands, and then stops; the pages stay on the record.
    let back = take_letter_back(&requests, &"r".into(), &"l1".into()).unwrap();
    requests.apply(back);
    assert_eq!(requests.requests[0].sent, Some((date(2026, 2, 21), "fax".to_owned())));
    let back = take_letter_back(&requests, &"r".into(), &"l4".into()).unwrap();
    requests.apply(back);
    assert_eq!(requests.requests[0].sent, None);
    assert_eq!(requests.requests[0].letters.len(), 3);
    assert_eq!(take_letter_back(&requests, &"r".into(), &"l1".into()).unwrap_err().0.key, "refusal-letter-unknown");
    assert_eq!(send(&mut requests, &request, today), Ok(true), "what was taken back can be sent after all");
}

#[test]
fn a_mailed_letter_counts_from_its_arrival_or_with_days_for_the_mail() {
    let from = |how: &str, received: Option<Date>| {
        let mut requests = book();
        written(&mut requests, "r", "access-letter", None);
        let letter = SendingLetter { received, ..sending("l", LetterKind::Request, how, date(2028, 2, 26)) };
        send(&mut requests, &letter, date(2028, 6, 1)).map(|_| requests.requests[0].sent.clone().unwrap().0)
    };
    assert_eq!(from("mail", None), Ok(date(2028, 3, 2)), "over the leap day");
    assert_eq!(from("Certified mail", None), Ok(date(2028, 3, 2)));
    assert_eq!(from("post", None), Ok(date(2028, 3, 2)));
    for way in ["e-mail", "email", "E mail", "fax"] {
        assert_eq!(from(way, None), Ok(date(2028, 2, 26)), "{way}");
    }
    assert_eq!(from("mail", Some(date(2028, 2, 28))), Ok(date(2028, 2, 28)));
    assert_eq!(from("mail", Some(date(2028, 2, 25))), Err("refusal-letter-received-before".to_owned()));
    assert_eq!(from("mail", Some(date(2028, 6, 2))), Err("refusal-day-in-future".to_owned()));
    assert_eq!(from(" ", None), Err("refusal-empty-field".to_owned()));
}

#[test]
fn the_day_of_arrival_is_corrected_but_to_none_before_the_letter_was_mailed() {
    let (mut requests, today) = (book(), date(2026, 6, 1));
    written(&mut requests, "r", "access-letter", None);
    send(&mut requests, &sending("l", LetterKind::Request, "mail", date(2026, 3, 2)), today).unwrap();
    let since = requests.requests[0].sent.clone().unwrap().0;
    let say = |requests: &Requests, on: Date, how: &str, since: Date| {
        sent(requests, &knowledge(), &"r".into(), on, how, Some(since), today).map_err(|refusal| refusal.0.key)
    };
    let before = Err("refusal-letter-received-before".to_owned());
    assert_eq!(say(&requests, date(2026, 3, 1), "mail", since), before);
    assert!(say(&requests, date(2026, 3, 2), "mail", since).is_ok());
    assert!(say(&requests, date(2026, 3, 1), "call", since).is_ok(), "a call may have been before the letter");
    let corrected = date(2026, 3, 4);
    let change = say(&requests, corrected, "mail", since).unwrap();
    requests.apply(change);
    assert_eq!(say(&requests, date(2026, 3, 1), "mail", corrected), before, "nor is it when it was corrected once");
}

#[test]
fn a_letter_taken_back_leaves_what_was_told_without_one() {
    let mut requests = book();
    let told = date(2026, 3, 9);
    written(&mut requests, "r", "access-letter", Some(told));
    send(&mut requests, &sending("l", LetterKind::Request, "fax", date(2026, 3, 2)), date(2026, 6, 1)).unwrap();
    assert_eq!(requests.requests[0].sent.clone().unwrap().0, date(2026, 3, 2), "the earlier day counts");
    let back = take_letter_back(&requests, &"r".into(), &"l".into()).unwrap();
    requests.apply(back);
    assert_eq!(requests.requests[0].sent.clone().unwrap().0, told);
}

#[test]
fn days_that_can_not_be_are_refused_with_the_reason() {
    let mut requests = book();
    written(&mut requests, "r", "access-letter", None);
    let (id, today) = (RequestId::from("r"), date(2026, 6, 30));
    let said = |day: Date| {
        sent(&requests, &knowledge(), &id, day, "fax", None, today).map(|_| ()).map_err(|refusal| refusal.0.key)
    };
    assert_eq!(said(date(1900, 1, 1)).unwrap_err(), "refusal-day-long-ago");
    assert_eq!(said(date(2020, 6, 28)).unwrap_err(), "refusal-day-long-ago");
    assert_eq!(said(date(2026, 7, 1)).unwrap_err(), "refusal-day-in-future");
    assert!(said(date(2020, 6, 29)).is_ok(), "six years, as the table has it");
    let letter = sending("l", LetterKind::Request, "fax", date(1900, 1, 1));
    assert_eq!(send(&mut requests, &letter, today).unwrap_err(), "refusal-day-long-ago");
    let change = sent(&requests, &knowledge(), &id, date(2026, 6, 1), "fax", None, today).unwrap();
    requests.apply(change);
    let ended =
        |on: Date| end(&requests, &knowledge(), &id, on, Ending::Fulfilled, "", today).map_err(|refusal| refusal.0.key);
    assert_eq!(ended(date(2026, 5, 31)).unwrap_err(), "refusal-ended-before-sent");
    assert_eq!(ended(date(1900, 1, 1)).unwrap_err(), "refusal-day-long-ago");
    assert!(ended(date(2026, 6, 1)).is_ok());
}

#[test]
fn the_day_of_a_notice_counts_and_not_the_day_it_is_typed() {
    let mut requests = book();
    written(&mut requests, "r", "access-letter", Some(date(2026, 6, 1)));
    let told = |noticed: Date| {
        let until = date(2026, 7, 31);
        extend(&requests, &"r".into(), until, "backlog", Some(noticed), date(2026, 7, 9)).map_err(|r| r.0.key)
    };
    assert!(
        matches!(told(date(2026, 7, 1)), Ok(RequestChange::Extended { noticed: Some(day), .. }) if day == date(2026, 7, 1))
    );
    assert_eq!(told(date(2026, 7, 2)).unwrap_err(), "refusal-extension-late");
    assert_eq!(told(date(2026, 5, 31)).unwrap_err(), "refusal-extension-before");
    assert_eq!(told(date(2026, 7, 10)).unwrap_err(), "refusal-day-in-future");
}

#[test]
fn the_way_of_a_request_changes_until_it_is_sent_and_its_clock_with_it() {
    let mut requests = book();
    written(&mut requests, "r", "portal", None);
    assert_eq!(requests.requests[0].request.clock, "courtesy");
    let id = RequestId::from("r");
    assert_eq!(change_route(&requests, &knowledge(), &id, "portal"), Ok(None), "it goes that way already");
    let refused = |requests: &Requests, route: &str| {
        change_route(requests, &knowledge(), &id, route).map(|_| ()).map_err(|refusal| refusal.0.key)
    };
    assert_eq!(refused(&requests, "pigeon").unwrap_err(), "refusal-route-unknown");
    let change = change_route(&requests, &knowledge(), &id, "access-letter").unwrap().unwrap();
    requests.apply(change);
    let held = &requests.requests[0];
    assert_eq!((held.request.route.as_str(), held.request.clock.as_str()), ("access-letter", "access"));
    assert_eq!((held.request.days, held.request.extension_days), (30, 30));
    assert!(held.letters(&knowledge(), date(2026, 6, 1)).contains(&LetterKind::Request), "its letter is there now");
    let change = sent(&requests, &knowledge(), &id, date(2026, 6, 1), "fax", None, date(2026, 6, 2)).unwrap();
    requests.apply(change);
    assert_eq!(refused(&requests, "portal").unwrap_err(), "refusal-route-sent");
    let slides = draft(&requests, &knowledge(), asking("s", "slides", "laboratory")).unwrap();
    requests.apply(slides);
    let of_slides = change_route(&requests, &knowledge(), &"s".into(), "access-letter").unwrap_err();
    assert_eq!(of_slides.0.key, "refusal-route-not-for-tissue", "glass is not copied");
}

#[test]
fn an_escalation_that_was_sent_gives_them_days_before_the_next_letter() {
    let mut requests = book();
    written(&mut requests, "r", "access-letter", Some(date(2026, 1, 1)));
    let needs = |requests: &Requests, day| requests.requests[0].needs_letter(&knowledge(), None, day);
    assert!(!needs(&requests, date(2026, 1, 31)) && needs(&requests, date(2026, 2, 1)));
    let escalation = sending("e", LetterKind::Escalation, "fax", date(2026, 2, 1));
    assert_eq!(send(&mut requests, &escalation, date(2026, 6, 1)), Ok(true));
    let held = &requests.requests[0];
    assert_eq!(held.escalated_until(&knowledge()), Some(date(2026, 2, 8)), "the days that the letter gives");
    assert!(held.is_overdue(date(2026, 2, 8)) && !needs(&requests, date(2026, 2, 8)), "it is overdue, and theirs");
    assert!(needs(&requests, date(2026, 2, 9)));
    let mut other = knowledge();
    other.gathering.settings = vec![(crate::knowledge::Setting::EscalationDays, 21)];
    assert_eq!(requests.requests[0].escalated_until(&other), Some(date(2026, 2, 8)), "whatever the setting is now");
    let back = take_letter_back(&requests, &"r".into(), &"e".into()).unwrap();
    requests.apply(back);
    assert!(needs(&requests, date(2026, 2, 2)), "a letter that was not sent gives no days");
}

#[test]
fn the_escalation_of_slides_has_words_of_its_own() {
    let mut requests = book();
    let change = draft(&requests, &knowledge(), asking("s", "slides", "laboratory")).unwrap();
    requests.apply(change);
    let held = &requests.requests[0];
    assert_eq!(held.wording(LetterKind::Reminder, &knowledge()), "tissue-reminder");
    assert_eq!(held.wording(LetterKind::Escalation, &knowledge()), "tissue-escalation");
}

#[test]
fn the_way_proposed_first_carries_what_is_asked_for() {
    let mut knowledge = knowledge();
    let way = |id: &str, order: u32, letter: Option<&str>, carries: &[Carried]| Route {
        id: id.to_owned(),
        departments: vec![Department::Radiology, Department::Pathology],
        order,
        carries: carries.to_vec(),
        letter: letter.map(str::to_owned),
        clock: Route::usual_clock(letter).to_owned(),
        ..knowledge.gathering.routes[0].clone()
    };
    let gathering = |says: bool| {
        let of = |carries: &'static [Carried]| if says { carries } else { &[] };
        vec![
            way("portal", 1, None, of(&[Carried::Records])),
            way("pick-up", 2, Some("access-request"), of(&[Carried::Records, Carried::Images])),
            way("laboratory", 3, Some("tissue-release"), of(&[Carried::Material])),
        ]
    };
    let (told, untold) = (gathering(true), gathering(false));
    for routes in [told, untold] {
        knowledge.gathering.routes = routes;
        let first = |asked: &[Carried]| knowledge.gathering.ways(Department::Radiology, asked)[0].id.clone();
        assert_eq!(first(&[Carried::Images]), "pick-up");
        assert_eq!(first(&[Carried::Records]), "portal");
        assert_eq!(first(&[Carried::Records, Carried::Images]), "pick-up");
        assert_eq!(first(&[Carried::Material]), "laboratory");
        assert_eq!(first(&[]), "portal");
        let of_glass = knowledge.gathering.ways(Department::Radiology, &[Carried::Material]);
        assert_eq!(of_glass.len(), 1, "no other is a way for glass");
    }
}

#[test]
fn a_letter_about_a_request_is_not_older_than_the_request() {
    let today = date(2026, 6, 1);
    for kind in [LetterKind::Reminder, LetterKind::Escalation] {
        let mut requests = book();
        written(&mut requests, "r", "access-letter", None);
        let before = sending("e", kind, "fax", date(2026, 3, 1));
        assert_eq!(
            send(&mut requests, &before, today).unwrap_err(),
            "refusal-letter-before-request",
            "nothing was sent"
        );
        let change = sent(&requests, &knowledge(), &"r".into(), date(2026, 3, 2), "fax", None, today).unwrap();
        requests.apply(change);
        assert_eq!(send(&mut requests, &before, today).unwrap_err(), "refusal-letter-before-request");
        assert_eq!(send(&mut requests, &sending("e", kind, "fax", date(2026, 3, 2)), today), Ok(true));
    }
}

#[test]
fn a_call_that_is_noted_twice_is_noted_once_and_its_time_is_a_time() {
    let mut requests = book();
    written(&mut requests, "r", "access-letter", Some(date(2026, 3, 2)));
    let call = |id: &str, at: &str, said: &str| Contact {
        id: id.into(),
        on: date(2026, 3, 5),
        at: at.to_owned(),
        how: "call".to_owned(),
        with: String::new(),
        said: said.to_owned(),
        promised: String::new(),
        reference: String::new(),
        corrects: None,
    };
    let note = |requests: &Requests, contact: Contact| {
        contacted(requests, &knowledge(), &"r".into(), contact, date(2026, 6, 1)).map_err(|refusal| refusal.0.key)
    };
    let change = note(&requests, call("c1", "14:30 EST", "They look for it.")).unwrap().unwrap();
    requests.apply(change);
    assert_eq!(note(&requests, call("c2", " 14:30  EST", "They look for it. ")), Ok(None), "a form sent twice");
    assert!(note(&requests, call("c2", "15:30 EST", "They look for it.")).unwrap().is_some());
    assert_eq!(note(&requests, call("c3", "25:99", "They look for it.")).unwrap_err(), "refusal-time");
    let long_ago = Contact { on: date(2020, 3, 5), ..call("c4", "", "x") };
    assert_eq!(note(&requests, long_ago).unwrap_err(), "refusal-day-long-ago");
}

#[test]
fn a_request_that_is_written_twice_before_anything_happened_is_one() {
    let mut requests = book();
    written(&mut requests, "r", "access-letter", None);
    let again = asking("r2", "report", "access-letter");
    assert!(drafted(&requests, &again).is_some());
    assert!(drafted(&requests, &asking("r2", "report", "portal")).is_none(), "another way");
    assert!(drafted(&requests, &Asking { items: "A letter".to_owned(), ..again.clone() }).is_none());
    let change = sent(&requests, &knowledge(), &"r".into(), date(2026, 6, 1), "fax", None, date(2026, 6, 2)).unwrap();
    requests.apply(change);
    assert!(drafted(&requests, &again).is_none(), "what was sent can be asked for once more");
}

#[test]
fn what_was_asked_for_there_and_still_runs_is_asked_for_again_only_by_who_knows_that() {
    let mut requests = book();
    requests.apply(state_holder(&requests, "other".into(), "Riverbend Example", None).unwrap());
    let ask = |requests: &Requests, asking: Asking| {
        let asking = Asking { running_known: false, ..asking };
        draft(requests, &knowledge(), asking).map(|_| ()).map_err(|refusal| refusal.0)
    };
    assert_eq!(ask(&requests, asking("r-1", "report", "access-letter")), Ok(()));
    written(&mut requests, "r-1", "access-letter", Some(date(2026, 11, 2)));
    let again = ask(&requests, asking("r-2", "report", "portal")).unwrap_err();
    assert_eq!(again.key, "refusal-request-running");
    assert_eq!(again.args, [("what", "report"), ("asked", "2026-11-02")].map(|(n, v)| (n.to_owned(), v.to_owned())));
    assert!(draft(&requests, &knowledge(), asking("r-2", "report", "portal")).is_ok(), "they said that they know");
    assert_eq!(ask(&requests, asking("r-2", "slides", "laboratory")), Ok(()), "something else");
    assert_eq!(ask(&requests, Asking { holder: "other".into(), ..asking("r-2", "report", "portal") }), Ok(()));
    let words =
        |items: &str| Asking { requirements: Vec::new(), items: items.to_owned(), ..asking("r-3", "report", "portal") };
    requests.apply(draft(&requests, &knowledge(), words("The CT of May\nThe MRI")).unwrap());
    assert_eq!(ask(&requests, words("A letter\n the ct of MAY ")).unwrap_err().key, "refusal-request-running");
    assert_eq!(ask(&requests, words("The CT of June")), Ok(()));
    let today = date(2026, 12, 1);
    requests.apply(end(&requests, &knowledge(), &"r-1".into(), today, Ending::Fulfilled, "", today).unwrap());
    assert_eq!(ask(&requests, asking("r-2", "report", "portal")), Ok(()), "it ended");
}

#[test]
fn a_clock_that_runs_is_begun_anew_by_no_second_sending_and_corrected_only_by_who_names_the_day_that_stands() {
    let mut requests = book();
    written(&mut requests, "r", "access-letter", Some(date(2026, 3, 1)));
    let (id, today) = (RequestId::from("r"), date(2026, 5, 1));
    let say = |requests: &Requests, on: Date, instead_of: Option<Date>| {
        sent(requests, &knowledge(), &id, on, "call", instead_of, today).map_err(|refusal| refusal.0.key)
    };
    assert_eq!(say(&requests, date(2026, 4, 20), None).unwrap_err(), "refusal-clock-runs");
    assert_eq!(say(&requests, date(2026, 2, 20), None).unwrap_err(), "refusal-clock-runs", "earlier or later");
    assert_eq!(say(&requests, date(2026, 4, 20), Some(date(2026, 3, 2))).unwrap_err(), "refusal-clock-runs");
    let corrected = say(&requests, date(2026, 3, 4), Some(date(2026, 3, 1))).unwrap();
    requests.apply(corrected);
    assert_eq!(requests.requests[0].sent.clone().unwrap().0, date(2026, 3, 4));
    // A window that was opened before that names a day that does not stand any more.
    assert_eq!(say(&requests, date(2026, 4, 20), Some(date(2026, 3, 1))).unwrap_err(), "refusal-clock-runs");
    let mut fresh = book();
    written(&mut fresh, "r", "access-letter", None);
    assert_eq!(say(&fresh, date(2026, 4, 1), Some(date(2026, 3, 1))).unwrap_err(), "refusal-clock-not-since");
}

#[test]
fn a_day_by_which_one_request_is_needed_is_said_and_taken_back() {
    let mut requests = book();
    written(&mut requests, "r", "access-letter", None);
    for day in [Some(date(2026, 5, 1)), None] {
        let change = state_needed_by(&requests, &"r".into(), day).unwrap();
        requests.apply(change);
        assert_eq!(requests.requests[0].request.needed_by, day);
    }
    assert_eq!(state_needed_by(&requests, &"x".into(), None).unwrap_err().0.key, "refusal-request-unknown");
    let ended = end(&requests, &knowledge(), &"r".into(), date(2026, 6, 1), Ending::Withdrawn, "", date(2026, 6, 1));
    requests.apply(ended.unwrap());
    assert_eq!(state_needed_by(&requests, &"r".into(), None).unwrap_err().0.key, "refusal-request-ended");
}

#[test]
fn time_counts_by_the_days_of_where_the_person_is() {
    use crate::shared::clock::Standing;
    use crate::shared::time::Instant;
    // 31 March 2026, 23:30 in London, an hour after its clocks went forward that week.
    let micros = 1_774_996_200_000_000;
    let mut requests = book();
    written(&mut requests, "r", "access-letter", Some(date(2026, 3, 1)));
    let clock = requests.requests[0].clock().unwrap();
    assert_eq!(clock.until, date(2026, 3, 31), "thirty days, over no month end but with one shorter day in it");
    // Where it is still the last day there is a day left to answer; where the next one began there is none.
    for (zone, minutes, day, overdue) in [
        ("Honolulu", -600, date(2026, 3, 31), false),
        ("New York", -240, date(2026, 3, 31), false),
        ("London", 60, date(2026, 3, 31), false),
        ("Berlin", 120, date(2026, 4, 1), true),
        ("Kolkata", 330, date(2026, 4, 1), true),
        ("Kiritimati", 840, date(2026, 4, 1), true),
    ] {
        let now = Instant { micros, offset_minutes: minutes };
        assert_eq!(now.date(), day, "{zone}");
        assert_eq!(clock.standing(now.date()) == Standing::Overdue, overdue, "{zone}");
        assert_eq!(requests.requests[0].is_overdue(now.date()), overdue, "{zone}");
        // What is told on that day is of that day there, and nobody's future.
        let noted = sent(&requests, &knowledge(), &"r".into(), day, "fax", Some(date(2026, 3, 1)), now.date());
        assert!(noted.is_ok(), "{zone}");
        let stands = Some(date(2026, 3, 1));
        let tomorrow = day.tomorrow().unwrap();
        let future = sent(&requests, &knowledge(), &"r".into(), tomorrow, "fax", stands, now.date()).unwrap_err();
        assert_eq!(future.0.key, "refusal-day-in-future", "{zone}");
    }
}

#[test]
fn an_extension_that_an_earlier_day_shows_to_be_too_late_counts_no_more_and_a_right_one_can_be_told() {
    let knowledge = knowledge();
    let mut requests = book();
    written(&mut requests, "r1", "access-letter", None);
    let id = requests.requests[0].request.id.clone();
    let today = date(2026, 11, 28);
    let change = sent(&requests, &knowledge, &id, date(2026, 10, 25), "fax", None, today).unwrap();
    requests.apply(change);
    let noticed = Some(date(2026, 11, 20));
    requests.apply(extend(&requests, &id, date(2026, 12, 20), "a busy month", noticed, today).unwrap());
    assert_eq!(requests.requests[0].clock().unwrap().until, date(2026, 12, 20));
    assert!(extend(&requests, &id, date(2026, 12, 24), "still", None, today).is_err(), "there is one");
    let earlier = sent(&requests, &knowledge, &id, date(2026, 9, 20), "fax", Some(date(2026, 10, 25)), today).unwrap();
    requests.apply(earlier);
    let held = &requests.requests[0];
    assert_eq!(held.clock().unwrap().until, date(2026, 10, 20), "the first thirty days alone");
    assert!(held.is_overdue(today) && held.standing_extension().is_none());
    let late = extend(&requests, &id, date(2026, 11, 15), "again", Some(date(2026, 10, 21)), today).unwrap_err();
    assert_eq!(late.0.key, "refusal-extension-late");
    requests.apply(extend(&requests, &id, date(2026, 11, 15), "moving", Some(date(2026, 10, 20)), today).unwrap());
    assert_eq!(requests.requests[0].clock().unwrap().until, date(2026, 11, 15));
}

#[test]
fn a_letter_is_due_once_the_day_passed_by_which_it_is_needed_though_the_law_gives_more_time() {
    let knowledge = knowledge();
    let mut requests = book();
    written(&mut requests, "r1", "access-letter", None);
    let id = requests.requests[0].request.id.clone();
    let today = date(2026, 11, 28);
    requests.apply(sent(&requests, &knowledge, &id, date(2026, 11, 10), "fax", None, today).unwrap());
    let needs = |requests: &Requests, by: Option<Date>, day| requests.requests[0].needs_letter(&knowledge, by, day);
    let by = Some(date(2026, 11, 24));
    assert!(!needs(&requests, by, date(2026, 11, 24)) && needs(&requests, by, date(2026, 11, 25)));
    assert!(!needs(&requests, None, today) && !needs(&requests, Some(today), today));
    let reminder = SendingLetter {
        id: "letter-1".into(),
        kind: LetterKind::Reminder,
        title: "About my request".to_owned(),
        pdf: "object".into(),
        on: date(2026, 11, 25),
        how: "fax".to_owned(),
        to: "the records department".to_owned(),
        received: Some(date(2026, 11, 25)),
    };
    requests.apply(letter_sent(&requests, &knowledge, &id, &reminder, today).unwrap().unwrap());
    let given = u32::try_from(knowledge.gathering.days(crate::knowledge::Setting::EscalationDays)).unwrap_or_default();
    let last = days_after(date(2026, 11, 25), given);
    assert!(!needs(&requests, by, last) && needs(&requests, by, days_after(last, 1)));
    // Once it ended nothing is due.
    requests.apply(end(&requests, &knowledge, &id, today, Ending::Fulfilled, "", today).unwrap());
    assert!(!needs(&requests, by, date(2027, 1, 1)));
}

#[test]
fn a_holder_is_reminded_on_the_day_and_not_again_after_somebody_spoke_to_them() {
    let knowledge = knowledge();
    let mut requests = book();
    written(&mut requests, "r1", "access-letter", None);
    let id = requests.requests[0].request.id.clone();
    let today = date(2026, 11, 30);
    let needs = |requests: &Requests, day| requests.requests[0].needs_reminder(&knowledge, None, day);
    assert!(!needs(&requests, today), "it was not sent");
    requests.apply(sent(&requests, &knowledge, &id, date(2026, 11, 2), "fax", None, today).unwrap());
    // Fifteen days later.
    assert!(!needs(&requests, date(2026, 11, 16)) && needs(&requests, date(2026, 11, 17)));
    let by = Some(date(2026, 11, 10));
    assert!(!requests.requests[0].needs_reminder(&knowledge, by, date(2026, 11, 17)), "the next letter is due at once");
    let call = |on: Date| Contact {
        id: "c".into(),
        on,
        at: String::new(),
        how: "call".to_owned(),
        with: "Pat Example".to_owned(),
        said: "They look for it.".to_owned(),
        promised: String::new(),
        reference: String::new(),
        corrects: None,
    };
    for (on, due) in [(date(2026, 11, 16), true), (date(2026, 11, 18), false)] {
        let mut spoken = requests.clone();
        spoken.requests[0].contacts.push(call(on));
        assert_eq!(needs(&spoken, date(2026, 11, 20)), due, "spoken on {on}");
    }
    assert!(!needs(&requests, date(2026, 12, 3)), "its time ended: another letter");
}
