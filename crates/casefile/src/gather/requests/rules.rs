//! Rules of requests: what may be asked, sent, extended, noted and ended, and what is refused.

use jiff::civil::Date;

use super::{Asking, Ending, HeldRequest, Request, RequestChange, Requests, Settled};
use crate::case::Case;
use crate::knowledge::{ClockRule, Department, Knowledge, Setting};
use crate::shared::clock::{days_after, days_between};
use crate::shared::contact::{Contact, Holder, Reach};
use crate::shared::ids::{ContactId, DocumentId, HolderId, RequestId};
use crate::shared::message::Refusal;
use crate::shared::text;

/// Puts a holder into the contact book, or tells a department of one anew.
///
/// # Errors
/// When the name is empty, or anything is too long.
pub fn state_holder(
    requests: &Requests,
    id: HolderId,
    name: &str,
    department: Option<(Department, Reach)>,
) -> Result<RequestChange, Refusal> {
    let name = text::needed_line(name, 200, "name")?;
    let same = |h: &&Holder| h.id != id && h.name.eq_ignore_ascii_case(&name);
    if requests.holders.values().any(|h| same(&h)) {
        return Err(Refusal::new("refusal-holder-known").with("name", name));
    }
    let mut holder =
        requests.holders.get(&id).cloned().unwrap_or(Holder { id, name: String::new(), departments: Vec::new() });
    holder.name = name;
    if let Some((department, reach)) = department {
        let known = holder.departments.iter().find(|(known, _)| *known == department).map(|(_, reach)| reach.clone());
        // Nothing told of it at all takes it out of the book.
        let told = reach.checked()?;
        let nothing = told.is_empty() && told.hours.is_empty();
        let reach = if nothing { told } else { told.over(known) };
        holder.departments.retain(|(known, _)| *known != department);
        if !reach.is_empty() || !reach.hours.is_empty() {
            holder.departments.push((department, reach));
            holder.departments.sort_by_key(|(department, _)| *department);
        }
    }
    Ok(RequestChange::HolderStated { holder })
}

/// Most lines of a request.
const MOST_ITEMS: usize = 60;

/// Writes a request, with the clock of its way.
///
/// # Errors
/// When the holder, the way or a line of the checklist is unknown, the way is none of the department's, nothing is asked
/// for, or the same was asked for already and nobody said that they know that.
pub fn draft(requests: &Requests, knowledge: &Knowledge, asking: Asking) -> Result<RequestChange, Refusal> {
    let gathering = &knowledge.gathering;
    if !requests.holders.contains_key(&asking.holder) {
        return Err(Refusal::new("refusal-holder-unknown"));
    }
    if let Some(unknown) = asking.requirements.iter().find(|id| gathering.requirement(id).is_none()) {
        return Err(Refusal::new("refusal-requirement-unknown").with("requirement", unknown));
    }
    let items = text::lines(&asking.items, 4_000)?;
    let items: Vec<String> = items.lines().map(str::to_owned).collect();
    if items.is_empty() && asking.requirements.is_empty() {
        return Err(Refusal::new("refusal-request-empty"));
    }
    if items.len() + asking.requirements.len() > MOST_ITEMS {
        return Err(Refusal::new("refusal-request-too-many").with("most", MOST_ITEMS));
    }
    let rule = clock_of(knowledge, &asking.route, asking.department, (&asking.requirements, &items))?;
    if let Some((held, what)) = running(requests, knowledge, &asking).filter(|_| !asking.running_known) {
        let asked = held.asked_on().map_or_else(|| "none".to_owned(), |day| day.to_string());
        return Err(Refusal::new("refusal-request-running").with("what", what).with("asked", asked));
    }
    Ok(RequestChange::Drafted {
        request: Request {
            id: asking.id,
            holder: asking.holder,
            department: asking.department,
            requirements: asking.requirements,
            items,
            route: asking.route,
            clock: rule.id.clone(),
            days: rule.days,
            extension_days: rule.extension_days,
            reminder_days: rule.reminder_days.clone(),
            knowledge: knowledge.hash.clone(),
            needed_by: asking.needed_by,
        },
    })
}

/// A request to the same holder that is not at its end and asks for one of the same things, and which.
#[must_use]
pub fn running<'r>(
    requests: &'r Requests,
    knowledge: &Knowledge,
    asking: &Asking,
) -> Option<(&'r HeldRequest, String)> {
    let shared = |held: &HeldRequest| {
        let request = &held.request;
        let line = request.requirements.iter().find(|id| asking.requirements.contains(id));
        let label = |id: &String| knowledge.gathering.requirement(id).map_or_else(|| id.clone(), |r| r.label.clone());
        let asked = |item: &&String| asking.items.lines().any(|line| text::same_line(line, item));
        line.map(label).or_else(|| request.items.iter().find(asked).cloned())
    };
    let open = requests.requests.iter().filter(|held| held.is_open() && held.request.holder == asking.holder);
    open.rev().find_map(|held| Some((held, shared(held)?)))
}

/// A request that was written in the very same words and of which nothing else happened yet, as when a form is sent twice.
#[must_use]
pub fn drafted<'r>(requests: &'r Requests, asking: &Asking) -> Option<&'r HeldRequest> {
    let items = text::lines(&asking.items, 4_000).ok()?;
    let items: Vec<&str> = items.lines().collect();
    let says = |held: &&HeldRequest| {
        let request = &held.request;
        let fresh = held.ended.is_none() && held.sent.is_none() && held.letters.is_empty() && held.contacts.is_empty();
        fresh
            && (&request.holder, request.department, &request.route)
                == (&asking.holder, asking.department, &asking.route)
            && (&request.requirements, request.needed_by) == (&asking.requirements, asking.needed_by)
            && request.items == items
    };
    requests.requests.iter().find(says)
}

/// The clock of a way, as its table says. Whoever asks for no slides or blocks on their way gets the letter of the right of
/// access, and its clock.
fn clock_of<'k>(
    knowledge: &'k Knowledge,
    route: &str,
    department: Department,
    (requirements, items): (&[String], &[String]),
) -> Result<&'k ClockRule, Refusal> {
    let gathering = &knowledge.gathering;
    let route = gathering.route(route).ok_or_else(|| Refusal::new("refusal-route-unknown"))?;
    if !route.departments.contains(&department) {
        return Err(Refusal::new("refusal-route-other-department"));
    }
    let material = requirements.iter().filter_map(|id| gathering.requirement(id)).find(|r| r.is_material());
    if let Some(requirement) = material.filter(|_| !route.brings_material()) {
        return Err(Refusal::new("refusal-route-not-for-tissue").with("record", &requirement.label));
    }
    let is_of_copies = route.is_for_material() && !gathering.is_about_material(requirements, items);
    let clock = if is_of_copies { ClockRule::ACCESS } else { route.clock.as_str() };
    gathering.clock(clock).ok_or_else(|| Refusal::new("refusal-clock-unknown").with("clock", clock))
}

/// Takes another way for a request that was not sent yet. `None`: it goes that way already.
///
/// # Errors
/// When there is none of that id, it was sent or ended, or the way is unknown or brings not what is asked for.
pub fn change_route(
    requests: &Requests,
    knowledge: &Knowledge,
    id: &RequestId,
    route: &str,
) -> Result<Option<RequestChange>, Refusal> {
    let held = open(requests, id)?;
    if held.sent.is_some() || held.sent_letters().next().is_some() {
        return Err(Refusal::new("refusal-route-sent"));
    }
    let request = &held.request;
    let rule = clock_of(knowledge, route, request.department, (&request.requirements, &request.items))?;
    Ok((request.route != route).then(|| RequestChange::RouteChanged {
        id: id.clone(),
        route: route.to_owned(),
        clock: rule.id.clone(),
        days: rule.days,
        extension_days: rule.extension_days,
        reminder_days: rule.reminder_days.clone(),
    }))
}

/// Says by when a request is needed; `None`: by when the case needs everything.
///
/// # Errors
/// When there is none of that id, or it ended.
pub fn state_needed_by(requests: &Requests, id: &RequestId, day: Option<Date>) -> Result<RequestChange, Refusal> {
    open(requests, id)?;
    Ok(RequestChange::NeededByStated { id: id.clone(), day })
}

pub(super) fn known<'r>(requests: &'r Requests, id: &RequestId) -> Result<&'r HeldRequest, Refusal> {
    requests.request(id).ok_or_else(|| Refusal::new("refusal-request-unknown"))
}

pub(super) fn open<'r>(requests: &'r Requests, id: &RequestId) -> Result<&'r HeldRequest, Refusal> {
    let request = known(requests, id)?;
    if request.is_open() { Ok(request) } else { Err(Refusal::new("refusal-request-ended")) }
}

pub(super) fn not_later(day: Date, today: Date) -> Result<Date, Refusal> {
    if day > today { Err(Refusal::new("refusal-day-in-future")) } else { Ok(day) }
}

/// A day on which something about a request can have happened: not yet to come, and not so long ago
/// ([`Setting::RequestDays`]) that it is a slip of the year.
pub(super) fn sendable(knowledge: &Knowledge, day: Date, today: Date) -> Result<Date, Refusal> {
    let day = not_later(day, today)?;
    let most = knowledge.gathering.days(Setting::RequestDays);
    let long_ago = days_between(day, today) > most;
    if long_ago { Err(Refusal::new("refusal-day-long-ago").with("days", most)) } else { Ok(day) }
}

/// Says that a request was sent, and when it was received. A clock that runs is not begun anew by a second sending: another
/// day only corrects the one that stands, which is named (`instead_of`).
///
/// # Errors
/// When there is none of that id, it ended, the day is not yet here or many years ago, its time runs since another day than
/// the one that is corrected, or a letter arrived by mail before it was mailed.
pub fn sent(
    requests: &Requests,
    knowledge: &Knowledge,
    id: &RequestId,
    on: Date,
    how: &str,
    instead_of: Option<Date>,
    today: Date,
) -> Result<RequestChange, Refusal> {
    let held = open(requests, id)?;
    let how = text::needed_line(how, 60, "how")?;
    let since = held.sent.as_ref().map(|(since, _)| *since);
    if let Some(since) = since.filter(|since| instead_of != Some(*since)) {
        return Err(Refusal::new("refusal-clock-runs").with("since", since));
    }
    if let (None, Some(day)) = (since, instead_of) {
        return Err(Refusal::new("refusal-clock-not-since").with("day", day));
    }
    // What was mailed did not arrive before that, however often its day is corrected; a letter told wrongly is taken back. A
    // call may well have been before it.
    let began = held.sent_letters().filter(|letter| letter.starts_clock).last();
    if super::letters::by_mail(&how, knowledge) && began.is_some_and(|letter| on < letter.on) {
        return Err(Refusal::new("refusal-letter-received-before"));
    }
    Ok(RequestChange::Sent { id: id.clone(), on: sendable(knowledge, on, today)?, how })
}

/// Says that they took their extension. The rule allows one, with a written reason, before the first time ends: the day
/// of their notice counts (`noticed`), and today where it is not told.
///
/// # Errors
/// When nothing was sent, there is no extension or it was taken, no reason is given, the notice came too late or before
/// the request, or it reaches further than the rule allows.
pub fn extend(
    requests: &Requests,
    id: &RequestId,
    until: Date,
    reason: &str,
    noticed: Option<Date>,
    today: Date,
) -> Result<RequestChange, Refusal> {
    let request = open(requests, id)?;
    let clock = request.clock().ok_or_else(|| Refusal::new("refusal-request-not-sent"))?;
    if request.request.extension_days == 0 || request.standing_extension().is_some() {
        return Err(Refusal::new("refusal-no-extension"));
    }
    let noticed_by = not_later(noticed.unwrap_or(today), today)?;
    if noticed_by > clock.until {
        return Err(Refusal::new("refusal-extension-late").with("until", clock.until));
    }
    if let Some(asked) = request.asked_on().filter(|asked| noticed_by < *asked) {
        return Err(Refusal::new("refusal-extension-before").with("asked", asked));
    }
    let latest = days_after(clock.until, request.request.extension_days);
    if until <= clock.until || until > latest {
        return Err(Refusal::new("refusal-extension-range").with("from", clock.until).with("to", latest));
    }
    let reason = text::needed_line(reason, 500, "reason")?;
    Ok(RequestChange::Extended { id: id.clone(), until, reason, noticed })
}

/// Notes a contact about a request. `None`: the very same is noted already.
///
/// # Errors
/// When there is no such request, the day is not yet here or long ago, the time is none, nothing was said, or it corrects a
/// contact that is not there.
pub fn contacted(
    requests: &Requests,
    knowledge: &Knowledge,
    id: &RequestId,
    contact: Contact,
    today: Date,
) -> Result<Option<RequestChange>, Refusal> {
    let request = known(requests, id)?;
    if let Some(corrects) = &contact.corrects {
        let there = |c: &Contact| c.id == *corrects;
        if !request.contacts.iter().any(there) {
            return Err(Refusal::new("refusal-contact-unknown"));
        }
    }
    let contact = Contact {
        id: contact.id,
        on: sendable(knowledge, contact.on, today)?,
        at: text::time_of_day(&contact.at, 40)?,
        how: text::needed_line(&contact.how, 40, "how")?,
        with: text::line(&contact.with, 120)?,
        said: text::lines(&contact.said, 2_000)?,
        promised: text::line(&contact.promised, 500)?,
        reference: text::line(&contact.reference, 80)?,
        corrects: contact.corrects,
    };
    if contact.said.is_empty() && contact.promised.is_empty() {
        return Err(Refusal::new("refusal-empty-field").with("field", "what was said"));
    }
    let same = |known: &Contact| *known == Contact { id: known.id.clone(), ..contact.clone() };
    let known = request.contacts.iter().any(same);
    Ok((!known).then(|| RequestChange::Contacted { id: id.clone(), contact }))
}

/// Ends a request.
///
/// # Errors
/// When there is none of that id, it ended already, the day is not yet here or before the request was sent, or a denial
/// gives no reason.
pub fn end(
    requests: &Requests,
    knowledge: &Knowledge,
    id: &RequestId,
    on: Date,
    ending: Ending,
    note: &str,
    today: Date,
) -> Result<RequestChange, Refusal> {
    let request = open(requests, id)?;
    let on = sendable(knowledge, on, today)?;
    if let Some(asked) = request.asked_on().filter(|asked| on < *asked) {
        return Err(Refusal::new("refusal-ended-before-sent").with("asked", asked));
    }
    let note = match ending {
        Ending::Denied => text::needed_line(note, 1_000, "the reason they gave")?,
        Ending::Fulfilled | Ending::Withdrawn => text::line(note, 1_000)?,
    };
    Ok(RequestChange::Ended { id: id.clone(), on, ending, note })
}

/// Takes the end of a request back.
///
/// # Errors
/// When there is none of that id, or it is open.
pub fn reopen(requests: &Requests, id: &RequestId) -> Result<RequestChange, Refusal> {
    if known(requests, id)?.is_open() {
        return Err(Refusal::new("refusal-request-open"));
    }
    Ok(RequestChange::Reopened { id: id.clone() })
}

/// Answers whether something happened.
///
/// # Errors
/// When the situation is unknown.
pub fn state_situation(
    knowledge: &Knowledge,
    situation: &str,
    happened: Option<bool>,
) -> Result<RequestChange, Refusal> {
    if !knowledge.gathering.situations.iter().any(|s| s.id == situation) {
        return Err(Refusal::new("refusal-situation-unknown"));
    }
    Ok(RequestChange::SituationStated { situation: situation.to_owned(), happened })
}

/// Says that a line of the checklist needs nothing more, with a reason; an empty reason takes it back. `center`: the only
/// one for which that holds; `None` for every one.
///
/// # Errors
/// When the line is unknown, the reason too long, or what is taken back for one centre was said for every one.
pub fn settle(
    requests: &Requests,
    knowledge: &Knowledge,
    requirement: &str,
    reason: &str,
    center: Option<&str>,
) -> Result<RequestChange, Refusal> {
    if knowledge.gathering.requirement(requirement).is_none() {
        return Err(Refusal::new("refusal-requirement-unknown").with("requirement", requirement));
    }
    let reason = text::line(reason, 500)?;
    let center = center.map(|center| text::line(center, 200)).transpose()?.filter(|center| !center.is_empty());
    // However a person named it: its programme has one name.
    let center = center.map(|named| knowledge.program(&named).map_or(named, |program| program.name.clone()));
    if let (true, Some(center)) = (reason.is_empty(), center.as_deref()) {
        let holds = requests.waiver(requirement, Some(center));
        if holds.is_some_and(|waiver| waiver.center.is_none()) {
            return Err(Refusal::new("refusal-waived-everywhere").with("center", center));
        }
    }
    let settled = if reason.is_empty() { Settled::Open { center } } else { Settled::Waived { reason, center } };
    Ok(RequestChange::RequirementSettled { requirement: requirement.to_owned(), settled })
}

/// Says whether a document holds what a line of the checklist asks for; `None` takes it back.
///
/// # Errors
/// When the line is unknown, the document is not in the case, nothing was said that could be taken back, or it is said to hold what no document can: images, slides,
/// what a person states.
pub fn judge(
    case: &Case,
    knowledge: &Knowledge,
    requirement: &str,
    document: &DocumentId,
    holds: Option<bool>,
) -> Result<RequestChange, Refusal> {
    let Some(line) = knowledge.gathering.requirement(requirement) else {
        return Err(Refusal::new("refusal-requirement-unknown").with("requirement", requirement));
    };
    if holds.is_some() && case.gather.documents.get(document).is_none_or(|held| held.removed) {
        return Err(Refusal::new("refusal-no-such-document"));
    }
    if holds.is_none() && case.requests.judged(requirement).is_none_or(|said| !said.contains_key(document)) {
        return Err(Refusal::new("refusal-nothing-judged").with("record", &line.label));
    }
    if holds == Some(true) && !line.is_of_documents() {
        return Err(Refusal::new("refusal-judge-not-documents").with("record", &line.label));
    }
    Ok(RequestChange::DocumentJudged { requirement: requirement.to_owned(), document: document.clone(), holds })
}

/// Names who holds the record of a line.
///
/// # Errors
/// When the line or the holder is unknown.
pub fn name_holder(
    requests: &Requests,
    knowledge: &Knowledge,
    requirement: &str,
    holder: Option<HolderId>,
) -> Result<RequestChange, Refusal> {
    if knowledge.gathering.requirement(requirement).is_none() {
        return Err(Refusal::new("refusal-requirement-unknown").with("requirement", requirement));
    }
    if holder.as_ref().is_some_and(|id| !requests.holders.contains_key(id)) {
        return Err(Refusal::new("refusal-holder-unknown"));
    }
    Ok(RequestChange::HolderOf { requirement: requirement.to_owned(), holder })
}

/// The contact that a contact was corrected by, if any.
#[must_use]
pub fn corrected_by<'r>(contacts: &'r [Contact], id: &ContactId) -> Option<&'r Contact> {
    contacts.iter().rev().find(|c| c.corrects.as_ref() == Some(id))
}
