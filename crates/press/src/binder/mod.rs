//! Joins many documents into one PDF: pages copied unaltered, stamped at the foot, bookmarked.
//!
//! A document that cannot be copied stands as page pictures; one that cannot even be pictured stands as a slip that
//! says where its original is. No input stops the rest.

mod assemble;
mod pictures;
pub mod record;
mod source;
#[cfg(test)]
mod tests;

pub(crate) use assemble::assemble;

use std::panic::{AssertUnwindSafe, catch_unwind};

use lopdf::{Document, ObjectId};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{PressError, typeset};

/// Longest text set as pages, in characters; the rest stays in the original.
const TEXT_LIMIT: usize = 300_000;

/// One document to bind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its number in the index, such as `3`; stamped on its pages.
    pub number: String,
    /// Title, for the bookmark.
    pub title: String,
    /// Path of the original in the packet, for a slip; empty when it is not there.
    pub original: String,
    /// What to bind.
    pub body: Body,
}

/// The bytes of a document and how to make pages of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A PDF file.
    Pdf(Vec<u8>),
    /// One JPEG or PNG file a page, upright and without transparent parts.
    Pictures(Vec<Vec<u8>>),
    /// Plain text.
    Text(String),
    /// A record that came as data.
    Record(record::Record),
    /// Nothing that can be printed; the sentence says why, for the slip.
    Unprintable(String),
}

/// What stands in the packet for a document that could not be bound as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Instead {
    /// All its pages, as pictures.
    PagePictures,
    /// Its text up to the limit.
    CutText,
    /// A slip naming the original.
    Slip,
}

/// A document that could not be bound as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// [`Part::number`].
    pub number: String,
    /// What stands in its place.
    pub instead: Instead,
    /// One sentence for a person.
    pub sentence: String,
}

/// A bound file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// The file.
    pub pdf: Vec<u8>,
    /// Pages of the whole file.
    pub pages: usize,
    /// First and last page of each part, counted from 1, in the order given.
    pub parts: Vec<(usize, usize)>,
    /// Parts that could not be bound as they are.
    pub problems: Vec<Problem>,
}

/// A part made ready: its pages are known.
pub(crate) struct Ready {
    number: String,
    title: String,
    document: Document,
    pages: Vec<ObjectId>,
    problem: Option<Problem>,
}

/// Parts made ready, in order.
pub(crate) struct Prepared(Vec<Ready>);

impl Prepared {
    /// Number and page count of each part.
    pub(crate) fn page_counts(&self) -> impl Iterator<Item = (&str, usize)> {
        self.0.iter().map(|ready| (ready.number.as_str(), ready.pages.len()))
    }

    /// Pages of all parts.
    pub(crate) fn pages(&self) -> usize {
        self.0.iter().map(|ready| ready.pages.len()).sum()
    }

    /// Number and sentence of each part that is not bound as it is.
    pub(crate) fn notes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|ready| ready.problem.as_ref()).map(|p| (p.number.as_str(), p.sentence.as_str()))
    }
}

/// Binds `front` (a PDF; may be empty) and the parts behind it. `label` is stamped beside the page numbers.
///
/// # Errors
/// [`PressError::Join`] when `front` is not a PDF or the result cannot be written. A part is never an error.
pub fn bind(front: &[u8], parts: Vec<Part>, label: &str) -> Result<Bound, PressError> {
    assemble(front, prepare(parts, false)?, label)
}

/// Reads every part and makes pages of it; those that are set here, `fax`: so that they can be read from one.
pub(crate) fn prepare(parts: Vec<Part>, fax: bool) -> Result<Prepared, PressError> {
    parts.into_iter().map(|part| ready(part, fax)).collect::<Result<_, _>>().map(Prepared)
}

fn ready(part: Part, fax: bool) -> Result<Ready, PressError> {
    let Part { number, title, original, body } = part;
    // The parsers below do not panic on any file seen; should one do so, it costs this document only.
    let made = catch_unwind(AssertUnwindSafe(|| pages_of(body, &title, fax)))
        .unwrap_or_else(|_| Made::Nothing("It is damaged, and its pages cannot be drawn.".to_owned()));
    let problem = |instead, sentence: String| Some(Problem { number: number.clone(), instead, sentence });
    let (document, problem) = match made {
        Made::Pages(document) => (document, None),
        Made::Instead(document, instead, sentence) => (document, problem(instead, sentence)),
        Made::Nothing(why) => {
            let slip = json!({ "number": number, "title": title, "why": why, "original": original, "fax": fax });
            let document = source::load(&typeset::set("slip", &slip)?.bytes)
                .ok_or_else(|| PressError::Join("a slip page could not be read back".to_owned()))?;
            (document, problem(Instead::Slip, format!("not printable, a slip stands in its place: {why}")))
        }
    };
    let pages = source::pages(&document);
    Ok(Ready { number, title, document, pages, problem })
}

enum Made {
    Pages(Document),
    Instead(Document, Instead, String),
    Nothing(String),
}

fn pages_of(body: Body, title: &str, fax: bool) -> Made {
    match body {
        Body::Pdf(bytes) => pdf_pages(bytes),
        Body::Pictures(files) => pictures::photographs(&files).map_or_else(
            || {
                Made::Nothing(
                    "The picture cannot be read; it may be damaged or of a kind that does not print.".to_owned(),
                )
            },
            Made::Pages,
        ),
        Body::Text(text) => text_pages(&text, title, fax),
        Body::Record(record) => record::pages(record, title, fax),
        Body::Unprintable(why) => Made::Nothing(why),
    }
}

fn pdf_pages(bytes: Vec<u8>) -> Made {
    if let Some(document) = source::load(&bytes)
        && source::is_sound(&document)
    {
        return Made::Pages(document);
    }
    match pictures::of_pdf(bytes) {
        Ok(document) => Made::Instead(
            document,
            Instead::PagePictures,
            "the file is damaged: its pages stand here as pictures, and may be incomplete".to_owned(),
        ),
        Err(pictures::NoPictures::Locked) => Made::Nothing("It is locked with a password.".to_owned()),
        Err(pictures::NoPictures::Unreadable) => {
            Made::Nothing("The file is damaged, and no page of it can be read.".to_owned())
        }
    }
}

fn text_pages(text: &str, title: &str, fax: bool) -> Made {
    let cut: Option<usize> = text.char_indices().nth(TEXT_LIMIT).map(|(at, _)| at);
    let shown = cut.and_then(|at| text.get(..at)).unwrap_or(text);
    // Other control characters would print as boxes.
    let shown: String = shown.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let missing = typeset::missing_glyphs(&shown).len();
    let mut note = "Set from a text file; the original is in the packet.".to_owned();
    if missing > 0 {
        note.push_str(" An empty box stands for a letter this printer does not have.");
    }
    if shown.trim().is_empty() {
        return Made::Nothing("The file holds no text.".to_owned());
    }
    let set = typeset::set("plain-text", &json!({ "title": title, "text": shown, "note": note, "fax": fax }));
    let Some(document) = set.ok().and_then(|pdf| source::load(&pdf.bytes)) else {
        return Made::Nothing("Its text cannot be set as pages.".to_owned());
    };
    if cut.is_some() {
        let sentence = format!("only the first {TEXT_LIMIT} characters are printed here");
        return Made::Instead(document, Instead::CutText, sentence);
    }
    Made::Pages(document)
}
