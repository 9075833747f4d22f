//! Whether the numbers of a feature can stand beside each other: the same denominator, the same time. What can not is told
//! why; nothing is converted.

use super::sheet::{Feature, Number, Sheet};
use super::values::{Must, Values};
use crate::compare::{CitationKind, folded};
use crate::knowledge::{Knowledge, SameThing};
use crate::shared::message::Message;
use crate::shared::text;

/// Most icons of one array: more people can not be counted by eye.
pub const MOST_ICONS: u32 = 1_000;

/// The range of a feature over what was stated for the options on the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The least wished-for number.
    pub worst: u32,
    /// The most wished-for number.
    pub best: u32,
    /// Of how many people; none for an amount.
    pub denominator: Option<u32>,
    /// Within which time; empty for an amount.
    pub horizon: String,
    /// Unit of an amount.
    pub unit: String,
    /// What it is of, and whether more of it is wished for.
    pub what: (String, bool),
}

impl Span {
    /// Whether all options are the same in it.
    #[must_use]
    pub fn is_flat(&self) -> bool {
        self.worst == self.best
    }

    /// Names the range: points that were given for another one say nothing of this.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let of = self.denominator.map(|d| d.to_string()).unwrap_or_default();
        let (label, good) = (self.what.0.to_lowercase(), if self.what.1 { "+" } else { "-" });
        format!("{good}{label}: {}>{}/{of}/{}/{}", self.worst, self.best, self.horizon, self.unit)
    }
}

/// Whether an option keeps to a limit: never guessed from a number that nobody stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// Every stated number keeps to it.
    Yes,
    /// No stated number keeps to it.
    No,
    /// Nobody stated a number, or they lie on both sides of the limit.
    NotKnown,
}

impl Sheet {
    /// What was stated of a feature, of whichever option.
    fn stated_of<'a>(&'a self, feature: &Feature) -> impl Iterator<Item = &'a Number> {
        self.numbers.iter().filter(|number| number.feature == feature.id)
    }

    /// The first number of a feature, where all of them are of one kind: the same number of people, the same time.
    fn alike(&self, feature: &Feature) -> Result<&Number, Message> {
        let numbers = || self.stated_of(feature);
        let first = numbers().next().ok_or_else(|| Message::new("sheet-no-number"))?;
        if let Some(other) = numbers().find(|number| number.denominator != first.denominator) {
            let shown = |d: Option<u32>| d.map(|d| d.to_string()).unwrap_or_default();
            let message = Message::new("sheet-other-denominator");
            return Err(message.with("a", shown(first.denominator)).with("b", shown(other.denominator)));
        }
        if let Some(other) = numbers().find(|number| !text::same_line(&number.horizon, &first.horizon)) {
            let message = Message::new("sheet-other-horizon");
            return Err(message.with("a", &first.horizon).with("b", &other.horizon));
        }
        Ok(first)
    }

    /// The range of a feature over the options, where its numbers can stand beside each other.
    ///
    /// # Errors
    /// A sentence that says why they can not: no number, numbers of one option only, other denominators, other times.
    pub fn span(&self, feature: &Feature) -> Result<Span, Message> {
        let first = self.alike(feature)?;
        let numbers = || self.stated_of(feature);
        if numbers().all(|number| number.option == first.option) {
            return Err(Message::new("sheet-one-number"));
        }
        let (low, high) = hull(numbers()).unwrap_or((first.value, first.value));
        let (worst, best) = if feature.good { (low, high) } else { (high, low) };
        Ok(Span {
            worst,
            best,
            denominator: first.denominator,
            horizon: first.horizon.clone(),
            unit: feature.unit.clone(),
            what: (feature.label.clone(), feature.good),
        })
    }

    /// The range of a feature in which the options differ: what a person can be asked about.
    #[must_use]
    pub fn differing(&self, feature: &Feature) -> Option<Span> {
        self.span(feature).ok().filter(|span| !span.is_flat())
    }

    /// The lowest and the highest that was stated of a feature of an option, by whoever stated it.
    #[must_use]
    pub fn range_of(&self, option: &str, feature: &str) -> Option<(u32, u32)> {
        hull(self.numbers_of(option, feature))
    }

    /// Whether icon arrays of a feature can be drawn beside each other; an option without a number stands as "not stated".
    ///
    /// # Errors
    /// A sentence that says why not.
    pub fn drawable(&self, feature: &Feature) -> Result<u32, Message> {
        // Of one option alone they can be drawn as well, as long as they are of one kind.
        match self.alike(feature)?.denominator {
            Some(denominator) if denominator <= MOST_ICONS => Ok(denominator),
            Some(denominator) => Err(Message::new("sheet-too-many-icons").with("denominator", denominator)),
            None => Err(Message::new("sheet-no-icons-for-amounts")),
        }
    }

    /// What to know before the numbers of a feature are laid beside each other: they are of other people, or of sources of
    /// another kind. Words differ where people do not, so it is said and nothing is refused.
    #[must_use]
    pub fn cautions(&self, feature: &Feature) -> Vec<Message> {
        let numbers = || self.stated_of(feature);
        let differs = |of: &dyn Fn(&Number) -> String| {
            let mut said: Vec<String> = Vec::new();
            for words in numbers().map(of).filter(|words| !words.is_empty()) {
                if !said.iter().any(|known| text::same_line(known, &words)) {
                    said.push(words);
                }
            }
            Some(said).filter(|said| said.len() > 1)
        };
        let people = differs(&|number| number.people.clone());
        let people = people.map(|said| Message::new("sheet-other-people").with("people", said.join("; ")));
        // A study and a guideline are published both; what a doctor thinks is not.
        let founded = |kind: CitationKind| if kind == CitationKind::Experience { "experience" } else { "published" };
        let kinds = differs(&|number| number.kind.map(founded).unwrap_or_default().to_owned());
        [people, kinds.map(|_| Message::new("sheet-other-sources"))].into_iter().flatten().collect()
    }

    /// Lines that may count the same thing twice: their names hold words of one row of `knowledge/decide/same.csv`.
    #[must_use]
    pub fn counted_twice(&self, knowledge: &Knowledge) -> Vec<Vec<&Feature>> {
        let of = |same: &SameThing| -> Vec<&Feature> {
            let holds = |feature: &&Feature| {
                let label = folded(&feature.label);
                same.words.iter().any(|word| label.contains(&format!(" {word} ")))
            };
            self.features.iter().filter(|feature| self.differing(feature).is_some()).filter(holds).collect()
        };
        knowledge.deciding.same.iter().map(of).filter(|features| features.len() > 1).collect()
    }

    /// What a number of a feature means, whatever its range: what it is of, how many people, within which time. `None` where
    /// the numbers mean different things.
    #[must_use]
    pub fn scale(&self, feature: &Feature) -> Option<String> {
        let first = self.alike(feature).ok()?;
        let of = first.denominator.map(|d| d.to_string()).unwrap_or_default();
        let (label, good) = (feature.label.to_lowercase(), if feature.good { "+" } else { "-" });
        Some(format!("{good}{label}: {of}/{}/{}", first.horizon, feature.unit))
    }

    /// Whether an option keeps to a limit.
    #[must_use]
    pub fn keeps(&self, option: &str, must: &Must) -> Keeps {
        let Some(feature) = self.feature(&must.feature) else { return Keeps::NotKnown };
        let all = self.range_of(option, &feature.id);
        let scale = self.scale(feature);
        // A limit that was given for other people or another thing is no limit of this.
        let Some((low, high)) =
            all.filter(|_| scale.is_some() && (must.of.is_empty() || scale.as_ref() == Some(&must.of)))
        else {
            return Keeps::NotKnown;
        };
        let keeps = |value: u32| if feature.good { value >= must.limit } else { value <= must.limit };
        match (keeps(low), keeps(high)) {
            (true, true) => Keeps::Yes,
            (false, false) => Keeps::No,
            _ => Keeps::NotKnown,
        }
    }

    /// Features whose points were given for a range that is not on the table any more.
    #[must_use]
    pub fn stale<'a>(&'a self, values: &Values) -> Vec<&'a Feature> {
        let stale = |feature: &&Feature| {
            let points = values.points.iter().find(|points| points.feature == feature.id);
            let now = self.span(feature).map(|span| span.fingerprint()).ok();
            points.is_some_and(|points| Some(&points.of) != now.as_ref())
        };
        let limit = |feature: &&Feature| {
            let must = values.musts.iter().find(|must| must.feature == feature.id);
            must.is_some_and(|must| !must.of.is_empty() && self.scale(feature).as_ref() != Some(&must.of))
        };
        self.features.iter().filter(|feature| stale(feature) || limit(feature)).collect()
    }

    /// Features with a range that a voice was not asked about.
    #[must_use]
    pub fn unasked<'a>(&'a self, values: &Values) -> Vec<&'a Feature> {
        let asked = |feature: &Feature| values.points.iter().any(|points| points.feature == feature.id);
        self.features.iter().filter(|feature| self.differing(feature).is_some() && !asked(feature)).collect()
    }
}

/// The lowest and the highest of numbers, as stated.
fn hull<'a>(numbers: impl Iterator<Item = &'a Number>) -> Option<(u32, u32)> {
    numbers.map(Number::range).reduce(|(low, high), (l, h)| (low.min(l), high.max(h)))
}
