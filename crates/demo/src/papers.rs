//! From words to files: typed PDF, scanned PDF, Word, RTF, photograph, e-mail.
//!
//! The words come from `documents`; nothing here knows the story.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use base64::Engine as _;
use consilium_press::page::{TypedDocument, typed_document};
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, GrayImage, ImageEncoder, Luma, Rgb, RgbImage};
use lopdf::{Dictionary, Document, Object, Stream, dictionary};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::DemoError;
use crate::phantoms::Noise;

pub(crate) fn wrong(error: impl std::fmt::Display) -> DemoError {
    DemoError::Make(error.to_string())
}

/// A typed PDF.
pub(crate) fn pdf(document: &TypedDocument) -> Result<Vec<u8>, DemoError> {
    typed_document(document).map_err(wrong)
}

/// The first page of a PDF as a grey picture, `dots` an inch.
fn first_page(pdf: Vec<u8>, dots: f32) -> Result<GrayImage, DemoError> {
    let pdf = hayro::hayro_syntax::Pdf::new(pdf).map_err(|e| DemoError::Make(format!("{e:?}")))?;
    let page = pdf.pages().first().ok_or_else(|| wrong("a page is missing"))?;
    let settings = hayro::PixmapSettings {
        x_scale: dots / 72.0,
        y_scale: dots / 72.0,
        bg_color: hayro::vello_cpu::color::palette::css::WHITE,
    };
    let drawn = hayro::render(
        page,
        &hayro::RenderCache::new(),
        &hayro::hayro_interpret::InterpreterSettings::default(),
        &hayro::RenderSettings::default(),
        &settings,
    );
    let (width, height) = (u32::from(drawn.width()), u32::from(drawn.height()));
    let grey = drawn.data_as_u8_slice().chunks_exact(4).map(|p| {
        let [r, g, b, ..] = p else { return 255 };
        ((u32::from(*r) * 30 + u32::from(*g) * 59 + u32::from(*b) * 11) / 100) as u8
    });
    GrayImage::from_raw(width, height, grey.collect()).ok_or_else(|| wrong("a page picture has the wrong size"))
}

/// The grey value between pixels; white outside.
fn between(picture: &GrayImage, x: f32, y: f32) -> f32 {
    let at = |x: f32, y: f32| {
        let inside = x >= 0.0 && y >= 0.0 && x < picture.width() as f32 && y < picture.height() as f32;
        if inside { f32::from(picture.get_pixel(x as u32, y as u32).0[0]) } else { 255.0 }
    };
    let (left, top) = (x.floor(), y.floor());
    let (fx, fy) = (x - left, y - top);
    let upper = at(left, top) * (1.0 - fx) + at(left + 1.0, top) * fx;
    let lower = at(left, top + 1.0) * (1.0 - fx) + at(left + 1.0, top + 1.0) * fx;
    upper * (1.0 - fy) + lower * fy
}

/// What a fax machine makes of a page: turned a little, grey, speckled. Returns the JPEG and its size in pixels.
fn faxed(document: &TypedDocument) -> Result<(Vec<u8>, u32, u32), DemoError> {
    let page = first_page(pdf(document)?, 150.0)?;
    let (width, height) = page.dimensions();
    let noise = Noise(17);
    let (sin, cos) = 0.013_f32.sin_cos();
    let scan = GrayImage::from_fn(width, height, |x, y| {
        let (dx, dy) = (x as f32 - width as f32 / 2.0, y as f32 - height as f32 / 2.0);
        let ink = between(&page, dx * cos - dy * sin + width as f32 / 2.0, dx * sin + dy * cos + height as f32 / 2.0);
        let (ix, iy) = (i64::from(x), i64::from(y));
        let grain = noise.at(ix, iy) * 16.0 + noise.at(ix / 2, iy / 2) * 10.0;
        let speck = if noise.at(ix / 2 + 5000, iy / 2) > 0.9996 { 130.0 } else { 0.0 };
        let streak = if noise.at(ix, -1) > 0.997 { 14.0 } else { 0.0 };
        Luma([(248.0 - (255.0 - ink) * 0.86 - grain - speck - streak).clamp(0.0, 255.0) as u8])
    });
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 62)
        .write_image(scan.as_raw(), width, height, ExtendedColorType::L8)
        .map_err(wrong)?;
    Ok((jpeg, width, height))
}

/// A scan: one picture a page, no text at all.
pub(crate) fn scanned_pdf(document: &TypedDocument) -> Result<Vec<u8>, DemoError> {
    let (jpeg, width, height) = faxed(document)?;
    let mut pdf = Document::with_version("1.4");
    let pages = pdf.new_object_id();
    let picture = pdf.add_object(Stream::new(
        dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "Width" => i64::from(width), "Height" => i64::from(height),
            "ColorSpace" => "DeviceGray", "BitsPerComponent" => 8, "Filter" => "DCTDecode",
        },
        jpeg,
    ));
    let content = pdf.add_object(Stream::new(Dictionary::new(), b"q 612 0 0 792 0 0 cm /Scan Do Q".to_vec()));
    let page = pdf.add_object(dictionary! {
        "Type" => "Page", "Parent" => pages, "MediaBox" => vec![0.into(), 0.into(), 612.into(), 792.into()],
        "Contents" => content,
        "Resources" => dictionary! { "XObject" => dictionary! { "Scan" => picture } },
    });
    pdf.objects.insert(
        pages,
        Object::Dictionary(dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 }),
    );
    let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    pdf.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).map_err(wrong)?;
    Ok(bytes)
}

/// A photograph of the paper on a wooden table, with a shadow across it: JPEG.
pub(crate) fn photographed(document: &TypedDocument) -> Result<Vec<u8>, DemoError> {
    let page = first_page(pdf(document)?, 140.0)?;
    // Only the upper part of the sheet is in the picture.
    let (width, height) = (1200_u32, 900_u32);
    let noise = Noise(23);
    let (sin, cos) = (-0.045_f32).sin_cos();
    let photo = RgbImage::from_fn(width, height, |x, y| {
        let (dx, dy) = (x as f32 - 600.0, y as f32 - 450.0);
        // Further away at the top: the sheet narrows.
        let far = 1.0 + (450.0 - y as f32) * 0.000_16;
        let (px, py) = (
            (dx * cos - dy * sin) * 1.12 * far + page.width() as f32 / 2.0,
            (dx * sin + dy * cos) * 1.12 * far + 470.0,
        );
        let on_paper = px >= 0.0 && py >= 0.0 && px < page.width() as f32 && py < page.height() as f32;
        let light = 0.80 + 0.24 * (x as f32 / 1200.0) - 0.20 / (1.0 + ((dx - dy * 0.6 + 260.0) / 90.0).exp());
        let grain = (noise.at(i64::from(x), i64::from(y)) - 0.5) * 14.0;
        let [r, g, b] = if on_paper {
            let ink = between(&page, px, py);
            [ink * 0.97, ink * 0.95, ink * 0.89]
        } else {
            let ring = ((y as f32 * 0.09 + noise.at(i64::from(y) / 9, 3) * 5.0).sin() * 9.0)
                + noise.at(i64::from(x) / 60, i64::from(y)) * 12.0;
            [128.0 + ring, 88.0 + ring * 0.8, 56.0 + ring * 0.6]
        };
        let tone = |v: f32| (v * light + grain).clamp(0.0, 255.0) as u8;
        Rgb([tone(r), tone(g), tone(b)])
    });
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 78)
        .write_image(photo.as_raw(), width, height, ExtendedColorType::Rgb8)
        .map_err(wrong)?;
    Ok(jpeg)
}

/// A ZIP archive with a fixed time in every entry.
pub(crate) fn zipped(files: &[(&str, &[u8])]) -> Result<Vec<u8>, DemoError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, options).map_err(wrong)?;
        archive.write_all(bytes).map_err(wrong)?;
    }
    Ok(archive.finish().map_err(wrong)?.into_inner())
}

/// Text between XML tags.
pub(crate) fn xml_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The lines of a document as a person types them: letterhead, labels, headings, text, signature.
fn lines(document: &TypedDocument) -> Vec<(bool, String)> {
    let mut lines = vec![(true, document.facility.clone())];
    lines.extend(document.facility_lines.iter().map(|l| (false, l.clone())));
    lines.push((true, document.title.clone()));
    lines.extend(document.patient_line.iter().map(|(label, value)| (false, format!("{label} {value}"))));
    for part in &document.paragraphs {
        lines.extend(part.heading.iter().map(|h| (true, h.clone())));
        lines.extend(part.text.split('\n').filter(|l| !l.is_empty()).map(|l| (false, l.to_owned())));
        lines.extend(part.table.iter().flatten().map(|row| (false, row.join(": "))));
    }
    lines.extend(document.signed.iter().flat_map(|s| s.split('\n')).map(|l| (false, l.to_owned())));
    lines.push((false, document.footer.clone()));
    lines
}

/// A Word document (OOXML).
pub(crate) fn docx(document: &TypedDocument) -> Result<Vec<u8>, DemoError> {
    let mut body = String::new();
    for (bold, line) in lines(document) {
        let style = if bold { "<w:rPr><w:b/></w:rPr>" } else { "" };
        let _ = write!(body, "<w:p><w:r>{style}<w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>", xml_text(&line));
    }
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
    let word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let main = format!(
        "{head}<w:document xmlns:w=\"{word}\"><w:body>{body}<w:sectPr><w:pgSz w:w=\"12240\" w:h=\"15840\"/><w:pgMar w:top=\"1440\" w:right=\"1440\" w:bottom=\"1440\" w:left=\"1440\" w:header=\"720\" w:footer=\"720\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>"
    );
    let types = format!(
        "{head}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>"
    );
    let links = format!(
        "{head}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>"
    );
    zipped(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", links.as_bytes()),
        ("word/document.xml", main.as_bytes()),
    ])
}

/// A Rich Text document.
pub(crate) fn rtf(document: &TypedDocument) -> Vec<u8> {
    let mut out = String::from("{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fswiss Arial;}}\n{\\info{\\title ");
    out.push_str(&rtf_text(&document.title));
    out.push_str("}}\n\\f0\\fs22\n");
    for (bold, line) in lines(document) {
        let text = rtf_text(&line);
        let _ = if bold { writeln!(out, "{{\\b {text}}}\\par") } else { writeln!(out, "{text}\\par") };
    }
    out.push('}');
    out.into_bytes()
}

fn rtf_text(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' | '{' | '}' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_ascii() => out.push(c),
            c => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(out, "\\u{}?", i32::from(unit.cast_signed()));
                }
            }
        }
    }
    out
}

/// An e-mail with one PDF attached. `date` as RFC 5322 wants it.
pub(crate) fn email(date: &str, subject: &str, body: &str, attachment: &str, pdf: &[u8]) -> Vec<u8> {
    let encoded = base64::engine::general_purpose::STANDARD.encode(pdf);
    let mut wrapped = String::with_capacity(encoded.len() + encoded.len() / 38);
    for (i, c) in encoded.chars().enumerate() {
        if i > 0 && i % 76 == 0 {
            wrapped.push_str("\r\n");
        }
        wrapped.push(c);
    }
    let body = body.replace('\n', "\r\n");
    format!(
        "From: Nora Sample RN <nurse.navigator@oncology.springfield.example>\r\nTo: Rosa Example <rosa@mail.example>\r\nSubject: {subject}\r\nDate: {date}\r\nMessage-ID: <demo-1@oncology.springfield.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_consilium_demo\"\r\n\r\n--=_consilium_demo\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}\r\n--=_consilium_demo\r\nContent-Type: application/pdf; name=\"{attachment}\"\r\nContent-Disposition: attachment; filename=\"{attachment}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{wrapped}\r\n--=_consilium_demo--\r\n"
    )
    .into_bytes()
}
