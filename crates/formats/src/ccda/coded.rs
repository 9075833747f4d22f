//! Clinical statements as coded entries. Which kind a statement is, is told by its template and its element; the words
//! are those the laid-out entry shows. Folders, reactions, severities and status observations are no entries of their
//! own: what they say belongs to what holds them.

use std::collections::HashSet;

use consilium_casefile::PartialDate;
use consilium_casefile::facts::{CodedConcept, CodedStatement, CodedValue, Dosage, StatementKind, StatementStatus};
use roxmltree::{Document, Node};

use super::narrative::Targets;
use super::statement::{coded_words, coding, frequency, is_statement, time};
use crate::coded::{MOST_STATEMENTS, concept as concept_of, is_number, number_or_text};
use crate::xml::{all_text, attribute, child, children, path};

/// Template roots, without the prefix of HL7's C-CDA entries.
const PREFIX: &str = "2.16.840.1.113883.10.20.22.4.";

const PROBLEM: &str = "4";
const ALLERGY: &str = "7";
const FAMILY: &str = "46";
const IMMUNISATION: &str = "52";
const PROCEDURES: [&str; 4] = ["12", "13", "14", "41"];
const PLANNED: [&str; 8] = ["39", "40", "41", "42", "43", "44", "120", "121"];
/// Severity, reaction, problem status, health status, allergy status, criticality, age at onset, instruction, precondition.
const PARTS: [&str; 9] = ["8", "9", "6", "5", "28", "145", "31", "20", "25"];
/// LOINC codes of sections that hold plans.
const PLANS: [&str; 3] = ["18776-5", "51847-2", "61146-7"];

/// The coded entries of a document.
pub(super) fn coded(tree: &Document<'_>) -> Vec<CodedStatement> {
    let targets = Targets::of(tree);
    let mut found = Vec::new();
    for node in tree.root_element().descendants().filter(|n| n.is_element() && is_statement(*n)) {
        if found.len() >= MOST_STATEMENTS {
            break;
        }
        found.extend(statement(node, &targets));
    }
    // One statement that conforms to several templates is often written several times.
    let mut seen = HashSet::new();
    found.retain(|statement| seen.insert(statement.clone()));
    found
}

fn has_template(node: Node<'_, '_>, ids: &[&str]) -> bool {
    children(node, "templateId")
        .filter_map(|t| attribute(t, "root")?.strip_prefix(PREFIX))
        .any(|root| ids.contains(&root))
}

/// The statement this one stands in.
fn holder<'a, 'i>(node: Node<'a, 'i>) -> Option<Node<'a, 'i>> {
    node.ancestors().skip(1).find(|n| n.is_element() && is_statement(*n))
}

fn statement(node: Node<'_, '_>, targets: &Targets<'_, '_>) -> Option<CodedStatement> {
    let name = node.tag_name().name();
    if has_template(node, &PARTS) {
        return None;
    }
    let outer = holder(node);
    let is_reason =
        node.parent().is_some_and(|p| attribute(p, "typeCode") == Some("RSON")) || has_template(node, &["19"]);
    if is_reason && outer.is_some() {
        return None;
    }
    let kind = match name {
        "substanceAdministration" if !has_template(node, &[IMMUNISATION]) => StatementKind::Medication,
        // What was dispensed inside an order says the order once more.
        "supply" if outer.is_none() => StatementKind::Medication,
        "procedure" => StatementKind::Procedure,
        "act" if has_template(node, &PROCEDURES) => StatementKind::Procedure,
        "observation" if has_template(node, &[ALLERGY]) => StatementKind::Allergy,
        "observation" if has_template(node, &[FAMILY]) => StatementKind::FamilyHistory,
        "observation" if is_problem(node) => StatementKind::Condition,
        "observation" => StatementKind::Observation,
        _ => return None,
    };
    let mut coded = CodedStatement { kind, ..CodedStatement::default() };
    coded.status = status(node, kind);
    coded.negated = attribute(node, "negationInd").is_some_and(|n| n == "true" || n == "1");
    let times: Vec<Node<'_, '_>> = children(node, "effectiveTime").collect();
    let interval = times.iter().find(|t| child(**t, "period").is_none() && !time(**t).is_empty()).copied();
    coded.date = interval.and_then(|t| super::time(t)).and_then(PartialDate::from_compact);
    coded.until = interval.and_then(|t| child(t, "high")).and_then(super::time).and_then(PartialDate::from_compact);
    coded.sites = children(node, "targetSiteCode").map(|s| concept(s, targets)).filter(|c| !c.is_empty()).collect();
    coded.sites.extend(
        children(node, "targetSiteCode")
            .flat_map(|s| children(s, "qualifier").collect::<Vec<_>>())
            .filter_map(|q| child(q, "value"))
            .map(|v| concept(v, targets)),
    );
    coded.method = child(node, "methodCode").map(|m| concept(m, targets)).filter(|c| !c.is_empty());
    coded.interpretation =
        children(node, "interpretationCode").filter_map(coding).map(consilium_casefile::facts::Code::from).collect();
    let code = child(node, "code").map(|c| concept(c, targets)).unwrap_or_default();
    let value_node = child(node, "value");
    match kind {
        StatementKind::Medication => {
            coded.concept = product(node, targets)?;
            coded.dosage = Some(dosage(node, &times, targets));
            coded.reasons = reasons(node, targets);
        }
        StatementKind::Condition | StatementKind::FamilyHistory => {
            coded.concept = value_node.map(|v| concept(v, targets)).filter(|c| !c.is_empty()).unwrap_or(code);
            // The side is a qualifier of the diagnosis in some exports.
            let qualifiers = value_node.into_iter().flat_map(|v| children(v, "qualifier").collect::<Vec<_>>());
            coded.sites.extend(qualifiers.filter_map(|q| child(q, "value")).map(|v| concept(v, targets)));
            if kind == StatementKind::FamilyHistory {
                coded.relative =
                    outer.and_then(|o| path(o, &["subject", "relatedSubject", "code"])).map(|c| concept(c, targets));
            }
        }
        StatementKind::Allergy => {
            coded.concept =
                agent(node, targets).unwrap_or_else(|| value_node.map(|v| concept(v, targets)).unwrap_or_default());
            coded.value = reaction(node, targets);
        }
        StatementKind::Procedure => {
            coded.concept = code;
            coded.reasons = reasons(node, targets);
        }
        StatementKind::Observation | StatementKind::Report => {
            coded.concept = code;
            coded.value = value_node.and_then(|v| value(v, targets));
            coded.absent = attribute(node, "nullFlavor")
                .or_else(|| value_node.and_then(|v| attribute(v, "nullFlavor")))
                .filter(|_| coded.value.is_none())
                .map(str::to_owned);
        }
    }
    // Older guides fixed the status of every medicine to "completed": without an end it does not say that it was stopped.
    if kind == StatementKind::Medication && coded.status == StatementStatus::Completed && coded.until.is_none() {
        coded.status = StatementStatus::Stands;
    }
    if coded.negated && matches!(kind, StatementKind::Medication | StatementKind::Procedure) {
        coded.status = StatementStatus::NotSo;
    }
    (!coded.concept.is_empty()).then_some(coded)
}

fn is_problem(node: Node<'_, '_>) -> bool {
    has_template(node, &[PROBLEM])
        || children(node, "templateId").any(|t| attribute(t, "root") == Some("2.16.840.1.113883.10.20.1.28"))
}

/// What a statement says of itself: its mood first, then its status and that of the concern around it.
fn status(node: Node<'_, '_>, kind: StatementKind) -> StatementStatus {
    let own = child(node, "statusCode").and_then(|s| attribute(s, "code")).unwrap_or("");
    if matches!(own, "nullified" | "obsolete") {
        return StatementStatus::Void;
    }
    let in_a_plan = node
        .ancestors()
        .filter(|n| n.tag_name().name() == "section")
        .any(|section| child(section, "code").and_then(|c| attribute(c, "code")).is_some_and(|c| PLANS.contains(&c)));
    let mood = attribute(node, "moodCode").unwrap_or("EVN");
    // A medicine in the mood of an intent is what the person is meant to be taking: the usual list of medicines.
    let intended = mood == "INT" && (in_a_plan || kind != StatementKind::Medication);
    if intended || has_template(node, &PLANNED) || matches!(mood, "RQO" | "PRMS" | "PRP" | "ARQ" | "APT" | "GOL") {
        return StatementStatus::Planned;
    }
    let concern = holder(node).filter(|o| o.tag_name().name() == "act");
    let around = concern.and_then(|o| child(o, "statusCode")).and_then(|s| attribute(s, "code")).unwrap_or("");
    let of_a_state = matches!(kind, StatementKind::Condition | StatementKind::Allergy);
    match (own, around) {
        (_, "active") if of_a_state => StatementStatus::Active,
        (_, "completed") if of_a_state => StatementStatus::Completed,
        _ if of_a_state => StatementStatus::Stands,
        ("active" | "new", _) => StatementStatus::Active,
        ("completed", _) => StatementStatus::Completed,
        ("aborted" | "suspended", _) => StatementStatus::Stopped,
        ("cancelled", _) => StatementStatus::NotSo,
        ("held", _) => StatementStatus::Planned,
        _ => StatementStatus::Stands,
    }
}

/// Codes with their translations, and the words the entry shows.
fn concept(node: Node<'_, '_>, targets: &Targets<'_, '_>) -> CodedConcept {
    let codes: Vec<crate::Coded> =
        std::iter::once(node).chain(children(node, "translation")).filter_map(coding).collect();
    let words = match path(node, &["originalText", "reference"]).and_then(|r| attribute(r, "value")) {
        Some(reference) if attribute(node, "displayName").is_none() => targets.words(reference).unwrap_or_default(),
        _ => String::new(),
    };
    let words = if words.is_empty() && (!codes.is_empty() || child(node, "originalText").is_some()) {
        coded_words(node)
    } else {
        words
    };
    concept_of(codes, words)
}

fn value(node: Node<'_, '_>, targets: &Targets<'_, '_>) -> Option<CodedValue> {
    let kind = attribute(node, "type").map_or("", |t| t.rsplit(':').next().unwrap_or(t));
    if kind.starts_with("TS") || kind == "IVL_TS" {
        return super::time(node).and_then(PartialDate::from_compact).map(|date| CodedValue::Date { date });
    }
    if kind == "BL" {
        return attribute(node, "value").map(|v| CodedValue::Flag { yes: v == "true" || v == "1" });
    }
    let unit = |n: Node<'_, '_>| attribute(n, "unit").filter(|u| *u != "1").unwrap_or("").to_owned();
    if let Some(amount) = attribute(node, "value") {
        return number_or_text(amount, &unit(node));
    }
    let end = |name: &str| child(node, name).and_then(|n| attribute(n, "value")).filter(|v| is_number(v));
    match (end("low"), end("high")) {
        (Some(low), Some(high)) => {
            let unit = child(node, "low").map(unit).unwrap_or_default();
            return Some(CodedValue::Range { low: low.to_owned(), high: high.to_owned(), unit });
        }
        (Some(low), None) => return bound(low, ">", child(node, "low")),
        (None, Some(high)) => return bound(high, "<", child(node, "high")),
        (None, None) => {}
    }
    let concept = concept(node, targets);
    if !concept.codes.is_empty() {
        return Some(CodedValue::Concept(concept));
    }
    if let Some(words) = child(node, "reference").and_then(|r| attribute(r, "value")).and_then(|r| targets.words(r)) {
        return number_or_text(&words, "");
    }
    if !concept.words.is_empty() {
        return Some(CodedValue::Text { text: concept.words });
    }
    number_or_text(&all_text(node), "")
}

fn bound(value: &str, sign: &str, node: Option<Node<'_, '_>>) -> Option<CodedValue> {
    let inclusive = node.and_then(|n| attribute(n, "inclusive")) != Some("false");
    let comparator = if inclusive { format!("{sign}=") } else { sign.to_owned() };
    let unit = node.and_then(|n| attribute(n, "unit")).filter(|u| *u != "1").unwrap_or("").to_owned();
    Some(CodedValue::Quantity { value: value.to_owned(), comparator, unit })
}

fn product(node: Node<'_, '_>, targets: &Targets<'_, '_>) -> Option<CodedConcept> {
    let material =
        node.children().filter(|n| matches!(n.tag_name().name(), "consumable" | "product")).find_map(|c| {
            let product = child(c, "manufacturedProduct")?;
            child(product, "manufacturedMaterial").or_else(|| child(product, "manufacturedLabeledDrug"))
        })?;
    named(material, targets)
}

/// The code of a material or entity; its name where the code has no words.
fn named(holder: Node<'_, '_>, targets: &Targets<'_, '_>) -> Option<CodedConcept> {
    let mut concept = child(holder, "code").map(|c| concept(c, targets)).unwrap_or_default();
    let name = child(holder, "name").map(all_text).unwrap_or_default();
    let weak = concept.words.is_empty() || concept.words.bytes().all(|b| b.is_ascii_digit());
    if weak && !name.is_empty() {
        concept.words = name;
    }
    (!concept.is_empty()).then_some(concept)
}

fn agent(node: Node<'_, '_>, targets: &Targets<'_, '_>) -> Option<CodedConcept> {
    children(node, "participant")
        .filter(|p| attribute(*p, "typeCode") == Some("CSM"))
        .find_map(|p| path(p, &["participantRole", "playingEntity"]))
        .and_then(|entity| named(entity, targets))
}

fn related<'a, 'i: 'a>(node: Node<'a, 'i>) -> impl Iterator<Item = (Option<&'a str>, Node<'a, 'i>)> {
    children(node, "entryRelationship")
        .filter_map(|r| Some((attribute(r, "typeCode"), r.children().find(|n| is_statement(*n))?)))
}

fn reaction(node: Node<'_, '_>, targets: &Targets<'_, '_>) -> Option<CodedValue> {
    let (_, reaction) = related(node).find(|(_, inner)| has_template(*inner, &["9"]))?;
    child(reaction, "value").map(|v| concept(v, targets)).filter(|c| !c.is_empty()).map(CodedValue::Concept)
}

fn reasons(node: Node<'_, '_>, targets: &Targets<'_, '_>) -> Vec<CodedConcept> {
    related(node)
        .filter(|(of_kind, inner)| *of_kind == Some("RSON") || has_template(*inner, &["19"]))
        .filter_map(|(_, inner)| child(inner, "value").map(|v| concept(v, targets)))
        .filter(|c| !c.is_empty())
        .collect()
}

fn dosage(node: Node<'_, '_>, times: &[Node<'_, '_>], targets: &Targets<'_, '_>) -> Dosage {
    let amount = |n: Node<'_, '_>| {
        let value = attribute(n, "value")?;
        let unit = attribute(n, "unit").filter(|u| *u != "1").unwrap_or("");
        Some(format!("{value} {unit}").trim().to_owned())
    };
    let dose = child(node, "doseQuantity").and_then(|d| amount(d).or_else(|| child(d, "low").and_then(amount)));
    let mut often: Vec<String> = times.iter().copied().filter_map(frequency).collect();
    if child(node, "precondition").is_some() {
        often.push("as needed".to_owned());
    }
    // The patient's own instruction, as in "Take one tablet by mouth every morning".
    let words = child(node, "text").and_then(|t| {
        let reference = child(t, "reference").and_then(|r| attribute(r, "value"));
        reference.map_or_else(|| Some(all_text(t)), |r| targets.words(r))
    });
    Dosage {
        text: words.unwrap_or_default(),
        dose: dose.unwrap_or_default(),
        route: child(node, "routeCode").map(|r| concept(r, targets).words).unwrap_or_default(),
        frequency: often.join(" "),
    }
}
