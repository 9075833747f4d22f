//! Sentences labelled by hand, and how the reader's facts are held against them. Shared by a test and the benchmark.

use std::fmt::Write as _;

use consilium_casefile::PartialDate;
use consilium_casefile::facts::{Context, Fact, Medication, MedicationStatus, Polarity, Treatment};
use consilium_reading::Reader;

/// The labelled sentences of these tests.
pub const SENTENCES: &str = include_str!("sentences.tsv");

/// Values that say that something is not there, so that their facts are denials.
const DENIALS: [&str; 12] = [
    "0",
    "proficient",
    "retained",
    "negative",
    "absent",
    "free",
    "MSS",
    "lost",
    "wildtype",
    "not amplified",
    "none known",
    "none found",
];

/// What the reader got wrong, of how many sentences.
pub struct Judgement {
    /// Sentences, those with something in them and those with nothing.
    pub sentences: usize,
    /// Labels of all sentences.
    pub checks: usize,
    /// Labels that were found and must not be.
    pub false_ones: usize,
    /// Labels that were not found and must be.
    pub missed: usize,
    /// Each wrong sentence with what was found or missed.
    pub wrong: Vec<String>,
}

struct Wanted<'l> {
    concept: &'l str,
    part: Option<&'l str>,
    value: Option<&'l str>,
    date: Option<PartialDate>,
}

impl<'l> Wanted<'l> {
    fn of(label: &'l str) -> Self {
        let (label, date) = label.split_once('@').map_or((label, None), |(label, date)| (label, date.parse().ok()));
        let (name, value) = label.split_once('=').map_or((label, None), |(name, value)| (name, Some(value)));
        let (concept, part) = name.split_once('(').map_or((name, None), |(c, p)| (c, Some(p.trim_end_matches(')'))));
        Self { concept, part, value, date }
    }

    fn is(&self, fact: &Fact) -> bool {
        fact.concept.as_str() == self.concept
            && self.value.is_none_or(|value| fact.value == value)
            && self.part.is_none_or(|part| fact.qualifiers.site.as_deref() == Some(part))
            && self.date.is_none_or(|date| fact.date == Some(date))
    }

    fn is_treatment(&self, treatment: &Treatment) -> bool {
        let [kind, status] =
            [format!("{:?}", treatment.kind), format!("{:?}", treatment.status)].map(|word| word.to_lowercase());
        self.concept == "treatment"
            && self.value.is_none_or(|value| value == status || value == format!("{kind} {status}"))
            && self.part.is_none_or(|side| treatment.laterality.as_deref() == Some(side))
            && self.date.is_none_or(|date| treatment.date == Some(date))
    }

    fn is_medication(&self, medication: &Medication) -> bool {
        let status = format!("{:?}", medication.status).to_lowercase();
        let taken = medication.status != MedicationStatus::Planned;
        self.concept == "medication"
            && self.part.is_none_or(|drug| medication.ingredient.as_deref() == Some(drug))
            && self.value.is_none_or(|value| value == status || taken && value == "taken")
    }
}

fn is_said(fact: &Fact, wanted: &Wanted<'_>) -> bool {
    let denies = wanted.value.is_some_and(|value| DENIALS.contains(&value));
    wanted.is(fact) && (fact.polarity == Polarity::Present || denies && fact.polarity == Polarity::Absent)
}

/// The same, and no history.
fn is_said_of_now(fact: &Fact, wanted: &Wanted<'_>) -> bool {
    is_said(fact, wanted) && matches!(fact.context, Context::Current | Context::Clinical)
}

/// A finding of this patient, now, told as it is.
fn is_a_finding(fact: &Fact, wanted: &Wanted<'_>) -> bool {
    wanted.is(fact) && fact.polarity == Polarity::Present && fact.context == Context::Current
}

/// Reads every sentence of a labelled list.
pub fn judge(reader: &Reader, sentences: &str) -> Judgement {
    let mut judgement = Judgement { sentences: 0, checks: 0, false_ones: 0, missed: 0, wrong: Vec::new() };
    for line in sentences.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let mut columns = line.split('\t');
        let (Some(kind), Some(labels), Some(sentence), None) =
            (columns.next(), columns.next(), columns.next(), columns.next())
        else {
            judgement.wrong.push(format!("{line}: not three columns"));
            continue;
        };
        judgement.sentences += 1;
        let text = sentence.replace("\\n", "\n").replace("\\t", "\t");
        let facts = reader.read(&text).facts;
        let history = reader.read_history(&text);
        let is = |wanted: &Wanted<'_>, fact: fn(&Fact, &Wanted<'_>) -> bool| {
            facts.iter().any(|f| fact(f, wanted))
                || history.treatments.iter().any(|t| wanted.is_treatment(t))
                || history.medications.iter().any(|m| wanted.is_medication(m))
        };
        let wrong: Vec<&str> = labels
            .split(',')
            .filter(|label| {
                let wanted = Wanted::of(label);
                match kind {
                    "says" => !is(&wanted, is_said),
                    "now" => !is(&wanted, is_said_of_now),
                    _ => is(&wanted, is_a_finding),
                }
            })
            .collect();
        judgement.checks += labels.split(',').count();
        *if kind == "never" { &mut judgement.false_ones } else { &mut judgement.missed } += wrong.len();
        if !wrong.is_empty() {
            let mut told = format!("{kind} {}: {sentence}", wrong.join(","));
            for f in &facts {
                let _ = write!(told, "\n    {}={} {:?} {:?} [{}]", f.concept, f.value, f.polarity, f.context, f.quote);
            }
            for t in &history.treatments {
                let _ = write!(told, "\n    {:?} {:?} {:?} [{}]", t.kind, t.status, t.drugs, t.quote);
            }
            for m in &history.medications {
                let _ = write!(told, "\n    {} {:?} [{}]", m.name, m.status, m.quote);
            }
            judgement.wrong.push(told);
        }
    }
    judgement
}
