//! Text: its encoding, and which of the text formats it is.

use std::borrow::Cow;
use std::io;

use consilium_casefile::records::FileFormat;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::{json, markup};
use crate::Content;

/// The beginning of a file as text, without byte order mark; `None` when it is not text.
pub(super) fn decode(head: &[u8]) -> Option<Cow<'_, str>> {
    if let Some((encoding, mark)) = Encoding::for_bom(head) {
        let rest = head.get(mark..).unwrap_or_default();
        let text = encoding.decode_without_bom_handling(rest).0;
        return (encoding == UTF_8 || is_written(&text)).then_some(text);
    }
    // UTF-16 without its mark, as XML may begin: `<` and a zero.
    for (encoding, start) in [(UTF_16LE, b"<\0?\0"), (UTF_16BE, b"\0<\0?")] {
        if head.starts_with(start) {
            return Some(encoding.decode_without_bom_handling(head).0);
        }
    }
    let head = without_padding(head)?;
    // A zero byte here and there is a fault of whoever wrote the text; many, or several in a row, are no text.
    let zeros = head.iter().filter(|b| **b == 0).count();
    if zeros > 2 && zeros * 50 > head.len() || head.windows(ZEROS_IN_A_ROW).any(|w| w.iter().all(|b| *b == 0)) {
        return None;
    }
    let controls = head.iter().filter(|b| **b != 0 && is_control(char::from(**b))).count();
    if controls * 50 > head.len() {
        return None;
    }
    match std::str::from_utf8(head) {
        Ok(text) => Some(Cow::Borrowed(text)),
        // Cut in the middle of the last character.
        Err(e) if e.error_len().is_none() && e.valid_up_to() > 0 => {
            head.get(..e.valid_up_to()).and_then(|whole| std::str::from_utf8(whole).ok()).map(Cow::Borrowed)
        }
        Err(_) => {
            let high = head.iter().filter(|b| **b >= 0x80).count();
            let undefined = head.iter().filter(|b| matches!(**b, 0x81 | 0x8D | 0x8F | 0x90 | 0x9D)).count();
            let is_latin = high * 10 < head.len() * 4 && undefined * 50 <= head.len();
            is_latin.then(|| WINDOWS_1252.decode_without_bom_handling(head).0)
        }
    }
}

/// So many zero bytes one behind the other do not occur in text.
const ZEROS_IN_A_ROW: usize = 4;
/// A text may be filled up with zeros to the end of a block of this many bytes.
const BLOCK: usize = 4096;

/// Without the zeros a text is filled up with; `None` when they are more than that, or nothing else.
fn without_padding(head: &[u8]) -> Option<&[u8]> {
    let end = head.iter().rposition(|b| *b != 0)? + 1;
    head.get(..end).filter(|text| head.len() - text.len() < BLOCK)
}

/// Control characters that do not occur in text. HL7 v2 over a wire (MLLP) brings vertical tab and file separator.
fn is_control(c: char) -> bool {
    c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0B' | '\x0C' | '\x1B' | '\x1C')
}

fn is_written(text: &str) -> bool {
    let odd = text.chars().filter(|c| is_control(*c) || *c == '\u{FFFD}').count();
    odd * 50 <= text.chars().count()
}

/// Which text format.
pub(super) fn kind(content: &Content, text: &str) -> io::Result<FileFormat> {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '\u{FEFF}' | '\x0B' | '\x1C'));
    if start.starts_with("%PDF-") {
        return Ok(FileFormat::Pdf);
    }
    if start.starts_with("{\\rtf") {
        return Ok(FileFormat::Rtf);
    }
    if is_hl7(start) {
        return Ok(FileFormat::Hl7v2);
    }
    if start.starts_with(['{', '['])
        && let Some(format) = json::kind(content)?
    {
        return Ok(format);
    }
    if start.starts_with('<')
        && let Some(format) = markup::kind(start)
    {
        return Ok(format);
    }
    if is_email(start) {
        return Ok(FileFormat::Email);
    }
    if start.is_empty() { Ok(FileFormat::Text) } else { Ok(late(start)) }
}

/// Formats that may have something in front of them.
fn late(text: &str) -> FileFormat {
    let mut end = text.len().min(1024);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let beginning = text.get(..end).unwrap_or_default();
    if beginning.contains("%PDF-") {
        return FileFormat::Pdf;
    }
    let lower = beginning.to_ascii_lowercase();
    if lower.contains("<!doctype html") || lower.contains("<html") { FileFormat::Html } else { FileFormat::Text }
}

/// A message, or a batch of them, with any field separator.
fn is_hl7(text: &str) -> bool {
    let segment = |name: &str| {
        text.strip_prefix(name).and_then(|rest| {
            let separator = rest.chars().next().filter(|c| c.is_ascii_punctuation())?;
            let encoding = rest.get(1..)?;
            Some(encoding.starts_with("^~\\&") || (separator == '|' && encoding.starts_with(['^', '~', '|'])))
        })
    };
    if segment("MSH").unwrap_or(false) {
        return true;
    }
    let batch = segment("FHS").or_else(|| segment("BHS")).unwrap_or(false);
    batch && text.split(['\r', '\n']).any(|line| line.trim_start_matches('\x0B').starts_with("MSH"))
}

/// Header lines of RFC 5322, of which at least two are known and one is written only by mail programs.
fn is_email(text: &str) -> bool {
    const KNOWN: [&str; 8] = ["from", "to", "cc", "date", "subject", "reply-to", "sender", "content-type"];
    const TELLING: [&str; 7] =
        ["received", "message-id", "mime-version", "return-path", "delivered-to", "dkim-signature", "x-mailer"];
    let text = match text.strip_prefix("From ") {
        // The separator line of a mailbox file.
        Some(rest) => rest.split_once('\n').map_or("", |(_, rest)| rest),
        None => text,
    };
    let (mut known, mut telling, mut from_address) = (0, 0, false);
    for line in text.lines() {
        if line.is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) {
            continue;
        }
        let Some((name, value)) = line.split_once(':') else { return false };
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_graphic()) {
            return false;
        }
        let name = name.to_ascii_lowercase();
        known += u32::from(KNOWN.contains(&name.as_str()));
        telling += u32::from(TELLING.contains(&name.as_str()));
        from_address |= name == "from" && value.contains('@');
    }
    known + telling >= 2 && (telling >= 1 || (from_address && known >= 3))
}
