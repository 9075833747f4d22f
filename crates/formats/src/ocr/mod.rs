//! Reads pages that are pictures: even light, straight lines, the right way up, then the words by tesseract, each with
//! its place on the page and how sure the program is. What must not live here: what the words mean, and storage.
//!
//! Confidence does not catch what matters most: `M0` is read as `MO` with 84, `A1` as `Al` with 93. Who takes facts
//! from such text must accept and flag those confusions and not trust the figure.

mod clean;
mod tesseract;
pub mod tsv;

use std::sync::atomic::{AtomicBool, Ordering};

use consilium_casefile::records::FileFormat;
use hayro::kurbo;
use image::{GrayImage, imageops};
use serde::{Deserialize, Serialize};

use crate::pages::{GrayPage, PageError, Rect, WordPlace, page_gray};
use crate::pdf::{DrawnWord, lay_out};
use clean::{Straight, as_f32};
pub use tesseract::Tesseract;
use tsv::FoundWord;

/// Pixels of the largest picture that is read.
const MOST_PIXELS: u64 = 80_000_000;
/// Lines are looked for the other way too unless one way is this many times as clear.
const CLEAR: f64 = 1.5;
/// Longest side of a picture that is enlarged, pixels.
const MOST_ENLARGED: u32 = 4000;
/// Below, no angle shows lines: there is no text, or hardly any.
const NO_LINES: f64 = 1.2;
/// Pictures with fewer dots an inch are enlarged: words right at 80 dpi 88 %, enlarged 100 % (measured).
const FEW_DPI: f32 = 140.0;
/// A mean confidence of letters that leaves no doubt which way up the page is, and a number of letters from which on
/// half of them sure is enough: three words upside down were read with a mean of 66.
const NO_DOUBT: f64 = 80.0;
const MANY_LETTERS: usize = 200;
/// A word this sure counts as read when the ways up of a page are compared.
const SURE: f32 = 70.0;

/// Why a page was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OcrError {
    /// The page cannot be drawn.
    #[error(transparent)]
    Page(#[from] PageError),
    /// Tesseract is not there.
    #[error(
        "pictures of text are read by the program tesseract, which is not installed: apt-get install tesseract-ocr"
    )]
    NotInstalled,
    /// It was told to stop.
    #[error("reading this page was stopped")]
    Stopped,
    /// It took too long.
    #[error("reading this page took too long; it is kept as a picture")]
    TooLong,
    /// Tesseract ended without an answer.
    #[error(
        "the program tesseract could not read this page; check that it runs and has its English data \
         (apt-get install tesseract-ocr)"
    )]
    Failed,
    /// What it answered is no table of words.
    #[error(
        "the program tesseract gave no words that can be used for this page; the page is kept as a picture. Check that \
         what is installed under that name is tesseract (apt-get install tesseract-ocr), and try again"
    )]
    NoTable,
    /// Not a picture of a page: no pixels, or far too many.
    #[error("this page has no size that can be read; open the original in another program")]
    BadPicture,
}

/// A page as it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OcrPage {
    /// Pixels across of the upright page picture that was read; [`crate::pages::page_png`] draws the same picture,
    /// larger or smaller.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// The words in reading order, lines separated by line breaks.
    pub text: String,
    /// The words of `text`.
    pub words: Vec<OcrWord>,
    /// Mean of the words' confidence, 0 to 100; 0 when there are none.
    pub mean_confidence: f32,
    /// Degrees clockwise by which the text stands turned on the page picture, above -180 and up to 180.
    pub turned: f32,
}

/// A word that was read from a picture. Its edges are fractions (0 to 1) of the page picture's width and height.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OcrWord {
    /// The word.
    pub text: String,
    /// First character in the page's text, counted in code points.
    pub start: usize,
    /// Behind the last character.
    pub end: usize,
    /// Left edge.
    pub x0: f32,
    /// Upper edge.
    pub y0: f32,
    /// Right edge.
    pub x1: f32,
    /// Lower edge.
    pub y1: f32,
    /// How sure tesseract is, 0 to 100.
    pub confidence: f32,
}

impl OcrWord {
    /// The word's place without its letters.
    #[must_use]
    pub fn place(&self) -> WordPlace {
        let Self { start, end, x0, y0, x1, y1, .. } = *self;
        WordPlace { start, end, x0, y0, x1, y1 }
    }
}

impl OcrPage {
    /// The places of all words, as [`crate::pages::places_of_span`] takes them.
    #[must_use]
    pub fn places(&self) -> Vec<WordPlace> {
        self.words.iter().map(OcrWord::place).collect()
    }

    /// The lowest confidence of the words that the characters `start..end` of the text touch, 0 to 100; `None` when
    /// they touch none.
    #[must_use]
    pub fn confidence_of_span(&self, start: usize, end: usize) -> Option<f32> {
        let touched = self.words.iter().filter(|word| word.start < end && start < word.end);
        touched.map(|word| word.confidence).reduce(f32::min)
    }
}

/// Draws a page and reads it. Pages count from 1. `stop` set from another thread ends it within a tenth of a second
/// while tesseract runs.
///
/// # Errors
/// When the page cannot be drawn, tesseract is not installed, or fails, takes too long or is stopped.
pub fn read(
    tesseract: &Tesseract,
    bytes: &[u8],
    format: FileFormat,
    page: u32,
    stop: &AtomicBool,
) -> Result<OcrPage, OcrError> {
    read_page(tesseract, page_gray(bytes, format, page)?, stop)
}

/// Reads a page that is a picture already, whichever way up it lies.
///
/// # Errors
/// When the picture has no usable size, tesseract fails, takes too long or is stopped.
pub fn read_page(tesseract: &Tesseract, page: GrayPage, stop: &AtomicBool) -> Result<OcrPage, OcrError> {
    let (width, height, dpi) = (page.width, page.height, page.dpi);
    let pixels = u64::from(width) * u64::from(height);
    if width.min(height) < 10 || pixels > MOST_PIXELS || !dpi.is_finite() {
        return Err(OcrError::BadPicture);
    }
    let picture = GrayImage::from_raw(width, height, page.pixels).ok_or(OcrError::BadPicture)?;
    let even = clean::dusted(clean::darkened(clean::flattened(picture)), dpi);
    let mut best: Option<Attempt> = None;
    if !clean::is_blank(&even) {
        let lines = clean::lines(&even);
        for (quarters, degrees) in ways_up(&lines) {
            if stop.load(Ordering::Relaxed) {
                return Err(OcrError::Stopped);
            }
            let straight = clean::straightened(turned_by_quarters(&even, quarters), degrees);
            let words = words_of(tesseract, &straight.picture, dpi, stop)?;
            let attempt = Attempt { quarters, degrees, straight, words };
            let good = attempt.is_good();
            if best.as_ref().is_none_or(|best| attempt.sure_characters() > best.sure_characters()) {
                best = Some(attempt);
            }
            if good {
                break;
            }
        }
    }
    Ok(best.map_or_else(|| OcrPage::empty(width, height), |attempt| attempt.into_page(width, height)))
}

/// The ways up worth a try, the likeliest first: quarter turns clockwise that make the page upright, and the angle at
/// which its lines run then.
fn ways_up(lines: &[clean::Lines; 2]) -> Vec<(u8, f32)> {
    let [rows, columns] = *lines;
    if rows.peak < NO_LINES && columns.peak < NO_LINES {
        return vec![(0, 0.0)];
    }
    // An angle that is no clearer than others is chance.
    let angle = |lines: clean::Lines| if lines.peak < NO_LINES { 0.0 } else { lines.degrees };
    let upright = [(0, angle(rows)), (2, angle(rows))];
    let sideways = [(1, angle(columns)), (3, angle(columns))];
    if columns.contrast > CLEAR * rows.contrast {
        sideways.to_vec()
    } else if rows.contrast > CLEAR * columns.contrast {
        upright.to_vec()
    } else if columns.contrast > rows.contrast {
        [sideways, upright].concat()
    } else {
        [upright, sideways].concat()
    }
}

/// The words of an upright picture; one with few dots an inch is enlarged before.
fn words_of(
    tesseract: &Tesseract,
    picture: &GrayImage,
    dpi: f32,
    stop: &AtomicBool,
) -> Result<Vec<FoundWord>, OcrError> {
    if dpi >= FEW_DPI || picture.width().max(picture.height()) > MOST_ENLARGED {
        return tesseract.words(picture, dpi, stop);
    }
    let mut words = tesseract.words(&clean::doubled(picture), 2.0 * dpi, stop)?;
    for word in &mut words {
        let (right, bottom) = (word.left + word.width, word.top + word.height);
        (word.left, word.top) = (word.left / 2, word.top / 2);
        (word.width, word.height) = (right.div_ceil(2) - word.left, bottom.div_ceil(2) - word.top);
    }
    Ok(words)
}

fn turned_by_quarters(page: &GrayImage, quarters: u8) -> GrayImage {
    match quarters {
        0 => page.clone(),
        1 => imageops::rotate90(page),
        2 => imageops::rotate180(page),
        _ => imageops::rotate270(page),
    }
}

/// What tesseract made of a page one way up.
struct Attempt {
    quarters: u8,
    degrees: f32,
    straight: Straight,
    words: Vec<FoundWord>,
}

impl Attempt {
    fn sure_characters(&self) -> usize {
        self.words.iter().filter(|word| word.confidence >= SURE).map(|word| word.text.chars().count()).sum()
    }

    /// Whether another way up can hardly be better.
    fn is_good(&self) -> bool {
        let letters = |word: &FoundWord| word.text.chars().count();
        let all: usize = self.words.iter().map(letters).sum();
        let each = self.words.iter().flat_map(|word| std::iter::repeat_n(f64::from(word.confidence), letters(word)));
        let sure = all >= MANY_LETTERS && self.sure_characters() * 2 >= all;
        sure || f64::from(mean(each)) >= NO_DOUBT
    }

    /// A point of the straight picture on the page as it was handed in, of this size.
    fn on_page(&self, x: f32, y: f32, width: f32, height: f32) -> kurbo::Point {
        let (x, y) = self.straight.before(x, y);
        let (x, y) = match self.quarters {
            0 => (x, y),
            1 => (y, height - x),
            2 => (width - x, height - y),
            _ => (width - y, x),
        };
        kurbo::Point::new(f64::from(x), f64::from(y))
    }

    fn into_page(self, width: u32, height: u32) -> OcrPage {
        let (across, down) = (as_f32(width), as_f32(height));
        let lines = line_measures(&self.words);
        let drawn = self.words.iter().enumerate().map(|(number, word)| {
            let (x0, y0) = (as_f32(word.left), as_f32(word.top));
            let (x1, y1) = (as_f32(word.left + word.width), as_f32(word.top + word.height));
            let [a, b, c, d] = [(x0, y0), (x1, y0), (x0, y1), (x1, y1)].map(|(x, y)| self.on_page(x, y, across, down));
            let measure = lines.get(&word.line).copied().unwrap_or_default();
            DrawnWord {
                number,
                text: word.text.clone(),
                shown: kurbo::Rect::from_points(a, b).union(kurbo::Rect::from_points(c, d)),
                upright: kurbo::Rect::new(x0.into(), y0.into(), x1.into(), y1.into()),
                baseline: measure.baseline,
                em: measure.em,
                turns: 0,
            }
        });
        let layout = lay_out(drawn.collect());
        let confidence = |number: usize| self.words.get(number).map_or(0.0, |word| word.confidence);
        let words: Vec<OcrWord> = layout
            .words
            .into_iter()
            .zip(layout.numbers)
            .map(|(word, number)| {
                let rect = Rect { x0: word.x0 / across, y0: word.y0 / down, x1: word.x1 / across, y1: word.y1 / down };
                let Rect { x0, y0, x1, y1 } = rect.clamped();
                let confidence = confidence(number);
                OcrWord { text: word.text, start: word.start, end: word.end, x0, y0, x1, y1, confidence }
            })
            .collect();
        let turned = self.degrees - 90.0 * f32::from(self.quarters);
        OcrPage {
            width,
            height,
            text: layout.text,
            mean_confidence: mean(words.iter().map(|word| f64::from(word.confidence))),
            words,
            turned: if turned <= -180.0 { turned + 360.0 } else { turned },
        }
    }
}

impl OcrPage {
    fn empty(width: u32, height: u32) -> Self {
        Self { width, height, text: String::new(), words: Vec::new(), mean_confidence: 0.0, turned: 0.0 }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a mean of small numbers")]
fn mean(values: impl Iterator<Item = f64>) -> f32 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    if count > 0.0 { (sum / count) as f32 } else { 0.0 }
}

/// What the words of a line have in common, pixels of the straight picture.
#[derive(Debug, Clone, Copy, Default)]
struct LineMeasure {
    baseline: f64,
    em: f64,
}

/// Capital letters are this high, in ems.
const CAPITAL: f64 = 0.72;

/// The table has boxes of ink only: the baseline is where words without a tail end, the size follows from their height.
fn line_measures(words: &[FoundWord]) -> std::collections::HashMap<(u32, u32, u32), LineMeasure> {
    let mut by_line: std::collections::HashMap<_, Vec<&FoundWord>> = std::collections::HashMap::new();
    for word in words {
        by_line.entry(word.line).or_default().push(word);
    }
    let measure = |words: Vec<&FoundWord>| {
        let without_tail = |word: &&&FoundWord| !word.text.contains(|c| "gjpqyQ,;()[]/|_\"'’“”*°-–—".contains(c));
        let tall = |word: &&&FoundWord| {
            word.text.contains(|c: char| c.is_ascii_digit() || c.is_uppercase() || "bdfhklt".contains(c))
        };
        let bottom = |word: &&FoundWord| f64::from(word.top + word.height);
        let height = |word: &&FoundWord| f64::from(word.height);
        let baseline = median(words.iter().filter(without_tail).map(bottom))
            .or_else(|| median(words.iter().map(bottom)))
            .unwrap_or_default();
        let em = median(words.iter().filter(without_tail).filter(tall).map(height))
            .or_else(|| median(words.iter().map(height)))
            .unwrap_or_default();
        LineMeasure { baseline, em: (em / CAPITAL).max(1.0) }
    };
    by_line.into_iter().map(|(line, words)| (line, measure(words))).collect()
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
