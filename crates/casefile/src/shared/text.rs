//! What a person types, before it is kept: no character in it may be one that cannot be seen and changes what is read.

use crate::shared::message::Refusal;

/// Whether a text holds control characters, marks that turn the direction of writing, or signs that take no room: with them a
/// text can show something else than it says, and two names can look the same. What joins letters or emoji is none of them.
#[must_use]
pub fn has_hidden_characters(text: &str) -> bool {
    let hidden = |c: char| {
        matches!(c, '\u{061c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    };
    text.chars().any(|c| c.is_control() || hidden(c))
}

/// Whether there is anything to see in a text: signs that take room and show nothing are nothing.
#[must_use]
pub fn shows_something(text: &str) -> bool {
    let empty = |c: char| {
        matches!(c, '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
    };
    text.chars().any(|c| !c.is_whitespace() && !empty(c))
}

/// One line as it is kept: blanks run together, none at its ends.
///
/// # Errors
/// When it is longer than `most` characters, or holds characters that cannot be seen.
pub fn line(text: &str, most: usize) -> Result<String, Refusal> {
    checked(text.split_whitespace().collect::<Vec<_>>().join(" "), most)
}

/// The words of a text, lower case, without signs.
#[must_use]
pub fn words_of(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The words of a text with a blank around each, so that a phrase is found as whole words.
#[must_use]
pub fn folded(text: &str) -> String {
    format!(" {} ", words_of(text).join(" "))
}

/// Whether two lines say the same, whatever capitals and blanks at their ends.
#[must_use]
pub fn same_line(one: &str, other: &str) -> bool {
    one.trim().eq_ignore_ascii_case(other.trim())
}

/// One line that must not be empty; `field` names it in the refusal.
///
/// # Errors
/// As [`line`], and when it is empty.
pub fn needed_line(text: &str, most: usize, field: &str) -> Result<String, Refusal> {
    let kept = line(text, most)?;
    if !shows_something(&kept) { Err(Refusal::new("refusal-empty-field").with("field", field)) } else { Ok(kept) }
}

/// A time of day as a person writes it, with its zone: `14:30`, `2:30 pm ET`, `1430`, `9`, or words as `in the morning`. Empty
/// where none is said.
///
/// # Errors
/// As [`line`], and where its figures are no time of day.
pub fn time_of_day(text: &str, most: usize) -> Result<String, Refusal> {
    let kept = line(text, most)?;
    let none = || Refusal::new("refusal-time").with("time", &kept);
    let Some(start) = kept.find(|c: char| c.is_ascii_digit()) else { return Ok(kept) };
    let figures = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
    let from = kept.get(start..).unwrap_or_default();
    let first = figures(from);
    let rest = from.get(first.len()..).unwrap_or_default();
    let (hour, minute, rest) = match rest.strip_prefix([':', '.', 'h']) {
        Some(behind) if first.len() <= 2 => {
            let minute = figures(behind);
            let rest = behind.get(minute.len()..).unwrap_or_default().to_owned();
            // `9h`, `9.`: no minutes are said.
            let minute = if minute.is_empty() && !from.contains(':') { "00".to_owned() } else { minute };
            (first, minute, rest)
        }
        _ if matches!(first.len(), 3 | 4) && !rest.starts_with([':', '.']) => {
            let (hour, minute) = first.split_at(first.len() - 2);
            (hour.to_owned(), minute.to_owned(), rest.to_owned())
        }
        _ if first.len() <= 2 => (first, "00".to_owned(), rest.to_owned()),
        _ => return Err(none()),
    };
    let (hour, minute): (u8, u8) = match (minute.len(), hour.parse(), minute.parse()) {
        (2, Ok(hour), Ok(minute)) => (hour, minute),
        _ => return Err(none()),
    };
    let behind = rest.trim_start().to_lowercase();
    let half = ["am", "pm", "a.m", "p.m"].iter().any(|half| behind.starts_with(half));
    let hours = if half { 1..=12 } else { 0..=23 };
    if hours.contains(&hour) && minute <= 59 { Ok(kept) } else { Err(none()) }
}

/// Several lines as they are kept: none blank, each trimmed.
///
/// # Errors
/// As [`line`], for all of them together.
pub fn lines(text: &str, most: usize) -> Result<String, Refusal> {
    let each = text.lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|l| !l.is_empty());
    let all: Vec<String> = each.collect();
    if all.iter().any(|line| has_hidden_characters(line)) {
        return Err(Refusal::new("refusal-hidden-characters"));
    }
    let joined = all.join("\n");
    if joined.chars().count() > most { Err(Refusal::new("refusal-too-long").with("most", most)) } else { Ok(joined) }
}

fn checked(text: String, most: usize) -> Result<String, Refusal> {
    if has_hidden_characters(&text) {
        return Err(Refusal::new("refusal-hidden-characters"));
    }
    if text.chars().count() > most { Err(Refusal::new("refusal-too-long").with("most", most)) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::{has_hidden_characters, line, lines, needed_line, time_of_day};

    #[test]
    fn a_time_of_day_is_one_or_is_refused() {
        for time in [
            "",
            "14:30",
            "0:00",
            "23:59 UTC+2",
            "2:30 pm ET",
            "12:00 a.m.",
            "1430",
            "930",
            "9",
            "2 pm",
            "9h",
            "9h15",
            "14.30",
            "in the morning",
            "about 10:15",
            "10:15:30",
        ] {
            assert_eq!(time_of_day(time, 40).as_deref(), Ok(time), "{time}");
        }
        for none in
            ["25:99", "24:00", "12:60", "13:20 pm", "0:30 am", "12:5", "2561", "99", "123:10", "12:", "20261010"]
        {
            assert_eq!(time_of_day(none, 40).unwrap_err().0.key, "refusal-time", "{none}");
        }
    }

    #[test]
    fn lines_are_kept_without_stray_blanks_and_refused_when_too_long_or_hidden() {
        assert_eq!(line("  a \t b ", 10).unwrap(), "a b");
        assert_eq!(lines(" a \r\n\n  b c \n", 10).unwrap(), "a\nb c");
        let why = |refused: Result<String, crate::Refusal>| refused.unwrap_err().0.key;
        assert_eq!(why(line("abcdef", 5)), "refusal-too-long");
        assert_eq!(why(lines("a\n\u{202e}b", 50)), "refusal-hidden-characters");
        for nothing in [" \n ", "\u{200c}", "\u{3164}", "\u{2800}", "\u{ad} \u{200d}"] {
            assert_eq!(why(needed_line(nothing, 50, "name")), "refusal-empty-field", "{nothing:?}");
        }
        assert_eq!(needed_line("Zoë", 50, "name").unwrap(), "Zoë");
    }

    #[test]
    fn what_cannot_be_seen_is_found_and_other_scripts_are_fine() {
        for hidden in [
            "pT2\u{0}",
            "\u{202e}2Tp",
            "N0\u{2066}",
            "a\u{1b}[2J",
            "\u{feff}G2",
            "\u{7f}",
            "Chemo\u{200b}therapy",
            "G\u{2060}2",
            "a\u{e0041}",
        ] {
            assert!(has_hidden_characters(hidden), "{hidden:?}");
        }
        for plain in ["", "pT2 N0", "2,5 mg täglich", "שלום", "乳癌", "می\u{200c}خواهم", "≥ 5 %", "👩‍⚕️"]
        {
            assert!(!has_hidden_characters(plain), "{plain:?}");
        }
    }
}
