//! What of the centre's list a packet does not hold, so that its desk need not find out by itself: from what the packet
//! itself holds, and not from what lies in the case.

use std::collections::BTreeSet;

use consilium_casefile::gather::checklist::{Fill, HolderName, Item, ItemState, Piece, checklist};
use consilium_casefile::knowledge::{Evidence, Need};
use consilium_casefile::{CaseView, DocumentId, Message};
use consilium_press::packet;

use super::contents::Sent;
use crate::App;

/// What goes in a packet, what went before, and what a person left out of it.
pub(super) struct Goes<'g> {
    pub(super) documents: BTreeSet<&'g DocumentId>,
    pub(super) studies: BTreeSet<&'g str>,
    pub(super) sent: Option<&'g Sent<'g>>,
    pub(super) left_out: &'g [String],
}

/// Where a piece of evidence is, for whoever gets the packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Here,
    Before,
    LeftOut,
    /// Withheld from a blind edition, or stands in a record that goes to nobody.
    Withheld,
}

impl Goes<'_> {
    fn place(&self, piece: &Piece) -> Place {
        let (here, before, id) = match piece {
            Piece::Document { id } => {
                let before = self.sent.is_some_and(|(documents, _)| documents.contains(id));
                (self.documents.contains(id), before, id.as_str())
            }
            Piece::Study { uid } => {
                let before = self.sent.is_some_and(|(_, studies)| studies.contains_key(uid.as_str()));
                (self.studies.contains(uid.as_str()), before, uid.as_str())
            }
            Piece::Stated | Piece::Tissue { .. } => (true, false, ""),
        };
        match (here, before, self.left_out.iter().any(|out| out == id)) {
            (true, ..) => Place::Here,
            (false, true, _) => Place::Before,
            (false, false, true) => Place::LeftOut,
            (false, false, false) => Place::Withheld,
        }
    }
}

/// The lines of the checklist that are open, set aside or left out of this packet on purpose, without what is only a question
/// to the person. A blind edition has those of them that give no plan away.
pub(super) fn still_open(
    app: &App,
    view: &CaseView<'_>,
    center: Option<&str>,
    goes: &Goes<'_>,
) -> Vec<packet::Missing> {
    let knowledge = app.knowledge();
    let blind = view.withholds_a_plan();
    let list = checklist(view, center, knowledge, app.now().date());
    // What a line says of a sealed record would tell that there is one.
    let sealed = |piece: &Piece| matches!(piece, Piece::Document { id } if view.is_sealed_from(id));
    let of_plan =
        |kind: &consilium_casefile::records::DocumentKind| knowledge.kind(kind).is_none_or(|k| k.states_a_plan);
    let tells_a_plan = |item: &Item| {
        let requirement = knowledge.gathering.requirements.iter().find(|known| known.id == item.requirement);
        let evidence = requirement.into_iter().flat_map(|known| known.satisfied_by.evidence());
        evidence.into_iter().any(|evidence| match evidence {
            Evidence::Document(kind) | Evidence::Named(kind, _) => of_plan(kind),
            Evidence::Questions => true,
            _ => false,
        })
    };
    let mut told_left_out: BTreeSet<&str> = BTreeSet::new();
    let mut rows = Vec::new();
    for item in &list.items {
        if item.evidence.iter().any(sealed) || blind && tells_a_plan(item) {
            continue;
        }
        let places: Vec<Place> = item.evidence.iter().map(|piece| goes.place(piece)).collect();
        let why = open_because(item, &places, blind);
        if why.is_empty() {
            continue;
        }
        let left_out = item.evidence.iter().zip(&places).filter(|(_, place)| **place == Place::LeftOut);
        told_left_out.extend(left_out.filter_map(|(piece, _)| id_of(piece)));
        rows.push(packet::Missing {
            what: item.label.clone(),
            why: why.iter().map(|why| app.say(why)).collect::<Vec<_>>().join(" "),
            holder: item.holder.as_ref().map(|holder| held_by(app, holder)),
        });
    }
    // Of what no line asks for its number, and nothing else: it was left out on purpose.
    let held = view.documents(knowledge).into_iter().filter(|d| !d.removed).map(|d| d.document.id.as_str());
    let studies = view.studies().into_iter().filter(|s| !s.removed).map(|s| s.study.facts.uid.as_str());
    let is_out = |id: &&str| goes.left_out.iter().any(|out| out == id) && !told_left_out.contains(id);
    let others = held.chain(studies).filter(is_out).count();
    if others > 0 {
        let what = app.say(&Message::new("packet-open-records").with("count", others));
        let why = app.say(&Message::new("packet-open-left-out"));
        rows.push(packet::Missing { what, why, holder: None });
    }
    rows
}

/// Who holds it, as surely as it is known.
fn held_by(app: &App, holder: &HolderName) -> String {
    if holder.proposed {
        return app.say(&Message::new("holder-proposed").with("holder", &holder.name));
    }
    holder.name.clone()
}

fn id_of(piece: &Piece) -> Option<&str> {
    match piece {
        Piece::Document { id } => Some(id.as_str()),
        Piece::Study { uid } => Some(uid),
        Piece::Stated | Piece::Tissue { .. } => None,
    }
}

/// What asks the person to look or to say something: nothing for a recipient.
const TO_THE_PERSON: [&str; 11] = [
    "lack-the-record-itself",
    "lack-look-whether",
    "lack-day-of-operation",
    "lack-its-day",
    "lack-readable-copy",
    "lack-medicines-differ",
    "lack-medicines-list",
    "lack-doubted",
    "lack-other-side",
    "lack-ct-of-pet",
    "lack-person-accepted",
];

/// Why a line stands on the cover; nothing where this packet, or one before it, holds what is asked for. What is in the packet
/// and too old or not whole is said to be so, whoever was asked for more of it; what lies in the case and stays out on purpose
/// is never said to be in it, or not to be there. `blind`: without words that may come from a record.
fn open_because(item: &Item, places: &[Place], blind: bool) -> Vec<Message> {
    let any = |place: Place| places.contains(&place);
    let message = |key: &str| vec![Message::new(key)];
    let goes = any(Place::Here) || any(Place::Before);
    let required = item.need != Need::NotNeeded;
    if item.state == ItemState::Waived {
        return match (item.fill, goes) {
            _ if !required => Vec::new(),
            (Fill::Here, true) => Vec::new(),
            (Fill::Missing, _) | (_, false) => message("packet-open-set-aside"),
            (Fill::Partial, true) => message("packet-open-set-aside-partly"),
        };
    }
    if any(Place::LeftOut) && required {
        return if goes { message("packet-open-some-left-out") } else { message("packet-open-left-out") };
    }
    if !item.is_to_get() || item.state == ItemState::AskFirst || !goes && any(Place::Withheld) {
        return Vec::new();
    }
    let requested = item.state == ItemState::Requested;
    let before = !any(Place::Here) && any(Place::Before);
    match (item.fill, &item.age) {
        (Fill::Here, Some(age)) if item.is_outdated() => {
            let key = if before { "packet-before-outdated" } else { "packet-open-outdated" };
            let old = age.days.map_or_else(
                || Message::new(key),
                |days| Message::new(&format!("{key}-days")).with("days", days).with("most", age.limits.1),
            );
            let newer = requested.then(|| Message::new("packet-open-newer-requested"));
            std::iter::once(old).chain(newer).collect()
        }
        (Fill::Missing, _) if requested => message("packet-open-requested"),
        (Fill::Missing, _) => message("packet-open-missing"),
        _ => {
            let rest = requested.then(|| Message::new("packet-open-rest-requested"));
            let partly = Message::new(if before { "packet-before-partly" } else { "packet-open-partly" });
            let lacks = item.lacks.iter().filter(|lack| !blind && !TO_THE_PERSON.contains(&lack.key.as_str())).cloned();
            std::iter::once(partly).chain(lacks).chain(rest).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn keys_at(state: &str, fill: &str, places: &[Place], more: Value) -> Vec<String> {
        let mut item = json!({
            "requirement": "breast-mammogram", "label": "Mammogram", "plain": "", "why": "", "need": "required",
            "source": "", "confirmed": true, "state": state, "fill": fill, "evidence": [], "lacks": [], "missing": [],
            "reports_first": false, "department": "radiology", "overdue": false,
        });
        item.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let item: Item = serde_json::from_value(item).unwrap();
        open_because(&item, places, false).into_iter().map(|why| why.key).collect()
    }

    fn keys(state: &str, fill: &str, more: Value) -> Vec<String> {
        let places: &[Place] = if fill == "missing" { &[] } else { &[Place::Here] };
        keys_at(state, fill, places, more)
    }

    #[test]
    fn what_is_in_the_packet_is_never_said_to_be_not_here_yet() {
        let old = json!({ "age": {
            "standing": "outdated", "newest": "2025-01-01", "days": 500, "limits": [180, 365], "by_center": false,
            "confirmed": true,
        }});
        assert_eq!(
            keys("requested", "here", old.clone()),
            ["packet-open-outdated-days", "packet-open-newer-requested"]
        );
        assert_eq!(keys("received", "here", old.clone()), ["packet-open-outdated-days"]);
        assert_eq!(keys_at("sent", "here", &[Place::Before], old), ["packet-before-outdated-days"]);
        let part = json!({ "lacks": [serde_json::to_value(Message::new("lack-some-images")).unwrap()] });
        assert_eq!(
            keys("requested", "partial", part.clone()),
            ["packet-open-partly", "lack-some-images", "packet-open-rest-requested"]
        );
        assert_eq!(keys("needed", "partial", part.clone()), ["packet-open-partly", "lack-some-images"]);
        assert_eq!(
            keys_at("needed", "partial", &[Place::Before], part),
            ["packet-before-partly", "lack-some-images"],
            "what went before is not in this packet"
        );
        let look = json!({ "lacks": [serde_json::to_value(Message::new("lack-look-whether")).unwrap()] });
        assert_eq!(keys("needed", "partial", look), ["packet-open-partly"], "a recipient is not asked to look");
        assert_eq!(keys("requested", "missing", json!({})), ["packet-open-requested"]);
        assert_eq!(keys("needed", "missing", json!({})), ["packet-open-missing"]);
    }

    #[test]
    fn what_lies_in_the_case_and_is_left_out_on_purpose_is_said_to_be_so() {
        let at = |state, fill, places: &[Place]| keys_at(state, fill, places, json!({}));
        let (here, before, out, withheld) = (Place::Here, Place::Before, Place::LeftOut, Place::Withheld);
        assert_eq!(at("checked", "here", &[out, out]), ["packet-open-left-out"]);
        assert_eq!(at("needed", "partial", &[out]), ["packet-open-left-out"]);
        assert_eq!(at("checked", "here", &[here, out]), ["packet-open-some-left-out"]);
        assert_eq!(at("sent", "here", &[before]), Vec::<String>::new(), "it went before");
        assert_eq!(at("checked", "here", &[here]), Vec::<String>::new());
        assert_eq!(at("needed", "partial", &[withheld]), Vec::<String>::new(), "told in another way");
    }

    #[test]
    fn what_its_sender_set_aside_is_named_without_the_reason() {
        let waived = json!({ "waived": { "reason": "too expensive", "center": null } });
        let at = |fill, places: &[Place]| keys_at("waived", fill, places, waived.clone());
        assert_eq!(at("missing", &[]), ["packet-open-set-aside"]);
        assert_eq!(at("partial", &[Place::Here]), ["packet-open-set-aside-partly"]);
        assert_eq!(at("here", &[Place::Here]), Vec::<String>::new());
    }
}
