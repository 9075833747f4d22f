//! Reads a PDF to be bound and judges whether its pages can be copied as they are.

use std::collections::HashSet;

use flate2::{Decompress, FlushDecompress, Status};
use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

/// Most bytes one stream may inflate to.
const STREAM_LIMIT: usize = 256 * 1024 * 1024;
/// Deepest page tree followed.
const DEPTH: usize = 64;

/// The document, opened where only its owner locked it; `None` when it cannot be read or has no page. (A file locked
/// for its reader reads as one without pages: that is never an empty document.)
pub(super) fn load(bytes: &[u8]) -> Option<Document> {
    let mut document = Document::load_mem(bytes).ok()?;
    if document.is_encrypted() {
        document.decrypt("").ok()?;
    }
    (!pages(&document).is_empty()).then_some(document)
}

/// Pages in reading order.
pub(super) fn pages(document: &Document) -> Vec<ObjectId> {
    document.page_iter().filter(|id| document.get_dictionary(*id).is_ok()).collect()
}

/// Whether every page holds content that reads to its end, so that a copy is as good as the original.
pub(super) fn is_sound(document: &Document) -> bool {
    // The tree states how many pages there are; fewer found means that some are lost.
    let stated = document
        .catalog()
        .and_then(|catalog| catalog.get_deref(b"Pages", document))
        .and_then(Object::as_dict)
        .and_then(|pages| pages.get_deref(b"Count", document))
        .and_then(Object::as_i64)
        .unwrap_or(0);
    let pages = pages(document);
    if usize::try_from(stated).unwrap_or(0) > pages.len() {
        return false;
    }
    document.objects.values().filter_map(|object| object.as_stream().ok()).all(inflates)
        && pages.iter().all(|page| balance(document, *page).is_some())
}

/// Whether a deflated stream inflates without an error. Other filters are left to the reader of the packet.
fn inflates(stream: &Stream) -> bool {
    if !matches!(stream.filters().as_deref(), Ok([first, ..]) if *first == b"FlateDecode") {
        return true;
    }
    let mut inflater = Decompress::new(true);
    let mut buffer = vec![0; 64 * 1024];
    let mut input = stream.content.as_slice();
    let mut total: usize = 0;
    loop {
        let (read_before, wrote_before) = (inflater.total_in(), inflater.total_out());
        let Ok(status) = inflater.decompress(input, &mut buffer, FlushDecompress::None) else { return false };
        let read = usize::try_from(inflater.total_in() - read_before).unwrap_or(usize::MAX);
        let wrote = usize::try_from(inflater.total_out() - wrote_before).unwrap_or(usize::MAX);
        total = total.saturating_add(wrote);
        input = input.get(read..).unwrap_or_default();
        if total > STREAM_LIMIT {
            return false;
        }
        if status == Status::StreamEnd {
            return true;
        }
        if read == 0 && wrote == 0 {
            // The data ends early: readers show what there is, unless there is nothing.
            return total > 0 || stream.content.is_empty();
        }
    }
}

/// How many `q` a page's content lacks before it and how many `Q` after it; `None` when it does not parse.
pub(super) fn balance(document: &Document, page: ObjectId) -> Option<(usize, usize)> {
    if document.get_page_contents(page).is_empty() {
        return Some((0, 0));
    }
    let content = document.get_page_content_with_limit(page, STREAM_LIMIT).ok()?;
    let content = Content::decode(&content).ok()?;
    let (mut open, mut lacking) = (0_usize, 0_usize);
    for operation in &content.operations {
        match operation.operator.as_str() {
            "q" => open += 1,
            "Q" if open > 0 => open -= 1,
            "Q" => lacking += 1,
            _ => {}
        }
    }
    Some((lacking, open))
}

/// A value a page states itself or inherits from the page tree.
pub(super) fn inherited<'a>(document: &'a Document, page: ObjectId, key: &[u8]) -> Option<&'a Object> {
    let mut node: &Dictionary = document.get_dictionary(page).ok()?;
    let mut seen = HashSet::new();
    for _ in 0..DEPTH {
        if let Ok(value) = node.get_deref(key, document)
            && !value.is_null()
        {
            return Some(value);
        }
        let parent = node.get(b"Parent").and_then(Object::as_reference).ok()?;
        if !seen.insert(parent) {
            return None;
        }
        node = document.get_dictionary(parent).ok()?;
    }
    None
}

/// A page box as left, bottom, right, top in points; `None` when it is not a box.
pub(super) fn page_box(document: &Document, page: ObjectId, key: &[u8]) -> Option<[f32; 4]> {
    let values: Vec<f32> = inherited(document, page, key)?
        .as_array()
        .ok()?
        .iter()
        .filter_map(|value| document.dereference(value).ok()?.1.as_float().ok())
        .collect();
    let [a, b, c, d] = values.as_slice() else { return None };
    let corners = [a.min(*c), b.min(*d), a.max(*c), b.max(*d)];
    let [left, bottom, right, top] = corners;
    (corners.iter().all(|v| v.is_finite()) && right - left >= 1.0 && top - bottom >= 1.0).then_some(corners)
}

/// Clockwise quarter turns a page is shown with: 0, 90, 180 or 270.
pub(super) fn rotation(document: &Document, page: ObjectId) -> i64 {
    let turn = inherited(document, page, b"Rotate").and_then(|value| value.as_float().ok()).unwrap_or(0.0);
    #[expect(clippy::cast_possible_truncation, reason = "a page turn is a small multiple of 90")]
    let turn = (turn as i64).rem_euclid(360);
    turn / 90 * 90
}
