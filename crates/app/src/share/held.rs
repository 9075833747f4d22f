//! Looking into a packet that is kept in the home, byte for byte as it goes out: the preview a person looks at is the
//! packet itself. And its fax edition, drawn from pages set for it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use consilium_casefile::{CaseId, ObjectId, PacketId, Refusal, Session};
use consilium_formats::pages::page_of_dots;
use consilium_formats::pdf::OpenPdf;
use consilium_press::fax::{DOTS, FaxBinder, FaxPage};
use consilium_vault::make_folder;
use tokio::runtime::Handle;
use zip::ZipArchive;

use super::assemble::{Limit, beyond};
use super::sink::{DiscSink, Sink as _};
use crate::App;
use crate::error::{AppError, Doing};

/// Largest file of a packet that is looked at in the browser, bytes: larger ones are saved with the packet.
const LARGEST_LOOKED_AT: u64 = 300 << 20;
/// The fax edition in a packet that has one.
pub(crate) const FAX: &str = "FAX.PDF";
/// Bytes read from the store at once.
const PIECE: u64 = 1 << 20;

/// An object of the vault as a file that can be read from any place.
struct ObjectFile {
    app: App,
    case: CaseId,
    object: ObjectId,
    length: u64,
    at: u64,
    piece: Vec<u8>,
    piece_at: u64,
    handle: Handle,
}

impl Read for ObjectFile {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.length {
            return Ok(0);
        }
        let inside = |file: &Self| file.at >= file.piece_at && file.at < file.piece_at + file.piece.len() as u64;
        if !inside(self) {
            let wanted = PIECE.min(self.length - self.at);
            let read = self.app.vault().read_range(&self.case, &self.object, self.at, wanted);
            self.piece = self.handle.block_on(read).map_err(io::Error::other)?;
            self.piece_at = self.at;
            if self.piece.is_empty() {
                return Ok(0);
            }
        }
        let skip = usize::try_from(self.at - self.piece_at).unwrap_or(usize::MAX);
        let rest = self.piece.get(skip..).unwrap_or_default();
        let count = rest.len().min(into.len());
        if let (Some(to), Some(from)) = (into.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for ObjectFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(back) => self.length.checked_add_signed(back),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = place.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

impl App {
    /// A file of a packet kept in the home, as it goes out.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when this session sees no such packet, or there is no such file in it.
    pub async fn file_of_packet(
        &self,
        session: &Session,
        id: &CaseId,
        packet: &PacketId,
        path: &str,
    ) -> Result<Vec<u8>, AppError> {
        let (object, length) = self.held_packet(session, id, packet).await?;
        let (app, case, path) = (self.clone(), id.clone(), path.to_owned());
        let handle = Handle::current();
        let read = tokio::task::spawn_blocking(move || {
            let file = ObjectFile { app, case, object, length, at: 0, piece: Vec::new(), piece_at: 0, handle };
            let mut archive = ZipArchive::new(file).doing("opening the packet")?;
            let mut file = archive.by_name(&path).map_err(|_| AppError::NotFound)?;
            if file.size() > LARGEST_LOOKED_AT {
                return Err(AppError::NotFound);
            }
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).doing("reading the packet")?;
            Ok(bytes)
        });
        read.await.doing("reading the packet")?
    }
}

impl App {
    /// A packet kept in the home as a disc image: the same files, byte for byte. Gives the image, open at its beginning and
    /// without a name, and its length.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when this session sees no such packet.
    pub async fn packet_disc(
        &self,
        session: &Session,
        id: &CaseId,
        packet: &PacketId,
    ) -> Result<(File, u64), AppError> {
        let (object, length) = self.held_packet(session, id, packet).await?;
        let (app, case, home) = (self.clone(), id.clone(), self.home().to_owned());
        let handle = Handle::current();
        let written = tokio::task::spawn_blocking(move || {
            let scratch = home.join("scratch");
            make_folder(&scratch).doing("making room for the disc image")?;
            let file = ObjectFile { app, case, object, length, at: 0, piece: Vec::new(), piece_at: 0, handle };
            let mut archive = ZipArchive::new(file).doing("opening the packet")?;
            let mut disc = DiscSink::create(&home, &scratch.join(packet_folder()))?;
            for index in 0..archive.len() {
                let mut file = archive.by_index(index).doing("reading the packet")?;
                let name = file.name().doing("reading the packet")?.into_owned();
                // Our own packets hold plain paths; anything else is none of them.
                if file.enclosed_name().is_none() || file.is_dir() {
                    return Err(AppError::NotFound);
                }
                disc.begin(&name, false)?;
                let mut piece = vec![0; PIECE as usize];
                loop {
                    let read = file.read(&mut piece).doing("reading the packet")?;
                    if read == 0 {
                        break;
                    }
                    disc.write(piece.get(..read).unwrap_or_default())?;
                }
                disc.end()?;
            }
            let mut image = tempfile::tempfile_in(&scratch).doing("making room for the disc image")?;
            disc.write_to(image.try_clone().doing("writing the disc image")?)?;
            let length = image.seek(SeekFrom::End(0)).doing("writing the disc image")?;
            image.rewind().doing("writing the disc image")?;
            Ok((image, length))
        });
        written.await.doing("writing the disc image")?
    }

    /// What is to be said of the fax edition of a packet kept in the home: that its centre takes fewer pages. `None` where it
    /// has none, or the centre sets no limit.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when this session sees no such packet.
    pub async fn fax_warning(
        &self,
        session: &Session,
        id: &CaseId,
        packet: &PacketId,
    ) -> Result<Option<String>, AppError> {
        let case = self.case(session, id).await?;
        let view = case.seen_by(session.audience);
        let record = view.packets().into_iter().find(|p| p.id == *packet).ok_or(AppError::NotFound)?;
        let limit = self.knowledge().program(&record.center).and_then(|program| program.fax_page_limit);
        if !record.fax || record.object.is_none() || limit.is_none() {
            return Ok(None);
        }
        let fax = self.file_of_packet(session, id, packet, FAX).await?;
        let pages = OpenPdf::open(&fax, &[]).doing("opening the fax")?.pages();
        Ok(beyond(self, Some(&record.center), Limit::FaxPages(u64::from(pages))))
    }
}

/// A name in the scratch folder that nothing else has.
fn packet_folder() -> String {
    format!("disc-{}", uuid::Uuid::now_v7().simple())
}

/// Pages of a bound packet in black and white. A fax with a page missing would be worse than none: a page that cannot be
/// drawn refuses it.
pub(super) fn fax_of(bound: &[u8]) -> Result<Vec<u8>, AppError> {
    let pdf = OpenPdf::open(bound, &[]).doing("opening the packet")?;
    let pages = pdf.pages();
    let mut fax = FaxBinder::default();
    for page in 1..=pages {
        let gray = page_of_dots(&pdf, page, DOTS.0, DOTS.1)
            .map_err(|_| Refusal::new("refusal-fax-page").with("page", page).with("of", pages))?;
        let page = FaxPage { width: gray.width, height: gray.height, pixels: gray.pixels };
        fax.add(&page).doing("making the fax edition")?;
    }
    fax.finish().doing("making the fax edition")
}
