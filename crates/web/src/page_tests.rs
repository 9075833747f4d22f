//! What people read on the pages of a case told in changes, at a fixed moment: the words, not the markup.

use askama::Template;
use consilium_app::reading::{CaseReading, ExportContents, MOST_EXPORTED, Standard, fact_words};
use consilium_app::search::{Found, FoundPlace, FoundRecord, Marked, SearchAnswer};
use consilium_app::share::{BeforeBlind, LackingFact, Mentions};
use consilium_casefile::about::{AboutChange, Cancer, Person, SafeWait, TreatmentStart};
use consilium_casefile::facts::Concept;
use consilium_casefile::gather::{
    GatherChange, ImportRecord, LockedFile, SetAside, SetAsideReason, StudyFound, Totals,
};
use consilium_casefile::imaging::{NumberRanges, Series, SeriesFacts, Study, StudyFacts};
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::ledger::{Draft, Head, Payload, chain};
use consilium_casefile::next::Stage;
use consilium_casefile::prepare;
use consilium_casefile::reading::{PlanMention, ReadingChange};
use consilium_casefile::records::{Document, FileFormat, IdentityMatch, Proposal, Proposals};
use consilium_casefile::{
    ActorId, Audience, Case, CaseId, Change, Instant, Message, PartialDate, PatientIdentity, PersonName, Session,
};
use consilium_knowledge::Wording;

use crate::export::ExportPage;
use crate::facts::{FactsPage, Pictures};
use crate::forms::Values;
use crate::gather::{Around, GatherPage};
use crate::ground::read;
use crate::overview::OverviewPage;
use crate::parts::{Context, Typed};
use crate::prepare::PreparePage;
use crate::public::WhenNotToWaitPage;
use crate::reading_tests::{fact, reading};
use crate::record::{Content, RecordPage};
use crate::search::SearchPage;
use crate::share::SharePage;
use crate::stage::StagePage;
use crate::studies::StudyPage;
use crate::timeline::TimelinePage;

/// 15 October 2026, 09:46.
pub(crate) const NOW: Instant = Instant { micros: 1_792_057_600_000_000, offset_minutes: 0 };

fn date(text: &str) -> PartialDate {
    text.parse().unwrap()
}

fn patient(name: &str, born: &str) -> PatientIdentity {
    PatientIdentity { name: PersonName::from_display(name), birth_date: born.parse().ok(), identifier: None }
}

pub(crate) fn document(id: &str, path: &str, title: &str, kind: &str, day: &str) -> Document {
    let because = || Message::new("proposal-author-stated");
    Document {
        id: id.into(),
        import: "import-1".into(),
        path: path.to_owned(),
        object: "0".repeat(64).into(),
        bytes: 23_456,
        format: FileFormat::Pdf,
        locked_original: None,
        altered: false,
        attached_to: None,
        text: None,
        pages: Some(2),
        title: Some(title.to_owned()),
        patient: patient("Rosa Example", "1971-03-14"),
        also_names: Vec::new(),
        proposed: Proposals {
            kind: Some(Proposal {
                value: kind.into(),
                because: Message::new("proposal-kind-title").with("words", "“pathology report”"),
            }),
            date: day.parse().ok().map(|value| Proposal { value, because: Message::new("proposal-date-stated") }),
            author: Some(Proposal { value: "Dr. Paula Pathologist".to_owned(), because: because() }),
            facility: None,
            accession: None,
        },
        complaints: vec!["Page 2 is cut off at its end.".to_owned()],
    }
}

fn study() -> StudyFound {
    let series = |uid: &str, name: &str, numbers: &[(i32, i32)], stated| Series {
        facts: SeriesFacts {
            uid: uid.to_owned(),
            modality: Some("MR".to_owned()),
            description: Some(name.to_owned()),
            stated_instances: stated,
            ..SeriesFacts::default()
        },
        found: numbers.iter().map(|(a, b)| u32::try_from(b - a + 1).unwrap()).sum(),
        frames: 1,
        numbers: NumberRanges(numbers.to_vec()),
        ..Series::default()
    };
    let all =
        [series("1.2.1", "T2 axial", &[(1, 86), (88, 120)], None), series("1.2.2", "T1 axial", &[(1, 40)], Some(40))];
    let facts = StudyFacts {
        uid: "1.2".to_owned(),
        date: Some(date("2026-08-30")),
        description: Some("Breast MRI".to_owned()),
        institution: Some("Springfield Example Hospital".to_owned()),
        accession: None,
    };
    StudyFound {
        study: Study { facts, series: all.into_iter().map(|s| (s.facts.uid.clone(), s)).collect() },
        manifest: "1".repeat(64).into(),
        patient: patient("Rosa Example", "1971-03-14"),
        path: "disc.iso!/DICOM".to_owned(),
    }
}

fn changes() -> Vec<Change> {
    let aside = |id: &str, reason, locked: Vec<LockedFile>, documents: Vec<Document>| GatherChange::SetAside {
        group: SetAside {
            id: id.into(),
            import: "import-1".into(),
            reason,
            documents,
            studies: Vec::new(),
            locked,
            decision: None,
        },
    };
    let locked = LockedFile { path: "portal.zip".to_owned(), object: "2".repeat(64).into(), bytes: 10 };
    let stranger = Document {
        patient: patient("Roland Exempel", "1948-05-02"),
        ..document("doc-3", "disc/report.pdf", "Chest CT", "radiology-report", "2026-07-01")
    };
    let maiden = Document {
        patient: patient("Rosa Muster", "1971-03-14"),
        ..document("doc-2", "old.pdf", "Operative note", "operative-note", "2026-09-14")
    };
    let totals = Totals { files: 1_204, kept: 1_198, duplicate: 1, set_aside: 2, refused: 3, bytes: 640_000_000 };
    let import = ImportRecord {
        id: "import-1".into(),
        sources: vec!["shoebox".to_owned()],
        manifest: "3".repeat(64).into(),
        totals,
        at: None,
    };
    vec![
        AboutChange::Opened { handle: "rosa".to_owned() }.into(),
        AboutChange::PersonStated {
            person: Person {
                name: PersonName::from_display("Rosa Example").unwrap(),
                birth_date: Some(date("1971-03-14")),
            },
        }
        .into(),
        AboutChange::CancerStated {
            cancer: Cancer { site: Some("breast".to_owned()), words: "left breast".to_owned() },
        }
        .into(),
        AboutChange::TreatmentStartPlanned {
            start: Some(TreatmentStart { date: date("2026-11-08"), what: "chemotherapy".to_owned(), source: None }),
        }
        .into(),
        AboutChange::SafeWaitStated {
            wait: Some(SafeWait {
                doctor: "Dr. Ona Oncologist".to_owned(),
                words: "Twelve weeks after the operation is fine.".to_owned(),
                until: Some(date("2026-12")),
                said_on: None,
                source: None,
            }),
        }
        .into(),
        GatherChange::DocumentAdded {
            document: document(
                "doc-1",
                "portal.zip!/S-10421.pdf",
                "Surgical <pathology> report",
                "pathology-report",
                "2026-08-13",
            ),
            identity: IdentityMatch::Same,
        }
        .into(),
        GatherChange::DocumentAdded { document: maiden, identity: IdentityMatch::OtherName }.into(),
        GatherChange::StudyAdded { found: study(), identity: IdentityMatch::Same }.into(),
        aside("aside-1", SetAsideReason::Stranger { patient: stranger.patient.clone() }, Vec::new(), vec![stranger])
            .into(),
        aside("aside-2", SetAsideReason::Locked, vec![locked], Vec::new()).into(),
        GatherChange::ImportFinished { import }.into(),
        prepare::ask("q-1".into(), "Is chemotherapy needed?", Vec::new()).unwrap().into(),
        prepare::ask("q-2".into(), "What did you see that others did not?", Vec::new()).unwrap().into(),
    ]
}

pub(crate) fn told(changes: &[Change]) -> Case {
    let draft = |change: &Change| {
        let written = change.write().unwrap();
        Draft {
            at: NOW,
            by: ActorId::from("owner"),
            kind: written.kind,
            payload: Payload { salt: [7; 32], bytes: written.bytes },
        }
    };
    let (entries, _) = chain(Head::start(&CaseId::from("case-1")), changes.iter().map(draft).collect());
    Case::fold(CaseId::from("case-1"), &entries).unwrap()
}

/// Renders for an audience, with the built-in knowledge and words.
pub(crate) fn page<T: Template>(
    audience: Audience,
    case: &Case,
    make: impl FnOnce(&Context<'_>, &consilium_casefile::CaseView<'_>) -> T,
) -> String {
    let knowledge: Knowledge = consilium_knowledge::load(None).knowledge;
    let wording = Wording::new(&knowledge, "en");
    let say = |message: &Message| wording.say(message);
    let session = Session { audience, ..Session::owner() };
    let waiting = |view: &consilium_casefile::CaseView<'_>| view.waiting(&knowledge, NOW.date());
    let context = Context { knowledge: &knowledge, say: &say, waiting: &waiting, now: NOW, session: &session };
    make(&context, &case.seen_by(audience)).render().unwrap()
}

#[test]
fn the_overview_names_one_next_step_and_what_comes_after() {
    let case = told(&changes());
    let text = read(&page(Audience::Owner, &case, |c, v| OverviewPage::new(c, v, &Typed::default(), false)));
    insta::assert_snapshot!(text);
}

#[test]
fn the_overview_of_a_case_that_just_began_says_what_is_not_stated() {
    let case = told(&changes()[..1]);
    let text = read(&page(Audience::Owner, &case, |c, v| OverviewPage::new(c, v, &Typed::default(), false)));
    insta::assert_snapshot!(text);
}

#[test]
fn a_helper_reads_where_things_stand() {
    let case = told(&changes());
    let overview = page(Audience::Helper, &case, |c, v| OverviewPage::new(c, v, &Typed::default(), false));
    let gather = page(Audience::Helper, &case, |c, v| {
        GatherPage::new(c, v, Around::default(), &Typed::default(), &Values::new())
    });
    insta::assert_snapshot!(format!("{}\n\n----\n\n{}", read(&overview), read(&gather)));
    for secret in ["1971", "Muster", "S-10421", "Exempel", "Oncologist Example"] {
        assert!(!overview.contains(secret) && !gather.contains(secret), "{secret}");
    }
}

#[test]
fn gather_shows_what_waits_and_everything_that_is_here() {
    let case = told(&changes());
    let make = |query: &Values| {
        read(&page(Audience::Owner, &case, |c, v| GatherPage::new(c, v, Around::default(), &Typed::default(), query)))
    };
    insta::assert_snapshot!(make(&Values::new()));
    let filtered = make(&Values::from([("kind".to_owned(), "operative-note".to_owned())]));
    assert!(filtered.contains("1 of 2 documents shown.") && !filtered.contains("<pathology>"), "{filtered}");
}

#[test]
fn a_record_stands_beside_its_source_and_its_reasons() {
    let case = told(&changes());
    let html = page(Audience::Owner, &case, |c, v| {
        let held = v.document(&"doc-1".into(), c.knowledge).unwrap();
        let content =
            Content { text: vec!["Invasive <b>carcinoma</b>".to_owned(), String::new()], ..Content::default() };
        RecordPage::new(c, v, held, content, &Typed::default())
    });
    assert!(html.contains("Invasive &#60;b&#62;carcinoma") && !html.contains("<b>"));
    insta::assert_snapshot!(read(&html));
}

#[test]
fn a_study_says_which_pictures_are_missing() {
    let case = told(&changes());
    let html = page(Audience::Owner, &case, |c, v| StudyPage::new(c, v, v.study("1.2").unwrap()));
    assert!(html.contains("1 picture missing: number 87"), "{html}");
    insta::assert_snapshot!(read(&html));
}

#[test]
fn the_other_pages_read_well() {
    let case = told(&changes());
    let pages = [
        read(&page(Audience::Owner, &case, |c, v| PreparePage::new(c, v, &Typed::default()))),
        read(&page(Audience::Owner, &case, |c, v| {
            SharePage::new(c, v, (&BeforeBlind::default(), None), &Typed::default(), false)
        })),
        read(&page(Audience::Owner, &case, TimelinePage::new)),
        read(&page(Audience::Owner, &case, |c, v| StagePage::new(c, v, Stage::Trials))),
        read(&page(Audience::Owner, &case, |c, _| WhenNotToWaitPage::new(c.knowledge, true))),
    ];
    insta::assert_snapshot!(pages.join("\n\n----\n\n"));
}

#[test]
fn the_page_of_packets_shows_what_mentions_a_plan_before_a_blind_one_is_made() {
    let case = told(&changes());
    let mention =
        |start, end, quote: &str| PlanMention { start, end, quote: quote.to_owned(), day: None, named: false };
    let report = Mentions {
        document: Some("doc-1".into()),
        title: "Pathology report".to_owned(),
        date: Some(date("2026-02-01")),
        quotes: vec![mention(40, 60, "for wide\nlocal excision"), mention(0, 0, "<b>mastectomy</b>")],
        unread: String::new(),
    };
    let typed = Mentions {
        document: None,
        title: "Medicines: letrozole".to_owned(),
        date: None,
        quotes: vec![mention(0, 9, "letrozole to start in May")],
        unread: String::new(),
    };
    let lacking = LackingFact {
        concept: "n".to_owned(),
        label: "Regional nodes (N)".to_owned(),
        value: "pN0".to_owned(),
        document: "doc-2".into(),
        title: "Oncology consultation".to_owned(),
        date: None,
        start: 5,
        end: 8,
    };
    let before = BeforeBlind {
        plan_mentions: vec![report, typed],
        told_without_source: vec![lacking.clone()],
        lacking: vec![lacking],
    };
    let html = page(Audience::Owner, &case, |c, v| SharePage::new(c, v, (&before, None), &Typed::default(), true));
    for there in [
        "/documents/doc-1?at=40-60#here\">“for wide local excision”</a>",
        "name=\"without-doc-1\"",
        "&#60;b&#62;mastectomy",
        "/documents/doc-2?at=5-8#here",
    ] {
        assert!(html.contains(there), "{there}: {html}");
    }
    assert!(!html.contains("without-\"") && !html.contains("<b>mastectomy"), "{html}");
    insta::assert_snapshot!(read(&html));
    // To nobody else, and nothing where nothing is to be looked at.
    let helper = page(Audience::Helper, &case, |c, v| {
        SharePage::new(c, v, (&BeforeBlind::default(), None), &Typed::default(), false)
    });
    assert!(!helper.contains("before a blind packet"));
}

#[test]
fn the_page_of_packets_names_a_record_of_a_blind_packet_that_turned_out_to_state_a_plan() {
    let letter = document("letter", "letter.pdf", "<b>Letter</b>", "oncology-consultation", "2026-08-01");
    let made = serde_json::json!({ "change": "packet_made", "packet": {
        "id": "packet-1", "audience": "blind_reader", "documents": ["doc-1", "letter"], "studies": [], "manifest_sha256": "",
    }});
    let made: consilium_casefile::share::ShareChange = serde_json::from_value(made).unwrap();
    let mut changes = changes();
    changes
        .extend([GatherChange::DocumentAdded { document: letter, identity: IdentityMatch::Same }.into(), made.into()]);
    let html = |audience| {
        page(audience, &told(&changes), |c, v| {
            SharePage::new(c, v, (&BeforeBlind::default(), None), &Typed::default(), false)
        })
    };
    let owner = read(&html(Audience::Owner));
    assert!(owner.contains("Document 2 of it") && owner.contains("make the packet again"), "{owner}");
    assert!(!owner.contains("Document 1 of it"), "{owner}");
    assert!(!html(Audience::Helper).contains("of it ("));
}

#[test]
fn the_page_of_exports_says_what_each_holds_and_leaves_out() {
    let case = told(&changes());
    let contents = ExportContents {
        findings: 40,
        confirmed: 3,
        recorded: 7,
        machine_read: 30,
        unnamed_documents: 2,
        unnamed_findings: 5,
        recognised: 4,
        unsettled: 1,
        ..ExportContents::default()
    };
    let full = ExportContents { documents: 12, bytes: 2_500_000, studies: 3, ..contents.clone() };
    let of = |full: ExportContents| {
        [(Standard::Mcode, contents.clone()), (Standard::Ips, contents.clone()), (Standard::Fhir, full)]
    };
    let small = of(full.clone());
    let lost =
        ExportContents { not_carried: vec!["Side: left (a); right (b)".to_owned()], cut_short: 1, ..contents.clone() };
    let lost = [(Standard::Mcode, lost)];
    let html = page(Audience::Owner, &case, |c, v| ExportPage::new(c, v, &lost, None));
    assert!(html.contains("Side: left (a); right (b). The records differ"));
    assert!(html.contains("1 record holds more findings than this program notes"));
    let html = page(Audience::Owner, &case, |c, v| ExportPage::new(c, v, &small, None));
    for form in ["mcode", "ips", "fhir"] {
        assert!(html.contains(&format!("/export/{form}\"")), "{form} can be saved without scripts");
    }
    insta::assert_snapshot!(read(&html));
    let refused = (Standard::Ips, "This export was not written.".to_owned());
    let html = page(Audience::Owner, &case, |c, v| ExportPage::new(c, v, &small, Some(&refused)));
    assert!(html.contains("This export was not written.") && !html.contains("/export/ips\""));
    let sealed = of(ExportContents { sealed: vec!["Dr. Ada Example".to_owned()], ..full.clone() });
    let html = page(Audience::Owner, &case, |c, v| ExportPage::new(c, v, &sealed, None));
    assert!(html.contains("kept from other doctors for now (Dr. Ada Example)"));
    let large = of(ExportContents { bytes: MOST_EXPORTED + 1, ..full });
    let html = page(Audience::Owner, &case, |c, v| ExportPage::new(c, v, &large, None));
    assert!(!html.contains("/export/fhir\"") && html.contains("/export/mcode\"") && html.contains("role=\"alert\""));
}

#[test]
fn a_search_shows_what_was_found_where_and_what_to_try_when_nothing_was() {
    let case = told(&changes());
    let marked = |text: &str, marks: &[(usize, usize)]| Marked { text: text.to_owned(), marks: marks.to_vec() };
    let place = |page, recognised| FoundPlace {
        page,
        start: 40,
        end: 49,
        recognised,
        words: marked("… Invasive <b>carcinoma</b>, grade 2 …", &[(14, 23)]),
    };
    let found = |record, title, kind: &str, places| Found {
        record,
        title,
        kind: Some(kind.to_owned()),
        date: Some(date("2026-08-13")),
        file: None,
        series: Vec::new(),
        places,
    };
    let report = found(
        FoundRecord::Document("doc-1".into()),
        marked("Surgical <pathology> report", &[]),
        "Pathology report",
        vec![place(1, false), place(3, true)],
    );
    let study = Found {
        date: None,
        file: Some(marked("disc.iso!/carcinoma", &[(10, 19)])),
        series: vec![marked("T2 carcinoma", &[(3, 12)])],
        ..found(FoundRecord::Study("1.2".to_owned()), marked("Breast MRI", &[]), "MR", Vec::new())
    };
    let make = |answer: &SearchAnswer, typed: &str| {
        let query = Values::from([("q".to_owned(), typed.to_owned())]);
        page(Audience::Owner, &case, |c, v| SearchPage::new(c, v, answer, &Typed::default(), &query))
    };
    let some =
        SearchAnswer { asked: true, found: 42, from: 20, results: vec![report, study], without_text: 3, unread: 1 };
    let none = SearchAnswer { asked: true, ..SearchAnswer::default() };
    let html = make(&some, "carcinoma");
    assert!(html.contains("/documents/doc-1?at=40-49#here") && html.contains("<mark>carcinoma</mark>"), "{html}");
    assert!(html.contains("&#60;b&#62;") && !html.contains("<b>"), "{html}");
    assert!(html.contains("/search?page=1&#38;q=carcinoma#found") && html.contains("/search?page=3"), "{html}");
    assert_eq!(html.matches("type=\"search\"").count(), 1, "the frame has no second field");
    let pages = [html, make(&none, "\"<script>\" x"), make(&SearchAnswer::default(), "")];
    assert!(!pages[1].contains("<script>\""), "{}", pages[1]);
    insta::assert_snapshot!(pages.map(|html| read(&html)).join("\n\n----\n\n"));
}

#[test]
fn a_title_that_holds_markup_is_shown_as_text() {
    let case = told(&changes());
    for html in [
        page(Audience::Owner, &case, |c, v| {
            GatherPage::new(c, v, Around::default(), &Typed::default(), &Values::new())
        }),
        page(Audience::Owner, &case, TimelinePage::new),
    ] {
        assert!(html.contains("&#60;pathology&#62;") && !html.contains("<pathology>"));
    }
}

/// A record that names nobody and says one thing, beside those of the case.
fn nameless(confirmed: bool) -> Case {
    let document = Document {
        patient: PatientIdentity::default(),
        ..document("doc-9", "loose.txt", "Pathology report", "pathology-report", "2026-08-20")
    };
    let reading = reading("doc-9", vec![fact(Concept::T, "T2", 0)]);
    let mut all = changes();
    all.push(GatherChange::DocumentAdded { document, identity: IdentityMatch::NamesNobody }.into());
    all.push(ReadingChange::Read { reading: Box::new(reading) }.into());
    if confirmed {
        all.push(GatherChange::IdentityConfirmed { documents: vec!["doc-9".into()], studies: Vec::new() }.into());
    }
    told(&all)
}

#[test]
fn what_a_record_says_that_names_no_one_is_marked_where_its_source_stands() {
    let facts = |case: &Case| {
        read(&page(Audience::Owner, case, |c, v| {
            let said = CaseReading::of(v, c.knowledge, c.say);
            FactsPage::new(c, v, &said.facts, Pictures::default(), &Values::new(), None, &Typed::default())
        }))
    };
    let record = |case: &Case| {
        page(Audience::Owner, case, |c, v| {
            let held = v.document(&"doc-9".into(), c.knowledge).unwrap();
            let said = v.facts(c.knowledge);
            let facts = said.iter().map(|fact| fact_words(v, fact, c.knowledge, c.say)).collect();
            RecordPage::new(c, v, held, Content { facts, ..Content::default() }, &Typed::default())
        })
    };
    let unsaid = nameless(false);
    assert!(facts(&unsaid).contains("this record names no one"), "{}", facts(&unsaid));
    assert!(record(&unsaid).contains("This record names no one."), "{}", record(&unsaid));
    let said = nameless(true);
    assert!(facts(&said).contains("T2") && !facts(&said).contains("names no one"), "{}", facts(&said));
    assert!(!record(&said).contains("names no one"));
}
