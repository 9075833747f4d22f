//! What opinions say beside findings and plan, side by side and as they were said: whose wish it serves, what it asks of the
//! person, guidelines and studies by name, and numbers once they may be seen. Nothing here is compared by a rule.

use consilium_casefile::Message;
use consilium_casefile::compare::{BurdenKind, Citation, CitationKind, HeldOpinion, Opinion, Outcome};

use super::BeyondRow;
use crate::decide::how_sure;
use crate::reading::Say;

/// Every row of which at least one opinion says something.
pub(super) fn rows(opinions: &[&HeldOpinion], shows_numbers: bool, say: Say<'_>) -> Vec<BeyondRow> {
    let mut rows = Vec::new();
    let mut add = |label: String, of: &dyn Fn(&Opinion) -> Vec<String>| {
        let sides: Vec<Vec<String>> = opinions.iter().map(|held| of(&held.opinion)).collect();
        if sides.iter().any(|side| !side.is_empty()) {
            rows.push(BeyondRow { label, sides });
        }
    };
    add(say(&Message::new("beyond-goal")), &|opinion| {
        if opinion.goal.is_empty() { Vec::new() } else { vec![opinion.goal.clone()] }
    });
    for kind in CitationKind::ALL {
        add(say(&kind.words()), &|opinion| opinion.evidence.iter().filter(|c| c.kind == *kind).map(cited).collect());
    }
    for kind in BurdenKind::ALL {
        add(say(&kind.words()), &|opinion| {
            opinion.burden.iter().filter(|burden| burden.kind == *kind).map(|burden| burden.what.clone()).collect()
        });
    }
    add(say(&Message::new("beyond-numbers")), &|opinion| match opinion.outcomes.len() {
        0 => Vec::new(),
        count if !shows_numbers => vec![say(&Message::new("beyond-numbers-kept").with("count", count))],
        _ => opinion.outcomes.iter().map(|outcome| number(outcome, say)).collect(),
    });
    rows
}

/// A citation in a line: name, version, date, category.
pub(crate) fn cited(citation: &Citation) -> String {
    let parts = [&citation.name, &citation.version, &citation.date, &citation.category].map(String::as_str);
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// A number with everything that was said of it.
fn number(outcome: &Outcome, say: Say<'_>) -> String {
    let of = |value: u32| Message::new("number-chance").with("value", value).with("denominator", outcome.denominator);
    let stated = Message::new("number-within").with("number", say(&of(outcome.events)));
    let stated = say(&stated.with("horizon", &outcome.horizon));
    let range = how_sure(outcome.low, outcome.high, &|end| say(&of(end)), say);
    let kind = outcome.kind.map(|kind| say(&kind.words()));
    let of_people = Some(outcome.people.clone()).filter(|people| !people.is_empty());
    let source = Some(outcome.source.clone()).filter(|source| !source.is_empty());
    let rest: Vec<String> = [range, of_people, kind, source].into_iter().flatten().collect();
    let message = Message::new("beyond-number").with("event", &outcome.event).with("option", &outcome.option);
    let said = say(&message.with("number", stated));
    if rest.is_empty() { said } else { format!("{said} ({})", rest.join("; ")) }
}
