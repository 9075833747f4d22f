//! What medicines and treatments of a text have in common: their phrases, the statement each stands in, the heading above
//! it, amounts, and the words beside it that say whether it was given. Negation, doubt and relatives are the business of
//! `scope`, as for facts.

use std::ops::Range;

use consilium_casefile::PartialDate;
use consilium_casefile::facts::{Context, Polarity};

use crate::dates::date_at;
use crate::numbers::{self, Threes};
use crate::phrases::{Cue, Found, Heading, Item, Phrases};
use crate::scan::{Gap, Scan};
use crate::scope::Cues;

/// No statement is looked at further than this many words from what is read.
const REACH: usize = 40;

/// A text with its items.
pub(crate) struct Course<'s, 't, 'l> {
    pub(crate) scan: &'s Scan<'t, 'l>,
    pub(crate) cues: &'s Cues,
    pub(crate) found: Vec<Found<'l>>,
    /// Where each heading begins to hold.
    headings: Vec<(usize, Option<Heading>)>,
    /// Somewhere stands the label of an operation.
    pub(crate) has_label: bool,
    /// The text is the note of an operation.
    pub(crate) is_operative: bool,
    /// Where the first plan begins.
    pub(crate) first_plan: Option<usize>,
}

/// The words about one thing: those before it and after it up to the next of its kind.
#[derive(Debug, Clone)]
pub(crate) struct Around {
    pub(crate) before: Range<usize>,
    pub(crate) after: Range<usize>,
}

/// A number in the text.
#[derive(Debug, Clone)]
pub(crate) struct Amount {
    pub(crate) value: String,
    pub(crate) last: usize,
}

impl<'s, 't, 'l> Course<'s, 't, 'l> {
    pub(crate) fn new(scan: &'s Scan<'t, 'l>, cues: &'s Cues, phrases: &'l Phrases) -> Self {
        let found = phrases.find(scan);
        let headings = headings(scan, &found);
        let has_label = found.iter().any(|f| matches!(f.item, Item::Cue(Cue::Operation)));
        let is_operative = found.iter().any(|f| matches!(f.item, Item::Cue(Cue::OperativeNote)));
        let first_plan = headings.iter().find(|(_, heading)| *heading == Some(Heading::Plan)).map(|(from, _)| *from);
        Self { scan, cues, found, headings, has_label, is_operative, first_plan }
    }

    /// Items whose first word is in a range.
    pub(crate) fn items(&self, range: Range<usize>) -> &[Found<'l>] {
        let from = self.found.partition_point(|f| f.first < range.start);
        let to = self.found.partition_point(|f| f.first < range.end);
        self.found.get(from..to).unwrap_or_default()
    }

    /// Cues of a range, in order.
    pub(crate) fn cues_in(&self, range: Range<usize>) -> impl DoubleEndedIterator<Item = (Cue, Found<'l>)> + '_ {
        let end = range.end;
        self.items(range).iter().filter_map(move |found| match found.item {
            Item::Cue(cue) if found.last < end => Some((*cue, *found)),
            _ => None,
        })
    }

    pub(crate) fn heading(&self, place: usize) -> Option<Heading> {
        let at = self.headings.partition_point(|(from, _)| *from <= place).checked_sub(1)?;
        self.headings.get(at)?.1
    }

    /// The words of the statement around some words, between the thing of its kind before and the one after.
    pub(crate) fn around(&self, first: usize, last: usize, previous: usize, next: usize) -> Around {
        let mut start = first;
        while start > previous && first - start < REACH && start > 0 && !self.scan.gap(start).has(Gap::HARD) {
            start -= 1;
        }
        let mut end = last + 1;
        while end < next && end - last < REACH && end < self.scan.tokens.len() && !self.scan.gap(end).has(Gap::HARD) {
            end += 1;
        }
        Around { before: start..first, after: last + 1..end }
    }

    /// Whether something is denied, doubted, or a relative's; what is remembered is not.
    pub(crate) fn is_out_of_scope(&self, first: usize, last: usize) -> bool {
        let scope = self.cues.beside(self.scan, first, last);
        scope.polarity != Polarity::Present || scope.context == Context::Family
    }

    /// The same for a medicine: "do not take", "no longer takes" before it deny no medicine and say that it was stopped.
    pub(crate) fn is_medicine_out_of_scope(&self, first: usize, last: usize) -> bool {
        let scope = self.cues.beside(self.scan, first, last);
        let denies = |found: &Found<'_>| {
            (found.first..=found.last).any(|place| ["no", "not", "denied"].iter().any(|w| self.scan.is(place, w)))
        };
        let before = self.around(first, last, first.saturating_sub(8), usize::MAX).before;
        let says_so = || {
            self.cues_in(before.clone())
                .next_back()
                .is_some_and(|(cue, found)| matches!(cue, Cue::Stopped | Cue::Declined) && denies(&found))
        };
        // "Was changed to B" behind it denies no medicine either.
        let changed = || {
            let after = self.around(first, last, 0, last + 12).after;
            self.cues_in(after).any(|(cue, _)| cue == Cue::Switched)
        };
        scope.context == Context::Family
            || scope.polarity != Polarity::Present && !(scope.polarity == Polarity::Absent && (says_so() || changed()))
    }

    /// The statement before the one some words stand in.
    pub(crate) fn statement_before(&self, place: usize) -> Option<Range<usize>> {
        let mut start = self.around(place, place, 0, usize::MAX).before.start;
        // The number of a list is no statement of its own.
        if start > 0 && self.is_list_number(start - 1) {
            start -= 1;
        }
        let last = start.checked_sub(1)?;
        Some(self.around(last, last, 0, usize::MAX).before.start..last + 1)
    }

    /// "2." or "2)" at the beginning of a statement.
    pub(crate) fn is_list_number(&self, place: usize) -> bool {
        let spelled = self.scan.spelled(place);
        let number = (1..=2).contains(&spelled.len()) && spelled.iter().all(u8::is_ascii_digit);
        number
            && self.scan.token(place).is_some_and(|token| matches!(self.scan.text.at(token.end()), b'.' | b')'))
            && (place == 0 || self.scan.gap(place).has(Gap::HARD | Gap::LINE | Gap::PERIOD | Gap::COLON))
    }

    /// The few words of the statement behind one, where they are about nothing else: "Patient refused".
    pub(crate) fn remark_behind(&self, end: usize) -> Range<usize> {
        let gap = self.scan.gap(end);
        if end >= self.scan.tokens.len() || !gap.has(Gap::SEMICOLON | Gap::PERIOD) || gap.has(Gap::LINE) {
            return end..end;
        }
        let last = (end + 1..end + 6).find(|place| self.scan.gap(*place).has(Gap::HARD));
        last.filter(|last| {
            self.items(end..*last).iter().all(|found| matches!(found.item, Item::Cue(cue) if *cue != Cue::Radiation))
        })
        .map_or(end..end, |last| end..last)
    }

    /// Whether it is said of the past.
    pub(crate) fn is_history(&self, first: usize, last: usize) -> bool {
        self.cues.beside(self.scan, first, last).context == Context::History
    }

    /// Whether the words just before a cue turn it into its opposite.
    pub(crate) fn is_denied(&self, cue: &Found<'_>) -> bool {
        (1..=2).any(|back| {
            let Some(place) = cue.first.checked_sub(back) else { return false };
            let parted = (place + 1..=cue.first).any(|p| self.scan.gap(p).has(Gap::HARD | Gap::COMMA));
            // "can't", "didn't"
            let short = self.scan.is(place, "t")
                && self.scan.token(place).is_some_and(|t| t.start() > 0 && self.scan.text.at(t.start() - 1) == b'\'');
            !parted && (short || ["not", "never", "no", "without", "cannot"].iter().any(|w| self.scan.is(place, w)))
        })
    }

    /// A number that begins at a word: digits with a decimal point or thousands, a range, or a small number in words.
    pub(crate) fn amount(&self, place: usize) -> Option<Amount> {
        const WORDS: [&str; 12] =
            ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
        let spelled = self.scan.spelled(place);
        if let Some(number) = WORDS.iter().position(|w| spelled.eq_ignore_ascii_case(w.as_bytes())) {
            return Some(Amount { value: (number + 1).to_string(), last: place });
        }
        let (value, mut last) = self.digits(place)?;
        let mut value = value;
        // "1-2 tablets"
        if self.joined(last + 1, b'-')
            && let Some((high, end)) = self.digits(last + 1)
        {
            value = format!("{value}-{high}");
            last = end;
        }
        Some(Amount { value, last })
    }

    fn digits(&self, place: usize) -> Option<(String, usize)> {
        let start = self.scan.token(place)?.start();
        if numbers::is_decimals(self.scan, start) {
            return None;
        }
        let found = numbers::figures(self.scan, start, Threes::Thousands)?;
        let fraction = numbers::is_bare_fraction(self.scan, start);
        let value = if fraction { format!("0.{}", found.text) } else { found.text };
        Some((value, self.scan.token_before(found.end)))
    }

    /// Whether exactly one character, this one, stands before a word.
    fn joined(&self, place: usize, byte: u8) -> bool {
        let (Some(token), Some(before)) =
            (self.scan.token(place), place.checked_sub(1).and_then(|p| self.scan.token(p)))
        else {
            return false;
        };
        token.start() == before.end() + 1 && self.scan.text.at(before.end()) == byte
    }

    /// The item that begins at a word, of those a closure wants.
    pub(crate) fn item_at<T>(&self, place: usize, want: impl Fn(&'l Item) -> Option<T>) -> Option<(T, usize)> {
        self.items(place..place + 1).iter().find_map(|found| Some((want(found.item)?, found.last)))
    }

    /// The first date of a range, with its words.
    pub(crate) fn date_in(&self, range: Range<usize>) -> Option<(PartialDate, Range<usize>)> {
        range.clone().find_map(|place| {
            let (date, last) = date_at(self.scan, place)?;
            (last < range.end).then_some((date, place..last + 1))
        })
    }

    /// First and last day in the words after something, and the words they take up. What follows "completed", "stopped",
    /// "until" is the last day; `before` are the words before it, whose last such word counts for the first date.
    pub(crate) fn dates(
        &self,
        before: Range<usize>,
        after: Range<usize>,
    ) -> (Option<PartialDate>, Option<PartialDate>, Option<Range<usize>>) {
        let ends = |place: usize| {
            ["completed", "finished", "stopped", "discontinued", "until", "through", "ended"]
                .iter()
                .any(|w| self.scan.is(place, w))
        };
        let begins =
            |place: usize| ["started", "began", "since", "from", "starting"].iter().any(|w| self.scan.is(place, w));
        let mut is_end = before.clone().rev().find(|p| ends(*p) || begins(*p)).is_some_and(ends);
        let (mut begin, mut end, mut words) = (None, None, None::<Range<usize>>);
        let mut place = after.start;
        while place < after.end {
            if ends(place) {
                is_end = true;
            } else if begins(place) {
                is_end = false;
            }
            let Some((date, last)) = date_at(self.scan, place).filter(|(_, last)| *last < after.end) else {
                place += 1;
                continue;
            };
            let slot = if is_end { &mut end } else { &mut begin };
            if slot.is_none() {
                *slot = Some(date);
                words = Some(words.map_or(place..last + 1, |w| w.start..last + 1));
            }
            // "January to May 2020": the second is the end.
            let joins = ["to", "through", "until", "thru"].iter().any(|w| self.scan.is(last + 1, w));
            is_end = joins || (self.scan.gap(last + 1).has(Gap::HYPHEN) && !self.scan.gap(last + 1).has(Gap::HARD));
            place = last + 1;
        }
        (begin, end, words)
    }

    /// The characters of some words, blanks and line ends made one blank.
    pub(crate) fn words(&self, range: Range<usize>) -> String {
        if range.is_empty() {
            return String::new();
        }
        let quote = self.scan.text.quote(&self.scan.span(range.start, range.end - 1));
        quote.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The side named in some words.
    pub(crate) fn side(&self, range: Range<usize>) -> Option<String> {
        let mut sides = range.filter_map(|place| {
            ["left", "right", "bilateral"].iter().find(|side| self.scan.is(place, side)).map(|side| (*side).to_owned())
        });
        let first = sides.next()?;
        sides.all(|other| other == first).then_some(first)
    }
}

/// Lines that are a heading, alone or before a colon. A blank line and another heading end what one says.
fn headings(scan: &Scan<'_, '_>, found: &[Found<'_>]) -> Vec<(usize, Option<Heading>)> {
    let mut headings = Vec::new();
    let mut outer = None;
    let mut of_line = false;
    let mut shouted = false;
    let mut items = found
        .iter()
        .filter_map(|f| match f.item {
            Item::Heading(heading) => Some((*heading, f)),
            _ => None,
        })
        .peekable();
    for place in 0..scan.tokens.len() {
        let in_line = place == 0 || scan.gap(place).has(Gap::LINE | Gap::BULLET);
        // "Discussed chemotherapy. Plan: ...": in running text a plan begins with its colon.
        let in_text = scan.gap(place).has(Gap::PERIOD) && plan_begins(items.clone(), scan, place);
        let starts = in_line || in_text;
        // "STOP taking: aspirin": what stands behind the colon is of the line.
        if in_line && of_line && !scan.is(place.saturating_sub(1), "and") {
            headings.push((place, outer));
            of_line = false;
        }
        while items.peek().is_some_and(|(_, f)| f.first < place) {
            items.next();
        }
        if !starts {
            continue;
        }
        let own = items.peek().filter(|(_, f)| f.first == place && ends_heading(scan, f.last));
        let own = own.map(|(heading, f)| (*heading, f.last));
        if let Some((heading, last)) = own {
            of_line = heading == Heading::Stopped && !scan.gap(last + 1).has(Gap::LINE);
            if !of_line {
                outer = Some(heading);
            }
            shouted = is_shouted(scan, place, last);
            headings.push((place, Some(heading)));
        } else if let Some(last) = other_heading(scan, place) {
            // "ASSESSMENT AND PLAN:" has smaller headings in it, one for each illness.
            let inside = outer == Some(Heading::Plan) && shouted && !is_shouted(scan, place, last);
            if !inside {
                outer = None;
                headings.push((place, None));
            }
        }
    }
    headings
}

fn ends_heading(scan: &Scan<'_, '_>, last: usize) -> bool {
    last + 1 >= scan.tokens.len() || scan.gap(last + 1).has(Gap::COLON | Gap::LINE)
}

/// The last word of a short line that ends in a colon or stands between blank lines, or of what a colon comes soon behind.
fn other_heading(scan: &Scan<'_, '_>, place: usize) -> Option<usize> {
    if !scan.spelled(place).first().is_some_and(u8::is_ascii_uppercase) {
        return None;
    }
    let after_blank = place == 0
        || scan.token(place).zip(place.checked_sub(1).and_then(|p| scan.token(p))).is_some_and(|(token, before)| {
            scan.text.slice(before.end()..token.start()).iter().filter(|b| **b == b'\n').count() > 1
        });
    for step in 1..=4 {
        let gap = scan.gap(place + step);
        if gap.has(Gap::COLON) {
            return Some(place + step - 1);
        }
        if gap.has(Gap::LINE) || place + step >= scan.tokens.len() {
            let is_one = after_blank && !(place..place + step).any(|p| scan.spelled(p).iter().any(u8::is_ascii_digit));
            return is_one.then_some(place + step - 1);
        }
    }
    None
}

/// Whether words are all written in capitals.
fn is_shouted(scan: &Scan<'_, '_>, first: usize, last: usize) -> bool {
    (first..=last).all(|place| !scan.spelled(place).iter().any(u8::is_ascii_lowercase))
}

/// Whether the heading of a plan begins at a word, with its colon.
fn plan_begins<'f>(
    mut items: impl Iterator<Item = (Heading, &'f Found<'f>)>,
    scan: &Scan<'_, '_>,
    place: usize,
) -> bool {
    items.find(|(_, f)| f.first >= place).is_some_and(|(heading, f)| {
        f.first == place
            && heading == Heading::Plan
            && scan.gap(f.last + 1).has(Gap::COLON)
            && scan.spelled(place).first().is_some_and(u8::is_ascii_uppercase)
    })
}
