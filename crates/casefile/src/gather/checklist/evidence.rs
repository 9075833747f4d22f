//! What a case holds, laid out once so that every line of the checklist can ask: documents by kind, facts by concept,
//! images with their reports, treatments given, slides and blocks.

mod doubts;
mod pictures;
mod tissue;
mod when;

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::civil::Date;

pub(super) use tissue::Register;

use super::things::{Fill, Piece};
use crate::audience::CaseView;
use crate::facts::MedicationStatus::Active;
use crate::facts::{Concept, Context, Polarity, TreatmentKind};
use crate::gather::HeldDocument;
use crate::gather::pairing::{self, Pair};
use crate::knowledge::{Evidence, Knowledge, Requirement, Setting, WordGroup};
use crate::reading::{CaseFact, MedicineRow, medicines, treatments};
use crate::records::{DocumentKind, FileFormat};
use crate::shared::clock::days_between;
use crate::shared::ids::DocumentId;
use crate::shared::message::Message;
use crate::shared::time::PartialDate;

/// Something found, with the day it is of and whether it is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPiece {
    /// What.
    pub piece: Piece,
    /// The day of acquisition or service.
    pub date: Option<PartialDate>,
}

/// The answer to one [`Evidence`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// How much is here.
    pub fill: Fill,
    /// What shows it.
    pub pieces: Vec<FoundPiece>,
    /// What is lacking of a part: sentences (`lack-…`).
    pub lacks: Vec<Message>,
    /// What is not here at all, as tables write it.
    pub missing: Vec<String>,
    /// Nothing of a part is certain: what is here may hold it or tells of it.
    pub unsure: bool,
}

impl Answer {
    pub(super) fn missing() -> Self {
        Self { fill: Fill::Missing, pieces: Vec::new(), lacks: Vec::new(), missing: Vec::new(), unsure: false }
    }

    pub(super) fn here(pieces: Vec<FoundPiece>) -> Self {
        Self { fill: Fill::Here, pieces, ..Self::missing() }
    }

    fn part(pieces: Vec<FoundPiece>, lack: &str) -> Self {
        Self::lacking(pieces, vec![Message::new(lack)])
    }

    /// All of it where nothing is lacking, else a part.
    fn lacking(pieces: Vec<FoundPiece>, lacks: Vec<Message>) -> Self {
        let fill = if lacks.is_empty() { Fill::Here } else { Fill::Partial };
        Self { fill, pieces, lacks, ..Self::missing() }
    }

    /// A part, of which it is not certain that it is any.
    fn unsure(pieces: Vec<FoundPiece>, lacks: Vec<Message>) -> Self {
        Self { unsure: true, ..Self::lacking(pieces, lacks) }
    }
}

#[derive(Clone)]
struct FactSeen {
    document: DocumentId,
    /// A person confirmed it.
    is_confirmed: bool,
    date: Option<PartialDate>,
    answers: bool,
    gene: Option<String>,
}

#[derive(Clone)]
struct Operation {
    date: Option<Date>,
    is_sample: bool,
    /// It was for something else than a tumour: an appendix, a port.
    is_other: bool,
    sources: Vec<DocumentId>,
}

/// What a case holds.
#[derive(Clone)]
pub struct Holdings<'a> {
    knowledge: &'a Knowledge,
    documents: Vec<&'a HeldDocument>,
    pairs: Vec<Pair<'a>>,
    facts: HashMap<Concept, Vec<FactSeen>>,
    operations: Vec<Operation>,
    /// What the text of a document names, of `record-words.csv`.
    names: HashMap<DocumentId, &'a [String]>,
    /// Whether a person said that there was an operation.
    operated: bool,
    systemic: Vec<DocumentId>,
    radiation: Vec<DocumentId>,
    /// Kinds of treatment that a person stated, and no record tells.
    stated: BTreeSet<TreatmentKind>,
    /// Sides that documents other than imaging reports tell of the cancer.
    sides: Vec<(DocumentId, String)>,
    /// Sides that a person told, in the words for their cancer.
    stated_sides: Vec<String>,
    /// Whether a person has two of the organ.
    is_paired: bool,
    medicines: Fill,
    /// Whether what is told of medicines is a list, and not a mention of one that is held or planned.
    medicines_listed: bool,
    /// A person agreed on every medicine, or confirmed lists of medicines that name each.
    medicines_looked: bool,
    tissue: Register<'a>,
    person: Fill,
    questions: bool,
    today: Date,
}

/// The situation in which there was an operation.
const SURGERY: &str = "surgery";
/// The line of `record-words.csv` with operations that are not of a tumour.
const OTHER_OPERATION: &str = "other-operation";
const OPERATIVE_NOTE: &str = "operative-note";
const MEDICATION_LIST: &str = "medication-list";
/// What a report states on what an operation took out, and not on a sample.
const AFTER_AN_OPERATION: [Concept; 2] = [Concept::NODES_EXAMINED, Concept::MARGIN];
/// What a report on a tumour states.
const OF_A_TUMOUR: [Concept; 6] =
    [Concept::NODES_EXAMINED, Concept::MARGIN, Concept::MORPHOLOGY, Concept::T, Concept::GRADE, Concept::TUMOR_SIZE_MM];
/// Concepts that give a result for a gene.
const OF_GENES: [Concept; 3] = [Concept::VARIANT, Concept::FUSION, Concept::AMPLIFICATION];

/// A PDF that could not be opened.
fn is_damaged(held: &HeldDocument) -> bool {
    held.document.format == FileFormat::Pdf && held.document.pages.is_none()
}

impl<'a> Holdings<'a> {
    /// Lays out what a view holds; `said` are its facts ([`CaseView::facts`]), which whoever asks may have already. `center`
    /// is whom slides should reach; `today` decides which operations are of now.
    #[must_use]
    pub fn of(
        view: &CaseView<'a>,
        said: &[CaseFact<'a>],
        center: Option<&str>,
        knowledge: &'a Knowledge,
        today: Date,
    ) -> Self {
        let view = &view.clone().on(today);
        let mut documents = view.documents(knowledge);
        documents.retain(|d| !d.removed && d.identity_settled());
        let mut studies = view.studies();
        studies.retain(|s| !s.removed && s.identity_settled() && s.study.instances() > 0);
        let reports: Vec<&HeldDocument> = documents.iter().filter(|d| pairing::is_report(d)).copied().collect();
        let of_cancer = |fact: &&CaseFact<'_>| fact.fact.concept == Concept::LATERALITY && fact.speaks();
        let told = said.iter().filter(of_cancer).filter(|fact| !pairing::is_report(fact.held));
        let sides = told.map(|fact| (fact.held.document.id.clone(), fact.fact.value.clone())).collect();
        let mut facts: HashMap<Concept, Vec<FactSeen>> = HashMap::new();
        for fact in said {
            let of_person = fact.fact.context != Context::Family || fact.fact.concept == Concept::FAMILY_HISTORY;
            if fact.standing.counts() && of_person {
                facts.entry(fact.fact.concept.clone()).or_default().push(FactSeen {
                    document: fact.held.document.id.clone(),
                    is_confirmed: fact.standing.is_confirmed(),
                    date: fact.fact.date.or_else(|| fact.held.date()),
                    answers: !matches!(fact.fact.polarity, Polarity::NotTested | Polarity::Insufficient),
                    gene: fact.fact.qualifiers.gene.clone(),
                });
            }
        }
        let (mut operations, mut systemic, mut radiation) = (Vec::new(), Vec::new(), Vec::new());
        let mut stated = BTreeSet::new();
        for row in treatments(view, knowledge) {
            let given = row.treatment.status.is_given();
            if given && row.stated.is_some() {
                stated.insert(row.treatment.kind);
            }
            let said_by = || row.sources.iter().map(|(held, _)| held.document.id.clone());
            let other = knowledge.gathering.words(OTHER_OPERATION);
            match row.treatment.kind {
                _ if !given => {}
                TreatmentKind::Operation => operations.push(Operation {
                    date: row.date.and_then(PartialDate::day),
                    is_sample: takes_a_sample(&row.treatment.what, knowledge),
                    is_other: other.is_some_and(|other| pairing::names_any(&row.treatment.what, &other.words)),
                    sources: said_by().collect(),
                }),
                TreatmentKind::Systemic => systemic.extend(said_by()),
                TreatmentKind::Radiation => radiation.extend(said_by()),
                TreatmentKind::Other => {}
            }
        }
        let case = view.case();
        let read = |held: &&HeldDocument| Some((held.document.id.clone(), case.newest_reading(&held.document.id)?));
        let names: HashMap<_, _> = documents.iter().filter_map(read).map(|(id, r)| (id, r.names.as_slice())).collect();
        let rows = medicines(view, knowledge);
        let is_looked_list =
            |held: &HeldDocument| held.checked && held.kind() == Some(&DocumentKind::from(MEDICATION_LIST));
        let taken = |row: &MedicineRow<'_>| {
            let is_list = |held: &HeldDocument| held.kind() == Some(&DocumentKind::from(MEDICATION_LIST));
            let told = row.sources.iter();
            row.agreed.is_some() || told.into_iter().any(|s| s.medication.status == Active || is_list(s.held))
        };
        let medicines_listed = rows.iter().any(taken);
        let medicines = match rows.iter().any(|row| row.asks()) || !medicines_listed {
            _ if rows.iter().all(|row| row.sources.is_empty() && row.agreed.is_none()) => Fill::Missing,
            true => Fill::Partial,
            false => Fill::Here,
        };
        let about = &view.case().about;
        let person = match &about.person {
            Some(person) if person.birth_date.is_some() => Fill::Here,
            Some(_) => Fill::Partial,
            None if about.proposed.is_some() => Fill::Partial,
            None => Fill::Missing,
        };
        Self {
            knowledge,
            pairs: pairing::pairs(&studies, &reports, &names, knowledge),
            names,
            operated: case.requests.situations.get(SURGERY).copied().unwrap_or_default(),
            documents,
            facts,
            operations,
            systemic,
            radiation,
            stated,
            sides,
            stated_sides: about.cancer.iter().flat_map(|c| pairing::spoken_of(&c.words, knowledge).sides).collect(),
            is_paired: view.cancer_topography(knowledge).is_some_and(|category| knowledge.is_paired(&category)),
            medicines,
            medicines_listed,
            medicines_looked: rows.iter().all(|row| row.agreed.is_some())
                || rows.iter().all(|row| row.sources.iter().any(|s| is_looked_list(s.held))),
            tissue: Register::new(view, center, knowledge, today),
            person,
            questions: !view.questions().is_empty(),
            today,
        }
    }

    /// Whether a person stands for what is stated and no record says alone.
    #[must_use]
    pub fn is_looked_at(&self, requirement: &Requirement) -> bool {
        let medicines = requirement.satisfied_by.evidence().any(|evidence| matches!(evidence, Evidence::Medicines));
        !medicines || self.medicines_looked
    }

    /// The same without these documents and what they show. What they tell of the course of things, such as the day of an
    /// operation, still holds. `but_confirmed`: findings that a person confirmed still count.
    #[must_use]
    pub fn without(&self, is_out: &dyn Fn(&HeldDocument) -> bool, but_confirmed: bool) -> Self {
        let mut rest = self.clone();
        let out: HashSet<&DocumentId> =
            self.documents.iter().filter(|held| is_out(held)).map(|held| &held.document.id).collect();
        rest.documents.retain(|held| !out.contains(&held.document.id));
        for pair in &mut rest.pairs {
            pair.report = pair.report.filter(|held| !out.contains(&held.document.id));
        }
        rest.pairs.retain(|pair| pair.study.is_some() || pair.report.is_some());
        for seen in rest.facts.values_mut() {
            seen.retain(|fact| !out.contains(&fact.document) || but_confirmed && fact.is_confirmed);
        }
        rest.systemic.retain(|id| !out.contains(id));
        rest.radiation.retain(|id| !out.contains(id));
        rest
    }

    /// Documents that count.
    #[must_use]
    pub fn documents(&self) -> &[&'a HeldDocument] {
        &self.documents
    }

    /// How much of what is asked for is here.
    #[must_use]
    pub fn answer(&self, evidence: &Evidence) -> Answer {
        match evidence {
            Evidence::Document(kind) => self.document(kind),
            Evidence::Named(kind, words) => self.named(kind, words),
            Evidence::Fact(concept) => self.fact(concept),
            Evidence::Gene(symbol) => self.gene(symbol),
            Evidence::Series(concept) => self.series(concept),
            Evidence::Images(picture) => self.images(picture),
            Evidence::Report(picture) => self.report(picture),
            Evidence::ImagesWithReport(picture) => self.images_with_report(picture),
            Evidence::Treatment(kind) => self.treatment(kind),
            Evidence::PathologyAfterOperation => self.pathology_after_operation(),
            Evidence::Slides | Evidence::Tissue => self.tissue.answer(evidence),
            Evidence::Medicines if self.medicines_listed => self.stated(self.medicines, "lack-medicines-differ"),
            Evidence::Medicines => self.stated(self.medicines, "lack-medicines-list"),
            Evidence::Person => self.stated(self.person, "lack-person-accepted"),
            Evidence::Questions => self.stated(if self.questions { Fill::Here } else { Fill::Missing }, ""),
            Evidence::BeforeOperation(inner) => self.around_operation(inner, true),
            Evidence::AfterOperation(inner) => self.around_operation(inner, false),
            Evidence::OverTime(inner) => self.over_time(inner),
        }
    }

    fn stated(&self, fill: Fill, lack: &'static str) -> Answer {
        let pieces = vec![found(Piece::Stated, None)];
        match fill {
            Fill::Missing => Answer::missing(),
            Fill::Partial => Answer::part(pieces, lack),
            Fill::Here => Answer::here(pieces),
        }
    }

    fn is_of_kind(&self, held: &HeldDocument, wanted: &DocumentKind) -> bool {
        let mut kind = held.kind();
        // A table in which kinds refine each other in a circle ends here.
        for _ in 0..8 {
            match kind {
                None => return false,
                Some(own) if own == wanted => return true,
                Some(own) => {
                    kind = self.knowledge.document_kinds.iter().find(|k| k.id == *own).and_then(|k| k.refines.as_ref())
                }
            }
        }
        false
    }

    fn of_kind(&self, kind: &DocumentKind) -> Vec<&'a HeldDocument> {
        self.documents.iter().filter(|d| self.is_of_kind(d, kind)).copied().collect()
    }

    /// Whether an operative note is of an operation on something else than a tumour.
    fn is_of_another_operation(&self, held: &HeldDocument) -> bool {
        let told = self.operations.iter().any(|o| !o.is_other && o.sources.contains(&held.document.id));
        !told && self.names_it(held, OTHER_OPERATION)
    }

    /// Operative notes on the tumour, of now.
    pub(super) fn notes_of_operations(&self) -> Vec<&'a HeldDocument> {
        let mut notes = self.of_kind(&DocumentKind::from(OPERATIVE_NOTE));
        notes.retain(|note| {
            let day = note.date().and_then(PartialDate::day);
            !self.is_of_another_operation(note)
                && self.doubts(note).is_empty()
                && day.is_none_or(|day| self.is_of_now(day))
        });
        notes
    }

    fn document(&self, kind: &DocumentKind) -> Answer {
        let of_kind = self.of_kind(kind);
        let pieces: Vec<FoundPiece> = of_kind.iter().map(|d| found(document(d), d.date())).collect();
        let is_note = kind.0 == OPERATIVE_NOTE && !of_kind.is_empty();
        if is_note && of_kind.iter().all(|note| self.is_of_another_operation(note)) {
            return Answer::unsure(pieces, vec![Message::new("lack-of-another-operation")]);
        }
        let (sure, doubts) = self.undoubted(&of_kind);
        match (of_kind.is_empty(), sure.iter().any(|d| !is_damaged(d))) {
            (true, _) => Answer::missing(),
            (false, true) => Answer::here(pieces),
            (false, false) if sure.is_empty() => Answer::unsure(pieces, doubts),
            (false, false) => Answer::part(pieces, "lack-readable-copy"),
        }
    }

    /// Documents whose text or title names something; where none does, those of the kind may hold it all the same.
    fn named(&self, kind: &DocumentKind, words: &str) -> Answer {
        let of_kind = self.of_kind(kind);
        let naming: Vec<&HeldDocument> = of_kind.iter().filter(|d| self.names_it(d, words)).copied().collect();
        let pieces = |of: &[&HeldDocument]| of.iter().map(|d| found(document(d), d.date())).collect();
        // A value that was measured is here, whatever else of the document is not.
        let has_value = self.knowledge.gathering.words(words).is_some_and(|known| known.with_value);
        let (sure, doubts) = if has_value { (naming.clone(), Vec::new()) } else { self.undoubted(&naming) };
        match (of_kind.is_empty(), naming.is_empty(), sure.is_empty()) {
            (true, ..) => Answer::missing(),
            (false, false, false) => Answer::here(pieces(&sure)),
            (false, false, true) => Answer::unsure(pieces(&naming), doubts),
            (false, true, _) => {
                let label = Evidence::Named(kind.clone(), words.to_owned()).label(self.knowledge);
                let mut lacks = vec![Message::new("lack-look-whether").with("what", label)];
                lacks.extend(self.undoubted(&of_kind).1);
                Answer::unsure(pieces(&of_kind), lacks)
            }
        }
    }

    fn names_it(&self, held: &HeldDocument, words: &str) -> bool {
        let in_text = self.names.get(&held.document.id).is_some_and(|names| names.iter().any(|name| name == words));
        // A title names a test, and no value.
        let known = self.knowledge.gathering.words(words).filter(|known| !known.with_value);
        in_text || known.is_some_and(|known| pairing::names_any(held.title(), &known.words))
    }

    fn fact(&self, concept: &Concept) -> Answer {
        let seen = self.facts.get(concept).map(Vec::as_slice).unwrap_or_default();
        result_of(&seen.iter().collect::<Vec<_>>())
    }

    fn gene(&self, symbol: &str) -> Answer {
        let results = OF_GENES.iter().filter_map(|concept| self.facts.get(concept)).flatten();
        let of_gene = results.filter(|f| f.gene.as_deref().is_some_and(|gene| gene.eq_ignore_ascii_case(symbol)));
        result_of(&of_gene.collect::<Vec<_>>())
    }

    fn series(&self, concept: &Concept) -> Answer {
        let seen = self.facts.get(concept).map(Vec::as_slice).unwrap_or_default();
        let mut days: Vec<PartialDate> = seen.iter().filter(|f| f.answers).filter_map(|f| f.date).collect();
        days.sort_unstable();
        days.dedup();
        let pieces = pieces_of(&seen.iter().collect::<Vec<_>>());
        match (seen.is_empty(), days.len() >= 2) {
            (true, _) => Answer::missing(),
            (false, true) => Answer::here(pieces),
            (false, false) => Answer::part(pieces, "lack-earlier-values"),
        }
    }

    fn treatment(&self, kind: &str) -> Answer {
        let happened = |yes: bool| if yes { Fill::Here } else { Fill::Missing };
        let of = |kind: TreatmentKind| self.stated.contains(&kind);
        let (fill, sources) = match kind {
            // Operations of long ago are history.
            "operation" => {
                let told = self.operations.iter().any(|o| self.is_recent(o));
                (happened(told || !self.notes_of_operations().is_empty()), &[][..])
            }
            "biopsy" => (happened(self.operations.iter().any(|o| o.is_sample)), &[][..]),
            "systemic" => {
                (happened(of(TreatmentKind::Systemic) || !self.systemic.is_empty()), self.systemic.as_slice())
            }
            "radiation" => {
                (happened(of(TreatmentKind::Radiation) || !self.radiation.is_empty()), self.radiation.as_slice())
            }
            _ => (Fill::Missing, &[][..]),
        };
        let pieces = sources.iter().map(|id| found(Piece::Document { id: id.clone() }, None)).collect();
        Answer { fill, pieces, ..Answer::missing() }
    }

    /// Whether a document states one of these.
    fn states_any(&self, held: &HeldDocument, concepts: &[Concept]) -> bool {
        let of = |concept| self.facts.get(concept).into_iter().flatten();
        concepts.iter().flat_map(of).any(|fact| fact.document == held.document.id)
    }

    fn pathology_after_operation(&self) -> Answer {
        let reports = self.of_kind(&DocumentKind::from("pathology-report"));
        let (sure, doubts) = self.undoubted(&reports);
        if sure.is_empty() && !reports.is_empty() {
            return Answer::unsure(reports.iter().map(|r| found(document(r), r.date())).collect(), doubts);
        }
        let reports = sure;
        let dated: Vec<Date> = self.operations.iter().filter(|o| self.is_recent(o)).filter_map(|o| o.date).collect();
        let most = self.knowledge.gathering.days(Setting::ReportedDays);
        let is_near = |report: &HeldDocument, operation: Date| {
            let day = report.date().and_then(PartialDate::day);
            day.is_some_and(|day| (0..=most).contains(&days_between(operation, day)))
        };
        let mut pieces: Vec<FoundPiece> = Vec::new();
        let (mut matched, mut tells) = (0, true);
        for operation in &dated {
            let mut of: Vec<_> = reports.iter().filter(|r| is_near(r, *operation)).collect();
            matched += usize::from(!of.is_empty());
            // Of several the one that speaks of the tumour; one that does not may be of something else.
            let of_tumour: Vec<_> = of.iter().copied().filter(|r| self.states_any(r, &OF_A_TUMOUR)).collect();
            match of_tumour.is_empty() {
                true => tells &= of.is_empty(),
                false => of = of_tumour,
            }
            pieces.extend(of.into_iter().map(|r| found(document(r), r.date())));
        }
        if dated.is_empty() {
            // The day of the operation is not known: a report that counts nodes or states margins was written after one.
            let of = reports.iter().filter(|r| self.states_any(r, &AFTER_AN_OPERATION));
            pieces = of.map(|r| found(document(r), r.date())).collect();
            return if pieces.is_empty() { Answer::missing() } else { Answer::here(pieces) };
        }
        pieces.sort_by(|a, b| a.piece.cmp(&b.piece));
        pieces.dedup();
        match matched {
            0 => Answer::missing(),
            _ if !tells => Answer::unsure(pieces, vec![Message::new("lack-of-the-operation")]),
            n if n == dated.len() => Answer::here(pieces),
            _ => Answer::part(pieces, "lack-one-operation"),
        }
    }

    /// The register of slides and blocks, as the centre of the list has to do with it.
    #[must_use]
    pub fn tissue(&self) -> &Register<'a> {
        &self.tissue
    }
}

impl FoundPiece {
    /// A document, by its own day.
    pub(super) fn of(held: &HeldDocument) -> Self {
        found(document(held), held.date())
    }
}

pub(super) fn found(piece: Piece, date: Option<PartialDate>) -> FoundPiece {
    FoundPiece { piece, date }
}

fn document(held: &HeldDocument) -> Piece {
    Piece::Document { id: held.document.id.clone() }
}

/// Whether facts give a result: "not tested" is none.
fn result_of(seen: &[&FactSeen]) -> Answer {
    let pieces = pieces_of(seen);
    match (seen.is_empty(), seen.iter().any(|f| f.answers)) {
        (true, _) => Answer::missing(),
        (false, true) => Answer::here(pieces),
        (false, false) => Answer::part(pieces, "lack-a-result"),
    }
}

fn pieces_of(seen: &[&FactSeen]) -> Vec<FoundPiece> {
    let mut pieces: Vec<FoundPiece> =
        seen.iter().map(|f| found(Piece::Document { id: f.document.clone() }, f.date)).collect();
    each_once(&mut pieces);
    pieces
}

/// Each piece once, in their order; of two with the same piece the first.
pub(super) fn each_once(pieces: &mut Vec<FoundPiece>) {
    pieces.sort_by(|a, b| a.piece.cmp(&b.piece));
    pieces.dedup_by(|a, b| a.piece == b.piece);
}

/// Whether an operation only takes a sample; a sentinel node biopsy goes with the operation on the tumour.
fn takes_a_sample(what: &str, knowledge: &Knowledge) -> bool {
    let names = |group| knowledge.vocabulary.names_of(what, group);
    names(WordGroup::Sample) && !names(WordGroup::NoSample)
}
