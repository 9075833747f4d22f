//! HER2 is one status that two methods answer: positive by immunohistochemistry (3+) and not amplified by in situ
//! hybridization do not agree and need an explanation. An equivocal answer (2+) asks for the other method and contradicts
//! none. What must not live here: answers of one method that
//! differ, which are a difference like any other.

use super::differences::{Difference, Relation, Side, compares, relation};
use super::tumours::Tumour;
use super::view::CaseFact;
use crate::facts::{Concept, Fact, Polarity};

/// How an answer was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Immunohistochemistry,
    InSituHybridization,
    NotSaid,
}

/// The method of a fact about the status; `None` for any other fact.
fn method(concept: &Concept) -> Option<Method> {
    match concept.as_str() {
        "her2_ihc" | "her2_ihc_score" => Some(Method::Immunohistochemistry),
        "her2_ish" => Some(Method::InSituHybridization),
        "her2_status" => Some(Method::NotSaid),
        _ => None,
    }
}

/// Whether a fact says that the status is positive; `None` where it leaves it open.
fn is_positive(fact: &Fact) -> Option<bool> {
    if fact.concept == Concept::HER2_IHC_SCORE {
        return match (fact.polarity, fact.value.as_str()) {
            (Polarity::Present, "3+") => Some(true),
            (Polarity::Present | Polarity::Absent, "0" | "1+") => Some(false),
            _ => None,
        };
    }
    match (fact.polarity, fact.value.as_str()) {
        (_, "equivocal") => None,
        (Polarity::Absent, _) | (Polarity::Present, "negative") => Some(false),
        (Polarity::Present, _) => Some(true),
        _ => None,
    }
}

/// The difference that answers of two methods make; `None` where they agree, or where the answers of one method already
/// contradict each other (`conflicts`): then the methods cannot be held against one answer.
pub(super) fn difference(facts: &[CaseFact<'_>], tumour: &Tumour, conflicts: &[&Concept]) -> Option<Difference> {
    if conflicts.iter().any(|concept| method(concept).is_some()) {
        return None;
    }
    let of = |wanted: bool| -> Vec<usize> {
        let answers = |place: &&usize| {
            let fact = facts.get(**place).filter(|fact| compares(fact) && method(&fact.fact.concept).is_some());
            fact.and_then(|fact| is_positive(&fact.fact)) == Some(wanted)
        };
        tumour.facts.iter().filter(answers).copied().collect()
    };
    let (positive, negative) = (of(true), of(false));
    let method_at = |place: &usize| facts.get(*place).and_then(|fact| method(&fact.fact.concept));
    let by_two_methods = positive.iter().any(|one| negative.iter().any(|other| method_at(one) != method_at(other)));
    if !by_two_methods {
        return None;
    }
    let side = |value: &str, polarity, facts| Side { value: value.to_owned(), polarity, facts };
    let sides = vec![side("positive", Polarity::Present, positive), side("negative", Polarity::Absent, negative)];
    let relation: Relation = relation(facts, &Concept::HER2_STATUS, &sides);
    Some(Difference { concept: Concept::HER2_STATUS, about: String::new(), relation, sides, unclear: false })
}
