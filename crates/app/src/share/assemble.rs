//! Puts a packet together, file by file, into a sink.

use std::collections::BTreeMap;

use consilium_casefile::share::PacketItem;
use consilium_casefile::share::list::{ListedFile, PACKET_LIST};
use consilium_casefile::{CaseId, Message};
use consilium_exchange::media::{self, MediaInstance};
use consilium_press::binder::Part;
use consilium_press::packet;
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;

use super::contents::{Plan, PlannedDocument, PlannedStudy};
use super::held::{FAX, fax_of};
use super::list::{self, Making};
use super::print;
use super::sink::{Counted, Sink};
use crate::App;
use crate::error::{AppError, Doing};

/// What was written.
pub(super) struct Assembled {
    pub(super) files: u64,
    pub(super) bytes: u64,
    pub(super) manifest_sha256: String,
    pub(super) items: Vec<PacketItem>,
    pub(super) problems: Vec<String>,
}

/// Writes originals, the merged PDF, images with a fresh DICOMDIR, the index, the list of contents and the manifest. Runs
/// on a blocking thread; memory holds one document or image at a time, and the merged PDF.
pub(super) fn assemble(
    app: &App,
    case: &CaseId,
    plan: &Plan,
    making: &Making,
    sink: &mut dyn Sink,
) -> Result<Assembled, AppError> {
    let handle = Handle::current();
    let mut out = Counted::new(sink);
    let mut contents = plan.contents.clone();
    let (mut parts, mut documents) = (Vec::new(), Vec::new());
    for (document, row) in plan.documents.iter().zip(&mut contents.documents) {
        let bytes = handle.block_on(app.object(case, &document.object))?;
        let written = out.put(&document.path, &bytes)?;
        row.sha256 = Some(written.sha256.clone());
        documents.push(written);
        parts.push(part(app, case, document, bytes, &handle)?);
    }
    let (studies, mut problems) = write_images(app, case, plan, &handle, &mut out)?;
    if plan.fax {
        let fax = packet::Contents { fax: true, ..contents.clone() };
        let set = packet::set(&fax, parts.clone()).doing("setting the pages of the fax")?;
        problems.extend(beyond(app, plan.center.as_deref(), Limit::FaxPages(set.pages as u64)));
        out.put(FAX, &fax_of(&set.pdf)?)?;
    }
    let set = packet::set(&contents, parts).doing("setting the packet’s pages")?;
    let title = |number: &str| plan.documents.iter().find(|d| d.number == number).map(|d| d.title.as_str());
    problems.extend(set.problems.iter().map(|p| match title(&p.number) {
        Some(title) => format!("Document {} ({title}): {}", p.number, p.sentence),
        None => p.sentence.clone(),
    }));
    problems.extend(plan.warnings.iter().cloned());
    problems.extend(app.unprintable(&set.missing_glyphs));
    out.put("PACKET.PDF", &set.pdf)?;
    drop(set.pdf);
    out.put("INDEX.HTM", packet::index_html(&set.contents).as_bytes())?;
    out.put("README.TXT", readme(plan).as_bytes())?;
    let list = list::list(plan, &set.contents, making, documents, studies);
    let items = list::items(&list);
    out.put(PACKET_LIST, &serde_json::to_vec_pretty(&list).doing("writing the list of contents")?)?;
    let manifest = std::mem::take(&mut out.manifest);
    let manifest_sha256 = hex::encode(Sha256::digest(manifest.as_bytes()));
    out.put("SHA256.TXT", manifest.as_bytes())?;
    problems.extend(beyond(app, plan.center.as_deref(), Limit::Megabytes(out.bytes.div_ceil(1_000_000))));
    Ok(Assembled { files: out.files, bytes: out.bytes, manifest_sha256, items, problems })
}

/// The printed form of a document. Runs on a blocking thread.
fn part(
    app: &App,
    case: &CaseId,
    document: &PlannedDocument,
    bytes: Vec<u8>,
    handle: &Handle,
) -> Result<Part, AppError> {
    let text = match &document.text {
        Some(text) => Some(handle.block_on(app.object(case, text))?),
        None => None,
    };
    let text = text.map(|bytes| String::from_utf8_lossy(&bytes).replace('\u{c}', "\n\n"));
    Ok(Part {
        number: document.number.clone(),
        title: document.title.clone(),
        original: document.path.clone(),
        body: print::body(document.format, bytes, text),
    })
}

/// How many pages the fax edition of a packet will have: set, and not drawn dot by dot. Runs on a blocking thread.
pub(super) fn fax_pages(app: &App, case: &CaseId, plan: &Plan) -> Result<u32, AppError> {
    let handle = Handle::current();
    let mut parts = Vec::new();
    for document in &plan.documents {
        let bytes = handle.block_on(app.object(case, &document.object))?;
        parts.push(part(app, case, document, bytes, &handle)?);
    }
    let fax = packet::Contents { fax: true, ..plan.contents.clone() };
    let set = packet::set(&fax, parts).doing("setting the pages of the fax")?;
    Ok(u32::try_from(set.pages).unwrap_or(u32::MAX))
}

/// What the centre says about the size of a packet or the length of a fax, where this one is more.
pub(super) fn beyond(app: &App, center: Option<&str>, limit: Limit) -> Option<String> {
    let program = app.knowledge().program(center?)?;
    let (key, has, most) = match limit {
        Limit::Megabytes(has) => ("packet-too-large", has, program.packet_limit_mb?),
        Limit::FaxPages(has) => ("packet-fax-too-long", has, program.fax_page_limit?),
    };
    let message = Message::new(key).with("has", has).with("most", most);
    (has > u64::from(most)).then(|| app.say(&message))
}

/// What a centre may limit, and how much of it a packet has.
pub(super) enum Limit {
    /// Of all files together.
    Megabytes(u64),
    /// Of the fax edition.
    FaxPages(u64),
}

/// Images as `DICOM/ST000001/SE000001/IM000001`, and the DICOMDIR that lists them. Gives the files of each study, and
/// what could not be written.
fn write_images(
    app: &App,
    case: &CaseId,
    plan: &Plan,
    handle: &Handle,
    out: &mut Counted<'_>,
) -> Result<(Vec<Vec<ListedFile>>, Vec<String>), AppError> {
    let mut images = Images { listed: Vec::new(), problems: Vec::new(), files: Vec::new() };
    for (study, number) in plan.studies.iter().zip(1..) {
        images.files.push(Vec::new());
        images.write_study(app, case, (study, number), plan.blind, handle, out)?;
    }
    if !images.listed.is_empty() {
        let directory = media::dicomdir(&images.listed).doing("writing the DICOMDIR")?;
        out.put("DICOMDIR", &directory.bytes)?;
        for left_out in directory.left_out {
            let path = left_out.file_id.path();
            images.problems.push(format!("{path} is in the packet, but cannot be listed in its DICOMDIR."));
        }
    }
    Ok((images.files, images.problems))
}

/// Images written so far.
struct Images {
    listed: Vec<MediaInstance>,
    problems: Vec<String>,
    files: Vec<Vec<ListedFile>>,
}

impl Images {
    fn write_study(
        &mut self,
        app: &App,
        case: &CaseId,
        (study, number): (&PlannedStudy, u32),
        blind: bool,
        handle: &Handle,
        out: &mut Counted<'_>,
    ) -> Result<(), AppError> {
        let instances = handle.block_on(app.listed_instances(case, &study.manifests))?;
        let mut series: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
        for instance in instances.iter().filter(|i| study.series.contains(&i.series_instance_uid)) {
            let next = u32::try_from(series.len() + 1).unwrap_or(u32::MAX);
            let place = series.entry(&instance.series_instance_uid).or_insert((next, 0));
            place.1 += 1;
            let file_id = media::file_id(number, place.0, place.1).doing("naming the images")?;
            let path = file_id.path();
            let bytes = handle.block_on(app.object(case, &instance.object))?;
            let (whole, cleared);
            let written = if blind {
                match media::without_words(&bytes) {
                    Ok(bytes) => cleared = bytes,
                    Err(_) => {
                        let why = "its header cannot be cleared of words that may tell a plan";
                        self.problems.push(format!("{path} is left out of this blind edition: {why}."));
                        continue;
                    }
                }
                cleared.as_slice()
            } else {
                // An image that cannot be listed still goes: the bytes are what the reviewer needs.
                whole = media::with_meta(&bytes);
                whole.as_deref().unwrap_or(&bytes)
            };
            out.begin(&path, false)?;
            out.write(written)?;
            let file = out.end()?;
            self.files.last_mut().into_iter().for_each(|files| files.push(file.clone()));
            match media::describe(written) {
                Ok(attributes) => self.listed.push(MediaInstance { file_id, attributes }),
                Err(error) => {
                    self.problems.push(format!("{path} is in the packet as it is, and not in its DICOMDIR: {error}."))
                }
            }
        }
        Ok(())
    }
}

/// What the read-me of every packet begins with: how one is known whose list of contents is missing.
pub(crate) const README_BEGINS: &str = "Medical records for a second opinion, prepared for ";

fn readme(plan: &Plan) -> String {
    let center = plan.center.as_deref().unwrap_or("a reviewing centre");
    format!(
        "{README_BEGINS}{center}.\r\n\r\n\
         INDEX.HTM   open this in any browser: everything here, with links\r\n\
         PACKET.PDF  cover sheet, index, timeline and all documents in one file\r\n\
         DOCS        the original files, untouched\r\n\
         DICOMDIR    directory of the images in the folder DICOM (any DICOM viewer opens it)\r\n\
         PACKET.JSON the same list for a program: how Consilium at the other side opens this\r\n\
         SHA256.TXT  checksum of every file\r\n\r\n\
         Nothing here needs to be installed, and nothing here is a program.\r\n"
    )
}
