//! The case: the fold of its ledger. One [`Change`] variant a stage; a stage folds only its own changes.

use serde::{Deserialize, Serialize};

use crate::about::{About, AboutChange};
use crate::compare::{Compare, CompareChange};
use crate::decide::{Decide, DecideChange};
use crate::find::{Find, FindChange};
use crate::gather::{Gather, GatherChange, RequestChange, Requests, TissueChange, TissueRegister};
use crate::ledger::{self, Body, Entry, Head};
use crate::prepare::{Prepare, PrepareChange};
use crate::reading::{ReadingChange, Readings};
use crate::share::{Share, ShareChange};
use crate::shared::ids::{ActorId, CaseId};
use crate::shared::message::Refusal;
use crate::shared::time::Instant;

/// Anything anybody did in a case. Evolves by fields with defaults or by new variants; never by renaming.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Change {
    /// Whose case it is and what it is about.
    About(AboutChange),
    /// Find.
    Find(FindChange),
    /// Gather.
    Gather(Box<GatherChange>),
    /// Gather: what was asked of whom.
    Requests(Box<RequestChange>),
    /// Gather: slides and blocks.
    Tissue(Box<TissueChange>),
    /// What records say.
    Reading(Box<ReadingChange>),
    /// Prepare.
    Prepare(PrepareChange),
    /// Compare.
    Compare(CompareChange),
    /// Decide.
    Decide(DecideChange),
    /// Share.
    Share(ShareChange),
}

impl From<AboutChange> for Change {
    fn from(change: AboutChange) -> Self {
        Self::About(change)
    }
}
impl From<FindChange> for Change {
    fn from(change: FindChange) -> Self {
        Self::Find(change)
    }
}
impl From<GatherChange> for Change {
    fn from(change: GatherChange) -> Self {
        Self::Gather(Box::new(change))
    }
}
impl From<RequestChange> for Change {
    fn from(change: RequestChange) -> Self {
        Self::Requests(Box::new(change))
    }
}
impl From<TissueChange> for Change {
    fn from(change: TissueChange) -> Self {
        Self::Tissue(Box::new(change))
    }
}
impl From<ReadingChange> for Change {
    fn from(change: ReadingChange) -> Self {
        Self::Reading(Box::new(change))
    }
}
impl From<PrepareChange> for Change {
    fn from(change: PrepareChange) -> Self {
        Self::Prepare(change)
    }
}
impl From<CompareChange> for Change {
    fn from(change: CompareChange) -> Self {
        Self::Compare(change)
    }
}
impl From<DecideChange> for Change {
    fn from(change: DecideChange) -> Self {
        Self::Decide(change)
    }
}
impl From<ShareChange> for Change {
    fn from(change: ShareChange) -> Self {
        Self::Share(change)
    }
}

/// A change as it is written: bytes for the payload, and the kind for the header (`gather.document_added`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// For the header.
    pub kind: String,
    /// For the payload.
    pub bytes: Vec<u8>,
}

impl Change {
    /// Writes the change down. This is the only serialisation; the bytes are kept as they are.
    ///
    /// # Errors
    /// When the change cannot be written as JSON (a fault of ours).
    pub fn write(&self) -> Result<Written, serde_json::Error> {
        let value = serde_json::to_value(self)?;
        let part = |name: &str| value.get(name).and_then(|v| v.as_str()).unwrap_or("unknown").to_owned();
        Ok(Written { kind: format!("{}.{}", part("stage"), part("change")), bytes: serde_json::to_vec(&value)? })
    }
}

/// A case, as its ledger says it is now. Look at it through [`Case::seen_by`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Id.
    pub id: CaseId,
    /// Newest entry.
    pub head: Head,
    /// Whose case it is and what it is about.
    pub about: About,
    pub(crate) find: Find,
    pub(crate) gather: Gather,
    pub(crate) requests: Requests,
    pub(crate) tissue: TissueRegister,
    pub(crate) reading: Readings,
    pub(crate) prepare: Prepare,
    pub(crate) compare: Compare,
    pub(crate) decide: Decide,
    pub(crate) share: Share,
    /// Kinds of entries this version cannot read; while there are any, nothing may be appended.
    pub unread: Vec<String>,
}

impl Case {
    /// An empty case, before its first entry.
    #[must_use]
    pub fn new(id: CaseId) -> Self {
        Self {
            head: Head::start(&id),
            id,
            about: About::default(),
            find: Find::default(),
            gather: Gather::default(),
            requests: Requests::default(),
            tissue: TissueRegister::default(),
            reading: Readings::default(),
            prepare: Prepare::default(),
            compare: Compare::default(),
            decide: Decide::default(),
            share: Share::default(),
            unread: Vec::new(),
        }
    }

    /// Folds a whole ledger. The chain is checked first.
    ///
    /// # Errors
    /// When the chain does not hold.
    pub fn fold(id: CaseId, entries: &[Entry]) -> Result<Self, ledger::Broken> {
        let head = ledger::verify(&id, entries)?;
        let mut case = Self::new(id);
        for entry in entries {
            case.apply(entry);
        }
        case.head = head;
        Ok(case)
    }

    /// Folds one more entry. An unknown change is kept in the ledger and named in [`Case::unread`]; a purged or
    /// withheld one changes nothing.
    pub fn apply(&mut self, entry: &Entry) {
        if let Body::Here(payload) = &entry.body {
            match serde_json::from_slice::<Change>(&payload.bytes) {
                Ok(change) => self.change(change, &entry.header.by, entry.header.at),
                Err(_) => self.unread.push(entry.header.kind.clone()),
            }
        }
        self.head = Head { seq: entry.header.seq, hash: entry.header.hash() };
    }

    fn change(&mut self, change: Change, by: &ActorId, at: Instant) {
        match change {
            Change::About(change) => {
                let states_person = matches!(change, AboutChange::PersonStated { .. });
                self.about.apply(change, at);
                // Whose a file is depends on who the person is: a corrected name or birth date asks again.
                if states_person && let Some(person) = self.about.subject() {
                    self.gather.match_again(&person);
                }
            }
            Change::Find(change) => self.find.apply(change),
            Change::Gather(change) => self.gather.apply(*change, at),
            Change::Requests(change) => self.requests.apply(*change),
            Change::Tissue(change) => self.tissue.apply(*change),
            Change::Reading(change) => {
                if let ReadingChange::TextRecognised { recognised } = change.as_ref() {
                    self.gather.recognised(recognised, self.about.subject().as_ref());
                }
                self.reading.apply(*change, by, at);
            }
            Change::Prepare(change) => self.prepare.apply(change),
            Change::Compare(change) => self.compare.apply(change, at),
            Change::Decide(change) => self.decide.apply(change, at),
            Change::Share(change) => self.share.apply(change, at),
        }
    }

    /// Whether this version may append: not while the ledger holds entries of a newer one.
    ///
    /// # Errors
    /// A refusal that says to upgrade.
    pub fn may_append(&self) -> Result<(), Refusal> {
        match self.unread.first() {
            None => Ok(()),
            Some(kind) => Err(Refusal::new("refusal-newer-entries").with("kind", kind)),
        }
    }

    /// Every document, whoever may see it: for use-cases that decide about duplicates, never for showing.
    pub fn all_documents(&self) -> impl Iterator<Item = &crate::gather::HeldDocument> {
        self.gather.documents.values()
    }

    /// Every group set aside: for use-cases that decide about duplicates, never for showing.
    pub fn all_set_aside(&self) -> impl Iterator<Item = &crate::gather::SetAside> {
        self.gather.set_aside.values()
    }

    /// A study, whoever may see it: for use-cases that count what is complete, never for showing.
    #[must_use]
    pub fn held_study(&self, uid: &str) -> Option<&crate::gather::CaseStudy> {
        self.gather.studies.get(uid)
    }

    /// Every study, whoever may see it: for rebuilding caches, never for showing.
    pub fn held_studies(&self) -> impl Iterator<Item = &crate::gather::CaseStudy> {
        self.gather.studies.values()
    }

    /// The newest reading of a document, whoever may see it: for use-cases that decide what is to be read, never for
    /// showing.
    #[must_use]
    pub fn newest_reading(&self, document: &crate::DocumentId) -> Option<&crate::reading::DocumentReading> {
        self.reading.read.get(document)
    }

    /// The text recognised in a document's pictures, whoever may see it: for use-cases that decide what is to be read,
    /// never for showing.
    #[must_use]
    pub fn recognised_text(&self, document: &crate::DocumentId) -> Option<&crate::reading::RecognisedText> {
        self.reading.recognised.get(document)
    }

    /// Every document that was ever read, also one that is gone: for deleting what was quoted, never for showing.
    pub fn read_documents(&self) -> impl Iterator<Item = &crate::DocumentId> {
        self.reading.read.keys().chain(self.reading.recognised.keys())
    }

    /// Every text recognised in pictures: for use-cases that decide what may be deleted, never for showing.
    pub fn recognised_texts(&self) -> impl Iterator<Item = &crate::reading::RecognisedText> {
        self.reading.recognised.values()
    }

    /// Every import and every packet, oldest first: for use-cases that decide what may be deleted, never for showing.
    pub fn all_records(&self) -> (&[crate::gather::ImportRecord], &[crate::share::PacketRecord]) {
        (&self.gather.imports, &self.share.packets)
    }

    /// What was asked of whom: for use-cases and their rules, never for showing.
    #[must_use]
    pub fn held_requests(&self) -> &Requests {
        &self.requests
    }

    /// The register of slides and blocks: for use-cases and their rules, never for showing.
    #[must_use]
    pub fn held_tissue(&self) -> &TissueRegister {
        &self.tissue
    }

    /// Packets and deliveries: for use-cases and their rules, never for showing.
    #[must_use]
    pub fn held_share(&self) -> &Share {
        &self.share
    }

    /// Objects whose bytes were once deleted for good; a later import may have brought some again.
    pub fn purged(&self) -> impl Iterator<Item = &crate::ObjectId> {
        self.gather.purged.iter()
    }
}
