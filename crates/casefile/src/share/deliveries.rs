//! Who was given what: a packet handed over, how and when; what the other side confirmed, item by item, and what they say
//! is missing. Nothing leaves without such an entry, which names who gets it and what it holds.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::receipt_file::{NotWhole, OpenRequest};
use super::{Share, ShareChange};
use crate::shared::clock::days_after;
use crate::shared::ids::{DeliveryId, DocumentId, ObjectId, PacketId, ReceiptId};
use crate::shared::message::{Message, Refusal};
use crate::shared::text;

/// To whom a packet goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// The centre whose opinion is asked.
    Center,
    /// The doctors who treat the person now.
    FirstTeam,
    /// The health plan.
    Insurer,
    /// Somebody else.
    Other,
}

impl Recipient {
    /// All.
    pub const ALL: [Self; 4] = [Self::Center, Self::FirstTeam, Self::Insurer, Self::Other];

    /// The word in addresses and commands.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Center => "center",
            Self::FirstTeam => "first-team",
            Self::Insurer => "insurer",
            Self::Other => "other",
        }
    }

    /// The recipient of that word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.name() == name)
    }

    /// What it is called, as a sentence in the making.
    #[must_use]
    pub fn words(self) -> Message {
        Message::new(&format!("recipient-{}", self.name()))
    }
}

/// A packet that was handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Id.
    pub id: DeliveryId,
    /// What.
    pub packet: PacketId,
    /// To which kind of recipient.
    pub recipient: Recipient,
    /// To whom, by name.
    pub to: String,
    /// How: `upload`, `courier`, `fax`, `mail`, `in person`, `e-mail`.
    pub how: String,
    /// The day.
    pub on: Date,
    /// Tracking or confirmation number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tracking: String,
}

/// What the other side said of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The delivery.
    pub delivery: DeliveryId,
    /// The day they said it.
    pub on: Date,
    /// Who said it.
    pub by: String,
    /// Documents they confirmed.
    #[serde(default)]
    pub documents: Vec<DocumentId>,
    /// Studies they confirmed, by Study Instance UID.
    #[serde(default)]
    pub studies: Vec<String>,
    /// What they say is missing, in their words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub missing: String,
    /// The file they said it by; `None` when a person wrote down what they said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_file: Option<FromFile>,
}

/// What a receipt's file says besides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FromFile {
    /// The receipt's own id.
    pub receipt: ReceiptId,
    /// The file's bytes.
    pub object: ObjectId,
    /// What did not arrive as it was sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_whole: Vec<NotWhole>,
    /// What they asked for and wait for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open_requests: Vec<OpenRequest>,
    /// The documents among what did not arrive as it was sent; filled by the fold.
    #[serde(skip)]
    pub lacks_documents: Vec<DocumentId>,
    /// The studies among it; filled by the fold.
    #[serde(skip)]
    pub lacks_studies: Vec<String>,
}

/// A delivery with what was said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldDelivery {
    /// As written.
    pub delivery: Delivery,
    /// What they said, in order.
    pub receipts: Vec<Receipt>,
    /// It did not happen after all, or was written by mistake.
    pub withdrawn: bool,
}

impl HeldDelivery {
    /// Whether they have a document, by the last that they said of it.
    #[must_use]
    pub fn confirms(&self, document: &DocumentId) -> bool {
        self.last_word(|r| r.documents.contains(document), |from| from.lacks_documents.contains(document)) == Some(true)
    }

    /// Whether they have a study, by the last that they said of it.
    #[must_use]
    pub fn confirms_study(&self, uid: &str) -> bool {
        self.last_word(|r| has(&r.studies, uid), |from| has(&from.lacks_studies, uid)) == Some(true)
    }

    /// Whether the last that they said of a document is that it did not arrive as it was sent.
    #[must_use]
    pub fn lacks(&self, document: &DocumentId) -> bool {
        self.last_word(|r| r.documents.contains(document), |from| from.lacks_documents.contains(document))
            == Some(false)
    }

    /// The same of a study.
    #[must_use]
    pub fn lacks_study(&self, uid: &str) -> bool {
        self.last_word(|r| has(&r.studies, uid), |from| has(&from.lacks_studies, uid)) == Some(false)
    }

    /// The newest receipt that tells of an item: whether it confirms it.
    fn last_word(&self, confirms: impl Fn(&Receipt) -> bool, lacks: impl Fn(&FromFile) -> bool) -> Option<bool> {
        let mut by_day: Vec<&Receipt> = self.receipts.iter().collect();
        by_day.sort_by_key(|receipt| receipt.on);
        let said = |receipt: &&Receipt| match confirms(receipt) {
            true => Some(true),
            false => receipt.from_file.as_ref().is_some_and(&lacks).then_some(false),
        };
        by_day.iter().rev().find_map(said)
    }

    /// What they say is missing, in their newest words. It stands until nothing is awaited (of
    /// [`super::Share::awaited`]) and they wrote since then without naming anything: to confirm one thing is no answer to another.
    #[must_use]
    pub fn says_missing(&self, awaited: usize) -> Option<&str> {
        let newest = self.receipts.iter().rev().find(|receipt| !receipt.missing.is_empty())?;
        let closed = awaited == 0 && self.receipts.last().is_some_and(|receipt| receipt.missing.is_empty());
        (!closed).then_some(newest.missing.as_str())
    }

    /// Whether they ever said that something did not come, or not whole.
    fn lacked_something(&self) -> bool {
        let not_whole = |r: &Receipt| r.from_file.as_ref().is_some_and(|from| !from.not_whole.is_empty());
        self.receipts.iter().any(|receipt| !receipt.missing.is_empty() || not_whole(receipt))
    }

    /// Whether a document of its packet may count as arrived: confirmed, or nothing was said to be missing.
    #[must_use]
    pub fn may_have(&self, document: &DocumentId) -> bool {
        !self.lacked_something() || self.confirms(document)
    }

    /// The same of a study.
    #[must_use]
    pub fn may_have_study(&self, uid: &str) -> bool {
        !self.lacked_something() || self.confirms_study(uid)
    }
}

fn has(studies: &[String], uid: &str) -> bool {
    studies.iter().any(|study| study == uid)
}

/// Hands a packet over: the act by which records leave.
///
/// # Errors
/// When there is no such packet, nobody is named, or the day is not yet here or before the packet was made.
pub fn deliver(share: &Share, delivery: Delivery, today: Date) -> Result<ShareChange, Refusal> {
    let packet = share.packet(&delivery.packet).ok_or_else(|| Refusal::new("refusal-packet-unknown"))?;
    // A day may be another one elsewhere: the day before it was made can be right.
    if let Some(made) = packet.at.map(|at| at.date())
        && days_after(delivery.on, 1) < made
    {
        return Err(Refusal::new("refusal-delivery-before-packet").with("made", made));
    }
    if delivery.on > today {
        return Err(Refusal::new("refusal-day-in-future"));
    }
    Ok(ShareChange::Delivered {
        delivery: Delivery {
            to: text::needed_line(&delivery.to, 200, "to whom")?,
            how: text::needed_line(&delivery.how, 60, "how")?,
            tracking: text::line(&delivery.tracking, 120)?,
            ..delivery
        },
    })
}

impl HeldDelivery {
    /// Whether it is the handing over that a person writes down: the same packet to the same, on the same day, the same way.
    #[must_use]
    pub fn is_as(&self, other: &Delivery) -> bool {
        let own = &self.delivery;
        !self.withdrawn
            && (&own.packet, own.recipient, own.on) == (&other.packet, other.recipient, other.on)
            && text::same_line(&own.to, &other.to)
            && text::same_line(&own.how, &other.how)
            && text::same_line(&own.tracking, &other.tracking)
    }
}

/// Notes what they confirmed.
///
/// # Errors
/// When there is no such delivery, it was withdrawn, it is said on a day before it or not yet here (by more than
/// a time zone makes, where a file says it), it names what was not in
/// the packet, or nothing.
pub fn receipt(share: &Share, receipt: Receipt, today: Date) -> Result<ShareChange, Refusal> {
    let held = share.delivery(&receipt.delivery).ok_or_else(|| Refusal::new("refusal-delivery-unknown"))?;
    if held.withdrawn {
        return Err(Refusal::new("refusal-delivery-withdrawn"));
    }
    // Written down here, it is a day of here; by a file, it is one of there, which may be the day before or after.
    let apart = u32::from(receipt.from_file.is_some());
    if receipt.on > days_after(today, apart) || days_after(receipt.on, apart) < held.delivery.on {
        return Err(Refusal::new("refusal-receipt-day").with("from", held.delivery.on));
    }
    let packet = share.packet(&held.delivery.packet);
    let in_packet = packet.is_some_and(|packet| {
        receipt.documents.iter().all(|d| packet.documents.contains(d))
            && receipt.studies.iter().all(|s| packet.studies.contains(s))
    });
    if !in_packet {
        return Err(Refusal::new("refusal-receipt-not-in-packet"));
    }
    let missing = text::lines(&receipt.missing, 2_000)?;
    let tells_of_some = receipt.from_file.as_ref().is_some_and(|from| !from.not_whole.is_empty());
    // Of a packet that brings only changes its front pages are what arrived.
    let has_items = packet.is_some_and(|packet| packet.documents.len() + packet.studies.len() > 0);
    let names_none = receipt.documents.is_empty() && receipt.studies.is_empty();
    if names_none && missing.is_empty() && !tells_of_some && has_items {
        return Err(Refusal::new("refusal-receipt-empty"));
    }
    Ok(ShareChange::ReceiptStated {
        receipt: Receipt { by: text::needed_line(&receipt.by, 120, "who confirmed it")?, missing, ..receipt },
    })
}

/// Takes a receipt back that was written down of the wrong delivery, or by mistake: the one of that number, counted from 1
/// as they stand. What it said counts no more, and its file can be read again.
///
/// # Errors
/// When there is no such delivery or receipt.
pub fn withdraw_receipt(share: &Share, delivery: &DeliveryId, number: u32) -> Result<ShareChange, Refusal> {
    let held = share.delivery(delivery).ok_or_else(|| Refusal::new("refusal-delivery-unknown"))?;
    if place_of(number).is_none_or(|place| place >= held.receipts.len()) {
        return Err(Refusal::new("refusal-receipt-number"));
    }
    Ok(ShareChange::ReceiptWithdrawn { delivery: delivery.clone(), number })
}

/// The place of a receipt that is counted from 1.
pub(super) fn place_of(number: u32) -> Option<usize> {
    usize::try_from(number).ok()?.checked_sub(1)
}

/// Takes a delivery back that did not happen.
///
/// # Errors
/// When there is no such delivery.
pub fn withdraw(share: &Share, id: &DeliveryId) -> Result<ShareChange, Refusal> {
    share.delivery(id).ok_or_else(|| Refusal::new("refusal-delivery-unknown"))?;
    Ok(ShareChange::DeliveryWithdrawn { id: id.clone() })
}
