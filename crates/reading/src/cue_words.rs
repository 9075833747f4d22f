//! Phrases of one table with what each stands for, found over the words of a text. Of two that overlap the one that lies
//! wholly within the other does not count: "no" is not found in "no later than".

use std::collections::HashMap;
use std::ops::Range;

use crate::lexicon::split;
use crate::phrases::follows;
use crate::scan::Scan;

/// The phrases, by their first word.
#[derive(Debug)]
pub(crate) struct CueWords<M>(HashMap<Vec<u8>, Vec<Planted<M>>>);

/// The words of a phrase after its first, and what it stands for.
type Planted<M> = (Vec<Vec<u8>>, M);

/// A phrase in a text, by its words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cued<M> {
    pub(crate) first: usize,
    pub(crate) last: usize,
    pub(crate) means: M,
}

impl<M: Copy> CueWords<M> {
    /// Plants phrases, each with what it stands for.
    pub(crate) fn new<'p>(phrases: impl Iterator<Item = (&'p str, M)>) -> Self {
        let mut planted: HashMap<Vec<u8>, Vec<Planted<M>>> = HashMap::new();
        for (phrase, means) in phrases {
            let mut words = split(phrase.as_bytes()).map(<[u8]>::to_ascii_lowercase);
            if let Some(first) = words.next() {
                planted.entry(first).or_default().push((words.collect(), means));
            }
        }
        Self(planted)
    }

    /// Every phrase among some words, in the order of first words; the longer first.
    pub(crate) fn find(&self, scan: &Scan<'_, '_>, words: Range<usize>) -> Vec<Cued<M>> {
        let mut found: Vec<Cued<M>> = Vec::new();
        for first in words.clone() {
            let Some(candidates) = self.0.get(scan.spelled(first).to_ascii_lowercase().as_slice()) else { continue };
            let within = candidates.iter().filter_map(|(rest, means)| {
                let last = follows(scan, first, rest).filter(|last| *last < words.end)?;
                Some(Cued { first, last, means: *means })
            });
            let longest = within.max_by_key(|cued| cued.last);
            // Whatever holds these words began at one of them or before, and the one that reaches furthest is enough to ask.
            let inside = |cued: &Cued<M>| found.iter().rev().take(8).any(|before| before.last >= cued.last);
            found.extend(longest.filter(|cued| !inside(cued)));
        }
        found
    }
}

/// Where sentences stand, by their words. Letters set heads and lines without full stops: an empty line, a new page and a
/// list's dash end a sentence too, and a line's end alone does not.
pub(crate) fn sentences(scan: &Scan<'_, '_>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for place in 1..=scan.tokens.len() {
        if place == scan.tokens.len() || ends_before(scan, place) {
            found.push(start..place);
            start = place;
        }
    }
    found.retain(|words| !words.is_empty());
    found
}

/// Titles and abbreviations behind which no sentence ends.
const ABBREVIATED: [&str; 12] = ["dr", "mr", "mrs", "ms", "st", "no", "vs", "approx", "prof", "e", "g", "i"];

fn ends_before(scan: &Scan<'_, '_>, place: usize) -> bool {
    let between = scan.between(place);
    let lines = between.iter().filter(|byte| **byte == b'\n').count();
    let bullet = || {
        let own = between.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        lines > 0 && own.iter().any(|byte| matches!(byte, b'*' | b'-'))
    };
    let stops = between.iter().enumerate().any(|(at, byte)| match byte {
        b'!' | b'?' | b';' | 0x0c => true,
        b'.' => between.get(at + 1).is_some_and(u8::is_ascii_whitespace),
        _ => false,
    });
    let short = place.checked_sub(1).is_some_and(|before| ABBREVIATED.iter().any(|word| scan.is(before, word)));
    let soft = short && between.first() == Some(&b'.') && lines == 0 && !between.contains(&b';');
    // Two line ends of a page, with nothing but blanks between.
    lines > 1 || bullet() || stops && !soft
}
