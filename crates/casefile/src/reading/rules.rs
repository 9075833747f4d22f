//! What a person may say about facts, as pure rules.

use super::changes::ReadingChange;
use super::things::{AgreedMedicine, AsRead, FactKey, Judgement, Region, TypedFact};
use super::{typed, view};
use crate::audience::CaseView;
use crate::case::Case;
use crate::facts::{Basis, Concept, Context, Fact, Polarity, Qualifiers, Section};
use crate::knowledge::Knowledge;
use crate::shared::ids::{DocumentId, FactId};
use crate::shared::message::Refusal;

/// A person says something about a fact that was read. `start` is where its words stand: the same words may stand several
/// times in one record.
///
/// # Errors
/// When the case holds no such fact, or a correction says nothing.
pub fn judge(
    view: &CaseView<'_>,
    knowledge: &Knowledge,
    key: &FactKey,
    start: Option<usize>,
    judgement: Judgement,
) -> Result<ReadingChange, Refusal> {
    let read = view.reading_of(&key.document, knowledge);
    let facts = read.map(|reading| reading.facts.as_slice()).unwrap_or_default();
    let known = meant(facts.iter().filter(|fact| key.is_of(fact)).collect(), start)?;
    let judgement = match judgement {
        Judgement::Confirmed { .. } => Judgement::Confirmed { value: Some(known.value.clone()) },
        Judgement::Corrected { value, polarity, .. } => {
            let site = site_of(view, &key.document, knowledge);
            let found = typed::value(&key.concept, &value, site.as_deref(), knowledge)?;
            if let Some(other) = &found.concept {
                // What is corrected stays about the same thing.
                let label = super::concept_label(other, knowledge);
                return Err(Refusal::new("refusal-fact-of-another").with("concept", label));
            }
            let polarity = found.said(polarity, known.polarity)?;
            Judgement::Corrected { value: found.value, polarity, prefix: found.prefix }
        }
        other => other,
    };
    let of = AsRead::of(known);
    let replaces = Some(view.case().reading.replaced(key, &of));
    Ok(ReadingChange::FactJudged { key: key.clone(), judgement, of: Some(of), replaces })
}

/// The fact that is meant among those with one key: the one that stands at this place, or the only one.
fn meant(facts: Vec<&Fact>, start: Option<usize>) -> Result<&Fact, Refusal> {
    let there = facts.iter().find(|fact| Some(fact.start) == start);
    match (there, facts.as_slice()) {
        (Some(fact), _) | (None, [fact]) => Ok(fact),
        _ => Err(Refusal::new("refusal-no-such-fact")),
    }
}

/// A person takes back what was said about a fact. `start` is where it stands, as in [`judge`].
///
/// # Errors
/// When nothing was said about it.
pub fn take_back(case: &Case, key: &FactKey, start: Option<usize>) -> Result<ReadingChange, Refusal> {
    let refused = || Refusal::new("refusal-no-such-fact");
    if !case.reading.judged.contains_key(key) {
        return Err(refused());
    }
    let facts = case.reading.facts_with(key);
    let of = if facts.is_empty() { None } else { Some(AsRead::of(meant(facts, start)?)) };
    if of.as_ref().is_some_and(|of| case.reading.word_about(key, of).is_none()) {
        return Err(refused());
    }
    let replaces = of.as_ref().map(|of| case.reading.replaced(key, of));
    Ok(ReadingChange::JudgementTakenBack { key: key.clone(), of, replaces })
}

/// A person types a fact read on a page of a document.
///
/// # Errors
/// When there is no such document or page, the concept is not on the list, what was typed has not its form, or the place
/// is none on a page.
#[expect(clippy::too_many_arguments, reason = "a typed fact is put together from all of these, once")]
pub fn type_fact(
    view: &CaseView<'_>,
    knowledge: &Knowledge,
    id: FactId,
    document: &DocumentId,
    page: u32,
    region: Option<Region>,
    concept: &str,
    value: &str,
    polarity: Polarity,
) -> Result<ReadingChange, Refusal> {
    let held = view.document(document, knowledge).ok_or_else(|| Refusal::new("refusal-no-such-document"))?;
    let pages = held.document.pages.unwrap_or(1).max(1);
    if page == 0 || page > pages {
        return Err(Refusal::new("refusal-no-such-page").with("pages", pages));
    }
    let concept = Concept::named(concept.trim());
    if knowledge.concept(&concept).is_none() {
        return Err(Refusal::new("refusal-no-such-concept"));
    }
    let written = typed::line(value)?;
    let found = typed::value(&concept, value, site_of(view, document, knowledge).as_deref(), knowledge)?;
    let polarity = found.said(polarity, Polarity::Present)?;
    let typed::Typed { value, prefix, concept: other, .. } = found;
    let concept = other.unwrap_or(concept);
    let facts = knowledge.concept(&concept).ok_or_else(|| Refusal::new("refusal-no-such-concept"))?;
    let whole = |r: &Region| {
        let sides = [r.x0, r.y0, r.x1, r.y1];
        sides.iter().all(|side| (0.0..=1.0).contains(side)) && r.x0 < r.x1 && r.y0 < r.y1
    };
    if region.as_ref().is_some_and(|region| !whole(region)) {
        return Err(Refusal::new("refusal-region"));
    }
    let fact = Fact {
        concept,
        unit: facts.unit.clone(),
        basis: Basis::Stated,
        polarity,
        context: Context::Current,
        section: Section::Body,
        qualifiers: Qualifiers { prefix: prefix.clone(), ..Qualifiers::default() },
        specimen: None,
        tumour: None,
        date: None,
        main: true,
        start: 0,
        end: 0,
        quote: written,
        value,
    };
    let typed = TypedFact { id, document: document.clone(), page, region, fact };
    Ok(ReadingChange::FactTyped { typed: Box::new(typed) })
}

/// The ICD-O-3 category of the tumour that a document speaks of: its own, or that of the cancer the case is about.
fn site_of(view: &CaseView<'_>, document: &DocumentId, knowledge: &Knowledge) -> Option<String> {
    let facts = view.facts_of(document, knowledge);
    let own = facts.iter().find(|fact| fact.fact.concept == Concept::TOPOGRAPHY && fact.speaks());
    let category = own.and_then(|fact| fact.fact.value.get(..3)).map(str::to_owned);
    category.or_else(|| view.cancer_topography(knowledge))
}

/// A person takes back a fact typed earlier.
///
/// # Errors
/// When there is none.
pub fn withdraw_typed(case: &Case, id: &FactId) -> Result<ReadingChange, Refusal> {
    match view::typed(&case.reading, id) {
        Some(_) => Ok(ReadingChange::TypedFactRemoved { id: id.clone() }),
        None => Err(Refusal::new("refusal-no-such-fact")),
    }
}

/// A person agrees on the line of one medicine, or that it is not taken; an empty line of a medicine that is taken
/// takes the agreement back.
///
/// # Errors
/// When no record names it, and nobody added it.
pub fn agree_medicine(
    view: &CaseView<'_>,
    knowledge: &Knowledge,
    ingredient: &str,
    line: &str,
    taken: bool,
) -> Result<ReadingChange, Refusal> {
    let rows = super::medicines(view, knowledge);
    let row = super::medicines::named(&rows, ingredient, knowledge);
    let row = row.ok_or_else(|| Refusal::new("refusal-no-such-medicine"))?;
    let ingredient = row.ingredient.clone();
    if taken && line.trim().is_empty() {
        return Ok(ReadingChange::MedicineReopened { ingredient });
    }
    let line = if taken { typed::line(line)? } else { String::new() };
    let agreed = AgreedMedicine { ingredient, line, taken, said: Some(row.said()) };
    Ok(ReadingChange::MedicineAgreed { agreed })
}

/// A person adds a medicine to the list: their own word, where no record names it, and else the line agreed on.
///
/// # Errors
/// When it has no name, or nothing is said of how it is taken.
pub fn add_medicine(
    view: &CaseView<'_>,
    knowledge: &Knowledge,
    name: &str,
    line: &str,
) -> Result<ReadingChange, Refusal> {
    if line.trim().is_empty() {
        return Err(Refusal::new("refusal-medicine-line"));
    }
    match agree_medicine(view, knowledge, name, line, true) {
        Err(refusal) if refusal.0.key == "refusal-no-such-medicine" => {
            let ingredient = super::medicines::own_name(name, knowledge)?;
            let agreed = AgreedMedicine { ingredient, line: typed::line(line)?, taken: true, said: Some(Vec::new()) };
            Ok(ReadingChange::MedicineAgreed { agreed })
        }
        other => other,
    }
}
