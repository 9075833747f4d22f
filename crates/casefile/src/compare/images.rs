//! Which study, series and image of the case the words of a finding mean: `MRI 2026-01-10, series 5, image 87`. Named only where
//! exactly one fits; a guess would show a doctor the wrong picture.

use crate::audience::CaseView;
use crate::gather::CaseStudy;
use crate::imaging::Series;
use crate::knowledge::{ImagingMeaning, Knowledge};
use crate::shared::time::PartialDate;

/// An image that a finding names, as far as the case tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyImage {
    /// Study Instance UID.
    pub study: String,
    /// Series Instance UID, where one series fits.
    pub series: Option<String>,
    /// Number of the image, where the words name one.
    pub number: Option<i32>,
    /// Whether the case holds that image of that series; `None`: it can not be told.
    pub is_here: Option<bool>,
}

impl CaseView<'_> {
    /// The image that words mean; `None` where they fit no study, or more than one.
    #[must_use]
    pub fn key_image(&self, words: &str, knowledge: &Knowledge) -> Option<KeyImage> {
        let folded = words.to_lowercase();
        let (series, number) = (number_after(&folded, &["series"]), number_after(&folded, &["image", "slice"]));
        let studies: Vec<&CaseStudy> = self.studies().into_iter().filter(|study| !study.removed).collect();
        let fits = |study: &&&CaseStudy| self.day_fits(study, &folded) && fits_kind(study, &folded, knowledge);
        let mut fitting: Vec<&CaseStudy> = studies.iter().filter(fits).copied().collect();
        // Of several of one day the one that has the series.
        if fitting.len() > 1 && series.is_some() {
            fitting.retain(|study| self.series_of(study).iter().any(|one| one.facts.number == series));
        }
        let [study] = fitting.as_slice() else { return None };
        let all = self.series_of(study);
        let named = |one: &&&Series| match series {
            Some(number) => one.facts.number == Some(number),
            None => one.facts.description.as_ref().is_some_and(|d| d.len() > 3 && folded.contains(&d.to_lowercase())),
        };
        let mut fitting = all.iter().filter(named);
        let one = fitting.next().filter(|_| fitting.next().is_none());
        let is_here = one.zip(number).map(|(series, number)| holds(series, number));
        Some(KeyImage {
            study: study.study.facts.uid.clone(),
            series: one.map(|series| series.facts.uid.clone()),
            number,
            is_here,
        })
    }

    /// A day that the words name must be the study's; words without a day fit any.
    fn day_fits(&self, study: &CaseStudy, folded: &str) -> bool {
        let own = study.study.facts.date;
        let said = |date: PartialDate| [date.to_string(), date.human().to_lowercase()];
        own.is_some_and(|own| said(own).iter().any(|text| stands_in(text, folded))) || !names_a_day(folded)
    }
}

/// Whether a text stands in another as a whole, and not as the end of a longer number.
fn stands_in(text: &str, folded: &str) -> bool {
    let borders = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    folded.match_indices(text).any(|(at, _)| {
        borders(folded.get(..at).and_then(|before| before.chars().next_back()))
            && borders(folded.get(at + text.len()..).and_then(|after| after.chars().next()))
    })
}

/// Whether words name any day, month or year, in whatever form: a year, or figures parted by slashes, dots or hyphens.
fn names_a_day(folded: &str) -> bool {
    let words = folded.split(|c: char| !(c.is_ascii_digit() || matches!(c, '/' | '.' | '-')));
    words.map(|word| word.trim_matches(|c: char| !c.is_ascii_digit())).any(|word| {
        let year = word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
        year || word.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).count() > 2
    })
}

/// Whether a kind of imaging that the words name is one of the study's; words that name none fit any.
fn fits_kind(study: &CaseStudy, folded: &str, knowledge: &Knowledge) -> bool {
    let kinds = knowledge.gathering.imaging_words.iter().filter(|kind| kind.means == ImagingMeaning::Modality);
    let named: Vec<&str> = kinds
        .filter(|kind| kind.words.iter().any(|word| stands_in(word, folded)))
        .map(|kind| kind.id.as_str())
        .collect();
    named.is_empty() || study.study.modalities().iter().any(|own| named.contains(own))
}

fn holds(series: &Series, number: i32) -> bool {
    series.numbers.0.iter().any(|(from, to)| *from <= number && number <= *to)
}

/// The whole number behind one of these words: `image 87`, `images: 87`.
fn number_after(folded: &str, words: &[&str]) -> Option<i32> {
    words.iter().find_map(|word| {
        let (_, rest) = folded.split_once(word)?;
        let rest = rest.trim_start_matches(|c: char| c == 's' || c == ':' || c == '#' || c.is_whitespace());
        let rest = rest.strip_prefix("no.").or_else(|| rest.strip_prefix("number")).unwrap_or(rest).trim_start();
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::{names_a_day, number_after, stands_in};

    #[test]
    fn a_day_in_any_form_is_seen_and_a_number_of_an_image_is_none() {
        for day in ["mri of 3/4/2019", "mri 12 mar 2015", "ct 2026-01-10", "mri 10.1.2026", "the scan of 2024"] {
            assert!(names_a_day(day), "{day}");
        }
        for none in ["mri, series 2, image 87", "image 1204", "series 3.2", ""] {
            assert!(!names_a_day(none), "{none}");
        }
        assert!(stands_in("1 january 2026", "mri of 1 january 2026, image 4"));
        assert!(!stands_in("1 january 2026", "mri of 11 january 2026"));
    }

    #[test]
    fn the_number_behind_a_word_is_read_and_nothing_else() {
        assert_eq!(number_after("mri, series 2, image 87", &["image", "slice"]), Some(87));
        assert_eq!(number_after("slice no. 12 of 40", &["image", "slice"]), Some(12));
        assert_eq!(number_after("images: 5", &["image"]), Some(5));
        for none in ["image", "image eighty-seven", "87", "", "image 99999999999999999999"] {
            assert_eq!(number_after(none, &["image", "slice"]), None, "{none}");
        }
    }
}
