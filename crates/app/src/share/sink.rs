//! Where a packet is written: a folder, a ZIP or a disc image. Counts and hashes everything that passes.

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use consilium_casefile::share::list::ListedFile;
use consilium_casefile::{Instant, Refusal};
use consilium_exchange::media::disc_image;
use consilium_vault::{make_folder, private_file, sync_folder};
use sha2::{Digest, Sha256};
use tempfile::{NamedTempFile, TempDir};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::unfinished::Unfinished;
use crate::error::{AppError, Doing};

/// A place for files. Paths are relative, with `/`.
pub(super) trait Sink {
    /// Begins a file; `compress` is a hint.
    fn begin(&mut self, path: &str, compress: bool) -> Result<(), AppError>;
    /// More bytes of the file begun last.
    fn write(&mut self, bytes: &[u8]) -> Result<(), AppError>;
    /// Ends the file begun last.
    fn end(&mut self) -> Result<(), AppError>;
}

/// A sink with a place of its own.
pub(super) trait NamedSink: Sink {
    /// As a plain sink.
    fn as_sink(&mut self) -> &mut dyn Sink;
    /// Ends writing; everything is on the disk, under a name that says it is unfinished.
    fn close(self: Box<Self>) -> Result<Unnamed, AppError>;
}

/// A finished packet that does not have its name yet; dropped, it is taken away.
pub(super) struct Unnamed {
    part: Part,
    to: PathBuf,
    /// Dropped behind the part.
    _note: Unfinished,
}

/// What is being written, under a name of its own that nobody else has.
enum Part {
    Folder(TempDir),
    File(NamedTempFile),
}

impl Unnamed {
    /// Gives it its name.
    pub(super) fn name(self) -> Result<(), AppError> {
        match self.part {
            Part::Folder(folder) => {
                if self.to.is_dir() {
                    // An empty folder was there; anything else was refused at the start.
                    taken_or(fs::remove_dir(&self.to), "naming the packet")?;
                }
                taken_or(fs::rename(folder.path(), &self.to), "naming the packet")?;
                // It is the packet now, and stays.
                let _ = folder.keep();
            }
            Part::File(file) => {
                let named = file.persist_noclobber(&self.to).map_err(|refused| refused.error);
                taken_or(named, "naming the packet")?;
            }
        }
        sync_folder(beside(&self.to)).doing("naming the packet")
    }
}

/// Something that came to be there while the packet was made is a place that is taken, and no failure.
fn taken_or<T>(done: io::Result<T>, doing: &'static str) -> Result<T, AppError> {
    let taken = |kind| {
        matches!(kind, io::ErrorKind::AlreadyExists | io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::NotADirectory)
    };
    match done {
        Err(error) if taken(error.kind()) => Err(Refusal::new("refusal-place-taken").into()),
        done => done.doing(doing),
    }
}

/// The folder something is in.
fn beside(to: &Path) -> &Path {
    to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Notes in the home that something for this place begins, and gives the builder of its name.
fn unfinished<'n>(note: &'n Unfinished) -> tempfile::Builder<'n, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(note.name.as_str()).rand_bytes(0);
    builder
}

fn noted(home: &Path, to: &Path) -> Result<Unfinished, AppError> {
    to.file_name().ok_or_else(|| Refusal::new("refusal-place-taken"))?;
    Unfinished::note(home, to)
}

/// Whether something has this name already, be it a link that leads nowhere.
fn is_taken(to: &Path) -> bool {
    fs::symlink_metadata(to).is_ok()
}

/// A folder that must not hold anything yet.
pub(super) struct FolderSink {
    folder: TempDir,
    finished: PathBuf,
    open: Option<BufWriter<File>>,
    /// Dropped behind the folder.
    note: Unfinished,
}

impl FolderSink {
    /// Begins beside the folder's name, so that a half-made packet never looks like one.
    pub(super) fn create(home: &Path, to: &Path) -> Result<Self, AppError> {
        let is_empty = fs::symlink_metadata(to).is_ok_and(|of| of.is_dir())
            && fs::read_dir(to).is_ok_and(|mut entries| entries.next().is_none());
        if is_taken(to) && !is_empty {
            return Err(Refusal::new("refusal-place-taken").into());
        }
        let note = noted(home, to)?;
        let mut builder = unfinished(&note);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.tempdir_in(beside(to));
        let folder = folder.doing("making the packet's folder")?;
        Ok(Self { folder, finished: to.to_owned(), open: None, note })
    }
}

impl NamedSink for FolderSink {
    fn as_sink(&mut self) -> &mut dyn Sink {
        self
    }

    fn close(self: Box<Self>) -> Result<Unnamed, AppError> {
        Ok(Unnamed { part: Part::Folder(self.folder), to: self.finished, _note: self.note })
    }
}

impl Sink for FolderSink {
    fn begin(&mut self, path: &str, _compress: bool) -> Result<(), AppError> {
        let path = self.folder.path().join(path);
        if let Some(parent) = path.parent() {
            make_folder(parent).doing("making a folder of the packet")?;
        }
        let file = private_file().create(true).truncate(true).open(&path).doing("writing the packet")?;
        self.open = Some(BufWriter::new(file));
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), AppError> {
        self.open.as_mut().map_or(Ok(()), |file| file.write_all(bytes)).doing("writing the packet")
    }

    fn end(&mut self) -> Result<(), AppError> {
        let Some(file) = self.open.take() else { return Ok(()) };
        file.into_inner().map_err(|e| e.into_error()).and_then(|f| f.sync_all()).doing("writing the packet")
    }
}

/// A disc image: a folder beside it that becomes one, and is taken away.
pub(super) struct DiscSink {
    folder: FolderSink,
    to: PathBuf,
    home: PathBuf,
}

/// What the disc of a packet is called.
const DISC_LABEL: &str = "RECORDS";

impl DiscSink {
    /// Begins beside the file's name.
    pub(super) fn create(home: &Path, to: &Path) -> Result<Self, AppError> {
        if is_taken(to) {
            return Err(Refusal::new("refusal-place-taken").into());
        }
        Ok(Self { folder: FolderSink::create(home, to)?, to: to.to_owned(), home: home.to_owned() })
    }
}

impl DiscSink {
    /// Writes the image into an open, empty file, and takes the folder away.
    pub(super) fn write_to(self, file: File) -> Result<(), AppError> {
        disc_image(DISC_LABEL, self.folder.folder.path(), file).doing("writing the disc image")
    }
}

impl Sink for DiscSink {
    fn begin(&mut self, path: &str, compress: bool) -> Result<(), AppError> {
        self.folder.begin(path, compress)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), AppError> {
        self.folder.write(bytes)
    }

    fn end(&mut self) -> Result<(), AppError> {
        self.folder.end()
    }
}

impl NamedSink for DiscSink {
    fn as_sink(&mut self) -> &mut dyn Sink {
        self
    }

    fn close(self: Box<Self>) -> Result<Unnamed, AppError> {
        let Self { folder, to, home } = *self;
        let note = noted(&home, &to)?;
        let part = unfinished(&note).tempfile_in(beside(&to));
        let part = part.doing("making the packet's file")?;
        let file = part.reopen().doing("making the packet's file")?;
        disc_image(DISC_LABEL, folder.folder.path(), file).doing("writing the disc image")?;
        Ok(Unnamed { part: Part::File(part), to, _note: note })
    }
}

/// A ZIP file.
pub(super) struct ZipSink {
    zip: ZipWriter<File>,
    time: zip::DateTime,
    names: Option<(NamedTempFile, PathBuf, Unfinished)>,
}

impl ZipSink {
    /// Begins beside the file's name, so that a half-made packet never looks like one.
    pub(super) fn create(home: &Path, to: &Path, now: Instant) -> Result<Self, AppError> {
        if is_taken(to) {
            return Err(Refusal::new("refusal-place-taken").into());
        }
        let note = noted(home, to)?;
        let part = unfinished(&note).tempfile_in(beside(to));
        let part = part.doing("making the packet's file")?;
        let file = part.reopen().doing("making the packet's file")?;
        Ok(Self { names: Some((part, to.to_owned(), note)), ..Self::over(file, now) })
    }

    /// Over an open file.
    pub(super) fn over(file: File, now: Instant) -> Self {
        let date = now.date();
        let part = |n: i8| u8::try_from(n).unwrap_or(1);
        let year = u16::try_from(date.year()).unwrap_or(1980);
        let time = zip::DateTime::from_date_and_time(year, part(date.month()), part(date.day()), 0, 0, 0);
        Self { zip: ZipWriter::new(file), time: time.unwrap_or_default(), names: None }
    }

    /// Writes the directory and hands the file back.
    pub(super) fn finish_file(self) -> Result<File, AppError> {
        let mut file = self.zip.finish().doing("writing the packet")?;
        file.flush().doing("writing the packet")?;
        file.rewind().doing("writing the packet")?;
        Ok(file)
    }
}

impl NamedSink for ZipSink {
    fn as_sink(&mut self) -> &mut dyn Sink {
        self
    }

    fn close(mut self: Box<Self>) -> Result<Unnamed, AppError> {
        let names = self.names.take();
        let file = (*self).finish_file()?;
        file.sync_all().doing("writing the packet")?;
        let (part, to, note) = names.ok_or_else(|| Refusal::new("refusal-place-taken"))?;
        Ok(Unnamed { part: Part::File(part), to, _note: note })
    }
}

impl Sink for ZipSink {
    fn begin(&mut self, path: &str, compress: bool) -> Result<(), AppError> {
        let method = if compress { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        let options =
            SimpleFileOptions::default().compression_method(method).last_modified_time(self.time).large_file(true);
        self.zip.start_file(path, options).doing("writing the packet")
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), AppError> {
        self.zip.write_all(bytes).doing("writing the packet")
    }

    fn end(&mut self) -> Result<(), AppError> {
        Ok(())
    }
}

/// A sink with the running manifest.
pub(super) struct Counted<'a> {
    sink: &'a mut dyn Sink,
    current: Option<(String, Sha256, u64)>,
    /// `hash  path` lines so far.
    pub(super) manifest: String,
    /// Files so far.
    pub(super) files: u64,
    /// Bytes so far.
    pub(super) bytes: u64,
}

impl<'a> Counted<'a> {
    pub(super) fn new(sink: &'a mut dyn Sink) -> Self {
        Self { sink, current: None, manifest: String::new(), files: 0, bytes: 0 }
    }

    /// A whole file at once.
    pub(super) fn put(&mut self, path: &str, bytes: &[u8]) -> Result<ListedFile, AppError> {
        let already_packed = path.ends_with(".PDF") || path.ends_with(".JPG") || path.ends_with(".ZIP");
        self.begin(path, !already_packed)?;
        self.write(bytes)?;
        self.end()
    }

    pub(super) fn begin(&mut self, path: &str, compress: bool) -> Result<(), AppError> {
        self.current = Some((path.to_owned(), Sha256::new(), 0));
        self.sink.begin(path, compress)
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), AppError> {
        if let Some((_, hash, length)) = &mut self.current {
            hash.update(bytes);
            *length += bytes.len() as u64;
        }
        self.bytes += bytes.len() as u64;
        self.sink.write(bytes)
    }

    /// Ends the file begun last, and says what was written.
    pub(super) fn end(&mut self) -> Result<ListedFile, AppError> {
        let (path, hash, bytes) = self.current.take().unwrap_or_default();
        let sha256 = hex::encode(hash.finalize());
        self.manifest.push_str(&format!("{sha256}  {path}\n"));
        self.files += 1;
        self.sink.end()?;
        Ok(ListedFile { path, sha256, bytes })
    }
}
