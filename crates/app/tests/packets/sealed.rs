//! What a sealed opinion takes along: the record that says it, copies of that, and typed questions about it.

use consilium_app::casefile::gather::HeldDocument;
use consilium_app::casefile::{Audience, OpinionId};
use consilium_app::share::PacketRequest;

use crate::common::Ground;
use crate::{RIVERBEND, ground, handed, hold};

/// A consultation long enough to be known by its words.
const LONG_LETTER: &str = "SPRINGFIELD EXAMPLE HOSPITAL\nCONSULTATION NOTE\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\n\
    Date of visit: 09/20/2026\nThank you for sending Ms. Example, whom I saw today together with her husband. The biopsy of the left \
    breast shows an invasive carcinoma, and the node in the axilla is enlarged in the ultrasound.\nPlan: we recommend \
    mastectomy, because the finding reaches behind the nipple and the breast is small. I would not wait for the result of the \
    genomic test.\nElectronically signed by: Ada Example, MD\n";

/// A sealed opinion that a record says.
async fn sealed_with(ground: &Ground, path: &str) -> OpinionId {
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    let held = app.case(session, case).await.unwrap();
    let view = held.seen_by(Audience::Owner);
    let says = |d: &&&HeldDocument| d.document.path.ends_with(path);
    let letter = view.documents(app.knowledge()).iter().find(says).unwrap().document.id.clone();
    let opinion = serde_json::json!({
        "clinician": { "name": "Dr. Ada Example" }, "document": letter, "diagnosis": "cancer of the left breast",
    });
    let opinion = app.record_opinion(session, case, None, &serde_json::from_value(opinion).unwrap()).await.unwrap();
    app.seal_opinion(session, case, &opinion, true).await.unwrap();
    opinion
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_of_a_sealed_letter_is_kept_back_by_its_words_and_the_report_that_it_repeats_is_not() {
    let ground = ground().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    ground.write("letter.txt", LONG_LETTER);
    // As a poor fax of it reads: no header, no signature, some words misread.
    let words = LONG_LETTER.split_once("Thank").unwrap().1.split_once("Electronically").unwrap().0;
    let patient = "Patient: EXAMPLE, ROSA\nDOB: 03/14/1971\n";
    ground.write("fax.txt", format!("{patient}FAX 555-0100 P. 01/01\nThank{}", words.replace("axilla", "axi11a")));
    let report =
        LONG_LETTER.replace("CONSULTATION NOTE", "SURGICAL PATHOLOGY REPORT").replace("Date of visit", "Collected");
    ground.write("report.txt", report.replace("Ada Example", "Pat Example"));
    ground.import().await;
    app.read_records(session, case).await.unwrap();
    let whole = hold(&ground, PacketRequest::default()).await.unwrap().packet;
    let opinion = sealed_with(&ground, "letter.txt").await;
    let held = app.case(session, case).await.unwrap();
    let view = held.seen_by(Audience::Owner);
    let kept = app.comparison(&view).opinions.remove(0).kept_back;
    let documents = view.documents(app.knowledge());
    let kept = documents.iter().filter(|held| kept.iter().any(|kept| kept.document == held.document.id));
    let mut paths: Vec<&str> = kept.map(|held| held.document.path.rsplit('/').next().unwrap()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["fax.txt", "letter.txt"]);
    let made = hold(&ground, PacketRequest::default()).await.unwrap().packet;
    assert_eq!(made.documents.len(), whole.documents.len() - 2);
    app.seal_opinion(session, case, &opinion, false).await.unwrap();
    let opened = app.case(session, case).await.unwrap();
    assert!(app.comparison(&opened.seen_by(Audience::Owner)).opinions[0].kept_back.is_empty());
}

const SEALED_LETTER: &str = "SPRINGFIELD EXAMPLE HOSPITAL\nCONSULTATION NOTE\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\n\
                      Date of visit: 09/20/2026\nPlan: we recommend mastectomy.\nElectronically signed by: Ada Example, MD\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_opinion_takes_its_copies_and_typed_questions_along_and_tells_to_whom_it_went_before() {
    let ground = ground().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    ground.write("letter.txt", SEALED_LETTER);
    // The same words as another file of another name.
    ground.write("copy.md", format!("{SEALED_LETTER}\n"));
    ground.import().await;
    app.ask_about(session, case, "Is mastectomy the only way?", "").await.unwrap();
    let before = hold(&ground, PacketRequest::default()).await.unwrap().packet;
    let delivery = handed(&before.id, RIVERBEND, app.now().date());
    app.deliver(session, case, delivery).await.unwrap();
    let opinion = sealed_with(&ground, "letter.txt").await;

    let held = app.case(session, case).await.unwrap();
    let view = held.seen_by(Audience::Owner);
    let went = &app.comparison(&view).opinions[0].went;
    assert!(went.len() == 1 && went[0].contains("Riverbend Example Cancer Center"), "{went:?}");
    let made = hold(&ground, PacketRequest::default()).await.unwrap();
    assert_eq!(made.packet.documents.len(), before.documents.len() - 2, "neither the letter nor its copy");
    assert!(made.problems.iter().any(|said| said.starts_with("1 question of yours")), "{:?}", made.problems);
    for file in ["INDEX.HTM", "PACKET.JSON"] {
        let bytes = app.file_of_packet(session, case, &made.packet.id, file).await.unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains("mastectomy") && !text.contains("sealed"), "{file} tells it: {text}");
    }
    app.seal_opinion(session, case, &opinion, false).await.unwrap();
    let opened = hold(&ground, PacketRequest::default()).await.unwrap();
    assert_eq!(opened.packet.documents.len(), before.documents.len());
    assert!(opened.problems.is_empty(), "{:?}", opened.problems);
}
