//! What a case holds, laid out once so that every line of the checklist can ask: documents by kind, facts by concept,
//! images with their reports, treatments given, slides and blocks.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use super::things::{Fill, Piece};
use crate::audience::CaseView;
use crate::facts::{Concept, Context, Polarity, TreatmentKind, TreatmentStatus};
use crate::gather::pairing::{self, Match, Pair};
use crate::gather::tissue::{Step, TissueRegister};
use crate::gather::{CaseStudy, HeldDocument};
use crate::imaging::Completeness;
use crate::knowledge::{Evidence, Knowledge, Picture};
use crate::reading::{CaseFact, medicines, treatments};
use crate::records::{DocumentKind, FileFormat};
use crate::shared::clock::days_between;
use crate::shared::ids::DocumentId;
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
    /// What is lacking of a part: keys of sentences (`lack-…`).
    pub lacks: Vec<&'static str>,
}

impl Answer {
    fn missing() -> Self {
        Self { fill: Fill::Missing, pieces: Vec::new(), lacks: Vec::new() }
    }
}

struct FactSeen {
    document: DocumentId,
    date: Option<PartialDate>,
    answers: bool,
}

struct Operation {
    date: Option<Date>,
    is_sample: bool,
}

/// What a case holds.
pub struct Holdings<'a> {
    knowledge: &'a Knowledge,
    documents: Vec<&'a HeldDocument>,
    pairs: Vec<Pair<'a>>,
    facts: HashMap<Concept, Vec<FactSeen>>,
    operations: Vec<Operation>,
    systemic: Vec<DocumentId>,
    radiation: Vec<DocumentId>,
    /// Kinds of treatment that a person stated, and no record tells.
    stated: BTreeSet<TreatmentKind>,
    medicines: Fill,
    tissue: &'a TissueRegister,
    person: Fill,
    questions: bool,
    today: Date,
}

/// A report with images is asked for as long as it is at most this much older than the newest of its kind.
const COMPARED_DAYS: i32 = 730;
/// A pathology report belongs to an operation when it is of at most this many days later.
const REPORTED_DAYS: i32 = 60;
/// Reports on tissue are asked for of operations of at most this many days ago; older ones are history.
const OPERATION_DAYS: i32 = 1_100;

fn is_whole(study: &CaseStudy) -> bool {
    !study.study.series.values().any(|s| matches!(s.completeness(), Completeness::Incomplete { .. }))
}

/// A PDF that could not be opened.
fn is_damaged(held: &HeldDocument) -> bool {
    held.document.format == FileFormat::Pdf && held.document.pages.is_none()
}

impl<'a> Holdings<'a> {
    /// Lays out what a view holds; `said` are its facts ([`CaseView::facts`]), which whoever asks may have already. `today` decides which operations are of now.
    #[must_use]
    pub fn of(view: &CaseView<'a>, said: &[CaseFact<'a>], knowledge: &'a Knowledge, today: Date) -> Self {
        let mut documents = view.documents(knowledge);
        documents.retain(|d| !d.removed && d.identity_settled());
        let mut studies = view.studies();
        studies.retain(|s| !s.removed && s.identity_settled() && s.study.instances() > 0);
        let reports: Vec<&HeldDocument> = documents.iter().filter(|d| pairing::is_report(d)).copied().collect();
        let mut facts: HashMap<Concept, Vec<FactSeen>> = HashMap::new();
        for fact in said {
            let of_person = fact.fact.context != Context::Family || fact.fact.concept == Concept::FAMILY_HISTORY;
            if fact.standing.counts() && of_person {
                facts.entry(fact.fact.concept.clone()).or_default().push(FactSeen {
                    document: fact.held.document.id.clone(),
                    date: fact.fact.date.or_else(|| fact.held.date()),
                    answers: !matches!(fact.fact.polarity, Polarity::NotTested | Polarity::Insufficient),
                });
            }
        }
        let (mut operations, mut systemic, mut radiation) = (Vec::new(), Vec::new(), Vec::new());
        let mut stated = BTreeSet::new();
        for row in treatments(view, knowledge) {
            let given = matches!(
                row.treatment.status,
                TreatmentStatus::Done | TreatmentStatus::Ongoing | TreatmentStatus::Stopped
            );
            if given && row.stated.is_some() {
                stated.insert(row.treatment.kind);
            }
            let said_by = || row.sources.iter().map(|(held, _)| held.document.id.clone());
            match row.treatment.kind {
                _ if !given => {}
                TreatmentKind::Operation => operations.push(Operation {
                    date: row.date.and_then(PartialDate::day),
                    is_sample: takes_a_sample(&row.treatment.what),
                }),
                TreatmentKind::Systemic => systemic.extend(said_by()),
                TreatmentKind::Radiation => radiation.extend(said_by()),
                TreatmentKind::Other => {}
            }
        }
        let rows = medicines(view, knowledge);
        let medicines = match rows.iter().any(|row| row.asks()) {
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
            pairs: pairing::pairs(&studies, &reports, knowledge),
            documents,
            facts,
            operations,
            systemic,
            radiation,
            stated,
            medicines,
            tissue: view.case().held_tissue(),
            person,
            questions: !view.questions().is_empty(),
            today,
        }
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
            Evidence::Fact(concept) => self.fact(concept),
            Evidence::Series(concept) => self.series(concept),
            Evidence::Images(picture) => self.images(picture),
            Evidence::Report(picture) => self.report(picture),
            Evidence::ImagesWithReport(picture) => self.images_with_report(picture),
            Evidence::Treatment(kind) => self.treatment(kind),
            Evidence::PathologyAfterOperation => self.pathology_after_operation(),
            Evidence::Slides => self.material(|line| line.tissue.material.is_read()),
            Evidence::Tissue => self.material(|line| !line.tissue.material.is_read()),
            Evidence::Medicines => self.stated(self.medicines, "lack-medicines-differ"),
            Evidence::Person => self.stated(self.person, "lack-person-accepted"),
            Evidence::Questions => self.stated(if self.questions { Fill::Here } else { Fill::Missing }, ""),
        }
    }

    fn stated(&self, fill: Fill, lack: &'static str) -> Answer {
        let pieces = if fill == Fill::Missing { Vec::new() } else { vec![found(Piece::Stated, None)] };
        Answer { fill, pieces, lacks: if fill == Fill::Partial { vec![lack] } else { Vec::new() } }
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

    fn document(&self, kind: &DocumentKind) -> Answer {
        let of_kind: Vec<&&HeldDocument> = self.documents.iter().filter(|d| self.is_of_kind(d, kind)).collect();
        let fill = match (of_kind.is_empty(), of_kind.iter().any(|d| !is_damaged(d))) {
            (true, _) => return Answer::missing(),
            (false, true) => Fill::Here,
            (false, false) => Fill::Partial,
        };
        let pieces = of_kind.iter().map(|d| found(document(d), d.date())).collect();
        Answer { fill, pieces, lacks: if fill == Fill::Partial { vec!["lack-readable-copy"] } else { Vec::new() } }
    }

    fn fact(&self, concept: &Concept) -> Answer {
        let seen = self.facts.get(concept).map(Vec::as_slice).unwrap_or_default();
        let fill = match (seen.is_empty(), seen.iter().any(|f| f.answers)) {
            (true, _) => return Answer::missing(),
            (false, true) => Fill::Here,
            (false, false) => Fill::Partial,
        };
        let lacks = if fill == Fill::Partial { vec!["lack-a-result"] } else { Vec::new() };
        Answer { fill, pieces: pieces_of(seen), lacks }
    }

    fn series(&self, concept: &Concept) -> Answer {
        let seen = self.facts.get(concept).map(Vec::as_slice).unwrap_or_default();
        let mut days: Vec<PartialDate> = seen.iter().filter_map(|f| f.date).collect();
        days.sort_unstable();
        days.dedup();
        match (seen.is_empty(), days.len() >= 2) {
            (true, _) => Answer::missing(),
            (false, true) => Answer { fill: Fill::Here, pieces: pieces_of(seen), lacks: Vec::new() },
            (false, false) => {
                Answer { fill: Fill::Partial, pieces: pieces_of(seen), lacks: vec!["lack-earlier-values"] }
            }
        }
    }

    /// Pairs of what is asked for, those that may be it last, none much older than the newest.
    fn pairs_of(&self, picture: &Picture) -> (Vec<&Pair<'a>>, bool) {
        let of = |wanted: Match| self.pairs.iter().filter(move |p| p.is_of(picture) == wanted);
        let mut pairs: Vec<&Pair<'a>> = of(Match::Yes).collect();
        let is_sure = !pairs.is_empty();
        if !is_sure {
            pairs = of(Match::Maybe).collect();
        }
        let newest = pairs.iter().filter_map(|p| day_of(p)).max();
        pairs.retain(|p| newest.zip(day_of(p)).is_none_or(|(newest, day)| days_between(day, newest) <= COMPARED_DAYS));
        (pairs, is_sure)
    }

    fn images(&self, picture: &Picture) -> Answer {
        let (pairs, is_sure) = self.pairs_of(picture);
        let studies: Vec<&CaseStudy> = pairs.iter().filter_map(|p| p.study).collect();
        if studies.is_empty() {
            return Answer::missing();
        }
        let mut lacks = Vec::new();
        if !studies.iter().all(|s| is_whole(s)) {
            lacks.push("lack-some-images");
        }
        if !is_sure {
            lacks.push("lack-part-of-the-body");
        }
        let pieces = studies.iter().map(|s| found(study(s), s.study.facts.date)).collect();
        Answer { fill: if lacks.is_empty() { Fill::Here } else { Fill::Partial }, pieces, lacks }
    }

    fn report(&self, picture: &Picture) -> Answer {
        let (pairs, _) = self.pairs_of(picture);
        let reports: Vec<&HeldDocument> = pairs.iter().filter_map(|p| p.report).collect();
        if reports.is_empty() {
            return Answer::missing();
        }
        let pieces = reports.iter().map(|d| found(document(d), d.date())).collect();
        Answer { fill: Fill::Here, pieces, lacks: Vec::new() }
    }

    fn images_with_report(&self, picture: &Picture) -> Answer {
        let (pairs, is_sure) = self.pairs_of(picture);
        if pairs.is_empty() {
            return Answer::missing();
        }
        let (mut pieces, mut lacks) = (Vec::new(), Vec::new());
        let mut lack = |what| {
            if !lacks.contains(&what) {
                lacks.push(what);
            }
        };
        for pair in pairs {
            match pair.study {
                Some(of) => {
                    pieces.push(found(study(of), of.study.facts.date));
                    if !is_whole(of) {
                        lack("lack-some-images");
                    }
                }
                None => lack("lack-images"),
            }
            match pair.report {
                Some(report) => pieces.push(found(document(report), day_of(pair).map(PartialDate::Day))),
                None => lack("lack-report"),
            }
        }
        if !is_sure {
            lack("lack-part-of-the-body");
        }
        Answer { fill: if lacks.is_empty() { Fill::Here } else { Fill::Partial }, pieces, lacks }
    }

    fn treatment(&self, kind: &str) -> Answer {
        let happened = |yes: bool| if yes { Fill::Here } else { Fill::Missing };
        let of = |kind: TreatmentKind| self.stated.contains(&kind);
        let (fill, sources) = match kind {
            "operation" => (happened(self.operations.iter().any(|o| !o.is_sample)), &[][..]),
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
        Answer { fill, pieces, lacks: Vec::new() }
    }

    fn pathology_after_operation(&self) -> Answer {
        let reports: Vec<&&HeldDocument> =
            self.documents.iter().filter(|d| self.is_of_kind(d, &DocumentKind::from("pathology-report"))).collect();
        let recent =
            |o: &&Operation| !o.is_sample && o.date.is_none_or(|d| days_between(d, self.today) <= OPERATION_DAYS);
        let dated: Vec<Date> = self.operations.iter().filter(recent).filter_map(|o| o.date).collect();
        let is_near = |report: &HeldDocument, operation: Date| {
            let day = report.date().and_then(PartialDate::day);
            day.is_some_and(|day| (0..=REPORTED_DAYS).contains(&days_between(operation, day)))
        };
        let mut pieces: Vec<FoundPiece> = Vec::new();
        let mut matched = 0;
        for operation in &dated {
            let of: Vec<_> = reports.iter().filter(|r| is_near(r, *operation)).collect();
            matched += usize::from(!of.is_empty());
            pieces.extend(of.into_iter().map(|r| found(document(r), r.date())));
        }
        if dated.is_empty() {
            // The day of the operation is not known: a report that counts nodes or states pT was written after one.
            let after = [Concept::NODES_EXAMINED, Concept::MARGIN];
            let seen = after.iter().filter_map(|c| self.facts.get(c)).flatten();
            let of: Vec<DocumentId> = seen.map(|f| f.document.clone()).collect();
            pieces =
                reports.iter().filter(|r| of.contains(&r.document.id)).map(|r| found(document(r), r.date())).collect();
            let fill = if pieces.is_empty() { Fill::Missing } else { Fill::Here };
            return Answer { fill, pieces, lacks: Vec::new() };
        }
        pieces.sort_by(|a, b| a.piece.cmp(&b.piece));
        pieces.dedup();
        match matched {
            0 => Answer::missing(),
            n if n == dated.len() => Answer { fill: Fill::Here, pieces, lacks: Vec::new() },
            _ => Answer { fill: Fill::Partial, pieces, lacks: vec!["lack-one-operation"] },
        }
    }

    fn material(&self, wanted: impl Fn(&crate::gather::tissue::HeldTissue) -> bool) -> Answer {
        let lines: Vec<_> = self.tissue.lines().filter(|line| wanted(line)).collect();
        let there = |line: &&&crate::gather::tissue::HeldTissue| {
            let lost = line.now().is_some_and(|c| matches!(c.step, Step::Lost | Step::Damaged | Step::UsedUp));
            line.reaches_the_center(self.today) && line.pieces_missing() == 0 && !lost
        };
        let at_the_center = lines.iter().filter(there).count();
        let pieces: Vec<FoundPiece> =
            lines.iter().filter(there).map(|line| found(Piece::Tissue { id: line.tissue.id.clone() }, None)).collect();
        match at_the_center {
            0 if lines.iter().any(|line| line.now().is_some_and(|c| c.step == Step::Shipped)) => {
                Answer { lacks: vec!["lack-slides-on-the-way"], ..Answer::missing() }
            }
            0 => Answer::missing(),
            n if n == lines.len() => Answer { fill: Fill::Here, pieces, lacks: Vec::new() },
            _ => Answer { fill: Fill::Partial, pieces, lacks: vec!["lack-some-slides"] },
        }
    }
}

fn found(piece: Piece, date: Option<PartialDate>) -> FoundPiece {
    FoundPiece { piece, date }
}

fn document(held: &HeldDocument) -> Piece {
    Piece::Document { id: held.document.id.clone() }
}

fn study(held: &CaseStudy) -> Piece {
    Piece::Study { uid: held.study.facts.uid.clone() }
}

fn day_of(pair: &Pair<'_>) -> Option<Date> {
    let date = pair.study.and_then(|s| s.study.facts.date).or_else(|| pair.report.and_then(HeldDocument::date));
    date.map(PartialDate::earliest)
}

fn pieces_of(seen: &[FactSeen]) -> Vec<FoundPiece> {
    let mut pieces: Vec<FoundPiece> =
        seen.iter().map(|f| found(Piece::Document { id: f.document.clone() }, f.date)).collect();
    pieces.sort_by(|a, b| a.piece.cmp(&b.piece));
    pieces.dedup_by(|a, b| a.piece == b.piece);
    pieces
}

/// Whether an operation only takes a sample; a sentinel node biopsy goes with the operation on the tumour.
fn takes_a_sample(what: &str) -> bool {
    let what = what.to_lowercase();
    (what.contains("biopsy") && !what.contains("sentinel")) || what.contains("aspirat")
}
