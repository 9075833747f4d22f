//! Margins: free, involved or close, each by its name, and how far the tumour is from it. A margin that a statement takes
//! out ("all negative except the deep") is said to be the opposite, and the statement is then of the others only.

mod distance;

use consilium_casefile::facts::{Basis, Concept, Polarity, Qualifiers};
use consilium_casefile::knowledge::WordGroup;

use crate::lexicon::Meaning;
use crate::reader::{Finding, Notes};
use crate::scan::{Gap, Mark, Scan};
use distance::{Taken, distance, length, note_distance};

/// Longer lists of margins are cut.
const MOST_MARGINS: usize = 16;

/// Words from an answer within which an exception to it begins.
const EXCEPTION: usize = 6;

/// What is said of a margin, and its last word.
type Answer = (&'static str, Polarity, usize);

/// Margins and distances to them.
pub(crate) fn read(notes: &mut Notes<'_, '_, '_>) {
    let scan = notes.scan;
    let mut taken = Taken::new();
    let mut until = 0;
    for mark in &scan.marks {
        let is_margin = matches!(scan.meaning(mark), Some(Meaning::Label(label)) if *label == Concept::MARGIN);
        if !is_margin {
            continue;
        }
        distance(notes, mark, &mut taken);
        // What a statement took out, or listed, was read with it.
        if mark.first >= until {
            until = statement(notes, mark, &mut taken).unwrap_or(until);
        }
    }
}

/// "Margins free", "deep margin involved by carcinoma", "Margins: negative". The first word behind
/// what was read with it of other margins.
fn statement(notes: &mut Notes<'_, '_, '_>, mark: &Mark, taken: &mut Taken) -> Option<usize> {
    let scan = notes.scan;
    if scan.gap(mark.last + 1).has(Gap::COLON)
        && let Some(end) = list(notes, mark.last + 1, false, taken)
    {
        return Some(end);
    }
    if let Some((general, excepted)) = taken_out_before(scan, mark) {
        let Told::Answer(first, answer, _) = told(notes, &general) else { return None };
        note_excepted(notes, &excepted, answer, taken);
        note(notes, &general, first, answer, Some(all_but(scan, &excepted)), 110);
        return Some(answer.2 + 1);
    }
    match told(notes, mark) {
        Told::Nothing => None,
        // "Distal margin 4 cm, circumferential positive"
        Told::Another(place) => list(notes, place, true, taken),
        Told::Answer(first, answer, excepted) => {
            // The margins as a whole outweigh a named one; among like statements no choice is made.
            let first_word = scan.spelled(mark.first).to_ascii_lowercase();
            let general = scan.spelled(mark.last).to_ascii_lowercase().ends_with(b"s")
                && (mark.last > mark.first || matches!(first_word.as_slice(), b"margins"));
            // "Deep margin positive, all other margins negative": of the others only.
            let others = (mark.first.saturating_sub(2)..=mark.last)
                .any(|place| ["other", "remaining"].iter().any(|word| scan.is(place, word)));
            let weight = match (general, others) {
                (_, true) => 90,
                (true, false) => 120,
                (false, false) => 100,
            };
            let own = margin_name(scan, mark).or_else(|| others.then(|| "other".to_owned()));
            match excepted.or_else(|| exception(scan, answer.2)) {
                Some(excepted) if !excepted.names.is_empty() => {
                    note_excepted(notes, &excepted, answer, taken);
                    note(notes, mark, first, answer, Some(all_but(scan, &excepted)), weight);
                    return Some(excepted.end);
                }
                // "Negative except as noted": which, nobody can tell.
                Some(excepted) => {
                    note(notes, mark, first, (answer.0, Polarity::Uncertain, answer.2), own, weight);
                    return Some(excepted.end);
                }
                None => note(notes, mark, first, answer, own, weight),
            }
            let next = answer.2 + 1;
            let joined = usize::from(scan.is(next, "and") || scan.is(next, "but"));
            let goes_on = joined > 0 || scan.gap(next).has(Gap::COMMA | Gap::SEMICOLON);
            let listed = goes_on && !scan.gap(next).has(Gap::LINE | Gap::PERIOD);
            listed.then(|| list(notes, next + joined, true, taken)).flatten()
        }
    }
}

fn note(
    notes: &mut Notes<'_, '_, '_>,
    mark: &Mark,
    first: usize,
    (value, polarity, last): Answer,
    site: Option<String>,
    weight: u32,
) {
    let scan = notes.scan;
    let first = first.min(mark.first);
    let scope = notes.cues.of(scan, first, first);
    // "None of the margins is involved"
    let none = mark.first >= 3
        && scan.is(mark.first - 1, "the")
        && scan.is(mark.first - 2, "of")
        && ["none", "neither"].iter().any(|word| scan.is(mark.first - 3, word));
    let (value, polarity) = match none && value == "involved" {
        true => ("free", Polarity::Absent),
        false => (value, polarity),
    };
    // "not free", "no longer free": what is denied is not read.
    if scope.polarity == Polarity::Absent && value == "free" && scan.is(first.saturating_sub(1), "not") {
        return;
    }
    notes.add(Finding {
        polarity,
        context: Some(scope.context),
        weight,
        qualifiers: Qualifiers { site, ..Qualifiers::default() },
        ..Finding::new(Concept::MARGIN, value, scan.span(first, last.max(mark.last)))
    });
}

/// What is told of a margin.
enum Told {
    Nothing,
    /// Only its distance; what follows from this word on is of another.
    Another(usize),
    /// From this word on; with what it takes out before its answer.
    Answer(usize, Answer, Option<Excepted>),
}

fn told(notes: &Notes<'_, '_, '_>, mark: &Mark) -> Told {
    let scan = notes.scan;
    let limit = mark.last + 10;
    let mut measured = false;
    let mut excepted: Option<Excepted> = None;
    let mut place = mark.last + 1;
    while place <= limit {
        let gap = scan.gap(place);
        if gap.has(Gap::BLANK) || (gap.has(Gap::HARD) && place > mark.last + 1) {
            break;
        }
        if measured && gap.has(Gap::COMMA) && (is_position(scan, place) || is_margin(scan, place)) {
            return match before(scan, mark) {
                Told::Nothing => Told::Another(place),
                told => told,
            };
        }
        measured |= length(scan, place).is_some();
        if excepted.is_none()
            && let Some(after) = except(scan, place)
            && let Some(found) = Excepted::at(scan, place, after, false).filter(|found| !found.names.is_empty())
        {
            place = found.end;
            excepted = Some(found);
            continue;
        }
        // "The margins could not be said to be positive": neither.
        let denied = scan.is_of(place, WordGroup::Denial);
        for other in scan.marks_from(place).iter().take_while(|other| other.first == place) {
            match scan.meaning(other) {
                // "The margin, initially involved, is clear": the answer of before.
                Some(Meaning::Result(_)) if scan.is_of(place - 1, WordGroup::BeforeNow) => {}
                // "Margins: involved ___ free ___": a line to fill in.
                Some(Meaning::Result(_)) if scan.gap(other.last + 1).has(Gap::BLANK) => return before(scan, mark),
                Some(Meaning::Result(result)) => {
                    let answer = match result.as_str() {
                        "free" | "negative" | "absent" => Some(("free", Polarity::Absent, other.last)),
                        "involved" | "positive" => Some(("involved", Polarity::Present, other.last)),
                        "close" => Some(("close", Polarity::Present, other.last)),
                        "insufficient" => Some(("not assessable", Polarity::Insufficient, other.last)),
                        "not_tested" if scan.gap(mark.last + 1).has(Gap::COLON) => {
                            Some(("not tested", Polarity::NotTested, other.last))
                        }
                        _ => None,
                    };
                    if let Some(answer) = answer {
                        // "Margins involved by invasive component: no" asks, and the answer stands behind the colon.
                        return match Some(answer.2).filter(|_| answer.0 == "involved").and_then(|l| asked(scan, l)) {
                            Some(asked) => asked.map_or(Told::Nothing, |own| Told::Answer(mark.first, own, excepted)),
                            None => Told::Answer(mark.first, answer, excepted),
                        };
                    }
                }
                Some(Meaning::Label(label)) if *label != Concept::MARGIN => return before(scan, mark),
                _ => {}
            }
        }
        if denied {
            let parted = (mark.last + 1..=place).any(|at| scan.gap(at).has(Gap::COMMA));
            return if parted { before(scan, mark) } else { Told::Nothing };
        }
        place += 1;
    }
    before(scan, mark)
}

/// What stands behind the colon of a label that only sounds like an answer ("margins involved by carcinoma:"), where words
/// end in one: whether they are involved, or nothing that can be told.
fn asked(scan: &Scan<'_, '_>, last: usize) -> Option<Option<Answer>> {
    let by = ["by", "with"].iter().any(|word| scan.is(last, word) || scan.is(last + 1, word));
    let colon = (last + 1..last + 7)
        .take_while(|place| !scan.gap(*place).has(Gap::HARD) || scan.gap(*place).has(Gap::COLON))
        .find(|place| scan.gap(*place).has(Gap::COLON))?;
    // "Margin involved by tumor: deep" tells which.
    let named = !names(scan, colon).0.is_empty();
    (by && !named).then(|| answer(scan, colon))
}

/// "Negative margins", "no tumor at the inked margin", "carcinoma present at deep margin".
fn before(scan: &Scan<'_, '_>, mark: &Mark) -> Told {
    let mut found = Told::Nothing;
    for other in scan.marks_from(mark.first.saturating_sub(5)).iter().take_while(|other| other.first < mark.first) {
        if other.last >= mark.first
            || (other.last + 1..=mark.first).any(|place| scan.gap(place).has(Gap::HARD | Gap::COLON | Gap::COMMA))
        {
            continue;
        }
        let Some(Meaning::Result(result)) = scan.meaning(other) else { continue };
        let at_once = mark.first == other.last + 1;
        let answer = match result.as_str() {
            "free" => ("free", Polarity::Absent, mark.last),
            "negative" if at_once => ("free", Polarity::Absent, mark.last),
            "involved" => ("involved", Polarity::Present, mark.last),
            "positive" if at_once => ("involved", Polarity::Present, mark.last),
            _ => continue,
        };
        found = Told::Answer(other.first, answer, None);
    }
    found
}

/// Margins that a statement takes out.
struct Excepted {
    /// The word that takes them out.
    first: usize,
    /// First and last word of each name.
    names: Vec<(usize, usize)>,
    own: Own,
    /// Where their words end, and the first word after all of it.
    last: usize,
    end: usize,
}

/// What is said of margins that a statement takes out.
enum Own {
    Answer(Answer),
    /// A distance, which the grammar of distances reads.
    Distance,
    /// Something that is no answer, up to this word.
    Other(usize),
    /// Nothing: their name is the last of it.
    Nothing,
}

impl Excepted {
    /// "the deep margin which is positive", "posterior (involved)" behind the word that takes them out. Behind the answer
    /// of the others a bare answer is their own; before it ("all except the deep are negative") it is that of the others.
    fn at(scan: &Scan<'_, '_>, cue: usize, from: usize, behind: bool) -> Option<Self> {
        if from >= scan.tokens.len() || scan.gap(from).has(Gap::HARD) {
            return None;
        }
        let mut place = from;
        while ["for", "at", "the", "of", "in", "along", "a"].iter().any(|word| scan.is(place, word)) {
            place += 1;
        }
        let (names, after) = names(scan, place);
        let mut end = after;
        while ["margin", "margins"].iter().any(|word| scan.is(end, word)) && !scan.gap(end).has(Gap::HARD) {
            end += 1;
        }
        let last = end.saturating_sub(1).max(from);
        let own = if names.is_empty() { Own::Nothing } else { Own::behind(scan, end, behind) };
        let end = match own {
            Own::Answer((.., last)) => last + 1,
            _ => end,
        };
        Some(Self { first: cue, names, own, last, end })
    }
}

impl Own {
    fn behind(scan: &Scan<'_, '_>, end: usize, behind: bool) -> Self {
        let leads = ["which", "that"].iter().any(|word| scan.is(end, word));
        let gap = scan.gap(end);
        // "All margins except the deep, lateral and medial are negative": what follows is of the others.
        if gap.has(Gap::HARD) || end >= scan.tokens.len() || !(behind || leads || gap.has(Gap::OPEN)) {
            return Self::Nothing;
        }
        for at in end..end + 7 {
            if at > end && scan.gap(at).has(Gap::HARD | Gap::COMMA | Gap::CLOSE) {
                break;
            }
            if let Some(answer) = own_answer(scan, at) {
                return Self::Answer(answer);
            }
            if length(scan, at).is_some() {
                return Self::Distance;
            }
            let goes_on = ["which", "that", "is", "are", "was", "were", "has", "have", "been", "focally", "at", "only"];
            if !goes_on.iter().any(|word| scan.is(at, word)) {
                break;
            }
        }
        let ends = (end + 1..end + 12).find(|at| scan.gap(*at).has(Gap::HARD)).unwrap_or(end + 12);
        Self::Other(ends.min(scan.tokens.len()) - 1)
    }
}

/// What is said of a margin that was taken out; also that nobody could or did look.
fn own_answer(scan: &Scan<'_, '_>, place: usize) -> Option<Answer> {
    answer(scan, place).or_else(|| {
        scan.marks_from(place).iter().take_while(|other| other.first == place).find_map(|other| {
            let Some(Meaning::Result(result)) = scan.meaning(other) else { return None };
            match result.as_str() {
                "insufficient" => Some(("not assessable", Polarity::Insufficient, other.last)),
                "not_tested" => Some(("not tested", Polarity::NotTested, other.last)),
                _ => None,
            }
        })
    })
}

/// The word after "except for", "other than", "with the exception of", where one begins at a word.
fn except(scan: &Scan<'_, '_>, place: usize) -> Option<usize> {
    let is = |at: usize, word: &str| scan.is(at, word);
    if is(place, "except") || is(place, "excepting") || is(place, "excluding") {
        return Some(place + 1);
    }
    let pair = |one: &str, other: &str| is(place, one) && is(place + 1, other);
    if pair("other", "than")
        || pair("apart", "from")
        || pair("aside", "from")
        || pair("save", "for")
        || pair("all", "but")
    {
        return Some(place + 2);
    }
    // "All margins but the deep are negative"
    if pair("but", "the") && is_position(scan, place + 2) {
        return Some(place + 1);
    }
    (is(place, "exception") && is(place + 1, "of")).then_some(place + 2)
}

/// What is taken out of a statement in the words behind its answer.
fn exception(scan: &Scan<'_, '_>, last: usize) -> Option<Excepted> {
    let near = (last + 1..=last + EXCEPTION).take_while(|place| !scan.gap(*place).has(Gap::HARD));
    near.into_iter().find_map(|place| Excepted::at(scan, place, except(scan, place)?, true))
}

/// "Except for the deep margin, all margins are negative", "all but the deep margin are negative": the label that is told
/// of, and what is taken out of it.
fn taken_out_before(scan: &Scan<'_, '_>, mark: &Mark) -> Option<(Mark, Excepted)> {
    let from = mark.first.saturating_sub(5);
    let begins = (from..mark.first).rev().take_while(|place| !scan.gap(place + 1).has(Gap::HARD));
    let (cue, after) = begins.into_iter().find_map(|place| Some((place, except(scan, place)?)))?;
    let excepted =
        Excepted::at(scan, cue, after, false).filter(|found| !found.names.is_empty() && found.end > mark.last)?;
    let of_all = |other: &&Mark| matches!(scan.meaning(other), Some(Meaning::Label(l)) if *l == Concept::MARGIN);
    let next = scan.marks_from(mark.last + 1).iter().take_while(|other| other.first < mark.last + 8).find(of_all);
    let parted = |other: &Mark| (mark.last + 1..=other.first).any(|place| scan.gap(place).has(Gap::HARD));
    // "All but the deep margin are negative": the label itself is the one that is told of.
    let general = next.filter(|other| !parted(other)).copied().unwrap_or(*mark);
    Some((general, excepted))
}

/// What is taken out has its own answer; where its name is the last that is said, it is the opposite of the others, which is
/// concluded and not stated. Where something else is said of it, nobody can tell.
fn note_excepted(notes: &mut Notes<'_, '_, '_>, excepted: &Excepted, (value, ..): Answer, taken: &mut Taken) {
    let scan = notes.scan;
    let opposite = match value {
        "free" => Some(("involved", Polarity::Present)),
        "involved" => Some(("free", Polarity::Absent)),
        _ => None,
    };
    let (value, polarity, words, basis) = match (&excepted.own, opposite) {
        (Own::Answer((value, polarity, last)), _) => (*value, *polarity, None..Some(*last), Basis::Stated),
        (Own::Nothing, Some((value, polarity))) => {
            (value, polarity, Some(excepted.first)..Some(excepted.last), Basis::Derived)
        }
        (Own::Other(last), Some((value, _))) => {
            (value, Polarity::Uncertain, Some(excepted.first)..Some(*last), Basis::Stated)
        }
        _ => return,
    };
    for (first, end) in &excepted.names {
        let site = Some(spelled(scan, *first, *end));
        // What is involved is the answer that counts, also where it is only concluded or doubted.
        let weight = match (value, polarity, basis) {
            ("involved", _, Basis::Derived) => 2600,
            ("involved", Polarity::Uncertain, _) => 1300,
            ("involved", ..) => 130,
            _ => 90,
        };
        let (from, to) = (words.start.unwrap_or(*first), words.end.map_or(*end, |last| last.max(*end)));
        notes.add(Finding {
            polarity,
            basis,
            context: Some(notes.cues.of(scan, *first, *first).context),
            weight,
            qualifiers: Qualifiers { site: site.clone(), ..Qualifiers::default() },
            ..Finding::new(Concept::MARGIN, value, scan.span(from, to))
        });
        // "Which is close (0.5 mm)"
        let behind = to + 1;
        if let Some(length) = length(scan, behind).filter(|_| excepted.names.len() == 1 && value == "close")
            && !scan.gap(behind).has(Gap::HARD)
            && taken.insert(behind)
        {
            note_distance(notes, &length, *first, site, scan.span(*first, length.last));
        }
    }
}

fn all_but(scan: &Scan<'_, '_>, excepted: &Excepted) -> String {
    let names: Vec<String> = excepted.names.iter().map(|(first, end)| spelled(scan, *first, *end)).collect();
    format!("all but {}", names.join(" and "))
}

fn spelled(scan: &Scan<'_, '_>, first: usize, last: usize) -> String {
    let words: Vec<String> =
        (first..=last).map(|place| String::from_utf8_lossy(scan.spelled(place)).to_lowercase()).collect();
    words.join(" ")
}

fn is_margin(scan: &Scan<'_, '_>, place: usize) -> bool {
    let mut marks = scan.marks_from(place).iter().take_while(|mark| mark.first == place);
    marks.any(|mark| matches!(scan.meaning(mark), Some(Meaning::Label(label)) if *label == Concept::MARGIN))
}

/// Whether a word alone says which margin: "distal positive". "Skin involved" is said of the skin.
fn is_position(scan: &Scan<'_, '_>, place: usize) -> bool {
    scan.is_of(place, WordGroup::MarginPosition)
}

/// Names of margins from a word on, and the word after them. "Superior lateral" is one margin, "superior and lateral" and
/// "superior, lateral" are two.
fn names(scan: &Scan<'_, '_>, from: usize) -> (Vec<(usize, usize)>, usize) {
    let named = |place: usize| scan.lexicon.names_margin(scan.word(place)) || is_position(scan, place);
    let mut place = from;
    let mut names = Vec::new();
    while named(place) && names.len() < MOST_MARGINS {
        let first = place;
        while named(place + 1) && !scan.gap(place + 1).has(Gap::COMMA | Gap::SLASH | Gap::HARD) {
            place += 1;
        }
        names.push((first, place));
        place += 1;
        place += usize::from(["and", "or"].iter().any(|word| scan.is(place, word)) && named(place + 1));
    }
    (names, place)
}

/// An answer that begins at a word.
fn answer(scan: &Scan<'_, '_>, place: usize) -> Option<Answer> {
    scan.marks_from(place).iter().take_while(|other| other.first == place).find_map(|other| {
        let Some(Meaning::Result(result)) = scan.meaning(other) else { return None };
        let (value, polarity) = match result.as_str() {
            "free" | "negative" | "absent" => ("free", Polarity::Absent),
            "involved" | "positive" | "present" => ("involved", Polarity::Present),
            "close" => ("close", Polarity::Present),
            _ => return None,
        };
        Some((value, polarity, other.last))
    })
}

/// "posterior negative, deep positive", "proximal 12 cm, distal 4 cm": each margin of a list with its own answer or
/// distance. The first word behind the list, where there is one; `strict` where only a position names a margin.
fn list(notes: &mut Notes<'_, '_, '_>, from: usize, strict: bool, taken: &mut Taken) -> Option<usize> {
    let scan = notes.scan;
    let mut place = from;
    let mut found = 0;
    while found < MOST_MARGINS {
        let (names, mut at) = names(scan, place);
        if names.is_empty() || (strict && !names.iter().all(|(_, last)| is_position(scan, *last))) {
            break;
        }
        at += usize::from(["is", "are", "margin", "margins"].iter().any(|word| scan.is(at, word)));
        let last = if let Some(answer) = answer(scan, at) {
            for (first, end) in &names {
                notes.add(Finding {
                    polarity: answer.1,
                    context: Some(notes.cues.of(scan, *first, *first).context),
                    qualifiers: Qualifiers { site: Some(spelled(scan, *first, *end)), ..Qualifiers::default() },
                    ..Finding::new(Concept::MARGIN, answer.0, scan.span(*first, answer.2))
                });
            }
            answer.2
        } else if let Some(length) = length(scan, at).filter(|_| !scan.gap(at).has(Gap::HARD)) {
            if taken.insert(at) {
                for (first, end) in &names {
                    let site = Some(spelled(scan, *first, *end));
                    note_distance(notes, &length, *first, site, scan.span(*first, length.last));
                }
            }
            length.last
        } else {
            break;
        };
        found += 1;
        place = last + 1;
        if scan.gap(place).has(Gap::HARD) && !scan.gap(place).has(Gap::SEMICOLON) && strict {
            break;
        }
        place += usize::from(scan.is(place, "and") || scan.is(place, "but"));
    }
    (found > 0).then_some(place)
}

/// The margin a statement names, in its own words: `deep`, `bile duct`.
fn margin_name(scan: &Scan<'_, '_>, mark: &Mark) -> Option<String> {
    let named = |place: usize| scan.lexicon.names_margin(scan.word(place));
    let inside: Vec<usize> = (mark.first..=mark.last).filter(|place| named(*place)).collect();
    let mut places = inside;
    // "Deep inked margin", "posterior and deep margin": what stands at once before it.
    if places.is_empty() {
        let before = (mark.first.saturating_sub(2)..mark.first).filter(|place| {
            named(*place) && !(*place + 1..=mark.first).any(|p| scan.gap(p).has(Gap::HARD | Gap::COLON))
        });
        places = before.collect();
    }
    // "Closest margin: deep"
    if places.is_empty() && scan.gap(mark.last + 1).has(Gap::COLON | Gap::OPEN) && named(mark.last + 1) {
        places.push(mark.last + 1);
    }
    let words: Vec<String> =
        places.iter().map(|place| String::from_utf8_lossy(scan.spelled(*place)).to_lowercase()).collect();
    (!words.is_empty()).then(|| words.join(" "))
}
