//! Words of a text that state what treatment is planned, recommended, offered, considered, scheduled or declined: "scheduled
//! for mastectomy", "would like to avoid chemotherapy". They are for a person to look at before a blind edition goes, so
//! recall comes before precision; but treatment that was given is no plan, and neither is a further look or a further test
//! ("recommend 6-month follow-up mammogram"). What a word of planning is about is the nearest thing of its sentence, behind
//! it or before it, that can be treated or looked at. The words are those of `knowledge/reading/plan-cues.csv`.

use std::ops::Range;

use consilium_casefile::facts::Section;
use consilium_casefile::knowledge::CoursePhrase;
use consilium_casefile::reading::PlanMention;

use crate::cue_words::{CueWords, Cued, sentences};
use crate::lexicon::Meaning;
use crate::phrases::{Item, Phrases};
use crate::quoted;
use crate::scan::{Gap, Scan};

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
            _ => return None,
        })
    };
    CueWords::new(cues.iter().filter_map(|cue| Some((cue.phrase.as_str(), means(cue)?))))
}

/// A thing that a word of planning can be about: its words, and whether it is a treatment.
type Thing = (usize, usize, bool);

/// The mentions of a text, in its order; one of each sentence.
pub(crate) fn read(scan: &Scan<'_, '_>, table: &CueWords<Means>, phrases: &Phrases) -> Vec<PlanMention> {
    let found = table.find(scan, 0..scan.tokens.len());
    if !found.iter().any(|f| f.means.begins()) {
        return Vec::new();
    }
    let things = things(scan, &found, phrases);
    let mut mentions = Vec::new();
    for words in sentences(scan) {
        let from = found.partition_point(|f| f.first < words.start);
        let cues = found.get(from..).unwrap_or_default().iter().take_while(|f| f.first < words.end);
        let mut said =
            cues.filter(|f| f.means.begins() && f.last < words.end).filter_map(|cue| about(scan, &things, &words, cue));
        let Some(said) = said.next() else { continue };
        if mentions.len() >= MOST {
            break;
        }
        if scan.section(said.start) == Section::Boilerplate {
            continue;
        }
        let quoted = quoted::words_of(scan, &words, scan.span(said.start, said.end - 1));
        let quote = scan.text.quote(&quoted).to_owned();
        mentions.push(PlanMention { start: quoted.start, end: quoted.end, quote });
    }
    mentions
}

impl Means {
    fn begins(self) -> bool {
        matches!(self, Self::Plans | Self::PlansNext | Self::For | Self::Mention)
    }
}

/// Treatments, and what else can be planned, in the order of the text.
fn things(scan: &Scan<'_, '_>, found: &[Cued<Means>], phrases: &Phrases) -> Vec<Thing> {
    let hidden = |first: usize, last: usize| {
        let from = found.partition_point(|f| f.first + 8 < first);
        found.get(from..).unwrap_or_default().iter().take_while(|f| f.first <= first).any(|f| {
            matches!(f.means, Means::Nothing | Means::Other | Means::Plans | Means::PlansNext) && f.last >= last
        })
    };
    let of_table = found.iter().filter_map(|f| match f.means {
        Means::Treatment => Some((f.first, f.last, true)),
        Means::Other => Some((f.first, f.last, false)),
        _ => None,
    });
    let medicines = phrases.find(scan);
    let of_medicines = medicines.iter().filter_map(|f| match f.item {
        Item::Drug { class, .. } if class.treats_cancer() => Some((f.first, f.last, true)),
        // "AC", "EC": two letters are too few to be a regimen here, and "tip" and "ice" are words.
        Item::Regimen { .. } if is_a_regimen(&scan.text.ascii, scan.span(f.first, f.last)) => {
            Some((f.first, f.last, true))
        }
        _ => None,
    });
    let of_operations = scan.marks.iter().filter_map(|mark| match scan.meaning(mark) {
        Some(Meaning::Procedure(name)) => {
            let sample = name.contains("biopsy") && !name.contains("sentinel") || name == "fine_needle_aspiration";
            Some((mark.first, mark.last, !sample))
        }
        _ => None,
    });
    let seen = of_medicines.chain(of_operations).filter(|(first, last, _)| !hidden(*first, *last));
    let mut things: Vec<Thing> = of_table.chain(seen).collect();
    things.sort_unstable();
    things
}

/// Whether what is spelled like a regimen is one: a long name, or capitals.
fn is_a_regimen(text: &[u8], place: Range<usize>) -> bool {
    let name = text.get(place).unwrap_or_default();
    name.len() > 5 || name.len() > 2 && !name.iter().any(u8::is_ascii_lowercase)
}

/// What a word of planning is about, where that is a treatment: the words from one to the other.
fn about(scan: &Scan<'_, '_>, things: &[Thing], sentence: &Range<usize>, cue: &Cued<Means>) -> Option<Range<usize>> {
    if cue.means == Means::Mention {
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
    let next = things.partition_point(|(first, ..)| *first <= cue.last);
    let mut behind = things.get(next..).unwrap_or_default().iter().take_while(|(first, ..)| *first < end).peekable();
    if behind.peek().is_some() {
        // "Repeat testing on the excision" is about the test; "MRI, then mastectomy" is about both.
        let joined = |first: usize| {
            let word = first.saturating_sub(1);
            scan.gap(first).has(Gap::COMMA) || ["and", "or", "then", "plus", "by"].iter().any(|w| scan.is(word, w))
        };
        let nearest = behind.peek().map(|(first, ..)| *first);
        let said = behind.find(|(first, _, treats)| *treats && (Some(*first) == nearest || joined(*first)));
        return said.map(|(_, last, _)| cue.first..last + 1);
    }
    if cue.means != Means::Plans {
        return None;
    }
    let begin = (sentence.start.max(cue.first.saturating_sub(BEFORE))..=cue.first)
        .rev()
        .find(|at| parts(*at))
        .unwrap_or(sentence.start.max(cue.first.saturating_sub(BEFORE)));
    let before = things.get(..next).unwrap_or_default().iter().rev().take(BEFORE);
    let before = before.take_while(|(first, ..)| *first >= begin).find(|(_, last, _)| *last < cue.first);
    before.filter(|(_, _, treats)| *treats).map(|(first, ..)| *first..cue.last + 1)
}
