//! Keeping: history, verification, backup and restore, deletion for good.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use consilium_casefile::gather::GatherChange;
use consilium_casefile::ledger::{Body, Entry, Header};
use consilium_casefile::reading::ReadingChange;
use consilium_casefile::{Audience, Case, CaseId, Change, DocumentId, ObjectId, Refusal, Session, SetAsideId};
use consilium_vault::{BackupReport, CompactReport, IndexUpdate, Storage, Vault, VerifyReport};

use crate::App;
use crate::error::{AppError, Doing};

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
    /// chain still verifies. The ledger's entries about a document of the case (file name, kind, date) stay; what it
    /// says of a group set aside, which may name a stranger, goes with the group.
    ///
    /// # Errors
    /// A refusal when there is no such document or group.
    pub async fn purge(&self, session: &Session, id: &CaseId, what: &str) -> Result<u64, AppError> {
        let case = self.changeable(session, id).await?;
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
        self.change(session, id, |_| Ok(vec![GatherChange::Purged { objects: objects.clone() }])).await?;
        for object in &objects {
            self.vault().purge_object(id, object).await.doing("deleting the bytes")?;
        }
        let case = self.case(session, id).await?;
        self.purge_words(&case, &documents_of, &groups_of).await?;
        Ok(objects.len() as u64)
    }

    /// Deletes what the ledger quotes of a document (readings, and what people said about its facts), and whom and
    /// what it names of a group set aside. The headers stay, and the chain still verifies.
    async fn purge_words(
        &self,
        case: &Case,
        documents: &HashSet<DocumentId>,
        groups: &HashSet<SetAsideId>,
    ) -> Result<(), AppError> {
        if documents.is_empty() && groups.is_empty() {
            return Ok(());
        }
        let id = &case.id;
        for entry in self.vault().ledger(id).await.doing("reading the ledger")? {
            let Body::Here(payload) = &entry.body else { continue };
            // An entry that came while the document was being deleted: its objects go before it does.
            if let Some(objects) = recognised_by(&entry, documents) {
                self.purge_unnamed(case, &objects).await?;
            }
            let of_these = |change: Change| match change {
                Change::Reading(change) => change.document().is_some_and(|document| documents.contains(document)),
                Change::Gather(change) => {
                    matches!(*change, GatherChange::SetAside { group } if groups.contains(&group.id))
                }
                _ => false,
            };
            let kind = entry.header.kind.as_str();
            let quotes = (kind.starts_with("reading.") || kind == "gather.set_aside")
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

    /// Every object that a case stands on: documents and their texts, what is set aside, lists of images and the images.
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
        let named = documents.chain(locked).chain(manifests).chain(recognised);
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
