//! Page one for the specialist: the summary's lines in words, each with the numbers of its sources.

use std::collections::HashMap;

use consilium_casefile::facts::TreatmentStatus;
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::reading::{Relation, SaidWords, Summary, SummaryLine, SummaryPart};
use consilium_casefile::{CaseId, CaseView, Message, PartialDate, Session};
use serde::Serialize;

use super::facts::{
    MedicineAnswer, NO_DOSE, SourceWords, TreatmentAnswer, listed_once, medicine_answers, partly, relation_word,
    site_words, treatment_answers,
};
use super::notes::{Note, note};
use super::words::{Say, capital};
use crate::App;
use crate::error::AppError;

/// The summary, ready to be shown, printed and read by programs.
#[derive(Debug, Clone, Serialize)]
pub struct SummaryAnswer {
    /// The case's handle.
    pub case: String,
    /// The patient as stated; empty when not stated.
    pub patient: String,
    /// Birth date, where stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<PartialDate>,
    /// The cancer in the person's words.
    pub cancer: String,
    /// Each tumour.
    pub tumours: Vec<SummaryTumour>,
    /// Lines about the person.
    pub person: Vec<LineWords>,
    /// Treatment given, oldest first.
    pub given: Vec<ListedWords>,
    /// Treatment planned or declined.
    pub planned: Vec<ListedWords>,
    /// Medicines taken.
    pub medicines: Vec<ListedWords>,
    /// The questions asked, in the person's order.
    pub questions: Vec<String>,
    /// Findings read from pictures that nobody has confirmed; they are on no line.
    pub unconfirmed: usize,
    /// What records do not agree on.
    pub conflicts: Vec<String>,
    /// Documents the lines come from, by number.
    pub sources: Vec<NumberedSource>,
}

/// A tumour of the summary.
#[derive(Debug, Clone, Serialize)]
pub struct SummaryTumour {
    /// Its topography category; empty where no record states a site.
    #[serde(skip)]
    pub site: String,
    /// The site in words.
    pub words: String,
    /// Its parts.
    pub parts: Vec<PartWords>,
}

/// A part of a tumour's lines.
#[derive(Debug, Clone, Serialize)]
pub struct PartWords {
    /// Which.
    pub part: SummaryPart,
    /// Its heading.
    pub heading: String,
    /// Its lines.
    pub lines: Vec<LineWords>,
}

/// One line in words.
#[derive(Debug, Clone, Serialize)]
pub struct LineWords {
    /// Id of the concept.
    pub concept: String,
    /// What it is about.
    pub label: String,
    /// Values; none: not stated.
    pub values: Vec<ValueWords>,
    /// `conflict` or `expected`, where values differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<&'static str>,
    /// Where there are several values: why, and which record says which, by number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The same before its sources have numbers, for whoever counts them otherwise.
    #[serde(skip)]
    pub explained: Option<Note>,
    /// Whether nothing is stated but a scan seems to say it, which nobody has confirmed.
    pub on_scan: bool,
}

/// One value in words.
#[derive(Debug, Clone, Serialize)]
pub struct ValueWords {
    /// The value.
    pub words: String,
    /// What each record says in its own words, the fullest first: one where all say the same.
    pub each: Vec<ValueSaid>,
    /// Whether a person confirmed it in every source; otherwise it is machine-read.
    pub confirmed: bool,
    /// How many of its sources a person confirmed, where not all are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partly: Option<String>,
    /// Who confirmed it, as whoever looks may know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The same, for paper that others read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_on_paper: Option<String>,
    /// Where it stands.
    pub marks: Vec<Mark>,
}

/// One wording of a value, and where it stands.
#[derive(Debug, Clone, Serialize)]
pub struct ValueSaid {
    /// The words.
    pub words: String,
    /// Where they stand.
    pub marks: Vec<Mark>,
    /// That it is not clear that these records speak of this tumour, where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doubt: Option<String>,
}

/// A treatment or a medicine in one line.
#[derive(Debug, Clone, Serialize)]
pub struct ListedWords {
    /// The line.
    pub words: String,
    /// Where it stands.
    pub marks: Vec<Mark>,
    /// Whether a person confirmed it.
    pub confirmed: bool,
    /// Who confirmed it, as whoever looks may know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The same, for paper that others read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_on_paper: Option<String>,
    /// Whether the sources differ and nobody has settled it.
    pub differs: bool,
}

/// The number of a source, and the place in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// Number in the list of sources.
    pub number: usize,
    /// Document.
    pub document: String,
    /// First character, in code points.
    pub start: usize,
    /// One past the last.
    pub end: usize,
}

/// A document with its number.
#[derive(Debug, Clone, Serialize)]
pub struct NumberedSource {
    /// From 1.
    pub number: usize,
    /// Document.
    pub document: String,
    /// What it is.
    pub title: String,
    /// Its date of service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<PartialDate>,
    /// Whether it names no patient, and nobody said whose it is.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub names_no_one: bool,
}

/// Sources met so far, numbered in the order of the page, and the number of each.
#[derive(Default)]
struct Sources(Vec<NumberedSource>, HashMap<String, usize>);

impl Sources {
    /// Marks a place; the document is described where it is met first.
    fn mark(&mut self, document: &str, (start, end): (usize, usize), described: impl FnOnce() -> Described) -> Mark {
        let number = self.1.get(document).copied().unwrap_or_else(|| {
            let number = self.0.len() + 1;
            let Described { title, date, names_no_one } = described();
            self.1.insert(document.to_owned(), number);
            self.0.push(NumberedSource { number, document: document.to_owned(), title, date, names_no_one });
            number
        });
        Mark { number, document: document.to_owned(), start, end }
    }

    /// One mark a document: the page has room for numbers, not for every mention.
    fn marks(&mut self, sources: &[SourceWords]) -> Vec<Mark> {
        let described =
            |s: &SourceWords| Described { title: s.title.clone(), date: s.date, names_no_one: s.names_no_one };
        let marks = sources.iter().map(|s| self.mark(&s.document, (s.start, s.end), || described(s)));
        once_each(marks.collect())
    }
}

/// What the list of sources says of a document.
struct Described {
    title: String,
    date: Option<PartialDate>,
    names_no_one: bool,
}

fn once_each(mut marks: Vec<Mark>) -> Vec<Mark> {
    marks.sort_by_key(|m| (m.number, m.start));
    marks.dedup_by_key(|m| m.number);
    marks
}

impl App {
    /// The one-page summary, as this session may see it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when this session may not open the case.
    pub async fn summary(&self, session: &Session, id: &CaseId) -> Result<SummaryAnswer, AppError> {
        let case = self.case(session, id).await?;
        Ok(self.reading_of(&case, session.audience).await.summary.clone())
    }
}

/// The one-page summary of a view.
pub(super) fn summary_from(
    view: &CaseView<'_>,
    summary: &Summary<'_>,
    knowledge: &Knowledge,
    say: Say<'_>,
) -> SummaryAnswer {
    let mut sources = Sources::default();
    let tumours = summary
        .tumours
        .iter()
        .map(|tumour| {
            let parts = SummaryPart::ALL.into_iter().filter_map(|part| {
                let lines: Vec<LineWords> = tumour
                    .lines
                    .iter()
                    .filter(|line| line.part == part)
                    .map(|line| line_words(view, summary, line, knowledge, say, &mut sources))
                    .collect();
                let heading = say(&Message::new(part.heading_key()));
                (!lines.is_empty()).then_some(PartWords { part, heading, lines })
            });
            SummaryTumour {
                site: tumour.tumour.key.site.clone(),
                words: site_words(&tumour.tumour.key, knowledge),
                parts: parts.collect(),
            }
        })
        .collect();
    let person = summary.person.iter().map(|l| line_words(view, summary, l, knowledge, say, &mut sources)).collect();
    let (mut given, mut planned) = (Vec::new(), Vec::new());
    for row in treatment_answers(view, knowledge, say) {
        let not_given = !row.treatment.status.is_given();
        let line = treatment_line(&row, &mut sources);
        if not_given { planned.push(line) } else { given.push(line) }
    }
    let taken = medicine_answers(view, knowledge, say).into_iter().filter(|m| m.taken || !m.since.is_empty());
    let medicines = taken.map(|m| medicine_line(&m, &mut sources)).collect();
    let conflicts = summary
        .differences()
        .filter(|d| d.relation == Relation::Conflict)
        .map(|d| {
            let label = consilium_casefile::reading::concept_label(&d.concept, knowledge);
            if d.unclear { say(&Message::new("conflict-tumor-unclear").with("concept", label)) } else { label }
        })
        .collect();
    let person_of = view.person();
    SummaryAnswer {
        case: view.handle().to_owned(),
        patient: person_of.as_ref().and_then(|p| p.name.as_ref()).map(|n| n.display()).unwrap_or_default(),
        birth_date: person_of.and_then(|p| p.birth_date),
        cancer: view.cancer_words(knowledge),
        tumours,
        person,
        given,
        planned,
        medicines,
        unconfirmed: summary.unconfirmed(),
        questions: view.open_questions().map(|q| q.text.clone()).collect(),
        conflicts,
        sources: sources.0,
    }
}

fn line_words(
    view: &CaseView<'_>,
    summary: &Summary<'_>,
    line: &SummaryLine,
    knowledge: &Knowledge,
    say: Say<'_>,
    sources: &mut Sources,
) -> LineWords {
    let mut marks = |facts: &[usize]| {
        let facts = facts.iter().filter_map(|p| summary.facts.get(*p));
        let marks = facts.map(|f| {
            let described = || Described {
                title: super::words::document_words(view, f.held, knowledge),
                date: f.held.date(),
                names_no_one: f.held.names_no_one(),
            };
            sources.mark(f.held.document.id.as_str(), (f.fact.start, f.fact.end), described)
        });
        once_each(marks.collect())
    };
    let values = line.values.iter().map(|value| {
        let said = |said: &SaidWords| ValueSaid {
            words: said.words.clone(),
            marks: marks(&said.facts),
            doubt: said.unclear.then(|| say(&Message::new("tumor-unclear"))),
        };
        let each: Vec<ValueSaid> = value.each.iter().map(said).collect();
        let facts = value.facts.iter().filter_map(|p| summary.facts.get(*p));
        let actors = facts.filter(|f| value.is_confirmed() && f.standing.is_confirmed());
        let actors: Vec<_> = actors.filter_map(|f| f.standing.said()).map(|(by, _)| by).collect();
        ValueWords {
            words: value.words.clone(),
            confirmed: value.is_confirmed(),
            partly: partly(value, say),
            by: listed_once(actors.iter().map(|by| say(&view.who(by))), say),
            by_on_paper: listed_once(actors.iter().map(|by| say(&view.who_on_paper(by))), say),
            marks: once_each(each.iter().flat_map(|said| said.marks.clone()).collect()),
            each,
        }
    });
    let values: Vec<ValueWords> = values.collect();
    let explained = note(summary, line, &values, say);
    let number = |document: &str| {
        let mut marks = values.iter().flat_map(|value| &value.marks);
        marks.find(|mark| mark.document == document).map(|mark| mark.number)
    };
    let on_scan = || summary.facts.iter().any(|f| f.suggests() && f.fact.concept == line.concept);
    LineWords {
        concept: line.concept.to_string(),
        label: consilium_casefile::reading::concept_label(&line.concept, knowledge),
        note: explained.as_ref().and_then(|note| note.words(number, say)),
        explained,
        on_scan: values.is_empty() && on_scan(),
        values,
        relation: line.relation.map(relation_word),
    }
}

fn treatment_line(row: &TreatmentAnswer, sources: &mut Sources) -> ListedWords {
    let t = &row.treatment;
    let of_record = if row.date_of_record { " (date of the record)" } else { "" };
    let mut words = row.when.map_or_else(String::new, |when| format!("{}{of_record}: ", when.human()));
    words.push_str(&capital(&t.what));
    if !t.drugs.is_empty() && !t.drugs.iter().all(|drug| t.what.contains(drug.as_str())) {
        words.push_str(&format!(" ({})", t.drugs.join(", ")));
    }
    if let Some(side) = t.laterality.as_ref().filter(|side| !t.what.contains(side.as_str())) {
        words.push_str(&format!(", {side}"));
    }
    if let Some(cycles) = t.cycles {
        words.push_str(&format!(", {cycles} cycles"));
    }
    if let Some(dose) = &t.dose {
        words.push_str(&format!(", {dose}"));
    }
    match t.status {
        TreatmentStatus::Stopped => words.push_str(", stopped early"),
        TreatmentStatus::Ongoing => words.push_str(", going on"),
        TreatmentStatus::Declined => words.push_str(", declined"),
        TreatmentStatus::Mentioned => words.push_str(", not said whether given"),
        TreatmentStatus::Done | TreatmentStatus::Planned => {}
    }
    let marks = sources.marks(&row.sources);
    let stated = row.stated.as_ref();
    ListedWords {
        words,
        marks,
        confirmed: stated.is_some(),
        by: stated.map(|stated| stated.by.clone()),
        by_on_paper: stated.map(|stated| stated.by_on_paper.clone()),
        differs: !row.other_dates.is_empty(),
    }
}

fn medicine_line(row: &MedicineAnswer, sources: &mut Sources) -> ListedWords {
    let mut said: Vec<&str> = Vec::new();
    for says in row.sources.iter().map(|s| s.says.as_str()).filter(|says| *says != NO_DOSE) {
        if !said.contains(&says) {
            said.push(says);
        }
    }
    if said.is_empty() {
        said.push(NO_DOSE);
    }
    let mut line = row.agreed.clone().unwrap_or_else(|| said.join(" or "));
    if row.agreed.as_ref().is_some_and(String::is_empty) {
        line.push_str("not taken any more");
    }
    for since in &row.since {
        line.push_str(&format!("; since then a record says {}", since.says));
    }
    let marks = sources.marks(&row.sources);
    ListedWords {
        words: capital(&format!("{} {line}", row.ingredient)),
        marks,
        confirmed: row.agreed.is_some(),
        by: row.agreed_by.clone(),
        by_on_paper: row.agreed_by_on_paper.clone(),
        differs: row.asks,
    }
}
