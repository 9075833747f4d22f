//! What is said of the person beside the cancer: allergies, other illnesses, and relatives' illnesses.

use consilium_casefile::facts::{Context, Polarity};
use serde_json::{Value, json};

use super::bundle::{Entries, Guide};
use super::write::{coded, concept, confirmed, line, set_date};
use super::{ExportFact, tables};

/// A line of a summary: words, detail, full URL.
pub(super) type Line = (String, String, String);

fn of_concept<'e>(entries: &Entries<'e>, name: &str) -> Vec<(usize, &'e ExportFact)> {
    let facts = entries.export.facts.iter().enumerate();
    facts.filter(|(_, f)| f.fact.concept.as_str() == name && f.fact.context != Context::Family).collect()
}

fn shown(fact: &ExportFact) -> Option<String> {
    line(&fact.fact.value).or_else(|| line(&fact.words))
}

/// Adds allergies. "None known" is written only where a record says so and no record names one.
pub(super) fn add_allergies(entries: &mut Entries<'_>) -> Vec<Line> {
    let mut added = Vec::new();
    let facts = of_concept(entries, "allergy");
    let is_one = |fact: &ExportFact| {
        matches!(fact.fact.polarity, Polarity::Present | Polarity::Uncertain) && shown(fact).is_some()
    };
    let any = facts.iter().any(|(_, fact)| is_one(fact));
    for (index, fact) in facts {
        let value = shown(fact);
        let none_known = !any && fact.fact.polarity == Polarity::Absent && is_general(value.as_deref());
        let (codings, words) = match (fact.fact.polarity, value) {
            (Polarity::Present | Polarity::Uncertain, Some(value)) => (confirmed(&fact.codes), value),
            (Polarity::Absent, _) if none_known => {
                let coding = tables::value("allergy", "none");
                (coding.iter().map(tables::Coding::json).collect(), "No known allergy".to_owned())
            }
            // One substance ruled out, another record that names an allergy, or nobody asked: no entry can say it without being misread.
            _ => continue,
        };
        let mut allergy = json!({
            "resourceType": "AllergyIntolerance",
            "clinicalStatus": coded("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active"),
            "code": concept(codings, &words),
            "patient": entries.patient(),
        });
        if fact.fact.polarity == Polarity::Uncertain {
            let system = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification";
            allergy["verificationStatus"] = coded(system, "unconfirmed");
        }
        set_date(&mut allergy, "recordedDate", fact.source.date);
        super::word::tell(&mut allergy, fact.word.as_ref(), fact.confirmed);
        super::whole::carry_fact(entries, &mut allergy, index, fact);
        let url = entries.add_stated(
            &format!("fact {index}"),
            Some("AllergyIntolerance"),
            allergy,
            &fact.source,
            fact.vouched(),
        );
        added.push((words, uncertainty(fact), url));
    }
    added
}

fn uncertainty(fact: &ExportFact) -> String {
    if fact.fact.polarity == Polarity::Uncertain { "uncertain".to_owned() } else { String::new() }
}

/// Whether words mean allergies as such, and not one substance.
fn is_general(words: Option<&str>) -> bool {
    let Some(words) = words else { return true };
    let words = words.to_lowercase();
    ["none", "no known", "nkda", "nka", "any", "all", "allerg"].iter().any(|w| words.contains(w))
        && !words.contains("drug")
}

/// Adds other illnesses that the person has or had. What was denied is no illness.
pub(super) fn add_illnesses(entries: &mut Entries<'_>, history: bool) -> Vec<Line> {
    let mut added = Vec::new();
    for (index, fact) in of_concept(entries, "comorbidity") {
        let is_so = matches!(fact.fact.polarity, Polarity::Present | Polarity::Uncertain);
        let (Some(value), true) = (shown(fact), is_so && (fact.fact.context == Context::History) == history) else {
            continue;
        };
        let mut condition = json!({
            "resourceType": "Condition",
            "code": concept(confirmed(&fact.codes), &value),
            "subject": entries.patient(),
        });
        if history {
            super::write::note(&mut condition, "The record tells this as history and does not say whether it is over.");
        } else {
            condition["clinicalStatus"] = coded("http://terminology.hl7.org/CodeSystem/condition-clinical", "active");
            condition["category"] =
                json!([coded("http://terminology.hl7.org/CodeSystem/condition-category", "problem-list-item")]);
        }
        if fact.fact.polarity == Polarity::Uncertain {
            let system = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
            condition["verificationStatus"] = coded(system, "provisional");
        }
        set_date(&mut condition, "onsetDateTime", fact.fact.date);
        super::word::tell(&mut condition, fact.word.as_ref(), fact.confirmed);
        super::whole::carry_fact(entries, &mut condition, index, fact);
        let url =
            entries.add_stated(&format!("fact {index}"), Some("illness"), condition, &fact.source, fact.vouched());
        added.push((value, uncertainty(fact), url));
    }
    added
}

/// Adds relatives' illnesses.
pub(super) fn add_relatives(entries: &mut Entries<'_>) {
    debug_assert_eq!(entries.guide, Guide::Mcode);
    let facts = entries.export.facts.iter().enumerate();
    let of_relatives: Vec<(usize, &ExportFact)> = facts
        .filter(|(_, f)| f.fact.concept.as_str() == "family_history" && f.fact.polarity == Polarity::Present)
        .collect();
    for (index, fact) in of_relatives {
        let Some(value) = shown(fact) else { continue };
        let relative = fact.fact.qualifiers.site.as_deref().and_then(line);
        let mut history: Value = json!({
            "resourceType": "FamilyMemberHistory",
            "status": "partial",
            "patient": entries.patient(),
            "relationship": { "text": relative.unwrap_or_else(|| "Relative".to_owned()) },
            "condition": [{ "code": concept(confirmed(&fact.codes), &value) }],
        });
        super::word::tell(&mut history, fact.word.as_ref(), fact.confirmed);
        super::whole::carry_fact(entries, &mut history, index, fact);
        entries.add_stated(&format!("fact {index}"), None, history, &fact.source, fact.vouched());
    }
}
