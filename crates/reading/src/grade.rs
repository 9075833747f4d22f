//! Grades with the system they are of. "FIGO grade 2" is a grade and never a stage; a range of two grades is the higher
//! one, as ICD-O rules; the grade of an in-situ component is not the grade of the tumour.

use consilium_casefile::facts::{Basis, Concept, Polarity, Qualifiers, Section};
use consilium_casefile::knowledge::WordGroup;

use crate::lexicon::Meaning;
use crate::numbers;
use crate::reader::{Finding, Notes};
use crate::saying;
use crate::scan::{Gap, Mark, Scan};

/// Grades and Nottingham scores.
pub(crate) fn read(notes: &mut Notes<'_, '_, '_>) {
    let scan = notes.scan;
    let mut until = 0;
    for mark in &scan.marks {
        if mark.first < until {
            continue;
        }
        if is_of_something_else(scan, mark) {
            continue;
        }
        let found = match scan.meaning(mark) {
            Some(Meaning::Grade(value)) => in_words(scan, mark, value),
            Some(Meaning::Label(label)) if *label == Concept::GRADE => {
                in_figures(scan, mark, None).or_else(|| ticked(notes, mark))
            }
            Some(Meaning::GradeSystem(system)) => in_figures(scan, mark, Some(system)),
            _ => None,
        };
        let Some((value, last, labelled)) = found else { continue };
        until = last + 1;
        // "Grade: 1 / 2 / 3", "Grade (1-3): ___"
        let is_ticked = scan.gap(mark.last + 1).has(Gap::BOX | Gap::TICK);
        let scale = !is_ticked && scan.gap(last + 1).has(Gap::SLASH) && scan.gap(last + 2).has(Gap::SLASH)
            || !is_ticked && scan.gap(last + 1).has(Gap::BLANK);
        if scale || saying::is_of_another_illness(scan, mark.first, last) {
            continue;
        }
        note(notes, mark, &value, last, labelled);
    }
    nottingham(notes);
}

/// Hepatitis, fibrosis and inflammation have grades too, and blocks are called G1.
fn is_of_something_else(scan: &Scan<'_, '_>, mark: &Mark) -> bool {
    let block =
        mark.first == mark.last && scan.spelled(mark.first).len() == 2 && scan.section(mark.first) == Section::Gross;
    let number = mark.first == mark.last
        && mark.first.checked_sub(1).is_some_and(|place| scan.is_of(place, WordGroup::NumberedPlace));
    block
        || number
        || (mark.first.saturating_sub(7)..mark.first).any(|place| {
            let near = !(place + 1..=mark.first).any(|p| scan.gap(p).has(Gap::HARD));
            near && scan.is_of(place, WordGroup::GradedElsewhere) && !scan.is(place + 1, "carcinoma")
        })
}

fn note(notes: &mut Notes<'_, '_, '_>, mark: &Mark, value: &str, last: usize, labelled: bool) {
    let scan = notes.scan;
    // Between the label and the ticked figure stand those that are not ticked.
    let first = if scan.gap(mark.last + 1).has(Gap::BOX | Gap::TICK) { last } else { mark.first };
    let scope = notes.cues.of(scan, first, last);
    let system = system_near(scan, mark.first, last).or_else(|| {
        matches!(scan.meaning(mark), Some(Meaning::Grade(_))).then(|| differentiation(scan, mark)).flatten()
    });
    let in_situ = near_in_situ(scan, mark.first, last);
    let component = is_component(scan, mark, last);
    let mut weight = 100;
    if labelled {
        weight = 160;
    }
    if system.as_deref() == Some("nuclear") {
        weight = weight * 8 / 10;
    }
    if in_situ || component {
        weight /= 10;
    }
    // Of several grades of one tumour the worst is its grade, as ICD-O rules, wherever it is written.
    if ["worst", "highest"].iter().any(|word| scan.is(mark.first, word)) {
        weight = 450;
    }
    if scope.polarity == Polarity::Absent {
        return;
    }
    notes.add(Finding {
        polarity: if value == "GX" { Polarity::Insufficient } else { scope.polarity },
        context: Some(scope.context),
        qualifiers: Qualifiers { system, site: in_situ.then(|| "in situ".to_owned()), ..Qualifiers::default() },
        weight,
        ..Finding::new(Concept::GRADE, value, scan.span(mark.first, last))
    });
}

fn differentiation(scan: &Scan<'_, '_>, mark: &Mark) -> Option<String> {
    (scan.word(mark.last) == scan.lexicon.common.differentiated).then(|| "differentiation".to_owned())
}

/// "well differentiated", "grade 2", "high grade"; a range gives the higher.
fn in_words(scan: &Scan<'_, '_>, mark: &Mark, value: &str) -> Option<(String, usize, bool)> {
    let bare_grade = scan.is(mark.first, "grade");
    let after = scan.token(mark.last).map_or(0, |token| scan.text.at(token.end()));
    // "grade 1-3 are recognised", "Grade 2/3" is 2 of 3.
    if bare_grade && after == b'%' {
        return None;
    }
    // "G2" is a grade, "g2" a number plate; and a single "GI" is the digestive tract.
    if mark.first == mark.last {
        let spelled = scan.spelled(mark.first);
        let short = spelled.len() <= 3;
        if short && (spelled.first() != Some(&b'G') || matches!(spelled, b"GI" | b"Gi")) {
            return None;
        }
    }
    if value == "G4"
        && scan.is(mark.first, "undifferentiated")
        && scan.spelled(mark.first + 1).to_ascii_lowercase().starts_with(b"pleomorphic")
    {
        return None;
    }
    // "Nottingham grade 2/3" is 2 of 3, "grade 2-3" the higher of both.
    let slash = mark.last > mark.first && scan.gap(mark.last).has(Gap::SLASH);
    let of_scale =
        slash && figure(scan.spelled(mark.last)).is_some_and(|of| is_of_scale(scan, mark.first, mark.last, of));
    let value = if of_scale { value.split('-').next() } else { value.rsplit('-').next() }.unwrap_or(value).to_owned();
    let labelled = labelled_before(scan, mark.first);
    Some((value, mark.last, labelled || (bare_grade && system_near(scan, mark.first, mark.last).is_some())))
}

fn labelled_before(scan: &Scan<'_, '_>, first: usize) -> bool {
    scan.marks_from(first.saturating_sub(7)).iter().take_while(|mark| mark.first < first).any(|mark| {
        matches!(scan.meaning(mark), Some(Meaning::Label(label)) if *label == Concept::GRADE)
            && mark.last < first
            && !(mark.last + 2..=first).any(|place| scan.gap(place).has(Gap::HARD))
    })
}

/// A figure after a label or a system: "Histologic grade: 2", "Fuhrman III/IV", "FIGO 1".
fn in_figures(scan: &Scan<'_, '_>, mark: &Mark, system: Option<&str>) -> Option<(String, usize, bool)> {
    let mut said_grade = matches!(scan.meaning(mark), Some(Meaning::Label(_))) || scan.is(mark.last, "grade");
    let single_label = mark.first == mark.last && system.is_none();
    for place in mark.last + 1..=mark.last + 7 {
        let gap = scan.gap(place);
        if gap.has(Gap::BLANK) || (gap.has(Gap::HARD) && place > mark.last + 1) || gap.has(Gap::SEMICOLON) {
            return None;
        }
        let spelled = scan.spelled(place);
        if let Some(grade) = figure(spelled) {
            let token = scan.token(place)?;
            let after = scan.text.at(token.end());
            let decimal = after == b'.' && scan.text.at(token.end() + 1).is_ascii_digit();
            let scale_first = after == b'-' || after == b'%' || after == b'+' || after == b'x';
            if decimal || scale_first || gap.has(Gap::SLASH) || scan.text.at(token.end() + 1) == b'+' {
                // "(1-4)" names the scale, not the grade.
                if after == b'-' || scan.text.slice(token.end()..token.end() + 3) == b" - " {
                    continue;
                }
                return None;
            }
            // "FIGO II" without the word grade may be a stage.
            if !said_grade && !matches!(system, Some("fuhrman" | "who_isup" | "edmondson" | "fnclcc" | "nottingham")) {
                return None;
            }
            if system.is_some_and(|s| s.starts_with("who")) && system != Some("who_isup") && !said_grade {
                return None;
            }
            // "differentiation 2" inside a sum, "grade" in passing.
            let roman = spelled.iter().all(|b| matches!(b, b'I' | b'V')) && gap.has(Gap::COMMA | Gap::HYPHEN);
            if single_label && !gap.has(Gap::COLON) && !scan.is(mark.first, "grade") && !roman {
                return None;
            }
            return Some((format!("G{grade}"), place, true));
        }
        let word = spelled.to_ascii_lowercase();
        match word.as_slice() {
            b"grade" | b"grading" => said_grade = true,
            b"score" | b"sum" | b"total" => return None,
            b"of" | b"the" | b"is" | b"and" | b"s" => {}
            _ if scan.is_of(place, WordGroup::GradeName) => {}
            _ if numbers::count(scan, place).is_some() && gap.has(Gap::OPEN | Gap::HYPHEN) => {}
            _ => return None,
        }
    }
    None
}

/// "Grade: [ ] 1 [x] 2 [ ] 3": the figure that is ticked.
fn ticked(notes: &Notes<'_, '_, '_>, mark: &Mark) -> Option<(String, usize, bool)> {
    let scan = notes.scan;
    let chosen = notes.cues.chosen(scan, mark.last).into_iter();
    let figures: Vec<(u32, usize)> = chosen.filter_map(|at| Some((figure(scan.spelled(at))?, at))).collect();
    let [(grade, place)] = figures.as_slice() else { return None };
    Some((format!("G{grade}"), *place, true))
}

fn figure(spelled: &[u8]) -> Option<u32> {
    match spelled {
        b"1" | b"I" | b"l" => Some(1),
        b"2" | b"II" | b"ll" | b"Il" | b"lI" => Some(2),
        b"3" | b"III" | b"lll" | b"Ill" => Some(3),
        b"4" | b"IV" | b"lV" => Some(4),
        [b'G' | b'g', digit @ b'1'..=b'4'] => Some(u32::from(digit - b'0')),
        _ => None,
    }
}

/// The grading system named in or beside some words.
fn system_near(scan: &Scan<'_, '_>, first: usize, last: usize) -> Option<String> {
    let mut best: Option<(usize, &str)> = None;
    for mark in scan.marks_from(first.saturating_sub(7)).iter().take_while(|mark| mark.first <= last + 4) {
        let Some(Meaning::GradeSystem(system)) = scan.meaning(mark) else { continue };
        let (from, to) = if mark.last < first { (mark.last + 1, first) } else { (last + 1, mark.first) };
        if (from..=to).any(|place| scan.gap(place).has(Gap::HARD) && place != last + 1) && mark.first > last {
            continue;
        }
        if mark.last < first && (from + 1..=to).any(|place| scan.gap(place).has(Gap::HARD)) {
            continue;
        }
        let distance = if mark.last < first { first - mark.last } else { mark.first.saturating_sub(last) };
        // A nuclear grade is of the system that is named with it, if any.
        let distance = if system == "nuclear" { distance + 20 } else { distance };
        if best.is_none_or(|(nearest, _)| distance < nearest) {
            best = Some((distance, system));
        }
    }
    best.map(|(_, system)| system.to_owned())
}

/// Whether a grading system is named whose grades are so many, so that "2/3" is 2 of 3.
pub(crate) fn is_of_scale(scan: &Scan<'_, '_>, first: usize, last: usize, of: u32) -> bool {
    match system_near(scan, first, last).as_deref() {
        Some("nottingham" | "fnclcc" | "figo") => of == 3,
        Some("fuhrman" | "who_isup" | "edmondson" | "who_cns") => of == 4,
        Some("nuclear") => of == 3 || of == 4,
        _ => false,
    }
}

/// Whether the statement is of an in-situ component: "in situ" and no "invasive" stands near.
fn near_in_situ(scan: &Scan<'_, '_>, first: usize, last: usize) -> bool {
    let common = &scan.lexicon.common;
    let mut situ = false;
    let mut place = first;
    for _ in 0..12 {
        if place == 0 || scan.gap(place).has(Gap::HARD) {
            break;
        }
        place -= 1;
        situ |= is_in_situ(scan, place);
        if scan.word(place) == common.invasive {
            return false;
        }
    }
    for place in last + 1..=last + 8 {
        if scan.gap(place).has(Gap::HARD) {
            break;
        }
        situ |= is_in_situ(scan, place);
        if scan.word(place) == common.invasive {
            return false;
        }
    }
    situ
}

fn is_in_situ(scan: &Scan<'_, '_>, place: usize) -> bool {
    scan.is_of(place, WordGroup::InSitu)
}

/// "nuclear grade 3" among tubules and mitoses is a part of a Nottingham sum.
fn is_component(scan: &Scan<'_, '_>, mark: &Mark, last: usize) -> bool {
    let near = |place: usize| scan.is_of(place, WordGroup::NottinghamPart);
    let nuclear = (mark.first.saturating_sub(2)..=last).any(|place| scan.is(place, "nuclear"));
    nuclear && ((mark.first.saturating_sub(12)..mark.first).any(near) || (last + 1..=last + 10).any(near))
}

/// "Nottingham score 7/9", "3+2+2=7": the score, and the grade it makes where none is written.
fn nottingham(notes: &mut Notes<'_, '_, '_>) {
    let scan = notes.scan;
    for mark in &scan.marks {
        let Some(Meaning::Label(label)) = scan.meaning(mark) else { continue };
        if *label != Concept::NOTTINGHAM_SCORE {
            continue;
        }
        // Many scores have a total; this one is of nine.
        let total = scan.is(mark.first, "total") && mark.last == mark.first + 1;
        for place in mark.last + 1..=mark.last + 8 {
            let gap = scan.gap(place);
            if gap.has(Gap::BLANK) || (gap.has(Gap::HARD) && place > mark.last + 1) {
                break;
            }
            let Some((value, last)) = numbers::count(scan, place) else { continue };
            let Some(token) = scan.token(last) else { break };
            let of_nine = scan.spelled(last + 1) == b"9" && scan.gap(last + 1).has(Gap::SLASH)
                || (scan.is(last + 1, "of") || scan.is(last + 1, "out"))
                    && (scan.spelled(last + 2) == b"9" || scan.spelled(last + 3) == b"9");
            if total && !of_nine {
                break;
            }
            let sum = added(scan, place);
            let (score, end) = match sum {
                Some((total, end)) => (total, end),
                None if of_nine => (value, last),
                None if (4..=9).contains(&value)
                    && scan.is(mark.last, "score")
                    && scan.text.at(token.end()) != b'+' =>
                {
                    (value, last)
                }
                None if (6..=9).contains(&value) && scan.is(mark.last, "mbr") => (value, last),
                None => continue,
            };
            if !(3..=9).contains(&score) {
                break;
            }
            let range = scan.span(mark.first, end);
            notes.add(Finding::new(Concept::NOTTINGHAM_SCORE, score.to_string(), range.clone()));
            let grade = if score < 6 {
                "G1"
            } else if score < 8 {
                "G2"
            } else {
                "G3"
            };
            notes.add(Finding {
                basis: Basis::Derived,
                qualifiers: Qualifiers { system: Some("nottingham".to_owned()), ..Qualifiers::default() },
                ..Finding::new(Concept::GRADE, grade, range)
            });
            break;
        }
    }
}

/// "3+2+2=7": three parts that make the sum.
fn added(scan: &Scan<'_, '_>, place: usize) -> Option<(u32, usize)> {
    let part =
        |at: usize| numbers::count(scan, at).filter(|(value, _)| (1..=3).contains(value)).map(|(value, _)| value);
    let plus = |at: usize| {
        let (before, here) = (scan.token(at - 1)?, scan.token(at)?);
        scan.text.slice(before.end()..here.start()).contains(&b'+').then_some(())
    };
    let sum = part(place)? + part(place + 1)? + part(place + 2)?;
    plus(place + 1)?;
    plus(place + 2)?;
    match numbers::count(scan, place + 3) {
        Some((total, last)) if scan.gap(place + 3).has(Gap::COLON) => (total == sum).then_some((sum, last)),
        _ => Some((sum, place + 2)),
    }
}
