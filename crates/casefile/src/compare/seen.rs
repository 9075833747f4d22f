//! What a doctor can have seen, from the packets that were handed to them: documents by their kind, studies with images. Of a
//! packet of which they say that something is missing, only what they confirmed.

use crate::audience::CaseView;
use crate::knowledge::Knowledge;
use crate::records::DocumentKind;

use super::{HeldOpinion, Material};

impl CaseView<'_> {
    /// Materials in the packets that an opinion names, and each once.
    #[must_use]
    pub fn materials_given(&self, held: &HeldOpinion, knowledge: &Knowledge) -> Vec<Material> {
        let mut given = Vec::new();
        let mut add = |material: Material| {
            if !given.contains(&material) {
                given.push(material);
            }
        };
        let share = &self.case().share;
        for id in &held.opinion.deliveries {
            let Some(delivery) = share.delivery(id).filter(|delivery| !delivery.withdrawn) else { continue };
            let Some(packet) = share.packet(&delivery.delivery.packet) else { continue };
            for document in packet.documents.iter().filter(|document| delivery.may_have(document)) {
                let kind = self.case().gather.documents.get(document).and_then(|held| held.kind());
                if let Some(material) = kind.and_then(|kind| of_kind(kind, knowledge)) {
                    add(material);
                }
            }
            if packet.studies.iter().any(|uid| delivery.may_have_study(uid)) {
                add(Material::Images);
            }
        }
        given
    }
}

/// The material a kind of document is, by `knowledge/compare/materials.csv`; a kind that refines another is what that is.
fn of_kind(kind: &DocumentKind, knowledge: &Knowledge) -> Option<Material> {
    let of =
        |kind: &DocumentKind| knowledge.comparing.materials.iter().find(|(known, _)| known == kind).map(|(_, m)| *m);
    of(kind).or_else(|| of(knowledge.kind(kind)?.refines.as_ref()?))
}
