//! Keeping: history, verification, backup and restore, deletion for good.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use consilium_casefile::gather::{Decision, GatherChange};
use consilium_casefile::ledger::{Body, Entry, Header};
use consilium_casefile::reading::ReadingChange;
use consilium_casefile::records::Document;
use consilium_casefile::share::received::{HeldItem, Met};
use consilium_casefile::share::{PacketRecord, ShareChange};
use consilium_casefile::{
    Audience, Case, CaseId, Change, DocumentId, ObjectId, QuestionId, Refusal, Session, SetAsideId,
};
use consilium_vault::{Along, BackupReport, Claim, IndexUpdate, Problem, Storage, Vault, VerifyReport};

use crate::App;
use crate::error::{AppError, Doing};
use crate::objects::{Doomed, gone, lists_of_images};
use crate::traces::{Purged, added_and_gone, is_superseded};

/// What clearing did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cleared {
    /// Bytes given back.
    pub freed: u64,
    /// Stored files that no case named: of imports that were stopped, killed or refused, and texts that newer ones
    /// replaced.
    pub unnamed: u64,
    /// Cases left for the next time, because something was being imported into them.
    pub busy: u64,
}

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

    /// Walks every chain and every stored object, and looks whether everything the cases stand on is kept.
    ///
    /// # Errors
    /// A fault when the vault cannot be read at all; what is wrong inside it is in the report.
    pub async fn verify(&self) -> Result<VerifyReport, AppError> {
        let mut report = self.vault().verify().await.doing("verifying the vault")?;
        // A place where something is stored for a case that is not there yet is none.
        report.cases.retain(|case| case.head.seq > 0);
        let sound: Vec<CaseId> = report.cases.iter().map(|case| case.case.clone()).collect();
        for id in sound {
            let case = self.case(&Session::owner(), &id).await?;
            let lost = self.lost_objects(&case).await?.into_iter();
            report.problems.extend(lost.map(|object| Problem::NotKept { case: id.clone(), object }));
        }
        Ok(report)
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

    /// Rewrites stores so that deleted bytes are gone from the disk: also those of an interrupted purge, and those that
    /// no case names because an import was stopped, killed or refused. A case into which something is being imported is
    /// left for the next time.
    ///
    /// # Errors
    /// A fault of the vault; nothing is lost then.
    pub async fn compact(&self, session: &Session) -> Result<Cleared, AppError> {
        let mut cleared = Cleared::default();
        for row in self.vault().cases().await.doing("listing the cases")? {
            let alone = self.vault().claim_alone(&storing_in(&row.id)).await.doing("claiming the work")?;
            let Some(_alone) = alone else {
                cleared.busy += 1;
                continue;
            };
            if row.head.seq == 0 {
                // A place to store in, whose program was killed before there was a case.
                cleared.unnamed += self.vault().kept_objects(&row.id).await.doing("listing what is kept")?.len() as u64;
                self.vault().drop_place(&row.id).await.doing("clearing the store")?;
                continue;
            }
            self.finish_purges(session, &row.id).await?;
            cleared.unnamed += self.sweep(session, &row.id).await?;
        }
        cleared.freed = self.vault().compact(self.now()).await.doing("clearing deleted bytes")?.freed;
        Ok(cleared)
    }

    /// Takes part in storing objects of a case that will be named only later: until the claim is dropped, `compact`
    /// leaves the case alone.
    pub(crate) async fn storing(&self, id: &CaseId) -> Result<Claim, AppError> {
        self.vault().claim_together(&storing_in(id)).await.doing("claiming the work")
    }

    /// Deletes objects that nothing in the case names. The caller sees to it that nobody is about to name them.
    async fn sweep(&self, session: &Session, id: &CaseId) -> Result<u64, AppError> {
        loop {
            let case = self.case(session, id).await?;
            if case.may_append().is_err() {
                // Entries of a newer version may name what this one takes for unnamed.
                return Ok(0);
            }
            let mut named = self.named_objects(&case, &Doomed::default()).await?;
            named.extend(self.reported_objects(&case).await?);
            let kept = self.vault().objects_at_rest(id, self.now()).await.doing("listing what is kept")?;
            let unnamed: Vec<ObjectId> = kept.into_iter().filter(|object| !named.contains(object)).collect();
            let count = unnamed.len() as u64;
            if self.delete(session, &case, unnamed).await? {
                return Ok(count);
            }
        }
    }

    /// Deletes objects if the case is still where it was folded. `false`: somebody was faster; decide again.
    async fn delete(&self, session: &Session, case: &Case, purge: Vec<ObjectId>) -> Result<bool, AppError> {
        if purge.is_empty() {
            return Ok(true);
        }
        self.append(session, case, &[], Along { purge, ..Along::default() }).await
    }

    /// Deletes for good: a document, everything in a group set aside, or an imaging study (by its Study Instance UID).
    /// With it go its text, its locked original, and the packets kept here that hold it; of a packet the record stays. A
    /// tombstone stays, and the chain still verifies. What the ledger and the import reports say of it (file name, title,
    /// whom it names, what was read in it) goes with it. A question of the person's is the person's: the ones that quote
    /// the document are told, and each is deleted for good when it is named here itself.
    ///
    /// # Errors
    /// A refusal when there is no such document, group, study or question.
    pub async fn purge(&self, session: &Session, id: &CaseId, what: &str) -> Result<Purged, AppError> {
        let before = self.changeable(session, id).await?;
        if self.purge_question(session, &before, &QuestionId::from(what)).await? {
            return Ok(Purged::default());
        }
        let quoted_in = self.questions_quoting(&before, &DocumentId::from(what)).await?;
        let (doomed, count) = loop {
            // On the newest case, and again when somebody was faster: what another document shares by then stays.
            let case = self.changeable(session, id).await?;
            let doomed = self.doomed(session, &case, what).await?;
            let objects = self.objects_of(&case, &doomed).await?;
            if self.purge_from(session, &case, &doomed, &objects).await? {
                break (doomed, objects.len());
            }
        };
        let storing = self.storing(id).await?;
        self.rewrite_reports(session, id).await?;
        drop(storing);
        let case = self.case(session, id).await?;
        let groups: HashSet<SetAsideId> = doomed.groups.iter().cloned().chain(emptied(&case)).collect();
        self.purge_words(session, &case, &doomed.documents, &groups).await?;
        Ok(Purged { objects: count as u64, quoted_in })
    }

    /// Records a deletion and deletes, in one step. `false`: somebody was faster, and nothing happened.
    pub(crate) async fn purge_from(
        &self,
        session: &Session,
        case: &Case,
        doomed: &Doomed,
        objects: &[ObjectId],
    ) -> Result<bool, AppError> {
        let mut changes: Vec<Change> = vec![
            GatherChange::Purged { objects: objects.to_vec(), documents: doomed.documents.iter().cloned().collect() }
                .into(),
        ];
        changes.extend(doomed.packets.iter().map(|packet| ShareChange::PacketDropped { id: packet.clone() }.into()));
        let pages = doomed.received.iter().map(|id| ShareChange::ReceivedPagesDropped { id: id.clone() }.into());
        changes.extend(pages);
        self.append(session, case, &changes, Along { purge: objects.to_vec(), ..Along::default() }).await
    }

    /// What belongs to the thing to be deleted.
    pub(crate) async fn doomed(&self, session: &Session, case: &Case, what: &str) -> Result<Doomed, AppError> {
        let view = case.seen_by(session.audience);
        let mut doomed = Doomed::default();
        let mut studies: HashSet<&str> = HashSet::new();
        if let Some(held) = view.document(&DocumentId::from(what), self.knowledge()) {
            doomed.documents.insert(held.document.id.clone());
        } else if let Some(group) = view.set_aside().into_iter().find(|g| g.id == SetAsideId::from(what)) {
            doomed.groups.insert(group.id.clone());
            doomed.documents.extend(group.documents.iter().map(|document| document.id.clone()));
            doomed.locked.extend(group.locked.iter().map(|locked| locked.object.clone()));
            doomed.manifests.extend(group.studies.iter().map(|study| study.manifest.clone()));
            studies.extend(group.studies.iter().map(|study| study.study.facts.uid.as_str()));
        } else if let Some(held) = view.study(what) {
            doomed.manifests.extend(held.manifests().cloned());
            studies.insert(&held.study.facts.uid);
            // A report that lies in an image goes with the image.
            let manifests: Vec<ObjectId> = doomed.manifests.iter().cloned().collect();
            let images = self.listed_instances(&case.id, &manifests).await?;
            let images: HashSet<ObjectId> = images.into_iter().map(|instance| instance.object).collect();
            let carried = documents_of(case).filter(|d| d.attached_to.as_ref().is_some_and(|o| images.contains(o)));
            doomed.documents.extend(carried.map(|document| document.id.clone()));
        } else {
            return Err(Refusal::new("refusal-no-such-document").into());
        }
        // The locked file that a document came out of, once its password was given.
        let unlocked = case.all_set_aside().filter(|group| group.decision == Some(Decision::Unlocked));
        for locked in unlocked.flat_map(|group| &group.locked) {
            let inside = format!("{}!/", locked.path);
            let holds = |path: &str| path == locked.path || path.starts_with(&inside);
            if documents_of(case).any(|d| doomed.documents.contains(&d.id) && holds(&d.path)) {
                doomed.locked.insert(locked.object.clone());
            }
        }
        let holds = |packet: &&PacketRecord| {
            packet.object.is_some()
                && (packet.documents.iter().any(|document| doomed.documents.contains(document))
                    || packet.studies.iter().any(|uid| studies.contains(uid.as_str())))
        };
        doomed.packets = case.all_records().1.iter().filter(holds).map(|packet| packet.id.clone()).collect();
        let objects: HashSet<&ObjectId> = documents_of(case)
            .filter(|document| doomed.documents.contains(&document.id))
            .flat_map(|document| document.objects())
            .chain(&doomed.locked)
            .collect();
        let tells = |item: &HeldItem| match &item.item.met {
            Met::File { object, study, .. } => {
                objects.contains(object) || study.as_deref().is_some_and(|uid| studies.contains(uid))
            }
            Met::Images { study, .. } => study.as_deref().is_some_and(|uid| studies.contains(uid)),
            Met::NotKept { .. } | Met::Absent => false,
        };
        let received = case.held_share().received.iter().filter(|held| !held.dropped && held.items.iter().any(tells));
        doomed.received = received.map(|held| held.packet.packet.clone()).collect();
        Ok(doomed)
    }

    /// The objects of what is doomed, but for those that the case stands on besides: equal texts are one object.
    pub(crate) async fn objects_of(&self, case: &Case, doomed: &Doomed) -> Result<Vec<ObjectId>, AppError> {
        let documents = documents_of(case).filter(|document| doomed.documents.contains(&document.id));
        let mut objects: BTreeSet<ObjectId> = documents.flat_map(|document| document.objects()).cloned().collect();
        objects.extend(doomed.locked.iter().chain(&doomed.manifests).cloned());
        let manifests: Vec<ObjectId> = doomed.manifests.iter().cloned().collect();
        objects.extend(self.listed_instances(&case.id, &manifests).await?.into_iter().map(|instance| instance.object));
        let packets = case.all_records().1.iter().filter(|packet| doomed.packets.contains(&packet.id));
        objects.extend(packets.filter_map(|packet| packet.object.clone()));
        let received = case.held_share().received.iter().filter(|held| doomed.received.contains(&held.packet.packet));
        objects.extend(received.flat_map(|held| held.own_objects()).cloned());
        objects.extend(self.ever_recognised(&case.id, &doomed.documents).await?);
        let besides = self.named_objects(case, doomed).await?;
        Ok(objects.into_iter().filter(|object| !besides.contains(object)).collect())
    }

    /// Every text that was ever recognised of these documents, and its places: recognised again, a document has a newer
    /// text, and the ledger knows the older ones too.
    async fn ever_recognised(&self, id: &CaseId, of: &HashSet<DocumentId>) -> Result<Vec<ObjectId>, AppError> {
        let entries = self.vault().ledger(id).await.doing("reading the ledger")?;
        Ok(entries.iter().filter_map(|entry| recognised_by(entry, of)).flatten().collect())
    }

    /// Deletes the texts recognised of these documents that newer ones replaced.
    pub(crate) async fn drop_superseded(
        &self,
        session: &Session,
        id: &CaseId,
        of: &HashSet<DocumentId>,
    ) -> Result<(), AppError> {
        let objects = self.ever_recognised(id, of).await?;
        self.purge_unnamed(session, id, &objects).await
    }

    /// Deletes what the ledger says of a document (its name, title and patient, readings, what people said about its
    /// facts, and the words of dates taken from it), whom and what it names of a group set aside, and import reports that
    /// others took the place of. The headers stay, and the chain still verifies.
    async fn purge_words(
        &self,
        session: &Session,
        case: &Case,
        documents: &HashSet<DocumentId>,
        groups: &HashSet<SetAsideId>,
    ) -> Result<(), AppError> {
        let id = &case.id;
        let entries = self.vault().ledger(id).await.doing("reading the ledger")?;
        let mut documents = documents.clone();
        documents.extend(entries.iter().filter_map(|entry| added_and_gone(case, entry)));
        // The date that was taken from a record stays, stated anew; its words go with the entry that holds them.
        let restated = |case: &Case| Ok(case.about.without_words_of(|document| documents.contains(document)));
        if !case.about.without_words_of(|document| documents.contains(document)).is_empty() {
            self.change(session, id, restated).await?;
        }
        for entry in entries {
            let Body::Here(payload) = &entry.body else { continue };
            // An entry that came while the document was being deleted: its objects go before it does.
            if let Some(objects) = recognised_by(&entry, &documents) {
                self.purge_unnamed(session, id, &objects).await?;
            }
            let of_these = |change: Change| match change {
                Change::About(change) => change.quotes().is_some_and(|document| documents.contains(document)),
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
            let of_kind = ["reading.", "gather.", "about."].iter().any(|of| kind.starts_with(of));
            let quotes = of_kind && serde_json::from_slice::<Change>(&payload.bytes).is_ok_and(of_these);
            if quotes {
                self.vault().purge_payload(id, entry.header.seq).await.doing("deleting what was quoted")?;
            }
        }
        self.forget(id).await;
        Ok(())
    }

    /// Deletes what an interrupted purge left: bytes that the case says are purged, that nothing of it names again, and
    /// that are still there.
    async fn finish_purges(&self, session: &Session, id: &CaseId) -> Result<(), AppError> {
        let case = self.case(session, id).await?;
        if case.purged().next().is_none() {
            return Ok(());
        }
        self.rewrite_reports(session, id).await?;
        let case = self.case(session, id).await?;
        self.purge_words(session, &case, &gone(&case), &emptied(&case)).await?;
        let purged: Vec<ObjectId> = case.purged().cloned().collect();
        self.purge_unnamed(session, id, &purged).await
    }

    /// Deletes those of these objects that the case does not stand on and that are still there.
    pub(crate) async fn purge_unnamed(
        &self,
        session: &Session,
        id: &CaseId,
        objects: &[ObjectId],
    ) -> Result<(), AppError> {
        loop {
            let case = self.case(session, id).await?;
            let named = self.named_objects(&case, &Doomed::default()).await?;
            let kept = self.vault().kept_objects(id).await.doing("looking for deleted bytes")?;
            let left = objects.iter().filter(|object| kept.contains(object) && !named.contains(object)).cloned();
            if self.delete(session, &case, left.collect()).await? {
                return Ok(());
            }
        }
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

/// Groups set aside of which everything was deleted for good.
fn emptied(case: &Case) -> HashSet<SetAsideId> {
    let empty = case.all_set_aside().filter(|g| g.documents.is_empty() && g.studies.is_empty() && g.locked.is_empty());
    empty.map(|group| group.id.clone()).collect()
}

/// Every document, in the case or set aside.
fn documents_of(case: &Case) -> impl Iterator<Item = &Document> {
    let aside = case.all_set_aside().flat_map(|group| &group.documents);
    case.all_documents().map(|held| &held.document).chain(aside)
}

/// The work of storing objects in a case.
fn storing_in(id: &CaseId) -> String {
    format!("storing in {id}")
}
