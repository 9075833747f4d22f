//! The one story everything in this crate tells: who, where, and on which day counted from D.
//!
//! Everybody and everything here is invented, and says so. Texts and files live in the other modules.

use consilium_casefile::{PartialDate, PatientIdentity, PersonName};
use jiff::ToSpan;
use jiff::civil::{Date, date};

/// Family and given name of the person of the case.
pub(crate) const ROSA: Person = Person {
    family: "Example",
    given: "Rosa",
    born: date(1971, 3, 14),
    sex: "F",
    record_number: "EX-0271828",
    weight_kg: 68.0,
    height_m: 1.66,
};

/// The stranger whose disc lay in the same envelope.
pub(crate) const ROLAND: Person = Person {
    family: "Exempel",
    given: "Roland",
    born: date(1948, 5, 2),
    sex: "M",
    record_number: "EX-0314159",
    weight_kg: 82.0,
    height_m: 1.78,
};

/// The first team's hospital.
pub(crate) const HOSPITAL: &str = "Springfield Example Hospital";
/// Where the mammograms were made.
pub(crate) const IMAGING_CENTER: &str = "Sample Street Imaging Center";
/// The oncology practice.
pub(crate) const ONCOLOGY: &str = "Springfield Example Oncology Associates";
/// The first oncologist.
pub(crate) const ONCOLOGIST: &str = "Dr. Anna Sample-Example";

/// A person as headers and letterheads state them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Person {
    pub family: &'static str,
    pub given: &'static str,
    pub born: Date,
    pub sex: &'static str,
    pub record_number: &'static str,
    pub weight_kg: f64,
    pub height_m: f64,
}

impl Person {
    /// `EXAMPLE^ROSA`.
    pub(crate) fn carets(&self) -> String {
        format!("{}^{}", self.family, self.given).to_uppercase()
    }

    /// `Rosa Example`.
    pub(crate) fn display(&self) -> String {
        format!("{} {}", self.given, self.family)
    }

    /// `Example, Rosa`.
    pub(crate) fn family_first(&self) -> String {
        format!("{}, {}", self.family, self.given)
    }
}

/// The days of the story, counted from D, the visit of the second opinion minus three days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Story {
    /// D.
    pub d: Date,
}

impl Story {
    /// The story told on `made_on`, the evening of D+5.
    #[must_use]
    pub fn told_on(made_on: Date) -> Self {
        Self { d: made_on.saturating_sub(5.days()) }
    }

    /// The date `offset` days from D: negative before it.
    #[must_use]
    pub fn day(&self, offset: i32) -> Date {
        self.d.saturating_add(offset.days())
    }

    /// `MM/DD/YYYY`, as the hospitals of the story write it.
    pub(crate) fn us(&self, offset: i32) -> String {
        us(self.day(offset))
    }

    /// `YYYYMMDD`.
    pub(crate) fn compact(&self, offset: i32) -> String {
        compact(self.day(offset))
    }

    /// A unique identifier (DICOM UID under 2.25, at most 44 characters) that is always the same for the same name
    /// and the same D.
    pub(crate) fn uid(&self, name: &str) -> String {
        format!("2.25.{}", self.number(name))
    }

    /// A UUID in text form, always the same for the same name and D.
    pub(crate) fn uuid(&self, name: &str) -> String {
        let h = format!("{:032x}", self.number(name));
        let part = |range: std::ops::Range<usize>| h.get(range).unwrap_or("0");
        format!("{}-{}-4{}-8{}-{}", part(0..8), part(8..12), part(13..16), part(17..20), part(20..32))
    }

    fn number(&self, name: &str) -> u128 {
        let hash = blake3::hash(format!("consilium demo/{}/{name}", self.d).as_bytes());
        let half = hash.as_bytes().iter().take(16).fold(0_u128, |n, b| n << 8 | u128::from(*b));
        // 2.25 UIDs are UUIDs as numbers; the top bit is set so that every one has 38 or 39 digits.
        half | 1 << 127
    }
}

/// `MM/DD/YYYY`.
pub(crate) fn us(date: Date) -> String {
    format!("{:02}/{:02}/{:04}", date.month(), date.day(), date.year())
}

/// `YYYYMMDD`.
pub(crate) fn compact(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

/// The person of the demo case: Rosa Example, born 14 March 1971.
#[must_use]
pub fn patient() -> PatientIdentity {
    PatientIdentity {
        name: PersonName::new(ROSA.family, ROSA.given),
        birth_date: Some(PartialDate::Day(ROSA.born)),
        identifier: None,
    }
}

/// What is known of the case before the first file is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoCase {
    /// The person.
    pub patient: PatientIdentity,
    /// Cancer site, an id of `knowledge/cancer-sites.csv`.
    pub cancer: &'static str,
    /// When treatment is planned to start: D+24, twelve weeks after the operation.
    pub treatment_start: Date,
    /// Who said so.
    pub treatment_start_said_by: &'static str,
    /// Why, in their words.
    pub treatment_start_because: &'static str,
    /// The helper, her daughter.
    pub helper: &'static str,
}

/// The demo case as it stands on `made_on`.
#[must_use]
pub fn demo_case(made_on: Date) -> DemoCase {
    DemoCase {
        patient: patient(),
        cancer: "breast",
        treatment_start: Story::told_on(made_on).day(24),
        treatment_start_said_by: ONCOLOGIST,
        treatment_start_because: "chemotherapy should start within twelve weeks of surgery",
        helper: "Ines",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_planned_start_is_twelve_weeks_after_the_operation() {
        let case = demo_case(date(2026, 11, 21));
        let story = Story::told_on(date(2026, 11, 21));
        assert_eq!(story.d, date(2026, 11, 16));
        assert_eq!((case.treatment_start - story.day(-60)).get_days(), 84);
    }

    #[test]
    fn identifiers_are_fixed_by_name_and_day_and_are_valid_uids() {
        let (a, b) = (Story::told_on(date(2026, 1, 1)), Story::told_on(date(2026, 1, 2)));
        assert_eq!(a.uid("x"), a.uid("x"));
        assert_ne!(a.uid("x"), a.uid("y"));
        assert_ne!(a.uid("x"), b.uid("x"));
        assert!(a.uid("x").len() <= 64);
        assert_eq!(a.uuid("x").len(), 36);
    }
}
