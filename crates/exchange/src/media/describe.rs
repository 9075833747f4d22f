//! Reads from a file's header what a directory of media lists: never pixel data, never the multi-frame groups.

use std::collections::BTreeMap;
use std::io::Read;

use dicom_core::Tag;
use dicom_dictionary_std::{tags, uids};
use dicom_encoding::transfer_syntax::TransferSyntaxIndex as _;
use dicom_object::InMemDicomObject;
use dicom_transfer_syntax_registry::TransferSyntaxRegistry;
use flate2::read::DeflateDecoder;

use super::MediaError;
use super::meta::{BIG_ENDIAN, TRANSFER_SYNTAX, meta_elements};
use super::walk::{Coding, element};

/// Texts a directory record may need, all of them plain values at the top of the data set.
const WANTED: &[Tag] = &[
    tags::IMAGE_TYPE,
    tags::STUDY_DATE,
    tags::SERIES_DATE,
    tags::ACQUISITION_DATE,
    tags::CONTENT_DATE,
    tags::STUDY_TIME,
    tags::SERIES_TIME,
    tags::CONTENT_TIME,
    tags::ACCESSION_NUMBER,
    tags::MODALITY,
    tags::INSTITUTION_NAME,
    tags::STUDY_DESCRIPTION,
    tags::SERIES_DESCRIPTION,
    tags::PATIENT_NAME,
    tags::PATIENT_ID,
    tags::PATIENT_BIRTH_DATE,
    tags::PATIENT_SEX,
    tags::STUDY_ID,
    tags::SERIES_NUMBER,
    tags::INSTANCE_NUMBER,
    tags::NUMBER_OF_FRAMES,
    tags::ROWS,
    tags::COLUMNS,
    tags::COMPLETION_FLAG,
    tags::VERIFICATION_FLAG,
    tags::DOCUMENT_TITLE,
    tags::MIME_TYPE_OF_ENCAPSULATED_DOCUMENT,
    tags::CONTENT_LABEL,
    tags::CONTENT_DESCRIPTION,
    tags::CONTENT_CREATOR_NAME,
    tags::PRESENTATION_CREATION_DATE,
    tags::PRESENTATION_CREATION_TIME,
    tags::DOSE_SUMMATION_TYPE,
    tags::DOSE_COMMENT,
    tags::STRUCTURE_SET_LABEL,
    tags::STRUCTURE_SET_DATE,
    tags::STRUCTURE_SET_TIME,
    tags::RT_PLAN_LABEL,
    tags::RT_PLAN_DATE,
    tags::RT_PLAN_TIME,
    tags::TREATMENT_DATE,
    tags::TREATMENT_TIME,
];

/// What else is read: identifiers, the character set, and sequences.
const STRUCTURE: &[Tag] = &[
    tags::SPECIFIC_CHARACTER_SET,
    tags::SOP_CLASS_UID,
    tags::SOP_INSTANCE_UID,
    tags::STUDY_INSTANCE_UID,
    tags::SERIES_INSTANCE_UID,
    tags::REFERENCED_SERIES_SEQUENCE,
    tags::CONCEPT_NAME_CODE_SEQUENCE,
    tags::VERIFYING_OBSERVER_SEQUENCE,
];

/// A coded concept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Code {
    /// Code Value (0008,0100).
    pub value: String,
    /// Coding Scheme Designator (0008,0102).
    pub scheme: String,
    /// Code Meaning (0008,0104).
    pub meaning: String,
}

/// Images of one series a presentation refers to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReferencedSeries {
    /// Series Instance UID.
    pub series: String,
    /// SOP class and SOP instance of each image.
    pub images: Vec<(String, String)>,
}

/// What a file's header says, as far as a directory lists it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attributes {
    /// SOP Class UID.
    pub sop_class_uid: String,
    /// SOP Instance UID.
    pub sop_instance_uid: String,
    /// Transfer Syntax UID.
    pub transfer_syntax_uid: String,
    /// Study Instance UID.
    pub study_instance_uid: String,
    /// Series Instance UID.
    pub series_instance_uid: String,
    /// Other texts by tag, decoded from the file's character set; absent and empty ones are left out. Several values
    /// are joined by a backslash.
    pub texts: BTreeMap<Tag, String>,
    /// Title of a structured report or encapsulated document (0040,A043).
    pub concept: Option<Code>,
    /// Verification DateTime (0040,A030) of a verified report.
    pub verified_at: Option<String>,
    /// What a presentation state refers to (0008,1115).
    pub referenced: Vec<ReferencedSeries>,
}

impl Attributes {
    /// The text of `tag`; `None` when absent or empty.
    #[must_use]
    pub fn text(&self, tag: Tag) -> Option<&str> {
        self.texts.get(&tag).map(String::as_str)
    }
}

/// Most bytes a deflated data set may inflate to before what is wanted of it.
const INFLATED: u64 = 64 * 1024 * 1024;
/// The last group anything wanted stands in.
const LAST_GROUP: u16 = 0x300a;

/// Reads the header of a DICOM file with preamble and meta information (see [`with_meta`](super::with_meta) for those
/// without). Only what a directory lists is decoded; a damaged element elsewhere does not matter.
///
/// # Errors
/// [`MediaError::Header`] when it cannot be read, [`MediaError::Unidentified`] when it lacks one of the five UIDs.
pub fn describe(bytes: &[u8]) -> Result<Attributes, MediaError> {
    if bytes.get(128..132) != Some(b"DICM") {
        return Err(MediaError::Header);
    }
    let (meta, at) = meta_elements(bytes);
    let from_meta = |element: u16| meta.get(&(0x0002, element)).filter(|value| !value.is_empty()).cloned();
    let syntax = from_meta(TRANSFER_SYNTAX.1).ok_or(MediaError::Unidentified)?;
    let file = object(bytes.get(at..).unwrap_or_default(), &syntax)?;

    let uid = |tag| text(&file, tag).filter(|uid: &String| uid.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    let identified = |value: Option<String>| value.ok_or(MediaError::Unidentified);
    let mut attributes = Attributes {
        sop_class_uid: identified(uid(tags::SOP_CLASS_UID).or_else(|| from_meta(0x0002)))?,
        sop_instance_uid: identified(uid(tags::SOP_INSTANCE_UID).or_else(|| from_meta(0x0003)))?,
        study_instance_uid: identified(uid(tags::STUDY_INSTANCE_UID))?,
        series_instance_uid: identified(uid(tags::SERIES_INSTANCE_UID))?,
        transfer_syntax_uid: syntax,
        ..Attributes::default()
    };
    for tag in WANTED {
        if let Some(value) = text(&file, *tag) {
            attributes.texts.insert(*tag, value);
        }
    }
    attributes.concept = items(&file, tags::CONCEPT_NAME_CODE_SEQUENCE).first().and_then(|item| {
        Some(Code {
            value: text(item, tags::CODE_VALUE)?,
            scheme: text(item, tags::CODING_SCHEME_DESIGNATOR)?,
            meaning: text(item, tags::CODE_MEANING).unwrap_or_default(),
        })
    });
    attributes.verified_at = items(&file, tags::VERIFYING_OBSERVER_SEQUENCE)
        .iter()
        .filter_map(|i| text(i, tags::VERIFICATION_DATE_TIME))
        .max();
    attributes.referenced = items(&file, tags::REFERENCED_SERIES_SEQUENCE)
        .iter()
        .filter_map(|item| {
            let image = |image: &InMemDicomObject| {
                Some((text(image, tags::REFERENCED_SOP_CLASS_UID)?, text(image, tags::REFERENCED_SOP_INSTANCE_UID)?))
            };
            Some(ReferencedSeries {
                series: text(item, tags::SERIES_INSTANCE_UID)?,
                images: items(item, tags::REFERENCED_IMAGE_SEQUENCE).iter().filter_map(image).collect(),
            })
        })
        .collect();
    Ok(attributes)
}

/// The wanted elements of a data set, decoded. What claims more bytes than there are never reaches the decoder.
fn object(data_set: &[u8], syntax: &str) -> Result<InMemDicomObject, MediaError> {
    let coding = Coding::of(syntax);
    let read_as = match syntax {
        uids::IMPLICIT_VR_LITTLE_ENDIAN | BIG_ENDIAN => syntax,
        _ => uids::EXPLICIT_VR_LITTLE_ENDIAN,
    };
    let mut inflated = Vec::new();
    let data_set = if syntax == uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN {
        // An early end of the stream leaves what was read, and that may be all that is wanted.
        let _ = DeflateDecoder::new(data_set).take(INFLATED).read_to_end(&mut inflated);
        inflated.as_slice()
    } else {
        data_set
    };
    let mut chosen = Vec::new();
    let mut at = 0;
    while let Some(place) = element(data_set, at, coding).filter(|place| place.tag.0 <= LAST_GROUP) {
        let tag = Tag(place.tag.0, place.tag.1);
        if place.plain && (WANTED.contains(&tag) || STRUCTURE.contains(&tag)) {
            chosen.extend(data_set.get(place.start..place.end).unwrap_or_default());
        }
        at = place.end;
    }
    let syntax = TransferSyntaxRegistry.get(read_as).ok_or(MediaError::Header)?;
    InMemDicomObject::read_dataset_with_ts(chosen.as_slice(), syntax).map_err(|_| MediaError::Header)
}

fn text(object: &InMemDicomObject, tag: Tag) -> Option<String> {
    let value = object.get(tag)?.to_str().ok()?;
    let value = value.trim_matches(['\0', ' ']);
    (!value.is_empty()).then(|| value.to_owned())
}

fn items(object: &InMemDicomObject, tag: Tag) -> &[InMemDicomObject] {
    object.get(tag).and_then(|element| element.items()).unwrap_or_default()
}
