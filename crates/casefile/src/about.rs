//! What a case is about, before any stage: whose it is, which cancer, when treatment is planned, how long a doctor
//! said it is safe to wait, and who else may look. Not a stage; every stage reads it.

use serde::{Deserialize, Serialize};

use crate::audience::Audience;
use crate::registration::Registration;
use crate::shared::ids::{ActorId, DocumentId};
use crate::shared::message::Refusal;
use crate::shared::person::{PatientIdentity, PersonName};
use crate::shared::time::{Instant, PartialDate};

// ---- things ----

/// The person of the case, as far as a person stated or accepted it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Name.
    pub name: PersonName,
    /// Birth date; a case can begin without one, but then nothing is "surely hers".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<PartialDate>,
}

/// Which cancer, in the person's words and, if known, a site of `knowledge/cancer-sites.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cancer {
    /// Site id; `None` means "not sure".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// In plain words, may be empty.
    #[serde(default)]
    pub words: String,
}

/// The treatment start the case counts back from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreatmentStart {
    /// Date, as far as it is stated.
    pub date: PartialDate,
    /// What is planned to start.
    #[serde(default)]
    pub what: String,
    /// The record that says so, where a person took it from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<RecordSource>,
}

/// Where something a person accepted stands: the place, and none of the words, so that a record that is deleted for good
/// leaves nothing here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordSource {
    /// The document.
    pub document: DocumentId,
    /// First character, in code points.
    pub start: usize,
    /// One past the last.
    pub end: usize,
}

/// What a named doctor said about how long it is safe to wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SafeWait {
    /// The doctor who said it.
    pub doctor: String,
    /// In the doctor's words.
    pub words: String,
    /// The date it comes to, if one was stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<PartialDate>,
    /// When it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said_on: Option<PartialDate>,
    /// The record that says so, where a person took it from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<RecordSource>,
}

/// Somebody else who may look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// Id, used as actor in the ledger.
    pub id: ActorId,
    /// What the owner calls them.
    pub label: String,
    /// What they may see.
    pub audience: Audience,
}

// ---- changes ----

/// Changes to what the case is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum AboutChange {
    /// The case begins.
    Opened {
        /// Its human handle.
        handle: String,
    },
    /// A person stated, or accepted, whose case it is.
    PersonStated {
        /// Who.
        person: Person,
    },
    /// The first files name somebody; nobody has accepted it yet.
    PersonProposed {
        /// Who the files name.
        patient: PatientIdentity,
        /// Files and studies that name them.
        named_by: u32,
        /// Files and studies that name anybody.
        of: u32,
    },
    /// Which cancer.
    CancerStated {
        /// The cancer.
        cancer: Cancer,
    },
    /// When treatment is planned to start; `None` takes the statement back.
    TreatmentStartPlanned {
        /// The start.
        start: Option<TreatmentStart>,
    },
    /// How long a doctor said it is safe to wait; `None` takes the statement back.
    SafeWaitStated {
        /// The statement.
        wait: Option<SafeWait>,
    },
    /// What a registration desk asks for.
    RegistrationStated {
        /// The sheet.
        registration: Registration,
    },
    /// Somebody may look.
    AccessGranted {
        /// Who and what.
        access: Access,
    },
    /// Somebody may no longer look.
    AccessWithdrawn {
        /// Who.
        id: ActorId,
    },
}

impl AboutChange {
    /// The document whose words it holds, if it holds those of one.
    #[must_use]
    pub fn quotes(&self) -> Option<&DocumentId> {
        let source = match self {
            Self::TreatmentStartPlanned { start: Some(start) } if !start.what.is_empty() => &start.source,
            Self::SafeWaitStated { wait: Some(wait) } if !wait.words.is_empty() => &wait.source,
            _ => return None,
        };
        source.as_ref().map(|source| &source.document)
    }
}

/// The fold of [`AboutChange`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// Human handle.
    pub handle: String,
    /// When the case was opened.
    pub opened: Option<Instant>,
    /// Stated or accepted person.
    pub person: Option<Person>,
    /// Who the files name, until somebody accepts or states it: (patient, named by, of).
    pub proposed: Option<(PatientIdentity, u32, u32)>,
    /// Which cancer; `None` when nobody was asked yet.
    pub cancer: Option<Cancer>,
    /// Planned treatment start.
    pub treatment_start: Option<TreatmentStart>,
    /// When that was written down last.
    pub treatment_start_at: Option<Instant>,
    /// How long it is safe to wait.
    pub safe_wait: Option<SafeWait>,
    /// What a registration desk asks for.
    pub registration: Registration,
    /// Who may look.
    pub access: Vec<Access>,
}

impl About {
    pub(crate) fn apply(&mut self, change: AboutChange, at: Instant) {
        match change {
            AboutChange::Opened { handle } => {
                self.handle = handle;
                self.opened = Some(at);
            }
            AboutChange::PersonStated { person } => {
                self.person = Some(person);
                self.proposed = None;
            }
            AboutChange::PersonProposed { patient, named_by, of } => {
                if self.person.is_none() {
                    self.proposed = Some((patient, named_by, of));
                }
            }
            AboutChange::CancerStated { cancer } => self.cancer = Some(cancer),
            AboutChange::TreatmentStartPlanned { start } => {
                self.treatment_start = start;
                self.treatment_start_at = Some(at);
            }
            AboutChange::SafeWaitStated { wait } => self.safe_wait = wait,
            AboutChange::RegistrationStated { registration } => self.registration = registration,
            AboutChange::AccessGranted { access } => {
                self.access.retain(|a| a.id != access.id);
                self.access.push(access);
            }
            AboutChange::AccessWithdrawn { id } => self.access.retain(|a| a.id != id),
        }
    }

    /// What is stated in the words of records for which this holds, stated again as the date alone: before their words are
    /// deleted for good.
    #[must_use]
    pub fn without_words_of(&self, is_gone: impl Fn(&DocumentId) -> bool) -> Vec<AboutChange> {
        let start = self.treatment_start.clone().map(|start| AboutChange::TreatmentStartPlanned { start: Some(start) });
        let wait = self.safe_wait.clone().map(|wait| AboutChange::SafeWaitStated { wait: Some(wait) });
        let stated = [start, wait].into_iter().flatten().filter(|change| change.quotes().is_some_and(&is_gone));
        stated
            .map(|change| match change {
                AboutChange::TreatmentStartPlanned { start: Some(start) } => {
                    let start = TreatmentStart { what: String::new(), ..start };
                    AboutChange::TreatmentStartPlanned { start: Some(start) }
                }
                AboutChange::SafeWaitStated { wait: Some(wait) } => {
                    let wait = SafeWait { doctor: String::new(), words: String::new(), ..wait };
                    // Nothing is left of a statement that named no day.
                    AboutChange::SafeWaitStated { wait: wait.until.is_some().then_some(wait) }
                }
                other => other,
            })
            .collect()
    }

    /// Whose files are held against: the stated person, or else the proposed one.
    #[must_use]
    pub fn subject(&self) -> Option<PatientIdentity> {
        if let Some(person) = &self.person {
            return Some(PatientIdentity {
                name: Some(person.name.clone()),
                birth_date: person.birth_date,
                identifier: None,
            });
        }
        self.proposed.as_ref().map(|(patient, ..)| patient.clone())
    }

    /// How the case is called on a page: the first name, or the handle.
    #[must_use]
    pub fn called(&self) -> &str {
        self.person.as_ref().map_or(self.handle.as_str(), |p| p.name.first())
    }
}

// ---- rules ----

/// A handle is 1 to 64 letters, digits, blanks, dots, hyphens or underscores, and begins with a letter or digit.
///
/// # Errors
/// When it is anything else.
pub fn handle(text: &str) -> Result<String, Refusal> {
    let handle = text.trim();
    let fits = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.');
    let well_formed = handle.chars().next().is_some_and(char::is_alphanumeric)
        && handle.chars().all(fits)
        && handle.chars().count() <= 64;
    if well_formed { Ok(handle.to_owned()) } else { Err(Refusal::new("refusal-handle")) }
}

/// States the person: the name must hold something, and the birth date must not lie in the future.
///
/// # Errors
/// A refusal that names the field.
pub fn state_person(name: &str, birth_date: Option<PartialDate>, now: Instant) -> Result<AboutChange, Refusal> {
    let name = PersonName::from_display(name).ok_or_else(|| Refusal::new("refusal-name-empty"))?;
    if birth_date.is_some_and(|d| d.earliest() > now.date()) {
        return Err(Refusal::new("refusal-birth-date-future"));
    }
    Ok(AboutChange::PersonStated { person: Person { name, birth_date } })
}

/// Accepts the proposed person.
///
/// # Errors
/// When nobody is proposed, or the proposal has no name.
pub fn accept_person(about: &About) -> Result<AboutChange, Refusal> {
    let (patient, ..) = about.proposed.as_ref().ok_or_else(|| Refusal::new("refusal-nobody-proposed"))?;
    let name = patient.name.clone().ok_or_else(|| Refusal::new("refusal-nobody-proposed"))?;
    Ok(AboutChange::PersonStated { person: Person { name, birth_date: patient.birth_date } })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant { micros: 1_790_000_000_000_000, offset_minutes: 0 };

    #[test]
    fn a_person_is_stated_with_a_name_and_a_birth_date_in_the_past() {
        let stated = |n, b: &str| state_person(n, b.parse().ok(), NOW).map_err(|r| r.0.key);
        assert!(stated("Rosa Example", "1971-03-14").is_ok());
        assert!(stated("Rosa Example", "").is_ok());
        assert_eq!(stated(" ", "1971-03-14"), Err("refusal-name-empty".to_owned()));
        assert_eq!(stated("Rosa", "2171-03-14"), Err("refusal-birth-date-future".to_owned()));
    }

    #[test]
    fn what_a_deleted_record_stated_keeps_its_date_and_loses_its_words() {
        let source = |document: &str| Some(RecordSource { document: document.into(), start: 3, end: 9 });
        let until: Option<PartialDate> = "2026-12-01".parse().ok();
        let wait = |document: &str, until| SafeWait {
            doctor: "Dr. Ann Example".to_owned(),
            words: "safe to wait".to_owned(),
            until,
            said_on: None,
            source: source(document),
        };
        let date = until.unwrap();
        let start = TreatmentStart { date, what: "chemotherapy".to_owned(), source: source("kept") };
        let about = |wait| About { treatment_start: Some(start.clone()), safe_wait: Some(wait), ..About::default() };
        let gone = |document: &DocumentId| *document == DocumentId::from("gone");
        let left = about(wait("gone", until)).without_words_of(gone);
        let [AboutChange::SafeWaitStated { wait: Some(left) }] = left.as_slice() else { unreachable!("{left:?}") };
        assert_eq!((left.doctor.as_str(), left.words.as_str(), left.until), ("", "", until));
        assert!(AboutChange::SafeWaitStated { wait: Some(left.clone()) }.quotes().is_none());
        assert_eq!(about(wait("gone", None)).without_words_of(gone), [AboutChange::SafeWaitStated { wait: None }]);
        assert_eq!(about(wait("kept", until)).without_words_of(gone), []);
        let typed = SafeWait { source: None, ..wait("gone", until) };
        assert_eq!(about(typed).without_words_of(gone), [], "what a person typed is hers");
    }

    #[test]
    fn a_handle_cannot_climb_out_of_its_folder() {
        assert!(handle("rosa").is_ok());
        for bad in ["", "..", "../x", "a/b", "a\0b", " ", "-x"] {
            assert!(handle(bad).is_err(), "{bad}");
        }
    }
}
