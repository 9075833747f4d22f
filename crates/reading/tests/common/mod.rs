//! What the tests of the reader share: one reader, and facts in a form that fits on a line.

#![allow(dead_code, clippy::allow_attributes, reason = "not every test file uses every helper")]

use std::sync::OnceLock;

use consilium_casefile::facts::{Basis, Concept, Context, Fact, Polarity};
use consilium_reading::{Reader, Reading};

/// A reader with the built-in tables.
pub fn reader() -> &'static Reader {
    static READER: OnceLock<Reader> = OnceLock::new();
    READER.get_or_init(|| Reader::new(&consilium_knowledge::load(None).knowledge))
}

/// Reads a text and checks that every quote is what stands at its span.
pub fn read(text: &str) -> Reading {
    let reading = reader().read(text);
    for fact in &reading.facts {
        let quote: String = text.chars().skip(fact.start).take(fact.end - fact.start).collect();
        assert_eq!(quote, fact.quote, "{fact:?}");
        assert!(!quote.is_empty(), "{fact:?}");
    }
    reading
}

/// `t=pT2` for a stated present fact; marks for what is denied (`!`), doubted (`?`), not tested (`-`), insufficient
/// (`~`), derived (`*`), and not the present finding (`@history`).
pub fn line(fact: &Fact) -> String {
    let polarity = match fact.polarity {
        Polarity::Present => "",
        Polarity::Absent => "!",
        Polarity::Uncertain => "?",
        Polarity::NotTested => "-",
        Polarity::Insufficient => "~",
    };
    let derived = if fact.basis == Basis::Derived { "*" } else { "" };
    let context = match fact.context {
        Context::Current => "",
        Context::History => "@history",
        Context::Family => "@family",
        Context::Clinical => "@clinical",
        Context::Outside => "@outside",
    };
    let q = &fact.qualifiers;
    let (prefix, suffix) = (q.prefix.as_deref().unwrap_or(""), q.suffix.as_deref().unwrap_or(""));
    format!("{}={polarity}{prefix}{}{suffix}{derived}{context}", fact.concept, fact.value)
}

/// The facts of one concept, each on a line.
pub fn facts_of(text: &str, concept: &str) -> Vec<String> {
    let concept = Concept::named(concept);
    read(text).facts.iter().filter(|f| f.concept == concept).map(line).collect()
}

/// Every listed fact is among the facts of the text.
pub fn check(text: &str, expect: &[&str]) {
    let found: Vec<String> = read(text).facts.iter().map(line).collect();
    for wanted in expect {
        assert!(found.iter().any(|f| f == wanted), "{text:?}: no {wanted} among {found:#?}");
    }
}

/// None of the facts begins like one of the listed.
pub fn check_not(text: &str, unwanted: &[&str]) {
    let found: Vec<String> = read(text).facts.iter().map(line).collect();
    for no in unwanted {
        assert!(!found.iter().any(|f| f.starts_with(no)), "{text:?}: {no} among {found:#?}");
    }
}

/// Every listed fact is the main answer to its concept.
pub fn check_main(text: &str, expect: &[&str]) {
    let found: Vec<String> = read(text).facts.iter().filter(|f| f.main).map(line).collect();
    for wanted in expect {
        assert!(found.iter().any(|f| f == wanted), "{text:?}: no main {wanted} among {found:#?}");
    }
}

/// Right, missed and wrongly read sentences of one half of a labelled table (half, label, sentence a line), and a line about
/// each that is not right. `judge` tells of a label and a sentence which of the three it is, and what was found.
pub fn half_of(
    table: &str,
    half: &str,
    judge: impl Fn(&str, &str) -> (usize, Vec<String>),
) -> ([usize; 3], Vec<String>) {
    let (mut counts, mut told) = ([0; 3], Vec::new());
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [of, label, sentence] = columns.as_slice() else { unreachable!("{line}: not three columns") };
        if *of != half {
            continue;
        }
        let (kind, found) = judge(label, sentence);
        counts[kind] += 1;
        if kind > 0 {
            told.push(format!("{label}: {found:?}: {sentence}"));
        }
    }
    (counts, told)
}

/// The listed concepts have no main answer.
pub fn check_no_main(text: &str, concepts: &[&str]) {
    let reading = read(text);
    for concept in concepts {
        let main = reading.principal(&Concept::named(concept));
        assert!(main.is_none(), "{text:?}: main {main:#?}");
    }
}
