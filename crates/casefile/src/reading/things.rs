//! Things of reading.

use serde::{Deserialize, Serialize};

use crate::audience::Session;
use crate::facts::{Concept, Fact, Medication, Polarity, Treatment, TreatmentKind, TreatmentStatus};
use crate::prepare::TimingStatement;
use crate::records::Proposals;
use crate::shared::ids::{ActorId, DocumentId, FactId, ObjectId};
use crate::shared::person::PatientIdentity;
use crate::shared::sketch::Sketch;
use crate::shared::time::{Instant, PartialDate};

/// What a reader found in one text of a document: one ledger entry. A newer reading of the document supersedes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentReading {
    /// The document.
    pub document: DocumentId,
    /// The text that was read; spans count its characters.
    pub text: ObjectId,
    /// Version of the reader.
    pub reader: String,
    /// Hash of the knowledge it read with.
    pub knowledge: String,
    /// Parts of the text that were recognised in pictures, as first character and one past the last: nothing of them is
    /// taken for stated until a person confirms it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recognised: Vec<(usize, usize)>,
    /// Pages of the text that hold no words, counted from 1: they are pictures, or blank. `None` where the form has no
    /// pages, and in what older readers wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blank_pages: Option<Vec<u32>>,
    /// Pages of the text that hold a few words only, counted from 1: a printed line may stand beside a picture of text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sparse_pages: Vec<u32>,
    /// Facts in the order of the text.
    #[serde(default)]
    pub facts: Vec<Fact>,
    /// Medicines.
    #[serde(default)]
    pub medications: Vec<Medication>,
    /// Operations, systemic treatment, radiation.
    #[serde(default)]
    pub treatments: Vec<Treatment>,
    /// When treatment should start, and how long it is safe to wait. Older readers did not look for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timing: Vec<TimingStatement>,
    /// Where a treatment is planned, recommended, offered, considered, scheduled or declined. Older readers did not look.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<PlanMention>,
    /// What of `record-words.csv` the text names, by id: a test that was made, a value that was measured. Older readers
    /// did not look. Nothing of what was recognised in pictures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// By which a copy of this text is known: of a scan, too. Older readers made none.
    #[serde(default, skip_serializing_if = "Sketch::is_empty")]
    pub sketch: Sketch,
    /// What of this a person stated or confirmed in the case that this file is an export of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<SentWord>,
    /// Whether the file is an export of this very case, unchanged: the ledger holds the entry it was made at. What it says
    /// is the case's own words come back, and counts as no further statement. Older readers did not look.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_export: bool,
    /// Whether the text holds more findings than are noted of one text, so that some are not here. Older readers did not
    /// say so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut_short: bool,
}

/// A person's word that came with a full export of another case, and what of a reading it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentWord {
    /// About what.
    pub of: SentThing,
    /// The word.
    pub word: PersonWord,
}

/// Something in a reading, by its place in the list of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SentThing {
    /// A fact.
    Fact(usize),
    /// A medicine.
    Medication(usize),
    /// A treatment.
    Treatment(usize),
}

/// What a person of a case said of a fact, a medicine or a treatment, as it leaves in an export. Where it comes from
/// another case it is told, and taken for no word of a person of this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonWord {
    /// What they did.
    pub how: HowSaid,
    /// Whether it was the owner of the case, and not somebody who helps.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_owner: bool,
    /// Day on which they said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<PartialDate>,
    /// The record they read it in; empty for what no record says.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub record: String,
    /// Page they typed it from, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Where on the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
}

impl PersonWord {
    /// What somebody said on the day of this instant, of no record yet.
    #[must_use]
    pub fn said(how: HowSaid, by: &ActorId, at: Instant) -> Self {
        let by_owner = *by == Session::owner().actor;
        Self { how, by_owner, on: Some(PartialDate::Day(at.date())), record: String::new(), page: None, region: None }
    }

    /// Whether it is the person's own statement, which no record makes.
    #[must_use]
    pub fn is_own(&self) -> bool {
        matches!(self.how, HowSaid::Agreed | HowSaid::Stated)
    }
}

/// How a person came to stand for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HowSaid {
    /// Typed from a page.
    Typed,
    /// Confirmed what a program read.
    Confirmed,
    /// Corrected what a program read.
    Corrected,
    /// Agreed on the line of a medicine that records name.
    Agreed,
    /// Stated by their own word: no record says it.
    Stated,
}

/// Words of a text that say that a treatment is planned, recommended, offered, considered, scheduled or declined: for a
/// person to look at, and no statement of what is planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanMention {
    /// First character of the words, in code points.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// The words.
    pub quote: String,
    /// Of words that speak of a plan only where their day is still to come: that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<PartialDate>,
    /// Whether a treatment is only named here, and nothing says that it was given: for a look, and no word of a plan.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub named: bool,
}

impl DocumentReading {
    /// Whether the character at this place was recognised in a picture.
    #[must_use]
    pub fn is_recognised(&self, place: usize) -> bool {
        self.recognised.iter().any(|(start, end)| (*start..*end).contains(&place))
    }

    /// What a person said of one of these in the case that this file is an export of.
    #[must_use]
    pub fn sent_word(&self, of: SentThing) -> Option<&PersonWord> {
        self.sent.iter().find(|sent| sent.of == of).map(|sent| &sent.word)
    }

    /// The same of a medicine of this reading.
    #[must_use]
    pub fn sent_with_medicine(&self, medication: &Medication) -> Option<&PersonWord> {
        let place = self.medications.iter().position(|own| std::ptr::eq(own, medication))?;
        self.sent_word(SentThing::Medication(place))
    }

    /// The same of a treatment of this reading.
    #[must_use]
    pub fn sent_with_treatment(&self, treatment: &Treatment) -> Option<&PersonWord> {
        let place = self.treatments.iter().position(|own| std::ptr::eq(own, treatment))?;
        self.sent_word(SentThing::Treatment(place))
    }
}

/// Text found in the pictures of a document by character recognition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecognisedText {
    /// The document.
    pub document: DocumentId,
    /// The whole text, pages separated by U+000C: pages that had text keep it.
    pub text: ObjectId,
    /// Places of the words on their pages, as JSON.
    pub places: ObjectId,
    /// Program and version.
    pub engine: String,
    /// Pages that were recognised, counted from 1.
    pub pages: Vec<u32>,
    /// Mean confidence over all words, percent.
    pub confidence: u8,
    /// What the text says the document is; stands where nothing else told it.
    #[serde(default, skip_serializing_if = "Proposals::is_empty")]
    pub proposed: Proposals,
    /// Whom the text names as its patient, where the file itself named nobody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<PatientIdentity>,
}

/// What a person's word about a fact attaches to: it outlives a newer reading that finds the same words again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FactKey {
    /// The document.
    pub document: DocumentId,
    /// What the fact is about.
    pub concept: Concept,
    /// The specimen it was said of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specimen: Option<String>,
    /// The words.
    pub quote: String,
}

impl FactKey {
    /// Whether a fact of its document has this key.
    #[must_use]
    pub fn is_of(&self, fact: &Fact) -> bool {
        self.concept == fact.concept && self.specimen == fact.specimen && self.quote == fact.quote
    }

    /// The key of a fact of a document.
    #[must_use]
    pub fn of(document: &DocumentId, fact: &Fact) -> Self {
        Self {
            document: document.clone(),
            concept: fact.concept.clone(),
            specimen: fact.specimen.clone(),
            quote: fact.quote.clone(),
        }
    }
}

/// Which of the facts with one [`FactKey`] a person spoke of, as it was read then: the same words may stand twice, once
/// with "no" before them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsRead {
    /// First character of the words.
    pub start: usize,
    /// Whether it was said to be so.
    pub polarity: Polarity,
    /// Prefix of a TNM category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
}

impl AsRead {
    /// A fact as it is read now.
    #[must_use]
    pub fn of(fact: &Fact) -> Self {
        Self { start: fact.start, polarity: fact.polarity, prefix: fact.qualifiers.prefix.clone() }
    }

    /// Whether the fact still says the same thing to be so, or not so.
    #[must_use]
    pub fn says_the_same(&self, fact: &Fact) -> bool {
        self.polarity == fact.polarity && self.prefix == fact.qualifiers.prefix
    }
}

/// What a person said about a fact that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Judgement {
    /// It is what the record says.
    Confirmed {
        /// The value that was confirmed; another value read of the same words later is not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<String>,
    },
    /// The record says something else.
    Corrected {
        /// What it says.
        value: String,
        /// Whether it is said to be so.
        polarity: Polarity,
        /// Prefix of a TNM category, where one was written; the one that was read stays otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        prefix: Option<String>,
    },
    /// The record does not say this.
    Rejected,
}

/// What a person's word about a treatment attaches to: it outlives a newer reading that finds the same words again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TreatmentKey {
    /// The document.
    pub document: DocumentId,
    /// What kind of treatment.
    pub kind: TreatmentKind,
    /// The treatment in a few words.
    pub what: String,
    /// The words; empty where a record says it by code only.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub quote: String,
}

impl TreatmentKey {
    /// Whether a treatment of its document has this key.
    #[must_use]
    pub fn is_of(&self, treatment: &Treatment) -> bool {
        self.kind == treatment.kind && self.what == treatment.what && self.quote == treatment.quote
    }

    /// The key of a treatment of a document.
    #[must_use]
    pub fn of(document: &DocumentId, treatment: &Treatment) -> Self {
        let (what, quote) = (treatment.what.clone(), treatment.quote.clone());
        Self { document: document.clone(), kind: treatment.kind, what, quote }
    }
}

/// Which of the treatments with one [`TreatmentKey`] a person spoke of, as it was read then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreatmentAsRead {
    /// First character of the words.
    pub start: usize,
    /// Whether it was said to be given.
    pub status: TreatmentStatus,
    /// The day, where one was stated: a course told by code only has many lines of the same words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<PartialDate>,
}

impl TreatmentAsRead {
    /// A treatment as it is read now.
    #[must_use]
    pub fn of(treatment: &Treatment) -> Self {
        Self { start: treatment.start, status: treatment.status, date: treatment.date }
    }
}

/// One record's statement of a treatment, as a page names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreatmentStatement {
    /// What a person's word about it attaches to.
    pub key: TreatmentKey,
    /// Which of those with this key.
    pub of: TreatmentAsRead,
}

impl TreatmentStatement {
    /// The statement of a treatment in a document.
    #[must_use]
    pub fn of(document: &DocumentId, treatment: &Treatment) -> Self {
        Self { key: TreatmentKey::of(document, treatment), of: TreatmentAsRead::of(treatment) }
    }
}

/// Where something stands on a page, as parts of its width and height from the upper left.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// Left.
    pub x0: f32,
    /// Top.
    pub y0: f32,
    /// Right.
    pub x1: f32,
    /// Bottom.
    pub y1: f32,
}

impl Eq for Region {}

/// A fact a person read and typed, from a page the program could not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedFact {
    /// Id.
    pub id: FactId,
    /// The document it was read in.
    pub document: DocumentId,
    /// Page, counted from 1.
    pub page: u32,
    /// Where on the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// The fact; its quote is what the person typed, and its span is empty.
    pub fact: Fact,
}

/// The line a person agreed on for one medicine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreedMedicine {
    /// The ingredient, lower case.
    pub ingredient: String,
    /// Dose, route and frequency in one line; empty when it is not taken any more.
    pub line: String,
    /// Whether it is taken.
    pub taken: bool,
    /// What the records said of it then: what they say otherwise later asks again. Entries of older versions do not tell
    /// it, and never ask again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Vec<SaidThen>>,
}

/// What one record said of a medicine when a person agreed on its line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaidThen {
    /// The record.
    pub document: DocumentId,
    /// A digest of dose, frequency and whether it is taken, hexadecimal: enough to know them again, and none of the
    /// record's words.
    pub says: String,
}
