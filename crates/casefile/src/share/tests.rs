//! What became of each item of a received packet, receipts given, and receipts that come back as files.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::list::{Edition, ItemKind};
use super::receipt_file::{self, NotWhole, PacketItem, ReceiptFile};
use super::received::{self, GivenReceipt, ItemOutcome, Met, ReceivedItem, ReceivedPacket};
use super::*;
use crate::gather::{LockedFile, SetAside, SetAsideReason, StudyFound};
use crate::imaging::{Study, StudyFacts};
use crate::shared::ids::{CaseId, ImportId, SetAsideId};
use crate::shared::person::PatientIdentity;

const TODAY: Date = date(2026, 10, 12);

fn sha(of: u32) -> String {
    format!("{of:064x}")
}

fn item(number: &str, met: Met) -> ReceivedItem {
    let kind = if study_of(number).is_some() { ItemKind::Study } else { ItemKind::Document };
    ReceivedItem { number: number.to_owned(), kind, sha256: sha(1), met, unnamed: false }
}

fn packet(items: Vec<ReceivedItem>) -> ReceivedPacket {
    ReceivedPacket {
        packet: "0190aaaa-0001".into(),
        handle: "rosa".to_owned(),
        chain_head: "7 · abc".to_owned(),
        made_on: None,
        edition: Edition::Full,
        since: None,
        manifest_sha256: sha(9),
        list: "list".into(),
        list_sha256: sha(8),
        import: "import-1".into(),
        items,
        pages: Vec::new(),
        strays: Vec::new(),
        doubts: Vec::new(),
        recalls: Vec::new(),
    }
}

fn study(uid: &str) -> StudyFound {
    let facts = StudyFacts { uid: uid.to_owned(), ..StudyFacts::default() };
    StudyFound {
        study: Study { facts, series: Default::default() },
        manifest: "m".into(),
        patient: PatientIdentity::default(),
        path: String::new(),
    }
}

/// A case that holds study 1.1, took 1.2 out, set 1.3 and the locked object `aside` aside, and deleted `gone` for good.
fn case() -> Case {
    let mut case = Case::new(CaseId::from("case"));
    let held = |uid: &str, removed| {
        let identity = crate::records::IdentityMatch::Same;
        crate::gather::CaseStudy { removed, ..crate::gather::CaseStudy::of(study(uid), identity, false) }
    };
    case.gather.studies.insert("1.1".to_owned(), held("1.1", false));
    case.gather.studies.insert("1.2".to_owned(), held("1.2", true));
    let group = SetAside {
        id: SetAsideId::from("g"),
        import: ImportId::from("import-1"),
        reason: SetAsideReason::Locked,
        documents: Vec::new(),
        studies: vec![study("1.3")],
        locked: vec![LockedFile { path: String::new(), object: "aside".into(), bytes: 1 }],
        decision: None,
    };
    case.gather.set_aside.insert(group.id.clone(), group);
    case.gather.purged.insert("gone".into());
    case
}

fn images(study: Option<&str>, listed: u32, same: u32, differ: u32, refused: Vec<u32>) -> Met {
    Met::Images { study: study.map(str::to_owned), listed, same, differ, refused }
}

fn file(object: &str, same: bool) -> Met {
    Met::File { object: object.into(), same, study: None }
}

#[test]
fn each_item_has_the_outcome_that_the_case_and_the_medium_give_it() {
    let case = case();
    for (met, expect) in [
        (Met::Absent, "absent"),
        (Met::NotKept { line: 3 }, "not-kept"),
        (file("kept", true), "whole"),
        (file("kept", false), "differs"),
        (file("aside", true), "set-aside"),
        (file("gone", true), "taken-out"),
        (Met::File { object: "i".into(), same: true, study: Some("1.1".to_owned()) }, "whole"),
        (images(Some("1.1"), 5, 5, 0, vec![]), "whole"),
        (images(Some("1.1"), 5, 4, 0, vec![]), "partly"),
        (images(Some("1.1"), 5, 4, 1, vec![]), "differs"),
        (images(Some("1.2"), 5, 5, 0, vec![]), "taken-out"),
        (images(Some("1.3"), 5, 5, 0, vec![]), "set-aside"),
        (images(Some("1.9"), 5, 5, 0, vec![]), "taken-out"),
        (images(None, 5, 0, 0, vec![]), "absent"),
        (images(None, 5, 0, 0, vec![2]), "not-kept"),
    ] {
        assert_eq!(received::outcome(&case, &item("1", met.clone())).name(), expect, "{met:?}");
    }
}

fn any_met() -> impl Strategy<Value = Met> {
    let object = prop_oneof![Just("kept"), Just("aside"), Just("gone")];
    let uid = prop_oneof![Just(None), Just(Some("1.1")), Just(Some("1.2")), Just(Some("1.3")), Just(Some("1.9"))];
    prop_oneof![
        Just(Met::Absent),
        (0_u32..9).prop_map(|line| Met::NotKept { line }),
        (object, any::<bool>(), uid.clone()).prop_map(|(object, same, study)| Met::File {
            object: object.into(),
            same,
            study: study.map(str::to_owned)
        }),
        (uid, 1_u32..6, 0_u32..6, 0_u32..3, proptest::collection::vec(0_u32..9, 0..3))
            .prop_map(|(uid, listed, same, differ, refused)| images(uid, listed, same.min(listed), differ, refused)),
    ]
}

fn opened(mut case: Case, packet: ReceivedPacket) -> Case {
    let change = received::receive(&case, packet).unwrap();
    case.share.apply(change, at());
    case
}

fn at() -> Instant {
    Instant { micros: 1_791_795_600_000_000, offset_minutes: 0 }
}

fn given(items: &[&str], missing: &str) -> GivenReceipt {
    GivenReceipt {
        id: "0190bbbb-0001".into(),
        packet: "0190aaaa-0001".into(),
        on: TODAY,
        by: "Kim Example".to_owned(),
        items: items.iter().map(|&i| i.to_owned()).collect(),
        not_whole: Vec::new(),
        missing: missing.to_owned(),
        open_requests: Vec::new(),
    }
}

proptest! {
    /// However items were met, once or from two media: each of the list has one outcome, and either may be confirmed or
    /// stands among what did not arrive as it was sent.
    #[test]
    fn every_item_is_accounted_for_once(first in proptest::collection::vec((any_met(), any_met()), 1..20)) {
        let number = |n: usize| (n + 1).to_string();
        let of = |which: fn(&(Met, Met)) -> Met| first.iter().enumerate()
            .map(|(n, both)| item(&number(n), which(both))).collect::<Vec<_>>();
        let case = opened(case(), packet(of(|m| m.0.clone())));
        let case = opened(case, ReceivedPacket { import: "import-2".into(), ..packet(of(|m| m.1.clone())) });
        let held = case.share.received(&"0190aaaa-0001".into()).unwrap();
        prop_assert_eq!(held.items.len(), first.len());
        let whole: Vec<String> = held.items.iter().filter(|i| i.outcome(&case).is_whole())
            .map(|i| i.item.number.clone()).collect();
        let whole_numbers: Vec<&str> = whole.iter().map(String::as_str).collect();
        let change = received::give_receipt(&case, given(&whole_numbers, "the slides"), TODAY).unwrap();
        let ShareChange::ReceiptGiven { receipt } = change else { panic!("a receipt") };
        let mut told: Vec<&String> = receipt.items.iter().chain(receipt.not_whole.iter().map(|n| &n.number)).collect();
        told.sort();
        let all: BTreeSet<&String> = held.items.iter().map(|i| &i.item.number).collect();
        prop_assert_eq!(told.len(), all.len());
        prop_assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), all);
    }
}

#[test]
fn what_arrived_once_stays_arrived_when_a_worse_medium_follows() {
    let case = opened(case(), packet(vec![item("1", file("kept", true)), item("2", Met::Absent)]));
    let second = packet(vec![item("1", Met::Absent), item("2", file("kept", true))]);
    let case = opened(case, ReceivedPacket { import: "import-2".into(), ..second });
    let held = &case.share.received[0];
    assert_eq!((case.share.received.len(), held.items[0].import.as_str()), (1, "import-1"));
    assert!(held.items.iter().all(|held| held.outcome(&case).is_whole()));
}

#[test]
fn a_second_list_of_the_same_packet_and_a_packet_of_ones_own_are_refused() {
    let case = opened(case(), packet(vec![item("1", Met::Absent)]));
    let other = ReceivedPacket { list_sha256: sha(7), ..packet(vec![item("1", file("kept", true))]) };
    assert_eq!(received::receive(&case, other).unwrap_err().0.key, "refusal-list-other");
    let mut own = Case::new(CaseId::from("own"));
    own.share.packets.push(sent());
    assert_eq!(received::receive(&own, packet(Vec::new())).unwrap_err().0.key, "refusal-list-own");
}

#[test]
fn only_what_arrived_as_sent_is_confirmed_and_somebody_has_to_say_so() {
    let items = vec![item("1", file("kept", true)), item("2", file("x", false)), item("ST1", Met::Absent)];
    let case = opened(case(), packet(items));
    let why = |receipt: GivenReceipt| received::give_receipt(&case, receipt, TODAY).unwrap_err().0.key;
    assert_eq!(why(given(&["2"], "")), "refusal-received-not-whole");
    assert_eq!(why(given(&["ST1"], "")), "refusal-received-not-whole");
    assert_eq!(why(given(&["9"], "")), "refusal-received-item");
    assert_eq!(why(given(&[], " ")), "refusal-received-nothing");
    assert_eq!(why(GivenReceipt { by: " ".to_owned(), ..given(&["1"], "") }), "refusal-empty-field");
    assert_eq!(why(GivenReceipt { packet: "other-packet".into(), ..given(&["1"], "") }), "refusal-received-unknown");
    assert_eq!(why(GivenReceipt { on: date(2026, 10, 13), ..given(&["1"], "") }), "refusal-day-in-future");
    assert_eq!(why(given(&["1"], "a\u{202e}b")), "refusal-hidden-characters");
    let ShareChange::ReceiptGiven { receipt } =
        received::give_receipt(&case, given(&["1", "1"], "the slides"), TODAY).unwrap()
    else {
        panic!("a receipt")
    };
    assert_eq!(receipt.items, ["1"]);
    let told: Vec<(&str, &str)> = receipt.not_whole.iter().map(|n| (n.number.as_str(), n.outcome.as_str())).collect();
    assert_eq!(told, [("2", "differs"), ("ST1", "absent")]);
}

fn sent() -> PacketRecord {
    PacketRecord {
        id: "0190aaaa-0001".into(),
        center: String::new(),
        audience: Audience::Specialist,
        documents: vec!["d1".into(), "d2".into()],
        studies: vec!["1.1".to_owned()],
        manifest_sha256: sha(9),
        object: None,
        bytes: 0,
        since: None,
        fax: false,
        images: BTreeMap::new(),
        items: ["1", "2", "ST1"].map(|number| PacketItem { number: number.to_owned(), sha256: sha(1) }).to_vec(),
        stated: Default::default(),
        other_names: 0,
        shown: None,
        dropped: false,
        at: None,
    }
}

fn handed(id: &str, on: Date) -> HeldDelivery {
    let delivery = Delivery {
        id: id.into(),
        packet: "0190aaaa-0001".into(),
        recipient: Recipient::Center,
        to: "Riverbend".to_owned(),
        how: "mail".to_owned(),
        on,
        tracking: String::new(),
    };
    HeldDelivery { delivery, receipts: Vec::new(), withdrawn: false }
}

fn came_back() -> ReceiptFile {
    let items =
        vec![item("1", file("kept", true)), item("2", Met::Absent), item("ST1", images(Some("1.1"), 2, 2, 0, vec![]))];
    let case = opened(case(), packet(items));
    let ShareChange::ReceiptGiven { receipt } =
        received::give_receipt(&case, given(&["1", "ST1"], "the slides"), TODAY).unwrap()
    else {
        panic!("a receipt")
    };
    receipt_file::file_of(&case.share.received[0], &receipt)
}

#[test]
fn a_receipt_that_comes_back_confirms_what_it_names_and_nothing_else_and_only_once() {
    let share = Share { packets: vec![sent()], deliveries: vec![handed("v1", date(2026, 10, 6))], ..Share::default() };
    let file = receipt_file::read(&serde_json::to_vec(&came_back()).unwrap()).unwrap();
    let change = receipt_file::receipt_from_file(&share, &file, None, "object".into(), TODAY).unwrap().unwrap();
    let mut after = share.clone();
    after.apply(change, at());
    let held = &after.deliveries[0];
    assert!(held.confirms(&"d1".into()) && held.confirms_study("1.1") && !held.confirms(&"d2".into()));
    assert_eq!((after.unconfirmed(), held.receipts[0].missing.as_str()), (1, "the slides"));
    assert_eq!(
        (after.left(held), after.said_missing()),
        (1, 1),
        "the sum, and what stands at the one, are counted alike"
    );
    let again = receipt_file::receipt_from_file(&after, &file, None, "object".into(), TODAY);
    assert_eq!(again, Ok(None));
    let forged = ReceiptFile { missing: "nothing".to_owned(), ..file };
    let other = receipt_file::receipt_from_file(&after, &forged, None, "object-2".into(), TODAY).unwrap_err();
    assert_eq!(other.0.key, "refusal-receipt-other-file");
    // The one that came first is taken back, if it was the forged one: the genuine one is read then.
    let back = deliveries::withdraw_receipt(&after, &"v1".into(), 1).unwrap();
    after.apply(back, at());
    assert!(receipt_file::receipt_from_file(&after, &forged, None, "object-2".into(), TODAY).unwrap().is_some());
}

#[test]
fn a_receipt_from_another_time_zone_may_be_of_the_day_before_or_after() {
    let share = Share { packets: vec![sent()], deliveries: vec![handed("v1", date(2026, 10, 6))], ..Share::default() };
    let of = |on| {
        let file = ReceiptFile { on, ..came_back() };
        receipt_file::receipt_from_file(&share, &file, None, "object".into(), TODAY).map(|change| change.is_some())
    };
    let key = |on| of(on).map_err(|refusal| refusal.0.key);
    let tomorrow = TODAY.tomorrow().unwrap();
    assert_eq!((key(date(2026, 10, 5)), key(tomorrow)), (Ok(true), Ok(true)));
    let refused = Err("refusal-receipt-day".to_owned());
    assert_eq!((key(date(2026, 10, 4)), key(tomorrow.tomorrow().unwrap())), (refused.clone(), refused));
}

#[test]
fn a_packet_that_did_not_get_its_name_leaves_the_record_and_one_that_went_or_is_kept_does_not() {
    let key = |share: &Share| unmake_packet(share, &sent().id).map_err(|refusal| refusal.0.key);
    let mut share = Share { packets: vec![sent()], ..Share::default() };
    share.apply(key(&share).unwrap(), at());
    assert!(share.packets.is_empty());
    assert_eq!(key(&share), Err("refusal-packet-unknown".to_owned()));
    let stays = Err("refusal-packet-stays".to_owned());
    let kept = PacketRecord { object: Some("object".into()), ..sent() };
    assert_eq!(key(&Share { packets: vec![kept], ..Share::default() }), stays);
    let went = vec![handed("v1", date(2026, 10, 6))];
    assert_eq!(key(&Share { packets: vec![sent()], deliveries: went, ..Share::default() }), stays);
    let after = PacketRecord { id: "0190aaaa-0002".into(), since: Some(sent().id), ..sent() };
    assert_eq!(key(&Share { packets: vec![sent(), after], ..Share::default() }), stays);
}

#[test]
fn each_delivery_is_confirmed_by_its_own_receipts_and_what_came_later_is_asked_for_no_more() {
    let delta =
        PacketRecord { id: "0190aaaa-0002".into(), documents: vec!["d2".into()], since: Some(sent().id), ..sent() };
    let of_delta = |id: &str, on| {
        let handed = handed(id, on);
        HeldDelivery { delivery: Delivery { packet: delta.id.clone(), ..handed.delivery.clone() }, ..handed }
    };
    let deliveries = vec![
        handed("fax", date(2026, 10, 6)),
        of_delta("delta", date(2026, 10, 9)),
        handed("mail", date(2026, 10, 8)),
        HeldDelivery { withdrawn: true, ..handed("never", date(2026, 10, 9)) },
    ];
    let mut share = Share { packets: vec![sent(), delta.clone()], deliveries, ..Share::default() };
    let receipt = |delivery: &str, documents: &[&str], missing: &str| Receipt {
        delivery: delivery.into(),
        on: TODAY,
        by: "Kim Example".to_owned(),
        documents: documents.iter().map(|&id| id.into()).collect(),
        studies: vec!["1.1".to_owned()],
        missing: missing.to_owned(),
        from_file: None,
    };
    let say = |share: &mut Share, said: Receipt| {
        let change = deliveries::receipt(share, said, TODAY).unwrap();
        share.apply(change, at());
    };
    let stand = |share: &Share| -> Vec<(usize, usize)> {
        share.deliveries.iter().map(|held| (share.left(held), share.awaited(held))).collect()
    };
    say(&mut share, receipt("fax", &["d1"], "the second page"));
    assert_eq!(stand(&share), [(1, 1), (2, 2), (3, 3), (0, 0)], "the fax confirms nothing of what went later");
    say(&mut share, receipt("delta", &["d2"], ""));
    assert_eq!(stand(&share), [(1, 0), (0, 0), (3, 1), (0, 0)], "by day, however they were written down");
    assert_eq!(
        (share.unconfirmed(), share.said_missing()),
        (1, 1),
        "what they named as missing stands until they answer"
    );
    say(&mut share, receipt("mail", &["d1", "d2"], ""));
    assert_eq!((stand(&share)[0], stand(&share)[2]), ((1, 0), (0, 0)));
    let open: Vec<bool> = share.deliveries.iter().map(|held| share.is_open(held)).collect();
    assert_eq!(open, [true, false, false, false], "the fax: somebody said that a page is missing");
    say(&mut share, receipt("fax", &[], ""));
    assert_eq!((share.is_open(&share.deliveries[0]), share.left(&share.deliveries[0])), (false, 1));
}

#[test]
fn an_item_that_the_checksums_do_not_name_is_here_unchecked() {
    let of = |unnamed| vec![ReceivedItem { unnamed, ..item("1", file("kept", true)) }, item("2", file("kept", true))];
    let case = opened(case(), packet(of(true)));
    let outcomes = |case: &Case| -> Vec<&str> {
        case.share.received[0].items.iter().map(|held| held.outcome(case).name()).collect()
    };
    assert_eq!(outcomes(&case), ["unchecked", "whole"]);
    let refused = received::give_receipt(&case, given(&["1"], ""), TODAY).unwrap_err();
    assert_eq!(refused.0.key, "refusal-received-not-whole");
    let case = opened(case, ReceivedPacket { import: "import-2".into(), ..packet(of(false)) });
    assert_eq!(outcomes(&case), ["whole", "whole"], "a medium whose checksums name it");
}

#[test]
fn a_receipt_for_something_else_is_refused_with_its_reason() {
    let one = Share { packets: vec![sent()], deliveries: vec![handed("v1", date(2026, 10, 6))], ..Share::default() };
    let why = |share: &Share, file: &ReceiptFile, delivery: Option<&str>| {
        let delivery = delivery.map(DeliveryId::from);
        receipt_file::receipt_from_file(share, file, delivery.as_ref(), "o".into(), TODAY).unwrap_err().0.key
    };
    let file = came_back();
    let turned = |turn: fn(&mut ReceiptFile)| {
        let mut file = came_back();
        turn(&mut file);
        why(&one, &file, None)
    };
    assert_eq!(turned(|f| f.packet = "0190aaaa-0002".into()), "refusal-receipt-other-packet");
    assert_eq!(turned(|f| f.manifest_sha256 = sha(5)), "refusal-receipt-other-manifest");
    assert_eq!(turned(|f| f.manifest_sha256 = String::new()), "refusal-receipt-other-manifest");
    assert_eq!(turned(|f| f.confirmed[0].number = "3".to_owned()), "refusal-receipt-unknown-item");
    assert_eq!(turned(|f| f.confirmed[0].number = "0".to_owned()), "refusal-receipt-unknown-item");
    assert_eq!(turned(|f| f.confirmed[0].number = "I2".to_owned()), "refusal-receipt-unknown-item");
    assert_eq!(turned(|f| f.not_whole[0].number = "99".to_owned()), "refusal-receipt-unknown-item");
    assert_eq!(turned(|f| f.confirmed[0].sha256 = sha(2)), "refusal-receipt-item-differs");
    assert_eq!(turned(|f| f.on = date(2026, 10, 4)), "refusal-receipt-day");
    assert_eq!(turned(|f| f.on = date(2027, 1, 1)), "refusal-receipt-day");
    assert_eq!(turned(|f| f.by = String::new()), "refusal-empty-field");
    assert_eq!(why(&one, &file, Some("v2")), "refusal-receipt-other-delivery");
    let none = Share { deliveries: Vec::new(), ..one.clone() };
    assert_eq!(why(&none, &file, None), "refusal-receipt-not-delivered");
    let two = Share { deliveries: vec![handed("v1", TODAY), handed("v2", TODAY)], ..one };
    assert_eq!(why(&two, &file, None), "refusal-receipt-which-delivery");
    assert!(receipt_file::receipt_from_file(&two, &file, Some(&"v2".into()), "o".into(), TODAY).unwrap().is_some());
    // A packet of a version that kept no checksums cannot be confirmed by file.
    let old = Share { packets: vec![PacketRecord { items: Vec::new(), ..sent() }], ..two };
    assert_eq!(why(&old, &file, Some("v1")), "refusal-receipt-item-differs");
}

#[test]
fn a_hostile_receipt_is_refused_before_anything_is_done_with_it() {
    let sound = serde_json::to_value(came_back()).unwrap();
    let with = |pointer: &str, value: serde_json::Value| {
        let mut file = sound.clone();
        *file.pointer_mut(pointer).unwrap() = value;
        receipt_file::read(file.to_string().as_bytes()).expect_err(pointer).0.key
    };
    use serde_json::json;
    let damaged = "refusal-receipt-damaged";
    for (pointer, value, expect) in [
        ("/format", json!("consilium-packet"), "refusal-receipt-none"),
        ("/version", json!(2), "refusal-receipt-newer"),
        ("/version", json!(0), damaged),
        ("/receipt", json!("../x"), damaged),
        ("/receipt", json!("<script>"), damaged),
        ("/packet", json!(null), damaged),
        ("/manifest_sha256", json!("00"), damaged),
        ("/by", json!("Kim\u{202e}"), damaged),
        ("/by", json!(["Kim"]), damaged),
        ("/on", json!("today"), damaged),
        ("/on", json!("2026-02-30"), damaged),
        ("/confirmed", json!({}), damaged),
        ("/confirmed/0/sha256", json!("x"), damaged),
        ("/confirmed/1/number", json!("1"), damaged),
        ("/not_whole/0/number", json!("1"), damaged),
        ("/confirmed/0/number", json!("1".repeat(9)), damaged),
        ("/missing", json!("x".repeat(2_001)), damaged),
    ] {
        assert_eq!(with(pointer, value.clone()), expect, "{pointer} = {value}");
    }
    let whole = sound.to_string();
    for end in 0..whole.len() {
        assert!(receipt_file::read(&whole.as_bytes()[..end]).is_err(), "cut at {end}");
    }
    assert!(receipt_file::read(&vec![b'['; 200_000]).is_err());
    assert!(receipt_file::read(&vec![b' '; receipt_file::LARGEST_RECEIPT + 1]).is_err());
    let unknown = receipt_file::read(b"%PDF-1.7").unwrap_err().0.key;
    assert_eq!(unknown, "refusal-receipt-none");
}

#[test]
fn a_receipt_file_says_nothing_of_the_person_but_the_packet_and_the_handle() {
    let file = serde_json::to_string(&came_back()).unwrap();
    for word in ["person", "name", "birth", "title", "path"] {
        assert!(!file.contains(word), "{file}");
    }
    let NotWhole { number, outcome } = &came_back().not_whole[0];
    assert_eq!((number.as_str(), outcome.as_str()), ("2", "absent"));
}

#[test]
fn an_outcome_has_a_place_where_there_is_one_to_look_at() {
    let place = received::outcome(&case(), &item("ST1", images(Some("1.1"), 1, 1, 0, vec![])));
    assert_eq!(place.place(), Some(&ItemPlace::Study("1.1".to_owned())));
    assert_eq!(ItemOutcome::Absent.place(), None);
}

#[test]
fn the_files_have_the_form_that_is_described() {
    use serde_json::json;
    let list = list::read(include_bytes!("../../tests/packet/PACKET.JSON")).unwrap();
    let written = serde_json::to_value(&list).unwrap();
    let described: serde_json::Value =
        serde_json::from_slice(include_bytes!("../../tests/packet/PACKET.JSON")).unwrap();
    assert_eq!(written, described, "fields of version 1 keep their names");
    assert_eq!(
        serde_json::to_value(came_back()).unwrap(),
        json!({
            "format": "consilium-receipt", "version": 1, "receipt": "0190bbbb-0001", "packet": "0190aaaa-0001",
            "case": "rosa", "manifest_sha256": sha(9), "chain_head": "7 · abc", "by": "Kim Example", "on": "2026-10-12",
            "confirmed": [{ "number": "1", "sha256": sha(1) }, { "number": "ST1", "sha256": sha(1) }],
            "not_whole": [{ "number": "2", "outcome": "absent" }], "missing": "the slides", "open_requests": [],
        })
    );
}

#[test]
fn the_last_word_of_each_item_counts_and_a_receipt_of_the_wrong_delivery_is_taken_back() {
    let deliveries = vec![handed("v1", date(2026, 10, 6)), handed("v2", date(2026, 10, 7))];
    let mut share = Share { packets: vec![sent()], deliveries, ..Share::default() };
    let said = |receipt: &str, on: Date, confirmed: &[&str], not_whole: &[(&str, &str)]| ReceiptFile {
        receipt: receipt.into(),
        on,
        confirmed: confirmed
            .iter()
            .map(|number| receipt_file::ConfirmedItem { number: (*number).to_owned(), sha256: sha(1) })
            .collect(),
        not_whole: not_whole
            .iter()
            .map(|(number, outcome)| NotWhole { number: (*number).to_owned(), outcome: (*outcome).to_owned() })
            .collect(),
        missing: String::new(),
        ..came_back()
    };
    let take = |share: &mut Share, file: &ReceiptFile, delivery: &str| {
        let change =
            receipt_file::receipt_from_file(share, file, Some(&delivery.into()), file.receipt.as_str().into(), TODAY);
        change.map(|change| change.map(|change| share.apply(change, at())).is_some()).map_err(|refusal| refusal.0.key)
    };
    let first = said("0190bbbb-0001", date(2026, 10, 8), &["1", "2", "ST1"], &[]);
    let second =
        said("0190bbbb-0002", date(2026, 10, 9), &[], &[("1", "absent"), ("ST1", "partly"), ("2", "unchecked")]);
    assert_eq!(take(&mut share, &second, "v1"), Ok(true));
    assert_eq!(take(&mut share, &first, "v1"), Ok(true), "by the day they said it, and not by when it was read");
    let held = &share.deliveries[0];
    assert!(!held.confirms(&"d1".into()) && !held.confirms_study("1.1") && held.lacks(&"d1".into()));
    assert!(held.confirms(&"d2".into()), "that its checksums did not arrive says nothing of what they have");
    assert_eq!((share.left(held), share.to_send_again(held), share.is_open(held)), (2, 2, true));
    let case = |share: &Share| {
        let mut case = case();
        case.share = share.clone();
        next(&case, &Waiting::default()).steps.into_iter().map(|step| step.what.key).collect::<Vec<_>>()
    };
    assert_eq!(case(&share), ["next-share-send-again"]);
    // The same file under another delivery is refused, until it is taken back.
    assert_eq!(take(&mut share, &second, "v2"), Err("refusal-receipt-elsewhere".to_owned()));
    assert_eq!(take(&mut share, &second, "v1"), Ok(false), "read before");
    let why = |number| deliveries::withdraw_receipt(&share, &"v1".into(), number).unwrap_err().0.key;
    assert_eq!((why(0), why(3)), ("refusal-receipt-number".to_owned(), "refusal-receipt-number".to_owned()));
    let change = deliveries::withdraw_receipt(&share, &"v1".into(), 1).unwrap();
    share.apply(change, at());
    assert_eq!(share.left(&share.deliveries[0]), 0);
    assert_eq!(take(&mut share, &second, "v2"), Ok(true));
    assert_eq!(share.to_send_again(&share.deliveries[1]), 2);
}

#[test]
fn a_record_that_its_sender_took_back_asks_for_a_decision_until_there_is_one() {
    let brought = packet(vec![item("1", file("kept", true)), item("ST1", images(Some("1.1"), 2, 2, 0, vec![]))]);
    let recalled = |number: &str, sha256: String| RecalledItem {
        packet: "0190aaaa-0001".into(),
        number: number.to_owned(),
        sha256,
    };
    let later = ReceivedPacket {
        packet: "0190aaaa-0002".into(),
        since: Some("0190aaaa-0001".into()),
        recalls: vec![recalled("ST1", sha(1)), recalled("1", sha(5))],
        ..packet(Vec::new())
    };
    let mut case = opened(opened(case(), brought), later);
    let by: PacketId = "0190aaaa-0002".into();
    let view = case.seen_by(Audience::Owner);
    let recalls = view.recalls_of(case.share.received(&by).unwrap());
    let open: Vec<bool> = recalls.iter().map(Recall::is_open).collect();
    assert_eq!(open, [true, false], "a record of other bytes than the one that was taken back is not the one");
    assert_eq!(view.is_recalled(&ItemPlace::Study("1.1".to_owned())), Some(&by));
    let steps = |case: &Case| next(case, &Waiting::default()).steps.into_iter().map(|s| s.what.key).collect::<Vec<_>>();
    assert_eq!(steps(&case), ["next-share-recalled"]);
    let why = |packet: &str, sha: String| received::keep_recalled(&case, &packet.into(), &sha).unwrap_err().0.key;
    assert_eq!(why("0190aaaa-0003", sha(1)), "refusal-received-unknown");
    assert_eq!(why("0190aaaa-0002", sha(5)), "refusal-recall-unknown");
    let kept = received::keep_recalled(&case, &by, &sha(1)).unwrap();
    let mut stays = case.clone();
    stays.share.apply(kept, at());
    assert_ne!(steps(&stays), ["next-share-recalled"]);
    case.gather.studies.get_mut("1.1").unwrap().removed = true;
    assert_ne!(steps(&case), ["next-share-recalled"], "taken out is decided as well");
}

#[test]
fn what_is_stated_otherwise_since_a_packet_was_made_was_not_on_its_sheets() {
    let mut case = case();
    let sheets = |case: &Case, audience| case.seen_by(audience).stated_on_sheets();
    assert!(sheets(&case, Audience::Specialist).is_empty(), "nothing is stated");
    case.about.registration.phone = "555 0100".to_owned();
    let name = crate::PersonName::from_display("Rosa Example").unwrap();
    case.about.person = Some(crate::about::Person { name, birth_date: None });
    let before = sheets(&case, Audience::Specialist);
    assert_eq!(before.keys().collect::<Vec<_>>(), ["person"]);
    case.about.registration.plan = "Example Health".to_owned();
    assert_ne!(sheets(&case, Audience::Specialist)["person"], before["person"]);
    assert!(sheets(&case, Audience::Helper).is_empty());
}
