//! Instants and partial calendar dates.
//!
//! An instant is microseconds UTC with the writer's offset kept. A date in a record is often only a year or a
//! month: [`PartialDate`] keeps exactly what was stated.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment: microseconds since 1970-01-01T00:00:00Z, and the writer's offset from UTC in minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Instant {
    /// Microseconds since the Unix epoch, UTC.
    pub micros: i64,
    /// Minutes east of UTC where it was written.
    #[serde(default)]
    pub offset_minutes: i16,
}

impl Instant {
    /// The calendar date at the writer's offset.
    #[must_use]
    pub fn date(self) -> Date {
        self.local().map_or(Date::ZERO, |local| local.date())
    }

    fn local(self) -> Option<jiff::civil::DateTime> {
        let offset = jiff::tz::Offset::from_seconds(i32::from(self.offset_minutes) * 60).ok()?;
        let timestamp = jiff::Timestamp::from_microsecond(self.micros).ok()?;
        Some(offset.to_datetime(timestamp))
    }

    /// `14 March 2026, 09:30`, at the writer's offset.
    #[must_use]
    pub fn human(self) -> String {
        self.local().map_or_else(String::new, |local| {
            format!("{}, {:02}:{:02}", PartialDate::Day(local.date()).human(), local.hour(), local.minute())
        })
    }

    /// RFC 3339 with the writer's offset.
    #[must_use]
    pub fn iso(self) -> String {
        let sign = if self.offset_minutes < 0 { '-' } else { '+' };
        let minutes = self.offset_minutes.unsigned_abs();
        self.local().map_or_else(String::new, |local| {
            format!(
                "{}T{:02}:{:02}:{:02}{sign}{:02}:{:02}",
                local.date(),
                local.hour(),
                local.minute(),
                local.second(),
                minutes / 60,
                minutes % 60
            )
        })
    }
}

/// A calendar date known to the year, the month or the day. Text form: `2026`, `2026-03`, `2026-03-14`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartialDate {
    /// Only the year is stated.
    Year(i16),
    /// Year and month (1 to 12).
    Month(i16, i8),
    /// A full date.
    Day(Date),
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl PartialDate {
    /// `14 March 2026`, `March 2026` or `2026`; only the year where the month is none of the twelve.
    #[must_use]
    pub fn human(self) -> String {
        let name = |m: i8| usize::try_from(m).ok()?.checked_sub(1).and_then(|i| MONTHS.get(i)).copied();
        match self {
            Self::Year(y) => y.to_string(),
            Self::Month(y, m) => name(m).map_or_else(|| y.to_string(), |month| format!("{month} {y}")),
            Self::Day(d) => format!("{} {} {}", d.day(), name(d.month()).unwrap_or_default(), d.year()),
        }
    }

    /// The first day it can mean; for sorting and counting, never for showing.
    #[must_use]
    pub fn earliest(self) -> Date {
        match self {
            Self::Year(y) => Date::new(y, 1, 1).unwrap_or(Date::ZERO),
            Self::Month(y, m) => Date::new(y, m, 1).unwrap_or(Date::ZERO),
            Self::Day(d) => d,
        }
    }

    /// The latest day it can be.
    #[must_use]
    pub fn latest(self) -> Date {
        match self {
            Self::Year(y) => Date::new(y, 12, 31).unwrap_or(Date::MAX),
            Self::Month(..) => self.earliest().last_of_month(),
            Self::Day(d) => d,
        }
    }

    /// The full date, when the day is known.
    #[must_use]
    pub fn day(self) -> Option<Date> {
        match self {
            Self::Day(d) => Some(d),
            _ => None,
        }
    }

    /// Whether both can be the same date: equal as far as both are stated.
    #[must_use]
    pub fn agrees_with(self, other: Self) -> bool {
        let (a, b) = (self.to_string(), other.to_string());
        a.starts_with(&b) || b.starts_with(&a)
    }

    /// Reads digits run together as DICOM DA and HL7 TS write them: `YYYY`, `YYYYMM`, `YYYYMMDD…`; what follows the
    /// day is ignored. Old DICOM `YYYY.MM.DD` is accepted. `None` when it is no date.
    #[must_use]
    pub fn from_compact(text: &str) -> Option<Self> {
        let digits: String =
            text.trim().chars().filter(|c| *c != '.').take_while(char::is_ascii_digit).take(8).collect();
        let year: i16 = digits.get(0..4)?.parse().ok()?;
        if !(1850..=2200).contains(&year) {
            return None;
        }
        match digits.len() {
            4 | 5 => Some(Self::Year(year)),
            6 | 7 => Self::month(year, digits.get(4..6)?.parse().ok()?),
            _ => match (digits.get(4..6)?, digits.get(6..8)?) {
                ("00", _) => Some(Self::Year(year)),
                (m, "00") => Self::month(year, m.parse().ok()?),
                (m, d) => Date::new(year, m.parse().ok()?, d.parse().ok()?).ok().map(Self::Day),
            },
        }
    }

    fn month(year: i16, month: i8) -> Option<Self> {
        (1..=12).contains(&month).then_some(Self::Month(year, month))
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(y) => write!(f, "{y:04}"),
            Self::Month(y, m) => write!(f, "{y:04}-{m:02}"),
            Self::Day(d) => write!(f, "{d}"),
        }
    }
}

/// The text is not `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a date: write it as 2026, 2026-03 or 2026-03-14")]
pub struct NotADate;

impl FromStr for PartialDate {
    type Err = NotADate;

    /// ISO form; a time after the day (`2026-03-14T…`) is ignored, as FHIR dateTime has one.
    fn from_str(text: &str) -> Result<Self, NotADate> {
        let text = text.trim();
        let date = text.split(['T', ' ']).next().unwrap_or(text);
        let parts: Vec<&str> = date.split('-').collect();
        let well_formed =
            parts.iter().zip([4, 2, 2]).all(|(p, n)| p.len() == n && p.bytes().all(|b| b.is_ascii_digit()));
        if !well_formed || parts.len() > 3 {
            return Err(NotADate);
        }
        Self::from_compact(&parts.concat()).ok_or(NotADate)
    }
}

impl Serialize for PartialDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<&str>) {
        assert_eq!(text.parse::<PartialDate>().ok().map(|d| d.to_string()).as_deref(), expect, "{text}");
    }

    #[test]
    fn a_partial_date_keeps_exactly_what_was_stated() {
        check("2026", Some("2026"));
        check("2026-03", Some("2026-03"));
        check("2026-03-14", Some("2026-03-14"));
        check("2026-03-14T10:00:00Z", Some("2026-03-14"));
        check("2026-13", None);
        check("2026-02-30", None);
        check("14.3.2026", None);
        check("", None);
    }

    #[test]
    fn compact_dates_of_dicom_and_hl7_are_read_and_nonsense_is_not() {
        let read = |t: &str| PartialDate::from_compact(t).map(|d| d.to_string());
        assert_eq!(read("20260314").as_deref(), Some("2026-03-14"));
        assert_eq!(read("2026.03.14").as_deref(), Some("2026-03-14"));
        assert_eq!(read("202603141530-0500").as_deref(), Some("2026-03-14"));
        assert_eq!(read("202603").as_deref(), Some("2026-03"));
        assert_eq!(read("20260000").as_deref(), Some("2026"));
        assert_eq!(read("20269999"), None);
        assert_eq!(read("00000000"), None);
        assert_eq!(read("ANON"), None);
    }

    #[test]
    fn a_date_is_said_in_words_and_an_absurd_month_is_left_out() {
        assert_eq!(PartialDate::Month(2026, 3).human(), "March 2026");
        assert_eq!(PartialDate::Month(2026, 12).human(), "December 2026");
        for absurd in [i8::MIN, -1, 0, 13, i8::MAX] {
            assert_eq!(PartialDate::Month(2026, absurd).human(), "2026", "{absurd}");
        }
    }

    #[test]
    fn dates_agree_as_far_as_both_are_stated() {
        let d = |t: &str| t.parse::<PartialDate>().unwrap();
        assert!(d("2026").agrees_with(d("2026-03-14")));
        assert!(!d("2026-04").agrees_with(d("2026-03-14")));
    }
}
