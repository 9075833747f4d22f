//! Courses of radiation in free text: dose, fractions, where to.

use std::ops::Range;

use consilium_casefile::facts::{Treatment, TreatmentKind};

use super::systemic::change;
use super::{Counted, draft, finish, widen};
use crate::course::{Around, Course};
use crate::phrases::{Cue, Item};
use crate::scan::Gap;

pub(super) fn read(course: &Course<'_, '_, '_>) -> Vec<Treatment> {
    let mut found: Vec<Treatment> = Vec::new();
    let mut done_until = 0;
    for place in 0..course.scan.tokens.len() {
        if place < done_until {
            continue;
        }
        let named = course.item_at(place, |item| matches!(item, Item::Cue(Cue::Radiation)).then_some(()));
        let dosed = || gray(course, place);
        let (first, last) = match (named, dosed()) {
            (Some(((), last)), _) => (place, last),
            (None, Some((_, last))) => (place, last),
            _ => continue,
        };
        let around = course.around(first, last, done_until, usize::MAX);
        let end = around.after.end;
        found.extend(irradiation(course, first, last, around));
        done_until = end;
    }
    found
}

fn irradiation(course: &Course<'_, '_, '_>, first: usize, last: usize, around: Around) -> Option<Treatment> {
    // "Radiation oncologist", "radiation dermatitis": about radiation, and none.
    let next = last + 1;
    let is_other = [
        "oncology",
        "oncologist",
        "oncologists",
        "exposure",
        "safety",
        "dermatitis",
        "pneumonitis",
        "cystitis",
        "proctitis",
        "necrosis",
        "enteritis",
        "changes",
        "fibrosis",
        "physicist",
        "dose",
    ]
    .iter()
    .any(|w| course.scan.is(next, w) && !course.scan.gap(next).has(Gap::HARD | Gap::COMMA | Gap::COLON));
    if is_other {
        return None;
    }
    let all = first..around.after.end;
    let mut doses = Vec::new();
    let mut place = all.start;
    while place < all.end {
        match gray(course, place) {
            Some((dose, end)) if end < all.end => {
                doses.push((dose, place..end + 1));
                place = end + 1;
            }
            _ => place += 1,
        }
    }
    let before = around.before.start.max(first.saturating_sub(10))..first;
    let before_dose =
        before.clone().find_map(|p| gray(course, p).filter(|(_, end)| *end < first).map(|(d, end)| (d, p..end + 1)));
    let site = site(course, &around);
    let mut draft = draft(
        course,
        first,
        last,
        around,
        (!doses.is_empty() || before_dose.is_some()).then_some(Counted::Named(0..0)),
    )?;
    let mut dose = before_dose.map(|(dose, words)| {
        widen(&mut draft, &words);
        dose
    });
    for (amount, words) in doses {
        widen(&mut draft, &words);
        dose = Some(match dose {
            None => amount,
            Some(main) => format!("{main} + {amount}"),
        });
    }
    let what = match &site {
        Some((words, place)) => {
            widen(&mut draft, place);
            format!("radiation to {words}")
        }
        None => "radiation".to_owned(),
    };
    let (change, change_words) = change(course, &draft.around).unzip();
    if let Some(words) = change_words {
        widen(&mut draft, &words);
    }
    let mut treatment = finish(course, TreatmentKind::Radiation, what, draft);
    treatment.dose = dose;
    treatment.change = change;
    Some(treatment)
}

/// "50 Gy in 25 fractions", "5040 cGy/28 fx", "10 Gy": as written, blanks tidied.
fn gray(course: &Course<'_, '_, '_>, place: usize) -> Option<(String, usize)> {
    let scan = course.scan;
    let amount = course.amount(place)?;
    let unit = amount.last + 1;
    let is_unit = |p: usize| ["gy", "cgy", "gray"].iter().any(|w| scan.is(p, w)) && !scan.gap(p).has(Gap::HARD);
    if !is_unit(unit) {
        return None;
    }
    let mut last = unit;
    let mut next = unit + 1;
    if ["in", "over", "x", "delivered", "of"].iter().any(|w| scan.is(next, w)) {
        next += 1;
        if scan.is(next, "in") {
            next += 1;
        }
    }
    if !scan.gap(unit + 1).has(Gap::HARD | Gap::COMMA)
        && let Some(fractions) = course.amount(next)
        && ["fractions", "fx", "fraction", "treatments", "fxs"].iter().any(|w| scan.is(fractions.last + 1, w))
    {
        last = fractions.last + 1;
    }
    Some((course.words(place..last + 1), last))
}

/// "to the left breast", "of the prostate bed": up to five words.
fn site(course: &Course<'_, '_, '_>, around: &Around) -> Option<(String, Range<usize>)> {
    let scan = course.scan;
    let near = around.after.start..around.after.end.min(around.after.start + 12);
    let at = near.clone().find(|p| scan.is(*p, "to") && course.amount(p + 1).is_none() && !scan.is(p + 1, "a"))?;
    let start = at + 1;
    let mut last = start;
    while last < around.after.end
        && last - start < 6
        && !(last > start && scan.gap(last).has(Gap::COMMA | Gap::OPEN | Gap::PERIOD | Gap::HARD | Gap::COLON))
        && course.amount(last).is_none()
        && crate::dates::date_at(scan, last).is_none()
        && !course.items(last..last + 1).iter().any(|f| matches!(f.item, Item::Cue(_)))
        && !["with", "in", "from", "was", "and", "by", "at", "due"].iter().any(|w| scan.is(last, w))
    {
        last += 1;
    }
    (last > start).then(|| (course.words(start..last), start..last))
}
