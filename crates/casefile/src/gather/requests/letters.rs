//! Letters about a request: which there can be today, by which wording, and those that were sent. A letter that was sent
//! is kept as it was sent: its page is an object of the case, and the ledger says to whom, how and when it went.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::rules::{known, not_later, open};
use super::{HeldRequest, RequestChange, Requests};
use crate::knowledge::{ClockRule, Knowledge, Route, Setting, WordGroup};
use crate::shared::clock::days_after;
use crate::shared::ids::{LetterId, ObjectId, RequestId};
use crate::shared::message::{Message, Refusal};
use crate::shared::text;

// ---- things ----

/// A letter about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterKind {
    /// The request itself.
    Request,
    /// A form by which the person allows the release.
    Authorization,
    /// A friendly question before the time ends.
    Reminder,
    /// The time ended.
    Escalation,
}

impl LetterKind {
    /// All.
    pub const ALL: [Self; 4] = [Self::Request, Self::Authorization, Self::Reminder, Self::Escalation];

    /// The word in addresses and commands.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Authorization => "authorization",
            Self::Reminder => "reminder",
            Self::Escalation => "escalation",
        }
    }

    /// The letter of that word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What it is called, as a sentence in the making.
    #[must_use]
    pub fn words(self) -> Message {
        Message::new(&format!("letter-{}", self.name()))
    }
}

/// A letter that was sent, as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentLetter {
    /// Id.
    pub id: LetterId,
    /// Which letter.
    pub kind: LetterKind,
    /// What it is called, as it was printed at its head.
    pub title: String,
    /// The very page that was sent: a PDF.
    pub pdf: ObjectId,
    /// The day it was sent.
    pub on: Date,
    /// How: `fax`, `mail`, `portal`, `in person`, `e-mail`.
    pub how: String,
    /// To whom, in words.
    pub to: String,
    /// The day they received it, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Date>,
    /// Days counted for the mail, where a letter was mailed and nobody knows when it arrived.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub mailing_days: u32,
    /// Days that it gives until one would press on; 0 in what earlier versions wrote.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub gives_days: u32,
    /// Whether the clock of the request began with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub starts_clock: bool,
    /// Hash of the knowledge its wording is of.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub knowledge: String,
    /// It was not sent after all; filled by the fold.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub taken_back: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl SentLetter {
    /// The day from which an answer is counted: when they received it, or when it should have arrived.
    #[must_use]
    pub fn counts_from(&self) -> Date {
        self.received.unwrap_or_else(|| days_after(self.on, self.mailing_days))
    }

    /// The last day that it gives them, whatever was changed in the settings since.
    fn gives_until(&self, knowledge: &Knowledge) -> Date {
        let days = if self.gives_days == 0 { given_days(knowledge) } else { self.gives_days };
        days_after(self.counts_from(), days)
    }

    /// Whether it is the letter that a person says they sent: the same, to the same, on the same day, the same way.
    #[must_use]
    pub fn is_as(&self, sending: &SendingLetter) -> bool {
        !self.taken_back
            && (self.kind, self.on) == (sending.kind, sending.on)
            && text::same_line(&self.how, &sending.how)
            && text::same_line(&self.to, &sending.to)
    }
}

/// What a person says of a letter that they sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendingLetter {
    /// Id it gets.
    pub id: LetterId,
    /// Which letter.
    pub kind: LetterKind,
    /// What it is called.
    pub title: String,
    /// The page.
    pub pdf: ObjectId,
    /// The day it was sent.
    pub on: Date,
    /// How.
    pub how: String,
    /// To whom.
    pub to: String,
    /// The day they received it, where it is known.
    pub received: Option<Date>,
}

/// Wording of the letter of the right of access.
const ACCESS: &str = "access-request";

impl HeldRequest {
    /// The letters there can be about it today, the one that is due first. What goes by telephone or portal has no first
    /// letter; an escalation is there only once the time has ended.
    #[must_use]
    pub fn letters(&self, knowledge: &Knowledge, today: Date) -> Vec<LetterKind> {
        let route = knowledge.gathering.route(&self.request.route);
        let has_letter = route.is_some_and(|r| r.letter.is_some());
        let mut letters = Vec::new();
        if self.is_overdue(today) {
            letters.push(LetterKind::Escalation);
        }
        if self.running().is_some() {
            letters.push(LetterKind::Reminder);
        }
        if has_letter {
            letters.push(LetterKind::Request);
        }
        letters.push(LetterKind::Authorization);
        letters
    }

    /// The wording of a letter about it, an id of `letters/`: the department's own where there is one.
    #[must_use]
    pub fn wording(&self, kind: LetterKind, knowledge: &Knowledge) -> String {
        let route = knowledge.gathering.route(&self.request.route);
        let first = route.and_then(|r| r.letter.as_deref()).unwrap_or(ACCESS);
        // The laboratory's own way brings reports, too; whoever asks for no material gets no letter that asks for some.
        let request = &self.request;
        let of_material = route.is_some_and(Route::is_for_material);
        let is_tissue = of_material && knowledge.gathering.is_about_material(&request.requirements, &request.items);
        let first = if of_material && !is_tissue { ACCESS } else { first };
        let id = match kind {
            LetterKind::Request => first,
            LetterKind::Authorization => "authorization",
            LetterKind::Reminder if is_tissue => "tissue-reminder",
            LetterKind::Escalation if is_tissue => "tissue-escalation",
            // Only the access rule can be held against anybody.
            LetterKind::Escalation if self.request.clock == ClockRule::ACCESS => "escalation",
            LetterKind::Reminder | LetterKind::Escalation => "reminder",
        };
        let own = format!("{id}-{}", self.request.department.name());
        if knowledge.letters.iter().any(|l| l.id == own) { own } else { id.to_owned() }
    }

    /// Letters that were sent and not taken back, in the order they were written down.
    pub fn sent_letters(&self) -> impl Iterator<Item = &SentLetter> {
        self.letters.iter().filter(|letter| !letter.taken_back)
    }

    /// The last day that an escalation which was sent gives them; `None` where none was sent.
    #[must_use]
    pub fn escalated_until(&self, knowledge: &Knowledge) -> Option<Date> {
        let escalations = self.sent_letters().filter(|letter| letter.kind == LetterKind::Escalation);
        escalations.map(|letter| letter.gives_until(knowledge)).max()
    }

    /// Whether the next letter has to go: its time ended, and so did the days that the last escalation gave. By when it is
    /// needed counts as well as the law: that day passed, and so did as many days since whatever letter went last.
    #[must_use]
    pub fn needs_letter(&self, knowledge: &Knowledge, needed_by: Option<Date>, today: Date) -> bool {
        if self.is_overdue(today) {
            return self.escalated_until(knowledge).is_none_or(|until| until < today);
        }
        let pressed = self.sent_letters().map(|letter| letter.gives_until(knowledge)).max();
        let late = self.running().is_some() && needed_by.is_some_and(|by| by < today);
        late && pressed.is_none_or(|until| until < today)
    }

    /// Whether it is time to remind them: a day to remind has come, its time did not end, and since that day nobody wrote or
    /// spoke to them.
    #[must_use]
    pub fn needs_reminder(&self, knowledge: &Knowledge, needed_by: Option<Date>, today: Date) -> bool {
        if self.is_overdue(today) || self.needs_letter(knowledge, needed_by, today) {
            return false;
        }
        let Some(clock) = self.running() else { return false };
        let day = clock.reminders.iter().filter(|day| **day <= today).max();
        let written = self.sent_letters().map(|letter| letter.on);
        let heard = self.contacts.iter().map(|contact| contact.on).chain(written).chain(self.noticed).max();
        day.is_some_and(|day| heard.is_none_or(|heard| heard < *day))
    }

    /// The letter with which the clock began, unless another day was told since.
    #[must_use]
    pub fn first_letter(&self) -> Option<&SentLetter> {
        let (since, _) = self.sent.as_ref()?;
        let begins = |letter: &&SentLetter| letter.kind == LetterKind::Request && letter.counts_from() == *since;
        self.sent_letters().filter(begins).last()
    }

    pub(super) fn letter_sent(&mut self, letter: SentLetter) {
        if letter.starts_clock {
            self.sent = Some((letter.counts_from(), letter.how.clone()));
        }
        self.letters.push(letter);
    }

    pub(super) fn letter_back(&mut self, id: &LetterId) {
        let began = self.first_letter().is_some_and(|first| first.id == *id);
        for letter in self.letters.iter_mut().filter(|letter| letter.id == *id) {
            letter.taken_back = true;
        }
        if began {
            // The one before it counts again, if there was one.
            let standing = self.sent_letters().filter(|letter| letter.kind == LetterKind::Request);
            let first = standing.min_by_key(|letter| letter.counts_from());
            let first = first.map(|letter| (letter.counts_from(), letter.how.clone()));
            self.sent = match (first, self.told.clone()) {
                (Some(letter), Some(told)) => Some(if told.0 <= letter.0 { told } else { letter }),
                (letter, told) => letter.or(told),
            };
        }
    }
}

// ---- rules ----

/// Days that a letter which goes today gives until one would press on.
fn given_days(knowledge: &Knowledge) -> u32 {
    u32::try_from(knowledge.gathering.days(Setting::EscalationDays)).unwrap_or_default()
}

/// Whether what is sent this way is days on its way, which are counted where nobody knows when it arrived: by mail, by a
/// carrier, and in whatever words do not name a way on which it is there at once. `E-mail` is such a way.
pub(super) fn by_mail(how: &str, knowledge: &Knowledge) -> bool {
    let plain = how.to_lowercase().replace("e-mail", "email").replace("e mail", "email");
    let names = |group| knowledge.vocabulary.names_of(&plain, group);
    names(WordGroup::ByMail) || !names(WordGroup::AtOnce)
}

/// Says that a letter was sent. The request itself starts the clock, or moves it to an earlier day; no other letter does.
/// `None`: the same letter was written down as sent to the same, on the same day, the same way.
///
/// # Errors
/// When there is no such request or it ended, a day is not yet here, the letter arrived before it was sent or was sent
/// before the request could be (see [`super::sent`]), it reminds of a request that was not sent by then, or how or to whom is
/// not said.
pub fn letter_sent(
    requests: &Requests,
    knowledge: &Knowledge,
    id: &RequestId,
    sending: &SendingLetter,
    today: Date,
) -> Result<Option<RequestChange>, Refusal> {
    let held = known(requests, id)?;
    if held.letters.iter().any(|letter| letter.is_as(sending)) {
        return Ok(None);
    }
    open(requests, id)?;
    let how = text::needed_line(&sending.how, 60, "how")?;
    let to = text::needed_line(&sending.to, 200, "to whom")?;
    let on = super::rules::sendable(knowledge, sending.on, today)?;
    if matches!(sending.kind, LetterKind::Reminder | LetterKind::Escalation) {
        let asked = held.asked_on();
        if asked.is_none_or(|asked| on < asked) {
            let asked = asked.map_or_else(|| "none".to_owned(), |asked| asked.to_string());
            return Err(Refusal::new("refusal-letter-before-request").with("asked", asked));
        }
    }
    let received = sending.received.map(|day| not_later(day, today)).transpose()?;
    if received.is_some_and(|day| day < on) {
        return Err(Refusal::new("refusal-letter-received-before"));
    }
    let mailed = received.is_none() && by_mail(&how, knowledge);
    let rule = knowledge.gathering.clock(&held.request.clock);
    let mailing_days = rule.filter(|_| mailed).map_or(0, |rule| rule.mailing_days);
    let from = received.unwrap_or_else(|| days_after(on, mailing_days));
    let earlier = held.sent.as_ref().is_none_or(|(since, _)| from < *since);
    Ok(Some(RequestChange::LetterSent {
        id: id.clone(),
        letter: SentLetter {
            id: sending.id.clone(),
            kind: sending.kind,
            title: text::line(&sending.title, 200)?,
            pdf: sending.pdf.clone(),
            on,
            how,
            to,
            received,
            mailing_days,
            gives_days: given_days(knowledge),
            starts_clock: sending.kind == LetterKind::Request && earlier,
            knowledge: knowledge.hash.clone(),
            taken_back: false,
        },
    }))
}

/// Says that a letter was not sent after all. A clock that began with it stops, or counts from the letter before.
///
/// # Errors
/// When there is no such request or letter, or it was taken back.
pub fn take_letter_back(requests: &Requests, id: &RequestId, letter: &LetterId) -> Result<RequestChange, Refusal> {
    let held = known(requests, id)?;
    if !held.sent_letters().any(|sent| sent.id == *letter) {
        return Err(Refusal::new("refusal-letter-unknown"));
    }
    Ok(RequestChange::LetterTakenBack { id: id.clone(), letter: letter.clone() })
}
