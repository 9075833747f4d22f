//! Medicines in free text: name, dose, route, how often, and whether they are taken. A name alone is no medicine: it
//! counts with a dose, an instruction, a word such as "takes" or "stopped" beside it, or in a list of medicines. What
//! somebody is allergic to, what is denied and what a relative takes never counts.

use std::ops::Range;

use consilium_casefile::facts::{Medication, MedicationStatus};
use consilium_casefile::knowledge::DrugClass;

use crate::course::{Around, Course};
use crate::phrases::{Cue, Found, Heading, Item};
use crate::scan::Gap;
use crate::treatment::stops::end_medicines;

mod instruction;

use instruction::{AS_NEEDED, dose_at, form_behind, often_as_needed};
pub(crate) use instruction::{Instruction, instruction};

/// An instruction stands within this many words after the name.
const INSTRUCTION: usize = 18;

/// An amount before the name stands within this many words.
const AMOUNT_BEFORE: usize = 5;

/// The medicines of a text.
pub(crate) fn read(course: &Course<'_, '_, '_>) -> Vec<Medication> {
    let mentions: Vec<Found<'_>> =
        course.found.iter().filter(|f| matches!(f.item, Item::Drug { .. })).copied().collect();
    let mut found = Vec::new();
    for (place, mention) in mentions.iter().enumerate() {
        let previous = place.checked_sub(1).and_then(|p| mentions.get(p)).map_or(0, |m| m.last + 1);
        let next = mentions.get(place + 1).map_or(usize::MAX, |m| m.first);
        let around = course.around(mention.first, mention.last, previous, next);
        found.extend(medicine(course, mention, &around));
    }
    end_medicines(course, &mut found);
    found
}

fn medicine(course: &Course<'_, '_, '_>, mention: &Found<'_>, around: &Around) -> Option<Medication> {
    let Item::Drug { ingredient, class } = mention.item else { return None };
    let heading = course.heading(mention.first);
    if matches!(heading, Some(Heading::Allergies | Heading::Other))
        || course.is_medicine_out_of_scope(mention.first, mention.last)
        || is_no_medicine(course, mention, around)
        || is_considered(course, mention, around)
    {
        return None;
    }
    let near = around.after.start..around.after.end.min(around.after.start + INSTRUCTION);
    let own = near.start..near.end.min(amount_of_the_next(course, around).unwrap_or(near.end));
    let mut sig = instruction(course, own);
    let mut first = mention.first;
    let mut last = mention.last;
    if let Some(words) = &sig.words {
        last = last.max(words.end - 1);
    }
    if sig.dose.is_none()
        && let Some((dose, place)) = amount_before(course, around)
    {
        sig.dose = Some(dose);
        first = place;
    }
    if is_needed_beside(course, mention, around) && !sig.frequency.as_ref().is_some_and(|f| f.contains(AS_NEEDED)) {
        sig.frequency = Some(often_as_needed(sig.frequency.take()));
    }
    let said = said(course, mention, around, &near);
    let in_list = matches!(heading, Some(Heading::Medications | Heading::Stopped | Heading::Started));
    let has_sig = sig.dose.is_some() || sig.frequency.is_some();
    let status = match said {
        Some((status, _)) => status,
        None if course.is_history(mention.first, mention.last) => MedicationStatus::Stopped,
        None if matches!(heading, Some(Heading::Plan | Heading::Started)) => MedicationStatus::Planned,
        None if heading == Some(Heading::Stopped) => MedicationStatus::Stopped,
        // "She took A 20 mg daily, 2012-2017": of the past, and over where it says until when.
        None if was_taken(course, around) && years_behind(course, around) => MedicationStatus::Stopped,
        None if was_taken(course, around) => MedicationStatus::Unknown,
        // "For 5 days": whether it is over nobody says.
        None if is_short(course, around) => MedicationStatus::Unknown,
        None if *class == DrugClass::Supportive && !in_list && is_of_a_cycle(course, mention, &sig) => {
            MedicationStatus::Planned
        }
        None if in_list || sig.frequency.is_some() || sig.is_scheduled => MedicationStatus::Active,
        None => MedicationStatus::Unknown,
    };
    let is_said = said.is_some() && matches!(status, MedicationStatus::Active | MedicationStatus::Stopped);
    let counts = match class {
        // A dose of an infusion is a treatment given, not a medicine at home.
        DrugClass::Chemotherapy | DrugClass::Immunotherapy => in_list && status != MedicationStatus::Planned,
        _ => has_sig || in_list || is_said,
    };
    if !counts {
        return None;
    }
    if let Some((_, Some(cue))) = said {
        if cue.first > mention.last {
            last = last.max(cue.last);
        } else {
            first = first.min(cue.first);
        }
    }
    let (since, until, words) = course.dates(around.before.clone(), around.after.clone());
    if let Some(words) = &words {
        last = last.max(words.end - 1);
    }
    // "Discontinued in March": the only date of what was stopped is its end.
    let stopped = status == MedicationStatus::Stopped;
    let (since, until) = if stopped && until.is_none() { (None, since) } else { (since, until) };
    let reason = reason(course, around);
    if let Some((_, words)) = &reason {
        last = last.max(words.end - 1);
    }
    let span = course.scan.span(first, last);
    Some(Medication {
        name: course.words(mention.first..form_behind(course, mention.last).unwrap_or(mention.last) + 1),
        ingredient: Some(ingredient.clone()),
        code: None,
        dose: sig.dose,
        route: sig.route,
        frequency: sig.frequency,
        status,
        since,
        until,
        reason: reason.map(|(reason, _)| reason),
        start: span.start,
        end: span.end,
        quote: course.scan.text.quote(&span).to_owned(),
    })
}

/// "Took" at once before a medicine.
fn was_taken(course: &Course<'_, '_, '_>, around: &Around) -> bool {
    let near = around.before.start.max(around.before.end.saturating_sub(2))..around.before.end;
    near.into_iter().any(|at| course.scan.is(at, "took"))
}

/// "2012-2017": the years from which until which.
fn years_behind(course: &Course<'_, '_, '_>, around: &Around) -> bool {
    let year = |at: usize| {
        let spelled = std::str::from_utf8(course.scan.spelled(at)).ok()?;
        spelled.parse::<u32>().ok().filter(|year| (1940..2100).contains(year))
    };
    around.after.clone().any(|at| {
        let joined = matches!(course.scan.between(at + 1), b"-" | b" - ") || course.scan.is(at + 1, "to");
        let until = at + 1 + usize::from(course.scan.is(at + 1, "to"));
        joined && year(at).zip(year(until)).is_some_and(|(from, until)| from <= until)
    })
}

/// "The day before docetaxel", "day 2 of each cycle": when a medicine is due in a treatment, and no word that it is taken. What
/// is taken as needed is a person's own.
fn is_of_a_cycle(course: &Course<'_, '_, '_>, mention: &Found<'_>, sig: &Instruction) -> bool {
    const WHEN: [&str; 8] = ["before", "after", "prior", "preceding", "following", "each", "every", "day"];
    let statement = course.around(mention.first, mention.last, 0, usize::MAX).after;
    let near = statement.start..statement.end.min(statement.start + INSTRUCTION);
    let of_cancer = |found: &Found<'_>| match found.item {
        Item::Drug { class, .. } => class.treats_cancer(),
        Item::Cue(cue) => matches!(cue, Cue::Cycles | Cue::Chemotherapy),
        Item::Regimen { .. } => true,
        _ => false,
    };
    let as_needed = sig.frequency.as_ref().is_some_and(|often| often.contains(AS_NEEDED));
    !as_needed
        && course.items(near.clone()).iter().filter(|found| of_cancer(found)).any(|found| {
            let mut led = found.first.saturating_sub(4).max(near.start)..found.first;
            led.any(|place| WHEN.iter().any(|word| course.scan.is(place, word)))
        })
}

/// "PRN: ondansetron 8 mg", "Ondansetron 8 mg. As needed.": said at once before the name, or as a sentence of its own behind.
fn is_needed_beside(course: &Course<'_, '_, '_>, mention: &Found<'_>, around: &Around) -> bool {
    let at = |place: usize| {
        let needed = |item: &_| matches!(item, Item::Frequency(means) if means == AS_NEEDED).then_some(());
        course.item_at(place, needed).map(|((), last)| last)
    };
    // Behind another medicine it is of that one: "ondansetron as needed, lisinopril 10 mg".
    let leads = |place: usize| {
        let takes = ["take", "takes", "taking", "use", "uses", "using"];
        place == 0
            || course.scan.gap(place).has(Gap::HARD | Gap::LINE | Gap::BULLET)
            || takes.iter().any(|word| course.scan.is(place - 1, word))
    };
    let parted = course.scan.gap(mention.first).has(Gap::PERIOD | Gap::SEMICOLON | Gap::LINE);
    let before = !parted
        && (mention.first.saturating_sub(4)..mention.first)
            .any(|place| at(place) == Some(mention.first - 1) && leads(place));
    let end = around.after.end;
    let gap = course.scan.gap(end);
    let behind = gap.has(Gap::PERIOD | Gap::SEMICOLON) && !gap.has(Gap::LINE);
    before || behind && at(end).is_some_and(|last| course.scan.gap(last + 1).has(Gap::HARD))
}

/// "For 5 days", "x 2 weeks": a course that ends by itself.
fn is_short(course: &Course<'_, '_, '_>, around: &Around) -> bool {
    around.after.clone().any(|place| {
        let led = ["for", "x"].iter().any(|word| course.scan.is(place, word));
        let unit = led.then(|| course.amount(place + 1)).flatten().map(|amount| amount.last + 1);
        unit.is_some_and(|unit| {
            ["day", "days", "week", "weeks"].iter().any(|word| course.scan.is(unit, word))
                || course.scan.is(unit, "more") && course.scan.is(unit + 1, "days")
        })
    })
}

/// An allergy, a level, a trial: anywhere before in the statement, or just after.
fn is_no_medicine(course: &Course<'_, '_, '_>, mention: &Found<'_>, around: &Around) -> bool {
    // An allergy named before reaches over the other medicines of its statement.
    let statement = course.around(mention.first, mention.last, 0, usize::MAX);
    let before = course.cues_in(statement.before).any(|(cue, _)| cue == Cue::Allergy)
        || course
            .cues_in(around.before.clone())
            .any(|(cue, found)| cue == Cue::NoMedicine && found.last + 3 > mention.first);
    let after = around.after.start..around.after.end.min(around.after.start + 4);
    before || course.cues_in(after).any(|(cue, _)| matches!(cue, Cue::Allergy | Cue::NoMedicine))
}

/// "Considered abemaciclib 150 mg", "letrozole was discussed": spoken of, and neither taken nor planned.
fn is_considered(course: &Course<'_, '_, '_>, mention: &Found<'_>, around: &Around) -> bool {
    let says = |cue: Cue| {
        matches!(cue, Cue::Active | Cue::Stopped | Cue::Planned | Cue::Done | Cue::Switched | Cue::Considered)
    };
    let near = around.after.start..around.after.end.min(around.after.start + 3);
    let behind = course.cues_in(near).find(|(cue, _)| says(*cue));
    let statement = course.around(mention.first, mention.last, 0, usize::MAX);
    let before = course.cues_in(statement.before).rev().find(|(cue, _)| says(*cue));
    behind.or(before).is_some_and(|(cue, _)| cue == Cue::Considered)
}

/// What the nearest word says of it: after the name "stopped" and "declined", before it anything. `None` inside the pair
/// when nothing beside it is quoted.
fn said<'l>(
    course: &Course<'_, '_, 'l>,
    mention: &Found<'_>,
    around: &Around,
    near: &Range<usize>,
) -> Option<(MedicationStatus, Option<Found<'l>>)> {
    // "10 mg daily - STOPPED": what follows a dash in the same line.
    let end = around.after.end;
    let gap = course.scan.gap(end);
    if gap.has(Gap::BULLET)
        && !gap.has(Gap::LINE | Gap::SEMICOLON | Gap::PERIOD)
        && let Some((cue @ (Cue::Stopped | Cue::Delayed), found)) =
            course.cues_in(end..end + 4).next().filter(|(_, cue)| cue.first == end)
    {
        let held = cue == Cue::Delayed;
        return Some((if held { MedicationStatus::Unknown } else { MedicationStatus::Stopped }, Some(found)));
    }
    for (cue, found) in course.cues_in(near.clone()) {
        if cue != Cue::Switched && is_of_the_next(course, &found) {
            continue;
        }
        let status = match cue {
            Cue::Stopped => MedicationStatus::Stopped,
            // "20 mg daily was replaced by B"; of another dose of the same nothing is given up.
            Cue::Switched if names_a_medicine(course, found.last + 1) && !is_to_come(course, &found, mention.last) => {
                MedicationStatus::Stopped
            }
            Cue::Planned if names_a_change(course, &found) => MedicationStatus::Active,
            // "A stopped, B 20 mg daily started": the last word of its own clause.
            Cue::Active if closes(course, &found) => MedicationStatus::Active,
            // "10 mg taper, finished": the last word of it, or its day behind it.
            Cue::Done if is_over(course, &found, around.after.end) => MedicationStatus::Stopped,
            // "Held until after surgery": neither taken now nor given up.
            Cue::Delayed if found.first <= mention.last + 12 && !course.scan.is(found.first, "delayed") => {
                MedicationStatus::Unknown
            }
            Cue::Planned if found.first <= mention.last + 8 && !course.scan.is(found.first, "if") => {
                MedicationStatus::Planned
            }
            _ => continue,
        };
        if !course.is_denied(&found) {
            return Some((status, Some(found)));
        }
    }
    // "Was recommended; patient refused": what follows a semicolon at once is of the same medicine.
    let clause = if gap.has(Gap::SEMICOLON) && !gap.has(Gap::LINE) { end..end + 4 } else { course.remark_behind(end) };
    let declined = course
        .cues_in(near.clone())
        .chain(course.cues_in(clause))
        .chain(course.cues_in(around.before.clone()))
        .any(|(cue, _)| cue == Cue::Declined);
    // "Prescribed but never started", "did not start letrozole": meant, and not taken.
    let near_name = near.clone().chain(around.before.end.saturating_sub(6).max(around.before.start)..around.before.end);
    let never = course.cues_in(near.clone()).chain(course.cues_in(around.before.clone())).any(|(cue, found)| {
        let began = ["never", "start", "started", "begin", "begun", "initiated"];
        cue == Cue::NotGiven
            && near_name.clone().any(|at| at == found.first)
            && (found.first..=found.last).any(|at| began.iter().any(|word| course.scan.is(at, word)))
    });
    if declined || never {
        return Some((MedicationStatus::Planned, None));
    }
    // "Taking A and B": a word before the first of a list counts for all of it.
    let statement = course.around(mention.first, mention.last, 0, usize::MAX);
    for (cue, found) in course.cues_in(statement.before).rev() {
        let distance = mention.first - found.last;
        let one_word = found.first == found.last;
        if is_of_an_earlier(course, cue, &found, mention.first) {
            continue;
        }
        let named_between = course.items(found.last + 1..mention.first).iter().any(is_drug);
        let status = match cue {
            Cue::Active if course.scan.is(found.first, "on") && one_word && distance > 2 => continue,
            Cue::Active => MedicationStatus::Active,
            Cue::Stopped => MedicationStatus::Stopped,
            Cue::Planned => MedicationStatus::Planned,
            Cue::Delayed if distance <= 3 => return Some((MedicationStatus::Unknown, Some(found))),
            Cue::Considered => return None,
            Cue::Done if ["completed", "finished", "received"].iter().any(|w| course.scan.is(found.last, w)) => {
                MedicationStatus::Stopped
            }
            Cue::Switched if !named_between && distance <= 4 => match is_to_come(course, &found, 0) {
                true => MedicationStatus::Planned,
                false => MedicationStatus::Active,
            },
            // "Changed A to B", and not "medicines changed, A".
            Cue::Replaces
                if one_word && !named_between && !(distance == 1 && leads_to_another(course, mention.last)) =>
            {
                continue;
            }
            // "Switched from A to B", "B in place of A"
            Cue::Replaces if !named_between && distance <= 4 => match is_to_come(course, &found, 0) {
                true => MedicationStatus::Active,
                false => MedicationStatus::Stopped,
            },
            Cue::Replaces if ["to", "by", "with"].iter().any(|word| course.scan.is(mention.first - 1, word)) => {
                match is_to_come(course, &found, 0) {
                    true => MedicationStatus::Planned,
                    false => MedicationStatus::Active,
                }
            }
            Cue::Done | Cue::Switched => MedicationStatus::Unknown,
            _ => continue,
        };
        return (!course.is_denied(&found)).then_some((status, None));
    }
    None
}

fn is_drug(found: &Found<'_>) -> bool {
    matches!(found.item, Item::Drug { .. })
}

/// "A 50 mg daily to B": whether another medicine follows that the words before it put in the place of this one.
fn leads_to_another(course: &Course<'_, '_, '_>, last: usize) -> bool {
    course.items(last + 1..last + 14).iter().find(|found| is_drug(found)).is_some_and(|next| {
        ["to", "with", "by"].iter().any(|word| course.scan.is(next.first - 1, word))
            && !(last + 1..=next.first).any(|at| course.scan.gap(at).has(Gap::HARD))
    })
}

/// Whether a medicine is named within the next few words.
fn names_a_medicine(course: &Course<'_, '_, '_>, from: usize) -> bool {
    course
        .items(from..from + 3)
        .iter()
        .any(|found| is_drug(found) && !(from..=found.first).any(|at| course.scan.gap(at).has(Gap::HARD)))
}

/// "Will be replaced by", "plan to switch from": a change that is only to come. Words up to `until` are not looked at.
fn is_to_come(course: &Course<'_, '_, '_>, change: &Found<'_>, until: usize) -> bool {
    let from = change.first.saturating_sub(4).max(until);
    course.cues_in(from..change.first).any(|(cue, _)| cue == Cue::Planned)
        || (from..change.first).any(|at| ["will", "to", "plan", "should"].iter().any(|word| course.scan.is(at, word)))
            && !(from + 1..=change.first).any(|at| course.scan.gap(at).has(Gap::HARD))
}

/// "Will be replaced by": a plan that is of the change, so that the medicine is still taken.
fn names_a_change(course: &Course<'_, '_, '_>, plan: &Found<'_>) -> bool {
    course
        .cues_in(plan.last + 1..plan.last + 5)
        .any(|(cue, found)| cue == Cue::Switched && names_a_medicine(course, found.last + 1))
}

/// Whether "started" or "continued" ends the clause of the medicine before it.
fn closes(course: &Course<'_, '_, '_>, found: &Found<'_>) -> bool {
    let begins = ["started", "begun", "began", "continued", "resumed", "initiated", "restarted", "ongoing"];
    let next = found.last + 1;
    let gap = course.scan.gap(next);
    begins.iter().any(|word| course.scan.is(found.last, word))
        && (next >= course.scan.tokens.len()
            || gap.has(Gap::HARD | Gap::COMMA | Gap::CLOSE | Gap::LINE | Gap::PERIOD)
            || ["instead", "in", "on", "since", "today", "yesterday", "last"].iter().any(|w| course.scan.is(next, w)))
}

/// "A stopped, B 20 mg daily": a word behind the medicine before says nothing of the one behind the comma.
fn is_of_an_earlier(course: &Course<'_, '_, '_>, cue: Cue, found: &Found<'_>, mention: usize) -> bool {
    if !matches!(cue, Cue::Stopped | Cue::Delayed | Cue::Done) {
        return false;
    }
    let statement = course.around(found.first, found.last, 0, usize::MAX);
    let own = course.items(statement.before).iter().rev().find(|other| is_drug(other)).copied();
    let behind_its_own = own.is_some_and(|own| {
        !(own.last + 1..=found.first).any(|at| {
            course.scan.gap(at).has(Gap::COMMA | Gap::SEMICOLON) || ["and", "but"].iter().any(|w| course.scan.is(at, w))
        })
    });
    let parted = (found.last + 1..=mention).any(|at| {
        course.scan.gap(at).has(Gap::COMMA)
            || at < mention && ["and", "but", "while"].iter().any(|word| course.scan.is(at, word))
    });
    let named_between = course.items(found.last + 1..mention).iter().any(is_drug);
    behind_its_own && parted && !named_between
}

/// "Continue A, stop B": a word behind a comma that stands at once before another medicine is of that one.
fn is_of_the_next(course: &Course<'_, '_, '_>, found: &Found<'_>) -> bool {
    let before = found.first.checked_sub(1);
    let parted = course.scan.gap(found.first).has(Gap::COMMA)
        || before.is_some_and(|at| ["and", "but", "then"].iter().any(|word| course.scan.is(at, word)));
    parted && course.items(found.last + 1..found.last + 2).iter().any(is_drug)
}

/// Whether "finished" or "completed" closes what is said of a medicine.
fn is_over(course: &Course<'_, '_, '_>, found: &Found<'_>, end: usize) -> bool {
    let next = found.last + 1;
    ["finished", "completed"].iter().any(|word| course.scan.is(found.last, word))
        && (next >= end
            || ["on", "in", "yesterday", "last"].iter().any(|word| course.scan.is(next, word))
            || crate::dates::date_at(course.scan, next).is_some())
}

/// "20 mg of tamoxifen", "20 mg tamoxifen". An amount before a comma is of what stands before it, and so is one that stands
/// at once behind another medicine: "lisinopril 10 mg, metformin".
fn amount_before(course: &Course<'_, '_, '_>, around: &Around) -> Option<(String, usize)> {
    let end = around.before.end;
    let start = around.before.start.max(end.saturating_sub(AMOUNT_BEFORE));
    (start..end).find_map(|place| {
        let (dose, last) = dose_at(course, place)?;
        let rest = last + 1..end;
        let only_filler = rest.clone().all(|p| ["of", "oral", "daily", "weekly"].iter().any(|w| course.scan.is(p, w)));
        let whole = !(last + 1..=end).any(|at| course.scan.gap(at).has(PARTS));
        (rest.len() <= 2 && only_filler && whole && !is_of_another(course, place)).then_some((dose, place))
    })
}

/// What parts an amount from a name.
const PARTS: u16 = Gap::COMMA | Gap::SEMICOLON | Gap::OPEN | Gap::CLOSE;

/// Whether the words before an amount are those of another medicine, with nothing that parts them.
fn is_of_another(course: &Course<'_, '_, '_>, place: usize) -> bool {
    let before = course.around(place, place, place.saturating_sub(AMOUNT_BEFORE), usize::MAX).before;
    let joins = ["and", "plus", "then", "with", "to", "by", "or", "but", "from", "for"];
    course.items(before).iter().rev().find(|found| is_drug(found)).is_some_and(|other| {
        !(other.last + 1..=place).any(|at| course.scan.gap(at).has(PARTS))
            && !(other.last + 1..place).any(|at| joins.iter().any(|word| course.scan.is(at, word)))
    })
}

/// "Metformin, 20 mg atorvastatin": where the amount begins that leads to the next medicine.
fn amount_of_the_next(course: &Course<'_, '_, '_>, around: &Around) -> Option<usize> {
    let next = around.after.end;
    course.item_at(next, |item| matches!(item, Item::Drug { .. }).then_some(()))?;
    let before = Around { before: around.after.clone(), after: next..next };
    amount_before(course, &before).map(|(_, place)| place)
}

/// What stands after "for", "due to", "because of" in the words after the name.
fn reason(course: &Course<'_, '_, '_>, around: &Around) -> Option<(String, Range<usize>)> {
    let (_, cue) = course
        .cues_in(around.after.clone())
        .find(|(cue, found)| *cue == Cue::Why && course.amount(found.last + 1).is_none())?;
    why(course, cue.last + 1, around.after.end)
}

/// Words of a reason: up to a comma, a date, a cue or eight words.
pub(crate) fn why(course: &Course<'_, '_, '_>, start: usize, end: usize) -> Option<(String, Range<usize>)> {
    let mut last = start;
    while last < end && last - start < 8 {
        let gap = course.scan.gap(last);
        let parted =
            last > start && gap.has(Gap::COMMA | Gap::OPEN | Gap::CLOSE | Gap::COLON | Gap::LINE | Gap::PERIOD);
        let turns = last > start
            && course
                .items(last..last + 1)
                .iter()
                .any(|f| matches!(f.item, Item::Cue(_) | Item::Drug { .. } | Item::Regimen { .. }));
        if parted || turns || (last > start && crate::dates::date_at(course.scan, last).is_some()) {
            break;
        }
        last += 1;
    }
    // A reason does not end in "and" or "on".
    while last > start
        && ["and", "on", "in", "the", "but", "with", "then", "was"].iter().any(|w| course.scan.is(last - 1, w))
    {
        last -= 1;
    }
    (last > start).then(|| (course.words(start..last), start..last))
}
