//! What may be asked, and what a clock allows.

use jiff::civil::date;

use super::*;
use crate::knowledge::{ClockRule, Evidence, Need, Proof, Requirement, Route};
use crate::shared::contact::Reach;

fn knowledge() -> Knowledge {
    let mut knowledge = Knowledge::default();
    let requirement = |id: &str, evidence: Evidence| Requirement {
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
        let change = sent(requests, &id.into(), on, "fax", date(2026, 12, 31)).unwrap();
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
fn a_request_that_was_only_written_hides_none_that_runs() {
    let mut requests = book();
    written(&mut requests, "first", "access-letter", Some(date(2026, 6, 1)));
    written(&mut requests, "second", "access-letter", None);
    let of = |requests: &Requests| requests.for_requirement("report").map(|r| r.request.id.to_string());
    assert_eq!(of(&requests).as_deref(), Some("first"));
    let ended = end(&requests, &"first".into(), date(2026, 7, 1), Ending::Fulfilled, "", date(2026, 7, 2)).unwrap();
    requests.apply(ended);
    assert_eq!(of(&requests).as_deref(), Some("second"));
}

#[test]
fn an_extension_counts_only_when_it_was_told_before_the_first_time_ended() {
    let mut requests = book();
    written(&mut requests, "r", "access-letter", Some(date(2026, 6, 1)));
    let id = "r".into();
    let try_on = |requests: &Requests, today: Date, until: Date, reason: &str| {
        extend(requests, &id, until, reason, today).map_err(|refusal| refusal.0.key)
    };
    let late = try_on(&requests, date(2026, 7, 2), date(2026, 7, 20), "backlog");
    assert_eq!(late.unwrap_err(), "refusal-extension-late");
    let last_day = date(2026, 7, 1);
    assert!(try_on(&requests, last_day, date(2026, 7, 31), "backlog").is_ok());
    assert!(try_on(&requests, last_day, date(2026, 8, 1), "backlog").is_err(), "further than the rule allows");
    assert!(try_on(&requests, last_day, last_day, "backlog").is_err(), "no longer than before");
    assert!(try_on(&requests, last_day, date(2026, 7, 20), " ").is_err(), "without a reason");
    let change = extend(&requests, &id, date(2026, 7, 31), "backlog", last_day).unwrap();
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
