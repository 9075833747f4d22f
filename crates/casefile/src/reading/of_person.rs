//! Where records differ about the person, whatever tumour is spoken of: an allergy that one names and another denies, how
//! well somebody is on one day, the menopause. What must not live here: anything about a tumour (`differences`).

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::differences::{Difference, Relation, Side, Why, agree};
use super::summary::of_person;
use super::view::{CaseFact, answers};
use crate::facts::{Concept, Fact, Polarity};
use crate::shared::time::PartialDate;

/// What changes with time: the newest word is what holds, and two words of one day contradict each other.
const OF_A_DAY: [Concept; 3] = [Concept::ECOG, Concept::KARNOFSKY, Concept::MENOPAUSAL_STATUS];

/// Ways in which it is said that no allergy is known at all.
pub(super) const NONE_KNOWN: [&str; 3] = ["", "none known", "absent"];

/// Days within which two words about the menopause are of one time.
const ONE_TIME_DAYS: i32 = 180;

/// The differences between records about the person, contradictions first.
pub(super) fn person_differences(facts: &[CaseFact<'_>]) -> Vec<Difference> {
    let mut found = allergies(facts);
    found.extend(OF_A_DAY.iter().filter_map(|concept| of_a_day(facts, concept)));
    found.sort_by_key(|difference| difference.relation);
    found
}

fn of<'f>(facts: &'f [CaseFact<'_>], concept: &'f Concept) -> impl Iterator<Item = (usize, &'f CaseFact<'f>)> {
    let about = |fact: &CaseFact<'_>| {
        fact.fact.concept == *concept && of_person(fact) && !fact.suggests() && answers(fact.fact.polarity)
    };
    facts.iter().enumerate().filter(move |(_, fact)| about(fact))
}

fn side(facts: &[CaseFact<'_>], places: Vec<usize>) -> Option<Side> {
    let first = &facts.get(*places.first()?)?.fact;
    Some(Side { value: first.value.clone(), polarity: first.polarity, facts: places })
}

fn conflict(about: &str, concept: &Concept, sides: Vec<Side>) -> Difference {
    let (concept, relation) = (concept.clone(), Relation::Conflict);
    Difference { concept, about: about.to_owned(), relation, sides, unclear: false }
}

/// "No known allergies" beside an allergy by name; and a substance that one record denies and another names.
fn allergies(facts: &[CaseFact<'_>]) -> Vec<Difference> {
    let concept = Concept::ALLERGY;
    let (mut named, mut none_known) = (Vec::new(), Vec::new());
    let mut by_substance: BTreeMap<String, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (place, fact) in of(facts, &concept) {
        let substance = fact.fact.value.trim().to_lowercase();
        let present = fact.fact.polarity == Polarity::Present;
        if !present && NONE_KNOWN.contains(&substance.as_str()) {
            none_known.push(place);
            continue;
        }
        let (has, has_not) = by_substance.entry(substance).or_default();
        if present {
            named.push(place);
            has.push(place);
        } else {
            has_not.push(place);
        }
    }
    let against = |about: &str, one: Vec<usize>, other: Vec<usize>| {
        let sides: Vec<Side> = [one, other].into_iter().filter_map(|places| side(facts, places)).collect();
        (sides.len() == 2).then(|| conflict(about, &concept, sides))
    };
    let mut found: Vec<Difference> = against("", named, none_known).into_iter().collect();
    found.extend(
        by_substance.iter().filter_map(|(substance, (has, has_not))| against(substance, has.clone(), has_not.clone())),
    );
    found
}

/// When something was said of the person: the day it is stated for, or that of its record.
fn day(fact: &CaseFact<'_>) -> Option<Date> {
    fact.fact.date.or_else(|| fact.held.date()).map(PartialDate::earliest)
}

fn of_a_day(facts: &[CaseFact<'_>], concept: &Concept) -> Option<Difference> {
    let mut sides: Vec<(Side, &Fact)> = Vec::new();
    for (place, fact) in of(facts, concept) {
        match sides.iter_mut().find(|(_, known)| same_answer(concept, known, &fact.fact)) {
            Some((side, _)) => side.facts.push(place),
            None => sides.push((side(facts, vec![place])?, &fact.fact)),
        }
    }
    let sides: Vec<Side> = sides.into_iter().map(|(side, _)| side).collect();
    if sides.len() < 2 {
        return None;
    }
    let days = |side: &Side| -> Vec<(Option<Date>, bool)> {
        let of_side = side.facts.iter().filter_map(|place| facts.get(*place));
        of_side.map(|fact| (day(fact), fact.fact.value == "postmenopausal")).collect()
    };
    let mut pairs =
        sides.iter().enumerate().flat_map(|(at, one)| sides.iter().skip(at + 1).map(move |other| (one, other)));
    let contradict = pairs.any(|(one, other)| {
        let others = days(other);
        days(one).into_iter().any(|one| others.iter().any(|other| at_one_time(concept, one, *other)))
    });
    let relation = if contradict { Relation::Conflict } else { Relation::Expected(Why::AnotherDay) };
    Some(Difference { concept: concept.clone(), about: String::new(), relation, sides, unclear: false })
}

/// `0-1` says the same as 0 and as 1.
fn same_answer(concept: &Concept, one: &Fact, other: &Fact) -> bool {
    let range = |value: &str| -> Option<(u32, u32)> {
        let (from, to) = value.split_once('-').unwrap_or((value, value));
        Some((from.trim().parse().ok()?, to.trim().parse().ok()?))
    };
    match range(&one.value).zip(range(&other.value)) {
        Some((a, b)) => a.0 <= b.1 && b.0 <= a.1,
        None => agree(concept, one, other),
    }
}

/// Whether two answers cannot both hold: of one day, or of days that are not known. After the menopause none is before
/// it.
fn at_one_time(concept: &Concept, one: (Option<Date>, bool), other: (Option<Date>, bool)) -> bool {
    let (Some(first), Some(second)) = (one.0, other.0) else { return true };
    if *concept != Concept::MENOPAUSAL_STATUS {
        return first == second;
    }
    let backwards = (one.1 && !other.1 && first < second) || (other.1 && !one.1 && second < first);
    let apart = first.until(second).map_or(0, |span| span.get_days().abs());
    backwards || apart <= ONE_TIME_DAYS
}
