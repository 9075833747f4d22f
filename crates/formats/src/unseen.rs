//! Words of a file that its pages do not show: a PDF's title, subject, keywords, bookmarks and notes, and the title, comments,
//! metadata and descriptions of an HTML page, the properties and deletions of a Word document, the fields and notes of RTF.
//! Whoever passes a file on passes them on too. What must not live here: what the words mean.

use std::io::Read as _;

use consilium_casefile::records::FileFormat;
use flate2::read::ZlibDecoder;
use lopdf::{Dictionary, Document, Object, Stream};

use crate::{Limits, docx, html, rtf, text};

/// Bytes of the largest file that is looked through.
const LARGEST: usize = 64 << 20;
/// Pieces of words that are given back.
const MOST: usize = 200;
/// Characters of a piece.
const LONGEST: usize = 4_000;
/// Bytes of a PDF's metadata that are looked through, unpacked: a small file can unpack to gigabytes.
const LARGEST_METADATA: u64 = 1 << 20;
/// Objects inside an object that are looked into.
const NESTING: usize = 6;
/// Entries of a PDF whose words are no marks on a page.
const ENTRIES: [&[u8]; 10] =
    [b"Title", b"Subject", b"Keywords", b"Author", b"Creator", b"Contents", b"T", b"V", b"Alt", b"ActualText"];

/// The words, each piece once, in the order they were met. Nothing for other formats, for files that are too large, and for
/// what can not be read; never panics.
#[must_use]
pub fn words(format: FileFormat, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut add = |words: &str| {
        let line: String = words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect();
        if line.chars().any(char::is_alphabetic) && found.len() < MOST && !found.contains(&line) {
            found.push(line);
        }
    };
    match format {
        _ if bytes.len() > LARGEST => {}
        FileFormat::Html => html::unseen(bytes, &mut add),
        FileFormat::Docx => docx::unseen(bytes, &Limits::default(), &mut add),
        FileFormat::Rtf => rtf::unseen(bytes, &mut add),
        FileFormat::Pdf => {
            // The parser is not built for hostile files; a panic costs these words only.
            let parsed = std::panic::catch_unwind(|| Document::load_mem(bytes).ok());
            if let Some(document) = parsed.ok().flatten() {
                in_pdf(&document, &mut add);
            }
        }
        _ => {}
    }
    found
}

fn in_pdf(document: &Document, add: &mut impl FnMut(&str)) {
    for object in document.objects.values() {
        match object {
            Object::Stream(stream) if stream.dict.get(b"Subtype").is_ok_and(|kind| is_name(kind, b"XML")) => {
                add(&html::to_text(&text::decode(&metadata(stream)).0));
            }
            Object::Stream(stream) => in_entries(&stream.dict, 0, add),
            object => in_object(object, 0, add),
        }
    }
}

/// The beginning of a stream of metadata, unpacked where it is packed in the one way that writers use.
fn metadata(stream: &Stream) -> Vec<u8> {
    let mut content = Vec::new();
    let packed = stream.filters().is_ok_and(|filters| filters == [b"FlateDecode"]);
    let read = match packed {
        true => ZlibDecoder::new(stream.content.as_slice()).take(LARGEST_METADATA).read_to_end(&mut content),
        false => stream.content.as_slice().take(LARGEST_METADATA).read_to_end(&mut content),
    };
    // What was read before a fault is looked through all the same.
    read.ok();
    content
}

fn is_name(object: &Object, name: &[u8]) -> bool {
    object.as_name().is_ok_and(|is| is == name)
}

fn in_object(object: &Object, depth: usize, add: &mut impl FnMut(&str)) {
    match object {
        Object::Dictionary(entries) if depth < NESTING => in_entries(entries, depth, add),
        Object::Array(objects) if depth < NESTING => objects.iter().for_each(|o| in_object(o, depth + 1, add)),
        _ => {}
    }
}

fn in_entries(entries: &Dictionary, depth: usize, add: &mut impl FnMut(&str)) {
    for (key, value) in entries.iter() {
        match value {
            Object::String(bytes, _) if ENTRIES.contains(&key.as_slice()) => add(&decoded(bytes)),
            value => in_object(value, depth + 1, add),
        }
    }
}

/// UTF-16 or UTF-8 by its mark, else as text of one byte a letter.
fn decoded(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, rest @ ..] => {
            let units: Vec<u16> = rest.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
            String::from_utf16_lossy(&units)
        }
        bytes => text::decode(bytes).0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pdf(info: &str) -> Vec<u8> {
        let mut document = Document::with_version("1.5");
        let text = |words: &str| Object::string_literal(words);
        let note = Dictionary::from_iter([
            ("Type", Object::Name(b"Annot".to_vec())),
            ("Contents", text("Discuss BCT with Dr. Cut")),
        ]);
        let note = document.add_object(note);
        let page = document.add_object(Dictionary::from_iter([
            ("Type", Object::Name(b"Page".to_vec())),
            ("Annots", Object::Array(vec![note.into()])),
        ]));
        let pages = document.add_object(Dictionary::from_iter([
            ("Type", Object::Name(b"Pages".to_vec())),
            ("Kids", Object::Array(vec![page.into()])),
            ("Count", Object::Integer(1)),
        ]));
        let root = Dictionary::from_iter([("Type", Object::Name(b"Catalog".to_vec())), ("Pages", pages.into())]);
        let root = document.add_object(root);
        document.trailer.set("Root", root);
        let info = document.add_object(Dictionary::from_iter([("Title", text(info)), ("Keywords", text("TCHP"))]));
        document.trailer.set("Info", info);
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_pdf_gives_its_title_its_keywords_and_its_notes() {
        let mut found = words(FileFormat::Pdf, &pdf("Plan: mastectomy"));
        found.sort();
        assert_eq!(found, ["Discuss BCT with Dr. Cut", "Plan: mastectomy", "TCHP"]);
        assert_eq!(decoded(&[0xfe, 0xff, 0, b'h', 0, b'i']), "hi");
    }

    #[test]
    fn a_page_gives_its_title_its_comments_and_its_metadata_and_no_words_that_it_shows() {
        let page = "<html><head><title>For mastectomy</title><meta name=description content=\"Plan: TCHP\"><meta \
                    charset=utf-8></head><body><!-- refer to Dr. Cut for BCT --><img alt='port'><p>Shown.</p></body></html>";
        let found = words(FileFormat::Html, page.as_bytes());
        assert_eq!(found, ["For mastectomy", "refer to Dr. Cut for BCT", "Plan: TCHP", "port"]);
    }

    #[test]
    fn metadata_that_unpacks_without_end_is_read_to_its_limit() {
        use std::io::Write as _;
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"<dc:title>For mastectomy</dc:title>").unwrap();
        packed.write_all(&vec![b' '; 8 << 20]).unwrap();
        let packed = packed.finish().unwrap();
        let of = |filter: &str, content: Vec<u8>| {
            let dict = Dictionary::from_iter([("Filter", Object::Name(filter.as_bytes().to_vec()))]);
            metadata(&Stream::new(dict, content))
        };
        let read = of("FlateDecode", packed.clone());
        assert_eq!(u64::try_from(read.len()).unwrap(), LARGEST_METADATA);
        assert!(text::decode(&read).0.starts_with("<dc:title>For mastectomy"));
        assert!(of("FlateDecode", packed[..20].to_vec()).len() < 100, "a cut stream gives what there is");
        assert!(of("LZWDecode", b"words".to_vec()) == b"words");
    }

    #[test]
    fn a_word_document_gives_its_properties_what_was_deleted_and_what_its_pictures_are() {
        use std::io::Write;
        let mut package = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let parts = [
            ("docProps/core.xml", "<p><title>For mastectomy</title><description>Plan: TCHP</description></p>"),
            ("docProps/app.xml", "<p><Company>Mercy</Company></p>"),
            (
                "word/document.xml",
                "<w><p><r><t>Shown.</t></r><del><r><delText>Offer </delText></r><r><delText>BCT</delText></r></del>\
                 <docPr descr='port'/></p></w>",
            ),
        ];
        for (name, content) in parts {
            package.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            package.write_all(content.as_bytes()).unwrap();
        }
        let bytes = package.finish().unwrap().into_inner();
        assert_eq!(words(FileFormat::Docx, &bytes), ["Mercy", "For mastectomy", "Plan: TCHP", "Offer BCT", "port"]);
        assert!(words(FileFormat::Docx, &bytes[..bytes.len() / 2]).is_empty(), "a file cut in the middle");
    }

    #[test]
    fn rich_text_gives_the_fields_of_its_information_its_notes_and_what_was_deleted_or_hidden() {
        let file = br"{\rtf1{\info{\title For mastectomy}{\subject Plan: TCHP}{\doccomm Refer to Dr. Cut}}Shown.{\*\annotation Offer BCT}
                      {\deleted then radiation}{\v port}\par}";
        let found = words(FileFormat::Rtf, file);
        let all = ["For mastectomy", "Plan: TCHP", "Refer to Dr. Cut", "Offer BCT", "then radiation", "port"];
        for expected in all {
            assert!(found.iter().any(|words| words.contains(expected)), "{expected}: {found:?}");
        }
        assert!(!found.iter().any(|words| words.contains("Shown")), "{found:?}");
    }

    #[test]
    fn what_can_not_be_read_gives_nothing() {
        for bytes in [&b""[..], b"%PDF-1.4\n1 0 obj\n<<", b"\xff\xfe\0", b"<!--", b"<meta content=", b"<title>"] {
            for format in [FileFormat::Pdf, FileFormat::Html, FileFormat::Docx, FileFormat::Text] {
                assert!(words(format, bytes).is_empty(), "{bytes:?}");
            }
        }
    }
}
