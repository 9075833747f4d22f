//! Names of treatments in the words of a plan: medicines by ingredient, regimens by their medicines, operations, and groups
//! of medicines of which any is meant. Built once from the tables and asked for each step.

use std::collections::{BTreeSet, HashMap};

use crate::knowledge::{Knowledge, TermClass};
use crate::shared::text::words_of;

/// What a phrase stands for.
#[derive(Debug, Clone)]
enum Means {
    /// One thing of a kind of treatment, or any of several.
    Things(String, Vec<BTreeSet<String>>),
    /// A kind of treatment without more.
    Kind(String),
}

/// Finds the names of treatments in words.
#[derive(Debug, Clone, Default)]
pub struct Namer {
    phrases: HashMap<String, Vec<(Vec<String>, Means)>>,
}

/// What the words of one step name, by kind of treatment. A thing is any of the names in its set.
pub(super) type Named = Vec<(String, Vec<BTreeSet<String>>)>;

impl Namer {
    /// From the tables of medicines, regimens, operations and `plan-words.csv`.
    #[must_use]
    pub fn new(knowledge: &Knowledge) -> Self {
        let mut namer = Self::default();
        let item_of = |ingredient: &str| {
            let class = knowledge.vocabulary.drugs.iter().find(|drug| drug.ingredient == ingredient)?.class;
            knowledge.comparing.plan_items.iter().find(|item| item.classes.contains(&class)).map(|item| item.id.clone())
        };
        let mut items: HashMap<String, Option<String>> = HashMap::new();
        for drug in &knowledge.vocabulary.drugs {
            let item = items.entry(drug.ingredient.clone()).or_insert_with(|| item_of(&drug.ingredient));
            if let Some(item) = item {
                let things = drug.ingredient.split('/').map(|one| BTreeSet::from([one.trim().to_owned()])).collect();
                namer.add(&drug.phrase, Means::Things(item.clone(), things));
            }
        }
        for regimen in &knowledge.vocabulary.regimens {
            for drug in &regimen.drugs {
                if let Some(Some(item)) = items.get(drug) {
                    namer.add(&regimen.phrase, Means::Things(item.clone(), vec![BTreeSet::from([drug.clone()])]));
                }
            }
        }
        for term in knowledge.vocabulary.terms.iter().filter(|term| term.class == TermClass::Procedure) {
            let things = vec![BTreeSet::from([term.means.replace('_', " ")])];
            namer.add(&term.phrase, Means::Things("surgery".to_owned(), things));
        }
        for words in &knowledge.comparing.plan_words {
            let means = if words.names.is_empty() {
                Means::Kind(words.item.clone())
            } else {
                Means::Things(words.item.clone(), vec![words.names.iter().cloned().collect()])
            };
            namer.replace(&words.phrase, means);
        }
        namer
    }

    fn add(&mut self, phrase: &str, means: Means) {
        let words = words_of(phrase);
        if let Some(first) = words.first() {
            self.phrases.entry(first.clone()).or_default().push((words, means));
        }
    }

    /// The only meaning of a phrase, whatever other tables say of it.
    fn replace(&mut self, phrase: &str, means: Means) {
        let words = words_of(phrase);
        if let Some(known) = words.first().and_then(|first| self.phrases.get_mut(first)) {
            known.retain(|(other, _)| *other != words);
        }
        self.add(phrase, means);
    }

    /// What the words name. "Tamoxifen or letrozole" is one thing that may be either.
    #[must_use]
    pub(super) fn named(&self, text: &str) -> Named {
        let words = words_of(text);
        let mut named: Named = Vec::new();
        let (mut at, mut or) = (0, false);
        while let Some(word) = words.get(at) {
            let here = self.phrases.get(word).map(Vec::as_slice).unwrap_or_default();
            let fits =
                |(phrase, _): &&(Vec<String>, Means)| words.get(at..at + phrase.len()) == Some(phrase.as_slice());
            let longest = here.iter().filter(fits).map(|(phrase, _)| phrase.len()).max();
            let Some(length) = longest else {
                or = word == "or" || or && matches!(word.as_str(), "a" | "an" | "with");
                at += 1;
                continue;
            };
            for (_, means) in here.iter().filter(|found| fits(found) && found.0.len() == length) {
                let (item, things) = match means {
                    Means::Kind(item) => (item, Vec::new()),
                    Means::Things(item, things) => (item, things.clone()),
                };
                let place = named.iter().position(|(known, _)| known == item);
                let place = place.unwrap_or_else(|| {
                    named.push((item.clone(), Vec::new()));
                    named.len() - 1
                });
                let Some((_, known)) = named.get_mut(place) else { continue };
                match (or, known.last_mut(), things.as_slice()) {
                    (true, Some(last), [one]) => last.extend(one.iter().cloned()),
                    _ => {
                        for thing in things {
                            if !known.contains(&thing) {
                                known.push(thing);
                            }
                        }
                    }
                }
            }
            or = false;
            at += length;
        }
        named
    }
}
