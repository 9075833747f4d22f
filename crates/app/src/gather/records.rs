//! Looking at what is held: originals, text, readable layout, page pictures, instances. Only what the session's
//! audience may open.

use consilium_casefile::gather::HeldDocument;
use consilium_casefile::imaging::Instance;
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::records::FileFormat;
use consilium_casefile::{CaseId, CaseView, DocumentId, ObjectId, Session};
use consilium_formats::readable::Readable;

use crate::App;
use crate::error::{AppError, Doing};

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
        let Some(text) = &held.document.text else { return Ok(Vec::new()) };
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
        if original.format != FileFormat::Pdf {
            return Err(AppError::NotFound);
        }
        tokio::task::spawn_blocking(move || consilium_formats::pdf::page_png(&original.bytes, page, SCREEN_DPI))
            .await
            .doing("drawing the page")?
            .map_err(|_| AppError::NotFound)
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
