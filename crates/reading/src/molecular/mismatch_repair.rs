//! The four proteins of mismatch repair as they are told together: one result behind a list of them, a result that leads to
//! their name, and what the four say about mismatch repair as a whole.

use std::collections::{BTreeMap, BTreeSet};

use consilium_casefile::facts::{Basis, Concept, Fact, Polarity};

use super::{loss_before, result_after};
use crate::lexicon::Meaning;
use crate::reader::{Finding, Notes};
use crate::scan::{Gap, Mark, Scan};

/// The proteins.
pub(super) const GENES: [&str; 4] = ["MLH1", "MSH2", "MSH6", "PMS2"];

/// Places back in which a result that leads to the name begins.
const LED: usize = 12;

fn gene_at(scan: &Scan<'_, '_>, place: usize) -> Option<usize> {
    let marks = scan.marks_from(place).iter().take_while(|mark| mark.first == place);
    let mut genes =
        marks.filter(|mark| matches!(scan.meaning(mark), Some(Meaning::Gene(gene)) if GENES.contains(&gene.as_str())));
    genes.next().map(|mark| mark.last)
}

/// The result of a protein: behind it, or behind the list it stands in ("MLH1, PMS2, MSH2, MSH6: intact").
pub(super) fn result<'l>(scan: &Scan<'_, 'l>, mark: &Mark) -> Option<(&'l str, usize)> {
    let own = result_after(scan, mark, 6);
    let found = own.or_else(|| {
        let last = last_of_list(scan, mark).filter(|_| loss_before(scan, mark.first).is_none())?;
        result_after(scan, &Mark { last, ..*mark }, 6)
    });
    found.filter(|(_, last)| !is_of_the_next(scan, mark, *last))
}

/// The last protein of a list that goes on behind this one.
pub(super) fn last_of_list(scan: &Scan<'_, '_>, mark: &Mark) -> Option<usize> {
    let apart = |place: usize| scan.gap(place).has(Gap::HARD | Gap::COLON | Gap::SEMICOLON);
    let mut last = mark.last;
    loop {
        let joined = usize::from(["and", "or"].iter().any(|word| scan.is(last + 1, word)));
        let next = last + 1 + joined;
        match gene_at(scan, next).filter(|_| !(last + 1..=next).any(apart)) {
            Some(found) => last = found,
            None => return (last > mark.last).then_some(last),
        }
    }
}

/// "MSH2 and MSH6, loss of MLH1": the word behind the list is of the proteins that follow it.
fn is_of_the_next(scan: &Scan<'_, '_>, mark: &Mark, last: usize) -> bool {
    let of = usize::from(scan.is(last + 1, "of"));
    let next = last + 1 + of;
    let led = (mark.last + 1..=last)
        .any(|place| scan.gap(place).has(Gap::COMMA) || ["with", "and", "but"].iter().any(|word| scan.is(place, word)));
    let parted = |place: usize| scan.gap(place).has(Gap::HARD | Gap::COMMA | Gap::COLON | Gap::LINE);
    led && gene_at(scan, next).is_some()
        && !(last + 1..=next).any(parted)
        && (of == 1 || !scan.gap(last).has(Gap::COLON))
}

/// "Intact nuclear expression of all four mismatch repair proteins".
pub(super) fn led_by_result(notes: &mut Notes<'_, '_, '_>, mark: &Mark) {
    let scan = notes.scan;
    const LEADS: [&str; 10] = ["of", "for", "in", "all", "four", "4", "the", "nuclear", "expression", "staining"];
    for place in (mark.first.saturating_sub(LED)..mark.first).rev() {
        if scan.gap(place + 1).has(Gap::HARD | Gap::COLON | Gap::COMMA | Gap::SEMICOLON) {
            return;
        }
        let result = scan.marks_from(place.saturating_sub(3)).iter().take_while(|other| other.first <= place).find_map(
            |other| match scan.meaning(other) {
                Some(Meaning::Result(result))
                    if other.last == place && ["retained", "lost"].contains(&result.as_str()) =>
                {
                    Some((result.as_str(), other.first))
                }
                _ => None,
            },
        );
        if let Some((result, first)) = result {
            let scope = notes.cues.of(scan, first, place);
            // "No loss of expression" denies a loss.
            let denied = scope.polarity == Polarity::Absent;
            let (value, polarity) = match result == "lost" && !denied {
                true => ("deficient", Polarity::Present),
                false => ("proficient", Polarity::Absent),
            };
            let says = result == "lost" && denied || scan.is(first, "no");
            if scope.polarity == Polarity::Present || says {
                notes.add(Finding {
                    polarity,
                    context: Some(scope.context),
                    ..Finding::new(Concept::MMR, value, scan.span(first, mark.last))
                });
            }
            return;
        }
        if !LEADS.iter().any(|word| scan.is(place, word)) {
            return;
        }
    }
}

/// Where nobody says it of the whole, what the proteins of a specimen say: proficient where all four are retained, deficient
/// where one is lost (that is what the words mean: `../domain/synoptic-elements.md`). Derived, because nobody wrote it.
pub(super) fn derive(notes: &mut Notes<'_, '_, '_>) {
    let told =
        |fact: &Fact| fact.concept == Concept::MMR && matches!(fact.polarity, Polarity::Present | Polarity::Absent);
    if notes.noted().any(told) {
        return;
    }
    let mut of_specimen: BTreeMap<Option<String>, Vec<&Fact>> = BTreeMap::new();
    for fact in notes.noted().filter(|fact| fact.concept == Concept::MMR_PROTEIN && fact.context.is_current()) {
        of_specimen.entry(fact.specimen.clone()).or_default().push(fact);
    }
    let mut found = Vec::new();
    for facts in of_specimen.values() {
        let genes = |polarity: Polarity| -> BTreeSet<&str> {
            let of = facts.iter().filter(|fact| fact.polarity == polarity);
            of.filter_map(|fact| fact.qualifiers.gene.as_deref()).collect()
        };
        let (lost, retained) = (genes(Polarity::Present), genes(Polarity::Absent));
        let value = match (lost.is_empty(), retained.len()) {
            (false, _) if lost.is_disjoint(&retained) => ("deficient", Polarity::Present),
            (true, 4) => ("proficient", Polarity::Absent),
            _ => continue,
        };
        if let Some(fact) = facts.iter().find(|fact| fact.polarity == value.1) {
            found.push((value, fact.context, fact.start..fact.end));
        }
    }
    for ((value, polarity), context, range) in found {
        notes.add(Finding {
            basis: Basis::Derived,
            polarity,
            context: Some(context),
            ..Finding::new(Concept::MMR, value, range)
        });
    }
}
