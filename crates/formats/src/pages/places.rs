//! Where characters of a page's text stand on its picture, and the rectangles of a span of them. Nothing here reads a
//! file.

use serde::{Deserialize, Serialize};

/// A rectangle on a page picture, as fractions of its width and height: 0 is the left and the upper edge, 1 the right
/// and the lower one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rect {
    /// Left edge.
    pub x0: f32,
    /// Upper edge.
    pub y0: f32,
    /// Right edge.
    pub x1: f32,
    /// Lower edge.
    pub y1: f32,
}

/// A word of a page's text and its place on the page picture, as fractions like [`Rect`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct WordPlace {
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
}

impl WordPlace {
    /// The rectangle of the word.
    #[must_use]
    pub fn rect(&self) -> Rect {
        Rect { x0: self.x0, y0: self.y0, x1: self.x1, y1: self.y1 }
    }
}

impl Rect {
    fn height(&self) -> f32 {
        self.y1 - self.y0
    }

    fn union(&self, other: &Self) -> Self {
        Self {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }

    /// Kept inside the picture; what is not a number becomes the edge.
    pub(crate) fn clamped(self) -> Self {
        let inside = |v: f32| if v.is_finite() { v.clamp(0.0, 1.0) } else { 0.0 };
        Self { x0: inside(self.x0), y0: inside(self.y0), x1: inside(self.x1), y1: inside(self.y1) }
    }
}

/// A rectangle of several words is at most this many times as tall as its tallest word: on a page that was scanned
/// askew, a long line is marked in several pieces instead of one that covers its neighbours.
const TALLEST: f32 = 1.6;

/// The rectangles that mark the characters `start..end` (code points of the page's text): whole words, those of one
/// line joined. Empty when the span touches no word. `words` are in reading order.
#[must_use]
pub fn places_of_span(words: &[WordPlace], start: usize, end: usize) -> Vec<Rect> {
    let mut rects: Vec<Rect> = Vec::new();
    // The rectangle in the making, and the height of its tallest word.
    let mut open: Option<(Rect, f32)> = None;
    for word in words.iter().filter(|word| word.start < end && start < word.end) {
        let word = word.rect().clamped();
        if let Some((line, tallest)) = &mut open {
            let overlap = line.y1.min(word.y1) - line.y0.max(word.y0);
            let joined = line.union(&word);
            let higher = tallest.max(word.height());
            if overlap >= 0.5 * line.height().min(word.height()) && joined.height() <= TALLEST * higher {
                (*line, *tallest) = (joined, higher);
                continue;
            }
            rects.push(*line);
        }
        open = Some((word, word.height()));
    }
    rects.extend(open.map(|(line, _)| line));
    rects
}
