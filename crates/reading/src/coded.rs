//! Coded entries of a structured record → facts, medicines and treatments, by the table `knowledge/reading/codes.csv`. A
//! code that says which test it was is answered by the value beside it; words of a value are read by the grammars of text,
//! so that "Positive" means the same in a code's display and in a report. What no code and no word says for sure is left
//! out. Each finding is shown at the line of the record's text that says it.

mod answers;
mod codes;
mod conditions;
mod person;
mod record;
mod treatments;

pub use record::{Record, merge};

use std::ops::Range;

use consilium_casefile::facts::{
    Basis, CodedStatement, CodedValue, Concept, Context, Fact, Polarity, Qualifiers, Section, StatementKind,
    StatementStatus,
};

use crate::place::Places;
use crate::reader::Reader;
use codes::Known;

pub(crate) use codes::Codes;

/// What a code or its words say, before place and date are added.
struct Said {
    concept: Concept,
    value: String,
    unit: Option<String>,
    polarity: Polarity,
    qualifiers: Qualifiers,
}

impl Said {
    fn is_a_spread(&self) -> bool {
        self.concept == Concept::MORPHOLOGY && self.value.ends_with("/6")
    }
}

impl Reader {
    /// What the coded entries of a record say, each at its place in the record's text.
    ///
    /// What the text does not show has an empty quote at 0..0: the record says it by code, and losing it would be worse
    /// than having no place to show. Entries in error say nothing, and silence the line they stand in; plans and what was
    /// not done are no facts.
    #[must_use]
    pub fn read_coded(&self, text: &str, statements: &[CodedStatement]) -> Record {
        let mut places = Places::new(text, &self.lexicon().code_systems);
        let mut record = Record::default();
        for statement in statements {
            let place = places.find(&statement.concept.words, &shown(statement.value.as_ref()));
            if statement.status == StatementStatus::Void {
                record.silent.extend(place.map(|p| p.line));
                continue;
            }
            // What is planned, or was not done, is said by its status: the words of its line, read alone, would say that it
            // was done.
            if matches!(statement.status, StatementStatus::Planned | StatementStatus::NotSo) && !statement.negated {
                record.silent.extend(place.as_ref().map(|p| p.line.clone()));
            }
            let span = place.map_or(0..0, |p| p.span);
            match statement.kind {
                StatementKind::Medication => record.medications.extend(self.medicine(&places, span, statement)),
                StatementKind::Procedure => record.treatments.extend(self.treatment(&places, span, statement)),
                StatementKind::Report => {}
                _ => self.facts(&mut places, &span, statement, &mut record.facts),
            }
        }
        record
    }

    fn facts(&self, places: &mut Places<'_>, span: &Range<usize>, statement: &CodedStatement, into: &mut Vec<Fact>) {
        if matches!(statement.status, StatementStatus::Planned | StatementStatus::NotSo) && !statement.negated {
            return;
        }
        let mut said = match statement.kind {
            StatementKind::Condition => self.condition(statement),
            StatementKind::Allergy => self.allergy(statement),
            StatementKind::FamilyHistory => self.relative(statement),
            _ => self.observation(statement),
        };
        // Where a spread is, stands at the spread itself.
        let has_a_site = statement.kind == StatementKind::Condition && !said.iter().any(Said::is_a_spread);
        for site in statement.sites.iter().filter(|_| has_a_site) {
            said.extend(self.sides_and_sites(site));
        }
        let mut seen: Vec<(Concept, String)> = Vec::new();
        let mut push = |said: Said, span: &Range<usize>, places: &Places<'_>| {
            let key = (said.concept.clone(), said.value.clone());
            // A code and its translation say the same twice.
            if !seen.contains(&key) {
                seen.push(key);
                into.push(fact(statement, said, span, places));
            }
        };
        for one in said {
            push(one, span, places);
        }
        for component in &statement.components {
            let shown = shown(component.value.as_ref());
            let own = places.find(&component.concept.words, &shown).or_else(|| places.find(&shown, ""));
            let span = own.map_or_else(|| span.clone(), |p| p.span);
            for one in self.component(component) {
                push(one, &span, places);
            }
        }
    }
}

fn plain(concept: Concept, value: String, polarity: Polarity) -> Said {
    Said { concept, value, unit: None, polarity, qualifiers: Qualifiers::default() }
}

fn said(known: &Known<'_>, concept: &Concept, value: String, unit: Option<String>, polarity: Polarity) -> Said {
    Said { concept: concept.clone(), value, unit, polarity, qualifiers: known.qualifiers() }
}

/// What a value says by itself; the concepts whose answers are yes or no say it so.
fn polarity_of(value: &str) -> Polarity {
    match value {
        "negative" | "absent" | "free" | "not amplified" => Polarity::Absent,
        "equivocal" | "uncertain" => Polarity::Uncertain,
        _ => Polarity::Present,
    }
}

fn fact(statement: &CodedStatement, said: Said, span: &Range<usize>, places: &Places<'_>) -> Fact {
    let polarity = match (statement.negated, statement.status, said.polarity) {
        (true, _, Polarity::Present) => Polarity::Absent,
        (_, StatementStatus::Uncertain, Polarity::Present) => Polarity::Uncertain,
        (.., polarity) => polarity,
    };
    let context = match statement.kind {
        _ if statement.context.is_some() => statement.context.unwrap_or_default(),
        StatementKind::FamilyHistory => Context::Family,
        _ if said.concept == Concept::FAMILY_HISTORY => Context::Family,
        StatementKind::Condition if statement.concept.words.to_lowercase().contains("history of") => Context::History,
        StatementKind::Condition if statement.status == StatementStatus::Completed => Context::History,
        _ => Context::Current,
    };
    let mut qualifiers = said.qualifiers;
    if qualifiers.edition.is_none() {
        qualifiers.edition = statement.method.as_ref().and_then(|m| codes::edition(&m.words));
    }
    qualifiers.setting.clone_from(&statement.setting);
    Fact {
        concept: said.concept,
        value: said.value,
        unit: said.unit,
        basis: Basis::Stated,
        polarity,
        context,
        section: Section::Body,
        qualifiers,
        specimen: statement.specimen.clone(),
        tumour: None,
        date: statement.date,
        main: statement.main,
        start: span.start,
        end: span.end,
        quote: places.quote(span),
    }
}

/// A value as the laid-out record shows it.
fn shown(value: Option<&CodedValue>) -> String {
    match value {
        Some(CodedValue::Quantity { value, comparator, .. }) => format!("{comparator}{value}"),
        Some(CodedValue::Range { low, .. }) => low.clone(),
        Some(CodedValue::Concept(concept)) => concept.words.clone(),
        Some(CodedValue::Text { text }) => text.lines().next().unwrap_or_default().trim().to_owned(),
        Some(CodedValue::Date { date }) => date.to_string(),
        Some(CodedValue::Flag { .. }) | None => String::new(),
    }
}
