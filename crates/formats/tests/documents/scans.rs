//! Pages made up in code and made worse: turned, shaded, faxed. Rosa Example does not exist.

use consilium_casefile::records::FileFormat;
use consilium_formats::pages::{GrayPage, page_gray};

use crate::support::pdf_of;

/// A pathology report with what is easily misread: codes, units, decimals, a table of fields.
const REPORT: &[&str] = &[
    "MERCY EXAMPLE HOSPITAL    DEPARTMENT OF PATHOLOGY",
    "SURGICAL PATHOLOGY REPORT",
    "Patient: EXAMPLE, ROSA          Date of birth: 03/14/1971",
    "Record number: 00451276         Collected: 03/20/2026",
    "Accession: S26-10457            Received: 03/21/2026",
    "FINAL DIAGNOSIS",
    "A. Breast, left, lumpectomy:",
    "Invasive carcinoma of no special type, Nottingham grade 2 of 3.",
    "Tumor size: 18 mm in greatest dimension.",
    "Margins: negative; closest margin is posterior, 4 mm.",
    "Lymphovascular invasion: not identified.",
    "Ductal carcinoma in situ, intermediate grade, present.",
    "B. Sentinel lymph nodes, left axilla, excision:",
    "One of three lymph nodes with metastatic carcinoma, 3.5 mm.",
    "No extranodal extension is seen.",
    "Pathologic stage: pT1c pN1a, AJCC eighth edition.",
    "BIOMARKERS",
    "Estrogen receptor: positive, 95 percent of cells, strong.",
    "Progesterone receptor: positive, 60 percent, moderate.",
    "HER2 by immunohistochemistry: equivocal, score 2+.",
    "HER2 by in situ hybridization: not amplified, ratio 1.3.",
    "Ki-67 proliferation index: 18 percent.",
    "CLINICAL HISTORY",
    "Screening mammogram showed a spiculated mass at two o'clock in",
    "the left breast. Core biopsy was positive for carcinoma. The",
    "patient has no family history of breast or ovarian cancer and",
    "takes lisinopril 10 mg daily for high blood pressure.",
    "GROSS DESCRIPTION",
    "The specimen is received fresh, oriented by the surgeon with two",
    "sutures, and measures 6.2 by 5.1 by 3.0 cm. It is inked in six",
    "colors and sliced from medial to lateral into nine sections.",
    "A firm white mass is present in slices four and five.",
    "Electronically signed by Ann Pathologist, MD, on 03/24/2026.",
];

/// The report as a PDF with type of this size, points.
pub fn report_pdf(size: f32) -> Vec<u8> {
    let lines: String = REPORT
        .iter()
        .enumerate()
        .map(|(i, line)| {
            let y = 740.0 - 20.0 * i as f32;
            format!("BT /F1 {size} Tf 72 {y} Td ({line}) Tj ET\n")
        })
        .collect();
    pdf_of(&[&lines], 0, "")
}

/// The report drawn as a grey page at 200 dots an inch.
pub fn report_page() -> GrayPage {
    page_gray(&report_pdf(11.0), FileFormat::Pdf, 1).unwrap()
}

/// The part of the report's words that were found, in order.
pub fn share_of_words(text: &str) -> f64 {
    let truth: Vec<&str> = REPORT.iter().flat_map(|line| line.split_whitespace()).collect();
    let found: Vec<&str> = text.split_whitespace().collect();
    // The longest common subsequence.
    let mut before = vec![0_usize; found.len() + 1];
    for word in &truth {
        let mut now = vec![0; found.len() + 1];
        for (i, other) in found.iter().enumerate() {
            now[i + 1] = if word == other { before[i] + 1 } else { before[i + 1].max(now[i]) };
        }
        before = now;
    }
    before[found.len()] as f64 / truth.len() as f64
}

/// Made of the page's pixels: where on the page a pixel comes from, and what becomes of its value there.
fn remade(
    page: &GrayPage,
    size: (u32, u32),
    from: impl Fn(f32, f32) -> (f32, f32),
    value: impl Fn(u32, u32, f32) -> f32,
) -> GrayPage {
    let at = |x: i64, y: i64| {
        let inside = x >= 0 && y >= 0 && x < i64::from(page.width) && y < i64::from(page.height);
        if inside { f32::from(page.pixels[(y * i64::from(page.width) + x) as usize]) } else { 255.0 }
    };
    let mut pixels = Vec::with_capacity(size.0 as usize * size.1 as usize);
    for y in 0..size.1 {
        for x in 0..size.0 {
            let (fx, fy) = from(x as f32, y as f32);
            let (left, top) = (fx.floor(), fy.floor());
            let (dx, dy) = (fx - left, fy - top);
            let (c, r) = (left as i64, top as i64);
            let upper = at(c, r) * (1.0 - dx) + at(c + 1, r) * dx;
            let lower = at(c, r + 1) * (1.0 - dx) + at(c + 1, r + 1) * dx;
            pixels.push(value(x, y, upper * (1.0 - dy) + lower * dy).clamp(0.0, 255.0) as u8);
        }
    }
    GrayPage { width: size.0, height: size.1, pixels, dpi: page.dpi }
}

/// Turned clockwise about its middle, on a sheet of the same size.
pub fn turned(page: &GrayPage, degrees: f32) -> GrayPage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (mx, my) = (page.width as f32 / 2.0, page.height as f32 / 2.0);
    let from = |x: f32, y: f32| ((x - mx) * cos + (y - my) * sin + mx, (y - my) * cos - (x - mx) * sin + my);
    remade(page, (page.width, page.height), from, |_, _, v| v)
}

/// Turned clockwise by quarters.
pub fn quarters(page: &GrayPage, quarters: u8) -> GrayPage {
    let picture = image::GrayImage::from_raw(page.width, page.height, page.pixels.clone()).unwrap();
    let picture = match quarters {
        1 => image::imageops::rotate90(&picture),
        2 => image::imageops::rotate180(&picture),
        _ => image::imageops::rotate270(&picture),
    };
    GrayPage { width: picture.width(), height: picture.height(), pixels: picture.into_raw(), dpi: page.dpi }
}

/// Repeatable noise between 0 and 1.
pub fn noise(x: u32, y: u32) -> f32 {
    let mut h = x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77);
    h = (h ^ (h >> 15)).wrapping_mul(0x2C1B_3C6D);
    h = (h ^ (h >> 12)).wrapping_mul(0x297A_2D39);
    (h ^ (h >> 15)) as f32 / u32::MAX as f32
}

/// A photograph: a little turned, narrower at the top, a hand's shadow across, grainy.
pub fn photographed(page: &GrayPage, degrees: f32, perspective: f32) -> GrayPage {
    let page = turned(page, degrees);
    let (w, h) = (page.width as f32, page.height as f32);
    let from = |x: f32, y: f32| {
        let far = 1.0 + perspective * (0.5 - y / h);
        ((x - w / 2.0) * far + w / 2.0, (y - h / 2.0) * far + h / 2.0)
    };
    let light = |x: u32, y: u32, v: f32| {
        let shadow = 1.0 / (1.0 + (-(x as f32 - 0.6 * y as f32 - 0.1 * w) / 60.0).exp());
        let slope = 0.75 + 0.2 * x as f32 / w;
        v * slope * (1.0 - 0.35 * shadow) * 0.95 + (noise(x, y) - 0.5) * 24.0
    };
    remade(&page, (page.width, page.height), from, light)
}

/// A photograph of the whole sheet, a little turned, on a grained table with a shadow's edge across it.
pub fn on_a_table(page: &GrayPage, degrees: f32) -> GrayPage {
    let sheet = turned(page, degrees);
    let (width, height) = (page.width + 700, page.height + 800);
    let on_paper = |x: u32, y: u32| {
        let (x, y) = (x.checked_sub(350)?, y.checked_sub(400)?);
        (x < page.width && y < page.height).then(|| f32::from(sheet.pixels[(y * page.width + x) as usize]))
    };
    let grain =
        |x: u32, y: u32| 100.0 + (y as f32 * 0.09 + noise(y / 9, 3) * 5.0).sin() * 20.0 + noise(x / 60, y) * 12.0;
    let value = |x: u32, y: u32| {
        let shadow = 1.0 / (1.0 + (-(x as f32 - y as f32 * 0.5 - 300.0) / 40.0).exp());
        let light = 0.7 + 0.25 * x as f32 / width as f32 - 0.2 * shadow;
        on_paper(x, y).unwrap_or_else(|| grain(x, y)) * light + (noise(x, y) - 0.5) * 20.0
    };
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let pixels = pixels.map(|(x, y)| value(x, y).clamp(0.0, 255.0) as u8).collect();
    GrayPage { width, height, pixels, dpi: 270.0 }
}

/// Each pixel's value changed by its place.
fn changed(page: &GrayPage, value: impl Fn(u32, u32, f32) -> f32) -> GrayPage {
    let place = |i: usize| (i as u32 % page.width, i as u32 / page.width);
    let new = |(i, old): (usize, &u8)| value(place(i).0, place(i).1, f32::from(*old)).clamp(0.0, 255.0) as u8;
    GrayPage { pixels: page.pixels.iter().enumerate().map(new).collect(), ..page.clone() }
}

/// The last copy of a form: ink a fifth as dark as it was.
pub fn faint(page: &GrayPage) -> GrayPage {
    changed(page, |x, y, v| 200.0 - (255.0 - v) * 0.2 + (noise(x, y) - 0.5) * 10.0)
}

/// A fax from an old machine: grey, grained, with dust and streaks.
pub fn dusty(page: &GrayPage) -> GrayPage {
    changed(page, |x, y, v| {
        let grain = noise(x, y) * 16.0 + noise(x / 2, y / 2) * 10.0;
        let speck = if noise(x / 2 + 5000, y / 2) > 0.9996 { 130.0 } else { 0.0 };
        let streak = if noise(x, 77) > 0.997 { 14.0 } else { 0.0 };
        248.0 - (255.0 - v) * 0.86 - grain - speck - streak
    })
}

/// Black and white only, as a fax machine sends it.
pub fn bilevel(page: &GrayPage) -> GrayPage {
    let pixels = page.pixels.iter().map(|v| if *v < 160 { 0 } else { 255 }).collect();
    GrayPage { pixels, ..page.clone() }
}

/// Fewer dots in each direction.
pub fn resampled(page: &GrayPage, across: f32, down: f32) -> GrayPage {
    let picture = image::GrayImage::from_raw(page.width, page.height, page.pixels.clone()).unwrap();
    let (w, h) = ((page.width as f32 * across) as u32, (page.height as f32 * down) as u32);
    let picture = image::imageops::thumbnail(&picture, w, h);
    GrayPage { width: w, height: h, pixels: picture.into_raw(), dpi: page.dpi * across }
}

/// A black and white page of a TIFF.
pub struct FaxPage {
    pub size: (u32, u32),
    pub compression: u16,
    /// Tag and value of what else its directory says, SHORT.
    pub says: Vec<(u16, u16)>,
    /// Dots an inch across and down.
    pub dpi: (u32, u32),
    pub strip: Vec<u8>,
}

/// A TIFF of these pages.
pub fn tiff_of(pages: &[FaxPage]) -> Vec<u8> {
    let mut tiff = b"II\x2a\0\0\0\0\0".to_vec();
    let mut link = 4;
    for page in pages {
        let strip = tiff.len() as u32;
        tiff.extend_from_slice(&page.strip);
        let ratios = tiff.len() as u32;
        for dots in [page.dpi.0, page.dpi.1] {
            tiff.extend_from_slice(&dots.to_le_bytes());
            tiff.extend_from_slice(&1_u32.to_le_bytes());
        }
        let directory = tiff.len() as u32;
        tiff[link..link + 4].copy_from_slice(&directory.to_le_bytes());
        let mut entries = vec![
            (256_u16, 4_u16, page.size.0),
            (257, 4, page.size.1),
            (258, 3, 1),
            (259, 3, u32::from(page.compression)),
            (273, 4, strip),
            (277, 3, 1),
            (278, 4, page.size.1),
            (279, 4, page.strip.len() as u32),
            (282, 5, ratios),
            (283, 5, ratios + 8),
            (296, 3, 2),
        ];
        entries.extend(page.says.iter().map(|(tag, value)| (*tag, 3, u32::from(*value))));
        entries.sort_unstable();
        tiff.extend_from_slice(&(entries.len() as u16).to_le_bytes());
        for (tag, kind, value) in entries {
            tiff.extend_from_slice(&tag.to_le_bytes());
            tiff.extend_from_slice(&kind.to_le_bytes());
            tiff.extend_from_slice(&1_u32.to_le_bytes());
            tiff.extend_from_slice(&value.to_le_bytes());
        }
        link = tiff.len();
        tiff.extend_from_slice(&[0; 4]);
    }
    tiff
}

/// A page as a fax machine sends it: black and white, Group 4, at these dots an inch.
pub fn faxed(page: &GrayPage, dpi: (u32, u32)) -> FaxPage {
    let page = bilevel(page);
    let mut encoder = fax::encoder::Encoder::new(fax::VecWriter::new());
    for row in page.pixels.chunks(page.width as usize) {
        let line = row.iter().map(|v| if *v == 0 { fax::Color::Black } else { fax::Color::White });
        encoder.encode_line(line, page.width as u16).unwrap();
    }
    let strip = encoder.finish().unwrap().finish();
    FaxPage { size: (page.width, page.height), compression: 4, says: vec![(262, 0)], dpi, strip }
}
