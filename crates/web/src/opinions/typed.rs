//! An opinion as the values of its form, and back. A line of a part is `plan-0-what`, `plan-0-kind`; a line of which nothing
//! but choices is filled in is no line.

use consilium_app::dates::typed_date;
use consilium_casefile::compare::{
    Basis, Burden, BurdenKind, Citation, CitationKind, Clinician, Finding, Intent, Material, Opinion, Outcome,
    PlanStep, Reason, Seen, Setting, StepKind, Strength,
};
use consilium_casefile::facts::Concept;
use consilium_casefile::{DeliveryId, DocumentId, Refusal};

use crate::forms::{Values, value};
use crate::lined::{Filled, each};

/// An opinion as a form shows it.
pub(crate) fn values_of(opinion: &Opinion) -> Values {
    let mut values = Values::new();
    let mut put = |name: String, text: &str| {
        if !text.is_empty() {
            values.insert(name, text.to_owned());
        }
    };
    put("clinician".to_owned(), &opinion.clinician.name);
    put("role".to_owned(), &opinion.clinician.role);
    put("organization".to_owned(), &opinion.clinician.organization);
    put("date".to_owned(), &opinion.date.map(|date| date.to_string()).unwrap_or_default());
    put("basis".to_owned(), opinion.basis.map_or("", Basis::name));
    put("document".to_owned(), opinion.document.as_ref().map_or("", DocumentId::as_str));
    for (line, delivery) in opinion.deliveries.iter().enumerate() {
        put(format!("given-{line}-delivery"), delivery.as_str());
    }
    put("diagnosis".to_owned(), &opinion.diagnosis);
    put("intent".to_owned(), opinion.intent.map_or("", Intent::name));
    put("goal".to_owned(), &opinion.goal);
    for (line, seen) in opinion.seen.iter().enumerate() {
        put(format!("seen-{line}-material"), seen.material.name());
        put(format!("seen-{line}-state"), if seen.seen { "seen" } else { "not_seen" });
        put(format!("seen-{line}-detail"), &seen.detail);
    }
    for (line, finding) in opinion.findings.iter().enumerate() {
        put(format!("finding-{line}-concept"), finding.concept.as_str());
        put(format!("finding-{line}-prefix"), &finding.prefix);
        put(format!("finding-{line}-value"), &finding.value);
        put(format!("finding-{line}-edition"), &finding.edition);
        put(format!("finding-{line}-from"), finding.from.map_or("", Material::name));
        put(format!("finding-{line}-specimen"), &finding.specimen);
        put(format!("finding-{line}-image"), &finding.key_image);
        put(format!("finding-{line}-words"), &finding.words);
    }
    let parts =
        [("plan", &opinion.plan), ("alternative", &opinion.alternatives), ("against", &opinion.advised_against)];
    for (part, steps) in parts {
        for (line, step) in steps.iter().enumerate() {
            let number = |number: Option<u32>| number.map(|n| n.to_string()).unwrap_or_default();
            put(format!("{part}-{line}-kind"), step.kind.name());
            put(format!("{part}-{line}-what"), &step.what);
            put(format!("{part}-{line}-setting"), step.setting.map_or("", Setting::name));
            put(format!("{part}-{line}-strength"), step.strength.map_or("", Strength::name));
            put(format!("{part}-{line}-condition"), &step.condition);
            put(format!("{part}-{line}-cycles"), &number(step.cycles));
            put(format!("{part}-{line}-dose"), &step.dose);
            put(format!("{part}-{line}-duration"), &step.duration);
            put(format!("{part}-{line}-order"), &number(step.order));
            put(format!("{part}-{line}-why"), &step.why);
        }
    }
    for (line, citation) in opinion.evidence.iter().enumerate() {
        put(format!("evidence-{line}-kind"), citation.kind.name());
        put(format!("evidence-{line}-name"), &citation.name);
        put(format!("evidence-{line}-version"), &citation.version);
        put(format!("evidence-{line}-date"), &citation.date);
        put(format!("evidence-{line}-category"), &citation.category);
    }
    for (line, outcome) in opinion.outcomes.iter().enumerate() {
        let number = |number: Option<u32>| number.map(|n| n.to_string()).unwrap_or_default();
        put(format!("outcome-{line}-option"), &outcome.option);
        put(format!("outcome-{line}-event"), &outcome.event);
        put(format!("outcome-{line}-good"), if outcome.good { "yes" } else { "no" });
        put(format!("outcome-{line}-events"), &outcome.events.to_string());
        put(format!("outcome-{line}-denominator"), &outcome.denominator.to_string());
        put(format!("outcome-{line}-horizon"), &outcome.horizon);
        put(format!("outcome-{line}-low"), &number(outcome.low));
        put(format!("outcome-{line}-high"), &number(outcome.high));
        put(format!("outcome-{line}-people"), &outcome.people);
        put(format!("outcome-{line}-source"), &outcome.source);
        put(format!("outcome-{line}-kind"), outcome.kind.map_or("", CitationKind::name));
        put(format!("outcome-{line}-words"), &outcome.words);
    }
    for (line, burden) in opinion.burden.iter().enumerate() {
        put(format!("burden-{line}-kind"), burden.kind.name());
        put(format!("burden-{line}-what"), &burden.what);
    }
    for (line, reason) in opinion.reasons.iter().enumerate() {
        put(format!("reason-{line}-dimension"), &reason.dimension);
        put(format!("reason-{line}-words"), &reason.words);
    }
    values
}

fn steps(values: &Values, part: &str) -> Result<Vec<PlanStep>, Refusal> {
    let one = |line: Filled<'_>| {
        let kind = line.choice("kind", StepKind::named);
        Ok(PlanStep {
            kind: kind.ok_or_else(|| Refusal::new("refusal-step-kind").with("step", line.text("what")))?,
            what: line.text("what"),
            setting: line.choice("setting", Setting::named),
            strength: line.choice("strength", Strength::named),
            condition: line.text("condition"),
            cycles: line.number("cycles")?,
            dose: line.text("dose"),
            duration: line.text("duration"),
            order: line.number("order")?,
            why: line.text("why"),
        })
    };
    each(values, part, &["what"]).map(one).collect()
}

/// The opinion that a form holds.
///
/// # Errors
/// When a date or a number is none, or a line lacks the choice that says what it is.
pub(crate) fn opinion(values: &Values) -> Result<Opinion, Refusal> {
    let of = |name: &str| value(values, name).trim().to_owned();
    let seen = |line: Filled<'_>| {
        let (material, state) = (line.choice("material", Material::named)?, line.text("state"));
        (!state.is_empty()).then(|| Seen { material, detail: line.text("detail"), seen: state == "seen" })
    };
    let finding = |line: Filled<'_>| {
        let concept = line.text("concept");
        if concept.is_empty() {
            return Err(Refusal::new("refusal-finding-concept").with("value", line.text("value")));
        }
        Ok(Finding {
            concept: Concept::named(&concept),
            value: line.text("value"),
            prefix: line.text("prefix"),
            edition: line.text("edition"),
            from: line.choice("from", Material::named),
            specimen: line.text("specimen"),
            key_image: line.text("image"),
            words: line.text("words"),
        })
    };
    let citation = |line: Filled<'_>| Citation {
        kind: line.choice("kind", CitationKind::named).unwrap_or(CitationKind::Study),
        name: line.text("name"),
        version: line.text("version"),
        date: line.text("date"),
        category: line.text("category"),
    };
    let outcome = |line: Filled<'_>| {
        let event = line.text("event");
        let needed =
            |number: Option<u32>| number.ok_or_else(|| Refusal::new("refusal-outcome-number").with("event", &event));
        Ok(Outcome {
            option: line.text("option"),
            events: needed(line.number("events")?)?,
            denominator: needed(line.number("denominator")?)?,
            good: line.hoped_for(&event)?,
            horizon: line.text("horizon"),
            low: line.number("low")?,
            high: line.number("high")?,
            people: line.text("people"),
            source: line.text("source"),
            kind: line.choice("kind", CitationKind::named),
            words: line.text("words"),
            event: event.clone(),
        })
    };
    let burden = |line: Filled<'_>| {
        let kind = line.choice("kind", BurdenKind::named).unwrap_or(BurdenKind::Visits);
        Burden { kind, what: line.text("what") }
    };
    let reason = |line: Filled<'_>| Reason { dimension: line.text("dimension"), words: line.text("words") };
    let document = of("document");
    Ok(Opinion {
        clinician: Clinician { name: of("clinician"), role: of("role"), organization: of("organization") },
        date: typed_date(&of("date"))?,
        basis: Basis::named(&of("basis")),
        seen: each(values, "seen", &["state"]).filter_map(seen).collect(),
        deliveries: each(values, "given", &["delivery"]).map(|line| DeliveryId::from(line.text("delivery"))).collect(),
        document: (!document.is_empty()).then(|| DocumentId::from(document)),
        diagnosis: of("diagnosis"),
        findings: each(values, "finding", &["value"]).map(finding).collect::<Result<_, _>>()?,
        intent: Intent::named(&of("intent")),
        goal: of("goal"),
        plan: steps(values, "plan")?,
        alternatives: steps(values, "alternative")?,
        advised_against: steps(values, "against")?,
        evidence: each(values, "evidence", &["name"]).map(citation).collect(),
        outcomes: each(values, "outcome", &["option", "event", "events"]).map(outcome).collect::<Result<_, _>>()?,
        burden: each(values, "burden", &["what"]).map(burden).collect(),
        reasons: each(values, "reason", &["words"]).map(reason).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::{Values, opinion, values_of};

    fn form(pairs: &[(&str, &str)]) -> Values {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_form_holds_an_opinion_without_loss() {
        let json = r#"{"clinician": {"name": "Dr. Ada Example"}, "date": "2026-03", "basis": "video",
            "seen": [{"material": "images", "detail": "MRI", "seen": false}, {"material": "images", "detail": "CT", "seen": true}],
            "findings": [{"concept": "t", "value": "T2", "prefix": "p"}, {"concept": "imaging_finding", "value": "second focus", "key_image": "image 87"}],
            "plan": [{"kind": "systemic", "what": "TC", "cycles": 4, "strength": "conditional", "condition": "if"}],
            "advised_against": [{"kind": "surgery", "what": "mastectomy", "why": "too much"}],
            "outcomes": [{"option": "TC", "event": "alive", "good": true, "events": 9, "denominator": 10, "horizon": "5 years"}],
            "reasons": [{"dimension": "plan", "words": "in my judgement"}]}"#;
        let before = serde_json::from_str(json).unwrap();
        assert_eq!(opinion(&values_of(&before)).unwrap(), before);
    }

    #[test]
    fn lines_in_which_only_choices_are_filled_in_are_no_lines() {
        let empty = form(&[("plan-0-kind", "surgery"), ("plan-3-what", " "), ("seen-0-material", "slides")]);
        let read = opinion(&empty).unwrap();
        assert!(read.plan.is_empty() && read.seen.is_empty());
    }

    #[test]
    fn what_can_not_be_read_is_refused_and_names_what_was_typed() {
        let why = |pairs: &[(&str, &str)]| opinion(&form(pairs)).unwrap_err().0.key;
        assert_eq!(why(&[("plan-0-what", "lumpectomy")]), "refusal-step-kind");
        assert_eq!(why(&[("finding-0-value", "positive")]), "refusal-finding-concept");
        assert_eq!(
            why(&[("plan-0-what", "TC"), ("plan-0-kind", "systemic"), ("plan-0-cycles", "four")]),
            "refusal-not-a-number"
        );
        assert_eq!(why(&[("outcome-0-event", "alive"), ("outcome-0-events", "9")]), "refusal-outcome-number");
        assert_eq!(why(&[("date", "soon")]), "refusal-date");
    }
}
