//! What is of before or after an operation, and what is of several days.

use jiff::civil::Date;

use super::{AFTER_AN_OPERATION, Answer, FoundPiece, Holdings, Operation};
use crate::gather::checklist::{Fill, Piece};
use crate::knowledge::{Evidence, Setting};
use crate::shared::clock::days_between;
use crate::shared::message::Message;
use crate::shared::time::PartialDate;

impl Holdings<'_> {
    /// Days of operations, oldest first: those the records date, or else the day of an operative note.
    fn days_of_operations(&self) -> Vec<Date> {
        let dated = self.operations.iter().filter(|o| self.is_recent(o)).filter_map(|o| o.date);
        let mut days: Vec<Date> = dated.collect();
        if days.is_empty() {
            days = self.notes_of_operations().iter().filter_map(|d| d.date().and_then(PartialDate::day)).collect();
        }
        days.sort_unstable();
        days
    }

    pub(super) fn is_recent(&self, operation: &Operation) -> bool {
        !operation.is_sample && !operation.is_other && operation.date.is_none_or(|day| self.is_of_now(day))
    }

    /// Whether an operation of this day still asks for its records.
    pub(super) fn is_of_now(&self, day: Date) -> bool {
        days_between(day, self.today) <= self.knowledge.gathering.days(Setting::OperationDays)
    }

    /// What is of a day up to the first operation, or after the last one.
    pub(super) fn around_operation(&self, inner: &Evidence, before: bool) -> Answer {
        // Facts are counted one by one: a document can state values of several days.
        let (answer, days) = self.dated(inner);
        if answer.fill == Fill::Missing {
            return answer;
        }
        if matches!(inner, Evidence::Document(kind) if kind.is_of_tissue()) && before {
            return self.tissue_before_operation(answer);
        }
        let operations = self.days_of_operations();
        let (Some(first), Some(last)) = (operations.first(), operations.last()) else {
            let operated = self.operated || self.operations.iter().any(|o| self.is_recent(o));
            return match (before, operated || !self.notes_of_operations().is_empty()) {
                // Nothing was cut yet: everything is from before.
                (true, false) => answer,
                _ => Answer::part(answer.pieces, "lack-day-of-operation"),
            };
        };
        // Pictures of the day of the operation are from after it where others are from before.
        let images = inner.asks_for_images();
        let from_before = |day: &PartialDate| day.earliest() < *last;
        let day_counts = images && days.iter().flatten().any(from_before);
        let fits = |day: Date| if before { day <= *first } else { day > *last || day_counts && day == *last };
        match (days.iter().flatten().any(|day| fits(day.earliest())), days.iter().all(Option::is_some)) {
            (true, _) => {
                let mut answer = answer;
                let of_then = |p: &FoundPiece| p.date.is_none_or(|day| fits(day.earliest()));
                if answer.pieces.iter().any(&of_then) {
                    answer.pieces.retain(of_then);
                }
                // What grows again within weeks can not be told from what was left.
                let most = self.knowledge.gathering.days(Setting::AfterOperationDays);
                let in_time = |day: &PartialDate| fits(day.earliest()) && days_between(*last, day.earliest()) <= most;
                if !before && images && answer.fill == Fill::Here && !days.iter().flatten().any(in_time) {
                    let lack = Message::new("lack-soon-after-operation").with("days", most.to_string());
                    return Answer { fill: Fill::Partial, lacks: vec![lack], ..answer };
                }
                answer
            }
            (false, false) => Answer::part(answer.pieces, "lack-its-day"),
            (false, true) => Answer::missing(),
        }
    }

    /// A report on tissue that was taken before an operation. Whoever had no biopsy has the one report that showed the cancer.
    fn tissue_before_operation(&self, answer: Answer) -> Answer {
        let sampled = self.operations.iter().any(|o| o.is_sample);
        let of_operation = |piece: &FoundPiece| match &piece.piece {
            Piece::Document { id } => {
                let held = self.documents.iter().find(|held| held.document.id == *id);
                held.is_some_and(|held| self.states_any(held, &AFTER_AN_OPERATION))
            }
            _ => false,
        };
        if answer.fill != Fill::Here || !sampled || !answer.pieces.iter().all(of_operation) {
            return answer;
        }
        Answer::part(answer.pieces, "lack-report-of-the-biopsy")
    }

    pub(super) fn over_time(&self, inner: &Evidence) -> Answer {
        let (answer, days) = self.dated(inner);
        let mut days: Vec<PartialDate> = days.into_iter().flatten().collect();
        days.sort_unstable();
        days.dedup();
        match (answer.fill, days.len() >= 2) {
            (Fill::Missing, _) | (_, true) => answer,
            (Fill::Here, false) => Answer::part(answer.pieces, "lack-earlier-ones"),
            (Fill::Partial, false) => {
                let mut answer = answer;
                answer.lacks.push(Message::new("lack-earlier-ones"));
                answer
            }
        }
    }

    /// An answer with the days of what it rests on.
    fn dated(&self, evidence: &Evidence) -> (Answer, Vec<Option<PartialDate>>) {
        let answer = self.answer(evidence);
        let days = match evidence {
            Evidence::Fact(concept) => {
                let seen = self.facts.get(concept).map(Vec::as_slice).unwrap_or_default();
                seen.iter().filter(|f| f.answers).map(|f| f.date).collect()
            }
            // The day the pictures were made counts, never the day of the report.
            Evidence::ImagesWithReport(_) | Evidence::Images(_) => {
                let is_study = |p: &&FoundPiece| matches!(p.piece, Piece::Study { .. });
                let has_images = answer.pieces.iter().any(|p| is_study(&p));
                answer.pieces.iter().filter(|p| !has_images || is_study(p)).map(|p| p.date).collect()
            }
            _ => answer.pieces.iter().map(|p| p.date).collect(),
        };
        (answer, days)
    }
}
