//! Walks something and writes down what was met, one line each.

use std::ops::ControlFlow;
use std::path::Path;

use consilium_formats::archive::{Met, What, walk, walk_content};
use consilium_formats::{Content, Limits};

/// `path: what`, for each file met. The content of a text of up to 40 bytes is shown.
pub fn line(met: &Met) -> String {
    let what = match &met.what {
        What::File { content, format } => match content.bytes(40).unwrap() {
            Some(bytes) if bytes.iter().all(|b| (0x20..0x7F).contains(b)) => {
                format!("{format:?} {:?}", String::from_utf8_lossy(&bytes))
            }
            _ => format!("{format:?} of {} bytes", content.length()),
        },
        What::Opened { format, files, complaints } => {
            let complaints: Vec<&str> = complaints.iter().map(|c| c.what.as_str()).collect();
            format!(
                "opened {format:?} with {files} files{}",
                if complaints.is_empty() { String::new() } else { format!(": {}", complaints.join(" ")) }
            )
        }
        What::Locked { content } => format!("locked, {} bytes", content.length()),
        What::Refused { reason } => format!("refused: {reason:?}"),
    };
    format!("{}: {what}", met.path)
}

pub fn lines_of(input: &Path, limits: &Limits) -> Vec<String> {
    let scratch = tempfile::tempdir().unwrap();
    let mut lines = Vec::new();
    let flow = walk(input, limits, &[], scratch.path(), &mut |met| {
        lines.push(line(&met));
        ControlFlow::Continue(())
    });
    assert!(flow.is_continue());
    lines
}

pub fn lines_in(bytes: Vec<u8>, limits: &Limits, passwords: &[&str]) -> Vec<String> {
    let scratch = tempfile::tempdir().unwrap();
    let passwords: Vec<String> = passwords.iter().map(|p| (*p).to_owned()).collect();
    let mut lines = Vec::new();
    let flow = walk_content("in", Content::Memory(bytes), limits, &passwords, scratch.path(), &mut |met| {
        lines.push(line(&met));
        ControlFlow::Continue(())
    });
    assert!(flow.is_continue());
    // Unlinked temporary files leave nothing behind.
    assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0);
    lines
}

/// What is met in these bytes, in this order.
pub fn check(bytes: Vec<u8>, expect: &[&str]) {
    check_with(bytes, &Limits::default(), &[], expect);
}

pub fn check_with(bytes: Vec<u8>, limits: &Limits, passwords: &[&str], expect: &[&str]) {
    assert_eq!(lines_in(bytes, limits, passwords), expect);
}
