//! Fonts: those that are in the program, and for scripts that these do not have, those that are installed on the computer.
//! Nothing is fetched. Pages in Latin, Greek and Cyrillic letters are the same on every machine; a page with letters of
//! another script is set with what the machine has.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use typst::foundations::Bytes;
use typst::text::Font;

/// Where systems keep fonts.
const FOLDERS: [&str; 6] = [
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:\\Windows\\Fonts",
    "/opt/homebrew/share/fonts",
];
/// Most files of fonts that are looked into.
const MOST_FILES: usize = 600;
/// Largest file of fonts that is looked into, in bytes.
const LARGEST_FILE: u64 = 60_000_000;
/// How deep folders are looked through.
const DEEPEST: usize = 6;

/// The fonts in the program.
pub(crate) fn embedded() -> &'static [Font] {
    static FONTS: OnceLock<Vec<Font>> = OnceLock::new();
    FONTS.get_or_init(|| {
        let files: [&'static [u8]; 6] = [
            ttf_noto_sans::REGULAR,
            ttf_noto_sans::BOLD,
            ttf_noto_sans::ITALIC,
            dejavu::sans::regular(),
            dejavu::sans::bold(),
            dejavu::sans_mono::regular(),
        ];
        files.into_iter().flat_map(|file| Font::iter(Bytes::new(file))).collect()
    })
}

/// Fonts of this computer that were needed so far, and what none of them has.
#[derive(Default)]
struct Installed {
    fonts: Vec<Font>,
    nowhere: BTreeSet<char>,
}

/// Fonts of this computer with letters that the embedded ones do not have, as far as there are any.
pub(crate) fn installed_for(text: &str) -> Vec<Font> {
    static INSTALLED: Mutex<Option<Installed>> = Mutex::new(None);
    let lacking = lacking(text, embedded());
    if lacking.is_empty() {
        return Vec::new();
    }
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    let installed = installed.get_or_insert_default();
    let missing = |installed: &Installed| -> BTreeSet<char> {
        lacking.iter().filter(|c| !installed.nowhere.contains(c) && !is_in(**c, &installed.fonts)).copied().collect()
    };
    let mut wanted = missing(installed);
    if !wanted.is_empty() {
        for file in files() {
            let Ok(bytes) = std::fs::read(&file) else { continue };
            let fonts = Font::iter(Bytes::new(bytes));
            installed
                .fonts
                .extend(fonts.filter(|font| wanted.iter().any(|c| is_in(*c, std::slice::from_ref(font)))).take(1));
            wanted = missing(installed);
            if wanted.is_empty() {
                break;
            }
        }
        installed.nowhere.extend(wanted);
    }
    let helps = |font: &&Font| lacking.iter().any(|c| is_in(*c, std::slice::from_ref(*font)));
    installed.fonts.iter().filter(helps).cloned().collect()
}

/// The printable characters of `text` that none of these fonts can draw.
pub(crate) fn lacking(text: &str, fonts: &[Font]) -> BTreeSet<char> {
    let drawable = |c: char| c.is_control() || c.is_whitespace() || is_invisible(c) || is_in(c, fonts);
    text.chars().collect::<BTreeSet<_>>().into_iter().filter(|c| !drawable(*c)).collect()
}

fn is_in(c: char, fonts: &[Font]) -> bool {
    fonts.iter().any(|font| font.info().coverage.contains(u32::from(c)))
}

/// Signs that steer how others are drawn, and draw nothing themselves.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Files of fonts, upright ones of the Noto family first: they are made to stand beside each other.
fn files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let home = std::env::home_dir().map(|home| home.join(".local/share/fonts"));
    for folder in FOLDERS.iter().map(PathBuf::from).chain(home) {
        look(&folder, DEEPEST, &mut found);
    }
    found.sort_by_key(|path| {
        let name = path.file_name().map(OsStr::to_string_lossy).unwrap_or_default().into_owned();
        (!name.starts_with("NotoSans"), !name.starts_with("Noto"), !name.contains("Regular"), path.clone())
    });
    found.truncate(MOST_FILES);
    found
}

fn look(folder: &Path, deeper: usize, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let (path, Ok(meta)) = (entry.path(), entry.metadata()) else { continue };
        if meta.is_dir() && deeper > 0 {
            look(&path, deeper - 1, found);
        }
        let kind = path.extension().map(OsStr::to_ascii_lowercase);
        let is_font = kind.is_some_and(|kind| ["ttf", "otf", "ttc", "otc"].iter().any(|k| kind == *k));
        if meta.is_file() && is_font && meta.len() <= LARGEST_FILE {
            found.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_these_scripts_print_with_the_program_alone() {
        for name in ["José Łódź", "Ελένη", "Дарья Їжак", "Հայկ", "გიორგი", "فاطمة", "רחל"]
        {
            assert!(lacking(name, embedded()).is_empty(), "{name}");
        }
    }

    #[test]
    fn names_in_these_scripts_need_a_font_of_the_computer() {
        for name in ["山田", "김민수", "さくら", "ปราณี", "ரவி"] {
            assert!(!lacking(name, embedded()).is_empty(), "{name}");
        }
        println!("of Devanagari not in the program: {:?}", lacking("प्रिया शर्मा", embedded()));
    }

    #[test]
    fn what_no_font_anywhere_has_is_lacking_after_a_look_at_the_computer() {
        let fonts = installed_for("\u{e777} \u{10fffd}");
        assert!(!lacking("\u{10fffd}", &[embedded(), &fonts].concat()).is_empty());
        assert!(installed_for("Rosa Example").is_empty(), "nothing is looked for without need");
    }
}
