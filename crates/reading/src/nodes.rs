//! Lymph nodes examined and positive: labelled totals, "3/14", "metastasis in two of fourteen nodes", "eleven nodes,
//! negative". Counts of several stations are added up where the report gives no total, and the sum is derived.

use consilium_casefile::facts::{Basis, Concept, Polarity, Section};

use crate::disease::section_weight;
use crate::lexicon::{Cue, Meaning};
use crate::numbers::{count, roman};
use crate::reader::{Finding, Notes};
use crate::scan::{Gap, Scan};

/// More nodes than this in one operation are a mistake of reading.
const MOST: u32 = 150;

/// What one statement says of nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Station {
    positive: Option<u32>,
    examined: Option<u32>,
    first: usize,
    last: usize,
    section: Section,
    /// The specimen or statement, so that the same nodes are not counted twice.
    statement: usize,
    specimen: Option<String>,
}

/// Lymph node counts.
pub(crate) fn read(notes: &mut Notes<'_, '_, '_>) {
    labelled(notes);
    let stations = stations(notes);
    for station in &stations {
        // A station is not the answer for the whole; only a total is.
        note(notes, station, Basis::Stated, 0);
    }
    totals(notes, &stations);
}

/// "Total number examined: 25", "Number of nodes with metastasis: 0".
fn labelled(notes: &mut Notes<'_, '_, '_>) {
    let scan = notes.scan;
    for mark in &scan.marks {
        let Some(Meaning::Label(label)) = scan.meaning(mark) else { continue };
        if ![Concept::NODES_EXAMINED, Concept::NODES_POSITIVE].contains(label) {
            continue;
        }
        // "No. of nodes" without a colon needs the number at once.
        for place in mark.last + 1..=mark.last + 4 {
            let gap = scan.gap(place);
            if gap.has(Gap::BLANK) || (gap.has(Gap::HARD) && place > mark.last + 1) {
                break;
            }
            let figures = count(scan, place).filter(|(value, _)| *value <= MOST);
            let Some((value, last)) = figures else {
                let word = scan.spelled(place).to_ascii_lowercase();
                let skipped = matches!(
                    word.as_slice(),
                    b"by"
                        | b"with"
                        | b"metastasis"
                        | b"metastases"
                        | b"carcinoma"
                        | b"tumor"
                        | b"is"
                        | b"at"
                        | b"least"
                        | b"of"
                        | b"the"
                        | b"specify"
                        | b"total"
                );
                if skipped {
                    continue;
                }
                if *label == Concept::NODES_POSITIVE
                    && (scan.is(place, "none") || scan.is(place, "zero"))
                    && scan.gap(mark.last + 1).has(Gap::COLON)
                {
                    add_labelled(notes, label, 0, mark.first, place);
                }
                break;
            };
            // "Lymph nodes examined (0/7)" is said of one station; a total has a colon, or the number follows at once.
            let after = scan.gap(mark.last + 1);
            let colon = after.has(Gap::COLON) || (after.has(Gap::OPEN) && scan.gap(place).has(Gap::COLON));
            let at_once = place == mark.last + 1 && mark.last - mark.first >= 2 && !after.has(Gap::OPEN);
            if !colon && !at_once {
                break;
            }
            // "2/14" or "2 of 14" gives both.
            if scan.gap(last + 1).has(Gap::SLASH) || scan.is(last + 1, "of") {
                let second = if scan.is(last + 1, "of") { last + 2 } else { last + 1 };
                if let Some((of, end)) = count(scan, second).filter(|(of, _)| *of >= value && *of <= MOST) {
                    add_labelled(notes, &Concept::NODES_POSITIVE, value, mark.first, end);
                    add_labelled(notes, &Concept::NODES_EXAMINED, of, mark.first, end);
                }
                break;
            }
            if is_length(scan, last) {
                break;
            }
            add_labelled(notes, label, value, mark.first, last);
            break;
        }
    }
}

fn is_length(scan: &Scan<'_, '_>, last: usize) -> bool {
    let next = scan.word(last + 1);
    next == scan.lexicon.common.cm || next == scan.lexicon.common.mm || scan.is(last + 1, "x")
}

fn add_labelled(notes: &mut Notes<'_, '_, '_>, label: &Concept, value: u32, first: usize, last: usize) {
    let negative = *label == Concept::NODES_POSITIVE && value == 0;
    notes.add(Finding {
        unit: Some("{count}"),
        polarity: if negative { Polarity::Absent } else { Polarity::Present },
        weight: 200,
        ..Finding::new(label.clone(), value.to_string(), notes.scan.span(first, last))
    });
}

fn note(notes: &mut Notes<'_, '_, '_>, station: &Station, basis: Basis, weight: u32) {
    let range = notes.scan.span(station.first, station.last);
    let mut positive = station.positive;
    if basis == Basis::Derived && weight == 0 && positive == Some(0) {
        positive = None;
    }
    let counts = [(Concept::NODES_EXAMINED, station.examined), (Concept::NODES_POSITIVE, positive)];
    for (concept, value) in counts {
        let Some(value) = value else { continue };
        let negative = concept == Concept::NODES_POSITIVE && value == 0;
        notes.add(Finding {
            unit: Some("{count}"),
            basis,
            polarity: if negative { Polarity::Absent } else { Polarity::Present },
            weight,
            ..Finding::new(concept, value.to_string(), range.clone())
        });
    }
}

fn stations(notes: &Notes<'_, '_, '_>) -> Vec<Station> {
    let scan = notes.scan;
    let mut found: Vec<Station> = Vec::new();
    let mut statement = 0;
    let mut place = 0;
    while place < scan.tokens.len() {
        if scan.gap(place).has(Gap::HARD) {
            statement = place;
        }
        let read = fraction(scan, place).or_else(|| of(scan, place)).or_else(|| plain(notes, place));
        let Some((positive, examined, last)) = read else {
            place += 1;
            continue;
        };
        let scope = notes.cues.of(scan, place, last);
        let section = scan.section(place);
        if scope.context.is_current()
            && !matches!(section, Section::Boilerplate | Section::Previous | Section::Clinical)
        {
            found.push(Station {
                positive,
                examined,
                first: place,
                last,
                section,
                statement,
                specimen: scan.specimen(place).map(str::to_owned),
            });
        }
        place = last + 1;
    }
    merge(found)
}

fn nodes_near(scan: &Scan<'_, '_>, first: usize, last: usize, before: usize, after: usize) -> bool {
    let is_node = |place: usize| {
        scan.word(place) == scan.lexicon.common.node || scan.is(place, "sentinel") || scan.is(place, "lymphadenectomy")
    };
    let mut place = first;
    for _ in 0..before {
        if place == 0 {
            break;
        }
        // The words before may end with a colon or a period of a scanned line, but not lie in another part.
        if scan.gap(place).has(Gap::SEMICOLON) {
            break;
        }
        place -= 1;
        if is_node(place) {
            return true;
        }
        if is_margin_word(scan, place) {
            break;
        }
    }
    (last + 1..=last + after).take_while(|place| !scan.gap(*place).has(Gap::HARD)).any(is_node)
}

fn is_margin_word(scan: &Scan<'_, '_>, place: usize) -> bool {
    ["margin", "margins", "cores", "core", "slides", "blocks", "cassettes", "score", "grade", "hpf"]
        .iter()
        .any(|word| scan.is(place, word))
}

/// "3/14", "(0/6)", "I/XV".
fn fraction(scan: &Scan<'_, '_>, place: usize) -> Option<(Option<u32>, Option<u32>, usize)> {
    let (positive, last) = count(scan, place).filter(|(_, last)| *last == place).or_else(|| {
        scan.gap(place + 1).has(Gap::SLASH).then(|| roman(scan.spelled(place)).map(|value| (value, place))).flatten()
    })?;
    let slash = scan.token(last + 1)?;
    let between = scan.text.slice(scan.token(last)?.end()..slash.start());
    if !between.contains(&b'/') || between.len() > 3 {
        return None;
    }
    let (examined, end) =
        count(scan, last + 1).or_else(|| roman(scan.spelled(last + 1)).map(|value| (value, last + 1)))?;
    let after = scan.text.at(scan.token(end)?.end());
    let before = scan.token(place)?.start().checked_sub(1).map_or(0, |at| scan.text.at(at));
    let date = after == b'/' || before == b'/';
    if date || positive > examined || examined == 0 || examined > MOST || is_length(scan, end) {
        return None;
    }
    if scan.is(end + 1, "score") || is_margin_word(scan, end + 1) || is_margin_word(scan, place.saturating_sub(1)) {
        return None;
    }
    // "G 2/3", "Fuhrman 2/4", "HPF"
    if examined <= 4
        && scan.marks_from(place.saturating_sub(4)).iter().take_while(|m| m.first < place).any(|m| {
            matches!(scan.meaning(m), Some(Meaning::GradeSystem(_) | Meaning::Grade(_)))
                || matches!(scan.meaning(m), Some(Meaning::Label(label)) if *label == Concept::GRADE)
        })
    {
        return None;
    }
    nodes_near(scan, place, end, 14, 6).then_some((Some(positive), Some(examined), end))
}

/// "2 of 14 lymph nodes", "none of twelve nodes", "one (1) out of six (6) nodes".
fn of(scan: &Scan<'_, '_>, place: usize) -> Option<(Option<u32>, Option<u32>, usize)> {
    let (positive, mut last) = if scan.is(place, "none") { (0, place) } else { count(scan, place)? };
    if let Some((again, end)) = count(scan, last + 1)
        && again == positive
        && scan.gap(last + 1).has(Gap::OPEN)
    {
        last = end;
    }
    let mut next = last + 1;
    if scan.is(next, "out") {
        next += 1;
    }
    if !scan.is(next, "of") || scan.gap(next).has(Gap::HARD) {
        return None;
    }
    next += 1;
    while ["the", "a", "total"].iter().any(|word| scan.is(next, word)) || (scan.is(next, "of") && next < last + 5) {
        next += 1;
    }
    let (examined, mut end) = count(scan, next)?;
    if let Some((again, after)) = count(scan, end + 1)
        && again == examined
        && scan.gap(end + 1).has(Gap::OPEN)
    {
        end = after;
    }
    if positive > examined || examined == 0 || examined > MOST || is_length(scan, end) {
        return None;
    }
    if !nodes_near(scan, place, end, 10, 7) {
        return None;
    }
    // "Two of two nodes negative": what is counted are the nodes without tumour.
    let turned = (end + 1..end + 8)
        .take_while(|at| !scan.gap(*at).has(Gap::HARD | Gap::COMMA | Gap::OPEN))
        .any(|at| ["negative", "free", "benign", "uninvolved", "reactive"].iter().any(|word| scan.is(at, word)));
    match turned {
        true if positive == examined => Some((Some(0), Some(examined), end)),
        true if positive > 0 => None,
        _ => Some((Some(positive), Some(examined), end)),
    }
}

/// "eleven lymph nodes, negative for carcinoma", "no tumor in 4 lymph nodes", "metastatic carcinoma in 3 lymph nodes".
fn plain(notes: &Notes<'_, '_, '_>, place: usize) -> Option<(Option<u32>, Option<u32>, usize)> {
    let scan = notes.scan;
    let (number, mut last) = count(scan, place)?;
    if number == 0 || number > MOST || scan.gap(place).has(Gap::SLASH) || scan.is(place.saturating_sub(1), "of") {
        return None;
    }
    if let Some((again, end)) = count(scan, last + 1)
        && again == number
    {
        last = end;
    }
    let is_node = |at: usize| scan.word(at) == scan.lexicon.common.node;
    let mut node = last + 1;
    let mut words = 0;
    while !is_node(node) {
        let word = scan.spelled(node).to_ascii_lowercase();
        let between = matches!(
            word.as_slice(),
            b"benign"
                | b"reactive"
                | b"lymph"
                | b"lymphatic"
                | b"negative"
                | b"unremarkable"
                | b"pelvic"
                | b"axillary"
                | b"regional"
                | b"sentinel"
                | b"hilar"
                | b"mediastinal"
                | b"pericolic"
                | b"peribronchial"
                | b"perigastric"
                | b"cervical"
                | b"additional"
                | b"small"
                | b"intramammary"
                | b"inguinal"
                | b"obturator"
                | b"iliac"
                | b"external"
                | b"para"
                | b"aortic"
                | b"positive"
                | b"anthracotic"
                | b"hyperplastic"
                | b"fragments"
                | b"of"
                | b"mesenteric"
                | b"non"
                | b"left"
                | b"right"
                | b"tumor"
                | b"free"
                | b"paraaortic"
        );
        words += 1;
        if !between || words > 4 || scan.gap(node).has(Gap::HARD | Gap::SEMICOLON | Gap::SLASH) {
            return None;
        }
        node += 1;
    }
    if !matches!(
        scan.section(place),
        Section::Diagnosis | Section::Synoptic | Section::Body | Section::Microscopic | Section::Addendum
    ) {
        return None;
    }
    let negative = denied(notes, place, node);
    if negative {
        return Some((Some(0), Some(number), node));
    }
    let positive = (last + 1..node).any(|at| scan.is(at, "positive")) || involved(scan, place);
    positive.then_some((Some(number), None, node))
}

/// Whether the statement denies tumour in the nodes.
fn denied(notes: &Notes<'_, '_, '_>, first: usize, node: usize) -> bool {
    let scan = notes.scan;
    let benign = |at: usize| {
        ["benign", "reactive", "negative", "unremarkable", "free", "uninvolved", "hyperplastic"]
            .iter()
            .any(|word| scan.is(at, word))
    };
    let mut seen = false;
    for at in (first..=node).chain(node + 1..=node + 8) {
        if at > first && scan.gap(at).has(Gap::HARD) {
            break;
        }
        if ["one", "which", "positive"].iter().any(|word| scan.is(at, word)) && at > node {
            break;
        }
        seen |= benign(at) || (at > node && scan.is(at, "no")) || (at > node && scan.is(at, "without"));
    }
    if seen {
        return true;
    }
    // "No evidence of malignancy in eleven lymph nodes"
    let mut at = first;
    for _ in 0..9 {
        if at == 0 || scan.gap(at).has(Gap::HARD) {
            return false;
        }
        at -= 1;
        let negates = scan
            .marks_from(at)
            .iter()
            .take_while(|mark| mark.first == at)
            .any(|mark| matches!(scan.meaning(mark), Some(Meaning::Cue(Cue::NegatesAfter | Cue::NegatesBefore))));
        if negates {
            return true;
        }
    }
    false
}

/// "metastatic carcinoma involving 3", "metastasis in 2".
fn involved(scan: &Scan<'_, '_>, first: usize) -> bool {
    let mut at = first;
    for _ in 0..6 {
        if at == 0 || scan.gap(at).has(Gap::HARD) {
            return false;
        }
        at -= 1;
        if scan.word(at) == scan.lexicon.common.metastatic {
            return true;
        }
    }
    false
}

/// One statement often gives the same nodes twice, in words and in figures.
fn merge(found: Vec<Station>) -> Vec<Station> {
    let mut kept: Vec<Station> = Vec::new();
    for station in found {
        if let Some(last) = kept.last_mut()
            && last.section == station.section
            && (last.statement == station.statement || station.first - last.last <= 12)
            && last.specimen == station.specimen
        {
            let agrees = |a: Option<u32>, b: Option<u32>| a.is_none() || b.is_none() || a == b;
            if agrees(last.positive, station.positive) && agrees(last.examined, station.examined) {
                last.positive = last.positive.or(station.positive);
                last.examined = last.examined.or(station.examined);
                last.last = station.last;
                continue;
            }
        }
        kept.push(station);
    }
    kept
}

/// Adds up the stations of the part of the report that says most.
fn totals(notes: &mut Notes<'_, '_, '_>, stations: &[Station]) {
    let order = [
        Section::Diagnosis,
        Section::Synoptic,
        Section::Body,
        Section::Addendum,
        Section::Comment,
        Section::Microscopic,
    ];
    let Some(section) =
        order.into_iter().find(|section| stations.iter().any(|s| s.section == *section && s.examined.is_some()))
    else {
        return;
    };
    let all: Vec<&Station> = stations.iter().filter(|s| s.section == section).collect();
    let of_section = without_subtotals(&all);
    let (Some(first), Some(last)) = (of_section.first(), of_section.last()) else { return };
    let examined: Vec<u32> = of_section.iter().filter_map(|s| s.examined).collect();
    let positive: Vec<u32> = of_section.iter().filter_map(|s| s.positive).collect();
    if examined.len() < of_section.len() || positive.len() < of_section.len() {
        return;
    }
    let (sum, sum_positive): (u32, u32) = (examined.iter().sum(), positive.iter().sum());
    if let Some(total) = restated(&all) {
        note(notes, total, Basis::Stated, 140);
        return;
    }
    let total = Station {
        positive: Some(sum_positive),
        examined: Some(sum),
        first: first.first,
        last: last.last,
        section,
        statement: 0,
        specimen: None,
    };
    let single = of_section.len() == 1;
    if sum > MOST || section_weight(section) == 0 {
        return;
    }
    if single {
        // Another part of the report may count other nodes: then neither is the total.
        let elsewhere = stations
            .iter()
            .any(|s| s.section != section && s.examined != first.examined && s.section != Section::Frozen);
        note(notes, &total, Basis::Stated, if elsewhere { 0 } else { 140 });
    } else {
        // Reports name some nodes without a count, so that a sum of many stations is often not the whole. It is noted as
        // derived and is no main answer, but for "none positive".
        note(notes, &total, Basis::Derived, 0);
        if sum_positive == 0 {
            let range = notes.scan.span(total.first, total.last);
            notes.add(Finding {
                unit: Some("{count}"),
                basis: Basis::Derived,
                polarity: Polarity::Absent,
                weight: 140,
                ..Finding::new(Concept::NODES_POSITIVE, "0", range)
            });
        }
    }
}

/// The first or the last statement, where it is the sum of all others.
fn restated<'s>(stations: &[&'s Station]) -> Option<&'s Station> {
    let (last, before) = stations.split_last()?;
    let (first, after) = stations.split_first()?;
    if before.len() > 1 && is_sum(last, before) {
        return Some(last);
    }
    (after.len() > 1 && is_sum(first, after)).then_some(*first)
}

fn is_sum(station: &Station, of: &[&Station]) -> bool {
    let examined = of.iter().map(|s| s.examined).sum::<Option<u32>>();
    let positive = of.iter().map(|s| s.positive).sum::<Option<u32>>();
    examined.is_some() && examined == station.examined && positive == station.positive
}

/// Statements that only add up, or say again, what stands before them.
fn without_subtotals<'s>(stations: &[&'s Station]) -> Vec<&'s Station> {
    let mut kept: Vec<&Station> = Vec::new();
    for station in stations {
        let again = (0..kept.len()).rev().take(12).any(|from| {
            (from + 1..=kept.len()).rev().any(|to| {
                let of = kept.get(from..to).unwrap_or_default();
                // Two stations with one node each are no repetition.
                is_sum(station, of) && (of.len() > 1 || station.examined.is_some_and(|e| e > 4))
            })
        });
        if !again {
            kept.push(station);
        }
    }
    kept
}
