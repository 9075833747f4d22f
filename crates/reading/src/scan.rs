//! One pass over a text: its words, what lies between them, the phrases of the vocabulary, the sections, and the
//! specimens. The grammars look only at what is found here and at the characters around it.

use std::ops::Range;

use consilium_casefile::PartialDate;
use consilium_casefile::facts::{Concept, Section};
use consilium_casefile::knowledge::WordGroup;

use crate::dates::date_at;
use crate::lexicon::{Lexicon, Meaning, Word, word_length};
use crate::running_heads;
use crate::saying::{is_box_in, own_line};
use crate::text::{EMPTY_BOX, LEFT_OUT, TICKED, Text};

/// No gap between two words of a phrase is longer.
const WIDEST_GAP: usize = 6;

/// What lies between a word and the one before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Gap(u16);

impl Gap {
    pub(crate) const PERIOD: u16 = 1;
    pub(crate) const LINE: u16 = 2;
    pub(crate) const COLON: u16 = 4;
    pub(crate) const SEMICOLON: u16 = 8;
    pub(crate) const COMMA: u16 = 16;
    pub(crate) const BULLET: u16 = 32;
    pub(crate) const OPEN: u16 = 64;
    pub(crate) const CLOSE: u16 = 128;
    pub(crate) const SLASH: u16 = 256;
    /// A statement ends here.
    pub(crate) const HARD: u16 = 512;
    pub(crate) const WIDE: u16 = 1024;
    pub(crate) const HYPHEN: u16 = 2048;
    /// A box that is not ticked, or a line to write on.
    pub(crate) const BLANK: u16 = 4096;
    /// A box that is not ticked.
    pub(crate) const BOX: u16 = 8192;
    /// A box that is ticked.
    pub(crate) const TICK: u16 = 16384;
    /// A question ends here.
    pub(crate) const QUESTION: u16 = 32768;

    pub(crate) fn has(self, flags: u16) -> bool {
        self.0 & flags != 0
    }
}

/// A word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) word: Word,
    pub(crate) gap: Gap,
}

impl Token {
    pub(crate) fn start(&self) -> usize {
        self.start as usize
    }

    pub(crate) fn end(&self) -> usize {
        self.end as usize
    }
}

/// A phrase of the vocabulary in the text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    /// Place in [`Lexicon::meanings`].
    pub(crate) meaning: usize,
    /// First word.
    pub(crate) first: usize,
    /// Last word.
    pub(crate) last: usize,
}

/// A stretch of words under one heading.
#[derive(Debug, Clone, Copy)]
struct Stretch<T> {
    from: usize,
    what: T,
}

/// Words of a heading.
const HEADING: usize = 7;

/// Specimens of a list that are looked at.
const MOST_OF_LIST: usize = 32;

/// Words of a list of specimens that are looked at.
const LIST: usize = 600;

/// Words before the first heading that are a report, and no letterhead.
const BODY: usize = 6;

/// Phrases back from a word in which its heading is looked for.
const BACK_TO_HEADING: usize = 300;

/// What one pass found.
pub(crate) struct Scan<'t, 'l> {
    pub(crate) text: Text<'t>,
    pub(crate) lexicon: &'l Lexicon,
    pub(crate) tokens: Vec<Token>,
    /// What lies behind the last word.
    tail: Gap,
    /// In the order of their first words.
    pub(crate) marks: Vec<Mark>,
    sections: Vec<Stretch<Section>>,
    specimens: Vec<Stretch<Option<Range<usize>>>>,
    tumours: Vec<Stretch<Option<Range<usize>>>>,
}

impl<'t, 'l> Scan<'t, 'l> {
    pub(crate) fn new(raw: &'t str, lexicon: &'l Lexicon) -> Self {
        let mut text = Text::new(raw, &lexicon.code_systems);
        running_heads::leave_out(&mut text.ascii, &lexicon.pages);
        let mut tokens = tokens(&text, lexicon);
        radiotherapy(&text, lexicon, &mut tokens);
        let end = tokens.last().map_or(0, |token| token.end());
        let tail = Gap(gap(text.slice(end..text.ascii.len()), b'A', false).0 | Gap::HARD);
        let mut scan = Self {
            text,
            lexicon,
            tokens,
            tail,
            marks: Vec::new(),
            sections: Vec::new(),
            specimens: Vec::new(),
            tumours: Vec::new(),
        };
        scan.find_marks();
        scan.find_sections();
        scan.find_specimens();
        scan.find_tumours();
        scan
    }

    pub(crate) fn meaning(&self, mark: &Mark) -> Option<&'l Meaning> {
        self.lexicon.meanings.get(mark.meaning)
    }

    pub(crate) fn token(&self, place: usize) -> Option<&Token> {
        self.tokens.get(place)
    }

    pub(crate) fn word(&self, place: usize) -> Word {
        self.tokens.get(place).map_or(0, |token| token.word)
    }

    /// The characters of a word, in the likeness.
    pub(crate) fn spelled(&self, place: usize) -> &[u8] {
        self.tokens.get(place).map_or(&[], |token| self.text.slice(token.start()..token.end()))
    }

    /// Whether a word is spelled so, whatever its case.
    pub(crate) fn is(&self, place: usize, word: &str) -> bool {
        self.spelled(place).eq_ignore_ascii_case(word.as_bytes())
    }

    /// Whether a word is one of a group of the vocabulary.
    pub(crate) fn is_of(&self, place: usize, group: WordGroup) -> bool {
        self.lexicon.is_of(self.word(place), group)
    }

    pub(crate) fn gap(&self, place: usize) -> Gap {
        self.tokens.get(place).map_or(self.tail, |token| token.gap)
    }

    /// The code points from one word to another.
    pub(crate) fn span(&self, first: usize, last: usize) -> Range<usize> {
        match (self.tokens.get(first), self.tokens.get(last)) {
            (Some(first), Some(last)) => first.start()..last.end(),
            _ => 0..0,
        }
    }

    /// The raw characters before a word, from the end of the word before it; before the first word, and behind the last,
    /// to the ends of the text.
    pub(crate) fn between(&self, place: usize) -> &[u8] {
        let from = place.checked_sub(1).and_then(|before| self.tokens.get(before)).map_or(0, Token::end);
        let to = self.tokens.get(place).map_or(self.text.ascii.len(), Token::start);
        self.text.slice(from..to.max(from))
    }

    /// The last word that begins before a place of the text.
    pub(crate) fn token_before(&self, place: usize) -> usize {
        self.tokens.partition_point(|token| token.start() < place).saturating_sub(1)
    }

    /// The word at a place of the text, or the first after it.
    pub(crate) fn token_at(&self, place: usize) -> usize {
        self.tokens.partition_point(|token| token.end() <= place)
    }

    pub(crate) fn section(&self, token: usize) -> Section {
        before(&self.sections, token).map_or(Section::Body, |stretch| stretch.what)
    }

    /// The label of the specimen a word stands under.
    pub(crate) fn specimen(&self, token: usize) -> Option<&'t str> {
        let range = before(&self.specimens, token)?.what.clone()?;
        Some(self.text.quote(&range))
    }

    /// The number of the tumour a word stands under, where the report numbers its tumours.
    pub(crate) fn tumour(&self, token: usize) -> Option<&'t str> {
        let range = before(&self.tumours, token)?.what.clone()?;
        Some(self.text.quote(&range))
    }

    /// Whether the nearest heading before a word is one of a history: "HISTORY:", "Oncologic history".
    pub(crate) fn is_under_history(&self, token: usize) -> bool {
        let until = self.marks.partition_point(|mark| mark.first <= token);
        let headings = self.marks.iter().take(until).rev().take(BACK_TO_HEADING).filter(|mark| {
            matches!(self.meaning(mark), Some(Meaning::Heading(section)) if self.is_heading(mark, *section, Section::Body))
        });
        let is_history = |mark: &Mark| (mark.first..=mark.last).any(|at| self.is(at, "history"));
        headings.take(1).any(is_history)
    }

    /// Whether what a word adds to stands before it: a diagnosis or a list of elements, or, where a text has neither, its
    /// text without a heading.
    pub(crate) fn follows_a_report(&self, token: usize) -> bool {
        let is_answer = |stretch: &Stretch<Section>| matches!(stretch.what, Section::Diagnosis | Section::Synoptic);
        let until = self.sections.partition_point(|stretch| stretch.from <= token);
        let body = || {
            let first = self.sections.first().map_or(0, |stretch| stretch.from);
            first >= BODY && !self.sections.iter().any(is_answer)
        };
        self.sections.iter().take(until).any(is_answer) || body()
    }

    /// The first word under the label of the specimen a word stands under; the label itself where there is one.
    pub(crate) fn specimen_start(&self, token: usize) -> usize {
        before(&self.specimens, token).map_or(0, |stretch| stretch.from)
    }

    /// The number of the stretch of one specimen a word stands in, whether it has a label or not.
    pub(crate) fn specimen_number(&self, token: usize) -> usize {
        self.specimens.partition_point(|stretch| stretch.from <= token)
    }

    /// Marks from a word on.
    pub(crate) fn marks_from(&self, token: usize) -> &[Mark] {
        let from = self.marks.partition_point(|mark| mark.first < token);
        self.marks.get(from..).unwrap_or_default()
    }

    fn find_marks(&mut self) {
        let mut marks = Vec::new();
        let mut taken: [usize; 8] = [0; 8];
        for first in 0..self.tokens.len() {
            let mut longest: [Option<(usize, usize)>; 8] = [None; 8];
            let mut node = 0;
            let mut last = first;
            while let Some(next) = self.lexicon.step(node, self.word(last)) {
                node = next;
                for &meaning in self.lexicon.ends(node) {
                    let kind = self.lexicon.meanings.get(meaning).map_or(0, kind);
                    if let Some(slot) = longest.get_mut(kind) {
                        *slot = Some((meaning, last));
                    }
                }
                last += 1;
                let gap = self.gap(last);
                if gap.has(Gap::HARD | Gap::SEMICOLON | Gap::WIDE) {
                    break;
                }
            }
            for (kind, found) in longest.iter().enumerate() {
                let (Some((meaning, last)), Some(taken)) = (found, taken.get_mut(kind)) else { continue };
                if *last + 1 > *taken {
                    *taken = *last + 1;
                    marks.push(Mark { meaning: *meaning, first, last: *last });
                }
            }
        }
        self.marks = marks;
    }

    fn find_sections(&mut self) {
        let mut sections: Vec<Stretch<Section>> = Vec::new();
        for mark in &self.marks {
            let now = sections.last().map_or(Section::Body, |stretch| stretch.what);
            let what = match self.meaning(mark) {
                Some(Meaning::Heading(section)) if self.is_heading(mark, *section, now) => {
                    // "CORRECTED DIAGNOSIS" behind the one that it corrects is an addendum to it.
                    let corrects = self.is_of(mark.first, WordGroup::Correcting) && mark.first >= BODY;
                    if *section == Section::Diagnosis && corrects { Section::Addendum } else { *section }
                }
                // A list of elements has begun although nobody wrote so above it.
                Some(Meaning::Label(_))
                    if now == Section::Specimen
                        && mark.last > mark.first
                        && self.gap(mark.last + 1).has(Gap::COLON) =>
                {
                    Section::Synoptic
                }
                _ => continue,
            };
            if what != now {
                sections.push(Stretch { from: mark.first, what });
            }
        }
        self.sections = sections;
    }

    fn is_heading(&self, mark: &Mark, section: Section, now: Section) -> bool {
        let before = self.gap(mark.first);
        let after = self.gap(mark.last + 1);
        let starts = mark.first == 0 || before.has(Gap::HARD | Gap::LINE | Gap::SEMICOLON | Gap::BULLET);
        let capital = self.spelled(mark.first).first().is_some_and(u8::is_ascii_uppercase);
        if !capital {
            return false;
        }
        let shouted = (mark.first..=mark.last).all(|t| !self.spelled(t).iter().any(u8::is_ascii_lowercase));
        let words = mark.last - mark.first + 1;
        // Inside a list of elements, a line about the specimen is an element and no new section.
        if matches!(section, Section::Specimen) && now == Section::Synoptic && words == 1 {
            return false;
        }
        // "ADDENDUM 2026-05-03", "ADDENDUM (May 3, 2026)"
        if matches!(section, Section::Addendum) && starts && self.dated_behind(mark.last).is_some() {
            return true;
        }
        if after.has(Gap::COLON) {
            return starts || words > 1 || shouted || before.has(Gap::CLOSE | Gap::COLON | Gap::PERIOD);
        }
        starts && after.has(Gap::HARD | Gap::LINE) && (shouted || words > 1) && section != Section::Specimen
            || (starts && shouted && words > 1)
    }

    /// The date just behind a word, on its line.
    fn dated_behind(&self, last: usize) -> Option<PartialDate> {
        let near = (last + 1..last + 5).take_while(|place| !self.gap(*place).has(Gap::LINE));
        near.into_iter().find_map(|place| date_at(self, place)).map(|(date, _)| date)
    }

    /// The date in the heading of the section a word stands in, or at the head of its first line.
    pub(crate) fn date_of_section(&self, token: usize) -> Option<PartialDate> {
        let heading = before(&self.sections, token)?.from;
        let line = |from: usize| (from + 1..from + 12).find(|at| self.gap(*at).has(Gap::LINE)).unwrap_or(from + 8);
        let end = line(heading);
        let end = if self.is(end, "date") { line(end) } else { end };
        (heading..end).find_map(|place| date_at(self, place)).filter(|(_, last)| *last < token).map(|(date, _)| date)
    }

    fn find_specimens(&mut self) {
        let mut specimens: Vec<Stretch<Option<Range<usize>>>> = Vec::new();
        let mut section = Section::Body;
        for (place, token) in self.tokens.iter().enumerate() {
            let here = self.section(place);
            if here != section {
                section = here;
                specimens.push(Stretch { from: place, what: None });
            }
            if !matches!(
                section,
                Section::Body
                    | Section::Diagnosis
                    | Section::Specimen
                    | Section::Gross
                    | Section::Frozen
                    | Section::Synoptic
                    | Section::Addendum
            ) {
                continue;
            }
            let starts = place == 0
                || token
                    .gap
                    .has(Gap::HARD | Gap::LINE | Gap::COLON | Gap::BULLET | Gap::SEMICOLON | Gap::PERIOD | Gap::CLOSE);
            if starts && self.is_specimen_label(place) {
                specimens.push(Stretch { from: place, what: Some(token.start()..token.end()) });
            } else if self.ends_list(place, &specimens) {
                specimens.push(Stretch { from: place, what: None });
            }
        }
        self.specimens = specimens;
    }

    /// Whether a list of two or more specimens ends before a word: a paragraph begins with a heading, or a line with the
    /// stage of all. What follows is of the case, and of no specimen that a list happened to name last.
    fn ends_list(&self, place: usize, specimens: &[Stretch<Option<Range<usize>>>]) -> bool {
        if !self.gap(place).has(Gap::LINE) {
            return false;
        }
        let list: Vec<usize> = specimens
            .iter()
            .rev()
            .take_while(|one| one.what.is_some())
            .take(MOST_OF_LIST)
            .map(|one| one.from)
            .collect();
        let (Some(last), Some(first)) = (list.first(), list.last().filter(|_| list.len() > 1)) else { return false };
        let found = [Self::begins_stage, Self::begins_paragraph].into_iter().find(|begins| begins(self, place));
        // Where a specimen before the last has such lines of its own, those of the last are its own as well.
        let from = (*first).max(last.saturating_sub(LIST));
        found.is_some_and(|begins| !(from..*last).any(|at| !list.contains(&at) && begins(self, at)))
    }

    /// "PATHOLOGIC STAGE: " at the beginning of a line.
    fn begins_stage(&self, place: usize) -> bool {
        self.gap(place).has(Gap::LINE)
            && self.marks_from(place).iter().take_while(|mark| mark.first == place).any(|mark| {
                let is_stage = matches!(self.meaning(mark), Some(Meaning::Label(of)) if *of == Concept::STAGE_GROUP);
                let shouted = !(place..=mark.last).any(|at| self.spelled(at).iter().any(u8::is_ascii_lowercase));
                is_stage && shouted && self.gap(mark.last + 1).has(Gap::COLON)
            })
    }

    /// A blank line, and a line that begins with a heading or is nothing else.
    fn begins_paragraph(&self, place: usize) -> bool {
        let blank = self.between(place).iter().filter(|byte| **byte == b'\n').count() > 1;
        blank
            && self.spelled(place).first().is_some_and(u8::is_ascii_uppercase)
            && (place + 1..place + HEADING).any(|at| self.gap(at).has(Gap::COLON | Gap::LINE))
    }

    /// "Tumor 1:", "TUMOR #2", "Second tumor:" is not numbered and not read.
    fn find_tumours(&mut self) {
        let mut tumours: Vec<Stretch<Option<Range<usize>>>> = Vec::new();
        let mut section = Section::Body;
        for place in 0..self.tokens.len() {
            let here = self.section(place);
            if here != section {
                section = here;
                if !tumours.is_empty() {
                    tumours.push(Stretch { from: place, what: None });
                }
            }
            let starts = place == 0 || self.gap(place).has(Gap::HARD | Gap::LINE | Gap::BULLET | Gap::PERIOD);
            if !starts || self.word(place) != self.lexicon.common.tumor {
                continue;
            }
            let Some(number) = self.token(place + 1) else { continue };
            let figure = matches!(self.spelled(place + 1), [b'1'..=b'9']);
            let hash = self.text.at(number.start().saturating_sub(1)) == b'#';
            let after = self.gap(place + 2);
            let closed = after.has(Gap::COLON | Gap::CLOSE | Gap::BULLET | Gap::LINE)
                && !after.has(Gap::SLASH)
                && !(self.text.at(number.end()) == b'.' && self.text.at(number.end() + 1).is_ascii_digit());
            if figure && (closed || hash) && !self.gap(place + 1).has(Gap::HARD | Gap::COLON) {
                tumours.push(Stretch { from: place, what: Some(number.start()..number.end()) });
            }
        }
        self.tumours = tumours;
    }

    /// A capital letter or a small number, closed by a period, a parenthesis or a colon.
    fn is_specimen_label(&self, place: usize) -> bool {
        let Some(token) = self.token(place) else { return false };
        let spelled = self.spelled(place);
        let letter = spelled.len() == 1 && spelled.first().is_some_and(u8::is_ascii_uppercase);
        let number = spelled.len() <= 2 && spelled.iter().all(u8::is_ascii_digit) && spelled.first() != Some(&b'0');
        let closed = matches!(self.text.at(token.end()), b'.' | b')' | b':')
            || (self.text.at(token.end()) == b' ' && matches!(self.text.at(token.end() + 1), b'.' | b')' | b':'));
        // "2.5 cm" and "ratio 1:3" are no labels.
        let number_goes_on = self.text.at(token.end() + 1).is_ascii_digit();
        // "(3+2+1=6)" is a sum.
        if token.start() > 0 && self.text.at(token.start() - 1) == b'=' {
            return false;
        }
        (letter || number) && closed && !number_goes_on && !(letter && self.is_initial(place))
    }
}

impl Scan<'_, '_> {
    /// "Surgeon: A. Nwosu", "A. Nwosu, MD": the first letter of somebody's name.
    fn is_initial(&self, place: usize) -> bool {
        let roles = [
            "surgeon",
            "surgeons",
            "assistant",
            "assistants",
            "physician",
            "doctor",
            "dr",
            "attending",
            "resident",
            "pathologist",
            "anesthesiologist",
            "anesthetist",
            "provider",
            "author",
            "by",
            "cc",
            "oncologist",
            "radiologist",
        ];
        let led = place.checked_sub(1).is_some_and(|before| roles.iter().any(|role| self.is(before, role)));
        let titled = (place + 2..place + 5).take_while(|at| !self.gap(*at).has(Gap::LINE)).any(|at| {
            matches!(self.spelled(at), b"MD" | b"DO" | b"PhD" | b"MBBS" | b"FRCPath") && self.gap(at).has(Gap::COMMA)
        });
        led && !self.gap(place).has(Gap::LINE) || titled
    }
}

fn before<T>(stretches: &[Stretch<T>], token: usize) -> Option<&Stretch<T>> {
    stretches.get(stretches.partition_point(|stretch| stretch.from <= token).checked_sub(1)?)
}

fn kind(meaning: &Meaning) -> usize {
    match meaning {
        Meaning::Heading(_) => 0,
        Meaning::Cue(_) => 1,
        Meaning::Label(_) => 2,
        Meaning::Result(_) => 3,
        Meaning::Grade(_) => 4,
        Meaning::GradeSystem(_) => 5,
        Meaning::Procedure(_) => 6,
        Meaning::Gene(_) => 7,
    }
}

fn tokens(text: &Text<'_>, lexicon: &Lexicon) -> Vec<Token> {
    let bytes = &text.ascii;
    let mut tokens = Vec::with_capacity(bytes.len() / 6);
    let mut at = 0;
    let mut lower = Vec::with_capacity(32);
    let mut previous: Word = 0;
    let mut previous_joins = false;
    let mut gap_start = 0;
    while let Some(&byte) = bytes.get(at) {
        if !byte.is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let length = word_length(rest);
        let spelled = rest.get(..length).unwrap_or_default();
        lower.clear();
        lower.extend(spelled.iter().take(40).map(u8::to_ascii_lowercase));
        let word = lexicon.number(&lower);
        let gap = gap(bytes.get(gap_start..at).unwrap_or_default(), byte, previous_joins && previous != u32::MAX);
        tokens.push(Token {
            start: u32::try_from(at).unwrap_or(u32::MAX),
            end: u32::try_from(at + length).unwrap_or(u32::MAX),
            word,
            gap,
        });
        // "E.g. Gleason": no sentence ends in an abbreviation of two letters.
        let abbreviated = length == 1
            && matches!(spelled, b"g" | b"e")
            && gap_start > 0
            && bytes.get(gap_start..at) == Some(b".")
            && bytes.get(gap_start - 1).is_some_and(|b| matches!(b, b'e' | b'E' | b'i'));
        previous = word;
        previous_joins = joins(&lower) || abbreviated;
        at += length;
        gap_start = at;
    }
    tokens
}

/// "She received RT to the chest wall": the abbreviation of the treatment is no side.
fn radiotherapy(text: &Text<'_>, lexicon: &Lexicon, tokens: &mut [Token]) {
    let right = lexicon.common.right;
    let found: Vec<usize> = tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| token.word == right && text.slice(token.start()..token.end()) == b"RT")
        .filter(|(place, _)| is_radiotherapy(text, lexicon, tokens, *place))
        .map(|(place, _)| place)
        .collect();
    for place in found {
        if let Some(token) = tokens.get_mut(place) {
            token.word = 0;
        }
    }
}

/// Whether the words beside "RT" say that it was given, planned or for something.
fn is_radiotherapy(text: &Text<'_>, lexicon: &Lexicon, tokens: &[Token], place: usize) -> bool {
    let apart = Gap::HARD | Gap::LINE | Gap::COMMA | Gap::COLON | Gap::PERIOD | Gap::OPEN | Gap::CLOSE | Gap::SLASH;
    let is = |token: &Token, words: &[&str]| {
        let spelled = text.slice(token.start()..token.end());
        words.iter().any(|word| spelled.eq_ignore_ascii_case(word.as_bytes()))
    };
    let at = |place: usize| tokens.get(place);
    let before = place.checked_sub(1).and_then(at).filter(|_| at(place).is_some_and(|own| !own.gap.has(apart)));
    let next = at(place + 1).filter(|next| !next.gap.has(apart));
    let whole_brain = before.is_some_and(|one| is(one, &["brain"]))
        && place.checked_sub(2).and_then(at).is_some_and(|one| is(one, &["whole"]));
    // "Lung RT is received in formalin": a place that has a side.
    let of_a_place = !whole_brain && before.is_some_and(|one| lexicon.topography.has(one.word));
    // "RT to LT"
    let of_sides = at(place + 2).is_some_and(|one| one.word == lexicon.common.left);
    if next.is_some_and(|next| lexicon.is_of(next.word, WordGroup::AfterRadiotherapy)) {
        return !of_sides && !of_a_place;
    }
    let goes_on = ["in", "and", "with", "then", "from", "at", "but", "alone", "or", "as", "by", "on", "until"];
    let ends = next.is_none_or(|next| is(next, &goes_on)) && !of_sides;
    ends && (whole_brain || before.is_some_and(|one| lexicon.is_of(one.word, WordGroup::BeforeRadiotherapy)))
}

/// Words after which no sentence ends.
fn joins(word: &[u8]) -> bool {
    matches!(
        word,
        b"of"
            | b"the"
            | b"for"
            | b"with"
            | b"and"
            | b"or"
            | b"in"
            | b"to"
            | b"a"
            | b"an"
            | b"by"
            | b"at"
            | b"from"
            | b"is"
            | b"are"
            | b"no"
            | b"not"
            | b"without"
            | b"than"
            | b"as"
            | b"into"
            | b"invasive"
            | b"dr"
            | b"approx"
            | b"vs"
            | b"versus"
    )
}

fn gap(between: &[u8], next: u8, previous_joins: bool) -> Gap {
    // What was left out lies between no words.
    let without: Vec<u8>;
    let between = match between.contains(&LEFT_OUT) {
        true => {
            without = between.iter().copied().filter(|byte| *byte != LEFT_OUT).collect();
            without.as_slice()
        }
        false => between,
    };
    let mut flags = 0;
    let wide = between.len() > WIDEST_GAP;
    let mut lines = 0;
    let mut blanks = 0;
    // A very long gap is looked at from both ends only.
    let looked = between.iter().take(64).chain(between.iter().skip(64).rev().take(64));
    for byte in looked {
        flags |= match byte {
            b'.' => Gap::PERIOD,
            b'\n' | b'\r' => {
                lines += usize::from(*byte == b'\n');
                Gap::LINE
            }
            b':' | b'=' => Gap::COLON,
            b';' => Gap::SEMICOLON,
            b',' => Gap::COMMA,
            b'*' => Gap::BULLET,
            b'(' | b'[' => Gap::OPEN,
            b')' | b']' => Gap::CLOSE,
            b'/' => Gap::SLASH,
            b'-' => Gap::HYPHEN,
            b'?' => Gap::QUESTION,
            &EMPTY_BOX => Gap::BOX,
            &TICKED => Gap::TICK,
            b'_' => {
                blanks += 1;
                0
            }
            _ => 0,
        };
    }
    if between.windows(2).any(|w| w == b"[]") || between.windows(3).take(64).any(|w| w == b"[ ]" || w == b"( )") {
        flags |= Gap::BOX;
    }
    // A box at the end of the line above is not before this word.
    if flags & Gap::BOX != 0 && is_box_in(own_line(between)) {
        flags |= Gap::BLANK;
    }
    // "{mutated | wild type}", "***": something to choose or to write.
    if between.contains(&b'{') || between.windows(3).take(64).any(|w| w == b"***") {
        flags |= Gap::BLANK;
    }
    if blanks > 0 {
        flags |= Gap::BLANK;
    }
    if between.windows(3).take(64).any(|w| w == b" - ") || between.windows(2).take(64).any(|w| w == b"--") {
        flags |= Gap::BULLET;
    }
    let new_sentence = next.is_ascii_uppercase() || next.is_ascii_digit();
    // A comma before the period is a line end of a scan that was made a period.
    let line_end = between.starts_with(b",.") || between.starts_with(b", .");
    // "Digoxin .125 mg": the point of a number.
    let of_number = between.ends_with(b" .") && next.is_ascii_digit();
    let ends =
        flags & Gap::PERIOD != 0 && between.len() > 1 && new_sentence && !previous_joins && !line_end && !of_number;
    let ends_line = flags & Gap::LINE != 0 && (lines > 1 || (new_sentence && !previous_joins));
    if ends || ends_line || flags & (Gap::SEMICOLON | Gap::BULLET) != 0 || between.len() > 24 {
        flags |= Gap::HARD;
    }
    if wide {
        flags |= Gap::WIDE;
    }
    Gap(flags)
}
