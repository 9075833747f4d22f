//! The checklist as an answer: what the centre needs, what of it is here, and what shows that.

use std::sync::Arc;

use consilium_casefile::gather::checklist::{Checklist, ItemState, Piece, withheld_from_blind};
use consilium_casefile::gather::requests::{self, Waiver};
use consilium_casefile::knowledge::Requirement;
use consilium_casefile::{Case, CaseId, CaseView, DocumentId, HolderId, Message, PartialDate, Session};
use serde::Serialize;

use crate::App;
use crate::error::AppError;

/// The answer of `check`.
#[derive(Debug, Clone, Serialize)]
pub struct CheckAnswer {
    /// Whether everything that is required is here, and the tables that say what is required have no mistake.
    pub ready: bool,
    /// Mistakes in tables of this home that say what a centre needs, and lines of the built-in list that its own leaves out:
    /// sentences.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<String>,
    /// For which centre.
    pub center: Option<String>,
    /// The centre's own list that counts, an id of `center-programs.csv`; absent where only the usual list is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// By when everything has to be there.
    pub needed_by: Option<String>,
    /// Lines.
    pub items: Vec<CheckItem>,
}

/// A line of it.
#[derive(Debug, Clone, Serialize)]
pub struct CheckItem {
    /// Id of the requirement.
    pub requirement: String,
    /// What a clinician calls it.
    pub label: String,
    /// `required`, `recommended` or `not_needed`.
    pub need: consilium_casefile::knowledge::Need,
    /// `needed`, `requested`, `received`, `checked`, `sent`, `confirmed`, `waived`, `not_applicable` or `ask_first`; of a
    /// blind edition also `withheld`: what satisfies the line is left out of it.
    pub state: &'static str,
    /// The question, of `record-situations.csv`, on whose answer it depends whether the record exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub situation: Option<String>,
    /// `missing`, `partial` or `here`.
    pub fill: consilium_casefile::gather::checklist::Fill,
    /// `current`, `aging`, `outdated` or `not_known`, where age matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<consilium_casefile::gather::checklist::Aged>,
    /// Nothing of a part is certain: a person has to look.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unsure: bool,
    /// A person looked at what shows that it is here.
    pub looked: bool,
    /// It is here as far as its records tell, and a person still has to look.
    #[serde(skip)]
    pub to_look_at: bool,
    /// Documents among what shows it: id, and title with its day.
    pub documents: Vec<(DocumentId, String)>,
    /// Whether a document can be all of it, as `--here` says.
    pub of_documents: bool,
    /// What shows that it is here: titles of records.
    pub evidence: Vec<String>,
    /// What is lacking, in sentences.
    pub lacks: Vec<String>,
    /// Parts of which nothing is here, as `record-requirements.csv` writes them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Of slides and blocks: the step of the register that they stand at, on their way to the centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tissue: Option<&'static str>,
    /// Whether the centre takes reports at its first step, and asks for the images later.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reports_first: bool,
    /// Why a person said that it is not needed; `center` is there where it holds for that one only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waived: Option<WaivedAnswer>,
    /// Whose turn it is: `you`, `holder` or `center`; absent where nothing is left to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<&'static str>,
    /// Who holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// Nobody said so: other records name this place.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub holder_proposed: bool,
    /// Day on which an answer, or the record, is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// Whether the time for an answer has ended.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub overdue: bool,
    /// Whether the packet should wait for it.
    pub blocks: bool,
    /// Why the reviewer needs it.
    pub why: String,
    /// Where the line comes from, and whether a named source asks for it.
    pub source: String,
    /// Whether a named source asks for it.
    pub confirmed: bool,
}

/// What a person said of a line that needs nothing more.
#[derive(Debug, Clone, Serialize)]
pub struct WaivedAnswer {
    /// Why; empty for a helper.
    pub reason: String,
    /// The only centre for which it holds; absent: for every one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub center: Option<String>,
}

impl App {
    /// What a centre needs and what of it is here; `None` is the centre the case names. For the owner and whoever helps.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for those who do not help.
    pub async fn check(&self, session: &Session, id: &CaseId, center: Option<&str>) -> Result<CheckAnswer, AppError> {
        let case = self.case(session, id).await?;
        let list = self.checklist_of(session, &case, center).await?;
        Ok(self.checked(&case.seen_by(session.audience), &list))
    }

    /// The same for a blind edition: a line whose records are left out of it is `withheld`. The owner's only.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for everybody else.
    pub async fn check_blind(
        &self,
        session: &Session,
        id: &CaseId,
        center: Option<&str>,
    ) -> Result<CheckAnswer, AppError> {
        let case = self.case(session, id).await?;
        let view = case.seen_by(session.audience);
        if !session.audience.may_change() {
            return Err(AppError::NotFound);
        }
        let list = self.checklist_of(session, &case, center).await?;
        let withheld = withheld_from_blind(&view, center, self.knowledge(), self.now().date());
        let mut answer = self.checked(&view, &list);
        // Of what a person said there is none, none is withheld.
        let exists = |item: &&mut CheckItem| item.state != ItemState::NotApplicable.name();
        for item in answer.items.iter_mut().filter(|item| withheld.contains(&item.requirement)).filter(exists) {
            item.state = "withheld";
        }
        Ok(answer)
    }

    /// The checklist itself, made away from the threads that answer others.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for those who do not help.
    pub async fn checklist_of(
        &self,
        session: &Session,
        case: &Arc<Case>,
        center: Option<&str>,
    ) -> Result<Checklist, AppError> {
        let (app, of, audience) = (self.clone(), case.clone(), session.audience);
        let (center, today) = (center.map(str::to_owned), self.now().date());
        let made = tokio::task::spawn_blocking(move || {
            of.seen_by(audience).checklist(center.as_deref(), app.knowledge(), today)
        });
        made.await.ok().flatten().ok_or(AppError::NotFound)
    }

    fn checked(&self, view: &CaseView<'_>, list: &Checklist) -> CheckAnswer {
        let items = list.items.iter().map(|item| CheckItem {
            requirement: item.requirement.clone(),
            label: item.label.clone(),
            need: item.need,
            state: item.state.name(),
            situation: item.situation.clone(),
            fill: item.fill,
            unsure: item.unsure,
            age: item.age.as_ref().map(|age| age.standing),
            documents: item
                .evidence
                .iter()
                .filter_map(|piece| match piece {
                    Piece::Document { id } => Some((id.clone(), self.piece_words(view, piece))),
                    _ => None,
                })
                .collect(),
            looked: item.looked,
            to_look_at: item.is_to_look_at(),
            of_documents: self
                .knowledge()
                .gathering
                .requirement(&item.requirement)
                .is_some_and(Requirement::is_of_documents),
            evidence: item.evidence.iter().map(|piece| self.piece_words(view, piece)).collect(),
            lacks: item.lacks.iter().map(|lack| self.say(lack)).collect(),
            missing: item.missing.clone(),
            tissue: item.tissue.map(consilium_casefile::gather::tissue::Step::name),
            reports_first: item.reports_first,
            waived: item.waived.clone().map(|Waiver { reason, center }| WaivedAnswer { reason, center }),
            owner: item.owner().map(consilium_casefile::gather::checklist::Owner::name),
            holder: item.holder.as_ref().map(|holder| holder.name.clone()),
            holder_proposed: item.holder.as_ref().is_some_and(|holder| holder.proposed),
            due: item.due.map(|day| day.to_string()),
            overdue: item.overdue,
            blocks: item.blocks(),
            why: item.why.clone(),
            source: item.source.clone(),
            confirmed: item.confirmed,
        });
        CheckAnswer {
            // What a mistyped table leaves out would be said to be here.
            ready: list.is_ready() && self.knowledge_complaints().is_empty(),
            tables: self.knowledge_complaints().iter().cloned().chain(self.left_out()).collect(),
            center: list.center.clone(),
            program: list.program.clone(),
            needed_by: list.needed_by.map(|day| day.to_string()),
            items: items.collect(),
        }
    }

    /// Lines of the built-in list that the list of this home leaves out, in a sentence.
    fn left_out(&self) -> Option<String> {
        if !self.home().join("knowledge").join("record-requirements.csv").exists() {
            return None;
        }
        let built_in = consilium_knowledge::load(None).knowledge;
        let own = &self.knowledge().gathering;
        let missing = built_in.gathering.requirements.iter().filter(|r| own.requirement(&r.id).is_none());
        let missing: Vec<&str> = missing.map(|r| r.id.as_str()).collect();
        let first = missing.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        let message = Message::new("check-left-out").with("count", missing.len()).with("first", first);
        (!missing.is_empty()).then(|| self.say(&message))
    }

    /// What a piece of evidence is called; whoever may not see records is told that there is one.
    #[must_use]
    pub fn piece_words(&self, view: &CaseView<'_>, piece: &Piece) -> String {
        let dated = |title: &str, date: Option<PartialDate>| match date {
            Some(date) => format!("{title}, {}", date.human()),
            None => title.to_owned(),
        };
        let found = match piece {
            Piece::Document { id } => view
                .document(id, self.knowledge())
                .map(|held| dated(view.title_of(held, self.knowledge()), held.date())),
            Piece::Study { uid } => view
                .study(uid)
                .map(|held| dated(view.study_words(held).unwrap_or("Imaging study"), held.study.facts.date)),
            Piece::Tissue { id } => view.tissue().and_then(|register| Some(register.label(register.lines.get(id)?))),
            Piece::Stated => Some(self.say(&Message::new("piece-stated"))),
        };
        found.unwrap_or_else(|| self.say(&Message::new("piece-in-the-case")))
    }

    /// Answers whether something happened, so that the list is complete; `None` takes the answer back.
    ///
    /// # Errors
    /// A refusal when nobody asked.
    pub async fn state_situation(
        &self,
        session: &Session,
        id: &CaseId,
        situation: &str,
        happened: Option<bool>,
    ) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |_| Ok(vec![requests::state_situation(self.knowledge(), situation, happened)?])).await
    }

    /// Says that a line needs nothing more, and why; an empty reason takes it back. `center`: the only one for which that
    /// holds; `None` for every one.
    ///
    /// # Errors
    /// A refusal when there is no such line, or what is taken back for one centre was said for every one.
    pub async fn settle_requirement(
        &self,
        session: &Session,
        id: &CaseId,
        requirement: &str,
        reason: &str,
        center: Option<&str>,
    ) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |case| {
            let said = case.held_requests();
            Ok(vec![requests::settle(said, self.knowledge(), requirement, reason, center)?])
        })
        .await
    }

    /// Says whether a document holds what a line asks for; `None` takes it back.
    ///
    /// # Errors
    /// A refusal when there is no such line or document, or no document can be what the line asks for.
    pub async fn judge_document(
        &self,
        session: &Session,
        id: &CaseId,
        requirement: &str,
        document: &DocumentId,
        holds: Option<bool>,
    ) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |case| {
            Ok(vec![requests::judge(case, self.knowledge(), requirement, document, holds)?])
        })
        .await
    }

    /// Says who holds the record of a line; `None` takes it back.
    ///
    /// # Errors
    /// A refusal when there is no such line or holder.
    pub async fn name_holder(
        &self,
        session: &Session,
        id: &CaseId,
        requirement: &str,
        holder: Option<&HolderId>,
    ) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |case| {
            let held = case.held_requests();
            Ok(vec![requests::name_holder(held, self.knowledge(), requirement, holder.cloned())?])
        })
        .await
    }
}
