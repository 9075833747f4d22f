//! Reading: what the records say about the cancer, as the case holds it. Readings of texts, what people said about
//! single facts, facts people typed themselves, and the rules that lay them side by side: tumours, differences,
//! treatment so far, medicines, the one-page summary. What must not live here: how a text is read (`consilium-reading`),
//! and any choice between two statements that nobody made.

mod changes;
mod differences;
mod groups;
mod her2;
mod medicines;
mod of_person;
mod rejections;
mod rules;
mod said;
mod settings;
mod specimens;
mod stated;
mod summary;
mod things;
mod treatments;
mod tumours;
mod typed;
mod view;
mod waiting;
mod words;

#[cfg(test)]
mod tests;

pub use changes::{ReadingChange, Readings};
pub use differences::{Difference, Relation, Side, Why, differences};
pub use groups::{FactGroup, groups, is_of_the_person};
pub use medicines::{Agreement, MedicineRow, MedicineSource, line as medicine_line, medicines};
pub(crate) use rejections::rejections;
pub use rejections::{RejectedTreatment, reject_treatment, take_back_rejection};
pub use rules::{add_medicine, agree_medicine, judge, take_back, type_fact, withdraw_typed};
pub use settings::Setting;
pub use stated::{StatedTreatment, TreatmentWords, state_treatment, state_treatment_as, withdraw_treatment};
pub use summary::{SaidWords, Summary, SummaryLine, SummaryPart, SummaryValue, holds_many, summary, wordings};
pub use things::*;
pub(crate) use treatments::sums_up;
pub use treatments::{StatedBy, TreatmentRow, treatments, treatments_on_scans};
pub use tumours::{Tumour, TumourKey, tumours};
pub(crate) use typed::range;
pub use typed::understood;
pub use view::{CaseFact, Standing};
pub use waiting::Waiting;
pub(crate) use words::code_words;
pub use words::{concept_words, label as concept_label, value_words};
