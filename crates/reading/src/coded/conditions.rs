//! Diagnoses: site, histology and side of a tumour, a spread, or an illness beside it.

use consilium_casefile::facts::{CodedConcept, CodedStatement, Concept, Context, Polarity};

use super::{Said, codes, plain, polarity_of, said};
use crate::reader::Reader;

impl Reader {
    /// Site, histology and side of a diagnosis; an illness that is no tumour is a comorbidity.
    pub(super) fn condition(&self, statement: &CodedStatement) -> Vec<Said> {
        let words = &statement.concept.words;
        let lower = words.to_lowercase();
        if codes::says_no_diagnosis(&statement.concept)
            || lower.contains("screening")
            || lower.contains("susceptibility")
        {
            return Vec::new();
        }
        if lower.contains("family history") {
            let denied = ["no family history", "no known family history", "negative family history"];
            let denied = denied.iter().any(|begin| lower.starts_with(begin));
            let polarity = if denied { Polarity::Absent } else { Polarity::Present };
            return vec![plain(Concept::FAMILY_HISTORY, words.clone(), polarity)];
        }
        let mut found: Vec<Said> = Vec::new();
        for code in &statement.concept.codes {
            for (known, value) in self.codes().findings(code, words) {
                if !found.iter().any(|f| f.concept == known.concept) {
                    let polarity = polarity_of(&value);
                    found.push(said(&known, &known.concept, value, None, polarity));
                }
            }
        }
        if codes::is_secondary(&statement.concept) || is_spread_by_words(&lower) {
            return vec![self.spread(statement)];
        }
        let by_words = |concept: &Concept, found: &[Said]| {
            if found.iter().any(|f| f.concept == *concept) {
                return None;
            }
            let facts = self.read(words).facts;
            let mut of_concept = facts.into_iter().filter(|f| f.concept == *concept && f.context != Context::Family);
            let first = of_concept.next()?;
            let same = of_concept.all(|other| other.value == first.value);
            (same && first.polarity != Polarity::Absent).then(|| Said {
                concept: concept.clone(),
                value: first.value,
                unit: None,
                polarity: first.polarity,
                qualifiers: first.qualifiers,
            })
        };
        if let Some(morphology) = by_words(&Concept::MORPHOLOGY, &found) {
            found.push(morphology);
        }
        if found.iter().any(|f| f.concept == Concept::MORPHOLOGY || f.concept == Concept::TOPOGRAPHY) {
            for concept in [Concept::TOPOGRAPHY, Concept::LATERALITY] {
                if let Some(said) = by_words(&concept, &found) {
                    found.push(said);
                }
            }
            if self.is_doubtful(words, &found) {
                for said in found.iter_mut().filter(|said| said.polarity == Polarity::Present) {
                    said.polarity = Polarity::Uncertain;
                }
            }
            return found;
        }
        // SNOMED CT marks with "(finding)" and "(situation)" what is no illness.
        if lower.ends_with("(finding)") || lower.ends_with("(situation)") || words.is_empty() {
            return Vec::new();
        }
        let value = words.trim_end_matches("(disorder)").trim().to_owned();
        vec![plain(Concept::COMORBIDITY, value, Polarity::Present)]
    }

    /// A spread: the behaviour "metastatic" (ICD-O-3 /6) and, where the entry names it, the place it went to. "Metastasis
    /// from a tumour of the prostate" names where it came from, and no place.
    fn spread(&self, statement: &CodedStatement) -> Said {
        let words = &statement.concept.words;
        let facts = self.read(words).facts;
        let histology = facts
            .iter()
            .filter(|f| f.concept == Concept::MORPHOLOGY && f.context != Context::Family)
            .find_map(|f| f.value.split_once('/').map(|(histology, _)| histology.to_owned()));
        let value = format!("{}/6", histology.unwrap_or_else(|| "8000".to_owned()));
        let named = facts.iter().find(|f| f.concept == Concept::TOPOGRAPHY).map(|f| f.quote.to_lowercase());
        let site = statement.sites.iter().map(|s| s.words.to_lowercase()).find(|words| !words.is_empty());
        let mut said = plain(Concept::MORPHOLOGY, value, Polarity::Present);
        said.qualifiers.site = site.or(named.filter(|_| !tells_the_origin(&words.to_lowercase())));
        said
    }

    /// Whether the words leave open that it is a cancer: "neoplasm" and no more, "suspected".
    fn is_doubtful(&self, words: &str, found: &[Said]) -> bool {
        let open = |value: &str| value == "8000/1";
        let mut morphologies = found.iter().filter(|said| said.concept == Concept::MORPHOLOGY).peekable();
        (morphologies.peek().is_some() && morphologies.all(|said| open(&said.value)))
            || self.read(words).facts.iter().any(|f| {
                f.polarity == Polarity::Uncertain && [Concept::MORPHOLOGY, Concept::TOPOGRAPHY].contains(&f.concept)
            })
    }

    pub(super) fn sides_and_sites(&self, site: &CodedConcept) -> Vec<Said> {
        let mut found: Vec<Said> = Vec::new();
        for code in &site.codes {
            for (known, value) in self.codes().findings(code, &site.words) {
                found.push(said(&known, &known.concept, value, None, Polarity::Present));
            }
        }
        let words = site.words.to_lowercase();
        let side = ["left", "right", "bilateral"]
            .into_iter()
            .filter(|side| words.split(' ').any(|w| w.trim_matches(',') == *side));
        let sides: Vec<&str> = side.collect();
        if let ([side], false) = (sides.as_slice(), found.iter().any(|f| f.concept == Concept::LATERALITY)) {
            found.push(plain(Concept::LATERALITY, (*side).to_owned(), Polarity::Present));
        }
        found
    }
}

/// "Secondary malignant neoplasm of bone", "metastasis to the liver": not where the tumour began.
fn is_spread_by_words(lower: &str) -> bool {
    lower.contains("secondary") && (lower.contains("malignan") || lower.contains("neoplas"))
        || lower.contains("metasta")
}

/// "Metastasis from malignant tumor of prostate".
fn tells_the_origin(lower: &str) -> bool {
    lower.contains(" from ")
}
