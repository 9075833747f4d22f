//! The table of codes, ready to be asked: which concept a code is about, what it says by itself, and small readings of
//! values that stand in no report as they stand in a record (`3C` for stage IIIC, a dose in an extension).

use std::collections::HashMap;

use consilium_casefile::facts::{Code, CodedComponent, CodedConcept, CodedValue, Concept, Qualifiers};
use consilium_casefile::knowledge::{CodeMeaning, Knowledge, TermClass};

/// A code's row.
#[derive(Debug, Clone, Copy)]
struct RowAt(usize);

/// The table, by the exact code and by the beginning of patterns.
#[derive(Debug, Default)]
pub(crate) struct Codes {
    rows: Vec<CodeMeaning>,
    exact: HashMap<(String, String), Vec<RowAt>>,
    patterns: HashMap<String, Vec<RowAt>>,
    numbers: Vec<String>,
    labels: HashMap<String, String>,
}

/// What a code is about.
#[derive(Debug, Clone)]
pub(super) struct Known<'c> {
    pub(super) concept: Concept,
    qualifier: Option<&'c (String, String)>,
}

impl Known<'_> {
    pub(super) fn prefix(&self) -> &str {
        self.qualifier.filter(|(name, _)| name == "prefix").map_or("", |(_, value)| value.as_str())
    }

    pub(super) fn qualifiers(&self) -> Qualifiers {
        let mut qualifiers = Qualifiers::default();
        if let Some((name, value)) = self.qualifier {
            let slot = match name.as_str() {
                "prefix" => &mut qualifiers.prefix,
                "system" => &mut qualifiers.system,
                "gene" => &mut qualifiers.gene,
                _ => &mut qualifiers.method,
            };
            *slot = Some(value.clone());
        }
        qualifiers
    }
}

impl Codes {
    pub(crate) fn new(knowledge: &Knowledge) -> Self {
        let rows = knowledge.vocabulary.codes.clone();
        let mut codes = Self::default();
        for (place, row) in rows.iter().enumerate() {
            if row.code.contains(['?', '*']) {
                codes.patterns.entry(row.system.clone()).or_default().push(RowAt(place));
            } else {
                codes.exact.entry((row.system.clone(), row.code.clone())).or_default().push(RowAt(place));
            }
        }
        codes.rows = rows;
        let is_number = |form: &str| form.starts_with("number") || form.starts_with("whole number");
        codes.numbers =
            knowledge.concepts.iter().filter(|c| is_number(&c.value_form)).map(|c| c.id.as_str().to_owned()).collect();
        for term in knowledge.vocabulary.terms.iter().filter(|t| t.class == TermClass::Label) {
            codes.labels.entry(term.means.clone()).or_insert_with(|| term.phrase.clone());
        }
        codes
    }

    /// Rows of a code; those of unconfirmed codes only where the record's own words agree.
    fn rows<'c>(&'c self, code: &'c Code, words: &'c str) -> impl Iterator<Item = &'c CodeMeaning> + 'c {
        let exact = self.exact.get(&(code.system.clone(), code.code.clone())).map(Vec::as_slice).unwrap_or_default();
        let patterns = self.patterns.get(&code.system).map(Vec::as_slice).unwrap_or_default();
        let exact = exact.iter().filter_map(|at| self.rows.get(at.0));
        let patterns = patterns.iter().filter_map(|at| self.rows.get(at.0)).filter(|row| fits(&row.code, &code.code));
        let shown = format!("{words} {}", code.display).to_lowercase();
        exact.chain(patterns).filter(move |row| row.words.is_empty() || row.words.iter().any(|w| has_word(&shown, w)))
    }

    /// Which test a concept is.
    pub(super) fn question(&self, concept: &CodedConcept) -> Option<Known<'_>> {
        concept.codes.iter().find_map(|code| {
            let rows: Vec<&CodeMeaning> =
                self.rows(code, &concept.words).filter(|row| row.value == "?").take(1).collect();
            rows.first().and_then(|row| self.known(row))
        })
    }

    fn known<'c>(&'c self, row: &CodeMeaning) -> Option<Known<'c>> {
        let place = self.rows.iter().position(|own| own == row)?;
        let row = self.rows.get(place)?;
        Some(Known { concept: Concept::named(&row.concept), qualifier: row.qualifier.as_ref() })
    }

    /// What a code says by itself: concept and value.
    pub(super) fn findings(&self, code: &Code, words: &str) -> Vec<(Known<'_>, String)> {
        let rows: Vec<CodeMeaning> =
            self.rows(code, words).filter(|row| row.value != "?" && row.concept != "result").cloned().collect();
        rows.iter()
            .filter_map(|row| {
                let value = if row.value == "=" {
                    code.code.chars().take(if row.concept == "topography" { 5 } else { 6 }).collect()
                } else {
                    row.value.clone()
                };
                Some((self.known(row)?, value))
            })
            .collect()
    }

    /// The answer a code is to a question about a concept.
    pub(super) fn answer(&self, code: &Code, words: &str, concept: &Concept) -> Option<(String, bool)> {
        let found = self
            .rows(code, words)
            .find(|row| row.value != "?" && (row.concept == concept.as_str() || row.concept == "result"))?;
        let value = if found.value == "=" { code.code.clone() } else { found.value.clone() };
        Some((value, found.confirmed))
    }

    pub(super) fn is_number(&self, concept: &Concept) -> bool {
        self.numbers.iter().any(|n| n == concept.as_str())
    }

    /// A name of the concept as reports write it.
    pub(super) fn label(&self, concept: &Concept) -> Option<&str> {
        self.labels.get(concept.as_str()).map(String::as_str)
    }
}

fn has_word(shown: &str, word: &str) -> bool {
    // Short words must stand alone: "er" is in many others.
    if word.len() > 3 {
        return shown.contains(word);
    }
    shown.split(|c: char| !c.is_ascii_alphanumeric()).any(|w| w == word)
}

/// Whether a code has the form of a pattern: `?` any character, `*` at the end any further ones.
fn fits(pattern: &str, code: &str) -> bool {
    let (pattern, open) = match pattern.strip_suffix('*') {
        Some(start) => (start, true),
        None => (pattern, false),
    };
    let mut characters = code.chars();
    let fits = pattern.chars().all(|p| characters.next().is_some_and(|c| p == '?' || p == c));
    fits && (open || characters.next().is_none())
}

/// ICD-10-CM: looking for a cancer in somebody well, what was suspected and not found, inherited risk.
const NO_DIAGNOSES: [&str; 3] = ["Z12", "Z03", "Z15"];

/// Codes of encounters for screening and of suspicion ruled out (ICD-10-CM Z12, Z03).
pub(super) fn says_no_diagnosis(concept: &CodedConcept) -> bool {
    concept
        .codes
        .iter()
        .any(|c| c.system.ends_with("icd-10-cm") && NO_DIAGNOSES.iter().any(|begin| c.code.starts_with(begin)))
}

/// ICD-10-CM C77 to C79: a spread, whose site is not where the tumour began.
pub(super) fn is_secondary(concept: &CodedConcept) -> bool {
    concept
        .codes
        .iter()
        .any(|c| c.system.ends_with("icd-10-cm") && ["C77", "C78", "C79"].iter().any(|begin| c.code.starts_with(begin)))
}

/// A stage as written (`Stage IIA`, `3C`, `IVB`), in Roman numerals. `None` when the words hold another number or word.
pub(super) fn stage(words: &str) -> Option<String> {
    let upper = words.trim().to_uppercase();
    let mut parts = upper.split([' ', ',', '(', ')', ':']).filter(|part| !part.is_empty() && !IGNORED.contains(part));
    let part = parts.next()?;
    let rest: Vec<&str> = parts.collect();
    let part = part.trim_start_matches('P').trim_start_matches('C');
    let numeral_end = part.find(|c| !matches!(c, 'I' | 'V')).unwrap_or(part.len());
    let (numeral, letter) = if numeral_end > 0 {
        part.split_at_checked(numeral_end)?
    } else {
        let (digit, letter) = part.split_at_checked(1)?;
        let numeral = match digit {
            "0" => "0",
            "1" => "I",
            "2" => "II",
            "3" => "III",
            "4" => "IV",
            _ => return None,
        };
        (numeral, letter)
    };
    let is_numeral = ["0", "I", "II", "III", "IV"].contains(&numeral);
    let is_letter = letter.is_empty()
        || letter.len() <= 2
            && letter.starts_with(['A', 'B', 'C', 'D', 'E', 'S', 'X'])
            && letter.chars().skip(1).all(|c| matches!(c, '1' | '2' | '3' | 'I'));
    (is_numeral && is_letter && rest.is_empty()).then(|| format!("{numeral}{letter}"))
}

/// Words around a stage that say nothing of it.
const IGNORED: [&str; 17] = [
    "STAGE",
    "AJCC",
    "GROUP",
    "AMERICAN",
    "JOINT",
    "COMMITTEE",
    "ON",
    "CANCER",
    "CLINICAL",
    "PATHOLOGIC",
    "PATHOLOGICAL",
    "PROGNOSTIC",
    "ANATOMIC",
    "FIGO",
    "QUALIFIER",
    "VALUE",
    "FINDING",
];

/// The number in words that hold just one: `ECOG performance status - grade 1`.
pub(super) fn only_number(words: &str) -> Option<String> {
    let mut numbers =
        words.split(|c: char| !(c.is_ascii_digit() || c == '.')).filter(|n| n.chars().any(|c| c.is_ascii_digit()));
    let first = numbers.next()?.trim_matches('.');
    (numbers.next().is_none() && !first.is_empty() && first.len() <= 12).then(|| first.to_owned())
}

/// `8` of "AJCC Cancer Staging Manual, 8th edition".
pub(super) fn edition(words: &str) -> Option<String> {
    let lower = words.to_lowercase();
    ["6", "7", "8", "9"]
        .into_iter()
        .find(|n| {
            lower.contains(&format!("{n}th ed"))
                || lower.contains(&format!("version {n}"))
                || lower.contains(&format!("v{n}"))
        })
        .map(str::to_owned)
}

/// Total dose and fractions of mCODE's radiotherapy extensions: `50 Gy in 25 fractions`.
pub(super) fn radiation_dose(components: &[CodedComponent]) -> Option<String> {
    let find = |names: &[&str]| {
        components.iter().find_map(|component| {
            let named = component.concept.codes.iter().any(|c| names.contains(&c.code.as_str()));
            match (&component.value, named) {
                (Some(CodedValue::Quantity { value, unit, .. }), true) => Some((value.as_str(), unit.as_str())),
                _ => None,
            }
        })
    };
    let (dose, unit) = find(&["totalDoseDelivered", "totalDose"])?;
    let unit = if unit.is_empty() { "cGy" } else { unit };
    Some(match find(&["fractionsDelivered", "fractionsPrescribed"]) {
        Some((fractions, _)) => format!("{dose} {unit} in {fractions} fractions"),
        None => format!("{dose} {unit}"),
    })
}

/// Words of mCODE's intent of a treatment.
pub(super) fn intent(components: &[CodedComponent]) -> Option<String> {
    components.iter().find_map(|component| {
        let named = component.concept.codes.iter().any(|c| c.code.ends_with("-intent"));
        match (&component.value, named) {
            (Some(CodedValue::Concept(concept)), true) if !concept.words.is_empty() => {
                let words = concept.words.to_lowercase();
                Some(
                    words
                        .trim_end_matches("(qualifier value)")
                        .trim_end_matches("- procedure intent")
                        .trim()
                        .to_owned(),
                )
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_roman_however_they_are_written() {
        for (written, meant) in [
            ("3C", "IIIC"),
            ("Stage IIA", "IIA"),
            ("IV", "IV"),
            ("0", "0"),
            ("AJCC Stage 1B", "IB"),
            ("IIIC1", "IIIC1"),
        ] {
            assert_eq!(stage(written).as_deref(), Some(meant), "{written}");
        }
        for written in ["", "5", "unknown", "Stage", "II or III", "2026", "grade 2"] {
            assert_eq!(stage(written), None, "{written}");
        }
    }

    #[test]
    fn a_pattern_fits_its_codes_only() {
        assert!(fits("C50.?12", "C50.412"));
        assert!(!fits("C50.?12", "C50.4121"));
        assert!(!fits("C50.?12", "C50.41"));
        assert!(fits("C61*", "C61"));
        assert!(!fits("C61*", "C6"));
    }

    #[test]
    fn words_with_one_number_hold_it_and_others_none() {
        assert_eq!(only_number("ECOG grade 1").as_deref(), Some("1"));
        for words in ["3 + 4", "", "...", "grade"] {
            assert_eq!(only_number(words), None, "{words}");
        }
    }
}
