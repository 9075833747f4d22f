//! When treatment should start, and how long it is safe to wait, where a letter says it: "chemotherapy should start by
//! 21 March", "within 12 weeks of surgery", "treatment is planned to start on". Read as statements with their places, and
//! proposed with a date; a person accepts one, or none. The words are those of `knowledge/reading/timing-cues.csv`. A
//! sentence that denies, doubts or remembers is passed over: a wrong date is worse than none.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::about::{AboutChange, RecordSource, SafeWait, TreatmentStart};
use crate::audience::CaseView;
use crate::facts::{TreatmentKind, TreatmentStatus};
use crate::gather::HeldDocument;
use crate::gather::proposals::{one_line, phrases_in, plain, read_date, read_day_of_year};
use crate::knowledge::{CoursePhrase, Knowledge};
use crate::reading::treatments;
use crate::shared::ids::DocumentId;
use crate::shared::message::Refusal;
use crate::shared::text::line;
use crate::shared::time::PartialDate;

/// What a statement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimingMeaning {
    /// Treatment starts on a day.
    Start,
    /// Treatment starts by a day, or it is safe to wait until then.
    Deadline,
}

/// What a span of days is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimingFrom {
    /// The operation.
    Operation,
    /// The day of the record.
    Record,
}

/// One statement of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimingStatement {
    /// What it is about.
    pub means: TimingMeaning,
    /// The date that is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<PartialDate>,
    /// Month and day, where no year is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_of_year: Option<(i8, i8)>,
    /// Whether day and month of the date could change places: it was read with the month first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub month_first: bool,
    /// So many days,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u16>,
    /// counted from then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<TimingFrom>,
    /// Whether it says only how long it is safe to wait, and of no treatment that it starts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waits: bool,
    /// What starts, in the record's word; empty where it names nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub what: String,
    /// First character of the words that say it, in code points.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// The words that say it: not the whole sentence, which has no beginning where a letter's head runs into it.
    pub quote: String,
}

/// Of what form the statements are; what an older form read of a text is read again.
pub const TIMING_VERSION: u32 = 2;

/// Longest sentence that is looked at, characters: what is longer has no full stops to go by.
const LONGEST: usize = 600;
/// Statements that are kept of one text.
const MOST: usize = 12;
/// Longest words that are kept of one statement, characters.
const LONGEST_QUOTE: usize = 300;

/// The statements of a text, in its order.
#[must_use]
pub fn timing(text: &str, cues: &[CoursePhrase]) -> Vec<TimingStatement> {
    if cues.is_empty() {
        return Vec::new();
    }
    let characters: Vec<char> = text.chars().collect();
    let sentences = sentences(&characters).into_iter().filter(|place| place.len() <= LONGEST);
    let read = sentences.filter_map(|place| {
        let sentence = characters.get(place.clone())?;
        let (statement, says) = of_sentence(sentence, cues)?;
        let said = words_of(sentence, says);
        let quote: String = sentence.get(said.clone())?.iter().collect();
        Some(TimingStatement { start: place.start + said.start, end: place.start + said.end, quote, ..statement })
    });
    read.take(MOST).collect()
}

/// Where sentences stand, without the blanks around them.
fn sentences(text: &[char]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let at = |place: usize| text.get(place).copied();
    for (place, character) in text.iter().enumerate() {
        let next = at(place + 1);
        let ends = match character {
            '.' | '!' | '?' | ';' => next.is_none_or(char::is_whitespace),
            '\u{c}' => true,
            // An empty line.
            '\n' => {
                text.get(place + 1..).unwrap_or_default().iter().find(|c| !matches!(c, ' ' | '\t' | '\r'))
                    == Some(&'\n')
            }
            _ => false,
        };
        if ends || next.is_none() {
            let blank = |place: &usize| at(*place).is_some_and(char::is_whitespace);
            let first = (start..=place).find(|place| !blank(place));
            let last = (start..=place).rev().find(|place| !blank(place));
            found.extend(first.zip(last).map(|(first, last)| first..last + 1));
            start = place + 1;
        }
    }
    found
}

/// The words of a sentence that say it, without what a page has before and after: the heads of letters end in no full
/// stop, and hold a name, a birth date, a number. They begin in the line and clause of the first word that counts, at that
/// word itself where a figure or a name stands before it, and end with the line of the last, or with the year below it.
fn words_of(sentence: &[char], says: Range<usize>) -> Range<usize> {
    let at = |place: usize| sentence.get(place).copied();
    let breaks = |place: usize| match at(place) {
        Some('\n' | '\r' | '\t' | '\u{c}') => true,
        Some(' ') => at(place + 1) == Some(' ') || place > 0 && matches!(at(place - 1), Some(',' | ':' | ';' | '|')),
        _ => false,
    };
    let clause = (0..says.start).rev().find(|place| breaks(*place)).map_or(0, |place| place + 1);
    let before = sentence.get(clause..says.start).unwrap_or_default();
    let is_head = |place: usize, c: &char| {
        let names = c.is_uppercase() && place > 0 && !before.get(place - 1).is_some_and(|c| c.is_alphanumeric());
        c.is_numeric() || names
    };
    let starts = if before.iter().enumerate().any(|(place, c)| is_head(place, c)) { says.start } else { clause };
    let line_end =
        |from: usize| (from..sentence.len()).find(|place| at(*place) == Some('\n')).unwrap_or(sentence.len());
    let mut ends = line_end(says.end);
    let rest = sentence.get(says.end..ends).unwrap_or_default();
    if rest.iter().all(|c| !c.is_numeric()) && ends < sentence.len() {
        // The date stands in the next line.
        ends = line_end(ends + 1);
    }
    let below = |place: &usize| at(*place).is_some_and(|c| !c.is_whitespace());
    let next = (ends..sentence.len()).find(below).unwrap_or(sentence.len());
    let figure = |place: usize| at(place).is_some_and(|c| c.is_ascii_digit());
    if (next..next + 4).all(figure) && !figure(next + 4) {
        ends = next + 4;
    }
    let ends = ends.min(starts + LONGEST_QUOTE).max(starts);
    let blank = |place: &usize| at(*place).is_some_and(char::is_whitespace);
    let first = (starts..ends).find(|place| !blank(place)).unwrap_or(starts);
    let last = (first..ends).rev().find(|place| !blank(place)).map_or(ends, |place| place + 1);
    first..last
}

/// Which character of a sentence stands at this byte of its plain line.
fn character_at(sentence: &[char], byte: usize) -> usize {
    let (mut least, mut most) = (0, sentence.len());
    while least < most {
        let middle = usize::midpoint(least, most);
        let begun: String = sentence.get(..=middle).unwrap_or_default().iter().collect();
        if plain(&begun, LONGEST).len() > byte { most = middle } else { least = middle + 1 }
    }
    least.min(sentence.len())
}

/// What a sentence says, and from where to where the words stand that say it: characters of the sentence.
fn of_sentence(sentence: &[char], cues: &[CoursePhrase]) -> Option<(TimingStatement, Range<usize>)> {
    let line = one_line(&plain(&sentence.iter().collect::<String>(), LONGEST));
    let found = phrases_in(&line, cues.iter().map(|cue| (cue, cue.phrase.as_str())));
    let of = |means: &'static str| found.iter().filter(move |(cue, _)| cue.means == means).map(|(_, place)| place);
    let (cue, starts) = match (of("starts").next(), of("waits").next()) {
        (Some(cue), _) => (cue, true),
        (None, Some(cue)) => (cue, false),
        (None, None) => return None,
    };
    if of("denies").next().is_some() {
        return None;
    }
    let dated = |place: &Range<usize>| line.get(place.end..).and_then(date_here);
    let bound = of("before").filter(|place| place.start >= cue.start).find_map(dated);
    let on = if starts { dated(cue) } else { None };
    let numbers: Vec<&CoursePhrase> = cues.iter().filter(|cue| cue.means.starts_with("number:")).collect();
    let units: Vec<&CoursePhrase> = cues.iter().filter(|cue| cue.means.starts_with("days:")).collect();
    let span = |place: &Range<usize>| span_here(line.get(place.end..)?, &numbers, &units);
    let days = of("within").chain(of("waits")).find_map(span);
    let from = match (of("from_operation").next(), of("from_record").next()) {
        (Some(_), _) => Some(TimingFrom::Operation),
        (None, Some(_)) => Some(TimingFrom::Record),
        (None, None) => None,
    };
    let (means, dated) = match (on, bound) {
        (Some(on), _) => (TimingMeaning::Start, Some(on)),
        (None, bound) => (TimingMeaning::Deadline, bound.or_else(|| if starts { None } else { dated(cue) })),
    };
    if dated.is_none() && days.is_none() {
        return None;
    }
    let named = |place: &&Range<usize>| place.end <= cue.start;
    let what = of("treatment").rfind(named).or_else(|| of("treatment").next());
    let begun = what.filter(named).map_or(cue.start, |place| place.start);
    let counts = |means: &str| {
        ["before", "within", "from_operation", "from_record"].contains(&means) || means.starts_with("days:")
    };
    let bounds = found.iter().filter(|(of, place)| counts(&of.means) && place.start >= cue.start);
    let ended = bounds.map(|(_, place)| place.end).max().unwrap_or_default().max(cue.end);
    let says = character_at(sentence, begun)..character_at(sentence, ended.saturating_sub(1)) + 1;
    let what = what.and_then(|place| line.get(place.clone())).unwrap_or_default().to_owned();
    let dated = dated.unwrap_or_default();
    let statement = TimingStatement {
        means,
        waits: !starts,
        date: dated.date,
        day_of_year: dated.day_of_year,
        month_first: dated.month_first,
        days,
        from,
        what,
        start: 0,
        end: 0,
        quote: String::new(),
    };
    Some((statement, says))
}

/// A date, with its year or without.
#[derive(Debug, Clone, Copy, Default)]
struct Dated {
    date: Option<PartialDate>,
    day_of_year: Option<(i8, i8)>,
    month_first: bool,
}

fn date_here(text: &str) -> Option<Dated> {
    let text = text.trim_start_matches([' ', ':', ',']);
    let text =
        ["on ", "the ", "about ", "around "].iter().fold(text, |text, word| text.strip_prefix(word).unwrap_or(text));
    match read_date(text) {
        Some((date, month_first)) => Some(Dated { date: Some(date), day_of_year: None, month_first }),
        None => read_day_of_year(text).map(|day| Dated { day_of_year: Some(day), ..Dated::default() }),
    }
}

/// `12 weeks`, `twelve weeks`, in days.
fn span_here(text: &str, numbers: &[&CoursePhrase], units: &[&CoursePhrase]) -> Option<u16> {
    let mut words = text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '-'));
    let figure = |word: &str, among: &[&CoursePhrase]| -> Option<u16> {
        let named = among.iter().find(|cue| cue.phrase == word)?;
        named.means.split_once(':').and_then(|(_, figure)| figure.parse().ok())
    };
    let number = words.next()?;
    let number = number.parse().ok().or_else(|| figure(number, numbers)).filter(|n| (1..=400).contains(n))?;
    number.checked_mul(figure(words.next()?, units)?).filter(|days| *days <= 800)
}

/// A date that a record proposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedDate<'a> {
    /// The record.
    pub held: &'a HeldDocument,
    /// What it says.
    pub said: &'a TimingStatement,
    /// The date it comes to, where it can be told.
    pub date: Option<PartialDate>,
    /// The day it was counted from, where the record gives a span.
    pub counted_from: Option<PartialDate>,
    /// Whether it was read in a picture.
    pub on_scan: bool,
}

impl ProposedDate<'_> {
    /// Whether a treatment start can be taken from it: how long it is safe to wait is no start.
    #[must_use]
    pub fn states_a_start(&self) -> bool {
        self.date.is_some() && !self.said.waits
    }

    /// Whether it says how long it is safe to wait.
    #[must_use]
    pub fn states_a_wait(&self) -> bool {
        self.said.means == TimingMeaning::Deadline
    }

    /// Its words on one line.
    #[must_use]
    pub fn words(&self) -> String {
        self.said.quote.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// The next day of this month and day, from a date on.
fn next_day((month, day): (i8, i8), from: PartialDate) -> Option<PartialDate> {
    let from = from.earliest();
    (0..=4)
        .find_map(|years| jiff::civil::Date::new(from.year() + years, month, day).ok().filter(|date| *date >= from))
        .map(PartialDate::Day)
}

impl<'a> CaseView<'a> {
    /// Dates that records propose for the start of treatment and for how long it is safe to wait, newest record first: for
    /// those who may accept one.
    #[must_use]
    pub fn proposed_dates(&self, knowledge: &Knowledge) -> Vec<ProposedDate<'a>> {
        if !self.audience().may_change() {
            return Vec::new();
        }
        let statements: Vec<_> =
            self.readings(knowledge).into_iter().filter(|(_, read)| !read.timing.is_empty()).collect();
        let needs_operation =
            statements.iter().flat_map(|(_, r)| &r.timing).any(|t| t.from == Some(TimingFrom::Operation));
        let operations = if needs_operation { self.operations(knowledge) } else { Vec::new() };
        let mut proposed = Vec::new();
        for (held, read) in statements {
            for said in &read.timing {
                let written = said.date.or_else(|| next_day(said.day_of_year?, held.date()?));
                let base = match said.from {
                    Some(TimingFrom::Operation) => {
                        let before = |day: &&PartialDate| held.date().is_none_or(|of| day.earliest() <= of.earliest());
                        operations.iter().filter(before).max_by_key(|day| day.earliest()).copied()
                    }
                    Some(TimingFrom::Record) => held.date().filter(|date| date.day().is_some()),
                    None => None,
                };
                let counted = base.and_then(|base| {
                    let days = jiff::Span::new().try_days(i64::from(said.days?)).ok()?;
                    base.day()?.checked_add(days).ok().map(PartialDate::Day)
                });
                let on_scan = read.is_recognised(said.start);
                let counted_from = if written.is_none() && counted.is_some() { base } else { None };
                proposed.push(ProposedDate { held, said, date: written.or(counted), counted_from, on_scan });
            }
        }
        proposed.sort_by_key(|p| std::cmp::Reverse(p.held.date().map(PartialDate::earliest)));
        proposed
    }

    /// Days of operations that were done; taking a sample is none.
    fn operations(&self, knowledge: &Knowledge) -> Vec<PartialDate> {
        let done = treatments(self, knowledge).into_iter().filter(|row| {
            let t = row.treatment;
            let sample = t.what.contains("biopsy") && !t.what.contains("node") && !t.what.contains("excision");
            t.kind == TreatmentKind::Operation && t.status == TreatmentStatus::Done && !sample && !row.date_of_record
        });
        done.filter_map(|row| row.date).filter(|date| date.day().is_some()).collect()
    }
}

/// A person accepts what a record proposes: the statement of this document that begins at this character, as how long it
/// is safe to wait (`wait`), or as the treatment start. `doctor` is who wrote it.
///
/// # Errors
/// When no record proposes it.
pub fn accept_date(
    view: &CaseView<'_>,
    knowledge: &Knowledge,
    document: &DocumentId,
    start: usize,
    wait: bool,
    doctor: &str,
) -> Result<AboutChange, Refusal> {
    let refused = || Refusal::new("refusal-no-such-date");
    let proposed = view.proposed_dates(knowledge);
    let meant =
        proposed.iter().find(|p| p.held.document.id == *document && p.said.start == start).ok_or_else(refused)?;
    let source = Some(RecordSource { document: document.clone(), start: meant.said.start, end: meant.said.end });
    if wait {
        if !meant.states_a_wait() {
            return Err(refused());
        }
        let doctor = meant.held.author().unwrap_or(doctor).to_owned();
        let words = line(&meant.words(), LONGEST_QUOTE)?;
        let wait = SafeWait { doctor, words, until: meant.date, said_on: meant.held.date(), source };
        return Ok(AboutChange::SafeWaitStated { wait: Some(wait) });
    }
    let date = meant.date.filter(|_| meant.states_a_start()).ok_or_else(refused)?;
    let start = TreatmentStart { date, what: meant.said.what.clone(), source };
    Ok(AboutChange::TreatmentStartPlanned { start: Some(start) })
}

#[cfg(test)]
mod tests;
