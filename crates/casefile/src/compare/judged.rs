//! What people say a difference is. It stands before what is proposed for as long as the opinions say what they said then;
//! after that it is kept and shown as a word of an earlier state, for the person to say again or to leave.

use serde::{Deserialize, Serialize};

use super::differences::{Difference, Kind, Relation, Said, Weight};
use crate::shared::ids::OpinionId;
use crate::shared::time::Instant;

/// What a person says a difference is; it stands before what is proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// The dimension.
    pub dimension: String,
    /// Its line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub item: String,
    /// The opinions it is between, in the order they were written down.
    pub between: Vec<OpinionId>,
    /// Fingerprint of what the opinions said of it ([`Difference::fingerprint`]): of other words it is one of an earlier state.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// How the opinions stand to each other; `None` leaves what is proposed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<Relation>,
    /// Of what kind; `None` leaves what is proposed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// How much it weighs; `None` leaves what is proposed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<Weight>,
    /// Why, in the person's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Judged {
    /// Nothing is said: whatever was said is taken back.
    fn is_nothing(&self) -> bool {
        self.relation.is_none() && self.kind.is_none() && self.weight.is_none() && self.note.is_empty()
    }

    fn is_of(&self, dimension: &str, item: &str) -> bool {
        self.dimension == dimension && self.item == item
    }

    /// Whether the opinions of now say of this line what they said when the person spoke: opinions that came or went since
    /// then do not speak of it.
    fn holds_of(&self, line: &Difference, opinions: &[OpinionId]) -> bool {
        const SILENT: &[Said] = &[];
        let side = |id: &OpinionId| {
            let place = opinions.iter().position(|other| other == id);
            place.and_then(|place| line.sides.get(place)).map_or(SILENT, Vec::as_slice)
        };
        let others_are_silent = opinions.iter().all(|id| self.between.contains(id) || side(id).is_empty());
        let as_then = || line.fingerprint_of(self.between.iter().map(side));
        others_are_silent && (self.about.is_empty() && self.between == opinions || self.about == as_then())
    }
}

/// A difference with what a person made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldDifference {
    /// As proposed.
    pub proposed: Difference,
    /// What a person said it is, and when.
    pub judged: Option<(Judged, Instant)>,
    /// What they said before the opinions changed: it names nothing any more until it is said again.
    pub earlier: Option<(Judged, Instant)>,
}

impl HeldDifference {
    /// How the opinions stand to each other: as a person said, or as proposed.
    #[must_use]
    pub fn relation(&self) -> Relation {
        self.judged.as_ref().and_then(|(judged, _)| judged.relation).unwrap_or(self.proposed.relation)
    }

    /// Of what kind: as a person said, or as proposed. Where opinions agree there is none.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        if self.relation() == Relation::Agree {
            return None;
        }
        self.judged.as_ref().and_then(|(judged, _)| judged.kind).or(self.proposed.kind)
    }

    /// How much it weighs: as a person said, or as proposed. Where opinions agree there is nothing to weigh.
    #[must_use]
    pub fn weight(&self) -> Option<Weight> {
        if self.relation() == Relation::Agree {
            return None;
        }
        self.judged.as_ref().and_then(|(judged, _)| judged.weight).or(self.proposed.weight)
    }

    /// Whether the opinions differ here in what may change something.
    #[must_use]
    pub fn matters(&self) -> bool {
        self.weight() == Some(Weight::Major)
    }
}

/// What people said of differences, oldest first: one of each line and set of opinions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Judgements(Vec<(Judged, Instant)>);

impl Judgements {
    /// Keeps what was said. Nothing said takes back whatever was said of the line.
    pub(super) fn say(&mut self, said: Judged, at: Instant) {
        let nothing = said.is_nothing();
        let replaced =
            |old: &Judged| old.is_of(&said.dimension, &said.item) && (nothing || old.between == said.between);
        self.0.retain(|(old, _)| !replaced(old));
        if !nothing {
            self.0.push((said, at));
        }
    }

    /// A line with the newest that was said of it.
    pub(super) fn of(&self, proposed: Difference, opinions: &[OpinionId]) -> HeldDifference {
        let of_line = || self.0.iter().rev().filter(|(old, _)| old.is_of(&proposed.dimension, &proposed.item));
        let judged = of_line().find(|(old, _)| old.holds_of(&proposed, opinions)).cloned();
        let earlier = of_line().next().filter(|_| judged.is_none()).cloned();
        HeldDifference { proposed, judged, earlier }
    }
}
