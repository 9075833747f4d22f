//! Collects the glyphs a page draws and joins them to words. What must not live here: the order of the words.

use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_interpret::{BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask};
use hayro::kurbo::{Affine, BezPath, Point, Rect};
use unicode_normalization::UnicodeNormalization;

/// Font units to the em; ascent and descent that make boxes agree with those of other readers (measured).
const EM: f64 = 1000.0;
const ASCENT: f64 = 780.0;
const DESCENT: f64 = -210.0;
/// A gap wider than this part of an em separates words.
const WORD_GAP: f64 = 0.17;
/// Words of a page that are kept: a page of small print has 2,000.
const MOST_GLYPHS: usize = 1_000_000;

/// A word before it has its place in the text. Units are points of a PDF page, or pixels of a picture that was read.
#[derive(Debug, Clone)]
pub(crate) struct DrawnWord {
    /// Which word this is, for who made it.
    pub(crate) number: usize,
    pub(crate) text: String,
    /// As shown: top-left origin.
    pub(crate) shown: Rect,
    /// Turned so that its text runs to the right: what the layout works in.
    pub(crate) upright: Rect,
    /// Baseline in the upright frame.
    pub(crate) baseline: f64,
    /// Size of an em.
    pub(crate) em: f64,
    /// Quarter turns of the text direction, clockwise.
    pub(crate) turns: u8,
}

/// Collects what matters of a page.
pub(super) struct Collector {
    page: Rect,
    words: Vec<DrawnWord>,
    current: Option<OpenWord>,
    glyphs: usize,
    without_meaning: usize,
    paths: usize,
    image_area: f64,
    images: usize,
}

struct OpenWord {
    word: DrawnWord,
    /// Where the next glyph of this word is expected, upright.
    end: Point,
}

impl Collector {
    pub(super) fn new(page: Rect) -> Self {
        Self {
            page,
            words: Vec::new(),
            current: None,
            glyphs: 0,
            without_meaning: 0,
            paths: 0,
            image_area: 0.0,
            images: 0,
        }
    }

    /// Whether the page has to be read by OCR: a picture and nothing more than a stamp on it, outlines instead of
    /// letters, or letters whose meaning the file does not tell.
    pub(super) fn is_picture(&self) -> bool {
        let covered = self.image_area / self.page.area().max(1.0);
        if self.glyphs == 0 {
            return self.images > 0 && covered > 0.05 || self.paths > 400;
        }
        let words = self.words.len() + usize::from(self.current.is_some());
        let stamped_scan = covered > 0.5 && words < 30;
        stamped_scan || self.without_meaning * 3 > self.glyphs && self.glyphs > 20
    }

    pub(super) fn into_words(mut self) -> Vec<DrawnWord> {
        self.finish();
        let page = self.page.inflate(2.0, 2.0);
        self.words.retain(|w| page.contains(w.shown.center()));
        without_doubles(self.words)
    }

    fn finish(&mut self) {
        if let Some(OpenWord { mut word, .. }) = self.current.take() {
            word.text = word.text.nfkc().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
            if !word.text.is_empty() {
                self.words.push(word);
            }
        }
    }

    fn glyph(&mut self, glyph: &Glyph<'_>, transform: Affine) {
        if self.glyphs >= MOST_GLYPHS {
            return;
        }
        self.glyphs += 1;
        let text = match glyph.as_unicode() {
            Some(BfString::Char(c)) => c.to_string(),
            Some(BfString::String(text)) => text,
            None => {
                self.without_meaning += 1;
                '\u{fffd}'.to_string()
            }
        };
        let advance = match glyph {
            Glyph::Outline(outline) => outline.advance_width(),
            Glyph::Type3(type3) => type3.advance_width(),
        };
        let advance = f64::from(advance.unwrap_or(500.0));
        let origin = transform * Point::ZERO;
        let end = transform * Point::new(advance, 0.0);
        let em = (transform * Point::new(0.0, EM) - origin).hypot();
        let along = transform * Point::new(EM, 0.0) - origin;
        let finite = [origin.x, origin.y, end.x, end.y, em, along.x, along.y].iter().all(|v| v.is_finite());
        if !finite || !(0.01..=10_000.0).contains(&em) {
            return;
        }
        if text.chars().all(|c| c.is_whitespace() || c.is_control()) {
            self.finish();
            return;
        }
        let turns = quarter_turns(along.x, along.y);
        let corners = [(0.0, DESCENT), (advance, DESCENT), (0.0, ASCENT), (advance, ASCENT)]
            .map(|(x, y)| transform * Point::new(x, y));
        let shown = around(corners);
        let upright = around(corners.map(|p| turned(p, turns)));
        let (start, stop) = (turned(origin, turns), turned(end, turns));
        let text: String = text.chars().map(|c| if c == '\u{ad}' { '-' } else { c }).collect();
        if let Some(open) = &mut self.current {
            let same_line = (start.y - open.word.baseline).abs() <= 0.4 * em.max(open.word.em);
            let gap = start.x - open.end.x;
            let larger = em.max(open.word.em);
            if open.word.turns == turns && same_line && gap <= WORD_GAP * larger && gap >= -0.5 * larger {
                open.word.text.push_str(&text);
                open.word.shown = open.word.shown.union(shown);
                open.word.upright = open.word.upright.union(upright);
                open.word.em = larger;
                open.end = stop;
                return;
            }
        }
        self.finish();
        let word = DrawnWord { number: self.words.len(), text, shown, upright, baseline: start.y, em, turns };
        self.current = Some(OpenWord { word, end: stop });
    }
}

/// The direction of a vector in quarter turns clockwise, as shown (y downwards).
fn quarter_turns(x: f64, y: f64) -> u8 {
    match (x.abs() >= y.abs(), x >= 0.0, y >= 0.0) {
        (true, true, _) => 0,
        (false, _, true) => 1,
        (true, false, _) => 2,
        (false, _, false) => 3,
    }
}

/// Turned back so that text of this direction runs to the right.
fn turned(p: Point, turns: u8) -> Point {
    match turns {
        0 => p,
        1 => Point::new(p.y, -p.x),
        2 => Point::new(-p.x, -p.y),
        _ => Point::new(-p.y, p.x),
    }
}

fn around(points: [Point; 4]) -> Rect {
    let [a, b, c, d] = points;
    Rect::from_points(a, b).union(Rect::from_points(c, d))
}

/// Bold type is often faked by drawing a word twice: the second is dropped.
fn without_doubles(words: Vec<DrawnWord>) -> Vec<DrawnWord> {
    let mut seen: std::collections::HashMap<(String, i64, i64), ()> = std::collections::HashMap::new();
    words
        .into_iter()
        .filter(|word| {
            // Cells of half an em: a repeated word elsewhere on the page is in another cell.
            let cell = (word.em * 0.5).max(0.5);
            #[expect(clippy::cast_possible_truncation, reason = "page coordinates are small")]
            let key = |dx: f64, dy: f64| {
                let at = |v: f64, d: f64| (v / cell + d).floor() as i64;
                (word.text.clone(), at(word.shown.x0, dx), at(word.shown.y0, dy))
            };
            let near = [(0.0, 0.0), (0.3, 0.3), (-0.3, -0.3)].iter().any(|(x, y)| seen.contains_key(&key(*x, *y)));
            seen.insert(key(0.0, 0.0), ());
            !near
        })
        .collect()
}

impl<'a> Device<'a> for Collector {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {
        self.paths += 1;
    }

    fn push_clip_path(&mut self, _: &ClipPath) {}

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        for glyph in run.glyphs() {
            self.glyph(glyph, props.transform * glyph.transform());
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        // A picture of a few dots is a rule or a bullet.
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        let drawn = props.transform.transform_rect_bbox(Rect::new(0.0, 0.0, width, height)).intersect(self.page);
        let area = drawn.area();
        if area.is_finite() && area > 0.0 {
            self.images += 1;
            self.image_area += area;
        }
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}
