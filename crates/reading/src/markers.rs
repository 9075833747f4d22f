//! Numbers with a name before them: Ki-67, PD-L1, blood markers, Breslow depth, performance status, recurrence score,
//! and stage groups, which are Roman numerals with a name before them.

mod values;

use consilium_casefile::facts::{Concept, Polarity, Qualifiers};

use crate::lexicon::Meaning;
use crate::numbers::{count, decimal, percent_at, roman};
use crate::reader::{Finding, Notes};
use crate::saying;
use crate::scan::{Gap, Mark, Scan};
use values::{is_between, number, unit_of};

/// Markers, scores and stage groups.
pub(crate) fn read(notes: &mut Notes<'_, '_, '_>) {
    let scan = notes.scan;
    for mark in &scan.marks {
        let Some(Meaning::Label(label)) = scan.meaning(mark) else { continue };
        if *label == Concept::KI67 {
            percentage(notes, label, mark);
        } else if *label == Concept::PDL1 {
            pdl1(notes, mark);
        } else if let Some(unit) = unit_of(label) {
            if [Concept::PSA, Concept::CEA, Concept::AFP, Concept::LDH, Concept::TMB, Concept::KARNOFSKY]
                .contains(label)
                && !shouted(scan, mark)
            {
                continue;
            }
            number(notes, label, mark, unit);
        } else if [
            Concept::STAGE_GROUP,
            Concept::FIGO_STAGE,
            Concept::ANN_ARBOR_STAGE,
            Concept::RAI_STAGE,
            Concept::ISS_STAGE,
            Concept::CLARK_LEVEL,
        ]
        .contains(label)
        {
            stage(notes, label, mark);
        } else if *label == Concept::BINET_STAGE || *label == Concept::DUKES_STAGE {
            letter_stage(notes, label, mark);
        }
    }
}

/// Abbreviations are written in capitals; long names are not.
fn shouted(scan: &Scan<'_, '_>, mark: &Mark) -> bool {
    mark.last > mark.first
        || scan.spelled(mark.first).len() > 4
        || scan.spelled(mark.first).iter().all(|b| !b.is_ascii_lowercase())
}

fn percentage(notes: &mut Notes<'_, '_, '_>, label: &Concept, mark: &Mark) {
    let scan = notes.scan;
    // "Ki-67 after neoadjuvant chemotherapy and surgery was 10 %": when or where it was measured.
    let told = ["after", "before", "following", "in", "on"].iter().any(|word| scan.is(mark.last + 1, word));
    for place in mark.last + 1..=mark.last + 12 {
        let gap = scan.gap(place);
        if gap.has(Gap::BLANK) || (gap.has(Gap::HARD) && place > mark.last + 1) {
            return;
        }
        let Some(number) = decimal(scan, place) else {
            if place > mark.last + if told { 8 } else { 4 } && !is_between(scan, place) {
                return;
            }
            continue;
        };
        let Some(end) = percent_at(scan, number.range.end) else { continue };
        if number.value <= 100.0 {
            let scope = notes.cues.of(scan, mark.first, mark.last);
            let start = scan.token(mark.first).map_or(number.range.start, |token| token.start());
            notes.add(Finding {
                unit: Some("%"),
                context: Some(scope.context),
                ..Finding::new(label.clone(), number.text, start..end)
            });
        }
        return;
    }
}

/// Words from "PD-L1" to its score.
const PDL1: usize = 10;

/// "PD-L1 22C3 TPS 60%", "CPS = 10", "PD-L1 <1%".
fn pdl1(notes: &mut Notes<'_, '_, '_>, mark: &Mark) {
    let scan = notes.scan;
    let mut kind: Option<&str> = None;
    // "TPS 60 %, CPS 65": the second score has its own name.
    let mut noted: Option<&str> = None;
    let mut until = mark.last + PDL1;
    for place in mark.first..=mark.last + 2 * PDL1 {
        if place > until {
            return;
        }
        let gap = scan.gap(place);
        let parted = gap.has(Gap::HARD) && !(noted.is_some() && gap.has(Gap::SEMICOLON) && !gap.has(Gap::LINE));
        if place > mark.last && (gap.has(Gap::BLANK) || (parted && place > mark.last + 1)) {
            return;
        }
        kind = ["tps", "cps", "ic", "tap"].into_iter().find(|word| scan.is(place, word)).or(kind);
        if place <= mark.last {
            continue;
        }
        if is_clone(scan, place) {
            continue;
        }
        let Some(number) = decimal(scan, place).filter(|_| !is_clone(scan, place.saturating_sub(1))) else { continue };
        let percent = percent_at(scan, number.range.end);
        let cps = kind == Some("cps");
        if percent.is_none() && !cps {
            // "22C3" and "28-8" are clones.
            continue;
        }
        if cps && percent.is_none() && number.value > 100.0 || noted.is_some() && noted == kind {
            return;
        }
        let end = percent.unwrap_or(number.range.end);
        let start = scan.token(mark.first).map_or(number.range.start, |token| token.start());
        let scope = notes.cues.of(scan, mark.first, mark.last);
        notes.add(Finding {
            unit: Some(if cps { "{score}" } else { "%" }),
            context: Some(scope.context),
            qualifiers: Qualifiers { method: kind.map(str::to_owned), ..Qualifiers::default() },
            // Of two scores the first is the main one.
            weight: if noted.is_some() { 90 } else { 100 },
            ..Finding::new(Concept::PDL1, number.text, start..end)
        });
        if noted.is_some() || kind.is_none() {
            return;
        }
        noted = kind;
        until = number.last + 4;
    }
}

/// "22C3" is read as "22" and "C3", "28-8" as "28" and "8".
fn is_clone(scan: &Scan<'_, '_>, place: usize) -> bool {
    (scan.is(place, "22") && scan.is(place + 1, "c3"))
        || (scan.is(place, "28") && scan.is(place + 1, "8"))
        || ["sp142", "sp263", "c3"].iter().any(|word| scan.is(place, word))
}

/// "Stage IIA", "FIGO stage IIIC1", "Ann Arbor stage IVB", "Clark IV".
fn stage(notes: &mut Notes<'_, '_, '_>, label: &Concept, mark: &Mark) {
    let scan = notes.scan;
    // "FIGO II" may be a grade: the word stage must be said.
    let mut said = *label != Concept::FIGO_STAGE || (mark.first..=mark.last).any(|place| scan.is(place, "stage"));
    for place in mark.last + 1..=mark.last + 6 {
        let gap = scan.gap(place);
        if gap.has(Gap::BLANK) || (gap.has(Gap::HARD) && place > mark.last + 1) || scan.is(place, "grade") {
            return;
        }
        if let Some(value) = stage_value(scan, place, label) {
            if !said || is_scale(scan, place) {
                return;
            }
            let taken_back = notes.cues.taken_back(scan, place);
            if notes.cues.is_denied_at_once(scan, mark.first) || taken_back == Polarity::Absent {
                return;
            }
            if saying::is_of_another_illness(scan, mark.first, place) {
                return;
            }
            let doubted = notes.cues.is_doubted_at_once(scan, mark.first);
            let scope = notes.cues.of(scan, mark.first, mark.first);
            let clinical = scan.is(mark.first, "clinical");
            let pathologic = ["pathologic", "pathological", "surgical"].iter().any(|word| scan.is(mark.first, word));
            let prefix = if clinical {
                Some("c")
            } else if pathologic {
                Some("p")
            } else {
                None
            };
            notes.add(Finding {
                context: Some(scope.context),
                // "Negative" of the receptor before it in a list is not about the stage.
                polarity: if doubted { Polarity::Uncertain } else { taken_back },
                qualifiers: Qualifiers { prefix: prefix.map(str::to_owned), ..Qualifiers::default() },
                ..Finding::new(label.clone(), value, scan.span(mark.first, place))
            });
            return;
        }
        said |= scan.is(place, "stage");
        let skipped = [
            "stage",
            "group",
            "grouping",
            "ajcc",
            "tnm",
            "is",
            "figo",
            "level",
            "s",
            "pathologic",
            "at",
            "least",
            "uicc",
            "th",
            "edition",
            "ed",
            "7",
            "7th",
            "corrected",
            "revised",
            "changed",
            "amended",
            "was",
            "has",
            "been",
            "to",
            "now",
        ]
        .iter()
        .any(|word| scan.is(place, word));
        if !skipped {
            return;
        }
    }
}

fn stage_value(scan: &Scan<'_, '_>, place: usize, label: &Concept) -> Option<String> {
    let spelled = scan.spelled(place);
    let figures = spelled.iter().take_while(|b| matches!(b, b'I' | b'V')).count();
    let (numeral, rest) = spelled.split_at_checked(figures)?;
    let most = if *label == Concept::CLARK_LEVEL { 5 } else { 4 };
    if !numeral.is_empty() && roman(numeral).is_some_and(|value| value <= most) {
        let rest = rest.to_ascii_uppercase();
        let ok = match rest.as_slice() {
            [] => true,
            [b'A'..=b'D'] => true,
            [b'E' | b'S' | b'X'] => *label == Concept::ANN_ARBOR_STAGE,
            [b'A'..=b'D', b'1'..=b'3'] => true,
            [b'A' | b'B', b'E' | b'S'] => *label == Concept::ANN_ARBOR_STAGE,
            _ => false,
        };
        return ok.then(|| format!("{}{}", String::from_utf8_lossy(numeral), String::from_utf8_lossy(&rest)));
    }
    // Figures only where nothing else is meant: "Stage: 2A"; "Rai 0".
    let (value, _) = count(scan, place)?;
    let colon = scan.gap(place).has(Gap::COLON) || *label == Concept::RAI_STAGE;
    let after = scan.token(place).map_or(0, |token| scan.text.at(token.end()));
    if value > most || after == b'.' && scan.token(place).is_some_and(|t| scan.text.at(t.end() + 1).is_ascii_digit()) {
        return None;
    }
    let numeral = ["0", "I", "II", "III", "IV"].get(usize::try_from(value).ok()?)?;
    let lettered = *label == Concept::STAGE_GROUP
        && matches!(scan.spelled(place + 1), [b'A'..=b'D'])
        && after.is_ascii_alphabetic();
    if !colon && !lettered {
        return None;
    }
    let sub = if after.is_ascii_alphabetic() { scan.spelled(place + 1).to_ascii_uppercase() } else { Vec::new() };
    match sub.as_slice() {
        [] => Some((*numeral).to_owned()),
        [b'A'..=b'D'] => Some(format!("{numeral}{}", String::from_utf8_lossy(&sub))),
        _ => None,
    }
}

/// "Stage I-IV", "stage I or II": a range.
fn is_scale(scan: &Scan<'_, '_>, place: usize) -> bool {
    let next = scan.spelled(place + 1);
    let bare = |spelled: &[u8]| {
        let letters = spelled.iter().rev().take_while(|b| matches!(b, b'A'..=b'D' | b'1'..=b'3')).count();
        spelled.get(..spelled.len() - letters).is_some_and(|numeral| !numeral.is_empty() && roman(numeral).is_some())
    };
    // "Stage: I II III IV"
    if bare(next) && !scan.gap(place + 1).has(Gap::HARD | Gap::COMMA | Gap::LINE) {
        return true;
    }
    let joined = scan.gap(place + 1).has(Gap::HYPHEN | Gap::SLASH) && !scan.gap(place + 1).has(Gap::HARD)
        || ["or", "to", "and"].iter().any(|word| scan.is(place + 1, word));
    joined && (bare(next) || bare(scan.spelled(place + 2)))
}

fn letter_stage(notes: &mut Notes<'_, '_, '_>, label: &Concept, mark: &Mark) {
    let scan = notes.scan;
    for place in mark.last + 1..=mark.last + 2 {
        if scan.gap(place).has(Gap::HARD | Gap::BLANK) {
            return;
        }
        let most = if *label == Concept::BINET_STAGE { b'C' } else { b'D' };
        let spelled = scan.spelled(place);
        let (letter, figure) = (spelled.first().copied().unwrap_or(0), spelled.get(1).copied());
        if (b'A'..=most).contains(&letter) && spelled.len() <= 2 && figure.is_none_or(|f| f.is_ascii_digit()) {
            let scope = notes.cues.of(scan, mark.first, mark.first);
            let value = String::from_utf8_lossy(spelled).into_owned();
            notes.add(Finding {
                context: Some(scope.context),
                ..Finding::new(label.clone(), value, scan.span(mark.first, place))
            });
            return;
        }
        if !scan.is(place, "stage") {
            return;
        }
    }
}
