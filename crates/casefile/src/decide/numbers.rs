//! Whether the numbers of a feature can stand beside each other: the same denominator, the same time. What can not is told
//! why; nothing is converted.

use super::sheet::{Feature, Number, Sheet};
use super::values::{Must, Values};
use crate::compare::CitationKind;
use crate::knowledge::{Knowledge, SameThing};
use crate::shared::message::Message;
use crate::shared::text::{self, folded};

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

    /// The numbers of a feature that can stand beside each other: of the same number of people, within the same time. Where
    /// there are several such groups, the one that speaks of more options than any other, and of two at least.
    ///
    /// # Errors
    /// A sentence that says why there are none: no number, or groups of which none is the plain one.
    fn comparable(&self, feature: &Feature) -> Result<Vec<&Number>, Message> {
        let like = |a: &Number, b: &Number| a.denominator == b.denominator && text::same_line(&a.horizon, &b.horizon);
        let mut groups: Vec<Vec<&Number>> = Vec::new();
        for number in self.stated_of(feature) {
            match groups.iter_mut().find(|group| group.first().is_some_and(|first| like(first, number))) {
                Some(group) => group.push(number),
                None => groups.push(vec![number]),
            }
        }
        let options =
            |group: &[&Number]| self.options.iter().filter(|o| group.iter().any(|n| n.option == o.id)).count();
        let [first, second, ..] = groups.as_slice() else {
            return groups.pop().ok_or_else(|| Message::new("sheet-no-number"));
        };
        let (a, b) = (first.first(), second.first());
        let most = groups.iter().map(|group| options(group)).max().unwrap_or(0);
        let mut widest = groups.iter().filter(|group| options(group) == most);
        if let (2.., Some(only), None) = (most, widest.next(), widest.next()) {
            return Ok(only.clone());
        }
        let Some((a, b)) = a.zip(b) else { return Err(Message::new("sheet-no-number")) };
        if a.denominator == b.denominator {
            return Err(Message::new("sheet-other-horizon").with("a", &a.horizon).with("b", &b.horizon));
        }
        let shown = |d: Option<u32>| d.map(|d| d.to_string()).unwrap_or_default();
        Err(Message::new("sheet-other-denominator").with("a", shown(a.denominator)).with("b", shown(b.denominator)))
    }

    /// Whether a number stands beside the others of its feature, and not aside as one of other people or another time.
    #[must_use]
    pub fn is_compared(&self, feature: &Feature, number: &Number) -> bool {
        self.comparable(feature).is_ok_and(|group| group.contains(&number))
    }

    /// Whether nobody stated this end of the range of a feature: one end of a number was left open, and it may go so far.
    #[must_use]
    pub fn is_open_end(&self, feature: &Feature, end: u32) -> bool {
        let stated = |number: &&Number| number.value == end || number.low == Some(end) || number.high == Some(end);
        !self.comparable(feature).is_ok_and(|group| group.iter().any(stated))
    }

    /// What two options are held against each other with.
    fn compared_of(&self, option: &str, feature: &Feature) -> Vec<&Number> {
        let group = self.comparable(feature).unwrap_or_default();
        group.into_iter().filter(|number| number.option == option).collect()
    }

    /// The one number of an option that is held against those of the others; `None` where there are more, or none.
    #[must_use]
    pub fn only_number(&self, option: &str, feature: &Feature) -> Option<&Number> {
        match self.compared_of(option, feature).as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// The range of a feature over the options, where its numbers can stand beside each other.
    ///
    /// # Errors
    /// A sentence that says why they can not: no number, numbers of one option only, other denominators, other times.
    pub fn span(&self, feature: &Feature) -> Result<Span, Message> {
        let numbers = self.comparable(feature)?;
        let Some(first) = numbers.first().filter(|first| numbers.iter().any(|other| other.option != first.option))
        else {
            return Err(Message::new("sheet-one-number"));
        };
        let (low, high) = hull(numbers.iter().copied()).unwrap_or((first.value, first.value));
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

    /// The lowest and the highest that was stated of a feature of an option, by whoever stated it, of numbers that can stand
    /// beside those of the other options.
    #[must_use]
    pub fn range_of(&self, option: &str, feature: &Feature) -> Option<(u32, u32)> {
        hull(self.compared_of(option, feature).into_iter())
    }

    /// Whether icon arrays of a feature can be drawn beside each other; an option without a number stands as "not stated".
    ///
    /// # Errors
    /// A sentence that says why not.
    pub fn drawable(&self, feature: &Feature) -> Result<u32, Message> {
        // Of one option alone they can be drawn as well, as long as they are of one kind.
        match self.comparable(feature)?.first().and_then(|first| first.denominator) {
            Some(denominator) if denominator <= MOST_ICONS => Ok(denominator),
            Some(denominator) => Err(Message::new("sheet-too-many-icons").with("denominator", denominator)),
            None => Err(Message::new("sheet-no-icons-for-amounts")),
        }
    }

    /// What to know before the numbers of a feature are laid beside each other: some of them are not, they are of other people,
    /// or of sources of another kind. Words differ where people do not, so it is said and nothing is refused.
    #[must_use]
    pub fn cautions(&self, feature: &Feature) -> Vec<Message> {
        let group = self.comparable(feature).unwrap_or_default();
        let numbers = || group.iter().copied();
        let aside = self.stated_of(feature).filter(|number| !group.contains(number)).count();
        let aside = Some(aside).filter(|aside| *aside > 0 && !group.is_empty());
        let aside = aside.map(|count| Message::new("sheet-numbers-aside").with("count", count));
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
        [aside, people, kinds.map(|_| Message::new("sheet-other-sources"))].into_iter().flatten().collect()
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
        let group = self.comparable(feature).ok()?;
        let first = group.first()?;
        let of = first.denominator.map(|d| d.to_string()).unwrap_or_default();
        let (label, good) = (feature.label.to_lowercase(), if feature.good { "+" } else { "-" });
        Some(format!("{good}{label}: {of}/{}/{}", first.horizon, feature.unit))
    }

    /// Whether an option keeps to a limit.
    #[must_use]
    pub fn keeps(&self, option: &str, must: &Must) -> Keeps {
        let Some(feature) = self.feature(&must.feature) else { return Keeps::NotKnown };
        let all = self.range_of(option, feature);
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
