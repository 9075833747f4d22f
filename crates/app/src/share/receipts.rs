//! Receipts as files: the one that is given for a received packet, and the one that comes back for a packet we sent.

use std::sync::Arc;

use consilium_casefile::gather::requests::HeldRequest;
use consilium_casefile::share::receipt_file::{self, OpenRequest, ReceiptFile};
use consilium_casefile::{Case, CaseId, DeliveryId, PacketId, ReceiptId, Session};
use serde::Serialize;

use crate::App;
use crate::error::{AppError, Doing};

/// What a receipt that came back says, before anything is taken over.
#[derive(Debug, Clone, Serialize)]
pub struct ReceiptLook {
    /// The file.
    pub file: ReceiptFile,
    /// Items in the packet.
    pub items: usize,
    /// Whether this very receipt was taken over before.
    pub known: bool,
}

impl App {
    /// What this case asked for and waits for, in short: lines of its checklist. What a person wrote into a request stays
    /// here, because it may name anybody.
    pub(super) fn open_requests(&self, case: &Case) -> Vec<OpenRequest> {
        // A letter that lies here as a draft asked nobody.
        let open = case.held_requests().requests.iter().filter(|request| request.is_open() && request.sent.is_some());
        let of = |request: &HeldRequest| {
            let labels: Vec<&str> = request.labels(self.knowledge()).collect();
            let what = if labels.is_empty() { "Other material".to_owned() } else { labels.join(", ") };
            OpenRequest { what: what.chars().take(200).collect(), asked_on: request.sent.as_ref().map(|(on, _)| *on) }
        };
        open.take(100).map(of).collect()
    }

    /// The file of a receipt that was given.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when this session sees no such receipt.
    pub async fn receipt_file(
        &self,
        session: &Session,
        id: &CaseId,
        packet: &PacketId,
        receipt: &ReceiptId,
    ) -> Result<Vec<u8>, AppError> {
        let case = self.case(session, id).await?;
        let view = case.seen_by(session.audience);
        let held = view.received_packet(packet).ok_or(AppError::NotFound)?;
        let given = held.receipts.iter().find(|given| given.id == *receipt).ok_or(AppError::NotFound)?;
        serde_json::to_vec_pretty(&receipt_file::file_of(held, given)).doing("writing the receipt")
    }

    /// Looks at a receipt that came back, and changes nothing.
    ///
    /// # Errors
    /// A refusal when it is no receipt, is damaged, or is for another packet.
    pub async fn look_at_receipt(&self, session: &Session, id: &CaseId, bytes: &[u8]) -> Result<ReceiptLook, AppError> {
        let case = self.changeable(session, id).await?;
        let file = receipt_file::read(bytes)?;
        let share = case.held_share();
        let packet = receipt_file::packet_of(share, &file)?;
        let items = packet.documents.len() + packet.studies.len();
        let known = share.receipt_filed(&file.receipt).is_some();
        Ok(ReceiptLook { file, items, known })
    }

    /// Takes a receipt over that came back: it confirms what it names. `false`: it was taken over before, and nothing
    /// changed.
    ///
    /// # Errors
    /// A refusal as [`App::look_at_receipt`], or when the packet was not handed over.
    pub async fn take_receipt(
        &self,
        session: &Session,
        id: &CaseId,
        delivery: Option<&DeliveryId>,
        bytes: &[u8],
    ) -> Result<(Arc<Case>, bool), AppError> {
        let case = self.changeable(session, id).await?;
        let file = receipt_file::read(bytes)?;
        receipt_file::packet_of(case.held_share(), &file)?;
        let _storing = self.storing(id).await?;
        let object = self.vault().put(id, bytes.to_vec()).await.doing("keeping the receipt")?;
        let today = self.now().date();
        let before = case.head;
        let rule = |case: &Case| {
            let change = receipt_file::receipt_from_file(case.held_share(), &file, delivery, object.clone(), today)?;
            Ok(change.into_iter().collect())
        };
        let after = self.change(session, id, rule).await?;
        let changed = after.head != before;
        Ok((after, changed))
    }
}
