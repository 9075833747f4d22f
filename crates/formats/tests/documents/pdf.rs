use consilium_casefile::records::FileFormat;
use consilium_formats::pdf::{OpenPdf, PdfError, page_png, words};
use consilium_formats::{Content, Limits, Substance, understand};

use crate::support::{document, line, patients, pdf_of, read};

fn report() -> Vec<u8> {
    let first = [
        line(200.0, 740.0, "Mercy Example Hospital"),
        line(200.0, 720.0, "SURGICAL PATHOLOGY REPORT"),
        line(72.0, 680.0, "Patient: EXAMPLE, ROSA") + &line(300.0, 680.0, "DOB: 03/14/1971"),
        line(72.0, 665.0, "MRN: 12345") + &line(300.0, 665.0, "Collected: 03/20/2026"),
        line(72.0, 640.0, "Invasive carcinoma of no special type."),
    ];
    let second = line(72.0, 740.0, "Electronically signed by: Ann Pathologist, MD");
    pdf_of(&[&first.concat(), &second], 0, "/Title (Report of Rosa) /Author (lab-user)")
}

#[test]
fn a_report_is_read_page_by_page_with_its_patient_and_dates() {
    let understood = read(report(), FileFormat::Pdf);
    let content = document(&understood);
    assert_eq!(content.pages, Some(2));
    assert!(content.pages_without_text.is_empty());
    assert!(content.text[0].contains("Invasive carcinoma of no special type."), "{}", content.text[0]);
    assert_eq!(patients(content), ["ROSA EXAMPLE|1971-03-14"]);
    assert_eq!(content.patients[0].identifier.as_deref(), Some("12345"));
    assert_eq!(content.stated.title.as_deref(), Some("Report of Rosa"));
    assert_eq!(content.stated.date.map(|d| d.to_string()).as_deref(), Some("2026-03-20"));
    assert_eq!(content.stated.author.as_deref(), Some("Ann Pathologist, MD"));
    assert_eq!(content.stated.facility.as_deref(), Some("Mercy Example Hospital"));
}

#[test]
fn words_lie_where_they_are_drawn_and_know_their_place_in_the_text() {
    let pdf = report();
    let text = document(&read(&pdf, FileFormat::Pdf)).text[0].clone();
    let found = words(&pdf, 1).unwrap();
    let characters: Vec<char> = text.chars().collect();
    for word in &found {
        assert_eq!(characters[word.start..word.end].iter().collect::<String>(), word.text);
    }
    let mercy = &found[0];
    assert_eq!(mercy.text, "Mercy");
    assert!((mercy.x0 - 200.0).abs() < 1.0 && (mercy.y1 - (792.0 - 740.0 + 2.1)).abs() < 1.0, "{mercy:?}");
}

#[test]
fn columns_are_read_one_after_the_other_and_tables_by_row() {
    let mut page =
        line(72.0, 740.0, "A heading over both of the columns that is wide enough to lie across the gap in the middle");
    for row in (0..20_u8).rev() {
        // Drawn from the bottom up and right before left: the order on the page must not matter.
        let y = 700.0 - 14.0 * f32::from(row);
        page += &line(330.0, y, &format!("right column words in row {row} of it."));
        page += &line(72.0, y, &format!("left column words in row {row} of it,"));
    }
    let text = document(&read(pdf_of(&[&page], 0, ""), FileFormat::Pdf)).text[0].clone();
    let at = |needle: &str| text.find(needle).unwrap_or_else(|| panic!("{needle} is missing in {text}"));
    assert!(at("A heading") < at("left column words in row 0"));
    assert!(at("left column words in row 19") < at("right column words in row 0"));
    let mut table = String::new();
    for row in 0..12_u8 {
        let y = 700.0 - 14.0 * f32::from(row);
        table += &(line(72.0, y, &format!("Marker{row}")) + &line(300.0, y, &format!("Value{row}")));
    }
    let text = document(&read(pdf_of(&[&table], 0, ""), FileFormat::Pdf)).text[0].clone();
    assert!(text.contains("Marker3  Value3\nMarker4"), "{text}");
}

#[test]
fn the_fields_of_a_form_are_read_by_row() {
    let left = [
        "Patient name: Example, Rosa",
        "Date of birth: 03/14/1971",
        "Accession number: S-11877",
        "Submitting physician: Simon Example, MD",
    ];
    let right = [
        "Department of Pathology of the hospital",
        "MRN: EX-0271828 of this place",
        "Sex: Female as it is stated here",
        "Date reported: 09/21/2026 by hand",
    ];
    let mut page = String::new();
    for (row, (l, r)) in (0_u8..).zip(left.iter().zip(right)) {
        let y = 700.0 - 14.0 * f32::from(row);
        page += &(line(72.0, y, l) + &line(330.0, y, r));
    }
    page += &line(72.0, 620.0, "FINAL DIAGNOSIS");
    let text = document(&read(pdf_of(&[&page], 0, ""), FileFormat::Pdf)).text[0].clone();
    assert!(text.contains("Date of birth: 03/14/1971  MRN: EX-0271828 of this place\nAccession"), "{text}");
    assert!(text.ends_with("\n\nFINAL DIAGNOSIS"), "{text}");
}

#[test]
fn a_turned_page_reads_like_an_upright_one() {
    let sideways =
        "BT /F1 10 Tf 0 1 -1 0 100 100 Tm (Turned text) Tj ET\nBT /F1 10 Tf 0 1 -1 0 114 100 Tm (second line) Tj ET";
    for rotate in [0, 90, 180, 270] {
        let content = document(&read(pdf_of(&[sideways], rotate, ""), FileFormat::Pdf)).clone();
        assert_eq!(content.text, ["Turned text\nsecond line"], "/Rotate {rotate}");
    }
}

#[test]
fn a_page_that_is_a_picture_is_listed_for_ocr_and_a_blank_page_is_not() {
    let picture = "q 612 0 0 792 0 0 cm BI /W 2 /H 2 /CS /G /BPC 8 ID \u{1}\u{2}\u{3}\u{4} EI Q";
    let content = document(&read(pdf_of(&[picture, "", &line(72.0, 700.0, "text")], 0, ""), FileFormat::Pdf)).clone();
    assert_eq!(content.pages_without_text, [1]);
    assert_eq!(content.text.len(), 3);
}

#[test]
fn a_page_becomes_a_picture_of_the_asked_size() {
    let png = page_png(&report(), 1, 72.0).unwrap();
    assert_eq!(&png[1..4], b"PNG");
    let size = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!((size(16), size(20)), (612, 792));
    assert_eq!(page_png(&report(), 3, 72.0), Err(PdfError::NoSuchPage(3)));
    assert_eq!(page_png(&report(), 0, 72.0), Err(PdfError::NoSuchPage(0)));
    assert!(page_png(&report(), 2, f32::NAN).is_ok());
    assert!(matches!(words(b"%PDF-1.4 nothing", 1), Err(PdfError::Damaged)));
}

#[test]
fn a_locked_pdf_is_locked_until_its_password_is_known() {
    let mut pdf = lopdf::Document::load_mem(&report()).unwrap();
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
    let mut locked = Vec::new();
    pdf.save_to(&mut locked).unwrap();
    let with = |passwords: &[&str]| {
        let passwords: Vec<String> = passwords.iter().map(|p| (*p).to_owned()).collect();
        understand(&Content::Memory(locked.clone()), FileFormat::Pdf, &Limits::default(), &passwords).substance
    };
    assert_eq!(with(&[]), Substance::Locked);
    assert_eq!(with(&["wrong"]), Substance::Locked);
    assert!(matches!(with(&["wrong", "rosa1971"]), Substance::Document(_)));
    assert!(OpenPdf::open(&locked, &["rosa1971".to_owned()]).is_ok());

    let without = |password: &str| consilium_formats::pdf::without_password(&locked, &[password.to_owned()]);
    assert_eq!(without("wrong"), None);
    let unlocked = without("rosa1971").unwrap();
    assert_eq!(OpenPdf::open(&unlocked, &[]).unwrap().text(1), OpenPdf::open(&report(), &[]).unwrap().text(1));
    assert_eq!(
        consilium_formats::pdf::without_password(&report(), &["rosa1971".to_owned()]),
        None,
        "it was not locked"
    );
}

#[test]
fn damage_anywhere_costs_only_this_file() {
    let pdf = report();
    for length in (0..pdf.len()).step_by(37) {
        let _ = read(&pdf[..length], FileFormat::Pdf);
    }
    for place in (0..pdf.len()).step_by(11) {
        let mut damaged = pdf.clone();
        damaged[place] ^= 0x55;
        let _ = read(&damaged, FileFormat::Pdf);
    }
    let empty = read(b"%PDF-1.7\n", FileFormat::Pdf);
    assert_eq!((empty.substance, empty.complaints.len()), (Substance::Opaque, 1));
}

#[test]
fn a_table_of_results_is_read_by_row_however_many_columns_it_has() {
    let rows = [
        ["Test", "Result", "Unit", "Reference"],
        ["Hemoglobin", "11.2", "g/dL", "12.0 - 16.0"],
        ["Leukocytes", "6.4", "10*9/L", "4.0 - 11.0"],
        ["Creatinine", "0.9", "mg/dL", "0.5 - 1.1"],
        ["CA 15-3", "28", "U/mL", "< 31"],
        ["PSA", "0.04", "ng/mL", "< 4.0"],
    ];
    let cell =
        |row: usize, column: usize| line(80.0 + 117.0 * column as f32, 700.0 - 22.0 * row as f32, rows[row][column]);
    let content: String = (0..24).map(|i| cell(i / 4, i % 4)).collect();
    let text = document(&read(pdf_of(&[&content], 0, ""), FileFormat::Pdf)).text[0].clone();
    assert!(text.contains("Hemoglobin  11.2  g/dL  12.0 - 16.0\n"), "{text}");
    assert!(text.ends_with("PSA  0.04  ng/mL  < 4.0"), "{text}");
}
