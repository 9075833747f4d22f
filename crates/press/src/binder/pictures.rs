//! Makes pages of pictures: photographs that stand upright, and pages of a damaged PDF drawn at 200 dots an inch. What
//! must not live here: which way up a camera was held (`formats::pages`).

use std::io::Cursor;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, GrayImage, ImageDecoder, ImageFormat, ImageReader, RgbImage};
use lopdf::{Dictionary, Document, Object, Stream, dictionary};

/// Dots an inch: OCR and eyes do no better with more.
const DPI: f32 = 200.0;
/// Longest side of a drawn page, pixels.
const LONGEST: f32 = 6000.0;
/// Most pages drawn of one damaged file.
const PAGES: usize = 500;
/// US letter, points, and the margin a photograph keeps.
const LETTER: (f32, f32) = (612.0, 792.0);
const MARGIN: f32 = 36.0;

/// Why a PDF has no page pictures.
pub(super) enum NoPictures {
    /// It asks for a password.
    Locked,
    /// Nothing of it can be read.
    Unreadable,
}

/// An encoded picture, ready to stand in a PDF.
struct Encoded {
    width: u32,
    height: u32,
    color_space: &'static str,
    filter: &'static str,
    bytes: Vec<u8>,
}

/// Every page of a PDF, drawn.
pub(super) fn of_pdf(bytes: Vec<u8>) -> Result<Document, NoPictures> {
    let pdf = Pdf::new(bytes).map_err(|error| match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => NoPictures::Locked,
        _ => NoPictures::Unreadable,
    })?;
    let cache = RenderCache::new();
    let mut book = Book::new();
    for page in pdf.pages().iter().take(PAGES) {
        let (width, height) = page.render_dimensions();
        if !(width.is_finite() && height.is_finite() && width >= 1.0 && height >= 1.0) {
            continue;
        }
        let scale = (DPI / 72.0).min(LONGEST / width.max(height));
        let settings = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
        if width * scale < 1.0 || height * scale < 1.0 {
            continue;
        }
        let drawn = hayro::render(page, &cache, &InterpreterSettings::default(), &RenderSettings::default(), &settings);
        let rgb: Vec<u8> = drawn.data().iter().flat_map(|p| [p.r, p.g, p.b]).collect();
        let Some(picture) = RgbImage::from_raw(drawn.width().into(), drawn.height().into(), rgb) else { continue };
        let Some(encoded) = encode(DynamicImage::ImageRgb8(picture)) else { continue };
        book.page((width, height), (0.0, 0.0, width, height), encoded);
    }
    book.finish().ok_or(NoPictures::Unreadable)
}

/// One page a picture file, on letter paper; `None` when one cannot be read.
pub(super) fn photographs(files: &[Vec<u8>]) -> Option<Document> {
    let mut book = Book::new();
    for file in files {
        let encoded = photograph(file)?;
        #[expect(clippy::cast_precision_loss, reason = "sides of a picture are far below 2^23")]
        let (width, height) = (encoded.width as f32, encoded.height as f32);
        let paper = if width > height { (LETTER.1, LETTER.0) } else { LETTER };
        let scale = ((paper.0 - 2.0 * MARGIN) / width).min((paper.1 - 2.0 * MARGIN) / height);
        let (w, h) = (width * scale, height * scale);
        book.page(paper, ((paper.0 - w) / 2.0, (paper.1 - h) / 2.0, w, h), encoded);
    }
    book.finish()
}

fn photograph(file: &[u8]) -> Option<Encoded> {
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format().ok()?;
    let format = reader.format();
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(30_000);
    limits.max_image_height = Some(30_000);
    reader.limits(limits);
    let decoder = reader.into_decoder().ok()?;
    let components = decoder.original_color_type();
    let picture = DynamicImage::from_decoder(decoder).ok()?;
    let plain = match components {
        image::ExtendedColorType::L8 => Some("DeviceGray"),
        image::ExtendedColorType::Rgb8 => Some("DeviceRGB"),
        _ => None,
    };
    if let (Some(ImageFormat::Jpeg), Some(color_space)) = (format, plain) {
        // The file itself, not a copy of lesser quality.
        let (width, height) = (picture.width(), picture.height());
        return Some(Encoded { width, height, color_space, filter: "DCTDecode", bytes: file.to_vec() });
    }
    encode(picture)
}

/// Deflated when that is small (typed pages), else JPEG (photographs); grey when there is no colour in it.
fn encode(picture: DynamicImage) -> Option<Encoded> {
    let rgb = picture.into_rgb8();
    let (width, height) = rgb.dimensions();
    let grey = rgb.pixels().all(|image::Rgb([r, g, b])| r.abs_diff(*g) < 8 && g.abs_diff(*b) < 8);
    let (color_space, picture) = if grey {
        let grey = GrayImage::from_fn(width, height, |x, y| image::Luma([rgb.get_pixel(x, y).0[1]]));
        ("DeviceGray", DynamicImage::ImageLuma8(grey))
    } else {
        ("DeviceRGB", DynamicImage::ImageRgb8(rgb))
    };
    let raw = picture.as_bytes();
    let mut stream = Stream::new(Dictionary::new(), raw.to_vec());
    stream.compress().ok()?;
    if stream.content.len() < raw.len() / 12 {
        return Some(Encoded { width, height, color_space, filter: "FlateDecode", bytes: stream.content });
    }
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 85).encode_image(&picture).ok()?;
    Some(Encoded { width, height, color_space, filter: "DCTDecode", bytes })
}

/// A PDF in the making, one picture a page.
struct Book {
    document: Document,
    pages: Vec<Object>,
    tree: lopdf::ObjectId,
}

impl Book {
    fn new() -> Self {
        let mut document = Document::with_version("1.7");
        let tree = document.new_object_id();
        Self { document, pages: Vec::new(), tree }
    }

    /// A page of `paper` size (points) with the picture at left, bottom, width, height.
    fn page(&mut self, paper: (f32, f32), at: (f32, f32, f32, f32), picture: Encoded) {
        let dictionary = dictionary! {
            "Type" => "XObject",
            "Subtype" => "Image",
            "Width" => i64::from(picture.width),
            "Height" => i64::from(picture.height),
            "ColorSpace" => picture.color_space,
            "BitsPerComponent" => 8,
            "Filter" => picture.filter,
        };
        let picture = self.document.add_object(Stream::new(dictionary, picture.bytes).with_compression(false));
        let (left, bottom, width, height) = at;
        let content = format!("q {width:.3} 0 0 {height:.3} {left:.3} {bottom:.3} cm /Picture Do Q\n");
        let content = self.document.add_object(Stream::new(Dictionary::new(), content.into_bytes()));
        let page = self.document.add_object(dictionary! {
            "Type" => "Page",
            "Parent" => self.tree,
            "MediaBox" => vec![0.into(), 0.into(), paper.0.into(), paper.1.into()],
            "Resources" => dictionary! { "XObject" => dictionary! { "Picture" => picture } },
            "Contents" => content,
        });
        self.pages.push(page.into());
    }

    /// The document; `None` when it has no page.
    fn finish(mut self) -> Option<Document> {
        let count = i64::try_from(self.pages.len()).ok().filter(|count| *count > 0)?;
        let tree = dictionary! { "Type" => "Pages", "Kids" => self.pages, "Count" => count };
        self.document.set_object(self.tree, tree);
        let catalog = self.document.add_object(dictionary! { "Type" => "Catalog", "Pages" => self.tree });
        self.document.trailer.set("Root", catalog);
        Some(self.document)
    }
}
