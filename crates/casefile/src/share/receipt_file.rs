//! A receipt as a file (`RECEIPT.JSON`): given by whoever got a packet, read by whoever sent it. It names the packet and
//! numbers, and nobody but who confirmed. Read with the same distrust as everything from outside; described in
//! `docs/packet.md`.

use std::collections::HashSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::deliveries::{self, FromFile, Receipt};
use super::form::Form;
use super::list::{is_id, is_sha256, shown, study_of};
use super::received::{GivenReceipt, HeldReceived};
use super::{PacketRecord, Share, ShareChange};
use crate::shared::ids::{DeliveryId, ObjectId, PacketId, ReceiptId};
use crate::shared::message::Refusal;
use crate::shared::text;

// ---- things ----

/// What a receipt calls its own form.
pub const RECEIPT_FORMAT: &str = "consilium-receipt";
/// Version that is written, and the newest that is read.
pub const RECEIPT_VERSION: u32 = 1;
/// Largest receipt that is read, bytes.
pub const LARGEST_RECEIPT: usize = 4 << 20;
const MOST_ITEMS: usize = 20_000;
const MOST_REQUESTS: usize = 200;

/// `RECEIPT.JSON`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptFile {
    /// [`RECEIPT_FORMAT`].
    pub format: String,
    /// [`RECEIPT_VERSION`].
    pub version: u32,
    /// Its own id.
    pub receipt: ReceiptId,
    /// The packet it is for.
    pub packet: PacketId,
    /// The sender's short name of the case.
    pub case: String,
    /// SHA-256 of the packet's manifest as it arrived.
    pub manifest_sha256: String,
    /// The head of the sender's ledger, as printed in the packet.
    pub chain_head: String,
    /// Who confirmed.
    pub by: String,
    /// When.
    pub on: Date,
    /// What they looked at and have.
    pub confirmed: Vec<ConfirmedItem>,
    /// What did not arrive as it was sent.
    #[serde(default)]
    pub not_whole: Vec<NotWhole>,
    /// What is missing, in their words.
    #[serde(default)]
    pub missing: String,
    /// What they asked for and wait for.
    #[serde(default)]
    pub open_requests: Vec<OpenRequest>,
}

/// An item that is confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmedItem {
    /// Number in the packet's index.
    pub number: String,
    /// Its checksum as listed, hexadecimal.
    pub sha256: String,
}

/// An item that did not arrive as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotWhole {
    /// Number in the packet's index.
    pub number: String,
    /// Name of an [`super::received::ItemOutcome`].
    pub outcome: String,
}

/// A request of the other side that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRequest {
    /// What they asked for: lines of their checklist.
    pub what: String,
    /// When it was sent; nothing when it was not yet.
    #[serde(default)]
    pub asked_on: Option<Date>,
}

/// Number and checksum of an item of a packet that was made: what a receipt is held against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PacketItem {
    /// Number in the index.
    pub number: String,
    /// Its checksum, hexadecimal.
    pub sha256: String,
}

// ---- rules ----

/// The file of a receipt that was given.
#[must_use]
pub fn file_of(held: &HeldReceived, given: &GivenReceipt) -> ReceiptFile {
    let confirmed = |number: &String| {
        let item = held.items.iter().find(|held| held.item.number == *number)?;
        Some(ConfirmedItem { number: number.clone(), sha256: item.item.sha256.clone() })
    };
    ReceiptFile {
        format: RECEIPT_FORMAT.to_owned(),
        version: RECEIPT_VERSION,
        receipt: given.id.clone(),
        packet: given.packet.clone(),
        case: held.packet.handle.clone(),
        manifest_sha256: held.packet.manifest_sha256.clone(),
        chain_head: held.packet.chain_head.clone(),
        by: given.by.clone(),
        on: given.on,
        confirmed: given.items.iter().filter_map(confirmed).collect(),
        not_whole: given.not_whole.clone(),
        missing: given.missing.clone(),
        open_requests: given.open_requests.clone(),
    }
}

const FORM: Form = Form {
    name: RECEIPT_FORMAT,
    newest: RECEIPT_VERSION,
    no_json: "refusal-receipt-none",
    other: "refusal-receipt-none",
    newer: "refusal-receipt-newer",
    damaged: "refusal-receipt-damaged",
};

/// Reads a receipt.
///
/// # Errors
/// A refusal that says in one sentence what is wrong: it is no receipt, of a newer version, damaged, or says something twice.
pub fn read(bytes: &[u8]) -> Result<ReceiptFile, Refusal> {
    let damaged = || Refusal::new("refusal-receipt-damaged");
    if bytes.len() > LARGEST_RECEIPT {
        return Err(damaged());
    }
    let mut file: ReceiptFile = FORM.read(bytes)?;
    let mut numbers = file.confirmed.iter().map(|c| &c.number).chain(file.not_whole.iter().map(|n| &n.number));
    let mut seen = HashSet::new();
    let sound = is_id(file.receipt.as_str())
        && is_id(file.packet.as_str())
        && (file.manifest_sha256.is_empty() || is_sha256(&file.manifest_sha256))
        && file.confirmed.len() + file.not_whole.len() <= MOST_ITEMS
        && file.open_requests.len() <= MOST_REQUESTS
        && file.confirmed.iter().all(|c| is_sha256(&c.sha256))
        && numbers.all(|n| n.len() <= 8 && seen.insert(n.clone()));
    if !sound || text::has_hidden_characters(&file.by) || file.missing.chars().count() > 2_000 {
        return Err(damaged());
    }
    file.case = shown(&file.case, 100);
    file.chain_head = shown(&file.chain_head, 100);
    file.by = shown(&file.by, 120);
    file.missing = file.missing.lines().map(|line| shown(line, 2_000)).collect::<Vec<_>>().join("\n");
    for item in &mut file.not_whole {
        item.outcome = shown(&item.outcome, 30);
    }
    for request in &mut file.open_requests {
        request.what = shown(&request.what, 200);
    }
    Ok(file)
}

/// The packet of ours that a receipt is for, when it is the very packet.
///
/// # Errors
/// When it names another packet, another manifest, an item that was not in it, or another checksum of one.
pub fn packet_of<'s>(share: &'s Share, file: &ReceiptFile) -> Result<&'s PacketRecord, Refusal> {
    let packet = share.packet(&file.packet).ok_or_else(|| Refusal::new("refusal-receipt-other-packet"))?;
    if packet.manifest_sha256 != file.manifest_sha256 {
        return Err(Refusal::new("refusal-receipt-other-manifest"));
    }
    let numbers = file.not_whole.iter().map(|item| &item.number).chain(file.confirmed.iter().map(|c| &c.number));
    for number in numbers {
        if item_of(packet, number).is_none() {
            return Err(Refusal::new("refusal-receipt-unknown-item").with("item", shown(number, 10)));
        }
    }
    for confirmed in &file.confirmed {
        let ours = packet.items.iter().find(|item| item.number == confirmed.number);
        if ours.is_none_or(|item| item.sha256 != confirmed.sha256) {
            return Err(Refusal::new("refusal-receipt-item-differs").with("item", &confirmed.number));
        }
    }
    Ok(packet)
}

/// An item of a packet we made.
enum PlaceOf<'s> {
    Document(&'s crate::DocumentId),
    Study(&'s String),
}

/// The item of that number: documents are numbered from 1, studies from ST1, in the packet's order.
fn item_of<'s>(packet: &'s PacketRecord, number: &str) -> Option<PlaceOf<'s>> {
    if let Some(place) = study_of(number) {
        return packet.studies.get(place.checked_sub(1)?).map(PlaceOf::Study);
    }
    packet.documents.get(number.parse::<usize>().ok()?.checked_sub(1)?).map(PlaceOf::Document)
}

/// The outcome that says nothing of an item but that its checksums did not arrive.
const UNCHECKED: &str = "unchecked";

/// Names the items of a packet that a receipt says did not arrive as they were sent.
pub(super) fn name_lacking(packet: &PacketRecord, from: &mut FromFile) {
    for item in from.not_whole.iter().filter(|item| item.outcome != UNCHECKED) {
        match item_of(packet, &item.number) {
            Some(PlaceOf::Document(id)) => from.lacks_documents.push(id.clone()),
            Some(PlaceOf::Study(uid)) => from.lacks_studies.push(uid.clone()),
            None => {}
        }
    }
}

/// What a receipt from a file says of a delivery, as the entry it becomes; `None` when that very file was read before.
///
/// # Errors
/// As [`packet_of`]; when the packet was not handed over, or several times and nobody said which; when another file of
/// the same receipt was read before; or as [`deliveries::receipt`].
pub fn receipt_from_file(
    share: &Share,
    file: &ReceiptFile,
    delivery: Option<&DeliveryId>,
    object: ObjectId,
    today: Date,
) -> Result<Option<ShareChange>, Refusal> {
    let packet = packet_of(share, file)?;
    if let Some((filed, before)) = share.receipt_filed(&file.receipt) {
        if before.from_file.as_ref().is_none_or(|from| from.object != object) {
            // Nothing in a receipt is signed: which of the two is theirs is for a person to say.
            let refusal = Refusal::new("refusal-receipt-other-file").with("to", &filed.delivery.to);
            return Err(refusal.with("by", &before.by).with("on", before.on));
        }
        if delivery.is_some_and(|delivery| *delivery != filed.delivery.id) {
            let refusal = Refusal::new("refusal-receipt-elsewhere").with("to", &filed.delivery.to);
            return Err(refusal.with("on", filed.delivery.on));
        }
        return Ok(None);
    }
    let of_packet = || share.deliveries.iter().filter(|d| !d.withdrawn && d.delivery.packet == packet.id);
    let chosen = match delivery {
        Some(id) => of_packet().find(|d| d.delivery.id == *id).ok_or("refusal-receipt-other-delivery"),
        None => match of_packet().count() {
            0 => Err("refusal-receipt-not-delivered"),
            1 => of_packet().next().ok_or("refusal-receipt-not-delivered"),
            _ => Err("refusal-receipt-which-delivery"),
        },
    };
    let held = chosen.map_err(Refusal::new)?;
    let (mut documents, mut studies) = (Vec::new(), Vec::new());
    for confirmed in &file.confirmed {
        match item_of(packet, &confirmed.number) {
            Some(PlaceOf::Document(id)) => documents.push(id.clone()),
            Some(PlaceOf::Study(uid)) => studies.push(uid.clone()),
            None => {}
        }
    }
    let from_file = Some(FromFile {
        receipt: file.receipt.clone(),
        object,
        not_whole: file.not_whole.clone(),
        open_requests: file.open_requests.clone(),
        lacks_documents: Vec::new(),
        lacks_studies: Vec::new(),
    });
    let receipt = Receipt {
        delivery: held.delivery.id.clone(),
        on: file.on,
        by: file.by.clone(),
        documents,
        studies,
        missing: file.missing.clone(),
        from_file,
    };
    deliveries::receipt(share, receipt, today).map(Some)
}
