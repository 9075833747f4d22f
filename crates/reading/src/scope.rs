//! Whether a phrase is said to be so, denied, doubted, remembered, or a relative's: what stands before and after it in
//! the same statement.

use consilium_casefile::facts::{Concept, Context, Polarity, Section};
use consilium_casefile::knowledge::WordGroup;

use crate::alternatives::Alternatives;
use crate::lexicon::{Cue, Meaning};
use crate::passages::Passages;
use crate::saying::{Saying, Sayings};
use crate::scan::{Gap, Scan};

/// Words after which a denial or a doubt before them is of something else; the vocabulary has further ones.
const TURNS: [&str; 14] = [
    "has", "have", "for", "from", "her", "his", "their", "this", "after", "because", "since", "despite", "who", "which",
];

/// A cue reaches no further than this many words.
const REACH: usize = 9;

/// What is said of a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) polarity: Polarity,
    pub(crate) context: Context,
}

/// Cues by the words they begin and end at.
pub(crate) struct Cues {
    /// For every word, the cue that covers it, if any, with its last word.
    at: Vec<Option<(Cue, u32, u32)>>,
    sayings: Sayings,
    passages: Passages,
    pub(crate) alternatives: Alternatives,
}

/// Cues that say when or how a whole stretch is told; `passages` and `saying` look at them.
fn is_of_a_stretch(cue: Cue) -> bool {
    matches!(
        cue,
        Cue::NoSubstance
            | Cue::Normal
            | Cue::Treated
            | Cue::Now
            | Cue::New
            | Cue::NewCancer
            | Cue::AtFirst
            | Cue::ChangedFrom
            | Cue::InsteadAfter
            | Cue::ReadsInstead
    )
}

impl Cues {
    pub(crate) fn new(scan: &Scan<'_, '_>) -> Self {
        let mut at = vec![None; scan.tokens.len()];
        for mark in &scan.marks {
            let Some(Meaning::Cue(cue)) = scan.meaning(mark) else { continue };
            let (Ok(first), Ok(last)) = (u32::try_from(mark.first), u32::try_from(mark.last)) else { continue };
            if is_of_a_stretch(*cue) {
                continue;
            }
            for slot in at.iter_mut().take(mark.last + 1).skip(mark.first) {
                *slot = Some((*cue, first, last));
            }
        }
        Self { at, sayings: Sayings::new(scan), passages: Passages::new(scan), alternatives: Alternatives::new(scan) }
    }

    fn get(&self, token: usize) -> Option<(Cue, usize, usize)> {
        self.at.get(token).copied().flatten().map(|(cue, first, last)| (cue, first as usize, last as usize))
    }

    /// The words of a label's line that are chosen where its boxes are ticked: the `3` of "0 [ ] 1+ [ ] 2+ [ ] 3+ [x]".
    pub(crate) fn chosen(&self, scan: &Scan<'_, '_>, last: usize) -> Vec<usize> {
        self.sayings.chosen(scan, last)
    }

    /// What is said of the words from `first` to `last`: by the words beside them, or by the stretch they stand in.
    pub(crate) fn of(&self, scan: &Scan<'_, '_>, first: usize, last: usize) -> Scope {
        let scope = self.beside(scan, first, last);
        let context = self.context_in_passage(first, scope.context);
        let elsewhere = || is_of_an_earlier_specimen(scan, last);
        let context = if context == Context::Current && elsewhere() { Context::History } else { context };
        Scope { context, ..scope }
    }

    /// Whose finding a word is told as, where the words beside it say `own`.
    pub(crate) fn context_in_passage(&self, place: usize, own: Context) -> Context {
        let open = matches!(own, Context::Current | Context::Clinical);
        self.passages.at(place).filter(|_| open).unwrap_or(own)
    }

    /// What the words beside those from `first` to `last` say of them.
    pub(crate) fn beside(&self, scan: &Scan<'_, '_>, first: usize, last: usize) -> Scope {
        let mut scope = Scope { polarity: Polarity::Present, context: context_of(scan.section(first)) };
        let asserted = is_asserted(scan, last);
        self.look_back(scan, first, asserted, &mut scope);
        if scope.polarity == Polarity::Present {
            self.look_ahead(scan, last, asserted, &mut scope);
        }
        if scope.polarity == Polarity::Present && self.sayings.of(scan, first, last) != Saying::So {
            scope.polarity = Polarity::Uncertain;
        }
        scope
    }

    /// How the words from `first` to `last` are said.
    pub(crate) fn saying(&self, scan: &Scan<'_, '_>, first: usize, last: usize) -> Saying {
        self.sayings.of(scan, first, last)
    }

    /// The nearest cue among some words at once before it, and its first word; none beyond a comma, a colon or a bracket.
    fn at_once_before(&self, scan: &Scan<'_, '_>, first: usize, reach: usize) -> Option<(Cue, usize)> {
        let apart = Gap::HARD | Gap::COMMA | Gap::COLON | Gap::OPEN | Gap::CLOSE;
        let near = (first.saturating_sub(reach)..first).rev();
        // "Not T2 but T1c"
        let near = near.take_while(|place| !scan.gap(place + 1).has(apart) && !scan.is(*place, "but"));
        near.filter_map(|place| self.get(place)).map(|(cue, begins, _)| (cue, begins)).next()
    }

    /// Whether it is denied by the words at once before it: "no evidence of stage IV", "not a T3 tumor". A "negative"
    /// in a list of receptors denies nothing that follows.
    pub(crate) fn is_denied_at_once(&self, scan: &Scan<'_, '_>, first: usize) -> bool {
        self.at_once_before(scan, first, 4)
            .is_some_and(|(cue, begins)| cue == Cue::NegatesAfter && !scan.is(begins, "negative"))
    }

    /// Whether the words at once before it doubt it: "at risk for stage IV", "possible T3".
    pub(crate) fn is_doubted_at_once(&self, scan: &Scan<'_, '_>, first: usize) -> bool {
        self.at_once_before(scan, first, 3).is_some_and(|(cue, _)| cue == Cue::UncertainAfter)
    }

    /// What is said of it at once behind it: "pT3 cannot be confirmed", "stage IV disease has been excluded".
    pub(crate) fn taken_back(&self, scan: &Scan<'_, '_>, last: usize) -> Polarity {
        for place in last + 1..last + 4 {
            if scan.gap(place).has(Gap::HARD | Gap::COMMA | Gap::COLON | Gap::OPEN | Gap::LINE) {
                break;
            }
            match self.get(place) {
                Some((Cue::NegatesBefore, ..)) => return Polarity::Absent,
                Some((Cue::UncertainBefore, ..)) => return Polarity::Uncertain,
                Some(_) => break,
                None => {}
            }
            if !scan.is_of(place, WordGroup::StageNoun) {
                break;
            }
        }
        Polarity::Present
    }

    fn look_back(&self, scan: &Scan<'_, '_>, first: usize, asserted: bool, scope: &mut Scope) {
        let mut place = first;
        let mut seen_with = false;
        let mut turned = false;
        let mut commas = 0;
        for _ in 0..REACH {
            let gap = scan.gap(place);
            if gap.has(Gap::HARD) || place == 0 {
                // "Mother - breast cancer": a dash between the relative and the illness.
                let dash = gap.has(Gap::BULLET) && !gap.has(Gap::LINE | Gap::PERIOD | Gap::SEMICOLON);
                let relative = place.checked_sub(1).and_then(|before| self.get(before));
                if dash && matches!(relative, Some((Cue::Family, ..))) {
                    scope.context = Context::Family;
                }
                return;
            }
            commas += usize::from(gap.has(Gap::COMMA));
            place -= 1;
            // "No necrosis, lymphovascular invasion present": what has a word of its own is not denied by the list before.
            turned |= asserted && commas > 0;
            if self.get(place).is_none() {
                let word = |words: &[&str]| words.iter().any(|word| scan.is(place, word));
                // "No node shows extranodal extension": what is denied is who shows it.
                if word(&["shows", "show", "showed", "contains", "contain"]) && self.is_denied_subject(scan, place) {
                    scope.polarity = Polarity::Absent;
                    return;
                }
                if word(&["but", "however", "except", "although", "showing", "shows", "show"]) {
                    return;
                }
                turned |= word(&TURNS) || scan.is_of(place, WordGroup::Turn);
            }
            seen_with |= scan.is(place, "with") && self.get(place).is_none();
            let Some((cue, begins, ends)) = self.get(place) else { continue };
            match cue {
                Cue::NegatesAfter if is_of_a_test(scan, begins, ends, first) || is_of_a_side(scan, ends, first) => {}
                Cue::NegatesAfter if !turned && !seen_with && commas < 4 => {
                    scope.polarity = Polarity::Absent;
                    // "Family history: no breast cancer" is of the family; after any other word the denial is not.
                    let labelled = begins.checked_sub(1).and_then(|before| self.get(before));
                    if matches!(labelled, Some((Cue::Family, ..))) && !scan.gap(begins).has(Gap::HARD | Gap::COMMA) {
                        scope.context = Context::Family;
                    }
                    return;
                }
                Cue::UncertainAfter if !turned && commas < 3 => {
                    scope.polarity = Polarity::Uncertain;
                }
                // "History of present illness: ..." is of now.
                Cue::History
                    if scan.is(ends + 1, "present") || scan.is(ends + 2, "present") && scan.is(ends + 1, "the") => {}
                Cue::History | Cue::Former if commas < 2 => scope.context = Context::History,
                Cue::Family => scope.context = Context::Family,
                // "9 in the outside report, 8 on our review": what stands behind the comma is no more of it.
                Cue::Outside if commas > 0 && is_placed(scan, begins) => {}
                Cue::Outside => scope.context = Context::Outside,
                _ => {}
            }
            place = begins;
        }
    }

    /// Whether the words before a verb, from the beginning of the statement, are one that is denied: "none of the nodes".
    fn is_denied_subject(&self, scan: &Scan<'_, '_>, verb: usize) -> bool {
        let near = (verb.saturating_sub(5)..verb).rev();
        let mut near = near.take_while(|at| !scan.gap(at + 1).has(Gap::HARD | Gap::COMMA | Gap::COLON | Gap::OPEN));
        near.find_map(|at| self.get(at)).is_some_and(|(cue, begins, _)| {
            let first = begins == 0 || scan.gap(begins).has(Gap::HARD);
            let whose = ["no", "none", "neither", "not"].iter().any(|word| scan.is(begins, word));
            cue == Cue::NegatesAfter && first && whose
        })
    }

    fn look_ahead(&self, scan: &Scan<'_, '_>, last: usize, asserted: bool, scope: &mut Scope) {
        let mut place = last + 1;
        if let Some(polarity) = answered(scan, last) {
            scope.polarity = polarity;
            return;
        }
        for step in 0..REACH {
            let gap = scan.gap(place);
            // "Invasive carcinoma - not identified": a dash before the answer.
            let dash = step == 0 && gap.has(Gap::BULLET) && !gap.has(Gap::LINE | Gap::PERIOD | Gap::SEMICOLON);
            if gap.has(Gap::HARD) && !(dash && matches!(self.get(place), Some((Cue::NegatesBefore, ..)))) {
                return;
            }
            if let Some((cue, _, ends)) = self.get(place) {
                match cue {
                    // "The carcinoma is negative for HER2" denies HER2.
                    Cue::NegatesBefore if scan.is(ends, "negative") && scan.is(ends + 1, "for") => return,
                    // "Is present, not seen in the biopsy": what has its own answer is not denied behind a comma.
                    Cue::NegatesBefore if asserted && (last + 1..=place).any(|at| scan.gap(at).has(Gap::COMMA)) => {
                        return;
                    }
                    Cue::NegatesBefore if step < 6 => {
                        scope.polarity = Polarity::Absent;
                        return;
                    }
                    Cue::UncertainBefore => {
                        scope.polarity = Polarity::Uncertain;
                        return;
                    }
                    // "Breast cancer (mother)", "breast cancer: mother, aunt"
                    Cue::Family if step == 0 && gap.has(Gap::COLON | Gap::OPEN) => {
                        scope.context = Context::Family;
                        return;
                    }
                    // "PSA was 5.2 in his brother"
                    Cue::Family if ["his", "her", "their"].iter().any(|word| scan.is(place - 1, word)) => {
                        scope.context = Context::Family;
                        return;
                    }
                    Cue::NegatesAfter | Cue::NotNegation => return,
                    _ => {}
                }
                place = ends;
            } else if gap.has(Gap::COMMA) || is_turn(scan, place) {
                // "PSA was 5.2 in his brother", "breast cancer in mother", "in a maternal aunt"
                let article =
                    ["his", "her", "their", "a", "the", "patient"].iter().any(|word| scan.is(place + 1, word));
                let of_a_relative = scan.is(place, "in") || article;
                let of_a_relative =
                    of_a_relative && matches!(self.get(place + 1 + usize::from(article)), Some((Cue::Family, ..)));
                if of_a_relative && !gap.has(Gap::COMMA) {
                    scope.context = Context::Family;
                }
                return;
            }
            place += 1;
        }
    }
}

/// "Left, not right, breast": the denial is of a side, and closed before what follows.
fn is_of_a_side(scan: &Scan<'_, '_>, ends: usize, first: usize) -> bool {
    let common = &scan.lexicon.common;
    [common.left, common.right].contains(&scan.word(ends + 1))
        && ends + 1 < first
        && (ends + 2..=first).any(|at| scan.gap(at).has(Gap::COMMA | Gap::CLOSE))
}

/// "In the outside report": whether words that place what stands before them lead to a word.
fn is_placed(scan: &Scan<'_, '_>, place: usize) -> bool {
    let article = usize::from(place > 0 && scan.is(place - 1, "the"));
    let before = place.checked_sub(1 + article);
    before.is_some_and(|at| ["in", "on", "by", "from", "at"].iter().any(|word| scan.is(at, word)))
}

/// "Positive in the first excision", "9 in the outside report": what is placed in an earlier specimen or report. What is
/// only compared with it ("as in the previous biopsy") is not.
fn is_of_an_earlier_specimen(scan: &Scan<'_, '_>, last: usize) -> bool {
    let word = |at: usize, words: &[&str]| words.iter().any(|word| scan.is(at, word));
    for place in last + 1..last + 6 {
        if scan.gap(place).has(Gap::HARD | Gap::COMMA | Gap::COLON | Gap::CLOSE)
            || word(place, &["as", "like", "similar", "compared", "than", "and", "but"])
        {
            return false;
        }
        let led = word(place, &["in", "on", "at"]) && !scan.gap(place).has(Gap::OPEN);
        let article = usize::from(scan.is(place + 1, "the"));
        let named = place + 1 + article;
        let called = scan.is_of(named, WordGroup::Earlier) || word(named, &["initial", "original"]);
        // "At first excision" names it as well; "in first core" is one of several of now.
        if led && (article > 0 || called) {
            let earlier = called || word(named, &["outside"]);
            let other = |at: usize| article > 0 && word(at, &["report", "core", "letter"]);
            let specimen = |at: usize| scan.is_of(at, WordGroup::Specimen) || other(at);
            return earlier && (named + 1..named + 4).any(specimen);
        }
    }
    false
}

/// "Carcinoma in situ: No", "Melanoma (-)": the whole answer stands at once behind it.
fn answered(scan: &Scan<'_, '_>, last: usize) -> Option<Polarity> {
    let next = last + 1;
    let gap = scan.gap(next);
    let ends = |place: usize| {
        place >= scan.tokens.len() || scan.gap(place).has(Gap::HARD | Gap::LINE | Gap::COMMA | Gap::CLOSE | Gap::PERIOD)
    };
    let between = scan.between(next);
    let dots = between.windows(3).any(|three| three == b"...");
    if (gap.has(Gap::COLON) || dots) && !gap.has(Gap::LINE) && ["no", "nil", "none"].iter().any(|w| scan.is(next, w)) {
        return ends(next + 1).then_some(Polarity::Absent);
    }
    (between.starts_with(b" (-)") || between.starts_with(b"(-)")).then_some(Polarity::Absent)
}

/// Whether its own answer stands at once behind it: "lymphovascular invasion present".
fn is_asserted(scan: &Scan<'_, '_>, last: usize) -> bool {
    let next = last + 1 + usize::from(["is", "are", "was", "were"].iter().any(|word| scan.is(last + 1, word)));
    if scan.gap(last + 1).has(Gap::HARD | Gap::COMMA) {
        return false;
    }
    scan.marks_from(last + 1).iter().take_while(|mark| mark.first <= next).any(
        |mark| matches!(scan.meaning(mark), Some(Meaning::Result(result)) if result == "present" || result == "positive"),
    )
}

/// "HER2 not amplified in this carcinoma", "negative for ER in the carcinoma": the denial is the result of a test and
/// says nothing of what stands behind it.
fn is_of_a_test(scan: &Scan<'_, '_>, begins: usize, ends: usize, before: usize) -> bool {
    scan.marks_from(begins).iter().take_while(|mark| mark.first <= ends + 2).any(|mark| {
        mark.last < before
            && match scan.meaning(mark) {
                Some(Meaning::Result(result)) => mark.first == begins && mark.last > ends && result != "absent",
                Some(Meaning::Label(label)) => mark.first > ends && is_tested(label),
                Some(Meaning::Gene(_)) => mark.first > ends,
                _ => false,
            }
    })
}

fn is_tested(label: &Concept) -> bool {
    [Concept::ER, Concept::PR, Concept::HER2_IHC, Concept::HER2_ISH, Concept::KI67, Concept::PDL1, Concept::MSI]
        .contains(label)
}

fn is_turn(scan: &Scan<'_, '_>, place: usize) -> bool {
    ["with", "and", "but", "in", "of", "involving", "invading", "margin", "margins"]
        .iter()
        .any(|word| scan.is(place, word))
}

/// Whose finding a section tells of.
pub(crate) fn context_of(section: Section) -> Context {
    match section {
        Section::Clinical => Context::Clinical,
        Section::Previous => Context::History,
        _ => Context::Current,
    }
}
