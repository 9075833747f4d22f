//! Data elements: where each begins and ends in a file, in any of the four encodings. Values are fetched only when
//! asked for.

use std::io::{Read, Seek, SeekFrom};

use crate::Content;
use crate::content::ReadSeek;

/// A length that is not stated: the value ends at a delimiter.
pub(super) const UNDEFINED: u32 = u32::MAX;
pub(super) const ITEM: u32 = 0xFFFE_E000;
pub(super) const ITEM_END: u32 = 0xFFFE_E00D;
pub(super) const SEQUENCE_END: u32 = 0xFFFE_E0DD;
/// Sequences inside sequences we follow to find their end.
const DEPTH: usize = 4096;
/// Bytes fetched at once from a file on disk.
const BLOCK: usize = 16 << 10;

/// How elements are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Syntax {
    pub(super) explicit: bool,
    pub(super) big_endian: bool,
}

impl Syntax {
    pub(super) const EXPLICIT: Self = Self { explicit: true, big_endian: false };
    pub(super) const IMPLICIT: Self = Self { explicit: false, big_endian: false };
    pub(super) const BIG_ENDIAN: Self = Self { explicit: true, big_endian: true };

    pub(super) fn u16(self, bytes: [u8; 2]) -> u16 {
        if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    }

    pub(super) fn u32(self, bytes: [u8; 4]) -> u32 {
        if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }

    fn tag(self, [a, b, c, d]: [u8; 4]) -> u32 {
        (u32::from(self.u16([a, b])) << 16) | u32::from(self.u16([c, d]))
    }
}

/// One element, without its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element {
    /// Group in the upper half, element in the lower.
    pub(super) tag: u32,
    /// Value representation; zeros where the encoding states none.
    pub(super) vr: [u8; 2],
    /// Offset of the value from the first byte of the source.
    pub(super) value: u64,
    /// Length of the value in bytes, or [`UNDEFINED`].
    pub(super) length: u32,
}

impl Element {
    pub(super) fn end(&self) -> u64 {
        self.value.saturating_add(u64::from(self.length))
    }
}

/// Bytes with random access.
pub(super) enum Source<'a> {
    Memory(&'a [u8]),
    File { reader: Box<dyn ReadSeek + 'a>, length: u64, block: Vec<u8>, start: u64 },
}

impl<'a> Source<'a> {
    pub(super) fn new(content: &'a Content) -> std::io::Result<Self> {
        Ok(match content {
            Content::Memory(bytes) => Self::Memory(bytes),
            Content::File { length, .. } => {
                Self::File { reader: content.reader()?, length: *length, block: Vec::new(), start: 0 }
            }
        })
    }

    pub(super) fn length(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File { length, .. } => *length,
        }
    }

    /// `n` bytes at an offset; fewer, or none, at the end of the source.
    pub(super) fn bytes(&mut self, at: u64, n: usize) -> &[u8] {
        match self {
            Self::Memory(bytes) => {
                let from = usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
                bytes.get(from..from.saturating_add(n).min(bytes.len())).unwrap_or_default()
            }
            Self::File { reader, length, block, start } => {
                let held = at >= *start && at.saturating_add(n as u64) <= start.saturating_add(block.len() as u64);
                if !held {
                    let want = (n.max(BLOCK) as u64).min(length.saturating_sub(at));
                    block.clear();
                    *start = at;
                    if reader.seek(SeekFrom::Start(at)).is_err() || reader.take(want).read_to_end(block).is_err() {
                        return &[];
                    }
                }
                let from = usize::try_from(at - *start).unwrap_or(usize::MAX).min(block.len());
                block.get(from..from.saturating_add(n).min(block.len())).unwrap_or_default()
            }
        }
    }

    pub(super) fn array<const N: usize>(&mut self, at: u64) -> Option<[u8; N]> {
        self.bytes(at, N).try_into().ok()
    }

    /// The value, or its first `limit` bytes. Empty for a value of undefined length.
    pub(super) fn value(&mut self, element: &Element, limit: usize) -> &[u8] {
        let length = if element.length == UNDEFINED { 0 } else { element.length };
        self.bytes(element.value, usize::try_from(length).unwrap_or(usize::MAX).min(limit))
    }

    /// The element at an offset; `None` at the end of the source.
    pub(super) fn element(&mut self, at: u64, syntax: Syntax) -> Option<Element> {
        let [a, b, c, d, e, f, g, h] = self.array::<8>(at)?;
        let tag = syntax.tag([a, b, c, d]);
        // Items and delimiters never have a value representation; neither has, against the rules, many an element
        // of a broken writer.
        let is_vr = e.is_ascii_uppercase() && f.is_ascii_uppercase();
        let implicit = Element { tag, vr: [0; 2], value: at + 8, length: syntax.u32([e, f, g, h]) };
        if !syntax.explicit || tag >> 16 == 0xFFFE {
            return Some(implicit);
        }
        if !is_vr {
            // Either the value representation is left out or it is misspelt: the reading that fits the file is taken.
            let misspelt = Element { length: u32::from(syntax.u16([g, h])), ..implicit };
            let misread = implicit.end() > self.length() && misspelt.end() <= self.length();
            return Some(if misread { misspelt } else { implicit });
        }
        if has_long_length([e, f]) {
            let length = syntax.u32(self.array::<4>(at + 8)?);
            return Some(Element { tag, vr: [e, f], value: at + 12, length });
        }
        Some(Element { tag, vr: [e, f], value: at + 8, length: u32::from(syntax.u16([g, h])) })
    }

    /// Where the element after this one begins; `None` when this one has no end.
    pub(super) fn after(&mut self, element: &Element, syntax: Syntax) -> Option<u64> {
        if element.length != UNDEFINED {
            return Some(element.end());
        }
        let mut at = element.value;
        // For each open value of undefined length: whether we are between its items or inside one.
        let mut open = vec![(false, inside(element, syntax))];
        while let Some(&(in_item, syntax)) = open.last() {
            let next = self.element(at, syntax)?;
            at = next.value;
            match (next.tag, in_item) {
                (SEQUENCE_END, false) | (ITEM_END, true) => {
                    open.pop();
                }
                // A sequence that ends while an item is still open: the item delimiter was forgotten.
                (SEQUENCE_END, true) => {
                    open.pop();
                    open.pop();
                }
                (ITEM, false) if next.length == UNDEFINED => open.push((true, syntax)),
                (ITEM, false) => at = next.end(),
                (_, false) => return self.find_sequence_end(element.value, syntax),
                (_, true) if next.length == UNDEFINED => open.push((false, inside(&next, syntax))),
                (_, true) => at = next.end(),
            }
            if open.len() > DEPTH {
                return None;
            }
        }
        Some(at)
    }

    /// A value of undefined length that holds no items: the delimiter is searched for.
    fn find_sequence_end(&mut self, from: u64, syntax: Syntax) -> Option<u64> {
        let wanted: [u8; 8] =
            if syntax.big_endian { [0xFF, 0xFE, 0xE0, 0xDD, 0, 0, 0, 0] } else { [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0] };
        let mut at = from;
        loop {
            let block = self.bytes(at, BLOCK);
            if let Some(found) = block.windows(8).position(|w| w == wanted) {
                return Some(at + found as u64 + 8);
            }
            let read = block.len() as u64;
            if read < BLOCK as u64 {
                return None;
            }
            at += read - 7;
        }
    }

    /// The items of a sequence as (start, end) of their contents, at most `limit`.
    pub(super) fn items(&mut self, sequence: &Element, syntax: Syntax, limit: usize) -> Vec<(u64, u64)> {
        let end = if sequence.length == UNDEFINED { self.length() } else { sequence.end().min(self.length()) };
        let inner = inside(sequence, syntax);
        let mut items = Vec::new();
        let mut at = sequence.value;
        while at < end && items.len() < limit {
            let Some(item) = self.element(at, inner).filter(|item| item.tag == ITEM) else { break };
            if item.length == UNDEFINED {
                // An item of undefined length ends where its delimiter begins, which is found by walking it.
                let Some(after) = self.item_end(item.value, inner) else {
                    items.push((item.value, end));
                    break;
                };
                items.push((item.value, after.saturating_sub(8)));
                at = after;
            } else {
                items.push((item.value, item.end().min(end)));
                at = item.end();
            }
        }
        items
    }

    fn item_end(&mut self, from: u64, syntax: Syntax) -> Option<u64> {
        let mut at = from;
        loop {
            let next = self.element(at, syntax)?;
            if next.tag == ITEM_END {
                return Some(next.value);
            }
            at = self.after(&next, syntax)?;
        }
    }
}

/// How the items of a sequence are written: as around it, except that a sequence hidden in UN is implicit (PS3.5 6.2.2).
fn inside(sequence: &Element, around: Syntax) -> Syntax {
    if &sequence.vr == b"UN" { Syntax::IMPLICIT } else { around }
}

/// Value representations with a four-byte length (PS3.5 7.1.2).
fn has_long_length(vr: [u8; 2]) -> bool {
    matches!(&vr, b"OB" | b"OD" | b"OF" | b"OL" | b"OV" | b"OW" | b"SQ" | b"SV" | b"UC" | b"UN" | b"UR" | b"UT" | b"UV")
}

/// A known value representation.
pub(super) fn is_known_vr(vr: [u8; 2]) -> bool {
    has_long_length(vr)
        || matches!(
            &vr,
            b"AE"
                | b"AS"
                | b"AT"
                | b"CS"
                | b"DA"
                | b"DS"
                | b"DT"
                | b"FD"
                | b"FL"
                | b"IS"
                | b"LO"
                | b"LT"
                | b"PN"
                | b"SH"
                | b"SL"
                | b"SS"
                | b"ST"
                | b"TM"
                | b"UI"
                | b"UL"
                | b"US"
        )
}
