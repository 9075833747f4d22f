//! Treatments that people rejected: which statement of a record a word is about, when the same words stand several times
//! or were read anew. What a person rejected is on no list of treatment, and stays to be seen with who said so and when.

use super::changes::{ReadingChange, Readings, Said};
use super::things::{TreatmentAsRead, TreatmentStatement};
use crate::audience::CaseView;
use crate::facts::Treatment;
use crate::gather::HeldDocument;
use crate::knowledge::Knowledge;
use crate::shared::ids::{ActorId, DocumentId};
use crate::shared::message::Refusal;
use crate::shared::time::Instant;

/// A treatment of which a person said that its record does not say it.
#[derive(Debug, Clone)]
pub struct RejectedTreatment<'a> {
    /// The document.
    pub held: &'a HeldDocument,
    /// What was read.
    pub treatment: &'a Treatment,
    /// Who said so.
    pub by: &'a ActorId,
    /// When.
    pub at: Instant,
}

/// For each treatment of a document: the word that rejects it. A word is about the treatment that was read so, or after a
/// newer reading moved it about the nearest one that is said to be given alike.
pub(crate) fn rejections<'r>(
    readings: &'r Readings,
    document: &DocumentId,
    treatments: &[Treatment],
) -> Vec<Option<&'r Said<TreatmentAsRead>>> {
    let mut about = vec![None; treatments.len()];
    let of_document = readings.rejected.iter().filter(|(key, _)| key.document == *document);
    for (key, words) in of_document {
        let mut moved = Vec::new();
        for word in words {
            let same = |t: &Treatment| key.is_of(t) && TreatmentAsRead::of(t) == word.what;
            let there = treatments.iter().zip(&mut about).filter(|(treatment, _)| same(treatment));
            let found = there.map(|(_, about)| *about = Some(word)).count();
            if found == 0 {
                moved.push(word);
            }
        }
        for word in moved {
            let alike = |t: &Treatment| key.is_of(t) && t.status == word.what.status;
            let free = treatments.iter().zip(&mut about).filter(|(t, about)| about.is_none() && alike(t));
            let far = |t: &Treatment| (t.date != word.what.date, t.start.abs_diff(word.what.start));
            if let Some((_, about)) = free.min_by_key(|(treatment, _)| far(treatment)) {
                *about = Some(word);
            }
        }
    }
    about
}

impl<'a> CaseView<'a> {
    /// Treatments that people rejected, of documents this audience may open, in the order of the documents.
    #[must_use]
    pub fn rejected_treatments(&self, knowledge: &Knowledge) -> Vec<RejectedTreatment<'a>> {
        let readings = &self.case().reading;
        let mut found = Vec::new();
        for (held, read) in self.readings(knowledge) {
            let words = rejections(readings, &held.document.id, &read.treatments);
            for (treatment, word) in read.treatments.iter().zip(words) {
                if let Some(Said { by, at, .. }) =
                    word.filter(|_| self.tells_of_treatment(Some(held), treatment, knowledge))
                {
                    found.push(RejectedTreatment { held, treatment, by, at: *at });
                }
            }
        }
        found
    }
}

/// Where a statement stands among the treatments of its document, and the word that rejects it.
fn find<'v>(
    view: &CaseView<'v>,
    knowledge: &Knowledge,
    statement: &TreatmentStatement,
) -> Result<Option<&'v Said<TreatmentAsRead>>, Refusal> {
    let document = &statement.key.document;
    let read = view.reading_of(document, knowledge);
    let treatments = read.map(|read| read.treatments.as_slice()).unwrap_or_default();
    let meant = |t: &Treatment| statement.key.is_of(t) && statement.of == TreatmentAsRead::of(t);
    let place = treatments.iter().position(meant).ok_or_else(|| Refusal::new("refusal-no-such-treatment"))?;
    Ok(rejections(&view.case().reading, document, treatments).get(place).copied().flatten())
}

/// A person says that a record does not say this about a treatment.
///
/// # Errors
/// When the case holds no such statement.
pub fn reject_treatment(
    view: &CaseView<'_>,
    knowledge: &Knowledge,
    statement: &TreatmentStatement,
) -> Result<ReadingChange, Refusal> {
    find(view, knowledge, statement)?;
    let TreatmentStatement { key, of } = statement.clone();
    Ok(ReadingChange::TreatmentRejected { key, of })
}

/// A person takes back that a record does not say this about a treatment.
///
/// # Errors
/// When the case holds no such statement, or nobody rejected it.
pub fn take_back_rejection(
    view: &CaseView<'_>,
    knowledge: &Knowledge,
    statement: &TreatmentStatement,
) -> Result<ReadingChange, Refusal> {
    let word = find(view, knowledge, statement)?.ok_or_else(|| Refusal::new("refusal-no-such-treatment"))?;
    Ok(ReadingChange::TreatmentRejectionTakenBack { key: statement.key.clone(), of: word.what.clone() })
}
