//! Folded texts kept in memory, so that a second search reads nothing again. A text never changes: it is named by what it
//! holds. What is kept is bounded, and the case searched longest ago goes first. What must not live here: whether a text
//! may be seen (the view says so at every search).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use consilium_casefile::{CaseId, ObjectId};

/// Bytes of folded text kept at most, of all cases together.
const MOST: usize = 64 << 20;

#[derive(Default)]
struct OfCase {
    texts: HashMap<ObjectId, Arc<str>>,
    bytes: usize,
}

/// The texts of this process, the case searched last at the end.
#[derive(Default)]
pub(crate) struct KeptTexts(Mutex<Vec<(CaseId, OfCase)>>);

impl KeptTexts {
    fn cases(&self) -> MutexGuard<'_, Vec<(CaseId, OfCase)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn known(&self, case: &CaseId, text: &ObjectId) -> Option<Arc<str>> {
        let cases = self.cases();
        cases.iter().find(|(id, _)| id == case)?.1.texts.get(text).cloned()
    }

    pub(super) fn keep(&self, case: &CaseId, text: &ObjectId, folded: &Arc<str>) {
        self.keep_within(MOST, case, text, folded);
    }

    fn keep_within(&self, most: usize, case: &CaseId, text: &ObjectId, folded: &Arc<str>) {
        let mut cases = self.cases();
        let place = cases.iter().position(|(id, _)| id == case);
        let mut of = place.map_or_else(OfCase::default, |place| cases.remove(place).1);
        if of.bytes + folded.len() <= most {
            let all = |cases: &[(CaseId, OfCase)]| cases.iter().map(|(_, of)| of.bytes).sum::<usize>();
            while all(&cases) + of.bytes + folded.len() > most && !cases.is_empty() {
                cases.remove(0);
            }
            if of.texts.insert(text.clone(), folded.clone()).is_none() {
                of.bytes += folded.len();
            }
        }
        cases.push((case.clone(), of));
    }

    /// Drops the texts of a case: some of them are gone.
    pub(crate) fn forget(&self, case: &CaseId) {
        self.cases().retain(|(id, _)| id != case);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_case_searched_longest_ago_makes_room_and_a_text_beyond_all_bounds_is_not_kept() {
        let kept = KeptTexts::default();
        let put = |case: &str, text: &str, length: usize| {
            kept.keep_within(10, &case.into(), &text.into(), &Arc::from("x".repeat(length)));
        };
        let known = |case: &str, text: &str| kept.known(&case.into(), &text.into()).is_some();
        put("a", "1", 4);
        put("b", "2", 4);
        put("a", "3", 2);
        put("c", "4", 3);
        assert!(!known("b", "2") && known("a", "1") && known("a", "3") && known("c", "4"));
        put("c", "5", 11);
        put("a", "6", 5);
        assert!(!known("c", "5") && !known("a", "6"), "what does not fit beside its own case is read each time");
        assert!(known("a", "1"));
        kept.forget(&"a".into());
        assert!(!known("a", "1") && known("c", "4"));
    }
}
