//! Search finds records by their words, for the view that asks, and nothing that is not in it.

#![expect(clippy::unwrap_used, reason = "a test stops where its ground is missing")]

mod common;

use common::Ground;
use consilium_app::AppError;
use consilium_app::casefile::records::{Confirmation, DocumentKind};
use consilium_app::casefile::{Audience, CaseId, DocumentId, Role, Session};
use consilium_app::search::{Found, FoundRecord, MOST_RESULTS, SearchAnswer};

const PATHOLOGY: &str = "SPRINGFIELD EXAMPLE HOSPITAL\nSURGICAL PATHOLOGY REPORT\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\n\
                         Collected: 08/13/2026\nFINAL DIAGNOSIS\nLeft breast, lumpectomy: Invasive ductal\n carcinoma, \
                         Nottingham grade 2. Größe 2,1 cm.\n";
const NOTE: &str = "SPRINGFIELD EXAMPLE HOSPITAL\nONCOLOGY CONSULTATION NOTE\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\n\
                    Date of service: 09/02/2026\nPLAN\nWe recommend docetaxel for the carcinoma.\n";
const STRANGER: &str =
    "SURGICAL PATHOLOGY REPORT\nPatient: EXEMPEL, ROLAND\nDOB: 05/02/1948\nFINAL DIAGNOSIS\nMelanoma.\n";

async fn ground() -> Ground {
    let ground = Ground::new().await;
    ground.app.state_person(&ground.session, &ground.case, "Rosa Example", "1971-03-14").await.unwrap();
    ground.write("folder one/pathology.txt", PATHOLOGY);
    ground.write("note.txt", NOTE);
    ground.write("stranger.txt", STRANGER);
    ground.import().await;
    ground
}

impl Ground {
    async fn search(&self, typed: &str) -> SearchAnswer {
        self.app.search(&self.session, &self.case, typed, 0, 50).await.unwrap()
    }

    async fn check(&self, typed: &str, titles: &[&str]) {
        let answer = self.search(typed).await;
        let found: Vec<&str> = answer.results.iter().map(|r| r.title.text.as_str()).collect();
        assert_eq!(found, titles, "{typed:?}");
        assert_eq!(answer.found, titles.len());
    }

    async fn as_seen_by(&self, audience: Audience) -> Session {
        let access = self.app.grant_access(&self.session, &self.case, "a friend", audience).await.unwrap();
        Session { actor: access.id, role: Role::Specialist, audience, only_case: Some(self.case.clone()) }
    }
}

fn document(found: &Found) -> DocumentId {
    match &found.record {
        FoundRecord::Document(id) => id.clone(),
        FoundRecord::Study(_) => unreachable!("these tests hold documents"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_word_is_found_in_text_title_or_file_name_newest_first() {
    let ground = ground().await;
    let (note, pathology) = ("ONCOLOGY CONSULTATION NOTE", "SURGICAL PATHOLOGY REPORT");
    ground.check("carcinoma", &[note, pathology]).await;
    ground.check("CARCIN grade", &[pathology]).await;
    ground.check("\"invasive ductal carcinoma\"", &[pathology]).await;
    ground.check("grosse", &[pathology]).await;
    ground.check("\"folder one\" nottingham", &[pathology]).await;
    for nothing in ["melanoma", "\"ductal invasive\"", "arcinoma", "docetaxel nottingham", "'; DROP TABLE cases; --"] {
        ground.check(nothing, &[]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_says_where_the_words_stand_and_shows_them() {
    let ground = ground().await;
    let answer = ground.search("\"ductal carcinoma\"").await;
    let found = &answer.results[0];
    assert_eq!(
        (found.date.map(|d| d.to_string()), found.kind.as_deref()),
        (Some("2026-08-13".into()), Some("Pathology report"))
    );
    let place = &found.places[0];
    let text = ground.app.text(&ground.session, &ground.case, &document(found)).await.unwrap().join("\u{c}");
    let there: String = text.chars().skip(place.start).take(place.end - place.start).collect();
    assert_eq!(there.split_whitespace().collect::<Vec<_>>(), ["ductal", "carcinoma"]);
    assert_eq!((place.page, place.recognised), (1, false));
    assert!(place.words.text.contains("Invasive ductal carcinoma, Nottingham"), "{}", place.words.text);
    assert_eq!(place.words.marks.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_removed_set_aside_or_deleted_is_not_found() {
    let ground = ground().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    ground.check("melanoma", &[]).await;
    let id = document(&ground.search("docetaxel").await.results[0]);
    app.set_removed(session, case, vec![id.clone()], Vec::new(), true).await.unwrap();
    ground.check("docetaxel", &[]).await;
    app.set_removed(session, case, vec![id.clone()], Vec::new(), false).await.unwrap();
    ground.check("docetaxel", &["ONCOLOGY CONSULTATION NOTE"]).await;
    app.purge(session, case, id.as_str()).await.unwrap();
    ground.check("docetaxel", &[]).await;
    ground.check("carcinoma", &["SURGICAL PATHOLOGY REPORT"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_audience_finds_what_it_may_see() {
    let ground = ground().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    let note = document(&ground.search("docetaxel").await.results[0]);
    let said = Confirmation { kind: Some(DocumentKind::from("oncology-consultation")), ..Confirmation::default() };
    app.confirm_document(session, case, &note, said).await.unwrap();
    let found = async |audience, typed| {
        let session = ground.as_seen_by(audience).await;
        app.search(&session, case, typed, 0, 50).await.unwrap().found
    };
    assert_eq!(found(Audience::Specialist, "carcinoma").await, 2);
    assert_eq!(found(Audience::Specialist, "\"folder one\"").await, 0, "file names are the owner's words");
    assert_eq!(found(Audience::BlindReader, "carcinoma").await, 1);
    for plan in ["docetaxel", "oncology", "recommend"] {
        assert_eq!(found(Audience::BlindReader, plan).await, 0, "{plan}");
    }
    assert_eq!(found(Audience::Helper, "carcinoma").await, 0);
    let blind = ground.as_seen_by(Audience::BlindReader).await;
    let answer = app.search(&blind, case, "nottingham", 0, 50).await.unwrap();
    assert_eq!((answer.results[0].title.text.as_str(), answer.without_text), ("Pathology report", 0));
    let another: CaseId = app.case_named_or_new(session, "another").await.unwrap();
    assert!(matches!(app.search(&blind, &another, "x", 0, 50).await, Err(AppError::NotFound)));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_typed_looks_for_nothing_and_too_much_is_refused() {
    let ground = ground().await;
    for nothing in ["", " ", "\"\"", "\u{202e}\u{200b}", "---"] {
        let answer = ground.search(nothing).await;
        assert_eq!((answer.asked, answer.found), (false, 0), "{nothing:?}");
    }
    for too_much in ["x".repeat(10_000), (0..40).map(|n| format!("w{n} ")).collect()] {
        let refused = ground.app.search(&ground.session, &ground.case, &too_much, 0, 50).await;
        assert!(matches!(refused, Err(AppError::Refusal(_))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_results_come_in_pages_and_a_large_text_is_looked_through() {
    let ground = Ground::new().await;
    for number in 0..230 {
        let date = format!("{:02}/{:02}/2024", number % 12 + 1, number % 28 + 1);
        let (letter, digit) = (if number % 2 == 0 { "left" } else { "right" }, number);
        ground.write(
            &format!("report-{number:03}.txt"),
            format!("RADIOLOGY REPORT\nDate: {date}\nThe {letter} kidney no {digit}.\n"),
        );
    }
    ground.write(
        "large.txt",
        format!("{}\nneedleword at the end\n", "Nothing of note was seen in the abdomen. ".repeat(50_000)),
    );
    ground.import().await;
    let ask = async |typed: &str, from, most| {
        ground.app.search(&ground.session, &ground.case, typed, from, most).await.unwrap()
    };
    let all = ask("kidney", 0, usize::MAX).await;
    assert_eq!((all.found, all.results.len()), (230, MOST_RESULTS));
    let rest = ask("kidney", MOST_RESULTS, usize::MAX).await;
    assert_eq!((rest.found, rest.from, rest.results.len()), (230, MOST_RESULTS, 30));
    let mut met: Vec<_> = all.results.iter().chain(&rest.results).map(document).collect();
    met.sort();
    met.dedup();
    assert_eq!(met.len(), 230, "no result stands on two pages");
    assert_eq!(ask("\"left kidney\"", 0, 5).await.found, 115);
    let beyond = ask("kidney", usize::MAX, 20).await;
    assert_eq!((beyond.found, beyond.results.len()), (230, 0));
    let large = ask("needleword", 0, 5).await;
    assert_eq!(large.results[0].places[0].start, 50_000 * 41 + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_writes_nothing_to_the_disk() {
    fn files(folder: &std::path::Path, into: &mut Vec<(std::path::PathBuf, Vec<u8>)>) {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            match entry.file_type().unwrap().is_dir() {
                true => files(&entry.path(), into),
                false => into.push((entry.path(), std::fs::read(entry.path()).unwrap())),
            }
        }
        into.sort();
    }
    let ground = ground().await;
    let (mut before, mut after) = (Vec::new(), Vec::new());
    files(&ground.folder.path().join("home"), &mut before);
    ground.check("docetaxel", &["ONCOLOGY CONSULTATION NOTE"]).await;
    files(&ground.folder.path().join("home"), &mut after);
    // SQLite's shared memory holds marks of readers, and no content of the database.
    let kept =
        |of: &mut Vec<(std::path::PathBuf, Vec<u8>)>| of.retain(|(path, _)| !path.to_string_lossy().ends_with("-shm"));
    kept(&mut before);
    kept(&mut after);
    assert!(before == after);
}
