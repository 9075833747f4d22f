//! What speaks against a record that is here: words of its own (of `record-doubts.csv`), the other side of the body, a CT
//! that was made with a PET. Such a record is a part at most: a person looks at it, or waives the line with a reason.

use super::Holdings;
use crate::gather::HeldDocument;
use crate::gather::pairing::Pair;
use crate::knowledge::{Picture, RecordDoubt};
use crate::records::DocumentKind;
use crate::shared::ids::DocumentId;
use crate::shared::message::Message;

impl<'a> Holdings<'a> {
    /// Why a document may not be the record that its kind says: sentences.
    pub(super) fn doubts(&self, held: &HeldDocument) -> Vec<Message> {
        let named = self.names.get(&held.document.id).copied().unwrap_or_default();
        let is_said = |doubt: &&RecordDoubt| {
            let id = Some(doubt.id.as_str());
            named.iter().any(|name| name.strip_prefix(RecordDoubt::NAMED) == id)
                && doubt.kinds.iter().any(|kind| self.is_of_kind(held, kind))
        };
        let said = self.knowledge.gathering.record_doubts.iter().filter(is_said);
        let doubts = said.map(|doubt| Message::new("lack-doubted").with("why", &doubt.says));
        doubts.chain(self.of_other_side(held)).collect()
    }

    /// Documents against which nothing speaks, and what speaks against the others.
    pub(super) fn undoubted<'d>(&self, of: &[&'d HeldDocument]) -> (Vec<&'d HeldDocument>, Vec<Message>) {
        let mut against = Vec::new();
        let mut sure = of.to_vec();
        sure.retain(|held| {
            let doubts = self.doubts(held);
            let is_sure = doubts.is_empty();
            against.extend(doubts);
            is_sure
        });
        (sure, against)
    }

    /// What speaks against images, or their report, as the picture that is asked for.
    pub(super) fn speaks_against(&self, pair: &Pair<'_>, picture: &Picture) -> Option<Message> {
        let pet = || pair.is_ct_of_pet(picture).then(|| Message::new("lack-ct-of-pet"));
        self.is_other(&pair.of.sides, None).or_else(pet)
    }

    /// Whether a report on tissue is of the other side alone.
    fn of_other_side(&self, held: &HeldDocument) -> Option<Message> {
        let id = &held.document.id;
        held.kind().filter(|kind| DocumentKind::is_of_tissue(kind))?;
        let own: Vec<String> = self.sides.iter().filter(|(of, _)| of == id).map(|(_, side)| side.clone()).collect();
        self.is_other(&own, Some(id))
    }

    /// Whether all of these sides are another than the one that the cancer is on. What tells no side, or both, is not; and
    /// where records other than `but` tell of both sides, or none, nobody knows.
    fn is_other(&self, sides: &[String], but: Option<&DocumentId>) -> Option<Message> {
        let told = self.sides.iter().filter(|(of, _)| Some(of) != but).map(|(_, side)| side);
        let mut of_cancer = told.chain(&self.stated_sides);
        let one = of_cancer.next().filter(|_| self.is_paired)?;
        let opposite = |side: &String| matches!((one.as_str(), side.as_str()), ("left", "right") | ("right", "left"));
        let is_other = !sides.is_empty() && sides.iter().all(opposite) && of_cancer.all(|side| side == one);
        is_other.then(|| Message::new("lack-other-side").with("side", one))
    }
}
