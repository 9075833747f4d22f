//! Rules of gather: whose a file is, what an import brings into the case, what a person may decide.

use std::collections::BTreeMap;

use super::changes::GatherChange;
use super::things::{Decision, Found, SetAside, SetAsideReason, StudyFound};
use crate::about::AboutChange;
use crate::case::{Case, Change};
use crate::records::{Confirmation, Document, IdentityMatch};
use crate::shared::ids::{DocumentId, ObjectId, SetAsideId};
use crate::shared::message::Refusal;
use crate::shared::person::{PatientIdentity, PersonName};

/// How a file's patient fits the person of the case.
///
/// A birth date that differs is a stranger's even under the same name (fathers and sons). Another surname with the
/// same birth date is unsure (maiden, married); so is the right name where either side states no birth date.
#[must_use]
pub fn identity_match(subject: &PatientIdentity, file: &PatientIdentity) -> IdentityMatch {
    if !file.is_stated() {
        return IdentityMatch::NamesNobody;
    }
    let births = subject.birth_date.zip(file.birth_date).map(|(a, b)| a.agrees_with(b));
    let names = subject.name.as_ref().zip(file.name.as_ref()).map(|(a, b)| (a.same_family(b), a.same_given(b)));
    let in_full = |(a, b): (&PersonName, &PersonName)| a.same_given_in_full(b) && a.same_family_in_full(b);
    let in_full = subject.name.as_ref().zip(file.name.as_ref()).is_some_and(in_full);
    match (births, names) {
        (Some(false), _) | (_, Some((false, false))) | (None, Some((_, false))) => IdentityMatch::Stranger,
        (Some(true), Some((true, true))) => IdentityMatch::Same,
        // Without a birth date an initial fits too many people, and a family name with another word beside it.
        (None, Some((true, true))) if in_full => IdentityMatch::NoBirthDate,
        (None, None) => IdentityMatch::NoBirthDate,
        (Some(true) | None, Some(_)) | (Some(true), None) => IdentityMatch::OtherName,
    }
}

/// The worse of two answers: what may not leave the case wins.
#[must_use]
pub fn worse(a: IdentityMatch, b: IdentityMatch) -> IdentityMatch {
    let rank = |m: IdentityMatch| match m {
        IdentityMatch::Same => 0,
        IdentityMatch::NamesNobody => 1,
        IdentityMatch::NoBirthDate => 2,
        IdentityMatch::OtherName => 3,
        IdentityMatch::SeveralPeople => 4,
        IdentityMatch::Stranger => 5,
    };
    if rank(b) > rank(a) { b } else { a }
}

/// How a document fits: its patient, and anybody else it names. One that names two people is never sure, whoever the
/// other is: which of its words are about whom, only a person can tell.
#[must_use]
pub fn document_match(subject: &PatientIdentity, document: &Document) -> IdentityMatch {
    let own = identity_match(subject, &document.patient);
    let others = others(document).map(|p| worse(IdentityMatch::SeveralPeople, identity_match(subject, p)));
    others.fold(own, worse)
}

/// Whom a document names besides its patient, other spellings of the patient left out.
fn others(document: &Document) -> impl Iterator<Item = &PatientIdentity> {
    document.also_names.iter().filter(|other| other.is_clearly_another_than(&document.patient))
}

/// Who the first files name: the person that most documents and studies agree on. `None` when no file has a name.
/// Returns (who, named by, of all that name anybody).
#[must_use]
pub fn propose_person(found: &Found) -> Option<(PatientIdentity, u32, u32)> {
    let documents = found.documents.iter().map(|d| &d.patient);
    let stated: Vec<&PatientIdentity> =
        documents.chain(found.studies.iter().map(|s| &s.patient)).filter(|p| p.is_stated()).collect();
    let fits = |a: &PatientIdentity, b: &PatientIdentity| {
        matches!(identity_match(a, b), IdentityMatch::Same | IdentityMatch::NoBirthDate)
    };
    let votes = |candidate: &PatientIdentity| stated.iter().filter(|p| fits(candidate, p)).count();
    let best = stated
        .iter()
        .filter(|p| p.name.is_some())
        .map(|p| (votes(p), p.birth_date.is_some(), *p))
        .reduce(|best, next| if (next.0, next.1) > (best.0, best.1) { next } else { best })?;
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let person = PatientIdentity { identifier: None, ..best.2.clone() };
    Some((person, count(best.0), count(stated.len())))
}

/// What an import brings into the case: a proposal of whose case it is (when nobody stated it), documents and studies
/// that fit, and groups set aside that do not. The caller adds [`GatherChange::ImportFinished`], whose totals depend
/// on what was set aside.
///
/// `new_id` yields an id for each group.
#[must_use]
pub fn record_import(case: &Case, found: Found, mut new_id: impl FnMut() -> SetAsideId) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    let mut subject = case.about.subject();
    if subject.is_none()
        && let Some((patient, named_by, of)) = propose_person(&found)
    {
        changes.push(AboutChange::PersonProposed { patient: patient.clone(), named_by, of }.into());
        subject = Some(patient);
    }
    let subject = subject.unwrap_or_default();
    let neighbours = Neighbours::of(&subject, &found);
    let Found { import, documents, studies, locked } = found;

    let mut aside = Aside::default();
    let mut kept: Vec<Change> = Vec::new();
    let mut carriers: BTreeMap<ObjectId, SetAsideReason> = BTreeMap::new();
    for document in documents {
        let identity = document_match(&subject, &document);
        let carrier = document.attached_to.as_ref().and_then(|c| carriers.get(c));
        let by_company = || match identity {
            IdentityMatch::NamesNobody => carrier.cloned().or_else(|| neighbours.stranger_beside(&document.path)),
            _ => None,
        };
        match reason_to_set_aside(&subject, &document).or_else(by_company) {
            Some(reason) => {
                carriers.insert(document.object.clone(), reason.clone());
                aside.group(reason).documents.push(document);
            }
            None => kept.push(GatherChange::DocumentAdded { document, identity }.into()),
        }
    }
    for study in studies {
        if let (0, Some(held)) = (study.study.instances(), case.gather.studies.get(&study.study.facts.uid)) {
            // Only what a disc lists of a study the case holds: nobody new is named by it.
            kept.push(GatherChange::StudyAdded { identity: held.identity, found: study }.into());
            continue;
        }
        match identity_match(&subject, &study.patient) {
            IdentityMatch::Stranger => aside.group(stranger(&study.patient)).studies.push(study),
            identity => kept.push(GatherChange::StudyAdded { found: study, identity }.into()),
        }
    }
    for file in locked {
        aside.locked.push(file);
    }
    changes.append(&mut kept);
    for group in aside.into_groups(&import, &mut new_id) {
        changes.push(GatherChange::SetAside { group }.into());
    }
    changes
}

/// Files that name somebody, by folder: a scan without a name on a stranger's disc is the stranger's.
struct Neighbours(Vec<(String, SetAsideReason, bool)>);

impl Neighbours {
    fn of(subject: &PatientIdentity, found: &Found) -> Self {
        let documents = found.documents.iter().map(|d| (&d.path, &d.patient));
        let studies = found.studies.iter().map(|s| (&s.path, &s.patient));
        let named = documents.chain(studies).filter(|(_, patient)| patient.is_stated());
        Self(
            named
                .map(|(path, patient)| {
                    let is_stranger = identity_match(subject, patient) == IdentityMatch::Stranger;
                    (format!("{path}/"), stranger(patient), is_stranger)
                })
                .collect(),
        )
    }

    /// Who the nearest folder or archive around this file is about, when all that name anybody there are strangers.
    /// The outermost folder, what the person handed over as a whole, says nothing.
    fn stranger_beside(&self, path: &str) -> Option<SetAsideReason> {
        let mut folder = path;
        while let Some((outer, _)) = folder.rsplit_once('/') {
            folder = outer;
            if !folder.contains('/') {
                return None;
            }
            let inside = format!("{folder}/");
            let mut beside = self.0.iter().filter(|(named, ..)| named.starts_with(&inside)).peekable();
            if let Some((_, reason, _)) = beside.peek() {
                let reason = reason.clone();
                return beside.all(|(.., is_stranger)| *is_stranger).then_some(reason);
            }
        }
        None
    }
}

fn stranger(patient: &PatientIdentity) -> SetAsideReason {
    let patient = PatientIdentity { identifier: None, ..patient.clone() };
    SetAsideReason::Stranger { patient }
}

fn reason_to_set_aside(subject: &PatientIdentity, document: &Document) -> Option<SetAsideReason> {
    let is_stranger = |p: &PatientIdentity| identity_match(subject, p) == IdentityMatch::Stranger;
    match (is_stranger(&document.patient), others(document).any(is_stranger)) {
        // Also of this person, though somebody else is named first.
        (true, _) if others(document).any(|p| !is_stranger(p)) => Some(SetAsideReason::Mixed),
        (true, _) => Some(stranger(&document.patient)),
        (false, true) => Some(SetAsideReason::Mixed),
        (false, false) => document.altered.then_some(SetAsideReason::Altered),
    }
}

/// Groups in the making: one a person, one a mixed or locked file.
#[derive(Default)]
struct Aside {
    groups: Vec<(SetAsideReason, Group)>,
    locked: Vec<super::things::LockedFile>,
}

#[derive(Default)]
struct Group {
    documents: Vec<Document>,
    studies: Vec<StudyFound>,
}

impl Aside {
    /// The group of files about the same person, so that a person decides once.
    fn group(&mut self, reason: SetAsideReason) -> &mut Group {
        let same = |known: &SetAsideReason| match (known, &reason) {
            (SetAsideReason::Stranger { patient: a }, SetAsideReason::Stranger { patient: b }) => {
                identity_match(a, b) == IdentityMatch::Same || a == b
            }
            _ => false,
        };
        let at = self.groups.iter().position(|(known, _)| same(known)).unwrap_or(self.groups.len());
        if at == self.groups.len() {
            self.groups.push((reason, Group::default()));
        }
        let last = self.groups.len() - 1;
        &mut self.groups[at.min(last)].1
    }

    fn into_groups(
        self,
        import: &crate::shared::ids::ImportId,
        new_id: &mut impl FnMut() -> SetAsideId,
    ) -> Vec<SetAside> {
        let mut groups: Vec<SetAside> = Vec::new();
        let mut push = |reason, documents, studies, locked| {
            groups.push(SetAside {
                id: new_id(),
                import: import.clone(),
                reason,
                documents,
                studies,
                locked,
                decision: None,
            });
        };
        for (reason, group) in self.groups {
            push(reason, group.documents, group.studies, Vec::new());
        }
        for file in self.locked {
            push(SetAsideReason::Locked, Vec::new(), Vec::new(), vec![file]);
        }
        groups
    }
}

/// A person's decision about a group set aside.
///
/// # Errors
/// When there is no such group, it was decided already, or a locked file is "accepted" without its password.
pub fn decide_set_aside(case: &Case, id: &SetAsideId, mine: bool) -> Result<GatherChange, Refusal> {
    let group = case.gather.set_aside.get(id).ok_or_else(|| Refusal::new("refusal-no-such-group"))?;
    if group.decision.is_some() {
        return Err(Refusal::new("refusal-already-decided"));
    }
    match (mine, &group.reason) {
        (true, SetAsideReason::Locked) => Err(Refusal::new("refusal-locked-needs-password")),
        (true, _) => Ok(GatherChange::SetAsideAccepted { id: id.clone() }),
        (false, _) => Ok(GatherChange::SetAsideDeclined { id: id.clone() }),
    }
}

/// Takes such a decision back.
///
/// # Errors
/// When there is no such group, or nothing was decided.
pub fn reopen_set_aside(case: &Case, id: &SetAsideId) -> Result<GatherChange, Refusal> {
    let group = case.gather.set_aside.get(id).ok_or_else(|| Refusal::new("refusal-no-such-group"))?;
    match group.decision {
        Some(Decision::Accepted | Decision::NotMine) => Ok(GatherChange::SetAsideReopened { id: id.clone() }),
        _ => Err(Refusal::new("refusal-nothing-decided")),
    }
}

/// A person confirms or corrects what a document is.
///
/// # Errors
/// When there is no such document.
pub fn confirm_document(case: &Case, id: &DocumentId, confirmation: Confirmation) -> Result<GatherChange, Refusal> {
    if !case.gather.documents.contains_key(id) {
        return Err(Refusal::new("refusal-no-such-document"));
    }
    Ok(GatherChange::DocumentConfirmed { id: id.clone(), confirmation })
}

/// A person says that every document and study we are unsure about is this person's.
///
/// # Errors
/// When we are unsure about none.
pub fn confirm_all_unsure(case: &Case) -> Result<GatherChange, Refusal> {
    let documents = case.gather.documents.values().filter(|d| d.asks_whose()).map(|d| d.document.id.clone());
    let studies = case.gather.studies.values().filter(|s| s.asks_whose()).map(|s| s.study.facts.uid.clone());
    let (documents, studies): (Vec<DocumentId>, Vec<String>) = (documents.collect(), studies.collect());
    if documents.is_empty() && studies.is_empty() {
        return Err(Refusal::new("refusal-nothing-unsure"));
    }
    Ok(GatherChange::IdentityConfirmed { documents, studies })
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
