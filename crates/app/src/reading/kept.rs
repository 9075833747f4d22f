//! What the records of a case say, laid side by side once for each version of the case and each audience: pages that
//! follow one another ask for the same. What is kept is a cache: it follows from the case and the knowledge, which an
//! opened home never changes. What must not live here: what is laid side by side, and how (`casefile::reading`).

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::ledger::Head;
use consilium_casefile::reading::{Waiting, summary};
use consilium_casefile::{Audience, Case, CaseId, CaseView};
use jiff::civil::Date;

use super::facts::{FactsAnswer, facts_from};
use super::page_one::{SummaryAnswer, summary_from};
use super::words::Say;
use crate::App;

/// Views kept at most: one holds every fact of a case in words.
const MOST_VIEWS: usize = 32;
/// Cases whose few numbers are kept at most.
const MOST_CASES: usize = 20_000;

/// What the records of a case say, for one audience.
#[derive(Debug)]
pub struct CaseReading {
    /// Facts, treatment, medicines.
    pub facts: FactsAnswer,
    /// Page one.
    pub summary: SummaryAnswer,
}

impl CaseReading {
    /// Lays the facts of a view side by side.
    #[must_use]
    pub fn of(view: &CaseView<'_>, knowledge: &Knowledge, say: Say<'_>) -> Self {
        let laid_out = summary(view, knowledge);
        Self {
            facts: facts_from(view, &laid_out, knowledge, say),
            summary: summary_from(view, &laid_out, knowledge, say),
        }
    }
}

struct Kept {
    case: CaseId,
    audience: Audience,
    head: Head,
    day: Date,
    reading: Arc<CaseReading>,
}

/// Readings of this process, the one asked for last at the end.
#[derive(Default)]
pub(crate) struct KeptReadings {
    views: Mutex<Vec<Kept>>,
    waiting: Mutex<HashMap<CaseId, (Head, Date, Waiting)>>,
    made: AtomicU64,
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl KeptReadings {
    fn known(&self, view: &CaseView<'_>, day: Date) -> Option<Arc<CaseReading>> {
        let mut views = locked(&self.views);
        let of =
            |k: &Kept| k.case == *view.id() && k.audience == view.audience() && k.head == view.head() && k.day == day;
        let place = views.iter().position(of)?;
        let kept = views.remove(place);
        let reading = kept.reading.clone();
        views.push(kept);
        Some(reading)
    }

    fn keep(&self, view: &CaseView<'_>, day: Date, reading: Arc<CaseReading>) {
        let mut views = locked(&self.views);
        views.retain(|k| k.case != *view.id() || k.audience != view.audience());
        if views.len() >= MOST_VIEWS {
            views.remove(0);
        }
        views.push(Kept { case: view.id().clone(), audience: view.audience(), head: view.head(), day, reading });
    }

    /// Drops everything about a case: what it quotes is gone.
    pub(crate) fn forget(&self, case: &CaseId) {
        locked(&self.views).retain(|kept| kept.case != *case);
        locked(&self.waiting).remove(case);
    }
}

impl App {
    /// What the records of a case say, as this view sees it.
    #[must_use]
    pub fn reading(&self, view: &CaseView<'_>) -> Arc<CaseReading> {
        let (kept, today) = (&self.inner().readings, self.now().date());
        if let Some(known) = kept.known(view, today) {
            return known;
        }
        kept.made.fetch_add(1, Ordering::Relaxed);
        let view = view.clone().on(today);
        let reading = Arc::new(CaseReading::of(&view, self.knowledge(), &|message| self.say(message)));
        kept.keep(&view, today, reading.clone());
        reading
    }

    /// [`App::reading`] away from the threads that answer others: a large case takes a while to lay out.
    pub async fn reading_of(&self, case: &Arc<Case>, audience: Audience) -> Arc<CaseReading> {
        if let Some(known) = self.inner().readings.known(&case.seen_by(audience), self.now().date()) {
            return known;
        }
        let (app, of) = (self.clone(), case.clone());
        let made = tokio::task::spawn_blocking(move || app.reading(&of.seen_by(audience))).await;
        // Only a server that is ending does not finish what it was asked for.
        made.unwrap_or_else(|_| self.reading(&case.seen_by(audience)))
    }

    /// What waits for a person today, in the case of this view.
    #[must_use]
    pub fn waiting(&self, view: &CaseView<'_>) -> Waiting {
        let (kept, today) = (&self.inner().readings, self.now().date());
        let is_now = |(head, day, _): &&(Head, Date, Waiting)| *head == view.head() && *day == today;
        let known = locked(&kept.waiting).get(view.id()).filter(is_now).map(|(.., of)| *of);
        known.unwrap_or_else(|| {
            kept.made.fetch_add(1, Ordering::Relaxed);
            let waiting = view.waiting(self.knowledge(), today);
            let mut all = locked(&kept.waiting);
            if all.len() >= MOST_CASES {
                all.clear();
            }
            all.insert(view.id().clone(), (view.head(), today, waiting));
            waiting
        })
    }

    /// Whether the program that reads pictures is on this computer. Asks the computer: not for every page.
    pub async fn can_recognise(&self) -> bool {
        tokio::task::spawn_blocking(|| consilium_formats::ocr::Tesseract::find().is_ok()).await.unwrap_or(false)
    }

    /// How often the facts of a case were laid side by side since the home was opened: a measure that no clock blurs.
    #[must_use]
    pub fn readings_made(&self) -> u64 {
        self.inner().readings.made.load(Ordering::Relaxed)
    }
}
