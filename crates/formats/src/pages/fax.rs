//! Black and white pages of a TIFF in the three ways fax machines compress them (ITU-T T.4 and T.6; TIFF 6.0,
//! sections 10 and 11). A line that is damaged costs that line, or what follows it in its strip.

use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode};
use image::GrayImage;

use super::PageError;
use super::picture::within_limits;
use crate::tiff::Tiff;

const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const BITS: u16 = 258;
const COMPRESSION: u16 = 259;
const PHOTOMETRIC: u16 = 262;
const FILL_ORDER: u16 = 266;
const STRIP_OFFSETS: u16 = 273;
const SAMPLES: u16 = 277;
const ROWS_PER_STRIP: u16 = 278;
const STRIP_LENGTHS: u16 = 279;
const GROUP_3_OPTIONS: u16 = 292;

/// The page whose directory begins at `directory`.
pub(super) fn decoded(tiff: &Tiff<'_>, directory: usize) -> Result<GrayImage, PageError> {
    let number = |tag, default| tiff.number(directory, tag).unwrap_or(default);
    let (width, height) = (number(WIDTH, 0), number(HEIGHT, 0));
    within_limits(width, height)?;
    if number(BITS, 1) != 1 || number(SAMPLES, 1) != 1 {
        return Err(PageError::Damaged);
    }
    let offsets = tiff.numbers(directory, STRIP_OFFSETS).ok_or(PageError::Unsupported("a fax in tiles"))?;
    let lengths = tiff.numbers(directory, STRIP_LENGTHS).unwrap_or_default();
    let rows_per_strip = number(ROWS_PER_STRIP, height).clamp(1, height);
    let backwards = number(FILL_ORDER, 1) == 2;
    let compression = number(COMPRESSION, 4);
    let two_dimensional = number(GROUP_3_OPTIONS, 0) & 1 == 1;
    let (encoding, end_of_line) = match compression {
        2 => (EncodingMode::Group3_1D, false),
        3 if two_dimensional => (EncodingMode::Group3_2D, true),
        3 => (EncodingMode::Group3_1D, true),
        _ => (EncodingMode::Group4, false),
    };
    // Ink of the codes is black, but for the rare file that says that its zeros are.
    let (paper, ink) = if number(PHOTOMETRIC, 0) == 1 { (0, 255) } else { (255, 0) };
    let pixels = vec![255; width as usize * height as usize];
    let mut page = Page { pixels, width: width as usize, row: 0, paper, ink };
    let mut rows_read = 0;
    for (i, offset) in offsets.iter().enumerate() {
        let first = rows_per_strip as usize * i;
        let Some(rows) = (height as usize).checked_sub(first).filter(|rows| *rows > 0) else { break };
        let bytes = tiff.bytes();
        let start = bytes.len().min(*offset as usize);
        let length = lengths.get(i).map_or(usize::MAX, |length| *length as usize);
        let strip = bytes.get(start..start.saturating_add(length).min(bytes.len())).unwrap_or_default();
        let settings = DecodeSettings {
            columns: width,
            rows: u32::try_from(rows).unwrap_or(height).min(rows_per_strip),
            end_of_block: compression != 2,
            end_of_line,
            rows_are_byte_aligned: compression == 2,
            encoding,
            strict: false,
        };
        page.row = first;
        let mut context = DecoderContext::new(settings);
        // Rows before a damaged place are there; the rest stays white.
        let _ = if backwards {
            let turned: Vec<u8> = strip.iter().map(|byte| byte.reverse_bits()).collect();
            hayro_ccitt::decode(&turned, &mut page, &mut context)
        } else {
            hayro_ccitt::decode(strip, &mut page, &mut context)
        };
        rows_read += page.row - first;
    }
    // Less than a line of text is no page.
    if rows_read < (height as usize).min(16) {
        return Err(PageError::Damaged);
    }
    GrayImage::from_raw(width, height, page.pixels).ok_or(PageError::Damaged)
}

struct Page {
    pixels: Vec<u8>,
    width: usize,
    /// The row that comes next.
    row: usize,
    paper: u8,
    ink: u8,
}

impl Decoder for Page {
    fn push_row(&mut self, changes: &[u32]) {
        let start = self.row.saturating_mul(self.width);
        self.row += 1;
        let Some(row) = self.pixels.get_mut(start..start.saturating_add(self.width)) else { return };
        row.fill(self.paper);
        for run in changes.chunks(2) {
            let Some(from) = run.first() else { continue };
            let to = run.get(1).map_or(row.len(), |to| *to as usize);
            if let Some(run) = row.get_mut(*from as usize..to) {
                run.fill(self.ink);
            }
        }
    }
}
