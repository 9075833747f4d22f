//! What a case is about: whose, which cancer, which dates, who else may look.

use std::sync::Arc;

use consilium_casefile::about::{self, AboutChange, Access, Cancer, SafeWait, TreatmentStart};
use consilium_casefile::{ActorId, Audience, Case, CaseId, DocumentId, Refusal, Session, prepare};

use crate::dates::typed_date;
use crate::error::AppError;
use crate::{App, ids};

impl App {
    /// States whose case it is.
    ///
    /// # Errors
    /// A refusal when the name is empty or the birth date is no date.
    pub async fn state_person(
        &self,
        session: &Session,
        id: &CaseId,
        name: &str,
        birth_date: &str,
    ) -> Result<Arc<Case>, AppError> {
        let birth_date = typed_date(birth_date)?;
        self.change(session, id, |_| Ok(vec![about::state_person(name, birth_date, self.now())?])).await
    }

    /// Accepts who the first files name.
    ///
    /// # Errors
    /// A refusal when nobody is proposed.
    pub async fn accept_person(&self, session: &Session, id: &CaseId) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |case| Ok(vec![about::accept_person(&case.about)?])).await
    }

    /// States which cancer; `site` `None` is "not sure".
    ///
    /// # Errors
    /// A refusal when the site is not on the list.
    pub async fn state_cancer(
        &self,
        session: &Session,
        id: &CaseId,
        site: Option<&str>,
        words: &str,
    ) -> Result<Arc<Case>, AppError> {
        if site.is_some_and(|s| self.knowledge().site(s).is_none()) {
            return Err(Refusal::new("refusal-no-such-site").into());
        }
        let cancer = Cancer { site: site.map(str::to_owned), words: words.trim().to_owned() };
        self.change(session, id, |_| Ok(vec![AboutChange::CancerStated { cancer: cancer.clone() }])).await
    }

    /// States when treatment is planned to start; an empty date takes it back.
    ///
    /// # Errors
    /// A refusal when the date is no date.
    pub async fn plan_treatment_start(
        &self,
        session: &Session,
        id: &CaseId,
        date: &str,
        what: &str,
    ) -> Result<Arc<Case>, AppError> {
        let start = typed_date(date)?.map(|date| TreatmentStart { date, what: what.trim().to_owned(), source: None });
        self.change(session, id, |_| Ok(vec![AboutChange::TreatmentStartPlanned { start: start.clone() }])).await
    }

    /// States what a named doctor said about how long it is safe to wait; empty words take it back.
    ///
    /// # Errors
    /// A refusal when the doctor is not named, or a date is no date.
    pub async fn state_safe_wait(
        &self,
        session: &Session,
        id: &CaseId,
        doctor: &str,
        words: &str,
        until: &str,
        said_on: &str,
    ) -> Result<Arc<Case>, AppError> {
        let wait = match (words.trim(), doctor.trim()) {
            ("", _) => None,
            (_, "") => return Err(Refusal::new("refusal-doctor-empty").into()),
            (words, doctor) => Some(SafeWait {
                doctor: doctor.to_owned(),
                words: words.to_owned(),
                until: typed_date(until)?,
                said_on: typed_date(said_on)?,
                source: None,
            }),
        };
        self.change(session, id, |_| Ok(vec![AboutChange::SafeWaitStated { wait: wait.clone() }])).await
    }

    /// Accepts a date that a record proposes, as how long it is safe to wait (`wait`) or as the treatment start. `start` is
    /// where the record's words begin.
    ///
    /// # Errors
    /// A refusal when no record of the case proposes it.
    pub async fn accept_date(
        &self,
        session: &Session,
        id: &CaseId,
        document: &DocumentId,
        start: usize,
        wait: bool,
    ) -> Result<Arc<Case>, AppError> {
        let rule = |case: &Case| {
            let view = case.seen_by(session.audience);
            let held = view.document(document, self.knowledge());
            // Where a record names no author, its kind says who speaks.
            let doctor = held.map(|held| crate::reading::document_words(&view, held, self.knowledge()));
            let doctor = doctor.unwrap_or_default();
            Ok(vec![prepare::accept_date(&view, self.knowledge(), document, start, wait, &doctor)?])
        };
        self.change(session, id, rule).await
    }

    /// Lets somebody look at one case, as the given audience. Returns the access; its link is made by the pages.
    ///
    /// # Errors
    /// A refusal when the label is empty, or the audience would be the owner's.
    pub async fn grant_access(
        &self,
        session: &Session,
        id: &CaseId,
        label: &str,
        audience: Audience,
    ) -> Result<Access, AppError> {
        if label.trim().is_empty() || audience == Audience::Owner {
            return Err(Refusal::new("refusal-access-label").into());
        }
        let access = Access { id: ids::new::<ActorId>(), label: label.trim().to_owned(), audience };
        self.change(session, id, |_| Ok(vec![AboutChange::AccessGranted { access: access.clone() }])).await?;
        Ok(access)
    }

    /// Ends somebody's access.
    ///
    /// # Errors
    /// A refusal when nobody has this access.
    pub async fn withdraw_access(
        &self,
        session: &Session,
        id: &CaseId,
        access: &ActorId,
    ) -> Result<Arc<Case>, AppError> {
        let rule = |case: &Case| {
            if !case.about.access.iter().any(|granted| granted.id == *access) {
                return Err(Refusal::new("refusal-no-such-access"));
            }
            Ok(vec![AboutChange::AccessWithdrawn { id: access.clone() }])
        };
        self.change(session, id, rule).await
    }
}
