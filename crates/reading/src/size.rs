//! How large the tumour is: the greatest of the dimensions that are said of it, in millimetres. The size of a specimen,
//! a node or a margin is none of the tumour.

use consilium_casefile::facts::{Concept, Section};

use crate::lexicon::Meaning;
use crate::numbers::{Number, decimal, shown};
use crate::reader::{Finding, Notes};
use crate::scan::{Gap, Scan};

/// Tumour sizes.
pub(crate) fn read(notes: &mut Notes<'_, '_, '_>) {
    let scan = notes.scan;
    let mut place = 0;
    while place < scan.tokens.len() {
        let Some((millimetres, first, last)) = dimensions(scan, place) else {
            place += 1;
            continue;
        };
        if let Some(weight) = said_of_tumour(scan, first, last) {
            let scope = notes.cues.of(scan, first, first);
            let end = scan.token(last).map_or(0, |token| token.end());
            let start = scan.token(first).map_or(0, |token| token.start());
            notes.add(Finding {
                unit: Some("mm"),
                context: Some(scope.context),
                weight,
                ..Finding::new(Concept::TUMOR_SIZE_MM, shown(millimetres), start..end)
            });
        }
        place = last + 1;
    }
}

/// "2.3 x 1.9 x 1.5 cm", "8 mm": the greatest, the first word and the last, which is the unit.
fn dimensions(scan: &Scan<'_, '_>, place: usize) -> Option<(f64, usize, usize)> {
    let mut greatest = 0.0_f64;
    let mut next = place;
    for _ in 0..4 {
        let number: Number = decimal(scan, next)?;
        greatest = greatest.max(number.value);
        next = number.last + 1;
        if let Some(scale) = unit(scan, next) {
            // Each dimension may carry its unit: "2 cm x 3 cm".
            if let Some((more, _, last)) = again(scan, next + 1) {
                return Some((more.max(greatest * scale), place, last));
            }
            let millimetres = greatest * scale;
            return (millimetres > 0.0 && millimetres < 600.0).then_some((millimetres, place, next));
        }
        if !(scan.is(next, "x") || scan.is(next, "by")) {
            return None;
        }
        next += 1;
    }
    None
}

/// "> 20 mm", "more than 20 mm", "less than 4 cm".
fn is_bound(scan: &Scan<'_, '_>, first: usize) -> bool {
    let sign = scan.between(first).iter().any(|byte| matches!(byte, b'<' | b'>'));
    let words = first.checked_sub(2).is_some_and(|at| {
        scan.is(at + 1, "than") && ["more", "less", "greater", "larger", "smaller"].iter().any(|word| scan.is(at, word))
    });
    sign || words
}

fn again(scan: &Scan<'_, '_>, place: usize) -> Option<(f64, usize, usize)> {
    let number = (scan.is(place, "x") || scan.is(place, "by")).then(|| decimal(scan, place + 1)).flatten()?;
    let at = number.last + 1;
    let scale = unit(scan, at)?;
    Some((number.value * scale, place, at))
}

fn unit(scan: &Scan<'_, '_>, place: usize) -> Option<f64> {
    let word = scan.word(place);
    // "25 (mm or cm not stated)"
    if scan.is(place + 1, "or") && [scan.lexicon.common.cm, scan.lexicon.common.mm].contains(&scan.word(place + 2)) {
        return None;
    }
    if word == scan.lexicon.common.cm {
        Some(10.0)
    } else if word == scan.lexicon.common.mm {
        Some(1.0)
    } else {
        None
    }
}

/// Words between the label of a size and a dimension that say whose it is: not the tumour's.
const OF_ANOTHER: [&str; 12] = [
    "specimen",
    "imaging",
    "ultrasound",
    "mri",
    "ct",
    "deposit",
    "deposits",
    "metastasis",
    "metastases",
    "metastatic",
    "node",
    "nodes",
];

/// How surely a dimension is the tumour's, in percent of what the section says; `None` when it is not.
fn said_of_tumour(scan: &Scan<'_, '_>, first: usize, last: usize) -> Option<u32> {
    let section = scan.section(first);
    for mark in scan.marks_from(first.saturating_sub(10)).iter().take_while(|mark| mark.first < first) {
        if let Some(Meaning::Label(label)) = scan.meaning(mark)
            && *label == Concept::TUMOR_SIZE_MM
            && mark.last < first
            && !(mark.last + 2..=first).any(|place| scan.gap(place).has(Gap::HARD))
        {
            // "Tumor size: 8 mm (specimen 12 mm)", "Size of largest metastatic deposit  6 mm"
            let other = (mark.last + 1..first).any(|place| OF_ANOTHER.iter().any(|word| scan.is(place, word)));
            if other {
                return None;
            }
            let tumour = (mark.first..=mark.last).any(|place| scan.word(place) == scan.lexicon.common.tumor);
            let early = tumour && mark.last > mark.first;
            // "Size: 3 cm" in a list of elements is the tumour's; in a description it may be the specimen's.
            if early || section == Section::Synoptic {
                return Some(160);
            }
        }
    }
    let mut place = first;
    for _ in 0..8 {
        if place == 0 || scan.gap(place).has(Gap::HARD | Gap::SEMICOLON) {
            break;
        }
        place -= 1;
        let word = scan.spelled(place).to_ascii_lowercase();
        if matches!(
            word.as_slice(),
            b"node"
                | b"nodes"
                | b"margin"
                | b"margins"
                | b"from"
                | b"specimen"
                | b"within"
                | b"fragment"
                | b"fragments"
                | b"wall"
                | b"metastasis"
                | b"deposit"
                | b"cyst"
                | b"distance"
                | b"uterus"
                | b"ovary"
                | b"segment"
                | b"ellipse"
                | b"skin"
                | b"polyp"
                | b"fibroid"
                | b"thickness"
                | b"breslow"
        ) {
            return None;
        }
        // "Mass at 25 cm": how far in it is, as a scope tells; "measuring at 25 mm" is a measure.
        if place + 1 == first
            && word == b"at"
            && !scan.spelled(place.wrapping_sub(1)).to_ascii_lowercase().starts_with(b"measur")
        {
            return None;
        }
        // "pT2 (tumor > 20 mm)": a bound of a definition, and no measure.
        if place + 1 == first && is_bound(scan, first) {
            return None;
        }
        let tumour = scan.lexicon.morphology.is_head(scan.word(place))
            || matches!(word.as_slice(), b"mass" | b"lesion" | b"tumor" | b"tumour" | b"neoplasm");
        if tumour {
            let after = scan.spelled(last + 1).to_ascii_lowercase();
            if matches!(after.as_slice(), b"from" | b"to" | b"margin" | b"away" | b"of" | b"deep") {
                return None;
            }
            // "Depth of tumor invasion 10 mm", "residual tumor bed 8 mm"
            let of_a_part = (place.saturating_sub(3)..place + 2).any(|at| {
                !(at.min(place) + 1..=at.max(place)).any(|p| scan.gap(p).has(Gap::HARD))
                    && ["depth", "spread", "bed", "invasion", "distance", "extension"]
                        .iter()
                        .any(|word| scan.is(at, word))
            });
            if of_a_part {
                return None;
            }
            return Some(100);
        }
    }
    None
}
