//! Letters as they leave: their words, kind by kind; their days in every state of a clock; and that the page that was sent
//! is the page that is kept. The words of all kinds stand in `letters/words.txt`; to accept a change, look at what the test
//! writes beside it.

#![expect(clippy::unwrap_used, reason = "a test stops where its ground is missing, or says what it skips")]

mod common;

use std::process::Command;

use common::Ground;
use consilium_app::casefile::gather::requests::LetterKind;
use consilium_app::casefile::gather::tissue::{Custody, Material, Step, Tissue};
use consilium_app::casefile::knowledge::Department;
use consilium_app::casefile::registration::Registration;
use consilium_app::casefile::shared::contact::Reach;
use consilium_app::casefile::{HolderId, RequestId, TissueId};
use consilium_app::gather::{LetterMoment, NewRequest, NewSentLetter};
use jiff::civil::{Date, date};

const CENTER: &str = "Riverbend Example Cancer Center";

/// The words of a letter, a paragraph a line.
async fn words(ground: &Ground, request: &RequestId, kind: LetterKind, day: Date) -> Result<String, String> {
    let case = ground.app.case(&ground.session, &ground.case).await.unwrap();
    let letter = ground.app.written(&case.seen_by(ground.session.audience), request, kind, day);
    let letter = letter.map_err(|error| error.to_string())?;
    let value = serde_json::to_value(&letter).unwrap();
    let mut lines = vec![letter.title];
    for block in value["blocks"].as_array().unwrap() {
        if let Some(words) = block["words"].as_str() {
            lines.push(words.to_owned());
        }
        let list = block["list"].as_array().into_iter().flatten();
        lines.extend(list.map(|item| format!("- {}", item.as_str().unwrap())));
        let rows = block["table"].as_array().into_iter().flatten();
        let row = |row: &serde_json::Value| {
            let cells = row.as_array().unwrap().iter().map(|cell| cell.as_str().unwrap());
            format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
        };
        lines.extend(rows.map(row));
    }
    Ok(lines.join("\n"))
}

struct Office {
    ground: Ground,
    holder: HolderId,
}

impl Office {
    /// A case with a name, and a hospital of which only the records department is known.
    async fn new() -> Self {
        let ground = Ground::new().await;
        ground.app.state_person(&ground.session, &ground.case, "Rosa Example", "1971-03-14").await.unwrap();
        let reach = Reach { fax: "555-0111".to_owned(), phone: "555-0110".to_owned(), ..Reach::default() };
        let holder = book(&ground, "Springfield Example Hospital", Department::Records, reach).await;
        Self { ground, holder }
    }

    async fn ask(&self, department: Department, route: &str, line: &str) -> RequestId {
        let new = NewRequest {
            requirements: vec![line.to_owned()],
            items: "Everything of S-10421".to_owned(),
            route: route.to_owned(),
            needed_by: None,
            running_known: true,
        };
        let ground = &self.ground;
        ground.app.draft_request(&ground.session, &ground.case, &self.holder, department, &new).await.unwrap().1
    }

    async fn send(&self, request: &RequestId, new: NewSentLetter) -> Result<bool, String> {
        let sent = self.ground.app.letter_sent(&self.ground.session, &self.ground.case, request, new).await;
        sent.map(|(_, is_new)| is_new).map_err(|error| error.to_string())
    }

    async fn words(&self, request: &RequestId, kind: LetterKind, day: Date) -> Result<String, String> {
        words(&self.ground, request, kind, day).await
    }
}

async fn book(ground: &Ground, name: &str, department: Department, reach: Reach) -> HolderId {
    let known = ground.app.case(&ground.session, &ground.case).await.unwrap();
    let known = ground.app.holder_named(&known, name).ok();
    let told = Some((department, reach));
    ground.app.state_holder(&ground.session, &ground.case, known.as_ref(), name, told).await.unwrap().1
}

fn by(how: &str, on: Date) -> NewSentLetter {
    NewSentLetter {
        kind: LetterKind::Request,
        on: Some(on),
        how: how.to_owned(),
        to: String::new(),
        received: None,
        moment: None,
        file: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_days_of_a_letter_are_right_in_every_state_of_its_clock() {
    // Sent, how, their notice and until when, the day of the letter; what it says, and what it must not say.
    type State =
        (Date, &'static str, Option<(Date, Date)>, Date, LetterKind, &'static [&'static str], &'static [&'static str]);
    let states: &[State] = &[
        // Before it is due: 30 days from 31 January 2026 end on 2 March; no escalation yet, not even on the last day.
        (
            date(2026, 1, 31),
            "fax",
            None,
            date(2026, 2, 20),
            LetterKind::Reminder,
            &["On 31 January 2026 I asked for", "is due by 2 March 2026"],
            &["was due", "extension"],
        ),
        (
            date(2026, 1, 31),
            "fax",
            None,
            date(2026, 3, 2),
            LetterKind::Reminder,
            &["is due by 2 March 2026"],
            &["was due"],
        ),
        (date(2026, 1, 31), "fax", None, date(2026, 3, 2), LetterKind::Escalation, &[], &[]),
        // Due: a day late, in the singular; a reminder then says that it was due.
        (
            date(2026, 1, 31),
            "fax",
            None,
            date(2026, 3, 3),
            LetterKind::Escalation,
            &[
                "my request of 31 January 2026, due on 2 March 2026",
                "On 31 January 2026 you received my request",
                "30 days, ended on 2 March 2026. That was 1 day ago.",
            ],
            &["extension notice", "mailed", "1 days"],
        ),
        (
            date(2026, 1, 31),
            "fax",
            None,
            date(2026, 3, 3),
            LetterKind::Reminder,
            &["was due by 2 March 2026, and has not come"],
            &["is due"],
        ),
        // A weekend does not move the end: 28 February 2026 is a Saturday.
        (
            date(2026, 1, 29),
            "fax",
            None,
            date(2026, 3, 1),
            LetterKind::Escalation,
            &["ended on 28 February 2026. That was 1 day ago."],
            &[],
        ),
        // Extended: not overdue while it runs, and the reminder names the notice and the new day.
        (
            date(2026, 1, 31),
            "fax",
            Some((date(2026, 2, 27), date(2026, 4, 1))),
            date(2026, 4, 1),
            LetterKind::Escalation,
            &[],
            &[],
        ),
        (
            date(2026, 1, 31),
            "fax",
            Some((date(2026, 2, 27), date(2026, 4, 1))),
            date(2026, 3, 20),
            LetterKind::Reminder,
            &["extension notice of 27 February 2026 you take until 1 April 2026", "is due by 1 April 2026"],
            &["2 March"],
        ),
        // After the extension.
        (
            date(2026, 1, 31),
            "fax",
            Some((date(2026, 2, 27), date(2026, 4, 1))),
            date(2026, 4, 13),
            LetterKind::Escalation,
            &[
                "due on 1 April 2026",
                "first 30 days ended on 2 March 2026. By your extension notice of 27 February 2026 you took until 1 April 2026, for this reason: Stored off site.",
                "extended time ended as well, 12 days ago",
            ],
            &["That was", "mailed"],
        ),
        // Mailed: five days for the mail, over the leap day of 2024.
        (
            date(2024, 2, 26),
            "mail",
            None,
            date(2024, 4, 5),
            LetterKind::Escalation,
            &[
                "my request of 26 February 2024, due on 1 April 2024",
                "On 26 February 2024 I sent you my request. With 5 days for the way it should have reached you by 2 March 2024.",
                "ended on 1 April 2024. That was 4 days ago.",
            ],
            &["you received my request"],
        ),
        (date(2024, 2, 26), "mail", None, date(2024, 4, 1), LetterKind::Escalation, &[], &[]),
        (
            date(2024, 1, 30),
            "fax",
            None,
            date(2024, 3, 1),
            LetterKind::Escalation,
            &["ended on 29 February 2024. That was 1 day ago."],
            &[],
        ),
    ];
    for (sent, how, extended, day, kind, says, says_not) in states {
        let office = Office::new().await;
        let request = office.ask(Department::Records, "access-letter", "pathology-report").await;
        office.send(&request, by(how, *sent)).await.unwrap();
        if let Some((noticed, until)) = extended {
            let (app, session, case) = (&office.ground.app, &office.ground.session, &office.ground.case);
            app.request_extended(session, case, &request, *until, "Stored off site", Some(*noticed)).await.unwrap();
        }
        let written = office.words(&request, *kind, *day).await;
        if says.is_empty() {
            assert!(written.is_err(), "{sent} {how} {day}: {written:?}");
            continue;
        }
        let written = written.unwrap();
        says.iter().for_each(|words| assert!(written.contains(words), "{sent} {how} {day}: {words}\n{written}"));
        says_not.iter().for_each(|words| assert!(!written.contains(words), "{sent} {how} {day}: {words}\n{written}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_of_which_no_notice_is_known_names_none() {
    let office = Office::new().await;
    let request = office.ask(Department::Records, "access-letter", "pathology-report").await;
    let today = office.ground.app.now().date();
    let days = |days: i32| today.checked_add(jiff::Span::new().days(days)).unwrap();
    office.send(&request, by("fax", days(-20))).await.unwrap();
    let (app, session, case) = (&office.ground.app, &office.ground.session, &office.ground.case);
    app.request_extended(session, case, &request, days(30), "Stored off site", None).await.unwrap();
    let written = office.words(&request, LetterKind::Escalation, days(31)).await.unwrap();
    assert!(written.contains("You extended the time to") && !written.contains("notice of"), "{written}");
    assert!(written.contains("ended as well, 1 day ago"), "{written}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_that_was_looked_at_is_the_page_that_is_kept_and_it_is_kept_once() {
    let office = Office::new().await;
    let request = office.ask(Department::Records, "access-letter", "pathology-report").await;
    let (app, session, case) = (&office.ground.app, &office.ground.session, &office.ground.case);
    let head = app.case(session, case).await.unwrap().held_requests().requests.len();
    assert_eq!(head, 1);
    let seq = office.head().await;
    let moment = Some(LetterMoment { head: seq, day: date(2026, 1, 30) });
    let looked_at = app.letter(session, case, &request, LetterKind::Request, moment).await.unwrap();
    assert_eq!(looked_at.unprintable, None);
    // The case goes on before the person says that it was sent.
    office.ground.write("ct.txt", "CT OF THE CHEST\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\n");
    office.ground.import().await;
    book(
        &office.ground,
        "Springfield Example Hospital",
        Department::Records,
        Reach { fax: "555-0199".to_owned(), ..Reach::default() },
    )
    .await;
    let sending = NewSentLetter { moment, ..by("fax", date(2026, 1, 31)) };
    assert_eq!(office.send(&request, sending.clone()).await, Ok(true));
    assert_eq!(office.send(&request, sending).await, Ok(false), "the same form once more");
    let held = app.case(session, case).await.unwrap().held_requests().requests[0].clone();
    assert_eq!(held.letters.len(), 1);
    assert_eq!(held.letters[0].to, "Springfield Example Hospital, Medical records (health information management)");
    let kept = app.sent_letter(session, case, &request, &held.letters[0].id).await.unwrap();
    assert!(kept == looked_at.pdf, "not the page that was looked at");
    let now = app.letter(session, case, &request, LetterKind::Request, None).await.unwrap();
    assert!(kept != now.pdf, "a letter of today has another day and number");
    // A page of the person's own is kept as it is, and nothing else is taken for one.
    let page = now.pdf.clone();
    let brought = |file: &[u8]| NewSentLetter { file: Some(file.to_vec()), ..by("mail", date(2026, 2, 1)) };
    let cut = page.get(..page.len() / 3).unwrap().to_vec();
    for none in [&b"%PDF-1.4 signed and scanned"[..], b"", b"%PDF-", &cut, b"\x89PNG\r\n"] {
        let refused = office.send(&request, brought(none)).await.unwrap_err();
        assert!(refused.contains("refusal-letter-no-pdf"), "{refused}");
    }
    assert_eq!(office.send(&request, brought(&page)).await, Ok(true));
    assert_eq!(office.send(&request, brought(&page)).await, Ok(false), "the very same page once more");
    let other = office.send(&request, brought(&looked_at.pdf)).await.unwrap_err();
    assert!(other.contains("refusal-letter-other-page"), "another page is not said to be kept: {other}");
    let held = app.case(session, case).await.unwrap().held_requests().requests[0].clone();
    let own = app.sent_letter(session, case, &request, &held.letters[1].id).await.unwrap();
    assert!(own == page, "kept byte for byte");
    let no_page = NewSentLetter { file: Some(b"PK".to_vec()), ..by("mail", date(2026, 2, 2)) };
    assert!(office.send(&request, no_page).await.is_err());
    assert!(app.sent_letter(session, case, &request, &"none".into()).await.is_err());
    // It stays when what nobody names is swept, and the check of the home finds it.
    app.take_letter_back(session, case, &request, &held.letters[0].id).await.unwrap();
    assert!(app.sent_letter(session, case, &request, &held.letters[0].id).await.is_ok(), "the record of it stays");
}

impl Office {
    async fn head(&self) -> u64 {
        let case = self.ground.app.case(&self.ground.session, &self.ground.case).await.unwrap();
        case.seen_by(self.ground.session.audience).head().seq
    }
}

/// Each element that 45 CFR 164.508(c) asks of an authorization, and the sentence it is in.
const ELEMENTS: [(&str, &str); 10] = [
    (
        "(1)(i) what, specifically and meaningfully",
        "What may be released:\n- Pathology report of the biopsy\n- Everything of S-10421",
    ),
    ("(1)(ii) who may disclose", "Who may release it: Springfield Example Hospital"),
    ("(1)(iii) to whom", "Who may receive it: Riverbend Example Cancer Center"),
    ("(1)(iv) the purpose", "Purpose: a second opinion on a cancer diagnosis, at the request of the individual"),
    ("(1)(v) when it ends", "This authorization ends on 30 July 2026."),
    ("(1)(vi) signature and date", "Signature: ____________________________________   Date: ____________________"),
    ("(1)(vi) authority of who signs for another", "Authority to sign: health care proxy"),
    (
        "(2)(i) the right to revoke, and how",
        "I may take this authorization back at any time, in writing, by a letter to the one who releases the records. What was released before stays released.",
    ),
    (
        "(2)(ii) treatment does not depend on it",
        "Whether I sign does not affect my treatment, payment, enrollment or eligibility for benefits.",
    ),
    (
        "(2)(iii) it may be passed on",
        "What is released may be passed on by the one who receives it, and may then no longer be protected by the federal privacy rule.",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_authorization_has_every_element_the_rule_asks_for() {
    let office = Office::new().await;
    let (app, session, case) = (&office.ground.app, &office.ground.session, &office.ground.case);
    let request = office.ask(Department::Records, "provider", "pathology-report").await;
    assert!(office.words(&request, LetterKind::Authorization, date(2026, 1, 31)).await.is_err(), "to nobody");
    app.choose_center(session, case, CENTER).await.unwrap();
    let registration = Registration {
        signer: "Ines Example".to_owned(),
        authority: "health care proxy".to_owned(),
        ..Registration::default()
    };
    app.state_registration(session, case, registration).await.unwrap();
    let written = office.words(&request, LetterKind::Authorization, date(2026, 1, 31)).await.unwrap();
    for (element, sentence) in ELEMENTS {
        assert!(written.contains(sentence), "{element}\n{written}");
    }
    assert!(written.contains("A copy of this form is given to whoever signs it."), "(c)(4)");
    assert!(
        written.contains("Whose information: Rosa Example, born 14 March 1971")
            && written.contains("Signed by: Ines Example")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_stated_is_a_line_to_fill_in_and_no_paragraph_that_is_gone() {
    let ground = Ground::new().await;
    let holder = book(&ground, "Springfield Example Hospital", Department::Radiology, Reach::default()).await;
    let office = Office { ground, holder };
    let request = office.ask(Department::Pathology, "laboratory", "slides").await;
    let written = office.words(&request, LetterKind::Request, date(2026, 1, 31)).await.unwrap();
    for line in [
        "To: Springfield Example Hospital, Pathology\n",
        "Fax or address: ____",
        "for a second opinion. Accession number of the specimen: ____",
        "Name: ____",
        "Birth date: ____",
        "Please ask for it before anything leaves: ____",
    ] {
        assert!(written.contains(line), "{line}\n{written}");
    }
    assert!(!written.contains("following material"), "{written}");
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_of_another_department_are_said_to_be_of_another() {
    let office = Office::new().await;
    let request = office.ask(Department::Radiology, "access-letter", "pathology-report").await;
    let written = office.words(&request, LetterKind::Request, date(2026, 1, 31)).await.unwrap();
    let film = written.lines().find(|line| line.starts_with("To: ")).unwrap();
    assert!(!film.contains("555"), "{film}");
    assert!(
        written.contains("by way of another one, and these are its numbers: Medical records (health information management), fax 555-0111"),
        "{written}"
    );
    let own = Reach { fax: "555-0222".to_owned(), ..Reach::default() };
    book(&office.ground, "Springfield Example Hospital", Department::Radiology, own).await;
    let written = office.words(&request, LetterKind::Request, date(2026, 1, 31)).await.unwrap();
    assert!(
        written.contains("fax 555-0222") && !written.contains("555-0111") && !written.contains("another one"),
        "{written}"
    );
}

fn piece(block: &str, material: Material, stain: &str, small: bool, recut: bool) -> Tissue {
    Tissue {
        id: TissueId(String::new()),
        accession: "S-10421".to_owned(),
        part: "A".to_owned(),
        block: block.to_owned(),
        material,
        stain: stain.to_owned(),
        count: 3,
        uncounted: false,
        recut,
        collected: None,
        laboratory: None,
        report: None,
        small,
        remaining: String::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_of_every_letter_are_those_that_were_read_and_accepted() {
    let office = Office::new().await;
    let (ground, today) = (&office.ground, date(2026, 1, 31));
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    app.choose_center(session, case, CENTER).await.unwrap();
    let slides = office.ask(Department::Pathology, "laboratory", "slides").await;
    for tissue in [
        piece("A1", Material::Slide, "H&E", true, false),
        piece("A2", Material::Slide, "ER", false, true),
        piece("A1", Material::Block, "", true, false),
    ] {
        app.register_tissue(session, case, tissue).await.unwrap();
    }
    let mut all = Vec::new();
    let mut add = |name: &str, words: String| all.push(format!("==== {name}\n{words}\n"));
    let records = office.ask(Department::Records, "access-letter", "pathology-report").await;
    let images = office.ask(Department::Radiology, "access-letter", "pathology-report").await;
    add("access-request", office.words(&records, LetterKind::Request, today).await.unwrap());
    add("access-request-radiology", office.words(&images, LetterKind::Request, today).await.unwrap());
    add("authorization", office.words(&records, LetterKind::Authorization, today).await.unwrap());
    add(
        "tissue-release, the center's address unknown",
        office.words(&slides, LetterKind::Request, today).await.unwrap(),
    );
    let desk =
        Reach { phone: "555-0300".to_owned(), address: "9 River Road\nRiverbend".to_owned(), ..Reach::default() };
    book(ground, CENTER, Department::Pathology, desk).await;
    add("tissue-release", office.words(&slides, LetterKind::Request, today).await.unwrap());
    for request in [&records, &slides] {
        office.send(request, by("fax", today)).await.unwrap();
    }
    add("reminder", office.words(&records, LetterKind::Reminder, date(2026, 2, 20)).await.unwrap());
    add("tissue-reminder", office.words(&slides, LetterKind::Reminder, date(2026, 2, 6)).await.unwrap());
    let reminder = NewSentLetter { kind: LetterKind::Reminder, ..by("fax", date(2026, 2, 20)) };
    office.send(&records, reminder).await.unwrap();
    add("escalation", office.words(&records, LetterKind::Escalation, date(2026, 3, 12)).await.unwrap());
    let urgent = NewRequest {
        requirements: vec!["slides".to_owned()],
        route: "laboratory".to_owned(),
        needed_by: Some(date(2026, 3, 20)),
        running_known: true,
        ..NewRequest::default()
    };
    let pathology = Department::Pathology;
    let (_, urgent) = app.draft_request(session, case, &office.holder, pathology, &urgent).await.unwrap();
    office.send(&urgent, by("fax", today)).await.unwrap();
    for (name, day) in [("in time", date(2026, 3, 12)), ("too late", date(2026, 3, 30))] {
        let words = office.words(&urgent, LetterKind::Escalation, day).await.unwrap();
        add(&format!("tissue-escalation, {name}"), words);
    }
    let all = all.join("\n");
    let accepted = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/letters/words.txt");
    let known = std::fs::read_to_string(&accepted).unwrap_or_default();
    if known != all {
        let new = accepted.with_extension("txt.new");
        std::fs::write(&new, &all).unwrap();
        assert_eq!(known, all, "read {} and, where it is right, put it in the place of words.txt", new.display());
    }
    // The page says what the words say.
    let set = app.letter(session, case, &slides, LetterKind::Request, None).await.unwrap();
    std::fs::write(ground.folder.path().join("letter.pdf"), &set.pdf).unwrap();
    let read =
        Command::new("pdftotext").args(["-layout", "letter.pdf", "-"]).current_dir(ground.folder.path()).output();
    let Ok(read) = read else {
        println!("skipped: the page of a letter read, pdftotext is not installed");
        return;
    };
    let read = String::from_utf8_lossy(&read.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "S-10421",
        "Recuts are wanted only where the originals can not leave",
        "9 River Road, Riverbend",
        "keep at least one diagnostic block",
    ] {
        assert!(read.contains(words), "{words}: {read}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_no_font_can_print_is_said_and_never_only_boxes() {
    let office = Office::new().await;
    let (app, session, case) = (&office.ground.app, &office.ground.session, &office.ground.case);
    let request = office.ask(Department::Records, "access-letter", "pathology-report").await;
    app.state_person(session, case, "\u{e777}\u{10fffd} Rosa", "1971-03-14").await.unwrap();
    let letter = app.letter(session, case, &request, LetterKind::Request, None).await.unwrap();
    let said = letter.unprintable.unwrap();
    assert!(
        said.contains("\u{e777} \u{10fffd}") && said.contains("fonts-noto-cjk") && said.contains("Latin"),
        "{said}"
    );
    app.state_person(session, case, "Дарья Їжак", "1971-03-14").await.unwrap();
    let letter = app.letter(session, case, &request, LetterKind::Request, None).await.unwrap();
    assert_eq!(letter.unprintable, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_slides_those_are_asked_for_that_are_still_or_again_at_the_laboratory_and_no_block_that_nobody_asked_for() {
    let office = Office::new().await;
    let (ground, holder) = (&office.ground, &office.holder);
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    app.choose_center(session, case, CENTER).await.unwrap();
    let day = |ago: i64| app.now().date().saturating_sub(jiff::Span::new().days(ago));
    let piece = |material, count| Tissue {
        id: TissueId(String::new()),
        accession: "S-10421".to_owned(),
        part: String::new(),
        block: "A1".to_owned(),
        material,
        stain: if material == Material::Slide { "H&E".to_owned() } else { String::new() },
        count,
        uncounted: false,
        recut: false,
        collected: None,
        laboratory: Some(holder.clone()),
        report: None,
        small: false,
        remaining: String::new(),
    };
    let (_, slides) = app.register_tissue(session, case, piece(Material::Slide, 6)).await.unwrap();
    app.register_tissue(session, case, piece(Material::Block, 1)).await.unwrap();
    let new = NewRequest {
        requirements: vec!["slides".to_owned(), "pathology-report".to_owned()],
        items: String::new(),
        route: "laboratory".to_owned(),
        needed_by: None,
        running_known: true,
    };
    let (_, id) = app.draft_request(session, case, holder, Department::Pathology, &new).await.unwrap();
    app.request_sent(session, case, &id, Some(day(45)), "fax", None).await.unwrap();
    let step = async |step: Step, ago: i64, count: Option<u32>| {
        let carrier = "Example Courier".to_owned();
        let custody = Custody { gap_known: true, count, carrier, ..Custody::of(step, day(ago)) };
        app.tissue_custody(session, case, std::slice::from_ref(&slides), custody).await.unwrap();
    };
    let reminder = async || office.words(&id, LetterKind::Reminder, day(0)).await.unwrap();
    step(Step::Shipped, 4, Some(4)).await;
    let partly = reminder().await;
    assert!(partly.contains("H&E | 2 |") && !partly.contains("block |"), "{partly}");
    step(Step::Shipped, 3, Some(2)).await;
    step(Step::Received, 2, None).await;
    let none_left = reminder().await;
    assert!(!none_left.contains("| S-10421"), "the report alone is asked for: {none_left}");
    step(Step::ReturnShipped, 1, None).await;
    step(Step::Returned, 0, None).await;
    let back = reminder().await;
    assert!(back.contains("H&E | 6 |"), "all are there again: {back}");
}
