//! What gathering hands to other programs, judged by them: the calendar file by a calendar library, the bars of the sheet
//! that travels with slides by a scanner.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops where its ground is missing, and says what it skips"
)]

mod common;

use std::process::Command;

use common::Ground;
use consilium_app::casefile::gather::tissue::{Material, Tissue};
use consilium_app::casefile::knowledge::Department;
use consilium_app::casefile::{DocumentId, HolderId, TissueId};
use consilium_app::gather::NewRequest;

/// What a program prints; `None`, said on the way, where it is not installed.
fn peer(program: &str, arguments: &[&str], folder: &std::path::Path) -> Option<String> {
    let Ok(output) = Command::new(program).args(arguments).current_dir(folder).output() else {
        println!("skipped: what gathering hands over, {program} is not installed");
        return None;
    };
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_program_reads_the_days_of_a_request_as_whole_days_with_an_alarm_each() {
    let ground = Ground::new().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    let name = "Sample Street Imaging; Films, “old” and new";
    let (_, holder) = app.state_holder(session, case, None, name, None).await.unwrap();
    let new = NewRequest {
        requirements: vec!["breast-mammogram".to_owned()],
        items: String::new(),
        route: "access-letter".to_owned(),
        needed_by: None,
        running_known: false,
    };
    let (_, request) = app.draft_request(session, case, &holder, Department::Radiology, &new).await.unwrap();
    app.request_sent(session, case, &request, Some("2026-01-31".parse().unwrap()), "fax", None).await.unwrap();
    let file = app.gather_calendar(session, case).await.unwrap();
    std::fs::write(ground.folder.path().join("days.ics"), &file).unwrap();
    const SCRIPT: &str = r"
import datetime, icalendar
calendar = icalendar.Calendar.from_ical(open('days.ics', 'rb').read())
for event in calendar.walk('VEVENT'):
    start, end = event.decoded('DTSTART'), event.decoded('DTEND')
    assert type(start) is datetime.date and end - start == datetime.timedelta(days=1), (start, end)
    assert event.errors == [] and len(event.walk('VALARM')) == 1
    print(start, event['SUMMARY'])
";
    let python = std::env::var("CONSILIUM_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let is_there = Command::new(&python).args(["-c", "import icalendar"]).output().is_ok_and(|of| of.status.success());
    if !is_there {
        println!("skipped: the calendar file read, {python} has no icalendar");
        return;
    }
    let Some(said) = peer(&python, &["-c", SCRIPT], ground.folder.path()) else { return };
    assert!(
        said.lines()
            .any(|line| line.starts_with("2026-03-02 ") && line.contains(&format!(": an answer is due from {name}"))),
        "{said}"
    );
    assert!(said.lines().filter(|line| line.contains(": ask ")).count() >= 1, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanner_reads_every_label_of_the_sheet_that_travels_with_slides() {
    let ground = Ground::new().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    let line = |accession: &str, block: &str| Tissue {
        id: TissueId(String::new()),
        accession: accession.to_owned(),
        part: String::new(),
        block: block.to_owned(),
        material: Material::Slide,
        stain: "H&E".to_owned(),
        count: 3,
        uncounted: false,
        recut: false,
        collected: Some("2026-08-12".parse().unwrap()),
        laboratory: None,
        report: None::<DocumentId>,
        small: false,
        remaining: String::new(),
    };
    let mut labels = Vec::new();
    for (accession, block) in [("S-10421", "A1"), ("S-10421", "A2"), ("S26-0011877", "B1-B6"), ("26:SP:00123", "")] {
        let (held, id) = app.register_tissue(session, case, line(accession, block)).await.unwrap();
        labels.push(held.held_tissue().lines.get(&id).unwrap().label());
    }
    let folder = ground.folder.path();
    std::fs::write(folder.join("sheet.pdf"), app.custody_sheet(session, case, &[]).await.unwrap().0).unwrap();
    // What an office printer and a phone make of it: 200 dots an inch.
    let drawn = peer("pdftoppm", &["-gray", "-r", "200", "-png", "sheet.pdf", "sheet"], folder);
    let mut pages: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    pages.retain(|page| page.extension().is_some_and(|of| of == "png"));
    let pages: Vec<&str> = pages.iter().map(|page| page.to_str().unwrap()).collect();
    let scanned = drawn.and_then(|_| peer("zbarimg", &[&["--quiet", "--raw"], pages.as_slice()].concat(), folder));
    let Some(scanned) = scanned else { return };
    for label in labels {
        assert!(scanned.lines().any(|line| line == label), "{label} in {scanned}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_on_tissue_proposes_its_accession_until_it_is_registered() {
    let ground = Ground::new().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    app.state_person(session, case, "Rosa Example", "1971-03-14").await.unwrap();
    let report = |number: &str| {
        format!(
            "SPRINGFIELD EXAMPLE HOSPITAL\nSURGICAL PATHOLOGY REPORT\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\n\
             Accession number: {number}\nCollected: 08/13/2026\nFINAL DIAGNOSIS\nLeft breast: invasive carcinoma.\n"
        )
    };
    ground.write("pathology.txt", report("S-10421"));
    ground.write("again.txt", format!("{}ADDENDUM\nER 95 percent.\n", report("s10421")));
    ground.write("other.txt", report("S-11877"));
    ground.write("ct.txt", "CT OF THE CHEST\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\nAccession number: CT-99001\n");
    ground.import().await;
    let proposed = async || {
        let held = app.case(session, case).await.unwrap();
        let view = held.seen_by(session.audience);
        let all = view.unregistered_tissue(app.knowledge());
        let mut numbers: Vec<String> = all.into_iter().map(|(_, number)| number.to_owned()).collect();
        numbers.sort_unstable();
        numbers
    };
    let found = proposed().await;
    assert_eq!(found.len(), 2, "once for each specimen, and not for images: {found:?}");
    let line = Tissue { count: 1, ..piece("S 10421", Material::Block, None) };
    app.register_tissue(session, case, line).await.unwrap();
    assert_eq!(proposed().await, ["S-11877"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_is_asked_for_no_more_and_whether_the_request_ended_is_for_a_person_to_say() {
    use consilium_app::casefile::gather::requests::{Ending, LetterKind};
    let ground = Ground::new().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    app.state_person(session, case, "Rosa Example", "1971-03-14").await.unwrap();
    app.choose_center(session, case, "Riverbend Example Cancer Center").await.unwrap();
    let (_, holder) = app.state_holder(session, case, None, "Springfield Example Hospital", None).await.unwrap();
    let asked = app.now().date().saturating_sub(jiff::Span::new().days(45));
    let draft = async |lines: &[&str], items: &str| {
        let new = NewRequest {
            requirements: lines.iter().map(|line| (*line).to_owned()).collect(),
            items: items.to_owned(),
            route: "access-letter".to_owned(),
            needed_by: None,
            running_known: true,
        };
        let (_, id) = app.draft_request(session, case, &holder, Department::Records, &new).await.unwrap();
        app.request_sent(session, case, &id, Some(asked), "fax", None).await.unwrap();
        id
    };
    let whole = draft(&["operative-note"], "").await;
    let needs = async || {
        let held = app.case(session, case).await.unwrap();
        let needs = app.waiting(&held.seen_by(session.audience)).needs;
        (needs.overdue, needs.came)
    };
    assert_eq!(needs().await, (1, 0));
    assert!(app.letter(session, case, &whole, LetterKind::Escalation, None).await.is_ok());
    let note = "SPRINGFIELD EXAMPLE HOSPITAL\nOPERATIVE NOTE\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\nDate of operation: \
                08/12/2026\nProcedure: left lumpectomy and sentinel node biopsy.\n";
    ground.write("operative.txt", note);
    ground.import().await;
    assert_eq!(needs().await, (0, 1), "it is asked whether it ended");
    let refused = app.letter(session, case, &whole, LetterKind::Escalation, None).await.unwrap_err();
    let consilium_app::AppError::Refusal(refusal) = refused else { unreachable!("{refused}") };
    assert_eq!(refusal.0.key, "refusal-letter-all-came");
    assert!(
        app.letter(session, case, &whole, LetterKind::Request, None).await.is_ok(),
        "the first letter is as it was"
    );
    // What a person asked for in words nobody can look for.
    let words = draft(&["operative-note"], "The anesthesia record").await;
    assert_eq!(needs().await, (1, 1));
    assert!(app.letter(session, case, &words, LetterKind::Escalation, None).await.is_ok());
    for request in [whole, words] {
        app.end_request(session, case, &request, None, Ending::Fulfilled, "").await.unwrap();
    }
    assert_eq!(needs().await, (0, 0));
}

/// The line of a requirement of the list for the chosen centre.
async fn line(ground: &Ground, requirement: &str) -> consilium_app::gather::CheckItem {
    let check = ground.app.check(&ground.session, &ground.case, None).await.unwrap();
    check.items.into_iter().find(|item| item.requirement == requirement).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gave_radiation_is_told_by_radiation_records_and_by_no_other_house() {
    let ground = Ground::new().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    app.state_person(session, case, "Rosa Example", "1971-03-14").await.unwrap();
    app.state_situation(session, case, "radiation", Some(true)).await.unwrap();
    let note = |house: &str, title: &str, words: &str| {
        format!("{house}\n{title}\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\nDate: 08/12/2026\n{words}\n")
    };
    let house = "SPRINGFIELD EXAMPLE HOSPITAL";
    ground.write("op.txt", note(house, "OPERATIVE NOTE", "Procedure: left lumpectomy."));
    ground.write("onc.txt", note(house, "MEDICAL ONCOLOGY CONSULTATION", "Invasive carcinoma of the left breast."));
    ground.import().await;
    for asked in ["radiation-plan", "radiation-summary"] {
        assert_eq!(line(&ground, asked).await.holder, None, "no record says where the radiation was given: {asked}");
    }
    let consultation = "Planned: 50 Gy in 25 fractions to the left breast.";
    ground.write("rad.txt", note("RIVERSIDE EXAMPLE CLINIC", "RADIATION ONCOLOGY CONSULTATION", consultation));
    ground.import().await;
    for asked in ["radiation-plan", "radiation-summary"] {
        assert_eq!(line(&ground, asked).await.holder.as_deref(), Some("RIVERSIDE EXAMPLE CLINIC"), "{asked}");
    }
}

fn piece(accession: &str, material: Material, laboratory: Option<&HolderId>) -> Tissue {
    Tissue {
        id: TissueId(String::new()),
        accession: accession.to_owned(),
        part: String::new(),
        block: "A1".to_owned(),
        material,
        stain: if material == Material::Slide { "H&E".to_owned() } else { String::new() },
        count: 2,
        uncounted: false,
        recut: false,
        collected: None,
        laboratory: laboratory.cloned(),
        report: None,
        small: false,
        remaining: String::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_a_release_asks_for_every_piece_and_a_reminder_names_all_that_have_not_come() {
    use consilium_app::casefile::gather::requests::LetterKind;
    use consilium_app::casefile::gather::tissue::{Custody, Step};
    let ground = Ground::new().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    app.state_person(session, case, "Rosa Example", "1971-03-14").await.unwrap();
    app.choose_center(session, case, "Riverbend Example Cancer Center").await.unwrap();
    let (_, holder) = app.state_holder(session, case, None, "Springfield Example Hospital", None).await.unwrap();
    let register = async |accession: &str| {
        app.register_tissue(session, case, piece(accession, Material::Slide, Some(&holder))).await.unwrap().1
    };
    let (first, _) = (register("S-10421").await, register("S-11877").await);
    let new = NewRequest {
        requirements: vec!["slides".to_owned(), "tissue-for-tests".to_owned()],
        route: "laboratory".to_owned(),
        ..NewRequest::default()
    };
    let (_, id) = app.draft_request(session, case, &holder, Department::Pathology, &new).await.unwrap();
    let today = app.now().date();
    let written = async |kind| {
        let held = app.case(session, case).await.unwrap();
        format!("{:?}", app.written(&held.seen_by(session.audience), &id, kind, today).unwrap().blocks)
    };
    let letter = written(LetterKind::Request).await;
    assert!(letter.contains("S-10421") && letter.contains("S-11877"), "{letter}");
    let label = &app.knowledge().gathering.requirement("tissue-for-tests").unwrap().label;
    assert!(
        letter.contains(label.as_str()),
        "the table has no block or unstained slice, so that it is asked for in words"
    );
    app.request_sent(session, case, &id, None, "fax", None).await.unwrap();
    // One leaves the laboratory's hands but is not sent; one is registered later.
    let released = Custody::of(Step::Released, today);
    app.tissue_custody(session, case, &[first], released).await.unwrap();
    register("S-20000").await;
    let reminder = written(LetterKind::Reminder).await;
    assert!(reminder.contains("S-10421") && reminder.contains("S-11877"), "{reminder}");
    assert!(!reminder.contains("S-20000"), "nobody asked for that one: {reminder}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_reports_without_images_the_newest_is_asked_about() {
    let ground = Ground::new().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    app.state_person(session, case, "Rosa Example", "1971-03-14").await.unwrap();
    app.state_situation(session, case, "recurrence", Some(true)).await.unwrap();
    let report = |title: &str, day: &str| {
        format!(
            "SAMPLE STREET IMAGING CENTER\n{title}\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\nDate of exam: {day}\n\
             FINDINGS: As described.\nIMPRESSION: As described.\n"
        )
    };
    ground.write("ct.txt", report("CT ABDOMEN", "09/10/2025"));
    ground.write("mri.txt", report("MRI ABDOMEN", "08/08/2026"));
    ground.import().await;
    let evidence = line(&ground, "recurrence-imaging").await.evidence.join(" ");
    assert!(evidence.contains("8 August 2026") && !evidence.contains("2025"), "{evidence}");
}

#[tokio::test(flavor = "multi_thread")]
async fn slides_that_two_laboratories_keep_are_asked_of_both() {
    let ground = Ground::new().await;
    let (app, session, case) = (&ground.app, &ground.session, &ground.case);
    app.state_person(session, case, "Rosa Example", "1971-03-14").await.unwrap();
    app.state_situation(session, case, "biopsied", Some(true)).await.unwrap();
    for (house, accession) in [("Springfield Example Hospital", "S-10421"), ("Riverside Example Clinic", "R-26-7")] {
        let (_, holder) = app.state_holder(session, case, None, house, None).await.unwrap();
        let tissue = piece(accession, Material::Slide, Some(&holder));
        app.register_tissue(session, case, tissue).await.unwrap();
    }
    let lacks = line(&ground, "slides").await.lacks.join(" ");
    assert!(lacks.contains("Springfield Example Hospital, Riverside Example Clinic"), "{lacks}");
}
