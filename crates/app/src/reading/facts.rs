//! What the records of a case say, all together: facts by tumour, where they differ, treatment so far, medicines.

use std::collections::{BTreeSet, HashMap};

use consilium_casefile::facts::Treatment;
use consilium_casefile::gather::HeldDocument;
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::reading::{
    Agreement, Difference, DocumentReading, FactGroup, MedicineSource, Relation, SaidWords, Summary, SummaryValue,
    TreatmentRow, TreatmentStatement, TumourKey, groups, is_of_the_person, medicines, treatments, treatments_on_scans,
};
use consilium_casefile::{CaseId, CaseView, Message, PartialDate, Session};
use serde::Serialize;

use super::differences::{and_list, difference_words, sources_words};
use super::words::{FactWords, Say, capital, document_words, fact_words, plain_numbers, sent_message};
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
    /// What is known about the person, one row a concept: places in `person`.
    pub background: Vec<FactRow>,
    /// Where records contradict each other about the person.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub person_differences: Vec<DifferenceWords>,
    /// What belongs to no tumour the records state, one row a concept: places in `person`.
    pub unplaced: Vec<FactRow>,
    /// Documents with pages that are pictures in which nobody has read.
    pub unread: Vec<PictureWords>,
    /// Documents whose pictures were read with little confidence and hold findings that nobody has confirmed.
    pub doubtful: Vec<PictureWords>,
    /// Documents with more findings than are noted of one document: some of what they say is on no list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cut_short: Vec<CutWords>,
    /// Treatment so far, and plans.
    pub treatments: Vec<TreatmentAnswer>,
    /// Treatments of which a person said that the record does not say them: on no other list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rejected_treatments: Vec<RejectedAnswer>,
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
    /// The same, one row a concept: places in `facts`.
    pub rows: Vec<FactRow>,
    /// Where records differ.
    pub differences: Vec<DifferenceWords>,
}

/// Everything about one concept in one row.
#[derive(Debug, Clone, Serialize)]
pub struct FactRow {
    /// Id of the concept.
    pub concept: String,
    /// What it is about.
    pub label: String,
    /// What the records state; empty where nothing but scans and mentions speak.
    pub values: Vec<StatedWords>,
    /// `conflict` or `expected`, where the values differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<&'static str>,
    /// Documents that state it.
    pub sources: usize,
    /// Their newest date of service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newest: Option<PartialDate>,
    /// Findings from pictures that nobody has confirmed.
    pub unconfirmed: usize,
    /// Facts that speak, that were read from a picture, or of which a person said something.
    pub facts: Vec<usize>,
    /// Mentions that repeat, are of earlier times or of relatives, or stand in passing.
    pub mentions: Vec<usize>,
}

/// One value with who confirmed it.
#[derive(Debug, Clone, Serialize)]
pub struct StatedWords {
    /// The value.
    pub words: String,
    /// What each record says in its own words, where they are not the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub each: Vec<WordingWords>,
    /// Who confirmed every source of it, as whoever looks may know it; `None` where one is machine-read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// How many of its sources a person confirmed, where not all are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partly: Option<String>,
}

/// One wording of a value, and where it stands.
#[derive(Debug, Clone, Serialize)]
pub struct WordingWords {
    /// The words.
    pub words: String,
    /// The records that say it so, in one line.
    pub sources: String,
    /// Whether it is not clear that they speak of this tumour.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub tumor_unclear: bool,
}

/// A document with pages that are pictures.
#[derive(Debug, Clone, Serialize)]
pub struct PictureWords {
    /// Document.
    pub document: String,
    /// What it is.
    pub title: String,
    /// Its date of service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<PartialDate>,
    /// The pages in question, counted from 1.
    pub pages: Vec<u32>,
    /// How surely they were read, percent; `None` where nobody has read them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
}

/// A document of which not every finding is noted.
#[derive(Debug, Clone, Serialize)]
pub struct CutWords {
    /// Document.
    pub document: String,
    /// What it is.
    pub title: String,
    /// What is missing, and what to do.
    pub sentence: String,
}

/// A difference, in words.
#[derive(Debug, Clone, Serialize)]
pub struct DifferenceWords {
    /// Which difference it is, as long as the records it lies between are the same.
    pub id: String,
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
    /// The value in words; several where records say it differently.
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
    /// What a person said of it in the case that the document is an export of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<String>,
    /// Of a treatment: what a person's word about this statement attaches to.
    #[serde(skip)]
    pub treatment: Option<TreatmentStatement>,
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
            sent: None,
            treatment: None,
        }
    }

    /// What a record says of a treatment.
    fn of_treatment(
        view: &CaseView<'_>,
        held: &HeldDocument,
        knowledge: &Knowledge,
        treatment: &Treatment,
        say: Say<'_>,
    ) -> Self {
        let read = view.reading_of(&held.document.id, knowledge);
        let sent = read.and_then(|reading| reading.sent_with_treatment(treatment));
        Self {
            sent: sent.map(|word| say(&sent_message(word))),
            says: treatment.quote.clone(),
            quote: treatment.quote.clone(),
            treatment: Some(TreatmentStatement::of(&held.document.id, treatment)),
            ..Self::at(view, held, knowledge, treatment.start, treatment.end)
        }
    }
}

/// A treatment.
#[derive(Debug, Clone, Serialize)]
pub struct TreatmentAnswer {
    /// Kind, status, drugs, dose and the rest, as the fullest record states them.
    #[serde(flatten)]
    pub treatment: Treatment,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<PartialDate>,
    /// Whether that is only the date of the record.
    pub date_of_record: bool,
    /// Other days that records state for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_dates: Vec<PartialDate>,
    /// Whether it was read in scans or photos only, and nobody has confirmed it.
    pub on_scan: bool,
    /// Sources.
    pub sources: Vec<SourceWords>,
    /// Where no record but a person states it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stated: Option<StatedTreatmentWords>,
}

/// Who stated a treatment that no record tells.
#[derive(Debug, Clone, Serialize)]
pub struct StatedTreatmentWords {
    /// Id, to take it back.
    pub id: String,
    /// Who, as whoever looks may know it.
    pub by: String,
    /// The same, for paper that others read.
    pub by_on_paper: String,
    /// When they said so.
    pub on: PartialDate,
}

/// A treatment of which a person said that the record does not say it.
#[derive(Debug, Clone, Serialize)]
pub struct RejectedAnswer {
    /// What was read.
    pub what: String,
    /// Who said so, as whoever looks may know it.
    pub by: String,
    /// When.
    pub on: PartialDate,
    /// Where it was read.
    pub source: SourceWords,
}

/// A medicine.
#[derive(Debug, Clone, Serialize)]
pub struct MedicineAnswer {
    /// Ingredient, or name.
    pub ingredient: String,
    /// `dose_differs`, `status_differs`, `same`, `one_source`, `on_scan_only`, or `stated` by a person and no record.
    pub agreement: &'static str,
    /// Whether a person should look at it.
    pub asks: bool,
    /// Whether it is taken, as far as the newest source or the person says.
    pub taken: bool,
    /// The line a person agreed on; empty when it is not taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed: Option<String>,
    /// Who agreed on it, as whoever looks may know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed_by: Option<String>,
    /// The same, for paper that others read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed_by_on_paper: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed_on: Option<PartialDate>,
    /// What records say otherwise since then, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub since: Vec<SourceWords>,
    /// Sources, newest first.
    pub sources: Vec<SourceWords>,
    /// What was read of it in scans and photos and nobody has confirmed, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub on_scans: Vec<SourceWords>,
}

impl FactsAnswer {
    /// Every difference between records, of each tumour and of the person.
    pub fn differences(&self) -> impl Iterator<Item = &DifferenceWords> {
        self.tumours.iter().flat_map(|tumour| &tumour.differences).chain(&self.person_differences)
    }
}

impl App {
    /// What the records of a case say, as this session may see it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when this session may not open the case.
    pub async fn facts(&self, session: &Session, id: &CaseId) -> Result<FactsAnswer, AppError> {
        let case = self.case(session, id).await?;
        Ok(self.reading_of(&case, session.audience).await.facts.clone())
    }
}

/// What the records say, as a view sees it.
pub(super) fn facts_from(
    view: &CaseView<'_>,
    summary: &Summary<'_>,
    knowledge: &Knowledge,
    say: Say<'_>,
) -> FactsAnswer {
    let mut rows: Vec<FactWords> = summary.facts.iter().map(|f| fact_words(view, f, knowledge, say)).collect();
    for place in summary.tumours.iter().flat_map(|t| &t.tumour.unclear) {
        if let Some(row) = rows.get_mut(*place) {
            row.tumor_unclear = true;
        }
    }
    let mut in_tumours = vec![false; rows.len()];
    let mut tumours = Vec::new();
    for tumour in &summary.tumours {
        let facts: Vec<FactWords> = tumour.tumour.facts.iter().filter_map(|p| rows.get(*p).cloned()).collect();
        tumour.tumour.facts.iter().for_each(|p| {
            if let Some(seen) = in_tumours.get_mut(*p) {
                *seen = true;
            }
        });
        let unclear = &tumour.tumour.unclear;
        let words = |d: &Difference| difference_words(d, summary, unclear, &rows, knowledge, say);
        let grouped = groups(&summary.facts, &tumour.tumour.facts, &tumour.differences, unclear, knowledge);
        tumours.push(TumourAnswer {
            site: tumour.tumour.key.site.clone(),
            side: tumour.tumour.key.side.clone(),
            words: site_words(&tumour.tumour.key, knowledge),
            rows: fact_rows(&grouped, &tumour.tumour.facts, &rows, say),
            facts,
            differences: tumour.differences.iter().map(words).collect(),
        });
    }
    let of_none: Vec<usize> = in_tumours.iter().enumerate().filter(|(_, seen)| !**seen).map(|(at, _)| at).collect();
    // An organ that is only looked at is shown with its record, not as if it were about the person or a tumour.
    let placed = of_none.iter().copied().filter(|p| {
        summary.facts.get(*p).is_some_and(|f| f.fact.concept != consilium_casefile::facts::Concept::TOPOGRAPHY)
    });
    let (background, unplaced): (Vec<usize>, Vec<usize>) =
        placed.partition(|p| summary.facts.get(*p).is_some_and(|f| is_of_the_person(&f.fact.concept)));
    let person_rows = |places| {
        let differences = &summary.person_differences;
        let grouped = groups(&summary.facts, places, differences, &BTreeSet::new(), knowledge);
        fact_rows(&grouped, &of_none, &rows, say)
    };
    // How somebody is changes from day to day; that is no point to ask about.
    let contradict = summary.person_differences.iter().filter(|d| d.relation == Relation::Conflict);
    let of_person = |d: &Difference| difference_words(d, summary, &BTreeSet::new(), &rows, knowledge, say);
    FactsAnswer {
        case: view.handle().to_owned(),
        tumours,
        person_differences: contradict.map(of_person).collect(),
        background: person_rows(&background),
        unplaced: person_rows(&unplaced),
        person: of_none.iter().filter_map(|p| rows.get(*p).cloned()).collect(),
        unread: unread(view, knowledge),
        doubtful: doubtful(view, summary, knowledge),
        cut_short: cut_short(view, knowledge, say),
        treatments: all_treatments(view, knowledge, say),
        rejected_treatments: rejected(view, knowledge, say),
        medicines: medicine_answers(view, knowledge, say),
    }
}

/// Groups in words. `places` are those of the facts the rows are shown with, in the list of the case's facts `words`.
fn fact_rows(groups: &[FactGroup], places: &[usize], words: &[FactWords], say: Say<'_>) -> Vec<FactRow> {
    let shown: HashMap<usize, usize> = places.iter().enumerate().map(|(at, place)| (*place, at)).collect();
    let local = |of: &[usize]| of.iter().filter_map(|p| shown.get(p).copied()).collect();
    let stated = |value: &SummaryValue| {
        let confirmed = value.facts.iter().filter_map(|p| words.get(*p)).filter(|f| f.is_confirmed());
        StatedWords {
            words: value.words.clone(),
            each: each(value, words, say),
            by: if value.is_confirmed() { listed_once(confirmed.filter_map(|f| f.by.clone()), say) } else { None },
            partly: partly(value, say),
        }
    };
    let row = |group: &FactGroup| FactRow {
        concept: group.concept.to_string(),
        label: group.label.clone(),
        values: group.values.iter().map(stated).collect(),
        relation: group.relation.map(relation_word),
        sources: group.sources,
        newest: group.newest,
        unconfirmed: group.unconfirmed,
        facts: local(&group.facts),
        mentions: local(&group.mentions),
    };
    groups.iter().map(row).collect()
}

/// What each record says of a value, where they do not all use the same words, or one of them may be about another tumour.
fn each(value: &SummaryValue, words: &[FactWords], say: Say<'_>) -> Vec<WordingWords> {
    if value.each.len() < 2 && !value.each.iter().any(|said| said.unclear) {
        return Vec::new();
    }
    let wording = |said: &SaidWords| WordingWords {
        words: said.words.clone(),
        sources: sources_words(said.facts.iter().filter_map(|p| words.get(*p)), say),
        tumor_unclear: said.unclear,
    };
    value.each.iter().map(wording).collect()
}

/// `1 of 2 sources confirmed`, where some are and some are not.
pub(super) fn partly(value: &SummaryValue, say: Say<'_>) -> Option<String> {
    let some = value.confirmed > 0 && !value.is_confirmed();
    let message = Message::new("partly-confirmed").with("confirmed", value.confirmed).with("count", value.documents);
    some.then(|| say(&message))
}

/// `you and Dr Lee`, each once.
pub(super) fn listed_once(names: impl Iterator<Item = String>, say: Say<'_>) -> Option<String> {
    let mut once: Vec<String> = Vec::new();
    for name in names {
        if !once.contains(&name) {
            once.push(name);
        }
    }
    (!once.is_empty()).then(|| and_list(&once, say))
}

/// The name of a relation, for pages and programs.
pub(super) fn relation_word(relation: Relation) -> &'static str {
    match relation {
        Relation::Conflict => "conflict",
        Relation::Expected(_) => "expected",
    }
}

fn unread(view: &CaseView<'_>, knowledge: &Knowledge) -> Vec<PictureWords> {
    let pages = view.unread_pages(knowledge).into_iter();
    pages.map(|(held, pages)| picture_words(view, held, pages, None, knowledge)).collect()
}

fn cut_short(view: &CaseView<'_>, knowledge: &Knowledge, say: Say<'_>) -> Vec<CutWords> {
    let cut = view.readings(knowledge).into_iter().filter(|(_, read)| read.cut_short);
    let words = |(held, read): (&HeldDocument, &DocumentReading)| {
        let title = document_words(view, held, knowledge);
        let message = Message::new("facts-cut-short").with("title", title.clone()).with("count", read.facts.len());
        CutWords { document: held.document.id.to_string(), sentence: say(&message), title }
    };
    cut.map(words).collect()
}

fn picture_words(
    view: &CaseView<'_>,
    held: &HeldDocument,
    pages: Vec<u32>,
    confidence: Option<u8>,
    knowledge: &Knowledge,
) -> PictureWords {
    let (document, title) = (held.document.id.to_string(), document_words(view, held, knowledge));
    PictureWords { document, title, date: held.date(), pages, confidence }
}

/// A page read with less confidence than this, percent, has words that are likely misread.
const LITTLE_CONFIDENCE: u8 = 80;

fn doubtful(view: &CaseView<'_>, summary: &Summary<'_>, knowledge: &Knowledge) -> Vec<PictureWords> {
    let mut found: Vec<PictureWords> = Vec::new();
    for fact in summary.facts.iter().filter(|f| f.suggests()) {
        let document = &fact.held.document.id;
        let known = found.iter().any(|known| known.document == document.as_str());
        if let Some(read) = view.recognised(document, knowledge).filter(|r| !known && r.confidence < LITTLE_CONFIDENCE)
        {
            found.push(picture_words(view, fact.held, read.pages.clone(), Some(read.confidence), knowledge));
        }
    }
    found
}

/// The site of a tumour in words: that of the list of cancers, or the name of its code.
#[must_use]
pub fn site_words(key: &TumourKey, knowledge: &Knowledge) -> String {
    if key.site.is_empty() {
        return "No site stated".to_owned();
    }
    // The organ by its own name; else the first of its parts that has one, which is better than a code.
    let code = format!("{}.9", key.site);
    let places = &knowledge.vocabulary.topography;
    let phrase = places.iter().find(|p| p.code == code && p.only_at.is_empty());
    let phrase = phrase.or_else(|| places.iter().find(|p| p.code.starts_with(&key.site)));
    let name = phrase.map_or_else(|| key.site.clone(), |p| p.phrase.clone());
    let name = match &key.side {
        Some(side) => format!("{side} {name}"),
        None => name,
    };
    capital(&name)
}

/// What records state, and among it, in its place in time, what was read in scans.
fn all_treatments(view: &CaseView<'_>, knowledge: &Knowledge, say: Say<'_>) -> Vec<TreatmentAnswer> {
    let mut all = treatment_answers(view, knowledge, say);
    all.extend(in_words(view, treatments_on_scans(view, knowledge), knowledge, say));
    all.sort_by_key(|t| (t.treatment.is_planned(), t.when.is_none(), t.when.map(PartialDate::earliest)));
    all
}

/// What records state about treatment; nothing of scans.
pub(super) fn treatment_answers(view: &CaseView<'_>, knowledge: &Knowledge, say: Say<'_>) -> Vec<TreatmentAnswer> {
    in_words(view, treatments(view, knowledge), knowledge, say)
}

fn in_words(
    view: &CaseView<'_>,
    rows: Vec<TreatmentRow<'_>>,
    knowledge: &Knowledge,
    say: Say<'_>,
) -> Vec<TreatmentAnswer> {
    let rows = rows.into_iter();
    rows.map(|row| TreatmentAnswer {
        on_scan: row.on_scan,
        treatment: row.treatment.clone().into_owned(),
        when: row.date,
        date_of_record: row.date_of_record,
        other_dates: row.other_dates.clone(),
        sources: {
            let told = row.sources.iter().map(|(held, t)| SourceWords::of_treatment(view, held, knowledge, t, say));
            let dated = row.dated_by.iter().map(|(held, fact)| SourceWords {
                quote: fact.quote.clone(),
                says: row.treatment.what.clone(),
                ..SourceWords::at(view, held, knowledge, fact.start, fact.end)
            });
            told.chain(dated).collect()
        },
        stated: row.stated.map(|stated| StatedTreatmentWords {
            id: stated.id.to_string(),
            by: say(&view.who(stated.by)),
            by_on_paper: say(&view.who_on_paper(stated.by)),
            on: PartialDate::Day(stated.at.date()),
        }),
    })
    .collect()
}

fn rejected(view: &CaseView<'_>, knowledge: &Knowledge, say: Say<'_>) -> Vec<RejectedAnswer> {
    let rejected = view.rejected_treatments(knowledge).into_iter();
    rejected
        .map(|r| RejectedAnswer {
            what: r.treatment.what.clone(),
            by: say(&view.who(r.by)),
            on: PartialDate::Day(r.at.date()),
            source: SourceWords::of_treatment(view, r.held, knowledge, r.treatment, say),
        })
        .collect()
}

pub(super) fn medicine_answers(view: &CaseView<'_>, knowledge: &Knowledge, say: Say<'_>) -> Vec<MedicineAnswer> {
    let words = |s: &MedicineSource<'_>| {
        let read = view.reading_of(&s.held.document.id, knowledge);
        let sent = read.and_then(|reading| reading.sent_with_medicine(s.medication));
        SourceWords {
            says: says(s.medication),
            sent: sent.map(|word| say(&sent_message(word))),
            quote: s.medication.quote.clone(),
            ..SourceWords::at(view, s.held, knowledge, s.medication.start, s.medication.end)
        }
    };
    let rows = medicines(view, knowledge).into_iter();
    rows.map(|row| MedicineAnswer {
        agreement: match row.agreement {
            Agreement::DoseDiffers => "dose_differs",
            Agreement::StatusDiffers => "status_differs",
            Agreement::Same => "same",
            Agreement::OneSource => "one_source",
            Agreement::OnScanOnly => "on_scan_only",
            Agreement::Stated => "stated",
        },
        asks: row.asks(),
        taken: row.is_taken(),
        agreed: row.agreed.map(|a| a.line.clone()),
        agreed_by: view.agreed_by(&row.ingredient).map(|(by, _)| say(&view.who(by))),
        agreed_by_on_paper: view.agreed_by(&row.ingredient).map(|(by, _)| say(&view.who_on_paper(by))),
        agreed_on: view.agreed_by(&row.ingredient).map(|(_, at)| PartialDate::Day(at.date())),
        since: row.since.iter().map(words).collect(),
        sources: row.sources.iter().map(words).collect(),
        on_scans: row.on_scans.iter().map(words).collect(),
        ingredient: row.ingredient,
    })
    .collect()
}

/// Stands where a source names a medicine and no dose.
pub(super) const NO_DOSE: &str = "dose not stated";

/// What a source says of a medicine: the line, and its status where that is not plain.
fn says(medication: &consilium_casefile::facts::Medication) -> String {
    use consilium_casefile::facts::MedicationStatus::{Active, Planned, Stopped, Unknown};
    let line = plain_numbers(&consilium_casefile::reading::medicine_line(medication));
    let line = if line.is_empty() { NO_DOSE.to_owned() } else { line };
    match medication.status {
        Active => line,
        Unknown => format!("{line} (not stated whether it is taken)"),
        Stopped => format!("{line} (stopped)"),
        Planned => format!("{line} (planned)"),
    }
}
