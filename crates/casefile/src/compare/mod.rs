//! Compare: two or more opinions side by side. What was said (`opinion`), what each doctor had seen (`seen`), where they
//! differ and of what kind that is (`differences`), and what a person made of it. Nothing here prefers an opinion.

mod checks;
mod differences;
mod images;
mod judged;
mod opinion;
mod proposal;
mod seen;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::audience::{Audience, CaseView};
use crate::case::Case;
use crate::gather::HeldDocument;
use crate::knowledge::Knowledge;
use crate::next::{Stage, StageNext, StageState, Step};
use crate::share::Delivery;
use crate::shared::ids::{DocumentId, OpinionId};
use crate::shared::message::{Message, Refusal};
use crate::shared::text;
use crate::shared::time::Instant;

pub use checks::{can_be, record};
pub use differences::{
    Apart, Difference, Held, Kind, Namer, Relation, Said, Weight, differences, is_finding, is_part_of,
};
pub use images::KeyImage;
pub use judged::{HeldDifference, Judged};
pub(crate) use opinion::named;
pub use opinion::{
    Basis, Burden, BurdenKind, Citation, CitationKind, Clinician, Finding, Intent, Material, Opinion, Outcome,
    PlanStep, Reason, Seen, Setting, StepKind, Strength, imaging_finding,
};
pub use proposal::ProposedOpinion;

// ---- things ----

/// An opinion of the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldOpinion {
    /// Id.
    pub id: OpinionId,
    /// What was said, as it was written down last.
    pub opinion: Opinion,
    /// When it was first written down.
    pub at: Instant,
    /// Since when it is kept from the doctors of other opinions.
    pub sealed: Option<Instant>,
    /// When it was opened to them.
    pub opened: Option<Instant>,
    /// Records that said it while it was sealed: they stay kept back until it is opened, whatever becomes of its words.
    pub sealed_records: Vec<DocumentId>,
    /// It was written by mistake.
    pub removed: bool,
}

impl HeldOpinion {
    /// Whether it is kept from the doctors of other opinions now.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.sealed.is_some() && self.opened.is_none()
    }

    /// Notes the record that says it, while it is sealed.
    fn keep_back(&mut self) {
        if let Some(document) = self.opinion.document.clone().filter(|_| self.is_sealed())
            && !self.sealed_records.contains(&document)
        {
            self.sealed_records.push(document);
        }
    }
}

// ---- changes ----

/// Changes of compare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum CompareChange {
    /// An opinion is written down, or written anew under the same id.
    OpinionRecorded {
        /// Id.
        id: OpinionId,
        /// What was said.
        opinion: Box<Opinion>,
    },
    /// An opinion was written by mistake.
    OpinionRemoved {
        /// Which.
        id: OpinionId,
    },
    /// An opinion is kept from the doctors of other opinions until it is opened.
    OpinionSealed {
        /// Which.
        id: OpinionId,
    },
    /// A sealed opinion is opened to them.
    OpinionOpened {
        /// Which.
        id: OpinionId,
    },
    /// A person says what a difference is.
    DifferenceJudged {
        /// What they say.
        judged: Judged,
    },
}

/// The fold of [`CompareChange`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Compare {
    /// In the order they were written down first.
    pub opinions: Vec<HeldOpinion>,
    judged: judged::Judgements,
}

impl Compare {
    pub(crate) fn apply(&mut self, change: CompareChange, at: Instant) {
        match change {
            CompareChange::OpinionRecorded { id, opinion } => match self.opinion_mut(&id) {
                Some(held) => {
                    held.opinion = *opinion;
                    held.removed = false;
                    held.keep_back();
                }
                None => {
                    let opinion = *opinion;
                    self.opinions.push(HeldOpinion {
                        id,
                        opinion,
                        at,
                        sealed: None,
                        opened: None,
                        sealed_records: Vec::new(),
                        removed: false,
                    });
                }
            },
            CompareChange::OpinionRemoved { id } => {
                if let Some(held) = self.opinion_mut(&id) {
                    held.removed = true;
                }
            }
            CompareChange::OpinionSealed { id } => {
                if let Some(held) = self.opinion_mut(&id) {
                    (held.sealed, held.opened) = (Some(at), None);
                    held.keep_back();
                }
            }
            CompareChange::OpinionOpened { id } => {
                if let Some(held) = self.opinion_mut(&id) {
                    held.opened = Some(at);
                }
            }
            CompareChange::DifferenceJudged { judged } => self.judged.say(judged, at),
        }
    }

    fn opinion_mut(&mut self, id: &OpinionId) -> Option<&mut HeldOpinion> {
        self.opinions.iter_mut().find(|held| held.id == *id)
    }

    /// An opinion by id.
    #[must_use]
    pub fn opinion(&self, id: &OpinionId) -> Option<&HeldOpinion> {
        self.opinions.iter().find(|held| held.id == *id)
    }

    /// Opinions that are kept from the doctors of others now.
    pub(crate) fn sealed(&self) -> impl Iterator<Item = &HeldOpinion> {
        self.current().filter(|held| held.is_sealed())
    }

    /// Opinions that were not taken back, in the order they were written down.
    pub fn current(&self) -> impl Iterator<Item = &HeldOpinion> {
        self.opinions.iter().filter(|held| !held.removed)
    }
}

// ---- rules ----

/// Takes an opinion back.
///
/// # Errors
/// When there is no such opinion, or it is sealed.
pub fn remove(compare: &Compare, id: &OpinionId) -> Result<CompareChange, Refusal> {
    // Taking it back would open its record without an act that says so.
    if known(compare, id)?.is_sealed() {
        return Err(Refusal::new("refusal-opinion-sealed-removed"));
    }
    Ok(CompareChange::OpinionRemoved { id: id.clone() })
}

/// Keeps an opinion from the doctors of other opinions: they read blind.
///
/// # Errors
/// When there is no such opinion, or it is sealed already or was opened.
pub fn seal(compare: &Compare, id: &OpinionId) -> Result<CompareChange, Refusal> {
    let held = known(compare, id)?;
    match (held.sealed, held.opened) {
        (Some(_), None) => return Err(Refusal::new("refusal-opinion-sealed")),
        // What was open once may have been read: nobody reads without it any more.
        (_, Some(_)) => return Err(Refusal::new("refusal-opinion-opened")),
        (None, None) => {}
    }
    Ok(CompareChange::OpinionSealed { id: id.clone() })
}

/// Opens a sealed opinion to the others: from now on they may have known it.
///
/// # Errors
/// When there is no such opinion, or it is not sealed.
pub fn open(compare: &Compare, id: &OpinionId) -> Result<CompareChange, Refusal> {
    let held = known(compare, id)?;
    if !held.is_sealed() {
        return Err(Refusal::new("refusal-opinion-not-sealed"));
    }
    Ok(CompareChange::OpinionOpened { id: id.clone() })
}

fn known<'a>(compare: &'a Compare, id: &OpinionId) -> Result<&'a HeldOpinion, Refusal> {
    let found = compare.opinion(id).filter(|held| !held.removed);
    found.ok_or_else(|| Refusal::new("refusal-opinion-unknown").with("id", id))
}

/// Says how opinions stand to each other on a line as it stands now, and what a difference is. Nothing said takes back what was
/// said before.
///
/// # Errors
/// When an opinion is unknown, a kind or a weight is given to what agrees, or the note is too long.
pub fn judge(compare: &Compare, line: &Difference, judged: Judged) -> Result<CompareChange, Refusal> {
    for id in &judged.between {
        known(compare, id)?;
    }
    // What the rules say as well is no word of the person.
    let relation = judged.relation.filter(|said| *said != line.relation);
    // That only one speaks of it is seen, not judged.
    if relation == Some(Relation::OneSided) {
        return Err(Refusal::new("refusal-both-speak"));
    }
    let agree = relation.unwrap_or(line.relation) == Relation::Agree;
    if agree && (judged.kind.is_some() || judged.weight.is_some()) {
        return Err(Refusal::new("refusal-opinions-agree"));
    }
    let note = text::lines(&judged.note, 2_000)?;
    Ok(CompareChange::DifferenceJudged { judged: Judged { note, about: line.fingerprint(), relation, ..judged } })
}

impl Case {
    /// Whether a record says a sealed opinion: it goes to no other doctor until that is opened.
    pub(crate) fn seals(&self, document: &DocumentId) -> bool {
        let sealed = self.compare.opinions.iter().filter(|held| held.is_sealed());
        sealed.into_iter().any(|held| self.says(held, document))
    }

    /// Whether a record is one that says an opinion, or a copy of one: of the same text; of nearly the same words and no other
    /// kind, for a letter often repeats a report that is not its author's; or by the same author of the same day and kind.
    fn says(&self, opinion: &HeldOpinion, document: &DocumentId) -> bool {
        let linked = opinion.sealed_records.iter().chain(&opinion.opinion.document);
        let is_copy = |one: &HeldDocument, other: &HeldDocument| {
            let same_text = one.document.text.is_some() && one.document.text == other.document.text;
            let same_author = one.author().zip(other.author()).is_some_and(|(a, b)| text::same_line(a, b));
            let same_day = one.date().is_some_and(|date| other.date() == Some(date));
            let words = |held: &HeldDocument| self.reading.read.get(&held.document.id).map(|read| &read.sketch);
            let same_words = words(one).zip(words(other)).is_some_and(|(a, b)| a.is_like(b));
            let told = |held: &HeldDocument| held.kind().filter(|kind| kind.0 != "other").cloned();
            let may_be = told(one).zip(told(other)).is_none_or(|(a, b)| a == b);
            same_text || same_words && may_be || same_author && same_day && one.kind() == other.kind()
        };
        let held = |id: &DocumentId| self.gather.documents.get(id);
        linked.into_iter().any(|id| id == document || held(id).zip(held(document)).is_some_and(|(a, b)| is_copy(a, b)))
    }

    /// Opinions, for the rules that change them; whoever looks asks [`CaseView::opinions`].
    #[must_use]
    pub fn opinions(&self) -> &Compare {
        &self.compare
    }
}

/// Refuses where one of these opinions is sealed: what is kept from the other doctors is told to none of them before it is
/// opened.
///
/// # Errors
/// A refusal that names whose it is.
pub fn all_open<'a>(mut opinions: impl Iterator<Item = &'a HeldOpinion>) -> Result<(), Refusal> {
    match opinions.find(|held| held.is_sealed()) {
        Some(held) => Err(Refusal::new("refusal-opinion-kept-back").with("from", &held.opinion.clinician.name)),
        None => Ok(()),
    }
}

impl<'a> CaseView<'a> {
    /// Opinions, in the order they were written down: the owner's only. What one doctor said reaches another by an act.
    #[must_use]
    pub fn opinions(&self) -> Vec<&'a HeldOpinion> {
        if self.audience() == Audience::Owner { self.case().compare.current().collect() } else { Vec::new() }
    }

    /// Whose opinions are sealed now: the owner's only.
    #[must_use]
    pub fn sealed_by(&self) -> Vec<String> {
        let sealed = self.opinions().into_iter().filter(|held| held.is_sealed());
        sealed.map(|held| held.opinion.clinician.name.clone()).collect()
    }

    /// Records that say an opinion, and copies of them: what is kept back while it is sealed. The owner's only.
    #[must_use]
    pub fn records_that_say(&self, opinion: &HeldOpinion) -> Vec<&'a HeldDocument> {
        let documents = self.case().gather.documents.values().filter(|held| !held.removed);
        let says = |held: &&HeldDocument| self.case().says(opinion, &held.document.id);
        if self.audience() == Audience::Owner { documents.filter(says).collect() } else { Vec::new() }
    }

    /// Whether two opinions advise the same: on every kind of treatment that either speaks of they agree.
    #[must_use]
    pub fn advise_the_same(
        &self,
        one: &HeldOpinion,
        other: &HeldOpinion,
        knowledge: &Knowledge,
        namer: &Namer,
    ) -> bool {
        let given = [one, other].map(|held| self.materials_given(held, knowledge));
        let held = [one, other].into_iter().zip(&given).map(|(held, given)| Held { opinion: &held.opinion, given });
        let held: Vec<Held<'_>> = held.collect();
        let site = self.cancer_topography(knowledge);
        let lines = differences(&held, site.as_deref(), knowledge, namer);
        let mut of_plan = lines.iter().filter(|line| !is_finding(&line.dimension) && line.dimension != "intent");
        let any = of_plan.clone().next().is_some();
        any && of_plan.all(|line| line.relation == Relation::Agree)
    }

    /// Deliveries in which a record that says an opinion already went: whoever got one may have read it, sealed or not.
    #[must_use]
    pub fn opinion_went_with(&self, opinion: &HeldOpinion) -> Vec<&'a Delivery> {
        let share = &self.case().share;
        let says = |id: &DocumentId| self.case().says(opinion, id);
        let went = share.deliveries.iter().filter(|held| !held.withdrawn).map(|held| &held.delivery);
        let with = |delivery: &&Delivery| {
            share.packet(&delivery.packet).is_some_and(|packet| packet.documents.iter().any(says))
        };
        if self.audience() == Audience::Owner { went.filter(with).collect() } else { Vec::new() }
    }

    /// Every line of the comparison of all opinions, with what a person made of it.
    #[must_use]
    pub fn differences(&self, knowledge: &Knowledge, namer: &Namer) -> Vec<HeldDifference> {
        let opinions = self.opinions();
        let given: Vec<Vec<Material>> = opinions.iter().map(|held| self.materials_given(held, knowledge)).collect();
        let held: Vec<Held<'_>> =
            opinions.iter().zip(&given).map(|(held, given)| Held { opinion: &held.opinion, given }).collect();
        let between: Vec<OpinionId> = opinions.iter().map(|held| held.id.clone()).collect();
        let site = self.cancer_topography(knowledge);
        let judged = &self.case().compare.judged;
        let of = |lines: Vec<Difference>| -> Vec<HeldDifference> {
            lines.into_iter().map(|line| judged.of(line, &between)).collect()
        };
        let lines = of(differences(&held, site.as_deref(), knowledge, namer));
        // From what a person said is the same nothing follows.
        let is_same =
            |line: &&HeldDifference| line.relation() == Relation::Agree && line.proposed.relation != Relation::Agree;
        let same: Vec<(String, String)> = lines
            .iter()
            .filter(is_same)
            .map(|line| (line.proposed.dimension.clone(), line.proposed.item.clone()))
            .collect();
        if same.is_empty() {
            return lines;
        }
        of(differences::differences_but(&held, site.as_deref(), knowledge, namer, &same))
    }
}

// ---- next ----

/// With one opinion the other is waited for; with two, what differs is looked at.
#[must_use]
pub fn next(case: &Case) -> StageNext {
    let (state, steps) = match case.compare.current().count() {
        0 => (StageState::NothingYet, Vec::new()),
        1 => (StageState::UnderWay, vec![Step::new(Message::new("next-compare-second"), "compare/opinions/new")]),
        _ => (StageState::Ready, Vec::new()),
    };
    StageNext { stage: Stage::Compare, state, steps }
}
