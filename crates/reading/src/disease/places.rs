//! The places a text names, and how much what stands around each says that the tumour is there.

use consilium_casefile::facts::{Concept, Context, Polarity};
use consilium_casefile::knowledge::WordGroup;

use super::{Place, Tumour, labelled, section_weight};
use crate::alternatives;
use crate::lexicon::{Cue, Meaning};
use crate::reader::Notes;
use crate::runs::{self, Run};
use crate::saying::Saying;
use crate::scan::{Gap, Scan};

pub(super) fn places<'r>(notes: &Notes<'_, '_, 'r>, tumours: &[Tumour]) -> Vec<Place<'r>> {
    let scan = notes.scan;
    let common = &scan.lexicon.common;
    let mut found = Vec::new();
    let lymphoma = is_lymphoma(scan, tumours);
    let mut tumour = 0;
    for run in runs::places(scan) {
        if notes.cues.saying(scan, run.first, run.last) == Saying::Unsaid
            || is_measured_from(scan, run.first)
            || is_a_function(scan, &run)
            || is_a_route(scan, &run)
        {
            continue;
        }
        while tumours.get(tumour).is_some_and(|t| t.run.last < run.first) {
            tumour += 1;
        }
        // "Left, not right, breast"
        let named =
            |side| run.has(side) && (run.first..=run.last).any(|at| scan.word(at) == side && !is_set_aside(scan, at));
        let side = match (named(common.left), named(common.right), run.has(common.bilateral)) {
            (true, false, false) => Some("left"),
            (false, true, false) => Some("right"),
            (false, false, true) => Some("bilateral"),
            _ => None,
        };
        let open_side = (run.first..=run.last).any(|at| notes.cues.alternatives.is_open_side(at));
        let side = side.filter(|_| !is_normal(scan, run.last, tumours));
        // "Left, not right, breast": the denial is of the side alone, and the other side stands before it.
        let aside = run.last > run.first
            && [common.left, common.right].contains(&scan.word(run.first))
            && is_set_aside(scan, run.first)
            && scan.gap(run.first + 1).has(Gap::COMMA | Gap::CLOSE);
        let other = run.first.checked_sub(2).filter(|_| aside).and_then(|at| match scan.word(at) {
            word if word == common.left => Some(("left", at)),
            word if word == common.right => Some(("right", at)),
            _ => None,
        });
        let side = side.or(other.map(|(side, _)| side));
        let first = other.map_or(run.first + usize::from(aside), |(_, at)| at);
        let mut scope = notes.cues.of(scan, run.first + usize::from(aside), run.last);
        // "?lymphoma of the stomach": the place is as doubtful as the tumour.
        let before = tumour.checked_sub(1).and_then(|at| tumours.get(at));
        let doubted = before.is_some_and(|t| {
            t.scope.polarity == Polarity::Uncertain
                && run.first.checked_sub(t.run.last).is_some_and(|apart| apart <= 6)
                && !(t.run.last + 1..=run.first).any(|p| scan.gap(p).has(Gap::HARD))
        });
        if doubted && scope.polarity == Polarity::Present {
            scope.polarity = Polarity::Uncertain;
        }
        // "Cecum versus ascending colon".
        let versus = |at: usize| alternatives::is_versus(scan, at);
        let part = |at: usize| scan.lexicon.topography.has(scan.word(at));
        if scope.polarity == Polarity::Present && alternatives::are_joined(scan, (run.first, run.last), versus, part) {
            scope.polarity = Polarity::Uncertain;
        }
        // "Breast cancer: mother, aunt": the place in the name of a relative's tumour is the relative's.
        let named = tumours.get(tumour).filter(|t| t.run.first <= run.first && run.last <= t.run.last);
        if named.is_some_and(|t| t.scope.context == Context::Family) {
            scope.context = Context::Family;
        }
        let mut weight = section_weight(scan.section(run.first));
        if labelled(scan, run.first, &Concept::TOPOGRAPHY) {
            weight *= 4;
        }
        weight = weight * around(scan, &run, tumours.get(tumour)) / 100;
        if scope.context == Context::History || scope.context == Context::Family {
            weight /= 4;
        }
        if scope.polarity == Polarity::Absent {
            weight /= 5;
        }
        for rule in run.cover(&scan.lexicon.topography) {
            // A lymphoma begins in nodes; nothing else does.
            let readiness =
                if lymphoma && rule.code.starts_with("C77") { 120 } else { scan.lexicon.readiness(&rule.code) };
            let weight = weight * readiness / 100;
            let weight = if rule.only_at.is_empty() { weight } else { weight / 2 };
            found.push(Place { rule, first, last: run.last, side, open_side, scope, weight, secondary: false });
        }
    }
    found
}

/// "Not right": a side that is named only to say that it is not the one.
fn is_set_aside(scan: &Scan<'_, '_>, place: usize) -> bool {
    let led = (place.saturating_sub(2)..place)
        .rev()
        .take_while(|at| ["the", "in", "on", "of"].iter().any(|w| scan.is(*at, w)));
    let first = place - led.count();
    first > 0
        && scan.is(first - 1, "not")
        && !(first..=place).any(|at| scan.gap(at).has(Gap::HARD | Gap::COLON | Gap::COMMA))
}

/// "Left breast: unremarkable", "the right kidney is normal": the whole statement of a place says that nothing is there.
fn is_normal(scan: &Scan<'_, '_>, last: usize, tumours: &[Tumour]) -> bool {
    let is_verb = |place: usize| ["is", "was", "are", "were", "appears", "looks"].iter().any(|w| scan.is(place, w));
    let mut place = last + 1;
    while place <= last + 6 && !scan.gap(place).has(Gap::HARD) {
        let normal = scan
            .marks_from(place)
            .iter()
            .take_while(|mark| mark.first == place)
            .find(|mark| matches!(scan.meaning(mark), Some(Meaning::Cue(Cue::Normal | Cue::NegatesBefore))));
        let led = (last + 1..place).all(is_verb) || scan.gap(place).has(Gap::COLON);
        if let Some(mark) = normal.filter(|_| led) {
            let end = (mark.last + 1..mark.last + 20)
                .find(|at| *at >= scan.tokens.len() || scan.gap(*at).has(Gap::HARD))
                .unwrap_or(mark.last + 20);
            let within = |tumour: &&Tumour| (place..end).contains(&tumour.run.first) && tumour.run.last < end;
            let is_benign = |tumour: &Tumour| {
                tumour.run.best(scan.lexicon, None, false).is_some_and(|rule| rule.code.ends_with("/0"))
            };
            let mut tumours = tumours.iter().filter(within).peekable();
            let closed = scan.gap(mark.last + 1).has(Gap::HARD | Gap::COMMA | Gap::PERIOD | Gap::LINE)
                // "Benign fibroadenoma" is all that is there.
                || scan.is(mark.first, "benign") && end <= mark.last + 3
                || ["tissue", "parenchyma", "and", "on"].iter().any(|word| scan.is(mark.last + 1, word));
            return if tumours.peek().is_some() {
                tumours.all(|tumour| is_benign(tumour) || tumour.scope.polarity == Polarity::Absent)
            } else {
                closed
            };
        }
        place += 1;
    }
    false
}

/// "Heart rate", "by mouth": what an organ does, or a way to take a medicine.
fn is_a_function(scan: &Scan<'_, '_>, run: &Run) -> bool {
    let by = run.first.checked_sub(1).is_some_and(|before| scan.is(before, "by") && scan.is(run.first, "mouth"));
    by || (scan.is_of(run.last + 1, WordGroup::OrganFunction) && !scan.gap(run.last + 1).has(Gap::HARD | Gap::COMMA))
}

/// "Fentanyl buccal tablet", "vaginal 10 mcg", "apply to the skin", "route: nasal", "per rectum": where a medicine is given.
fn is_a_route(scan: &Scan<'_, '_>, run: &Run) -> bool {
    let after = run.last + 1;
    let whole = |from: usize, to: usize| !(from..=to).any(|place| scan.gap(place).has(Gap::HARD | Gap::COMMA));
    let form = |place: usize| scan.is_of(place, WordGroup::DosageForm);
    // "Rectal extended release suppository"
    if (after..after + 3).any(|place| form(place) && whole(after, place)) && !has_a_tumour_noun(scan, after, after + 3)
    {
        return true;
    }
    let dosed = scan.spelled(after).first().is_some_and(u8::is_ascii_digit)
        && ["mg", "mcg", "ug"].iter().any(|unit| (after + 1..after + 4).any(|place| scan.is(place, unit)));
    if dosed && whole(after, after + 1) {
        return true;
    }
    // "Route: nasal"
    if (run.first.saturating_sub(3)..run.first).any(|place| scan.is(place, "route") && whole(place + 1, run.first)) {
        return true;
    }
    let Some(before) = run.first.checked_sub(1) else { return false };
    if scan.is(before, "per") && whole(run.first, run.first) {
        return true;
    }
    // Back over "the", "each", "affected" to the word that leads to the place, and from there to what is put there.
    let passes = ["the", "each", "both", "affected", "left", "right", "a", "area", "of", "clean", "dry"];
    let mut lead = before;
    while lead > 0 && passes.iter().any(|word| scan.is(lead, word)) && before - lead < 5 {
        lead -= 1;
    }
    let leads = ["to", "into", "in", "on", "onto", "via", "inside", "under", "over"];
    if !leads.iter().any(|word| scan.is(lead, word)) || !whole(lead, run.first) {
        return false;
    }
    let at_once = lead.checked_sub(1).is_some_and(|place| form(place) && whole(lead, lead));
    let applied = (lead.saturating_sub(8)..lead).any(|place| {
        scan.is_of(place, WordGroup::Application) && !(place + 1..=lead).any(|p| scan.gap(p).has(Gap::HARD))
    });
    at_once || applied
}

fn has_a_tumour_noun(scan: &Scan<'_, '_>, from: usize, to: usize) -> bool {
    (from..to).any(|place| scan.lexicon.morphology.is_head(scan.word(place)))
}

/// "6 cm from the nipple", "12 cm above the anal verge": a place to measure from, and not the place of the tumour.
fn is_measured_from(scan: &Scan<'_, '_>, first: usize) -> bool {
    let word = |place: usize, words: &[&str]| words.iter().any(|word| scan.is(place, word));
    let article = usize::from(first > 0 && word(first - 1, &["the", "right", "left"]));
    let Some(from) = first.checked_sub(1 + article) else { return false };
    let common = &scan.lexicon.common;
    let unit = from.checked_sub(1).is_some_and(|at| [common.cm, common.mm].contains(&scan.word(at)));
    let broken = (from..=first).any(|place| scan.gap(place).has(Gap::HARD));
    unit && !broken && word(from, &["from", "above", "below", "to", "fn"])
}

/// Whether the first tumour that is said to be so is a lymphoma.
fn is_lymphoma(scan: &Scan<'_, '_>, tumours: &[Tumour]) -> bool {
    let first = tumours.iter().filter(|t| t.weight > 0).max_by_key(|t| (t.weight, std::cmp::Reverse(t.run.first)));
    first
        .and_then(|t| t.run.best(scan.lexicon, None, false))
        .is_some_and(|rule| ("9590".."9730").contains(&rule.code.get(..4).unwrap_or_default()))
}

/// What stands around a place: a tumour said of it, or only a margin, a neighbour, a spread to it. In percent.
fn around(scan: &Scan<'_, '_>, run: &Run, next: Option<&Tumour>) -> u32 {
    let mut percent = 100;
    for place in run.first.saturating_sub(4)..run.first {
        let near = !(place + 1..=run.first).any(|p| scan.gap(p).has(Gap::HARD | Gap::COLON));
        if near && scan.is_of(place, WordGroup::BesidePlace) {
            percent = 30;
        }
    }
    if scan.is_of(run.last + 1, WordGroup::PartOfPlace) {
        percent = percent.min(25);
    }
    if scan.is_of(run.last + 1, WordGroup::Origin) && !scan.gap(run.last + 1).has(Gap::HARD) {
        percent *= 3;
    }
    let benign = (run.last + 1..=run.last + 10)
        .take_while(|place| *place == run.last + 1 || !scan.gap(*place).has(Gap::COLON))
        .any(|place| scan.is_of(place, WordGroup::BenignPlace));
    if benign {
        percent /= 3;
    }
    let Some(tumour) = next else { return percent };
    let distance = tumour.run.first.saturating_sub(run.last);
    let in_name = tumour.run.first <= run.first && run.last <= tumour.run.last;
    if in_name && tumour.scope.polarity == Polarity::Present {
        return percent * 2;
    }
    if distance < 25 && scan.section(tumour.run.first) == scan.section(run.first) {
        percent = match tumour.scope.polarity {
            Polarity::Present if tumour.metastatic => percent / 2,
            Polarity::Present => percent * 2,
            Polarity::Absent => percent / 3,
            _ => percent,
        };
    }
    percent
}
