//! Lymph nodes examined and positive: labelled totals, "3/14", "metastasis in two of fourteen nodes", "eleven nodes,
//! negative". Which of the counts is the total is decided in `node_totals`.

mod deposits;

use consilium_casefile::facts::{Basis, Concept, Section};
use consilium_casefile::knowledge::WordGroup;

use crate::lexicon::{Cue, Meaning};
use crate::node_totals;
use crate::numbers::{count, roman};
use crate::reader::Notes;
use crate::scan::{Gap, Scan};

/// More nodes than this in one operation are a mistake of reading.
pub(crate) const MOST: u32 = 150;

/// What one statement says of nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Station {
    pub(crate) positive: Option<u32>,
    pub(crate) examined: Option<u32>,
    pub(crate) first: usize,
    pub(crate) last: usize,
    pub(crate) section: Section,
    /// The specimen or statement, so that the same nodes are not counted twice.
    pub(crate) statement: usize,
    /// Number of the specimen in the text.
    pub(crate) specimen: usize,
}

impl Station {
    /// A part whose numbers have labels.
    pub(crate) fn of_part(scan: &Scan<'_, '_>, positive: Option<u32>, examined: &Labelled) -> Self {
        let (first, last) = (examined.first, examined.last);
        let specimen = scan.specimen_number(first);
        let section = scan.section(first);
        Self { positive, examined: Some(examined.value), first, last, section, statement: first, specimen }
    }
}

/// A number with a label before it.
pub(crate) struct Labelled {
    pub(crate) concept: Concept,
    pub(crate) value: u32,
    pub(crate) first: usize,
    pub(crate) last: usize,
    /// Its label says that it is the total.
    pub(crate) total: bool,
    /// Derived where it is added up from labelled numbers.
    pub(crate) basis: Basis,
}

/// Lymph node counts.
pub(crate) fn read(notes: &mut Notes<'_, '_, '_>) {
    let mut labelled = labelled(notes.scan);
    if !labelled.iter().any(|one| one.concept == Concept::NODES_POSITIVE) {
        labelled.extend(deposits::added_up(notes.scan));
    }
    drop_impossible(notes.scan, &mut labelled);
    let stations = stations(notes);
    node_totals::choose(notes, &labelled, stations);
}

/// "Total number examined: 25", "Number of nodes with metastasis: 0".
fn labelled(scan: &Scan<'_, '_>) -> Vec<Labelled> {
    let mut found = Vec::new();
    for mark in &scan.marks {
        let Some(Meaning::Label(label)) = scan.meaning(mark) else { continue };
        if ![Concept::NODES_EXAMINED, Concept::NODES_POSITIVE].contains(label) {
            continue;
        }
        // "No. of nodes" without a colon needs the number at once.
        for place in mark.last + 1..=mark.last + 4 {
            let gap = scan.gap(place);
            if gap.has(Gap::BLANK) || (gap.has(Gap::HARD) && place > mark.last + 1) {
                break;
            }
            let figures = count(scan, place).filter(|(value, _)| *value <= MOST);
            let Some((value, last)) = figures else {
                let word = scan.spelled(place).to_ascii_lowercase();
                let skipped = matches!(
                    word.as_slice(),
                    b"by"
                        | b"with"
                        | b"metastasis"
                        | b"metastases"
                        | b"carcinoma"
                        | b"tumor"
                        | b"is"
                        | b"at"
                        | b"least"
                        | b"of"
                        | b"the"
                        | b"specify"
                        | b"total"
                );
                if skipped {
                    continue;
                }
                if *label == Concept::NODES_POSITIVE
                    && (scan.is(place, "none") || scan.is(place, "zero"))
                    && scan.gap(mark.last + 1).has(Gap::COLON)
                {
                    found.push(of_label(scan, label, 0, mark.first, place));
                }
                break;
            };
            // "Lymph nodes examined (0/7)" is said of one station; a total has a colon, or the number follows at once.
            let after = scan.gap(mark.last + 1);
            let colon = after.has(Gap::COLON) || scan.gap(place).has(Gap::COLON);
            let at_once = place == mark.last + 1 && mark.last - mark.first >= 2 && !after.has(Gap::OPEN);
            if !colon && !at_once {
                break;
            }
            // "2/14" or "2 of 14" gives both.
            if scan.gap(last + 1).has(Gap::SLASH) || scan.is(last + 1, "of") {
                let second = if scan.is(last + 1, "of") { last + 2 } else { last + 1 };
                if let Some((of, end)) = count(scan, second).filter(|(of, _)| *of >= value && *of <= MOST) {
                    found.push(of_label(scan, &Concept::NODES_POSITIVE, value, mark.first, end));
                    found.push(of_label(scan, &Concept::NODES_EXAMINED, of, mark.first, end));
                }
                break;
            }
            if is_length(scan, last) {
                break;
            }
            found.push(of_label(scan, label, value, mark.first, last));
            if *label == Concept::NODES_EXAMINED
                && let Some(positive) = positive_behind(scan, last)
            {
                let total = found.last().is_some_and(|examined| examined.total);
                found.push(Labelled { total, ..positive });
            }
            break;
        }
    }
    found
}

fn of_label(scan: &Scan<'_, '_>, label: &Concept, value: u32, first: usize, last: usize) -> Labelled {
    // "Total number of right sided nodes examined": the word stands before the label, and it is no total.
    let total = (first..last).any(|place| scan.is(place, "total"));
    Labelled { concept: label.clone(), value, first, last, total, basis: Basis::Stated }
}

/// "Total nodes examined: 14, positive: 2", "examined: 14, 2 positive": the second number of a label that says two.
fn positive_behind(scan: &Scan<'_, '_>, last: usize) -> Option<Labelled> {
    let positive = |place: usize| ["positive", "involved"].iter().any(|word| scan.is(place, word));
    let next = last + 1;
    let parted = scan.gap(next).has(Gap::COMMA | Gap::SEMICOLON | Gap::OPEN) && !scan.gap(next).has(Gap::LINE);
    let (value, end) = match positive(next) {
        true if scan.gap(next + 1).has(Gap::COLON) => count(scan, next + 1)?,
        true => return None,
        false => count(scan, next).filter(|(_, end)| positive(end + 1)).map(|(value, end)| (value, end + 1))?,
    };
    let closes = scan.gap(end + 1).has(Gap::HARD | Gap::COMMA | Gap::CLOSE) && !scan.gap(end + 1).has(Gap::SLASH);
    (parted && closes && value <= MOST).then(|| of_label(scan, &Concept::NODES_POSITIVE, value, next, end))
}

/// Words between two labelled numbers of the same nodes.
const PAIRED: usize = 25;

/// More positive nodes than were examined: neither number is one.
fn drop_impossible(scan: &Scan<'_, '_>, labelled: &mut Vec<Labelled>) {
    let of = |one: &Labelled| scan.specimen_number(one.first);
    let mut drop = vec![false; labelled.len()];
    for (at, positive) in labelled.iter().enumerate().filter(|(_, one)| one.concept == Concept::NODES_POSITIVE) {
        let near = |other: &&(usize, &Labelled)| {
            let other = other.1;
            other.concept == Concept::NODES_EXAMINED
                && of(other) == of(positive)
                && other.first.abs_diff(positive.first) <= PAIRED
        };
        let examined = labelled.iter().enumerate().filter(|other| near(&other));
        let Some((place, nearest)) = examined.min_by_key(|(_, other)| other.first.abs_diff(positive.first)) else {
            continue;
        };
        if positive.value > nearest.value {
            for place in [at, place] {
                if let Some(slot) = drop.get_mut(place) {
                    *slot = true;
                }
            }
        }
    }
    let mut place = 0;
    labelled.retain(|_| {
        place += 1;
        !drop.get(place - 1).copied().unwrap_or(false)
    });
}

/// "Slide 3 of 5", "block no. 1/4": the number tells which of several things it is.
fn is_numbered(scan: &Scan<'_, '_>, place: usize) -> bool {
    let apart = Gap::HARD | Gap::COLON | Gap::COMMA | Gap::OPEN | Gap::CLOSE;
    let figure = scan.spelled(place).iter().all(u8::is_ascii_digit);
    let near = figure && !scan.gap(place).has(apart);
    let Some(before) = place.checked_sub(1).filter(|_| near) else { return false };
    let named = |at: usize| scan.is_of(at, WordGroup::NumberedPart);
    // "Slide no. 3"
    let number = ["no", "number", "nos"].iter().any(|word| scan.is(before, word)) && !scan.gap(before).has(apart);
    match before.checked_sub(1).filter(|_| number) {
        Some(part) => named(part),
        None => named(before) && !scan.gap(place).has(Gap::PERIOD),
    }
}

/// "2 of 5 slides", "1 of 3 levels"
fn counts_parts(scan: &Scan<'_, '_>, place: usize) -> bool {
    scan.is_of(place, WordGroup::NumberedPart) && scan.spelled(place).to_ascii_lowercase().ends_with(b"s")
}

fn is_length(scan: &Scan<'_, '_>, last: usize) -> bool {
    let next = scan.word(last + 1);
    next == scan.lexicon.common.cm || next == scan.lexicon.common.mm || scan.is(last + 1, "x")
}

fn stations(notes: &Notes<'_, '_, '_>) -> Vec<Station> {
    let scan = notes.scan;
    let mut found: Vec<Station> = Vec::new();
    let mut statement = 0;
    let mut place = 0;
    while place < scan.tokens.len() {
        if scan.gap(place).has(Gap::HARD) {
            statement = place;
        }
        let goes_on = found.last().is_some_and(|before| goes_on(scan, before.last, place));
        let read = match is_numbered(scan, place) {
            true => None,
            false => fraction(scan, place, goes_on).or_else(|| of(scan, place)).or_else(|| plain(notes, place)),
        };
        let Some((positive, examined, last)) = read else {
            place += 1;
            continue;
        };
        let scope = notes.cues.of(scan, place, last);
        let section = scan.section(place);
        // "2 of 15 nodes, not 4 of 15"
        let set_aside = place > 0 && scan.is(place - 1, "not") && !scan.gap(place).has(Gap::HARD | Gap::COLON);
        if scope.context.is_current()
            && !set_aside
            && !matches!(section, Section::Boilerplate | Section::Previous | Section::Clinical)
        {
            found.push(Station {
                positive,
                examined,
                first: place,
                last,
                section,
                statement,
                specimen: scan.specimen_number(place),
            });
        }
        place = last + 1;
    }
    merge(found)
}

fn nodes_near(scan: &Scan<'_, '_>, first: usize, last: usize, before: usize, after: usize) -> bool {
    let is_node = |place: usize| {
        scan.word(place) == scan.lexicon.common.node || scan.is(place, "sentinel") || scan.is(place, "lymphadenectomy")
    };
    let mut place = first;
    for _ in 0..before {
        if place == 0 {
            break;
        }
        // The words before may end with a colon or a period of a scanned line, but not lie in another part.
        if scan.gap(place).has(Gap::SEMICOLON) {
            break;
        }
        place -= 1;
        if is_node(place) {
            return true;
        }
        if is_margin_word(scan, place) {
            break;
        }
    }
    (last + 1..=last + after).take_while(|place| !scan.gap(*place).has(Gap::HARD)).any(is_node)
}

fn is_margin_word(scan: &Scan<'_, '_>, place: usize) -> bool {
    ["margin", "margins", "cores", "core", "slides", "blocks", "cassettes", "score", "grade", "hpf"]
        .iter()
        .any(|word| scan.is(place, word))
}

/// "4R 0/3, 7 0/2, 10R 1/2": the next station of a list.
fn goes_on(scan: &Scan<'_, '_>, last: usize, place: usize) -> bool {
    let listed = Gap::COMMA | Gap::SEMICOLON;
    place > last
        && place - last <= 3
        && scan.gap(last + 1).has(listed)
        && !(last + 2..=place).any(|at| scan.gap(at).has(Gap::HARD | Gap::COMMA))
        && (last + 1..place).all(|at| matches!(scan.spelled(at), [b'0'..=b'9', ..] | [b'A'..=b'Z']))
}

/// "3/14", "(0/6)", "I/XV"; `goes_on` where a station of nodes stands at once before it.
fn fraction(scan: &Scan<'_, '_>, place: usize, goes_on: bool) -> Option<(Option<u32>, Option<u32>, usize)> {
    let (positive, last) = count(scan, place).filter(|(_, last)| *last == place).or_else(|| {
        scan.gap(place + 1).has(Gap::SLASH).then(|| roman(scan.spelled(place)).map(|value| (value, place))).flatten()
    })?;
    let slash = scan.token(last + 1)?;
    let between = scan.text.slice(scan.token(last)?.end()..slash.start());
    if !between.contains(&b'/') || between.len() > 3 {
        return None;
    }
    let (examined, end) =
        count(scan, last + 1).or_else(|| roman(scan.spelled(last + 1)).map(|value| (value, last + 1)))?;
    let after = scan.text.at(scan.token(end)?.end());
    let before = scan.token(place)?.start().checked_sub(1).map_or(0, |at| scan.text.at(at));
    let date = after == b'/' || before == b'/';
    if date || positive > examined || examined == 0 || examined > MOST || is_length(scan, end) {
        return None;
    }
    if scan.is(end + 1, "score") || is_margin_word(scan, end + 1) || is_margin_word(scan, place.saturating_sub(1)) {
        return None;
    }
    // "G 2/3", "Fuhrman 2/4", "HPF"
    if examined <= 4
        && scan.marks_from(place.saturating_sub(4)).iter().take_while(|m| m.first < place).any(|m| {
            matches!(scan.meaning(m), Some(Meaning::GradeSystem(_) | Meaning::Grade(_)))
                || matches!(scan.meaning(m), Some(Meaning::Label(label)) if *label == Concept::GRADE)
        })
    {
        return None;
    }
    if counts_parts(scan, end + 1) || !(goes_on || nodes_near(scan, place, end, 14, 6)) {
        return None;
    }
    turned(scan, place, end, positive, examined).map(|positive| (Some(positive), Some(examined), end))
}

/// The positive nodes of "two of two": what is counted in "two of two nodes negative" are those without tumour, and in "one
/// of two nodes negative" nobody can tell.
fn turned(scan: &Scan<'_, '_>, first: usize, end: usize, positive: u32, examined: u32) -> Option<u32> {
    let clear =
        |at: usize| ["negative", "free", "benign", "uninvolved", "reactive"].iter().any(|word| scan.is(at, word));
    let is_node = |at: usize| scan.word(at) == scan.lexicon.common.node || scan.is(at, "lymph");
    let said = ["positive", "metastatic", "metastasis", "metastases", "involved", "involving"];
    let affirmed = (first.saturating_sub(12)..first)
        .rev()
        .take_while(|at| !scan.gap(at + 1).has(Gap::HARD))
        .any(|at| said.iter().any(|word| scan.is(at, word)));
    let near = (end + 1..end + 8).take_while(|at| {
        // "11/11 lymph nodes, negative": the comma stands at once before the answer.
        let answered = scan.gap(*at).has(Gap::COMMA) && clear(*at) && is_node(at - 1);
        !scan.gap(*at).has(Gap::HARD | Gap::OPEN) && (answered || !scan.gap(*at).has(Gap::COMMA))
    });
    let told = near.take_while(|at| !said.iter().any(|word| scan.is(*at, word))).find(|at| clear(*at));
    // "Negative for extracapsular extension" is said of something else.
    let of_another = |at: usize| {
        scan.is(at + 1, "for")
            && scan
                .marks_from(at + 2)
                .iter()
                .take_while(|mark| mark.first <= at + 3)
                .any(|mark| matches!(scan.meaning(mark), Some(Meaning::Label(_) | Meaning::Gene(_))))
    };
    match told.filter(|at| !affirmed && !of_another(*at)) {
        None => Some(positive),
        Some(_) if positive == examined => Some(0),
        Some(_) => (positive == 0).then_some(0),
    }
}

/// "2 of 14 lymph nodes", "none of twelve nodes", "one (1) out of six (6) nodes".
fn of(scan: &Scan<'_, '_>, place: usize) -> Option<(Option<u32>, Option<u32>, usize)> {
    let (positive, mut last) = if scan.is(place, "none") { (0, place) } else { count(scan, place)? };
    if let Some((again, end)) = count(scan, last + 1)
        && again == positive
        && scan.gap(last + 1).has(Gap::OPEN)
    {
        last = end;
    }
    let mut next = last + 1;
    if scan.is(next, "out") {
        next += 1;
    }
    if !scan.is(next, "of") || scan.gap(next).has(Gap::HARD) {
        return None;
    }
    next += 1;
    while ["the", "a", "total"].iter().any(|word| scan.is(next, word)) || (scan.is(next, "of") && next < last + 5) {
        next += 1;
    }
    let (examined, mut end) = count(scan, next)?;
    if let Some((again, after)) = count(scan, end + 1)
        && again == examined
        && scan.gap(end + 1).has(Gap::OPEN)
    {
        end = after;
    }
    if positive > examined || examined == 0 || examined > MOST || is_length(scan, end) {
        return None;
    }
    if is_margin_word(scan, end + 1) || counts_parts(scan, end + 1) || !nodes_near(scan, place, end, 10, 7) {
        return None;
    }
    turned(scan, place, end, positive, examined).map(|positive| (Some(positive), Some(examined), end))
}

/// "eleven lymph nodes, negative for carcinoma", "no tumor in 4 lymph nodes", "metastatic carcinoma in 3 lymph nodes".
fn plain(notes: &Notes<'_, '_, '_>, place: usize) -> Option<(Option<u32>, Option<u32>, usize)> {
    let scan = notes.scan;
    let (number, mut last) = count(scan, place)?;
    // "4) Lymph node": the number of a specimen.
    let label = scan.gap(last + 1).has(Gap::CLOSE) && !scan.gap(place).has(Gap::OPEN);
    // "Metastases in 1-3 nodes": what a category means.
    let range = place > 0 && scan.between(place) == b"-" && scan.spelled(place - 1).iter().all(u8::is_ascii_digit);
    if range {
        return None;
    }
    if label
        || number == 0
        || number > MOST
        || scan.gap(place).has(Gap::SLASH)
        || scan.is(place.saturating_sub(1), "of")
    {
        return None;
    }
    if let Some((again, end)) = count(scan, last + 1)
        && again == number
    {
        last = end;
    }
    let is_node = |at: usize| scan.word(at) == scan.lexicon.common.node;
    let mut node = last + 1;
    let mut words = 0;
    while !is_node(node) {
        let word = scan.spelled(node).to_ascii_lowercase();
        let between = matches!(
            word.as_slice(),
            b"benign"
                | b"reactive"
                | b"lymph"
                | b"lymphatic"
                | b"negative"
                | b"unremarkable"
                | b"pelvic"
                | b"axillary"
                | b"regional"
                | b"local"
                | b"sentinel"
                | b"hilar"
                | b"mediastinal"
                | b"pericolic"
                | b"peribronchial"
                | b"perigastric"
                | b"cervical"
                | b"additional"
                | b"small"
                | b"intramammary"
                | b"inguinal"
                | b"obturator"
                | b"iliac"
                | b"external"
                | b"para"
                | b"aortic"
                | b"positive"
                | b"anthracotic"
                | b"hyperplastic"
                | b"fragments"
                | b"of"
                | b"mesenteric"
                | b"non"
                | b"left"
                | b"right"
                | b"tumor"
                | b"free"
                | b"paraaortic"
        );
        words += 1;
        if !between || words > 4 || scan.gap(node).has(Gap::HARD | Gap::SEMICOLON | Gap::SLASH) {
            return None;
        }
        node += 1;
    }
    if !matches!(
        scan.section(place),
        Section::Diagnosis | Section::Synoptic | Section::Body | Section::Microscopic | Section::Addendum
    ) {
        return None;
    }
    let negative = denied(notes, place, node);
    if negative {
        return Some((Some(0), Some(number), node));
    }
    // "Five regional lymph node metastases"
    let metastases =
        ["metastases", "metastasis"].iter().any(|word| scan.is(node + 1, word)) && !scan.gap(node + 1).has(Gap::HARD);
    let positive = metastases || (last + 1..node).any(|at| scan.is(at, "positive")) || involved(scan, place);
    positive.then_some((Some(number), None, node))
}

/// Whether the statement denies tumour in the nodes.
fn denied(notes: &Notes<'_, '_, '_>, first: usize, node: usize) -> bool {
    let scan = notes.scan;
    let benign = |at: usize| {
        ["benign", "reactive", "negative", "unremarkable", "free", "uninvolved", "hyperplastic"]
            .iter()
            .any(|word| scan.is(at, word))
    };
    let mut seen = false;
    for at in (first..=node).chain(node + 1..=node + 8) {
        if at > first && scan.gap(at).has(Gap::HARD) {
            break;
        }
        if ["one", "which", "positive"].iter().any(|word| scan.is(at, word)) && at > node {
            break;
        }
        seen |= benign(at) || (at > node && scan.is(at, "no")) || (at > node && scan.is(at, "without"));
    }
    if seen {
        return true;
    }
    // "No evidence of malignancy in eleven lymph nodes"
    let mut at = first;
    for _ in 0..9 {
        if at == 0 || scan.gap(at).has(Gap::HARD) {
            return false;
        }
        at -= 1;
        let negates = scan
            .marks_from(at)
            .iter()
            .take_while(|mark| mark.first == at)
            .any(|mark| matches!(scan.meaning(mark), Some(Meaning::Cue(Cue::NegatesAfter | Cue::NegatesBefore))));
        if negates {
            return true;
        }
    }
    false
}

/// "metastatic carcinoma involving 3", "metastasis in 2".
fn involved(scan: &Scan<'_, '_>, first: usize) -> bool {
    let mut at = first;
    for _ in 0..6 {
        if at == 0 || scan.gap(at).has(Gap::HARD) {
            return false;
        }
        at -= 1;
        if scan.word(at) == scan.lexicon.common.metastatic {
            return true;
        }
    }
    false
}

/// One statement often gives the same nodes twice, in words and in figures.
fn merge(found: Vec<Station>) -> Vec<Station> {
    let mut kept: Vec<Station> = Vec::new();
    for station in found {
        if let Some(last) = kept.last_mut()
            && last.section == station.section
            && (last.statement == station.statement
                || station.first.checked_sub(last.last).is_some_and(|apart| apart <= 12))
            && last.specimen == station.specimen
        {
            let agrees = |a: Option<u32>, b: Option<u32>| a.is_none() || b.is_none() || a == b;
            if agrees(last.positive, station.positive) && agrees(last.examined, station.examined) {
                last.positive = last.positive.or(station.positive);
                last.examined = last.examined.or(station.examined);
                last.last = station.last;
                continue;
            }
        }
        kept.push(station);
    }
    kept
}
