//! The recurring pieces of every page, as data: a date with its machine form, a state word with its mark, a step, what
//! a person typed. How each looks is in `templates/parts.html`, once. Nothing here knows a stage.

use std::borrow::Cow;
use std::collections::HashMap;

use consilium_casefile::gather::Outcome;
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::next::{Stage, StageNext, StageState, Step};
use consilium_casefile::reading::Waiting;
use consilium_casefile::{CaseId, CaseView, Instant, Message, PartialDate, Session};

/// Says a message in words.
pub(crate) type Say<'a> = &'a (dyn Fn(&Message) -> String + Send + Sync);

/// What of reading waits in the case of a view.
pub(crate) type OfReading<'a> = &'a (dyn Fn(&CaseView<'_>) -> Waiting + Send + Sync);

/// What every page needs besides the case: words, knowledge, the moment and who looks.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) knowledge: &'a Knowledge,
    pub(crate) say: Say<'a>,
    pub(crate) waiting: OfReading<'a>,
    pub(crate) now: Instant,
    pub(crate) session: &'a Session,
}

impl Context<'_> {
    /// The eight stages with what to do next, as this view may see them.
    pub(crate) fn stages(&self, view: &CaseView<'_>) -> Vec<StageNext> {
        view.stages(&(self.waiting)(view), self.now)
    }
}

/// A date or a moment: for people, and for machines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct When {
    pub(crate) human: String,
    pub(crate) iso: String,
}

impl From<PartialDate> for When {
    fn from(date: PartialDate) -> Self {
        Self { human: date.human(), iso: date.to_string() }
    }
}

impl From<jiff::civil::Date> for When {
    fn from(day: jiff::civil::Date) -> Self {
        PartialDate::Day(day).into()
    }
}

impl From<Instant> for When {
    fn from(at: Instant) -> Self {
        Self { human: at.human(), iso: at.iso() }
    }
}

/// One word and one shape: what survives black-and-white print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) word: Cow<'static, str>,
    /// Name of the shape in `parts.html`.
    pub(crate) mark: &'static str,
}

impl Word {
    pub(crate) const fn new(word: &'static str, mark: &'static str) -> Self {
        Self { word: Cow::Borrowed(word), mark }
    }

    /// A word of the sentence files.
    pub(crate) fn said(say: Say<'_>, key: &str, mark: &'static str) -> Self {
        Self { word: Cow::Owned(say(&Message::new(key))), mark }
    }
}

impl From<StageState> for Word {
    fn from(state: StageState) -> Self {
        match state {
            StageState::NothingYet => Self::new("nothing yet", "empty"),
            StageState::UnderWay => Self::new("under way", "half"),
            StageState::Waiting => Self::new("waiting on someone", "wait"),
            StageState::Ready => Self::new("ready", "done"),
        }
    }
}

impl From<Outcome> for Word {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Kept => Self::new("kept", "done"),
            Outcome::Duplicate => Self::new("duplicate", "same"),
            Outcome::SetAside => Self::new("set aside", "wait"),
            Outcome::Refused => Self::new("refused", "cross"),
        }
    }
}

/// The name of a stage as a heading.
pub(crate) fn stage_title(stage: Stage) -> &'static str {
    match stage {
        Stage::Find => "Find",
        Stage::Gather => "Gather",
        Stage::Cover => "Cover",
        Stage::Prepare => "Prepare",
        Stage::Compare => "Compare",
        Stage::Decide => "Decide",
        Stage::Trials => "Trials",
        Stage::Share => "Share",
    }
}

/// A step as a card or a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StepView {
    pub(crate) sentence: String,
    pub(crate) blocks: bool,
    pub(crate) due: Option<When>,
    pub(crate) address: String,
    pub(crate) stage: &'static str,
    /// Whether whoever looks may do it.
    pub(crate) may_do: bool,
}

impl StepView {
    pub(crate) fn new(context: &Context<'_>, case: &CaseId, stage: Stage, step: &Step) -> Self {
        Self {
            sentence: (context.say)(&step.what),
            blocks: step.blocks,
            due: step.due.map(When::from),
            address: format!("/cases/{case}/{}", step.place),
            stage: stage_title(stage),
            may_do: context.session.audience.may_change(),
        }
    }
}

/// What a person typed, and why it was refused. A page shows what was typed in place of what is known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Typed {
    values: HashMap<String, String>,
    refused: Option<(&'static str, String)>,
}

impl Typed {
    /// What was typed, refused at a field.
    pub(crate) fn refused(values: HashMap<String, String>, field: &'static str, sentence: String) -> Self {
        Self { values, refused: Some((field, sentence)) }
    }

    /// Whether a box was ticked in a form that was refused.
    pub(crate) fn ticked(&self, name: &str) -> bool {
        self.refused.is_some() && self.values.get(name).is_some_and(|value| value == "yes")
    }

    /// The field as typed, or else as known.
    pub(crate) fn field(&self, name: &'static str, label: &'static str, known: &str) -> Field {
        let value = if self.refused.is_some() { self.values.get(name).map(String::as_str) } else { None };
        Field {
            name,
            label,
            hint: "",
            value: value.unwrap_or(known).to_owned(),
            refusal: self.refused.as_ref().filter(|(field, _)| *field == name).map(|(_, sentence)| sentence.clone()),
            kind: "text",
            autocomplete: "off",
        }
    }

    /// Whether something was refused: the title of the page says so first.
    pub(crate) fn is_refused(&self) -> bool {
        self.refused.is_some()
    }
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) value: String,
    pub(crate) refusal: Option<String>,
    pub(crate) kind: &'static str,
    pub(crate) autocomplete: &'static str,
}

impl Field {
    pub(crate) fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    pub(crate) fn password(self, autocomplete: &'static str) -> Self {
        Self { kind: "password", autocomplete, value: String::new(), ..self }
    }

    pub(crate) fn search(self) -> Self {
        Self { kind: "search", ..self }
    }

    pub(crate) fn date(self) -> Self {
        self.hint("Such as 14 March 2026 or 2026-03-14. A year or a month is enough.")
    }
}

/// One choice of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) chosen: bool,
}

/// Choices that belong together, under a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChoiceGroup {
    pub(crate) label: String,
    pub(crate) choices: Vec<Choice>,
}

/// `1,234`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 file`, `1,234 files`.
pub(crate) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// `640 bytes`, `12 kB`, `3.4 MB`, `1.2 GB`.
pub(crate) fn size(bytes: u64) -> String {
    let tenths = |unit: u64| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        0..1_000 => counted(bytes, "byte", "bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{} MB", tenths(1_000_000)),
        _ => format!("{} GB", tenths(1_000_000_000)),
    }
}

/// Text for one part of an address.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_sizes_read_as_people_write_them() {
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(0), "0");
        assert_eq!(size(1), "1 byte");
        assert_eq!(size(12_345), "12 kB");
        assert_eq!(size(3_456_789), "3.4 MB");
        assert_eq!(size(u64::MAX), "18446744073.7 GB");
    }

    #[test]
    fn text_in_an_address_cannot_leave_its_place() {
        assert_eq!(encoded("1.2.840"), "1.2.840");
        assert_eq!(encoded("../a?b#c"), "..%2Fa%3Fb%23c");
    }
}
