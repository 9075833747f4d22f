//! PDF: text in reading order with a box for each word, pictures of pages, and which pages need OCR.
//!
//! Text and picture come from the same interpreter, so that a highlighted word lies where it is drawn. What must not
//! live here: OCR, merging and stamping.

mod glyphs;
mod layout;

use consilium_casefile::records::FileFormat;
use hayro::hayro_interpret::{Context, InterpreterCache, InterpreterSettings, interpret_page};
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro::kurbo::Rect;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};

use crate::understand::{document, opaque, sentence};
use crate::{Complaint, DocumentContent, Substance, Understood, text};
use glyphs::Collector;
pub(crate) use glyphs::DrawnWord;
pub(crate) use layout::lay_out;

/// Why a PDF, or a page of it, cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PdfError {
    /// Needs a password, and none of those given fits.
    #[error("this PDF is locked; enter the password that came with it")]
    Locked,
    /// Not readable.
    #[error("this PDF is damaged and could not be opened; ask the sender for it again")]
    Damaged,
    /// Protected by a method we do not know.
    #[error("this PDF is protected in a way that cannot be opened here; ask the sender for a copy without protection")]
    UnknownProtection,
    /// No such page.
    #[error("this PDF has no page {0}")]
    NoSuchPage(u32),
    /// The page would need too large a picture.
    #[error("page {0} of this PDF is too large to be drawn; open the original in another program")]
    TooLarge(u32),
    /// The picture could not be made.
    #[error("page {0} of this PDF could not be drawn; open the original in another program")]
    NotDrawn(u32),
}

/// A word of a page and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// The word as it stands in the page's text.
    pub text: String,
    /// Left edge, points (1/72 inch) from the left of the page as it is shown.
    pub x0: f32,
    /// Upper edge, points from the top.
    pub y0: f32,
    /// Right edge.
    pub x1: f32,
    /// Lower edge.
    pub y1: f32,
    /// First character in the page's text, counted in code points.
    pub start: usize,
    /// Behind the last character.
    pub end: usize,
}

/// Pixels of the largest picture of a page.
const LARGEST_PICTURE: f32 = 60_000_000.0;
/// Pages beyond this many are not read for their text.
const MOST_PAGES: usize = 20_000;

/// An opened PDF. Open once to read several pages.
pub struct OpenPdf {
    pdf: Pdf,
}

impl std::fmt::Debug for OpenPdf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenPdf").field("pages", &self.pages()).finish()
    }
}

/// A locked PDF without its lock, so that it can be shown and passed on: the same pages, nothing else changed. `None`
/// when it is not locked, no password fits, or it cannot be written again.
#[must_use]
pub fn without_password(bytes: &[u8], passwords: &[String]) -> Option<Vec<u8>> {
    if !matches!(OpenPdf::open(bytes, &[]), Err(PdfError::Locked)) {
        return None;
    }
    let pages = OpenPdf::open(bytes, passwords).ok()?.pages();
    let unlock = |password: &String| {
        let mut document =
            lopdf::Document::load_mem_with_options(bytes, lopdf::LoadOptions::with_password(password)).ok()?;
        document.encryption_state = None;
        document.trailer.remove(b"Encrypt");
        let mut unlocked = Vec::new();
        document.save_to(&mut unlocked).ok()?;
        let same = OpenPdf::open(&unlocked, &[]).is_ok_and(|pdf| pdf.pages() == pages);
        same.then_some(unlocked)
    };
    // The writer is not built for hostile files; a panic costs the unlocked copy only.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| passwords.iter().find_map(unlock))).ok().flatten()
}

impl OpenPdf {
    /// Opens a PDF, trying no password first and then each of `passwords`.
    ///
    /// # Errors
    /// When it is damaged, has no pages, or no password fits.
    pub fn open(bytes: &[u8], passwords: &[String]) -> Result<Self, PdfError> {
        let bytes = std::sync::Arc::new(bytes.to_vec());
        let mut error = PdfError::Damaged;
        for password in std::iter::once("").chain(passwords.iter().map(String::as_str)) {
            match Pdf::new_with_password(std::sync::Arc::clone(&bytes), password) {
                Ok(pdf) if pdf.pages().is_empty() => return Err(PdfError::Damaged),
                Ok(pdf) => return Ok(Self { pdf }),
                Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected)) => error = PdfError::Locked,
                Err(LoadPdfError::Decryption(_)) => error = PdfError::UnknownProtection,
                Err(LoadPdfError::Invalid) => return Err(PdfError::Damaged),
            }
        }
        Err(error)
    }

    /// Number of pages; at least 1.
    #[must_use]
    pub fn pages(&self) -> u32 {
        u32::try_from(self.pdf.pages().len()).unwrap_or(u32::MAX)
    }

    /// Width and height of a page as it is shown, in points. Pages count from 1.
    ///
    /// # Errors
    /// When there is no such page.
    pub fn size(&self, page: u32) -> Result<(f32, f32), PdfError> {
        self.page(page).map(|p| p.render_dimensions())
    }

    /// Text of a page in reading order. Pages count from 1.
    ///
    /// # Errors
    /// When there is no such page.
    pub fn text(&self, page: u32) -> Result<String, PdfError> {
        Ok(self.read(page)?.layout.text)
    }

    /// Words of a page in reading order. Pages count from 1.
    ///
    /// # Errors
    /// When there is no such page.
    pub fn words(&self, page: u32) -> Result<Vec<Word>, PdfError> {
        Ok(self.read(page)?.layout.words)
    }

    /// The picture of a page as PNG, on white. Pages count from 1; `dpi` is kept between 20 and 600. Pixels are rounded
    /// down: scale word boxes by dpi / 72.
    ///
    /// # Errors
    /// When there is no such page, or it is too large to draw.
    pub fn png(&self, page: u32, dpi: f32) -> Result<Vec<u8>, PdfError> {
        let mut png = std::io::Cursor::new(Vec::new());
        let dpi = if dpi.is_finite() { dpi.clamp(20.0, 600.0) } else { 72.0 };
        self.picture(page, dpi)?.write_to(&mut png, image::ImageFormat::Png).map_err(|_| PdfError::NotDrawn(page))?;
        Ok(png.into_inner())
    }

    /// The pixels of a page, on white, at any `dpi`.
    pub(crate) fn picture(&self, page: u32, dpi: f32) -> Result<image::RgbImage, PdfError> {
        let shown = self.page(page)?;
        let scale = dpi / 72.0;
        let (width, height) = shown.render_dimensions();
        let (width, height) = (width * scale, height * scale);
        let drawable = |side: f32| (1.0..=f32::from(u16::MAX)).contains(&side);
        if !drawable(width) || !drawable(height) || width * height > LARGEST_PICTURE {
            return Err(PdfError::TooLarge(page));
        }
        // As many whole pixels as the page has: one lost to rounding, and whoever shows the picture at its size draws it anew.
        let whole = |side: f32| (side.round() + 0.01) / side * scale;
        let settings = PixmapSettings { x_scale: whole(width), y_scale: whole(height), bg_color: WHITE };
        let cache = RenderCache::new();
        let picture = render(shown, &cache, &InterpreterSettings::default(), &RenderSettings::default(), &settings);
        // The ground is opaque white, so colours are not premultiplied by anything but one.
        let (width, height) = (u32::from(picture.width()), u32::from(picture.height()));
        let colours: Vec<u8> =
            picture.data_as_u8_slice().chunks_exact(4).flat_map(|pixel| pixel.iter().take(3).copied()).collect();
        image::RgbImage::from_raw(width, height, colours).ok_or(PdfError::NotDrawn(page))
    }

    fn page(&self, page: u32) -> Result<&hayro::hayro_syntax::page::Page<'_>, PdfError> {
        let index = usize::try_from(page).ok().and_then(|p| p.checked_sub(1)).ok_or(PdfError::NoSuchPage(page))?;
        self.pdf.pages().get(index).ok_or(PdfError::NoSuchPage(page))
    }

    fn read(&self, number: u32) -> Result<PageRead, PdfError> {
        let page = self.page(number)?;
        let (width, height) = page.render_dimensions();
        let shown = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let cache = InterpreterCache::new();
        let coefficients = page.initial_transform(true).as_coeffs();
        let transform = hayro::kurbo::Affine::new(coefficients.map(f64::from));
        let mut context = Context::new(transform, shown, &cache, page.xref(), InterpreterSettings::default());
        let mut collector = Collector::new(shown);
        interpret_page(page, &mut context, &mut collector);
        let needs_ocr = collector.is_picture();
        Ok(PageRead { layout: lay_out(collector.into_words()), needs_ocr })
    }
}

struct PageRead {
    layout: layout::Layout,
    /// The page is a picture of text, or its characters have no meaning.
    needs_ocr: bool,
}

/// Words of a page of a PDF that needs no password, in reading order. Pages count from 1.
///
/// # Errors
/// When the PDF cannot be opened or has no such page. Use [`OpenPdf`] for a locked one or for several pages.
pub fn words(bytes: &[u8], page: u32) -> Result<Vec<Word>, PdfError> {
    OpenPdf::open(bytes, &[])?.words(page)
}

/// Picture of a page as PNG. Pages count from 1; `dpi` is kept between 20 and 600.
///
/// # Errors
/// When the PDF cannot be opened, has no such page, or the page is too large to draw.
pub fn page_png(bytes: &[u8], page: u32, dpi: f32) -> Result<Vec<u8>, PdfError> {
    OpenPdf::open(bytes, &[])?.png(page, dpi)
}

/// Reads a PDF.
pub(crate) fn understand(bytes: &[u8], passwords: &[String]) -> Understood {
    let format = FileFormat::Pdf;
    let pdf = match OpenPdf::open(bytes, passwords) {
        Ok(pdf) => pdf,
        Err(error @ (PdfError::Locked | PdfError::UnknownProtection)) => {
            let complaints = vec![Complaint::new(sentence(&error))];
            return Understood { format, substance: Substance::Locked, attachments: Vec::new(), complaints };
        }
        Err(error) => return opaque(format, sentence(&error)),
    };
    let mut content = DocumentContent { pages: Some(pdf.pages()), ..DocumentContent::default() };
    let mut complaints: Vec<Complaint> = ends_early(bytes).then(|| Complaint::new(ENDS_EARLY)).into_iter().collect();
    for number in 1..=pdf.pages() {
        if number as usize > MOST_PAGES {
            complaints.push(Complaint::new(format!("Only the first {MOST_PAGES} pages of this PDF were read.")));
            break;
        }
        match pdf.read(number) {
            Ok(read) => {
                if read.needs_ocr {
                    content.pages_without_text.push(number);
                }
                content.text.push(read.layout.text);
            }
            Err(error) => {
                complaints.push(Complaint::new(sentence(&error)));
                content.text.push(String::new());
            }
        }
    }
    let information = pdf.pdf.metadata();
    content.stated.title = information.title.as_deref().and_then(information_text).filter(|t| is_a_title(t));
    content.stated.author = information.author.as_deref().and_then(information_text);
    text::describe(&mut content);
    document(format, content, Vec::new(), complaints)
}

/// A string of the information dictionary: UTF-16 or UTF-8 with a mark, else close enough to Windows-1252.
fn information_text(bytes: &[u8]) -> Option<String> {
    let (decoded, _) = text::decode(bytes);
    text::stated(&text::without_controls(&decoded))
}

const ENDS_EARLY: &str = "The file ends early: pages may be missing, or empty. Ask for it again.";

/// Whether the end is missing that every whole PDF has (ISO 32000-1, 7.5.5): a download that was cut short.
fn ends_early(bytes: &[u8]) -> bool {
    const MARK: &[u8] = b"%%EOF";
    !bytes.windows(MARK.len()).rev().take(LAST).any(|window| window == MARK)
}

/// Bytes from the end within which programs look for the mark; some systems add lines behind it.
const LAST: usize = 4096;

/// Programs fill the title with the name of their file, or its address, which says nothing about the document.
fn is_a_title(title: &str) -> bool {
    let lower = title.to_lowercase();
    let file = [".doc", ".docx", ".pdf", ".rtf", ".html", ".tmp", ".indd", ".xlsx"].iter().any(|e| lower.ends_with(e));
    let address = lower.starts_with("about:") || lower.contains("://");
    !file && !address && !["untitled", "(anonymous)", "unspecified", "document", "title"].contains(&lower.as_str())
}
