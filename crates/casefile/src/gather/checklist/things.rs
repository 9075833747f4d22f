//! Things of the checklist.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::gather::requests::Waiver;
use crate::gather::tissue::Step;
use crate::knowledge::{Department, Need};
use crate::shared::ids::{DocumentId, HolderId, RequestId, TissueId};
use crate::shared::message::Message;

/// Something in the case that shows a record is here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "piece", rename_all = "snake_case")]
pub enum Piece {
    /// A document.
    Document {
        /// Which.
        id: DocumentId,
    },
    /// A study with images, by Study Instance UID.
    Study {
        /// Which.
        uid: String,
    },
    /// A line of the register of slides and blocks.
    Tissue {
        /// Which.
        id: TissueId,
    },
    /// What a person stated in the case itself: who they are, the medicines they agreed on, their questions.
    Stated,
}

/// How much of a record is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fill {
    /// Nothing.
    Missing,
    /// A part: a report without its images, one marker of three.
    Partial,
    /// All of it.
    Here,
}

/// How old a record is, by the day of acquisition or collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aged {
    /// New enough.
    Current,
    /// It may still do: ask the centre.
    Aging,
    /// Too old.
    Outdated,
    /// No day is known.
    NotKnown,
}

/// The age of the newest piece, and the rule it is held against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Age {
    /// Where it stands.
    pub standing: Aged,
    /// Day of the newest piece.
    pub newest: Option<Date>,
    /// Its age in days.
    pub days: Option<i32>,
    /// Days up to which it is current, and up to which it may still do.
    pub limits: (u32, u32),
    /// Whether the centre itself set the limits.
    pub by_center: bool,
    /// Whether a named source states them.
    pub confirmed: bool,
}

/// Where a record stands on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// It is needed, and nobody was asked.
    Needed,
    /// Somebody was asked.
    Requested,
    /// It is in the case.
    Received,
    /// It is in the case, and a person looked at it.
    Checked,
    /// It went to the centre.
    Sent,
    /// The centre confirmed it.
    Confirmed,
    /// A person said that it is not needed, and why.
    Waived,
    /// It can not exist: there was no such treatment or test.
    NotApplicable,
    /// Whether it can exist, nobody has said.
    AskFirst,
}

impl ItemState {
    /// The word in answers for other programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Needed => "needed",
            Self::Requested => "requested",
            Self::Received => "received",
            Self::Checked => "checked",
            Self::Sent => "sent",
            Self::Confirmed => "confirmed",
            Self::Waived => "waived",
            Self::NotApplicable => "not_applicable",
            Self::AskFirst => "ask_first",
        }
    }
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// The person, or whoever helps: to ask, to answer, to look, to send.
    You,
    /// Whoever holds the record and was asked for it.
    Holder,
    /// The centre, to say that it arrived.
    Center,
}

impl Owner {
    /// The word in answers for other programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::You => "you",
            Self::Holder => "holder",
            Self::Center => "center",
        }
    }
}

/// A line of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The requirement: an id of `record-requirements.csv`.
    pub requirement: String,
    /// What a clinician calls it.
    pub label: String,
    /// Plain words.
    pub plain: String,
    /// Why the reviewer needs it.
    pub why: String,
    /// How much this centre needs it.
    pub need: Need,
    /// What the centre itself says of it.
    pub center_note: Option<String>,
    /// Where the line comes from.
    pub source: String,
    /// Whether a named source asks for it.
    pub confirmed: bool,
    /// Where it stands.
    pub state: ItemState,
    /// How much of it is here.
    pub fill: Fill,
    /// Nothing of a part is certain: what is here may hold it or tells of it, and a person has to look.
    #[serde(default)]
    pub unsure: bool,
    /// A person looked at what shows that it is here: what they looked at shows it by itself.
    #[serde(default)]
    pub looked: bool,
    /// What shows that.
    pub evidence: Vec<Piece>,
    /// What of a partial record is lacking: sentences.
    pub lacks: Vec<Message>,
    /// Parts of which nothing is here, as `record-requirements.csv` writes them.
    pub missing: Vec<String>,
    /// Where the register of slides and blocks says that what is asked for stands: asked for, given out, on its way, there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tissue: Option<Step>,
    /// Whether the centre takes reports at its first step, and asks for the images later.
    pub reports_first: bool,
    /// How old it is, where age matters.
    pub age: Option<Age>,
    /// The situation that decides whether it can exist.
    pub situation: Option<String>,
    /// The department that usually holds it.
    pub department: Department,
    /// Who holds it, as far as a person said or the records tell.
    pub holder: Option<HolderName>,
    /// The request for it.
    pub request: Option<RequestId>,
    /// By when an answer is due, while a request runs; or by when the record is needed.
    pub due: Option<Date>,
    /// Whether the clock of its request has run out, and the next letter has to go: days that the last one gave are over.
    pub overdue: bool,
    /// Why a person said that it is not needed, and for which centre.
    pub waived: Option<Waiver>,
}

/// Who holds a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolderName {
    /// In the contact book.
    pub id: Option<HolderId>,
    /// Name.
    pub name: String,
    /// Whether it is proposed from records, and nobody said so.
    pub proposed: bool,
}

impl Item {
    /// Whether nothing of it is left to do before the packet can go: it is here, and a person looked at it.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.is_here() && !self.is_to_look_at()
    }

    /// Whether it is here as far as its records tell, and no person looked whether they hold it: also of what was sent.
    #[must_use]
    pub fn is_to_look_at(&self) -> bool {
        let is_settled = matches!(self.state, ItemState::Waived | ItemState::NotApplicable);
        !is_settled && !self.looked && self.is_here()
    }

    /// Whether nobody needs to get it, or more of it.
    #[must_use]
    pub fn is_here(&self) -> bool {
        match self.state {
            ItemState::Waived | ItemState::NotApplicable => true,
            ItemState::AskFirst | ItemState::Needed | ItemState::Requested => false,
            ItemState::Received | ItemState::Checked | ItemState::Sent | ItemState::Confirmed => {
                self.fill == Fill::Here && !self.is_outdated()
            }
        }
    }

    /// Whose turn it is; `None` where nothing is left to do. A request whose time has run out is the person's again: the
    /// next letter has to go.
    #[must_use]
    pub fn owner(&self) -> Option<Owner> {
        match self.state {
            ItemState::Waived | ItemState::NotApplicable | ItemState::Confirmed => None,
            ItemState::Sent => Some(Owner::Center),
            ItemState::Requested if !self.overdue => Some(Owner::Holder),
            ItemState::Requested
            | ItemState::Needed
            | ItemState::AskFirst
            | ItemState::Received
            | ItemState::Checked => Some(Owner::You),
        }
    }

    /// Whether it, or more of it, has to be got before the packet goes.
    #[must_use]
    pub fn is_to_get(&self) -> bool {
        self.need == Need::Required && !self.is_here()
    }

    /// Whether the packet should wait for it: for the record, or for a person to look at it.
    #[must_use]
    pub fn blocks(&self) -> bool {
        self.need == Need::Required && !self.is_ready()
    }

    /// Whether it is too old.
    #[must_use]
    pub fn is_outdated(&self) -> bool {
        self.age.as_ref().is_some_and(|age| age.standing == Aged::Outdated)
    }
}

/// The checklist of a case for a centre.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checklist {
    /// For which centre.
    pub center: Option<String>,
    /// The centre's programme that overrides the usual list.
    pub program: Option<String>,
    /// The cancer site it is for; `None`: only what every centre asks for.
    pub site: Option<String>,
    /// By when everything has to be there.
    pub needed_by: Option<Date>,
    /// Lines in their order.
    pub items: Vec<Item>,
}

impl Checklist {
    /// Whether everything that is required is here, and a person looked at it. Without a cancer site it is not known what is required.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.site.is_some() && !self.items.iter().any(Item::blocks)
    }
}

/// The checklist in a few numbers, so that every page can say what to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Needs {
    /// Required records of which nothing is here and nobody was asked.
    pub missing: usize,
    /// Required records that are partly here, and nobody was asked.
    pub partial: usize,
    /// Required records that are here and that no person looked at.
    #[serde(default)]
    pub unlooked: usize,
    /// Required records that are too old.
    pub outdated: usize,
    /// Requests whose clock has run out, or by whose day they are needed has passed.
    pub overdue: usize,
    /// Which of them ended first: its place among the requests of the case.
    #[serde(default)]
    pub late: Option<usize>,
    /// Requests of which it is time to remind their holders.
    #[serde(default)]
    pub remind: usize,
    /// Overdue requests of which everything is here: whether they ended is for a person to say.
    #[serde(default)]
    pub came: usize,
    /// Questions without whose answer the list is not complete.
    pub unanswered: usize,
    /// Alarms about slides and blocks.
    pub tissue: usize,
    /// Required records that were asked for and are waited for.
    pub waiting: usize,
    /// Items of packets that went out and that nobody confirmed.
    pub unconfirmed: usize,
    /// Deliveries of which their recipients say that something is missing.
    #[serde(default)]
    pub said_missing: usize,
}
