//! What matters to a person, and how much, in their own words and points: asked before they see which option has which
//! number. Each voice speaks for itself; nobody's answer is shown to the other before both have spoken.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::compare::named;

named! {
    /// Who speaks.
    Voice says "voice" {
        /// The person whose body it is.
        Patient = "patient",
        /// Somebody who decides with them.
        Partner = "partner",
    }
}

named! {
    /// When somebody was asked how certain they are.
    Moment says "moment" {
        /// Before looking at the options.
        Before = "before",
        /// After it.
        After = "after",
    }
}

/// What matters to one voice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Values {
    /// Who says so.
    pub voice: Voice,
    /// In their words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// Days that matter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goals: Vec<Goal>,
    /// How much the change from the worst to the best on the table matters, feature by feature.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<Points>,
    /// What an option must keep to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub musts: Vec<Must>,
}

/// A day or a wish that the plan should leave room for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goal {
    /// What.
    pub what: String,
    /// When, where it has a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
}

/// Points for one feature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Points {
    /// Id of the feature.
    pub feature: String,
    /// 0 to 100; `None` for "I am not sure".
    pub points: Option<u32>,
    /// The range that was asked about ([`super::Span::fingerprint`]): of another range the points say nothing. Empty in what
    /// is said anew: of the range on the table now.
    #[serde(default)]
    pub of: String,
}

/// A limit that an option must keep: at most so much of what is unwished, at least so much of what is wished for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Must {
    /// Id of the feature.
    pub feature: String,
    /// The limit, in the numbers of the feature.
    pub limit: u32,
    /// What its numbers meant when it was given ([`super::Sheet::scale`]): of another thing or other people it is no limit.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub of: String,
}

/// How certain somebody is: four answers, yes or no or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certainty {
    /// Who.
    pub voice: Voice,
    /// Before looking at the options, or after.
    pub moment: Moment,
    /// Ids of `knowledge/decide/certainty.csv` with their answers.
    pub answers: Vec<(String, bool)>,
    /// The questions of these ids, word for word as they were asked. Written by the rule; tables change.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub asked: BTreeMap<String, String>,
}

impl Certainty {
    /// How often yes was said.
    #[must_use]
    pub fn yes(&self) -> usize {
        self.answers.iter().filter(|(_, yes)| *yes).count()
    }
}
