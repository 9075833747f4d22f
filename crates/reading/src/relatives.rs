//! Cancers of relatives. The value says who, what and at what age in words, as in `mother: breast cancer at 45`, and the
//! quote holds all of them; the relation alone is the qualifier. A denied one names no relative.

use std::ops::Range;

use consilium_casefile::facts::{Concept, Context, Polarity, Qualifiers};
use consilium_casefile::knowledge::WordGroup;

use crate::reader::{Finding, Notes};
use crate::scan::{Gap, Scan};

/// Words from a tumour back to the relative it is said of.
const BEFORE: usize = 14;

/// Longer lists of relatives are cut.
const MOST_TOGETHER: usize = 8;

/// Words from a tumour on to the relative, or to the age.
const BEHIND: usize = 6;

/// A tumour said of a relative.
pub(crate) fn read(notes: &mut Notes<'_, '_, '_>) {
    let scan = notes.scan;
    let of_family = |fact: &&consilium_casefile::facts::Fact| fact.context == Context::Family;
    let mut tumours: Vec<(Range<usize>, Polarity)> = notes
        .noted()
        .filter(of_family)
        .filter(|fact| fact.concept == Concept::MORPHOLOGY)
        .map(|fact| (fact.start..fact.end, fact.polarity))
        .collect();
    if tumours.is_empty() {
        return;
    }
    tumours.sort_by_key(|(range, _)| (range.start, range.end));
    let places: Vec<Range<usize>> = notes
        .noted()
        .filter(of_family)
        .filter(|fact| fact.concept == Concept::TOPOGRAPHY)
        .map(|fact| fact.start..fact.end)
        .collect();
    let words = |range: &Range<usize>| scan.token_at(range.start)..scan.token_before(range.end) + 1;
    let mut places: Vec<Range<usize>> = places.iter().map(words).collect();
    places.sort_unstable_by_key(|place| (place.start, place.end));
    let mut until = 0;
    for (tumour, polarity) in tumours {
        let tumour = words(&tumour);
        let named = with_place(scan, &tumour, &places);
        // "Breast cancer (mother, aunt)": who stands behind belongs to the tumour before.
        let who = relation_before(scan, named.start, until).or_else(|| relation_behind(scan, named.end));
        let who = who.filter(|_| polarity != Polarity::Absent);
        let age = age(scan, who.as_ref().map_or(named.end, |who| who.end.max(named.end)))
            .or_else(|| age(scan, named.end))
            .filter(|_| polarity != Polarity::Absent);
        let end = who.as_ref().map_or(named.end, |who| who.end).max(named.end);
        until = age.as_ref().map_or(end, |age| age.end.max(end));
        let relation = who.as_ref().map(|who| text(scan, who).to_lowercase());
        let mut value = relation.as_ref().map_or(String::new(), |relation| format!("{relation}: "));
        value.push_str(&text(scan, &named).to_lowercase());
        if let Some(age) = &age {
            value.push_str(&age.words);
        }
        let first = who.as_ref().map_or(named.start, |who| who.start.min(named.start));
        notes.add(Finding {
            polarity,
            context: Some(Context::Family),
            qualifiers: Qualifiers { site: relation, ..Qualifiers::default() },
            ..Finding::new(Concept::FAMILY_HISTORY, value, scan.span(first, until - 1))
        });
    }
}

/// The words of a range, blanks and line ends made one blank.
fn text(scan: &Scan<'_, '_>, words: &Range<usize>) -> String {
    let quote = scan.text.quote(&scan.span(words.start, words.end.saturating_sub(1).max(words.start)));
    quote.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn apart(scan: &Scan<'_, '_>, from: usize, to: usize) -> bool {
    (from..=to).any(|place| scan.gap(place).has(Gap::HARD))
}

/// The tumour with its organ: "ovarian ca", "cancer of the ovary".
fn with_place(scan: &Scan<'_, '_>, tumour: &Range<usize>, places: &[Range<usize>]) -> Range<usize> {
    let from = places.partition_point(|place| place.end + 3 < tumour.start);
    let near = places.iter().skip(from).take_while(|place| place.start < tumour.end + 4);
    near.fold(tumour.clone(), |named, place| {
        let before = place.end <= named.start && named.start - place.end <= 1;
        let gap = if before { named.start } else { place.start };
        let joined = place.start <= named.end
            || (named.end..place.start).all(|at| ["of", "the", "in", "left", "right"].iter().any(|w| scan.is(at, w)));
        let fits = (before || (place.end > named.end && joined)) && !apart(scan, gap.min(named.end), gap);
        let parted = scan.gap(gap).has(Gap::COMMA | Gap::COLON | Gap::HARD);
        if fits && !parted { named.start.min(place.start)..named.end.max(place.end) } else { named }
    })
}

/// The relatives named last before a tumour: "mother", "maternal aunt", "mother and sister".
fn relation_before(scan: &Scan<'_, '_>, first: usize, until: usize) -> Option<Range<usize>> {
    let mut place = first;
    while place > until && first - place < BEFORE {
        // A heading with a line of its own names the relative of the lines below it no more than the family does.
        if scan.gap(place).has(Gap::HARD) && !scan.gap(place).has(Gap::COLON | Gap::BULLET) {
            return None;
        }
        place -= 1;
        if scan.is_of(place, WordGroup::Relative) {
            return Some(relation_around(scan, place, until));
        }
    }
    None
}

/// The relatives named behind a tumour: "in her mother", "(sister, 52)".
fn relation_behind(scan: &Scan<'_, '_>, end: usize) -> Option<Range<usize>> {
    let near = (end..end + BEHIND).take_while(|place| !scan.gap(*place).has(Gap::HARD | Gap::SEMICOLON));
    let place = near.into_iter().find(|place| scan.is_of(*place, WordGroup::Relative))?;
    let mut all = relation_around(scan, place, end);
    // "Mother and sister", "mother, maternal aunt"
    for _ in 0..MOST_TOGETHER {
        let joint = scan.is(all.end, "and");
        if !joint && !scan.gap(all.end).has(Gap::COMMA) {
            break;
        }
        let from = all.end + usize::from(joint);
        let next = (from..from + 3).find(|at| scan.is_of(*at, WordGroup::Relative));
        let Some(next) = next else { break };
        let told = (from..next).all(|at| scan.is_of(at, WordGroup::RelativeSide));
        let parted = (all.end..=next).any(|at| scan.gap(at).has(Gap::HARD | Gap::OPEN | Gap::CLOSE));
        if parted || !told {
            break;
        }
        all.end = next + 1;
    }
    Some(all)
}

/// A relative with the words that tell which one, and those joined to it before.
fn relation_around(scan: &Scan<'_, '_>, place: usize, until: usize) -> Range<usize> {
    let mut first = place;
    let told = |at: usize| scan.is_of(at, WordGroup::RelativeSide) || scan.is_of(at, WordGroup::Relative);
    while let Some(before) = first.checked_sub(1).filter(|before| *before >= until) {
        let joint = scan.is(before, "and") && before > until && told(before - 1);
        if apart(scan, first, first) || scan.gap(first).has(Gap::COLON | Gap::COMMA) || !(told(before) || joint) {
            break;
        }
        first = before;
    }
    first..place + 1
}

/// An age behind a tumour: its words, and one past the last of them.
struct Age {
    words: String,
    end: usize,
}

/// "at 45", "at age 45", "age 45", "(45)", "diagnosed at 45", "in her 40s".
fn age(scan: &Scan<'_, '_>, from: usize) -> Option<Age> {
    let near = (from..from + BEHIND).take_while(|place| {
        let gap = scan.gap(*place);
        !gap.has(Gap::HARD | Gap::SEMICOLON) && !scan.is_of(*place, WordGroup::Relative)
    });
    for place in near {
        let spelled = scan.spelled(place);
        let years = spelled.len() <= 3 && !spelled.is_empty() && spelled.iter().all(u8::is_ascii_digit);
        if !years {
            continue;
        }
        let number: u32 = std::str::from_utf8(spelled).ok()?.parse().ok()?;
        let led = place.checked_sub(1).is_some_and(|before| {
            ["at", "age", "aged", "diagnosed", "dx", "dxd"].iter().any(|word| scan.is(before, word))
        });
        let decade = scan.is(place + 1, "s") || scan.is(place + 1, "ies");
        let decade_led = decade && (from..place).any(|at| scan.is(at, "in"));
        let bare =
            scan.gap(place).has(Gap::OPEN | Gap::COMMA) && scan.gap(place + 1).has(Gap::CLOSE | Gap::COMMA | Gap::HARD);
        let unit = ["cm", "mm", "mg", "years", "months"].iter().any(|word| scan.is(place + 1, word));
        if !(1..=110).contains(&number) || (unit && !scan.is(place + 1, "years")) {
            return None;
        }
        if decade_led {
            let first = (from..place).find(|at| scan.is(*at, "in")).unwrap_or(place);
            return Some(Age { words: format!(" {}", text(scan, &(first..place + 2))), end: place + 2 });
        }
        if led || bare {
            return Some(Age { words: format!(" at {number}"), end: place + 1 });
        }
        return None;
    }
    None
}
