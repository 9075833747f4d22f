//! Values that compete: "left or right", "IIA versus IIIB", "positive / negative (circle one)". Who writes two values of
//! one thing states neither, so that a finding that ends or begins in one of them is of both: it is uncertain, and its
//! value is the words of all of them as they stand. Where the line says that one is to be chosen, nothing is read. A figure
//! of a named scale ("Nottingham grade 2/3") and values of different things ("ypT2/N1") compete with nothing.

use std::ops::Range;

use consilium_casefile::facts::{Basis, Concept, Polarity};

use crate::grade;
use crate::lexicon::Meaning;
use crate::reader::Finding;
use crate::scan::{Gap, Scan};

/// Words that may stand between the word that joins and the value: "or possibly grade 3".
const LED: usize = 3;

/// Words back from the last of a value within which it begins.
const LONGEST: usize = 6;

/// Words of a line to choose on that are looked at.
const LINE: usize = 60;

/// What a value is of. Values of different kinds do not compete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Side,
    Result,
    /// "low grade", "well differentiated", and the words of them that stand alone.
    Differentiation,
    Figure,
    Roman,
    /// A category of one axis: T, N or M.
    Category(u8),
}

/// A value and the words it takes up.
struct Value {
    kind: Kind,
    says: String,
    first: usize,
    last: usize,
}

/// Values that compete, from the first word of the first to the last word of the last.
#[derive(Debug, Clone)]
struct Group {
    words: Range<usize>,
    kind: Kind,
    /// Joined by a slash: of figures only grades and stages are written so.
    slash: bool,
    /// On a line that says to choose one.
    to_choose: bool,
}

/// What a finding is beside others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weighing {
    Alone,
    /// It is now that of all values that compete, and each of them makes the same.
    Joined,
    /// Nothing can be read of it.
    Nothing,
}

/// The competing values of a text.
#[derive(Debug)]
pub(crate) struct Alternatives {
    /// In the order of the text; none overlap.
    groups: Vec<Group>,
}

impl Alternatives {
    pub(crate) fn new(scan: &Scan<'_, '_>) -> Self {
        let mut found = Self { groups: Vec::new() };
        let mut chosen_until = 0;
        for place in 0..scan.tokens.len() {
            if place >= chosen_until && is_to_choose(scan, place) {
                chosen_until = found.choose(scan, place);
            }
            let joint = is_joint(scan, place);
            let slash = !joint && scan.gap(place).has(Gap::SLASH) || scan.between(place).contains(&b'|');
            if place == 0 || !(joint || slash) || scan.gap(place).has(Gap::HARD | Gap::BOX | Gap::TICK) {
                continue;
            }
            let next = place + usize::from(joint);
            if let Some((left, right)) = competing(scan, place - 1, next, slash) {
                found.add(Group { words: left.first..right.last + 1, kind: left.kind, slash, to_choose: false });
            }
        }
        found
    }

    fn add(&mut self, group: Group) {
        // "Positive / negative / equivocal": one group.
        if let Some(last) = self.groups.last_mut()
            && group.words.start < last.words.end
        {
            last.words = last.words.start.min(group.words.start)..last.words.end.max(group.words.end);
            last.to_choose |= group.to_choose;
            return;
        }
        self.groups.push(group);
    }

    /// The values of a line that says to choose one of them; where the line ends.
    fn choose(&mut self, scan: &Scan<'_, '_>, place: usize) -> usize {
        let begins = |at: &usize| *at == 0 || scan.gap(*at).has(Gap::LINE);
        let from = (place.saturating_sub(LINE)..=place).rev().find(begins).unwrap_or(place.saturating_sub(LINE));
        let to =
            (place + 1..scan.tokens.len()).take(LINE).find(begins).unwrap_or((place + LINE).min(scan.tokens.len()));
        if (from..=to).any(|at| scan.gap(at).has(Gap::TICK | Gap::BOX)) {
            return to;
        }
        self.groups.retain(|group| group.words.end <= from);
        let mut before: Option<Value> = None;
        let mut at = from;
        while at < to {
            let Some(value) = starting(scan, at) else {
                at += 1;
                continue;
            };
            at = value.last + 1;
            if let Some(one) =
                before.filter(|one| one.kind == value.kind && one.says != value.says && value.first - one.last <= LED)
            {
                let words = one.first..value.last + 1;
                self.add(Group { words, kind: one.kind, slash: false, to_choose: true });
            }
            before = Some(value);
        }
        to
    }

    fn at(&self, word: usize) -> Option<&Group> {
        let at = self.groups.partition_point(|group| group.words.start <= word).checked_sub(1)?;
        self.groups.get(at).filter(|group| group.words.contains(&word))
    }

    /// Whether a word is a side of which another one is named with it.
    pub(crate) fn is_open_side(&self, word: usize) -> bool {
        self.at(word).is_some_and(|group| group.kind == Kind::Side)
    }

    /// A finding that is one of several is made the one of all of them, and one that stands against something else
    /// ("present versus artifact") is doubted.
    pub(crate) fn weigh(&self, scan: &Scan<'_, '_>, finding: &mut Finding, first: usize, last: usize) -> Weighing {
        let of_kind = |group: &&Group| concerns(group, &finding.concept);
        let Some(group) = [last, first].into_iter().filter_map(|word| self.at(word)).find(of_kind) else {
            let known = matches!(finding.polarity, Polarity::Present | Polarity::Absent);
            if known && stands_against_another(scan, first, last) {
                finding.polarity = Polarity::Uncertain;
            }
            return Weighing::Alone;
        };
        let number = finding.value.parse::<f64>().is_ok()
            && ![Concept::HER2_IHC_SCORE, Concept::GRADE_GROUP, Concept::GLEASON_SCORE].contains(&finding.concept);
        if group.to_choose || number || finding.basis == Basis::Derived || finding.polarity == Polarity::NotTested {
            return Weighing::Nothing;
        }
        let mut words = scan.span(group.words.start, group.words.end - 1);
        words.end += usize::from(matches!(scan.text.at(words.end), b'+' | b'%'));
        let quote = scan.text.quote(&words);
        finding.value = quote.split_whitespace().collect::<Vec<_>>().join(" ");
        finding.polarity = Polarity::Uncertain;
        finding.unit = None;
        if matches!(group.kind, Kind::Category(_)) {
            (finding.qualifiers.prefix, finding.qualifiers.suffix) = (None, None);
        }
        finding.range = finding.range.start.min(words.start)..finding.range.end.max(words.end);
        Weighing::Joined
    }
}

/// Whether values of a group are values of a concept. The place and the type of a tumour are doubted by their own names.
fn concerns(group: &Group, concept: &Concept) -> bool {
    if [Concept::TOPOGRAPHY, Concept::MORPHOLOGY].contains(concept) {
        return false;
    }
    match group.kind {
        Kind::Side => *concept == Concept::LATERALITY,
        Kind::Figure | Kind::Roman if group.slash => {
            let graded = [Concept::GRADE, Concept::GRADE_GROUP, Concept::CLARK_LEVEL, Concept::STAGE_GROUP];
            let scored = [Concept::HER2_IHC, Concept::HER2_IHC_SCORE, Concept::GLEASON_SCORE];
            graded.contains(concept) || scored.contains(concept) || concept.as_str().ends_with("_stage")
        }
        _ => *concept != Concept::LATERALITY,
    }
}

/// "Or", "vs", "versus".
pub(crate) fn is_joint(scan: &Scan<'_, '_>, place: usize) -> bool {
    match scan.spelled(place).len() {
        2 => scan.is(place, "or") || scan.is(place, "vs"),
        6 => scan.is(place, "versus"),
        _ => false,
    }
}

/// "Vs", "versus".
pub(crate) fn is_versus(scan: &Scan<'_, '_>, place: usize) -> bool {
    is_joint(scan, place) && !scan.is(place, "or")
}

/// "Present versus artifact", "artifact vs. invasion": a finding that is set against something that is no value. One with
/// its source in brackets ("13 mm (biopsy) vs 23 mm (excision)") is compared, and not doubted.
fn stands_against_another(scan: &Scan<'_, '_>, first: usize, last: usize) -> bool {
    let versus = |at: usize| is_versus(scan, at);
    let apart = Gap::HARD | Gap::COMMA | Gap::COLON | Gap::OPEN | Gap::CLOSE;
    let behind = versus(last + 1) && !scan.gap(last + 1).has(apart) && !scan.gap(last + 2).has(Gap::HARD | Gap::OPEN);
    let before = first.checked_sub(1).filter(|at| versus(*at) && !scan.gap(first).has(apart));
    behind || before.is_some_and(|at| !scan.gap(at).has(apart))
}

/// "Circle one", "select one", "check as appropriate", "delete as applicable".
fn is_to_choose(scan: &Scan<'_, '_>, place: usize) -> bool {
    let word = |at: usize, words: &[&str]| words.iter().any(|word| scan.is(at, word));
    word(place, &["circle", "select", "choose", "check", "tick", "pick", "mark", "delete", "strike", "underline"])
        && (word(place + 1, &["one", "either"])
            || word(place + 1, &["as"]) && word(place + 2, &["appropriate", "applicable", "needed"])
            || word(place + 1, &["only", "the"]) && word(place + 2, &["one", "appropriate", "applicable"]))
        && !scan.gap(place + 1).has(Gap::HARD)
}

/// Whether the words of a name, from the first to the last, are joined to another name, of which a word is told by `part`.
/// "Bronchus or lung" is one organ in other words, so that places need a "versus".
pub(crate) fn are_joined(
    scan: &Scan<'_, '_>,
    (first, last): (usize, usize),
    is_joint: impl Fn(usize) -> bool,
    part: impl Fn(usize) -> bool,
) -> bool {
    let apart = Gap::HARD | Gap::COLON | Gap::SEMICOLON | Gap::CLOSE;
    let led =
        |from: usize| (from..from + LED).find(|at| !["a", "an", "the", "possibly"].iter().any(|w| scan.is(*at, w)));
    let next = last + 1 + usize::from(scan.is(last + 1, "and"));
    let behind = is_joint(next) && !scan.gap(next).has(apart) && !scan.gap(next + 1).has(apart) && {
        led(next + 1).is_some_and(&part)
    };
    let article = first.checked_sub(1).filter(|at| ["a", "an", "the", "possibly"].iter().any(|w| scan.is(*at, w)));
    let joint = article.unwrap_or(first).checked_sub(1).filter(|at| is_joint(*at));
    let before =
        joint.is_some_and(|at| at > 0 && part(at - 1) && !scan.gap(at).has(apart) && !scan.gap(at + 1).has(apart));
    behind || before
}

/// The values that end at a word and begin at another, where they compete.
fn competing(scan: &Scan<'_, '_>, last: usize, next: usize, slash: bool) -> Option<(Value, Value)> {
    // "Left and/or right"
    let last = if scan.is(last, "and") { last.checked_sub(1)? } else { last };
    let left = ending(scan, last)?;
    let led = ["possibly", "probably", "maybe", "perhaps", "even", "more", "likely", "a", "the", "at", "least"];
    let labels = ["stage", "grade", "score", "level", "category", "clinical", "pathologic", "pathological"];
    let mut at = next;
    while at < next + LED
        && led.iter().chain(&labels).any(|word| scan.is(at, word))
        && ends_in_grade(scan, at).is_none()
    {
        at += 1;
    }
    if (next..=at).any(|place| scan.gap(place).has(Gap::HARD | Gap::COLON)) {
        return None;
    }
    let right = letter_of(scan, &left, at, slash).or_else(|| starting(scan, at))?;
    if left.kind != right.kind || left.says == right.says {
        return None;
    }
    let competes = match left.kind {
        // "Well/moderately differentiated" is a range, as "moderately to poorly differentiated" is.
        Kind::Differentiation => !slash,
        // "7/10", "3/12" and "1/3" are of so many; "2/3" may be either where no scale is named.
        Kind::Figure | Kind::Roman if slash => match (rank(&left.says), rank(&right.says)) {
            (Some(one), Some(other)) => one.abs_diff(other) == 1 && !grade::is_of_scale(scan, left.first, at, other),
            (None, None) => left.kind == Kind::Roman,
            _ => left.kind == Kind::Roman || left.says.contains('+') && right.says.contains('+'),
        },
        _ => true,
    };
    competes.then_some((left, right))
}

/// The number of a single figure or a bare Roman numeral.
fn rank(says: &str) -> Option<u32> {
    match says {
        "i" => Some(1),
        "ii" => Some(2),
        "iii" => Some(3),
        "iv" => Some(4),
        _ if says.len() == 1 => says.parse().ok().filter(|rank| *rank <= 4),
        _ => None,
    }
}

/// "IIIA/B": a letter alone behind the slash.
fn letter_of(scan: &Scan<'_, '_>, left: &Value, at: usize, slash: bool) -> Option<Value> {
    let lettered = matches!(left.kind, Kind::Roman | Kind::Category(_))
        && left.says.chars().last().is_some_and(|c| c.is_ascii_lowercase() && !matches!(c, 'i' | 'v' | 'x'));
    let letter = matches!(scan.spelled(at), [b'A'..=b'D' | b'a'..=b'd'] | [b'A'..=b'D' | b'a'..=b'd', b'1'..=b'3']);
    // "pT2/3", "pT2 or 3"
    let figure = matches!(left.kind, Kind::Category(_)) && is_bare_figure(scan, at);
    (slash && lettered && letter || figure).then(|| Value {
        kind: left.kind,
        says: String::from_utf8_lossy(scan.spelled(at)).to_lowercase(),
        first: at,
        last: at,
    })
}

/// A figure of a category, and not of a measure that follows: "pT2 or 3 cm".
fn is_bare_figure(scan: &Scan<'_, '_>, at: usize) -> bool {
    let after = scan.token(at).map_or(0, |token| scan.text.at(token.end()));
    let measured = ["cm", "mm", "nodes", "node", "of"].iter().any(|unit| scan.is(at + 1, unit));
    matches!(scan.spelled(at), [b'0'..=b'4']) && !matches!(after, b'.' | b'%' | b'/' | b'-') && !measured
}

/// A word of differentiation that stands without "differentiated" or "grade": "low", "moderately".
fn ends_in_grade(scan: &Scan<'_, '_>, place: usize) -> Option<&'static str> {
    ["low", "intermediate", "high", "well", "moderately", "poorly"].into_iter().find(|word| scan.is(place, word))
}

/// The value that ends at a word.
fn ending(scan: &Scan<'_, '_>, last: usize) -> Option<Value> {
    let near = || scan.marks_from(last.saturating_sub(LONGEST)).iter().take_while(|mark| mark.first <= last);
    let mut whole = near().filter(|mark| mark.last == last);
    whole.find_map(|mark| of_mark(scan, mark)).or_else(|| {
        let unit = ["cm", "mm"].iter().any(|unit| scan.is(last, unit));
        let figure = last.checked_sub(usize::from(unit))?;
        let value = of_word(scan, figure).or_else(|| {
            // "2A" is a figure and its letter.
            let lettered = matches!(scan.spelled(figure), [b'A'..=b'D']) && scan.between(figure).is_empty();
            let before = figure.checked_sub(1).filter(|_| lettered)?;
            of_word(scan, before).filter(|value| value.last == figure)
        })?;
        Some(Value { last, ..with_what_leads(scan, value) })
    })
}

/// The value that begins at a word.
fn starting(scan: &Scan<'_, '_>, first: usize) -> Option<Value> {
    let marks = scan.marks_from(first).iter().take_while(|mark| mark.first == first);
    marks.max_by_key(|mark| mark.last).and_then(|mark| of_mark(scan, mark)).or_else(|| {
        let mut value = of_word(scan, first)?;
        if value.kind == Kind::Figure {
            while let Some(sum) = joined_figure(scan, value.last) {
                value.last = sum;
                value.says = text_of(scan, value.first, value.last);
            }
            value.last += usize::from(["cm", "mm"].iter().any(|unit| scan.is(value.last + 1, unit)));
        }
        Some(value)
    })
}

/// The next figure of "3+4=7".
fn joined_figure(scan: &Scan<'_, '_>, last: usize) -> Option<usize> {
    let next = last + 1;
    let between = scan.between(next);
    let joined =
        between.iter().any(|b| matches!(b, b'+' | b'=' | b'.')) && between.len() <= 3 && !between.contains(&b'\n');
    let figure = scan.spelled(next).first().is_some_and(u8::is_ascii_digit);
    (joined && figure && !(between.contains(&b'.') && between.len() > 1)).then_some(next)
}

/// The figures before one that it is summed up with: the "3+" of "3+4=7".
fn with_what_leads(scan: &Scan<'_, '_>, mut value: Value) -> Value {
    while value.kind == Kind::Figure
        && let Some(before) = value.first.checked_sub(1)
        && scan.spelled(before).first().is_some_and(u8::is_ascii_digit)
        && joined_figure(scan, before) == Some(value.first)
        && value.last - before < LONGEST
    {
        value.first = before;
        value.says = text_of(scan, value.first, value.last);
    }
    value
}

fn text_of(scan: &Scan<'_, '_>, first: usize, last: usize) -> String {
    let text = String::from_utf8_lossy(scan.text.slice(scan.span(first, last))).to_lowercase();
    text.split_whitespace().collect()
}

fn of_mark(scan: &Scan<'_, '_>, mark: &crate::scan::Mark) -> Option<Value> {
    let (kind, says) = match scan.meaning(mark)? {
        Meaning::Result(result) => (Kind::Result, answer(result)?.to_owned()),
        Meaning::Grade(grade) => {
            // Of "grade 2" the figure is the value.
            if mark.last > mark.first && of_word(scan, mark.last).is_some() {
                return None;
            }
            match ends_in_grade(scan, mark.first) {
                Some(word) => (Kind::Differentiation, word.to_owned()),
                None if scan.is(mark.last, "differentiated") => (Kind::Differentiation, grade.clone()),
                None => return None,
            }
        }
        _ => return None,
    };
    Some(Value { kind, says, first: mark.first, last: mark.last })
}

/// What a result answers; results that say the same in other words do not compete.
fn answer(result: &str) -> Option<&str> {
    Some(match result {
        "positive" | "present" | "amplified" | "involved" | "low positive" => "positive",
        "negative" | "absent" | "not_amplified" | "free" => "negative",
        // "Not tested or insufficient", "suspicious or equivocal" leave open what they say.
        "not_tested" | "insufficient" | "uncertain" | "unclear" => return None,
        other => other,
    })
}

/// A side, a figure, a Roman numeral, a category, or a word of differentiation.
fn of_word(scan: &Scan<'_, '_>, place: usize) -> Option<Value> {
    let common = &scan.lexicon.common;
    let word = scan.word(place);
    let spelled = scan.spelled(place);
    let value = |kind, says: String, last| Some(Value { kind, says, first: place, last });
    if word != 0 && [common.left, common.right, common.bilateral].contains(&word) {
        return value(Kind::Side, word.to_string(), place);
    }
    if let Some(word) = ends_in_grade(scan, place) {
        return value(Kind::Differentiation, word.to_owned(), place);
    }
    let lower = || String::from_utf8_lossy(spelled).to_lowercase();
    match spelled {
        [] => None,
        [b'G' | b'g', digit @ b'1'..=b'4'] => value(Kind::Figure, char::from(*digit).to_string(), place),
        _ if spelled.len() <= 3 && spelled.iter().all(u8::is_ascii_digit) => {
            let lettered = matches!(scan.spelled(place + 1), [b'A'..=b'D']) && scan.between(place + 1).is_empty();
            match lettered {
                true => value(Kind::Roman, text_of(scan, place, place + 1), place + 1),
                false => value(Kind::Figure, lower(), place),
            }
        }
        _ if is_roman(spelled) => value(Kind::Roman, lower(), place),
        _ => value(Kind::Category(axis(spelled)?), lower().trim_start_matches(['p', 'c', 'y', 'r']).to_owned(), place),
    }
}

/// "IIA", "IV", "IIIC1".
fn is_roman(spelled: &[u8]) -> bool {
    let numeral = spelled.iter().take_while(|b| matches!(b, b'I' | b'V')).count();
    let rest = spelled.get(numeral..).unwrap_or_default();
    (1..=4).contains(&numeral) && matches!(rest, [] | [b'A'..=b'E'] | [b'A'..=b'E', b'1'..=b'3'])
}

/// The axis of a category: the letter of "ypT2a".
fn axis(spelled: &[u8]) -> Option<u8> {
    let prefix = spelled.iter().take_while(|b| matches!(b, b'p' | b'c' | b'y' | b'r')).count();
    match spelled.get(prefix..)? {
        [letter @ (b'T' | b'N' | b'M'), b'0'..=b'4' | b'X' | b'x' | b'i', rest @ ..] if rest.len() <= 6 => {
            Some(*letter)
        }
        _ => None,
    }
}
