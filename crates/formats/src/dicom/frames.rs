//! Where each frame lies in a file, found without reading a pixel.

use std::borrow::Cow;

use super::element::{Element, ITEM, SEQUENCE_END, Source, Syntax, UNDEFINED};
use crate::{Complaint, ImageHeader};

/// Most fragments that are followed in one instance.
const FRAGMENTS: usize = 4_000_000;
/// Most frames whose places are recorded.
const FRAMES: u32 = 2_000_000;

/// What the header says about the pixels.
#[derive(Debug, Default)]
pub(super) struct Pixels {
    pub(super) element: Option<Element>,
    pub(super) frames: Option<u32>,
    pub(super) samples: Option<u32>,
    pub(super) bits_allocated: Option<u32>,
    /// `YBR_FULL_422`: two samples a pixel where three are stated.
    pub(super) subsampled: bool,
    pub(super) extended_offsets: Option<Element>,
    pub(super) extended_lengths: Option<Element>,
}

/// Whether frames of this transfer syntax lie in items (compressed, PS3.5 A.4).
#[must_use]
pub fn is_encapsulated(transfer_syntax_uid: &str) -> bool {
    transfer_syntax_uid.starts_with("1.2.840.10008.1.2.4.")
        || transfer_syntax_uid == "1.2.840.10008.1.2.5"
        || transfer_syntax_uid.starts_with("1.2.840.10008.1.2.8.")
        || transfer_syntax_uid == "1.2.840.10008.1.2.1.98"
}

/// One compressed frame without the item headers inside it. A frame may be cut into several items; its range in
/// [`ImageHeader::frame_ranges`] then goes from the first byte in the first item to the last byte in the last. Read 8
/// bytes more in front of the range (the header of the first item) and hand all of it in.
#[must_use]
pub fn unwrap_items(items: &[u8]) -> Cow<'_, [u8]> {
    let mut source = Source::Memory(items);
    let mut parts: Vec<&[u8]> = Vec::new();
    let mut at = 0;
    while let Some(item) = source.element(at, Syntax::IMPLICIT).filter(|item| item.tag == ITEM) {
        let from = usize::try_from(item.value).unwrap_or(usize::MAX).min(items.len());
        let to = usize::try_from(item.end()).unwrap_or(usize::MAX).min(items.len());
        parts.push(items.get(from..to).unwrap_or_default());
        at = item.end();
    }
    match parts.as_slice() {
        [one] => Cow::Borrowed(one),
        parts => Cow::Owned(parts.concat()),
    }
}

/// (offset, length) of each whole frame. Empty where there is no pixel data or the frames cannot be told apart.
pub(super) fn ranges(
    source: &mut Source<'_>,
    pixels: &Pixels,
    header: &ImageHeader,
    syntax: Syntax,
    complaints: &mut Vec<Complaint>,
) -> Vec<(u64, u64)> {
    let Some(element) = pixels.element else {
        if header.rows.is_some() && header.columns.is_some() && pixels.bits_allocated.is_some() {
            complaints.push(Complaint::new(
                "The header describes an image, but there is no image data; the file may have been cut off. Ask for it again.",
            ));
        }
        return Vec::new();
    };
    if header.frames > FRAMES {
        complaints.push(Complaint::at(element.value, "The header states an impossible number of frames."));
        return Vec::new();
    }
    if element.length != UNDEFINED && is_encapsulated(&header.transfer_syntax_uid) {
        complaints.push(Complaint::at(
            element.value,
            "The header says the image is compressed, but it is not stored so; a viewer may not show it.",
        ));
        return Vec::new();
    }
    if element.length == UNDEFINED {
        compressed(source, pixels, header, syntax, &element, complaints)
    } else {
        native(source, pixels, header, &element, complaints)
    }
}

fn native(
    source: &Source<'_>,
    pixels: &Pixels,
    header: &ImageHeader,
    element: &Element,
    complaints: &mut Vec<Complaint>,
) -> Vec<(u64, u64)> {
    let there = source.length().saturating_sub(element.value);
    if u64::from(element.length) > there {
        complaints.push(ends_early(element.value, there, u64::from(element.length)));
    }
    let (Some(rows), Some(columns)) = (header.rows, header.columns) else { return Vec::new() };
    let bits = match element.tag {
        0x7FE0_0008 => 32,
        0x7FE0_0009 => 64,
        _ => pixels.bits_allocated.unwrap_or(0),
    };
    let samples = match pixels.samples.unwrap_or(1) {
        3 if pixels.subsampled => 2,
        n => n,
    };
    let frame_bits = u64::from(rows)
        .saturating_mul(u64::from(columns))
        .saturating_mul(u64::from(samples))
        .saturating_mul(u64::from(bits));
    let frames = u64::from(header.frames);
    // One-bit frames follow each other without filling: only the first, or all of a size of whole bytes, can be cut out.
    if frame_bits == 0 || (frame_bits % 8 != 0 && frames > 1) {
        return Vec::new();
    }
    let size = frame_bits.div_ceil(8);
    let expected = size.saturating_mul(frames);
    if expected > u64::from(element.length) {
        complaints.push(Complaint::at(
            element.value,
            format!(
                "The image data is shorter than the header says: {} of {expected} bytes.",
                u64::from(element.length)
            ),
        ));
    }
    let whole = (u64::from(element.length).min(there) / size).min(frames);
    (0..whole).map(|i| (element.value + i * size, size)).collect()
}

/// One item of compressed pixel data.
#[derive(Debug, Clone, Copy)]
struct Fragment {
    value: u64,
    length: u64,
}

fn compressed(
    source: &mut Source<'_>,
    pixels: &Pixels,
    header: &ImageHeader,
    syntax: Syntax,
    element: &Element,
    complaints: &mut Vec<Complaint>,
) -> Vec<(u64, u64)> {
    let mut at = element.value;
    let mut fragments: Vec<Fragment> = Vec::new();
    let mut table: Option<Element> = None;
    let ended = loop {
        let Some(item) = source.element(at, syntax) else { break false };
        if item.tag == SEQUENCE_END {
            break true;
        }
        if item.tag != ITEM || item.length == UNDEFINED || item.end() > source.length() || fragments.len() > FRAGMENTS {
            break false;
        }
        // The first item is the offset table, never a frame, even when it is empty.
        if table.is_none() {
            table = Some(item);
        } else {
            fragments.push(Fragment { value: item.value, length: u64::from(item.length) });
        }
        at = item.end();
    };
    if !ended {
        let read: u64 = fragments.iter().map(|f| f.length).sum();
        let rest = source.element(at, syntax).filter(|i| i.tag == ITEM && i.length != UNDEFINED);
        let complaint = match rest {
            Some(item) if item.end() > source.length() => {
                ends_early(item.value, source.length().saturating_sub(element.value), item.end() - element.value)
            }
            _ => {
                Complaint::at(at, format!("The file ends early or is damaged: {read} bytes of image data were found."))
            }
        };
        complaints.push(complaint);
    }
    let Some(table) = table else { return Vec::new() };
    let frames = header.frames as usize;
    if fragments.len() == frames {
        return fragments.iter().map(|f| (f.value, f.length)).collect();
    }
    let starts = extended_starts(source, pixels, syntax)
        .filter(|starts| starts.len() == frames)
        .or_else(|| Some(basic_starts(source, &table, syntax)).filter(|starts| starts.len() == frames))
        .or_else(|| marker_starts(source, &fragments, frames));
    let Some(starts) = starts else {
        if ended {
            complaints.push(Complaint::at(
                element.value,
                format!(
                    "The image data is in {} parts, and nothing says which belong to which of {frames} frames.",
                    fragments.len()
                ),
            ));
        }
        return Vec::new();
    };
    grouped(&fragments, &starts)
}

/// Fragments put together to frames that begin at these offsets, counted from the first fragment's item header.
fn grouped(fragments: &[Fragment], starts: &[u64]) -> Vec<(u64, u64)> {
    let Some(first) = fragments.first() else { return Vec::new() };
    let base = first.value.saturating_sub(8);
    let mut ranges: Vec<(u64, u64)> = Vec::with_capacity(starts.len());
    let mut rest = fragments;
    for (i, start) in starts.iter().enumerate() {
        let until = starts.get(i + 1).map_or(u64::MAX, |next| base.saturating_add(*next));
        let count = rest.iter().take_while(|f| f.value.saturating_sub(8) < until).count();
        let (mine, others) = rest.split_at_checked(count).unwrap_or((rest, &[]));
        rest = others;
        let (Some(first), Some(last)) = (mine.first(), mine.last()) else { return Vec::new() };
        // A table that points between fragments is wrong: say nothing rather than something false.
        if first.value.saturating_sub(8) != base.saturating_add(*start) {
            return Vec::new();
        }
        ranges.push((first.value, last.value + last.length - first.value));
    }
    ranges
}

/// Basic offset table: 32-bit offsets in the first item.
fn basic_starts(source: &mut Source<'_>, table: &Element, syntax: Syntax) -> Vec<u64> {
    let offsets = source.value(table, FRAMES as usize * 4);
    offsets.chunks_exact(4).filter_map(|c| c.try_into().ok()).map(|c| u64::from(syntax.u32(c))).collect()
}

/// Extended offset table: 64-bit offsets in (7FE0,0001).
fn extended_starts(source: &mut Source<'_>, pixels: &Pixels, syntax: Syntax) -> Option<Vec<u64>> {
    let table = pixels.extended_offsets?;
    let offsets = source.value(&table, FRAMES as usize * 8);
    let halves = |c: &[u8]| Some((c.first_chunk::<4>().copied()?, c.last_chunk::<4>().copied()?));
    let whole = |(low, high)| u64::from(syntax.u32(low)) | (u64::from(syntax.u32(high)) << 32);
    Some(offsets.chunks_exact(8).filter_map(halves).map(whole).collect())
}

/// Without a table: fragments that begin as a JPEG or JPEG 2000 picture begins are the first of their frames.
fn marker_starts(source: &mut Source<'_>, fragments: &[Fragment], frames: usize) -> Option<Vec<u64>> {
    let base = fragments.first()?.value;
    if frames == 1 {
        return Some(vec![0]);
    }
    let mut starts = Vec::new();
    for fragment in fragments {
        if matches!(source.array::<3>(fragment.value), Some([0xFF, 0xD8, 0xFF] | [0xFF, 0x4F, 0xFF])) {
            starts.push(fragment.value - base);
        }
    }
    (starts.len() == frames).then_some(starts)
}

fn ends_early(at: u64, there: u64, expected: u64) -> Complaint {
    Complaint::at(at, format!("The file ends early: {there} of {expected} bytes of image data; ask for it again."))
}
