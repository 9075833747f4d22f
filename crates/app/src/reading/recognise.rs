//! Character recognition: pages that are pictures get a text, page by page, in the background. What is due follows from
//! the case alone, so a run that was stopped or killed goes on where it was. What must not live here: preparing and
//! reading a picture (`formats::ocr`).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use consilium_casefile::reading::{ReadingChange, RecognisedText};
use consilium_casefile::records::FileFormat;
use consilium_casefile::{Audience, Case, CaseId, DocumentId, ObjectId, Refusal, Session};
use consilium_formats::ocr::{self, OcrPage, Tesseract};
use consilium_formats::pages;
use serde::{Deserialize, Serialize};

use crate::App;
use crate::error::{AppError, Doing};
use crate::gather::of_recognised;

/// Pages of a run after which what was found is first kept; then after twice as many, and so on. A program that is
/// killed loses no more pages than it kept (or these few), and all that is stored of a document stays in proportion to it.
const KEEP_AFTER: usize = 5;

/// When to keep what a run found.
struct Distances {
    next: usize,
}

impl Distances {
    fn new() -> Self {
        Self { next: KEEP_AFTER }
    }

    /// Whether so many pages of the run are to be kept now.
    fn reached(&mut self, pages: usize) -> bool {
        let reached = pages >= self.next;
        if reached {
            self.next *= 2;
        }
        reached
    }
}

/// Places of the words of the pages that were recognised, by page number: what is stored beside the text.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RecognisedPages {
    /// Pages counted from 1.
    pub pages: BTreeMap<u32, OcrPage>,
}

/// How far recognition has come.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Recognition {
    /// Whether it runs.
    pub running: bool,
    /// Pages that are pictures without a text.
    pub due: u32,
    /// Pages of this run in which words were read.
    pub done: u32,
    /// Pages of this run on which there are no words.
    pub empty: u32,
    /// Pages of this run that could not be read; they are still due.
    pub failed: u32,
    /// Why it cannot run, or why pages were left out; one sentence each.
    pub problems: Vec<String>,
}

impl Recognition {
    /// Pages this run has been through.
    #[must_use]
    pub fn tried(&self) -> u32 {
        self.done.saturating_add(self.empty).saturating_add(self.failed)
    }
}

#[derive(Debug, Default)]
struct Running {
    due: AtomicU32,
    done: AtomicU32,
    empty: AtomicU32,
    failed: AtomicU32,
    stop: AtomicBool,
    ended: AtomicBool,
    problems: Mutex<Vec<String>>,
}

impl Running {
    /// How far it has come.
    fn so_far(&self) -> Recognition {
        let of = |count: &AtomicU32| count.load(Ordering::Relaxed);
        Recognition {
            running: !self.ended.load(Ordering::Relaxed),
            due: of(&self.due),
            done: of(&self.done),
            empty: of(&self.empty),
            failed: of(&self.failed),
            problems: self.problems.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    /// Notes a problem; what many pages have in common is said once.
    fn note(&self, problem: String) {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }
}

/// Marks a run as ended however it ends, a panic included: otherwise none could be started again.
struct Ending(Arc<Running>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.ended.store(true, Ordering::Relaxed);
    }
}

/// Recognitions of this process, by case.
#[derive(Debug, Default)]
pub struct Recognitions(Mutex<HashMap<CaseId, Arc<Running>>>);

/// A document with pages to recognise.
struct Due {
    document: DocumentId,
    format: FileFormat,
    path: String,
    original: ObjectId,
    text: Option<ObjectId>,
    /// What was recognised of it before: pages that failed then are tried again.
    known: Option<RecognisedText>,
    pages: u32,
}

impl App {
    /// Documents that may hold pages without a text, and have not been recognised.
    fn documents_to_recognise(&self, case: &Case) -> Vec<Due> {
        let view = case.seen_by(Audience::Owner);
        let documents = view.documents(self.knowledge()).into_iter().filter(|held| !held.removed);
        let due = documents.filter(|held| {
            let document = &held.document;
            pages::can_be_drawn(document.format)
                && document.pages.is_some_and(|n| n > 0)
                && (document.text.is_none() || document.format == FileFormat::Pdf)
        });
        due.map(|held| Due {
            document: held.document.id.clone(),
            format: held.document.format,
            path: held.document.path.clone(),
            original: held.document.object.clone(),
            text: case
                .recognised_text(&held.document.id)
                .map(|r| r.text.clone())
                .or_else(|| held.document.text.clone()),
            known: case.recognised_text(&held.document.id).cloned(),
            pages: held.document.pages.unwrap_or(1),
        })
        .collect()
    }

    /// The pages of a document that have no text.
    async fn pages_without_text(&self, id: &CaseId, due: &Due) -> Result<(Vec<String>, Vec<u32>), AppError> {
        let mut texts: Vec<String> = match &due.text {
            Some(text) => {
                String::from_utf8_lossy(&self.object(id, text).await?).split('\u{c}').map(str::to_owned).collect()
            }
            None => Vec::new(),
        };
        texts.resize(texts.len().max(due.pages as usize), String::new());
        let read = |n: &u32| due.known.as_ref().is_some_and(|known| known.pages.contains(n));
        let blank = (1..=due.pages)
            .filter(|n| !read(n))
            .filter(|n| texts.get(*n as usize - 1).is_none_or(|t| t.trim().is_empty()));
        let blank = blank.collect();
        Ok((texts, blank))
    }

    /// How far recognition of a case has come.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when this session may not open the case.
    pub async fn recognition(&self, session: &Session, id: &CaseId) -> Result<Recognition, AppError> {
        let case = self.case(session, id).await?;
        let before = self.recognitions().get(id).map(|running| running.so_far()).unwrap_or_default();
        if before.running {
            return Ok(before);
        }
        let mut due = 0;
        for document in self.documents_to_recognise(&case) {
            // The case says which pages are pictures; only a text that was not read yet has to be opened for it.
            let pages = match case.pages_to_recognise(&document.document) {
                Some(pages) => pages.len(),
                None => self.pages_without_text(id, &document).await?.1.len(),
            };
            due += u32::try_from(pages).unwrap_or(u32::MAX);
        }
        Ok(Recognition { due, problems: before.problems, ..Recognition::default() })
    }

    /// Recognises what is due in a case and reads it. `each` is called with the pages gone through and due.
    ///
    /// # Errors
    /// A refusal when the program for it is not installed, the session may not change the case, or this case is being
    /// recognised elsewhere on this machine.
    pub async fn recognise(
        &self,
        session: &Session,
        id: &CaseId,
        each: impl Fn(u32, u32),
    ) -> Result<Recognition, AppError> {
        let running = Arc::new(Running::default());
        let ending = Ending(running.clone());
        self.recognise_as(session, id, &running, Tesseract::find, each).await?;
        drop(ending);
        Ok(running.so_far())
    }

    /// Starts recognition in the background, unless it runs already.
    ///
    /// # Errors
    /// When the session may not change the case.
    pub async fn start_recognition(&self, session: &Session, id: &CaseId) -> Result<(), AppError> {
        self.changeable(session, id).await?;
        let running = {
            let mut all = self.recognitions();
            if all.get(id).is_some_and(|running| !running.ended.load(Ordering::Relaxed)) {
                return Ok(());
            }
            let running = Arc::new(Running::default());
            all.insert(id.clone(), running.clone());
            running
        };
        let (app, session, id) = (self.clone(), session.clone(), id.clone());
        tokio::spawn(async move {
            let _ending = Ending(running.clone());
            if let Err(error) = app.recognise_as(&session, &id, &running, Tesseract::find, |_, _| {}).await {
                let sentence = match &error {
                    AppError::Refusal(refusal) => app.say(&refusal.0),
                    other => other.to_string(),
                };
                running.note(sentence);
            }
        });
        Ok(())
    }

    /// Asks a recognition in the background to stop. What was read stays.
    pub fn stop_recognition(&self, id: &CaseId) {
        if let Some(running) = self.recognitions().get(id) {
            running.stop.store(true, Ordering::Relaxed);
        }
    }

    async fn recognise_as(
        &self,
        session: &Session,
        id: &CaseId,
        running: &Arc<Running>,
        find: impl FnOnce() -> Result<Tesseract, ocr::OcrError>,
        each: impl Fn(u32, u32),
    ) -> Result<(), AppError> {
        self.changeable(session, id).await?;
        // A page and the command line, or two programs: whoever comes second would read every page again.
        let claim = self.vault().claim_alone(&format!("recognising {id}")).await.doing("claiming the work")?;
        let Some(_claim) = claim else { return Err(Refusal::new("refusal-recognised-elsewhere").into()) };
        let case = self.changeable(session, id).await?;
        let mut work = Vec::new();
        for due in self.documents_to_recognise(&case) {
            let (texts, blank) = self.pages_without_text(id, &due).await?;
            if !blank.is_empty() {
                running.due.fetch_add(u32::try_from(blank.len()).unwrap_or(u32::MAX), Ordering::Relaxed);
                work.push((due, texts, blank));
            }
        }
        if work.is_empty() {
            return Ok(());
        }
        let tesseract = find().map_err(|_| Refusal::new("refusal-no-tesseract"))?;
        let tesseract = Arc::new(tesseract);
        let mut ended = Ok(());
        let documents: HashSet<DocumentId> = work.iter().map(|(due, ..)| due.document.clone()).collect();
        for (due, texts, blank) in work {
            ended = self.recognise_document(session, id, running, &tesseract, &due, texts, blank, &each).await;
            if ended.is_err() || running.stop.load(Ordering::Relaxed) {
                break;
            }
        }
        // Stopped or failed: what was kept until then is read all the same.
        self.read_records(session, id).await?;
        self.drop_superseded(session, id, &documents).await?;
        ended
    }

    /// Reads the blank pages of a document until it is asked to stop, and keeps what it found a few pages at a time.
    #[expect(clippy::too_many_arguments, reason = "the parts of one step of `recognise_as`")]
    async fn recognise_document(
        &self,
        session: &Session,
        id: &CaseId,
        running: &Arc<Running>,
        tesseract: &Arc<Tesseract>,
        due: &Due,
        mut texts: Vec<String>,
        blank: Vec<u32>,
        each: impl Fn(u32, u32),
    ) -> Result<(), AppError> {
        let original = Arc::new(self.object(id, &due.original).await?);
        let mut found = self.recognised_before(id, due).await?;
        let before = found.pages.len();
        let (mut kept, mut distances) = (before, Distances::new());
        for page in blank {
            if running.stop.load(Ordering::Relaxed) {
                break;
            }
            let (program, bytes, stop) = (tesseract.clone(), original.clone(), running.clone());
            let format = due.format;
            let read = move || ocr::read(&program, &bytes, format, page, &stop.stop);
            match tokio::task::spawn_blocking(read).await.doing("recognising a page")? {
                Ok(read) => {
                    let count = if read.words.is_empty() { &running.empty } else { &running.done };
                    count.fetch_add(1, Ordering::Relaxed);
                    if let Some(text) = texts.get_mut(page as usize - 1) {
                        text.clone_from(&read.text);
                    }
                    found.pages.insert(page, read);
                }
                // The page in hand when it was asked to stop did not fail; it is still due.
                Err(_) if running.stop.load(Ordering::Relaxed) => break,
                Err(error) => {
                    running.failed.fetch_add(1, Ordering::Relaxed);
                    running.note(error.to_string());
                }
            }
            let so_far = running.so_far();
            each(so_far.tried(), so_far.due);
            if found.pages.len() > kept && distances.reached(found.pages.len() - before) {
                self.keep_recognised(session, id, due, &texts, &found, tesseract.version()).await?;
                kept = found.pages.len();
            }
        }
        if found.pages.len() > kept {
            self.keep_recognised(session, id, due, &texts, &found, tesseract.version()).await?;
        }
        Ok(())
    }

    async fn recognised_before(&self, id: &CaseId, due: &Due) -> Result<RecognisedPages, AppError> {
        match &due.known {
            Some(known) => {
                let places = self.object(id, &known.places).await?;
                serde_json::from_slice(&places).doing("reading where words stand")
            }
            None => Ok(RecognisedPages::default()),
        }
    }

    async fn keep_recognised(
        &self,
        session: &Session,
        id: &CaseId,
        due: &Due,
        texts: &[String],
        found: &RecognisedPages,
        engine: &str,
    ) -> Result<(), AppError> {
        let words = || found.pages.values().flat_map(|page| &page.words);
        let total: f32 = words().map(|word| word.confidence).sum();
        #[expect(clippy::cast_precision_loss, reason = "a page has far fewer than 2^23 words")]
        let mean = total / words().count().max(1) as f32;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=100")]
        let confidence = mean.clamp(0.0, 100.0) as u8;
        let (proposed, people) = of_recognised(self.knowledge(), due.format, &due.path, texts);
        let document = &due.document;
        let _storing = self.storing(id).await?;
        loop {
            let places = serde_json::to_vec(found).doing("writing down where words stand")?;
            let text = self.vault().put(id, texts.join("\u{c}").into_bytes()).await.doing("storing a text")?;
            let places = self.vault().put(id, places).await.doing("storing where words stand")?;
            let recognised = RecognisedText {
                document: document.clone(),
                text: text.clone(),
                places: places.clone(),
                engine: engine.to_owned(),
                pages: found.pages.keys().copied().collect(),
                confidence,
                proposed: proposed.clone(),
                people: people.clone(),
            };
            let rule = |case: &Case| {
                // Deleted while it was read: nothing of it is kept.
                let held = case.all_documents().any(|held| held.document.id == *document);
                let change = held.then(|| ReadingChange::TextRecognised { recognised: Box::new(recognised.clone()) });
                Ok(change.into_iter().collect())
            };
            match self.change(session, id, rule).await {
                // Something equal was deleted between storing and naming it.
                Err(error) if error.was_stored_in_vain() => continue,
                changed => changed?,
            };
            let case = self.case(session, id).await?;
            if !case.all_documents().any(|held| held.document.id == *document) {
                self.purge_unnamed(session, id, &[text, places]).await?;
            }
            return Ok(());
        }
    }

    fn recognitions(&self) -> std::sync::MutexGuard<'_, HashMap<CaseId, Arc<Running>>> {
        self.inner().recognitions.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
