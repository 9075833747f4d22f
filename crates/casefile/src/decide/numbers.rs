//! Whether the numbers of a feature can stand beside each other: the same denominator, the same time. What can not is told
//! why; nothing is converted.

use super::sheet::{Feature, Sheet};
use super::values::{Must, Values};
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
    /// The range of a feature over the options, where its numbers can stand beside each other.
    ///
    /// # Errors
    /// A sentence that says why they can not: no number, numbers of one option only, other denominators, other times.
    pub fn span(&self, feature: &Feature) -> Result<Span, Message> {
        let numbers: Vec<_> = self.numbers.iter().filter(|number| number.feature == feature.id).collect();
        let Some(first) = numbers.first() else { return Err(Message::new("sheet-no-number")) };
        if let Some(other) = numbers.iter().find(|number| number.denominator != first.denominator) {
            let shown = |d: Option<u32>| d.map(|d| d.to_string()).unwrap_or_default();
            let message = Message::new("sheet-other-denominator");
            return Err(message.with("a", shown(first.denominator)).with("b", shown(other.denominator)));
        }
        if let Some(other) = numbers.iter().find(|number| !text::same_line(&number.horizon, &first.horizon)) {
            let message = Message::new("sheet-other-horizon");
            return Err(message.with("a", &first.horizon).with("b", &other.horizon));
        }
        if numbers.iter().all(|number| number.option == first.option) {
            return Err(Message::new("sheet-one-number"));
        }
        let low = numbers.iter().map(|number| number.range().0).min().unwrap_or(first.value);
        let high = numbers.iter().map(|number| number.range().1).max().unwrap_or(first.value);
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

    /// Whether icon arrays of a feature can be drawn beside each other; an option without a number stands as "not stated".
    ///
    /// # Errors
    /// A sentence that says why not.
    pub fn drawable(&self, feature: &Feature) -> Result<u32, Message> {
        let span = self.span(feature).or_else(|why| {
            // One option's numbers alone can be drawn, as long as they are of one kind.
            let mut numbers = self.numbers.iter().filter(|number| number.feature == feature.id);
            match (why.key.as_str(), numbers.next()) {
                ("sheet-one-number", Some(first)) => Ok(Span {
                    worst: first.value,
                    best: first.value,
                    denominator: first.denominator,
                    horizon: first.horizon.clone(),
                    unit: feature.unit.clone(),
                    what: (feature.label.clone(), feature.good),
                }),
                _ => Err(why),
            }
        })?;
        match span.denominator {
            Some(denominator) if denominator <= MOST_ICONS => Ok(denominator),
            Some(denominator) => Err(Message::new("sheet-too-many-icons").with("denominator", denominator)),
            None => Err(Message::new("sheet-no-icons-for-amounts")),
        }
    }

    /// What a number of a feature means, whatever its range: what it is of, how many people, within which time. `None` where
    /// the numbers mean different things.
    #[must_use]
    pub fn scale(&self, feature: &Feature) -> Option<String> {
        let numbers: Vec<_> = self.numbers.iter().filter(|number| number.feature == feature.id).collect();
        let first = numbers.first()?;
        let same =
            |n: &&&super::Number| n.denominator == first.denominator && text::same_line(&n.horizon, &first.horizon);
        let of = first.denominator.map(|d| d.to_string()).unwrap_or_default();
        let (label, good) = (feature.label.to_lowercase(), if feature.good { "+" } else { "-" });
        let all = numbers.iter().filter(same).count() == numbers.len();
        all.then(|| format!("{good}{label}: {of}/{}/{}", first.horizon, feature.unit))
    }

    /// Whether an option keeps to a limit.
    #[must_use]
    pub fn keeps(&self, option: &str, must: &Must) -> Keeps {
        let Some(feature) = self.feature(&must.feature) else { return Keeps::NotKnown };
        let mut all: Option<(u32, u32)> = None;
        for number in self.numbers_of(option, &feature.id) {
            let (low, high) = number.range();
            all = Some(all.map_or((low, high), |(l, h)| (l.min(low), h.max(high))));
        }
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
            points.is_some_and(|points| points.points.is_some() && Some(&points.of) != now.as_ref())
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
        let ranged = |feature: &Feature| self.span(feature).is_ok_and(|span| !span.is_flat());
        self.features.iter().filter(|feature| ranged(feature) && !asked(feature)).collect()
    }
}
