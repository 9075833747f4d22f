//! What people read on the pages about facts, of a case told in changes.

use askama::Template;
use consilium_app::reading::{CaseReading, Recognition};
use consilium_casefile::facts::{
    Basis, Concept, Context as Of, Fact, Medication, MedicationStatus, Polarity, Qualifiers, Section, Treatment,
    TreatmentKind, TreatmentStatus,
};
use consilium_casefile::gather::GatherChange;
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::reading::{
    AgreedMedicine, DocumentReading, FactKey, Judgement, ReadingChange, TreatmentStatement,
};
use consilium_casefile::records::IdentityMatch;
use consilium_casefile::{Audience, Case, CaseView, Change, Message, Session};
use consilium_knowledge::Wording;

use crate::facts::{FactsPage, Pictures};
use crate::forms::Values;
use crate::ground::read;
use crate::medicines::MedicinesPage;
use crate::page_tests::{NOW, document, told};
use crate::parts::{Context, Typed};
use crate::summary::SummaryPage;

pub(crate) fn fact(concept: Concept, value: &str, start: usize) -> Fact {
    Fact {
        concept,
        value: value.to_owned(),
        unit: None,
        basis: Basis::Stated,
        polarity: Polarity::Present,
        context: Of::Current,
        section: Section::Diagnosis,
        qualifiers: Qualifiers::default(),
        specimen: None,
        tumour: None,
        date: None,
        main: true,
        start,
        end: start + value.len(),
        quote: value.to_owned(),
    }
}

fn equivocal(start: usize) -> Fact {
    Fact { polarity: Polarity::Uncertain, ..fact(Concept::HER2_IHC, "equivocal", start) }
}

fn negative(start: usize) -> Fact {
    Fact { polarity: Polarity::Absent, ..fact(Concept::HER2_IHC, "negative", start) }
}

pub(crate) fn reading(id: &str, facts: Vec<Fact>) -> DocumentReading {
    DocumentReading {
        document: id.into(),
        text: "text".into(),
        reader: "1".to_owned(),
        knowledge: "k".to_owned(),
        recognised: Vec::new(),
        blank_pages: Some(Vec::new()),
        sparse_pages: Vec::new(),
        facts,
        medications: Vec::new(),
        treatments: Vec::new(),
        timing: Vec::new(),
        plans: Vec::new(),
        sent: Vec::new(),
        names: Vec::new(),
        sketch: consilium_app::casefile::Sketch::default(),
        own_export: false,
        cut_short: false,
    }
}

fn lisinopril(dose: &str) -> Medication {
    Medication {
        name: "Lisinopril".to_owned(),
        ingredient: Some("lisinopril".to_owned()),
        code: None,
        dose: Some(dose.to_owned()),
        route: None,
        frequency: None,
        status: MedicationStatus::Active,
        since: None,
        until: None,
        reason: None,
        start: 0,
        end: 9,
        quote: "lisinopril".to_owned(),
    }
}

fn mastectomy() -> Treatment {
    Treatment {
        kind: TreatmentKind::Operation,
        what: "mastectomy".to_owned(),
        code: None,
        drugs: Vec::new(),
        laterality: None,
        date: None,
        until: None,
        cycles: None,
        dose: None,
        intent: None,
        change: None,
        status: TreatmentStatus::Done,
        start: 40,
        end: 50,
        quote: "mastectomy".to_owned(),
    }
}

/// Rosa's biopsy, her operation, what a consultation tells of them, and a scan.
fn changes() -> Vec<Change> {
    let added = |id: &str, kind: &str, day: &str| {
        let document = document(id, &format!("{id}.pdf"), id, kind, day);
        Change::from(GatherChange::DocumentAdded { document, identity: IdentityMatch::Same })
    };
    let read = |reading: DocumentReading| Change::from(ReadingChange::Read { reading: Box::new(reading) });
    let breast = || fact(Concept::TOPOGRAPHY, "C50.9", 0);
    let cancer = || fact(Concept::MORPHOLOGY, "8500/3", 10);
    let scan = DocumentReading {
        recognised: vec![(0, 999)],
        medications: vec![lisinopril("40.0 mg")],
        treatments: vec![mastectomy()],
        ..reading("scan", vec![fact(Concept::HER2_ISH, "negative", 30)])
    };
    let consult = DocumentReading {
        medications: vec![lisinopril("20.0 mg")],
        ..reading(
            "consult",
            vec![breast(), cancer(), fact(Concept::N, "N0", 20), negative(30), fact(Concept::ECOG, "0", 50)],
        )
    };
    vec![
        added("biopsy", "pathology-report", "2026-08-27"),
        added("resection", "pathology-report", "2026-09-22"),
        added("consult", "oncology-consultation", "2026-10-03"),
        added("scan", "other", "2026-10-11"),
        read(reading(
            "biopsy",
            vec![
                breast(),
                cancer(),
                fact(Concept::GRADE, "G2", 20),
                equivocal(30),
                fact(Concept::PROCEDURE, "core_biopsy", 60),
            ],
        )),
        read(reading(
            "resection",
            vec![
                breast(),
                cancer(),
                fact(Concept::GRADE, "G3", 20),
                fact(Concept::N, "N1a", 30),
                Fact { main: false, ..fact(Concept::GRADE, "G3", 80) },
                fact(Concept::PROCEDURE, "lumpectomy", 60),
            ],
        )),
        read(consult),
        read(scan),
    ]
}

fn page<T: Template>(
    audience: Audience,
    case: &Case,
    make: impl FnOnce(&Context<'_>, &CaseView<'_>, CaseReading) -> T,
) -> String {
    let knowledge: Knowledge = consilium_knowledge::load(None).knowledge;
    let wording = Wording::new(&knowledge, "en");
    let say = |message: &Message| wording.say(message);
    let session = Session { audience, ..Session::owner() };
    let waiting = |view: &CaseView<'_>| view.waiting(&knowledge, NOW.date());
    let context = Context { knowledge: &knowledge, say: &say, waiting: &waiting, now: NOW, session: &session };
    let view = case.seen_by(audience);
    let reading = CaseReading::of(&view, &knowledge, &say);
    make(&context, &view, reading).render().unwrap()
}

fn facts(audience: Audience, case: &Case, query: &[(&str, &str)], pictures: Pictures) -> String {
    let query: Values = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    page(audience, case, |c, v, r| FactsPage::new(c, v, &r.facts, pictures, &query, None, &Typed::default()))
}

fn plain(audience: Audience, case: &Case, query: &[(&str, &str)]) -> String {
    facts(audience, case, query, Pictures::default())
}

/// The folded row of a concept, from its opening tag to the next row.
fn row<'a>(html: &'a str, concept: &str) -> &'a str {
    let rows = html.split("<li><details id=\"row-").skip(1);
    let found = rows.into_iter().find(|row| row.split('"').next().is_some_and(|id| id.ends_with(concept)));
    found.unwrap_or_else(|| panic!("no row of {concept}"))
}

/// What a person reads in a part of a page.
fn words(part: &str) -> String {
    read(&format!("<main>{part}</main>"))
}

fn is_open(row: &str) -> bool {
    row.split('>').next().is_some_and(|tag| tag.ends_with(" open"))
}

#[test]
fn facts_are_one_row_a_concept_with_values_sources_and_the_newest_date() {
    let html = plain(Audience::Owner, &told(&changes()), &[]);
    let grade = row(&html, "-grade");
    assert!(!is_open(grade));
    let closed = words(grade.split("</summary>").next().unwrap());
    for part in ["Grade", "G2", "G3", "2 sources", "22 September 2026", "as is to be expected"] {
        assert!(closed.contains(part), "{part} in {closed}");
    }
    assert!(grade.contains("1 more mention"), "{grade}");
    assert!(words(row(&html, "-n")).contains("records do not agree"));
    let place = |what: &str| html.find(what).unwrap_or_else(|| panic!("no {what}"));
    assert!(place("class=\"filter\"") < place("Records do not agree on"), "filters stand above the contradictions");
    assert!(place("id=\"tumour-1\"") < place("id=\"person\""));
    assert!(place("id=\"person\"") < place("<span class=\"what\">ECOG performance"));
}

#[test]
fn an_address_of_one_fact_opens_its_row_and_no_other() {
    let case = told(&changes());
    for name in ["open", "at"] {
        let html = plain(Audience::Owner, &case, &[(name, "biopsy-fact-20-22-grade")]);
        assert!(is_open(row(&html, "-grade")) && !is_open(row(&html, "-n")));
        assert!(html.contains("<li id=\"biopsy-fact-20-22-grade\">"));
    }
    let filtered = plain(Audience::Owner, &case, &[("concept", "grade")]);
    assert!(is_open(row(&filtered, "-grade")) && !filtered.contains("row-1-1-topography"));
    assert!(filtered.contains("name=\"in_concept\" value=\"grade\""), "a word about a fact keeps the filter");
}

#[test]
fn a_rejected_fact_is_shown_where_the_address_asks_for_it_and_nowhere_else() {
    let mut all = changes();
    let key = FactKey::of(&"consult".into(), &fact(Concept::N, "N0", 20));
    all.push(ReadingChange::FactJudged { key, judgement: Judgement::Rejected, of: None, replaces: None }.into());
    let case = told(&all);
    assert!(!plain(Audience::Owner, &case, &[]).contains("consult-fact-20-22-n"));
    let html = plain(Audience::Owner, &case, &[("open", "consult-fact-20-22-n")]);
    let row = row(&html, "-n");
    assert!(is_open(row) && row.contains("rejected") && row.contains("by you, 15 October 2026"), "{row}");
}

#[test]
fn a_specialist_is_not_told_who_else_acts_and_may_say_nothing() {
    let mut all = changes();
    let key = FactKey::of(&"biopsy".into(), &fact(Concept::GRADE, "G2", 20));
    all.push(
        ReadingChange::FactJudged { key, judgement: Judgement::Confirmed { value: None }, of: None, replaces: None }
            .into(),
    );
    let case = told(&all);
    assert!(words(row(&plain(Audience::Owner, &case, &[]), "-grade")).contains("confirmed by you"));
    let html = plain(Audience::Specialist, &case, &[]);
    assert!(words(row(&html, "-grade")).contains("confirmed by the owner of the case"));
    assert!(!html.contains("This is correct"));
}

#[test]
fn pages_that_nobody_has_read_say_what_to_do_about_them() {
    let case = told(&changes());
    let due = |can_read| Pictures { recognition: Recognition { due: 3, ..Recognition::default() }, can_read };
    let readable = facts(Audience::Owner, &case, &[], due(true));
    assert!(readable.contains("Read the pictures</button>") && readable.contains("3 pages are scans or photos"));
    let missing = facts(Audience::Owner, &case, &[], due(false));
    assert!(
        missing.contains("tesseract") && !missing.contains("Read the pictures</button>"),
        "no button that must fail"
    );
    assert!(missing.contains("One finding was read from a scan or photo."), "{missing}");
    assert!(!facts(Audience::Specialist, &case, &[], due(true)).contains("id=\"pictures\""));
}

#[test]
fn the_summary_says_which_record_says_which_and_why_they_may_differ() {
    let case = told(&changes());
    let text = read(&page(Audience::Owner, &case, |c, v, r| SummaryPage::new(c, v, r.summary)));
    for sentence in [
        "An open answer beside a firm one is no contradiction. On the biopsy (1): equivocal; told in a note (3): negative.",
        "To be expected: a biopsy sees a part, the operation the whole. On the biopsy (1): G2; on what the operation removed (2): G3.",
        "not stated from a scan, not confirmed",
    ] {
        assert!(text.contains(sentence), "{sentence} in {text}");
    }
    assert!(!text.contains("40 mg") && !text.contains("astectomy"), "what only a scan says is on no line: {text}");
}

#[test]
fn treatment_from_a_scan_is_on_the_time_line_marked() {
    let text = read(&plain(Audience::Owner, &told(&changes()), &[]));
    assert!(text.contains("mastectomy · from a scan, not confirmed"), "{text}");
}

#[test]
fn a_filter_shows_the_contradictions_it_asks_for_and_no_others() {
    let case = told(&changes());
    let html = |concept| plain(Audience::Owner, &case, &[("concept", concept)]);
    assert!(html("n").contains("Records do not agree on"));
    assert!(!html("grade").contains("Records do not agree on"));
}

#[test]
fn medicines_from_scans_stand_on_the_list_marked_and_the_printed_list_is_a_table() {
    let case = told(&changes());
    let html = page(Audience::Owner, &case, |c, v, r| MedicinesPage::new(c, v, &r.facts, &Typed::default()));
    let text = read(&html);
    assert!(text.contains("one source") && text.contains("(from a scan, not confirmed)"), "{text}");
    assert!(html.contains("<table class=\"paper\">") && text.contains("20 mg") && text.contains("40 mg"), "{text}");
}

#[test]
fn a_row_shows_so_many_facts_and_leads_to_the_others() {
    let mut all = changes();
    let many: Vec<Fact> = (0..60).map(|n| Fact { main: n == 0, ..fact(Concept::PSA, "4.1", 10 * (n + 1)) }).collect();
    let breast = [fact(Concept::TOPOGRAPHY, "C50.9", 0), fact(Concept::MORPHOLOGY, "8500/3", 4)];
    let longer = reading("consult", breast.into_iter().chain(many).collect());
    all.push(ReadingChange::Read { reading: Box::new(longer) }.into());
    let case = told(&all);
    let times = |html: &str| row(html, "-psa").matches("consult-fact-").count();
    let html = plain(Audience::Owner, &case, &[]);
    let few = row(&html, "-psa");
    assert!(words(few).contains("59 more mentions") && few.contains("facts?concept=psa#facts"), "{few}");
    let every = plain(Audience::Owner, &case, &[("concept", "psa")]);
    assert!(times(&every) > times(&html) && times(&every) >= 60, "{} of {}", times(&html), times(&every));
    assert!(!row(&every, "-psa").contains("Show all of"));
    let asked = plain(Audience::Owner, &case, &[("open", "consult-fact-600-603-psa")]);
    assert!(asked.contains("id=\"consult-fact-600-603-psa\""), "what the address asks for is shown all the same");
}

#[test]
fn a_medicine_that_was_agreed_on_keeps_its_line_beside_what_a_record_says_since() {
    let agreed =
        |said| AgreedMedicine { ingredient: "lisinopril".to_owned(), line: "10 mg".to_owned(), taken: true, said };
    let text = |said| {
        let mut changes = changes();
        changes.push(ReadingChange::MedicineAgreed { agreed: agreed(said) }.into());
        let html =
            page(Audience::Owner, &told(&changes), |c, v, r| MedicinesPage::new(c, v, &r.facts, &Typed::default()));
        (html.contains("<details open>"), read(&html))
    };
    let (open, asked) = text(Some(Vec::new()));
    assert!(open && asked.contains("a record says otherwise since"), "{asked}");
    assert!(
        asked.contains("by you: 10 mg. Since then Oncology consultation on lisinopril (3 October 2026) says 20 mg"),
        "{asked}"
    );
    assert!(asked.contains("1 needs your word"), "{asked}");
    let (open, old) = text(None);
    assert!(!open && !old.to_lowercase().contains("since"), "{old}");
}

#[test]
fn a_treatment_that_was_rejected_is_folded_away_with_who_said_so_and_no_longer_listed() {
    let mut changes = changes();
    let html = plain(Audience::Owner, &told(&changes), &[]);
    assert!(html.contains("The record does not say this") && html.contains("action=\"/cases/case-1/treatments\""));
    let TreatmentStatement { key, of } = TreatmentStatement::of(&"scan".into(), &mastectomy());
    changes.push(ReadingChange::TreatmentRejected { key, of }.into());
    let case = told(&changes);
    let text = read(&plain(Audience::Owner, &case, &[]));
    assert!(!text.contains("mastectomy · from a scan") && text.contains("No treatment is stated"), "{text}");
    assert!(text.contains("1 treatment rejected: the record does not say so"), "{text}");
    assert!(text.contains("rejected by you on 15 October 2026") && text.contains("Take my word back"), "{text}");
    let specialist = plain(Audience::Specialist, &case, &[]);
    assert!(specialist.contains("1 treatment rejected") && !specialist.contains("/treatments\""), "{specialist}");
}

#[test]
fn a_record_of_which_not_every_finding_is_noted_is_named_with_what_to_do() {
    let mut changes = changes();
    let cut = DocumentReading { cut_short: true, ..reading("consult", vec![fact(Concept::TOPOGRAPHY, "C50.9", 0)]) };
    assert!(!plain(Audience::Owner, &told(&changes), &[]).contains("more findings than this program notes"));
    changes.push(ReadingChange::Read { reading: Box::new(cut) }.into());
    let html = plain(Audience::Owner, &told(&changes), &[]);
    assert!(html.contains("more findings than this program notes of one document. The first 1 are here"), "{html}");
    assert!(html.contains("/documents/consult\">Open it</a>"));
}
