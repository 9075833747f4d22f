//! E-mail messages: who, when, about what, the text, and what was attached (also whole messages).

use consilium_casefile::PartialDate;
use consilium_casefile::records::FileFormat;
use mail_parser::{Address, Message, MessageParser, MimeHeaders, PartType};

use crate::fhir::attachments::file_name;
use crate::understand::{document, opaque};
use crate::{Attachment, DocumentContent, Limits, Stated, Understood, html, text};

/// Messages inside messages: beyond this the file is made to break readers.
const MOST_NESTED: usize = 100;

/// Reads an e-mail.
pub(crate) fn understand(bytes: &[u8], limits: &Limits) -> Understood {
    let format = FileFormat::Email;
    if occurrences(bytes, b"message", b"rfc822") > MOST_NESTED
        || occurrences(bytes, b"multipart", b"") > 10 * MOST_NESTED
    {
        return opaque(format, "This e-mail holds too many messages inside each other; it is kept and not read.");
    }
    let Some(message) = MessageParser::default().parse(bytes) else {
        return opaque(format, "This e-mail is damaged and could not be read; ask the sender for it again.");
    };
    let mut lines = Vec::new();
    let header = |label: &str, value: Option<String>| value.map(|v| format!("{label}: {v}"));
    let date = message.date().filter(|d| d.is_valid());
    lines.extend(header("From", message.from().map(people)));
    lines.extend(header("To", message.to().map(people)));
    lines.extend(header("Cc", message.cc().map(people)));
    lines.extend(header("Date", date.map(ToString::to_string)));
    lines.extend(header("Subject", message.subject().map(str::to_owned)));
    lines.push(String::new());
    lines.push(body(&message));
    let mut attachments = Vec::new();
    for part in message.attachments() {
        let media_type = part.content_type().map(|t| format!("{}/{}", t.ctype(), t.subtype().unwrap_or("")));
        let (bytes, media_type) = match &part.body {
            PartType::Message(inner) => {
                let raw = inner.raw_message();
                let raw = raw.get(inner_range(inner, raw.len())).unwrap_or(raw);
                (raw.to_vec(), "message/rfc822".to_owned())
            }
            PartType::Multipart(_) => continue,
            _ => (part.contents().to_vec(), media_type.unwrap_or_default()),
        };
        if bytes.is_empty() || bytes.len() as u64 > limits.document_bytes.max(limits.entry_bytes) {
            continue;
        }
        let otherwise = format!("attachment-{}", attachments.len() + 1);
        let title = part.attachment_name().map(|n| n.rsplit(['/', '\\']).next().unwrap_or(n));
        attachments.push(Attachment {
            name: file_name(title, &otherwise, &media_type),
            bytes,
            stated: Stated::default(),
        });
    }
    let mut content = DocumentContent { text: vec![lines.join("\n")], ..DocumentContent::default() };
    content.stated.title = message.subject().and_then(text::stated);
    content.stated.author = message.from().and_then(Address::first).and_then(|a| {
        text::stated(a.name().unwrap_or_default()).or_else(|| text::stated(a.address().unwrap_or_default()))
    });
    let sender = content.stated.author.clone();
    let sent = date.and_then(|d| format!("{:04}{:02}{:02}", d.year, d.month, d.day).parse::<u32>().ok());
    let sent = sent.and_then(|d| PartialDate::from_compact(&d.to_string()));
    text::describe(&mut content);
    // `Date:` of the header is read as a label too; both are the day the message was sent.
    content.stated.date = sent.or(content.stated.date);
    content.stated.author = sender.or(content.stated.author);
    document(format, content, attachments, Vec::new())
}

/// Where a message inside another begins and ends in the bytes it keeps.
fn inner_range(inner: &Message<'_>, length: usize) -> std::ops::Range<usize> {
    let root = inner.root_part();
    let (start, end) = (root.raw_header_offset() as usize, root.raw_end_offset() as usize);
    if start < end && end <= length { start..end } else { 0..length }
}

/// How often `left/right` stands in the bytes, upper or lower case. Looks at slashes only, so it is quick.
fn occurrences(bytes: &[u8], left: &[u8], right: &[u8]) -> usize {
    let slashes = bytes.iter().enumerate().filter(|(_, b)| **b == b'/').map(|(at, _)| at);
    let stands = |at: &usize| {
        let before = at.checked_sub(left.len()).and_then(|from| bytes.get(from..*at));
        let after = bytes.get(at + 1..at + 1 + right.len());
        before.is_some_and(|b| b.eq_ignore_ascii_case(left)) && after.is_some_and(|a| a.eq_ignore_ascii_case(right))
    };
    slashes.filter(stands).count()
}

fn people(address: &Address<'_>) -> String {
    let said: Vec<String> = address
        .iter()
        .map(|a| match (a.name(), a.address()) {
            (Some(name), Some(address)) => format!("{name} <{address}>"),
            (Some(one), None) | (None, Some(one)) => one.to_owned(),
            (None, None) => String::new(),
        })
        .collect();
    said.join(", ")
}

/// The text parts; a message that has only HTML is turned into text.
fn body(message: &Message<'_>) -> String {
    let mut texts: Vec<String> = Vec::new();
    for part in message.text_bodies() {
        match &part.body {
            PartType::Text(text) => texts.push(text.to_string()),
            PartType::Html(page) => texts.push(html::to_text(page)),
            _ => {}
        }
    }
    texts.join("\n")
}
