//! A packet says the checksums of its files in more than one place: in its list of contents, in `SHA256.TXT`, in its index.
//! Here they are held against each other. What agrees everywhere was not damaged on the way and not edited carelessly. It
//! says nothing of somebody who edits every place: nothing in a packet is signed.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::list::{ItemKind, OWN_PAGES, PACKET_LIST, PacketList, is_sha256, shown};

/// The page that has the checksum of every file.
pub const MANIFEST: &str = "SHA256.TXT";
/// The page a person opens first.
pub const INDEX: &str = "INDEX.HTM";
/// The directory of the images.
pub const DICOMDIR: &str = "DICOMDIR";
/// Largest manifest that is read, bytes.
pub const LARGEST_MANIFEST: u64 = 64 << 20;
/// Doubts that are kept one by one; the list ends there.
const MOST_DOUBTS: usize = 200;

/// Two places of a packet that do not say the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "doubt", rename_all = "snake_case")]
pub enum ListDoubt {
    /// `SHA256.TXT` is there and holds no checksums, or a line that is none.
    ManifestUnread,
    /// A page of the packet's own, or the list of contents, is not the one whose checksum `SHA256.TXT` has.
    Page {
        /// Such as `PACKET.JSON`.
        name: String,
    },
    /// The list of contents and `SHA256.TXT` have different checksums of a file.
    Differs {
        /// Its path in the packet.
        path: String,
    },
    /// The list of contents names a file that `SHA256.TXT` does not.
    NotInManifest {
        /// Its path in the packet.
        path: String,
    },
    /// `SHA256.TXT` names a file that the list of contents does not.
    NotInList {
        /// Its path in the packet.
        path: String,
    },
    /// The index has another checksum of a document than the list of contents, or none.
    Index {
        /// Number of the item.
        number: String,
    },
}

/// `SHA256.TXT` as it arrived: checksums by path, in capitals.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Manifest(HashMap<String, String>);

impl Manifest {
    /// Reads it; `None` where a line is no checksum, or a file is named twice.
    #[must_use]
    pub fn read(words: &str) -> Option<Self> {
        let mut all = HashMap::new();
        for line in words.lines().filter(|line| !line.trim().is_empty()) {
            let (sha256, path) = line.split_once("  ")?;
            let sha256 = sha256.to_ascii_lowercase();
            if !is_sha256(&sha256) || all.insert(path.trim_end().to_ascii_uppercase(), sha256).is_some() {
                return None;
            }
        }
        (!all.is_empty()).then_some(Self(all))
    }

    /// What it says of a file.
    #[must_use]
    pub fn sha256(&self, path: &str) -> Option<&str> {
        self.0.get(&path.to_ascii_uppercase()).map(String::as_str)
    }

    /// Every file it names, in capitals, in order, with its checksum.
    #[must_use]
    pub fn all(&self) -> Vec<(&str, &str)> {
        let mut all: Vec<_> = self.0.iter().map(|(path, sha256)| (path.as_str(), sha256.as_str())).collect();
        all.sort_unstable();
        all
    }
}

/// Holds the places against each other: the list, the manifest, the checksums of the packet's own pages and of the list as
/// they were stored (`stored`: name, SHA-256), and the words of the index where it arrived.
#[must_use]
pub fn doubts(
    list: &PacketList,
    manifest: &Manifest,
    stored: &[(String, String)],
    index: Option<&str>,
) -> Vec<ListDoubt> {
    let mut all = Vec::new();
    for (name, sha256) in stored.iter().filter(|(name, _)| name != MANIFEST) {
        if manifest.sha256(name).is_some_and(|said| said != sha256)
            || (name == PACKET_LIST && manifest.sha256(name).is_none())
        {
            all.push(ListDoubt::Page { name: name.clone() });
        }
    }
    let files = || list.items.iter().flat_map(|item| &item.files);
    for file in files() {
        match manifest.sha256(&file.path) {
            Some(said) if said == file.sha256 => {}
            Some(_) => all.push(ListDoubt::Differs { path: file.path.clone() }),
            None => all.push(ListDoubt::NotInManifest { path: file.path.clone() }),
        }
    }
    let listed: std::collections::HashSet<String> = files().map(|file| file.path.to_ascii_uppercase()).collect();
    let own = |path: &str| OWN_PAGES.contains(&path) || path == PACKET_LIST || path == DICOMDIR;
    let mut others: Vec<&String> = manifest.0.keys().filter(|path| !listed.contains(*path) && !own(path)).collect();
    others.sort_unstable();
    all.extend(others.into_iter().map(|path| ListDoubt::NotInList { path: shown(path, 200) }));
    if let Some(index) = index {
        let documents = list.items.iter().filter(|item| item.kind == ItemKind::Document);
        let other = documents.filter(|item| !index.contains(&item.sha256));
        all.extend(other.map(|item| ListDoubt::Index { number: item.number.clone() }));
    }
    all.truncate(MOST_DOUBTS);
    all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sha(digit: char) -> String {
        digit.to_string().repeat(64)
    }

    fn list() -> PacketList {
        let file = |path: &str, digit| json!({ "path": path, "sha256": sha(digit), "bytes": 1 });
        let value = json!({ "format": "consilium-packet", "version": 1, "packet": "0000-packet", "case": "rosa",
            "chain_head": "1", "edition": "full", "items": [
            { "number": "1", "kind": "document", "sha256": sha('a'), "files": [file("DOCS/D00001.PDF", 'a')] }] });
        super::super::list::read(&serde_json::to_vec(&value).expect("a list")).expect("a list that is read")
    }

    fn check(manifest: &str, index: Option<&str>, expect: &[ListDoubt]) {
        let manifest = Manifest::read(manifest).expect("a manifest");
        let stored = [(PACKET_LIST.to_owned(), sha('1')), ("PACKET.PDF".to_owned(), sha('2'))];
        assert_eq!(doubts(&list(), &manifest, &stored, index), expect);
    }

    #[test]
    fn places_that_say_the_same_raise_no_doubt() {
        let manifest = format!(
            "{}  DOCS/D00001.PDF\r\n{}  PACKET.PDF\n{}  dicomdir\n{}  PACKET.JSON\n",
            sha('A'),
            sha('2'),
            sha('3'),
            sha('1')
        );
        check(&manifest, Some(&format!("SHA-256 {}", sha('a'))), &[]);
    }

    #[test]
    fn each_place_that_says_another_thing_is_named() {
        let manifest = format!("{}  DOCS/D00001.PDF\n{}  PACKET.PDF\n{}  PACKET.JSON\n", sha('b'), sha('2'), sha('1'));
        check(&manifest, None, &[ListDoubt::Differs { path: "DOCS/D00001.PDF".to_owned() }]);
        let manifest = format!("{}  DOCS/D00001.PDF\n{}  PACKET.PDF\n{}  PACKET.JSON\n", sha('a'), sha('9'), sha('8'));
        let page = |name: &str| ListDoubt::Page { name: name.to_owned() };
        check(&manifest, None, &[page("PACKET.JSON"), page("PACKET.PDF")]);
        let manifest = format!("{}  DOCS/D00002.PDF\n{}  PACKET.JSON\n", sha('a'), sha('1'));
        let (gone, more) = ("DOCS/D00001.PDF".to_owned(), "DOCS/D00002.PDF".to_owned());
        check(&manifest, None, &[ListDoubt::NotInManifest { path: gone }, ListDoubt::NotInList { path: more }]);
        let manifest = format!("{}  DOCS/D00001.PDF\n", sha('a'));
        check(&manifest, Some("no checksum"), &[page("PACKET.JSON"), ListDoubt::Index { number: "1".to_owned() }]);
    }

    #[test]
    fn what_is_no_manifest_is_not_read_as_one() {
        let twice = format!("{}  A.PDF\n{}  a.pdf\n", sha('a'), sha('b'));
        for words in ["", "\n\n", "hello", "abc  A.PDF", &twice, &format!("{} A.PDF", sha('a'))] {
            assert_eq!(Manifest::read(words), None, "{words}");
        }
    }
}
