//! The reader: made once from the tables, then asked for each text. It calls the grammars one after the other and puts
//! their findings into the order of the text.

use std::ops::Range;

use consilium_casefile::facts::{Basis, Concept, Context, Fact, Polarity, Qualifiers, Section};
use consilium_casefile::knowledge::Knowledge;

use crate::alternatives::Weighing;
use crate::coded::Codes;
use crate::cue_words::CueWords;
use crate::disease::{self, section_weight};
use crate::lexicon::Lexicon;
use crate::names::Names;
use crate::phrases::Phrases;
use crate::reading::Reading;
use crate::saying::{self, Saying};
use crate::scan::{Gap, Scan};
use crate::scope::{Cues, context_of};
use crate::tnm::{self, Axis};
use crate::{
    attach, background, elements, germline, gleason, grade, invasion, margins, markers, molecular, nodes, passages,
    person, plans, receptors, relatives, size, timing,
};

/// Version of the grammars. With the hash of the knowledge it says whether a text has to be read again.
pub const READER_VERSION: u32 = 13;

/// No report has more facts; what follows in a text that was made to exhaust the reader is not noted.
const MOST_FACTS: usize = 20_000;

/// Facts back in which the other of two values that compete is looked for.
const JUST_NOTED: usize = 32;

/// Reads texts.
#[derive(Debug)]
pub struct Reader {
    lexicon: Lexicon,
    phrases: Phrases,
    codes: Codes,
    timing: CueWords<timing::Means>,
    plans: CueWords<plans::Means>,
    given: CueWords<plans::named::Tells>,
    names: Names,
}

impl Reader {
    /// A reader for the vocabulary of `knowledge`.
    #[must_use]
    pub fn new(knowledge: &Knowledge) -> Self {
        Self {
            lexicon: Lexicon::new(&knowledge.vocabulary),
            phrases: Phrases::new(&knowledge.vocabulary),
            codes: Codes::new(knowledge),
            timing: timing::cue_words(&knowledge.vocabulary.timing_cues),
            plans: plans::cue_words(&knowledge.vocabulary.plan_cues),
            given: plans::named::cue_words(&knowledge.vocabulary.plan_cues, &knowledge.vocabulary.given_cues),
            names: Names::new(knowledge),
        }
    }

    pub(crate) fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    pub(crate) fn phrases(&self) -> &Phrases {
        &self.phrases
    }

    pub(crate) fn timing(&self) -> &CueWords<timing::Means> {
        &self.timing
    }

    pub(crate) fn plans(&self) -> &CueWords<plans::Means> {
        &self.plans
    }

    pub(crate) fn given(&self) -> &CueWords<plans::named::Tells> {
        &self.given
    }

    pub(crate) fn codes(&self) -> &Codes {
        &self.codes
    }

    /// What of `record-words.csv` a text names, by id: tests that were made, values that were measured. And what the line
    /// that says what was examined names of `imaging-words.csv`, each behind `exam:`.
    #[must_use]
    pub fn read_names(&self, text: &str) -> Vec<String> {
        self.names.in_text(text)
    }

    /// The facts of a text.
    #[must_use]
    pub fn read(&self, text: &str) -> Reading {
        let scan = Scan::new(text, &self.lexicon);
        let cues = Cues::new(&scan);
        let mut notes = Notes { scan: &scan, cues: &cues, facts: Vec::new() };
        stage(&mut notes);
        disease::read(&mut notes);
        grade::read(&mut notes);
        gleason::read(&mut notes);
        nodes::read(&mut notes);
        receptors::read(&mut notes);
        invasion::read(&mut notes);
        margins::read(&mut notes);
        size::read(&mut notes);
        markers::read(&mut notes);
        molecular::read(&mut notes);
        elements::read(&mut notes);
        person::read(&mut notes, &self.phrases);
        relatives::read(&mut notes);
        background::read(&mut notes);
        germline::read(&mut notes);
        let cut_short = notes.facts.len() >= MOST_FACTS;
        let mut facts = notes.facts;
        saying::drop_keys(&scan, &mut facts);
        attach::complete(&scan, &mut facts);
        facts.sort_by(|a, b| {
            (a.fact.start, a.fact.end, &a.fact.concept).cmp(&(b.fact.start, b.fact.end, &b.fact.concept))
        });
        said_once(&mut facts);
        Reading::new(facts, cut_short)
    }
}

/// What two grammars, or one of them twice, read from the same characters is one fact, with the weight of the surer.
fn said_once(facts: &mut Vec<Weighed>) {
    let mut kept: Vec<Weighed> = Vec::with_capacity(facts.len());
    for one in facts.drain(..) {
        let same_place = |other: &&mut Weighed| other.fact.start == one.fact.start && other.fact.end == one.fact.end;
        let is_same = |other: &Fact| Fact { main: one.fact.main, ..other.clone() } == one.fact;
        match kept.iter_mut().rev().take_while(same_place).find(|other| is_same(&other.fact)) {
            Some(other) => {
                other.fact.main |= one.fact.main;
                other.weight = other.weight.max(one.weight);
            }
            None => kept.push(one),
        }
    }
    *facts = kept;
}

/// What the grammars have found so far, and what they look at.
pub(crate) struct Notes<'s, 't, 'l> {
    pub(crate) scan: &'s Scan<'t, 'l>,
    pub(crate) cues: &'s Cues,
    facts: Vec<Weighed>,
}

/// A fact, and how much its place says that it is the main answer.
#[derive(Debug)]
pub(crate) struct Weighed {
    pub(crate) fact: Fact,
    pub(crate) weight: u32,
}

/// A finding before its place in the report is added to it.
pub(crate) struct Finding {
    pub(crate) concept: Concept,
    pub(crate) value: String,
    pub(crate) unit: Option<&'static str>,
    pub(crate) basis: Basis,
    pub(crate) polarity: Polarity,
    pub(crate) context: Option<Context>,
    pub(crate) qualifiers: Qualifiers,
    /// Chosen as the main answer of the text by the grammar itself.
    pub(crate) main: bool,
    /// How much the wording says that this is the main answer, in percent of what the section says.
    pub(crate) weight: u32,
    /// One of several answers that stand in the order of their names: "ER/PR/HER2: +/-/-".
    pub(crate) in_a_row: bool,
    pub(crate) range: Range<usize>,
}

impl Finding {
    pub(crate) fn new(concept: Concept, value: impl Into<String>, range: Range<usize>) -> Self {
        Self {
            concept,
            value: value.into(),
            unit: None,
            basis: Basis::Stated,
            polarity: Polarity::Present,
            context: None,
            qualifiers: Qualifiers::default(),
            main: false,
            weight: 100,
            in_a_row: false,
            range,
        }
    }
}

impl Notes<'_, '_, '_> {
    /// What has been noted so far.
    pub(crate) fn noted(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().map(|weighed| &weighed.fact)
    }

    /// Takes out what another grammar knows to be something else.
    pub(crate) fn take_out(&mut self, is_else: impl Fn(&Fact) -> bool) {
        self.facts.retain(|weighed| !is_else(&weighed.fact));
    }

    /// Whether the same was noted a moment ago of the other of two values that compete.
    fn has_just_noted(&self, finding: &Finding) -> bool {
        self.facts.iter().rev().take(JUST_NOTED).any(|Weighed { fact, .. }| {
            fact.concept == finding.concept && fact.value == finding.value && fact.end == finding.range.end
        })
    }

    /// Notes a finding. What stands in boilerplate is none, and what has no characters is none; past [`MOST_FACTS`]
    /// nothing is noted.
    pub(crate) fn add(&mut self, mut finding: Finding) {
        let token = self.scan.token_at(finding.range.start);
        let section = self.scan.section(token);
        if section == Section::Boilerplate || finding.range.is_empty() || self.facts.len() >= MOST_FACTS {
            return;
        }
        let last = self.scan.token_before(finding.range.end);
        // A condition between the two ("positive (>= 1 % is the cut-off), 95 %") is of neither.
        let ends = [(token, token), (last, last)].map(|(from, to)| self.cues.saying(self.scan, from, to));
        match ends.into_iter().max().unwrap_or(Saying::So) {
            Saying::Unsaid => return,
            Saying::Doubted if matches!(finding.polarity, Polarity::Present | Polarity::Absent) => {
                finding.polarity = Polarity::Uncertain;
            }
            _ => {}
        }
        let weighing = match finding.in_a_row {
            true => Weighing::Alone,
            false => self.cues.alternatives.weigh(self.scan, &mut finding, token, last),
        };
        if weighing == Weighing::Nothing || weighing == Weighing::Joined && self.has_just_noted(&finding) {
            return;
        }
        let context = finding.context.unwrap_or_else(|| context_of(section));
        let context = match passages::is_of_a_cancer(&finding.concept) {
            true => self.cues.context_in_passage(token, context),
            false => context,
        };
        if finding.polarity == Polarity::Present && is_set_aside(self.scan, token) {
            return;
        }
        let known = matches!(finding.polarity, Polarity::Present | Polarity::Absent);
        let current = context == Context::Current;
        // What an addendum says after the diagnosis takes over; the earlier statement stays in the list.
        let amends = section == Section::Addendum && finding.weight >= 100 && self.scan.follows_a_report(token);
        let says = match section {
            Section::Ancillary => 800,
            _ if amends => 820,
            _ => section_weight(section) * 20,
        };
        let weight = says * finding.weight / if known { 100 } else { 1000 };
        let weight = if !current || finding.basis == Basis::Derived { weight / 20 } else { weight };
        let fact = Fact {
            concept: finding.concept,
            value: finding.value,
            unit: finding.unit.map(str::to_owned),
            basis: finding.basis,
            polarity: finding.polarity,
            context,
            section,
            qualifiers: finding.qualifiers,
            specimen: self.scan.specimen(token).map(str::to_owned),
            tumour: self.scan.tumour(token).map(str::to_owned),
            date: None,
            main: finding.main,
            start: finding.range.start,
            end: finding.range.end,
            quote: self.scan.text.quote(&finding.range).to_owned(),
        };
        self.facts.push(Weighed { fact, weight });
    }
}

/// "2.5 cm, not 3.5 cm", "and not 4+4=8": a value that is named only to say that it is not the one.
fn is_set_aside(scan: &Scan<'_, '_>, token: usize) -> bool {
    let Some(before) = token.checked_sub(1) else { return false };
    let not = |at: usize| scan.is(at, "not") && !scan.gap(at + 1).has(Gap::HARD | Gap::COLON | Gap::CLOSE);
    not(before)
        || ["a", "the", "grade", "at", "as", "stage"].iter().any(|word| scan.is(before, word))
            && before.checked_sub(1).is_some_and(not)
            && !scan.gap(token).has(Gap::HARD | Gap::COLON | Gap::COMMA)
}

/// Characters between two categories of one breath.
const BREATH: usize = 4;

fn stage(notes: &mut Notes<'_, '_, '_>) {
    // "pT3 N2" is said in one breath: the second is of whomever the first is.
    let mut breath: Option<(usize, Context)> = None;
    for category in tnm::categories(notes.scan) {
        let concept = match category.axis {
            Axis::T => Concept::T,
            Axis::N => Concept::N,
            Axis::M => Concept::M,
        };
        let polarity = match category.guessed {
            true => Polarity::Uncertain,
            false if category.value.ends_with('X') => Polarity::Insufficient,
            false => Polarity::Present,
        };
        let token = notes.scan.token_at(category.range.start);
        let last = notes.scan.token_at(category.range.end.saturating_sub(1));
        let taken_back = notes.cues.taken_back(notes.scan, last);
        if notes.cues.is_denied_at_once(notes.scan, token) || taken_back == Polarity::Absent {
            continue;
        }
        let doubted = taken_back == Polarity::Uncertain || notes.cues.is_doubted_at_once(notes.scan, token);
        let polarity = if doubted { Polarity::Uncertain } else { polarity };
        let own = notes.cues.of(notes.scan, token, token).context;
        let context = match breath {
            Some((end, context)) if category.range.start - end <= BREATH && own.is_current() => context,
            _ => own,
        };
        breath = Some((category.range.end, context));
        notes.add(Finding {
            polarity,
            // What a scanner made unclear is as central as what it did not, but gives way to a clear statement.
            weight: if category.guessed { 990 } else { 100 },
            context: Some(context),
            qualifiers: Qualifiers {
                prefix: Some(category.prefix).filter(|p| !p.is_empty()),
                suffix: Some(category.suffix).filter(|s| !s.is_empty()),
                ..Qualifiers::default()
            },
            ..Finding::new(concept, category.value, category.range)
        });
    }
}
