//! What several forms share: reading typed values, the lists of cancers and kinds, and which of several dates is none.

use std::collections::HashMap;

use consilium_app::dates::typed_date;
use consilium_casefile::Refusal;
use consilium_casefile::knowledge::Knowledge;

use crate::parts::Choice;

/// Typed values by field name.
pub(crate) type Values = HashMap<String, String>;

/// A value, or nothing.
pub(crate) fn value<'a>(values: &'a Values, name: &str) -> &'a str {
    values.get(name).map_or("", String::as_str)
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

/// What a fact can be about, by name.
pub(crate) fn concepts(knowledge: &Knowledge) -> Vec<Choice> {
    let listed = knowledge.concepts.iter().map(|concept| Choice {
        value: concept.id.to_string(),
        label: concept.label.clone(),
        chosen: false,
    });
    let mut all: Vec<Choice> = listed.collect();
    all.sort_by_key(|choice| choice.label.to_lowercase());
    all
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

/// A field of a request's address; a form left empty counts as none.
pub(crate) fn asked<'a>(query: &'a Values, name: &str) -> Option<&'a str> {
    query.get(name).map(String::as_str).filter(|text| !text.is_empty())
}
