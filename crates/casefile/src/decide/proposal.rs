//! A sheet as the opinions of the case say it, for a person to go over: each plan and each alternative is an option, each
//! stated number stands where its doctor put it. What no opinion says stays empty.

use super::{Feature, Number, Sheet, SheetOption, TimedStep};
use crate::audience::CaseView;
use crate::compare::{HeldOpinion, Opinion, PlanStep};
use crate::shared::text;

/// Longest name of an option that is made of a plan, characters.
const LONGEST: usize = 120;

impl CaseView<'_> {
    /// The sheet the opinions give.
    #[must_use]
    pub fn proposed_sheet(&self) -> Sheet {
        let mut sheet = Sheet::default();
        for held in self.opinions() {
            let from = sheet.options.len();
            let plan: Vec<&PlanStep> = held.opinion.plan.iter().collect();
            if !plan.is_empty() {
                add_option(&mut sheet, held, &plan);
            }
            for alternative in &held.opinion.alternatives {
                add_option(&mut sheet, held, &[alternative]);
            }
            add_numbers(&mut sheet, &held.opinion, from);
        }
        sheet
    }
}

/// An option of these steps. What is named like one that is there is that one, and not a second.
fn add_option(sheet: &mut Sheet, held: &HeldOpinion, steps: &[&PlanStep]) {
    let mut label = steps.iter().map(|step| step.what.as_str()).collect::<Vec<_>>().join(", then ");
    if let Some((end, _)) = label.char_indices().nth(LONGEST) {
        label.truncate(end);
        label.push('…');
    }
    if sheet.options.iter().any(|option| text::same_line(&option.label, &label)) {
        return;
    }
    let id = format!("o{}", sheet.options.len() + 1);
    for step in steps {
        let weeks = weeks(&step.duration);
        sheet.steps.push(TimedStep { option: id.clone(), what: step.what.clone(), starts: None, weeks });
    }
    let opinion = Some(held.id.clone());
    sheet.options.push(SheetOption { id, label, opinion, source: String::new(), living: String::new() });
}

/// The numbers of an opinion. `from`: the place of its first option.
fn add_numbers(sheet: &mut Sheet, opinion: &Opinion, from: usize) {
    for outcome in &opinion.outcomes {
        let Some(option) = option_of(sheet, opinion, &outcome.option, from) else { continue };
        let known = sheet.features.iter().find(|feature| {
            feature.is_chance() && feature.good == outcome.good && text::same_line(&feature.label, &outcome.event)
        });
        let feature = known.map(|feature| feature.id.clone()).unwrap_or_else(|| {
            let id = format!("f{}", sheet.features.len() + 1);
            let (label, good, unit) = (outcome.event.clone(), outcome.good, String::new());
            sheet.features.push(Feature { id: id.clone(), label, good, unit });
            id
        });
        let source = if outcome.source.is_empty() { &opinion.clinician.name } else { &outcome.source };
        sheet.numbers.push(Number {
            option,
            feature,
            value: outcome.events,
            denominator: Some(outcome.denominator),
            horizon: outcome.horizon.clone(),
            low: outcome.low,
            high: outcome.high,
            source: source.clone(),
            words: outcome.words.clone(),
        });
    }
}

/// The option an outcome names: by its label, by the one step it stands in, or by its one word `plan`.
fn option_of(sheet: &Sheet, opinion: &Opinion, named: &str, from: usize) -> Option<String> {
    let exact = sheet.options.iter().find(|option| text::same_line(&option.label, named));
    if let Some(option) = exact {
        return Some(option.id.clone());
    }
    let own = sheet.options.get(from).filter(|_| !opinion.plan.is_empty());
    if text::same_line(named, "plan") {
        return own.map(|option| option.id.clone());
    }
    let folded = named.trim().to_lowercase();
    let mut holding = sheet.options.iter().filter(|option| option.label.to_lowercase().contains(&folded));
    let first = holding.next();
    match (first, holding.next()) {
        (Some(only), None) => Some(only.id.clone()),
        // Named in several: the doctor's own plan, where it is one of them.
        (Some(_), Some(_)) => own.filter(|own| own.label.to_lowercase().contains(&folded)).map(|own| own.id.clone()),
        _ => None,
    }
}

/// `12 weeks` as a number; other words stay words.
fn weeks(duration: &str) -> Option<u32> {
    let mut words = duration.split_whitespace();
    let (number, unit) = (words.next()?.parse().ok()?, words.next()?);
    (words.next().is_none() && matches!(unit, "week" | "weeks")).then_some(number)
}
