//! Cardinalities and closed lists, from `required.csv` and `allowed.csv`: those of the resource type, and those of each
//! profile the resource claims.

use serde_json::Value;

use crate::fhir::Problem;
use crate::fhir::tables::{ALLOWED, REQUIRED};

/// Last part of each profile a resource claims.
pub(super) fn profiles(resource: &Value) -> Vec<&str> {
    let claimed = resource.get("meta").and_then(|m| m.get("profile")).and_then(Value::as_array);
    claimed.into_iter().flatten().filter_map(Value::as_str).filter_map(|p| p.rsplit('/').next()).collect()
}

pub(super) fn check(resource: &Value, name: &str, problems: &mut Vec<Problem>) {
    let kind = resource.get("resourceType").and_then(Value::as_str).unwrap_or_default();
    let mut of = profiles(resource);
    of.push(kind);
    for row in REQUIRED.iter().filter(|row| of.contains(&row.of.as_str())) {
        let element = format!("{kind}.{}", row.path.join("."));
        for count in counts(resource, &row.path) {
            if count < row.min {
                let what = if row.min == 1 {
                    "is required and missing".to_owned()
                } else {
                    format!("must be there {} times", row.min)
                };
                problems.push(Problem::new(name, &element, what));
            } else if count > row.max {
                problems.push(Problem::new(name, &element, format!("must not be there more than {} times", row.max)));
            }
        }
    }
    for row in ALLOWED.iter().filter(|row| of.contains(&row.of.as_str())) {
        for value in values(resource, &row.path) {
            if !value.as_str().is_some_and(|v| row.codes.iter().any(|c| c == v)) {
                let element = format!("{kind}.{}", row.path.join("."));
                problems.push(Problem::new(name, element, "must be a code of its closed list"));
            }
        }
    }
}

fn items(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

fn values<'v>(resource: &'v Value, path: &[String]) -> Vec<&'v Value> {
    path.iter().fold(vec![resource], |at, part| at.into_iter().filter_map(|v| v.get(part)).flat_map(items).collect())
}

/// How often the last element of a path is there in each holder of it.
fn counts(resource: &Value, path: &[String]) -> Vec<usize> {
    let Some((last, holders)) = path.split_last() else { return Vec::new() };
    values(resource, holders).into_iter().map(|holder| count(holder, last)).collect()
}

/// A primitive counts when it has a value or, beside it, an extension that says why not. `value[x]` is any type of it.
fn count(holder: &Value, element: &str) -> usize {
    let Some(fields) = holder.as_object() else { return 0 };
    if let Some(stem) = element.strip_suffix("[x]") {
        let of_stem =
            |key: &str| key.strip_prefix(stem).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
        let mut names: Vec<&str> =
            fields.keys().map(|k| k.strip_prefix('_').unwrap_or(k)).filter(|k| of_stem(k)).collect();
        names.dedup();
        names.sort_unstable();
        names.dedup();
        return names.len();
    }
    match fields.get(element) {
        Some(value) => items(value).len(),
        None => usize::from(fields.contains_key(&format!("_{element}"))),
    }
}
