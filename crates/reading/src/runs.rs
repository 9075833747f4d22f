//! Names of tumours and of places. Reports write the same name in many orders ("carcinoma, squamous cell",
//! "infiltrating moderately differentiated ductal carcinoma"), so that a name is a run of words that belong together,
//! and a rule of the tables fits when all its words are in the run.

use crate::lexicon::{Lexicon, Meaning, Rule, Rules, Word, is_filler};
use crate::scan::{Gap, Scan};
use consilium_casefile::facts::Concept;

/// Longer runs are cut: a name is short, and a text may be one long run.
const LONGEST_RUN: usize = 24;

/// Words that together may name a tumour or a place.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) first: usize,
    pub(crate) last: usize,
    /// Word numbers, sorted, without doubles.
    words: Vec<Word>,
    /// Those before a "with" that follows a noun.
    before_with: Option<Vec<Word>>,
}

impl Run {
    fn of(scan: &Scan<'_, '_>, first: usize, last: usize, with: Option<usize>) -> Self {
        let words = |to: usize| {
            let mut words: Vec<Word> = (first..=to).map(|place| scan.word(place)).filter(|word| *word != 0).collect();
            words.sort_unstable();
            words.dedup();
            words
        };
        Self { first, last, words: words(last), before_with: with.map(|place| words(place.saturating_sub(1))) }
    }

    pub(crate) fn has(&self, word: Word) -> bool {
        self.words.binary_search(&word).is_ok()
    }

    /// The rule that says most, for a tumour of a site; a rule confined to other sites does not count.
    pub(crate) fn best<'r>(&'r self, lexicon: &'r Lexicon, site: Option<&str>, invasive: bool) -> Option<&'r Rule> {
        let rules = &lexicon.morphology;
        let fits = |rule: &&Rule| {
            rule.only_at.is_empty()
                || site.is_some_and(|site| rule.only_at.iter().any(|only| site.starts_with(only.as_str())))
        };
        let near = self.before_with.as_deref().unwrap_or(&self.words);
        rules
            .matching(near)
            .chain(rules.matching(&self.words).filter(|rule| rule.has_with))
            .filter(fits)
            .filter(|rule| !(invasive && rule.code.ends_with("/2")))
            .max_by_key(|rule| {
                let exact = lexicon.exactness(&rule.code);
                (rule.words.len(), !rule.only_at.is_empty(), exact, std::cmp::Reverse(rule.code.as_str()))
            })
    }

    /// Rules that cover the run, those of most words first, no word used twice.
    pub(crate) fn cover<'r>(&self, rules: &'r Rules) -> Vec<&'r Rule> {
        let mut left = self.words.clone();
        let mut found: Vec<&Rule> = Vec::new();
        while found.len() < 8 {
            let best = rules
                .matching(&left)
                .max_by_key(|rule| (rule.words.len(), rule.only_at.is_empty(), std::cmp::Reverse(rule.code.as_str())))
                .map(|rule| (rule.words.clone(), rule.code.clone()));
            let Some((words, code)) = best else { break };
            left.retain(|word| !words.contains(word));
            if let Some(rule) = rules.rules.iter().find(|rule| rule.words == words && rule.code == code) {
                found.push(rule);
            }
        }
        found
    }
}

/// Runs that may name tumours, each with one noun.
pub(crate) fn tumours(scan: &Scan<'_, '_>) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut place = 0;
    while place < scan.tokens.len() {
        if !is_part(scan, place) {
            place += 1;
            continue;
        }
        let end = tumour_run_end(scan, place);
        cut_at_nouns(scan, place, end, &mut runs);
        place = end + 1;
    }
    runs
}

fn tumour_run_end(scan: &Scan<'_, '_>, first: usize) -> usize {
    let lexicon = scan.lexicon;
    let mut last = first;
    let mut head = lexicon.morphology.is_head(scan.word(first));
    let mut place = first + 1;
    let mut idle = 0;
    while place < scan.tokens.len() && place < first + LONGEST_RUN {
        let gap = scan.gap(place);
        let word = scan.word(place);
        let part = is_part(scan, place);
        if head
            && gap.has(Gap::HARD | Gap::COLON | Gap::BULLET)
            && !gap.has(Gap::SEMICOLON)
            && let Some(end) = type_after(scan, place)
        {
            last = end;
            place = end + 1;
            continue;
        }
        if gap.has(Gap::SEMICOLON | Gap::COLON | Gap::BULLET) && !(gap.has(Gap::BULLET) && part && !head) {
            break;
        }
        // A period inside a name that has no noun yet is the end of a scanned line.
        if gap.has(Gap::HARD) && (head || !part) {
            break;
        }
        if part {
            last = place;
            idle = 0;
            head |= lexicon.morphology.is_head(word);
        } else if is_inside(lexicon, scan, place) && idle < 4 {
            idle += 1;
        } else {
            break;
        }
        place += 1;
    }
    last
}

/// Whether a word may be part of the name of a tumour. "No" is one only in "no special type".
fn is_part(scan: &Scan<'_, '_>, place: usize) -> bool {
    scan.lexicon.morphology.has(scan.word(place))
        && (!scan.is(place, "no") || scan.is(place + 1, "special") || scan.is(place + 1, "specific"))
}

/// "- Conventional (clear cell) type", ": follicular variant" after a name: the last word of it.
fn type_after(scan: &Scan<'_, '_>, first: usize) -> Option<usize> {
    let mut parts = 0;
    for place in first..first + 7 {
        if place > first && scan.gap(place).has(Gap::HARD | Gap::COLON | Gap::SEMICOLON) {
            return None;
        }
        let word = scan.word(place);
        if parts > 0 && ["type", "variant", "subtype", "pattern"].iter().any(|ending| scan.is(place, ending)) {
            return Some(place);
        }
        if scan.lexicon.morphology.is_head(word) || !(is_part(scan, place) || is_inside(scan.lexicon, scan, place)) {
            return None;
        }
        parts += usize::from(is_part(scan, place));
    }
    None
}

/// "Histologic type: lobular": a labelled type without a noun.
pub(crate) fn labelled_types(scan: &Scan<'_, '_>, carcinoma: Word) -> Vec<Run> {
    let mut found = Vec::new();
    for mark in &scan.marks {
        let labelled = matches!(scan.meaning(mark), Some(Meaning::Label(label)) if *label == Concept::MORPHOLOGY);
        let first = mark.last + 1;
        if !labelled || !scan.gap(first).has(Gap::COLON) || scan.gap(first).has(Gap::BLANK) {
            continue;
        }
        let inside = |place: usize| place == first || !scan.gap(place).has(Gap::HARD | Gap::SEMICOLON | Gap::COLON);
        let places: Vec<usize> = (first..first + 8)
            .take_while(|place| inside(*place) && (is_part(scan, *place) || is_inside(scan.lexicon, scan, *place)))
            .collect();
        let noun = places.iter().any(|place| scan.lexicon.morphology.is_head(scan.word(*place)));
        let last = places.iter().rev().find(|place| is_part(scan, **place));
        if let (false, Some(last)) = (noun, last) {
            let mut run = Run::of(scan, first, *last, None);
            run.words.push(carcinoma);
            run.words.sort_unstable();
            run.words.dedup();
            found.push(run);
        }
    }
    found
}

fn is_inside(lexicon: &Lexicon, scan: &Scan<'_, '_>, place: usize) -> bool {
    let word = scan.word(place);
    lexicon.is_filler(word)
        || lexicon.topography.has(word)
        || is_filler(&scan.spelled(place).to_ascii_lowercase())
        || [lexicon.common.left, lexicon.common.right].contains(&word)
}

/// Cuts a stretch so that every part has one noun: "ductal carcinoma and lobular carcinoma in situ" names two tumours.
fn cut_at_nouns(scan: &Scan<'_, '_>, first: usize, last: usize, runs: &mut Vec<Run>) {
    let mut start = first;
    let mut noun: Option<usize> = None;
    let mut cut: Option<usize> = None;
    let mut with: Option<usize> = None;
    for place in first..=last {
        let word = scan.word(place);
        if place > start && noun.is_some() {
            let turn = ["and", "or", "with", "plus", "to"].iter().any(|w| scan.is(place, w));
            if turn || scan.gap(place).has(Gap::COMMA | Gap::SLASH | Gap::OPEN | Gap::HYPHEN) {
                cut = Some(place);
            }
            if with.is_none() && (scan.is(place, "with") || scan.is(place, "showing")) {
                with = Some(place);
            }
        }
        if scan.lexicon.morphology.is_head(word) {
            if let (Some(_), Some(at)) = (noun, cut) {
                runs.push(Run::of(scan, start, at.saturating_sub(1).max(start), with.filter(|w| *w < at)));
                start = at;
                with = None;
                cut = None;
            }
            noun = Some(place);
        }
    }
    if noun.is_some() {
        runs.push(Run::of(scan, start, last, with));
    }
}

/// Runs that may name places.
pub(crate) fn places(scan: &Scan<'_, '_>) -> Vec<Run> {
    let lexicon = scan.lexicon;
    let common = &lexicon.common;
    let part = |place: usize| lexicon.topography.has(scan.word(place));
    let side = |place: usize| {
        let word = scan.word(place);
        word == common.left || word == common.right || word == common.bilateral || word == common.midline
    };
    let mut runs = Vec::new();
    let mut place = 0;
    while place < scan.tokens.len() {
        if !part(place) && !side(place) {
            place += 1;
            continue;
        }
        let (first, mut last, mut next) = (place, place, place + 1);
        let mut any = part(place);
        while next < scan.tokens.len() && next < first + LONGEST_RUN {
            let gap = scan.gap(next);
            if gap.has(Gap::HARD | Gap::SEMICOLON | Gap::COLON | Gap::CLOSE) {
                break;
            }
            if part(next) || side(next) {
                // A second side after a place begins the next place.
                if side(next) && any && gap.has(Gap::COMMA) && (first..next).any(side) {
                    break;
                }
                any |= part(next);
                last = next;
            } else if !is_filler(&scan.spelled(next).to_ascii_lowercase()) || next > last + 2 {
                break;
            }
            next += 1;
        }
        if any {
            runs.push(Run::of(scan, first, last, None));
        }
        place = last + 1;
    }
    runs
}
