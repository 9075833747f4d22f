//! Treatments that a text names without telling that they were given: "TCHP x6" in a clinical history, "pre-chemo MUGA".
//! Beside a word of planning they are mentions already ([`super`]); these need none. A treatment is left out only where
//! words say that it is past ("s/p lumpectomy", "chemotherapy completed"), where it is what the record itself is about (the
//! specimen of a pathology report, the operation of a note), or where a sentence speaks of everybody. The words are those
//! of `knowledge/reading/given-cues.csv`.

use std::collections::BTreeSet;
use std::ops::Range;

use consilium_casefile::PartialDate;
use consilium_casefile::facts::Section;
use consilium_casefile::knowledge::CoursePhrase;

use super::{Is, Means, Thing};
use crate::cue_words::{CueWords, Cued};
use crate::dates::date_at;
use crate::lexicon::Meaning;
use crate::person::is_month;
use crate::phrases::{Cue, Found, Item};
use crate::scan::{Gap, Scan};

/// Words between a word of the past and the treatment it is about.
const FAR: usize = 7;
/// Words between a word of what is to come and the treatment.
const NEAR: usize = 2;
/// Words between the treatments of one list.
const LISTED: usize = 8;
/// Words in the list of a record's operations, at most.
const LONGEST_LIST: usize = 80;
/// Words of a text among which its title stands.
const TITLE: usize = 60;
/// Words between a treatment and the day before it.
const DAY_BEFORE: usize = 5;

/// Words that join the treatments of a list.
const JOINS: [&str; 12] = ["and", "of", "or", "with", "plus", "then", "by", "und", "mit", "oder", "y", "con"];

/// What a phrase of the table tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tells {
    /// Names a treatment.
    Treatment,
    /// Names an operation in general: the one a record is about, where it is about one.
    Operation,
    /// Too general to name one.
    General,
    /// What follows is past.
    Past,
    /// The same, unless a further look stands before it: "repeat MRI after chemotherapy".
    After,
    /// What stands before it is past.
    PastBehind,
    /// What stands on either side is past.
    Given,
    /// What stands before it is past, whatever word of planning stands with it: "was admitted for colectomy, which went well".
    Done,
    /// What stands beside it is to come, whatever is past beside that.
    Coming,
    /// The same, and what stands before it as well.
    Later,
    /// The same as [`Self::Coming`], and in the note of an operation a word of its consent.
    Chosen,
    /// What follows was weighed, and not chosen.
    Weighed,
    /// The same, and its day is that of the order: "olaparib prescribed 11/20/2026".
    Ordered,
    /// A further look, which may come after what is to come.
    Again,
    /// Its sentence speaks of everybody, of a test or of a relative.
    Everybody,
    /// Hides the words in it.
    Nothing,
}

/// The table, ready, with the treatments of `plan-cues.csv`.
pub(crate) fn cue_words(plans: &[CoursePhrase], given: &[CoursePhrase]) -> CueWords<Tells> {
    let tells = |means: &str| {
        Some(match means {
            "treatment" => Tells::Treatment,
            "operation" => Tells::Operation,
            "general" => Tells::General,
            "past" => Tells::Past,
            "after" => Tells::After,
            "past_behind" => Tells::PastBehind,
            "given" => Tells::Given,
            "done" => Tells::Done,
            "coming" => Tells::Coming,
            "later" => Tells::Later,
            "chosen" => Tells::Chosen,
            "weighed" => Tells::Weighed,
            "ordered" => Tells::Ordered,
            "again" => Tells::Again,
            "everybody" => Tells::Everybody,
            "nothing" => Tells::Nothing,
            _ => return None,
        })
    };
    let plans = plans.iter().filter(|cue| cue.means == "treatment");
    // Of the same phrase in both tables the last one counts.
    CueWords::new(plans.chain(given).filter_map(|cue| Some((cue.phrase.as_str(), tells(&cue.means)?))))
}

/// What is told of a treatment that is named.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Told {
    Given,
    /// It has a day, and is to come where that is.
    Dated(PartialDate),
    Open,
}

/// What is looked at in a text.
pub(super) struct Named<'s, 't, 'l> {
    scan: &'s Scan<'t, 'l>,
    found: Vec<Cued<Tells>>,
    /// Words of planning.
    plans: Vec<Cued<Means>>,
    things: Vec<Thing>,
    of_pathology: bool,
    /// Whether the text is the note of an operation that was done.
    operated: bool,
}

impl<'s, 't, 'l> Named<'s, 't, 'l> {
    pub(super) fn new(
        scan: &'s Scan<'t, 'l>,
        table: &CueWords<Tells>,
        plans: &[Cued<Means>],
        medicines: &[Found<'_>],
    ) -> Self {
        let found = table.find(scan, 0..scan.tokens.len());
        let plans = plans.iter().filter(|f| matches!(f.means, Means::Plans | Means::PlansNext)).copied().collect();
        let of_pathology = (0..scan.tokens.len()).any(|at| {
            matches!(scan.section(at), Section::Gross | Section::Microscopic | Section::Synoptic | Section::Frozen)
        });
        // A short report has its title and its diagnosis only.
        let titled = |at: usize| scan.is(at, "pathology") && scan.is(at + 1, "report");
        let of_pathology = of_pathology || (0..scan.tokens.len().min(TITLE)).any(titled);
        let mut named = Self { scan, found, plans, things: Vec::new(), of_pathology, operated: false };
        named.operated = medicines.iter().any(|f| matches!(f.item, Item::Cue(Cue::OperativeNote)))
            && named.labels(medicines).into_iter().any(|behind| {
                let marks = scan.marks.iter().filter(|mark| behind.contains(&mark.first));
                let mut meanings = marks.filter_map(|mark| scan.meaning(mark));
                meanings.any(|m| matches!(m, Meaning::Procedure(name) if !is_sample(name)))
                    || named.found.iter().any(|f| f.means == Tells::Treatment && behind.contains(&f.first))
            });
        named.things = named.things(medicines);
        named
    }

    /// Treatments that are named, without those the record itself is about.
    fn things(&self, medicines: &[Found<'_>]) -> Vec<Thing> {
        let scan = self.scan;
        let hidden = |first: usize, last: usize| {
            let from = self.found.partition_point(|f| f.first + 8 < first);
            let around = self.found.get(from..).unwrap_or_default().iter().take_while(|f| f.first <= first);
            around.filter(|f| f.last >= last).any(Cued::tells_nothing)
        };
        let own = self.own(medicines);
        let operated = own.iter().any(|name| !is_sample(name));
        let names = |f: &&Cued<Tells>| f.means == Tells::Treatment || f.means == Tells::Operation && !operated;
        let of_table = self.found.iter().filter(names).filter(|f| !is_specialty(scan, f.first));
        let of_table = of_table.filter(|f| !(self.of_pathology && is_of_specimen(scan.section(f.first))));
        let labels = if self.operated { self.labels(medicines) } else { Vec::new() };
        let of_table = of_table.filter(|f| !labels.iter().any(|behind| behind.contains(&f.first)));
        let of_table = of_table.map(|f| Thing { first: f.first, last: f.last, is: Is::Treatment });
        let of_medicines = medicines.iter().filter_map(|f| {
            let is = match f.item {
                Item::Drug { class, .. } if class.treats_cancer() => Is::Treatment,
                Item::Regimen { .. } => super::regimen(&scan.text.ascii, scan.span(f.first, f.last))?,
                _ => return None,
            };
            (is != Is::Letters).then_some(Thing { first: f.first, last: f.last, is })
        });
        let of_operations = scan.marks.iter().filter_map(|mark| match scan.meaning(mark) {
            Some(Meaning::Procedure(name)) if !is_sample(name) && !is_month(scan, mark) => {
                let general = operated && ["excision", "resection"].contains(&name.as_str());
                let of_record = own.contains(name.as_str()) || general || self.is_own_place(mark.first);
                (!of_record).then_some(Thing { first: mark.first, last: mark.last, is: Is::Operation })
            }
            _ => None,
        });
        let mut things: Vec<Thing> = of_table.chain(of_medicines).chain(of_operations).collect();
        things.retain(|thing| !hidden(thing.first, thing.last));
        things.extend((0..scan.tokens.len()).filter(|at| is_theatre(scan, *at)).map(|at| Thing {
            first: at,
            last: at,
            is: Is::Operation,
        }));
        things.sort_unstable();
        let mut end = 0;
        things.retain(|thing| {
            let apart = thing.first >= end;
            end = end.max(thing.last + 1);
            apart
        });
        things
    }

    /// What stands behind the labels of the operation a record is about: some words, and each line of a list with numbers.
    fn labels(&self, medicines: &[Found<'_>]) -> Vec<Range<usize>> {
        let scan = self.scan;
        let labels = medicines.iter().filter(|f| {
            matches!(f.item, Item::Cue(Cue::Operation)) && scan.gap(f.last + 1).has(Gap::COLON | Gap::LINE)
                || matches!(f.item, Item::Cue(Cue::OperativeNote)) && f.first < FAR
        });
        let numbered = |at: usize| scan.spelled(at).first().is_some_and(u8::is_ascii_digit);
        let begins = |at: usize| scan.gap(at).has(Gap::LINE) && scan.gap(at).has(Gap::HARD);
        let behind = labels.map(|f| {
            let from = f.last + 1;
            let ends = |at: &usize| begins(*at) && !numbered(*at);
            let list = (from + 1..scan.tokens.len()).take(LONGEST_LIST).find(ends).filter(|_| numbered(from));
            from..list.unwrap_or(from).max(from + 1 + FAR)
        });
        behind.collect()
    }

    /// Names of the operations the record is about.
    fn own(&self, medicines: &[Found<'_>]) -> BTreeSet<&'l str> {
        let scan = self.scan;
        let labels = self.labels(medicines);
        let is_behind = |place: usize| labels.iter().any(|behind| behind.contains(&place));
        let marks = scan.marks.iter().filter(|mark| self.is_own_place(mark.first) || is_behind(mark.first));
        let names = marks.filter_map(|mark| match scan.meaning(mark) {
            Some(Meaning::Procedure(name)) => Some(name.as_str()),
            _ => None,
        });
        names.collect()
    }

    /// Whether what stands here is the specimen of a report or what was done to get it.
    fn is_own_place(&self, place: usize) -> bool {
        let section = self.scan.section(place);
        section == Section::Specimen || self.of_pathology && is_of_specimen(section)
    }

    /// The lines of a sentence that begin like statements of their own, as those of a list.
    pub(super) fn lines(&self, words: &Range<usize>) -> Vec<Range<usize>> {
        let begins = |at: &usize| self.scan.gap(*at).has(Gap::LINE) && self.scan.gap(*at).has(Gap::HARD);
        let starts: Vec<usize> =
            std::iter::once(words.start).chain((words.start + 1..words.end).filter(begins)).collect();
        let ends = starts.iter().copied().skip(1).chain([words.end]);
        starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
    }

    /// What is named in a line and not told as given: its words, and the day it has.
    pub(super) fn in_line(&self, words: &Range<usize>) -> Option<(Range<usize>, Option<PartialDate>)> {
        let from = self.things.partition_point(|thing| thing.first < words.start);
        let things = self.things.get(from..).unwrap_or_default();
        let things: Vec<&Thing> = things.iter().take_while(|thing| thing.last < words.end).collect();
        let first = things.first()?;
        let everybody = || self.cues(words).any(|f| f.means == Tells::Everybody);
        if self.scan.section(first.first) == Section::Previous || everybody() || self.is_of_consent(words) {
            return None;
        }
        let mut before: Option<(&Thing, Told)> = None;
        let mut open: Option<(Range<usize>, Option<PartialDate>)> = None;
        for (at, thing) in things.iter().enumerate() {
            // "Carboplatin/paclitaxel 3/2022": the day is of both.
            let mut run = things.iter().skip(at).zip(things.iter().skip(at + 1));
            let next = run.find(|(one, other)| !self.is_run(one, other)).map_or(words.end, |(_, next)| next.first);
            let told = self.told(thing, words, before, next);
            let place = thing.first..thing.last + 1;
            match told {
                Told::Given => {}
                Told::Open => return Some((place, None)),
                Told::Dated(day) => {
                    let latest = open.as_ref().and_then(|(_, day)| *day).is_none_or(|known| day > known);
                    if latest {
                        open = Some((place, Some(day)));
                    }
                }
            }
            before = Some((thing, told));
        }
        open
    }

    /// Whether nothing but a joint stands between two treatments.
    fn is_run(&self, one: &Thing, other: &Thing) -> bool {
        let joined = |at: usize| ["and", "plus", "und", "y"].iter().any(|word| self.scan.is(at, word));
        let gap = self.scan.gap(other.first);
        match other.first - one.last {
            0 | 1 => !gap.has(Gap::HARD | Gap::SEMICOLON | Gap::COMMA),
            2 => joined(one.last + 1) && !gap.has(Gap::HARD | Gap::SEMICOLON | Gap::COMMA),
            _ => false,
        }
    }

    /// Whether words of the note of an operation tell why it was chosen, as those of its consent do ("She chose breast
    /// conservation"), and nothing of what is to come.
    fn is_of_consent(&self, words: &Range<usize>) -> bool {
        let has = |means: Tells| self.cues(words).any(|f| f.means == means);
        if !self.operated || !has(Tells::Chosen) || has(Tells::Later) {
            return false;
        }
        let procedures: Vec<usize> = self
            .scan
            .marks
            .iter()
            .filter(|mark| words.contains(&mark.first))
            .filter(|mark| matches!(self.scan.meaning(mark), Some(Meaning::Procedure(_))))
            .map(|mark| mark.first)
            .collect();
        let operates = |first: usize, last: usize| procedures.iter().any(|at| (first..=last).contains(at));
        let things = self.things.iter().filter(|thing| words.contains(&thing.first));
        let mut others = things.filter(|thing| thing.is != Is::Operation && !operates(thing.first, thing.last));
        let weighed = |thing: &Thing| self.cues(&(words.start..thing.first)).any(|f| f.means == Tells::Weighed);
        let names = !procedures.is_empty() || has(Tells::Operation) || has(Tells::General);
        names && others.all(weighed)
    }

    /// Whether a word of planning is about what was done all the same, from there to the end of its sentence.
    pub(super) fn is_past(&self, words: &Range<usize>, said: &Range<usize>) -> bool {
        self.is_of_consent(words) || self.is_done(said.start, said.end, words)
    }

    fn is_done(&self, from: usize, behind: usize, words: &Range<usize>) -> bool {
        let later = self.cues(words).any(|f| f.means == Tells::Later);
        let parts = |to: usize| (behind..=to).any(|at| self.scan.gap(at).has(Gap::HARD | Gap::SEMICOLON));
        let after = from..words.end;
        let mut done = self.cues(&after).filter(|f| f.means == Tells::Done && f.first <= behind + FAR);
        // "Mastectomy is next, the biopsy was completed": another one is between.
        let is_operation = |meaning: Option<&Meaning>| matches!(meaning, Some(Meaning::Procedure(_)));
        let other = |to: usize| {
            self.scan.marks.iter().any(|m| (behind..to).contains(&m.first) && is_operation(self.scan.meaning(m)))
        };
        !later && done.any(|f| !parts(f.first) && !other(f.first))
    }

    fn cues(&self, words: &Range<usize>) -> impl DoubleEndedIterator<Item = &Cued<Tells>> {
        let (from, to) = (
            self.found.partition_point(|f| f.first < words.start),
            self.found.partition_point(|f| f.first < words.end),
        );
        self.found.get(from..to).unwrap_or_default().iter()
    }

    fn told(&self, thing: &Thing, words: &Range<usize>, before: Option<(&Thing, Told)>, next: usize) -> Told {
        let scan = self.scan;
        let parts = |from: usize, to: usize| (from..=to).any(|at| scan.gap(at).has(Gap::HARD | Gap::SEMICOLON));
        let comma = |from: usize, to: usize| (from..=to).any(|at| scan.gap(at).has(Gap::COMMA));
        let plan = |from: usize, to: usize| self.plans.iter().any(|f| f.first >= from && f.last < to);
        // "On tamoxifen", and not "on a trial of tamoxifen".
        let taken = thing.first > words.start && scan.is(thing.first - 1, "on");
        let protocol = ["protocol", "trial", "study"].iter().any(|word| scan.is(thing.last + 1, word));
        let turned = |f: &Cued<Tells>| f.means.is_coming() && f.last + 1 == thing.first;
        let taken = taken && !self.cues(&(words.start..thing.first)).any(turned);
        if taken && !protocol && !plan(thing.first.saturating_sub(NEAR), thing.first) {
            return Told::Given;
        }
        if self.is_done(thing.last + 1, thing.last + 1, words) && !plan(thing.first.saturating_sub(NEAR), thing.first) {
            return Told::Given;
        }
        let again = |place: usize| self.cues(&(words.start..place)).any(|f| f.means == Tells::Again);
        let listed = before.filter(|(last, _)| {
            let joins = |at| {
                let word = |word: &&str| scan.is(at, word);
                scan.gap(at).has(Gap::COMMA | Gap::SLASH | Gap::OPEN)
                    || thing.first == last.last + 1
                    || JOINS.iter().any(word)
            };
            thing.first <= last.last + 1 + LISTED
                && !parts(last.last + 1, thing.first)
                && (last.last + 1..=thing.first).any(joins)
        });
        for cue in self.cues(&(words.start..thing.first)).rev().filter(|f| f.last < thing.first) {
            let apart = thing.first - cue.last - 1;
            if apart > FAR || parts(cue.last + 1, thing.first) || plan(cue.last + 1, thing.first) {
                break;
            }
            if before.is_some_and(|(last, _)| cue.first < last.first) {
                break;
            }
            match cue.means {
                Tells::Ordered if apart <= NEAR => return Told::Open,
                means if means.is_coming() && apart <= NEAR => return self.dated(thing, words, next),
                Tells::After if again(cue.first) => return self.dated(thing, words, next),
                Tells::Past | Tells::After | Tells::Given if !comma(cue.last + 1, thing.first) => return Told::Given,
                _ => {}
            }
        }
        // "S/p lumpectomy, chemotherapy and radiation."
        if let Some((last, Told::Given)) = listed
            && !plan(last.last + 1, thing.first)
            && !self.cues(&(last.last + 1..thing.first)).any(|f| f.means.is_coming() || f.means == Tells::Again)
        {
            return Told::Given;
        }
        for cue in self.cues(&(thing.last + 1..words.end)) {
            let apart = cue.first - thing.last - 1;
            if apart > FAR || parts(thing.last + 1, cue.first) || plan(thing.last + 1, cue.first) {
                break;
            }
            match cue.means {
                Tells::Ordered if !comma(thing.last + 1, cue.first) => return Told::Open,
                Tells::Later if apart <= NEAR => break,
                Tells::Given => return Told::Given,
                Tells::PastBehind if !comma(thing.last + 1, cue.first) || cue.first > next => return Told::Given,
                _ => {}
            }
        }
        self.dated(thing, words, next)
    }

    /// The day beside a treatment, behind it before the next one, or before it.
    fn dated(&self, thing: &Thing, words: &Range<usize>, next: usize) -> Told {
        let scan = self.scan;
        let near = |places: Range<usize>| {
            places.filter_map(|place| date_at(scan, place)).map(|(day, _)| day).max_by_key(|day| day.earliest())
        };
        let behind = near(thing.last + 1..next.min(words.end).min(thing.last + 2 + FAR));
        let day = behind.or_else(|| near(words.start.max(thing.first.saturating_sub(DAY_BEFORE))..thing.first));
        day.map_or(Told::Open, Told::Dated)
    }
}

impl Tells {
    fn is_coming(self) -> bool {
        matches!(self, Self::Coming | Self::Later | Self::Chosen | Self::Weighed)
    }
}

impl Cued<Tells> {
    /// Whether no treatment is named in these words.
    fn tells_nothing(&self) -> bool {
        matches!(self.means, Tells::Nothing | Tells::General)
    }
}

/// "Simon Example, MD, Surgery".
fn is_specialty(scan: &Scan<'_, '_>, place: usize) -> bool {
    let titled = |before| ["md", "do", "mbbs", "facs", "phd"].iter().any(|title| scan.is(before, title));
    scan.gap(place).has(Gap::COMMA) && place.checked_sub(1).is_some_and(titled)
}

fn is_sample(name: &str) -> bool {
    name.contains("biopsy") && !name.contains("sentinel") || name == "fine_needle_aspiration"
}

fn is_of_specimen(section: Section) -> bool {
    matches!(
        section,
        Section::Specimen
            | Section::Gross
            | Section::Microscopic
            | Section::Synoptic
            | Section::Frozen
            | Section::Diagnosis
            | Section::Ancillary
    )
}

/// "OR Thursday", "to OR": the operating room in capitals, among words that are not.
fn is_theatre(scan: &Scan<'_, '_>, place: usize) -> bool {
    const DAYS: [&str; 10] =
        ["on", "date", "monday", "tuesday", "wednesday", "thursday", "friday", "next", "tomorrow", "today"];
    if scan.spelled(place) != b"OR" {
        return false;
    }
    let ends = scan.gap(place + 1).has(Gap::HARD);
    let to = place.checked_sub(1).is_some_and(|before| scan.is(before, "to") && scan.spelled(before) != b"TO");
    let behind = DAYS.iter().any(|day| scan.is(place + 1, day)) && scan.spelled(place + 1) != b"ON";
    let day = scan.spelled(place + 1).first().is_some_and(u8::is_ascii_digit);
    let begins = scan.gap(place).has(Gap::HARD | Gap::COMMA | Gap::COLON);
    !scan.gap(place + 1).has(Gap::COLON) && (to && ends || behind || day && begins)
}
