//! Facts as rows: a source, one fact with what a person may say about it, and everything about one concept in a row that
//! opens.

use std::collections::BTreeMap;

use consilium_app::reading::{FactRow, FactWords, SourceWords, StatedWords, WordingWords, document_words};
use consilium_casefile::facts::{Basis, Polarity};
use consilium_casefile::gather::HeldDocument;
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::{CaseId, CaseView, DocumentId, Message, PartialDate};

use crate::highlight::row_id;
use crate::parts::{Choice, Say, When, Word};

/// A source: where the words stand.
pub(crate) struct SourceView {
    pub(crate) address: String,
    pub(crate) title: String,
    pub(crate) date: Option<When>,
    /// Nothing in the record says that it is this person's.
    pub(crate) names_no_one: bool,
    pub(crate) quote: String,
    /// What it says in its own words, where the sources of one side do not say the same.
    pub(crate) says: Option<String>,
}

impl SourceView {
    pub(crate) fn of(case: &CaseId, fact: &FactWords) -> Self {
        Self {
            address: match (&fact.typed, fact.page) {
                (Some(_), Some(page)) => {
                    format!("/cases/{case}/documents/{}?open={}#page-{page}", fact.document, fact_id(fact))
                }
                _ => address(case, &fact.document, fact.start, fact.end),
            },
            title: fact.title.clone(),
            date: fact.date.map(When::from),
            names_no_one: fact.names_no_one,
            quote: fact.quote.clone(),
            says: None,
        }
    }

    /// A place in a record that holds no fact.
    pub(crate) fn at_place(
        view: &CaseView<'_>,
        knowledge: &Knowledge,
        held: &HeldDocument,
        (start, end): (usize, usize),
        quote: String,
    ) -> Self {
        Self {
            address: address(view.id(), held.document.id.as_str(), start, end),
            title: document_words(view, held, knowledge),
            date: held.date().map(When::from),
            names_no_one: held.names_no_one(),
            quote,
            says: None,
        }
    }

    /// Words of a record, or of nothing that can be opened; the words are its title.
    pub(crate) fn quoted(
        case: &CaseId,
        document: Option<&DocumentId>,
        (start, end): (usize, usize),
        words: String,
    ) -> Self {
        Self {
            address: document.map(|id| address(case, id.as_str(), start, end)).unwrap_or_default(),
            title: words,
            date: None,
            names_no_one: false,
            quote: String::new(),
            says: None,
        }
    }

    pub(crate) fn words(case: &CaseId, source: &SourceWords) -> Self {
        Self {
            address: address(case, &source.document, source.start, source.end),
            title: source.title.clone(),
            date: source.date.map(When::from),
            names_no_one: source.names_no_one,
            // Of a treatment it stands beside the words.
            quote: match source.sent.as_ref().filter(|_| source.treatment.is_none()) {
                Some(sent) => format!("{} ({sent})", source.says),
                None => source.says.clone(),
            },
            says: None,
        }
    }
}

fn address(case: &CaseId, document: &str, start: usize, end: usize) -> String {
    let words = if start < end { format!("?at={start}-{end}#here") } else { String::new() };
    format!("/cases/{case}/documents/{document}{words}")
}

/// The word for how a fact came to stand.
fn standing_word(standing: &str, say: Say<'_>) -> Word {
    let (key, mark) = match standing {
        "confirmed" => ("standing-confirmed", "done"),
        "corrected" => ("standing-corrected", "done"),
        "typed" => ("standing-typed", "done"),
        "rejected" => ("standing-rejected", "cross"),
        "recognised" => ("standing-recognised", "ask"),
        _ => ("standing-machine-read", "empty"),
    };
    Word::said(say, key, mark)
}

/// One fact as a row.
pub(crate) struct FactRowView {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) words: String,
    pub(crate) note: Option<String>,
    pub(crate) standing: Word,
    /// Who said so, and when.
    pub(crate) by: Option<String>,
    pub(crate) source: SourceView,
    pub(crate) quote: String,
    pub(crate) concept: String,
    pub(crate) specimen: String,
    /// Where its words begin.
    pub(crate) start: usize,
    pub(crate) document: String,
    pub(crate) value: String,
    pub(crate) typed: Option<String>,
    pub(crate) polarities: Vec<Choice>,
    pub(crate) judged: bool,
    pub(crate) rejected: bool,
    /// Whether the address asks for it.
    pub(crate) here: bool,
    /// Why a correction of it was refused: what was typed stands in the form.
    pub(crate) refusal: Option<String>,
}

/// Id of a fact's row on the page of its record.
pub(crate) fn fact_id(fact: &FactWords) -> String {
    match &fact.typed {
        Some(typed) => format!("fact-typed-{typed}"),
        None => row_id(fact.start, fact.end, &fact.concept),
    }
}

impl FactRowView {
    pub(crate) fn new(case: &CaseId, fact: &FactWords, say: Say<'_>) -> Self {
        let specimen = |key: &str, label: &String| Message::new(key).with("specimen", label);
        let notes = [
            fact.was.as_ref().map(|was| Message::new("fact-was").with("was", was)),
            (fact.basis == Basis::Derived).then(|| Message::new("fact-derived")),
            match &fact.specimen {
                Some(label) if fact.without_cancer => Some(specimen("fact-without-cancer", label)),
                label => label.as_ref().map(|label| specimen("fact-specimen", label)),
            },
            fact.tumor_unclear.then(|| Message::new("fact-tumor-unclear")),
        ];
        let notes: Vec<String> = notes.iter().flatten().map(say).chain(fact.sent.clone()).collect();
        let by = |by: &String| match fact.said_at {
            Some(at) => {
                let day = PartialDate::Day(at.date()).human();
                say(&Message::new("fact-said-by").with("who", by).with("day", day))
            }
            None => by.clone(),
        };
        Self {
            id: fact_id(fact),
            label: fact.label.clone(),
            words: fact.words.clone(),
            note: (!notes.is_empty()).then(|| notes.join(" ")),
            standing: standing_word(fact.standing, say),
            by: fact.by.as_ref().map(by),
            source: SourceView::of(case, fact),
            quote: fact.quote.clone(),
            concept: fact.concept.clone(),
            specimen: fact.specimen.clone().unwrap_or_default(),
            start: fact.start,
            document: fact.document.clone(),
            // A length is corrected with its unit.
            value: match fact.unit.as_deref() {
                Some("mm") => format!("{} mm", fact.value),
                _ => fact.value.clone(),
            },
            typed: fact.typed.clone(),
            polarities: polarities(polarity_name(fact.polarity), say),
            refusal: None,
            judged: ["confirmed", "corrected", "rejected"].contains(&fact.standing),
            rejected: fact.standing == "rejected",
            here: false,
        }
    }
}

/// The five answers a correction chooses from, in words.
fn polarities(chosen: &str, say: Say<'_>) -> Vec<Choice> {
    let choice = |name: &&str| Choice {
        value: (*name).to_owned(),
        label: say(&Message::new(&format!("polarity-{}", name.replace('_', "-")))),
        chosen: *name == chosen,
    };
    ["present", "absent", "uncertain", "not_tested", "insufficient"].iter().map(choice).collect()
}

fn polarity_name(polarity: Polarity) -> &'static str {
    match polarity {
        Polarity::Present => "present",
        Polarity::Absent => "absent",
        Polarity::NotTested => "not_tested",
        Polarity::Insufficient => "insufficient",
        Polarity::Uncertain => "uncertain",
    }
}

/// Which facts the address asks for, and which row stands open.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pub(crate) concept: String,
    pub(crate) standing: String,
    /// Whether mentions in passing get rows of their own.
    pub(crate) all: bool,
    /// Id of a fact or of a row.
    pub(crate) open: String,
    /// A correction of that fact that was refused.
    pub(crate) refused: Option<RefusedWord>,
}

/// A correction that was refused: what was typed and chosen, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RefusedWord {
    pub(crate) value: String,
    pub(crate) polarity: String,
    pub(crate) sentence: String,
}

impl FactRowView {
    /// Puts what was typed back into the form, with the sentence beside it.
    pub(crate) fn refuse(&mut self, refused: Option<&RefusedWord>) {
        let Some(refused) = refused else { return };
        self.value.clone_from(&refused.value);
        self.refusal = Some(refused.sentence.clone());
        for choice in &mut self.polarities {
            choice.chosen = choice.value == refused.polarity;
        }
    }
}

impl Asked {
    fn fits(&self, fact: &FactWords) -> bool {
        let stands = match self.standing.as_str() {
            "" => fact.standing != "rejected",
            "confirmed" => fact.is_confirmed(),
            wanted => fact.standing == wanted,
        };
        stands && (self.concept.is_empty() || fact.concept == self.concept)
    }

    /// Whether somebody looks for something: then what is found stands open.
    fn narrows(&self) -> bool {
        !self.concept.is_empty() || !self.standing.is_empty()
    }

    /// Whether a contradiction about this concept is among what somebody looks for.
    pub(crate) fn looks_for(&self, concept: &str) -> bool {
        !self.narrows() || self.concept == concept
    }

    /// What a form sends along, so that the browser lands where it was.
    pub(crate) fn fields(&self) -> Vec<(&'static str, String)> {
        let all = if self.all { "yes" } else { "" };
        let fields = [("in_concept", self.concept.as_str()), ("in_standing", &self.standing), ("in_all", all)];
        let mut fields: Vec<(&str, String)> = fields.map(|(name, value)| (name, value.to_owned())).to_vec();
        fields.retain(|(_, value)| !value.is_empty());
        fields.push(("back", "facts".to_owned()));
        fields
    }
}

/// A value that records state.
pub(crate) struct StatedView {
    /// Each wording of it, with its records where there are several.
    pub(crate) said: Vec<WordingView>,
    pub(crate) by: Option<String>,
    pub(crate) partly: Option<String>,
}

/// One wording of a value.
pub(crate) struct WordingView {
    pub(crate) words: String,
    pub(crate) sources: Option<String>,
    pub(crate) doubt: Option<String>,
}

impl StatedView {
    fn of(value: &StatedWords, say: Say<'_>) -> Self {
        let wording = |of: &WordingWords| WordingView {
            words: of.words.clone(),
            sources: Some(of.sources.clone()),
            doubt: of.tumor_unclear.then(|| say(&Message::new("tumor-unclear"))),
        };
        let alone = || vec![WordingView { words: value.words.clone(), sources: None, doubt: None }];
        Self {
            said: if value.each.is_empty() { alone() } else { value.each.iter().map(wording).collect() },
            by: value.by.clone(),
            partly: value.partly.clone(),
        }
    }
}

/// Everything about one concept: what stands in the closed row, and what it opens to.
pub(crate) struct ConceptRowView {
    pub(crate) id: String,
    pub(crate) concept: String,
    pub(crate) label: String,
    pub(crate) values: Vec<StatedView>,
    /// Between two values: `against` or `and`.
    pub(crate) between: String,
    /// Whether the records differ, and how.
    pub(crate) differs: Option<Word>,
    pub(crate) sources: Option<String>,
    pub(crate) newest: Option<When>,
    /// What scans seem to say where no record states anything.
    pub(crate) suggested: Vec<String>,
    pub(crate) unconfirmed: usize,
    pub(crate) open: bool,
    pub(crate) facts: Vec<FactRowView>,
    pub(crate) mentions: Vec<FactRowView>,
    /// Mentions there are, shown or not.
    pub(crate) mentioned: usize,
    pub(crate) mentions_open: bool,
    /// Facts and mentions that are shown once somebody asks for this concept alone.
    pub(crate) more: usize,
}

/// Facts, and mentions, that one row shows while somebody looks at all rows.
const MOST_SHOWN: usize = 40;

/// Leaves as many as a row shows, and the one that is asked for; how many are left out.
fn shorten(facts: &mut Vec<FactRowView>, asked: &Asked) -> usize {
    if !asked.concept.is_empty() {
        return 0;
    }
    let before = facts.len();
    let mut place = 0;
    facts.retain(|fact| {
        place += 1;
        place <= MOST_SHOWN || fact.here
    });
    before - facts.len()
}

fn differs(relation: Option<&str>, say: Say<'_>) -> Option<Word> {
    match relation {
        Some("conflict") => Some(Word::said(say, "row-conflict", "gap")),
        Some(_) => Some(Word::said(say, "row-expected", "same")),
        None => None,
    }
}

/// The rows of one part of the page, named `part`, and how many are hidden because they are only mentioned in passing.
pub(crate) fn concept_rows(
    case: &CaseId,
    part: &str,
    facts: &[FactWords],
    rows: &[FactRow],
    asked: &Asked,
    say: Say<'_>,
) -> (Vec<ConceptRowView>, usize) {
    let (mut shown, mut hidden) = (Vec::new(), 0);
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    for (number, row) in (1_usize..).zip(rows) {
        let id = format!("row-{part}-{number}-{}", row.concept);
        let mut view = |place: &usize| {
            let fact = facts.get(*place)?;
            let mut view = FactRowView::new(case, fact, say);
            view.id = format!("{}-{}", fact.document, view.id);
            // Two facts of the same words about the same thing are told apart by their order.
            let times = met.entry(view.id.clone()).or_default();
            *times += 1;
            if *times > 1 {
                view.id = format!("{}-{times}", view.id);
            }
            view.here = view.id == asked.open;
            if view.here {
                view.refuse(asked.refused.as_ref());
            }
            let wanted = view.here || asked.fits(fact);
            wanted.then_some(view)
        };
        let mut own: Vec<FactRowView> = row.facts.iter().filter_map(&mut view).collect();
        let mut mentions: Vec<FactRowView> = row.mentions.iter().filter_map(&mut view).collect();
        let asked_mention = mentions.iter().any(|fact| fact.here);
        let only_mentions = own.is_empty() && !asked.all && !asked_mention;
        if only_mentions {
            hidden += usize::from(!mentions.is_empty());
            continue;
        }
        let suggests =
            |place: &usize| facts.get(*place).filter(|f| f.standing == "recognised").map(|f| f.words.clone());
        let mut suggested: Vec<String> = row.facts.iter().filter_map(suggests).collect();
        suggested.dedup();
        suggested.retain(|_| row.values.is_empty());
        let mentioned = mentions.len();
        let more = shorten(&mut own, asked) + shorten(&mut mentions, asked);
        let opened = asked.open == id || asked_mention || own.iter().any(|fact| fact.here);
        shown.push(ConceptRowView {
            open: opened || asked.open == "all" || asked.narrows(),
            id,
            concept: row.concept.clone(),
            label: row.label.clone(),
            values: row.values.iter().map(|v| StatedView::of(v, say)).collect(),
            between: say(&Message::new(if row.relation == Some("conflict") { "row-against" } else { "row-and" })),
            differs: differs(row.relation, say),
            sources: (row.sources > 0).then(|| say(&Message::new("row-sources").with("count", row.sources))),
            newest: row.newest.map(When::from),
            suggested,
            unconfirmed: row.unconfirmed,
            mentions_open: asked_mention || own.is_empty(),
            facts: own,
            mentions,
            mentioned,
            more,
        });
    }
    (shown, hidden)
}
