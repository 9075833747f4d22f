//! Cases: the list of them, a new one, one by its handle.

use consilium_casefile::about::{self, AboutChange, Cancer};
use consilium_casefile::next::{Stage, Step, sorted_steps};
use consilium_casefile::worklist::Standing;
use consilium_casefile::{CaseId, Change, Refusal, Session};
use consilium_vault::CreateError;
use serde::Serialize;

use crate::dates::typed_date;
use crate::error::{AppError, Doing};
use crate::{App, ids};

/// What a person says when a case begins. Everything but the handle can come later.
#[derive(Debug, Clone, Default)]
pub struct NewCase {
    /// Human handle; made from the name when empty.
    pub handle: String,
    /// Name, or empty: then the first files propose one.
    pub name: String,
    /// Birth date as `1971-03-14`, or empty.
    pub birth_date: String,
    /// Site id of `cancer-sites.csv`; `None` for "not sure".
    pub site: Option<String>,
    /// In the person's words.
    pub cancer_words: String,
}

/// A row of the worklist.
#[derive(Debug, Clone, Serialize)]
pub struct CaseCard {
    /// Id.
    pub id: CaseId,
    /// Handle.
    pub handle: String,
    /// First name or handle.
    pub called: String,
    /// Cancer in plain words; may be empty.
    pub cancer: String,
    /// The most urgent step.
    pub next: Option<(Stage, Step)>,
    /// The one thing that blocks it, and who it waits on.
    pub standing: Standing,
    /// Documents and studies.
    pub records: usize,
}

impl App {
    /// Cases this session may open, what blocks first.
    ///
    /// # Errors
    /// A fault of the vault.
    pub async fn cases(&self, session: &Session) -> Result<Vec<CaseCard>, AppError> {
        let mut cards = Vec::new();
        for row in self.vault().cases().await.doing("listing the cases")? {
            let case = match self.case(session, &row.id).await {
                Ok(case) => case,
                Err(AppError::NotFound) => continue,
                Err(other) => return Err(other),
            };
            let view = case.seen_by(session.audience);
            let waiting = self.waiting(&view);
            let steps = sorted_steps(&view.stages(&waiting, self.now()));
            cards.push(CaseCard {
                id: row.id,
                handle: view.handle().to_owned(),
                called: view.called().to_owned(),
                cancer: view.cancer_words(self.knowledge()),
                standing: view.standing(&waiting, self.now()),
                next: steps.into_iter().next(),
                records: view.documents(self.knowledge()).len() + view.studies().len(),
            });
        }
        cards.sort_by_cached_key(|card| (card.standing.order(), card.handle.to_lowercase()));
        Ok(cards)
    }

    /// Opens a new case.
    ///
    /// # Errors
    /// A refusal when the handle is taken or malformed, or the birth date is no date.
    pub async fn new_case(&self, session: &Session, new: &NewCase) -> Result<CaseId, AppError> {
        if !session.may_open_cases() {
            return Err(AppError::NotAllowed);
        }
        let mut changes: Vec<Change> = Vec::new();
        if !new.name.trim().is_empty() {
            changes.push(about::state_person(&new.name, typed_date(&new.birth_date)?, self.now())?.into());
        }
        if new.site.is_some() || !new.cancer_words.trim().is_empty() {
            let known = new.site.as_deref().is_none_or(|id| self.knowledge().site(id).is_some());
            if !known {
                return Err(Refusal::new("refusal-no-such-site").into());
            }
            let cancer = Cancer { site: new.site.clone(), words: new.cancer_words.trim().to_owned() };
            changes.push(AboutChange::CancerStated { cancer }.into());
        }
        let asked = if new.handle.trim().is_empty() { self.free_handle(&new.name).await? } else { new.handle.clone() };
        let handle = about::handle(&asked)?;
        changes.insert(0, AboutChange::Opened { handle: handle.clone() }.into());
        let id: CaseId = ids::new();
        let drafts = self.drafts(session, &changes)?;
        match self.vault().create_case(&id, &handle, drafts).await {
            Ok(_) => Ok(id),
            Err(CreateError::HandleTaken) => Err(Refusal::new("refusal-handle-taken").with("handle", handle).into()),
            Err(other) => Err(AppError::Fault { what: "opening the case", source: other.into() }),
        }
    }

    /// A handle made from the name: `rosa`, `rosa-2` when that is taken.
    pub(crate) async fn free_handle(&self, name: &str) -> Result<String, AppError> {
        let first: String =
            name.split_whitespace().next().unwrap_or("case").chars().filter(|c| c.is_alphanumeric()).collect();
        let base = if first.is_empty() { "case".to_owned() } else { first.to_lowercase() };
        let mut handle = base.clone();
        let mut n = 1_u32;
        while self.vault().case_by_handle(&handle).await.doing("looking up the case")?.is_some() {
            n += 1;
            handle = format!("{base}-{n}");
        }
        Ok(handle)
    }

    /// The case of that handle.
    ///
    /// # Errors
    /// A refusal that names the handle when there is none.
    pub async fn case_named(&self, session: &Session, handle: &str) -> Result<CaseId, AppError> {
        let id = self.vault().case_by_handle(handle.trim()).await.doing("looking up the case")?;
        match id {
            Some(id) if session.may_open(&id) => Ok(id),
            _ => Err(Refusal::new("refusal-no-such-case").with("handle", handle).into()),
        }
    }

    /// The case of that handle, opened now if there is none: what `import --case NAME` does.
    ///
    /// # Errors
    /// As [`App::new_case`].
    pub async fn case_named_or_new(&self, session: &Session, handle: &str) -> Result<CaseId, AppError> {
        match self.case_named(session, handle).await {
            Err(AppError::Refusal(_)) => {
                let new = NewCase { handle: handle.to_owned(), ..NewCase::default() };
                match self.new_case(session, &new).await {
                    // Another import opened it in the meantime.
                    Err(AppError::Refusal(refusal)) if refusal.0.key == "refusal-handle-taken" => {
                        self.case_named(session, handle).await
                    }
                    other => other,
                }
            }
            other => other,
        }
    }
}
