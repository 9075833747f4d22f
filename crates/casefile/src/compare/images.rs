//! Which study, series and image of the case the words of a finding mean: `MRI 2026-01-10, series 5, image 87`. Named only where
//! exactly one fits; a guess would show a doctor the wrong picture.

use crate::audience::CaseView;
use crate::gather::CaseStudy;
use crate::imaging::Series;
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
    pub fn key_image(&self, words: &str) -> Option<KeyImage> {
        let folded = words.to_lowercase();
        let (series, number) = (number_after(&folded, &["series"]), number_after(&folded, &["image", "slice"]));
        let studies: Vec<&CaseStudy> = self.studies().into_iter().filter(|study| !study.removed).collect();
        let fits = |study: &&&CaseStudy| self.day_fits(study, &folded) && fits_kind(study, &folded);
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
        if own.is_some_and(|own| said(own).iter().any(|text| folded.contains(text))) {
            return true;
        }
        // A day of another study, or any day at all, is not this one.
        let others = self.studies().into_iter().filter_map(|other| other.study.facts.date);
        let names_another = others.flat_map(said).any(|text| folded.contains(&text));
        let names_a_day =
            folded.split(|c: char| !(c.is_ascii_digit() || c == '-')).any(|w| w.len() == 10 && w.contains('-'));
        !names_another && !names_a_day
    }
}

/// Whether a kind of imaging that the words name is one of the study's; words that name none fit any.
fn fits_kind(study: &CaseStudy, folded: &str) -> bool {
    const KINDS: [(&str, &str); 8] = [
        ("mri", "MR"),
        ("mr", "MR"),
        ("pet", "PT"),
        ("ct", "CT"),
        ("mammogram", "MG"),
        ("mammography", "MG"),
        ("ultrasound", "US"),
        ("x-ray", "DX"),
    ];
    let words: Vec<&str> = folded.split(|c: char| !(c.is_alphanumeric() || c == '-')).collect();
    let named: Vec<&str> = KINDS.iter().filter(|(word, _)| words.contains(word)).map(|(_, kind)| *kind).collect();
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
    use super::number_after;

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
