//! A sheet as the opinions of the case say it, for a person to go over: each plan and each alternative is an option, each
//! stated number stands where its doctor put it. A number whose option can not be told for sure stands there without one,
//! for the person to say. What no opinion says stays empty.

use super::{Feature, Number, Sheet, SheetOption, TimedStep};
use crate::audience::CaseView;
use crate::compare::{HeldOpinion, Namer, Opinion, Outcome, PlanStep, Strength};
use crate::knowledge::Knowledge;
use crate::shared::ids::OpinionId;
use crate::shared::message::Refusal;
use crate::shared::text;

/// Longest name of an option that is made of a plan, characters.
const LONGEST: usize = 240;

impl CaseView<'_> {
    /// The sheet the opinions give. A number of which it is not known to which option it belongs has an empty
    /// [`Number::option`], and is refused until somebody says it.
    #[must_use]
    pub fn proposed_sheet(&self) -> Sheet {
        let mut sheet = Sheet::default();
        for held in self.opinions() {
            add(&mut sheet, held);
        }
        sheet
    }

    /// The sheet as it is kept, with what one opinion says put behind it.
    ///
    /// # Errors
    /// When no sheet is kept, or there is no such opinion.
    pub fn sheet_with(&self, opinion: &OpinionId) -> Result<Sheet, Refusal> {
        let kept = self.deciding().and_then(super::Decide::sheet);
        let mut sheet = kept.ok_or_else(|| Refusal::new("refusal-no-sheet"))?.clone();
        let held = self.opinions().into_iter().find(|held| held.id == *opinion);
        add(&mut sheet, held.ok_or_else(|| Refusal::new("refusal-opinion-unknown").with("id", opinion))?);
        Ok(sheet)
    }

    /// Options of a sheet that two opinions name otherwise and that may be one: the opinions agree on every kind of treatment.
    /// The names of each two.
    #[must_use]
    pub fn options_that_may_be_one(
        &self,
        sheet: &Sheet,
        knowledge: &Knowledge,
        namer: &Namer,
    ) -> Vec<(String, String)> {
        let opinions = self.opinions();
        let plan_of = |option: &SheetOption| {
            let held = opinions.iter().find(|held| option.opinion.as_ref() == Some(&held.id))?;
            text::same_line(&option.label, &label_of(&in_order(&held.opinion.plan))).then_some(*held)
        };
        let plans: Vec<(&SheetOption, &HeldOpinion)> =
            sheet.options.iter().filter_map(|option| Some((option, plan_of(option)?))).collect();
        let each = plans
            .iter()
            .enumerate()
            .flat_map(|(place, one)| plans.iter().skip(place + 1).map(move |other| (one, other)));
        let same = each.filter(|((_, one), (_, other))| self.advise_the_same(one, other, knowledge, namer));
        same.map(|((one, _), (other, _))| (one.label.clone(), other.label.clone())).collect()
    }

    /// Opinions whose plan no option of the sheet is: given after it, or left out of it.
    #[must_use]
    pub fn opinions_off_the_sheet(&self) -> Vec<&HeldOpinion> {
        let Some(sheet) = self.deciding().and_then(super::Decide::sheet) else { return Vec::new() };
        let stands = |held: &&HeldOpinion| {
            let label = label_of(&in_order(&held.opinion.plan));
            let is_it = |option: &SheetOption| {
                option.opinion.as_ref() == Some(&held.id) || text::same_line(&option.label, &label)
            };
            sheet.options.iter().any(is_it)
        };
        self.opinions().into_iter().filter(|held| !held.opinion.plan.is_empty() && !stands(held)).collect()
    }
}

/// Puts what an opinion says on the sheet.
fn add(sheet: &mut Sheet, held: &HeldOpinion) {
    let plan = in_order(&held.opinion.plan);
    let mut own: Vec<(String, Vec<&PlanStep>)> = Vec::new();
    if !plan.is_empty() {
        own.push((add_option(sheet, held, &plan), plan));
    }
    for alternative in &held.opinion.alternatives {
        own.push((add_option(sheet, held, &[alternative]), vec![alternative]));
    }
    add_numbers(sheet, &held.opinion, &own);
}

/// The first id of this letter that nothing has.
fn free_id<'a>(letter: char, taken: impl Iterator<Item = &'a str>) -> String {
    let taken: Vec<&str> = taken.collect();
    let free = (1..=taken.len() + 1).map(|n| format!("{letter}{n}")).find(|id| !taken.contains(&id.as_str()));
    free.unwrap_or_default()
}

/// The id of the option of these steps. What is named like one that is there is that one, and not a second.
fn add_option(sheet: &mut Sheet, held: &HeldOpinion, steps: &[&PlanStep]) -> String {
    let label = label_of(steps);
    if let Some(there) = sheet.options.iter().find(|option| text::same_line(&option.label, &label)) {
        return there.id.clone();
    }
    let id = free_id('o', sheet.options.iter().map(|option| option.id.as_str()));
    for step in steps {
        let weeks = weeks(&step.duration);
        sheet.steps.push(TimedStep { option: id.clone(), what: said_of(step), starts: None, weeks });
    }
    let opinion = Some(held.id.clone());
    sheet.options.push(SheetOption { id: id.clone(), label, opinion, source: String::new(), living: String::new() });
    id
}

/// The steps of a plan as they follow each other, where that was said.
fn in_order(plan: &[PlanStep]) -> Vec<&PlanStep> {
    let mut steps: Vec<&PlanStep> = plan.iter().collect();
    // Where one has no number, the order is that in which they were written down.
    if steps.iter().all(|step| step.order.is_some()) {
        steps.sort_by_key(|step| step.order);
    }
    steps
}

/// A step with what it hangs on: one that is only thought of, or only if something is so, is no plain step of a plan.
fn said_of(step: &PlanStep) -> String {
    let considered = if step.strength == Some(Strength::Considered) { "perhaps " } else { "" };
    let only_if = |words: &str| words.trim_start().to_lowercase().starts_with("only if ");
    let condition = match step.condition.trim() {
        "" => String::new(),
        words if only_if(words) => format!(" ({words})"),
        words => format!(" (only if {words})"),
    };
    format!("{considered}{}{condition}", step.what)
}

/// A step as it stands in the name of an option: with cycles, dose and when, by which two plans of the same words differ.
fn named_in_full(step: &PlanStep) -> String {
    let mut said = said_of(step);
    let cycles = step.cycles.filter(|n| !step.what.contains(&n.to_string())).map(|n| format!("{n} cycles"));
    let dose = Some(step.dose.clone()).filter(|dose| !dose.is_empty() && !step.what.contains(dose.as_str()));
    let setting = step.setting.map(|setting| setting.name().to_owned());
    for more in [cycles, dose, setting].into_iter().flatten() {
        said = format!("{said}, {more}");
    }
    said
}

/// All steps, one after the other; those with one number together.
fn whole_label(steps: &[&PlanStep]) -> String {
    let mut label = String::new();
    let mut before: Option<&PlanStep> = None;
    for step in steps {
        let together = before.is_some_and(|before| before.order.is_some() && before.order == step.order);
        let between = match (before, together) {
            (None, _) => "",
            (_, true) => " with ",
            // What comes first is said only where the doctor said it of both.
            (Some(before), _) if before.order.is_some() && step.order.is_some() => ", then ",
            _ => "; ",
        };
        label = format!("{label}{between}{}", named_in_full(step));
        before = Some(step);
    }
    label
}

fn label_of(steps: &[&PlanStep]) -> String {
    let mut label = whole_label(steps);
    if let Some((end, _)) = label.char_indices().nth(LONGEST) {
        label.truncate(end);
        label.push('…');
    }
    label
}

/// The numbers of an opinion, whose own options are `own`, its plan first.
fn add_numbers(sheet: &mut Sheet, opinion: &Opinion, own: &[(String, Vec<&PlanStep>)]) {
    for outcome in &opinion.outcomes {
        let known = sheet.features.iter().find(|feature| {
            feature.is_chance() && feature.good == outcome.good && text::same_line(&feature.label, &outcome.event)
        });
        let feature = known.map(|feature| feature.id.clone()).unwrap_or_else(|| {
            let id = free_id('f', sheet.features.iter().map(|feature| feature.id.as_str()));
            let (label, good, unit) = (outcome.event.clone(), outcome.good, String::new());
            sheet.features.push(Feature { id: id.clone(), label, good, unit });
            id
        });
        let source = if outcome.source.is_empty() { &opinion.clinician.name } else { &outcome.source };
        // Where it is not told, what the doctor called the option is kept beside the number.
        let option = option_of(outcome, opinion, own);
        let words = match (&option, outcome.words.is_empty()) {
            (Some(_), _) => outcome.words.clone(),
            (None, true) => format!("for “{}”", outcome.option),
            (None, false) => format!("for “{}”: {}", outcome.option, outcome.words),
        };
        sheet.numbers.push(Number {
            option: option.unwrap_or_default(),
            feature,
            value: outcome.events,
            denominator: Some(outcome.denominator),
            horizon: outcome.horizon.clone(),
            low: outcome.low,
            high: outcome.high,
            people: outcome.people.clone(),
            source: source.clone(),
            kind: outcome.kind,
            words,
        });
    }
}

/// The option of its own opinion that an outcome names: by the word `plan`, by the whole name, or by one of its steps where no
/// other of its options has that step.
fn option_of(outcome: &Outcome, opinion: &Opinion, own: &[(String, Vec<&PlanStep>)]) -> Option<String> {
    let named = outcome.option.as_str();
    if text::same_line(named, "plan") {
        return own.first().filter(|_| !opinion.plan.is_empty()).map(|(id, _)| id.clone());
    }
    let whole = own.iter().find(|(_, steps)| text::same_line(&label_of(steps), named));
    if let Some((id, _)) = whole {
        return Some(id.clone());
    }
    let mut having = own.iter().filter(|(_, steps)| steps.iter().any(|step| text::same_line(&step.what, named)));
    let (only, other) = (having.next(), having.next());
    only.filter(|_| other.is_none()).map(|(id, _)| id.clone())
}

/// `12 weeks` as a number; other words stay words.
fn weeks(duration: &str) -> Option<u32> {
    let mut words = duration.split_whitespace();
    let (number, unit) = (words.next()?.parse().ok()?, words.next()?);
    (words.next().is_none() && matches!(unit, "week" | "weeks")).then_some(number)
}
