//! What a blind edition withholds, what of the plan stays in it all the same, and what its reader lacks. A document is
//! withheld for its kind or its form, never for a sentence in it: pathology, treatment given, allergies and medicines go
//! in, and where such a record mentions a plan its sender is shown the words and decides.

use std::collections::BTreeSet;

use super::{Audience, CaseView};
use crate::facts::{Concept, Medication, MedicationStatus, Treatment, TreatmentKind, TreatmentStatus};
use crate::gather::{CaseStudy, HeldDocument};
use crate::knowledge::{DrugClass, Knowledge};
use crate::reading::{
    CaseFact, MedicineRow, MedicineSource, PlanMention, Summary, SummaryLine, SummaryPart, concept_label,
    concept_words, is_of_the_person, medicine_line, medicines, rejections, summary, sums_up, treatments, value_words,
};
use crate::records::FileFormat;
use crate::shared::ids::DocumentId;
use crate::shared::time::PartialDate;

/// How many documents stay out of a blind edition, by why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LeftOut {
    /// Of a kind that states, or may state, another clinician's plan.
    pub of_a_plan: usize,
    /// Of no kind yet: they might state one.
    pub unsorted: usize,
    /// Exports of a whole record.
    pub with_a_plan: usize,
    /// Studies with files of a course of radiation of which nothing says that it was given.
    pub radiation: usize,
}

/// Days before the first session in which the files of a course are made, at most.
const DAYS_OF_PLANNING: i64 = 180;

/// Kinds of records that sum up a course of treatment that was given.
const COURSES: [&str; 3] = ["treatment-summary", "treatment-note", "radiation-summary"];

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
    /// Values that are told and not here: the topography category of their tumour (empty where none is known, or it is of the
    /// person), and what they are about.
    pub concepts: BTreeSet<(String, Concept)>,
    /// Whether treatment that was given is told.
    pub given: bool,
    /// Whether medicines are told.
    pub medicines: bool,
    /// Whether more treatment that was given is told than here.
    pub more_given: bool,
    /// Whether more medicines are told than here.
    pub more_medicines: bool,
    /// Of what other values are told than here, in the words of their lines.
    pub more: BTreeSet<String>,
}

impl NotTold {
    /// Whether more is told of a concept than here, of the tumour of this topography category or of one whose site is not
    /// known here.
    #[must_use]
    pub fn withholds(&self, site: &str, concept: &str) -> bool {
        let of = |own: &str| own == site || own.is_empty() || site.is_empty();
        self.concepts.iter().any(|(own, told)| told.as_str() == concept && of(own))
    }
}

/// A fact that stands only in documents a blind edition withholds: its reader lacks it, or is told it without its source.
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
    /// Whether a blind reader is told it all the same.
    pub told: bool,
}

/// A treatment that was given, or a medicine, that stands only in what a blind edition withholds: lacking, or told without
/// its source.
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
    /// Whether a blind reader is told it all the same.
    pub told: bool,
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

    /// The documents of which a view may tell what was read in them. A blind reader does not get a record that may state a plan,
    /// and is told of its findings, of what was done, and of medicines: only opinion and plan are withheld.
    pub(crate) fn told_of(&self, knowledge: &Knowledge) -> Vec<&'a HeldDocument> {
        let mut told = self.documents(knowledge);
        told.retain(|d| !d.removed && d.identity_settled());
        if self.audience == Audience::BlindReader {
            let all = self.case.gather.documents.values().filter(|d| self.goes_to_doctors(d));
            told.extend(all.filter(|d| withheld(d, knowledge).is_some()));
            told.sort_by_key(|d| (d.date().map(PartialDate::earliest), d.document.path.clone()));
        }
        told
    }

    /// Whether a blind reader is told what stands in a record that is itself withheld: there is nothing to open there.
    #[must_use]
    pub fn is_told_from(&self, document: &DocumentId, knowledge: &Knowledge) -> bool {
        self.audience == Audience::BlindReader && self.told_of(knowledge).iter().any(|d| d.document.id == *document)
    }

    /// Whether words of a plan with a day of its own still speak of one: until that day is past.
    fn speaks_yet(&self, held: Option<&HeldDocument>, plan: &PlanMention) -> bool {
        plan.day.is_none_or(|day| self.is_to_come(held, day))
    }

    /// Whether words of a record stand in what its reading found to speak of a plan.
    fn is_in_a_plan(&self, document: &DocumentId, start: usize, end: usize) -> bool {
        let read = self.case.reading.read.get(document);
        let plans = read.map(|read| read.plans.as_slice()).unwrap_or_default();
        let held = self.case.gather.documents.get(document);
        let mut plans = plans.iter().filter(|plan| !plan.named && self.speaks_yet(held, plan));
        start < end && plans.any(|plan| start < plan.end && plan.start < end)
    }

    /// Whether a view tells a fact. Of a letter that is withheld a blind reader is told what it says of the person, and markers that
    /// were measured: how it grades and stages the tumour is the opinion itself, and a side or a site may be that of an
    /// operation to come.
    /// Of an export of a whole record it is told findings, but no procedure. Nothing that stands in words of a plan.
    pub(crate) fn tells_of_fact(&self, fact: &CaseFact<'_>, knowledge: &Knowledge) -> bool {
        let kept_back = withheld(fact.held, knowledge);
        let (Audience::BlindReader, Some(why)) = (self.audience, kept_back) else { return true };
        let said = &fact.fact;
        let may = match why {
            Withheld::WholeRecord => said.concept != Concept::PROCEDURE,
            Withheld::OfAPlan | Withheld::Unsorted => {
                is_of_the_person(&said.concept) || is_marker(&said.concept, knowledge)
            }
        };
        // An allergy is no plan, wherever it is named: "premedicate for the contrast allergy".
        said.concept == Concept::ALLERGY || may && !self.is_in_a_plan(&fact.held.document.id, said.start, said.end)
    }

    /// Whether a view tells of a medicine in a document. An order in a record that is withheld may be the plan itself, and so may
    /// what goes with it against its effects: from there a blind reader is told of medicines for other illnesses only.
    pub(crate) fn tells_of_medicine(
        &self,
        held: &HeldDocument,
        medication: &Medication,
        knowledge: &Knowledge,
    ) -> bool {
        if self.audience != Audience::BlindReader {
            return true;
        }
        if medication.status == MedicationStatus::Planned {
            return false;
        }
        let name = medication.ingredient.clone().unwrap_or_else(|| medication.name.trim().to_lowercase());
        let drugs = &knowledge.vocabulary.drugs;
        let class = drugs.iter().find(|drug| drug.ingredient == name || drug.phrase == name).map(|drug| drug.class);
        if withheld(held, knowledge).is_some() {
            let in_a_plan = self.is_in_a_plan(&held.document.id, medication.start, medication.end);
            return class == Some(DrugClass::Other) && !in_a_plan;
        }
        let against_cancer = class.is_some_and(|class| class.treats_cancer());
        !against_cancer || self.is_told_as_taken(held, medication)
    }

    /// Whether a record tells that a medicine is taken, or was: since a day that is past, or in words that its reading found
    /// neither to plan it nor only to name it.
    fn is_told_as_taken(&self, held: &HeldDocument, medication: &Medication) -> bool {
        if let Some(since) = medication.since {
            return !self.is_to_come(Some(held), since);
        }
        let plans = self.case.reading.read.get(&held.document.id).map(|read| read.plans.as_slice()).unwrap_or_default();
        let mut plans = plans.iter().filter(|plan| self.speaks_yet(Some(held), plan));
        !plans.any(|plan| medication.start < plan.end && plan.start < medication.end)
    }

    /// Whether a view tells of a treatment in a document: a blind reader of what was given. From an export of a whole record,
    /// whose orders read as if they went on, only of what is said to be done; from another that is withheld, only of what it
    /// gives a day that is not after its own, and of nothing that stands in words of a plan: "Radiation: whole breast, 42.5 Gy" may be either.
    pub(crate) fn tells_of_treatment(
        &self,
        held: Option<&HeldDocument>,
        treatment: &Treatment,
        knowledge: &Knowledge,
    ) -> bool {
        if self.audience != Audience::BlindReader {
            return true;
        }
        let kept_back = held.and_then(|held| Some((held, withheld(held, knowledge)?)));
        match (self.as_of(held, treatment).status, kept_back) {
            (TreatmentStatus::Planned | TreatmentStatus::Declined | TreatmentStatus::Mentioned, _) => false,
            (TreatmentStatus::Ongoing | TreatmentStatus::Stopped, Some((_, Withheld::WholeRecord))) => false,
            (_, None | Some((_, Withheld::WholeRecord))) => true,
            (_, Some((held, Withheld::OfAPlan | Withheld::Unsorted))) => {
                let by_then = |day: PartialDate| held.date().is_some_and(|of| day.earliest() <= of.latest());
                treatment.date.or(treatment.until).is_some_and(by_then)
                    && !self.is_in_a_plan(&held.document.id, treatment.start, treatment.end)
            }
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
        let goes = |d: &&HeldDocument| !d.removed && d.identity_settled() && !self.case.seals(&d.document.id);
        for held in self.case.gather.documents.values().filter(goes) {
            match withheld(held, knowledge) {
                Some(Withheld::Unsorted) => left_out.unsorted += 1,
                Some(Withheld::OfAPlan) => left_out.of_a_plan += 1,
                Some(Withheld::WholeRecord) => left_out.with_a_plan += 1,
                None => {}
            }
        }
        let studies = self.case.gather.studies.values().filter(|s| !s.removed && s.identity_settled());
        left_out.radiation = studies.filter(|study| self.is_radiation_withheld_from_blind(study)).count();
        left_out
    }

    /// Whether a blind edition goes without the radiation files of a study: they may be the plan.
    #[must_use]
    pub fn is_radiation_withheld_from_blind(&self, study: &CaseStudy) -> bool {
        study.has_radiation_files() && !self.radiation_was_given(study)
    }

    /// Whether the files of radiation in a study are of a course that was given: a record of its sessions is among them, or
    /// a record of the case or a person tells of radiation that was given when they were made.
    pub(super) fn radiation_was_given(&self, study: &CaseStudy) -> bool {
        let mut kinds = study.study.series.values().filter_map(|series| series.facts.modality.as_deref());
        if kinds.any(|kind| kind == super::RADIATION_GIVEN) {
            return true;
        }
        let Some(made) = study.study.facts.date.map(PartialDate::earliest) else { return false };
        let fits = |treatment: &Treatment, of_record: Option<PartialDate>| {
            let given = treatment.kind == TreatmentKind::Radiation && treatment.status.is_given();
            let begun = treatment.date.or(treatment.until).or(of_record).filter(|_| given);
            let ended = treatment.until.or(begun).map(PartialDate::latest);
            let planned =
                |begun: PartialDate| begun.earliest().saturating_sub(jiff::Span::new().days(DAYS_OF_PLANNING));
            begun.zip(ended).is_some_and(|(begun, ended)| planned(begun) <= made && made <= ended)
        };
        let readings = &self.case.reading;
        let documents = self.case.gather.documents.values().filter(|d| !d.removed && d.identity_settled());
        let mut documents = documents.filter(|d| !self.case.seals(&d.document.id));
        let in_records = documents.any(|held| {
            let summary = sums_up(held);
            let Some(read) = readings.read.get(&held.document.id) else { return false };
            let rejected = rejections(readings, &held.document.id, &read.treatments);
            let standing = read.treatments.iter().zip(rejected).filter(|(_, rejected)| rejected.is_none());
            standing
                .into_iter()
                .any(|(treatment, _)| fits(&self.as_of(Some(held), treatment), held.date().filter(|_| summary)))
        });
        in_records || readings.stated.values().any(|said| fits(&self.as_of(None, &said.what), None))
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
            PlanMention { start, end, quote: quote.to_owned(), day: None, named: false }
        };
        let held = self.document(document, knowledge);
        // A day after the record's own is worth a look, whether it has come since or not.
        let ahead = |t: &Treatment| t.date.or(t.until).is_some_and(|day| self.is_to_come(held, day));
        // What is only mentioned is looked at in the text itself ([`PlanMention::named`]), unless it is told by code.
        let open = |t: &Treatment| match self.as_of(held, t).status {
            TreatmentStatus::Mentioned => t.status != TreatmentStatus::Mentioned || t.quote.is_empty(),
            status => !status.is_given(),
        };
        let treatments = read.treatments.iter().filter(|t| open(t) || ahead(t));
        let treatments = treatments.map(|t| said(t.start, t.end, &t.quote, &t.what));
        let medicines = read.medications.iter().filter(|m| m.status == MedicationStatus::Planned);
        let medicines = medicines.map(|m| said(m.start, m.end, &m.quote, &m.name));
        let timing = read.timing.iter().map(|t| said(t.start, t.end, &t.quote, &t.what));
        // What a summary of treatment names was given.
        let sums_up = held.and_then(HeldDocument::kind).is_some_and(|kind| COURSES.contains(&kind.0.as_str()));
        let plans = read.plans.iter().filter(|plan| !(plan.named && sums_up && plan.day.is_none()));
        let mut mentions: Vec<PlanMention> = plans.filter(|plan| self.speaks_yet(held, plan)).cloned().collect();
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
        let with_mentions = documents.map(|held| (held, self.plan_mentions(&held.document.id, knowledge)));
        with_mentions.filter(|(_, mentions)| !mentions.is_empty()).collect()
    }

    /// Documents that go into a blind edition and in which nobody could look for a plan: with the pages that are pictures nobody
    /// read in, or hold hardly any words, counted from 1, or none where the whole file has no text. The owner's only, and a specialist's.
    #[must_use]
    pub fn unread_in_blind(&self, knowledge: &Knowledge) -> Vec<(&'a HeldDocument, Vec<u32>)> {
        if !matches!(self.audience, Audience::Owner | Audience::Specialist) {
            return Vec::new();
        }
        let goes = |d: &&HeldDocument| !d.removed && d.identity_settled() && !self.is_withheld_from_blind(d, knowledge);
        let documents = self.documents(knowledge).into_iter().filter(goes);
        let unread = documents.filter_map(|held| {
            let id = &held.document.id;
            let has_text = held.document.text.is_some() || self.case.recognised_text(id).is_some();
            let mut pages = self.case.pages_to_recognise(id).unwrap_or_default();
            pages.extend(self.case.newest_reading(id).into_iter().flat_map(|read| &read.sparse_pages));
            pages.sort_unstable();
            pages.dedup();
            (!has_text || !pages.is_empty()).then(|| (held, if has_text { pages } else { Vec::new() }))
        });
        unread.collect()
    }

    /// Facts that stand only in what is withheld, of the view's [`CaseView::facts`]: what a blind reader lacks, or is told
    /// without a source. The owner's only, and in no packet.
    #[must_use]
    pub fn only_in_withheld(&self, facts: &[CaseFact<'a>], knowledge: &Knowledge) -> Vec<OnlyWithheld<'a>> {
        if self.audience != Audience::Owner {
            return Vec::new();
        }
        let blind = CaseView { audience: Audience::BlindReader, ..*self };
        let told = ids(&blind.told_of(knowledge));
        let facts: Vec<_> = facts.iter().filter(|fact| fact.speaks()).collect();
        let key = |fact: &CaseFact<'_>| (concept_words(&fact.fact, knowledge), value_words(&fact.fact, knowledge));
        let goes = |fact: &CaseFact<'_>| withheld(fact.held, knowledge).is_none();
        let tells = |fact: &CaseFact<'_>| told.contains(&fact.held.document.id) && blind.tells_of_fact(fact, knowledge);
        let mut known: BTreeSet<(String, String)> = facts.iter().filter(|f| goes(f)).map(|fact| key(fact)).collect();
        let mut only = Vec::new();
        // What one record tells is told, whatever another one keeps back.
        let (is_told, is_lost): (Vec<_>, Vec<_>) = facts.iter().filter(|f| !goes(f)).partition(|fact| tells(fact));
        for (fact, told) in is_told.into_iter().map(|f| (f, true)).chain(is_lost.into_iter().map(|f| (f, false))) {
            let said = key(fact);
            if known.insert(said.clone()) {
                let (label, value) = said;
                let (concept, held) = (fact.fact.concept.clone(), fact.held);
                only.push(OnlyWithheld { concept, label, value, held, place: (fact.fact.start, fact.fact.end), told });
            }
        }
        only
    }

    /// What stands on page one of a whole edition, for the lines that have nothing on that of a blind one; nothing in other
    /// views.
    #[must_use]
    pub fn not_told(&self, knowledge: &Knowledge) -> NotTold {
        if self.audience != Audience::BlindReader {
            return NotTold::default();
        }
        let whole = CaseView { audience: Audience::Specialist, ..*self };
        let (all, own) = (summary(&whole, knowledge), summary(self, knowledge));
        let told = |summary: &Summary<'_>| -> BTreeSet<(String, Concept, String)> {
            let tumours = summary.tumours.iter().map(|tumour| (tumour.tumour.key.site.as_str(), &tumour.lines));
            let all =
                tumours.chain([("", &summary.person)]).flat_map(|(site, lines)| lines.iter().map(move |l| (site, l)));
            let value = |(site, line): (&str, &SummaryLine)| -> Vec<_> {
                line.values.iter().map(|v| (site.to_owned(), line.concept.clone(), v.words.clone())).collect()
            };
            all.flat_map(value).collect()
        };
        let (all, own) = (told(&all), told(&own));
        let own: BTreeSet<(Concept, String)> = own.into_iter().map(|(_, concept, words)| (concept, words)).collect();
        let lacks = all.into_iter().filter(|(_, concept, words)| !own.contains(&(concept.clone(), words.clone())));
        let concepts: BTreeSet<(String, Concept)> = lacks.map(|(site, concept, _)| (site, concept)).collect();
        // Whether anything is planned is itself withheld: only what was done and what is taken is counted.
        let given = |view: &CaseView<'_>| {
            treatments(view, knowledge).iter().filter(|row| row.treatment.status.is_given()).count()
        };
        let taken = |rows: &[MedicineRow<'_>]| rows.iter().filter(|row| row.is_taken()).count();
        let (all_given, all_medicines) = (given(&whole), medicines(&whole, knowledge));
        let told: BTreeSet<&Concept> = own.iter().map(|(concept, _)| concept).collect();
        let more = concepts.iter().map(|(_, concept)| concept);
        let more = more.filter(|concept| told.contains(concept) && **concept != Concept::PROCEDURE);
        NotTold {
            given: all_given > 0,
            medicines: !all_medicines.is_empty(),
            more_given: all_given > given(self),
            more_medicines: taken(&all_medicines) > taken(&medicines(self, knowledge)),
            more: more.map(|concept| concept_label(concept, knowledge)).collect(),
            concepts,
        }
    }

    /// The treatments and medicines that no record tells which goes: what a blind reader lacks, or is told without a source.
    /// What is planned or declined is withheld on purpose and is not lacking. The owner's only, and in no packet.
    #[must_use]
    pub fn history_only_in_withheld(&self, knowledge: &Knowledge) -> Vec<HistoryWithheld<'a>> {
        if self.audience != Audience::Owner {
            return Vec::new();
        }
        let blind = CaseView { audience: Audience::BlindReader, ..*self };
        let told_of = ids(&blind.told_of(knowledge));
        let goes = |held: &HeldDocument| withheld(held, knowledge).is_none();
        let joined =
            |what: &str, more: String| if more.is_empty() { what.to_owned() } else { format!("{what}, {more}") };
        let treatments = treatments(self, knowledge).into_iter().filter_map(|row| {
            let tells = |held: &HeldDocument, treatment: &Treatment| {
                told_of.contains(&held.document.id) && blind.tells_of_treatment(Some(held), treatment, knowledge)
            };
            let told: Vec<_> = row.sources.iter().filter(|(held, treatment)| tells(held, treatment)).collect();
            if told.iter().any(|(held, _)| goes(held)) {
                return None;
            }
            let given = |(held, t): &&(&HeldDocument, &Treatment)| self.as_of(Some(held), t).status.is_given();
            let (held, treatment) = *told.first().copied().or_else(|| row.sources.iter().find(given))?;
            let what = joined(&treatment.what, row.date.map(PartialDate::human).unwrap_or_default());
            let place = (treatment.start, treatment.end);
            Some(HistoryWithheld { is_medicine: false, what, held, place, told: !told.is_empty() })
        });
        let medicines = medicines(self, knowledge).into_iter().filter_map(|row| {
            let tells = |source: &&MedicineSource<'_>| {
                told_of.contains(&source.held.document.id)
                    && blind.tells_of_medicine(source.held, source.medication, knowledge)
            };
            let told: Vec<_> = row.sources.iter().filter(tells).collect();
            // What a person agreed on is told, whatever records say.
            if row.agreed.is_some() || told.iter().any(|source| goes(source.held)) {
                return None;
            }
            let stands = |source: &&MedicineSource<'_>| source.medication.status != MedicationStatus::Planned;
            let source = told.first().copied().or_else(|| row.sources.iter().find(stands))?;
            let what = joined(&row.ingredient, medicine_line(source.medication));
            let place = (source.medication.start, source.medication.end);
            Some(HistoryWithheld { is_medicine: true, what, held: source.held, place, told: !told.is_empty() })
        });
        treatments.chain(medicines).collect()
    }
}

/// Whether it is a marker, as page one has them: measured, and no opinion.
fn is_marker(concept: &Concept, knowledge: &Knowledge) -> bool {
    knowledge.summary_lines.iter().any(|line| line.part == SummaryPart::Markers && line.concept == *concept)
}

fn ids<'a>(documents: &[&'a HeldDocument]) -> BTreeSet<&'a DocumentId> {
    documents.iter().map(|held| &held.document.id).collect()
}
