//! Answers: what a code found in the table says of the value beside it, be it a number, a code or words.

use consilium_casefile::facts::{Basis, CodedComponent, CodedConcept, CodedStatement, CodedValue, Concept, Polarity};

use super::codes::{self, Known};
use super::{Said, polarity_of, said};
use crate::reader::Reader;

impl Reader {
    /// What a code found in the table says of the value beside it.
    pub(super) fn observation(&self, statement: &CodedStatement) -> Vec<Said> {
        self.component(&CodedComponent {
            concept: statement.concept.clone(),
            value: statement.value.clone(),
            absent: statement.absent.clone(),
            interpretation: statement.interpretation.clone(),
        })
    }

    pub(super) fn component(&self, component: &CodedComponent) -> Vec<Said> {
        let Some(known) = self.codes().question(&component.concept) else { return Vec::new() };
        let Some(value) = &component.value else {
            let not_tested = matches!(component.absent.as_deref(), Some("not-performed" | "not-asked" | "NASK" | "NP"));
            if !not_tested {
                return Vec::new();
            }
            let value = "not tested".to_owned();
            return vec![said(&known, &known.concept, value, None, Polarity::NotTested)];
        };
        self.answer(&known, value).into_iter().collect()
    }

    fn answer(&self, known: &Known<'_>, value: &CodedValue) -> Option<Said> {
        match value {
            CodedValue::Quantity { value, comparator, unit } => {
                self.number(known, &format!("{comparator}{value}"), unit)
            }
            CodedValue::Range { low, high, unit } => {
                let number = match (low.as_str(), high.as_str()) {
                    (low, "") => format!(">={low}"),
                    ("", high) => format!("<={high}"),
                    (low, high) => format!("{low}-{high}"),
                };
                self.number(known, &number, unit)
            }
            CodedValue::Concept(concept) => self.coded_answer(known, concept),
            CodedValue::Text { text } => self.in_words(known, text),
            CodedValue::Flag { .. } | CodedValue::Date { .. } => None,
        }
    }

    /// A number is an answer where the concept's value is one. Centimetres become millimetres, and a percentage of a
    /// receptor goes to the concept of percentages.
    fn number(&self, known: &Known<'_>, number: &str, unit: &str) -> Option<Said> {
        let percent = unit == "%";
        let concept = match known.concept.as_str() {
            "er" if percent => Concept::ER_PERCENT,
            "pr" if percent => Concept::PR_PERCENT,
            _ => known.concept.clone(),
        };
        // The answers of an IHC score are 0, 1+, 2+ and 3+; as a bare number they lose their sign.
        if concept == Concept::HER2_IHC_SCORE && unit.is_empty() && matches!(number, "1" | "2" | "3") {
            return Some(said(known, &concept, format!("{number}+"), None, Polarity::Present));
        }
        if !self.codes().is_number(&concept) {
            // "Grade 2", "Gleason pattern 4" as bare numbers.
            return self.in_words(known, number);
        }
        let of_length = concept.as_str().ends_with("_mm");
        let (value, unit) = match unit {
            "cm" if of_length => (tenfold(number)?, Some("mm".to_owned())),
            "mm" => (number.to_owned(), Some("mm".to_owned())),
            _ if of_length => return None,
            "" => (number.to_owned(), None),
            unit => (number.to_owned(), Some(unit.to_owned())),
        };
        Some(said(known, &concept, value, unit, Polarity::Present))
    }

    fn coded_answer(&self, known: &Known<'_>, concept: &CodedConcept) -> Option<Said> {
        for code in &concept.codes {
            if let Some((value, _)) = self.codes().answer(code, &concept.words, &known.concept) {
                let polarity = polarity_of(&value);
                return Some(said(known, &known.concept, value, None, polarity));
            }
        }
        let words = [concept.words.as_str()]
            .into_iter()
            .chain(concept.codes.iter().flat_map(|c| [c.display.as_str(), c.code.as_str()]));
        words.filter(|w| !w.is_empty()).find_map(|words| self.in_words(known, words))
    }

    /// An answer in words, read as a report would be: behind a name of the concept.
    fn in_words(&self, known: &Known<'_>, words: &str) -> Option<Said> {
        if words.chars().count() > 400 {
            return None;
        }
        let concept = &known.concept;
        let prefix = known.prefix();
        if matches!(concept.as_str(), "t" | "n" | "m") {
            let bare = words.trim_start_matches(['c', 'p', 'y', 'C', 'P', 'Y']);
            let prefix = if prefix.is_empty() { "p" } else { prefix };
            let own = if bare.len() == words.len() { format!("{prefix}{words}") } else { words.to_owned() };
            let reading = self.read(&own);
            let fact = reading.facts.into_iter().find(|f| f.concept == *concept)?;
            let mut said = said(known, concept, fact.value, None, fact.polarity);
            said.qualifiers.suffix = fact.qualifiers.suffix;
            if bare.len() != words.len() {
                said.qualifiers.prefix = said.qualifiers.prefix.or(fact.qualifiers.prefix);
            }
            return Some(said);
        }
        if concept.as_str().ends_with("stage") || *concept == Concept::STAGE_GROUP {
            return Some(said(known, concept, codes::stage(words)?, None, Polarity::Present));
        }
        if self.codes().is_number(concept) {
            return Some(said(known, concept, codes::only_number(words)?, None, Polarity::Present));
        }
        let label = self.codes().label(concept).unwrap_or_default();
        let texts = [format!("{label}: {words}"), words.to_owned()];
        let fact = texts.iter().find_map(|text| {
            let mut facts = self.read(text).facts;
            facts.retain(|f| f.concept == *concept && f.basis == Basis::Stated);
            let first = facts.first()?.value.clone();
            facts.iter().all(|f| f.value == first).then(|| facts.remove(0))
        })?;
        Some(said(known, concept, fact.value, fact.unit, fact.polarity))
    }
}

/// A number of centimetres in millimetres, by moving the point.
fn tenfold(number: &str) -> Option<String> {
    let parts: Option<Vec<String>> = number
        .split('-')
        .map(|part| {
            let digits = part.trim_start_matches(['<', '>', '=']);
            let sign = part.get(..part.len() - digits.len())?;
            let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
            let (first, rest) = places.split_at_checked(1).unwrap_or(("0", ""));
            let whole = format!("{whole}{first}");
            let whole = whole.trim_start_matches('0');
            let whole = if whole.is_empty() { "0" } else { whole };
            let rest = rest.trim_end_matches('0');
            Some(if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") })
        })
        .collect();
    parts.map(|parts| parts.join("-"))
}
