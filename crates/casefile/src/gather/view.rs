//! What an audience may see of gathering: the checklist for those who help, the contact book, requests, slides and
//! deliveries for the owner.

use jiff::civil::Date;

use super::checklist::{Checklist, checklist};
use super::{Requests, TissueRegister};
use crate::audience::{Audience, CaseView};
use crate::knowledge::Knowledge;
use crate::share::HeldDelivery;

impl<'a> CaseView<'a> {
    /// What a centre needs and what of it is here; `center` is `None` for the one the case names. For the owner and
    /// whoever helps: the names of records, not the records.
    #[must_use]
    pub fn checklist(&self, center: Option<&str>, knowledge: &Knowledge, today: Date) -> Option<Checklist> {
        let helps = matches!(self.audience(), Audience::Owner | Audience::Helper);
        helps.then(|| checklist(self, center, knowledge, today))
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

    /// What was handed over, newest first: the owner's only.
    #[must_use]
    pub fn deliveries(&self) -> Vec<&'a HeldDelivery> {
        let all = &self.case().held_share().deliveries;
        if self.audience() == Audience::Owner { all.iter().rev().collect() } else { Vec::new() }
    }
}
