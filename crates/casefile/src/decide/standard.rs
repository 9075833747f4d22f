//! Whether a sheet holds what a decision aid must hold: the minimum criteria of IPDAS that can be seen from it. It checks the
//! sheet, not the person, and says nothing of a certificate.

use super::{Decide, Sheet};
use crate::knowledge::Knowledge;

/// Whether one criterion is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Met {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// It is not of this kind of decision.
    NotApplicable,
}

/// The criteria of `knowledge/decide/standard.csv` with their answers, in the order of the table. A criterion whose check is
/// not known here is not met.
#[must_use]
pub fn standard<'k>(decide: &Decide, knowledge: &'k Knowledge) -> Vec<(&'k crate::knowledge::Criterion, Met)> {
    let empty = Sheet::default();
    let sheet = decide.sheet().unwrap_or(&empty);
    let met = |check: &str| match holds(decide, sheet, check) {
        _ if check == "not-applicable" => Met::NotApplicable,
        true => Met::Yes,
        false => Met::No,
    };
    knowledge.deciding.criteria.iter().map(|criterion| (criterion, met(&criterion.check))).collect()
}

/// The checks a criterion can name.
pub const CHECKS: [&str; 16] = [
    "condition",
    "question",
    "options",
    "benefits",
    "harms",
    "living",
    "equal-detail",
    "sources",
    "dated",
    "revisit",
    "uncertainty",
    "funding",
    "comparable",
    "both-frames",
    "values",
    "not-applicable",
];

fn holds(decide: &Decide, sheet: &Sheet, check: &str) -> bool {
    let each = |good: bool| {
        let stated = |option: &str| {
            sheet.features.iter().filter(|f| f.good == good).any(|f| sheet.numbers_of(option, &f.id).next().is_some())
        };
        !sheet.options.is_empty() && sheet.options.iter().all(|option| stated(&option.id))
    };
    let numbers = !sheet.numbers.is_empty();
    match check {
        "condition" => !sheet.condition.is_empty(),
        "question" => !sheet.question.is_empty(),
        "options" => sheet.options.len() > 1,
        "benefits" => each(true),
        "harms" => each(false),
        "living" => !sheet.options.is_empty() && sheet.options.iter().all(|option| !option.living.is_empty()),
        "equal-detail" => {
            let stated = |option: &str, feature: &str| sheet.numbers_of(option, feature).next().is_some();
            // Of what is hoped for and of what is feared: there is something of each.
            let both = [true, false].iter().all(|good| sheet.features.iter().any(|f| f.good == *good));
            numbers && both && sheet.features.iter().all(|f| sheet.options.iter().all(|o| stated(&o.id, &f.id)))
        }
        "sources" => {
            let named = |option: &super::SheetOption| option.opinion.is_some() || !option.source.is_empty();
            numbers && sheet.options.iter().all(named)
        }
        // Every number of a sheet carries the sheet's day, and every chance is shown from both sides.
        "dated" => numbers && decide.sheet.is_some(),
        "both-frames" => sheet.numbers.iter().any(|number| number.denominator.is_some()),
        "revisit" => decide.decision().is_some_and(|held| held.decision.revisit.is_some()),
        "uncertainty" => numbers && sheet.numbers.iter().all(super::Number::states_uncertainty),
        "funding" => !sheet.funding.is_empty(),
        "comparable" => {
            let alike = |feature: &super::Feature| {
                let mut numbers = sheet.numbers.iter().filter(|number| number.feature == feature.id);
                numbers.all(|number| sheet.is_compared(feature, number))
            };
            numbers && sheet.features.iter().all(alike)
        }
        "values" => decide.values.contains_key(&super::Voice::Patient),
        _ => false,
    }
}
