//! The fax edition: pages as a fax machine sends them, black and white at 200 dots an inch (the "fine" resolution of fax,
//! 204 by 196, is as good as the same), bound as one PDF. What a page shows is drawn elsewhere; here it becomes black or
//! white.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use crate::PressError;

/// A page in shades of grey.
#[derive(Debug, Clone)]
pub struct FaxPage {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// One byte a pixel, 0 black, 255 white.
    pub pixels: Vec<u8>,
}

/// Below this a pixel is ink, above [`PAPER`] it is paper; between them it is part of a picture.
const INK: u8 = 96;
/// As [`INK`].
const PAPER: u8 = 190;
/// Dots of an upright page: US letter, across and down.
pub const DOTS: (u32, u32) = (1700, 2200);
/// Points of a dot, 200 to the inch.
const DOT: f32 = 72.0 / 200.0;
/// How far inside its outermost dots a page is drawn, points: at a whole number of dots some readers begin one more (poppler's
/// upper bound is the next whole number), and draw all of them anew.
const INSIDE: f32 = DOT / 100.0;

/// At the edge of a letter: darker is ink.
const EDGE: u8 = 150;

/// Rows of bits, the highest first, 1 for black, each row filled up to whole bytes. Letters get clean edges: grey beside ink
/// or paper is one or the other. Grey among grey is scattered (Floyd and Steinberg), so that a photograph stays one.
#[must_use]
pub fn black_and_white(page: &FaxPage) -> Vec<u8> {
    let (width, height) = (page.width as usize, page.height as usize);
    let row_bytes = width.div_ceil(8);
    let mut bits = vec![0_u8; row_bytes.saturating_mul(height)];
    let (mut here, mut below) = (vec![0_i16; width + 2], vec![0_i16; width + 2]);
    for (row, line) in page.pixels.chunks_exact(width.max(1)).take(height).enumerate() {
        for (x, pixel) in line.iter().enumerate() {
            let carried = here.get(x + 1).copied().unwrap_or_default();
            let (black, rest) = match *pixel {
                ink if ink <= INK => (true, 0),
                paper if paper >= PAPER => (false, 0),
                grey if is_edge(page, x, row) => (grey < EDGE, 0),
                grey => {
                    let span = i16::from(PAPER - INK);
                    let value = i16::from(grey - INK) * 255 / span + carried;
                    if value < 128 { (true, value) } else { (false, value - 255) }
                }
            };
            for (list, place, share) in [(0, x + 2, 7), (1, x, 3), (1, x + 1, 5), (1, x + 2, 1)] {
                let list = if list == 0 { &mut here } else { &mut below };
                if let Some(cell) = list.get_mut(place) {
                    *cell = cell.saturating_add(rest * share / 16);
                }
            }
            if black && let Some(byte) = bits.get_mut(row * row_bytes + x / 8) {
                *byte |= 0x80 >> (x % 8);
            }
        }
        std::mem::swap(&mut here, &mut below);
        below.fill(0);
    }
    bits
}

/// Whether ink or paper is beside a pixel.
fn is_edge(page: &FaxPage, x: usize, row: usize) -> bool {
    let width = page.width as usize;
    let at = |x: Option<usize>, row: Option<usize>| {
        let (x, row) = (x.filter(|x| *x < width)?, row?);
        page.pixels.get(row.checked_mul(width)?.checked_add(x)?).copied()
    };
    let beside = [
        at(x.checked_sub(1), Some(row)),
        at(x.checked_add(1), Some(row)),
        at(Some(x), row.checked_sub(1)),
        at(Some(x), row.checked_add(1)),
    ];
    beside.into_iter().flatten().any(|pixel| pixel <= INK || pixel >= PAPER)
}

/// Binds pages into a PDF as they come; holds no page but the one being written.
pub struct FaxBinder {
    document: Document,
    tree: ObjectId,
    pages: Vec<Object>,
}

impl Default for FaxBinder {
    fn default() -> Self {
        let mut document = Document::with_version("1.7");
        let tree = document.new_object_id();
        Self { document, tree, pages: Vec::new() }
    }
}

impl FaxBinder {
    /// One more page: in the middle of the sheet, dot for dot, so that no reader has to draw it anew; smaller only where it has
    /// more dots than the sheet.
    ///
    /// # Errors
    /// [`PressError::Join`] when the page has no pixels.
    pub fn add(&mut self, page: &FaxPage) -> Result<(), PressError> {
        let fault = |why: &str| PressError::Join(why.to_owned());
        if page.width == 0 || page.height == 0 {
            return Err(fault("a page of the fax has no pixels"));
        }
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
        packed.write_all(&black_and_white(page)).map_err(|e| fault(&e.to_string()))?;
        let packed = packed.finish().map_err(|e| fault(&e.to_string()))?;
        let mut head: Dictionary = dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "Width" => i64::from(page.width),
            "Height" => i64::from(page.height), "ColorSpace" => "DeviceGray", "BitsPerComponent" => 1,
            "Filter" => "FlateDecode",
        };
        // 1 is black.
        head.set("Decode", vec![1.into(), 0.into()]);
        let picture = self.document.add_object(Stream::new(head, packed));
        let (across, down) = if page.height >= page.width { DOTS } else { (DOTS.1, DOTS.0) };
        #[expect(clippy::cast_precision_loss, reason = "pixels of a page")]
        let [wide, tall, width, height] = [across, down, page.width, page.height].map(|dots| dots as f32 * DOT);
        let scale = (wide / width).min(tall / height).min(1.0);
        let (w, h) = (width * scale, height * scale);
        let whole = |room: f32| (room / 2.0 / DOT).floor() * DOT;
        let (x, y) = (whole(wide - w), whole(tall - h));
        let (w, h, x, y) = (w - 2.0 * INSIDE, h - 2.0 * INSIDE, x + INSIDE, y + INSIDE);
        let drawing = format!("q {w:.4} 0 0 {h:.4} {x:.4} {y:.4} cm /P Do Q");
        let content = self.document.add_object(Stream::new(Dictionary::new(), drawing.into_bytes()));
        let page = self.document.add_object(dictionary! {
            "Type" => "Page", "Parent" => self.tree, "MediaBox" => vec![0.into(), 0.into(), wide.into(), tall.into()],
            "Contents" => content, "Resources" => dictionary! { "XObject" => dictionary! { "P" => picture } },
        });
        self.pages.push(page.into());
        Ok(())
    }

    /// Pages so far.
    #[must_use]
    pub fn pages(&self) -> usize {
        self.pages.len()
    }

    /// The PDF.
    ///
    /// # Errors
    /// [`PressError::Join`] when it cannot be written.
    pub fn finish(mut self) -> Result<Vec<u8>, PressError> {
        let count = i64::try_from(self.pages.len()).unwrap_or(i64::MAX);
        let tree = dictionary! { "Type" => "Pages", "Kids" => self.pages, "Count" => count };
        self.document.objects.insert(self.tree, Object::Dictionary(tree));
        let catalog = self.document.add_object(dictionary! { "Type" => "Catalog", "Pages" => self.tree });
        self.document.trailer.set("Root", catalog);
        let mut bytes = Vec::new();
        self.document.save_to(&mut bytes).map_err(|e| PressError::Join(e.to_string()))?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(width: u32, height: u32, pixel: impl Fn(u32, u32) -> u8) -> FaxPage {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| pixel(x, y)).collect();
        FaxPage { width, height, pixels }
    }

    #[test]
    fn ink_is_black_paper_is_white_and_rows_fill_up_to_bytes() {
        let bits = black_and_white(&page(9, 2, |x, _| if x == 0 || x == 8 { 0 } else { 255 }));
        assert_eq!(bits, vec![0x80, 0x80, 0x80, 0x80]);
    }

    #[test]
    fn a_grey_ground_becomes_as_many_dots_as_it_is_dark() {
        let grey = INK + (PAPER - INK) / 4;
        let bits = black_and_white(&page(80, 80, |_, _| grey));
        let black: u32 = bits.iter().map(|byte| byte.count_ones()).sum();
        assert!((4300..=5300).contains(&black), "{black} of 6400");
    }

    #[test]
    fn pages_are_bound_upright_or_across_and_a_page_of_nothing_is_refused() {
        let mut fax = FaxBinder::default();
        fax.add(&page(17, 22, |_, _| 255)).unwrap();
        fax.add(&page(22, 17, |_, _| 0)).unwrap();
        assert!(fax.add(&page(0, 5, |_, _| 0)).is_err());
        let short = FaxPage { width: 10, height: 10, pixels: vec![0; 7] };
        fax.add(&short).unwrap();
        assert_eq!(fax.pages(), 3);
        let read = Document::load_mem(&fax.finish().unwrap()).unwrap();
        assert_eq!(read.get_pages().len(), 3);
    }
}
