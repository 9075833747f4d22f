//! A FHIR record laid out as a clinician reads it. One row of [`LAYOUTS`] for each kind of resource that is a table;
//! kinds without a row are shown as they stand.

use std::collections::BTreeMap;

use serde_json::Value;

use super::say::{concept, quantity, range, say};
use super::tables::{LAYOUTS, Layout, ORDER};
use super::value::{at, best_name, kind, list, one, text, text_at};
use super::{Resources, stated_by};
use crate::readable::{Readable, Section};

/// Lays out the resources of a file.
pub(super) fn lay_out(resources: &Resources) -> Readable {
    let mut readable = Readable { title: title(resources), ..Readable::default() };
    header(&mut readable, resources);
    for composition in resources.of_kind("Composition") {
        for part in list(composition, "section") {
            composition_section(part, composition, resources, 0, &mut readable);
        }
    }
    let mut sections: BTreeMap<usize, Section> = BTreeMap::new();
    let position = |title: &str| ORDER.iter().position(|o| *o == title).unwrap_or(ORDER.len());
    let mut by_kind: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for resource in &resources.all {
        by_kind.entry(kind(resource)).or_default().push(resource);
    }
    let mut section = |title: &str, fill: &mut dyn FnMut(&mut Section)| {
        fill(sections.entry(position(title)).or_insert_with(|| Section::new(title)));
    };
    for layout in &LAYOUTS {
        let Some(found) = by_kind.get(layout.kind) else { continue };
        section(layout.section, &mut |s| table(layout, found, resources, s));
    }
    section("Reports", &mut |s| reports(resources, s));
    observations(resources, &mut section);
    for response in by_kind.get("QuestionnaireResponse").into_iter().flatten() {
        section("Letters and questionnaires", &mut |s| answers(response, resources, s));
    }
    for section in sections.into_values() {
        readable.push(section);
    }
    let mut other = Section::new("Other entries");
    let known = |k: &str| {
        LAYOUTS.iter().any(|l| l.kind == k)
            || matches!(k, "Patient" | "Composition" | "DiagnosticReport" | "Observation" | "QuestionnaireResponse")
    };
    for (kind, found) in by_kind.iter().filter(|(k, _)| !known(k)) {
        for resource in found {
            other.raw(*kind, source(resource));
        }
    }
    readable.push(other);
    let mut contents = Section::new("In this record");
    let counts = by_kind.iter().map(|(kind, found)| vec![(*kind).to_owned(), found.len().to_string()]).collect();
    contents.table(&["Kind of entry", "Number"], counts);
    readable.push(contents);
    readable
}

/// Indented JSON; what a Binary holds is named by its length only, since it is unpacked as a file.
fn source(resource: &Value) -> String {
    let mut shown = resource.clone();
    if let Some(data) = shown.get_mut("data")
        && let Some(length) = data.as_str().map(str::len).filter(|l| *l > 200)
    {
        *data = Value::String(format!("({length} characters; see the attached file)"));
    }
    serde_json::to_string_pretty(&shown).unwrap_or_default()
}

fn title(resources: &Resources) -> String {
    if let Some(composition) = resources.of_kind("Composition").next() {
        return stated_by(composition, resources).title.unwrap_or_else(|| "Clinical document".to_owned());
    }
    if let [only] = resources.all.as_slice() {
        return stated_by(only, resources).title.unwrap_or_else(|| format!("{} (FHIR)", kind(only)));
    }
    format!("Health record with {} entries (FHIR)", resources.all.len())
}

fn header(readable: &mut Readable, resources: &Resources) {
    for patient in resources.of_kind("Patient") {
        let said = |name: &str| one(patient, name).map(|v| say(v, patient, resources)).unwrap_or_default();
        readable.head("Patient", best_name(patient).map(|n| n.display()).unwrap_or_default());
        readable.head("Born", said("birthDate"));
        readable.head("Sex", said("gender"));
        readable
            .head("Died", if said("deceasedDateTime").is_empty() { String::new() } else { said("deceasedDateTime") });
        let numbers: Vec<String> = list(patient, "identifier")
            .iter()
            .filter_map(|i| {
                let label = one(i, "type").map(concept).unwrap_or_default();
                Some(format!("{} {label}", text(i, "value")?).trim().to_owned())
            })
            .collect();
        readable.head("Numbers", numbers.join("; "));
        readable.head("Address", said("address"));
        let contact: Vec<String> = list(patient, "telecom").iter().filter_map(|t| text(t, "value")).collect();
        readable.head("Contact", contact.join("; "));
    }
    let stated = super::stated(resources);
    readable.head("Date", stated.date.map(|d| d.to_string()).unwrap_or_default());
    readable.head("Author", stated.author.unwrap_or_default());
    readable.head("Facility", stated.facility.unwrap_or_default());
}

/// A section of a Composition, with those inside it; nesting is bounded by the parser.
fn composition_section(part: &Value, from: &Value, resources: &Resources, depth: u32, readable: &mut Readable) {
    let title = text(part, "title").or_else(|| one(part, "code").map(concept)).unwrap_or_else(|| "Section".to_owned());
    let mut section = Section::new(title);
    section.paragraph(text_at(part, &["text", "div"]).map(|div| crate::html::to_text(&div)).unwrap_or_default());
    if let Some(reason) = one(part, "emptyReason") {
        section.paragraph(format!("Nothing is listed here: {}.", concept(reason)));
    }
    let entries: Vec<String> = list(part, "entry").iter().filter_map(|e| super::shown(e, from, resources)).collect();
    if !entries.is_empty() {
        section.blocks.push(crate::readable::Block::List { items: entries });
    }
    readable.push(section);
    if depth < 32 {
        for inner in list(part, "section") {
            composition_section(inner, from, resources, depth + 1, readable);
        }
    }
}

/// Everything at a dotted path, lists on the way flattened.
fn reach<'v>(value: &'v Value, path: &str) -> Vec<&'v Value> {
    path.split('.').fold(vec![value], |found, name| found.into_iter().flat_map(|v| list(v, name)).collect())
}

fn cell(resource: &Value, paths: &str, resources: &Resources) -> String {
    for path in paths.split('|') {
        let mut said: Vec<String> = Vec::new();
        for value in reach(resource, path) {
            let one = say(value, resource, resources);
            if !one.is_empty() && (said.len() > 200 || !said.contains(&one)) {
                said.push(one);
            }
        }
        if !said.is_empty() {
            return said.join("; ");
        }
    }
    String::new()
}

fn table(layout: &Layout, found: &[&Value], resources: &Resources, section: &mut Section) {
    let is_date = |heading: &str| matches!(heading, "Date" | "Since" | "When" | "Collected");
    let mut rows: Vec<Vec<String>> = found
        .iter()
        .map(|r| layout.columns.iter().map(|(_, paths)| cell(r, paths, resources)).collect::<Vec<_>>())
        .collect();
    for (row, resource) in rows.iter_mut().zip(found) {
        // A row nothing could be said of still says that it is there.
        if row.iter().all(String::is_empty)
            && let Some(first) = row.first_mut()
        {
            *first = text(resource, "id").unwrap_or_else(|| "not stated".to_owned());
        }
        mark_error(resource, row);
    }
    if let Some(column) = layout.columns.iter().position(|(heading, _)| is_date(heading)) {
        newest_first(&mut rows, column);
    }
    let headings: Vec<&str> = layout.columns.iter().map(|(heading, _)| *heading).collect();
    if section.blocks.iter().any(|b| matches!(b, crate::readable::Block::Table { .. })) {
        section.heading(spaced(layout.kind));
    }
    section.table(&headings, rows);
}

/// `MedicationRequest` as words.
fn spaced(kind: &str) -> String {
    let mut words = String::new();
    for (i, c) in kind.chars().enumerate() {
        if c.is_uppercase() && i > 0 {
            words.push(' ');
            words.extend(c.to_lowercase());
        } else {
            words.push(c);
        }
    }
    words
}

/// What was entered in error or refuted, or must not be done, is said at the first word of its row.
fn mark_error(resource: &Value, row: &mut [String]) {
    let says = |name: &str, wanted: &str| {
        text(resource, name).as_deref() == Some(wanted)
            || at(resource, &[name, "coding", "code"]).and_then(Value::as_str) == Some(wanted)
    };
    let mark = if says("status", "entered-in-error") || says("verificationStatus", "entered-in-error") {
        "Entered in error: "
    } else if says("verificationStatus", "refuted") {
        "Refuted: "
    } else if says("doNotPerform", "true") {
        "Not to be done: "
    } else if says("status", "not-done") || says("status", "not-taken") {
        "Not done: "
    } else {
        return;
    };
    if let Some(first) = row.first_mut() {
        first.insert_str(0, mark);
    }
}

fn newest_first(rows: &mut [Vec<String>], column: usize) {
    let day = |row: &Vec<String>| {
        let cell = row.get(column).map_or("", String::as_str);
        cell.trim_start_matches("since ").trim_start_matches("until ").chars().take(10).collect::<String>()
    };
    rows.sort_by_cached_key(|row| std::cmp::Reverse(day(row)));
}

fn reports(resources: &Resources, section: &mut Section) {
    let mut reports: Vec<&Value> = resources.of_kind("DiagnosticReport").collect();
    let date = |r: &Value| cell(r, "effectiveDateTime|effectivePeriod|issued", resources);
    reports.sort_by_cached_key(|r| std::cmp::Reverse(date(r)));
    for report in reports {
        let name = one(report, "code").map(concept).unwrap_or_else(|| "Report".to_owned());
        let heading: Vec<String> = [name, date(report), cell(report, "status", resources)]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect();
        section.heading(heading.join(", "));
        // What a void report says is marked on each of its lines, so that none of them is read as a finding.
        let marked = |words: String| match void_mark(report) {
            Some(mark) => marked_lines(mark, &words),
            None => words,
        };
        section.paragraph(marked(cell(report, "conclusion", resources)));
        let codes = cell(report, "conclusionCode|codedDiagnosis", resources);
        section.paragraph(marked(if codes.is_empty() { codes } else { format!("Diagnosis: {codes}") }));
        let by = cell(report, "resultsInterpreter|performer", resources);
        section.paragraph(if by.is_empty() { by } else { format!("By: {by}") });
        let results: Vec<String> = list(report, "result")
            .iter()
            .filter_map(|reference| match resources.resolve(reference, report) {
                Some(observation) => Some(in_one_line(observation, resources)),
                None => super::shown(reference, report, resources).or_else(|| text(reference, "reference")),
            })
            .map(marked)
            .collect();
        if !results.is_empty() {
            section.blocks.push(crate::readable::Block::List { items: results });
        }
        let attached = cell(report, "presentedForm", resources);
        section.paragraph(if attached.is_empty() { attached } else { format!("Attached: {attached}") });
        if text(report, "conclusion").is_none()
            && let Some(narrative) = text_at(report, &["text", "div"])
        {
            section.paragraph(marked(crate::html::to_text(&narrative)));
        }
    }
}

/// The mark of a report that says nothing any more.
fn void_mark(report: &Value) -> Option<&'static str> {
    match text(report, "status").as_deref() {
        Some("entered-in-error") => Some("Entered in error: "),
        Some("cancelled") => Some("Cancelled: "),
        _ => None,
    }
}

/// A mark before each line that holds words.
fn marked_lines(mark: &str, words: &str) -> String {
    let line = |line: &str| if line.trim().is_empty() { line.to_owned() } else { format!("{mark}{line}") };
    words.split('\n').map(line).collect::<Vec<String>>().join("\n")
}

fn in_one_line(observation: &Value, resources: &Resources) -> String {
    let name = one(observation, "code").and_then(super::words_of).unwrap_or_default();
    let value = observed(observation, observation, resources);
    let flag = cell(observation, "interpretation", resources);
    let flag = if flag.is_empty() { flag } else { format!(" [{flag}]") };
    format!("{name}: {value}{flag}").trim_end_matches([':', ' ']).to_owned()
}

const OBSERVATION: [&str; 8] = ["Name", "Value", "Reference range", "Flag", "Date", "Site or method", "Status", "Note"];

fn observations(resources: &Resources, section: &mut impl FnMut(&str, &mut dyn FnMut(&mut Section))) {
    let mut by_section: BTreeMap<&str, Vec<Vec<String>>> = BTreeMap::new();
    for observation in resources.of_kind("Observation") {
        let categories: Vec<String> =
            list(observation, "category").iter().flat_map(super::value::codings).map(|c| c.code).collect();
        let is = |code: &str| categories.iter().any(|c| c == code);
        let title = if is("vital-signs") {
            "Vital signs"
        } else if is("social-history") {
            "Social history"
        } else if is("laboratory") || is("imaging") || is("procedure") || is("exam") {
            "Results"
        } else {
            "Other observations"
        };
        let rows = by_section.entry(title).or_default();
        let date = cell(observation, "effectiveDateTime|effectivePeriod|effectiveInstant|issued", resources);
        let status = cell(observation, "status", resources);
        let method = [cell(observation, "bodySite", resources), cell(observation, "method", resources)];
        let method: Vec<String> = method.into_iter().filter(|m| !m.is_empty()).collect();
        let mut row = vec![
            one(observation, "code").map(concept).unwrap_or_else(|| "not stated".to_owned()),
            observed(observation, observation, resources),
            ranges(observation),
            cell(observation, "interpretation", resources),
            date.clone(),
            method.join("; "),
            // Final is what a reader expects.
            if status == "final" { String::new() } else { status },
            cell(observation, "note|comment", resources),
        ];
        mark_error(observation, &mut row);
        rows.push(row);
        for component in list(observation, "component") {
            rows.push(vec![
                format!("– {}", one(component, "code").map(concept).unwrap_or_default()),
                observed(component, observation, resources),
                ranges(component),
                cell(component, "interpretation", resources),
                date.clone(),
            ]);
        }
    }
    for (title, mut rows) in by_section {
        newest_first(&mut rows, 4);
        section(title, &mut |s| s.table(&OBSERVATION, std::mem::take(&mut rows)));
    }
}

/// The value of an observation or component, whatever its type; a missing one says why it is missing.
fn observed(holder: &Value, from: &Value, resources: &Resources) -> String {
    let value = holder.as_object().into_iter().flatten().find(|(name, _)| name.starts_with("value"));
    if let Some((name, value)) = value {
        return if name == "valueQuantity" { quantity(value) } else { say(value, from, resources) };
    }
    one(holder, "dataAbsentReason").map(|reason| format!("not stated ({})", concept(reason))).unwrap_or_default()
}

fn ranges(holder: &Value) -> String {
    let said: Vec<String> = list(holder, "referenceRange").iter().map(range).filter(|r| !r.is_empty()).collect();
    said.join("; ")
}

fn answers(response: &Value, resources: &Resources, section: &mut Section) {
    section.heading(text(response, "questionnaire").unwrap_or_else(|| "Questionnaire".to_owned()));
    let mut rows = Vec::new();
    let mut open: Vec<&Value> = list(response, "item").iter().rev().collect();
    while let Some(item) = open.pop() {
        let answer = list(item, "answer");
        let said: Vec<String> = answer.iter().map(|a| observed(a, response, resources)).collect();
        rows.push(vec![text(item, "text").or_else(|| text(item, "linkId")).unwrap_or_default(), said.join("; ")]);
        open.extend(answer.iter().flat_map(|a| list(a, "item")).rev());
        open.extend(list(item, "item").iter().rev());
    }
    section.table(&["Question", "Answer"], rows);
}
