//! What goes into a packet and in which order: chosen from the view of the audience it is for.

use std::collections::{BTreeMap, BTreeSet};

use consilium_casefile::about::Cancer;
use consilium_casefile::gather::{CaseStudy, HeldDocument};
use consilium_casefile::imaging::Completeness;
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::records::{FileFormat, IdentityMatch};
use consilium_casefile::share::{ListedChange, study_number};
use consilium_casefile::{CaseView, DocumentId, Message, ObjectId, PartialDate, PatientIdentity};
use consilium_press::packet::{self, Contents};
use serde::Serialize;

use super::changes::Before;
use super::front_page::page_one;
use super::lacking::{locked, missing, told_on_page_one, withheld};
use super::open_lines::{Goes, still_open};
use super::{Mentions, PacketRequest, changes};
use crate::App;
use crate::timeline::{EventSource, timeline};

/// What a packet holds, in its order.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// For which centre.
    pub center: Option<String>,
    /// Which cancer, as the cover says it.
    pub cancer: Option<Cancer>,
    /// What the front pages say, page numbers still open.
    pub contents: Contents,
    /// Documents in order.
    pub documents: Vec<PlannedDocument>,
    /// Studies in order.
    pub studies: Vec<PlannedStudy>,
    /// Whether headers of images are cleared of words that may tell a plan.
    pub blind: bool,
    /// Whether the pages also go as a fax edition.
    pub fax: bool,
    /// Of a blind edition: what goes in and mentions a plan, for its sender to look at.
    pub plan_mentions: Vec<Mentions>,
    /// Of a packet that follows another: what changed since, the records that were taken out by their checksums.
    pub changes: Vec<ListedChange>,
    /// Whether anything that was sent before, or that its front pages said, is not so any more.
    pub has_corrections: bool,
    /// What its sender has to know before it goes.
    pub warnings: Vec<String>,
    /// Records under another name that stay out: its sender's to know, and in no packet.
    pub other_names: u32,
}

/// A document of the packet.
#[derive(Debug, Clone, Serialize)]
pub struct PlannedDocument {
    /// Id.
    pub id: DocumentId,
    /// Number in the index.
    pub number: String,
    /// Title in the index.
    pub title: String,
    /// Where its original goes.
    pub path: String,
    /// The original.
    pub object: ObjectId,
    /// Its text.
    pub text: Option<ObjectId>,
    /// What it is.
    pub format: FileFormat,
    /// Its kind, an id of `document-kinds.csv`.
    pub kind: Option<String>,
}

/// A study of the packet.
#[derive(Debug, Clone, Serialize)]
pub struct PlannedStudy {
    /// Study Instance UID.
    pub uid: String,
    /// Its folder.
    pub folder: String,
    /// Objects listing its instances.
    pub manifests: Vec<ObjectId>,
    /// Series that go: Series Instance UIDs.
    pub series: Vec<String>,
    /// Images in them.
    pub images: u32,
}

/// What a centre already has: documents, and images by study.
pub(super) type Sent<'s> = (BTreeSet<&'s DocumentId>, BTreeMap<&'s str, u32>);

/// Chooses and orders. `before` is the case as it was at the packet that this one follows.
pub(super) fn plan(
    app: &App,
    view: &CaseView<'_>,
    request: &PacketRequest,
    sent: Option<&Sent<'_>>,
    before: Option<&Before<'_>>,
) -> Plan {
    let knowledge = app.knowledge();
    let view = &view.clone().on(app.now().date());
    let center = request.center.clone().or_else(|| view.center().map(str::to_owned));
    let program = center.as_deref().and_then(|name| knowledge.program(name));
    // The centre's own order first, then the usual one.
    let order = |d: &HeldDocument| {
        let own = program.and_then(|p| p.order.iter().position(|kind| d.kind() == Some(kind)));
        let usual = d.kind().and_then(|k| knowledge.kind(k)).map_or(u32::MAX, |k| k.packet_order);
        (own.unwrap_or(usize::MAX), usual)
    };
    let left_out_by_hand = |id: &str| request.without.iter().any(|out| out == id);
    let mut held: Vec<&HeldDocument> = view.documents(knowledge);
    held.retain(|d| !d.removed && !left_out_by_hand(d.document.id.as_str()));
    let all_documents = held.len();
    held.retain(|d| sent.is_none_or(|(documents, _)| !documents.contains(&d.document.id)));
    let known_documents = all_documents - held.len();
    held.sort_by_key(|d| (order(d), d.date().map(PartialDate::earliest)));
    let images = |s: &CaseStudy| -> u32 { view.series_of(s).iter().map(|series| series.found).sum() };
    let mut studies: Vec<&CaseStudy> = view
        .studies()
        .into_iter()
        .filter(|s| !s.removed && images(s) > 0 && !left_out_by_hand(&s.study.facts.uid))
        .collect();
    let all_studies = studies.len();
    let is_new = |s: &&CaseStudy| {
        let uid = s.study.facts.uid.as_str();
        sent.is_none_or(|(_, known)| known.get(uid).is_none_or(|had| *had < images(s)))
    };
    studies.retain(is_new);
    let known_studies = all_studies - studies.len();

    let documents: Vec<PlannedDocument> = held
        .iter()
        .zip(1_u32..)
        .map(|(d, n)| PlannedDocument {
            id: d.document.id.clone(),
            number: n.to_string(),
            title: title(view, d, knowledge),
            path: format!("DOCS/D{n:05}.{}", d.document.format.extension().to_uppercase()),
            object: d.document.object.clone(),
            text: d.document.text.clone(),
            format: d.document.format,
            kind: d.kind().map(|kind| kind.0.clone()),
        })
        .collect();
    let planned_studies: Vec<PlannedStudy> = studies
        .iter()
        .zip(1_u32..)
        .map(|(s, n)| PlannedStudy {
            uid: s.study.facts.uid.clone(),
            folder: format!("DICOM/ST{n:06}"),
            manifests: s.manifests().cloned().collect(),
            series: view.series_of(s).into_iter().map(|series| series.facts.uid.clone()).collect(),
            images: images(s),
        })
        .collect();
    let number_of = |source: &EventSource| match source {
        EventSource::Document(id) => documents.iter().find(|d| d.id == *id).map(|d| d.number.clone()),
        EventSource::Study(uid) => planned_studies.iter().position(|s| s.uid == *uid).map(|n| study_number(n + 1)),
        EventSource::TreatmentStart => None,
    };
    let timeline = timeline(view, knowledge)
        .into_iter()
        .map(|e| packet::Event { date: e.date, what: e.what, source: number_of(&e.source) })
        .collect();
    let corrections = match (sent, before) {
        (Some(_), Some(before)) => changes::corrections(app, before, view),
        _ => Vec::new(),
    };
    let has_corrections = !corrections.is_empty();
    let subject = view.person().unwrap_or_default();
    let left_out = view.left_out_of_blind(knowledge);
    let changes =
        changes::changes(sent, before, (&documents, &planned_studies), corrections, (known_documents, known_studies));
    let goes = Goes {
        documents: documents.iter().map(|d| &d.id).collect(),
        studies: planned_studies.iter().map(|s| s.uid.as_str()).collect(),
        sent,
        left_out: &request.without,
    };
    let page_one = page_one(app, view, &documents, sent);
    let told = told_on_page_one(app, view, page_one.as_ref());
    let contents = Contents {
        patient_name: subject.name.as_ref().map(consilium_casefile::PersonName::display).unwrap_or_default(),
        birth_date: subject.birth_date,
        cancer: view.cancer_words(knowledge),
        prepared_for: center.clone(),
        prepared_on: Some(PartialDate::Day(app.now().date())),
        fax: false,
        contact: registration(app, view),
        changes: changes.iter().map(|change| change.what.clone()).collect(),
        case_handle: view.handle().to_owned(),
        chain_head: format!("{} · {}", view.head().seq, view.head().hash.short()),
        edition: view.withholds_a_plan().then(|| {
            let held_back = "documents that state another team’s plan, or may, and the questions, are withheld";
            match left_out.of_a_plan + left_out.unsorted + left_out.with_a_plan {
                0 => format!("Blind-read edition: {held_back}"),
                1 => format!("Blind-read edition: {held_back} (1 document, see section 3)"),
                n => format!("Blind-read edition: {held_back} ({n} documents, see section 3)"),
            }
        }),
        planned_treatment_start: view.treatment_start().map(|s| s.date),
        safe_waiting: view.safe_wait().map(|wait| packet::SafeWaiting {
            by: wait.doctor.clone(),
            said: wait.words.clone(),
            on: wait.said_on,
        }),
        questions_withheld: view.withholds_questions(),
        questions: view.open_questions().map(|q| q.text.clone()).collect(),
        page_one,
        documents: held.iter().zip(&documents).map(|(d, p)| front_row(app, d, p)).collect(),
        studies: studies
            .iter()
            .zip(&planned_studies)
            .zip(1..)
            .map(|((s, p), n)| front_study(app, view, s, p, n))
            .collect(),
        missing: withheld(view, left_out)
            .into_iter()
            .chain(locked(app, view))
            .chain(missing(view, &held, &documents, &studies))
            .chain(still_open(app, view, center.as_deref(), &goes))
            .chain(told)
            .collect(),
        timeline,
        set_aside: 0,
        merged_pdf: Some("PACKET.PDF".to_owned()),
    };
    Plan {
        center,
        cancer: view.cancer_on_cover(),
        contents,
        documents,
        studies: planned_studies,
        blind: view.withholds_a_plan(),
        fax: request.fax,
        plan_mentions: Vec::new(),
        changes,
        has_corrections,
        warnings: warnings(app, view, request),
        other_names: 0,
    }
}

/// What its sender has to know of a packet before it goes.
fn warnings(app: &App, view: &CaseView<'_>, request: &PacketRequest) -> Vec<String> {
    let center = request.center.as_deref().or(view.center()).and_then(|center| app.unknown_center(center));
    let cancer = view.withholds_words_of_cancer(app.knowledge()).then(|| app.say(&Message::new("packet-cancer-words")));
    let counted = |key: &str, count: usize| (count > 0).then(|| app.say(&Message::new(key).with("count", count)));
    let locked = counted("packet-locked-ask", view.locked());
    let kept_back = if view.withholds_a_plan() { 0 } else { view.questions_kept_back() };
    let questions = counted("packet-questions-sealed", kept_back);
    center.into_iter().chain(cancer).chain(locked).chain(questions).collect()
}

/// What a registration desk asks for first, a line each, also of what nobody stated: for everybody who gets a packet.
pub(super) fn registration(app: &App, view: &CaseView<'_>) -> Vec<(String, String)> {
    let said = |(key, words): (&'static str, &str)| {
        let words =
            if words.is_empty() { app.say(&Message::new("packet-not-stated")) } else { words.replace('\n', ", ") };
        (app.say(&Message::new(key)), words)
    };
    view.registration().parts().into_iter().map(said).collect()
}

/// What the document is called, without a file name's extension and underscores.
pub(super) fn title(view: &CaseView<'_>, held: &HeldDocument, knowledge: &Knowledge) -> String {
    let title = view.title_of(held, knowledge);
    if held.document.title.is_some() || view.withholds_a_plan() {
        return title.to_owned();
    }
    title.rsplit_once('.').map_or(title, |(stem, _)| stem).replace('_', " ")
}

fn front_row(app: &App, held: &HeldDocument, planned: &PlannedDocument) -> packet::Document {
    let mut notes = Vec::new();
    let is_scan = match held.document.format {
        FileFormat::Pdf => held.document.pages.is_some(),
        format => format == FileFormat::Tiff,
    };
    if is_scan && held.document.text.is_none() {
        notes.push("scan: not searchable".to_owned());
    }
    if held.identity == IdentityMatch::NoBirthDate && !held.identity_confirmed {
        notes.push("names the patient without a birth date".to_owned());
    }
    notes.extend(whose(app, held.names_no_one(), held.is_accepted_under_another_name(), &held.document.patient));
    if !held.checked && (held.kind().is_some() || held.date().is_some()) {
        notes.push("kind and date proposed by software, not confirmed".to_owned());
    }
    let kind = held.kind().map_or_else(|| "Not sorted".to_owned(), |k| app.knowledge().kind_label(k).to_owned());
    packet::Document {
        number: planned.number.clone(),
        title: planned.title.clone(),
        kind,
        date: held.date(),
        author: held.author().map(str::to_owned),
        facility: held.facility().map(str::to_owned),
        pages: None,
        original: Some(planned.path.clone()),
        sha256: None,
        notes,
    }
}

/// What a reader must know of whom a record or a study names.
fn whose(app: &App, names_no_one: bool, accepted: bool, patient: &PatientIdentity) -> Option<String> {
    let name = patient.name.as_ref().map(consilium_casefile::PersonName::display);
    let message = match name {
        _ if names_no_one => Message::new("packet-names-no-one"),
        _ if !accepted => return None,
        Some(name) => Message::new("packet-names-another").with("name", name),
        None => Message::new("packet-names-another-date"),
    };
    Some(app.say(&message))
}

fn front_study(
    app: &App,
    view: &CaseView<'_>,
    held: &CaseStudy,
    planned: &PlannedStudy,
    number: usize,
) -> packet::Study {
    let notes = whose(app, held.names_no_one(), held.is_accepted_under_another_name(), &held.patient);
    packet::Study {
        notes: notes.into_iter().collect(),
        number: study_number(number),
        date: held.study.facts.date,
        description: view.study_words(held).unwrap_or("Imaging study").to_owned(),
        modalities: held.study.modalities().into_iter().map(str::to_owned).collect(),
        facility: held.study.facts.institution.clone(),
        series: view
            .series_of(held)
            .into_iter()
            .map(|series| {
                let (expected, gaps) = match series.completeness() {
                    Completeness::Complete => (Some(series.found), String::new()),
                    Completeness::Incomplete { expected, missing, .. } => (Some(expected), missing.human()),
                    Completeness::NotStated => (None, String::new()),
                };
                packet::Series {
                    description: view.series_words(series).unwrap_or_default().to_owned(),
                    modality: series.facts.modality.clone().unwrap_or_default(),
                    found: series.found,
                    expected,
                    gaps,
                }
            })
            .collect(),
        folder: Some(planned.folder.clone()),
    }
}
