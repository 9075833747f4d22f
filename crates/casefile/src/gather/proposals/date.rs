//! When the care in a document happened: the date a field states, else a labelled date of the text. A date without a
//! label, a birth date and a printing date are never taken; a date of report only when nothing better stands.

use std::ops::Range;

use jiff::civil::Date;

use super::{Evidence, phrases};
use crate::knowledge::{DateLabel, DateMeaning, Knowledge};
use crate::records::{DocumentKind, FileFormat, Proposal};
use crate::shared::message::Message;
use crate::shared::time::PartialDate;

/// Characters at the top in which labelled dates are looked for; further down other visits are told of.
const TEXT_LENGTH: usize = 4_000;

pub(super) fn propose(
    knowledge: &Knowledge,
    evidence: &Evidence<'_>,
    kind: Option<&DocumentKind>,
) -> Option<Proposal<PartialDate>> {
    let is_birth = |date: PartialDate| evidence.birth_date.is_some_and(|birth| birth == date);
    if let Some(value) = evidence.stated_date.filter(|date| !is_birth(*date)) {
        return Some(Proposal { value, because: Message::new("proposal-date-stated") });
    }
    if has_date_fields(evidence.format) {
        return None;
    }
    let text = phrases::plain(evidence.text_head, TEXT_LENGTH);
    let labels = phrases::find(&text, knowledge.date_labels.iter().map(|l| (l, l.label.as_str())));
    let mut best: Option<(u8, &DateLabel, Written)> = None;
    for (index, (label, place)) in labels.iter().enumerate() {
        let previous = index.checked_sub(1).and_then(|i| labels.get(i)).map(|(_, place)| place);
        let Some(rank) = rank(label.means) else { continue };
        if best.as_ref().is_some_and(|(r, ..)| *r <= rank) || !applies(knowledge, label, kind) {
            continue;
        }
        if let Some(written) = date_after(&text, place, previous).filter(|w| !is_birth(w.date)) {
            best = Some((rank, label, written));
        }
    }
    let (_, label, written) = best?;
    let because = match (label.means, written.month_first) {
        (DateMeaning::Received, false) => Message::new("proposal-date-received"),
        (DateMeaning::Received, true) => Message::new("proposal-date-received-month-first"),
        (DateMeaning::Reported, false) => Message::new("proposal-date-reported"),
        (DateMeaning::Reported, true) => Message::new("proposal-date-reported-month-first"),
        (_, false) => Message::new("proposal-date-service"),
        (_, true) => Message::new("proposal-date-service-month-first"),
    };
    // The argument is not called `…label date`: it is words, not a date.
    Some(Proposal { value: written.date, because: because.with("label", &label.label) })
}

/// Formats with a field for the date of care. Where that is empty, the dates in their text are those of the many visits
/// they tell of.
fn has_date_fields(format: FileFormat) -> bool {
    matches!(
        format,
        FileFormat::Cda
            | FileFormat::FhirJson
            | FileFormat::FhirNdjson
            | FileFormat::FhirXml
            | FileFormat::Hl7v2
            | FileFormat::XdmMetadata
            | FileFormat::AppleHealth
            | FileFormat::Dicom
            | FileFormat::Dicomdir
    )
}

/// Lower is better; `None`: never a date of service.
fn rank(means: DateMeaning) -> Option<u8> {
    match means {
        DateMeaning::Service => Some(0),
        DateMeaning::Received => Some(1),
        DateMeaning::Reported => Some(2),
        DateMeaning::Printed | DateMeaning::Birth | DateMeaning::Other => None,
    }
}

/// Whether the label is one of this kind of document; a document of unknown kind may have any.
fn applies(knowledge: &Knowledge, label: &DateLabel, kind: Option<&DocumentKind>) -> bool {
    let Some(kind) = kind else { return true };
    let general = knowledge.document_kinds.iter().find(|k| k.id == *kind).and_then(|k| k.refines.as_ref());
    label.kinds.is_empty() || label.kinds.iter().any(|k| k == kind || Some(k) == general)
}

/// A date as it is written.
struct Written {
    date: PartialDate,
    /// Day and month could change places: it was read the way dates are written in the United States.
    month_first: bool,
}

/// The date that belongs to the label at `place`, unless the layout leaves it open which one does.
fn date_after(text: &str, place: &Range<usize>, previous: Option<&Range<usize>>) -> Option<Written> {
    let before = text.get(..place.start)?;
    // The word alone is the end of many labels ("stop date") and the head of many columns: it counts only where a line
    // or a column begins and a colon follows.
    let begins = before.chars().next_back().is_none_or(|c| matches!(c, '\n' | '\t' | '|' | ';'));
    let colon = text.get(place.end..).is_some_and(|rest| rest.trim_start().starts_with(':'));
    if text.get(place.clone())? == "date" && !(begins && colon) {
        return None;
    }
    // A label straight after a label is the heading of a table: its values stand elsewhere.
    if previous.and_then(|p| text.get(p.end..place.start)).is_some_and(|gap| gap.trim_matches(is_filler).is_empty()) {
        return None;
    }
    let rest = text.get(place.end..)?;
    let value = skip_filler(rest);
    let skipped = rest.get(..rest.len() - value.len())?;
    if skipped.len() > 24 {
        return None;
    }
    // On the next line it belongs to the label only if the label is first in its own line.
    let begins_line = before.chars().next_back().is_none_or(|c| c == '\n');
    if skipped.contains('\n') && !begins_line {
        return None;
    }
    written(value)
}

fn is_filler(character: char) -> bool {
    matches!(character, ' ' | '\n' | '\t' | ':' | '.' | '-' | '=' | '|' | '(' | ')' | '*' | '_' | '/' | ',' | '#')
}

/// Past punctuation and the small words that stand between a label and its date.
fn skip_filler(text: &str) -> &str {
    const WORDS: [&str; 14] = [
        "on",
        "date",
        "time",
        "performed",
        "was",
        "is",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "the",
    ];
    let mut rest = text.trim_start_matches(is_filler);
    while let Some(after) = WORDS.iter().find_map(|word| {
        rest.strip_prefix(word).filter(|after| !after.chars().next().is_some_and(char::is_alphanumeric))
    }) {
        rest = after.trim_start_matches(is_filler);
    }
    rest
}

/// Reads a date at the start of a text in lower case, and whether day and month could change places.
#[must_use]
pub fn read_date(text: &str) -> Option<(PartialDate, bool)> {
    written(text).map(|written| (written.date, written.month_first))
}

/// Reads a month and a day without a year at the start of a text in lower case: `21 march`, `march 21st`.
#[must_use]
pub fn read_day_of_year(text: &str) -> Option<(i8, i8)> {
    let without_suffix =
        |rest| ["st", "nd", "rd", "th"].iter().find_map(|end| str::strip_prefix(rest, end)).unwrap_or(rest);
    let (first, rest) = digits(text);
    let (month, day, rest) = if first.is_empty() {
        let (month, rest) = month_name(text)?;
        let (day, rest) = digits(rest.trim_start_matches([' ', '.']));
        (month, day_of(day)?, without_suffix(rest))
    } else {
        let rest = without_suffix(rest).trim_start_matches([' ', '.', '-']);
        let (month, rest) = month_name(rest.strip_prefix("of ").unwrap_or(rest))?;
        (month, day_of(first)?, rest)
    };
    // A leap day is a day of some year.
    Date::new(2024, month, day).ok()?;
    ends(rest).then_some((month, day))
}

/// Reads a date at the start of a text in lower case. Without a year nothing is read.
fn written(text: &str) -> Option<Written> {
    let (first, rest) = digits(text);
    if first.is_empty() {
        return month_name_first(text);
    }
    let separator = rest.chars().next()?;
    if let (Some(day), Some((month, rest))) = (day_of(first), month_name(rest.trim_start_matches([' ', '-', '.', '/'])))
    {
        let (year, rest) = digits(rest.trim_start_matches([' ', '-', '.', ',', '/']));
        return exact(year_of(year, 4)?, month, day, rest);
    }
    if !matches!(separator, '/' | '-' | '.') {
        return None;
    }
    let (second, rest) = digits(rest.get(1..)?);
    let (third, rest) = digits(rest.strip_prefix(separator)?);
    if first.len() == 4 {
        return exact(year_of(first, 4)?, day_of(second)?, day_of(third)?, rest);
    }
    let (a, b, year) = (day_of(first)?, day_of(second)?, year_of(third, 2)?);
    match (a > 12, b > 12) {
        (true, false) => exact(year, b, a, rest),
        (false, true) => exact(year, a, b, rest),
        // With dots both orders are in use: nobody can tell.
        (false, false) if separator == '.' && a != b => None,
        (false, false) => exact(year, a, b, rest).map(|w| Written { month_first: a != b, ..w }),
        (true, true) => None,
    }
}

fn month_name_first(text: &str) -> Option<Written> {
    let (month, rest) = month_name(text)?;
    let (number, rest) = digits(rest.trim_start_matches([' ', '.', '-']));
    if number.len() == 4 {
        let date = format!("{:04}-{month:02}", year_of(number, 4)?).parse().ok()?;
        return ends(rest).then_some(Written { date, month_first: false });
    }
    let day = day_of(number)?;
    let rest = ["st", "nd", "rd", "th"].iter().find_map(|suffix| rest.strip_prefix(suffix)).unwrap_or(rest);
    let (year, rest) = digits(rest.trim_start_matches([' ', ',', '.', '-']));
    exact(year_of(year, 4)?, month, day, rest)
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn day_of(text: &str) -> Option<i8> {
    if text.len() > 2 { None } else { text.parse().ok().filter(|n| (1..=31).contains(n)) }
}

/// A year of four digits, or of two where `least` allows it. Of two digits, 70 to 99 are of the last century.
fn year_of(text: &str, least: usize) -> Option<i16> {
    let year: i16 = text.parse().ok()?;
    match text.len() {
        4 => Some(year).filter(|y| (1900..=2200).contains(y)),
        2 if least == 2 => Some(if year < 70 { 2000 + year } else { 1900 + year }),
        _ => None,
    }
}

/// A date is over where no further letter or digit follows; a time may, as in `2026-03-14t09:30`.
fn ends(rest: &str) -> bool {
    let mut rest = rest.chars();
    match rest.next() {
        Some('t') => rest.next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) => !c.is_alphanumeric(),
        None => true,
    }
}

fn exact(year: i16, month: i8, day: i8, rest: &str) -> Option<Written> {
    let date = Date::new(year, month, day).ok()?;
    ends(rest).then_some(Written { date: PartialDate::Day(date), month_first: false })
}

/// A month by its English name or its first three letters.
fn month_name(text: &str) -> Option<(i8, &str)> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let end = text.bytes().take_while(u8::is_ascii_lowercase).count();
    let (word, rest) = text.split_at_checked(end)?;
    let place = NAMES.iter().position(|name| {
        word == *name || word.len() == 3 && name.starts_with(word) || (word == "sept" && *name == "september")
    })?;
    Some((i8::try_from(place + 1).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<&str>) {
        assert_eq!(written(text).map(|w| w.date.to_string()).as_deref(), expect, "{text}");
    }

    #[test]
    fn dates_are_read_in_every_way_records_write_them() {
        check("2026-03-14", Some("2026-03-14"));
        check("2026-03-14t09:30", Some("2026-03-14"));
        check("03/14/2026 09:30", Some("2026-03-14"));
        check("3/4/26", Some("2026-03-04"));
        check("3/4/71", Some("1971-03-04"));
        check("14/03/2026", Some("2026-03-14"));
        check("14.03.2026", Some("2026-03-14"));
        check("14 march 2026", Some("2026-03-14"));
        check("14-mar-2026", Some("2026-03-14"));
        check("march 14, 2026.", Some("2026-03-14"));
        check("sept. 3rd, 2026", Some("2026-09-03"));
        check("march 2026", Some("2026-03"));
    }

    #[test]
    fn what_is_no_date_or_could_be_two_is_not_read() {
        for text in [
            "",
            "03",
            "03/14",
            "13/14/2026",
            "02/30/2026",
            "03.04.2026",
            "march",
            "march 14",
            "may be",
            "s26-01234",
            "20260314",
            "03/14/20261",
            "3/14/202",
            "1/2/3/4",
            "99/99/9999",
            "2026",
            "marching 14, 2026",
            "14 x 2026",
            "/",
            "١٤/٠٣/٢٠٢٦",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn a_date_that_could_be_two_in_slashes_says_how_it_was_read() {
        assert!(written("3/4/2026").is_some_and(|w| w.month_first));
        assert!(written("3/3/2026").is_some_and(|w| !w.month_first));
        assert!(written("3/14/2026").is_some_and(|w| !w.month_first));
    }
}
