//! What an opinion must be to be kept: a name, nothing that cannot be read, and numbers that can be true. Everything else a
//! doctor said is kept as it was said.

use super::{CompareChange, Finding, Opinion, Outcome, PlanStep};
use crate::knowledge::Knowledge;
use crate::shared::ids::OpinionId;
use crate::shared::message::Refusal;
use crate::shared::text;

/// Most findings, steps or numbers of one opinion.
const MOST: usize = 200;
/// Longest single line, characters.
const LINE: usize = 500;
/// Longest words of a doctor, characters.
const WORDS: usize = 4_000;

/// Writes an opinion down, tidied.
///
/// # Errors
/// When nobody gave it, nothing was said, a line is too long or holds characters that cannot be seen, or a number cannot be
/// true: more people than there are, a range that does not hold its number, no time span.
pub fn record(id: OpinionId, opinion: Opinion) -> Result<CompareChange, Refusal> {
    let mut kept = opinion;
    kept.clinician.name = text::needed_line(&kept.clinician.name, 200, "clinician")?;
    for line in [&mut kept.clinician.role, &mut kept.clinician.organization] {
        *line = text::line(line, 200)?;
    }
    kept.diagnosis = text::lines(&kept.diagnosis, WORDS)?;
    kept.goal = text::lines(&kept.goal, WORDS)?;
    let counts = [
        kept.seen.len(),
        kept.findings.len(),
        kept.plan.len() + kept.alternatives.len() + kept.advised_against.len(),
        kept.evidence.len(),
        kept.outcomes.len(),
        kept.burden.len(),
        kept.reasons.len(),
        kept.deliveries.len(),
    ];
    if counts.iter().any(|count| *count > MOST) {
        return Err(Refusal::new("refusal-opinion-too-much").with("most", MOST));
    }
    for seen in &mut kept.seen {
        seen.detail = text::line(&seen.detail, LINE)?;
    }
    kept.findings = kept.findings.into_iter().map(finding).collect::<Result<_, _>>()?;
    for steps in [&mut kept.plan, &mut kept.alternatives, &mut kept.advised_against] {
        for one in steps.iter_mut() {
            step(one)?;
        }
    }
    for citation in &mut kept.evidence {
        citation.name = text::needed_line(&citation.name, LINE, "evidence")?;
        for line in [&mut citation.version, &mut citation.date, &mut citation.category] {
            *line = text::line(line, LINE)?;
        }
    }
    for one in &mut kept.outcomes {
        outcome(one)?;
    }
    for burden in &mut kept.burden {
        burden.what = text::needed_line(&burden.what, LINE, "burden")?;
    }
    for reason in &mut kept.reasons {
        reason.dimension = text::needed_line(&reason.dimension, 60, "dimension")?;
        reason.words = text::lines(&reason.words, WORDS)?;
    }
    let said = !kept.diagnosis.is_empty()
        || !kept.findings.is_empty()
        || !kept.plan.is_empty()
        || !kept.alternatives.is_empty()
        || !kept.advised_against.is_empty()
        || kept.document.is_some();
    if !said {
        return Err(Refusal::new("refusal-opinion-says-nothing"));
    }
    Ok(CompareChange::OpinionRecorded { id, opinion: Box::new(kept) })
}

fn finding(mut finding: Finding) -> Result<Finding, Refusal> {
    let concept = text::needed_line(finding.concept.as_str(), 60, "concept")?;
    finding.concept = crate::facts::Concept::named(&concept);
    finding.value = text::needed_line(&finding.value, LINE, "value")?;
    finding.words = text::lines(&finding.words, WORDS)?;
    for line in [&mut finding.prefix, &mut finding.edition, &mut finding.specimen, &mut finding.key_image] {
        *line = text::line(line, LINE)?;
    }
    Ok(finding)
}

/// Whether the figure a finding begins with can be one of its concept: a number, not below zero, and within the range that
/// `knowledge/concepts.csv` names. Words are kept as they were said.
///
/// # Errors
/// A refusal that names the value and what it is of.
pub fn can_be(finding: &Finding, knowledge: &Knowledge) -> Result<(), Refusal> {
    let facts = knowledge.concept(&finding.concept).filter(|facts| facts.value_form.contains("number"));
    let first = finding.value.split_whitespace().next().unwrap_or_default();
    let without_unit = first.trim_end_matches(|c: char| c.is_alphabetic() || c == '%');
    let figure = first.parse::<f64>().or_else(|_| without_unit.parse()).ok();
    let Some((facts, figure)) = facts.zip(figure) else { return Ok(()) };
    let most = facts.values.first().and_then(|values| crate::reading::range(values)).map(|(_, most)| most);
    if figure.is_finite() && figure >= 0.0 && most.is_none_or(|most| figure <= most) {
        return Ok(());
    }
    Err(Refusal::new("refusal-finding-number").with("value", &finding.value).with("what", &facts.label))
}

fn step(step: &mut PlanStep) -> Result<(), Refusal> {
    step.what = text::needed_line(&step.what, LINE, "step")?;
    for line in [&mut step.condition, &mut step.dose, &mut step.duration] {
        *line = text::line(line, LINE)?;
    }
    step.why = text::lines(&step.why, WORDS)?;
    Ok(())
}

/// A number is kept as it was said or not at all: its denominator, its time and, where one was named, its range.
fn outcome(outcome: &mut Outcome) -> Result<(), Refusal> {
    outcome.option = text::needed_line(&outcome.option, LINE, "option")?;
    outcome.event = text::needed_line(&outcome.event, LINE, "event")?;
    outcome.horizon = text::needed_line(&outcome.horizon, 60, "horizon")?;
    outcome.people = text::line(&outcome.people, LINE)?;
    outcome.source = text::line(&outcome.source, LINE)?;
    outcome.words = text::line(&outcome.words, LINE)?;
    let (low, high) = (outcome.low.unwrap_or(outcome.events), outcome.high.unwrap_or(outcome.events));
    let can_be =
        outcome.denominator > 0 && high <= outcome.denominator && low <= outcome.events && outcome.events <= high;
    if can_be { Ok(()) } else { Err(Refusal::new("refusal-outcome-number").with("event", &outcome.event)) }
}
