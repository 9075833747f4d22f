//! Looking at what is held: originals, text, readable layout, page pictures, instances. Only what the session's
//! audience may open.

use consilium_casefile::gather::HeldDocument;
use consilium_casefile::imaging::Instance;
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::records::FileFormat;
use consilium_casefile::{CaseId, CaseView, DocumentId, ObjectId, Session};
use consilium_formats::ocr::OcrPage;
use consilium_formats::pages::{self, Rect, WordPlace};
use consilium_formats::readable::Readable;

use crate::App;
use crate::error::{AppError, Doing};
use crate::reading::RecognisedPages;

/// An original, byte for byte.
#[derive(Debug, Clone)]
pub struct Original {
    /// What it is.
    pub format: FileFormat,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// A name to save it under.
    pub file_name: String,
}

/// A study's instances.
pub type StudyInstances = Vec<Instance>;

/// A name to save an original under; the one it came with only for those who may see it.
fn file_name(view: &CaseView<'_>, held: &HeldDocument, knowledge: &Knowledge) -> String {
    match view.path_of(held) {
        Some(_) => held.document.file_name().to_owned(),
        None => format!("{}.{}", view.title_of(held, knowledge), held.document.format.extension()),
    }
}

/// By series, instance number, and SOP Instance UID.
fn in_series_order(instances: &mut [Instance]) {
    instances.sort_by(|a, b| {
        let key = |i: &Instance| (i.series_instance_uid.clone(), i.number, i.sop_instance_uid.clone());
        key(a).cmp(&key(b))
    });
}

/// Words recognised with less confidence than this, percent, are shown as doubtful: right words have 96 in the mean.
const DOUBTFUL: f32 = 70.0;

/// Dots per inch of a page picture on screen.
const SCREEN_DPI: f32 = 110.0;

impl App {
    /// A document's original.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when this session sees no such document.
    pub async fn original(&self, session: &Session, id: &CaseId, document: &DocumentId) -> Result<Original, AppError> {
        let case = self.case(session, id).await?;
        let view = case.seen_by(session.audience);
        let held = view.document(document, self.knowledge()).ok_or(AppError::NotFound)?;
        let bytes = self.vault().read(id, &held.document.object).await.doing("reading the original")?;
        Ok(Original { format: held.document.format, bytes, file_name: file_name(&view, held, self.knowledge()) })
    }

    /// A document's text, one string a page; empty when none was found in it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when this session sees no such document.
    pub async fn text(&self, session: &Session, id: &CaseId, document: &DocumentId) -> Result<Vec<String>, AppError> {
        let case = self.case(session, id).await?;
        let view = case.seen_by(session.audience);
        let held = view.document(document, self.knowledge()).ok_or(AppError::NotFound)?;
        let recognised = view.recognised(document, self.knowledge()).map(|recognised| &recognised.text);
        let Some(text) = recognised.or(held.document.text.as_ref()) else { return Ok(Vec::new()) };
        let bytes = self.vault().read(id, text).await.doing("reading the text")?;
        Ok(String::from_utf8_lossy(&bytes).split('\u{c}').map(str::to_owned).collect())
    }

    /// A structured record as a clinician reads it; `None` when the format has no such layout.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when this session sees no such document.
    pub async fn readable(
        &self,
        session: &Session,
        id: &CaseId,
        document: &DocumentId,
    ) -> Result<Option<Readable>, AppError> {
        let original = self.original(session, id, document).await?;
        tokio::task::spawn_blocking(move || consilium_formats::readable::readable(original.format, &original.bytes))
            .await
            .doing("laying out the record")
    }

    /// A page as a PNG picture, pages counted from 1.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no such document or page, or it cannot be drawn.
    pub async fn page_picture(
        &self,
        session: &Session,
        id: &CaseId,
        document: &DocumentId,
        page: u32,
    ) -> Result<Vec<u8>, AppError> {
        let original = self.original(session, id, document).await?;
        let draw = move || pages::page_png(&original.bytes, original.format, page, SCREEN_DPI);
        tokio::task::spawn_blocking(draw).await.doing("drawing the page")?.map_err(|_| AppError::NotFound)
    }

    /// Where spans of a page's text stand on its picture: for each, a rectangle a line, as parts of the picture's width
    /// and height. Spans count code points of the page's own text; pages count from 1. Empty where nobody knows.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when this session sees no such document.
    pub async fn places_on_page(
        &self,
        session: &Session,
        id: &CaseId,
        document: &DocumentId,
        page: u32,
        spans: Vec<(usize, usize)>,
    ) -> Result<Vec<Vec<Rect>>, AppError> {
        let case = self.case(session, id).await?;
        let view = case.seen_by(session.audience);
        let held = view.document(document, self.knowledge()).ok_or(AppError::NotFound)?;
        let recognised = view.recognised(document, self.knowledge()).filter(|r| r.pages.contains(&page));
        let words: Vec<WordPlace> = match recognised {
            Some(recognised) => {
                let places = self.object(id, &recognised.places).await?;
                let places: RecognisedPages = serde_json::from_slice(&places).doing("reading where words stand")?;
                places.pages.get(&page).map(OcrPage::places).unwrap_or_default()
            }
            None if held.document.format == FileFormat::Pdf => {
                let original = self.object(id, &held.document.object).await?;
                let find = move || pages::word_places(&original, FileFormat::Pdf, page).unwrap_or_default();
                tokio::task::spawn_blocking(find).await.doing("finding words on the page")?
            }
            None => Vec::new(),
        };
        Ok(spans.into_iter().map(|(start, end)| pages::places_of_span(&words, start, end)).collect())
    }

    /// Words of a recognised page that are likely misread, as spans of the page's text.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when this session sees no such document.
    pub async fn doubtful_words(
        &self,
        session: &Session,
        id: &CaseId,
        document: &DocumentId,
    ) -> Result<std::collections::BTreeMap<u32, Vec<(usize, usize)>>, AppError> {
        let case = self.case(session, id).await?;
        let view = case.seen_by(session.audience);
        view.document(document, self.knowledge()).ok_or(AppError::NotFound)?;
        let Some(recognised) = view.recognised(document, self.knowledge()) else { return Ok(Default::default()) };
        let places = self.object(id, &recognised.places).await?;
        let places: RecognisedPages = serde_json::from_slice(&places).doing("reading where words stand")?;
        let doubtful = |page: &OcrPage| {
            let words = page.words.iter().filter(|word| word.confidence < DOUBTFUL);
            words.map(|word| (word.start, word.end)).collect()
        };
        Ok(places.pages.iter().map(|(number, page)| (*number, doubtful(page))).collect())
    }

    /// A study's instances, by series and instance number.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when this session sees no such study.
    pub async fn study_instances(&self, session: &Session, id: &CaseId, uid: &str) -> Result<StudyInstances, AppError> {
        let case = self.case(session, id).await?;
        let view = case.seen_by(session.audience);
        let held = view.study(uid).ok_or(AppError::NotFound)?;
        let manifests: Vec<ObjectId> = held.manifests().cloned().collect();
        let series: Vec<&str> = view.series_of(held).into_iter().map(|s| s.facts.uid.as_str()).collect();
        let mut instances = self.listed_instances(id, &manifests).await?;
        instances.retain(|i| series.contains(&i.series_instance_uid.as_str()));
        Ok(instances)
    }

    /// The instances listed in these manifests, by series and instance number. The image index is not asked: it also
    /// knows parts of a study that were set aside.
    pub(crate) async fn listed_instances(
        &self,
        id: &CaseId,
        manifests: &[ObjectId],
    ) -> Result<Vec<Instance>, AppError> {
        let mut instances = Vec::new();
        for manifest in manifests {
            let lines = self.object(id, manifest).await?;
            for line in lines.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
                instances.push(serde_json::from_slice(line).doing("reading the list of images")?);
            }
        }
        in_series_order(&mut instances);
        Ok(instances)
    }

    /// The bytes of an object that a view named: for packets.
    pub(crate) async fn object(&self, id: &CaseId, object: &ObjectId) -> Result<Vec<u8>, AppError> {
        self.vault().read(id, object).await.doing("reading a stored file")
    }
}
