//! Treatments in free text: systemic lines with their drugs, cycles and changes; courses of radiation with their dose;
//! operations with their day. A treatment counts only where a word, a dose, a number of cycles or a date says that it was
//! given, planned, declined or stopped; a plan is never a treatment given.

use std::ops::Range;

use consilium_casefile::PartialDate;
use consilium_casefile::facts::{ChangeKind, Section, Treatment, TreatmentChange, TreatmentKind, TreatmentStatus};

use crate::course::{Around, Course};
use crate::lexicon::Meaning;
use crate::medication::{instruction, why};
use crate::phrases::{Cue, Found, Heading, Item};
use crate::scan::Gap;

/// What all kinds of treatment have, before the rest is filled in.
struct Draft {
    status: TreatmentStatus,
    first: usize,
    last: usize,
    around: Around,
}

/// The treatments of a text, in its order.
pub(crate) fn read(course: &Course<'_, '_, '_>) -> Vec<Treatment> {
    let mut found = systemic(course);
    found.extend(radiation(course));
    found.extend(operations(course));
    found.sort_by_key(|treatment| (treatment.start, treatment.end));
    found
}

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

fn systemic(course: &Course<'_, '_, '_>) -> Vec<Treatment> {
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
    let sig = instruction(course, around.after.start..around.after.end.min(around.after.start + 6));
    let mut draft = draft(course, group.first, group.last, around, cycles.is_some())?;
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
    let what = group.name.clone().unwrap_or_else(|| group.drugs.join(" + "));
    let mut treatment = finish(course, TreatmentKind::Systemic, what, draft);
    treatment.drugs.clone_from(&group.drugs);
    treatment.cycles = cycles;
    treatment.change = change;
    treatment.dose = sig.dose.filter(|_| group.drugs.len() == 1);
    Some(treatment)
}

fn widen(draft: &mut Draft, words: &Range<usize>) {
    draft.first = draft.first.min(words.start);
    draft.last = draft.last.max(words.end.saturating_sub(1));
}

/// Whether it was given, by the nearest word; `None` when nothing says so, and when it is denied or a relative's.
fn draft(course: &Course<'_, '_, '_>, first: usize, last: usize, around: Around, counted: bool) -> Option<Draft> {
    let heading = course.heading(first);
    if matches!(heading, Some(Heading::Allergies | Heading::Other)) || course.is_out_of_scope(first, last) {
        return None;
    }
    let statement = course.around(first, last, 0, usize::MAX);
    if course.cues_in(statement.before.clone()).any(|(cue, _)| cue == Cue::Allergy)
        || course.cues_in(around.before.clone()).any(|(cue, f)| cue == Cue::NoMedicine && f.last + 3 > first)
    {
        return None;
    }
    let status = match said(course, first, last, &around, &statement.before) {
        Said::Status(status) => status,
        Said::Denied => return None,
        Said::Nothing if course.is_history(first, last) => TreatmentStatus::Done,
        Said::Nothing if heading == Some(Heading::Plan) || is_to_come(course, &statement.after) => {
            TreatmentStatus::Planned
        }
        Said::Nothing if counted => TreatmentStatus::Done,
        Said::Nothing => return None,
    };
    Some(Draft { status, first, last, around })
}

/// "AC-T (doxorubicin and cyclophosphamide, then paclitaxel), to begin in May": said of all of it.
fn is_to_come(course: &Course<'_, '_, '_>, after: &Range<usize>) -> bool {
    let near = after.start..after.end.min(after.start + 16);
    course.cues_in(near).any(|(cue, found)| cue == Cue::Planned && course.scan.is(found.first, "to"))
}

enum Said {
    Status(TreatmentStatus),
    Denied,
    Nothing,
}

fn status_of(cue: Cue) -> Option<TreatmentStatus> {
    Some(match cue {
        Cue::Done => TreatmentStatus::Done,
        Cue::Active => TreatmentStatus::Ongoing,
        Cue::Planned => TreatmentStatus::Planned,
        Cue::Declined => TreatmentStatus::Declined,
        Cue::Stopped => TreatmentStatus::Stopped,
        Cue::Switched => TreatmentStatus::Ongoing,
        _ => return None,
    })
}

fn said(course: &Course<'_, '_, '_>, first: usize, last: usize, around: &Around, before: &Range<usize>) -> Said {
    let scan = course.scan;
    // A refusal anywhere in the statement is one: "was offered AC-T and declined".
    let all = before.start..around.after.end;
    if course.cues_in(all).any(|(cue, found)| cue == Cue::Declined && !course.is_denied(&found)) {
        return Said::Status(TreatmentStatus::Declined);
    }
    let mut after = course.cues_in(around.after.clone());
    let behind = after.find_map(|(cue, found)| {
        let passive = [
            "is",
            "was",
            "were",
            "has",
            "have",
            "to",
            "will",
            "would",
            "should",
            "planned",
            "pending",
            "scheduled",
            "recommended",
            "discussed",
            "offered",
        ]
        .iter()
        .any(|w| scan.is(found.first, w));
        match cue {
            Cue::Stopped => Some((TreatmentStatus::Stopped, found)),
            Cue::Done if found.first <= last + 6 && !scan.is(found.first, "had") => {
                Some((TreatmentStatus::Done, found))
            }
            Cue::Planned if passive && found.first <= last + 6 => Some((TreatmentStatus::Planned, found)),
            Cue::Active
                if scan.is(found.first, "ongoing")
                    || scan.is(found.last, "started")
                    || scan.is(found.first, "began") =>
            {
                Some((TreatmentStatus::Ongoing, found))
            }
            _ => None,
        }
    });
    if let Some((status, found)) = behind {
        return if course.is_denied(&found) { Said::Denied } else { Said::Status(status) };
    }
    let mut planned = false;
    for (cue, found) in course.cues_in(before.clone()).rev() {
        let Some(status) = status_of(cue) else { continue };
        if scan.is(found.first, "on") && found.first == found.last && first - found.last > 2 {
            continue;
        }
        if course.is_denied(&found) {
            return Said::Denied;
        }
        // "will have completed", "plan to continue": what is to come stays so however the verb is.
        planned = planned
            || course
                .cues_in(found.first.saturating_sub(4).max(before.start)..found.first)
                .any(|(c, _)| c == Cue::Planned);
        return Said::Status(if planned { TreatmentStatus::Planned } else { status });
    }
    Said::Nothing
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

fn cycles(course: &Course<'_, '_, '_>, around: &Around) -> Option<(u32, Range<usize>)> {
    let end = around.before.end;
    let counted = |place: usize| {
        let amount = course.amount(place)?;
        let unit = (amount.last + 1..=amount.last + 2)
            .find(|p| course.item_at(*p, |item| matches!(item, Item::Cue(Cue::Cycles)).then_some(())).is_some())?;
        let number: u32 = amount.value.parse().ok().filter(|n| (1..=60).contains(n))?;
        Some((number, unit))
    };
    // "4 cycles of AC", "4 cycles of dose-dense AC"
    for place in around.before.start.max(end.saturating_sub(7))..end {
        if let Some((number, last)) = counted(place)
            && last < end
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

/// A change in the words after a treatment, or "stopped" just before it, with how much and why.
fn change(course: &Course<'_, '_, '_>, around: &Around) -> Option<(TreatmentChange, Range<usize>)> {
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

fn radiation(course: &Course<'_, '_, '_>) -> Vec<Treatment> {
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
    let mut draft = draft(course, first, last, around, !doses.is_empty() || before_dose.is_some())?;
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

fn operations(course: &Course<'_, '_, '_>) -> Vec<Treatment> {
    let scan = course.scan;
    let marks: Vec<_> = scan.marks.iter().filter(|m| matches!(scan.meaning(m), Some(Meaning::Procedure(_)))).collect();
    let mut found = Vec::new();
    for (place, mark) in marks.iter().enumerate() {
        let previous = place.checked_sub(1).and_then(|p| marks.get(p)).map_or(0, |m| m.last + 1);
        let next = marks.get(place + 1).map_or(usize::MAX, |m| m.first);
        let around = course.around(mark.first, mark.last, previous, next);
        // The specimen of a pathology report names the operation it came from and says nothing of its day.
        let of_a_specimen = matches!(
            scan.section(mark.first),
            Section::Specimen
                | Section::Gross
                | Section::Microscopic
                | Section::Synoptic
                | Section::Frozen
                | Section::Boilerplate
                | Section::Diagnosis
                | Section::Ancillary
        );
        let near = around.after.start..around.after.end.min(around.after.start + 8);
        let dated = course.date_in(near).or_else(|| course.date_in(around.before.clone()));
        let Some(mut draft) = draft(course, mark.first, mark.last, around, dated.is_some() && !of_a_specimen) else {
            continue;
        };
        if of_a_specimen && dated.is_none() {
            continue;
        }
        let side_before = mark.first.saturating_sub(3).max(draft.around.before.start)..mark.first;
        let side_after = draft.around.after.start..draft.around.after.end.min(draft.around.after.start + 5);
        let side = course.side(side_before.clone()).or_else(|| course.side(side_after));
        if let Some(place) = side_before.clone().find(|p| side.as_deref().is_some_and(|s| scan.is(*p, s))) {
            draft.first = draft.first.min(place);
        }
        if draft.status == TreatmentStatus::Ongoing {
            draft.status = TreatmentStatus::Done;
        }
        let what = course.words(mark.first..mark.last + 1).to_lowercase();
        let mut treatment = finish(course, TreatmentKind::Operation, what, draft);
        treatment.laterality = side;
        treatment.date = treatment.date.or(dated.map(|(date, _)| date));
        treatment.until = None;
        found.push(treatment);
    }
    found
}

/// Dates, intent, side and quote, which every kind has.
fn finish(course: &Course<'_, '_, '_>, kind: TreatmentKind, what: String, mut draft: Draft) -> Treatment {
    let (date, until) = dates(course, &mut draft);
    let near = draft.around.before.end.saturating_sub(4).max(draft.around.before.start)
        ..draft.around.after.end.min(draft.around.after.start + 4);
    let intent = course
        .cues_in(near)
        .find(|(cue, _)| *cue == Cue::Intent)
        .map(|(_, f)| course.words(f.first..f.last + 1).to_lowercase());
    let laterality = course.side(draft.first..draft.last + 1);
    let span = course.scan.span(draft.first, draft.last);
    Treatment {
        kind,
        what,
        code: None,
        drugs: Vec::new(),
        laterality,
        date,
        until,
        cycles: None,
        dose: None,
        intent,
        change: None,
        status: draft.status,
        start: span.start,
        end: span.end,
        quote: course.scan.text.quote(&span).to_owned(),
    }
}

/// Dates after the treatment, each by the word before it: what follows "completed", "stopped" or "until" is the end. Where
/// none follows, one before it, unless another treatment stands between.
fn dates(course: &Course<'_, '_, '_>, draft: &mut Draft) -> (Option<PartialDate>, Option<PartialDate>) {
    let after = draft.around.after.clone();
    // "Completed AC, then paclitaxel in June": the word reaches over the treatments of its statement.
    let statement = course.around(draft.first, draft.last, 0, usize::MAX);
    let (begin, end, words) = course.dates(statement.before, after);
    if let Some(words) = words {
        widen(draft, &words);
        return (begin, end);
    }
    let before = draft.around.before.clone();
    let Some((date, words)) = course.date_in(before) else { return (None, None) };
    let is_of_another = course
        .items(words.end..draft.first)
        .iter()
        .any(|f| matches!(f.item, Item::Drug { .. } | Item::Regimen { .. } | Item::Cue(Cue::Radiation)))
        || (words.end..draft.first).any(|p| ["then", "followed"].iter().any(|w| course.scan.is(p, w)));
    if is_of_another {
        return (None, None);
    }
    widen(draft, &words);
    (Some(date), None)
}
