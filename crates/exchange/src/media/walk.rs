//! Walks the elements of a data set by their lengths alone, so that no length a file claims is ever believed beyond the
//! bytes there are.

use dicom_dictionary_std::uids;

use super::meta::BIG_ENDIAN;

/// Deepest nesting followed.
const DEPTH: usize = 32;
const ITEM: (u16, u16) = (0xfffe, 0xe000);
const ITEM_END: (u16, u16) = (0xfffe, 0xe00d);
const SEQUENCE_END: (u16, u16) = (0xfffe, 0xe0dd);

/// How elements are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Coding {
    pub(super) little: bool,
    pub(super) explicit: bool,
}

impl Coding {
    pub(super) const EXPLICIT_LITTLE: Self = Self { little: true, explicit: true };
    pub(super) const IMPLICIT_LITTLE: Self = Self { little: true, explicit: false };
    pub(super) const EXPLICIT_BIG: Self = Self { little: false, explicit: true };

    /// How the elements of a data set in this transfer syntax are coded, once inflated.
    pub(super) fn of(syntax: &str) -> Self {
        match syntax {
            uids::IMPLICIT_VR_LITTLE_ENDIAN => Self::IMPLICIT_LITTLE,
            BIG_ENDIAN => Self::EXPLICIT_BIG,
            _ => Self::EXPLICIT_LITTLE,
        }
    }
}

/// One element and where it lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) tag: (u16, u16),
    pub(super) start: usize,
    pub(super) value: usize,
    /// First byte after it, delimiters included.
    pub(super) end: usize,
    /// Whether a reader may be trusted with it: nothing in it claims more than it has, and nothing is of an unknown
    /// representation without a length.
    pub(super) plain: bool,
}

fn short(bytes: &[u8], at: usize, coding: Coding) -> Option<u16> {
    let pair: [u8; 2] = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
    Some(if coding.little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
}

fn long(bytes: &[u8], at: usize, coding: Coding) -> Option<u32> {
    let four: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(if coding.little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
}

/// The element at `at`; `None` at the end, and where the bytes are no element or end within it.
pub(super) fn element(bytes: &[u8], at: usize, coding: Coding) -> Option<Place> {
    nested(bytes, at, coding, 0)
}

fn nested(bytes: &[u8], start: usize, coding: Coding, depth: usize) -> Option<Place> {
    if depth > DEPTH {
        return None;
    }
    let tag = (short(bytes, start, coding)?, short(bytes, start + 2, coding)?);
    let letters: Option<&[u8]> = if coding.explicit { bytes.get(start + 4..start + 6) } else { None };
    let (length, value) = match letters {
        None => (long(bytes, start + 4, coding)?, start + 8),
        Some(b"OB" | b"OD" | b"OF" | b"OL" | b"OV" | b"OW" | b"SQ" | b"SV" | b"UC" | b"UN" | b"UR" | b"UT" | b"UV") => {
            (long(bytes, start + 8, coding)?, start + 12)
        }
        Some(vr) if vr.iter().all(u8::is_ascii_uppercase) => (short(bytes, start + 6, coding)?.into(), start + 8),
        Some(_) => return None,
    };
    let unknown = letters == Some(b"UN");
    if length == u32::MAX {
        // PS3.5 6.2.2: an unknown value without a length is a sequence in implicit coding.
        let inner = if unknown { Coding::IMPLICIT_LITTLE } else { coding };
        let (end, plain) = items(bytes, value, None, inner, depth + 1)?;
        return Some(Place { tag, start, value, end, plain: plain && !unknown });
    }
    let end = value.checked_add(usize::try_from(length).ok()?).filter(|end| *end <= bytes.len())?;
    let holds_items =
        letters == Some(b"SQ") || (letters.is_none() && short(bytes, value, coding) == Some(ITEM.0) && length >= 8);
    let plain =
        !holds_items || matches!(items(bytes.get(..end)?, value, Some(end), coding, depth + 1), Some((_, true)));
    Some(Place { tag, start, value, end, plain })
}

/// Items from `at` up to `limit` or a delimiter; the end, and whether all are plain.
fn items(bytes: &[u8], mut at: usize, limit: Option<usize>, coding: Coding, depth: usize) -> Option<(usize, bool)> {
    let mut plain = true;
    while limit != Some(at) {
        let tag = (short(bytes, at, coding)?, short(bytes, at + 2, coding)?);
        let length = long(bytes, at + 4, coding)?;
        let start = at + 8;
        match tag {
            SEQUENCE_END if limit.is_none() => return Some((start, plain)),
            ITEM => {
                let end = if length == u32::MAX {
                    None
                } else {
                    Some(start.checked_add(usize::try_from(length).ok()?).filter(|end| *end <= bytes.len())?)
                };
                let (next, good) = elements(bytes, start, end, coding, depth)?;
                plain &= good;
                at = next;
            }
            _ => return None,
        }
    }
    Some((at, plain))
}

/// Elements of an item from `at` up to `limit` or a delimiter.
fn elements(bytes: &[u8], mut at: usize, limit: Option<usize>, coding: Coding, depth: usize) -> Option<(usize, bool)> {
    let mut plain = true;
    while limit != Some(at) {
        if limit.is_none() && (short(bytes, at, coding)?, short(bytes, at + 2, coding)?) == ITEM_END {
            return Some((at + 8, plain));
        }
        let within = limit.map_or(Some(bytes), |limit| bytes.get(..limit))?;
        let place = nested(within, at, coding, depth)?;
        plain &= place.plain;
        at = place.end;
    }
    Some((at, plain))
}
