//! Which report belongs to which images: by day and by what both are called. A report without images and images
//! without a report are both gaps; a pair nobody can be sure of is none.

use std::collections::HashMap;

use crate::gather::{CaseStudy, HeldDocument};
use crate::imaging::Study;
use crate::knowledge::{ImagingMeaning, ImagingWords, Knowledge, Picture, Setting};
use crate::records::DocumentKind;
use crate::shared::clock::days_between;
use crate::shared::ids::DocumentId;

/// Stands before a modality or region among what a text names: the line of the report that says what was examined.
pub const EXAM: &str = "exam:";
/// Kind of imaging reports.
const REPORT: &str = "radiology-report";
/// DICOM modalities that are no images of their own: a PET is made with a CT.
const WITH_PET: &str = "CT";

/// What a title or description speaks of: DICOM modalities and regions of `imaging-words.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SpokenOf {
    /// Modalities.
    pub modalities: Vec<String>,
    /// Regions.
    pub regions: Vec<String>,
    /// Sides: `left`, `right`, or both.
    pub sides: Vec<String>,
}

/// Small letters and figures, every run of anything else one blank, with a blank at both ends.
fn spaced(text: &str) -> String {
    let flat: String =
        text.chars().map(|c| if c.is_alphanumeric() { c.to_lowercase().next().unwrap_or(c) } else { ' ' }).collect();
    format!(" {} ", flat.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether a text holds one of these words, whatever stands between and around them.
pub(crate) fn names_any(text: &str, words: &[String]) -> bool {
    holds_any(&spaced(text), words)
}

fn holds_any(spaced_text: &str, words: &[String]) -> bool {
    words.iter().any(|word| spaced_text.contains(&spaced(word)))
}

/// What words speak of.
#[must_use]
pub fn spoken_of(text: &str, knowledge: &Knowledge) -> SpokenOf {
    spoken_among(text, &knowledge.gathering.imaging_words)
}

/// What words speak of, by these.
#[must_use]
pub fn spoken_among(text: &str, known: &[ImagingWords]) -> SpokenOf {
    let text = spaced(text);
    let mut spoken = SpokenOf::default();
    for known in known {
        if holds_any(&text, &known.words) {
            let list = match known.means {
                ImagingMeaning::Modality => &mut spoken.modalities,
                ImagingMeaning::Region => &mut spoken.regions,
                ImagingMeaning::Side => &mut spoken.sides,
            };
            list.push(known.id.clone());
        }
    }
    spoken
}

/// What a study is of: its modalities, and the regions its own words name.
#[must_use]
pub fn study_of(study: &Study, knowledge: &Knowledge) -> SpokenOf {
    let series = study.series.values().flat_map(|s| [s.facts.description.as_deref(), s.facts.body_part.as_deref()]);
    let words: Vec<&str> = series.flatten().chain(study.facts.description.as_deref()).collect();
    let modalities = study.modalities().into_iter().map(str::to_owned).collect();
    SpokenOf { modalities, ..spoken_of(&words.join(" . "), knowledge) }
}

/// Whether words name a CT that is not the one of a PET/CT.
fn names_ct_alone(text: &str) -> bool {
    spaced(text).replace(" pet ct ", " pet ").contains(" ct ")
}

/// What a report is of: as its title says, or else as the line of its text that names the examination.
fn report_of(report: &HeldDocument, names: &HashMap<DocumentId, &[String]>, knowledge: &Knowledge) -> SpokenOf {
    let mut spoken = spoken_of(report.title(), knowledge);
    let told = names.get(&report.document.id).into_iter().flat_map(|names| names.iter());
    let told: Vec<&str> = told.filter_map(|name| name.strip_prefix(EXAM)).collect();
    let of = |means| {
        let words = knowledge.gathering.imaging_words.iter().filter(move |w| w.means == means);
        words.filter(|w| told.contains(&w.id.as_str())).map(|w| w.id.clone()).collect::<Vec<_>>()
    };
    if spoken.modalities.is_empty() {
        spoken.modalities = of(ImagingMeaning::Modality);
    }
    if spoken.regions.is_empty() {
        spoken.regions = of(ImagingMeaning::Region);
    }
    if spoken.sides.is_empty() {
        spoken.sides = of(ImagingMeaning::Side);
    }
    spoken
}

/// Whether a document is an imaging report.
#[must_use]
pub fn is_report(held: &HeldDocument) -> bool {
    held.kind() == Some(&DocumentKind::from(REPORT))
}

/// How a report fits a study; `None` when it can not be its report.
/// `most`: days between a report and its images; a scan of the evening is read the next day.
fn fit(study: &CaseStudy, of: &SpokenOf, report: &HeldDocument, spoken: &SpokenOf, most: i32) -> Option<u32> {
    let (images, written) = (study.study.facts.date?.day()?, report.date()?.day()?);
    let apart = days_between(images, written);
    if !(0..=most).contains(&apart.abs()) {
        return None;
    }
    let shared = spoken.modalities.iter().any(|m| of.modalities.contains(m));
    if !spoken.modalities.is_empty() && !shared {
        return None;
    }
    let regions_fit = spoken.regions.is_empty()
        || of.regions.is_empty()
        || spoken.regions.iter().any(|region| of.regions.contains(region));
    if !regions_fit {
        return None;
    }
    let sides_fit = spoken.sides.is_empty() || of.sides.is_empty() || spoken.sides.iter().any(|s| of.sides.contains(s));
    if !sides_fit {
        return None;
    }
    // A PET report also names the CT made with it: the study that shares more of what is named goes first.
    let named = spoken.modalities.iter().filter(|m| of.modalities.contains(m)).count();
    let alike = u32::try_from(named).unwrap_or(u32::MAX).saturating_mul(4);
    let by_pet = u32::from(spoken.modalities.iter().any(|m| m != WITH_PET && of.modalities.contains(m)));
    Some(1 + alike + 2 * by_pet + u32::from(apart == 0))
}

/// A study with its report, or one of them alone.
#[derive(Debug, Clone)]
pub struct Pair<'a> {
    /// The images.
    pub study: Option<&'a CaseStudy>,
    /// The report.
    pub report: Option<&'a HeldDocument>,
    /// What they are of.
    pub of: SpokenOf,
}

impl Pair<'_> {
    /// Whether it is a picture that is asked for. Where a region is asked for and none is named, it may be.
    #[must_use]
    pub fn is_of(&self, picture: &Picture) -> Match {
        if !self.of.modalities.contains(&picture.modality) {
            return Match::No;
        }
        match &picture.region {
            None => Match::Yes,
            Some(region) if self.of.regions.contains(region) => Match::Yes,
            Some(_) if self.of.regions.is_empty() => Match::Maybe,
            Some(_) => Match::No,
        }
    }

    /// Whether a CT that is asked for is here only as the one that was made with a PET: neither title names one of its own.
    #[must_use]
    pub fn is_ct_of_pet(&self, picture: &Picture) -> bool {
        let description = self.study.and_then(|study| study.study.facts.description.as_deref());
        let titles = [description, self.report.map(HeldDocument::title)];
        picture.modality == WITH_PET
            && self.of.modalities.iter().any(|modality| modality == "PT")
            && !titles.into_iter().flatten().any(names_ct_alone)
    }
}

/// Whether a picture is of what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// It is.
    Yes,
    /// It is of the kind, and does not say of what part of the body.
    Maybe,
    /// It is not.
    No,
}

/// Studies and imaging reports, each report with the study it fits best, oldest first. Every study and every report
/// stands in exactly one pair.
#[must_use]
pub fn pairs<'a>(
    studies: &[&'a CaseStudy],
    reports: &[&'a HeldDocument],
    names: &HashMap<DocumentId, &[String]>,
    knowledge: &Knowledge,
) -> Vec<Pair<'a>> {
    let of: Vec<SpokenOf> = studies.iter().map(|s| study_of(&s.study, knowledge)).collect();
    let spoken: Vec<SpokenOf> = reports.iter().map(|r| report_of(r, names, knowledge)).collect();
    let most = knowledge.gathering.days(Setting::ImagingReportDays);
    let mut fits: Vec<(u32, usize, usize)> = Vec::new();
    for (s, study) in studies.iter().enumerate() {
        for (r, report) in reports.iter().enumerate() {
            let (Some(of), Some(spoken)) = (of.get(s), spoken.get(r)) else { continue };
            if let Some(points) = fit(study, of, report, spoken, most) {
                fits.push((points, s, r));
            }
        }
    }
    fits.sort_by_key(|(points, s, r)| (std::cmp::Reverse(*points), *s, *r));
    let (mut report_of, mut taken) = (vec![None; studies.len()], vec![false; reports.len()]);
    for (_, s, r) in fits {
        if let (Some(place @ None), Some(free @ false)) = (report_of.get_mut(s), taken.get_mut(r)) {
            *place = Some(r);
            *free = true;
        }
    }
    let with_images = studies.iter().zip(of).zip(report_of).map(|((study, mut of), report)| {
        if let Some(told) = report.and_then(|r| spoken.get(r)).filter(|_| of.sides.is_empty()) {
            of.sides.clone_from(&told.sides);
        }
        Pair { study: Some(*study), report: report.and_then(|r| reports.get(r)).copied(), of }
    });
    let alone = reports.iter().zip(spoken.clone()).zip(taken).filter(|(_, taken)| !taken);
    let without = alone.map(|((report, mut of), _)| {
        // Nobody made a CT of its own where only a PET/CT is reported.
        if of.modalities.iter().any(|m| m == "PT") && !names_ct_alone(report.title()) {
            of.modalities.retain(|m| m != WITH_PET);
        }
        Pair { study: None, report: Some(*report), of }
    });
    let mut all: Vec<Pair<'a>> = with_images.chain(without).collect();
    all.sort_by_key(|pair| {
        let date = pair.study.and_then(|s| s.study.facts.date).or_else(|| pair.report.and_then(HeldDocument::date));
        date.map(crate::PartialDate::earliest)
    });
    all
}
