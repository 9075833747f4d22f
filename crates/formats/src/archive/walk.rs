//! The walk itself: folders in sorted order, and the decision which file is opened further.

use std::fs::{self, File};
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use consilium_casefile::records::FileFormat;

use super::spool::{Budget, IN_MEMORY};
use super::{Met, Refusal, What, name};
use crate::{Complaint, Content, Limits, sniff};

pub(super) struct Walker<'a> {
    pub(super) limits: &'a Limits,
    pub(super) passwords: &'a [String],
    pub(super) scratch: &'a Path,
    pub(super) budget: Budget,
    each: &'a mut dyn FnMut(Met) -> ControlFlow<()>,
}

/// How reading an archive ended.
#[derive(Debug, Default)]
pub(super) struct Ending {
    /// Files handed on or refused.
    pub(super) files: u64,
    /// What was wrong. Empty when all was read.
    pub(super) complaints: Vec<Complaint>,
    /// A password is missing.
    pub(super) locked: bool,
    /// The archive as a whole met a bound.
    pub(super) refused: Option<Refusal>,
}

impl<'a> Walker<'a> {
    pub(super) fn new(
        limits: &'a Limits,
        passwords: &'a [String],
        scratch: &'a Path,
        each: &'a mut dyn FnMut(Met) -> ControlFlow<()>,
    ) -> Self {
        Self { limits, passwords, scratch, budget: Budget::new(limits), each }
    }

    pub(super) fn met(&mut self, path: String, what: What) -> ControlFlow<()> {
        (self.each)(Met { path, what })
    }

    pub(super) fn refuse(&mut self, path: String, reason: Refusal) -> ControlFlow<()> {
        self.met(path, What::Refused { reason })
    }

    /// What the person named. A link they named themselves is followed.
    pub(super) fn input(&mut self, input: &Path) -> ControlFlow<()> {
        let called = input.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        match fs::metadata(input) {
            Ok(found) if found.is_dir() => self.folder(input, &called),
            Ok(found) => self.on_disk(input, called, &found),
            Err(e) => self.refuse(called, unreadable(&e)),
        }
    }

    fn folder(&mut self, root: &Path, called: &str) -> ControlFlow<()> {
        // Folders still to be listed and files still to be met, the next one last: depth first without recursion.
        let mut ahead: Vec<(PathBuf, String)> = vec![(root.to_owned(), called.to_owned())];
        let mut files: u64 = 0;
        while let Some((path, shown)) = ahead.pop() {
            let is_root = files == 0 && path == root;
            let found = if is_root { fs::metadata(&path) } else { fs::symlink_metadata(&path) };
            let found = match found {
                Ok(found) => found,
                Err(e) => {
                    self.refuse(shown, unreadable(&e))?;
                    continue;
                }
            };
            if found.is_dir() {
                match sorted(&path, &shown) {
                    Ok(inside) => ahead.extend(inside.into_iter().rev()),
                    Err(e) => self.refuse(shown, unreadable(&e))?,
                }
                continue;
            }
            files += 1;
            if files > self.limits.entries {
                return self.refuse(called.to_owned(), Refusal::TooManyEntries { limit: self.limits.entries });
            }
            self.on_disk(&path, shown, &found)?;
        }
        ControlFlow::Continue(())
    }

    fn on_disk(&mut self, path: &Path, shown: String, found: &fs::Metadata) -> ControlFlow<()> {
        if found.is_symlink() {
            return self.refuse(shown, Refusal::Link);
        }
        if !found.is_file() {
            return self.refuse(shown, Refusal::SpecialFile);
        }
        if name::is_system_file(&shown) {
            return self.refuse(shown, Refusal::SystemFile);
        }
        match read(path) {
            Ok(content) => self.top(shown, content),
            Err(e) => self.refuse(shown, unreadable(&e)),
        }
    }

    /// A file that lies in no archive.
    pub(super) fn top(&mut self, path: String, content: Content) -> ControlFlow<()> {
        self.budget.begin(content.length());
        self.file(path, content, 0)
    }

    /// A file inside `depth` archives.
    pub(super) fn file(&mut self, path: String, content: Content, depth: u32) -> ControlFlow<()> {
        let format = match sniff(&content) {
            Ok(format) => format,
            Err(e) => return self.refuse(path, unreadable(&e)),
        };
        if !matches!(format, FileFormat::Zip | FileFormat::Iso | FileFormat::Udf) {
            if path.rsplit('/').next().is_some_and(|last| last.starts_with("._"))
                && content.head(4).is_ok_and(|head| name::is_apple_double(&path, &head))
            {
                return self.refuse(path, Refusal::SystemFile);
            }
            return self.met(path, What::File { content, format });
        }
        if depth >= self.limits.depth {
            return self.refuse(path, Refusal::TooDeep { limit: self.limits.depth });
        }
        let mut ending = Ending::default();
        match format {
            FileFormat::Zip => self.zip(&path, &content, depth, &mut ending)?,
            _ => self.disc(&path, &content, format, depth, &mut ending)?,
        }
        if let Some(reason) = ending.refused {
            return self.refuse(path, reason);
        }
        let damaged = !ending.complaints.is_empty();
        let opened = What::Opened { format, files: ending.files, complaints: ending.complaints };
        if ending.locked {
            return self.met(path, What::Locked { content });
        }
        self.met(path.clone(), opened)?;
        if damaged { self.met(path, What::File { content, format }) } else { ControlFlow::Continue(()) }
    }
}

/// Runs the code of a foreign reader. None of them is known to panic; should one do so all the same, it costs what was
/// being read and not the import. Nothing it borrowed is used again but the limits that were spent.
pub(super) fn guarded<T>(read: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).ok()
}

fn sorted(folder: &Path, shown: &str) -> io::Result<Vec<(PathBuf, String)>> {
    let mut inside = Vec::new();
    for entry in fs::read_dir(folder)? {
        inside.push(entry?.file_name());
    }
    inside.sort_unstable();
    let called = |n: &std::ffi::OsStr| name::showable(&n.to_string_lossy(), usize::MAX);
    let joined = |n: &std::ffi::OsStr| if shown.is_empty() { called(n) } else { format!("{shown}/{}", called(n)) };
    Ok(inside.iter().map(|n| (folder.join(n), joined(n))).collect())
}

fn read(path: &Path) -> io::Result<Content> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    if length > IN_MEMORY {
        return Ok(Content::File { file, length });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    file.by_ref().take(IN_MEMORY).read_to_end(&mut bytes)?;
    Ok(Content::Memory(bytes))
}

fn unreadable(e: &io::Error) -> Refusal {
    match e.kind() {
        io::ErrorKind::NotFound => Refusal::NotFound,
        kind => Refusal::Unreadable(kind),
    }
}
