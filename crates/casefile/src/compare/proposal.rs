//! An opinion as a consultation note or a re-read says it, for a person to go over: findings and planned treatments that were
//! read in the record, each with the words it came from. Nothing of it is an opinion before a person keeps it.

use crate::audience::CaseView;
use crate::facts::{Basis as FactBasis, Context, Polarity, TreatmentKind, TreatmentStatus};
use crate::knowledge::Knowledge;
use crate::reading::value_words;
use crate::shared::ids::DocumentId;
use crate::shared::message::Refusal;

use super::{Clinician, Finding, Material, Opinion, PlanStep, StepKind};

/// Most findings that are proposed of one record.
const MOST: usize = 60;

/// What a record says, in the form of an opinion.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProposedOpinion {
    /// What was made of it.
    pub opinion: Opinion,
    /// What was read in it as well and found no place: an uncertain finding, what follows from others, a treatment of another
    /// kind, what is beyond the most. As `label: value`.
    pub left: Vec<String>,
}

impl CaseView<'_> {
    /// What a record says, in the form of an opinion.
    ///
    /// # Errors
    /// When there is no such record for this audience.
    pub fn proposed_opinion(&self, document: &DocumentId, knowledge: &Knowledge) -> Result<ProposedOpinion, Refusal> {
        let held = self.document(document, knowledge).ok_or_else(|| Refusal::new("refusal-no-such-document"))?;
        let clinician = Clinician {
            name: held.author().unwrap_or_default().to_owned(),
            organization: held.facility().unwrap_or_default().to_owned(),
            ..Clinician::default()
        };
        let mut opinion =
            Opinion { clinician, date: held.date(), document: Some(document.clone()), ..Opinion::default() };
        let mut left: Vec<String> = Vec::new();
        let mut leave = |words: String| {
            if !left.contains(&words) {
                left.push(words);
            }
        };
        let materials = &knowledge.comparing.materials;
        let is_tissue =
            materials.iter().any(|(kind, is)| *is == Material::PathologyReport && held.kind() == Some(kind));
        for fact in self.facts_of(document, knowledge).iter().filter(|fact| fact.standing.counts()) {
            let said = &fact.fact;
            // What was before, or is of somebody else, is no part of an opinion.
            let bears = !matches!(said.context, Context::History | Context::Family)
                && !fact.without_cancer
                && knowledge.comparing.concept(&said.concept).is_some();
            if !bears {
                continue;
            }
            let words = || {
                let label = knowledge.concept(&said.concept).map_or(said.concept.as_str(), |of| of.label.as_str());
                format!("{label}: {}", value_words(said, knowledge))
            };
            let counts = said.basis == FactBasis::Stated && (said.main || fact.standing.is_confirmed());
            let value = match said.polarity {
                Polarity::Present => said.value.clone(),
                Polarity::Absent if matches!(said.value.as_str(), "absent" | "negative") => said.value.clone(),
                Polarity::Absent if said.value == "positive" => "negative".to_owned(),
                Polarity::Absent if said.value == "present" => "absent".to_owned(),
                _ => {
                    leave(words());
                    continue;
                }
            };
            // "2" before a line of a list is no piece of tissue; only a report on tissue names those by bare figures.
            let piece = said.specimen.clone().unwrap_or_default();
            let is_piece = is_tissue || piece.chars().any(char::is_alphabetic) || piece.contains('-');
            let finding = Finding {
                concept: said.concept.clone(),
                value,
                prefix: said.qualifiers.prefix.clone().unwrap_or_default(),
                edition: String::new(),
                from: None,
                specimen: if is_piece { piece } else { String::new() },
                key_image: String::new(),
                words: said.quote.clone(),
            };
            let known = |other: &Finding| {
                other.concept == finding.concept && other.value == finding.value && other.prefix == finding.prefix
            };
            if opinion.findings.iter().any(known) {
                continue;
            }
            if counts && opinion.findings.len() < MOST {
                opinion.findings.push(finding);
            } else {
                leave(words());
            }
        }
        if let Some(reading) = self.reading_of(document, knowledge) {
            let planned = reading.treatments.iter().filter(|t| t.status == TreatmentStatus::Planned);
            for treatment in planned {
                let kind = match treatment.kind {
                    TreatmentKind::Operation => StepKind::Surgery,
                    TreatmentKind::Systemic => StepKind::Systemic,
                    TreatmentKind::Radiation => StepKind::Radiation,
                    TreatmentKind::Other => {
                        leave(treatment.what.replace('_', " "));
                        continue;
                    }
                };
                let step = PlanStep {
                    cycles: treatment.cycles,
                    dose: treatment.dose.clone().unwrap_or_default(),
                    why: treatment.quote.clone(),
                    ..PlanStep::new(kind, &treatment.what.replace('_', " "))
                };
                if !opinion.plan.iter().any(|other| other.kind == step.kind && other.what == step.what) {
                    opinion.plan.push(step);
                }
            }
        }
        Ok(ProposedOpinion { opinion, left })
    }
}
