//! Treatment that a person states, where no record tells of it or a record tells it wrong. It stands beside what the records
//! say as the person's own word, and takes no record's place: what a record says wrongly is rejected there.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::changes::ReadingChange;
use super::typed;
use crate::case::Case;
use crate::facts::{Treatment, TreatmentKind, TreatmentStatus};
use crate::knowledge::Knowledge;
use crate::shared::ids::TreatmentId;
use crate::shared::message::Refusal;
use crate::shared::text::line;
use crate::shared::time::PartialDate;

/// A treatment as a person states it; it has no place in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedTreatment {
    /// Id.
    pub id: TreatmentId,
    /// What, when, and whether it was given.
    pub treatment: Treatment,
}

/// What a person types of a treatment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreatmentWords {
    /// What kind.
    pub kind: TreatmentKind,
    /// Whether it was given.
    pub status: TreatmentStatus,
    /// The operation, the medicines, or what was irradiated.
    pub what: String,
    /// Day, month or year, or when it began.
    pub date: Option<PartialDate>,
    /// When it ended.
    pub until: Option<PartialDate>,
    /// Dose, cycles and the like, as the person knows it; may be empty.
    pub dose: String,
}

/// Longest name of a treatment, and of its dose, characters.
const LONGEST: usize = 200;

/// A person states a treatment. `None`: the very same is stated already.
///
/// # Errors
/// When it is not named, ended before it began, or is said to be given on a day that is not yet here.
pub fn state_treatment(
    case: &Case,
    knowledge: &Knowledge,
    id: TreatmentId,
    words: &TreatmentWords,
    today: Date,
) -> Result<Option<ReadingChange>, Refusal> {
    let treatment = stated(knowledge, words, today)?;
    let known = case.reading.stated.values().any(|known| known.what == treatment);
    let stated = || ReadingChange::TreatmentStated { stated: Box::new(StatedTreatment { id, treatment }) };
    Ok((!known).then(stated))
}

/// The treatment that a person stated in these words, where there is one.
///
/// # Errors
/// As [`state_treatment`].
pub fn state_treatment_as(
    case: &Case,
    knowledge: &Knowledge,
    words: &TreatmentWords,
    today: Date,
) -> Result<Option<TreatmentId>, Refusal> {
    let treatment = stated(knowledge, words, today)?;
    Ok(case.reading.stated.iter().find(|(_, known)| known.what == treatment).map(|(id, _)| id.clone()))
}

/// The treatment that these words state.
fn stated(knowledge: &Knowledge, words: &TreatmentWords, today: Date) -> Result<Treatment, Refusal> {
    let what = typed::line(&words.what)?;
    let future = |date: PartialDate| date.earliest() > today;
    if words.status.is_given() && words.date.is_some_and(future) {
        return Err(Refusal::new("refusal-day-in-future"));
    }
    let ends_first =
        |(from, until): (PartialDate, PartialDate)| until.earliest() < from.earliest() && !until.agrees_with(from);
    if words.date.zip(words.until).is_some_and(ends_first) {
        return Err(Refusal::new("refusal-treatment-ends-first"));
    }
    let folded = what.to_lowercase();
    let mut drugs: Vec<String> = Vec::new();
    if words.kind == TreatmentKind::Systemic {
        let names = folded.split([',', ';', '/', '+', '&']).flat_map(|part| part.split(" and ")).map(str::trim);
        let known = |name: &str| knowledge.vocabulary.drugs.iter().find(|drug| drug.phrase == name);
        for drug in names.filter_map(known).map(|drug| drug.ingredient.clone()) {
            if !drugs.contains(&drug) {
                drugs.push(drug);
            }
        }
    }
    let side = |side: &&str| folded.split(|c: char| !c.is_alphanumeric()).any(|word| word == *side);
    let sides: Vec<&str> = ["left", "right"].into_iter().filter(side).collect();
    Ok(Treatment {
        kind: words.kind,
        what,
        code: None,
        drugs,
        laterality: if let [only] = sides.as_slice() { Some((*only).to_owned()) } else { None },
        date: words.date,
        until: words.until,
        cycles: None,
        dose: Some(line(&words.dose, LONGEST)?).filter(|dose| !dose.is_empty()),
        intent: None,
        change: None,
        status: words.status,
        start: 0,
        end: 0,
        quote: String::new(),
    })
}

/// A person takes back a treatment stated earlier.
///
/// # Errors
/// When there is none.
pub fn withdraw_treatment(case: &Case, id: &TreatmentId) -> Result<ReadingChange, Refusal> {
    match case.reading.stated.contains_key(id) {
        true => Ok(ReadingChange::StatedTreatmentRemoved { id: id.clone() }),
        false => Err(Refusal::new("refusal-no-such-treatment")),
    }
}
