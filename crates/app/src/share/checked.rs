//! Holding a packet's checksums against its files before anything of it is kept: what `receive --look` says. What must not
//! live here: what becomes of an item once the packet is opened (`casefile::share::received`).

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use consilium_casefile::Message;
use consilium_casefile::share::PacketList;
use consilium_casefile::share::manifest::{self, LARGEST_MANIFEST, MANIFEST, Manifest};
use consilium_formats::{Content, Limits, archive};
use consilium_vault::make_folder;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::received::doubt_message;
use crate::App;
use crate::error::{AppError, Doing};
use crate::gather::{Phase, Progress};

/// The page of a packet that names its items with their checksums.
const INDEX: &str = "INDEX.HTM";
/// Files without a checksum that a sentence names, at most.
const MOST_UNNAMED: usize = 5;

/// What a packet's checksums say of its files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Whether every file is the one that was sent, as far as checksums show.
    pub whole: bool,
    /// The same in one sentence.
    pub said: String,
    /// Files whose bytes are those that `SHA256.TXT` names.
    pub same: usize,
    /// Files with other bytes, or that can not be read.
    pub differ: Vec<String>,
    /// Files that `SHA256.TXT` names and the medium does not have.
    pub absent: Vec<String>,
    /// Files that `SHA256.TXT` does not name.
    pub unnamed: Vec<String>,
    /// Where the list of contents, the index and `SHA256.TXT` do not say the same, one sentence each.
    pub doubts: Vec<String>,
}

/// Files of a medium by their path, in capitals, each with its SHA-256 where it can be read; and the nearest `SHA256.TXT`.
struct Files {
    sha256: HashMap<String, Option<String>>,
    manifest: Option<(String, Vec<u8>)>,
    index: Option<(String, Vec<u8>)>,
}

fn sha256(content: &Content) -> Option<String> {
    let (mut reader, mut hash, mut piece) = (content.reader().ok()?, Sha256::new(), vec![0; 1 << 16]);
    loop {
        match reader.read(&mut piece).ok()? {
            0 => return Some(hex::encode(hash.finalize())),
            read => hash.update(piece.get(..read)?),
        }
    }
}

fn read(medium: &Path, scratch: &Path, expected: u64, each: &mut dyn FnMut(&Progress)) -> Files {
    let mut files = Files { sha256: HashMap::new(), manifest: None, index: None };
    let mut progress = Progress { phase: Phase::Reading, files: 0, expected, bytes: 0, failure: None };
    let depth = |path: &str| path.matches('/').count();
    let _ = archive::walk(medium, &Limits::default(), &[], scratch, &mut |met| {
        let content = match &met.what {
            archive::What::File { content, .. } | archive::What::Locked { content } => Some(content),
            archive::What::Refused { .. } => None,
            archive::What::Opened { .. } => return ControlFlow::Continue(()),
        };
        for (name, nearest) in [(MANIFEST, &mut files.manifest), (INDEX, &mut files.index)] {
            let is_it = met.path.rsplit('/').next().is_some_and(|own| own.eq_ignore_ascii_case(name));
            if is_it && nearest.as_ref().is_none_or(|(known, _)| depth(&met.path) < depth(known)) {
                let bytes = content.and_then(|content| content.bytes(LARGEST_MANIFEST).ok().flatten());
                *nearest = Some((met.path.clone(), bytes.map(std::borrow::Cow::into_owned).unwrap_or_default()));
            }
        }
        progress.files += 1;
        progress.bytes += content.map_or(0, Content::length);
        files.sha256.insert(met.path.to_ascii_uppercase(), content.and_then(sha256));
        each(&progress);
        ControlFlow::Continue(())
    });
    files
}

/// Holds what was read against `SHA256.TXT`; the sentence is still missing. `None`: there is no such list, or it is none.
fn held_against(files: &Files) -> Option<(Manifest, Checked)> {
    let (path, bytes) = files.manifest.as_ref()?;
    let manifest = Manifest::read(&String::from_utf8_lossy(bytes))?;
    let root = path.rsplit_once('/').map_or(String::new(), |(root, _)| format!("{}/", root.to_ascii_uppercase()));
    let mut checked = Checked::default();
    for (path, expect) in manifest.all() {
        match files.sha256.get(&format!("{root}{path}")) {
            Some(Some(found)) if found == expect => checked.same += 1,
            Some(_) => checked.differ.push(path.to_owned()),
            None => checked.absent.push(path.to_owned()),
        }
    }
    let named: HashSet<String> =
        manifest.all().iter().map(|(path, _)| format!("{root}{path}").to_ascii_uppercase()).collect();
    let own = format!("{root}{MANIFEST}");
    // What lies in an archive that is named goes with it.
    let is_named = |path: &str| {
        named.contains(path)
            || path.match_indices('/').any(|(end, _)| path.get(..end).is_some_and(|of| named.contains(of)))
    };
    let unnamed = files.sha256.keys().filter(|path| **path != own && !is_named(path));
    checked.unnamed = unnamed.cloned().collect();
    checked.unnamed.sort_unstable();
    Some((manifest, checked))
}

impl App {
    /// Holds the checksums of a packet against its files; nothing of it is kept. `each` is called after every file.
    ///
    /// # Errors
    /// A fault of the machine.
    pub async fn check_packet(
        &self,
        medium: PathBuf,
        list: Option<&PacketList>,
        mut each: impl FnMut(&Progress) + Send + 'static,
    ) -> Result<Checked, AppError> {
        let scratch = self.home().join("scratch");
        make_folder(&scratch).doing("making room for large files")?;
        let expected = list.map_or(0, |list| list.items.iter().map(|item| item.files.len() as u64).sum());
        let reading = tokio::task::spawn_blocking(move || read(&medium, &scratch, expected, &mut each));
        let files = reading.await.doing("reading the packet")?;
        let Some((manifest, mut checked)) = held_against(&files) else {
            let key = if files.manifest.is_some() { "received-doubt-manifest" } else { "checked-no-checksums" };
            return Ok(Checked { said: self.say(&Message::new(key)), ..Checked::default() });
        };
        let index = files.index.as_ref().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
        let doubts = list.map(|list| manifest::doubts(list, &manifest, &[], index.as_deref())).unwrap_or_default();
        checked.doubts = doubts.iter().map(|doubt| self.say(&doubt_message(doubt))).collect();
        if !checked.unnamed.is_empty() {
            let message = Message::new("checked-unnamed").with("count", checked.unnamed.len());
            let named = checked.unnamed.iter().take(MOST_UNNAMED).cloned().collect::<Vec<_>>().join(", ");
            checked.doubts.push(self.say(&message.with("named", named)));
        }
        checked.whole = checked.differ.is_empty() && checked.absent.is_empty() && checked.doubts.is_empty();
        let message = Message::new(if checked.whole { "checked-whole" } else { "checked-not-whole" });
        let message = message.with("same", checked.same).with("differ", checked.differ.len());
        checked.said = self.say(&message.with("absent", checked.absent.len()));
        Ok(checked)
    }
}
