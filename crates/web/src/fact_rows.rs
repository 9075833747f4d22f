//! Facts as rows: a source, one fact with what a person may say about it, and everything about one concept in a row that
//! opens.

use std::collections::BTreeMap;

use consilium_app::reading::{FactRow, FactWords, SourceWords};
use consilium_casefile::facts::Polarity;
use consilium_casefile::{CaseId, PartialDate};

use crate::highlight::row_id;
use crate::parts::{Choice, When, Word, counted};

/// A source: where the words stand.
pub(crate) struct SourceView {
    pub(crate) address: String,
    pub(crate) title: String,
    pub(crate) date: Option<When>,
    /// Nothing in the record says that it is this person's.
    pub(crate) names_no_one: bool,
    pub(crate) quote: String,
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
        }
    }

    pub(crate) fn words(case: &CaseId, source: &SourceWords) -> Self {
        Self {
            address: address(case, &source.document, source.start, source.end),
            title: source.title.clone(),
            date: source.date.map(When::from),
            names_no_one: source.names_no_one,
            quote: source.says.clone(),
        }
    }
}

fn address(case: &CaseId, document: &str, start: usize, end: usize) -> String {
    let words = if start < end { format!("?at={start}-{end}#here") } else { String::new() };
    format!("/cases/{case}/documents/{document}{words}")
}

/// The word for how a fact came to stand.
pub(crate) fn standing_word(standing: &str) -> Word {
    match standing {
        "confirmed" => Word::new("confirmed", "done"),
        "corrected" => Word::new("corrected", "done"),
        "typed" => Word::new("typed", "done"),
        "rejected" => Word::new("rejected", "cross"),
        "recognised" => Word::new("read from a picture", "ask"),
        _ => Word::new("machine-read", "empty"),
    }
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
}

/// Id of a fact's row on the page of its record.
pub(crate) fn fact_id(fact: &FactWords) -> String {
    match &fact.typed {
        Some(typed) => format!("fact-typed-{typed}"),
        None => row_id(fact.start, fact.end, &fact.concept),
    }
}

impl FactRowView {
    pub(crate) fn new(case: &CaseId, fact: &FactWords) -> Self {
        let mut notes = Vec::new();
        if let Some(was) = &fact.was {
            notes.push(format!("The program had read “{was}”."));
        }
        if fact.basis == consilium_casefile::facts::Basis::Derived {
            notes.push("Derived by arithmetic from what the record states.".to_owned());
        }
        if let Some(specimen) = &fact.specimen {
            notes.push(format!("Specimen {specimen}."));
        }
        let day = fact.said_at.map(|at| format!(", {}", PartialDate::Day(at.date()).human())).unwrap_or_default();
        Self {
            id: fact_id(fact),
            label: fact.label.clone(),
            words: fact.words.clone(),
            note: (!notes.is_empty()).then(|| notes.join(" ")),
            standing: standing_word(fact.standing),
            by: fact.by.as_ref().map(|by| format!("{by}{day}")),
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
            polarities: crate::forms::choices(&POLARITIES, polarity_name(fact.polarity)),
            judged: ["confirmed", "corrected", "rejected"].contains(&fact.standing),
            rejected: fact.standing == "rejected",
            here: false,
        }
    }
}

/// The five answers a correction chooses from, by name and in words.
pub(crate) const POLARITIES: [(&str, &str); 5] = [
    ("present", "It is so"),
    ("absent", "It is not so"),
    ("uncertain", "It may be so"),
    ("not_tested", "It was not tested"),
    ("insufficient", "It could not be judged"),
];

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
    pub(crate) words: String,
    pub(crate) by: Option<String>,
}

/// Everything about one concept: what stands in the closed row, and what it opens to.
pub(crate) struct ConceptRowView {
    pub(crate) id: String,
    pub(crate) concept: String,
    pub(crate) label: String,
    pub(crate) values: Vec<StatedView>,
    /// Between two values: `against` or `and`.
    pub(crate) between: &'static str,
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

fn differs(relation: Option<&str>) -> Option<Word> {
    match relation {
        Some("conflict") => Some(Word::new("records do not agree", "gap")),
        Some(_) => Some(Word::new("differs, as is to be expected", "same")),
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
) -> (Vec<ConceptRowView>, usize) {
    let (mut shown, mut hidden) = (Vec::new(), 0);
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    for (number, row) in (1_usize..).zip(rows) {
        let id = format!("row-{part}-{number}-{}", row.concept);
        let mut view = |place: &usize| {
            let fact = facts.get(*place)?;
            let mut view = FactRowView::new(case, fact);
            view.id = format!("{}-{}", fact.document, view.id);
            // Two facts of the same words about the same thing are told apart by their order.
            let times = met.entry(view.id.clone()).or_default();
            *times += 1;
            if *times > 1 {
                view.id = format!("{}-{times}", view.id);
            }
            view.here = view.id == asked.open;
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
            values: row.values.iter().map(|v| StatedView { words: v.words.clone(), by: v.by.clone() }).collect(),
            between: if row.relation == Some("conflict") { "against" } else { "and" },
            differs: differs(row.relation),
            sources: (row.sources > 0).then(|| counted(row.sources as u64, "source", "sources")),
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
