//! Records that went in a blind edition and are known by now to state a plan: its reader may have read it first. What must
//! not live here: what a plan is, and what is withheld for one (`audience`).

use super::PacketRecord;
use crate::audience::{Audience, CaseView};
use crate::gather::HeldDocument;
use crate::knowledge::Knowledge;

/// A record of a blind edition that turned out to state a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanFound<'a> {
    /// Its number in the packet.
    pub number: usize,
    /// The record.
    pub held: &'a HeldDocument,
    /// Whether a blind edition of today leaves it out, so that a packet which follows this one takes it back.
    pub is_left_out: bool,
}

impl<'a> CaseView<'a> {
    /// The records of a blind packet that are of a kind which is withheld by now, or in which words of a plan were found that
    /// its sender was not shown. A treatment that is only named is no word of a plan. The owner's only.
    #[must_use]
    pub fn plans_found_since(&self, packet: &PacketRecord, knowledge: &Knowledge) -> Vec<PlanFound<'a>> {
        if self.audience() != Audience::Owner || packet.audience != Audience::BlindReader {
            return Vec::new();
        }
        let numbered = packet.documents.iter().zip(1..);
        let found = numbered.filter_map(|(id, number)| {
            let held = self.document(id, knowledge)?;
            let is_left_out = self.is_withheld_from_blind(held, knowledge);
            // A packet of an earlier version does not tell what was shown.
            let is_new = packet.shown.as_ref().is_some_and(|shown| !shown.contains(id));
            let says = || self.plan_mentions(id, knowledge).iter().any(|mention| !mention.named);
            (is_left_out || is_new && says()).then_some(PlanFound { number, held, is_left_out })
        });
        found.collect()
    }
}
