//! Values and concepts in a clinician's words: codes become names, categories lose their underscores.

use crate::facts::{Concept, Fact, Polarity};
use crate::knowledge::Knowledge;

use super::of_person::NONE_KNOWN;

/// What a clinician calls a concept, with what narrows it: `Margin (deep)`.
#[must_use]
pub fn concept_words(fact: &Fact, knowledge: &Knowledge) -> String {
    let label = label(&fact.concept, knowledge);
    let q = &fact.qualifiers;
    let narrows = match fact.concept.as_str() {
        "margin" | "margin_distance_mm" => q.site.as_deref(),
        // The value says the relation as well, where it was read so.
        "family_history" => q.site.as_deref().filter(|relation| !fact.value.starts_with(relation)),
        "variant" | "fusion" | "amplification" | "marker_expression" | "mmr_protein" | "germline" => q.gene.as_deref(),
        "pdl1" => q.method.as_deref(),
        _ => None,
    };
    match narrows {
        Some(narrows) => format!("{label} ({})", plain(narrows)),
        None => label,
    }
}

/// The label of a concept; its name in plain letters where the list does not have it.
#[must_use]
pub fn label(concept: &Concept, knowledge: &Knowledge) -> String {
    knowledge.concept(concept).map_or_else(|| plain(concept.as_str()), |c| c.label.clone())
}

fn plain(text: &str) -> String {
    text.replace('_', " ")
}

/// The name of an ICD-O-3 code: the first phrase of the vocabulary that means it, or means it without its last digit.
fn code_name(code: &str, knowledge: &Knowledge) -> Option<String> {
    let tables = [&knowledge.vocabulary.topography, &knowledge.vocabulary.morphology];
    let named = |wanted: &str| {
        tables
            .iter()
            .flat_map(|t| t.iter())
            .find(|p| p.code == wanted && p.only_at.is_empty())
            .map(|p| p.phrase.clone())
    };
    let general = || code.get(..3).filter(|c| c.starts_with('C')).and_then(|category| named(&format!("{category}.9")));
    // A metastasis of a tumour has the tumour's name.
    let metastatic =
        || code.strip_suffix("/6").and_then(|of| named(&format!("{of}/3"))).map(|name| format!("metastatic {name}"));
    named(code).or_else(general).or_else(metastatic)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|c| c.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A code of a site or a histology by its name, with the code behind it.
#[must_use]
pub(crate) fn code_words(code: &str, knowledge: &Knowledge) -> String {
    code_name(code, knowledge).map_or_else(|| code.to_owned(), |name| format!("{} ({code})", capital(&name)))
}

/// The value of a fact in words: `Infiltrating duct carcinoma (8500/3)`, `pN1a(sn)`, `95 %`, `not tested`.
#[must_use]
pub fn value_words(fact: &Fact, knowledge: &Knowledge) -> String {
    match fact.polarity {
        Polarity::NotTested => return "not tested".to_owned(),
        Polarity::Absent if fact.concept == Concept::ALLERGY && NONE_KNOWN.contains(&fact.value.as_str()) => {
            return "no known allergies".to_owned();
        }
        Polarity::Absent if fact.concept == Concept::VARIANT => {
            // "TP53 wild type": the value says it in the words of the laboratory.
            let gene = fact.value.strip_suffix(" wild type");
            return gene
                .map_or_else(|| format!("{}: not found", fact.value), |gene| format!("{gene}: no mutation found"));
        }
        Polarity::Absent if fact.concept == Concept::AMPLIFICATION => return format!("{}: not amplified", fact.value),
        Polarity::Insufficient if fact.value.is_empty() => return "could not be judged".to_owned(),
        _ => {}
    }
    let value = match fact.concept.as_str() {
        "topography" | "morphology" | "family_history" => code_words(&fact.value, knowledge),
        "t" | "n" | "m" | "stage_group" => {
            let of = |part: &Option<String>| part.clone().unwrap_or_default();
            format!("{}{}{}", of(&fact.qualifiers.prefix), fact.value, of(&fact.qualifiers.suffix))
        }
        "grade" => match &fact.qualifiers.system {
            Some(system) => format!("{} ({})", fact.value, system_name(system)),
            None => fact.value.clone(),
        },
        _ if fact.value.is_empty() => String::new(),
        _ => plain(&fact.value),
    };
    let unit = fact.unit.as_deref().filter(|u| !u.starts_with('{')).map_or(String::new(), |u| format!(" {u}"));
    let says_itself = ["present", "absent", "uncertain"].contains(&value.as_str());
    match fact.polarity {
        Polarity::Absent if says_itself || is_negative(&value) => value,
        Polarity::Absent => format!("no {value}").trim_end().to_owned(),
        Polarity::Uncertain if !says_itself && value != "equivocal" => format!("{value}{unit} (uncertain)"),
        Polarity::Insufficient => format!("{value}{unit} (could not be judged)"),
        _ => format!("{value}{unit}"),
    }
}

/// The name of a grading system as people write it.
fn system_name(system: &str) -> String {
    let name = plain(system);
    if name.chars().count() <= 4 { name.to_uppercase() } else { capital(&name) }
}

/// Values that say by themselves that something is not so.
fn is_negative(value: &str) -> bool {
    const NEGATIVE: [&str; 11] = [
        "negative",
        "free",
        "retained",
        "proficient",
        "MSS",
        "wildtype",
        "intact",
        "unmethylated",
        "0",
        "absent",
        "none",
    ];
    value.split_whitespace().any(|word| word == "no" || NEGATIVE.contains(&word))
        || value.ends_with('0')
        || value.contains("not ")
        || value.contains("negative")
}
