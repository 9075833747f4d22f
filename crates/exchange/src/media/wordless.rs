//! An image without the words of its header that say why it was made: what a blind reader gets. Pictures, measures and
//! identifiers stay byte for byte. The tags are those that DICOM PS3.15 calls descriptors (Clean Descriptors Option), as
//! far as they may tell of a plan, and clinical trial groups. What must not live here: who reads blind
//! (`casefile::audience`).

use std::ops::Range;

use dicom_core::VR;
use dicom_core::dictionary::{DataDictionary as _, DataDictionaryEntry as _};
use dicom_dictionary_std::{StandardDataDictionary, uids};

use super::meta::{TRANSFER_SYNTAX, meta_elements};
use super::walk::{Coding, Place, element};
use super::{MediaError, with_meta};

/// Elements at the top of a data set that hold such words, or sequences of them.
const WORDS: [(u16, u16); 40] = [
    (0x0008, 0x1030), // Study Description
    (0x0008, 0x1032), // Procedure Code Sequence
    (0x0008, 0x103e), // Series Description
    (0x0008, 0x103f), // Series Description Code Sequence
    (0x0008, 0x1080), // Admitting Diagnoses Description
    (0x0008, 0x1084), // Admitting Diagnoses Code Sequence
    (0x0010, 0x21b0), // Additional Patient History
    (0x0010, 0x4000), // Patient Comments
    (0x0018, 0x1030), // Protocol Name
    (0x0018, 0x4000), // Acquisition Comments
    (0x0018, 0x9424), // Acquisition Protocol Description
    (0x0020, 0x4000), // Image Comments
    (0x0020, 0x9158), // Frame Comments
    (0x0032, 0x1030), // Reason for Study
    (0x0032, 0x1060), // Requested Procedure Description
    (0x0032, 0x1064), // Requested Procedure Code Sequence
    (0x0032, 0x1070), // Requested Contrast Agent
    (0x0032, 0x4000), // Study Comments
    (0x0038, 0x0300), // Current Patient Location
    (0x0038, 0x4000), // Visit Comments
    (0x0040, 0x0007), // Scheduled Procedure Step Description
    (0x0040, 0x0008), // Scheduled Protocol Code Sequence
    (0x0040, 0x0254), // Performed Procedure Step Description
    (0x0040, 0x0255), // Performed Procedure Type Description
    (0x0040, 0x0260), // Performed Protocol Code Sequence
    (0x0040, 0x0275), // Request Attributes Sequence
    (0x0040, 0x0280), // Comments on the Performed Procedure Step
    (0x0040, 0x0310), // Comments on Radiation Dose
    (0x0040, 0x0400), // Comments on the Scheduled Procedure Step
    (0x0040, 0x1001), // Requested Procedure ID
    (0x0040, 0x1002), // Reason for the Requested Procedure
    (0x0040, 0x1012), // Reason for Performed Procedure Code Sequence
    (0x0040, 0x100a), // Reason for Requested Procedure Code Sequence
    (0x0040, 0x1400), // Requested Procedure Comments
    (0x0040, 0x2001), // Reason for the Imaging Service Request
    (0x0040, 0x2400), // Imaging Service Request Comments
    (0x0040, 0x2011), // Order Callback and ordering notes
    (0x0040, 0x4052), // Procedure Step Cancellation
    (0x0070, 0x0080), // Content Label
    (0x0070, 0x0081), // Content Description
];

/// Elements of words that stay: who it is of, where and with what it was made, and by which number it is known.
const STAY: [(u16, u16); 15] = [
    (0x0008, 0x0050), // Accession Number
    (0x0008, 0x0070), // Manufacturer
    (0x0008, 0x0080), // Institution Name
    (0x0008, 0x1010), // Station Name
    (0x0008, 0x1090), // Manufacturer's Model Name
    (0x0010, 0x0020), // Patient ID
    (0x0018, 0x0024), // Sequence Name
    (0x0018, 0x1000), // Device Serial Number
    (0x0018, 0x1020), // Software Versions
    (0x0018, 0x1210), // Convolution Kernel
    (0x0018, 0x1250), // Receive Coil Name
    (0x0018, 0x1251), // Transmit Coil Name
    (0x0054, 0x1101), // Attenuation Correction Method
    (0x0054, 0x1103), // Reconstruction Method
    (0x0054, 0x1105), // Scatter Correction Method
];

/// Groups whose sequences draw or measure: of tables, tracers and frames.
const DRAWING: [u16; 3] = [0x0028, 0x0054, 0x5200];

/// Groups of radiation: it goes where it was given, with the names of what it was given to.
const RADIATION: [u16; 6] = [0x3002, 0x3004, 0x3006, 0x3008, 0x300a, 0x300c];

/// Groups of which nothing is kept: clinical trials, free text, results and their interpretation.
const GROUPS: [u16; 3] = [0x0012, 0x4000, 0x4008];

/// De-identification is recorded in the group of clinical trials, and stays.
const KEPT: [(u16, u16); 3] = [(0x0012, 0x0062), (0x0012, 0x0063), (0x0012, 0x0064)];

/// Letters in a row that make a word, in a private element.
const WORD: usize = 4;

/// The file without those words. Private elements stay where they hold numbers; scale factors may be among them.
///
/// # Errors
/// [`MediaError`] as of [`with_meta`], and [`MediaError::Header`] where the elements cannot be told apart up to the
/// pixels: a file that is not understood is not handed to a blind reader.
pub fn without_words(bytes: &[u8]) -> Result<Vec<u8>, MediaError> {
    let bytes = with_meta(bytes)?;
    let bytes = bytes.as_ref();
    let (meta, mut at) = meta_elements(bytes);
    let coding = match meta.get(&TRANSFER_SYNTAX).map(String::as_str) {
        None | Some(uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN) => return Err(MediaError::Header),
        Some(syntax) => Coding::of(syntax),
    };
    let mut out = Vec::with_capacity(bytes.len());
    let mut from = 0;
    while at < bytes.len() {
        let place = element(bytes, at, coding).ok_or(MediaError::Header)?;
        if place.tag.0 > PIXELS {
            // Padding, signatures and whatever somebody wrote behind the pictures.
            out.extend(bytes.get(from..place.start).unwrap_or_default());
            from = bytes.len();
            break;
        }
        if holds_words(bytes, &place, coding) {
            out.extend(bytes.get(from..place.start).unwrap_or_default());
            from = place.end;
        }
        at = place.end;
    }
    out.extend(bytes.get(from..).unwrap_or_default());
    // What stands before the mark of the format is nobody's business.
    out.iter_mut().take(PREAMBLE).for_each(|byte| *byte = 0);
    Ok(out)
}

/// The group of pixel data; what follows is padding and signatures.
const PIXELS: u16 = 0x7fe0;
/// Bytes before the mark of the format.
const PREAMBLE: usize = 128;

/// How an element is represented: as it says, or as the dictionary has it.
fn representation(bytes: &[u8], place: &Place, coding: Coding) -> Option<VR> {
    if coding.explicit {
        let letters = bytes.get(place.start + 4..place.start + 6)?.try_into().ok()?;
        return VR::from_binary(letters);
    }
    let tag = dicom_core::Tag(place.tag.0, place.tag.1);
    StandardDataDictionary.by_tag(tag).map(|entry| entry.vr().relaxed())
}

fn holds_words(bytes: &[u8], place: &Place, coding: Coding) -> bool {
    let (group, number) = place.tag;
    if group % 2 == 1 {
        // Elements 10 to FF reserve a block for its maker and hold the maker's name.
        let is_creator = (0x10..=0xff).contains(&number);
        return !is_creator && has_word(bytes, place.value..place.end);
    }
    if (GROUPS.contains(&group) && !KEPT.contains(&place.tag)) || WORDS.contains(&place.tag) {
        return true;
    }
    if group == PIXELS || STAY.contains(&place.tag) {
        return false;
    }
    let radiation = RADIATION.contains(&group);
    let of_words = match representation(bytes, place, coding) {
        Some(VR::SQ) => !radiation && !DRAWING.contains(&group),
        Some(VR::LO | VR::LT | VR::SH | VR::ST | VR::UC | VR::UT) => !radiation,
        // What no dictionary knows may hold anything.
        Some(VR::UN) | None => true,
        Some(_) => false,
    };
    of_words && has_word(bytes, place.value..place.end)
}

fn has_word(bytes: &[u8], of: Range<usize>) -> bool {
    let value = bytes.get(of).unwrap_or_default();
    value.windows(WORD).any(|four| four.iter().all(|b| b.is_ascii_alphabetic() || *b >= 0x80))
}

#[cfg(test)]
mod tests {
    use dicom_core::{DataElement, PrimitiveValue, VR};
    use dicom_dictionary_std::tags;
    use dicom_object::InMemDicomObject;

    use super::super::meta::BIG_ENDIAN;
    use super::super::tests::{bare, file, image};
    use super::*;

    #[test]
    fn words_stay_in_no_element_in_no_item_of_a_sequence_and_neither_before_nor_behind_the_pictures() {
        use dicom_core::value::DataSetSequence;
        let mut object = image("1.2.1", "1", 1);
        let mut put = |tag, vr, text: &str| object.put(DataElement::new(tag, vr, PrimitiveValue::from(text)));
        put(tags::DERIVATION_DESCRIPTION, VR::ST, PLAN);
        put(tags::CONTRAST_BOLUS_AGENT, VR::LO, PLAN);
        put(tags::WINDOW_CENTER_WIDTH_EXPLANATION, VR::LO, PLAN);
        put(tags::ACQUISITION_DEVICE_PROCESSING_DESCRIPTION, VR::LO, PLAN);
        put(tags::STUDY_ID, VR::SH, PLAN.get(..16).unwrap());
        put(tags::MANUFACTURER, VR::LO, "INVENTED MAKER");
        let mut inner = InMemDicomObject::new_empty();
        inner.put(DataElement::new(tags::SERIES_DESCRIPTION, VR::LO, PrimitiveValue::from(PLAN)));
        object.put(DataElement::new(tags::REFERENCED_SERIES_SEQUENCE, VR::SQ, DataSetSequence::from(vec![inner])));
        for syntax in [uids::EXPLICIT_VR_LITTLE_ENDIAN, uids::IMPLICIT_VR_LITTLE_ENDIAN, BIG_ENDIAN] {
            let mut whole = with_meta(&bare(&object, syntax)).unwrap().into_owned();
            whole[..PLAN.len()].copy_from_slice(PLAN.as_bytes());
            let cleared = without_words(&whole).unwrap();
            assert!(says(&whole, "NEOADJ") && !says(&cleared, "NEOADJ"), "{syntax}");
            assert!(says(&cleared, "INVENTED MAKER"));
            assert_eq!(super::super::describe(&cleared).unwrap().series_instance_uid, "1.2.1.1");
        }
    }

    const PLAN: &str = "RESTAGING POST NEOADJUVANT";

    fn telling() -> InMemDicomObject {
        let mut object = image("1.2.1", "1", 1);
        let mut put = |tag, vr, text: &str| object.put(DataElement::new(tag, vr, PrimitiveValue::from(text)));
        put(tags::STUDY_DESCRIPTION, VR::LO, PLAN);
        put(tags::SERIES_DESCRIPTION, VR::LO, PLAN);
        put(tags::REASON_FOR_THE_REQUESTED_PROCEDURE, VR::LO, PLAN);
        put(tags::CLINICAL_TRIAL_PROTOCOL_NAME, VR::LO, PLAN);
        put(dicom_core::Tag(0x0009, 0x0010), VR::LO, "INVENTED MAKER");
        put(dicom_core::Tag(0x0009, 0x1001), VR::LO, PLAN);
        put(dicom_core::Tag(0x0009, 0x1002), VR::DS, "3.75");
        object
    }

    fn says(bytes: &[u8], words: &str) -> bool {
        bytes.windows(words.len()).any(|window| window == words.as_bytes())
    }

    fn check(whole: &[u8]) {
        assert!(says(whole, PLAN), "the words are there to begin with");
        let cleared = without_words(whole).unwrap();
        assert!(!says(&cleared, "NEOADJ"));
        for kept in ["INVENTED MAKER", "3.75", "1.2.1.1"] {
            assert!(says(&cleared, kept), "{kept}");
        }
        let attributes = super::super::describe(&cleared).unwrap();
        assert_eq!(attributes.series_instance_uid, "1.2.1.1");
        assert_eq!(without_words(&cleared).unwrap(), cleared, "nothing is left to take away");
    }

    #[test]
    fn words_of_a_plan_leave_the_header_and_numbers_stay() {
        check(&file(telling()));
        check(&with_meta(&bare(&telling(), uids::IMPLICIT_VR_LITTLE_ENDIAN)).unwrap());
        check(&with_meta(&bare(&telling(), BIG_ENDIAN)).unwrap());
    }

    #[test]
    fn a_file_that_is_not_understood_is_handed_to_nobody() {
        let whole = file(telling());
        assert!(without_words(b"no image").is_err());
        assert!(without_words(whole.get(..whole.len() - 3).unwrap()).is_err());
        for end in 132..whole.len() {
            if let Ok(cleared) = without_words(whole.get(..end).unwrap()) {
                assert!(!says(&cleared, "NEOADJ"), "cut at {end}");
            }
        }
    }
}
