//! What an audience may see of gathering: the checklist for those who help, the contact book, requests, slides and
//! deliveries for the owner.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::checklist::{Checklist, checklist, needed_by};
use super::requests::HeldRequest;
use super::tissue::bare_label;
use super::{HeldDocument, Requests, TissueRegister};
use crate::audience::{Audience, CaseView};
use crate::knowledge::Knowledge;
use crate::records::DocumentKind;
use crate::share::HeldDelivery;

impl<'a> CaseView<'a> {
    /// What a centre needs and what of it is here; `center` is `None` for the one the case names. For the owner and
    /// whoever helps: the names of records, not the records.
    #[must_use]
    pub fn checklist(&self, center: Option<&str>, knowledge: &Knowledge, today: Date) -> Option<Checklist> {
        let mut list = (!self.audience().is_a_doctors()).then(|| checklist(self, center, knowledge, today))?;
        if self.audience() == Audience::Helper {
            // What the owner wrote, and the letters, are the owner's: a helper is told that it is so, and not why.
            for item in &mut list.items {
                item.request = None;
                if let Some(waiver) = &mut item.waived {
                    waiver.reason.clear();
                }
            }
        }
        Some(list)
    }

    /// By when a request is needed: as a person said of it, or as the case needs everything.
    #[must_use]
    pub fn needed_by(&self, request: &HeldRequest, knowledge: &Knowledge) -> Option<Date> {
        request.request.needed_by.or_else(|| needed_by(self.case(), None, knowledge))
    }

    /// The contact book, and what was asked of whom: the owner's only.
    #[must_use]
    pub fn requests(&self) -> Option<&'a Requests> {
        (self.audience() == Audience::Owner).then(|| self.case().held_requests())
    }

    /// The register of slides and blocks: the owner's only.
    #[must_use]
    pub fn tissue(&self) -> Option<&'a TissueRegister> {
        (self.audience() == Audience::Owner).then(|| self.case().held_tissue())
    }

    /// Reports on tissue, oldest first.
    #[must_use]
    pub fn tissue_reports(&self, knowledge: &Knowledge) -> Vec<&'a HeldDocument> {
        let is_one = |held: &&HeldDocument| !held.removed && held.kind().is_some_and(DocumentKind::is_of_tissue);
        self.documents(knowledge).into_iter().filter(is_one).collect()
    }

    /// Accession numbers that reports on tissue state and the register does not hold, each with its first report: slides
    /// and blocks of them are somewhere. The owner's only.
    #[must_use]
    pub fn unregistered_tissue(&self, knowledge: &Knowledge) -> Vec<(&'a HeldDocument, &'a str)> {
        let Some(register) = self.tissue() else { return Vec::new() };
        let mut known: BTreeSet<String> =
            register.lines.values().map(|line| bare_label(&line.tissue.accession)).collect();
        let stated = self.tissue_reports(knowledge).into_iter().filter(|held| held.identity_settled());
        let stated = stated.filter_map(|held| Some((held, held.accession()?)));
        stated.filter(|(_, accession)| known.insert(bare_label(accession))).collect()
    }

    /// What was handed over, newest first: the owner's only.
    #[must_use]
    pub fn deliveries(&self) -> Vec<&'a HeldDelivery> {
        let all = &self.case().held_share().deliveries;
        if self.audience() == Audience::Owner { all.iter().rev().collect() } else { Vec::new() }
    }
}
