//! What a structured record says, and how it goes together with what was read from the record's own text.

use std::ops::Range;

use consilium_casefile::facts::{Fact, Medication, Treatment};
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
            !record.facts.iter().filter(|coded| coded.concept == fact.concept).any(|coded| {
                let same_line = !coded.quote.is_empty() && lines.at(coded.start) == line;
                let same_answer = coded.value == fact.value && coded.polarity == fact.polarity;
                same_line || same_answer
            })
        })
        .collect();
    merged.extend(record.facts.iter().cloned());
    merged.sort_by(|a, b| (a.start, a.end, &a.concept).cmp(&(b.start, b.end, &b.concept)));
    merged
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
