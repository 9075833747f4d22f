//! The tables of `knowledge/compare/`: along which dimensions opinions are laid side by side, what a finding of each concept
//! rests on, and the words plans and reasons use. Types only.

use serde::{Deserialize, Serialize};

use crate::compare::{Kind, Material, StepKind, Weight, named};
use crate::facts::Concept;
use crate::knowledge::DrugClass;
use crate::records::DocumentKind;

/// Everything the comparison looks up.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Comparing {
    /// `dimensions.csv`, in the order they are shown.
    pub dimensions: Vec<Dimension>,
    /// `concepts.csv`: where a finding of each concept belongs.
    pub concepts: Vec<ComparedConcept>,
    /// `plan-items.csv`: kinds of treatment that are compared one by one, in the order they are shown.
    pub plan_items: Vec<PlanItem>,
    /// `plan-words.csv`: names of treatments, and of groups of medicines.
    pub plan_words: Vec<PlanWords>,
    /// `plan-marks.csv`: words by which treatments of one name differ, group by group.
    pub plan_marks: Vec<PlanMark>,
    /// `reason-words.csv`: words that tell why two opinions differ.
    pub reason_words: Vec<ReasonWords>,
    /// `families.csv`: families of tumours by their ICD-O-3 histology.
    pub families: Vec<Family>,
    /// `diagnosis-words.csv`: words of a diagnosis that tell how it behaves.
    pub diagnosis_words: Vec<(String, String)>,
    /// `denials.csv`: words that turn a step of a plan, or words of a diagnosis, into their contrary.
    pub denials: Vec<Denial>,
    /// `marker-answers.csv`: which results of a marker mean that it is there, that it is not, or that another test has to tell.
    pub answers: Vec<(String, MarkerAnswer)>,
    /// `materials.csv`: which material a kind of document is.
    pub materials: Vec<(DocumentKind, Material)>,
}

impl Comparing {
    /// The dimension of that name.
    #[must_use]
    pub fn dimension(&self, id: &str) -> Option<&Dimension> {
        self.dimensions.iter().find(|dimension| dimension.id == id)
    }

    /// What a result of a marker means, where the table knows it. `result` without capitals.
    #[must_use]
    pub fn answer(&self, result: &str) -> Option<MarkerAnswer> {
        self.answers.iter().find(|(known, _)| known == result).map(|(_, answer)| *answer)
    }

    /// Where findings of a concept belong.
    #[must_use]
    pub fn concept(&self, concept: &Concept) -> Option<&ComparedConcept> {
        self.concepts.iter().find(|row| row.concept == *concept)
    }
}

/// One line of the comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimension {
    /// `grade`; other programs rely on the name.
    pub id: String,
    /// The term.
    pub label: String,
    /// In plain words.
    pub plain: String,
    /// Weight of a conflict that no finer rule weighs.
    pub conflict: Weight,
    /// Weight when only one opinion addresses it.
    pub one_sided: Weight,
    /// Weight when both do, and can not be compared.
    pub not_comparable: Weight,
}

named! {
    /// How two values of a concept are laid beside each other.
    Comparison {
        /// A place of ICD-O-3: the organ is its first three characters.
        Site = "site",
        /// A histology of ICD-O-3.
        Histology = "histology",
        /// A word of a list.
        Category = "category",
        /// A number whose small differences say nothing: a percentage, a size.
        Amount = "amount",
        /// A number that is counted: two nodes are not three.
        Count = "count",
        /// A category or group of a staging system: a further letter is more exact.
        Stage = "stage",
        /// Words.
        Text = "text",
    }
}

named! {
    /// What of a finding makes it a line of its own.
    Each {
        /// Nothing: the concept is one line.
        No = "no",
        /// Its first word: `EGFR L858R` and `KRAS G12C` are two.
        First = "first",
        /// All its words: `type 1 diabetes`.
        Whole = "whole",
    }
}

named! {
    /// What a result of a marker means.
    MarkerAnswer {
        /// It is there.
        Positive = "positive",
        /// It is not.
        Negative = "negative",
        /// Another test has to tell.
        Open = "open",
    }
}

/// Where findings of one concept belong, and how they are compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparedConcept {
    /// The concept.
    pub concept: Concept,
    /// Its dimension.
    pub dimension: String,
    /// Which line of the dimension; empty where the dimension is one line.
    pub item: String,
    /// The line of another test of the same question, where it stands if the other opinion has that test and not this one;
    /// empty: none.
    pub beside: String,
    /// Whether single genes, tests or illnesses are lines of their own.
    pub each: Each,
    /// How.
    pub comparison: Comparison,
    /// Scales, each with the groups of values between which treatment changes, lowest first. Of numbers a group is the number
    /// it begins at.
    pub scales: Vec<Vec<Vec<String>>>,
    /// Of amounts without a boundary: how many times the smaller one the larger may be, in tenths.
    pub apart_tenths: Option<u32>,
    /// Materials it is read from: of each group one is enough.
    pub materials: Vec<Vec<Material>>,
    /// Weight of a conflict, where it is not that of the dimension.
    pub conflict: Option<Weight>,
    /// Weight where only one opinion has it, where it is not that of the dimension.
    pub one_sided: Option<Weight>,
}

/// A kind of treatment that plans are compared by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanItem {
    /// `chemotherapy`.
    pub id: String,
    /// The term.
    pub label: String,
    /// Which steps.
    pub kind: StepKind,
    /// Of systemic steps, those with a drug of these classes; empty for those whose drugs are not known.
    pub classes: Vec<DrugClass>,
    /// Whether other treatments of this kind are a difference within one class.
    pub one_class: bool,
    /// Weight when one opinion advises it and the other does not speak of it.
    pub one_sided: Weight,
    /// Dimensions and lines of findings that it rests on; empty for all.
    pub rests_on: Vec<String>,
}

/// Words that name a treatment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanWords {
    /// Lower case.
    pub phrase: String,
    /// Which kind of treatment.
    pub item: String,
    /// What they stand for: one name, or any of several; empty for the kind as a whole.
    pub names: Vec<String>,
}

/// A range of ICD-O-3 histologies that are one family; a code in no range is of the family of its first three figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Family {
    /// First of the range: `8500`.
    pub from: u32,
    /// Last of the range.
    pub to: u32,
    /// Its name.
    pub family: String,
    /// The general term that means any of the range: 8010, carcinoma of no stated type. None of a range whose terms are names
    /// of one family.
    pub general: Option<u32>,
}

/// Words that deny what stands behind them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denial {
    /// Lower case.
    pub phrase: String,
    /// Where they have to stand.
    pub place: DenialPlace,
}

/// Where words deny something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DenialPlace {
    /// In front of it.
    First,
    /// Wherever they stand in a step.
    Anywhere,
    /// Behind it.
    Behind,
    /// They deny something of a step, and only a person can tell what.
    Doubt,
    /// A finding that was not tested, or can not be told.
    Untested,
}

/// A word by which treatments of one name differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanMark {
    /// Words of a group exclude each other.
    pub group: String,
    /// As it is written, lower case.
    pub phrase: String,
    /// What it means: phrases that mean the same are one.
    pub means: String,
}

/// Words of a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReasonWords {
    /// Lower case.
    pub phrase: String,
    /// The kind of difference they tell of.
    pub kind: Kind,
}
