//! `deliver`: what was handed over, to whom, and what they confirmed.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use consilium_app::casefile::share::receipt_file::LARGEST_RECEIPT;
use consilium_app::casefile::share::{Delivery, HeldDelivery, Receipt, Recipient, Share};
use consilium_app::casefile::{DeliveryId, DocumentId, Message, PacketId, Refusal, Session};
use consilium_app::{App, AppError};
use serde_json::json;

use super::gather::day;
use super::{answer, open};
use crate::arguments::Arguments;
use crate::arguments::gather::Deliver;

pub(super) async fn deliver(arguments: &Arguments, session: &Session, command: Deliver) -> Result<ExitCode> {
    let app = open(arguments).await?;
    match command {
        Deliver::List { case } => list(arguments, session, &app, &case).await,
        Deliver::New { packet, to, recipient, how, on, tracking, case } => {
            let id = app.case_named(session, &case).await?;
            let recipient = Recipient::named(&recipient).context("write center, first-team, insurer or other")?;
            let on = day(on.as_deref())?.unwrap_or_else(|| app.now().date());
            let delivery =
                Delivery { id: DeliveryId(String::new()), packet: PacketId(packet), recipient, to, how, on, tracking };
            let (case, delivery) = app.deliver(session, &id, delivery).await?;
            let share = case.held_share();
            let another = share.delivery(&delivery).and_then(|held| share.made_for_another(held, app.knowledge()));
            let another = another.map(|center| app.say(&Message::new("delivery-to-another").with("center", center)));
            answer(arguments, &json!({ "delivery": delivery }), || {
                crate::say!("Noted: {delivery}");
                another.iter().for_each(|another| crate::say!("{another}"));
            })
        }
        Deliver::Confirm { delivery, by, items, missing, on, case } => {
            let id = app.case_named(session, &case).await?;
            let known = app.case(session, &id).await?;
            let share = known.held_share();
            let delivery = DeliveryId(delivery);
            let held =
                share.delivery(&delivery).ok_or_else(|| AppError::from(Refusal::new("refusal-delivery-unknown")))?;
            let packet = share.packet(&held.delivery.packet);
            let packet = packet.ok_or_else(|| AppError::from(Refusal::new("refusal-packet-unknown")))?;
            let (mut documents, mut studies) = (Vec::new(), Vec::new());
            for item in &items {
                if packet.studies.contains(item) {
                    studies.push(item.clone())
                } else {
                    documents.push(DocumentId(item.clone()))
                }
            }
            // "They have it all" is said by naming nothing; "they miss something" alone confirms nothing.
            if items.is_empty() && missing.trim().is_empty() {
                (documents, studies) = (packet.documents.clone(), packet.studies.clone());
            }
            let on = day(on.as_deref())?.unwrap_or_else(|| app.now().date());
            let receipt = Receipt { delivery, on, by, documents, studies, missing, from_file: None };
            app.confirm_receipt(session, &id, receipt).await?;
            list(arguments, session, &app, &case).await
        }
        Deliver::ReceiptFile { file, delivery, look, case } => {
            let id = app.case_named(session, &case).await?;
            let bytes = receipt(&file)?;
            let said = app.look_at_receipt(session, &id, &bytes).await?;
            if !look {
                let delivery = delivery.map(DeliveryId);
                app.take_receipt(session, &id, delivery.as_ref(), &bytes).await?;
            }
            answer(
                arguments,
                &json!({ "receipt": said.file, "known": said.known, "taken": !look && !said.known }),
                || {
                    let (f, confirmed) = (&said.file, said.file.confirmed.len());
                    crate::say!("{} confirmed {confirmed} of {} items on {}.", f.by, said.items, f.on);
                    f.not_whole.iter().for_each(|item| crate::say!("  {}: {}", item.number, item.outcome));
                    if !f.missing.is_empty() {
                        crate::say!("Says is missing: {}", f.missing);
                    }
                    f.open_requests.iter().for_each(|request| crate::say!("Waits for: {}", request.what));
                    if said.known {
                        crate::say!("This receipt was read before; nothing changed.");
                    }
                },
            )
        }
        Deliver::WithdrawReceipt { delivery, number, case } => {
            let id = app.case_named(session, &case).await?;
            app.withdraw_receipt(session, &id, &DeliveryId(delivery), number).await?;
            list(arguments, session, &app, &case).await
        }
        Deliver::Withdraw { delivery, case } => {
            let id = app.case_named(session, &case).await?;
            app.withdraw_delivery(session, &id, &DeliveryId(delivery)).await?;
            list(arguments, session, &app, &case).await
        }
    }
}

/// The bytes of a receipt; no more of a larger file than shows that it is none.
fn receipt(file: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let opened = File::open(file).context("the receipt cannot be read")?;
    opened.take(LARGEST_RECEIPT as u64 + 1).read_to_end(&mut bytes).context("the receipt cannot be read")?;
    Ok(bytes)
}

/// How a delivery stands, as its page says it.
fn stands(share: &Share, held: &HeldDelivery) -> String {
    if held.withdrawn {
        return "taken back".to_owned();
    }
    let (left, awaited) = (share.left(held), share.awaited(held));
    let empty = share.packet(&held.delivery.packet).is_some_and(|p| p.documents.len() + p.studies.len() == 0);
    if empty && held.receipts.is_empty() {
        return "not confirmed; it holds only changes of the front pages".to_owned();
    }
    if !share.is_open(held) {
        return if left == 0 { "all confirmed" } else { "not confirmed; a later delivery of it was" }.to_owned();
    }
    let items = match left {
        0 => None,
        1 => Some("1 item not confirmed".to_owned()),
        n => Some(format!("{n} items not confirmed")),
    };
    let missing = held.says_missing(awaited).map(|words| format!("they say is missing: {words}"));
    let again = match share.to_send_again(held) {
        0 => None,
        1 => Some("1 item did not arrive as it was sent: send it again".to_owned()),
        n => Some(format!("{n} items did not arrive as they were sent: send them again")),
    };
    let items = items.into_iter().chain(again);
    items.into_iter().chain(missing).collect::<Vec<_>>().join("; ")
}

async fn list(arguments: &Arguments, session: &Session, app: &App, name: &str) -> Result<ExitCode> {
    let id = app.case_named(session, name).await?;
    let case = app.case(session, &id).await?;
    let share = case.held_share();
    let values: Vec<_> = share
        .deliveries
        .iter()
        .map(|held| {
            json!({
                "delivery": held.delivery,
                "receipts": held.receipts,
                "withdrawn": held.withdrawn,
                "open": share.is_open(held),
                "missing": held.says_missing(share.awaited(held)),
                "unconfirmed": share.packet(&held.delivery.packet).map(|_| share.left(held)),
                "awaited": share.packet(&held.delivery.packet).map(|_| share.awaited(held)),
            })
        })
        .collect();
    answer(arguments, &json!({ "deliveries": values }), || {
        for held in &share.deliveries {
            let d = &held.delivery;
            let stands = stands(share, held);
            crate::say!("{}  {} to {} by {}: {stands}", d.id, d.on, d.to, d.how);
            for (receipt, number) in held.receipts.iter().zip(1..) {
                crate::say!("    receipt {number}: {}, {}", receipt.on, receipt.by);
            }
        }
        if share.deliveries.is_empty() {
            crate::say!("Nothing was handed over yet.");
        }
    })
}

#[cfg(test)]
mod tests {
    use consilium_app::casefile::Audience;
    use consilium_app::casefile::share::PacketRecord;

    use super::*;

    #[test]
    fn a_delivery_of_which_something_is_missing_is_not_all_confirmed() {
        let packet = PacketRecord {
            id: PacketId("p".to_owned()),
            center: String::new(),
            audience: Audience::Specialist,
            documents: vec![DocumentId("d".to_owned())],
            studies: Vec::new(),
            manifest_sha256: String::new(),
            object: None,
            bytes: 0,
            since: None,
            fax: false,
            images: Default::default(),
            items: Vec::new(),
            stated: Default::default(),
            other_names: 0,
            shown: None,
            dropped: false,
            at: None,
        };
        let day = jiff::civil::date(2026, 1, 5);
        let delivery = Delivery {
            id: DeliveryId("h".to_owned()),
            packet: packet.id.clone(),
            recipient: Recipient::Center,
            to: "Riverbend".to_owned(),
            how: "upload".to_owned(),
            on: day,
            tracking: String::new(),
        };
        let receipt = |documents: &[&str], missing: &str| Receipt {
            delivery: delivery.id.clone(),
            on: day,
            by: "Kim".to_owned(),
            documents: documents.iter().map(|id| DocumentId((*id).to_owned())).collect(),
            studies: Vec::new(),
            missing: missing.to_owned(),
            from_file: None,
        };
        let said = |receipts: Vec<Receipt>, withdrawn| {
            let held = HeldDelivery { delivery: delivery.clone(), receipts, withdrawn };
            let deliveries = vec![held.clone()];
            stands(&Share { packets: vec![packet.clone()], deliveries, ..Share::default() }, &held)
        };
        assert_eq!(said(vec![receipt(&["d"], "")], false), "all confirmed");
        assert_eq!(said(vec![receipt(&["d"], "The slides")], false), "they say is missing: The slides");
        assert_eq!(said(vec![], false), "1 item not confirmed");
        assert_eq!(
            said(vec![receipt(&[], "The slides")], false),
            "1 item not confirmed; they say is missing: The slides"
        );
        assert_eq!(said(vec![receipt(&[], "The slides")], true), "taken back");
    }
}
