//! What counts as sent and as arrived: by what went to this very centre, and by what its people said of it.

use consilium_app::casefile::share::{Delivery, Receipt, Recipient};
use consilium_app::casefile::{DeliveryId, PacketId};
use consilium_app::share::PacketRequest;

use crate::common::Ground;
use crate::{OPERATIVE, RIVERBEND, ground, handed, hold, packet_list, since};

const MEDICINES: &str = "SPRINGFIELD EXAMPLE HOSPITAL\nMEDICATION LIST\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\n\
    Date: 09/02/2026\nCurrent medications:\nLisinopril 10 mg daily\nWarfarin 5 mg daily\n";

async fn state(ground: &Ground, requirement: &str) -> &'static str {
    let list = ground.app.check(&ground.session, &ground.case, None).await.unwrap();
    list.items.iter().find(|item| item.requirement == requirement).unwrap().state
}

async fn confirmed(ground: &Ground, delivery: &DeliveryId, packet: &consilium_app::share::PacketMade, missing: &str) {
    let receipt = Receipt {
        delivery: delivery.clone(),
        on: ground.app.now().date(),
        by: "Kim Example".to_owned(),
        documents: packet.packet.documents.clone(),
        studies: packet.packet.studies.clone(),
        missing: missing.to_owned(),
        from_file: None,
    };
    ground.app.confirm_receipt(&ground.session, &ground.case, receipt).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_after_a_packet_went_was_not_sent_with_it_though_no_person_states_it() {
    let ground = ground().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    app.choose_center(session, case, RIVERBEND).await.unwrap();
    let made = hold(&ground, PacketRequest::default()).await.unwrap();
    let (_, delivery) = app.deliver(session, case, handed(&made.packet.id, RIVERBEND, app.now().date())).await.unwrap();
    confirmed(&ground, &delivery, &made, "").await;
    ground.write("medicines.txt", MEDICINES);
    ground.import().await;
    app.read_records(session, case).await.unwrap();
    let state = state(&ground, "medicines").await;
    assert!(!["sent", "confirmed"].contains(&state), "{state}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_that_they_say_did_not_come_is_not_confirmed_until_they_write_again() {
    let ground = ground().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    app.choose_center(session, case, RIVERBEND).await.unwrap();
    let made = hold(&ground, PacketRequest::default()).await.unwrap();
    let (_, delivery) = app.deliver(session, case, handed(&made.packet.id, RIVERBEND, app.now().date())).await.unwrap();
    confirmed(&ground, &delivery, &made, "The registration sheet with name and birth date").await;
    assert_eq!(state(&ground, "person").await, "sent");
    confirmed(&ground, &delivery, &made, "").await;
    assert_eq!(state(&ground, "person").await, "confirmed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_of_what_is_new_leaves_out_only_what_went_to_that_center() {
    let ground = ground().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    let to = |packet: &PacketId, recipient, to: &str| Delivery { recipient, ..handed(packet, to, app.now().date()) };
    let of = |center: &str| PacketRequest { center: Some(center.to_owned()), ..PacketRequest::default() };
    let first = hold(&ground, of(RIVERBEND)).await.unwrap().packet;
    let next = |packet: &PacketId| PacketRequest { center: Some(RIVERBEND.to_owned()), ..since(packet) };
    // Nobody wrote down what became of it: then it counts as sent, with a warning, and there is nothing new.
    assert!(hold(&ground, next(&first.id)).await.is_err());
    let team = to(&first.id, Recipient::FirstTeam, "Springfield Example Oncology");
    app.deliver(session, case, team).await.unwrap();
    let whole = hold(&ground, next(&first.id)).await.unwrap();
    assert_eq!(whole.packet.documents, first.documents, "it went to others");
    assert!(whole.problems.iter().any(|said| said.contains("handed over to them")), "{:?}", whole.problems);
    // What was handed over and taken back after all did not go.
    let (_, delivery) = app.deliver(session, case, to(&first.id, Recipient::Center, RIVERBEND)).await.unwrap();
    ground.write("operative.txt", OPERATIVE);
    ground.import().await;
    let delta = hold(&ground, next(&first.id)).await.unwrap();
    assert_eq!(delta.packet.documents.len(), 1);
    assert!(!delta.problems.iter().any(|said| said.contains("handed over to them")), "{:?}", delta.problems);
    app.withdraw_delivery(session, case, &delivery).await.unwrap();
    let again = hold(&ground, next(&first.id)).await.unwrap();
    assert_eq!(again.packet.documents.len(), first.documents.len() + 1);
    let list = packet_list(&ground, &again.packet.id).await;
    assert!(list.changes.iter().any(|change| change.what.contains("0 documents")), "{:?}", list.changes);
}
