//! A packet among files that were collected: its list of contents is held against them before anything comes into the
//! case. What must not live here: what a list may look like (`casefile::share::list`), and what became of an item
//! (`casefile::share::received`). Nothing in the list is trusted: files are read as any others, and checksums are made of
//! the bytes that were stored.

use std::collections::{HashMap, HashSet};

use consilium_casefile::about::{AboutChange, Cancer};
use consilium_casefile::gather::rules;
use consilium_casefile::records::{Document, DocumentKind, FileFormat, IdentityMatch, Proposal};
use consilium_casefile::share::list::{self, ItemKind, LARGEST_LIST, ListedItem, OWN_PAGES, PACKET_LIST};
use consilium_casefile::share::manifest::{self, DICOMDIR, INDEX, LARGEST_MANIFEST, ListDoubt, MANIFEST, Manifest};
use consilium_casefile::share::received::{self, Met, ReceivedItem, ReceivedPacket, ReceivedPage};
use consilium_casefile::share::{PacketList, ShareChange};
use consilium_casefile::{Case, CaseId, Change, ImportId, Message, ObjectId, PatientIdentity, Refusal};
use sha2::{Digest, Sha256};

use super::collect::{Collected, CollectedWhat};
use crate::App;
use crate::error::{AppError, Doing};
use crate::share::{FAX, README_BEGINS, sha256_of};

/// Lines of a report that are named for one item, or for files the list does not name.
const MOST_LINES: usize = 500;
/// Bytes read from the store at once.
const PIECE: u64 = 8 << 20;

/// Pages that only a packet has, and the read-me, which others have as well.
const PACKET: &str = OWN_PAGES[0];
const README: &str = OWN_PAGES[2];

/// A file of the medium: its line in the import's report, and what it is.
struct Medium<'c> {
    /// Where the packet lies in what was named: empty, or ending with `/`.
    root: String,
    /// Files by their path in the packet, in capitals: discs and drives turn letters about.
    files: HashMap<String, (usize, &'c Collected)>,
}

impl<'c> Medium<'c> {
    fn new(root: &str, collected: &'c [Collected]) -> Self {
        let inside = |c: &'c Collected| c.path.strip_prefix(root).map(str::to_ascii_uppercase);
        let files = collected.iter().enumerate().filter_map(|(line, c)| Some((inside(c)?, (line, c)))).collect();
        Self { root: root.to_owned(), files }
    }

    fn file(&self, path: &str) -> Option<(usize, &'c Collected)> {
        self.files.get(&path.to_ascii_uppercase()).copied()
    }
}

/// Where the packet's list lies: the one nearest to what was named.
fn place_of(name: &str, collected: &[Collected]) -> Option<usize> {
    let is_it = |c: &Collected| c.path.rsplit('/').next().is_some_and(|last| last.eq_ignore_ascii_case(name));
    let all = collected.iter().enumerate().filter(|(_, c)| is_it(c));
    all.min_by_key(|(line, c)| (c.path.matches('/').count(), *line)).map(|(line, _)| line)
}

fn root_of(path: &str) -> String {
    path.rsplit_once('/').map_or(String::new(), |(root, _)| format!("{root}/"))
}

impl App {
    /// SHA-256 of a stored object, hexadecimal; read in pieces.
    async fn sha256(&self, case: &CaseId, object: &ObjectId) -> Result<String, AppError> {
        let length = self.vault().object_length(case, object).await.doing("reading the packet back")?;
        let mut hash = Sha256::new();
        let mut at = 0;
        while at < length {
            let piece = self.vault().read_range(case, object, at, PIECE.min(length - at)).await;
            let piece = piece.doing("reading the packet back")?;
            hash.update(&piece);
            at += (piece.len() as u64).max(1);
        }
        Ok(hex::encode(hash.finalize()))
    }

    /// Looks for a packet's list of contents among what was collected. A list that can be used gives the entry about the
    /// packet; one that can not is said so in the import's report. Either way the packet's own pages are no documents.
    pub(super) async fn packet_among(
        &self,
        id: &CaseId,
        import: &ImportId,
        mut collected: Vec<Collected>,
    ) -> Result<(Vec<Collected>, Vec<Change>), AppError> {
        let Some(place) = place_of(PACKET_LIST, &collected) else {
            self.own_pages_without_list(id, &mut collected).await?;
            return Ok((collected, Vec::new()));
        };
        let case = self.fillable(&consilium_casefile::Session::owner(), id, true).await?;
        let root = collected.get(place).map(|c| root_of(&c.path)).unwrap_or_default();
        match self.held_against(&case, import, place, &root, &collected).await? {
            Ok((list, packet, mut changes)) => {
                let reason = self.say(&Message::new("packet-own-list"));
                furnish(&mut collected, place, reason);
                self.put_own_pages_aside(&root, &mut collected);
                mark_altered(&packet, &mut collected);
                propose(self, &list, &packet, &root, &mut collected);
                changes.push(packet.into());
                Ok((collected, changes))
            }
            Err(refusal) => {
                let why = self.say(&refusal.0);
                let reason = self.say(&Message::new("packet-list-not-used").with("why", why));
                if !furnish_list(&mut collected, place, reason.clone()) {
                    collected.get_mut(place).into_iter().for_each(|c| c.complaints.push(reason.clone()));
                }
                self.own_pages_without_list(id, &mut collected).await?;
                Ok((collected, Vec::new()))
            }
        }
    }

    /// Everything about a packet whose list can be used.
    async fn held_against(
        &self,
        case: &Case,
        import: &ImportId,
        place: usize,
        root: &str,
        collected: &[Collected],
    ) -> Result<Result<(PacketList, ShareChange, Vec<Change>), Refusal>, AppError> {
        let id = &case.id;
        let unread = || Refusal::new("refusal-list-damaged");
        let Some(object) = collected.get(place).and_then(|c| c.what.object()) else { return Ok(Err(unread())) };
        let length = self.vault().object_length(id, object).await.doing("reading the list of contents")?;
        if length > LARGEST_LIST as u64 {
            return Ok(Err(Refusal::new("refusal-list-too-large")));
        }
        let bytes = self.object(id, object).await?;
        let parsed = bytes.clone();
        let read = tokio::task::spawn_blocking(move || list::read(&parsed)).await;
        let list = match read.doing("reading the list of contents")? {
            Ok(list) => list,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if list.items.iter().any(|item| sha256_of(item) != item.sha256) {
            return Ok(Err(unread()));
        }
        let mut also = Vec::new();
        match whose(case, &list, collected) {
            Ok(proposed) => also.extend(proposed.map(Change::from)),
            Err(refusal) => return Ok(Err(refusal)),
        }
        also.extend(cancer_of(self, case, &list).map(Change::from));
        let medium = Medium::new(root, collected);
        let mut used: HashSet<usize> = HashSet::from([place]);
        let list_sha256 = hex::encode(Sha256::digest(&bytes));
        let mut pages = Vec::new();
        let mut stored = vec![(PACKET_LIST.to_owned(), list_sha256.clone())];
        for name in OWN_PAGES {
            let Some((line, page)) = medium.file(name) else { continue };
            used.insert(line);
            let Some(object) = page.what.object().cloned() else { continue };
            stored.push((name.to_owned(), self.sha256(id, &object).await?));
            pages.push(ReceivedPage { name: name.to_owned(), object });
        }
        if let Some(object) = medium.file(DICOMDIR).and_then(|(_, file)| file.what.object()) {
            stored.push((DICOMDIR.to_owned(), self.sha256(id, object).await?));
        }
        let arrived = self.page_words(id, &pages, MANIFEST).await?;
        let manifest = arrived.as_deref().and_then(Manifest::read);
        let doubts = match &manifest {
            Some(manifest) => {
                let index = self.page_words(id, &pages, INDEX).await?;
                manifest::doubts(&list, manifest, &stored, index.as_deref())
            }
            None => arrived.iter().map(|_| ListDoubt::ManifestUnread).collect(),
        };
        let mut items = Vec::with_capacity(list.items.len());
        for item in &list.items {
            let met = self.met(id, item, &medium, manifest.as_ref(), &mut used).await?;
            let (number, sha256) = (item.number.clone(), item.sha256.clone());
            let named = |m: &Manifest| item.files.iter().all(|file| m.sha256(&file.path).is_some());
            let unnamed = manifest.as_ref().is_some_and(|manifest| !named(manifest));
            items.push(ReceivedItem { number, kind: item.kind, sha256, met, unnamed });
        }
        let manifest_sha256 = stored.iter().find(|(name, _)| name == MANIFEST).map(|(_, sha256)| sha256.clone());
        let packet = ReceivedPacket {
            packet: list.packet.clone(),
            handle: list.case.clone(),
            chain_head: list.chain_head.clone(),
            made_on: list.made_on,
            edition: list.edition,
            since: list.since.clone(),
            manifest_sha256: manifest_sha256.unwrap_or_default(),
            list: object.clone(),
            list_sha256,
            import: import.clone(),
            items,
            pages,
            strays: strays(&medium, collected, &used),
            doubts,
            recalls: list.changes.iter().filter_map(|change| change.recalls.clone()).collect(),
        };
        Ok(received::receive(case, packet).map(|change| (list, change, also)))
    }

    /// The words of one of the packet's own pages that arrived; of one that is no text or too large, none.
    async fn page_words(&self, id: &CaseId, pages: &[ReceivedPage], name: &str) -> Result<Option<String>, AppError> {
        let Some(page) = pages.iter().find(|page| page.name == name) else { return Ok(None) };
        let length = self.vault().object_length(id, &page.object).await.doing("reading the packet back")?;
        if length > LARGEST_MANIFEST {
            return Ok(Some(String::new()));
        }
        Ok(Some(String::from_utf8_lossy(&self.object(id, &page.object).await?).into_owned()))
    }

    /// What was met of one item. Its bytes are the ones sent where the list says so, and the manifest nothing else.
    async fn met(
        &self,
        id: &CaseId,
        item: &ListedItem,
        medium: &Medium<'_>,
        manifest: Option<&Manifest>,
        used: &mut HashSet<usize>,
    ) -> Result<Met, AppError> {
        let (mut same, mut differ, mut refused, mut study) = (0_u32, 0_u32, Vec::new(), None);
        for listed in &item.files {
            let Some((line, file)) = medium.file(&listed.path) else { continue };
            used.insert(line);
            let report_line = u32::try_from(line).unwrap_or(u32::MAX);
            let Some(object) = file.what.object() else {
                refused.push(report_line);
                continue;
            };
            // A locked file that opened is a copy without its password; what was sent is the one it was opened from.
            let original = match &file.what {
                CollectedWhat::Document(document) => document.locked_original.as_ref().unwrap_or(object),
                _ => object,
            };
            let said = manifest.and_then(|manifest| manifest.sha256(&listed.path));
            let agreed = said.is_none_or(|said| said == listed.sha256);
            let is_same = agreed && file.bytes == listed.bytes && self.sha256(id, original).await? == listed.sha256;
            let of_study = match &file.what {
                CollectedWhat::Image { header, .. } => Some(header.study.uid.clone()),
                _ => None,
            };
            if item.kind == ItemKind::Document {
                return Ok(Met::File { object: object.clone(), same: is_same, study: of_study });
            }
            if of_study.is_none() {
                // Listed as an image and none: what it is, the import's report says.
                refused.push(report_line);
                continue;
            }
            study = study.or(of_study);
            if is_same { same += 1 } else { differ += 1 }
        }
        refused.truncate(MOST_LINES);
        Ok(match (item.kind, refused.first()) {
            (ItemKind::Document, Some(line)) => Met::NotKept { line: *line },
            (ItemKind::Document, None) => Met::Absent,
            (ItemKind::Study, None) if same + differ == 0 => Met::Absent,
            (ItemKind::Study, _) => {
                let listed = u32::try_from(item.files.len()).unwrap_or(u32::MAX);
                Met::Images { study, listed, same, differ, refused }
            }
        })
    }

    fn put_own_pages_aside(&self, root: &str, collected: &mut [Collected]) {
        let reason = self.say(&Message::new("packet-own-page"));
        for line in 0..collected.len() {
            let own = |c: &Collected| own_page_of(&c.path).is_some_and(|(of, name)| of == root && name != PACKET_LIST);
            if collected.get(line).is_some_and(own) {
                furnish(collected, line, reason.clone());
            }
        }
    }

    /// Own pages of packets whose list is not used, or that came among other files, perhaps cut or never finished: kept, and
    /// no records, which would state every fact twice. A packet is known by the words its read-me begins with, or by its
    /// files' own names beside its pages.
    pub(super) async fn own_pages_without_list(
        &self,
        id: &CaseId,
        collected: &mut [Collected],
    ) -> Result<(), AppError> {
        let pages = || collected.iter().filter_map(|c| own_page_of(&c.path));
        let begun: HashSet<&str> = collected.iter().filter_map(|c| begins_in(&c.path)).collect();
        let telling = |name: &str| matches!(name, PACKET | FAX | PACKET_LIST);
        let mut roots: HashSet<String> = pages()
            .filter(|(root, name)| telling(name) && begun.contains(root))
            .map(|(root, _)| root.to_owned())
            .collect();
        let length = README_BEGINS.len() as u64;
        for readme in collected.iter().filter(|c| c.bytes >= length) {
            let Some((root, README)) = own_page_of(&readme.path) else { continue };
            let Some(object) = readme.what.object().filter(|_| !roots.contains(root)) else { continue };
            let begins = self.vault().read_range(id, object, 0, length).await.doing("reading the packet back")?;
            if begins == README_BEGINS.as_bytes() {
                roots.insert(root.to_owned());
            }
        }
        let reason = self.say(&Message::new("packet-own-list"));
        for root in roots {
            self.put_own_pages_aside(&root, collected);
            let list = collected.iter().position(|c| own_page_of(&c.path) == Some((&root, PACKET_LIST)));
            if let Some(line) = list {
                furnish_list(collected, line, reason.clone());
            }
        }
        Ok(())
    }
}

/// The folder and the name of a page that has a name of a packet's own pages, or of its list.
fn own_page_of(path: &str) -> Option<(&str, &'static str)> {
    let at = path.rfind('/').map_or(0, |slash| slash + 1);
    let (root, last) = path.split_at(at);
    let names = OWN_PAGES.into_iter().chain([PACKET_LIST]);
    names.into_iter().find(|own| last.eq_ignore_ascii_case(own)).map(|name| (root, name))
}

/// The folder of a packet whose first document or image this file is, by its name.
fn begins_in(path: &str) -> Option<&str> {
    let upper = path.to_ascii_uppercase();
    let firsts = ["DOCS/D00001.", "DICOM/ST000001/SE000001/IM000001"];
    let at = firsts.into_iter().find_map(|first| upper.rfind(first))?;
    path.get(..at).filter(|root| root.is_empty() || root.ends_with('/'))
}

/// The list of contents, kept and no document; a record that has its name by chance stays a record.
fn furnish_list(collected: &mut [Collected], line: usize, reason: String) -> bool {
    let is_list = |d: &Document| matches!(d.format, FileFormat::Json | FileFormat::Text | FileFormat::Unknown);
    let fits = matches!(collected.get(line).map(|c| &c.what), Some(CollectedWhat::Document(d)) if is_list(d));
    if fits {
        furnish(collected, line, reason);
    }
    fits
}

/// Kept, and no document.
fn furnish(collected: &mut [Collected], line: usize, reason: String) {
    let Some(file) = collected.get_mut(line) else { return };
    if let CollectedWhat::Document(document) = &file.what {
        file.what = CollectedWhat::Furniture { object: document.object.clone(), reason };
    }
}

/// Files that the list does not name, as lines of the report.
fn strays(medium: &Medium<'_>, collected: &[Collected], used: &HashSet<usize>) -> Vec<u32> {
    let listed: HashSet<&str> = used.iter().filter_map(|line| collected.get(*line)).map(|c| c.path.as_str()).collect();
    // What lies inside a listed file came with it.
    let inside =
        |path: &str| path.match_indices("!/").any(|(at, _)| path.get(..at).is_some_and(|p| listed.contains(p)));
    let stray = |(line, file): &(usize, &Collected)| {
        let directory = matches!(file.what, CollectedWhat::MediumDirectory { .. })
            && file.path.strip_prefix(&medium.root) == Some(DICOMDIR);
        !used.contains(line) && !matches!(file.what, CollectedWhat::Opened { .. }) && !directory && !inside(&file.path)
    };
    let all = collected.iter().enumerate().filter(stray);
    all.take(MOST_LINES).map(|(line, _)| u32::try_from(line).unwrap_or(u32::MAX)).collect()
}

/// The cancer that a packet is about, for a case that holds nothing yet: as its sender stated it. A site that is not known here
/// is left out.
fn cancer_of(app: &App, case: &Case, list: &PacketList) -> Option<AboutChange> {
    let view = case.seen_by(consilium_casefile::Audience::Owner);
    let new = case.about.cancer.is_none() && view.documents(app.knowledge()).is_empty() && view.studies().is_empty();
    let cancer = list.cancer.clone().filter(|_| new)?;
    let site = cancer.site.filter(|site| app.knowledge().site(site).is_some());
    let cancer = Cancer { site, ..cancer };
    (cancer != Cancer::default()).then_some(AboutChange::CancerStated { cancer })
}

/// Whether the list is about the person of the case, or of the files where the case has none yet. Gives whom to propose
/// where neither says.
fn whose(case: &Case, list: &PacketList, collected: &[Collected]) -> Result<Option<AboutChange>, Refusal> {
    let listed = list.identity();
    if !listed.is_stated() {
        return Ok(None);
    }
    if let Some(subject) = case.about.subject() {
        return match rules::identity_match(&subject, &listed) {
            IdentityMatch::Stranger => Err(Refusal::new("refusal-list-other-person")),
            _ => Ok(None),
        };
    }
    let patients = collected.iter().filter_map(|c| match &c.what {
        CollectedWhat::Document(document) => Some(&document.patient),
        CollectedWhat::Image { header, .. } => Some(&header.patient),
        _ => None,
    });
    let (mut fits, mut strangers) = (0_u32, 0_u32);
    for patient in patients.filter(|patient| patient.is_stated()) {
        match rules::identity_match(&listed, patient) {
            IdentityMatch::Stranger => strangers += 1,
            _ => fits += 1,
        }
    }
    if strangers > fits {
        return Err(Refusal::new("refusal-list-other-person"));
    }
    let nobody = fits == 0 && strangers == 0 && listed.name.is_some();
    let patient = || PatientIdentity { identifier: None, ..listed.clone() };
    Ok(nobody.then(|| AboutChange::PersonProposed { patient: patient(), named_by: 1, of: 1 }))
}

/// Marks documents whose bytes are not those that are listed: they come into the case by a person's decision alone.
fn mark_altered(packet: &ShareChange, collected: &mut [Collected]) {
    let ShareChange::PacketReceived { packet } = packet else { return };
    let altered: HashSet<&ObjectId> = packet
        .items
        .iter()
        .filter_map(|item| match &item.met {
            Met::File { object, same: false, .. } => Some(object),
            _ => None,
        })
        .collect();
    for file in collected {
        if let CollectedWhat::Document(document) = &mut file.what
            && altered.contains(&document.object)
        {
            document.altered = true;
        }
    }
}

/// What the sender says of a document, where it says nothing itself and its bytes are those that are listed.
fn propose(app: &App, list: &PacketList, packet: &ShareChange, root: &str, collected: &mut [Collected]) {
    let ShareChange::PacketReceived { packet } = packet else { return };
    let is_same = |item: &ReceivedItem| matches!(item.met, Met::File { same: true, .. });
    let same: HashSet<&str> = packet.items.iter().filter(|i| is_same(i)).map(|i| i.number.as_str()).collect();
    let said: HashMap<String, &ListedItem> = list
        .items
        .iter()
        .filter(|item| same.contains(item.number.as_str()))
        .filter_map(|item| Some((item.files.first()?.path.to_ascii_uppercase(), item)))
        .collect();
    let because = || Message::new("because-sender-list");
    for file in collected {
        let place = file.path.strip_prefix(root).map(str::to_ascii_uppercase);
        let Some(item) = place.and_then(|place| said.get(&place)) else { continue };
        let CollectedWhat::Document(document) = &mut file.what else { continue };
        if document.title.is_none() && !item.title.is_empty() {
            document.title = Some(item.title.clone());
        }
        let kind = item.document_kind_id.as_deref().map(|id| DocumentKind(id.to_owned()));
        let kind = kind.filter(|kind| app.knowledge().kind(kind).is_some());
        let proposed = &mut document.proposed;
        proposed.kind = proposed.kind.take().or_else(|| kind.map(|value| Proposal { value, because: because() }));
        proposed.date = proposed.date.take().or_else(|| item.date.map(|value| Proposal { value, because: because() }));
    }
}
