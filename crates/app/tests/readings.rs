//! How often a case is laid side by side, and that asking how many pages are pictures opens no file. Counted, not timed.

#![expect(clippy::unwrap_used, reason = "a test stops where its ground is missing")]

mod common;
#[path = "common/pdf.rs"]
mod pdf;

use common::Ground;
use consilium_app::AppError;
use consilium_app::casefile::reading::Judgement;
use consilium_app::casefile::{Audience, Session};
use consilium_app::reading::Standard;

const PATHOLOGY: &str = "SPRINGFIELD EXAMPLE HOSPITAL\nSURGICAL PATHOLOGY REPORT\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\n\
                         Collected: 08/13/2026\nFINAL DIAGNOSIS\nLeft breast, lumpectomy: Invasive ductal carcinoma, \
                         Nottingham grade 2. pT2 pN1a. Estrogen receptor positive.\n";

/// A PDF of two pages: one with words, one without any.
fn two_pages() -> Vec<u8> {
    let words = "BT /F 12 Tf 72 700 Td (Pathology report. Estrogen receptor: positive. Grade 2 of 3.) Tj ET";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Resources << /Font << /F 6 0 R >> >> >>"
            .to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{words}\nendstream", words.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    pdf::pdf(&objects)
}

async fn ground() -> Ground {
    let ground = Ground::new().await;
    ground.app.state_person(&ground.session, &ground.case, "Rosa Example", "1971-03-14").await.unwrap();
    ground.write("pathology.txt", PATHOLOGY);
    ground.write("scan.pdf", two_pages());
    ground.import().await;
    ground.app.read_records(&ground.session, &ground.case).await.unwrap();
    ground
}

impl Ground {
    /// What a person does who walks through the pages of a case: each asks what to do next, three ask for the facts.
    async fn walk(&self) {
        let (app, session) = (&self.app, &self.session);
        for _ in 0..3 {
            app.cases(session).await.unwrap();
            let case = app.case(session, &self.case).await.unwrap();
            assert_eq!(app.overview(session, &case).stages.len(), 8);
            app.facts(session, &self.case).await.unwrap();
            app.summary(session, &self.case).await.unwrap();
            assert_eq!(app.overview(session, &case).stages.len(), 8);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_are_laid_side_by_side_once_for_what_to_do_next_and_once_for_an_audience() {
    let ground = ground().await;
    let before = ground.app.readings_made();
    ground.walk().await;
    // Fifteen answers that each needed all facts.
    assert_eq!(ground.app.readings_made() - before, 2);
    let case = ground.app.case(&ground.session, &ground.case).await.unwrap();
    let _ = ground.app.reading(&case.seen_by(Audience::Specialist));
    let _ = ground.app.reading(&case.seen_by(Audience::Specialist));
    assert_eq!(ground.app.readings_made() - before, 3, "another audience sees other facts");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_entry_lays_the_facts_side_by_side_again() {
    let ground = ground().await;
    ground.walk().await;
    let facts = ground.app.facts(&ground.session, &ground.case).await.unwrap();
    let rows = || facts.tumours.iter().flat_map(|t| &t.facts);
    let er = rows().find(|f| f.concept == "er").unwrap();
    assert_eq!(er.by, None);
    let before = ground.app.readings_made();
    let (start, yes) = (Some(er.start), Judgement::Confirmed { value: None });
    let judged = ground.app.judge_fact(&ground.session, &ground.case, &er.key, start, yes);
    judged.await.unwrap();
    ground.walk().await;
    assert_eq!(ground.app.readings_made() - before, 2);
    let facts = ground.app.facts(&ground.session, &ground.case).await.unwrap();
    let row = facts.tumours.iter().flat_map(|t| &t.rows).find(|r| r.concept == "er").unwrap();
    let (value, said) =
        (&row.values[0], facts.tumours.iter().flat_map(|t| &t.facts).find(|f| f.key == er.key).unwrap());
    assert_eq!(said.by.as_deref(), Some("you"), "the statement that was looked at");
    assert_eq!(value.by, None, "another record says so too, and nobody looked at it");
    assert!(value.partly.as_deref().is_some_and(|words| words.starts_with("1 of ")), "{value:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn which_pages_are_pictures_is_known_without_opening_a_text() {
    let ground = ground().await;
    let case = ground.app.case(&ground.session, &ground.case).await.unwrap();
    let waiting = ground.app.waiting(&case.seen_by(Audience::Owner));
    assert_eq!(waiting.unread_pages, 1, "the second page of the PDF holds no words");
    // With every stored file gone the answer is the same: none of them is opened for it.
    let home = ground.folder.path().join("home");
    let stored = std::fs::read_dir(&home).unwrap().flatten().map(|e| e.path()).filter(|p| p.is_dir());
    let moved: Vec<_> = stored.map(|from| (from.clone(), from.with_extension("away"))).collect();
    assert!(!moved.is_empty());
    for (from, to) in &moved {
        std::fs::rename(from, to).unwrap();
    }
    let texts = case.seen_by(Audience::Owner).documents(ground.app.knowledge()).len();
    assert_eq!(texts, 2);
    assert_eq!(ground.app.recognition(&ground.session, &ground.case).await.unwrap().due, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_treatment_the_record_does_not_say_is_on_no_list_and_only_the_owner_says_so() {
    let ground = ground().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    let note = "ONCOLOGY PROGRESS NOTE\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\nDate of service: 09/02/2026\n\
                ONCOLOGIC HISTORY\nLeft mastectomy on 08/13/2026.\n";
    ground.write("note.txt", note);
    ground.import().await;
    let facts = app.facts(session, case).await.unwrap();
    let found = facts.treatments.iter().find(|t| t.treatment.what.contains("mastectomy"));
    let statement = found.unwrap().sources[0].treatment.clone().unwrap();
    let helper = Session { audience: Audience::Helper, ..session.clone() };
    let specialist = Session { audience: Audience::Specialist, ..session.clone() };
    for other in [&helper, &specialist] {
        assert!(matches!(app.reject_treatment(other, case, &statement).await, Err(AppError::NotAllowed)));
        assert!(matches!(app.take_back_rejection(other, case, &statement).await, Err(AppError::NotAllowed)));
    }
    app.reject_treatment(session, case, &statement).await.unwrap();
    let count = async || {
        let facts = app.facts(session, case).await.unwrap();
        let listed = facts.treatments.iter().filter(|t| t.treatment.what.contains("mastectomy")).count();
        let page_one = app.summary(session, case).await.unwrap();
        let on_page_one = page_one.given.iter().filter(|t| t.words.to_lowercase().contains("mastectomy")).count();
        let export = app.export(session, case, Standard::Fhir).await.unwrap();
        let exported = String::from_utf8(export.bytes).unwrap().matches("\"Procedure\"").count();
        (listed, on_page_one, exported, facts.rejected_treatments.len())
    };
    let without = count().await;
    assert_eq!((without.0, without.1, without.3), (0, 0, 1));
    app.take_back_rejection(session, case, &statement).await.unwrap();
    let with = count().await;
    assert_eq!((with.0, with.1, with.3), (1, 1, 0));
    assert_eq!(with.2, without.2 + 1, "an export leaves out what was rejected");
    assert!(matches!(app.take_back_rejection(session, case, &statement).await, Err(AppError::Refusal(_))));
}
