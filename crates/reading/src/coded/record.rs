//! What a structured record says, and how it goes together with what was read from the record's own text.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use consilium_casefile::facts::{Concept, Fact, Medication, Polarity, Treatment};
use serde::{Deserialize, Serialize};

use crate::history::History;

/// What the coded entries of a record say.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Record {
    /// Facts, in the order of the record.
    pub facts: Vec<Fact>,
    /// Medicines, in the order of the record.
    pub medications: Vec<Medication>,
    /// Treatments, in the order of the record.
    pub treatments: Vec<Treatment>,
    /// Lines of the text, in code points, that say nothing: entries in error.
    pub silent: Vec<Range<usize>>,
}

/// Facts of a record's text and of its codes, without what both say: of a text fact and a coded fact of one concept in one
/// line, or with one value, the coded one stays; a text fact in a line that is in error goes.
#[must_use]
pub fn merge(text: &str, text_facts: Vec<Fact>, record: &Record) -> Vec<Fact> {
    let lines = Lines::of(text);
    let silent: Vec<usize> = record.silent.iter().map(|r| lines.at(r.start)).collect();
    let mut merged: Vec<Fact> = text_facts
        .into_iter()
        .filter(|fact| {
            let line = lines.at(fact.start);
            if silent.contains(&line) {
                return false;
            }
            // Where a spread is, is no site of a tumour.
            let of_spread = fact.concept == Concept::TOPOGRAPHY;
            let of_tumour = fact.concept == Concept::MORPHOLOGY;
            let same = |coded: &Fact| coded.concept == fact.concept || of_spread && is_spread(coded);
            !record.facts.iter().filter(|coded| same(coded)).any(|coded| {
                let same_line = !coded.quote.is_empty() && lines.at(coded.start) == line;
                // "Neoplasm of prostate" is doubted in its entry, and as much wherever else the record repeats it.
                let doubted = of_tumour && coded.polarity == Polarity::Uncertain;
                let same_answer = coded.value == fact.value && (coded.polarity == fact.polarity || doubted);
                same_line || same_answer
            })
        })
        .collect();
    let (coded, answered) = chosen(record);
    merged.iter_mut().filter(|fact| answered.contains(&fact.concept)).for_each(|fact| fact.main = false);
    merged.extend(coded);
    merged.sort_by(|a, b| (a.start, a.end, &a.concept).cmp(&(b.start, b.end, &b.concept)));
    merged
}

/// A tumour that came from elsewhere.
fn is_spread(fact: &Fact) -> bool {
    fact.concept == Concept::MORPHOLOGY && fact.value.ends_with("/6")
}

/// The facts of a record, its main answers chosen, and the concepts it answers. Of every concept that codes answer, their
/// answer is the main one, if they give one and no other; a series of values (PSA over years) has none. A record that
/// repeats others marks the main answer of each: those stay what they are.
fn chosen(record: &Record) -> (Vec<Fact>, BTreeSet<&Concept>) {
    let answers = |fact: &&Fact| {
        let said = matches!(fact.polarity, Polarity::Present | Polarity::Absent);
        said && fact.context.is_current() && !is_spread(fact)
    };
    let marked: BTreeSet<&Concept> = record.facts.iter().filter(|fact| fact.main).map(|fact| &fact.concept).collect();
    // The first answer to each concept, and whether there is no other.
    let mut said: BTreeMap<&Concept, (usize, &Fact, bool)> = BTreeMap::new();
    for (place, fact) in record.facts.iter().enumerate().filter(|(_, fact)| answers(fact)) {
        let (_, first, one) = said.entry(&fact.concept).or_insert((place, fact, true));
        *one &= fact.value == first.value && fact.polarity == first.polarity;
    }
    let mut facts = record.facts.clone();
    for (concept, (place, _, one)) in &said {
        if let Some(fact) = facts.get_mut(*place).filter(|_| *one && !marked.contains(concept)) {
            fact.main = true;
        }
    }
    (facts, said.into_keys().chain(marked).collect())
}

impl Record {
    /// Medicines and treatments of the record's text and of its codes, without what both say in one line or of one
    /// medicine.
    #[must_use]
    pub fn merge_history(&self, text: &str, history: History) -> History {
        let lines = Lines::of(text);
        let silent: Vec<usize> = self.silent.iter().map(|r| lines.at(r.start)).collect();
        let covered = |start: usize, coded_start: usize, quote: &str| {
            !quote.is_empty() && lines.at(coded_start) == lines.at(start)
        };
        let History { mut medications, mut treatments } = history;
        medications.retain(|text| {
            !silent.contains(&lines.at(text.start))
                && !self.medications.iter().any(|coded| {
                    let same = coded.ingredient == text.ingredient && (coded.dose == text.dose || text.dose.is_none());
                    same || covered(text.start, coded.start, &coded.quote)
                })
        });
        treatments.retain(|text| {
            let line = lines.at(text.start);
            !silent.contains(&line)
                && !self.treatments.iter().any(|coded| covered(text.start, coded.start, &coded.quote))
                // The words of several rows, where a day of the row before was taken for this one's.
                && !self.treatments.iter().any(|coded| {
                    let rows = line..=lines.at(text.end.max(text.start));
                    coded.kind == text.kind && !coded.quote.is_empty() && rows.contains(&lines.at(coded.start))
                })
                // A row of the list of medicines is a medicine; which line of treatment it was part of stands elsewhere.
                && !self.medications.iter().any(|coded| covered(text.start, coded.start, &coded.quote))
        });
        medications.extend(self.medications.iter().cloned());
        treatments.extend(self.treatments.iter().cloned());
        medications.sort_by_key(|m| (m.start, m.end));
        treatments.sort_by_key(|t| (t.start, t.end));
        History { medications, treatments }
    }
}

/// Where lines begin, in code points.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(text.chars().enumerate().filter(|(_, c)| *c == '\n').map(|(place, _)| place + 1));
        Self(starts)
    }

    fn at(&self, place: usize) -> usize {
        self.0.partition_point(|start| *start <= place)
    }
}
