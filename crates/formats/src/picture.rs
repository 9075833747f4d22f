//! Photos and scans: their size, their pages, when they were taken. What must not live here: OCR and showing them.

use std::io::Cursor;

use consilium_casefile::PartialDate;
use consilium_casefile::records::FileFormat;
use image::{ImageFormat, ImageReader};

use crate::tiff::Tiff;
use crate::understand::document;
use crate::{Complaint, DocumentContent, Understood};

/// Pixels of the largest picture that is decoded.
pub(crate) const MOST_PIXELS: u64 = 80_000_000;

/// Reads a picture: a document without text, each page of which is for OCR.
pub(crate) fn understand(bytes: &[u8], format: FileFormat) -> Understood {
    let mut complaints = Vec::new();
    let size = match format {
        FileFormat::Jpeg => decoded(bytes, ImageFormat::Jpeg, &mut complaints),
        FileFormat::Png => decoded(bytes, ImageFormat::Png, &mut complaints),
        FileFormat::Tiff => ImageReader::with_format(Cursor::new(bytes), ImageFormat::Tiff).into_dimensions().ok(),
        _ => heic_size(bytes),
    };
    let pages = if format == FileFormat::Tiff { tiff_pages(bytes).max(1) } else { 1 };
    match size {
        Some((width, height)) if u64::from(width) * u64::from(height) > MOST_PIXELS => complaints.push(Complaint::new(
            format!("This picture has {width} by {height} pixels, too many to be read here; a smaller copy can be."),
        )),
        Some(_) => {}
        None => complaints.push(Complaint::new(
            "This picture could not be read; it may be damaged. Open the original in another program.",
        )),
    }
    let mut content = DocumentContent { pages: Some(pages), ..DocumentContent::default() };
    content.pages_without_text = (1..=pages).collect();
    // The day a paper was photographed is not the day of the care it tells of: it is said, not taken as the date.
    content.stated.title = taken(bytes, format).map(|day| format!("Picture taken {}", day.human()));
    document(format, content, Vec::new(), complaints)
}

/// The size by the header; small enough pictures are decoded to see that they are whole.
fn decoded(bytes: &[u8], format: ImageFormat, complaints: &mut Vec<Complaint>) -> Option<(u32, u32)> {
    let (width, height) = ImageReader::with_format(Cursor::new(bytes), format).into_dimensions().ok()?;
    if u64::from(width) * u64::from(height) <= MOST_PIXELS {
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        let mut limits = image::Limits::default();
        limits.max_alloc = Some(MOST_PIXELS * 8);
        reader.limits(limits);
        match reader.decode() {
            Ok(_) => {}
            Err(image::ImageError::Unsupported(_)) => complaints.push(Complaint::new(
                "This picture is written in a rare way that is not read here; open the original in another program.",
            )),
            Err(_) => complaints.push(Complaint::new(
                "This picture is damaged: part of it cannot be shown. Ask the sender for it again.",
            )),
        }
    }
    Some((width, height))
}

fn tiff_pages(bytes: &[u8]) -> u32 {
    Tiff::new(bytes).map_or(1, |tiff| u32::try_from(tiff.directories().len()).unwrap_or(1))
}

/// `DateTimeOriginal` of the Exif data in a JPEG or TIFF.
fn taken(bytes: &[u8], format: FileFormat) -> Option<PartialDate> {
    let exif = match format {
        FileFormat::Jpeg => {
            let head = bytes.get(..bytes.len().min(256 << 10))?;
            let start = head.windows(6).position(|w| w == b"Exif\0\0")?;
            bytes.get(start + 6..)?
        }
        FileFormat::Tiff => bytes,
        _ => return None,
    };
    let tiff = Tiff::new(exif)?;
    let first = tiff.u32(4)? as usize;
    let exif_directory = tiff.u32(tiff.entry(first, 0x8769)? + 8)? as usize;
    let original = tiff.entry(exif_directory, 0x9003)?;
    let at = tiff.u32(original + 8)? as usize;
    let day = exif.get(at..at.checked_add(10)?)?;
    let day: String = day.iter().filter(|b| b.is_ascii_digit()).map(|b| char::from(*b)).collect();
    (day.len() == 8).then(|| PartialDate::from_compact(&day)).flatten()
}

/// The largest size an `ispe` box states (ISO/IEC 23008-12); thumbnails have smaller ones.
fn heic_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let head = bytes.get(..bytes.len().min(1 << 20))?;
    head.windows(4)
        .enumerate()
        .filter(|(_, w)| w == b"ispe")
        .filter_map(|(at, _)| {
            let number = |from: usize| {
                let bytes: [u8; 4] = head.get(from..from + 4)?.try_into().ok()?;
                Some(u32::from_be_bytes(bytes))
            };
            Some((number(at + 8)?, number(at + 12)?))
        })
        .filter(|(width, height)| *width > 0 && *height > 0)
        .max_by_key(|(width, height)| u64::from(*width) * u64::from(*height))
}
