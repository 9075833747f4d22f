//! TNM categories as they are written: "pT2N1a", "ypT1c(m) ypN0(sn)", "T2, N1, MX", "pT: 3", and what a scanner makes of
//! them ("pTl", "NO"). Ranges, definitions and boxes that are not ticked are no categories.

use std::ops::Range;

use consilium_casefile::knowledge::WordGroup;

use crate::scan::{Gap, Scan};

/// Which of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Axis {
    T,
    N,
    M,
}

/// One category, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Category {
    pub(crate) axis: Axis,
    pub(crate) prefix: String,
    /// Such as `T1c`, `Tis`, `N0`, `MX`.
    pub(crate) value: String,
    pub(crate) suffix: String,
    pub(crate) range: Range<usize>,
    /// A definition follows it, as in "pT2: Tumor more than 2 cm".
    pub(crate) defined: bool,
    /// A letter stood where a figure belongs: "pTl", "NO".
    pub(crate) guessed: bool,
}

/// Every category of the text, in order.
pub(crate) fn categories(scan: &Scan<'_, '_>) -> Vec<Category> {
    let mut found = Vec::new();
    let mut free_from = 0;
    for (place, token) in scan.tokens.iter().enumerate() {
        let start = token.start();
        if start < free_from || !begins_category(scan.text.at(start)) || token.gap.has(Gap::BLANK) {
            continue;
        }
        // "Clinically M0": the word says that it is a category.
        let is_said = place.checked_sub(1).is_some_and(|before| scan.is_of(before, WordGroup::CategoryLead));
        let group = group(scan, start, is_said);
        if let Some(last) = group.last() {
            free_from = last.range.end;
            found.extend(group);
        }
    }
    drop_definitions(&mut found);
    found
}

fn begins_category(byte: u8) -> bool {
    matches!(byte.to_ascii_lowercase(), b't' | b'n' | b'm' | b'p' | b'c' | b'y' | b'r' | b'a' | b'u')
}

/// One category and those that follow it at once.
fn group(scan: &Scan<'_, '_>, start: usize, is_said: bool) -> Vec<Category> {
    let Some(first) = category(scan, start, None) else { return Vec::new() };
    let mut found = vec![first];
    while let Some(last) = found.last() {
        let Some(next) = following(scan, last) else { break };
        found.push(next);
    }
    let prefixed = found.iter().any(|c| !c.prefix.is_empty());
    // Letters where all the figures belong are words ("SKULL BASE TO MID-THIGH") but for all three categories in a row.
    if !prefixed && found.len() < 3 && found.iter().all(|c| c.guessed) {
        return Vec::new();
    }
    // Without a prefix only a T with its N, or an N with its M, is a category and not a vertebra or a stain.
    let is_said = is_said && found.first().is_some_and(|c| c.axis != Axis::T && !c.guessed);
    if !prefixed && !is_said && (found.len() < 2 || found.first().is_some_and(|c| c.axis == Axis::M)) {
        return Vec::new();
    }
    found
}

fn following(scan: &Scan<'_, '_>, last: &Category) -> Option<Category> {
    let text = &scan.text;
    let mut at = last.range.end;
    // "pT3aR1N0": residual tumour and vessels may stand between.
    while matches!(text.at(at), b'R' | b'L' | b'V' | b'G')
        && matches!(text.at(at + 1), b'0'..=b'4' | b'O' | b'X' | b'x')
    {
        at += 2;
    }
    let limit = at + 5;
    while at < limit && matches!(text.at(at), b' ' | b',' | b';' | b'/' | b'.' | b':' | b'-' | b'&' | b'\n' | b'+') {
        at += 1;
    }
    if at < limit && text.slice(at..at + 4).eq_ignore_ascii_case(b"and ") {
        at += 4;
    }
    let next = category(scan, at, Some(&last.prefix))?;
    (next.axis > last.axis).then_some(next)
}

fn category(scan: &Scan<'_, '_>, start: usize, inherited: Option<&str>) -> Option<Category> {
    let text = &scan.text;
    let mut at = start;
    let mut prefix = String::new();
    while prefix.len() < 3 {
        let byte = text.at(at).to_ascii_lowercase();
        let ok = match byte {
            b'y' | b'r' | b'a' => !prefix.contains(['p', 'c', 'u']) || byte == b'y',
            b'p' | b'c' | b'u' => !prefix.contains(['p', 'c', 'u']),
            _ => false,
        };
        if !ok || prefix.as_bytes().contains(&byte) {
            break;
        }
        prefix.push(char::from(byte));
        at += 1;
    }
    let bare = prefix.is_empty();
    if prefix == "y" && text.at(at) == b' ' && text.at(at + 1).eq_ignore_ascii_case(&b'p') {
        prefix.push('p');
        at += 2;
    }
    while !bare && at < start + 6 && matches!(text.at(at), b' ' | b'-' | b'"' | b'(') {
        at += 1;
    }
    let letter = text.at(at);
    let axis = match letter.to_ascii_uppercase() {
        b'T' => Axis::T,
        b'N' => Axis::N,
        b'M' => Axis::M,
        _ => return None,
    };
    // Lower-case letters alone are words: "pt 3 years", "a 1 cm".
    if letter.is_ascii_lowercase() && (bare || matches!(prefix.as_str(), "a" | "r" | "u" | "y")) {
        return None;
    }
    // "Pn1" is the invasion of nerves.
    if letter == b'n' && prefix == "p" && text.at(start) == b'P' {
        return None;
    }
    if matches!(prefix.as_str(), "a" | "u") && text.at(start).is_ascii_uppercase() {
        return None;
    }
    at += 1;
    let spaced = at;
    let room = if bare { 1 } else { 3 };
    while at < spaced + room && matches!(text.at(at), b' ' | b':' | b'=' | b'-' | b')') {
        at += 1;
    }
    let apart = at > spaced;
    let (value, end) = value(scan, axis, at, !bare || inherited.is_some_and(|p| !p.is_empty()))?;
    // "pt 2" may be a patient, and "CT: 2" a picture: apart from its figure, the letters must be those of a category.
    if apart && (letter.is_ascii_lowercase() || text.at(start) == b'C') {
        return None;
    }
    let figures = value.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    let guessed = figures
        && (!text.at(at).is_ascii_digit()
            || (value.ends_with('1') && !text.at(end.saturating_sub(1)).is_ascii_digit()));
    let (suffix, end) = suffixes(scan, end);
    if is_range(scan, end, axis) || ends_range(scan, start, axis) {
        return None;
    }
    if prefix.is_empty()
        && let Some(inherited) = inherited
    {
        inherited.clone_into(&mut prefix);
    }
    // M0 is clinical; a written p before it stays as written, an inherited one does not.
    if axis == Axis::M && bare && value != "M1" && !value.starts_with("M1") {
        prefix.clear();
    }
    let defined = is_defined(scan, end);
    Some(Category { axis, prefix, value, suffix, range: start..end, defined, guessed })
}

/// The figure after the letter, as it is meant, and where it ends.
fn value(scan: &Scan<'_, '_>, axis: Axis, at: usize, prefixed: bool) -> Option<(String, usize)> {
    let text = &scan.text;
    let (byte, next) = (text.at(at), text.at(at + 1));
    let letter = match axis {
        Axis::T => 'T',
        Axis::N => 'N',
        Axis::M => 'M',
    };
    let ends = |end: usize| !text.at(end).is_ascii_alphanumeric();
    // "Tis", "TIS"; also "T is" written apart is none.
    if axis == Axis::T && byte.eq_ignore_ascii_case(&b'i') && next.eq_ignore_ascii_case(&b's') {
        return (ends(at + 2) || starts_next(scan, at + 2)).then(|| ("Tis".to_owned(), at + 2));
    }
    if byte.eq_ignore_ascii_case(&b'x') {
        return (ends(at + 1) || starts_next(scan, at + 1)).then(|| (format!("{letter}X"), at + 1));
    }
    if axis == Axis::T && byte == b'a' && ends(at + 1) && text.at(at.wrapping_sub(1)).eq_ignore_ascii_case(&b't') {
        return Some(("Ta".to_owned(), at + 1));
    }
    let digit = match byte {
        b'0'..=b'4' => byte,
        // "No" and "To" are words; "NO" and "pNo" are what a scanner makes of N0.
        b'O' | b'Q' => b'0',
        b'o' if axis == Axis::N && prefixed => b'0',
        b'l' | b'I' | b'i' | b'|' | b'!' => b'1',
        b'Z' | b'z' => b'2',
        _ => return None,
    };
    let most = match axis {
        Axis::T => b'4',
        Axis::N => b'3',
        Axis::M => b'1',
    };
    if digit > most {
        return None;
    }
    let mut value = format!("{letter}{}", char::from(digit));
    let mut end = at + 1;
    // A letter is a subcategory only when the category ends after it.
    let mut after = text.at(end);
    if text.slice(end..end + 2).eq_ignore_ascii_case(b"mi") && (ends(end + 2) || starts_next(scan, end + 2)) {
        value.push_str("mi");
        return Some((value, end + 2));
    }
    if after == b' '
        && matches!(text.at(end + 1), b'a'..=b'c')
        && digit != b'0'
        && (ends(end + 2))
        && text.at(end + 2) != b' '
    {
        end += 1;
        after = text.at(end);
    }
    let sub = after.to_ascii_lowercase();
    if matches!(sub, b'a'..=b'e') && digit != b'0' {
        let third = text.at(end + 1);
        if matches!(third, b'1'..=b'3') && (ends(end + 2) || starts_next(scan, end + 2)) {
            value.push(char::from(sub));
            value.push(char::from(third));
            return Some((value, end + 2));
        }
        if matches!(third, b'l' | b'i' | b'I') && (ends(end + 2) || starts_next(scan, end + 2)) && axis != Axis::N {
            value.push(char::from(sub));
            value.push('1');
            return Some((value, end + 2));
        }
        if ends(end + 1) || starts_next(scan, end + 1) {
            value.push(char::from(sub));
            return Some((value, end + 1));
        }
        return None;
    }
    if ends(end) || starts_next(scan, end) || (after == b'i' && matches!(text.at(end + 1), b'-' | b'+')) {
        return Some((value, end));
    }
    None
}

/// Whether the next category begins here without a space: "T2N0".
fn starts_next(scan: &Scan<'_, '_>, at: usize) -> bool {
    let text = &scan.text;
    let mut at = at;
    while matches!(text.at(at), b'p' | b'P' | b'c' | b'y') {
        at += 1;
    }
    let figure = text.at(at + 1);
    let figure = if figure == b' ' { text.at(at + 2) } else { figure };
    matches!(text.at(at), b'N' | b'M' | b'n' | b'm' | b'T' | b'R' | b'L' | b'V' | b'G')
        && (figure.is_ascii_digit() || matches!(figure, b'x' | b'X' | b'O' | b'o' | b'l' | b'I'))
}

fn suffixes(scan: &Scan<'_, '_>, end: usize) -> (String, usize) {
    let text = &scan.text;
    let mut suffix = String::new();
    let mut end = end;
    for _ in 0..3 {
        let mut at = end;
        if text.at(at) == b' ' {
            at += 1;
        }
        let open = text.at(at) == b'(';
        at += usize::from(open);
        let rest = text.slice(at..at + 5).to_ascii_lowercase();
        let Some(known) = ["mol+", "mol-", "i+", "i-", "l-", "l+", "sn", "mi", "m", "f", "s"]
            .iter()
            .find(|s| rest.starts_with(s.as_bytes()))
        else {
            break;
        };
        let close = at + known.len();
        let closed = text.at(close) == b')';
        if open != closed || (!open && !known.starts_with("i") && !known.starts_with("mol")) {
            break;
        }
        suffix.push('(');
        suffix.push_str(&known.replace('l', if known.starts_with("mol") { "l" } else { "i" }));
        suffix.push(')');
        end = close + usize::from(closed);
    }
    (suffix, end)
}

/// "pT1-pT4", "T1 to T3", "T2/T3": no category.
fn is_range(scan: &Scan<'_, '_>, end: usize, axis: Axis) -> bool {
    let text = &scan.text;
    let mut at = end;
    if text.at(at) == b' ' {
        at += 1;
    }
    let separated = match text.at(at) {
        b'-' | b'/' => 1,
        b't' if text.slice(at..at + 3) == b"to " => 3,
        b'o' if text.slice(at..at + 3) == b"or " => 3,
        _ => return false,
    };
    at += separated;
    if text.at(at) == b' ' {
        at += 1;
    }
    if matches!(text.at(at), b'p' | b'c') {
        at += 1;
    }
    let letter = match axis {
        Axis::T => b'T',
        Axis::N => b'N',
        Axis::M => b'M',
    };
    text.at(at).eq_ignore_ascii_case(&letter) && text.at(at + 1).is_ascii_digit()
        || (separated == 1
            && text.at(at - 1) == b'-'
            && text.at(at).is_ascii_digit()
            && !text.at(at + 1).is_ascii_alphanumeric())
}

/// "pT4" in "pT1-pT4".
fn ends_range(scan: &Scan<'_, '_>, start: usize, axis: Axis) -> bool {
    let text = &scan.text;
    let joined = start > 0 && matches!(text.at(start - 1), b'-' | b'/');
    let mut at = start.saturating_sub(2);
    if !joined || !text.at(at).is_ascii_alphanumeric() {
        return false;
    }
    while at > 0 && start - at < 6 && text.at(at - 1).is_ascii_alphanumeric() {
        at -= 1;
    }
    let before = text.slice(at..start - 1);
    let letter = match axis {
        Axis::T => b'T',
        Axis::N => b'N',
        Axis::M => b'M',
    };
    before.iter().rev().skip_while(|b| !b.is_ascii_digit()).nth(1).is_some_and(|b| b.eq_ignore_ascii_case(&letter))
}

/// A colon, a dash, an equals sign or an opening parenthesis and then words of a definition.
fn is_defined(scan: &Scan<'_, '_>, end: usize) -> bool {
    let text = &scan.text;
    let mut at = end;
    while at < end + 3 && matches!(text.at(at), b' ' | b':' | b'-' | b'=' | b'(' | b')' | b'.') {
        at += 1;
    }
    let rest = text.slice(at..at + 12).to_ascii_lowercase();
    [
        "tumor",
        "tumour",
        "no ",
        "metast",
        "invas",
        "carcinoma in",
        "regional",
        "distant",
        "limited",
        "cannot",
        "confined",
    ]
    .iter()
    .any(|word| rest.starts_with(word.as_bytes().get(..word.len().min(12)).unwrap_or_default()))
}

/// A list that defines several categories of one axis, one after the other, chooses none of them.
fn drop_definitions(found: &mut Vec<Category>) {
    let mut drop = vec![false; found.len()];
    for axis in [Axis::T, Axis::N, Axis::M] {
        let places: Vec<usize> =
            found.iter().enumerate().filter(|(_, c)| c.axis == axis && c.defined).map(|(place, _)| place).collect();
        for window in places.windows(3) {
            let values: Vec<&Category> = window.iter().filter_map(|place| found.get(*place)).collect();
            let [a, b, c] = values.as_slice() else { continue };
            let close = c.range.start < a.range.end + 500;
            if close && a.value != b.value && b.value != c.value && a.value != c.value {
                for place in window {
                    if let Some(slot) = drop.get_mut(*place) {
                        *slot = true;
                    }
                }
            }
        }
    }
    let mut place = 0;
    found.retain(|_| {
        place += 1;
        !drop.get(place - 1).copied().unwrap_or(false)
    });
}
