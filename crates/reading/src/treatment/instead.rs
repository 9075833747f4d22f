//! What gave way to something else: a plan of which another treatment came, a refusal that is of another treatment, what
//! was changed from and to. "TC was planned but got AC-T" says that AC-T was given, and that TC was not.

use std::ops::Range;

use consilium_casefile::facts::TreatmentStatus;

use crate::course::Course;
use crate::lexicon::Meaning;
use crate::phrases::{Cue, Found, Item};
use crate::scan::Gap;

/// Words behind a refusal within which what is refused stands.
const REFUSED: usize = 4;

/// Words behind a plan, in the statement after it, within which "instead" is looked for.
const NEXT: usize = 14;

/// The last word of some that turns from what was meant to what was done.
pub(super) fn turn(course: &Course<'_, '_, '_>, mut words: Range<usize>) -> Option<usize> {
    let turns = ["but", "instead", "however", "though", "although", "yet"];
    words.rfind(|place| turns.iter().any(|word| course.scan.is(*place, word)))
}

/// "Planned TC but received AC-T": whether a word of giving, behind a turn, is of the treatment that follows.
pub(super) fn is_of_the_next(course: &Course<'_, '_, '_>, found: &Found<'_>, from: usize, end: usize) -> bool {
    let scan = course.scan;
    let follows = end < scan.tokens.len() && !scan.gap(end).has(Gap::HARD);
    let word = |at: usize, words: &[&str]| words.iter().any(|word| scan.is(at, word));
    let passive = word(found.first, &["was", "were", "is", "given", "administered", "delivered", "performed"]);
    let of_somebody = found.first > 0 && word(found.first - 1, &["she", "he", "patient", "they", "i"]);
    follows && (!passive || of_somebody) && turn(course, from..found.first).is_some()
}

/// Whether what was planned gave way to the next treatment: `after` are the words behind it up to that one.
pub(super) fn gave_way(course: &Course<'_, '_, '_>, after: &Range<usize>) -> bool {
    let scan = course.scan;
    let earlier = |words: Range<usize>| {
        words.into_iter().any(|at| ["already", "first", "before", "previously"].iter().any(|word| scan.is(at, word)))
    };
    let given = |words: Range<usize>| {
        course
            .cues_in(words)
            .any(|(cue, found)| matches!(cue, Cue::Done | Cue::Active | Cue::Switched) && !course.is_denied(&found))
    };
    let goes_on = after.end < scan.tokens.len() && !scan.gap(after.end).has(Gap::HARD);
    if goes_on {
        let switched = course.cues_in(after.clone()).any(|(cue, f)| cue == Cue::Switched && !course.is_denied(&f));
        let turned = turn(course, after.clone()).is_some_and(|at| given(at + 1..after.end));
        return (switched || turned) && !earlier(after.start..after.end + NEXT / 2);
    }
    // "TC was planned. She got AC-T instead.", "TC was planned; however, she got AC-T."
    let end = (after.end + 1..after.end + NEXT).find(|at| scan.gap(*at).has(Gap::HARD)).unwrap_or(after.end + NEXT);
    let next = after.end..end.min(scan.tokens.len());
    let turned = turn(course, next.start..next.end.min(next.start + 1)).is_some();
    let instead = next.clone().any(|at| scan.is(at, "instead") && !scan.is(at + 1, "of"));
    (turned || instead) && given(next.clone()) && !earlier(next)
}

/// Whether a refusal is of another treatment: "declined TC and received AC-T", "received AC-T and declined radiation".
pub(super) fn is_refusal_of_another(
    course: &Course<'_, '_, '_>,
    refusal: &Found<'_>,
    words: &Range<usize>,
    before: &Range<usize>,
) -> bool {
    let given = |words: Range<usize>| {
        let mut cues = course.cues_in(words);
        cues.any(|(cue, found)| matches!(cue, Cue::Done | Cue::Active) && !course.is_denied(&found))
    };
    if refusal.last < words.start {
        let joint = |at: &usize| ["and", "but", "then", "instead"].iter().any(|word| course.scan.is(*at, word));
        return (refusal.last + 1..words.start).find(joint).is_some_and(|at| given(at..words.start));
    }
    let near = refusal.last + 1..refusal.last + REFUSED;
    let end = near.clone().find(|at| course.scan.gap(*at).has(Gap::HARD | Gap::COMMA)).unwrap_or(near.end);
    let near = near.start..end;
    let named = course.items(near.clone()).iter().any(|found| {
        matches!(found.item, Item::Drug { .. } | Item::Regimen { .. } | Item::Cue(Cue::Radiation | Cue::Chemotherapy))
    });
    let marks = course.scan.marks_from(near.start).iter().take_while(|mark| mark.first < near.end);
    let operated = marks.into_iter().any(|mark| matches!(course.scan.meaning(mark), Some(Meaning::Procedure(_))));
    (named || operated) && (given(before.clone()) || given(words.end..refusal.first))
}

/// What a change from one treatment to another says of the one at `first`, where `replaces` ("switched from", "in place of")
/// stands before it: of the one that was given up, or of the one that took its place.
pub(super) fn changed(course: &Course<'_, '_, '_>, replaces: &Found<'_>, first: usize) -> Option<TreatmentStatus> {
    let scan = course.scan;
    let between = replaces.last + 1..first;
    let treats = |found: &Found<'_>| match found.item {
        Item::Drug { class, .. } => class.treats_cancer(),
        Item::Regimen { .. } => true,
        _ => false,
    };
    let from = scan.is(replaces.last, "from");
    let planned = (replaces.first.saturating_sub(4)..first)
        .any(|at| ["plan", "plans", "planned", "planning"].iter().any(|word| scan.is(at, word)));
    if course.items(between.clone()).iter().any(treats) {
        let to = from && between.rev().take(3).any(|at| scan.is(at, "to"));
        return to.then_some(if planned { TreatmentStatus::Planned } else { TreatmentStatus::Ongoing });
    }
    // What was changed may only have been a plan; what somebody was switched from was begun.
    let begun = from && !planned && !scan.is(replaces.first, "changed") && first - replaces.last <= 3;
    begun.then_some(TreatmentStatus::Stopped)
}
