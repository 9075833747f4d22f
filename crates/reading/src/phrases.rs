//! Phrases of the tables about medicines and treatments, found in one pass over the words of a text. Of two phrases of
//! one kind that overlap the longer counts.

use std::collections::HashMap;

use consilium_casefile::knowledge::{DrugClass, Vocabulary};

use crate::lexicon::split;
use crate::scan::{Gap, Scan};

/// What a phrase stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    /// A medicine.
    Drug {
        ingredient: String,
        class: DrugClass,
    },
    /// A combination of medicines.
    Regimen {
        name: String,
        drugs: Vec<String>,
    },
    Unit(String),
    Route(String),
    Frequency(String),
    /// How a medicine is released.
    Form,
    Cue(Cue),
    Heading(Heading),
}

/// Words beside a treatment that say something of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cue {
    Done,
    Active,
    Planned,
    /// Spoken of, and neither given nor planned.
    Considered,
    /// Said not to have been given, or called off.
    NotGiven,
    Declined,
    Stopped,
    Reduced,
    Delayed,
    Switched,
    /// The medicine that follows is the one given up for another: "switched from", "in place of".
    Replaces,
    Allergy,
    NoMedicine,
    Intent,
    Radiation,
    Chemotherapy,
    Cycles,
    Why,
    When,
    /// The label of the operation that a note is about.
    Operation,
    /// Says that the text is the note of an operation.
    OperativeNote,
    /// The label of the day of the operation.
    DayOfOperation,
}

/// What a heading says of the lines below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heading {
    Medications,
    Allergies,
    Plan,
    /// Medicines that are not to be taken any more.
    Stopped,
    /// Medicines that are to be taken from now on.
    Started,
    Other,
}

/// An item in a text, by its words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found<'p> {
    pub(crate) first: usize,
    pub(crate) last: usize,
    pub(crate) item: &'p Item,
}

/// The phrases, by their first word; each with the words after it.
#[derive(Debug, Default)]
pub(crate) struct Phrases(HashMap<Vec<u8>, Vec<Planted>>);

/// The words of a phrase, and what it stands for.
type Planted = (Vec<Vec<u8>>, Item);

/// Longer words begin no phrase.
const LONGEST_WORD: usize = 32;

/// Kinds of items that may overlap each other.
const KINDS: usize = 4;

impl Phrases {
    pub(crate) fn new(vocabulary: &Vocabulary) -> Self {
        let mut phrases = Self::default();
        for drug in &vocabulary.drugs {
            let item = Item::Drug { ingredient: drug.ingredient.clone(), class: drug.class };
            phrases.plant(&drug.phrase, item);
        }
        for regimen in &vocabulary.regimens {
            let item = Item::Regimen { name: regimen.name.clone(), drugs: regimen.drugs.clone() };
            phrases.plant(&regimen.phrase, item);
        }
        for phrase in &vocabulary.sig {
            let means = phrase.means.clone();
            let item = match phrase.class.as_str() {
                "unit" => Item::Unit(means),
                "route" => Item::Route(means),
                "form" => Item::Form,
                _ => Item::Frequency(means),
            };
            phrases.plant(&phrase.phrase, item);
        }
        for phrase in &vocabulary.treatment_cues {
            if let Some(item) = cue(&phrase.means) {
                phrases.plant(&phrase.phrase, item);
            }
        }
        phrases
    }

    fn plant(&mut self, phrase: &str, item: Item) {
        let mut words = split(phrase.as_bytes()).map(<[u8]>::to_ascii_lowercase);
        if let Some(first) = words.next() {
            self.0.entry(first).or_default().push((words.collect(), item));
        }
    }

    /// Every item of a text, in the order of first words.
    pub(crate) fn find<'p>(&'p self, scan: &Scan<'_, '_>) -> Vec<Found<'p>> {
        let mut found = Vec::new();
        let mut taken = [0_usize; KINDS];
        let mut lower = Vec::with_capacity(LONGEST_WORD);
        for first in 0..scan.tokens.len() {
            let spelled = scan.spelled(first);
            if spelled.len() > LONGEST_WORD {
                continue;
            }
            lower.clear();
            lower.extend(spelled.iter().map(u8::to_ascii_lowercase));
            let Some(candidates) = self.0.get(lower.as_slice()) else { continue };
            let mut longest: [Option<Found<'p>>; KINDS] = [None; KINDS];
            for (rest, item) in candidates {
                let Some(last) = follows(scan, first, rest) else { continue };
                if let Some(slot) = longest.get_mut(kind(item))
                    && slot.is_none_or(|before| before.last < last)
                {
                    *slot = Some(Found { first, last, item });
                }
            }
            for (best, taken) in longest.into_iter().zip(taken.iter_mut()) {
                if let Some(best) = best
                    && first >= *taken
                {
                    *taken = best.last + 1;
                    found.push(best);
                }
            }
        }
        found
    }
}

/// The last word of the phrase, when the words after the first are these.
pub(crate) fn follows(scan: &Scan<'_, '_>, first: usize, rest: &[Vec<u8>]) -> Option<usize> {
    let mut place = first;
    for word in rest {
        place += 1;
        let apart = Gap::HARD | Gap::WIDE | Gap::SEMICOLON | Gap::COMMA | Gap::COLON | Gap::OPEN | Gap::CLOSE;
        if scan.gap(place).has(apart) || !scan.spelled(place).eq_ignore_ascii_case(word) {
            return None;
        }
    }
    Some(place)
}

fn kind(item: &Item) -> usize {
    match item {
        Item::Drug { .. } | Item::Regimen { .. } => 0,
        Item::Unit(_) | Item::Route(_) | Item::Frequency(_) | Item::Form => 1,
        Item::Cue(_) => 2,
        Item::Heading(_) => 3,
    }
}

fn cue(means: &str) -> Option<Item> {
    Some(match means {
        "done" => Item::Cue(Cue::Done),
        "active" => Item::Cue(Cue::Active),
        "planned" => Item::Cue(Cue::Planned),
        "considered" => Item::Cue(Cue::Considered),
        "not_given" => Item::Cue(Cue::NotGiven),
        "operation" => Item::Cue(Cue::Operation),
        "operative_note" => Item::Cue(Cue::OperativeNote),
        "day_of_operation" => Item::Cue(Cue::DayOfOperation),
        "declined" => Item::Cue(Cue::Declined),
        "stopped" => Item::Cue(Cue::Stopped),
        "reduced" => Item::Cue(Cue::Reduced),
        "delayed" => Item::Cue(Cue::Delayed),
        "switched" => Item::Cue(Cue::Switched),
        "replaces" => Item::Cue(Cue::Replaces),
        "allergy" => Item::Cue(Cue::Allergy),
        "no_medicine" => Item::Cue(Cue::NoMedicine),
        "intent" => Item::Cue(Cue::Intent),
        "radiation" => Item::Cue(Cue::Radiation),
        "chemotherapy" => Item::Cue(Cue::Chemotherapy),
        "cycles" => Item::Cue(Cue::Cycles),
        "why" => Item::Cue(Cue::Why),
        "when" => Item::Cue(Cue::When),
        "heading_medications" => Item::Heading(Heading::Medications),
        "heading_allergies" => Item::Heading(Heading::Allergies),
        "heading_plan" => Item::Heading(Heading::Plan),
        "heading_stopped" => Item::Heading(Heading::Stopped),
        "heading_started" => Item::Heading(Heading::Started),
        "heading_other" => Item::Heading(Heading::Other),
        _ => return None,
    })
}
