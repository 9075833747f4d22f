//! Medicines and procedures of coded entries.

use std::ops::Range;

use consilium_casefile::facts::{
    Code, CodedStatement, Concept, Medication, MedicationStatus, StatementStatus, Treatment, TreatmentKind,
    TreatmentStatus,
};

use super::{Said, codes};
use crate::course::Course;
use crate::medication::instruction;
use crate::phrases::Item;
use crate::place::Places;
use crate::reader::Reader;
use crate::scan::Scan;
use crate::scope::Cues;

impl Reader {
    pub(super) fn medicine(
        &self,
        places: &Places<'_>,
        span: Range<usize>,
        statement: &CodedStatement,
    ) -> Option<Medication> {
        let words = &statement.concept.words;
        if words.is_empty() || statement.status == StatementStatus::NotSo || words.chars().count() > 1000 {
            return None;
        }
        let lower = words.to_lowercase();
        if lower.starts_with("no ") || lower.contains("not documented") {
            return None;
        }
        let dosage = statement.dosage.clone().unwrap_or_default();
        let mut from_name = self.instruction(words);
        let ingredient = self.ingredient(words);
        // Of two ingredients the product has two strengths; one of them is no dose.
        // And "10 mL" in a product's name is the size of its vial.
        let is_volume = from_name.dose.as_ref().is_some_and(|d| d.ends_with(" mL"));
        if is_volume || words.contains(" / ") || ingredient.as_ref().is_some_and(|i| i.contains(" / ")) {
            from_name.dose = None;
        }
        let from_text = self.instruction(&dosage.text);
        let from_parts = self.instruction(&format!("{} {} {}", dosage.dose, dosage.frequency, dosage.route));
        // "One tablet" of a product with a strength is that strength.
        let counted = |dose: &Option<String>| {
            dose.as_ref().is_some_and(|d| d.ends_with(" tablet") || d.ends_with(" capsule") || !d.contains(' '))
        };
        let own = from_parts.dose.or(from_text.dose.clone().filter(|d| !counted(&Some(d.clone()))));
        let own = own.or(from_text.dose).or_else(|| Some(dosage.dose.clone()).filter(|d| !d.is_empty()));
        let one = own.as_ref().is_none_or(|d| d.starts_with("1 ") || d == "1" || d.starts_with("1.0"));
        let dose = match (own, from_name.dose) {
            (own, Some(strength))
                if own.is_none()
                    || (one && counted(&own))
                    || own.as_deref().is_some_and(|d| d.contains('{')) && one =>
            {
                Some(strength)
            }
            (own, _) => own,
        };
        let frequency =
            from_parts.frequency.or(from_text.frequency).or_else(|| Some(dosage.frequency).filter(|f| !f.is_empty()));
        let route = from_parts
            .route
            .or(from_text.route)
            .or(from_name.route)
            .or_else(|| Some(dosage.route.to_lowercase()).filter(|r| !r.is_empty()));
        Some(Medication {
            name: words.clone(),
            ingredient,
            code: best(&statement.concept.codes),
            dose,
            route,
            frequency,
            status: match statement.status {
                StatementStatus::Active => MedicationStatus::Active,
                StatementStatus::Completed | StatementStatus::Stopped => MedicationStatus::Stopped,
                StatementStatus::Planned => MedicationStatus::Planned,
                _ => MedicationStatus::Unknown,
            },
            since: statement.date,
            until: statement.until,
            reason: statement.reasons.first().map(|r| r.words.clone()).filter(|r| !r.is_empty()),
            start: span.start,
            end: span.end,
            quote: places.quote(&span),
        })
    }

    fn instruction(&self, text: &str) -> crate::medication::Instruction {
        let scan = Scan::new(text, self.lexicon());
        let cues = Cues::new(&scan);
        let course = Course::new(&scan, &cues, self.phrases());
        instruction(&course, 0..scan.tokens.len().min(60))
    }

    /// Generic names in a product's name, in alphabetical order.
    fn ingredient(&self, name: &str) -> Option<String> {
        let scan = Scan::new(name, self.lexicon());
        let mut found: Vec<String> = self
            .phrases()
            .find(&scan)
            .iter()
            .filter_map(|f| match f.item {
                Item::Drug { ingredient, .. } => Some(ingredient.clone()),
                _ => None,
            })
            .collect();
        found.sort();
        found.dedup();
        // A brand beside its ingredients says them once more.
        if found.len() > 1 {
            let all = found.clone();
            found.retain(|f| !f.contains(" / ") || all.len() == 1);
        }
        // Of a combination whose parts are not all known, none is named: it is not the one known part.
        let parts = name.split(" / ").count();
        let named: usize = found.iter().map(|f| f.split(" / ").count()).sum();
        (!found.is_empty() && named >= parts).then(|| found.join(" / "))
    }

    /// Operations and radiation; other procedures (an examination, a counselling) are no treatment.
    pub(super) fn treatment(
        &self,
        places: &Places<'_>,
        span: Range<usize>,
        statement: &CodedStatement,
    ) -> Option<Treatment> {
        let words = &statement.concept.words;
        if words.is_empty() || words.chars().count() > 1000 {
            return None;
        }
        // A medicine against the cancer as a course of treatment stands in files of ours.
        let (drugs, named) = self.against_cancer(words);
        let kind = self.kind_of_procedure(words).or(named.then_some(TreatmentKind::Systemic))?;
        let status = match statement.status {
            StatementStatus::NotSo => return None,
            StatementStatus::Planned => TreatmentStatus::Planned,
            StatementStatus::Active => TreatmentStatus::Ongoing,
            StatementStatus::Stopped => TreatmentStatus::Stopped,
            _ => TreatmentStatus::Done,
        };
        let sides: Vec<Said> = statement.sites.iter().flat_map(|s| self.sides_and_sites(s)).collect();
        let laterality = sides.into_iter().find(|s| s.concept == Concept::LATERALITY).map(|s| s.value);
        Some(Treatment {
            kind,
            what: words.trim_end_matches("(procedure)").trim().to_owned(),
            code: best(&statement.concept.codes),
            drugs: if kind == TreatmentKind::Systemic { drugs } else { Vec::new() },
            laterality,
            date: statement.date,
            until: statement.until.filter(|_| kind != TreatmentKind::Operation),
            cycles: None,
            dose: codes::radiation_dose(&statement.components).filter(|_| kind == TreatmentKind::Radiation),
            intent: codes::intent(&statement.components),
            change: None,
            status,
            start: span.start,
            end: span.end,
            quote: places.quote(&span),
        })
    }

    /// Generic names of medicines against a cancer in words, and whether they name any, be it by a regimen.
    fn against_cancer(&self, words: &str) -> (Vec<String>, bool) {
        let scan = Scan::new(words, self.lexicon());
        let mut drugs: Vec<String> = Vec::new();
        let mut named = false;
        for found in self.phrases().find(&scan) {
            let of = match found.item {
                Item::Drug { ingredient, class } if class.treats_cancer() => vec![ingredient.clone()],
                Item::Regimen { drugs, .. } => drugs.clone(),
                _ => continue,
            };
            named = true;
            drugs.extend(of.into_iter().filter(|drug| !drugs.contains(drug)).collect::<Vec<_>>());
        }
        (drugs, named)
    }

    fn kind_of_procedure(&self, words: &str) -> Option<TreatmentKind> {
        let scan = Scan::new(words, self.lexicon());
        let items = self.phrases().find(&scan);
        let has = |cue: crate::phrases::Cue| items.iter().any(|f| matches!(f.item, Item::Cue(c) if *c == cue));
        if has(crate::phrases::Cue::Radiation) || words.to_lowercase().contains("teleradiotherapy") {
            return Some(TreatmentKind::Radiation);
        }
        if has(crate::phrases::Cue::Chemotherapy) {
            return Some(TreatmentKind::Systemic);
        }
        let operation =
            scan.marks.iter().any(|m| matches!(scan.meaning(m), Some(crate::lexicon::Meaning::Procedure(_))));
        operation.then_some(TreatmentKind::Operation)
    }
}

fn best(codes: &[Code]) -> Option<Code> {
    let rx = codes.iter().find(|c| c.system.ends_with("/rxnorm"));
    rx.or_else(|| codes.first()).cloned()
}
