//! The tables of `knowledge/reading/`: phrases for sites and tumours with their codes, and phrases that stand for a
//! value. What a value may be is checked here, so that a slip in a table is named by its line.

use consilium_casefile::facts::Concept;
use consilium_casefile::knowledge::{CodedPhrase, Knowledge, Term, TermClass, TypedWords, Vocabulary, WordGroup};

use super::{Problem, Row, Texts, rows};

const SECTIONS: &[&str] = &[
    "diagnosis",
    "synoptic",
    "comment",
    "gross",
    "microscopic",
    "frozen",
    "ancillary",
    "clinical",
    "specimen",
    "addendum",
    "previous",
    "boilerplate",
];

const CUES: &[&str] = &[
    "negates_after",
    "negates_before",
    "not_negation",
    "uncertain_after",
    "uncertain_before",
    "history",
    "family",
    "outside",
    "metastasis",
    "in_situ",
    "supposes_after",
    "no_substance",
    "normal",
    "supposes_first",
    "general",
    "might_after",
    "other_illness",
    "former",
    "treated",
    "now",
    "new",
    "new_cancer",
    "at_first",
    "changed_from",
    "instead_after",
    "reads_instead",
];

/// Reads the table `name` into its place. `Ok(false)`: there is no table of that name.
pub(super) fn take(vocabulary: &mut Vocabulary, name: &str, text: &str) -> Result<bool, Problem> {
    match name {
        "reading/topography.csv" => {
            vocabulary.topography = coded(text, is_site)?;
        }
        "reading/morphology.csv" => {
            vocabulary.morphology = coded(text, is_morphology)?;
        }
        _ => {
            let Some((class, _)) = TermClass::FILES.iter().find(|(_, file)| *file == name) else { return Ok(false) };
            let rows = rows(text, |row| term(row, *class))?;
            let terms = match class {
                // A word may be of several groups, and stand on both sides.
                TermClass::Group | TermClass::NoResult => each_once(rows)?,
                _ => super::unique(rows, |term| term.phrase.as_str())?,
            };
            vocabulary.terms.retain(|term| term.class != *class);
            vocabulary.terms.extend(terms);
        }
    }
    Ok(true)
}

fn coded(text: &str, is_code: fn(&str) -> bool) -> Result<Vec<CodedPhrase>, Problem> {
    let rows = rows(text, |row| {
        let code = row.needed("code")?;
        if !is_code(&code) {
            return Err(row.problem("code", "write an ICD-O-3 code, as in C50.4 or 8500/3"));
        }
        let only_at = row.optional("only_at")?.unwrap_or_default();
        let only_at: Vec<String> =
            only_at.split(';').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect();
        if !only_at.iter().all(|site| site.starts_with('C') && site.len() >= 2 && site.len() <= 5) {
            return Err(row.problem("only_at", "write site codes or beginnings of them, separated by semicolons"));
        }
        let implies = row.optional("implies")?;
        if implies.as_deref().is_some_and(|site| !is_site(site)) {
            return Err(row.problem("implies", "write a site code, as in C22.0"));
        }
        let hints = row.optional("hints")?;
        if hints.as_deref().is_some_and(|site| !is_site(site)) {
            return Err(row.problem("hints", "write a site code, as in C67.9"));
        }
        Ok(CodedPhrase { phrase: phrase(row)?, code, only_at, implies, hints })
    })?;
    let mut seen = std::collections::HashMap::new();
    for (line, row) in &rows {
        if let Some(first) = seen.insert((row.phrase.as_str(), row.only_at.as_slice()), *line) {
            let what = format!("\"{}\" stands already in line {first}; keep one of the two", row.phrase);
            return Err(Problem::at(*line, 1, what));
        }
    }
    drop(seen);
    Ok(super::all(rows))
}

fn term(row: &Row<'_>, class: TermClass) -> Result<Term, Problem> {
    let means = row.needed("means")?;
    let allowed = match class {
        TermClass::Heading => SECTIONS.contains(&means.as_str()),
        TermClass::Cue => CUES.contains(&means.as_str()),
        TermClass::Group => {
            if WordGroup::named(&means).is_none() {
                let names: Vec<&str> = WordGroup::NAMES.iter().map(|(name, _)| *name).collect();
                return Err(row.problem("means", &format!("write one of: {}", names.join(", "))));
            }
            if !row.needed("phrase")?.bytes().all(|b| b.is_ascii_alphanumeric()) {
                return Err(row.problem("phrase", "write one word, of letters and digits only"));
            }
            true
        }
        TermClass::NoResult if !["before", "behind"].contains(&means.as_str()) => {
            return Err(row.problem("means", "write before or behind"));
        }
        TermClass::Companion | TermClass::Generic => {
            _ = row.number("means", 0, 100)?;
            true
        }
        _ => true,
    };
    if !allowed {
        let list = if class == TermClass::Heading { SECTIONS } else { CUES };
        return Err(row.problem("means", &format!("write one of: {}", list.join(", "))));
    }
    Ok(Term { phrase: phrase(row)?, class, means })
}

/// Terms of which none stands twice with the same meaning.
fn each_once(rows: Vec<(u64, Term)>) -> Result<Vec<Term>, Problem> {
    let mut seen = std::collections::HashMap::new();
    for (line, term) in &rows {
        if let Some(first) = seen.insert((term.phrase.as_str(), term.means.as_str()), *line) {
            let what = format!("\"{}\" stands already in line {first}; keep one of the two", term.phrase);
            return Err(Problem::at(*line, 1, what));
        }
    }
    drop(seen);
    Ok(super::all(rows))
}

fn phrase(row: &Row<'_>) -> Result<String, Problem> {
    let phrase = row.needed("phrase")?.to_lowercase();
    if phrase.is_ascii() && phrase.chars().any(|c| c.is_ascii_alphanumeric()) {
        return Ok(phrase);
    }
    Err(row
        .problem("phrase", "write letters without accents, digits and spaces; accents in a report make no difference"))
}

/// `C50.4`, or `C61` in the form `C61.9`.
fn is_site(code: &str) -> bool {
    let bytes = code.as_bytes();
    matches!(bytes, [b'C', a, b, b'.', c] if [a, b, c].iter().all(|d| d.is_ascii_digit()))
}

/// Four digits, a slash and a behaviour digit.
fn is_morphology(code: &str) -> bool {
    let Some((histology, behaviour)) = code.split_once('/') else { return false };
    histology.len() == 4
        && histology.bytes().all(|d| d.is_ascii_digit())
        && matches!(behaviour, "0" | "1" | "2" | "3" | "6" | "9")
}

/// Labels name concepts, and every concept the program reads is described.
pub(super) fn cross_check(knowledge: &Knowledge, texts: &Texts<'_>) -> Vec<(&'static str, Problem)> {
    let known = |name: &str| knowledge.concepts.iter().any(|c| c.id.as_str() == name);
    let mut found = Vec::new();
    for term in knowledge.vocabulary.terms.iter().filter(|t| t.class == TermClass::Label) {
        if !known(&term.means) {
            let what = format!(
                "\"{}\" stands for \"{}\", which is not in concepts.csv; correct it or add it there",
                term.phrase, term.means
            );
            let file = "reading/labels.csv";
            found.push((file, texts.problem(file, &[("phrase", &term.phrase), ("means", &term.means)], what)));
        }
    }
    for concept in Concept::KNOWN.iter().filter(|concept| !known(concept.as_str())) {
        let what = format!("the line of \"{concept}\" is missing; restore it");
        found.push(("concepts.csv", Problem::of_the_file(what)));
    }
    let whole = |words: &&TypedWords| !words.typed.contains('{');
    for words in knowledge.typed_words.iter().filter(whole) {
        let (concept, value) = match words.value.split_once('=') {
            Some((concept, value)) => (Concept::named(concept.trim()), value.trim()),
            None => (words.concept.clone(), words.value.as_str()),
        };
        if consilium_casefile::reading::understood(&concept, value, None, knowledge).is_err() {
            let what =
                format!("\"{}\" stands for \"{value}\", which is no value of {concept}; correct it", words.typed);
            let cells = [("typed", words.typed.as_str()), ("value", words.value.as_str())];
            found.push(("typed-words.csv", texts.problem("typed-words.csv", &cells, what)));
        }
    }
    found
}
