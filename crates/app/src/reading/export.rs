//! A case as standard data: what a view shows, handed to `exchange` as plain values. What was recognised in a picture
//! and not confirmed is left out, like everything a view does not let an audience see; so is, where the form has no safe
//! place for a mark, what stands in records that name no patient. What an export leaves out is counted beside it.

use std::collections::{BTreeMap, BTreeSet};

use consilium_casefile::compare::all_open;
use consilium_casefile::facts::{
    Code, CodedStatement, Concept, Context, Fact, Polarity, StatementKind, StatementStatus, TreatmentKind,
};
use consilium_casefile::gather::{CaseStudy, HeldDocument};
use consilium_casefile::knowledge::{Knowledge, SignBy};
use consilium_casefile::reading::{
    Agreement, CaseFact, DocumentReading, HowSaid, PersonWord, Standing, concept_words, medicines, summary, treatments,
    value_words,
};
use consilium_casefile::records::DocumentKind;
use consilium_casefile::{CaseId, CaseView, DocumentId, PartialDate, Refusal, Session};
use consilium_exchange::fhir::{
    self, AgreedMedicine, Export, ExportCode, ExportDocument, ExportFact, ExportMedication, ExportSeries, ExportStudy,
    ExportTreatment, ExportTumour, SourceDocument,
};

use serde_json::Value;

use super::facts::site_words;
use super::{is_structured, salt_of};
use crate::App;
use crate::error::{AppError, Doing};

/// Bytes of documents that go into one full export at most. It is made in memory, where it is about five times as large.
pub const MOST_EXPORTED: u64 = 100_000_000;

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
    /// Every form.
    pub const ALL: [Self; 3] = [Self::Mcode, Self::Ips, Self::Fhir];

    /// The form of that name: `mcode`, `ips`, `fhir`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standard| standard.name() == name)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mcode => "mcode",
            Self::Ips => "ips",
            Self::Fhir => "fhir",
        }
    }

    /// Whether what stands in records that name no patient goes in, marked. A hospital's computer takes single findings
    /// over and not our marks, so that only the full export, which holds the records themselves, may have them.
    #[must_use]
    pub fn holds_unnamed(self) -> bool {
        self == Self::Fhir
    }
}

/// What an export of a case holds and leaves out.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct ExportContents {
    /// Findings in it.
    pub findings: usize,
    /// Of them, those that a person confirmed, corrected or typed.
    pub confirmed: usize,
    /// Of them, entries of structured records that call them final.
    pub recorded: usize,
    /// Of them, those that only a program read: they are marked preliminary.
    pub machine_read: usize,
    /// Records that name no patient: marked in a full export, left out of the others.
    pub unnamed_documents: usize,
    /// Findings that only such records state.
    pub unnamed_findings: usize,
    /// Findings read from pictures that nobody confirmed: left out.
    pub recognised: usize,
    /// Findings that a person rejected: left out.
    pub rejected: usize,
    /// Records and imaging studies whose owner is unsure, or that were taken out of the case: left out.
    pub unsettled: usize,
    /// Records with more findings than are noted of one record: the rest is in no export.
    pub cut_short: usize,
    /// What the records state of a tumour and the form has no place for, because they differ: each with its values and who
    /// states them.
    pub not_carried: Vec<String>,
    /// Documents that a full export holds.
    pub documents: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Imaging studies that a full export names, without their images.
    pub studies: usize,
    /// Whose opinions are sealed now: a full export holds the records that say them, and no other form is made.
    pub sealed: Vec<String>,
}

/// An export, and what it holds and leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// JSON.
    pub bytes: Vec<u8>,
    /// What it holds.
    pub contents: ExportContents,
}

/// The refusal of an export whose documents have this many bytes, more than [`MOST_EXPORTED`].
#[must_use]
pub fn too_large(bytes: u64) -> Refusal {
    Refusal::new("refusal-export-too-large")
        .with("size", bytes.div_ceil(1_000_000))
        .with("most", MOST_EXPORTED / 1_000_000)
}

/// What a structured record says by its own entries.
#[derive(Debug, Default)]
struct Entries {
    /// Facts that entries state which the record calls final.
    stands: Vec<Fact>,
    /// Codes of diagnoses with the facts they state.
    diagnoses: Vec<(Vec<Code>, Vec<Fact>)>,
}

impl Entries {
    fn states(&self, fact: &Fact) -> bool {
        self.stands.iter().any(|own| says_the_same(own, fact))
    }
}

fn says_the_same(one: &Fact, other: &Fact) -> bool {
    one.concept == other.concept
        && one.value == other.value
        && one.polarity == other.polarity
        && one.context == other.context
        && one.unit == other.unit
        && one.date == other.date
}

impl App {
    /// The case in a standard form.
    ///
    /// # Errors
    /// A refusal that says what fails: nothing that fails its own check leaves; and where the documents together are
    /// larger than [`MOST_EXPORTED`].
    pub async fn export(&self, session: &Session, id: &CaseId, standard: Standard) -> Result<Exported, AppError> {
        let case = self.case(session, id).await?;
        if !session.audience.may_change() {
            return Err(AppError::NotAllowed);
        }
        let view = case.seen_by(session.audience);
        // What is made for another center says nothing of an opinion that is kept from it; the full export is a person's own copy.
        if standard != Standard::Fhir {
            all_open(view.opinions().into_iter())?;
        }
        let contents = self.contents(&view, standard);
        if standard == Standard::Fhir && contents.bytes > MOST_EXPORTED {
            return Err(too_large(contents.bytes).into());
        }
        let entries = self.entries_of_records(id, &view).await;
        let mut export = self.to_export(&view, standard, &entries);
        let contents = ExportContents { not_carried: not_carried(&export, standard), ..contents };
        if standard == Standard::Fhir {
            for held in exported(&view, self.knowledge()) {
                let bytes = self.object(id, &held.document.object).await?;
                export.documents.push(document(&view, held, self.knowledge(), bytes));
            }
        }
        let head = case.head.hash.to_hex();
        let newest = self.vault().ledger_after(id, case.head.seq.saturating_sub(1)).await;
        let entries = newest.doing("reading the ledger")?;
        let salt = entries.iter().find(|entry| entry.header.hash().to_hex() == head).and_then(salt_of);
        let written = tokio::task::spawn_blocking(move || {
            let mut made = made(&export, standard);
            // The documents are in the bundle now; they are not held twice while it is written.
            drop(export);
            // So that this case knows its own words again.
            if let (Some(salt), Ok(bundle)) = (salt, &mut made) {
                fhir::mark(bundle, &head, &salt);
            }
            made.map(|bundle| (serde_json::to_vec_pretty(&bundle), counted(contents, &bundle)))
        });
        match written.await.doing("writing the export")? {
            Ok((bytes, contents)) => Ok(Exported { bytes: bytes.doing("writing the export")?, contents }),
            Err(problems) => {
                let first = problems.first().map(ToString::to_string).unwrap_or_default();
                Err(Refusal::new("refusal-export-fails").with("count", problems.len()).with("first", first).into())
            }
        }
    }

    /// What an export of this view would hold and leave out, without making it.
    ///
    /// # Errors
    /// Where the session may not export, and when the case cannot be read.
    pub async fn export_contents(
        &self,
        session: &Session,
        id: &CaseId,
        standard: Standard,
    ) -> Result<ExportContents, AppError> {
        let case = self.case(session, id).await?;
        if !session.audience.may_change() {
            return Err(AppError::NotAllowed);
        }
        let view = case.seen_by(session.audience);
        let entries = self.entries_of_records(id, &view).await;
        let export = self.to_export(&view, standard, &entries);
        let contents = ExportContents { not_carried: not_carried(&export, standard), ..self.contents(&view, standard) };
        let made = tokio::task::spawn_blocking(move || made(&export, standard)).await.doing("writing the export")?;
        Ok(counted(contents, &made.unwrap_or_default()))
    }

    fn contents(&self, view: &CaseView<'_>, standard: Standard) -> ExportContents {
        let knowledge = self.knowledge();
        let facts = view.facts(knowledge);
        let of = |standing: fn(&Standing) -> bool| facts.iter().filter(|f| standing(&f.standing)).count();
        let documents = view.documents(knowledge);
        let studies = view.studies();
        let leaves = |s: &&&CaseStudy| !s.removed && s.identity_settled();
        let full = standard == Standard::Fhir;
        let held = exported(view, knowledge);
        ExportContents {
            unnamed_documents: held.iter().filter(|d| d.names_no_one()).count(),
            unnamed_findings: facts.iter().filter(|f| is_unnamed(f)).count(),
            recognised: of(|s| *s == Standing::Recognised),
            rejected: of(|s| matches!(s, Standing::Rejected { .. })),
            unsettled: documents.len() - held.len() + studies.iter().filter(|s| !leaves(s)).count(),
            cut_short: view.readings(knowledge).iter().filter(|(_, read)| read.cut_short).count(),
            documents: if full { held.len() } else { 0 },
            bytes: if full { held.iter().map(|d| d.document.bytes).sum() } else { 0 },
            studies: if full { studies.iter().filter(leaves).count() } else { 0 },
            sealed: view.sealed_by(),
            ..ExportContents::default()
        }
    }

    /// What each structured record of a view says by its own entries. A record that cannot be read says nothing.
    async fn entries_of_records(&self, id: &CaseId, view: &CaseView<'_>) -> BTreeMap<DocumentId, Entries> {
        let mut found = BTreeMap::new();
        for held in exported(view, self.knowledge()) {
            let format = held.document.format;
            if !is_structured(format) {
                continue;
            }
            let Ok(bytes) = self.object(id, &held.document.object).await else { continue };
            let app = self.clone();
            let read = tokio::task::spawn_blocking(move || app.entries_of(format, &bytes)).await;
            if let Ok(entries) = read {
                found.insert(held.document.id.clone(), entries);
            }
        }
        found
    }

    fn entries_of(&self, format: consilium_casefile::records::FileFormat, bytes: &[u8]) -> Entries {
        let reader = self.text_reader();
        let mut entries = Entries::default();
        // A file of our own calls what a program read preliminary, and carries the rest whole.
        if let Some(carrier) = fhir::Carrier::of(bytes) {
            let vouched = carrier.carried.iter().filter(|c| c.standing != fhir::Standing::MachineRead);
            entries.stands.extend(vouched.filter_map(|c| match &c.what {
                fhir::What::Fact(fact) => Some(Fact { date: fact.date.or(c.on), ..fact.clone() }),
                _ => None,
            }));
        }
        for statement in consilium_formats::coded::coded(format, bytes) {
            let facts = reader.read_coded("", std::slice::from_ref(&statement)).facts;
            if facts.is_empty() {
                continue;
            }
            if statement.kind == StatementKind::Condition {
                entries.diagnoses.push((diagnosis_codes(&statement), facts.clone()));
            }
            let is_open = matches!(statement.status, StatementStatus::Uncertain | StatementStatus::Void);
            if !is_open && !statement.machine_read {
                entries.stands.extend(facts);
            }
        }
        entries
    }

    fn to_export(&self, view: &CaseView<'_>, standard: Standard, entries: &BTreeMap<DocumentId, Entries>) -> Export {
        let knowledge = self.knowledge();
        let summary = summary(view, knowledge);
        let mut place_of = vec![None; summary.facts.len()];
        let mut facts = Vec::new();
        let leaves = |fact: &CaseFact<'_>| fact.standing.counts() && (standard.holds_unnamed() || !is_unnamed(fact));
        for (place, fact) in summary.facts.iter().enumerate().filter(|(_, f)| leaves(f)) {
            if let Some(slot) = place_of.get_mut(place) {
                *slot = Some(facts.len());
            }
            facts.push(ExportFact {
                fact: fact.fact.clone(),
                source: source(view, fact.held, knowledge),
                confirmed: fact.standing.is_confirmed(),
                word: fact.standing.word(view.title_of(fact.held, knowledge)).or_else(|| fact.sent.cloned()),
                coded: entries.get(&fact.key.document).is_some_and(|of| of.states(&fact.fact)),
                setting: Some(fact.setting),
                label: concept_words(&fact.fact, knowledge),
                words: value_words(&fact.fact, knowledge),
                codes: Vec::new(),
            });
        }
        let mut tumours = Vec::new();
        let mut documents_of: Vec<BTreeSet<&DocumentId>> = Vec::new();
        for tumour in &summary.tumours {
            let places = || tumour.tumour.facts.iter().filter(|p| place_of.get(**p).copied().flatten().is_some());
            let own: Vec<&CaseFact<'_>> = places().filter_map(|p| summary.facts.get(*p)).collect();
            if own.is_empty() {
                continue;
            }
            let secondary = is_secondary(&tumour.tumour.key.site, &own);
            documents_of.push(own.iter().map(|f| &f.key.document).collect());
            tumours.push(ExportTumour {
                facts: places().filter_map(|p| place_of.get(*p).copied().flatten()).collect(),
                name: name_of(&site_words(&tumour.tumour.key, knowledge), secondary),
                codes: codes_of(&own, entries),
                secondary,
                diagnosed: diagnosed(&own),
            });
        }
        let unnamed = |held: &HeldDocument| !standard.holds_unnamed() && held.names_no_one();
        // What a person agreed on stands for its sources, beside what records say otherwise since then; what is not
        // taken any more is not listed as taken.
        let (mut medications, mut agreed_lines) = (Vec::new(), Vec::new());
        for row in medicines(view, knowledge) {
            agreed_lines.extend(row.agreed.map(|line| agreed(view, line, row.agreement, knowledge)));
            let stated = if row.agreed.is_some() { &row.since } else { &row.sources };
            medications.extend(stated.iter().filter(|s| !unnamed(s.held)).map(|s| ExportMedication {
                medication: s.medication.clone(),
                source: source(view, s.held, knowledge),
                confirmed: false,
                word: sent(view, s.held, knowledge, |reading| reading.sent_with_medicine(s.medication)),
                for_cancer: treats_cancer(s.medication.ingredient.as_deref(), knowledge),
                codes: Vec::new(),
            }));
        }
        let only = (tumours.len() == 1).then_some(0);
        // What records say, source by source, and what a person states and no record does.
        let dated = view.clone().on(self.now().date());
        let rows = treatments(&dated, knowledge);
        let given = rows.iter().flat_map(|row| {
            let of_records = row.sources.iter().map(|(held, treatment)| (Some(*held), *treatment, None));
            of_records.chain(row.stated.map(|stated| (None, row.treatment.as_ref(), Some(stated))))
        });
        let given = given.filter(|(held, ..)| held.is_none_or(|held| !unnamed(held)));
        let treatments = given.map(|(held, treatment, stated)| {
            let told_with: Vec<usize> = (0..documents_of.len())
                .filter(|at| {
                    let of = documents_of.get(*at);
                    held.is_some_and(|held| of.is_some_and(|of| of.contains(&held.document.id)))
                })
                .collect();
            // Radiation and medicines against cancer are for the cancer; an operation is, where its record speaks of one.
            let against = match treatment.kind {
                TreatmentKind::Radiation => true,
                TreatmentKind::Systemic => {
                    treatment.drugs.is_empty() || treatment.drugs.iter().any(|d| treats_cancer(Some(d), knowledge))
                }
                TreatmentKind::Operation | TreatmentKind::Other => false,
            };
            let tumour = match told_with.as_slice() {
                [one] => Some(*one),
                _ => only.filter(|_| against),
            };
            let own = stated.map(|stated| PersonWord::said(HowSaid::Stated, stated.by, stated.at));
            let told =
                held.and_then(|held| sent(view, held, knowledge, |reading| reading.sent_with_treatment(treatment)));
            ExportTreatment {
                treatment: dated.as_of(held, treatment).into_owned(),
                source: held.map(|held| source(view, held, knowledge)).unwrap_or_default(),
                confirmed: stated.is_some(),
                word: own.or(told),
                tumour,
                codes: Vec::new(),
            }
        });
        let studies = view.studies().into_iter().filter(|s| !s.removed && s.identity_settled());
        Export {
            patient: view.person().unwrap_or_default(),
            sex: None,
            handle: view.handle().to_owned(),
            now: self.now(),
            concept_codes: fhir::concept_codes(knowledge),
            treatments: treatments.collect(),
            tumours,
            medications,
            agreed: agreed_lines,
            studies: studies.map(|held| study(view, held)).collect(),
            documents: Vec::new(),
            facts,
        }
    }
}

/// What a form has no place for: of a contradiction about place, side or type each statement, with its record.
fn not_carried(export: &Export, standard: Standard) -> Vec<String> {
    if standard == Standard::Fhir {
        return Vec::new();
    }
    let of = |facts: Vec<&ExportFact>| {
        let label = facts.first().map(|fact| fact.label.clone()).unwrap_or_default();
        let values = facts.iter().map(|fact| format!("{} ({})", fact.words, fact.source.title));
        format!("{label}: {}", values.collect::<Vec<_>>().join("; "))
    };
    fhir::differing_parts(export).into_iter().map(of).collect()
}

/// The bundle of a form.
fn made(export: &Export, standard: Standard) -> Result<Value, Vec<fhir::Problem>> {
    match standard {
        Standard::Mcode => fhir::mcode(export),
        Standard::Ips => fhir::ips(export),
        Standard::Fhir => fhir::full(export),
    }
}

/// What a bundle holds, by the marks of its own resources.
fn counted(contents: ExportContents, bundle: &Value) -> ExportContents {
    let resources = bundle["entry"].as_array().into_iter().flatten().map(|entry| &entry["resource"]);
    let is_finding = |resource: &&Value| {
        let kind = resource["resourceType"].as_str().unwrap_or_default();
        // The cancers themselves are made of findings.
        let of_cancer = resource["meta"]["profile"].to_string().contains("-cancer-condition");
        matches!(kind, "Observation" | "AllergyIntolerance" | "FamilyMemberHistory" | "Condition") && !of_cancer
    };
    let mut contents = contents;
    for resource in resources.filter(is_finding) {
        let tags = resource["meta"]["tag"].as_array().into_iter().flatten();
        let marks: Vec<&str> = tags.filter_map(|tag| tag["code"].as_str()).collect();
        let count = match () {
            () if marks.contains(&"confirmed") => &mut contents.confirmed,
            () if marks.contains(&"recorded") => &mut contents.recorded,
            () => &mut contents.machine_read,
        };
        *count += 1;
        contents.findings += 1;
    }
    contents
}

/// What a cancer is called, where a record states its place.
fn name_of(site: &str, secondary: bool) -> String {
    match (site.trim(), secondary) {
        ("", _) => String::new(),
        (site, true) => format!("Metastasis: {site}"),
        (site, false) => format!("Cancer: {site}"),
    }
}

/// Documents that a full export holds.
fn exported<'a>(view: &CaseView<'a>, knowledge: &Knowledge) -> Vec<&'a HeldDocument> {
    view.documents(knowledge).into_iter().filter(|d| !d.removed && d.identity_settled()).collect()
}

/// Whether nobody has said whose finding it is: its record names no patient, and no person stands for it.
fn is_unnamed(fact: &CaseFact<'_>) -> bool {
    fact.held.names_no_one() && fact.standing.counts() && !fact.standing.is_confirmed()
}

/// Whether a tumour is the spread of another: every histology that is stated of it behaves so (ICD-O-3 `/6`), or it is
/// in lymph nodes and no lymphoma. Where one record calls it a primary it stays one, and the histologies stand beside
/// each other as records have them.
fn is_secondary(site: &str, facts: &[&CaseFact<'_>]) -> bool {
    let histologies: Vec<&str> = facts
        .iter()
        .filter(|f| f.fact.concept == Concept::MORPHOLOGY && f.fact.polarity == Polarity::Present)
        .filter(|f| f.speaks() || f.fact.context == Context::Current)
        .map(|f| f.fact.value.as_str())
        .collect();
    // "Malignant neoplasm" in a code does not say where it began.
    let vague = |value: &&&str| value.starts_with("8000/") || value.starts_with("8010/");
    let stated: Vec<&&str> = histologies.iter().filter(|h| !vague(h) || h.ends_with("/6")).collect();
    let spread = !stated.is_empty() && stated.iter().all(|value| value.ends_with("/6"));
    let lymphoma = |value: &&str| value.get(..3).and_then(|n| n.parse::<u32>().ok()).is_some_and(|n| n >= 959);
    spread || site == "C77" && !histologies.is_empty() && !histologies.iter().any(lymphoma)
}

/// The first day that a record states of the diagnosis itself: of its histology or site, not of the report about it.
fn diagnosed(facts: &[&CaseFact<'_>]) -> Option<PartialDate> {
    let names = [Concept::MORPHOLOGY, Concept::TOPOGRAPHY];
    let stated = facts.iter().filter(|f| f.speaks() && names.contains(&f.fact.concept));
    let stated = stated.filter(|f| f.fact.polarity == Polarity::Present).filter_map(|f| f.fact.date);
    stated.min_by_key(|date| date.earliest())
}

/// SNOMED CT and ICD-10-CM codes of a diagnosis.
fn diagnosis_codes(statement: &CodedStatement) -> Vec<Code> {
    let systems = ["http://snomed.info/sct", "http://hl7.org/fhir/sid/icd-10-cm"];
    statement.concept.codes.iter().filter(|c| systems.contains(&c.system.as_str())).cloned().collect()
}

/// The codes that records give a tumour. Where records give two of one system, none of that system is chosen.
fn codes_of(facts: &[&CaseFact<'_>], entries: &BTreeMap<DocumentId, Entries>) -> Vec<ExportCode> {
    let mut found: BTreeMap<String, Vec<Code>> = BTreeMap::new();
    let names = [Concept::MORPHOLOGY, Concept::TOPOGRAPHY];
    for fact in facts.iter().filter(|f| f.speaks() && names.contains(&f.fact.concept)) {
        let of = entries.get(&fact.key.document).map(|of| of.diagnoses.as_slice()).unwrap_or_default();
        for (codes, stated) in of {
            if stated.iter().any(|own| says_the_same(own, &fact.fact)) {
                for code in codes {
                    let known = found.entry(code.system.clone()).or_default();
                    if !known.iter().any(|k| k.code == code.code) {
                        known.push(code.clone());
                    }
                }
            }
        }
    }
    let one_each = found.into_values().filter_map(|codes| <[Code; 1]>::try_from(codes).ok());
    one_each.map(|[code]| ExportCode { code, confirmed: true }).collect()
}

/// Whether a medicine acts on a cancer, by its class in `knowledge/reading/drugs.csv`; of a combination, one part.
fn treats_cancer(ingredient: Option<&str>, knowledge: &Knowledge) -> bool {
    let Some(ingredient) = ingredient else { return false };
    let against = |name: &str| {
        let row = knowledge.vocabulary.drugs.iter().find(|drug| drug.ingredient == name);
        row.is_some_and(|drug| drug.class.treats_cancer())
    };
    against(ingredient) || ingredient.split(" / ").any(against)
}

fn agreed(
    view: &CaseView<'_>,
    medicine: &consilium_casefile::reading::AgreedMedicine,
    agreement: Agreement,
    knowledge: &Knowledge,
) -> AgreedMedicine {
    let ingredient = medicine.ingredient.as_str();
    // Of one form of it, as "tamoxifen (extended release)": what it is stands before.
    let bare = ingredient.split_once(" (").map_or(ingredient, |(name, _)| name);
    let said = view.agreed_by(ingredient);
    AgreedMedicine {
        name: ingredient.to_owned(),
        dosage: medicine.line.clone(),
        stopped: !medicine.taken,
        for_cancer: treats_cancer(Some(ingredient), knowledge) || treats_cancer(Some(bare), knowledge),
        word: said.map(|(by, at)| {
            // Whether a record or a scan names it by now, whenever the person spoke.
            let how = if agreement == Agreement::Stated { HowSaid::Stated } else { HowSaid::Agreed };
            PersonWord::said(how, by, at)
        }),
        ..AgreedMedicine::default()
    }
}

/// What a person said of something in the case that a document is an export of.
fn sent<'a>(
    view: &CaseView<'a>,
    held: &HeldDocument,
    knowledge: &Knowledge,
    of: impl Fn(&'a DocumentReading) -> Option<&'a PersonWord>,
) -> Option<PersonWord> {
    of(view.reading_of(&held.document.id, knowledge)?).cloned()
}

fn source(view: &CaseView<'_>, held: &HeldDocument, knowledge: &Knowledge) -> SourceDocument {
    SourceDocument {
        id: held.document.id.to_string(),
        title: view.title_of(held, knowledge).to_owned(),
        kind: held.kind().map(|k| knowledge.kind_label(k).to_owned()).unwrap_or_default(),
        date: held.date(),
        author: held.author().map(str::to_owned),
        facility: held.facility().map(str::to_owned),
        names_no_one: held.names_no_one(),
    }
}

/// Weight of a code that means one kind of document and no other.
const SURE: i32 = 100;

/// The LOINC code of a kind of document: that by which the kind is known for sure, where there is one and not several
/// that say more than the kind does.
fn type_code(kind: Option<&DocumentKind>, knowledge: &Knowledge) -> Option<ExportCode> {
    let kind = kind?;
    let signs = knowledge.kind_signs.iter().filter(|sign| sign.kind == *kind && sign.by == SignBy::Code);
    let is_loinc = |code: &str| {
        code.split_once('-').is_some_and(|(a, b)| {
            a.len() >= 3 && b.len() == 1 && (a.to_owned() + b).chars().all(|c| c.is_ascii_digit())
        })
    };
    let mut sure = signs.filter(|sign| sign.weight >= SURE && is_loinc(&sign.sign));
    let (Some(sign), None) = (sure.next(), sure.next()) else { return None };
    let code = Code { system: "http://loinc.org".to_owned(), code: sign.sign.clone(), display: String::new() };
    Some(ExportCode { code, confirmed: true })
}

fn study(view: &CaseView<'_>, held: &CaseStudy) -> ExportStudy {
    let facts = &held.study.facts;
    let series = view.series_of(held).into_iter().map(|series| ExportSeries {
        uid: series.facts.uid.clone(),
        number: series.facts.number.and_then(|n| u32::try_from(n).ok()),
        modality: series.facts.modality.clone(),
        description: series.facts.description.clone(),
        body_part: series.facts.body_part.clone(),
        instances: series.found,
    });
    ExportStudy {
        uid: facts.uid.clone(),
        date: facts.date,
        description: facts.description.clone(),
        accession: facts.accession.clone(),
        series: series.collect(),
        names_no_one: held.names_no_one(),
    }
}

fn document(view: &CaseView<'_>, held: &HeldDocument, knowledge: &Knowledge, bytes: Vec<u8>) -> ExportDocument {
    ExportDocument {
        source: source(view, held, knowledge),
        type_code: type_code(held.kind(), knowledge),
        media_type: held.document.format.media_type().to_owned(),
        bytes,
    }
}
