//! Where records differ about one tumour: contradictions, and differences that are to be expected because another
//! specimen, another time or another method was looked at. Each drafts a question; none is settled here.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::settings::Setting;
use super::tumours::{OF_THE_PERSON, Tumour};
use super::view::{CaseFact, answers};
use crate::facts::{Concept, Fact, Polarity};
use crate::shared::ids::DocumentId;
use crate::shared::message::Message;
use crate::shared::time::PartialDate;

/// How statements that differ stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// They cannot both be right.
    Conflict,
    /// They differ for a reason.
    Expected(Why),
}

/// Why a difference is to be expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// A sample against the whole.
    BiopsyAgainstResection,
    /// Judged from pictures or examination against judged from tissue.
    ClinicalAgainstPathologic,
    /// What one operation removed against what a further one removed from there.
    AnotherOperation,
    /// Before against after treatment.
    BeforeAgainstAfterTreatment,
    /// An amended report takes the place of an earlier one.
    Amended,
    /// It was so on one day, and otherwise on another.
    AnotherDay,
}

impl Why {
    /// Key of its words.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::BiopsyAgainstResection => "why-biopsy-resection",
            Self::ClinicalAgainstPathologic => "why-clinical-pathologic",
            Self::AnotherOperation => "why-another-operation",
            Self::BeforeAgainstAfterTreatment => "why-before-after",
            Self::Amended => "why-amended",
            Self::AnotherDay => "why-another-day",
        }
    }
}

/// One value with the facts that state it: places in the list of the case's facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The value, with what it says about itself (present, absent).
    pub value: String,
    /// Polarity.
    pub polarity: Polarity,
    /// Who states it.
    pub facts: Vec<usize>,
}

/// A difference between records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is about.
    pub concept: Concept,
    /// What narrows it: gene, margin, method; empty for most.
    pub about: String,
    /// How the sides stand to each other.
    pub relation: Relation,
    /// Two or more.
    pub sides: Vec<Side>,
    /// Whether the records differ so only because of some of which it is not clear that they speak of this tumour.
    pub unclear: bool,
}

impl Difference {
    /// The question to ask about it: key `ask-conflict` or `ask-expected`, with the concept; sides are filled in by
    /// whoever knows the words for values.
    #[must_use]
    pub fn question(&self) -> Message {
        match self.relation {
            Relation::Conflict => Message::new("ask-conflict"),
            Relation::Expected(_) => Message::new("ask-expected"),
        }
    }
}

/// Concepts whose statements are held against each other.
const COMPARED: [Concept; 34] = [
    Concept::MORPHOLOGY,
    Concept::LATERALITY,
    Concept::GRADE,
    Concept::T,
    Concept::N,
    Concept::M,
    Concept::STAGE_GROUP,
    Concept::FIGO_STAGE,
    Concept::ANN_ARBOR_STAGE,
    Concept::RAI_STAGE,
    Concept::BINET_STAGE,
    Concept::ISS_STAGE,
    Concept::TUMOR_SIZE_MM,
    Concept::NODES_EXAMINED,
    Concept::NODES_POSITIVE,
    Concept::EXTRANODAL_EXTENSION,
    Concept::MARGIN,
    Concept::LYMPHOVASCULAR_INVASION,
    Concept::PERINEURAL_INVASION,
    Concept::ER,
    Concept::PR,
    Concept::HER2_IHC,
    Concept::HER2_ISH,
    Concept::KI67,
    Concept::MMR,
    Concept::MSI,
    Concept::GLEASON_SCORE,
    Concept::GRADE_GROUP,
    Concept::IDH,
    Concept::CODELETION_1P19Q,
    Concept::MGMT,
    Concept::HPV_P16,
    Concept::VARIANT,
    Concept::RECURRENCE_SCORE,
];

/// What a biopsy can only see a part of.
const OF_THE_WHOLE: [Concept; 6] = [
    Concept::KI67,
    Concept::TUMOR_SIZE_MM,
    Concept::GRADE,
    Concept::LYMPHOVASCULAR_INVASION,
    Concept::PERINEURAL_INVASION,
    Concept::GLEASON_SCORE,
];

/// What is of one specimen, and another in what a further operation removes. The type of the tumour, its receptors, its side
/// and its stage are not.
const OF_A_SPECIMEN: [Concept; 8] = [
    Concept::MARGIN,
    Concept::TUMOR_SIZE_MM,
    Concept::GRADE,
    Concept::LYMPHOVASCULAR_INVASION,
    Concept::PERINEURAL_INVASION,
    Concept::NODES_EXAMINED,
    Concept::NODES_POSITIVE,
    Concept::EXTRANODAL_EXTENSION,
];

/// What is compared with what: a concept, and what narrows it.
fn about(fact: &Fact) -> String {
    let of = |part: &Option<String>| part.as_deref().unwrap_or_default().to_owned();
    match fact.concept.as_str() {
        "margin" => of(&fact.qualifiers.site),
        "variant" => of(&fact.qualifiers.gene),
        "grade" => match fact.qualifiers.system.as_deref() {
            None => UNNAMED.to_owned(),
            Some(system) if GENERAL.contains(&system) => String::new(),
            Some(system) => system.to_owned(),
        },
        _ => String::new(),
    }
}

/// Ways to say the three grades from well to poorly differentiated; other systems count other things.
const GENERAL: [&str; 3] = ["differentiation", "nottingham", "edmondson"];

/// Stands for the system of a grade that names none, until it is known what it is compared with.
const UNNAMED: &str = "?";

/// A grade without its system is of the general scale, or else of the only other system that is named.
fn join_unnamed_grades(groups: &mut BTreeMap<(usize, String), Vec<usize>>) {
    let Some(order) = COMPARED.iter().position(|c| *c == Concept::GRADE) else { return };
    let Some(unnamed) = groups.remove(&(order, UNNAMED.to_owned())) else { return };
    let systems: Vec<&String> = groups.keys().filter(|(of, _)| *of == order).map(|(_, system)| system).collect();
    let system = match systems.as_slice() {
        [only] => (*only).clone(),
        _ => String::new(),
    };
    let joined = groups.entry((order, system)).or_default();
    joined.extend(unnamed);
    joined.sort_unstable();
}

/// Which class a prefix makes: clinical, pathologic, after treatment.
fn prefix_setting(fact: &Fact, setting: Setting) -> Setting {
    let tnm = [Concept::T, Concept::N, Concept::M, Concept::STAGE_GROUP, Concept::FIGO_STAGE].contains(&fact.concept);
    match fact.qualifiers.prefix.as_deref() {
        Some(p) if tnm && p.starts_with('y') => Setting::AfterTreatment,
        Some(p) if tnm && p.contains('p') => Setting::Resection,
        Some(p) if tnm && p.contains('c') => Setting::Clinical,
        _ => setting,
    }
}

/// Ways in which an answer that it is not so is held as a value.
const NO: [&str; 4] = ["", "negative", "absent", "not amplified"];

/// What a fact answers: "negative" is no, whoever wrote it down as what is so.
fn answered(fact: &Fact) -> Polarity {
    if fact.polarity == Polarity::Present && fact.value == "negative" { Polarity::Absent } else { fact.polarity }
}

/// Whether one value only says more than the other: `N1` and `N1a`, `8500/3` and `8500/3`, `20` and `20.5` mm.
pub(super) fn agree(concept: &Concept, one: &Fact, other: &Fact) -> bool {
    // What is only suspected, or equivocal, contradicts nothing.
    if one.polarity == Polarity::Uncertain || other.polarity == Polarity::Uncertain {
        return true;
    }
    let (first, second) = (answered(one), answered(other));
    if first != second && answers(first) && answers(second) {
        // One change of a gene that is found, and another that is not, contradict each other as little as one alone.
        let is_another = one.value != other.value && !says_none_at_all(one) && !says_none_at_all(other);
        return *concept == Concept::VARIANT && is_another;
    }
    if *concept == Concept::VARIANT && first == Polarity::Absent && second == Polarity::Absent {
        return true;
    }
    let says_no = |fact: &Fact| NO.contains(&fact.value.as_str());
    if first == Polarity::Absent && second == Polarity::Absent && says_no(one) && says_no(other) {
        return true;
    }
    let (a, b) = (one.value.as_str(), other.value.as_str());
    if a == b {
        return true;
    }
    let numbers = a.parse::<f64>().ok().zip(b.parse::<f64>().ok());
    if *concept == Concept::TUMOR_SIZE_MM
        && let Some((a, b)) = numbers
    {
        // Rounding to a whole millimetre is no contradiction; one millimetre more is another size, and may be another T.
        return (a - b).abs() <= 0.5;
    }
    if *concept == Concept::KI67
        && let Some((a, b)) = percents(a).zip(percents(b))
    {
        // Two counts of one stain differ by as much.
        return a.0 - KI67_POINTS <= b.1 && b.0 - KI67_POINTS <= a.1;
    }
    if *concept == Concept::GRADE {
        // Two tiers beside three or four: "high grade" is no other word than G2 or more, "low grade" than G2 or less.
        let tier = |value: &str| value.strip_prefix('G').and_then(|rest| rest.parse::<u8>().ok());
        return match (tier(a), tier(b)) {
            (Some(tier), None) => tiers_agree(tier, b),
            (None, Some(tier)) => tiers_agree(tier, a),
            _ => false,
        };
    }
    if *concept == Concept::TOPOGRAPHY {
        // `C50.9` names the organ and no part of it.
        return a.get(..3) == b.get(..3) && (a.ends_with(".9") || b.ends_with(".9"));
    }
    if *concept == Concept::MORPHOLOGY {
        return is_general(a) || is_general(b) || a.get(..3) == b.get(..3) && behaviour(a) == behaviour(b);
    }
    if numbers.is_some() {
        return false;
    }
    // Stage numbers of which one begins the other are different stages: II and III.
    let detail = |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| !rest.starts_with(['I', 'V']));
    !a.is_empty() && !b.is_empty() && (detail(a, b) || detail(b, a))
}

/// Whether two sizes are too near to each other to be of two tumours: another cut of one specimen measures as much.
pub(super) fn nearly(concept: &Concept, one: &Fact, other: &Fact) -> bool {
    let numbers = one.value.parse::<f64>().ok().zip(other.value.parse::<f64>().ok());
    *concept == Concept::TUMOR_SIZE_MM && numbers.is_some_and(|(a, b)| (a - b).abs() <= (0.05 * a.max(b)).max(1.0))
}

/// Whether a statement says that a gene has no change at all, and not only that one of them was not found.
fn says_none_at_all(fact: &Fact) -> bool {
    fact.polarity == Polarity::Absent && fact.value.ends_with(" wild type")
}

/// The behaviour of a histology; a metastasis is of a malignant tumour.
fn behaviour(code: &str) -> Option<&str> {
    code.get(5..).map(|behaviour| if behaviour == "6" { "3" } else { behaviour })
}

/// Whether one record tells several changes of a gene, each for itself: then they do not contradict each other.
fn told_together(facts: &[CaseFact<'_>], sides: &[Side]) -> bool {
    let of = |side: &Side| -> BTreeSet<&DocumentId> {
        side.facts.iter().filter_map(|place| facts.get(*place)).map(|fact| &fact.key.document).collect()
    };
    let present: Vec<BTreeSet<_>> = sides.iter().filter(|side| side.polarity == Polarity::Present).map(of).collect();
    let Some((first, rest)) = present.split_first() else { return false };
    present.len() == sides.len() && first.iter().any(|document| rest.iter().all(|side| side.contains(document)))
}

/// Points of percent by which two counts of one Ki-67 stain differ without saying another thing.
const KI67_POINTS: f64 = 5.0;

/// `20`, `15-20`, `<5`, `>=90`: from where to where, percent.
fn percents(value: &str) -> Option<(f64, f64)> {
    let number = |text: &str| text.trim().trim_end_matches('%').trim().parse::<f64>().ok();
    let above = value.trim_start_matches(['>', '=']);
    let below = value.trim_start_matches(['<', '=']);
    match value.split_once('-') {
        Some((from, to)) => number(from).zip(number(to)),
        None if value.starts_with('>') => Some((number(above)?, 100.0)),
        None if value.starts_with('<') => Some((0.0, number(below)?)),
        None => number(value).map(|exact| (exact, exact)),
    }
}

fn tiers_agree(tier: u8, word: &str) -> bool {
    match word {
        "high grade" => tier >= 2,
        "low grade" => tier <= 2,
        "intermediate grade" => tier == 2,
        _ => false,
    }
}

/// Morphologies that say "a cancer" and no more (ICD-O-3 8000 and 8010).
fn is_general(code: &str) -> bool {
    code.starts_with("8000") || code.starts_with("8010")
}

/// Whether a fact is laid beside others: it answers, and it is a text's main answer or a person's word.
pub(super) fn compares(fact: &CaseFact<'_>) -> bool {
    fact.speaks() && answers(fact.fact.polarity) && !OF_THE_PERSON.contains(&fact.fact.concept)
}

/// The differences between records about one tumour, contradictions first.
#[must_use]
pub fn differences(facts: &[CaseFact<'_>], tumour: &Tumour) -> Vec<Difference> {
    let two_sided = of_two_sides(facts);
    let mut groups: BTreeMap<(usize, String), Vec<usize>> = BTreeMap::new();
    for place in &tumour.facts {
        let Some(fact) = facts.get(*place) else { continue };
        let Some(order) = COMPARED.iter().position(|c| *c == fact.fact.concept) else { continue };
        if compares(fact) || (names_a_side(fact) && two_sided.contains(&fact.key.document)) {
            groups.entry((order, about(&fact.fact))).or_default().push(*place);
        }
    }
    join_unnamed_grades(&mut groups);
    let mut found: Vec<(Relation, usize, Difference)> = Vec::new();
    for ((order, about), places) in groups {
        let Some(concept) = COMPARED.get(order) else { continue };
        let sides = sides(facts, &places, &tumour.unclear);
        let several = *concept == Concept::VARIANT && told_together(facts, &sides);
        if sides.len() > 1 && !several {
            let relation = relation(facts, concept, &sides);
            let unclear = rests_on_unclear(facts, concept, relation, &sides, &tumour.unclear);
            let difference = Difference { concept: concept.clone(), about, relation, sides, unclear };
            found.push((relation, order, difference));
        }
    }
    let conflicts: Vec<&Concept> =
        found.iter().filter(|(relation, ..)| *relation == Relation::Conflict).map(|(_, _, d)| &d.concept).collect();
    if let Some(status) = super::her2::difference(facts, tumour, &conflicts) {
        let order = COMPARED.iter().position(|c| *c == Concept::HER2_IHC).unwrap_or(COMPARED.len());
        found.push((status.relation, order, status));
    }
    found.sort_by_key(|(relation, order, _)| (*relation, *order));
    found.into_iter().map(|(_, _, difference)| difference).collect()
}

/// Documents without one answer about sides that name both: "left breast" throughout and "right breast" in one line. Two
/// specimens may be of two sides.
fn of_two_sides<'f>(facts: &'f [CaseFact<'_>]) -> BTreeSet<&'f DocumentId> {
    let mut sides: BTreeMap<&DocumentId, BTreeSet<(Option<&str>, &str)>> = BTreeMap::new();
    for fact in facts.iter().filter(|f| names_a_side(f)) {
        sides.entry(&fact.key.document).or_default().insert((fact.fact.specimen.as_deref(), &fact.fact.value));
    }
    let differ = |of: &BTreeSet<(Option<&str>, &str)>| {
        of.iter().any(|(specimen, side)| {
            let same = |other: &Option<&str>| other.is_none() || specimen.is_none() || other == specimen;
            of.iter().any(|(other, value)| value != side && same(other))
        })
    };
    sides.into_iter().filter(|(_, of)| differ(of)).map(|(document, _)| document).collect()
}

/// Whether without the statements whose tumour is not clear there would be no difference, or a lesser one.
fn rests_on_unclear(
    facts: &[CaseFact<'_>],
    concept: &Concept,
    found: Relation,
    sides: &[Side],
    unclear: &BTreeSet<usize>,
) -> bool {
    let clear = |side: &Side| {
        let facts: Vec<usize> = side.facts.iter().copied().filter(|place| !unclear.contains(place)).collect();
        (!facts.is_empty()).then(|| Side { facts, ..side.clone() })
    };
    let left: Vec<Side> = sides.iter().filter_map(clear).collect();
    left.len() < 2 || relation(facts, concept, &left) != found
}

fn names_a_side(fact: &CaseFact<'_>) -> bool {
    fact.fact.concept == Concept::LATERALITY
        && fact.standing.counts()
        && fact.fact.context.is_current()
        && fact.fact.polarity == Polarity::Present
        && !fact.without_cancer
}

/// Whether a statement leaves open what a more exact one says: suspected, equivocal, or "a cancer" and no more.
pub(super) fn is_vague(fact: &Fact) -> bool {
    fact.polarity == Polarity::Uncertain || fact.concept == Concept::MORPHOLOGY && is_general(&fact.value)
}

/// The exact before the vague, and the full before the short, so that a vague statement never stands for exact ones; and
/// before both what is clear to be of this tumour.
pub(super) fn exact_first(facts: &[CaseFact<'_>], places: &[usize], unclear: &BTreeSet<usize>) -> Vec<usize> {
    let mut ordered: Vec<usize> = places.to_vec();
    ordered.sort_by_key(|p| {
        let fact = facts.get(*p).map(|f| &f.fact);
        (unclear.contains(p), fact.is_some_and(is_vague), std::cmp::Reverse(fact.map_or(0, |f| f.value.len())), *p)
    });
    ordered
}

/// The different statements of one side. Many records say the same in the same words: each is held against others once.
#[derive(Debug, Clone, Default)]
pub(super) struct Statements<'f>(Vec<&'f Fact>);

impl<'f> Statements<'f> {
    pub(super) fn of(fact: &'f Fact) -> Self {
        Self(vec![fact])
    }

    pub(super) fn add(&mut self, fact: &'f Fact) {
        if !self.0.iter().any(|known| known.value == fact.value && known.polarity == fact.polarity) {
            self.0.push(fact);
        }
    }

    /// Whether a statement agrees with everything on the side.
    pub(super) fn joined_by(&self, fact: &Fact) -> bool {
        self.0.iter().all(|member| agree(&fact.concept, member, fact))
    }
}

/// Statements by value; those that only say more or less join the fullest. A vague statement beside several sides is on
/// none of them.
fn sides(facts: &[CaseFact<'_>], places: &[usize], unclear: &BTreeSet<usize>) -> Vec<Side> {
    let mut sides: Vec<(Side, Statements<'_>)> = Vec::new();
    for place in exact_first(facts, places, unclear) {
        let Some(fact) = facts.get(place) else { continue };
        if is_vague(&fact.fact) && sides.len() > 1 {
            continue;
        }
        match sides.iter_mut().find(|(_, said)| said.joined_by(&fact.fact)) {
            Some((side, said)) => {
                side.facts.push(place);
                said.add(&fact.fact);
            }
            None => {
                let (value, polarity) = (fact.fact.value.clone(), fact.fact.polarity);
                sides.push((Side { value, polarity, facts: vec![place] }, Statements::of(&fact.fact)));
            }
        }
    }
    let mut sides: Vec<Side> = sides.into_iter().map(|(side, _)| side).collect();
    for side in &mut sides {
        side.facts.sort_unstable();
    }
    sides.sort_by_key(|side| side.facts.first().copied());
    sides
}

/// Sides are compared pair by pair: a difference is a conflict when any two sides meet in one setting, or when a note
/// tells what no report says.
pub(super) fn relation(facts: &[CaseFact<'_>], concept: &Concept, sides: &[Side]) -> Relation {
    let removed = first_removed(facts, sides);
    let settings: Vec<Vec<Setting>> = sides
        .iter()
        .map(|side| {
            let of = side.facts.iter().filter_map(|p| facts.get(*p));
            of.map(|fact| match prefix_setting(&fact.fact, fact.setting) {
                // A note from before the operation tells a size of pictures or of an examination, whoever took it.
                Setting::Told if *concept == Concept::TUMOR_SIZE_MM && is_before(fact, removed) => Setting::Clinical,
                setting => setting,
            })
            .collect()
        })
        .collect();
    let amended = sides.iter().enumerate().any(|(at, side)| is_amended(facts, side) && at > 0);
    let mut expected = None;
    for (at, one) in settings.iter().enumerate() {
        for other in settings.iter().skip(at + 1) {
            match between(concept, one, other) {
                None if amended => expected = Some(Why::Amended),
                None => return Relation::Conflict,
                Some(why) => expected = expected.or(Some(why)),
            }
        }
    }
    expected.map_or(Relation::Conflict, Relation::Expected)
}

/// The first day of a report on what an operation removed, among these statements.
fn first_removed(facts: &[CaseFact<'_>], sides: &[Side]) -> Option<Date> {
    let of_sides = sides.iter().flat_map(|side| &side.facts).filter_map(|place| facts.get(*place));
    let removed =
        of_sides.filter(|f| matches!(f.setting, Setting::Resection | Setting::ReExcision | Setting::AfterTreatment));
    removed.filter_map(|fact| fact.held.date()).map(PartialDate::earliest).min()
}

/// Whether a record is of a time before that day, all of it.
fn is_before(fact: &CaseFact<'_>, day: Option<Date>) -> bool {
    let of = fact.held.date();
    day.zip(of).is_some_and(|(day, of)| of.earliest() < day && !of.agrees_with(PartialDate::Day(day)))
}

/// Why two sides may differ; `None` when they may not.
fn between(concept: &Concept, one: &[Setting], other: &[Setting]) -> Option<Why> {
    // The side of the body does not change between a sample and an operation.
    if *concept == Concept::LATERALITY {
        return None;
    }
    let seen = |of: &[Setting]| of.iter().copied().filter(|s| *s != Setting::Told).collect::<Vec<_>>();
    let (one, other) = (seen(one), seen(other));
    // A side that only notes tell has no specimen of its own to be right about: it may tell of the operation what a
    // biopsy could not see, and of nothing else.
    let (first, second) = match (one.first(), other.first()) {
        (Some(first), Some(second)) => (first, second),
        (None, None) => return None,
        _ => {
            let mut seen = one.iter().chain(&other);
            return if seen.all(|s| *s == Setting::Biopsy) {
                OF_THE_WHOLE.contains(concept).then_some(Why::BiopsyAgainstResection)
            } else {
                let clinical = one.iter().chain(&other).all(|s| *s == Setting::Clinical);
                clinical.then_some(Why::ClinicalAgainstPathologic)
            };
        }
    };
    if one.iter().any(|s| other.contains(s)) {
        return None;
    }
    let removed = |of: &[Setting]| of.iter().any(|s| matches!(s, Setting::Resection | Setting::ReExcision));
    if removed(&one) && removed(&other) {
        return OF_A_SPECIMEN.contains(concept).then_some(Why::AnotherOperation);
    }
    let pair = [first.min(second), first.max(second)];
    Some(match pair {
        [Setting::Biopsy, Setting::Resection | Setting::ReExcision] => Why::BiopsyAgainstResection,
        [_, Setting::AfterTreatment] | [Setting::AfterTreatment, _] => Why::BeforeAgainstAfterTreatment,
        _ => Why::ClinicalAgainstPathologic,
    })
}

fn is_amended(facts: &[CaseFact<'_>], side: &Side) -> bool {
    side.facts.iter().filter_map(|p| facts.get(*p)).any(|fact| {
        fact.fact.section == crate::facts::Section::Addendum
            || fact.held.kind().is_some_and(|k| k.0 == "pathology-addendum")
    })
}
