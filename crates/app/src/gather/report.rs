//! The import report: every file met and what became of it; per series what was expected and what was found.

use consilium_casefile::gather::{FileOutcome, ImportRecord};
use consilium_casefile::imaging::Completeness;
use consilium_casefile::{CaseId, CaseView, ImportId, Session};
use serde::Serialize;

use crate::App;
use crate::error::{AppError, Doing};

/// An import report.
#[derive(Debug, Clone, Serialize)]
pub struct ImportReport {
    /// The case's handle.
    pub case: String,
    /// The import.
    pub import: ImportRecord,
    /// Every file met, also inside archives.
    pub files: Vec<FileOutcome>,
    /// Every series of the case's studies, as the case stands now.
    pub series: Vec<SeriesRow>,
}

/// Expected against found for one series.
#[derive(Debug, Clone, Serialize)]
pub struct SeriesRow {
    /// Study Instance UID.
    pub study: String,
    /// Study in words.
    pub study_description: String,
    /// Study date.
    pub date: Option<consilium_casefile::PartialDate>,
    /// Series Instance UID.
    pub series: String,
    /// Series in words.
    pub description: String,
    /// Modality.
    pub modality: String,
    /// Instances found.
    pub found: u32,
    /// Frames in them.
    pub frames: u64,
    /// Whether that is all.
    pub completeness: Completeness,
    /// Listed by the disc and not found; the first 50.
    pub listed_but_absent: Vec<String>,
}

/// Every series of a view.
#[must_use]
pub fn series_rows(view: &CaseView<'_>) -> Vec<SeriesRow> {
    let studies = view.studies().into_iter().filter(|s| !s.removed);
    studies
        .flat_map(|held| {
            view.series_of(held).into_iter().map(|series| SeriesRow {
                study: held.study.facts.uid.clone(),
                study_description: view.study_words(held).unwrap_or_default().to_owned(),
                date: held.study.facts.date,
                series: series.facts.uid.clone(),
                description: view.series_words(series).unwrap_or_default().to_owned(),
                modality: series.facts.modality.clone().unwrap_or_default(),
                found: series.found,
                frames: series.frames,
                completeness: series.completeness(),
                listed_but_absent: series.listed_but_absent.iter().take(50).cloned().collect(),
            })
        })
        .collect()
}

impl App {
    /// The report of an import.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when this session sees no such import.
    pub async fn import_report(
        &self,
        session: &Session,
        id: &CaseId,
        import: &ImportId,
    ) -> Result<ImportReport, AppError> {
        let case = self.case(session, id).await?;
        let view = case.seen_by(session.audience);
        let record = view.imports().into_iter().find(|i| i.id == *import).ok_or(AppError::NotFound)?;
        let lines = self.vault().read(id, &record.manifest).await.doing("reading the import report")?;
        let files = files_of(&lines).doing("reading the import report")?;
        Ok(ImportReport { case: view.handle().to_owned(), import: record.clone(), files, series: series_rows(&view) })
    }
}

/// The files of an import, as its report has them: one JSON value a line.
pub(crate) fn files_of(report: &[u8]) -> Result<Vec<FileOutcome>, serde_json::Error> {
    report.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(serde_json::from_slice).collect()
}
