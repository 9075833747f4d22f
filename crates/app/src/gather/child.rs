//! Reading fragile formats in a child process with a limit on time and memory, so that a hostile file costs that file.
//!
//! The child is this program with a [`Task`] and `FORMAT`: bytes on standard input, what it found as JSON on standard
//! output. It limits itself before it reads (see the binary); here is only the wall clock.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use consilium_casefile::records::FileFormat;
use consilium_formats::{Complaint, Content, Limits, Substance, Understood, understand};

use crate::Reader;

/// Wall-clock limit for reading one file.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a stop is looked for.
const LOOK: Duration = Duration::from_millis(100);
/// A child's answer is at most this long, bytes.
const LONGEST_ANSWER: u64 = 1 << 30;

/// What a child is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// What the file says: [`Understood`].
    Understand,
    /// The words that its pages do not show.
    Unseen,
}

impl Task {
    /// The first word of the child's command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Understand => "__understand",
            Self::Unseen => "__unseen",
        }
    }

    /// The task of a command line's first word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Understand, Self::Unseen].into_iter().find(|task| task.name() == name)
    }
}

/// Words of a file that its pages do not show, read as [`read`] reads. Nothing where they can not be read.
pub(crate) fn unseen(reader: &Reader, format: FileFormat, bytes: &[u8]) -> Vec<String> {
    match reader {
        Reader::Child(program) if is_fragile(format) => {
            let answer = ask(program, Task::Unseen, format, &[], bytes, &AtomicBool::new(false)).ok().flatten();
            answer.and_then(|answer| serde_json::from_slice(&answer).ok()).unwrap_or_default()
        }
        _ => consilium_formats::unseen::words(format, bytes),
    }
}

/// Reads one file, in a child where the format is fragile and a child program is at hand.
pub(crate) fn read(
    reader: &Reader,
    content: &Content,
    format: FileFormat,
    limits: &Limits,
    passwords: &[String],
    stop: &AtomicBool,
) -> Understood {
    match reader {
        Reader::Child(program) if is_fragile(format) => in_child(program, content, format, limits, passwords, stop),
        _ => understand(content, format, limits, passwords),
    }
}

fn is_fragile(format: FileFormat) -> bool {
    use FileFormat::{AppleHealth, Docx, Email, Heic, Html, Jpeg, Pdf, Png, Rtf, Tiff};
    matches!(format, Pdf | Docx | Rtf | Html | Email | Jpeg | Png | Tiff | Heic | AppleHealth)
}

fn unreadable(format: FileFormat, what: &str) -> Understood {
    Understood { format, substance: Substance::Opaque, attachments: Vec::new(), complaints: vec![Complaint::new(what)] }
}

fn in_child(
    program: &Path,
    content: &Content,
    format: FileFormat,
    limits: &Limits,
    passwords: &[String],
    stop: &AtomicBool,
) -> Understood {
    let bytes = match content.bytes(limits.document_bytes) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return unreadable(format, "This file is too large to be read as a document. It is kept as it is."),
        Err(_) => return unreadable(format, "This file could not be read from the disk. Try to copy it again."),
    };
    match ask(program, Task::Understand, format, passwords, &bytes, stop) {
        Ok(Some(answer)) => serde_json::from_slice(&answer)
            .unwrap_or_else(|_| unreadable(format, "Reading this file gave no usable answer. It is kept as it is.")),
        Ok(None) => unreadable(format, "Reading this file took too long or too much memory. It is kept as it is."),
        Err(_) => {
            unreadable(format, "The reader for this kind of file could not be started. The file is kept as it is.")
        }
    }
}

/// A child's answer; `None` when it took too long or failed.
fn ask(
    program: &Path,
    task: Task,
    format: FileFormat,
    passwords: &[String],
    bytes: &[u8],
    stop: &AtomicBool,
) -> std::io::Result<Option<Vec<u8>>> {
    let name = serde_json::to_string(&format)?;
    let mut child = Command::new(program)
        .arg(task.name())
        .arg(name.trim_matches('"'))
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let answer = converse(&mut child, passwords, bytes, stop);
    let ended = child.wait();
    Ok(answer.filter(|_| ended.is_ok_and(|status| status.success())))
}

/// Hands over passwords (a JSON line) and bytes, and waits for the answer; kills the child when it takes too long.
fn converse(child: &mut Child, passwords: &[String], bytes: &[u8], stop: &AtomicBool) -> Option<Vec<u8>> {
    let mut input = child.stdin.take()?;
    let output = child.stdout.take()?;
    let secret = serde_json::to_string(passwords).ok()?;
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // A child that gives up early closes its end; that is its answer.
            let _ = writeln!(input, "{secret}").and_then(|()| input.write_all(bytes));
        });
        scope.spawn(move || {
            let mut answer = Vec::new();
            let read = output.take(LONGEST_ANSWER).read_to_end(&mut answer);
            let _ = sender.send(read.ok().map(|_| answer));
        });
        let mut waited = Duration::ZERO;
        let answer = loop {
            match receiver.recv_timeout(LOOK) {
                Err(RecvTimeoutError::Timeout) if waited < PATIENCE && !stop.load(Ordering::Relaxed) => waited += LOOK,
                received => break received.ok().flatten(),
            }
        };
        if answer.is_none() {
            let _ = child.kill();
        }
        answer
    })
}

/// The child's side: passwords as a JSON line, then the bytes, from `input`; the answer as JSON to `output`.
///
/// # Errors
/// When input or output fail.
pub fn understand_in_child(
    task: Task,
    format: FileFormat,
    input: &mut impl std::io::BufRead,
    output: &mut impl Write,
) -> std::io::Result<()> {
    let mut secret = String::new();
    input.read_line(&mut secret)?;
    let passwords: Vec<String> = serde_json::from_str(&secret)?;
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    match task {
        Task::Understand => {
            let understood = understand(&Content::Memory(bytes), format, &Limits::default(), &passwords);
            serde_json::to_writer(&mut *output, &understood)?;
        }
        Task::Unseen => serde_json::to_writer(&mut *output, &consilium_formats::unseen::words(format, &bytes))?,
    }
    output.flush()
}
