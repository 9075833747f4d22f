//! The kinds of directory records and the keys each must hold (PS3.3 F.4 and F.5).
//!
//! A key that must not be empty and is empty in the file gets the fallback named beside it, as nothing else makes a
//! directory a reader accepts; the file itself is never touched.

use dicom_core::Tag;
use dicom_dictionary_std::{tags, uids};

use super::describe::{Attributes, Code};
use super::element::Element;

/// What comes below a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Image,
    Dose,
    StructureSet,
    Plan,
    TreatmentRecord,
    Presentation,
    Waveform,
    Report,
    KeyObjects,
    EncapsulatedDocument,
    RawData,
    Registration,
    Fiducials,
    Private,
}

/// Storage classes that are not images (PS3.4 B.5 with PS3.3 table F.4-1), by UID or by the stem of a family.
const KINDS: &[(&str, Kind)] = &[
    (uids::RT_DOSE_STORAGE, Kind::Dose),
    (uids::RT_STRUCTURE_SET_STORAGE, Kind::StructureSet),
    (uids::RT_PLAN_STORAGE, Kind::Plan),
    (uids::RT_ION_PLAN_STORAGE, Kind::Plan),
    (uids::RT_BEAMS_TREATMENT_RECORD_STORAGE, Kind::TreatmentRecord),
    (uids::RT_BRACHY_TREATMENT_RECORD_STORAGE, Kind::TreatmentRecord),
    (uids::RT_TREATMENT_SUMMARY_RECORD_STORAGE, Kind::TreatmentRecord),
    (uids::RT_ION_BEAMS_TREATMENT_RECORD_STORAGE, Kind::TreatmentRecord),
    ("1.2.840.10008.5.1.4.1.1.11.", Kind::Presentation),
    ("1.2.840.10008.5.1.4.1.1.9.", Kind::Waveform),
    (uids::KEY_OBJECT_SELECTION_DOCUMENT_STORAGE, Kind::KeyObjects),
    ("1.2.840.10008.5.1.4.1.1.88.", Kind::Report),
    ("1.2.840.10008.5.1.4.1.1.104.", Kind::EncapsulatedDocument),
    (uids::RAW_DATA_STORAGE, Kind::RawData),
    (uids::SPATIAL_REGISTRATION_STORAGE, Kind::Registration),
    (uids::DEFORMABLE_SPATIAL_REGISTRATION_STORAGE, Kind::Registration),
    (uids::SPATIAL_FIDUCIALS_STORAGE, Kind::Fiducials),
    // Images even where a damaged header states no rows; other classes are told by having rows.
    (uids::COMPUTED_RADIOGRAPHY_IMAGE_STORAGE, Kind::Image),
    ("1.2.840.10008.5.1.4.1.1.1.", Kind::Image),
    (uids::CT_IMAGE_STORAGE, Kind::Image),
    (uids::MR_IMAGE_STORAGE, Kind::Image),
    (uids::ULTRASOUND_IMAGE_STORAGE, Kind::Image),
    (uids::NUCLEAR_MEDICINE_IMAGE_STORAGE, Kind::Image),
    (uids::POSITRON_EMISSION_TOMOGRAPHY_IMAGE_STORAGE, Kind::Image),
];

const STORAGE: &str = "1.2.840.10008.5.1.4.1.1.";

impl Kind {
    pub(super) fn of(attributes: &Attributes) -> Self {
        let class = attributes.sop_class_uid.as_str();
        let listed =
            KINDS.iter().find(|(uid, _)| if uid.ends_with('.') { class.starts_with(uid) } else { class == *uid });
        match listed {
            Some((_, kind)) => *kind,
            None if class.starts_with(STORAGE) && attributes.text(tags::ROWS).is_some() => Self::Image,
            None => Self::Private,
        }
    }

    /// Directory Record Type (0004,1430).
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Image => "IMAGE",
            Self::Dose => "RT DOSE",
            Self::StructureSet => "RT STRUCTURE SET",
            Self::Plan => "RT PLAN",
            Self::TreatmentRecord => "RT TREAT RECORD",
            Self::Presentation => "PRESENTATION",
            Self::Waveform => "WAVEFORM",
            Self::Report => "SR DOCUMENT",
            Self::KeyObjects => "KEY OBJECT DOC",
            Self::EncapsulatedDocument => "ENCAP DOC",
            Self::RawData => "RAW DATA",
            Self::Registration => "REGISTRATION",
            Self::Fiducials => "FIDUCIAL",
            Self::Private => "PRIVATE",
        }
    }

    /// The keys below the reference to the file. `place` is the file's place in its series, from 1.
    pub(super) fn keys(self, a: &Attributes, place: usize) -> Vec<Element> {
        let mut keys = vec![number(tags::INSTANCE_NUMBER, a.text(tags::INSTANCE_NUMBER), place)];
        let content = || {
            [
                date(tags::CONTENT_DATE, a, &[tags::CONTENT_DATE, tags::SERIES_DATE, tags::STUDY_DATE]),
                time(tags::CONTENT_TIME, a, &[tags::CONTENT_TIME, tags::SERIES_TIME, tags::STUDY_TIME]),
            ]
        };
        match self {
            Self::Image => {
                if let Some(kind) = a.text(tags::IMAGE_TYPE) {
                    keys.push(image_type(kind));
                }
                for tag in [tags::ROWS, tags::COLUMNS] {
                    if let Some(value) = a.text(tag).and_then(|v| v.parse().ok()) {
                        keys.push(Element::unsigned_short(tag, value));
                    }
                }
                if let Some(frames) = a.text(tags::NUMBER_OF_FRAMES) {
                    keys.push(Element::text(tags::NUMBER_OF_FRAMES, *b"IS", 12, frames));
                }
            }
            Self::Dose => {
                keys.push(code(tags::DOSE_SUMMATION_TYPE, a, "PLAN"));
                if let Some(comment) = a.text(tags::DOSE_COMMENT) {
                    keys.push(Element::text(tags::DOSE_COMMENT, *b"LO", 64, comment));
                }
            }
            Self::StructureSet => {
                keys.push(short(tags::STRUCTURE_SET_LABEL, a, "UNNAMED"));
                keys.extend(optional_date_and_time(tags::STRUCTURE_SET_DATE, tags::STRUCTURE_SET_TIME, a));
            }
            Self::Plan => {
                keys.push(short(tags::RT_PLAN_LABEL, a, "UNNAMED"));
                keys.extend(optional_date_and_time(tags::RT_PLAN_DATE, tags::RT_PLAN_TIME, a));
            }
            Self::TreatmentRecord => {
                keys.extend(optional_date_and_time(tags::TREATMENT_DATE, tags::TREATMENT_TIME, a));
            }
            Self::Presentation => {
                let created = [tags::PRESENTATION_CREATION_DATE, tags::SERIES_DATE, tags::STUDY_DATE];
                keys.push(date(tags::PRESENTATION_CREATION_DATE, a, &created));
                let created = [tags::PRESENTATION_CREATION_TIME, tags::SERIES_TIME, tags::STUDY_TIME];
                keys.push(time(tags::PRESENTATION_CREATION_TIME, a, &created));
                keys.extend(labels(a));
                keys.push(referenced(a));
            }
            Self::Waveform | Self::RawData => keys.extend(content()),
            Self::Report => {
                keys.extend(content());
                keys.push(code(tags::COMPLETION_FLAG, a, "PARTIAL"));
                keys.push(code(tags::VERIFICATION_FLAG, a, "UNVERIFIED"));
                if let Some(at) = &a.verified_at {
                    keys.push(Element::text(tags::VERIFICATION_DATE_TIME, *b"DT", 26, at));
                }
                keys.push(concept(a, Some(("18748-4", "LN", "Diagnostic imaging report"))));
            }
            Self::KeyObjects => {
                keys.extend(content());
                keys.push(concept(a, Some(("113000", "DCM", "Of Interest"))));
            }
            Self::Registration | Self::Fiducials => {
                keys.extend(content());
                keys.extend(labels(a));
            }
            Self::EncapsulatedDocument => {
                keys.extend(optional_date_and_time(tags::CONTENT_DATE, tags::CONTENT_TIME, a));
                keys.push(Element::text(
                    tags::DOCUMENT_TITLE,
                    *b"ST",
                    1024,
                    a.text(tags::DOCUMENT_TITLE).unwrap_or(""),
                ));
                keys.push(concept(a, None));
                let kind = a.text(tags::MIME_TYPE_OF_ENCAPSULATED_DOCUMENT).unwrap_or("application/octet-stream");
                keys.push(Element::text(tags::MIME_TYPE_OF_ENCAPSULATED_DOCUMENT, *b"LO", 64, kind));
            }
            Self::Private => {}
        }
        keys
    }
}

/// Keys of a PATIENT record. `place` numbers patients without an identifier.
pub(super) fn patient(a: &Attributes, place: usize) -> Vec<Element> {
    let invented = format!("NOT STATED {place}");
    let mut keys = vec![
        Element::text(tags::PATIENT_NAME, *b"PN", 194, a.text(tags::PATIENT_NAME).unwrap_or("")),
        Element::text(tags::PATIENT_ID, *b"LO", 64, a.text(tags::PATIENT_ID).unwrap_or(&invented)),
    ];
    if let Some(born) = a.text(tags::PATIENT_BIRTH_DATE).and_then(day) {
        keys.push(Element::text(tags::PATIENT_BIRTH_DATE, *b"DA", 8, &born));
    }
    if let Some(sex) = a.text(tags::PATIENT_SEX) {
        keys.push(Element::text(tags::PATIENT_SEX, *b"CS", 16, sex));
    }
    keys
}

/// Keys of a STUDY record. `place` is the study's place on the medium, from 1.
pub(super) fn study(a: &Attributes, place: usize) -> Vec<Element> {
    let dates = [tags::STUDY_DATE, tags::SERIES_DATE, tags::ACQUISITION_DATE, tags::CONTENT_DATE];
    let times = [tags::STUDY_TIME, tags::SERIES_TIME, tags::CONTENT_TIME];
    vec![
        date(tags::STUDY_DATE, a, &dates),
        time(tags::STUDY_TIME, a, &times),
        Element::text(tags::STUDY_DESCRIPTION, *b"LO", 64, a.text(tags::STUDY_DESCRIPTION).unwrap_or("")),
        Element::uid(tags::STUDY_INSTANCE_UID, &a.study_instance_uid),
        Element::text(tags::STUDY_ID, *b"SH", 16, a.text(tags::STUDY_ID).unwrap_or(&place.to_string())),
        Element::text(tags::ACCESSION_NUMBER, *b"SH", 16, a.text(tags::ACCESSION_NUMBER).unwrap_or("")),
    ]
}

/// Keys of a SERIES record. `place` is the series' place in its study, from 1.
pub(super) fn series(a: &Attributes, place: usize) -> Vec<Element> {
    let mut keys = vec![
        code(tags::MODALITY, a, "OT"),
        Element::uid(tags::SERIES_INSTANCE_UID, &a.series_instance_uid),
        number(tags::SERIES_NUMBER, a.text(tags::SERIES_NUMBER), place),
    ];
    for tag in [tags::SERIES_DESCRIPTION, tags::INSTITUTION_NAME] {
        if let Some(text) = a.text(tag) {
            keys.push(Element::text(tag, *b"LO", 64, text));
        }
    }
    keys
}

fn number(tag: Tag, value: Option<&str>, place: usize) -> Element {
    let value = value.and_then(|v| v.trim().parse::<i32>().ok());
    Element::text(tag, *b"IS", 12, &value.map_or_else(|| place.to_string(), |v| v.to_string()))
}

fn code(tag: Tag, a: &Attributes, fallback: &str) -> Element {
    let fits = |v: &&str| v.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_' || b == b' ');
    Element::text(tag, *b"CS", 16, a.text(tag).filter(fits).unwrap_or(fallback))
}

/// Up to eight values, each a code.
fn image_type(text: &str) -> Element {
    let part = |part: &str| -> String {
        let fits = |c: &char| c.is_ascii_alphanumeric() || *c == '_' || *c == ' ';
        part.chars().filter(fits).take(16).collect::<String>().to_ascii_uppercase()
    };
    let value = text.split('\\').take(8).map(part).collect::<Vec<_>>().join("\\");
    Element::raw(tags::IMAGE_TYPE, *b"CS", value.into_bytes())
}

fn short(tag: Tag, a: &Attributes, fallback: &str) -> Element {
    Element::text(tag, *b"SH", 16, a.text(tag).unwrap_or(fallback))
}

/// `YYYYMMDD` out of it, old dotted form included.
fn day(text: &str) -> Option<String> {
    let digits: String = text.trim().chars().filter(|c| *c != '.').collect();
    (digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

/// The first of `from` that is a date; 1 January 1900 where none is, as a directory must name one.
fn date(tag: Tag, a: &Attributes, from: &[Tag]) -> Element {
    let found = from.iter().find_map(|tag| a.text(*tag).and_then(day));
    Element::text(tag, *b"DA", 8, &found.unwrap_or_else(|| "19000101".to_owned()))
}

fn time(tag: Tag, a: &Attributes, from: &[Tag]) -> Element {
    let good = |t: &&str| t.len() >= 2 && t.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let found = from.iter().find_map(|tag| a.text(*tag).filter(good));
    Element::text(tag, *b"TM", 14, found.unwrap_or("000000"))
}

fn optional_date_and_time(date: Tag, time: Tag, a: &Attributes) -> [Element; 2] {
    [
        Element::text(date, *b"DA", 8, &a.text(date).and_then(day).unwrap_or_default()),
        Element::text(time, *b"TM", 14, a.text(time).unwrap_or("")),
    ]
}

fn labels(a: &Attributes) -> [Element; 3] {
    [
        code(tags::CONTENT_LABEL, a, "UNNAMED"),
        Element::text(tags::CONTENT_DESCRIPTION, *b"LO", 64, a.text(tags::CONTENT_DESCRIPTION).unwrap_or("")),
        Element::text(tags::CONTENT_CREATOR_NAME, *b"PN", 194, a.text(tags::CONTENT_CREATOR_NAME).unwrap_or("")),
    ]
}

fn concept(a: &Attributes, fallback: Option<(&str, &str, &str)>) -> Element {
    let fallback = fallback.map(|(value, scheme, meaning)| Code {
        value: value.to_owned(),
        scheme: scheme.to_owned(),
        meaning: meaning.to_owned(),
    });
    let item = |code: Code| {
        vec![
            Element::text(tags::CODE_VALUE, *b"SH", 16, &code.value),
            Element::text(tags::CODING_SCHEME_DESIGNATOR, *b"SH", 16, &code.scheme),
            Element::text(tags::CODE_MEANING, *b"LO", 64, &code.meaning),
        ]
    };
    Element::sequence(tags::CONCEPT_NAME_CODE_SEQUENCE, a.concept.clone().or(fallback).map(item).into_iter().collect())
}

fn referenced(a: &Attributes) -> Element {
    let image = |(class, instance): &(String, String)| {
        vec![
            Element::uid(tags::REFERENCED_SOP_CLASS_UID, class),
            Element::uid(tags::REFERENCED_SOP_INSTANCE_UID, instance),
        ]
    };
    let items = a.referenced.iter().map(|series| {
        vec![
            Element::uid(tags::SERIES_INSTANCE_UID, &series.series),
            Element::sequence(tags::REFERENCED_IMAGE_SEQUENCE, series.images.iter().map(image).collect()),
        ]
    });
    Element::sequence(tags::REFERENCED_SERIES_SEQUENCE, items.collect())
}
