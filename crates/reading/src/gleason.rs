//! Gleason patterns, scores and grade groups. Two patterns and a sum that do not add up are not read; the grade group
//! follows from the patterns and is derived unless it is written.

use consilium_casefile::facts::{Basis, Concept, Polarity};

use crate::lexicon::Meaning;
use crate::numbers;
use crate::reader::{Finding, Notes};
use crate::scan::{Gap, Mark, Scan};

/// Gleason patterns, scores and grade groups.
pub(crate) fn read(notes: &mut Notes<'_, '_, '_>) {
    sums(notes);
    labelled(notes);
}

/// "3+4", "3+4=7", "4 plus 3".
fn sums(notes: &mut Notes<'_, '_, '_>) {
    let scan = notes.scan;
    let named = scan.marks.iter().filter(|mark| is_gleason(scan, mark)).map(|mark| mark.first).collect::<Vec<_>>();
    for place in 0..scan.tokens.len() {
        let Some((primary, secondary, sum, last)) = sum_at(scan, place) else { continue };
        let close = |mark: &usize| mark.abs_diff(place) <= 25;
        let from = named.partition_point(|mark| *mark + 25 < place);
        let is_named = named.get(from).is_some_and(close);
        // Without the name, only a sum that a cancer can have is read.
        if !is_named && sum.is_none_or(|sum| sum < 6) {
            continue;
        }
        if sum.is_some_and(|sum| sum != primary + secondary) {
            continue;
        }
        let range = scan.span(place, last);
        let scope = notes.cues.of(scan, place, last);
        let taken_back = notes.cues.taken_back(scan, last);
        if taken_back == Polarity::Absent {
            continue;
        }
        let mut add = |concept: Concept, value: u32, basis: Basis| {
            notes.add(Finding {
                basis,
                polarity: taken_back,
                context: Some(scope.context),
                weight: if basis == Basis::Derived { 100 } else { 150 },
                ..Finding::new(concept, value.to_string(), range.clone())
            });
        };
        add(Concept::GLEASON_PRIMARY, primary, Basis::Stated);
        add(Concept::GLEASON_SECONDARY, secondary, Basis::Stated);
        add(Concept::GLEASON_SCORE, primary + secondary, if sum.is_some() { Basis::Stated } else { Basis::Derived });
        if let Some(group) = grade_group(primary, secondary) {
            add(Concept::GRADE_GROUP, group, Basis::Derived);
        }
    }
}

fn is_gleason(scan: &Scan<'_, '_>, mark: &Mark) -> bool {
    matches!(scan.meaning(mark), Some(Meaning::Label(label)) if [Concept::GLEASON_SCORE, Concept::GLEASON_PRIMARY].contains(label))
}

/// ISUP grade group of two patterns.
fn grade_group(primary: u32, secondary: u32) -> Option<u32> {
    match (primary, secondary) {
        (1..=3, 1..=3) => Some(1),
        (3, 4) => Some(2),
        (4, 3) => Some(3),
        _ if primary + secondary == 8 => Some(4),
        _ if primary + secondary > 8 => Some(5),
        _ => None,
    }
}

fn pattern(scan: &Scan<'_, '_>, place: usize) -> Option<u32> {
    match scan.spelled(place) {
        [digit @ b'1'..=b'5'] => Some(u32::from(digit - b'0')),
        _ => None,
    }
}

fn sum_at(scan: &Scan<'_, '_>, place: usize) -> Option<(u32, u32, Option<u32>, usize)> {
    let primary = pattern(scan, place)?;
    let (start, end) = (scan.token(place)?.start(), scan.token(place)?.end());
    if start > 0 && matches!(scan.text.at(start - 1), b'+' | b'.' | b'/') {
        return None;
    }
    let mut next = place + 1;
    let between = scan.text.slice(end..scan.token(next)?.start());
    let plus = between.contains(&b'+') && between.iter().all(|b| matches!(b, b' ' | b'+' | b'(' | b')'));
    if !plus {
        // "4/5 + 3/5"
        if scan.spelled(next) == b"5" && between == b"/" {
            let after = scan.text.slice(scan.token(next)?.end()..scan.token(next + 1)?.start());
            if !after.contains(&b'+') {
                return None;
            }
            next += 1;
        } else if scan.is(next, "plus") && !scan.gap(next).has(Gap::HARD) {
            next += 1;
        } else {
            return None;
        }
    }
    let secondary = pattern(scan, next)?;
    let end = scan.token(next)?.end();
    // A third figure after another plus is a Nottingham sum.
    let after_gap = scan.token(next + 1).map_or(&[][..], |token| scan.text.slice(end..token.start()));
    if after_gap.contains(&b'+') {
        return None;
    }
    let total = numbers::count(scan, next + 1).filter(|(total, _)| (2..=10).contains(total));
    let equals = after_gap.len() <= 4 && after_gap.contains(&b'=');
    match total {
        Some((total, last)) if equals => Some((primary, secondary, Some(total), last)),
        _ => Some((primary, secondary, None, next)),
    }
}

/// "Primary pattern: 3", "Gleason score: 7", "Grade Group 2".
fn labelled(notes: &mut Notes<'_, '_, '_>) {
    let scan = notes.scan;
    for mark in &scan.marks {
        let Some(Meaning::Label(label)) = scan.meaning(mark) else { continue };
        let most = if *label == Concept::GLEASON_SCORE {
            10
        } else if [
            Concept::GLEASON_PRIMARY,
            Concept::GLEASON_SECONDARY,
            Concept::GLEASON_TERTIARY,
            Concept::GRADE_GROUP,
        ]
        .contains(label)
        {
            5
        } else {
            continue;
        };
        // A lower score is hardly ever given; "Gleason score 4" is the first of two patterns.
        let least = if *label == Concept::GLEASON_SCORE { 6 } else { 1 };
        // "primary grade" is Gleason's only in a report that names him.
        let gleason = mark.last > mark.first;
        for place in mark.last + 1..=mark.last + 3 {
            if place > mark.last + 1 && scan.gap(place).has(Gap::HARD) || scan.gap(place).has(Gap::BLANK) {
                break;
            }
            if let Some((value, last)) = numbers::count(scan, place) {
                let after = scan.token(last).map_or(0, |token| scan.text.at(token.end()));
                let sum = sum_at(scan, place).is_some();
                let goes_on = after == b'+'
                    || (after == b' ' && scan.token(last).is_some_and(|t| scan.text.at(t.end() + 1) == b'+'));
                if gleason && (least..=most).contains(&value) && !sum && !goes_on && after != b'%' {
                    notes.add(Finding {
                        weight: if *label == Concept::GRADE_GROUP { 150 } else { 160 },
                        ..Finding::new(label.clone(), value.to_string(), scan.span(mark.first, last))
                    });
                }
                break;
            }
            let word = scan.spelled(place).to_ascii_lowercase();
            if !matches!(word.as_slice(), b"grade" | b"pattern" | b"is" | b"of" | b"score" | b"gleason" | b"group") {
                break;
            }
        }
    }
}
