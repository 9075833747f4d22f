//! Dates a person types: as they come to mind, and never guessed at; and a day as letters write it.

use consilium_casefile::{PartialDate, Refusal};
use consilium_formats::text::written_date;
use jiff::civil::Date;

/// A date a person typed: `2026-03-14`, `2026-03`, `2026`, `14 March 2026`, `March 2026`, `14.03.2026`, `03/14/2026`;
/// empty means none.
///
/// # Errors
/// `refusal-date` when it is no date, `refusal-date-not-there` when no calendar has that day, `refusal-date-two-ways` when day and month could stand either way
/// (`03/04/2026`).
pub fn typed_date(text: &str) -> Result<Option<PartialDate>, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if let Ok(date) = text.parse() {
        return Ok(Some(date));
    }
    if reads_two_ways(text) {
        return Err(Refusal::new("refusal-date-two-ways"));
    }
    if is_written_as_a_day(text) {
        return Err(Refusal::new("refusal-date-not-there"));
    }
    // What follows a date in a report is not part of it; what is typed into a field for a date is.
    let ends_as_a_date = text.chars().next_back().is_some_and(|c| c.is_ascii_digit());
    written_date(text).filter(|_| ends_as_a_date).map(Some).ok_or_else(|| Refusal::new("refusal-date"))
}

/// A day in words, as pages and letters write it.
pub(crate) fn day_words(day: Date) -> String {
    PartialDate::Day(day).human()
}

/// A full day a person typed; empty means none.
///
/// # Errors
/// As [`typed_date`], and `refusal-date-day` when it is none or only a month or a year is stated.
pub fn typed_day(text: &str) -> Result<Option<Date>, Refusal> {
    let only_a_day = |refusal: Refusal| match refusal.0.key.as_str() {
        // Where the day is asked for, a month is not enough.
        "refusal-date" => Refusal::new("refusal-date-day"),
        _ => refusal,
    };
    let typed = typed_date(text).map_err(only_a_day)?;
    typed.map(|date| date.day().ok_or_else(|| Refusal::new("refusal-date-day"))).transpose()
}

/// Whether it is written as `2027-02-29`, whatever calendar has that day.
fn is_written_as_a_day(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [4, 2, 2] && text.chars().all(|c| c.is_ascii_digit() || c == '-')
}

/// Whether it is day and month, or month and day, in numbers that both fit: in one country the one, in the next the
/// other.
fn reads_two_ways(text: &str) -> bool {
    let parts: Vec<u32> = text.split(['/', '-', '.', ' ']).filter_map(|part| part.parse().ok()).collect();
    match parts.as_slice() {
        [first, second, year] => *year > 31 && *first <= 12 && *second <= 12 && first != second && !text.contains('.'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Result<Option<&str>, &str>) {
        let read = typed_date(text).map(|date| date.map(|d| d.to_string())).map_err(|refusal| refusal.0.key);
        assert_eq!(read.as_ref().map(Option::as_deref).map_err(|key| &**key), expect, "{text:?}");
    }

    #[test]
    fn a_date_is_taken_as_people_type_it() {
        check("2026-03-14", Ok(Some("2026-03-14")));
        check("2026", Ok(Some("2026")));
        check(" 14 March 2026 ", Ok(Some("2026-03-14")));
        check("March 14, 2026", Ok(Some("2026-03-14")));
        check("14.03.2026", Ok(Some("2026-03-14")));
        check("03/14/2026", Ok(Some("2026-03-14")));
        check("14/03/2026", Ok(Some("2026-03-14")));
        check("04/04/2026", Ok(Some("2026-04-04")));
        check("March 2026", Ok(Some("2026-03")));
        check("", Ok(None));
    }

    #[test]
    fn a_date_that_reads_two_ways_is_asked_about_and_nonsense_refused() {
        check("03/04/2026", Err("refusal-date-two-ways"));
        check("3-4-2026", Err("refusal-date-two-ways"));
        check("soon", Err("refusal-date"));
        check("14 March", Err("refusal-date"));
        check("14/03/26", Err("refusal-date"));
        check("2026-13-01", Err("refusal-date-not-there"));
        check("2027-02-29", Err("refusal-date-not-there"));
        assert_eq!(typed_day("soon").unwrap_err().0.key, "refusal-date-day");
        assert_eq!(typed_day("2026-03").unwrap_err().0.key, "refusal-date-day");
        check("14 March 2026 or so", Err("refusal-date"));
        check("\u{202e}2026", Err("refusal-date"));
    }
}
