//! A case's ledger as a file that a stranger checks without a home: a line about the case, then a line an entry. The
//! headers with their commitments and the head are always in it; what an entry says, and its salt, only when asked for.
//! What must not live here: how a chain holds together (`casefile::ledger`).

use std::collections::HashMap;

use consilium_casefile::ledger::{Body, Broken, Entry, Hash, Head, Header, Payload, verify};
use consilium_casefile::{Audience, CaseId, Session};
use serde::{Deserialize, Serialize};

use crate::App;
use crate::error::{AppError, Doing};

/// The form of the file.
const FORM: u32 = 1;
/// Longest line that is read, bytes: an entry is a few kilobytes, a reading of a long record some megabytes.
const LONGEST_LINE: usize = 256 << 20;
/// Hexadecimal digits of a head as print carries it.
const PRINTED: usize = 16;

/// The first line.
#[derive(Serialize, Deserialize)]
struct About {
    consilium_ledger: u32,
    case: CaseId,
    entries: u64,
    head: Head,
}

/// A line an entry.
#[derive(Serialize, Deserialize)]
struct Line {
    header: Header,
    /// What it says, as text; absent when it is withheld or deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payload: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    /// Deleted for good in the case itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    purged: bool,
}

/// What a check of such a file found to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckedLedger {
    /// The case.
    pub case: CaseId,
    /// Entries, each chained to the one before.
    pub entries: u64,
    /// The head they come to.
    pub head: Head,
    /// Entries whose contents are in the file and are those first written.
    pub contents: u64,
    /// Entries whose contents were deleted for good.
    pub purged: u64,
    /// The number of the entry whose head was printed, where one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub printed: Option<u64>,
}

/// Why such a file does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerProblem {
    /// Something else.
    #[error("this is no exported ledger: its first line should say so")]
    NotALedger,
    /// A newer program wrote it.
    #[error("this ledger was exported by a newer version of Consilium; use that version to check it")]
    Newer,
    /// A line that is no entry.
    #[error("line {line} is no entry of a ledger: entry {entry} was altered or cut")]
    NoEntry {
        /// Counted from 1.
        line: u64,
        /// Which entry should stand there.
        entry: u64,
    },
    /// An entry is missing, added or moved.
    #[error("entry {found} stands where entry {entry} should: an entry was removed, added or moved")]
    OutOfOrder {
        /// Which should stand there.
        entry: u64,
        /// Which does.
        found: u64,
    },
    /// A header was altered.
    #[error("entry {entry} was altered: the entries around it do not fit it any more")]
    Header {
        /// The first one.
        entry: u64,
    },
    /// What an entry says was altered.
    #[error("the content of entry {entry} is not what was first written")]
    Content {
        /// The first one.
        entry: u64,
    },
    /// Entries are missing at the end, or the last one or the head was altered.
    #[error("the ledger ends at entry {entry} and not as it says: entries were cut off, or the last one was altered")]
    End {
        /// The last one in the file.
        entry: u64,
    },
    /// The chain begins as that of another case.
    #[error("entry 1 does not begin the ledger of this case: it was altered, or taken from another case")]
    Beginning,
    /// A printed head is not in it.
    #[error("no entry has the printed head: the ledger was cut or written anew since it was printed")]
    HeadNotFound,
    /// A head too short to tell anything.
    #[error("give at least {PRINTED} hexadecimal digits of the printed head")]
    NoHead,
}

impl LedgerProblem {
    /// The first entry that was altered, where one can be named.
    #[must_use]
    pub fn entry(&self) -> Option<u64> {
        match self {
            Self::NoEntry { entry, .. }
            | Self::OutOfOrder { entry, .. }
            | Self::Header { entry }
            | Self::Content { entry }
            | Self::End { entry } => Some(*entry),
            Self::Beginning => Some(1),
            Self::NotALedger | Self::Newer | Self::HeadNotFound | Self::NoHead => None,
        }
    }
}

impl App {
    /// The ledger of a case as a file; `with_contents` also what its entries say, which is what the case holds.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for everybody but the owner; a fault when the ledger cannot be read.
    pub async fn export_ledger(
        &self,
        session: &Session,
        id: &CaseId,
        with_contents: bool,
    ) -> Result<Vec<u8>, AppError> {
        let case = self.case(session, id).await?;
        if session.audience != Audience::Owner {
            return Err(AppError::NotFound);
        }
        let mut entries = self.vault().ledger(id).await.doing("reading the ledger")?;
        // What came since the case was folded is left for the next export: the head and the entries belong together.
        entries.retain(|entry| entry.header.seq <= case.head.seq);
        written(id, case.head, entries, with_contents).doing("writing the ledger")
    }
}

fn written(case: &CaseId, head: Head, entries: Vec<Entry>, contents: bool) -> Result<Vec<u8>, serde_json::Error> {
    let about = About { consilium_ledger: FORM, case: case.clone(), entries: entries.len() as u64, head };
    let mut file = serde_json::to_vec(&about)?;
    file.push(b'\n');
    for Entry { header, body } in entries {
        let purged = body == Body::Purged;
        let payload = match body {
            Body::Here(payload) if contents => Some(payload),
            _ => None,
        };
        let salt = payload.as_ref().map(|payload| hex::encode(payload.salt));
        // A payload is JSON, and so it is text.
        let payload = payload.map(|payload| String::from_utf8_lossy(&payload.bytes).into_owned());
        serde_json::to_writer(&mut file, &Line { header, payload, salt, purged })?;
        file.push(b'\n');
    }
    Ok(file)
}

/// Checks an exported ledger: numbers, links, contents that are there, and its end; and that a printed head, given by its
/// first digits, is part of it.
///
/// # Errors
/// The first thing that does not hold, with the first entry that was altered.
pub fn check_ledger(file: &[u8], printed: Option<&str>) -> Result<CheckedLedger, LedgerProblem> {
    let mut lines = file.split(|byte| *byte == b'\n').filter(|line| !line.iter().all(u8::is_ascii_whitespace));
    let first = lines.next().unwrap_or_default();
    let Some(about) = as_written::<About>(first) else { return Err(form_of(first)) };
    if about.consilium_ledger != FORM {
        return Err(LedgerProblem::Newer);
    }
    let mut entries = Vec::new();
    for (line, number) in lines.zip(1_u64..) {
        let problem = LedgerProblem::NoEntry { line: number + 1, entry: number };
        entries.push(entry_of(line).ok_or(problem)?);
    }
    let head = verify(&about.case, &entries).map_err(|broken| named(&about, &entries, &broken))?;
    if head != about.head || head.seq != about.entries {
        return Err(LedgerProblem::End { entry: head.seq });
    }
    let count = |is: fn(&Body) -> bool| entries.iter().filter(|entry| is(&entry.body)).count() as u64;
    Ok(CheckedLedger {
        contents: count(|body| matches!(body, Body::Here(_))),
        purged: count(|body| *body == Body::Purged),
        printed: printed.map(|printed| entry_with(&entries, printed)).transpose()?,
        case: about.case,
        entries: head.seq,
        head,
    })
}

/// A line that says what it should and nothing more: what somebody added would be read by others as part of the ledger,
/// and no hash covers it.
fn as_written<T: Serialize + serde::de::DeserializeOwned>(line: &[u8]) -> Option<T> {
    let read: T = serde_json::from_slice(line).ok()?;
    let stands: serde_json::Value = serde_json::from_slice(line).ok()?;
    (serde_json::to_value(&read).ok()? == stands).then_some(read)
}

/// What a first line that this version cannot read is.
fn form_of(line: &[u8]) -> LedgerProblem {
    let form = serde_json::from_slice::<HashMap<String, serde_json::Value>>(line).ok();
    let form = form.and_then(|values| values.get("consilium_ledger").and_then(serde_json::Value::as_u64));
    if form.is_some_and(|form| form > u64::from(FORM)) { LedgerProblem::Newer } else { LedgerProblem::NotALedger }
}

fn entry_of(line: &[u8]) -> Option<Entry> {
    if line.len() > LONGEST_LINE {
        return None;
    }
    let Line { header, payload, salt, purged } = as_written(line)?;
    let body = match (payload, salt) {
        (Some(payload), Some(salt)) => {
            Body::Here(Payload { salt: hex::decode(salt).ok()?.try_into().ok()?, bytes: payload.into_bytes() })
        }
        (None, None) if purged => Body::Purged,
        (None, None) => Body::Withheld,
        _ => return None,
    };
    Some(Entry { header, body })
}

/// Which entry it was. Of two neighbours that do not fit, the one whose other neighbour fits it is as it was written.
fn named(about: &About, entries: &[Entry], broken: &Broken) -> LedgerProblem {
    match *broken {
        Broken::OutOfOrder { expected, found } => LedgerProblem::OutOfOrder { entry: expected, found },
        Broken::Altered { seq } => LedgerProblem::Content { entry: seq },
        Broken::HeadNotFound => LedgerProblem::HeadNotFound,
        Broken::NotChained { seq } => {
            let at = |seq: u64| entries.iter().find(|entry| entry.header.seq == seq).map(|entry| &entry.header);
            let after: Option<Hash> = match at(seq + 1) {
                Some(next) => Some(next.prev),
                None => (about.head.seq == seq).then_some(about.head.hash),
            };
            let as_written = at(seq).is_some_and(|header| after == Some(header.hash()));
            match (as_written, seq) {
                (true, 1) => LedgerProblem::Beginning,
                (true, seq) => LedgerProblem::Header { entry: seq - 1 },
                (false, seq) => LedgerProblem::Header { entry: seq },
            }
        }
    }
}

/// The number of the entry whose hash begins with these digits, as print carries them.
fn entry_with(entries: &[Entry], printed: &str) -> Result<u64, LedgerProblem> {
    let digits: String = printed.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    if digits.len() < PRINTED || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err(LedgerProblem::NoHead);
    }
    let found = entries.iter().find(|entry| entry.header.hash().to_hex().starts_with(&digits));
    found.map(|entry| entry.header.seq).ok_or(LedgerProblem::HeadNotFound)
}

#[cfg(test)]
mod tests {
    use consilium_casefile::ledger::{Draft, chain};
    use consilium_casefile::{ActorId, Instant};

    use super::*;

    fn file(contents: bool) -> Vec<String> {
        let draft = |text: &str| Draft {
            at: Instant { micros: 1_790_000_000_000_000, offset_minutes: -300 },
            by: ActorId::from("owner"),
            kind: "prepare.question_added".to_owned(),
            payload: Payload { salt: [7; 32], bytes: format!("{{\"text\":\"{text}\"}}").into_bytes() },
        };
        let case = CaseId::from("case-1");
        let drafts = ["one", "two", "three", "four"].map(draft).to_vec();
        let (mut entries, head) = chain(Head::start(&case), drafts);
        entries[1].body = Body::Purged;
        let file = String::from_utf8(written(&case, head, entries, contents).unwrap()).unwrap();
        file.lines().map(str::to_owned).collect()
    }

    fn check(lines: &[String], expect: LedgerProblem) {
        assert_eq!(check_ledger(lines.join("\n").as_bytes(), None), Err(expect));
    }

    #[test]
    fn an_untouched_file_holds_with_and_without_contents_and_withholds_what_is_not_asked_for() {
        for (contents, here) in [(true, 3), (false, 0)] {
            let lines = file(contents);
            let checked = check_ledger(lines.join("\n").as_bytes(), None).unwrap();
            assert_eq!((checked.entries, checked.contents, checked.purged), (4, here, 1));
            assert_eq!(lines.join("").contains("three"), contents);
            assert_eq!(lines.join("").contains("salt"), contents, "a salt lets a content be guessed");
        }
    }

    #[test]
    fn the_first_entry_that_was_altered_is_named() {
        for contents in [true, false] {
            for entry in 1..=4_usize {
                for (from, to) in
                    [("\"owner\"", "\"somebody\""), ("1790000000000000", "1790000000000001"), ("added", "moved")]
                {
                    let mut lines = file(contents);
                    lines[entry] = lines[entry].replacen(from, to, 1);
                    let problem = check_ledger(lines.join("\n").as_bytes(), None).unwrap_err();
                    assert_eq!(problem.entry(), Some(entry as u64), "{problem} {to}");
                }
            }
        }
        let mut lines = file(true);
        lines[3] = lines[3].replace("three", "tree");
        check(&lines, LedgerProblem::Content { entry: 3 });
        let mut lines = file(true);
        lines[3] = lines[3].replace("\"salt\":\"07", "\"salt\":\"08");
        check(&lines, LedgerProblem::Content { entry: 3 });
        let mut lines = file(true);
        let at = lines[3].find("\"prev\":\"").unwrap() + 8;
        lines[3].replace_range(at..at + 4, "0000");
        check(&lines, LedgerProblem::Header { entry: 3 });
    }

    #[test]
    fn what_is_missing_moved_added_or_cut_is_found() {
        let mut lines = file(false);
        lines.remove(2);
        check(&lines, LedgerProblem::OutOfOrder { entry: 2, found: 3 });
        let mut lines = file(false);
        lines.swap(2, 3);
        check(&lines, LedgerProblem::OutOfOrder { entry: 2, found: 3 });
        let mut lines = file(false);
        lines.pop();
        check(&lines, LedgerProblem::End { entry: 3 });
        let mut lines = file(false);
        lines.push(lines[4].clone());
        check(&lines, LedgerProblem::OutOfOrder { entry: 5, found: 4 });
        let mut lines = file(false);
        lines[4].truncate(30);
        check(&lines, LedgerProblem::NoEntry { line: 5, entry: 4 });
        let mut lines = file(false);
        lines[0] = lines[0].replace("case-1", "case-2");
        check(&lines, LedgerProblem::Beginning);
    }

    #[test]
    fn what_somebody_added_to_a_line_is_no_part_of_a_ledger() {
        for (line, from, problem) in [
            (0, "{\"consilium_ledger\"", LedgerProblem::NotALedger),
            (1, "{\"header\"", LedgerProblem::NoEntry { line: 2, entry: 1 }),
            (3, "\"seq\"", LedgerProblem::NoEntry { line: 4, entry: 3 }),
        ] {
            let mut lines = file(true);
            let key = from.trim_start_matches('{');
            let brace = if from.starts_with('{') { "{" } else { "" };
            lines[line] = lines[line].replacen(from, &format!("{brace}\"note\":\"approved\",{key}"), 1);
            check(&lines, problem);
        }
    }

    #[test]
    fn what_is_no_ledger_is_said_to_be_none() {
        for nonsense in ["", "\n\n", "{}", "[1]", "%PDF-1.7", "{\"consilium_ledger\":1}", "\u{0}\u{0}"] {
            check(&[nonsense.to_owned()], LedgerProblem::NotALedger);
        }
        check(&["{\"consilium_ledger\":2,\"more\":true}".to_owned()], LedgerProblem::Newer);
        assert_eq!(check_ledger(&[0xff; 64], None), Err(LedgerProblem::NotALedger));
        let mut lines = file(true);
        lines[2] = lines[2].replace("\"purged\":true", "\"salt\":\"00\"");
        check(&lines, LedgerProblem::NoEntry { line: 3, entry: 2 });
    }

    #[test]
    fn a_ledger_written_anew_betrays_itself_to_a_printed_head() {
        let lines = file(false).join("\n");
        let head = check_ledger(lines.as_bytes(), None).unwrap().head.hash;
        let printed = |head: &str| check_ledger(lines.as_bytes(), Some(head));
        assert_eq!(printed(&head.short()).unwrap().printed, Some(4));
        assert_eq!(printed(&head.to_hex().to_uppercase()).unwrap().printed, Some(4));
        assert_eq!(printed(&"0".repeat(64)), Err(LedgerProblem::HeadNotFound));
        for short in ["", "1f3a", "not a head at all"] {
            assert_eq!(printed(short), Err(LedgerProblem::NoHead), "{short:?}");
        }
    }
}
