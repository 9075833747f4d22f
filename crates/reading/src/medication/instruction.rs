//! How a medicine is taken, in words: dose, route and how often.

use std::ops::Range;

use consilium_casefile::knowledge::WordGroup;

use crate::course::Course;
use crate::phrases::Item;
use crate::scan::Gap;

/// Dose, route and frequency, and the words they take up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Instruction {
    pub(crate) dose: Option<String>,
    pub(crate) route: Option<String>,
    pub(crate) frequency: Option<String>,
    /// Two doses of different days or times: when is said in the words of the dose.
    pub(super) is_scheduled: bool,
    pub(super) words: Option<Range<usize>>,
}

/// How a medicine is taken that is not taken every day.
pub(super) const AS_NEEDED: &str = "as needed";

/// How often, as far as stated, as needed.
pub(super) fn often_as_needed(often: Option<String>) -> String {
    often.map_or_else(|| AS_NEEDED.to_owned(), |often| format!("{often}, {AS_NEEDED}"))
}

/// The last word of "ER", "extended release" at once behind a name.
pub(super) fn form_behind(course: &Course<'_, '_, '_>, last: usize) -> Option<usize> {
    let apart = course.scan.gap(last + 1).has(Gap::HARD | Gap::COMMA | Gap::COLON | Gap::OPEN);
    course.item_at(last + 1, |item| matches!(item, Item::Form).then_some(())).filter(|_| !apart).map(|(_, last)| last)
}

/// Dose, route and frequency in a range of words.
pub(crate) fn instruction(course: &Course<'_, '_, '_>, range: Range<usize>) -> Instruction {
    let mut found = Instruction::default();
    let mut place = range.start;
    let mut as_needed = false;
    let mut used: Option<usize> = None;
    let mut first_dose = None;
    let mut first_frequency = None;
    while place < range.end {
        let mut end = None;
        if let Some((frequency, last)) = often_at(course, place) {
            if frequency == AS_NEEDED {
                as_needed = true;
            } else if found.frequency.is_none() {
                found.frequency = Some(frequency);
                first_frequency = Some(place);
            }
            end = Some(last);
        } else if let Some((route, last)) = course.item_at(place, |item| match item {
            Item::Route(means) => Some(means.clone()),
            _ => None,
        }) {
            found.route.get_or_insert(route);
            end = Some(last);
        } else if found.dose.is_none()
            && let Some((dose, last)) = dose_at(course, place)
        {
            found.dose = Some(dose);
            first_dose = Some(place);
            end = Some(last);
        } else if let Some(first) = first_dose
            && let Some((dose, last)) = new_dose_at(course, first, place)
        {
            // "300 mg BID, reduced to 250 mg BID": how often the new dose is taken stands behind it.
            found.dose = Some(dose);
            found.is_scheduled = false;
            if often_at(course, last + 1).is_some() {
                found.frequency = None;
            }
            end = Some(last);
        } else if let Some(first) = first_dose.filter(|_| !found.is_scheduled)
            && let Some(last) = dose_of_other_days(course, first, place, range.end)
        {
            // "5 mg except 2.5 mg on Monday": neither dose alone is what is taken.
            found.dose = Some(course.words(first..last + 1));
            found.is_scheduled = true;
            found.frequency = found.frequency.take().filter(|_| first_frequency.is_some_and(|place| place < first));
            end = Some(last);
        } else if (place == range.start || used.is_some_and(|used| used + 1 == place))
            && let Some(last) = place.checked_sub(1).and_then(|before| form_behind(course, before))
        {
            end = Some(last);
        } else if let Some(dose) = &found.dose
            && let Some((count, last)) = taken_at(course, place)
        {
            found.dose = Some(times(dose, count).unwrap_or_else(|| dose.clone()));
            end = Some(last);
        }
        match end {
            Some(last) if last < range.end => {
                used = Some(last);
                place = last + 1;
            }
            _ => place += 1,
        }
    }
    if as_needed {
        found.frequency = Some(often_as_needed(found.frequency.take()));
    }
    found.words = used.map(|last| range.start..last + 1);
    found
}

/// Words before a dose within which it is said that it takes the place of another.
const CHANGED: usize = 4;

/// A dose that took the place of the one before it: "reduced to 250 mg". One that is planned or denied did not.
fn new_dose_at(course: &Course<'_, '_, '_>, first: usize, place: usize) -> Option<(String, usize)> {
    let scan = course.scan;
    let word = |at: usize, words: &[&str]| words.iter().any(|word| scan.is(at, word));
    let changes = ["reduced", "decreased", "lowered", "increased", "raised", "escalated", "titrated", "changed"];
    if !place.checked_sub(1).is_some_and(|before| word(before, &["to"])) {
        return None;
    }
    let near = (first + 1).max(place.saturating_sub(CHANGED))..place;
    let changed = near.into_iter().rev().find(|at| word(*at, &changes))?;
    let before = (first + 1).max(changed.saturating_sub(CHANGED))..changed;
    let open = before.clone().any(|at| {
        scan.is_of(at, WordGroup::Planning) || scan.is_of(at, WordGroup::Denial) || word(at, &["if", "be", "to", "can"])
    });
    let parted = (changed..=place).any(|at| scan.gap(at).has(Gap::SEMICOLON | Gap::PERIOD) && at > changed);
    dose_at(course, place).filter(|_| !open && !parted)
}

/// How often, at a word.
fn often_at(course: &Course<'_, '_, '_>, place: usize) -> Option<(String, usize)> {
    every(course, place).or_else(|| {
        course.item_at(place, |item| match item {
            Item::Frequency(means) => Some(means.clone()),
            _ => None,
        })
    })
}

/// "20 mg", "1-2 tablets", "175 mg/m2".
pub(super) fn dose_at(course: &Course<'_, '_, '_>, place: usize) -> Option<(String, usize)> {
    let amount = course.amount(place)?;
    let (unit, last) = course.item_at(amount.last + 1, |item| match item {
        Item::Unit(means) => Some(means.clone()),
        _ => None,
    })?;
    let gap = course.scan.gap(amount.last + 1);
    // "5 MG/ML" is a concentration, and "10 mg" on the next line belongs to another.
    let concentration = course.scan.is(last + 1, "ml") && course.scan.gap(last + 1).has(Gap::SLASH);
    // "25 mcg/hr": how fast a patch or a pump gives it.
    let rate = ["h", "hr", "hour"].iter().any(|word| course.scan.is(last + 1, word))
        && course.scan.between(last + 1).trim_ascii() == b"/";
    let (rate, last) = if rate { ("/h", last + 1) } else { ("", last) };
    (!gap.has(Gap::HARD) && !concentration).then(|| (format!("{} {unit}{rate}", amount.value), last))
}

/// The last word of a second dose that is of other days or times than the first: "except 2.5 mg on Monday", "and 5 mg in
/// the evening", "alternating with 50 mg".
fn dose_of_other_days(course: &Course<'_, '_, '_>, first: usize, place: usize, limit: usize) -> Option<usize> {
    let scan = course.scan;
    let (_, dose) = dose_at(course, place)?;
    let word = |at: usize, words: &[&str]| words.iter().any(|word| scan.is(at, word));
    let joined = (first + 1..place).any(|at| word(at, &["except", "but", "and", "then", "alternating", "alternate"]))
        || scan.gap(place).has(Gap::COMMA);
    if !joined || (first + 1..=place).any(|at| scan.gap(at).has(Gap::HARD | Gap::OPEN)) {
        return None;
    }
    let alternates = (first + 1..place).any(|at| word(at, &["alternating", "alternate"]));
    let mut last = alternates.then_some(dose);
    let leads = ["on", "every", "in", "the", "at", "each", "all", "of", "and", "through", "to", "by", "mouth", "po"];
    for at in dose + 1..limit.min(dose + 12) {
        if scan.gap(at).has(Gap::HARD | Gap::OPEN) {
            break;
        }
        if scan.is_of(at, WordGroup::DoseDay) {
            last = Some(at);
        } else if !word(at, &leads) && !word(at, &["tablet", "tablets", "tab", "tabs", "capsule", "capsules"]) {
            break;
        }
    }
    last
}

/// "take 2 tablets": how many of what has a strength are taken at once.
fn taken_at(course: &Course<'_, '_, '_>, place: usize) -> Option<(u32, usize)> {
    let takes = ["take", "takes", "taking", "give", "swallow"].iter().any(|word| course.scan.is(place, word));
    let (dose, last) = dose_at(course, place + 1).filter(|_| takes)?;
    let (count, unit) = dose.split_once(' ')?;
    let is_a_piece = ["tablet", "capsule", "pill"].contains(&unit);
    Some((count.parse().ok().filter(|count| is_a_piece && *count > 0)?, last))
}

/// A strength taken several times at once: "2.5 mg" six times is "15 mg".
fn times(strength: &str, count: u32) -> Option<String> {
    let (amount, unit) = strength.split_once(' ')?;
    let whole = |text: &str| text.parse::<u64>().ok();
    let (figures, decimals) = amount.split_once('.').unwrap_or((amount, ""));
    let scaled = whole(&format!("{figures}{decimals}"))?.checked_mul(u64::from(count))?;
    let scale = 10_u64.checked_pow(u32::try_from(decimals.len()).ok()?)?;
    let rest = format!("{:0>width$}", scaled % scale, width = decimals.len());
    let rest = rest.trim_end_matches('0');
    let point = if rest.is_empty() || decimals.is_empty() { String::new() } else { format!(".{rest}") };
    Some(format!("{}{point} {unit}", scaled / scale))
}

/// "every 6 hours", "q6h", "q 3 weeks", "q3w".
fn every(course: &Course<'_, '_, '_>, place: usize) -> Option<(String, usize)> {
    let scan = course.scan;
    let spelled = scan.spelled(place).to_ascii_lowercase();
    let said = |number: &str, unit: char, last: usize| {
        let unit = match unit {
            'h' => "hour",
            'd' => "day",
            'w' => "week",
            'm' => "month",
            _ => return None,
        };
        let words = match (number, unit) {
            ("24", "hour") | ("1", "day") => "once daily".to_owned(),
            ("12", "hour") => "twice daily".to_owned(),
            ("7", "day") | ("1", "week") => "every week".to_owned(),
            ("14", "day") => "every 2 weeks".to_owned(),
            ("21", "day") => "every 3 weeks".to_owned(),
            ("28", "day") => "every 4 weeks".to_owned(),
            ("1", "month") => "every month".to_owned(),
            ("1", unit) => format!("every {unit}"),
            (number, unit) => format!("every {number} {unit}s"),
        };
        Some((words, last))
    };
    // q6h, q3w, q21d in one word
    if spelled.len() >= 3 && spelled.first() == Some(&b'q') {
        let digits: String =
            spelled.iter().skip(1).take_while(|b| b.is_ascii_digit()).map(|b| char::from(*b)).collect();
        let rest = spelled.get(1 + digits.len()..).unwrap_or_default();
        if !digits.is_empty() && digits.len() <= 2 {
            return match rest {
                b"h" | b"hr" | b"hrs" | b"hours" => said(&digits, 'h', place),
                b"w" | b"wk" | b"wks" | b"weeks" => said(&digits, 'w', place),
                b"d" | b"days" => said(&digits, 'd', place),
                b"mo" | b"months" => said(&digits, 'm', place),
                b"" => unit_letter(course, place + 1).and_then(|unit| said(&digits, unit, place + 1)),
                _ => None,
            };
        }
    }
    let once = usize::from(spelled == b"once");
    let each = place + once;
    if !(scan.is(each, "every") || scan.is(each, "q")) {
        return None;
    }
    let amount = course.amount(each + 1)?;
    let mut last = amount.last + 1;
    let mut number = amount.value;
    // "every 4 to 6 hours"
    if scan.is(last, "to")
        && let Some(high) = course.amount(last + 1)
    {
        number = format!("{number}-{}", high.value);
        last = high.last + 1;
    }
    unit_letter(course, last).and_then(|unit| said(&number, unit, last))
}

fn unit_letter(course: &Course<'_, '_, '_>, place: usize) -> Option<char> {
    let units = [
        ("h", 'h'),
        ("hr", 'h'),
        ("hrs", 'h'),
        ("hour", 'h'),
        ("hours", 'h'),
        ("d", 'd'),
        ("day", 'd'),
        ("days", 'd'),
        ("w", 'w'),
        ("wk", 'w'),
        ("week", 'w'),
        ("weeks", 'w'),
        ("month", 'm'),
        ("months", 'm'),
    ];
    units.iter().find(|(word, _)| course.scan.is(place, word)).map(|(_, unit)| *unit)
}
