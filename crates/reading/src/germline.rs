//! Inherited variants: what a statement says that says "germline", and what stands below a heading that does. Each gene has
//! its own answer: found, of uncertain significance, none found. What stands below such a heading is no variant of the tumour.

use std::ops::Range;

use consilium_casefile::facts::{Concept, Polarity, Qualifiers};

use crate::lexicon::Meaning;
use crate::reader::{Finding, Notes};
use crate::scan::{Gap, Mark, Scan};

/// Words on both sides of "germline" that are of its statement.
const STATEMENT: usize = 14;

/// Words below a heading that are looked at.
const REPORT: usize = 400;

/// Germline results.
pub(crate) fn read(notes: &mut Notes<'_, '_, '_>) {
    let scan = notes.scan;
    let said: Vec<usize> = (0..scan.tokens.len()).filter(|place| scan.is(*place, "germline")).collect();
    let mut found: Vec<Finding> = Vec::new();
    let mut read_until = 0;
    for place in said {
        if place < read_until {
            continue;
        }
        let mut first = place;
        while first > 0 && place - first < STATEMENT && !scan.gap(first).has(Gap::HARD) {
            first -= 1;
        }
        let last =
            (place + 1..place + STATEMENT).take_while(|at| !scan.gap(*at).has(Gap::HARD)).last().unwrap_or(place);
        let below = below_heading(scan, first, place);
        let words = below.clone().unwrap_or(first..last + 1);
        read_until = words.end;
        let mut any = variants(notes, &words, below.is_some(), &mut found);
        // "Germline testing: BRCA1 and BRCA2 negative"
        let tested = is_tested(scan, place);
        if below.is_some() || tested {
            any |= genes(notes, &words, &mut found);
        }
        let negative = (place + 1..=last).find(|at| scan.is(*at, "negative"));
        if let Some(at) = negative.filter(|_| !any && tested) {
            found.push(Finding {
                polarity: Polarity::Absent,
                ..Finding::new(Concept::GERMLINE, "none found", scan.span(place, at))
            });
        }
    }
    for finding in found {
        notes.add(finding);
    }
}

fn is_tested(scan: &Scan<'_, '_>, place: usize) -> bool {
    ["testing", "test", "panel", "analysis", "genetic"]
        .iter()
        .any(|word| scan.is(place + 1, word) || scan.is(place + 2, word))
}

/// The variants of the tumour's grammar among some words, as inherited ones; `own` where they are none of the tumour.
fn variants(notes: &mut Notes<'_, '_, '_>, words: &Range<usize>, own: bool, found: &mut Vec<Finding>) -> bool {
    let span = notes.scan.span(words.start, words.end.saturating_sub(1).min(notes.scan.tokens.len().saturating_sub(1)));
    let mut any = false;
    for fact in notes
        .noted()
        .filter(|fact| fact.concept == Concept::VARIANT && span.start <= fact.start && fact.end <= span.end)
    {
        any = true;
        found.push(Finding {
            polarity: fact.polarity,
            context: Some(fact.context),
            qualifiers: Qualifiers { gene: fact.qualifiers.gene.clone(), ..Qualifiers::default() },
            ..Finding::new(Concept::GERMLINE, fact.value.clone(), fact.start..fact.end)
        });
    }
    if own {
        notes.take_out(|fact| fact.concept == Concept::VARIANT && span.start <= fact.start && fact.end <= span.end);
    }
    any
}

/// "Germline testing: ...", and a line that is the heading of a germline report: the words below it.
fn below_heading(scan: &Scan<'_, '_>, first: usize, place: usize) -> Option<Range<usize>> {
    let begins = first == 0 || scan.gap(first).has(Gap::HARD | Gap::LINE);
    let colon = (place + 1..place + 5)
        .take_while(|at| *at == place + 1 || !scan.gap(at - 1).has(Gap::HARD))
        .find(|at| scan.gap(*at).has(Gap::COLON));
    let line = (place + 1..place + 6).find(|at| scan.gap(*at).has(Gap::LINE) || *at >= scan.tokens.len());
    let is_line = line.is_some_and(|end| {
        let of_a_test =
            ["report", "test", "testing", "panel", "result", "results", "analysis", "genetic", "genetics", "variants"];
        end - first <= 8 && (first..end).any(|at| of_a_test.iter().any(|word| scan.is(at, word)))
    });
    let (from, whole) = match (colon, line) {
        (Some(colon), _) if begins && !scan.gap(colon).has(Gap::LINE) => (colon, false),
        (Some(colon), _) if begins => (colon, true),
        (_, Some(line)) if begins && is_line => (line, true),
        _ => return None,
    };
    let tumor = |at: usize| {
        ["somatic", "tumor", "tumour", "tissue"].iter().any(|word| scan.is(at, word))
            && (scan.gap(at).has(Gap::LINE | Gap::HARD))
    };
    let section = scan.section(from);
    let ends = |at: usize| {
        tumor(at)
            || if whole { scan.section(at) != section } else { scan.gap(at).has(Gap::LINE) && begins_line(scan, at) }
    };
    let until = (from + 1..from + REPORT).find(|at| *at >= scan.tokens.len() || ends(*at)).unwrap_or(from + REPORT);
    Some(from..until.min(scan.tokens.len()))
}

/// Whether a line begins something new, and is not the rest of the line above.
fn begins_line(scan: &Scan<'_, '_>, place: usize) -> bool {
    scan.spelled(place).first().is_some_and(|byte| !byte.is_ascii_lowercase())
}

/// Each gene with its own answer.
fn genes(notes: &mut Notes<'_, '_, '_>, words: &Range<usize>, found: &mut Vec<Finding>) -> bool {
    let scan = notes.scan;
    let marks: Vec<(Mark, String)> = scan
        .marks_from(words.start)
        .iter()
        .take_while(|mark| mark.first < words.end)
        .filter_map(|mark| match scan.meaning(mark) {
            Some(Meaning::Gene(gene)) => Some((*mark, gene.clone())),
            _ => None,
        })
        .collect();
    let mut any = false;
    for (mark, gene) in &marks {
        // "BRCA2 c.5946delT" was read with its change.
        let start = scan.token(mark.first).map_or(0, |token| token.start());
        let known =
            |finding: &Finding| finding.qualifiers.gene.as_ref() == Some(gene) && finding.range.contains(&start);
        if found.iter().any(known) {
            any = true;
            continue;
        }
        // "Pathogenic BRCA1 variant"
        let at_once = mark
            .first
            .checked_sub(1)
            .filter(|at| *at >= words.start && !scan.gap(mark.first).has(Gap::HARD | Gap::COMMA));
        let at_once = at_once.and_then(|at| match answer_at(scan, at) {
            Some((Answer::Found, _)) if scan.is(at, "pathogenic") || scan.is(at, "deleterious") => {
                Some((Answer::Found, at, mark.last))
            }
            _ => None,
        });
        let ahead = || at_once.or_else(|| answer_ahead(scan, mark, words));
        let Some((answer, first, last)) = answer_of_list(scan, mark, words).or_else(ahead) else { continue };
        // "Gene: BRCA2 / Result: positive" and the change below it are one.
        if answer == Answer::Found && found.iter().any(|finding| finding.qualifiers.gene.as_ref() == Some(gene)) {
            any = true;
            continue;
        }
        let (value, polarity) = match answer {
            Answer::Found => (format!("{gene} pathogenic variant"), Polarity::Present),
            Answer::Uncertain => (format!("{gene} variant of uncertain significance"), Polarity::Uncertain),
            Answer::None => ("none found".to_owned(), Polarity::Absent),
        };
        any = true;
        found.push(Finding {
            polarity,
            context: Some(notes.cues.of(scan, mark.first, mark.first).context),
            qualifiers: Qualifiers { gene: Some(gene.clone()), ..Qualifiers::default() },
            ..Finding::new(Concept::GERMLINE, value, scan.span(first.min(mark.first), last.max(mark.last)))
        });
    }
    any
}

/// What is found out about a gene.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Found,
    Uncertain,
    None,
}

/// The answer behind a gene, of its statement: of genes in a row it is that of all.
fn answer_ahead(scan: &Scan<'_, '_>, mark: &Mark, words: &Range<usize>) -> Option<(Answer, usize, usize)> {
    let near = (mark.last + 1..words.end.min(mark.last + 24)).take_while(|at| {
        let gap = scan.gap(*at);
        !gap.has(Gap::HARD) || *at == mark.last + 1 && gap.has(Gap::COLON | Gap::BULLET)
    });
    near.into_iter().find_map(|at| answer_at(scan, at).map(|(answer, last)| (answer, mark.first, last)))
}

/// "A variant of uncertain significance in ATM", "no pathogenic variants in BRCA1, BRCA2": what stands before a list.
fn answer_of_list(scan: &Scan<'_, '_>, mark: &Mark, words: &Range<usize>) -> Option<(Answer, usize, usize)> {
    let is_gene = |at: usize| {
        let mut marks = scan.marks_from(at).iter().take_while(|other| other.first == at);
        marks.any(|other| matches!(scan.meaning(other), Some(Meaning::Gene(_))))
    };
    let mut at = mark.first;
    while at > words.start && !scan.gap(at).has(Gap::HARD) {
        at -= 1;
        if ["in", "of", "for"].iter().any(|word| scan.is(at, word)) {
            let near = (words.start.max(at.saturating_sub(9))..at).rev();
            let near = near.take_while(|place| !scan.gap(place + 1).has(Gap::HARD | Gap::COMMA));
            let (answer, place) = near.into_iter().find_map(|place| answer_at(scan, place).map(|(a, _)| (a, place)))?;
            // The quote holds what denies it, and what it is of.
            let from = (words.start.max(place.saturating_sub(5))..place)
                .rev()
                .take_while(|before| !scan.gap(before + 1).has(Gap::HARD | Gap::COMMA | Gap::COLON))
                .last()
                .unwrap_or(place);
            return Some((answer, from, mark.last));
        }
        let joins = ["and", "or", "the", "gene", "genes", "either", "both"].iter().any(|word| scan.is(at, word));
        if !joins && !is_gene(at) {
            return None;
        }
    }
    None
}

/// An answer that begins at a word, and its last word.
fn answer_at(scan: &Scan<'_, '_>, place: usize) -> Option<(Answer, usize)> {
    let is = |at: usize, words: &[&str]| words.iter().any(|word| scan.is(at, word));
    if is(place, &["vus"]) {
        return Some((Answer::Uncertain, place));
    }
    if is(place, &["uncertain", "unknown", "undetermined"]) && is(place + 1, &["significance"]) {
        return Some((Answer::Uncertain, place + 1));
    }
    let denied = (place.saturating_sub(5)..place)
        .rev()
        .take_while(|at| !scan.gap(at + 1).has(Gap::HARD | Gap::COMMA | Gap::COLON))
        .any(|at| is(at, &["no", "not", "without", "non", "negative"]));
    if is(place, &["pathogenic", "deleterious"]) {
        let variant = usize::from(is(place + 1, &["variant", "variants", "mutation", "mutations"]));
        let behind = place + variant + 1 + usize::from(is(place + variant + 1, &["was", "were", "is"]));
        let none = is(behind, &["not", "absent"]) && !scan.gap(behind).has(Gap::HARD);
        return Some((if denied || none { Answer::None } else { Answer::Found }, place + variant));
    }
    if is(place, &["positive"]) && !denied {
        return Some((Answer::Found, place));
    }
    if is(place, &["negative", "normal", "benign"]) {
        return Some((Answer::None, place));
    }
    scan.marks_from(place).iter().take_while(|mark| mark.first == place).find_map(|mark| {
        let Some(Meaning::Result(result)) = scan.meaning(mark) else { return None };
        match result.as_str() {
            // "No variants of uncertain significance": of what, the next words say.
            "absent" if mark.last > mark.first || scan.is(place, "none") => Some((Answer::None, mark.last)),
            "negative" | "wildtype" => Some((Answer::None, mark.last)),
            "mutant" if !denied => Some((Answer::Found, mark.last)),
            _ => None,
        }
    })
}
