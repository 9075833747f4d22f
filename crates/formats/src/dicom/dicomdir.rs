//! DICOMDIR: which instances a medium should hold. Read along its offsets while they are sound, and in the order of
//! its records when they are not.

use std::collections::{HashMap, HashSet};

use consilium_casefile::records::FileFormat;

use super::element::{Source, Syntax, UNDEFINED};
use super::header::{ascii, read_meta, syntax_of, uid};
use crate::{Complaint, Content, ListedInstance, MediumDirectory, Substance, Understood};

/// Most records that are read.
const RECORDS: usize = 2_000_000;

/// Reads a DICOMDIR. Never fails: a directory without a record that can be read lists nothing, with a complaint.
#[must_use]
pub fn understand_dicomdir(content: &Content) -> Understood {
    let mut complaints = Vec::new();
    let listed = match Source::new(content) {
        Ok(mut source) => listed(&mut source, &mut complaints),
        Err(_) => {
            complaints.push(Complaint::new("The directory could not be read again; check the disc or drive it is on."));
            Vec::new()
        }
    };
    Understood {
        format: FileFormat::Dicomdir,
        substance: Substance::MediumDirectory(MediumDirectory { listed }),
        attachments: Vec::new(),
        complaints,
    }
}

/// One directory record.
#[derive(Debug, Default)]
struct Record {
    /// Offset of its item header.
    at: u64,
    /// (0004,1400): the next record of the same level; 0 for none.
    next: u64,
    /// (0004,1420): the first record of the level below; 0 for none.
    lower: u64,
    kind: String,
    study: String,
    series: String,
    instance: String,
    file: String,
    /// (0004,1410) is 0: the record was taken out.
    inactive: bool,
}

fn listed(source: &mut Source<'_>, complaints: &mut Vec<Complaint>) -> Vec<ListedInstance> {
    let meta = read_meta(source, &mut Vec::new());
    let syntax = syntax_of(source, &meta);
    let mut at = meta.data_set;
    let (mut root, mut records) = (0, None);
    while let Some(element) = source.element(at, syntax) {
        match element.tag {
            0x0004_1200 => root = offset(source.value(&element, 4), syntax),
            0x0004_1220 => {
                if element.length != UNDEFINED && element.end() > source.length() {
                    complaints
                        .push(Complaint::at(at, "The directory of this medium ends early; a part of it is missing."));
                }
                records = Some(read_records(source, &element, syntax));
                break;
            }
            _ => {}
        }
        let Some(next) = source.after(&element, syntax) else { break };
        at = next;
    }
    let Some(records) = records else {
        complaints
            .push(Complaint::new("The directory of this medium could not be read; its files are read without it."));
        return Vec::new();
    };
    if let Some(listed) = along_offsets(&records, &[root]) {
        return listed;
    }
    // The pointer to the first record is often the wrong one: records nothing points to are first ones as well. Where
    // all pointers are gone that makes every record one, and its study and series are not known from above.
    let pointed: HashSet<u64> = records.iter().flat_map(|r| [r.next, r.lower]).collect();
    let first: Vec<u64> = records.iter().map(|r| r.at).filter(|at| !pointed.contains(at)).rev().collect();
    let placed = |l: &ListedInstance| !l.study_instance_uid.is_empty() && !l.series_instance_uid.is_empty();
    if let Some(listed) = along_offsets(&records, &first).filter(|listed| listed.iter().all(placed)) {
        return listed;
    }
    complaints.push(Complaint::new(
        "The directory of this medium contradicts itself; its records were read in the order they stand.",
    ));
    in_order(&records)
}

fn read_records(source: &mut Source<'_>, sequence: &super::element::Element, syntax: Syntax) -> Vec<Record> {
    let items = source.items(sequence, syntax, RECORDS);
    let mut records = Vec::with_capacity(items.len());
    for (start, end) in items {
        let mut record = Record { at: start.saturating_sub(8), ..Record::default() };
        let mut at = start;
        while at < end {
            let Some(element) = source.element(at, syntax) else { break };
            let value = source.value(&element, 1024);
            match element.tag {
                0x0004_1400 => record.next = offset(value, syntax),
                0x0004_1410 => record.inactive = value.len() >= 2 && value.iter().take(2).all(|b| *b == 0),
                0x0004_1420 => record.lower = offset(value, syntax),
                0x0004_1430 => record.kind = ascii(value),
                0x0004_1500 => record.file = file_id(value),
                0x0004_1511 => record.instance = uid(value),
                0x0020_000D => record.study = uid(value),
                0x0020_000E => record.series = uid(value),
                _ => {}
            }
            let Some(next) = source.after(&element, syntax) else { break };
            at = next;
        }
        records.push(record);
    }
    records
}

/// The tree the offsets make; `None` unless they reach every active record exactly once.
fn along_offsets(records: &[Record], roots: &[u64]) -> Option<Vec<ListedInstance>> {
    let by_offset: HashMap<u64, usize> = records.iter().enumerate().map(|(i, r)| (r.at, i)).collect();
    let mut seen = vec![false; records.len()];
    let mut listed = Vec::new();
    let mut ahead: Vec<(u64, String, String)> = roots.iter().map(|at| (*at, String::new(), String::new())).collect();
    while let Some((at, study, series)) = ahead.pop() {
        if at == 0 {
            continue;
        }
        let index = *by_offset.get(&at)?;
        let (record, seen) = (records.get(index)?, seen.get_mut(index)?);
        if std::mem::replace(seen, true) {
            return None;
        }
        let below = |own: &str, above: &str| if own.is_empty() { above.to_owned() } else { own.to_owned() };
        let (own_study, own_series) = (below(&record.study, &study), below(&record.series, &series));
        list(record, &own_study, &own_series, &mut listed);
        ahead.push((record.next, study, series));
        ahead.push((record.lower, own_study, own_series));
    }
    let all = records.iter().zip(&seen).all(|(record, seen)| *seen || record.inactive);
    all.then_some(listed)
}

/// The records as they stand: a patient, its studies, their series, their instances.
fn in_order(records: &[Record]) -> Vec<ListedInstance> {
    let (mut study, mut series) = (String::new(), String::new());
    let mut listed = Vec::new();
    for record in records {
        match record.kind.as_str() {
            "PATIENT" => {
                study.clear();
                series.clear();
            }
            "STUDY" => {
                study.clone_from(&record.study);
                series.clear();
            }
            "SERIES" => series.clone_from(&record.series),
            _ => {}
        }
        list(record, &study, &series, &mut listed);
    }
    listed
}

fn list(record: &Record, study: &str, series: &str, listed: &mut Vec<ListedInstance>) {
    if record.inactive || (record.file.is_empty() && record.instance.is_empty()) {
        return;
    }
    listed.push(ListedInstance {
        study_instance_uid: study.to_owned(),
        series_instance_uid: series.to_owned(),
        sop_instance_uid: record.instance.clone(),
        file: record.file.clone(),
    });
}

fn offset(value: &[u8], syntax: Syntax) -> u64 {
    value.first_chunk::<4>().map_or(0, |bytes| u64::from(syntax.u32(*bytes)))
}

/// Referenced File ID: components separated by backslashes, as a path with `/`.
fn file_id(value: &[u8]) -> String {
    ascii(value).split('\\').map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
}
