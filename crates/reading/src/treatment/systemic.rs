//! Systemic lines in free text: drugs given together, regimens by name, cycles, changes and why.

use std::ops::Range;

use consilium_casefile::facts::{ChangeKind, Treatment, TreatmentChange, TreatmentKind, TreatmentStatus};

use super::{Counted, draft, finish, widen};
use crate::course::{Around, Course};
use crate::medication::{instruction, why};
use crate::phrases::{Cue, Found, Item};
use crate::scan::Gap;

/// Several medicines given together, or one.
struct Group {
    first: usize,
    last: usize,
    drugs: Vec<String>,
    name: Option<String>,
}

fn groups(course: &Course<'_, '_, '_>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for found in &course.found {
        let (drugs, name) = match found.item {
            Item::Drug { ingredient, class } if class.treats_cancer() => (vec![ingredient.clone()], None),
            Item::Regimen { name, drugs } if is_regimen(course, found, name) => (drugs.clone(), Some(name.clone())),
            _ => continue,
        };
        if let Some(group) = groups.last_mut()
            && is_together(course, group.last, found.first)
        {
            group.last = found.last;
            group.drugs.extend(drugs.into_iter().filter(|d| !group.drugs.contains(d)).collect::<Vec<_>>());
            group.name = match (group.name.take(), name) {
                (Some(one), Some(other)) => Some(format!("{one} + {other}")),
                (Some(one), None) => Some(one),
                _ => None,
            };
            continue;
        }
        groups.push(Group { first: found.first, last: found.last, drugs, name });
    }
    groups
}

/// Short names are words as well ("AC joint", "ice"): they count in capitals, and those of two letters beside cycles or
/// the word chemotherapy.
fn is_regimen(course: &Course<'_, '_, '_>, found: &Found<'_>, name: &str) -> bool {
    let spelled = course.words(found.first..found.last + 1);
    let letters = spelled.chars().filter(|c| c.is_ascii_alphabetic()).count();
    if letters > 5 {
        return true;
    }
    if spelled.chars().any(|c| c.is_ascii_lowercase()) && !spelled.starts_with("dd") && name.to_uppercase() == name {
        return false;
    }
    if found.last > found.first || letters >= 4 {
        return letters > 0 || has_chemotherapy_near(course, found);
    }
    has_chemotherapy_near(course, found)
}

fn has_chemotherapy_near(course: &Course<'_, '_, '_>, found: &Found<'_>) -> bool {
    let around = course.around(found.first, found.last, found.first.saturating_sub(6), found.last + 9);
    let near = course.cues_in(around.before.clone()).chain(course.cues_in(around.after.clone()));
    let mut near = near.map(|(cue, _)| cue);
    // "AC followed by weekly paclitaxel"
    let with_a_drug = course
        .items(around.after.start..around.after.end.min(around.after.start + 4))
        .iter()
        .any(|f| matches!(f.item, Item::Drug { class, .. } if class.treats_cancer()));
    with_a_drug
        || near.any(|cue| matches!(cue, Cue::Cycles | Cue::Chemotherapy))
        || times(course, around.after.start).is_some()
}

fn is_together(course: &Course<'_, '_, '_>, last: usize, first: usize) -> bool {
    if first <= last || first - last > 3 || (last + 1..=first).any(|p| course.scan.gap(p).has(Gap::HARD)) {
        return false;
    }
    let between = last + 1..first;
    let joined = course.scan.gap(first).has(Gap::COMMA | Gap::SLASH | Gap::HYPHEN)
        || course.scan.text.slice(course.scan.span(last, first)).contains(&b'+');
    if between.is_empty() {
        return joined;
    }
    between.clone().all(|p| ["and", "plus", "with"].iter().any(|w| course.scan.is(p, w)))
}

pub(super) fn read(course: &Course<'_, '_, '_>) -> Vec<Treatment> {
    let groups = groups(course);
    let mut found = Vec::new();
    for (place, group) in groups.iter().enumerate() {
        let previous = place.checked_sub(1).and_then(|p| groups.get(p)).map_or(0, |g| g.last + 1);
        let next = groups.get(place + 1).map_or(usize::MAX, |g| g.first);
        let around = course.around(group.first, group.last, previous, next);
        found.extend(line(course, group, around));
    }
    found
}

fn line(course: &Course<'_, '_, '_>, group: &Group, around: Around) -> Option<Treatment> {
    let (cycles, cycle_words) = cycles(course, &around).unzip();
    // What was planned of cycles that were counted says nothing of the treatment. Cycles of the part before it ("AC for 4
    // cycles, then paclitaxel") say that it was given as well, and not how often.
    let counted = cycle_words.clone().or_else(|| cycles_of_part_before(course, &around));
    let counted_words = counted.clone();
    let sig = instruction(course, around.after.start..around.after.end.min(around.after.start + 6));
    let mut draft = draft(course, group.first, group.last, around, counted.map(Counted::Named))?;
    let (change, change_words) = change(course, &draft.around).unzip();
    if let Some(words) = cycle_words {
        widen(&mut draft, &words);
    }
    if let Some(words) = change_words {
        widen(&mut draft, &words);
    }
    if matches!(change, Some(TreatmentChange { kind: ChangeKind::Stopped, .. }))
        && draft.status == TreatmentStatus::Done
    {
        draft.status = TreatmentStatus::Stopped;
    }
    // Whoever was switched to another is not on this one any more.
    if matches!(change, Some(TreatmentChange { kind: ChangeKind::Switched, .. }))
        && draft.status == TreatmentStatus::Ongoing
    {
        draft.status = TreatmentStatus::Stopped;
    }
    let what = group.name.clone().unwrap_or_else(|| group.drugs.join(" + "));
    let mut treatment = finish(course, TreatmentKind::Systemic, what, draft);
    treatment.drugs.clone_from(&group.drugs);
    // "Planned for 6 cycles, received 4": how many were given is not the number of those planned.
    let planned = counted_words.is_some_and(|words| {
        let near = words.start.saturating_sub(3)..words.end + 1;
        !super::is_given_of(course, &words) && course.cues_in(near).any(|(cue, _)| cue == Cue::Planned)
    });
    let meant = matches!(treatment.status, TreatmentStatus::Planned | TreatmentStatus::Declined);
    treatment.cycles = cycles.filter(|_| !planned || meant);
    treatment.change = change;
    treatment.dose = sig.dose.filter(|_| group.drugs.len() == 1);
    Some(treatment)
}

/// "x4", "x 4", "for 4 cycles": how often, and the last word.
fn times(course: &Course<'_, '_, '_>, place: usize) -> Option<(u32, usize)> {
    let scan = course.scan;
    let spelled = scan.spelled(place);
    if let [b'x' | b'X', digits @ ..] = spelled
        && !digits.is_empty()
        && digits.len() <= 2
        && digits.iter().all(u8::is_ascii_digit)
    {
        return Some((std::str::from_utf8(digits).ok()?.parse().ok()?, place));
    }
    if spelled.eq_ignore_ascii_case(b"x") {
        let amount = course.amount(place + 1)?;
        // "x 4 weeks" is a time.
        let is_time = ["weeks", "week", "days", "months", "years"].iter().any(|w| scan.is(amount.last + 1, w));
        return amount.value.parse().ok().filter(|n| (1..=60).contains(n) && !is_time).map(|n| (n, amount.last));
    }
    None
}

/// Whether cycles counted before a treatment are of the one before it: "AC for 4 cycles, then weekly paclitaxel".
fn is_of_part_before(course: &Course<'_, '_, '_>, around: &Around, last: usize) -> bool {
    let scan = course.scan;
    let start = around.before.start;
    let follows_another = start > 0 && !scan.gap(start).has(Gap::HARD);
    let turns = (last + 1..around.before.end)
        .any(|place| ["then", "followed", "before", "after", "and", "plus"].iter().any(|word| scan.is(place, word)));
    follows_another && (turns || (last + 1..=around.before.end).any(|place| scan.gap(place).has(Gap::COMMA)))
}

/// The words of cycles that are of the part before.
fn cycles_of_part_before(course: &Course<'_, '_, '_>, around: &Around) -> Option<Range<usize>> {
    let end = around.before.end;
    let is_word =
        |place: usize| course.item_at(place, |item| matches!(item, Item::Cue(Cue::Cycles)).then_some(())).is_some();
    (around.before.start.max(end.saturating_sub(10))..end)
        .find(|place| is_word(*place) && is_of_part_before(course, around, *place))
        .map(|place| place..place + 1)
}

fn cycles(course: &Course<'_, '_, '_>, around: &Around) -> Option<(u32, Range<usize>)> {
    let end = around.before.end;
    let counted = |place: usize| {
        let amount = course.amount(place)?;
        // "4 of 6 planned cycles", "4/6 cycles": four were given.
        if let Some(found) = given_of(course, place) {
            return Some(found);
        }
        let unit = (amount.last + 1..=amount.last + 2)
            .find(|p| course.item_at(*p, |item| matches!(item, Item::Cue(Cue::Cycles)).then_some(())).is_some())?;
        let number: u32 = amount.value.parse().ok().filter(|n| (1..=60).contains(n))?;
        Some((number, unit))
    };
    // "4 cycles of AC", "4 cycles of dose-dense AC"
    for place in around.before.start.max(end.saturating_sub(10))..end {
        if let Some((number, last)) = counted(place)
            && last < end
            && !is_of_part_before(course, around, last)
        {
            return Some((number, place..last + 1));
        }
    }
    for place in around.after.start..around.after.end.min(around.after.start + 10) {
        if let Some((number, last)) = counted(place).or_else(|| times(course, place))
            && last < around.after.end
        {
            return Some((number, place..last + 1));
        }
        // "cycle 3 of 6": three so far.
        if course.scan.is(place, "cycle")
            && let Some(amount) = course.amount(place + 1)
        {
            return amount.value.parse().ok().filter(|n| (1..=60).contains(n)).map(|n| (n, place..amount.last + 1));
        }
    }
    None
}

/// "4 of 6 planned cycles", "4 out of 6 cycles", "4/6 cycles": how many of those planned, and the word for cycles.
fn given_of(course: &Course<'_, '_, '_>, place: usize) -> Option<(u32, usize)> {
    let scan = course.scan;
    let number = |place: usize| {
        let amount = course.amount(place)?;
        Some((amount.value.parse::<u32>().ok().filter(|n| (1..=60).contains(n))?, amount.last))
    };
    let (given, last) = number(place)?;
    let mut next = last + 1;
    let slash = scan.gap(next).has(Gap::SLASH);
    let out = usize::from(scan.is(next, "out"));
    if !slash && !scan.is(next + out, "of") {
        return None;
    }
    if !slash {
        next += out + 1;
        let led = |at: usize| ["the", "a", "total", "planned", "intended"].iter().any(|word| scan.is(at, word));
        while led(next) && next < last + 5 {
            next += 1;
        }
    }
    let (planned, last) = number(next)?;
    let is_word = |at: usize| course.item_at(at, |item| matches!(item, Item::Cue(Cue::Cycles)).then_some(())).is_some();
    let word = (last + 1..last + 4).find(|at| is_word(*at))?;
    let whole = !(place + 1..=word).any(|at| scan.gap(at).has(Gap::HARD | Gap::COMMA));
    (whole && given <= planned).then_some((given, word))
}

/// A change in the words after a treatment, or "stopped" just before it, with how much and why.
pub(super) fn change(course: &Course<'_, '_, '_>, around: &Around) -> Option<(TreatmentChange, Range<usize>)> {
    let kind = |cue: Cue| {
        Some(match cue {
            Cue::Reduced => ChangeKind::Reduced,
            Cue::Delayed => ChangeKind::Delayed,
            Cue::Stopped => ChangeKind::Stopped,
            Cue::Switched => ChangeKind::Switched,
            _ => return None,
        })
    };
    let behind = course.cues_in(around.after.clone()).find_map(|(cue, f)| Some((kind(cue)?, f, f.last + 1)));
    let ahead = || {
        let near = around.before.end.saturating_sub(3).max(around.before.start)..around.before.end;
        let found = course.cues_in(near).find_map(|(cue, f)| (cue == Cue::Stopped).then_some(f))?;
        Some((ChangeKind::Stopped, found, around.after.start))
    };
    let (kind, cue, start) = behind.or_else(ahead)?;
    if course.is_denied(&cue) {
        return None;
    }
    let reason = course
        .cues_in(start..around.after.end)
        .find(|(c, f)| *c == Cue::Why && course.amount(f.last + 1).is_none())
        .map(|(_, f)| f);
    let how_end = reason.map_or_else(|| around.after.end.min(start + 6), |f| f.first.min(start + 8));
    let how = how(course, start, how_end);
    let why = reason.and_then(|f| why(course, f.last + 1, around.after.end));
    let end =
        why.as_ref().map(|(_, words)| words.end).or(how.as_ref().map(|(_, words)| words.end)).unwrap_or(cue.last + 1);
    let first = cue.first.min(start);
    let change = TreatmentChange { kind, how: how.map(|(how, _)| how), why: why.map(|(why, _)| why) };
    Some((change, first..end.max(cue.last + 1)))
}

/// "20 %", "by 20 %", "after 8 weeks", "to docetaxel": up to a comma.
fn how(course: &Course<'_, '_, '_>, start: usize, end: usize) -> Option<(String, Range<usize>)> {
    let begins = ["by", "to", "after", "at"].iter().any(|w| course.scan.is(start, w)) || course.amount(start).is_some();
    if start >= end || !begins || course.scan.gap(start).has(Gap::COMMA | Gap::HARD) {
        return None;
    }
    let mut last = start + 1;
    while last < end && !course.scan.gap(last).has(Gap::COMMA | Gap::OPEN | Gap::LINE | Gap::PERIOD) {
        last += 1;
    }
    let mut words = course.words(start..last);
    // The sign is no word of its own.
    let after = course.scan.token(last - 1).map_or(0, |t| t.end());
    if matches!(course.scan.text.slice(after..after + 2), [b'%', ..] | [b' ', b'%']) {
        words.push_str(" %");
    }
    Some((words, start..last))
}
