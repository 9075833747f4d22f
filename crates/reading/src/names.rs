//! What a text names, of `record-words.csv`: tests that were made and values that were measured, for which there is no
//! concept. It finds that a report holds them, and never what they say. Precision goes before recall: what is denied,
//! planned, pending or not tested is not named, and a value needs a number behind its name.

use std::collections::{BTreeSet, HashMap};

use consilium_casefile::knowledge::{Knowledge, RecordWords, Term, TermClass, WordGroup};

/// Words before a name in which one that denies or plans it counts.
const BEFORE: usize = 5;
/// Words behind a name in which a number, or "not tested", counts.
const BEHIND: usize = 8;

/// A line with no more words behind a name may go on below.
const SHORT: usize = 3;

/// The tables, ready to be looked for.
#[derive(Debug, Default)]
pub(crate) struct Names {
    known: Vec<Known>,
    /// Phrases by their first word, each with its place in `known`.
    phrases: HashMap<String, Vec<(usize, Vec<String>)>>,
    /// One word that denies or plans what stands behind it.
    not_yet: BTreeSet<String>,
    /// Words behind a name that say that it is to come, or only spoken of.
    planned: BTreeSet<String>,
    /// Words behind a name that say that there is no result.
    untested: Vec<Vec<String>>,
}

#[derive(Debug)]
struct Known {
    id: String,
    with_value: bool,
}

/// A word, and whether a statement ends before it.
struct Word {
    text: String,
    line: usize,
    begins: bool,
}

impl Word {
    fn is_number(&self) -> bool {
        self.text.starts_with(|c: char| c.is_ascii_digit())
    }
}

/// Whether one of these words is there; beside a number it is a month, and plans nothing: "3 May".
fn holds(group: &BTreeSet<String>, words: &[&Word]) -> bool {
    let number_at = |at: usize| words.get(at).is_some_and(|word| word.is_number());
    words.iter().enumerate().any(|(at, word)| {
        let beside_number = number_at(at.saturating_add(1)) || at.checked_sub(1).is_some_and(number_at);
        group.contains(&word.text) && !beside_number
    })
}

impl Names {
    pub(crate) fn new(knowledge: &Knowledge) -> Self {
        let known = |words: &RecordWords| Known { id: words.id.clone(), with_value: words.with_value };
        let mut phrases: HashMap<String, Vec<(usize, Vec<String>)>> = HashMap::new();
        for (place, words) in knowledge.gathering.record_words.iter().enumerate() {
            for phrase in words.words.iter().map(|phrase| bare(phrase)) {
                if let Some(first) = phrase.first() {
                    phrases.entry(first.clone()).or_default().push((place, phrase));
                }
            }
        }
        let terms = &knowledge.vocabulary.terms;
        let group = |term: &&Term| {
            let group = WordGroup::named(&term.means);
            term.class == TermClass::Group && matches!(group, Some(WordGroup::Denial | WordGroup::Planning))
        };
        let negates =
            |term: &&Term| term.class == TermClass::Cue && term.means == "negates_after" && !term.phrase.contains(' ');
        let not_yet = terms.iter().filter(|term| group(term) || negates(term)).map(|term| term.phrase.clone());
        let planning =
            |term: &&Term| term.class == TermClass::Group && WordGroup::named(&term.means) == Some(WordGroup::Planning);
        let planned = terms.iter().filter(planning).map(|term| term.phrase.clone());
        let untested = terms.iter().filter(|term| term.class == TermClass::Result && term.means == "not_tested");
        Self {
            known: knowledge.gathering.record_words.iter().map(known).collect(),
            phrases,
            not_yet: not_yet.collect(),
            planned: planned.collect(),
            untested: untested.map(|term| bare(&term.phrase)).collect(),
        }
    }

    /// Ids of what a text names, each once, in the order of the table.
    pub(crate) fn in_text(&self, text: &str) -> Vec<String> {
        let words = words(text);
        let mut named = vec![false; self.known.len()];
        for (at, word) in words.iter().enumerate() {
            for (place, phrase) in self.phrases.get(&word.text).into_iter().flatten() {
                let (Some(known), Some(is_named)) = (self.known.get(*place), named.get_mut(*place)) else { continue };
                *is_named = *is_named
                    || (stands_at(&words, at, phrase) && self.counts(&words, at, phrase.len(), known.with_value));
            }
        }
        self.known.iter().zip(named).filter(|(_, is_named)| *is_named).map(|(known, _)| known.id.clone()).collect()
    }

    fn counts(&self, words: &[Word], at: usize, length: usize, with_value: bool) -> bool {
        let is_new = |place: usize| words.get(place).is_some_and(|word| word.begins);
        let from =
            (at.saturating_sub(BEFORE)..=at).rev().find(|place| is_new(*place)).unwrap_or(at.saturating_sub(BEFORE));
        let before = words.get(from..at).unwrap_or_default();
        if holds(&self.not_yet, &before.iter().collect::<Vec<_>>()) {
            return false;
        }
        let end = at.saturating_add(length);
        let line = words.get(end.saturating_sub(1)).map_or(0, |word| word.line);
        let is_number = |word: &&Word| word.is_number();
        let rest = words.get(end..).unwrap_or_default();
        let mut behind: Vec<&Word> = rest.iter().take(BEHIND).take_while(|word| word.line == line).collect();
        // A table may break its lines between a name and its value: "Bilirubin, total" and below it "0.6".
        if behind.len() <= SHORT && !behind.iter().any(is_number) {
            let next = rest.get(behind.len()).filter(|word| word.line == line.saturating_add(1));
            behind.extend(next.filter(|word| !with_value || is_number(word)));
        }
        let statement = behind.iter().copied().take_while(|word| !word.begins).take(SHORT + 2);
        if !with_value && holds(&self.planned, &statement.collect::<Vec<_>>()) {
            return false;
        }
        let texts: Vec<&str> = behind.iter().map(|word| word.text.as_str()).collect();
        let number = behind.iter().position(is_number);
        // What stands behind the value is of something else.
        let of_it = if with_value { texts.get(..number.unwrap_or(texts.len())).unwrap_or_default() } else { &texts };
        let untested = |phrase: &&Vec<String>| {
            let at = of_it.windows(phrase.len().max(1)).take(4);
            at.into_iter().any(|window| window.iter().zip(phrase.iter()).all(|(a, b)| *a == b.as_str()))
        };
        !self.untested.iter().any(|phrase| untested(&phrase)) && (!with_value || number.is_some())
    }
}

fn stands_at(words: &[Word], at: usize, phrase: &[String]) -> bool {
    let here = words.get(at..).unwrap_or_default();
    !phrase.is_empty()
        && here.len() >= phrase.len()
        && here.iter().zip(phrase).all(|(word, wanted)| word.text == *wanted)
}

/// The words of a phrase.
fn bare(phrase: &str) -> Vec<String> {
    words(phrase).into_iter().map(|word| word.text).collect()
}

/// Runs of letters and figures in small letters, with their lines. A statement begins behind a period, a semicolon or an
/// empty line, and a line begins one as well where the line before is a row of a table.
fn words(text: &str) -> Vec<Word> {
    let (mut out, mut begins) = (Vec::<Word>::new(), true);
    for (number, line) in text.lines().enumerate() {
        begins |= line.trim().is_empty() || line.starts_with(['\t', '|', '-', '*']);
        let mut word = String::new();
        let mut characters = line.chars().peekable();
        while let Some(character) = characters.next() {
            if character.is_alphanumeric() {
                word.extend(character.to_lowercase());
                continue;
            }
            if !word.is_empty() {
                out.push(Word { text: std::mem::take(&mut word), line: number, begins });
                begins = false;
            }
            let ends = matches!(character, ';' | '\t' | '|')
                || (character == '.' && characters.peek().is_none_or(|next| next.is_whitespace()));
            begins |= ends;
        }
        if !word.is_empty() {
            out.push(Word { text: word, line: number, begins });
        }
    }
    out
}
