//! What a text names, of `record-words.csv`: tests that were made and values that were measured, for which there is no
//! concept. It finds that a report holds them, and never what they say. Precision goes before recall: what is denied,
//! planned, pending, not tested, sent elsewhere or of another thing of the same name is not named, and a value needs a
//! number behind its name.

use std::collections::{BTreeSet, HashMap};

use consilium_casefile::gather::pairing::{EXAM, spoken_among};
use consilium_casefile::knowledge::{ImagingWords, Knowledge, RecordDoubt, RecordWords, Term, TermClass, WordGroup};

/// Words before a name in which one that denies or plans it counts.
const BEFORE: usize = 5;
/// Words behind a name in which a number, or "not tested", counts.
const BEHIND: usize = 8;

/// A line with no more words behind a name may go on below.
const SHORT: usize = 3;

/// Words of the label of what was examined, and lines of a report in which it is looked for.
const EXAM_LABEL: usize = 3;
const EXAM_LINES: usize = 60;

/// The tables, ready to be looked for.
#[derive(Debug, Default)]
pub(crate) struct Names {
    known: Vec<Known>,
    /// Phrases by their first word, each with its place in `known`.
    phrases: HashMap<String, Vec<(usize, Vec<String>)>>,
    /// One word that denies or plans what stands behind it.
    not_yet: BTreeSet<String>,
    /// One word that denies what stands behind it.
    denials: BTreeSet<String>,
    /// Words behind a name that say that it is to come, or only spoken of.
    planned: BTreeSet<String>,
    /// Words behind a name that say that there is no result.
    untested: Vec<Vec<String>>,
    /// Words before, and words behind a name in its statement that say that its result does not stand here.
    no_result: [Vec<Vec<String>>; 2],
    /// First words of the label of the line that says what was examined.
    exam_labels: BTreeSet<String>,
    imaging: Vec<ImagingWords>,
}

#[derive(Debug)]
struct Known {
    id: String,
    with_value: bool,
    not_beside: Vec<Vec<String>>,
    only_with: Vec<Vec<String>>,
    /// Words anywhere in the text with which it does not count.
    not_with: Vec<Vec<String>>,
    /// It says that a record is not here: only what denies it counts around it.
    is_doubt: bool,
}

/// A word, whether a statement ends before it, and whether it opens a line with a capital letter or a figure.
struct Word {
    text: String,
    line: usize,
    begins: bool,
    opens: bool,
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
        let all = |phrases: &[String]| phrases.iter().map(|phrase| bare(phrase)).collect::<Vec<_>>();
        let known = |words: &RecordWords| Known {
            id: words.id.clone(),
            with_value: words.with_value,
            not_beside: all(&words.not_beside),
            only_with: all(&words.only_with),
            not_with: Vec::new(),
            is_doubt: false,
        };
        let doubt = |doubt: &RecordDoubt| Known {
            id: format!("{}{}", RecordDoubt::NAMED, doubt.id),
            with_value: false,
            not_beside: all(&doubt.not_beside),
            only_with: Vec::new(),
            not_with: all(&doubt.not_with),
            is_doubt: true,
        };
        let gathering = &knowledge.gathering;
        let named = gathering.record_words.iter().map(|words| &words.words);
        let mut phrases: HashMap<String, Vec<(usize, Vec<String>)>> = HashMap::new();
        for (place, words) in named.chain(gathering.record_doubts.iter().map(|doubt| &doubt.words)).enumerate() {
            for phrase in words.iter().map(|phrase| bare(phrase)) {
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
        let denies = |term: &&Term| WordGroup::named(&term.means) == Some(WordGroup::Denial);
        let denials = terms.iter().filter(|term| term.class == TermClass::Group && denies(term) || negates(term));
        let of_group = |group: WordGroup| {
            let of = |term: &&Term| term.class == TermClass::Group && WordGroup::named(&term.means) == Some(group);
            terms.iter().filter(of).map(|term| term.phrase.clone()).collect::<BTreeSet<_>>()
        };
        let untested = terms.iter().filter(|term| term.class == TermClass::Result && term.means == "not_tested");
        let no_result = ["before", "behind"].map(|side| {
            let of_side = terms.iter().filter(|term| term.class == TermClass::NoResult && term.means == side);
            of_side.map(|term| bare(&term.phrase)).collect()
        });
        Self {
            known: gathering.record_words.iter().map(known).chain(gathering.record_doubts.iter().map(doubt)).collect(),
            phrases,
            denials: denials.map(|term| term.phrase.clone()).collect(),
            not_yet: not_yet.collect(),
            planned: of_group(WordGroup::Planning),
            untested: untested.map(|term| bare(&term.phrase)).collect(),
            no_result,
            exam_labels: of_group(WordGroup::ExamLabel),
            imaging: gathering.imaging_words.clone(),
        }
    }

    /// What the first line "Exam: CT CHEST" of a report names of `imaging-words.csv`, each behind [`EXAM`]. A line that
    /// names no modality says of a body what was found.
    fn examined(&self, text: &str) -> Vec<String> {
        let of_line = |line: &str| {
            let (label, rest) = line.split_once(':')?;
            let label = bare(label);
            let is_label =
                label.len() <= EXAM_LABEL && label.first().is_some_and(|word| self.exam_labels.contains(word));
            let spoken = is_label.then(|| spoken_among(rest, &self.imaging))?;
            (!spoken.modalities.is_empty()).then_some(spoken)
        };
        let spoken = text.lines().take(EXAM_LINES).find_map(of_line).unwrap_or_default();
        spoken.modalities.iter().chain(&spoken.regions).chain(&spoken.sides).map(|id| format!("{EXAM}{id}")).collect()
    }

    /// Ids of what a text names, each once, in the order of the table.
    pub(crate) fn in_text(&self, text: &str) -> Vec<String> {
        let words = words(text);
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        let mut named = vec![false; self.known.len()];
        for (at, word) in words.iter().enumerate() {
            for (place, phrase) in self.phrases.get(&word.text).into_iter().flatten() {
                let (Some(known), Some(is_named)) = (self.known.get(*place), named.get_mut(*place)) else { continue };
                *is_named =
                    *is_named || (stands_at(&words, at, phrase) && self.counts(&words, at, phrase.len(), known));
            }
        }
        let is_about = |known: &Known| {
            (known.only_with.is_empty() || holds_any(&texts, &known.only_with)) && !holds_any(&texts, &known.not_with)
        };
        let found = self.known.iter().zip(named).filter(|(known, is_named)| *is_named && is_about(known));
        found.map(|(known, _)| known.id.clone()).chain(self.examined(text)).collect()
    }

    /// Whether the words around a name say that it is another thing: "urine creatinine", "hemoglobin A1c".
    fn is_another(words: &[Word], at: usize, length: usize, known: &Known) -> bool {
        let end = at.saturating_add(length);
        let line = words.get(at).map_or(0, |word| word.line);
        let of_name = |word: &&Word| word.line == line && !(known.with_value && word.is_number());
        let before = words.get(at.saturating_sub(BEFORE)..at).unwrap_or_default();
        let before = before.len().saturating_sub(before.iter().rev().take_while(of_name).count());
        let from = at.saturating_sub(BEFORE).saturating_add(before);
        let behind = words.get(end..).unwrap_or_default().iter().take(BEHIND).take_while(of_name);
        let until = end.saturating_add(behind.count());
        let around: Vec<&str> =
            words.get(from..until).unwrap_or_default().iter().map(|word| word.text.as_str()).collect();
        holds_any(&around, &known.not_beside)
    }

    /// Whether its statement, however its lines break, says that the result does not stand here.
    fn is_elsewhere(&self, words: &[Word], at: usize, end: usize) -> bool {
        let [before, behind] = &self.no_result;
        let is_new = |place: usize| words.get(place).is_some_and(|word| word.begins || word.opens);
        let first = at.saturating_sub(BEHIND);
        let from = (first..=at).rev().find(|place| is_new(*place)).unwrap_or(first);
        let texts = |of: &[Word]| of.iter().map(|word| word.text.clone()).collect::<Vec<_>>();
        let rest = words.get(end..).unwrap_or_default();
        let of_statement = rest.iter().take(BEHIND).take_while(|word| !word.begins && !word.opens).count();
        holds_any(&texts(words.get(from..at).unwrap_or_default()), before)
            || holds_any(&texts(rest.get(..of_statement).unwrap_or_default()), behind)
    }

    fn counts(&self, words: &[Word], at: usize, length: usize, known: &Known) -> bool {
        let with_value = known.with_value;
        if Self::is_another(words, at, length, known) {
            return false;
        }
        let is_new = |place: usize| words.get(place).is_some_and(|word| word.begins);
        let from =
            (at.saturating_sub(BEFORE)..=at).rev().find(|place| is_new(*place)).unwrap_or(at.saturating_sub(BEFORE));
        let before = words.get(from..at).unwrap_or_default();
        if known.is_doubt {
            return !before.iter().any(|word| self.denials.contains(&word.text));
        }
        if holds(&self.not_yet, &before.iter().collect::<Vec<_>>()) {
            return false;
        }
        let end = at.saturating_add(length);
        if !with_value && self.is_elsewhere(words, at, end) {
            return false;
        }
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

/// Whether one of the phrases stands somewhere in a run of words.
fn holds_any<S: AsRef<str>>(words: &[S], phrases: &[Vec<String>]) -> bool {
    let same = |window: &[S], phrase: &[String]| window.iter().zip(phrase).all(|(word, of)| word.as_ref() == of);
    phrases.iter().any(|phrase| words.windows(phrase.len().max(1)).any(|window| same(window, phrase)))
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
        let mut opens = line.trim_start().starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        let mut characters = line.chars().peekable();
        while let Some(character) = characters.next() {
            if character.is_alphanumeric() {
                word.extend(character.to_lowercase());
                continue;
            }
            if !word.is_empty() {
                out.push(Word { text: std::mem::take(&mut word), line: number, begins, opens });
                (begins, opens) = (false, false);
            }
            let ends = matches!(character, ';' | '\t' | '|')
                || (character == '.' && characters.peek().is_none_or(|next| next.is_whitespace()));
            begins |= ends;
        }
        if !word.is_empty() {
            out.push(Word { text: word, line: number, begins, opens });
        }
    }
    out
}
