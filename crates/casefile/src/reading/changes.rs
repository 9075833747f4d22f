//! Changes of reading, and their fold.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::things::{AgreedMedicine, DocumentReading, FactKey, Judgement, RecognisedText, TypedFact};
use crate::shared::ids::{ActorId, DocumentId, FactId};
use crate::shared::time::Instant;

/// Changes of reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum ReadingChange {
    /// Text was recognised in a document's pictures.
    TextRecognised {
        /// What was found.
        recognised: Box<RecognisedText>,
    },
    /// A text was read; supersedes what was read of the document before.
    Read {
        /// What was found.
        reading: Box<DocumentReading>,
    },
    /// A person said something about a fact.
    FactJudged {
        /// Which.
        key: FactKey,
        /// What.
        judgement: Judgement,
    },
    /// What a person said about a fact is taken back.
    JudgementTakenBack {
        /// Which.
        key: FactKey,
    },
    /// A person typed a fact.
    FactTyped {
        /// The fact.
        typed: Box<TypedFact>,
    },
    /// A typed fact is taken back.
    TypedFactRemoved {
        /// Which.
        id: FactId,
    },
    /// A person agreed on a medicine's line.
    MedicineAgreed {
        /// The line.
        agreed: AgreedMedicine,
    },
    /// An agreement on a medicine is taken back.
    MedicineReopened {
        /// The ingredient.
        ingredient: String,
    },
}

impl ReadingChange {
    /// The document it is about, and may quote.
    #[must_use]
    pub fn document(&self) -> Option<&DocumentId> {
        match self {
            Self::TextRecognised { recognised } => Some(&recognised.document),
            Self::Read { reading } => Some(&reading.document),
            Self::FactJudged { key, .. } | Self::JudgementTakenBack { key } => Some(&key.document),
            Self::FactTyped { typed } => Some(&typed.document),
            Self::TypedFactRemoved { .. } | Self::MedicineAgreed { .. } | Self::MedicineReopened { .. } => None,
        }
    }
}

/// Who said something, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said<T> {
    /// What.
    pub what: T,
    /// Who.
    pub by: ActorId,
    /// When.
    pub at: Instant,
}

/// The fold of [`ReadingChange`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Readings {
    /// The newest reading of each document.
    pub(crate) read: BTreeMap<DocumentId, DocumentReading>,
    /// Text recognised in each document.
    pub(crate) recognised: BTreeMap<DocumentId, RecognisedText>,
    pub(crate) judged: BTreeMap<FactKey, Said<Judgement>>,
    pub(crate) typed: BTreeMap<FactId, Said<TypedFact>>,
    pub(crate) agreed: BTreeMap<String, Said<AgreedMedicine>>,
}

impl Readings {
    pub(crate) fn apply(&mut self, change: ReadingChange, by: &ActorId, at: Instant) {
        match change {
            ReadingChange::TextRecognised { recognised } => {
                self.recognised.insert(recognised.document.clone(), *recognised);
            }
            ReadingChange::Read { reading } => {
                self.read.insert(reading.document.clone(), *reading);
            }
            ReadingChange::FactJudged { key, judgement } => {
                self.judged.insert(key, Said { what: judgement, by: by.clone(), at });
            }
            ReadingChange::JudgementTakenBack { key } => {
                self.judged.remove(&key);
            }
            ReadingChange::FactTyped { typed } => {
                self.typed.insert(typed.id.clone(), Said { what: *typed, by: by.clone(), at });
            }
            ReadingChange::TypedFactRemoved { id } => {
                self.typed.remove(&id);
            }
            ReadingChange::MedicineAgreed { agreed } => {
                self.agreed.insert(agreed.ingredient.clone(), Said { what: agreed, by: by.clone(), at });
            }
            ReadingChange::MedicineReopened { ingredient } => {
                self.agreed.remove(&ingredient);
            }
        }
    }
}
