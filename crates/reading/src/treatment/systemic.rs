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
            && (is_together(course, group.last, found.first) || is_together_after_dose(course, group.last, found.first))
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
    between.clone().all(|p| is_joint(course, p))
}

fn is_joint(course: &Course<'_, '_, '_>, place: usize) -> bool {
    ["and", "plus", "with"].iter().any(|word| course.scan.is(place, word))
}

/// Words of a dose between two medicines given together.
const DOSE: usize = 14;

/// "Carboplatin AUC 5 and pemetrexed", "gemcitabine 1000 mg/m2 days 1 and 8 + cisplatin": only a dose and how it is given
/// stand between them, and a word that joins them. A date or a count of cycles is of the first alone.
fn is_together_after_dose(course: &Course<'_, '_, '_>, last: usize, first: usize) -> bool {
    let scan = course.scan;
    let parted = |at: usize| scan.gap(at).has(Gap::HARD | Gap::LINE | Gap::COLON);
    if first <= last + 1 || first - last > DOSE || (last + 1..=first).any(parted) {
        return false;
    }
    let joint = is_joint(course, first - 1);
    let end = first - usize::from(joint);
    let plus = scan.text.slice(course.scan.span(end - 1, first)).contains(&b'+');
    if !joint && !plus {
        return false;
    }
    let mut place = last + 1;
    let mut doses = 0;
    while place < end {
        place = match given_at(course, place) {
            Some((end, is_dose)) => {
                doses += usize::from(is_dose);
                end + 1
            }
            None => return false,
        };
    }
    // The dose ends before the word that joins, and one medicine has one dose.
    doses == 1 && place == end
}

/// The last word of a dose, a route, a frequency or the days of a cycle at a word, and whether it is a dose.
fn given_at(course: &Course<'_, '_, '_>, place: usize) -> Option<(usize, bool)> {
    let scan = course.scan;
    let number = |at: usize| course.amount(at).map(|amount| amount.last);
    let unit = |at: usize| course.item_at(at, |item| matches!(item, Item::Unit(_)).then_some(()));
    if let Some(((), last)) = number(place).and_then(|last| unit(last + 1)) {
        return Some((last, true));
    }
    if scan.spelled(place).get(..3).is_some_and(|start| start.eq_ignore_ascii_case(b"auc")) {
        let last = if scan.is(place, "auc") { number(place + 1)? } else { place };
        return Some((last, true));
    }
    if scan.is(place, "every")
        && let Some(last) = number(place + 1)
        && ["weeks", "week", "days"].iter().any(|word| scan.is(last + 1, word))
    {
        return Some((last + 1, false));
    }
    if ["day", "days"].iter().any(|word| scan.is(place, word)) {
        let mut last = number(place + 1)?;
        while let Some(next) = number(last + 1 + usize::from(scan.is(last + 1, "and"))) {
            last = next;
        }
        return Some((last, false));
    }
    let way = |item: &Item| matches!(item, Item::Route(_) | Item::Frequency(_)).then_some(());
    if let Some(((), last)) = course.item_at(place, way) {
        return Some((last, false));
    }
    scan.is(place, "on").then_some((place, false))
}

pub(super) fn read(course: &Course<'_, '_, '_>) -> Vec<Treatment> {
    let groups = groups(course);
    let mut found = Vec::new();
    for (place, group) in groups.iter().enumerate() {
        let previous = place.checked_sub(1).and_then(|p| groups.get(p)).map_or(0, |g| g.last + 1);
        let next = groups.get(place + 1).map_or(usize::MAX, |g| g.first);
        let around = course.around(group.first, group.last, previous, next);
        let stop = stopped_behind(course, group, previous, next);
        found.extend(line(course, group, around, stop));
    }
    found
}

/// Words of a sentence that are looked at for its end.
const SENTENCE: usize = 40;

/// "Doxorubicin in 2025. Stopped after 3 cycles because of cardiomyopathy": the sentence at once behind one that names no
/// other medicine, if it begins with the stop and names none itself. "Stopped smoking" is of something else.
fn stopped_behind(
    course: &Course<'_, '_, '_>,
    group: &Group,
    previous: usize,
    next: usize,
) -> Option<(TreatmentChange, Range<usize>)> {
    let scan = course.scan;
    let ends =
        |from: usize| (from..from + SENTENCE).find(|at| *at >= scan.tokens.len() || scan.gap(*at).has(Gap::HARD));
    let begins = ends(group.last + 1).filter(|at| *at < scan.tokens.len())?;
    let alone = previous == 0 || (previous..=group.first).any(|at| scan.gap(at).has(Gap::HARD));
    let end = ends(begins + 1).filter(|end| alone && next >= *end)?;
    let (_, cue) = course.cues_in(begins..end).next().filter(|(cue, f)| *cue == Cue::Stopped && f.first == begins)?;
    let goes_on = ["after", "because", "due", "early", "owing", "secondary"];
    let same_line = !scan.between(begins).windows(2).any(|two| two == b"\n\n");
    let told = same_line && goes_on.iter().any(|word| scan.is(cue.last + 1, word));
    told.then(|| change(course, &Around { before: begins..begins, after: begins..end })).flatten()
}

fn line(
    course: &Course<'_, '_, '_>,
    group: &Group,
    around: Around,
    stop: Option<(TreatmentChange, Range<usize>)>,
) -> Option<Treatment> {
    let (cycles, cycle_words) = cycles(course, &around).unzip();
    // What was planned of cycles that were counted says nothing of the treatment. Cycles of the part before it ("AC for 4
    // cycles, then paclitaxel") say that it was given as well, and not how often.
    let counted = cycle_words.clone().or_else(|| cycles_of_part_before(course, &around));
    let counted_words = counted.clone();
    let sig = instruction(course, around.after.start..around.after.end.min(around.after.start + 6));
    let mut draft = draft(course, group.first, group.last, around, counted.map(Counted::Named))?;
    let own = change(course, &draft.around);
    let given = matches!(draft.status, TreatmentStatus::Done | TreatmentStatus::Ongoing);
    if own.is_none() && given && stop.is_some() {
        draft.status = TreatmentStatus::Stopped;
    }
    let (change, change_words) = own.or_else(|| stop.filter(|_| given)).unzip();
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
