//! Records that were handed over and taken out of the case since: whoever has a copy relies on it until they are told. What must
//! not live here: how a packet that follows another takes records back.

use std::collections::BTreeSet;

use super::PacketRecord;
use crate::case::Case;

/// How many records somebody has who was not told that they were taken out: no packet that follows the one they got, and that
/// was handed over, leaves them out.
pub(super) fn untold(case: &Case) -> usize {
    let share = &case.share;
    let handed: BTreeSet<_> = share.deliveries.iter().filter(|d| !d.withdrawn).map(|d| &d.delivery.packet).collect();
    let handed: Vec<&PacketRecord> = share.packets.iter().filter(|packet| handed.contains(&packet.id)).collect();
    let follows = |later: &PacketRecord, packet: &PacketRecord| {
        later.id != packet.id && share.followed(&later.id).any(|before| before.id == packet.id)
    };
    let untold = |packet: &PacketRecord, holds: &dyn Fn(&PacketRecord) -> bool| {
        !handed.iter().any(|later| follows(later, packet) && !holds(later))
    };
    let is_out = |id: &_| case.gather.documents.get(id).is_some_and(|held| held.removed);
    let documents: BTreeSet<&str> = handed
        .iter()
        .flat_map(|packet| packet.documents.iter().map(move |id| (*packet, id)))
        .filter(|(packet, id)| is_out(*id) && untold(packet, &|later| later.documents.contains(id)))
        .map(|(_, id)| id.as_str())
        .collect();
    let is_gone = |uid: &String| case.gather.studies.get(uid).is_some_and(|held| held.removed);
    let studies: BTreeSet<&str> = handed
        .iter()
        .flat_map(|packet| packet.studies.iter().map(move |uid| (*packet, uid)))
        .filter(|(packet, uid)| is_gone(uid) && untold(packet, &|later| later.studies.contains(uid)))
        .map(|(_, uid)| uid.as_str())
        .collect();
    documents.len() + studies.len()
}
