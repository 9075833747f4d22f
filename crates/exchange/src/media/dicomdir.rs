//! Writes a DICOMDIR (PS3.10 8.6, PS3.3 F): records depth first, each pointing to the next of its kind and to the first
//! below it by byte offset from the start of the file.

use std::collections::{HashMap, HashSet};

use dicom_core::Tag;
use dicom_dictionary_std::{tags, uids};

use super::element::{Element, encode};
use super::record::{self, Kind};
use super::{FileId, MediaError, MediaInstance, meta};

/// File-set ID (0004,1130).
const FILE_SET: &str = "CONSILIUM";
/// Where the two offsets stand in a record, from its item tag: after 8 bytes of item head, (0004,1400) has its value at 16,
/// (0004,1410) takes 10 bytes, and (0004,1420) has its value at 38.
const NEXT_AT: usize = 16;
const BELOW_AT: usize = 38;

/// A directory, ready to be written to the root of the medium as `DICOMDIR`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dicomdir {
    /// The file.
    pub bytes: Vec<u8>,
    /// Files it lists.
    pub listed: usize,
    /// Files it does not list; they should not go on the medium under a DICOM name.
    pub left_out: Vec<LeftOut>,
}

/// A file the directory does not list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name.
    pub file_id: FileId,
    /// Why.
    pub why: WhyLeftOut,
}

/// Why a file is not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyLeftOut {
    /// Another file with the same SOP Instance UID is listed.
    SameInstance,
    /// Another file of the same name is listed.
    SameName,
    /// A study, series, class, instance or transfer syntax UID is empty.
    Unidentified,
}

/// A record and what is below it.
struct Node {
    keys: Vec<Element>,
    kind: &'static str,
    below: Vec<Node>,
}

/// Writes the directory of these files. Order on the medium: patients, studies and series as they first come, files by
/// instance number. The same files give the same bytes.
///
/// # Errors
/// [`MediaError::TooLarge`] beyond 4 GB. A single file is never an error but is left out, with the reason.
pub fn dicomdir(instances: &[MediaInstance]) -> Result<Dicomdir, MediaError> {
    let (kept, left_out) = sift(instances);
    let tree = tree(&kept);
    let mut flat = Vec::new();
    let first_level = flatten(tree, &mut flat);

    let mut identity = blake3::Hasher::new();
    for instance in &kept {
        identity.update(instance.file_id.path().as_bytes());
        identity.update(instance.attributes.sop_instance_uid.as_bytes());
    }
    let identity: [u8; 16] = identity.finalize().as_bytes().first_chunk().copied().unwrap_or_default();
    let uid = format!("2.25.{}", u128::from_be_bytes(identity));
    let mut bytes = meta::header(uids::MEDIA_STORAGE_DIRECTORY_STORAGE, &uid, uids::EXPLICIT_VR_LITTLE_ENDIAN);

    // Nothing before the sequence changes its length with the offsets, so the places can be counted first.
    let before = |first: u32, last: u32| {
        encode(vec![
            Element::text(tags::FILE_SET_ID, *b"CS", 16, FILE_SET),
            Element::unsigned_long(tags::OFFSET_OF_THE_FIRST_DIRECTORY_RECORD_OF_THE_ROOT_DIRECTORY_ENTITY, first),
            Element::unsigned_long(tags::OFFSET_OF_THE_LAST_DIRECTORY_RECORD_OF_THE_ROOT_DIRECTORY_ENTITY, last),
            Element::unsigned_short(tags::FILE_SET_CONSISTENCY_FLAG, 0),
        ])
    };
    let sequence_head = 12;
    let start = bytes.len() + before(0, 0).len() + sequence_head;
    let mut places = Vec::with_capacity(flat.len());
    let mut at = start;
    for record in &flat {
        places.push(u32::try_from(at).map_err(|_| MediaError::TooLarge)?);
        at += record.bytes.len();
    }
    let length = u32::try_from(at - start).map_err(|_| MediaError::TooLarge)?;
    let place = |record: Option<usize>| record.and_then(|n| places.get(n)).copied().unwrap_or(0);

    bytes.extend(before(place(first_level.first().copied()), place(first_level.last().copied())));
    bytes.extend([0x04, 0x00, 0x20, 0x12, b'S', b'Q', 0, 0]);
    bytes.extend(length.to_le_bytes());
    for record in flat {
        let mut item = record.bytes;
        patch(&mut item, NEXT_AT, place(record.next));
        patch(&mut item, BELOW_AT, place(record.below));
        bytes.extend(item);
    }
    Ok(Dicomdir { bytes, listed: kept.len(), left_out })
}

fn patch(item: &mut [u8], at: usize, value: u32) {
    if let Some(place) = item.get_mut(at..at + 4) {
        place.copy_from_slice(&value.to_le_bytes());
    }
}

fn sift(instances: &[MediaInstance]) -> (Vec<&MediaInstance>, Vec<LeftOut>) {
    let (mut uids, mut names) = (HashSet::new(), HashSet::new());
    let (mut kept, mut left_out) = (Vec::new(), Vec::new());
    for instance in instances {
        let a = &instance.attributes;
        let all = [
            &a.sop_class_uid,
            &a.sop_instance_uid,
            &a.transfer_syntax_uid,
            &a.study_instance_uid,
            &a.series_instance_uid,
        ];
        let why = if all.iter().any(|uid| uid.is_empty()) {
            Some(WhyLeftOut::Unidentified)
        } else if names.contains(&instance.file_id) {
            Some(WhyLeftOut::SameName)
        } else if uids.contains(&a.sop_instance_uid) {
            Some(WhyLeftOut::SameInstance)
        } else {
            None
        };
        if let Some(why) = why {
            left_out.push(LeftOut { file_id: instance.file_id.clone(), why });
        } else {
            names.insert(&instance.file_id);
            uids.insert(&a.sop_instance_uid);
            kept.push(instance);
        }
    }
    (kept, left_out)
}

/// Groups in the order of first appearance.
fn grouped<'a>(
    instances: &[&'a MediaInstance],
    key: impl Fn(&'a MediaInstance) -> &'a str,
) -> Vec<Vec<&'a MediaInstance>> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut groups: Vec<Vec<&MediaInstance>> = Vec::new();
    for &instance in instances {
        let place = *places.entry(key(instance)).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(instance),
            None => groups.push(vec![instance]),
        }
    }
    groups
}

fn tree(instances: &[&MediaInstance]) -> Vec<Node> {
    let mut study_place = 0;
    grouped(instances, who)
        .iter()
        .enumerate()
        .filter_map(|(n, of_patient)| {
            let first = &of_patient.first()?.attributes;
            let studies = grouped(of_patient, |i| &i.attributes.study_instance_uid);
            let below = studies
                .iter()
                .filter_map(|of_study| {
                    study_place += 1;
                    study(of_study, study_place)
                })
                .collect();
            Some(Node { keys: record::patient(first, n + 1), kind: "PATIENT", below })
        })
        .collect()
}

/// Without an identifier, the name tells patients apart.
fn who(instance: &MediaInstance) -> &str {
    let a = &instance.attributes;
    a.text(tags::PATIENT_ID).or_else(|| a.text(tags::PATIENT_NAME)).unwrap_or("")
}

fn study(of_study: &[&MediaInstance], place: usize) -> Option<Node> {
    let first = &of_study.first()?.attributes;
    let series = grouped(of_study, |i| &i.attributes.series_instance_uid);
    let below = series.iter().enumerate().filter_map(|(n, of_series)| one_series(of_series, n + 1)).collect();
    Some(Node { keys: record::study(first, place), kind: "STUDY", below })
}

fn one_series(of_series: &[&MediaInstance], place: usize) -> Option<Node> {
    let first = &of_series.first()?.attributes;
    let mut files = of_series.to_vec();
    let number = |i: &MediaInstance| i.attributes.text(tags::INSTANCE_NUMBER).and_then(|t| t.parse::<i32>().ok());
    files.sort_by_key(|i| number(i).unwrap_or(i32::MAX));
    let below = files.iter().enumerate().map(|(n, instance)| file(instance, n + 1)).collect();
    Some(Node { keys: record::series(first, place), kind: "SERIES", below })
}

fn file(instance: &MediaInstance, place: usize) -> Node {
    let a = &instance.attributes;
    let kind = Kind::of(a);
    let mut keys = kind.keys(a, place);
    keys.push(Element::raw(tags::REFERENCED_FILE_ID, *b"CS", instance.file_id.value().into_bytes()));
    keys.push(Element::uid(tags::REFERENCED_SOP_CLASS_UID_IN_FILE, &a.sop_class_uid));
    keys.push(Element::uid(tags::REFERENCED_SOP_INSTANCE_UID_IN_FILE, &a.sop_instance_uid));
    keys.push(Element::uid(tags::REFERENCED_TRANSFER_SYNTAX_UID_IN_FILE, &a.transfer_syntax_uid));
    if kind == Kind::Private {
        keys.push(Element::uid(tags::PRIVATE_RECORD_UID, &a.sop_class_uid));
    }
    Node { keys, kind: kind.name(), below: Vec::new() }
}

/// A record in file order, with its neighbours by place in that order.
struct Flat {
    bytes: Vec<u8>,
    next: Option<usize>,
    below: Option<usize>,
}

/// Appends the nodes and all below them; returns the places of the nodes themselves.
fn flatten(nodes: Vec<Node>, flat: &mut Vec<Flat>) -> Vec<usize> {
    let mut places = Vec::with_capacity(nodes.len());
    for node in nodes {
        let place = flat.len();
        flat.push(Flat { bytes: item(node.keys, node.kind), next: None, below: None });
        let below = flatten(node.below, flat).first().copied();
        if let Some(record) = flat.get_mut(place) {
            record.below = below;
        }
        if let Some(previous) = places.last().and_then(|previous: &usize| flat.get_mut(*previous)) {
            previous.next = Some(place);
        }
        places.push(place);
    }
    places
}

/// A record as a sequence item, both offsets zero.
fn item(mut keys: Vec<Element>, kind: &str) -> Vec<u8> {
    // (0008,0005) where a text needs it; everything is written in UTF-8.
    const CHARACTER_SET: Tag = tags::SPECIFIC_CHARACTER_SET;
    if !keys.iter().all(Element::is_ascii) {
        keys.push(Element::text(CHARACTER_SET, *b"CS", 16, "ISO_IR 192"));
    }
    keys.push(Element::unsigned_long(tags::OFFSET_OF_THE_NEXT_DIRECTORY_RECORD, 0));
    keys.push(Element::unsigned_short(tags::RECORD_IN_USE_FLAG, 0xffff));
    keys.push(Element::unsigned_long(tags::OFFSET_OF_REFERENCED_LOWER_LEVEL_DIRECTORY_ENTITY, 0));
    keys.push(Element::text(tags::DIRECTORY_RECORD_TYPE, *b"CS", 16, kind));
    let keys = encode(keys);
    let mut item = vec![0xfe, 0xff, 0x00, 0xe0];
    item.extend(u32::try_from(keys.len()).unwrap_or(u32::MAX).to_le_bytes());
    item.extend(keys);
    item
}
