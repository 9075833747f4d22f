//! The one-page summary: the lines a reviewing specialist looks for first, each with its sources, and "not stated" where
//! nobody stated it. Which lines there are for which site stands in `knowledge/summary-lines.csv`.

use std::collections::BTreeSet;

use super::differences::{Difference, Relation, Statements, differences, exact_first};
use super::tumours::{OF_THE_PERSON, Tumour, tumours};
use super::view::{CaseFact, answers};
use super::words::value_words;
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
    /// In words.
    pub words: String,
    /// Who states it.
    pub facts: Vec<usize>,
    /// Whether a person stands for it.
    pub confirmed: bool,
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
    let person = person_lines(&facts, knowledge);
    Summary { facts, tumours, person }
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
        let optional = MANY.contains(&row.concept) || [Concept::TREATMENT_EFFECT, Concept::TMB].contains(&row.concept);
        if here.is_empty() && (!expected || optional || tumour.key.site.is_empty()) {
            continue;
        }
        let difference = differences.iter().find(|d| d.concept == row.concept);
        lines.push(SummaryLine {
            part: row.part,
            concept: row.concept.clone(),
            values: values(facts, &here, difference, knowledge),
            relation: difference.map(|d| d.relation),
        });
    }
    lines
}

fn person_lines(facts: &[CaseFact<'_>], knowledge: &Knowledge) -> Vec<SummaryLine> {
    let rows = knowledge.summary_lines.iter().filter(|row| row.part == SummaryPart::Person);
    rows.filter_map(|row| {
        let here: Vec<usize> = (0..facts.len())
            .filter(|p| facts.get(*p).is_some_and(|f| of_person(f) && f.fact.concept == row.concept))
            .collect();
        let shown = !here.is_empty() || [Concept::ECOG, Concept::ALLERGY].contains(&row.concept);
        shown.then(|| SummaryLine {
            part: row.part,
            concept: row.concept.clone(),
            values: values(facts, &here, None, knowledge),
            relation: None,
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

/// Values by their words; what only says more or less is one value, the fullest wording.
pub(super) fn values(
    facts: &[CaseFact<'_>],
    here: &[usize],
    difference: Option<&Difference>,
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
    for place in exact_first(facts, here) {
        let Some(fact) = facts.get(place).filter(|_| !placed.contains(&place)) else { continue };
        let words = value_words(&fact.fact, knowledge);
        match groups.iter_mut().find(|group| group.takes(&fact.fact, &words)) {
            Some(group) => group.add(place, &fact.fact),
            None => groups.push(Group::of(place, &fact.fact, knowledge)),
        }
    }
    let groups: Vec<Vec<usize>> = groups.into_iter().map(|group| group.facts).collect();
    let answered = groups.iter().flatten().filter_map(|p| facts.get(*p)).any(|f| answers(f.fact.polarity));
    groups
        .into_iter()
        .filter(|group| !answered || group.iter().filter_map(|p| facts.get(*p)).any(|f| answers(f.fact.polarity)))
        .filter_map(|group| {
            let fullest = group
                .iter()
                .filter_map(|p| facts.get(*p))
                .filter(|f| f.fact.polarity != Polarity::NotTested || !answered)
                // Words that a person stands for come before fuller ones that nobody confirmed.
                .max_by_key(|f| (f.standing.is_confirmed(), value_words(&f.fact, knowledge).len()))?;
            let gene = fullest.fact.qualifiers.gene.as_deref().filter(|_| MANY.contains(&fullest.fact.concept));
            let words = value_words(&fullest.fact, knowledge);
            let words = match gene {
                Some(gene) if !words.contains(gene) => format!("{gene} {words}"),
                _ => words,
            };
            let confirmed = group.iter().filter_map(|p| facts.get(*p)).any(|f| f.standing.is_confirmed());
            Some(SummaryValue { words, confirmed, facts: group })
        })
        .collect()
}
