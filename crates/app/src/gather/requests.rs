//! The contact book and requests: what was asked of whom, when it was sent, what they answered.

use std::sync::Arc;

use consilium_casefile::gather::checklist::{Fill, Item, Piece, needed_by};
use consilium_casefile::gather::pairing;
use consilium_casefile::gather::requests::{self, Asking, Ending};
use consilium_casefile::imaging::Completeness;
use consilium_casefile::knowledge::{Carried, Department};
use consilium_casefile::registration::Registration;
use consilium_casefile::shared::clock::days_between;
use consilium_casefile::shared::contact::{Contact, Reach};
use consilium_casefile::{
    Case, CaseId, CaseView, Change, ContactId, DocumentId, HolderId, PartialDate, Refusal, RequestId, Session,
    about::AboutChange,
};
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
    /// They know that the same was asked for already, and that this request still runs.
    pub running_known: bool,
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
        let items = self.items_named(session, id, new).await?;
        let asking = |case: &Case| Asking {
            id: request.clone(),
            holder: holder.clone(),
            department,
            requirements: new.requirements.clone(),
            items: items.clone(),
            route: new.route.clone(),
            // The day of the case is not kept: it moves with the start of treatment.
            needed_by: new.needed_by.filter(|day| needed_by(case, None, self.knowledge()) != Some(*day)),
            running_known: new.running_known,
        };
        let case = self.change(session, id, |case| {
            let asking = asking(case);
            if requests::drafted(case.held_requests(), &asking).is_some() {
                return Ok(Vec::new());
            }
            Ok(vec![requests::draft(case.held_requests(), self.knowledge(), asking)?])
        });
        let case = case.await?;
        let asking = asking(&case);
        // A form that was sent twice leads to the request that is there.
        let known = requests::drafted(case.held_requests(), &asking).map(|held| held.request.id.clone());
        Ok((case, known.unwrap_or(request)))
    }

    /// What a request asks for in words: with each study of its lines by day, accession and what is missing of it, as a film
    /// library looks it up. What the person wrote themselves stands before it.
    async fn items_named(&self, session: &Session, id: &CaseId, new: &NewRequest) -> Result<String, AppError> {
        let asked = self.knowledge().gathering.asked(&new.requirements);
        if !asked.contains(&Carried::Images) {
            return Ok(new.items.clone());
        }
        let case = self.case(session, id).await?;
        let list = self.checklist_of(session, &case, None).await?;
        let view = case.seen_by(session.audience);
        let lines = list.items.iter().filter(|item| new.requirements.contains(&item.requirement));
        let mut items: Vec<String> = new.items.lines().map(str::to_owned).collect();
        for words in lines.flat_map(|item| self.studies_to_ask_for(&view, item)) {
            if !items.iter().any(|known| known.trim() == words) {
                items.push(words);
            }
        }
        Ok(items.join("\n"))
    }

    /// The studies that a line of the checklist lacks or holds in part, as they are asked for: what, of which day, under which
    /// accession, and which images are missing. None where a study is whole, however old it is.
    #[must_use]
    pub fn studies_to_ask_for(&self, view: &CaseView<'_>, item: &Item) -> Vec<String> {
        let of_images = self.knowledge().gathering.requirement(&item.requirement);
        if of_images.is_none_or(|r| r.asks_for() != Carried::Images) || item.fill != Fill::Partial {
            return Vec::new();
        }
        let day = |date: Option<PartialDate>| date.map(|date| date.human());
        let known = |of: &str, date: Option<PartialDate>, accession: Option<&str>| {
            let accession = accession.map(|number| format!("accession {number}"));
            let parts = [Some(of.to_owned()), day(date), accession];
            parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
        };
        let mut words = Vec::new();
        let mut days = Vec::new();
        for piece in &item.evidence {
            let Piece::Study { uid } = piece else { continue };
            let Some(held) = view.study(uid) else { continue };
            let facts = &held.study.facts;
            days.push(facts.date.and_then(PartialDate::day));
            let study =
                known(view.study_words(held).unwrap_or("Imaging study"), facts.date, facts.accession.as_deref());
            for series in view.series_of(held) {
                let Completeness::Incomplete { expected, found, missing } = series.completeness() else { continue };
                let of = view.series_words(series).or(series.facts.modality.as_deref()).unwrap_or("one series");
                let numbers = if missing.0.is_empty() {
                    format!("{} of {expected} images", expected.saturating_sub(found))
                } else {
                    format!("images number {}", missing.human())
                };
                words.push(format!("{study}: {numbers} of the series {of}, which did not come"));
            }
        }
        let lone_report = |id: &DocumentId| {
            let held = view.document(id, self.knowledge())?;
            let on = held.date().and_then(PartialDate::day);
            let near = |day: &Option<Date>| on.zip(*day).is_some_and(|(on, day)| days_between(day, on).abs() <= 1);
            (pairing::is_report(held) && !days.iter().any(near)).then_some(held)
        };
        if item.lacks.iter().any(|lack| lack.key == "lack-images") {
            for piece in &item.evidence {
                let Piece::Document { id } = piece else { continue };
                let Some(report) = lone_report(id) else { continue };
                words.push(known("All images of the study whose report I have", report.date(), report.accession()));
            }
        }
        words
    }

    /// Takes another way for a request that was not sent yet.
    ///
    /// # Errors
    /// A refusal when it was sent or ended, or the way brings not what is asked for.
    pub async fn request_route(
        &self,
        session: &Session,
        id: &CaseId,
        request: &RequestId,
        route: &str,
    ) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |case| {
            let change = requests::change_route(case.held_requests(), self.knowledge(), request, route)?;
            Ok(change.into_iter().collect::<Vec<_>>())
        })
        .await
    }

    /// Says that a request was sent, and on which day they received it; `instead_of`: the day that stands and is corrected.
    ///
    /// # Errors
    /// A refusal when there is none, the day is not yet here, or its time runs since another day than that.
    pub async fn request_sent(
        &self,
        session: &Session,
        id: &CaseId,
        request: &RequestId,
        on: Option<Date>,
        how: &str,
        instead_of: Option<Date>,
    ) -> Result<Arc<Case>, AppError> {
        let today = self.now().date();
        self.change(session, id, |case| {
            let on = on.unwrap_or(today);
            let sent = requests::sent(case.held_requests(), self.knowledge(), request, on, how, instead_of, today)?;
            Ok([vec![Change::from(sent)], self.tissue_asked(case, session, request, on, how)?].concat())
        })
        .await
    }

    /// Says by when a request is needed; `None`: by when the case needs everything.
    ///
    /// # Errors
    /// A refusal when there is none, or it ended.
    pub async fn request_needed_by(
        &self,
        session: &Session,
        id: &CaseId,
        request: &RequestId,
        day: Option<Date>,
    ) -> Result<Arc<Case>, AppError> {
        let rule = |case: &Case| {
            let day = day.filter(|day| needed_by(case, None, self.knowledge()) != Some(*day));
            Ok(vec![requests::state_needed_by(case.held_requests(), request, day)?])
        };
        self.change(session, id, rule).await
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
            let noted = requests::contacted(case.held_requests(), self.knowledge(), request, contact.clone(), today)?;
            Ok(noted.into_iter().collect::<Vec<_>>())
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
            Ok(vec![requests::end(
                case.held_requests(),
                self.knowledge(),
                request,
                on.unwrap_or(today),
                ending,
                note,
                today,
            )?])
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
