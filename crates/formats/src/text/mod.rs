//! Plain text: which characters the bytes mean, and what labelled lines say about the patient and the visit.
//!
//! Every format that ends in free text (PDF, Word, e-mail, a scan after OCR) uses [`labelled`] from here. What must
//! not live here: guesses from words without a label.

mod addressed;
mod dates;
mod headers;
mod label_words;
mod labels;
mod layouts;
mod people;

use consilium_casefile::records::FileFormat;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::understand::document;
use crate::{Complaint, DocumentContent, Stated, Understood};

pub use dates::written_date;
pub(crate) use labels::distinct;
pub use labels::{Labelled, labelled};

/// Reads a text file. A form feed ends a page, as in printouts of older hospital systems.
pub(crate) fn understand(bytes: &[u8], format: FileFormat) -> Understood {
    let (text, complaint) = decode(bytes);
    // What only fills the file up is no part of it.
    let text = text.trim_end_matches('\0');
    let zeros = text.matches('\0').count();
    let holed = (zeros > 0).then(|| {
        Complaint::new(format!(
            "Zero bytes stand in this text at {zeros} place{s}; they were left out, and words may be missing or broken \
             there. Compare with the original, or ask the sender for it again.",
            s = if zeros == 1 { "" } else { "s" }
        ))
    });
    let pages: Vec<String> = text.split('\u{c}').map(without_controls).collect();
    let pages = match pages.as_slice() {
        [before @ .., last] if !before.is_empty() && last.trim().is_empty() => before.to_vec(),
        _ => pages,
    };
    let mut content = DocumentContent::default();
    if pages.len() > 1 {
        content.pages = u32::try_from(pages.len()).ok();
    }
    content.text = pages;
    describe(&mut content);
    document(format, content, Vec::new(), complaint.into_iter().chain(holed).collect())
}

/// Fills what is still unknown about a document from the labelled lines of its first pages.
pub(crate) fn describe(content: &mut DocumentContent) {
    let found = labelled(&content.text);
    if content.patients.is_empty() {
        content.patients = found.patients;
    }
    let Stated { title, codes: _, date, author, facility, accession } = found.stated;
    let stated = &mut content.stated;
    stated.title = stated.title.take().or(title);
    stated.date = stated.date.take().or(date);
    // A signature in the text says more than a field a word processor filled with its user's name.
    stated.author = author.or(stated.author.take());
    stated.facility = stated.facility.take().or(facility);
    stated.accession = stated.accession.take().or(accession);
}

/// The characters of a text file: by its byte order mark, as UTF-16 without one, as UTF-8, or as Windows-1252, in
/// this order. The complaint says when the last had to be assumed.
#[must_use]
pub fn decode(bytes: &[u8]) -> (String, Option<Complaint>) {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(bytes.get(length..).unwrap_or_default());
        return (text.into_owned(), None);
    }
    if let Some(encoding) = utf_16_without_mark(bytes) {
        return (encoding.decode_without_bom_handling(bytes).0.into_owned(), None);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), None),
        Err(error) => {
            let offset = error.valid_up_to() as u64;
            let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
            let what = "Some characters are not UTF-8 and were read as Windows-1252; accented letters may be wrong.";
            (text.into_owned(), Some(Complaint::at(offset, what)))
        }
    }
}

/// Decodes with a named character set (`windows-1252`, `iso-8859-1`, `UTF-16`), or as [`decode`] does when the name
/// is unknown or the bytes do not fit it.
pub(crate) fn decode_as(bytes: &[u8], label: &str) -> (String, Option<Complaint>) {
    let named = Encoding::for_label(label.trim().as_bytes()).filter(|e| *e != UTF_8);
    match named {
        Some(encoding) if Encoding::for_bom(bytes).is_none() && utf_16_without_mark(bytes).is_none() => {
            // A file that has no zero bytes is not UTF-16, whatever it declares.
            if encoding == UTF_16LE || encoding == UTF_16BE {
                return decode(bytes);
            }
            (encoding.decode_without_bom_handling(bytes).0.into_owned(), None)
        }
        _ => decode(bytes),
    }
}

fn utf_16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(512)).unwrap_or_default();
    if head.len() < 4 {
        return None;
    }
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|b| **b == 0).count();
    let half = head.len() / 2;
    match (zeros(0), zeros(1)) {
        (even, odd) if odd * 10 > half * 7 && even * 10 < half => Some(UTF_16LE),
        (even, odd) if even * 10 > half * 7 && odd * 10 < half => Some(UTF_16BE),
        _ => None,
    }
}

/// One kind of line end, and no control characters besides line end and tab.
pub(crate) fn without_controls(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\r' => {
                characters.next_if_eq(&'\n');
                clean.push('\n');
            }
            '\n' | '\t' => clean.push(c),
            '\u{b}' | '\u{c}' | '\u{85}' => clean.push('\n'),
            c if c.is_control() => {}
            '\u{feff}' => {}
            c => clean.push(c),
        }
    }
    clean
}

/// Runs of blanks as one blank; trimmed.
pub(crate) fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !tidied.is_empty() {
            tidied.push(' ');
        }
        tidied.push_str(word);
    }
    tidied
}

/// Tidied, and `None` when nothing is left.
pub(crate) fn stated(text: &str) -> Option<String> {
    let text = tidy(text);
    (!text.is_empty()).then_some(text)
}
