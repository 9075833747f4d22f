//! Coded entries as tables. Every statement is a row, those inside others follow the one they belong to; a statement
//! that says "not" says so in its first word.

use roxmltree::Node;

use super::narrative::Targets;
use super::statement::{coded_in, coded_words, frequency, is_statement, null_flavor, time, value};
use crate::readable::Section;
use crate::xml::{all_text, attribute, child, children, path};

const COLUMNS: [&str; 9] =
    ["Entry", "Value", "Dose and route", "Reference range", "Flag", "Status", "Date", "By", "Note"];

/// Problem Concern Act and Allergy Concern Act.
const CONCERNS: [&str; 2] = ["2.16.840.1.113883.10.20.22.4.3", "2.16.840.1.113883.10.20.22.4.30"];

/// Appends the statements of a section as one table.
pub(super) fn lay_out(statements: &[Node<'_, '_>], targets: &Targets<'_, '_>, section: &mut Section) {
    let mut rows = Vec::new();
    for statement in statements {
        push(*statement, 0, targets, &mut rows);
    }
    // Repeated rows (one statement in several templates) say nothing new.
    rows.dedup();
    section.table(&COLUMNS, rows);
}

/// A statement and those inside it; recursion is bounded by the nesting limit of the reader.
fn push(node: Node<'_, '_>, depth: usize, targets: &Targets<'_, '_>, rows: &mut Vec<Vec<String>>) {
    let row = row(node, targets);
    let says_something = row.iter().any(|cell| !cell.is_empty());
    // A concern act is a folder around its problem: its own row would only repeat "Concern".
    let is_folder = matches!(node.tag_name().name(), "act")
        && (child(node, "code").and_then(|c| attribute(c, "code")).is_some_and(|c| c == "CONC")
            || children(node, "templateId").filter_map(|t| attribute(t, "root")).any(|t| CONCERNS.contains(&t)))
        && row.iter().skip(1).take(4).all(String::is_empty);
    let status = row.get(5).cloned().unwrap_or_default();
    let start = rows.len();
    if says_something && !is_folder {
        let mut row = row;
        if depth > 0
            && let Some(first) = row.first_mut()
        {
            *first = format!("{}{first}", "– ".repeat(depth.min(4)));
        }
        rows.push(row);
    }
    let inner_depth = if is_folder || !says_something { depth } else { depth + 1 };
    for relation in node.children().filter(|n| matches!(n.tag_name().name(), "entryRelationship" | "component")) {
        for inner in relation.children().filter(|n| is_statement(*n)) {
            push(inner, inner_depth, targets, rows);
        }
    }
    // What the folder says of the concern (active, completed) belongs to the problem in it.
    if is_folder
        && !status.is_empty()
        && let Some(first) = rows.get_mut(start).and_then(|r| r.get_mut(5))
        && first != &status
    {
        *first = if first.is_empty() { status } else { format!("{first}; concern {status}") };
    }
}

fn row(node: Node<'_, '_>, targets: &Targets<'_, '_>) -> Vec<String> {
    let name = node.tag_name().name();
    let code = child(node, "code");
    let code_words = code.map(|c| coded_in(c, targets)).unwrap_or_default();
    let values: Vec<String> = children(node, "value").map(|v| value(v, targets)).filter(|v| !v.is_empty()).collect();
    let agent = agent(node, targets);
    let (mut what, mut said) = match (name, agent) {
        ("substanceAdministration" | "supply", Some(agent)) => (agent, values.join("; ")),
        // An allergy's agent is what a reader looks for.
        ("observation", Some(agent)) => (agent, values.join("; ")),
        _ => (code_words.clone(), values.join("; ")),
    };
    if what.is_empty() {
        what = child(node, "text").and_then(|t| own_words(t, targets)).unwrap_or_default();
    }
    if what.is_empty() && said.is_empty() {
        what =
            path(node, &["participant", "participantRole", "playingEntity", "name"]).map(all_text).unwrap_or_default();
    }
    // A problem is the value; "Problem" or "Diagnosis" as its label adds nothing.
    let is_label = code.and_then(|c| attribute(c, "code")).is_some_and(|c| {
        matches!(
            c,
            "ASSERTION"
                | "55607006"
                | "282291009"
                | "64572001"
                | "75323-6"
                | "29308-4"
                | "404684003"
                | "409586006"
                | "75326-9"
        )
    });
    let without_code = code.is_some_and(|c| attribute(c, "code").is_none() && attribute(c, "nullFlavor").is_some());
    let is_label = is_label || without_code && code.is_none_or(|c| child(c, "originalText").is_none());
    if name == "observation" && !said.is_empty() && (what.is_empty() || is_label && what == code_words) {
        what = std::mem::take(&mut said);
    }
    if attribute(node, "negationInd").is_some_and(|n| n == "true" || n == "1") {
        what = match negation(name, node) {
            NO_KNOWN if is_any_substance(node) => {
                let any = ["419199007", "420134006", "418038007", "416098002"];
                let broad = child(node, "value").and_then(|v| attribute(v, "code")).is_some_and(|c| any.contains(&c));
                if broad {
                    if said.is_empty() {
                        said = std::mem::take(&mut what);
                    }
                    "No known allergies".to_owned()
                } else {
                    format!("{NO_KNOWN}{}", if said.is_empty() { &what } else { &said })
                }
            }
            negation => format!("{negation}{what}"),
        };
    }
    if let Some(flavor) = attribute(node, "nullFlavor") {
        what = format!("{what} (not stated: {})", null_flavor(flavor)).trim().to_owned();
    }
    if attribute(node, "moodCode").is_some_and(|m| matches!(m, "INT" | "RQO" | "PRMS" | "PRP" | "ARQ" | "APT" | "GOL"))
    {
        let mood = if attribute(node, "moodCode") == Some("GOL") { "Goal: " } else { "Planned: " };
        what.insert_str(0, mood);
    }
    let dates: Vec<String> = children(node, "effectiveTime").map(time).filter(|t| !t.is_empty()).collect();
    let joined = |items: Vec<String>| items.join("; ");
    let status = child(node, "statusCode").and_then(|s| attribute(s, "code")).unwrap_or("");
    let ranges: Vec<String> = children(node, "referenceRange")
        .filter_map(|r| child(r, "observationRange"))
        .filter_map(|r| child(r, "value").map(|v| value(v, targets)).or_else(|| child(r, "text").map(all_text)))
        .filter(|r| !r.is_empty())
        .collect();
    let flags: Vec<String> = children(node, "interpretationCode").map(coded_words).collect();
    let sites: Vec<String> = children(node, "targetSiteCode").map(|t| coded_in(t, targets)).collect();
    let performers: Vec<String> = children(node, "performer")
        .chain(children(node, "author"))
        .filter_map(|p| p.descendants().find(|n| n.tag_name().name() == "name").map(all_text))
        .filter(|n| !n.is_empty())
        .collect();
    // Words it points to stand in the narrative above; its own are said nowhere else.
    let own = child(node, "text").filter(|t| child(*t, "reference").is_none()).and_then(|t| own_words(t, targets));
    let note: Vec<String> = sites.into_iter().chain(own.filter(|t| !what.contains(t.as_str()))).collect();
    vec![
        what,
        said,
        dose(node),
        joined(ranges),
        joined(flags),
        // Completed is how every observation in a record is; it says nothing.
        if status == "completed" && name == "observation" { String::new() } else { status.to_owned() },
        joined(dates),
        performers.into_iter().next().unwrap_or_default(),
        joined(note),
    ]
}

/// The words of a statement's own text, or those it points to.
fn own_words(text: Node<'_, '_>, targets: &Targets<'_, '_>) -> Option<String> {
    let reference = child(text, "reference").and_then(|r| attribute(r, "value"));
    let words = match reference.and_then(|r| targets.words(r)) {
        Some(words) => words,
        None => all_text(text),
    };
    (!words.is_empty()).then_some(words)
}

/// Medicine, vaccine or substance of an allergy.
fn agent(node: Node<'_, '_>, targets: &Targets<'_, '_>) -> Option<String> {
    let material = node.children().filter(|n| matches!(n.tag_name().name(), "consumable" | "product")).find_map(|c| {
        let product = child(c, "manufacturedProduct")?;
        child(product, "manufacturedMaterial").or_else(|| child(product, "manufacturedLabeledDrug"))
    });
    let entity = || {
        children(node, "participant")
            .filter(|p| attribute(*p, "typeCode") == Some("CSM"))
            .find_map(|p| path(p, &["participantRole", "playingEntity"]))
    };
    let holder = material.or_else(entity)?;
    let words = child(holder, "code").map(|c| coded_in(c, targets)).unwrap_or_default();
    let name = child(holder, "name").map(all_text).unwrap_or_default();
    let weak = words.is_empty() || words.chars().all(|c| c.is_ascii_digit()) || attribute_null(holder);
    let best = if weak && !name.is_empty() { name } else { words };
    (!best.is_empty()).then_some(best)
}

fn attribute_null(holder: Node<'_, '_>) -> bool {
    child(holder, "code").is_some_and(|c| attribute(c, "nullFlavor").is_some() && child(c, "originalText").is_none())
}

fn dose(node: Node<'_, '_>) -> String {
    let mut parts: Vec<String> = Vec::new();
    for name in ["doseQuantity", "rateQuantity", "quantity", "maxDoseQuantity"] {
        if let Some(quantity) = child(node, name) {
            let amount = plain_quantity(quantity);
            let label = if name == "maxDoseQuantity" { "at most " } else { "" };
            if !amount.is_empty() {
                parts.push(format!("{label}{amount}"));
            }
        }
    }
    parts.extend(child(node, "routeCode").map(coded_words).filter(|r| !r.is_empty()));
    parts.extend(children(node, "effectiveTime").filter_map(frequency));
    if let Some(repeat) = child(node, "repeatNumber").and_then(|r| attribute(r, "value"))
        && node.tag_name().name() == "supply"
    {
        parts.push(format!("{repeat} refills"));
    }
    parts.join(", ")
}

fn plain_quantity(node: Node<'_, '_>) -> String {
    let own = |n: Node<'_, '_>| {
        let value = attribute(n, "value")?;
        let unit = attribute(n, "unit").filter(|u| *u != "1").unwrap_or("");
        Some(format!("{value} {unit}").trim().to_owned())
    };
    own(node)
        .or_else(|| child(node, "low").and_then(own))
        .or_else(|| child(node, "numerator").and_then(own))
        .unwrap_or_default()
}

const NO_KNOWN: &str = "No known: ";

/// An allergy entry that names no substance in particular (SNOMED CT 105590001, Substance, or none at all).
fn is_any_substance(node: Node<'_, '_>) -> bool {
    let entity = children(node, "participant").find_map(|p| path(p, &["participantRole", "playingEntity", "code"]));
    entity.is_none_or(|code| attribute(code, "code").is_none_or(|c| c == "105590001"))
}

/// What a negation means for this statement.
fn negation(name: &str, node: Node<'_, '_>) -> &'static str {
    let has_template = |root: &str| children(node, "templateId").any(|t| attribute(t, "root") == Some(root));
    match name {
        "substanceAdministration" | "supply" => "Not given: ",
        "procedure" | "act" | "encounter" => "Not done: ",
        // Allergy - Intolerance Observation: a negation without agent is "no known allergies".
        _ if has_template("2.16.840.1.113883.10.20.22.4.7") || has_template("2.16.840.1.113883.10.20.24.3.90") => {
            NO_KNOWN
        }
        _ => "Not present: ",
    }
}
