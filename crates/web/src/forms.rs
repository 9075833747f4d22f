//! What several forms share: reading typed values, the lists of cancers and kinds, and which of several dates is none.

use std::collections::HashMap;

use consilium_app::AppError;
use consilium_app::dates::typed_date;
use consilium_app::decide::{unchanged, words_stamp};
use consilium_casefile::facts::Concept;
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::reading::SummaryPart;
use consilium_casefile::{Message, Refusal};
use serde::Serialize;

use crate::parts::{Choice, ChoiceGroup, Say};

/// Typed values by field name.
pub(crate) type Values = HashMap<String, String>;

/// A value, or nothing.
pub(crate) fn value<'a>(values: &'a Values, name: &str) -> &'a str {
    values.get(name).map_or("", String::as_str)
}

/// The hidden field of a form that writes something anew: the stamp of what was there when it was opened.
pub(crate) const AS_OF: &str = "as_of";

/// That what a form showed when it was opened still stands: what somebody wrote meanwhile is not overwritten unseen.
pub(crate) fn still_stands(values: &Values, now: &impl Serialize) -> Result<(), AppError> {
    Ok(unchanged(&words_stamp(now), asked(values, AS_OF))?)
}

/// The first of these fields that holds something that is no date, and why it is none.
pub(crate) fn no_date(values: &Values, fields: &[&'static str]) -> Option<(&'static str, Refusal)> {
    fields.iter().find_map(|field| typed_date(value(values, field)).err().map(|refusal| (*field, refusal)))
}

/// The cancers to choose from, "not sure" first.
pub(crate) fn sites(knowledge: &Knowledge, chosen: &str) -> Vec<Choice> {
    let unsure = Choice { value: String::new(), label: "Not sure".to_owned(), chosen: chosen.is_empty() };
    let listed = knowledge.cancer_sites.iter().map(|site| Choice {
        value: site.id.clone(),
        label: site.plain_name.clone(),
        chosen: site.id == chosen,
    });
    std::iter::once(unsure).chain(listed).collect()
}

/// The kinds of documents to choose from, with the words for none.
pub(crate) fn kinds(knowledge: &Knowledge, chosen: &str, none: &str) -> Vec<Choice> {
    let nothing = Choice { value: String::new(), label: none.to_owned(), chosen: chosen.is_empty() };
    let listed = knowledge.document_kinds.iter().map(|kind| Choice {
        value: kind.id.0.clone(),
        label: kind.label.clone(),
        chosen: kind.id.0 == chosen,
    });
    std::iter::once(nothing).chain(listed).collect()
}

/// What a fact can be about: in the parts and the order of page one, and then what page one has no line for.
pub(crate) fn concepts(knowledge: &Knowledge, chosen: &str, say: Say<'_>) -> Vec<ChoiceGroup> {
    let choice = |concept: &Concept| {
        let known = knowledge.concept(concept)?;
        let unit = known.unit.as_deref().filter(|unit| !unit.starts_with('{')).map(|unit| format!(", in {unit}"));
        let label = format!("{}{}", known.label, unit.unwrap_or_default());
        Some(Choice { value: known.id.to_string(), label, chosen: known.id.as_str() == chosen })
    };
    let group = |key: &str, choices: Vec<Choice>| ChoiceGroup { label: say(&Message::new(key)), choices };
    let lines = &knowledge.summary_lines;
    let of_part = |part: SummaryPart| {
        let choices = lines.iter().filter(|line| line.part == part).filter_map(|line| choice(&line.concept));
        group(part.heading_key(), choices.collect())
    };
    let mut groups: Vec<ChoiceGroup> = SummaryPart::ALL.into_iter().map(of_part).collect();
    let others = knowledge.concepts.iter().filter(|concept| !lines.iter().any(|line| line.concept == concept.id));
    groups.push(group("summary-others", others.filter_map(|concept| choice(&concept.id)).collect()));
    groups.retain(|group| !group.choices.is_empty());
    groups
}

/// Choices from pairs of value and label.
pub(crate) fn choices(pairs: &[(&str, &str)], chosen: &str) -> Vec<Choice> {
    let choice = |(value, label): &(&str, &str)| Choice {
        value: (*value).to_owned(),
        label: (*label).to_owned(),
        chosen: *value == chosen,
    };
    pairs.iter().map(choice).collect()
}

/// Choices from a list of names, each with its words.
pub(crate) fn named<T: Copy>(
    say: Say<'_>,
    all: &[T],
    name: fn(T) -> &'static str,
    words: fn(T) -> Message,
    chosen: &str,
) -> Vec<Choice> {
    let choice = |one: &T| {
        let name = name(*one);
        Choice { value: name.to_owned(), label: say(&words(*one)), chosen: name == chosen }
    };
    all.iter().map(choice).collect()
}

/// A field of a request's address; a form left empty counts as none.
pub(crate) fn asked<'a>(query: &'a Values, name: &str) -> Option<&'a str> {
    query.get(name).map(String::as_str).filter(|text| !text.is_empty())
}
