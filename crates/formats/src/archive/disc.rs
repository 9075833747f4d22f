//! Disc images: ISO 9660 in the tree with the best names, then UDF. Directories are followed once each, so that one
//! that holds itself ends.

use std::collections::HashSet;
use std::io::{self, Read};
use std::ops::ControlFlow;

use consilium_casefile::records::FileFormat;
use hadris_fs::sync::FileSystem;
use hadris_fs::{DirCursor, ErrorKind, FileType, MountOptions, NodeId, OpenMode};
use hadris_iso::Namespace;
use hadris_iso::sync::IsoFs;
use hadris_storage::host::FileDevice;
use hadris_storage::sync::BlockDevice;
use hadris_storage::{BlockSize, MemDevice};
use hadris_udf::sync::UdfFs;

use super::spool::{Fault, take};
use super::walk::{Ending, Walker, guarded};
use super::{Refusal, name};
use crate::{Complaint, Content};

/// Something met in a folder of the disc.
struct Entry {
    /// As the disc states it, below the root.
    stated: String,
    node: NodeId,
    kind: FileType,
    /// Bytes, as the disc states.
    length: u64,
}

impl Walker<'_> {
    pub(super) fn disc(
        &mut self,
        path: &str,
        content: &Content,
        format: FileFormat,
        depth: u32,
        ending: &mut Ending,
    ) -> ControlFlow<()> {
        let Some(block) = BlockSize::new(512) else { return ControlFlow::Continue(()) };
        match content {
            Content::Memory(bytes) => {
                let device = || Some(MemDevice::new(bytes.as_slice(), block));
                self.disc_on(path, &device, format, depth, ending)
            }
            Content::File { file, .. } => {
                let device = || file.try_clone().and_then(|file| FileDevice::with_block_size(file, block)).ok();
                self.disc_on(path, &device, format, depth, ending)
            }
        }
    }

    fn disc_on<D: BlockDevice>(
        &mut self,
        path: &str,
        device: &dyn Fn() -> Option<D>,
        format: FileFormat,
        depth: u32,
        ending: &mut Ending,
    ) -> ControlFlow<()> {
        let mut iso = if format == FileFormat::Iso { guarded(|| best_tree(device)).flatten() } else { None };
        if let Some(iso) = &mut iso {
            self.tree(path, iso, depth, ending)?;
            if ending.files > 0 || ending.refused.is_some() {
                return ControlFlow::Continue(());
            }
        }
        let udf = guarded(|| device().map(|device| UdfFs::mount(device, MountOptions::new()))).flatten();
        match udf {
            Some(Ok(mut udf)) => {
                ending.complaints.clear();
                self.tree(path, &mut udf, depth, ending)
            }
            // An ISO disc without a file and without a UDF part: an empty disc.
            _ if iso.is_some() => ControlFlow::Continue(()),
            Some(Err(e)) if e.kind() == ErrorKind::Unsupported => {
                ending.complaints.push(Complaint::new(
                    "This disc was written in packets, which cannot be read here; it is kept whole. \
                     Open the disc on a computer and ask for a copy as a folder.",
                ));
                ControlFlow::Continue(())
            }
            _ => {
                ending.complaints.push(Complaint::new(
                    "This disc image is damaged and nothing in it could be read; it is kept whole. \
                     Ask for a copy as a folder.",
                ));
                ControlFlow::Continue(())
            }
        }
    }

    /// Every file of a mounted disc, in sorted order.
    fn tree<F: FileSystem>(&mut self, path: &str, disc: &mut F, depth: u32, ending: &mut Ending) -> ControlFlow<()> {
        let root = disc.root();
        let mut seen = HashSet::from([root.get()]);
        let mut listed: u64 = 0;
        let mut broken: u64 = 0;
        let mut damaged: u64 = 0;
        let mut ahead = vec![Entry { stated: String::new(), node: root, kind: FileType::Dir, length: 0 }];
        while let Some(entry) = ahead.pop() {
            if entry.kind == FileType::Dir {
                let mut inside = Vec::new();
                let list = guarded(|| self.list(disc, &entry, &mut listed, &mut inside));
                broken += u64::from(list.is_none_or(|list| list.is_err()));
                if listed > self.limits.entries {
                    ending.refused = Some(Refusal::TooManyEntries { limit: self.limits.entries });
                    return ControlFlow::Continue(());
                }
                inside.retain(|e: &Entry| e.kind != FileType::Dir || seen.insert(e.node.get()));
                inside.sort_unstable_by(|a, b| b.stated.cmp(&a.stated));
                ahead.extend(inside);
                continue;
            }
            ending.files += 1;
            let inner = match name::checked(&entry.stated, self.limits.path_bytes) {
                Ok(inner) => format!("{path}!/{inner}"),
                Err(reason) => {
                    let stated = name::showable(&entry.stated, self.limits.path_bytes);
                    self.refuse(format!("{path}!/{stated}"), reason)?;
                    continue;
                }
            };
            match guarded(|| self.disc_file(disc, &entry, &inner)).unwrap_or(Err(Refusal::Damaged)) {
                Ok(content) => self.file(inner, content, depth + 1)?,
                Err(reason) if reason.ends_archive() => {
                    ending.refused = Some(reason);
                    return ControlFlow::Continue(());
                }
                Err(reason) => {
                    damaged += u64::from(reason == Refusal::Damaged);
                    self.refuse(inner, reason)?;
                }
            }
        }
        if broken > 0 {
            ending.complaints.push(Complaint::new(format!(
                "{broken} folders of this disc are damaged and files in them may be missing; ask for a new copy."
            )));
        }
        if damaged > 0 {
            ending.complaints.push(Complaint::new(format!(
                "{damaged} files of this disc are damaged and could not be read; ask for a new copy."
            )));
        }
        ControlFlow::Continue(())
    }

    /// The entries of one folder; those before a damaged one stay in `into`.
    fn list<F: FileSystem>(
        &self,
        disc: &mut F,
        folder: &Entry,
        listed: &mut u64,
        into: &mut Vec<Entry>,
    ) -> Result<(), ()> {
        // Folders deeper than any path may be are not followed; their files would be refused one by one.
        if folder.stated.len() > self.limits.path_bytes {
            return Err(());
        }
        let mut cursor = DirCursor::START;
        while let Some(entry) = disc.readdir(folder.node, cursor).map_err(|_| ())? {
            *listed += 1;
            if *listed > self.limits.entries {
                return Ok(());
            }
            let name = String::from_utf8_lossy(entry.name().as_bytes()).into_owned();
            let stated = if folder.stated.is_empty() { name } else { format!("{}/{name}", folder.stated) };
            into.push(Entry { stated, node: entry.node(), kind: entry.file_type(), length: entry.metadata().len() });
            cursor = entry.next_cursor();
        }
        Ok(())
    }

    fn disc_file<F: FileSystem>(&mut self, disc: &mut F, entry: &Entry, inner: &str) -> Result<Content, Refusal> {
        match entry.kind {
            FileType::File => {}
            FileType::Symlink => return Err(Refusal::Link),
            _ => return Err(Refusal::SpecialFile),
        }
        if name::is_system_file(inner) {
            return Err(Refusal::SystemFile);
        }
        if entry.length > self.limits.entry_bytes {
            return Err(Refusal::EntryTooLarge { limit: self.limits.entry_bytes });
        }
        disc.open(entry.node, OpenMode::Read).map_err(|_| Refusal::Damaged)?;
        let mut reader = FileReader { disc: &mut *disc, node: entry.node, at: 0 };
        let taken = take(&mut reader, self.scratch, &mut self.budget);
        let closed = disc.close(entry.node);
        match taken {
            Ok(content) if content.length() == entry.length && closed.is_ok() => Ok(content),
            Ok(_) | Err(Fault::Source) => Err(Refusal::Damaged),
            Err(Fault::Refused(reason)) => Err(reason),
        }
    }
}

/// The tree with the best names: Joliet, then Rock Ridge, then what is left.
fn best_tree<D: BlockDevice>(device: &dyn Fn() -> Option<D>) -> Option<IsoFs<D>> {
    let preferred = IsoFs::mount(device()?, MountOptions::new()).ok()?;
    if !preferred.namespaces().contains(Namespace::Joliet) {
        return Some(preferred);
    }
    IsoFs::mount_namespace(device()?, MountOptions::new(), Namespace::Joliet).ok().or(Some(preferred))
}

/// One open file of a disc, from its beginning.
struct FileReader<'a, F> {
    disc: &'a mut F,
    node: NodeId,
    at: u64,
}

impl<F: FileSystem> Read for FileReader<'_, F> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.disc.read(self.node, self.at, into).map_err(|_| io::ErrorKind::InvalidData)?;
        self.at += n as u64;
        Ok(n)
    }
}
