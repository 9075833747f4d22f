//! Words of a text that state what treatment is planned, recommended, offered, considered, scheduled or declined: "scheduled
//! for mastectomy", "would like to avoid chemotherapy". They are for a person to look at before a blind edition goes, so
//! recall comes before precision; but treatment that was given is no plan, and neither is a further look or a further test
//! ("recommend 6-month follow-up mammogram"). What a word of planning is about is the nearest thing of its sentence, behind
//! it or before it, that can be treated or looked at. The words are those of `knowledge/reading/plan-cues.csv`. What is
//! named without such a word is [`named`].

pub(crate) mod named;

use std::ops::Range;

use consilium_casefile::PartialDate;
use consilium_casefile::facts::Section;
use consilium_casefile::knowledge::CoursePhrase;
use consilium_casefile::reading::PlanMention;

use crate::cue_words::{CueWords, Cued, sentences};
use crate::dates::date_at;
use crate::lexicon::Meaning;
use crate::phrases::{Cue, Found, Item, Phrases};
use crate::quoted;
use crate::scan::{Gap, Scan};
use named::{Named, Tells};

/// Mentions that are kept of one text.
const MOST: usize = 24;
/// Words from a word of planning to what it is about, behind it and before it.
const BEHIND: usize = 12;
const BEFORE: usize = 8;

/// What a phrase of the table stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Means {
    /// A word of planning: what it is about stands behind it, or before it.
    Plans,
    /// What it is about stands behind it.
    PlansNext,
    /// The same, behind a comma and at once.
    For,
    Treatment,
    /// A doctor: what follows may be what they are seen for.
    Person,
    /// As [`Self::Plans`] and [`Self::PlansNext`], unless it is told as given: "starting TC", "first cycle of TC".
    Perhaps,
    PerhapsNext,
    /// The same between two treatments: "NACT then surgery".
    Then,
    /// A mention by itself, with the day that stands in its sentence: "surgery date 1/5/2027".
    Dated,
    /// Tells what was given.
    Given,
    /// Can be looked at, tested or told, and is no treatment.
    Other,
    /// Says nothing by itself, and hides the words in it: "discussed with", "resection margin".
    Nothing,
    /// A mention by itself.
    Mention,
}

/// The table, ready.
pub(crate) fn cue_words(cues: &[CoursePhrase]) -> CueWords<Means> {
    let means = |cue: &CoursePhrase| {
        Some(match cue.means.as_str() {
            "plans" => Means::Plans,
            "plans_next" => Means::PlansNext,
            "for" => Means::For,
            "treatment" => Means::Treatment,
            "other" => Means::Other,
            "nothing" => Means::Nothing,
            "mention" => Means::Mention,
            "person" => Means::Person,
            "perhaps" => Means::Perhaps,
            "perhaps_next" => Means::PerhapsNext,
            "then" => Means::Then,
            "dated" => Means::Dated,
            "given" => Means::Given,
            _ => return None,
        })
    };
    CueWords::new(cues.iter().filter_map(|cue| Some((cue.phrase.as_str(), means(cue)?))))
}

/// A thing that a word of planning can be about, by its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Thing {
    first: usize,
    last: usize,
    is: Is,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Is {
    Treatment,
    Operation,
    /// Two capitals that are a regimen as well: only at the word of planning itself.
    Letters,
    Person,
    Other,
}

impl Thing {
    fn treats(&self) -> bool {
        matches!(self.is, Is::Treatment | Is::Operation | Is::Letters)
    }
}

/// Words from a word of planning to two letters that are a regimen.
const AT_ONCE: usize = 4;
/// Words on either side of what may be planned in which a word says that it was given.
const BESIDE: usize = 6;

/// The mentions of a text, in its order; one of each sentence.
pub(crate) fn read(
    scan: &Scan<'_, '_>,
    table: &CueWords<Means>,
    given_table: &CueWords<Tells>,
    phrases: &Phrases,
) -> Vec<PlanMention> {
    let found = table.find(scan, 0..scan.tokens.len());
    let medicines = phrases.find(scan);
    let things = things(scan, &found, &medicines);
    let given = given(&found, &medicines);
    let named = Named::new(scan, given_table, &found, &medicines);
    let mut mentions: Vec<PlanMention> = Vec::new();
    for words in sentences(scan) {
        let from = found.partition_point(|f| f.first < words.start);
        let cues = found.get(from..).unwrap_or_default().iter().take_while(|f| f.first < words.end);
        let cues = cues.filter(|f| f.means.begins() && f.last < words.end);
        let mut said = cues.filter_map(|cue| {
            let said = about(scan, &things, &words, cue)?;
            let day = cue.means.is_soft().then(|| last_day(scan, &words)).flatten();
            let stands = !cue.means.is_soft() || !was_given(scan, &given, &words, cue, &said);
            let stands = stands && !named.is_past(&words, &said);
            (stands && (cue.means != Means::Dated || day.is_some())).then_some((said, day))
        });
        let said = said.next();
        let told = said.as_ref().map_or(0..0, |(said, _)| said.clone());
        let apart = |line: &Range<usize>| told.is_empty() || told.end <= line.start || line.end <= told.start;
        let lines = named.lines(&words).into_iter().filter(apart);
        let of_lines = lines.filter_map(|line| named.in_line(&line).map(|(said, day)| (said, day, line, true)));
        let of_cue = said.into_iter().map(|(said, day)| (said, day, words.clone(), false));
        for (said, day, words, is_named) in of_cue.chain(of_lines) {
            if mentions.len() >= MOST || is_boilerplate(scan, said.start) {
                continue;
            }
            let quoted = quoted::words_of(scan, &words, scan.span(said.start, said.end - 1));
            let quote = scan.text.quote(&quoted).to_owned();
            if is_named && mentions.iter().any(|mention| mention.quote == quote) {
                continue;
            }
            mentions.push(PlanMention { start: quoted.start, end: quoted.end, quote, day, named: is_named });
        }
    }
    mentions.sort_by_key(|mention| mention.start);
    mentions
}

/// What every report of a laboratory says, but not what somebody wrote behind the line of its signature.
fn is_boilerplate(scan: &Scan<'_, '_>, place: usize) -> bool {
    let until = scan.marks.partition_point(|mark| mark.first <= place);
    let is_heading = |meaning: Option<&Meaning>| matches!(meaning, Some(Meaning::Heading(Section::Boilerplate)));
    let heading = || scan.marks.get(..until).unwrap_or_default().iter().rev().find(|m| is_heading(scan.meaning(m)));
    let signs = |at| ["signed", "signature"].iter().any(|word| scan.is(at, word));
    scan.section(place) == Section::Boilerplate && !heading().is_some_and(|m| (m.first..=m.last).any(signs))
}

impl Means {
    fn begins(self) -> bool {
        self.is_soft() || matches!(self, Self::Plans | Self::PlansNext | Self::For | Self::Mention)
    }

    /// Says nothing of a plan where it is told as given, or its day is past.
    fn is_soft(self) -> bool {
        matches!(self, Self::Perhaps | Self::PerhapsNext | Self::Then | Self::Dated)
    }
}

/// Where words say that something was given.
fn given(found: &[Cued<Means>], medicines: &[Found<'_>]) -> Vec<usize> {
    let of_table = found.iter().filter(|f| f.means == Means::Given).map(|f| f.first);
    let of_course = medicines.iter().filter(|f| matches!(f.item, Item::Cue(Cue::Done))).map(|f| f.first);
    let mut given: Vec<usize> = of_table.chain(of_course).collect();
    given.sort_unstable();
    given
}

/// Whether a word beside what may be planned says that it was given; of one treatment after another, a word of its sentence.
fn was_given(
    scan: &Scan<'_, '_>,
    given: &[usize],
    words: &Range<usize>,
    cue: &Cued<Means>,
    said: &Range<usize>,
) -> bool {
    let near = |place: usize| {
        let (from, to) = if place < said.start { (place, said.start) } else { (said.end.min(place), place) };
        to - from <= BESIDE && !(from + 1..=to).any(|at| scan.gap(at).has(Gap::COMMA))
    };
    let from = given.partition_point(|place| *place < words.start);
    let mut here = given.get(from..).unwrap_or_default().iter().take_while(|place| **place < words.end);
    here.any(|place| cue.means == Means::Then || near(*place))
}

/// The last day that stands in a sentence.
fn last_day(scan: &Scan<'_, '_>, words: &Range<usize>) -> Option<PartialDate> {
    words.clone().filter_map(|place| date_at(scan, place)).map(|(day, _)| day).max_by_key(|day| day.earliest())
}

/// Treatments, and what else can be planned, in the order of the text.
fn things(scan: &Scan<'_, '_>, found: &[Cued<Means>], medicines: &[Found<'_>]) -> Vec<Thing> {
    let hidden = |first: usize, last: usize| {
        let from = found.partition_point(|f| f.first + 8 < first);
        found.get(from..).unwrap_or_default().iter().take_while(|f| f.first <= first).any(|f| {
            matches!(f.means, Means::Nothing | Means::Other | Means::Plans | Means::PlansNext) && f.last >= last
        })
    };
    let of_table = found.iter().filter_map(|f| match f.means {
        Means::Treatment => Some(Thing { first: f.first, last: f.last, is: Is::Treatment }),
        Means::Person => Some(Thing { first: f.first, last: f.last, is: Is::Person }),
        Means::Other => Some(Thing { first: f.first, last: f.last, is: Is::Other }),
        _ => None,
    });
    let of_medicines = medicines.iter().filter_map(|f| {
        let is = match f.item {
            Item::Drug { class, .. } if class.treats_cancer() => Is::Treatment,
            Item::Regimen { .. } => regimen(&scan.text.ascii, scan.span(f.first, f.last))?,
            _ => return None,
        };
        Some(Thing { first: f.first, last: f.last, is })
    });
    let of_operations = scan.marks.iter().filter_map(|mark| match scan.meaning(mark) {
        Some(Meaning::Procedure(name)) => {
            let sample = name.contains("biopsy") && !name.contains("sentinel") || name == "fine_needle_aspiration";
            Some(Thing { first: mark.first, last: mark.last, is: if sample { Is::Other } else { Is::Operation } })
        }
        _ => None,
    });
    let seen = of_medicines.chain(of_operations).filter(|thing| !hidden(thing.first, thing.last));
    let mut things: Vec<Thing> = of_table.chain(seen).collect();
    things.sort_unstable();
    things
}

/// Whether what is spelled like a regimen is one: a long name, or capitals. "tip" and "ice" are words, and two letters are one
/// only beside a word of planning.
fn regimen(text: &[u8], place: Range<usize>) -> Option<Is> {
    let name = text.get(place).unwrap_or_default();
    let is = if name.len() > 2 { Is::Treatment } else { Is::Letters };
    (name.len() > 5 || !name.iter().any(u8::is_ascii_lowercase)).then_some(is)
}

/// What a word of planning is about, where that is a treatment: the words from one to the other.
fn about(scan: &Scan<'_, '_>, things: &[Thing], sentence: &Range<usize>, cue: &Cued<Means>) -> Option<Range<usize>> {
    if matches!(cue.means, Means::Mention | Means::Dated) {
        return Some(cue.first..cue.last + 1);
    }
    let reach = if cue.means == Means::For { 4 } else { BEHIND };
    // "For chemotherapy." as a sentence of its own says it as well.
    let at_once = cue.first == sentence.start || scan.gap(cue.first).has(Gap::COMMA | Gap::SEMICOLON | Gap::LINE);
    if cue.means == Means::For && !at_once {
        return None;
    }
    // A new line with a capital behind a colon still belongs to its label.
    let label = scan.gap(cue.last + 1).has(Gap::COLON);
    let parts = |at: usize| scan.gap(at).has(Gap::HARD) && scan.gap(at).has(Gap::LINE);
    let end = (cue.last + 1..sentence.end.min(cue.last + 1 + reach))
        .find(|at| parts(*at) && !(label && *at == cue.last + 1))
        .unwrap_or(sentence.end.min(cue.last + 1 + reach));
    let next = things.partition_point(|thing| thing.first <= cue.last);
    let far = |thing: &&Thing| thing.is == Is::Letters && thing.first > cue.last + AT_ONCE;
    let behind = things.get(next..).unwrap_or_default().iter().take_while(|thing| thing.first < end);
    let mut behind = behind.filter(|thing| !far(thing)).peekable();
    if cue.means == Means::Then {
        let before = things.get(..next).unwrap_or_default().iter().rev().find(|thing| thing.last < cue.first);
        let before =
            before.filter(|thing| thing.first >= words_from(sentence, cue.first, AT_ONCE) && thing.treats())?;
        let behind = behind.next().filter(|thing| thing.treats() && thing.first <= cue.last + AT_ONCE)?;
        let operations = [before, behind].iter().all(|thing| thing.is == Is::Operation);
        return (!operations).then(|| before.first..behind.last + 1);
    }
    // "Referred to Dr. Cut for mastectomy": what the doctor is seen for, or nothing.
    if behind.peek().is_some_and(|thing| thing.is == Is::Person) {
        let person = behind.find(|thing| thing.is == Is::Person)?;
        let after = behind.find(|thing| thing.is != Is::Person).filter(|thing| thing.treats())?;
        let purpose = ["for", "about", "regarding", "re", "who", "zur", "wegen", "fuer", "para", "por"];
        let led = (person.last + 1..after.first).any(|at| purpose.iter().any(|word| scan.is(at, word)));
        return led.then(|| cue.first..after.last + 1);
    }
    if behind.peek().is_some() {
        // "Repeat testing on the excision" is about the test; "MRI, then mastectomy" is about both.
        let joined = |first: usize| {
            let word = first.saturating_sub(1);
            scan.gap(first).has(Gap::COMMA) || ["and", "or", "then", "plus", "by"].iter().any(|w| scan.is(word, w))
        };
        let nearest = behind.peek().map(|thing| thing.first);
        let said = behind.find(|thing| thing.treats() && (Some(thing.first) == nearest || joined(thing.first)));
        return said.map(|thing| cue.first..thing.last + 1);
    }
    if !matches!(cue.means, Means::Plans | Means::Perhaps) {
        return None;
    }
    let from = words_from(sentence, cue.first, BEFORE);
    let begin = (from..=cue.first).rev().find(|at| parts(*at)).unwrap_or(from);
    let far = |thing: &&Thing| thing.is == Is::Letters && thing.last + AT_ONCE < cue.first;
    let before = things.get(..next).unwrap_or_default().iter().rev().take(BEFORE).filter(|thing| !far(thing));
    let before = before.take_while(|thing| thing.first >= begin).find(|thing| thing.last < cue.first);
    before.filter(|thing| thing.treats()).map(|thing| thing.first..cue.last + 1)
}

/// The word so many before one, within its sentence.
fn words_from(sentence: &Range<usize>, place: usize, words: usize) -> usize {
    sentence.start.max(place.saturating_sub(words))
}
