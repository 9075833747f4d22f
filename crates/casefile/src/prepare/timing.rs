//! What records state of when treatment should start, and how long it is safe to wait, as dates that are proposed: a
//! person accepts one, or none. How the statements are read in a text is the business of `consilium-reading`.

use serde::{Deserialize, Serialize};

use crate::about::{AboutChange, RecordSource, SafeWait, TreatmentStart};
use crate::audience::CaseView;
use crate::facts::{TreatmentKind, TreatmentStatus};
use crate::gather::HeldDocument;
use crate::knowledge::Knowledge;
use crate::reading::treatments;
use crate::shared::ids::DocumentId;
use crate::shared::message::Refusal;
use crate::shared::text::line;
use crate::shared::time::PartialDate;

/// What a statement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimingMeaning {
    /// Treatment starts on a day.
    Start,
    /// Treatment starts by a day, or it is safe to wait until then.
    Deadline,
}

/// What a span of days is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimingFrom {
    /// The operation.
    Operation,
    /// The day of the record.
    Record,
}

/// One statement of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimingStatement {
    /// What it is about.
    pub means: TimingMeaning,
    /// The date that is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<PartialDate>,
    /// Month and day, where no year is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_of_year: Option<(i8, i8)>,
    /// Whether day and month of the date could change places: it was read with the month first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub month_first: bool,
    /// So many days,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u16>,
    /// counted from then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<TimingFrom>,
    /// Whether it says only how long it is safe to wait, and of no treatment that it starts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waits: bool,
    /// What starts, in the record's word; empty where it names nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub what: String,
    /// First character of the words that say it, in code points.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// The words that say it: not the whole sentence, which has no beginning where a letter's head runs into it.
    pub quote: String,
}

/// Longest words that a wait is kept with, characters.
const LONGEST_WORDS: usize = 300;

/// A date that a record proposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedDate<'a> {
    /// The record.
    pub held: &'a HeldDocument,
    /// What it says.
    pub said: &'a TimingStatement,
    /// The date it comes to, where it can be told.
    pub date: Option<PartialDate>,
    /// The day it was counted from, where the record gives a span.
    pub counted_from: Option<PartialDate>,
    /// Whether it was read in a picture.
    pub on_scan: bool,
}

impl ProposedDate<'_> {
    /// Whether a treatment start can be taken from it: how long it is safe to wait is no start.
    #[must_use]
    pub fn states_a_start(&self) -> bool {
        self.date.is_some() && !self.said.waits
    }

    /// Whether it says how long it is safe to wait.
    #[must_use]
    pub fn states_a_wait(&self) -> bool {
        self.said.means == TimingMeaning::Deadline
    }

    /// Its words on one line.
    #[must_use]
    pub fn words(&self) -> String {
        self.said.quote.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// The next day of this month and day, from a date on.
fn next_day((month, day): (i8, i8), from: PartialDate) -> Option<PartialDate> {
    let from = from.earliest();
    (0..=4)
        .find_map(|years| jiff::civil::Date::new(from.year() + years, month, day).ok().filter(|date| *date >= from))
        .map(PartialDate::Day)
}

impl<'a> CaseView<'a> {
    /// Dates that records propose for the start of treatment and for how long it is safe to wait, newest record first: for
    /// those who may accept one.
    #[must_use]
    pub fn proposed_dates(&self, knowledge: &Knowledge) -> Vec<ProposedDate<'a>> {
        if !self.audience().may_change() {
            return Vec::new();
        }
        let statements: Vec<_> =
            self.readings(knowledge).into_iter().filter(|(_, read)| !read.timing.is_empty()).collect();
        let needs_operation =
            statements.iter().flat_map(|(_, r)| &r.timing).any(|t| t.from == Some(TimingFrom::Operation));
        let operations = if needs_operation { self.operations(knowledge) } else { Vec::new() };
        let mut proposed = Vec::new();
        for (held, read) in statements {
            for said in &read.timing {
                let written = said.date.or_else(|| next_day(said.day_of_year?, held.date()?));
                let base = match said.from {
                    Some(TimingFrom::Operation) => {
                        let before = |day: &&PartialDate| held.date().is_none_or(|of| day.earliest() <= of.earliest());
                        operations.iter().filter(before).max_by_key(|day| day.earliest()).copied()
                    }
                    Some(TimingFrom::Record) => held.date().filter(|date| date.day().is_some()),
                    None => None,
                };
                let counted = base.and_then(|base| {
                    let days = jiff::Span::new().try_days(i64::from(said.days?)).ok()?;
                    base.day()?.checked_add(days).ok().map(PartialDate::Day)
                });
                // A day before that of the record is of what had been planned, or is counted from another operation.
                let past = |date: PartialDate| {
                    held.date().is_some_and(|of| !date.agrees_with(of) && date.earliest() < of.earliest())
                };
                if written.is_some_and(past) {
                    continue;
                }
                let counted = counted.filter(|date| !past(*date));
                let on_scan = read.is_recognised(said.start);
                let counted_from = if written.is_none() && counted.is_some() { base } else { None };
                proposed.push(ProposedDate { held, said, date: written.or(counted), counted_from, on_scan });
            }
        }
        proposed.sort_by_key(|p| std::cmp::Reverse(p.held.date().map(PartialDate::earliest)));
        proposed
    }

    /// Days of operations that were done; taking a sample is none.
    fn operations(&self, knowledge: &Knowledge) -> Vec<PartialDate> {
        let done = treatments(self, knowledge).into_iter().filter(|row| {
            let t = &row.treatment;
            let sample = t.what.contains("biopsy") && !t.what.contains("node") && !t.what.contains("excision");
            t.kind == TreatmentKind::Operation && t.status == TreatmentStatus::Done && !sample && !row.date_of_record
        });
        done.filter_map(|row| row.date).filter(|date| date.day().is_some()).collect()
    }
}

/// A person accepts what a record proposes: the statement of this document that begins at this character, as how long it
/// is safe to wait (`wait`), or as the treatment start. `doctor` is who wrote it.
///
/// # Errors
/// When no record proposes it.
pub fn accept_date(
    view: &CaseView<'_>,
    knowledge: &Knowledge,
    document: &DocumentId,
    start: usize,
    wait: bool,
    doctor: &str,
) -> Result<AboutChange, Refusal> {
    let refused = || Refusal::new("refusal-no-such-date");
    let proposed = view.proposed_dates(knowledge);
    let meant =
        proposed.iter().find(|p| p.held.document.id == *document && p.said.start == start).ok_or_else(refused)?;
    let source = Some(RecordSource { document: document.clone(), start: meant.said.start, end: meant.said.end });
    if wait {
        if !meant.states_a_wait() {
            return Err(refused());
        }
        let doctor = meant.held.author().unwrap_or(doctor).to_owned();
        let words = line(&meant.words(), LONGEST_WORDS)?;
        let wait = SafeWait { doctor, words, until: meant.date, said_on: meant.held.date(), source };
        return Ok(AboutChange::SafeWaitStated { wait: Some(wait) });
    }
    let date = meant.date.filter(|_| meant.states_a_start()).ok_or_else(refused)?;
    let start = TreatmentStart { date, what: meant.said.what.clone(), source };
    Ok(AboutChange::TreatmentStartPlanned { start: Some(start) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_without_a_year_is_the_next_one_after_the_record() {
        let next = |day, from: &str| next_day(day, from.parse().unwrap()).map(|date| date.to_string());
        assert_eq!(next((3, 21), "2026-12-01").as_deref(), Some("2027-03-21"));
        assert_eq!(next((12, 1), "2026-12-01").as_deref(), Some("2026-12-01"));
        assert_eq!(next((2, 29), "2026-12-01").as_deref(), Some("2028-02-29"));
    }
}
