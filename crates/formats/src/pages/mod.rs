//! Pages as pictures: of PDF, photographs, scans and faxes, upright and with square pixels, and where the words of a
//! PDF stand on them. One door for everything a page of which can be drawn. What must not live here: OCR and what the
//! words mean.

mod fax;
mod heic;
mod picture;
mod places;

use std::panic::{AssertUnwindSafe, catch_unwind};

use consilium_casefile::records::FileFormat;
use image::{DynamicImage, GrayImage, ImageFormat};

use crate::pdf::{OpenPdf, PdfError};
use crate::tiff::Tiff;
pub use places::{Rect, WordPlace, places_of_span};

/// Dots an inch a PDF page is drawn with to be read by OCR; more reads no better (measured).
const READING_DPI: f32 = 200.0;
/// Longest side of a grey page, pixels: 17 inches at 200 dpi, a letter page at 300.
const LONGEST: u32 = 3400;
/// A picture that does not say how large it is, is taken for a page this long, inches.
const PAGE_INCHES: f32 = 11.0;

/// Why a page has no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// A PDF, or a page of it, that cannot be drawn.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    /// The format has no pages to draw.
    #[error("files of this kind have no pages that can be drawn; read their text")]
    NotDrawable,
    /// No such page.
    #[error("this file has no page {0}")]
    NoSuchPage(u32),
    /// More pixels than are decoded.
    #[error("this picture has {width} by {height} pixels, too many to be drawn here; make a smaller copy")]
    TooLarge {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// Damaged, or not what it seems.
    #[error("this picture is damaged and cannot be drawn; ask the sender for it again")]
    Damaged,
    /// Written in a way that is not read here.
    #[error("this picture is written in a rare way ({0}) that is not read here; save a copy as PNG in another program")]
    Unsupported(&'static str),
    /// A HEIC photograph, and the program that opens it is not installed.
    #[error("photographs of this kind (HEIC) need a program that is not installed: apt-get install libheif-examples")]
    NeedsHeifConvert,
    /// The program that opens HEIC did not manage.
    #[error("this photograph (HEIC) could not be opened; save a copy as JPEG in another program")]
    HeicNotOpened,
}

/// A page as a grey picture, upright, for OCR.
#[derive(Clone, PartialEq)]
pub struct GrayPage {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Row by row from the top, one byte a pixel: 0 black, 255 white. `width * height` bytes.
    pub pixels: Vec<u8>,
    /// Dots an inch, as stated or guessed.
    pub dpi: f32,
}

impl std::fmt::Debug for GrayPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GrayPage {{ {} by {}, {} dpi }}", self.width, self.height, self.dpi)
    }
}

/// Whether pages of this format can be drawn.
#[must_use]
pub fn can_be_drawn(format: FileFormat) -> bool {
    use FileFormat::{Heic, Jpeg, Pdf, Png, Tiff};
    matches!(format, Pdf | Jpeg | Png | Tiff | Heic)
}

/// A page's picture as PNG. Pages count from 1; `dpi` is kept between 20 and 600. A photograph or scan is made smaller
/// to that many dots an inch, never larger; one that does not say its size is taken for a page of 11 inches.
///
/// # Errors
/// When the format has no pages, there is no such page, or it is damaged, too large or written in a way not read here.
pub fn page_png(bytes: &[u8], format: FileFormat, page: u32, dpi: f32) -> Result<Vec<u8>, PageError> {
    guarded(|| png(bytes, format, page, dpi))
}

/// Most pages of one file that are printed.
const MOST_PAGES: u32 = 500;

/// The pages of a photograph or scan for print, each a JPEG or PNG file in its full size that stands upright, on white:
/// a JPEG that does so already as it is, not a copy of lesser quality.
///
/// # Errors
/// As [`page_png`]; also when one page of several cannot be drawn, or there are more than 500.
pub fn upright(bytes: Vec<u8>, format: FileFormat) -> Result<Vec<Vec<u8>>, PageError> {
    guarded(|| match format {
        FileFormat::Pdf => Err(PageError::NotDrawable),
        FileFormat::Jpeg if picture::is_upright(&bytes, ImageFormat::Jpeg)? => Ok(vec![bytes]),
        FileFormat::Tiff => {
            let count = Tiff::new(&bytes).map_or(1, |tiff| tiff.directories().len().max(1));
            let count = u32::try_from(count).ok().filter(|count| *count <= MOST_PAGES).ok_or(PageError::Damaged)?;
            (1..=count).map(|page| written(drawn(&bytes, format, page)?.picture)).collect()
        }
        _ => Ok(vec![written(drawn(&bytes, format, 1)?.picture)?]),
    })
}

/// A picture as a PNG file.
fn written(picture: DynamicImage) -> Result<Vec<u8>, PageError> {
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).map_err(|_| PageError::Damaged)?;
    Ok(png.into_inner())
}

/// The decoders of other people are fuzzed less than we would like: a panic in one of them costs this page only.
fn guarded<T>(draw: impl FnOnce() -> Result<T, PageError>) -> Result<T, PageError> {
    catch_unwind(AssertUnwindSafe(draw)).unwrap_or(Err(PageError::Damaged))
}

fn png(bytes: &[u8], format: FileFormat, page: u32, dpi: f32) -> Result<Vec<u8>, PageError> {
    let dpi = if dpi.is_finite() { dpi.clamp(20.0, 600.0) } else { 72.0 };
    if format == FileFormat::Pdf {
        return Ok(OpenPdf::open(bytes, &[])?.png(page, dpi)?);
    }
    let drawn = drawn(bytes, format, page)?;
    let scale = (dpi / drawn.dpi).min(1.0);
    written(picture::scaled(drawn.picture, scale))
}

/// A page as a grey picture for OCR: of a PDF at 200 dots an inch, of a picture as it is; at most 3400 pixels long.
/// Pages count from 1.
///
/// # Errors
/// As [`page_png`].
pub fn page_gray(bytes: &[u8], format: FileFormat, page: u32) -> Result<GrayPage, PageError> {
    guarded(|| grayed(bytes, format, page))
}

/// A page of a PDF for a fax, in grey: as large as fits into so many dots `across` and `down`, or lying where it is wider than
/// long. Each of its pixels is a dot that is sent: thin letters break where a page is drawn anew.
///
/// # Errors
/// As [`page_gray`].
pub fn page_of_dots(pdf: &OpenPdf, page: u32, across: u32, down: u32) -> Result<GrayPage, PageError> {
    guarded(|| {
        let (width, height) = pdf.size(page)?;
        let (across, down) = if width > height { (down, across) } else { (across, down) };
        let dpi = 72.0 * (as_f32(across) / width.max(1.0)).min(as_f32(down) / height.max(1.0));
        let picture = DynamicImage::ImageRgb8(pdf.picture(page, dpi)?);
        Ok(gray(picture.into_luma8(), dpi))
    })
}

fn grayed(bytes: &[u8], format: FileFormat, page: u32) -> Result<GrayPage, PageError> {
    if format == FileFormat::Pdf {
        let pdf = OpenPdf::open(bytes, &[])?;
        let (width, height) = pdf.size(page)?;
        // A scan whose page is said to be as many points long as it has pixels is drawn smaller.
        let dpi = READING_DPI.min(as_f32(LONGEST) * 72.0 / width.max(height).max(1.0));
        let picture = DynamicImage::ImageRgb8(pdf.picture(page, dpi)?);
        return Ok(gray(picture.into_luma8(), dpi));
    }
    let drawn = drawn(bytes, format, page)?;
    let longest = drawn.picture.width().max(drawn.picture.height()).max(1);
    let scale = (as_f32(LONGEST) / as_f32(longest)).min(1.0);
    // Grey first: a third of the memory.
    let picture = picture::scaled(DynamicImage::ImageLuma8(drawn.picture.into_luma8()), scale);
    Ok(gray(picture.into_luma8(), drawn.dpi * scale))
}

/// Where the words of a page stand: of a PDF, in the order of the page's text. `start` and `end` count code points of
/// that page's text, as [`crate::understand`] gives it. Empty for other formats: their words come from OCR. Pages
/// count from 1.
///
/// # Errors
/// When a PDF cannot be opened or has no such page.
pub fn word_places(bytes: &[u8], format: FileFormat, page: u32) -> Result<Vec<WordPlace>, PageError> {
    if format == FileFormat::Pdf { guarded(|| places_in_pdf(bytes, page)) } else { Ok(Vec::new()) }
}

fn places_in_pdf(bytes: &[u8], page: u32) -> Result<Vec<WordPlace>, PageError> {
    let pdf = OpenPdf::open(bytes, &[])?;
    let (width, height) = pdf.size(page)?;
    let (width, height) = (width.max(f32::MIN_POSITIVE), height.max(f32::MIN_POSITIVE));
    let words = pdf.words(page)?;
    let place = |word: crate::pdf::Word| {
        let rect = Rect { x0: word.x0 / width, y0: word.y0 / height, x1: word.x1 / width, y1: word.y1 / height };
        let Rect { x0, y0, x1, y1 } = rect.clamped();
        WordPlace { start: word.start, end: word.end, x0, y0, x1, y1 }
    };
    Ok(words.into_iter().map(place).collect())
}

/// A page of a picture file: upright, with square pixels, on white.
struct Drawn {
    picture: DynamicImage,
    /// Dots an inch, as stated or guessed.
    dpi: f32,
}

impl Drawn {
    /// A picture that does not say how large it is.
    fn of_unknown_size(picture: DynamicImage) -> Self {
        let longest = as_f32(picture.width().max(picture.height()));
        Self { picture, dpi: (longest / PAGE_INCHES).clamp(20.0, 1200.0) }
    }
}

fn drawn(bytes: &[u8], format: FileFormat, page: u32) -> Result<Drawn, PageError> {
    match format {
        FileFormat::Tiff => picture::of_tiff(bytes, page),
        FileFormat::Jpeg | FileFormat::Png | FileFormat::Heic if page != 1 => Err(PageError::NoSuchPage(page)),
        FileFormat::Jpeg => picture::decoded(bytes, ImageFormat::Jpeg).map(Drawn::of_unknown_size),
        FileFormat::Png => picture::decoded(bytes, ImageFormat::Png).map(Drawn::of_unknown_size),
        FileFormat::Heic => heic::decoded(bytes).map(Drawn::of_unknown_size),
        _ => Err(PageError::NotDrawable),
    }
}

fn gray(picture: GrayImage, dpi: f32) -> GrayPage {
    let (width, height) = picture.dimensions();
    GrayPage { width, height, pixels: picture.into_raw(), dpi }
}

#[expect(clippy::cast_precision_loss, reason = "sides of a picture are far below 2^23")]
fn as_f32(pixels: u32) -> f32 {
    pixels as f32
}
