//! The contact book and requests: what was asked of whom, when it was sent, what they answered.

use std::sync::Arc;

use consilium_casefile::gather::requests::{self, Asking, Ending};
use consilium_casefile::knowledge::Department;
use consilium_casefile::registration::Registration;
use consilium_casefile::shared::contact::{Contact, Reach};
use consilium_casefile::{Case, CaseId, ContactId, HolderId, Refusal, RequestId, Session, about::AboutChange};
use jiff::civil::Date;

use crate::error::AppError;
use crate::{App, ids};

/// A request, as a person fills it in.
#[derive(Debug, Clone, Default)]
pub struct NewRequest {
    /// Lines of the checklist.
    pub requirements: Vec<String>,
    /// What else, one line each.
    pub items: String,
    /// The way.
    pub route: String,
    /// By when it is needed; `None` takes the day the case counts back to.
    pub needed_by: Option<Date>,
}

/// A contact, as a person fills it in.
#[derive(Debug, Clone, Default)]
pub struct NewContact {
    /// The day.
    pub on: Option<Date>,
    /// The time with its zone.
    pub at: String,
    /// How.
    pub how: String,
    /// With whom.
    pub with: String,
    /// What was said.
    pub said: String,
    /// What they promised.
    pub promised: String,
    /// A reference number.
    pub reference: String,
    /// The contact it corrects.
    pub corrects: Option<ContactId>,
}

impl App {
    /// A holder by id or by name.
    ///
    /// # Errors
    /// A refusal when nobody of this name is in the contact book.
    pub fn holder_named(&self, case: &Case, name: &str) -> Result<HolderId, Refusal> {
        let holders = &case.held_requests().holders;
        let of_id = holders.get(&HolderId::from(name));
        let found = of_id.or_else(|| holders.values().find(|h| h.name.eq_ignore_ascii_case(name.trim())));
        found.map(|h| h.id.clone()).ok_or_else(|| Refusal::new("refusal-holder-unknown"))
    }

    /// Puts a place into the contact book, or tells one of its departments anew. Returns its id as well.
    ///
    /// # Errors
    /// A refusal when the name is empty or known.
    pub async fn state_holder(
        &self,
        session: &Session,
        id: &CaseId,
        holder: Option<&HolderId>,
        name: &str,
        department: Option<(Department, Reach)>,
    ) -> Result<(Arc<Case>, HolderId), AppError> {
        let holder = holder.cloned().unwrap_or_else(ids::new);
        let case = self.change(session, id, |case| {
            let department = department.clone();
            Ok(vec![requests::state_holder(case.held_requests(), holder.clone(), name, department)?])
        });
        Ok((case.await?, holder))
    }

    /// Writes a request. Returns its id as well.
    ///
    /// # Errors
    /// A refusal that names what does not fit.
    pub async fn draft_request(
        &self,
        session: &Session,
        id: &CaseId,
        holder: &HolderId,
        department: Department,
        new: &NewRequest,
    ) -> Result<(Arc<Case>, RequestId), AppError> {
        let request: RequestId = ids::new();
        let case = self.change(session, id, |case| {
            let knowledge = self.knowledge();
            let usual = consilium_casefile::gather::checklist::needed_by(case, None, knowledge);
            let asking = Asking {
                id: request.clone(),
                holder: holder.clone(),
                department,
                requirements: new.requirements.clone(),
                items: new.items.clone(),
                route: new.route.clone(),
                needed_by: new.needed_by.or(usual),
            };
            Ok(vec![requests::draft(case.held_requests(), knowledge, asking)?])
        });
        Ok((case.await?, request))
    }

    /// Says that a request was sent, and on which day they received it.
    ///
    /// # Errors
    /// A refusal when there is none, or the day is not yet here.
    pub async fn request_sent(
        &self,
        session: &Session,
        id: &CaseId,
        request: &RequestId,
        on: Option<Date>,
        how: &str,
    ) -> Result<Arc<Case>, AppError> {
        let today = self.now().date();
        self.change(session, id, |case| {
            Ok(vec![requests::sent(case.held_requests(), request, on.unwrap_or(today), how, today)?])
        })
        .await
    }

    /// Says that they took their extension; `noticed` is the day of their notice, where it is known.
    ///
    /// # Errors
    /// A refusal when the rule allows none, or not that long.
    pub async fn request_extended(
        &self,
        session: &Session,
        id: &CaseId,
        request: &RequestId,
        until: Date,
        reason: &str,
        noticed: Option<Date>,
    ) -> Result<Arc<Case>, AppError> {
        let today = self.now().date();
        let rule =
            |case: &Case| Ok(vec![requests::extend(case.held_requests(), request, until, reason, noticed, today)?]);
        self.change(session, id, rule).await
    }

    /// Notes what was said about a request.
    ///
    /// # Errors
    /// A refusal when nothing was said.
    pub async fn request_contacted(
        &self,
        session: &Session,
        id: &CaseId,
        request: &RequestId,
        new: NewContact,
    ) -> Result<Arc<Case>, AppError> {
        let today = self.now().date();
        let contact = Contact {
            id: ids::new(),
            on: new.on.unwrap_or(today),
            at: new.at,
            how: new.how,
            with: new.with,
            said: new.said,
            promised: new.promised,
            reference: new.reference,
            corrects: new.corrects,
        };
        self.change(session, id, |case| {
            Ok(vec![requests::contacted(case.held_requests(), request, contact.clone(), today)?])
        })
        .await
    }

    /// Ends a request.
    ///
    /// # Errors
    /// A refusal when there is none, or a denial gives no reason.
    pub async fn end_request(
        &self,
        session: &Session,
        id: &CaseId,
        request: &RequestId,
        on: Option<Date>,
        ending: Ending,
        note: &str,
    ) -> Result<Arc<Case>, AppError> {
        let today = self.now().date();
        self.change(session, id, |case| {
            Ok(vec![requests::end(case.held_requests(), request, on.unwrap_or(today), ending, note, today)?])
        })
        .await
    }

    /// Takes the end of a request back.
    ///
    /// # Errors
    /// A refusal when it is open.
    pub async fn reopen_request(
        &self,
        session: &Session,
        id: &CaseId,
        request: &RequestId,
    ) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |case| Ok(vec![requests::reopen(case.held_requests(), request)?])).await
    }

    /// States what a registration desk asks for.
    ///
    /// # Errors
    /// A refusal when a part is too long, or somebody signs without an authority.
    pub async fn state_registration(
        &self,
        session: &Session,
        id: &CaseId,
        registration: Registration,
    ) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |_| {
            Ok(vec![AboutChange::RegistrationStated { registration: registration.clone().checked()? }])
        })
        .await
    }
}
