//! A disc image of what a folder holds: ISO 9660 with the names of Joliet and of Rock Ridge, so that every system shows the
//! same names, `PACKET.JSON` among them. Files are read from the folder as the image is written; none is held in memory.

use std::fs::{self, File};
use std::path::Path;

use hadris_fs::{NoClock, Node, Tree, host};
use hadris_iso::{IsoId, IsoOptions};
use hadris_storage::BlockSize;
use hadris_storage::host::FileDevice;

use super::MediaError;

/// Bytes of a sector of a disc.
const SECTOR: u32 = 2048;
/// How deep folders of a disc may lie.
const DEEPEST: usize = 8;

/// Writes a disc image of a folder into an open, empty file. Times in it are fixed: the same files give the same image.
///
/// # Errors
/// [`MediaError::Disc`] when the folder can not be read, or the image not written.
pub fn disc_image(label: &str, folder: &Path, to: File) -> Result<(), MediaError> {
    let wrong = |error: &dyn std::fmt::Display| MediaError::Disc(error.to_string());
    let mut tree = Tree::new();
    insert(&mut tree, folder, "", DEEPEST)?;
    let options =
        IsoOptions::default().with_id(IsoId::Volume, label).with_joliet().with_rock_ridge().with_time(NoClock::TIME);
    let size = hadris_iso::plan(&tree, &options).map_err(|e| wrong(&e))?.size();
    to.set_len(size).map_err(|e| wrong(&e))?;
    let sector = BlockSize::new(SECTOR).ok_or_else(|| MediaError::Disc("a sector has 2048 bytes".to_owned()))?;
    let mut device = FileDevice::with_block_size(to, sector).map_err(|e| wrong(&e))?;
    hadris_iso::sync::write(&mut device, &tree, &options).map_err(|e| wrong(&e))?;
    device.get_ref().sync_all().map_err(|e| wrong(&e))
}

fn insert(tree: &mut Tree, folder: &Path, before: &str, deeper: usize) -> Result<(), MediaError> {
    let wrong = |error: &dyn std::fmt::Display| MediaError::Disc(error.to_string());
    let mut entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(|e| wrong(&e))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let name = name.to_str().ok_or_else(|| MediaError::Disc("a name is not text".to_owned()))?;
        let path = if before.is_empty() { name.to_owned() } else { format!("{before}/{name}") };
        let kind = entry.file_type().map_err(|e| wrong(&e))?;
        if kind.is_dir() && deeper > 0 {
            insert(tree, &entry.path(), &path, deeper - 1)?;
        } else if kind.is_file() {
            let content = host::file(entry.path()).map_err(|e| wrong(&e))?;
            tree.insert(&path, Node::file(content)).map_err(|e| wrong(&e))?;
        } else {
            return Err(MediaError::Disc(format!("{path} is no file")));
        }
    }
    Ok(())
}
