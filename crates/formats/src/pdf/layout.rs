//! Puts the words of a page into reading order: lines, and columns where there are columns.
//!
//! Works in the frame of the text direction. Columns are cut only where both sides are wide and hold many words;
//! otherwise tables would be read by column.

use std::collections::VecDeque;

use hayro::kurbo::Rect;

use super::Word;
use super::glyphs::DrawnWord;

/// A gap between columns is wider than this many line heights.
const COLUMN_GAP: f64 = 0.9;
/// Each column holds at least this many words and is wider than this many line heights.
const COLUMN_WORDS: usize = 8;
const COLUMN_WIDTH: f64 = 12.0;
/// Fewer lines beside each other are a letterhead or a pair of addresses.
const COLUMN_LINES: usize = 4;
/// Words fill at least this part of a line of running text; between the cells of a table there is more room.
const FULL_LINE: f64 = 0.65;
/// A page with more words than this is no page a person reads: its columns are not looked for.
const MOST_WORDS: usize = 6_000;
/// Columns inside columns.
const MOST_CUTS: u32 = 6;

/// A page's text and its words in order.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    pub(crate) text: String,
    pub(crate) words: Vec<Word>,
    /// The number of each word, in the same order.
    pub(crate) numbers: Vec<usize>,
}

/// Puts words into reading order.
pub(crate) fn lay_out(words: Vec<DrawnWord>) -> Layout {
    let mut by_turn: [Vec<DrawnWord>; 4] = Default::default();
    for word in words {
        if let Some(group) = by_turn.get_mut(usize::from(word.turns % 4)) {
            group.push(word);
        }
    }
    // The direction most words have is the page's; side notes follow it.
    by_turn.sort_by_key(|group| std::cmp::Reverse(group.len()));
    let mut layout = Layout::default();
    for group in by_turn {
        let mut lines = Vec::new();
        read(group, 0, &mut lines);
        layout.push_lines(&lines);
    }
    layout
}

type Line = Vec<DrawnWord>;

impl Layout {
    fn push_lines(&mut self, lines: &[Line]) {
        let mut characters = self.text.chars().count();
        let mut before: Option<(f64, f64)> = None;
        for line in lines {
            let Some(first) = line.first() else { continue };
            if !self.text.is_empty() {
                self.text.push('\n');
                characters += 1;
                // An empty line where the page leaves the height of one free, or where a new column begins.
                let apart = before.is_none_or(|(baseline, em)| {
                    let step = first.baseline - baseline;
                    step > 1.9 * em.max(first.em) || step < -em
                });
                if apart {
                    self.text.push('\n');
                    characters += 1;
                }
            }
            before = Some((first.baseline, first.em));
            let mut right: Option<f64> = None;
            for word in line {
                if let Some(right) = right {
                    // Two blanks keep the fields of a form and the cells of a table apart.
                    let gap = if word.upright.x0 - right > 1.2 * word.em { "  " } else { " " };
                    self.text.push_str(gap);
                    characters += gap.len();
                }
                right = Some(word.upright.x1);
                let start = characters;
                self.text.push_str(&word.text);
                characters += word.text.chars().count();
                self.words.push(placed(word, start, characters));
                self.numbers.push(word.number);
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "page coordinates are small")]
fn placed(word: &DrawnWord, start: usize, end: usize) -> Word {
    let Rect { x0, y0, x1, y1 } = word.shown;
    Word { text: word.text.clone(), x0: x0 as f32, y0: y0 as f32, x1: x1 as f32, y1: y1 as f32, start, end }
}

/// Appends the lines of a region in reading order.
fn read(words: Vec<DrawnWord>, cuts: u32, lines: &mut Vec<Line>) {
    let height = line_height(&words);
    let left = words.iter().map(|w| w.upright.x0).fold(f64::INFINITY, f64::min);
    let right = words.iter().map(|w| w.upright.x1).fold(f64::NEG_INFINITY, f64::max);
    let room = right - left >= (2.0 * COLUMN_WIDTH + COLUMN_GAP) * height;
    if cuts >= MOST_CUTS || !room || !(2 * COLUMN_WORDS..MOST_WORDS).contains(&words.len()) {
        in_lines(words, lines);
        return;
    }
    let crowded = words.len() > MOST_WORDS / 2;
    let mut plain: Vec<DrawnWord> = Vec::new();
    let mut bands: VecDeque<Vec<DrawnWord>> = bands(words).into();
    let gaps: Vec<Vec<(f64, f64)>> = bands.iter().map(|band| free(band, left, right, height)).collect();
    let mut at = 0;
    while let Some(own) = gaps.get(at) {
        // The longest run of bands from here that shares a gap which leaves two columns.
        let mut shared_by_run = own.clone();
        let mut length = 1;
        let mut cut = best_cut(&shared_by_run, bands.range(..1), height);
        while let Some(next) = gaps.get(at + length) {
            let both = shared(&shared_by_run, next, height);
            if both.is_empty() {
                break;
            }
            let next_cut = best_cut(&both, bands.range(..=length), height);
            if cut.is_some() && next_cut.is_none() {
                break;
            }
            (shared_by_run, cut) = (both, next_cut);
            length += 1;
        }
        if let Some(x) = cut {
            length = without_what_follows(&bands, length, x, height);
            cut = cut.filter(|x| is_prose(bands.range(..length), *x));
        }
        match cut {
            Some(cut) => {
                in_lines(std::mem::take(&mut plain), lines);
                let (one, other): (Vec<_>, Vec<_>) =
                    bands.drain(..length).flatten().partition(|w| w.upright.center().x < cut);
                read(one, cuts + 1, lines);
                read(other, cuts + 1, lines);
                at += length;
            }
            None => {
                // A later start may leave out what kept this one from being columns; on a crowded page we do not try.
                let passed = if crowded { length } else { 1 };
                plain.extend(bands.drain(..passed).flatten());
                at += passed;
            }
        }
    }
    in_lines(plain, lines);
}

fn line_height(words: &[DrawnWord]) -> f64 {
    let mut heights: Vec<f64> = words.iter().map(|w| w.em).collect();
    heights.sort_by(f64::total_cmp);
    heights.get(heights.len() / 2).copied().unwrap_or(10.0).max(0.1)
}

/// Words between two horizontal gaps that go through the whole region.
fn bands(mut words: Vec<DrawnWord>) -> Vec<Vec<DrawnWord>> {
    // The body of the letters only: ascenders of tightly set lines touch.
    let body = |w: &DrawnWord| (w.baseline - 0.6 * w.em, w.baseline + 0.1 * w.em);
    words.sort_by(|a, b| body(a).0.total_cmp(&body(b).0));
    let mut bands: Vec<Vec<DrawnWord>> = Vec::new();
    let mut bottom = f64::NEG_INFINITY;
    for word in words {
        let (upper, lower) = body(&word);
        match bands.last_mut() {
            Some(band) if upper < bottom => band.push(word),
            _ => bands.push(vec![word]),
        }
        bottom = bottom.max(lower);
    }
    bands
}

/// Free intervals of a band that are wide enough to part columns and far enough from the edges to leave two.
fn free(band: &[DrawnWord], left: f64, right: f64, height: f64) -> Vec<(f64, f64)> {
    let mut taken: Vec<(f64, f64)> = band.iter().map(|w| (w.upright.x0, w.upright.x1)).collect();
    taken.sort_by(|a, b| a.0.total_cmp(&b.0));
    taken.push((right, right));
    let (first, last) = (left + COLUMN_WIDTH * height, right - COLUMN_WIDTH * height);
    let mut gaps = Vec::new();
    let mut at = left;
    for (x0, x1) in taken {
        let gap = (at.max(first), x0.min(last));
        if gap.1 - gap.0 > COLUMN_GAP * height {
            gaps.push(gap);
        }
        at = at.max(x1);
    }
    gaps
}

fn shared(a: &[(f64, f64)], b: &[(f64, f64)], height: f64) -> Vec<(f64, f64)> {
    let (mut i, mut j) = (0, 0);
    let mut both = Vec::new();
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        let gap = (x.0.max(y.0), x.1.min(y.1));
        if gap.1 - gap.0 > COLUMN_GAP * height {
            both.push(gap);
        }
        if x.1 < y.1 { i += 1 } else { j += 1 }
    }
    both
}

/// The middle of the widest gap that leaves two columns.
fn best_cut<'w>(
    gaps: &[(f64, f64)],
    run: impl Iterator<Item = &'w Vec<DrawnWord>> + Clone,
    height: f64,
) -> Option<f64> {
    let mut widest: Vec<(f64, f64)> = gaps.to_vec();
    widest.sort_by(|a, b| (b.1 - b.0).total_cmp(&(a.1 - a.0)));
    widest.into_iter().take(6).map(|(x0, x1)| (x0 + x1) / 2.0).find(|cut| {
        let mut sides = [(0_usize, f64::INFINITY, f64::NEG_INFINITY); 2];
        for word in run.clone().flatten() {
            let [one, other] = &mut sides;
            let side = if word.upright.center().x < *cut { one } else { other };
            *side = (side.0 + 1, side.1.min(word.upright.x0), side.2.max(word.upright.x1));
        }
        sides.iter().all(|(words, x0, x1)| *words >= COLUMN_WORDS && x1 - x0 > COLUMN_WIDTH * height)
    })
}

/// The length of a run of columns without the heading or paragraph that follows them: bands at its end that stand on
/// one side only, from the first that keeps a distance.
fn without_what_follows(bands: &VecDeque<Vec<DrawnWord>>, length: usize, cut: f64, height: f64) -> usize {
    let both = |band: &Vec<DrawnWord>| {
        let left = band.iter().filter(|w| w.upright.center().x < cut).count();
        left > 0 && left < band.len()
    };
    let Some(last_of_both) = bands.range(..length).rposition(both) else { return length };
    let lowest = |band: &Vec<DrawnWord>| band.iter().map(|w| w.baseline).fold(f64::NEG_INFINITY, f64::max);
    let mut baseline = bands.get(last_of_both).map_or(0.0, lowest);
    for (i, band) in bands.range(..length).enumerate().skip(last_of_both + 1) {
        let upper = band.iter().map(|w| w.baseline).fold(f64::INFINITY, f64::min);
        if upper - baseline > 1.7 * height {
            return i;
        }
        baseline = lowest(band);
    }
    length
}

/// Whether both sides of a cut are running text rather than the fields of a form (`Name: …   Born: …`), which belong
/// together by row, or the cells of a table: several lines, most of them nearly as wide as their column and full of
/// words, few with a label in front.
fn is_prose<'w>(run: impl Iterator<Item = &'w Vec<DrawnWord>>, cut: f64) -> bool {
    let (mut one, mut other) = (Vec::new(), Vec::new());
    for word in run.flatten() {
        if word.upright.center().x < cut { one.push(word) } else { other.push(word) }
    }
    [one, other].into_iter().all(|mut side| {
        side.sort_by(|a, b| a.baseline.total_cmp(&b.baseline));
        let mut lines: Vec<Vec<&DrawnWord>> = Vec::new();
        for word in side {
            match lines.last_mut() {
                Some(line) if line.last().is_some_and(|l| word.baseline - l.baseline <= 0.4 * word.em.max(l.em)) => {
                    line.push(word);
                }
                _ => lines.push(vec![word]),
            }
        }
        let left = |line: &[&DrawnWord]| line.iter().map(|w| w.upright.x0).fold(f64::INFINITY, f64::min);
        let right = |line: &[&DrawnWord]| line.iter().map(|w| w.upright.x1).fold(f64::NEG_INFINITY, f64::max);
        let edge = lines.iter().map(|l| left(l)).fold(f64::INFINITY, f64::min);
        let width = lines.iter().map(|l| right(l)).fold(f64::NEG_INFINITY, f64::max) - edge;
        let words = |line: &[&DrawnWord]| line.iter().map(|w| w.upright.width()).sum::<f64>();
        let full = |line: &[&DrawnWord]| words(line) >= FULL_LINE * (right(line) - left(line));
        let wide = lines.iter().filter(|l| right(l) - left(l) >= 0.6 * width && full(l)).count();
        let labelled = lines
            .iter()
            .filter(|line| {
                let mut line = (*line).clone();
                line.sort_by(|a, b| a.upright.x0.total_cmp(&b.upright.x0));
                line.iter().take(4).any(|w| w.text.ends_with(':'))
            })
            .count();
        lines.len() >= COLUMN_LINES && wide * 2 >= lines.len() && labelled * 5 <= lines.len() * 2
    })
}

/// Words joined to lines by their baselines, lines from top to bottom, words from left to right.
fn in_lines(mut words: Vec<DrawnWord>, lines: &mut Vec<Line>) {
    words.sort_by(|a, b| a.baseline.total_cmp(&b.baseline));
    let mut line: Line = Vec::new();
    let finish = |line: &mut Line, lines: &mut Vec<Line>| {
        if !line.is_empty() {
            line.sort_by(|a, b| a.upright.x0.total_cmp(&b.upright.x0));
            lines.push(std::mem::take(line));
        }
    };
    for word in words {
        let apart =
            line.last().is_some_and(|last: &DrawnWord| word.baseline - last.baseline > 0.4 * word.em.max(last.em));
        if apart {
            finish(&mut line, lines);
        }
        line.push(word);
    }
    finish(&mut line, lines);
}
