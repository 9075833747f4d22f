//! Treatments in free text: systemic lines with their drugs, cycles and changes; courses of radiation with their dose;
//! operations with their day. A treatment counts only where a word, a dose, a number of cycles or a date says that it was
//! given, planned, declined or stopped; a plan is never a treatment given.

mod instead;
mod radiation;
pub(crate) mod stops;
mod systemic;

use std::ops::Range;

use consilium_casefile::PartialDate;
use consilium_casefile::facts::{Section, Treatment, TreatmentKind, TreatmentStatus};

use crate::course::{Around, Course};
use crate::lexicon::Meaning;
use crate::person::is_month;
use crate::phrases::{Cue, Found, Heading, Item};
use crate::scan::Gap;

/// Words from an operation back to its label that are looked at.
const LABEL: usize = 40;

/// A label of an operation has no more words.
const LONGEST_LABEL: usize = 5;

/// What all kinds of treatment have, before the rest is filled in.
struct Draft {
    status: TreatmentStatus,
    first: usize,
    last: usize,
    around: Around,
}

/// The treatments of a text, in its order.
pub(crate) fn read(course: &Course<'_, '_, '_>) -> Vec<Treatment> {
    let mut found = systemic::read(course);
    found.extend(radiation::read(course));
    found.extend(operations(course));
    found.sort_by_key(|treatment| (treatment.start, treatment.end));
    stops::end_what_was_stopped(course, &mut found);
    found
}

fn widen(draft: &mut Draft, words: &Range<usize>) {
    draft.first = draft.first.min(words.start);
    draft.last = draft.last.max(words.end.saturating_sub(1));
}

/// What stands with a treatment, where no word says whether it was given.
enum Counted {
    /// A day of an operation: it was done then.
    Given(Range<usize>),
    /// Words of cycles, or a dose. "TC x4" names a treatment and may be the plan.
    Named(Range<usize>),
}

impl Counted {
    fn words(&self) -> &Range<usize> {
        let (Self::Given(words) | Self::Named(words)) = self;
        words
    }
}

/// "Cycle 3 of 6", "4 of 6 cycles": some of them were given.
fn is_under_way(course: &Course<'_, '_, '_>, counted: &Range<usize>) -> bool {
    !counted.is_empty() && (is_given_of(course, counted) || course.scan.is(counted.start, "cycle"))
}

/// "Pre-chemo TCHP cycle 1": a cycle that something else is done before.
fn is_yet_to_come(course: &Course<'_, '_, '_>, first: usize) -> bool {
    let near = first.saturating_sub(3)..first;
    near.into_iter().any(|at| ["pre", "prechemo", "before", "baseline"].iter().any(|word| course.scan.is(at, word)))
}

/// Whether a day stands in the statement, on either side.
fn has_day(course: &Course<'_, '_, '_>, around: &Around) -> bool {
    course.date_in(around.after.clone()).or_else(|| course.date_in(around.before.clone())).is_some()
}

/// Whether it was given, by the nearest word; `None` when nothing says so, and when it is denied or a relative's. What is
/// counted of it without such a word (its cycles, its dose) names it, and does not say that it was given.
fn draft(
    course: &Course<'_, '_, '_>,
    first: usize,
    last: usize,
    around: Around,
    counted: Option<Counted>,
) -> Option<Draft> {
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
    let labelled = labelled(course, first);
    let status = match said(course, first, last, &around, &statement.before, counted.as_ref().map(Counted::words)) {
        Said::Status(status) => status,
        Said::Denied => return None,
        Said::Nothing if course.is_history(first, last) => TreatmentStatus::Done,
        Said::Nothing
            if matches!(heading, Some(Heading::Plan | Heading::Started))
                || is_to_come(course, &statement.after)
                || goes_on_with_a_plan(course, first) =>
        {
            TreatmentStatus::Planned
        }
        Said::Nothing if heading == Some(Heading::Stopped) => TreatmentStatus::Stopped,
        Said::Nothing if labelled && (course.is_operative || course.first_plan.is_none_or(|plan| plan > first)) => {
            TreatmentStatus::Done
        }
        Said::Nothing if labelled => TreatmentStatus::Planned,
        Said::Nothing => match counted {
            Some(Counted::Given(_)) => TreatmentStatus::Done,
            Some(Counted::Named(words))
                if !is_yet_to_come(course, first)
                    && (is_under_way(course, &words)
                        || has_day(course, &around)
                        || course.scan.is_under_history(first)) =>
            {
                TreatmentStatus::Done
            }
            Some(Counted::Named(_)) => TreatmentStatus::Mentioned,
            None => return None,
        },
    };
    Some(Draft { status, first, last, around })
}

/// "Procedure performed: right lumpectomy": what stands behind the label of a note's operation, also in a list below it.
fn labelled(course: &Course<'_, '_, '_>, first: usize) -> bool {
    if !course.has_label {
        return false;
    }
    let scan = course.scan;
    let begins = |place: usize| place == 0 || scan.gap(place).has(Gap::LINE | Gap::HARD);
    let number = |place: usize| scan.spelled(place).iter().all(u8::is_ascii_digit);
    for place in (1..=first).rev().take(LABEL) {
        let gap = scan.gap(place);
        let from = place.saturating_sub(LONGEST_LABEL);
        let label = course
            .cues_in(from..place)
            .any(|(cue, found)| cue == Cue::Operation && found.last + 1 == place && begins(found.first));
        if label && gap.has(Gap::COLON | Gap::LINE) {
            return true;
        }
        let listed = number(place) || number(place - 1) || gap.has(Gap::BULLET);
        if gap.has(Gap::HARD) && !listed {
            return false;
        }
    }
    false
}

/// Whether the text has the parts of a pathology report, whose "Procedure:" names where its specimen came from.
fn is_of_pathology(course: &Course<'_, '_, '_>) -> bool {
    let scan = course.scan;
    let is_specimen = |place: usize| {
        ["specimen", "specimens"].iter().any(|word| scan.is(place, word)) && scan.gap(place + 1).has(Gap::COLON)
    };
    (0..scan.tokens.len()).any(|place| {
        is_specimen(place)
            || matches!(
                course.scan.section(place),
                Section::Gross
                    | Section::Microscopic
                    | Section::Synoptic
                    | Section::Frozen
                    | Section::Diagnosis
                    | Section::Ancillary
            )
    })
}

/// The day of the operation a note is about: behind its label, or the date at the head of an operative note.
fn day_of_operation(course: &Course<'_, '_, '_>) -> Option<PartialDate> {
    let scan = course.scan;
    let behind = |last: usize| {
        let near = last + 1..(last + 8).min(scan.tokens.len());
        scan.gap(last + 1).has(Gap::COLON | Gap::LINE).then(|| course.date_in(near)).flatten().map(|(date, _)| date)
    };
    let mut labels = course.cues_in(0..scan.tokens.len()).filter(|(cue, _)| *cue == Cue::DayOfOperation);
    let head = || {
        let mut dates = (0..scan.tokens.len())
            .filter(|place| scan.is(*place, "date") && (*place == 0 || scan.gap(*place).has(Gap::LINE | Gap::HARD)));
        dates.find_map(behind)
    };
    labels.find_map(|(_, found)| behind(found.last)).or_else(|| course.is_operative.then(head).flatten())
}

/// "AC-T (doxorubicin and cyclophosphamide, then paclitaxel), to begin in May": said of all of it.
fn is_to_come(course: &Course<'_, '_, '_>, after: &Range<usize>) -> bool {
    let near = after.start..after.end.min(after.start + 16);
    course.cues_in(near).any(|(cue, found)| cue == Cue::Planned && course.scan.is(found.first, "to"))
}

/// "We will give AC. Then endocrine therapy", "1. Start letrozole. 2. Radiation": a statement without a verb of its own
/// that goes on with the plan before it.
fn goes_on_with_a_plan(course: &Course<'_, '_, '_>, first: usize) -> bool {
    let scan = course.scan;
    let start = course.around(first, first, 0, usize::MAX).before.start;
    let then = ["then", "afterwards", "thereafter", "subsequently", "followed"].iter().any(|w| scan.is(start, w));
    let listed = course.is_list_number(start) || start > 0 && course.is_list_number(start - 1);
    let Some(before) = course.statement_before(first).filter(|_| then || listed) else { return false };
    let mut cues = course.cues_in(before).filter_map(|(cue, found)| Some((status_of(cue)?, found)));
    cues.next().is_some_and(|(status, found)| status == TreatmentStatus::Planned && !course.is_denied(&found))
}

/// Whether an operation is only to come, spoken of, declined or called off.
pub(crate) fn is_not_done(course: &Course<'_, '_, '_>, first: usize, last: usize, neighbours: Range<usize>) -> bool {
    let around = course.around(first, last, neighbours.start, neighbours.end);
    let statement = course.around(first, last, 0, usize::MAX);
    match said(course, first, last, &around, &statement.before, None) {
        Said::Status(status) => matches!(status, TreatmentStatus::Planned | TreatmentStatus::Declined),
        Said::Denied => true,
        Said::Nothing if course.is_history(first, last) => false,
        Said::Nothing => course.heading(first) == Some(Heading::Plan) || is_to_come(course, &statement.after),
    }
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

fn said(
    course: &Course<'_, '_, '_>,
    first: usize,
    last: usize,
    around: &Around,
    before: &Range<usize>,
    counted: Option<&Range<usize>>,
) -> Said {
    let scan = course.scan;
    let counted = counted.filter(|counted| is_given_of(course, counted));
    let of_cycles = |found: &Found<'_>| counted.is_some_and(|counted| counted.contains(&found.first));
    // A refusal anywhere in the statement is one: "was offered AC-T and declined".
    let all = before.start..around.after.end;
    let remark = course.remark_behind(around.after.end);
    let words = first..last + 1;
    let of_another = |refusal: &Found<'_>| instead::is_refusal_of_another(course, refusal, &words, before);
    if course
        .cues_in(all)
        .chain(course.cues_in(remark))
        .any(|(cue, found)| cue == Cue::Declined && !course.is_denied(&found) && !of_another(&found))
    {
        return Said::Status(TreatmentStatus::Declined);
    }
    // "Offered, not given", "lumpectomy cancelled".
    if course.cues_in(around.after.clone()).any(|(cue, _)| cue == Cue::NotGiven) {
        return Said::Denied;
    }
    let mut considered = false;
    let mut after = course.cues_in(around.after.clone()).filter(|(_, found)| !of_cycles(found));
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
            "considered",
            "offered",
        ]
        .iter()
        .any(|w| scan.is(found.first, w));
        // "Had a lumpectomy and will undergo": what is to come is the next.
        let of_the_next = ["will", "would", "should"].iter().any(|word| scan.is(found.first, word))
            && (found.first.saturating_sub(2).max(last + 1)..found.first)
                .any(|at| ["and", "but", "then"].iter().any(|word| scan.is(at, word)));
        match cue {
            Cue::Planned if of_the_next => None,
            Cue::Done | Cue::Active if instead::is_of_the_next(course, &found, last + 1, around.after.end) => None,
            Cue::Stopped => Some((TreatmentStatus::Stopped, found)),
            Cue::Done if found.first <= last + 6 && !scan.is(found.first, "had") => {
                Some((TreatmentStatus::Done, found))
            }
            Cue::Planned if passive && found.first <= last + 6 => Some((TreatmentStatus::Planned, found)),
            Cue::Considered if passive && found.first <= last + 6 => {
                considered = true;
                None
            }
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
    // "TC x4 was planned but got AC-T x4": planned, and not given.
    let or_gave_way = |status: TreatmentStatus| match status {
        TreatmentStatus::Planned if instead::gave_way(course, &around.after) => TreatmentStatus::Declined,
        status => status,
    };
    if let Some((status, found)) = behind {
        return if course.is_denied(&found) { Said::Denied } else { Said::Status(or_gave_way(status)) };
    }
    // "Abemaciclib was discussed": neither given nor planned.
    if considered {
        return Said::Denied;
    }
    let mut planned = false;
    for (cue, found) in course.cues_in(before.clone()).rev().filter(|(_, found)| !of_cycles(found)) {
        if cue == Cue::Considered {
            return Said::Denied;
        }
        // "Did not receive TC", "never started tamoxifen".
        let at_once = first - found.last <= 3 && !(found.last + 1..=first).any(|at| scan.gap(at).has(Gap::COMMA));
        if cue == Cue::NotGiven && at_once {
            return Said::Denied;
        }
        if cue == Cue::Replaces && found.last > found.first {
            return instead::changed(course, &found, first).map_or(Said::Denied, Said::Status);
        }
        let Some(status) = status_of(cue) else { continue };
        if scan.is(found.first, "on") && found.first == found.last && first - found.last > 2 {
            continue;
        }
        if course.is_denied(&found) {
            return Said::Denied;
        }
        // "will have completed", "plan to continue": what is to come stays so however the verb is.
        let near = found.first.saturating_sub(4).max(before.start)..found.first;
        let near = instead::turn(course, near.clone()).unwrap_or(near.start)..found.first;
        planned = planned || course.cues_in(near).any(|(c, _)| c == Cue::Planned);
        return Said::Status(or_gave_way(if planned { TreatmentStatus::Planned } else { status }));
    }
    Said::Nothing
}

/// Whether counted cycles are some of those planned: "4 of 6 planned cycles".
fn is_given_of(course: &Course<'_, '_, '_>, counted: &Range<usize>) -> bool {
    counted.clone().skip(1).any(|place| course.scan.is(place, "of") || course.scan.gap(place).has(Gap::SLASH))
}

fn operations(course: &Course<'_, '_, '_>) -> Vec<Treatment> {
    let scan = course.scan;
    let marks: Vec<_> = scan
        .marks
        .iter()
        .filter(|m| matches!(scan.meaning(m), Some(Meaning::Procedure(_))) && !is_month(scan, m))
        .collect();
    let day = day_of_operation(course);
    let of_a_note = course.has_label && (course.is_operative || !is_of_pathology(course));
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
        let Some(mut draft) = draft(
            course,
            mark.first,
            mark.last,
            around,
            (dated.is_some() && !of_a_specimen).then_some(Counted::Given(0..0)),
        ) else {
            continue;
        };
        let of_the_note = of_a_note && labelled(course, mark.first);
        if of_a_specimen && dated.is_none() && !of_the_note {
            continue;
        }
        let done = matches!(draft.status, TreatmentStatus::Done | TreatmentStatus::Ongoing);
        let own_day = day.filter(|_| of_the_note && done && dated.is_none());
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
        treatment.date = treatment.date.or(dated.map(|(date, _)| date)).or(own_day);
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
