//! Reading: running the reader over the texts of a case, and the use-cases around facts. A text is read once for each
//! version of the reader and of the knowledge; what people said about facts outlives every new reading. What must not
//! live here: grammar (`consilium-reading`) and rules about facts (`casefile::reading`).

mod alone;
mod differences;
mod export;
mod facts;
mod judge;
mod kept;
mod named;
mod notes;
mod page_one;
mod recognise;
mod words;

use std::collections::{HashMap, HashSet};

use consilium_casefile::facts::Fact;
use consilium_casefile::gather::HeldDocument;
use consilium_casefile::ledger::{Body, Entry};
use consilium_casefile::reading::{DocumentReading, PersonWord, PlanMention, ReadingChange, SentThing, SentWord};
use consilium_casefile::records::FileFormat;
use consilium_casefile::{Audience, Case, CaseId, DocumentId, ObjectId, Session, Sketch};
use consilium_exchange::fhir::Placed;
use consilium_exchange::fhir::{self, Origin};
use consilium_reading::{History, READER_VERSION, Reader, STATEMENTS_VERSION};

use crate::App;
use crate::error::{AppError, Doing};

pub use alone::{TextAnswer, TextReader};
pub use consilium_formats::pages::{Rect, can_be_drawn};
pub use export::{ExportContents, Exported, MOST_EXPORTED, Standard, too_large};
pub use facts::{
    CutWords, DifferenceWords, FactRow, FactsAnswer, MedicineAnswer, PictureWords, RejectedAnswer, SideWords,
    SourceWords, StatedTreatmentWords, StatedWords, TreatmentAnswer, TumourAnswer, WordingWords, site_words,
};
pub use judge::Typing;
pub use kept::CaseReading;
pub(crate) use kept::KeptReadings;
pub use notes::Note;
pub use page_one::{
    LineWords, ListedWords, Mark, NumberedSource, PartWords, SummaryAnswer, SummaryTumour, ValueSaid, ValueWords,
};
pub use recognise::{RecognisedPages, Recognition, Recognitions};
pub use words::{FactWords, Say, document_words, fact_words};

/// Readings appended in one go: a bound on the size of one append.
const BATCH: usize = 500;
/// A page with fewer words may be a picture with a line of print beside it.
const FEWEST_WORDS: usize = 25;
/// A file shorter than this, bytes, is no report: nothing is read in it.
const SHORTEST: u64 = 16;

/// A document whose text has to be read.
struct Due {
    document: DocumentId,
    text: ObjectId,
    /// Of a structured record: its form and bytes, for the coded entries.
    structured: Option<(FileFormat, ObjectId)>,
    /// Of a file that may hold words its pages do not show: its form and bytes.
    unseen: Option<(FileFormat, ObjectId)>,
    /// Pages that were recognised in pictures.
    pages: Vec<u32>,
    /// How many pages a form with pages has.
    all_pages: Option<u32>,
}

impl App {
    /// The reader for this home's knowledge, made once.
    pub(crate) fn text_reader(&self) -> &Reader {
        self.inner().text_reader.get_or_init(|| Reader::new(self.knowledge()))
    }

    /// The reader's version as a reading records it.
    fn reader_version() -> String {
        READER_VERSION.to_string()
    }

    /// Which words it reads with: a hash of the tables a reading depends on, and of no others, so that a change of
    /// wording or of the list of centres reads nothing again.
    fn words_version(&self) -> String {
        let words = self.inner().words_version.get_or_init(|| {
            let tables = serde_json::to_vec(&(
                &self.knowledge().vocabulary,
                &self.knowledge().concepts,
                STATEMENTS_VERSION,
                &self.knowledge().gathering.record_words,
                &self.knowledge().gathering.record_doubts,
                &self.knowledge().gathering.imaging_words,
            ));
            hex::encode(<sha2::Sha256 as sha2::Digest>::digest(tables.unwrap_or_default()))
        });
        words.clone()
    }

    /// Reads every text of a case that was not read yet by this reader with this knowledge. Gives the number read.
    ///
    /// # Errors
    /// When the session may not change the case; a fault when a text cannot be read from the vault.
    pub async fn read_records(&self, session: &Session, id: &CaseId) -> Result<usize, AppError> {
        let mut done = 0;
        let mut unreadable = HashSet::new();
        loop {
            let case = self.changeable(session, id).await?;
            let mut due = self.due(&case);
            due.retain(|due| !unreadable.contains(&due.document));
            let more = due.len() > BATCH;
            due.truncate(BATCH);
            if due.is_empty() {
                return Ok(done);
            }
            let readings = self.read_texts(&case, due, &mut unreadable).await?;
            let count = readings.len();
            let changes: Vec<_> =
                readings.into_iter().map(|reading| ReadingChange::Read { reading: Box::new(reading) }.into()).collect();
            if self.append(session, &case, &changes, consilium_vault::IndexUpdate::default()).await? {
                done += count;
                if !more {
                    return Ok(done);
                }
            }
        }
    }

    /// Documents whose newest text was not read yet. Documents that are out of the case are read too: they may come
    /// back, and a view decides what is seen.
    fn due(&self, case: &Case) -> Vec<Due> {
        let view = case.seen_by(Audience::Owner);
        let (reader, knowledge) = (Self::reader_version(), self.words_version());
        let documents = view.documents(self.knowledge()).into_iter();
        documents
            .filter_map(|held| {
                let document = &held.document;
                if document.bytes < SHORTEST {
                    return None;
                }
                let recognised = case.recognised_text(&document.id);
                let text = recognised.map(|r| &r.text).or(document.text.as_ref())?;
                let read = case.newest_reading(&document.id);
                // What a newer reader read is not read again by an older one.
                let newer = |r: &DocumentReading| r.reader.parse::<u32>().is_ok_and(|version| version > READER_VERSION);
                let same = |r: &DocumentReading| r.reader == reader && r.knowledge == knowledge;
                // Which pages are still pictures is written down with the reading of the others.
                let all_pages = document.pages.filter(|_| can_be_drawn(document.format));
                let whole = |r: &DocumentReading| same(r) && r.blank_pages.is_some() == all_pages.is_some();
                let current = read.is_some_and(|r| r.text == *text && (whole(r) || newer(r)));
                (!current).then(|| Due {
                    document: document.id.clone(),
                    text: text.clone(),
                    structured: is_structured(document.format).then(|| (document.format, document.object.clone())),
                    unseen: matches!(
                        document.format,
                        FileFormat::Pdf | FileFormat::Html | FileFormat::Docx | FileFormat::Rtf
                    )
                    .then(|| (document.format, document.object.clone())),
                    pages: recognised.map(|r| r.pages.clone()).unwrap_or_default(),
                    all_pages,
                })
            })
            .collect()
    }

    async fn read_texts(
        &self,
        case: &Case,
        due: Vec<Due>,
        unreadable: &mut HashSet<DocumentId>,
    ) -> Result<Vec<DocumentReading>, AppError> {
        let id = &case.id;
        let mut texts = Vec::new();
        for due in due {
            let text = self.object(id, &due.text).await;
            let original = match &due.structured {
                Some((format, object)) => self.object(id, object).await.ok().map(|bytes| (*format, bytes)),
                None => None,
            };
            match text {
                Ok(text) => {
                    let beside = match &original {
                        Some((_, bytes)) => self.records_beside(case, bytes).await,
                        None => HashSet::new(),
                    };
                    let unseen = match &due.unseen {
                        Some((format, object)) => {
                            let (format, bytes) = (*format, self.object(id, object).await.unwrap_or_default());
                            let reader = self.inner().reader.clone();
                            let words = move || crate::gather::unseen(&reader, format, &bytes);
                            tokio::task::spawn_blocking(words).await.doing("reading the texts")?
                        }
                        None => Vec::new(),
                    };
                    texts.push((due, text, original, beside, unseen));
                }
                // It costs this document only.
                Err(error) => {
                    tracing::warn!(%error, document = %due.document, "a text could not be read");
                    unreadable.insert(due.document);
                }
            }
        }
        let app = self.clone();
        let read = move || {
            let texts = texts.into_iter();
            let read = |(due, text, original, beside, unseen): (Due, Vec<u8>, _, HashSet<String>, Vec<String>)| {
                app.read_text(due, &text, original, (&beside, &unseen))
            };
            texts.map(read).collect()
        };
        let read: Vec<(DocumentReading, Option<Origin>)> =
            tokio::task::spawn_blocking(read).await.doing("reading the texts")?;
        if read.iter().all(|(_, origin)| origin.is_none()) {
            return Ok(read.into_iter().map(|(reading, _)| reading).collect());
        }
        let entries = self.vault().ledger(id).await.doing("reading the ledger")?;
        let salts: HashMap<String, [u8; 32]> =
            entries.iter().filter_map(|entry| Some((entry.header.hash().to_hex(), salt_of(entry)?))).collect();
        let with_origin = |(reading, origin): (DocumentReading, Option<Origin>)| {
            let own_export =
                origin.is_some_and(|origin| salts.get(&origin.entry).is_some_and(|salt| origin.is_whole(salt)));
            DocumentReading { own_export, ..reading }
        };
        Ok(read.into_iter().map(with_origin).collect())
    }

    /// Of a file of ours: identifiers of the records in it that are documents of this case too, byte for byte. They speak
    /// for themselves, and what the file says of them would be heard twice.
    async fn records_beside(&self, case: &Case, file: &[u8]) -> HashSet<String> {
        let mut beside = HashSet::new();
        let records = fhir::records_in(file);
        // Of nearly every file there are none.
        if records.is_empty() {
            return beside;
        }
        let documents = case.seen_by(Audience::Owner).documents(self.knowledge());
        let speaks = |held: &&&HeldDocument| held.document.text.is_some() && !held.removed && held.identity_settled();
        let own: Vec<_> = documents.iter().filter(speaks).map(|held| held.document.clone()).collect();
        for (identifier, bytes) in records {
            for document in own.iter().filter(|own| own.bytes == bytes.len() as u64) {
                if self.object(&case.id, &document.object).await.is_ok_and(|own| own == bytes) {
                    beside.insert(identifier);
                    break;
                }
            }
        }
        beside
    }

    /// What a text says; and of a file that bears the mark of an export, where it says it comes from.
    fn read_text(
        &self,
        due: Due,
        text: &[u8],
        original: Option<(FileFormat, Vec<u8>)>,
        (beside, unseen): (&HashSet<String>, &[String]),
    ) -> (DocumentReading, Option<Origin>) {
        let text = String::from_utf8_lossy(text);
        let reader = self.text_reader();
        let (mut read, mut history) = (reader.read(&text), reader.read_history(&text));
        let mut sent = Vec::new();
        let mut origin = None;
        if let Some((format, bytes)) = original {
            origin = fhir::origin(&bytes);
            if let Some(carrier) = fhir::Carrier::of(&bytes) {
                // A file of our own carries whole what it was made of; its words are only those we laid out.
                let mut record = reader.read_coded(&text, &consilium_formats::coded::coded(format, &carrier.rest));
                let placed = carrier.without_records(beside).placed(&text);
                record.facts.extend(placed.facts.iter().map(|(fact, _)| fact.clone()));
                record.medications.extend(placed.medications.iter().map(|(medication, _)| medication.clone()));
                record.treatments.extend(placed.treatments.iter().map(|(treatment, _)| treatment.clone()));
                read.facts = consilium_reading::merge(&text, Vec::new(), &record);
                history = record.merge_history(&text, History::default());
                sent = sent_words(placed, &read.facts, &history);
            } else {
                // What a record says by code is surer than what its words say; and the words of a file of our own are
                // only those we laid out.
                let record = reader.read_coded(&text, &consilium_formats::coded::coded(format, &bytes));
                if origin.is_some() {
                    (read.facts, history) = (Vec::new(), History::default());
                }
                read.facts = consilium_reading::merge(&text, read.facts, &record);
                history = record.merge_history(&text, history);
            }
        }
        let mut statements = reader.read_statements(&text);
        statements.plans.extend(unseen.iter().flat_map(|words| self.plans_in(words)).map(|plan| PlanMention {
            start: 0,
            end: 0,
            ..plan
        }));
        // Nothing that was recognised in a picture is taken for stated.
        let written = (1_u32..).zip(text.split('\u{c}')).filter(|(page, _)| !due.pages.contains(page));
        let names = reader.read_names(&written.map(|(_, page)| page).collect::<Vec<_>>().join("\n\n"));
        let recognised = spans_of_pages(&text, &due.pages);
        let blank_pages = due.all_pages.map(|all| blank_pages(&text, all));
        let sketch = Sketch::of(&text);
        let sparse_pages = due.all_pages.map(|_| sparse_pages(&text, &due.pages)).unwrap_or_default();
        let Due { document, text, .. } = due;
        let reading = DocumentReading {
            document,
            text,
            reader: Self::reader_version(),
            knowledge: self.words_version(),
            recognised,
            blank_pages,
            sparse_pages,
            facts: read.facts,
            medications: history.medications,
            treatments: history.treatments,
            timing: statements.timing,
            plans: statements.plans,
            sketch,
            sent,
            names,
            own_export: false,
            cut_short: read.cut_short,
        };
        (reading, origin)
    }

    /// Where words that are no report's (typed, or in no page of a file) speak of a plan: a treatment that they name without
    /// saying that it was given may be one.
    pub(crate) fn plans_in(&self, words: &str) -> Vec<PlanMention> {
        let reader = self.text_reader();
        let mut plans = reader.read_statements(words).plans;
        let bare = reader.read_history(words).treatments.into_iter().filter(|t| !t.status.is_given());
        let bare = bare.map(|t| PlanMention { start: t.start, end: t.end, quote: t.quote, day: None, named: false });
        for mention in bare {
            if !plans.iter().any(|plan| plan.start < mention.end && mention.start < plan.end) {
                plans.push(mention);
            }
        }
        plans
    }

    /// Reads what is due in every case this session may change: after an update of the program or its knowledge.
    ///
    /// # Errors
    /// A fault of the vault.
    pub async fn read_all_records(&self, session: &Session) -> Result<usize, AppError> {
        let mut done = 0;
        for card in self.cases(session).await? {
            match self.read_records(session, &card.id).await {
                Ok(read) => done += read,
                // A case with entries of a newer version is left as it is.
                Err(AppError::Refusal(_) | AppError::NotAllowed) => {}
                Err(error) => tracing::warn!(%error, case = %card.id, "a case was not read"),
            }
        }
        Ok(done)
    }
}

/// What persons said in the case that a file is an export of, each with its thing in the lists as they were merged. Of
/// things that are the same in everything, which one it was makes no difference.
fn sent_words(placed: Placed, facts: &[Fact], history: &History) -> Vec<SentWord> {
    let mut sent: Vec<SentWord> = Vec::new();
    let mut add = |of: Option<SentThing>, word: PersonWord| sent.extend(of.map(|of| SentWord { of, word }));
    let mut taken = HashSet::new();
    let mut free = |of: SentThing| taken.insert(of);
    for (fact, word) in with_word(placed.facts) {
        // Merging only chooses which is the main answer.
        let same = |own: &Fact| Fact { main: own.main, ..fact.clone() } == *own;
        let mut places = (0..).zip(facts).filter(|(_, own)| same(own)).map(|(place, _)| SentThing::Fact(place));
        add(places.find(|of| free(*of)), word);
    }
    for (medication, word) in with_word(placed.medications) {
        let same = (0..).zip(&history.medications).filter(|(_, own)| **own == medication);
        add(same.map(|(place, _)| SentThing::Medication(place)).find(|of| free(*of)), word);
    }
    for (treatment, word) in with_word(placed.treatments) {
        let same = (0..).zip(&history.treatments).filter(|(_, own)| **own == treatment);
        add(same.map(|(place, _)| SentThing::Treatment(place)).find(|of| free(*of)), word);
    }
    sent
}

fn with_word<T>(placed: Vec<(T, Option<PersonWord>)>) -> impl Iterator<Item = (T, PersonWord)> {
    placed.into_iter().filter_map(|(thing, word)| Some((thing, word?)))
}

/// Forms whose entries carry codes.
fn is_structured(format: FileFormat) -> bool {
    use FileFormat::{Cda, FhirJson, FhirNdjson, FhirXml, Hl7v2};
    matches!(format, FhirJson | FhirNdjson | FhirXml | Cda | Hl7v2)
}

/// Pages of a text that hold no words, counted from 1, up to the number of pages the document has.
fn blank_pages(text: &str, all: u32) -> Vec<u32> {
    let worded: HashSet<u32> = (1_u32..)
        .zip(text.split('\u{c}'))
        .filter(|(_, page)| !page.trim().is_empty())
        .map(|(number, _)| number)
        .collect();
    (1..=all).filter(|page| !worded.contains(page)).collect()
}

/// Pages of a text that hold fewer words than a page of a record does, and were not recognised in a picture.
fn sparse_pages(text: &str, recognised: &[u32]) -> Vec<u32> {
    let few = |page: &str| (1..FEWEST_WORDS).contains(&page.split_whitespace().count());
    let pages = (1_u32..).zip(text.split('\u{c}')).filter(|(number, page)| few(page) && !recognised.contains(number));
    pages.map(|(number, _)| number).collect()
}

/// Where pages stand in a text, as first character and one past the last.
fn spans_of_pages(text: &str, pages: &[u32]) -> Vec<(usize, usize)> {
    let mut start = 0;
    let mut spans = Vec::new();
    for (number, page) in (1_u32..).zip(text.split('\u{c}')) {
        let end = start + page.chars().count();
        if pages.contains(&number) {
            spans.push((start, end));
        }
        start = end + 1;
    }
    spans
}

/// A reader that is made when it is first asked.
pub(crate) type LazyReader = std::sync::OnceLock<Reader>;

/// The salt of an entry, where its payload is here: nothing of it ever leaves the home.
fn salt_of(entry: &Entry) -> Option<[u8; 32]> {
    match &entry.body {
        Body::Here(payload) => Some(payload.salt),
        Body::Purged | Body::Withheld => None,
    }
}
