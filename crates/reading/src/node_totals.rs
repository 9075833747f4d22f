//! The number of nodes in all: a stated total, or the sum of all parts where every part has a count. Reports name some
//! nodes without a count, so that a sum of what was read is not the total by itself.

use std::collections::{BTreeMap, BTreeSet};

use consilium_casefile::facts::{Basis, Concept, Polarity, Section};

use crate::disease::section_weight;
use crate::nodes::{Labelled, MOST, Station};
use crate::reader::{Finding, Notes};
use crate::scan::{Gap, Scan};

/// Words from the name of a level to its count.
const LEVEL: usize = 4;

/// Words from a mention of nodes within which its count stands.
const NEAR: usize = 14;

/// Words of the heading of a specimen.
const HEADING: usize = 9;

/// Words from a count within which nodes are still those that were counted.
const FAR: usize = 20;

/// Notes all counts, and which of them is the answer for the whole.
pub(crate) fn choose(notes: &mut Notes<'_, '_, '_>, labelled: &[Labelled], stations: Vec<Station>) {
    let mut parts = stations;
    let further = added_elsewhere(notes.scan, &parts, labelled);
    for concept in [Concept::NODES_EXAMINED, Concept::NODES_POSITIVE] {
        let of: Vec<&Labelled> = labelled.iter().filter(|one| one.concept == concept).collect();
        let of_parts = are_parts(notes.scan, &of);
        let has_total = of.iter().any(|one| one.total);
        for one in of {
            let main = !further && (!of_parts || (has_total && one.total));
            note_labelled(notes, one, if main { 200 } else { 0 });
        }
    }
    for station in &parts {
        // A station is not the answer for the whole; only a total is.
        note(notes, station, Basis::Stated, 0);
    }
    parts.extend(labelled_parts(notes.scan, labelled));
    parts.sort_by_key(|part| (part.first, part.last));
    totals(notes, &parts, further);
}

/// Whether labelled counts differ or are said of several specimens: then none of them is the total by its label alone.
fn are_parts(scan: &Scan<'_, '_>, labelled: &[&Labelled]) -> bool {
    let values: BTreeSet<u32> = labelled.iter().map(|one| one.value).collect();
    let mut specimens: BTreeMap<Section, BTreeSet<usize>> = BTreeMap::new();
    for one in labelled.iter().filter(|one| scan.specimen(one.first).is_some()) {
        specimens.entry(scan.section(one.first)).or_default().insert(scan.specimen_number(one.first));
    }
    values.len() > 1 || specimens.values().any(|specimens| specimens.len() > 1)
}

/// Labelled counts of single parts, "examined" and "positive" of one part together.
fn labelled_parts(scan: &Scan<'_, '_>, labelled: &[Labelled]) -> Vec<Station> {
    let examined: Vec<&Labelled> = labelled.iter().filter(|one| one.concept == Concept::NODES_EXAMINED).collect();
    if !are_parts(scan, &examined) {
        return Vec::new();
    }
    let mut parts = Vec::new();
    for (at, one) in labelled.iter().enumerate().filter(|(_, one)| one.concept == Concept::NODES_EXAMINED) {
        let specimen = scan.specimen_number(one.first);
        let near = |other: &&Labelled| {
            other.concept == Concept::NODES_POSITIVE
                && other.first.abs_diff(one.last) <= 25
                && scan.specimen_number(other.first) == specimen
        };
        // "Examined: 3, positive: 0" more often than the other way round.
        let after = labelled.get(at + 1).filter(near);
        let before = at.checked_sub(1).and_then(|before| labelled.get(before)).filter(near);
        let positive = after.or(before).filter(|other| other.value <= one.value);
        parts.push(Station::of_part(scan, positive.map(|other| other.value), one));
    }
    parts
}

/// Whether nodes found later are counted in another part of the report: "four additional nodes".
fn added_elsewhere(scan: &Scan<'_, '_>, stations: &[Station], labelled: &[Labelled]) -> bool {
    let additional = |station: &&Station| {
        (station.first..=station.last).any(|place| scan.is(place, "additional") || scan.is(place, "further"))
    };
    let elsewhere = |section: Section| {
        stations.iter().any(|other| other.section != section)
            || labelled.iter().any(|one| scan.section(one.first) != section)
    };
    stations.iter().filter(additional).any(|station| elsewhere(station.section))
}

fn note_labelled(notes: &mut Notes<'_, '_, '_>, one: &Labelled, weight: u32) {
    let negative = one.concept == Concept::NODES_POSITIVE && one.value == 0;
    notes.add(Finding {
        unit: Some("{count}"),
        basis: one.basis,
        polarity: if negative { Polarity::Absent } else { Polarity::Present },
        weight,
        ..Finding::new(one.concept.clone(), one.value.to_string(), notes.scan.span(one.first, one.last))
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

/// Finds the total: one that is called so, the only count, a statement that is the sum of the others, or the sum itself.
fn totals(notes: &mut Notes<'_, '_, '_>, stations: &[Station], further: bool) {
    if further {
        return;
    }
    let called: Vec<&Station> = stations.iter().filter(|s| is_called_total(notes.scan, s)).collect();
    if let Some(first) = called.first() {
        let same = called.iter().all(|s| s.examined == first.examined && s.positive == first.positive);
        note(notes, first, Basis::Stated, if same { 160 } else { 0 });
        return;
    }
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
    let all = without_details(notes.scan, &all);
    let all = without_levels(notes.scan, &all);
    if let Some(total) = restated(&all) {
        note(notes, total, Basis::Stated, 140);
        return;
    }
    let of_section = without_subtotals(&all);
    let (Some(first), Some(last)) = (of_section.first(), of_section.last()) else { return };
    let examined: Vec<u32> = of_section.iter().filter_map(|s| s.examined).collect();
    let positive: Vec<u32> = of_section.iter().filter_map(|s| s.positive).collect();
    if examined.len() < of_section.len() || positive.len() < of_section.len() {
        return;
    }
    let total = Station {
        positive: Some(positive.iter().sum()),
        examined: Some(examined.iter().sum()),
        last: last.last,
        ..(*first).clone()
    };
    if total.examined.is_some_and(|sum| sum > MOST) || section_weight(section) == 0 {
        return;
    }
    let rest: Vec<&Station> = stations
        .iter()
        .filter(|s| !matches!(s.section, Section::Frozen | Section::Gross) && s.section != section)
        .collect();
    if of_section.len() == 1 {
        // Another part of the report may count other nodes: then neither is the total.
        let agrees = rest.is_empty() || rest.iter().any(|s| s.examined == total.examined) || is_sum(&total, &rest);
        let agrees = agrees && every_specimen_counts(notes.scan, section, &all);
        note(notes, &total, Basis::Stated, if agrees { 140 } else { 0 });
        return;
    }
    if let Some(again) = rest.iter().find(|s| s.examined == total.examined && s.positive == total.positive) {
        note(notes, again, Basis::Stated, 4 * 140);
        return;
    }
    // A sum is the answer only where every mention of nodes has its count, no count is given twice, and no other part
    // of the report has a count that would be another total; otherwise it is noted and no more.
    let largest = examined.iter().max().copied();
    let other_total = rest.iter().any(|s| s.examined > largest);
    let left_out: Vec<&Station> = all.iter().filter(|s| !of_section.contains(s)).copied().collect();
    let contradicted = !left_out.is_empty() && !is_sum(&total, &left_out);
    let complete = !other_total
        && !contradicted
        && is_one_field(notes.scan, &of_section)
        && !says_twice(notes.scan, &all)
        && is_complete(notes.scan, section, &all);
    note(notes, &total, Basis::Derived, if complete { 140 } else { 0 });
}

/// "Five out of a total of 83 nodes".
fn is_called_total(scan: &Scan<'_, '_>, station: &Station) -> bool {
    let known = station.examined.is_some() && station.positive.is_some();
    known
        && (station.first.saturating_sub(2)..=station.last)
            .any(|place| scan.is(place, "total") && (place >= station.first || !scan.gap(place + 1).has(Gap::HARD)))
}

/// Without the counts that a parenthesis gives for the parts of the count before it: "1 of 20 nodes (0/8 upper, 1/12
/// lower)".
fn without_details<'s>(scan: &Scan<'_, '_>, stations: &[&'s Station]) -> Vec<&'s Station> {
    let mut kept: Vec<&Station> = Vec::new();
    let mut inside = false;
    for station in stations {
        if let Some(last) = kept.last() {
            let from = if inside { station.first } else { last.last + 1 };
            for place in from..=station.first {
                let gap = scan.gap(place);
                if gap.has(Gap::OPEN) {
                    inside = true;
                } else if gap.has(Gap::CLOSE) {
                    inside = false;
                }
            }
        }
        let near = kept.last().is_some_and(|last| station.first.checked_sub(last.last).is_some_and(|apart| apart < 40));
        if inside && near && kept.last().is_some_and(|last| station.examined < last.examined) {
            continue;
        }
        inside = false;
        kept.push(station);
    }
    kept
}

/// Without the counts of levels where a count before them is of all: "2 of 14 nodes. Level I 1/10, level II 1/4".
fn without_levels<'s>(scan: &Scan<'_, '_>, stations: &[&'s Station]) -> Vec<&'s Station> {
    let of_level = |station: &&Station| {
        (station.first.saturating_sub(LEVEL)..station.first)
            .rev()
            .take_while(|at| *at + 1 == station.first || !scan.gap(at + 1).has(Gap::HARD))
            .any(|at| scan.is(at, "level") || scan.is(at, "levels"))
    };
    let (levels, whole): (Vec<&Station>, Vec<&Station>) = stations.iter().copied().partition(of_level);
    let [all] = whole.as_slice() else { return stations.to_vec() };
    let together: Option<u32> = levels.iter().map(|level| level.examined).sum();
    let holds = together.zip(all.examined).is_some_and(|(levels, all)| levels <= all);
    let same =
        levels.iter().all(|level| all.last < level.first && scan.specimen(level.first) == scan.specimen(all.first));
    if holds && same { whole } else { stations.to_vec() }
}

/// Whether one specimen has the same count twice, or a large count comes again under another label: what is counted
/// twice then can not be told.
fn says_twice(scan: &Scan<'_, '_>, stations: &[&Station]) -> bool {
    stations.iter().enumerate().any(|(at, one)| {
        stations.iter().skip(at + 1).any(|other| {
            let same = one.examined == other.examined && one.positive == other.positive;
            let labelled = scan.specimen(one.first).is_some();
            same && ((labelled && scan.specimen(one.first) == scan.specimen(other.first))
                || one.examined.is_some_and(|count| count > 6))
        })
    })
}

/// Whether the counts are of one nodal field: of specimens that were sent as nodes, and not of both armpits. A node found
/// beside an organ is counted with the dissection by some and not by others.
fn is_one_field(scan: &Scan<'_, '_>, stations: &[&Station]) -> bool {
    let sent_as = |station: &&Station, words: &[&str]| {
        let start = scan.specimen_start(station.first);
        // The word behind the label begins the heading, whatever parts it from the label.
        (start..start + HEADING)
            .take_while(|place| *place <= start + 1 || !scan.gap(*place).has(Gap::HARD | Gap::COLON))
            .any(|place| words.iter().any(|word| scan.is(place, word)))
    };
    let nodal =
        ["node", "nodes", "sentinel", "axilla", "axillary", "dissection", "lymphadenectomy", "neck", "contents"];
    let labelled = |station: &&&Station| scan.specimen(station.first).is_some();
    let armpits = stations.iter().filter(|s| sent_as(s, &["axilla", "axillary", "sentinel"]));
    let both = ["left", "right"].iter().all(|side| armpits.clone().any(|s| sent_as(s, &[side])));
    !both && stations.iter().filter(labelled).all(|station| sent_as(station, &nodal))
}

/// Whether every specimen with nodes has a count, and outside of specimens every mention of nodes.
fn is_complete(scan: &Scan<'_, '_>, section: Section, stations: &[&Station]) -> bool {
    every_specimen_counts(scan, section, stations)
        && mentions(scan, section).filter(|place| scan.specimen(*place).is_none()).all(|mention| {
            let near = |s: &&Station| mention + NEAR >= s.first && mention <= s.last + FAR;
            stations.iter().any(near) || is_reference(scan, mention)
        })
}

fn every_specimen_counts(scan: &Scan<'_, '_>, section: Section, stations: &[&Station]) -> bool {
    let counted: BTreeSet<usize> = stations.iter().filter(|s| s.examined.is_some()).map(|s| s.specimen).collect();
    mentions(scan, section)
        .filter(|place| scan.specimen(*place).is_some())
        .all(|place| counted.contains(&scan.specimen_number(place)) || is_reference(scan, place))
}

fn mentions<'s>(scan: &'s Scan<'_, '_>, section: Section) -> impl Iterator<Item = usize> + 's {
    (0..scan.tokens.len())
        .filter(move |place| scan.word(*place) == scan.lexicon.common.node && scan.section(*place) == section)
}

/// "Lymph nodes: see specimen B."
fn is_reference(scan: &Scan<'_, '_>, mention: usize) -> bool {
    (mention + 1..mention + 4).any(|place| scan.is(place, "see"))
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

/// Statements that only add up, or say again, what stands before them. Small counts add up by chance.
fn without_subtotals<'s>(stations: &[&'s Station]) -> Vec<&'s Station> {
    let mut kept: Vec<&Station> = Vec::new();
    for station in stations {
        let large = station.examined.is_some_and(|examined| examined > 6);
        let again = large
            && (0..kept.len()).rev().take(12).any(|from| {
                (from + 1..=kept.len()).rev().any(|to| is_sum(station, kept.get(from..to).unwrap_or_default()))
            });
        if !again {
            kept.push(station);
        }
    }
    kept
}
