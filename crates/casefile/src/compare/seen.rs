//! What a doctor can have seen, from the packets that were handed to them: documents by their kind, studies with images. Of a
//! packet of which they say that something is missing, only what they confirmed. And the slides and blocks that came to the
//! place they write from, as the register of tissue tells.

use jiff::civil::Date;

use crate::audience::CaseView;
use crate::knowledge::Knowledge;
use crate::records::DocumentKind;

use super::{HeldOpinion, Material};
use crate::gather::tissue::{Custody, Material as Piece, Step};
use crate::shared::text;

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
        for line in self.tissue().into_iter().flat_map(|register| register.lines()) {
            // What came after they had spoken was not there to be seen.
            let in_time = |on: Date| held.opinion.date.and_then(|date| date.day()).is_none_or(|day| on <= day);
            let came = |c: &Custody| c.step == Step::Received && in_time(c.on) && self.is_place(held, &c.to);
            if line.custody.iter().any(came) {
                add(if line.tissue.material == Piece::Block { Material::Blocks } else { Material::Slides });
            }
        }
        given
    }

    /// Whether a name is that of the place an opinion comes from, or of one its packets went to.
    fn is_place(&self, held: &HeldOpinion, name: &str) -> bool {
        let deliveries = held.opinion.deliveries.iter().filter_map(|id| self.case().share.delivery(id));
        let sent_to = deliveries.map(|delivery| delivery.delivery.to.as_str());
        let places = sent_to.chain([held.opinion.clinician.organization.as_str()]);
        !name.trim().is_empty() && places.into_iter().any(|place| text::same_line(place, name))
    }
}

/// The material a kind of document is, by `knowledge/compare/materials.csv`; a kind that refines another is what that is.
fn of_kind(kind: &DocumentKind, knowledge: &Knowledge) -> Option<Material> {
    let of =
        |kind: &DocumentKind| knowledge.comparing.materials.iter().find(|(known, _)| known == kind).map(|(_, m)| *m);
    of(kind).or_else(|| of(knowledge.kind(kind)?.refines.as_ref()?))
}
