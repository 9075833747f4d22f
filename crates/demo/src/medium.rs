//! What lies around the records on real discs: disc images, broken directories, clutter of the system.

use hadris_fs::{Content, NoClock, Node, Tree};
use hadris_iso::{IsoId, IsoOptions};
use hadris_storage::{BlockSize, MemDevice};

use crate::DemoError;
use crate::papers::wrong;

/// What a disc asks Windows to start.
pub(crate) const AUTORUN: &[u8] = b"[autorun]\r\nopen=VIEWER.EXE\r\nlabel=Images\r\n";

/// A file that looks like a Windows program by its first bytes and can do nothing: it has a DOS header and no code.
pub(crate) fn inert_program() -> Vec<u8> {
    let mut bytes = vec![0_u8; 1024];
    let note = b"This is no program. It stands in a demonstration for the viewer a hospital puts on its discs.";
    for (to, from) in bytes.iter_mut().zip(b"MZ") {
        *to = *from;
    }
    for (to, from) in bytes.iter_mut().skip(128).zip(note) {
        *to = *from;
    }
    bytes
}

/// The picture cache Windows leaves behind: the head of an OLE file and nothing in it.
pub(crate) fn thumbnails() -> Vec<u8> {
    let mut bytes = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    bytes.resize(512, 0);
    bytes
}

/// A directory as a scratched disc gives it: the second half is gone and an offset in the first half is nonsense.
pub(crate) fn broken(mut directory: Vec<u8>) -> Vec<u8> {
    directory.truncate(directory.len() * 55 / 100);
    for byte in directory.iter_mut().skip(700).take(24) {
        *byte = 0xFF;
    }
    directory
}

/// An ISO 9660 image with Joliet names. Times in it are fixed.
pub(crate) fn iso(label: &str, files: &[(&str, &[u8])]) -> Result<Vec<u8>, DemoError> {
    let mut tree = Tree::new();
    for (path, bytes) in files {
        tree.insert(path, Node::file(Content::bytes(*bytes))).map_err(|e| DemoError::Make(format!("{e:?}")))?;
    }
    let options = IsoOptions::default().with_id(IsoId::Volume, label).with_joliet().with_time(NoClock::TIME);
    let size = hadris_iso::plan(&tree, &options).map_err(wrong)?.size();
    let mut image = vec![0_u8; usize::try_from(size).map_err(wrong)?];
    let sector = BlockSize::new(2048).ok_or_else(|| wrong("a sector has 2048 bytes"))?;
    hadris_iso::sync::write(MemDevice::new(image.as_mut_slice(), sector), &tree, &options).map_err(wrong)?;
    Ok(image)
}
