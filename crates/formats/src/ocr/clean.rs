//! Makes a grey page easier to read: even light, straight lines. Pure pixel work; what was done is kept so that places
//! can be mapped back.

use image::imageops::{self, FilterType};
use image::{GrayImage, Luma};

/// Longest side of the copy the light is estimated on, pixels: text is 4 to 8 pixels high there.
const LIGHT_COPY: u32 = 400;
/// Dark things up to about this many pixels across on that copy are ink, not shade.
const INK_REACH: usize = 7;
/// A shade is never taken to be darker than this part of the paper: a dark box with white letters stays dark.
const DARKEST_SHADE: f32 = 0.4;
/// Longest side of the copy lines are looked for on, pixels.
const LINES_COPY: u32 = 700;
/// Largest turn that is found, degrees.
const MOST_DEGREES: f32 = 30.0;
/// Ink as dark as this is faint; lighter, it is the grain of an empty page.
const FAINT_INK: std::ops::Range<u8> = 100..232;
/// With fewer dots an inch, a full stop is a dot like any other.
const DUSTED_DPI: f32 = 140.0;
/// On a flattened page, what is darker is ink.
const INK: u8 = 160;
/// Pixels across of dots that are dust, and how far around them there is no ink.
const DUST: [(u32, u32); 2] = [(1, 1), (3, 6)];
/// On that copy, smaller steps between neighbouring pixels are grain.
const FAINTEST_EDGE: i16 = 30;

/// The page under even light: divided by its background, which is estimated on a small copy.
pub(super) fn flattened(page: GrayImage) -> GrayImage {
    let (width, height) = page.dimensions();
    let small = shrunk(&page, LIGHT_COPY);
    let (across, down) = (small.width() as usize, small.height() as usize);
    // Closing: what is smaller than the window and darker than its surroundings is filled; edges of shades stay.
    let largest = |a: u8, b: u8| a.max(b);
    let smallest = |a: u8, b: u8| a.min(b);
    let closed = windowed(windowed(small.into_raw(), across, down, largest), across, down, smallest);
    let mut sorted = closed.clone();
    sorted.sort_unstable();
    let paper = sorted.get(sorted.len() * 19 / 20).copied().unwrap_or(255);
    let darkest = f32::from(paper) * DARKEST_SHADE;
    if sorted.first().is_none_or(|shade| *shade >= 250) {
        return page;
    }
    let Some(light) = GrayImage::from_raw(small_side(across), small_side(down), closed) else { return page };
    let light = imageops::blur(&light, 2.0);
    let (columns, rows) = (between_samples(width, light.width()), between_samples(height, light.height()));
    let mut even = page;
    for (row, (top, bottom, down)) in even.chunks_exact_mut(width as usize).zip(rows) {
        for (pixel, (left, right, along)) in row.iter_mut().zip(&columns) {
            let at = |x: u32, y: u32| light.get_pixel_checked(x, y).map_or(255.0, |pixel| f32::from(pixel.0[0]));
            let upper = at(*left, top) * (1.0 - along) + at(*right, top) * along;
            let lower = at(*left, bottom) * (1.0 - along) + at(*right, bottom) * along;
            let shade = upper * (1.0 - down) + lower * down;
            *pixel = to_byte(f32::from(*pixel) * 255.0 / shade.max(darkest).max(1.0));
        }
    }
    even
}

/// For each pixel of a side, the two samples it lies between and how far it is from the first.
fn between_samples(side: u32, samples: u32) -> Vec<(u32, u32, f32)> {
    let scale = as_f32(samples) / as_f32(side.max(1));
    let last = samples.saturating_sub(1);
    (0..side)
        .map(|at| {
            let place = ((as_f32(at) + 0.5) * scale - 0.5).clamp(0.0, as_f32(last));
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the samples")]
            let first = place.floor() as u32;
            (first, (first + 1).min(last), place.fract())
        })
        .collect()
}

/// A faint page (pencil, thermal paper, the third copy of a form) with its ink made dark.
pub(super) fn darkened(mut page: GrayImage) -> GrayImage {
    let mut counts = [0_usize; 256];
    for pixel in page.iter() {
        if let Some(count) = counts.get_mut(usize::from(*pixel)) {
            *count += 1;
        }
    }
    // As dark as the darkest two hundredth of the page: letters cover more of a page of text.
    let mut left = page.len() / 200;
    let ink = counts.iter().position(|count| {
        let found = left <= *count && *count > 0;
        left = left.saturating_sub(*count);
        found
    });
    let Some(ink) = ink.and_then(|ink| u8::try_from(ink).ok()).filter(|ink| FAINT_INK.contains(ink)) else {
        return page;
    };
    let stronger = 230.0 / f32::from(255 - ink);
    for pixel in page.iter_mut() {
        *pixel = to_byte(255.0 - f32::from(255 - *pixel) * stronger);
    }
    page
}

/// A page without dust: dark dots that stand alone. A full stop is no dust: it has a letter beside it.
pub(super) fn dusted(mut page: GrayImage, dpi: f32) -> GrayImage {
    if dpi < DUSTED_DPI {
        return page;
    }
    let (width, height) = page.dimensions();
    for (size, margin) in DUST {
        let inked = page.enumerate_pixels().filter(|(_, _, Luma([value]))| *value < INK);
        // On a page that is mostly dark, dots that stand alone are no matter.
        if inked.clone().count() > page.len() / 4 {
            return page;
        }
        let inked: Vec<(u32, u32)> = inked.map(|(x, y, _)| (x, y)).collect();
        for (x, y) in inked {
            let (left, top) = (x.saturating_sub(margin), y.saturating_sub(margin));
            let (right, bottom) = (x + size + margin, y + size + margin);
            let inside = |column: u32, row: u32| (x..x + size).contains(&column) && (y..y + size).contains(&row);
            let ink = |x: u32, y: u32| page.get_pixel_checked(x, y).is_some_and(|pixel| pixel.0[0] < INK);
            // The upper left corner of a dot: nothing before and above it, and nothing around.
            let begins = !(x > 0 && ink(x - 1, y) || y > 0 && ink(x, y - 1));
            let mut around = (top..bottom).flat_map(|row| (left..right).map(move |column| (column, row)));
            if !begins || !around.all(|(column, row)| inside(column, row) || !ink(column, row)) {
                continue;
            }
            for row in y..(y + size).min(height) {
                for column in x..(x + size).min(width) {
                    page.put_pixel(column, row, Luma([255]));
                }
            }
        }
    }
    page
}

/// Applies `better` over a square window around each pixel.
fn windowed(pixels: Vec<u8>, width: usize, height: usize, better: impl Fn(u8, u8) -> u8) -> Vec<u8> {
    let along = |pixels: &[u8], at: usize, step: usize, place: usize, length: usize| {
        let (from, to) = (place.saturating_sub(INK_REACH), (place + INK_REACH).min(length.saturating_sub(1)));
        let first = at - (place - from) * step;
        (0..=to - from).filter_map(|i| pixels.get(first + i * step).copied()).reduce(&better).unwrap_or(255)
    };
    let rows: Vec<u8> = (0..pixels.len()).map(|at| along(&pixels, at, 1, at % width, width)).collect();
    (0..rows.len()).map(|at| along(&rows, at, width, at / width, height)).collect()
}

/// Whether there is next to no ink on a flattened page.
pub(super) fn is_blank(page: &GrayImage) -> bool {
    let ink = page.iter().filter(|pixel| **pixel < 128).count();
    ink * 20_000 < page.len()
}

/// How the lines of a page run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines {
    /// Degrees clockwise.
    pub(super) degrees: f32,
    /// How clearly lines and gaps between them stand apart at that angle.
    pub(super) contrast: f64,
    /// How many times as clearly as at most other angles: near 1 where there are no lines at all.
    pub(super) peak: f64,
}

/// An edge of ink: its place from the middle, and how strong it is.
type Edge = (f32, f32, f32);

/// How the lines of a flattened page run if they are rows, and if they are once the page is turned clockwise by a
/// quarter.
///
/// Letters have strokes across their line. Only edges along the line are looked at, so that the grain of a table, the
/// rim of the paper and ruled lines say nothing.
pub(super) fn lines(page: &GrayImage) -> [Lines; 2] {
    let small = shrunk(page, LINES_COPY);
    let (middle_x, middle_y) = (as_f32(small.width()) / 2.0, as_f32(small.height()) / 2.0);
    let value = |x: u32, y: u32| small.get_pixel_checked(x, y).map(|pixel| i16::from(pixel.0[0]));
    let mut edges: [Vec<Edge>; 2] = Default::default();
    let [rows, columns] = &mut edges;
    for (x, y, Luma([here])) in small.enumerate_pixels() {
        let here = i16::from(*here);
        let step = |other: Option<i16>| other.map(|other| (other - here).abs()).filter(|step| *step > FAINTEST_EDGE);
        let (dx, dy) = (as_f32(x) - middle_x, as_f32(y) - middle_y);
        rows.extend(step(value(x + 1, y)).map(|step| (dx, dy, f32::from(step))));
        columns.extend(step(value(x, y + 1)).map(|step| (-dy, dx, f32::from(step))));
    }
    edges.map(|edges| clearest(&edges))
}

fn clearest(edges: &[Edge]) -> Lines {
    let all: Vec<f64> = steps(0.0, MOST_DEGREES, 0.5).map(|degrees| contrast(edges, degrees)).collect();
    let mut sorted = all.clone();
    sorted.sort_by(f64::total_cmp);
    let usual = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
    // A tie is no reason to turn the page.
    let mut best = (0.0, contrast(edges, 0.0) * 1.000_001);
    let better = |best: (f32, f64), this: (f32, f64)| if this.1 > best.1 { this } else { best };
    best = steps(0.0, MOST_DEGREES, 0.5).zip(all).fold(best, better);
    for step in [0.1, 0.05] {
        best = steps(best.0, 5.0 * step, step).map(|degrees| (degrees, contrast(edges, degrees))).fold(best, better);
    }
    let (degrees, contrast) = best;
    Lines { degrees: degrees.clamp(-MOST_DEGREES, MOST_DEGREES), contrast, peak: contrast / usual.max(1.0) }
}

/// Angles around one, in degrees.
fn steps(around: f32, reach: f32, step: f32) -> impl Iterator<Item = f32> {
    std::iter::successors(Some(around - reach), move |degrees| Some(degrees + step))
        .take_while(move |degrees| *degrees <= around + reach + step / 2.0)
}

/// Sum of squared differences between neighbouring rows of edges, for rows that run at this angle.
fn contrast(edges: &[Edge], degrees: f32) -> f64 {
    let half = LINES_COPY as usize;
    let mut rows = vec![0.0_f64; 2 * half + 2];
    let (sin, cos) = degrees.to_radians().sin_cos();
    for (x, y, weight) in edges {
        let row = y * cos - x * sin + as_f32(LINES_COPY);
        let whole = row.floor();
        let part = row - whole;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "inside the copy's diagonal")]
        let at = whole.max(0.0) as usize;
        if let Some([upper, lower]) = rows.get_mut(at..).and_then(|rows| rows.first_chunk_mut()) {
            *upper += f64::from(weight * (1.0 - part));
            *lower += f64::from(weight * part);
        }
    }
    rows.windows(2).map(|pair| if let [a, b] = pair { (a - b) * (a - b) } else { 0.0 }).sum()
}

/// A page that was turned back, and how to find the place of its points on the page as it was.
#[derive(Debug)]
pub(super) struct Straight {
    pub(super) picture: GrayImage,
    sin: f32,
    cos: f32,
    /// Middle of this picture and of the one it was made from.
    middle: (f32, f32),
    middle_before: (f32, f32),
}

impl Straight {
    /// Where a point of this picture was before, pixels.
    pub(super) fn before(&self, x: f32, y: f32) -> (f32, f32) {
        let (x, y) = (x - self.middle.0, y - self.middle.1);
        (x * self.cos - y * self.sin + self.middle_before.0, x * self.sin + y * self.cos + self.middle_before.1)
    }
}

/// Twice as many pixels each way: what has few dots an inch is read better so.
pub(super) fn doubled(page: &GrayImage) -> GrayImage {
    imageops::resize(page, page.width() * 2, page.height() * 2, FilterType::CatmullRom)
}

/// Turns a page whose lines run at `degrees` so that they are level. Corners become white.
pub(super) fn straightened(page: GrayImage, degrees: f32) -> Straight {
    let (width, height) = (as_f32(page.width()), as_f32(page.height()));
    let middle_before = (width / 2.0, height / 2.0);
    // Less is no gain: every turn blurs a little.
    if degrees.abs() < 0.4 {
        return Straight { picture: page, sin: 0.0, cos: 1.0, middle: middle_before, middle_before };
    }
    let (sin, cos) = degrees.to_radians().sin_cos();
    let new_width = width * cos.abs() + height * sin.abs();
    let new_height = width * sin.abs() + height * cos.abs();
    let middle = (new_width / 2.0, new_height / 2.0);
    let empty = GrayImage::new(0, 0);
    let mut straight = Straight { picture: empty, sin, cos, middle, middle_before };
    let picture = GrayImage::from_fn(to_side(new_width), to_side(new_height), |x, y| {
        let (x, y) = straight.before(as_f32(x) + 0.5, as_f32(y) + 0.5);
        Luma([between(&page, x - 0.5, y - 0.5)])
    });
    straight.picture = picture;
    straight
}

/// The grey value between pixels; white outside.
fn between(page: &GrayImage, x: f32, y: f32) -> u8 {
    let (left, top) = (x.floor(), y.floor());
    #[expect(clippy::cast_possible_truncation, reason = "sides of a picture are far below 2^31")]
    let (column, row) = (left as i64, top as i64);
    let at = |x: i64, y: i64| match (u32::try_from(x), u32::try_from(y)) {
        (Ok(x), Ok(y)) => page.get_pixel_checked(x, y).map_or(255.0, |pixel| f32::from(pixel.0[0])),
        _ => 255.0,
    };
    let (dx, dy) = (x - left, y - top);
    let upper = at(column, row) * (1.0 - dx) + at(column + 1, row) * dx;
    let lower = at(column, row + 1) * (1.0 - dx) + at(column + 1, row + 1) * dx;
    to_byte(upper * (1.0 - dy) + lower * dy)
}

/// A copy whose longer side has at most this many pixels, each the mean of those it stands for.
fn shrunk(page: &GrayImage, longest: u32) -> GrayImage {
    let (width, height) = page.dimensions();
    let scale = (as_f32(longest) / as_f32(width.max(height).max(1))).min(1.0);
    imageops::thumbnail(page, to_side(as_f32(width) * scale), to_side(as_f32(height) * scale))
}

#[expect(clippy::cast_precision_loss, reason = "sides of a picture are far below 2^23")]
pub(super) fn as_f32(side: u32) -> f32 {
    side as f32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
fn to_byte(value: f32) -> u8 {
    (value + 0.5).clamp(0.0, 255.0) as u8
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
fn to_side(value: f32) -> u32 {
    value.round().clamp(1.0, 200_000.0) as u32
}

fn small_side(side: usize) -> u32 {
    u32::try_from(side).unwrap_or(LIGHT_COPY)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Strokes in rows like lines of text, on paper of this brightness, turned clockwise.
    fn striped(paper: u8, degrees: f32) -> GrayImage {
        let (sin, cos) = degrees.to_radians().sin_cos();
        GrayImage::from_fn(850, 1100, |x, y| {
            let (dx, dy) = (as_f32(x) - 425.0, as_f32(y) - 550.0);
            let (along, down) = (dx * cos + dy * sin, dy * cos - dx * sin);
            let (row, below) = ((down / 30.0).floor(), down.rem_euclid(30.0));
            let stroke = (along + row * 7.3).rem_euclid(10.0) < 5.0 && (along + row * 41.0).rem_euclid(70.0) < 55.0;
            let ink = along.abs() < 300.0 && down.abs() < 420.0 && below < 12.0 && stroke;
            Luma([if ink { paper / 4 } else { paper }])
        })
    }

    #[test]
    fn the_turn_of_a_page_is_found_within_a_tenth_of_a_degree() {
        for degrees in [-14.0_f32, -3.0, -0.5, 0.0, 1.3, 8.0, 12.2] {
            let [rows, turned] = lines(&striped(250, degrees));
            assert!((rows.degrees - degrees).abs() <= 0.11, "{} for {degrees}", rows.degrees);
            assert!(rows.contrast > 1.5 * turned.contrast);
        }
        let [rows, turned] = lines(&imageops::rotate90(&striped(250, 2.0)));
        assert!(turned.contrast > 1.5 * rows.contrast);
    }

    #[test]
    fn a_point_of_a_straightened_page_is_mapped_back_to_where_it_was() {
        let mut page = GrayImage::from_pixel(400, 300, Luma([255]));
        for (x, y) in [(60, 40), (61, 40), (60, 41), (61, 41)] {
            page.put_pixel(x, y, Luma([0]));
        }
        let straight = straightened(page, 7.0);
        let darkest = straight.picture.enumerate_pixels().min_by_key(|(_, _, pixel)| pixel.0[0]).unwrap();
        let (x, y) = straight.before(as_f32(darkest.0) + 0.5, as_f32(darkest.1) + 0.5);
        assert!((x - 61.0).abs() < 1.1 && (y - 41.0).abs() < 1.1, "{x} {y}");
    }

    #[test]
    fn a_shadow_is_lifted_and_a_dark_box_stays_dark() {
        let mut page = striped(240, 0.0);
        for (x, _, pixel) in page.enumerate_pixels_mut() {
            if x > 425 {
                pixel.0[0] = pixel.0[0] / 5 * 3;
            }
        }
        for y in 0..100 {
            for x in 0..850 {
                page.put_pixel(x, y, Luma([20]));
            }
        }
        let even = flattened(page);
        assert!(even.get_pixel(840, 600).0[0] > 245, "paper in the shadow is white");
        assert!(even.get_pixel(10, 600).0[0] > 245, "paper in the light is white");
        assert!(even.get_pixel(400, 50).0[0] < 90, "a dark heading stays dark");
    }

    #[test]
    fn dust_goes_and_full_stops_stay() {
        let mut page = GrayImage::from_pixel(120, 60, Luma([250]));
        let mut dot = |x: u32, y: u32, size: u32| {
            for (dx, dy) in (0..size).flat_map(|dx| (0..size).map(move |dy| (dx, dy))) {
                page.put_pixel(x + dx, y + dy, Luma([10]));
            }
        };
        for (x, y, size) in [(0, 0, 1), (119, 59, 1), (60, 5, 2), (60, 40, 3)] {
            dot(x, y, size);
        }
        // A letter and the full stop behind it.
        dot(20, 20, 12);
        dot(35, 29, 3);
        let ink = |page: &GrayImage| page.iter().filter(|value| **value < 128).count();
        assert_eq!(ink(&dusted(page.clone(), 200.0)), 144 + 9);
        assert_eq!(ink(&dusted(page.clone(), 100.0)), ink(&page));
    }

    #[test]
    fn faint_ink_is_made_dark_and_grain_is_not() {
        let faint = GrayImage::from_fn(200, 200, |x, y| Luma([if (x / 3 + y / 3) % 9 == 0 { 205 } else { 250 }]));
        assert!(darkened(faint).iter().any(|value| *value < 40));
        let grain = GrayImage::from_fn(200, 200, |x, y| Luma([if (x + y) % 9 == 0 { 240 } else { 250 }]));
        assert_eq!(darkened(grain.clone()), grain);
        let dark = striped(250, 0.0);
        assert_eq!(darkened(dark.clone()), dark);
    }

    #[test]
    fn blank_tiny_and_wholly_dark_pages_are_no_trouble() {
        assert!(is_blank(&flattened(GrayImage::from_pixel(300, 200, Luma([180])))));
        assert!(!is_blank(&striped(250, 0.0)));
        for value in [0, 255] {
            for (width, height) in [(1, 1), (1, 3000), (3000, 1), (64, 64)] {
                let page = flattened(GrayImage::from_pixel(width, height, Luma([value])));
                let page = dusted(darkened(page), 200.0);
                let [rows, turned] = lines(&page);
                assert!(rows.contrast.is_finite() && turned.contrast.is_finite());
                let _ = straightened(page, rows.degrees);
            }
        }
    }
}
