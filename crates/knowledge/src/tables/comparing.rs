//! The tables of `knowledge/compare/`: dimensions, concepts, kinds of treatment and the words of plans and reasons. What a
//! cell may hold is checked here, so that a slip is named by line.

use consilium_casefile::compare::{Kind, Material, StepKind, Weight};
use consilium_casefile::facts::Concept;
use consilium_casefile::knowledge::{
    ComparedConcept, Comparing, Comparison, Denial, DenialPlace, Dimension, DrugClass, Each, Family, Knowledge,
    MarkerAnswer, PlanItem, PlanMark, PlanWords, ReasonWords,
};
use consilium_casefile::records::DocumentKind;

use super::{Problem, Row, Texts, distinct, parts, rows, unique};

const DIMENSIONS: &str = "compare/dimensions.csv";
const CONCEPTS: &str = "compare/concepts.csv";
const WORDS: &str = "compare/plan-words.csv";
const MATERIALS: &str = "compare/materials.csv";
const ITEMS: &str = "compare/plan-items.csv";
/// How a cancer can be said to behave.
const BEHAVIOURS: [&str; 5] = ["benign", "in-situ", "invasive", "metastatic", "localized"];

/// Reads the table `name` into its place. `Ok(false)`: there is no such table here.
pub(super) fn take(comparing: &mut Comparing, name: &str, text: &str) -> Result<bool, Problem> {
    match name {
        DIMENSIONS => {
            let dimensions = rows(text, |row| {
                _ = row.confirmed("confidence")?;
                Ok(Dimension {
                    id: row.needed("id")?,
                    label: row.needed("label")?,
                    plain: row.needed("plain")?,
                    conflict: weight(row, "conflict")?,
                    one_sided: weight(row, "one_sided")?,
                    not_comparable: weight(row, "not_comparable")?,
                })
            })?;
            comparing.dimensions = unique(dimensions, |d| d.id.as_str())?;
        }
        CONCEPTS => comparing.concepts = unique(rows(text, concept)?, |c| c.concept.as_str())?,
        ITEMS => comparing.plan_items = unique(rows(text, item)?, |i| i.id.as_str())?,
        WORDS => {
            let words = rows(text, |row| {
                let names = row.optional("names")?.unwrap_or_default();
                Ok(PlanWords {
                    phrase: row.needed("phrase")?.to_lowercase(),
                    item: row.id("item")?,
                    names: parts(&names.to_lowercase(), ';'),
                })
            })?;
            comparing.plan_words = unique(words, |w| w.phrase.as_str())?;
        }
        "compare/plan-marks.csv" => {
            let marks = rows(text, |row| {
                _ = row.confirmed("confidence")?;
                let phrase = row.needed("phrase")?.to_lowercase();
                let means = row.optional("means")?.unwrap_or_else(|| phrase.clone());
                Ok(PlanMark { group: row.id("group")?, phrase, means })
            })?;
            comparing.plan_marks = distinct(marks, |mark| format!("{} {}", mark.group, mark.phrase))?;
        }
        "compare/reason-words.csv" => {
            let words = rows(text, |row| {
                Ok(ReasonWords {
                    phrase: row.needed("phrase")?.to_lowercase(),
                    kind: one_of(row, "kind", Kind::ALL, Kind::named, Kind::name)?,
                })
            })?;
            comparing.reason_words = unique(words, |w| w.phrase.as_str())?;
        }
        "compare/families.csv" => {
            let families = rows(text, |row| {
                let from = row.number("from", 8000, 9999)?;
                _ = row.confirmed("confidence")?;
                let general = row.optional("general")?.map(|_| row.number("general", 8000, 9999)).transpose()?;
                Ok(Family { from, to: row.number("to", from, 9999)?, family: row.needed("family")?, general })
            })?;
            comparing.families = distinct(families, |family| format!("{}-{}", family.from, family.to))?;
        }
        "compare/denials.csv" => {
            let denials = rows(text, |row| {
                let place = match row.needed("where")?.as_str() {
                    "first" => DenialPlace::First,
                    "anywhere" => DenialPlace::Anywhere,
                    "behind" => DenialPlace::Behind,
                    "doubt" => DenialPlace::Doubt,
                    "untested" => DenialPlace::Untested,
                    _ => return Err(row.problem("where", "write first, anywhere, behind, doubt or untested")),
                };
                Ok(Denial { phrase: row.needed("phrase")?.to_lowercase(), place })
            })?;
            comparing.denials = distinct(denials, |denial| format!("{} {:?}", denial.phrase, denial.place))?;
        }
        "compare/diagnosis-words.csv" => {
            let words = rows(text, |row| {
                let means = row.one_of("means", &BEHAVIOURS)?;
                Ok((row.needed("phrase")?.to_lowercase(), means))
            })?;
            comparing.diagnosis_words = unique(words, |(phrase, _)| phrase.as_str())?;
        }
        "compare/marker-answers.csv" => {
            let answers = rows(text, |row| {
                let answer = one_of(row, "answer", MarkerAnswer::ALL, MarkerAnswer::named, MarkerAnswer::name)?;
                _ = row.confirmed("confidence")?;
                Ok((row.needed("result")?.to_lowercase(), answer))
            })?;
            comparing.answers = unique(answers, |(result, _)| result.as_str())?;
        }
        MATERIALS => {
            let materials = rows(text, |row| {
                let material = one_of(row, "material", Material::ALL, Material::named, Material::name)?;
                Ok((DocumentKind(row.id("kind")?), material))
            })?;
            comparing.materials = unique(materials, |(kind, _)| kind.0.as_str())?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// One word of a list, or a problem that names them all.
fn one_of<T: Copy>(
    row: &Row<'_>,
    column: &str,
    all: &[T],
    named: fn(&str) -> Option<T>,
    name: fn(T) -> &'static str,
) -> Result<T, Problem> {
    named(&row.needed(column)?).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|one| name(*one)).collect();
        row.problem(column, &format!("write one of: {}", names.join(", ")))
    })
}

fn weight(row: &Row<'_>, column: &str) -> Result<Weight, Problem> {
    one_of(row, column, Weight::ALL, Weight::named, Weight::name)
}

fn perhaps(row: &Row<'_>, column: &str) -> Result<Option<Weight>, Problem> {
    row.optional(column)?.map(|_| weight(row, column)).transpose()
}

fn concept(row: &Row<'_>) -> Result<ComparedConcept, Problem> {
    let group = |text: String| -> Result<Vec<Material>, Problem> {
        let each = parts(&text, '|').into_iter().map(|name| {
            Material::named(&name).ok_or_else(|| {
                let names: Vec<&str> = Material::ALL.iter().map(|m| m.name()).collect();
                row.problem("materials", &format!("\"{name}\" is none of: {}", names.join(", ")))
            })
        });
        each.collect()
    };
    let materials = row.optional("materials")?.unwrap_or_default();
    let boundaries = row.optional("boundaries")?.unwrap_or_default();
    _ = row.confirmed("confidence")?;
    Ok(ComparedConcept {
        concept: Concept::named(&row.needed("concept")?),
        dimension: row.needed("dimension")?,
        item: row.optional("item")?.unwrap_or_default(),
        beside: row.optional("beside")?.unwrap_or_default(),
        each: one_of(row, "each", Each::ALL, Each::named, Each::name)?,
        apart_tenths: row.optional("apart")?.map(|_| row.number("apart", 11, 1000)).transpose()?,
        comparison: one_of(row, "comparison", Comparison::ALL, Comparison::named, Comparison::name)?,
        scales: parts(&boundaries, ';')
            .iter()
            .map(|scale| parts(scale, '|').iter().map(|group| parts(group, ',')).collect())
            .collect(),
        materials: parts(&materials, ';').into_iter().map(group).collect::<Result<_, _>>()?,
        conflict: perhaps(row, "conflict")?,
        one_sided: perhaps(row, "one_sided")?,
    })
}

fn item(row: &Row<'_>) -> Result<PlanItem, Problem> {
    let classes = row.optional("classes")?.unwrap_or_default();
    let class = |name: String| {
        let found = DrugClass::NAMES.iter().find(|(known, _)| *known == name).map(|(_, class)| *class);
        found.ok_or_else(|| row.problem("classes", &format!("\"{name}\" is no class of reading/drugs.csv")))
    };
    _ = row.confirmed("confidence")?;
    Ok(PlanItem {
        id: row.id("id")?,
        label: row.needed("label")?,
        kind: one_of(row, "kind", StepKind::ALL, StepKind::named, StepKind::name)?,
        classes: parts(&classes, ';').into_iter().map(class).collect::<Result<_, _>>()?,
        one_class: row.yes_or_no("one_class")?,
        one_sided: weight(row, "one_sided")?,
        rests_on: parts(&row.optional("rests_on")?.unwrap_or_default(), ';'),
    })
}

/// What only shows when the tables are seen together: a dimension, a concept or a kind that is named and not there.
pub(super) fn cross_check(knowledge: &Knowledge, texts: &Texts<'_>) -> Vec<(&'static str, Problem)> {
    let comparing = &knowledge.comparing;
    let mut found = Vec::new();
    for row in &comparing.concepts {
        if comparing.dimension(&row.dimension).is_none() {
            let what = format!("the dimension \"{}\" of {} is not in dimensions.csv", row.dimension, row.concept);
            let cells = [("concept", row.concept.as_str()), ("dimension", row.dimension.as_str())];
            found.push((CONCEPTS, texts.problem(CONCEPTS, &cells, what)));
        }
        let own = row.concept == consilium_casefile::compare::imaging_finding();
        if !own && !Concept::KNOWN.contains(&row.concept) {
            let what = format!("\"{}\" is not the id of a line of concepts.csv", row.concept);
            found.push((CONCEPTS, texts.problem(CONCEPTS, &[("concept", row.concept.as_str())], what)));
        }
    }
    let needed = ["diagnosis", "grade", "intent", "plan", "sequence"];
    for id in needed.into_iter().filter(|id| comparing.dimension(id).is_none()) {
        let what = format!("the dimension \"{id}\" is missing; restore its line");
        found.push((DIMENSIONS, Problem::of_the_file(what)));
    }
    let is_line = |name: &str| {
        let item = |row: &ComparedConcept| row.item == name;
        comparing.dimension(name).is_some() || comparing.concepts.iter().any(item)
    };
    for item in &comparing.plan_items {
        for name in item.rests_on.iter().filter(|name| !is_line(name)) {
            let what = format!("\"{name}\", on which {} rests, is no dimension and no item of concepts.csv", item.id);
            found.push((ITEMS, texts.problem(ITEMS, &[("id", &item.id), ("rests_on", name)], what)));
        }
    }
    for words in comparing.plan_words.iter().filter(|w| !comparing.plan_items.iter().any(|item| item.id == w.item)) {
        let what = format!("the kind of treatment \"{}\" of \"{}\" is not in plan-items.csv", words.item, words.phrase);
        found.push((WORDS, texts.problem(WORDS, &[("phrase", &words.phrase), ("item", &words.item)], what)));
    }
    // What a group of medicines stands for are names of medicines.
    let of_medicines = |id: &str| comparing.plan_items.iter().any(|item| item.id == id && !item.classes.is_empty());
    let is_medicine = |name: &str| {
        let drugs = &knowledge.vocabulary.drugs;
        drugs.iter().any(|drug| drug.ingredient.eq_ignore_ascii_case(name) || drug.phrase.eq_ignore_ascii_case(name))
    };
    for words in comparing.plan_words.iter().filter(|words| of_medicines(&words.item)) {
        for name in words.names.iter().filter(|name| !is_medicine(name)) {
            let what = format!("\"{name}\" is not in reading/drugs.csv; correct it or add it there");
            found.push((WORDS, texts.problem(WORDS, &[("phrase", &words.phrase), ("names", name)], what)));
        }
    }
    for (kind, _) in
        comparing.materials.iter().filter(|(kind, _)| !knowledge.document_kinds.iter().any(|k| k.id == *kind))
    {
        let what = format!("the kind \"{}\" is not in document-kinds.csv", kind.0);
        found.push((MATERIALS, texts.problem(MATERIALS, &[("kind", &kind.0)], what)));
    }
    found
}
