//! Any FHIR data type in words: concepts, quantities, periods, references, names, addresses, dosages.

use serde_json::Value;

use super::value::{codings, list, name, one, primitive, text};
use super::{Resources, shown, words_of};
use crate::code_systems;

/// A value in words. Codes follow their words in quiet form; what has no words here is left out.
pub(super) fn say(value: &Value, from: &Value, resources: &Resources) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => plain(text),
        Value::Number(_) | Value::Bool(_) => match primitive(value).as_deref() {
            Some("true") => "yes".to_owned(),
            Some("false") => "no".to_owned(),
            other => other.unwrap_or("").to_owned(),
        },
        Value::Array(items) => {
            let mut said: Vec<String> = Vec::new();
            for item in items {
                let one = say(item, from, resources);
                if !one.is_empty() && (said.len() > 200 || !said.contains(&one)) {
                    said.push(one);
                }
            }
            said.join("; ")
        }
        Value::Object(fields) => {
            let has = |name: &str| fields.contains_key(name);
            if has("coding") || has("code") && (has("system") || has("display")) && !has("value") {
                concept(value)
            } else if has("reference") || has("identifier") && has("display") {
                shown(value, from, resources).or_else(|| text(value, "reference")).unwrap_or_default()
            } else if has("numerator") || has("denominator") {
                let part = |name: &str| one(value, name).map(quantity).unwrap_or_default();
                let (numerator, denominator) = (part("numerator"), part("denominator"));
                if denominator.is_empty() || denominator == "1" {
                    numerator
                } else {
                    format!("{numerator} / {denominator}")
                }
            } else if has("start") || has("end") {
                period(value)
            } else if has("low") || has("high") {
                range(value)
            } else if has("family") || has("given") {
                name(value).map(|n| n.display()).unwrap_or_default()
            } else if has("line") || has("city") || has("postalCode") {
                address(value)
            } else if has("doseAndRate") || has("timing") || has("route") || has("asNeededBoolean") {
                dosage(value, from, resources)
            } else if has("value") {
                if has("use") || has("system") && !has("unit") && !has("code") && has("type") {
                    text(value, "value").unwrap_or_default()
                } else {
                    quantity(value)
                }
            } else if has("repeat") || has("event") {
                timing(value)
            } else if has("contentType") {
                text(value, "title").or_else(|| text(value, "contentType")).unwrap_or_default()
            } else if has("actor") || has("member") || has("individual") || has("concept") {
                let inner = ["actor", "member", "individual", "concept"].iter().find_map(|n| fields.get(*n));
                inner.map(|v| say(v, from, resources)).unwrap_or_default()
            } else {
                ["text", "display", "description", "name", "div"]
                    .iter()
                    .find_map(|n| fields.get(*n))
                    .map(|v| say(v, from, resources))
                    .unwrap_or_default()
            }
        }
    }
}

/// The day of a dateTime; other text as it is.
fn plain(text: &str) -> String {
    let is_date_time = text.len() > 10 && text.get(..10).is_some_and(|d| d.parse::<jiff::civil::Date>().is_ok());
    if is_date_time && text.get(10..11) == Some("T") {
        return text.get(..10).unwrap_or(text).to_owned();
    }
    if text.trim_start().starts_with('<') {
        return crate::html::to_text(text);
    }
    text.trim().to_owned()
}

pub(super) fn concept(value: &Value) -> String {
    let words = words_of(value).unwrap_or_default();
    let codings = codings(value);
    match codings.iter().find(|c| code_systems::name(&c.system).is_some()) {
        Some(coded) => code_systems::quietly(&words, &coded.system, &coded.code),
        None => words,
    }
}

pub(super) fn quantity(value: &Value) -> String {
    let amount = text(value, "value").unwrap_or_default();
    let comparator = text(value, "comparator").unwrap_or_default();
    let unit = text(value, "unit").or_else(|| text(value, "code")).unwrap_or_default();
    let unit = if unit == "1" || unit == "{score}" { String::new() } else { unit };
    format!("{comparator}{} {unit}", rounded(&amount)).trim().to_owned()
}

/// Numbers as a laboratory prints them: a value computed to fifteen places is cut to four.
fn rounded(amount: &str) -> String {
    let places = amount.split_once('.').map_or(0, |(_, places)| places.len());
    match amount.parse::<f64>() {
        Ok(number) if places > 4 && number.is_finite() => {
            let cut = format!("{number:.4}");
            cut.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        _ => amount.to_owned(),
    }
}

fn period(value: &Value) -> String {
    let day = |name: &str| text(value, name).map(|t| plain(&t));
    match (day("start"), day("end")) {
        (Some(start), Some(end)) if start == end => start,
        (Some(start), Some(end)) => format!("{start} to {end}"),
        (Some(start), None) => format!("since {start}"),
        (None, Some(end)) => format!("until {end}"),
        (None, None) => String::new(),
    }
}

pub(super) fn range(value: &Value) -> String {
    if let Some(text) = text(value, "text") {
        return text;
    }
    let end = |name: &str| one(value, name).map(quantity).filter(|q| !q.is_empty());
    match (end("low"), end("high")) {
        (Some(low), Some(high)) => format!("{low} – {high}"),
        (Some(low), None) => format!("≥ {low}"),
        (None, Some(high)) => format!("≤ {high}"),
        (None, None) => String::new(),
    }
}

fn address(value: &Value) -> String {
    if let Some(text) = text(value, "text") {
        return text;
    }
    let mut parts: Vec<String> = list(value, "line").iter().filter_map(primitive).collect();
    let town: Vec<String> = ["city", "state", "postalCode"].iter().filter_map(|n| text(value, n)).collect();
    parts.push(town.join(" "));
    parts.extend(text(value, "country"));
    parts.retain(|p| !p.is_empty());
    parts.join(", ")
}

fn dosage(value: &Value, from: &Value, resources: &Resources) -> String {
    if let Some(text) = text(value, "text") {
        return text;
    }
    let mut parts: Vec<String> = Vec::new();
    for dose in list(value, "doseAndRate") {
        for name in ["doseQuantity", "doseRange", "rateQuantity", "rateRatio"] {
            parts.extend(one(dose, name).map(|d| say(d, from, resources)));
        }
    }
    for name in ["dose", "doseQuantity", "timing", "route", "site", "method"] {
        parts.extend(one(value, name).map(|v| say(v, from, resources)));
    }
    if text(value, "asNeededBoolean").as_deref() == Some("true") {
        parts.push("as needed".to_owned());
    }
    parts.extend(text(value, "patientInstruction"));
    parts.retain(|p| !p.is_empty());
    parts.join(", ")
}

pub(super) fn timing(value: &Value) -> String {
    if let Some(words) = one(value, "code").and_then(words_of) {
        return words;
    }
    let Some(repeat) = one(value, "repeat") else { return String::new() };
    let number = |name: &str| text(repeat, name).unwrap_or_else(|| "1".to_owned());
    let unit = match text(repeat, "periodUnit").as_deref() {
        Some("h") => "hours",
        Some("d") => "days",
        Some("wk") => "weeks",
        Some("mo") => "months",
        _ => return String::new(),
    };
    let times = number("frequency");
    let times = if times == "1" { "once".to_owned() } else { format!("{times} times") };
    let period = number("period");
    let period = period.trim_end_matches(".0");
    let each = if period == "1" { unit.trim_end_matches('s').to_owned() } else { format!("{period} {unit}") };
    format!("{times} every {each}")
}
