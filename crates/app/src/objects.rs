//! Which objects of the vault a case stands on, and which a change names: what may be deleted follows from it.

use std::collections::{BTreeSet, HashSet};

use consilium_casefile::reading::ReadingChange;
use consilium_casefile::{Case, Change, DocumentId, ObjectId, PacketId, SetAsideId};

use crate::App;
use crate::error::{AppError, Doing};
use crate::gather::files_of;

/// What is being deleted for good: left out when asking what the case stands on besides.
#[derive(Debug, Default)]
pub(crate) struct Doomed {
    /// Documents, in the case or set aside.
    pub(crate) documents: HashSet<DocumentId>,
    /// Lists of images.
    pub(crate) manifests: HashSet<ObjectId>,
    /// Locked files.
    pub(crate) locked: HashSet<ObjectId>,
    /// Packets that hold some of it.
    pub(crate) packets: HashSet<PacketId>,
    /// Groups set aside of which nothing is to be left.
    pub(crate) groups: HashSet<SetAsideId>,
    /// Packets that were received and hold some of it: their own pages and lists tell of it.
    pub(crate) received: HashSet<PacketId>,
}

/// Objects that a change names: they must be kept when it is appended. A reading names a text only by its document.
pub(crate) fn named_by(change: &Change) -> Vec<&ObjectId> {
    match change {
        Change::Gather(change) => change.objects(),
        Change::Share(change) => change.objects(),
        Change::Reading(change) => match change.as_ref() {
            ReadingChange::TextRecognised { recognised } => vec![&recognised.text, &recognised.places],
            _ => Vec::new(),
        },
        Change::Requests(change) => change.objects(),
        Change::About(_)
        | Change::Find(_)
        | Change::Prepare(_)
        | Change::Compare(_)
        | Change::Decide(_)
        | Change::Tissue(_) => Vec::new(),
    }
}

/// The lists of images that a case names.
pub(crate) fn lists_of_images(case: &Case) -> Vec<ObjectId> {
    let held = case.held_studies().flat_map(|s| s.manifests());
    let aside = case.all_set_aside().flat_map(|g| g.studies.iter().map(|s| &s.manifest));
    let manifests: BTreeSet<ObjectId> = held.chain(aside).cloned().collect();
    manifests.into_iter().collect()
}

/// Documents that the case read once and holds no more, neither in it nor set aside.
pub(crate) fn gone(case: &Case) -> HashSet<DocumentId> {
    let held: HashSet<&DocumentId> = case
        .all_documents()
        .map(|held| &held.document.id)
        .chain(case.all_set_aside().flat_map(|group| &group.documents).map(|document| &document.id))
        .collect();
    case.read_documents().filter(|document| !held.contains(document)).cloned().collect()
}

/// What a case itself names but for its images and the reports of its imports.
fn named_directly<'a>(case: &'a Case, but: &'a Doomed) -> impl Iterator<Item = &'a ObjectId> {
    let held = case.all_documents().map(|held| &held.document);
    let aside = case.all_set_aside().flat_map(|group| &group.documents);
    let documents = held.chain(aside).filter(|document| !but.documents.contains(&document.id));
    let locked = case.all_set_aside().filter(|group| !but.groups.contains(&group.id)).flat_map(|group| &group.locked);
    let locked = locked.map(|locked| &locked.object).filter(|object| !but.locked.contains(object));
    let gone = gone(case);
    let recognised = case
        .recognised_texts()
        .filter(move |r| !gone.contains(&r.document) && !but.documents.contains(&r.document))
        .flat_map(|r| [&r.text, &r.places]);
    let packets = case.all_records().1.iter().filter(|packet| !but.packets.contains(&packet.id));
    let packets = packets.filter_map(|packet| packet.object.as_ref());
    let share = case.held_share();
    let received = share.received.iter().filter(|held| !but.received.contains(&held.packet.packet));
    let received = received.flat_map(|held| held.own_objects());
    let letters = case.held_requests().requests.iter().flat_map(|held| &held.letters).map(|letter| &letter.pdf);
    let others = received.chain(share.receipt_objects()).chain(letters);
    documents.flat_map(|document| document.objects()).chain(locked).chain(recognised).chain(packets).chain(others)
}

impl App {
    /// Every object that a case stands on besides what is doomed: documents and their texts, what is set aside, lists of
    /// images and the images, packets. Not what only the reports of its imports name.
    pub(crate) async fn named_objects(&self, case: &Case, but: &Doomed) -> Result<HashSet<ObjectId>, AppError> {
        let mut manifests = lists_of_images(case);
        manifests.retain(|manifest| !but.manifests.contains(manifest));
        let instances = self.listed_instances(&case.id, &manifests).await?;
        let reports = case.all_records().0.iter().map(|import| &import.manifest).cloned();
        let named = named_directly(case, but).cloned().chain(manifests).chain(reports);
        Ok(named.chain(instances.into_iter().map(|i| i.object)).collect())
    }

    /// What the reports of imports say was kept, and nobody deleted since: a disc's table of contents, a portal's list.
    pub(crate) async fn reported_objects(&self, case: &Case) -> Result<HashSet<ObjectId>, AppError> {
        let purged: HashSet<&ObjectId> = case.purged().collect();
        let mut reported = HashSet::new();
        for import in case.all_records().0.iter().filter(|import| !purged.contains(&import.manifest)) {
            let lines = self.object(&case.id, &import.manifest).await?;
            let files = files_of(&lines).doing("reading the report of an import")?;
            reported.extend(files.into_iter().filter_map(|file| file.object).filter(|object| !purged.contains(object)));
        }
        Ok(reported)
    }

    /// Objects that the case stands on and that the vault does not keep; the reports of imports may have been deleted on
    /// purpose.
    pub(crate) async fn lost_objects(&self, case: &Case) -> Result<Vec<ObjectId>, AppError> {
        let kept = self.vault().kept_objects(&case.id).await.doing("listing what is kept")?;
        let (there, lost): (Vec<ObjectId>, Vec<ObjectId>) =
            lists_of_images(case).into_iter().partition(|manifest| kept.contains(manifest));
        let purged: HashSet<&ObjectId> = case.purged().collect();
        let reports = case.all_records().0.iter().map(|import| &import.manifest);
        let reports = reports.filter(|report| !purged.contains(report)).cloned();
        let instances = self.listed_instances(&case.id, &there).await?.into_iter().map(|instance| instance.object);
        let nothing = Doomed::default();
        let named = named_directly(case, &nothing).cloned().chain(reports).chain(instances);
        let lost: BTreeSet<ObjectId> = named.filter(|object| !kept.contains(object)).chain(lost).collect();
        Ok(lost.into_iter().collect())
    }
}
