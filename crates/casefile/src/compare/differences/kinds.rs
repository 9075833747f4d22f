//! Of what kind a difference is: different data, another reading of the same data, another judgement, another goal, or not
//! known. The first rule that fits says it, and what it rests on is shown beside it.

use super::findings::is_denied;
use super::namer::Namer;
use super::values::{plain, text};
use super::{Difference, Held, Kind, Line, Relation, Weight};
use crate::compare::opinion::{Basis, Finding, Material, Opinion, Seen};
use crate::knowledge::{ComparedConcept, Knowledge};
use crate::shared::message::Message;
use crate::shared::text::folded;

/// Whether a dimension is of findings, and not of what is advised on them.
#[must_use]
pub fn is_finding(dimension: &str) -> bool {
    !matches!(dimension, "intent" | "plan" | "sequence")
}

/// The lines with their kinds.
pub(super) fn explained(
    lines: Vec<Line>,
    [a, b]: [Held<'_>; 2],
    knowledge: &Knowledge,
    namer: &Namer,
    same: &[(String, String)],
) -> Vec<Difference> {
    let mut done: Vec<Difference> = Vec::new();
    for line in lines {
        let mut evidence = line.evidence.clone();
        let kind = match line.relation {
            Relation::Agree | Relation::NotComparable => None,
            _ => {
                let (kind, why) = told(&line, [a.opinion, b.opinion], knowledge, namer).unwrap_or_else(|| {
                    if is_finding(&line.dimension) {
                        of_finding(&line, [a, b], knowledge)
                    } else {
                        of_plan(&done, same, &line, [a, b], knowledge)
                    }
                });
                evidence.push(why);
                Some(kind)
            }
        };
        let Line { dimension, item, relation, weight, sides, .. } = line;
        let (sides, between) = (sides.into(), [0, 1]);
        done.push(Difference { dimension, item, relation, weight, kind, evidence, sides, between, pairs: Vec::new() });
    }
    done
}

/// A reason that was given for this dimension, where its words tell the kind.
fn told(line: &Line, opinions: [&Opinion; 2], knowledge: &Knowledge, namer: &Namer) -> Option<(Kind, Message)> {
    let here = |dimension: &str| {
        let asked = plain(dimension);
        let item = line.item.replace(['_', ':'], " ").to_lowercase();
        asked == line.dimension || !item.is_empty() && asked == item || asked == format!("{} {item}", line.dimension)
    };
    // A reason that names kinds of treatment is one for those alone.
    let about = |words: &str| {
        let named = namer.named(words);
        line.dimension != "plan" || named.is_empty() || named.iter().any(|(item, _)| *item == line.item)
    };
    // The later opinion answers the earlier one.
    let reasons = opinions.iter().rev().flat_map(|opinion| &opinion.reasons);
    let reasons = reasons.filter(|reason| here(&reason.dimension) && about(&reason.words)).map(|reason| &reason.words);
    // Why something is advised, or advised against, is a reason as well.
    let beside = line.sides.iter().rev().flatten().map(|said| &said.words).filter(|_| line.dimension == "plan");
    reasons.chain(beside).find_map(|reason| {
        let words = folded(reason);
        let denials = &knowledge.comparing.denials;
        let says = |phrase: &str| {
            let at = words.find(&format!(" {phrase} "))?;
            // "Not a new result" gives no new result as the reason.
            (!is_denied(words.get(..at).unwrap_or_default(), denials)).then_some(at)
        };
        let found = knowledge.comparing.reason_words.iter().filter_map(|row| Some((says(&row.phrase)?, row)));
        let (_, row) = found.min_by_key(|(at, row)| (*at, usize::MAX - row.phrase.len()))?;
        Some((row.kind, Message::new("compare-reason-given").with("words", reason)))
    })
}

/// Whether a doctor had a material; `None` where nobody said.
fn had(held: Held<'_>, finding: Option<&Finding>, material: Material) -> Option<bool> {
    let opinion = held.opinion;
    let own = match opinion.basis {
        Some(Basis::Slides) => material == Material::Slides,
        Some(Basis::Images) => material == Material::Images,
        Some(Basis::Visit) => material == Material::Examination,
        _ => false,
    };
    let read = finding.is_some_and(|finding| finding.from == Some(material));
    let said: Vec<bool> = opinion.seen.iter().filter(|seen| seen.material == material).map(|seen| seen.seen).collect();
    // What a doctor said about it stands before what was in a packet.
    if own || read || said.contains(&true) {
        Some(true)
    } else if !said.is_empty() {
        Some(false)
    } else {
        held.given.contains(&material).then_some(true)
    }
}

/// Materials that stand for each other: who read the report of slides and who read the slides had the same tissue.
const PATHOLOGY: &[Material] = &[Material::Slides, Material::PathologyReport, Material::Blocks];

/// A material with those that stand for it.
fn standing_for(material: Material) -> Vec<Material> {
    match material {
        Material::Slides | Material::PathologyReport | Material::Blocks => PATHOLOGY.to_vec(),
        Material::ImagingReport => vec![Material::ImagingReport, Material::Images],
        other => vec![other],
    }
}

/// What a detail names: numbers of specimens and days, without which two details can not be told apart.
fn pieces(opinion: &Opinion, materials: &[Material]) -> Vec<String> {
    let seen = opinion.seen.iter().filter(|seen| seen.seen && materials.contains(&seen.material));
    let words =
        seen.flat_map(|seen| seen.detail.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')')));
    // A number of a specimen or a whole day; a year alone names nothing.
    let names = |word: &&str| {
        word.chars().filter(char::is_ascii_digit).count() >= 2 && word.chars().any(|c| c.is_alphabetic() || c == '-')
    };
    words.filter(names).map(|word| word.to_lowercase().replace('-', "")).collect()
}

/// Whether something one saw came into being after the day of the other's opinion.
fn came_later<'a>(one: &'a Opinion, other: &Opinion, materials: &[Material]) -> Option<&'a str> {
    let day = other.date?.day()?;
    // Tissue is there before anybody reads it: a day beside it is that of the reading.
    let dated = |material: Material| !matches!(material, Material::Slides | Material::Blocks);
    let of = |seen: &&Seen| seen.seen && materials.contains(&seen.material) && dated(seen.material);
    let seen = one.seen.iter().filter(of).filter(|seen| !folded(&seen.detail).contains("read "));
    let mut later = seen.filter(|seen| {
        let days = seen.detail.split(|c: char| !(c.is_ascii_digit() || c == '-'));
        days.filter_map(|word| word.parse::<jiff::civil::Date>().ok()).any(|of| of > day)
    });
    later.next().map(|seen| seen.detail.as_str())
}

/// Whether one had what the other is known to have gone without; which.
fn apart(a: Held<'_>, b: Held<'_>, found: [Option<&Finding>; 2], materials: &[Material]) -> Option<(Kind, Message)> {
    let [first, second] = found;
    let any = |held: Held<'_>, finding: Option<&Finding>| {
        let each: Vec<bool> = materials.iter().filter_map(|material| had(held, finding, *material)).collect();
        (each.contains(&true), !each.is_empty())
    };
    let named = || {
        let either =
            |material: &&Material| had(a, first, **material) == Some(true) || had(b, second, **material) == Some(true);
        let names: Vec<String> = materials.iter().filter(either).map(|m| m.name().replace('_', " ")).collect();
        names.join(", ")
    };
    if let Some(detail) =
        came_later(a.opinion, b.opinion, materials).or_else(|| came_later(b.opinion, a.opinion, materials))
    {
        return Some((Kind::Data, Message::new("compare-came-later").with("material", detail)));
    }
    let (x, y) = (pieces(a.opinion, materials), pieces(b.opinion, materials));
    let ((a_had, a_known), (b_had, b_known)) = (any(a, first), any(b, second));
    match (a_had, b_had) {
        (true, true) if !x.is_empty() && !y.is_empty() && !x.iter().any(|piece| y.contains(piece)) => {
            let material = format!("{} / {}", x.join(", "), y.join(", "));
            Some((Kind::Data, Message::new("compare-other-pieces").with("material", material)))
        }
        (true, true) => Some((Kind::Reading, Message::new("compare-both-had").with("material", named()))),
        (true, false) if b_known => Some((Kind::Data, Message::new("compare-one-had").with("material", named()))),
        (false, true) if a_known => Some((Kind::Data, Message::new("compare-one-had").with("material", named()))),
        _ => None,
    }
}

fn of_finding(line: &Line, held: [Held<'_>; 2], knowledge: &Knowledge) -> (Kind, Message) {
    let [a, b] = held;
    let of = |side: usize| -> Vec<&Finding> {
        let (Some(places), Some(held)) = (line.findings.get(side), held.get(side)) else { return Vec::new() };
        places.iter().filter_map(|place| held.opinion.findings.get(*place)).collect()
    };
    let (left, right) = (of(0), of(1));
    let mut groups: Vec<Vec<Material>> = Vec::new();
    for material in left.iter().chain(&right).filter_map(|finding| finding.from) {
        let group = standing_for(material);
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    if groups.is_empty() {
        let item = line.item.split(':').next().unwrap_or_default();
        let rows =
            knowledge.comparing.concepts.iter().filter(|row| row.dimension == line.dimension && row.item == item);
        groups = rows.flat_map(|row| row.materials.clone()).collect();
    }
    let found = [left.first().copied(), right.first().copied()];
    let each: Vec<(Kind, Message)> = groups.iter().filter_map(|group| apart(a, b, found, group)).collect();
    let data = each.iter().find(|(kind, _)| *kind == Kind::Data);
    let any = data.or_else(|| each.first()).cloned();
    any.unwrap_or_else(|| (Kind::Unclear, Message::new("compare-not-known-what-was-had")))
}

/// The kind of a difference between plans: another goal, a finding it follows from, or another judgement.
fn of_plan(
    done: &[Difference],
    same: &[(String, String)],
    line: &Line,
    [a, b]: [Held<'_>; 2],
    knowledge: &Knowledge,
) -> (Kind, Message) {
    let goals = [a, b].map(|held| plain(&held.opinion.goal));
    let [first, second] = &goals;
    if !first.is_empty() && !second.is_empty() && text(first, second).0 == Relation::Conflict {
        return (Kind::Goal, Message::new("compare-other-goal"));
    }
    let rests_on = knowledge.comparing.plan_items.iter().find(|item| item.id == line.item).map(|item| &item.rests_on);
    let bears = |d: &Difference| {
        let item = d.item.split(':').next().unwrap_or_default();
        rests_on.is_none_or(|names| names.is_empty() || names.iter().any(|name| *name == d.dimension || *name == item))
    };
    let is_same = |d: &Difference| same.iter().any(|(of, item)| *of == d.dimension && *item == d.item);
    let weighs = |d: &&Difference| {
        // Who is silent on a finding they could have made has not read it otherwise: nothing follows from that.
        let one_had = d.relation == Relation::OneSided && d.weight == Some(Weight::Major) && d.kind == Some(Kind::Data);
        let differs = d.relation == Relation::Conflict && matches!(d.kind, Some(Kind::Data | Kind::Reading));
        is_finding(&d.dimension) && (differs || one_had) && bears(d) && !is_same(d)
    };
    let data = |d: &&Difference| d.kind == Some(Kind::Data);
    let upstream = || done.iter().filter(weighs);
    if let Some(found) = upstream().find(data).or_else(|| upstream().next()) {
        let what = if found.item.is_empty() { &found.dimension } else { &found.item };
        let kind = found.kind.unwrap_or(Kind::Unclear);
        return (kind, Message::new("compare-follows-from").with("what", what.replace('_', " ")));
    }
    // Of what it rests on, material that only one had: they can not weigh the same.
    let named = |row: &&ComparedConcept| {
        let is = |name: &String| *name == row.item || *name == row.dimension || name == row.concept.as_str();
        rests_on.is_none_or(|names| names.is_empty() || names.iter().any(is))
    };
    let bearing: Vec<Material> = knowledge
        .comparing
        .concepts
        .iter()
        .filter(named)
        .flat_map(|row| row.materials.iter().flatten().copied())
        .collect();
    let groups = [PATHOLOGY.to_vec(), standing_for(Material::ImagingReport), vec![Material::GenomicReport]];
    let groups = groups.into_iter().filter(|group| group.iter().any(|material| bearing.contains(material)));
    let each = groups.filter_map(|group| apart(a, b, [None, None], &group));
    if let Some(data) = each.into_iter().find(|(kind, _)| *kind == Kind::Data) {
        return data;
    }
    let known = |held: Held<'_>| PATHOLOGY.iter().any(|material| had(held, None, *material) == Some(true));
    if known(a) && known(b) {
        (Kind::Judgement, Message::new("compare-same-findings"))
    } else {
        (Kind::Unclear, Message::new("compare-not-known-what-was-had"))
    }
}
