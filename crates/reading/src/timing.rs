//! When treatment should start, and how long it is safe to wait, where a text says it: "chemotherapy should start by
//! 21 March", "within 12 weeks of surgery", "mastectomy is scheduled for". Between what starts, the word that says so and
//! the day stand only words that the table knows, so that no other day of the sentence is taken for it; and one word that
//! denies, doubts, supposes, remembers, calls off, or speaks of others or of everybody is enough for the sentence to
//! propose nothing: a wrong date is worse than none. The words are those of `knowledge/reading/timing-cues.csv`.

use std::ops::Range;

use consilium_casefile::PartialDate;
use consilium_casefile::facts::Section;
use consilium_casefile::gather::proposals::{read_date, read_day_of_year};
use consilium_casefile::knowledge::{CoursePhrase, WordGroup};
use consilium_casefile::prepare::{TimingFrom, TimingMeaning, TimingStatement};

use crate::cue_words::{CueWords, Cued, sentences};
use crate::lexicon::{Cue as Doubt, Meaning};
use crate::phrases::{Found, Item, Phrases};
use crate::quoted;
use crate::saying::Saying;
use crate::scan::{Gap, Scan};
use crate::scope::Cues;

/// A longer sentence has no full stops to go by, and is not looked at; characters.
const LONGEST: usize = 600;
/// Statements that are kept of one text.
const MOST: usize = 12;
/// Words between what starts and the word that says so, and between that and the day.
const REACH: usize = 24;
/// A sentence behind one that calls it off ("Cancelled by patient.") has no more words.
const REMARK: usize = 8;

/// What a phrase of the table stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Means {
    /// Treatment starts; what, and when, stand beside it.
    Starts,
    /// Treatment starts no later than the day behind it.
    StartsBy,
    /// It is given a day; a treatment has to stand beside it.
    Books,
    /// What follows is how long it is safe to wait.
    Waits,
    /// Waiting, where the sentence says that it is safe.
    Waiting,
    Safe,
    Before,
    Within,
    From(TimingFrom),
    Treatment,
    /// A word for many treatments, which an unknown word before it makes another: "knee surgery".
    Generic,
    /// May stand between.
    Between,
    /// Before a treatment: it is of something else that the sentence speaks, as of the visit after chemotherapy.
    Apart,
    /// Then the sentence proposes nothing.
    Denies,
    /// The same, unless it is of an earlier clause.
    DeniesClause,
    /// The same, also in the sentence behind.
    CallsOff,
    /// Holds a word that would doubt or deny alone: "would recommend", "no later than".
    Harmless,
    Number(u16),
    Days(u16),
}

/// The table, ready.
pub(crate) fn cue_words(cues: &[CoursePhrase]) -> CueWords<Means> {
    CueWords::new(cues.iter().filter_map(|cue| Some((cue.phrase.as_str(), means(&cue.means)?))))
}

fn means(word: &str) -> Option<Means> {
    Some(match word {
        "starts" => Means::Starts,
        "starts_by" => Means::StartsBy,
        "books" => Means::Books,
        "waits" => Means::Waits,
        "waiting" => Means::Waiting,
        "safe" => Means::Safe,
        "before" => Means::Before,
        "within" => Means::Within,
        "from_operation" => Means::From(TimingFrom::Operation),
        "from_record" => Means::From(TimingFrom::Record),
        "treatment" => Means::Treatment,
        "generic" => Means::Generic,
        "between" => Means::Between,
        "apart" => Means::Apart,
        "denies" => Means::Denies,
        "denies_clause" => Means::DeniesClause,
        "calls_off" => Means::CallsOff,
        "harmless" => Means::Harmless,
        _ => match word.split_once(':')? {
            ("number", figure) => Means::Number(figure.parse().ok()?),
            ("days", figure) => Means::Days(figure.parse().ok()?),
            _ => return None,
        },
    })
}

impl Means {
    /// Says that treatment starts, or is given a day, or may wait.
    fn leads(self) -> bool {
        matches!(self, Self::Starts | Self::StartsBy | Self::Books | Self::Waits)
    }
}

/// The statements of a text, in its order.
pub(crate) fn read(
    scan: &Scan<'_, '_>,
    cues: &Cues,
    table: &CueWords<Means>,
    phrases: &Phrases,
) -> Vec<TimingStatement> {
    let sentences = sentences(scan);
    let mut medicines: Option<Vec<Found<'_>>> = None;
    let mut statements = Vec::new();
    for (at, words) in sentences.iter().enumerate() {
        let span = scan.span(words.start, words.end - 1);
        if span.len() > LONGEST || statements.len() >= MOST {
            continue;
        }
        let found = table.find(scan, words.clone());
        if !found.iter().any(|f| f.means.leads() || f.means == Means::Waiting) {
            continue;
        }
        let medicines = medicines.get_or_insert_with(|| phrases.find(scan));
        let sentence = Sentence { scan, cues, words: words.clone(), found, medicines };
        let behind = sentences.get(at + 1).filter(|behind| behind.len() <= REMARK);
        let called_off =
            |behind: &Range<usize>| table.find(scan, behind.clone()).iter().any(|f| matches!(f.means, Means::CallsOff));
        if sentence.is_not_said() || behind.is_some_and(called_off) {
            continue;
        }
        statements.extend(sentence.statement());
    }
    statements
}

/// A sentence with the phrases of the table in it.
struct Sentence<'s, 't, 'l> {
    scan: &'s Scan<'t, 'l>,
    cues: &'s Cues,
    words: Range<usize>,
    found: Vec<Cued<Means>>,
    medicines: &'s [Found<'l>],
}

/// What follows a word that says that something starts.
#[derive(Debug, Clone, Copy, Default)]
struct Time {
    on: Option<Day>,
    bound: Option<Day>,
    days: Option<u16>,
    /// Whether a treatment stands between.
    treats: bool,
    /// One past the last word of it.
    end: usize,
}

/// A date, with its year or without.
#[derive(Debug, Clone, Copy)]
struct Day {
    date: Option<PartialDate>,
    day_of_year: Option<(i8, i8)>,
    month_first: bool,
}

impl Sentence<'_, '_, '_> {
    /// Whether a word denies, doubts, supposes, remembers, calls off, or speaks of others or of everybody.
    fn is_not_said(&self) -> bool {
        let (scan, first, last) = (self.scan, self.words.start, self.words.end - 1);
        let covered = |place: usize, until: usize| {
            self.found.iter().any(|f| {
                let plain = matches!(f.means, Means::Denies | Means::DeniesClause | Means::CallsOff | Means::Between);
                !plain && f.first <= place && f.last >= until
            })
        };
        let lead = self.found.iter().find(|f| f.means.leads());
        let of_earlier_clause =
            |place: usize| lead.is_some_and(|lead| (place + 1..=lead.first).any(|at| scan.gap(at).has(Gap::COMMA)));
        let denied = self.found.iter().any(|f| match f.means {
            Means::Denies | Means::CallsOff => true,
            Means::DeniesClause => !of_earlier_clause(f.first),
            _ => false,
        });
        let short_not = |place: usize| {
            scan.is(place, "t")
                && scan.token(place).is_some_and(|t| t.start() > 0 && scan.text.at(t.start() - 1) == b'\'')
        };
        let negated =
            |place: usize| (scan.is_of(place, WordGroup::Denial) || short_not(place)) && !covered(place, place);
        // A relative before a colon or a comma only took part in the talk.
        let of_a_relative = |place: usize| scan.is_of(place, WordGroup::Relative) && !self.is_parted_from_lead(place);
        let doubts = scan.marks_from(first).iter().take_while(|mark| mark.first <= last).any(|mark| {
            let doubt = matches!(
                scan.meaning(mark),
                Some(Meaning::Cue(Doubt::MightAfter | Doubt::UncertainAfter | Doubt::UncertainBefore))
            );
            doubt && !covered(mark.first, mark.last)
        });
        let begins = lead.map_or(first, |lead| lead.first);
        denied
            || doubts
            || self.words.clone().any(|place| negated(place) || of_a_relative(place))
            || self.cues.saying(scan, first, last) == Saying::Unsaid
            || scan.gap(last + 1).has(Gap::QUESTION)
            || matches!(scan.section(begins), Section::Previous | Section::Boilerplate)
    }

    /// Whether a colon or a comma stands between a word and the word that says that something starts.
    fn is_parted_from_lead(&self, place: usize) -> bool {
        let lead = self.found.iter().find(|f| f.means.leads());
        let parts = |from: usize, to: usize| (from + 1..=to).any(|at| self.scan.gap(at).has(Gap::COLON | Gap::COMMA));
        lead.is_some_and(|lead| if place < lead.first { parts(place, lead.first) } else { parts(lead.last, place) })
    }

    fn statement(&self) -> Option<TimingStatement> {
        let mut leads =
            self.found.iter().filter(|f| f.means.leads() || f.means == Means::Waiting && self.has(Means::Safe));
        leads.find_map(|lead| self.said_at(lead))
    }

    fn has(&self, means: Means) -> bool {
        self.found.iter().any(|f| f.means == means)
    }

    fn said_at(&self, lead: &Cued<Means>) -> Option<TimingStatement> {
        let waits = matches!(lead.means, Means::Waits | Means::Waiting);
        let subject = self.treatment_before(lead.first).filter(|words| self.is_subject(words, lead.means));
        let time = self.time_from(lead.last + 1);
        let stands_alone = lead.first == self.words.start || self.scan.gap(lead.first).has(Gap::COLON | Gap::LINE);
        let labelled = stands_alone && self.scan.gap(lead.last + 1).has(Gap::COLON);
        let of_treatment = subject.is_some() || time.treats || self.names_treatment(lead);
        if !(waits || of_treatment || labelled && lead.means != Means::Books) {
            return None;
        }
        let time = if time.is_none() { self.time_in_front(lead)? } else { time };
        // "On 3 or 10 May", "between 3 and 10 May": no one day.
        if ["or", "and", "to", "versus", "vs"].iter().any(|word| self.scan.is(time.end, word))
            && self.day_after(time.end + 1).is_some()
        {
            return None;
        }
        let (means, day) = match (time.on, time.bound) {
            (Some(on), _) if !waits && lead.means != Means::StartsBy => (TimingMeaning::Start, Some(on)),
            (on, bound) => (TimingMeaning::Deadline, bound.or(on)),
        };
        let from = self.found.iter().find_map(|f| match f.means {
            Means::From(TimingFrom::Operation) => Some(TimingFrom::Operation),
            _ => None,
        });
        let from = from.or_else(|| {
            let record = |f: &Cued<Means>| f.means == Means::From(TimingFrom::Record);
            self.found.iter().any(record).then_some(TimingFrom::Record)
        });
        let named = subject.clone().or_else(|| self.first_treatment());
        let begins = subject.map_or(lead.first, |treatment| treatment.start.min(lead.first));
        let says = self.scan.span(begins.min(lead.first), time.end.max(lead.last + 1).saturating_sub(1));
        let quoted = quoted::words_of(self.scan, &self.words, says);
        Some(TimingStatement {
            means,
            waits,
            date: day.and_then(|day| day.date),
            day_of_year: day.and_then(|day| day.day_of_year),
            month_first: day.is_some_and(|day| day.month_first),
            days: time.days,
            from: from.filter(|_| time.days.is_some()),
            what: named.map(|words| self.spelled(words)).unwrap_or_default(),
            start: quoted.start,
            end: quoted.end,
            quote: self.scan.text.quote(&quoted).to_owned(),
        })
    }

    /// The words of a treatment, as a person would type them.
    fn spelled(&self, words: Range<usize>) -> String {
        let quote = self.scan.text.quote(&self.scan.span(words.start, words.end - 1));
        let line = quote.split_whitespace().collect::<Vec<_>>().join(" ");
        let shouted = line.chars().all(|c| !c.is_lowercase());
        if shouted { line } else { line.to_lowercase() }
    }

    /// The treatment that begins at a word: one past its last word.
    fn treatment_at(&self, place: usize) -> Option<usize> {
        let treats = |f: &&Cued<Means>| f.first == place && matches!(f.means, Means::Treatment | Means::Generic);
        let of_table = self.found.iter().find(treats).map(|f| f.last);
        let of_medicines = || {
            let from = self.medicines.partition_point(|found| found.first < place);
            let here = self.medicines.get(from..).unwrap_or_default().iter().take_while(|found| found.first == place);
            here.filter(|found| match found.item {
                Item::Drug { class, .. } => class.treats_cancer(),
                Item::Regimen { .. } => true,
                _ => false,
            })
            .map(|found| found.last)
            .max()
        };
        let of_operations = || {
            let here = self.scan.marks_from(place).iter().take_while(|mark| mark.first == place);
            here.filter(|mark| match self.scan.meaning(mark) {
                Some(Meaning::Procedure(name)) => !name.contains("biopsy") && name != "fine_needle_aspiration",
                _ => false,
            })
            .map(|mark| mark.last)
            .max()
        };
        of_table.or_else(of_medicines).or_else(of_operations).filter(|last| *last < self.words.end).map(|last| last + 1)
    }

    /// Whether the phrase itself names a treatment, or one begins within it: "start of chemotherapy is planned".
    fn names_treatment(&self, lead: &Cued<Means>) -> bool {
        ["treatment", "chemotherapy", "radiation", "radiotherapy", "surgery"]
            .iter()
            .any(|word| (lead.first..=lead.last).any(|place| self.scan.is(place, word)))
    }

    fn first_treatment(&self) -> Option<Range<usize>> {
        self.words.clone().find_map(|place| Some(place..self.treatment_at(place)?))
    }

    /// The treatment before a word, with nothing between but words that may stand there.
    fn treatment_before(&self, place: usize) -> Option<Range<usize>> {
        let floor = self.words.start.max(place.saturating_sub(REACH));
        let mut end = place;
        while end > floor {
            let gap = self.scan.gap(end);
            if gap.has(Gap::COMMA | Gap::COLON | Gap::OPEN | Gap::CLOSE) {
                return None;
            }
            if let Some(start) = (floor..end).find(|start| self.treatment_at(*start) == Some(end)) {
                return Some(start..end);
            }
            let between = self.found.iter().find(|f| {
                f.last + 1 == end
                    && matches!(f.means, Means::Between | Means::From(_) | Means::Number(_) | Means::Harmless)
            });
            end = between?.first;
        }
        None
    }

    /// Whether a treatment is what the sentence speaks of, and not the visit after it. What is given a day has nothing
    /// before it that is not known, and neither has a word for many treatments.
    fn is_subject(&self, treatment: &Range<usize>, lead: Means) -> bool {
        let generic = self.found.iter().any(|f| f.first == treatment.start && f.means == Means::Generic);
        let parts = Gap::COMMA | Gap::COLON | Gap::LINE | Gap::PERIOD;
        let mut place = treatment.start;
        while place > self.words.start && !self.scan.gap(place).has(parts) {
            let before = self.found.iter().find(|f| f.last + 1 == place);
            match before.map(|f| f.means) {
                Some(Means::Apart | Means::Before) => return false,
                Some(Means::Between | Means::Treatment | Means::Generic | Means::Number(_)) => {
                    place = before.map_or(self.words.start, |f| f.first);
                }
                _ => return lead != Means::Books && !(generic && place == treatment.start),
            }
        }
        true
    }

    /// The times that follow from a word on, with nothing between but words that may stand there.
    fn time_from(&self, from: usize) -> Time {
        let mut time = Time { end: from, ..Time::default() };
        let mut place = from;
        while place < self.words.end && place < from + REACH {
            if self.scan.gap(place).has(Gap::SEMICOLON | Gap::CLOSE) {
                break;
            }
            if let Some((day, end)) = self.day_at(place) {
                if time.on.is_none() && time.bound.is_none() {
                    time.on = Some(day);
                }
                (time.end, place) = (end, end);
                continue;
            }
            if let Some((days, end)) = self.span_at(place) {
                time.days = time.days.or(Some(days));
                (time.end, place) = (end, end);
                continue;
            }
            if let Some(end) = self.treatment_at(place) {
                time.treats |= time.on.is_none();
                place = end;
                continue;
            }
            let Some(found) = self.found.iter().find(|f| f.first == place) else { break };
            let next = found.last + 1;
            place = match found.means {
                Means::Before => match self.day_after(next) {
                    Some((day, end)) => {
                        time.bound = time.bound.or(Some(day));
                        time.end = end;
                        end
                    }
                    None if self.span_at(next).is_some() => next,
                    // "Before chemotherapy on 3 May": another thing starts then.
                    None => break,
                },
                Means::From(_) => {
                    time.end = next;
                    next
                }
                Means::Within | Means::Between | Means::Harmless | Means::Starts | Means::Books => next,
                _ => break,
            };
        }
        time
    }

    /// "By 3 May chemotherapy should be started", "Within 12 weeks of surgery, ...": at the beginning of the sentence.
    fn time_in_front(&self, lead: &Cued<Means>) -> Option<Time> {
        let first = self.words.start;
        let begins = self.scan.is(first, "on")
            || self.found.iter().any(|f| f.first == first && matches!(f.means, Means::Before | Means::Within));
        let time = self.time_from(first);
        (begins && matches!(lead.means, Means::Starts | Means::StartsBy) && !time.is_none() && time.end <= lead.first)
            .then_some(time)
    }

    /// A day behind words such as "on" and "about".
    fn day_after(&self, from: usize) -> Option<(Day, usize)> {
        let mut place = from;
        while place < self.words.end && place < from + 4 {
            if let Some(day) = self.day_at(place) {
                return Some(day);
            }
            place = self.found.iter().find(|f| f.first == place && f.means == Means::Between)?.last + 1;
        }
        None
    }

    /// The day that begins at a word, and one past its last word.
    fn day_at(&self, place: usize) -> Option<(Day, usize)> {
        let start = self.scan.token(place)?.start();
        let slice = self.scan.text.slice(start..start + 40);
        let text: String = slice.iter().map(|byte| char::from(byte.to_ascii_lowercase())).collect();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let day = match read_date(&text) {
            Some((date, month_first)) => Day { date: Some(date), day_of_year: None, month_first },
            None => Day { date: None, day_of_year: Some(read_day_of_year(&text)?), month_first: false },
        };
        // "21st of March, 2027": the words of a date are figures, a month, and what a figure ends in.
        let is_part = |at: usize| {
            let word = self.scan.spelled(at);
            word.iter().all(u8::is_ascii_digit)
                || ["st", "nd", "rd", "th", "of"].iter().any(|part| self.scan.is(at, part))
                || read_day_of_year(&format!("1 {}", String::from_utf8_lossy(word).to_lowercase())).is_some()
        };
        let ends_with_year =
            |at: usize| self.scan.spelled(at).len() == 4 && self.scan.spelled(at).iter().all(u8::is_ascii_digit);
        let mut end = place + 1;
        while end < self.words.end && end < place + 6 && is_part(end) && !(end > place + 1 && ends_with_year(end - 1)) {
            end += 1;
        }
        Some((day, end))
    }

    /// "12 weeks", "twelve weeks": days, and one past the last word.
    fn span_at(&self, place: usize) -> Option<(u16, usize)> {
        let figure = std::str::from_utf8(self.scan.spelled(place)).ok()?.parse().ok();
        let (number, next) = match self.found.iter().find(|f| f.first == place).map(|f| (f.means, f.last)) {
            Some((Means::Number(number), last)) => (number, last + 1),
            _ => (figure?, place + 1),
        };
        let unit = self.found.iter().find_map(|f| match f.means {
            Means::Days(days) if f.first == next => Some((days, f.last)),
            _ => None,
        })?;
        let days = Some(number).filter(|n| (1..=400).contains(n))?.checked_mul(unit.0)?;
        (days <= 800 && !self.scan.gap(next).has(Gap::COMMA | Gap::COLON)).then_some((days, unit.1 + 1))
    }
}

impl Time {
    fn is_none(self) -> bool {
        self.on.is_none() && self.bound.is_none() && self.days.is_none()
    }
}
