//! Changes of gather and their fold.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use super::rules::{document_match, identity_match, worse};
use super::things::{CaseStudy, Decision, HeldDocument, ImportRecord, SetAside, StudyFound};
use crate::reading::RecognisedText;
use crate::records::{Confirmation, Document, IdentityMatch};
use crate::shared::ids::{DocumentId, ObjectId, SetAsideId};
use crate::shared::person::PatientIdentity;
use crate::shared::time::Instant;

/// Changes of gather.
#[expect(clippy::large_enum_variant, reason = "one is boxed inside Change, and documents are the usual case")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum GatherChange {
    /// An import ended; what it met is in its manifest object.
    ImportFinished {
        /// The import.
        import: ImportRecord,
    },
    /// A document came into the case.
    DocumentAdded {
        /// The document.
        document: Document,
        /// How its patient fits.
        identity: IdentityMatch,
    },
    /// A study, or more of one, came into the case.
    StudyAdded {
        /// What was found.
        found: StudyFound,
        /// How its patient fits.
        identity: IdentityMatch,
    },
    /// Files were set aside until a person decides.
    SetAside {
        /// The group.
        group: SetAside,
    },
    /// A person decided that a group belongs to this case.
    SetAsideAccepted {
        /// The group.
        id: SetAsideId,
    },
    /// A person decided that a group does not belong to this case.
    SetAsideDeclined {
        /// The group.
        id: SetAsideId,
    },
    /// A person took the decision back.
    SetAsideReopened {
        /// The group.
        id: SetAsideId,
    },
    /// The password was given; another import brought what was inside.
    SetAsideUnlocked {
        /// The group.
        id: SetAsideId,
    },
    /// A person confirmed or corrected what a document is.
    DocumentConfirmed {
        /// The document.
        id: DocumentId,
        /// What they said.
        confirmation: Confirmation,
    },
    /// A person said that documents and studies which name another person, or no birth date, are this person's.
    IdentityConfirmed {
        /// Documents.
        #[serde(default)]
        documents: Vec<DocumentId>,
        /// Study Instance UIDs.
        #[serde(default)]
        studies: Vec<String>,
    },
    /// A person took documents and studies out of the case. The bytes stay.
    Removed {
        /// Documents.
        #[serde(default)]
        documents: Vec<DocumentId>,
        /// Study Instance UIDs.
        #[serde(default)]
        studies: Vec<String>,
    },
    /// A person put them back.
    Restored {
        /// Documents.
        #[serde(default)]
        documents: Vec<DocumentId>,
        /// Study Instance UIDs.
        #[serde(default)]
        studies: Vec<String>,
    },
    /// The report of an import was written anew, without the names of files that were deleted for good.
    ReportRewritten {
        /// The import, with its new report and when it was finished.
        import: ImportRecord,
    },
    /// Bytes were deleted for good; their tombstones stay in the vault.
    Purged {
        /// The objects.
        objects: Vec<ObjectId>,
        /// The documents that went. Of one whose bytes are also another's text, the bytes stay.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        documents: Vec<DocumentId>,
    },
}

impl GatherChange {
    /// Objects that the case stands on once this is in its ledger. The instances of a study are named by its manifest.
    #[must_use]
    pub fn objects(&self) -> Vec<&ObjectId> {
        match self {
            Self::ImportFinished { import } | Self::ReportRewritten { import } => vec![&import.manifest],
            Self::DocumentAdded { document, .. } => document.objects().collect(),
            Self::StudyAdded { found, .. } => vec![&found.manifest],
            Self::SetAside { group } => {
                let documents = group.documents.iter().flat_map(Document::objects);
                let manifests = group.studies.iter().map(|study| &study.manifest);
                documents.chain(manifests).chain(group.locked.iter().map(|locked| &locked.object)).collect()
            }
            Self::SetAsideAccepted { .. }
            | Self::SetAsideDeclined { .. }
            | Self::SetAsideReopened { .. }
            | Self::SetAsideUnlocked { .. }
            | Self::DocumentConfirmed { .. }
            | Self::IdentityConfirmed { .. }
            | Self::Removed { .. }
            | Self::Restored { .. }
            | Self::Purged { .. } => Vec::new(),
        }
    }
}

/// The fold of [`GatherChange`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gather {
    /// Imports in order.
    pub imports: Vec<ImportRecord>,
    /// Documents.
    pub documents: BTreeMap<DocumentId, HeldDocument>,
    /// Studies by Study Instance UID.
    pub studies: BTreeMap<String, CaseStudy>,
    /// Groups set aside, decided or not.
    pub set_aside: BTreeMap<SetAsideId, SetAside>,
    /// Objects deleted for good.
    /// Some may have been brought again since.
    pub purged: HashSet<ObjectId>,
}

impl Gather {
    /// Groups that wait for a decision.
    pub fn undecided(&self) -> impl Iterator<Item = &SetAside> {
        self.set_aside.values().filter(|g| g.decision.is_none())
    }

    pub(crate) fn apply(&mut self, change: GatherChange, at: Instant) {
        match change {
            GatherChange::ImportFinished { import } => self.imports.push(ImportRecord { at: Some(at), ..import }),
            GatherChange::ReportRewritten { import } => self.rewrite_report(import),
            GatherChange::DocumentAdded { document, identity } => self.add_document(document, identity, false),
            GatherChange::StudyAdded { found, identity } => self.add_study(found, identity, false),
            GatherChange::SetAside { group } => {
                self.set_aside.insert(group.id.clone(), group);
            }
            GatherChange::SetAsideAccepted { id } => self.accept(&id),
            GatherChange::SetAsideDeclined { id } => self.decide(&id, Some(Decision::NotMine)),
            GatherChange::SetAsideUnlocked { id } => self.decide(&id, Some(Decision::Unlocked)),
            GatherChange::SetAsideReopened { id } => self.reopen(&id),
            GatherChange::DocumentConfirmed { id, confirmation } => {
                if let Some(held) = self.documents.get_mut(&id) {
                    held.confirmed = confirmation;
                    held.checked = true;
                }
            }
            GatherChange::IdentityConfirmed { documents, studies } => {
                self.each(&documents, &studies, |d| d.identity_confirmed = true, |s| s.identity_confirmed = true);
            }
            GatherChange::Removed { documents, studies } => {
                self.each(&documents, &studies, |d| d.removed = true, |s| s.removed = true);
            }
            GatherChange::Restored { documents, studies } => {
                self.each(&documents, &studies, |d| d.removed = false, |s| s.removed = false);
            }
            GatherChange::Purged { objects, documents } => self.purge(objects, &documents),
        }
    }

    fn each(
        &mut self,
        documents: &[DocumentId],
        studies: &[String],
        document: impl Fn(&mut HeldDocument),
        study: impl Fn(&mut CaseStudy),
    ) {
        for id in documents {
            if let Some(held) = self.documents.get_mut(id) {
                document(held);
            }
        }
        for uid in studies {
            if let Some(held) = self.studies.get_mut(uid) {
                study(held);
            }
        }
    }

    fn add_document(&mut self, document: Document, identity: IdentityMatch, identity_confirmed: bool) {
        let held = HeldDocument {
            identity,
            identity_confirmed,
            confirmed: Confirmation::default(),
            checked: false,
            removed: false,
            document,
        };
        self.documents.insert(held.document.id.clone(), held);
    }

    fn add_study(&mut self, found: StudyFound, identity: IdentityMatch, identity_confirmed: bool) {
        match self.studies.get_mut(&found.study.facts.uid) {
            Some(known) => {
                let worst = worse(known.identity, identity);
                if worst != known.identity && !identity_confirmed {
                    // A part that may be somebody else's makes the whole study a question again.
                    known.identity_confirmed = false;
                }
                known.identity = worst;
                known.add(found);
            }
            None => {
                let held = CaseStudy::of(found, identity, identity_confirmed);
                self.studies.insert(held.study.facts.uid.clone(), held);
            }
        }
    }

    /// Completes a document by what was recognised in its pictures: what it is, and whom it names, where the file itself
    /// told neither. `subject` is the person of the case, as far as known.
    pub(crate) fn recognised(&mut self, recognised: &RecognisedText, subject: Option<&PatientIdentity>) {
        let Some(held) = self.documents.get_mut(&recognised.document) else { return };
        let (own, found) = (&mut held.document.proposed, &recognised.proposed);
        own.kind = own.kind.take().or_else(|| found.kind.clone());
        own.date = own.date.take().or_else(|| found.date.clone());
        own.author = own.author.take().or_else(|| found.author.clone());
        own.facility = own.facility.take().or_else(|| found.facility.clone());
        let mut people = recognised.people.iter().cloned();
        if held.document.patient.is_stated() || held.identity_confirmed {
            return;
        }
        if let Some(first) = people.next() {
            held.document.patient = first;
            held.document.also_names = people.collect();
            if let Some(subject) = subject {
                held.identity = document_match(subject, &held.document);
            }
        }
    }

    /// Holds every document and study nobody confirmed against the person as stated now; a study by its worst part.
    pub(crate) fn match_again(&mut self, subject: &PatientIdentity) {
        for held in self.documents.values_mut().filter(|d| !d.identity_confirmed) {
            held.identity = document_match(subject, &held.document);
        }
        for held in self.studies.values_mut().filter(|s| !s.identity_confirmed) {
            let parts = held.parts.iter().filter(|part| part.study.instances() > 0);
            let worst = parts.map(|part| identity_match(subject, &part.patient)).reduce(worse);
            held.identity = worst.unwrap_or(held.identity);
        }
    }

    fn drop_parts(&mut self, gone: impl Fn(&ObjectId) -> bool + Copy) {
        let studies = std::mem::take(&mut self.studies);
        let left = studies.into_iter().filter_map(|(uid, held)| Some((uid, held.without(gone)?)));
        self.studies = left.collect();
    }

    fn decide(&mut self, id: &SetAsideId, decision: Option<Decision>) {
        if let Some(group) = self.set_aside.get_mut(id) {
            group.decision = decision;
        }
    }

    fn accept(&mut self, id: &SetAsideId) {
        let Some(group) = self.set_aside.get_mut(id) else { return };
        if group.decision == Some(Decision::Accepted) {
            return;
        }
        group.decision = Some(Decision::Accepted);
        let (documents, studies) = (group.documents.clone(), group.studies.clone());
        for document in documents {
            self.add_document(document, IdentityMatch::Stranger, true);
        }
        for found in studies {
            self.add_study(found, IdentityMatch::Stranger, true);
        }
    }

    fn reopen(&mut self, id: &SetAsideId) {
        let Some(group) = self.set_aside.get_mut(id) else { return };
        if group.decision.take() == Some(Decision::Accepted) {
            for document in &group.documents {
                self.documents.remove(&document.id);
            }
            let manifests: HashSet<ObjectId> = group.studies.iter().map(|found| found.manifest.clone()).collect();
            self.drop_parts(|manifest| manifests.contains(manifest));
        }
    }

    /// The entry that the import was finished may be gone: its place in time is told by the report.
    fn rewrite_report(&mut self, import: ImportRecord) {
        match self.imports.iter_mut().find(|known| known.id == import.id) {
            Some(known) => *known = ImportRecord { at: import.at.or(known.at), ..import },
            None => {
                let place = self.imports.partition_point(|known| known.at <= import.at);
                self.imports.insert(place, import);
            }
        }
    }

    fn purge(&mut self, objects: Vec<ObjectId>, documents: &[DocumentId]) {
        // Only what is purged now: a file purged earlier and brought again since is held like any other.
        let purged: HashSet<ObjectId> = objects.into_iter().collect();
        let gone = |d: &Document| purged.contains(&d.object) || documents.contains(&d.id);
        self.documents.retain(|_, d| !gone(&d.document));
        for group in self.set_aside.values_mut() {
            group.documents.retain(|d| !gone(d));
            group.locked.retain(|l| !purged.contains(&l.object));
            group.studies.retain(|s| !purged.contains(&s.manifest));
        }
        self.drop_parts(|manifest| purged.contains(manifest));
        self.purged.extend(purged);
    }
}
