//! What a person decides about files: mine or not, the password, what a document is, out of the case and back.

use std::sync::Arc;

use consilium_casefile::gather::{GatherChange, SetAsideReason, rules};
use consilium_casefile::records::Confirmation;
use consilium_casefile::{Case, CaseId, DocumentId, ImportId, Refusal, Session, SetAsideId};
use consilium_formats::Content;

use super::ImportReport;
use super::collect::{Collected, CollectedWhat, Counters, Source};
use super::import::{Bringing, Looked};
use crate::error::{AppError, Doing};
use crate::{App, ids};

impl App {
    /// Decides whether a group set aside belongs to this case.
    ///
    /// # Errors
    /// A refusal when it was decided already, or needs a password.
    pub async fn decide_set_aside(
        &self,
        session: &Session,
        id: &CaseId,
        group: &SetAsideId,
        mine: bool,
    ) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |case| Ok(vec![rules::decide_set_aside(case, group, mine)?])).await
    }

    /// Takes that decision back.
    ///
    /// # Errors
    /// A refusal when nothing was decided.
    pub async fn reopen_set_aside(
        &self,
        session: &Session,
        id: &CaseId,
        group: &SetAsideId,
    ) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |case| Ok(vec![rules::reopen_set_aside(case, group)?])).await
    }

    /// Opens a locked file with its password and imports what is inside.
    ///
    /// # Errors
    /// A refusal when there is no such file, or the password does not open it.
    pub async fn unlock(
        &self,
        session: &Session,
        id: &CaseId,
        group: &SetAsideId,
        password: &str,
    ) -> Result<ImportReport, AppError> {
        let case = self.changeable(session, id).await?;
        let view = case.seen_by(session.audience);
        let waiting = view.set_aside().into_iter().find(|g| g.id == *group && g.decision.is_none());
        let group = waiting.filter(|g| g.reason == SetAsideReason::Locked);
        let group = group.ok_or_else(|| Refusal::new("refusal-no-such-group"))?;
        let Some(file) = group.locked.first() else { return Err(Refusal::new("refusal-no-such-group").into()) };
        let bytes = self.vault().read(id, &file.object).await.doing("reading the locked file")?;
        let import: ImportId = ids::new();
        let bringing = Bringing {
            import: &import,
            labels: vec![file.path.clone()],
            sources: &|| vec![Source::Held { path: file.path.clone(), content: Content::Memory(bytes.clone()) }],
            passwords: vec![password.to_owned()],
            also: &[GatherChange::SetAsideUnlocked { id: group.id.clone() }],
            opens: None,
        };
        let opened = |stored: Vec<Collected>| -> Looked {
            let locked = |c: &Collected| matches!(&c.what, CollectedWhat::Locked(l) if l.object == file.object);
            let wrong = stored.iter().any(locked);
            let refusal = || Refusal::new("refusal-wrong-file-password").into();
            Box::pin(std::future::ready(if wrong { Err(refusal()) } else { Ok((stored, Vec::new())) }))
        };
        self.bring(session, id, bringing, Arc::new(Counters::default()), &opened).await?;
        self.read_after_import(session, id).await;
        self.import_report(session, id, &import).await
    }

    /// Confirms or corrects what a document is.
    ///
    /// # Errors
    /// A refusal when there is no such document or kind.
    pub async fn confirm_document(
        &self,
        session: &Session,
        id: &CaseId,
        document: &DocumentId,
        said: Confirmation,
    ) -> Result<Arc<Case>, AppError> {
        if said.kind.as_ref().is_some_and(|k| !self.knowledge().document_kinds.iter().any(|known| known.id == *k)) {
            return Err(Refusal::new("refusal-no-such-kind").into());
        }
        self.change(session, id, |case| Ok(vec![rules::confirm_document(case, document, said.clone())?])).await
    }

    /// Says that every document and study we are unsure about is this person's.
    ///
    /// # Errors
    /// A refusal when there is none.
    pub async fn confirm_all_unsure(&self, session: &Session, id: &CaseId) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |case| Ok(vec![rules::confirm_all_unsure(case)?])).await
    }

    /// Says that these are this person's.
    ///
    /// # Errors
    /// A refusal when one of them is not in the case.
    pub async fn confirm_identity(
        &self,
        session: &Session,
        id: &CaseId,
        documents: Vec<DocumentId>,
        studies: Vec<String>,
    ) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |case| {
            self.all_held(session, case, &documents, &studies)?;
            Ok(vec![GatherChange::IdentityConfirmed { documents: documents.clone(), studies: studies.clone() }])
        })
        .await
    }

    /// Takes documents and studies out of the case, or puts them back. The bytes stay.
    ///
    /// # Errors
    /// A refusal when one of them is not in the case.
    pub async fn set_removed(
        &self,
        session: &Session,
        id: &CaseId,
        documents: Vec<DocumentId>,
        studies: Vec<String>,
        removed: bool,
    ) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |case| {
            self.all_held(session, case, &documents, &studies)?;
            let (documents, studies) = (documents.clone(), studies.clone());
            Ok(vec![if removed {
                GatherChange::Removed { documents, studies }
            } else {
                GatherChange::Restored { documents, studies }
            }])
        })
        .await
    }

    /// Refuses what names a record that the case does not hold.
    fn all_held(
        &self,
        session: &Session,
        case: &Case,
        documents: &[DocumentId],
        studies: &[String],
    ) -> Result<(), Refusal> {
        let view = case.seen_by(session.audience);
        let held = documents.iter().all(|document| view.document(document, self.knowledge()).is_some())
            && studies.iter().all(|study| view.study(study).is_some());
        if held { Ok(()) } else { Err(Refusal::new("refusal-no-such-document")) }
    }

    /// What somebody names by one id: a document, or an imaging study by its Study Instance UID.
    ///
    /// # Errors
    /// A refusal when the case holds neither.
    pub async fn record_named(
        &self,
        session: &Session,
        id: &CaseId,
        name: &str,
    ) -> Result<(Vec<DocumentId>, Vec<String>), AppError> {
        let case = self.case(session, id).await?;
        let view = case.seen_by(session.audience);
        if let Some(held) = view.document(&DocumentId::from(name), self.knowledge()) {
            return Ok((vec![held.document.id.clone()], Vec::new()));
        }
        let study = view.study(name).ok_or_else(|| Refusal::new("refusal-no-such-document"))?;
        Ok((Vec::new(), vec![study.study.facts.uid.clone()]))
    }
}
