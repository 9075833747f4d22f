//! The worklist: of each case the one thing that blocks it, who it waits on, since when and until when. Whoever has forty
//! cases open looks at these lines and at nothing else. All of it is computed; nothing of it is stored.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::audience::{Audience, CaseView};
use crate::case::Case;
use crate::next::{Stage, Step, sorted_steps};
use crate::reading::Waiting;
use crate::shared::message::Message;
use crate::shared::time::{Instant, PartialDate};

/// What a case waits for, most pressing first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pressing {
    /// A clock has run out, or slides are in danger.
    Overdue,
    /// A person here has to do something.
    Here,
    /// Somebody else has to answer.
    Others,
    /// Nothing.
    Ready,
}

impl Pressing {
    /// All, most pressing first.
    pub const ALL: [Self; 4] = [Self::Overdue, Self::Here, Self::Others, Self::Ready];

    /// The word in addresses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Here => "here",
            Self::Others => "others",
            Self::Ready => "ready",
        }
    }

    /// The one of that word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pressing| pressing.name() == name)
    }
}

/// The one line of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// What it waits for.
    pub pressing: Pressing,
    /// The one thing that blocks, as a sentence in the making.
    pub what: Message,
    /// Whom it waits on, by name; `None` for a person here, or for nobody.
    pub on: Option<String>,
    /// Since when.
    pub since: Option<Date>,
    /// Until when.
    pub until: Option<PartialDate>,
    /// The page where something can be done, below the case's address.
    pub place: String,
    /// Other work in the case waits for it.
    pub blocks: bool,
}

impl Standing {
    /// What sorts a worklist: the most pressing first, then by the day it ends, then what blocks.
    #[must_use]
    pub fn order(&self) -> (Pressing, bool, (u8, Option<Date>), Option<Date>) {
        let until = self.until.map_or((1, None), |until| (0, Some(until.earliest())));
        // Of what waits here, what blocks goes before what has a day.
        (self.pressing, self.pressing == Pressing::Here && !self.blocks, until, self.since)
    }
}

/// A request whose next letter has to go.
fn overdue(case: &Case, late: usize) -> Option<Standing> {
    let request = case.requests.requests.get(late)?;
    let clock = request.clock()?;
    let until = request.request.needed_by.map_or(clock.until, |by| by.min(clock.until));
    let on = holder(case, request);
    Some(Standing {
        pressing: Pressing::Overdue,
        what: Message::new("worklist-overdue").with("holder", &on),
        on: Some(on),
        since: Some(clock.since),
        until: Some(PartialDate::Day(until)),
        place: format!("requests/{}", request.request.id),
        blocks: true,
    })
}

fn holder(case: &Case, request: &crate::gather::requests::HeldRequest) -> String {
    case.requests.holders.get(&request.request.holder).map(|holder| holder.name.clone()).unwrap_or_default()
}

/// Since when a step waits, where the case tells: files since they came, a packet since it was opened.
fn since(case: &Case, stage: Stage) -> Option<Date> {
    match stage {
        Stage::Gather => case.gather.imports.last().and_then(|import| import.at).map(Instant::date),
        Stage::Share => case.share.received.iter().filter(|held| held.receipts.is_empty()).map(|h| h.at.date()).min(),
        _ => None,
    }
}

fn here(case: &Case, pressing: Pressing, (stage, step): (Stage, Step)) -> Standing {
    Standing {
        pressing,
        on: None,
        since: since(case, stage),
        until: step.due,
        place: step.place,
        blocks: step.blocks,
        what: step.what,
    }
}

/// What somebody else has to answer: the request that ends first, or else the delivery that nobody confirmed.
fn others(case: &Case) -> Option<Standing> {
    let open = case.requests.requests.iter().filter_map(|request| Some((request.running()?, request)));
    if let Some((clock, request)) = open.min_by_key(|(clock, _)| clock.until) {
        let on = holder(case, request);
        return Some(Standing {
            pressing: Pressing::Others,
            what: Message::new("worklist-request").with("holder", &on),
            on: Some(on),
            since: Some(clock.since),
            until: Some(PartialDate::Day(clock.until)),
            place: format!("requests/{}", request.request.id),
            blocks: true,
        });
    }
    let share = &case.share;
    let open = share.deliveries.iter().filter(|held| share.is_open(held));
    let held = open.min_by_key(|held| held.delivery.on)?;
    let what = match share.awaited(held) {
        0 => Message::new("worklist-delivery-missing"),
        left => Message::new("worklist-delivery").with("count", left),
    };
    Some(Standing {
        pressing: Pressing::Others,
        what: what.with("to", &held.delivery.to),
        on: Some(held.delivery.to.clone()),
        since: Some(held.delivery.on),
        until: None,
        place: format!("deliveries/{}", held.delivery.id),
        blocks: true,
    })
}

impl CaseView<'_> {
    /// The case's one line on a worklist. `reading` is [`CaseView::waiting`] of the same case. Who is not the owner is
    /// told the next step as their view has it, and nobody by name.
    #[must_use]
    pub fn standing(&self, reading: &Waiting, now: Instant) -> Standing {
        let case = self.case();
        let steps = sorted_steps(&self.stages(reading, now));
        let owner = self.audience() == Audience::Owner;
        if let Some(overdue) = reading.needs.late.filter(|_| owner).and_then(|late| overdue(case, late)) {
            return overdue;
        }
        let slides = steps.iter().find(|(_, step)| step.what.key == "next-gather-tissue");
        if let Some(step) = slides {
            return here(case, Pressing::Overdue, step.clone());
        }
        let first = steps.into_iter().next();
        match first {
            Some(step) if step.1.blocks => here(case, Pressing::Here, step),
            first => {
                // What others owe comes before chores that block nothing; those alone still wait for a person here.
                let waits = if owner { others(case) } else { None };
                let chore = first.filter(|(_, step)| {
                    !matches!(step.what.key.as_str(), "next-share-unconfirmed" | "next-share-said-missing")
                });
                waits.or_else(|| chore.map(|step| here(case, Pressing::Here, step))).unwrap_or_else(|| Standing {
                    pressing: Pressing::Ready,
                    what: Message::new("worklist-ready"),
                    on: None,
                    since: None,
                    until: None,
                    place: String::new(),
                    blocks: false,
                })
            }
        }
    }
}

#[cfg(test)]
mod tests;
