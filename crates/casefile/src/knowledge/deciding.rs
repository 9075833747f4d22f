//! The tables of `knowledge/decide/`: the questions of the certainty check and the criteria of a decision aid. Types only.

use serde::{Deserialize, Serialize};

/// Everything the decision looks up.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Deciding {
    /// `certainty.csv`, in the order they are asked.
    pub certainty: Vec<CertaintyQuestion>,
    /// `standard.csv`, in the order they are shown.
    pub criteria: Vec<Criterion>,
    /// `same.csv`: words of lines that may count one thing twice, a group a row.
    pub same: Vec<SameThing>,
}

/// Words of lines that may count one thing twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SameThing {
    /// Id.
    pub id: String,
    /// Words and phrases, lower case.
    pub words: Vec<String>,
}

/// One question of the certainty check, answered yes or no.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertaintyQuestion {
    /// Id; never changed.
    pub id: String,
    /// The question.
    pub question: String,
    /// What helps who says no.
    pub help: String,
}

/// One criterion of a decision aid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criterion {
    /// Id; never changed.
    pub id: String,
    /// `qualifying`, `certifying` or `quality`.
    pub level: String,
    /// What it asks for.
    pub label: String,
    /// What to do where it is not met.
    pub help: String,
    /// The check of the program that answers it.
    pub check: String,
}
