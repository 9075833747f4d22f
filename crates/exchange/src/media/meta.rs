//! The file header of PS3.10 7.1: 128 bytes, `DICM`, and group 0002. Files from some archives come without it and are
//! no files a medium may hold.

use std::borrow::Cow;
use std::collections::BTreeMap;

use dicom_dictionary_std::{tags, uids};

use super::MediaError;
use super::element::{Element, encode};
use super::walk::{Coding, element};

/// Names this program in files it writes; derived from a UUID as PS3.5 B.2 allows.
const IMPLEMENTATION: &str = "2.25.155696740387766316053703450432587897655";
/// Explicit VR Big Endian: retired, but old archives hold it.
pub(super) const BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";
const IMPLEMENTATION_NAME: &str = "CONSILIUM";

/// 128 empty bytes, `DICM` and group 0002.
pub(super) fn header(class: &str, instance: &str, syntax: &str) -> Vec<u8> {
    let group = encode(vec![
        Element::raw(tags::FILE_META_INFORMATION_VERSION, *b"OB", vec![0, 1]),
        Element::uid(tags::MEDIA_STORAGE_SOP_CLASS_UID, class),
        Element::uid(tags::MEDIA_STORAGE_SOP_INSTANCE_UID, instance),
        Element::uid(tags::TRANSFER_SYNTAX_UID, syntax),
        Element::uid(tags::IMPLEMENTATION_CLASS_UID, IMPLEMENTATION),
        Element::text(tags::IMPLEMENTATION_VERSION_NAME, *b"SH", 16, IMPLEMENTATION_NAME),
    ]);
    let length = u32::try_from(group.len()).unwrap_or(u32::MAX);
    let mut out = vec![0; 128];
    out.extend(b"DICM");
    out.extend(encode(vec![Element::unsigned_long(tags::FILE_META_INFORMATION_GROUP_LENGTH, length)]));
    out.extend(group);
    out
}

/// Transfer Syntax UID.
pub(super) const TRANSFER_SYNTAX: (u16, u16) = (0x0002, 0x0010);

/// The meta information of a file with preamble, as texts by tag, and where its data set begins.
pub(super) fn meta_elements(bytes: &[u8]) -> (BTreeMap<(u16, u16), String>, usize) {
    let mut meta = BTreeMap::new();
    let mut at = 132;
    while let Some(place) = element(bytes, at, Coding::EXPLICIT_LITTLE).filter(|place| place.tag.0 == 0x0002) {
        let value = String::from_utf8_lossy(bytes.get(place.value..place.end).unwrap_or_default());
        meta.insert(place.tag, value.trim_matches(['\0', ' ']).to_owned());
        at = place.end;
    }
    (meta, at)
}

/// The file with preamble and header. A file that has both comes back as it is, borrowed; what lacks is put before it
/// and the rest stays byte for byte.
///
/// # Errors
/// [`MediaError::NotDicom`] for other bytes; [`MediaError::UnknownSyntax`] when nothing says how its images are coded.
pub fn with_meta(bytes: &[u8]) -> Result<Cow<'_, [u8]>, MediaError> {
    if bytes.get(128..132) == Some(b"DICM") {
        return Ok(Cow::Borrowed(bytes));
    }
    let before = if bytes.starts_with(b"DICM") {
        vec![0; 128]
    } else if bytes.starts_with(&[0x02, 0x00]) && bytes.get(4..6) == Some(b"UL") {
        let mut preamble = vec![0; 128];
        preamble.extend(b"DICM");
        preamble
    } else {
        let found = scan(bytes)?;
        header(&found.class, &found.instance, found.syntax)
    };
    Ok(Cow::Owned([before.as_slice(), bytes].concat()))
}

struct Found {
    class: String,
    instance: String,
    syntax: &'static str,
}

/// Tells the coding of a bare data set from its first element, and reads its two identifiers.
fn scan(bytes: &[u8]) -> Result<Found, MediaError> {
    let first: [u8; 8] = bytes.get(..8).and_then(|b| b.try_into().ok()).ok_or(MediaError::NotDicom)?;
    let explicit = first.get(4..6).is_some_and(|pair| pair.iter().all(u8::is_ascii_uppercase));
    let (coding, syntax) = match (first, explicit) {
        ([0x08, 0x00, ..], true) => (Coding::EXPLICIT_LITTLE, uids::EXPLICIT_VR_LITTLE_ENDIAN),
        ([0x08, 0x00, ..], false) => (Coding::IMPLICIT_LITTLE, uids::IMPLICIT_VR_LITTLE_ENDIAN),
        ([0x00, 0x08, ..], true) => (Coding::EXPLICIT_BIG, BIG_ENDIAN),
        _ => return Err(MediaError::NotDicom),
    };
    // A sequence delimiter at the end closes pixel data in fragments: compressed, in a way nothing states.
    if bytes.ends_with(&[0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]) && explicit && encapsulated(bytes) {
        return Err(MediaError::UnknownSyntax);
    }

    let (mut class, mut instance) = (None, None);
    let mut at = 0_usize;
    while class.is_none() || instance.is_none() {
        let place = element(bytes, at, coding).ok_or(MediaError::NotDicom)?;
        let value = bytes.get(place.value..place.end).ok_or(MediaError::NotDicom)?;
        let text = || String::from_utf8_lossy(value).trim_matches(['\0', ' ']).to_owned();
        match place.tag {
            (0x0008, 0x0016) => class = Some(text()),
            (0x0008, 0x0018) => instance = Some(text()),
            (group, _) if group > 0x0008 => return Err(MediaError::Unidentified),
            _ => {}
        }
        at = place.end;
    }
    let uid = |text: &String| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    match (class.filter(uid), instance.filter(uid)) {
        (Some(class), Some(instance)) => Ok(Found { class, instance, syntax }),
        _ => Err(MediaError::Unidentified),
    }
}

/// Whether pixel data of undefined length stands somewhere in it.
fn encapsulated(bytes: &[u8]) -> bool {
    let ends = [[0xe0_u8, 0x7f, 0x10, 0x00, b'O', b'B'], [0xe0, 0x7f, 0x10, 0x00, b'O', b'W']];
    bytes.windows(12).any(|w| ends.iter().any(|e| w.starts_with(e)) && w.ends_with(&[0xff, 0xff, 0xff, 0xff]))
}
