//! The timeline: documents and studies by the day the care happened.

use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::{CaseView, DocumentId, PartialDate};
use serde::Serialize;

/// Something that happened.
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    /// When; `None` goes last, as "date not stated".
    pub date: Option<PartialDate>,
    /// What, in a few words.
    pub what: String,
    /// Where, if stated.
    pub facility: Option<String>,
    /// What it comes from.
    pub source: EventSource,
}

/// What an event comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventSource {
    /// A document.
    Document(DocumentId),
    /// A study, by Study Instance UID.
    Study(String),
    /// The planned treatment start.
    TreatmentStart,
}

/// Events of a view, oldest first, undated last.
#[must_use]
pub fn timeline(view: &CaseView<'_>, knowledge: &Knowledge) -> Vec<Event> {
    let documents = view.documents(knowledge).into_iter().filter(|d| !d.removed).map(|d| {
        let kind = d.kind().map(|k| knowledge.kind_label(k));
        let title = view.title_of(d, knowledge);
        Event {
            date: d.date(),
            what: match kind {
                Some(kind) if kind != title => format!("{kind}: {title}"),
                _ => title.to_owned(),
            },
            facility: d.facility().map(str::to_owned),
            source: EventSource::Document(d.document.id.clone()),
        }
    });
    let studies = view.studies().into_iter().filter(|s| !s.removed).map(|s| {
        let description = view.study_words(s).unwrap_or("imaging study");
        Event {
            date: s.study.facts.date,
            what: format!("{}: {description}", s.study.modalities().join(", ")),
            facility: s.study.facts.institution.clone(),
            source: EventSource::Study(s.study.facts.uid.clone()),
        }
    });
    let start = view.treatment_start().map(|start| Event {
        date: Some(start.date),
        what: if start.what.is_empty() {
            "Planned start of treatment".to_owned()
        } else {
            format!("Planned: {}", start.what)
        },
        facility: None,
        source: EventSource::TreatmentStart,
    });
    let mut events: Vec<Event> = documents.chain(studies).chain(start).collect();
    events.sort_by_key(|e| (e.date.is_none(), e.date.map(PartialDate::earliest)));
    events
}
