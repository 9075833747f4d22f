//! The other side: looking at a packet before it is opened, opening it into a case, the account of every item, and the
//! receipt. What became of an item is a rule (`casefile::share::received`); here are the files, the words and the clock.

use std::collections::HashMap;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use consilium_casefile::about;
use consilium_casefile::gather::{FileOutcome, set_aside_message};
use consilium_casefile::share::list::{self, ItemKind, LARGEST_LIST, ListedMissing, PACKET_LIST};
use consilium_casefile::share::received::{HeldItem, Met};
use consilium_casefile::share::{GivenReceipt, HeldReceived, ItemOutcome, ListDoubt, PacketList, Recall};
use consilium_casefile::{
    Case, CaseId, CaseView, ImportId, Message, ObjectId, PacketId, PartialDate, ReceiptId, Refusal, Session,
};
use consilium_formats::{Limits, archive};
use consilium_vault::make_folder;
use serde::Serialize;
use zip::ZipArchive;

use crate::error::{AppError, Doing};
use crate::gather::{ImportReport, ImportRequest, Progress, files_of};
use crate::{App, ids};

use super::unfinished::is_unfinished;

/// What a medium says it is, before anything of it is kept.
#[derive(Debug, Clone, Serialize)]
pub struct PacketLook {
    /// Its list of contents, where it has one that can be used.
    pub list: Option<PacketList>,
    /// Why there is none, in one sentence.
    pub without: Option<String>,
}

/// The case that a packet goes into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PacketCase {
    /// Its id.
    pub id: CaseId,
    /// Its handle, where it is opened with what the packet brings; `None` for one that is there.
    pub opens: Option<String>,
}

impl From<CaseId> for PacketCase {
    fn from(id: CaseId) -> Self {
        Self { id, opens: None }
    }
}

/// The account of a received packet.
#[derive(Debug, Clone, Serialize)]
pub struct Account {
    /// The packet.
    pub packet: PacketId,
    /// The sender's list; `None` when it was deleted for good with a record that is in it.
    pub list: Option<PacketList>,
    /// How many items ended how.
    pub counts: Counts,
    /// Every item, in the sender's order.
    pub items: Vec<AccountRow>,
    /// Files on the medium that the list does not name.
    pub strays: Vec<FileOutcome>,
    /// Why nothing of it, or not all, can be checked, in one sentence.
    pub unchecked: Option<String>,
    /// Where its list, its checksums and its own pages do not say the same, one sentence each.
    pub doubts: Vec<String>,
    /// What changed since the packet it follows, as the sender says.
    pub changes: Vec<String>,
    /// Records of earlier packets that the sender took back.
    pub recalled: Vec<RecalledRow>,
    /// What the sender says is missing or withheld.
    pub missing: Vec<ListedMissing>,
    /// It follows a packet that was not opened in this case.
    pub follows_unknown: bool,
    /// Its own pages that are kept.
    pub pages: Vec<String>,
    /// Receipts given.
    pub receipts: Vec<GivenReceipt>,
}

/// A record that the sender took back.
#[derive(Debug, Clone, Serialize)]
pub struct RecalledRow {
    /// What the sender says of it; empty when the list is gone.
    pub what: String,
    /// Which, where it is here, and whether somebody kept it all the same.
    #[serde(flatten)]
    pub recall: Recall,
    /// Whether somebody here has to decide.
    pub open: bool,
}

/// Items by outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Listed.
    pub items: usize,
    /// Arrived as sent.
    pub whole: usize,
    /// Here, and nothing shows that they are as they were sent.
    pub unchecked: usize,
    /// Arrived with some images missing.
    pub partly: usize,
    /// Arrived with other bytes.
    pub differs: usize,
    /// Not on the medium.
    pub absent: usize,
    /// Set aside.
    pub set_aside: usize,
    /// Not kept.
    pub not_kept: usize,
    /// Taken out of the case since.
    pub taken_out: usize,
    /// Confirmed by somebody here.
    pub confirmed: usize,
}

/// One item.
#[derive(Debug, Clone, Serialize)]
pub struct AccountRow {
    /// Number in the sender's index.
    pub number: String,
    /// Document or study.
    pub kind: ItemKind,
    /// What the sender calls it; empty when the list is gone.
    pub title: String,
    /// What kind of document, as the sender says.
    pub document_kind: String,
    /// Date of service, as the sender says.
    pub date: Option<PartialDate>,
    /// Files listed.
    pub files: usize,
    /// Checksum as listed.
    pub sha256: String,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: ItemOutcome,
    /// Why, in one sentence, where there is something to say.
    pub why: Option<String>,
    /// Whether somebody here confirmed it.
    pub confirmed: bool,
    /// Whether its sender took it back since, and nobody here has decided.
    pub recalled: bool,
}

/// Which items a receipt confirms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Items {
    /// All that arrived as they were sent.
    AllArrived,
    /// These numbers.
    These(Vec<String>),
}

impl Counts {
    fn count(&mut self, row: &AccountRow) {
        self.items += 1;
        self.confirmed += usize::from(row.confirmed);
        *match row.outcome {
            ItemOutcome::Whole { .. } => &mut self.whole,
            ItemOutcome::Unchecked { .. } => &mut self.unchecked,
            ItemOutcome::Partly { .. } => &mut self.partly,
            ItemOutcome::Differs { .. } => &mut self.differs,
            ItemOutcome::Absent => &mut self.absent,
            ItemOutcome::SetAside { .. } => &mut self.set_aside,
            ItemOutcome::NotKept => &mut self.not_kept,
            ItemOutcome::TakenOut => &mut self.taken_out,
        } += 1;
    }
}

/// The bytes of the list of contents of a folder, ZIP or disc image; `None` where there is none. Of a list that is larger
/// than any is read, so many bytes that it is refused.
fn list_of(medium: &Path, scratch: &Path) -> Option<Vec<u8>> {
    let most = LARGEST_LIST as u64 + 1;
    let whole = |file: &mut dyn Read| {
        let mut bytes = Vec::new();
        file.take(most).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    };
    if medium.is_dir() {
        // In a folder or disc it lies on top, and nothing else need be read to see it.
        let place = medium.join(PACKET_LIST);
        if std::fs::symlink_metadata(&place).is_ok_and(|about| about.is_file()) {
            return whole(&mut std::fs::File::open(place).ok()?);
        }
    } else if let Ok(Ok(mut zip)) = std::fs::File::open(medium).map(ZipArchive::new)
        && let Ok(mut file) = zip.by_name(PACKET_LIST)
    {
        return whole(&mut file);
    }
    let mut found: Option<(usize, Vec<u8>)> = None;
    let _ = archive::walk(medium, &Limits::default(), &[], scratch, &mut |met| {
        let depth = met.path.matches('/').count();
        let is_it = met.path.rsplit('/').next().is_some_and(|last| last.eq_ignore_ascii_case(PACKET_LIST));
        if let (true, archive::What::File { content, .. }) = (is_it, met.what)
            && found.as_ref().is_none_or(|(before, _)| depth < *before)
        {
            let bytes = content.bytes(most).ok().flatten().map(|bytes| bytes.into_owned());
            found = Some((depth, bytes.unwrap_or_else(|| vec![0; LARGEST_LIST + 1])));
        }
        ControlFlow::Continue(())
    });
    found.map(|(_, bytes)| bytes)
}

impl App {
    /// Looks at a packet before anything of it is kept: whose it says it is, and what it lists.
    ///
    /// # Errors
    /// A refusal when it is damaged or was never finished, or a fault of the machine. A medium without a usable list is no
    /// error: it says why.
    pub async fn look_into_packet(&self, medium: PathBuf) -> Result<PacketLook, AppError> {
        let scratch = self.home().join("scratch");
        make_folder(&scratch).doing("making room for large files")?;
        let looked = tokio::task::spawn_blocking(move || {
            if let Some((form, bytes)) = cut_off(&medium) {
                return Err(Refusal::new("refusal-medium-cut").with("form", form).with("bytes", bytes));
            }
            if is_unfinished(&medium) {
                return Err(Refusal::new("refusal-packet-unfinished"));
            }
            let bytes = list_of(&medium, &scratch).ok_or_else(|| Refusal::new("refusal-list-none"));
            Ok(bytes.and_then(|bytes| list::read(&bytes)))
        });
        Ok(match looked.await.doing("looking at the packet")?? {
            Ok(list) => PacketLook { list: Some(list), without: None },
            Err(refusal) => {
                let why = self.say(&refusal.0);
                let none = refusal.0.key == "refusal-list-none";
                let message = Message::new("packet-list-not-used").with("why", &why);
                PacketLook { list: None, without: Some(if none { why } else { self.say(&message) }) }
            }
        })
    }

    /// The case a packet goes into: the one that a person names, or the one that knows it, or a new one, which is opened when something of it is kept.
    /// Where nobody names it, it is named after whom the packet says it is about, who stays a proposal until a person
    /// accepts it.
    ///
    /// # Errors
    /// A refusal when the name is malformed.
    pub async fn case_for_packet(
        &self,
        session: &Session,
        look: &PacketLook,
        named: Option<&str>,
    ) -> Result<PacketCase, AppError> {
        let new = |handle| PacketCase { id: ids::new(), opens: Some(handle) };
        let Some(named) = named else {
            // Where it was opened before, or the one it follows, is its place: a second case would know half of it.
            if let Some(id) = self.case_that_knows(session, look).await? {
                return Ok(PacketCase::from(id));
            }
            let name = look.list.as_ref().map(|list| list.person.name.as_str()).unwrap_or_default();
            // A name that makes no handle (far too long, of signs) is no reason not to open it.
            let name = if name.chars().count() > 40 { "" } else { name };
            return Ok(new(self.free_handle(name).await?));
        };
        match self.case_named(session, named).await {
            Ok(id) => Ok(PacketCase { id, opens: None }),
            Err(AppError::Refusal(_)) => Ok(new(about::handle(named)?)),
            Err(other) => Err(other),
        }
    }

    /// The case in which a packet, or the one that it follows, was opened before.
    async fn case_that_knows(&self, session: &Session, look: &PacketLook) -> Result<Option<CaseId>, AppError> {
        let Some(list) = &look.list else { return Ok(None) };
        for card in self.cases(session).await? {
            let case = self.case(session, &card.id).await?;
            let view = case.seen_by(session.audience);
            let knows = |packet: &PacketId| view.received_packet(packet).is_some();
            if knows(&list.packet) || list.since.as_ref().is_some_and(knows) {
                return Ok(Some(card.id));
            }
        }
        Ok(None)
    }

    /// Opens a packet into a case: every file through the import, every item accounted for.
    ///
    /// # Errors
    /// As [`App::import`]; a refusal when a case was to be opened and nothing of the packet could be kept.
    pub async fn open_packet(
        &self,
        session: &Session,
        case: &PacketCase,
        medium: PathBuf,
        passwords: Vec<String>,
        each: impl FnMut(&Progress),
    ) -> Result<ImportReport, AppError> {
        let request = ImportRequest { sources: vec![medium], passwords, packet: true, opens: case.opens.clone() };
        self.import(session, &case.id, request, each).await
    }

    /// The account of a received packet.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when this session sees no such packet.
    pub async fn received(&self, session: &Session, id: &CaseId, packet: &PacketId) -> Result<Account, AppError> {
        let case = self.case(session, id).await?;
        let view = case.seen_by(session.audience);
        let held = view.received_packet(packet).ok_or(AppError::NotFound)?;
        let list = self.list_of_received(id, held).await?;
        let mut reports = Reports::default();
        let mut items = Vec::with_capacity(held.items.len());
        for item in &held.items {
            items.push(self.row(&view, held, item, list.as_ref(), &mut reports).await?);
        }
        let mut counts = Counts::default();
        items.iter().for_each(|row| counts.count(row));
        let lines = self.lines(&view, &held.packet.import, &mut reports).await?;
        let strays = held.packet.strays.iter().filter_map(|line| lines.get(usize::try_from(*line).ok()?)).cloned();
        let strays = strays.collect();
        let since = held.packet.since.as_ref();
        let changes = list.as_ref().map(|list| list.changes.clone()).unwrap_or_default();
        let recalled = view.recalls_of(held).into_iter().map(|recall| {
            let said = changes.iter().find(|change| change.recalls.as_ref() == Some(&recall.item));
            RecalledRow {
                what: said.map(|change| change.what.clone()).unwrap_or_default(),
                open: recall.is_open(),
                recall,
            }
        });
        Ok(Account {
            packet: packet.clone(),
            counts,
            items,
            strays,
            unchecked: unchecked(held, &counts).map(|message| self.say(&message)),
            doubts: held.packet.doubts.iter().map(|doubt| self.say(&doubt_message(doubt))).collect(),
            recalled: recalled.collect(),
            changes: changes.into_iter().map(|change| change.what).collect(),
            missing: list.as_ref().map(|list| list.missing.clone()).unwrap_or_default(),
            list,
            follows_unknown: since.is_some_and(|since| view.received_packet(since).is_none()),
            pages: held.packet.pages.iter().filter(|_| !held.dropped).map(|page| page.name.clone()).collect(),
            receipts: held.receipts.clone(),
        })
    }

    async fn list_of_received(&self, id: &CaseId, held: &HeldReceived) -> Result<Option<PacketList>, AppError> {
        if held.dropped {
            return Ok(None);
        }
        let bytes = self.object(id, &held.packet.list).await?;
        let read = tokio::task::spawn_blocking(move || list::read(&bytes)).await;
        // It was read when it came; a later version that refuses it shows the items without their words.
        Ok(read.doing("reading the list of contents")?.ok())
    }

    async fn lines<'r>(
        &self,
        view: &CaseView<'_>,
        import: &ImportId,
        reports: &'r mut Reports,
    ) -> Result<&'r [FileOutcome], AppError> {
        if !reports.0.contains_key(import) {
            let record = view.imports().into_iter().find(|record| record.id == *import);
            let lines = match record {
                Some(record) => {
                    let bytes = self.object(view.id(), &record.manifest).await?;
                    files_of(&bytes).doing("reading the import report")?
                }
                None => Vec::new(),
            };
            reports.0.insert(import.clone(), lines);
        }
        Ok(reports.0.get(import).map(Vec::as_slice).unwrap_or_default())
    }

    async fn row(
        &self,
        view: &CaseView<'_>,
        held: &HeldReceived,
        item: &HeldItem,
        list: Option<&PacketList>,
        reports: &mut Reports,
    ) -> Result<AccountRow, AppError> {
        let outcome = view.outcome_of(item);
        let listed = list.and_then(|list| list.item(&item.item.number));
        let line = match &item.item.met {
            Met::NotKept { line } => Some(*line),
            Met::Images { refused, .. } => refused.first().copied(),
            Met::File { .. } | Met::Absent => None,
        };
        let reason = match line {
            Some(line) => {
                let lines = self.lines(view, &item.import, reports).await?;
                usize::try_from(line).ok().and_then(|line| lines.get(line)).and_then(|file| file.reason.clone())
            }
            None => None,
        };
        let why = match &outcome {
            ItemOutcome::Whole { .. } => None,
            ItemOutcome::Unchecked { .. } => Some(self.say(&Message::new("received-unchecked"))),
            ItemOutcome::Partly { here, listed, .. } => {
                let message = Message::new("received-partly").with("here", here).with("listed", listed);
                let reason = reason.map(|reason| format!(" {reason}")).unwrap_or_default();
                Some(format!("{}{reason}", self.say(&message)))
            }
            ItemOutcome::Differs { .. } => Some(self.say(&Message::new("received-differs"))),
            ItemOutcome::Absent => Some(self.say(&Message::new("received-absent"))),
            ItemOutcome::SetAside { declined: true, .. } => Some(self.say(&Message::new("received-declined"))),
            ItemOutcome::SetAside { reason, .. } => Some(self.say(&set_aside_message(reason))),
            ItemOutcome::NotKept => reason.or_else(|| Some(self.say(&Message::new("received-not-kept")))),
            ItemOutcome::TakenOut => Some(self.say(&Message::new("received-taken-out"))),
        };
        Ok(AccountRow {
            number: item.item.number.clone(),
            kind: item.item.kind,
            title: listed.map(|item| item.title.clone()).unwrap_or_default(),
            document_kind: listed.map(|item| item.document_kind.clone()).unwrap_or_default(),
            date: listed.and_then(|item| item.date),
            files: listed.map_or(0, |item| item.files.len()),
            sha256: item.item.sha256.clone(),
            confirmed: held.confirms(&item.item.number),
            recalled: outcome.place().is_some_and(|place| view.is_recalled(place).is_some()),
            outcome,
            why,
        })
    }

    /// One of a received packet's own pages, byte for byte.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when this session sees no such packet or page.
    pub async fn page_of_received(
        &self,
        session: &Session,
        id: &CaseId,
        packet: &PacketId,
        name: &str,
    ) -> Result<Vec<u8>, AppError> {
        let case = self.case(session, id).await?;
        let view = case.seen_by(session.audience);
        let held = view.received_packet(packet).filter(|held| !held.dropped);
        let page = held.and_then(|held| held.packet.pages.iter().find(|page| page.name == name));
        let object: ObjectId = page.map(|page| page.object.clone()).ok_or(AppError::NotFound)?;
        self.object(id, &object).await
    }

    /// Keeps a record that its sender took back: by its checksum, as [`Account::recalled`] names it.
    ///
    /// # Errors
    /// A refusal when that packet takes no such record back.
    pub async fn keep_recalled(
        &self,
        session: &Session,
        id: &CaseId,
        packet: &PacketId,
        sha256: &str,
    ) -> Result<Arc<Case>, AppError> {
        use consilium_casefile::share::received;
        self.change(session, id, |case| {
            let known = case.held_share().kept_all_the_same.contains(&(packet.clone(), sha256.to_owned()));
            if known { Ok(Vec::new()) } else { Ok(vec![received::keep_recalled(case, packet, sha256)?]) }
        })
        .await
    }

    /// Gives a receipt: what somebody here looked at and has.
    ///
    /// # Errors
    /// A refusal when it names an item that did not arrive as it was sent, nobody, or nothing.
    pub async fn give_receipt(
        &self,
        session: &Session,
        id: &CaseId,
        packet: &PacketId,
        by: &str,
        items: &Items,
        missing: &str,
    ) -> Result<ReceiptId, AppError> {
        use consilium_casefile::share::received;
        let receipt: ReceiptId = ids::new();
        let today = self.now().date();
        self.change(session, id, |case| {
            let whole = |held: &&HeldItem| held.outcome(case).is_whole();
            let items = match (items, case.held_share().received(packet)) {
                (Items::These(items), _) => items.clone(),
                (Items::AllArrived, Some(held)) => {
                    held.items.iter().filter(whole).map(|held| held.item.number.clone()).collect()
                }
                (Items::AllArrived, None) => Vec::new(),
            };
            let given = GivenReceipt {
                id: receipt.clone(),
                packet: packet.clone(),
                on: today,
                by: by.to_owned(),
                items,
                not_whole: Vec::new(),
                missing: missing.to_owned(),
                open_requests: self.open_requests(case),
            };
            Ok(vec![received::give_receipt(case, given, today)?])
        })
        .await?;
        Ok(receipt)
    }
}

/// Why items can not be checked: the checksums did not arrive, can not be read, or do not name them.
fn unchecked(held: &HeldReceived, counts: &Counts) -> Option<Message> {
    let packet = &held.packet;
    match (packet.manifest_sha256.is_empty(), packet.has_checksums(), counts.unchecked) {
        (true, ..) => Some(Message::new("received-no-checksums")),
        (false, false, _) => Some(Message::new("received-checksums-unread")),
        (false, true, 0) => None,
        (false, true, count) => Some(Message::new("received-some-unchecked").with("count", count)),
    }
}

pub(super) fn doubt_message(doubt: &ListDoubt) -> Message {
    match doubt {
        ListDoubt::ManifestUnread => Message::new("received-doubt-manifest"),
        ListDoubt::Page { name } => Message::new("received-doubt-page").with("name", name),
        ListDoubt::Differs { path } => Message::new("received-doubt-differs").with("path", path),
        ListDoubt::NotInManifest { path } => Message::new("received-doubt-not-in-manifest").with("path", path),
        ListDoubt::NotInList { path } => Message::new("received-doubt-not-in-list").with("path", path),
        ListDoubt::Index { number } => Message::new("received-doubt-index").with("number", number),
    }
}

/// Bytes of a medium that is one file and ends before what it says of itself: a ZIP without its directory at the end, a disc
/// image shorter than its volume. Gives the form and how many bytes there are.
fn cut_off(medium: &Path) -> Option<(&'static str, u64)> {
    let mut file = std::fs::File::open(medium).ok()?;
    let bytes = file.metadata().ok().filter(|about| about.is_file())?.len();
    let mut head = Vec::new();
    file.by_ref().take(DISC_HEAD).read_to_end(&mut head).ok()?;
    if head.starts_with(b"PK\x03\x04") {
        return ZipArchive::new(file).is_err().then_some(("ZIP", bytes));
    }
    // ECMA-119 8.4: the first volume descriptor, its mark, the blocks of the volume and the bytes of one.
    let descriptor = head.get(DISC_DESCRIPTOR..)?;
    if !descriptor.get(1..)?.starts_with(b"CD001") {
        return None;
    }
    let blocks = u32::from_le_bytes(descriptor.get(80..84)?.try_into().ok()?);
    let block = u16::from_le_bytes(descriptor.get(128..130)?.try_into().ok()?);
    (bytes < u64::from(blocks) * u64::from(block)).then_some(("disc image", bytes))
}

/// Where the first volume descriptor of a disc image begins, and bytes that hold it.
const DISC_DESCRIPTOR: usize = 16 * 2048;
const DISC_HEAD: u64 = 17 * 2048;

/// Reports of imports that were read already.
#[derive(Default)]
struct Reports(HashMap<ImportId, Vec<FileOutcome>>);
