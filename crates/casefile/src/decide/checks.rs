//! What a sheet, a voice, a decision and a hand-over must be to be kept. Bad input costs the change, and says which line.

use jiff::civil::Date;

use super::{
    Certainty, Decide, DecideChange, Decision, HandOver, HandOverAnswer, HandOverState, Moment, Number, Sheet, Tell,
    Told, Values,
};
use crate::knowledge::Knowledge;
use crate::shared::ids::{DecisionId, HandOverId};
use crate::shared::message::Refusal;
use crate::shared::text;

/// Most lines of a kind.
const MOST: usize = 60;
/// Most numbers: as many lines as a form can hold.
const MOST_NUMBERS: usize = 200;
/// Longest single line, characters: as long as one of an opinion.
const LINE: usize = 500;
/// Longest line that is made of two of an opinion: a step with what it hangs on, an option with the words of its number.
const MADE: usize = 1_200;
/// Longest words, characters.
const WORDS: usize = 4_000;
/// Longest letter, characters.
const LETTER: usize = 20_000;
/// Years in which a step, a goal or a decision can lie.
const FIRST_YEAR: i16 = 1900;
/// The last of them.
const LAST_YEAR: i16 = 2199;
/// Largest number of a sheet.
const LARGEST: u32 = 10_000_000;
/// Longest step, weeks: twenty years.
const LONGEST_WEEKS: u32 = 1_040;
/// Most points for one feature.
pub const MOST_POINTS: u32 = 100;

/// Writes a sheet down, tidied.
///
/// # Errors
/// When two options or two features have one name, a number is of none of them or can not be true, or a line is too long.
pub fn record_sheet(mut sheet: Sheet) -> Result<DecideChange, Refusal> {
    sheet.question = text::line(&sheet.question, LINE)?;
    sheet.condition = text::lines(&sheet.condition, WORDS)?;
    sheet.funding = text::line(&sheet.funding, LINE)?;
    let counts = [sheet.options.len(), sheet.features.len(), sheet.steps.len()];
    if counts.iter().any(|count| *count > MOST) || sheet.numbers.len() > MOST_NUMBERS {
        return Err(Refusal::new("refusal-sheet-too-much").with("most", MOST));
    }
    for (place, option) in sheet.options.iter_mut().enumerate() {
        tidy(&line_of("option", place, &option.label), || {
            option.id = text::needed_line(&option.id, 20, "option")?;
            option.label = text::needed_line(&option.label, LINE, "option")?;
            option.source = text::line(&option.source, LINE)?;
            option.living = text::lines(&option.living, WORDS)?;
            Ok(())
        })?;
    }
    for (place, feature) in sheet.features.iter_mut().enumerate() {
        tidy(&line_of("what can happen", place, &feature.label), || {
            feature.id = text::needed_line(&feature.id, 20, "feature")?;
            feature.label = text::needed_line(&feature.label, LINE, "feature")?;
            feature.unit = text::line(&feature.unit, 60)?;
            Ok(())
        })?;
    }
    let twice = |labels: &[(&str, &str)]| -> Option<String> {
        let same = |a: &(&str, &str), b: &(&str, &str)| a.0 == b.0 || text::same_line(a.1, b.1);
        let found =
            labels.iter().enumerate().find(|(place, one)| labels[..*place].iter().any(|other| same(one, other)));
        found.map(|(_, (_, label))| (*label).to_owned())
    };
    let options: Vec<_> = sheet.options.iter().map(|o| (o.id.as_str(), o.label.as_str())).collect();
    let features: Vec<_> = sheet.features.iter().map(|f| (f.id.as_str(), f.label.as_str())).collect();
    if let Some(label) = twice(&options).or_else(|| twice(&features)) {
        return Err(Refusal::new("refusal-sheet-twice").with("label", label));
    }
    let mut numbers = std::mem::take(&mut sheet.numbers);
    for (place, one) in numbers.iter_mut().enumerate() {
        let of = sheet.feature(&one.feature).map_or("", |feature| &feature.label);
        tidy(&line_of("number", place, of), || number(&sheet, one))?;
    }
    sheet.numbers = numbers;
    let mut steps = std::mem::take(&mut sheet.steps);
    for (place, step) in steps.iter_mut().enumerate() {
        tidy(&line_of("step", place, &step.what), || {
            step.what = text::needed_line(&step.what, MADE, "step")?;
            can_be(step.starts)
        })?;
        if sheet.option(&step.option).is_none() {
            return Err(Refusal::new("refusal-sheet-no-option").with("what", &step.what));
        }
        if step.weeks.is_some_and(|weeks| weeks > LONGEST_WEEKS) {
            return Err(Refusal::new("refusal-sheet-weeks").with("what", &step.what).with("most", LONGEST_WEEKS));
        }
    }
    sheet.steps = steps;
    if sheet.options.is_empty() {
        return Err(Refusal::new("refusal-sheet-empty"));
    }
    Ok(DecideChange::SheetRecorded { sheet: Box::new(sheet) })
}

/// Names a line of a sheet by its place and by how it begins, without signs that can not be seen.
fn line_of(kind: &str, place: usize, label: &str) -> String {
    let seen: String = label.chars().filter(|c| !text::has_hidden_characters(c.encode_utf8(&mut [0; 4]))).collect();
    let begins: String = seen.trim().chars().take(40).collect();
    let rest = if seen.trim().chars().nth(40).is_some() { "…" } else { "" };
    let place = place + 1;
    if begins.is_empty() { format!("{kind} {place}") } else { format!("{kind} {place} (“{begins}{rest}”)") }
}

/// Tidies one line; what is refused of it names the line.
fn tidy(line: &str, tidied: impl FnOnce() -> Result<(), Refusal>) -> Result<(), Refusal> {
    let named = |refusal: Refusal| {
        let of_line = match refusal.0.key.as_str() {
            "refusal-too-long" => Refusal::new("refusal-line-too-long"),
            "refusal-hidden-characters" => Refusal::new("refusal-line-hidden"),
            "refusal-empty-field" => Refusal::new("refusal-line-empty"),
            "refusal-day-can-not-be" => Refusal::new("refusal-line-day"),
            _ => return refusal,
        };
        let of_line = refusal.0.args.into_iter().fold(of_line, |of_line, (name, value)| of_line.with(&name, value));
        of_line.with("line", line)
    };
    tidied().map_err(named)
}

/// A day of a life that can be lived now.
fn can_be(day: Option<Date>) -> Result<(), Refusal> {
    let fits = day.is_none_or(|day| (FIRST_YEAR..=LAST_YEAR).contains(&day.year()));
    if fits { Ok(()) } else { Err(Refusal::new("refusal-day-can-not-be")) }
}

fn number(sheet: &Sheet, number: &mut Number) -> Result<(), Refusal> {
    let Some(feature) = sheet.feature(&number.feature) else {
        return Err(Refusal::new("refusal-sheet-no-feature").with("number", number.value));
    };
    let named = |refusal: Refusal| refusal.with("feature", &feature.label);
    if sheet.option(&number.option).is_none() {
        return Err(Refusal::new("refusal-sheet-no-option").with("what", &feature.label));
    }
    number.horizon = text::line(&number.horizon, 60)?;
    number.people = text::line(&number.people, LINE)?;
    number.source = text::line(&number.source, LINE)?;
    number.words = text::line(&number.words, MADE)?;
    if !text::shows_something(&number.source) {
        return Err(named(Refusal::new("refusal-sheet-source")));
    }
    match (feature.is_chance(), number.denominator) {
        (true, None | Some(0)) => return Err(named(Refusal::new("refusal-sheet-denominator"))),
        (true, Some(_)) if number.horizon.is_empty() => return Err(named(Refusal::new("refusal-sheet-horizon"))),
        (false, Some(_)) => return Err(named(Refusal::new("refusal-sheet-amount"))),
        _ => {}
    }
    if !feature.is_chance() && number.low.is_some() != number.high.is_some() {
        return Err(named(Refusal::new("refusal-sheet-open")));
    }
    let (low, high) = number.range();
    let most = number.denominator.unwrap_or(LARGEST).min(LARGEST);
    let can_be = low <= number.value && number.value <= high && high <= most;
    if can_be { Ok(()) } else { Err(named(Refusal::new("refusal-sheet-number"))) }
}

/// Keeps what matters to a voice. Points are of the range the sheet has now.
///
/// # Errors
/// When nothing is said, points are above [`MOST_POINTS`], or a feature is none of the sheet.
pub fn value(decide: &Decide, mut values: Values) -> Result<DecideChange, Refusal> {
    values.words = text::lines(&values.words, WORDS)?;
    if values.goals.len() > MOST {
        return Err(Refusal::new("refusal-sheet-too-much").with("most", MOST));
    }
    for goal in &mut values.goals {
        goal.what = text::needed_line(&goal.what, LINE, "day or wish")?;
        can_be(goal.on)?;
    }
    let sheet = decide.sheet();
    let feature = |id: &str| {
        let known = sheet.and_then(|sheet| sheet.feature(id));
        known.ok_or_else(|| Refusal::new("refusal-values-feature").with("feature", id))
    };
    for points in &mut values.points {
        let known = feature(&points.feature)?;
        if points.points.is_some_and(|points| points > MOST_POINTS) {
            return Err(Refusal::new("refusal-values-points").with("feature", &known.label).with("most", MOST_POINTS));
        }
        let span = sheet.and_then(|sheet| sheet.span(known).ok()).map(|span| span.fingerprint());
        let span = span.ok_or_else(|| Refusal::new("refusal-values-no-range").with("feature", &known.label))?;
        // Whoever looked at another range did not mean this one.
        if !points.of.is_empty() && points.of != span {
            return Err(Refusal::new("refusal-values-range").with("feature", &known.label));
        }
        points.of = span;
    }
    for must in &mut values.musts {
        let known = feature(&must.feature)?;
        let scale = sheet.and_then(|sheet| sheet.scale(known));
        let scale = scale.ok_or_else(|| Refusal::new("refusal-values-no-range").with("feature", &known.label))?;
        // Whoever looked at other numbers did not mean these.
        if !must.of.is_empty() && must.of != scale {
            return Err(Refusal::new("refusal-values-range").with("feature", &known.label));
        }
        must.of = scale;
    }
    let (points, musts): (Vec<_>, Vec<_>) = (
        values.points.iter().map(|points| points.feature.as_str()).collect(),
        values.musts.iter().map(|must| must.feature.as_str()).collect(),
    );
    if stands_twice(&points) || stands_twice(&musts) {
        return Err(Refusal::new("refusal-values-twice"));
    }
    let empty =
        values.words.is_empty() && values.goals.is_empty() && values.points.is_empty() && values.musts.is_empty();
    if empty {
        Err(Refusal::new("refusal-values-empty"))
    } else {
        Ok(DecideChange::ValuesRecorded { values: Box::new(values) })
    }
}

/// Whether one id stands there more than once.
fn stands_twice(ids: &[&str]) -> bool {
    (1..ids.len()).any(|place| ids[..place].contains(&ids[place]))
}

/// Keeps how certain somebody is.
///
/// # Errors
/// When an answer is to no question of `knowledge/decide/certainty.csv`, or twice to one, or nothing was answered; when it is
/// one from before the numbers were looked at, and they were shown.
pub fn state_certainty(
    decide: &Decide,
    knowledge: &Knowledge,
    mut certainty: Certainty,
) -> Result<DecideChange, Refusal> {
    let questions = &knowledge.deciding.certainty;
    let known = |id: &str| questions.iter().any(|item| item.id == id);
    let ids: Vec<&str> = certainty.answers.iter().map(|(id, _)| id.as_str()).collect();
    if let Some(unknown) = ids.iter().find(|id| !known(id)) {
        return Err(Refusal::new("refusal-certainty-unknown").with("id", unknown));
    }
    if stands_twice(&ids) {
        return Err(Refusal::new("refusal-values-twice"));
    }
    if ids.is_empty() {
        return Err(Refusal::new("refusal-values-empty"));
    }
    // What was said twice in the very same words is no new answer.
    let said = decide.certainty_of(certainty.voice, certainty.moment).map(|(said, _)| &said.answers);
    if certainty.moment == Moment::Before && decide.shows_numbers() && said != Some(&certainty.answers) {
        return Err(Refusal::new("refusal-certainty-late"));
    }
    let answered = questions.iter().filter(|question| ids.contains(&question.id.as_str()));
    certainty.asked = answered.map(|question| (question.id.clone(), question.question.clone())).collect();
    Ok(DecideChange::CertaintyStated { certainty })
}

/// Writes a decision down. Nothing is overwritten: the newest holds.
///
/// # Errors
/// When nothing was chosen, its day is to come, it is to be looked at again before it was made, or one is told twice.
pub fn decide(decide: &Decide, id: DecisionId, mut decision: Decision, today: Date) -> Result<DecideChange, Refusal> {
    decision.choice = text::needed_line(&decision.choice, LINE, "what you decided")?;
    decision.reasons = text::lines(&decision.reasons, WORDS)?;
    decision.present = text::line(&decision.present, LINE)?;
    decision.questions = text::lines(&decision.questions, WORDS)?;
    can_be(Some(decision.on))?;
    can_be(decision.revisit)?;
    if decision.on > today {
        return Err(Refusal::new("refusal-decision-to-come"));
    }
    if decision.revisit.is_some_and(|day| day < decision.on) {
        return Err(Refusal::new("refusal-decision-revisit"));
    }
    decision.label = match &decision.option {
        Some(id) => {
            let option = decide.sheet().and_then(|sheet| sheet.option(id));
            option.ok_or_else(|| Refusal::new("refusal-decision-option"))?.label.clone()
        }
        None => String::new(),
    };
    if decision.tell.len() > MOST {
        return Err(Refusal::new("refusal-sheet-too-much").with("most", MOST));
    }
    for telling in &mut decision.tell {
        telling.to = text::needed_line(&telling.to, LINE, "who is told")?;
    }
    for (place, telling) in decision.tell.iter().enumerate() {
        if decision.tell[..place].iter().any(|other| text::same_line(&other.to, &telling.to)) {
            return Err(Refusal::new("refusal-decision-told-twice").with("to", &telling.to));
        }
    }
    if decide.decision().is_some_and(|held| held.decision == decision) {
        return Err(Refusal::new("refusal-decision-twice"));
    }
    Ok(DecideChange::DecisionRecorded { id, decision: Box::new(decision) })
}

/// Who is told what of a decision.
///
/// # Errors
/// When there is no such decision, or it tells them nothing.
pub fn tell<'a>(decide: &'a Decide, id: &DecisionId, to: &str) -> Result<&'a super::Telling, Refusal> {
    let held = decide.standing().find(|held| held.id == *id);
    let held = held.ok_or_else(|| Refusal::new("refusal-decision-unknown"))?;
    let telling = held.decision.tell.iter().find(|telling| telling.to == to && telling.what != Tell::Nothing);
    telling.ok_or_else(|| Refusal::new("refusal-decision-untold").with("to", to))
}

/// Keeps that a letter about a decision was sent, with its words.
///
/// # Errors
/// As [`tell`]; when the day is to come or before the decision, or the letter is empty or kept already.
pub fn told(decide: &Decide, mut told: Told, today: Date) -> Result<DecideChange, Refusal> {
    tell(decide, &told.decision, &told.to)?;
    told.way = text::line(&told.way, 100)?;
    told.letter = text::lines(&told.letter, LETTER)?;
    if told.letter.is_empty() {
        return Err(Refusal::new("refusal-empty-field").with("field", "letter"));
    }
    let held = decide.standing().find(|held| held.id == told.decision);
    if told.on > today || held.is_some_and(|held| told.on < held.decision.on) {
        return Err(Refusal::new("refusal-told-day"));
    }
    if held.is_some_and(|held| held.told.contains(&told)) {
        return Err(Refusal::new("refusal-told-twice"));
    }
    Ok(DecideChange::DecisionTold { told: Box::new(told) })
}

/// Writes down something that has to be handed over.
///
/// # Errors
/// When it says nothing, or the very same stands there already.
pub fn hand_over(decide: &Decide, id: HandOverId, mut item: HandOver) -> Result<DecideChange, Refusal> {
    item.what = text::needed_line(&item.what, MADE, "what is to be done")?;
    item.owner = text::line(&item.owner, 200)?;
    can_be(item.due)?;
    if decide.items().any(|held| held.id != id && held.item == item) {
        return Err(Refusal::new("refusal-handover-twice"));
    }
    if decide.items().count() >= MOST * 4 {
        return Err(Refusal::new("refusal-sheet-too-much").with("most", MOST * 4));
    }
    Ok(DecideChange::HandOverRecorded { id, item })
}

/// Keeps what somebody answered to a thing of the hand-over.
///
/// # Errors
/// When there is none, nobody is named who answered, its day is to come, or it is kept already.
pub fn answer(
    decide: &Decide,
    id: &HandOverId,
    mut answer: HandOverAnswer,
    today: Date,
) -> Result<DecideChange, Refusal> {
    let held = decide.items().find(|held| held.id == *id).ok_or_else(|| Refusal::new("refusal-handover-unknown"))?;
    answer.by = text::needed_line(&answer.by, 200, "who said so")?;
    answer.way = text::line(&answer.way, 100)?;
    can_be(Some(answer.on))?;
    if answer.on > today {
        return Err(Refusal::new("refusal-handover-day"));
    }
    // Who said yes before the decision said it to another plan; what is done, and a no, may be older.
    let decided = decide.decision().map(|held| held.decision.on);
    if answer.state == HandOverState::Confirmed && decided.is_some_and(|decided| answer.on < decided) {
        return Err(Refusal::new("refusal-handover-before"));
    }
    if answer.state == HandOverState::Open {
        return Err(Refusal::new("refusal-handover-open"));
    }
    if held.answers.last() == Some(&answer) && !decide.is_of_an_earlier_decision(held) {
        return Err(Refusal::new("refusal-told-twice"));
    }
    Ok(DecideChange::HandOverAnswered { id: id.clone(), answer })
}
