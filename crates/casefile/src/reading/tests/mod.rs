//! What the rules of reading promise, on made-up records of Rosa Example. Here is the ground they stand on; what is
//! promised stands in a file for each subject.

mod blind;
mod conflicts;
mod dates;
mod differences;
mod groups;
mod medicines;
mod of_person;
mod people;
mod scans;
mod treatments;
mod tumours;

use super::*;
use crate::audience::Audience;
use crate::case::Case;
use crate::facts::{
    Basis, Concept, Context, Fact, Medication, MedicationStatus, Polarity, Qualifiers, Section, Treatment,
    TreatmentKind, TreatmentStatus,
};
use crate::gather::{GatherChange, HeldDocument};
use crate::knowledge::{DocumentKindFacts, Knowledge, Organ, SummaryLineFacts};
use crate::ledger::{Body, Entry, Header, Payload};
use crate::records::{Document, DocumentKind, FileFormat, IdentityMatch, Proposal, Proposals};
use crate::shared::ids::{ActorId, CaseId, DocumentId, FactId, ImportId, ObjectId};
use crate::shared::message::Message;
use crate::shared::sketch::Sketch;
use crate::shared::time::Instant;
use crate::{Change, PatientIdentity};

fn fold(changes: Vec<Change>) -> Case {
    let id = CaseId::from("case-1");
    let mut case = Case::new(id);
    for change in changes {
        let written = change.write().unwrap();
        let payload = Payload { salt: [0; 32], bytes: written.bytes };
        let header = Header {
            seq: case.head.seq + 1,
            at: Instant { micros: 1_790_000_000_000_000, offset_minutes: 0 },
            by: ActorId::from("owner"),
            kind: written.kind,
            payload_commitment: payload.commitment(),
            prev: case.head.hash,
        };
        case.apply(&Entry { header, body: Body::Here(payload) });
    }
    assert_eq!(case.unread, Vec::<String>::new());
    case
}

fn document(id: &str, kind: &str, date: &str) -> Change {
    let because = Message::new("because");
    let proposed = Proposals {
        kind: Some(Proposal { value: DocumentKind::from(kind), because: because.clone() }),
        date: Some(Proposal { value: date.parse().unwrap(), because }),
        ..Proposals::default()
    };
    let document = Document {
        id: DocumentId::from(id),
        import: ImportId::from("i"),
        path: format!("{id}.txt"),
        object: ObjectId(format!("{id}-object")),
        bytes: 1,
        format: FileFormat::Text,
        attached_to: None,
        locked_original: None,
        altered: false,
        text: Some(ObjectId(format!("{id}-text"))),
        pages: None,
        title: None,
        patient: PatientIdentity::default(),
        also_names: Vec::new(),
        proposed,
        complaints: Vec::new(),
    };
    GatherChange::DocumentAdded { document, identity: IdentityMatch::Same }.into()
}

fn fact(concept: Concept, value: &str) -> Fact {
    Fact {
        concept,
        value: value.to_owned(),
        unit: None,
        basis: Basis::Stated,
        polarity: Polarity::Present,
        context: Context::Current,
        section: Section::Diagnosis,
        qualifiers: Qualifiers::default(),
        specimen: None,
        tumour: None,
        date: None,
        main: true,
        start: 0,
        end: value.len(),
        quote: value.to_owned(),
    }
}

fn p(concept: Concept, value: &str) -> Fact {
    let qualifiers = Qualifiers { prefix: Some("p".to_owned()), ..Qualifiers::default() };
    Fact { qualifiers, ..fact(concept, value) }
}

fn reading(document: &str, facts: Vec<Fact>) -> DocumentReading {
    DocumentReading {
        document: DocumentId::from(document),
        text: ObjectId(format!("{document}-text")),
        reader: "1".to_owned(),
        knowledge: "k".to_owned(),
        recognised: Vec::new(),
        blank_pages: None,
        sparse_pages: Vec::new(),
        facts,
        medications: Vec::new(),
        treatments: Vec::new(),
        timing: Vec::new(),
        plans: Vec::new(),
        sent: Vec::new(),
        names: Vec::new(),
        sketch: Sketch::default(),
        own_export: false,
        cut_short: false,
    }
}

fn read(document: &str, facts: Vec<Fact>) -> Change {
    ReadingChange::Read { reading: Box::new(reading(document, facts)) }.into()
}

/// An operation that was done, told by these words from here on.
fn operation(what: &str, start: usize) -> Treatment {
    Treatment {
        kind: TreatmentKind::Operation,
        what: what.to_owned(),
        code: None,
        drugs: Vec::new(),
        status: TreatmentStatus::Done,
        date: None,
        until: None,
        cycles: None,
        dose: None,
        intent: None,
        laterality: None,
        change: None,
        start,
        end: start + what.len(),
        quote: what.to_owned(),
    }
}

/// A medicine of which nothing is said but how it stands.
fn medicine(name: &str, status: MedicationStatus) -> Medication {
    Medication {
        name: name.to_owned(),
        ingredient: Some(name.to_lowercase()),
        code: None,
        dose: None,
        route: None,
        frequency: None,
        status,
        since: None,
        until: None,
        reason: None,
        start: 0,
        end: 0,
        quote: String::new(),
    }
}

fn kinds() -> Knowledge {
    let kind = |id: &str, plan: bool| DocumentKindFacts {
        id: DocumentKind::from(id),
        label: id.replace('-', " "),
        plain: String::new(),
        packet_order: 1,
        states_a_plan: plan,
        refines: None,
    };
    let line = |part, concept, sites: &[&str]| SummaryLineFacts {
        part,
        concept,
        sites: sites.iter().map(|s| (*s).to_owned()).collect(),
    };
    Knowledge {
        document_kinds: vec![
            kind("pathology-report", false),
            kind("operative-note", false),
            kind("oncology-consultation", true),
            kind("other", true),
        ],
        summary_lines: vec![
            line(SummaryPart::Diagnosis, Concept::TOPOGRAPHY, &[]),
            line(SummaryPart::Stage, Concept::N, &[]),
            line(SummaryPart::Markers, Concept::ER, &["C50"]),
            line(SummaryPart::Markers, Concept::IDH, &["C71"]),
            line(SummaryPart::Person, Concept::ECOG, &[]),
        ],
        organs: vec![Organ { category: "C50".to_owned(), parts: (0..=9).collect(), paired: true }],
        ..Knowledge::default()
    }
}

fn topography() -> Fact {
    fact(Concept::TOPOGRAPHY, "C50.9")
}

fn side(value: &str) -> Fact {
    fact(Concept::LATERALITY, value)
}

/// Rosa's three reports: biopsy, resection, and a consultation that tells N0.
fn rosa() -> Vec<Change> {
    vec![
        document("biopsy", "pathology-report", "2026-01-01"),
        document("resection", "pathology-report", "2026-02-01"),
        document("consult", "oncology-consultation", "2026-02-08"),
        read(
            "biopsy",
            vec![topography(), side("left"), fact(Concept::GRADE, "G2"), fact(Concept::PROCEDURE, "core_biopsy")],
        ),
        read(
            "resection",
            vec![
                topography(),
                side("left"),
                fact(Concept::GRADE, "G3"),
                p(Concept::T, "T2"),
                p(Concept::N, "N1a"),
                fact(Concept::PROCEDURE, "lumpectomy"),
            ],
        ),
        read("consult", vec![topography(), p(Concept::T, "T2"), p(Concept::N, "N0")]),
    ]
}

fn found(case: &Case) -> Vec<(String, Relation)> {
    let knowledge = kinds();
    let summary = summary(&case.seen_by(Audience::Owner), &knowledge);
    let all = summary.tumours.iter().flat_map(|t| &t.differences);
    all.map(|d| (d.concept.to_string(), d.relation)).collect()
}
