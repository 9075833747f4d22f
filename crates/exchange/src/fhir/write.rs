//! Small pieces of FHIR JSON: concepts, quantities, dates, references, and text made fit for FHIR's rules about
//! characters. Every function leaves out what there is nothing to say for; nothing here knows a profile.

use consilium_casefile::PartialDate;
use consilium_casefile::facts::Code;
use serde_json::{Map, Value, json};

use super::ExportCode;
use super::tables::Coding;

/// Our vocabulary of concepts; the name is stable and means nothing to others, so words always stand beside it.
pub(super) const OWN_CONCEPTS: &str = "urn:consilium:concept";
/// System of the tags that tell in which setting a finding's record speaks.
pub(super) const OWN_SETTINGS: &str = "urn:consilium:setting";
/// Our tags on a resource: `machine-read`, `recorded` (an entry of a structured record that calls it final) or
/// `confirmed`; `derived`; `main` (what its record says on the whole, and no mention in passing); `course`; `names-no-one`; and whose fact it is.
pub(super) const OWN_TAGS: &str = "urn:consilium:reading";
/// Our identifiers of documents.
pub(super) const OWN_DOCUMENTS: &str = "urn:consilium:document";
/// Why a value is missing.
pub(super) const ABSENT_REASONS: &str = "http://terminology.hl7.org/CodeSystem/data-absent-reason";
const ABSENT_EXTENSION: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
/// Longest text that is written into one element, in characters; FHIR ends at a million bytes.
const LONGEST: usize = 200_000;

/// Text as FHIR allows it: no control characters, something visible in it. `None` when nothing is left.
pub(super) fn text(words: &str) -> Option<String> {
    let kept: String = words
        .chars()
        .take(LONGEST)
        .map(|c| {
            let unfit =
                c.is_control() && !matches!(c, '\n' | '\t') || matches!(c, '\u{fffe}' | '\u{ffff}' | '\u{feff}');
            if unfit { ' ' } else { c }
        })
        .collect();
    let trimmed = kept.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// One line of text.
pub(super) fn line(words: &str) -> Option<String> {
    text(words).map(|t| t.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|t| !t.is_empty())
}

/// A date as FHIR writes it; `None` outside the years that FHIR can write.
pub(super) fn date(date: PartialDate) -> Option<String> {
    let year = date.earliest().year();
    let month_is_right = !matches!(date, PartialDate::Month(_, month) if !(1..=12).contains(&month));
    ((1000..=9999).contains(&year) && month_is_right).then(|| date.to_string())
}

/// A date for people, where FHIR can write it too.
pub(super) fn human(day: PartialDate) -> Option<String> {
    date(day).map(|_| day.human())
}

/// The extension that says why a required element has no value.
pub(super) fn absent(reason: &str) -> Value {
    json!({ "extension": [{ "url": ABSENT_EXTENSION, "valueCode": reason }] })
}

/// The reason why a value is missing, as a concept.
pub(super) fn absent_reason(code: &str, words: &str) -> Value {
    json!({ "coding": [{ "system": ABSENT_REASONS, "code": code }], "text": words })
}

/// Sets a date, or says that it is unknown, where an element may not be missing.
pub(super) fn set_required_date(resource: &mut Value, name: &str, day: Option<PartialDate>) {
    match day.and_then(date) {
        Some(day) => resource[name] = Value::from(day),
        None => resource[format!("_{name}")] = absent("unknown"),
    }
}

/// Sets a date where there is one.
pub(super) fn set_date(resource: &mut Value, name: &str, day: Option<PartialDate>) {
    if let Some(day) = day.and_then(date) {
        resource[name] = Value::from(day);
    }
}

/// Sets a text where there is one.
pub(super) fn set_text(resource: &mut Value, name: &str, words: Option<&str>) {
    if let Some(words) = words.and_then(text) {
        resource[name] = Value::from(words);
    }
}

/// A period; `None` when neither end is known, or they are the wrong way round (FHIR forbids it).
pub(super) fn period(start: Option<PartialDate>, end: Option<PartialDate>) -> Option<Value> {
    let mut period = Map::new();
    let turned = matches!((start, end), (Some(s), Some(e)) if s.earliest() > e.earliest());
    if let Some(start) = start.and_then(date) {
        period.insert("start".to_owned(), Value::from(start));
    }
    if let Some(end) = end.filter(|_| !turned).and_then(date) {
        period.insert("end".to_owned(), Value::from(end));
    }
    (!period.is_empty()).then_some(Value::Object(period))
}

/// A coding of a record's code, where it has a system and a code that FHIR can write.
pub(super) fn coding(code: &Code) -> Option<Value> {
    let system = code.system.trim();
    let fit = system.contains(':') && !system.chars().any(|c| c.is_whitespace() || c.is_control());
    let code_text = line(&code.code)?;
    if !fit {
        return None;
    }
    let mut coding = json!({ "system": system, "code": code_text });
    set_text(&mut coding, "display", line(&code.display).as_deref());
    Some(coding)
}

/// The codings of those codes that are confirmed, each once.
pub(super) fn confirmed(codes: &[ExportCode]) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    for coding in codes.iter().filter(|c| c.confirmed).filter_map(|c| coding(&c.code)) {
        let same = |other: &Value| other["system"] == coding["system"] && other["code"] == coding["code"];
        if !found.iter().any(same) {
            found.push(coding);
        }
    }
    found
}

/// A concept of codings and words; where there is neither, it says that it is unknown.
pub(super) fn concept(codings: Vec<Value>, words: &str) -> Value {
    let mut concept = Map::new();
    if !codings.is_empty() {
        concept.insert("coding".to_owned(), Value::Array(codings));
    }
    if let Some(words) = line(words) {
        concept.insert("text".to_owned(), Value::from(words));
    }
    if concept.is_empty() { absent("unknown") } else { Value::Object(concept) }
}

/// A concept of one coding of HL7's own.
pub(super) fn coded(system: &str, code: &str) -> Value {
    json!({ "coding": [{ "system": system, "code": code }] })
}

/// A concept of a code of our tables and words.
pub(super) fn of_table(coding: Option<Coding>, words: &str) -> Value {
    concept(coding.iter().map(Coding::json).collect(), words)
}

/// An extension with a concept.
pub(super) fn extension(url: &str, concept: Value) -> Value {
    json!({ "url": url, "valueCodeableConcept": concept })
}

/// A reference to an entry of the bundle.
pub(super) fn reference(full_url: &str) -> Value {
    json!({ "reference": full_url })
}

/// A decimal number with its optional sign of a bound.
pub(super) fn number(words: &str) -> Option<(&'static str, serde_json::Number)> {
    let words = words.trim();
    let bounds = [("<=", "<="), ("≤", "<="), (">=", ">="), ("≥", ">="), ("<", "<"), (">", ">")];
    let (sign, rest) =
        bounds.iter().find_map(|(text, sign)| Some((*sign, words.strip_prefix(text)?))).unwrap_or(("", words));
    let rest = rest.trim();
    let plain = !rest.is_empty()
        && rest.len() <= 17
        && rest.chars().all(|c| c.is_ascii_digit() || c == '.')
        && rest.starts_with(|c: char| c.is_ascii_digit())
        && rest.ends_with(|c: char| c.is_ascii_digit())
        && rest.matches('.').count() <= 1;
    if !plain {
        return None;
    }
    let number = match rest.parse::<i64>() {
        Ok(whole) => whole.into(),
        Err(_) => serde_json::Number::from_f64(rest.parse().ok()?)?,
    };
    Some((sign, number))
}

/// A quantity; the unit is written as a UCUM code, which the vocabulary of facts uses.
pub(super) fn quantity(sign: &str, number: serde_json::Number, unit: Option<&str>) -> Value {
    let mut quantity = json!({ "value": number });
    if !sign.is_empty() {
        quantity["comparator"] = Value::from(sign);
    }
    if let Some(unit) = unit.and_then(line) {
        let is_ucum = unit.is_ascii() && !unit.contains(' ');
        quantity["unit"] = Value::from(unit.as_str());
        if is_ucum {
            quantity["system"] = Value::from("http://unitsofmeasure.org");
            quantity["code"] = Value::from(unit);
        }
    }
    quantity
}

/// A range `30-35` as two numbers.
pub(super) fn range(words: &str) -> Option<(serde_json::Number, serde_json::Number)> {
    let (low, high) = words.split_once(['-', '–'])?;
    match (number(low)?, number(high)?) {
        (("", low), ("", high)) if low.as_f64() <= high.as_f64() => Some((low, high)),
        _ => None,
    }
}

/// Puts an item at the end of a list of a resource.
pub(super) fn push(resource: &mut Value, name: &str, item: Value) {
    match resource.get_mut(name) {
        Some(Value::Array(items)) => items.push(item),
        _ => resource[name] = Value::Array(vec![item]),
    }
}

/// A note.
pub(super) fn note(resource: &mut Value, words: &str) {
    if let Some(words) = text(words) {
        push(resource, "note", json!({ "text": words }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_sign_and_nothing_else_is_a_number() {
        assert_eq!(number("<1").map(|n| n.0), Some("<"));
        assert_eq!(number("95").map(|n| n.1), Some(95.into()));
        for words in ["", "-3", "1.", ".5", "1e9", "1,5", "NaN", "2+", "12345678901234567890"] {
            assert_eq!(number(words), None, "{words}");
        }
        assert!(range("30-35").is_some());
        assert!(range("35-30").is_none());
    }

    #[test]
    fn a_code_without_a_system_is_not_a_coding() {
        let code = |system: &str| Code { system: system.to_owned(), code: "1".to_owned(), display: String::new() };
        assert!(coding(&code("http://loinc.org")).is_some());
        assert!(coding(&code("")).is_none());
        assert!(coding(&code("http://a b")).is_none());
    }

    #[test]
    fn text_of_nothing_is_no_text() {
        assert_eq!(text("\u{0} \u{7}\n"), None);
        assert_eq!(line(" a\n b\u{0}"), Some("a b".to_owned()));
    }
}
