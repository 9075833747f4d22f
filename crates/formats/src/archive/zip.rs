//! ZIP archives: entries in sorted order, passwords, and what can be saved of an archive that is cut off.

use std::io::Read;
use std::ops::ControlFlow;

use ::zip::result::ZipError;
use ::zip::{CompressionMethod, ZipArchive};

use super::spool::{Fault, take};
use super::walk::{Ending, Walker, guarded};
use super::{Refusal, name};
use crate::content::ReadSeek;
use crate::{Complaint, Content};

type Archive<'a> = ZipArchive<Box<dyn ReadSeek + 'a>>;

/// What one entry came to.
enum Taken {
    File(Content),
    Refused(Refusal),
    Locked,
    /// Damaged; the archive itself must be kept.
    Damaged,
}

impl Walker<'_> {
    pub(super) fn zip(&mut self, path: &str, content: &Content, depth: u32, ending: &mut Ending) -> ControlFlow<()> {
        let opened = guarded(|| content.reader().map_err(ZipError::from).and_then(ZipArchive::new));
        let mut archive = match opened {
            Some(Ok(archive)) => archive,
            _ => return self.zip_without_directory(path, content, depth, ending),
        };
        if archive.len() as u64 > self.limits.entries {
            ending.refused = Some(Refusal::TooManyEntries { limit: self.limits.entries });
            return ControlFlow::Continue(());
        }
        if guarded(|| archive.has_overlapping_files().unwrap_or(false)).unwrap_or(true) {
            ending.refused = Some(Refusal::Overlapping);
            return ControlFlow::Continue(());
        }
        if archive.has_duplicate_names() {
            ending.complaints.push(Complaint::new(
                "Several files in this archive have the same name and only one of each could be read; \
                 the archive itself is kept.",
            ));
        }
        let mut order: Vec<(String, usize)> = (0..archive.len()).map(|i| (shown(&archive, i), i)).collect();
        order.sort_unstable();
        let mut damaged: u64 = 0;
        let mut password = None;
        for (stated, index) in order {
            let Ok(entry) = archive.by_index_data(index) else { continue };
            if entry.is_dir() {
                continue;
            }
            ending.files += 1;
            let inner = match name::checked(&stated, self.limits.path_bytes) {
                Ok(inner) => inner,
                Err(reason) => {
                    let stated = name::showable(&stated, self.limits.path_bytes);
                    self.refuse(format!("{path}!/{stated}"), reason)?;
                    continue;
                }
            };
            let inner = format!("{path}!/{inner}");
            if entry.is_symlink() {
                self.refuse(inner, Refusal::Link)?;
                continue;
            }
            if name::is_system_file(&inner) {
                self.refuse(inner, Refusal::SystemFile)?;
                continue;
            }
            match guarded(|| self.entry(&mut archive, index, &mut password)).unwrap_or(Taken::Damaged) {
                Taken::File(content) => self.file(inner, content, depth + 1)?,
                Taken::Locked => {
                    ending.locked = true;
                    ending.files -= 1;
                }
                Taken::Damaged => {
                    damaged += 1;
                    self.refuse(inner, Refusal::Damaged)?;
                }
                Taken::Refused(reason) if reason.ends_archive() => {
                    ending.refused = Some(reason);
                    return ControlFlow::Continue(());
                }
                Taken::Refused(reason) => {
                    if reason == Refusal::UnknownPacking {
                        ending.complaints.push(Complaint::new(
                            "A file in this archive is packed in a way that cannot be read here; the archive itself is kept.",
                        ));
                    }
                    self.refuse(inner, reason)?;
                }
            }
        }
        if damaged > 0 {
            ending.complaints.push(Complaint::new(format!(
                "The archive is damaged: {damaged} of its files could not be read; ask the sender for it again."
            )));
        }
        ControlFlow::Continue(())
    }

    /// Takes one entry out; `known` is the password that opened the last one.
    fn entry(&mut self, archive: &mut Archive<'_>, index: usize, known: &mut Option<usize>) -> Taken {
        let (locked, size, method) = match archive.by_index_data(index) {
            Ok(entry) => (entry.encrypted(), entry.size(), entry.compression()),
            Err(_) => return Taken::Damaged,
        };
        if size > self.limits.entry_bytes {
            return Taken::Refused(Refusal::EntryTooLarge { limit: self.limits.entry_bytes });
        }
        #[expect(deprecated, reason = "the only name of a method this library does not know")]
        if matches!(method, CompressionMethod::Unsupported(_)) {
            return Taken::Refused(Refusal::UnknownPacking);
        }
        if !locked {
            return match archive.by_index(index) {
                Ok(mut entry) => self.taken(&mut entry),
                Err(e) => failed(&e),
            };
        }
        let passwords = self.passwords;
        let mut order: Vec<usize> = (0..passwords.len()).collect();
        order.sort_by_key(|i| Some(*i) != *known);
        let mut outcome = Taken::Locked;
        for i in order {
            let Some(password) = passwords.get(i) else { continue };
            let taken = match archive.by_index_decrypt(index, password.as_bytes()) {
                Ok(mut entry) => self.taken(&mut entry),
                Err(ZipError::InvalidPassword) => continue,
                Err(e) => failed(&e),
            };
            match taken {
                // The old ZIP encryption lets one wrong password in 256 pass; the checksum finds it.
                Taken::Damaged if *known != Some(i) => {}
                taken => {
                    *known = Some(i);
                    return taken;
                }
            }
            outcome = Taken::Locked;
        }
        outcome
    }

    fn taken(&mut self, entry: &mut dyn Read) -> Taken {
        match take(entry, self.scratch, &mut self.budget) {
            Ok(content) => Taken::File(content),
            Err(Fault::Refused(reason)) => Taken::Refused(reason),
            Err(Fault::Source) => Taken::Damaged,
        }
    }

    /// An archive whose directory is missing (a download that broke off): its entries one after the other.
    fn zip_without_directory(
        &mut self,
        path: &str,
        content: &Content,
        depth: u32,
        ending: &mut Ending,
    ) -> ControlFlow<()> {
        let Ok(mut reader) = content.reader() else {
            ending.complaints.push(unreadable());
            return ControlFlow::Continue(());
        };
        let mut seen: u64 = 0;
        // Ends at the first entry that cannot be read: nothing after it can be found reliably.
        while let Ok(Some(mut entry)) = ::zip::read::read_zipfile_from_stream(&mut reader) {
            seen += 1;
            if seen > self.limits.entries {
                ending.refused = Some(Refusal::TooManyEntries { limit: self.limits.entries });
                return ControlFlow::Continue(());
            }
            if entry.is_dir() {
                continue;
            }
            let stated = readable_name(entry.name_raw(), entry.name().ok().as_deref());
            let inner = name::checked(&stated, self.limits.path_bytes);
            let stated = name::showable(&stated, self.limits.path_bytes);
            let taken = match inner {
                Ok(_) if entry.is_symlink() => Taken::Refused(Refusal::Link),
                Ok(inner) if name::is_system_file(&inner) => Taken::Refused(Refusal::SystemFile),
                Ok(_) => self.taken(&mut entry),
                Err(reason) => Taken::Refused(reason),
            };
            drop(entry);
            let inner = format!("{path}!/{}", stated.replace('\\', "/"));
            match taken {
                Taken::File(content) => {
                    ending.files += 1;
                    self.file(inner, content, depth + 1)?;
                }
                Taken::Refused(reason) if reason.ends_archive() => {
                    ending.refused = Some(reason);
                    return ControlFlow::Continue(());
                }
                Taken::Refused(reason) => {
                    ending.files += 1;
                    self.refuse(inner, reason)?;
                }
                Taken::Damaged | Taken::Locked => {
                    ending.files += 1;
                    self.refuse(inner, Refusal::Damaged)?;
                    break;
                }
            }
        }
        if ending.files == 0 {
            ending.complaints.push(unreadable());
        } else {
            ending.complaints.push(Complaint::new(format!(
                "The archive is cut off or damaged; the first {} of its files were found. Ask the sender for it again.",
                ending.files
            )));
        }
        ControlFlow::Continue(())
    }
}

fn unreadable() -> Complaint {
    Complaint::new("This archive is damaged and nothing in it could be read; it is kept. Ask the sender for it again.")
}

fn failed(e: &ZipError) -> Taken {
    match e {
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            Taken::Refused(Refusal::UnknownPacking)
        }
        _ => Taken::Damaged,
    }
}

fn shown(archive: &Archive<'_>, index: usize) -> String {
    archive
        .by_index_data(index)
        .map(|entry| readable_name(entry.name_raw(), entry.name().ok().as_deref()))
        .unwrap_or_default()
}

/// UTF-8 where it is UTF-8, flagged or not (many programs forget the flag); code page 437 otherwise.
fn readable_name(raw: &[u8], declared: Option<&str>) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => declared.map_or_else(|| String::from_utf8_lossy(raw).into_owned(), str::to_owned),
    }
}
