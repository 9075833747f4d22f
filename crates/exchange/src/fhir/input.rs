//! What an export is made from: plain values that the caller takes from a case view. Codes that only the knowledge
//! files or a structured record know (SNOMED CT, ICD-10-CM, RxNorm) come with the fact they belong to, each with a mark
//! whether it is confirmed; what a FHIR profile fixes stands in this crate's own tables (`crates/exchange/data`). Words
//! for people come from the caller too, so that the narrative reads as the pages do.

use std::collections::BTreeMap;

use consilium_casefile::facts::{Code, Fact, Medication, Treatment};
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::reading::{HowSaid, PersonWord, Setting};
use consilium_casefile::{Instant, PartialDate, PatientIdentity};

use super::bundle::Vouched;

/// A case, ready to be written as FHIR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Who it is about.
    pub patient: PatientIdentity,
    /// Administrative sex, where a record states it.
    pub sex: Option<Sex>,
    /// The case's handle; identifies the export, and the patient where no record number is stated.
    pub handle: String,
    /// When the export is made.
    pub now: Instant,
    /// Every fact that may be seen. Allergies, other illnesses and family history are facts too.
    pub facts: Vec<ExportFact>,
    /// Codes of concepts by their names, from `knowledge/concepts.csv`: see [`concept_codes`].
    pub concept_codes: BTreeMap<String, Code>,
    /// The tumours, each with the facts that are about it. Facts outside every tumour are about the person, or about
    /// something that is no tumour of theirs (an organ named in passing): they are joined to none, also where there is
    /// only one. Who made the list had the texts before them and left them out of it on purpose.
    pub tumours: Vec<ExportTumour>,
    /// What records say of medicines, source by source.
    pub medications: Vec<ExportMedication>,
    /// What records say of treatments, source by source.
    pub treatments: Vec<ExportTreatment>,
    /// The medicines a person agreed on; empty when there are none yet. They stand before `medications`, which holds
    /// those nobody has settled.
    pub agreed: Vec<AgreedMedicine>,
    /// Imaging studies. Only [`super::full`] writes them.
    pub studies: Vec<ExportStudy>,
    /// Every document of the case with its bytes. Only [`super::full`] reads the bytes.
    pub documents: Vec<ExportDocument>,
}

/// The codes of concepts that `knowledge/concepts.csv` marks confirmed, by the concept's name, with FHIR's URI of their
/// system. A concept has one code; a system that has no URI here gives none.
#[must_use]
pub fn concept_codes(knowledge: &Knowledge) -> BTreeMap<String, Code> {
    let uri = |name: &str| match name {
        "LOINC" => Some("http://loinc.org"),
        "SNOMED CT" => Some("http://snomed.info/sct"),
        "NCIt" => Some("http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"),
        _ => None,
    };
    let confirmed = knowledge.concepts.iter().filter(|concept| concept.confirmed);
    confirmed
        .filter_map(|concept| {
            let system = uri(concept.code_system.as_deref()?)?.to_owned();
            let code = Code { system, code: concept.code.clone()?, display: String::new() };
            Some((concept.id.as_str().to_owned(), code))
        })
        .collect()
}

/// Administrative sex, as FHIR's `administrative-gender` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Stated, and neither.
    Other,
}

/// A code for something, and whether somebody vouches for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ExportCode {
    /// The code with its FHIR system URI.
    pub code: Code,
    /// `true` when the record itself carries the code, or its table marks it confirmed. An unconfirmed code is not
    /// written: words stand in its place.
    pub confirmed: bool,
}

/// Where something is stated.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct SourceDocument {
    /// Id of the document in the case.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its kind in words: `Pathology report`.
    pub kind: String,
    /// Date of service.
    pub date: Option<PartialDate>,
    /// Author.
    pub author: Option<String>,
    /// Facility.
    pub facility: Option<String>,
    /// It names no patient, and nobody has said whose it is: what it says may be anybody's, and is marked so.
    pub names_no_one: bool,
}

/// A fact with its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportFact {
    /// The fact.
    pub fact: Fact,
    /// The document that says it.
    pub source: SourceDocument,
    /// A person confirmed it; otherwise it is machine-read.
    pub confirmed: bool,
    /// What that person said; or, where it is not confirmed here, what one said in the case its document is an export of.
    pub word: Option<PersonWord>,
    /// It stands as a coded entry in a structured record that calls the entry final (and not preliminary), and was not
    /// read out of text.
    pub coded: bool,
    /// The setting its document speaks in, so that who reads the file does not hold a sample against an operation.
    pub setting: Option<Setting>,
    /// What it is, for the narrative: `Oestrogen receptor`.
    pub label: String,
    /// Its value in words, with polarity: `positive (95 %)`, `not tested`.
    pub words: String,
    /// Further codes of the value (of a morphology the disorder, of an allergy the substance).
    pub codes: Vec<ExportCode>,
}

/// A tumour and the facts about it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExportTumour {
    /// Positions in [`Export::facts`].
    pub facts: Vec<usize>,
    /// What it is called: `Invasive ductal carcinoma of the left breast`. Empty when nobody says more than that there
    /// is one.
    pub name: String,
    /// Codes of the disorder, SNOMED CT or ICD-10-CM.
    pub codes: Vec<ExportCode>,
    /// A metastasis, and not the primary.
    pub secondary: bool,
    /// Day of the diagnosis, where stated.
    pub diagnosed: Option<PartialDate>,
}

/// What one record says of a medicine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportMedication {
    /// The statement.
    pub medication: Medication,
    /// The document that says it.
    pub source: SourceDocument,
    /// A person confirmed it.
    pub confirmed: bool,
    /// What a person said of it in the case its document is an export of.
    pub word: Option<PersonWord>,
    /// It treats the cancer (and is not for something else).
    pub for_cancer: bool,
    /// Further codes of the medicine, RxNorm.
    pub codes: Vec<ExportCode>,
}

/// What one record says of a treatment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportTreatment {
    /// The statement.
    pub treatment: Treatment,
    /// The document that says it; without an id where a person states it by their own word.
    pub source: SourceDocument,
    /// A person confirmed it, or states it.
    pub confirmed: bool,
    /// Who states it where no record does; or what a person said of it in the case its document is an export of.
    pub word: Option<PersonWord>,
    /// Position in [`Export::tumours`] of what it treats, where known.
    pub tumour: Option<usize>,
    /// Further codes of the treatment.
    pub codes: Vec<ExportCode>,
}

/// A line of the reconciled medicine list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AgreedMedicine {
    /// Name of the medicine.
    pub name: String,
    /// Codes, RxNorm.
    pub codes: Vec<ExportCode>,
    /// How it is taken, in words: `10 mg once daily`. Empty when unknown.
    pub dosage: String,
    /// First day, where stated.
    pub since: Option<PartialDate>,
    /// Whether it is not taken any more. Only [`super::full`] writes such a line.
    pub stopped: bool,
    /// It treats the cancer.
    pub for_cancer: bool,
    /// Documents that say so.
    pub sources: Vec<SourceDocument>,
    /// Who agreed on it, or added it.
    pub word: Option<PersonWord>,
}

impl ExportFact {
    /// Who stands for it.
    pub(super) fn vouched(&self) -> Vouched {
        let typed = self.word.as_ref().is_some_and(|word| word.how == HowSaid::Typed);
        match (self.confirmed, typed) {
            (true, true) => Vouched::Typed,
            (confirmed, _) => Vouched::by(confirmed),
        }
    }
}

impl ExportTreatment {
    /// Who stands for it.
    pub(super) fn vouched(&self) -> Vouched {
        if self.is_own_word() && self.source.id.is_empty() { Vouched::Stated } else { Vouched::by(self.confirmed) }
    }

    /// Whether a person states it, here or in the case its document is an export of, and no record.
    pub(super) fn is_own_word(&self) -> bool {
        self.word.as_ref().is_some_and(PersonWord::is_own)
    }
}

/// An imaging study: what it holds, without the images.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExportStudy {
    /// Study Instance UID.
    pub uid: String,
    /// Day of the study.
    pub date: Option<PartialDate>,
    /// What it is called.
    pub description: Option<String>,
    /// Accession number.
    pub accession: Option<String>,
    /// Its series.
    pub series: Vec<ExportSeries>,
    /// Its headers name no patient, and nobody has said whose it is.
    pub names_no_one: bool,
}

/// A series of a study.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExportSeries {
    /// Series Instance UID.
    pub uid: String,
    /// Number in the study.
    pub number: Option<u32>,
    /// DICOM modality: `CT`, `MR`.
    pub modality: Option<String>,
    /// What it is called.
    pub description: Option<String>,
    /// The part of the body as the header has it.
    pub body_part: Option<String>,
    /// Images that are here.
    pub instances: u32,
}

/// A document with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportDocument {
    /// What it is.
    pub source: SourceDocument,
    /// LOINC document type, where known.
    pub type_code: Option<ExportCode>,
    /// Media type of the bytes: `application/pdf`; `application/fhir+json` for a FHIR file.
    pub media_type: String,
    /// The bytes as they were received.
    pub bytes: Vec<u8>,
}
