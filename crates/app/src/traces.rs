//! What else tells of a file that was deleted for good: reports of imports that name it, entries about it, questions that
//! quote it. What must not live here: the bytes and how they are deleted (`keep`).

use std::collections::HashSet;

use consilium_casefile::gather::{FileOutcome, GatherChange, ImportRecord};
use consilium_casefile::ledger::{Body, Entry};
use consilium_casefile::prepare::{PrepareChange, Question};
use consilium_casefile::{Audience, Case, CaseId, Change, DocumentId, Message, ObjectId, QuestionId, Session};
use consilium_vault::Along;
use serde::Serialize;

use crate::App;
use crate::error::{AppError, Doing};
use crate::gather::{files_of, json_lines};
use crate::objects::Doomed;
use crate::reading::document_words;

/// What was deleted for good.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Purged {
    /// Stored objects.
    pub objects: u64,
    /// Questions of the person's that quote it: they stay until each is deleted for good itself.
    pub quoted_in: Vec<Question>,
}

/// Shortest words of a record, in characters, that are taken to be a quote where they stand in a question.
const LEAST_QUOTED: usize = 12;

impl App {
    /// Lets the reports of imports name nothing that was deleted for good. The caller holds a claim, so that nobody takes
    /// the new reports for unnamed.
    pub(crate) async fn rewrite_reports(&self, session: &Session, id: &CaseId) -> Result<(), AppError> {
        loop {
            let case = self.case(session, id).await?;
            // A file that was brought again since is held like any other, and may be named.
            let held = self.named_objects(&case, &Doomed::default()).await?;
            let gone: HashSet<&ObjectId> = case.purged().filter(|object| !held.contains(object)).collect();
            let (reports, stale) = self.reports_without(&case, &gone).await?;
            if reports.is_empty() {
                return Ok(());
            }
            let changes: Vec<Change> =
                reports.into_iter().map(|import| GatherChange::ReportRewritten { import }.into()).collect();
            if self.append(session, &case, &changes, Along { purge: stale, ..Along::default() }).await? {
                return Ok(());
            }
        }
    }

    /// The import reports that name a file of these objects, with a line in its place that names none; and the reports they
    /// take the place of.
    async fn reports_without(
        &self,
        case: &Case,
        gone: &HashSet<&ObjectId>,
    ) -> Result<(Vec<ImportRecord>, Vec<ObjectId>), AppError> {
        let (mut reports, mut stale) = (Vec::new(), Vec::new());
        let tombstone = self.say(&Message::new("purged-file"));
        for record in case.seen_by(Audience::Owner).imports() {
            let lines = self.object(&case.id, &record.manifest).await?;
            let files = files_of(&lines).doing("reading the import report")?;
            let is_gone = |file: &FileOutcome| file.object.as_ref().is_some_and(|object| gone.contains(object));
            let names: HashSet<&str> = files.iter().filter(|f| is_gone(f)).map(|f| file_name(&f.path)).collect();
            if names.is_empty() {
                continue;
            }
            let named = |source: &String| if names.contains(file_name(source)) { &tombstone } else { source }.clone();
            let sources = record.sources.iter().map(named).collect();
            let told = |file: &FileOutcome| {
                if !is_gone(file) {
                    return file.clone();
                }
                let (path, outcome) = (tombstone.clone(), file.outcome);
                FileOutcome { path, outcome, reason: None, object: None, complaints: Vec::new() }
            };
            let told: Vec<FileOutcome> = files.iter().map(told).collect();
            let rewritten = json_lines(&told).doing("writing the import report")?;
            let manifest = self.vault().put(&case.id, rewritten).await.doing("storing the import report")?;
            stale.push(record.manifest.clone());
            reports.push(ImportRecord { manifest, sources, ..record.clone() });
        }
        stale.sort_unstable();
        stale.dedup();
        Ok((reports, stale))
    }

    /// Questions a person asked, taken back or not, whose words are those of a document.
    pub(crate) async fn questions_quoting(
        &self,
        case: &Case,
        document: &DocumentId,
    ) -> Result<Vec<Question>, AppError> {
        let view = case.seen_by(Audience::Owner);
        let Some(held) = view.document(document, self.knowledge()) else { return Ok(Vec::new()) };
        let facts = view.facts_of(document, self.knowledge());
        let mut words: Vec<String> = facts.into_iter().map(|fact| fact.fact.quote).collect();
        words.retain(|quote| quote.chars().count() >= LEAST_QUOTED);
        let title = document_words(&view, held, self.knowledge());
        words.extend(held.date().map(|date| format!("{title}, {}", date.human())));
        words.push(held.document.file_name().to_owned());
        let reading = self.reading(&view);
        let differences = reading.facts.differences();
        let of_it = differences.filter(|difference| {
            let mut sources = difference.sides.iter().flat_map(|side| &side.sources);
            sources.any(|source| source.document == document.as_str())
        });
        words.extend(of_it.map(|difference| difference.question.clone()));
        let words: Vec<String> = words.iter().map(|words| in_one_line(words)).filter(|w| !w.is_empty()).collect();
        let entries = self.vault().ledger(&case.id).await.doing("reading the ledger")?;
        let mut asked: Vec<Question> = entries.iter().filter_map(question_of).collect();
        asked.retain(|question| words.iter().any(|words| question.text.contains(words)));
        Ok(asked)
    }

    /// Takes a question back and deletes its words for good. Gives whether there was such a question.
    pub(crate) async fn purge_question(
        &self,
        session: &Session,
        case: &Case,
        question: &QuestionId,
    ) -> Result<bool, AppError> {
        let entries = self.vault().ledger(&case.id).await.doing("reading the ledger")?;
        let asked = entries.iter().filter(|entry| question_of(entry).is_some_and(|asked| asked.id == *question));
        let places: Vec<u64> = asked.map(|entry| entry.header.seq).collect();
        if places.is_empty() {
            return Ok(false);
        }
        if case.seen_by(Audience::Owner).questions().iter().any(|asked| asked.id == *question) {
            self.remove_question(session, &case.id, question).await?;
        }
        for seq in places {
            self.vault().purge_payload(&case.id, seq).await.doing("deleting the words of a question")?;
        }
        self.forget(&case.id).await;
        Ok(true)
    }
}

/// A document that was added once and was deleted for good since.
pub(crate) fn added_and_gone(case: &Case, entry: &Entry) -> Option<DocumentId> {
    let Body::Here(payload) = &entry.body else { return None };
    if entry.header.kind != "gather.document_added" {
        return None;
    }
    let Ok(Change::Gather(change)) = serde_json::from_slice::<Change>(&payload.bytes) else { return None };
    let GatherChange::DocumentAdded { document, .. } = *change else { return None };
    let held = case.all_documents().any(|held| held.document.id == document.id);
    (!held && case.purged().any(|object| *object == document.object)).then_some(document.id)
}

/// Whether the case has another report of this import now.
pub(crate) fn is_superseded(case: &Case, import: &ImportRecord) -> bool {
    let view = case.seen_by(Audience::Owner);
    view.imports().iter().any(|now| now.id == import.id && now.manifest != import.manifest)
}

/// The last part of a path, also inside an archive.
fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Words as a question keeps them.
fn in_one_line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The question that an entry of the ledger keeps.
fn question_of(entry: &Entry) -> Option<Question> {
    let Body::Here(payload) = &entry.body else { return None };
    if entry.header.kind != "prepare.question_added" {
        return None;
    }
    match serde_json::from_slice::<Change>(&payload.bytes) {
        Ok(Change::Prepare(PrepareChange::QuestionAdded { question })) => Some(question),
        _ => None,
    }
}
