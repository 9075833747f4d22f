//! The tables of `knowledge/reading/` about codes, medicines and treatments: what a code says, names of medicines and
//! regimens, words of instructions and histories. What a cell may hold is checked here, so that a slip is named by line.

use consilium_casefile::knowledge::{CodeMeaning, CoursePhrase, DrugClass, DrugName, Knowledge, Regimen, Vocabulary};

use super::{Problem, Row, Texts, distinct, rows};

const CUES: &[&str] = &[
    "done",
    "active",
    "planned",
    "considered",
    "not_given",
    "operation",
    "operative_note",
    "day_of_operation",
    "declined",
    "stopped",
    "reduced",
    "delayed",
    "switched",
    "replaces",
    "allergy",
    "no_medicine",
    "intent",
    "radiation",
    "chemotherapy",
    "cycles",
    "why",
    "when",
    "heading_medications",
    "heading_allergies",
    "heading_plan",
    "heading_stopped",
    "heading_started",
    "heading_other",
];

const TIMING: &[&str] = &[
    "starts",
    "starts_by",
    "books",
    "waits",
    "waiting",
    "safe",
    "before",
    "within",
    "from_operation",
    "from_record",
    "treatment",
    "generic",
    "between",
    "apart",
    "harmless",
    "denies",
    "denies_clause",
    "calls_off",
];

const PLANS: &[&str] = &[
    "plans",
    "plans_next",
    "for",
    "mention",
    "perhaps",
    "perhaps_next",
    "then",
    "dated",
    "given",
    "treatment",
    "person",
    "other",
    "nothing",
];

const GIVEN: &[&str] = &[
    "treatment",
    "operation",
    "general",
    "past",
    "after",
    "past_behind",
    "given",
    "done",
    "coming",
    "later",
    "chosen",
    "weighed",
    "ordered",
    "again",
    "everybody",
    "nothing",
];

const QUALIFIERS: &[&str] = &["prefix", "system", "method", "gene"];

/// Reads the table `name` into its place. `Ok(false)`: there is no such table here.
pub(super) fn take(vocabulary: &mut Vocabulary, name: &str, text: &str) -> Result<bool, Problem> {
    match name {
        "reading/codes.csv" => {
            vocabulary.codes =
                distinct(rows(text, code)?, |row| format!("{}|{}|{}", row.system, row.code, row.concept))?;
        }
        "reading/code-systems.csv" => {
            vocabulary.code_systems = distinct(rows(text, code_system)?, Clone::clone)?;
        }
        "reading/drugs.csv" => {
            let drugs = rows(text, |row| {
                let named = row.needed("class")?;
                let class = DrugClass::NAMES.iter().find(|(name, _)| *name == named).map(|(_, class)| *class);
                let class = class.ok_or_else(|| {
                    let names: Vec<&str> = DrugClass::NAMES.iter().map(|(name, _)| *name).collect();
                    row.problem("class", &format!("write one of: {}", names.join(", ")))
                })?;
                // A table edited earlier need not have this column.
                let form = if row.has("form") { row.optional("form")? } else { None };
                let form = form.map(|form| form.to_lowercase());
                Ok(DrugName { phrase: phrase(row)?, ingredient: row.needed("ingredient")?.to_lowercase(), class, form })
            })?;
            vocabulary.drugs = distinct(drugs, |row| row.phrase.clone())?;
        }
        "reading/regimens.csv" => {
            let regimens = rows(text, |row| {
                let drugs = row.needed("drugs")?.to_lowercase();
                // "Endocrine therapy": a treatment whose medicines are not named.
                let named = drugs.split(';').map(str::trim).filter(|d| !d.is_empty() && *d != "none");
                let drugs = named.map(str::to_owned).collect();
                _ = row.confirmed("confidence")?;
                Ok(Regimen { phrase: phrase(row)?, name: row.needed("name")?, drugs })
            })?;
            vocabulary.regimens = distinct(regimens, |row| row.phrase.clone())?;
        }
        "reading/sig.csv" => {
            let sig = rows(text, |row| {
                let class = row.needed("class")?;
                if !["unit", "route", "frequency", "form"].contains(&class.as_str()) {
                    return Err(row.problem("class", "write unit, route, frequency or form"));
                }
                Ok(CoursePhrase { phrase: phrase(row)?, class, means: row.needed("means")? })
            })?;
            vocabulary.sig = distinct(sig, |row| row.phrase.clone())?;
        }
        "reading/treatment-cues.csv" => {
            vocabulary.treatment_cues = distinct(cues(text, CUES)?, |row| format!("{}|{}", row.phrase, row.means))?;
        }
        "reading/timing-cues.csv" => {
            let cues = rows(text, |row| {
                let means = row.needed("means")?;
                let figure = means.strip_prefix("number:").or_else(|| means.strip_prefix("days:"));
                let counts = figure.is_some_and(|figure| figure.parse::<u16>().is_ok_and(|n| (1..=400).contains(&n)));
                if !(counts || TIMING.contains(&means.as_str())) {
                    let known = TIMING.join(", ");
                    return Err(row.problem("means", &format!("write one of: {known}, number:12, days:7")));
                }
                Ok(CoursePhrase { phrase: phrase(row)?, class: String::new(), means })
            })?;
            vocabulary.timing_cues = distinct(cues, |row| row.phrase.clone())?;
        }
        "reading/plan-cues.csv" => {
            vocabulary.plan_cues = distinct(cues(text, PLANS)?, |row| row.phrase.clone())?;
        }
        "reading/given-cues.csv" => {
            vocabulary.given_cues = distinct(cues(text, GIVEN)?, |row| row.phrase.clone())?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Cues of a table, each of one of these meanings, with their lines.
fn cues(text: &str, meanings: &[&str]) -> Result<Vec<(u64, CoursePhrase)>, Problem> {
    rows(text, |row| {
        let means = row.one_of("means", meanings)?;
        Ok(CoursePhrase { phrase: phrase(row)?, class: String::new(), means })
    })
}

fn code(row: &Row<'_>) -> Result<CodeMeaning, Problem> {
    let qualifier = match row.optional("qualifier")? {
        None => None,
        Some(pair) => match pair.split_once('=') {
            Some((name, value)) if QUALIFIERS.contains(&name) && !value.is_empty() => {
                Some((name.to_owned(), value.to_owned()))
            }
            _ => {
                return Err(row.problem(
                    "qualifier",
                    &format!("write a name and a value, as in prefix=p; names are {}", QUALIFIERS.join(", ")),
                ));
            }
        },
    };
    let code = row.needed("code")?;
    if code.trim_end_matches('*').contains('*') {
        return Err(row.problem("code", "a * may stand at the end only; write ? for one character"));
    }
    let confirmed = row.confirmed("confidence")?;
    let words = row.optional("words")?.unwrap_or_default().to_lowercase();
    let words: Vec<String> = words.split(';').map(str::trim).filter(|w| !w.is_empty()).map(str::to_owned).collect();
    if !confirmed && words.is_empty() {
        return Err(
            row.problem("words", "a code that is not confirmed needs words a record must show beside it; add one")
        );
    }
    Ok(CodeMeaning {
        system: row.optional("system")?.unwrap_or_default(),
        code,
        concept: row.needed("concept")?,
        value: row.needed("value")?,
        qualifier,
        words,
        confirmed,
    })
}

/// The name of a code system, letter for letter as it stands before a code.
fn code_system(row: &Row<'_>) -> Result<String, Problem> {
    let name = row.needed("name")?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | ' ');
    if name.len() >= 3 && name.chars().all(fits) && name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Ok(name);
    }
    Err(row.problem("name", "write three or more letters without accents, digits, hyphens and blanks, as in ICD-10-CM"))
}

fn phrase(row: &Row<'_>) -> Result<String, Problem> {
    let phrase = row.needed("phrase")?.to_lowercase();
    if phrase.is_ascii() && phrase.chars().any(|c| c.is_ascii_alphanumeric()) {
        return Ok(phrase);
    }
    Err(row.problem("phrase", "write letters without accents, digits and spaces"))
}

/// Codes name concepts, and regimens consist of medicines there are.
pub(super) fn cross_check(knowledge: &Knowledge, texts: &Texts<'_>) -> Vec<(&'static str, Problem)> {
    let mut found = Vec::new();
    let vocabulary = &knowledge.vocabulary;
    for code in &vocabulary.codes {
        if code.concept != "result" && !knowledge.concepts.iter().any(|c| c.id.as_str() == code.concept) {
            let what = format!(
                "the code {} stands for \"{}\", which is not in concepts.csv; correct it or add it there",
                code.code, code.concept
            );
            let file = "reading/codes.csv";
            found.push((file, texts.problem(file, &[("code", &code.code), ("concept", &code.concept)], what)));
        }
    }
    for regimen in &vocabulary.regimens {
        for drug in &regimen.drugs {
            if !vocabulary.drugs.iter().any(|known| known.ingredient == *drug) {
                let what = format!("{} holds \"{drug}\", which is not in drugs.csv; add it there", regimen.name);
                let file = "reading/regimens.csv";
                found.push((file, texts.problem(file, &[("name", &regimen.name), ("drugs", drug)], what)));
            }
        }
    }
    found
}
