//! Gather: importing files, what became of them, and looking at what is held.
//!
//! An import runs in three steps: `collect` stores and reads every file on several threads (nothing is in the case
//! yet), `settle` decides against the newest case what is new, and one append brings it in. Killed before the append,
//! the case is as before and the import can be run again.

mod calendar;
mod checklist;
mod child;
mod collect;
mod decisions;
mod import;
mod letters;
mod packet;
mod reading;
mod records;
mod report;
mod requests;
mod settle;
mod tissue;

pub use checklist::{CheckAnswer, CheckItem};
pub(crate) use child::read as read_content;
pub(crate) use child::unseen;
pub use child::{Task, understand_in_child};
pub use import::{ImportRequest, Imports, Phase, Progress};
pub use letters::{LetterMoment, NewSentLetter, SetLetter};
pub(crate) use reading::of_recognised;
pub use records::{Original, StudyInstances};
pub(crate) use report::files_of;
pub use report::{ImportReport, SeriesRow, series_rows};
pub use requests::{NewContact, NewRequest};
pub(crate) use settle::json_lines;

#[cfg(test)]
mod interleaved_tests;
