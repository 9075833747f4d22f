//! Facts as Observations: staging, receptors and markers, variants, grade, size, performance status, and everything
//! else as a plain finding. Absent, not tested and insufficient are three different things and stay so: a result that
//! says no, a reason `not-performed`, and a reason `unknown` in words. A profile that demands a value is claimed only
//! where there is one.

use consilium_casefile::facts::{Basis, Context, Polarity};
use serde_json::{Value, json};

use super::ExportFact;
use super::bundle::{Entries, Guide, tag};
use super::condition::{self, facts_of, tumour_of};
use super::tables::{self, ConceptRow};
use super::value::{category_value, set_value};
use super::write::{
    OWN_CONCEPTS, absent, absent_reason, concept, line, note, of_table, period, push, reference, set_date,
    set_required_date,
};

const MCODE: &str = "http://hl7.org/fhir/us/mcode/StructureDefinition/";

/// Full URL of the observation of a fact.
pub(super) fn url(entries: &Entries<'_>, fact: usize) -> String {
    entries.url(&format!("fact {fact}"))
}

/// Whether a fact becomes an Observation at all in this guide.
fn is_observed(fact: &ExportFact) -> bool {
    let row = tables::concept(fact.fact.concept.as_str());
    // What a sender suspected and what a relative has are no findings of this person.
    let is_finding = !matches!(fact.fact.context, Context::Family | Context::Clinical);
    is_finding && !matches!(row.shape.as_str(), "part_of_condition" | "allergy" | "illness" | "person")
}

/// The facts of a tumour that become observations.
pub(super) fn of_tumour<'e>(entries: &Entries<'e>, tumour: usize) -> Vec<(usize, &'e ExportFact)> {
    facts_of(entries, tumour).into_iter().filter(|(_, f)| is_observed(f) && has_something(f)).collect()
}

/// A fact that is said to be so must have a value or words.
fn has_something(fact: &ExportFact) -> bool {
    line(&fact.fact.value).is_some()
        || line(&fact.words).is_some()
        || matches!(fact.fact.polarity, Polarity::NotTested | Polarity::Insufficient | Polarity::Absent)
}

/// Adds the observations of all findings; gives what was added, by position of the fact.
pub(super) fn add(entries: &mut Entries<'_>) -> Vec<usize> {
    let export = entries.export;
    let mut added = Vec::new();
    for (index, fact) in export.facts.iter().enumerate() {
        if is_observed(fact) && has_something(fact) {
            add_one(entries, index, fact);
            added.push(index);
        }
    }
    added
}

/// Adds what mCODE has no place for, so that a full export loses nothing: sites and sides one by one, what was suspected,
/// and what is said of the person.
pub(super) fn add_others(entries: &mut Entries<'_>) {
    let export = entries.export;
    for (index, fact) in export.facts.iter().enumerate() {
        let elsewhere = entries.has(&format!("fact {index}"));
        if !elsewhere && has_something(fact) {
            add_one(entries, index, fact);
        }
    }
}

fn add_one<'e>(entries: &mut Entries<'e>, index: usize, export_fact: &'e ExportFact) {
    let fact = &export_fact.fact;
    let row = tables::concept(fact.concept.as_str());
    let tumour = tumour_of(entries, index);
    let category = if row.category.is_empty() { "exam" } else { row.category.as_str() };
    let mut observation = json!({
        "resourceType": "Observation",
        // What only a program read out of a text is no final result to the system that takes it over.
        "status": if export_fact.confirmed || export_fact.coded { "final" } else { "preliminary" },
        "category": [{ "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": category
        }] }],
        "code": code(entries, export_fact),
        "subject": entries.patient(),
    });
    set_when_and_who(entries, &mut observation, export_fact);
    let mut claims = match row.shape.as_str() {
        "tnm_t" | "tnm_n" | "tnm_m" | "stage_group" => staging(entries, &mut observation, index, export_fact, &row),
        "variant" => variant(&mut observation, export_fact),
        "size" => size(entries, &mut observation, export_fact, tumour),
        "score" => score(&mut observation, export_fact),
        _ => category_value(&mut observation, export_fact),
    };
    relate(entries, &mut observation, &row.shape, tumour);
    // A profile is for a finding of this tumour in the present; and only where its code is known.
    let has_code = coding_of(entries, export_fact).is_some()
        || matches!(row.shape.as_str(), "tnm_t" | "tnm_n" | "tnm_m" | "stage_group");
    claims &= has_code && fact.context != Context::Family;
    if fact.polarity == Polarity::Uncertain {
        let code = if fact.value.trim() == "equivocal" { "E" } else { "IND" };
        let system = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";
        if row.shape != "score" {
            push(&mut observation, "interpretation", super::write::coded(system, code));
        }
        note(&mut observation, "The record calls this uncertain.");
    }
    if fact.basis == Basis::Derived {
        tag(&mut observation, "derived");
        note(&mut observation, "Derived by arithmetic from what the record states; nobody wrote it.");
    }
    context_of(&mut observation, export_fact);
    if fact.main || export_fact.confirmed {
        tag(&mut observation, "main");
    }
    if let Some(setting) = export_fact.setting {
        let system = super::write::OWN_SETTINGS;
        let tag = json!({ "system": system, "code": setting.name() });
        push(&mut observation["meta"], "tag", tag);
    }
    add_specimen(entries, &mut observation, export_fact);
    super::word::tell(&mut observation, export_fact.word.as_ref(), export_fact.confirmed);
    super::whole::carry_fact(entries, &mut observation, index, export_fact);
    if export_fact.coded && !export_fact.confirmed {
        tag(&mut observation, super::bundle::RECORDED);
    }
    let shape = if row.shape == "score" { fact.concept.as_str() } else { row.shape.as_str() };
    let kind = match entries.guide {
        Guide::Mcode => claims.then(|| shape.to_owned()),
        Guide::Ips => (category == "laboratory").then(|| "laboratory".to_owned()),
    };
    entries.add_stated(
        &format!("fact {index}"),
        kind.as_deref(),
        observation,
        &export_fact.source,
        export_fact.vouched(),
    );
}

/// The confirmed code of a fact's concept. That of PD-L1 means the tumour proportion score and stands for no other.
fn coding_of(entries: &Entries<'_>, fact: &ExportFact) -> Option<Value> {
    let name = fact.fact.concept.as_str();
    if name == "pdl1" && fact.fact.qualifiers.method.as_deref() != Some("tps") {
        return None;
    }
    entries.export.concept_codes.get(name).and_then(super::write::coding)
}

/// The code of the concept where it is confirmed, our own name of the concept beside it, and the words.
fn code(entries: &Entries<'_>, fact: &ExportFact) -> Value {
    let name = fact.fact.concept.as_str();
    let mut codings: Vec<Value> = coding_of(entries, fact).into_iter().collect();
    if let Some(name) = line(name) {
        codings.push(json!({ "system": OWN_CONCEPTS, "code": name.replace(' ', "_") }));
    }
    concept(codings, line(&fact.label).as_deref().unwrap_or(name))
}

fn set_when_and_who(entries: &Entries<'_>, observation: &mut Value, fact: &ExportFact) {
    let day = fact.fact.date.or(fact.source.date);
    let names = [fact.source.author.as_deref(), fact.source.facility.as_deref()];
    let performers: Vec<Value> =
        names.into_iter().flatten().filter_map(line).map(|name| json!({ "display": name })).collect();
    match entries.guide {
        // US Core's rule us-core-1 wants a day; a month or a year is written as the period that it is.
        Guide::Mcode => match day {
            Some(partial) if partial.day().is_none() => {
                if let Some(period) = period(day, day) {
                    observation["effectivePeriod"] = period;
                }
            }
            _ => set_date(observation, "effectiveDateTime", day),
        },
        Guide::Ips => set_required_date(observation, "effectiveDateTime", day),
    }
    if !performers.is_empty() {
        observation["performer"] = Value::Array(performers);
    } else if entries.guide == Guide::Ips {
        observation["performer"] = json!([absent("unknown")]);
    }
}

fn context_of(observation: &mut Value, fact: &ExportFact) {
    let (code, words) = match fact.fact.context {
        Context::Current => return,
        Context::History => ("history", "The record tells this as history."),
        Context::Family => ("family", "The record says this of a relative."),
        Context::Clinical => ("clinical", "This is what the sender thought before, and no finding of the report."),
        Context::Outside => ("outside", "The record quotes another institution."),
    };
    tag(observation, code);
    note(observation, words);
}

fn relate(entries: &Entries<'_>, observation: &mut Value, shape: &str, tumour: Option<usize>) {
    let Some(tumour) = tumour else { return };
    let condition = reference(&condition::url(entries, tumour));
    match shape {
        "marker" | "grade" | "histology" => push(
            observation,
            "extension",
            json!({ "url": format!("{MCODE}mcode-related-condition"), "valueReference": condition }),
        ),
        "score" | "size" | "person" => {}
        _ => observation["focus"] = json!([condition]),
    }
}

/// Whether a prefix says clinical or pathologic. A restaging after therapy (`yp`) is pathologic too; recurrence and
/// autopsy have no code of their own.
fn kind_of(prefix: Option<&str>) -> &'static str {
    match prefix.unwrap_or_default() {
        "c" | "yc" => "clinical",
        "p" | "yp" => "pathologic",
        _ => "any",
    }
}

fn staging(
    entries: &Entries<'_>,
    observation: &mut Value,
    index: usize,
    export_fact: &ExportFact,
    row: &ConceptRow,
) -> bool {
    let fact = &export_fact.fact;
    let prefix = fact.qualifiers.prefix.as_deref().and_then(line).unwrap_or_default();
    let kind = kind_of(Some(&prefix));
    let mut codings: Vec<Value> = tables::staging(&row.shape, kind).iter().map(tables::Coding::json).collect();
    codings.push(json!({ "system": OWN_CONCEPTS, "code": fact.concept.as_str() }));
    observation["code"] = concept(codings, &export_fact.label);
    observation["method"] = method(export_fact);
    let value = line(&fact.value).unwrap_or_default();
    if value.is_empty() {
        return set_value(observation, export_fact, None);
    }
    let written = if row.shape == "stage_group" {
        value.clone()
    } else {
        format!("{prefix}{value}{}", fact.qualifiers.suffix.as_deref().and_then(line).unwrap_or_default())
    };
    let what = if row.shape == "stage_group" { "stage" } else { "tnm" };
    // AJCC's own codes in SNOMED CT mean AJCC; they are written only where the record names that system.
    let coding = tables::value(what, &written).filter(|_| names_ajcc(export_fact));
    observation["valueCodeableConcept"] = of_table(coding, &written);
    if fact.polarity == Polarity::Insufficient {
        note(observation, "It could not be assessed.");
    }
    let tumour = tumour_of(entries, index);
    let primary = tumour.is_some_and(|t| entries.export.tumours.get(t).is_some_and(|t| !t.secondary));
    if row.shape == "stage_group" {
        let members = tumour.map(|t| categories(entries, t, export_fact, kind)).unwrap_or_default();
        if !members.is_empty() {
            observation["hasMember"] = Value::Array(members);
        }
    }
    primary
}

fn names_ajcc(fact: &ExportFact) -> bool {
    fact.fact.qualifiers.system.as_deref() == Some("ajcc") || fact.fact.quote.contains("AJCC")
}

/// The staging system. Its edition is coded only where the record names AJCC or UICC; else it stands in words.
fn method(fact: &ExportFact) -> Value {
    let edition = fact.fact.qualifiers.edition.as_deref().and_then(line);
    let uicc = fact.fact.qualifiers.system.as_deref() == Some("uicc");
    match edition {
        Some(edition) if names_ajcc(fact) => {
            of_table(tables::staging("method", &edition), &format!("AJCC, edition {edition}"))
        }
        Some(edition) if uicc => of_table(tables::staging("method", "uicc"), &format!("UICC, edition {edition}")),
        Some(edition) => concept(Vec::new(), &format!("TNM, edition {edition}")),
        None => {
            let mut method = absent("unknown");
            method["text"] = Value::from("TNM; the record does not state the edition");
            method
        }
    }
}

/// The T, N and M of the same tumour, document and kind: at most one of each.
fn categories(entries: &Entries<'_>, tumour: usize, group: &ExportFact, kind: &str) -> Vec<Value> {
    let facts = of_tumour(entries, tumour);
    ["t", "n", "m"]
        .iter()
        .filter_map(|name| {
            let mut found = facts.iter().filter(|(_, f)| {
                f.fact.concept.as_str() == *name
                    && f.source.id == group.source.id
                    && f.fact.context == group.fact.context
                    && (kind == "any" || kind_of(f.fact.qualifiers.prefix.as_deref()) == kind)
            });
            // Two of a kind: which of them the stage was made from is not stated.
            match (found.next(), found.next()) {
                (Some((index, _)), None) => Some(reference(&url(entries, *index))),
                _ => None,
            }
        })
        .collect()
}

fn variant(observation: &mut Value, export_fact: &ExportFact) -> bool {
    let fact = &export_fact.fact;
    let found = match fact.polarity {
        Polarity::Present => tables::value("variant", "present"),
        Polarity::Absent => tables::value("variant", "absent"),
        Polarity::NotTested | Polarity::Insufficient => {
            set_value(observation, export_fact, None);
            None
        }
        Polarity::Uncertain => None,
    };
    if let Some(coding) = found {
        observation["valueCodeableConcept"] = json!({ "coding": [coding.json()] });
    }
    if let (Some(gene), Some(coding)) =
        (fact.qualifiers.gene.as_deref().and_then(line), tables::value("gene", "studied"))
    {
        push(
            observation,
            "component",
            json!({ "code": { "coding": [coding.json()] }, "valueCodeableConcept": { "text": gene } }),
        );
    }
    if let Some(value) = line(&fact.value) {
        // The variant as written; whether it is right HGVS nobody checked, so it claims none of the HGVS components.
        push(
            observation,
            "component",
            json!({
                "code": { "coding": [{ "system": OWN_CONCEPTS, "code": "as_written" }], "text": "As written" },
                "valueString": value,
            }),
        );
    }
    true
}

fn size(entries: &Entries<'_>, observation: &mut Value, fact: &ExportFact, tumour: Option<usize>) -> bool {
    let number = super::write::number(&fact.fact.value);
    let Some((sign, number)) = number.filter(|_| fact.fact.polarity == Polarity::Present) else {
        category_value(observation, fact);
        return false;
    };
    let Some(longest) = tables::value("dimension", "longest") else { return false };
    let unit = fact.fact.unit.as_deref().unwrap_or("mm");
    observation["component"] = json!([{
        "code": { "coding": [longest.json()] },
        "valueQuantity": super::write::quantity(sign, number, Some(unit)),
    }]);
    // The profile wants the specimen or the tumour, and not both.
    let of_specimen = fact.fact.specimen.as_deref().and_then(line).is_some();
    let tumour = tumour.map(|t| format!("body structure {t}")).filter(|name| !of_specimen && entries.has(name));
    if let Some(name) = &tumour {
        observation["focus"] = json!([reference(&entries.url(name))]);
    }
    (of_specimen || tumour.is_some()) && matches!(unit, "mm" | "cm")
}

fn score(observation: &mut Value, fact: &ExportFact) -> bool {
    match fact.fact.value.trim().parse::<u8>() {
        Ok(score) if matches!(fact.fact.polarity, Polarity::Present | Polarity::Uncertain) => {
            observation["valueInteger"] = score.into();
            true
        }
        _ => {
            category_value(observation, fact);
            // A reason why there is no value is allowed; any other form of value is not.
            observation.get("dataAbsentReason").is_some()
        }
    }
}

fn add_specimen<'e>(entries: &mut Entries<'e>, observation: &mut Value, fact: &'e ExportFact) {
    let Some(label) = fact.fact.specimen.as_deref().and_then(line) else { return };
    let name = format!("specimen {} {label}", fact.source.id);
    if entries.has(&name) {
        let url = entries.url(&name);
        entries.source_of(&url, &fact.source, fact.vouched());
    } else {
        let specimen = json!({
            "resourceType": "Specimen",
            "identifier": [{ "system": "urn:consilium:specimen-label", "value": label }],
            "type": { "text": format!("Specimen {label}") },
            "subject": entries.patient(),
        });
        entries.add_stated(&name, Some("Specimen"), specimen, &fact.source, fact.vouched());
    }
    observation["specimen"] = reference(&entries.url(&name));
}

/// Says why there is no value.
pub(super) fn set_absent(observation: &mut Value, polarity: Polarity) {
    observation["dataAbsentReason"] = match polarity {
        Polarity::NotTested => absent_reason("not-performed", "Not tested"),
        Polarity::Insufficient => absent_reason("unknown", "Tested; the specimen did not allow an answer"),
        _ => absent_reason("unknown", "The record states no value"),
    };
}
