//! The first step of an import: walk the sources, store every file's bytes, and read what is in them, on several
//! threads with bounded memory. Nothing is decided about the case here.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use consilium_casefile::gather::LockedFile;
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::records::{Document, FileFormat, Proposal};
use consilium_casefile::{ImportId, Message, ObjectId, PatientIdentity};
use consilium_formats::archive::{self, Met, What};
use consilium_formats::pdf;
use consilium_formats::xdm::{self, XdmEntry};
use consilium_formats::{
    Content, DocumentContent, ImageHeader, Limits, ListedInstance, Stated, Substance, Understood, sniff,
};
use consilium_vault::{ObjectWriter, WriteError};

use super::{child, reading};
use crate::error::{AppError, Doing};
use crate::{Reader, ids};

/// Where files come from.
#[derive(Debug)]
pub(super) enum Source {
    /// A file or folder of the machine.
    Path(PathBuf),
    /// Bytes already at hand (a locked file that was set aside), with the path it was met at.
    Held {
        /// Path it was met at.
        path: String,
        /// Its bytes.
        content: Content,
    },
}

/// Counted while an import runs; read by whoever shows progress.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) files: AtomicU64,
    /// Files that lie in the sources themselves, counted beforehand; what archives hold comes on top. 0: not known.
    pub(super) expected: AtomicU64,
    pub(super) bytes: AtomicU64,
    /// Everything is read and stored; it is being brought into the case.
    pub(super) settling: AtomicBool,
    pub(super) cancelled: AtomicBool,
}

impl Counters {
    /// Everything is read once more.
    pub(super) fn restart(&self) {
        for count in [&self.files, &self.expected, &self.bytes] {
            count.store(0, Ordering::Relaxed);
        }
        self.settling.store(false, Ordering::Relaxed);
    }
}

/// One file met, stored and read, before anything is decided.
#[derive(Debug)]
pub(super) struct Collected {
    pub(super) path: String,
    pub(super) bytes: u64,
    pub(super) complaints: Vec<String>,
    pub(super) what: CollectedWhat,
}

#[derive(Debug)]
pub(super) enum CollectedWhat {
    /// An archive, opened; its files are listed on their own.
    Opened { reason: String },
    /// Not stored.
    Refused { reason: String },
    /// Asks for a password.
    Locked(LockedFile),
    /// A document, with what is proposed about it.
    Document(Box<Document>),
    /// A DICOM instance.
    Image { header: Box<ImageHeader>, object: ObjectId },
    /// A DICOMDIR.
    MediumDirectory { listed: Vec<ListedInstance>, object: ObjectId },
    /// Disc furniture (metadata of a portal's ZIP): stored, and no document.
    Furniture { object: ObjectId, reason: String },
}

/// Place in the order of walking: file number, then number within a carrier.
type Place = (u64, u32);

/// What each worker shares.
struct Shared<'a> {
    import: &'a ImportId,
    knowledge: &'a Knowledge,
    reader: &'a Reader,
    limits: &'a Limits,
    passwords: &'a [String],
    scratch: &'a std::path::Path,
    writer: ObjectWriter,
    counters: &'a Counters,
    collected: Mutex<Vec<(Place, Collected)>>,
    metadata: Mutex<HashMap<String, XdmEntry>>,
    failed: Mutex<Option<AppError>>,
}

/// Everything a collection needs from outside.
pub(super) struct Collection<'a> {
    pub(super) import: &'a ImportId,
    pub(super) knowledge: &'a Knowledge,
    pub(super) reader: &'a Reader,
    pub(super) limits: Limits,
    pub(super) passwords: &'a [String],
    pub(super) scratch: &'a std::path::Path,
    pub(super) writer: ObjectWriter,
    pub(super) counters: &'a Counters,
}

/// Files waiting between the walker and the readers. Each is at most a few MiB in memory, or a handle.
const QUEUE: usize = 8;

/// Walks all sources and reads every file. When it returns, every stored object is durable.
pub(super) fn collect(collection: Collection<'_>, sources: Vec<Source>) -> Result<Vec<Collected>, AppError> {
    let shared = Shared {
        import: collection.import,
        knowledge: collection.knowledge,
        reader: collection.reader,
        limits: &collection.limits,
        passwords: collection.passwords,
        scratch: collection.scratch,
        writer: collection.writer,
        counters: collection.counters,
        collected: Mutex::default(),
        metadata: Mutex::default(),
        failed: Mutex::default(),
    };
    let workers = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8);
    let (sender, receiver) = sync_channel::<(u64, Met)>(QUEUE);
    let receiver = Arc::new(Mutex::new(receiver));
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let (shared, receiver) = (&shared, receiver.clone());
            scope.spawn(move || work(shared, &receiver));
        }
        drop(receiver);
        walk(&shared, sources, &sender);
        drop(sender);
    });
    if let Some(error) = shared.failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    if shared.counters.cancelled.load(Ordering::Relaxed) {
        return Err(consilium_casefile::Refusal::new("refusal-import-stopped").into());
    }
    shared.writer.finish().doing("storing the files")?;
    let mut collected = shared.collected.into_inner().unwrap_or_else(PoisonError::into_inner);
    collected.sort_by_key(|(place, _)| *place);
    let mut collected: Vec<Collected> = collected.into_iter().map(|(_, c)| c).collect();
    let metadata = shared.metadata.into_inner().unwrap_or_else(PoisonError::into_inner);
    if !metadata.is_empty() {
        complete_from_metadata(&mut collected, &metadata);
    }
    Ok(collected)
}

fn walk(shared: &Shared<'_>, sources: Vec<Source>, sender: &SyncSender<(u64, Met)>) {
    let mut number = 0;
    let mut each = |met: Met| {
        number += 1;
        let stop = shared.counters.cancelled.load(Ordering::Relaxed) || sender.send((number, met)).is_err();
        if stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    shared.counters.expected.store(lying_in(&sources), Ordering::Relaxed);
    for source in sources {
        match source {
            Source::Path(path) => {
                let _ = archive::walk(&path, shared.limits, shared.passwords, shared.scratch, &mut each);
            }
            Source::Held { path, content } => {
                let _ =
                    archive::walk_content(&path, content, shared.limits, shared.passwords, shared.scratch, &mut each);
            }
        }
    }
}

/// Most folder entries that are counted for a progress bar.
const COUNTED: u64 = 1_000_000;

/// How many files lie in the sources, for a progress bar; links are not followed.
fn lying_in(sources: &[Source]) -> u64 {
    let mut folders: Vec<PathBuf> = Vec::new();
    let (mut files, mut met) = (0, 0);
    for source in sources {
        match source {
            Source::Path(path) if path.is_dir() => folders.push(path.clone()),
            _ => files += 1,
        }
    }
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for entry in entries.flatten() {
            met += 1;
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                _ => files += 1,
            }
        }
        if met >= COUNTED {
            break;
        }
    }
    files
}

fn work(shared: &Shared<'_>, receiver: &Mutex<Receiver<(u64, Met)>>) {
    loop {
        let next = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, met)) = next else { return };
        if let Err(error) = one(shared, number, &mut 0, met, None) {
            shared.counters.cancelled.store(true, Ordering::Relaxed);
            *shared.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
    }
}

impl Shared<'_> {
    fn push(&self, place: Place, collected: Collected) {
        self.counters.files.fetch_add(1, Ordering::Relaxed);
        self.counters.bytes.fetch_add(collected.bytes, Ordering::Relaxed);
        self.collected.lock().unwrap_or_else(PoisonError::into_inner).push((place, collected));
    }

    /// Accounts for a file that is not kept.
    fn refuse(&self, place: Place, path: String, bytes: u64, complaints: Vec<String>, reason: String) {
        self.push(place, Collected { path, bytes, complaints, what: CollectedWhat::Refused { reason } });
    }

    /// Stores bytes. The inner error says why this file alone is not kept: its source could not be read to its end (a
    /// scratched disc), or it would fill the disk.
    fn store(&self, content: &Content) -> Result<Result<ObjectId, String>, AppError> {
        let stored = match content {
            Content::Memory(bytes) => self.writer.put(bytes),
            Content::File { file, .. } => match file.try_clone() {
                Ok(mut file) => self.writer.put_file(&mut file),
                Err(_) => return Ok(Err(UNREADABLE.to_owned())),
            },
        };
        match stored {
            Ok(stored) => Ok(Ok(stored.object)),
            Err(WriteError::Source(_) | WriteError::LengthChanged { .. }) => Ok(Err(UNREADABLE.to_owned())),
            Err(WriteError::NoRoom { needed, free }) => Ok(Err(no_room(needed, free))),
            Err(other) => Err(other).doing("storing a file"),
        }
    }
}

/// `it is damaged` becomes `It is damaged.`
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// What is said of a file that could not be read to its end.
const UNREADABLE: &str =
    "This file could not be read to its end, or changed while it was read. Clean the disc or copy the file again.";

/// What is said of a file the disk has no room for.
fn no_room(needed: u64, free: u64) -> String {
    let gigabytes = |bytes: u64| format!("{}.{} GB", bytes / 1_000_000_000, bytes / 100_000_000 % 10);
    format!(
        "There is no room for this file: it needs {}, and {} are free on the disk. Make room and import it again.",
        gigabytes(needed),
        gigabytes(free)
    )
}

/// Stores and reads one file met. `sub` counts what is carried inside it.
fn one(shared: &Shared<'_>, number: u64, sub: &mut u32, met: Met, carrier: Option<&Carrier>) -> Result<(), AppError> {
    let Met { path, what } = met;
    let place = (number, *sub);
    match what {
        What::Refused { reason } => {
            shared.refuse(place, path, 0, Vec::new(), sentence(&reason.to_string()));
        }
        What::Opened { files, complaints, .. } => {
            let reason = match files {
                1 => "Opened: the one file inside is listed on its own.".to_owned(),
                n => format!("Opened: the {n} files inside are listed on their own."),
            };
            let complaints = complaints.into_iter().map(|c| c.what).collect();
            shared.push(place, Collected { path, bytes: 0, complaints, what: CollectedWhat::Opened { reason } });
        }
        What::Locked { content } => lock(shared, place, path, &content)?,
        What::File { content, format } => file(shared, number, sub, path, &content, format, carrier)?,
    }
    Ok(())
}

fn lock(shared: &Shared<'_>, place: Place, path: String, content: &Content) -> Result<(), AppError> {
    let bytes = content.length();
    let object = match shared.store(content)? {
        Ok(object) => object,
        Err(reason) => {
            shared.refuse(place, path, bytes, Vec::new(), reason);
            return Ok(());
        }
    };
    let what = CollectedWhat::Locked(LockedFile { path: path.clone(), object, bytes });
    shared.push(place, Collected { path, bytes, complaints: Vec::new(), what });
    Ok(())
}

/// What carries a file: its object, what it says about what it carries, and who it is about.
#[derive(Clone)]
struct Carrier {
    object: ObjectId,
    stated: Stated,
    patient: PatientIdentity,
}

fn file(
    shared: &Shared<'_>,
    number: u64,
    sub: &mut u32,
    path: String,
    content: &Content,
    format: FileFormat,
    carrier: Option<&Carrier>,
) -> Result<(), AppError> {
    let place = (number, *sub);
    let bytes = content.length();
    let Understood { format, substance, attachments, complaints } =
        child::read(shared.reader, content, format, shared.limits, shared.passwords, &shared.counters.cancelled);
    let complaints: Vec<String> = complaints.into_iter().map(|c| c.what).collect();
    if let Substance::NotARecord { reason } = substance {
        shared.refuse(place, path, bytes, complaints, reason);
        return Ok(());
    }
    if substance == Substance::Locked {
        return lock(shared, place, path, content);
    }
    let mut complaints = complaints;
    let mut object = match shared.store(content)? {
        Ok(object) => object,
        Err(reason) => {
            shared.refuse(place, path, bytes, complaints, reason);
            return Ok(());
        }
    };
    let mut locked_original = None;
    if let Some(unlocked) = unlocked(shared, format, content) {
        // Both are kept: the original as it came, and a copy that can be shown and passed on.
        if let Ok(copy) = shared.store(&Content::Memory(unlocked))? {
            locked_original = Some(std::mem::replace(&mut object, copy));
        }
        complaints.push("It was locked. It is kept as it came, and as a copy without its password.".to_owned());
    }
    let mut what = match substance {
        Substance::Image(header) => CollectedWhat::Image { header, object: object.clone() },
        Substance::MediumDirectory(directory) => {
            CollectedWhat::MediumDirectory { listed: directory.listed, object: object.clone() }
        }
        _ if format == FileFormat::XdmMetadata => {
            read_metadata(shared, &path, content);
            let reason = "The portal's own list of its files, used for dates and types.".to_owned();
            CollectedWhat::Furniture { object: object.clone(), reason }
        }
        Substance::Document(read) => {
            let document = document(shared, &path, bytes, &object, format, &read, carrier, &complaints)?;
            CollectedWhat::Document(Box::new(document))
        }
        _ => {
            let nothing = DocumentContent::default();
            let document = document(shared, &path, bytes, &object, format, &nothing, carrier, &complaints)?;
            CollectedWhat::Document(Box::new(document))
        }
    };
    if let CollectedWhat::Document(document) = &mut what {
        document.locked_original = locked_original;
    }
    let patient = match &what {
        CollectedWhat::Document(document) => document.patient.clone(),
        CollectedWhat::Image { header, .. } => header.patient.clone(),
        _ => PatientIdentity::default(),
    };
    shared.push(place, Collected { path: path.clone(), bytes, complaints, what });
    for attachment in attachments {
        let inner = format!("{path}!/{}", attachment.name);
        let content = Content::Memory(attachment.bytes);
        let format = sniff(&content).unwrap_or(FileFormat::Unknown);
        *sub += 1;
        if matches!(format, FileFormat::Zip | FileFormat::Iso | FileFormat::Udf) {
            let stated = Stated::default();
            carried_archive(
                shared,
                number,
                sub,
                &inner,
                content,
                &Carrier { object: object.clone(), stated, patient: patient.clone() },
            )?;
        } else {
            let stated = attachment.stated;
            let carrier = Carrier { object: object.clone(), stated, patient: patient.clone() };
            file(shared, number, sub, inner, &content, format, Some(&carrier))?;
        }
    }
    Ok(())
}

/// An archive attached to something: walked in place.
fn carried_archive(
    shared: &Shared<'_>,
    number: u64,
    sub: &mut u32,
    path: &str,
    content: Content,
    carrier: &Carrier,
) -> Result<(), AppError> {
    let mut outcome = Ok(());
    let _ = archive::walk_content(path, content, shared.limits, shared.passwords, shared.scratch, &mut |met| {
        outcome = one(shared, number, sub, met, Some(carrier));
        *sub += 1;
        if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    outcome
}

/// A copy of a locked PDF without its password, when one of the given passwords opens it.
fn unlocked(shared: &Shared<'_>, format: FileFormat, content: &Content) -> Option<Vec<u8>> {
    if format != FileFormat::Pdf || shared.passwords.is_empty() {
        return None;
    }
    let bytes = content.bytes(shared.limits.document_bytes).ok().flatten()?;
    pdf::without_password(&bytes, shared.passwords)
}

#[expect(clippy::too_many_arguments, reason = "a document is put together from all of these, once")]
fn document(
    shared: &Shared<'_>,
    path: &str,
    bytes: u64,
    object: &ObjectId,
    format: FileFormat,
    content: &DocumentContent,
    carrier: Option<&Carrier>,
    complaints: &[String],
) -> Result<Document, AppError> {
    let text = match reading::text_object(&content.text) {
        Some(text) => Some(shared.writer.put(&text).doing("storing a text")?.object),
        None => None,
    };
    let (mut patient, also_names) = reading::patients(content);
    if let Some(carrier) = carrier.filter(|_| !patient.is_stated()) {
        // A file without a name inside an e-mail, a bundle or a DICOM file is about whom its carrier is about.
        patient = carrier.patient.clone();
    }
    let stated = reading::merged(&content.stated, carrier.map(|c| &c.stated));
    Ok(Document {
        id: ids::new(),
        import: shared.import.clone(),
        path: path.to_owned(),
        object: object.clone(),
        bytes,
        format,
        locked_original: None,
        altered: false,
        attached_to: carrier.map(|c| c.object.clone()),
        text,
        pages: content.pages,
        title: stated.title.clone(),
        patient,
        also_names,
        proposed: reading::proposals(shared.knowledge, format, path, content, carrier.map(|c| &c.stated)),
        complaints: complaints.to_vec(),
    })
}

/// Keeps what XDM metadata says about the files beside it, by path.
fn read_metadata(shared: &Shared<'_>, path: &str, content: &Content) {
    let Ok(Some(bytes)) = content.bytes(shared.limits.document_bytes) else { return };
    let (entries, _) = xdm::read(&bytes);
    let mut metadata = shared.metadata.lock().unwrap_or_else(PoisonError::into_inner);
    for entry in entries {
        if let Some(beside) = entry.path_beside(path) {
            metadata.insert(beside, entry);
        }
    }
}

/// The folder of an IHE XDM package.
const XDM_FOLDER: &str = "IHE_XDM/";

/// Files beside that folder which tell a reader what is on the medium.
const COVER_PAGES: [&str; 3] = ["INDEX.HTM", "INDEX.HTML", "README.TXT"];

/// Fills what a document does not state itself from the metadata it came with.
fn complete_from_metadata(collected: &mut [Collected], metadata: &HashMap<String, XdmEntry>) {
    let roots: HashSet<&str> = metadata.keys().filter_map(|path| path.split_once(XDM_FOLDER)).map(|p| p.0).collect();
    for file in collected {
        // The pages that an XDM package puts beside its folder (ITI TF-2, 3.32.4.1.2) tell what is on it.
        let of_the_package =
            COVER_PAGES.iter().any(|name| file.path.strip_suffix(name).is_some_and(|root| roots.contains(root)));
        if let CollectedWhat::Document(document) = &file.what
            && of_the_package
            && !metadata.contains_key(&file.path)
        {
            let reason = "The portal's page about its own files, kept and no record.".to_owned();
            file.what = CollectedWhat::Furniture { object: document.object.clone(), reason };
            continue;
        }
        let (Some(entry), CollectedWhat::Document(document)) = (metadata.get(&file.path), &mut file.what) else {
            continue;
        };
        let stated = &entry.stated;
        if entry.size.is_some_and(|size| size != file.bytes) {
            let short = "The list of files that came with it states another length: ask for it again.";
            document.complaints.push(short.to_owned());
            file.complaints.push(short.to_owned());
        }
        if !document.patient.is_stated() {
            document.patient = entry.patient.clone();
        }
        document.title = document.title.take().or_else(|| stated.title.clone());
        let because = || Message::new("because-portal-metadata");
        let proposed = &mut document.proposed;
        if proposed.date.is_none() {
            proposed.date = stated.date.map(|value| Proposal { value, because: because() });
        }
        if proposed.author.is_none() {
            proposed.author = stated.author.clone().map(|value| Proposal { value, because: because() });
        }
        if proposed.facility.is_none() {
            proposed.facility = stated.facility.clone().map(|value| Proposal { value, because: because() });
        }
    }
}

impl CollectedWhat {
    /// The object its bytes are stored under.
    pub(super) fn object(&self) -> Option<&ObjectId> {
        match self {
            Self::Opened { .. } | Self::Refused { .. } => None,
            Self::Locked(file) => Some(&file.object),
            Self::Document(document) => Some(&document.object),
            Self::Image { object, .. } | Self::MediumDirectory { object, .. } | Self::Furniture { object, .. } => {
                Some(object)
            }
        }
    }
}
