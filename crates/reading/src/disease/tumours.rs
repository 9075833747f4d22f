//! The tumours a text names, and which of their histologies is the main answer.

use consilium_casefile::facts::{Concept, Context, Polarity};
use consilium_casefile::knowledge::WordGroup;

use super::votes::Votes;
use super::{Place, Tumour, group_of, labelled, section_weight};
use crate::alternatives;
use crate::lexicon::Rule;
use crate::reader::{Finding, Notes};
use crate::runs::{self, Run};
use crate::saying::Saying;
use crate::scan::{Gap, Scan};

/// The main histology outweighs every other at least so much, in percent.
const CLEAR_HISTOLOGY: u32 = 103;

pub(super) fn tumours(notes: &Notes<'_, '_, '_>) -> Vec<Tumour> {
    let scan = notes.scan;
    let mut found = runs::tumours(scan);
    found.extend(runs::labelled_types(scan, scan.lexicon.common.carcinoma));
    found.sort_by_key(|run| run.first);
    found
        .into_iter()
        .filter(|run| notes.cues.saying(scan, run.first, run.last) != Saying::Unsaid)
        .filter(|run| !is_an_address(scan, run) && !is_a_house(scan, run))
        .map(|run| {
            let mut scope = notes.cues.of(scan, run.first, run.last);
            // "Ductal or lobular carcinoma", "adenocarcinoma versus lymphoma": each is one of several.
            let lexicon = scan.lexicon;
            let joint = |at: usize| alternatives::is_joint(scan, at);
            let names = |at: usize| {
                let word = scan.word(at);
                lexicon.morphology.has(word) && !lexicon.is_filler(word) || word == lexicon.common.invasive
            };
            if scope.polarity == Polarity::Present
                && alternatives::are_joined(scan, (run.first, run.last), joint, names)
            {
                scope.polarity = Polarity::Uncertain;
            }
            let mut weight = section_weight(scan.section(run.first));
            if labelled(scan, run.first, &Concept::MORPHOLOGY) {
                weight *= 3;
            }
            weight = match scope.polarity {
                Polarity::Present => weight,
                Polarity::Uncertain => weight / 3,
                _ => 0,
            };
            if !matches!(scope.context, Context::Current | Context::Clinical) {
                weight /= 4;
            }
            let metastatic = run.best(scan.lexicon, None, false).is_some_and(|rule| rule.code.ends_with("/6"))
                || run.has(scan.lexicon.common.metastatic)
                || (run.first > 0 && scan.word(run.first - 1) == scan.lexicon.common.metastatic);
            Tumour { run, scope, weight, metastatic }
        })
        .collect()
}

/// "Los Angeles, CA": two letters stand for a carcinoma only behind the organ or the kind of it.
fn is_an_address(scan: &Scan<'_, '_>, run: &Run) -> bool {
    let alone = run.first == run.last && scan.is(run.first, "ca");
    alone
        && !run.first.checked_sub(1).is_some_and(|before| {
            let word = scan.word(before);
            let part = scan.lexicon.topography.has(word) || scan.lexicon.morphology.has(word);
            part && !scan.gap(run.first).has(Gap::COMMA | Gap::HARD)
        })
}

/// "CANCER CLINIC", "Breast Cancer Center": a name in a letterhead.
fn is_a_house(scan: &Scan<'_, '_>, run: &Run) -> bool {
    let next = run.last + 1;
    scan.is(run.last, "cancer")
        && !scan.gap(next).has(Gap::HARD | Gap::LINE | Gap::COMMA | Gap::COLON)
        && scan.is_of(next, WordGroup::CancerHouse)
}

pub(super) fn note_tumours(
    notes: &mut Notes<'_, '_, '_>,
    tumours: &[Tumour],
    places: &[Place<'_>],
    site: Option<&str>,
) {
    let scan = notes.scan;
    let lexicon = scan.lexicon;
    let mut votes = Votes::default();
    let mut named: Vec<(&Tumour, &Rule, String)> = Vec::new();
    for tumour in tumours {
        let invasive = tumour.run.has(lexicon.common.invasive);
        let Some(rule) = tumour.run.best(lexicon, site, invasive) else { continue };
        // "Metastases" alone names no tumour.
        if rule.words == [lexicon.common.metastatic] {
            continue;
        }
        let code = match rule.code.strip_suffix("/3") {
            Some(histology) if tumour.metastatic => format!("{histology}/6"),
            _ => rule.code.clone(),
        };
        named.push((tumour, rule, code));
    }
    for (tumour, rule, _) in &named {
        // Weights are small whole numbers; the tenth part must not vanish.
        let percent = match rule.code.as_bytes().last() {
            Some(b'3') => 100,
            Some(b'1') => 30,
            Some(b'2') => 10,
            _ => 6,
        };
        let weight = tumour.weight * 20 * lexicon.exactness(&rule.code) / 100 * percent / 100;
        let weight = if tumour.metastatic { weight / 2 } else { weight };
        let weight = site.map_or(weight, |site| weight * fit(places, tumour, rule, group_of(site)) / 100);
        votes.add(&rule.code, scan.section(tumour.run.first), weight);
    }
    let main = votes.best().filter(|(code, sum)| clear_histology(&votes, code, *sum)).map(|(code, _)| code);
    let best = named
        .iter()
        .enumerate()
        .filter(|(_, (tumour, rule, _))| Some(rule.code.as_str()) == main && tumour.weight > 0)
        .max_by_key(|(at, (tumour, _, _))| (!tumour.metastatic, tumour.weight, std::cmp::Reverse(*at)))
        .map(|(at, _)| at);
    for (at, (tumour, rule, code)) in named.iter().enumerate() {
        let last = last_of_name(scan, &tumour.run, rule);
        notes.add(Finding {
            polarity: tumour.scope.polarity,
            context: Some(tumour.scope.context),
            main: Some(at) == best,
            ..Finding::new(Concept::MORPHOLOGY, code.clone(), scan.span(tumour.run.first, last))
        });
    }
}

/// How well the place a tumour is said of fits the main organ, in percent.
fn fit(places: &[Place<'_>], tumour: &Tumour, rule: &Rule, organ: &str) -> u32 {
    if rule.implies.as_deref().is_some_and(|implied| group_of(implied) != organ) {
        return 25;
    }
    let until = places.partition_point(|place| place.first <= tumour.run.last);
    let strong = places.get(..until).unwrap_or_default().iter().rev().take(8);
    let mut near = strong.filter(|place| tumour.run.first.saturating_sub(place.last) < 30 && place.weight > 0);
    match near.next() {
        Some(place) if group_of(&place.rule.code) == organ => 150,
        Some(_) => 70,
        None => 100,
    }
}

/// Whether no other histology has almost the weight of the best.
fn clear_histology(votes: &Votes<'_>, best: &str, sum: u32) -> bool {
    let others = votes.sum.iter().filter(|(code, _)| **code != best);
    others.map(|(_, sum)| *sum).max().is_none_or(|second| sum * 100 >= second * CLEAR_HISTOLOGY)
}

/// The last word of a name; a number behind it ("carcinoma, grade 2", "carcinoma, 2.3 cm") and what leads to it is none.
fn last_of_name(scan: &Scan<'_, '_>, run: &Run, rule: &Rule) -> usize {
    let named = |place: usize| rule.words.contains(&scan.word(place));
    let numbered = !named(run.last) && scan.spelled(run.last).iter().all(u8::is_ascii_digit);
    let last = (run.first..=run.last).rev().find(|place| named(*place));
    last.filter(|_| numbered).unwrap_or(run.last)
}
