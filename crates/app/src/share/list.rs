//! A packet's list of contents (`PACKET.JSON`), from what its front pages say and the bytes that were written. It says
//! nothing that the cover sheet and the index do not say: it is made from them, not from the case.

use consilium_casefile::PacketId;
use consilium_casefile::share::list::{
    Edition, ItemKind, LIST_FORMAT, LIST_VERSION, ListedFile, ListedItem, ListedMissing, ListedPerson, ListedSeries,
};
use consilium_casefile::share::{PacketItem, PacketList};
use consilium_press::packet::{Contents, Document, Study};
use sha2::{Digest, Sha256};

use super::contents::Plan;

/// Which packet is being made: what its list says besides its contents.
pub(super) struct Making {
    pub(super) packet: PacketId,
    pub(super) since: Option<PacketId>,
}

/// SHA-256 of an item: of the document, or of the study's lines in the manifest.
pub(crate) fn sha256_of(item: &ListedItem) -> String {
    match (item.kind, item.files.as_slice()) {
        (ItemKind::Document, [file]) => file.sha256.clone(),
        _ => hex::encode(Sha256::digest(item.manifest_lines())),
    }
}

fn document(row: &Document, kind: Option<&str>, file: ListedFile) -> ListedItem {
    ListedItem {
        number: row.number.clone(),
        kind: ItemKind::Document,
        title: row.title.clone(),
        document_kind: row.kind.clone(),
        document_kind_id: kind.map(str::to_owned),
        date: row.date,
        study_instance_uid: None,
        series: Vec::new(),
        sha256: file.sha256.clone(),
        files: vec![file],
    }
}

fn study(row: &Study, uid: Option<&str>, files: Vec<ListedFile>) -> ListedItem {
    let series = row.series.iter().map(|series| ListedSeries {
        description: series.description.clone(),
        modality: series.modality.clone(),
        found: series.found,
        expected: series.expected,
    });
    let item = ListedItem {
        number: row.number.clone(),
        kind: ItemKind::Study,
        title: row.description.clone(),
        document_kind: String::new(),
        document_kind_id: None,
        date: row.date,
        study_instance_uid: uid.map(str::to_owned),
        series: series.collect(),
        sha256: String::new(),
        files,
    };
    ListedItem { sha256: sha256_of(&item), ..item }
}

/// The list, with the files of each document and of each study in the packet's order.
pub(super) fn list(
    plan: &Plan,
    contents: &Contents,
    making: &Making,
    documents: Vec<ListedFile>,
    studies: Vec<Vec<ListedFile>>,
) -> PacketList {
    let rows = contents.documents.iter().zip(&plan.documents).zip(documents);
    let documents = rows.map(|((row, planned), file)| document(row, planned.kind.as_deref(), file));
    let rows = contents.studies.iter().zip(&plan.studies).zip(studies);
    // A study of which nothing could be written is no item: the packet's problems tell of it.
    let studies = rows.filter(|(_, files)| !files.is_empty()).map(|((row, planned), files)| {
        // The index of a blind edition does not print it.
        study(row, (!plan.blind).then_some(planned.uid.as_str()), files)
    });
    PacketList {
        format: LIST_FORMAT.to_owned(),
        version: LIST_VERSION,
        packet: making.packet.clone(),
        case: contents.case_handle.clone(),
        chain_head: contents.chain_head.clone(),
        made_on: contents.prepared_on,
        prepared_for: contents.prepared_for.clone(),
        edition: if plan.blind { Edition::Blind } else { Edition::Full },
        edition_words: contents.edition.clone().unwrap_or_default(),
        since: making.since.clone(),
        fax: plan.fax,
        person: ListedPerson { name: contents.patient_name.clone(), birth_date: contents.birth_date },
        cancer: plan.cancer.clone(),
        items: documents.chain(studies).collect(),
        changes: plan.changes.clone(),
        missing: contents
            .missing
            .iter()
            .map(|m| ListedMissing { what: m.what.clone(), why: m.why.clone(), holder: m.holder.clone() })
            .collect(),
    }
}

/// Numbers and checksums, as the packet's entry keeps them.
pub(super) fn items(list: &PacketList) -> Vec<PacketItem> {
    let item = |item: &ListedItem| PacketItem { number: item.number.clone(), sha256: item.sha256.clone() };
    list.items.iter().map(item).collect()
}
