//! Facts as one audience may see them: of documents it may open, with what people said about them.

use super::Readings;
use super::changes::Said;
use super::said::{Word, word_about};
use super::settings::Setting;
use super::specimens;
use super::things::{
    AgreedMedicine, AsRead, DocumentReading, FactKey, HowSaid, Judgement, PersonWord, RecognisedText, Region,
    SentThing, TypedFact,
};
use crate::audience::CaseView;
use crate::facts::{Concept, Context, Fact, Polarity};
use crate::gather::HeldDocument;
use crate::knowledge::Knowledge;
use crate::shared::ids::{ActorId, DocumentId, FactId};
use crate::shared::time::Instant;

/// How a fact came to stand, and what people said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Read by the program; nobody confirmed it.
    MachineRead,
    /// Read by the program from recognised text: a suggestion until somebody confirms it.
    Recognised,
    /// A person confirmed it.
    Confirmed {
        /// Who.
        by: ActorId,
        /// When.
        at: Instant,
    },
    /// A person corrected it.
    Corrected {
        /// Who.
        by: ActorId,
        /// When.
        at: Instant,
        /// What the program had read.
        was: String,
    },
    /// A person typed it.
    Typed {
        /// The typed fact.
        id: FactId,
        /// Who.
        by: ActorId,
        /// When.
        at: Instant,
        /// Page, counted from 1.
        page: u32,
        /// Where on the page.
        region: Option<Region>,
    },
    /// A person said the record does not say this.
    Rejected {
        /// Who.
        by: ActorId,
        /// When.
        at: Instant,
    },
}

impl Standing {
    /// Whether a person stands for it.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        matches!(self, Self::Confirmed { .. } | Self::Corrected { .. } | Self::Typed { .. })
    }

    /// Who said so, and when; `None` where nobody said anything.
    #[must_use]
    pub fn said(&self) -> Option<(&ActorId, Instant)> {
        match self {
            Self::MachineRead | Self::Recognised => None,
            Self::Confirmed { by, at }
            | Self::Corrected { by, at, .. }
            | Self::Typed { by, at, .. }
            | Self::Rejected { by, at } => Some((by, *at)),
        }
    }

    /// What a person said of it, as it leaves in an export; `record` is what the document is called.
    #[must_use]
    pub fn word(&self, record: &str) -> Option<PersonWord> {
        let (how, place) = match self {
            Self::MachineRead | Self::Recognised | Self::Rejected { .. } => return None,
            Self::Confirmed { .. } => (HowSaid::Confirmed, None),
            Self::Corrected { .. } => (HowSaid::Corrected, None),
            Self::Typed { page, region, .. } => (HowSaid::Typed, Some((*page, *region))),
        };
        let (by, at) = self.said()?;
        let word = PersonWord { record: record.to_owned(), ..PersonWord::said(how, by, at) };
        let (page, region) = place.map_or((None, None), |(page, region)| (Some(page), region));
        Some(PersonWord { page, region, ..word })
    }

    /// Whether it may be shown as what the records say. What was recognised in a picture may not before a person
    /// confirmed it; what was rejected never.
    #[must_use]
    pub fn counts(&self) -> bool {
        !matches!(self, Self::Recognised | Self::Rejected { .. })
    }
}

/// One fact of the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFact<'a> {
    /// What a person's word about it attaches to.
    pub key: FactKey,
    /// The fact, as corrected if it was.
    pub fact: Fact,
    /// The document it stands in.
    pub held: &'a HeldDocument,
    /// How it came to stand.
    pub standing: Standing,
    /// The setting its document speaks in.
    pub setting: Setting,
    /// Whether it describes a specimen without cancer, beside others of its report that have it: then it is about no
    /// tumour.
    pub without_cancer: bool,
    /// What a person said of it in the case that its document is an export of.
    pub sent: Option<&'a PersonWord>,
}

impl CaseFact<'_> {
    /// Whether it is a finding about this person's tumour now that may be laid beside others: the text's main answer, or
    /// a person's word.
    #[must_use]
    pub fn speaks(&self) -> bool {
        let confirmed = self.standing.is_confirmed();
        self.standing.counts() && self.is_of_now() && (self.fact.main || confirmed) && !self.without_cancer
    }

    /// Whether it is about this person now: by the record's own words, or because a person stands for what the record
    /// says that others found. What is of earlier times, or of a relative, stays so.
    #[must_use]
    pub(super) fn is_of_now(&self) -> bool {
        match self.fact.context {
            Context::Current => true,
            Context::Clinical | Context::Outside => self.standing.is_confirmed(),
            Context::History | Context::Family => false,
        }
    }

    /// Whether it is a finding read from a picture that waits for a person's word.
    #[must_use]
    pub fn suggests(&self) -> bool {
        self.standing == Standing::Recognised
            && self.fact.main
            && self.fact.context.is_current()
            && !self.without_cancer
    }
}

/// Corrects a fact as a person said.
fn judged(fact: &Fact, said: Option<&Said<Word>>, recognised: bool) -> (Fact, Standing) {
    let mut fact = fact.clone();
    let unsaid = if recognised { Standing::Recognised } else { Standing::MachineRead };
    let Some(Said { what: Word { judgement, of }, by, at }) = said else { return (fact, unsaid) };
    let (by, at) = (by.clone(), *at);
    let standing = match judgement {
        Judgement::Confirmed { value } if !still_holds(value.as_deref(), of.as_ref(), &fact) => unsaid,
        Judgement::Confirmed { .. } => Standing::Confirmed { by, at },
        Judgement::Rejected => Standing::Rejected { by, at },
        Judgement::Corrected { value, polarity, prefix } => {
            let mut was = std::mem::replace(&mut fact.value, value.clone());
            fact.polarity = *polarity;
            if let Some(prefix) = prefix {
                let old = fact.qualifiers.prefix.replace(prefix.clone());
                was = format!("{}{was}", old.unwrap_or_default());
            }
            if value.ends_with(')') {
                // `N1a(sn)` says its suffix by itself.
                fact.qualifiers.suffix = None;
            }
            Standing::Corrected { by, at, was }
        }
    };
    (fact, standing)
}

/// Whether what was confirmed is what is read now. What older entries do not tell is taken to be the same.
fn still_holds(value: Option<&str>, of: Option<&AsRead>, fact: &Fact) -> bool {
    value.is_none_or(|value| value == fact.value) && of.is_none_or(|of| of.says_the_same(fact))
}

/// What people said about each fact of a document.
fn words_about<'r>(readings: &'r Readings, id: &DocumentId, facts: &[Fact]) -> Vec<Option<&'r Said<Word>>> {
    let mut about = vec![None; facts.len()];
    let first = FactKey { document: id.clone(), concept: Concept::named(""), specimen: None, quote: String::new() };
    let of_document = readings.judged.range(first..).take_while(|(key, _)| key.document == *id);
    for (key, words) in of_document {
        let (places, alike): (Vec<usize>, Vec<&Fact>) =
            facts.iter().enumerate().filter(|(_, fact)| key.is_of(fact)).unzip();
        for (place, word) in places.into_iter().zip(word_about(&alike, words)) {
            if let Some(about) = about.get_mut(place) {
                *about = word.and_then(|word| words.get(word));
            }
        }
    }
    about
}

impl<'a> CaseView<'a> {
    /// Every fact of the documents this audience may open and whose person is settled, rejected ones included, oldest
    /// document first and in the order of its text. Of an export of this very case only what a person of the case stands
    /// for: the rest are its own words, which stand where it has them from.
    #[must_use]
    pub fn facts(&self, knowledge: &Knowledge) -> Vec<CaseFact<'a>> {
        let of = |held: &'a HeldDocument| {
            let own = self.is_own_export(&held.document.id);
            self.facts_in(held, knowledge).into_iter().filter(move |fact| !own || fact.standing.is_confirmed())
        };
        let all = self.told_of(knowledge).into_iter().flat_map(of);
        all.filter(|fact| self.tells_of_fact(fact, knowledge)).collect()
    }

    /// Whether a document is an export of this very case, unchanged.
    #[must_use]
    pub fn is_own_export(&self, document: &DocumentId) -> bool {
        self.case().reading.read.get(document).is_some_and(|read| read.own_export)
    }

    /// The facts of one document this audience may open, as [`CaseView::facts`] gives them; of an export of this case all
    /// of them.
    #[must_use]
    pub fn facts_of(&self, document: &DocumentId, knowledge: &Knowledge) -> Vec<CaseFact<'a>> {
        let held = self.document(document, knowledge).filter(|d| !d.removed && d.identity_settled());
        held.map(|held| self.facts_in(held, knowledge)).unwrap_or_default()
    }

    fn facts_in(&self, held: &'a HeldDocument, knowledge: &Knowledge) -> Vec<CaseFact<'a>> {
        let readings = &self.case().reading;
        let id = &held.document.id;
        let read = readings.read.get(id);
        let facts = read.map(|r| r.facts.as_slice()).unwrap_or_default();
        // "Mastectomy 12/20/2026" in a record of June names what is to come, and nothing that was done.
        let treatments = read.map(|r| r.treatments.as_slice()).unwrap_or_default();
        let to_come = treatments.iter().filter(|t| t.status.is_given() && self.as_of(Some(held), t).is_planned());
        let to_come: Vec<_> = to_come.map(|t| t.start..t.end).collect();
        let is_to_come =
            |fact: &Fact| fact.concept == Concept::PROCEDURE && to_come.iter().any(|t| t.contains(&fact.start));
        let setting = Setting::of(held.kind(), facts.iter().filter(|fact| !is_to_come(fact)));
        let said = words_about(readings, id, facts);
        let stands = |(_, (fact, said)): &(usize, (&Fact, Option<&Said<Word>>))| said.is_some() || !is_to_come(fact);
        let of_text = facts.iter().zip(said).enumerate().filter(stands).map(|(place, (fact, said))| {
            let sent = read.and_then(|reading| reading.sent_word(SentThing::Fact(place)));
            let key = FactKey::of(id, fact);
            let recognised = read.is_some_and(|r| r.is_recognised(fact.start));
            let (fact, standing) = judged(fact, said, recognised);
            let setting = match fact.context {
                // What others found is told here, whatever this document itself looked at.
                Context::Clinical | Context::Outside => Setting::Told,
                // An export repeats what other records found, each where it found it; and a letter may say of which
                // specimen a finding is. A report on tissue tells by itself what it looked at, and names an earlier sample.
                _ => {
                    let named = fact.qualifiers.setting.as_deref().and_then(Setting::named);
                    named.filter(|n| setting == Setting::Told || *n == Setting::Biopsy).unwrap_or(setting)
                }
            };
            CaseFact { key, fact, held, standing, setting, without_cancer: false, sent }
        });
        let typed = readings.typed.values().filter(|t| t.what.document == *id);
        let of_people = typed.map(|Said { what: typed, by, at }| {
            let (id, by) = (typed.id.clone(), by.clone());
            let standing = Standing::Typed { id, by, at: *at, page: typed.page, region: typed.region };
            CaseFact {
                key: FactKey::of(&typed.document, &typed.fact),
                fact: typed.fact.clone(),
                held,
                standing,
                setting,
                without_cancer: false,
                sent: None,
            }
        });
        let mut facts: Vec<CaseFact<'a>> = of_text.chain(of_people).collect();
        specimens::settle(&mut facts, knowledge);
        facts
    }

    /// What was read of a document this audience may open.
    #[must_use]
    pub fn reading_of(&self, document: &DocumentId, knowledge: &Knowledge) -> Option<&'a DocumentReading> {
        self.document(document, knowledge)?;
        self.case().reading.read.get(document)
    }

    /// Every reading of documents this audience may be told of and whose person is settled, with the document; none of an
    /// export of this very case, which states nothing that is not stated elsewhere.
    #[must_use]
    pub fn readings(&self, knowledge: &Knowledge) -> Vec<(&'a HeldDocument, &'a DocumentReading)> {
        let documents = self.told_of(knowledge).into_iter();
        let read = documents.filter_map(|d| self.case().reading.read.get(&d.document.id).map(|read| (d, read)));
        read.filter(|(_, read)| !read.own_export).collect()
    }

    /// Text recognised in the pictures of a document this audience may open.
    #[must_use]
    pub fn recognised(&self, document: &DocumentId, knowledge: &Knowledge) -> Option<&'a RecognisedText> {
        self.document(document, knowledge)?;
        self.case().reading.recognised.get(document)
    }

    /// What people agreed about medicines: for those who see records.
    pub fn agreed_medicines(&self) -> impl Iterator<Item = &'a AgreedMedicine> {
        let seen = self.audience().sees_records();
        self.case().reading.agreed.values().filter(move |_| seen).map(|said| &said.what)
    }

    /// Who agreed on the line of a medicine, and when.
    #[must_use]
    pub fn agreed_by(&self, ingredient: &str) -> Option<(&'a ActorId, Instant)> {
        let said = self.case().reading.agreed.get(ingredient).filter(|_| self.audience().sees_records());
        said.map(|said| (&said.by, said.at))
    }
}

/// Facts a person typed, whoever may see them: for rules, never for showing.
pub(super) fn typed(readings: &Readings, id: &FactId) -> Option<TypedFact> {
    readings.typed.get(id).map(|said| said.what.clone())
}

/// Whether the polarity says that there is an answer.
#[must_use]
pub(super) fn answers(polarity: Polarity) -> bool {
    !matches!(polarity, Polarity::NotTested | Polarity::Insufficient)
}
