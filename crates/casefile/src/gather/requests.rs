//! Requests: who holds what, what was asked of whom, which clock runs, what they answered; and what a person said about
//! a line of the checklist. Their own changes, beside those of the import, because nothing here touches files.

mod letters;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::knowledge::{Department, Knowledge};
use crate::shared::clock::{Clock, Standing, days_after};
use crate::shared::contact::{Contact, Holder};
use crate::shared::ids::{DocumentId, HolderId, LetterId, ObjectId, RequestId};
use crate::shared::text;

pub use letters::{LetterKind, SendingLetter, SentLetter, letter_sent, take_letter_back};
pub use rules::{
    change_route, contacted, corrected_by, draft, drafted, end, extend, judge, name_holder, reopen, running, sent,
    settle, state_holder, state_needed_by, state_situation,
};

// ---- things ----

/// What was asked of a holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Id.
    pub id: RequestId,
    /// Of whom.
    pub holder: HolderId,
    /// Of which department.
    pub department: Department,
    /// Lines of the checklist it is for; may be none.
    #[serde(default)]
    pub requirements: Vec<String>,
    /// What is asked for, in words, one line each.
    #[serde(default)]
    pub items: Vec<String>,
    /// The way it goes: an id of `record-routes.csv`.
    pub route: String,
    /// The clock that runs: an id of `record-clocks.csv`.
    pub clock: String,
    /// Days, of that clock when the request was made: a later edit of the table does not move what runs.
    pub days: u32,
    /// Days of its one extension.
    #[serde(default)]
    pub extension_days: u32,
    /// Days after its start on which to remind.
    #[serde(default)]
    pub reminder_days: Vec<u32>,
    /// Hash of the knowledge it was made with.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub knowledge: String,
    /// By when it is needed, where a person said another day than the case needs everything by; older entries tell the day of
    /// the case as it was then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed_by: Option<Date>,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Everything came.
    Fulfilled,
    /// They said no.
    Denied,
    /// It was taken back, or replaced by another.
    Withdrawn,
}

impl Ending {
    /// The word in addresses and commands.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "fulfilled" => Some(Self::Fulfilled),
            "denied" => Some(Self::Denied),
            "withdrawn" => Some(Self::Withdrawn),
            _ => None,
        }
    }
}

/// Whether a record can exist, or a line of the checklist needs nothing more, as a person said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Settled {
    /// It is here or not needed, though the case does not show it.
    Waived {
        /// Why.
        reason: String,
        /// The only centre for which it holds; `None`: for every one, as older entries mean.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        center: Option<String>,
    },
    /// Nothing was said any more.
    Open {
        /// The centre for which that was; `None`: for every one, also what was said of single ones.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        center: Option<String>,
    },
}

/// What a person said of a line that needs nothing more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// Why.
    pub reason: String,
    /// The only centre for which it holds; `None`: for every one.
    pub center: Option<String>,
}

/// What a person wants to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// Id.
    pub id: RequestId,
    /// Of whom.
    pub holder: HolderId,
    /// Of which department.
    pub department: Department,
    /// Lines of the checklist.
    pub requirements: Vec<String>,
    /// What else, in words, one line each.
    pub items: String,
    /// The way.
    pub route: String,
    /// By when it is needed.
    pub needed_by: Option<Date>,
    /// A person said that they know that the same was asked for already, and that this request still runs.
    pub running_known: bool,
}

// ---- changes ----

/// Changes of requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum RequestChange {
    /// A holder is in the contact book, or is told anew.
    HolderStated {
        /// The holder.
        holder: Holder,
    },
    /// A request was written; nothing was sent yet.
    Drafted {
        /// The request.
        request: Request,
    },
    /// It goes another way; nothing was sent yet. The clock is that of the new way.
    RouteChanged {
        /// Which.
        id: RequestId,
        /// The way: an id of `record-routes.csv`.
        route: String,
        /// The clock that runs: an id of `record-clocks.csv`.
        clock: String,
        /// Days of it.
        days: u32,
        /// Days of its one extension.
        #[serde(default)]
        extension_days: u32,
        /// Days after its start on which to remind.
        #[serde(default)]
        reminder_days: Vec<u32>,
    },
    /// It was sent.
    Sent {
        /// Which.
        id: RequestId,
        /// The day they received it, or the day it was sent where that is not known: the clock counts from it.
        on: Date,
        /// How: `fax`, `mail`, `portal`, `in person`, `e-mail`.
        how: String,
    },
    /// By when it is needed, where that is another day than the case needs everything by.
    NeededByStated {
        /// Which.
        id: RequestId,
        /// The day; `None`: as the case needs everything.
        day: Option<Date>,
    },
    /// They took their one extension.
    Extended {
        /// Which.
        id: RequestId,
        /// Until when.
        until: Date,
        /// The reason they gave.
        reason: String,
        /// The day of their notice, where it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        noticed: Option<Date>,
    },
    /// A letter about it was sent, as the kept page reads.
    LetterSent {
        /// Which request.
        id: RequestId,
        /// Which letter, to whom, how and when.
        letter: SentLetter,
    },
    /// A letter was not sent after all. Its page stays kept, for the record.
    LetterTakenBack {
        /// Which request.
        id: RequestId,
        /// Which letter.
        letter: LetterId,
    },
    /// Something was said about it.
    Contacted {
        /// Which.
        id: RequestId,
        /// The contact.
        contact: Contact,
    },
    /// It ended.
    Ended {
        /// Which.
        id: RequestId,
        /// The day.
        on: Date,
        /// How.
        ending: Ending,
        /// In words.
        #[serde(default)]
        note: String,
    },
    /// It goes on after all.
    Reopened {
        /// Which.
        id: RequestId,
    },
    /// Whether something of a situation happened, where records do not tell.
    SituationStated {
        /// An id of `record-situations.csv`.
        situation: String,
        /// Yes or no; `None` takes the answer back.
        happened: Option<bool>,
    },
    /// A person said that a line of the checklist needs nothing more, or took that back.
    RequirementSettled {
        /// An id of `record-requirements.csv`.
        requirement: String,
        /// What they said.
        settled: Settled,
    },
    /// A person looked whether a document holds what a line of the checklist asks for.
    DocumentJudged {
        /// An id of `record-requirements.csv`.
        requirement: String,
        /// Which document.
        document: DocumentId,
        /// Whether it holds it; `None` takes back what was said.
        holds: Option<bool>,
    },
    /// Who holds the record of a line, where the case does not tell; `None` takes it back.
    HolderOf {
        /// An id of `record-requirements.csv`.
        requirement: String,
        /// Who.
        holder: Option<HolderId>,
    },
}

impl RequestChange {
    /// Objects that the case stands on once this is in its ledger.
    #[must_use]
    pub fn objects(&self) -> Vec<&ObjectId> {
        match self {
            Self::LetterSent { letter, .. } => vec![&letter.pdf],
            _ => Vec::new(),
        }
    }
}

/// A request with everything that happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRequest {
    /// As written.
    pub request: Request,
    /// When and how it was sent.
    pub sent: Option<(Date, String)>,
    /// When and how a person said that it was sent, without a letter.
    told: Option<(Date, String)>,
    /// Until when they extended, and why.
    pub extended: Option<(Date, String)>,
    /// The day of their notice that they extend, where it is known.
    pub noticed: Option<Date>,
    /// Letters that were sent, in the order they were written down; those that were taken back as well.
    pub letters: Vec<SentLetter>,
    /// What was said, in order.
    pub contacts: Vec<Contact>,
    /// How it ended.
    pub ended: Option<(Date, Ending, String)>,
}

impl HeldRequest {
    /// The day on which it was asked: when its letter was sent, or else when it was received.
    #[must_use]
    pub fn asked_on(&self) -> Option<Date> {
        self.first_letter().map(|letter| letter.on).or(self.sent.as_ref().map(|(on, _)| *on))
    }

    /// When its time ends without an extension.
    #[must_use]
    pub fn first_due(&self) -> Option<Date> {
        let (since, _) = self.sent.as_ref()?;
        Some(Clock::of(*since, self.request.days, &[]).until)
    }

    /// Whether an answer is waited for.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.ended.is_none()
    }

    /// The lines of the checklist it is for, by their names.
    pub fn labels<'k>(&'k self, knowledge: &'k Knowledge) -> impl Iterator<Item = &'k str> {
        let known = |id: &String| knowledge.gathering.requirement(id).map(|requirement| requirement.label.as_str());
        self.request.requirements.iter().filter_map(known)
    }

    /// What is asked for: lines of the checklist by their names, then what the person wrote.
    #[must_use]
    pub fn asked_for(&self, knowledge: &Knowledge) -> Vec<String> {
        self.labels(knowledge).map(str::to_owned).chain(self.request.items.iter().cloned()).collect()
    }

    /// Its clock, once it was sent.
    #[must_use]
    pub fn clock(&self) -> Option<Clock> {
        let (since, _) = self.sent.as_ref()?;
        let clock = Clock::of(*since, self.request.days, &self.request.reminder_days);
        Some(match self.standing_extension() {
            Some((until, _)) => clock.extended_to(*until),
            None => clock,
        })
    }

    /// Their extension, where it holds: an earlier day on which they had the request can show that their notice came too
    /// late, or that it reaches too far. Then the first time counts.
    #[must_use]
    pub fn standing_extension(&self) -> Option<&(Date, String)> {
        let due = self.first_due()?;
        let in_time = self.noticed.is_none_or(|noticed| noticed <= due);
        let latest = days_after(due, self.request.extension_days);
        self.extended.as_ref().filter(|(until, _)| in_time && *until > due && *until <= latest)
    }

    /// Whether its time ended, and an answer is still waited for.
    #[must_use]
    pub fn is_overdue(&self, today: Date) -> bool {
        self.running().is_some_and(|clock| clock.standing(today) == Standing::Overdue)
    }

    /// Its clock, when an answer is still waited for.
    #[must_use]
    pub fn running(&self) -> Option<Clock> {
        if self.is_open() { self.clock() } else { None }
    }
}

/// The fold of [`RequestChange`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Requests {
    /// The contact book.
    pub holders: BTreeMap<HolderId, Holder>,
    /// Requests in the order they were written.
    pub requests: Vec<HeldRequest>,
    /// Answers about situations.
    pub situations: BTreeMap<String, bool>,
    /// Lines of the checklist that need nothing more, and why: for every centre, or for single ones.
    pub waived: BTreeMap<String, Vec<Waiver>>,
    /// Of each line whether documents hold what it asks for, as a person said who looked.
    judged: BTreeMap<String, BTreeMap<DocumentId, bool>>,
    /// Who holds the record of a line.
    pub holder_of: BTreeMap<String, HolderId>,
}

impl Waiver {
    /// Whether it was said for just this: every centre, or a single one.
    fn is_for(&self, center: Option<&str>) -> bool {
        match (self.center.as_deref(), center) {
            (None, None) => true,
            (Some(own), Some(center)) => text::same_line(own, center),
            _ => false,
        }
    }
}

impl Requests {
    /// Why a line needs nothing more for a centre: what was said of that one, or else of every one.
    #[must_use]
    pub fn waiver(&self, requirement: &str, center: Option<&str>) -> Option<Waiver> {
        let said = self.waived.get(requirement)?;
        let of = |center: Option<&str>| said.iter().find(|waiver| waiver.is_for(center));
        center.and_then(|center| of(Some(center))).or_else(|| of(None)).cloned()
    }

    /// What a person who looked said of documents for a line; `None` where nothing was said.
    #[must_use]
    pub fn judged(&self, requirement: &str) -> Option<&BTreeMap<DocumentId, bool>> {
        self.judged.get(requirement).filter(|said| !said.is_empty())
    }

    /// A request by id.
    #[must_use]
    pub fn request(&self, id: &RequestId) -> Option<&HeldRequest> {
        self.requests.iter().find(|r| r.request.id == *id)
    }

    /// The request for a line of the checklist: of the open ones the newest that was sent, then the newest; else the newest
    /// that ended. One that was only written hides none that runs.
    #[must_use]
    pub fn for_requirement(&self, requirement: &str) -> Option<&HeldRequest> {
        let names = |r: &&HeldRequest| r.request.requirements.iter().any(|id| id == requirement);
        let newest = || self.requests.iter().rev().filter(names);
        let sent = newest().find(|r| r.is_open() && r.sent.is_some());
        sent.or_else(|| newest().find(|r| r.is_open())).or_else(|| newest().next())
    }

    pub(crate) fn apply(&mut self, change: RequestChange) {
        match change {
            RequestChange::HolderStated { holder } => _ = self.holders.insert(holder.id.clone(), holder),
            RequestChange::Drafted { request } => self.requests.push(HeldRequest {
                request,
                sent: None,
                told: None,
                extended: None,
                noticed: None,
                letters: Vec::new(),
                contacts: Vec::new(),
                ended: None,
            }),
            RequestChange::RouteChanged { id, route, clock, days, extension_days, reminder_days } => {
                self.with(&id, |r| {
                    r.request.route = route;
                    r.request.clock = clock;
                    r.request.days = days;
                    r.request.extension_days = extension_days;
                    r.request.reminder_days = reminder_days;
                })
            }
            RequestChange::Sent { id, on, how } => self.with(&id, |r| {
                r.told = Some((on, how));
                r.sent.clone_from(&r.told);
            }),
            RequestChange::NeededByStated { id, day } => self.with(&id, |r| r.request.needed_by = day),
            RequestChange::Extended { id, until, reason, noticed } => self.with(&id, |r| {
                r.extended = Some((until, reason));
                r.noticed = noticed;
            }),
            RequestChange::LetterSent { id, letter } => self.with(&id, |r| r.letter_sent(letter)),
            RequestChange::LetterTakenBack { id, letter } => self.with(&id, |r| r.letter_back(&letter)),
            RequestChange::Contacted { id, contact } => self.with(&id, |r| r.contacts.push(contact)),
            RequestChange::Ended { id, on, ending, note } => self.with(&id, |r| r.ended = Some((on, ending, note))),
            RequestChange::Reopened { id } => self.with(&id, |r| r.ended = None),
            RequestChange::SituationStated { situation, happened } => match happened {
                Some(happened) => _ = self.situations.insert(situation, happened),
                None => _ = self.situations.remove(&situation),
            },
            RequestChange::RequirementSettled { requirement, settled } => match settled {
                Settled::Waived { reason, center } => {
                    let said = self.waived.entry(requirement).or_default();
                    said.retain(|waiver| !waiver.is_for(center.as_deref()));
                    said.push(Waiver { reason, center });
                }
                Settled::Open { center: None } => _ = self.waived.remove(&requirement),
                Settled::Open { center } => {
                    let said = self.waived.entry(requirement).or_default();
                    said.retain(|waiver| !waiver.is_for(center.as_deref()));
                }
            },
            RequestChange::DocumentJudged { requirement, document, holds } => {
                let said = self.judged.entry(requirement).or_default();
                match holds {
                    Some(holds) => _ = said.insert(document, holds),
                    None => _ = said.remove(&document),
                }
            }
            RequestChange::HolderOf { requirement, holder } => match holder {
                Some(holder) => _ = self.holder_of.insert(requirement, holder),
                None => _ = self.holder_of.remove(&requirement),
            },
        }
    }

    fn with(&mut self, id: &RequestId, change: impl FnOnce(&mut HeldRequest)) {
        if let Some(request) = self.requests.iter_mut().find(|r| r.request.id == *id) {
            change(request);
        }
    }
}
