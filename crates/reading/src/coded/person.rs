//! What is coded of the person beside the tumour: allergies, illnesses of relatives.

use consilium_casefile::facts::{CodedStatement, Concept, Polarity};

use super::{Said, plain};
use crate::background::is_no_substance;
use crate::reader::Reader;
use crate::scan::Scan;

impl Reader {
    pub(super) fn allergy(&self, statement: &CodedStatement) -> Vec<Said> {
        let words = &statement.concept.words;
        let lower = words.to_lowercase();
        let none = lower.starts_with("no known");
        if words.is_empty() || (lower.starts_with("no ") && !none) {
            return Vec::new();
        }
        // "Allergy to substance", "Drug allergy" name no allergen; denied, they say that none is known.
        let scan = Scan::new(words, self.lexicon());
        let joins = |place: usize| ["to", "of", "known", "no"].iter().any(|word| scan.is(place, word));
        if !none && (0..scan.tokens.len()).all(|place| is_no_substance(&scan, place) || joins(place)) {
            let denied = statement.negated.then(|| plain(Concept::ALLERGY, "none known".to_owned(), Polarity::Absent));
            return denied.into_iter().collect();
        }
        // C-CDA denies allergy to a whole class to say that none is known.
        let polarity = if none || statement.negated { Polarity::Absent } else { Polarity::Present };
        vec![plain(Concept::ALLERGY, words.clone(), polarity)]
    }

    pub(super) fn relative(&self, statement: &CodedStatement) -> Vec<Said> {
        let words = &statement.concept.words;
        if words.is_empty() {
            return Vec::new();
        }
        // The value alone says who, as one read from text does.
        let relation = statement.relative.as_ref().map(|r| r.words.to_lowercase()).filter(|r| !r.is_empty());
        let value = match &relation {
            Some(relation) if !statement.negated && !words.to_lowercase().starts_with(relation.as_str()) => {
                format!("{relation}: {words}")
            }
            _ => words.clone(),
        };
        let mut said = plain(Concept::FAMILY_HISTORY, value, Polarity::Present);
        said.qualifiers.site = relation;
        vec![said]
    }
}
