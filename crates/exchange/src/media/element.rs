//! Writes data elements in explicit VR little endian (PS3.5 7.1.2), with values cut to what their representation holds.

use dicom_core::Tag;

/// A data element with its encoded value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Element {
    tag: Tag,
    vr: [u8; 2],
    value: Vec<u8>,
    ascii: bool,
}

impl Element {
    /// Text of representation `vr`, cut to `most` characters; control characters and, in single values, backslashes go.
    pub(super) fn text(tag: Tag, vr: [u8; 2], most: usize, value: &str) -> Self {
        let value: String = value.trim().chars().filter(|c| !c.is_control() && *c != '\\').take(most).collect();
        Self::raw(tag, vr, value.trim_end().as_bytes().to_vec())
    }

    /// Bytes of representation `vr`; an odd length is padded as PS3.5 says.
    pub(super) fn raw(tag: Tag, vr: [u8; 2], mut value: Vec<u8>) -> Self {
        if value.len() % 2 == 1 {
            value.push(if &vr == b"UI" || &vr == b"OB" { 0 } else { b' ' });
        }
        let ascii = vr == *b"UL" || vr == *b"US" || value.is_ascii();
        Self { tag, vr, value, ascii }
    }

    /// A unique identifier.
    pub(super) fn uid(tag: Tag, value: &str) -> Self {
        let value: String = value.chars().filter(|c| c.is_ascii_digit() || *c == '.').take(64).collect();
        Self::raw(tag, *b"UI", value.into_bytes())
    }

    /// An unsigned 32-bit number.
    pub(super) fn unsigned_long(tag: Tag, value: u32) -> Self {
        Self::raw(tag, *b"UL", value.to_le_bytes().to_vec())
    }

    /// An unsigned 16-bit number.
    pub(super) fn unsigned_short(tag: Tag, value: u16) -> Self {
        Self::raw(tag, *b"US", value.to_le_bytes().to_vec())
    }

    /// A sequence of items.
    pub(super) fn sequence(tag: Tag, items: Vec<Vec<Self>>) -> Self {
        let mut value = Vec::new();
        let ascii = items.iter().flatten().all(Self::is_ascii);
        for item in items {
            let item = encode(item);
            value.extend([0xfe, 0xff, 0x00, 0xe0]);
            value.extend(u32::try_from(item.len()).unwrap_or(u32::MAX).to_le_bytes());
            value.extend(item);
        }
        Self { tag, vr: *b"SQ", value, ascii }
    }

    /// Whether all text in it, also inside items, is ASCII.
    pub(super) fn is_ascii(&self) -> bool {
        self.ascii
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.tag.group().to_le_bytes());
        out.extend(self.tag.element().to_le_bytes());
        out.extend(self.vr);
        let length = self.value.len();
        if matches!(&self.vr, b"SQ" | b"OB" | b"UT" | b"UN" | b"OW") {
            out.extend([0, 0]);
            out.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
        } else {
            // Every short value here is cut far below 64 KB.
            out.extend(u16::try_from(length).unwrap_or(u16::MAX).to_le_bytes());
        }
        out.extend(&self.value);
    }
}

/// The elements in the order of their tags.
pub(super) fn encode(mut elements: Vec<Element>) -> Vec<u8> {
    elements.sort_by_key(|element| element.tag);
    let mut out = Vec::new();
    for element in &elements {
        element.write(&mut out);
    }
    out
}
