use std::io::Cursor;
use std::path::Path;
use std::process::Command;

use lopdf::dictionary;

use super::*;
use crate::page::{Paragraph, TypedDocument, typed_document};

fn report(words: &str) -> Vec<u8> {
    typed_document(&TypedDocument {
        facility: "Springfield Example Hospital".to_owned(),
        paragraphs: vec![Paragraph { heading: None, text: words.to_owned(), table: None }],
        ..TypedDocument::default()
    })
    .unwrap()
}

fn part(body: Body) -> Part {
    Part { number: "7".to_owned(), title: "A title (7) é 山".to_owned(), original: "DOCS/007.BIN".to_owned(), body }
}

fn bound(body: Body) -> Bound {
    bind(&report("front"), vec![part(body)], "CASE-1").unwrap()
}

/// Runs `program` with `arguments`, in which `FILE` stands for `pdf`; `None`, said aloud, where it is not installed.
fn run(program: &str, arguments: &[&str], pdf: &[u8], folder: &Path) -> Option<(bool, String)> {
    let path = folder.join("file.pdf");
    std::fs::write(&path, pdf).unwrap();
    let arguments = arguments.iter().map(|a| if *a == "FILE" { path.as_os_str() } else { a.as_ref() });
    let Ok(output) = Command::new(program).args(arguments).current_dir(folder).output() else {
        println!("skipped: {program} is not installed");
        return None;
    };
    Some((output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()))
}

/// Binds one part behind a front page; expects this many pages of it, this stand-in, a file qpdf has no complaint of, and
/// words on its pages.
fn check(body: Body, pages: usize, instead: Option<Instead>, words: &[&str]) {
    let bound = bound(body);
    assert_eq!(bound.parts, vec![(2, 1 + pages)]);
    assert_eq!(bound.problems.first().map(|p| p.instead), instead, "{:?}", bound.problems);
    let folder = tempfile::tempdir().unwrap();
    if let Some((good, said)) = run("qpdf", &["--check", "FILE"], &bound.pdf, folder.path()) {
        assert!(good, "{said}");
    }
    if let Some((_, text)) = run("pdftotext", &["-f", "2", "FILE", "-"], &bound.pdf, folder.path()) {
        for word in words {
            assert!(text.contains(word), "“{word}” is not in\n{text}");
        }
        let sheet = format!("Packet page 2 of {} · Document 7, sheet 1 of {pages} · CASE-1", 1 + pages);
        assert!(text.contains(&sheet), "no stamp in\n{text}");
    }
}

/// `pdf` passed through qpdf.
fn rewritten(pdf: &[u8], arguments: &[&str]) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let arguments: Vec<&str> = arguments.iter().copied().chain(["FILE", "out.pdf"]).collect();
    let (good, said) = run("qpdf", &arguments, pdf, folder.path())?;
    assert!(good, "{said}");
    Some(std::fs::read(folder.path().join("out.pdf")).unwrap())
}

fn encoded(width: u32, height: u32, format: image::ImageFormat) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(width, height, |x, y| {
        let shade = u8::try_from((x * 7 + y * 13) % 256).unwrap();
        image::Rgb([shade, 40, 255 - shade])
    });
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

#[test]
fn a_pdf_is_copied_as_it_is_and_stamped() {
    check(Body::Pdf(report("Invasive carcinoma")), 1, None, &["Invasive carcinoma"]);
}

#[test]
fn a_file_only_its_owner_locked_is_opened() {
    let options = ["--encrypt", "", "owner", "256", "--modify=none", "--"];
    let Some(locked) = rewritten(&report("Invasive carcinoma"), &options) else { return };
    check(Body::Pdf(locked), 1, None, &["Invasive carcinoma"]);
}

#[test]
fn a_file_locked_for_its_reader_is_a_slip_and_never_an_empty_document() {
    let options = ["--encrypt", "user", "owner", "256", "--"];
    let Some(locked) = rewritten(&report("Invasive carcinoma"), &options) else { return };
    check(
        Body::Pdf(locked),
        1,
        Some(Instead::Slip),
        &["It is locked with a password.", "Original is in the packet as DOCS/007.BIN."],
    );
}

#[test]
fn turned_pages_and_packed_objects_are_bound() {
    for turn in ["--rotate=+90", "--rotate=+180", "--rotate=+270"] {
        let options = [turn, "--object-streams=generate"];
        let Some(turned) = rewritten(&report("Invasive carcinoma"), &options) else { return };
        check(Body::Pdf(turned), 1, None, &["Invasive"]);
    }
}

#[test]
fn what_a_page_inherits_from_its_tree_comes_with_it() {
    let mut document = Document::with_version("1.4");
    let tree = document.new_object_id();
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Courier",
    });
    // Three opens without a close, and a shift that would carry the stamp off the page.
    let content = b"q q q 1 0 0 1 5000 5000 cm Q BT /F 12 Tf 20 100 Td (Inherited words) Tj ET".to_vec();
    let content = document.add_object(lopdf::Stream::new(lopdf::Dictionary::new(), content));
    let page = document.add_object(dictionary! { "Type" => "Page", "Parent" => tree, "Contents" => content });
    document.set_object(
        tree,
        dictionary! {
            "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1, "Rotate" => 90,
            "MediaBox" => vec![0.into(), 0.into(), 400.into(), 300.into()],
            "Resources" => dictionary! { "Font" => dictionary! { "F" => font } },
        },
    );
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    check(Body::Pdf(bytes), 1, None, &["Inherited words"]);
}

#[test]
fn a_pdf_with_a_page_that_does_not_inflate_stands_as_pictures() {
    let mut document = Document::load_mem(&report("Invasive carcinoma")).unwrap();
    let page = document.page_iter().next().unwrap();
    let content = document.get_page_contents(page)[0];
    let stream = document.get_object_mut(content).unwrap().as_stream_mut().unwrap();
    let middle = stream.content.len() / 2;
    for byte in &mut stream.content[middle..] {
        *byte ^= 0xa5;
    }
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    check(Body::Pdf(bytes), 1, Some(Instead::PagePictures), &[]);
}

#[test]
fn photographs_are_pages_of_letter_paper() {
    let (wide, tall) = (encoded(300, 200, image::ImageFormat::Jpeg), encoded(200, 300, image::ImageFormat::Png));
    check(Body::Pictures(vec![wide, tall]), 2, None, &[]);
}

#[test]
fn text_is_set_with_its_lines_and_without_control_characters() {
    let text = "OBX|1|TX|ER^Estrogen||95 %\r\n  indented\u{7}\u{0} *not bold* #nor code `\nλ ≥ é";
    check(Body::Text(text.to_owned()), 1, None, &["OBX|1|TX|ER^Estrogen||95 %", "indented *not bold* #nor code `"]);
}

#[test]
fn endless_text_is_cut_and_says_so() {
    let bound = bound(Body::Text("ACGT ".repeat(100_000)));
    assert_eq!(bound.problems.first().map(|p| p.instead), Some(Instead::CutText));
}

#[test]
fn what_cannot_be_printed_is_a_slip() {
    let slip = Some(Instead::Slip);
    check(Body::Pdf(Vec::new()), 1, slip, &["no page of it can be read"]);
    check(Body::Pdf(b"%PDF-1.7\n%%EOF".to_vec()), 1, slip, &[]);
    check(Body::Pictures(vec![]), 1, slip, &["picture cannot be read"]);
    check(Body::Pictures(vec![b"\xff\xd8\xff\xe0 not a jpeg".to_vec()]), 1, slip, &[]);
    check(Body::Text(" \n\t".to_owned()), 1, slip, &["holds no text"]);
    check(Body::Unprintable("It is a sound recording.".to_owned()), 1, slip, &["sound recording"]);
}

#[test]
fn a_file_cut_or_changed_anywhere_never_spoils_the_packet() {
    let whole = report(&"Invasive carcinoma.\n\n".repeat(60));
    let mut damaged: Vec<Vec<u8>> = (1..8).map(|n| whole[..whole.len() * n / 8].to_vec()).collect();
    for seed in 1..8_usize {
        let mut bytes = whole.clone();
        for step in 1..40_usize {
            let at = (seed * 7919 + step * 104_729) % bytes.len();
            bytes[at] ^= u8::try_from(1 + (seed * step) % 250).unwrap();
        }
        damaged.push(bytes);
    }
    let parts = damaged.into_iter().map(|bytes| part(Body::Pdf(bytes))).collect();
    let bound = bind(&report("front"), parts, "CASE-1").unwrap();
    assert!(bound.parts.iter().all(|(first, last)| last >= first));
    let folder = tempfile::tempdir().unwrap();
    if let Some((good, said)) = run("qpdf", &["--check", "FILE"], &bound.pdf, folder.path()) {
        assert!(good, "{said}");
    }
}

#[test]
fn every_part_has_a_bookmark_at_its_first_page() {
    let bound = bound(Body::Pdf(report("x")));
    let document = Document::load_mem(&bound.pdf).unwrap();
    let titles: Vec<String> =
        document.get_toc().unwrap().toc.into_iter().map(|entry| format!("{} {}", entry.page, entry.title)).collect();
    assert_eq!(titles, ["1 Cover, index and timeline", "2 7  A title (7) é 山"]);
}

#[test]
fn nothing_at_all_is_refused() {
    assert!(matches!(bind(&[], vec![], "CASE-1"), Err(PressError::Join(_))));
    assert!(matches!(bind(b"no pdf", vec![], "CASE-1"), Err(PressError::Join(_))));
}

fn table(columns: &[&str], rows: &[&[&str]]) -> record::Piece {
    let owned = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    record::Piece::Table { columns: owned(columns), rows: rows.iter().map(|row| owned(row)).collect() }
}

fn of(pieces: Vec<record::Piece>) -> record::Record {
    let section = record::Section { title: "Results".to_owned(), pieces };
    record::Record { header: vec![("Patient".to_owned(), "Rosa Example".to_owned())], sections: vec![section] }
}

#[test]
fn a_record_is_set_with_its_tables() {
    let rows: &[&[&str]] = &[&["Hemoglobin", "13.1 g/dL", ""], &["Platelets", "220", ""]];
    let record = of(vec![
        record::Piece::Text { text: "First line\nsecond line".to_owned() },
        record::Piece::List { items: vec!["an item".to_owned()] },
        table(&["Test", "Value", "Note"], rows),
    ]);
    check(Body::Record(record), 1, None, &["Rosa Example", "Results", "second line", "an item", "Hemoglobin", "220"]);
}

#[test]
fn a_record_whose_rows_are_ragged_empty_or_too_many_columns_is_set_all_the_same() {
    let wide: Vec<String> = (0..30).map(|n| format!("c{n}")).collect();
    let wide: Vec<&str> = wide.iter().map(String::as_str).collect();
    let rows: &[&[&str]] = &[&["one"], &[], &["two", "#set page()", "$x$ \u{0}\u{202e}"]];
    let record = of(vec![table(&["A"], rows), table(&[], &[]), table(&wide, &[&wide])]);
    check(Body::Record(record), 1, None, &["one", "#set page()", "c29: c29"]);
}

#[test]
fn an_endless_record_is_cut_and_says_so() {
    let row = vec!["x".repeat(200), "y".repeat(200)];
    let piece = record::Piece::Table { columns: vec!["A".to_owned(), "B".to_owned()], rows: vec![row; 2_000] };
    let bound = bind(
        &[],
        vec![Part {
            number: "1".to_owned(),
            title: "Long".to_owned(),
            original: String::new(),
            body: Body::Record(of(vec![piece])),
        }],
        "label",
    )
    .unwrap();
    assert_eq!(bound.problems.first().map(|p| p.instead), Some(Instead::CutText));
    assert!(bound.pages < 60, "{}", bound.pages);
}
