//! What a blind edition withholds, what of the plan stays in it all the same, and what its reader lacks. A document is
//! withheld for its kind or its form, never for a sentence in it: pathology, treatment given, allergies and medicines go
//! in, and where such a record mentions a plan its sender is shown the words and decides.

use std::collections::BTreeSet;

use super::{Audience, CaseView};
use crate::facts::{Concept, Medication, MedicationStatus, Treatment, TreatmentKind, TreatmentStatus};
use crate::gather::HeldDocument;
use crate::knowledge::Knowledge;
use crate::reading::{
    CaseFact, MedicineSource, PlanMention, concept_words, medicine_line, medicines, summary, treatments, value_words,
};
use crate::records::FileFormat;
use crate::shared::ids::DocumentId;

/// How many documents stay out of a blind edition, by why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LeftOut {
    /// Of a kind that states, or may state, another clinician's plan.
    pub of_a_plan: usize,
    /// Of no kind yet: they might state one.
    pub unsorted: usize,
    /// Exports of a whole record.
    pub with_a_plan: usize,
}

/// Why a document is withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Withheld {
    OfAPlan,
    Unsorted,
    WholeRecord,
}

/// Kinds of documents that are exports of a whole record.
const WHOLE_RECORDS: [&str; 2] = ["continuity-of-care-document", "patient-data-export"];

/// Why a blind edition withholds a document; `None` where it goes in. An export of a whole record has orders and care
/// plans beside results.
pub(super) fn withheld(held: &HeldDocument, knowledge: &Knowledge) -> Option<Withheld> {
    use FileFormat::{AppleHealth, Cda, FhirJson, FhirNdjson, FhirXml};
    let Some(kind) = held.kind() else { return Some(Withheld::Unsorted) };
    let is_export = matches!(held.document.format, FhirJson | FhirNdjson | FhirXml | Cda | AppleHealth);
    // These kinds state a plan because they are whole records; a letter in the same form is a letter.
    if is_export && WHOLE_RECORDS.contains(&kind.0.as_str()) {
        return Some(Withheld::WholeRecord);
    }
    if knowledge.kind(kind).is_none_or(|kind| kind.states_a_plan) {
        return Some(Withheld::OfAPlan);
    }
    is_export.then_some(Withheld::WholeRecord)
}

/// What a blind reader is not told and a specialist is, by name and without a word of what it says: where a page has nothing
/// on a line, it is not that no record says it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NotTold {
    /// What the lines of page one are about.
    pub concepts: BTreeSet<Concept>,
    /// Whether treatment that was given is told.
    pub given: bool,
    /// Whether medicines are told.
    pub medicines: bool,
}

/// Kinds of records that tell of treatment given: what they name without a day was given all the same.
const SUMMARIES: [&str; 3] = ["treatment-summary", "radiation-summary", "operative-note"];

/// A fact that stands only in documents a blind edition withholds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnlyWithheld<'a> {
    /// What it is about.
    pub concept: Concept,
    /// The same in words: `Grade`.
    pub label: String,
    /// What is said, in words.
    pub value: String,
    /// The record that says so.
    pub held: &'a HeldDocument,
    /// Where: first character, and one past the last; the same for what a person typed.
    pub place: (usize, usize),
}

/// A treatment that was given, or a medicine, that stands only in what a blind edition withholds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryWithheld<'a> {
    /// Whether it is a line of the list of medicines, and no treatment.
    pub is_medicine: bool,
    /// What, with its day or its dose where one is stated.
    pub what: String,
    /// The record that says so.
    pub held: &'a HeldDocument,
    /// Where: first character, and one past the last; the same for what is said by code only.
    pub place: (usize, usize),
}

impl<'a> CaseView<'a> {
    /// Whether something is held back from this view that the case states: a packet says so.
    #[must_use]
    pub fn withholds_a_plan(&self) -> bool {
        self.audience == Audience::BlindReader
    }

    /// Whether a blind edition goes without this document.
    #[must_use]
    pub fn is_withheld_from_blind(&self, held: &HeldDocument, knowledge: &Knowledge) -> bool {
        withheld(held, knowledge).is_some()
    }

    /// The documents of which a view may tell what was read in them. A blind reader does not get an export of a whole record,
    /// and is told of its findings, of what was done, and of medicines: allergies and medication are never withheld.
    pub(crate) fn told_of(&self, knowledge: &Knowledge) -> Vec<&'a HeldDocument> {
        let mut told = self.documents(knowledge);
        told.retain(|d| !d.removed && d.identity_settled());
        if self.audience == Audience::BlindReader {
            let all = self.case.gather.documents.values().filter(|d| !d.removed && d.identity_settled());
            let all = all.filter(|d| !self.case.compare.seals(&d.document.id));
            told.extend(all.filter(|d| withheld(d, knowledge) == Some(Withheld::WholeRecord)));
            told.sort_by_key(|d| (d.date().map(crate::PartialDate::earliest), d.document.path.clone()));
        }
        told
    }

    /// Whether a blind reader is told what stands in a record that is itself withheld: there is nothing to open there.
    #[must_use]
    pub fn is_told_from(&self, document: &DocumentId, knowledge: &Knowledge) -> bool {
        self.audience == Audience::BlindReader && self.told_of(knowledge).iter().any(|d| d.document.id == *document)
    }

    /// Whether a view tells of a medicine in a document. An order in an export of a whole record may be the plan: of
    /// medicines against cancer a blind reader is not told from there.
    pub(crate) fn tells_of_medicine(
        &self,
        held: &HeldDocument,
        medication: &Medication,
        knowledge: &Knowledge,
    ) -> bool {
        if self.audience != Audience::BlindReader {
            return true;
        }
        let from_export = withheld(held, knowledge) == Some(Withheld::WholeRecord);
        let name = medication.ingredient.clone().unwrap_or_else(|| medication.name.trim().to_lowercase());
        let drugs = &knowledge.vocabulary.drugs;
        let class = drugs.iter().find(|drug| drug.ingredient == name || drug.phrase == name).map(|drug| drug.class);
        let harmless = class.is_some_and(|class| !class.treats_cancer());
        medication.status != MedicationStatus::Planned && (!from_export || harmless)
    }

    /// Whether a view tells of a treatment in a document: a blind reader of what was given, and from an export of a whole
    /// record only of what is said to be done.
    pub(crate) fn tells_of_treatment(
        &self,
        held: Option<&HeldDocument>,
        status: TreatmentStatus,
        knowledge: &Knowledge,
    ) -> bool {
        if self.audience != Audience::BlindReader {
            return true;
        }
        let from_export = held.is_some_and(|held| withheld(held, knowledge) == Some(Withheld::WholeRecord));
        match status {
            TreatmentStatus::Planned | TreatmentStatus::Declined | TreatmentStatus::Mentioned => false,
            TreatmentStatus::Done => true,
            TreatmentStatus::Ongoing | TreatmentStatus::Stopped => !from_export,
        }
    }

    /// Documents a specialist gets and a blind reader does not: those whose kind states a plan, exports of a whole record,
    /// and those that nobody sorted. Numbers only, so that a blind edition can say what it lacks without giving it away.
    #[must_use]
    pub fn left_out_of_blind(&self, knowledge: &Knowledge) -> LeftOut {
        let mut left_out = LeftOut::default();
        if !self.audience.sees_records() {
            return left_out;
        }
        // A sealed record is not even counted: a packet that says "one is withheld" says that there is one.
        let goes = |d: &&HeldDocument| !d.removed && d.identity_settled() && !self.case.compare.seals(&d.document.id);
        for held in self.case.gather.documents.values().filter(goes) {
            match withheld(held, knowledge) {
                Some(Withheld::Unsorted) => left_out.unsorted += 1,
                Some(Withheld::OfAPlan) => left_out.of_a_plan += 1,
                Some(Withheld::WholeRecord) => left_out.with_a_plan += 1,
                None => {}
            }
        }
        left_out
    }

    /// Where a document speaks of treatment that is planned, offered or declined, in the order of its text: for those who
    /// may know of a plan.
    #[must_use]
    pub fn plan_mentions(&self, document: &DocumentId, knowledge: &Knowledge) -> Vec<PlanMention> {
        if !matches!(self.audience, Audience::Owner | Audience::Specialist) {
            return Vec::new();
        }
        let Some(read) = self.reading_of(document, knowledge) else { return Vec::new() };
        let said = |start: usize, end: usize, quote: &str, what: &str| {
            // What is told by code only has no words: then its name.
            let quote = if quote.is_empty() { what } else { quote };
            PlanMention { start, end, quote: quote.to_owned() }
        };
        let to_come = |status: TreatmentStatus| !status.is_given();
        let treatments = read.treatments.iter().filter(|t| to_come(t.status));
        let treatments = treatments.map(|t| said(t.start, t.end, &t.quote, &t.what));
        let medicines = read.medications.iter().filter(|m| m.status == MedicationStatus::Planned);
        let medicines = medicines.map(|m| said(m.start, m.end, &m.quote, &m.name));
        let timing = read.timing.iter().map(|t| said(t.start, t.end, &t.quote, &t.what));
        let mut mentions = read.plans.clone();
        for mention in treatments.chain(medicines).chain(timing) {
            let told =
                |m: &PlanMention| m.start <= mention.start && mention.end <= m.end && mention.start < mention.end;
            if !mentions.iter().any(told) && !mentions.contains(&mention) {
                mentions.push(mention);
            }
        }
        mentions.sort_by_key(|mention| (mention.start, mention.end));
        mentions
    }

    /// The documents that go into a blind edition and mention a plan all the same, each with the words.
    #[must_use]
    pub fn mentions_in_blind(&self, knowledge: &Knowledge) -> Vec<(&'a HeldDocument, Vec<PlanMention>)> {
        let goes = |d: &&HeldDocument| !d.removed && d.identity_settled() && !self.is_withheld_from_blind(d, knowledge);
        let documents = self.documents(knowledge).into_iter().filter(goes);
        let with_mentions = documents.map(|held| {
            let mut mentions = self.plan_mentions(&held.document.id, knowledge);
            mentions.extend(self.bare_treatments(held, &mentions, knowledge));
            mentions.sort_by_key(|mention| mention.start);
            (held, mentions)
        });
        with_mentions.filter(|(_, mentions)| !mentions.is_empty()).collect()
    }

    /// Medicines against the cancer and radiation that a record names without a day, and that is no summary of treatment: "TC x4
    /// then letrozole" in the comment of a report may be the plan.
    fn bare_treatments(&self, held: &HeldDocument, known: &[PlanMention], knowledge: &Knowledge) -> Vec<PlanMention> {
        let summary = held.kind().is_some_and(|kind| SUMMARIES.contains(&kind.0.as_str()));
        let Some(reading) = self.reading_of(&held.document.id, knowledge).filter(|_| !summary) else {
            return Vec::new();
        };
        let bare = reading.treatments.iter().filter(|t| {
            let names = matches!(t.kind, TreatmentKind::Systemic | TreatmentKind::Radiation);
            names && t.date.is_none() && t.until.is_none() && !t.quote.is_empty()
        });
        let mention = |t: &Treatment| PlanMention { start: t.start, end: t.end, quote: t.quote.clone() };
        let apart = |m: &PlanMention| !known.iter().any(|other| m.start < other.end && other.start < m.end);
        bare.map(mention).filter(apart).collect()
    }

    /// What a blind reader lacks: facts that stand only in what is withheld, of the view's [`CaseView::facts`]. The owner's
    /// only, and in no packet.
    #[must_use]
    pub fn only_in_withheld(&self, facts: &[CaseFact<'a>], knowledge: &Knowledge) -> Vec<OnlyWithheld<'a>> {
        if self.audience != Audience::Owner {
            return Vec::new();
        }
        let facts: Vec<_> = facts.iter().filter(|fact| fact.speaks()).collect();
        let key = |fact: &CaseFact<'_>| (concept_words(&fact.fact, knowledge), value_words(&fact.fact, knowledge));
        let goes = |held: &HeldDocument| matches!(withheld(held, knowledge), None | Some(Withheld::WholeRecord));
        let mut known: BTreeSet<(String, String)> =
            facts.iter().filter(|f| goes(f.held)).map(|fact| key(fact)).collect();
        let mut lost = Vec::new();
        for fact in facts.iter().filter(|f| !goes(f.held)) {
            let said = key(fact);
            if known.insert(said.clone()) {
                let (label, value) = said;
                let place = (fact.fact.start, fact.fact.end);
                lost.push(OnlyWithheld { concept: fact.fact.concept.clone(), label, value, held: fact.held, place });
            }
        }
        lost
    }

    /// What stands on page one of a whole edition, for the lines that have nothing on that of a blind one; nothing in other
    /// views.
    #[must_use]
    pub fn not_told(&self, knowledge: &Knowledge) -> NotTold {
        if self.audience != Audience::BlindReader {
            return NotTold::default();
        }
        let whole = CaseView { audience: Audience::Specialist, ..*self };
        let summary = summary(&whole, knowledge);
        let lines = summary.tumours.iter().flat_map(|tumour| &tumour.lines).chain(&summary.person);
        NotTold {
            concepts: lines.filter(|line| !line.values.is_empty()).map(|line| line.concept.clone()).collect(),
            given: treatments(&whole, knowledge).iter().any(|row| row.treatment.status.is_given()),
            medicines: !medicines(&whole, knowledge).is_empty(),
        }
    }

    /// The treatments and medicines that a blind reader lacks: those that no record tells of which they are told. What is
    /// planned or declined is withheld on purpose and is not lacking. The owner's only, and in no packet.
    #[must_use]
    pub fn history_only_in_withheld(&self, knowledge: &Knowledge) -> Vec<HistoryWithheld<'a>> {
        if self.audience != Audience::Owner {
            return Vec::new();
        }
        let blind = CaseView { audience: Audience::BlindReader, ..*self };
        let told: BTreeSet<&DocumentId> = blind.told_of(knowledge).into_iter().map(|held| &held.document.id).collect();
        let joined =
            |what: &str, more: String| if more.is_empty() { what.to_owned() } else { format!("{what}, {more}") };
        let treatments = treatments(self, knowledge).into_iter().filter_map(|row| {
            let tells = |held: &HeldDocument, status| {
                told.contains(&held.document.id) && blind.tells_of_treatment(Some(held), status, knowledge)
            };
            let given = |t: &Treatment| t.status.is_given();
            if row.sources.iter().any(|(held, treatment)| tells(held, treatment.status)) {
                return None;
            }
            let (held, treatment) = *row.sources.iter().find(|(_, treatment)| given(treatment))?;
            let what = joined(&treatment.what, row.date.map(crate::PartialDate::human).unwrap_or_default());
            Some(HistoryWithheld { is_medicine: false, what, held, place: (treatment.start, treatment.end) })
        });
        let medicines = medicines(self, knowledge).into_iter().filter_map(|row| {
            let tells = |held: &HeldDocument, medication: &Medication| {
                told.contains(&held.document.id) && blind.tells_of_medicine(held, medication, knowledge)
            };
            // What a person agreed on is told, whatever records say.
            if row.agreed.is_some() || row.sources.iter().any(|source| tells(source.held, source.medication)) {
                return None;
            }
            let stands = |source: &&MedicineSource<'_>| source.medication.status != MedicationStatus::Planned;
            let source = row.sources.iter().find(stands)?;
            let what = joined(&row.ingredient, medicine_line(source.medication));
            let place = (source.medication.start, source.medication.end);
            Some(HistoryWithheld { is_medicine: true, what, held: source.held, place })
        });
        treatments.chain(medicines).collect()
    }
}
