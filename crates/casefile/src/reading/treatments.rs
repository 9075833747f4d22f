//! Treatment so far, on one time line: statements of several records about the same operation, line or course become
//! one row with all its sources. Plans are kept apart from what was given.

use std::borrow::Cow;

use super::rejections::rejections;
use crate::audience::CaseView;
use crate::facts::{Concept, Context, Fact, Polarity, Treatment, TreatmentKind, TreatmentStatus};
use crate::gather::HeldDocument;
use crate::knowledge::Knowledge;
use crate::shared::ids::{ActorId, TreatmentId};
use crate::shared::time::{Instant, PartialDate};

/// One treatment with every record that speaks of it.
#[derive(Debug, Clone)]
pub struct TreatmentRow<'a> {
    /// The fullest statement; to come, where its day is.
    pub treatment: Cow<'a, Treatment>,
    /// When: the day the records state, or else the earliest date of service of a record that says it was done.
    pub date: Option<PartialDate>,
    /// Whether `date` is a record's date of service and not stated of the treatment.
    pub date_of_record: bool,
    /// The record of the operation itself, by whose date of service it is dated although it is told elsewhere.
    pub dated_by: Option<(&'a HeldDocument, &'a Fact)>,
    /// Every statement as it was read, with its document.
    pub sources: Vec<(&'a HeldDocument, &'a Treatment)>,
    /// Other days the records state for it.
    pub other_dates: Vec<PartialDate>,
    /// Whether it was read in scans or photos only, and nobody has confirmed it.
    pub on_scan: bool,
    /// Where no record but a person states it: which, who, and when they said so.
    pub stated: Option<StatedBy<'a>>,
}

/// Who stated a treatment that no record tells.
#[derive(Debug, Clone, Copy)]
pub struct StatedBy<'a> {
    /// Id, to take it back.
    pub id: &'a TreatmentId,
    /// Who.
    pub by: &'a ActorId,
    /// When.
    pub at: Instant,
}

/// Whether two statements mean the same treatment.
fn same(one: &Treatment, other: &Treatment) -> bool {
    let dates_fit = one.date.zip(other.date).is_none_or(|(a, b)| near(a, b));
    let sides_fit = one.laterality.as_ref().zip(other.laterality.as_ref()).is_none_or(|(a, b)| a == b);
    let what = |t: &Treatment| t.what.trim().to_lowercase().replace("lymph node", "node");
    let named_alike = match one.kind {
        TreatmentKind::Systemic if !one.drugs.is_empty() && !other.drugs.is_empty() => {
            let (a, b) = (&one.drugs, &other.drugs);
            a.iter().all(|drug| b.contains(drug)) || b.iter().all(|drug| a.contains(drug))
        }
        TreatmentKind::Radiation => true,
        _ => what(one) == what(other) || what(one).contains(&what(other)) || what(other).contains(&what(one)),
    };
    // A bare mention may be of what was given, and of what is planned.
    let open = |t: &Treatment| t.status == TreatmentStatus::Mentioned;
    let statuses_fit = one.is_planned() == other.is_planned() || open(one) || open(other);
    one.kind == other.kind && statuses_fit && named_alike && sides_fit && dates_fit
}

/// Days within which two dates may be those of one operation told by two records.
const NEAR_DAYS: i32 = 31;

fn near(one: PartialDate, other: PartialDate) -> bool {
    if one.agrees_with(other) {
        return true;
    }
    one.earliest().until(other.earliest()).is_ok_and(|span| span.get_days().abs() <= NEAR_DAYS)
}

/// How much a statement says.
fn fullness(treatment: &Treatment) -> usize {
    let says = [
        treatment.date.is_some(),
        treatment.until.is_some(),
        treatment.cycles.is_some(),
        treatment.dose.is_some(),
        treatment.change.is_some(),
        treatment.laterality.is_some(),
        treatment.intent.is_some(),
    ];
    says.iter().filter(|said| **said).count() * 8 + treatment.drugs.len() + treatment.what.len().min(7)
}

/// Every treatment the records of a view state, oldest first, plans last. Text recognised in pictures is left out, and what
/// a person rejected.
#[must_use]
pub fn treatments<'a>(view: &CaseView<'a>, knowledge: &Knowledge) -> Vec<TreatmentRow<'a>> {
    rows(view, knowledge, false)
}

/// Every treatment that was read in scans and photos, in the same order: to be shown as such, never as what the records
/// say.
#[must_use]
pub fn treatments_on_scans<'a>(view: &CaseView<'a>, knowledge: &Knowledge) -> Vec<TreatmentRow<'a>> {
    rows(view, knowledge, true)
}

/// Kinds of records that tell of treatment given: what they name without a day was given all the same, and a day after
/// their own is one of the course they sum up.
const SUMMARIES: [&str; 4] = ["treatment-summary", "treatment-note", "radiation-summary", "operative-note"];

/// Whether a record is one of [`SUMMARIES`].
pub(crate) fn sums_up(held: &HeldDocument) -> bool {
    held.kind().is_some_and(|kind| SUMMARIES.contains(&kind.0.as_str()))
}

/// The kind of records whose orders name a treatment, and none of which tells that one was given.
const LABORATORY: &str = "laboratory-result";

impl CaseView<'_> {
    /// A treatment as its record and its day allow. The slip of a laboratory names it for the order of a test ("TCHP cycle 1")
    /// and tells of none that was given. Dated after today it is planned and was not given, however it is put ("Mastectomy
    /// 12/20/2026."); the day of its record says no such thing: that is often of an admission or a visit, and additions to a
    /// record tell of what was done since.
    #[must_use]
    pub fn as_of<'t>(&self, held: Option<&HeldDocument>, treatment: &'t Treatment) -> Cow<'t, Treatment> {
        let of_laboratory = held.and_then(HeldDocument::kind).is_some_and(|kind| kind.0.as_str() == LABORATORY);
        if of_laboratory && treatment.status.is_given() {
            return Cow::Owned(Treatment { status: TreatmentStatus::Mentioned, ..treatment.clone() });
        }
        let ended = || treatment.until.filter(|_| treatment.status == TreatmentStatus::Done);
        let Some(begins) = treatment.date.or_else(ended).filter(|_| treatment.status.is_given()) else {
            return Cow::Borrowed(treatment);
        };
        match self.today().is_some_and(|today| begins.earliest() > today) {
            true => Cow::Owned(Treatment { status: TreatmentStatus::Planned, ..treatment.clone() }),
            false => Cow::Borrowed(treatment),
        }
    }

    /// Whether a day that a record names is after the record's own, or after today.
    pub(crate) fn is_to_come(&self, held: Option<&HeldDocument>, day: PartialDate) -> bool {
        let of_record = held.filter(|held| !sums_up(held)).and_then(HeldDocument::date).map(PartialDate::latest);
        of_record.into_iter().chain(self.today()).any(|known| day.earliest() > known)
    }
}

/// A statement: its document, as it was read, and as its day allows.
type Statement<'a> = (&'a HeldDocument, &'a Treatment, Cow<'a, Treatment>);

fn rows<'a>(view: &CaseView<'a>, knowledge: &Knowledge, on_scan: bool) -> Vec<TreatmentRow<'a>> {
    let mut rows: Vec<Vec<Statement<'a>>> = Vec::new();
    for (held, reading) in view.readings(knowledge) {
        let wanted = |t: &Treatment| {
            reading.is_recognised(t.start) == on_scan && view.tells_of_treatment(Some(held), t, knowledge)
        };
        let rejected = rejections(&view.case().reading, &held.document.id, &reading.treatments);
        let standing = reading.treatments.iter().zip(rejected).filter(|(t, rejected)| rejected.is_none() && wanted(t));
        for (treatment, _) in standing {
            let stands = view.as_of(Some(held), treatment);
            match rows.iter_mut().find(|row| row.iter().all(|(.., other)| same(&stands, other))) {
                Some(row) => row.push((held, treatment, stands)),
                None => rows.push(vec![(held, treatment, stands)]),
            }
        }
    }
    let mut rows: Vec<TreatmentRow<'_>> = rows.into_iter().filter_map(|sources| row(sources, on_scan)).collect();
    for row in rows.iter_mut().filter(|row| row.date_of_record) {
        if let Some((held, fact)) = own_record(view, row, knowledge) {
            (row.date, row.dated_by) = (held.date(), Some((held, fact)));
        }
    }
    if !on_scan && view.audience().sees_records() {
        let said =
            view.case().reading.stated.iter().filter(|(_, said)| view.tells_of_treatment(None, &said.what, knowledge));
        rows.extend(said.map(|(id, said)| TreatmentRow {
            treatment: view.as_of(None, &said.what),
            date: said.what.date.or(said.what.until),
            date_of_record: false,
            dated_by: None,
            sources: Vec::new(),
            other_dates: Vec::new(),
            on_scan: false,
            stated: Some(StatedBy { id, by: &said.by, at: said.at }),
        }));
    }
    rows.sort_by_key(|row| {
        (
            !row.treatment.status.is_given(),
            row.date.is_none(),
            row.date.map(PartialDate::earliest),
            row.treatment.what.clone(),
        )
    });
    rows
}

/// The record of an operation that only later records tell, none with its day: the one report whose own procedure it is.
/// "Receptors were done on the core biopsy" in the report of the resection says nothing of the day of the biopsy.
fn own_record<'a>(
    view: &CaseView<'a>,
    row: &TreatmentRow<'a>,
    knowledge: &Knowledge,
) -> Option<(&'a HeldDocument, &'a Fact)> {
    let served = row.date?.earliest();
    if row.treatment.kind != TreatmentKind::Operation {
        return None;
    }
    let procedure = row.treatment.what.trim().to_lowercase().replace(' ', "_");
    let is_it = |fact: &&Fact| {
        fact.concept == Concept::PROCEDURE
            && fact.value == procedure
            && (fact.main, fact.polarity, fact.context) == (true, Polarity::Present, Context::Current)
    };
    let own = view.readings(knowledge).into_iter().filter_map(|(held, reading)| {
        let date = held.date()?.earliest();
        let fact = reading.facts.iter().find(is_it).filter(|fact| !reading.is_recognised(fact.start))?;
        (date < served).then_some((held, fact))
    });
    let own: Vec<_> = own.collect();
    // Of two biopsies it is not known which is meant.
    match own.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

fn row<'a>(statements: Vec<Statement<'a>>, on_scan: bool) -> Option<TreatmentRow<'a>> {
    // What says whether it was given stands before a bare mention, however full that is.
    let says = |t: &Treatment| t.status != TreatmentStatus::Mentioned;
    let (.., treatment) = statements.iter().max_by_key(|(.., t)| (says(t), fullness(t)))?;
    let treatment = treatment.clone();
    let sources: Vec<_> = statements.into_iter().map(|(held, read, _)| (held, read)).collect();
    let mut dates: Vec<PartialDate> = Vec::new();
    for date in sources.iter().filter_map(|(_, t)| t.date) {
        if !dates.iter().any(|known| known.agrees_with(date)) {
            dates.push(date);
        }
    }
    // "Completed in March 2019": the only day that is stated is its end, and the day of the record is none of its own.
    let ended = || treatment.until.or_else(|| sources.iter().find_map(|(_, t)| t.until));
    let stated = treatment.date.or_else(|| dates.first().copied()).or_else(ended);
    let served = || {
        let of = sources.iter().filter(|(_, t)| t.status.is_given()).filter_map(|(held, _)| held.date());
        if treatment.status.is_given() { of.min_by_key(|d| d.earliest()) } else { None }
    };
    let date = stated.or_else(served);
    let other_dates = dates.into_iter().filter(|d| stated.is_some_and(|s| !s.agrees_with(*d))).collect();
    Some(TreatmentRow {
        treatment,
        date,
        date_of_record: stated.is_none(),
        dated_by: None,
        sources,
        other_dates,
        on_scan,
        stated: None,
    })
}
