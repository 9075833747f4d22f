//! A ledger written by each released version folds for ever. The file is never rewritten; a new version adds its own.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where its ground is missing")]

use consilium_casefile::about::{AboutChange, Cancer, Person, SafeWait, TreatmentStart};
use consilium_casefile::find::FindChange;
use consilium_casefile::gather::{GatherChange, ImportRecord, SetAside, SetAsideReason, StudyFound, Totals};
use consilium_casefile::imaging::{NumberRanges, Series, SeriesFacts, Study, StudyFacts};
use consilium_casefile::ledger::{Body, Draft, Entry, Head, Header, Payload, chain, verify};
use consilium_casefile::prepare::{PrepareChange, Question};
use consilium_casefile::records::{
    Confirmation, Document, DocumentKind, FileFormat, IdentityMatch, Proposal, Proposals,
};
use consilium_casefile::share::{PacketRecord, ShareChange};
use consilium_casefile::{
    ActorId, Audience, Case, CaseId, Change, DocumentId, ImportId, Instant, Message, ObjectId, PacketId,
    PatientIdentity, PersonName, QuestionId, SetAsideId,
};
use serde::{Deserialize, Serialize};

const GOLDEN: &str = include_str!("golden/ledger-0.1.0.jsonl");

#[derive(Serialize, Deserialize)]
struct Line {
    header: Header,
    salt: String,
    payload: String,
}

fn read(golden: &str) -> Vec<Entry> {
    golden
        .lines()
        .map(|line| {
            let line: Line = serde_json::from_str(line).expect("a line of the golden ledger");
            let salt = hex::decode(&line.salt).expect("hex").try_into().expect("32 bytes");
            Entry { header: line.header, body: Body::Here(Payload { salt, bytes: line.payload.into_bytes() }) }
        })
        .collect()
}

fn object(n: u8) -> ObjectId {
    ObjectId(format!("{n:064x}"))
}

fn rosa() -> PatientIdentity {
    PatientIdentity {
        name: PersonName::new("Example", "Rosa"),
        birth_date: "1971-03-14".parse().ok(),
        identifier: Some("MRN-1".to_owned()),
    }
}

fn document() -> Document {
    Document {
        id: DocumentId::from("document-1"),
        import: ImportId::from("import-1"),
        path: "portal.zip!/report.pdf".to_owned(),
        object: object(1),
        bytes: 1234,
        format: FileFormat::Pdf,
        locked_original: None,
        altered: false,
        attached_to: None,
        text: Some(object(2)),
        pages: Some(2),
        title: Some("Surgical pathology report".to_owned()),
        patient: rosa(),
        also_names: Vec::new(),
        proposed: Proposals {
            kind: Some(Proposal {
                value: DocumentKind::from("pathology-report"),
                because: Message::new("proposal-kind-title").with("words", "surgical pathology"),
            }),
            ..Proposals::default()
        },
        complaints: Vec::new(),
    }
}

fn study(uid: &str) -> StudyFound {
    let series = Series {
        facts: SeriesFacts { uid: format!("{uid}.1"), modality: Some("CT".to_owned()), ..SeriesFacts::default() },
        found: 3,
        frames: 3,
        numbers: NumberRanges(vec![(1, 2), (4, 4)]),
        listed: Some(4),
        listed_but_absent: vec![format!("{uid}.1.3")],
    };
    StudyFound {
        study: Study {
            facts: StudyFacts { uid: uid.to_owned(), date: "2026-08-01".parse().ok(), ..StudyFacts::default() },
            series: [(format!("{uid}.1"), series)].into(),
        },
        manifest: object(3),
        patient: rosa(),
        path: "disc".to_owned(),
    }
}

fn changes() -> Vec<Change> {
    let person = Person { name: PersonName::new("Example", "Rosa").unwrap(), birth_date: "1971-03-14".parse().ok() };
    vec![
        AboutChange::Opened { handle: "rosa".to_owned() }.into(),
        AboutChange::PersonProposed { patient: rosa(), named_by: 2, of: 3 }.into(),
        GatherChange::DocumentAdded { document: document(), identity: IdentityMatch::Same }.into(),
        GatherChange::StudyAdded { found: study("1.2.3"), identity: IdentityMatch::Same }.into(),
        GatherChange::SetAside {
            group: SetAside {
                id: SetAsideId::from("group-1"),
                import: ImportId::from("import-1"),
                reason: SetAsideReason::Stranger { patient: PatientIdentity::default() },
                documents: Vec::new(),
                studies: vec![study("9.9")],
                locked: Vec::new(),
                decision: None,
            },
        }
        .into(),
        GatherChange::ImportFinished {
            import: ImportRecord {
                id: ImportId::from("import-1"),
                sources: vec!["shoebox".to_owned()],
                manifest: object(4),
                totals: Totals { files: 9, kept: 5, duplicate: 1, set_aside: 3, refused: 0, bytes: 99 },
                at: None,
            },
        }
        .into(),
        AboutChange::PersonStated { person }.into(),
        AboutChange::CancerStated { cancer: Cancer { site: Some("breast".to_owned()), words: String::new() } }.into(),
        AboutChange::TreatmentStartPlanned {
            start: Some(TreatmentStart {
                date: "2026-12-10".parse().unwrap(),
                what: "chemotherapy".to_owned(),
                source: None,
            }),
        }
        .into(),
        AboutChange::SafeWaitStated {
            wait: Some(SafeWait {
                doctor: "Dr. Sample".to_owned(),
                words: "within twelve weeks of surgery".to_owned(),
                until: "2026-12-10".parse().ok(),
                said_on: None,
                source: None,
            }),
        }
        .into(),
        GatherChange::DocumentConfirmed {
            id: DocumentId::from("document-1"),
            confirmation: Confirmation { date: "2026-07-20".parse().ok(), ..Confirmation::default() },
        }
        .into(),
        GatherChange::SetAsideDeclined { id: SetAsideId::from("group-1") }.into(),
        FindChange::CenterChosen { center: Some("Riverbend Example Cancer Center".to_owned()) }.into(),
        PrepareChange::QuestionAdded {
            question: Question {
                id: QuestionId::from("question-1"),
                text: "Is chemotherapy needed?".to_owned(),
                rests_on: Vec::new(),
            },
        }
        .into(),
        ShareChange::PacketMade {
            packet: PacketRecord {
                since: None,
                fax: false,
                images: Default::default(),
                items: Vec::new(),
                id: PacketId::from("packet-1"),
                center: "Riverbend Example Cancer Center".to_owned(),
                audience: Audience::BlindReader,
                documents: vec![DocumentId::from("document-1")],
                studies: vec!["1.2.3".to_owned()],
                manifest_sha256: "0".repeat(64),
                object: None,
                stated: Default::default(),
                other_names: 0,
                shown: None,
                dropped: false,
                bytes: 0,
                at: None,
            },
        }
        .into(),
    ]
}

fn written() -> Vec<Entry> {
    let drafts = changes()
        .iter()
        .zip(1_u8..)
        .map(|(change, n)| {
            let written = change.write().unwrap();
            Draft {
                at: Instant { micros: 1_790_000_000_000_000 + i64::from(n), offset_minutes: -300 },
                by: ActorId::from("owner"),
                kind: written.kind,
                payload: Payload { salt: [n; 32], bytes: written.bytes },
            }
        })
        .collect();
    chain(Head::start(&CaseId::from("case-1")), drafts).0
}

#[test]
fn the_ledger_of_version_0_1_0_verifies_and_folds_to_the_same_case() {
    let entries = read(GOLDEN);
    assert_eq!(entries.len(), 15);
    let head = verify(&CaseId::from("case-1"), &entries).expect("the chain of the golden ledger holds");
    insta::assert_snapshot!(head.hash.to_hex());
    let case = Case::fold(CaseId::from("case-1"), &entries).unwrap();
    assert!(case.unread.is_empty(), "every entry of an old ledger is understood");
    insta::assert_debug_snapshot!(case);
}

#[test]
fn what_this_version_writes_is_still_what_it_wrote_at_0_1_0() {
    assert_eq!(written(), read(GOLDEN), "a change is serialised otherwise now: add a variant or a field instead");
}

#[test]
fn an_entry_of_a_newer_version_is_kept_and_nothing_more_may_be_appended() {
    let newer = Draft {
        at: Instant { micros: 1, offset_minutes: 0 },
        by: ActorId::from("owner"),
        kind: "dream.interpreted".to_owned(),
        payload: Payload { salt: [0; 32], bytes: br#"{"stage":"dream","change":"interpreted"}"#.to_vec() },
    };
    let mut entries = read(GOLDEN);
    let head = verify(&CaseId::from("case-1"), &entries).unwrap();
    entries.extend(chain(head, vec![newer]).0);
    let case = Case::fold(CaseId::from("case-1"), &entries).unwrap();
    assert_eq!(case.unread, vec!["dream.interpreted"]);
    assert!(case.may_append().is_err());
    assert_eq!(case.seen_by(Audience::Owner).unread_kinds(), ["dream.interpreted"]);
}

/// Run once for a release, by hand: `cargo test -p consilium-casefile --test golden_ledger print -- --nocapture`.
#[test]
fn print_the_ledger_for_a_new_golden_file() {
    for entry in written() {
        let Body::Here(payload) = entry.body else { continue };
        let line = Line {
            header: entry.header,
            salt: hex::encode(payload.salt),
            payload: String::from_utf8(payload.bytes).unwrap(),
        };
        println!("golden {}", serde_json::to_string(&line).unwrap());
    }
}
