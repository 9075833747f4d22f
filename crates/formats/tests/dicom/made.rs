//! DICOM files written byte by byte: what is left out, cut off, misplaced or hidden in them.

use std::time::Instant;

use consilium_formats::{Content, ImageHeader, Substance, Understood, dicom};

/// An explicit little endian element with a short length.
fn element(tag: u32, vr: &str, value: &[u8]) -> Vec<u8> {
    let mut bytes = header(tag, vr);
    if matches!(vr, "OB" | "OW" | "SQ" | "UN" | "OV") {
        bytes.extend([0, 0]);
        bytes.extend((value.len() as u32).to_le_bytes());
    } else {
        bytes.extend((value.len() as u16).to_le_bytes());
    }
    bytes.extend(value);
    bytes
}

fn header(tag: u32, vr: &str) -> Vec<u8> {
    let mut bytes = ((tag >> 16) as u16).to_le_bytes().to_vec();
    bytes.extend((tag as u16).to_le_bytes());
    bytes.extend(vr.as_bytes());
    bytes
}

fn short(tag: u32, value: u16) -> Vec<u8> {
    element(tag, "US", &value.to_le_bytes())
}

const EXPLICIT: &str = "1.2.840.10008.1.2.1";
const JPEG: &str = "1.2.840.10008.1.2.4.50";
const JPEG_2000: &str = "1.2.840.10008.1.2.4.90";

fn file(transfer_syntax: &str, data_set: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = vec![0; 128];
    bytes.extend(b"DICM");
    bytes.extend(element(0x0002_0010, "UI", transfer_syntax.as_bytes()));
    bytes.extend(data_set.concat());
    bytes
}

/// A data set of 2 × 2 pixels, 16 bits, up to the pixel data.
fn image(frames: u32) -> Vec<Vec<u8>> {
    vec![
        element(0x0008_0016, "UI", b"1.2.840.10008.5.1.4.1.1.2"),
        element(0x0008_0018, "UI", b"1.9"),
        element(0x0010_0010, "PN", b"Example^Rosa"),
        element(0x0020_000D, "UI", b"1.7"),
        element(0x0020_000E, "UI", b"1.8"),
        element(0x0028_0008, "IS", format!("{frames} ").as_bytes()),
        short(0x0028_0010, 2),
        short(0x0028_0011, 2),
        short(0x0028_0100, 16),
    ]
}

/// Encapsulated pixel data: the offset table, then fragments.
fn items(table: &[u32], fragments: &[&[u8]]) -> Vec<u8> {
    let mut bytes = header(0x7FE0_0010, "OB");
    bytes.extend([0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
    let table: Vec<u8> = table.iter().flat_map(|n| n.to_le_bytes()).collect();
    for part in std::iter::once(table.as_slice()).chain(fragments.iter().copied()) {
        bytes.extend([0xFE, 0xFF, 0x00, 0xE0]);
        bytes.extend((part.len() as u32).to_le_bytes());
        bytes.extend(part);
    }
    bytes.extend([0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
    bytes
}

fn read(bytes: Vec<u8>) -> Understood {
    // From memory and from a file the answer is the same.
    let mut disk = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut disk, &bytes).unwrap();
    let length = bytes.len() as u64;
    let understood = dicom::understand_instance(&Content::Memory(bytes));
    assert_eq!(understood, dicom::understand_instance(&Content::File { file: disk, length }));
    understood
}

fn image_of(understood: &Understood) -> &ImageHeader {
    match &understood.substance {
        Substance::Image(header) => header,
        other => panic!("{other:?}, {:?}", understood.complaints),
    }
}

fn with_pixels(transfer_syntax: &str, frames: u32, pixels: Vec<u8>) -> Vec<u8> {
    let mut data_set = image(frames);
    data_set.push(pixels);
    file(transfer_syntax, &data_set)
}

/// The frames of a file, as bytes, the way a viewer reads them.
fn frames(bytes: &[u8], header: &ImageHeader) -> Vec<Vec<u8>> {
    header
        .frame_ranges
        .iter()
        .map(|(at, length)| {
            let (from, to) = (*at as usize, (at + length) as usize);
            if dicom::is_encapsulated(&header.transfer_syntax_uid) {
                dicom::unwrap_items(bytes.get(from - 8..to).unwrap()).into_owned()
            } else {
                bytes.get(from..to).unwrap().to_vec()
            }
        })
        .collect()
}

fn check_frames(bytes: Vec<u8>, expect: &[&[u8]]) {
    let understood = read(bytes.clone());
    assert_eq!(frames(&bytes, image_of(&understood)), expect, "{:?}", understood.complaints);
}

#[test]
fn frames_are_found_however_they_are_packed() {
    check_frames(
        with_pixels(EXPLICIT, 2, element(0x7FE0_0010, "OW", b"AAAAAAAABBBBBBBB")),
        &[b"AAAAAAAA", b"BBBBBBBB"],
    );
    check_frames(
        with_pixels(JPEG, 2, items(&[], &[b"\xFF\xD8\xFFa", b"\xFF\xD8\xFFbc"])),
        &[b"\xFF\xD8\xFFa", b"\xFF\xD8\xFFbc"],
    );
    // One frame in three fragments, two frames told apart by the table, and by how a picture begins.
    check_frames(with_pixels(JPEG, 1, items(&[0], &[b"ab", b"cd", b"ef"])), &[b"abcdef"]);
    check_frames(with_pixels(JPEG_2000, 2, items(&[0, 20], &[b"ab", b"cd", b"ef"])), &[b"abcd", b"ef"]);
    check_frames(
        with_pixels(JPEG_2000, 2, items(&[], &[b"\xFF\x4F\xFFx", b"yz", b"\xFF\x4F\xFFw"])),
        &[b"\xFF\x4F\xFFxyz", b"\xFF\x4F\xFFw"],
    );
    // An extended offset table.
    let mut data_set = image(2);
    let offsets: Vec<u8> = [0_u64, 20].iter().flat_map(|n| n.to_le_bytes()).collect();
    data_set.push(element(0x7FE0_0001, "OV", &offsets));
    data_set.push(items(&[], &[b"ab", b"cd", b"ef"]));
    check_frames(file(JPEG, &data_set), &[b"abcd", b"ef"]);
}

#[test]
fn frames_that_cannot_be_told_apart_are_not_guessed() {
    check_frames(with_pixels(JPEG, 2, items(&[], &[b"ab", b"cd", b"ef"])), &[]);
    check_frames(with_pixels(JPEG, 2, items(&[0, 7], &[b"ab", b"cd", b"ef"])), &[]);
    check_frames(with_pixels(EXPLICIT, u32::MAX >> 1, element(0x7FE0_0010, "OW", &[0; 8])), &[]);
    check_frames(file(EXPLICIT, &image(1)), &[]);
}

#[test]
fn a_file_that_is_cut_off_says_so_wherever_it_is_cut() {
    for whole in [
        with_pixels(EXPLICIT, 2, element(0x7FE0_0010, "OW", b"AAAAAAAABBBBBBBB")),
        with_pixels(JPEG, 2, items(&[], &[b"\xFF\xD8\xFFa", b"\xFF\xD8\xFFbc"])),
    ] {
        for cut in 133..whole.len() {
            let understood = read(whole.get(..cut).unwrap().to_vec());
            let is_image = matches!(understood.substance, Substance::Image(_));
            assert!(is_image || !understood.complaints.is_empty(), "cut at {cut}");
            if cut > whole.len() - 16 {
                assert!(
                    is_image && understood.complaints.iter().any(|c| c.what.contains("ends early")),
                    "cut at {cut}"
                );
            }
        }
    }
    let none = read(file(EXPLICIT, &image(1)));
    assert!(none.complaints.first().unwrap().what.contains("no image data"));
    let cut = with_pixels(EXPLICIT, 2, element(0x7FE0_0010, "OW", b"AAAAAAAABBBBBBBB"));
    let understood = read(cut.get(..cut.len() - 6).unwrap().to_vec());
    assert_eq!(
        understood.complaints.first().unwrap().what,
        "The file ends early: 10 of 16 bytes of image data; ask for it again."
    );
    assert_eq!(image_of(&understood).frame_ranges.len(), 1, "the whole frame is still there");
}

#[test]
fn without_its_identifiers_an_instance_is_kept_with_a_complaint() {
    let mut data_set = image(1);
    data_set.retain(|e| !e.starts_with(&[0x20, 0, 0x0D, 0]));
    let understood = read(file(EXPLICIT, &data_set));
    assert_eq!(understood.substance, Substance::Opaque);
    assert!(understood.complaints.first().unwrap().what.contains("no Study Instance UID"));
    let mut data_set = image(1);
    data_set.retain(|e| !e.starts_with(&[0x20, 0, 0x0E, 0]));
    let understood = read(file(EXPLICIT, &data_set));
    assert!(image_of(&understood).series.uid.is_empty());
    assert!(understood.complaints.iter().any(|c| c.what.contains("no Series Instance UID")));
}

#[test]
fn a_pdf_carried_in_an_instance_is_handed_on() {
    let mut data_set = image(1);
    *data_set.first_mut().unwrap() = element(0x0008_0016, "UI", b"1.2.840.10008.5.1.4.1.1.104.1");
    let code = [
        element(0x0008_0100, "SH", b"11526-1 "),
        element(0x0008_0102, "SH", b"LN"),
        element(0x0008_0104, "LO", b"Pathology "),
    ]
    .concat();
    let mut item = vec![0xFE, 0xFF, 0x00, 0xE0];
    item.extend((code.len() as u32).to_le_bytes());
    item.extend(code);
    data_set.push(element(0x0040_A043, "SQ", &item));
    data_set.push(element(0x0042_0010, "ST", b"Report"));
    data_set.push(element(0x0042_0011, "OB", b"%PDF-1.4 body\0"));
    let understood = read(file(EXPLICIT, &data_set));
    let attachment = understood.attachments.first().unwrap();
    assert_eq!(
        (attachment.name.as_str(), attachment.bytes.as_slice()),
        ("encapsulated.pdf", b"%PDF-1.4 body".as_slice())
    );
    assert_eq!(attachment.stated.title.as_deref(), Some("Report"));
    assert_eq!(attachment.stated.codes.first().unwrap().code, "11526-1");
    image_of(&understood);
}

#[test]
fn a_deflated_data_set_is_read() {
    let plain = with_pixels(EXPLICIT, 1, element(0x7FE0_0010, "OW", &[7; 8]));
    let mut bytes = file("1.2.840.10008.1.2.1.99", &[]);
    let start = file(EXPLICIT, &[]).len();
    let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packer, plain.get(start..).unwrap()).unwrap();
    bytes.extend(packer.finish().unwrap());
    let understood = read(bytes);
    let header = image_of(&understood);
    assert_eq!((header.sop_instance_uid.as_str(), header.frame_ranges.len()), ("1.9", 0));
}

#[test]
fn nesting_without_end_ends() {
    let mut bytes = file(EXPLICIT, &[]);
    for _ in 0..200_000 {
        bytes.extend(header(0x0008_1115, "SQ"));
        bytes.extend([0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF]);
    }
    let understood = dicom::understand_instance(&Content::Memory(bytes));
    assert_eq!(understood.substance, Substance::Opaque);
    assert!(!understood.complaints.is_empty());
}

#[test]
fn any_changed_byte_is_survived_from_memory_and_disk_alike() {
    let whole = with_pixels(JPEG, 2, items(&[0, 12], &[b"\xFF\xD8\xFFa", b"\xFF\xD8\xFFbc"]));
    for at in 128..whole.len() {
        for value in [0, 0x7F, 0xFF] {
            let mut bytes = whole.clone();
            *bytes.get_mut(at).unwrap() = value;
            let length = bytes.len() as u64;
            let understood = dicom::understand_instance(&Content::Memory(bytes));
            if let Substance::Image(header) = &understood.substance {
                assert!(header.frame_ranges.iter().all(|(at, n)| at + n <= length), "{at}");
            }
        }
    }
}

#[test]
fn a_file_of_gigabytes_is_read_by_its_header() {
    let mut data_set = image(1);
    let mut pixels = header(0x7FE0_0010, "OW");
    pixels.extend([0, 0]);
    pixels.extend(3_000_000_000_u32.to_le_bytes());
    data_set.push(pixels);
    let bytes = file(EXPLICIT, &data_set);
    let mut disk = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut disk, &bytes).unwrap();
    let length = bytes.len() as u64 + 3_000_000_000;
    disk.set_len(length).unwrap();
    let understood = dicom::understand_instance(&Content::File { file: disk, length });
    assert_eq!(image_of(&understood).frame_ranges, [(bytes.len() as u64, 8)]);
}

#[test]
fn pixels_that_contradict_their_transfer_syntax_are_not_guessed() {
    let understood = read(with_pixels(JPEG, 1, element(0x7FE0_0010, "OW", b"AAAAAAAA")));
    assert!(image_of(&understood).frame_ranges.is_empty() && understood.complaints.len() == 1);
}

#[test]
fn a_slice_is_read_without_its_pixels() {
    let mut data_set = image(1);
    data_set.push(element(0x7FE0_0010, "OW", &vec![0; 512 << 10]));
    let content = Content::Memory(file(EXPLICIT, &data_set));
    let began = Instant::now();
    for _ in 0..1000 {
        assert!(matches!(dicom::understand_instance(&content).substance, Substance::Image(_)));
    }
    println!("header of a 512 KB slice, unoptimised build: {:?}", began.elapsed() / 1000);
}
