use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use consilium_casefile::records::FileFormat;
use consilium_formats::ocr::{self, OcrError, OcrPage, Tesseract, read_page};
use consilium_formats::pages::{GrayPage, PageError, page_gray, places_of_span};

use crate::pages::ink;
use crate::scans::{
    bilevel, dusty, faint, faxed, noise, on_a_table, photographed, quarters, report_page, report_pdf, resampled,
    share_of_words, tiff_of, turned,
};

/// The installed tesseract; `None`, and a line that says so, when there is none.
fn tesseract() -> Option<Tesseract> {
    let found = Tesseract::find();
    if found.is_err() {
        println!("skipped: tesseract is not here");
    }
    found.ok()
}

fn read(tesseract: &Tesseract, page: GrayPage) -> OcrPage {
    let read = read_page(tesseract, page, &AtomicBool::new(false)).unwrap();
    check_words(&read);
    read
}

/// What holds for every page: words stand in the text where they say, in order, inside the picture.
fn check_words(page: &OcrPage) {
    let text: Vec<char> = page.text.chars().collect();
    let mut last = 0;
    for word in &page.words {
        assert_eq!(text[word.start..word.end].iter().collect::<String>(), word.text);
        assert!(word.start >= last && word.end > word.start);
        last = word.end;
        for edge in [word.x0, word.y0, word.x1, word.y1] {
            assert!((0.0..=1.0).contains(&edge));
        }
        assert!(word.x0 <= word.x1 && word.y0 <= word.y1);
        assert!((0.0..=100.0).contains(&word.confidence));
    }
    assert!(page.text.chars().all(|c| c == '\n' || !c.is_control()));
}

/// At least this part of the report's words is right, and the text is known to be turned by these degrees.
fn check_read(tesseract: &Tesseract, name: &str, page: GrayPage, share: f64, degrees: f32) {
    let read = read(tesseract, page);
    let right = share_of_words(&read.text);
    println!(
        "{name}: {:.1} % of words right, mean confidence {:.0}, turned {:.2} degrees",
        right * 100.0,
        read.mean_confidence,
        read.turned
    );
    assert!(right >= share, "{name}: {right}\n{}", read.text);
    assert!((read.turned - degrees).abs() < 0.5, "{name}: turned {}", read.turned);
}

#[test]
fn a_clean_page_and_one_that_was_scanned_askew_are_read() {
    let Some(tesseract) = tesseract() else { return };
    let page = report_page();
    check_read(&tesseract, "clean", page.clone(), 0.97, 0.0);
    check_read(&tesseract, "turned 3 degrees", turned(&page, 3.0), 0.97, 3.0);
    check_read(&tesseract, "turned 8 degrees", turned(&page, 8.0), 0.97, 8.0);
    check_read(&tesseract, "turned back 12 degrees", turned(&page, -12.0), 0.97, -12.0);
}

#[test]
fn a_fax_is_read() {
    let Some(tesseract) = tesseract() else { return };
    let page = report_page();
    check_read(&tesseract, "fax, 200 dpi", bilevel(&page), 0.97, 0.0);
    let fine = tiff_of(&[faxed(&turned(&page, 1.5), (200, 200))]);
    check_read(&tesseract, "fax, turned", page_gray(&fine, FileFormat::Tiff, 1).unwrap(), 0.97, 1.5);
    let standard = tiff_of(&[faxed(&resampled(&page, 1.02, 0.49), (204, 98))]);
    check_read(&tesseract, "fax, 204 by 98 dpi", page_gray(&standard, FileFormat::Tiff, 1).unwrap(), 0.95, 0.0);
}

#[test]
fn a_faint_copy_and_a_dusty_fax_are_read() {
    let Some(tesseract) = tesseract() else { return };
    let page = report_page();
    check_read(&tesseract, "faint", faint(&page), 0.97, 0.0);
    check_read(&tesseract, "dusty, 150 dpi", dusty(&turned(&resampled(&page, 0.75, 0.75), 0.8)), 0.96, 0.8);
}

#[test]
fn a_photograph_in_a_shadow_is_read() {
    let Some(tesseract) = tesseract() else { return };
    let page = report_page();
    check_read(&tesseract, "photograph", photographed(&page, 2.0, 0.0), 0.97, 2.0);
    check_read(&tesseract, "photograph from below", photographed(&page, 3.0, 0.1), 0.95, 3.0);
    check_read(&tesseract, "small photograph", photographed(&resampled(&page, 0.5, 0.5), 2.0, 0.03), 0.95, 2.0);
}

#[test]
fn a_sheet_photographed_on_a_table_is_read() {
    let Some(tesseract) = tesseract() else { return };
    let page = report_page();
    check_read(&tesseract, "photograph on a table", on_a_table(&page, 4.0), 0.97, 4.0);
}

#[test]
fn a_page_is_read_whichever_way_up_it_lies() {
    let Some(tesseract) = tesseract() else { return };
    let page = report_page();
    check_read(&tesseract, "upside down", quarters(&page, 2), 0.97, 180.0);
    check_read(&tesseract, "on its right side", quarters(&page, 1), 0.97, 90.0);
    check_read(&tesseract, "on its left side, photographed", quarters(&photographed(&page, 3.0, 0.05), 3), 0.97, -87.0);
}

#[test]
fn three_words_are_enough_to_know_which_way_up_a_page_lies() {
    let Some(tesseract) = tesseract() else { return };
    let pdf = crate::support::pdf_of(&[&crate::support::line(72.0, 700.0, "Seen and agreed.")], 0, "");
    let page = page_gray(&pdf, FileFormat::Pdf, 1).unwrap();
    for turns in [1, 2, 3] {
        assert_eq!(read(&tesseract, quarters(&page, turns)).text, "Seen and agreed.", "{turns} quarters");
    }
}

#[test]
fn words_that_were_read_are_marked_where_they_stand_on_the_page_as_it_is() {
    let Some(tesseract) = tesseract() else { return };
    let page = report_page();
    for page in [turned(&page, -6.0), quarters(&turned(&page, 4.0), 1), quarters(&page, 2)] {
        let read = read(&tesseract, page.clone());
        assert_eq!((read.width, read.height), (page.width, page.height));
        let places = read.places();
        let dark = |word: &str| {
            let at = read.text.find(word).unwrap();
            let start = read.text[..at].chars().count();
            let rects = places_of_span(&places, start, start + word.len());
            assert_eq!(rects.len(), 1);
            ink(&page, &rects[0])
        };
        for word in ["lumpectomy:", "eighth", "spiculated", "Pathologist,"] {
            assert!(dark(word) > 0.04, "{word} {}", dark(word));
        }
    }
}

#[test]
fn fields_side_by_side_are_read_as_one_line() {
    let Some(tesseract) = tesseract() else { return };
    let pdf = crate::support::pdf_of(
        &[&[
            crate::support::line(72.0, 700.0, "Patient: EXAMPLE, ROSA"),
            crate::support::line(330.0, 700.0, "Collected: 03/20/2026"),
            crate::support::line(72.0, 684.0, "Physician: Sample, Nora"),
            crate::support::line(330.0, 684.0, "Received: 03/21/2026"),
            crate::support::line(72.0, 640.0, "DIAGNOSIS"),
        ]
        .concat()],
        0,
        "",
    );
    let read = ocr::read(&tesseract, &pdf, FileFormat::Pdf, 1, &AtomicBool::new(false)).unwrap();
    check_words(&read);
    let expect =
        "Patient: EXAMPLE, ROSA  Collected: 03/20/2026\nPhysician: Sample, Nora  Received: 03/21/2026\n\nDIAGNOSIS";
    assert_eq!(read.text, expect);
    assert_eq!(read.confidence_of_span(0, 8), Some(read.words[0].confidence));
    assert_eq!(read.confidence_of_span(8, 9), None, "a blank");
    let stored: OcrPage = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
    assert_eq!(stored, read);
}

#[test]
fn without_tesseract_the_error_says_what_to_install() {
    let error = Tesseract::at(PathBuf::from("/nowhere/tesseract")).unwrap_err();
    assert_eq!(error, OcrError::NotInstalled);
    assert!(error.to_string().contains("apt-get install tesseract-ocr"), "{error}");
    // Another program of that name.
    for other in ["/bin/true", "/bin/false"] {
        let found = Tesseract::at(PathBuf::from(other));
        assert!(matches!(found, Err(OcrError::Failed | OcrError::NotInstalled)), "{found:?}");
    }
}

#[test]
fn a_page_that_is_empty_noise_or_wholly_dark_is_read_as_next_to_nothing() {
    let Some(tesseract) = tesseract() else { return };
    assert!(tesseract.version().starts_with("tesseract "), "{}", tesseract.version());
    let page = |value: &dyn Fn(u32, u32) -> u8| {
        let pixels = (0..500).flat_map(|y| (0..400).map(move |x| (x, y))).map(|(x, y)| value(x, y)).collect();
        GrayPage { width: 400, height: 500, pixels, dpi: 50.0 }
    };
    let blank = read(&tesseract, page(&|_, _| 231));
    assert_eq!((blank.text.as_str(), blank.words.len(), blank.mean_confidence), ("", 0, 0.0));
    assert!(read(&tesseract, page(&|_, _| 0)).words.len() < 5);
    let noisy = read(&tesseract, page(&|x, y| (noise(x, y) * 255.0) as u8));
    assert!(noisy.words.len() < 50, "{}", noisy.text);
}

#[test]
fn what_is_no_page_is_refused_and_a_reading_can_be_stopped() {
    let Some(tesseract) = tesseract() else { return };
    let stop = AtomicBool::new(false);
    let page = |width, height, length: usize, dpi| GrayPage { width, height, pixels: vec![255; length], dpi };
    for bad in [
        page(0, 0, 0, 200.0),
        page(3, 4000, 12_000, 200.0),
        page(100, 100, 99, 200.0),
        page(u32::MAX, u32::MAX, 10, 200.0),
        page(100, 100, 10_000, f32::NAN),
    ] {
        assert_eq!(read_page(&tesseract, bad, &stop), Err(OcrError::BadPicture));
    }
    assert_eq!(read_page(&tesseract, report_page(), &AtomicBool::new(true)), Err(OcrError::Stopped));
    let text = ocr::read(&tesseract, b"plain", FileFormat::Text, 1, &stop);
    assert_eq!(text, Err(OcrError::Page(PageError::NotDrawable)));
    let no_page = ocr::read(&tesseract, &report_pdf(11.0), FileFormat::Pdf, 7, &stop);
    assert!(matches!(no_page, Err(OcrError::Page(PageError::Pdf(_)))), "{no_page:?}");
}
