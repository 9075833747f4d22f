//! What was decided, who is told what of it, and who does what next.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::compare::named;
use crate::shared::ids::{DecisionId, HandOverId, OpinionId, RequestId, TissueId};
use crate::shared::time::Instant;

named! {
    /// How much of a decision somebody is told.
    Tell says "tell" {
        /// What was chosen, and not a word more.
        Choice = "choice",
        /// What was chosen and why, open questions, and what of the hand-over is theirs to do.
        Reasons = "reasons",
        /// What was chosen, why, the other opinions, open questions and the whole hand-over.
        Everything = "everything",
        /// Nothing: a person's right.
        Nothing = "nothing",
    }
}

named! {
    /// What has to be handed over.
    HandOverKind says "handover" {
        /// Something that somebody does.
        Task = "task",
        /// An appointment.
        Appointment = "appointment",
        /// A test or an order that is still open.
        Order = "order",
        /// A record that has to go back to the first team.
        Record = "record",
        /// Slides or blocks to return.
        Tissue = "tissue",
        /// A permission of the insurer that has to move.
        Authorization = "authorization",
    }
}

named! {
    /// What became of it.
    HandOverState says "handover-state" {
        /// Nobody confirmed it.
        Open = "open",
        /// The one who does it said so.
        Confirmed = "confirmed",
        /// They said no.
        Declined = "declined",
        /// It is done.
        Done = "done",
    }
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// On which day.
    pub on: Date,
    /// What, in the person's words: an option of the sheet, a mix of two, or to wait.
    pub choice: String,
    /// The option of the sheet it is, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub option: Option<String>,
    /// What that option was called when it was chosen: a sheet that is written anew gives its ids to others.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// Why, in the person's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reasons: String,
    /// Who was there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub present: String,
    /// When it is to be looked at again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revisit: Option<Date>,
    /// What is still to be asked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub questions: String,
    /// Who is told what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tell: Vec<Telling>,
}

/// Somebody who is told of a decision, or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telling {
    /// Name as the person writes it.
    pub to: String,
    /// The opinion they gave, where they gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opinion: Option<OpinionId>,
    /// How much.
    pub what: Tell,
    /// They go on with the treatment.
    #[serde(default)]
    pub goes_on: bool,
    /// They do not treat from now on. Neither: nobody said.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub leaves: bool,
}

/// A letter about a decision that was sent, with its very words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// About which decision.
    pub decision: DecisionId,
    /// To whom: a name of its [`Telling`]s.
    pub to: String,
    /// On which day.
    pub on: Date,
    /// How: `portal message`, `fax`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub way: String,
    /// The words.
    pub letter: String,
}

/// A decision of the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldDecision {
    /// Id.
    pub id: DecisionId,
    /// What.
    pub decision: Decision,
    /// When it was written down.
    pub at: Instant,
    /// It was written by mistake.
    pub removed: bool,
    /// Letters that were sent.
    pub told: Vec<Told>,
}

/// One thing that somebody has to do, or has to get, so that care goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    /// What kind.
    pub kind: HandOverKind,
    /// What.
    pub what: String,
    /// Who does it; empty where nobody was named yet.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// What of the case it is about, where the case proposed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<HandOverOf>,
}

/// What of the case a line of the hand-over is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandOverOf {
    /// Slides or blocks of the register.
    Tissue(TissueId),
    /// Records that were asked for.
    Request(RequestId),
}

impl HandOverOf {
    /// In one word for a form: `tissue:…`, `request:…`.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::Tissue(id) => format!("tissue:{id}"),
            Self::Request(id) => format!("request:{id}"),
        }
    }

    /// The one of that word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        match word.split_once(':')? {
            ("tissue", id) => Some(Self::Tissue(TissueId::from(id))),
            ("request", id) => Some(Self::Request(RequestId::from(id))),
            _ => None,
        }
    }
}

/// What somebody answered to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOverAnswer {
    /// What.
    pub state: HandOverState,
    /// Who said so.
    pub by: String,
    /// On which day.
    pub on: Date,
    /// How: `letter`, `telephone`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub way: String,
}

/// One thing of the hand-over, with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldHandOver {
    /// Id.
    pub id: HandOverId,
    /// What.
    pub item: HandOver,
    /// Answers, oldest first.
    pub answers: Vec<HandOverAnswer>,
    /// When it was written down or answered last.
    pub at: Instant,
    /// It was written by mistake.
    pub removed: bool,
}

impl HeldHandOver {
    /// What became of it last.
    #[must_use]
    pub fn state(&self) -> HandOverState {
        // The newest day counts, whenever it was written down; of one day the one written last.
        let newest = self.answers.iter().enumerate().max_by_key(|(place, answer)| (answer.on, *place));
        newest.map_or(HandOverState::Open, |(_, answer)| answer.state)
    }

    /// Whether nobody said yes to it, or they said no. Whether it needs a person is the decision's to say
    /// ([`super::Decide::needs_somebody`]).
    #[must_use]
    pub fn lacks_a_yes(&self) -> bool {
        matches!(self.state(), HandOverState::Open | HandOverState::Declined)
    }
}
