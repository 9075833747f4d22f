//! The value of an Observation from a fact: a result, a number with its unit, a range, or words.

use consilium_casefile::facts::Polarity;
use serde_json::{Value, json};

use super::ExportFact;
use super::condition::icd_o_3;
use super::observation::set_absent;
use super::tables;
use super::write::{concept, confirmed, line, note, number, of_table, push, quantity, range};

/// Sets a value, or why there is none; says whether there is one.
pub(super) fn set_value(observation: &mut Value, fact: &ExportFact, value: Option<(&str, Value)>) -> bool {
    match value {
        Some((name, value)) => {
            observation[name] = value;
            true
        }
        None => {
            set_absent(observation, fact.fact.polarity);
            false
        }
    }
}

/// The value of a fact of no special form; says whether the claimed profile's form is kept.
pub(super) fn category_value(observation: &mut Value, export_fact: &ExportFact) -> bool {
    let fact = &export_fact.fact;
    let value = line(&fact.value);
    let shape = tables::concept(fact.concept.as_str()).shape;
    // "GX" and the like say that it was looked at; they are written as stated.
    let is_x = value.as_deref().is_some_and(|v| v.ends_with('X') && v.len() <= 3);
    if fact.polarity == Polarity::NotTested || fact.polarity == Polarity::Insufficient && !is_x {
        return set_value(observation, export_fact, None);
    }
    let words = line(&export_fact.words);
    let mut keeps_form = true;
    let set = match (&value, fact.polarity) {
        (Some(value), _) if number(value).is_some() && shape != "grade" => {
            number(value).map(|(sign, n)| ("valueQuantity", quantity(sign, n, fact.unit.as_deref())))
        }
        (Some(value), _) if range(value).is_some() && fact.unit.is_some() => range(value).map(|(low, high)| {
            keeps_form = false;
            let end = |n| quantity("", n, fact.unit.as_deref());
            ("valueRange", json!({ "low": end(low), "high": end(high) }))
        }),
        (Some(value), polarity) => {
            Some(("valueCodeableConcept", result(export_fact, value, polarity, words.as_deref())))
        }
        (None, Polarity::Absent) => {
            Some(("valueCodeableConcept", of_table(tables::value("result", "negative"), "absent")))
        }
        (None, _) => words.map(|words| ("valueCodeableConcept", concept(Vec::new(), &words))),
    };
    interpret(observation, fact.polarity, value.as_deref());
    set_value(observation, export_fact, set) && keeps_form
}

/// A category as a concept. Positive and negative are coded; a value said to be absent says so in words, so that a reader
/// of the value alone is not misled.
fn result(fact: &ExportFact, value: &str, polarity: Polarity, words: Option<&str>) -> Value {
    let mut codings = icd_o_3(fact);
    if codings.is_empty() {
        codings = confirmed(&fact.codes);
    }
    if polarity == Polarity::Absent {
        // The code of what was not found must not stand as the finding.
        codings.clear();
    }
    let own_result = match value {
        "positive" | "negative" => tables::value("result", value),
        "left" | "right" | "bilateral" | "midline" => tables::value("side", value),
        _ => None,
    };
    if polarity == Polarity::Present || value == "negative" {
        codings.extend(own_result.map(|c| c.json()));
    }
    let says_so = matches!(
        value,
        "negative"
            | "absent"
            | "free"
            | "proficient"
            | "retained"
            | "MSS"
            | "wildtype"
            | "intact"
            | "unmethylated"
            | "no"
    );
    let shown = match (polarity, words) {
        (Polarity::Absent, Some(words)) => words.to_owned(),
        (Polarity::Absent, None) if !says_so => format!("{value}: absent"),
        (Polarity::Uncertain, Some(words)) => words.to_owned(),
        (Polarity::Uncertain, None) => format!("{value} (uncertain)"),
        _ => value.to_owned(),
    };
    concept(codings, &shown)
}

fn interpret(observation: &mut Value, polarity: Polarity, value: Option<&str>) {
    let system = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";
    let code = match (polarity, value) {
        (Polarity::Present, Some("positive")) => "POS",
        (Polarity::Absent, _) => "NEG",
        _ => return,
    };
    push(observation, "interpretation", super::write::coded(system, code));
    if polarity == Polarity::Absent && value.is_some_and(|v| number(v).is_some()) {
        note(observation, "The record says that there is none.");
    }
}
