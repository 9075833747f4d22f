//! What the tumour is and where it began: morphology, topography, laterality. Every mention in a part of the report that
//! speaks of the finding is a fact; which of them is the main answer is decided by where it stands, not by how often
//! alone, and two answers of like weight give none.

use std::collections::BTreeMap;

use consilium_casefile::facts::{Basis, Concept, Context, Polarity, Section};
use consilium_casefile::knowledge::WordGroup;

use crate::lexicon::{Cue, Meaning, Rule};
use crate::reader::{Finding, Notes};
use crate::runs::{self, Run};
use crate::saying::Saying;
use crate::scan::{Gap, Scan};
use crate::scope::Scope;

/// Mentions of one code in one section beyond this number say nothing new.
const COUNTED: usize = 3;

/// The main organ outweighs every other at least so much, in percent.
const CLEARLY_MORE: u32 = 112;

/// The main histology outweighs every other at least so much, in percent.
const CLEAR_HISTOLOGY: u32 = 103;

/// A place named in the text.
struct Place<'r> {
    rule: &'r Rule,
    first: usize,
    last: usize,
    side: Option<&'static str>,
    scope: Scope,
    weight: u32,
}

/// A tumour named in the text.
struct Tumour {
    run: Run,
    scope: Scope,
    weight: u32,
    metastatic: bool,
}

/// What the tumour is and where it began.
pub(crate) fn read(notes: &mut Notes<'_, '_, '_>) {
    let scan = notes.scan;
    let tumours = tumours(notes);
    let places = places(notes, &tumours);
    let organ = main_organ(scan, &places, &tumours);
    let site = organ.as_deref().and_then(|organ| main_site(&places, &tumours, scan, organ));
    if !note_sites(notes, &places, organ.as_deref(), site.as_deref()) {
        note_implied_site(notes, &tumours, organ.as_deref());
    }
    let side = main_side(notes, &places, organ.as_deref());
    note_sides(notes, &places, organ.as_deref(), side);
    note_tumours(notes, &tumours, &places, site.as_deref().or(organ.as_deref()));
}

/// How much a section says about the finding.
pub(crate) fn section_weight(section: Section) -> u32 {
    match section {
        Section::Diagnosis | Section::Synoptic => 40,
        Section::Body | Section::Specimen => 30,
        Section::Comment | Section::Addendum => 20,
        Section::Gross | Section::Clinical => 12,
        Section::Microscopic => 15,
        Section::Frozen => 8,
        Section::Ancillary | Section::Previous => 5,
        Section::Boilerplate => 0,
    }
}

/// Whether a label of the concept stands just before a word, as in "Tumor site: ".
fn labelled(scan: &Scan<'_, '_>, first: usize, concept: &Concept) -> bool {
    scan.marks_from(first.saturating_sub(8)).iter().take_while(|mark| mark.first < first).any(|mark| {
        matches!(scan.meaning(mark), Some(Meaning::Label(label)) if label == concept)
            && mark.last < first
            && first - mark.last <= 3
            && scan.gap(mark.last + 1).has(Gap::COLON | Gap::LINE | Gap::CLOSE | Gap::OPEN)
            && !(mark.last + 2..=first).any(|place| scan.gap(place).has(Gap::HARD | Gap::COLON))
    })
}

fn tumours(notes: &Notes<'_, '_, '_>) -> Vec<Tumour> {
    let scan = notes.scan;
    let mut found = runs::tumours(scan);
    found.extend(runs::labelled_types(scan, scan.lexicon.common.carcinoma));
    found.sort_by_key(|run| run.first);
    found
        .into_iter()
        .filter(|run| notes.cues.saying(scan, run.first, run.last) != Saying::Unsaid && !is_an_address(scan, run))
        .map(|run| {
            let scope = notes.cues.of(scan, run.first, run.last);
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

fn places<'r>(notes: &Notes<'_, '_, 'r>, tumours: &[Tumour]) -> Vec<Place<'r>> {
    let scan = notes.scan;
    let common = &scan.lexicon.common;
    let mut found = Vec::new();
    let lymphoma = is_lymphoma(scan, tumours);
    let mut tumour = 0;
    for run in runs::places(scan) {
        if notes.cues.saying(scan, run.first, run.last) == Saying::Unsaid
            || is_measured_from(scan, run.first)
            || is_a_function(scan, &run)
        {
            continue;
        }
        while tumours.get(tumour).is_some_and(|t| t.run.last < run.first) {
            tumour += 1;
        }
        let side = match (run.has(common.left), run.has(common.right), run.has(common.bilateral)) {
            (true, false, false) => Some("left"),
            (false, true, false) => Some("right"),
            (false, false, true) => Some("bilateral"),
            _ => None,
        };
        let side = side.filter(|_| !is_normal(scan, run.last, tumours));
        let mut scope = notes.cues.of(scan, run.first, run.last);
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
            found.push(Place { rule, first: run.first, last: run.last, side, scope, weight });
        }
    }
    found
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

/// "Heart rate", "by mouth": what an organ does, or a way to take a medicine.
fn is_a_function(scan: &Scan<'_, '_>, run: &Run) -> bool {
    let by = run.first.checked_sub(1).is_some_and(|before| scan.is(before, "by") && scan.is(run.first, "mouth"));
    by || (scan.is_of(run.last + 1, WordGroup::OrganFunction) && !scan.gap(run.last + 1).has(Gap::HARD | Gap::COMMA))
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

/// Adds votes up, each section counting a few mentions only.
#[derive(Default)]
struct Votes<'k> {
    sum: BTreeMap<&'k str, u32>,
    counted: BTreeMap<(&'k str, Section), usize>,
}

impl<'k> Votes<'k> {
    fn add(&mut self, key: &'k str, section: Section, weight: u32) {
        let counted = self.counted.entry((key, section)).or_default();
        *counted += 1;
        if *counted <= COUNTED {
            *self.sum.entry(key).or_default() += weight;
        }
    }

    fn best(&self) -> Option<(&'k str, u32)> {
        self.sum
            .iter()
            .max_by_key(|(key, sum)| (**sum, std::cmp::Reverse(**key)))
            .map(|(key, sum)| (*key, *sum))
            .filter(|(_, sum)| *sum > 0)
    }
}

fn organ_of(code: &str) -> &str {
    code.get(..3).unwrap_or(code)
}

/// The organ a site belongs to: "uterus" and its lining are one.
fn group_of(code: &str) -> &str {
    match organ_of(code) {
        "C55" => "C54",
        organ => organ,
    }
}

/// The organ the main tumour tells by its name, as hepatocellular carcinoma does, where it outweighs all others.
fn told_by_name(scan: &Scan<'_, '_>, tumours: &[Tumour]) -> Option<String> {
    let mut votes = Votes::default();
    for tumour in tumours.iter().filter(|tumour| !tumour.metastatic) {
        let Some(rule) = tumour.run.best(scan.lexicon, None, false).filter(|rule| rule.code.ends_with("/3")) else {
            continue;
        };
        let weight = tumour.weight * scan.lexicon.exactness(&rule.code) / 100;
        votes.add(rule.implies.as_deref().map_or("", group_of), scan.section(tumour.run.first), weight);
    }
    let total: u32 = votes.sum.values().sum();
    votes.best().filter(|(organ, sum)| !organ.is_empty() && sum * 100 > total * 60).map(|(organ, _)| organ.to_owned())
}

fn main_organ(scan: &Scan<'_, '_>, places: &[Place<'_>], tumours: &[Tumour]) -> Option<String> {
    if let Some(organ) = told_by_name(scan, tumours) {
        return Some(organ);
    }
    let mut votes = Votes::default();
    for place in places {
        votes.add(group_of(&place.rule.code), scan.section(place.first), place.weight);
    }
    for tumour in tumours {
        let Some(rule) = tumour.run.best(scan.lexicon, None, false) else { continue };
        if let Some(implied) = rule.implies.as_deref() {
            votes.add(group_of(implied), scan.section(tumour.run.first), tumour.weight * 4);
        } else if let Some(hinted) = rule.hints.as_deref() {
            votes.add(group_of(hinted), scan.section(tumour.run.first), tumour.weight * 3 / 2);
        }
    }
    // Two organs of almost like weight: the report has to be read by a person.
    let (organ, sum) = votes.best()?;
    let second = votes.sum.iter().filter(|(other, _)| **other != organ).map(|(_, sum)| *sum).max().unwrap_or(0);
    (sum * 100 >= second * CLEARLY_MORE).then(|| organ.to_owned())
}

fn main_site(places: &[Place<'_>], tumours: &[Tumour], scan: &Scan<'_, '_>, organ: &str) -> Option<String> {
    let mut exact = Votes::default();
    let mut any: Option<&str> = None;
    for place in places.iter().filter(|p| group_of(&p.rule.code) == organ) {
        any = any.or(Some(&place.rule.code));
        if !place.rule.code.ends_with(".9") {
            exact.add(&place.rule.code, scan.section(place.first), place.weight);
        }
    }
    if let Some((code, _)) = exact.best() {
        return Some(code.to_owned());
    }
    any.map(str::to_owned).or_else(|| {
        let rules = tumours.iter().filter_map(|t| t.run.best(scan.lexicon, None, false));
        rules.filter_map(|rule| rule.implies.clone()).find(|implied| group_of(implied) == organ)
    })
}

fn note_sites(notes: &mut Notes<'_, '_, '_>, places: &[Place<'_>], organ: Option<&str>, site: Option<&str>) -> bool {
    let mut best: Option<(u32, usize)> = None;
    let mut seen = std::collections::BTreeSet::new();
    let mut noted: Vec<(&Place<'_>, bool)> = Vec::new();
    for place in places {
        let confined = &place.rule.only_at;
        if !confined.is_empty()
            && !confined.iter().any(|only| organ.is_some_and(|organ| organ.starts_with(only.as_str())))
        {
            continue;
        }
        let section = notes.scan.section(place.first);
        if matches!(section, Section::Gross | Section::Microscopic | Section::Frozen | Section::Ancillary)
            && site != Some(&place.rule.code)
        {
            continue;
        }
        let key = (place.rule.code.as_str(), section, notes.scan.specimen(place.first));
        if !seen.insert(key) && site != Some(&place.rule.code) {
            continue;
        }
        if site == Some(&place.rule.code) && best.is_none_or(|(weight, _)| place.weight > weight) {
            best = Some((place.weight, noted.len()));
        }
        noted.push((place, false));
    }
    if let Some((_, at)) = best
        && let Some(slot) = noted.get_mut(at)
    {
        slot.1 = true;
    }
    for (place, main) in noted {
        notes.add(Finding {
            polarity: place.scope.polarity,
            context: Some(place.scope.context),
            main,
            ..Finding::new(Concept::TOPOGRAPHY, place.rule.code.clone(), notes.scan.span(place.first, place.last))
        });
    }
    best.is_some()
}

/// Where no place is named, the name of the tumour may tell it: derived, because nobody wrote it.
fn note_implied_site(notes: &mut Notes<'_, '_, '_>, tumours: &[Tumour], organ: Option<&str>) {
    let scan = notes.scan;
    for tumour in tumours.iter().filter(|tumour| tumour.scope.polarity == Polarity::Present) {
        let Some(rule) = tumour.run.best(scan.lexicon, None, false) else { continue };
        let Some(site) = rule.implies.as_ref().or(rule.hints.as_ref()) else { continue };
        if organ == Some(group_of(site)) {
            notes.add(Finding {
                basis: Basis::Derived,
                context: Some(tumour.scope.context),
                main: true,
                ..Finding::new(Concept::TOPOGRAPHY, site.clone(), scan.span(tumour.run.first, tumour.run.last))
            });
            return;
        }
    }
}

fn main_side(notes: &Notes<'_, '_, '_>, places: &[Place<'_>], organ: Option<&str>) -> Option<&'static str> {
    let mut votes = Votes::default();
    for place in places.iter().filter(|p| organ == Some(group_of(&p.rule.code))) {
        // "Suture marks right" in the gross description does not say where the tumour is.
        let section = notes.scan.section(place.first);
        let told = notes.scan.lexicon.is_paired(&place.rule.code) && section != Section::Gross;
        if let Some(side) = place.side.filter(|_| told) {
            votes.add(side, section, place.weight);
        }
    }
    for (side, section, _) in labelled_sides(notes.scan) {
        votes.add(side, section, 160);
    }
    let (side, sum) = votes.best()?;
    let total: u32 = votes.sum.values().sum();
    (sum * 100 >= total * 75).then_some(side)
}

/// "Laterality: left".
fn labelled_sides(scan: &Scan<'_, '_>) -> Vec<(&'static str, Section, usize)> {
    let common = &scan.lexicon.common;
    let mut found = Vec::new();
    for mark in &scan.marks {
        let labelled = match scan.meaning(mark) {
            Some(Meaning::Label(label)) if *label == Concept::LATERALITY => true,
            // "Tumor site: right lobe", when the other side is not named as well.
            Some(Meaning::Label(label)) if *label == Concept::TOPOGRAPHY && mark.last > mark.first => {
                let near = |side| (mark.last + 1..mark.last + 14).any(|place| scan.word(place) == side);
                !(near(common.left) && near(common.right))
            }
            _ => false,
        };
        if !labelled || !scan.gap(mark.last + 1).has(Gap::COLON) {
            continue;
        }
        for place in mark.last + 1..=mark.last + 2 {
            let word = scan.word(place);
            let both = (place..=place + 2).any(|p| scan.word(p) == common.left)
                && (place..=place + 2).any(|p| scan.word(p) == common.right);
            let side = if both && scan.is(place + 1, "and") {
                "bilateral"
            } else if word == common.left {
                "left"
            } else if word == common.right {
                "right"
            } else if word == common.bilateral {
                "bilateral"
            } else {
                continue;
            };
            found.push((side, scan.section(place), place));
            break;
        }
    }
    found
}

fn note_sides(notes: &mut Notes<'_, '_, '_>, places: &[Place<'_>], organ: Option<&str>, main: Option<&'static str>) {
    let scan = notes.scan;
    let mut noted: Vec<(&'static str, Scope, usize, usize, u32)> = Vec::new();
    for place in places.iter().filter(|p| organ == Some(group_of(&p.rule.code))) {
        if let Some(side) = place.side.filter(|_| scan.lexicon.is_paired(&place.rule.code)) {
            noted.push((side, place.scope, place.first, place.last, place.weight));
        }
    }
    for (side, _, at) in labelled_sides(scan) {
        noted.push((side, notes.cues.of(scan, at, at), at, at, 160));
    }
    let best = noted
        .iter()
        .enumerate()
        .filter(|(_, n)| Some(n.0) == main)
        .max_by_key(|(at, n)| (n.4, std::cmp::Reverse(*at)))
        .map(|(at, _)| at);
    let mut seen = std::collections::BTreeSet::new();
    for (at, (side, scope, first, last, _)) in noted.into_iter().enumerate() {
        let is_main = Some(at) == best;
        if !is_main && !seen.insert((side, scan.section(first), scan.specimen(first))) {
            continue;
        }
        notes.add(Finding {
            context: Some(scope.context),
            main: is_main,
            ..Finding::new(Concept::LATERALITY, side, scan.span(first, last))
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

fn note_tumours(notes: &mut Notes<'_, '_, '_>, tumours: &[Tumour], places: &[Place<'_>], site: Option<&str>) {
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

/// The last word of a name; a number behind it ("carcinoma, grade 2", "carcinoma, 2.3 cm") and what leads to it is none.
fn last_of_name(scan: &Scan<'_, '_>, run: &Run, rule: &Rule) -> usize {
    let named = |place: usize| rule.words.contains(&scan.word(place));
    let numbered = !named(run.last) && scan.spelled(run.last).iter().all(u8::is_ascii_digit);
    let last = (run.first..=run.last).rev().find(|place| named(*place));
    last.filter(|_| numbered).unwrap_or(run.last)
}
