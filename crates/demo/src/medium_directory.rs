//! The DICOMDIR of a medium: patient, study, series and image records with byte-exact offsets (PS3.3 F, PS3.10).
//!
//! Only what the demo discs need; nothing is read here.

use crate::dicom_files::{Instance, Series, Study};
use crate::story::compact;

const EXPLICIT: &str = "1.2.840.10008.1.2.1";
const DIRECTORY_STORAGE: &str = "1.2.840.10008.1.3.10";

/// One study on a medium, with the series in it.
pub(crate) type Shelf<'a> = (&'a Study, Vec<(&'a Series, &'a [Instance])>);

fn element(out: &mut Vec<u8>, tag: (u16, u16), vr: &[u8; 2], value: &[u8]) {
    out.extend_from_slice(&tag.0.to_le_bytes());
    out.extend_from_slice(&tag.1.to_le_bytes());
    out.extend_from_slice(vr);
    let padded = value.len() + value.len() % 2;
    if matches!(vr, b"OB" | b"SQ") {
        out.extend_from_slice(&[0, 0]);
        out.extend_from_slice(&(padded as u32).to_le_bytes());
    } else {
        out.extend_from_slice(&(padded as u16).to_le_bytes());
    }
    out.extend_from_slice(value);
    if value.len() % 2 == 1 {
        out.push(if matches!(vr, b"UI" | b"OB") { 0 } else { b' ' });
    }
}

struct Record {
    kind: &'static str,
    depth: usize,
    keys: Vec<u8>,
}

impl Record {
    fn new(kind: &'static str, depth: usize, build: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut keys = Vec::new();
        build(&mut keys);
        Self { kind, depth, keys }
    }

    /// The item with its two offsets (next of the same level, first of the level below).
    fn bytes(&self, next: u32, lower: u32) -> Vec<u8> {
        let mut body = Vec::new();
        element(&mut body, (0x0004, 0x1400), b"UL", &next.to_le_bytes());
        element(&mut body, (0x0004, 0x1410), b"US", &0xFFFF_u16.to_le_bytes());
        element(&mut body, (0x0004, 0x1420), b"UL", &lower.to_le_bytes());
        element(&mut body, (0x0004, 0x1430), b"CS", self.kind.as_bytes());
        body.extend_from_slice(&self.keys);
        let mut item = vec![0xFE, 0xFF, 0x00, 0xE0];
        item.extend_from_slice(&(body.len() as u32).to_le_bytes());
        item.extend_from_slice(&body);
        item
    }
}

/// The DICOMDIR listing these studies. `uid` names the medium, `label` is its file-set id (at most 16 capitals, digits).
pub(crate) fn write(uid: &str, label: &str, shelves: &[Shelf<'_>]) -> Vec<u8> {
    let mut records = Vec::new();
    let mut person = "";
    for (study, series) in shelves {
        if person != study.person.record_number {
            person = study.person.record_number;
            records.push(Record::new("PATIENT", 0, |k| {
                element(k, (0x0010, 0x0010), b"PN", study.person.carets().as_bytes());
                element(k, (0x0010, 0x0020), b"LO", person.as_bytes());
                element(k, (0x0010, 0x0030), b"DA", compact(study.person.born).as_bytes());
                element(k, (0x0010, 0x0040), b"CS", study.person.sex.as_bytes());
            }));
        }
        records.push(Record::new("STUDY", 1, |k| {
            element(k, (0x0008, 0x0020), b"DA", compact(study.date).as_bytes());
            element(k, (0x0008, 0x0030), b"TM", study.time.as_bytes());
            element(k, (0x0008, 0x0050), b"SH", study.accession.as_bytes());
            element(k, (0x0008, 0x1030), b"LO", study.description.as_bytes());
            element(k, (0x0020, 0x000D), b"UI", study.uid.as_bytes());
            element(k, (0x0020, 0x0010), b"SH", study.accession.as_bytes());
        }));
        for (series, instances) in series {
            records.push(Record::new("SERIES", 2, |k| {
                element(k, (0x0008, 0x0060), b"CS", series.modality.as_bytes());
                element(k, (0x0008, 0x103E), b"LO", series.description.as_bytes());
                element(k, (0x0020, 0x000E), b"UI", series.uid.as_bytes());
                element(k, (0x0020, 0x0011), b"IS", series.number.to_string().as_bytes());
            }));
            for instance in *instances {
                records.push(Record::new("IMAGE", 3, |k| {
                    element(k, (0x0004, 0x1500), b"CS", instance.file.replace('/', "\\").as_bytes());
                    element(k, (0x0004, 0x1510), b"UI", instance.sop_class_uid.as_bytes());
                    element(k, (0x0004, 0x1511), b"UI", instance.sop_instance_uid.as_bytes());
                    element(k, (0x0004, 0x1512), b"UI", EXPLICIT.as_bytes());
                    element(k, (0x0020, 0x0013), b"IS", instance.number.to_string().as_bytes());
                }));
            }
        }
    }
    assemble(uid, label, &records)
}

fn assemble(uid: &str, label: &str, records: &[Record]) -> Vec<u8> {
    let mut meta = Vec::new();
    element(&mut meta, (0x0002, 0x0001), b"OB", &[0, 1]);
    element(&mut meta, (0x0002, 0x0002), b"UI", DIRECTORY_STORAGE.as_bytes());
    element(&mut meta, (0x0002, 0x0003), b"UI", uid.as_bytes());
    element(&mut meta, (0x0002, 0x0010), b"UI", EXPLICIT.as_bytes());
    element(&mut meta, (0x0002, 0x0012), b"UI", b"2.25.271828182845904523536028747135266249");
    let mut out = vec![0; 128];
    out.extend_from_slice(b"DICM");
    element(&mut out, (0x0002, 0x0000), b"UL", &(meta.len() as u32).to_le_bytes());
    out.extend_from_slice(&meta);
    element(&mut out, (0x0004, 0x1130), b"CS", label.as_bytes());
    let root_fields = out.len();
    // First and last record of the root, consistency flag: 12 + 12 + 10 bytes; then the sequence header of 12.
    let first = (root_fields + 12 + 12 + 10 + 12) as u32;
    let mut offsets = Vec::with_capacity(records.len());
    let mut at = first;
    for record in records {
        offsets.push(at);
        at += record.bytes(0, 0).len() as u32;
    }
    let offset = |i: usize| offsets.get(i).copied().unwrap_or(0);
    let last_root = records.iter().rposition(|r| r.depth == 0).map_or(0, offset);
    element(&mut out, (0x0004, 0x1200), b"UL", &(if records.is_empty() { 0 } else { first }).to_le_bytes());
    element(&mut out, (0x0004, 0x1202), b"UL", &last_root.to_le_bytes());
    element(&mut out, (0x0004, 0x1212), b"US", &0_u16.to_le_bytes());
    let mut items = Vec::new();
    for (i, record) in records.iter().enumerate() {
        let after = records.get(i + 1..).unwrap_or_default();
        let next = after
            .iter()
            .position(|r| r.depth <= record.depth)
            .filter(|p| after.get(*p).is_some_and(|r| r.depth == record.depth));
        let lower = after.first().filter(|r| r.depth > record.depth).map_or(0, |_| offset(i + 1));
        items.extend_from_slice(&record.bytes(next.map_or(0, |p| offset(i + 1 + p)), lower));
    }
    element(&mut out, (0x0004, 0x1220), b"SQ", &items);
    out
}
