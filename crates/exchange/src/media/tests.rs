use std::path::Path;
use std::process::Command;

use dicom_core::{DataElement, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject, OpenFileOptions};

use super::*;

/// A small CT image of a study, series and number.
pub(super) fn image(study: &str, series: &str, number: u32) -> InMemDicomObject {
    let uid = format!("{study}.{series}.{number}");
    InMemDicomObject::from_element_iter([
        DataElement::new(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192"),
        DataElement::new(tags::SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE),
        DataElement::new(tags::SOP_INSTANCE_UID, VR::UI, uid),
        DataElement::new(tags::STUDY_DATE, VR::DA, "20260824"),
        DataElement::new(tags::MODALITY, VR::CS, "CT"),
        DataElement::new(tags::STUDY_DESCRIPTION, VR::LO, "Brust é 胸"),
        DataElement::new(tags::PATIENT_NAME, VR::PN, "Example^Rosa"),
        DataElement::new(tags::PATIENT_ID, VR::LO, "RX-1"),
        DataElement::new(tags::STUDY_INSTANCE_UID, VR::UI, study),
        DataElement::new(tags::SERIES_INSTANCE_UID, VR::UI, format!("{study}.{series}")),
        DataElement::new(tags::INSTANCE_NUMBER, VR::IS, number.to_string()),
        DataElement::new(tags::ROWS, VR::US, dicom_core::dicom_value!(U16, 2)),
        DataElement::new(tags::COLUMNS, VR::US, dicom_core::dicom_value!(U16, 2)),
        DataElement::new(tags::PIXEL_DATA, VR::OW, dicom_core::dicom_value!(U16, [0, 1, 2, 3])),
    ])
}

pub(super) fn file(object: InMemDicomObject) -> Vec<u8> {
    let meta = FileMetaTableBuilder::new().transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN);
    let mut bytes = Vec::new();
    object.with_meta(meta).unwrap().write_all(&mut bytes).unwrap();
    bytes
}

pub(super) fn bare(object: &InMemDicomObject, syntax: &str) -> Vec<u8> {
    use dicom_encoding::transfer_syntax::TransferSyntaxIndex as _;
    let syntax = dicom_transfer_syntax_registry::TransferSyntaxRegistry.get(syntax).unwrap();
    let mut bytes = Vec::new();
    object.write_dataset_with_ts(&mut bytes, syntax).unwrap();
    bytes
}

fn instance(name: &str, object: InMemDicomObject) -> MediaInstance {
    MediaInstance { file_id: name.parse().unwrap(), attributes: describe(&file(object)).unwrap() }
}

/// The records in file order: type and the file they name.
fn records(directory: &[u8]) -> Vec<(String, String)> {
    let object = OpenFileOptions::new().from_reader(directory).unwrap();
    let text = |item: &InMemDicomObject, tag| {
        item.get(tag).map(|e| e.to_str().unwrap().trim_end().to_owned()).unwrap_or_default()
    };
    let sequence = object.get(tags::DIRECTORY_RECORD_SEQUENCE).unwrap();
    let items = sequence.items().unwrap();
    items.iter().map(|i| (text(i, tags::DIRECTORY_RECORD_TYPE), text(i, tags::REFERENCED_FILE_ID))).collect()
}

/// Follows every offset from the root; panics unless each leads to a record. Returns the records met by depth.
fn walk(directory: &[u8]) -> Vec<usize> {
    let long = |at: usize| usize::try_from(u32::from_le_bytes(directory[at..at + 4].try_into().unwrap())).unwrap();
    let object = OpenFileOptions::new().from_reader(directory).unwrap();
    let root = |tag| usize::try_from(object.get(tag).unwrap().to_int::<u32>().unwrap()).unwrap();
    let first = root(tags::OFFSET_OF_THE_FIRST_DIRECTORY_RECORD_OF_THE_ROOT_DIRECTORY_ENTITY);
    let last = root(tags::OFFSET_OF_THE_LAST_DIRECTORY_RECORD_OF_THE_ROOT_DIRECTORY_ENTITY);
    let mut met = vec![0; 4];
    let mut open = if first == 0 { vec![] } else { vec![(first, 0)] };
    let mut last_of_root = 0;
    while let Some((at, depth)) = open.pop() {
        assert_eq!(directory[at..at + 4], [0xfe, 0xff, 0x00, 0xe0], "an offset leads to the head of a record");
        met[depth] += 1;
        if depth == 0 {
            last_of_root = last_of_root.max(at);
        }
        let (next, below) = (long(at + 16), long(at + 38));
        open.extend((next != 0).then_some((next, depth)));
        open.extend((below != 0).then_some((below, depth + 1)));
    }
    assert_eq!(last, last_of_root);
    met
}

/// `None`, said aloud, where the judge is not installed.
fn dcmdump(directory: &[u8], arguments: &[&str]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("DICOMDIR");
    std::fs::write(&path, directory).unwrap();
    let Ok(output) = Command::new("dcmdump").args(arguments).arg(&path).output() else {
        println!("skipped: dcmdump is not installed");
        return None;
    };
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success() && !said.contains("W: ") && !said.contains("E: "), "{said}");
    Some(said)
}

#[test]
fn a_directory_lists_patient_study_series_and_images_with_offsets_that_hold() {
    let listed = dicomdir(&[
        instance("DICOM/ST000001/SE000001/IM000002", image("1.2.1", "1", 2)),
        instance("DICOM/ST000001/SE000001/IM000001", image("1.2.1", "1", 1)),
        instance("DICOM/ST000001/SE000002/IM000001", image("1.2.1", "2", 1)),
        instance("DICOM/ST000002/SE000001/IM000001", image("1.2.2", "1", 1)),
    ])
    .unwrap();
    assert_eq!((listed.listed, listed.left_out.len()), (4, 0));
    assert_eq!(walk(&listed.bytes), [1, 2, 3, 4]);
    let kinds: Vec<String> = records(&listed.bytes).into_iter().map(|(kind, _)| kind).collect();
    let expect = ["PATIENT", "STUDY", "SERIES", "IMAGE", "IMAGE", "SERIES", "IMAGE", "STUDY", "SERIES", "IMAGE"];
    assert_eq!(kinds, expect);
    let first_image = &records(&listed.bytes)[3].1;
    assert_eq!(first_image, "DICOM\\ST000001\\SE000001\\IM000001", "images stand by their number");
    if let Some(said) = dcmdump(&listed.bytes, &["+U8", "--search", "0008,1030"]) {
        assert_eq!(said.matches("Brust é 胸").count(), 2, "{said}");
    }
}

#[test]
fn the_same_files_give_the_same_directory() {
    let files = [instance("A", image("1.2.1", "1", 1)), instance("B", image("1.2.1", "1", 2))];
    assert_eq!(dicomdir(&files).unwrap(), dicomdir(&files).unwrap());
}

#[test]
fn what_a_file_leaves_empty_and_a_directory_must_state_gets_a_fallback() {
    let mut object = image("1.2.1", "1", 1);
    for tag in [tags::STUDY_DATE, tags::MODALITY, tags::PATIENT_ID, tags::INSTANCE_NUMBER, tags::PATIENT_NAME] {
        object.remove_element(tag);
    }
    object.put(DataElement::new(tags::STUDY_ID, VR::SH, "a study id of far too many characters"));
    let listed = dicomdir(&[instance("A", object)]).unwrap();
    let Some(said) = dcmdump(&listed.bytes, &["+L"]) else { return };
    for element in [
        "(0008,0020) DA [19000101]",
        "(0008,0030) TM [000000]",
        "(0008,0060) CS [OT]",
        "(0010,0020) LO [NOT STATED 1]",
        "(0020,0010) SH [a study id of fa]",
        "(0020,0011) IS [1 ]",
        "(0020,0013) IS [1 ]",
    ] {
        assert!(said.contains(element.trim_end_matches(" ]").trim_end_matches(']')), "{element}\n{said}");
    }
}

#[test]
fn each_class_of_object_gets_its_own_record() {
    let object = |class: &str, number: u32| {
        let mut object = image("1.2.1", "1", number);
        object.put(DataElement::new(tags::SOP_CLASS_UID, VR::UI, class));
        instance(&format!("F{number}"), object)
    };
    let files = [
        (uids::CT_IMAGE_STORAGE, "IMAGE"),
        (uids::SEGMENTATION_STORAGE, "IMAGE"),
        (uids::RT_DOSE_STORAGE, "RT DOSE"),
        (uids::RT_STRUCTURE_SET_STORAGE, "RT STRUCTURE SET"),
        (uids::RT_PLAN_STORAGE, "RT PLAN"),
        (uids::COMPREHENSIVE_SR_STORAGE, "SR DOCUMENT"),
        (uids::KEY_OBJECT_SELECTION_DOCUMENT_STORAGE, "KEY OBJECT DOC"),
        (uids::ENCAPSULATED_PDF_STORAGE, "ENCAP DOC"),
        (uids::GRAYSCALE_SOFTCOPY_PRESENTATION_STATE_STORAGE, "PRESENTATION"),
        (uids::TWELVE_LEAD_ECG_WAVEFORM_STORAGE, "WAVEFORM"),
        (uids::RAW_DATA_STORAGE, "RAW DATA"),
        (uids::SPATIAL_REGISTRATION_STORAGE, "REGISTRATION"),
        ("1.3.12.2.1107.5.9.1", "PRIVATE"),
    ];
    let instances: Vec<_> = files.iter().zip(1..).map(|((class, _), number)| object(class, number)).collect();
    let listed = dicomdir(&instances).unwrap();
    let kinds: Vec<String> = records(&listed.bytes).into_iter().skip(3).map(|(kind, _)| kind).collect();
    assert_eq!(kinds, files.map(|(_, kind)| kind));
    dcmdump(&listed.bytes, &[]);
}

#[test]
fn a_file_that_comes_twice_or_under_a_taken_name_is_left_out_with_the_reason() {
    let listed = dicomdir(&[
        instance("A", image("1.2.1", "1", 1)),
        instance("B", image("1.2.1", "1", 1)),
        instance("A", image("1.2.1", "1", 2)),
        MediaInstance { file_id: "C".parse().unwrap(), attributes: Attributes::default() },
    ])
    .unwrap();
    assert_eq!(listed.listed, 1);
    let why: Vec<WhyLeftOut> = listed.left_out.iter().map(|l| l.why).collect();
    assert_eq!(why, [WhyLeftOut::SameInstance, WhyLeftOut::SameName, WhyLeftOut::Unidentified]);
}

#[test]
fn an_empty_medium_has_an_empty_directory() {
    let listed = dicomdir(&[]).unwrap();
    assert_eq!(walk(&listed.bytes), [0, 0, 0, 0]);
    dcmdump(&listed.bytes, &[]);
}

#[test]
fn names_outside_the_standard_are_refused() {
    for name in ["", "dicom", "DICOM/im1", "TOOLONGNAME", "A/", "/A", "A B", "A.DCM", "É", "1/2/3/4/5/6/7/8/9", "../A"]
    {
        assert_eq!(name.parse::<FileId>(), Err(MediaError::FileName), "{name}");
    }
    assert_eq!(file_id(1, 2, 3).unwrap().path(), "DICOM/ST000001/SE000002/IM000003");
    assert_eq!(file_id(1, 1_000_000, 1), Err(MediaError::TooMany));
    assert_eq!(file_id(0, 1, 1), Err(MediaError::TooMany));
}

#[test]
fn a_file_without_a_header_gets_one_and_keeps_its_bytes() {
    let object = image("1.2.1", "1", 1);
    for syntax in [uids::EXPLICIT_VR_LITTLE_ENDIAN, uids::IMPLICIT_VR_LITTLE_ENDIAN, "1.2.840.10008.1.2.2"] {
        let bare = bare(&object, syntax);
        let whole = with_meta(&bare).unwrap();
        assert!(whole.ends_with(&bare));
        let attributes = describe(&whole).unwrap();
        assert_eq!(attributes.transfer_syntax_uid, syntax);
        assert_eq!(attributes.sop_instance_uid, "1.2.1.1.1");
        assert_eq!(attributes.text(tags::STUDY_DESCRIPTION), Some("Brust é 胸"));
        dcmdump(&whole, &[]);
    }
    let whole = file(object);
    assert!(matches!(with_meta(&whole), Ok(std::borrow::Cow::Borrowed(_))));
    assert_eq!(with_meta(&whole[128..]).unwrap(), whole);
    assert_eq!(with_meta(&whole[132..]).unwrap(), whole);
}

#[test]
fn what_is_no_dicom_file_is_refused_without_panic() {
    let whole = bare(&image("1.2.1", "1", 1), uids::IMPLICIT_VR_LITTLE_ENDIAN);
    for length in 0..60.min(whole.len()) {
        assert!(with_meta(&whole[..length]).is_err(), "{length}");
    }
    assert_eq!(with_meta(b"%PDF-1.7 and so on").unwrap_err(), MediaError::NotDicom);
    let compressed =
        [b"\x08\0\x16\0UI\x02\x001 ".as_slice(), b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff", b"\xfe\xff\xdd\xe0\0\0\0\0"];
    assert_eq!(with_meta(&compressed.concat()).unwrap_err(), MediaError::UnknownSyntax);
    assert_eq!(describe(b"").unwrap_err(), MediaError::Header);
    let whole = file(image("1.2.1", "1", 1));
    for length in (0..whole.len()).step_by(7) {
        let _ = describe(&whole[..length]);
    }
    let mut stranger = image("1.2.1", "1", 1);
    stranger.remove_element(tags::STUDY_INSTANCE_UID);
    assert_eq!(describe(&file(stranger)).unwrap_err(), MediaError::Unidentified);
}

#[test]
fn a_length_beyond_the_file_is_not_believed() {
    let mut whole = file(image("1.2.1", "1", 1));
    // An unknown value that claims 4 GB, before the pixel data.
    let at = whole.windows(4).position(|w| w == [0x28, 0x00, 0x10, 0x00]).unwrap();
    let claim = [0x21, 0x00, 0x10, 0x10, b'U', b'N', 0, 0, 0xfe, 0xff, 0xff, 0xff];
    whole.splice(at..at, claim);
    let attributes = describe(&whole).unwrap();
    assert_eq!(attributes.text(tags::INSTANCE_NUMBER), Some("1"));
    assert_eq!(attributes.text(tags::ROWS), None, "nothing behind it can be told from its value");
}

fn files_below(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() { files_below(&path, found) } else { found.push(path) }
    }
}

#[test]
fn public_test_files_make_a_medium_other_readers_accept() {
    let Ok(corpora) = std::env::var("CONSILIUM_CORPORA") else {
        println!("skipped: CONSILIUM_CORPORA is not set");
        return;
    };
    let archive = Path::new(&corpora).join("dicom-pydicom/pydicom-test-files.tar.gz");
    let source = tempfile::tempdir().unwrap();
    let unpacked = Command::new("tar").arg("xzf").arg(&archive).arg("-C").arg(source.path()).status();
    if !unpacked.is_ok_and(|status| status.success()) {
        println!("skipped: the archive of test files is not there");
        return;
    }
    let mut paths = Vec::new();
    files_below(source.path(), &mut paths);
    paths.sort();
    // Where somebody wants to look at the medium with other readers.
    let kept = std::env::var("CONSILIUM_LOOK").ok();
    let (mut instances, mut refused) = (Vec::new(), 0);
    for (path, number) in paths.iter().zip(1..) {
        let bytes = std::fs::read(path).unwrap();
        let Ok(whole) = with_meta(&bytes) else { continue };
        let Ok(attributes) = describe(&whole) else {
            refused += 1;
            continue;
        };
        let file_id = file_id(1, 1, number).unwrap();
        if let Some(kept) = &kept {
            let place = Path::new(kept).join(file_id.path());
            std::fs::create_dir_all(place.parent().unwrap()).unwrap();
            std::fs::write(place, &whole).unwrap();
        }
        instances.push(MediaInstance { file_id, attributes });
    }
    let listed = dicomdir(&instances).unwrap();
    println!("{} files: {} listed, {} twice, {refused} refused", paths.len(), listed.listed, listed.left_out.len());
    assert!(listed.listed > 50);
    let met = walk(&listed.bytes);
    assert_eq!(met[3], listed.listed);
    dcmdump(&listed.bytes, &[]);
    if let Some(kept) = &kept {
        std::fs::write(Path::new(kept).join("DICOMDIR"), &listed.bytes).unwrap();
    }
}
