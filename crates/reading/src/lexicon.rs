//! The vocabulary tables, made ready for one pass over a text: every word has a number, phrases are a tree of word
//! numbers, and rules for sites and tumours are sets of word numbers. A long word that is one slip of a scanner away
//! from a word of the vocabulary counts as that word.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use consilium_casefile::facts::{Concept, Section};
use consilium_casefile::knowledge::{CodedPhrase, Term, TermClass, Vocabulary, WordGroup};

use crate::code_labels::CodeSystems;

/// Number of a word; 0 is every word the vocabulary does not have.
pub(crate) type Word = u32;

/// Words shorter than this are read as they stand: too many of them are one letter apart.
const SHORTEST_MENDED: usize = 8;

/// A fast hash for short keys of our own; not for keys an attacker chooses, because the tables are fixed beforehand
/// and a text is only ever looked up.
#[derive(Default)]
pub(crate) struct Mix(u64);

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0_u8; 8];
            if let Some(part) = word.get_mut(..chunk.len()) {
                part.copy_from_slice(chunk);
            }
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

pub(crate) type FastMap<K, V> = HashMap<K, V, BuildHasherDefault<Mix>>;

/// Long words by what is left of them without one letter.
type Slips = FastMap<u64, Vec<(Box<[u8]>, Word)>>;

/// What a phrase stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meaning {
    Heading(Section),
    Cue(Cue),
    Label(Concept),
    Result(String),
    Grade(String),
    GradeSystem(String),
    Procedure(String),
    Gene(String),
}

/// What a cue does to what stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cue {
    NegatesAfter,
    NegatesBefore,
    UncertainAfter,
    UncertainBefore,
    /// Looks like a negation and is none.
    NotNegation,
    History,
    Family,
    Outside,
    Metastasis,
    InSitu,
    /// What follows is a condition, an example or a threshold: no finding.
    SupposesAfter,
    /// The same, where it begins a statement.
    SupposesFirst,
    /// The whole statement is a rule, a trial's criterion or of other people: no finding.
    General,
    /// What follows would be so, and is not said to be so.
    MightAfter,
    /// Nothing is there: "normal", "unremarkable".
    Normal,
    /// Names no substance of an allergy: the word for substances, or the state of an entry of a list.
    NoSubstance,
    /// Has grades and stages of its own: "grade 3 neutropenia", "stage IV kidney disease".
    OtherIllness,
    /// Names an earlier cancer as another than the present one: "previous cancer", "past history".
    Former,
    /// Says that something was done about a cancer, so that the statement may be of an earlier one: "was treated for".
    Treated,
    /// The time of the text: "now", "the present biopsy".
    Now,
    /// The same, of something new: "newly diagnosed", "presents with".
    New,
    /// The same, of a cancer that is said to be another: "new primary", "newly diagnosed".
    NewCancer,
    /// What a value was said to be before it was said anew: "initially", "originally".
    AtFirst,
    /// An old value follows, and behind "to" the new one: "changed from".
    ChangedFrom,
    /// What follows, up to a comma, is not so: "rather than", "far from being".
    InsteadAfter,
    /// What stands before it in the statement is not so, and what follows is: "should read".
    ReadsInstead,
}

/// A rule for a site or a tumour: its words, in any order.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) words: Vec<Word>,
    pub(crate) code: String,
    pub(crate) only_at: Vec<String>,
    pub(crate) implies: Option<String>,
    pub(crate) hints: Option<String>,
    /// Says "with" itself, so that what stands after a "with" belongs to it.
    pub(crate) has_with: bool,
}

/// Rules, found by their rarest word.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) rules: Vec<Rule>,
    by_word: FastMap<Word, Vec<usize>>,
    /// Words that stand in some rule.
    words: FastMap<Word, ()>,
    /// Words that name a tumour by themselves.
    heads: FastMap<Word, ()>,
}

impl Rules {
    fn new(phrases: &[CodedPhrase], nouns: &[&[u8]], words: &mut Words) -> Self {
        let rules: Vec<Rule> = phrases
            .iter()
            .map(|phrase| {
                let mut numbers: Vec<Word> =
                    split(phrase.phrase.as_bytes()).filter(|w| !is_filler(w)).map(|w| words.number(w)).collect();
                numbers.sort_unstable();
                numbers.dedup();
                Rule {
                    words: numbers,
                    code: phrase.code.clone(),
                    only_at: phrase.only_at.clone(),
                    implies: phrase.implies.clone(),
                    hints: phrase.hints.clone(),
                    has_with: split(phrase.phrase.as_bytes()).any(|w| w == b"with"),
                }
            })
            .filter(|rule| !rule.words.is_empty())
            .collect();
        let mut frequency: FastMap<Word, usize> = FastMap::default();
        for word in rules.iter().flat_map(|rule| &rule.words) {
            *frequency.entry(*word).or_default() += 1;
        }
        let mut by_word: FastMap<Word, Vec<usize>> = FastMap::default();
        for (place, rule) in rules.iter().enumerate() {
            if let Some(rarest) = rule.words.iter().min_by_key(|w| frequency.get(w).copied().unwrap_or(0)) {
                by_word.entry(*rarest).or_default().push(place);
            }
        }
        let heads = phrases
            .iter()
            .flat_map(|phrase| split(phrase.phrase.as_bytes()))
            .filter(|w| w.ends_with(b"oma") || w.ends_with(b"emia") || nouns.contains(w))
            .map(|w| (words.number(w), ()))
            .collect();
        let words = frequency.into_keys().map(|word| (word, ())).collect();
        Self { rules, by_word, words, heads }
    }

    /// Whether the word stands in a rule.
    pub(crate) fn has(&self, word: Word) -> bool {
        self.words.contains_key(&word)
    }

    /// Whether the word names a tumour by itself.
    pub(crate) fn is_head(&self, word: Word) -> bool {
        self.heads.contains_key(&word)
    }

    /// Rules whose words are all among `words`, which is sorted.
    pub(crate) fn matching<'r>(&'r self, words: &'r [Word]) -> impl Iterator<Item = &'r Rule> + 'r {
        words
            .iter()
            .filter_map(|word| self.by_word.get(word))
            .flatten()
            .filter_map(|place| self.rules.get(*place))
            .filter(|rule| rule.words.iter().all(|word| words.binary_search(word).is_ok()))
    }
}

/// Words that hold a phrase together and mean nothing in it.
pub(crate) fn is_filler(word: &[u8]) -> bool {
    matches!(word, b"of" | b"the" | b"with" | b"and" | b"in" | b"to" | b"a" | b"s" | b"nos" | b"by")
}

/// The words of a text: runs of letters and digits, broken where letters follow leading digits.
pub(crate) fn split(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.iter().position(u8::is_ascii_alphanumeric)?;
        rest = rest.get(start..)?;
        let length = word_length(rest);
        let (word, after) = rest.split_at_checked(length)?;
        rest = after;
        Some(word)
    })
}

/// Length of the word at the start of `text`.
pub(crate) fn word_length(text: &[u8]) -> usize {
    let class = |byte: &u8| byte.is_ascii_digit();
    if text.first().is_some_and(class) {
        return text.iter().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    }
    text.iter().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(text.len())
}

#[derive(Debug, Default)]
struct Words {
    numbers: FastMap<Vec<u8>, Word>,
    /// Other spellings, applied when phrases and texts are read.
    forms: FastMap<Vec<u8>, Vec<u8>>,
    next: Word,
}

impl Words {
    fn number(&mut self, word: &[u8]) -> Word {
        let word = self.forms.get(word).map_or(word, Vec::as_slice).to_vec();
        if let Some(number) = self.numbers.get(&word) {
            return *number;
        }
        self.next += 1;
        self.numbers.insert(word, self.next);
        self.next
    }
}

/// The vocabulary, ready.
#[derive(Debug)]
pub(crate) struct Lexicon {
    numbers: FastMap<Vec<u8>, Word>,
    mended: Slips,
    steps: FastMap<(u32, Word), u32>,
    ends: Vec<Vec<usize>>,
    pub(crate) meanings: Vec<Meaning>,
    pub(crate) topography: Rules,
    pub(crate) morphology: Rules,
    pub(crate) common: Common,
    /// Sites and how readily each is a primary site, in percent.
    companions: Vec<(String, u32)>,
    /// Histologies and how much each says, in percent.
    generic: FastMap<String, u32>,
    /// Beginnings of sites that have a side.
    paired: Vec<String>,
    /// The filler words, for runs.
    fillers: FastMap<Word, ()>,
    /// Words that tell which margin is meant.
    margins: FastMap<Word, ()>,
    /// The groups each word is one of, as bits.
    groups: FastMap<Word, u64>,
    /// Names before codes that are no values.
    pub(crate) code_systems: CodeSystems,
    /// What a page is called in a running head.
    pub(crate) pages: Vec<Vec<u8>>,
}

/// Words the grammars ask for by themselves.
#[derive(Debug, Default)]
pub(crate) struct Common {
    pub(crate) left: Word,
    pub(crate) right: Word,
    pub(crate) bilateral: Word,
    pub(crate) midline: Word,
    pub(crate) node: Word,
    pub(crate) cm: Word,
    pub(crate) mm: Word,
    pub(crate) metastatic: Word,
    pub(crate) tumor: Word,
    pub(crate) differentiated: Word,
    pub(crate) invasive: Word,
    pub(crate) carcinoma: Word,
}

impl Lexicon {
    pub(crate) fn new(vocabulary: &Vocabulary) -> Self {
        let mut words = Words::default();
        for term in vocabulary.terms.iter().filter(|term| term.class == TermClass::Word) {
            words
                .forms
                .insert(term.phrase.replace(['\'', ' ', '-'], "").into_bytes(), term.means.to_lowercase().into_bytes());
        }
        let of_group = |term: &&Term| term.class == TermClass::Group;
        let groups: Vec<(&str, WordGroup)> = vocabulary
            .terms
            .iter()
            .filter(of_group)
            .filter_map(|term| Some((term.phrase.as_str(), WordGroup::named(&term.means)?)))
            .collect();
        let words_of =
            |wanted: WordGroup| groups.iter().filter(move |(_, group)| *group == wanted).map(|(word, _)| *word);
        let nouns: Vec<&[u8]> = words_of(WordGroup::TumorNoun).map(str::as_bytes).collect();
        let topography = Rules::new(&vocabulary.topography, &nouns, &mut words);
        let morphology = Rules::new(&vocabulary.morphology, &nouns, &mut words);
        let common = Common {
            left: words.number(b"left"),
            right: words.number(b"right"),
            bilateral: words.number(b"bilateral"),
            midline: words.number(b"midline"),
            node: words.number(b"node"),
            cm: words.number(b"cm"),
            mm: words.number(b"mm"),
            metastatic: words.number(b"metastatic"),
            tumor: words.number(b"tumor"),
            differentiated: words.number(b"differentiated"),
            invasive: words.number(b"invasive"),
            carcinoma: words.number(b"carcinoma"),
        };
        let mut lexicon = Self {
            numbers: FastMap::default(),
            mended: FastMap::default(),
            steps: FastMap::default(),
            ends: vec![Vec::new()],
            meanings: Vec::new(),
            topography,
            morphology,
            common,
            companions: Vec::new(),
            generic: FastMap::default(),
            paired: Vec::new(),
            fillers: FastMap::default(),
            margins: FastMap::default(),
            groups: FastMap::default(),
            code_systems: CodeSystems::new(&vocabulary.code_systems),
            pages: words_of(WordGroup::Page).map(|word| word.as_bytes().to_vec()).collect(),
        };
        for (word, group) in &groups {
            *lexicon.groups.entry(words.number(word.as_bytes())).or_default() |= bit(*group);
        }
        let names_none: Vec<&str> = words_of(WordGroup::MarginWord).collect();
        for term in &vocabulary.terms {
            if term.class == TermClass::Filler {
                for word in split(term.phrase.as_bytes()) {
                    let number = words.number(word);
                    lexicon.fillers.insert(number, ());
                }
            } else if term.class == TermClass::Companion {
                lexicon.companions.push((term.phrase.to_uppercase(), term.means.parse().unwrap_or(100)));
            } else if term.class == TermClass::Side {
                lexicon.paired.push(term.phrase.to_uppercase());
            } else if term.class == TermClass::Generic {
                lexicon.generic.insert(term.phrase.clone(), term.means.parse().unwrap_or(100));
            } else if let Some(meaning) = meaning(term) {
                if matches!(&meaning, Meaning::Label(label) if *label == Concept::MARGIN) {
                    let names = term.phrase.split(' ').filter(|word| !names_none.contains(word));
                    lexicon.margins.extend(names.map(|word| (words.number(word.as_bytes()), ())));
                }
                lexicon.plant(term, meaning, &mut words);
            }
        }
        let forms: Vec<(Vec<u8>, Vec<u8>)> = words.forms.clone().into_iter().collect();
        lexicon.numbers = words.numbers.clone();
        for (form, meant) in forms {
            let number = words.number(&meant);
            lexicon.numbers.insert(meant, number);
            lexicon.numbers.insert(form, number);
        }
        lexicon.learn_slips();
        lexicon
    }

    fn plant(&mut self, term: &Term, meaning: Meaning, words: &mut Words) {
        let mut node = 0;
        for word in split(term.phrase.as_bytes()) {
            let word = words.number(word);
            let fresh = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
            node = *self.steps.entry((node, word)).or_insert(fresh);
            if node == fresh {
                self.ends.push(Vec::new());
            }
        }
        let place = self.meanings.len();
        self.meanings.push(meaning);
        if let Some(end) = self.ends.get_mut(node as usize) {
            end.push(place);
        }
    }

    /// Remembers every long word with one letter left out.
    fn learn_slips(&mut self) {
        let long: Vec<(Vec<u8>, Word)> = self
            .numbers
            .iter()
            .filter(|(word, _)| word.len() >= SHORTEST_MENDED && word.iter().all(u8::is_ascii_lowercase))
            .map(|(word, number)| (word.clone(), *number))
            .collect();
        for (word, number) in long {
            for left_out in 0..=word.len() {
                let key = hash_without(&word, left_out);
                self.mended.entry(key).or_default().push((word.clone().into_boxed_slice(), number));
            }
        }
    }

    /// Number of a word in lower case; 0 when unknown.
    pub(crate) fn number(&self, word: &[u8]) -> Word {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        if word.len() < SHORTEST_MENDED || word.len() > 32 {
            return 0;
        }
        for left_out in (0..=word.len()).rev() {
            let Some(candidates) = self.mended.get(&hash_without(word, left_out)) else { continue };
            if let Some((_, number)) = candidates.iter().find(|(candidate, _)| one_slip_apart(word, candidate)) {
                return *number;
            }
        }
        0
    }

    /// Whether a word may stand inside the name of a tumour without changing it.
    pub(crate) fn is_filler(&self, word: Word) -> bool {
        self.fillers.contains_key(&word)
    }

    /// Whether a word is one of a group.
    pub(crate) fn is_of(&self, word: Word, group: WordGroup) -> bool {
        word != 0 && self.groups.get(&word).is_some_and(|groups| groups & bit(group) != 0)
    }

    /// Whether a word tells which margin is meant.
    pub(crate) fn names_margin(&self, word: Word) -> bool {
        self.margins.contains_key(&word)
    }

    /// How readily a site is where the tumour began, in percent; the longest matching beginning counts.
    pub(crate) fn readiness(&self, site: &str) -> u32 {
        let matching = self.companions.iter().filter(|(begin, _)| site.starts_with(begin.as_str()));
        matching.max_by_key(|(begin, _)| begin.len()).map_or(100, |(_, percent)| *percent)
    }

    /// Whether a site has a side.
    pub(crate) fn is_paired(&self, site: &str) -> bool {
        self.paired.iter().any(|begin| site.starts_with(begin.as_str()))
    }

    /// How much a histology says beside a more exact one, in percent.
    pub(crate) fn exactness(&self, morphology: &str) -> u32 {
        morphology.get(..4).and_then(|code| self.generic.get(code)).copied().unwrap_or(100)
    }

    /// The node of the phrase tree after one more word.
    pub(crate) fn step(&self, node: u32, word: Word) -> Option<u32> {
        self.steps.get(&(node, word)).copied()
    }

    /// Meanings of the phrase that ends at a node.
    pub(crate) fn ends(&self, node: u32) -> &[usize] {
        self.ends.get(node as usize).map_or(&[], Vec::as_slice)
    }
}

/// The place of a group among the groups of a word.
fn bit(group: WordGroup) -> u64 {
    1 << (group as u64)
}

/// Hash of a word without the letter at a place; with all its letters when the place is past its end.
fn hash_without(word: &[u8], left_out: usize) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for (place, byte) in word.iter().enumerate() {
        if place != left_out {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    hash
}

/// Whether two words differ by one letter put in, left out or changed, not at the first letter.
fn one_slip_apart(one: &[u8], other: &[u8]) -> bool {
    let same_start = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let same_end = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    let (short, long) = (one.len().min(other.len()), one.len().max(other.len()));
    long - short <= 1 && same_start + same_end + 1 >= long && same_start > 0
}

fn meaning(term: &Term) -> Option<Meaning> {
    let text = term.means.as_str();
    Some(match term.class {
        TermClass::Heading => Meaning::Heading(match text {
            "diagnosis" => Section::Diagnosis,
            "synoptic" => Section::Synoptic,
            "comment" => Section::Comment,
            "gross" => Section::Gross,
            "microscopic" => Section::Microscopic,
            "frozen" => Section::Frozen,
            "ancillary" => Section::Ancillary,
            "clinical" => Section::Clinical,
            "specimen" => Section::Specimen,
            "addendum" => Section::Addendum,
            "previous" => Section::Previous,
            _ => Section::Boilerplate,
        }),
        TermClass::Cue => Meaning::Cue(match text {
            "negates_after" => Cue::NegatesAfter,
            "negates_before" => Cue::NegatesBefore,
            "uncertain_after" => Cue::UncertainAfter,
            "uncertain_before" => Cue::UncertainBefore,
            "history" => Cue::History,
            "family" => Cue::Family,
            "outside" => Cue::Outside,
            "metastasis" => Cue::Metastasis,
            "in_situ" => Cue::InSitu,
            "supposes_after" => Cue::SupposesAfter,
            "no_substance" => Cue::NoSubstance,
            "normal" => Cue::Normal,
            "supposes_first" => Cue::SupposesFirst,
            "general" => Cue::General,
            "might_after" => Cue::MightAfter,
            "other_illness" => Cue::OtherIllness,
            "former" => Cue::Former,
            "treated" => Cue::Treated,
            "now" => Cue::Now,
            "new" => Cue::New,
            "new_cancer" => Cue::NewCancer,
            "at_first" => Cue::AtFirst,
            "changed_from" => Cue::ChangedFrom,
            "instead_after" => Cue::InsteadAfter,
            "reads_instead" => Cue::ReadsInstead,
            _ => Cue::NotNegation,
        }),
        TermClass::Label => Meaning::Label(Concept::named(text)),
        TermClass::Result => Meaning::Result(text.to_owned()),
        TermClass::Grade => match text.strip_prefix("system:") {
            Some(system) => Meaning::GradeSystem(system.to_owned()),
            None => Meaning::Grade(text.to_owned()),
        },
        TermClass::Procedure => Meaning::Procedure(text.to_owned()),
        TermClass::Gene => Meaning::Gene(text.to_owned()),
        TermClass::Filler
        | TermClass::Companion
        | TermClass::Side
        | TermClass::Generic
        | TermClass::Word
        | TermClass::NoResult
        | TermClass::Group => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_ends_where_letters_follow_leading_digits() {
        let words: Vec<&[u8]> = split(b"HER2/neu 3cm 1p19q pT2").collect();
        assert_eq!(words, [b"HER2".as_slice(), b"neu", b"3", b"cm", b"1", b"p19q", b"pT2"]);
    }

    #[test]
    fn one_slip_is_forgiven_and_two_are_not() {
        assert!(one_slip_apart(b"carcinona", b"carcinoma"));
        assert!(one_slip_apart(b"carcioma", b"carcinoma"));
        assert!(one_slip_apart(b"carcinnoma", b"carcinoma"));
        assert!(!one_slip_apart(b"carclnona", b"carcinoma"));
        assert!(!one_slip_apart(b"barcinoma", b"carcinoma"));
    }
}
