//! What is said once and belongs to several facts, or stands just behind one: the edition of the staging system, and the
//! date of a result.

use consilium_casefile::facts::{Concept, Section};

use crate::dates::date_at;
use crate::lexicon::Meaning;
use crate::reader::Weighed;
use crate::scan::{Gap, Scan};

/// Words from a category within which the edition is said of it, whatever the section.
const NEAR: usize = 60;

/// Adds editions and dates to facts.
pub(crate) fn complete(scan: &Scan<'_, '_>, facts: &mut [Weighed]) {
    let editions = editions(scan);
    for one in facts.iter_mut() {
        let fact = &mut one.fact;
        if [Concept::T, Concept::N, Concept::M, Concept::STAGE_GROUP].contains(&fact.concept) {
            fact.qualifiers.edition = edition_of(&editions, scan.token_at(fact.start), fact.section);
        } else if is_dated(&fact.concept) {
            fact.date = date_behind(scan, scan.token_at(fact.end.saturating_sub(1)));
        }
        if OF_A_SPECIMEN.contains(&fact.concept) {
            let (first, last) = (scan.token_at(fact.start), scan.token_before(fact.end));
            fact.qualifiers.setting =
                specimen_behind(scan, last).or_else(|| specimen_before(scan, first)).map(str::to_owned);
        }
        // What an addendum adds is of the day of the addendum.
        if fact.section == Section::Addendum && fact.date.is_none() {
            fact.date = scan.date_of_section(scan.token_at(fact.start));
        }
    }
}

/// An edition, where it is written, and in which section.
struct Edition {
    place: usize,
    section: Section,
    value: String,
}

/// "AJCC 8th edition", "(7th ed.)", "UICC 2017", "eighth edition".
fn editions(scan: &Scan<'_, '_>) -> Vec<Edition> {
    let mut found = Vec::new();
    for place in 0..scan.tokens.len() {
        let value = if scan.is(place, "edition") || scan.is(place, "ed") {
            ordinal_before(scan, place)
        } else if scan.is(place, "ajcc") || scan.is(place, "uicc") {
            number_behind(scan, place)
        } else {
            None
        };
        if let Some(value) = value {
            found.push(Edition { place, section: scan.section(place), value });
        }
    }
    found
}

fn ordinal_before(scan: &Scan<'_, '_>, place: usize) -> Option<String> {
    let before = place.checked_sub(1)?;
    let words = ["fifth", "sixth", "seventh", "eighth", "ninth"];
    if let Some(at) = words.iter().position(|word| scan.is(before, word)) {
        return Some((at + 5).to_string());
    }
    let figure = if scan.is(before, "th") { before.checked_sub(1)? } else { before };
    single(scan, figure)
}

fn single(scan: &Scan<'_, '_>, place: usize) -> Option<String> {
    match scan.spelled(place) {
        [figure @ b'5'..=b'9'] => Some(char::from(*figure).to_string()),
        _ => None,
    }
}

fn number_behind(scan: &Scan<'_, '_>, place: usize) -> Option<String> {
    for next in place + 1..place + 4 {
        if scan.gap(next).has(Gap::HARD) {
            return None;
        }
        let spelled = scan.spelled(next);
        let year = spelled.len() == 4 && spelled.starts_with(b"20") && spelled.iter().all(u8::is_ascii_digit);
        if year {
            return Some(String::from_utf8_lossy(spelled).into_owned());
        }
        if let Some(figure) = single(scan, next) {
            return Some(figure);
        }
        if !["tnm", "v", "version", "staging", "stage"].iter().any(|word| scan.is(next, word)) {
            return None;
        }
    }
    None
}

/// The edition said near a category or in its section; two editions give none.
fn edition_of(editions: &[Edition], token: usize, section: Section) -> Option<String> {
    let mut of = editions.iter().filter(|one| one.place.abs_diff(token) <= NEAR || one.section == section);
    let first = of.next()?;
    of.all(|other| other.value == first.value).then(|| first.value.clone())
}

/// Values that are followed over time.
fn is_dated(concept: &Concept) -> bool {
    [
        Concept::PSA,
        Concept::CEA,
        Concept::CA_125,
        Concept::CA_19_9,
        Concept::CA_15_3,
        Concept::AFP,
        Concept::LDH,
        Concept::ECOG,
        Concept::KARNOFSKY,
    ]
    .contains(concept)
}

/// What may differ between a sample and what an operation removed.
const OF_A_SPECIMEN: [Concept; 12] = [
    Concept::TUMOR_SIZE_MM,
    Concept::GRADE,
    Concept::LYMPHOVASCULAR_INVASION,
    Concept::PERINEURAL_INVASION,
    Concept::MARGIN,
    Concept::KI67,
    Concept::ER,
    Concept::PR,
    Concept::HER2_IHC,
    Concept::HER2_IHC_SCORE,
    Concept::HER2_ISH,
    Concept::GLEASON_SCORE,
];

/// "13 mm (core biopsy)", "23 mm on the excision": the specimen that is named at once behind a finding.
fn specimen_behind(scan: &Scan<'_, '_>, last: usize) -> Option<&'static str> {
    let mut led = scan.gap(last + 1).has(Gap::OPEN);
    for place in last + 1..last + 5 {
        if scan.gap(place).has(Gap::HARD | Gap::COMMA | Gap::COLON | Gap::CLOSE) {
            return None;
        }
        if let Some((specimen, _)) = specimen_at(scan, place).filter(|_| led) {
            return Some(specimen);
        }
        led |= ["on", "in", "at"].iter().any(|word| scan.is(place, word));
        let passes = ["the", "initial", "first", "prior", "previous", "surgical", "final"];
        if !led || !(is_preposition(scan, place) || passes.iter().any(|word| scan.is(place, word))) {
            return None;
        }
    }
    None
}

/// "Core biopsy: 13 mm", "on excision 23 mm".
fn specimen_before(scan: &Scan<'_, '_>, first: usize) -> Option<&'static str> {
    let gap = scan.gap(first);
    if first == 0 || gap.has(Gap::LINE | Gap::CLOSE | Gap::OPEN | Gap::COMMA | Gap::HARD) {
        return None;
    }
    let (begins, specimen) = (first.saturating_sub(4)..first).find_map(|at| {
        let (specimen, last) = specimen_at(scan, at)?;
        (last + 1 == first).then_some((at, specimen))
    })?;
    let article = usize::from(begins > 0 && scan.is(begins - 1, "the"));
    let led = begins.checked_sub(1 + article).is_some_and(|at| is_preposition(scan, at));
    (gap.has(Gap::COLON) || led).then_some(specimen)
}

fn is_preposition(scan: &Scan<'_, '_>, place: usize) -> bool {
    ["on", "in", "at", "by"].iter().any(|word| scan.is(place, word))
}

/// The setting of the specimen that a procedure makes, and the last word of its name. An excisional biopsy may be either.
fn specimen_at(scan: &Scan<'_, '_>, place: usize) -> Option<(&'static str, usize)> {
    let marks = scan.marks_from(place).iter().take_while(|mark| mark.first == place);
    let named = marks.filter_map(|mark| match scan.meaning(mark)? {
        Meaning::Procedure(name) => Some((name.as_str(), mark.last)),
        _ => None,
    });
    named.max_by_key(|(_, last)| *last).and_then(|(name, last)| {
        let specimen = match name {
            "biopsy" | "core_biopsy" | "fine_needle_aspiration" => "biopsy",
            "re_excision" => "re_excision",
            name if name.contains("biopsy") => return None,
            _ => "resection",
        };
        Some((specimen, last))
    })
}

/// "6.2 ng/mL on 3/4/2026", "12 (March 2026)": a date at once behind a value or its unit.
fn date_behind(scan: &Scan<'_, '_>, last: usize) -> Option<consilium_casefile::PartialDate> {
    for place in last + 1..last + 6 {
        if scan.gap(place).has(Gap::HARD | Gap::SEMICOLON) {
            return None;
        }
        if let Some((date, _)) = date_at(scan, place) {
            return Some(date);
        }
        let passes = ["ng", "ml", "u", "l", "iu", "on", "in", "dated", "as", "of", "from", "at"];
        if !passes.iter().any(|word| scan.is(place, word)) {
            return None;
        }
    }
    None
}
