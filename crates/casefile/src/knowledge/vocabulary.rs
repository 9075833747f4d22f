//! The words reports use, as plain data: the tables of `knowledge/reading/`. How they are looked for in a text is the
//! business of the crate `consilium-reading`.

use serde::{Deserialize, Serialize};

/// Every table of `knowledge/reading/`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Vocabulary {
    /// `topography.csv`: phrases for places, with ICD-O-3 site codes.
    pub topography: Vec<CodedPhrase>,
    /// `morphology.csv`: phrases for tumours, with ICD-O-3 morphology codes.
    pub morphology: Vec<CodedPhrase>,
    /// The other tables: phrases of a class that stand for a value.
    pub terms: Vec<Term>,
    /// `codes.csv`: what codes say.
    #[serde(default)]
    pub codes: Vec<CodeMeaning>,
    /// `code-systems.csv`: names of code systems, as they stand before their codes in a text.
    #[serde(default)]
    pub code_systems: Vec<String>,
    /// `drugs.csv`: names of medicines.
    #[serde(default)]
    pub drugs: Vec<DrugName>,
    /// `regimens.csv`: names of combinations of medicines.
    #[serde(default)]
    pub regimens: Vec<Regimen>,
    /// `sig.csv`: amounts, routes, frequencies.
    #[serde(default)]
    pub sig: Vec<CoursePhrase>,
    /// `timing-cues.csv`: words that say when treatment should start, or how long it is safe to wait.
    #[serde(default)]
    pub timing_cues: Vec<CoursePhrase>,
    /// `plan-cues.csv`: words that say that a treatment is planned, and what is none.
    #[serde(default)]
    pub plan_cues: Vec<CoursePhrase>,
    /// `given-cues.csv`: words that name a treatment, and those that say that it is past.
    #[serde(default)]
    pub given_cues: Vec<CoursePhrase>,
    /// `treatment-cues.csv`: words that say whether a treatment was given.
    #[serde(default)]
    pub treatment_cues: Vec<CoursePhrase>,
}

/// A phrase for a code. Its words may stand in any order and apart, as in "carcinoma, squamous cell".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodedPhrase {
    /// The words, lower case.
    pub phrase: String,
    /// ICD-O-3: a site such as `C50.4`, or a morphology with its behaviour such as `8500/3`.
    pub code: String,
    /// Site codes, or beginnings of them, to which the meaning is confined; empty for everywhere.
    pub only_at: Vec<String>,
    /// Of a morphology: the site it names by itself, as `C22.0` for hepatocellular carcinoma.
    pub implies: Option<String>,
    /// Of a morphology: the site it most often has, where nothing better is said.
    pub hints: Option<String>,
}

/// A phrase that stands for a value. Its words stand in this order, whatever punctuation lies between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The words, lower case.
    pub phrase: String,
    /// Which table it comes from.
    pub class: TermClass,
    /// What it stands for.
    pub means: String,
}

/// The tables of terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TermClass {
    /// `headings.csv`: a section of a report.
    Heading,
    /// `cues.csv`: negation, doubt, history, relatives.
    Cue,
    /// `labels.csv`: the name of a concept.
    Label,
    /// `results.csv`: a result such as positive or not identified.
    Result,
    /// `grades.csv`: a grade in words, or the name of a grading system.
    Grade,
    /// `procedures.csv`: an operation.
    Procedure,
    /// `genes.csv`: a gene or protein.
    Gene,
    /// `fillers.csv`: words that may stand inside the name of a tumour.
    Filler,
    /// `companions.csv`: a site, and how readily it is where the tumour began when it is named, in percent.
    Companion,
    /// `sides.csv`: a site that has a side.
    Side,
    /// `generic.csv`: a histology, and how much it says beside a more exact one, in percent.
    Generic,
    /// `words.csv`: another spelling, or another language, of a word.
    Word,
    /// `word-groups.csv`: a word, and the group of words it is one of.
    Group,
    /// `no-result.csv`: beside the name of a test, it says that its result does not stand here.
    NoResult,
}

impl TermClass {
    /// Every class, with the file it is read from.
    pub const FILES: &'static [(Self, &'static str)] = &[
        (Self::Heading, "reading/headings.csv"),
        (Self::Cue, "reading/cues.csv"),
        (Self::Label, "reading/labels.csv"),
        (Self::Result, "reading/results.csv"),
        (Self::Grade, "reading/grades.csv"),
        (Self::Procedure, "reading/procedures.csv"),
        (Self::Gene, "reading/genes.csv"),
        (Self::Filler, "reading/fillers.csv"),
        (Self::Companion, "reading/companions.csv"),
        (Self::Side, "reading/sides.csv"),
        (Self::Generic, "reading/generic.csv"),
        (Self::Word, "reading/words.csv"),
        (Self::Group, "reading/word-groups.csv"),
        (Self::NoResult, "reading/no-result.csv"),
    ];
}

/// Words that mean the same to one grammar: the groups of `word-groups.csv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WordGroup {
    /// Has grades that are not the tumour's: fibrosis, rejection.
    GradedElsewhere,
    /// Has a number that is no grade: a room, a ward.
    NumberedPlace,
    /// Says that it has not invaded: DCIS, dysplasia.
    InSitu,
    /// A part of a Nottingham sum: tubules, mitoses.
    NottinghamPart,
    /// Stands between a label of a grade and its figure: histologic, Fuhrman.
    GradeName,
    /// What a stain is compared with.
    Control,
    /// Beside "ER": the room of emergencies.
    EmergencyRoom,
    /// What a stain shows: reaction, expression.
    Staining,
    /// In situ hybridization.
    Ish,
    /// What in situ hybridization finds: amplification, ratio.
    IshFinding,
    /// Immunohistochemistry.
    Ihc,
    /// In a running head, before its number: page.
    Page,
    /// Before a number: it is one of several things, and the number counts no nodes: slide, level, cassette.
    NumberedPart,
    /// Behind a length and "in": the length is a size and no distance: dimension, diameter.
    SizeWord,
    /// Says of a report or a diagnosis that it takes the place of an earlier one: corrected, amended.
    Correcting,
    /// Says of what was reported that it was not so: incorrect, error.
    InError,
    /// Behind an organ: what the organ does.
    OrganFunction,
    /// Before a place: the tumour only reaches it, or it is beside the tumour.
    BesidePlace,
    /// Behind a place: a part that is no site of a tumour.
    PartOfPlace,
    /// Behind a place: nothing malignant is there.
    BenignPlace,
    /// Behind a place: it is where the tumour began.
    Origin,
    /// Parts a denial from what it denies.
    Turn,
    /// Behind a category or stage: the noun it is of.
    StageNoun,
    /// Says that what follows is not so, whatever stands between.
    Denial,
    /// Alone: no allergy is known.
    NoAllergy,
    /// Names a tumour by itself, beside words in -oma and -emia.
    TumorNoun,
    /// In a label of margins: names none of them.
    MarginWord,
    /// Which margin, by itself: "distal positive".
    MarginPosition,
    /// A form of a medicine, or how one is given: tablet, spray.
    DosageForm,
    /// Puts a medicine to a place: apply, instill.
    Application,
    /// May say that something is to come, or only spoken of.
    Planning,
    /// The time of speaking: now, currently.
    Now,
    /// A relative.
    Relative,
    /// Tells which side or generation a relative is of: maternal, great.
    RelativeSide,
    /// A day or time of day on which a dose is another.
    DoseDay,
    /// Before the name of a tumour: an earlier one than the present: previous, former.
    Earlier,
    /// What is taken from a tumour and looked at: biopsy, specimen.
    Specimen,
    /// Says of the answer behind it that it was so before: initially, previously.
    BeforeNow,
    /// Says that a cancer is an earlier one come back: recurrence, metastasis.
    ComesBack,
    /// Names the reason for a procedure or a scan: indication.
    Indication,
    /// Behind "cancer": then it is the name of a house or a service, and no tumour: clinic, center.
    CancerHouse,
    /// Begins the label of the line of a report that says what was examined: exam, study.
    ExamLabel,
    /// In a list of allergies: it stands elsewhere, or was not asked or only looked over: see, reviewed, unable.
    ToldElsewhere,
    /// Before a colon: what a letter is about, or what lies in it: re, subject, enclosed.
    SubjectLabel,
    /// Before a category of N or M without a prefix: says that it is one: clinically.
    CategoryLead,
    /// A word that stands for itself and is no slip of a scanner: `hematoma` is no hepatoma.
    RealWord,
    /// Names the mail, or a carrier, as a way of sending.
    ByMail,
    /// Names a way of sending on which it is there at once: fax, portal.
    AtOnce,
    /// In the name of a procedure: it takes a sample: biopsy.
    Sample,
    /// In the name of a procedure that takes a sample: it goes with an operation: sentinel.
    NoSample,
    /// Name a change of a gene, and say not whether it was found: "mutation".
    GeneChange,
    /// Make a name one of a test: "testing", "analysis".
    TestNoun,
    /// Say that a person or a tumor has a change: "harbors", "carrier".
    Carrier,
    /// Behind "RT" say that it is radiotherapy, and no side: "to", "was".
    AfterRadiotherapy,
    /// The same before it: "received".
    BeforeRadiotherapy,
}

impl Vocabulary {
    /// Whether a text holds a word of a group, whatever its case.
    #[must_use]
    pub fn names_of(&self, text: &str, group: WordGroup) -> bool {
        let words: Vec<String> =
            text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
        let of_group = |term: &&Term| term.class == TermClass::Group && WordGroup::named(&term.means) == Some(group);
        self.terms.iter().filter(of_group).any(|term| words.contains(&term.phrase))
    }
}

impl WordGroup {
    /// Every group by its name in the table.
    pub const NAMES: &'static [(&'static str, Self)] = &[
        ("graded_elsewhere", Self::GradedElsewhere),
        ("numbered_place", Self::NumberedPlace),
        ("in_situ", Self::InSitu),
        ("nottingham_part", Self::NottinghamPart),
        ("grade_name", Self::GradeName),
        ("control", Self::Control),
        ("emergency_room", Self::EmergencyRoom),
        ("staining", Self::Staining),
        ("ish", Self::Ish),
        ("ish_finding", Self::IshFinding),
        ("ihc", Self::Ihc),
        ("page", Self::Page),
        ("numbered_part", Self::NumberedPart),
        ("size_word", Self::SizeWord),
        ("correcting", Self::Correcting),
        ("in_error", Self::InError),
        ("organ_function", Self::OrganFunction),
        ("beside_place", Self::BesidePlace),
        ("part_of_place", Self::PartOfPlace),
        ("benign_place", Self::BenignPlace),
        ("origin", Self::Origin),
        ("turn", Self::Turn),
        ("stage_noun", Self::StageNoun),
        ("denial", Self::Denial),
        ("no_allergy", Self::NoAllergy),
        ("tumor_noun", Self::TumorNoun),
        ("margin_word", Self::MarginWord),
        ("margin_position", Self::MarginPosition),
        ("dosage_form", Self::DosageForm),
        ("application", Self::Application),
        ("planning", Self::Planning),
        ("now", Self::Now),
        ("relative", Self::Relative),
        ("relative_side", Self::RelativeSide),
        ("dose_day", Self::DoseDay),
        ("earlier", Self::Earlier),
        ("specimen", Self::Specimen),
        ("before_now", Self::BeforeNow),
        ("comes_back", Self::ComesBack),
        ("indication", Self::Indication),
        ("cancer_house", Self::CancerHouse),
        ("exam_label", Self::ExamLabel),
        ("told_elsewhere", Self::ToldElsewhere),
        ("subject_label", Self::SubjectLabel),
        ("category_lead", Self::CategoryLead),
        ("real_word", Self::RealWord),
        ("by_mail", Self::ByMail),
        ("at_once", Self::AtOnce),
        ("sample", Self::Sample),
        ("no_sample", Self::NoSample),
        ("gene_change", Self::GeneChange),
        ("test_noun", Self::TestNoun),
        ("carrier", Self::Carrier),
        ("after_radiotherapy", Self::AfterRadiotherapy),
        ("before_radiotherapy", Self::BeforeRadiotherapy),
    ];

    /// The group of a name of the table.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, group)| *group)
    }
}

/// `codes.csv`: what a code of a code system says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeMeaning {
    /// URI of the code system; empty for places of a record that have no code.
    pub system: String,
    /// The code; `?` stands for any character, a `*` at the end for any further ones.
    pub code: String,
    /// Name of the concept it is about; `result` for an answer that fits any test.
    pub concept: String,
    /// What it says: `?` that the value beside it is the answer, `=` that the code itself is the value (an ICD-10-CM code
    /// its first five characters), otherwise the answer.
    pub value: String,
    /// What it adds: `prefix=p`, `system=riss`, `method=tps`.
    pub qualifier: Option<(String, String)>,
    /// Of a code that is not confirmed: it counts only where the record's words for it hold one of these.
    pub words: Vec<String>,
    /// Whether the code was seen in a named source.
    pub confirmed: bool,
}

/// `drugs.csv`: a name of a medicine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrugName {
    /// The name, lower case.
    pub phrase: String,
    /// Generic name, lower case.
    pub ingredient: String,
    /// What it is given for.
    pub class: DrugClass,
    /// How it is released, where the name tells it: `extended release`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
}

/// What a medicine is given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrugClass {
    /// Cytotoxic, given by infusion.
    Chemotherapy,
    /// Cytotoxic, taken at home.
    OralChemotherapy,
    /// Acts on hormones.
    Endocrine,
    /// Acts on a target of the tumour.
    Targeted,
    /// Acts through the immune system.
    Immunotherapy,
    /// Against effects of the cancer or its treatment.
    Supportive,
    /// For other illnesses.
    Other,
}

impl DrugClass {
    /// Every class by its name in the table.
    pub const NAMES: &'static [(&'static str, Self)] = &[
        ("chemotherapy", Self::Chemotherapy),
        ("oral_chemotherapy", Self::OralChemotherapy),
        ("endocrine", Self::Endocrine),
        ("targeted", Self::Targeted),
        ("immunotherapy", Self::Immunotherapy),
        ("supportive", Self::Supportive),
        ("other", Self::Other),
    ];

    /// Whether it treats a cancer.
    #[must_use]
    pub fn treats_cancer(self) -> bool {
        !matches!(self, Self::Supportive | Self::Other)
    }
}

/// `regimens.csv`: the name of a combination of medicines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Regimen {
    /// As written, lower case.
    pub phrase: String,
    /// As it is usually written: `AC-T`.
    pub name: String,
    /// Generic names in the order they are given.
    pub drugs: Vec<String>,
}

/// `sig.csv`, `treatment-cues.csv`, `timing-cues.csv`, `plan-cues.csv` and `given-cues.csv`: words of instructions and histories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoursePhrase {
    /// The words, lower case.
    pub phrase: String,
    /// Which kind: `unit`, `route`, `frequency` or `form`; empty for a cue.
    pub class: String,
    /// What they stand for.
    pub means: String,
}
