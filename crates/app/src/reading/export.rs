//! A case as standard data: what a view shows, handed to `exchange` as plain values. What was recognised in a picture
//! and not confirmed is left out, like everything a view does not let an audience see.

use consilium_casefile::facts::Section;
use consilium_casefile::gather::HeldDocument;
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::reading::{CaseFact, concept_words, medicines, summary, treatments, value_words};
use consilium_casefile::{CaseId, CaseView, Refusal, Session};
use consilium_exchange::fhir::{
    self, AgreedMedicine, Export, ExportDocument, ExportFact, ExportMedication, ExportTreatment, ExportTumour,
    SourceDocument,
};

use super::facts::site_words;
use super::is_structured;
use crate::App;
use crate::error::{AppError, Doing};

/// Which standard form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standard {
    /// An mCODE 4 patient bundle.
    Mcode,
    /// An International Patient Summary.
    Ips,
    /// Everything, with every document.
    Fhir,
}

impl Standard {
    /// The form of that name: `mcode`, `ips`, `fhir`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "mcode" => Some(Self::Mcode),
            "ips" => Some(Self::Ips),
            "fhir" => Some(Self::Fhir),
            _ => None,
        }
    }
}

impl App {
    /// The case in a standard form, as JSON bytes.
    ///
    /// # Errors
    /// A refusal that says what fails: nothing that fails its own check leaves.
    pub async fn export(&self, session: &Session, id: &CaseId, standard: Standard) -> Result<Vec<u8>, AppError> {
        let case = self.case(session, id).await?;
        if !session.audience.may_change() {
            return Err(AppError::NotAllowed);
        }
        let view = case.seen_by(session.audience);
        let mut export = self.to_export(&view);
        if standard == Standard::Fhir {
            for held in view.documents(self.knowledge()).into_iter().filter(|d| !d.removed && d.identity_settled()) {
                let bytes = self.object(id, &held.document.object).await?;
                export.documents.push(document(&view, held, self.knowledge(), bytes));
            }
        }
        let written = tokio::task::spawn_blocking(move || {
            let made = match standard {
                Standard::Mcode => fhir::mcode(&export),
                Standard::Ips => fhir::ips(&export),
                Standard::Fhir => fhir::full(&export),
            };
            made.map(|value| serde_json::to_vec_pretty(&value))
        });
        match written.await.doing("writing the export")? {
            Ok(bytes) => Ok(bytes.doing("writing the export")?),
            Err(problems) => {
                let first = problems.first().map(ToString::to_string).unwrap_or_default();
                Err(Refusal::new("refusal-export-fails").with("count", problems.len()).with("first", first).into())
            }
        }
    }

    fn to_export(&self, view: &CaseView<'_>) -> Export {
        let knowledge = self.knowledge();
        let summary = summary(view, knowledge);
        let mut place_of = vec![None; summary.facts.len()];
        let mut facts = Vec::new();
        for (place, fact) in summary.facts.iter().enumerate().filter(|(_, f)| f.standing.counts()) {
            if let Some(slot) = place_of.get_mut(place) {
                *slot = Some(facts.len());
            }
            facts.push(ExportFact {
                fact: fact.fact.clone(),
                source: source(view, fact.held, knowledge),
                confirmed: fact.standing.is_confirmed(),
                coded: is_entry(fact),
                label: concept_words(&fact.fact, knowledge),
                words: value_words(&fact.fact, knowledge),
                codes: Vec::new(),
            });
        }
        let tumours = summary.tumours.iter().map(|tumour| ExportTumour {
            facts: tumour.tumour.facts.iter().filter_map(|p| place_of.get(*p).copied().flatten()).collect(),
            name: site_words(&tumour.tumour.key, knowledge),
            ..ExportTumour::default()
        });
        // What a person agreed on stands for its sources, beside what records say otherwise since then; what is not
        // taken any more is not listed as taken.
        let (mut medications, mut agreed_lines) = (Vec::new(), Vec::new());
        for row in medicines(view, knowledge) {
            agreed_lines.extend(row.agreed.filter(|line| line.taken).map(agreed));
            let stated = if row.agreed.is_some() { &row.since } else { &row.sources };
            medications.extend(stated.iter().map(|s| ExportMedication {
                medication: s.medication.clone(),
                source: source(view, s.held, knowledge),
                confirmed: false,
                for_cancer: false,
                codes: Vec::new(),
            }));
        }
        let given = treatments(view, knowledge).into_iter().flat_map(|row| row.sources);
        let only = (summary.tumours.len() == 1).then_some(0);
        let treatments = given.map(|(held, treatment)| ExportTreatment {
            treatment: treatment.clone(),
            source: source(view, held, knowledge),
            confirmed: false,
            tumour: only,
            codes: Vec::new(),
        });
        Export {
            patient: view.person().unwrap_or_default(),
            sex: None,
            handle: view.handle().to_owned(),
            now: self.now(),
            tumours: tumours.collect(),
            medications,
            treatments: treatments.collect(),
            agreed: agreed_lines,
            documents: Vec::new(),
            facts,
        }
    }
}

/// Whether a fact is what a structured record answers by its entries: of a concept that codes answer, the main answer of
/// such a record is theirs. What a note inside the record says is under a heading of its own.
fn is_entry(fact: &CaseFact<'_>) -> bool {
    is_structured(fact.held.document.format) && fact.fact.main && fact.fact.section == Section::Body
}

fn agreed(medicine: &consilium_casefile::reading::AgreedMedicine) -> AgreedMedicine {
    AgreedMedicine { name: medicine.ingredient.clone(), dosage: medicine.line.clone(), ..AgreedMedicine::default() }
}

fn source(view: &CaseView<'_>, held: &HeldDocument, knowledge: &Knowledge) -> SourceDocument {
    SourceDocument {
        id: held.document.id.to_string(),
        title: view.title_of(held, knowledge).to_owned(),
        kind: held.kind().map(|k| knowledge.kind_label(k).to_owned()).unwrap_or_default(),
        date: held.date(),
        author: held.author().map(str::to_owned),
        facility: held.facility().map(str::to_owned),
    }
}

fn document(view: &CaseView<'_>, held: &HeldDocument, knowledge: &Knowledge, bytes: Vec<u8>) -> ExportDocument {
    ExportDocument {
        source: source(view, held, knowledge),
        type_code: None,
        media_type: held.document.format.media_type().to_owned(),
        bytes,
    }
}
