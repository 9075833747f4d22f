//! Keeping: history, verification, backup and restore, deletion for good.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use consilium_casefile::gather::{FileOutcome, GatherChange, ImportRecord};
use consilium_casefile::ledger::{Body, Entry, Header};
use consilium_casefile::prepare::{PrepareChange, Question};
use consilium_casefile::reading::ReadingChange;
use consilium_casefile::{
    Audience, Case, CaseId, Change, DocumentId, Message, ObjectId, QuestionId, Refusal, Session, SetAsideId,
};
use consilium_vault::{BackupReport, CompactReport, IndexUpdate, Storage, Vault, VerifyReport};
use serde::Serialize;

use crate::App;
use crate::error::{AppError, Doing};
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
    /// Every entry's header, oldest first: the owner's only.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for anybody else.
    pub async fn history(&self, session: &Session, id: &CaseId) -> Result<Vec<Header>, AppError> {
        self.case(session, id).await?;
        if session.audience != Audience::Owner {
            return Err(AppError::NotFound);
        }
        let entries = self.vault().ledger(id).await.doing("reading the ledger")?;
        Ok(entries.into_iter().map(|e| e.header).collect())
    }

    /// Walks every chain and every stored object.
    ///
    /// # Errors
    /// A fault when the vault cannot be read at all; what is wrong inside it is in the report.
    pub async fn verify(&self) -> Result<VerifyReport, AppError> {
        self.vault().verify().await.doing("verifying the vault")
    }

    /// Writes the whole home into one file; it stays sealed.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub async fn backup(&self, to: &Path) -> Result<BackupReport, AppError> {
        self.vault().backup(to).await.doing("writing the backup")
    }

    /// Restores a backup into a new home.
    ///
    /// # Errors
    /// When the home exists, or the backup is damaged.
    pub async fn restore(from: &Path, home: &Path) -> Result<BackupReport, AppError> {
        Vault::restore(from, home, Storage::Local).await.doing("restoring the backup")
    }

    /// Rewrites stores so that deleted bytes are gone from the disk, those of an interrupted purge included.
    ///
    /// # Errors
    /// A fault of the vault; nothing is lost then.
    pub async fn compact(&self, session: &Session) -> Result<CompactReport, AppError> {
        self.finish_purges(session).await?;
        self.vault().compact(self.now()).await.doing("clearing deleted bytes")
    }

    /// Deletes a document's bytes and text for good, or everything in a group set aside. A tombstone stays, and the
    /// chain still verifies. What the ledger and the import reports say of it (file name, title, whom it names, what was
    /// read in it) goes with it. A question of the person's is the person's: the ones that quote the document are told,
    /// and each is deleted for good when it is named here itself.
    ///
    /// # Errors
    /// A refusal when there is no such document, group or question.
    pub async fn purge(&self, session: &Session, id: &CaseId, what: &str) -> Result<Purged, AppError> {
        let case = self.changeable(session, id).await?;
        if self.purge_question(session, &case, &QuestionId::from(what)).await? {
            return Ok(Purged::default());
        }
        let quoting = self.questions_quoting(&case, &DocumentId::from(what)).await?;
        let mut objects: Vec<ObjectId> = Vec::new();
        let mut documents_of: HashSet<DocumentId> = HashSet::from([DocumentId::from(what)]);
        let mut groups_of: HashSet<SetAsideId> = HashSet::new();
        let view = case.seen_by(session.audience);
        if let Some(held) = view.document(&DocumentId::from(what), self.knowledge()) {
            objects.push(held.document.object.clone());
            objects.extend(held.document.text.clone());
        } else if let Some(group) = view.set_aside().into_iter().find(|g| g.id == SetAsideId::from(what)) {
            groups_of.insert(group.id.clone());
            for document in &group.documents {
                objects.push(document.object.clone());
                objects.extend(document.text.clone());
                documents_of.insert(document.id.clone());
            }
            objects.extend(group.locked.iter().map(|l| l.object.clone()));
            for study in &group.studies {
                let instances = self.listed_instances(id, std::slice::from_ref(&study.manifest)).await?;
                objects.extend(instances.into_iter().map(|i| i.object));
                objects.push(study.manifest.clone());
            }
        } else {
            return Err(Refusal::new("refusal-no-such-document").into());
        }
        // Recognised again, a document has a newer text; the ledger knows the older ones too.
        for entry in self.vault().ledger(id).await.doing("reading the ledger")? {
            objects.extend(recognised_by(&entry, &documents_of).into_iter().flatten());
        }
        let mut seen = HashSet::new();
        objects.retain(|object| seen.insert(object.clone()));
        let (documents, groups) = (case.all_documents(), case.all_set_aside());
        let named_elsewhere: HashSet<&ObjectId> = documents
            .map(|held| &held.document)
            .filter(|d| d.id.as_str() != what)
            .chain(groups.filter(|g| g.id.as_str() != what).flat_map(|g| &g.documents))
            .flat_map(|d| std::iter::once(&d.object).chain(&d.text))
            .chain(
                case.recognised_texts()
                    .filter(|r| !documents_of.contains(&r.document))
                    .flat_map(|r| [&r.text, &r.places]),
            )
            .collect();
        // Equal texts are one object: what another document stands on stays.
        objects.retain(|object| !named_elsewhere.contains(object));
        let gone: HashSet<&ObjectId> = objects.iter().collect();
        let (reports, stale) = self.reports_without(&case, &gone).await?;
        objects.extend(stale);
        let changes = || {
            let rewritten = reports.iter().cloned().map(|import| GatherChange::ReportRewritten { import });
            std::iter::once(GatherChange::Purged { objects: objects.clone() }).chain(rewritten).collect()
        };
        self.change(session, id, |_| Ok(changes())).await?;
        for object in &objects {
            self.vault().purge_object(id, object).await.doing("deleting the bytes")?;
        }
        let case = self.case(session, id).await?;
        self.purge_words(&case, &documents_of, &groups_of).await?;
        Ok(Purged { objects: objects.len() as u64, quoted_in: quoting })
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
            let files = read_report(&lines).doing("reading the import report")?;
            let is_gone = |file: &FileOutcome| file.object.as_ref().is_some_and(|object| gone.contains(object));
            let names: HashSet<&str> = files.iter().filter(|f| is_gone(f)).map(|f| file_name(&f.path)).collect();
            if names.is_empty() {
                continue;
            }
            let named = |source: &String| if names.contains(file_name(source)) { &tombstone } else { source }.clone();
            let sources = record.sources.iter().map(named).collect();
            let mut rewritten = Vec::new();
            for file in &files {
                let file = if is_gone(file) {
                    let (path, outcome) = (tombstone.clone(), file.outcome);
                    &FileOutcome { path, outcome, reason: None, object: None, complaints: Vec::new() }
                } else {
                    file
                };
                serde_json::to_writer(&mut rewritten, file).doing("writing the import report")?;
                rewritten.push(b'\n');
            }
            let manifest = self.vault().put(&case.id, rewritten).await.doing("storing the import report")?;
            stale.push(record.manifest.clone());
            reports.push(ImportRecord { manifest, sources, ..record.clone() });
        }
        stale.sort_unstable();
        stale.dedup();
        Ok((reports, stale))
    }

    /// Questions a person asked, taken back or not, whose words are those of a document.
    async fn questions_quoting(&self, case: &Case, document: &DocumentId) -> Result<Vec<Question>, AppError> {
        let view = case.seen_by(Audience::Owner);
        let Some(held) = view.document(document, self.knowledge()) else { return Ok(Vec::new()) };
        let facts = view.facts_of(document, self.knowledge());
        let mut words: Vec<String> = facts.into_iter().map(|fact| fact.fact.quote).collect();
        words.retain(|quote| quote.chars().count() >= LEAST_QUOTED);
        let title = document_words(&view, held, self.knowledge());
        words.extend(held.date().map(|date| format!("{title}, {}", date.human())));
        words.push(held.document.file_name().to_owned());
        let reading = self.reading(&view);
        let differences = reading.facts.tumours.iter().flat_map(|tumour| &tumour.differences);
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
    async fn purge_question(&self, session: &Session, case: &Case, question: &QuestionId) -> Result<bool, AppError> {
        let entries = self.vault().ledger(&case.id).await.doing("reading the ledger")?;
        let asked = entries.iter().filter(|entry| question_of(entry).is_some_and(|asked| asked.id == *question));
        let places: Vec<u64> = asked.map(|entry| entry.header.seq).collect();
        if places.is_empty() {
            return Ok(false);
        }
        self.remove_question(session, &case.id, question).await?;
        for seq in places {
            self.vault().purge_payload(&case.id, seq).await.doing("deleting the words of a question")?;
        }
        self.forget(&case.id).await;
        Ok(true)
    }

    /// Deletes what the ledger says of a document (its name, title and patient, readings, and what people said about its
    /// facts), whom and what it names of a group set aside, and import reports that others took the place of. The headers stay, and the chain still verifies.
    async fn purge_words(
        &self,
        case: &Case,
        documents: &HashSet<DocumentId>,
        groups: &HashSet<SetAsideId>,
    ) -> Result<(), AppError> {
        let id = &case.id;
        let entries = self.vault().ledger(id).await.doing("reading the ledger")?;
        let mut documents = documents.clone();
        documents.extend(entries.iter().filter_map(|entry| added_and_gone(case, entry)));
        for entry in entries {
            let Body::Here(payload) = &entry.body else { continue };
            // An entry that came while the document was being deleted: its objects go before it does.
            if let Some(objects) = recognised_by(&entry, &documents) {
                self.purge_unnamed(case, &objects).await?;
            }
            let of_these = |change: Change| match change {
                Change::Reading(change) => change.document().is_some_and(|document| documents.contains(document)),
                Change::Gather(change) => match *change {
                    GatherChange::SetAside { group } => groups.contains(&group.id),
                    GatherChange::DocumentAdded { document, .. } => documents.contains(&document.id),
                    GatherChange::DocumentConfirmed { id, .. } => documents.contains(&id),
                    GatherChange::ImportFinished { import } | GatherChange::ReportRewritten { import } => {
                        is_superseded(case, &import)
                    }
                    _ => false,
                },
                _ => false,
            };
            let kind = entry.header.kind.as_str();
            let quotes = (kind.starts_with("reading.") || kind.starts_with("gather."))
                && serde_json::from_slice::<Change>(&payload.bytes).is_ok_and(of_these);
            if quotes {
                self.vault().purge_payload(id, entry.header.seq).await.doing("deleting what was quoted")?;
            }
        }
        self.forget(id).await;
        Ok(())
    }

    /// Deletes what an interrupted purge left: bytes that a case says are purged, that nothing of it names again, and
    /// that are still there.
    async fn finish_purges(&self, session: &Session) -> Result<(), AppError> {
        for row in self.vault().cases().await.doing("listing the cases")? {
            let case = self.case(session, &row.id).await?;
            if case.purged().next().is_none() {
                continue;
            }
            self.purge_words(&case, &gone(&case), &emptied(&case)).await?;
            let purged: Vec<ObjectId> = case.purged().cloned().collect();
            self.purge_unnamed(&case, &purged).await?;
        }
        Ok(())
    }

    /// Deletes those of these objects that the case does not stand on and that are still there.
    pub(crate) async fn purge_unnamed(&self, case: &Case, objects: &[ObjectId]) -> Result<(), AppError> {
        let named = self.named_objects(case).await?;
        for object in objects.iter().filter(|object| !named.contains(object)) {
            if self.vault().has(&case.id, object).await.doing("looking for deleted bytes")? {
                self.vault().purge_object(&case.id, object).await.doing("deleting the bytes")?;
            }
        }
        Ok(())
    }

    /// Every object that a case stands on: documents and their texts, what is set aside, lists of images and the images,
    /// reports of imports.
    async fn named_objects(&self, case: &Case) -> Result<HashSet<ObjectId>, AppError> {
        let manifests = lists_of_images(case);
        let instances = self.listed_instances(&case.id, &manifests).await?;
        let held = case.all_documents().map(|held| &held.document);
        let aside = case.all_set_aside().flat_map(|group| &group.documents);
        let documents = held.chain(aside).flat_map(|d| std::iter::once(&d.object).chain(&d.text)).cloned();
        let locked = case.all_set_aside().flat_map(|group| &group.locked).map(|locked| locked.object.clone());
        let gone = gone(case);
        let recognised = case
            .recognised_texts()
            .filter(|r| !gone.contains(&r.document))
            .flat_map(|r| [r.text.clone(), r.places.clone()]);
        let reports = case.seen_by(Audience::Owner).imports().into_iter().map(|import| import.manifest.clone());
        let named = documents.chain(locked).chain(manifests).chain(recognised).chain(reports);
        Ok(named.chain(instances.into_iter().map(|i| i.object)).collect())
    }

    /// Drops the image index of a case and builds it again from the lists of images the ledger names. Gives the number
    /// of images in it.
    ///
    /// # Errors
    /// A fault of the vault.
    pub async fn rebuild_index(&self, session: &Session, id: &CaseId) -> Result<u64, AppError> {
        let case = self.case(session, id).await?;
        let add = self.listed_instances(id, &lists_of_images(&case)).await?;
        let count = add.len() as u64;
        self.vault().drop_index(id).await.doing("dropping the image index")?;
        let update = IndexUpdate { add, remove_objects: Vec::new() };
        self.vault().update_index(id, update).await.doing("building the image index")?;
        Ok(count)
    }
}

/// The text and the places that an entry of the ledger keeps, if it is a recognition of one of these documents.
fn recognised_by(entry: &Entry, documents: &HashSet<DocumentId>) -> Option<[ObjectId; 2]> {
    let Body::Here(payload) = &entry.body else { return None };
    if !entry.header.kind.starts_with("reading.") {
        return None;
    }
    let Ok(Change::Reading(change)) = serde_json::from_slice::<Change>(&payload.bytes) else { return None };
    match *change {
        ReadingChange::TextRecognised { recognised } if documents.contains(&recognised.document) => {
            Some([recognised.text, recognised.places])
        }
        _ => None,
    }
}

/// A document that was added once and was deleted for good since.
fn added_and_gone(case: &Case, entry: &Entry) -> Option<DocumentId> {
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
fn is_superseded(case: &Case, import: &ImportRecord) -> bool {
    let view = case.seen_by(Audience::Owner);
    view.imports().iter().any(|now| now.id == import.id && now.manifest != import.manifest)
}

fn read_report(lines: &[u8]) -> Result<Vec<FileOutcome>, serde_json::Error> {
    lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(serde_json::from_slice).collect()
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

/// The lists of images that a case names.
fn lists_of_images(case: &Case) -> Vec<ObjectId> {
    let held = case.held_studies().flat_map(|s| s.manifests());
    let aside = case.all_set_aside().flat_map(|g| g.studies.iter().map(|s| &s.manifest));
    let manifests: BTreeSet<ObjectId> = held.chain(aside).cloned().collect();
    manifests.into_iter().collect()
}

/// Groups set aside of which everything was deleted for good.
fn emptied(case: &Case) -> HashSet<SetAsideId> {
    let empty = case.all_set_aside().filter(|g| g.documents.is_empty() && g.studies.is_empty() && g.locked.is_empty());
    empty.map(|group| group.id.clone()).collect()
}

/// Documents that the case read once and holds no more, neither in it nor set aside.
fn gone(case: &Case) -> HashSet<DocumentId> {
    let held: HashSet<&DocumentId> = case
        .all_documents()
        .map(|held| &held.document.id)
        .chain(case.all_set_aside().flat_map(|group| &group.documents).map(|document| &document.id))
        .collect();
    case.read_documents().filter(|document| !held.contains(document)).cloned().collect()
}
