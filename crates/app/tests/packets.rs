//! Packets for a centre: what is chosen, what is new since the last one, what a person looks at before it goes, and the fax
//! edition, read back by another program.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops where its ground is missing, and says what it skips"
)]

#[path = "packets/arrived.rs"]
mod arrived;
mod common;
#[path = "common/fax.rs"]
mod fax;
#[path = "packets/sealed.rs"]
mod sealed;

use common::Ground;
use consilium_app::AppError;
use consilium_app::casefile::facts::Polarity;
use consilium_app::casefile::knowledge::Need;
use consilium_app::casefile::reading::Judgement;
use consilium_app::casefile::registration::Registration;
use consilium_app::casefile::share::{Delivery, PacketList, Receipt, Recipient};
use consilium_app::casefile::{Audience, DeliveryId, PacketId, Session};
use consilium_app::share::PacketRequest;
use consilium_press::page::{Paragraph, TypedDocument, typed_document};

const PATHOLOGY: &str = "SPRINGFIELD EXAMPLE HOSPITAL\nSURGICAL PATHOLOGY REPORT\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\n\
                         Collected: 08/13/2026\nFINAL DIAGNOSIS\nLeft breast, lumpectomy: invasive ductal carcinoma, \
                         Nottingham grade 2. Estrogen receptor positive, 95 percent. Margins are free; the closest \
                         margin is 3 mm. Two of four sentinel lymph nodes hold metastatic carcinoma.\n";
const OPERATIVE: &str = "SPRINGFIELD EXAMPLE HOSPITAL\nOPERATIVE NOTE\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\n\
                         Date of operation: 08/12/2026\nProcedure: left lumpectomy and sentinel node biopsy.\n";

async fn ground() -> Ground {
    let ground = Ground::new().await;
    ground.app.state_person(&ground.session, &ground.case, "Rosa Example", "1971-03-14").await.unwrap();
    ground.write("pathology.txt", PATHOLOGY);
    ground.import().await;
    ground
}

fn since(packet: &PacketId) -> PacketRequest {
    PacketRequest { since: Some(packet.clone()), ..PacketRequest::default() }
}

async fn hold(ground: &Ground, request: PacketRequest) -> Result<consilium_app::share::PacketMade, AppError> {
    ground.app.hold_packet(&ground.session, &ground.case, request).await
}

/// A packet that goes to the centre by upload.
fn handed(packet: &PacketId, to: &str, on: jiff::civil::Date) -> Delivery {
    Delivery {
        id: DeliveryId(String::new()),
        packet: packet.clone(),
        recipient: Recipient::Center,
        to: to.to_owned(),
        how: "upload".to_owned(),
        on,
        tracking: String::new(),
    }
}

const RIVERBEND: &str = "Riverbend Example Cancer Center";

fn key(error: AppError) -> String {
    let AppError::Refusal(refusal) = error else { unreachable!("{error}") };
    refusal.0.key
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_that_follows_another_holds_what_is_new_and_says_what_changed() {
    let ground = ground().await;
    let first = hold(&ground, PacketRequest::default()).await.unwrap().packet;
    assert_eq!(key(hold(&ground, since(&first.id)).await.unwrap_err()), "refusal-nothing-new");
    ground.write("operative.txt", OPERATIVE);
    ground.import().await;
    let second = hold(&ground, since(&first.id)).await.unwrap().packet;
    assert_eq!((second.documents.len(), second.since.as_ref()), (1, Some(&first.id)));
    assert!(!first.documents.contains(&second.documents[0]));
    let app = &ground.app;
    let index = app.file_of_packet(&ground.session, &ground.case, &second.id, "INDEX.HTM").await.unwrap();
    let index = String::from_utf8(index).unwrap();
    assert!(index.contains("What changed since the last packet") && index.contains("New: document 1"), "{index}");
    assert!(index.contains("Sent before and unchanged: 1 document, 0 imaging studies"));
    // A third one follows both.
    assert_eq!(key(hold(&ground, since(&second.id)).await.unwrap_err()), "refusal-nothing-new");
    assert_eq!(key(hold(&ground, since(&PacketId::from("other"))).await.unwrap_err()), "refusal-packet-since");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_that_follows_another_says_what_was_corrected_agreed_and_taken_out_since() {
    let ground = ground().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    ground.write("operative.txt", OPERATIVE);
    ground.import().await;
    app.add_medicine(session, case, "Lisinopril", "10 mg once a day").await.unwrap();
    let first = hold(&ground, PacketRequest::default()).await.unwrap().packet;

    let held = app.case(session, case).await.unwrap();
    let view = held.seen_by(Audience::Owner);
    let grade = view.facts(app.knowledge());
    let grade = grade.iter().find(|fact| fact.fact.concept.as_str() == "grade").unwrap();
    let corrected = Judgement::Corrected { value: "G3".to_owned(), polarity: Polarity::Present, prefix: None };
    app.judge_fact(session, case, &grade.key, Some(grade.fact.start), corrected).await.unwrap();
    app.add_medicine(session, case, "Tamoxifen", "20 mg once a day").await.unwrap();
    let note = view.documents(app.knowledge()).into_iter().find(|d| d.document.file_name().contains("operative"));
    app.set_removed(session, case, vec![note.unwrap().document.id.clone()], Vec::new(), true).await.unwrap();
    let corrected = hold(&ground, since(&first.id)).await.unwrap().packet;
    assert_eq!(
        (corrected.documents.len(), corrected.studies.len()),
        (0, 0),
        "what was corrected is worth sending alone"
    );

    ground.write("ct.txt", "CT OF THE CHEST\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\nNo pulmonary nodule.\n");
    ground.import().await;
    let second = hold(&ground, since(&first.id)).await.unwrap();
    let index = app.file_of_packet(session, case, &second.packet.id, "INDEX.HTM").await.unwrap();
    let index = String::from_utf8(index).unwrap();
    let (_, changes) = index.split_once("What changed since the last packet").unwrap();
    for change in
        ["New: document 1", "Changed on page one: Grade", "G3", "Tamoxifen", "Taken out since", "OPERATIVE NOTE"]
    {
        assert!(changes.contains(change), "{change}: {changes}");
    }
    let (changes, _) = changes.split_once("Sent before and unchanged: 1 document").unwrap();
    assert!(!changes.contains("Lisinopril"), "what was agreed before is no change: {changes}");
    // Nobody wrote down that the first one was handed over.
    assert!(second.problems.iter().any(|problem| problem.contains("handed over")), "{:?}", second.problems);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_follows_only_one_for_the_same_center() {
    let ground = ground().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    let of = |center: &str| PacketRequest { center: Some(center.to_owned()), ..PacketRequest::default() };
    let first = hold(&ground, of("Riverbend Example Cancer Center")).await.unwrap().packet;
    ground.write("operative.txt", OPERATIVE);
    ground.import().await;
    let after = |center: &str| PacketRequest { since: Some(first.id.clone()), ..of(center) };
    assert_eq!(key(hold(&ground, after("Hillside Example")).await.unwrap_err()), "refusal-delta-other-center");
    assert_eq!(key(hold(&ground, since(&first.id)).await.unwrap_err()), "refusal-delta-other-center", "for nobody");
    let delivery = handed(&first.id, RIVERBEND, app.now().date());
    app.deliver(session, case, delivery).await.unwrap();
    let next = hold(&ground, after("riverbend example cancer center ")).await.unwrap();
    assert!(!next.problems.iter().any(|problem| problem.contains("handed over")), "{:?}", next.problems);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_leaves_out_stays_out_and_the_registration_sheet_goes_first() {
    let ground = ground().await;
    ground.write("operative.txt", OPERATIVE);
    ground.import().await;
    let sheet =
        Registration { phone: "555-0142".to_owned(), plan: "Example Mutual".to_owned(), ..Registration::default() };
    ground.app.state_registration(&ground.session, &ground.case, sheet).await.unwrap();
    let all = hold(&ground, PacketRequest::default()).await.unwrap().packet;
    let out = all.documents[0].clone();
    let request = PacketRequest { without: vec![out.to_string()], ..PacketRequest::default() };
    let chosen = hold(&ground, request).await.unwrap().packet;
    assert_eq!((all.documents.len(), chosen.documents.len()), (2, 1));
    assert!(!chosen.documents.contains(&out));
    let index = ground.app.file_of_packet(&ground.session, &ground.case, &chosen.id, "INDEX.HTM").await.unwrap();
    let index = String::from_utf8(index).unwrap();
    assert!(index.contains("555-0142") && index.contains("Example Mutual"));
    let none =
        PacketRequest { without: all.documents.iter().map(ToString::to_string).collect(), ..PacketRequest::default() };
    assert_eq!(key(hold(&ground, none).await.unwrap_err()), "refusal-packet-empty");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_looked_at_is_the_packet_byte_for_byte() {
    let ground = ground().await;
    let held = hold(&ground, PacketRequest::default()).await.unwrap().packet;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    let (_, length) = app.held_packet(session, case, &held.id).await.unwrap();
    let zip = app.packet_range(session, case, &held.id, 0, length).await.unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert!(names.len() >= 5, "{names:?}");
    for name in names {
        let mut saved = Vec::new();
        std::io::copy(&mut archive.by_name(&name).unwrap(), &mut saved).unwrap();
        assert_eq!(app.file_of_packet(session, case, &held.id, &name).await.unwrap(), saved, "{name}");
    }
    for path in ["", "NO.PDF", "../INDEX.HTM", "DOCS", "DOCS/../INDEX.HTM"] {
        let refused = app.file_of_packet(session, case, &held.id, path).await;
        assert!(matches!(refused, Err(AppError::NotFound)), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_stays_unconfirmed_item_by_item_until_somebody_says_so() {
    let ground = ground().await;
    ground.write("operative.txt", OPERATIVE);
    ground.import().await;
    let packet = hold(&ground, PacketRequest::default()).await.unwrap().packet;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    let today = app.now().date();
    let delivery = |to: &str| handed(&packet.id, to, today);
    assert_eq!(key(app.deliver(session, case, delivery(" ")).await.unwrap_err()), "refusal-empty-field");
    let (_, id) = app.deliver(session, case, delivery("Riverbend Example Cancer Center")).await.unwrap();
    let unconfirmed = async || {
        let case = app.case(session, case).await.unwrap();
        app.waiting(&case.seen_by(Audience::Owner)).needs.unconfirmed
    };
    assert_eq!(unconfirmed().await, 2);
    let receipt = |documents: Vec<_>, by: &str| Receipt {
        delivery: id.clone(),
        on: today,
        by: by.to_owned(),
        documents,
        studies: Vec::new(),
        missing: String::new(),
        from_file: None,
    };
    let one = vec![packet.documents[0].clone()];
    app.confirm_receipt(session, case, receipt(one.clone(), "Kim Example")).await.unwrap();
    assert_eq!(unconfirmed().await, 1);
    for (bad, why) in [
        (receipt(Vec::new(), "Kim Example"), "refusal-receipt-empty"),
        (receipt(one.clone(), ""), "refusal-empty-field"),
        (receipt(vec!["elsewhere".into()], "Kim Example"), "refusal-receipt-not-in-packet"),
    ] {
        assert_eq!(key(app.confirm_receipt(session, case, bad).await.unwrap_err()), why);
    }
    app.withdraw_delivery(session, case, &id).await.unwrap();
    let after = app.confirm_receipt(session, case, receipt(one, "Kim Example")).await;
    assert_eq!(key(after.unwrap_err()), "refusal-delivery-withdrawn");
}

const CODES: &str = "SPRINGFIELD EXAMPLE HOSPITAL\nTUMOR BOARD NOTE\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\n\
                     Date: 09/02/2026\nClinical stage cT2 cN0 cM0, group IIA. After the operation: pT1c pN1a, grade G2, margins R0. \
                     The board looked at the slides of specimen S-26-10421, block A1 (ICD-O 8500/3, C50.1) again. Estrogen \
                     receptor 95%, progesterone receptor 60%, HER2 0, Ki-67 10%. No variant was found in BRCA1; in TP53 there is \
                     p.R175H. Had the nodes been free, it would be pN0(i+) and M0. The next dose is 1.0 mg at 08:00.\n";
const COLUMNS: &str = "SPRINGFIELD EXAMPLE LABORATORY\nPatient: EXAMPLE, ROSA     DOB: 03/14/1971\nCollected: 09/10/2026\n\
                       Test               Result     Unit      Range\nHemoglobin         10.1       g/dL      12.0-15.5\n\
                       Leukocytes         6.0        10*9/L    4.0-10.0\nPlatelets          201        10*9/L    150-400\n\
                       Creatinine         0.80       mg/dL     0.50-1.10\n";

/// A report as a hospital prints it, small letters in its head and foot.
fn printed_report() -> Vec<u8> {
    let pairs = [("Patient name", "Example, Rosa"), ("MRN", "EX-0271828"), ("Date of birth", "03/14/1971")];
    let paragraph = |heading: &str, text: &str| Paragraph {
        heading: Some(heading.to_owned()),
        text: text.to_owned(),
        ..Paragraph::default()
    };
    typed_document(&TypedDocument {
        facility: "Springfield Example Hospital".to_owned(),
        facility_lines: vec!["100 Example Avenue, Springfield".to_owned(), "Telephone (555) 010-0102".to_owned()],
        title: "Surgical pathology report".to_owned(),
        patient_line: pairs.map(|(label, value)| (label.to_owned(), value.to_owned())).to_vec(),
        paragraphs: vec![
            paragraph("Diagnosis", "Left breast, lumpectomy: invasive ductal carcinoma, Nottingham grade 2 (score 6 of 9)."),
            paragraph(
                "Comment",
                "The tumor measures 18 mm. The closest margin is 3 mm, and no tumor stands at ink. Estrogen receptor is \
                 positive in 95 % of cells, progesterone receptor in 60 %. Two of four sentinel lymph nodes hold metastatic \
                 carcinoma; the larger deposit measures 2.6 mm. Pathologic stage: pT1c pN1a.",
            ),
        ],
        signed: Some("Peter Sample, MD\nElectronically signed 09/05/2026".to_owned()),
        footer: "S-10421 · fictitious record, made for a demonstration".to_owned(),
    })
    .unwrap()
}

/// The printed report is a page of somebody else's, in small type: the fax can only draw it well.
#[tokio::test(flavor = "multi_thread")]
async fn the_fax_edition_reads_back_as_it_was_written() {
    let ground = ground().await;
    ground.write("tumor board.txt", CODES);
    ground.write("laboratory.txt", COLUMNS);
    std::fs::write(ground.folder.path().join("box/report.pdf"), printed_report()).unwrap();
    ground.import().await;
    let packet = hold(&ground, PacketRequest { fax: true, ..PacketRequest::default() }).await.unwrap().packet;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    for (name, to) in [("PACKET.PDF", "bound.pdf"), ("FAX.PDF", "fax.pdf")] {
        let bytes = app.file_of_packet(session, case, &packet.id, name).await.unwrap();
        std::fs::write(ground.folder.path().join(to), bytes).unwrap();
    }
    let Some(read) = fax::read_back(ground.folder.path(), "bound.pdf", "fax.pdf") else { return };
    println!("fax: {} of {} words; not {:?}", read.found, read.written, read.missed);
    assert!(read.words.contains("pN0"), "the codes are among the words");
    assert!(read.found * 100 >= read.written * 99, "{} of {}; not {:?}", read.found, read.written, read.missed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slip_lets_nothing_go_and_two_packets_of_one_name_never_mix() {
    let ground = ground().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    let slip = PacketRequest { without: vec!["no-such-record".to_owned()], ..PacketRequest::default() };
    assert_eq!(key(hold(&ground, slip).await.unwrap_err()), "refusal-without-unknown");
    let to = ground.folder.path().join("one.zip");
    let mine = ground.folder.path().join("one.zip.part");
    std::fs::write(&mine, "my own file").unwrap();
    let make = || app.make_packet(session, case, PacketRequest::default(), &to);
    let (first, second) = tokio::join!(make(), make());
    assert_eq!(usize::from(first.is_ok()) + usize::from(second.is_ok()), 1, "one has the name, the other is told so");
    let (made, told) = match (first, second) {
        (Ok(made), told) | (told, Ok(made)) => (made, told),
        (Err(error), Err(_)) => unreachable!("one has the name: {error}"),
    };
    assert_eq!(key(told.unwrap_err()), "refusal-place-taken");
    let after = app.case(session, case).await.unwrap();
    let on_record: Vec<_> = after.seen_by(Audience::Owner).packets().iter().map(|p| p.id.clone()).collect();
    assert_eq!(on_record, std::slice::from_ref(&made.packet.id), "what does not exist is not on record");
    let zip = zip::ZipArchive::new(std::fs::File::open(&to).unwrap()).unwrap();
    assert_eq!(zip.len() as u64, made.files);
    assert_eq!(std::fs::read_to_string(&mine).unwrap(), "my own file");
    let left: Vec<_> = std::fs::read_dir(ground.folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".one.zip")), "{left:?}");
    let dangling = ground.folder.path().join("link.zip");
    std::os::unix::fs::symlink(ground.folder.path().join("nowhere"), &dangling).unwrap();
    let refused = app.make_packet(session, case, PacketRequest::default(), &dangling).await;
    assert_eq!(key(refused.unwrap_err()), "refusal-place-taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_new_since_a_blind_packet_goes_blind_too() {
    let ground = ground().await;
    let blind = PacketRequest { blind: true, ..PacketRequest::default() };
    let first = hold(&ground, blind).await.unwrap().packet;
    ground.write("operative.txt", OPERATIVE);
    ground.import().await;
    assert_eq!(key(hold(&ground, since(&first.id)).await.unwrap_err()), "refusal-delta-not-blind");
    let next = hold(&ground, PacketRequest { blind: true, ..since(&first.id) }).await.unwrap().packet;
    assert_eq!(next.documents.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_recipient_confirms_is_confirmed_by_that_one_and_what_is_missing_stays_open() {
    let ground = ground().await;
    let (app, session, case, today) = (&ground.app, &ground.session, &ground.case, ground.app.now().date());
    let packet = hold(&ground, PacketRequest::default()).await.unwrap().packet;
    let to = async |recipient: Recipient, to: &str| {
        let delivery = Delivery {
            id: DeliveryId(String::new()),
            packet: packet.id.clone(),
            recipient,
            to: to.to_owned(),
            how: "fax".to_owned(),
            on: today,
            tracking: String::new(),
        };
        app.deliver(session, case, delivery).await.unwrap().1
    };
    let center = to(Recipient::Center, "Riverbend Example Cancer Center").await;
    let insurer = to(Recipient::Insurer, "Example Mutual").await;
    let unconfirmed = async || {
        let case = app.case(session, case).await.unwrap();
        let needs = app.waiting(&case.seen_by(Audience::Owner)).needs;
        (needs.unconfirmed, needs.said_missing)
    };
    let all = async |delivery: &DeliveryId, missing: &str| {
        let (by, documents, missing) = ("Kim Example".to_owned(), packet.documents.clone(), missing.to_owned());
        let (delivery, studies) = (delivery.clone(), Vec::new());
        let receipt = Receipt { delivery, on: today, by, documents, studies, missing, from_file: None };
        app.confirm_receipt(session, case, receipt).await.unwrap();
    };
    let each = packet.documents.len();
    assert_eq!(unconfirmed().await, (2 * each, 0));
    all(&insurer, "").await;
    assert_eq!(unconfirmed().await, (each, 0), "the center has confirmed nothing");
    all(&center, "the slides").await;
    assert_eq!(unconfirmed().await, (0, 1), "they say that something is missing");
    all(&center, "").await;
    assert_eq!(unconfirmed().await, (0, 0));
}

const PLANNED: &str = "SPRINGFIELD EXAMPLE HOSPITAL\nSURGICAL PATHOLOGY REPORT\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\n\
                       Collected: 06/01/2026\nCLINICAL HISTORY\nMass of the left breast, scheduled for neoadjuvant \
                       chemotherapy.\nFINAL DIAGNOSIS\nLeft breast, core biopsy: invasive ductal carcinoma, Nottingham \
                       grade 2.\n";
const LETTER: &str = "SPRINGFIELD EXAMPLE HOSPITAL\nMEDICAL ONCOLOGY CONSULTATION\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\n\
                      Date of visit: 06/10/2026\nInvasive ductal carcinoma of the left breast, Ki-67 44 %. We recommend dose-dense AC-T.\n";

#[tokio::test(flavor = "multi_thread")]
async fn before_a_blind_packet_is_made_its_sender_is_shown_what_in_it_mentions_a_plan_and_what_it_lacks() {
    let ground = ground().await;
    ground.write("planned.txt", PLANNED);
    ground.write("letter.txt", LETTER);
    ground.import().await;
    let app = &ground.app;
    app.read_records(&ground.session, &ground.case).await.unwrap();
    let blind = PacketRequest { blind: true, ..PacketRequest::default() };
    let before = app.before_blind(&ground.session, &ground.case, &blind).await.unwrap();
    let quotes = |mentions: &[consilium_app::share::Mentions]| {
        let of =
            mentions.iter().map(|m| m.quotes.iter().map(|q| q.quote.replace('\n', " ")).collect::<Vec<_>>().join("; "));
        of.collect::<Vec<_>>()
    };
    let words = quotes(&before.plan_mentions);
    assert!(matches!(words.as_slice(), [one] if one.contains("scheduled for neoadjuvant chemotherapy")), "{words:?}");
    let lacking: Vec<String> = before.lacking.iter().map(|f| format!("{} {}", f.concept, f.value)).collect();
    assert!(lacking.is_empty(), "{lacking:?}");
    let told: Vec<String> = before.told_without_source.iter().map(|f| format!("{} {}", f.concept, f.value)).collect();
    assert_eq!(told, ["ki67 44 %"], "the grade stands in reports that go");
    // Both reports go, the letter does not; the warning is the sender's and in no file of the packet.
    let made = hold(&ground, blind.clone()).await.unwrap();
    assert_eq!(made.packet.documents.len(), 2);
    assert_eq!(quotes(&made.plan_mentions), words);
    let told = serde_json::to_value(&made).unwrap();
    let document = told["plan_mentions"][0]["document"].as_str().unwrap().to_owned();
    let index = app.file_of_packet(&ground.session, &ground.case, &made.packet.id, "INDEX.HTM").await.unwrap();
    let index = String::from_utf8(index).unwrap();
    assert!(!index.contains("chemotherapy") && !index.contains("mention"), "{index}");
    // What only page one tells is named, so that the other side knows that no record of the packet says it.
    let list = app.file_of_packet(&ground.session, &ground.case, &made.packet.id, "PACKET.JSON").await.unwrap();
    let list = String::from_utf8(list).unwrap();
    assert!(list.contains("The record of a line of page one: Ki-67: 44 %"), "{list}");
    // Left out, it is warned of no more; and an edition that is not blind warns of nothing.
    let without = PacketRequest { without: vec![document], ..blind };
    assert!(app.before_blind(&ground.session, &ground.case, &without).await.unwrap().plan_mentions.is_empty());
    let made = hold(&ground, without).await.unwrap();
    assert_eq!((made.packet.documents.len(), made.plan_mentions.len()), (1, 0));
    assert!(hold(&ground, PacketRequest::default()).await.unwrap().plan_mentions.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn words_a_person_typed_are_warned_of_like_those_of_a_report() {
    let ground = ground().await;
    let sheet = Registration {
        referring_doctor: "Dr. Example, who recommends mastectomy".to_owned(),
        plan: "Example Health Plan".to_owned(),
        ..Registration::default()
    };
    ground.app.state_registration(&ground.session, &ground.case, sheet).await.unwrap();
    let blind = PacketRequest { blind: true, ..PacketRequest::default() };
    let made = hold(&ground, blind).await.unwrap();
    let told: Vec<_> = made.plan_mentions.iter().map(|m| (m.document.is_none(), m.quotes.len())).collect();
    assert_eq!(told, [(true, 1)], "the health plan is none: {:?}", made.plan_mentions);
    let list = &ground.app.file_of_packet(&ground.session, &ground.case, &made.packet.id, "PACKET.JSON").await.unwrap();
    assert!(String::from_utf8_lossy(list).contains("The registration sheet"));
    let center = Some("Example Center, for mastectomy".to_owned());
    let made = hold(&ground, PacketRequest { blind: true, center, ..PacketRequest::default() }).await.unwrap();
    let told: Vec<_> = made.plan_mentions.iter().map(|m| m.title.as_str()).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.contains(&"Center"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_owner_is_told_what_a_blind_packet_holds_of_a_plan() {
    let ground = ground().await;
    for audience in [Audience::Specialist, Audience::BlindReader, Audience::Helper] {
        let session = Session { audience, ..ground.session.clone() };
        let asked = ground.app.before_blind(&session, &ground.case, &PacketRequest::default()).await;
        assert!(asked.is_err(), "{audience:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_only_a_withheld_record_satisfies_is_withheld_from_a_blind_edition() {
    let ground = ground().await;
    ground.write("letter.txt", LETTER);
    ground.import().await;
    let app = &ground.app;
    app.read_records(&ground.session, &ground.case).await.unwrap();
    let states = |answer: consilium_app::gather::CheckAnswer| {
        answer
            .items
            .into_iter()
            .map(|item| (item.requirement, (item.state, item.evidence)))
            .collect::<std::collections::HashMap<_, _>>()
    };
    let open = states(app.check(&ground.session, &ground.case, None).await.unwrap());
    let blind = states(app.check_blind(&ground.session, &ground.case, None).await.unwrap());
    assert!(open.values().all(|(state, _)| *state != "withheld"));
    let withheld: Vec<_> = blind.iter().filter(|(_, (state, _))| *state == "withheld").collect();
    assert!(!withheld.is_empty(), "{blind:#?}");
    for (requirement, (_, evidence)) in withheld {
        let letter = |title: &String| title.to_lowercase().contains("consultation") || title.contains("letter");
        assert!(evidence.iter().all(letter) && !evidence.is_empty(), "{requirement}: {evidence:?}");
    }
    // Pathology goes, and no line of it is withheld.
    let pathology =
        blind.values().find(|(_, evidence)| evidence.iter().any(|t| t.to_lowercase().contains("pathology")));
    assert!(pathology.is_some_and(|(state, _)| *state != "withheld"));
    let helper = Session { audience: Audience::Helper, ..ground.session.clone() };
    assert!(matches!(app.check_blind(&helper, &ground.case, None).await, Err(AppError::NotFound)));
}

const EXPORT: &str = r#"{"resourceType":"Bundle","type":"collection","entry":[
 {"resource":{"resourceType":"Patient","id":"p","name":[{"family":"Example","given":["Rosa"]}],"birthDate":"1971-03-14"}},
 {"resource":{"resourceType":"AllergyIntolerance","id":"a","patient":{"reference":"Patient/p"},
  "clinicalStatus":{"coding":[{"code":"active"}]},"code":{"text":"Penicillin"}}},
 {"resource":{"resourceType":"MedicationStatement","id":"m","status":"active","subject":{"reference":"Patient/p"},
  "effectiveDateTime":"2026-07-01","medicationCodeableConcept":{"text":"lisinopril 10 MG Oral Tablet"}}}
]}"#;

#[tokio::test(flavor = "multi_thread")]
async fn page_one_of_a_blind_packet_tells_what_an_export_says_and_of_the_rest_that_it_is_withheld() {
    let ground = ground().await;
    ground.write("letter.txt", LETTER);
    ground.write("export.json", EXPORT);
    ground.import().await;
    let app = &ground.app;
    app.read_records(&ground.session, &ground.case).await.unwrap();
    let page = async |blind| {
        let request = PacketRequest { blind, ..PacketRequest::default() };
        app.packet_plan(&ground.session, &ground.case, &request).await.unwrap().contents.page_one.unwrap()
    };
    let blind = page(true).await;
    let group = |heading: &str| blind.groups.iter().find(|group| group.heading == heading).unwrap();
    let said = |lines: &[consilium_press::packet::PageOneLine]| format!("{lines:?}").to_lowercase();
    assert!(said(&group("Medicines").lines).contains("lisinopril"), "{blind:#?}");
    assert!(said(&group("The person").lines).contains("penicillin"), "{blind:#?}");
    let planned = group("Planned or declined");
    assert_eq!((planned.lines.len(), planned.blank.as_deref()), (0, Some("withheld")));
    let mut lines = blind.groups.iter().flat_map(|group| &group.lines);
    let proliferation = lines.find(|line| line.label == "Ki-67").unwrap();
    let told: Vec<_> =
        proliferation.values.iter().flat_map(|v| &v.said).map(|s| (s.words.as_str(), s.sources.as_str())).collect();
    assert_eq!(told, [("44 %", "in a record that is withheld")], "told without its source");
    // What no record says is not stated, here and in the whole edition, which withholds nothing.
    assert!(blind.groups.iter().flat_map(|group| &group.lines).any(|l| l.values.is_empty() && l.blank.is_none()));
    let whole = page(false).await;
    assert!(whole.groups.iter().all(|group| group.blank.is_none() && group.lines.iter().all(|l| l.blank.is_none())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_beside_a_conflict_counts_records_as_its_packet_does() {
    let ground = ground().await;
    let first = hold(&ground, PacketRequest::default()).await.unwrap().packet;
    ground.write("second.txt", PATHOLOGY.replace("receptor positive, 95 percent", "receptor negative"));
    ground.import().await;
    ground.app.read_records(&ground.session, &ground.case).await.unwrap();
    let note = async |request| {
        let plan = ground.app.packet_plan(&ground.session, &ground.case, &request).await.unwrap().contents;
        let lines = plan.page_one.unwrap().groups.into_iter().flat_map(|group| group.lines);
        lines.into_iter().find(|line| line.conflict).and_then(|line| line.note).unwrap()
    };
    let whole = note(PacketRequest::default()).await;
    assert!(whole.contains("(1)") && whole.contains("(2)"), "{whole}");
    // The first report is not in the second packet and has no number there.
    let delta = note(since(&first.id)).await;
    assert!(delta.contains("(1)") && !delta.contains("(2)"), "{delta}");
}

/// Hands a packet to the centre, and says that the first of its documents came and what did not.
async fn handed_with_a_gap(ground: &Ground, packet: &consilium_app::casefile::share::PacketRecord) -> DeliveryId {
    let (app, session, case, on) = (&ground.app, &ground.session, &ground.case, ground.app.now().date());
    let delivery = handed(&packet.id, RIVERBEND, on);
    let (_, delivery) = app.deliver(session, case, delivery).await.unwrap();
    let receipt = Receipt {
        delivery: delivery.clone(),
        on,
        by: "Kim Example".to_owned(),
        documents: vec![packet.documents[0].clone()],
        studies: Vec::new(),
        missing: "the second report".to_owned(),
        from_file: None,
    };
    app.confirm_receipt(session, case, receipt).await.unwrap();
    delivery
}

#[tokio::test(flavor = "multi_thread")]
async fn what_they_said_is_missing_goes_again_and_its_delivery_is_confirmed_for_itself() {
    let ground = ground().await;
    ground.write("operative.txt", OPERATIVE);
    ground.import().await;
    let first = hold(&ground, PacketRequest::default()).await.unwrap().packet;
    handed_with_a_gap(&ground, &first).await;
    let second = hold(&ground, since(&first.id)).await.unwrap().packet;
    assert_eq!(second.documents, first.documents[1..], "what they confirmed does not go again");
    let again = handed_with_a_gap(&ground, &second).await;
    let case = ground.app.case(&ground.session, &ground.case).await.unwrap();
    let share = case.held_share();
    let stands: Vec<_> = share.deliveries.iter().map(|held| (share.left(held), share.awaited(held))).collect();
    assert_eq!(stands, [(1, 0), (0, 0)], "the document came with the second");
    assert_eq!(share.said_missing(), 2, "their words stand until they say otherwise");
    // Handed over once more, nothing of it is confirmed.
    let delivery = Delivery { how: "courier".to_owned(), ..share.delivery(&again).unwrap().delivery.clone() };
    let (case, third) = ground.app.deliver(&ground.session, &ground.case, delivery).await.unwrap();
    let share = case.held_share();
    assert_eq!(share.left(share.delivery(&third).unwrap()), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doctor_has_seen_only_what_came_once_something_was_missing_and_no_export_goes_while_an_opinion_is_sealed() {
    use consilium_app::casefile::compare::Material;
    use consilium_app::reading::Standard;
    let ground = ground().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    ground.write("operative.txt", OPERATIVE);
    ground.import().await;
    let packet = hold(&ground, PacketRequest::default()).await.unwrap().packet;
    let delivery = handed_with_a_gap(&ground, &packet).await;
    let opinion = serde_json::json!({
        "clinician": { "name": "Dr. Ada Example", "role": "medical oncologist" }, "date": "2026-01-10",
        "diagnosis": "Invasive carcinoma of the left breast", "deliveries": [delivery],
    });
    let opinion = serde_json::from_value(opinion).unwrap();
    let recorded = app.record_opinion(session, case, None, &opinion).await.unwrap();
    let seen = async || {
        let case = app.case(session, case).await.unwrap();
        let view = case.seen_by(Audience::Owner);
        view.materials_given(view.opinions()[0], app.knowledge())
    };
    let came = packet.documents[0].clone();
    let held = app.case(session, case).await.unwrap();
    let view = held.seen_by(Audience::Owner);
    let first = view.document(&came, app.knowledge()).unwrap().kind().unwrap().0.clone();
    let of = |kind: &str| if kind == "pathology-report" { Material::PathologyReport } else { Material::OperativeNote };
    assert_eq!(seen().await, [of(&first)], "only what they confirmed");
    let receipt = Receipt {
        delivery,
        on: app.now().date(),
        by: "Kim Example".to_owned(),
        documents: packet.documents.clone(),
        studies: Vec::new(),
        missing: String::new(),
        from_file: None,
    };
    app.confirm_receipt(session, case, receipt).await.unwrap();
    assert_eq!(seen().await.len(), 2, "the second report came as well");

    app.seal_opinion(session, case, &recorded, true).await.unwrap();
    for standard in [Standard::Mcode, Standard::Ips] {
        let refused = app.export(session, case, standard).await.unwrap_err();
        assert_eq!(key(refused), "refusal-opinion-kept-back", "{standard:?}");
    }
    assert!(app.export(session, case, Standard::Fhir).await.is_ok(), "the full export is the person's own");
    app.seal_opinion(session, case, &recorded, false).await.unwrap();
    assert!(app.export(session, case, Standard::Mcode).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fax_that_is_too_long_is_told_before_it_is_made_and_what_can_be_left_out() {
    let ground = ground().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    let of = |center: &str| PacketRequest { center: Some(center.to_owned()), fax: true, ..PacketRequest::default() };
    let riverbend = of("Riverbend Example Cancer Center");
    let short = app.fax_before(session, case, &riverbend).await.unwrap().unwrap();
    assert_eq!((short.counted, short.most, short.may_be_too_long()), (true, 30, false));
    // What is said before is what the fax has.
    let made = hold(&ground, riverbend.clone()).await.unwrap().packet;
    let fax = app.file_of_packet(session, case, &made.id, "FAX.PDF").await.unwrap();
    assert_eq!(consilium_formats::pdf::OpenPdf::open(&fax, &[]).unwrap().pages(), short.pages);
    for n in 0..13 {
        ground.write(&format!("note {n}.txt"), OPERATIVE.replace("08/12", &format!("08/{}", 10 + n)));
    }
    ground.import().await;
    let middle = app.fax_before(session, case, &riverbend).await.unwrap().unwrap();
    assert!(middle.pages > short.pages + 12, "{middle:?}");
    let held = app.case(session, case).await.unwrap();
    let view = held.seen_by(Audience::Owner);
    let about = app.fax_ahead(&view, Some("Riverbend Example Cancer Center"), |_| true).unwrap();
    assert!(about.pages.abs_diff(middle.pages) <= 3 && about.said[0].contains("about"), "{about:?}, {middle:?}");
    assert_eq!(app.fax_before(session, case, &of("Somewhere Example")).await.unwrap(), None, "it limits no pages");
    let line = |text: &str| Paragraph { text: text.to_owned(), ..Paragraph::default() };
    let paragraphs = vec![line(&"Slept well. Nothing new was noted. ".repeat(12)); 400];
    let pairs = [("Patient:", "Rosa Example"), ("Date of birth:", "03/14/1971")];
    let notes = typed_document(&TypedDocument {
        facility: "Springfield Example Hospital".to_owned(),
        title: "Nursing notes".to_owned(),
        patient_line: pairs.map(|(label, value)| (label.to_owned(), value.to_owned())).to_vec(),
        paragraphs,
        ..TypedDocument::default()
    });
    std::fs::write(ground.folder.path().join("box/notes.pdf"), notes.unwrap()).unwrap();
    let report = ground.import().await;
    assert_eq!((report.import.totals.kept, report.import.totals.set_aside), (1, 0), "{:?}", report.files);
    let long = app.fax_before(session, case, &riverbend).await.unwrap().unwrap();
    assert!(long.is_too_long() && long.pages > 30, "{long:?}");
    let held = app.case(session, case).await.unwrap();
    let view = held.seen_by(Audience::Owner);
    let notes = view.documents(app.knowledge()).into_iter().find(|d| d.document.path.ends_with("notes.pdf")).unwrap();
    assert_eq!(long.leave_out.first(), Some(&notes.document.id), "the longest first");
    assert!(long.said[0].contains("30 pages at most") && long.said[1].contains("left out"), "{:?}", long.said);
    let without = PacketRequest { without: vec![notes.document.id.to_string()], ..riverbend };
    assert!(!app.fax_before(session, case, &without).await.unwrap().unwrap().is_too_long());
}

async fn index_of(ground: &Ground, packet: &PacketId) -> String {
    let index = ground.app.file_of_packet(&ground.session, &ground.case, packet, "INDEX.HTM").await.unwrap();
    String::from_utf8(index).unwrap()
}

async fn list_of(ground: &Ground, packet: &PacketId) -> serde_json::Value {
    let list = ground.app.file_of_packet(&ground.session, &ground.case, packet, "PACKET.JSON").await.unwrap();
    serde_json::from_slice(&list).unwrap()
}

/// The same as the other side reads it.
async fn packet_list(ground: &Ground, packet: &PacketId) -> PacketList {
    serde_json::from_value(list_of(ground, packet).await).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_cover_says_otherwise_is_a_change_worth_sending() {
    let ground = ground().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    app.ask(session, case, "Is radiation needed?").await.unwrap();
    let first = hold(&ground, PacketRequest::default()).await.unwrap().packet;
    assert_eq!(key(hold(&ground, since(&first.id)).await.unwrap_err()), "refusal-nothing-new");
    let sheet = Registration { plan: "Example Mutual".to_owned(), ..Registration::default() };
    app.state_registration(session, case, sheet).await.unwrap();
    app.ask(session, case, "Is a trial open?").await.unwrap();
    app.plan_treatment_start(session, case, "2026-12-20", "").await.unwrap();
    let delta = hold(&ground, since(&first.id)).await.unwrap().packet;
    let (index, list) = (index_of(&ground, &delta.id).await, list_of(&ground, &delta.id).await);
    for change in ["Example Mutual now, not stated before", "Now asked: Is a trial open?", "20 December 2026 now"] {
        assert!(index.contains(change) && list["changes"].to_string().contains(change), "{change}: {index}");
    }
    assert!(!list["changes"].to_string().contains("radiation"), "what was asked before is no change");
    assert!(list["items"].as_array().unwrap().is_empty());
    // Questions are no change for a blind reader, who is not told of them.
    let blind = PacketRequest { blind: true, ..PacketRequest::default() };
    let first = hold(&ground, blind.clone()).await.unwrap().packet;
    app.ask(session, case, "Is surgery needed?").await.unwrap();
    let again = PacketRequest { since: Some(first.id), ..blind };
    assert_eq!(key(hold(&ground, again).await.unwrap_err()), "refusal-nothing-new");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_out_on_purpose_or_set_aside_is_said_to_be_so_and_not_to_be_in_the_packet() {
    let ground = ground().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    app.state_cancer(session, case, Some("breast"), "left").await.unwrap();
    ground.write("operative.txt", OPERATIVE);
    ground.import().await;
    app.read_records(session, case).await.unwrap();
    let held = app.case(session, case).await.unwrap();
    let view = held.seen_by(Audience::Owner);
    let reports = view.documents(app.knowledge()).into_iter().filter(|d| d.document.path.contains("pathology"));
    let without: Vec<String> = reports.map(|d| d.document.id.to_string()).collect();
    assert_eq!(without.len(), 1);
    let whole = index_of(&ground, &hold(&ground, PacketRequest::default()).await.unwrap().packet.id).await;
    assert!(!whole.contains("on purpose"), "{whole}");
    for blind in [false, true] {
        let request = PacketRequest { blind, without: without.clone(), ..PacketRequest::default() };
        let made = hold(&ground, request).await.unwrap().packet;
        let list = list_of(&ground, &made.id).await;
        let missing = list["missing"].as_array().unwrap();
        let pathology: Vec<_> = missing
            .iter()
            .filter(|row| row["why"].as_str().unwrap().contains("left out of this packet on purpose"))
            .collect();
        assert!(!pathology.is_empty(), "{list:#}");
        assert!(!missing.iter().any(|row| row["why"].as_str().unwrap().starts_with("In this packet")), "{list:#}");
    }
    let checked = app.check(session, case, None).await.unwrap();
    let open = checked.items.iter().find(|item| item.state == "needed" && item.need == Need::Required).unwrap();
    app.settle_requirement(session, case, &open.requirement, "too expensive", None).await.unwrap();
    for blind in [false, true] {
        let made = hold(&ground, PacketRequest { blind, ..PacketRequest::default() }).await.unwrap().packet;
        let index = index_of(&ground, &made.id).await;
        assert!(index.contains("Set aside by the sender") && index.contains(&open.label), "{index}");
        assert!(!index.contains("expensive"), "the reason is the person's own");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blind_edition_says_what_is_missing_and_nothing_of_a_plan() {
    let ground = ground().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    app.state_cancer(session, case, Some("breast"), "left, surgeon plans mastectomy then TCHP").await.unwrap();
    app.ask(session, case, "Is TCHP needed?").await.unwrap();
    let whole = list_of(&ground, &hold(&ground, PacketRequest::default()).await.unwrap().packet.id).await;
    let made = hold(&ground, PacketRequest { blind: true, ..PacketRequest::default() }).await.unwrap();
    let (index, list) = (index_of(&ground, &made.packet.id).await, list_of(&ground, &made.packet.id).await);
    let what = |list: &serde_json::Value| -> Vec<String> {
        list["missing"].as_array().unwrap().iter().map(|row| row["what"].as_str().unwrap().to_owned()).collect()
    };
    let told = what(&list);
    let slides = |all: &[String]| all.iter().any(|row| row.to_lowercase().contains("slides"));
    assert!(slides(&what(&whole)) && slides(&told), "{told:?}");
    for word in ["TCHP", "mastectomy", "surgeon", "onsultation"] {
        assert!(!index.contains(word) && !list.to_string().contains(word), "{word}: {index}");
    }
    assert!(index.contains("Breast: left") && index.contains("Questions are withheld"), "{index}");
    assert!(made.problems.iter().any(|problem| problem.contains("own words about the cancer")), "{:?}", made.problems);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_packet_starts_with_a_registration_sheet_and_a_center_by_a_name_that_is_near_is_asked_about() {
    let ground = ground().await;
    let of = |center: &str| PacketRequest { center: Some(center.to_owned()), ..PacketRequest::default() };
    let near = hold(&ground, of("Riverbend Example Cancer Centre")).await.unwrap();
    let warned =
        |problems: &[String]| problems.iter().any(|p| p.contains("Did you mean “Riverbend Example Cancer Center”"));
    assert!(warned(&near.problems), "{:?}", near.problems);
    for known in ["riverbend example cancer  center", "Somewhere else altogether"] {
        assert!(!warned(&hold(&ground, of(known)).await.unwrap().problems), "{known}");
    }
    let index = index_of(&ground, &near.packet.id).await;
    assert!(index.contains("Registration") && index.matches("not stated").count() >= 12, "{index}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_only_stated_was_sent_by_a_packet_that_told_it_and_confirmed_with_all_of_that_packet() {
    let ground = ground().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    let center = "Riverbend Example Cancer Center";
    app.choose_center(session, case, center).await.unwrap();
    let state = async |requirement: &str| {
        let list = app.check(session, case, None).await.unwrap();
        list.items.iter().find(|item| item.requirement == requirement).unwrap().state
    };
    let handed = async |packet: &PacketId| {
        let delivery = handed(packet, center, app.now().date());
        app.deliver(session, case, delivery).await.unwrap().1
    };
    let whole = hold(&ground, PacketRequest::default()).await.unwrap().packet;
    let delivery = handed(&whole.id).await;
    app.ask(session, case, "Is a trial open?").await.unwrap();
    assert_eq!((state("person").await, state("questions").await), ("sent", "checked"), "asked after it went");
    let receipt = |delivery: &DeliveryId, documents: Vec<_>, missing: &str| Receipt {
        delivery: delivery.clone(),
        on: app.now().date(),
        by: "Kim".to_owned(),
        documents,
        studies: Vec::new(),
        missing: missing.to_owned(),
        from_file: None,
    };
    app.confirm_receipt(session, case, receipt(&delivery, Vec::new(), "The slides")).await.unwrap();
    assert_eq!(state("person").await, "sent", "a receipt that confirms nothing confirms no sheet");
    app.confirm_receipt(session, case, receipt(&delivery, whole.documents.clone(), "")).await.unwrap();
    assert_eq!((state("person").await, state("questions").await), ("confirmed", "checked"));
    let delta = hold(&ground, since(&whole.id)).await.unwrap().packet;
    let delivery = handed(&delta.id).await;
    assert_eq!(state("questions").await, "sent");
    app.confirm_receipt(session, case, receipt(&delivery, Vec::new(), "")).await.unwrap();
    assert_eq!(state("questions").await, "confirmed", "its front pages are all there is of it");
    let sheet = Registration { phone: "555-0142".to_owned(), ..Registration::default() };
    app.state_registration(session, case, sheet).await.unwrap();
    assert_eq!(state("person").await, "checked", "the sheet says something else now");
}

/// A PDF that asks for a password.
fn locked_report() -> Vec<u8> {
    let mut pdf = lopdf::Document::load_mem(&printed_report()).unwrap();
    pdf.trailer.set("ID", lopdf::Object::Array(vec![lopdf::Object::string_literal("0123456789abcdef"); 2]));
    let version = lopdf::EncryptionVersion::V2 {
        document: &pdf,
        owner_password: "owner",
        user_password: "rosa1971",
        key_length: 128,
        permissions: lopdf::Permissions::all(),
    };
    let state = lopdf::EncryptionState::try_from(version).unwrap();
    pdf.encrypt(&state).unwrap();
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).unwrap();
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_asks_for_a_password_is_counted_before_its_recipients_and_never_named() {
    let ground = ground().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    ground.write("recurrence-letter.pdf", locked_report());
    ground.import().await;
    for blind in [false, true] {
        let made = hold(&ground, PacketRequest { blind, ..PacketRequest::default() }).await.unwrap();
        assert!(made.problems.iter().any(|said| said.starts_with("1 file asks for a password")), "{:?}", made.problems);
        let index = app.file_of_packet(session, case, &made.packet.id, "INDEX.HTM").await.unwrap();
        let index = String::from_utf8(index).unwrap();
        assert!(index.contains("1 file that asks for a password"), "{index}");
        assert!(!index.contains("recurrence"), "its name may tell what it holds");
    }
    let held = app.case(session, case).await.unwrap();
    let group = held.seen_by(Audience::Owner).set_aside()[0].id.clone();
    app.decide_set_aside(session, case, &group, false).await.unwrap();
    let made = hold(&ground, PacketRequest::default()).await.unwrap();
    assert!(!made.problems.iter().any(|said| said.contains("password")), "a person decided to leave it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_went_is_recalled_whether_they_confirmed_it_or_not_and_nothing_old_is_called_new() {
    let ground = ground().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    ground.write("operative.txt", OPERATIVE);
    ground.write("later.txt", OPERATIVE.replace("08/12", "08/20").replace("OPERATIVE NOTE", "DISCHARGE SUMMARY"));
    ground.import().await;
    let first = hold(&ground, PacketRequest::default()).await.unwrap().packet;
    let delivery = handed(&first.id, RIVERBEND, app.now().date());
    let (_, delivery) = app.deliver(session, case, delivery).await.unwrap();
    let receipt = Receipt {
        delivery,
        on: app.now().date(),
        by: "Kim Example".to_owned(),
        documents: vec![first.documents[0].clone()],
        studies: Vec::new(),
        missing: "the others".to_owned(),
        from_file: None,
    };
    app.confirm_receipt(session, case, receipt).await.unwrap();
    app.set_removed(session, case, vec![first.documents[1].clone()], Vec::new(), true).await.unwrap();
    let delta = hold(&ground, since(&first.id)).await.unwrap().packet;
    let list = packet_list(&ground, &delta.id).await;
    let what: Vec<&str> = list.changes.iter().map(|change| change.what.as_str()).collect();
    assert!(what.iter().any(|what| what.starts_with("Taken out since")), "{what:?}");
    assert_eq!(list.changes.iter().filter(|change| change.recalls.is_some()).count(), 1, "{what:?}");
    assert!(what.iter().any(|what| what.starts_with("Sent before and not confirmed")), "{what:?}");
    assert!(!what.iter().any(|what| what.starts_with("New:")), "{what:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blind_packet_after_a_whole_one_takes_nothing_back_and_calls_nothing_withheld_that_they_have() {
    let ground = ground().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    ground.write("planned.txt", PLANNED);
    ground.write("consult.txt", OPERATIVE.replace("OPERATIVE NOTE", "MEDICAL ONCOLOGY CONSULTATION"));
    ground.import().await;
    app.read_records(session, case).await.unwrap();
    let whole = hold(&ground, PacketRequest::default()).await.unwrap().packet;
    let (_, delivery) = app.deliver(session, case, handed(&whole.id, RIVERBEND, app.now().date())).await.unwrap();
    let receipt = Receipt {
        delivery,
        on: app.now().date(),
        by: "Kim Example".to_owned(),
        documents: whole.documents.clone(),
        studies: whole.studies.clone(),
        missing: String::new(),
        from_file: None,
    };
    app.confirm_receipt(session, case, receipt).await.unwrap();
    ground.write("more.txt", OPERATIVE.replace("08/12", "08/20"));
    ground.import().await;
    let next = hold(&ground, PacketRequest { blind: true, ..since(&whole.id) }).await.unwrap().packet;
    let list = packet_list(&ground, &next.id).await;
    assert_eq!(list.changes.iter().filter(|change| change.recalls.is_some()).count(), 0, "{:?}", list.changes);
    let told: Vec<&str> = list.missing.iter().map(|row| row.why.as_str()).collect();
    assert!(!told.iter().any(|why| why.contains("the record is withheld")), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_of_a_blind_packet_that_is_a_letter_after_all_is_named_and_the_next_blind_packet_takes_it_back() {
    let ground = ground().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    ground.write("planned.txt", PLANNED);
    ground.import().await;
    app.read_records(session, case).await.unwrap();
    let first = hold(&ground, PacketRequest { blind: true, ..PacketRequest::default() }).await.unwrap().packet;
    assert_eq!(first.shown.as_ref().map(|shown| shown.len()), Some(1));
    let found = async || {
        let case = app.case(session, case).await.unwrap();
        let view = case.seen_by(Audience::Owner);
        let found = view.plans_found_since(&first, app.knowledge());
        found.iter().map(|found| (found.held.document.path.clone(), found.is_left_out)).collect::<Vec<_>>()
    };
    assert_eq!(found().await, [], "its sender was shown what it says");
    let held = app.case(session, case).await.unwrap();
    let held = held.all_documents().find(|held| held.document.path.ends_with("pathology.txt")).unwrap();
    let said = consilium_app::casefile::records::Confirmation {
        kind: Some(consilium_app::casefile::records::DocumentKind("consultation".to_owned())),
        date: "2026-08-13".parse().ok(),
        author: None,
        facility: None,
    };
    app.confirm_document(session, case, &held.document.id, said).await.unwrap();
    assert!(matches!(found().await.as_slice(), [(path, true)] if path.ends_with("pathology.txt")));
    let next = hold(&ground, PacketRequest { blind: true, ..since(&first.id) }).await.unwrap().packet;
    let list = packet_list(&ground, &next.id).await;
    assert_eq!(list.changes.iter().filter(|change| change.recalls.is_some()).count(), 1, "{:?}", list.changes);
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_a_file_that_its_pages_do_not_show_are_warned_of() {
    let ground = ground().await;
    let report = PLANNED.replace(", scheduled for neoadjuvant chemotherapy", "");
    let page = |head: &str, comment: &str| {
        format!("<html><head>{head}</head><body><!-- {comment} --><pre>{report}</pre></body></html>")
    };
    ground.write("said.html", page("<title>Plan: mastectomy</title>", "refer to Dr. Cut for BCT"));
    ground
        .write("silent.html", page("<title>Surgical pathology</title>", "end of header").replace("grade 2", "grade 1"));
    ground.import().await;
    ground.app.read_records(&ground.session, &ground.case).await.unwrap();
    let blind = PacketRequest { blind: true, ..PacketRequest::default() };
    let before = ground.app.before_blind(&ground.session, &ground.case, &blind).await.unwrap();
    let quotes: Vec<_> = before.plan_mentions.iter().flat_map(|m| &m.quotes).map(|q| q.quote.as_str()).collect();
    assert_eq!(quotes, ["Plan: mastectomy", "refer to Dr. Cut for BCT"], "{:?}", before.plan_mentions);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_to_come_is_a_plan_on_page_one_and_medicines_of_the_plan_are_nobodys() {
    let ground = ground().await;
    ground.write("note.txt", PLANNED.replace("scheduled for neoadjuvant chemotherapy", "mastectomy 12/20/2031"));
    let letter = "Dexamethasone 8 mg twice daily the day before docetaxel. Ondansetron 8 mg as needed.\nAllergies: \
                  iodinated contrast (hives).\n";
    ground.write("letter.txt", format!("{LETTER}{letter}"));
    ground.import().await;
    let app = &ground.app;
    app.read_records(&ground.session, &ground.case).await.unwrap();
    let case = app.case(&ground.session, &ground.case).await.unwrap();
    let page = app.reading(&case.seen_by(Audience::BlindReader)).summary.clone();
    let words =
        |lines: &[consilium_app::reading::ListedWords]| lines.iter().map(|l| l.words.clone()).collect::<Vec<_>>();
    assert_eq!(words(&page.given), Vec::<String>::new());
    assert_eq!(words(&page.medicines), Vec::<String>::new(), "what goes with a treatment tells of it");
    let blind = PacketRequest { blind: true, ..PacketRequest::default() };
    let before = app.before_blind(&ground.session, &ground.case, &blind).await.unwrap();
    let quotes: Vec<_> = before.plan_mentions.iter().flat_map(|m| &m.quotes).map(|q| q.quote.to_lowercase()).collect();
    assert!(quotes.iter().any(|quote| quote.contains("mastectomy")), "{quotes:?}");
}
