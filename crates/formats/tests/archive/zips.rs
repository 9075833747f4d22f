//! Honest ZIP archives, and honest ones that broke.

use std::io::{Cursor, Write};

use consilium_formats::Limits;
use zip::unstable::write::FileOptionsExt;
use zip::write::SimpleFileOptions;

use crate::made_zip::{deflated, stored, zip};
use crate::support::{check, check_with, lines_in};

#[test]
fn files_are_met_in_sorted_order_and_then_the_archive() {
    let inner = zip(&[stored("z.txt", b"deepest"), deflated("a.txt", b"deep")]);
    check(
        zip(&[
            stored("b/two.txt", b"two"),
            stored("a.txt", b"one"),
            deflated("b/inner.zip", &inner),
            stored("b/", b""),
        ]),
        &[
            "in!/a.txt: Text \"one\"",
            "in!/b/inner.zip!/a.txt: Text \"deep\"",
            "in!/b/inner.zip!/z.txt: Text \"deepest\"",
            "in!/b/inner.zip: opened Zip with 2 files",
            "in!/b/two.txt: Text \"two\"",
            "in: opened Zip with 3 files",
        ],
    );
    check(zip(&[]), &["in: opened Zip with 0 files"]);
}

#[test]
fn names_are_readable_whatever_wrote_them() {
    let mut dos = stored("x", b"1");
    dos.name = b"M\x81ller.txt".to_vec();
    check(
        zip(&[dos, stored("Befund Größe.txt", b"2"), stored("FOLDER\\FILE", b"3")]),
        &[
            "in!/Befund Größe.txt: Text \"2\"",
            "in!/FOLDER/FILE: Text \"3\"",
            "in!/Müller.txt: Text \"1\"",
            "in: opened Zip with 3 files",
        ],
    );
}

#[test]
fn files_of_operating_systems_are_no_records() {
    check(
        zip(&[
            stored("__MACOSX/._a", b"x"),
            stored(".DS_Store", b"x"),
            stored("p/Thumbs.db", b"x"),
            stored("._scan", b"\0\x05\x16\x07\0\x02\0\0"),
            stored("._not", b"a text"),
        ]),
        &[
            "in!/.DS_Store: refused: SystemFile",
            "in!/._not: Text \"a text\"",
            "in!/._scan: refused: SystemFile",
            "in!/__MACOSX/._a: refused: SystemFile",
            "in!/p/Thumbs.db: refused: SystemFile",
            "in: opened Zip with 5 files",
        ],
    );
}

fn locked(aes: bool) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default();
    writer.start_file("open.txt", plain).unwrap();
    writer.write_all(b"for all").unwrap();
    if aes {
        writer.start_file("secret.txt", plain.with_aes_encryption(zip::AesMode::Aes256, "sésame")).unwrap();
    } else {
        writer.start_file("secret.txt", plain.with_deprecated_encryption("sésame".as_bytes()).unwrap()).unwrap();
    }
    writer.write_all(b"for one").unwrap();
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_locked_archive_opens_with_its_password_and_is_set_aside_without() {
    for aes in [false, true] {
        let bytes = locked(aes);
        check_with(
            bytes.clone(),
            &Limits::default(),
            &["wrong", "sésame"],
            &["in!/open.txt: Text \"for all\"", "in!/secret.txt: Text \"for one\"", "in: opened Zip with 2 files"],
        );
        let many: Vec<String> = (0..300).map(|i| format!("wrong {i}")).collect();
        let wrong: Vec<&str> = if aes { vec!["wrong"] } else { many.iter().map(String::as_str).collect() };
        let set_aside = format!("in: locked, {} bytes", bytes.len());
        check_with(bytes.clone(), &Limits::default(), &wrong, &["in!/open.txt: Text \"for all\"", &set_aside]);
        check_with(bytes, &Limits::default(), &[], &["in!/open.txt: Text \"for all\"", &set_aside]);
    }
}

#[test]
fn a_damaged_file_costs_itself_and_the_archive_is_kept() {
    let mut broken = stored("b", b"second");
    broken.crc ^= 1;
    let bytes = zip(&[stored("a", b"first"), broken, stored("c", b"third")]);
    let kept = format!("in: Zip of {} bytes", bytes.len());
    check(
        bytes,
        &[
            "in!/a: Text \"first\"",
            "in!/b: refused: Damaged",
            "in!/c: Text \"third\"",
            "in: opened Zip with 3 files: The archive is damaged: 1 of its files could not be read; ask the sender for it again.",
            &kept,
        ],
    );
}

#[test]
fn of_an_archive_that_is_cut_off_what_is_there_is_read() {
    let whole = zip(&[stored("a", b"first"), deflated("b", b"second"), stored("c", b"third, which is lost")]);
    let lines = lines_in(whole.get(..115).unwrap().to_vec(), &Limits::default(), &[]);
    assert_eq!(
        lines,
        [
            "in!/a: Text \"first\"",
            "in!/b: Text \"second\"",
            "in!/c: refused: Damaged",
            "in: opened Zip with 3 files: The archive is cut off or damaged; the first 3 of its files were found. \
             Ask the sender for it again.",
            "in: Zip of 115 bytes",
        ]
    );
    for cut in 4..whole.len() {
        let lines = lines_in(whole.get(..cut).unwrap().to_vec(), &Limits::default(), &[]);
        assert_eq!(lines.last().unwrap(), &format!("in: Zip of {cut} bytes"), "the original is kept");
    }
}

#[test]
fn files_of_one_name_are_not_lost() {
    let bytes = zip(&[stored("a", b"first"), stored("a", b"second")]);
    let lines = lines_in(bytes, &Limits::default(), &[]);
    assert!(lines.iter().any(|l| l.contains("the same name")) && lines.last().unwrap().starts_with("in: Zip of"));
}

#[test]
fn a_word_document_is_not_taken_apart() {
    let word = zip(&[stored("[Content_Types].xml", b"<x/>"), stored("word/document.xml", b"<x/>")]);
    let sheet = zip(&[stored("[Content_Types].xml", b"<x/>"), stored("xl/workbook.xml", b"<x/>")]);
    let (a, b) = (format!("in!/a: Docx of {} bytes", word.len()), format!("in!/b: Unknown of {} bytes", sheet.len()));
    check(zip(&[stored("a", &word), stored("b", &sheet)]), &[&a, &b, "in: opened Zip with 2 files"]);
}

#[test]
fn a_large_file_goes_to_an_unlinked_temporary_file() {
    let large: Vec<u8> = (0..9_u32 << 20).map(|i| (i % 251) as u8).collect();
    check(
        zip(&[deflated("large", &large)]),
        &[&format!("in!/large: Unknown of {} bytes", large.len()), "in: opened Zip with 1 files"],
    );
}
