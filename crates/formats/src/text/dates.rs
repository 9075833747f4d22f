//! Dates as people write them in reports.

use consilium_casefile::PartialDate;
use jiff::civil::Date;

const MONTHS: [(&str, i8); 31] = [
    ("january", 1),
    ("jan", 1),
    ("januar", 1),
    ("february", 2),
    ("feb", 2),
    ("februar", 2),
    ("march", 3),
    ("mar", 3),
    ("märz", 3),
    ("april", 4),
    ("apr", 4),
    ("may", 5),
    ("mai", 5),
    ("june", 6),
    ("jun", 6),
    ("juni", 6),
    ("july", 7),
    ("jul", 7),
    ("juli", 7),
    ("august", 8),
    ("aug", 8),
    ("september", 9),
    ("sep", 9),
    ("sept", 9),
    ("october", 10),
    ("oct", 10),
    ("november", 11),
    ("nov", 11),
    ("december", 12),
    ("dec", 12),
    ("dezember", 12),
];

/// Reads the date a text begins with: `2026-03-14`, `03/14/2026` (US order unless that is impossible), `14.03.2026`,
/// `14 March 2026`, `March 14, 2026`, `14-Mar-2026`, `20260314`, `March 2026`. Two-digit years are not read: their
/// century would be a guess. `None` when the text does not begin with a date.
#[must_use]
pub fn written_date(text: &str) -> Option<PartialDate> {
    let parts = parts(text);
    let part = |i: usize| parts.get(i).copied();
    match (part(0)?, part(1), part(2)) {
        (Part::Number(compact, 8), _, _) => PartialDate::from_compact(&compact.to_string()),
        (Part::Number(year, 4), Some(Part::Separator('-' | '/' | '.')), Some(Part::Number(month, 1 | 2))) => {
            match (part(3), part(4)) {
                (Some(Part::Separator('-' | '/' | '.')), Some(Part::Number(day, 1 | 2))) => date(year, month, day),
                _ => month_of(year, month),
            }
        }
        (Part::Number(first, 1 | 2), Some(Part::Separator(separator)), Some(Part::Number(second, 1 | 2))) => {
            let (Some(Part::Separator(_)), Some(Part::Number(year, 4))) = (part(3), part(4)) else { return None };
            let day_first = separator == '.' || first > 12;
            if day_first { date(year, second, first) } else { date(year, first, second) }
        }
        (Part::Number(day, 1 | 2), ..) => {
            let mut rest = parts.iter().copied().skip(1).filter(|p| !matches!(p, Part::Separator('.' | '-' | ',')));
            match (rest.next()?, rest.next()?) {
                (Part::Month(month), Part::Number(year, 4)) => date(year, month.unsigned_abs().into(), day),
                _ => None,
            }
        }
        (Part::Month(month), ..) => {
            let month = u32::from(month.unsigned_abs());
            let mut rest = parts.iter().copied().skip(1).filter(|p| !matches!(p, Part::Separator('.' | '-' | ',')));
            match (rest.next()?, rest.next()) {
                (Part::Number(day, 1 | 2), Some(Part::Number(year, 4))) => date(year, month, day),
                (Part::Number(year, 4), _) => month_of(year, month),
                _ => None,
            }
        }
        _ => None,
    }
}

#[derive(Clone, Copy)]
enum Part {
    /// A number and how many digits it was written with.
    Number(u32, usize),
    Month(i8),
    Separator(char),
}

/// The first seven parts of a date; stops at what no date holds.
fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text.trim_start();
    while parts.len() < 7 {
        let Some(first) = rest.chars().next() else { break };
        if first.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let (digits, after) = rest.split_at(end);
            let Ok(number) = digits.parse() else { break };
            parts.push(Part::Number(number, digits.len()));
            rest = ["st", "nd", "rd", "th"].iter().find_map(|o| after.strip_prefix(o)).unwrap_or(after);
        } else if first.is_alphabetic() {
            let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            let Some(month) = month_named(word) else { break };
            parts.push(Part::Month(month));
            rest = after;
        } else if matches!(first, '-' | '/' | '.' | ',') {
            parts.push(Part::Separator(first));
            rest = rest.get(first.len_utf8()..).unwrap_or("");
        } else {
            break;
        }
        rest = rest.trim_start_matches(' ');
    }
    parts
}

fn month_named(word: &str) -> Option<i8> {
    let word = word.to_lowercase();
    MONTHS.iter().find(|(name, _)| *name == word).map(|(_, number)| *number)
}

fn plausible(year: u32) -> Option<i16> {
    (1850..=2200).contains(&year).then(|| i16::try_from(year).ok()).flatten()
}

fn date(year: u32, month: u32, day: u32) -> Option<PartialDate> {
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Date::new(plausible(year)?, month, day).ok().map(PartialDate::Day)
}

fn month_of(year: u32, month: u32) -> Option<PartialDate> {
    let month = i8::try_from(month).ok().filter(|m| (1..=12).contains(m))?;
    Some(PartialDate::Month(plausible(year)?, month))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<&str>) {
        assert_eq!(written_date(text).map(|d| d.to_string()).as_deref(), expect, "{text}");
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        check("03/14/1971", Some("1971-03-14"));
        check("3/4/1971 10:15", Some("1971-03-04"));
        check("14 March 1971", Some("1971-03-14"));
        check("14. März 1971", Some("1971-03-14"));
        check("March 14, 1971", Some("1971-03-14"));
        check("Mar. 14th, 1971, signed", Some("1971-03-14"));
        check("14-MAR-1971", Some("1971-03-14"));
        check("14.03.1971", Some("1971-03-14"));
        check("1971-03-14T10:00", Some("1971-03-14"));
        check("19710314", Some("1971-03-14"));
        check("December 2025", Some("2025-12"));
        check("25/12/2025", Some("2025-12-25"));
    }

    #[test]
    fn what_is_no_date_or_would_be_a_guess_is_not_read() {
        check("03/14/71", None);
        check("13/32/1971", None);
        check("02/30/2026", None);
        check("S26-01234", None);
        check("age 45", None);
        check("99999999999999999999", None);
        check("", None);
    }
}
