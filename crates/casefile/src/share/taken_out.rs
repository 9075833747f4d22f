//! Records that were handed over and taken out of the case since: whoever has a copy relies on it until they are told. What must
//! not live here: how a packet that follows another takes records back.

use std::collections::BTreeSet;

use super::{PacketRecord, Share};
use crate::case::Case;

/// How many records somebody has who was not told that they were taken out: no packet that follows the one they got, and that
/// was handed over, leaves them out.
pub(super) fn untold(case: &Case) -> usize {
    let share = &case.share;
    let handed: BTreeSet<_> = share.deliveries.iter().filter(|d| !d.withdrawn).map(|d| &d.delivery.packet).collect();
    let handed: Vec<&PacketRecord> = share.packets.iter().filter(|packet| handed.contains(&packet.id)).collect();
    let gather = &case.gather;
    let documents = |id: &_| gather.documents.get(id).is_some_and(|held| held.removed);
    let studies = |uid: &_| gather.studies.get(uid).is_some_and(|held| held.removed);
    of_kind(share, &handed, |packet| &packet.documents, documents)
        + of_kind(share, &handed, |packet| &packet.studies, studies)
}

/// The same of one kind of records: those that a packet holds, and whether one was taken out.
fn of_kind<Id: Ord>(
    share: &Share,
    handed: &[&PacketRecord],
    held: impl Fn(&PacketRecord) -> &[Id],
    is_out: impl Fn(&Id) -> bool,
) -> usize {
    let follows = |later: &PacketRecord, packet: &PacketRecord| {
        later.id != packet.id && share.followed(&later.id).any(|before| before.id == packet.id)
    };
    let mut untold = BTreeSet::new();
    for packet in handed {
        let leaves_out = |id: &Id| handed.iter().any(|later| follows(later, packet) && !held(later).contains(id));
        untold.extend(held(packet).iter().filter(|id| is_out(id) && !leaves_out(id)));
    }
    untold.len()
}
