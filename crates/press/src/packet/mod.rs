//! The packet for a second opinion: cover sheet, numbered index, timeline, and the originals bound behind them.
//!
//! What goes into a packet is decided by the caller; here it is only set. The HTML index says the same as the paper one.

mod contents;
mod index;
#[cfg(test)]
mod tests;

pub use contents::{
    Contents, Document, Event, Missing, PageOne, PageOneGroup, PageOneLine, PageOneSaid, PageOneValue, PageRange,
    SafeWaiting, Series, Study,
};
pub use index::index_html;

use std::collections::BTreeSet;

use serde_json::json;

use crate::binder::{self, Part, Prepared, Problem};
use crate::{Pdf, PressError, typeset};

/// A bound packet.
#[derive(Debug, Clone)]
pub struct Packet {
    /// The whole file: cover, index, timeline, documents.
    pub pdf: Vec<u8>,
    /// Pages of the whole file.
    pub pages: usize,
    /// Pages before the first document.
    pub front_pages: usize,
    /// The contents as printed: page numbers filled in, notes added where a document stands as pictures or as a slip.
    /// Hand this to [`index_html`].
    pub contents: Contents,
    /// Documents that could not be bound as they are.
    pub problems: Vec<Problem>,
    /// Characters no embedded font can draw; boxes stand in their place in the front pages.
    pub missing_glyphs: BTreeSet<char>,
}

/// Sets cover sheet, index and timeline alone. Page numbers stand as they are in `contents`.
///
/// # Errors
/// [`PressError::Template`] if the typesetter refuses the pages.
pub fn cover(contents: &Contents) -> Result<Pdf, PressError> {
    front(contents, None)
}

/// Sets the whole packet. The documents are read first, so the index prints the pages they really fall on.
/// A part belongs to the document of the same number; documents without a part are indexed without pages.
///
/// # Errors
/// [`PressError::Template`] or [`PressError::Join`]; a document that cannot be bound is no error but a [`Problem`].
pub fn set(contents: &Contents, parts: Vec<Part>) -> Result<Packet, PressError> {
    let prepared = binder::prepare(parts, contents.fax)?;
    let mut contents = contents.clone();
    for (number, note) in prepared.notes() {
        for document in contents.documents.iter_mut().filter(|d| d.number == number) {
            document.notes.push(note.to_owned());
        }
    }

    // The index grows with its page numbers only in theory, but a page break may move: repeat until it stands still.
    let mut front_pages = 1;
    let mut set = None;
    for _ in 0..5 {
        number_pages(&mut contents, &prepared, front_pages);
        let pdf = front(&contents, Some(front_pages + prepared.pages()))?;
        let pages = pdf.pages;
        set = Some(pdf);
        if pages == front_pages {
            break;
        }
        front_pages = pages;
    }
    let front = set.ok_or_else(|| PressError::Join("the index has no pages".to_owned()))?;
    let bound = binder::assemble(&front.bytes, prepared, &contents.case_handle)?;
    Ok(Packet {
        pdf: bound.pdf,
        pages: bound.pages,
        front_pages: front.pages,
        contents,
        problems: bound.problems,
        missing_glyphs: front.missing_glyphs,
    })
}

fn number_pages(contents: &mut Contents, prepared: &Prepared, front_pages: usize) {
    let mut next = front_pages + 1;
    for (number, count) in prepared.page_counts() {
        let range = PageRange { from: next, to: next + count.saturating_sub(1) };
        next += count;
        for document in contents.documents.iter_mut().filter(|d| d.number == number) {
            document.pages = Some(range);
        }
    }
}

/// `total` is the number of pages of the whole packet, where it is known.
fn front(contents: &Contents, total: Option<usize>) -> Result<Pdf, PressError> {
    let missing: String = typeset::missing_glyphs(&serde_json::to_string(contents)?)
        .into_iter()
        .map(|c| format!("U+{:04X}", u32::from(c)))
        .collect::<Vec<_>>()
        .join(", ");
    let data = json!({ "contents": contents.printed(), "total": total, "missing": missing });
    typeset::set("packet", &data)
}
