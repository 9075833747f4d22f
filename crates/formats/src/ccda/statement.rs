//! The data types of coded entries in words: codes, quantities, times, and what is said by leaving things out.

use roxmltree::Node;

use super::narrative::Targets;
use crate::text::tidy;
use crate::xml::{all_text, attribute, child, children, path};
use crate::{Coded, code_systems};
use consilium_casefile::PartialDate;

/// Whether an element is a clinical statement.
pub(super) fn is_statement(node: Node<'_, '_>) -> bool {
    matches!(
        node.tag_name().name(),
        "act"
            | "encounter"
            | "observation"
            | "observationMedia"
            | "organizer"
            | "procedure"
            | "regionOfInterest"
            | "substanceAdministration"
            | "supply"
    )
}

/// What a null flavour means (HL7 v3 NullFlavor).
pub(super) fn null_flavor(code: &str) -> &'static str {
    match code {
        "NI" => "no information",
        "UNK" => "unknown",
        "NA" => "not applicable",
        "ASKU" => "asked but not known",
        "NASK" => "not asked",
        "NAV" => "not available at the time",
        "OTH" => "other than the codes allow",
        "MSK" => "withheld for privacy",
        "NINF" => "below any number",
        "PINF" => "above any number",
        "TRC" => "trace",
        "QS" => "sufficient quantity",
        _ => "not stated",
    }
}

/// The coding of an element, if it has a code.
pub(super) fn coding(node: Node<'_, '_>) -> Option<Coded> {
    let code = attribute(node, "code")?.trim().to_owned();
    let system = attribute(node, "codeSystem").map(|s| code_systems::from_oid(s.trim())).unwrap_or_default();
    Some(Coded { system, code, display: attribute(node, "displayName").map(tidy).unwrap_or_default() })
}

/// A code's words and, quietly, its code.
pub(super) fn coded(node: Node<'_, '_>) -> String {
    let words = coded_words(node);
    let known = std::iter::once(node)
        .chain(children(node, "translation"))
        .filter_map(coding)
        .find(|c| code_systems::name(&c.system).is_some());
    match known {
        Some(c) => code_systems::quietly(&words, &c.system, &c.code),
        None => words,
    }
}

/// A code's words alone.
pub(super) fn coded_words(node: Node<'_, '_>) -> String {
    let display = |n: Node<'_, '_>| attribute(n, "displayName").map(tidy).filter(|t| !t.is_empty());
    display(node)
        .or_else(|| child(node, "originalText").map(all_text).filter(|t| !t.is_empty()))
        .or_else(|| children(node, "translation").find_map(display))
        .or_else(|| attribute(node, "code").map(tidy))
        .or_else(|| attribute(node, "nullFlavor").map(|n| null_flavor(n).to_owned()))
        .unwrap_or_else(|| all_text(node))
}

/// As [`coded`], with the words of the narrative where the code has none of its own.
pub(super) fn coded_in(node: Node<'_, '_>, targets: &Targets<'_, '_>) -> String {
    let has_words = attribute(node, "displayName").is_some();
    let reference = path(node, &["originalText", "reference"]).and_then(|r| attribute(r, "value"));
    match reference.filter(|_| !has_words).and_then(|r| targets.words(r)) {
        Some(words) => match coding(node) {
            Some(c) => code_systems::quietly(&words, &c.system, &c.code),
            None => words,
        },
        None => coded(node),
    }
}

fn amount(node: Node<'_, '_>) -> Option<String> {
    let value = attribute(node, "value")?;
    let unit = attribute(node, "unit").filter(|u| *u != "1").unwrap_or("");
    Some(format!("{value} {unit}").trim().to_owned())
}

/// A value of any type: code, quantity, range, ratio, text, time.
pub(super) fn value(node: Node<'_, '_>, targets: &Targets<'_, '_>) -> String {
    let kind = attribute(node, "type").map_or("", |t| t.rsplit(':').next().unwrap_or(t));
    if kind.starts_with("TS") || kind == "IVL_TS" {
        return time(node);
    }
    if let Some(amount) = amount(node) {
        return amount;
    }
    let end = |name: &str| child(node, name).and_then(amount);
    match (end("low"), end("high")) {
        (Some(low), Some(high)) => return format!("{low} – {high}"),
        (Some(low), None) => return format!("≥ {low}"),
        (None, Some(high)) => return format!("≤ {high}"),
        (None, None) => {}
    }
    if let (Some(numerator), Some(denominator)) = (end("numerator"), end("denominator")) {
        return if denominator == "1" { numerator } else { format!("{numerator} / {denominator}") };
    }
    if attribute(node, "representation").is_some_and(|r| r.eq_ignore_ascii_case("B64")) {
        return "(attached file)".to_owned();
    }
    if let Some(reference) = child(node, "reference").and_then(|r| attribute(r, "value")) {
        return targets.words(reference).unwrap_or_default();
    }
    if attribute(node, "code").is_some()
        || child(node, "originalText").is_some()
        || child(node, "translation").is_some()
    {
        return coded_in(node, targets);
    }
    let text = all_text(node);
    if text.is_empty() { attribute(node, "nullFlavor").map(null_flavor).unwrap_or("").to_owned() } else { text }
}

/// A time stamp or an interval of them, to the day.
pub(super) fn time(node: Node<'_, '_>) -> String {
    let day = |n: Node<'_, '_>| {
        let value = attribute(n, "value")?;
        Some(PartialDate::from_compact(value).map_or_else(|| value.to_owned(), |d| d.to_string()))
    };
    if let Some(day) = day(node) {
        return day;
    }
    let end = |name: &str| child(node, name).and_then(day);
    match (end("low"), end("high")) {
        (Some(low), Some(high)) if low == high => low,
        (Some(low), Some(high)) => format!("{low} to {high}"),
        (Some(low), None) => format!("since {low}"),
        (None, Some(high)) => format!("until {high}"),
        (None, None) => child(node, "center").and_then(day).unwrap_or_default(),
    }
}

/// How often: a period, an event, or words.
pub(super) fn frequency(node: Node<'_, '_>) -> Option<String> {
    if let Some(period) = child(node, "period") {
        if let Some(amount) = amount(period) {
            return Some(format!("every {amount}"));
        }
        let end = |name: &str| child(period, name).and_then(amount);
        if let (Some(low), Some(high)) = (end("low"), end("high")) {
            return Some(format!("every {low} to {high}"));
        }
    }
    child(node, "event").and_then(|e| attribute(e, "code")).map(|code| format!("at {code}"))
}
