//! Packets that were sent to us: what of the list arrived, what the list may and may not say, and what goes with a record
//! that is deleted for good.

#![expect(clippy::unwrap_used, reason = "a test stops where its ground is missing, and says what it skips")]

mod common;

use std::path::PathBuf;
use std::process::Command;

use common::Ground;
use consilium_app::casefile::share::list::PACKET_LIST;
use consilium_app::casefile::share::{ItemOutcome, ItemPlace, PacketList};
use consilium_app::casefile::{Audience, CaseId, PacketId};
use consilium_app::gather::ImportRequest;
use consilium_app::share::{Account, Items, PacketLook, PacketRequest};
use consilium_app::{App, AppError};

const PATHOLOGY: &str = "SPRINGFIELD EXAMPLE HOSPITAL\nSURGICAL PATHOLOGY REPORT\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\n\
                         Collected: 08/13/2026\nFINAL DIAGNOSIS\nLeft breast: invasive ductal carcinoma.\n";
const PLAN: &str = "SPRINGFIELD EXAMPLE HOSPITAL\nMEDICAL ONCOLOGY CONSULTATION\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\n\
                    Date of visit: 08/20/2026\nPlan: start doxorubicin and cyclophosphamide on 10/14/2026.\n";

async fn sender() -> Ground {
    let ground = Ground::new().await;
    ground.app.state_person(&ground.session, &ground.case, "Rosa Example", "1971-03-14").await.unwrap();
    ground.write("pathology.txt", PATHOLOGY);
    ground.write("plan before chemotherapy.txt", PLAN);
    ground.import().await;
    ground
}

async fn packet(ground: &Ground, name: &str, request: PacketRequest) -> (PathBuf, PacketId) {
    let to = ground.folder.path().join(name);
    let made = ground.app.make_packet(&ground.session, &ground.case, request, &to).await.unwrap();
    (to, made.packet.id)
}

async fn open(ground: &Ground, medium: PathBuf) -> Option<Account> {
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    let report = app.open_packet(session, &case.clone().into(), medium, Vec::new(), |_| {}).await.unwrap();
    let known = app.case(session, case).await.unwrap();
    let view = known.seen_by(Audience::Owner);
    let packet = view.received().into_iter().find(|held| held.packet.import == report.import.id)?.packet.packet.clone();
    Some(app.received(session, case, &packet).await.unwrap())
}

async fn refused(ground: &Ground, packet: &PacketId, items: Items, by: &str) -> String {
    let given = ground.app.give_receipt(&ground.session, &ground.case, packet, by, &items, "").await;
    let Err(AppError::Refusal(refusal)) = given else { unreachable!("it must be refused") };
    refusal.0.key
}

fn documents(app: &App, case: &consilium_app::casefile::Case) -> usize {
    case.seen_by(Audience::Owner).documents(app.knowledge()).len()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_a_blind_edition_says_nothing_that_its_index_does_not() {
    let ground = sender().await;
    let (full, _) = packet(&ground, "full", PacketRequest::default()).await;
    let (blind, _) = packet(&ground, "blind", PacketRequest { blind: true, ..PacketRequest::default() }).await;
    let words = |folder: &PathBuf| std::fs::read_to_string(folder.join(PACKET_LIST)).unwrap();
    let list: PacketList = serde_json::from_str(&words(&blind)).unwrap();
    assert_eq!(list.items.len(), 1);
    for secret in ["doxorubicin", "chemotherapy", "CONSULTATION", "Oncology", "plan before", "study_instance_uid"] {
        assert!(!words(&blind).to_lowercase().contains(&secret.to_lowercase()), "{secret}: {}", words(&blind));
    }
    assert_eq!(serde_json::from_str::<PacketList>(&words(&full)).unwrap().items.len(), 2);
    // What it says of the person, the edition and what is missing stands in the index as well.
    let index = std::fs::read_to_string(blind.join("INDEX.HTM")).unwrap();
    for said in [&list.person.name, &list.items[0].title, &list.items[0].document_kind, &list.missing[0].what] {
        assert!(index.contains(said.as_str()), "{said}");
    }
    let manifest = std::fs::read_to_string(full.join("SHA256.TXT")).unwrap();
    assert!(manifest.contains("  PACKET.JSON\n"), "the manifest covers the list");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_written_as_a_disc_image_is_opened_with_every_item_and_other_programs_read_its_names() {
    let ground = sender().await;
    let (disc, _) = packet(&ground, "packet.iso", PacketRequest::default()).await;
    let beside = std::fs::read_dir(ground.folder.path()).unwrap().map(|file| file.unwrap().file_name());
    let left: Vec<_> = beside.filter(|name| name.to_string_lossy().contains(".part")).collect();
    assert!(left.is_empty(), "what it was made of is taken away: {left:?}");
    let again = ground.app.make_packet(&ground.session, &ground.case, PacketRequest::default(), &disc).await;
    assert!(again.is_err(), "nothing is written over");
    for names in ["-J", "-R"] {
        let listed = Command::new("isoinfo").args([names, "-f", "-i"]).arg(&disc).output();
        let Ok(listed) = listed.inspect_err(|_| println!("skipped: a disc image listed, isoinfo is not installed"))
        else {
            break;
        };
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        let names_of: Vec<&str> = listed.lines().collect();
        for path in ["/PACKET.JSON", "/INDEX.HTM", "/SHA256.TXT", "/PACKET.PDF", "/DOCS/D00001.TXT"] {
            assert!(names_of.contains(&path), "{names} {path}: {listed}");
        }
    }
    let desk = Ground::new().await;
    desk.app.state_person(&desk.session, &desk.case, "Rosa Example", "1971-03-14").await.unwrap();
    let account = open(&desk, disc).await.unwrap();
    assert_eq!(account.items.len(), 2);
    assert!(account.items.iter().all(|row| matches!(row.outcome, ItemOutcome::Whole { .. })), "{:?}", account.items);
    assert!(account.strays.is_empty(), "{:?}", account.strays);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_of_somebody_else_is_no_packet_of_this_case_and_its_files_wait_for_a_decision() {
    let ground = sender().await;
    let (medium, _) = packet(&ground, "packet.zip", PacketRequest::default()).await;
    let desk = Ground::new().await;
    desk.app.state_person(&desk.session, &desk.case, "Roland Exempel", "1948-05-02").await.unwrap();
    assert!(open(&desk, medium).await.is_none());
    let case = desk.app.case(&desk.session, &desk.case).await.unwrap();
    assert_eq!((documents(&desk.app, &case), case.seen_by(Audience::Owner).undecided()), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_opened_at_its_own_sender_changes_nothing_and_says_why() {
    let ground = sender().await;
    let (medium, _) = packet(&ground, "packet.zip", PacketRequest::default()).await;
    assert!(open(&ground, medium).await.is_none());
    let case = ground.app.case(&ground.session, &ground.case).await.unwrap();
    assert_eq!(documents(&ground.app, &case), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_follows_is_added_to_the_case_and_a_packet_that_is_missing_before_it_is_told() {
    let ground = sender().await;
    let (first, id) = packet(&ground, "first.zip", PacketRequest::default()).await;
    ground.write(
        "operative.txt",
        "SPRINGFIELD EXAMPLE HOSPITAL\nOPERATIVE NOTE\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\nx\n",
    );
    ground.import().await;
    let (delta, _) = packet(&ground, "delta.zip", PacketRequest { since: Some(id), ..PacketRequest::default() }).await;
    let desk = Ground::new().await;
    let account = open(&desk, delta).await.unwrap();
    assert!(account.follows_unknown && account.counts.whole == 1, "{account:?}");
    let account = open(&desk, first).await.unwrap();
    assert_eq!((account.counts.items, account.counts.whole), (2, 2));
    let case = desk.app.case(&desk.session, &desk.case).await.unwrap();
    let received = case.seen_by(Audience::Owner).received().len();
    assert_eq!((received, documents(&desk.app, &case)), (2, 3));
    assert!(
        case.seen_by(Audience::Helper).received().is_empty()
            && case.seen_by(Audience::Specialist).received().is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_senders_words_are_proposals_where_the_file_says_nothing_itself() {
    let ground = sender().await;
    ground.write("notes.txt", "Patient: EXAMPLE, ROSA\nDOB: 03/14/1971\nSome words of no kind.\n");
    ground.import().await;
    let case = ground.app.case(&ground.session, &ground.case).await.unwrap();
    let held = case.all_documents().find(|held| held.document.path.ends_with("notes.txt")).unwrap();
    let said = consilium_app::casefile::records::Confirmation {
        kind: Some(consilium_app::casefile::records::DocumentKind("operative-note".to_owned())),
        date: "2026-08-12".parse().ok(),
        author: None,
        facility: None,
    };
    let known = ground.app.knowledge().document_kinds.iter().any(|kind| kind.id.0 == "operative-note");
    assert!(known, "a kind of the tables");
    ground.app.confirm_document(&ground.session, &ground.case, &held.document.id, said).await.unwrap();
    let (medium, _) = packet(&ground, "packet.zip", PacketRequest::default()).await;
    let desk = Ground::new().await;
    open(&desk, medium).await.unwrap();
    let case = desk.app.case(&desk.session, &desk.case).await.unwrap();
    let notes = case.all_documents().find(|held| held.document.title.as_deref() == Some("notes")).unwrap();
    assert!(!notes.checked, "nobody here looked at it");
    let kind = notes.document.proposed.kind.as_ref().unwrap();
    assert_eq!((kind.value.0.as_str(), kind.because.key.as_str()), ("operative-note", "because-sender-list"));
    let proposed = |held: &consilium_app::casefile::gather::HeldDocument| held.document.proposed.kind.clone();
    let pathology = case.all_documents().filter_map(proposed).find(|p| p.value.0 == "pathology-report").unwrap();
    assert_ne!(pathology.because.key, "because-sender-list", "what the file says itself goes first");
}

async fn desk_with_packet() -> (Ground, Account) {
    let ground = sender().await;
    let (medium, _) = packet(&ground, "packet.zip", PacketRequest::default()).await;
    let desk = Ground::new().await;
    let account = open(&desk, medium).await.unwrap();
    (desk, account)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_deleted_for_good_takes_the_packets_own_pages_with_it_and_the_account_stays() {
    let (desk, account) = desk_with_packet().await;
    let (app, session, case): (&App, _, &CaseId) = (&desk.app, &desk.session, &desk.case);
    let pdf = app.page_of_received(session, case, &account.packet, "PACKET.PDF").await.unwrap();
    assert!(pdf.starts_with(b"%PDF"));
    let Some(ItemPlace::Document(document)) = account.items[0].outcome.place() else { unreachable!("a document") };
    app.purge(session, case, document.as_str()).await.unwrap();
    let after = app.received(session, case, &account.packet).await.unwrap();
    assert!(after.list.is_none() && after.items.iter().all(|row| row.title.is_empty()));
    assert!(matches!(after.items[0].outcome, ItemOutcome::TakenOut) && after.items[1].outcome.is_whole());
    let gone = app.page_of_received(session, case, &account.packet, "PACKET.PDF").await;
    assert!(matches!(gone, Err(AppError::NotFound)));
    app.compact(session).await.unwrap();
    let report = app.verify().await.unwrap();
    assert!(report.sound(), "{:?}", report.problems);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_swept_leaves_a_received_packet_whole_and_a_receipt_says_only_what_is_so() {
    let (desk, account) = desk_with_packet().await;
    let (app, session, case) = (&desk.app, &desk.session, &desk.case);
    app.compact(session).await.unwrap();
    assert!(app.received(session, case, &account.packet).await.unwrap().list.is_some());
    assert_eq!(
        refused(&desk, &account.packet, Items::These(vec!["7".to_owned()]), "Kim").await,
        "refusal-received-item"
    );
    assert_eq!(refused(&desk, &account.packet, Items::AllArrived, " ").await, "refusal-empty-field");
    assert_eq!(refused(&desk, &account.packet, Items::These(Vec::new()), "Kim").await, "refusal-received-nothing");
    assert_eq!(refused(&desk, &"other-packet".into(), Items::AllArrived, "Kim").await, "refusal-received-unknown");
    let id = app.give_receipt(session, case, &account.packet, "Kim", &Items::AllArrived, "").await.unwrap();
    let file = app.receipt_file(session, case, &account.packet, &id).await.unwrap();
    let file = String::from_utf8(file).expect("JSON is text");
    for word in ["Rosa", "Example", "1971", "athology"] {
        assert!(!file.contains(word), "{word}: {file}");
    }
    assert_eq!(app.received(session, case, &account.packet).await.unwrap().counts.confirmed, 2);
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    hex::encode(sha2::Sha256::digest(bytes))
}

/// A packet in a folder, of which somebody edited a record and, in the pages named, its checksum.
async fn edited(pages: &[&str]) -> (Account, String) {
    let (_, account, said) = opened_edited(pages).await;
    (account, said)
}

async fn opened_edited(pages: &[&str]) -> (Ground, Account, String) {
    let ground = sender().await;
    let (folder, _) = packet(&ground, "packet", PacketRequest::default()).await;
    let record = folder.join("DOCS/D00001.TXT");
    let before = std::fs::read(&record).unwrap();
    let after = String::from_utf8(before.clone()).unwrap().replace("carcinoma", "carcinomx");
    assert_ne!(after.as_bytes(), before);
    std::fs::write(&record, &after).unwrap();
    for page in pages {
        let page = folder.join(page);
        let words = std::fs::read_to_string(&page).unwrap();
        std::fs::write(&page, words.replace(&sha256(&before), &sha256(after.as_bytes()))).unwrap();
    }
    let desk = Ground::new().await;
    let account = open(&desk, folder).await.unwrap();
    let said = account.doubts.join("\n");
    (desk, account, said)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_not_the_one_its_sender_listed_says_nothing_in_the_case_before_a_person_takes_it() {
    let (desk, account, _) = opened_edited(&[]).await;
    let (app, session, case) = (&desk.app, &desk.session, &desk.case);
    let held = app.case(session, case).await.unwrap();
    let view = held.seen_by(Audience::Owner);
    assert_eq!((account.counts.differs, view.documents(app.knowledge()).len()), (1, 1), "the edited one waits");
    let aside = view.set_aside();
    assert_eq!(consilium_app::casefile::gather::set_aside_message(&aside[0].reason).key, "set-aside-altered");
    let steps = |held: &std::sync::Arc<consilium_app::casefile::Case>| {
        let view = held.seen_by(Audience::Owner);
        let stages = view.stages(&app.waiting(&view), app.now());
        let steps = stages.into_iter().flat_map(|stage| stage.steps).map(|step| step.what.key);
        steps.collect::<Vec<_>>()
    };
    assert!(steps(&held).iter().any(|key| key == "next-gather-decide-set-aside"));
    // Once what is right was confirmed, the other is still asked for.
    app.give_receipt(session, case, &account.packet, "Kim Example", &Items::AllArrived, "").await.unwrap();
    let held = app.case(session, case).await.unwrap();
    assert!(steps(&held).iter().any(|key| key == "next-share-ask-again"), "{:?}", steps(&held));
    let group = held.seen_by(Audience::Owner).set_aside()[0].id.clone();
    let held = app.decide_set_aside(session, case, &group, true).await.unwrap();
    assert_eq!(documents(app, &held), 2, "a person may take it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_that_nobody_edited_agrees_with_itself() {
    let (account, said) = edited(&[]).await;
    assert!(account.doubts.is_empty(), "only the record differs from what is listed: {said}");
    assert_eq!((account.counts.differs, account.counts.whole), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_edited_together_with_the_list_is_held_against_the_checksums_and_the_index() {
    let (account, said) = edited(&["PACKET.JSON"]).await;
    assert_eq!((account.counts.differs, account.counts.whole), (1, 1), "{account:?}");
    for name in ["PACKET.JSON is not the one", "different checksums of DOCS/D00001.TXT", "INDEX.HTM does not"] {
        assert!(said.contains(name), "{name}: {said}");
    }
    let (_, said) = edited(&["PACKET.JSON", "INDEX.HTM"]).await;
    assert!(said.contains("INDEX.HTM is not the one"), "{said}");
    let (account, said) = edited(&["PACKET.JSON", "SHA256.TXT"]).await;
    assert!(said.contains("PACKET.JSON is not the one") && said.contains("INDEX.HTM does not"), "{said}");
    assert_eq!(account.counts.whole, 2, "no file differs from what both say: the doubts tell");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_that_is_cut_off_is_said_to_be_cut_off() {
    let ground = sender().await;
    for (name, form) in [("packet.zip", "ZIP"), ("packet.iso", "disc image")] {
        let (medium, _) = packet(&ground, name, PacketRequest::default()).await;
        let whole = ground.app.look_into_packet(medium.clone()).await.unwrap();
        assert!(whole.list.is_some() && whole.without.is_none(), "{name}: {:?}", whole.without);
        let bytes = std::fs::read(&medium).unwrap();
        std::fs::write(&medium, &bytes[..bytes.len() * 2 / 3]).unwrap();
        let Err(AppError::Refusal(cut)) = ground.app.look_into_packet(medium).await else { unreachable!("it is cut") };
        let cut = ground.app.say(&cut.0);
        let expect = format!("This {form} ends too early: {} bytes arrived", bytes.len() * 2 / 3);
        assert!(cut.starts_with(&expect) && cut.contains("It is damaged, and nothing of it was taken in."), "{cut}");
    }
    ground.write("two bytes.zip", "PK");
    let look = ground.app.look_into_packet(ground.folder.path().join("box/two bytes.zip")).await.unwrap();
    assert!(look.without.unwrap().contains("PACKET.JSON"), "what is no ZIP is not called a cut one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_that_was_never_finished_is_refused_under_its_own_name_and_in_a_folder_around_it() {
    let ground = sender().await;
    let (folder, _) = packet(&ground, "packet", PacketRequest::default()).await;
    let stick = ground.folder.path().join("stick");
    let part = stick.join("UNFINISHED-PACKET-packet-0a1b2c3d.part");
    std::fs::create_dir(&stick).unwrap();
    std::fs::rename(&folder, &part).unwrap();
    for name in [PACKET_LIST, "SHA256.TXT"] {
        std::fs::remove_file(part.join(name)).unwrap();
    }
    for medium in [part, stick] {
        let Err(AppError::Refusal(refusal)) = ground.app.look_into_packet(medium).await else {
            unreachable!("refused")
        };
        assert_eq!(refusal.0.key, "refusal-packet-unfinished");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_without_its_checksums_is_here_unchecked_until_a_medium_with_them_follows() {
    let ground = sender().await;
    let (folder, _) = packet(&ground, "packet", PacketRequest::default()).await;
    let checksums = std::fs::read(folder.join("SHA256.TXT")).unwrap();
    std::fs::remove_file(folder.join("SHA256.TXT")).unwrap();
    let desk = Ground::new().await;
    let account = open(&desk, folder.clone()).await.unwrap();
    assert_eq!((account.counts.whole, account.counts.unchecked), (0, 2));
    assert!(account.unchecked.unwrap().contains("SHA256.TXT"), "what is missing is named");
    assert_eq!(
        refused(&desk, &account.packet, Items::These(vec!["1".to_owned()]), "Kim").await,
        "refusal-received-not-whole"
    );
    std::fs::write(folder.join("SHA256.TXT"), checksums).unwrap();
    let account = open(&desk, folder).await.unwrap();
    assert_eq!((account.counts.whole, account.counts.unchecked, account.unchecked), (2, 0, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_the_checksums_do_not_name_is_unchecked_and_the_account_says_so() {
    let ground = sender().await;
    let (folder, _) = packet(&ground, "packet", PacketRequest::default()).await;
    let checksums = std::fs::read_to_string(folder.join("SHA256.TXT")).unwrap();
    let without: Vec<&str> = checksums.lines().filter(|line| !line.ends_with("DOCS/D00002.TXT")).collect();
    std::fs::write(folder.join("SHA256.TXT"), without.join("\n")).unwrap();
    let desk = Ground::new().await;
    let account = open(&desk, folder.clone()).await.unwrap();
    let outcomes: Vec<&str> = account.items.iter().map(|row| row.outcome.name()).collect();
    assert_eq!(outcomes, ["whole", "unchecked"]);
    let said = account.unchecked.unwrap();
    assert!(said.starts_with("One item is here that SHA256.TXT"), "{said}");
    std::fs::write(folder.join("SHA256.TXT"), "no checksums").unwrap();
    let desk = Ground::new().await;
    let account = open(&desk, folder).await.unwrap();
    assert_eq!(account.counts.unchecked, 2);
    assert!(account.unchecked.unwrap().contains("can not be read"));
}

/// Paths of the documents that an import of a folder brings into a case of its own.
async fn imported(folder: PathBuf) -> Vec<String> {
    let desk = Ground::new().await;
    let request = ImportRequest { sources: vec![folder], ..ImportRequest::default() };
    desk.app.import(&desk.session, &desk.case, request, |_| {}).await.unwrap();
    let case = desk.app.case(&desk.session, &desk.case).await.unwrap();
    let view = case.seen_by(Audience::Owner);
    let documents = view.documents(desk.app.knowledge()).into_iter();
    let mut paths: Vec<String> = documents.map(|held| held.document.path.clone()).collect();
    paths.sort();
    paths
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packets_own_pages_are_no_records_when_it_is_imported_as_files_whole_or_unfinished() {
    let ground = sender().await;
    let fax = PacketRequest { fax: true, ..PacketRequest::default() };
    let (folder, _) = packet(&ground, "packet", fax).await;
    let records = ["DOCS/D00001.TXT", "DOCS/D00002.TXT"];
    let fits = |paths: &[String]| {
        let inside = paths.iter().map(|path| path.split_once('/').map_or("", |(_, inside)| inside));
        inside.eq(records)
    };
    let whole = imported(folder.clone()).await;
    assert!(fits(&whole), "{whole:?}");
    // As a program that was killed leaves it, page by page.
    let mut stages = vec!["SHA256.TXT", "PACKET.JSON", "README.TXT", "INDEX.HTM", "PACKET.PDF"];
    let part = ground.folder.path().join("UNFINISHED-PACKET-packet-0a1b2c3d.part");
    std::fs::rename(&folder, &part).unwrap();
    while !stages.is_empty() {
        std::fs::remove_file(part.join(stages.remove(0))).unwrap();
        let paths = imported(part.clone()).await;
        assert!(fits(&paths), "before {stages:?}: {paths:?}");
    }
    // Pages of these names beside anything else are records.
    let own = ground.folder.path().join("own");
    std::fs::create_dir(&own).unwrap();
    for name in ["PACKET.PDF", "README.TXT", "PACKET.JSON"] {
        std::fs::write(own.join(name), PATHOLOGY).unwrap();
    }
    assert_eq!(imported(own).await.len(), 1, "one record under three names");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_of_which_nothing_is_kept_opens_no_case() {
    let ground = sender().await;
    let (folder, _) = packet(&ground, "packet", PacketRequest::default()).await;
    std::fs::remove_dir_all(folder.join("DOCS")).unwrap();
    let empty = ground.folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let (app, session) = (&ground.app, &ground.session);
    let desk = Ground::new().await;
    for (medium, named) in [(folder, None), (empty.clone(), None), (empty, Some("kim"))] {
        let look = desk.app.look_into_packet(medium.clone()).await.unwrap();
        let into = desk.app.case_for_packet(&desk.session, &look, named).await.unwrap();
        let refused = desk.app.open_packet(&desk.session, &into, medium, Vec::new(), |_| {}).await;
        let Err(AppError::Refusal(refusal)) = refused else { unreachable!("nothing is kept") };
        assert_eq!(refusal.0.key, "refusal-nothing-kept");
        assert!(matches!(desk.app.case(&desk.session, &into.id).await, Err(AppError::NotFound)));
    }
    assert_eq!(desk.app.cases(&desk.session).await.unwrap().len(), 1, "the one that was there");
    let verified = desk.app.verify().await.unwrap();
    assert_eq!((verified.cases.len(), verified.problems.len()), (1, 0), "nothing is left of what was stored");
    // A helper of one case opens none.
    let helper = app.case_for_packet(session, &desk_look(&ground).await, None).await.unwrap();
    let session = consilium_app::casefile::Session { only_case: Some(ground.case.clone()), ..session.clone() };
    let medium = ground.folder.path().join("box");
    let refused = app.open_packet(&session, &helper, medium, Vec::new(), |_| {}).await;
    assert!(matches!(refused, Err(AppError::NotAllowed | AppError::NotFound)));
}

async fn desk_look(ground: &Ground) -> PacketLook {
    ground.app.look_into_packet(ground.folder.path().join("box")).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_packets_of_one_name_that_are_opened_at_once_become_two_cases() {
    let ground = sender().await;
    let (medium, _) = packet(&ground, "packet.zip", PacketRequest::default()).await;
    let desk = Ground::new().await;
    let look = desk.app.look_into_packet(medium.clone()).await.unwrap();
    let first = desk.app.case_for_packet(&desk.session, &look, None).await.unwrap();
    let second = desk.app.case_for_packet(&desk.session, &look, None).await.unwrap();
    assert_eq!(first.opens, second.opens);
    let open = |into| desk.app.open_packet(&desk.session, into, medium.clone(), Vec::new(), |_| {});
    let (one, other) = (open(&first).await.unwrap(), open(&second).await.unwrap());
    assert_ne!(one.case, other.case);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_its_sender_takes_back_asks_the_other_side_for_a_decision() {
    let ground = sender().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    let (first, id) = packet(&ground, "first.zip", PacketRequest::default()).await;
    let held = app.case(session, case).await.unwrap();
    let documents = held.seen_by(Audience::Owner);
    let documents = documents.documents(app.knowledge());
    let pathology = documents.iter().find(|d| d.document.path.contains("pathology")).unwrap().document.id.clone();
    app.set_removed(session, case, vec![pathology], Vec::new(), true).await.unwrap();
    let (delta, _) = packet(&ground, "delta.zip", PacketRequest { since: Some(id), ..PacketRequest::default() }).await;
    let desk = Ground::new().await;
    let before = open(&desk, first).await.unwrap();
    desk.app.give_receipt(&desk.session, &desk.case, &before.packet, "Kim", &Items::AllArrived, "").await.unwrap();
    let account = open(&desk, delta).await.unwrap();
    assert!(account.changes.iter().any(|change| change.contains("Taken out since")), "{:?}", account.changes);
    let [recalled] = account.recalled.as_slice() else { unreachable!("{:?}", account.recalled) };
    assert!(recalled.open && recalled.recall.place.is_some() && recalled.what.contains("do not rely"), "{recalled:?}");
    let row = async |recalled| {
        let account = desk.app.received(&desk.session, &desk.case, &before.packet).await.unwrap();
        account.items.iter().filter(|row| row.recalled == recalled).count()
    };
    assert_eq!((row(true).await, row(false).await), (1, 1), "the very record is marked, and no other");
    let steps = async || {
        let case = desk.app.case(&desk.session, &desk.case).await.unwrap();
        consilium_app::casefile::share::next(&case, &Default::default())
            .steps
            .into_iter()
            .map(|s| s.what.key)
            .collect::<Vec<_>>()
    };
    assert_eq!(steps().await, ["next-share-recalled"]);
    let sha256 = recalled.recall.item.sha256.clone();
    let keep = async |sha256: &str| desk.app.keep_recalled(&desk.session, &desk.case, &account.packet, sha256).await;
    assert!(matches!(keep("00").await, Err(AppError::Refusal(_))));
    keep(&sha256).await.unwrap();
    let head = desk.app.case(&desk.session, &desk.case).await.unwrap().head;
    assert_eq!(keep(&sha256).await.unwrap().head, head, "said twice it is one entry");
    assert_eq!((row(true).await, steps().await.is_empty()), (0, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_that_brings_only_changes_is_opened_and_its_front_pages_are_confirmed() {
    let ground = sender().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    let (first, id) = packet(&ground, "first.zip", PacketRequest::default()).await;
    app.ask(session, case, "Is a trial open?").await.unwrap();
    let (delta, _) = packet(&ground, "delta.zip", PacketRequest { since: Some(id), ..PacketRequest::default() }).await;
    let desk = Ground::new().await;
    open(&desk, first).await.unwrap();
    let account = open(&desk, delta).await.unwrap();
    assert!(account.changes.iter().any(|change| change == "Now asked: Is a trial open?"), "{:?}", account.changes);
    assert_eq!((account.counts.items, account.doubts.len(), account.pages.len()), (0, 0, 4), "{account:?}");
    let given = desk.app.give_receipt(&desk.session, &desk.case, &account.packet, "Kim", &Items::AllArrived, "").await;
    assert!(given.is_ok(), "{given:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_a_packet_opens_knows_its_cancer_and_is_not_asked_what_only_the_patient_has() {
    let ground = sender().await;
    ground.app.state_cancer(&ground.session, &ground.case, Some("breast"), "left").await.unwrap();
    let (medium, _) = packet(&ground, "whole.zip", PacketRequest::default()).await;
    let desk = Ground::new().await;
    let (app, session) = (&desk.app, &desk.session);
    let look = app.look_into_packet(medium.clone()).await.unwrap();
    let into = app.case_for_packet(session, &look, None).await.unwrap();
    app.open_packet(session, &into, medium, Vec::new(), |_| {}).await.unwrap();
    let case = app.case(session, &into.id).await.unwrap();
    let view = case.seen_by(Audience::Owner);
    assert_eq!(view.cancer_words(app.knowledge()), "Breast: left");
    assert!(consilium_app::casefile::find::next(&case).steps.is_empty());
    let list = app.check(session, &into.id, None).await.unwrap();
    let asked =
        |list: &consilium_app::gather::CheckAnswer| list.items.iter().any(|item| item.requirement == "photo-id");
    assert!(!asked(&list) && !list.items.is_empty());
    assert!(asked(&ground.app.check(&ground.session, &ground.case, None).await.unwrap()), "the patient is asked");
}
