//! Rules of every element: nothing is empty or null, names are FHIR's, ids and dates have their form, an extension has
//! an address and one content, and narrative is well-formed XHTML.

use serde_json::Value;

use crate::fhir::Problem;

/// Deeper than this nothing of ours is nested.
const DEEPEST: usize = 40;

pub(super) fn check(value: &Value, name: &str, path: &str, problems: &mut Vec<Problem>) {
    walk(value, name, path, 0, problems);
}

fn walk(value: &Value, name: &str, path: &str, depth: usize, problems: &mut Vec<Problem>) {
    let mut say = |what: &str| problems.push(Problem::new(name, path, what));
    if depth > DEEPEST {
        return say("is nested too deeply");
    }
    match value {
        Value::Null => say("must not be null"),
        Value::String(text) => {
            if text.trim().is_empty() {
                say("must not be empty");
            } else if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
                say("must not hold control characters");
            } else if text.len() > 1 << 20 && !path.ends_with(".data") {
                say("is longer than FHIR allows");
            }
        }
        Value::Array(items) => {
            if items.is_empty() {
                say("must not be an empty list");
            }
            for item in items {
                if item.is_array() {
                    problems.push(Problem::new(name, path, "must not hold a list in a list"));
                } else {
                    walk(item, name, path, depth + 1, problems);
                }
            }
        }
        Value::Object(fields) => {
            if fields.is_empty() {
                say("must not be empty");
            }
            for (key, field) in fields {
                let path = format!("{path}.{key}");
                if !is_name(key) {
                    problems.push(Problem::new(name, &path, "is not a name of FHIR"));
                }
                form(key, field, name, &path, problems);
                walk(field, name, &path, depth + 1, problems);
            }
            if fields.contains_key("url") && path.ends_with("xtension") {
                extension(value, name, path, problems);
            }
        }
        Value::Bool(_) | Value::Number(_) => {}
    }
}

fn is_name(key: &str) -> bool {
    let bare = key.strip_prefix('_').unwrap_or(key);
    bare.starts_with(|c: char| c.is_ascii_lowercase()) && bare.chars().all(|c| c.is_ascii_alphanumeric())
}

/// The form that the name of a primitive demands.
fn form(key: &str, value: &Value, name: &str, path: &str, problems: &mut Vec<Problem>) {
    let Some(text) = value.as_str() else { return };
    let (right, what) = match key {
        "id" => (is_id(text), "must be 1 to 64 letters, digits, hyphens and points"),
        "birthDate" => (is_date(text), "must be a date"),
        "timestamp" | "recorded" | "issued" => (is_instant(text), "must be a moment with its offset from UTC"),
        "date" | "start" | "end" | "authoredOn" | "recordedDate" | "creation" => (is_date_time(text), "must be a date"),
        "div" => (is_narrative(text), "must be one well-formed XHTML div with text in it"),
        "system" | "url" | "fullUrl" => (is_address(text), "must be an absolute address"),
        "code" | "contentType" | "status" | "gender" | "intent" => (is_code(text), "must have no needless blanks"),
        "data" => (text.len() % 4 == 0, "must be base64"),
        key if key.ends_with("DateTime") => (is_date_time(text), "must be a date"),
        _ => return,
    };
    if !right {
        problems.push(Problem::new(name, path, what));
    }
}

pub(super) fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
}

fn is_code(text: &str) -> bool {
    text.split(' ').all(|word| !word.is_empty() && !word.chars().any(char::is_whitespace))
}

fn is_address(text: &str) -> bool {
    // Inside a complex extension the parts have plain names.
    !text.chars().any(char::is_whitespace) && (text.contains(':') || text.chars().all(|c| c.is_ascii_alphanumeric()))
}

fn number(text: &str, digits: usize, range: std::ops::RangeInclusive<u32>) -> bool {
    text.len() == digits
        && text.chars().all(|c| c.is_ascii_digit())
        && text.parse().is_ok_and(|number| range.contains(&number))
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let value = |index: usize| parts.get(index).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    let year = parts.first().is_some_and(|y| number(y, 4, 1000..=9999));
    let month = parts.get(1).is_none_or(|m| number(m, 2, 1..=12));
    let day = parts.get(2).is_none_or(|d| number(d, 2, 1..=days_in_month(value(0), value(1))));
    year && month && day && parts.len() <= 3
}

fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

fn is_instant(text: &str) -> bool {
    let Some((day, time)) = text.split_once('T') else { return false };
    let Some(at) = time.rfind(['+', '-', 'Z']) else { return false };
    let (clock, offset) = time.split_at(at);
    let clock_is_right = match clock.split('.').next().unwrap_or_default().split(':').collect::<Vec<_>>().as_slice() {
        [h, m, s] => number(h, 2, 0..=23) && number(m, 2, 0..=59) && number(s, 2, 0..=59),
        _ => false,
    };
    let offset_is_right = offset == "Z"
        || offset
            .get(1..)
            .and_then(|o| o.split_once(':'))
            .is_some_and(|(h, m)| number(h, 2, 0..=14) && number(m, 2, 0..=59));
    day.len() == 10 && is_date(day) && clock_is_right && offset_is_right
}

fn is_date_time(text: &str) -> bool {
    if text.contains('T') { is_instant(text) } else { is_date(text) }
}

fn is_narrative(text: &str) -> bool {
    let Ok(document) = roxmltree::Document::parse(text) else { return false };
    let root = document.root_element();
    let is_div = root.has_tag_name(("http://www.w3.org/1999/xhtml", "div"));
    let allowed = ["div", "p", "table", "thead", "tbody", "tr", "th", "td", "br", "b", "i", "ul", "li", "span"];
    let tags =
        document.descendants().filter(roxmltree::Node::is_element).all(|n| allowed.contains(&n.tag_name().name()));
    let text = document.descendants().filter(|n| n.is_text()).any(|n| n.text().is_some_and(|t| !t.trim().is_empty()));
    is_div && tags && text
}

fn extension(value: &Value, name: &str, path: &str, problems: &mut Vec<Problem>) {
    let fields = value.as_object().into_iter().flatten();
    let values = fields.filter(|(key, _)| key.trim_start_matches('_').starts_with("value")).count();
    let nested = value.get("extension").is_some();
    if values != usize::from(!nested) {
        problems.push(Problem::new(name, path, "must have one value, or extensions and no value"));
    }
}
