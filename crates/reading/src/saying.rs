//! How a statement is meant. Reports hold sentences that are no findings: conditions ("if HER2 were positive"), examples,
//! thresholds, criteria of trials, findings of other people, boxes nobody ticked, keys of a scale. What stands in one is
//! not read; what "would be" or is asked with a question mark is read as doubted.

use std::ops::Range;

use crate::lexicon::{Cue, Meaning};
use crate::reader::Weighed;
use crate::scan::{Gap, Scan};
use consilium_casefile::facts::{Concept, Fact};

/// A condition reaches no further than this many words.
const REACH: usize = 40;

/// Values of one scale, listed within so many characters of each other, are its key.
const KEY: usize = 400;

/// How a word is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Saying {
    /// Told as it is.
    So,
    /// Would be, might be, or is asked.
    Doubted,
    /// No finding.
    Unsaid,
}

/// How each word of a text is said. A text in which everything is told as it is has none.
pub(crate) struct Sayings {
    of: Vec<Saying>,
}

impl Sayings {
    pub(crate) fn new(scan: &Scan<'_, '_>) -> Self {
        let mut sayings = Self { of: Vec::new() };
        for mark in &scan.marks {
            let Some(Meaning::Cue(cue)) = scan.meaning(mark) else { continue };
            match cue {
                Cue::SupposesAfter => sayings.set(scan, mark.first..end_of_condition(scan, mark.last), Saying::Unsaid),
                Cue::SupposesFirst if begins_statement(scan, mark.first) && is_lead(scan, mark.first, mark.last) => {
                    sayings.set(scan, mark.first..end(scan, mark.last), Saying::Unsaid);
                }
                // "HER2 scoring criteria: 3+ is strong staining".
                Cue::SupposesFirst if mark.last > mark.first && scan.gap(mark.last + 1).has(Gap::COLON) => {
                    sayings.set(scan, begin(scan, mark.first)..end(scan, mark.last), Saying::Unsaid);
                }
                Cue::General => sayings.set(scan, begin(scan, mark.first)..end(scan, mark.last), Saying::Unsaid),
                Cue::MightAfter => sayings.set(scan, mark.first..end_of_condition(scan, mark.last), Saying::Doubted),
                _ => {}
            }
        }
        sayings.leave_empty_boxes(scan);
        sayings
    }

    fn set(&mut self, scan: &Scan<'_, '_>, words: Range<usize>, saying: Saying) {
        if self.of.is_empty() {
            self.of = vec![Saying::So; scan.tokens.len()];
        }
        for slot in self.of.iter_mut().take(words.end).skip(words.start) {
            *slot = (*slot).max(saying);
        }
    }

    /// How the words from `first` to `last` are said; the least certain of them counts.
    pub(crate) fn of(&self, scan: &Scan<'_, '_>, first: usize, last: usize) -> Saying {
        let said = self.of.get(first..=last.max(first)).and_then(|words| words.iter().max().copied());
        said.unwrap_or(Saying::So).max(asked(scan, first, last))
    }

    /// "[ ] ductal [x] lobular", "ductal [ ] lobular [x]": what belongs to an empty box is not chosen.
    fn leave_empty_boxes(&mut self, scan: &Scan<'_, '_>) {
        let mut place = 0;
        while place < scan.tokens.len() {
            if !scan.gap(place).has(Gap::BOX) {
                place += 1;
                continue;
            }
            let from = line_start(scan, place);
            let to = line_end(scan, place);
            // Where boxes lead, nothing but a label stands before the first box of the line.
            let leads = place == from || scan.gap(place).has(Gap::COLON | Gap::LINE) || is_ticked(scan, from);
            for at in place..to {
                if !scan.gap(at).has(Gap::BOX) {
                    continue;
                }
                let words = if leads {
                    at..next_box(scan, at + 1, to)
                } else {
                    (from..at).rev().take_while(|p| *p + 1 == at || !is_box(scan, *p + 1)).last().unwrap_or(at)..at
                };
                self.set(scan, words, Saying::Unsaid);
            }
            place = to.max(place + 1);
        }
    }
}

/// Whether a box, ticked or not, stands before a word.
fn is_box(scan: &Scan<'_, '_>, place: usize) -> bool {
    scan.gap(place).has(Gap::BOX) || is_ticked(scan, place)
}

/// "[x]" or "(X)" at a word, or just before it.
fn is_ticked(scan: &Scan<'_, '_>, place: usize) -> bool {
    scan.gap(place).has(Gap::TICK)
        || scan.is(place, "x") && scan.gap(place).has(Gap::OPEN) && scan.gap(place + 1).has(Gap::CLOSE)
}

fn next_box(scan: &Scan<'_, '_>, from: usize, to: usize) -> usize {
    (from..to).find(|place| is_box(scan, *place)).unwrap_or(to)
}

fn line_start(scan: &Scan<'_, '_>, place: usize) -> usize {
    (0..=place).rev().take(REACH).find(|at| *at == 0 || scan.gap(*at).has(Gap::LINE)).unwrap_or(place)
}

fn line_end(scan: &Scan<'_, '_>, place: usize) -> usize {
    (place + 1..scan.tokens.len())
        .take(REACH)
        .find(|at| scan.gap(*at).has(Gap::LINE))
        .unwrap_or_else(|| scan.tokens.len().min(place + REACH))
}

/// A question mark at once before or behind.
fn asked(scan: &Scan<'_, '_>, first: usize, last: usize) -> Saying {
    let (Some(begin), Some(end)) = (scan.token(first), scan.token(last)) else { return Saying::So };
    let before = begin.start().checked_sub(1).is_some_and(|at| scan.text.at(at) == b'?');
    let behind = scan.text.at(end.end()) == b'?' || scan.text.slice(end.end()..end.end() + 2) == b" ?";
    if before || behind { Saying::Doubted } else { Saying::So }
}

fn begins_statement(scan: &Scan<'_, '_>, place: usize) -> bool {
    place == 0 || scan.gap(place).has(Gap::HARD | Gap::LINE | Gap::PERIOD)
}

/// "Example: ...", "Should HER2 be ...": a label with its colon, or the verb that begins a condition.
fn is_lead(scan: &Scan<'_, '_>, first: usize, last: usize) -> bool {
    scan.is(first, "should") || last > first || scan.gap(last + 1).has(Gap::COLON)
}

/// The first word of the statement, or of the parenthesis, a word stands in.
fn begin(scan: &Scan<'_, '_>, place: usize) -> usize {
    let mut at = place;
    let mut closed = 0_usize;
    while at > 0 && place - at < REACH {
        let gap = scan.gap(at);
        if gap.has(Gap::HARD) || (gap.has(Gap::OPEN) && closed == 0) {
            break;
        }
        closed = (closed + usize::from(gap.has(Gap::CLOSE))).saturating_sub(usize::from(gap.has(Gap::OPEN)));
        at -= 1;
    }
    at
}

/// One past the last word of the statement, or of the parenthesis, a word stands in.
fn end(scan: &Scan<'_, '_>, place: usize) -> usize {
    ends_at(scan, place, 0)
}

/// The same; a condition inside a label ends with its colon.
fn end_of_condition(scan: &Scan<'_, '_>, place: usize) -> usize {
    ends_at(scan, place, Gap::COLON)
}

fn ends_at(scan: &Scan<'_, '_>, place: usize, also: u16) -> usize {
    let mut open = 0_usize;
    for at in place + 1..place + 1 + REACH {
        let gap = scan.gap(at);
        if at >= scan.tokens.len() || gap.has(Gap::HARD | also) {
            return at.min(scan.tokens.len());
        }
        if gap.has(Gap::CLOSE) {
            let Some(left) = open.checked_sub(1) else { return at };
            open = left;
        }
        open += usize::from(gap.has(Gap::OPEN));
    }
    (place + 1 + REACH).min(scan.tokens.len())
}

/// Takes out the key of a scale: three or more values of one concept, each at the beginning of a line or a statement
/// and followed by what it means ("Grade 1: well differentiated / Grade 2: ...").
pub(crate) fn drop_keys(scan: &Scan<'_, '_>, facts: &mut Vec<Weighed>) {
    let is_scale = |fact: &Fact| {
        [
            Concept::T,
            Concept::N,
            Concept::M,
            Concept::STAGE_GROUP,
            Concept::FIGO_STAGE,
            Concept::GRADE,
            Concept::GRADE_GROUP,
            Concept::HER2_IHC_SCORE,
            Concept::ECOG,
        ]
        .contains(&fact.concept)
    };
    let mut entries: Vec<(usize, &Concept, &str)> = Vec::new();
    for one in facts.iter() {
        let fact = &one.fact;
        let first = scan.token_at(fact.start);
        let next = scan.token_at(fact.end);
        let leads = first == 0 || scan.gap(first).has(Gap::HARD | Gap::LINE | Gap::SEMICOLON | Gap::OPEN | Gap::COMMA);
        let means = scan.gap(next).has(Gap::COLON | Gap::HYPHEN | Gap::OPEN | Gap::BULLET | Gap::WIDE)
            && !scan.gap(next).has(Gap::LINE);
        if is_scale(fact) && leads && means {
            entries.push((fact.start, &fact.concept, fact.value.as_str()));
        }
    }
    let mut keys: Vec<(Concept, Range<usize>)> = Vec::new();
    for at in 0..entries.len() {
        let Some(&(start, concept, _)) = entries.get(at) else { continue };
        let near: Vec<_> = entries.iter().skip(at).take(12).filter(|e| e.1 == concept && e.0 < start + KEY).collect();
        let values: std::collections::BTreeSet<&str> = near.iter().map(|e| e.2).collect();
        if let Some(last) = near.last().filter(|_| values.len() >= 3) {
            let ends = end(scan, scan.token_at(last.0));
            let until = ends.checked_sub(1).and_then(|place| scan.token(place)).map_or(last.0 + 1, |t| t.end());
            keys.push((concept.clone(), start..until));
        }
    }
    if !keys.is_empty() {
        facts.retain(|one| !keys.iter().any(|(of, key)| *of == one.fact.concept && key.contains(&one.fact.start)));
    }
}
