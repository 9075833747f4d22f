//! Changes of reading, and their fold.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::said::{Word, word_about};
use super::stated::StatedTreatment;
use super::things::{
    AgreedMedicine, AsRead, DocumentReading, FactKey, Judgement, RecognisedText, TreatmentAsRead, TreatmentKey,
    TypedFact,
};
use crate::facts::{Fact, Treatment};
use crate::shared::ids::{ActorId, DocumentId, FactId, TreatmentId};
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
        /// Which of the facts with this key, as it was read. Entries of older versions do not say it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<AsRead>,
        /// Earlier words that it takes the place of: of which fact each was, `None` for one that does not say it. Older
        /// entries do not tell, and are folded by the rule of their time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaces: Option<Vec<Option<AsRead>>>,
    },
    /// What a person said about a fact is taken back.
    JudgementTakenBack {
        /// Which.
        key: FactKey,
        /// Which of the facts with this key; whatever was said about any of them where it is not told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<AsRead>,
        /// The words that are taken back, as in [`ReadingChange::FactJudged`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaces: Option<Vec<Option<AsRead>>>,
    },
    /// A person said that a record does not say this about a treatment.
    TreatmentRejected {
        /// Which.
        key: TreatmentKey,
        /// Which of the treatments with this key, as it was read.
        of: TreatmentAsRead,
    },
    /// That is taken back.
    TreatmentRejectionTakenBack {
        /// Which.
        key: TreatmentKey,
        /// As it was rejected.
        of: TreatmentAsRead,
    },
    /// A person stated a treatment that no record tells.
    TreatmentStated {
        /// The treatment.
        stated: Box<StatedTreatment>,
    },
    /// A stated treatment is taken back.
    StatedTreatmentRemoved {
        /// Which.
        id: TreatmentId,
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
            Self::FactJudged { key, .. } | Self::JudgementTakenBack { key, .. } => Some(&key.document),
            Self::TreatmentRejected { key, .. } | Self::TreatmentRejectionTakenBack { key, .. } => Some(&key.document),
            Self::FactTyped { typed } => Some(&typed.document),
            Self::TypedFactRemoved { .. }
            | Self::MedicineAgreed { .. }
            | Self::MedicineReopened { .. }
            | Self::TreatmentStated { .. }
            | Self::StatedTreatmentRemoved { .. } => None,
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
    /// What people said about the facts of each key, in order.
    pub(crate) judged: BTreeMap<FactKey, Vec<Said<Word>>>,
    /// Treatments that people rejected, in order.
    pub(crate) rejected: BTreeMap<TreatmentKey, Vec<Said<TreatmentAsRead>>>,
    pub(crate) typed: BTreeMap<FactId, Said<TypedFact>>,
    pub(crate) agreed: BTreeMap<String, Said<AgreedMedicine>>,
    /// Treatments that people stated, in the order they did.
    pub(crate) stated: BTreeMap<TreatmentId, Said<Treatment>>,
}

impl Readings {
    /// The facts with this key in the newest reading of its document.
    pub(crate) fn facts_with(&self, key: &FactKey) -> Vec<&Fact> {
        let read = self.read.get(&key.document).map(|reading| reading.facts.as_slice()).unwrap_or_default();
        read.iter().filter(|fact| key.is_of(fact)).collect()
    }

    /// What a person said about the fact that was read so, if anything: its place among what was said about the key.
    pub(crate) fn word_about(&self, key: &FactKey, of: &AsRead) -> Option<usize> {
        let words = self.judged.get(key)?;
        let facts = self.facts_with(key);
        let place = facts.iter().position(|fact| AsRead::of(fact) == *of)?;
        word_about(&facts, words).get(place).copied().flatten()
    }

    /// What was said about this fact until now, as an entry that takes its place names it: found once, when the person
    /// speaks, and written down, so that no later rule finds other words.
    pub(crate) fn replaced(&self, key: &FactKey, of: &AsRead) -> Vec<Option<AsRead>> {
        let place = self.word_about(key, of);
        let words = self.judged.get(key).into_iter().flatten().enumerate();
        let replaced = words.filter(|(at, word)| Some(*at) == place || word.what.of.as_ref() == Some(of));
        replaced.map(|(_, word)| word.what.of.clone()).collect()
    }

    /// Forgets the words an entry takes the place of. An entry of an older version does not name them: then they are those
    /// about the fact it speaks of, by the rule that was in force when it was written, which therefore never changes.
    fn forget(&mut self, key: &FactKey, of: Option<&AsRead>, replaces: Option<&[Option<AsRead>]>) {
        if let Some(replaced) = replaces {
            if let Some(words) = self.judged.get_mut(key) {
                words.retain(|word| !replaced.contains(&word.what.of));
                if words.is_empty() {
                    self.judged.remove(key);
                }
            }
            return;
        }
        let Some(of) = of else {
            self.judged.remove(key);
            return;
        };
        let place = self.word_about(key, of);
        if let Some(words) = self.judged.get_mut(key) {
            let mut at = 0..;
            words.retain(|word| at.next() != place && word.what.of.as_ref() != Some(of));
            if words.is_empty() {
                self.judged.remove(key);
            }
        }
    }

    pub(crate) fn apply(&mut self, change: ReadingChange, by: &ActorId, at: Instant) {
        match change {
            ReadingChange::TextRecognised { recognised } => {
                self.recognised.insert(recognised.document.clone(), *recognised);
            }
            ReadingChange::Read { reading } => {
                self.read.insert(reading.document.clone(), *reading);
            }
            ReadingChange::FactJudged { key, judgement, of, replaces } => {
                self.forget(&key, of.as_ref(), replaces.as_deref());
                let said = Said { what: Word { judgement, of }, by: by.clone(), at };
                self.judged.entry(key).or_default().push(said);
            }
            ReadingChange::JudgementTakenBack { key, of, replaces } => {
                self.forget(&key, of.as_ref(), replaces.as_deref());
            }
            ReadingChange::TreatmentRejected { key, of } => {
                let words = self.rejected.entry(key).or_default();
                words.retain(|word| word.what != of);
                words.push(Said { what: of, by: by.clone(), at });
            }
            ReadingChange::TreatmentRejectionTakenBack { key, of } => {
                if let Some(words) = self.rejected.get_mut(&key) {
                    words.retain(|word| word.what != of);
                    if words.is_empty() {
                        self.rejected.remove(&key);
                    }
                }
            }
            ReadingChange::TreatmentStated { stated } => {
                let StatedTreatment { id, treatment } = *stated;
                self.stated.insert(id, Said { what: treatment, by: by.clone(), at });
            }
            ReadingChange::StatedTreatmentRemoved { id } => {
                self.stated.remove(&id);
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
