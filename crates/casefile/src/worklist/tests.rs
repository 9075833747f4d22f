//! What presses: an answer that is overdue before what a person here has to do, and that before what others owe.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};

use super::{Pressing, Standing};
use crate::gather::requests::{Request, RequestChange};
use crate::gather::{ImportRecord, Totals};
use crate::knowledge::Department;
use crate::next::sorted_steps;
use crate::reading::Waiting;
use crate::share::{Delivery, HeldDelivery, PacketRecord, Receipt, Recipient};
use crate::shared::contact::Holder;
use crate::{Audience, Case, CaseId, Instant, PartialDate};

/// 12 October 2026.
const NOW: Instant = Instant { micros: 1_791_795_600_000_000, offset_minutes: 0 };

/// A case with files, whose chores that block are done.
fn case() -> Case {
    let mut case = Case::new(CaseId::from("case"));
    let import = ImportRecord {
        id: "i".into(),
        sources: Vec::new(),
        manifest: "m".into(),
        totals: Totals::default(),
        at: Some(NOW),
    };
    case.gather.imports.push(import);
    case.find.center = Some("Riverbend".to_owned());
    let holder = |id: &str, name: &str| Holder { id: id.into(), name: name.to_owned(), departments: Vec::new() };
    for holder in [holder("h1", "Springfield"), holder("h2", "Shelbyville")] {
        case.requests.apply(RequestChange::HolderStated { holder });
    }
    case
}

fn asked(case: &mut Case, id: &str, holder: &str, on: Date) {
    let request = Request {
        id: id.into(),
        holder: holder.into(),
        department: Department::Records,
        requirements: Vec::new(),
        items: vec!["The slides".to_owned()],
        route: "access-letter".to_owned(),
        clock: "access".to_owned(),
        days: 30,
        extension_days: 30,
        reminder_days: Vec::new(),
        knowledge: String::new(),
        needed_by: None,
    };
    case.requests.apply(RequestChange::Drafted { request });
    case.requests.apply(RequestChange::Sent { id: id.into(), on, how: "fax".to_owned() });
}

fn standing(case: &Case, waiting: &Waiting) -> Standing {
    case.seen_by(Audience::Owner).standing(waiting, NOW)
}

fn missing(missing: usize) -> Waiting {
    let mut waiting = Waiting::default();
    waiting.needs.missing = missing;
    waiting
}

#[test]
fn an_answer_that_is_overdue_comes_first_and_names_who_owes_it_the_longest() {
    let mut case = case();
    asked(&mut case, "r1", "h1", date(2026, 9, 10));
    asked(&mut case, "r2", "h2", date(2026, 8, 1));
    asked(&mut case, "r3", "h1", date(2026, 10, 1));
    let mut late = missing(3);
    late.needs.late = Some(1);
    let now = standing(&case, &late);
    assert_eq!((now.pressing, now.on.as_deref()), (Pressing::Overdue, Some("Shelbyville")));
    assert_eq!((now.since, now.until), (Some(date(2026, 8, 1)), Some(PartialDate::Day(date(2026, 8, 31)))));
    assert_eq!(now.place, "requests/r2");
    // Nobody but the owner is told of whom the owner asked.
    let helper = case.seen_by(Audience::Helper).standing(&late, NOW);
    assert_eq!((helper.pressing, helper.on), (Pressing::Here, None));
    // Of what came, or was pressed for already, nobody waits, whatever a clock says.
    assert_ne!(standing(&case, &missing(3)).pressing, Pressing::Overdue);
}

#[test]
fn what_blocks_here_comes_before_what_others_owe_and_chores_do_not_hide_it() {
    let mut case = case();
    asked(&mut case, "r1", "h1", date(2026, 10, 1));
    let here = standing(&case, &missing(2));
    assert_eq!((here.pressing, here.on.as_deref(), here.place.as_str()), (Pressing::Here, None, "checklist"));
    assert_eq!(here.since, Some(NOW.date()), "since the last files came");
    let others = standing(&case, &missing(0));
    assert_eq!((others.pressing, others.on.as_deref()), (Pressing::Others, Some("Springfield")));
    let steps = sorted_steps(&case.seen_by(Audience::Owner).stages(&missing(0), NOW));
    assert!(!steps.is_empty() && steps.iter().all(|(_, step)| !step.blocks), "there are chores: {steps:?}");
    case.requests.apply(RequestChange::Ended {
        id: "r1".into(),
        on: NOW.date(),
        ending: crate::gather::requests::Ending::Fulfilled,
        note: String::new(),
    });
    assert_eq!(standing(&case, &missing(0)).pressing, Pressing::Here, "only chores are left");
}

#[test]
fn what_a_center_says_is_missing_is_waited_for_though_every_item_is_confirmed() {
    let packet = PacketRecord {
        id: "p".into(),
        center: "Riverbend".to_owned(),
        audience: Audience::Specialist,
        documents: vec!["d1".into()],
        studies: Vec::new(),
        manifest_sha256: String::new(),
        object: None,
        bytes: 0,
        since: None,
        fax: false,
        images: BTreeMap::new(),
        items: Vec::new(),
        stated: Default::default(),
        other_names: 0,
        shown: None,
        dropped: false,
        at: None,
    };
    let delivery = Delivery {
        id: "v".into(),
        packet: "p".into(),
        recipient: Recipient::Center,
        to: "Riverbend".to_owned(),
        how: "mail".to_owned(),
        on: date(2026, 10, 6),
        tracking: String::new(),
    };
    let receipt = |missing: &str| Receipt {
        delivery: "v".into(),
        on: NOW.date(),
        by: "Kim Example".to_owned(),
        documents: vec!["d1".into()],
        studies: Vec::new(),
        missing: missing.to_owned(),
        from_file: None,
    };
    let place = |receipts: Vec<Receipt>, withdrawn| {
        let mut case = case();
        case.share.packets.push(packet.clone());
        case.share.deliveries.push(HeldDelivery { delivery: delivery.clone(), receipts, withdrawn });
        let mut waiting = missing(0);
        waiting.needs.unconfirmed = case.share.unconfirmed();
        waiting.needs.said_missing = case.share.said_missing();
        standing(&case, &waiting).place
    };
    assert_eq!(place(Vec::new(), false), "deliveries/v");
    assert_eq!(place(vec![receipt("the slides")], false), "deliveries/v");
    assert_ne!(place(vec![receipt("the slides"), receipt("")], false), "deliveries/v", "they have them now");
    assert_ne!(place(vec![receipt("the slides")], true), "deliveries/v", "it was taken back");
}

#[test]
fn slides_in_danger_need_a_person_now() {
    let mut waiting = missing(2);
    waiting.needs.tissue = 1;
    let now = standing(&case(), &waiting);
    assert_eq!((now.pressing, now.place.as_str()), (Pressing::Overdue, "tissue"));
}

#[test]
fn a_list_is_sorted_by_what_presses_then_by_the_day_it_ends() {
    let line = |pressing, blocks, until: Option<Date>| Standing {
        pressing,
        what: crate::Message::new("x"),
        on: None,
        since: None,
        until: until.map(PartialDate::Day),
        place: String::new(),
        blocks,
    };
    let in_order = [
        line(Pressing::Overdue, true, Some(date(2026, 8, 1))),
        line(Pressing::Overdue, true, None),
        line(Pressing::Here, true, Some(date(2026, 11, 1))),
        line(Pressing::Here, true, None),
        line(Pressing::Here, false, Some(date(2026, 9, 1))),
        line(Pressing::Others, true, Some(date(2026, 9, 1))),
        line(Pressing::Ready, false, None),
    ];
    let mut sorted = in_order.to_vec();
    sorted.reverse();
    sorted.sort_by_key(Standing::order);
    assert_eq!(sorted, in_order);
    for pressing in Pressing::ALL {
        assert_eq!(Pressing::named(pressing.name()), Some(pressing));
    }
    assert_eq!(Pressing::named("tomorrow"), None);
}
