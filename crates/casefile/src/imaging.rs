//! Imaging vocabulary: study, series, instance, and what "complete" means for a series. DICOM words, spelled out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::shared::ids::ObjectId;
use crate::shared::time::PartialDate;

/// One stored DICOM instance, as recorded in a study's manifest object. Offsets count from the first byte of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// SOP Instance UID (0008,0018).
    pub sop_instance_uid: String,
    /// SOP Class UID (0008,0016).
    pub sop_class_uid: String,
    /// Series Instance UID (0020,000E).
    pub series_instance_uid: String,
    /// Study Instance UID (0020,000D).
    pub study_instance_uid: String,
    /// Transfer Syntax UID (0002,0010).
    pub transfer_syntax_uid: String,
    /// Instance Number (0020,0013).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<i32>,
    /// Number of Frames (0028,0008); 1 when absent.
    #[serde(default = "one")]
    pub frames: u32,
    /// Pixel rows (0028,0010).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u32>,
    /// Pixel columns (0028,0011).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<u32>,
    /// Where the data set begins, bytes.
    #[serde(default)]
    pub data_set_offset: u64,
    /// (offset, length) of each frame, bytes; empty when not determined (deflated, or odd encapsulation).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frame_ranges: Vec<(u64, u64)>,
    /// The stored bytes.
    pub object: ObjectId,
    /// Length of the stored bytes.
    pub bytes: u64,
}

fn one() -> u32 {
    1
}

/// What headers say about a study, apart from its instances.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StudyFacts {
    /// Study Instance UID (0020,000D).
    pub uid: String,
    /// Study Date (0008,0020).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<PartialDate>,
    /// Study Description (0008,1030).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Accession Number (0008,0050).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accession: Option<String>,
    /// Institution Name (0008,0080).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution: Option<String>,
}

/// What headers say about a series, apart from its instances.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SeriesFacts {
    /// Series Instance UID (0020,000E).
    pub uid: String,
    /// Modality (0008,0060), such as `CT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modality: Option<String>,
    /// Series Description (0008,103E).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Body Part Examined (0018,0015).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_part: Option<String>,
    /// Series Number (0020,0011).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<i32>,
    /// Number of Series Related Instances (0020,1209), where a header states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated_instances: Option<u32>,
}

/// A set of whole numbers, kept as sorted closed ranges: `[(1, 86), (88, 120)]`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NumberRanges(pub Vec<(i32, i32)>);

impl NumberRanges {
    /// Adds one number.
    pub fn insert(&mut self, number: i32) {
        let at = self.0.partition_point(|(_, end)| i64::from(*end) + 1 < i64::from(number));
        match self.0.get_mut(at) {
            Some((start, end)) if i64::from(number) + 1 >= i64::from(*start) => {
                *start = (*start).min(number);
                *end = (*end).max(number);
                if let Some(&(next_start, next_end)) = self.0.get(at + 1)
                    && let Some((_, end)) = self.0.get_mut(at)
                    && i64::from(next_start) <= i64::from(*end) + 1
                {
                    *end = (*end).max(next_end);
                    self.0.remove(at + 1);
                }
            }
            _ => self.0.insert(at, (number, number)),
        }
    }

    /// Every number of `other` added.
    pub fn extend(&mut self, other: &Self) {
        for &(start, end) in &other.0 {
            self.insert(start);
            if end > start {
                self.insert_range(start, end);
            }
        }
    }

    fn insert_range(&mut self, start: i32, end: i32) {
        let mut merged: Vec<(i32, i32)> = Vec::with_capacity(self.0.len() + 1);
        let mut all = self.0.clone();
        all.push((start, end));
        all.sort_unstable();
        for (start, end) in all {
            match merged.last_mut() {
                Some((_, last)) if i64::from(start) <= i64::from(*last) + 1 => *last = (*last).max(end),
                _ => merged.push((start, end)),
            }
        }
        self.0 = merged;
    }

    /// The numbers between the lowest expected (1, or the smallest seen if that is lower) and the highest seen that
    /// are absent.
    #[must_use]
    pub fn gaps(&self) -> Self {
        let mut gaps = Vec::new();
        let mut next = self.0.first().map_or(1, |(start, _)| (*start).min(1));
        for &(start, end) in &self.0 {
            if start > next {
                gaps.push((next, start - 1));
            }
            next = end.saturating_add(1);
        }
        Self(gaps)
    }

    /// How many numbers.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.iter().map(|(s, e)| u64::try_from(i64::from(*e) - i64::from(*s) + 1).unwrap_or(0)).sum()
    }

    /// `1–86, 88–120`.
    #[must_use]
    pub fn human(&self) -> String {
        let range = |(s, e): &(i32, i32)| if s == e { s.to_string() } else { format!("{s}–{e}") };
        self.0.iter().map(range).collect::<Vec<_>>().join(", ")
    }
}

/// What one import (or several together) found of a series.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Series {
    /// What headers say.
    #[serde(flatten)]
    pub facts: SeriesFacts,
    /// Instances found, counted by SOP Instance UID.
    pub found: u32,
    /// Frames in all instances found.
    #[serde(default)]
    pub frames: u64,
    /// Instance numbers found.
    #[serde(default)]
    pub numbers: NumberRanges,
    /// Instances a DICOMDIR lists for this series, where one was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed: Option<u32>,
    /// SOP Instance UIDs that DICOMDIRs list and that were not found by any import so far.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listed_but_absent: Vec<String>,
}

/// Whether a series is whole, as far as anything says how much it should hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Completeness {
    /// As many as a DICOMDIR or the headers state, and no gap in the numbers.
    Complete,
    /// Instances are absent.
    Incomplete {
        /// How many should be there, when stated or implied by the numbers.
        expected: u32,
        /// How many are there.
        found: u32,
        /// Absent instance numbers.
        missing: NumberRanges,
    },
    /// Nothing says how many there should be, and the numbers show no gap.
    NotStated,
}

impl Series {
    /// Expected against found: the most of what DICOMDIR lists, headers state, and the numbering implies.
    /// Numbering is used only for series whose instances are numbered once each (a localiser or an ultrasound
    /// numbers freely: there, gaps are not counted when fewer than half the numbers are present).
    #[must_use]
    pub fn completeness(&self) -> Completeness {
        let mut gaps = self.numbers.gaps();
        // A series that begins far from 1 is numbered from there (one part of a larger acquisition), not cut.
        if let Some(&(1, end)) = gaps.0.first()
            && i64::from(end) > i64::from(self.found / 10).max(5)
        {
            gaps.0.remove(0);
        }
        let numbered = self.numbers.count();
        let dense = numbered == u64::from(self.found) && gaps.count() <= numbered;
        let implied = if dense && gaps.count() > 0 { u32::try_from(numbered + gaps.count()).ok() } else { None };
        // Several discs may each list a part: what any of them lists and nobody found is what is absent.
        let absent = u32::try_from(self.listed_but_absent.len()).unwrap_or(u32::MAX);
        let listed = self.listed.map(|_| self.found.saturating_add(absent));
        let expected = [listed, self.facts.stated_instances, implied].into_iter().flatten().max();
        match expected {
            Some(expected) if expected > self.found => Completeness::Incomplete {
                expected,
                found: self.found,
                missing: if dense { gaps } else { NumberRanges::default() },
            },
            Some(_) => Completeness::Complete,
            None => Completeness::NotStated,
        }
    }

    /// This series together with what another import found of it. `found` and `frames` add up: the caller passes only
    /// instances not seen before.
    pub fn absorb(&mut self, more: &Self) {
        self.found += more.found;
        self.frames += more.frames;
        self.numbers.extend(&more.numbers);
        self.listed = self.listed.max(more.listed);
        if more.listed.is_some() {
            self.listed_but_absent.clone_from(&more.listed_but_absent);
        }
        let facts = &mut self.facts;
        facts.stated_instances = facts.stated_instances.max(more.facts.stated_instances);
        facts.modality = facts.modality.take().or_else(|| more.facts.modality.clone());
        facts.description = facts.description.take().or_else(|| more.facts.description.clone());
        facts.body_part = facts.body_part.take().or_else(|| more.facts.body_part.clone());
    }
}

/// A study with its series, by Series Instance UID.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Study {
    /// What headers say.
    #[serde(flatten)]
    pub facts: StudyFacts,
    /// Series found.
    pub series: BTreeMap<String, Series>,
}

impl Study {
    /// Modalities in the study, sorted, without repeats.
    #[must_use]
    pub fn modalities(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.series.values().filter_map(|s| s.facts.modality.as_deref()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Instances found.
    #[must_use]
    pub fn instances(&self) -> u32 {
        self.series.values().map(|s| s.found).sum()
    }

    /// This study together with what another import found of it.
    pub fn absorb(&mut self, more: &Self) {
        for (uid, series) in &more.series {
            match self.series.get_mut(uid) {
                Some(known) => known.absorb(series),
                None => {
                    self.series.insert(uid.clone(), series.clone());
                }
            }
        }
        let facts = &mut self.facts;
        facts.date = facts.date.or(more.facts.date);
        facts.description = facts.description.take().or_else(|| more.facts.description.clone());
        facts.accession = facts.accession.take().or_else(|| more.facts.accession.clone());
        facts.institution = facts.institution.take().or_else(|| more.facts.institution.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(numbers: &[i32]) -> NumberRanges {
        let mut r = NumberRanges::default();
        for n in numbers {
            r.insert(*n);
        }
        r
    }

    fn series(numbers: &[i32]) -> Series {
        Series { found: u32::try_from(numbers.len()).unwrap(), numbers: ranges(numbers), ..Series::default() }
    }

    #[test]
    fn gaps_in_the_numbers_are_named() {
        let s = series(&[1, 2, 3, 5, 6, 9]);
        let Completeness::Incomplete { expected, found, missing } = s.completeness() else { panic!("not incomplete") };
        assert_eq!((expected, found, missing.human().as_str()), (9, 6, "4, 7–8"));
    }

    #[test]
    fn a_series_that_begins_late_lacks_its_beginning() {
        assert_eq!(series(&[3, 4, 5]).numbers.gaps().human(), "1–2");
        assert_eq!(series(&[0, 1, 2]).numbers.gaps().count(), 0);
    }

    #[test]
    fn a_series_numbered_from_a_hundred_is_not_cut() {
        let numbers: Vec<i32> = (101..=200).collect();
        assert_eq!(series(&numbers).completeness(), Completeness::NotStated);
    }

    #[test]
    fn two_discs_that_each_list_a_part_add_up() {
        let mut s = Series { listed: Some(3), ..series(&[1, 2, 3]) };
        assert_eq!(s.completeness(), Completeness::Complete);
        let second = Series { listed: Some(3), listed_but_absent: vec!["1.6".to_owned()], ..series(&[4, 5]) };
        s.absorb(&second);
        assert!(matches!(s.completeness(), Completeness::Incomplete { expected: 6, found: 5, .. }));
    }

    #[test]
    fn numbers_used_freely_are_no_gaps() {
        assert_eq!(series(&[1001, 2001]).completeness(), Completeness::NotStated);
        let repeated = Series { found: 4, numbers: ranges(&[1, 3]), ..Series::default() };
        assert_eq!(repeated.completeness(), Completeness::NotStated);
    }

    #[test]
    fn what_a_dicomdir_lists_counts_even_when_numbers_run_through() {
        let listed_but_absent = vec!["1.4".to_owned(), "1.5".to_owned()];
        let s = Series { listed: Some(5), listed_but_absent, ..series(&[1, 2, 3]) };
        assert!(matches!(s.completeness(), Completeness::Incomplete { expected: 5, found: 3, .. }));
    }

    #[test]
    fn extreme_numbers_do_not_overflow() {
        let s = series(&[i32::MIN, i32::MAX, 0]);
        assert_eq!(s.completeness(), Completeness::NotStated);
        assert_eq!(ranges(&[2, 1, 3]).0, vec![(1, 3)]);
        let mut a = ranges(&[1, 2, 10]);
        a.extend(&ranges(&[3, 4, 9]));
        assert_eq!(a.human(), "1–4, 9–10");
    }
}
