//! Segments as coded entries: results (OBX), diagnoses and problems (DG1, PRB), allergies (AL1, IAM), procedures (PR1),
//! and medicines ordered, encoded, dispensed or given (RXO, RXE, RXD, RXA). A segment without a code and without words
//! says nothing.

use consilium_casefile::PartialDate;
use consilium_casefile::facts::{
    Code, CodedConcept, CodedStatement, CodedValue, Dosage, StatementKind, StatementStatus,
};

use super::codings;
use super::message::{Message, Segment};
use crate::coded::{MOST_STATEMENTS, concept as concept_of, number_or_text};

/// The coded entries of all messages.
pub(super) fn coded(messages: &[Message]) -> Vec<CodedStatement> {
    let mut found: Vec<CodedStatement> = Vec::new();
    for message in messages {
        let mut collected = None;
        let mut order = "";
        for segment in &message.segments {
            if found.len() >= MOST_STATEMENTS {
                return found;
            }
            match segment.name.as_str() {
                "ORC" => order = if segment.component(1, 1) == "CA" { "CA" } else { "" },
                "OBR" => collected = day(segment, 7),
                "RXR" => {
                    if let Some(dosage) = found.last_mut().and_then(|s| s.dosage.as_mut()) {
                        let words = concept(segment, 1).words;
                        dosage.route = words;
                    }
                }
                "NTE" => {}
                _ => {
                    let Some(mut statement) = statement(segment) else { continue };
                    if statement.kind == StatementKind::Observation && statement.date.is_none() {
                        statement.date = collected;
                    }
                    if statement.kind == StatementKind::Medication && order == "CA" {
                        statement.status = StatementStatus::Stopped;
                    }
                    if !statement.concept.is_empty() {
                        found.push(statement);
                    }
                }
            }
        }
    }
    found
}

fn statement(segment: &Segment) -> Option<CodedStatement> {
    let mut coded = CodedStatement::default();
    match segment.name.as_str() {
        "OBX" => {
            coded.concept = concept(segment, 3);
            coded.value = result(segment);
            coded.date = day(segment, 14);
            coded.interpretation = segment
                .repetitions(8)
                .map(|r| segment.component_of(r, 1))
                .filter(|code| !code.is_empty())
                .map(|code| Code {
                    system: "http://terminology.hl7.org/CodeSystem/v2-0078".to_owned(),
                    code,
                    display: String::new(),
                })
                .collect();
            coded.method = Some(concept(segment, 17)).filter(|m| !m.is_empty());
            coded.status = match segment.component(11, 1).as_str() {
                "D" | "W" | "X" => StatementStatus::Void,
                "P" | "R" | "I" => StatementStatus::Uncertain,
                "O" => StatementStatus::Planned,
                _ => StatementStatus::Stands,
            };
        }
        "DG1" | "PRB" => {
            coded.kind = StatementKind::Condition;
            coded.concept = concept(segment, 3);
            if segment.name == "DG1" {
                if coded.concept.words.is_empty() || coded.concept.codes.iter().any(|c| c.code == coded.concept.words) {
                    let words = segment.words(4);
                    if !words.is_empty() {
                        coded.concept.words = words;
                    }
                }
                coded.date = day(segment, 5);
                // HL7 table 0052: admitting and working diagnoses are not yet made.
                if matches!(segment.component(6, 1).as_str(), "A" | "W") {
                    coded.status = StatementStatus::Uncertain;
                }
            } else {
                coded.date = day(segment, 7).or_else(|| day(segment, 16));
                if segment.component(1, 1) == "DE" {
                    coded.status = StatementStatus::Void;
                }
            }
        }
        "AL1" | "IAM" => {
            coded.kind = StatementKind::Allergy;
            coded.status = StatementStatus::Active;
            coded.concept = concept(segment, 3);
            coded.value = Some(segment.words(5)).filter(|w| !w.is_empty()).map(|text| CodedValue::Text { text });
            coded.date = day(segment, if segment.name == "AL1" { 6 } else { 11 });
        }
        "PR1" => {
            coded.kind = StatementKind::Procedure;
            coded.status = StatementStatus::Completed;
            coded.concept = concept(segment, 3);
            if coded.concept.words.is_empty() {
                coded.concept.words = segment.words(4);
            }
            coded.date = day(segment, 5);
        }
        "RXO" => medicine(segment, &mut coded, [1, 2, 4, 7], StatementStatus::Planned),
        "RXE" => {
            medicine(segment, &mut coded, [2, 3, 5, 7], StatementStatus::Active);
            let often = segment.component(1, 2);
            if let Some(dosage) = coded.dosage.as_mut() {
                dosage.frequency = often;
            }
        }
        "RXD" => {
            medicine(segment, &mut coded, [2, 4, 5, 9], StatementStatus::Active);
            coded.date = day(segment, 3);
        }
        // A vaccine is a medicine only to its message.
        "RXA" if !codings(segment, 5).iter().any(|c| c.system.ends_with("/cvx")) => {
            medicine(segment, &mut coded, [5, 6, 7, 9], StatementStatus::Completed);
            coded.date = day(segment, 3);
            match segment.component(20, 1).as_str() {
                "NA" | "RE" => coded.status = StatementStatus::NotSo,
                "PA" => coded.status = StatementStatus::Stopped,
                _ => {}
            }
            coded.negated = coded.status == StatementStatus::NotSo;
        }
        _ => return None,
    }
    Some(coded)
}

/// Code, amount, unit and instruction of a medicine stand in the fields given.
fn medicine(segment: &Segment, coded: &mut CodedStatement, fields: [usize; 4], status: StatementStatus) {
    let [code, amount, unit, instruction] = fields;
    let unit = concept(segment, unit);
    // UCUM codes are readable, codes of other systems are numbers.
    let code_of_unit = unit.codes.first().map(|c| c.code.clone()).filter(|c| c.contains(|c: char| !c.is_ascii_digit()));
    let unit =
        code_of_unit.unwrap_or_else(|| unit.words.clone()).trim_start_matches(|c: char| c.is_ascii_digit()).to_owned();
    coded.kind = StatementKind::Medication;
    coded.status = status;
    coded.concept = concept(segment, code);
    coded.dosage = Some(Dosage {
        text: segment.words(instruction),
        dose: format!("{} {unit}", segment.component(amount, 1)).trim().to_owned(),
        ..Dosage::default()
    });
}

fn concept(segment: &Segment, field: usize) -> CodedConcept {
    let codes = codings(segment, field);
    let words = codes.iter().find(|c| !c.display.is_empty()).map(|c| c.display.clone());
    // A name without a code stands in the second component, as in `^Penicillin`.
    let bare = || Some(segment.component(field, 2)).filter(|w| !w.is_empty());
    let words = words.or_else(bare).or_else(|| codes.first().map(|c| c.code.clone())).unwrap_or_default();
    concept_of(codes, words)
}

fn result(segment: &Segment) -> Option<CodedValue> {
    let unit = segment.component(6, 1);
    let kind = segment.component(2, 1);
    match kind.as_str() {
        "ED" | "RP" => None,
        "CE" | "CWE" | "CF" | "CNE" => Some(concept(segment, 5)).filter(|c| !c.is_empty()).map(CodedValue::Concept),
        "SN" => {
            let part = |n| segment.component(5, n);
            let separator = part(3);
            if separator == "-" && !part(4).is_empty() {
                return Some(CodedValue::Range { low: part(2), high: part(4), unit });
            }
            number_or_text(&format!("{}{}{separator}{}", part(1), part(2), part(4)), &unit)
        }
        "DT" | "TS" | "DTM" => day(segment, 5).map(|date| CodedValue::Date { date }),
        "TX" | "FT" => Some(segment.text(5)).filter(|t| !t.trim().is_empty()).and_then(|t| number_or_text(&t, &unit)),
        _ => number_or_text(&segment.words(5), &unit),
    }
}

fn day(segment: &Segment, field: usize) -> Option<PartialDate> {
    PartialDate::from_compact(&segment.component(field, 1))
}
