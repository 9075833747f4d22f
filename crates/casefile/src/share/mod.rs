//! Share: the packet; who was given what, when. Which packets were made, for whom, and what was in them; what was handed
//! over (`deliveries`); what a blind one gave away (`plan_found`); what was taken out since (`taken_out`); a packet's list of
//! contents (`list`), held against its checksums (`manifest`); the other side: packets that were sent to us (`received`) and
//! receipts as files (`receipt_file`).

pub mod deliveries;
mod form;
pub mod list;
pub mod manifest;
mod plan_found;
pub mod receipt_file;
pub mod received;
mod taken_out;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use deliveries::{Delivery, FromFile, HeldDelivery, Receipt, Recipient};
pub use list::{ListedChange, PacketList, RecalledItem, study_number, study_of};
pub use manifest::ListDoubt;
pub use plan_found::PlanFound;
pub use receipt_file::{PacketItem, ReceiptFile};
pub use received::{GivenReceipt, HeldReceived, ItemOutcome, ItemPlace, Recall, ReceivedPacket};

use crate::audience::Audience;
use crate::case::Case;
use crate::knowledge::Knowledge;
use crate::next::{Stage, StageNext, StageState, Step};
use crate::reading::Waiting;
use crate::shared::ids::{DeliveryId, DocumentId, ObjectId, PacketId, ReceiptId};
use crate::shared::message::{Message, Refusal};
use crate::shared::text;
use crate::shared::time::Instant;

// ---- things ----

/// A packet as it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PacketRecord {
    /// Id.
    pub id: PacketId,
    /// For which centre, as the person named it; empty when for none in particular.
    #[serde(default)]
    pub center: String,
    /// For whom its contents were chosen.
    pub audience: Audience,
    /// Documents in it, in order.
    pub documents: Vec<DocumentId>,
    /// Study Instance UIDs in it.
    pub studies: Vec<String>,
    /// SHA-256 of its manifest, hexadecimal: names every byte in it.
    pub manifest_sha256: String,
    /// The packet's ZIP, where it is kept in the home for download.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectId>,
    /// Bytes of all files in it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub bytes: u64,
    /// The packet it follows, where it holds only what is new or changed since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<PacketId>,
    /// Whether a fax edition is in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fax: bool,
    /// How many images of each study are in it, by Study Instance UID: a study that grew is changed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub images: BTreeMap<String, u32>,
    /// Number and checksum of each item, as its list of contents has them; empty in a packet of an earlier version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<PacketItem>,
    /// What a person stated and its front pages tell ([`crate::CaseView::stated_on_sheets`]), each with a fingerprint: what
    /// was stated otherwise since was not sent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stated: BTreeMap<String, String>,
    /// Records under another name that stayed out of it, until a person says whose they are.
    #[serde(default, skip_serializing_if = "is_none")]
    pub other_names: u32,
    /// Of a blind edition: the documents in it whose words of a plan its sender was shown. A packet of an earlier version does
    /// not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<BTreeSet<DocumentId>>,
    /// Its ZIP was deleted for good with a record that is in it; filled by the fold.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dropped: bool,
    /// When it was made; filled by the fold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
fn is_none(number: &u32) -> bool {
    *number == 0
}

// ---- changes ----

/// Changes of share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum ShareChange {
    /// A packet was made. That it was handed over is another entry.
    PacketMade {
        /// What was made.
        packet: PacketRecord,
    },
    /// A packet's ZIP was deleted for good from the home, with a record that is in it. Who got a copy still has it.
    PacketDropped {
        /// Which.
        id: PacketId,
    },
    /// A packet that was on record as made did not get its name: its folder or file is not there, and nobody has it.
    PacketUnmade {
        /// Which.
        id: PacketId,
    },
    /// A packet was handed over.
    Delivered {
        /// To whom, how, when.
        delivery: Delivery,
    },
    /// The other side said what they have.
    ReceiptStated {
        /// What they said.
        receipt: Receipt,
    },
    /// A receipt was written down of the wrong delivery, or by mistake.
    ReceiptWithdrawn {
        /// The delivery.
        delivery: DeliveryId,
        /// Which of its receipts, counted from 1 as they stand.
        number: u32,
    },
    /// A delivery did not happen after all.
    DeliveryWithdrawn {
        /// Which.
        id: DeliveryId,
    },
    /// A packet that somebody sent was opened in this case.
    PacketReceived {
        /// What it lists, and what was met of it.
        packet: Box<ReceivedPacket>,
    },
    /// The list and own pages of a received packet were deleted for good, with a record that is in them.
    ReceivedPagesDropped {
        /// Which.
        id: PacketId,
    },
    /// A record that its sender took back is kept all the same.
    RecallDeclined {
        /// The packet that takes it back.
        packet: PacketId,
        /// The checksum of the record, hexadecimal.
        sha256: String,
    },
    /// Somebody here confirmed what arrived.
    ReceiptGiven {
        /// What they confirmed.
        receipt: GivenReceipt,
    },
}

impl ShareChange {
    /// Objects that the case stands on once this is in its ledger.
    #[must_use]
    pub fn objects(&self) -> Vec<&ObjectId> {
        match self {
            Self::PacketMade { packet } => packet.object.iter().collect(),
            Self::PacketReceived { packet } => {
                let pages = packet.pages.iter().map(|page| &page.object);
                std::iter::once(&packet.list).chain(pages).collect()
            }
            Self::ReceiptStated { receipt } => receipt.from_file.iter().map(|from| &from.object).collect(),
            Self::PacketDropped { .. }
            | Self::PacketUnmade { .. }
            | Self::Delivered { .. }
            | Self::ReceiptWithdrawn { .. }
            | Self::RecallDeclined { .. }
            | Self::DeliveryWithdrawn { .. }
            | Self::ReceivedPagesDropped { .. }
            | Self::ReceiptGiven { .. } => Vec::new(),
        }
    }
}

/// The fold of [`ShareChange`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Share {
    /// Packets in the order they were made.
    pub packets: Vec<PacketRecord>,
    /// Deliveries in the order they were written down.
    pub deliveries: Vec<HeldDelivery>,
    /// Packets that were opened here, in the order they first were.
    pub received: Vec<HeldReceived>,
    /// Records that stay although their sender took them back: the packet that does, and the checksum.
    pub kept_all_the_same: BTreeSet<(PacketId, String)>,
}

impl Share {
    /// A packet that was opened here, by id.
    #[must_use]
    pub fn received(&self, id: &PacketId) -> Option<&HeldReceived> {
        self.received.iter().find(|held| held.packet.packet == *id)
    }

    fn received_mut(&mut self, id: &PacketId) -> Option<&mut HeldReceived> {
        self.received.iter_mut().find(|held| held.packet.packet == *id)
    }

    /// A receipt that came back as a file, by its own id, and the delivery that it was written down of.
    #[must_use]
    pub fn receipt_filed(&self, receipt: &ReceiptId) -> Option<(&HeldDelivery, &Receipt)> {
        let is_it = |held: &Receipt| held.from_file.as_ref().is_some_and(|from| from.receipt == *receipt);
        self.deliveries.iter().find_map(|held| Some((held, held.receipts.iter().find(|held| is_it(held))?)))
    }

    /// Files of receipts that came back.
    pub fn receipt_objects(&self) -> impl Iterator<Item = &ObjectId> {
        let receipts = self.deliveries.iter().flat_map(|d| &d.receipts);
        receipts.filter_map(|receipt| receipt.from_file.as_ref()).map(|from| &from.object)
    }

    /// A packet by id.
    #[must_use]
    pub fn packet(&self, id: &PacketId) -> Option<&PacketRecord> {
        self.packets.iter().find(|p| p.id == *id)
    }

    /// A packet, then the one it follows, and so on. As many as there are packets: a chain that bites its tail ends.
    pub fn followed(&self, id: &PacketId) -> impl Iterator<Item = &PacketRecord> {
        let before = |packet: &&PacketRecord| packet.since.as_ref().and_then(|id| self.packet(id));
        std::iter::successors(self.packet(id), before).take(self.packets.len())
    }

    /// Items of a delivery that its own receipts do not confirm: what was confirmed of an earlier delivery says nothing of
    /// this one, which may be lost, or hold more images of a study. None of one that was taken back.
    #[must_use]
    pub fn left(&self, held: &HeldDelivery) -> usize {
        self.unheard(held, std::slice::from_ref(&held))
    }

    /// Items of a delivery that somebody still has to ask about: confirmed neither of it nor of a later one to the same
    /// recipient, who then has them. What waits, and every sum, is counted by this.
    #[must_use]
    pub fn awaited(&self, held: &HeldDelivery) -> usize {
        let mut by_day: Vec<&HeldDelivery> = self.deliveries.iter().collect();
        by_day.sort_by_key(|other| other.delivery.on);
        let from = by_day.iter().position(|other| other.delivery.id == held.delivery.id).unwrap_or(by_day.len());
        // What one recipient confirmed is confirmed by that one alone.
        let alike = |other: &&HeldDelivery| {
            !other.withdrawn
                && held.delivery.recipient == other.delivery.recipient
                && text::same_line(&held.delivery.to, &other.delivery.to)
        };
        let answers: Vec<&HeldDelivery> = by_day.into_iter().skip(from).filter(alike).collect();
        self.unheard(held, &answers)
    }

    /// Items of a delivery that none of these confirms.
    fn unheard(&self, held: &HeldDelivery, answers: &[&HeldDelivery]) -> usize {
        let Some(packet) = self.packet(&held.delivery.packet).filter(|_| !held.withdrawn) else { return 0 };
        packet.documents.iter().filter(|id| !answers.iter().any(|answer| answer.confirms(id))).count()
            + packet.studies.iter().filter(|uid| !answers.iter().any(|answer| answer.confirms_study(uid))).count()
    }

    /// Items of a delivery of which the last word is that they did not arrive as they were sent, and that no later delivery to
    /// the same recipient brought: they have to be sent again.
    #[must_use]
    pub fn to_send_again(&self, held: &HeldDelivery) -> usize {
        let Some(packet) = self.packet(&held.delivery.packet).filter(|_| self.awaited(held) > 0) else { return 0 };
        packet.documents.iter().filter(|id| held.lacks(id)).count()
            + packet.studies.iter().filter(|uid| held.lacks_study(uid)).count()
    }

    /// The centre that a packet was made for, where a delivery of it names another: a person may have given the same one another
    /// name, or it went to somebody else.
    #[must_use]
    pub fn made_for_another(&self, held: &HeldDelivery, knowledge: &Knowledge) -> Option<&str> {
        let center = self.packet(&held.delivery.packet)?.center.as_str();
        let to_center = held.delivery.recipient == Recipient::Center && !held.withdrawn;
        (to_center && !center.is_empty() && !knowledge.same_center(&held.delivery.to, center)).then_some(center)
    }

    /// Whether something is still to be heard of a delivery: an item is awaited, or they say that something is missing.
    #[must_use]
    pub fn is_open(&self, held: &HeldDelivery) -> bool {
        let awaited = self.awaited(held);
        !held.withdrawn && (awaited > 0 || held.says_missing(awaited).is_some())
    }

    /// Items of all deliveries that are awaited: the sum of [`Self::awaited`].
    #[must_use]
    pub fn unconfirmed(&self) -> usize {
        self.deliveries.iter().map(|held| self.awaited(held)).sum()
    }

    /// Deliveries of which their recipients say that something is missing.
    #[must_use]
    pub fn said_missing(&self) -> usize {
        self.deliveries.iter().filter(|held| !held.withdrawn && held.says_missing(self.awaited(held)).is_some()).count()
    }

    /// A delivery by id.
    #[must_use]
    pub fn delivery(&self, id: &DeliveryId) -> Option<&HeldDelivery> {
        self.deliveries.iter().find(|d| d.delivery.id == *id)
    }

    pub(crate) fn apply(&mut self, change: ShareChange, at: Instant) {
        match change {
            ShareChange::PacketMade { packet } => self.packets.push(PacketRecord { at: Some(at), ..packet }),
            ShareChange::PacketDropped { id } => {
                for packet in self.packets.iter_mut().filter(|packet| packet.id == id) {
                    packet.object = None;
                    packet.dropped = true;
                }
            }
            ShareChange::PacketUnmade { id } => self.packets.retain(|packet| packet.id != id),
            ShareChange::Delivered { delivery } => {
                self.deliveries.push(HeldDelivery { delivery, receipts: Vec::new(), withdrawn: false });
            }
            ShareChange::ReceiptStated { mut receipt } => {
                let packet = self.delivery(&receipt.delivery).and_then(|held| self.packet(&held.delivery.packet));
                if let (Some(packet), Some(from)) = (packet, &mut receipt.from_file) {
                    receipt_file::name_lacking(packet, from);
                }
                let of = |d: &&mut HeldDelivery| d.delivery.id == receipt.delivery;
                if let Some(held) = self.deliveries.iter_mut().find(of) {
                    held.receipts.push(receipt);
                }
            }
            ShareChange::ReceiptWithdrawn { delivery, number } => {
                let held = self.deliveries.iter_mut().find(|held| held.delivery.id == delivery);
                let place = deliveries::place_of(number);
                if let Some((held, place)) = held.zip(place).filter(|(held, place)| *place < held.receipts.len()) {
                    held.receipts.remove(place);
                }
            }
            ShareChange::RecallDeclined { packet, sha256 } => {
                self.kept_all_the_same.insert((packet, sha256));
            }
            ShareChange::DeliveryWithdrawn { id } => {
                for held in self.deliveries.iter_mut().filter(|d| d.delivery.id == id) {
                    held.withdrawn = true;
                }
            }
            ShareChange::PacketReceived { packet } => match self.received_mut(&packet.packet) {
                Some(held) => held.again(*packet),
                None => self.received.push(HeldReceived::new(*packet, at)),
            },
            ShareChange::ReceivedPagesDropped { id } => {
                if let Some(held) = self.received_mut(&id) {
                    held.dropped = true;
                }
            }
            ShareChange::ReceiptGiven { receipt } => {
                if let Some(held) = self.received_mut(&receipt.packet) {
                    held.receipts.push(receipt);
                }
            }
        }
    }
}

// ---- rules ----

/// A packet can be made when there is something to put in it.
///
/// # Errors
/// When the case has neither documents nor studies for this audience.
pub fn may_make(documents: usize, studies: usize) -> Result<(), Refusal> {
    if documents + studies == 0 { Err(Refusal::new("refusal-packet-empty")) } else { Ok(()) }
}

/// What is recorded of a packet that was made. What was in it when it was planned must still be in the case.
///
/// # Errors
/// When a record in it was taken out meanwhile, or is none any more that its reader may have.
pub fn record_packet(case: &Case, knowledge: &Knowledge, packet: PacketRecord) -> Result<ShareChange, Refusal> {
    // What was taken out, or turned out to state a plan, while the packet was made must not go with it.
    let view = case.seen_by(packet.audience);
    let documents: BTreeSet<&DocumentId> = view.documents(knowledge).iter().map(|d| &d.document.id).collect();
    let studies: BTreeSet<&str> = view.studies().iter().map(|s| s.study.facts.uid.as_str()).collect();
    let documents = packet.documents.iter().all(|id| documents.contains(id));
    let studies = packet.studies.iter().all(|uid| studies.contains(uid.as_str()));
    if !documents || !studies {
        return Err(Refusal::new("refusal-packet-outdated"));
    }
    let stated = view.stated_on_sheets();
    Ok(ShareChange::PacketMade { packet: PacketRecord { stated, ..packet } })
}

/// Takes a packet off the record that did not get its name. One that was handed over, or that another follows, stays: it is
/// somewhere.
///
/// # Errors
/// When there is no such packet, it is kept in the home, or something stands on it.
pub fn unmake_packet(share: &Share, id: &PacketId) -> Result<ShareChange, Refusal> {
    let packet = share.packet(id).ok_or_else(|| Refusal::new("refusal-packet-unknown"))?;
    let delivered = share.deliveries.iter().any(|held| held.delivery.packet == *id);
    let followed = share.packets.iter().any(|other| other.since.as_ref() == Some(id));
    if packet.object.is_some() || delivered || followed {
        return Err(Refusal::new("refusal-packet-stays"));
    }
    Ok(ShareChange::PacketUnmade { id: id.clone() })
}

/// Whether a delivery went to a centre, by whatever name a person gave it; to anybody where no centre is named.
fn went_to(held: &HeldDelivery, knowledge: &Knowledge, center: Option<&str>) -> bool {
    let to_center = held.delivery.recipient == Recipient::Center;
    !held.withdrawn && center.is_none_or(|center| to_center && knowledge.same_center(&held.delivery.to, center))
}

/// What a centre already has: documents and, by study, images of a packet and of every packet it follows. Of one that went
/// to others only, or did not go after all, it has nothing; one of which nobody wrote down what became of it counts as sent.
#[must_use]
pub fn already_sent<'s>(
    share: &'s Share,
    knowledge: &Knowledge,
    packet: &PacketId,
    center: Option<&str>,
) -> Option<(BTreeSet<&'s DocumentId>, BTreeMap<&'s str, u32>)> {
    share.packet(packet)?;
    let (mut documents, mut images) = (BTreeSet::new(), BTreeMap::new());
    for packet in share.followed(packet) {
        // What whoever got it says did not come goes again.
        let given: Vec<&HeldDelivery> =
            share.deliveries.iter().filter(|held| held.delivery.packet == packet.id).collect();
        let arrived = |has: &dyn Fn(&HeldDelivery) -> bool| {
            given.is_empty() || given.iter().any(|held| went_to(held, knowledge, center) && has(held))
        };
        documents.extend(packet.documents.iter().filter(|id| arrived(&|held| held.may_have(id))));
        for uid in packet.studies.iter().filter(|uid| arrived(&|held| held.may_have_study(uid))) {
            // A packet of an earlier version does not tell how many images it held: then all count as sent.
            let count = packet.images.get(uid).copied().unwrap_or(u32::MAX);
            let known = images.entry(uid.as_str()).or_insert(0);
            *known = count.max(*known);
        }
    }
    Some((documents, images))
}

/// A packet that follows another goes to whom the other went: whoever did not get that one would lack what is left out.
/// However a person names it: its programme has one name. Gives a warning where nobody wrote down that the other, and all that
/// that one follows, were handed over to it.
///
/// # Errors
/// When the packet it follows, or one that this one follows, was for another centre.
pub fn may_follow(
    share: &Share,
    knowledge: &Knowledge,
    packet: &PacketId,
    center: Option<&str>,
) -> Result<Option<Message>, Refusal> {
    let same = |other: &str| center.is_some_and(|center| knowledge.same_center(center, other));
    for packet in share.followed(packet) {
        if !packet.center.is_empty() && !same(&packet.center) {
            return Err(Refusal::new("refusal-delta-other-center").with("center", &packet.center));
        }
    }
    let delivered = |packet: &PacketRecord| {
        share.deliveries.iter().any(|d| d.delivery.packet == packet.id && went_to(d, knowledge, center))
    };
    let known = share.followed(packet).all(delivered);
    Ok((!known).then(|| Message::new("packet-before-not-delivered")))
}

/// What is written down, as JSON; what can not be is nothing.
fn as_json<T: Serialize>(what: T) -> String {
    serde_json::to_string(&what).unwrap_or_default()
}

/// What a person states and front pages tell: the person and how to reach them, questions, medicines, treatment.
pub const SHEETS: [&str; 4] = ["person", "questions", "medicines", "treatment"];

impl crate::CaseView<'_> {
    /// What a person stated and a packet of this view tells on its front pages: by name ([`SHEETS`]), with the first 16
    /// hexadecimal digits of a BLAKE3 hash of its words. What is not stated, or withheld, is not there.
    #[must_use]
    pub fn stated_on_sheets(&self) -> BTreeMap<String, String> {
        // As the ledger writes them, so that a later version finds the same words.
        let person = self.person().map(|person| as_json(&(person, self.registration())));
        let questions: Vec<&str> = self.open_questions().map(|question| question.text.as_str()).collect();
        let medicines: Vec<String> = self.agreed_medicines().map(as_json).collect();
        let stated = self.case().reading.stated.values().map(|said| as_json(&said.what)).collect::<Vec<_>>();
        let words = [
            person.unwrap_or_default(),
            questions.join("\n"),
            medicines.join("\n"),
            if self.audience().sees_records() { stated.join("\n") } else { String::new() },
        ];
        let told = SHEETS.iter().zip(words).filter(|(_, words)| !words.is_empty());
        told.map(|(sheet, words)| {
            let mut hasher = blake3::Hasher::new_derive_key("consilium sheet v2");
            hasher.update(words.as_bytes());
            ((*sheet).to_owned(), hasher.finalize().to_hex().chars().take(16).collect())
        })
        .collect()
    }

    /// Items of a delivery that have to be sent again, as [`Share::to_send_again`].
    #[must_use]
    pub fn to_send_again(&self, held: &HeldDelivery) -> usize {
        self.case().share.to_send_again(held)
    }

    /// The centre that the packet of a delivery was made for, where it went to another name: [`Share::made_for_another`].
    #[must_use]
    pub fn made_for_another(&self, held: &HeldDelivery, knowledge: &Knowledge) -> Option<String> {
        self.case().share.made_for_another(held, knowledge).map(str::to_owned)
    }

    /// Items of a delivery that its own receipts do not confirm, as [`Share::left`], and those of them that are awaited, as
    /// [`Share::awaited`].
    #[must_use]
    pub fn left_of(&self, held: &HeldDelivery) -> (usize, usize) {
        (self.case().share.left(held), self.case().share.awaited(held))
    }
}

// ---- next ----

/// Make the packet once there are records; hand it over; ask until every item is confirmed. Where a packet was received,
/// confirm what arrived. `waiting` is [`crate::CaseView::waiting`] of the same case.
#[must_use]
pub fn next(case: &Case, waiting: &Waiting) -> StageNext {
    let has_records = !case.gather.documents.is_empty() || !case.gather.studies.is_empty();
    let delivered = case.share.deliveries.iter().any(|d| !d.withdrawn);
    let step = |message: Message, place| vec![Step::new(message, place)];
    let unconfirmed = waiting.needs.unconfirmed;
    let send_again: usize = case.share.deliveries.iter().map(|held| case.share.to_send_again(held)).sum();
    let arrived = received::arrived_unconfirmed(case);
    let recalled = received::open_recalls(case);
    if recalled > 0 {
        let message = Message::new("next-share-recalled").with("count", recalled);
        let steps = vec![Step::new(message, "received").blocking()];
        return StageNext { stage: Stage::Share, state: StageState::UnderWay, steps };
    }
    if arrived > 0 {
        let message = Message::new("next-share-received").with("count", arrived);
        let steps = vec![Step::new(message, "received").blocking()];
        return StageNext { stage: Stage::Share, state: StageState::UnderWay, steps };
    }
    let ask_again = received::to_ask_again(case);
    if ask_again > 0 {
        let message = Message::new("next-share-ask-again").with("count", ask_again);
        let steps = vec![Step::new(message, "received").blocking()];
        return StageNext { stage: Stage::Share, state: StageState::UnderWay, steps };
    }
    if !case.share.received.is_empty() && case.share.packets.is_empty() {
        return StageNext { stage: Stage::Share, state: StageState::Ready, steps: Vec::new() };
    }
    let untold = taken_out::untold(case);
    if untold > 0 {
        let message = Message::new("next-share-taken-out").with("count", untold);
        let steps = vec![Step::new(message, "share#deliveries").blocking()];
        return StageNext { stage: Stage::Share, state: StageState::UnderWay, steps };
    }
    let said_missing = || {
        let count = waiting.needs.said_missing;
        let message = Message::new("next-share-said-missing").with("count", count);
        (count > 0).then(|| Step::new(message, "share#deliveries"))
    };
    let (state, steps) = match (has_records, case.share.packets.is_empty()) {
        (false, _) => (StageState::NothingYet, Vec::new()),
        (true, true) => (StageState::UnderWay, step(Message::new("next-share-packet"), "share#packet")),
        (true, false) if !delivered => {
            (StageState::UnderWay, step(Message::new("next-share-deliver"), "share#deliveries"))
        }
        (true, false) if send_again > 0 => {
            let message = Message::new("next-share-send-again").with("count", send_again);
            (StageState::UnderWay, vec![Step::new(message, "share#deliveries").blocking()])
        }
        (true, false) if unconfirmed > 0 => {
            let message = Message::new("next-share-unconfirmed").with("count", unconfirmed);
            // What they miss is worth more than what they have not confirmed yet.
            let steps = said_missing().into_iter().chain(step(message, "share#deliveries")).collect();
            (StageState::Waiting, steps)
        }
        (true, false) => match said_missing() {
            Some(step) => (StageState::Waiting, vec![step]),
            None => (StageState::Ready, Vec::new()),
        },
    };
    StageNext { stage: Stage::Share, state, steps }
}
