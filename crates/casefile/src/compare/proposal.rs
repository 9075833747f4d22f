//! An opinion as a consultation note or a re-read says it, for a person to go over: findings and planned treatments that were
//! read in the record, each with the words it came from. Nothing of it is an opinion before a person keeps it.

use crate::audience::CaseView;
use crate::facts::{Basis as FactBasis, Context, Polarity, TreatmentKind, TreatmentStatus};
use crate::knowledge::Knowledge;
use crate::shared::ids::DocumentId;
use crate::shared::message::Refusal;

use super::{Clinician, Finding, Opinion, PlanStep, StepKind};

/// Most findings that are proposed of one record.
const MOST: usize = 60;

impl CaseView<'_> {
    /// What a record says, in the form of an opinion.
    ///
    /// # Errors
    /// When there is no such record for this audience.
    pub fn proposed_opinion(&self, document: &DocumentId, knowledge: &Knowledge) -> Result<Opinion, Refusal> {
        let held = self.document(document, knowledge).ok_or_else(|| Refusal::new("refusal-no-such-document"))?;
        let clinician = Clinician {
            name: held.author().unwrap_or_default().to_owned(),
            organization: held.facility().unwrap_or_default().to_owned(),
            ..Clinician::default()
        };
        let mut opinion =
            Opinion { clinician, date: held.date(), document: Some(document.clone()), ..Opinion::default() };
        for fact in self.facts_of(document, knowledge).iter().filter(|fact| fact.standing.counts()) {
            let said = &fact.fact;
            let counts = said.basis == FactBasis::Stated
                && (said.main || fact.standing.is_confirmed())
                && !matches!(said.context, Context::History | Context::Family)
                && !fact.without_cancer
                && knowledge.comparing.concept(&said.concept).is_some();
            let value = match said.polarity {
                Polarity::Present => said.value.clone(),
                Polarity::Absent if matches!(said.value.as_str(), "absent" | "negative") => said.value.clone(),
                Polarity::Absent if said.value == "positive" => "negative".to_owned(),
                Polarity::Absent if said.value == "present" => "absent".to_owned(),
                _ => continue,
            };
            let finding = Finding {
                concept: said.concept.clone(),
                value,
                prefix: said.qualifiers.prefix.clone().unwrap_or_default(),
                edition: String::new(),
                from: None,
                specimen: said.specimen.clone().unwrap_or_default(),
                key_image: String::new(),
                words: said.quote.clone(),
            };
            let known = |other: &Finding| {
                other.concept == finding.concept && other.value == finding.value && other.prefix == finding.prefix
            };
            if counts && opinion.findings.len() < MOST && !opinion.findings.iter().any(known) {
                opinion.findings.push(finding);
            }
        }
        if let Some(reading) = self.reading_of(document, knowledge) {
            let planned = reading.treatments.iter().filter(|t| t.status == TreatmentStatus::Planned);
            for treatment in planned {
                let kind = match treatment.kind {
                    TreatmentKind::Operation => StepKind::Surgery,
                    TreatmentKind::Systemic => StepKind::Systemic,
                    TreatmentKind::Radiation => StepKind::Radiation,
                    TreatmentKind::Other => continue,
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
        Ok(opinion)
    }
}
