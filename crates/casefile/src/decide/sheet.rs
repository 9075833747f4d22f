//! The sheet of a decision: the options on the table, what can happen under each, and the numbers that somebody stated.
//! Nothing in it is computed; a number nobody stated is absent.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::compare::CitationKind;
use crate::shared::ids::OpinionId;

/// What is to be decided, laid out as a table: a form, a file and a ledger entry alike.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sheet {
    /// The decision to be made: `Which treatment after the operation?`
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub question: String,
    /// The condition it is about, in plain words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub condition: String,
    /// Who paid for the studies behind the numbers, as far as it was said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub funding: String,
    /// The options, in the order in which they were written down. The order says nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<SheetOption>,
    /// What can differ between them: benefits, harms and what they ask of a person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<Feature>,
    /// The numbers that somebody stated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<Number>,
    /// When each option happens, step by step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<TimedStep>,
}

/// One option.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SheetOption {
    /// Its id within the sheet: `o1`.
    pub id: String,
    /// What it is called on the page.
    pub label: String,
    /// The opinion that names it; none for one that a person added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opinion: Option<OpinionId>,
    /// Who named it, and when, where it is not an opinion of the case.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// What it is like to live through: body, mood, work, family.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub living: String,
}

/// Something that differs between options.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feature {
    /// Its id within the sheet: `f1`.
    pub id: String,
    /// What it is: `free of distant recurrence`, `lasting numbness`, `weeks of treatment`.
    pub label: String,
    /// Whether more of it is wished for.
    pub good: bool,
    /// The unit of an amount: `weeks`, `visits`. Empty: how many people of how many it happens to.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
}

impl Feature {
    /// Whether its numbers say to how many people it happens.
    #[must_use]
    pub fn is_chance(&self) -> bool {
        self.unit.is_empty()
    }
}

/// One number for one feature of one option, as somebody stated it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Number {
    /// Id of the option.
    pub option: String,
    /// Id of the feature.
    pub feature: String,
    /// How many: people it happens to, or units.
    pub value: u32,
    /// Of how many people; none for an amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominator: Option<u32>,
    /// Within which time: `5 years`; empty for an amount.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub horizon: String,
    /// Lowest that was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<u32>,
    /// Highest that was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<u32>,
    /// Which people they are: `women after an operation, nodes free`. Empty: nobody said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub people: String,
    /// Who stated it, or the study.
    pub source: String,
    /// Whether that is a study, a guideline, or what a doctor thinks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<CitationKind>,
    /// As it was said, where the number was made of it: `12.4 %`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}

impl Number {
    /// The lowest and the highest it may be. Where only one end was named, the other is open: a chance may be anything from
    /// nobody to everybody there. An amount ends nowhere, so that none is made up for it; such a one is refused when it is typed.
    #[must_use]
    pub fn range(&self) -> (u32, u32) {
        let open = self.denominator.filter(|_| self.low.is_some() != self.high.is_some());
        let low = self.low.unwrap_or(if open.is_some() { 0 } else { self.value });
        (low, self.high.or(open).unwrap_or(self.value))
    }

    /// The lowest and the highest that somebody named: the number itself where they did not.
    #[must_use]
    pub fn named_range(&self) -> (u32, u32) {
        (self.low.unwrap_or(self.value), self.high.unwrap_or(self.value))
    }

    /// Whether somebody said how sure it is, at both ends.
    #[must_use]
    pub fn states_uncertainty(&self) -> bool {
        self.low.is_some() && self.high.is_some()
    }
}

/// A step of an option in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimedStep {
    /// Id of the option.
    pub option: String,
    /// What happens: `chemotherapy, 4 cycles`.
    pub what: String,
    /// Its first day, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<Date>,
    /// How many weeks it takes; none where nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weeks: Option<u32>,
}

impl TimedStep {
    /// Its first and its last day; a step of no stated length is one day.
    #[must_use]
    pub fn days(&self) -> Option<(Date, Date)> {
        let starts = self.starts?;
        let length = i64::from(self.weeks.unwrap_or(0)) * 7;
        let ends = starts.saturating_add(jiff::Span::new().days((length - 1).max(0)));
        Some((starts, ends))
    }
}

impl Sheet {
    /// An option by id.
    #[must_use]
    pub fn option(&self, id: &str) -> Option<&SheetOption> {
        self.options.iter().find(|option| option.id == id)
    }

    /// A feature by id.
    #[must_use]
    pub fn feature(&self, id: &str) -> Option<&Feature> {
        self.features.iter().find(|feature| feature.id == id)
    }

    /// What was stated of a feature of an option.
    pub fn numbers_of<'a>(&'a self, option: &'a str, feature: &'a str) -> impl Iterator<Item = &'a Number> {
        self.numbers.iter().filter(move |number| number.option == option && number.feature == feature)
    }
}
