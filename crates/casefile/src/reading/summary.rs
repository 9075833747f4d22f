//! The one-page summary: the lines a reviewing specialist looks for first, each with its sources, and "not stated" where
//! nobody stated it. Which lines there are for which site stands in `knowledge/summary-lines.csv`.

use std::collections::BTreeSet;

use super::differences::{Difference, Relation, Statements, differences, exact_first};
use super::of_person::person_differences;
use super::tumours::{OF_THE_PERSON, Tumour, tumours};
use super::view::{CaseFact, answers};
use super::words::{concept_words, value_words};
use crate::audience::CaseView;
use crate::facts::{Concept, Fact, Polarity};
use crate::knowledge::Knowledge;

/// A part of the summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SummaryPart {
    /// Site, side, histology, grade.
    Diagnosis,
    /// Stage.
    Stage,
    /// What the specimen showed.
    Specimen,
    /// Receptors, genes, blood markers.
    Markers,
    /// The person: performance status, allergies, family.
    Person,
}

impl SummaryPart {
    /// Every part in order.
    pub const ALL: [Self; 5] = [Self::Diagnosis, Self::Stage, Self::Specimen, Self::Markers, Self::Person];

    /// Key of its heading.
    #[must_use]
    pub fn heading_key(self) -> &'static str {
        match self {
            Self::Diagnosis => "summary-diagnosis",
            Self::Stage => "summary-stage",
            Self::Specimen => "summary-specimen",
            Self::Markers => "summary-markers",
            Self::Person => "summary-person",
        }
    }
}

/// One value of a line with the facts that state it: places in [`Summary::facts`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryValue {
    /// In words: the fullest of what the records say.
    pub words: String,
    /// What each of them says in its own words, the fullest first; one where all say the same.
    pub each: Vec<SaidWords>,
    /// Who states it.
    pub facts: Vec<usize>,
    /// Documents that state it.
    pub documents: usize,
    /// Of these, the ones whose statement a person stands for.
    pub confirmed: usize,
}

impl SummaryValue {
    /// Whether a person stands for the statement of every document.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        self.confirmed > 0 && self.confirmed == self.documents
    }
}

/// One wording of a value, and the facts that say it so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidWords {
    /// In words.
    pub words: String,
    /// Who says it so.
    pub facts: Vec<usize>,
    /// Whether it is not clear that they speak of this tumour.
    pub unclear: bool,
}

/// What facts say of a concept, each in its own words: those of the same words together, in the order of the first, and
/// apart from them those of which it is not clear that they speak of this tumour. What is said of another concept than
/// the one that is spoken of is named.
#[must_use]
pub fn wordings(
    facts: &[CaseFact<'_>],
    places: &[usize],
    of: &Concept,
    unclear: &BTreeSet<usize>,
    knowledge: &Knowledge,
) -> Vec<SaidWords> {
    let mut each: Vec<SaidWords> = Vec::new();
    for place in places {
        let Some(fact) = facts.get(*place).map(|f| &f.fact) else { continue };
        let words = own_words(fact, of, knowledge);
        let unclear = unclear.contains(place);
        match each.iter_mut().find(|said| said.words == words && said.unclear == unclear) {
            Some(said) => said.facts.push(*place),
            None => each.push(SaidWords { words, facts: vec![*place], unclear }),
        }
    }
    each
}

/// The value of a fact as it stands on a line about a concept.
fn own_words(fact: &Fact, of: &Concept, knowledge: &Knowledge) -> String {
    let words = value_words(fact, knowledge);
    if fact.concept != *of {
        return format!("{words} ({})", concept_words(fact, knowledge));
    }
    match fact.qualifiers.gene.as_deref().filter(|_| MANY.contains(&fact.concept)) {
        Some(gene) if !words.contains(gene) => format!("{gene} {words}"),
        _ => words,
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryLine {
    /// Where it stands.
    pub part: SummaryPart,
    /// What it is about.
    pub concept: Concept,
    /// What the records say; several where they differ or where there are several (genes); none: not stated.
    pub values: Vec<SummaryValue>,
    /// How the values stand to each other, where they differ.
    pub relation: Option<Relation>,
    /// Whether they differ only because of records of which it is not clear that they speak of this tumour.
    pub unclear: bool,
}

/// The summary of one tumour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TumourSummary {
    /// The tumour.
    pub tumour: Tumour,
    /// Its lines, in order.
    pub lines: Vec<SummaryLine>,
    /// Where records differ.
    pub differences: Vec<Difference>,
}

/// The summary of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary<'a> {
    /// Every fact of the view.
    pub facts: Vec<CaseFact<'a>>,
    /// Each tumour, the best attested first.
    pub tumours: Vec<TumourSummary>,
    /// Lines about the person.
    pub person: Vec<SummaryLine>,
    /// Where records differ about the person.
    pub person_differences: Vec<Difference>,
}

/// The summary of a view.
#[must_use]
pub fn summary<'a>(view: &CaseView<'a>, knowledge: &Knowledge) -> Summary<'a> {
    let facts = view.facts(knowledge);
    let stated = view.cancer_topography(knowledge);
    let found = tumours(&facts, stated.as_deref(), knowledge);
    let of = |tumour: Tumour| {
        let differences = differences(&facts, &tumour);
        let lines = tumour_lines(&facts, &tumour, &differences, knowledge);
        TumourSummary { tumour, lines, differences }
    };
    // Metastases and sites met in passing are no tumours of their own on page one.
    let tumours: Vec<TumourSummary> =
        found.into_iter().filter(|t| t.documents > 0 || (t.key.site.is_empty() && speak(&facts, t))).map(of).collect();
    let person_differences = person_differences(&facts);
    let person = person_lines(&facts, &person_differences, knowledge);
    Summary { facts, tumours, person, person_differences }
}

/// Whether a tumour whose site nobody states has anything to say.
fn speak(facts: &[CaseFact<'_>], tumour: &Tumour) -> bool {
    tumour
        .facts
        .iter()
        .filter_map(|p| facts.get(*p))
        .any(|f| f.speaks() && ![Concept::LATERALITY, Concept::PROCEDURE, Concept::SPECIMEN].contains(&f.fact.concept))
}

/// Concepts of which a case may hold many without any contradiction.
const MANY: [Concept; 7] = [
    Concept::VARIANT,
    Concept::FUSION,
    Concept::AMPLIFICATION,
    Concept::FAMILY_HISTORY,
    Concept::GERMLINE,
    Concept::ALLERGY,
    Concept::COMORBIDITY,
];

/// Whether a case may hold many values of this concept without any contradiction.
#[must_use]
pub fn holds_many(concept: &Concept) -> bool {
    MANY.contains(concept)
}

fn tumour_lines(
    facts: &[CaseFact<'_>],
    tumour: &Tumour,
    differences: &[Difference],
    knowledge: &Knowledge,
) -> Vec<SummaryLine> {
    let mut lines = Vec::new();
    let rows = knowledge.summary_lines.iter().filter(|row| row.part != SummaryPart::Person);
    for row in rows.filter(|row| !OF_THE_PERSON.contains(&row.concept)) {
        let here: Vec<usize> = tumour
            .facts
            .iter()
            .copied()
            .filter(|p| facts.get(*p).is_some_and(|f| f.speaks() && f.fact.concept == row.concept))
            .collect();
        let expected = row.sites.is_empty() || row.sites.iter().any(|s| tumour.key.site.starts_with(s.as_str()));
        // A line that is not looked for at this site is shown only when somebody stated it.
        let optional = MANY.contains(&row.concept)
            || [Concept::TREATMENT_EFFECT, Concept::TMB, Concept::HER2_STATUS].contains(&row.concept);
        let difference = differences.iter().find(|d| d.concept == row.concept);
        if here.is_empty() && difference.is_none() && (!expected || optional || tumour.key.site.is_empty()) {
            continue;
        }
        lines.push(SummaryLine {
            part: row.part,
            concept: row.concept.clone(),
            values: values(facts, &here, &row.concept, difference, &tumour.unclear, knowledge),
            relation: difference.map(|d| d.relation),
            unclear: difference.is_some_and(|d| d.unclear),
        });
    }
    lines
}

fn person_lines(facts: &[CaseFact<'_>], differences: &[Difference], knowledge: &Knowledge) -> Vec<SummaryLine> {
    let rows = knowledge.summary_lines.iter().filter(|row| row.part == SummaryPart::Person);
    rows.filter_map(|row| {
        let here: Vec<usize> = (0..facts.len())
            .filter(|p| facts.get(*p).is_some_and(|f| of_person(f) && f.fact.concept == row.concept))
            .collect();
        let shown = !here.is_empty() || [Concept::ECOG, Concept::ALLERGY].contains(&row.concept);
        let difference = differences.iter().find(|d| d.concept == row.concept);
        // Of allergies each is a value of its own, whoever denies it.
        let sides = difference.filter(|_| !MANY.contains(&row.concept));
        shown.then(|| SummaryLine {
            part: row.part,
            concept: row.concept.clone(),
            values: values(facts, &here, &row.concept, sides, &BTreeSet::new(), knowledge),
            relation: difference.map(|d| d.relation),
            unclear: false,
        })
    })
    .collect()
}

/// Facts about the person count whether or not they are a text's main answer: a list of allergies has many.
pub(super) fn of_person(fact: &CaseFact<'_>) -> bool {
    let family = fact.fact.concept == Concept::FAMILY_HISTORY;
    fact.standing.counts() && (fact.is_of_now() || family)
}

/// Facts that are one value.
struct Group<'f> {
    facts: Vec<usize>,
    first: &'f Fact,
    /// Words of the first.
    words: String,
    said: Statements<'f>,
}

impl<'f> Group<'f> {
    fn of(place: usize, first: &'f Fact, knowledge: &Knowledge) -> Self {
        let words = value_words(first, knowledge);
        Self { facts: vec![place], first, words, said: Statements::of(first) }
    }

    fn add(&mut self, place: usize, fact: &'f Fact) {
        self.facts.push(place);
        self.said.add(fact);
    }

    /// Whether a fact says the same, in these words, or only more or less of it.
    fn takes(&self, fact: &Fact, words: &str) -> bool {
        let says_more = || {
            let one_answer = !MANY.contains(&fact.concept) && self.first.polarity == fact.polarity;
            one_answer && self.said.joined_by(fact)
        };
        self.first.qualifiers.gene == fact.qualifiers.gene && (self.words == words || says_more())
    }
}

/// Values by their words; what only says more or less is one value, of which every record keeps its own words.
pub(super) fn values(
    facts: &[CaseFact<'_>],
    here: &[usize],
    of: &Concept,
    difference: Option<&Difference>,
    unclear: &BTreeSet<usize>,
    knowledge: &Knowledge,
) -> Vec<SummaryValue> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for side in difference.map(|d| d.sides.as_slice()).unwrap_or_default() {
        let mut of = side.facts.iter().filter_map(|place| Some((*place, facts.get(*place)?)));
        let Some((place, first)) = of.next() else { continue };
        let mut group = Group::of(place, &first.fact, knowledge);
        of.for_each(|(place, fact)| group.add(place, &fact.fact));
        groups.push(group);
    }
    let placed: BTreeSet<usize> = groups.iter().flat_map(|group| &group.facts).copied().collect();
    for place in exact_first(facts, here, unclear) {
        let Some(fact) = facts.get(place).filter(|_| !placed.contains(&place)) else { continue };
        let words = value_words(&fact.fact, knowledge);
        match groups.iter_mut().find(|group| group.takes(&fact.fact, &words)) {
            Some(group) => group.add(place, &fact.fact),
            None => groups.push(Group::of(place, &fact.fact, knowledge)),
        }
    }
    let groups: Vec<Vec<usize>> = groups.into_iter().map(|group| group.facts).collect();
    let answered = groups.iter().flatten().filter_map(|p| facts.get(*p)).any(|f| answers(f.fact.polarity));
    let value = |group: Vec<usize>| {
        let said: Vec<usize> = group
            .iter()
            .copied()
            .filter(|p| facts.get(*p).is_some_and(|f| f.fact.polarity != Polarity::NotTested || !answered))
            .collect();
        // What is clear to be of this tumour comes before what may be of another, and words that a person stands for
        // before fuller ones that nobody confirmed.
        let fullest = said.iter().copied().max_by_key(|p| {
            let fact = facts.get(*p);
            let length = fact.map_or(0, |f| value_words(&f.fact, knowledge).len());
            // The tumour before its metastasis.
            let began = fact.is_some_and(|f| !f.fact.value.ends_with("/6"));
            (!unclear.contains(p), fact.is_some_and(|f| f.standing.is_confirmed()), began, length)
        })?;
        let words = own_words(&facts.get(fullest)?.fact, of, knowledge);
        let mut each = wordings(facts, &said, of, unclear, knowledge);
        each.sort_by_key(|said| (said.unclear, said.words != words));
        let of_document = |p: &usize| facts.get(*p).map(|f| &f.key.document);
        let documents: BTreeSet<_> = group.iter().filter_map(of_document).collect();
        let stands = |p: &&usize| facts.get(**p).is_some_and(|f| f.standing.is_confirmed());
        let confirmed: BTreeSet<_> = group.iter().filter(stands).filter_map(of_document).collect();
        Some(SummaryValue { words, each, documents: documents.len(), confirmed: confirmed.len(), facts: group })
    };
    groups
        .into_iter()
        .filter(|group| !answered || group.iter().filter_map(|p| facts.get(*p)).any(|f| answers(f.fact.polarity)))
        .filter_map(value)
        .collect()
}
