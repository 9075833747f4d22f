//! Stretches of a text that tell of an earlier cancer, of a value that was replaced, or go on about a relative. A mark of
//! the past alone decides nothing where the cancer in question may be the one the text is about: "diagnosed in 2009" is
//! former only beside a present one that is told apart from it. What stands in a stretch is history, or the relative's,
//! whatever grammar reads it.

use std::ops::Range;

use consilium_casefile::facts::{Concept, Context};
use consilium_casefile::knowledge::WordGroup;

use crate::lexicon::{Cue, Meaning, Word};
use crate::scan::{Gap, Scan};

/// Words from the mark of the present within which its own tumour is named.
const PRESENT: usize = 40;

/// Words from the mark of the present within which it is said to be the former one come back.
const SAME: usize = 14;

/// Words from a mark of the present within which the specimen it is of is named.
const NAMED: usize = 7;

/// Years between two entries of which the earlier is of an earlier cancer, where they are told apart otherwise.
const YEARS_APART: u32 = 3;

/// Shorter words tell no kind of tumour from another.
const SHORTEST_KIND: usize = 5;

/// Words from "changed from" to the "to" behind the old value.
const OLD_VALUE: usize = 10;

/// Stretches in the order of the text. Where two overlap, the one that begins later counts.
#[derive(Debug, Default)]
pub(crate) struct Passages(Vec<(Range<usize>, Context)>);

/// A mark of the past: how surely it is of another cancer than the present one, and the first word it holds for.
#[derive(Debug, Clone, Copy)]
struct Past {
    sure: u8,
    from: usize,
    at: usize,
}

/// A mark of the present: how surely what follows is another cancer.
#[derive(Debug, Clone, Copy)]
struct Present {
    sure: u8,
    at: usize,
}

/// A statement, and whether it begins a paragraph or a line with a label.
#[derive(Debug, Clone)]
struct Statement {
    words: Range<usize>,
    begins: bool,
    past: Option<Past>,
    present: Option<Present>,
    /// The last year it names.
    year: Option<u32>,
}

impl Passages {
    pub(crate) fn new(scan: &Scan<'_, '_>) -> Self {
        let mut passages = Self::default();
        let marked = |wanted: fn(Cue) -> bool| {
            scan.marks.iter().any(|mark| matches!(scan.meaning(mark), Some(Meaning::Cue(cue)) if wanted(*cue)))
        };
        let past = marked(|cue| matches!(cue, Cue::Former | Cue::Now | Cue::New | Cue::NewCancer))
            || (0..scan.tokens.len()).any(|place| year(scan, place) == Some(true));
        if past || marked(|cue| matches!(cue, Cue::AtFirst | Cue::ChangedFrom | Cue::Family)) {
            let statements = statements(scan);
            if past {
                passages.find_former(scan, &statements);
            }
            passages.find_replaced(scan, &statements);
            passages.find_told_on(scan, &statements);
            passages.0.sort_by_key(|(words, _)| (words.start, words.end));
        }
        passages
    }

    /// Whose, or of when, a word is, where a stretch says so.
    pub(crate) fn at(&self, place: usize) -> Option<Context> {
        let until = self.0.partition_point(|(words, _)| words.start <= place);
        let near = self.0.get(until.saturating_sub(4)..until)?;
        near.iter().rev().find(|(words, _)| words.contains(&place)).map(|(_, context)| *context)
    }

    /// "In 2009 she was treated for X. It was grade 2. Now she presents with Y": X and what is told on of it.
    fn find_former(&mut self, scan: &Scan<'_, '_>, statements: &[Statement]) {
        let mut at = 0;
        while let Some(statement) = statements.get(at) {
            at += 1;
            let Some(past) = statement.past else { continue };
            let own = statement.present.filter(|present| present.at > past.at);
            // The present that follows it: in its own statement, or a later one of the paragraph.
            let later = statements.iter().skip(at).take_while(|next| !is_apart(next)).take(8);
            // "2012: left ... 2026: right ...": a later entry of the same list.
            let years = || {
                let newer = |next: &&Statement| {
                    next.year.zip(statement.year).is_some_and(|(then, year)| then >= year + YEARS_APART)
                };
                let next = statements.iter().skip(at).take(8).find(newer)?;
                Some(Present { sure: 1, at: next.words.start })
            };
            let following = own.or_else(|| later.clone().find_map(|next| next.present)).or_else(years);
            let end = own.map_or(statement.words.end, |present| present.at);
            let told_apart = following.is_some_and(|present| {
                let is_new = present.sure > 2 && names_one_at_once(scan, present.at);
                let is_another = || {
                    if has_another_side(scan, &(past.from..end), present.at) {
                        return names_a_tumour(scan, present.at) || names_a_specimen(scan, present.at);
                    }
                    past.sure + present.sure >= 2
                        && names_a_tumour(scan, present.at)
                        && is_another(scan, past.from..end, present.at)
                };
                !is_the_same(scan, present) && (is_new || is_another())
            });
            // "History of hypertension" tells of no cancer.
            let of_a_tumour = names_a_part(scan, past.from..end);
            if past.sure < 2 && !(told_apart && of_a_tumour) {
                continue;
            }
            self.add(past.from..end_of_phrase(scan, past, end), Context::History);
            if own.is_some() {
                continue;
            }
            // What is told on of it: statements that say so, and, up to the present, those that name nothing of their own.
            for next in statements.iter().skip(at).take(8).take_while(|_| of_a_tumour) {
                let bare = || told_apart && !names_a_part(scan, next.words.start..before_present(next));
                if next.begins || next.past.is_some() || !(goes_on(scan, next.words.start) || bare()) {
                    break;
                }
                self.add(next.words.start..before_present(next), Context::History);
                if next.present.is_some() {
                    break;
                }
            }
        }
    }

    /// "The Gleason score was changed from 9 to 7", "initially staged as pT3, revised to pT2".
    fn find_replaced(&mut self, scan: &Scan<'_, '_>, statements: &[Statement]) {
        for mark in &scan.marks {
            let Some(Meaning::Cue(cue)) = scan.meaning(mark) else { continue };
            match cue {
                Cue::ChangedFrom => {
                    let words = mark.last + 1..mark.last + 1 + OLD_VALUE;
                    let whole = words.take_while(|at| *at < scan.tokens.len() && !scan.gap(*at).has(Gap::HARD));
                    if let Some(to) = whole.into_iter().find(|at| scan.is(*at, "to") || scan.is(*at, "read")) {
                        self.add(mark.last + 1..to, Context::History);
                    }
                }
                Cue::AtFirst => {
                    let number = statements.partition_point(|one| one.words.start <= mark.first);
                    let Some(own) = number.checked_sub(1).and_then(|at| statements.get(at)) else { continue };
                    // "She initially presented with X": how it began, and no value that was replaced.
                    let begins = [
                        "presented",
                        "diagnosed",
                        "seen",
                        "noticed",
                        "noted",
                        "found",
                        "evaluated",
                        "treated",
                        "started",
                        "developed",
                        "underwent",
                        "felt",
                        "detected",
                    ];
                    if begins.iter().any(|word| (mark.last + 1..mark.last + 3).any(|at| scan.is(at, word))) {
                        continue;
                    }
                    let next = statements.get(number).filter(|next| !next.begins);
                    let next = next.filter(|next| scan.gap(next.words.start).has(Gap::SEMICOLON));
                    let until = next.map_or(own.words.end, |next| next.words.end);
                    if let Some(restated) = restated(scan, mark.last + 1, until) {
                        self.add(own.words.start..restated.min(own.words.end), Context::History);
                    }
                }
                _ => {}
            }
        }
    }

    /// "Her sister had breast cancer. It was grade 3": what goes on about the relative's.
    fn find_told_on(&mut self, scan: &Scan<'_, '_>, statements: &[Statement]) {
        for mark in &scan.marks {
            if !matches!(scan.meaning(mark), Some(Meaning::Cue(Cue::Family))) {
                continue;
            }
            let number = statements.partition_point(|one| one.words.start <= mark.first);
            let Some(own) = number.checked_sub(1).and_then(|at| statements.get(at)) else { continue };
            // The relative is who the statement is about, and the tumour is theirs.
            if mark.first > own.words.start + 3 || own.present.is_some() {
                continue;
            }
            for next in statements.iter().skip(number).take(3) {
                if next.begins || !goes_on(scan, next.words.start) {
                    break;
                }
                self.add(next.words.clone(), Context::Family);
            }
        }
    }

    fn add(&mut self, words: Range<usize>, context: Context) {
        if words.start < words.end {
            self.0.push((words, context));
        }
    }
}

/// What is of one cancer. An allergy, an illness or a relative is not former because a cancer is.
pub(crate) fn is_of_a_cancer(concept: &Concept) -> bool {
    ![Concept::ALLERGY, Concept::COMORBIDITY, Concept::FAMILY_HISTORY, Concept::GERMLINE, Concept::ECOG]
        .contains(concept)
}

fn statements(scan: &Scan<'_, '_>) -> Vec<Statement> {
    let mut found: Vec<Statement> = Vec::new();
    let mut start = 0;
    for place in 1..=scan.tokens.len() {
        if place < scan.tokens.len() && !scan.gap(place).has(Gap::HARD) {
            continue;
        }
        let words = start..place;
        let begins = start == 0 || begins_a_part(scan, start);
        let (past, present) = marks_of(scan, &words);
        let named = |at: usize| year(scan, at).and_then(|_| std::str::from_utf8(scan.spelled(at)).ok()?.parse().ok());
        let year = words.clone().rev().find_map(named);
        found.push(Statement { words, begins, past, present, year });
        start = place;
    }
    found
}

/// A blank line, another section, or a line that begins with a label.
fn begins_a_part(scan: &Scan<'_, '_>, place: usize) -> bool {
    if !scan.gap(place).has(Gap::LINE) {
        return false;
    }
    let blank = scan.between(place).iter().filter(|byte| **byte == b'\n').count() > 1;
    let labelled =
        (place + 1..place + 5).take_while(|at| !scan.gap(*at).has(Gap::PERIOD)).any(|at| scan.gap(at).has(Gap::COLON));
    blank || labelled || scan.section(place) != scan.section(place.saturating_sub(1))
}

/// Whether a statement is told apart from those before it, so that its present is none of theirs.
fn is_apart(statement: &Statement) -> bool {
    statement.begins && statement.present.is_none()
}

/// The surest mark of the past, and the first of the present, in a statement.
fn marks_of(scan: &Scan<'_, '_>, words: &Range<usize>) -> (Option<Past>, Option<Present>) {
    let mut past: Option<Past> = None;
    let mut present: Option<Present> = None;
    let keep = |past: &mut Option<Past>, new: Past| {
        if past.is_none_or(|old| new.sure > old.sure || new.sure == old.sure && new.from < old.from) {
            *past = Some(new);
        }
    };
    for mark in scan.marks_from(words.start).iter().take_while(|mark| mark.first < words.end) {
        let Some(Meaning::Cue(cue)) = scan.meaning(mark) else { continue };
        match cue {
            Cue::Former => keep(&mut past, Past { sure: 2, from: mark.first, at: mark.first }),
            Cue::History if is_of_the_past(scan, mark.first, mark.last) => {
                keep(&mut past, Past { sure: 1, from: mark.first, at: mark.first });
            }
            Cue::Treated => keep(&mut past, Past { sure: 1, from: words.start, at: mark.first }),
            Cue::Now | Cue::New | Cue::NewCancer => {
                let sure = match cue {
                    Cue::NewCancer => 3,
                    Cue::New => 2,
                    _ => 1,
                };
                let before = present.unwrap_or(Present { sure, at: mark.first });
                present = Some(Present { sure: sure.max(before.sure), at: before.at });
            }
            _ => {}
        }
    }
    for place in words.clone().filter(|place| is_named_earlier(scan, *place)) {
        keep(&mut past, Past { sure: 2, from: place, at: place });
    }
    for place in words.clone() {
        let Some(named) = year(scan, place) else { continue };
        let new = match named {
            // "Her 2014 tumor", "the tumor of 2016"
            true => Past { sure: 2, from: words.start, at: place },
            // "2013 sigmoid resection", "in 2012, ...": one entry of a list of what was.
            false if place <= words.start + 1 => Past { sure: 1, from: words.start, at: place },
            false => Past { sure: 0, from: words.start, at: place },
        };
        keep(&mut past, new);
    }
    // "Left breast now: ...": without a past before it, all of the statement is of the present.
    if let Some(present) = &mut present
        && past.is_none_or(|past| past.at > present.at)
    {
        present.at = words.start;
    }
    // A statement in which the present stands first tells of the past from the mark on.
    if let (Some(past), Some(present)) = (&mut past, present)
        && present.at <= past.at
    {
        past.from = past.at;
    }
    (past, present)
}

/// "Previous breast cancer", "her first tumor": a tumour that is called an earlier one. The first of two tumours of a
/// report is none.
fn is_named_earlier(scan: &Scan<'_, '_>, place: usize) -> bool {
    // Looked at for every word: the shape first.
    if !matches!(scan.spelled(place).len(), 5..=8) || !scan.is_of(place, WordGroup::Earlier) {
        return false;
    }
    let whose = |at: usize| ["her", "his", "their", "s"].iter().any(|word| scan.is(at, word));
    if scan.is(place, "first") && !place.checked_sub(1).is_some_and(whose) {
        return false;
    }
    let apart = Gap::HARD | Gap::COMMA | Gap::COLON | Gap::OPEN | Gap::CLOSE;
    let near = (place + 1..place + 5).take_while(|at| *at < scan.tokens.len() && !scan.gap(*at).has(apart));
    let mut named = near.skip_while(|at| {
        let word = scan.word(*at);
        !scan.lexicon.morphology.is_head(word)
            && (scan.lexicon.topography.has(word) || scan.lexicon.morphology.has(word))
    });
    named.next().is_some_and(|at| scan.lexicon.morphology.is_head(scan.word(at)))
}

/// Cues of history that tell of an illness, not of a step of the present one or of what is known.
fn is_of_the_past(scan: &Scan<'_, '_>, first: usize, last: usize) -> bool {
    let present = scan.is(last + 1, "present") || scan.is(last + 1, "the") && scan.is(last + 2, "present");
    !present && !["known", "post", "earlier"].iter().any(|word| scan.is(first, word))
}

/// Whether a word is a year of the past; `true` where a tumour is named by it.
fn year(scan: &Scan<'_, '_>, place: usize) -> Option<bool> {
    let [century @ (b'1' | b'2'), b'9' | b'0', decade, figure] = scan.spelled(place) else { return None };
    let is_year = decade.is_ascii_digit() && figure.is_ascii_digit();
    let of_this = *century == b'2' && matches!(scan.spelled(place), [_, b'0', b'0'..=b'4', _]);
    let of_last = *century == b'1' && matches!(scan.spelled(place), [_, b'9', b'4'..=b'9', _]);
    if !is_year || !(of_this || of_last) {
        return None;
    }
    let tumour = |at: usize| scan.lexicon.morphology.is_head(scan.word(at));
    let plain =
        |at: usize| !scan.gap(at).has(Gap::HARD | Gap::COMMA | Gap::COLON | Gap::OPEN | Gap::CLOSE | Gap::SLASH);
    let Some(before) = place.checked_sub(1) else { return Some(false) };
    let by_name = plain(place + 1) && plain(place) && tumour(place + 1)
        || scan.is(before, "of") && plain(place) && before.checked_sub(1).is_some_and(tumour) && plain(before);
    Some(by_name)
}

/// Whether a tumour is named behind a mark of the present.
fn names_a_tumour(scan: &Scan<'_, '_>, from: usize) -> bool {
    let words = from..scan.tokens.len().min(from + PRESENT);
    words.into_iter().any(|at| scan.lexicon.morphology.is_head(scan.word(at)))
}

/// Whether a tumour, or what is taken from one, is named among some words.
fn names_a_part(scan: &Scan<'_, '_>, mut words: Range<usize>) -> bool {
    words.any(|at| scan.lexicon.morphology.is_head(scan.word(at)) || scan.is_of(at, WordGroup::Specimen))
}

/// Where the present begins in a statement, or the statement ends.
fn before_present(statement: &Statement) -> usize {
    statement.present.map_or(statement.words.end, |present| present.at)
}

/// Whether a specimen is named at once behind a mark of the present.
fn names_a_specimen(scan: &Scan<'_, '_>, from: usize) -> bool {
    (from..scan.tokens.len().min(from + NAMED)).any(|at| scan.is_of(at, WordGroup::Specimen))
}

/// The same of a tumour or a specimen: "the present visit" is of neither.
fn names_one_at_once(scan: &Scan<'_, '_>, from: usize) -> bool {
    let mut near = from..scan.tokens.len().min(from + NAMED);
    names_a_specimen(scan, from) || near.any(|at| scan.lexicon.morphology.is_head(scan.word(at)))
}

/// Whether what is named of the past is of one side, and what is named of the present of the other.
fn has_another_side(scan: &Scan<'_, '_>, past: &Range<usize>, present: usize) -> bool {
    let common = &scan.lexicon.common;
    let now = present..scan.tokens.len().min(present + PRESENT);
    let side = |words: &Range<usize>| {
        let has = |side: Word| words.clone().any(|at| scan.word(at) == side);
        match (has(common.left), has(common.right)) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        }
    };
    side(past).zip(side(&now)).is_some_and(|(before, after)| before != after)
}

/// Whether what is named of the past and of the present shares no word of a place, or, where only one of them names a
/// place, no word of a kind of tumour.
fn is_another(scan: &Scan<'_, '_>, past: Range<usize>, present: usize) -> bool {
    let common = &scan.lexicon.common;
    let now = present..scan.tokens.len().min(present + PRESENT);
    let no_site = [common.left, common.right, common.bilateral, common.node, common.tumor];
    let is_site = |at: usize| scan.lexicon.topography.has(scan.word(at)) && !no_site.contains(&scan.word(at));
    let is_kind = |at: usize| {
        let word = scan.word(at);
        // Short words ("no", "in", "cell") stand in many names.
        scan.spelled(at).len() >= SHORTEST_KIND
            && scan.lexicon.morphology.has(word)
            && ![common.carcinoma, common.invasive, common.tumor, common.metastatic].contains(&word)
            && !scan.is(at, "grade")
            && !scan.is_of(at, WordGroup::TumorNoun)
    };
    let apart = |is: &dyn Fn(usize) -> bool| {
        let words = |range: &Range<usize>| range.clone().filter(|at| is(*at)).map(|at| scan.word(at)).collect();
        let (before, after): (Vec<Word>, Vec<Word>) = (words(&past), words(&now));
        (!before.is_empty() && !after.is_empty()).then(|| !before.iter().any(|word| after.contains(word)))
    };
    apart(&is_site).or_else(|| apart(&is_kind)).unwrap_or(false)
}

/// "Now has a recurrence", "presents with metastatic disease": the same cancer again.
fn is_the_same(scan: &Scan<'_, '_>, present: Present) -> bool {
    let words = present.at..present.at + SAME;
    words.take_while(|at| *at < scan.tokens.len()).any(|at| scan.is_of(at, WordGroup::ComesBack))
}

/// "In a patient with previous colon cancer who has ...": where what a mark says of its own phrase ends.
fn end_of_phrase(scan: &Scan<'_, '_>, past: Past, end: usize) -> usize {
    if past.from != past.at {
        return end;
    }
    let ends = |at: usize| {
        ["who", "presenting", "presented", "referred", "shows", "showing", "reveals"]
            .iter()
            .any(|word| scan.is(at, word))
            || scan.gap(at).has(Gap::CLOSE) && !(past.at..at).any(|before| scan.gap(before + 1).has(Gap::OPEN))
    };
    (past.at + 1..end.min(past.at + PRESENT)).find(|at| ends(*at)).unwrap_or(end)
}

/// Where a value is stated anew: "revised to", "now", "on review".
fn restated(scan: &Scan<'_, '_>, from: usize, until: usize) -> Option<usize> {
    let marks = scan.marks_from(from).iter().take_while(|mark| mark.first < until.min(from + PRESENT));
    marks.into_iter().find_map(|mark| match scan.meaning(mark) {
        Some(Meaning::Cue(Cue::Now | Cue::New | Cue::NewCancer)) => Some(mark.first),
        Some(Meaning::Cue(Cue::NegatesBefore)) if scan.is(mark.last, "to") => Some(mark.first),
        _ => None,
    })
}

/// "It was grade 3", "that tumor was ER positive", "treated with tamoxifen": whether a statement that begins here is about what the one before named.
fn goes_on(scan: &Scan<'_, '_>, first: usize) -> bool {
    let is = |at: usize, words: &[&str]| words.iter().any(|word| scan.is(at, word));
    let thing = |at: usize| scan.lexicon.morphology.is_head(scan.word(at)) || is(at, &["one", "lesion"]);
    is(first, &["it", "its"]) && !is(first + 1, &["is"])
        || is(first, &["that"]) && thing(first + 1)
        || is(first, &["that", "this"]) && is(first + 1, &["was", "had"])
        || is(first, &["treated", "treatment"])
}

/// One past the last word of what goes on about the thing a statement that ends at a word named.
pub(crate) fn told_on(scan: &Scan<'_, '_>, end: usize) -> usize {
    let mut until = end;
    for _ in 0..3 {
        if until >= scan.tokens.len() || begins_a_part(scan, until) || !scan.gap(until).has(Gap::HARD) {
            break;
        }
        let last = (until + 1..until + 60).find(|at| *at >= scan.tokens.len() || scan.gap(*at).has(Gap::HARD));
        if !goes_on(scan, until) {
            break;
        }
        until = last.unwrap_or(until + 60);
    }
    until
}
