//! The main job, use-case by use-case: a folder becomes a case, the case a packet.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops where its ground is missing")]

mod common;

use std::path::Path;

use common::Ground;
use consilium_app::casefile::gather::Outcome;
use consilium_app::casefile::{Audience, Session};
use consilium_app::gather::{ImportReport, ImportRequest};
use consilium_app::share::PacketRequest;
use consilium_app::{App, AppError, Opening, Protection, Reader, Storage};

const PATHOLOGY: &str = "SPRINGFIELD EXAMPLE HOSPITAL\nSURGICAL PATHOLOGY REPORT\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\n\
                         Collected: 08/13/2026\nFINAL DIAGNOSIS\nInvented for this test.\n";
const STRANGER: &str =
    "SURGICAL PATHOLOGY REPORT\nPatient: EXEMPEL, ROLAND\nDOB: 05/02/1948\nFINAL DIAGNOSIS\nInvented.\n";

async fn ground() -> Ground {
    Ground::new().await
}

impl Ground {
    fn outcome(report: &ImportReport, ending: &str) -> Outcome {
        let file = report.files.iter().find(|f| f.path.ends_with(ending));
        file.unwrap_or_else(|| panic!("{ending} is not accounted for")).outcome
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_becomes_a_case_and_a_second_import_keeps_nothing_twice() {
    let ground = ground().await;
    ground.write("a/pathology.txt", PATHOLOGY);
    ground.write("b/the same.txt", PATHOLOGY);
    ground.write("c/other.txt", STRANGER);
    ground.write("empty.txt", "");
    let report = ground.import().await;
    assert_eq!(Ground::outcome(&report, "a/pathology.txt"), Outcome::Kept);
    assert_eq!(Ground::outcome(&report, "b/the same.txt"), Outcome::Duplicate);
    assert_eq!(Ground::outcome(&report, "empty.txt"), Outcome::Refused);

    let case = ground.app.case(&ground.session, &ground.case).await.unwrap();
    assert!(case.about.person.is_none() && case.about.proposed.is_some(), "a person accepts, not the program");
    let again = ground.import().await;
    assert_eq!(again.import.totals.kept, 0);
    assert_eq!(
        ground.app.case(&ground.session, &ground.case).await.unwrap().seen_by(Audience::Owner).imports().len(),
        2
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_file_is_in_no_view_until_a_person_decides() {
    let ground = ground().await;
    ground.app.state_person(&ground.session, &ground.case, "Rosa Example", "1971-03-14").await.unwrap();
    ground.write("mine.txt", PATHOLOGY);
    ground.write("not mine.txt", STRANGER);
    let report = ground.import().await;
    assert_eq!(Ground::outcome(&report, "/mine.txt"), Outcome::Kept);
    assert_eq!(Ground::outcome(&report, "not mine.txt"), Outcome::SetAside);
    let case = ground.app.case(&ground.session, &ground.case).await.unwrap();
    let view = case.seen_by(Audience::Owner);
    assert_eq!(view.documents(ground.app.knowledge()).len(), 1);
    let group = view.set_aside().first().unwrap().id.clone();
    ground.app.decide_set_aside(&ground.session, &ground.case, &group, true).await.unwrap();
    let case = ground.app.case(&ground.session, &ground.case).await.unwrap();
    assert_eq!(case.seen_by(Audience::Owner).documents(ground.app.knowledge()).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_whose_later_pages_are_another_patients_yields_no_facts_before_a_person_spoke() {
    let ground = ground().await;
    ground.app.state_person(&ground.session, &ground.case, "Rosa Example", "1971-03-14").await.unwrap();
    let far = "Invented words of a finding.\n".repeat(300);
    let first = format!("{PATHOLOGY}Invasive ductal carcinoma of the breast, pT2 pN0.\n");
    let other =
        |header: &str| format!("{first}{far}\u{c}{header}\nFINAL DIAGNOSIS\nAdenocarcinoma of the lung, pT4 pN2.\n");
    ground.write("stranger.txt", other("Patient: EXEMPEL, ROLAND, DOB 05/02/1948"));
    ground.write("twin.txt", other("Patient: EXAMPLE, INES   DOB: 03/14/1971"));
    ground.write("again.txt", other("Patient: Example Rosa   DOB: 14 March 1971"));
    let report = ground.import().await;
    assert_eq!(Ground::outcome(&report, "stranger.txt"), Outcome::SetAside, "a stranger's pages do not even come in");
    assert_eq!(Ground::outcome(&report, "twin.txt"), Outcome::Kept);
    let facts_of = async |name: &str| {
        let case = ground.app.case(&ground.session, &ground.case).await.unwrap();
        let view = case.seen_by(Audience::Owner);
        let facts = view.facts(ground.app.knowledge());
        facts.iter().filter(|fact| fact.held.document.path.ends_with(name)).count()
    };
    assert!(facts_of("again.txt").await > 0, "her own name in another order is no second person");
    assert_eq!((facts_of("stranger.txt").await, facts_of("twin.txt").await), (0, 0));
    ground.app.confirm_all_unsure(&ground.session, &ground.case).await.unwrap();
    assert!(facts_of("twin.txt").await > 0, "a person said so");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_with_a_zero_byte_is_read_around_it_and_says_so() {
    let ground = ground().await;
    let text = PATHOLOGY.replace("Invented", "Invasive ductal carc\0inoma, pT2 pN0. Invented");
    ground.write("torn.txt", format!("{text}{}", "\0".repeat(100)));
    ground.write("no text.bin", [b"pT2".as_slice(), &[0; 40], b"pN0"].concat());
    let report = ground.import().await;
    let torn = report.files.iter().find(|f| f.path.ends_with("torn.txt")).unwrap();
    assert_eq!(torn.complaints.len(), 1, "{:?}", torn.complaints);
    assert!(torn.complaints[0].contains("at 1 place;"), "{:?}", torn.complaints);
    let case = ground.app.case(&ground.session, &ground.case).await.unwrap();
    let facts = case.seen_by(Audience::Owner).facts(ground.app.knowledge()).len();
    assert!(facts >= 3, "{facts}");
}

/// Files below a folder that hold these bytes.
fn holding(folder: &Path, bytes: &[u8]) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            found.extend(holding(&entry.path(), bytes));
        } else if std::fs::read(entry.path()).unwrap().windows(bytes.len()).any(|window| window == bytes) {
            found.push(entry.path());
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_a_strangers_files_for_good_also_deletes_whom_the_ledger_named() {
    let ground = ground().await;
    ground.app.state_person(&ground.session, &ground.case, "Rosa Example", "1971-03-14").await.unwrap();
    ground.write("mine.txt", PATHOLOGY);
    ground.write("post/other.txt", STRANGER.replace("DOB", "MRN: 7707001\nDOB"));
    ground.import().await;
    let home = ground.app.home().to_owned();
    let named = |words: &str| holding(&home, words.as_bytes());
    for words in ["ROLAND", "1948-05-02", "7707001"] {
        assert!(!named(words).is_empty(), "{words}: the ground of this test");
    }
    let group = || async {
        let case = ground.app.case(&ground.session, &ground.case).await.unwrap();
        case.seen_by(Audience::Owner).set_aside().first().map(|group| group.id.clone())
    };
    let first = group().await.unwrap();
    ground.app.decide_set_aside(&ground.session, &ground.case, &first, false).await.unwrap();
    ground.app.purge(&ground.session, &ground.case, first.as_str()).await.unwrap();
    ground.app.compact(&ground.session).await.unwrap();
    for words in ["ROLAND", "EXEMPEL", "1948-05-02", "7707001"] {
        assert_eq!(named(words), Vec::<std::path::PathBuf>::new(), "{words}");
    }
    assert_eq!(group().await, None);
    assert!(ground.app.verify().await.unwrap().problems.is_empty(), "the chain still holds");
    let case = ground.app.case(&ground.session, &ground.case).await.unwrap();
    assert_eq!(case.seen_by(Audience::Owner).documents(ground.app.knowledge()).len(), 1, "her own file is still there");
    let twice = ground.app.purge(&ground.session, &ground.case, first.as_str()).await;
    assert!(matches!(twice, Err(AppError::Refusal(_))), "there is nothing left to delete");
    assert_eq!(Ground::outcome(&ground.import().await, "other.txt"), Outcome::SetAside, "it may be met again");
}

/// A report that names the same date and title as no other, with words that stand nowhere else.
const PURGED: &str = "SPRINGFIELD EXAMPLE HOSPITAL\nSURGICAL PATHOLOGY REPORT\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\n\
                      Collected: 08/19/2026\nFINAL DIAGNOSIS\nLeft breast, lumpectomy: Invasive lobular carcinoma, \
                      Nottingham grade 3. pT2 pN2a. Oddly zebrafinch.\n";

const ANOTHER: &str = "SPRINGFIELD EXAMPLE HOSPITAL\nSURGICAL PATHOLOGY REPORT\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\n\
                       Collected: 08/13/2026\nFINAL DIAGNOSIS\nLeft breast, lumpectomy: Invasive ductal carcinoma, \
                       Nottingham grade 2. pT2 pN1a.\n";

#[tokio::test(flavor = "multi_thread")]
async fn of_a_file_that_was_purged_no_words_are_left_in_the_home_but_those_of_the_persons_own_questions() {
    let ground = ground().await;
    let (app, session, id) = (&ground.app, &ground.session, &ground.case);
    app.state_person(session, id, "Rosa Example", "1971-03-14").await.unwrap();
    ground.write("mine.txt", ANOTHER);
    ground.write("purge/heronry.txt", PURGED);
    ground.write("purge/again/heronry copy.txt", PURGED);
    let report = ground.import().await;
    // A file that was named by itself stands in the record of its import too.
    let alone = vec![ground.folder.path().join("box/purge/heronry.txt")];
    app.import(session, id, ImportRequest { sources: alone, ..ImportRequest::default() }, |_| {}).await.unwrap();
    let facts = app.facts(session, id).await.unwrap();
    let difference = facts.tumours.iter().flat_map(|tumour| &tumour.differences).find(|d| d.concept == "n");
    let asked = difference.unwrap().question.clone();
    app.ask(session, id, &asked).await.unwrap();
    app.ask(session, id, "Is a wig paid for?").await.unwrap();
    let home = app.home().to_owned();
    let named = |words: &str| holding(&home, words.as_bytes());
    for words in ["zebrafinch", "heronry", "lobular", "N2a", "2026-08-19"] {
        assert!(!named(words).is_empty(), "{words}: the ground of this test");
    }
    let case = app.case(session, id).await.unwrap();
    let documents = case.seen_by(Audience::Owner).documents(app.knowledge());
    let purged = documents.iter().find(|d| d.document.path.contains("heronry")).unwrap();
    let purged = app.purge(session, id, purged.document.id.as_str()).await.unwrap();
    let quoting: Vec<&str> = purged.quoted_in.iter().map(|question| question.text.as_str()).collect();
    assert_eq!(quoting, [asked.as_str()], "the question about a wig quotes nothing");
    app.compact(session).await.unwrap();
    for words in ["zebrafinch", "heronry", "lobular", "2026-08-19"] {
        assert_eq!(named(words), Vec::<std::path::PathBuf>::new(), "{words}");
    }
    assert!(!named("N2a").is_empty(), "the question is the person's until she says otherwise");
    assert_eq!(case_questions(&ground).await.len(), 2);
    app.purge(session, id, purged.quoted_in[0].id.as_str()).await.unwrap();
    app.compact(session).await.unwrap();
    assert_eq!(named("N2a"), Vec::<std::path::PathBuf>::new());
    assert_eq!(case_questions(&ground).await, ["Is a wig paid for?"]);
    assert!(app.verify().await.unwrap().problems.is_empty(), "the chain still holds");

    let kept = app.import_report(session, id, &report.import.id).await.unwrap();
    let tombstones = kept.files.iter().filter(|f| f.path == "a file that was purged");
    assert_eq!(tombstones.filter(|f| f.object.is_none() && f.reason.is_none()).count(), 2);
    assert_eq!(
        (kept.files.len(), kept.import.totals),
        (report.files.len(), report.import.totals),
        "every file is counted"
    );
    assert!(kept.files.iter().any(|f| f.path.ends_with("mine.txt")), "what was not purged is named");
    let case = app.case(session, id).await.unwrap();
    let view = case.seen_by(Audience::Owner);
    let sources: Vec<&str> = view.imports().iter().flat_map(|i| i.sources.iter().map(String::as_str)).collect();
    assert_eq!(sources, ["a file that was purged", "box"], "newest first");
    assert_eq!(view.documents(app.knowledge()).len(), 1);
    assert_eq!(Ground::outcome(&ground.import().await, "heronry copy.txt"), Outcome::Kept, "it may be brought again");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_of_a_file_that_was_purged_and_brought_again_outlives_compaction() {
    let ground = ground().await;
    let (app, session, id) = (&ground.app, &ground.session, &ground.case);
    ground.write("heronry.txt", PATHOLOGY);
    let first = ground.import().await;
    let case = app.case(session, id).await.unwrap();
    let document = case.seen_by(Audience::Owner).documents(app.knowledge())[0].document.id.clone();
    app.purge(session, id, document.as_str()).await.unwrap();
    let again = ground.import().await;
    assert_eq!(first.files, again.files, "the very same report");
    app.compact(session).await.unwrap();
    assert_eq!(app.import_report(session, id, &again.import.id).await.unwrap().files, again.files);
    assert_eq!(app.import_report(session, id, &first.import.id).await.unwrap().files[0].path, "a file that was purged");
    assert!(app.verify().await.unwrap().problems.is_empty());
}

async fn case_questions(ground: &Ground) -> Vec<String> {
    let case = ground.app.case(&ground.session, &ground.case).await.unwrap();
    case.seen_by(Audience::Owner).questions().iter().map(|question| question.text.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_was_taken_back_is_told_as_well_and_what_is_no_question_is_refused() {
    let ground = ground().await;
    ground.write("heronry.txt", PATHOLOGY);
    ground.import().await;
    let (app, session, id) = (&ground.app, &ground.session, &ground.case);
    app.ask(session, id, "Who wrote heronry.txt?").await.unwrap();
    let case = app.case(session, id).await.unwrap();
    let view = case.seen_by(Audience::Owner);
    let (question, document) = (&view.questions()[0].id, &view.documents(app.knowledge())[0].document.id);
    app.remove_question(session, id, question).await.unwrap();
    let purged = app.purge(session, id, document.as_str()).await.unwrap();
    assert_eq!(purged.quoted_in.len(), 1);
    app.purge(session, id, question.as_str()).await.unwrap();
    for gone in [question.as_str(), document.as_str(), "", "gather"] {
        assert!(matches!(app.purge(session, id, gone).await, Err(AppError::Refusal(_))), "{gone:?}");
    }
    app.compact(session).await.unwrap();
    assert_eq!(holding(app.home(), b"heronry"), Vec::<std::path::PathBuf>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_at_once_into_one_case_all_complete_and_keep_each_file_once() {
    let ground = ground().await;
    for n in 0..20 {
        ground.write(&format!("{n}.txt"), format!("{PATHOLOGY}\nPage {n}"));
    }
    let (a, b, c) = tokio::join!(ground.import(), ground.import(), ground.import());
    assert_eq!(a.import.totals.kept + b.import.totals.kept + c.import.totals.kept, 20);
    let case = ground.app.case(&ground.session, &ground.case).await.unwrap();
    assert_eq!(case.seen_by(Audience::Owner).documents(ground.app.knowledge()).len(), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_packet_holds_originals_pages_index_and_a_checksum_of_each() {
    let ground = ground().await;
    ground.write("pathology.txt", PATHOLOGY);
    ground.import().await;
    let to = ground.folder.path().join("packet");
    let made = ground.app.make_packet(&ground.session, &ground.case, PacketRequest::default(), &to).await.unwrap();
    assert_eq!(made.packet.documents.len(), 1);
    for name in ["INDEX.HTM", "PACKET.PDF", "README.TXT", "SHA256.TXT", "DOCS/D00001.TXT"] {
        assert!(to.join(name).is_file(), "{name}");
    }
    assert_eq!(std::fs::read(to.join("DOCS/D00001.TXT")).unwrap(), PATHOLOGY.as_bytes());
    #[cfg(unix)]
    for (name, mode) in [("", 0o700), ("DOCS", 0o700), ("DOCS/D00001.TXT", 0o600), ("PACKET.PDF", 0o600)] {
        use std::os::unix::fs::PermissionsExt;
        let found = std::fs::metadata(to.join(name)).unwrap().permissions().mode();
        assert_eq!(found & 0o777, mode, "{name:?} is for its owner only");
    }
    let checksums = std::fs::read_to_string(to.join("SHA256.TXT")).unwrap();
    assert!(checksums.lines().any(|l| l.ends_with("  DOCS/D00001.TXT")));
    let again = ground.app.make_packet(&ground.session, &ground.case, PacketRequest::default(), &to).await;
    assert!(matches!(again, Err(AppError::Refusal(_))), "an existing folder is never overwritten");

    let held = ground.app.hold_packet(&ground.session, &ground.case, PacketRequest::default()).await.unwrap();
    let (_, length) = ground.app.held_packet(&ground.session, &ground.case, &held.packet.id).await.unwrap();
    let bytes = ground.app.packet_range(&ground.session, &ground.case, &held.packet.id, 0, length).await.unwrap();
    assert_eq!(bytes.get(..2), Some(b"PK".as_slice()));
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_a_record_for_good_also_deletes_the_packets_kept_here_that_hold_it() {
    let ground = ground().await;
    ground.write("pathology.txt", PATHOLOGY);
    ground.import().await;
    let hold = || ground.app.hold_packet(&ground.session, &ground.case, PacketRequest::default());
    let old = hold().await.unwrap().packet;
    let document = old.documents[0].clone();
    ground.write("other.txt", format!("{PATHOLOGY}\nAnother page"));
    ground.import().await;
    ground.app.purge(&ground.session, &ground.case, document.as_str()).await.unwrap();
    let new = hold().await.unwrap().packet;
    ground.app.compact(&ground.session).await.unwrap();
    let held = async |packet| ground.app.held_packet(&ground.session, &ground.case, packet).await;
    assert!(matches!(held(&old.id).await, Err(AppError::NotFound)));
    assert!(held(&new.id).await.is_ok(), "one without the record stays");
    let case = ground.app.case(&ground.session, &ground.case).await.unwrap();
    let packets = case.seen_by(Audience::Owner).packets().into_iter().cloned().collect::<Vec<_>>();
    let told: Vec<_> = packets.iter().map(|p| (p.id.clone(), p.dropped, p.object.is_some())).collect();
    assert_eq!(told, [(new.id, false, true), (old.id, true, false)], "that it was made stays on record");
    assert!(ground.app.verify().await.unwrap().problems.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_case_makes_no_packet() {
    let ground = ground().await;
    let to = ground.folder.path().join("packet.zip");
    let refused = ground.app.make_packet(&ground.session, &ground.case, PacketRequest::default(), &to).await;
    assert!(matches!(refused, Err(AppError::Refusal(r)) if r.0.key == "refusal-packet-empty"));
    assert!(!to.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_helper_cannot_read_records_change_anything_or_outlive_the_owners_permission() {
    let ground = ground().await;
    ground.write("pathology.txt", PATHOLOGY);
    ground.import().await;
    let access = ground.app.grant_access(&ground.session, &ground.case, "Ines", Audience::Helper).await.unwrap();
    let ines = Session {
        actor: access.id.clone(),
        role: consilium_app::casefile::Role::Caregiver,
        audience: Audience::Helper,
        only_case: Some(ground.case.clone()),
    };
    let case = ground.app.case(&ground.session, &ground.case).await.unwrap();
    let document = case.seen_by(Audience::Owner).documents(ground.app.knowledge())[0].document.id.clone();
    assert!(ground.app.case(&ines, &ground.case).await.is_ok());
    assert!(matches!(ground.app.original(&ines, &ground.case, &document).await, Err(AppError::NotFound)));
    assert!(matches!(ground.app.ask(&ines, &ground.case, "May I?").await, Err(AppError::NotAllowed)));
    assert!(matches!(ground.app.history(&ines, &ground.case).await, Err(AppError::NotFound)));
    let other = ground.app.case_named_or_new(&ground.session, "another").await.unwrap();
    assert!(matches!(ground.app.case(&ines, &other).await, Err(AppError::NotFound)));
    ground.app.withdraw_access(&ground.session, &ground.case, &access.id).await.unwrap();
    assert!(matches!(ground.app.case(&ines, &ground.case).await, Err(AppError::NotFound)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_home_opens_with_its_passphrase_or_recovery_key_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let sealed = Protection::Sealed { passphrase: "correct horse".to_owned() };
    let (app, key) = App::create(&home, Storage::Local, sealed, Reader::InProcess).await.unwrap();
    let key = key.unwrap().written().to_string();
    drop(app);
    let open = |opening| App::open(Path::new(&home), opening, Reader::InProcess);
    assert!(matches!(open(Opening::None).await, Err(AppError::Locked)));
    assert!(matches!(open(Opening::Passphrase("wrong".to_owned())).await, Err(AppError::WrongPassphrase)));
    assert!(open(Opening::Passphrase("correct horse".to_owned())).await.is_ok());
    assert!(open(Opening::RecoveryKey(key)).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_deleted_for_good_and_brought_again_outlives_later_deletions_and_compaction() {
    let ground = ground().await;
    ground.write("pathology.txt", PATHOLOGY);
    ground.write("other.txt", format!("{PATHOLOGY}\nAnother page"));
    ground.import().await;
    let purge = async |title: &str| {
        let case = ground.app.case(&ground.session, &ground.case).await.unwrap();
        let view = case.seen_by(Audience::Owner);
        let held = view.documents(ground.app.knowledge()).into_iter().find(|d| d.document.path.ends_with(title));
        ground.app.purge(&ground.session, &ground.case, held.unwrap().document.id.as_str()).await.unwrap();
    };
    purge("pathology.txt").await;
    assert_eq!(Ground::outcome(&ground.import().await, "pathology.txt"), Outcome::Kept);
    purge("other.txt").await;
    ground.app.compact(&ground.session).await.unwrap();
    let case = ground.app.case(&ground.session, &ground.case).await.unwrap();
    let view = case.seen_by(Audience::Owner);
    let held = view.documents(ground.app.knowledge());
    assert_eq!(held.iter().map(|d| d.document.file_name()).collect::<Vec<_>>(), ["pathology.txt"]);
    let original = ground.app.original(&ground.session, &ground.case, &held[0].document.id).await.unwrap();
    assert_eq!(original.bytes, PATHOLOGY.as_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blind_packet_says_how_many_documents_it_lacks_and_why_and_not_which() {
    let ground = ground().await;
    ground.write("pathology.txt", PATHOLOGY);
    ground.write("zebrafinch.txt", "Patient: EXAMPLE, ROSA\nDOB: 03/14/1971\nA page that is of no kind we know.\n");
    ground.import().await;
    let plan = async |blind| {
        let request = PacketRequest { blind, ..PacketRequest::default() };
        ground.app.packet_plan(&ground.session, &ground.case, &request).await.unwrap().contents
    };
    let blind = plan(true).await;
    assert_eq!(blind.documents.len(), 1);
    let missing: Vec<String> = blind.missing.iter().map(|m| format!("{}: {}", m.what, m.why)).collect();
    let withheld =
        "1 document, left out of this blind edition: Not sorted yet, so that it is not known whether a plan is stated.";
    assert_eq!(missing.first().map(String::as_str), Some(withheld));
    // What the centre asks for besides and nobody has gives no plan away.
    assert!(missing.contains(&"Glass slides of the tissue: Not here.".to_owned()), "{missing:?}");
    assert!(!missing.iter().any(|line| line.contains("zebrafinch")), "{missing:?}");
    assert!(blind.edition.unwrap_or_default().ends_with("(1 document, see section 3)"));
    let whole = plan(false).await;
    assert_eq!(whole.documents.len(), 2);
    let open: Vec<String> = whole.missing.iter().map(|m| format!("{}: {}", m.what, m.why)).collect();
    assert!(
        open.contains(&"Glass slides of the tissue: Not here.".to_owned()),
        "what the centre still needs: {open:?}"
    );
    assert!(!open.iter().any(|line| line.contains("left out")), "{open:?}");
}
