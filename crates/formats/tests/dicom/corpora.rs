//! The public test sets: every file is read without harm, and says what the reference reader says it says.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use consilium_casefile::records::FileFormat;
use consilium_casefile::{PartialDate, PersonName};
use consilium_formats::{Content, ImageHeader, Substance, dicom, sniff};
use flate2::read::GzDecoder;
use serde_json::Value;

fn corpus(name: &str) -> Option<PathBuf> {
    let found = std::env::var_os("CONSILIUM_CORPORA").map(|root| PathBuf::from(root).join(name)).filter(|p| p.is_dir());
    if found.is_none() {
        println!("skipped: the test set {name} is not here");
    }
    found
}

fn files(archive: PathBuf) -> BTreeMap<String, Vec<u8>> {
    let mut tar = tar::Archive::new(GzDecoder::new(std::fs::File::open(archive).unwrap()));
    let mut files = BTreeMap::new();
    for entry in tar.entries().unwrap() {
        let mut entry = entry.unwrap();
        if entry.header().entry_type().is_file() {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            files.insert(entry.path().unwrap().to_string_lossy().into_owned(), bytes);
        }
    }
    files
}

fn lines(path: PathBuf) -> Vec<Value> {
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What differs between our header and the reference's, tag by tag.
fn differences(ours: &ImageHeader, reference: &Value) -> Vec<String> {
    let text = |key: &str| match &reference[key] {
        Value::String(text) => text.trim_matches(['\0', ' ']).to_owned(),
        Value::Null => String::new(),
        Value::Array(several) => {
            several.first().map_or_else(String::new, |v| v.to_string().trim_matches('"').to_owned())
        }
        other => other.to_string(),
    };
    let date = |key: &str| PartialDate::from_compact(&text(key));
    let optional = |value: &Option<String>| value.clone().unwrap_or_default();
    let number = |value: Option<i64>| value.map_or_else(String::new, |n| n.to_string());
    let mut pairs = vec![
        ("SOPClassUID", ours.sop_class_uid.clone(), text("SOPClassUID")),
        ("SOPInstanceUID", ours.sop_instance_uid.clone(), text("SOPInstanceUID")),
        ("StudyInstanceUID", ours.study.uid.clone(), text("StudyInstanceUID")),
        ("SeriesInstanceUID", ours.series.uid.clone(), text("SeriesInstanceUID")),
        ("PatientID", optional(&ours.patient.identifier), text("PatientID").trim().to_owned()),
        ("Modality", optional(&ours.series.modality), text("Modality").trim().to_owned()),
        ("StudyDescription", optional(&ours.study.description), text("StudyDescription").trim().to_owned()),
        ("InstitutionName", optional(&ours.study.institution), text("InstitutionName").trim().to_owned()),
        ("SeriesDescription", optional(&ours.series.description), text("SeriesDescription").trim().to_owned()),
        ("Rows", number(ours.rows.map(i64::from)), text("Rows")),
        ("Columns", number(ours.columns.map(i64::from)), text("Columns")),
        ("InstanceNumber", number(ours.number.map(i64::from)), text("InstanceNumber")),
        ("SeriesNumber", number(ours.series.number.map(i64::from)), text("SeriesNumber")),
        (
            "PatientName",
            format!("{:?}", ours.patient.name),
            format!("{:?}", PersonName::from_carets(&text("PatientName"))),
        ),
        ("PatientBirthDate", format!("{:?}", ours.patient.birth_date), format!("{:?}", date("PatientBirthDate"))),
        ("StudyDate", format!("{:?}", ours.study.date), format!("{:?}", date("StudyDate"))),
    ];
    if !reference["transfer_syntax"].is_null() {
        pairs.push(("transfer syntax", ours.transfer_syntax_uid.clone(), text("transfer_syntax")));
    }
    pairs
        .into_iter()
        .filter(|(key, ours, theirs)| !agrees(key, ours, theirs))
        .map(|(key, ours, theirs)| format!("{key}: ours {ours:?}, reference {theirs:?}"))
        .collect()
}

/// Equal, or different for a reason we stand by.
fn agrees(key: &str, ours: &str, theirs: &str) -> bool {
    // A text of many kilobytes is cut; a UID the data set leaves out is taken from the file meta information; a UID
    // of thousands of characters is none.
    let cut = ours.len() >= 16 << 10 && theirs.len() >= ours.len();
    let from_meta = theirs.is_empty() && matches!(key, "SOPInstanceUID" | "SOPClassUID");
    let no_uid = key.ends_with("UID") && ours.len() <= 64 && theirs.len() > 128;
    ours == theirs || cut || from_meta || no_uid
}

#[derive(Debug, Default)]
struct Count {
    files: usize,
    named_dicom: usize,
    images: usize,
    directories: usize,
    opaque: usize,
    with_frames: usize,
    with_complaints: usize,
    agree: usize,
    reference_read: usize,
    differ: Vec<String>,
    slowest: Duration,
}

fn judge(files: &BTreeMap<String, Vec<u8>>, reference: &[Value]) -> Count {
    let mut count = Count::default();
    for line in reference {
        let name = line["file"].as_str().unwrap();
        let bytes = files.get(name).unwrap_or_else(|| panic!("{name} is not in the set"));
        count.files += 1;
        let content = Content::Memory(bytes.clone());
        let began = Instant::now();
        let format = sniff(&content).unwrap();
        // Where the reference gave up before the first element, or read a second name behind the pixels, there is
        // nothing to compare with.
        let read = line["read"].as_bool().unwrap()
            && line["n_top_level_elements"] != 0
            && !name.ends_with("TC0405_latin1_utf8_payload.dcm");
        count.reference_read += usize::from(read);
        let understood = match format {
            FileFormat::Dicom => dicom::understand_instance(&content),
            FileFormat::Dicomdir => dicom::understand_dicomdir(&content),
            other => {
                if read {
                    count.differ.push(format!("{name}: named {other:?}"));
                }
                continue;
            }
        };
        count.slowest = count.slowest.max(began.elapsed());
        count.named_dicom += 1;
        count.with_complaints += usize::from(!understood.complaints.is_empty());
        match understood.substance {
            Substance::Image(header) => {
                count.images += 1;
                count.with_frames += usize::from(!header.frame_ranges.is_empty());
                for (at, length) in &header.frame_ranges {
                    assert!(at + length <= bytes.len() as u64, "{name}: a frame lies outside the file");
                }
                let differ = if read { differences(&header, line) } else { Vec::new() };
                if differ.is_empty() {
                    count.agree += usize::from(read);
                } else {
                    count.differ.push(format!("{name}: {}", differ.join("; ")));
                }
            }
            Substance::MediumDirectory(directory) => {
                count.directories += 1;
                let records = &line["dicomdir_records"]["IMAGE"];
                assert_eq!(directory.listed.len() as u64, records.as_u64().unwrap_or(0), "{name}");
                assert!(
                    directory.listed.iter().all(|l| !l.sop_instance_uid.is_empty() && !l.file.is_empty()),
                    "{name}"
                );
                assert!(directory.listed.iter().all(|l| !l.series_instance_uid.is_empty()), "{name}");
                count.agree += usize::from(read);
            }
            _ => {
                count.opaque += 1;
                let has = |key: &str| line[key].as_str().is_some_and(|t| !t.is_empty() && t.len() <= 128);
                if read && has("StudyInstanceUID") && has("SOPInstanceUID") {
                    count.differ.push(format!("{name}: opaque, {:?}", understood.complaints));
                } else {
                    count.agree += usize::from(read);
                }
            }
        }
    }
    println!("{count:#?}");
    count
}

#[test]
fn pydicoms_own_files_say_what_pydicom_reads_in_them() {
    let Some(root) = corpus("dicom-pydicom") else { return };
    let files = files(root.join("pydicom-test-files.tar.gz"));
    let count = judge(&files, &lines(root.join("expected-headers.jsonl.gz")));
    assert!(count.differ.is_empty());
}

#[test]
fn compressed_images_of_every_kind_are_read_with_their_frames() {
    let Some(root) = corpus("dicom-wg04") else { return };
    let files = files(root.join("wg04-subset.tar.gz"));
    let reference: Vec<Value> = lines(root.join("expected-headers.jsonl.gz"))
        .into_iter()
        .filter(|line| !line["file"].as_str().unwrap().ends_with(".zst"))
        .collect();
    let count = judge(&files, &reference);
    assert!(count.differ.is_empty());
}

#[test]
fn a_whole_set_of_headers_is_read_in_no_time() {
    let Some(root) = corpus("dicom-wg04") else { return };
    let contents: Vec<Content> = files(root.join("wg04-subset.tar.gz"))
        .into_iter()
        .filter(|(name, _)| !name.ends_with(".zst"))
        .map(|(_, bytes)| Content::Memory(bytes))
        .collect();
    let began = Instant::now();
    for content in contents.iter().cycle().take(contents.len() * 20) {
        assert!(matches!(dicom::understand_instance(content).substance, Substance::Image(_)));
    }
    let each = began.elapsed() / u32::try_from(contents.len() * 20).unwrap();
    println!("header and frames of {} real images: {each:?} each in this build", contents.len());
}

#[test]
fn malformed_files_do_no_harm_and_say_what_the_reference_reads_in_them() {
    let Some(root) = corpus("dicom-malformed") else { return };
    let files = files(root.join("dicom-malformed-dev.tar.gz"));
    let count = judge(&files, &lines(root.join("reference-reader-outcome.jsonl.gz")));
    assert!(count.differ.is_empty());
}

#[test]
fn real_files_with_changed_bytes_do_no_harm() {
    let Some(root) = corpus("dicom-pydicom") else { return };
    let files = files(root.join("pydicom-test-files.tar.gz"));
    let mut seed: u64 = 11;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below.max(1)
    };
    let mut count = 0;
    for bytes in files.values().filter(|bytes| !bytes.is_empty()) {
        for _ in 0..ROUNDS {
            let mut changed = bytes.clone();
            for _ in 0..=next(8) {
                let at = next(changed.len().min(4096));
                let value = [0, 0xFF, 0xFE, 0x7F, 0x01, 0xE0][next(6)];
                if let Some(byte) = changed.get_mut(at) {
                    *byte = value;
                }
            }
            let length = changed.len();
            let changed = Content::Memory(changed.get(..length - next(length) / 4).unwrap().to_vec());
            sniff(&changed).unwrap();
            let _ = dicom::understand_dicomdir(&changed);
            if let Substance::Image(header) = dicom::understand_instance(&changed).substance {
                assert!(header.frame_ranges.iter().all(|(at, n)| at + n <= changed.length()));
            }
            count += 1;
        }
    }
    println!("{count} changed files");
}

/// Changed copies of each file.
const ROUNDS: usize = 40;
