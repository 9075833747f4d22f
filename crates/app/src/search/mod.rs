//! Search: records whose texts hold the words a person types. Texts are looked through in memory; nothing is written to
//! the disk, since an index would hold the words of records outside their seal (docs/decisions/0010). What is found is
//! what the view may see. No word that was typed or found goes into a log or an error. What must not live here: what
//! counts as found (`query`), and which words are shown of it (`snippet`).

mod folded;
mod kept;
mod query;
mod snippet;

use std::cmp::Reverse;
use std::sync::Arc;

use consilium_casefile::gather::{CaseStudy, HeldDocument};
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::{Audience, Case, CaseId, CaseView, DocumentId, ObjectId, PartialDate, Session};
use serde::Serialize;

use crate::App;
use crate::error::{AppError, Doing};

pub(crate) use kept::KeptTexts;
pub use query::{MOST_TERMS, MOST_TYPED};
pub use snippet::Marked;

use folded::fold;
use query::Wanted;
use snippet::passages;

/// Most records one answer holds; the others are asked for page by page.
pub const MOST_RESULTS: usize = 200;
/// Folded text looked through in one go, bytes: what is in memory at one time when a case is larger than what is kept.
const AT_ONCE: usize = 8 << 20;
/// Names of series shown of one study.
const MOST_SERIES: usize = 3;

/// What was found.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SearchAnswer {
    /// Whether anything was looked for: a query without a word looks for nothing.
    pub asked: bool,
    /// Records that hold every word.
    pub found: usize,
    /// How many of them stand before the first of `results`.
    pub from: usize,
    /// Newest first, those without a date last.
    pub results: Vec<Found>,
    /// Documents without any text, such as scans that were not read: only their names were looked at.
    pub without_text: usize,
    /// Documents whose text is kept and could not be opened.
    pub unread: usize,
}

/// A record that holds every word.
#[derive(Debug, Clone, Serialize)]
pub struct Found {
    /// Which.
    #[serde(flatten)]
    pub record: FoundRecord,
    /// Its title.
    pub title: Marked,
    /// What it is.
    pub kind: Option<String>,
    /// Date of care.
    pub date: Option<PartialDate>,
    /// Its folder and file name, where the words stand in it and the view may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Marked>,
    /// Names of series that hold words of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<Marked>,
    /// Where in its text the words stand, a few places.
    pub places: Vec<FoundPlace>,
}

/// Which record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "record", content = "id", rename_all = "snake_case")]
pub enum FoundRecord {
    /// A document.
    Document(DocumentId),
    /// An imaging study, by Study Instance UID.
    Study(String),
}

/// A place in a text.
#[derive(Debug, Clone, Serialize)]
pub struct FoundPlace {
    /// Page, counted from 1.
    pub page: u32,
    /// First code point of the document's text, and one past the last.
    pub start: usize,
    /// See `start`.
    pub end: usize,
    /// Whether the page was read from a picture.
    pub recognised: bool,
    /// The words around.
    pub words: Marked,
}

/// A record as it is looked through.
struct Candidate {
    record: FoundRecord,
    title: String,
    kind: Option<String>,
    date: Option<PartialDate>,
    file: Option<String>,
    series: Vec<String>,
    /// Folded: all that is known of it besides its text.
    about: String,
    text: Option<ObjectId>,
    /// Pages that were recognised in pictures.
    recognised: Vec<u32>,
}

/// Parts of a record, so that no phrase is found across two of them.
fn apart<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    parts.into_iter().map(fold).collect::<Vec<_>>().join(" \u{0} ")
}

impl Candidate {
    fn document<'c>(case: &Case, view: &CaseView<'c>, held: &'c HeldDocument, knowledge: &'c Knowledge) -> Self {
        let title = view.title_of(held, knowledge).to_owned();
        let kind = held.kind().map(|kind| knowledge.kind_label(kind).to_owned());
        let file = view.path_of(held).map(str::to_owned);
        // The view gave this document: its recognised text is looked up by id, not in the whole list once more.
        let recognised = case.recognised_text(&held.document.id);
        let parts = [Some(title.as_str()), kind.as_deref(), file.as_deref(), held.author(), held.facility()];
        Self {
            record: FoundRecord::Document(held.document.id.clone()),
            about: apart(parts.into_iter().flatten()),
            title,
            kind,
            date: held.date(),
            file,
            series: Vec::new(),
            text: recognised.map(|recognised| &recognised.text).or(held.document.text.as_ref()).cloned(),
            recognised: recognised.map(|recognised| recognised.pages.clone()).unwrap_or_default(),
        }
    }

    fn study<'c>(view: &CaseView<'c>, held: &'c CaseStudy) -> Self {
        let title =
            view.study_words(held).filter(|words| !words.trim().is_empty()).unwrap_or("Imaging study").to_owned();
        let kind = held.study.modalities().join(", ");
        let all = view.series_of(held);
        let series: Vec<String> = all.into_iter().filter_map(|s| view.series_words(s)).map(str::to_owned).collect();
        let file = view.study_path(held).map(str::to_owned);
        let facility = held.study.facts.institution.as_deref();
        let parts = [Some(title.as_str()), Some(kind.as_str()), file.as_deref(), facility];
        Self {
            record: FoundRecord::Study(held.study.facts.uid.clone()),
            about: apart(parts.into_iter().flatten().chain(series.iter().map(String::as_str))),
            title,
            kind: (!kind.is_empty()).then_some(kind),
            date: held.study.facts.date,
            file,
            series,
            text: None,
            recognised: Vec::new(),
        }
    }

    /// What is shown of it, but for places in its text.
    fn found(&self, wanted: &Wanted) -> Found {
        let marked = |words: &String| Some(Marked::new(words, wanted)).filter(|marked| !marked.marks.is_empty());
        Found {
            record: self.record.clone(),
            title: Marked::new(&self.title, wanted),
            kind: self.kind.clone(),
            date: self.date,
            file: self.file.as_ref().and_then(marked),
            series: self.series.iter().filter_map(marked).take(MOST_SERIES).collect(),
            places: Vec::new(),
        }
    }
}

/// The records a view holds and that are not taken out of the case, newest first.
fn candidates(case: &Case, audience: Audience, knowledge: &Knowledge) -> Vec<Candidate> {
    let view = case.seen_by(audience);
    let documents = view.documents(knowledge).into_iter().filter(|held| !held.removed);
    let documents = documents.map(|held| Candidate::document(case, &view, held, knowledge));
    let studies = view.studies().into_iter().filter(|held| !held.removed);
    let studies = studies.map(|held| Candidate::study(&view, held));
    let mut all: Vec<Candidate> = documents.chain(studies).collect();
    all.sort_by_key(|of| (of.date.is_none(), Reverse(of.date.map(PartialDate::earliest))));
    all
}

impl App {
    /// Records whose texts hold every word that was typed: `most` of them, behind the first `from`.
    ///
    /// # Errors
    /// A refusal when more was typed than is looked for; [`AppError::NotFound`] when the session may not open the case.
    pub async fn search(
        &self,
        session: &Session,
        id: &CaseId,
        typed: &str,
        from: usize,
        most: usize,
    ) -> Result<SearchAnswer, AppError> {
        let case = self.case(session, id).await?;
        let wanted = Arc::new(Wanted::typed(typed)?);
        if wanted.is_empty() {
            return Ok(SearchAnswer::default());
        }
        let (app, audience) = (self.clone(), session.audience);
        let listed = tokio::task::spawn_blocking(move || candidates(&case, audience, app.knowledge()));
        let listed = listed.await.doing("listing the records")?;
        let is_document = |of: &&Candidate| matches!(of.record, FoundRecord::Document(_));
        let mut answer = SearchAnswer {
            asked: true,
            without_text: listed.iter().filter(is_document).filter(|of| of.text.is_none()).count(),
            ..SearchAnswer::default()
        };
        let fitting = self.look_through(id, listed, &wanted, &mut answer.unread).await?;
        answer.found = fitting.len();
        answer.from = from.min(fitting.len());
        for of in fitting.into_iter().skip(from).take(most.min(MOST_RESULTS)) {
            answer.results.push(self.shown(id, of, &wanted).await?);
        }
        Ok(answer)
    }

    /// Those of the records that hold every word.
    async fn look_through(
        &self,
        id: &CaseId,
        listed: Vec<Candidate>,
        wanted: &Arc<Wanted>,
        unread: &mut usize,
    ) -> Result<Vec<Candidate>, AppError> {
        let mut fitting = Vec::new();
        let mut listed = listed.into_iter();
        loop {
            let (mut batch, mut bytes) = (Vec::new(), 0);
            while bytes < AT_ONCE
                && let Some(of) = listed.next()
            {
                let text = match &of.text {
                    Some(object) => self.folded_text(id, object).await,
                    None => None,
                };
                *unread += usize::from(of.text.is_some() && text.is_none());
                bytes += text.as_ref().map_or(0, |text| text.len()) + of.about.len();
                batch.push((of, text));
            }
            if batch.is_empty() {
                return Ok(fitting);
            }
            let wanted = wanted.clone();
            let look = move || {
                let holds = |of: &(Candidate, Option<Arc<str>>)| {
                    let text = of.1.as_deref().unwrap_or_default();
                    wanted.is_all(wanted.found_in(&of.0.about) | wanted.found_in(text))
                };
                batch.into_iter().filter(holds).map(|(of, _)| of).collect::<Vec<_>>()
            };
            fitting.extend(tokio::task::spawn_blocking(look).await.doing("looking through the texts")?);
        }
    }

    /// A text, folded: kept, or read now. `None` where it cannot be opened: that costs this text only.
    async fn folded_text(&self, id: &CaseId, object: &ObjectId) -> Option<Arc<str>> {
        if let Some(known) = self.inner().texts.known(id, object) {
            return Some(known);
        }
        let bytes = match self.object(id, object).await {
            Ok(bytes) => bytes,
            Err(error) => {
                tracing::warn!(%error, %object, "a text could not be searched");
                return None;
            }
        };
        let folded = tokio::task::spawn_blocking(move || Arc::from(fold(&String::from_utf8_lossy(&bytes))));
        let folded: Arc<str> = folded.await.ok()?;
        self.inner().texts.keep(id, object, &folded);
        Some(folded)
    }

    /// A record with the places where words stand in its text.
    async fn shown(&self, id: &CaseId, of: Candidate, wanted: &Arc<Wanted>) -> Result<Found, AppError> {
        let text = match &of.text {
            Some(object) => self.object(id, object).await.ok(),
            None => None,
        };
        let wanted = wanted.clone();
        let show = move || {
            let text = text.unwrap_or_default();
            let places = passages(&String::from_utf8_lossy(&text), &wanted).into_iter().map(|(place, words)| {
                let recognised = of.recognised.contains(&place.page);
                FoundPlace { page: place.page, start: place.start, end: place.end, recognised, words }
            });
            Found { places: places.collect(), ..of.found(&wanted) }
        };
        tokio::task::spawn_blocking(show).await.doing("finding the places")
    }
}
