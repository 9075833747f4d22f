//! The other side: a packet that somebody sent us. What of its list arrived, computed from the case as it stands now; and
//! the receipt we give, item by item. The ledger holds numbers, checksums and objects; the sender's words (titles, what
//! they say is missing) stay in the packet's own list, an object, so that they can be deleted with a record.

use std::collections::HashSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::ShareChange;
use super::list::{Edition, ItemKind, RecalledItem};
use super::manifest::ListDoubt;
use super::receipt_file::{NotWhole, OpenRequest};
use crate::audience::{Audience, CaseView};
use crate::case::Case;
use crate::gather::{Decision, SetAside, SetAsideReason};
use crate::shared::ids::{DocumentId, ImportId, ObjectId, PacketId, ReceiptId};
use crate::shared::message::Refusal;
use crate::shared::text;
use crate::shared::time::{Instant, PartialDate};

// ---- things ----

/// A packet that was opened here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedPacket {
    /// Its id, as the sender gave it.
    pub packet: PacketId,
    /// The sender's short name of the case.
    pub handle: String,
    /// The head of the sender's ledger, as it is printed in the packet.
    pub chain_head: String,
    /// The day it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_on: Option<PartialDate>,
    /// Which edition.
    pub edition: Edition,
    /// The packet it follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<PacketId>,
    /// SHA-256 of its manifest as it arrived, hexadecimal; empty where it did not arrive.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub manifest_sha256: String,
    /// The list of contents, with the sender's words.
    pub list: ObjectId,
    /// SHA-256 of the list, hexadecimal: a second medium of the same packet has the same.
    pub list_sha256: String,
    /// The import that met its files.
    pub import: ImportId,
    /// What it lists, and what was met of it.
    pub items: Vec<ReceivedItem>,
    /// Its own pages (cover, index, checksums): kept, and no records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<ReceivedPage>,
    /// Files on the medium that the list does not name: lines of the import's report, counted from 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strays: Vec<u32>,
    /// Where its list of contents, its checksums and its own pages do not say the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<ListDoubt>,
    /// Records of earlier packets that its sender took back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recalls: Vec<RecalledItem>,
}

/// One of the packet's own pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedPage {
    /// Such as `PACKET.PDF`.
    pub name: String,
    /// Its bytes.
    pub object: ObjectId,
}

/// An item as listed, and what was met of it on the medium.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedItem {
    /// Number in the sender's index.
    pub number: String,
    /// Document or study.
    pub kind: ItemKind,
    /// Checksum as listed, hexadecimal.
    pub sha256: String,
    /// What was met.
    pub met: Met,
    /// The packet's checksums arrived, and name a file of it nowhere.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unnamed: bool,
}

/// What was met of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "met", rename_all = "snake_case")]
pub enum Met {
    /// Its file was there and was stored.
    File {
        /// The bytes.
        object: ObjectId,
        /// Whether they are those that are listed.
        same: bool,
        /// The study it belongs to, where it is an image.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        study: Option<String>,
    },
    /// Images of it were there.
    Images {
        /// The study their headers name; `None` where none was stored as an image.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        study: Option<String>,
        /// Files listed.
        listed: u32,
        /// Stored, with the bytes that are listed.
        same: u32,
        /// Stored, with other bytes.
        differ: u32,
        /// Not stored: lines of the import's report, the first few.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        refused: Vec<u32>,
    },
    /// Its file was there and was not stored: the line of the import's report that says why.
    NotKept {
        /// The line, counted from 0.
        line: u32,
    },
    /// It was not on the medium.
    Absent,
}

/// A record that its sender took back, as the case stands now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recall {
    /// The packet that takes it back.
    pub by: PacketId,
    /// Which record of which packet.
    pub item: RecalledItem,
    /// Where it is in our case; `None` where it is not, or not any more.
    pub place: Option<ItemPlace>,
    /// Somebody here said that it stays all the same.
    pub kept: bool,
}

impl Recall {
    /// Whether somebody here has to decide.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.place.is_some() && !self.kept
    }
}

/// Where an item is in our case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemPlace {
    /// A document.
    Document(DocumentId),
    /// A study, by Study Instance UID.
    Study(String),
}

/// What became of an item, as the case stands now. Every item has exactly one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ItemOutcome {
    /// Here, with the bytes that are listed.
    Whole {
        /// Where; `None` for a file that is no record of its own.
        place: Option<ItemPlace>,
    },
    /// Here, with the bytes that its list of contents names; nothing else says that the list is the one that was sent, because
    /// the packet's checksums did not arrive, can not be read, or do not name it.
    Unchecked {
        /// Where.
        place: Option<ItemPlace>,
    },
    /// A study of which some images are not here.
    Partly {
        /// Where.
        place: Option<ItemPlace>,
        /// Images here.
        here: u32,
        /// Images listed.
        listed: u32,
    },
    /// Here, with other bytes than are listed.
    Differs {
        /// Where.
        place: Option<ItemPlace>,
    },
    /// Not on the medium.
    Absent,
    /// Set aside until a person decides, or decided not to belong here.
    SetAside {
        /// Why.
        reason: SetAsideReason,
        /// A person said that it does not belong to this case.
        declined: bool,
    },
    /// Not kept by the import, which says why.
    NotKept,
    /// It was here; a person took it out of the case, or deleted it for good.
    TakenOut,
}

impl ItemOutcome {
    /// Its one word, in answers for programs and in receipts.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Whole { .. } => "whole",
            Self::Unchecked { .. } => "unchecked",
            Self::Partly { .. } => "partly",
            Self::Differs { .. } => "differs",
            Self::Absent => "absent",
            Self::SetAside { .. } => "set-aside",
            Self::NotKept => "not-kept",
            Self::TakenOut => "taken-out",
        }
    }

    /// Where it is in our case.
    #[must_use]
    pub fn place(&self) -> Option<&ItemPlace> {
        match self {
            Self::Whole { place }
            | Self::Unchecked { place }
            | Self::Partly { place, .. }
            | Self::Differs { place } => place.as_ref(),
            _ => None,
        }
    }

    /// Whether it arrived as it was sent: only this can be confirmed.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        matches!(self, Self::Whole { .. })
    }
}

/// A receipt that was given: which items somebody here looked at and has, and what they say is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenReceipt {
    /// Id: the same receipt read twice changes nothing at the sender's.
    pub id: ReceiptId,
    /// For which packet.
    pub packet: PacketId,
    /// The day.
    pub on: Date,
    /// Who confirmed.
    pub by: String,
    /// Numbers of the items confirmed.
    #[serde(default)]
    pub items: Vec<String>,
    /// Items that did not arrive as sent, on that day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_whole: Vec<NotWhole>,
    /// What is missing, in their words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub missing: String,
    /// What we asked for and wait for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open_requests: Vec<OpenRequest>,
}

/// An item with the import whose report tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldItem {
    /// The item.
    pub item: ReceivedItem,
    /// The import.
    pub import: ImportId,
    /// Whether the checksums that came with it could be read and name it: without them it can not be known to be as it was
    /// sent.
    pub checked: bool,
}

/// A received packet with everything that happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldReceived {
    /// As it was opened last.
    pub packet: ReceivedPacket,
    /// When it was opened first.
    pub at: Instant,
    /// Its items: of several media the better.
    pub items: Vec<HeldItem>,
    /// Receipts given, in order.
    pub receipts: Vec<GivenReceipt>,
    /// Its own pages and its list were deleted for good with a record that is in it.
    pub dropped: bool,
}

impl HeldReceived {
    pub(super) fn new(packet: ReceivedPacket, at: Instant) -> Self {
        let items = packet.held_items().collect();
        Self { packet, at, items, receipts: Vec::new(), dropped: false }
    }

    /// The same packet from another medium.
    pub(super) fn again(&mut self, packet: ReceivedPacket) {
        for (held, again) in self.items.iter_mut().zip(packet.held_items()) {
            if again.rank() > held.rank() {
                *held = again;
            }
        }
        self.dropped = false;
        self.packet = packet;
    }

    /// Whether somebody here confirmed an item.
    #[must_use]
    pub fn confirms(&self, number: &str) -> bool {
        self.receipts.iter().any(|receipt| receipt.items.iter().any(|item| item == number))
    }

    /// Objects that the packet's own list and pages are.
    pub fn own_objects(&self) -> impl Iterator<Item = &ObjectId> {
        let pages = self.packet.pages.iter().map(|page| &page.object);
        let all = std::iter::once(&self.packet.list).chain(pages);
        all.filter(|_| !self.dropped)
    }
}

impl ReceivedPacket {
    /// Whether its checksums (`SHA256.TXT`) arrived and can be read.
    #[must_use]
    pub fn has_checksums(&self) -> bool {
        !self.manifest_sha256.is_empty() && !self.doubts.contains(&ListDoubt::ManifestUnread)
    }

    fn held_items(&self) -> impl Iterator<Item = HeldItem> {
        let checked = self.has_checksums();
        let held = move |item: &ReceivedItem| {
            let checked = checked && !item.unnamed;
            HeldItem { item: item.clone(), import: self.import.clone(), checked }
        };
        self.items.iter().map(held)
    }
}

impl HeldItem {
    fn rank(&self) -> ((u8, u32), bool) {
        (self.item.met.rank(), self.checked)
    }

    /// What became of it, as the case stands now.
    #[must_use]
    pub fn outcome(&self, case: &Case) -> ItemOutcome {
        match outcome(case, &self.item) {
            ItemOutcome::Whole { place } if !self.checked => ItemOutcome::Unchecked { place },
            outcome => outcome,
        }
    }
}

impl Met {
    /// How much of an item was met; of two media the more counts.
    fn rank(&self) -> (u8, u32) {
        match self {
            Self::Absent => (0, 0),
            Self::NotKept { .. } => (1, 0),
            Self::File { same: false, .. } => (2, 0),
            Self::File { same: true, .. } => (3, 0),
            Self::Images { same, differ, .. } => (3, same.saturating_mul(2).saturating_add(*differ)),
        }
    }
}

// ---- rules ----

/// Notes a packet that was opened.
///
/// # Errors
/// When it was made from this very case, or another list goes by the same packet id.
pub fn receive(case: &Case, packet: ReceivedPacket) -> Result<ShareChange, Refusal> {
    if case.share.packet(&packet.packet).is_some() {
        return Err(Refusal::new("refusal-list-own"));
    }
    let known = case.share.received(&packet.packet);
    if known.is_some_and(|known| known.packet.list_sha256 != packet.list_sha256) {
        return Err(Refusal::new("refusal-list-other"));
    }
    Ok(ShareChange::PacketReceived { packet: Box::new(packet) })
}

/// Where an object or a study is among what was set aside.
fn aside<'c>(case: &'c Case, is_it: impl Fn(&SetAside) -> bool) -> Option<ItemOutcome> {
    let waits = |group: &&'c SetAside| matches!(group.decision, None | Some(Decision::NotMine));
    let group = case.gather.set_aside.values().filter(waits).find(|group| is_it(group))?;
    let declined = group.decision == Some(Decision::NotMine);
    if group.reason == SetAsideReason::Altered {
        return Some(ItemOutcome::Differs { place: None });
    }
    Some(ItemOutcome::SetAside { reason: group.reason.clone(), declined })
}

/// What became of an item, as the case stands now and its packet's list says.
pub(super) fn outcome(case: &Case, item: &ReceivedItem) -> ItemOutcome {
    match &item.met {
        Met::Absent => ItemOutcome::Absent,
        Met::NotKept { .. } => ItemOutcome::NotKept,
        Met::File { object, same, study } => match study {
            Some(uid) => study_outcome(case, uid, |place| stored(place, *same)),
            None => document_outcome(case, object, *same),
        },
        Met::Images { study, listed, same, differ, refused } => {
            let Some(uid) = study else {
                return if refused.is_empty() && *differ == 0 { ItemOutcome::Absent } else { ItemOutcome::NotKept };
            };
            study_outcome(case, uid, |place| match (*differ, same == listed) {
                (0, true) => ItemOutcome::Whole { place },
                (0, false) => ItemOutcome::Partly { place, here: *same, listed: *listed },
                _ => ItemOutcome::Differs { place },
            })
        }
    }
}

fn stored(place: Option<ItemPlace>, same: bool) -> ItemOutcome {
    if same { ItemOutcome::Whole { place } } else { ItemOutcome::Differs { place } }
}

fn document_outcome(case: &Case, object: &ObjectId, same: bool) -> ItemOutcome {
    let is_it = |d: &crate::records::Document| d.object == *object || d.locked_original.as_ref() == Some(object);
    if let Some(held) = case.gather.documents.values().find(|held| is_it(&held.document)) {
        let place = Some(ItemPlace::Document(held.document.id.clone()));
        return if held.removed { ItemOutcome::TakenOut } else { stored(place, same) };
    }
    let in_group = |g: &SetAside| g.documents.iter().any(is_it) || g.locked.iter().any(|l| l.object == *object);
    if let Some(aside) = aside(case, in_group) {
        return aside;
    }
    if case.gather.purged.contains(object) { ItemOutcome::TakenOut } else { stored(None, same) }
}

fn study_outcome(case: &Case, uid: &str, here: impl Fn(Option<ItemPlace>) -> ItemOutcome) -> ItemOutcome {
    match case.gather.studies.get(uid) {
        Some(held) if held.removed => ItemOutcome::TakenOut,
        Some(_) => here(Some(ItemPlace::Study(uid.to_owned()))),
        None => {
            let in_group = |g: &SetAside| g.studies.iter().any(|s| s.study.facts.uid == *uid);
            aside(case, in_group).unwrap_or(ItemOutcome::TakenOut)
        }
    }
}

/// Items that arrived as they were sent and that nobody here confirmed.
pub(super) fn arrived_unconfirmed(case: &Case) -> usize {
    let open = |held: &&HeldItem, packet: &HeldReceived| !packet.confirms(&held.item.number);
    let of = |packet: &HeldReceived| {
        packet.items.iter().filter(|held| open(held, packet) && held.outcome(case).is_whole()).count()
    };
    case.share.received.iter().map(of).sum()
}

/// Items that did not arrive as they were sent, and that no packet brought since: their sender has to be asked again.
pub(super) fn to_ask_again(case: &Case) -> usize {
    let items = case.share.received.iter().flat_map(|packet| &packet.items);
    let all: Vec<(&str, ItemOutcome)> = items.map(|held| (held.item.sha256.as_str(), held.outcome(case))).collect();
    let came: HashSet<&str> = all.iter().filter(|(_, outcome)| outcome.is_whole()).map(|(sha256, _)| *sha256).collect();
    let is_lost = |outcome: &ItemOutcome| {
        matches!(
            outcome,
            ItemOutcome::Absent | ItemOutcome::NotKept | ItemOutcome::Differs { .. } | ItemOutcome::Partly { .. }
        )
    };
    all.iter().filter(|(sha256, outcome)| is_lost(outcome) && !came.contains(sha256)).count()
}

/// What did not arrive as it was sent.
fn not_whole(case: &Case, held: &HeldReceived) -> Vec<NotWhole> {
    let of = |held: &HeldItem| {
        let outcome = held.outcome(case);
        let name = outcome.name().to_owned();
        (!outcome.is_whole()).then(|| NotWhole { number: held.item.number.clone(), outcome: name })
    };
    held.items.iter().filter_map(of).collect()
}

/// Gives a receipt: what somebody here looked at, and what they say is missing. What did not arrive as sent is added.
///
/// # Errors
/// When there is no such packet or item, an item did not arrive as it was sent, the day is not yet here, nobody is named,
/// or nothing is said.
pub fn give_receipt(case: &Case, receipt: GivenReceipt, today: Date) -> Result<ShareChange, Refusal> {
    let unknown = || Refusal::new("refusal-received-unknown");
    let held = case.share.received(&receipt.packet).ok_or_else(unknown)?;
    if receipt.on > today {
        return Err(Refusal::new("refusal-day-in-future"));
    }
    let mut seen = HashSet::new();
    let mut items = Vec::new();
    for number in receipt.items {
        let item = held.items.iter().find(|held| held.item.number == number);
        let item = item.ok_or_else(|| Refusal::new("refusal-received-item").with("item", &number))?;
        if !item.outcome(case).is_whole() {
            return Err(Refusal::new("refusal-received-not-whole").with("item", &number));
        }
        if seen.insert(number.clone()) {
            items.push(number);
        }
    }
    let missing = text::lines(&receipt.missing, 2_000)?;
    // Of one that brings only changes its front pages are what arrived.
    if items.is_empty() && missing.is_empty() && !held.items.is_empty() {
        return Err(Refusal::new("refusal-received-nothing"));
    }
    let by = text::needed_line(&receipt.by, 120, "who confirms")?;
    let not_whole = not_whole(case, held);
    Ok(ShareChange::ReceiptGiven { receipt: GivenReceipt { items, missing, by, not_whole, ..receipt } })
}

/// The records of this case that a packet takes back. A record is known by its number and checksum in the packet that
/// brought it, or by its checksum where another packet did.
fn recalls(case: &Case, by: &HeldReceived) -> Vec<Recall> {
    let all = || case.share.received.iter().flat_map(|held| held.items.iter().map(move |item| (held, item)));
    let of = |recalled: &RecalledItem| {
        let same = |item: &HeldItem| item.item.sha256 == recalled.sha256;
        let is_it = |held: &HeldReceived, item: &HeldItem| {
            held.packet.packet == recalled.packet && item.item.number == recalled.number && same(item)
        };
        let found = all().find(|(held, item)| is_it(held, item)).or_else(|| all().find(|(_, item)| same(item)));
        let place = found.and_then(|(_, item)| item.outcome(case).place().cloned());
        let kept = case.share.kept_all_the_same.contains(&(by.packet.packet.clone(), recalled.sha256.clone()));
        Recall { by: by.packet.packet.clone(), item: recalled.clone(), place, kept }
    };
    by.packet.recalls.iter().map(of).collect()
}

/// Records that their sender took back and of which nobody here decided.
pub(super) fn open_recalls(case: &Case) -> usize {
    case.share.received.iter().flat_map(|held| recalls(case, held)).filter(Recall::is_open).count()
}

/// Keeps a record that its sender took back.
///
/// # Errors
/// When there is no such packet, or it takes no such record back that is here.
pub fn keep_recalled(case: &Case, packet: &PacketId, sha256: &str) -> Result<ShareChange, Refusal> {
    let held = case.share.received(packet).ok_or_else(|| Refusal::new("refusal-received-unknown"))?;
    let known = recalls(case, held).into_iter().any(|recall| recall.item.sha256 == sha256 && recall.place.is_some());
    if !known {
        return Err(Refusal::new("refusal-recall-unknown"));
    }
    Ok(ShareChange::RecallDeclined { packet: packet.clone(), sha256: sha256.to_owned() })
}

impl<'a> CaseView<'a> {
    /// What a packet that was opened here takes back of earlier ones.
    #[must_use]
    pub fn recalls_of(&self, held: &HeldReceived) -> Vec<Recall> {
        recalls(self.case(), held)
    }

    /// Whether the sender of a record took it back, and nobody here has decided: the packet that says so.
    #[must_use]
    pub fn is_recalled(&self, place: &ItemPlace) -> Option<&'a PacketId> {
        let by = |held: &&&HeldReceived| {
            recalls(self.case(), held).iter().any(|recall| recall.is_open() && recall.place.as_ref() == Some(place))
        };
        let received = self.received();
        received.iter().find(by).map(|held| &held.packet.packet)
    }

    /// Packets that were opened in this case, newest first: the owner's only.
    #[must_use]
    pub fn received(&self) -> Vec<&'a HeldReceived> {
        let all = self.case().share.received.iter().rev();
        if self.audience() == Audience::Owner { all.collect() } else { Vec::new() }
    }

    /// One of them, by its id.
    #[must_use]
    pub fn received_packet(&self, packet: &PacketId) -> Option<&'a HeldReceived> {
        self.received().into_iter().find(|held| held.packet.packet == *packet)
    }

    /// What became of an item, as the case stands now.
    #[must_use]
    pub fn outcome_of(&self, item: &HeldItem) -> ItemOutcome {
        item.outcome(self.case())
    }
}
