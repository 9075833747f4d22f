//! What to do next in gather.

use super::things::SetAsideReason;
use crate::case::Case;
use crate::imaging::Completeness;
use crate::next::{Stage, StageNext, StageState, Step};
use crate::reading::Waiting;
use crate::records::IdentityMatch;
use crate::shared::message::Message;
use crate::shared::time::PartialDate;

/// First files, then whose they are, then what waits for a decision, what is incomplete, what nobody confirmed,
/// and what reading leaves to a person.
#[must_use]
pub fn next(case: &Case, reading: &Waiting) -> StageNext {
    let gather = &case.gather;
    let mut steps = Vec::new();
    if gather.imports.is_empty() {
        steps.push(Step::new(Message::new("next-gather-first-files"), "gather#add").blocking());
        return StageNext { stage: Stage::Gather, state: StageState::NothingYet, steps };
    }
    if let Some((patient, named_by, of)) = &case.about.proposed {
        let name = patient.name.as_ref().map(crate::PersonName::display).unwrap_or_default();
        let message =
            Message::new("next-gather-accept-person").with("name", name).with("named", named_by).with("of", of);
        steps.push(Step::new(message, "gather#person").blocking());
    }
    let center = case.find.center.as_deref().unwrap_or_default();
    let needed_by = reading.needed_by.map(PartialDate::Day);
    let mut add = |due: Option<PartialDate>, count: usize, key: &str, place: &str, blocks: bool| {
        if count > 0 {
            let what = Message::new(key).with("count", count).with("center", center);
            let step = Step { due, ..Step::new(what, place) };
            steps.push(if blocks { step.blocking() } else { step });
        }
    };
    let waiting = |locked: bool| gather.undecided().filter(|g| (g.reason == SetAsideReason::Locked) == locked).count();
    add(None, waiting(false), "next-gather-decide-set-aside", "gather#set-aside", true);
    add(None, waiting(true), "next-gather-give-password", "gather#set-aside", false);
    let unsettled = gather.documents.values().filter(|d| !d.removed && !d.identity_settled()).count()
        + gather.studies.values().filter(|s| !s.removed && !s.identity_settled()).count();
    add(None, unsettled, "next-gather-confirm-identity", "gather#unsure", true);
    let incomplete = gather
        .studies
        .values()
        .filter(|s| !s.removed)
        .filter(|s| s.study.series.values().any(|x| matches!(x.completeness(), Completeness::Incomplete { .. })))
        .count();
    // What the centre waits for has a day; the rest is done when it is done.
    let needs = reading.needs;
    add(needed_by, needs.overdue, "next-gather-overdue", "requests", true);
    add(None, needs.came, "next-gather-came", "requests", true);
    add(needed_by, needs.remind, "next-gather-remind", "requests", false);
    add(needed_by, needs.tissue, "next-gather-tissue", "tissue", true);
    add(needed_by, needs.missing, "next-gather-missing", "checklist", true);
    add(needed_by, needs.partial, "next-gather-partial", "checklist", false);
    add(needed_by, needs.outdated, "next-gather-outdated", "checklist", false);
    add(needed_by, needs.unanswered, "next-gather-unanswered", "checklist#questions", false);
    add(needed_by, needs.unlooked, "next-gather-look", "checklist#look", false);
    add(None, incomplete, "next-gather-incomplete-studies", "gather#images", false);
    let unconfirmed = gather.documents.values().filter(|d| !d.removed && !d.checked).count();
    add(None, unconfirmed, "next-gather-confirm-kinds", "gather#documents", false);
    add(None, reading.conflicts, "next-gather-conflicts", "facts#differences", false);
    add(None, reading.unread_pages, "next-gather-unread-pages", "facts#pictures", false);
    add(None, reading.unconfirmed, "next-gather-confirm-findings", "facts?standing=recognised#facts", false);
    let blocked = steps.iter().any(|s| s.blocks);
    let open = needs.missing + needs.partial + needs.outdated + needs.unanswered + needs.unlooked;
    let state = if blocked || unconfirmed > 0 || open > 0 {
        StageState::UnderWay
    } else if needs.waiting > 0 {
        StageState::Waiting
    } else {
        StageState::Ready
    };
    StageNext { stage: Stage::Gather, state, steps }
}

/// The message that explains how a file's patient fits.
#[must_use]
pub fn identity_message(identity: IdentityMatch) -> Message {
    Message::new(match identity {
        IdentityMatch::Same => "identity-same",
        IdentityMatch::NamesNobody => "identity-names-nobody",
        IdentityMatch::SeveralPeople => "identity-several-people",
        IdentityMatch::NoBirthDate => "identity-no-birth-date",
        IdentityMatch::OtherName => "identity-other-name",
        IdentityMatch::Stranger => "identity-stranger",
    })
}
