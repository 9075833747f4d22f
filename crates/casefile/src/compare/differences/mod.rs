//! Differences between opinions, dimension by dimension: how they stand to each other, how much that may weigh, and of what
//! kind it is. All of it is a proposal with its evidence; a person confirms it. No rule here prefers an opinion.

mod findings;
mod kinds;
mod namer;
mod plans;
mod values;

use serde::{Deserialize, Serialize};

use super::opinion::{Material, Opinion, named};
use crate::knowledge::Knowledge;
use crate::shared::message::Message;

pub use kinds::is_finding;
pub use namer::Namer;
pub use plans::is_part_of;

named! {
    /// How what two opinions say about one thing stands to each other.
    Relation says "relation" {
        /// The same.
        Agree = "agree",
        /// Compatible: an amount differs, or one is more exact.
        Detail = "detail",
        /// Both can not hold.
        Conflict = "conflict",
        /// Only one addresses it.
        OneSided = "one_sided",
        /// Both address it in systems that can not be compared.
        NotComparable = "not_comparable",
    }
}

named! {
    /// How much a difference may weigh.
    Weight says "weight" {
        /// It may change treatment or outlook by itself.
        Major = "major",
        /// It may not.
        Minor = "minor",
    }
}

named! {
    /// Why two opinions differ.
    Kind says "difference" {
        /// One knew something the other did not.
        Data = "data",
        /// Both saw the same and read it differently.
        Reading = "reading",
        /// Both know the same and weigh it differently.
        Judgement = "judgement",
        /// They serve different goals of the person.
        Goal = "goal",
        /// It is not known.
        Unclear = "unclear",
    }
}

impl Relation {
    /// How far apart: of several pairs of opinions the farthest is shown.
    fn distance(self) -> u8 {
        match self {
            Self::Agree => 0,
            Self::Detail => 1,
            Self::OneSided => 2,
            Self::NotComparable => 3,
            Self::Conflict => 4,
        }
    }

    /// Why two texts stand so to each other, as a sentence in the making.
    fn of(self, a: &str, b: &str) -> Message {
        Message::new(&format!("compare-{}", self.name().replace('_', "-"))).with("a", a).with("b", b)
    }
}

/// One line of the comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// A name of `knowledge/compare/dimensions.csv`.
    pub dimension: String,
    /// Which line of it: a marker, a finding, a kind of treatment. Empty where the dimension is one line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub item: String,
    /// How they stand to each other.
    pub relation: Relation,
    /// How much it may weigh; `None` where they agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<Weight>,
    /// Of what kind; `None` where they agree or can not be compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Which rule says so, and what it rests on.
    pub evidence: Vec<Message>,
    /// What each opinion says, in the order of the opinions; empty for one that does not address it.
    pub sides: Vec<Vec<Said>>,
    /// Of which two opinions relation, weight, kind and evidence are: places in their order.
    pub between: [usize; 2],
    /// How any two of them stand to each other.
    pub pairs: Vec<Apart>,
}

/// How two of the opinions stand to each other on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apart {
    /// Their places in the order of the opinions.
    pub between: [usize; 2],
    /// How they stand to each other.
    pub relation: Relation,
    /// How much it may weigh; `None` where they agree.
    pub weight: Option<Weight>,
    /// Of what kind; `None` where they agree or can not be compared.
    pub kind: Option<Kind>,
}

impl Apart {
    /// How far apart. A pair that may change something counts before any that may not; then two who speak of it tell more than
    /// one who does and one who is silent.
    fn rank(&self) -> (bool, bool, u8) {
        (self.weight == Some(Weight::Major), self.relation != Relation::OneSided, self.relation.distance())
    }

    /// How the opinion in this place stands to the one it is farthest from, of those it differs with; of like ones the first.
    #[must_use]
    pub fn farthest_of(pairs: &[Self], place: usize) -> Option<Self> {
        let own = pairs.iter().filter(|pair| pair.between.contains(&place) && pair.relation != Relation::Agree);
        own.rev().max_by_key(|pair| pair.rank()).copied()
    }
}

impl Difference {
    fn as_pair(&self, between: [usize; 2]) -> Apart {
        Apart { between, relation: self.relation, weight: self.weight, kind: self.kind }
    }

    /// Names what the opinions say of this line and how it stands: the first 16 hexadecimal digits of a BLAKE3 hash.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.fingerprint_of(self.sides.iter().map(Vec::as_slice))
    }

    /// As [`Self::fingerprint`], of other opinions than those of now.
    pub(crate) fn fingerprint_of<'a>(&self, sides: impl Iterator<Item = &'a [Said]>) -> String {
        let mut hasher = blake3::Hasher::new_derive_key("consilium difference v2");
        hasher.update(self.relation.name().as_bytes());
        // What is proposed rests on more than the words: on what each had, on reasons.
        for proposed in [self.kind.map_or("", Kind::name), self.weight.map_or("", Weight::name)] {
            hasher.update(&[2]);
            hasher.update(proposed.as_bytes());
        }
        for side in sides {
            hasher.update(&[0]);
            for said in side {
                for part in [&said.label, &said.text, &said.words, &said.specimen, &said.key_image] {
                    hasher.update(&[1]);
                    hasher.update(part.as_bytes());
                }
            }
        }
        hasher.finalize().to_hex().chars().take(16).collect()
    }
}

/// One thing an opinion says of a dimension.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Said {
    /// Of what, where a line holds findings of several concepts.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// As it is shown.
    pub text: String,
    /// The doctor's own words, where they were kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// Specimen or slides it is about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub specimen: String,
    /// Series and image that show it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key_image: String,
}

impl Said {
    /// What is said, with what it is of: `Estrogen receptor: positive`.
    #[must_use]
    pub fn labelled(&self) -> String {
        if self.label.is_empty() { self.text.clone() } else { format!("{}: {}", self.label, self.text) }
    }
}

/// An opinion with what its doctor was given.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a> {
    /// What was said.
    pub opinion: &'a Opinion,
    /// Materials that were in packets this doctor was given.
    pub given: &'a [Material],
}

/// How two opinions stand to each other on one line, before its kind is known.
#[derive(Debug, Clone)]
struct Line {
    dimension: String,
    item: String,
    relation: Relation,
    weight: Option<Weight>,
    evidence: Vec<Message>,
    sides: [Vec<Said>; 2],
    /// Places of the findings it rests on, in each opinion.
    findings: [Vec<usize>; 2],
}

/// Every line on which at least one opinion says something, in the order of `dimensions.csv`. `site` is the ICD-O-3
/// category of the cancer, `C50`, where it is known.
///
/// Of more than two opinions, the pair that is farthest apart gives the relation: one that may change something before any
/// other.
#[must_use]
pub fn differences(opinions: &[Held<'_>], site: Option<&str>, knowledge: &Knowledge, namer: &Namer) -> Vec<Difference> {
    differences_but(opinions, site, knowledge, namer, &[])
}

/// As [`differences`]; nothing follows from lines that a person said are the same.
pub(super) fn differences_but(
    opinions: &[Held<'_>],
    site: Option<&str>,
    knowledge: &Knowledge,
    namer: &Namer,
    same: &[(String, String)],
) -> Vec<Difference> {
    // Of each line what any two of them give.
    let mut lines: Vec<Vec<Difference>> = Vec::new();
    for (a, first) in opinions.iter().enumerate() {
        for (b, second) in opinions.iter().enumerate().skip(a + 1) {
            for found in pair([*first, *second], site, knowledge, namer, same) {
                let found = Difference { between: [a, b], ..found };
                let is_line = |line: &&mut Vec<Difference>| {
                    line.first().is_some_and(|of| of.dimension == found.dimension && of.item == found.item)
                };
                match lines.iter_mut().find(is_line) {
                    Some(line) => line.push(found),
                    None => lines.push(vec![found]),
                }
            }
        }
    }
    let mut all: Vec<Difference> = lines.into_iter().filter_map(|line| farthest(line, opinions.len())).collect();
    let order = |d: &Difference| {
        let dimension = knowledge.comparing.dimensions.iter().position(|known| known.id == d.dimension);
        let item = knowledge.comparing.plan_items.iter().position(|known| known.id == d.item);
        (dimension.unwrap_or(usize::MAX), item.unwrap_or(usize::MAX))
    };
    all.sort_by_key(order);
    all
}

/// The line of all opinions, from what any two of them give: the pair that is farthest apart tells how it stands. Where all who
/// speak of it agree, they agree, whoever is silent.
fn farthest(found: Vec<Difference>, opinions: usize) -> Option<Difference> {
    let mut sides = vec![Vec::new(); opinions];
    let mut pairs = Vec::new();
    for one in &found {
        pairs.push(one.as_pair(one.between));
        for (place, said) in one.between.iter().zip(&one.sides) {
            if let Some(side) = sides.get_mut(*place) {
                side.clone_from(said);
            }
        }
    }
    let speaks = |pair: &Apart| pair.relation != Relation::OneSided;
    let differ = pairs.iter().any(|pair| speaks(pair) && pair.relation != Relation::Agree);
    let agree = pairs.iter().any(speaks) && !differ;
    let counts = |one: &Difference| !agree || one.relation != Relation::OneSided;
    // Of pairs that are as far apart the first.
    let of = found.into_iter().rev().filter(counts).max_by_key(|one| one.as_pair(one.between).rank());
    of.map(|of| Difference { sides, pairs, ..of })
}

/// The lines of two opinions.
fn pair(
    [a, b]: [Held<'_>; 2],
    site: Option<&str>,
    knowledge: &Knowledge,
    namer: &Namer,
    same: &[(String, String)],
) -> Vec<Difference> {
    let mut lines = findings::lines([a.opinion, b.opinion], site, knowledge);
    lines.extend(plans::intent(a.opinion, b.opinion, knowledge));
    lines.extend(plans::lines([a.opinion, b.opinion], knowledge, namer));
    kinds::explained(lines, [a, b], knowledge, namer, same)
}
