//! An opinion as it was given: one form that every doctor's words fit into. Nothing in it is derived; what nobody said is
//! absent.

use serde::{Deserialize, Serialize};

use crate::facts::Concept;
use crate::shared::ids::{DeliveryId, DocumentId};
use crate::shared::time::PartialDate;

/// What a doctor said about a case, field by field, in the shape of a form, a file and a ledger entry alike.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Opinion {
    /// Who gave it.
    pub clinician: Clinician,
    /// The day it was given, or the month or year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<PartialDate>,
    /// What it rests on as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// What the doctor had seen, and what not. What is not listed is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<Seen>,
    /// Packets this doctor was given: what was in them was there to be seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deliveries: Vec<DeliveryId>,
    /// The document of the case that says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentId>,
    /// The diagnosis in the doctor's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub diagnosis: String,
    /// Single findings by concept: site, histology, grade, stage, markers, margins, what is seen on images.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// What treatment is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<Intent>,
    /// Which goal of the person the advice serves, in the doctor's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub goal: String,
    /// What is advised, step by step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plan: Vec<PlanStep>,
    /// What else was offered as reasonable.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<PlanStep>,
    /// What was advised against.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub advised_against: Vec<PlanStep>,
    /// Guidelines and studies that were named. Citations only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Citation>,
    /// Benefits and harms, as numbers that somebody stated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<Outcome>,
    /// What the plan asks of the person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub burden: Vec<Burden>,
    /// Why, in the doctor's words, dimension by dimension.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

/// Who gave an opinion.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Clinician {
    /// Name as the person writes it.
    pub name: String,
    /// `medical oncologist`, `pathologist`, `tumor board`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub role: String,
    /// Hospital or practice.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub organization: String,
}

/// Words with a name in files, addresses and forms; `says` gives each a sentence of the wording files, `basis-visit`.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident says $prefix:literal { $($variants:tt)* }) => {
        named! { $(#[$doc])* $name { $($variants)* } }

        impl $name {
            /// What it is called, as a sentence in the making.
            #[must_use]
            pub fn words(self) -> $crate::shared::message::Message {
                $crate::shared::message::Message::new(&format!("{}-{}", $prefix, self.name().replace('_', "-")))
            }
        }
    };
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// All, in the order they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word in files, forms and commands.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The one of that name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == name)
            }
        }
    };
}
pub(crate) use named;

named! {
    /// What an opinion rests on as a whole.
    Basis says "basis" {
        /// The person was seen.
        Visit = "visit",
        /// The person was seen by video.
        Video = "video",
        /// Records alone were read.
        Records = "records",
        /// Slides were read again.
        Slides = "slides",
        /// Images were read again.
        Images = "images",
        /// Several specialists together.
        TumorBoard = "tumor_board",
        /// A letter, without more being known.
        Letter = "letter",
    }
}

named! {
    /// Material a doctor can have seen.
    Material says "material" {
        /// Report of a pathologist.
        PathologyReport = "pathology_report",
        /// The glass slides themselves.
        Slides = "slides",
        /// Blocks of tissue.
        Blocks = "blocks",
        /// The images themselves.
        Images = "images",
        /// Report of a radiologist.
        ImagingReport = "imaging_report",
        /// Operative note.
        OperativeNote = "operative_note",
        /// What treatment was given.
        TreatmentSummary = "treatment_summary",
        /// Report of a gene test, recurrence scores included.
        GenomicReport = "genomic_report",
        /// Laboratory values.
        Laboratory = "laboratory",
        /// List of medicines.
        Medicines = "medicines",
        /// Notes of other doctors.
        Consultation = "consultation",
        /// The person: what was found on examining.
        Examination = "examination",
    }
}

named! {
    /// What treatment is for.
    Intent says "intent" {
        /// To cure.
        Curative = "curative",
        /// To hold the cancer back for as long as possible.
        DiseaseControl = "disease_control",
        /// To relieve.
        Comfort = "comfort",
    }
}

named! {
    /// Kinds of steps of a plan.
    StepKind says "step" {
        /// An operation.
        Surgery = "surgery",
        /// Medicines against the cancer.
        Systemic = "systemic",
        /// Radiation of any kind.
        Radiation = "radiation",
        /// Waiting and watching.
        Observation = "observation",
        /// A clinical trial.
        Trial = "trial",
        /// Relief of symptoms.
        Palliative = "palliative",
        /// A transplant of stem cells or an organ.
        Transplant = "transplant",
        /// Destruction in place: heat, cold, embolization.
        Ablation = "ablation",
        /// A further test before anything else.
        Test = "test",
    }
}

named! {
    /// When a step stands to the others.
    Setting says "setting" {
        /// Before the operation.
        Neoadjuvant = "neoadjuvant",
        /// After the operation.
        Adjuvant = "adjuvant",
        /// Instead of an operation.
        Definitive = "definitive",
        /// Together with another.
        Concurrent = "concurrent",
        /// To hold what was reached.
        Maintenance = "maintenance",
        /// For a cancer that has spread.
        Metastatic = "metastatic",
    }
}

named! {
    /// How firmly a step is advised.
    Strength says "strength" {
        /// Advised.
        Recommended = "recommended",
        /// Named as something to think about.
        Considered = "considered",
        /// Advised if something is so.
        Conditional = "conditional",
    }
}

named! {
    /// What evidence is cited.
    CitationKind says "citation" {
        /// A guideline: name, version and category only, never its text.
        Guideline = "guideline",
        /// A study.
        Study = "study",
        /// The doctor's own experience.
        Experience = "experience",
    }
}

named! {
    /// What a plan asks of a person.
    BurdenKind says "burden" {
        /// How often one has to come.
        Visits = "visits",
        /// How far.
        Travel = "travel",
        /// Time away from work and life.
        TimeOff = "time_off",
        /// What may stay.
        LateEffects = "late_effects",
        /// Money.
        Cost = "cost",
    }
}

/// The concept of a finding on images that no list names.
#[must_use]
pub fn imaging_finding() -> Concept {
    Concept::named("imaging_finding")
}

/// One thing a doctor had, or had not, seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// What kind of material.
    pub material: Material,
    /// Which: an accession number, `MRI of 10 January 2026`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// Whether it was seen.
    pub seen: bool,
}

/// One finding of an opinion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What about: an id of `knowledge/concepts.csv`, or `imaging_finding`.
    pub concept: Concept,
    /// The value, in the form `concepts.csv` names, or as the doctor said it.
    pub value: String,
    /// `c`, `p`, `yc`, `yp`, `r`, `a` of a TNM category or stage.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// System and edition: `AJCC 8`, `FIGO 2018`, an assay of a marker.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub edition: String,
    /// What it was read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Material>,
    /// Specimen or slide number it is about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub specimen: String,
    /// Series and image that show it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key_image: String,
    /// The doctor's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}

/// One step of a plan, an alternative, or something advised against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStep {
    /// What kind of treatment.
    pub kind: StepKind,
    /// In the doctor's words: `docetaxel and cyclophosphamide, 4 cycles`.
    pub what: String,
    /// When, to the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setting: Option<Setting>,
    /// How firmly; a plan without it is advised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strength: Option<Strength>,
    /// If what: `if the sentinel node is positive`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub condition: String,
    /// Cycles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cycles: Option<u32>,
    /// Dose as said: `50 Gy in 25`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub dose: String,
    /// How long: `12 weeks`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub duration: String,
    /// Place in the sequence, from 1; steps with the same number go together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<u32>,
    /// Why, where it was advised against.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

impl PlanStep {
    /// A step of which nothing more is known.
    #[must_use]
    pub fn new(kind: StepKind, what: &str) -> Self {
        Self {
            kind,
            what: what.to_owned(),
            setting: None,
            strength: None,
            condition: String::new(),
            cycles: None,
            dose: String::new(),
            duration: String::new(),
            order: None,
            why: String::new(),
        }
    }
}

/// A guideline, a study or an experience that was named. No text of others is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// What kind.
    pub kind: CitationKind,
    /// Name.
    pub name: String,
    /// Version.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// Its date, as said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub date: String,
    /// Category of the recommendation, or design and size of the study.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub category: String,
}

/// How often something happens under one option, as somebody stated it: `events` of `denominator` within `horizon`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The option: as in the plan or the alternatives.
    pub option: String,
    /// What happens: `free of distant recurrence`, `lasting neuropathy`.
    pub event: String,
    /// Whether it is something wished for.
    pub good: bool,
    /// How many people it happens to.
    pub events: u32,
    /// Of how many.
    pub denominator: u32,
    /// Within which time: `5 years`.
    pub horizon: String,
    /// Lowest number that was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<u32>,
    /// Highest number that was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<u32>,
    /// Which people they are: `women after an operation, nodes free`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub people: String,
    /// Who stated it, or the study.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Whether that is a study, a guideline, or what the doctor thinks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<CitationKind>,
    /// As it was said, where the numbers were made of it: `12.4 %`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}

/// What a plan asks of the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Burden {
    /// What kind.
    pub kind: BurdenKind,
    /// What, as said.
    pub what: String,
}

/// Why, in the doctor's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Of which dimension: a name of `knowledge/compare/dimensions.csv`.
    pub dimension: String,
    /// The words.
    pub words: String,
}
