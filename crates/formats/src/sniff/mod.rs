//! Tells what bytes are by looking at them: signatures first, then the structure of text. The name plays no part.
//! What must not live here: reading a document further than is needed to name it.

mod json;
mod markup;
mod words;

use std::io;

use consilium_casefile::records::FileFormat;

use crate::{Content, dicom};

/// Bytes looked at: the volume descriptors of a disc image end within.
const HEAD: usize = 80 << 10;
/// Where the volume descriptors of a disc begin, bytes; each is 2048 bytes.
const DESCRIPTORS: usize = 0x8000;

/// What the bytes are. Looks at content only.
///
/// # Errors
/// When the file cannot be read.
pub fn sniff(content: &Content) -> io::Result<FileFormat> {
    if content.length() == 0 {
        return Ok(FileFormat::Empty);
    }
    let head = content.head(HEAD)?;
    let head = head.as_ref();
    if head.get(128..132) == Some(b"DICM") || head.starts_with(b"DICM") {
        return Ok(dicom_kind(head));
    }
    if let Some(format) = by_signature(head) {
        return Ok(if format == FileFormat::Zip { zip_kind(content, head) } else { format });
    }
    if let Some(text) = words::decode(head) {
        return words::kind(content, &text);
    }
    if dicom::is_dicom(head) {
        return Ok(dicom_kind(head));
    }
    // Some programs put a few bytes before a PDF, and readers accept it (ISO 32000-1, annex H, note 13).
    let has_late_pdf = head.get(..1024.min(head.len())).unwrap_or_default().windows(5).any(|w| w == b"%PDF-");
    Ok(if has_late_pdf { FileFormat::Pdf } else { FileFormat::Unknown })
}

fn dicom_kind(head: &[u8]) -> FileFormat {
    if dicom::is_dicomdir(head) { FileFormat::Dicomdir } else { FileFormat::Dicom }
}

fn by_signature(head: &[u8]) -> Option<FileFormat> {
    let starts: [(&[u8], FileFormat); 13] = [
        (b"%PDF-", FileFormat::Pdf),
        (b"{\\rtf", FileFormat::Rtf),
        (b"\xFF\xD8\xFF", FileFormat::Jpeg),
        (b"\x89PNG\r\n\x1A\n", FileFormat::Png),
        (b"II*\0", FileFormat::Tiff),
        (b"MM\0*", FileFormat::Tiff),
        (b"II+\0", FileFormat::Tiff),
        (b"MM\0+", FileFormat::Tiff),
        (b"PK\x03\x04", FileFormat::Zip),
        (b"PK\x05\x06", FileFormat::Zip),
        (b"PK\x07\x08PK\x03\x04", FileFormat::Zip),
        (b"PK00PK\x03\x04", FileFormat::Zip),
        (b"\x7fELF", FileFormat::Program),
    ];
    if let Some((_, format)) = starts.iter().find(|(signature, _)| head.starts_with(signature)) {
        return Some(*format);
    }
    if is_heic(head) {
        return Some(FileFormat::Heic);
    }
    // Before programs: a disc that starts a computer begins with one.
    if let Some(disc) = disc(head) {
        return Some(disc);
    }
    is_program(head).then_some(FileFormat::Program)
}

fn is_heic(head: &[u8]) -> bool {
    let brands: [&[u8]; 10] =
        [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"];
    head.get(4..8) == Some(b"ftyp") && head.get(8..12).is_some_and(|brand| brands.contains(&brand))
}

/// ISO 9660 is named first: a bridge disc is both, and its ISO part is the better kept.
fn disc(head: &[u8]) -> Option<FileFormat> {
    let mut udf = false;
    for descriptor in head.get(DESCRIPTORS..)?.chunks(2048) {
        match descriptor.get(1..6) {
            Some(b"CD001") => return Some(FileFormat::Iso),
            Some(b"NSR02" | b"NSR03") => udf = true,
            Some(b"BEA01" | b"TEA01" | b"BOOT2" | b"CDW02") => {}
            _ => break,
        }
    }
    udf.then_some(FileFormat::Udf)
}

/// Windows, macOS and Linux programs. Scripts are text.
fn is_program(head: &[u8]) -> bool {
    if head.starts_with(b"MZ") {
        let at = head.get(0x3C..0x40).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes) as usize;
        return head.get(at..at.saturating_add(4)) == Some(b"PE\0\0") || head.iter().take(64).any(|b| *b == 0);
    }
    let mach_o: [&[u8]; 6] = [
        b"\xFE\xED\xFA\xCE",
        b"\xFE\xED\xFA\xCF",
        b"\xCE\xFA\xED\xFE",
        b"\xCF\xFA\xED\xFE",
        b"\xCA\xFE\xBA\xBE",
        b"\xCA\xFE\xBA\xBF",
    ];
    mach_o.iter().any(|signature| head.starts_with(signature))
}

/// A ZIP archive that is one document is that document: Word is named; other office documents and e-books are kept as
/// they are, not taken apart.
fn zip_kind(content: &Content, head: &[u8]) -> FileFormat {
    let first = head.get(30..).unwrap_or_default();
    let begins_as_package =
        [&b"[Content_Types].xml"[..], b"_rels/", b"docProps/", b"word/", b"xl/", b"ppt/", b"customXml/"]
            .iter()
            .any(|name| first.starts_with(name));
    if first.starts_with(b"mimetypeapplication/vnd.oasis.opendocument")
        || first.starts_with(b"mimetypeapplication/epub+zip")
    {
        return FileFormat::Unknown;
    }
    if !begins_as_package {
        return FileFormat::Zip;
    }
    let Some(archive) = content.reader().ok().and_then(|reader| zip::ZipArchive::new(reader).ok()) else {
        return FileFormat::Zip;
    };
    if archive.index_for_name("[Content_Types].xml").is_none() {
        FileFormat::Zip
    } else if archive.index_for_name("word/document.xml").is_some() {
        FileFormat::Docx
    } else {
        FileFormat::Unknown
    }
}
