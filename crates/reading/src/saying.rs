//! How a statement is meant. Reports hold sentences that are no findings: conditions ("if HER2 were positive"), examples,
//! thresholds, criteria of trials, findings of other people, boxes nobody ticked, keys of a scale. What stands in one is
//! not read; what "would be" or is asked with a question mark is read as doubted.

use std::ops::Range;

use crate::lexicon::{Cue, Meaning};
use crate::passages;
use crate::reader::Weighed;
use crate::scan::{Gap, Scan};
use crate::text::{EMPTY_BOX, TICKED};
use consilium_casefile::facts::{Concept, Fact};

/// A condition reaches no further than this many words.
const REACH: usize = 40;

/// Words of a list below its head that are looked at.
const LIST: usize = 120;

/// Words of a heading before the word for a key.
const HEADING: usize = 3;

/// Values of one scale, listed within so many characters of each other, are its key.
const KEY: usize = 400;

/// What the layout of a structured record writes before an entry that is void, refuted or was not done.
const MARKS_OF_NOTHING: [&str; 5] = ["entered in error", "cancelled", "refuted", "not to be done", "not done"];

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
                Cue::SupposesFirst if scan.is(mark.first, "were") && mark.first == mark.last => {
                    if let Some(until) = supposed(scan, mark.first) {
                        sayings.set(scan, mark.first..until, Saying::Unsaid);
                    }
                }
                Cue::SupposesFirst if begins_statement(scan, mark.first) && is_lead(scan, mark.first, mark.last) => {
                    sayings.set(scan, mark.first..end(scan, mark.last), Saying::Unsaid);
                }
                // "pT definitions: pT1 invades the submucosa; pT2 ...".
                Cue::SupposesFirst if names_a_key(scan, mark.first, mark.last) => {
                    sayings.set(scan, begin(scan, mark.first)..end_of_key(scan, mark.last), Saying::Unsaid);
                }
                // "HER2 scoring criteria: 3+ is strong staining".
                Cue::SupposesFirst if mark.last > mark.first && scan.gap(mark.last + 1).has(Gap::COLON) => {
                    sayings.set(scan, begin(scan, mark.first)..end(scan, mark.last), Saying::Unsaid);
                }
                // "A friend had melanoma. It was ulcerated.": what goes on about it is no more this patient's.
                // "Foci of carcinoma are seen": only cancers in the plural are spoken of in general.
                Cue::General if is_singular(scan, mark.first) => {}
                Cue::General => {
                    let own = end(scan, mark.last);
                    // "Case 2 (another patient): pT4"
                    let own = match scan.gap(own).has(Gap::CLOSE) && scan.gap(own).has(Gap::COLON) {
                        true => end(scan, own),
                        false => own,
                    };
                    let until = passages::told_on(scan, own);
                    sayings.set(scan, begin(scan, mark.first)..until, Saying::Unsaid);
                }
                Cue::InsteadAfter => {
                    let until = end_of_condition(scan, mark.last);
                    let comma = (mark.last + 2..until).find(|at| scan.gap(*at).has(Gap::COMMA)).unwrap_or(until);
                    sayings.set(scan, mark.first..comma, Saying::Unsaid);
                }
                Cue::ReadsInstead => sayings.set(scan, begin(scan, mark.first)..mark.last + 1, Saying::Unsaid),
                Cue::MightAfter => sayings.set(scan, mark.first..end_of_condition(scan, mark.last), Saying::Doubted),
                _ => {}
            }
        }
        sayings.doubt_questions(scan);
        sayings.leave_marked_lines(scan);
        sayings.leave_lists(scan);
        sayings.leave_empty_boxes(scan);
        sayings
    }

    /// "Why is EGFR exon 19 deletion not mentioned?"
    fn doubt_questions(&mut self, scan: &Scan<'_, '_>) {
        for place in 1..=scan.tokens.len() {
            if scan.gap(place).has(Gap::QUESTION)
                && !is_answered(scan, place)
                && (place == scan.tokens.len() || !scan.between(place).ends_with(b"?"))
            {
                self.set(scan, begin(scan, place - 1)..place, Saying::Doubted);
            }
        }
    }

    /// "Entered in error: ...", "Not done: Simple mastectomy": a line of a structured record that is marked as no finding.
    fn leave_marked_lines(&mut self, scan: &Scan<'_, '_>) {
        for place in 0..scan.tokens.len() {
            let begins = place == 0 || scan.gap(place).has(Gap::LINE);
            if begins && is_marked(scan, place) {
                let end = (place + 1..scan.tokens.len()).find(|at| scan.gap(*at).has(Gap::LINE));
                self.set(scan, place..end.unwrap_or(scan.tokens.len()), Saying::Unsaid);
            }
        }
    }

    /// "Not identified:" or "Inclusion criteria" alone on a line, and a list below it: nothing of the list is a finding.
    fn leave_lists(&mut self, scan: &Scan<'_, '_>) {
        for mark in &scan.marks {
            let Some(Meaning::Cue(cue)) = scan.meaning(mark) else { continue };
            let heads = match cue {
                Cue::NegatesAfter | Cue::NegatesBefore => scan.gap(mark.last + 1).has(Gap::COLON),
                Cue::SupposesFirst | Cue::General => begins_statement(scan, mark.first),
                _ => false,
            } || (*cue == Cue::NegatesBefore && scan.is(mark.last + 1, "of"));
            if !heads {
                continue;
            }
            // The rest of the head's own line, such as "of the following".
            let Some(from) = (mark.last + 1..mark.last + 6).find(|place| begins_line(scan, *place)) else { continue };
            let mut until = from;
            while until < scan.tokens.len() && until < mark.last + LIST && is_list_entry(scan, until) {
                until = line_end(scan, until);
            }
            if until > from {
                self.set(scan, from..until, Saying::Unsaid);
            }
        }
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
        let until = (last.max(first) + 1).min(self.of.len());
        let said = self.of.get(first..until).and_then(|words| words.iter().max().copied());
        said.unwrap_or(Saying::So).max(asked(scan, first, last))
    }

    /// "[ ] ductal [x] lobular", "ductal [ ] lobular [x]": what belongs to an empty box is not chosen. On a line that ends
    /// with a box the boxes stand behind their words, on any other before them.
    fn leave_empty_boxes(&mut self, scan: &Scan<'_, '_>) {
        let Some(first) = (0..=scan.tokens.len()).find(|place| scan.gap(*place).has(Gap::BOX)) else { return };
        let mut from = line_start(scan, first.saturating_sub(1));
        while from < scan.tokens.len() {
            let to = line_end(scan, from);
            let trails = is_box_in(above(scan, to)) || above(scan, to).contains(&TICKED);
            if trails || (to > from + 1 && is_ticked(scan, to - 1)) {
                self.leave_before_boxes(scan, from, to);
            } else {
                self.leave_behind_boxes(scan, from, to);
            }
            from = to.max(from + 1);
        }
    }

    /// The words of a line behind a label that belong to a ticked box, where other boxes of the line are empty.
    pub(crate) fn chosen(&self, scan: &Scan<'_, '_>, last: usize) -> Vec<usize> {
        let from = last + 1;
        let to = line_end(scan, last);
        let empty = (from..to).any(|at| scan.gap(at).has(Gap::BOX)) || is_box_in(above(scan, to));
        let ticked = (from..to).any(|at| is_ticked(scan, at)) || above(scan, to).contains(&TICKED);
        if !empty || !ticked {
            return Vec::new();
        }
        let said = |at: &usize| self.of.get(*at).is_none_or(|saying| *saying == Saying::So);
        (from..to).filter(said).filter(|at| !(scan.is(*at, "x") && is_ticked(scan, *at))).collect()
    }

    /// On a line whose boxes stand behind their words: the words from one box to the next empty one.
    fn leave_before_boxes(&mut self, scan: &Scan<'_, '_>, from: usize, to: usize) {
        let mut start = from;
        for at in from + 1..=to {
            let empty = if at < to { scan.gap(at).has(Gap::BOX) } else { is_box_in(above(scan, to)) };
            let ticked = at < to && is_ticked(scan, at);
            if empty {
                self.set(scan, start..at, Saying::Unsaid);
            }
            if empty || ticked {
                // The cross of "[x]" is a word of its own.
                start = at + usize::from(ticked && scan.is(at, "x"));
            }
        }
    }

    /// On a line whose boxes stand before their words: the words from an empty box to the next box.
    fn leave_behind_boxes(&mut self, scan: &Scan<'_, '_>, from: usize, to: usize) {
        for at in from..to {
            let of_above = at == from
                && !is_box_in(own_line(scan.between(at)))
                && (is_box_in(above(scan, at)) || above(scan, at).contains(&TICKED));
            if scan.gap(at).has(Gap::BOX) && !of_above {
                self.set(scan, at..next_box(scan, at + 1, to), Saying::Unsaid);
            }
        }
    }
}

/// "Were HER2 to come back amplified, it would be added": where the condition that begins at its verb ends.
fn supposed(scan: &Scan<'_, '_>, place: usize) -> Option<usize> {
    let until = end(scan, place);
    let would = (place..until).any(|at| ["would", "could", "might"].iter().any(|word| scan.is(at, word)));
    (would && begins_statement(scan, place) && scan.spelled(place).starts_with(b"W")).then_some(until)
}

/// Whether a word names one cancer, and not cancers.
fn is_singular(scan: &Scan<'_, '_>, place: usize) -> bool {
    scan.lexicon.morphology.is_head(scan.word(place)) && !scan.spelled(place).ends_with(b"s")
}

/// Whether a list entry begins at a word that begins a line: a bullet, a number, or an indent before it.
fn is_list_entry(scan: &Scan<'_, '_>, place: usize) -> bool {
    let between = scan.between(place);
    if between.iter().filter(|b| **b == b'\n').count() > 1 {
        return false;
    }
    let after = own_line(between);
    let bullet = after.iter().any(|b| matches!(b, b'-' | b'*')) || after.starts_with(b"  ");
    let numbered = scan.spelled(place).iter().all(u8::is_ascii_digit)
        && matches!(scan.text.at(scan.token(place).map_or(0, |t| t.end())), b'.' | b')');
    bullet || numbered
}

/// Whether the mark of an entry that says nothing begins at a word.
fn is_marked(scan: &Scan<'_, '_>, place: usize) -> bool {
    MARKS_OF_NOTHING.iter().any(|mark| {
        let words = mark.split(' ').count();
        mark.split(' ').enumerate().all(|(at, word)| scan.is(place + at, word))
            && scan.between(place + words).starts_with(b":")
            && !scan.gap(place + words).has(Gap::LINE)
    })
}

fn begins_line(scan: &Scan<'_, '_>, place: usize) -> bool {
    place < scan.tokens.len() && scan.gap(place).has(Gap::LINE)
}

/// What lies before a word and still stands on the line above it.
fn above<'s>(scan: &'s Scan<'_, '_>, place: usize) -> &'s [u8] {
    scan.between(place).split(|b| *b == b'\n').next().unwrap_or_default()
}

/// What of the characters between two words stands on the line of the second.
pub(crate) fn own_line(between: &[u8]) -> &[u8] {
    between.rsplit(|b| *b == b'\n').next().unwrap_or_default()
}

/// Whether an empty box is among some characters.
pub(crate) fn is_box_in(text: &[u8]) -> bool {
    text.contains(&EMPTY_BOX)
        || text.windows(2).any(|w| w == b"[]")
        || text.windows(3).any(|w| w == b"[ ]" || w == b"( )")
}

/// Whether the statement is of another illness or of a side effect: "grade 3 neutropenia", "stage IV kidney disease".
pub(crate) fn is_of_another_illness(scan: &Scan<'_, '_>, first: usize, last: usize) -> bool {
    let parted = |from: usize, to: usize| (from..=to).any(|place| scan.gap(place).has(Gap::HARD | Gap::COMMA));
    scan.marks_from(first.saturating_sub(5)).iter().take_while(|mark| mark.first <= last + 2).any(|mark| {
        matches!(scan.meaning(mark), Some(Meaning::Cue(Cue::OtherIllness)))
            && if mark.last < first { !parted(mark.last + 1, first) } else { !parted(last + 1, mark.first) }
    })
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
    if (before || behind) && !is_answered(scan, last + 1) { Saying::Doubted } else { Saying::So }
}

/// "Is HER2 positive? Yes, 3+.", "HER2? Result: 3+": what stands behind the question.
fn is_answered(scan: &Scan<'_, '_>, place: usize) -> bool {
    scan.is(place, "yes") || scan.is(place, "result") && scan.gap(place + 1).has(Gap::COLON)
}

fn begins_statement(scan: &Scan<'_, '_>, place: usize) -> bool {
    place == 0 || scan.gap(place).has(Gap::HARD | Gap::LINE | Gap::PERIOD)
}

/// "Example: ...", "Should HER2 be ...": a label with its colon, or the verb that begins a condition.
fn is_lead(scan: &Scan<'_, '_>, first: usize, last: usize) -> bool {
    scan.is(first, "should") || last > first || scan.gap(last + 1).has(Gap::COLON)
}

/// "pT definitions:", "Legend of stages:": a heading of few words that ends in the word for a key.
fn names_a_key(scan: &Scan<'_, '_>, first: usize, last: usize) -> bool {
    const WORDS: [&str; 4] = ["definition", "definitions", "legend", "key"];
    let colon = scan.between(last + 1).contains(&b':') && !scan.gap(last + 1).has(Gap::LINE | Gap::PERIOD);
    first == last && colon && WORDS.iter().any(|word| scan.is(first, word)) && first - begin(scan, first) <= HEADING
}

/// One past the last word of a key: its entries are parted by semicolons.
fn end_of_key(scan: &Scan<'_, '_>, place: usize) -> usize {
    let mut until = end(scan, place);
    while until < scan.tokens.len()
        && until < place + LIST
        && scan.gap(until).has(Gap::SEMICOLON)
        && !scan.gap(until).has(Gap::LINE | Gap::PERIOD)
    {
        until = end(scan, until);
    }
    until
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
        // "Eligible for trastuzumab as HER2 is 3+": the reason is said.
        let reason = also != 0 && ["as", "because", "since"].iter().any(|word| scan.is(at, word));
        // In "positive if >= 1 %" the sign of equality is part of the condition, and no colon.
        let parted = gap.has(Gap::HARD) || also != 0 && gap.has(also) && scan.between(at).contains(&b':');
        if at >= scan.tokens.len() || parted || reason {
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
    // "pT1 tumor invades", "pT3 extends through"
    let is_extent = |scan: &Scan<'_, '_>, at: usize| {
        let noun = usize::from(["tumor", "tumour"].iter().any(|word| scan.is(at, word)));
        let verbs = ["invades", "limited", "confined", "extends", "penetrates", "perforates", "more", "less", "larger"];
        verbs.iter().any(|word| scan.is(at + noun, word))
    };
    let mut entries: Vec<(usize, &Concept, &str)> = Vec::new();
    for one in facts.iter() {
        let fact = &one.fact;
        let first = scan.token_at(fact.start);
        let next = scan.token_at(fact.end);
        let parts = Gap::HARD | Gap::LINE | Gap::SEMICOLON | Gap::OPEN | Gap::COMMA | Gap::COLON;
        let leads = first == 0 || scan.gap(first).has(parts);
        // "pT1 tumor invades submucosa"
        let told = !scan.gap(next).has(Gap::HARD | Gap::COMMA) && is_extent(scan, next);
        let means = told
            || scan.gap(next).has(Gap::COLON | Gap::HYPHEN | Gap::OPEN | Gap::BULLET | Gap::WIDE)
            && !scan.gap(next).has(Gap::LINE)
            // "pT1a (0.8 cm)", "Grade Group 1 (3+3=6)" is a finding with its measure, and no definition.
            && (!scan.spelled(next).first().is_some_and(u8::is_ascii_digit)
                || scan.between(next).iter().any(|byte| matches!(byte, b'<' | b'>' | b'=')));
        if is_scale(fact) && leads && means {
            entries.push((fact.start, &fact.concept, fact.value.as_str()));
        }
    }
    let mut keys: Vec<(Concept, Range<usize>)> = Vec::new();
    for (at, (start, concept, _)) in entries.iter().enumerate() {
        let near: Vec<_> = entries.iter().skip(at).take(12).filter(|e| e.1 == *concept && e.0 < start + KEY).collect();
        let values: std::collections::BTreeSet<&str> = near.iter().map(|e| e.2).collect();
        let Some(last) = near.last().filter(|_| values.len() >= 3) else { continue };
        let ends = end(scan, scan.token_at(last.0));
        let until = ends.checked_sub(1).and_then(|place| scan.token(place)).map_or(last.0 + 1, |t| t.end());
        // A long list is one key: what overlaps is joined, so that each fact is held against few.
        let newest = keys.iter_mut().rev().find(|(of, _)| of == *concept);
        match newest.filter(|(_, key)| key.start <= *start && *start <= key.end) {
            Some((_, key)) => key.end = key.end.max(until),
            None => keys.push(((*concept).clone(), *start..until)),
        }
    }
    // "pT2 = tumour more than 20 mm": what it means, and no finding.
    facts.retain(|one| {
        let next = scan.token_at(one.fact.end);
        let residual = one.fact.concept == Concept::RESIDUAL_TUMOR;
        !((residual || is_scale(&one.fact))
            && scan.between(next).contains(&b'=')
            && !scan.gap(next).has(Gap::LINE)
            && scan.spelled(next).first().is_some_and(u8::is_ascii_lowercase))
    });
    if !keys.is_empty() {
        facts.retain(|one| !keys.iter().any(|(of, key)| *of == one.fact.concept && key.contains(&one.fact.start)));
    }
}
