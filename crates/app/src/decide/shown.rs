//! The decision in words, for pages, commands and print: the sheet with its numbers as they were stated, icon arrays where
//! they may be drawn, goals over the days of each option, and both voices once both have spoken.

use consilium_casefile::compare::Opinion;
use consilium_casefile::decide::{
    Decide, Feature, Goal, Keeps, Met, Number, Points, Sheet, SheetOption, TimedStep, Values, Voice, standard,
};
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::{CaseView, Instant, Message, OpinionId};
use jiff::civil::Date;
use serde::Serialize;

use crate::compare::{cited, letter};
use crate::reading::Say;

/// Everything of a decision.
#[derive(Debug, Clone, Serialize)]
pub struct Choices {
    /// The decision to be made.
    pub question: String,
    /// The condition it is about.
    pub condition: String,
    /// Who paid for the studies behind the numbers.
    pub funding: String,
    /// Since when the sheet stands as it is; `None`: there is none.
    pub since: Option<Instant>,
    /// Whether it may be shown which option has which number.
    pub shows_numbers: bool,
    /// When the numbers were opened before anybody said what matters.
    pub opened: Option<Instant>,
    /// The options, in the order of the sheet.
    pub options: Vec<OptionShown>,
    /// What differs between them, in the order of the sheet.
    pub features: Vec<FeatureShown>,
    /// Who has said what matters, and when.
    pub said: Vec<(Voice, Instant)>,
    /// Days and limits of the patient wait until both have spoken, or until somebody asks for them.
    pub days_wait: bool,
    /// Both voices beside each other; only once both have spoken.
    pub together: Vec<Together>,
    /// The criteria of a decision aid.
    pub standard: Vec<Standard>,
}

/// One option.
#[derive(Debug, Clone, Serialize)]
pub struct OptionShown {
    /// Id within the sheet.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// The letter and name of the opinion that names it.
    pub opinion: Option<(char, String, OpinionId)>,
    /// Who named it, where it is no opinion of the case.
    pub source: String,
    /// What it is like to live through.
    pub living: String,
    /// What it asks of the person, as its opinion says: kind and words.
    pub burden: Vec<(String, String)>,
    /// Guidelines and studies its opinion names.
    pub evidence: Vec<String>,
    /// Its steps in time.
    pub steps: Vec<StepShown>,
    /// The days that matter to the patient, laid over its steps.
    pub goals: Vec<GoalShown>,
    /// The patient's limits that it keeps, breaks, or of which it is not known.
    pub limits: Vec<(String, &'static str)>,
}

/// A step in time. `from` and `length` are hundredths of the whole line, for drawing.
#[derive(Debug, Clone, Serialize)]
pub struct StepShown {
    /// What.
    pub what: String,
    /// First day.
    pub starts: Option<Date>,
    /// Last day.
    pub ends: Option<Date>,
    /// Weeks as stated.
    pub weeks: Option<u32>,
    /// Where it begins on the line, in parts of 1,000.
    pub from: u32,
    /// How long it is on the line, in parts of 1,000.
    pub length: u32,
}

/// A goal over an option.
#[derive(Debug, Clone, Serialize)]
pub struct GoalShown {
    /// What.
    pub what: String,
    /// When.
    pub on: Date,
    /// How it lies to the steps, as a sentence.
    pub words: String,
    /// Whether it lies within a step.
    pub within: bool,
    /// Where it stands on the line, in parts of 1,000.
    pub at: u32,
}

/// What differs between options.
#[derive(Debug, Clone, Serialize)]
pub struct FeatureShown {
    /// Id within the sheet.
    pub id: String,
    /// What it is.
    pub label: String,
    /// Whether more of it is wished for.
    pub good: bool,
    /// Unit of an amount; empty for a chance.
    pub unit: String,
    /// The worst and the best on the table, in words, without the option they belong to.
    pub range: Option<(String, String)>,
    /// Names the range: points are given for it.
    pub fingerprint: String,
    /// What its numbers mean: limits are given in them.
    pub scale: String,
    /// Why its numbers can not stand beside each other.
    pub not_comparable: Option<String>,
    /// Of how many people the icon arrays are; `None`: they are not drawn.
    pub drawn: Option<u32>,
    /// Why they are not drawn.
    pub not_drawn: Option<String>,
    /// What to know before they are laid beside each other.
    pub cautions: Vec<String>,
    /// How far every two options lie apart, in words. Empty while numbers are not shown.
    pub apart: Vec<String>,
    /// For each option what was stated. Empty while numbers are not shown.
    pub numbers: Vec<Vec<NumberShown>>,
}

/// One stated number.
#[derive(Debug, Clone, Serialize)]
pub struct NumberShown {
    /// `12 of 100 within 5 years`.
    pub words: String,
    /// The other side of it: `88 of 100 not`.
    pub other_side: Option<String>,
    /// How sure: `between 8 and 15 of 100`, or the one end that was named; `None`: not stated.
    pub uncertainty: Option<String>,
    /// Which people they are; empty: nobody said.
    pub people: String,
    /// A study, a guideline, or what a doctor thinks; `None`: nobody said.
    pub kind: Option<String>,
    /// Who stated it.
    pub source: String,
    /// As it was said.
    pub said: String,
    /// How many.
    pub value: u32,
    /// Of how many.
    pub denominator: Option<u32>,
    /// The icons, row by row.
    pub icons: Vec<Block>,
}

/// Ten icons or fewer of an array: how many are filled, how many may be, and how many are empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Block {
    /// Filled.
    pub filled: u32,
    /// Between the lowest and the highest.
    pub perhaps: u32,
    /// Empty.
    pub empty: u32,
}

/// How much a feature matters to both.
#[derive(Debug, Clone, Serialize)]
pub struct Together {
    /// The feature.
    pub label: String,
    /// The patient's points: `None`, not asked or not sure.
    pub patient: PointsShown,
    /// The partner's.
    pub partner: PointsShown,
    /// Whether they are far enough apart to be talked about.
    pub apart: bool,
}

/// Points, or why there are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PointsShown {
    /// So many.
    Points(u32),
    /// Not sure.
    NotSure,
    /// Not asked.
    NotAsked,
}

/// One criterion of a decision aid.
#[derive(Debug, Clone, Serialize)]
pub struct Standard {
    /// `qualifying`, `certifying` or `quality`.
    pub level: String,
    /// What it asks for.
    pub label: String,
    /// What to do where it is not met.
    pub help: String,
    /// `met`, `not_met` or `not_applicable`.
    pub met: &'static str,
}

/// Points apart from which two people should talk.
const APART: u32 = 30;

impl Choices {
    /// Lays it out, in words.
    #[must_use]
    pub fn of(view: &CaseView<'_>, decide: &Decide, knowledge: &Knowledge, days: bool, say: Say<'_>) -> Self {
        let empty = Sheet::default();
        let sheet = decide.sheet().unwrap_or(&empty);
        let shows_numbers = decide.shows_numbers();
        let patient = decide.values_of(Voice::Patient);
        // What one voice said stands here once both have spoken, or when it is asked for.
        let heard = patient.filter(|_| days || decide.values.len() == Voice::ALL.len());
        let opinions = view.opinions();
        let line = Line::of(sheet, heard);
        // What an opinion says of its own plan is of the first option that names it, and of no alternative.
        let advises = |option: &SheetOption| -> Option<&Opinion> {
            let id = option.opinion.as_ref()?;
            let first = sheet.options.iter().find(|other| other.opinion.as_ref() == Some(id))?;
            let held = opinions.iter().find(|held| held.id == *id).filter(|_| first.id == option.id);
            held.map(|held| &held.opinion)
        };
        let option = |option: &SheetOption| OptionShown {
            id: option.id.clone(),
            label: option.label.clone(),
            opinion: option.opinion.as_ref().and_then(|id| {
                let place = opinions.iter().position(|held| held.id == *id)?;
                Some((letter(place), opinions.get(place)?.opinion.clinician.name.clone(), id.clone()))
            }),
            source: option.source.clone(),
            living: option.living.clone(),
            burden: advises(option).map(|opinion| burden(opinion, say)).unwrap_or_default(),
            evidence: advises(option).map(evidence).unwrap_or_default(),
            steps: steps_of(sheet, option).map(|step| line.step(step)).collect(),
            goals: heard.map(|values| line.goals(sheet, option, values, say)).unwrap_or_default(),
            limits: if shows_numbers { limits(sheet, option, heard, say) } else { Vec::new() },
        };
        let met = |met: Met| match met {
            Met::Yes => "met",
            Met::No => "not_met",
            Met::NotApplicable => "not_applicable",
        };
        let standard = standard(decide, knowledge).into_iter().map(|(criterion, is)| Standard {
            level: criterion.level.clone(),
            label: criterion.label.clone(),
            help: criterion.help.clone(),
            met: met(is),
        });
        Self {
            question: sheet.question.clone(),
            condition: sheet.condition.clone(),
            funding: sheet.funding.clone(),
            since: decide.sheet.as_ref().map(|(_, since)| *since),
            shows_numbers,
            opened: decide.opened,
            options: sheet.options.iter().map(option).collect(),
            features: sheet.features.iter().map(|f| feature(sheet, f, shows_numbers, say)).collect(),
            said: decide.values.iter().map(|(voice, (_, at))| (*voice, *at)).collect(),
            days_wait: heard.is_none()
                && patient
                    .is_some_and(|said| said.goals.iter().any(|goal| goal.on.is_some()) || !said.musts.is_empty()),
            together: together(sheet, patient, decide.values_of(Voice::Partner)),
            standard: if decide.sheet.is_some() { standard.collect() } else { Vec::new() },
        }
    }
}

fn burden(opinion: &Opinion, say: Say<'_>) -> Vec<(String, String)> {
    opinion.burden.iter().map(|burden| (say(&burden.kind.words()), burden.what.clone())).collect()
}

fn evidence(opinion: &Opinion) -> Vec<String> {
    opinion.evidence.iter().map(cited).collect()
}

fn steps_of<'a>(sheet: &'a Sheet, option: &'a SheetOption) -> impl Iterator<Item = &'a TimedStep> {
    sheet.steps.iter().filter(move |step| step.option == option.id)
}

pub(super) fn limits(
    sheet: &Sheet,
    option: &SheetOption,
    values: Option<&Values>,
    say: Say<'_>,
) -> Vec<(String, &'static str)> {
    let musts = values.map(|values| values.musts.as_slice()).unwrap_or_default();
    let shown = musts.iter().filter_map(|must| {
        let feature = sheet.feature(&must.feature)?;
        let span = sheet.span(feature).ok();
        let keeps = match sheet.keeps(&option.id, must) {
            Keeps::Yes => "keeps",
            Keeps::No => "breaks",
            Keeps::NotKnown => "not_known",
        };
        let limit = amount(feature, must.limit, span.and_then(|span| span.denominator), say);
        let bound = Message::new(if feature.good { "limit-at-least" } else { "limit-at-most" });
        Some((say(&bound.with("what", &feature.label).with("limit", limit)), keeps))
    });
    shown.collect()
}

fn feature(sheet: &Sheet, feature: &Feature, shows_numbers: bool, say: Say<'_>) -> FeatureShown {
    let span = sheet.span(feature);
    let drawn = sheet.drawable(feature);
    let amount = |value: u32, denominator: Option<u32>| amount(feature, value, denominator, say);
    let within = |number: String, horizon: &str| match horizon {
        "" => number,
        _ => say(&Message::new("number-within").with("number", number).with("horizon", horizon)),
    };
    let shown = |number: &Number| NumberShown {
        words: within(amount(number.value, number.denominator), &number.horizon),
        other_side: number.denominator.map(|d| {
            let others = amount(d.saturating_sub(number.value), number.denominator);
            say(&Message::new("number-not").with("number", others))
        }),
        uncertainty: how_sure(number.low, number.high, &|end| amount(end, number.denominator), say),
        people: number.people.clone(),
        kind: number.kind.map(|kind| say(&kind.words())),
        source: number.source.clone(),
        said: number.words.clone(),
        value: number.value,
        denominator: number.denominator,
        // Of other people or another time, it can not be counted beside the others.
        icons: match &drawn {
            Ok(of) if sheet.is_compared(feature, number) => icons(number, *of),
            _ => Vec::new(),
        },
    };
    let numbers =
        sheet.options.iter().map(|option| sheet.numbers_of(&option.id, &feature.id).map(shown).collect::<Vec<_>>());
    FeatureShown {
        id: feature.id.clone(),
        label: feature.label.clone(),
        good: feature.good,
        unit: feature.unit.clone(),
        range: sheet.differing(feature).map(|span| {
            let of = |end| {
                let number = within(amount(end, span.denominator), &span.horizon);
                let open = sheet.is_open_end(feature, end);
                if open { say(&Message::new("number-open-end").with("number", number)) } else { number }
            };
            (of(span.worst), of(span.best))
        }),
        fingerprint: span.as_ref().map(consilium_casefile::decide::Span::fingerprint).unwrap_or_default(),
        scale: sheet.scale(feature).unwrap_or_default(),
        not_comparable: match &span {
            Ok(span) if span.is_flat() => {
                let stated = |option: &SheetOption| {
                    sheet.numbers.iter().any(|number| number.option == option.id && number.feature == feature.id)
                };
                let whole = sheet.options.iter().all(stated);
                Some(say(&Message::new(if whole { "sheet-same-for-all" } else { "sheet-same-for-stated" })))
            }
            Ok(_) => None,
            Err(why) => Some(say(why)),
        },
        drawn: drawn.as_ref().ok().copied(),
        not_drawn: drawn.as_ref().err().map(say),
        cautions: sheet.cautions(feature).iter().map(say).collect(),
        apart: if shows_numbers { apart(sheet, feature, say) } else { Vec::new() },
        numbers: if shows_numbers { numbers.collect() } else { Vec::new() },
    }
}

/// A number of a feature: so many of so many, or so many of its unit.
fn amount(feature: &Feature, value: u32, denominator: Option<u32>, say: Say<'_>) -> String {
    let message = match denominator {
        Some(denominator) => Message::new("number-chance").with("denominator", denominator),
        None => Message::new("number-amount").with("unit", &feature.unit),
    };
    say(&message.with("value", value)).trim_end().to_owned()
}

/// How sure a number is: between which ends, or the one end that was named. What nobody named is said to be so.
pub(crate) fn how_sure(
    low: Option<u32>,
    high: Option<u32>,
    amount: &dyn Fn(u32) -> String,
    say: Say<'_>,
) -> Option<String> {
    let message = match (low, high) {
        (Some(low), Some(high)) => Message::new("number-between").with("low", low).with("high", amount(high)),
        (Some(low), None) => Message::new("number-at-least").with("low", amount(low)),
        (None, Some(high)) => Message::new("number-at-most").with("high", amount(high)),
        (None, None) => return None,
    };
    Some(say(&message))
}

/// How far every two options lie apart, where each has one number and all are of one kind: the plain difference of what was
/// stated, and whether the ranges that were stated overlap.
fn apart(sheet: &Sheet, feature: &Feature, say: Say<'_>) -> Vec<String> {
    let Some(span) = sheet.differing(feature) else { return Vec::new() };
    let stated = sheet
        .options
        .iter()
        .filter_map(|option| Some((option.label.as_str(), sheet.only_number(&option.id, feature)?)));
    let stated: Vec<(&str, &Number)> = stated.collect();
    let pair = if sheet.options.len() == 2 { "number-pair-only" } else { "number-pair" };
    let mut said = Vec::new();
    for (place, (one, a)) in stated.iter().enumerate() {
        for (other, b) in stated.iter().skip(place + 1) {
            let meet = |a_range: (u32, u32), b_range: (u32, u32)| {
                a_range.0 <= b_range.1 && b_range.0 <= a_range.1 && a.value != b.value
            };
            let message = match (meet(a.named_range(), b.named_range()), meet(a.range(), b.range())) {
                (true, _) => Message::new("number-apart-overlap"),
                (_, true) => Message::new("number-apart-open"),
                _ => Message::new("number-apart"),
            };
            let difference = amount(feature, a.value.abs_diff(b.value), span.denominator, say);
            let pair = say(&Message::new(pair).with("one", *one).with("other", *other));
            said.push(say(&message.with("pair", pair).with("difference", difference)));
        }
    }
    said
}

/// An array of `of` icons in blocks of ten, filled from the first.
fn icons(number: &Number, of: u32) -> Vec<Block> {
    let (low, high) = number.range();
    let blocks = (0..of.div_ceil(10)).map(|place| {
        let (from, to) = (place * 10, (place * 10 + 10).min(of));
        let within = |end: u32| end.clamp(from, to) - from;
        let (filled, perhaps) = (within(low), within(high) - within(low));
        Block { filled, perhaps, empty: to - from - filled - perhaps }
    });
    blocks.collect()
}

fn together(sheet: &Sheet, patient: Option<&Values>, partner: Option<&Values>) -> Vec<Together> {
    let (Some(patient), Some(partner)) = (patient, partner) else { return Vec::new() };
    let now = |id: &str| sheet.feature(id).and_then(|f| sheet.span(f).ok()).map(|span| span.fingerprint());
    let asked = |points: &&Points, id: &str| points.feature == id && Some(&points.of) == now(id).as_ref();
    let of = |values: &Values, id: &str| match values.points.iter().find(|points| asked(points, id)) {
        None => PointsShown::NotAsked,
        Some(points) => points.points.map_or(PointsShown::NotSure, PointsShown::Points),
    };
    let line = |feature: &Feature| {
        let (one, other) = (of(patient, &feature.id), of(partner, &feature.id));
        let apart = match (one, other) {
            (PointsShown::Points(one), PointsShown::Points(other)) => one.abs_diff(other) >= APART,
            (one, other) => one != other,
        };
        Together { label: feature.label.clone(), patient: one, partner: other, apart }
    };
    sheet.features.iter().map(line).collect()
}

/// The days that all options and goals span, for drawing them over one line.
struct Line {
    from: Option<Date>,
    days: i32,
}

impl Line {
    fn of(sheet: &Sheet, values: Option<&Values>) -> Self {
        let steps = sheet.steps.iter().filter_map(TimedStep::days).flat_map(|(starts, ends)| [starts, ends]);
        let goals = values.map(|values| values.goals.as_slice()).unwrap_or_default().iter().filter_map(|goal| goal.on);
        let all: Vec<Date> = steps.chain(goals).collect();
        let (from, to) = (all.iter().min().copied(), all.iter().max().copied());
        let days = from.zip(to).map_or(0, |(from, to)| days_between(from, to));
        Self { from, days: days.max(1) }
    }

    fn place(&self, day: Date) -> u32 {
        let since = self.from.map_or(0, |from| days_between(from, day)).clamp(0, self.days);
        u32::try_from(i64::from(since) * 1_000 / i64::from(self.days)).unwrap_or(0)
    }

    fn step(&self, step: &TimedStep) -> StepShown {
        let days = step.days();
        let (from, to) = days.map_or((0, 0), |(starts, ends)| (self.place(starts), self.place(ends)));
        StepShown {
            what: step.what.clone(),
            starts: days.map(|(starts, _)| starts),
            ends: days.map(|(_, ends)| ends).filter(|_| step.weeks.is_some()),
            weeks: step.weeks,
            from,
            length: to.saturating_sub(from).max(8),
        }
    }

    fn goals(&self, sheet: &Sheet, option: &SheetOption, values: &Values, say: Say<'_>) -> Vec<GoalShown> {
        let steps: Vec<(Date, Date, &str)> = steps_of(sheet, option)
            .filter_map(|step| step.days().map(|(starts, ends)| (starts, ends, step.what.as_str())))
            .collect();
        let shown = |goal: &Goal| {
            let on = goal.on?;
            let within = steps.iter().find(|(starts, ends, _)| *starts <= on && on <= *ends);
            let (first, last) =
                (steps.iter().map(|(starts, ..)| *starts).min(), steps.iter().map(|(_, ends, _)| *ends).max());
            let message = |key: &str| Message::new(key).with("goal", &goal.what);
            let words = match (within, first, last) {
                (Some((.., what)), ..) => message("goal-within").with("what", what),
                (_, Some(first), _) if on < first => message("goal-before").with("days", days_between(on, first)),
                (_, _, Some(last)) if on > last => message("goal-after").with("days", days_between(last, on)),
                (_, Some(_), _) => message("goal-between"),
                _ => message("goal-no-days"),
            };
            let (what, words) = (goal.what.clone(), say(&words));
            Some(GoalShown { what, on, words, within: within.is_some(), at: self.place(on) })
        };
        values.goals.iter().filter_map(shown).collect()
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    consilium_casefile::shared::clock::days_between(from, to)
}

#[cfg(test)]
mod tests {
    use consilium_casefile::decide::Number;

    use super::icons;

    #[test]
    fn an_array_has_exactly_as_many_icons_of_each_kind_as_was_stated() {
        for of in [1, 7, 10, 37, 100, 1_000] {
            for (low, high) in (0..=of).flat_map(|low| [low, of.min(low + 3), of].map(|high| (low, high))) {
                let number =
                    Number { value: low, denominator: Some(of), low: Some(low), high: Some(high), ..Number::default() };
                let blocks = icons(&number, of);
                let sum = |part: fn(&super::Block) -> u32| blocks.iter().map(part).sum::<u32>();
                assert_eq!((sum(|b| b.filled), sum(|b| b.perhaps)), (low, high - low), "{low} to {high} of {of}");
                assert_eq!(sum(|b| b.filled + b.perhaps + b.empty), of);
                assert!(blocks.iter().all(|b| b.filled + b.perhaps + b.empty <= 10));
                // Filled from the first, without a hole.
                let order: Vec<u32> = blocks
                    .iter()
                    .flat_map(|b| [(b.filled, 2), (b.perhaps, 1), (b.empty, 0)])
                    .flat_map(|(count, kind)| vec![kind; count as usize])
                    .collect();
                assert!(order.is_sorted_by(|a, b| a >= b), "{low} to {high} of {of}");
            }
        }
    }
}
