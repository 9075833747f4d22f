use std::process::Command;

use super::*;
use crate::binder::{Body, Instead, Part};
use crate::page::{Paragraph, TypedDocument, typed_document};

fn day(text: &str) -> Option<consilium_casefile::shared::time::PartialDate> {
    text.parse().ok()
}

fn rosa() -> Contents {
    let document = |number: &str, title: &str, kind: &str, date: &str| Document {
        number: number.to_owned(),
        title: title.to_owned(),
        kind: kind.to_owned(),
        date: day(date),
        author: Some("Pat Example, MD".to_owned()),
        facility: Some("Springfield Example Hospital".to_owned()),
        original: Some(format!("DOCS/00{number}.PDF")),
        sha256: Some("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned()),
        ..Document::default()
    };
    let series = |description: &str, found, expected, gaps: &str| Series {
        description: description.to_owned(),
        modality: "MR".to_owned(),
        found,
        expected,
        gaps: gaps.to_owned(),
    };
    Contents {
        patient_name: "Rosa Example".to_owned(),
        birth_date: day("1971-03-14"),
        cancer: "Cancer of the left breast".to_owned(),
        prepared_for: Some("Riverbend Example Cancer Center".to_owned()),
        prepared_on: day("2026-11-07"),
        contact: vec![
            ("Telephone".to_owned(), "555 0134".to_owned()),
            ("Whom to call".to_owned(), "Ines Example (daughter), ines@example.org".to_owned()),
        ],
        changes: vec!["New: document 3, laboratory result".to_owned()],
        case_handle: "ROSA-7K2".to_owned(),
        chain_head: "3b1f0c6e8a9d4f5b7c2e1a0d9f8e7c6b5a4d3c2b1a0f9e8d7c6b5a4f3e2d1c0b".to_owned(),
        planned_treatment_start: day("2026-12-01"),
        safe_waiting: Some(SafeWaiting {
            by: "Dr Lee Example, oncology".to_owned(),
            said: "Chemotherapy should start within twelve weeks of surgery.".to_owned(),
            on: day("2026-09-18"),
        }),
        questions: vec![
            "Is chemotherapy needed, given the recurrence score?".to_owned(),
            "Was the margin of 1 mm enough?".to_owned(),
            "What of the wedding on 21 January, and of my hands on the piano?".to_owned(),
        ],
        documents: vec![
            document("1", "Surgical pathology S-11877", "Pathology report", "2026-09-12"),
            Document {
                notes: vec!["scan: not searchable".to_owned(), "names the patient without a birth date".to_owned()],
                ..document("2", "Addendum: HER2 ISH", "Pathology addendum", "2026-08-20")
            },
            document("3", "Oncology consultation", "Consultation", "2026-09"),
            Document { date: None, author: None, ..document("4", "Damaged file", "Unknown", "") },
        ],
        studies: vec![Study {
            notes: Vec::new(),
            number: "I1".to_owned(),
            date: day("2026-08-24"),
            description: "MRI breasts with contrast".to_owned(),
            modalities: vec!["MR".to_owned()],
            facility: Some("Springfield Example Hospital".to_owned()),
            series: vec![
                series("T1 axial dynamic, 3rd phase", 116, Some(120), "87–90"),
                series("T2 sagittal", 60, Some(60), ""),
                series("Localizer", 9, None, ""),
            ],
            folder: Some("DICOM/ST000001".to_owned()),
        }],
        missing: vec![
            Missing {
                what: "Slides and blocks S-11877".to_owned(),
                why: "requested 3 October 2026, no answer".to_owned(),
                holder: Some("Springfield Example Hospital, pathology".to_owned()),
            },
            Missing { what: "Images of the diagnostic mammogram".to_owned(), ..Missing::default() },
        ],
        timeline: vec![
            Event {
                date: day("2026-08-13"),
                what: "Core biopsy: invasive carcinoma, grade 2".to_owned(),
                source: Some("1".to_owned()),
            },
            Event { date: day("2026-09-08"), what: "Lumpectomy and sentinel nodes".to_owned(), source: None },
        ],
        set_aside: 2,
        merged_pdf: Some("PACKET.PDF".to_owned()),
        ..Contents::default()
    }
}

fn report(words: &str) -> Vec<u8> {
    typed_document(&TypedDocument {
        facility: "Springfield Example Hospital".to_owned(),
        title: "Surgical pathology report".to_owned(),
        paragraphs: vec![Paragraph { heading: None, text: words.to_owned(), table: None }],
        footer: "S-11877".to_owned(),
        ..TypedDocument::default()
    })
    .unwrap()
}

fn part(number: &str, body: Body) -> Part {
    Part {
        number: number.to_owned(),
        title: format!("Title of {number} (é)"),
        original: format!("DOCS/00{number}.PDF"),
        body,
    }
}

/// Runs a judge on a file; `None`, said aloud, where the judge is not installed.
fn judge(program: &str, before: &[&str], pdf: &[u8], after: &[&str]) -> Option<(bool, String)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("packet.pdf");
    std::fs::write(&path, pdf).unwrap();
    match Command::new(program).args(before).arg(&path).args(after).output() {
        Ok(output) => {
            let words = [output.stdout, output.stderr].concat();
            Some((output.status.success(), String::from_utf8_lossy(&words).into_owned()))
        }
        Err(_) => {
            println!("skipped: {program} is not installed");
            None
        }
    }
}

fn assert_well_formed(pdf: &[u8]) {
    if let Some((good, words)) = judge("qpdf", &["--check"], pdf, &[]) {
        assert!(good, "{words}");
    }
}

fn words(pdf: &[u8], page: usize) -> Option<String> {
    let page = page.to_string();
    judge("pdftotext", &["-layout", "-f", &page, "-l", &page], pdf, &["-"]).map(|(_, words)| words)
}

#[test]
fn the_index_prints_the_pages_the_documents_fall_on() {
    let parts = vec![
        part("1", Body::Pdf(report(&"Invasive carcinoma.\n\n".repeat(100)))),
        part("2", Body::Text("Addendum\nHER2 ISH: not amplified\tCEP17 2.1".to_owned())),
        part("3", Body::Pdf(report("pT2 pN0, stage IIA"))),
        part("4", Body::Pdf(b"not a PDF".to_vec())),
    ];
    let packet = set(&rosa(), parts).unwrap();
    assert_well_formed(&packet.pdf);
    if let Ok(path) = std::env::var("CONSILIUM_LOOK") {
        std::fs::write(format!("{path}/packet.pdf"), &packet.pdf).unwrap();
        std::fs::write(format!("{path}/INDEX.HTM"), index_html(&packet.contents)).unwrap();
    }
    let third = packet.contents.documents[2].pages.unwrap();
    assert_eq!(third.from, third.to);
    let Some(page) = words(&packet.pdf, third.from) else { return };
    assert!(page.contains("pT2 pN0, stage IIA"), "{page}");
    assert!(
        page.contains(&format!("Packet page {} of {} · Document 3, sheet 1 of 1", third.from, packet.pages)),
        "{page}"
    );
    let front: String = (1..=packet.front_pages).filter_map(|n| words(&packet.pdf, n)).collect();
    for fact in ["Rosa Example", "14 March 1971", "INCOMPLETE: 4 of 120 missing", "Slides and blocks", "ROSA-7K2"] {
        assert!(front.contains(fact), "{fact} is not in\n{front}");
    }
    assert!(front.contains(&format!("Packet page 1 of {}", packet.pages)), "{front}");
}

#[test]
fn a_file_that_is_no_pdf_costs_only_itself() {
    let packet =
        set(&rosa(), vec![part("3", Body::Pdf(report("kept"))), part("4", Body::Pdf(b"%PDF-1.4\nrubbish".to_vec()))])
            .unwrap();
    assert_well_formed(&packet.pdf);
    assert_eq!(packet.problems.len(), 1);
    assert_eq!(packet.problems[0].instead, Instead::Slip);
    assert_eq!(packet.contents.documents[3].notes.len(), 1);
    if let Some(slip) = words(&packet.pdf, packet.pages) {
        assert!(slip.contains("Original is in the packet as DOCS/004.PDF"), "{slip}");
    }
}

#[test]
fn a_cover_of_nothing_says_so_plainly() {
    let pdf = cover(&Contents::default()).unwrap();
    let Some(first) = words(&pdf.bytes, 1) else { return };
    assert!(first.contains("not stated") && first.contains("not addressed"), "{first}");
}

#[test]
fn letters_the_printer_lacks_are_named_on_the_cover() {
    // No font has letters for these, on whatever computer.
    let pdf = cover(&Contents { patient_name: "\u{e777}\u{10fffd} José".to_owned(), ..rosa() }).unwrap();
    assert_eq!(pdf.missing_glyphs, BTreeSet::from(['\u{e777}', '\u{10fffd}']));
    let Some(first) = words(&pdf.bytes, 1) else { return };
    assert!(first.contains("U+E777, U+10FFFD"), "{first}");
    assert!(first.contains("José"), "{first}");
}

#[test]
fn the_html_index_says_what_the_paper_one_says() {
    let page = index_html(&rosa());
    for fact in [
        "Rosa Example",
        "14 March 1971",
        "INCOMPLETE: 4 of 120 missing (no. 87–90)",
        "<a href=\"DOCS/001.PDF\">Surgical pathology S-11877</a>",
        "<a class=\"big\" href=\"PACKET.PDF\">",
        "scan: not searchable",
        "requested 3 October 2026, no answer",
        "2 files that came with the records name another person",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ] {
        assert!(page.contains(fact), "{fact}");
    }
    assert!(!page.contains("<script"));
}

#[test]
fn nothing_a_record_says_becomes_markup_or_leads_out_of_the_medium() {
    let mut contents = rosa();
    contents.patient_name = "<script>alert(1)</script>".to_owned();
    contents.documents[0].title = "\"><img src=x onerror=alert(1)>".to_owned();
    contents.documents[0].original = Some("../../etc/passwd".to_owned());
    contents.documents[1].original = Some("javascript:alert(1)".to_owned());
    contents.documents[2].original = Some("https://example.org/".to_owned());
    contents.studies[0].folder = Some("/DICOM".to_owned());
    let page = index_html(&contents);
    assert!(!page.contains("<script") && !page.contains("<img"));
    assert_eq!(page.matches("href=").count(), 2, "only the merged file and the one plain path are links");
    assert!(cover(&contents).is_ok());
}

#[test]
fn the_number_of_a_source_does_not_read_as_part_of_the_value() {
    let value = said(&[("pT2", "3")]);
    let line = PageOneLine { label: "T".to_owned(), values: vec![value], ..PageOneLine::default() };
    let group = PageOneGroup { heading: "Stage".to_owned(), lines: vec![line], blank: None };
    let page_one = Some(PageOne { groups: vec![group], ..PageOne::default() });
    let printed = cover(&Contents { page_one, ..rosa() }).unwrap();
    if let Some(text) = words(&printed.bytes, 2) {
        assert!(text.contains("pT2 [3]"), "{text}");
    }
}

fn said(each: &[(&str, &str)]) -> PageOneValue {
    let one = |(words, sources): &(&str, &str)| PageOneSaid {
        words: (*words).to_owned(),
        sources: (*sources).to_owned(),
        doubt: None,
    };
    PageOneValue { said: each.iter().map(one).collect(), ..PageOneValue::default() }
}

#[test]
fn each_source_of_a_line_has_its_own_value_and_a_word_for_one_of_two_is_said_to_be_that() {
    let mut value = said(&[("31 mm", "1"), ("32 mm", "2")]);
    value.partly = Some("1 of 2 sources confirmed".to_owned());
    value.said[1].doubt = Some("which tumor is not clear".to_owned());
    let line = PageOneLine { label: "Size".to_owned(), values: vec![value], ..PageOneLine::default() };
    let group = PageOneGroup { heading: "Specimen".to_owned(), lines: vec![line], blank: None };
    let page_one = Some(PageOne { groups: vec![group], ..PageOne::default() });
    let printed = cover(&Contents { page_one, ..rosa() }).unwrap();
    if let Some(text) = words(&printed.bytes, 2) {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in ["31 mm [1], 32 mm [2]", "(which tumor is not clear)", "(1 of 2 sources confirmed)"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}

#[test]
fn a_study_that_names_somebody_else_says_so_in_the_list_of_images_on_paper_and_on_screen() {
    let mut contents = rosa();
    contents.studies[0].notes = vec!["Names <b>Roland</b> #panic()".to_owned()];
    assert!(index_html(&contents).contains("<strong>Names &lt;b&gt;Roland&lt;/b&gt; #panic()</strong>"));
    assert!(cover(&contents).is_ok(), "words of a header are never taken for instructions");
}

#[test]
fn a_fax_prints_no_checksum_that_nobody_types() {
    let hash = rosa().documents[0].sha256.clone().unwrap();
    let part = || vec![part("1", Body::Text("Addendum".to_owned()))];
    let printed = |contents: &Contents| {
        let packet = set(contents, part()).unwrap();
        (1..=packet.pages).map(|page| words(&packet.pdf, page)).collect::<Option<String>>()
    };
    let (Some(paper), Some(fax)) = (printed(&rosa()), printed(&Contents { fax: true, ..rosa() })) else { return };
    let bare = |text: String| text.split_whitespace().collect::<String>();
    assert!(bare(paper).contains(&hash[..40]));
    let fax = bare(fax);
    assert!(!fax.contains(&hash[..20]) && !fax.contains("SHA-256"), "{fax}");
}

#[test]
fn no_word_of_a_letter_runs_off_the_page() {
    use crate::letter::{Block, Letter, set_letter};
    let long = "W".repeat(300);
    let letter = Letter {
        title: "Request".to_owned(),
        blocks: vec![
            Block::Words(format!("Please send {long} to me.")),
            Block::List(vec![long.clone()]),
            Block::Table(vec![vec!["Label".to_owned(), "What".to_owned()], vec!["S-1".to_owned(), long]]),
        ],
        footer: String::new(),
        marks: String::new(),
    };
    let pdf = set_letter(&letter).unwrap();
    let Some((_, boxes)) = judge("pdftotext", &["-bbox"], &pdf.bytes, &["-"]) else { return };
    let ends: Vec<f64> =
        boxes.split("xMax=\"").skip(1).filter_map(|rest| rest.split('"').next()?.parse().ok()).collect();
    assert!(ends.len() > 20, "{boxes}");
    assert!(ends.iter().all(|end| *end < 600.0), "{ends:?}");
    assert!(boxes.matches('W').count() >= 900, "and all of it is there");
}
