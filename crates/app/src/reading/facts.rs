//! What the records of a case say, all together: facts by tumour, where they differ, treatment so far, medicines.

use consilium_casefile::gather::HeldDocument;
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::reading::{
    Agreement, Difference, Relation, Side, Summary, TumourKey, concept_words, medicines, summary, treatments,
    value_words,
};
use consilium_casefile::{CaseId, CaseView, Message, PartialDate, Session};
use serde::Serialize;

use super::words::{FactWords, document_words, fact_words};
use crate::App;
use crate::error::AppError;

/// Everything the records say.
#[derive(Debug, Clone, Serialize)]
pub struct FactsAnswer {
    /// The case's handle.
    pub case: String,
    /// Each tumour.
    pub tumours: Vec<TumourAnswer>,
    /// Facts about the person, and facts of no tumour.
    pub person: Vec<FactWords>,
    /// Treatment so far, and plans.
    pub treatments: Vec<TreatmentAnswer>,
    /// Medicines.
    pub medicines: Vec<MedicineAnswer>,
}

/// One tumour.
#[derive(Debug, Clone, Serialize)]
pub struct TumourAnswer {
    /// ICD-O-3 topography category; empty when no record states a site.
    pub site: String,
    /// Side, where sides tell two tumours apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<String>,
    /// The site in words.
    pub words: String,
    /// Facts in the order of the documents.
    pub facts: Vec<FactWords>,
    /// Where records differ.
    pub differences: Vec<DifferenceWords>,
}

/// A difference, in words.
#[derive(Debug, Clone, Serialize)]
pub struct DifferenceWords {
    /// Id of the concept.
    pub concept: String,
    /// What it is about.
    pub label: String,
    /// `conflict` or `expected`.
    pub relation: &'static str,
    /// Why it is to be expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The sides.
    pub sides: Vec<SideWords>,
    /// The question to ask about it.
    pub question: String,
}

/// One side of a difference.
#[derive(Debug, Clone, Serialize)]
pub struct SideWords {
    /// The value in words.
    pub words: String,
    /// Who states it.
    pub sources: Vec<FactWords>,
}

/// A source of a treatment or medicine.
#[derive(Debug, Clone, Serialize)]
pub struct SourceWords {
    /// Document.
    pub document: String,
    /// What it is.
    pub title: String,
    /// Its date of service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<PartialDate>,
    /// Whether the document names no patient, and nobody said whose it is.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub names_no_one: bool,
    /// First character in the document's text, in code points.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// The characters.
    pub quote: String,
    /// What this source says, in one line.
    pub says: String,
}

impl SourceWords {
    /// A place in a document, before what stands there is said.
    fn at(view: &CaseView<'_>, held: &HeldDocument, knowledge: &Knowledge, start: usize, end: usize) -> Self {
        Self {
            document: held.document.id.to_string(),
            title: document_words(view, held, knowledge),
            date: held.date(),
            names_no_one: held.names_no_one(),
            start,
            end,
            quote: String::new(),
            says: String::new(),
        }
    }
}

/// A treatment.
#[derive(Debug, Clone, Serialize)]
pub struct TreatmentAnswer {
    /// Kind, status, drugs, dose and the rest, as the fullest record states them.
    #[serde(flatten)]
    pub treatment: consilium_casefile::facts::Treatment,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<PartialDate>,
    /// Whether that is only the date of the record.
    pub date_of_record: bool,
    /// Other days that records state for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_dates: Vec<PartialDate>,
    /// Sources.
    pub sources: Vec<SourceWords>,
}

/// A medicine.
#[derive(Debug, Clone, Serialize)]
pub struct MedicineAnswer {
    /// Ingredient, or name.
    pub ingredient: String,
    /// `dose_differs`, `status_differs`, `same` or `one_source`.
    pub agreement: &'static str,
    /// Whether a person should look at it.
    pub asks: bool,
    /// Whether it is taken, as far as the newest source or the person says.
    pub taken: bool,
    /// The line a person agreed on; empty when it is not taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed: Option<String>,
    /// Sources, newest first.
    pub sources: Vec<SourceWords>,
}

impl App {
    /// What the records of a case say, as this session may see it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when this session may not open the case.
    pub async fn facts(&self, session: &Session, id: &CaseId) -> Result<FactsAnswer, AppError> {
        let case = self.case(session, id).await?;
        Ok(facts_answer(&case.seen_by(session.audience), self.knowledge(), &|m| self.say(m)))
    }
}

/// What the records say, as a view sees it.
#[must_use]
pub fn facts_answer(view: &CaseView<'_>, knowledge: &Knowledge, say: &dyn Fn(&Message) -> String) -> FactsAnswer {
    let summary = summary(view, knowledge);
    let rows: Vec<FactWords> = summary.facts.iter().map(|f| fact_words(view, f, knowledge)).collect();
    let mut in_tumours = vec![false; rows.len()];
    let mut tumours = Vec::new();
    for tumour in &summary.tumours {
        let facts: Vec<FactWords> = tumour.tumour.facts.iter().filter_map(|p| rows.get(*p).cloned()).collect();
        tumour.tumour.facts.iter().for_each(|p| {
            if let Some(seen) = in_tumours.get_mut(*p) {
                *seen = true;
            }
        });
        let words = |d: &Difference| difference_words(d, &summary, &rows, knowledge, say);
        tumours.push(TumourAnswer {
            site: tumour.tumour.key.site.clone(),
            side: tumour.tumour.key.side.clone(),
            words: site_words(&tumour.tumour.key, knowledge),
            facts,
            differences: tumour.differences.iter().map(words).collect(),
        });
    }
    let person = rows.iter().zip(&in_tumours).filter(|(_, seen)| !**seen).map(|(row, _)| row.clone()).collect();
    FactsAnswer {
        case: view.handle().to_owned(),
        tumours,
        person,
        treatments: treatment_answers(view, knowledge),
        medicines: medicine_answers(view, knowledge),
    }
}

/// The site of a tumour in words: that of the list of cancers, or the name of its code.
#[must_use]
pub fn site_words(key: &TumourKey, knowledge: &Knowledge) -> String {
    if key.site.is_empty() {
        return "No site stated".to_owned();
    }
    let code = format!("{}.9", key.site);
    let phrase = knowledge.vocabulary.topography.iter().find(|p| p.code == code && p.only_at.is_empty());
    let name = phrase.map_or_else(|| key.site.clone(), |p| p.phrase.clone());
    let name = match &key.side {
        Some(side) => format!("{side} {name}"),
        None => name,
    };
    let mut letters = name.chars();
    letters.next().map(|c| c.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn difference_words(
    difference: &Difference,
    summary: &Summary<'_>,
    rows: &[FactWords],
    knowledge: &Knowledge,
    say: &dyn Fn(&Message) -> String,
) -> DifferenceWords {
    let side = |side: &Side| {
        let fullest = side.facts.iter().filter_map(|p| summary.facts.get(*p)).find(|f| f.fact.value == side.value);
        let words = fullest.map_or_else(|| side.value.clone(), |f| value_words(&f.fact, knowledge));
        SideWords { words, sources: side.facts.iter().filter_map(|p| rows.get(*p).cloned()).collect() }
    };
    let sides: Vec<SideWords> = difference.sides.iter().map(side).collect();
    let first = difference.sides.first().and_then(|s| s.facts.first()).and_then(|p| summary.facts.get(*p));
    let label = first.map_or_else(|| difference.concept.to_string(), |f| concept_words(&f.fact, knowledge));
    let listed: Vec<String> = sides.iter().map(listed).collect();
    let question = say(&difference.question().with("concept", label.to_lowercase()).with("sides", listed.join("; ")));
    let (relation, why) = match difference.relation {
        Relation::Conflict => ("conflict", None),
        Relation::Expected(reason) => ("expected", Some(say(&Message::new(reason.key())))),
    };
    DifferenceWords { concept: difference.concept.to_string(), label, relation, why, sides, question }
}

/// `pN1a (Pathology report, 14 March 2026)`.
fn listed(side: &SideWords) -> String {
    let of = |source: &FactWords| match source.date {
        Some(date) => format!("{}, {}", source.title, date.human()),
        None => source.title.clone(),
    };
    let mut sources: Vec<String> = Vec::new();
    for source in side.sources.iter().map(of) {
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    sources.truncate(2);
    format!("{} ({})", side.words, sources.join("; "))
}

pub(super) fn treatment_answers(view: &CaseView<'_>, knowledge: &Knowledge) -> Vec<TreatmentAnswer> {
    let rows = treatments(view, knowledge).into_iter();
    rows.map(|row| TreatmentAnswer {
        treatment: row.treatment.clone(),
        when: row.date,
        date_of_record: row.date_of_record,
        other_dates: row.other_dates.clone(),
        sources: row
            .sources
            .iter()
            .map(|(held, t)| SourceWords {
                says: t.quote.clone(),
                quote: t.quote.clone(),
                ..SourceWords::at(view, held, knowledge, t.start, t.end)
            })
            .collect(),
    })
    .collect()
}

pub(super) fn medicine_answers(view: &CaseView<'_>, knowledge: &Knowledge) -> Vec<MedicineAnswer> {
    let rows = medicines(view, knowledge).into_iter();
    rows.map(|row| MedicineAnswer {
        agreement: match row.agreement {
            Agreement::DoseDiffers => "dose_differs",
            Agreement::StatusDiffers => "status_differs",
            Agreement::Same => "same",
            Agreement::OneSource => "one_source",
        },
        asks: row.asks(),
        taken: row.is_taken(),
        agreed: row.agreed.map(|a| a.line.clone()),
        sources: row
            .sources
            .iter()
            .map(|s| SourceWords {
                says: says(s.medication),
                quote: s.medication.quote.clone(),
                ..SourceWords::at(view, s.held, knowledge, s.medication.start, s.medication.end)
            })
            .collect(),
        ingredient: row.ingredient,
    })
    .collect()
}

/// What a source says of a medicine: the line, and its status where that is not plain.
fn says(medication: &consilium_casefile::facts::Medication) -> String {
    use consilium_casefile::facts::MedicationStatus::{Active, Planned, Stopped, Unknown};
    let line = consilium_casefile::reading::medicine_line(medication);
    let line = if line.is_empty() { "dose not stated".to_owned() } else { line };
    match medication.status {
        Active => line,
        Unknown => format!("{line} (not stated whether it is taken)"),
        Stopped => format!("{line} (stopped)"),
        Planned => format!("{line} (planned)"),
    }
}
