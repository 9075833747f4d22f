//! RTF, Word, e-mail, HTML, plain text, pictures, Apple Health.

use std::io::{Cursor, Write};

use consilium_casefile::records::FileFormat;
use consilium_formats::readable::readable;
use consilium_formats::{Content, Limits, Substance, understand};

use crate::support::{document, patients, read};

const BORN: &str = "Rosa Example|1971-03-14";

#[test]
fn rtf_is_read_with_its_characters_tables_and_properties() {
    let rtf = br"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial;}}{\info{\title Op note}{\author Ann Surgeon}}
{\*\generator skip me;}\f0 Patient: Rosa Example\par DOB: 03/14/1971\par M\'fcller \u946?-blocker {\f1 \'c4\'e0}\par
\trowd ER\cell positive\cell\row {\v hidden}{\field{\*\fldinst HYPERLINK x}{\fldrslt shown}}{\pict\pngblip 89504e47}\page second}";
    let understood = read(rtf, FileFormat::Rtf);
    let content = document(&understood);
    assert_eq!(patients(content), [BORN]);
    assert_eq!(content.stated.title.as_deref(), Some("Op note"));
    assert_eq!(content.stated.author.as_deref(), Some("Ann Surgeon"));
    let [first, second] = content.text.as_slice() else { panic!("{:?}", content.text) };
    assert!(
        first.contains("Müller β-blocker Да") && first.contains("ER  positive") && first.contains("shown"),
        "{first}"
    );
    assert!(!first.contains("skip me") && !first.contains("hidden") && !first.contains("HYPERLINK"), "{first}");
    assert_eq!(second, "second");
    assert_eq!(understood.complaints.len(), 1, "the picture is named");
}

#[test]
fn broken_rtf_is_read_as_far_as_it_goes() {
    for length in 0..60 {
        let _ = read(
            &br"{\rtf1\ansi{\fonttbl{\f0 A;}}\u-10179?\u-8704?\bin99999999 \'zz \uc99 x}}}}"[..length],
            FileFormat::Rtf,
        );
    }
    let deep = format!("{{\\rtf1 {}text", "{".repeat(500_000));
    assert_eq!(document(&read(deep, FileFormat::Rtf)).text, ["text"]);
}

fn zip_of(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn word_documents_are_read_with_headers_tables_and_properties() {
    let p = |text: &str| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
    let wrap = |tag: &str, inner: &str| format!("<w:{tag} xmlns:w=\"w\">{inner}</w:{tag}>");
    let table = format!("<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>", p("ER"), p("positive"));
    let body = wrap(
        "document",
        &format!(
            "<w:body>{}{table}<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p></w:body>",
            p("DOB: 03/14/1971")
        ),
    );
    let core = "<cp:coreProperties xmlns:cp=\"c\" xmlns:dc=\"d\"><dc:title>Letter</dc:title><dc:creator>Ann Oncologist</dc:creator></cp:coreProperties>";
    let header = wrap("hdr", &p("Patient: Rosa Example"));
    let docx = zip_of(&[("word/document.xml", &body), ("word/header1.xml", &header), ("docProps/core.xml", core)]);
    let understood = read(&docx, FileFormat::Docx);
    let content = document(&understood);
    assert_eq!(patients(content), [BORN]);
    assert!(content.text[0].contains("ER  positive") && !content.text[0].contains("gone"), "{:?}", content.text);
    assert_eq!(content.stated.title.as_deref(), Some("Letter"));
    assert_eq!(content.stated.author.as_deref(), Some("Ann Oncologist"));
    for length in (0..docx.len()).step_by(53) {
        let _ = read(&docx[..length], FileFormat::Docx);
    }
}

#[test]
fn a_word_document_that_unpacks_without_end_is_not_read_beyond_the_limit() {
    let docx =
        zip_of(&[("word/document.xml", &format!("<w:document xmlns:w=\"w\">{}</w:document>", " ".repeat(3_000_000)))]);
    let limits = Limits { document_bytes: 1 << 20, ..Limits::default() };
    let understood = understand(&Content::Memory(docx), FileFormat::Docx, &limits, &[]);
    assert_eq!(understood.complaints.len(), 1);
    let laughs = zip_of(&[("word/document.xml", "<!DOCTYPE a [<!ENTITY l 'ha'>]><a>&l;</a>")]);
    assert_eq!(read(laughs, FileFormat::Docx).complaints.len(), 1);
}

#[test]
fn an_e_mail_gives_its_text_and_its_attachments() {
    let mail = "From: Ann Oncologist <ann@hospital.example>\r\nTo: rosa@example.org\r\nDate: Fri, 20 Mar 2026 10:00:00 +0000\r\n\
        Subject: =?utf-8?Q?Your_report_=E2=80=93_MRI?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nPatient: Rosa Example\r\nDOB: 03/14/1971\r\nM=FCller\r\n\
        --b\r\nContent-Type: application/pdf; name=\"../../report.pdf\"\r\nContent-Disposition: attachment; filename=\"../../report.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQ=\r\n\
        --b\r\nContent-Type: message/rfc822\r\n\r\nFrom: lab@hospital.example\r\nSubject: inner\r\n\r\ninner text\r\n--b--\r\n";
    let understood = read(mail, FileFormat::Email);
    let content = document(&understood);
    assert_eq!(patients(content), [BORN]);
    assert!(content.text[0].contains("Müller"));
    assert_eq!(content.stated.title.as_deref(), Some("Your report – MRI"));
    assert_eq!(content.stated.author.as_deref(), Some("Ann Oncologist"));
    assert_eq!(content.stated.date.map(|d| d.to_string()).as_deref(), Some("2026-03-20"));
    let names: Vec<&str> = understood.attachments.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["report.pdf", "attachment-2.eml"]);
    assert_eq!(understood.attachments[0].bytes, b"%PDF-1.4");
    let inner = String::from_utf8_lossy(&understood.attachments[1].bytes).into_owned();
    assert!(inner.starts_with("From: lab") && inner.trim_end().ends_with("inner text"), "{inner}");
}

#[test]
fn e_mails_made_to_break_readers_are_kept_and_not_read() {
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(50_000);
    assert_eq!(read(nested, FileFormat::Email).substance, Substance::Opaque);
    for bad in ["", "\r\n", "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x", "From"] {
        let _ = read(bad, FileFormat::Email);
    }
}

#[test]
fn a_page_is_read_in_the_character_set_it_names() {
    let page =
        b"<html><head><meta charset=windows-1252><title>Visit summary</title></head><body><p>Patient: Rosa Example</p>\
        <p>DOB: 03/14/1971</p><p>M\xfcller</p><script>no()</script></body></html>";
    let content = document(&read(page, FileFormat::Html)).clone();
    assert_eq!(patients(&content), [BORN]);
    assert_eq!(content.stated.title.as_deref(), Some("Visit summary"));
    assert!(content.text[0].contains("Müller") && !content.text[0].contains("no()"));
}

#[test]
fn plain_text_is_read_in_every_character_set_a_hospital_uses() {
    let check = |bytes: &[u8], complaints: usize| {
        let understood = read(bytes, FileFormat::Text);
        assert_eq!(document(&understood).text, ["Müller\n"], "{bytes:?}");
        assert_eq!(understood.complaints.len(), complaints);
    };
    check("Müller\r\n".as_bytes(), 0);
    check("\u{feff}Müller\n".as_bytes(), 0);
    check(b"M\xfcller\r\n", 1);
    let units: Vec<u16> = "\u{feff}Müller\n".encode_utf16().collect();
    check(&units.iter().flat_map(|u| u.to_le_bytes()).collect::<Vec<_>>(), 0);
    check(&units.iter().flat_map(|u| u.to_be_bytes()).collect::<Vec<_>>(), 0);
    check(&units.iter().skip(1).flat_map(|u| u.to_le_bytes()).collect::<Vec<_>>(), 0);
    let pages = document(&read("one\u{c}two\u{c}", FileFormat::Text)).clone();
    assert_eq!((pages.text, pages.pages), (vec!["one".to_owned(), "two".to_owned()], Some(2)));
}

#[test]
fn pictures_are_documents_for_ocr_page_by_page() {
    let picture = image::RgbImage::from_pixel(40, 30, image::Rgb([200, 200, 200]));
    let encode = |format: image::ImageFormat| {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    };
    for (format, kind) in [
        (FileFormat::Jpeg, image::ImageFormat::Jpeg),
        (FileFormat::Png, image::ImageFormat::Png),
        (FileFormat::Tiff, image::ImageFormat::Tiff),
    ] {
        let bytes = encode(kind);
        let whole = read(&bytes, format);
        assert_eq!(whole.complaints, [], "{format:?}");
        assert_eq!(document(&whole).pages_without_text, [1]);
        assert!(document(&whole).text.is_empty());
        for length in (0..bytes.len()).step_by(7) {
            let _ = read(&bytes[..length], format);
        }
    }
    let cut = encode(image::ImageFormat::Png);
    assert_eq!(read(&cut[..cut.len() / 2], FileFormat::Png).complaints.len(), 1);
}

#[test]
fn a_picture_of_a_billion_pixels_is_not_decoded() {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    png.extend_from_slice(&60_000_u32.to_be_bytes());
    png.extend_from_slice(&60_000_u32.to_be_bytes());
    png.extend_from_slice(&[8, 2, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(read(png, FileFormat::Png).complaints.len(), 1);
    let mut heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x14ispe\0\0\0\0".to_vec();
    heic.extend_from_slice(&4032_u32.to_be_bytes());
    heic.extend_from_slice(&3024_u32.to_be_bytes());
    assert_eq!(read(&heic, FileFormat::Heic).complaints, []);
    assert_eq!(read(&heic[..20], FileFormat::Heic).complaints.len(), 1);
}

pub const EXPORT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [<!ELEMENT HealthData (ExportDate,Me,Record*)>]>
<HealthData locale="en_US"><ExportDate value="2026-03-20 10:00:00 +0000"/>
<Me HKCharacteristicTypeIdentifierDateOfBirth="1971-03-14" HKCharacteristicTypeIdentifierBiologicalSex="HKBiologicalSexFemale"/>
<Record type="HKQuantityTypeIdentifierBodyMass" unit="kg" value="70" startDate="2025-01-02 08:00:00 +0000" endDate="2025-01-02 08:00:00 +0000"/>
<Record type="HKQuantityTypeIdentifierBodyMass" unit="kg" value="68" startDate="2026-01-02 08:00:00 +0000" endDate="2026-01-02 08:00:00 +0000"/>
<ClinicalRecord type="LabResultRecord" sourceName="Mercy Example Hospital" receivedDate="2026-02-01 08:00:00 +0000" resourceFilePath="/clinical-records/Observation-1.json"/>
</HealthData>"#;

#[test]
fn an_apple_health_export_is_counted_and_dated_and_names_its_birth_date() {
    let understood = read(EXPORT, FileFormat::AppleHealth);
    assert_eq!(patients(document(&understood)), ["|1971-03-14"]);
    let shown = readable(FileFormat::AppleHealth, EXPORT.as_bytes()).unwrap();
    insta::assert_snapshot!(shown.text());
    let cut = read(&EXPORT[..EXPORT.len() - 150], FileFormat::AppleHealth);
    assert!(matches!(cut.substance, Substance::Document(_)));
    let endless = format!(
        "<HealthData><Me HKCharacteristicTypeIdentifierDateOfBirth=\"1971-03-14\"/><Record type=\"{}",
        "x".repeat(5 << 20)
    );
    assert_eq!(read(endless, FileFormat::AppleHealth).complaints.len(), 1);
}

#[test]
fn what_is_too_large_or_no_record_says_so() {
    let limits = Limits { document_bytes: 10, ..Limits::default() };
    let understood = understand(&Content::Memory(vec![b'a'; 11]), FileFormat::Text, &limits, &[]);
    assert_eq!((understood.substance, understood.complaints.len()), (Substance::Opaque, 1));
    assert!(matches!(read(b"", FileFormat::Empty).substance, Substance::NotARecord { .. }));
    assert!(matches!(read(b"MZ", FileFormat::Program).substance, Substance::NotARecord { .. }));
}
