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
    ];
}
