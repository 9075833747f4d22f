//! What is being written of a packet and has no name of its own yet. Records lie in it in clear, perhaps on a stick of
//! somebody else, and a program that is killed takes nothing away. So a note in the home says where it is: as long as the
//! program that writes runs, it holds the note locked; whoever opens the home next takes away what a note that nobody
//! holds names. What must not live here: what a packet holds.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use consilium_casefile::Refusal;
use consilium_casefile::share::list::PACKET_LIST;
use consilium_vault::make_folder;

use crate::error::{AppError, Doing};

/// What the name of everything unfinished begins with: a person who finds it sees what it is.
const BEGINS: &str = "UNFINISHED-PACKET-";
/// What it ends with.
const ENDS: &str = ".part";
/// Longest note that is read, bytes.
const LONGEST_NOTE: u64 = 16 << 10;

/// What the name of a note that is being written ends with.
const DRAFT: &str = ".draft";

/// Where the notes of a home lie.
fn notes(home: &Path) -> PathBuf {
    home.join("unfinished")
}

/// The note about something unfinished; dropped, it is taken away. What it names has to be dropped before it.
#[derive(Debug)]
pub(super) struct Unfinished {
    note: PathBuf,
    /// Locked while this program runs.
    _held: File,
    /// The name it is written under, in the folder it is for.
    pub(super) name: String,
}

impl Unfinished {
    /// Notes that something for this place is about to be written beside it.
    pub(super) fn note(home: &Path, to: &Path) -> Result<Self, AppError> {
        let folder = notes(home);
        make_folder(&folder).doing("noting what is written")?;
        let id = uuid::Uuid::now_v7().simple().to_string();
        let called = to.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let called: String = called.chars().take(60).collect();
        // The end of such an id is chance, its beginning is time.
        let name = format!("{BEGINS}{called}-{}{ENDS}", id.get(id.len().saturating_sub(8)..).unwrap_or_default());
        let place = std::path::absolute(to).doing("noting what is written")?;
        let place = place.with_file_name(&name);
        // The note is text, and a place it can not name would never be found again.
        let words = place.to_str().ok_or_else(|| Refusal::new("refusal-place-no-text"))?;
        let note = folder.join(format!("{id}.txt"));
        // Written and locked under another name: whoever sweeps never meets a note that nobody holds yet.
        let mut held = tempfile::Builder::new().suffix(DRAFT).tempfile_in(&folder).doing("noting what is written")?;
        held.as_file().lock().doing("noting what is written")?;
        held.write_all(words.as_bytes()).doing("noting what is written")?;
        held.as_file().sync_all().doing("noting what is written")?;
        let held = held.persist_noclobber(&note).map_err(|refused| refused.error).doing("noting what is written")?;
        Ok(Self { note, _held: held, name })
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.note);
    }
}

/// Whether somebody holds, or named, what a program left unfinished: a folder or file of such a name, or a folder in which one
/// lies and no list of contents.
pub(super) fn is_unfinished(medium: &Path) -> bool {
    let named = |name: &OsStr| {
        let name = name.to_string_lossy();
        name.starts_with(BEGINS) && name.ends_with(ENDS)
    };
    let inside = || fs::read_dir(medium).into_iter().flatten().flatten().any(|entry| named(&entry.file_name()));
    medium.file_name().is_some_and(named) || (!medium.join(PACKET_LIST).exists() && inside())
}

/// Takes away what programs that were killed left unfinished: what the notes of this home name that nobody holds. What can
/// not be reached (a stick that is not plugged in) keeps its note. Gives how many were taken away.
pub(crate) fn sweep(home: &Path) -> usize {
    let entries = fs::read_dir(notes(home)).into_iter().flatten().flatten();
    let notes = entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "txt"));
    notes.filter(|note| swept(note)).count()
}

fn swept(note: &Path) -> bool {
    let Ok(held) = File::open(note) else { return false };
    match held.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock | TryLockError::Error(_)) => return false,
    }
    let mut words = String::new();
    if (&held).take(LONGEST_NOTE).read_to_string(&mut words).is_err() {
        return false;
    }
    let place = PathBuf::from(words);
    // A note that was damaged must not cost anybody another file.
    let name = place.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let ours = place.is_absolute() && name.starts_with(BEGINS) && name.ends_with(ENDS);
    if !ours {
        let _ = fs::remove_file(note);
        return false;
    }
    let taken = match fs::symlink_metadata(&place) {
        Ok(about) if about.is_dir() => fs::remove_dir_all(&place).is_ok(),
        Ok(_) => fs::remove_file(&place).is_ok(),
        // Its folder is there, and it is not: it got its name, or was taken away.
        Err(_) if place.parent().is_some_and(Path::is_dir) => {
            let _ = fs::remove_file(note);
            return false;
        }
        Err(_) => return false,
    };
    if taken {
        let _ = fs::remove_file(note);
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn what_a_killed_program_left_is_taken_away_and_what_is_being_written_is_not() {
        let ground = tempfile::tempdir().unwrap();
        let (home, out) = (ground.path().join("home"), ground.path().join("out"));
        fs::create_dir_all(&out).unwrap();
        let running = Unfinished::note(&home, &out.join("packet.zip")).unwrap();
        assert!(running.name.starts_with("UNFINISHED-PACKET-packet.zip-") && running.name.ends_with(".part"));
        fs::write(out.join(&running.name), "records").unwrap();
        assert_eq!((sweep(&home), left(&out)), (0, 1), "somebody writes it");
        for folder in [false, true] {
            let killed = Unfinished::note(&home, &out.join("other")).unwrap();
            let part = out.join(&killed.name);
            if folder {
                fs::create_dir_all(part.join("DOCS")).unwrap();
                fs::write(part.join("DOCS/D00001.TXT"), "records").unwrap();
            } else {
                fs::write(&part, "records").unwrap();
            }
            // As a killed program leaves it: the note stays, and nobody holds it.
            let words = fs::read(&killed.note).unwrap();
            let note = killed.note.clone();
            drop(killed);
            fs::write(note, words).unwrap();
            assert_eq!((sweep(&home), left(&out)), (1, 1));
        }
        drop(running);
        assert_eq!(left(&notes(&home)), 0);
    }

    #[test]
    fn a_note_that_names_something_else_costs_nobody_a_file() {
        let ground = tempfile::tempdir().unwrap();
        let home = ground.path().join("home");
        fs::create_dir_all(notes(&home)).unwrap();
        let kept = ground.path().join("kept.txt");
        fs::write(&kept, "mine").unwrap();
        for words in [kept.to_string_lossy().as_ref(), "", "UNFINISHED-PACKET-x.part", "/", "\u{0}"] {
            fs::write(notes(&home).join("n.txt"), words).unwrap();
            assert_eq!(sweep(&home), 0, "{words}");
            assert!(kept.exists());
        }
        let away = ground.path().join("stick/UNFINISHED-PACKET-a.zip-1.part");
        fs::write(notes(&home).join("n.txt"), away.to_string_lossy().as_bytes()).unwrap();
        assert_eq!((sweep(&home), left(&notes(&home))), (0, 1), "the stick may come back");
        assert_eq!(sweep(&ground.path().join("nowhere")), 0);
    }

    #[test]
    #[cfg(unix)]
    fn a_place_whose_name_is_no_text_is_refused_before_anything_is_written() {
        use std::os::unix::ffi::OsStrExt;
        let ground = tempfile::tempdir().unwrap();
        let home = ground.path().join("home");
        let folder = ground.path().join(OsStr::from_bytes(b"st\xffick"));
        let Err(AppError::Refusal(refusal)) = Unfinished::note(&home, &folder.join("packet.zip")) else {
            unreachable!("it must be refused")
        };
        assert_eq!((refusal.0.key.as_str(), left(&notes(&home))), ("refusal-place-no-text", 0));
    }

    #[test]
    fn a_note_that_is_still_being_written_is_swept_by_nobody() {
        let ground = tempfile::tempdir().unwrap();
        let home = ground.path().join("home");
        fs::create_dir_all(notes(&home)).unwrap();
        fs::write(notes(&home).join(format!("n{DRAFT}")), "").unwrap();
        assert_eq!((sweep(&home), left(&notes(&home))), (0, 1));
    }
}
