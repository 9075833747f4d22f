//! Things of gather: imports, held documents and studies, groups set aside.

use serde::{Deserialize, Serialize};

use crate::imaging::Study;
use crate::records::{Confirmation, Document, DocumentKind, IdentityMatch};
use crate::shared::ids::{ImportId, ObjectId, SetAsideId};
use crate::shared::message::Message;
use crate::shared::person::PatientIdentity;
use crate::shared::time::{Instant, PartialDate};

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// In the case.
    Kept,
    /// The same bytes are in the case already.
    Duplicate,
    /// Stored, and waiting for a person's decision or a password.
    SetAside,
    /// Not stored, for the reason given.
    Refused,
}

/// One file an import met, also inside archives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileOutcome {
    /// Where, as `outer.zip!/inner/name`.
    pub path: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, in one sentence, where there is something to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Where its bytes are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectId>,
    /// What was wrong in it, though it was stored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub complaints: Vec<String>,
}

/// Files by outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// Files met.
    pub files: u64,
    /// Kept.
    pub kept: u64,
    /// Duplicates.
    pub duplicate: u64,
    /// Set aside.
    pub set_aside: u64,
    /// Refused.
    pub refused: u64,
    /// Bytes of the files met.
    pub bytes: u64,
}

impl Totals {
    /// Counts one more file.
    pub fn count(&mut self, outcome: Outcome, bytes: u64) {
        self.files += 1;
        self.bytes += bytes;
        match outcome {
            Outcome::Kept => self.kept += 1,
            Outcome::Duplicate => self.duplicate += 1,
            Outcome::SetAside => self.set_aside += 1,
            Outcome::Refused => self.refused += 1,
        }
    }
}

/// One run of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRecord {
    /// Id.
    pub id: ImportId,
    /// What the person named: file and folder names.
    pub sources: Vec<String>,
    /// Object holding every [`FileOutcome`] as JSON lines.
    pub manifest: ObjectId,
    /// Files by outcome.
    pub totals: Totals,
    /// When it was finished; filled by the fold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
}

/// What one import found of a study.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudyFound {
    /// The study with its series, counting only instances new to the case.
    pub study: Study,
    /// Object holding its [`crate::imaging::Instance`]s as JSON lines.
    pub manifest: ObjectId,
    /// Who the headers say it is about.
    pub patient: PatientIdentity,
    /// Folder or archive it was found in.
    #[serde(default)]
    pub path: String,
}

/// A document of the case with what people said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldDocument {
    /// As imported.
    pub document: Document,
    /// How its patient fits.
    pub identity: IdentityMatch,
    /// A person said it is this person's.
    pub identity_confirmed: bool,
    /// What a person said it is.
    pub confirmed: Confirmation,
    /// A person looked and confirmed or corrected.
    pub checked: bool,
    /// Taken out of the case by a person; can be put back.
    pub removed: bool,
}

impl HeldDocument {
    /// Confirmed kind, or else the proposed one.
    #[must_use]
    pub fn kind(&self) -> Option<&DocumentKind> {
        self.confirmed.kind.as_ref().or_else(|| self.document.proposed.kind.as_ref().map(|p| &p.value))
    }

    /// Confirmed date of service, or else the proposed one.
    #[must_use]
    pub fn date(&self) -> Option<PartialDate> {
        self.confirmed.date.or_else(|| self.document.proposed.date.as_ref().map(|p| p.value))
    }

    /// Confirmed author, or else the proposed one.
    #[must_use]
    pub fn author(&self) -> Option<&str> {
        self.confirmed.author.as_deref().or_else(|| self.document.proposed.author.as_ref().map(|p| p.value.as_str()))
    }

    /// Confirmed facility, or else the proposed one.
    #[must_use]
    pub fn facility(&self) -> Option<&str> {
        let proposed = || self.document.proposed.facility.as_ref().map(|p| p.value.as_str());
        self.confirmed.facility.as_deref().or_else(proposed)
    }

    /// Accession number that it states of its specimen or examination.
    #[must_use]
    pub fn accession(&self) -> Option<&str> {
        self.document.proposed.accession.as_ref().map(|p| p.value.as_str())
    }

    /// Title as the file states it, or its file name.
    #[must_use]
    pub fn title(&self) -> &str {
        self.document.title.as_deref().unwrap_or_else(|| self.document.file_name())
    }

    /// Whether a person should say whose it is: another name, several people, another person's, or no birth date.
    #[must_use]
    pub fn asks_whose(&self) -> bool {
        !self.identity_confirmed && self.identity.is_unsure()
    }

    /// Whether it names no patient, and nobody said whose it is: what it says may be anybody's.
    #[must_use]
    pub fn names_no_one(&self) -> bool {
        !self.identity_confirmed && self.identity == IdentityMatch::NamesNobody
    }

    /// Whether a person said that it is this person's though it names somebody else too, or under another name.
    #[must_use]
    pub fn is_accepted_under_another_name(&self) -> bool {
        self.identity_confirmed && self.identity.needs_a_word()
    }

    /// Whether it may leave the case: another person's name needs a person's word first.
    #[must_use]
    pub fn identity_settled(&self) -> bool {
        self.identity_confirmed || !self.identity.needs_a_word()
    }
}

/// A study of the case: everything the imports together found of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseStudy {
    /// The study, all parts together.
    pub study: Study,
    /// What each import found of it. Their manifests say which instances are the case's: an instance that is nowhere
    /// in them (a part set aside) is not.
    pub parts: Vec<StudyFound>,
    /// Who the headers say it is about.
    pub patient: PatientIdentity,
    /// Where it was first found.
    pub path: String,
    /// How its patient fits.
    pub identity: IdentityMatch,
    /// A person said it is this person's.
    pub identity_confirmed: bool,
    /// Taken out of the case by a person; can be put back.
    pub removed: bool,
}

impl CaseStudy {
    /// A study of one part.
    #[must_use]
    pub(crate) fn of(part: StudyFound, identity: IdentityMatch, identity_confirmed: bool) -> Self {
        Self {
            study: part.study.clone(),
            patient: part.patient.clone(),
            path: part.path.clone(),
            parts: vec![part],
            identity,
            identity_confirmed,
            removed: false,
        }
    }

    /// One more part.
    pub(crate) fn add(&mut self, part: StudyFound) {
        self.study.absorb(&part.study);
        self.parts.push(part);
    }

    /// Without the parts of these manifests; `None` when nothing is left.
    pub(crate) fn without(self, gone: impl Fn(&ObjectId) -> bool) -> Option<Self> {
        let mut left = self.parts.into_iter().filter(|part| !gone(&part.manifest));
        let mut study = Self::of(left.next()?, self.identity, self.identity_confirmed);
        study.removed = self.removed;
        left.for_each(|part| study.add(part));
        Some(study)
    }

    /// Objects holding its instances as JSON lines.
    pub fn manifests(&self) -> impl Iterator<Item = &ObjectId> {
        self.parts.iter().map(|part| &part.manifest)
    }

    /// Whether it names no patient, and nobody said whose it is.
    #[must_use]
    pub fn names_no_one(&self) -> bool {
        !self.identity_confirmed && self.identity == IdentityMatch::NamesNobody
    }

    /// Whether a person should say whose it is: another name, another person's, or no birth date.
    #[must_use]
    pub fn asks_whose(&self) -> bool {
        !self.identity_confirmed && self.identity.is_unsure()
    }

    /// Whether a person said that it is this person's though it names somebody else too, or under another name.
    #[must_use]
    pub fn is_accepted_under_another_name(&self) -> bool {
        self.identity_confirmed && self.identity.needs_a_word()
    }

    /// Whether it may leave the case: another person's name needs a person's word first.
    #[must_use]
    pub fn identity_settled(&self) -> bool {
        self.identity_confirmed || !self.identity.needs_a_word()
    }
}

/// Why something was set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum SetAsideReason {
    /// The files are about somebody else.
    Stranger {
        /// Who they name.
        patient: PatientIdentity,
    },
    /// One file names several people.
    Mixed,
    /// A PDF or ZIP that asks for a password.
    Locked,
    /// Records of a packet whose bytes are not those that its sender listed.
    Altered,
}

/// A file that asks for a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockedFile {
    /// Where it was met.
    pub path: String,
    /// Its bytes.
    pub object: ObjectId,
    /// Length in bytes.
    pub bytes: u64,
}

/// Files set aside together: one decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// Id.
    pub id: SetAsideId,
    /// The import that met them.
    pub import: ImportId,
    /// Why.
    pub reason: SetAsideReason,
    /// Documents among them.
    #[serde(default)]
    pub documents: Vec<Document>,
    /// Studies among them.
    #[serde(default)]
    pub studies: Vec<StudyFound>,
    /// Locked files among them.
    #[serde(default)]
    pub locked: Vec<LockedFile>,
    /// What a person decided; filled by the fold.
    #[serde(default, skip)]
    pub decision: Option<Decision>,
}

/// What a person decided about files set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// They belong to this case.
    Accepted,
    /// They do not; they stay out of every view and packet until purged.
    NotMine,
    /// The password was given, and what was inside came in by another import.
    Unlocked,
}

impl SetAside {
    /// Files in the group.
    #[must_use]
    pub fn files(&self) -> u64 {
        let images: u64 = self.studies.iter().map(|s| u64::from(s.study.instances())).sum();
        self.documents.len() as u64 + self.locked.len() as u64 + images
    }
}

/// What an import found, ready for [`super::rules::record_import`]: bytes are stored, nothing is in the case yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The import.
    pub import: ImportId,
    /// Documents new to the case.
    pub documents: Vec<Document>,
    /// Studies with instances new to the case.
    pub studies: Vec<StudyFound>,
    /// Files that ask for a password.
    pub locked: Vec<LockedFile>,
}

/// A reason for a file's outcome, for those that are decided by rules.
#[must_use]
pub fn set_aside_message(reason: &SetAsideReason) -> Message {
    Message::new(match reason {
        SetAsideReason::Stranger { .. } => "set-aside-stranger",
        SetAsideReason::Mixed => "set-aside-mixed",
        SetAsideReason::Locked => "set-aside-locked",
        SetAsideReason::Altered => "set-aside-altered",
    })
}
